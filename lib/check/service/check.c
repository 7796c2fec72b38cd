/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/service/check.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Shares of the time that is left: a handshake, all of the chains with what is fetched for them, their addresses. */
static const double HANDSHAKE = 0.25, CHAINS = 0.5, ADDRESSES = 0.25;

enum { HTTPS = 443 };

/* --- Which hosts --- */

static int add_host(struct scp_service_session *s, const char *name, struct scp_err *err)
{
    struct scp_intermediates_host *h = &s->host[s->hosts];

    for (size_t i = 0; i < s->hosts; i++) {
        if (scp_text_caseeq(s->host[i].name, strlen(s->host[i].name), name, strlen(name)))
            return 0;
    }
    if (s->hosts >= SCP_INTERMEDIATES_SERVERS_MAX || strlen(name) >= sizeof h->name)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d names of the service, or one that is too long",
                           SCP_INTERMEDIATES_SERVERS_MAX);
    (void)snprintf(h->name, sizeof h->name, "%s", name);
    h->port = HTTPS;
    s->hosts++;
    return 0;
}

static int add_hosts(struct scp_service_session *s, struct scp_err *err)
{
    const struct scp_profile *p = s->session.profile;

    for (size_t i = 0; i < p->endpoints; i++) {
        if (p->endpoint[i].kind == SCP_ENDPOINT_TLS && add_host(s, p->endpoint[i].host, err) != 0)
            return -1;
    }
    for (size_t i = 0; s->status != NULL && i < s->status->hosts; i++) {
        if (add_host(s, s->status->host[i], err) != 0)
            return -1;
    }
    return 0;
}

/* --- Asking --- */

static double time_left(const struct scp_session *s)
{
    return (double)scp_deadline_left_ms(&s->deadline) / 1000;
}

static int ask_chains(struct scp_service_session *own, struct scp_err *err)
{
    const struct scp_intermediates_options options = { .aia = SCP_AIA_PROBE };
    struct scp_session *s = &own->session;
    struct scp_deadline deadline = scp_deadline_after(CHAINS * time_left(s));
    const struct scp_intermediates_query q = { .trust = s->trust,
                                               .options = &options,
                                               .hosts = own->host,
                                               .hosts_n = own->hosts,
                                               .now = s->common.at,
                                               .network = &own->network,
                                               .deadline = &deadline,
                                               .seconds = HANDSHAKE * time_left(s) };

    scp_app_stage("asking the service");
    if (scp_intermediates_gather(&q, &own->chains, err) != 0)
        return -1;
    s->vantage.from = own->chains.from;
    s->vantage.proven = scp_intermediates_valid(&own->chains);
    return 0;
}

int scp_service_again(const struct scp_service_session *s, struct scp_trust *trust, struct scp_intermediates_facts *out,
                      struct scp_err *err)
{
    const struct scp_intermediates_options options = { .aia = SCP_AIA_OFF };
    const struct scp_intermediates_query q = {
        .trust = trust, .options = &options, .hosts = s->host, .hosts_n = s->hosts, .sent = &s->chains, .now = s->session.common.at
    };

    return scp_intermediates_gather(&q, out, err);
}

static int ask_addresses(struct scp_service_session *own, struct scp_err *err)
{
    struct scp_session *s = &own->session;
    struct scp_revocation_run run = { .now = s->common.at,
                                      .began = scp_utc_now(),
                                      .deadline = scp_deadline_after(ADDRESSES * time_left(s)),
                                      .limits = scp_revocation_limits_default,
                                      .vantage = s->vantage };
    struct scp_http *http;
    int rc;

    if (scp_service_addresses_plan(&own->chains, &own->addresses, err) != 0)
        return -1;
    if (own->addresses.plan.n == 0)
        return 0;
    http = scp_http_curl_new(&own->network.options, err);
    if (http == NULL)
        return -1;
    scp_app_stage("asking the addresses of the service's chains");
    rc = scp_revocation_gather(&own->addresses.plan, http, &run, &own->answers, err);
    scp_http_free(http);
    if (rc != 0)
        return -1;
    own->answers.external = true;
    scp_revocation_weigh(&own->addresses.plan, &run, &own->answers);
    s->vantage.proven = s->vantage.proven || scp_revocation_valid(&own->answers);
    return 0;
}

void scp_service_prove(struct scp_service_session *own, bool proven)
{
    struct scp_vantage *v = &own->session.vantage;

    v->proven = v->proven || proven;
    own->answers.vantage.proven = v->proven;
    own->chains.from_scp = scp_vantage_is_server(v, false);
}

static int ask(struct scp_session *s, struct scp_err *err)
{
    struct scp_service_session *own = (struct scp_service_session *)s;

    own->network = *s->egress;
    if (add_hosts(own, err) != 0)
        return -1;
    if (own->hosts == 0)
        return 0;
    if (scp_session_trust(s, s->registry, err) != 0 || ask_chains(own, err) != 0)
        return -1;
    if (own->lists && ask_addresses(own, err) != 0)
        return -1;
    scp_service_prove(own, false);
    return 0;
}

/* --- Judging --- */

/* Nobody answered this machine, which is not the server.  NULL: somebody did. */
static const struct scp_intermediates_server *silent(const struct scp_intermediates_facts *f)
{
    for (size_t i = 0; i < f->servers; i++) {
        if (f->server[i].outcome == SCP_HTTP_OK)
            return NULL;
    }
    return f->from_scp || f->servers == 0 ? NULL : &f->server[0];
}

static void evaluate_addresses(const struct scp_service_session *own, struct scp_result *r)
{
    struct scp_revocation_limits limits = scp_revocation_limits_default;
    struct scp_result *part;

    if (own->answers.n == 0)
        return;
    part = scp_result_new(r->catalogue);
    if (part == NULL) {
        scp_result_break(r);
        return;
    }
    limits.no_way_out = SCP_UNKNOWN;
    scp_revocation_evaluate(&own->answers, &limits, own->session.common.at, part);
    part->perfdatas = 0; /* which addresses there are differs from day to day */
    scp_result_part(r, "addresses", part);
}

/* What a server's own certificate has left to live is for its owner to renew. */
static void evaluate_chains(const struct scp_service_session *own, struct scp_result *r)
{
    static const struct scp_range ANY = { .start_infinite = true, .end_infinite = true };
    const struct scp_intermediates_limits limits = { .beside = own->beside, .warning = ANY, .critical = ANY };
    const struct scp_intermediates_server *first = silent(&own->chains);
    size_t answered = 0;

    for (size_t i = 0; i < own->chains.servers; i++)
        answered += own->chains.server[i].outcome == SCP_HTTP_OK;
    if (first != NULL)
        (void)scp_result_add(r, SCP_UNKNOWN, "service.no-way-out", "",
                             "none of %zu names of the service answered this machine, which is not the server: %s: %s",
                             own->chains.servers, scp_http_outcome_name(first->outcome), first->message);
    else
        scp_intermediates_evaluate(&own->chains, &limits, own->session.common.at, r);
    scp_result_number(r, "answered", answered, NULL, own->chains.servers);
    scp_result_main_value(r, "answered");
}

static void evaluate(struct scp_session *s, struct scp_result *r)
{
    const struct scp_service_session *own = (struct scp_service_session *)s;

    if (own->hosts == 0) {
        (void)scp_result_add(r, SCP_UNKNOWN, "service.none", "", "there is no name of the service to ask");
        return;
    }
    evaluate_chains(own, r);
    evaluate_addresses(own, r);
}

static void put_facts(const struct scp_session *s, struct scp_json *j)
{
    const struct scp_service_session *own = (const struct scp_service_session *)s;

    scp_json_open(j, "service", '{');
    scp_intermediates_facts_put(j, &own->chains);
    scp_revocation_facts_put(j, &own->answers, &scp_revocation_limits_default);
    scp_json_close(j, '}');
}

static void close_service(struct scp_session *s)
{
    struct scp_service_session *own = (struct scp_service_session *)s;

    scp_revocation_free(&own->answers);
    scp_service_addresses_free(&own->addresses);
    scp_intermediates_free(&own->chains);
}

const struct scp_check scp_service_check = {
    .about = { .name = "service", .title = "SCP SERVICE" },
    .size = sizeof(struct scp_service_session),
    .ask = ask,
    .evaluate = evaluate,
    .facts = put_facts,
    .close = close_service,
};
