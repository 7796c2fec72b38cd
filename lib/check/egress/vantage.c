/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/vantage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char THROUGH[] = "via proxy ";

void scp_vantage_of(const struct scp_network_setting *n, struct scp_vantage *out)
{
    memset(out, 0, sizeof *out);
    out->server = n->at_server;
    out->proxy_named = !n->registry_proxy;
    if (gethostname(out->host, sizeof out->host) != 0 || out->host[0] == '\0')
        (void)snprintf(out->host, sizeof out->host, "this machine");
    out->host[sizeof out->host - 1] = '\0';
}

void scp_vantage_told(struct scp_vantage *v, const char *text)
{
    v->text[0] = v->proxy[0] = '\0';
    if (text == NULL)
        return;
    (void)snprintf(v->text, sizeof v->text, "%s", text);
    if (strncmp(text, THROUGH, sizeof THROUGH - 1) == 0)
        (void)snprintf(v->proxy, sizeof v->proxy, "%s", text + sizeof THROUGH - 1);
}

void scp_vantage_saw(struct scp_vantage *v, const struct scp_http_result *results, size_t n)
{
    char text[SCP_VANTAGE_TEXT];

    scp_vantage_told(v, scp_network_vantage(results, n, text, sizeof text));
}

bool scp_vantage_is_server(const struct scp_vantage *v, bool valid)
{
    return v->server && (v->proxy[0] == '\0' || !v->proxy_named || valid);
}

void scp_vantage_report(const struct scp_vantage *v, struct scp_report *m)
{
    if (v->text[0] == '\0')
        return;
    m->vantage = v->text;
    m->vantage_host = v->host;
    m->vantage_proxy = v->proxy;
    m->vantage_server = v->server;
}
