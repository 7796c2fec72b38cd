/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a trust list is worth, on literal facts: where it lies, who signed it, how old it is, what it says of a root. */
#include "base/utc.h"
#include "check/list/list.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, NONE = -1 };

static const int64_t NOW = 1800000000;
/* Attributes: a property each, named by its number. */
static const uint8_t DISABLED_NOW[] = {
    0x30, 0x18, 0x06, 0x0A, 0x2B, 6,    1,    4,    1,    0x82, 0x37, 0x0A, 0x0B,
    0x68, 0x31, 0x0A, 0x04, 0x08, 0x00, 0x80, 0x33, 0x6B, 0xC6, 0xA4, 0xDD, 0x01
}; /* 104, of NOW */
static const uint8_t DISABLED_SOON[] = {
    0x30, 0x18, 0x06, 0x0A, 0x2B, 6,    1,    4,    1,    0x82, 0x37, 0x0A, 0x0B,
    0x68, 0x31, 0x0A, 0x04, 0x08, 0x80, 0x16, 0xCC, 0x6B, 0xC6, 0xA4, 0xDD, 0x01
}; /* a second later */
static const uint8_t LIMITED_NOW[] = { 0x30, 0x18, 0x06, 0x0A, 0x2B, 6,    1,    4,    1,    0x82, 0x37, 0x0A, 0x0B,
                                       0x7E, 0x31, 0x0A, 0x04, 0x08, 0x00, 0x80, 0x33, 0x6B, 0xC6, 0xA4, 0xDD, 0x01 }; /* 126 */
static const uint8_t DENIED[] = { 0x30, 0x1C, 0x06, 0x0A, 0x2B, 6,    1,    4,    1, 0x82, 0x37, 0x0A, 0x0B, 0x7A, 0x31,
                                  0x0E, 0x04, 0x0C, 0x30, 0x0A, 0x06, 0x08, 0x2B, 6, 1,    5,    5,    7,    3,    1 }; /* 122 */
static const uint8_t TWIN[50] = {
    0x30, 0x30, 0x06, 0x0A, 0x2B, 6, 1, 4, 1, 0x82, 0x37, 0x0A, 0x0B, 0x62, 0x31, 0x22, 0x04, 0x20, 1
}; /* 98, a SHA-256 of another certificate */
/* The same, as a store of certificates has it. */
static const uint8_t STORED_TWIN[44] = { 98, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 1 };
/* The begin of an attribute. */
static const uint8_t CUT[] = { 0x30, 0x10, 0x06 };

struct world {
    struct scp_list_fact f;
    struct scp_profile profile;
    struct scp_profile_cert root;
    struct scp_ctl_entry entry[1];
    const struct scp_ctl_entry *order[1];
    enum scp_tri disallowed[1];
};

/* A cached list of trusted roots that Microsoft signed today, and that names the one root of the profile. */
static void set_world(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->root = (struct scp_profile_cert){
        .alias = "root", .name = "Root", .has_sha1 = true, .has_sha256 = true, .level = SCP_LEVEL_REQUIRED
    };
    w->profile = (struct scp_profile){ .name = "test", .root = &w->root, .roots = 1, .newest_list = SCP_UTC_UNKNOWN };
    w->entry[0] = (struct scp_ctl_entry){ .id = w->root.sha1, .id_len = sizeof w->root.sha1 };
    w->order[0] = w->entry;
    scp_list_init(&w->f, SCP_LIST_CACHED, SCP_CTL_TRUSTED, "EncodedCtl", "here");
    w->f.reading = SCP_LIST_READ;
    w->f.list.ctl = (struct scp_ctl){ .kind = SCP_CTL_TRUSTED, .this_update = NOW, .v = w->entry, .n = 1, .order = w->order };
    w->f.list.verdict.signature = SCP_CTL_SIGNED;
    (void)strcpy(w->f.message, "why");
}

static void as_it_is(struct world *w)
{
    (void)w;
}

static void unread(struct world *w, enum scp_list_reading reading, enum scp_list_place place)
{
    w->f.reading = reading;
    w->f.place = place;
}

static void disallowed(struct world *w, enum scp_tri holds)
{
    w->f.wanted = w->f.list.ctl.kind = SCP_CTL_DISALLOWED;
    w->disallowed[0] = holds;
    w->f.disallowed = w->disallowed;
}

static void says(struct world *w, const uint8_t *attributes, size_t n)
{
    w->entry[0].attributes = attributes;
    w->entry[0].attributes_len = n;
}

/* clang-format off */
#define SET(name, ...) static void name(struct world *w) { __VA_ARGS__; }
SET(not_asked, unread(w, SCP_LIST_NOT_ASKED, SCP_LIST_CACHED))
SET(absent, unread(w, SCP_LIST_ABSENT, SCP_LIST_CACHED))
SET(unreachable, unread(w, SCP_LIST_UNREACHABLE, SCP_LIST_SERVED))
SET(page_cached, unread(w, SCP_LIST_PAGE, SCP_LIST_CACHED))
SET(page_served, unread(w, SCP_LIST_PAGE, SCP_LIST_SERVED))
SET(page_given, unread(w, SCP_LIST_PAGE, SCP_LIST_GIVEN))
SET(unreadable_cached, unread(w, SCP_LIST_UNREADABLE, SCP_LIST_CACHED))
SET(unreadable_served, unread(w, SCP_LIST_UNREADABLE, SCP_LIST_SERVED))
SET(unsigned_list, w->f.list.verdict.signature = SCP_CTL_UNSIGNED)
SET(untrusted, w->f.list.verdict.signature = SCP_CTL_UNTRUSTED)
SET(invalid, w->f.list.verdict.signature = SCP_CTL_INVALID)
SET(weak, w->f.list.verdict.signature = SCP_CTL_WEAK; w->f.list.ctl.this_update = SCP_CTL_SHA1_UNTIL)
SET(weak_before, weak(w); w->f.list.ctl.this_update--)
SET(not_named, w->f.list.ctl.n = 0)
SET(not_named_recommended, not_named(w); w->root.level = SCP_LEVEL_RECOMMENDED)
SET(not_named_informational, not_named(w); w->root.level = SCP_LEVEL_INFORMATIONAL)
SET(not_named_without_print, not_named(w); w->root.has_sha1 = false)
SET(damaged, w->f.list.ctl.damaged = 1)
SET(repeated, w->f.list.ctl.repeated = 1)
SET(damaged_and_not_named, damaged(w); not_named(w))
SET(malformed_entry, w->entry[0].attributes = CUT; w->entry[0].attributes_len = sizeof CUT)
SET(says_disabled, says(w, DISABLED_NOW, sizeof DISABLED_NOW))
SET(says_disabled_soon, says(w, DISABLED_SOON, sizeof DISABLED_SOON))
SET(says_disabled_recommended, says_disabled(w); w->root.level = SCP_LEVEL_RECOMMENDED)
SET(says_limited, says(w, LIMITED_NOW, sizeof LIMITED_NOW))
SET(says_denied, says(w, DENIED, sizeof DENIED))
SET(says_denied_recommended, says_denied(w); w->root.level = SCP_LEVEL_RECOMMENDED)
SET(names_twin, says(w, TWIN, sizeof TWIN))
SET(names_perhaps_twin, names_twin(w); w->root.has_sha256 = false)
SET(pin_rules, w->f.wanted = SCP_CTL_PIN_RULES; w->f.reading = SCP_LIST_UNREADABLE)
SET(dated_a_day_ahead, w->f.list.ctl.this_update = NOW + SCP_UTC_ASTRAY)
SET(dated_further_ahead, w->f.list.ctl.this_update = NOW + SCP_UTC_ASTRAY + 1)
SET(anchor_absent, w->f.anchor_absent = true)
SET(signer_distrusted, w->f.signer.distrust.listed = true; (void)strcpy(w->f.signer.thumbprint, "00"))
SET(holds_yes, disallowed(w, SCP_YES))
SET(holds_no, disallowed(w, SCP_NO))
SET(holds_untold, disallowed(w, SCP_MAYBE))
SET(holds_untold_damaged, holds_untold(w); damaged(w))
SET(holds_yes_recommended, holds_yes(w); w->root.level = SCP_LEVEL_RECOMMENDED)
SET(not_shown, disallowed(w, SCP_NO); w->f.disallowed = NULL)
SET(other_kind, w->f.list.ctl.kind = SCP_CTL_DISALLOWED)
SET(any_kind, w->f.wanted = SCP_CTL_OTHER)
SET(no_kind, any_kind(w); w->f.list.ctl.kind = SCP_CTL_OTHER)
SET(new_kind, no_kind(w); w->f.list.ctl.new_kind = true)
SET(store, w->f.place = SCP_LIST_SERVED; w->f.store = w->f.list.certificates = true; w->f.list.ctl.kind = SCP_CTL_OTHER)
SET(store_of_twin, store(w); says(w, STORED_TWIN, sizeof STORED_TWIN))
SET(store_without, store(w); w->f.list.ctl.n = 0)
SET(store_recommended, store(w); w->root.level = SCP_LEVEL_RECOMMENDED)
SET(store_informational, store(w); w->root.level = SCP_LEVEL_INFORMATIONAL)
SET(store_unwanted, store(w); w->f.store = false)
SET(store_given, store(w); w->f.store = false; w->f.place = SCP_LIST_GIVEN)
SET(list_for_store, w->f.place = SCP_LIST_SERVED; w->f.store = true)
#undef SET
/* clang-format on */

static const struct {
    void (*set)(struct world *w);
    const char *id;
    int state; /* of the first finding with that id; NONE: there is none */
    const char *text;
    size_t findings;
} ROWS[] = {
    { as_it_is, "list.good", SCP_OK, "list of trusted roots of 2027-01-15 verified, 1 entry, names Root", 1 },
    { not_asked, "list.good", NONE, NULL, 0 },
    { absent, "list.good", NONE, NULL, 0 },
    { unreachable, "list.good", NONE, NULL, 0 },
    { page_cached, "list.page", SCP_UNKNOWN, "(why)", 1 },
    { page_served, "list.page", SCP_CRITICAL, "(why)", 1 },
    { page_given, "list.page", SCP_UNKNOWN, "(why)", 1 },
    { unreadable_cached, "list.unreadable", SCP_UNKNOWN, "why", 1 },
    { unreadable_served, "list.unreadable", SCP_CRITICAL, "why", 1 },
    { unsigned_list, "list.unsigned", SCP_CRITICAL, "list of trusted roots without a signature", 1 },
    { untrusted, "list.untrusted", SCP_CRITICAL, "not signed by Microsoft", 1 },
    { invalid, "list.invalid", SCP_CRITICAL, "bad signature", 1 },
    { weak, "list.weak", SCP_WARNING, "weak signature", 1 },
    { weak_before, "list.weak", SCP_OK, "weak signature", 1 },
    { not_named, "list.root-unlisted", SCP_CRITICAL, "does not name Root", 1 },
    { not_named_recommended, "list.root-unlisted", SCP_WARNING, "does not name Root", 1 },
    { not_named_informational, "list.root-unlisted", NONE, NULL, 1 },
    { not_named_informational, "list.good", SCP_OK, ", 0 entries", 1 },
    { not_named_without_print, "list.root-unlisted", NONE, NULL, 1 },
    { damaged, "list.damaged", SCP_WARNING, "1 malformed and 0 repeated", 1 },
    { repeated, "list.damaged", SCP_WARNING, "0 malformed and 1 repeated", 1 },
    { damaged_and_not_named, "list.root-unreadable", SCP_UNKNOWN, "whether it names Root could not be told", 2 },
    { malformed_entry, "list.root-unreadable", SCP_UNKNOWN, "the entry in the list is malformed", 1 },
    { says_disabled, "list.root-restricted", SCP_CRITICAL, "Root is disabled from 2027-01-15", 1 },
    { says_disabled_soon, "list.root-restricted", SCP_WARNING, "Root is disabled from", 1 },
    { says_disabled_recommended, "list.root-restricted", SCP_WARNING, NULL, 1 },
    { says_limited, "list.root-restricted", SCP_CRITICAL, "is trusted for TLS only for certificates issued until", 1 },
    { says_denied, "list.root-restricted", SCP_CRITICAL, "Root is not allowed for server authentication", 1 },
    { says_denied_recommended, "list.root-restricted", SCP_WARNING, NULL, 1 },
    { names_twin, "list.root-twin", SCP_CRITICAL, "names a double of Root", 1 },
    { names_perhaps_twin, "list.good", SCP_OK, NULL, 1 },
    { store_of_twin, "list.root-disallowed", NONE, NULL, 1 },
    { pin_rules, "list.unreadable", SCP_UNKNOWN, NULL, 1 },
    { dated_a_day_ahead, "list.future", NONE, NULL, 1 },
    { dated_further_ahead, "list.future", SCP_WARNING, "is dated in the future", 1 },
    { anchor_absent, "list.anchor-absent", SCP_OK, "is in no Root store", 2 },
    { signer_distrusted, "list.signer-disallowed", SCP_WARNING, "Windows would refuse it", 1 },
    { holds_yes, "list.root-disallowed", SCP_CRITICAL, "holds Root", 1 },
    { holds_no, "list.good", SCP_OK, "list of disallowed certificates of 2027-01-15 verified, 1 entry", 1 },
    { holds_untold, "list.good", SCP_OK, "verified, 1 entry", 1 },
    { holds_untold_damaged, "list.root-unreadable", SCP_UNKNOWN, "whether it holds Root could not be told: 1", 2 },
    { holds_yes_recommended, "list.root-disallowed", SCP_WARNING, "holds Root", 1 },
    { not_shown, "list.good", SCP_OK, NULL, 1 },
    { other_kind, "list.kind", SCP_CRITICAL, "a list of disallowed certificates instead of a list of trusted roots", 1 },
    { any_kind, "list.good", SCP_OK, "names Root", 1 },
    { no_kind, "list.kind", SCP_CRITICAL, "a signed list of another kind instead of a trust list", 1 },
    { new_kind, "list.new-kind", SCP_OK, "nothing in it was judged", 1 },
    { store, "list.root-disallowed", SCP_CRITICAL, "holds Root", 2 },
    { store_without, "list.store", SCP_OK, "a store of 0 certificates", 1 },
    { store_recommended, "list.root-disallowed", SCP_WARNING, "holds Root", 2 },
    { store_informational, "list.store", SCP_OK, "a store of 1 certificate, not", 1 },
    { store_unwanted, "list.kind", SCP_CRITICAL, "a store of certificates instead of a list of trusted roots", 1 },
    { store_given, "list.store", SCP_OK, "not signed by nature", 1 },
    { list_for_store, "list.kind", SCP_CRITICAL, "a list of trusted roots instead of a store of disallowed certificates", 1 },
};

static struct scp_result *judged(const struct world *w)
{
    struct scp_result *r = scp_result_new(NULL);

    if (r == NULL)
        tap_bail("out of memory");
    scp_list_evaluate(&w->f, &w->profile, NOW, r);
    return r;
}

static void test_row(size_t i)
{
    static struct world w;
    const struct scp_finding *f = NULL;
    struct scp_result *r;

    set_world(&w);
    ROWS[i].set(&w);
    r = judged(&w);
    for (size_t k = 0; k < r->findings && f == NULL; k++)
        f = strcmp(r->finding[k].id, ROWS[i].id) == 0 ? &r->finding[k] : NULL;
    tap_is_int(ROWS[i].state, f != NULL ? (int)f->state : NONE, "row %zu: %s", i + 1, ROWS[i].id);
    if (ROWS[i].text != NULL)
        tap_has_text(ROWS[i].text, f != NULL ? f->text : "", "row %zu: what it says", i + 1);
    tap_is_int((long long)ROWS[i].findings, (long long)r->findings, "row %zu: findings", i + 1);
    scp_result_free(r);
}

/* One signer is told once, however many lists he vouches for. */
static void test_signer(void)
{
    static struct world w;
    struct scp_result *r;

    set_world(&w);
    signer_distrusted(&w);
    r = judged(&w);
    scp_list_evaluate(&w.f, &w.profile, NOW, r);
    tap_is_int(1, (long long)r->findings, "the same signer again");
    (void)strcpy(w.f.signer.thumbprint, "11");
    scp_list_evaluate(&w.f, &w.profile, NOW, r);
    tap_is_int(2, (long long)r->findings, "another one");
    scp_result_free(r);
}

static const struct {
    const char *name;
    int64_t dated, newest;
    bool old;
    const char *text;
} AGES[] = {
    { "300 days", -300 * DAY, SCP_UTC_UNKNOWN, false, NULL },
    { "a second more", -300 * DAY - 1, SCP_UTC_UNKNOWN, true, "300 days old" },
    { "60 days behind", -100 * DAY, 1800000000 - 40 * DAY, false, NULL },
    { "a second more behind", -100 * DAY - 1, 1800000000 - 40 * DAY, true, "60 days older than the one of 2026-12-06" },
    { "behind one of now", -61 * DAY, 1800000000, true, "61 days older" },
    { "behind one that is not there yet", -61 * DAY, 1800000000 + 1, false, NULL },
};

static void test_ages(void)
{
    static struct world w;
    char text[SCP_LIST_OLD_TEXT];

    for (size_t i = 0; i < sizeof AGES / sizeof AGES[0]; i++) {
        set_world(&w);
        w.f.list.ctl.this_update = NOW + AGES[i].dated;
        w.profile.newest_list = AGES[i].newest;
        tap_ok(scp_list_old(&w.f, &w.profile, NOW, text) == AGES[i].old, "%s: %s", AGES[i].name, AGES[i].old ? "old" : "not old");
        if (AGES[i].text != NULL)
            tap_has_text(AGES[i].text, text, "%s: text", AGES[i].name);
    }
    w.f.list.ctl.this_update = NOW - 400 * DAY;
    w.f.wanted = w.f.list.ctl.kind = SCP_CTL_DISALLOWED;
    tap_ok(!scp_list_old(&w.f, &w.profile, NOW, text), "a list of disallowed certificates may rest");
    set_world(&w);
    w.f.list.ctl.this_update = NOW - 400 * DAY;
    w.f.list.verdict.signature = SCP_CTL_INVALID;
    tap_ok(!scp_list_old(&w.f, &w.profile, NOW, text), "one that is not believed has no age");
}

int main(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        test_row(i);
    test_signer();
    test_ages();
    return tap_done();
}
