/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_status: are the symptoms of a broken service connection point there - in its logs, its status messages, its settings?
 *
 *   SCP STATUS CRITICAL - service signing certificate: Fail to build chain: 5 times in 24 h, last 2 h ago | chain_errors=5;0;3;0 …
 */
#include "check/source.h"
#include "check/status.h"
#include "base/utc.h"
#include "plugin/app.h"
#include "windows/paths.h"

#include <stddef.h>
#include <stdlib.h>

enum mode { MODE_ONLINE, MODE_OFFLINE };

struct config {
    struct scp_common common;
    struct scp_list log, messages;
    const char *adminservice, *cafile;
    double since;
    int mode;
    bool no_environment;
};

static const struct scp_option OPTIONS[] = {
    { 0, "log", "FILE", SCP_OPTION_LIST, offsetof(struct config, log), NULL,
      "a log of the service connection point (dmpuploader.log, CMGatewaySyncUploadWorker.log, …), read from its end, with the files it was rolled "
      "over to; repeatable" },
    { 0, "messages", "FILE", SCP_OPTION_LIST, offsetof(struct config, messages), NULL,
      "status messages exported as CSV (with MessageID and Time) or as the AdminService's JSON; repeatable" },
    { 0, "adminservice", "URL", SCP_OPTION_TEXT, offsetof(struct config, adminservice), NULL,
      "ask https://PROVIDER/AdminService for status messages, with --authentication-file or --kerberos" },
    { 0, "cafile", "FILE", SCP_OPTION_TEXT, offsetof(struct config, cafile), NULL,
      "trust anchors (PEM) for the AdminService's certificate, instead of the system's" },
    { 0, "since", "DURATION", SCP_OPTION_DURATION, offsetof(struct config, since), NULL, "count what happened since so long ago (default 24h)" },
    { 0, "scp-mode", "MODE", SCP_OPTION_CHOICE, offsetof(struct config, mode), "online|offline",
      "online or offline: an offline service connection point has no symptoms (default online)" },
    { 0, "no-environment", NULL, SCP_OPTION_FLAG, offsetof(struct config, no_environment), NULL,
      "do not judge the server's proxy, .NET and SCHANNEL" },
    { 'w', "warning", "RANGE", SCP_OPTION_RANGE, offsetof(struct config, common.warning), NULL, "events of one kind (default 0)" },
    { 'c', "critical", "RANGE", SCP_OPTION_RANGE, offsetof(struct config, common.critical), NULL, "events of one kind (default 3)" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};

static const struct scp_option *const TABLES[] = { OPTIONS, scp_common_registry_options, scp_common_options, NULL };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_status_catalogue, scp_way_out_catalogue, scp_source_catalogue, NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp_status",
    .title = "SCP STATUS",
    .purpose = "Are the symptoms there: certificate errors in logs, failed uploads in status messages, settings that cause them?",
    .description =
        "Looks for what administrators see when a Configuration Manager service connection point cannot reach Microsoft's cloud: entries "
        "about the service signing certificate in its logs, status messages 9605, 9607, 11411, 11412 and 11488, and, from the registry, the "
        "SYSTEM account's proxy, .NET's strong cryptography, SCHANNEL's TLS 1.2 and a wrong clock.\n"
        "-w and -c are ranges for the number of events of each kind within --since (defaults 0 and 3).",
    .examples = "check_scp_status --log=dmpuploader.log\n"
                "check_scp_status --log=dmpuploader.log --messages=messages.csv -R scp01.reg --since=3d\n"
                "check_scp_status --messages=messages.json -w 0 -c 10 -o json -v\n"
                "check_scp_status --adminservice=https://scp01.example.com/AdminService -A /etc/nagios/scp.login\n"
                "check_scp_status --explain=log.chain-error",
    .options = TABLES,
    .catalogue = CATALOGUE,
};

static struct scp_status_limits limits_of(const struct config *c)
{
    struct scp_status_limits limits = scp_status_limits_default;

    limits.offline = c->mode == MODE_OFFLINE;
    limits.max_age = c->common.max_age;
    if (c->common.warning.set)
        limits.warning = c->common.warning.range;
    if (c->common.critical.set)
        limits.critical = c->common.critical.range;
    return limits;
}

static int gather(const struct config *c, struct scp_status_facts *f, struct scp_err *err)
{
    struct scp_deadline deadline = scp_deadline_after(c->common.timeout > 1 ? c->common.timeout - 0.5 : c->common.timeout / 2);

    for (size_t i = 0; i < c->log.n; i++) {
        scp_app_stage("reading a log");
        if (scp_status_gather_log(c->log.v[i], &deadline, f, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->messages.n; i++) {
        scp_app_stage("reading status messages");
        if (scp_status_gather_export(c->messages.v[i], f, err) != 0)
            return -1;
    }
    if (c->adminservice == NULL)
        return 0;
    scp_app_stage("asking the AdminService");
    return scp_status_gather_session(&(struct scp_status_session){ c->adminservice, c->common.authentication_file, c->common.kerberos, c->cafile },
                                     &deadline, scp_utc_now(), f, err);
}

static int check(struct scp_app *app, const struct config *c, struct scp_status_facts *f, const struct scp_source_facts *source)
{
    struct scp_report report = { .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN };
    struct scp_status_limits limits = limits_of(c);
    struct scp_err err = SCP_ERR_INIT;
    struct scp_result *r;

    if (!limits.offline && gather(c, f, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    if (source != NULL)
        scp_source_report(source, &report);
    scp_app_stage("judging the symptoms");
    r = scp_result_new(CATALOGUE);
    if (r == NULL)
        return scp_app_finish(app, &report, NULL);
    if (source != NULL && !c->no_environment && scp_source_judgeable(source))
        scp_status_gather_environment(source->registry, f);
    scp_status_evaluate(f, &limits, c->common.at, r);
    if (source != NULL)
        scp_source_evaluate(source, c->common.max_age, c->common.at, r);
    if (c->common.verbosity > 0 && c->common.output == SCP_OUTPUT_JSON)
        scp_result_facts(r, scp_status_json(f));
    return scp_app_finish(app, &report, r);
}

static int run(struct scp_app *app, const struct config *c, struct scp_status_facts *f)
{
    bool registry = c->common.registry.n > 0 || c->common.hostname != NULL;
    struct scp_source_facts source;
    struct scp_err err = SCP_ERR_INIT;
    int rc;

    if (!registry && c->log.n == 0 && c->messages.n == 0 && c->adminservice == NULL && c->mode != MODE_OFFLINE) {
        (void)scp_err_set(&err, SCP_ERR_USAGE, "nothing to look at: give --log=FILE, --messages=FILE, --adminservice=URL or --registry=SOURCE");
        return scp_app_fail(app, "usage", &err);
    }
    f->since = c->common.at - (int64_t)c->since;
    if (!registry)
        return check(app, c, f, NULL);
    scp_app_stage("reading the registry");
    if (scp_source_open(&c->common, scp_paths_scope_environment, &source, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    rc = check(app, c, f, &source);
    scp_source_close(&source);
    return rc;
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS, .since = 24 * 3600.0 };
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
    rc = run(&app, &c, facts);
    free(facts);
    return rc;
}
