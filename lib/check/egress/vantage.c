/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/vantage.h"

#include "base/machine.h"

#include <string.h>

void scp_vantage_of(const struct scp_network_setting *n, struct scp_vantage *out)
{
    memset(out, 0, sizeof *out);
    out->server = n->at_server;
    out->proxy_named = !n->registry_proxy;
    scp_machine_name(out->host, sizeof out->host);
}

bool scp_vantage_is_server(const struct scp_vantage *v, bool valid)
{
    return v->server && (v->from.proxy[0] == '\0' || !v->proxy_named || v->proven || valid);
}

void scp_vantage_report(const struct scp_vantage *v, struct scp_report *m)
{
    if (v->from.text[0] == '\0')
        return;
    m->vantage = v->from.text;
    m->vantage_host = v->host;
    m->vantage_proxy = v->from.proxy;
    m->vantage_server = v->server;
}
