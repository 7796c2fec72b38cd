/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_intermediates: can the certificate chains of Microsoft's cloud be built from what a service connection point has?
 *
 *   SCP INTERMEDIATES CRITICAL - service.pem: no path to a trusted root; issuer 'Microsoft TLS RSA Root G2' not found in …
 */
#include "check/intermediates/check.h"
#include "check/egress/network.h"
#include "check/source/source.h"
#include "base/utc.h"
#include "check/egress/vantage.h"
#include "plugin/app.h"
#include "windows/paths.h"

#include <stddef.h>

struct config {
    struct scp_common common;
    struct scp_network network;
    struct scp_intermediates_options options;
};

#define FIELD(name) offsetof(struct config, options.name), NULL

static const struct scp_option OPTIONS[] = {
    { 0, "require", "CA", SCP_OPTION_LIST, FIELD(require),
      "an issuing CA that must chain: an alias of a family or CA of the profile, a SHA-1 or a SHA-256 thumbprint; repeatable" },
    { 0, "certificate", "FILE", SCP_OPTION_TEXT, FIELD(certificate),
      "build this certificate's path from the stores only (of a chain: of its end), instead of those of the profile's families" },
    { 0, "connect", "HOST[:PORT]", SCP_OPTION_TEXT, FIELD(connect),
      "judge the chain that this TLS server sends against the stores, instead of the profile's families; nothing is sent to it" },
    { 0, "roots", "FILE", SCP_OPTION_TEXT, FIELD(roots), "trusted roots instead of a registry (PEM, PKCS#7, .sst)" },
    { 0, "intermediates", "FILE", SCP_OPTION_TEXT, FIELD(intermediates), "intermediate certificates instead of a registry" },
    { 0, "crl", "FILE", SCP_OPTION_LIST, FIELD(crl), "revocation lists (PEM, DER) to hold against the paths; repeatable" },
    { 0, "purpose", "PURPOSE", SCP_OPTION_CHOICE, offsetof(struct config, options.purpose), "serverauth|codesigning|any",
      "serverauth (default), codesigning or any: what every certificate of a path must be allowed for" },
    { 0, "aia", "MODE", SCP_OPTION_CHOICE, offsetof(struct config, options.aia), "off|probe",
      "probe: fetch what is missing from the issuers' addresses, as Windows would, and check that it is right (default off)" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};
static const struct scp_option NETWORK[] = { SCP_NETWORK_OPTIONS(struct config, network), { 0, NULL, NULL, 0, 0, NULL, NULL } };
static const struct scp_option *const TABLES[] = { scp_common_registry_options, OPTIONS, scp_common_time_threshold_options, NETWORK,
                                                   scp_common_options,          NULL };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_intermediates_catalogue, scp_source_catalogue, NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp_intermediates",
    .title = "SCP INTERMEDIATES",
    .purpose = "Can the certificate chains of Microsoft's cloud be built from what the server has?",
    .description = "Tries every path from the issuing CAs of Microsoft's cloud - or from a certificate, or from what a live server "
                   "sends - to the trusted roots in a service connection point's registry, or in bundles. OpenSSL verifies each "
                   "path, the rules of Windows stand above it. Where none is good, the certificate that is missing is named, and "
                   "whether Windows would fetch it.\n"
                   "-w and -c are ranges for the remaining life of the best path (defaults 60d: and 14d:).",
    .examples = "check_scp_intermediates -R scp01.reg\n"
                "check_scp_intermediates -R scp01.reg --aia=probe\n"
                "check_scp_intermediates -R scp01.reg --certificate=service.pem -o json -v\n"
                "check_scp_intermediates -R scp01.reg --connect=login.microsoftonline.com\n"
                "check_scp_intermediates --roots=roots.pem --intermediates=cas.pem --certificate=leaf.pem\n"
                "check_scp_intermediates --explain=intermediates.missing",
    .options = TABLES,
    .catalogue = CATALOGUE,
};

/* What a run needs; closed in any state.  source.registry is NULL where bundles stand for it. */
struct session {
    struct scp_profile profile;
    struct scp_source_facts source;
    struct scp_trust trust;
    struct scp_intermediates_facts facts;
    struct scp_network_setting network;
};

struct view_context {
    const struct config *c;
    struct session *s;
};

/* Without a network. */
static int judge_view(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err)
{
    const struct view_context *v = ctx;
    const struct scp_deadline deadline = scp_deadline_after(v->c->common.timeout);
    struct scp_intermediates_options options = v->c->options;
    struct scp_trust trust;
    const struct scp_intermediates_query q = {
        .trust = &trust, .options = &options, .now = v->c->common.at, .network = &v->s->network, .deadline = &deadline
    };
    struct scp_intermediates_facts facts = { 0 };
    int rc = scp_trust_read(view, &v->s->profile, &trust, err);

    options.aia = SCP_AIA_OFF;
    options.connect = NULL;
    if (rc == 0)
        rc = scp_intermediates_gather(&q, &facts, err);
    if (rc == 0)
        scp_intermediates_evaluate(&facts, &scp_intermediates_limits_default, v->c->common.at, r);
    scp_intermediates_free(&facts);
    scp_trust_free(&trust);
    return rc;
}

static int open_source(const struct config *c, struct session *s, struct scp_err *err)
{
    struct view_context context = { c, s };
    const struct scp_source_judge view = { CATALOGUE, judge_view, &context };

    return scp_source_open(&c->common, scp_paths_scope_all, &s->source, err) == 0 ? scp_source_reconcile(&s->source, &view, err)
                                                                                  : -1;
}

static int open_session(const struct config *c, struct session *s, struct scp_err *err)
{
    bool files = c->options.roots != NULL || c->options.intermediates != NULL;
    const struct scp_list none = { 0 };

    if (files && (c->common.registry.n > 0 || c->common.hostname != NULL))
        return scp_err_set(err, SCP_ERR_USAGE, "--roots and --intermediates stand for a registry: give one or the other");
    if (scp_network_open(&c->network, &s->network, err) != 0 ||
        scp_source_profile(c->common.profile, &none, &none, &s->profile, err) != 0)
        return -1;
    return files ? 0 : open_source(c, s, err);
}

static int check(struct scp_app *app, const struct config *c, struct session *s)
{
    struct scp_report m = { .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN, .profile_name = s->profile.name };
    const struct scp_deadline deadline =
        scp_deadline_after(c->common.timeout > 1 ? c->common.timeout - 0.5 : c->common.timeout * 0.7);
    const struct scp_intermediates_query q = {
        .trust = &s->trust, .options = &c->options, .now = c->common.at, .network = &s->network, .deadline = &deadline
    };
    struct scp_intermediates_limits limits = scp_intermediates_limits_default;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_vantage vantage;
    char as_of[SCP_UTC_TEXT];
    struct scp_result *r;

    scp_app_stage("building paths");
    if (scp_trust_read(s->source.registry, &s->profile, &s->trust, &err) != 0 || scp_intermediates_gather(&q, &s->facts, &err) != 0)
        return scp_app_fail(app, err.code == SCP_ERR_USAGE ? "usage" : "intermediates.file-unusable", &err);
    limits.warning = c->common.warning.set ? c->common.warning.range : limits.warning;
    limits.critical = c->common.critical.set ? c->common.critical.range : limits.critical;
    scp_utc_format_date(s->profile.as_of, as_of);
    m.profile_as_of = as_of;
    scp_vantage_of(&s->network, &vantage);
    scp_vantage_told(&vantage, s->facts.vantage);
    scp_vantage_report(&vantage, &m);
    r = scp_result_new(CATALOGUE);
    if (r != NULL) {
        if (s->source.registry != NULL)
            (void)scp_source_begin(&s->source, r);
        if (s->source.registry == NULL ||
            (scp_source_judgeable(&s->source) && !scp_source_profile_clock(&s->profile, c->common.at, r)))
            scp_intermediates_evaluate(&s->facts, &limits, c->common.at, r);
        if (s->source.registry != NULL) {
            scp_source_report(&s->source, &m);
            scp_source_evaluate(&s->source, c->common.max_age, c->common.at, r);
        }
        scp_source_profile_age(&s->profile, c->common.at, r);
        if (c->common.verbosity > 0 && c->common.output == SCP_OUTPUT_JSON)
            scp_result_facts(r, scp_intermediates_json(&s->facts, s->source.registry));
    }
    return scp_app_finish(app, &m, r);
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS };
    struct session s = { .network = { .rules = NULL } };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_app app;
    int rc = scp_app_start(&app, &ABOUT, &c, argc, argv);

    if (rc >= 0 || c.common.list_profiles)
        return rc >= 0 ? rc : scp_source_print_profiles(&app);
    rc = open_session(&c, &s, &err) == 0 ? check(&app, &c, &s) : scp_app_fail(&app, "usage", &err);
    scp_intermediates_free(&s.facts);
    scp_trust_free(&s.trust);
    scp_network_close(&s.network);
    scp_source_close(&s.source);
    scp_profile_free(&s.profile);
    return rc;
}
