/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_status: are the symptoms of a broken service connection point there - in its logs, its status messages, its settings?
 *
 *   SCP STATUS CRITICAL - service signing certificate: Fail to build chain: 5 times in 24 h, last 2 h ago | chain_errors=5;0;3;0 …
 */
#include "check/source/source.h"
#include "check/status/check.h"
#include "base/utc.h"
#include "plugin/app.h"
#include "windows/paths.h"

#include <stddef.h>
#include <stdlib.h>

struct config {
    struct scp_common common;
    struct scp_status_options options;
};

static const struct scp_option OPTIONS[] = {
    SCP_STATUS_OPTIONS(struct config, options),
    { 'w', "warning", "RANGE", SCP_OPTION_RANGE, offsetof(struct config, common.warning), NULL, "events of one kind (default 0)" },
    { 'c', "critical", "RANGE", SCP_OPTION_RANGE, offsetof(struct config, common.critical), NULL,
      "events of one kind (default 3)" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};

static const struct scp_option *const TABLES[] = { OPTIONS, scp_common_registry_options, scp_common_options, NULL };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_status_catalogue, scp_egress_catalogue, scp_source_catalogue,
                                                               NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp_status",
    .title = "SCP STATUS",
    .purpose = "Are the symptoms there: certificate errors in logs, failed uploads in status messages, settings that cause them?",
    .description = "Looks for what administrators see when a Configuration Manager service connection point cannot reach "
                   "Microsoft's cloud: entries about the service signing certificate in its logs, status messages 9605, 9607, "
                   "11411, 11412 and 11488, and, from the registry, the SYSTEM account's proxy, .NET's strong cryptography, "
                   "SCHANNEL's TLS 1.2 and a wrong clock.\n"
                   "-w and -c are ranges for the number of events of each kind within --since (defaults 0 and 3).",
    .examples = "check_scp_status --log=dmpuploader.log\n"
                "check_scp_status --log=dmpuploader.log --messages=messages.json -R scp01.reg --since=3d\n"
                "check_scp_status --messages=messages.json -w 0 -c 10 -o json -v\n"
                "check_scp_status --adminservice=https://scp01.example.com/AdminService -A /etc/nagios/scp.login\n"
                "check_scp_status --explain=log.chain-error",
    .options = TABLES,
    .catalogue = CATALOGUE,
};

static struct scp_status_limits limits_of(const struct config *c)
{
    struct scp_status_limits limits = scp_status_limits_of(&c->options, &c->common);

    if (c->common.warning.set)
        limits.warning = c->common.warning.range;
    if (c->common.critical.set)
        limits.critical = c->common.critical.range;
    return limits;
}

static int check(struct scp_app *app, const struct config *c, const struct scp_source_facts *source,
                 const struct scp_deadline *deadline, struct scp_status_facts *f)
{
    const struct scp_registry *registry = source != NULL && scp_source_judgeable(source) ? source->registry : NULL;
    const struct scp_status_limits limits = limits_of(c);
    struct scp_report report = { .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_result *r;

    if (scp_status_gather(&c->options, &c->common, registry, deadline, scp_app_stage, f, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    scp_app_stage("judging the symptoms");
    r = scp_result_new(CATALOGUE);
    if (r == NULL)
        return scp_app_finish(app, &report, NULL);
    if (source != NULL)
        (void)scp_source_begin(source, r);
    scp_status_evaluate(f, &limits, c->common.at, r);
    if (source != NULL) {
        scp_source_report(source, &report);
        scp_source_evaluate(source, c->common.max_age, c->common.at, r);
    }
    if (c->common.verbosity > 0 && c->common.output == SCP_OUTPUT_JSON)
        scp_result_facts(r, scp_status_json(f));
    return scp_app_finish(app, &report, r);
}

static int judge_view(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err)
{
    const struct config *c = ctx;
    const struct scp_status_limits limits = limits_of(c);
    struct scp_status_facts f = { 0 };

    (void)err;
    if (!c->options.no_environment)
        scp_status_gather_environment(view, &f);
    scp_status_evaluate(&f, &limits, c->common.at, r);
    return 0;
}

static int open_source(const struct config *c, struct scp_source_facts *source, struct scp_err *err)
{
    struct config copy = *c;
    const struct scp_source_judge view = { CATALOGUE, judge_view, &copy };

    if (scp_source_open(&c->common, scp_paths_scope_environment, source, err) != 0)
        return -1;
    if (scp_source_reconcile(source, &view, err) == 0)
        return 0;
    scp_source_close(source);
    return -1;
}

static int open_and_check(struct scp_app *app, const struct config *c, struct scp_status_facts *f)
{
    const struct scp_deadline deadline =
        scp_deadline_after(c->common.timeout > 1 ? c->common.timeout - 0.5 : c->common.timeout / 2);
    bool registry = c->common.registry.n > 0 || c->common.hostname != NULL;
    struct scp_source_facts source;
    struct scp_err err = SCP_ERR_INIT;
    int rc;

    if (scp_source_profile_check(c->common.profile, &err) != 0 || scp_status_options_check(&c->options, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    if (!registry && scp_status_options_empty(&c->options) && c->options.mode != SCP_MODE_OFFLINE) {
        (void)scp_err_set(&err, SCP_ERR_USAGE,
                          "nothing to look at: give --log=FILE, --messages=FILE, --adminservice=URL or --registry=SOURCE");
        return scp_app_fail(app, "usage", &err);
    }
    if (!registry)
        return check(app, c, NULL, &deadline, f);
    scp_app_stage("reading the registry");
    if (open_source(c, &source, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    rc = check(app, c, &source, &deadline, f);
    scp_source_close(&source);
    return rc;
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS, .options = SCP_STATUS_OPTIONS_DEFAULTS };
    struct scp_status_facts *facts;
    struct scp_app app;
    int rc = scp_app_start(&app, &ABOUT, &c, argc, argv);

    if (rc >= 0)
        return rc;
    if (c.common.list_profiles)
        return scp_source_print_profiles(&app);
    facts = calloc(1, sizeof *facts);
    if (facts == NULL)
        return scp_app_finish(&app, &(struct scp_report){ .source_kind = "none" }, NULL);
    rc = open_and_check(&app, &c, facts);
    free(facts);
    return rc;
}
