/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The verdict of check_scp_revocation on literal facts: reasons x levels x groups, freshness, response time, clock,
 * performance data, summary.
 */
#include "base/utc.h"
#include "check/revocation/check.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, ENDPOINTS = 4 };

static const int64_t NOW = 1800000000;
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_revocation_catalogue, NULL };

static struct scp_revocation_fact fact(const struct scp_profile_endpoint *e, enum scp_reason reason)
{
    struct scp_revocation_fact f = { .endpoint = e, .seconds = 0.1, .status = 200 };

    scp_judgement_init(&f.judgement);
    f.judgement.reason = reason;
    f.judgement.this_update = NOW - DAY;
    f.judgement.next_update = NOW + 6 * DAY;
    (void)snprintf(f.judgement.message, sizeof f.judgement.message, "%s", reason == SCP_REASON_OK ? "" : "what was wrong");
    return f;
}

static struct scp_result *judge_limits(struct scp_revocation_fact *v, size_t n, const struct scp_revocation_limits *limits)
{
    struct scp_revocation_facts facts = { .v = v, .n = n, .seconds_limit = 8.0 };
    struct scp_result *r = scp_result_new(CATALOGUE);

    if (r == NULL)
        tap_bail("out of memory");
    scp_revocation_evaluate(&facts, limits, NOW, r);
    scp_revocation_summary(&facts, r);
    return r;
}

static struct scp_result *judge(struct scp_revocation_fact *v, size_t n)
{
    return judge_limits(v, n, &scp_revocation_limits_default);
}

static const struct scp_finding *find(const struct scp_result *r, const char *id, const char *subject)
{
    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].id, id) == 0 && (subject == NULL || strcmp(r->finding[i].subject, subject) == 0))
            return &r->finding[i];
    }
    return NULL;
}

static void is_finding(const struct scp_result *r, const char *id, const char *subject, enum scp_state state, const char *what)
{
    const struct scp_finding *f = find(r, id, subject);

    tap_ok(f != NULL, "%s: %s of %s", what, id, subject != NULL ? subject : "anything");
    if (f != NULL)
        tap_is_text(scp_state_name(state), scp_state_name(f->state), "%s: %s: state", what, id);
}

static double perfdata(const struct scp_result *r, const char *label, bool *found)
{
    for (size_t i = 0; i < r->perfdatas; i++) {
        if (strcmp(r->perfdata[i].label, label) == 0) {
            *found = true;
            return r->perfdata[i].value;
        }
    }
    *found = false;
    return 0.0;
}

static void is_value(const struct scp_result *r, const char *label, double wanted)
{
    bool found;
    double seen = perfdata(r, label, &found);

    tap_ok(found, "%s is there", label);
    tap_is_double(wanted, seen, "%s", label);
}

static void is_absent(const struct scp_result *r, const char *label)
{
    bool found;

    (void)perfdata(r, label, &found);
    tap_ok(!found, "%s is left out", label);
}

/* --- Levels and groups --- */

struct group_row {
    const char *name;
    enum scp_level level[2];
    const char *group[2];
    enum scp_reason reason[2];
    bool unknown[2];
    enum scp_state state[2]; /* of the endpoints' findings */
};

static const struct group_row GROUPS[] = {
    { "both good",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "g" },
      { SCP_REASON_OK, SCP_REASON_OK },
      { false, false },
      { SCP_OK, SCP_OK } },
    { "an alternative works",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "g" },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, false },
      { SCP_WARNING, SCP_OK } },
    { "none of the group works",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "g" },
      { SCP_REASON_CONNECT, SCP_REASON_EXPIRED },
      { false, false },
      { SCP_CRITICAL, SCP_CRITICAL } },
    { "the other is of another group",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "h" },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, false },
      { SCP_CRITICAL, SCP_OK } },
    { "no group is no group",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { NULL, NULL },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, false },
      { SCP_CRITICAL, SCP_OK } },
    { "one of a group, one of none",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", NULL },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, false },
      { SCP_CRITICAL, SCP_OK } },
    { "one of none, one of a group",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { NULL, "g" },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, false },
      { SCP_CRITICAL, SCP_OK } },
    { "an alternative that could not be told",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "g" },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, true },
      { SCP_CRITICAL, SCP_UNKNOWN } },
    { "unknown beside one that works",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "g" },
      { SCP_REASON_TIMEOUT, SCP_REASON_OK },
      { true, false },
      { SCP_UNKNOWN, SCP_OK } },
    { "revoked, whatever the other says",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_REQUIRED },
      { "g", "g" },
      { SCP_REASON_REVOKED, SCP_REASON_OK },
      { false, false },
      { SCP_CRITICAL, SCP_OK } },
    { "recommended",
      { SCP_LEVEL_RECOMMENDED, SCP_LEVEL_REQUIRED },
      { NULL, NULL },
      { SCP_REASON_HTTP, SCP_REASON_OK },
      { false, false },
      { SCP_WARNING, SCP_OK } },
    { "recommended and revoked",
      { SCP_LEVEL_RECOMMENDED, SCP_LEVEL_REQUIRED },
      { NULL, NULL },
      { SCP_REASON_REVOKED, SCP_REASON_OK },
      { false, false },
      { SCP_CRITICAL, SCP_OK } },
    { "legacy beside a required one",
      { SCP_LEVEL_LEGACY, SCP_LEVEL_REQUIRED },
      { NULL, NULL },
      { SCP_REASON_DNS, SCP_REASON_OK },
      { false, false },
      { SCP_OK, SCP_OK } },
    { "legacy and revoked",
      { SCP_LEVEL_LEGACY, SCP_LEVEL_REQUIRED },
      { NULL, NULL },
      { SCP_REASON_REVOKED, SCP_REASON_OK },
      { false, false },
      { SCP_OK, SCP_OK } },
    { "legacy and unknown",
      { SCP_LEVEL_LEGACY, SCP_LEVEL_REQUIRED },
      { NULL, NULL },
      { SCP_REASON_OK, SCP_REASON_OK },
      { true, false },
      { SCP_OK, SCP_OK } },
    { "nothing but legacy ones",
      { SCP_LEVEL_LEGACY, SCP_LEVEL_LEGACY },
      { NULL, NULL },
      { SCP_REASON_DNS, SCP_REASON_OK },
      { false, false },
      { SCP_WARNING, SCP_OK } },
    { "nothing but legacy ones, unknown",
      { SCP_LEVEL_LEGACY, SCP_LEVEL_LEGACY },
      { NULL, NULL },
      { SCP_REASON_DNS, SCP_REASON_OK },
      { true, false },
      { SCP_UNKNOWN, SCP_OK } },
    { "a legacy one stands in for a required one of its group",
      { SCP_LEVEL_REQUIRED, SCP_LEVEL_LEGACY },
      { "g", "g" },
      { SCP_REASON_CONNECT, SCP_REASON_OK },
      { false, false },
      { SCP_WARNING, SCP_OK } },
};

static const struct scp_finding *of_endpoint(const struct scp_result *r, const char *subject)
{
    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].subject, subject) == 0)
            return &r->finding[i];
    }
    return NULL;
}

static void test_group(const struct group_row *row)
{
    struct scp_profile_endpoint e[2] = {
        { .id = "a",
          .host = "a.example",
          .url = "http://a.example/",
          .kind = SCP_ENDPOINT_CRL,
          .level = row->level[0],
          .group = row->group[0] },
        { .id = "b",
          .host = "b.example",
          .url = "http://b.example/",
          .kind = SCP_ENDPOINT_OCSP,
          .level = row->level[1],
          .group = row->group[1] },
    };
    struct scp_revocation_fact v[2] = { fact(&e[0], row->reason[0]), fact(&e[1], row->reason[1]) };
    struct scp_result *r;
    enum scp_state worst = SCP_OK;

    v[0].judgement.unknown = row->unknown[0];
    v[1].judgement.unknown = row->unknown[1];
    r = judge(v, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct scp_finding *f = of_endpoint(r, e[i].id);

        tap_is_text(scp_state_name(row->state[i]), f != NULL ? scp_state_name(f->state) : "nothing", "%s: %s", row->name, e[i].id);
        worst = scp_state_worse(worst, row->state[i]);
    }
    tap_is_text(scp_state_name(worst), scp_state_name(scp_result_state(r)), "%s: state", row->name);
    scp_result_free(r);
}

/* --- Every reason has its finding, and none is OK --- */

static void test_reasons(void)
{
    const struct scp_profile_endpoint e = { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL };

    for (int reason = SCP_REASON_OK; reason < SCP_REASONS; reason++) {
        struct scp_revocation_fact v = fact(&e, (enum scp_reason)reason);
        struct scp_result *r;
        char id[64];

        if (reason == SCP_REASON_SLOW) /* no failure: see test_slow() */
            continue;
        r = judge(&v, 1);
        (void)snprintf(id, sizeof id, "revocation.%s",
                       reason == SCP_REASON_OK ? "valid" : scp_reason_name((enum scp_reason)reason));
        is_finding(r, id, "a", reason == SCP_REASON_OK ? SCP_OK : SCP_CRITICAL, id);
        tap_ok(scp_catalogue_find(CATALOGUE, id) != NULL, "%s is in the catalogue", id);
        is_value(r, "endpoints_ok", reason == SCP_REASON_OK);
        if (reason != SCP_REASON_OK)
            tap_has_text("a.example CRL: what was wrong", find(r, id, "a")->text, "%s: text", id);
        if (reason == SCP_REASON_OK || reason == SCP_REASON_EXPIRED)
            is_value(r, "a_ttl", 6 * DAY);
        else
            is_absent(r, "a_ttl");
        scp_result_free(r);
    }
}

/* --- Freshness --- */

struct fresh_row {
    int64_t lifetime, left;
    enum scp_state state;
};

static const struct fresh_row FRESH[] = {
    { 7 * DAY, 7 * HOUR, SCP_OK },   { 7 * DAY, 6 * HOUR, SCP_OK },   { 7 * DAY, 6 * HOUR - 1, SCP_WARNING },
    { 10 * HOUR, 2 * HOUR, SCP_OK }, { 10 * HOUR, HOUR, SCP_OK },     { 10 * HOUR, HOUR - 1, SCP_WARNING },
    { 10 * HOUR, 1, SCP_WARNING },   { 365 * DAY, 6 * HOUR, SCP_OK }, { 365 * DAY, 5 * HOUR, SCP_WARNING },
};

static struct scp_revocation_fact lasting(const struct scp_profile_endpoint *e, int64_t lifetime, int64_t left)
{
    struct scp_revocation_fact f = fact(e, SCP_REASON_OK);

    f.judgement.next_update = NOW + left;
    f.judgement.this_update = NOW + left - lifetime;
    return f;
}

static void test_freshness(void)
{
    const struct scp_profile_endpoint e = { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL };

    for (size_t i = 0; i < sizeof FRESH / sizeof FRESH[0]; i++) {
        struct scp_revocation_fact v = lasting(&e, FRESH[i].lifetime, FRESH[i].left);
        struct scp_result *r = judge(&v, 1);

        tap_is_text(scp_state_name(FRESH[i].state), scp_state_name(scp_result_state(r)), "freshness, row %zu", i + 1);
        tap_ok((find(r, "revocation.expiring", "a") != NULL) == (FRESH[i].state != SCP_OK), "freshness, row %zu: finding", i + 1);
        scp_result_free(r);
    }
}

/* Of a list of 30 days. */
static enum scp_state state_left(const struct scp_freshness *f, int64_t left)
{
    return scp_freshness_state(f, NOW - 30 * DAY, NOW, NOW - left);
}

static void test_freshness_ranges(void)
{
    const struct scp_freshness none = { .has_warning = false };
    struct scp_freshness own = { .has_warning = true, .has_critical = true };

    tap_is_int(SCP_OK, state_left(&none, 6 * HOUR), "of 30 days, 6 hours are enough");
    tap_is_int(SCP_WARNING, state_left(&none, 6 * HOUR - 1), "and less is not");
    tap_is_int(SCP_OK, scp_freshness_state(&none, 0, 10 * HOUR, 9 * HOUR), "of 10 hours, 1 hour is enough");
    tap_is_int(SCP_WARNING, scp_freshness_state(&none, 0, 10 * HOUR, 9 * HOUR + 1), "and less is not");
    tap_is_int(SCP_OK, scp_freshness_state(&none, 0, DAY, DAY - 8640), "of a day, a tenth is enough");
    tap_is_int(SCP_WARNING, scp_freshness_state(&none, 0, DAY, DAY - 8639), "and less is not");
    tap_is_int(SCP_OK, scp_freshness_state(&none, 0, SCP_UTC_UNKNOWN, 9 * HOUR), "without an end nothing is measured");
    tap_is_int(SCP_OK, scp_freshness_state(&none, SCP_UTC_UNKNOWN, 5, 5), "nor without a beginning");
    tap_is_int(SCP_OK, scp_freshness_state(&none, DAY, 5, 5), "nor of a lifetime that ends before it begins");
    (void)scp_range_parse("2d:", true, &own.warning, NULL);
    (void)scp_range_parse("1d:", true, &own.critical, NULL);
    tap_is_int(SCP_OK, state_left(&own, 48 * HOUR), "own ranges: 2 days");
    tap_is_int(SCP_WARNING, state_left(&own, 48 * HOUR - 1), "less");
    tap_is_int(SCP_CRITICAL, state_left(&own, 24 * HOUR - 1), "less than one");
    (void)scp_range_parse("1h:", true, &own.warning, NULL);
    own.has_critical = false;
    tap_is_int(SCP_OK, state_left(&own, 2 * HOUR), "an own warning takes the default's place");
    tap_is_int(SCP_WARNING, state_left(&(struct scp_freshness){ .has_critical = true, .critical = { .end_infinite = true } }, HOUR),
               "an own critical leaves the default warning");
}

static struct scp_revocation_limits ranges(double warning, double critical)
{
    struct scp_revocation_limits limits = scp_revocation_limits_default;

    limits.freshness.has_warning = limits.freshness.has_critical = true;
    limits.freshness.warning = (struct scp_range){ .start = warning, .end_infinite = true };
    limits.freshness.critical = (struct scp_range){ .start = critical, .end_infinite = true };
    return limits;
}

static void test_ranges(void)
{
    struct scp_profile_endpoint e[2] = {
        { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL, .group = "g" },
        { .id = "b", .host = "b.example", .url = "http://b.example/", .kind = SCP_ENDPOINT_CRL, .group = "g" },
    };
    struct scp_revocation_limits limits = ranges(5.0 * DAY, 2.0 * DAY);
    struct scp_revocation_fact v[2] = { lasting(&e[0], 7 * DAY, 3 * DAY), lasting(&e[1], 7 * DAY, 6 * DAY) };
    struct scp_result *r = judge_limits(v, 2, &limits);

    is_finding(r, "revocation.expiring", "a", SCP_WARNING, "-w");
    tap_ok(find(r, "revocation.expiring", "b") == NULL, "-w: not the fresh one");
    is_value(r, "ttl_min", 3 * DAY);
    scp_result_free(r);

    v[0] = lasting(&e[0], 7 * DAY, DAY);
    r = judge_limits(v, 2, &limits);
    is_finding(r, "revocation.expiring", "a", SCP_WARNING, "-c with an alternative");
    scp_result_free(r);

    v[1] = lasting(&e[1], 7 * DAY, DAY);
    r = judge_limits(v, 2, &limits);
    is_finding(r, "revocation.expiring", "a", SCP_CRITICAL, "-c without one");
    scp_result_free(r);
}

/* --- Response time, clock, redirect, notes --- */

static void test_slow(void)
{
    struct scp_profile_endpoint e = { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_HTTP };
    struct scp_revocation_fact v = fact(&e, SCP_REASON_OK);
    struct scp_result *r;

    v.seconds = 2.0;
    r = judge(&v, 1);
    tap_is_text("OK", scp_state_name(scp_result_state(r)), "2 s are not past 2 s");
    is_value(r, "time", 2.0);
    is_absent(r, "a_ttl");
    scp_result_free(r);
    v.seconds = 2.51;
    r = judge(&v, 1);
    is_finding(r, "revocation.slow", "a", SCP_WARNING, "slow");
    tap_has_text("2.5 s (limit 2 s)", find(r, "revocation.slow", "a")->text, "slow: text");
    is_value(r, "endpoints_ok", 1);
    scp_result_free(r);
}

static void test_clock(void)
{
    struct scp_profile_endpoint e = { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_HTTP };
    struct scp_revocation_fact v = fact(&e, SCP_REASON_OK);
    static const struct {
        bool known;
        double skew;
        enum scp_state state;
        const char *text;
    } ROWS[] = {
        { true, 300.0, SCP_OK, "" },           { true, -300.0, SCP_OK, "" },  { true, 301.0, SCP_WARNING, "fast" },
        { true, -301.0, SCP_WARNING, "slow" }, { false, 9999.0, SCP_OK, "" }, { true, 73.0 * 365 * DAY, SCP_WARNING, "fast" },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_revocation_facts facts = { .v = &v, .n = 1, .clock_known = ROWS[i].known, .clock_skew = ROWS[i].skew };
        struct scp_result *r = scp_result_new(CATALOGUE);
        const struct scp_finding *f;

        scp_revocation_evaluate(&facts, &scp_revocation_limits_default, NOW, r);
        f = find(r, "revocation.clock", NULL);
        tap_is_text(scp_state_name(ROWS[i].state), scp_state_name(scp_result_state(r)), "clock, row %zu", i + 1);
        tap_ok((f != NULL) == (ROWS[i].state != SCP_OK), "clock, row %zu: finding", i + 1);
        if (f != NULL)
            tap_has_text(ROWS[i].text, f->text, "clock, row %zu: text", i + 1);
        scp_result_free(r);
    }
}

static void test_notes(void)
{
    struct scp_profile_endpoint e[2] = {
        { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL },
        { .id = "b", .host = "b.example", .url = "http://b.example/", .kind = SCP_ENDPOINT_CRL, .level = SCP_LEVEL_LEGACY },
    };
    struct scp_revocation_fact v[2] = { fact(&e[0], SCP_REASON_OK), fact(&e[1], SCP_REASON_OK) };
    struct scp_result *r;

    scp_judgement_note(&v[0].judgement, SCP_NOTE_WARNING, "crl.nonconforming", "no CRL number");
    scp_judgement_note(&v[1].judgement, SCP_NOTE_WARNING, "crl.nonconforming", "no CRL number");
    (void)snprintf(v[0].final_host, sizeof v[0].final_host, "c.example");
    r = judge(v, 2);
    is_finding(r, "crl.nonconforming", "a", SCP_WARNING, "a judge's remark");
    is_finding(r, "crl.nonconforming", "b", SCP_OK, "a judge's remark on a legacy one");
    is_finding(r, "revocation.redirected", "a", SCP_OK, "a redirect");
    tap_has_text("c.example", find(r, "revocation.redirected", "a")->text, "the final host is named");
    scp_result_free(r);
}

/* --- Counting, performance data, summary --- */

static void test_counting(void)
{
    struct scp_profile_endpoint e[ENDPOINTS] = {
        { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL },
        { .id = "b", .host = "b.example", .url = "http://b.example/", .kind = SCP_ENDPOINT_OCSP, .level = SCP_LEVEL_RECOMMENDED },
        { .id = "c", .host = "c.example", .url = "http://c.example/", .kind = SCP_ENDPOINT_CTL },
        { .id = "d", .host = "d.example", .url = "http://d.example/", .kind = SCP_ENDPOINT_CRL, .level = SCP_LEVEL_LEGACY },
    };
    struct scp_revocation_fact v[ENDPOINTS];
    struct scp_result *r;

    for (size_t i = 0; i < ENDPOINTS; i++)
        v[i] = fact(&e[i], SCP_REASON_OK);
    v[1].judgement.next_update = NOW + 5 * DAY;
    v[3].judgement.next_update = NOW + DAY;
    v[2].judgement.next_update = SCP_UTC_UNKNOWN;
    r = judge(v, ENDPOINTS);
    tap_is_text("3 of 3 endpoints valid, soonest expiry b in 5 days", r->finding[0].text,
                "the first finding is the summary when all is well");
    is_value(r, "endpoints_ok", 3);
    is_value(r, "legacy_ok", 1);
    is_value(r, "time", 0.1);
    is_value(r, "ttl_min", 5 * DAY);
    is_value(r, "a_ttl", 6 * DAY);
    is_value(r, "d_ttl", DAY);
    is_absent(r, "c_ttl");
    tap_is_text("endpoints_ok", r->perfdata[0].label, "order: endpoints_ok");
    tap_is_text("legacy_ok", r->perfdata[1].label, "order: legacy_ok");
    tap_is_text("time", r->perfdata[2].label, "order: time");
    tap_is_text("ttl_min", r->perfdata[3].label, "order: ttl_min");
    scp_result_free(r);

    v[0].judgement.reason = SCP_REASON_EXPIRED;
    v[0].judgement.next_update = NOW - DAY;
    r = judge(v, ENDPOINTS);
    tap_ok(find(r, "revocation.endpoints", NULL) == NULL, "one fails: not all are valid");
    is_value(r, "endpoints_ok", 2);
    is_value(r, "a_ttl", -DAY);
    is_value(r, "ttl_min", 5 * DAY);
    scp_result_free(r);
}

static void test_summary(void)
{
    struct scp_profile_endpoint e[ENDPOINTS] = {
        { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL },
        { .id = "b", .host = "b.example", .url = "http://b.example/", .kind = SCP_ENDPOINT_OCSP },
        { .id = "c", .host = "c.example", .url = "http://c.example/", .kind = SCP_ENDPOINT_CTL },
        { .id = "d", .host = "d.example", .url = "http://d.example/", .kind = SCP_ENDPOINT_CRL },
    };
    struct scp_revocation_fact v[ENDPOINTS];
    struct scp_result *r;

    for (size_t i = 0; i < ENDPOINTS; i++)
        v[i] = fact(&e[i], SCP_REASON_TIMEOUT);
    v[3].judgement.reason = SCP_REASON_OK;
    r = judge(v, ENDPOINTS);
    tap_is_text("3 endpoints did not answer within 8 s: a, b, c", r->summary, "several that did not answer are one sentence");
    scp_result_free(r);
    v[1].judgement.reason = SCP_REASON_DNS;
    r = judge(v, ENDPOINTS);
    tap_is_text("2 endpoints did not answer within 8 s: a, c, 1 more", r->summary, "and others are counted");
    scp_result_free(r);
    v[0].judgement.reason = SCP_REASON_DNS;
    r = judge(v, ENDPOINTS);
    tap_is_text("", r->summary, "another finding comes first: its text");
    scp_result_free(r);
    v[0].judgement.reason = v[1].judgement.reason = SCP_REASON_OK;
    r = judge(v, ENDPOINTS);
    tap_is_text("", r->summary, "a single one speaks for itself");
    scp_result_free(r);
    r = judge(NULL, 0);
    tap_is_text("UNKNOWN", scp_state_name(scp_result_state(r)), "no endpoint at all is not OK");
    scp_result_free(r);
}

static void test_table(void)
{
    enum { HOST, KIND, ANSWER, EXPIRES, TIME, ENDPOINT, LEVEL, URL };
    struct scp_profile_endpoint e[4] = {
        { .id = "a", .host = "a.example", .url = "http://a.example/", .kind = SCP_ENDPOINT_CRL, .level = SCP_LEVEL_REQUIRED },
        { .id = "b", .host = "b.example", .url = "http://b.example/", .kind = SCP_ENDPOINT_HTTP, .level = SCP_LEVEL_REQUIRED },
        { .id = "c", .host = "c.example", .url = "http://c.example/", .kind = SCP_ENDPOINT_OCSP, .level = SCP_LEVEL_LEGACY },
        { .id = "d", .host = "d.example", .url = "http://d.example/", .kind = SCP_ENDPOINT_CRL, .level = SCP_LEVEL_RECOMMENDED },
    };
    struct scp_revocation_fact v[4] = { fact(&e[0], SCP_REASON_OK), fact(&e[1], SCP_REASON_DNS), fact(&e[2], SCP_REASON_CONNECT),
                                        fact(&e[3], SCP_REASON_EXPIRED) };
    struct scp_revocation_facts facts = { .v = v, .n = 4 };
    const struct scp_exhibit_row *row;
    struct scp_result *r;

    v[1].seconds = -1.0;
    v[1].judgement.next_update = SCP_UTC_UNKNOWN;
    v[2].seconds = 2.14;
    v[3].judgement.next_update = NOW - 3 * DAY;
    r = judge(v, 4);
    scp_revocation_table(&facts, NOW, r, r);
    tap_is_int(1, (long long)r->exhibits, "a table");
    tap_is_int(4, (long long)r->exhibit[0]->rows, "a row for each endpoint");
    row = r->exhibit[0]->row;
    tap_is_int(SCP_MARK_OK, row[0].mark, "the good one's mark");
    tap_is_int(SCP_MARK_CRITICAL, row[1].mark, "the other one's");
    tap_is_int(SCP_MARK_NONE, row[2].mark, "one that fails and need not work has none");
    tap_is_int(SCP_MARK_WARNING, row[3].mark, "a recommended one's");
    tap_is_text("a.example", row[0].cell[HOST], "the host");
    tap_is_text("crl", row[0].cell[KIND], "the kind");
    tap_is_text("valid", row[0].cell[ANSWER], "the answer");
    tap_is_text("in 6 days", row[0].cell[EXPIRES], "when it expires");
    tap_is_text("100 ms", row[0].cell[TIME], "how long it took");
    tap_is_text("a", row[0].cell[ENDPOINT], "its id");
    tap_is_text("required", row[0].cell[LEVEL], "its level");
    tap_is_text("http://a.example/", row[0].cell[URL], "what was asked");
    tap_is_text("what was wrong", row[1].cell[ANSWER], "what was wrong");
    tap_is_text("", row[1].cell[TIME], "not asked: no time");
    tap_is_text("", row[2].cell[EXPIRES], "times of what is not believed say nothing");
    tap_is_text("2.1 s", row[2].cell[TIME], "seconds");
    tap_is_text("3 days ago", row[3].cell[EXPIRES], "an expired one did so in the past");
    scp_result_free(r);
}

/* --- One endpoint at a time --- */

struct single {
    struct scp_profile_issuer issuer;
    struct scp_profile_endpoint e;
    struct scp_revocation_fact f;
    struct scp_revocation_facts all;
};

static void set_single(struct single *s)
{
    memset(s, 0, sizeof *s);
    s->e = (struct scp_profile_endpoint){
        .id = "one", .host = "a.example", .url = "http://a.example/x.crl", .kind = SCP_ENDPOINT_CRL, .level = SCP_LEVEL_REQUIRED
    };
    s->f = fact(&s->e, SCP_REASON_OK);
    s->all = (struct scp_revocation_facts){ .v = &s->f, .n = 1, .seconds_limit = 8.0, .clock_known = true, .clock_skew = 600.0 };
}

static void fails(struct single *s, enum scp_reason reason)
{
    s->f = fact(&s->e, reason);
}

static void redirected(struct single *s, enum scp_reason reason)
{
    fails(s, reason);
    (void)strcpy(s->f.final_host, "portal.example");
}

/* clang-format off */
#define SET(name, ...) static void name(struct single *s) { __VA_ARGS__; }
SET(o_good, (void)s)
SET(o_good_said, (void)strcpy(s->f.judgement.message, "so many entries"))
SET(o_good_open, s->f.judgement.next_update = SCP_UTC_UNKNOWN)
SET(o_good_aia, s->e.kind = SCP_ENDPOINT_AIA)
SET(o_by_clock, fails(s, SCP_REASON_EXPIRED); s->f.by_clock = true)
SET(o_by_clock_of_server, o_by_clock(s); s->all.vantage.server = true)
SET(o_by_slow_clock, o_by_clock(s); s->all.clock_skew = -600.0)
SET(o_by_clock_recommended, o_by_clock(s); s->e.level = SCP_LEVEL_RECOMMENDED)
SET(o_revoked, fails(s, SCP_REASON_REVOKED))
SET(o_revoked_recommended, o_revoked(s); s->e.level = SCP_LEVEL_RECOMMENDED)
SET(o_redirected, redirected(s, SCP_REASON_TYPE))
SET(o_redirected_said, o_redirected(s); (void)strcpy(s->f.judgement.message, "portal.example sends a page"))
SET(o_redirected_whole, redirected(s, SCP_REASON_EXPIRED))
SET(o_redirected_odd_host, o_redirected(s); s->e.host = "a'example")
SET(o_redirected_odd_url, o_redirected(s); s->e.url = "http://a.example/$(x)")
SET(o_redirected_odd_end, o_redirected(s); (void)strcpy(s->f.final_host, "a b"))
SET(o_file_signature, fails(s, SCP_REASON_SIGNATURE); s->f.is_file = true)
SET(o_file_issuer, fails(s, SCP_REASON_ISSUER); s->f.is_file = true)
SET(o_file_expired, fails(s, SCP_REASON_EXPIRED); s->f.is_file = true)
SET(o_connect, fails(s, SCP_REASON_CONNECT))
SET(o_connect_port, o_connect(s); s->e.url = "http://a.example:8080/x")
SET(o_connect_odd_host, o_connect(s); s->e.host = "a'example")
SET(o_connect_odd_url, o_connect(s); s->e.url = "http://a.example:8080/'x")
SET(o_connect_no_host, o_connect(s); s->e.host = "")
SET(o_by_issuer, s->f.tls_by_issuer = true)
SET(o_private, (void)strcpy(s->f.private_address, "10.0.0.1"))
SET(o_legacy_untold, s->e.level = SCP_LEVEL_LEGACY; s->f.judgement.unknown = true)
SET(o_key, s->e.issuer = &s->issuer)
#undef SET
/* clang-format on */

static const struct {
    void (*set)(struct single *s);
    const char *id;
    int state; /* -1: there is none */
    const char *text, *remedy;
} SINGLES[] = {
    { o_good, "revocation.valid", SCP_OK, "a.example CRL: valid, expires in 6 days", NULL },
    { o_good, "revocation.redirected", -1, NULL, NULL },
    { o_good, "revocation.tls-by-issuer", -1, NULL, NULL },
    { o_good, "revocation.private-address", -1, NULL, NULL },
    { o_good, "issuer.key-only", -1, NULL, NULL },
    { o_good_said, "revocation.valid", SCP_OK, "CRL: so many entries, expires", NULL },
    { o_good_open, "revocation.valid", SCP_OK, "CRL: valid", NULL },
    { o_by_clock, "revocation.expired", SCP_UNKNOWN, "what was wrong; by the hosts' clock it is valid", "this machine's clock" },
    { o_by_clock, "revocation.expired", SCP_UNKNOWN, NULL, "is 10 min fast" },
    { o_by_slow_clock, "revocation.expired", SCP_UNKNOWN, NULL, " slow" },
    { o_by_clock_of_server, "revocation.expired", SCP_CRITICAL, NULL, "the server's clock" },
    { o_by_clock_of_server, "revocation.expired", SCP_CRITICAL, NULL, "w32tm /resync" },
    { o_by_clock_recommended, "revocation.expired", SCP_WARNING, "(recommended); by the hosts'", NULL },
    { o_revoked, "revocation.revoked", SCP_CRITICAL, "what was wrong", NULL },
    { o_revoked_recommended, "revocation.revoked", SCP_CRITICAL, "(recommended)", NULL },
    { o_redirected, "revocation.type", SCP_CRITICAL, "redirected to portal.example: what", "what redirects to portal.example" },
    { o_redirected, "revocation.redirected", SCP_OK, "redirected to portal.example", NULL },
    { o_redirected_said, "revocation.type", SCP_CRITICAL, "CRL: portal.example sends a page", NULL },
    { o_file_signature, "revocation.signature", SCP_CRITICAL, NULL, "give a certificate, valid today" },
    { o_file_issuer, "revocation.issuer", SCP_CRITICAL, NULL, "give a certificate, valid today" },
    { o_file_expired, "revocation.expired", SCP_CRITICAL, NULL, "the file is judged as it is" },
    { o_connect, "revocation.connect", SCP_CRITICAL, NULL, "Test-NetConnection a.example -Port 80" },
    { o_connect_port, "revocation.connect", SCP_CRITICAL, NULL, "Test-NetConnection a.example -Port 8080" },
    { o_connect_odd_host, "revocation.connect", SCP_CRITICAL, NULL, "Test-NetConnection HOST -Port 80" },
    { o_connect_odd_url, "revocation.connect", SCP_CRITICAL, NULL, "Test-NetConnection HOST -Port 80" },
    { o_connect_no_host, "revocation.connect", SCP_CRITICAL, NULL, "Test-NetConnection HOST -Port 80" },
    { o_by_issuer, "revocation.tls-by-issuer", SCP_OK, NULL, NULL },
    { o_private, "revocation.private-address", SCP_OK, "10.0.0.1", NULL },
    { o_legacy_untold, "revocation.undetermined", SCP_UNKNOWN, "(legacy)", NULL },
    { o_key, "issuer.key-only", SCP_OK, "1 endpoint: ", NULL },
};

static void test_singles(void)
{
    static struct single s;

    for (size_t i = 0; i < sizeof SINGLES / sizeof SINGLES[0]; i++) {
        struct scp_result *r = scp_result_new(CATALOGUE);
        const struct scp_finding *f;

        if (r == NULL)
            tap_bail("out of memory");
        set_single(&s);
        SINGLES[i].set(&s);
        scp_revocation_evaluate(&s.all, &scp_revocation_limits_default, NOW, r);
        f = find(r, SINGLES[i].id, NULL);
        tap_is_int(SINGLES[i].state, f != NULL ? (int)f->state : -1, "single %zu: %s", i + 1, SINGLES[i].id);
        if (SINGLES[i].text != NULL)
            tap_has_text(SINGLES[i].text, f != NULL ? f->text : "", "single %zu: text", i + 1);
        if (SINGLES[i].remedy != NULL)
            tap_has_text(SINGLES[i].remedy, f != NULL ? f->remedy : "", "single %zu: remedy", i + 1);
        scp_result_free(r);
    }
}

/* Remedies that are not given: of what redirects by names that are none, and of what came whole. */
static void test_other_remedies(void)
{
    static void (*const SETTERS[])(struct single * s) = { o_redirected_odd_host, o_redirected_odd_url, o_redirected_odd_end,
                                                          o_redirected_whole };
    static struct single s;
    struct scp_result *r;

    for (size_t i = 0; i < sizeof SETTERS / sizeof SETTERS[0]; i++) {
        r = scp_result_new(CATALOGUE);
        set_single(&s);
        SETTERS[i](&s);
        scp_revocation_evaluate(&s.all, &scp_revocation_limits_default, NOW, r);
        tap_ok(strstr(r->finding[0].remedy, "find out what redirects") == NULL, "remedy %zu: not of a redirect", i);
        scp_result_free(r);
    }
    for (int open = 0; open < 2; open++) {
        r = scp_result_new(CATALOGUE);
        set_single(&s);
        if (open)
            o_good_open(&s);
        else
            o_good_aia(&s);
        scp_revocation_evaluate(&s.all, &scp_revocation_limits_default, NOW, r);
        tap_ok(strstr(find(r, "revocation.valid", NULL)->text, "expires in") == NULL, "no end is known, %d", open);
        scp_result_free(r);
    }
}

static void test_ports(void)
{
    static const struct {
        const char *url, *port;
    } PORTS[] = {
        { "http://a/x", "80" },
        { "https://a", "443" },
        { "HTTPS:", "443" },
        { "http", "80" },
        { "http://a:8080/x", "8080" },
        { "http://[::1]/", "80" },
        { "http://[::1]:81/", "81" },
        { "http://a:/x", "80" },
        { "http://a:8x/", "80" },
        { "https://a?b:9", "443" },
        { "a:82", "82" },
        { "http://a#b:9", "80" },
    };

    for (size_t i = 0; i < sizeof PORTS / sizeof PORTS[0]; i++) {
        const char *port;
        size_t n = scp_revocation_port(PORTS[i].url, &port);

        tap_is_bytes(PORTS[i].port, strlen(PORTS[i].port), port, n, "the port of %s", PORTS[i].url);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
        test_group(&GROUPS[i]);
    test_reasons();
    test_freshness();
    test_freshness_ranges();
    test_ranges();
    test_slow();
    test_clock();
    test_notes();
    test_counting();
    test_summary();
    test_table();
    test_singles();
    test_other_remedies();
    test_ports();
    return tap_done();
}
