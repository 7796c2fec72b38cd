/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/machine.h"
#include "base/num.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* --- What libcurl calls --- */

static size_t on_header(char *p, size_t size, size_t n, void *context)
{
    struct http_slot *s = context;
    bool was_final = s->message.final;

    if (scp_http_message_header(&s->message, p, size * n) != 0)
        return 0;
    if (s->message.final && !was_final)
        s->result->date_seconds = (double)(scp_machine_ms() - s->owner->run_began_ms) / 1000;
    return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *context)
{
    struct http_slot *s = context;

    return scp_http_message_body(&s->message, (const uint8_t *)p, size * n) == 0 ? size * n : 0;
}

/* libcurl of old asks an address in the URL also where the family is another one. */
static bool other_family(const struct http_slot *s, int family)
{
    enum scp_http_family wanted = s->owner->options.family;

    return (wanted == SCP_HTTP_IPV4 && family != AF_INET) || (wanted == SCP_HTTP_IPV6 && family != AF_INET6);
}

/* libcurl would not say why there is no socket. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_slot *s = context;

    (void)purpose;
    if (other_family(s, address->family) || scp_http_curl_refuses(s, &address->addr))
        return CURL_SOCKET_BAD;
    return scp_http_socket(address, &s->socket_errno);
}

static CURLcode on_tls(CURL *easy, void *ssl_ctx, void *context)
{
    struct http_slot *s = context;

    (void)easy;
    scp_curl.watch_chains(ssl_ctx, scp_tls_on_chain, &s->watch);
    s->watch.started = true;
    return CURLE_OK;
}

/* --- One request --- */

static int add_header(struct http_slot *s, const char *name, const char *value)
{
    struct curl_slist *more;
    char line[256];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);

    if (n < 0 || (size_t)n >= sizeof line)
        return scp_http_curl_unable(s, "a header is too long");
    more = scp_curl.slist_append(s->headers, line);
    if (more == NULL)
        return scp_http_curl_unable(s, "out of memory");
    s->headers = more;
    return 0;
}

static int make_headers(struct http_slot *s)
{
    const struct scp_http_request *q = s->request;

    scp_curl.slist_free_all(s->headers);
    s->headers = NULL;
    if (q->accept != NULL && add_header(s, "Accept", q->accept) != 0)
        return -1;
    if (q->post != NULL && q->post_type != NULL && add_header(s, "Content-Type", q->post_type) != 0)
        return -1;
    return 0;
}

/* "http://px:8080" -> "px:8080" */
static void name_proxy(struct scp_http_result *r, const char *proxy)
{
    const char *host = proxy != NULL ? strstr(proxy, "://") : NULL;

    host = host != NULL ? host + 3 : proxy;
    (void)snprintf(r->proxy, sizeof r->proxy, "%.*s", host != NULL ? (int)strcspn(host, "/") : 0, host != NULL ? host : "");
}

static bool port_of(CURLU *url, unsigned *out)
{
    char *text = NULL;
    uint64_t v = 0;
    bool good = scp_curl.url_get(url, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                scp_num_u64(text, strlen(text), 65535, &v, NULL) == 0;

    *out = (unsigned)v;
    scp_curl.free(text);
    return good;
}

/* Where a redirect leads is the answer's fault, not a matter of our own. */
static void not_a_url(struct http_slot *s, CURLUcode why)
{
    if (why == CURLUE_OUT_OF_MEMORY)
        (void)scp_http_curl_unable(s, "out of memory");
    else
        (void)scp_http_fail(s->result, s->hops > 0 ? SCP_HTTP_STATUS : SCP_HTTP_UNABLE, "is not a URL");
}

static int ask_for_proxy(struct http_slot *s, CURLU *url, const char **proxy)
{
    const struct scp_http_options *o = &s->owner->options;
    char *scheme = NULL, *host = NULL;
    struct scp_err err = SCP_ERR_INIT;
    unsigned port;
    int rc = -1;

    if (scp_curl.url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        scp_curl.url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK || !port_of(url, &port))
        (void)scp_http_curl_unable(s, "is not a URL");
    else if (o->proxy_for(o->proxy_context, scheme, host, port, proxy, &err) != 0)
        (void)scp_http_fail_err(s->result, SCP_HTTP_UNABLE, &err);
    else
        rc = 0;
    scp_curl.free(scheme);
    scp_curl.free(host);
    return rc;
}

/* The proxy for the place that is asked now; "" (none, whatever the environment says) where there is none. */
static int choose_proxy(struct http_slot *s, const char **proxy)
{
    CURLU *url;
    CURLUcode code;
    int rc = -1;

    *proxy = "";
    if (s->owner->options.proxy_for == NULL) {
        name_proxy(s->result, NULL);
        return 0;
    }
    url = scp_curl.url();
    if (url == NULL)
        return scp_http_curl_unable(s, "out of memory");
    *proxy = NULL;
    code = scp_curl.url_set(url, CURLUPART_URL, s->result->url, 0);
    if (code != CURLUE_OK)
        not_a_url(s, code);
    else
        rc = ask_for_proxy(s, url, proxy);
    scp_curl.url_cleanup(url);
    name_proxy(s->result, *proxy);
    if (*proxy == NULL)
        *proxy = "";
    return rc;
}

static bool set_text(CURL *easy, CURLoption option, const char *value)
{
    return scp_curl.easy_setopt(easy, option, value) == CURLE_OK;
}

static bool set_number(CURL *easy, CURLoption option, long value)
{
    return scp_curl.easy_setopt(easy, option, value) == CURLE_OK;
}

static bool set_pointer(CURL *easy, CURLoption option, void *value)
{
    return scp_curl.easy_setopt(easy, option, value) == CURLE_OK;
}

static bool set_callbacks(struct http_slot *s)
{
    CURL *e = s->easy;

    return set_pointer(e, CURLOPT_PRIVATE, s) && set_pointer(e, CURLOPT_ERRORBUFFER, s->error) &&
           set_pointer(e, CURLOPT_HEADERDATA, s) && set_pointer(e, CURLOPT_WRITEDATA, s) &&
           scp_curl.easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           scp_curl.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
}

static bool set_manners(struct http_slot *s)
{
    const char *agent = s->owner->options.user_agent;
    CURL *e = s->easy;

    return scp_http_curl_bound(e) && set_number(e, CURLOPT_NOSIGNAL, 1) &&
           set_number(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) && set_number(e, CURLOPT_PATH_AS_IS, 1) &&
           set_text(e, CURLOPT_USERAGENT, agent != NULL ? agent : SCP_HTTP_USER_AGENT);
}

/* NTLM, Digest or Basic, whichever the proxy wants: not before it asked. */
static bool set_proxy_credentials(struct http_slot *s)
{
    const struct scp_http_options *o = &s->owner->options;
    CURL *e = s->easy;

    return set_number(e, CURLOPT_PROXYAUTH, (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST | CURLAUTH_NTLM)) &&
           set_text(e, CURLOPT_PROXYUSERNAME, o->proxy_user) &&
           set_text(e, CURLOPT_PROXYPASSWORD, o->proxy_password != NULL ? o->proxy_password : "");
}

/* An empty user name stands for the credential cache. */
static bool set_credentials(struct http_slot *s)
{
    const struct scp_http_options *o = &s->owner->options;
    CURL *e = s->easy;

    if ((o->user == NULL && !o->negotiate) || s->hops > 0 || !scp_text_caseeq(s->result->url, 6, "https:", 6))
        return true;
    if (o->negotiate)
        return set_number(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_NEGOTIATE) && set_text(e, CURLOPT_USERPWD, ":");
    return set_number(e, CURLOPT_HTTPAUTH, (long)(CURLAUTH_BASIC | CURLAUTH_NTLM)) && set_text(e, CURLOPT_USERNAME, o->user) &&
           set_text(e, CURLOPT_PASSWORD, o->password != NULL ? o->password : "");
}

/* An empty text for the proxy and its exceptions keeps libcurl from looking into the environment itself. */
static bool set_connection(struct http_slot *s, const char *proxy)
{
    static const long FAMILY[] = {
        [SCP_HTTP_ANY_FAMILY] = CURL_IPRESOLVE_WHATEVER,
        [SCP_HTTP_IPV4] = CURL_IPRESOLVE_V4,
        [SCP_HTTP_IPV6] = CURL_IPRESOLVE_V6,
    };
    CURL *e = s->easy;

    return set_number(e, CURLOPT_IPRESOLVE, FAMILY[s->owner->options.family]) && set_text(e, CURLOPT_PROXY, proxy) &&
           set_text(e, CURLOPT_NOPROXY, "") && set_number(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1) &&
           set_pointer(e, CURLOPT_CONNECT_TO, s->owner->connect_to) && set_pointer(e, CURLOPT_OPENSOCKETDATA, s) &&
           scp_curl.easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
           (proxy[0] == '\0' || s->owner->options.proxy_user == NULL || set_proxy_credentials(s));
}

static bool set_handshake_only(CURL *e)
{
    return set_number(e, CURLOPT_SSL_VERIFYPEER, 0) && set_number(e, CURLOPT_SSL_VERIFYHOST, 0) &&
           set_number(e, CURLOPT_CONNECT_ONLY, 1);
}

/* A resumed session, or a connection made for another request, would show no certificate. */
static bool set_tls(struct http_slot *s)
{
    const char *ca_file = s->owner->options.ca_file;
    bool own = s->request->tls_issuers != NULL || s->request->tls_anchors != NULL || s->request->chain != NULL;
    CURL *e = s->easy;

    if (!scp_text_caseeq(s->result->url, 6, "https:", 6))
        return true;
    if (ca_file != NULL && (!set_text(e, CURLOPT_CAINFO, ca_file) || !set_text(e, CURLOPT_CAPATH, NULL)))
        return false;
    if (s->request->chain != NULL && !set_handshake_only(e))
        return false;
    if (!s->owner->openssl)
        return true;
    return set_number(e, CURLOPT_SSL_SESSIONID_CACHE, 0) && set_number(e, CURLOPT_FRESH_CONNECT, own) &&
           set_pointer(e, CURLOPT_SSL_CTX_DATA, s) && scp_curl.easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, on_tls) == CURLE_OK;
}

static bool set_request(struct http_slot *s)
{
    const struct scp_http_request *q = s->request;
    CURL *e = s->easy;
    int64_t left = s->limit_ms - scp_machine_ms();

    if (!set_text(e, CURLOPT_URL, s->result->url) || !scp_http_curl_limit(e, left > 1 ? (long)left : 1) ||
        !set_pointer(e, CURLOPT_HTTPHEADER, s->headers))
        return false;
    if (q->post == NULL)
        return true;
    return scp_curl.easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->post_n) == CURLE_OK &&
           scp_curl.easy_setopt(e, CURLOPT_POSTFIELDS, q->post) == CURLE_OK;
}

int scp_http_curl_prepare(struct http_slot *s)
{
    const char *proxy;

    if (s->easy == NULL)
        s->easy = scp_curl.easy_init();
    else
        scp_curl.easy_reset(s->easy);
    if (s->easy == NULL)
        return scp_http_curl_unable(s, "out of memory");
    if (choose_proxy(s, &proxy) != 0 || make_headers(s) != 0)
        return -1;
    s->error[0] = s->refused[0] = '\0';
    scp_http_curl_name(s);
    s->socket_errno = 0;
    s->result->outcome = SCP_HTTP_NOT_STARTED;
    s->result->tls_issuer[0] = '\0';
    s->watch = (struct scp_tls_watch){ .issuers = s->request->tls_issuers, .chain = s->request->chain };
    if (s->hops == 0) {
        s->watch.anchors = s->request->tls_anchors;
        s->watch.anchors_n = s->request->tls_anchors_n;
    }
    scp_http_message_begin(&s->message, s->request, s->result);
    if (!set_callbacks(s) || !set_manners(s) || !set_connection(s, proxy) || !set_tls(s) || !set_credentials(s) || !set_request(s))
        return scp_http_curl_unable(s, "libcurl does not take the request (out of memory, or built without a part of it)");
    return 0;
}
