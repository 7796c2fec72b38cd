/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The policy table of check_scp_autoupdate: both switches x RootDirUrl x ages of both synchronisations x Windows version x what is
 * expected, on literal facts.  What each part is worth stands in the tables; the worst of them is the verdict.
 */
#include "base/utc.h"
#include "check/autoupdate/check.h"
#include "tap.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

static const int64_t NOW = 1800000000;
static const struct scp_profile PROFILE = { .name = "test" };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_autoupdate_catalogue, scp_list_catalogue, scp_mirror_catalogue,
                                                               NULL };

/* --- What the registry holds --- */

enum { ABSENT = -1, TEXT = -2, NOT_COVERED = -3 };

static const int ROOT_SWITCH[] = { ABSENT, 0, 1, TEXT, NOT_COVERED };
static const int DISALLOWED_SWITCH[] = { ABSENT, 0, 1, TEXT };
static const uint32_t BUILD[] = { 0, 7601, 9200, 9600, 17763 };

static const struct {
    const char *url;
    enum scp_state state;
    bool mirror;
} URL[] = {
    { NULL, SCP_OK, false },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en", SCP_OK, false },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/test", SCP_WARNING, false },
    { "http://mirror.example/ctl", SCP_OK, true },
    { "file://\\\\server\\share", SCP_OK, true },
    { "nonsense", SCP_CRITICAL, false },
};

/* days: age; NEVER and MALFORMED stand apart */
enum { NEVER = 9000, MALFORMED = 9001 };

struct age {
    double days;
    enum scp_state state;
};

static const struct age TRUSTED_AGE[] = {
    { 0.4, SCP_OK },      { -0.5, SCP_OK },    { 15, SCP_OK },          { 20, SCP_WARNING },
    { 36, SCP_CRITICAL }, { -3, SCP_WARNING }, { NEVER, SCP_CRITICAL }, { MALFORMED, SCP_CRITICAL },
};
static const struct age DISALLOWED_AGE[] = {
    { 0.4, SCP_OK },     { 4, SCP_OK },           { 5, SCP_WARNING },          { 15, SCP_CRITICAL },
    { -3, SCP_WARNING }, { NEVER, SCP_CRITICAL }, { MALFORMED, SCP_CRITICAL },
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct scp_policy_number number(int how)
{
    return (struct scp_policy_number){ how == ABSENT        ? SCP_ABSENT
                                       : how == NOT_COVERED ? SCP_COULD_NOT_TELL
                                                            : SCP_PRESENT,
                                       how == TEXT, how > 0 ? (uint32_t)how : 0 };
}

static struct scp_policy_time when(double days)
{
    if (days == NEVER)
        return (struct scp_policy_time){ SCP_ABSENT, false, SCP_UTC_UNKNOWN };
    if (days == MALFORMED)
        return (struct scp_policy_time){ SCP_PRESENT, true, SCP_UTC_UNKNOWN };
    return (struct scp_policy_time){ SCP_PRESENT, false, NOW - (int64_t)(days * DAY) };
}

static void set_url(struct scp_update_policy *p, const char *url)
{
    p->root_dir_url_presence = url != NULL ? SCP_PRESENT : SCP_ABSENT;
    (void)snprintf(p->root_dir_url, sizeof p->root_dir_url, "%s", url != NULL ? url : "");
}

/* --- What that is worth --- */

enum tri { NO, YES, MAYBE };

struct row {
    int root, disallowed, expect;
    uint32_t build;
    size_t url;
    const struct age *trusted_age, *disallowed_age;
};

static enum tri root_on(const struct row *row)
{
    return row->root == TEXT || row->root == NOT_COVERED ? MAYBE : row->root == 1 ? NO : YES;
}

static enum tri disallowed_on(const struct row *row)
{
    bool one_switch = row->build != 0 && row->build < 9600;

    if (row->root == NOT_COVERED || row->disallowed == TEXT)
        return MAYBE;
    if (row->disallowed == ABSENT)
        return root_on(row);
    if (one_switch && (enum tri)(row->disallowed == 1) != root_on(row))
        return MAYBE;
    return row->disallowed == 1 ? YES : NO;
}

static enum scp_state worst(const struct row *row)
{
    enum scp_state state = SCP_OK;
    bool off_expected = row->expect == SCP_EXPECT_DISABLED;

    switch (root_on(row)) {
    case YES: state = off_expected ? SCP_WARNING : SCP_OK; break;
    case NO: state = off_expected ? SCP_OK : SCP_CRITICAL; break;
    case MAYBE: state = SCP_UNKNOWN; break;
    }
    if (disallowed_on(row) == MAYBE)
        state = scp_state_worse(state, SCP_UNKNOWN);
    if (disallowed_on(row) == NO && !off_expected)
        state = scp_state_worse(state, SCP_WARNING);
    if (root_on(row) != NO) {
        state = scp_state_worse(state, URL[row->url].state);
        if (row->expect == SCP_EXPECT_MIRROR && !URL[row->url].mirror)
            state = scp_state_worse(state, SCP_WARNING);
    }
    if (root_on(row) == YES)
        state = scp_state_worse(state, row->trusted_age->state);
    if (disallowed_on(row) == YES)
        state = scp_state_worse(state, row->build == 7601 && row->disallowed_age->days >= NEVER ? SCP_WARNING
                                                                                                : row->disallowed_age->state);
    return state;
}

/* --- The table --- */

static struct scp_result *judge(const struct scp_autoupdate_facts *facts, int expect)
{
    struct scp_autoupdate_limits limits = scp_autoupdate_limits_default;
    struct scp_result *r = scp_result_new(CATALOGUE);

    if (r == NULL)
        tap_bail("out of memory");
    limits.expect = expect;
    scp_autoupdate_evaluate(facts, &limits, NOW, r);
    return r;
}

static void set_facts(const struct scp_registry *registry, const struct row *row, struct scp_autoupdate_facts *f)
{
    static const enum scp_ctl_kind KINDS[SCP_TRUST_CACHED] = { SCP_CTL_TRUSTED, SCP_CTL_DISALLOWED, SCP_CTL_PIN_RULES };
    static struct scp_trust t;

    t = (struct scp_trust){ .profile = &PROFILE, .registry = registry };
    *f = (struct scp_autoupdate_facts){ .trust = &t };
    t.policy.disable_root_auto_update = number(row->root);
    t.policy.enable_disallowed_auto_update = number(row->root == NOT_COVERED ? NOT_COVERED : row->disallowed);
    t.policy.build = row->build;
    t.policy.trusted_sync = when(row->trusted_age->days);
    t.policy.disallowed_sync = when(row->disallowed_age->days);
    t.policy.chain_resync.at = SCP_UTC_UNKNOWN;
    set_url(&t.policy, URL[row->url].url);
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++) {
        scp_list_init(&t.cached[i], SCP_LIST_CACHED, KINDS[i], "list", "list");
        t.cached[i].reading = SCP_LIST_ABSENT;
    }
}

static bool same(const struct scp_registry *registry, const struct row *row)
{
    struct scp_autoupdate_facts facts;
    struct scp_result *r;
    bool good;

    set_facts(registry, row, &facts);
    r = judge(&facts, row->expect);
    good = scp_result_state(r) == worst(row) && !r->broken && r->findings > 0;
    if (!good)
        tap_diag("root %d, disallowed %d, expect %d, build %u, url %zu, trusted %g days, disallowed %g days: wanted %s, seen %s",
                 row->root, row->disallowed, row->expect, (unsigned)row->build, row->url, row->trusted_age->days,
                 row->disallowed_age->days, scp_state_name(worst(row)), scp_state_name(scp_result_state(r)));
    scp_result_free(r);
    return good;
}

/* All ages and addresses for one setting of the switches. */
static size_t wrong_rows(const struct scp_registry *registry, struct row row, size_t *rows)
{
    size_t wrong = 0;

    for (row.url = 0; row.url < COUNT(URL); row.url++) {
        for (size_t t = 0; t < COUNT(TRUSTED_AGE); t++) {
            for (size_t d = 0; d < COUNT(DISALLOWED_AGE) && wrong < 5; d++) {
                row.trusted_age = &TRUSTED_AGE[t];
                row.disallowed_age = &DISALLOWED_AGE[d];
                wrong += !same(registry, &row);
                ++*rows;
            }
        }
    }
    return wrong;
}

static void test_table(const struct scp_registry *registry)
{
    for (size_t a = 0; a < COUNT(ROOT_SWITCH); a++) {
        for (size_t b = 0; b < COUNT(DISALLOWED_SWITCH); b++) {
            for (size_t v = 0; v < COUNT(BUILD); v++) {
                size_t wrong = 0, rows = 0;

                for (int expect = SCP_EXPECT_ENABLED; expect <= SCP_EXPECT_DISABLED; expect++)
                    wrong += wrong_rows(
                        registry,
                        (struct row){
                            .root = ROOT_SWITCH[a], .disallowed = DISALLOWED_SWITCH[b], .expect = expect, .build = BUILD[v] },
                        &rows);
                tap_is_int(0, (long long)wrong, "switches %d and %d, build %u: %zu rows", ROOT_SWITCH[a], DISALLOWED_SWITCH[b],
                           (unsigned)BUILD[v], rows);
            }
        }
    }
}

/* --- Which finding says it --- */

static const struct finding_row {
    int root, disallowed, expect;
    uint32_t build;
    size_t url;
    double trusted_days, disallowed_days;
    const char *id;
    enum scp_state state;
    const char *text; /* in the finding's text; NULL */
} FINDINGS[] = {
    { ABSENT, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 0.375, 1, "autoupdate.enabled", SCP_OK, "enabled, synced 9 h ago" },
    { ABSENT, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 0.375, 1, "autoupdate.synced", SCP_OK, "24 h ago" },
    { 1, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "autoupdate.disabled", SCP_CRITICAL,
      "disabled by policy (DisableRootAutoUpdate=1)" },
    { 1, ABSENT, SCP_EXPECT_ENABLED, 17763, 3, 1, 1, "autoupdate.disabled", SCP_CRITICAL, "RootDirUrl is set, but not used" },
    { 1, ABSENT, SCP_EXPECT_DISABLED, 17763, 0, 1, 1, "autoupdate.disabled", SCP_OK, "as expected" },
    { 0, ABSENT, SCP_EXPECT_DISABLED, 17763, 0, 1, 1, "autoupdate.unexpected", SCP_WARNING, "expected to be disabled" },
    { 0, ABSENT, SCP_EXPECT_MIRROR, 17763, 0, 1, 1, "autoupdate.unexpected", SCP_WARNING, "RootDirUrl is not set" },
    { 0, ABSENT, SCP_EXPECT_MIRROR, 17763, 1, 1, 1, "autoupdate.unexpected", SCP_WARNING, "Microsoft's address" },
    { 0, ABSENT, SCP_EXPECT_MIRROR, 17763, 3, 1, 1, "autoupdate.redirected", SCP_OK, "http://mirror.example/ctl" },
    { TEXT, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "autoupdate.policy-unreadable", SCP_UNKNOWN, "DisableRootAutoUpdate" },
    { 0, TEXT, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "autoupdate.policy-unreadable", SCP_UNKNOWN, "EnableDisallowedCertAutoUpdate" },
    { NOT_COVERED, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "source.not-covered", SCP_UNKNOWN, "Policies" },
    { 0, 0, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "autoupdate.disallowed-disabled", SCP_WARNING, "EnableDisallowedCertAutoUpdate=0" },
    { 1, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "autoupdate.disallowed-disabled", SCP_WARNING, "as far as is known" },
    { 1, ABSENT, SCP_EXPECT_ENABLED, 7601, 0, 1, 1, "autoupdate.disallowed-disabled", SCP_WARNING, "one switch governs both" },
    { 1, 1, SCP_EXPECT_ENABLED, 7601, 0, 1, 1, "autoupdate.disallowed-unknown", SCP_UNKNOWN, "KB 2813430" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 2, 1, 1, "autoupdate.test-list", SCP_WARNING, "test list" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 5, 1, 1, "autoupdate.source-unusable", SCP_CRITICAL, "nonsense" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 20, 1, "autoupdate.sync-stale", SCP_WARNING,
      "trusted roots was last synchronised 20 days ago" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 40, 1, "autoupdate.sync-stale", SCP_CRITICAL, "40 days ago" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, 1, 5, "autoupdate.sync-stale", SCP_WARNING,
      "disallowed certificates was last synchronised 5 days ago" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, NEVER, 1, "autoupdate.never-synced", SCP_CRITICAL, "LastSyncTime is not there" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, MALFORMED, 1, "autoupdate.never-synced", SCP_CRITICAL,
      "LastSyncTime holds no time" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 7601, 0, 1, NEVER, "autoupdate.never-synced", SCP_WARNING, "KB 2677070" },
    { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, -3, 1, "autoupdate.sync-future", SCP_WARNING, "lies in the future" },
    { 1, 0, SCP_EXPECT_ENABLED, 17763, 0, 1, 1, "autoupdate.disconnected", SCP_OK, "both lists is off" },
};

static const struct scp_finding *finding(const struct scp_result *r, const char *id, const char *text)
{
    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].id, id) == 0 && (text == NULL || strstr(r->finding[i].text, text) != NULL))
            return &r->finding[i];
    }
    return NULL;
}

static void test_finding(const struct scp_registry *registry, const struct finding_row *w)
{
    const struct age trusted = { w->trusted_days, SCP_OK }, disallowed = { w->disallowed_days, SCP_OK };
    const struct row row = { w->root, w->disallowed, w->expect, w->build, w->url, &trusted, &disallowed };
    struct scp_autoupdate_facts facts;
    const struct scp_finding *f;
    struct scp_result *r;

    set_facts(registry, &row, &facts);
    r = judge(&facts, w->expect);
    f = finding(r, w->id, w->text);
    if (tap_ok(f != NULL, "%s: %s", w->id, w->text != NULL ? w->text : ""))
        tap_is_text(scp_state_name(w->state), scp_state_name(f->state), "%s: its state", w->id);
    scp_result_free(r);
}

/* The three diagnoses of a list that is stale: mirror, one list alone, both. */
static void test_diagnosis(const struct scp_registry *registry)
{
    static const struct {
        size_t url;
        double trusted_days, disallowed_days;
        const char *remedy;
    } CASES[] = {
        { 3, 40, 40, "may read the mirror" },
        { 0, 40, 1, "the way out is open" },
        { 0, 40, 40, "netsh winhttp show proxy" },
        { 0, 1, 40, "DisallowedWU" },
    };

    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct age trusted = { CASES[i].trusted_days, SCP_OK }, disallowed = { CASES[i].disallowed_days, SCP_OK };
        const struct row row = { 0, ABSENT, SCP_EXPECT_ENABLED, 17763, CASES[i].url, &trusted, &disallowed };
        struct scp_autoupdate_facts facts;
        const struct scp_finding *f;
        struct scp_result *r;

        set_facts(registry, &row, &facts);
        r = judge(&facts, SCP_EXPECT_ENABLED);
        f = finding(r, "autoupdate.sync-stale", NULL);
        tap_has_text(CASES[i].remedy, f != NULL ? f->remedy : "", "diagnosis: %s", CASES[i].remedy);
        scp_result_free(r);
    }
}

/* --- Performance data --- */

static const struct scp_perfdata *value(const struct scp_result *r, const char *label)
{
    for (size_t i = 0; i < r->perfdatas; i++) {
        if (strcmp(r->perfdata[i].label, label) == 0)
            return &r->perfdata[i];
    }
    return NULL;
}

static void test_values(const struct scp_registry *registry)
{
    const struct age fresh = { 0.5, SCP_OK }, future = { -3, SCP_WARNING };
    struct row row = { 1, ABSENT, SCP_EXPECT_ENABLED, 17763, 0, &fresh, &future };
    struct scp_autoupdate_facts facts;
    struct scp_result *r;

    set_facts(registry, &row, &facts);
    r = judge(&facts, SCP_EXPECT_ENABLED);
    tap_is_double(0, value(r, "enabled") != NULL ? value(r, "enabled")->value : -1, "enabled=0");
    tap_is_double(43200, value(r, "sync_age") != NULL ? value(r, "sync_age")->value : -1, "sync_age");
    tap_ok(value(r, "disallowed_age") == NULL, "an age in the future is left out");
    tap_ok(value(r, "ctl_age") == NULL && value(r, "ctl_entries") == NULL && value(r, "mirror_missing") == NULL,
           "what is not known is left out");
    scp_result_free(r);
    row.root = TEXT;
    set_facts(registry, &row, &facts);
    r = judge(&facts, SCP_EXPECT_ENABLED);
    tap_ok(value(r, "enabled") == NULL, "enabled is left out when it could not be told");
    scp_result_free(r);
}

int main(void)
{
    struct scp_registry *registry = scp_registry_new(scp_paths_scope_update);

    if (registry == NULL)
        tap_bail("out of memory");
    test_table(registry);
    for (size_t i = 0; i < COUNT(FINDINGS); i++)
        test_finding(registry, &FINDINGS[i]);
    test_diagnosis(registry);
    test_values(registry);
    scp_registry_free(registry);
    return tap_done();
}
