/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_autoupdate: would Windows still receive new roots and lists of distrust?
 *
 *   SCP AUTOUPDATE OK - enabled, synced 9 h ago, list of 2026-11-18 verified, names DigiCert Global Root G2 | enabled=1;;1: …
 */
#include "check/autoupdate/check.h"
#include "check/source/source.h"
#include "base/utc.h"
#include "check/egress/vantage.h"
#include "plugin/app.h"
#include "windows/paths.h"

#include <stddef.h>

struct config {
    struct scp_common common;
    struct scp_network network;
    struct scp_autoupdate_options options;
};

static const struct scp_option OPTIONS[] = {
    { 0, "disallowed-age", "W,C", SCP_OPTION_TEXT, offsetof(struct config, options.disallowed_age), NULL,
      "age of the last synchronisation of disallowed certificates that warns, and that is critical (default 4d,14d)" },
    SCP_AUTOUPDATE_DESIGN_OPTIONS(struct config, options),
    { 0, "online", NULL, SCP_OPTION_FLAG, offsetof(struct config, options.online), NULL,
      "fetch the current lists from where Windows would, and compare them with what the server has" },
    { 0, "list", "FILE", SCP_OPTION_TEXT, offsetof(struct config, options.list), NULL, "judge one list: .stl, .cab or .sst" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};

static const struct scp_option NETWORK[] = { SCP_NETWORK_OPTIONS(struct config, network),
                                             { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL } };
static const struct scp_option *const TABLES[] = { scp_common_registry_options, OPTIONS, scp_common_time_threshold_options, NETWORK,
                                                   scp_common_options,          NULL };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_autoupdate_catalogue, scp_list_catalogue,   scp_mirror_catalogue,
                                                               scp_egress_catalogue,     scp_source_catalogue, NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp_autoupdate",
    .title = "SCP AUTOUPDATE",
    .purpose = "Would Windows still receive roots and lists of distrust?",
    .description =
        "Reads from the registry of a service connection point how Windows updates its trusted roots and its list of disallowed "
        "certificates, when it last did, and what it has; compares that with what is served, audits mirrors, judges single lists.\n"
        "-w and -c are ranges for the age of the last synchronisation of trusted roots (defaults 15d and 35d).",
    .examples = "check_scp_autoupdate -R scp01.reg\n"
                "check_scp_autoupdate -R scp01.reg --expect=mirror --mirror=/srv/ctl\n"
                "check_scp_autoupdate -R scp01.reg --online -w 7d -c 21d --disallowed-age=4d,14d\n"
                "check_scp_autoupdate --mirror=http://mirror.example/ctl -t 30\n"
                "check_scp_autoupdate --list=authrootstl.cab -o json -v",
    .options = TABLES,
    .catalogue = CATALOGUE,
};

/* What a run needs; closed in any state.  source.registry is NULL where none was given. */
struct session {
    struct scp_profile profile;
    struct scp_source_facts source;
    struct scp_autoupdate_limits limits;
    struct scp_trust trust;
    struct scp_autoupdate_facts facts;
    struct scp_network_setting network;
    struct scp_http *http;
};

struct view_context {
    const struct config *c;
    struct session *s;
};

/* What is fetched does not depend on which source wins. */
static int judge_view(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err)
{
    const struct view_context *v = ctx;
    const struct scp_autoupdate_options options = { .expect = v->c->options.expect };
    struct scp_autoupdate_facts facts = { 0 };
    struct scp_trust trust;
    int rc = scp_trust_read(view, &v->s->profile, &trust, err);

    if (rc == 0)
        rc = scp_autoupdate_gather(&trust, &options, &facts, err);
    if (rc == 0)
        scp_autoupdate_evaluate(&facts, &v->s->limits, v->c->common.at, r);
    scp_autoupdate_free(&facts);
    scp_trust_free(&trust);
    return rc;
}

static int open_source(const struct config *c, struct session *s, struct scp_err *err)
{
    struct view_context context = { c, s };
    const struct scp_source_judge view = { CATALOGUE, judge_view, &context };

    return scp_source_open(&c->common, scp_paths_scope_update, &s->source, err) == 0 ? scp_source_reconcile(&s->source, &view, err)
                                                                                     : -1;
}

static int open_session(const struct config *c, struct session *s, struct scp_err *err)
{
    const struct scp_list none = { 0 };
    bool options = c->options.list != NULL || c->options.mirror != NULL || c->options.online,
         registry = c->common.registry.n > 0 || c->common.hostname != NULL;

    if (scp_autoupdate_limit(&c->options, &c->common, &s->limits, err) != 0 ||
        scp_network_open(&c->network, &s->network, err) != 0 ||
        scp_source_profile(c->common.profile, &none, &none, &s->profile, err) != 0)
        return -1;
    return options && !registry ? 0 : open_source(c, s, err);
}

static int gather(const struct config *c, struct session *s, struct scp_err *err)
{
    const struct scp_deadline deadline =
        scp_deadline_after(c->common.timeout > 1 ? c->common.timeout - 0.3 : c->common.timeout * 0.7);
    bool judgeable = s->source.registry != NULL && scp_source_judgeable(&s->source);

    if (scp_trust_read(judgeable ? s->source.registry : NULL, &s->profile, &s->trust, err) != 0 ||
        scp_autoupdate_gather(&s->trust, &c->options, &s->facts, err) != 0 ||
        scp_autoupdate_connect(&s->facts, &s->network, &s->http, err) != 0)
        return -1;
    scp_app_stage("fetching lists and roots");
    return scp_autoupdate_fetch(&s->facts, s->http, &deadline, scp_app_progress, err);
}

static int check(struct scp_app *app, const struct config *c, struct session *s)
{
    struct scp_report m = { .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN, .profile_name = s->profile.name };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_vantage vantage;
    char as_of[SCP_UTC_TEXT];
    struct scp_result *r;

    scp_app_stage("reading the update policy");
    if (gather(c, s, &err) != 0)
        return scp_app_fail(app, err.code == SCP_ERR_USAGE ? "usage" : "source.unreadable", &err);
    scp_app_stage("judging the update policy");
    scp_utc_format_date(s->profile.as_of, as_of);
    m.profile_as_of = as_of;
    scp_vantage_of(&s->network, &vantage);
    scp_vantage_told(&vantage, scp_autoupdate_vantage(&s->facts));
    scp_vantage_report(&vantage, &m);
    r = scp_result_new(CATALOGUE);
    if (r != NULL) {
        if (s->source.registry != NULL)
            (void)scp_source_begin(&s->source, r);
        if (s->source.registry == NULL || !scp_source_profile_clock(&s->profile, c->common.at, r))
            scp_autoupdate_evaluate(&s->facts, &s->limits, c->common.at, r);
        if (s->source.registry != NULL) {
            scp_source_report(&s->source, &m);
            scp_source_evaluate(&s->source, c->common.max_age, c->common.at, r);
        }
        scp_source_profile_age(&s->profile, c->common.at, r);
        if (c->common.verbosity > 0 && c->common.output == SCP_OUTPUT_JSON)
            scp_result_facts(r, scp_autoupdate_json(&s->facts, c->common.verbosity > 1));
    }
    return scp_app_finish(app, &m, r);
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS };
    struct session s = { .http = NULL };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_app app;
    int rc = scp_app_start(&app, &ABOUT, &c, argc, argv);

    if (rc >= 0 || c.common.list_profiles)
        return rc >= 0 ? rc : scp_source_print_profiles(&app);
    rc = open_session(&c, &s, &err) == 0 ? check(&app, &c, &s) : scp_app_fail(&app, "usage", &err);
    scp_autoupdate_free(&s.facts);
    scp_trust_free(&s.trust);
    scp_http_free(s.http);
    scp_network_close(&s.network);
    scp_source_close(&s.source);
    scp_profile_free(&s.profile);
    return rc;
}
