/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/internal.h"
#include "unit/io/http/memory.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static struct scp_deadline soon(void)
{
    return scp_deadline_after(10);
}

/* --- Dates --- */

static int64_t date(const char *s)
{
    return scp_http_date(s, strlen(s));
}

static void test_dates(void)
{
    tap_is_int(784111777, date("Sun, 06 Nov 1994 08:49:37 GMT"), "the example of RFC 9110");
    tap_is_int(4070908800, date("Thu, 01 Jan 2099 00:00:00 GMT"), "a far one");
    tap_ok(date("Sunday, 06-Nov-94 08:49:37 GMT") == SCP_UTC_UNKNOWN, "RFC 850 form: unknown");
    tap_ok(date("Sun Nov  6 08:49:37 1994") == SCP_UTC_UNKNOWN, "asctime form: unknown");
    tap_ok(date("Sun, 06 Nov 1994 08:49:37 UTC") == SCP_UTC_UNKNOWN, "another zone");
    tap_ok(date("Son, 06 Nov 1994 08:49:37 GMT") == SCP_UTC_UNKNOWN, "another language's day");
    tap_ok(date("Sun, 06 Nyv 1994 08:49:37 GMT") == SCP_UTC_UNKNOWN, "another month");
    tap_ok(date("Sun, 31 Feb 1994 08:49:37 GMT") == SCP_UTC_UNKNOWN, "no such day");
    tap_ok(date("Sun, 06 Nov 1994 25:49:37 GMT") == SCP_UTC_UNKNOWN, "no such hour");
    tap_ok(date("") == SCP_UTC_UNKNOWN && date("0") == SCP_UTC_UNKNOWN, "nothing");
}

/* --- One answer --- */

struct taken {
    char p[64];
    size_t n, begun;
    const char *refuse;
    enum scp_err_code code;
};

static int begin(void *context, struct scp_err *err)
{
    struct taken *t = context;

    (void)err;
    t->begun++;
    t->n = 0;
    return 0;
}

static int take(void *context, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct taken *t = context;

    if (t->refuse != NULL)
        return scp_err_set(err, t->code, "%s", t->refuse);
    memcpy(t->p + t->n, p, n);
    t->n += n;
    return 0;
}

struct exchange {
    struct scp_http_request request;
    struct scp_http_result result;
    struct scp_http_message message;
};

static void start(struct exchange *e, size_t max, const struct scp_http_sink *sink, const char *proxy)
{
    memset(e, 0, sizeof *e);
    e->request = (struct scp_http_request){ .url = "http://a.test/", .max_bytes = max, .sink = sink };
    scp_buf_init(&e->result.body, max);
    (void)snprintf(e->result.proxy, sizeof e->result.proxy, "%s", proxy);
    scp_http_message_begin(&e->message, &e->request, &e->result);
}

static int headers(struct exchange *e, const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        if (scp_http_message_header(&e->message, *lines, strlen(*lines)) != 0)
            return -1;
    }
    return 0;
}

static int body(struct exchange *e, const char *s)
{
    return scp_http_message_body(&e->message, (const uint8_t *)s, strlen(s));
}

static void finish(struct exchange *e)
{
    scp_buf_free(&e->result.body);
}

static const char *const FINE[] = { "HTTP/1.1 200 OK\r\n",
                                    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                                    "content-type:  application/pkix-crl \r\n",
                                    "Age: 60\r\n",
                                    "Content-Length: 5\r\n",
                                    "\r\n",
                                    NULL };

static void test_answers(void)
{
    static const char *const CONTINUED[] = {
        "HTTP/1.1 100 Continue\r\n", "Age: 5\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n", NULL
    };
    static const char *const GZIP[] = { "HTTP/1.1 200 OK\r\n", "Content-Encoding: gzip\r\n", "\r\n", NULL };
    static const char *const LENGTHS[] = { "HTTP/1.1 200 OK\r\n", "Content-Length: 4\r\n", "Content-Length: 5\r\n", "\r\n", NULL };
    static const char *const TWICE[] = { "HTTP/1.1 200 OK\r\n", "Content-Length: 4\r\n", "Content-Length: 4\r\n", "\r\n", NULL };
    static const char *const SIGNED[] = { "HTTP/1.1 200 OK\r\n", "Content-Length: +4\r\n", "\r\n", NULL };
    static const char *const IDENTITY[] = { "HTTP/1.1 200 OK\r\n", "Content-Encoding: identity\r\n", "\r\n", NULL };
    static const char *const TRAILER[] = { "Content-Type: text/html\r\n", "\r\n", NULL };
    struct exchange e;

    start(&e, 5, NULL, "");
    tap_is_int(0, headers(&e, FINE), "headers");
    tap_ok(e.message.final && e.result.status == 200, "the status");
    tap_is_text("application/pkix-crl", e.result.content_type, "the type, trimmed, in any case");
    tap_is_int(784111777 + 60, e.result.date, "Date plus Age");
    tap_ok(body(&e, "ab") == 0 && body(&e, "cde") == 0 && headers(&e, TRAILER) == 0 && scp_http_message_end(&e.message) == 0,
           "a body of the largest size");
    tap_is_text("abcde", scp_buf_text(&e.result.body), "is kept");
    tap_is_bytes("abcde", 5, e.result.head, e.result.head_n, "and its head");
    tap_is_text("application/pkix-crl", e.result.content_type, "a trailer does not change what the headers said");
    tap_is_int(SCP_HTTP_OK, e.result.outcome, "ok");
    finish(&e);

    start(&e, 5, NULL, "");
    (void)headers(&e, CONTINUED);
    tap_ok(e.message.final && e.result.status == 200 && e.message.age == -1, "100 Continue is no answer, its headers do not count");
    tap_is_int(-1, body(&e, "abcdef"), "one byte too many");
    tap_is_int(SCP_HTTP_TOO_LARGE, e.result.outcome, "too large: %s", e.result.message);
    finish(&e);

    start(&e, 4, NULL, "");
    tap_is_int(-1, headers(&e, FINE), "a length over the maximum is refused at once");
    tap_is_int(SCP_HTTP_TOO_LARGE, e.result.outcome, "too large: %s", e.result.message);
    finish(&e);

    start(&e, 5, NULL, "");
    tap_is_int(-1, headers(&e, GZIP), "an encoding that was not asked for");
    tap_is_int(SCP_HTTP_STATUS, e.result.outcome, "and no answer: %s", e.result.message);
    finish(&e);
    start(&e, 5, NULL, "");
    tap_is_int(-1, headers(&e, LENGTHS), "two different lengths");
    tap_is_int(SCP_HTTP_STATUS, e.result.outcome, "no answer: %s", e.result.message);
    start(&e, 5, NULL, "");
    tap_is_int(0, headers(&e, TWICE), "the same length twice");
    start(&e, 5, NULL, "");
    tap_is_int(-1, headers(&e, SIGNED), "a length with a sign");
    start(&e, 5, NULL, "");
    (void)headers(&e, IDENTITY);
    tap_ok(body(&e, "ab") == 0 && scp_http_message_end(&e.message) == 0, "identity is none");
    finish(&e);
}

static void test_floods(void)
{
    char line[1026];
    struct exchange e;
    int n = 0;

    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    memcpy(line, "X-A: ", 5);
    start(&e, 5, NULL, "");
    (void)headers(&e, (const char *const[]){ "HTTP/1.1 200 OK\r\n", NULL });
    while (n < 1000 && scp_http_message_header(&e.message, line, sizeof line - 1) == 0)
        n++;
    tap_is_int(63, n, "lines of 1025 bytes up to 64 KiB");
    tap_is_int(SCP_HTTP_TOO_LARGE, e.result.outcome, "too large: %s", e.result.message);
    finish(&e);
    start(&e, 5, NULL, "");
    for (n = 0; n < 100000 && headers(&e, (const char *const[]){ "HTTP/1.1 100 Continue\r\n", "\r\n", NULL }) == 0;)
        n++;
    tap_ok(n < 3000 && e.result.outcome == SCP_HTTP_TOO_LARGE, "endless 100 Continue ends after %d", n);
    finish(&e);
}

static void test_nul_bytes(void)
{
    static const struct {
        const char *line;
        size_t n;
        const char *what;
    } NULS[] = {
        { "X-A: a\0b\r\n", 10, "in a value" },
        { "X\0A: ab\r\n", 10, "in a name" },
        { "HTTP/1.1 200 O\0\r\n", 17, "in a status line" },
        { "\0\r\n", 3, "alone" },
    };

    for (size_t i = 0; i < sizeof NULS / sizeof NULS[0]; i++) {
        struct exchange e;

        start(&e, 5, NULL, "");
        (void)headers(&e, (const char *const[]){ "HTTP/1.1 200 OK\r\n", NULL });
        tap_is_int(-1, scp_http_message_header(&e.message, NULS[i].line, NULS[i].n), "a NUL byte %s ends it", NULS[i].what);
        tap_is_int(SCP_HTTP_STATUS, e.result.outcome, "no HTTP: %s", e.result.message);
        tap_has_text("not an HTTP answer", e.result.message, "it says so");
        finish(&e);
    }
}

static enum scp_http_outcome by_status(int status, const char *header, const char *proxy, const char *in_message)
{
    char line[64];
    struct exchange e;

    (void)snprintf(line, sizeof line, "HTTP/1.0 %d Text\r\n", status);
    start(&e, 5, NULL, proxy);
    (void)headers(&e, (const char *const[]){ line, header, "\r\n", NULL });
    (void)body(&e, "<html>");
    (void)scp_http_message_end(&e.message);
    tap_has_text(in_message, e.result.message, "%d %s", status, proxy);
    finish(&e);
    return e.result.outcome;
}

static void test_statuses(void)
{
    struct exchange e;
    char page[8192];
    int n = 0;

    tap_is_int(SCP_HTTP_STATUS, by_status(404, "A: b\r\n", "", "HTTP 404"), "the origin's");
    tap_is_int(SCP_HTTP_STATUS, by_status(403, "Server: squid/5.7\r\n", "", "HTTP 403"),
               "a server's name means nothing without a proxy");
    tap_is_int(SCP_HTTP_STATUS, by_status(403, "Server: nginx\r\n", "px:8080", "HTTP 403 through the proxy px:8080"),
               "the origin's, through a proxy");
    tap_is_int(SCP_HTTP_PROXY,
               by_status(403, "X-Squid-Error: ERR_ACCESS_DENIED 0\r\n", "px:8080", "HTTP 403 from the proxy px:8080"),
               "squid's own");
    tap_is_int(SCP_HTTP_PROXY, by_status(500, "Server: tinyproxy/1.11.1\r\n", "px:8080", "HTTP 500 from the proxy"),
               "tinyproxy's own");
    tap_is_int(SCP_HTTP_PROXY, by_status(502, "Proxy-Status: px; error=dns_error\r\n", "px:8080", "HTTP 502 from the proxy"),
               "Proxy-Status with a reason");
    tap_is_int(SCP_HTTP_STATUS, by_status(502, "Proxy-Status: px\r\n", "px:8080", "HTTP 502 through"), "Proxy-Status without one");
    tap_is_int(SCP_HTTP_PROXY_AUTH, by_status(407, "A: b\r\n", "px:8080", "px:8080"), "407");
    tap_is_int(SCP_HTTP_STATUS, by_status(407, "Proxy-Authenticate: Basic\r\n", "", "407 from the host itself"),
               "407 where no proxy was asked");
    tap_is_int(SCP_HTTP_PROXY_AUTH, by_status(401, "Proxy-Authenticate: Basic\r\n", "px:8080", "HTTP 401"),
               "401 that asks for the proxy's");
    tap_is_int(SCP_HTTP_PROXY_AUTH, by_status(401, "Server: tinyproxy/1.11.1\r\n", "px:8080", "HTTP 401"), "401 of a proxy's own");
    tap_is_int(SCP_HTTP_STATUS, by_status(401, "Server: nginx\r\n", "px:8080", "HTTP 401 through"), "401 of the origin");
    tap_is_int(SCP_HTTP_STATUS, by_status(206, "A: b\r\n", "", "HTTP 206"), "a part is no answer");
    tap_is_int(SCP_HTTP_STATUS, by_status(204, "A: b\r\n", "", "HTTP 204"), "nor is none");
    tap_is_int(SCP_HTTP_STATUS, by_status(2000, "A: b\r\n", "", ""), "four digits are no status");

    memset(page, ' ', sizeof page - 1);
    page[sizeof page - 1] = '\0';
    start(&e, 1 << 20, NULL, "");
    (void)headers(&e, (const char *const[]){ "HTTP/1.1 503 No\r\n", "\r\n", NULL });
    while (n < 100 && body(&e, page) == 0)
        n++;
    tap_ok(n == 8 && e.result.outcome == SCP_HTTP_STATUS && e.result.body.n == 0,
           "an error page is neither kept nor read to its end");
    finish(&e);
}

static void test_sinks(void)
{
    struct taken t = { .n = 0 };
    struct scp_http_sink sink = { begin, take, &t };
    struct exchange e;

    start(&e, 50, &sink, "");
    (void)headers(&e, FINE);
    (void)body(&e, "ab");
    (void)body(&e, "cd");
    tap_is_int(0, scp_http_message_end(&e.message), "a body to a sink");
    tap_is_bytes("abcd", 4, t.p, t.n, "all of it");
    tap_ok(t.begun == 1 && e.result.body.n == 0 && e.result.bytes == 4, "begun once, nothing kept");
    scp_http_message_begin(&e.message, &e.request, &e.result);
    (void)headers(&e, FINE);
    (void)body(&e, "x");
    tap_ok(t.begun == 2 && t.n == 1 && e.result.bytes == 1, "another attempt begins anew");
    finish(&e);

    start(&e, 50, &sink, "");
    (void)headers(&e, FINE);
    (void)scp_http_message_end(&e.message);
    tap_is_int(3, (long long)t.begun, "begun also for a body of no bytes");
    finish(&e);

    start(&e, 50, &sink, "");
    (void)headers(&e, (const char *const[]){ "HTTP/1.1 404 No\r\n", "\r\n", NULL });
    (void)body(&e, "page");
    (void)scp_http_message_end(&e.message);
    tap_is_int(3, (long long)t.begun, "not for another status");
    finish(&e);

    t.refuse = "outer and inner algorithm differ";
    t.code = SCP_ERR_FORMAT;
    start(&e, 50, &sink, "");
    (void)headers(&e, FINE);
    tap_is_int(-1, body(&e, "ab"), "a sink that refuses");
    tap_ok(e.result.outcome == SCP_HTTP_REFUSED, "is named so");
    tap_is_text("outer and inner algorithm differ", e.result.message, "with its reason");
    t.code = SCP_ERR_MEMORY;
    (void)body(&e, "ab");
    tap_ok(e.result.outcome == SCP_HTTP_UNABLE && e.result.starved, "out of memory is our own inability, and ends the run");
    finish(&e);
}

/* --- Requests --- */

static enum scp_http_outcome asked(const char *url, size_t max)
{
    struct scp_http_request request = { .url = url, .max_bytes = max };
    struct scp_http_result r = { .outcome = SCP_HTTP_OK };

    (void)scp_http_check(&request, &r);
    return r.outcome;
}

static void test_requests(void)
{
    char url[2100] = "http://a.test/";

    tap_is_int(SCP_HTTP_OK, asked("http://a.test/x?y=z@w", 1), "http");
    tap_is_int(SCP_HTTP_OK, asked("HTTPS://a.test", 1), "https, in any case");
    tap_is_int(SCP_HTTP_UNABLE, asked("ftp://a.test/", 1), "ftp");
    tap_is_int(SCP_HTTP_UNABLE, asked("file:///etc/passwd", 1), "file");
    tap_is_int(SCP_HTTP_UNABLE, asked("a.test", 1), "a host alone");
    tap_is_int(SCP_HTTP_UNABLE, asked("http://user:word@a.test/", 1), "a password in the URL");
    tap_is_int(SCP_HTTP_UNABLE, asked("http://a.test/a b", 1), "a blank");
    tap_is_int(SCP_HTTP_UNABLE, asked("http://a.test/a\r\nHost: b", 1), "a line end");
    tap_is_int(SCP_HTTP_UNABLE, asked("http://a.test/", 0), "no maximum");
    tap_is_int(SCP_HTTP_UNABLE, asked(NULL, 1), "no URL");
    memset(url + 14, 'x', sizeof url - 15);
    tap_is_int(SCP_HTTP_UNABLE, asked(url, 1), "a long URL");
}

static bool is_page(const char *type, const char *head)
{
    struct scp_http_result r = { .head_n = strlen(head) };

    (void)snprintf(r.content_type, sizeof r.content_type, "%s", type);
    memcpy(r.head, head, r.head_n);
    return scp_http_is_page(&r);
}

static void test_pages(void)
{
    tap_ok(is_page("text/html; charset=utf-8", "x"), "by its type");
    tap_ok(is_page("application/pkix-crl", "\xEF\xBB\xBF\r\n <!DOCTYPE html>"), "by its content, whatever the type says");
    tap_ok(is_page("", "<HTML><head>"), "in any case");
    tap_ok(!is_page("application/xml", "<?xml version=\"1.0\"?><Error>"), "XML is none");
    tap_ok(!is_page("application/pkix-crl", "0\x82\x01\x02"), "DER is none");
    tap_ok(!is_page("", ""), "nothing is none");
    tap_ok(!is_page("text/html", "0\x82\x01\x02"), "nor is DER, whatever the type says");
    tap_ok(!is_page("text/html", "MSCF\1\1\1\1"), "nor a cabinet");
    tap_ok(is_page("text/html", "0 results"), "a text that begins with the letter of DER is");
}

/* --- The back end of the tests --- */

static void test_memory(void)
{
    struct taken t = { .n = 0 };
    struct scp_http_sink sink = { begin, take, &t };
    struct scp_http *http = scp_http_memory_new();
    struct scp_deadline deadline = soon(), passed = scp_deadline_after(0);
    struct scp_http_request q[6] = {
        { .url = "http://a.test/1", .max_bytes = 10, .accept = "a/b" },
        { .url = "http://a.test/1", .max_bytes = 10, .sink = &sink },
        { .url = "http://b.test/", .max_bytes = 10 },
        { .url = "http://a.test/late", .max_bytes = 10, .seconds = 2, .post = "POST", .post_n = 4, .post_type = "c/d" },
        { .url = "http://a.test/cut", .max_bytes = 10 },
        { .url = "mailto:x", .max_bytes = 10 },
    };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_http_result r[6];
    struct scp_http_asked seen;

    (void)scp_http_memory_add(
        http, "http://a.test/1",
        &(struct scp_http_answer){ .body = "first", .body_n = 5, .content_type = "x/y", .date = 42, .seconds = 0.5 }, NULL);
    (void)scp_http_memory_add(http, "http://a.test/1", &(struct scp_http_answer){ .body = "second", .body_n = 6, .piece = 4 },
                              NULL);
    (void)scp_http_memory_add(http, "http://a.test/late", &(struct scp_http_answer){ .seconds = 3 }, NULL);
    (void)scp_http_memory_add(http, "http://a.test/cut",
                              &(struct scp_http_answer){ .outcome = SCP_HTTP_TRUNCATED, .body = "cu", .body_n = 2 }, NULL);
    tap_is_int(0, scp_http_run(http, q, 6, r, &deadline, NULL), "a run");
    tap_ok(r[0].outcome == SCP_HTTP_OK && r[0].status == 200 && r[0].date == 42 && r[0].attempts == 1, "the first answer");
    tap_is_text("first", scp_buf_text(&r[0].body), "its body");
    tap_is_text("x/y", r[0].content_type, "its type");
    tap_is_bytes("second", 6, t.p, t.n, "the second answer, to a sink");
    tap_is_int(SCP_HTTP_DNS, r[2].outcome, "an unknown URL");
    tap_is_int(SCP_HTTP_TIMEOUT, r[3].outcome, "later than its limit: %s", r[3].message);
    tap_ok(r[4].outcome == SCP_HTTP_TRUNCATED && r[4].body.n == 0 && r[4].bytes == 2, "a cut body is not kept");
    tap_is_int(SCP_HTTP_UNABLE, r[5].outcome, "no request");
    tap_is_int(5, (long long)scp_http_memory_asked(http, 3, &seen), "what was asked");
    tap_ok(seen.post_n == 4 && memcmp(seen.post, "POST", 4) == 0 && strcmp(seen.post_type, "c/d") == 0 && seen.accept == NULL,
           "with its body");
    scp_http_results_free(r, 6);

    (void)scp_http_run(http, q, 6, r, &passed, NULL);
    tap_ok(r[0].outcome == SCP_HTTP_NOT_STARTED && r[0].attempts == 0 && r[0].message[0] != '\0',
           "nothing is started behind the deadline");
    scp_http_results_free(r, 6);

    t.refuse = "out of memory";
    t.code = SCP_ERR_MEMORY;
    tap_is_int(-1, scp_http_run(http, q, 6, r, &deadline, &err), "a run in which a sink has no memory");
    tap_is_int(SCP_ERR_MEMORY, err.code, "is none");
    scp_http_results_free(r, 6);
    scp_http_free(http);
}

static void test_names(void)
{
    tap_is_text("ok", scp_http_outcome_name(SCP_HTTP_OK), "the first name");
    tap_is_text("unable", scp_http_outcome_name(SCP_HTTP_UNABLE), "the last one");
    for (int i = 0; i <= SCP_HTTP_UNABLE; i++)
        tap_ok(scp_http_outcome_name((enum scp_http_outcome)i) != NULL, "%s", scp_http_outcome_name((enum scp_http_outcome)i));
}

int main(void)
{
    test_dates();
    test_answers();
    test_floods();
    test_nul_bytes();
    test_statuses();
    test_sinks();
    test_requests();
    test_pages();
    test_memory();
    test_names();
    return tap_done();
}
