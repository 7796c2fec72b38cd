/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include <stdio.h>
#include <string.h>

/* tls.h by libcurl: it knows the way to the server (proxy, address family, connect_to) and ends a handshake in time. */

/* "https://host:port/"; an IPv6 address gets its brackets. */
static int handshake_url(const char *host, unsigned port, char *out, size_t size, struct scp_err *err)
{
    bool v6 = strchr(host, ':') != NULL;
    int n = snprintf(out, size, "https://%s%s%s:%u/", v6 ? "[" : "", host, v6 ? "]" : "", port);

    if (host[0] == '\0' || port == 0 || port > 65535 || n < 0 || (size_t)n >= size || strcspn(host, "/?#@[] ") != strlen(host))
        return scp_err_set(err, SCP_ERR_USAGE, "is not a host and a port");
    return 0;
}

static int handshake(struct scp_http_curl *c, const char *url, const struct scp_deadline *deadline, struct scp_tls_chain *out,
                     struct scp_http_result *r, struct scp_err *err)
{
    const struct scp_http_request request = { .url = url, .max_bytes = 1 };
    struct http_slot *s = &c->slot[0];
    int rc;

    if (!c->openssl)
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "this libcurl does not use OpenSSL, which alone shows the chain");
    s->chain = out;
    rc = scp_http_run(&c->base, &request, 1, r, deadline, err);
    s->chain = NULL;
    (void)snprintf(out->proxy, sizeof out->proxy, "%s", r->proxy);
    if (rc != 0)
        return -1;
    if (s->watch.out_of_memory)
        return scp_err_memory(err);
    if (out->n == 0)
        return scp_err_set(err, r->outcome == SCP_HTTP_UNABLE ? SCP_ERR_SYSTEM : SCP_ERR_NONE, "%s",
                           r->message[0] != '\0' ? r->message : "no certificate came");
    return 0;
}

int scp_tls_chain_fetch(const struct scp_http_options *options, const char *host, unsigned port,
                        const struct scp_deadline *deadline, struct scp_tls_chain *out, enum scp_http_outcome *outcome,
                        struct scp_err *err)
{
    struct scp_http_options once = *options;
    char url[SCP_HTTP_URL_MAX];
    struct scp_http_result r = { .outcome = SCP_HTTP_UNABLE };
    struct scp_http *http;
    int rc;

    memset(out, 0, sizeof *out);
    *outcome = SCP_HTTP_UNABLE;
    once.retries = 0;
    if (handshake_url(host, port, url, sizeof url, err) != 0)
        return -1;
    http = scp_http_curl_new(&once, err);
    if (http == NULL)
        return -1;
    rc = handshake((struct scp_http_curl *)http, url, deadline, out, &r, err);
    *outcome = rc == 0 ? SCP_HTTP_OK : r.outcome == SCP_HTTP_OK ? SCP_HTTP_TLS : r.outcome;
    if (rc != 0)
        scp_tls_chain_free(out);
    scp_http_results_free(&r, 1);
    scp_http_free(http);
    return rc;
}
