/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/check.h"

#include "check/source/registry_facts.h"
#include "windows/paths.h"

#include <stddef.h>

#define AT(field) offsetof(struct scp_intermediates_options, field)

static const struct scp_option OPTIONS[] = {
    { SCP_GROUP_JUDGED, 0, "require", "CA", SCP_OPTION_LIST, AT(require), NULL,
      "an issuing CA that must chain: an alias of a family or CA of the profile, a SHA-1 or a SHA-256 thumbprint; repeatable" },
    { SCP_GROUP_JUDGED, 0, "certificate", "FILE", SCP_OPTION_TEXT, AT(certificate), NULL,
      "build this certificate's path from the stores only (of a chain: of its end), instead of those of the profile's families" },
    { SCP_GROUP_JUDGED, 0, "connect", "HOST[:PORT]", SCP_OPTION_TEXT, AT(connect), NULL,
      "judge the chain that this TLS server sends against the stores, instead of the profile's families; nothing is sent to it" },
    { SCP_GROUP_JUDGED, 0, "name", "HOST", SCP_OPTION_TEXT, AT(name), NULL,
      "the certificate of --certificate or --connect must be for this host or address (default: the host of --connect)" },
    { SCP_GROUP_SOURCE, 0, "roots", "FILE", SCP_OPTION_TEXT, AT(roots), NULL,
      "trusted roots instead of a registry (PEM, PKCS#7, .sst)" },
    { SCP_GROUP_SOURCE, 0, "intermediates", "FILE", SCP_OPTION_TEXT, AT(intermediates), NULL,
      "intermediate certificates instead of a registry" },
    { SCP_GROUP_JUDGED, 0, "with-crl", "FILE", SCP_OPTION_LIST, AT(crl), NULL,
      "revocation lists (PEM, DER) that have to cover every certificate of a path but its root; repeatable" },
    { SCP_GROUP_JUDGED, 0, "purpose", "PURPOSE", SCP_OPTION_CHOICE, AT(purpose), "serverauth|codesigning|any",
      "serverauth (default), codesigning or any: what every certificate of a path must be allowed for" },
    { SCP_GROUP_JUDGED, 0, "aia", "MODE", SCP_OPTION_CHOICE, AT(aia), "off|probe",
      "probe: fetch what is missing from the issuers' addresses, as Windows would, and check that it is right (default off)" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = {
    SCP_REGISTRY_TABLE,       SCP_WITH_TABLE,    { OPTIONS, offsetof(struct scp_intermediates_session, options) },
    SCP_TIME_THRESHOLD_TABLE, SCP_NETWORK_TABLE, SCP_LAST_TABLES
};
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_intermediates_catalogue, scp_source_catalogue, NULL };

static bool asks(const struct scp_session *s)
{
    const struct scp_intermediates_options *o = &((const struct scp_intermediates_session *)s)->options;

    return o->connect != NULL || o->aia == SCP_AIA_PROBE;
}

static int open_intermediates(struct scp_session *s, struct scp_err *err)
{
    const struct scp_intermediates_options *o = &((struct scp_intermediates_session *)s)->options;
    bool files = o->roots != NULL || o->intermediates != NULL;

    if (o->name != NULL && o->certificate == NULL && o->connect == NULL)
        return scp_err_set(err, SCP_ERR_USAGE,
                           "--name is what the certificate of --certificate or --connect must be for: give one");
    s->no_registry = files;
    if (files && scp_session_given(s))
        return scp_err_set(err, SCP_ERR_USAGE, "--roots and --intermediates stand for a registry: give one or the other");
    if (scp_session_network(s, err) != 0 || scp_session_profile(s, err) != 0)
        return -1;
    return files ? 0 : scp_session_registry(s, scp_paths_scope_all, err);
}

static int gather(struct scp_session *s, struct scp_err *err)
{
    struct scp_intermediates_session *own = (struct scp_intermediates_session *)s;
    struct scp_intermediates_options options = own->options;
    const struct scp_intermediates_query q = {
        .trust = s->trust, .options = &options, .now = s->common.at, .network = s->egress, .deadline = &s->deadline
    };

    if (s->view) {
        options.aia = SCP_AIA_OFF;
        options.connect = NULL;
    }
    scp_app_stage("building paths");
    if (scp_session_trust(s, s->registry, err) != 0 || scp_intermediates_gather(&q, &own->facts, err) != 0)
        return -1;
    s->vantage.from = own->facts.from;
    own->facts.from_scp = scp_vantage_is_server(&s->vantage, scp_intermediates_valid(&own->facts));
    return 0;
}

static void evaluate(struct scp_session *s, struct scp_result *r)
{
    struct scp_intermediates_limits limits = scp_intermediates_limits_default;

    if (!s->judgeable)
        return;
    scp_common_limits(&s->common, s->part, &limits.warning, &limits.critical);
    limits.asked = !s->part && (s->common.warning.set || s->common.critical.set);
    scp_intermediates_evaluate(&((struct scp_intermediates_session *)s)->facts, &limits, s->common.at, r);
}

static void put_facts(const struct scp_session *s, struct scp_json *j)
{
    scp_intermediates_facts_put(j, &((const struct scp_intermediates_session *)s)->facts);
    if (s->registry != NULL && !s->part)
        scp_registry_facts_put(j, s->registry);
}

static void close_intermediates(struct scp_session *s)
{
    scp_intermediates_free(&((struct scp_intermediates_session *)s)->facts);
}

const struct scp_check scp_intermediates_check = {
    .about = { .name = "check_scp_intermediates",
               .title = "SCP INTERMEDIATES",
               .purpose = "Can the certificate chains of Microsoft's cloud be built from what the server has?",
               .description = "Seeks paths from the issuing CAs of Microsoft's cloud - or from a certificate, or from what a "
                              "live server sends - to the trusted roots in a service connection point's registry, or in bundles. "
                              "OpenSSL verifies each path, the rules of Windows stand above it. Where none is good, the "
                              "certificate that is missing is named, and whether Windows would fetch it.\n"
                              "-w and -c are ranges for the remaining life (defaults 60d: and 14d:).",
               .examples = "check_scp_intermediates -R scp-snapshot\n"
                           "check_scp_intermediates -R scp01.reg --aia=probe\n"
                           "check_scp_intermediates -R scp01.reg --certificate=service.pem -o json -v\n"
                           "check_scp_intermediates -R scp01.reg --connect=login.microsoftonline.com\n"
                           "check_scp_intermediates --roots=roots.pem --intermediates=cas.pem --certificate=leaf.pem "
                           "--name=host.example.com\n"
                           "check_scp_intermediates --explain=intermediates.missing",
               .options = TABLES,
               .first = { "registry", "hostname", "certificate", "connect", "aia", "output" },
               .catalogue = CATALOGUE },
    .size = sizeof(struct scp_intermediates_session),
    .kept = offsetof(struct scp_intermediates_session, facts),
    .failure = "intermediates.file-unusable",
    .by_registry = true,
    .asks = asks,
    .open = open_intermediates,
    .gather = gather,
    .evaluate = evaluate,
    .facts = put_facts,
    .close = close_intermediates,
};
