/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/mirror/mirror.h"

#include "base/num.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

enum { NAMED_MAX = 10 /* findings of one kind about roots that are not the profile's; the others are counted */ };

enum scp_tri scp_mirror_serves(const struct scp_mirror_facts *f, const struct scp_profile *profile, size_t root)
{
    const struct scp_list_fact *list = &f->list[SCP_MIRROR_TRUSTED];
    bool arrived = list->reading == SCP_LIST_ABSENT || scp_list_present(list);

    if (f->unreadable || !arrived)
        return SCP_MAYBE;
    if (!scp_list_verified(list))
        return list->unable ? SCP_MAYBE : SCP_NO;
    for (size_t i = 0; i < f->roots; i++) {
        if (f->root[i].want != root)
            continue;
        switch (f->root[i].state) {
        case SCP_MIRROR_ROOT_GOOD: return scp_list_lookup(list, &profile->root[root]).named;
        case SCP_MIRROR_ROOT_MISSING:
        case SCP_MIRROR_ROOT_CORRUPT: return SCP_NO;
        case SCP_MIRROR_ROOT_NOT_CHECKED:
        case SCP_MIRROR_ROOT_UNREACHABLE: return SCP_MAYBE;
        }
    }
    return scp_list_lookup(list, &profile->root[root]).named;
}

/* --- Lists --- */

/* How much a list of the mirror matters. */
static enum scp_state weight(size_t file)
{
    return file == SCP_MIRROR_TRUSTED ? SCP_CRITICAL : SCP_WARNING;
}

static bool evaluate_arrival(const struct scp_mirror_facts *f, size_t file, struct scp_result *r)
{
    const struct scp_list_fact *list = &f->list[file];

    switch (list->reading) {
    case SCP_LIST_ABSENT:
        /* Older copies of certutil make mirrors without pin rules; nothing depends on them. */
        (void)scp_result_add(r, file == SCP_MIRROR_PIN_RULES ? SCP_OK : weight(file), "mirror.list-missing", list->subject,
                             "%s is not in the mirror %s", list->subject, f->location);
        return false;
    case SCP_LIST_UNREACHABLE:
        (void)scp_result_add(r, weight(file), "mirror.list-unreachable", list->subject, "%s: %s", list->origin, list->message);
        return false;
    case SCP_LIST_NOT_ASKED:
    case SCP_LIST_NOT_COVERED:
        (void)scp_result_add(r, SCP_UNKNOWN, "mirror.list-not-asked", list->subject, "%s was not looked at: %s", list->origin,
                             list->message[0] != '\0' ? list->message : "no time was left");
        return false;
    case SCP_LIST_PAGE:
    case SCP_LIST_UNREADABLE:
    case SCP_LIST_READ: break;
    }
    return true;
}

static void evaluate_age(const struct scp_list_fact *list, const struct scp_profile *profile,
                         const struct scp_list_fact *const *reference, size_t references, int64_t now, struct scp_result *r)
{
    char own[SCP_UTC_TEXT], other[SCP_UTC_TEXT], old[SCP_LIST_OLD_TEXT];

    scp_utc_format_date(list->list.ctl.this_update, own);
    for (size_t i = 0; i < references; i++) {
        const struct scp_list_fact *newer = reference[i];

        if (newer == NULL || !scp_list_believed(newer) || newer->list.ctl.kind != list->list.ctl.kind ||
            scp_list_compare(list, newer) >= 0)
            continue;
        scp_utc_format_date(newer->list.ctl.this_update, other);
        (void)scp_result_add(r, SCP_WARNING, "mirror.list-stale", list->subject, "%s is of %s, older than that of %s (%s)",
                             list->origin, own, other, newer->origin);
        return;
    }
    if (scp_list_old(list, profile, now, old))
        (void)scp_result_add(r, SCP_WARNING, "mirror.list-stale", list->subject, "%s is of %s, %s", list->origin, own, old);
}

static void evaluate_lists(const struct scp_mirror_facts *f, const struct scp_profile *profile,
                           const struct scp_list_fact *const *reference, size_t references, int64_t now, struct scp_result *r)
{
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++) {
        if (!evaluate_arrival(f, i, r))
            continue;
        scp_list_evaluate(&f->list[i], profile, now, r);
        if (i != SCP_MIRROR_STORE && scp_list_believed(&f->list[i]))
            evaluate_age(&f->list[i], profile, reference, references, now, r);
    }
}

/* --- Roots --- */

static const char *const IDS[] = {
    [SCP_MIRROR_ROOT_MISSING] = "mirror.root-missing",
    [SCP_MIRROR_ROOT_UNREACHABLE] = "mirror.root-unreachable",
    [SCP_MIRROR_ROOT_CORRUPT] = "mirror.root-corrupt",
};

static void say(const struct scp_mirror_facts *f, const struct scp_profile *profile, const struct scp_mirror_root *root,
                struct scp_result *r)
{
    const struct scp_profile_cert *want = root->want != SCP_MIRROR_UNWANTED ? &profile->root[root->want] : NULL;
    enum scp_state state = want != NULL ? scp_state_for(want->level, SCP_CRITICAL) : SCP_WARNING;
    const char *id = IDS[root->state], *subject;
    char print[41];

    scp_num_to_hex(root->sha1, sizeof root->sha1, print);
    subject = want != NULL ? want->alias : print;
    if (root->state == SCP_MIRROR_ROOT_MISSING)
        (void)scp_result_add(r, state, id, subject, "%s%s%s.crt is not in the mirror %s", want != NULL ? want->name : "",
                             want != NULL ? ": " : "", print, f->location);
    else
        (void)scp_result_add(r, state, id, subject, "%s%s%s.crt in the mirror %s: %s", want != NULL ? want->name : "",
                             want != NULL ? ": " : "", print, f->location, root->message);
}

static bool troubled(const struct scp_mirror_root *root, enum scp_mirror_root_state state, bool of_profile)
{
    return root->state == state && (root->want != SCP_MIRROR_UNWANTED) == of_profile;
}

/* Roots of the profile one by one; of the others the first few, and how many there are in all. */
static void evaluate_trouble(const struct scp_mirror_facts *f, const struct scp_profile *profile, enum scp_mirror_root_state state,
                             struct scp_result *r)
{
    size_t others = 0;

    for (size_t i = 0; i < f->roots; i++) {
        if (troubled(&f->root[i], state, true))
            say(f, profile, &f->root[i], r);
    }
    for (size_t i = 0; i < f->roots; i++) {
        if (troubled(&f->root[i], state, false) && others++ < NAMED_MAX)
            say(f, profile, &f->root[i], r);
    }
    if (others > NAMED_MAX)
        (void)scp_result_add(r, SCP_WARNING, IDS[state], "", "%zu more roots of the mirror %s: the same", others - NAMED_MAX,
                             f->location);
}

static size_t count(const struct scp_mirror_facts *f, enum scp_mirror_root_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < f->roots; i++)
        n += f->root[i].state == state;
    return n;
}

/* Where all is well this is what to say first. */
static void evaluate_complete(const struct scp_mirror_facts *f, struct scp_result *r)
{
    if (f->listed && f->roots > 0 && count(f, SCP_MIRROR_ROOT_GOOD) == f->roots)
        (void)scp_result_add(r, SCP_OK, "mirror.complete", "", "mirror %s complete: all %zu listed roots are there", f->location,
                             f->roots);
}

static void evaluate_roots(const struct scp_mirror_facts *f, const struct scp_profile *profile, struct scp_result *r)
{
    size_t unchecked = count(f, SCP_MIRROR_ROOT_NOT_CHECKED);

    evaluate_trouble(f, profile, SCP_MIRROR_ROOT_MISSING, r);
    evaluate_trouble(f, profile, SCP_MIRROR_ROOT_CORRUPT, r);
    evaluate_trouble(f, profile, SCP_MIRROR_ROOT_UNREACHABLE, r);
    if (unchecked > 0)
        (void)scp_result_add(r, SCP_UNKNOWN, "mirror.root-not-checked", "", "%zu of %zu roots of the mirror %s were not looked at",
                             unchecked, f->roots, f->location);
    if (!f->listed)
        (void)scp_result_add(r, SCP_UNKNOWN, "mirror.roots-unlisted", "",
                             "the mirror %s has no believable list: only %zu root%s looked for", f->location, f->roots,
                             f->roots == 1 ? " was" : "s were");
}

static void add_perfdata(const struct scp_mirror_facts *f, struct scp_result *r)
{
    struct scp_perfdata p = {
        .label = "mirror_missing", .unit = "", .has_warning = true, .has_min = true, .has_max = true, .max = (double)f->roots
    };

    p.value = (double)(f->roots - count(f, SCP_MIRROR_ROOT_GOOD));
    if (count(f, SCP_MIRROR_ROOT_NOT_CHECKED) > 0)
        return;
    if (f->listed && scp_range_parse("0", false, &p.warning, NULL) == 0)
        scp_result_perfdata(r, &p);
}

void scp_mirror_evaluate(const struct scp_mirror_facts *f, const struct scp_profile *profile,
                         const struct scp_list_fact *const *reference, size_t references, int64_t now, struct scp_result *r)
{
    if (f->unreadable) {
        (void)scp_result_add(r, SCP_UNKNOWN, "mirror.unreadable", "", "the mirror cannot be read: %s", f->message);
        return;
    }
    evaluate_complete(f, r);
    evaluate_lists(f, profile, reference, references, now, r);
    evaluate_roots(f, profile, r);
    add_perfdata(f, r);
}
