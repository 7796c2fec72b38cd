/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp: the diagnosis.  Which of the support article's four causes is present, and which one to mend first?
 *
 *   SCP CRITICAL - cause: root auto-update is disabled and DigiCert Global Root G2 is missing (mending either is enough) | …
 */
#include "base/utc.h"
#include "check/diagnosis/session.h"
#include "plugin/app.h"

#include <stddef.h>
#include <stdlib.h>

struct config {
    struct scp_common common;
    struct scp_network network;
    struct scp_diagnosis_options options;
};

#define AT(field) offsetof(struct config, field)

static const struct scp_option OPTIONS[] = {
    { 0, "skip", "PART", SCP_OPTION_LIST, AT(options.skip), NULL,
      "leave a part out: roots, intermediates, revocation, autoupdate or status; repeatable" },
    SCP_AUTOUPDATE_DESIGN_OPTIONS(struct config, options.update),
    SCP_STATUS_OPTIONS(struct config, options.status),
    { 'w', "warning", "RANGE", SCP_OPTION_RANGE, AT(common.warning), NULL,
      "number of causes that are present (default: none; causes have states of their own)" },
    { 'c', "critical", "RANGE", SCP_OPTION_RANGE, AT(common.critical), NULL, "the same for CRITICAL" },
    { 'o', "output", "FORMAT", SCP_OPTION_CHOICE, AT(common.output), "plugin|terminal|json|openmetrics|html",
      "plugin, terminal, json, openmetrics or html, a page to hand on (default terminal where standard output is one, else "
      "plugin)" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};

static const struct scp_option NETWORK[] = { SCP_NETWORK_OPTIONS(struct config, network),
                                             { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL } };
static const struct scp_option *const TABLES[] = { scp_common_registry_options, OPTIONS, NETWORK, scp_common_options, NULL };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_diagnosis_catalogue,
                                                               scp_roots_catalogue,
                                                               scp_autoupdate_catalogue,
                                                               scp_list_catalogue,
                                                               scp_mirror_catalogue,
                                                               scp_intermediates_catalogue,
                                                               scp_revocation_catalogue,
                                                               scp_status_catalogue,
                                                               scp_egress_catalogue,
                                                               scp_source_catalogue,
                                                               NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp",
    .title = "SCP",
    .purpose = "Why can a service connection point not reach Microsoft's cloud, and what is to be mended first?",
    .description =
        "Reads the registry of a Configuration Manager service connection point once, asks the endpoints once, and looks for the "
        "four causes and the symptoms of Microsoft's support article: automatic root update off, DigiCert Global Root G2 missing, "
        "intermediates missing, CRL and OCSP hosts out of reach. It says which are present, which follow from another, and which "
        "one to mend first.",
    .examples = "check_scp -R scp01.reg\n"
                "check_scp -R scp01.reg --log=dmpuploader.log --messages=messages.json\n"
                "check_scp -R SOFTWARE -R SYSTEM -R DEFAULT --proxy=registry -t 20\n"
                "check_scp -R scp01.reg --skip=revocation -o html\n"
                "check_scp -R scp01.reg --expect=disabled",
    .options = TABLES,
    .catalogue = CATALOGUE,
    .html = scp_report_html,
};

static int check(struct scp_app *app, const struct config *c, struct scp_diagnosis_session *s)
{
    struct scp_report m = { .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN, .profile_name = s->profile.name };
    struct scp_result *r = scp_result_new(CATALOGUE);
    char as_of[SCP_UTC_TEXT];
    size_t told;

    scp_utc_format_date(s->profile.as_of, as_of);
    m.profile_as_of = as_of;
    if (r != NULL && scp_source_profile_clock(&s->profile, c->common.at, r))
        return scp_app_finish(app, &m, r);
    scp_diagnosis_gather(s, scp_app_stage, scp_app_progress);
    scp_app_stage("judging");
    scp_diagnosis_vantage(s, &m);
    told = r != NULL && s->source.registry != NULL ? scp_source_begin(&s->source, r) : 0;
    if (scp_diagnosis_judge(s, CATALOGUE, r) != 0) {
        scp_result_free(r);
        return scp_app_finish(app, &m, NULL);
    }
    if (s->source.registry != NULL) {
        scp_source_report(&s->source, &m);
        scp_source_evaluate(&s->source, c->common.max_age, c->common.at, r);
    }
    scp_source_profile_age(&s->profile, c->common.at, r);
    /* A source that tells nothing is the first thing to be said. */
    if (told > 0 && scp_result_state(r) == SCP_UNKNOWN)
        scp_result_summary(r, "%s", "");
    if (c->common.output == SCP_OUTPUT_HTML)
        scp_diagnosis_exhibits(s, r);
    if (c->common.verbosity > 0 && c->common.output == SCP_OUTPUT_JSON)
        scp_result_facts(r, scp_diagnosis_json(s, c->common.verbosity > 1));
    return scp_app_finish(app, &m, r);
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS, .options.status = SCP_STATUS_OPTIONS_DEFAULTS };
    struct scp_diagnosis_session *s;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_app app;
    int rc = scp_app_start(&app, &ABOUT, &c, argc, argv);

    if (rc >= 0 || c.common.list_profiles)
        return rc >= 0 ? rc : scp_source_print_profiles(&app);
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return scp_app_finish(&app, &(struct scp_report){ .source_kind = "none" }, NULL);
    scp_app_stage("reading the registry");
    rc = scp_diagnosis_open(&c.common, &c.network, &c.options, s, &err) == 0 ? check(&app, &c, s)
                                                                             : scp_app_fail(&app, "usage", &err);
    scp_diagnosis_close(s);
    free(s);
    return rc;
}
