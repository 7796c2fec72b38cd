/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_EGRESS_EGRESS_H
#define SCP_CHECK_EGRESS_EGRESS_H

#include "plugin/result.h"
#include "windows/proxy.h"

/*
 * The way out that Windows takes for revocation lists, OCSP and trust lists: the findings proxy.*, and the same way for our
 * own requests (--proxy=registry).
 */
extern const struct scp_catalogue_entry scp_egress_catalogue[];

struct scp_egress {
    struct scp_proxy system, network_service;
    uint32_t build;               /* of Windows; 0 when not known */
    char http[SCP_PROXY_URL_MAX]; /* the SYSTEM account's proxy as a URL, "" for none */
    char https[SCP_PROXY_URL_MAX];
    bool implied; /* nobody asked for this proxy by name: where only a script would tell one, the way is direct */
};

void scp_egress_gather(const struct scp_registry *r, struct scp_egress *out);

/* At least one finding, none of them worse than what it means for downloads. */
void scp_egress_evaluate(const struct scp_egress *w, struct scp_result *r);

/* A host of CRLs, OCSP answers, lists or issuers' certificates, and whether the proxy refused it when it was asked through it. */
struct scp_egress_host {
    const char *name;
    bool refused;
};

/* Which of them go through the proxy, for its bypass list does not name them: a finding where the proxy refuses one, a remark where
 * the list names others. */
void scp_egress_evaluate_bypass(const struct scp_egress *w, const struct scp_egress_host *host, size_t n, struct scp_result *r);

/* scp_http_proxy_for of io/http.h; the context is a const struct scp_egress.  -1 where the registry does not tell a proxy
 * (not covered, malformed, a script). */
int scp_egress_proxy_for(void *context, const char *scheme, const char *host, unsigned port, const char **proxy,
                         struct scp_err *err);

#endif
