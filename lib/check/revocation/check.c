/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "base/num.h"
#include "base/utc.h"
#include "windows/paths.h"

#include <stddef.h>
#include <string.h>

#define AT(field) offsetof(struct scp_revocation_options, field)

static const struct scp_option OPTIONS[] = {
    { SCP_GROUP_JUDGED, 0, "endpoint", "ID", SCP_OPTION_LIST, AT(endpoint), NULL,
      "ask this endpoint of the profile only; repeatable" },
    { SCP_GROUP_JUDGED, 0, "skip-endpoint", "ID", SCP_OPTION_LIST, AT(skip), NULL, "leave this endpoint out; repeatable" },
    { SCP_GROUP_JUDGED, 0, "list-endpoints", NULL, SCP_OPTION_FLAG, AT(list_endpoints), NULL, "list what is asked where" },
    { SCP_GROUP_LIMITS, 0, "response-time", "W,C", SCP_OPTION_LIMITS, AT(response_time), NULL,
      "WARNING when an answer takes longer than W seconds; after C seconds an endpoint has failed (default 2,8)" },
    { SCP_GROUP_NETWORK, 0, "retry", "N", SCP_OPTION_TEXT, AT(retry), NULL,
      "try a failed transfer N times more, within its time (default 0)" },
    { SCP_GROUP_LIMITS, 0, "max-response-age", "DURATION", SCP_OPTION_DURATION, AT(max_response_age), NULL,
      "a CRL or an OCSP answer made longer ago is expired (default: no limit)" },
    { SCP_GROUP_JUDGED, 0, "crl", "URL/FILE", SCP_OPTION_TEXT, AT(single.crl), NULL,
      "judge this CRL instead of the profile's endpoints" },
    { SCP_GROUP_JUDGED, 0, "ocsp", "URL/FILE", SCP_OPTION_TEXT, AT(single.ocsp), NULL,
      "judge this OCSP responder, or the answer in a file" },
    { SCP_GROUP_JUDGED, 0, "issuer", "FILE", SCP_OPTION_LIST, AT(single.issuer), NULL,
      "the CA's certificates for --crl or --ocsp, PEM or DER; repeatable, all in a file count: a CA may have several keys" },
    { SCP_GROUP_JUDGED, 0, "certificate", "FILE", SCP_OPTION_TEXT, AT(single.certificate), NULL,
      "the certificate asked about; PEM or DER" },
    { SCP_GROUP_JUDGED, 0, "serial", "HEX", SCP_OPTION_TEXT, AT(single.serial), NULL, "the same, by its serial number" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = { { OPTIONS, offsetof(struct scp_revocation_session, options) },
                                                  SCP_TIME_THRESHOLD_TABLE,
                                                  SCP_NETWORK_TABLE,
                                                  SCP_REGISTRY_TABLE,
                                                  SCP_LAST_TABLES };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_revocation_catalogue, scp_egress_catalogue, scp_source_catalogue,
                                                               NULL };

/* --- Opening --- */

static int set_run(struct scp_revocation_session *own, struct scp_err *err)
{
    const struct scp_common *common = &own->session.common;
    const struct scp_revocation_options *o = &own->options;
    struct scp_revocation_limits *limits = &own->run.limits;
    uint64_t retries = 0;

    if (o->retry != NULL && scp_num_u64(o->retry, strlen(o->retry), SCP_HTTP_RETRIES_MAX, &retries, NULL) != 0)
        return scp_err_set(err, SCP_ERR_USAGE, "--retry: '%s' is not a number from 0 to %d", o->retry, SCP_HTTP_RETRIES_MAX);
    own->run = (struct scp_revocation_run){ .now = common->at,
                                            .began = scp_utc_now(),
                                            .deadline = scp_deadline_after(common->timeout),
                                            .max_response_age = o->max_response_age,
                                            .limits = scp_revocation_limits_default,
                                            .retries = (unsigned)retries };
    scp_common_limits(common, own->session.part, &limits->freshness.warning, &limits->freshness.critical);
    limits->freshness.has_warning = common->warning.set && !own->session.part;
    limits->freshness.has_critical = common->critical.set && !own->session.part;
    if (own->session.part)
        limits->no_way_out = SCP_UNKNOWN; /* of another host's way out nothing follows for the server */
    if (o->response_time.set) {
        limits->slow = o->response_time.warning;
        limits->slow_critical = o->response_time.critical;
    }
    return 0;
}

/* The profile's endpoints, or the one object that is named. */
static bool is_file(const char *place)
{
    return place == NULL || strstr(place, "://") == NULL;
}

static bool asks(const struct scp_session *s)
{
    const struct scp_revocation_single *o = &((const struct scp_revocation_session *)s)->options.single;

    return (o->crl == NULL && o->ocsp == NULL) || !is_file(o->crl) || !is_file(o->ocsp);
}

static int open_plan(struct scp_revocation_session *own, struct scp_err *err)
{
    struct scp_session *s = &own->session;

    if (scp_revocation_single_asked(&own->options.single))
        return scp_source_profile_check(s->common.profile, err) == 0
                   ? scp_revocation_plan_single(&own->options.single, &own->plan, err)
                   : -1;
    return scp_session_profile(s, err) == 0
               ? scp_revocation_plan(s->profile, &own->options.endpoint, &own->options.skip, &own->plan, err)
               : -1;
}

static int open_revocation(struct scp_session *s, struct scp_err *err)
{
    struct scp_revocation_session *own = (struct scp_revocation_session *)s;

    s->list = own->options.list_endpoints;
    if (set_run(own, err) != 0 || open_plan(own, err) != 0)
        return -1;
    s->no_registry = scp_revocation_single_asked(&own->options.single);
    if (s->list || s->part)
        return 0;
    if (scp_session_network(s, err) != 0)
        return -1;
    if (!s->egress->registry_proxy)
        return scp_session_given(s)
                   ? scp_err_set(err, SCP_ERR_USAGE, "--registry and --hostname are of use with --proxy=registry only")
                   : 0;
    return scp_session_registry(s, scp_paths_scope_proxy, err) == 0 ? 0 : scp_err_prefix(err, "--proxy=registry");
}

static void list(const struct scp_session *s, struct scp_buf *out)
{
    scp_revocation_list(&((const struct scp_revocation_session *)s)->plan, out);
}

/* --- Gathering and judging --- */

static int ask(struct scp_session *s, struct scp_err *err)
{
    struct scp_revocation_session *own = (struct scp_revocation_session *)s;
    struct scp_http_options options = s->egress->options;
    struct scp_http *http = NULL;
    int rc;

    if (s->egress->registry_proxy) { /* in place of the command line's */
        scp_egress_gather(s->registry, &own->egress);
        own->egress.implied = s->egress->implied_proxy;
        options.proxy_for = scp_egress_proxy_for;
        options.proxy_context = &own->egress;
    }
    options.retries = own->run.retries;
    options.progress = scp_app_progress;
    own->run.vantage = s->vantage;
    scp_app_stage("asking the endpoints");
    if (scp_revocation_plan_network(&own->plan) && (http = scp_http_curl_new(&options, err)) == NULL)
        return -1;
    rc = scp_revocation_gather(&own->plan, http, &own->run, &own->facts, err);
    scp_http_free(http);
    if (rc == 0)
        scp_revocation_weigh(&own->plan, &own->run, &own->facts);
    s->vantage = own->facts.vantage;
    return rc;
}

static void evaluate(struct scp_session *s, struct scp_result *r)
{
    const struct scp_revocation_session *own = (struct scp_revocation_session *)s;
    struct scp_revocation_reach reach;

    scp_revocation_evaluate(&own->facts, &own->run.limits, s->common.at, r);
    if (!s->egress->registry_proxy || s->part)
        return;
    scp_egress_evaluate(&own->egress, r);
    scp_revocation_reach(&own->facts, &reach);
    scp_revocation_bypass(&own->facts, &own->egress, reach.server, r);
}

static void show(const struct scp_session *s, struct scp_result *r)
{
    const struct scp_revocation_facts *f = &((const struct scp_revocation_session *)s)->facts;

    scp_revocation_summary(f, r);
    scp_revocation_table(f, s->common.at, r, r);
}

static void put_facts(const struct scp_session *s, struct scp_json *j)
{
    const struct scp_revocation_session *own = (const struct scp_revocation_session *)s;

    scp_revocation_facts_put(j, &own->facts, &own->run.limits);
}

static void close_revocation(struct scp_session *s)
{
    struct scp_revocation_session *own = (struct scp_revocation_session *)s;

    scp_revocation_free(&own->facts);
    scp_revocation_plan_free(&own->plan);
}

const struct scp_check scp_revocation_check = {
    .about = { .name = "check_scp_revocation",
               .title = "SCP REVOCATION",
               .purpose = "Do the hosts of CRLs, OCSP answers and trust lists answer, and with something valid?",
               .description =
                   "Asks the endpoints that a profile names, all at once, and judges what they serve: signature, issuer, validity "
                   "and scope of CRLs and OCSP answers, signature and content of Microsoft's trust lists, hashes of issuers' "
                   "certificates. A page of a captive portal or a proxy, an old or a forged object is never taken for an answer.\n"
                   "With --crl or --ocsp, one CRL or one responder of any CA is judged instead.\n"
                   "-w and -c are ranges for the time that is left until an object expires (default: WARNING below the smaller of "
                   "6 hours and a tenth of its lifetime). The probe comes from this machine: what the service connection point may "
                   "reach can differ.",
               .examples = "check_scp_revocation\n"
                           "check_scp_revocation --list-endpoints --profile=article\n"
                           "check_scp_revocation --profile=article --proxy=http://proxy.example.com:8080 -t 20\n"
                           "check_scp_revocation --skip-endpoint=dtrust_crl --skip-endpoint=dtrust_ocsp -w 12h: -c 1h: -o json -v\n"
                           "check_scp_revocation --crl=http://crl3.digicert.com/DigiCertGlobalRootG2.crl "
                           "--issuer=DigiCertGlobalRootG2.crt\n"
                           "check_scp_revocation --ocsp=http://ocsp.example.com --issuer=ca.pem --certificate=server.pem "
                           "--max-response-age=4d",
               .options = TABLES,
               .first = { "profile", "endpoint", "proxy", "crl", "ocsp", "output" },
               .catalogue = CATALOGUE },
    .size = sizeof(struct scp_revocation_session),
    .kept = offsetof(struct scp_revocation_session, plan),
    .failure = "revocation.undetermined",
    .by_profile = true,
    .asks = asks,
    .open = open_revocation,
    .list = list,
    .ask = ask,
    .evaluate = evaluate,
    .show = show,
    .facts = put_facts,
    .close = close_revocation,
};
