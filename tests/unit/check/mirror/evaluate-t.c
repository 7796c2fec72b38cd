/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an audit of a mirror comes to, and which roots Windows would get from it, on literal facts. */
#include "base/utc.h"
#include "check/mirror/mirror.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, ROOTS = 16 };

static const int64_t NOW = 1800000000;
static const char *const FILES[] = { "roots", "distrust", "store", "pins" };
static const enum scp_ctl_kind KINDS[] = { SCP_CTL_TRUSTED, SCP_CTL_DISALLOWED, SCP_CTL_OTHER, SCP_CTL_PIN_RULES };

struct world {
    struct scp_mirror_facts f, behind; /* behind it: nothing */
    struct scp_mirror_root root[ROOTS];
    struct scp_profile profile;
    struct scp_profile_cert want[2];
    struct scp_ctl_entry entry[2];
    const struct scp_ctl_entry *order[2];
    struct scp_list_fact other[2]; /* what the lists are held against */
    const struct scp_list_fact *reference[2];
    size_t references;
};

static void set_list(struct world *w, struct scp_list_fact *f, size_t kind, const char *name)
{
    scp_list_init(f, SCP_LIST_SERVED, KINDS[kind], name, name);
    f->reading = SCP_LIST_READ;
    f->store = f->list.certificates = kind == SCP_MIRROR_STORE;
    f->list.ctl.kind = KINDS[kind];
    f->list.ctl.this_update = NOW - 10 * DAY;
    f->list.verdict.signature = SCP_CTL_SIGNED;
    if (kind == SCP_MIRROR_TRUSTED) {
        f->list.ctl.v = w->entry;
        f->list.ctl.n = 2;
        f->list.ctl.order = w->order;
    }
    (void)strcpy(f->message, "why");
}

/* A mirror that is whole: two roots, both the profile's.  Behind what is counted stand things that would be seen. */
static void set_world(struct world *w)
{
    static const char *const NAMES[] = { "A", "B" }, *const ALIASES[] = { "a", "b" };

    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < 2; i++) {
        w->want[i] =
            (struct scp_profile_cert){ .alias = ALIASES[i], .name = NAMES[i], .has_sha1 = true, .sha1 = { 0xA0 + (uint8_t)i } };
        w->entry[i] = (struct scp_ctl_entry){ .id = w->want[i].sha1, .id_len = sizeof w->want[i].sha1 };
        w->order[i] = &w->entry[i];
    }
    w->want[1].level = SCP_LEVEL_RECOMMENDED;
    for (size_t i = 0; i < ROOTS; i++) {
        w->root[i] = (struct scp_mirror_root){ .sha1 = { 0xA0 + (uint8_t)i }, .want = i < 2 ? i : SCP_MIRROR_UNWANTED };
        w->root[i].state = i < 2 ? SCP_MIRROR_ROOT_GOOD : SCP_MIRROR_ROOT_MISSING;
        (void)strcpy(w->root[i].message, "why");
    }
    w->profile = (struct scp_profile){ .name = "test", .root = w->want, .roots = 2, .newest_list = SCP_UTC_UNKNOWN };
    w->f =
        (struct scp_mirror_facts){ .asked = true, .location = "M", .message = "why", .root = w->root, .roots = 2, .listed = true };
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++)
        set_list(w, &w->f.list[i], i, FILES[i]);
    for (size_t i = 0; i < 2; i++) {
        set_list(w, &w->other[i], SCP_MIRROR_TRUSTED, "the server");
        w->reference[i] = &w->other[i];
        w->other[i].list.ctl.this_update += DAY;
    }
}

static void unread(struct world *w, enum scp_list_reading reading)
{
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++)
        w->f.list[i].reading = reading;
}

/* So many roots, of which these many come first in one state, and all the others in another. */
static void roots(struct world *w, size_t n, size_t first, enum scp_mirror_root_state state, enum scp_mirror_root_state others)
{
    w->f.roots = n;
    for (size_t i = 0; i < n; i++)
        w->root[i].state = i < first ? state : others;
}

static void against(struct world *w, size_t n, int64_t days)
{
    w->references = n;
    w->other[n - 1].list.ctl.this_update = NOW - 10 * DAY + days * DAY;
}

/* clang-format off */
#define SET(name, ...) static void name(struct world *w) { __VA_ARGS__; }
SET(whole, (void)w)
SET(good_behind, w->root[2].state = SCP_MIRROR_ROOT_GOOD)
SET(unchecked_behind, w->root[2].state = SCP_MIRROR_ROOT_NOT_CHECKED)
SET(wanted_behind, w->root[2].want = 1)
SET(folder_unreadable, w->f.unreadable = true)
SET(lists_absent, unread(w, SCP_LIST_ABSENT))
SET(lists_unreachable, unread(w, SCP_LIST_UNREACHABLE))
SET(lists_not_asked, unread(w, SCP_LIST_NOT_ASKED))
SET(lists_not_asked_silent, lists_not_asked(w); w->f.list[0].message[0] = '\0')
SET(lists_not_covered, unread(w, SCP_LIST_NOT_COVERED))
SET(list_a_page, w->f.list[0].reading = SCP_LIST_PAGE)
SET(list_no_list, w->f.list[0].reading = SCP_LIST_UNREADABLE)
SET(list_unable, list_no_list(w); w->f.list[0].unable = true)
SET(list_forged, w->f.list[0].list.verdict.signature = SCP_CTL_UNTRUSTED; against(w, 1, 5))
SET(list_refused, w->f.list[0].signer.distrust.listed = true)
SET(list_names_one, w->f.list[0].list.ctl.n = 1)
SET(old, w->f.list[0].list.ctl.this_update = NOW - 301 * DAY)
SET(old_store, w->f.list[2].list.ctl.this_update = NOW - 301 * DAY; against(w, 1, 0);
    set_list(w, &w->other[0], SCP_MIRROR_STORE, "the server"); w->other[0].list.ctl.this_update = NOW)
SET(behind_no_reference, w->other[0].list.ctl.this_update = NOW)
SET(behind_one, against(w, 1, 1))
SET(behind_none, against(w, 1, 0); w->other[1].list.ctl.this_update = NOW)
SET(behind_older, against(w, 1, -1))
SET(behind_second, against(w, 2, 5); w->reference[0] = NULL)
SET(behind_second_of_two, against(w, 2, 5); w->other[0].list.ctl.this_update = NOW - 20 * DAY)
SET(behind_forged, against(w, 1, 5); w->other[0].list.verdict.signature = SCP_CTL_UNTRUSTED)
SET(behind_other_kind, against(w, 1, 5); w->other[0].list.ctl.kind = w->other[0].wanted = SCP_CTL_DISALLOWED)
SET(pins_behind, against(w, 1, 5); w->other[0].list.ctl.kind = w->other[0].wanted = SCP_CTL_PIN_RULES)
SET(first_missing, roots(w, 2, 1, SCP_MIRROR_ROOT_MISSING, SCP_MIRROR_ROOT_GOOD))
SET(second_missing, roots(w, 2, 1, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_MISSING))
SET(both_missing, roots(w, 2, 2, SCP_MIRROR_ROOT_MISSING, SCP_MIRROR_ROOT_GOOD))
SET(first_unreachable, roots(w, 2, 1, SCP_MIRROR_ROOT_UNREACHABLE, SCP_MIRROR_ROOT_GOOD))
SET(second_corrupt, roots(w, 2, 1, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_CORRUPT))
SET(first_corrupt, roots(w, 2, 1, SCP_MIRROR_ROOT_CORRUPT, SCP_MIRROR_ROOT_GOOD))
SET(first_unchecked, roots(w, 2, 1, SCP_MIRROR_ROOT_NOT_CHECKED, SCP_MIRROR_ROOT_GOOD))
SET(other_of_each, roots(w, 5, 2, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_MISSING); w->root[3].state = SCP_MIRROR_ROOT_UNREACHABLE;
    w->root[4].state = SCP_MIRROR_ROOT_CORRUPT)
SET(ten_others, roots(w, 12, 2, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_CORRUPT))
SET(eleven_others, roots(w, 13, 2, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_CORRUPT))
SET(thirteen_others, roots(w, 15, 2, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_CORRUPT))
SET(no_roots, roots(w, 0, 0, SCP_MIRROR_ROOT_GOOD, SCP_MIRROR_ROOT_GOOD))
SET(unlisted, w->f.listed = false)
SET(unlisted_one, unlisted(w); w->f.roots = 1)
SET(unlisted_none, unlisted(w); w->f.roots = 0)
SET(unreadable_and_missing, folder_unreadable(w); lists_absent(w))
#undef SET
/* clang-format on */

/* Every finding about the mirror, and the value where there is one. */
#define ZEROS "00000000000000000000000000000000000000"
#define COMPLETE "OK mirror.complete : mirror M complete: all 2 listed roots are there\n"
#define VALUE "0 of 2\n"
#define STALE(what)                                                                                                                \
    COMPLETE "WARNING mirror.list-stale roots: roots is of 2027-01-05, older than that of " what " (the server)\n" VALUE
#define CORRUPT(hex) "WARNING mirror.root-corrupt " hex ZEROS ": " hex ZEROS ".crt in the mirror M: why\n"
#define TEN                                                                                                                        \
    CORRUPT("A2")                                                                                                                  \
    CORRUPT("A3") CORRUPT("A4") CORRUPT("A5") CORRUPT("A6") CORRUPT("A7") CORRUPT("A8") CORRUPT("A9") CORRUPT("AA") CORRUPT("AB")

static const struct {
    const char *name;
    void (*set)(struct world *w);
    const char *says;
} ROWS[] = {
    { "whole", whole, COMPLETE VALUE },
    { "a good one behind the roots", good_behind, COMPLETE VALUE },
    { "one not looked at behind the roots", unchecked_behind, COMPLETE VALUE },
    { "one of the profile behind the roots", wanted_behind, COMPLETE VALUE },
    { "a folder that cannot be read", folder_unreadable, "UNKNOWN mirror.unreadable : the mirror cannot be read: why\n" },
    { "no lists", lists_absent,
      COMPLETE "CRITICAL mirror.list-missing roots: roots is not in the mirror M\n"
               "WARNING mirror.list-missing distrust: distrust is not in the mirror M\n"
               "WARNING mirror.list-missing store: store is not in the mirror M\n"
               "OK mirror.list-missing pins: pins is not in the mirror M\n" VALUE },
    { "lists that do not arrive", lists_unreachable,
      COMPLETE "CRITICAL mirror.list-unreachable roots: roots: why\n"
               "WARNING mirror.list-unreachable distrust: distrust: why\n"
               "WARNING mirror.list-unreachable store: store: why\n"
               "WARNING mirror.list-unreachable pins: pins: why\n" VALUE },
    { "lists that were not asked for", lists_not_asked_silent,
      COMPLETE "UNKNOWN mirror.list-not-asked roots: roots was not looked at: no time was left\n"
               "UNKNOWN mirror.list-not-asked distrust: distrust was not looked at: why\n"
               "UNKNOWN mirror.list-not-asked store: store was not looked at: why\n"
               "UNKNOWN mirror.list-not-asked pins: pins was not looked at: why\n" VALUE },
    { "a page", list_a_page, COMPLETE VALUE },
    { "no list", list_no_list, COMPLETE VALUE },
    { "a forged list has no age", list_forged, COMPLETE VALUE },
    { "an old list", old, COMPLETE "WARNING mirror.list-stale roots: roots is of 2026-03-20, 301 days old\n" VALUE },
    { "a store has no age", old_store, COMPLETE VALUE },
    { "a newer one that it is not held against", behind_no_reference, COMPLETE VALUE },
    { "a day older", behind_one, STALE("2027-01-06") },
    { "as old", behind_none, COMPLETE VALUE },
    { "a day newer", behind_older, COMPLETE VALUE },
    { "older than the second, where there is no first", behind_second, STALE("2027-01-10") },
    { "older than the second, newer than the first", behind_second_of_two, STALE("2027-01-10") },
    { "older than a forged one", behind_forged, COMPLETE VALUE },
    { "older than one of another kind", behind_other_kind,
      COMPLETE
      "WARNING mirror.list-stale distrust: distrust is of 2027-01-05, older than that of 2027-01-10 (the server)\n" VALUE },
    { "pin rules that are older", pins_behind,
      COMPLETE "WARNING mirror.list-stale pins: pins is of 2027-01-05, older than that of 2027-01-10 (the server)\n" VALUE },
    { "a required root missing", first_missing,
      "CRITICAL mirror.root-missing a: A: A0" ZEROS ".crt is not in the mirror M\n1 of 2\n" },
    { "a recommended root missing", second_missing,
      "WARNING mirror.root-missing b: B: A1" ZEROS ".crt is not in the mirror M\n1 of 2\n" },
    { "a required root unreachable", first_unreachable,
      "CRITICAL mirror.root-unreachable a: A: A0" ZEROS ".crt in the mirror M: why\n1 of 2\n" },
    { "a recommended root corrupt", second_corrupt,
      "WARNING mirror.root-corrupt b: B: A1" ZEROS ".crt in the mirror M: why\n1 of 2\n" },
    { "a root not looked at", first_unchecked,
      "UNKNOWN mirror.root-not-checked : 1 of 2 roots of the mirror M were not looked at\n" },
    { "one of each that is not the profile's", other_of_each,
      "WARNING mirror.root-missing A2" ZEROS ": A2" ZEROS ".crt is not in the mirror M\n" CORRUPT(
          "A4") "WARNING mirror.root-unreachable A3" ZEROS ": A3" ZEROS ".crt in the mirror M: why\n3 of 5\n" },
    { "ten others", ten_others, TEN "10 of 12\n" },
    { "eleven others", eleven_others, TEN "WARNING mirror.root-corrupt : 1 more roots of the mirror M: the same\n11 of 13\n" },
    { "thirteen others", thirteen_others, TEN "WARNING mirror.root-corrupt : 3 more roots of the mirror M: the same\n13 of 15\n" },
    { "a list of nothing", no_roots, "0 of 0\n" },
    { "no believable list", unlisted,
      "UNKNOWN mirror.roots-unlisted : the mirror M has no believable list: only 2 roots were looked for\n" },
    { "no believable list, one root", unlisted_one,
      "UNKNOWN mirror.roots-unlisted : the mirror M has no believable list: only 1 root was looked for\n" },
    { "no believable list, no root", unlisted_none,
      "UNKNOWN mirror.roots-unlisted : the mirror M has no believable list: only 0 roots were looked for\n" },
};

static void test_row(size_t i)
{
    static struct world w;
    struct scp_result *r = scp_result_new(NULL);
    char says[8192] = "";
    size_t n = 0;

    if (r == NULL)
        tap_bail("out of memory");
    set_world(&w);
    ROWS[i].set(&w);
    scp_mirror_evaluate(&w.f, &w.profile, w.reference, w.references, NOW, r);
    for (size_t k = 0; k < r->findings; k++) {
        const struct scp_finding *f = &r->finding[k];

        if (strncmp(f->id, "mirror.", 7) == 0)
            n +=
                (size_t)snprintf(says + n, sizeof says - n, "%s %s %s: %s\n", scp_state_name(f->state), f->id, f->subject, f->text);
    }
    for (size_t k = 0; k < r->perfdatas; k++)
        n += (size_t)snprintf(says + n, sizeof says - n, "%.0f of %.0f\n", r->perfdata[k].value, r->perfdata[k].max);
    tap_is_text(ROWS[i].says, says, "%s", ROWS[i].name);
    scp_result_free(r);
}

/* Of the required root, and of the recommended one. */
static const struct {
    const char *name;
    void (*set)(struct world *w);
    enum scp_tri a, b;
} SERVED[] = {
    { "whole", whole, SCP_YES, SCP_YES },
    { "one of the profile behind the roots", wanted_behind, SCP_YES, SCP_YES },
    { "a folder that cannot be read", folder_unreadable, SCP_MAYBE, SCP_MAYBE },
    { "a folder that cannot be read, and no list", unreadable_and_missing, SCP_MAYBE, SCP_MAYBE },
    { "no lists", lists_absent, SCP_NO, SCP_NO },
    { "lists that do not arrive", lists_unreachable, SCP_MAYBE, SCP_MAYBE },
    { "lists that were not asked for", lists_not_asked, SCP_MAYBE, SCP_MAYBE },
    { "lists that are not covered", lists_not_covered, SCP_MAYBE, SCP_MAYBE },
    { "a page", list_a_page, SCP_NO, SCP_NO },
    { "no list", list_no_list, SCP_NO, SCP_NO },
    { "a list that is not read here", list_unable, SCP_MAYBE, SCP_MAYBE },
    { "a forged list", list_forged, SCP_NO, SCP_NO },
    { "a list that Windows would refuse", list_refused, SCP_NO, SCP_NO },
    { "a list that names one", list_names_one, SCP_YES, SCP_NO },
    { "the first missing", first_missing, SCP_NO, SCP_YES },
    { "the second missing", second_missing, SCP_YES, SCP_NO },
    { "both missing", both_missing, SCP_NO, SCP_NO },
    { "the first corrupt", first_corrupt, SCP_NO, SCP_YES },
    { "the first unreachable", first_unreachable, SCP_MAYBE, SCP_YES },
    { "the first not looked at", first_unchecked, SCP_MAYBE, SCP_YES },
    { "no roots were looked for", no_roots, SCP_YES, SCP_YES },
};

static void test_served(size_t i)
{
    static struct world w;

    set_world(&w);
    w.root[2] = (struct scp_mirror_root){ .want = 0, .state = SCP_MIRROR_ROOT_MISSING };
    SERVED[i].set(&w);
    tap_is_int(SERVED[i].a, scp_mirror_serves(&w.f, &w.profile, 0), "served: %s: the first", SERVED[i].name);
    tap_is_int(SERVED[i].b, scp_mirror_serves(&w.f, &w.profile, 1), "served: %s: the second", SERVED[i].name);
}

int main(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        test_row(i);
    for (size_t i = 0; i < sizeof SERVED / sizeof SERVED[0]; i++)
        test_served(i);
    return tap_done();
}
