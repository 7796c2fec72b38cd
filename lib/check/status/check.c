/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/say.h"
#include "base/utc.h"
#include "io/registry/credentials.h"
#include "windows/paths.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define USER_AGENT "monitoring-plugins-scp"

#define AT(field) offsetof(struct scp_status_options, field)

const struct scp_option scp_status_options[] = {
    { SCP_GROUP_SOURCE, 0, "log", "FILE", SCP_OPTION_LIST, AT(log), NULL,
      "a log of the service connection point (dmpuploader.log, CMGatewaySyncUploadWorker.log, …), read from its end, with the "
      "files it was rolled over to; repeatable" },
    { SCP_GROUP_SOURCE, 0, "messages", "FILE", SCP_OPTION_LIST, AT(messages), NULL,
      "status messages exported as CSV (with MessageID and Time) or as the AdminService's JSON; repeatable" },
    { SCP_GROUP_SOURCE, 0, "adminservice", "URL", SCP_OPTION_TEXT, AT(adminservice), NULL,
      "ask https://PROVIDER/AdminService for status messages, with --authentication-file or --kerberos" },
    { SCP_GROUP_SOURCE, 0, "cafile", "FILE", SCP_OPTION_TEXT, AT(cafile), NULL,
      "trust anchors (PEM) for the AdminService's certificate, instead of the system's" },
    { SCP_GROUP_LIMITS, 0, "since", "DURATION", SCP_OPTION_DURATION, AT(since), NULL,
      "count what happened since so long ago (default 24h)" },
    { SCP_GROUP_LIMITS, 0, "success-within", "AGE", SCP_OPTION_AGE, AT(success_within), NULL,
      "demand a success in the logs given that is no older (default 50h for the downloader, 8d for the uploader; 0: not "
      "demanded)" },
    { SCP_GROUP_JUDGED, 0, "scp-mode", "MODE", SCP_OPTION_CHOICE, AT(mode), "online|offline",
      "online or offline: symptoms and endpoints do not apply to an offline service connection point (default online)" },
    { SCP_GROUP_JUDGED, 0, "no-environment", NULL, SCP_OPTION_FLAG, AT(no_environment), NULL,
      "do not judge the server's proxy, .NET and SCHANNEL" },
    SCP_OPTIONS_END,
};

static const struct scp_option THRESHOLDS[] = {
    { SCP_GROUP_LIMITS, 'w', "warning", "RANGE", SCP_OPTION_RANGE, offsetof(struct scp_common, warning), NULL,
      "events of one kind (default 0)" },
    { SCP_GROUP_LIMITS, 'c', "critical", "RANGE", SCP_OPTION_RANGE, offsetof(struct scp_common, critical), NULL,
      "events of one kind (default 3)" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = {
    { scp_status_options, offsetof(struct scp_status_session, options) }, { THRESHOLDS, 0 }, SCP_REGISTRY_TABLE, SCP_LAST_TABLES
};
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_status_catalogue, scp_egress_catalogue, scp_source_catalogue,
                                                               NULL };

/* --- The AdminService --- */

struct login {
    struct scp_credentials credentials;
    char user[SCP_CREDENTIALS_USER];
};

static int read_login(const struct scp_common *common, struct login *l, struct scp_http_options *o, struct scp_err *err)
{
    o->negotiate = common->kerberos;
    if (common->kerberos)
        return 0;
    if (common->authentication_file == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--adminservice: no credentials: give --authentication-file=FILE or --kerberos");
    if (scp_credentials_read(common->authentication_file, &l->credentials, err) != 0)
        return scp_err_prefix(err, "--authentication-file");
    if (l->credentials.username[0] == '\0')
        return scp_err_set(err, SCP_ERR_FORMAT, "--authentication-file: %s: no username= line", common->authentication_file);
    o->user = scp_credentials_user(&l->credentials, l->user);
    o->password = l->credentials.password;
    return 0;
}

/* What is wrong on our side is a part with a reason, too: the others are judged all the same. */
static int fail(struct scp_status_facts *f, const char *url, const struct scp_err *why, struct scp_err *err)
{
    struct scp_status_part *p = scp_status_new_part(f, SCP_STATUS_SERVICE, url, err);

    if (p == NULL)
        return -1;
    if (why->code == SCP_ERR_MEMORY)
        return scp_err_set(err, why->code, SCP_SAID, why->message);
    memcpy(p->reason, why->message, sizeof p->reason);
    return 0;
}

/* Credentials come from a file, or from Kerberos. */
static int ask_service(const struct scp_session *s, const struct scp_status_options *o, struct scp_status_facts *f,
                       struct scp_err *err)
{
    struct scp_http_options options = { .user_agent = USER_AGENT, .ca_file = o->cafile };
    struct scp_err why = SCP_ERR_INIT;
    struct scp_http *http = NULL;
    struct login login = { .user = "" };
    int rc;

    if (read_login(&s->common, &login, &options, &why) == 0)
        http = scp_http_curl_new(&options, &why);
    rc = http != NULL ? scp_status_gather_service(o->adminservice, http, &s->deadline, scp_utc_now(), f, err)
                      : fail(f, o->adminservice, &why, err);
    scp_http_free(http);
    scp_credentials_wipe(&login.credentials);
    return rc;
}

/* --- The check --- */

static void set_defaults(struct scp_session *s)
{
    ((struct scp_status_session *)s)->options = (struct scp_status_options)SCP_STATUS_OPTIONS_DEFAULTS;
}

int scp_status_options_check(const struct scp_status_options *w, struct scp_err *err)
{
    if (w->log.n + w->messages.n + (w->adminservice != NULL) > SCP_STATUS_PARTS_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "more than %d logs and exports", SCP_STATUS_PARTS_MAX);
    return w->adminservice != NULL ? scp_status_service_check(w->adminservice, err) : 0;
}

static bool asks(const struct scp_session *s)
{
    return ((const struct scp_status_session *)s)->options.adminservice != NULL;
}

static int open_status(struct scp_session *s, struct scp_err *err)
{
    const struct scp_status_options *o = &((struct scp_status_session *)s)->options;
    bool symptoms = o->log.n > 0 || o->messages.n > 0 || o->adminservice != NULL;

    if (scp_source_profile_check(s->common.profile, err) != 0 || scp_status_options_check(o, err) != 0)
        return -1;
    s->no_registry = symptoms || o->mode == SCP_MODE_OFFLINE;
    if (scp_session_given(s) || scp_session_live(s))
        return scp_session_registry(s, scp_paths_scope_environment, err);
    if (symptoms || o->mode == SCP_MODE_OFFLINE)
        return 0;
    return scp_err_set(err, SCP_ERR_USAGE,
                       "nothing to look at: give --log=FILE, --messages=FILE, --adminservice=URL or --registry=SOURCE");
}

static int gather_log(const struct scp_session *s, const char *path, struct scp_status_facts *f, struct scp_err *err)
{
    scp_app_stage("reading a log");
    return scp_status_gather_log(path, &s->deadline, f, err);
}

static int gather_export(const char *path, struct scp_status_facts *f, struct scp_err *err)
{
    scp_app_stage("reading status messages");
    return scp_status_gather_export(path, f, err);
}

/* What a snapshot's folder holds of that kind serves where none is given. */
static int gather_companions(const struct scp_session *s, int kind, struct scp_status_facts *f, struct scp_err *err)
{
    size_t n = s->registry != NULL && s->judgeable ? scp_registry_sources(s->registry) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct scp_registry_source *source = scp_registry_source(s->registry, i);

        for (size_t k = 0; k < source->companions; k++) {
            const struct scp_registry_companion *c = &source->companion[k];

            if ((int)c->kind != kind)
                continue;
            if ((kind == SCP_COMPANION_LOG ? gather_log(s, c->path, f, err) : gather_export(c->path, f, err)) != 0)
                return -1;
            /* Copied about, it is no younger than the snapshot. */
            f->part[f->parts - 1].modified = scp_utc_earlier(f->part[f->parts - 1].modified, source->taken);
        }
    }
    return 0;
}

static int gather_symptoms(const struct scp_session *s, const struct scp_status_options *o, struct scp_status_facts *f,
                           struct scp_err *err)
{
    for (size_t i = 0; i < o->log.n; i++) {
        if (gather_log(s, o->log.v[i], f, err) != 0)
            return -1;
    }
    if (o->log.n == 0 && gather_companions(s, SCP_COMPANION_LOG, f, err) != 0)
        return -1;
    for (size_t i = 0; i < o->messages.n; i++) {
        if (gather_export(o->messages.v[i], f, err) != 0)
            return -1;
    }
    if (o->adminservice == NULL)
        return o->messages.n == 0 ? gather_companions(s, SCP_COMPANION_MESSAGES, f, err) : 0;
    scp_app_stage("asking the AdminService");
    return ask_service(s, o, f, err);
}

static struct scp_status_limits limits_of(const struct scp_session *s)
{
    const struct scp_status_options *o = &((const struct scp_status_session *)s)->options;
    struct scp_status_limits limits = scp_status_limits_default;

    scp_common_limits(&s->common, s->part, &limits.warning, &limits.critical);
    limits.beside = s->part;
    limits.offline = o->mode == SCP_MODE_OFFLINE;
    limits.online = o->mode == SCP_MODE_ONLINE;
    limits.max_age = s->common.max_age;
    for (size_t i = 0; i < SCP_EXCHANGES && o->success_within >= 0; i++)
        limits.success_within[i] = o->success_within;
    limits.success_asked = o->success_within > 0;
    return limits;
}

static int gather(struct scp_session *s, struct scp_err *err)
{
    struct scp_status_session *own = (struct scp_status_session *)s;
    const struct scp_status_options *o = &own->options;
    const struct scp_status_limits limits = limits_of(s);
    double within = 0;

    for (size_t i = 0; i < SCP_EXCHANGES; i++)
        within = limits.success_within[i] > within ? limits.success_within[i] : within;
    own->facts.wants_hosts = o->hosts;
    if (s->registry != NULL && s->judgeable)
        (void)scp_policy_text(s->registry, SCP_PATH_COMPUTER_NAME, "ComputerName", own->facts.server, sizeof own->facts.server,
                              NULL);
    own->facts.now = s->common.at;
    own->facts.since = s->common.at - (int64_t)o->since;
    own->facts.logs_since = s->common.at - (int64_t)within;
    if (!s->view && o->mode != SCP_MODE_OFFLINE && gather_symptoms(s, o, &own->facts, err) != 0)
        return -1;
    if (s->registry != NULL && s->judgeable && !o->no_environment)
        scp_status_gather_environment(s->registry, &own->facts);
    if (own->facts.site.build != 0) {
        if (scp_session_profile(s, err) != 0)
            return -1;
        own->facts.product = scp_profile_product(s->profile, own->facts.site.build);
    }
    scp_app_stage("judging the symptoms");
    return 0;
}

static void evaluate(struct scp_session *s, struct scp_result *r)
{
    const struct scp_status_limits limits = limits_of(s);

    scp_status_evaluate(&((struct scp_status_session *)s)->facts, &limits, s->common.at, r);
}

static void put_facts(const struct scp_session *s, struct scp_json *j)
{
    scp_status_facts_put(j, &((const struct scp_status_session *)s)->facts);
}

static void close_status(struct scp_session *s)
{
    scp_status_free(&((struct scp_status_session *)s)->facts);
}

const struct scp_check scp_status_check = {
    .about = { .name = "check_scp_status",
               .title = "SCP STATUS",
               .purpose = "Are the symptoms there: certificate errors in logs, failed uploads in status messages, settings that "
                          "cause them?",
               .description =
                   "Looks for what administrators see when a Configuration Manager service connection point cannot reach "
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
               .first = { "log", "messages", "adminservice", "registry", "since", "output" },
               .catalogue = CATALOGUE },
    .size = sizeof(struct scp_status_session),
    .kept = offsetof(struct scp_status_session, facts),
    .failure = "usage",
    .by_registry = true,
    .defaults = set_defaults,
    .asks = asks,
    .open = open_status,
    .gather = gather,
    .evaluate = evaluate,
    .facts = put_facts,
    .close = close_status,
};
