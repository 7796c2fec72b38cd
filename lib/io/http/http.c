/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/internal.h"

#include "base/say.h"
#include "base/text.h"
#include "codec/text/sniff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const NAMES[] = {
    [SCP_HTTP_OK] = "ok",
    [SCP_HTTP_DNS] = "dns",
    [SCP_HTTP_CONNECT] = "connect",
    [SCP_HTTP_PROXY] = "proxy",
    [SCP_HTTP_PROXY_AUTH] = "proxy-auth",
    [SCP_HTTP_TLS] = "tls",
    [SCP_HTTP_INTERCEPTED] = "intercepted",
    [SCP_HTTP_STATUS] = "http",
    [SCP_HTTP_TRUNCATED] = "truncated",
    [SCP_HTTP_TOO_LARGE] = "too-large",
    [SCP_HTTP_TIMEOUT] = "timeout",
    [SCP_HTTP_REFUSED] = "refused",
    [SCP_HTTP_NOT_STARTED] = "not-started",
    [SCP_HTTP_UNABLE] = "unable",
};

const char *scp_http_outcome_name(enum scp_http_outcome outcome)
{
    return (size_t)outcome < sizeof NAMES / sizeof NAMES[0] ? NAMES[outcome] : "unable";
}

int scp_http_fail(struct scp_http_result *r, enum scp_http_outcome outcome, const char *fmt, ...)
{
    va_list args;

    r->outcome = outcome;
    va_start(args, fmt);
    (void)scp_say_vformat(r->message, sizeof r->message, false, fmt, args);
    va_end(args);
    return -1;
}

int scp_http_fail_err(struct scp_http_result *r, enum scp_http_outcome outcome, const struct scp_err *err)
{
    return err->code == SCP_ERR_MEMORY ? scp_http_fail_memory(r) : scp_http_fail(r, outcome, SCP_SAID, err->message);
}

int scp_http_fail_memory(struct scp_http_result *r)
{
    r->starved = true;
    return scp_http_fail(r, SCP_HTTP_UNABLE, "out of memory");
}

static bool begins(const char *s, const char *with)
{
    size_t n = strlen(with);

    return strnlen(s, n) == n && scp_text_caseeq(s, n, with, n);
}

static bool has_blank_or_control(const char *s)
{
    for (; *s != '\0'; s++) {
        if ((unsigned char)*s <= ' ' || *s == '\x7F')
            return true;
    }
    return false;
}

int scp_http_check(const struct scp_http_request *request, struct scp_http_result *r)
{
    const char *host;

    if (request->url == NULL || strnlen(request->url, SCP_HTTP_URL_MAX + 1) > SCP_HTTP_URL_MAX)
        return scp_http_fail(r, SCP_HTTP_UNABLE, "the URL is longer than %d bytes", SCP_HTTP_URL_MAX);
    if (!begins(request->url, "http://") && !begins(request->url, "https://"))
        return scp_http_fail(r, SCP_HTTP_UNABLE, "is neither an http nor an https URL");
    if (has_blank_or_control(request->url))
        return scp_http_fail(r, SCP_HTTP_UNABLE, "the URL holds blanks or control characters");
    host = strstr(request->url, "://") + 3;
    if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
        return scp_http_fail(r, SCP_HTTP_UNABLE, "the URL holds a user name");
    if (strcspn(host, "/?#:") == 0)
        return scp_http_fail(r, SCP_HTTP_UNABLE, "the URL names no host");
    if (request->max_bytes == 0)
        return scp_http_fail(r, SCP_HTTP_UNABLE, "a request without a maximum");
    return 0;
}

int scp_http_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                 const struct scp_deadline *deadline, struct scp_err *err)
{
    for (size_t i = 0; i < n; i++) {
        results[i] = (struct scp_http_result){ .outcome = SCP_HTTP_NOT_STARTED, .date = SCP_UTC_UNKNOWN };
        scp_buf_init(&results[i].body, requests[i].max_bytes);
        (void)scp_http_fail(&results[i], SCP_HTTP_NOT_STARTED, "not started before the deadline");
    }
    if (n > SCP_HTTP_REQUESTS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d requests", SCP_HTTP_REQUESTS_MAX);
    if (http->back_end->run(http, requests, n, results, deadline, err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (results[i].starved)
            return scp_err_memory(err);
    }
    return 0;
}

void scp_http_results_free(struct scp_http_result *results, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        scp_buf_free(&results[i].body);
        free(results[i].url);
        results[i].url = NULL;
    }
}

void scp_http_free(struct scp_http *http)
{
    if (http != NULL)
        http->back_end->free(http);
}

/* A server may call by any type what it does not know; an object is known by itself. */
static bool begins_as_object(const struct scp_http_result *result)
{
    enum scp_sniff kind = scp_sniff(result->head, result->head_n);

    return kind == SCP_SNIFF_DER || kind == SCP_SNIFF_PKCS7 || kind == SCP_SNIFF_CABINET;
}

bool scp_http_is_page(const struct scp_http_result *result)
{
    bool called = begins(result->content_type, "text/html") || begins(result->content_type, "application/xhtml");

    return (called && !begins_as_object(result)) || scp_sniff_is_html(result->head, result->head_n);
}
