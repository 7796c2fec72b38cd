/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Would Windows install a root by itself?  One thing at a time, ages at their exact boundaries. */
#include "base/utc.h"
#include "check/roots/on_demand.h"
#include "tap.h"

#include <string.h>

enum { DAY = 86400, HOUR = 3600 };

static const int64_t NOW = 1800000000;
static const enum scp_tri SERVED = SCP_YES, NOT_SERVED = SCP_NO, UNTOLD = SCP_MAYBE;
static const struct scp_list_signer GOOD = { .name = "Signer" }, BAD = { .distrust = { .listed = true }, .name = "Signer" };

struct world {
    struct scp_update_policy p;
    struct scp_on_demand_root root;
};

/* On, nothing in its way, synchronised 9 hours ago; the list names the root. */
static void set_world(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->p.disable_root_auto_update.presence = w->p.root_dir_url_presence = SCP_ABSENT;
    w->p.cryptsvc_start = (struct scp_policy_number){ SCP_PRESENT, false, 3 };
    w->p.protected_roots = (struct scp_policy_number){ SCP_ABSENT, false, 0 };
    w->p.trusted_sync = (struct scp_policy_time){ SCP_PRESENT, false, NOW - 9 * HOUR };
    w->root = (struct scp_on_demand_root){ .named = SCP_YES, .signer = &GOOD };
}

/* clang-format off */
#define SYNC w->p.trusted_sync
#define SET(name, ...) static void name(struct world *w) { __VA_ARGS__; }
SET(as_it_is, (void)w)
SET(off, w->p.disable_root_auto_update = (struct scp_policy_number){ SCP_PRESENT, false, 1 })
SET(off_and_unnamed, off(w); w->root.named = SCP_NO)
SET(off_and_not_served, off(w); w->root.served = &NOT_SERVED)
SET(off_and_refused, off(w); w->root.signer = &BAD)
SET(off_and_bare, off(w); w->root.bare = true; w->root.named = SCP_MAYBE)
SET(unseen, w->p.disable_root_auto_update.presence = SCP_COULD_NOT_TELL)
SET(blocked, w->p.cryptsvc_start.value = 4)
SET(sync_unseen, SYNC = (struct scp_policy_time){ SCP_COULD_NOT_TELL, false, SCP_UTC_UNKNOWN })
SET(never, SYNC = (struct scp_policy_time){ SCP_ABSENT, false, SCP_UTC_UNKNOWN })
SET(malformed, SYNC = (struct scp_policy_time){ SCP_PRESENT, true, SCP_UTC_UNKNOWN })
SET(days_15, SYNC.at = NOW - 15 * DAY)
SET(days_15_and_more, SYNC.at = NOW - 15 * DAY - 1)
SET(days_35, SYNC.at = NOW - 35 * DAY)
SET(days_35_and_more, SYNC.at = NOW - 35 * DAY - 1)
SET(now, SYNC.at = NOW)
SET(ahead, SYNC.at = NOW + SCP_UTC_ASTRAY)
SET(astray, SYNC.at = NOW + SCP_UTC_ASTRAY + 1)
SET(unnamed, w->root.named = SCP_NO)
SET(untold, w->root.named = SCP_MAYBE)
SET(bare, untold(w); w->root.bare = true)
SET(bare_and_named, w->root.bare = true)
SET(served, w->root.served = &SERVED)
SET(not_served, w->root.served = &NOT_SERVED)
SET(served_untold, w->root.served = &UNTOLD)
SET(refused, w->root.signer = &BAD)
SET(no_list, w->root.signer = NULL)
#undef SET
#undef SYNC
/* clang-format on */

static const struct {
    void (*set)(struct world *w);
    enum scp_on_demand_way way;
    enum scp_tri served;
    bool installable;
    const char *reason;
} ROWS[] = {
    { as_it_is, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "auto-update on, list synced 9 h ago, the list names it" },
    { off, SCP_ON_DEMAND_OFF, SCP_MAYBE, false, "root auto-update is disabled" },
    { off_and_unnamed, SCP_ON_DEMAND_OFF, SCP_MAYBE, false, "root auto-update is disabled" },
    { off_and_not_served, SCP_ON_DEMAND_OFF, SCP_NO, false, "root auto-update is disabled" },
    { off_and_refused, SCP_ON_DEMAND_OFF, SCP_MAYBE, false, "root auto-update is disabled" },
    { off_and_bare, SCP_ON_DEMAND_OFF, SCP_MAYBE, false, "root auto-update is disabled" },
    { unseen, SCP_ON_DEMAND_UNKNOWN, SCP_MAYBE, false, "whether root auto-update would fetch it could not be told" },
    { blocked, SCP_ON_DEMAND_BLOCKED, SCP_MAYBE, false, "Windows cannot fetch it: " },
    { sync_unseen, SCP_ON_DEMAND_UNKNOWN, SCP_MAYBE, false, "could not be told" },
    { never, SCP_ON_DEMAND_NEVER, SCP_MAYBE, false, "on but has never synchronised" },
    { malformed, SCP_ON_DEMAND_NEVER, SCP_MAYBE, false, "on but has never synchronised" },
    { days_15, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "list synced 15 days ago" },
    { days_15_and_more, SCP_ON_DEMAND_LATE, SCP_MAYBE, true, "list synced 15 days ago" },
    { days_35, SCP_ON_DEMAND_LATE, SCP_MAYBE, true, "list synced 35 days ago" },
    { days_35_and_more, SCP_ON_DEMAND_OVERDUE, SCP_MAYBE, false, "last synchronised 35 days ago" },
    { now, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "list synced 0 s ago" },
    { ahead, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "list synced 24 h ahead" },
    { astray, SCP_ON_DEMAND_FUTURE, SCP_MAYBE, true, "24 h in the future, the list names it" },
    { unnamed, SCP_ON_DEMAND_FRESH, SCP_MAYBE, false, "Windows' list of trusted roots does not name it" },
    { untold, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "auto-update on, list synced 9 h ago" },
    { bare, SCP_ON_DEMAND_FRESH, SCP_MAYBE, false, "neither the profile nor a list" },
    { bare_and_named, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "the list names it" },
    { served, SCP_ON_DEMAND_FRESH, SCP_YES, true, ", the mirror has it" },
    { not_served, SCP_ON_DEMAND_FRESH, SCP_NO, false, "the mirror that Windows fetches roots from does not have it" },
    { served_untold, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "the list names it" },
    { refused, SCP_ON_DEMAND_FRESH, SCP_MAYBE, false, "Windows would refuse its list of trusted roots" },
    { no_list, SCP_ON_DEMAND_FRESH, SCP_MAYBE, true, "the list names it" },
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_on_demand d;
        struct world w;

        set_world(&w);
        ROWS[i].set(&w);
        scp_on_demand_judge(&w.p, &w.root, NOW, &d);
        tap_is_int(ROWS[i].way, d.way, "row %zu: way", i + 1);
        tap_is_int(ROWS[i].served, d.served, "row %zu: served", i + 1);
        tap_ok(ROWS[i].installable == d.installable, "row %zu: %s", i + 1, ROWS[i].installable ? "comes" : "does not come");
        tap_has_text(ROWS[i].reason, d.reason, "row %zu: why", i + 1);
        tap_ok(d.named == SCP_YES || strstr(d.reason, "the list names it") == NULL, "row %zu: named", i + 1);
        tap_ok(d.served == SCP_YES || strstr(d.reason, "the mirror has it") == NULL, "row %zu: mirrored", i + 1);
    }
}

/* What the list takes from a root that would come. */
static void test_refused(void)
{
    static const struct {
        struct scp_restriction listed;
        uint32_t build;
        const char *reason; /* NULL: nothing */
    } REFUSED[] = {
        { SCP_RESTRICTION_NONE, 17763, NULL },
        { { .purpose_denied = true, .disabled_from = INT64_MIN, .issued_before = INT64_MIN },
          9600,
          "is not allowed for server authentication" },
        { { .disabled_from = 1800000000, .issued_before = INT64_MIN }, 17763, "is disabled" },
        { { .disabled_from = 1800000000, .issued_before = INT64_MIN }, 9600, NULL },
        { { .disabled_from = 1800000001, .issued_before = INT64_MIN }, 17763, NULL },
        { { .disabled_from = INT64_MIN, .issued_before = 1800000000 }, 17763, "is trusted for TLS only for older certificates" },
        { { .disabled_from = INT64_MIN, .issued_before = 1800000000 }, 9600, NULL },
        { { .disabled_from = INT64_MIN, .issued_before = 1800000001 }, 17763, NULL },
        { { .disabled_from = INT64_MIN, .issued_before = 1800000000 }, 0, "is trusted for TLS only for older certificates" },
    };
    struct world w;

    set_world(&w);
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        const char *reason;

        w.p.build = REFUSED[i].build;
        reason = scp_on_demand_refused(&w.p, &REFUSED[i].listed, NOW);
        tap_is_text(REFUSED[i].reason != NULL ? REFUSED[i].reason : "", reason != NULL ? reason : "", "refused %zu", i + 1);
    }
}

int main(void)
{
    test_rows();
    test_refused();
    return tap_done();
}
