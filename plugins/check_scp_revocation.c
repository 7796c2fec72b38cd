/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_revocation: do the hosts that serve CRLs, OCSP answers and trust lists answer, and with something valid?
 *
 *   SCP REVOCATION OK (from mon01) - 12 of 12 endpoints valid, soonest expiry ocsp_dc in 5 days | endpoints_ok=12;;;0;12 …
 */
#include "base/utc.h"
#include "check/revocation/check.h"
#include "plugin/app.h"

#include <stddef.h>

struct config {
    struct scp_common common;
    struct scp_network network;
    struct scp_revocation_options options;
    bool list_endpoints;
};

#define AT(field) offsetof(struct config, field)

static const struct scp_option OPTIONS[] = {
    { 0, "endpoint", "ID", SCP_OPTION_LIST, AT(options.endpoint), NULL, "ask this endpoint of the profile only; repeatable" },
    { 0, "skip", "ID", SCP_OPTION_LIST, AT(options.skip), NULL, "leave this endpoint out; repeatable" },
    { 0, "list-endpoints", NULL, SCP_OPTION_FLAG, AT(list_endpoints), NULL, "list what is asked where" },
    { 0, "response-time", "W,C", SCP_OPTION_TEXT, AT(options.response_time), NULL,
      "WARNING when an answer takes longer than W seconds; after C seconds an endpoint has failed (default 2,8)" },
    { 0, "retry", "N", SCP_OPTION_TEXT, AT(options.retry), NULL,
      "try a failed transfer N times more, within its time (default 0)" },
    { 0, "max-response-age", "DURATION", SCP_OPTION_DURATION, AT(options.max_response_age), NULL,
      "a CRL or an OCSP answer made longer ago is expired (default: no limit)" },
    { 0, "crl", "URL/FILE", SCP_OPTION_TEXT, AT(options.single.crl), NULL, "judge this CRL instead of the profile's endpoints" },
    { 0, "ocsp", "URL/FILE", SCP_OPTION_TEXT, AT(options.single.ocsp), NULL, "judge this OCSP responder, or the answer in a file" },
    { 0, "issuer", "FILE", SCP_OPTION_LIST, AT(options.single.issuer), NULL,
      "the CA's certificates for --crl or --ocsp, PEM or DER; repeatable, all in a file count: a CA may have several keys" },
    { 0, "certificate", "FILE", SCP_OPTION_TEXT, AT(options.single.certificate), NULL, "the certificate asked about; PEM or DER" },
    { 0, "serial", "HEX", SCP_OPTION_TEXT, AT(options.single.serial), NULL, "the same, by its serial number" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};

static const struct scp_option NETWORK[] = { SCP_NETWORK_OPTIONS(struct config, network),
                                             { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL } };
static const struct scp_option *const TABLES[] = {
    OPTIONS, scp_common_time_threshold_options, NETWORK, scp_common_registry_options, scp_common_options, NULL
};
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_revocation_catalogue, scp_egress_catalogue, scp_source_catalogue,
                                                               NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp_revocation",
    .title = "SCP REVOCATION",
    .purpose = "Do the hosts of CRLs, OCSP answers and trust lists answer, and with something valid?",
    .description =
        "Asks the endpoints that a profile names, all at once, and judges what they serve: signature, issuer, validity and scope "
        "of CRLs and OCSP answers, signature and content of Microsoft's trust lists, hashes of issuers' certificates. A page of a "
        "captive portal or a proxy, an old or a forged object is never taken for an answer.\n"
        "With --crl or --ocsp, one CRL or one responder of any CA is judged instead.\n"
        "-w and -c are ranges for the time that is left until an object expires (default: WARNING below the smaller of 6 hours "
        "and a tenth of its lifetime). The probe comes from this machine: what the service connection point may reach can differ.",
    .examples =
        "check_scp_revocation\n"
        "check_scp_revocation --list-endpoints --profile=article\n"
        "check_scp_revocation --profile=article --proxy=http://proxy.example.com:8080 -t 20\n"
        "check_scp_revocation --skip=dtrust_crl --skip=dtrust_ocsp -w 12h: -c 1h: -o json -v\n"
        "check_scp_revocation --crl=http://crl3.digicert.com/DigiCertGlobalRootG2.crl --issuer=DigiCertGlobalRootG2.crt\n"
        "check_scp_revocation --ocsp=http://ocsp.example.com --issuer=ca.pem --certificate=server.pem --max-response-age=4d",
    .options = TABLES,
    .catalogue = CATALOGUE,
};

/* What a run needs; closed in any state. */
struct session {
    struct scp_profile profile;
    struct scp_revocation_run run;
    struct scp_revocation_plan plan;
    struct scp_revocation_path path;
    struct scp_revocation_facts facts;
};

static int open_session(const struct config *c, struct session *s, struct scp_err *err)
{
    if (scp_revocation_run_set(&c->options, &c->common, scp_utc_now(), &s->run, err) != 0)
        return -1;
    return scp_revocation_plan_open(&c->options, c->common.profile, &s->profile, &s->plan, err);
}

static void close_session(struct session *s)
{
    scp_revocation_free(&s->facts);
    scp_revocation_path_close(&s->path);
    scp_revocation_plan_free(&s->plan);
    scp_profile_free(&s->profile);
}

static int check(struct scp_app *app, const struct config *c, struct session *s)
{
    struct scp_report m = { .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN, .profile_name = s->profile.name };
    struct scp_err err = SCP_ERR_INIT;
    char as_of[SCP_UTC_TEXT];
    struct scp_result *r;

    if (scp_revocation_path_open(&c->network, &c->common, &s->path, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    scp_app_stage("asking the endpoints");
    s->path.network.options.progress = scp_app_progress;
    if (scp_revocation_ask(&s->plan, &s->path, &s->run, &s->facts, &err) != 0)
        return scp_app_fail(app, "revocation.undetermined", &err);
    scp_app_stage("judging the answers");
    scp_vantage_report(&s->facts.vantage, &m);
    scp_revocation_path_report(&s->path, &m);
    scp_utc_format_date(s->profile.as_of, as_of);
    m.profile_as_of = as_of;
    r = scp_result_new(CATALOGUE);
    if (r != NULL)
        scp_revocation_judge(&s->facts, &s->run, &s->profile, &s->path, &c->common, r);
    return scp_app_finish(app, &m, r);
}

static int list_endpoints(struct scp_app *app, const struct session *s)
{
    struct scp_buf text;
    int rc;

    scp_buf_init(&text, 1 << 16);
    scp_revocation_list(&s->plan, &text);
    rc = scp_app_print(app, &text);
    scp_buf_free(&text);
    return rc;
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS };
    struct session s = { .facts = { .v = NULL } };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_app app;
    int rc = scp_app_start(&app, &ABOUT, &c, argc, argv);

    if (rc >= 0)
        return rc;
    if (c.common.list_profiles)
        rc = scp_source_print_profiles(&app);
    else if (open_session(&c, &s, &err) != 0)
        rc = scp_app_fail(&app, "usage", &err);
    else
        rc = c.list_endpoints ? list_endpoints(&app, &s) : check(&app, &c, &s);
    close_session(&s);
    return rc;
}
