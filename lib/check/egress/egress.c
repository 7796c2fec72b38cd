/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/egress.h"

#include "base/say.h"
#include "check/documents.h"
#include "windows/paths.h"
#include "windows/update_policy.h"

#include <string.h>

enum { SCRIPTS_IN_WINHTTP_BUILD = 20348 /* Windows Server 2022 */, NAMED_MAX = 8, NAMES = NAMED_MAX * 62 + 32 };

const struct scp_catalogue_entry scp_egress_catalogue[] = {
    { "proxy.setting", "OK", "The proxy that SYSTEM uses for revocation lists, OCSP and trust lists, as the registry sets it.",
      NULL, SCP_DOC_PROXY, 0 },
    { "proxy.script", "WARNING, OK",
      "SYSTEM's way out is set by a script (PAC) or automatic detection only. Downloads of revocation lists and trust lists use "
      "WinHTTP, which takes a static proxy or finds one by WPAD, but no address of a script from Internet Settings; from Windows "
      "Server 2022 on WinHTTP itself may have one.",
      "set a static proxy for the machine: netsh winhttp set proxy PROXY:PORT BYPASS", SCP_DOC_PROXY, SCP_BESIDE_PROXY },
    { "proxy.credentials", "WARNING",
      "The proxy's setting holds a user name and a password. Downloads of revocation lists and trust lists cannot authenticate to "
      "a proxy with them.",
      "take them out and let the proxy pass these hosts without authentication", SCP_DOC_PROXY, SCP_BESIDE_PROXY },
    { "proxy.network-service", "WARNING",
      "Only SYSTEM's own Internet Settings name a proxy. Trust lists are downloaded as NETWORK SERVICE, which would go out "
      "directly.",
      "set the proxy for the whole machine instead: netsh winhttp set proxy PROXY:PORT BYPASS", SCP_DOC_PROXY, SCP_BESIDE_PROXY },
    { "proxy.bypass", "WARNING, OK",
      "Hosts of revocation lists, OCSP, trust lists or issuers' certificates go through SYSTEM's proxy, for its bypass list does "
      "not name them. WARNING where the proxy refused one that was asked through it; a remark where the list names others of them.",
      "let the proxy pass these hosts (http, port 80) for the server, without a login; or, where the server may go there directly, "
      "add them to the bypass list beside what is in it: netsh winhttp set proxy PROXY:PORT BYPASS",
      SCP_DOC_PROXY, SCP_BESIDE_PROXY },
    { "proxy.malformed", "UNKNOWN", "The proxy's setting could not be read, so the way out is not known.",
      "set it again for the whole machine: netsh winhttp set proxy PROXY:PORT BYPASS", SCP_DOC_PROXY, 0 },
    { "proxy.not-covered", "UNKNOWN, OK",
      "The source does not hold the proxy's settings, so the way out is not known. A remark where it was not asked for.",
      SCP_SNAPSHOT, SCP_DOC_PROXY, 0 },
    { .id = NULL },
};

void scp_egress_gather(const struct scp_registry *r, struct scp_egress *out)
{
    struct scp_update_policy policy;

    memset(out, 0, sizeof *out);
    scp_proxy_read(r, SCP_PROXY_SYSTEM, &out->system);
    scp_proxy_read(r, SCP_PROXY_NETWORK_SERVICE, &out->network_service);
    scp_update_policy_read(r, &policy);
    out->build = policy.build;
    if (!scp_proxy_url(&out->system, "http", out->http, sizeof out->http))
        out->http[0] = '\0';
    if (!scp_proxy_url(&out->system, "https", out->https, sizeof out->https))
        out->https[0] = '\0';
}

/* --- Findings --- */

static void evaluate_script(const struct scp_egress *w, struct scp_result *r)
{
    const struct scp_proxy *p = &w->system;
    bool own = p->origin == SCP_PROXY_FROM_WINHTTP && w->build >= SCRIPTS_IN_WINHTTP_BUILD;

    if (p->script[0] != '\0')
        (void)scp_result_add(r, own ? SCP_OK : SCP_WARNING, "proxy.script", "system",
                             "SYSTEM's way out is set by a script only: %s (%s)", p->script, scp_proxy_origin_name(p->origin));
    else
        (void)scp_result_add(r, SCP_OK, "proxy.script", "system",
                             "SYSTEM finds its proxy by automatic detection (WPAD); which one is not known here");
}

static void evaluate_named(const struct scp_egress *w, struct scp_result *r)
{
    const struct scp_proxy *p = &w->system;

    (void)scp_result_add(r, SCP_OK, "proxy.setting", "system", "SYSTEM uses proxy %s (%s%s%s)", p->server,
                         scp_proxy_origin_name(p->origin), p->bypass[0] != '\0' ? "; not for " : "", p->bypass);
    if (p->origin == SCP_PROXY_FROM_ACCOUNT && w->network_service.kind == SCP_PROXY_DIRECT)
        (void)scp_result_add(r, SCP_WARNING, "proxy.network-service", "network-service",
                             "proxy %s is set for SYSTEM alone: NETWORK SERVICE, which downloads trust lists, goes out directly",
                             p->server);
}

void scp_egress_evaluate(const struct scp_egress *w, struct scp_result *r)
{
    const struct scp_proxy *p = &w->system;

    switch (p->kind) {
    case SCP_PROXY_UNKNOWN:
        (void)scp_result_add(r, SCP_UNKNOWN, p->not_covered ? "proxy.not-covered" : "proxy.malformed", "system",
                             "SYSTEM's proxy could not be told: " SCP_SAID, p->reason);
        break;
    case SCP_PROXY_DIRECT:
        (void)scp_result_add(r, SCP_OK, "proxy.setting", "system", "SYSTEM goes out directly: no proxy is set");
        break;
    case SCP_PROXY_NAMED: evaluate_named(w, r); break;
    case SCP_PROXY_SCRIPT: evaluate_script(w, r); break;
    }
    if (p->secret_removed)
        (void)scp_result_add(r, SCP_WARNING, "proxy.credentials", "system",
                             "SYSTEM's proxy setting holds a user name and a password (%s)", scp_proxy_origin_name(p->origin));
}

/* --- The bypass list --- */

static bool goes_through(const struct scp_egress *w, const char *host)
{
    return w->http[0] != '\0' && !scp_proxy_bypasses(&w->system, host);
}

/* Names of hosts that go through it, the refused ones alone or all of them. */
static size_t name_hosts(const struct scp_egress *w, const struct scp_egress_host *host, size_t n, bool refused, char out[NAMES])
{
    size_t count = 0;

    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (!goes_through(w, host[i].name) || (refused && !host[i].refused))
            continue;
        if (count++ < NAMED_MAX)
            (void)scp_say_more(out, NAMES, "%s%.60s", count > 1 ? ", " : "", host[i].name);
    }
    if (count > NAMED_MAX)
        (void)scp_say_more(out, NAMES, " and %zu more", count - NAMED_MAX);
    return count;
}

void scp_egress_evaluate_bypass(const struct scp_egress *w, const struct scp_egress_host *host, size_t n, struct scp_result *r)
{
    size_t refused, through;
    char names[NAMES];

    if (w->system.kind != SCP_PROXY_NAMED)
        return;
    refused = name_hosts(w, host, n, true, names);
    if (refused > 0) {
        (void)scp_result_add(r, SCP_WARNING, "proxy.bypass", "system",
                             "proxy %s refuses %zu host%s that its bypass list does not name: %s", w->system.server, refused,
                             refused == 1 ? "" : "s", names);
        return;
    }
    through = name_hosts(w, host, n, false, names);
    if (through > 0 && through < n)
        (void)scp_result_add(r, SCP_OK, "proxy.bypass", "system",
                             "the bypass list of proxy %s names %zu of %zu hosts of CRLs, OCSP and lists, and not %s",
                             w->system.server, n - through, n, names);
}

/* --- Requests of our own --- */

int scp_egress_proxy_for(void *context, const char *scheme, const char *host, unsigned port, const char **proxy,
                         struct scp_err *err)
{
    const struct scp_egress *w = context;
    const char *url = strcmp(scheme, "https") == 0 ? w->https : w->http;

    (void)port;
    *proxy = NULL;
    switch (w->system.kind) {
    case SCP_PROXY_UNKNOWN:
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "SYSTEM's proxy could not be told: " SCP_SAID, w->system.reason);
    case SCP_PROXY_SCRIPT:
        if (w->implied)
            return 0;
        return scp_err_set(err, SCP_ERR_UNSUPPORTED,
                           "SYSTEM's proxy is found by a script or by detection, which is not followed here");
    case SCP_PROXY_DIRECT: return 0;
    case SCP_PROXY_NAMED: break;
    }
    if (url[0] != '\0' && !scp_proxy_bypasses(&w->system, host))
        *proxy = url;
    return 0;
}
