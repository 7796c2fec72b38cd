/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The decision table of check_scp_roots: root x automatic update x what the list says, on literal facts.
 */
#include "base/utc.h"
#include "check/roots/check.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

static const int64_t NOW = 1800000000;
static const struct scp_profile_cert WANT = { .alias = "root", .has_sha1 = true, .name = "Root", .level = SCP_LEVEL_REQUIRED };

enum root {
    PRESENT,
    DISALLOWED,
    LIST_DISALLOWED,
    DISABLED,
    FUTURE_DISABLED,
    PURPOSE,
    LIMITED,
    EXPIRED,
    YOUNG,
    EXPIRING,
    MISSING,
    MISSING_DISALLOWED,
    MISSING_DISABLED,
    MISSING_FUTURE_DISABLED,
    MISSING_PURPOSE,
    MISSING_LIMITED,
    MISSING_UNREADABLE,
    NOT_COVERED,
    DAMAGED
};
enum update { ON, OFF, OFF_WITH_MIRROR, MIRROR, UPDATE_UNKNOWN, SERVICE_OFF, AUTHROOT_OFF };

struct row {
    enum root root;
    enum update update;
    double sync_days; /* age; < -900 = never */
    enum scp_tri named;
    enum scp_state state;
    const char *id;   /* a finding that must be there, in that state or worse only if UNKNOWN beside it */
    const char *also; /* another one; NULL */
};

static const struct row TABLE[] = {
    { PRESENT, ON, 1, SCP_MAYBE, SCP_OK, "roots.present", NULL },
    { PRESENT, OFF, 400, SCP_NO, SCP_OK, "roots.present", NULL },
    { PRESENT, UPDATE_UNKNOWN, -999, SCP_MAYBE, SCP_OK, "roots.present", NULL },
    { DISALLOWED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.disallowed", NULL },
    { LIST_DISALLOWED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.disallowed", NULL },
    { DISABLED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.disabled", NULL },
    { FUTURE_DISABLED, ON, 1, SCP_YES, SCP_WARNING, "roots.disabled", NULL },
    { PURPOSE, ON, 1, SCP_YES, SCP_CRITICAL, "roots.purpose", NULL },
    { LIMITED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.not-before", NULL },
    { EXPIRED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.expired", NULL },
    { YOUNG, ON, 1, SCP_YES, SCP_CRITICAL, "roots.not-yet-valid", NULL },
    { EXPIRING, ON, 1, SCP_YES, SCP_WARNING, "roots.expiring", NULL },
    { PRESENT, AUTHROOT_OFF, 1, SCP_YES, SCP_CRITICAL, "roots.authroot-off", NULL },
    { MISSING, ON, 1, SCP_YES, SCP_WARNING, "roots.on-demand", NULL },
    { MISSING, ON, 20, SCP_YES, SCP_WARNING, "roots.on-demand", NULL },
    { MISSING, ON, 36, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING, ON, -999, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING, ON, 1, SCP_NO, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING, ON, 1, SCP_MAYBE, SCP_WARNING, "roots.on-demand", "roots.list-unread" },
    { MISSING_DISABLED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.disabled", "roots.on-demand" },
    { MISSING_FUTURE_DISABLED, ON, 1, SCP_YES, SCP_WARNING, "roots.disabled", "roots.on-demand" },
    { MISSING_PURPOSE, ON, 1, SCP_YES, SCP_CRITICAL, "roots.purpose", "roots.on-demand" },
    { MISSING_LIMITED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.not-before", "roots.on-demand" },
    { MISSING_UNREADABLE, ON, 1, SCP_YES, SCP_WARNING, "roots.on-demand", "roots.restriction-unreadable" },
    { MISSING_DISABLED, OFF, 1, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING_DISALLOWED, ON, 1, SCP_YES, SCP_CRITICAL, "roots.disallowed", "roots.on-demand" },
    { MISSING_DISALLOWED, OFF, 1, SCP_YES, SCP_CRITICAL, "roots.disallowed", "roots.missing" },
    { MISSING, ON, -3, SCP_YES, SCP_WARNING, "roots.on-demand", "roots.sync-future" },
    { MISSING, MIRROR, 1, SCP_YES, SCP_WARNING, "roots.on-demand", "roots.mirror-not-audited" },
    { MISSING, MIRROR, 36, SCP_YES, SCP_CRITICAL, "roots.missing", "roots.mirror-not-audited" },
    { MISSING, OFF, 1, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING, OFF_WITH_MIRROR, 1, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING, UPDATE_UNKNOWN, 1, SCP_YES, SCP_CRITICAL, "roots.missing", "roots.update-unknown" },
    { MISSING, SERVICE_OFF, 1, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { MISSING, AUTHROOT_OFF, 1, SCP_YES, SCP_CRITICAL, "roots.missing", NULL },
    { NOT_COVERED, OFF, 1, SCP_NO, SCP_UNKNOWN, "source.not-covered", NULL },
    { NOT_COVERED, ON, 1, SCP_YES, SCP_UNKNOWN, "source.not-covered", NULL },
    { DAMAGED, OFF, 1, SCP_NO, SCP_UNKNOWN, "roots.unreadable", NULL },
};

static void set_root(enum root what, struct scp_root_fact *f)
{
    *f = (struct scp_root_fact){ .want = &WANT,
                                 .found = what < MISSING,
                                 .key_type = "RSA",
                                 .key_bits = 2048,
                                 .not_before = NOW - 1000 * DAY,
                                 .not_after = NOW + 1000 * DAY,
                                 .restriction = SCP_RESTRICTION_NONE,
                                 .listed = SCP_RESTRICTION_NONE };
    f->member[SCP_MEMBER_AUTHROOT] = f->found;
    f->distrust.member[SCP_MEMBER_DEFAULT] = what == DISALLOWED || what == MISSING_DISALLOWED;
    f->unreadable = what == DAMAGED;
    f->distrust.listed = what == LIST_DISALLOWED;
    f->restriction.purpose_denied = what == PURPOSE || what == MISSING_PURPOSE;
    f->restriction.unreadable = what == MISSING_UNREADABLE;
    if (what == DISABLED || what == MISSING_DISABLED)
        f->restriction.disabled_from = NOW - DAY;
    if (what == FUTURE_DISABLED || what == MISSING_FUTURE_DISABLED)
        f->restriction.disabled_from = NOW + DAY;
    if (what == LIMITED || what == MISSING_LIMITED)
        f->restriction.issued_before = NOW - DAY;
    if (what == EXPIRED)
        f->not_after = NOW - 1;
    if (what == EXPIRING)
        f->not_after = NOW + 60 * DAY;
    if (what == YOUNG)
        f->not_before = NOW + 1;
}

static void set_policy(const struct row *row, struct scp_update_policy *p)
{
    p->disable_root_auto_update.presence = row->update == OFF || row->update == OFF_WITH_MIRROR ? SCP_PRESENT
                                           : row->update == UPDATE_UNKNOWN                      ? SCP_COULD_NOT_TELL
                                                                                                : SCP_ABSENT;
    p->disable_root_auto_update.value = p->disable_root_auto_update.presence == SCP_PRESENT;
    p->root_dir_url_presence = row->update == MIRROR || row->update == OFF_WITH_MIRROR ? SCP_PRESENT : SCP_ABSENT;
    (void)snprintf(p->root_dir_url, sizeof p->root_dir_url, "%s", p->root_dir_url_presence == SCP_PRESENT ? "http://mirror" : "");
    p->cryptsvc_start = (struct scp_policy_number){ SCP_PRESENT, false, row->update == SERVICE_OFF ? 4 : 3 };
    p->protected_roots = (struct scp_policy_number){ SCP_PRESENT, false, row->update == AUTHROOT_OFF ? 0x28 : 0x20 };
    p->trusted_sync = (struct scp_policy_time){ SCP_ABSENT, false, SCP_UTC_UNKNOWN };
    if (row->sync_days > -900)
        p->trusted_sync = (struct scp_policy_time){ SCP_PRESENT, false, NOW - (int64_t)(row->sync_days * DAY) };
}

static bool has(const struct scp_result *r, const char *id)
{
    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].id, id) == 0)
            return true;
    }
    return false;
}

static void test_row(size_t number, const struct row *row)
{
    static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_roots_catalogue, NULL };
    static const struct scp_list_fact LIST = { .reading = SCP_LIST_UNREADABLE };
    struct scp_root_fact fact;
    enum scp_tri named = row->named;
    struct scp_roots_facts facts = { .v = &fact, .n = 1, .list = &LIST, .disallowed_list = &LIST, .named = &named };
    struct scp_result *r = scp_result_new(CATALOGUE);

    if (r == NULL)
        tap_bail("out of memory");
    set_root(row->root, &fact);
    set_policy(row, &facts.policy);
    facts.root.exists[SCP_MEMBER_DEFAULT] = true;
    facts.root.presence[SCP_MEMBER_DEFAULT] = row->root == NOT_COVERED ? SCP_COULD_NOT_TELL : SCP_PRESENT;
    scp_roots_evaluate(&facts, &scp_roots_limits_default, NOW, r);
    tap_is_text(scp_state_name(row->state), scp_state_name(scp_result_state(r)), "row %zu: state", number);
    tap_ok(has(r, row->id), "row %zu: %s", number, row->id);
    tap_ok(row->also == NULL || has(r, row->also), "row %zu: beside it %s", number, row->also != NULL ? row->also : "nothing");
    tap_ok(has(r, "roots.present") == (row->state == SCP_OK), "row %zu: called present only when it is OK", number);
    scp_result_free(r);
}

/* --- One thing at a time, at its exact boundary --- */

struct world {
    struct scp_profile_cert want;
    struct scp_root_fact root;
    struct scp_list_fact list, disallowed;
    struct scp_roots_facts f;
    struct scp_roots_limits limits;
    enum scp_tri named;
};

/* A root that is there and good, on a server whose stores were all seen. */
static void set_world(struct world *w)
{
    static const struct row GOOD = { PRESENT, ON, 1, SCP_YES, SCP_OK, "", NULL };

    memset(w, 0, sizeof *w);
    set_root(PRESENT, &w->root);
    set_policy(&GOOD, &w->f.policy);
    w->want = WANT;
    w->root.want = &w->want;
    w->named = SCP_YES;
    w->limits = scp_roots_limits_default;
    w->list.reading = w->disallowed.reading = SCP_LIST_ABSENT;
    w->f.v = &w->root;
    w->f.n = 1;
    w->f.named = &w->named;
    w->f.list = &w->list;
    w->f.disallowed_list = &w->disallowed;
    for (int m = 0; m < SCP_MEMBERS; m++) {
        w->f.root.exists[m] = m != SCP_MEMBER_SYSTEM_USER;
        w->f.disallowed.exists[m] = w->f.root.exists[m] && m != SCP_MEMBER_AUTHROOT;
    }
    for (int m = 0; m < SCP_MEMBERS; m++)
        w->f.root.presence[m] = w->f.disallowed.presence[m] = SCP_PRESENT;
}

static void missing(struct world *w)
{
    w->root.found = false;
    w->root.member[SCP_MEMBER_AUTHROOT] = false;
}

/* The list of trusted roots was read, and Microsoft signed it. */
static void believe(struct scp_list_fact *f, enum scp_ctl_kind kind)
{
    f->reading = SCP_LIST_READ;
    f->wanted = f->list.ctl.kind = kind;
    f->list.verdict.signature = SCP_CTL_SIGNED;
    f->list.ctl.this_update = NOW;
}

static void as_it_is(struct world *w)
{
    (void)w;
}

static void ends_now(struct world *w)
{
    w->root.not_after = NOW;
}

static void ended(struct world *w)
{
    w->root.not_after = NOW - 1;
}

static void begins_now(struct world *w)
{
    w->root.not_before = NOW;
}

static void lives_30_days(struct world *w)
{
    w->root.not_after = NOW + 30 * DAY;
}

static void lives_less_than_30_days(struct world *w)
{
    w->root.not_after = NOW + 30 * DAY - 1;
}

static void lives_90_days(struct world *w)
{
    w->root.not_after = NOW + 90 * DAY;
}

static void lives_less_than_90_days(struct world *w)
{
    w->root.not_after = NOW + 90 * DAY - 1;
}

static void disabled_now(struct world *w)
{
    w->root.restriction.disabled_from = NOW;
}

static void disabled_soon(struct world *w)
{
    w->root.restriction.disabled_from = NOW + 1;
}

static void disabled_on_old_windows(struct world *w)
{
    disabled_now(w);
    w->f.policy.build = 9600;
}

static void limited_now(struct world *w)
{
    w->root.restriction.issued_before = NOW;
}

static void limited_soon(struct world *w)
{
    w->root.restriction.issued_before = NOW + 1;
}

static void restriction_unread(struct world *w)
{
    w->root.restriction.unreadable = true;
    (void)strcpy(w->root.restriction.unreadable_what, "has a property that could not be read");
}

static void restriction_lifted(struct world *w)
{
    w->root.restriction.withdrawn = true;
}

static void forged(struct world *w)
{
    w->root.forged = true;
}

static void own_unread(struct world *w)
{
    w->root.disallowed_unreadable = true;
}

static void untold(struct world *w)
{
    w->root.disallowed_untold = true;
}

static void untold_but_distrusted(struct world *w)
{
    untold(w);
    w->root.distrust.listed = true;
}

static void short_key(struct world *w)
{
    w->f.policy.build = 17763;
    w->root.key_bits = 1024;
    w->f.keys.min_rsa = (struct scp_policy_number){ SCP_PRESENT, false, 2048 };
}

static void key_setting_of_no_number(struct world *w)
{
    w->f.keys.min_rsa = (struct scp_policy_number){ SCP_PRESENT, true, 0 };
}

static void own_store_unseen(struct world *w)
{
    w->f.disallowed.presence[SCP_MEMBER_DEFAULT] = SCP_COULD_NOT_TELL;
}

static void policy_store_unseen(struct world *w)
{
    w->f.disallowed.presence[SCP_MEMBER_GROUP_POLICY] = SCP_COULD_NOT_TELL;
}

static void enterprise_store_unseen(struct world *w)
{
    w->f.disallowed.presence[SCP_MEMBER_ENTERPRISE] = SCP_COULD_NOT_TELL;
}

static void unseen_and_missing(struct world *w)
{
    own_store_unseen(w);
    missing(w);
}

static void refreshed_and_missing(struct world *w)
{
    missing(w);
    w->f.root.refreshed = true;
}

static void missing_recommended(struct world *w)
{
    missing(w);
    w->want.level = SCP_LEVEL_RECOMMENDED;
}

static void lost_recommended(struct world *w)
{
    missing_recommended(w);
    w->named = SCP_NO;
}

static void recommended_that_nobody_can_tell(struct world *w)
{
    missing_recommended(w);
    w->f.policy.disable_root_auto_update.presence = SCP_COULD_NOT_TELL;
}

static void lost_recommended_unseen(struct world *w)
{
    lost_recommended(w);
    w->f.root.presence[SCP_MEMBER_ENTERPRISE] = SCP_COULD_NOT_TELL;
}

static void missing_informational(struct world *w)
{
    missing(w);
    w->root.distrust.listed = true;
    w->want.level = SCP_LEVEL_INFORMATIONAL;
}

static void unread_informational(struct world *w)
{
    missing_informational(w);
    w->root.unreadable = true;
}

static void unread_recommended(struct world *w)
{
    missing_recommended(w);
    w->root.unreadable = true;
}

static void informational_ends_now(struct world *w)
{
    w->want.level = SCP_LEVEL_INFORMATIONAL;
    ends_now(w);
}

static void informational_ended(struct world *w)
{
    w->want.level = SCP_LEVEL_INFORMATIONAL;
    ended(w);
}

static void policy_only(struct world *w)
{
    w->root.member[SCP_MEMBER_AUTHROOT] = false;
    w->root.member[SCP_MEMBER_GROUP_POLICY] = true;
}

static void user_only(struct world *w)
{
    w->root.member[SCP_MEMBER_AUTHROOT] = false;
    w->root.member[SCP_MEMBER_SYSTEM_USER] = true;
    w->f.policy.protected_roots.value = 1;
}

static void authroot_off(struct world *w)
{
    w->f.policy.protected_roots.value = 8;
}

static void authroot_off_but_elsewhere(struct world *w)
{
    authroot_off(w);
    w->root.member[SCP_MEMBER_DEFAULT] = true;
}

static void authroot_unseen(struct world *w)
{
    w->f.policy.protected_roots.presence = SCP_COULD_NOT_TELL;
}

static void authroot_unseen_but_elsewhere(struct world *w)
{
    authroot_unseen(w);
    w->root.member[SCP_MEMBER_DEFAULT] = true;
}

static void unnamed(struct world *w)
{
    believe(&w->list, SCP_CTL_TRUSTED);
    w->named = SCP_NO;
}

static void unnamed_but_elsewhere(struct world *w)
{
    unnamed(w);
    w->root.member[SCP_MEMBER_DEFAULT] = true;
}

static void unnamed_by_a_distrusted_list(struct world *w)
{
    unnamed(w);
    w->list.signer.distrust.listed = true;
}

static void unnamed_without_update(struct world *w)
{
    unnamed(w);
    w->f.policy.disable_root_auto_update = (struct scp_policy_number){ SCP_PRESENT, false, 1 };
}

static void unnamed_late(struct world *w)
{
    unnamed(w);
    w->f.policy.trusted_sync.at = NOW - 35 * DAY;
}

static void unnamed_overdue(struct world *w)
{
    unnamed(w);
    w->f.policy.trusted_sync.at = NOW - 35 * DAY - 1;
}

static void on_demand_at_35_days(struct world *w)
{
    missing(w);
    w->f.policy.trusted_sync.at = NOW - 35 * DAY;
}

static void on_demand_behind_35_days(struct world *w)
{
    missing(w);
    w->f.policy.trusted_sync.at = NOW - 35 * DAY - 1;
}

static void sync_almost_astray(struct world *w)
{
    missing(w);
    w->f.policy.trusted_sync.at = NOW + SCP_UTC_ASTRAY;
}

static void sync_astray(struct world *w)
{
    missing(w);
    w->f.policy.trusted_sync.at = NOW + SCP_UTC_ASTRAY + 1;
}

static void service_unseen(struct world *w)
{
    missing(w);
    w->f.policy.cryptsvc_start.presence = SCP_COULD_NOT_TELL;
}

static void service_without_start(struct world *w)
{
    missing(w);
    w->f.policy.cryptsvc_start.presence = SCP_ABSENT;
}

static void service_of_no_number(struct world *w)
{
    missing(w);
    w->f.policy.cryptsvc_start.wrong_type = true;
}

static void protected_unseen(struct world *w)
{
    missing(w);
    w->f.policy.protected_roots.presence = SCP_COULD_NOT_TELL;
}

static void protected_of_no_number(struct world *w)
{
    missing(w);
    w->f.policy.protected_roots.wrong_type = true;
}

static void list_unread_by_windows(struct world *w)
{
    w->list.reading = SCP_LIST_UNREADABLE;
}

static void list_unread_by_us(struct world *w)
{
    w->list.reading = SCP_LIST_UNREADABLE;
    w->list.unable = true;
}

static void list_believed(struct world *w)
{
    believe(&w->list, SCP_CTL_TRUSTED);
    w->list.list.ctl.n = 1;
}

static void distrust_unread_by_windows(struct world *w)
{
    w->disallowed.reading = SCP_LIST_UNREADABLE;
}

static void distrust_unread_by_us(struct world *w)
{
    w->disallowed.reading = SCP_LIST_UNREADABLE;
    w->disallowed.unable = true;
}

static void distrust_believed(struct world *w)
{
    believe(&w->disallowed, SCP_CTL_DISALLOWED);
}

static void many_roots(struct world *w, size_t n)
{
    static struct scp_store_cert cert[201];

    for (size_t i = 0; i < n; i++)
        cert[i].key_matches = true;
    w->f.root.cert = cert;
    w->f.root.certs = n;
}

static void roots_200(struct world *w)
{
    many_roots(w, 200);
}

static void roots_201(struct world *w)
{
    many_roots(w, 201);
}

static void mirrored(struct world *w)
{
    w->f.policy.root_dir_url_presence = SCP_PRESENT;
    (void)strcpy(w->f.policy.root_dir_url, "http://mirror");
}

static void nothing_required(struct world *w)
{
    w->want.level = SCP_LEVEL_RECOMMENDED;
}

/* clang-format off */
#define SET(name, ...) static void name(struct world *w) { __VA_ARGS__; }
SET(missing_with_update, missing(w); w->named = SCP_NO)
SET(missing_elsewhere, missing_with_update(w); (void)strcpy(w->root.elsewhere, "the store of a user"))
SET(missing_of_several, missing_with_update(w); w->want.any_of = "one, two")
SET(update_unseen, missing(w); w->f.policy.disable_root_auto_update.presence = SCP_COULD_NOT_TELL)
SET(update_of_no_number, missing(w); w->f.policy.disable_root_auto_update.wrong_type = true)
SET(untold_without_list, missing(w); w->named = SCP_MAYBE)
SET(untold_with_unread_list, untold_without_list(w); w->list.reading = SCP_LIST_UNREADABLE; (void)strcpy(w->list.message, "why"))
SET(untold_with_list, untold_without_list(w); believe(&w->list, SCP_CTL_TRUSTED))
SET(named, missing(w))
SET(distrusted, w->root.distrust.listed = true)
SET(distrusted_and_missing, missing(w); distrusted(w))
SET(denied_and_missing, missing(w); w->root.restriction.purpose_denied = true)
SET(denied, w->root.restriction.purpose_denied = true)
SET(informational_disallowed, w->want.level = SCP_LEVEL_INFORMATIONAL; distrusted(w))
SET(stale, w->want.level = SCP_LEVEL_STALE)
SET(informational_good, w->want.level = SCP_LEVEL_INFORMATIONAL)
SET(short_life_from_now, begins_now(w); lives_30_days(w))
SET(list_with_oddity, list_believed(w); (void)strcpy(w->list.list.ctl.oddity, "odd"))
SET(list_refused, list_believed(w); w->list.signer.distrust.listed = true)
SET(user_roots_off, w->f.policy.protected_roots.value = 1)
SET(policy_store_unseen_without_enterprise, policy_store_unseen(w); w->f.disallowed.exists[SCP_MEMBER_ENTERPRISE] = false)
SET(both_unseen, own_store_unseen(w); policy_store_unseen(w))
SET(missing_with_short_key, missing(w); short_key(w))
SET(missing_with_unread_key, missing_with_short_key(w); w->root.key_type = NULL)
#undef SET
/* clang-format on */

static void misplaced(struct world *w, size_t n)
{
    static const struct scp_store_cert cert = { .member = SCP_MEMBER_ENTERPRISE, .sha1 = { 0xAB } };

    for (size_t i = 0; i < SCP_ROOTS_MISFITS_MAX; i++)
        w->f.misplaced.v[i] = (struct scp_roots_misfit){ &cert, "Other" };
    w->f.misplaced.n = n;
}

static void misplaced_20(struct world *w)
{
    misplaced(w, SCP_ROOTS_MISFITS_MAX);
}

static void misplaced_22(struct world *w)
{
    misplaced(w, SCP_ROOTS_MISFITS_MAX + 2);
}

static void mirror_audited(struct world *w)
{
    static enum scp_tri served = SCP_YES;
    static struct scp_trust trust;

    trust = (struct scp_trust){ .served = &served };
    mirrored(w);
    w->want.level = SCP_LEVEL_RECOMMENDED;
    w->f.trust = &trust;
}

enum { NONE = -1 };

struct boundary {
    void (*set)(struct world *w);
    const char *id;
    int state;        /* of the first finding with that id; NONE: there is none */
    const char *text; /* a part of its sentence; NULL: not looked at */
    enum scp_state all;
};

static const struct boundary BOUNDARIES[] = {
    { as_it_is, "roots.present", SCP_OK, "present in AuthRoot, expires", SCP_OK },
    { as_it_is, "roots.present", SCP_OK, ", not disallowed", SCP_OK },
    { as_it_is, "roots.policy-only", NONE, NULL, SCP_OK },
    { as_it_is, "roots.none-required", NONE, NULL, SCP_OK },
    { as_it_is, "roots.disallowed-not-covered", NONE, NULL, SCP_OK },
    { as_it_is, "roots.mirror-not-audited", NONE, NULL, SCP_OK },
    { as_it_is, "roots.list-unread", NONE, NULL, SCP_OK },
    { ends_now, "roots.expiring", SCP_CRITICAL, "expires on 2027-01-15, in", SCP_CRITICAL },
    { ends_now, "roots.expired", NONE, NULL, SCP_CRITICAL },
    { ended, "roots.expired", SCP_CRITICAL, "expired on 2027-01-15", SCP_CRITICAL },
    { begins_now, "roots.not-yet-valid", NONE, NULL, SCP_OK },
    { lives_30_days, "roots.expiring", SCP_WARNING, "in 30 days", SCP_WARNING },
    { lives_less_than_30_days, "roots.expiring", SCP_CRITICAL, NULL, SCP_CRITICAL },
    { lives_90_days, "roots.expiring", NONE, NULL, SCP_OK },
    { lives_less_than_90_days, "roots.expiring", SCP_WARNING, NULL, SCP_WARNING },
    { disabled_now, "roots.disabled", SCP_CRITICAL, "is disabled from 2027-01-15", SCP_CRITICAL },
    { disabled_soon, "roots.disabled", SCP_WARNING, NULL, SCP_WARNING },
    { disabled_on_old_windows, "roots.disabled", SCP_OK, "does not apply that", SCP_OK },
    { limited_now, "roots.not-before", SCP_CRITICAL, NULL, SCP_CRITICAL },
    { limited_soon, "roots.not-before", SCP_WARNING, NULL, SCP_WARNING },
    { restriction_unread, "roots.restriction-unreadable", SCP_UNKNOWN, "could not be read", SCP_UNKNOWN },
    { restriction_lifted, "roots.restriction-withdrawn", SCP_OK, "lifted", SCP_OK },
    { forged, "roots.forged", SCP_CRITICAL, NULL, SCP_CRITICAL },
    { own_unread, "roots.disallowed-unreadable", SCP_UNKNOWN, "an entry in a Disallowed store", SCP_UNKNOWN },
    { own_unread, "roots.present", NONE, NULL, SCP_UNKNOWN },
    { untold, "roots.disallowed-unreadable", SCP_UNKNOWN, "neither a store nor the profile has its certificate", SCP_UNKNOWN },
    { untold_but_distrusted, "roots.disallowed-unreadable", NONE, NULL, SCP_CRITICAL },
    { short_key, "roots.key-too-short", SCP_CRITICAL, "a RSA key of 1024 bits", SCP_CRITICAL },
    { key_setting_of_no_number, "roots.key-policy-unknown", SCP_UNKNOWN, NULL, SCP_UNKNOWN },
    { own_store_unseen, "roots.disallowed-not-covered", SCP_UNKNOWN, "Disallowed): a distrust there would not be seen",
      SCP_UNKNOWN },
    { own_store_unseen, "roots.present", SCP_OK, "not disallowed as far as the source tells", SCP_UNKNOWN },
    { policy_store_unseen, "roots.disallowed-not-covered", SCP_UNKNOWN, "that of group policy", SCP_UNKNOWN },
    { enterprise_store_unseen, "roots.disallowed-not-covered", SCP_OK, "the enterprise's", SCP_OK },
    { unseen_and_missing, "roots.disallowed-not-covered", SCP_OK, NULL, SCP_WARNING },
    { refreshed_and_missing, "roots.policy-refresh", SCP_UNKNOWN, NULL, SCP_UNKNOWN },
    { missing_recommended, "roots.recommended-missing", SCP_OK, "missing (auto-update on", SCP_OK },
    { lost_recommended, "roots.recommended-missing", SCP_WARNING, "does not name it", SCP_WARNING },
    { recommended_that_nobody_can_tell, "roots.recommended-missing", SCP_OK, "could not be told", SCP_OK },
    { lost_recommended_unseen, "roots.recommended-missing", SCP_OK, "not seen", SCP_OK },
    { missing_informational, "roots.informational", SCP_OK, "not installed", SCP_OK },
    { unread_informational, "roots.informational", SCP_OK, "not installed", SCP_OK },
    { unread_recommended, "roots.unreadable", SCP_UNKNOWN, NULL, SCP_UNKNOWN },
    { informational_ends_now, "roots.informational", SCP_OK, "installed, expires 2027-01-15", SCP_OK },
    { informational_ended, "roots.informational", SCP_OK, "installed, expired on 2027-01-15", SCP_OK },
    { policy_only, "roots.policy-only", SCP_OK, NULL, SCP_OK },
    { policy_only, "roots.present", SCP_OK, "present in Policies", SCP_OK },
    { user_only, "roots.user-only", SCP_CRITICAL, NULL, SCP_CRITICAL },
    { authroot_off, "roots.authroot-off", SCP_CRITICAL, NULL, SCP_CRITICAL },
    { authroot_off_but_elsewhere, "roots.authroot-off", NONE, NULL, SCP_OK },
    { authroot_off_but_elsewhere, "roots.present", SCP_OK, "present in ROOT, AuthRoot", SCP_OK },
    { authroot_unseen, "source.not-covered", SCP_UNKNOWN, "is only in AuthRoot", SCP_UNKNOWN },
    { authroot_unseen_but_elsewhere, "source.not-covered", NONE, NULL, SCP_OK },
    { unnamed, "roots.will-be-deleted", SCP_WARNING, "of 2027-01-15 does not name it", SCP_WARNING },
    { unnamed_but_elsewhere, "roots.will-be-deleted", NONE, NULL, SCP_OK },
    { unnamed_by_a_distrusted_list, "roots.will-be-deleted", NONE, NULL, SCP_OK },
    { unnamed_without_update, "roots.will-be-deleted", NONE, NULL, SCP_OK },
    { unnamed_late, "roots.will-be-deleted", SCP_WARNING, NULL, SCP_WARNING },
    { unnamed_overdue, "roots.will-be-deleted", NONE, NULL, SCP_OK },
    { on_demand_at_35_days, "roots.on-demand", SCP_WARNING, NULL, SCP_WARNING },
    { on_demand_behind_35_days, "roots.missing", SCP_CRITICAL, "last synchronised 35 days ago", SCP_CRITICAL },
    { sync_almost_astray, "roots.sync-future", NONE, NULL, SCP_WARNING },
    { sync_astray, "roots.sync-future", SCP_WARNING, "lies in the future", SCP_WARNING },
    { service_unseen, "roots.update-unknown", SCP_UNKNOWN, "the source does not hold", SCP_WARNING },
    { service_without_start, "roots.update-unknown", SCP_UNKNOWN, "has no Start", SCP_WARNING },
    { service_of_no_number, "roots.update-unknown", SCP_UNKNOWN, "(CryptSvc) is not a REG_DWORD", SCP_WARNING },
    { protected_unseen, "roots.update-unknown", SCP_UNKNOWN, "the source does not hold", SCP_WARNING },
    { protected_of_no_number, "roots.update-unknown", SCP_UNKNOWN, "Flags is not a REG_DWORD", SCP_WARNING },
    { list_unread_by_windows, "roots.list-unread", SCP_OK, NULL, SCP_OK },
    { list_unread_by_us, "roots.list-unread", SCP_UNKNOWN, NULL, SCP_UNKNOWN },
    { list_believed, "roots.list", SCP_OK, "with 1 entry, signature", SCP_OK },
    { list_believed, "roots.list-unread", NONE, NULL, SCP_OK },
    { distrust_unread_by_windows, "roots.list-unread", SCP_OK, "disallowed certificates", SCP_OK },
    { distrust_unread_by_us, "roots.list-unread", SCP_UNKNOWN, "disallowed certificates", SCP_UNKNOWN },
    { distrust_believed, "roots.list-unread", NONE, NULL, SCP_OK },
    { roots_200, "roots.many", NONE, NULL, SCP_OK },
    { roots_201, "roots.many", SCP_OK, "201 certificates", SCP_OK },
    { mirrored, "roots.mirror-not-audited", SCP_OK, "http://mirror", SCP_OK },
    { nothing_required, "roots.none-required", SCP_OK, NULL, SCP_OK },
    { nothing_required, "roots.present", SCP_OK, NULL, SCP_OK },
    { missing_with_update, "roots.missing", SCP_CRITICAL, "is in none of ROOT, AuthRoot, Policies, Enterprise)", SCP_CRITICAL },
    { missing_elsewhere, "roots.missing", SCP_CRITICAL, "lies in the store of a user, where", SCP_CRITICAL },
    { missing_of_several, "roots.missing", SCP_CRITICAL, "but none is there: one, two", SCP_CRITICAL },
    { update_unseen, "roots.update-unknown", SCP_UNKNOWN, "could not be told from the source", SCP_CRITICAL },
    { update_of_no_number, "roots.update-unknown", SCP_UNKNOWN, "DisableRootAutoUpdate is not a REG_DWORD", SCP_CRITICAL },
    { untold_without_list, "roots.list-unread", SCP_UNKNOWN, "holds no cached list", SCP_WARNING },
    { untold_with_unread_list, "roots.list-unread", SCP_UNKNOWN, "could not be told: why", SCP_WARNING },
    { untold_with_list, "roots.list-unread", SCP_UNKNOWN, "names every root could not be told", SCP_WARNING },
    { named, "roots.list-unread", NONE, NULL, SCP_WARNING },
    { distrusted, "roots.disallowed", SCP_CRITICAL, "is installed but in", SCP_CRITICAL },
    { distrusted_and_missing, "roots.disallowed", SCP_CRITICAL, "a copy would not be used", SCP_CRITICAL },
    { denied, "roots.purpose", SCP_CRITICAL, "is installed but not allowed", SCP_CRITICAL },
    { denied_and_missing, "roots.purpose", SCP_CRITICAL, "would be fetched, but is not allowed", SCP_CRITICAL },
    { informational_disallowed, "roots.informational", SCP_OK, ", disallowed", SCP_OK },
    { stale, "roots.informational", SCP_OK, "installed, expires 2029-10-11", SCP_OK },
    { informational_good, "roots.informational", SCP_OK, "installed, expires 2029-10-11", SCP_OK },
    { short_life_from_now, "roots.expiring", SCP_WARNING, "expires on 2027-02-14", SCP_WARNING },
    { list_with_oddity, "roots.list", SCP_OK, ", but: odd", SCP_OK },
    { list_refused, "roots.list", SCP_OK, ", but Windows would refuse it", SCP_OK },
    { user_roots_off, "roots.user-only", NONE, NULL, SCP_OK },
    { policy_store_unseen_without_enterprise, "roots.disallowed-not-covered", SCP_UNKNOWN, "that of group policy", SCP_UNKNOWN },
    { both_unseen, "roots.disallowed-not-covered", SCP_UNKNOWN, "Disallowed): a distrust there", SCP_UNKNOWN },
    { missing_with_short_key, "roots.key-too-short", SCP_CRITICAL, NULL, SCP_CRITICAL },
    { missing_with_unread_key, "roots.key-too-short", NONE, NULL, SCP_WARNING },
    { misplaced_20, "roots.misplaced", SCP_WARNING, "Other in Enterprise is not self-issued (AB", SCP_WARNING },
    { mirror_audited, "roots.mirror-not-audited", NONE, NULL, SCP_OK },
};

static void test_boundary(size_t number, const struct boundary *b)
{
    static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_roots_catalogue, NULL };
    struct scp_result *r = scp_result_new(CATALOGUE);
    const struct scp_finding *f = NULL;
    static struct world w;

    if (r == NULL)
        tap_bail("out of memory");
    set_world(&w);
    b->set(&w);
    scp_roots_evaluate(&w.f, &w.limits, NOW, r);
    for (size_t i = 0; i < r->findings && f == NULL; i++)
        f = strcmp(r->finding[i].id, b->id) == 0 ? &r->finding[i] : NULL;
    tap_is_int(b->state, f != NULL ? (int)f->state : NONE, "boundary %zu: %s", number, b->id);
    if (b->text != NULL)
        tap_has_text(b->text, f != NULL ? f->text : "", "boundary %zu: what it says", number);
    tap_is_text(scp_state_name(b->all), scp_state_name(scp_result_state(r)), "boundary %zu: state", number);
    scp_result_free(r);
}

/* --- Several roots --- */

enum { ROOTS = 3 };

static struct scp_result *judged(const struct world *w, struct scp_root_fact root[ROOTS], enum scp_tri named[ROOTS])
{
    static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_roots_catalogue, NULL };
    struct scp_roots_facts f = w->f;
    struct scp_result *r = scp_result_new(CATALOGUE);

    if (r == NULL)
        tap_bail("out of memory");
    f.v = root;
    f.n = ROOTS;
    f.named = named;
    scp_roots_evaluate(&f, &w->limits, NOW, r);
    return r;
}

static long long counted(const struct scp_result *r, const char *id)
{
    long long n = 0;

    for (size_t i = 0; i < r->findings; i++)
        n += strcmp(r->finding[i].id, id) == 0;
    return n;
}

/* What holds for all roots is said once, beside each other. */
static void test_once(void)
{
    static const char *const ONCE[] = { "roots.update-unknown", "roots.list-unread", "roots.sync-future", "source.not-covered",
                                        "roots.key-policy-unknown" };
    static struct world w;
    struct scp_root_fact root[ROOTS];
    enum scp_tri named[ROOTS] = { SCP_MAYBE, SCP_MAYBE, SCP_MAYBE };
    struct scp_result *r;

    set_world(&w);
    sync_astray(&w);
    w.f.policy.protected_roots.presence = SCP_COULD_NOT_TELL;
    key_setting_of_no_number(&w);
    for (int i = 0; i < ROOTS; i++)
        root[i] = w.root;
    for (int i = 1; i < ROOTS; i++)
        root[i].found = root[i].member[SCP_MEMBER_AUTHROOT] = i == 2;
    r = judged(&w, root, named);
    tap_is_int(2, counted(r, "roots.on-demand"), "two are missing");
    for (size_t i = 0; i < sizeof ONCE / sizeof ONCE[0]; i++)
        tap_is_int(1, counted(r, ONCE[i]), "once: %s", ONCE[i]);
    scp_result_free(r);
}

static bool number(const struct scp_result *r, const char *label, double *out)
{
    for (size_t i = 0; i < r->perfdatas; i++) {
        if (strcmp(r->perfdata[i].label, label) == 0) {
            *out = r->perfdata[i].value;
            return true;
        }
    }
    return false;
}

/* The shortest life of a required root, whatever their order; what is not known is not counted. */
static void test_numbers(void)
{
    static struct world w;
    struct scp_root_fact root[ROOTS];
    struct scp_profile_cert recommended;
    enum scp_tri named[ROOTS] = { SCP_YES, SCP_YES, SCP_YES };
    double value = 0.0;

    for (int least = 0; least < 2; least++) {
        struct scp_result *r;

        set_world(&w);
        recommended = w.want;
        recommended.level = SCP_LEVEL_RECOMMENDED;
        for (int i = 0; i < ROOTS; i++) {
            root[i] = w.root;
            root[i].not_after = NOW + (i == least ? 200 : 300) * DAY;
        }
        root[2].want = &recommended;
        root[2].not_after = NOW + 100 * DAY;
        r = judged(&w, root, named);
        tap_ok(number(r, "expiry", &value) && value == 200.0 * DAY, "the shortest life, root %d", least);
        tap_ok(number(r, "required", &value) && value == 2.0, "two are required");
        tap_ok(number(r, "missing", &value) && value == 0.0, "none is missing");
        scp_result_free(r);
        for (int i = 0; i < 2; i++)
            root[i].want = &recommended;
        r = judged(&w, root, named);
        tap_ok(!number(r, "expiry", &value), "no required root, no life");
        scp_result_free(r);
        root[1].want = &w.want;
        root[1].found = false;
        root[1].unreadable = true;
        r = judged(&w, root, named);
        tap_ok(!number(r, "missing", &value), "whether a required one is missing is not known");
        root[1].want = &recommended;
        scp_result_free(r);
        r = judged(&w, root, named);
        tap_ok(number(r, "missing", &value), "a recommended one does not matter");
        scp_result_free(r);
    }
}

/* So many are shown, the others counted. */
static void test_misplaced(void)
{
    static struct world w;
    struct scp_root_fact root[ROOTS];
    enum scp_tri named[ROOTS] = { SCP_YES, SCP_YES, SCP_YES };
    struct scp_result *r;

    set_world(&w);
    for (int i = 0; i < ROOTS; i++)
        root[i] = w.root;
    misplaced_20(&w);
    r = judged(&w, root, named);
    tap_is_int(20, counted(r, "roots.misplaced"), "20 are shown");
    scp_result_free(r);
    misplaced_22(&w);
    r = judged(&w, root, named);
    tap_is_int(21, counted(r, "roots.misplaced"), "of 22 20, and a number");
    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].id, "roots.misplaced") != 0)
            continue;
        tap_is_int(SCP_WARNING, r->finding[i].state, "a warning");
        if (r->finding[i].subject[0] == '\0')
            tap_is_text("2 more certificates in Root stores are not self-issued", r->finding[i].text, "the number");
    }
    scp_result_free(r);
}

int main(void)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        test_row(i + 1, &TABLE[i]);
    for (size_t i = 0; i < sizeof BOUNDARIES / sizeof BOUNDARIES[0]; i++)
        test_boundary(i + 1, &BOUNDARIES[i]);
    test_once();
    test_numbers();
    test_misplaced();
    return tap_done();
}
