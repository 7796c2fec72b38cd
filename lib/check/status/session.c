/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/say.h"
#include "base/utc.h"
#include "io/registry/credentials.h"

#include <stdio.h>
#include <string.h>

#define USER_AGENT "monitoring-plugins-scp"

struct login {
    struct scp_credentials credentials;
    char user[2 * SCP_CREDENTIALS_FIELD_MAX + 2]; /* DOMAIN\\user, as NTLM has it */
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
    (void)snprintf(l->user, sizeof l->user, "%s%s%s", l->credentials.domain, l->credentials.domain[0] != '\0' ? "\\" : "",
                   l->credentials.username);
    o->user = l->user;
    o->password = l->credentials.password;
    return 0;
}

/* What is wrong on our side is a part with a reason, too: the others are judged all the same. */
static int fail(struct scp_status_facts *f, const char *url, const struct scp_err *why, struct scp_err *err)
{
    struct scp_status_part *p = scp_status_new_part(f, SCP_STATUS_SERVICE, url);

    if (p == NULL || why->code == SCP_ERR_MEMORY)
        return scp_err_set(err, why->code, SCP_SAID, why->message);
    memcpy(p->reason, why->message, sizeof p->reason);
    return 0;
}

/* Credentials come from a file, or from Kerberos. */
static int ask_service(const struct scp_status_options *w, const struct scp_common *common, const struct scp_deadline *deadline,
                       struct scp_status_facts *f, struct scp_err *err)
{
    struct scp_http_options options = { .user_agent = USER_AGENT, .ca_file = w->cafile };
    struct scp_err why = SCP_ERR_INIT;
    struct scp_http *http = NULL;
    struct login login = { .user = "" };
    int rc;

    if (read_login(common, &login, &options, &why) == 0)
        http = scp_http_curl_new(&options, &why);
    rc = http != NULL ? scp_status_gather_service(w->adminservice, http, deadline, scp_utc_now(), f, err)
                      : fail(f, w->adminservice, &why, err);
    scp_http_free(http);
    scp_credentials_wipe(&login.credentials);
    return rc;
}

static int gather_symptoms(const struct scp_status_options *w, const struct scp_common *common, const struct scp_deadline *deadline,
                           void (*stage)(const char *what), struct scp_status_facts *f, struct scp_err *err)
{
    for (size_t i = 0; i < w->log.n; i++) {
        stage("reading a log");
        if (scp_status_gather_log(w->log.v[i], deadline, f, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < w->messages.n; i++) {
        stage("reading status messages");
        if (scp_status_gather_export(w->messages.v[i], f, err) != 0)
            return -1;
    }
    if (w->adminservice == NULL)
        return 0;
    stage("asking the AdminService");
    return ask_service(w, common, deadline, f, err);
}

/* --- The whole --- */

bool scp_status_options_empty(const struct scp_status_options *w)
{
    return w->log.n == 0 && w->messages.n == 0 && w->adminservice == NULL;
}

int scp_status_options_check(const struct scp_status_options *w, struct scp_err *err)
{
    if (w->log.n + w->messages.n + (w->adminservice != NULL) > SCP_STATUS_PARTS_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "more than %d logs and exports", SCP_STATUS_PARTS_MAX);
    return w->adminservice != NULL ? scp_status_service_check(w->adminservice, err) : 0;
}

int scp_status_gather(const struct scp_status_options *w, const struct scp_common *common, const struct scp_registry *registry,
                      const struct scp_deadline *deadline, void (*stage)(const char *what), struct scp_status_facts *f,
                      struct scp_err *err)
{
    const struct scp_status_limits limits = scp_status_limits_of(w, common);
    double within = 0;

    for (size_t i = 0; i < SCP_EXCHANGES; i++)
        within = limits.success_within[i] > within ? limits.success_within[i] : within;
    f->since = common->at - (int64_t)w->since;
    f->logs_since = common->at - (int64_t)within;
    if (w->mode == SCP_MODE_ONLINE && gather_symptoms(w, common, deadline, stage, f, err) != 0)
        return -1;
    if (registry != NULL && !w->no_environment)
        scp_status_gather_environment(registry, f);
    return 0;
}

struct scp_status_limits scp_status_limits_of(const struct scp_status_options *w, const struct scp_common *common)
{
    struct scp_status_limits limits = scp_status_limits_default;

    limits.offline = w->mode == SCP_MODE_OFFLINE;
    limits.max_age = common->max_age;
    for (size_t i = 0; i < SCP_EXCHANGES && w->success_within >= 0; i++)
        limits.success_within[i] = w->success_within;
    limits.success_asked = w->success_within > 0;
    return limits;
}
