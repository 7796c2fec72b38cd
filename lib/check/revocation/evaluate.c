/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "base/num.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"
#include "check/remedy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REMEDY_MAX = 1200, NAME_MAX_BYTES = 400 };

const struct scp_revocation_limits scp_revocation_limits_default = { .slow = 2.0,
                                                                     .slow_critical = 8.0,
                                                                     .no_way_out = SCP_CRITICAL };

/* --- Words --- */

static const char *kind_word(enum scp_endpoint_kind kind)
{
    switch (kind) {
    case SCP_ENDPOINT_CRL: return " CRL";
    case SCP_ENDPOINT_OCSP: return " OCSP";
    case SCP_ENDPOINT_CTL: return " trust list";
    case SCP_ENDPOINT_AIA: return " certificate";
    case SCP_ENDPOINT_HTTP:
    case SCP_ENDPOINT_TLS: break;
    }
    return "";
}

static bool is_legacy(const struct scp_revocation_fact *f)
{
    return f->endpoint->level == SCP_LEVEL_LEGACY;
}

/* Whether the endpoint brings something that expires. */
static bool has_lifetime(const struct scp_revocation_fact *f)
{
    return f->endpoint->kind == SCP_ENDPOINT_CRL || f->endpoint->kind == SCP_ENDPOINT_OCSP;
}

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* "crl3.digicert.com CRL"; with the id behind it where several endpoints would be called so. */
static const char *name_of(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f, char out[NAME_MAX_BYTES])
{
    const struct scp_profile_endpoint *e = f->endpoint;
    size_t namesakes = 0;

    for (size_t i = 0; i < all->n; i++)
        namesakes += all->v[i].endpoint->kind == e->kind && same_text(all->v[i].endpoint->host, e->host);
    (void)snprintf(out, NAME_MAX_BYTES, "%s%s%s%s%s", e->host, kind_word(e->kind), namesakes > 1 ? " (" : "",
                   namesakes > 1 ? e->id : "", namesakes > 1 ? ")" : "");
    return out;
}

/* --- Remedies --- */

/* Replaces every `word` in the text by `by`; false when there is no room. */
static bool replace(char *text, size_t size, const char *word, const char *by)
{
    size_t length = strlen(word), more = strlen(by);

    for (char *p = strstr(text, word); p != NULL; p = strstr(p + more, word)) {
        size_t rest = strlen(p + length) + 1;

        if ((size_t)(p - text) + more + rest > size)
            return false;
        memmove(p + more, p + length, rest);
        memcpy(p, by, more);
    }
    return true;
}

/* Nothing in it that a shell, a page or a report could take for more than a name. */
static bool is_plain(const char *s)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:/%~+=";

    return s[0] != '\0' && s[strspn(s, PLAIN)] == '\0';
}

size_t scp_revocation_port(const char *url, const char **port)
{
    const char *host = strstr(url, "//"), *end, *colon;
    size_t n;

    *port = scp_text_caseeq(url, strlen(url) < 6 ? strlen(url) : 6, "https:", 6) ? "443" : "80";
    host = host != NULL ? host + 2 : url;
    end = host + strcspn(host, "/?#");
    for (colon = end; colon > host && colon[-1] != ':' && colon[-1] != ']'; colon--)
        ;
    n = (size_t)(end - colon);
    if (colon == host || colon[-1] != ':' || n == 0 || strspn(colon, "0123456789") < n)
        return strlen(*port);
    *port = colon;
    return n;
}

/* The catalogue's remedy with this endpoint's host, port and URL in it. */
static void name_host(struct scp_result *r, size_t finding, const struct scp_profile_endpoint *e)
{
    char text[REMEDY_MAX], prose[32], option[32];
    const char *port;
    int n;

    if (finding >= r->findings || strlen(r->finding[finding].remedy) >= sizeof text || !is_plain(e->host) || !is_plain(e->url))
        return;
    (void)snprintf(text, sizeof text, "%s", r->finding[finding].remedy);
    n = (int)scp_revocation_port(e->url, &port);
    (void)snprintf(prose, sizeof prose, "port %.*s", n, port);
    (void)snprintf(option, sizeof option, "-Port %.*s", n, port);
    if (replace(text, sizeof text, "port 80", prose) && replace(text, sizeof text, "-Port 80", option) &&
        replace(text, sizeof text, "HOST", e->host) && replace(text, sizeof text, "URL", e->url))
        scp_result_remedy(r, finding, SCP_SAID, text);
}

/* What fails after a redirect is a matter of whoever redirects: its remedy, not that of the reason. */
static void name_redirect(struct scp_result *r, size_t finding, const struct scp_revocation_fact *f)
{
    const struct scp_profile_endpoint *e = f->endpoint;

    if (!is_plain(e->host) || !is_plain(e->url) || !is_plain(f->final_host))
        scp_result_remedy(r, finding,
                          "find out who redirects there: a filter or a proxy in between must let requests to the host "
                          "pass, for the server's " SCP_REMEDY_ACCOUNTS);
    else
        scp_result_remedy(r, finding,
                          "find out what redirects to %s: a filter or a proxy in between must let requests to %s pass, for the "
                          "server's " SCP_REMEDY_ACCOUNTS "\non the server: curl.exe -v %s",
                          f->final_host, e->host, e->url);
}

/* From elsewhere it is not the server's clock, and of the host nothing is known. */
static enum scp_state by_clock(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f, enum scp_state state)
{
    return f->by_clock && !all->vantage.server && state == SCP_CRITICAL ? SCP_UNKNOWN : state;
}

static void name_clock(const struct scp_revocation_facts *all, struct scp_result *r, size_t finding)
{
    char span[SCP_UTC_TEXT];

    scp_utc_span(all->clock_skew, span);
    scp_result_step(r, finding, SCP_STEP_SERVICE);
    scp_result_remedy(r, finding, "set %s clock, which by the hosts' Date is %s %s%s",
                      all->vantage.server ? "the server's" : "this machine's", span, all->clock_skew < 0 ? "slow" : "fast",
                      all->vantage.server ? "\non the server: w32tm /resync" : "");
}

/* A file is no host's answer: nothing in between can have changed it. */
static void name_file(struct scp_result *r, size_t finding, enum scp_reason reason)
{
    if (reason == SCP_REASON_SIGNATURE || reason == SCP_REASON_ISSUER)
        scp_result_remedy(r, finding,
                          "give a certificate, valid today, of the CA that signed it (check_scp_revocation --issuer), or "
                          "the object that this CA signed");
    else if (reason != SCP_REASON_REVOKED && reason != SCP_REASON_NOT_YET_VALID)
        scp_result_remedy(r, finding, "the file is judged as it is: take the object again from where its issuer publishes it");
}

/* --- Freshness --- */

/* The time left below which the default warns; 0 when either time is unknown or the lifetime is not positive. */
static int64_t least_left(int64_t this_update, int64_t next_update)
{
    enum { MOST = 6 * 3600 };
    int64_t tenth;

    if (this_update == SCP_UTC_UNKNOWN || next_update <= this_update)
        return 0;
    tenth = (next_update - this_update) / 10;
    return tenth < MOST ? tenth : MOST;
}

enum scp_state scp_freshness_state(const struct scp_freshness *limits, int64_t this_update, int64_t next_update, int64_t now)
{
    double left;

    if (next_update == SCP_UTC_UNKNOWN)
        return SCP_OK;
    left = (double)(next_update - now);
    if (limits->has_critical && scp_range_alerts(&limits->critical, left))
        return SCP_CRITICAL;
    if (limits->has_warning)
        return scp_range_alerts(&limits->warning, left) ? SCP_WARNING : SCP_OK;
    return left < (double)least_left(this_update, next_update) ? SCP_WARNING : SCP_OK;
}

/* --- One endpoint --- */

static enum scp_state freshness_of(const struct scp_revocation_fact *f, const struct scp_revocation_limits *limits, int64_t now)
{
    return has_lifetime(f) ? scp_freshness_state(&limits->freshness, f->judgement.this_update, f->judgement.next_update, now)
                           : SCP_OK;
}

/* Could take another one's place. */
static bool works(const struct scp_revocation_fact *f, const struct scp_revocation_limits *limits, int64_t now)
{
    return scp_judgement_good(&f->judgement) && freshness_of(f, limits, now) != SCP_CRITICAL;
}

/* Another endpoint of the same group that works; NULL. */
static const struct scp_revocation_fact *alternative(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f,
                                                     const struct scp_revocation_limits *limits, int64_t now)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct scp_revocation_fact *other = &all->v[i];

        if (other != f && same_text(other->endpoint->group, f->endpoint->group) && works(other, limits, now))
            return other;
    }
    return NULL;
}

/* Nothing but legacy endpoints was asked: then their failure is what was asked about. */
static bool only_legacy(const struct scp_revocation_facts *all)
{
    for (size_t i = 0; i < all->n; i++) {
        if (!is_legacy(&all->v[i]))
            return false;
    }
    return true;
}

/* What is left of a state that the endpoint itself would have. */
static enum scp_state capped(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f, bool replaced,
                             enum scp_state state)
{
    if (state == SCP_OK || state == SCP_UNKNOWN)
        return state;
    if (is_legacy(f))
        return only_legacy(all) ? SCP_WARNING : SCP_OK;
    return f->endpoint->level != SCP_LEVEL_REQUIRED || replaced ? SCP_WARNING : state;
}

static void add_failure(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f,
                        const struct scp_revocation_limits *limits, int64_t now, struct scp_result *r)
{
    const struct scp_profile_endpoint *e = f->endpoint;
    const struct scp_revocation_fact *other = alternative(all, f, limits, now);
    /* That another host says otherwise does not make a revoked certificate good. */
    bool revoked = f->judgement.reason == SCP_REASON_REVOKED;
    enum scp_state state = revoked && !is_legacy(f) ? SCP_CRITICAL : by_clock(all, f, capped(all, f, other != NULL, SCP_CRITICAL));
    bool redirected = f->final_host[0] != '\0' && scp_reason_class(f->judgement.reason)->way;
    char beside[320] = "", name[NAME_MAX_BYTES], where[300] = "";
    size_t i;

    if (is_legacy(f))
        (void)snprintf(beside, sizeof beside, " (legacy)");
    else if (other != NULL)
        (void)snprintf(beside, sizeof beside, " (%s works)",
                       same_text(other->endpoint->host, e->host) ? other->endpoint->id : other->endpoint->host);
    else if (e->level != SCP_LEVEL_REQUIRED)
        (void)snprintf(beside, sizeof beside, " (recommended)");
    if (redirected && strstr(f->judgement.message, f->final_host) == NULL)
        (void)snprintf(where, sizeof where, "redirected to %s: ", f->final_host);
    if (f->by_clock)
        (void)scp_say_more(beside, sizeof beside, "; by the hosts' clock it is valid");
    i = scp_result_add(r, state, scp_reason_class(f->judgement.reason)->finding, e->id, "%s: %s%s%s", name_of(all, f, name), where,
                       f->judgement.message, beside);
    if (redirected)
        name_redirect(r, i, f);
    else if (f->by_clock)
        name_clock(all, r, i);
    else if (f->is_file)
        name_file(r, i, f->judgement.reason);
    else
        name_host(r, i, e);
}

static void add_valid(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f, int64_t now,
                      struct scp_result *r)
{
    const struct scp_judgement *j = &f->judgement;
    char left[SCP_UTC_TEXT], life[64] = "", name[NAME_MAX_BYTES];

    if (has_lifetime(f) && j->next_update != SCP_UTC_UNKNOWN) {
        scp_utc_span((double)(j->next_update - now), left);
        (void)snprintf(life, sizeof life, ", expires in %s", left);
    }
    (void)scp_result_add(r, SCP_OK, "revocation.valid", f->endpoint->id, "%s: %s%s", name_of(all, f, name),
                         j->message[0] != '\0' ? j->message : "valid", life);
}

static void add_expiring(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f,
                         const struct scp_revocation_limits *limits, int64_t now, struct scp_result *r)
{
    enum scp_state state = freshness_of(f, limits, now);
    char left[SCP_UTC_TEXT], at[SCP_UTC_TEXT], name[NAME_MAX_BYTES];

    if (state == SCP_OK)
        return;
    scp_utc_span((double)(f->judgement.next_update - now), left);
    scp_utc_format(f->judgement.next_update, at);
    (void)scp_result_add(r, capped(all, f, alternative(all, f, limits, now) != NULL, state), "revocation.expiring", f->endpoint->id,
                         "%s: expires in %s (%s)", name_of(all, f, name), left, at);
}

static void add_slow(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f,
                     const struct scp_revocation_limits *limits, struct scp_result *r)
{
    char seconds[SCP_NUM_TEXT], limit[SCP_NUM_TEXT], name[NAME_MAX_BYTES];
    double tenths;

    if (f->seconds <= limits->slow)
        return;
    (void)modf(f->seconds * 10.0, &tenths);
    scp_num_format(tenths / 10.0, seconds);
    scp_num_format(limits->slow, limit);
    (void)scp_result_add(r, capped(all, f, false, SCP_WARNING), "revocation.slow", f->endpoint->id,
                         "%s: answered after %s s (limit %s s)", name_of(all, f, name), seconds, limit);
}

/* What the judge remarked on a usable object. */
static void add_notes(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f, struct scp_result *r)
{
    char name[NAME_MAX_BYTES];

    for (size_t i = 0; i < f->judgement.notes; i++) {
        const struct scp_note *note = &f->judgement.note[i];

        (void)scp_result_add(r, capped(all, f, false, note->weight == SCP_NOTE_WARNING ? SCP_WARNING : SCP_OK), note->id,
                             f->endpoint->id, "%s: %s", name_of(all, f, name), note->text);
    }
}

static void evaluate_one(const struct scp_revocation_facts *all, const struct scp_revocation_fact *f,
                         const struct scp_revocation_limits *limits, int64_t now, struct scp_result *r)
{
    const struct scp_profile_endpoint *e = f->endpoint;
    char name[NAME_MAX_BYTES];

    if (f->judgement.starved) {
        scp_result_break(r);
    } else if (f->judgement.unknown) {
        (void)scp_result_add(r, is_legacy(f) && !only_legacy(all) ? SCP_OK : SCP_UNKNOWN, "revocation.undetermined", e->id,
                             "%s: %s%s", name_of(all, f, name), f->judgement.message, is_legacy(f) ? " (legacy)" : "");
    } else if (f->judgement.reason != SCP_REASON_OK) {
        add_failure(all, f, limits, now, r);
    } else {
        add_expiring(all, f, limits, now, r);
        add_valid(all, f, now, r);
        add_notes(all, f, r);
        add_slow(all, f, limits, r);
    }
    if (f->final_host[0] != '\0')
        (void)scp_result_add(r, SCP_OK, "revocation.redirected", e->id, "%s: redirected to %s", name_of(all, f, name),
                             f->final_host);
    if (f->tls_by_issuer)
        (void)scp_result_add(r, SCP_OK, "revocation.tls-by-issuer", e->id, "%s: its TLS certificate is trusted by --issuer alone",
                             name_of(all, f, name));
    if (f->private_address[0] != '\0')
        (void)scp_result_add(r, SCP_OK, "revocation.private-address", e->id, "%s: answered by %s, a private address of %s",
                             name_of(all, f, name), f->private_address, f->final_host);
}

/* --- All of them --- */

struct tally {
    size_t counted, counted_ok, legacy, legacy_ok;
    const struct scp_revocation_fact *soonest; /* of the valid objects, legacy ones apart */
    double slowest;                            /* < 0: nothing was asked over the network */
};

static double time_left(const struct scp_revocation_fact *f, int64_t now)
{
    return (double)(f->judgement.next_update - now);
}

static void count(const struct scp_revocation_facts *all, int64_t now, struct tally *t)
{
    *t = (struct tally){ .slowest = -1.0 };
    for (size_t i = 0; i < all->n; i++) {
        const struct scp_revocation_fact *f = &all->v[i];
        bool good = scp_judgement_good(&f->judgement);

        t->slowest = f->seconds > t->slowest ? f->seconds : t->slowest;
        if (is_legacy(f)) {
            t->legacy++;
            t->legacy_ok += good;
            continue;
        }
        t->counted++;
        t->counted_ok += good;
        if (good && has_lifetime(f) && f->judgement.next_update != SCP_UTC_UNKNOWN &&
            (t->soonest == NULL || time_left(f, now) < time_left(t->soonest, now)))
            t->soonest = f;
    }
}

/* The first finding, so that it is the summary when all is well. */
static void add_overview(const struct tally *t, int64_t now, struct scp_result *r)
{
    char soonest[128] = "", left[SCP_UTC_TEXT];

    if (t->counted == 0 || t->counted_ok < t->counted)
        return;
    if (t->soonest != NULL) {
        scp_utc_span(time_left(t->soonest, now), left);
        (void)snprintf(soonest, sizeof soonest, ", soonest expiry %s in %s", t->soonest->endpoint->id, left);
    }
    (void)scp_result_add(r, SCP_OK, "revocation.endpoints", "", "%zu of %zu endpoint%s valid%s", t->counted_ok, t->counted,
                         t->counted == 1 ? "" : "s", soonest);
}

static void add_clock(const struct scp_revocation_facts *f, struct scp_result *r)
{
    char span[SCP_UTC_TEXT];

    if (!f->clock_known || fabs(f->clock_skew) <= SCP_UTC_SKEW)
        return;
    scp_utc_span(f->clock_skew, span);
    (void)scp_result_add(r, SCP_WARNING, "revocation.clock", "", "local clock differs by %s from the servers' Date (it is %s)",
                         span, f->clock_skew < 0 ? "slow" : "fast");
}

/* --- Performance data --- */

static void add_number(struct scp_result *r, const char *label, double value, const char *unit, double max)
{
    struct scp_perfdata p = { .value = value, .unit = unit, .has_min = true, .has_max = true, .max = max };

    (void)snprintf(p.label, sizeof p.label, "%s", label);
    scp_result_perfdata(r, &p);
}

static void add_time(struct scp_result *r, const struct scp_revocation_limits *limits, double seconds)
{
    struct scp_perfdata p = { .label = "time",
                              .value = seconds,
                              .unit = "s",
                              .has_warning = true,
                              .has_critical = true,
                              .has_min = true,
                              .warning = { .end = limits->slow },
                              .critical = { .end = limits->slow_critical } };

    if (seconds >= 0.0)
        scp_result_perfdata(r, &p);
}

static void add_ttl_min(struct scp_result *r, const struct tally *t, const struct scp_revocation_limits *limits, int64_t now)
{
    struct scp_perfdata p = { .label = "ttl_min",
                              .unit = "s",
                              .has_warning = limits->freshness.has_warning,
                              .has_critical = limits->freshness.has_critical,
                              .warning = limits->freshness.warning,
                              .critical = limits->freshness.critical };

    if (t->soonest == NULL)
        return;
    p.value = time_left(t->soonest, now);
    scp_result_perfdata(r, &p);
}

static void add_each(struct scp_result *r, const struct scp_revocation_fact *f, int64_t now)
{
    struct scp_perfdata p = { .unit = "s" };

    bool believed = scp_judgement_good(&f->judgement) || f->judgement.reason == SCP_REASON_EXPIRED;

    if (has_lifetime(f) && believed && f->judgement.next_update != SCP_UTC_UNKNOWN) {
        (void)snprintf(p.label, sizeof p.label, "%s_ttl", f->endpoint->id);
        p.value = time_left(f, now);
        scp_result_perfdata(r, &p);
    }
}

static void add_each_time(struct scp_result *r, const struct scp_revocation_fact *f)
{
    struct scp_perfdata p = { .unit = "s", .value = f->seconds, .full_only = true, .has_min = true };

    if (f->seconds < 0.0)
        return;
    (void)snprintf(p.label, sizeof p.label, "%s_time", f->endpoint->id);
    scp_result_perfdata(r, &p);
}

static void add_perfdata(const struct scp_revocation_facts *f, const struct tally *t, const struct scp_revocation_limits *limits,
                         int64_t now, struct scp_result *r)
{
    add_number(r, "endpoints_ok", (double)t->counted_ok, "", (double)t->counted);
    add_number(r, "legacy_ok", (double)t->legacy_ok, "", (double)t->legacy);
    add_time(r, limits, t->slowest);
    add_ttl_min(r, t, limits, now);
    for (size_t i = 0; i < f->n; i++)
        add_each(r, &f->v[i], now);
    scp_result_main_value(r, "endpoints_ok");
    for (size_t i = 0; i < f->n; i++)
        add_each_time(r, &f->v[i]);
}

/* One sentence about the way out in place of one about each host. */
static void add_no_way_out(const struct scp_revocation_reach *reach, const struct scp_revocation_limits *limits,
                           struct scp_result *r)
{
    size_t i = scp_result_add(r, reach->server ? SCP_CRITICAL : limits->no_way_out, "vantage.no-way-out", "",
                              reach->mixed ? "%s gets nothing valid from any of %zu hosts, most often: %s"
                                           : "%s reaches none of %zu hosts: %s",
                              reach->server ? "the server" : "this host", reach->hosts, reach->reason);

    if (reach->server)
        scp_result_remedy(r, i, "%s",
                          "open the server's way out: TCP port 80 to the hosts, by host name, for its " SCP_REMEDY_ACCOUNTS
                          "\non the server: netsh winhttp show proxy");
}

/* What was never asked is said as ever. */
static void evaluate_unasked(const struct scp_revocation_facts *f, const struct scp_revocation_limits *limits, int64_t now,
                             struct scp_result *r)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].judgement.unknown)
            evaluate_one(f, &f->v[i], limits, now, r);
    }
}

static void evaluate_each(const struct scp_revocation_facts *f, const struct scp_revocation_limits *limits, int64_t now,
                          struct scp_result *r)
{
    for (size_t i = 0; i < f->n; i++)
        evaluate_one(f, &f->v[i], limits, now, r);
    if (f->n == 0)
        (void)scp_result_add(r, SCP_UNKNOWN, "revocation.none", "", "there was no endpoint to ask");
    add_clock(f, r);
}

/* A profile's [issuer] has no certificate that could be judged. */
static void add_key_only(const struct scp_revocation_facts *f, struct scp_result *r)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += f->v[i].endpoint->issuer != NULL;
    if (n > 0)
        (void)scp_result_add(r, SCP_OK, "issuer.key-only", "",
                             "%zu endpoint%s: the issuer is known by name and key, whose strength alone is judged", n,
                             n == 1 ? "" : "s");
}

void scp_revocation_evaluate(const struct scp_revocation_facts *f, const struct scp_revocation_limits *limits, int64_t now,
                             struct scp_result *r)
{
    struct scp_revocation_reach reach;
    struct tally t;

    count(f, now, &t);
    scp_revocation_reach(f, &reach);
    if (reach.none) {
        add_no_way_out(&reach, limits, r);
        evaluate_unasked(f, limits, now, r);
    } else {
        add_overview(&t, now, r);
        evaluate_each(f, limits, now, r);
    }
    add_key_only(f, r);
    add_perfdata(f, &t, limits, now, r);
}

/* --- The summary --- */

static bool did_not_answer(const struct scp_finding *finding, enum scp_state state)
{
    return finding->state == state && strcmp(finding->id, "revocation.timeout") == 0;
}

void scp_revocation_summary(const struct scp_revocation_facts *f, struct scp_result *r)
{
    enum scp_state state = scp_result_state(r);
    char names[300] = "", limit[SCP_NUM_TEXT];
    size_t silent = 0, others = 0, used = 0;
    int n = 0;

    for (size_t i = 0; i < r->findings; i++) {
        if (!did_not_answer(&r->finding[i], state)) {
            others += r->finding[i].state == state;
            continue;
        }
        if (silent++ == 0 && others > 0) /* another finding speaks for all */
            return;
        n = snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", r->finding[i].subject);
        used = n < 0 || (size_t)n >= sizeof names - used ? sizeof names - 1 : used + (size_t)n;
    }
    if (state == SCP_OK || silent < 2)
        return;
    scp_num_format(scp_num_round(f->seconds_limit * 10.0) / 10.0, limit);
    if (others > 0)
        scp_result_summary(r, "%zu endpoints did not answer within %s s: %s, %zu more", silent, limit, names, others);
    else
        scp_result_summary(r, "%zu endpoints did not answer within %s s: %s", silent, limit, names);
}
