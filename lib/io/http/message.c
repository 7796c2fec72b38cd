/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/internal.h"

#include "base/num.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/*
 * What an answer says, line by line (RFC 9112).  libcurl has split it and taken off the transfer coding; it hands over the
 * lines of every answer: of a proxy's to CONNECT, of 1xx, of the final one.
 */
enum { AGE_MAX = 366 * 86400 };

struct span {
    const char *p;
    size_t n;
};

static struct span trimmed(const char *p, size_t n)
{
    while (n > 0 && strchr(" \t", *p) != NULL && *p != '\0') {
        p++;
        n--;
    }
    while (n > 0 && p[n - 1] != '\0' && strchr(" \t\r\n", p[n - 1]) != NULL)
        n--;
    return (struct span){ p, n };
}

static bool is(struct span s, const char *text)
{
    return scp_text_caseeq(s.p, s.n, text, strlen(text));
}

static bool begins(struct span s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && scp_text_caseeq(s.p, n, text, n);
}

static void keep(struct span s, char *out, size_t size)
{
    (void)snprintf(out, size, "%.*s", (int)(s.n < size ? s.n : size), s.p);
}

/* --- Date --- */

static bool digits(const char *p, size_t n, int *out)
{
    uint64_t v = 0;

    if (scp_num_u64(p, n, 9999, &v, NULL) != 0)
        return false;
    *out = (int)v;
    return true;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
int64_t scp_http_date(const char *p, size_t n)
{
    static const char DAYS[] = "SunMonTueWedThuFriSat", MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char SHAPE[] = "aaa, 00 aaa 0000 00:00:00 GMT";
    int day, month = 0, year, hour, minute, second;
    int64_t t = SCP_UTC_UNKNOWN;
    bool known_day = false;

    if (n != sizeof SHAPE - 1)
        return SCP_UTC_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        if (SHAPE[i] != 'a' && SHAPE[i] != '0' && SHAPE[i] != p[i])
            return SCP_UTC_UNKNOWN;
    }
    for (size_t i = 0; i < 7; i++)
        known_day = known_day || memcmp(p, DAYS + 3 * i, 3) == 0;
    for (size_t i = 0; i < 12; i++) {
        if (memcmp(p + 8, MONTHS + 3 * i, 3) == 0)
            month = (int)i + 1;
    }
    if (!known_day || month == 0 || !digits(p + 5, 2, &day) || !digits(p + 12, 4, &year) || !digits(p + 17, 2, &hour) ||
        !digits(p + 20, 2, &minute) || !digits(p + 23, 2, &second))
        return SCP_UTC_UNKNOWN;
    return scp_utc_from_civil(year, month, day, hour, minute, second, &t) ? t : SCP_UTC_UNKNOWN;
}

/* --- Headers --- */

static void forget_answer(struct scp_http_message *m)
{
    m->answered = m->final = m->from_proxy = m->wants_proxy_auth = m->encoded = m->bad_length = false;
    m->date = SCP_UTC_UNKNOWN;
    m->age = m->length = -1;
    m->result->status = 0;
    m->result->content_type[0] = '\0';
    m->result->date = SCP_UTC_UNKNOWN;
}

void scp_http_message_begin(struct scp_http_message *m, const struct scp_http_request *request, struct scp_http_result *r)
{
    *m = (struct scp_http_message){ .request = request, .result = r };
    forget_answer(m);
    scp_buf_truncate(&r->body, 0);
    r->bytes = r->head_n = 0;
}

static int64_t number(struct span s, uint64_t max)
{
    uint64_t v = 0;

    return scp_num_u64(s.p, s.n, max, &v, NULL) == 0 ? (int64_t)v : -1;
}

static void status_line(struct scp_http_message *m, struct span s)
{
    const char *blank = memchr(s.p, ' ', s.n);
    size_t n = blank != NULL ? s.n - (size_t)(blank - s.p) : 0;

    forget_answer(m);
    m->answered = true;
    if (n == 4 || (n > 4 && blank[4] == ' ')) /* "2000" is none; not every libcurl refuses it */
        m->result->status = (int)number((struct span){ blank + 1, 3 }, 999);
    if (m->result->status < 100)
        m->result->status = 0;
}

/* Signs that a proxy made up the answer itself (squid, tinyproxy; RFC 9209 for those that follow it). */
static void look_for_proxy(struct scp_http_message *m, struct span name, struct span value)
{
    if (is(name, "X-Squid-Error") || is(name, "Proxy-Authenticate") ||
        (is(name, "Server") && (begins(value, "tinyproxy") || begins(value, "squid"))))
        m->from_proxy = true;
    if (is(name, "Proxy-Status"))
        m->from_proxy = m->from_proxy || memchr(value.p, ';', value.n) != NULL;
    if (is(name, "Proxy-Authenticate"))
        m->wants_proxy_auth = true;
}

/* What is no number, or not the same number each time, is a way to have two readers see two bodies (RFC 9112, section 6.3). */
static void content_length(struct scp_http_message *m, struct span value)
{
    int64_t length = number(value, INT64_MAX);

    m->bad_length = m->bad_length || length < 0 || (m->length >= 0 && m->length != length);
    m->length = length;
}

static void header(struct scp_http_message *m, struct span name, struct span value)
{
    struct scp_http_result *r = m->result;

    if (r->proxy[0] != '\0')
        look_for_proxy(m, name, value);
    if (is(name, "Content-Type"))
        keep(value, r->content_type, sizeof r->content_type);
    else if (is(name, "Content-Encoding"))
        m->encoded = m->encoded || !is(value, "identity");
    else if (is(name, "Content-Length"))
        content_length(m, value);
    else if (is(name, "Age"))
        m->age = number(value, AGE_MAX);
    else if (is(name, "Date"))
        m->date = scp_http_date(value.p, value.n);
}

static int end_of_headers(struct scp_http_message *m)
{
    struct scp_http_result *r = m->result;

    m->final = r->status >= 200;
    if (m->date != SCP_UTC_UNKNOWN)
        r->date = m->date + (m->age > 0 ? m->age : 0);
    if (r->status != 200)
        return 0;
    if (m->encoded)
        return scp_http_fail(r, SCP_HTTP_STATUS, "answered in an encoding that was not asked for");
    if (m->bad_length)
        return scp_http_fail(r, SCP_HTTP_STATUS, "not an HTTP answer: its Content-Length is no length");
    if (m->length >= 0 && (uint64_t)m->length > m->request->max_bytes)
        return scp_http_fail(r, SCP_HTTP_TOO_LARGE, "announces %lld bytes, the limit is %zu", (long long)m->length,
                             m->request->max_bytes);
    return 0;
}

int scp_http_message_header(struct scp_http_message *m, const char *p, size_t n)
{
    struct span line = trimmed(p, n);
    const char *colon;

    if (n > SCP_HTTP_HEADERS_MAX - m->header_bytes)
        return scp_http_fail(m->result, SCP_HTTP_TOO_LARGE, "headers of more than %d bytes", SCP_HTTP_HEADERS_MAX);
    m->header_bytes += n;
    if (memchr(p, '\0', n) != NULL) /* RFC 9110, section 5.5; not every libcurl refuses it */
        return scp_http_fail(m->result, SCP_HTTP_STATUS, "not an HTTP answer: a NUL byte in a header");
    if (begins(line, "HTTP/")) {
        status_line(m, line);
        return 0;
    }
    if (m->final) /* a trailer field behind the last chunk (RFC 9112, section 7.1.2) */
        return 0;
    if (line.n == 0)
        return end_of_headers(m);
    colon = memchr(line.p, ':', line.n);
    if (colon != NULL)
        header(m, trimmed(line.p, (size_t)(colon - line.p)), trimmed(colon + 1, line.n - (size_t)(colon - line.p) - 1));
    return 0;
}

/* --- Body --- */

static int begin_sink(struct scp_http_message *m)
{
    const struct scp_http_sink *sink = m->request->sink;
    struct scp_err err = SCP_ERR_INIT;

    if (m->begun || sink == NULL)
        return 0;
    m->begun = true;
    if (sink->begin != NULL && sink->begin(sink->context, &err) != 0)
        return scp_http_fail_err(m->result, SCP_HTTP_REFUSED, &err);
    return 0;
}

static void keep_head(struct scp_http_result *r, const uint8_t *p, size_t n)
{
    size_t room = SCP_HTTP_HEAD - r->head_n;

    if (n > room)
        n = room;
    memcpy(r->head + r->head_n, p, n);
    r->head_n += n;
}

static bool is_https(const char *url)
{
    return url != NULL && scp_text_caseeq(url, strnlen(url, 8), "https://", 8);
}

/*
 * 407 and answers in its spirit (tinyproxy answers 401 to a wrong password); what the proxy says for itself; the origin's.  Where
 * no proxy was asked, and inside its tunnel, only the origin speaks.
 */
static int fail_by_status(struct scp_http_message *m)
{
    struct scp_http_result *r = m->result;

    if (r->status == 407 && (r->proxy[0] == '\0' || is_https(r->url)))
        return scp_http_fail(r, SCP_HTTP_STATUS, "HTTP 407 from the host itself, which was not asked as a proxy");
    if (r->proxy[0] == '\0')
        return scp_http_fail(r, SCP_HTTP_STATUS, "HTTP %d", r->status);
    if (is_https(r->url))
        return scp_http_fail(r, SCP_HTTP_STATUS, "HTTP %d through the proxy %s", r->status, r->proxy);
    if (r->status == 407 || m->wants_proxy_auth || (m->from_proxy && r->status == 401))
        return scp_http_fail(r, SCP_HTTP_PROXY_AUTH, "the proxy %s wants other credentials (HTTP %d)", r->proxy, r->status);
    if (m->from_proxy && r->status >= 400)
        return scp_http_fail(r, SCP_HTTP_PROXY, "HTTP %d from the proxy %s", r->status, r->proxy);
    return scp_http_fail(r, SCP_HTTP_STATUS, "HTTP %d through the proxy %s", r->status, r->proxy);
}

int scp_http_message_body(struct scp_http_message *m, const uint8_t *p, size_t n)
{
    const struct scp_http_sink *sink = m->request->sink;
    struct scp_http_result *r = m->result;
    struct scp_err err = SCP_ERR_INIT;

    r->bytes += n;
    keep_head(r, p, n);
    if (r->status != 200) /* nobody reads it; a page of any length is cut short */
        return r->bytes > SCP_HTTP_PAGE_MAX ? fail_by_status(m) : 0;
    if (r->bytes > m->request->max_bytes)
        return scp_http_fail(r, SCP_HTTP_TOO_LARGE, "exceeds the limit of %zu bytes", m->request->max_bytes);
    if (begin_sink(m) != 0)
        return -1;
    if (sink == NULL && scp_buf_add(&r->body, p, n) != 0)
        return scp_http_fail_memory(r);
    if (sink != NULL && sink->data(sink->context, p, n, &err) != 0)
        return scp_http_fail_err(r, SCP_HTTP_REFUSED, &err);
    return 0;
}

int scp_http_message_end(struct scp_http_message *m)
{
    struct scp_http_result *r = m->result;

    if (r->status != 0 && !m->final) /* libcurl takes it for whole */
        return scp_http_fail(r, SCP_HTTP_TRUNCATED, "the answer ends inside its headers");
    if (r->status != 200)
        return fail_by_status(m);
    if (begin_sink(m) != 0) /* a body of no bytes */
        return -1;
    r->outcome = SCP_HTTP_OK;
    r->message[0] = '\0';
    return 0;
}
