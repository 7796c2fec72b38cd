/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/machine.h"

#include <stdio.h>
#include <string.h>

enum { CLIENT_CERTIFICATE = 98 }; /* CURLE_SSL_CLIENTCERT, named since 7.77 */

/* What libcurl reports, in the words of enum scp_http_outcome: the other side's fault or our own inability, and whose. */

static bool through_proxy(const struct http_slot *s)
{
    return s->result->proxy[0] != '\0';
}

static long number(CURL *easy, CURLINFO info)
{
    long v = 0;

    return scp_curl.easy_getinfo(easy, info, &v) == CURLE_OK ? v : 0;
}

static curl_off_t microseconds(CURL *easy, CURLINFO info)
{
    curl_off_t v = 0;

    return scp_curl.easy_getinfo(easy, info, &v) == CURLE_OK ? v : 0;
}

/* libcurl's own words, which may hold text from outside, or a fallback. */
static const char *words(const struct http_slot *s, CURLcode code)
{
    return s->error[0] != '\0' ? s->error : scp_curl.easy_strerror(code);
}

static void fail(struct http_slot *s, enum scp_http_outcome outcome, const char *what)
{
    (void)scp_http_fail(s->result, outcome, "%s", what);
}

static void fail_system(struct http_slot *s, enum scp_http_outcome outcome, const char *what, long reason)
{
    char text[128] = "no connection";

    if (reason != 0)
        (void)scp_http_socket_reason(reason, text, sizeof text);
    (void)scp_http_fail(s->result, outcome, "%s%s", what, text);
}

/* Who was to be connected. */
static void fail_connect(struct http_slot *s)
{
    long reason = number(s->easy, CURLINFO_OS_ERRNO);
    char what[160] = "";

    if (s->refused[0] != '\0') {
        fail(s, SCP_HTTP_STATUS, s->refused);
        return;
    }
    if (reason == 0)
        reason = s->socket_errno;
    if (scp_http_socket_own_fault(reason) || (reason != 0 && reason == s->socket_errno)) {
        fail_system(s, SCP_HTTP_UNABLE, "no connection was tried: ", reason);
        return;
    }
    if (reason == 0 && s->owner->options.family != SCP_HTTP_ANY_FAMILY) {
        fail(s, SCP_HTTP_UNABLE, "no connection was tried: there is no address of the family asked for");
        return;
    }
    if (through_proxy(s))
        (void)snprintf(what, sizeof what, "proxy %s: ", s->result->proxy);
    fail_system(s, through_proxy(s) ? SCP_HTTP_PROXY : SCP_HTTP_CONNECT, what, reason);
}

/* A refused CONNECT; false when there was none. */
static bool fail_tunnel(struct http_slot *s)
{
    long status = number(s->easy, CURLINFO_HTTP_CONNECTCODE);

    if (status == 0 || status == 200)
        return false;
    s->result->status = (int)status;
    if (status == 407)
        (void)scp_http_fail(s->result, SCP_HTTP_PROXY_AUTH, "the proxy %s wants other credentials (HTTP 407)", s->result->proxy);
    else
        (void)scp_http_fail(s->result, SCP_HTTP_PROXY, "HTTP %ld from the proxy %s", status, s->result->proxy);
    return true;
}

/* The connection broke after it stood. */
static void fail_broken(struct http_slot *s, CURLcode code)
{
    long reason = number(s->easy, CURLINFO_OS_ERRNO);

    if (fail_tunnel(s))
        return;
    if (s->message.final)
        (void)scp_http_fail(s->result, SCP_HTTP_TRUNCATED, "the answer ends early, after %zu bytes: %s", s->result->bytes,
                            words(s, code));
    else if (reason != 0 && !s->message.answered)
        fail_system(s, through_proxy(s) ? SCP_HTTP_PROXY : SCP_HTTP_CONNECT, "closed without an answer: ", reason);
    else if (s->message.answered)
        (void)scp_http_fail(s->result, SCP_HTTP_TRUNCATED, "the answer ends inside its headers");
    else
        fail(s, through_proxy(s) ? SCP_HTTP_PROXY : SCP_HTTP_CONNECT, words(s, code));
}

static void fail_tls(struct http_slot *s, CURLcode code)
{
    char message[256];
    enum scp_http_outcome outcome;

    if (fail_tunnel(s))
        return;
    outcome = scp_tls_watch_verdict(&s->watch, message, sizeof message);
    if (outcome != SCP_HTTP_OK)
        fail(s, outcome, message);
    else
        fail(s, SCP_HTTP_TLS, words(s, code));
}

/* libcurl says "out of memory" also for a header line that is longer than it takes. */
static void fail_memory(struct http_slot *s)
{
    bool waiting_for_headers = number(s->easy, CURLINFO_REQUEST_SIZE) > 0 && !s->message.final;

    if (!scp_http_curl_starved() && waiting_for_headers)
        (void)scp_http_fail(s->result, SCP_HTTP_TOO_LARGE, "headers of more than %d bytes", SCP_HTTP_HEADERS_MAX);
    else
        (void)scp_http_fail_memory(s->result);
}

static void fail_name(struct http_slot *s, bool proxy)
{
    int lack =
        scp_http_socket_lack(); /* the resolver needs sockets too, and would call their lack a name that cannot be resolved */

    if (strstr(s->error, "thread") != NULL) /* the resolver's could not be made */
        fail(s, SCP_HTTP_UNABLE, s->error);
    else if (lack != 0)
        fail_system(s, SCP_HTTP_UNABLE, "the name could not be looked up: ", lack);
    else if (proxy)
        (void)scp_http_fail(s->result, SCP_HTTP_PROXY, "name of the proxy %s not resolved", s->result->proxy);
    else
        fail(s, SCP_HTTP_DNS, "name not resolved");
}

static const char *phase(const struct http_slot *s)
{
    if (s->message.final)
        return "the answer was not complete";
    if (s->message.answered)
        return "the headers of the answer were not complete";
    if (number(s->easy, CURLINFO_REQUEST_SIZE) > 0)
        return "no answer";
    if (s->watch.started)
        return "no TLS handshake";
    return "no connection";
}

void scp_http_curl_verdict_timeout(struct http_slot *s)
{
    double seconds = (double)(scp_machine_ms() - s->began_ms) / 1000;
    bool resolved = microseconds(s->easy, CURLINFO_NAMELOOKUP_TIME_T) > 0 || number(s->easy, CURLINFO_REQUEST_SIZE) > 0;

    if (!resolved && through_proxy(s))
        (void)scp_http_fail(s->result, SCP_HTTP_PROXY, "name of the proxy %s not resolved within %.1f s", s->result->proxy,
                            seconds);
    else if (!resolved)
        (void)scp_http_fail(s->result, SCP_HTTP_DNS, "name not resolved within %.1f s", seconds);
    else if (s->message.final)
        (void)scp_http_fail(s->result, SCP_HTTP_TIMEOUT, "%s within %.1f s (%zu bytes came)", phase(s), seconds, s->result->bytes);
    else
        (void)scp_http_fail(s->result, SCP_HTTP_TIMEOUT, "%s within %.1f s", phase(s), seconds);
}

/* A callback of ours ended the transfer and has said why; otherwise libcurl could not write, which it never should. */
static void fail_callback(struct http_slot *s)
{
    if (s->result->outcome == SCP_HTTP_NOT_STARTED)
        fail(s, SCP_HTTP_UNABLE, "the body could not be taken");
}

void scp_http_curl_verdict(struct http_slot *s, CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        if (s->request->chain == NULL)
            (void)scp_http_message_end(&s->message);
        else
            s->result->outcome = SCP_HTTP_OK;
        return;
    case CURLE_WRITE_ERROR: fail_callback(s); return;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: fail_name(s, code == CURLE_COULDNT_RESOLVE_PROXY); return;
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED: fail_connect(s); return;
    case CURLE_OPERATION_TIMEDOUT: scp_http_curl_verdict_timeout(s); return;
    case CURLE_PARTIAL_FILE:
        (void)scp_http_fail(s->result, SCP_HTTP_TRUNCATED, "the answer ends early, after %zu bytes", s->result->bytes);
        return;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: fail_broken(s, code); return;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CERTPROBLEM: fail_tls(s, code); return;
    case CURLE_OUT_OF_MEMORY: fail_memory(s); return;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        (void)scp_http_fail(s->result, SCP_HTTP_STATUS, "not an HTTP answer: %s", words(s, code));
        return;
    case CURLE_PROXY: fail(s, SCP_HTTP_PROXY, words(s, code)); return;
    case CURLE_URL_MALFORMAT:
    case CURLE_FAILED_INIT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE: fail(s, SCP_HTTP_UNABLE, words(s, code)); return;
    default:
        if ((int)code == CLIENT_CERTIFICATE)
            fail_tls(s, code);
        else
            fail(s, SCP_HTTP_CONNECT, words(s, code));
        return;
    }
}
