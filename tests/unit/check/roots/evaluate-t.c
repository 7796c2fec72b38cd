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

int main(void)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        test_row(i + 1, &TABLE[i]);
    return tap_done();
}
