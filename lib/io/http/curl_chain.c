/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* tls.h by libcurl: it knows the way to the server (proxy, address family, connect_to) and ends a handshake in time. */

struct handshakes {
    char (*url)[SCP_HTTP_URL_MAX];
    struct scp_http_request *request;
    struct scp_http_result *result;
};

/* "https://host:port/"; an IPv6 address gets its brackets. */
static bool write_url(const char *host, unsigned port, char out[SCP_HTTP_URL_MAX])
{
    bool v6 = strchr(host, ':') != NULL;
    int n = snprintf(out, SCP_HTTP_URL_MAX, "https://%s%s%s:%u/", v6 ? "[" : "", host, v6 ? "]" : "", port);

    return host[0] != '\0' && port > 0 && port <= 65535 && n > 0 && n < SCP_HTTP_URL_MAX &&
           strcspn(host, "/?#@[] ") == strlen(host);
}

static void say(struct scp_tls_server *s, enum scp_http_outcome outcome, const char *text)
{
    s->outcome = outcome;
    (void)snprintf(s->message, sizeof s->message, "%s", text);
}

/* A server that asks for a certificate of ours has shown its own before it ends the handshake. */
static void take(struct scp_tls_server *s, const char *url, const struct scp_http_result *r)
{
    (void)snprintf(s->chain.proxy, sizeof s->chain.proxy, "%s", r->proxy);
    if (s->chain.n > 0)
        say(s, SCP_HTTP_OK, "");
    else if (url[0] == '\0')
        say(s, SCP_HTTP_UNABLE, "is not a host and a port");
    else
        say(s, r->outcome == SCP_HTTP_OK ? SCP_HTTP_TLS : r->outcome, r->message[0] != '\0' ? r->message : "no certificate came");
}

static int run(struct handshakes *h, const struct scp_http_options *options, struct scp_tls_server *v, size_t n,
               const struct scp_deadline *deadline, struct scp_err *err)
{
    struct scp_http_options once = *options;
    struct scp_http *http;
    int rc;

    once.retries = 0;
    http = scp_http_curl_new(&once, err);
    if (http == NULL)
        return -1;
    if (!((struct scp_http_curl *)http)->openssl) {
        for (size_t i = 0; i < n; i++)
            say(&v[i], SCP_HTTP_UNABLE, "this libcurl does not use OpenSSL, which alone shows the chain");
        scp_http_free(http);
        return 0;
    }
    rc = scp_http_run(http, h->request, n, h->result, deadline, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        take(&v[i], h->url[i], &h->result[i]);
    scp_http_results_free(h->result, n);
    scp_http_free(http);
    return rc;
}

static int prepare(struct handshakes *h, struct scp_tls_server *v, size_t n, double seconds, struct scp_err *err)
{
    h->url = calloc(n, sizeof *h->url);
    h->request = calloc(n, sizeof *h->request);
    h->result = calloc(n, sizeof *h->result);
    if (h->url == NULL || h->request == NULL || h->result == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (!write_url(v[i].host, v[i].port, h->url[i]))
            h->url[i][0] = '\0';
        memset(&v[i].chain, 0, sizeof v[i].chain);
        h->request[i] = (struct scp_http_request){ .url = h->url[i], .max_bytes = 1, .seconds = seconds, .chain = &v[i].chain };
    }
    return 0;
}

int scp_tls_chains_fetch(const struct scp_http_options *options, struct scp_tls_server *v, size_t n, double seconds,
                         const struct scp_deadline *deadline, struct scp_err *err)
{
    struct handshakes h = { NULL, NULL, NULL };
    int rc = n > 0 ? prepare(&h, v, n, seconds, err) : 0;

    if (rc == 0 && n > 0)
        rc = run(&h, options, v, n, deadline, err);
    for (size_t i = 0; rc != 0 && h.result != NULL && i < n; i++)
        scp_tls_chain_free(&v[i].chain);
    free(h.url);
    free(h.request);
    free(h.result);
    return rc;
}
