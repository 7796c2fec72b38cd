/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Status messages from the AdminService: asked for the numbers and the time that matter.  Some deployments refuse filters on
 * times, or filters at all; then the newest messages are read page by page until they are older than the time looked at.
 */
#include "check/status/check.h"

#include "base/text.h"
#include "base/utc.h"
#include "check/egress/network.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_MAX = 8 << 20, URL_MAX = SCP_HTTP_URL_MAX, TOP = 1000 };

enum query { QUERY_ALL /* numbers and time */, QUERY_NUMBERS, QUERY_NEWEST, QUERIES };

struct asking {
    struct scp_http *http;
    const struct scp_deadline *deadline;
    struct scp_status_facts *f;
    struct scp_status_part *part;
    enum query query;
    char url[URL_MAX]; /* of the page asked for */
    char next[SCP_STATUSMSG_LINK_MAX];
    char base[URL_MAX - 400]; /* https://HOST[:PORT]/AdminService */
    size_t origin_n;          /* of https://HOST[:PORT] in it */
    int64_t last_at;          /* of the message before */
    bool unordered;           /* it did not sort them */
    bool past;                /* a message older than the time looked at: in this order none newer follows */
    int64_t clock;
    int status; /* of the last answer */
    bool memory;
};

/* --- Addresses --- */

static int read_base(const char *url, struct asking *a, struct scp_err *err)
{
    static const char SCHEME[] = "https://";
    size_t n = strlen(url), host;

    while (n > 0 && url[n - 1] == '/')
        n--;
    if (n < sizeof SCHEME || !scp_text_caseeq(url, sizeof SCHEME - 1, SCHEME, sizeof SCHEME - 1))
        return scp_err_set(err, SCP_ERR_USAGE, "--adminservice: not https://HOST/AdminService");
    host = sizeof SCHEME - 1 + strcspn(url + sizeof SCHEME - 1, "/");
    if (n >= sizeof a->base || host == sizeof SCHEME - 1 || memchr(url, '@', n) != NULL || strcspn(url, "?# ") < n)
        return scp_err_set(err, SCP_ERR_USAGE, "--adminservice: not https://HOST/AdminService");
    memcpy(a->base, url, n);
    a->base[n] = '\0';
    a->origin_n = host < n ? host : n;
    return 0;
}

int scp_status_service_check(const char *url, struct scp_err *err)
{
    struct asking a = { .url = "" };

    return read_base(url, &a, err);
}

/* What a page's address asks for; read_base() left room for it. */
static void first_page(struct asking *a)
{
    char since[SCP_UTC_TEXT], filter[256] = "";
    size_t n = 0;

    for (size_t i = 0; i < SCP_SYMPTOMS && a->query != QUERY_NEWEST; i++) {
        if (scp_symptoms[i].message != 0)
            n += (size_t)snprintf(filter + n, sizeof filter - n, "%sMessageID%%20eq%%20%u", n == 0 ? "$filter=(" : "%20or%20",
                                  scp_symptoms[i].message);
    }
    (void)snprintf(a->url, sizeof a->url, "%s/wmi/SMS_StatusMessage?%s%s%s%s%s$orderby=Time%%20desc&$top=%d", a->base, filter,
                   n > 0 ? ")" : "", a->query == QUERY_ALL ? "%20and%20Time%20ge%20" : "",
                   a->query == QUERY_ALL ? scp_utc_format(a->f->since, since) : "", n > 0 ? "&" : "", TOP);
}

/* The next page, on the same host only: our credentials go nowhere else. */
static bool next_page(struct asking *a, char why[256])
{
    const char *next = a->next;
    char url[URL_MAX];
    int n = next[0] == '/' ? snprintf(url, sizeof url, "%.*s%s", (int)a->origin_n, a->base, next)
                           : snprintf(url, sizeof url, "%s", next);

    if (n < 0 || (size_t)n >= sizeof url) {
        (void)snprintf(why, 256, "the address of the next page is too long");
    } else if (!scp_text_caseeq(url, (size_t)n < a->origin_n ? (size_t)n : a->origin_n, a->base, a->origin_n) ||
               (url[a->origin_n] != '/' && url[a->origin_n] != '?')) {
        (void)snprintf(why, 256, "the next page is said to be on another host: %.150s", next);
    } else if (strcmp(url, a->url) == 0) {
        (void)snprintf(why, 256, "the next page is said to be the same one");
    } else {
        memcpy(a->url, url, (size_t)n + 1);
        return true;
    }
    return false;
}

/* --- One page --- */

static int on_message(void *ctx, const struct scp_statusmsg *m, struct scp_err *err)
{
    struct asking *a = ctx;

    (void)err;
    if (m->at != SCP_UTC_UNKNOWN) {
        a->unordered = a->unordered || (a->last_at != SCP_UTC_UNKNOWN && m->at > a->last_at);
        a->past = a->past || m->at < a->f->since;
        a->last_at = m->at;
    }
    if (!scp_status_was_told(a->f, m))
        (void)scp_status_count_message(a->f, m);
    return 0;
}

static void describe(const struct scp_http_result *r, char why[256])
{
    if (r->status == 401)
        (void)snprintf(why, 256, "401: the user name, password or ticket was not accepted");
    else if (r->status == 403)
        (void)snprintf(why, 256, "403: the account may not use it (it must be an administrative user of Configuration Manager)");
    else if (r->status == 404)
        (void)snprintf(why, 256, "404: no AdminService at this address");
    else if (r->outcome == SCP_HTTP_INTERCEPTED && r->tls_issuer[0] != '\0')
        (void)snprintf(why, 256, "its certificate is not trusted here, issued by %.150s (see --cafile)", r->tls_issuer);
    else
        (void)snprintf(why, 256, "%.200s", r->message);
}

/* A page that is no list of messages is an answer of somebody else. */
static int read_body(struct asking *a, const struct scp_http_result *r, struct scp_statusmsg_facts *facts, char why[256])
{
    const struct scp_statusmsg_sink sink = { a, on_message, a->next };
    struct scp_err err = SCP_ERR_INIT;

    if (scp_http_is_page(r)) {
        (void)snprintf(why, 256, "a web page instead of status messages (%zu bytes)", r->bytes);
        return -1;
    }
    if (scp_statusmsg_parse(scp_buf_text(&r->body), r->body.n, &sink, facts, &err) == 0 && facts->json && !facts->truncated &&
        !facts->empty)
        return 0;
    (void)snprintf(why, 256, "not a list of status messages: %.180s",
                   facts->truncated         ? "it ends too early"
                   : err.message[0] != '\0' ? err.message
                   : facts->empty           ? "empty"
                                            : "not JSON");
    return -1;
}

static void note_clock(struct asking *a, const struct scp_http_result *r, int64_t clock)
{
    if (!a->part->has_clock_skew)
        a->part->has_clock_skew = scp_network_clock_skew(r, 1, clock, &a->part->clock_skew);
}

static int read_page(struct asking *a, struct scp_statusmsg_facts *facts, char why[256])
{
    const struct scp_http_request request = { .url = a->url, .accept = "application/json", .max_bytes = PAGE_MAX };
    struct scp_http_result result = { .date = SCP_UTC_UNKNOWN };
    struct scp_err err = SCP_ERR_INIT;
    int rc = -1;

    *facts = (struct scp_statusmsg_facts){ 0 };
    a->status = 0;
    if (scp_http_run(a->http, &request, 1, &result, a->deadline, &err) != 0) {
        a->memory = err.code == SCP_ERR_MEMORY;
        (void)snprintf(why, 256, "%.255s", err.message);
        return -1;
    }
    a->status = result.status;
    if (result.outcome == SCP_HTTP_OK) {
        note_clock(a, &result, a->clock);
        rc = read_body(a, &result, facts, why);
    } else {
        describe(&result, why);
    }
    scp_http_results_free(&result, 1);
    return rc;
}

/* --- All pages --- */

/* What was found so far does not count when the question is asked again in another way. */
static void start_anew(struct asking *a)
{
    a->past = a->unordered = false;
    a->last_at = SCP_UTC_UNKNOWN;
    first_page(a);
}

static void incomplete(struct asking *a, const char *why)
{
    a->part->incomplete = true;
    (void)snprintf(a->part->reason, sizeof a->part->reason, "%s", why);
}

/* Behind the first page: what is wrong now leaves what was read. */
static void read_more(struct asking *a, struct scp_statusmsg_facts *facts)
{
    char why[256] = "";

    for (size_t pages = 1;; pages++) {
        size_t in_page = facts->messages + facts->malformed;

        if (a->query != QUERY_ALL && a->past && !a->unordered)
            return;
        if (facts->next_too_long) {
            incomplete(a, "the address of the next page is too long");
            return;
        }
        if (a->next[0] == '\0') {
            /* As many as asked for, and no word of more. */
            if (pages == 1 && in_page >= TOP)
                incomplete(a, "there may be more of them");
            return;
        }
        if (pages == SCP_STATUS_PAGES_MAX) {
            incomplete(a, "more pages than are read");
            return;
        }
        if (!next_page(a, why) || read_page(a, facts, why) != 0) {
            incomplete(a, why);
            return;
        }
        a->part->messages.messages += facts->messages;
        a->part->messages.malformed += facts->malformed;
    }
}

static bool refuses_filter(int status)
{
    return status == 400 || status == 500 || status == 501;
}

static void ask_service(struct asking *a)
{
    struct scp_statusmsg_facts facts;
    char why[256] = "";

    for (a->query = QUERY_ALL; a->query < QUERIES; a->query++) {
        start_anew(a);
        a->part->read = read_page(a, &facts, why) == 0;
        if (a->part->read || !refuses_filter(a->status))
            break;
    }
    if (!a->part->read) {
        (void)snprintf(a->part->reason, sizeof a->part->reason, "%s", why);
        return;
    }
    a->part->messages = facts;
    read_more(a, &facts);
}

int scp_status_gather_service(const char *url, struct scp_http *http, const struct scp_deadline *deadline, int64_t clock,
                              struct scp_status_facts *f, struct scp_err *err)
{
    struct asking a = { .http = http, .deadline = deadline, .f = f, .clock = clock };

    a.part = scp_status_new_part(f, SCP_STATUS_SERVICE, url, err);
    if (a.part == NULL || read_base(url, &a, err) != 0)
        return -1;
    ask_service(&a);
    return a.memory ? scp_err_memory(err) : 0;
}
