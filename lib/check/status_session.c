/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status.h"

#include "io/credentials.h"

#include <stdio.h>
#include <string.h>

#define USER_AGENT "monitoring-plugins-scp"

struct login {
    struct scp_credentials credentials;
    char user[2 * SCP_CREDENTIALS_FIELD_MAX + 2];   /* DOMAIN\\user, as NTLM has it */
};

static int read_login(const struct scp_status_session *session, struct login *l, struct scp_http_options *o, struct scp_err *err)
{
    o->negotiate = session->kerberos;
    if (session->kerberos)
        return 0;
    if (session->authentication_file == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--adminservice: no credentials: give --authentication-file=FILE or --kerberos");
    if (scp_credentials_read(session->authentication_file, &l->credentials, err) != 0)
        return scp_err_prefix(err, "--authentication-file");
    if (l->credentials.username[0] == '\0')
        return scp_err_set(err, SCP_ERR_FORMAT, "--authentication-file: %s: no username= line", session->authentication_file);
    (void)snprintf(l->user, sizeof l->user, "%s%s%s", l->credentials.domain, l->credentials.domain[0] != '\0' ? "\\" : "", l->credentials.username);
    o->user = l->user;
    o->password = l->credentials.password;
    return 0;
}

/* What is wrong on our side is a part with a reason, too: the others are judged all the same. */
static int fail(struct scp_status_facts *f, const char *url, const struct scp_err *why, struct scp_err *err)
{
    struct scp_status_part *p = scp_status_new_part(f, SCP_STATUS_SERVICE, url);

    if (p == NULL || why->code == SCP_ERR_MEMORY)
        return scp_err_set(err, why->code, "%s", why->message);
    memcpy(p->reason, why->message, sizeof p->reason);
    return 0;
}

int scp_status_gather_session(const struct scp_status_session *session, const struct scp_deadline *deadline, int64_t clock,
                              struct scp_status_facts *f, struct scp_err *err)
{
    struct scp_http_options options = { .user_agent = USER_AGENT, .ca_file = session->ca_file };
    struct scp_err why = SCP_ERR_INIT;
    struct scp_http *http = NULL;
    struct login login = { .user = "" };
    int rc;

    if (read_login(session, &login, &options, &why) == 0)
        http = scp_http_curl_new(&options, &why);
    rc = http != NULL ? scp_status_gather_service(session->url, http, deadline, clock, f, err) : fail(f, session->url, &why, err);
    scp_http_free(http);
    scp_credentials_wipe(&login.credentials);
    return rc;
}
