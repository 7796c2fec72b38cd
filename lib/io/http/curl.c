/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/machine.h"
#include "base/say.h"
#include "base/text.h"
#include "codec/x509/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * libcurl's multi interface.  Redirects are followed here, not by libcurl: each is a request of its own, so that the proxy is
 * chosen anew, the places are known by name, and https never becomes http.
 */
enum { POLL_MAX_MS = 1000, RETRY_PAUSE_MS = 250, CONNECTIONS_KEPT = 2 * SCP_HTTP_PARALLEL_MAX };

int scp_http_curl_unable(struct http_slot *s, const char *why)
{
    return scp_http_fail(s->result, SCP_HTTP_UNABLE, SCP_SAID, why);
}

static int copy_text(char **out, const char *s)
{
    char *copy = strdup(s);

    if (copy == NULL)
        return -1;
    free(*out);
    *out = copy;
    return 0;
}

/* --- A transfer: attempts, each with its redirects --- */

static void finish(struct http_slot *s)
{
    s->result->seconds = (double)(scp_machine_ms() - s->began_ms) / 1000;
    if (s->result->outcome != SCP_HTTP_OK)
        scp_buf_free(&s->result->body);
    scp_http_curl_name_redirect(s);
    scp_curl.slist_free_all(s->headers);
    s->headers = NULL;
    s->request = NULL;
    s->owner->ended++;
    if (s->owner->options.progress != NULL)
        s->owner->options.progress(s->owner->ended, s->owner->total);
}

static void take_off(struct http_slot *s)
{
    if (s->on_its_way)
        (void)scp_curl.multi_remove_handle(s->owner->multi, s->easy);
    s->on_its_way = false;
}

/* In the middle of it. */
static void break_off(struct http_slot *s)
{
    if (s->on_its_way && scp_http_curl_leave_behind(s))
        s->on_its_way = false;
    take_off(s);
    finish(s);
}

/* Asks at the place that result->url names. */
static void ask(struct http_slot *s)
{
    s->due_ms = 0;
    if (scp_http_curl_prepare(s) != 0) {
        finish(s);
        return;
    }
    if (scp_curl.multi_add_handle(s->owner->multi, s->easy) != CURLM_OK) {
        (void)scp_http_curl_unable(s, "out of memory");
        finish(s);
        return;
    }
    s->on_its_way = true;
}

static void attempt(struct http_slot *s)
{
    s->result->attempts++;
    s->result->redirects = s->hops = 0;
    if (copy_text(&s->result->url, s->request->url) != 0) {
        (void)scp_http_fail_memory(s->result);
        finish(s);
        return;
    }
    ask(s);
}

static void start(struct http_slot *s, const struct scp_http_request *request, struct scp_http_result *result, int64_t deadline_ms)
{
    s->request = request;
    s->result = result;
    s->began_ms = scp_machine_ms();
    s->limit_ms = deadline_ms;
    if (request->seconds > 0 && request->seconds * 1000 < (double)(deadline_ms - s->began_ms))
        s->limit_ms = s->began_ms + (int64_t)(request->seconds * 1000);
    if (scp_http_check(request, result) != 0)
        finish(s);
    else
        attempt(s);
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* How long "http://" is, of any scheme. */
static int scheme_of(const char *url)
{
    const char *end = strstr(url, "://");

    return end != NULL ? (int)(end - url) + 3 : 0;
}

/* What follows user and password, which nobody is shown; without them, what follows the scheme. */
static const char *behind_user(const char *url)
{
    const char *host = url + scheme_of(url), *end = host + strcspn(host, "/?#"), *at = end;

    while (at > host && at[-1] != '@')
        at--;
    return at;
}

/* 1: on its way to the next place; 0: no redirect; -1: one that is not followed. */
static int redirect(struct http_slot *s)
{
    struct scp_http_result *r = s->result, check = { .outcome = SCP_HTTP_OK };
    struct scp_http_request next = *s->request;
    char *location = NULL;

    if (!is_redirect(r->status) || scp_curl.easy_getinfo(s->easy, CURLINFO_REDIRECT_URL, &location) != CURLE_OK || location == NULL)
        return 0;
    next.url = location;
    if (scp_http_check(&next, &check) != 0)
        return scp_http_fail(r, SCP_HTTP_STATUS, "redirected to %.*s%.100s: %s", scheme_of(location), location,
                             behind_user(location), check.message);
    if (s->hops >= SCP_HTTP_REDIRECTS_MAX)
        return scp_http_fail(r, SCP_HTTP_STATUS, "more than %d redirects, the next one to %s", SCP_HTTP_REDIRECTS_MAX, location);
    if (scp_text_caseeq(r->url, 6, "https:", 6) && !scp_text_caseeq(location, 6, "https:", 6))
        return scp_http_fail(r, SCP_HTTP_STATUS, "redirected from https to %s", location);
    if (copy_text(&r->url, location) != 0)
        return scp_http_fail_memory(r);
    r->redirects = ++s->hops;
    take_off(s);
    ask(s);
    return 1;
}

static bool worth_another_try(const struct http_slot *s)
{
    const struct scp_http_result *r = s->result;
    int64_t pause = (int64_t)RETRY_PAUSE_MS * r->attempts;

    if (r->attempts > s->owner->options.retries || scp_machine_ms() + pause >= s->limit_ms)
        return false;
    switch (r->outcome) {
    case SCP_HTTP_DNS:
    case SCP_HTTP_CONNECT:
    case SCP_HTTP_TRUNCATED: return true;
    case SCP_HTTP_PROXY:
    case SCP_HTTP_STATUS: return r->status == 0 || r->status == 500 || (r->status >= 502 && r->status <= 504);
    default: return false;
    }
}

static void settle(struct http_slot *s, CURLcode code)
{
    struct scp_http_result *r = s->result;
    int followed;

    scp_http_curl_note_address(s);
    followed = code == CURLE_OK && s->request->chain == NULL ? redirect(s) : 0;
    if (followed > 0)
        return;
    (void)snprintf(r->tls_issuer, sizeof r->tls_issuer, "%s", s->watch.issuer);
    r->tls_by_anchor = r->tls_by_anchor || s->watch.by_anchor;
    if (followed == 0)
        scp_http_curl_verdict(s, code);
    if (s->watch.out_of_memory)
        (void)scp_http_fail_memory(r);
    take_off(s);
    if (worth_another_try(s))
        s->due_ms = scp_machine_ms() + (int64_t)RETRY_PAUSE_MS * r->attempts;
    else
        finish(s);
}

/* --- A run --- */

struct run {
    struct scp_http_curl *c;
    const struct scp_http_request *requests;
    struct scp_http_result *results;
    size_t n, next;
    int64_t deadline_ms;
};

static void collect(struct scp_http_curl *c)
{
    CURLMsg *m;
    int left;

    while ((m = scp_curl.multi_info_read(c->multi, &left)) != NULL) {
        char *slot = NULL;

        if (m->msg == CURLMSG_DONE && scp_curl.easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &slot) == CURLE_OK && slot != NULL)
            settle((struct http_slot *)(void *)slot, m->data.result);
    }
}

static void end_overdue(struct scp_http_curl *c)
{
    for (size_t i = 0; i < SCP_HTTP_PARALLEL_MAX; i++) {
        struct http_slot *s = &c->slot[i];

        if (!scp_http_curl_overdue(s))
            continue;
        scp_http_curl_verdict_timeout(s);
        break_off(s);
    }
}

/* Puts waiting requests into free places, and asks again where a pause is over.  Returns how many places are taken. */
static size_t fill(struct run *run)
{
    int64_t now = scp_machine_ms();
    size_t taken = 0;

    for (size_t i = 0; i < SCP_HTTP_PARALLEL_MAX; i++) {
        struct http_slot *s = &run->c->slot[i];

        while (s->request == NULL && run->next < run->n) {
            size_t k = run->next++;

            start(s, &run->requests[k], &run->results[k], run->deadline_ms);
        }
        if (s->request != NULL && s->due_ms != 0 && s->due_ms <= now)
            attempt(s);
        taken += s->request != NULL;
    }
    return taken;
}

static int time_to_wait(const struct run *run)
{
    int64_t now = scp_machine_ms(), until = run->deadline_ms;

    for (size_t i = 0; i < SCP_HTTP_PARALLEL_MAX; i++) {
        const struct http_slot *s = &run->c->slot[i];

        if (s->request != NULL && s->due_ms != 0 && s->due_ms < until)
            until = s->due_ms;
        if (s->on_its_way && s->limit_ms < until)
            until = s->limit_ms;
    }
    if (until <= now)
        return 0;
    return until - now < POLL_MAX_MS ? (int)(until - now) : POLL_MAX_MS;
}

/* What is still on its way when the run ends. */
static void give_up(struct scp_http_curl *c, CURLMcode code)
{
    for (size_t i = 0; i < SCP_HTTP_PARALLEL_MAX; i++) {
        struct http_slot *s = &c->slot[i];

        if (s->request == NULL)
            continue;
        if (code != CURLM_OK)
            (void)scp_http_curl_unable(s, scp_curl.multi_strerror(code));
        else if (s->on_its_way)
            scp_http_curl_verdict_timeout(s);
        break_off(s);
    }
}

static CURLMcode transfer_all(struct run *run)
{
    CURLMcode code = CURLM_OK;
    int running;

    while (code == CURLM_OK && scp_machine_ms() < run->deadline_ms && fill(run) > 0) {
        code = scp_curl.multi_perform(run->c->multi, &running);
        collect(run->c);
        end_overdue(run->c);
        if (code == CURLM_OK && fill(run) > 0)
            code = scp_curl.multi_poll(run->c->multi, NULL, 0, time_to_wait(run), NULL);
    }
    return code;
}

static int curl_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                    const struct scp_deadline *deadline, struct scp_err *err)
{
    struct scp_http_curl *c = (struct scp_http_curl *)http;
    struct run run = { c, requests, results, n, 0, deadline->at_ms };

    c->run_began_ms = scp_machine_ms();
    c->ended = 0;
    c->total = n;
    c->requests = requests;
    give_up(c, transfer_all(&run));
    return scp_http_curl_starved() || scp_crypto_starved() ? scp_err_memory(err) : 0;
}

static void curl_free_all(struct scp_http *http)
{
    struct scp_http_curl *c = (struct scp_http_curl *)http;

    if (c->left_behind)
        return;
    for (size_t i = 0; i < SCP_HTTP_PARALLEL_MAX; i++)
        scp_curl.easy_cleanup(c->slot[i].easy);
    (void)scp_curl.multi_cleanup(c->multi);
    scp_curl.slist_free_all(c->connect_to);
    free(c);
    scp_curl.global_cleanup();
}

static const struct scp_http_back_end CURL_BACK_END = { curl_run, curl_free_all };

static int set_up(struct scp_http_curl *c, const struct scp_http_options *options)
{
    const curl_version_info_data *version = scp_curl.version_info(CURLVERSION_NOW);

    c->base.back_end = &CURL_BACK_END;
    c->options = *options;
    c->openssl = scp_curl.watch_chains != NULL && version->ssl_version != NULL && strncmp(version->ssl_version, "OpenSSL/", 8) == 0;
    c->multi = scp_curl.multi_init();
    if (c->multi == NULL || scp_curl.multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT) != CURLM_OK)
        return -1;
    for (size_t i = 0; options->connect_to != NULL && options->connect_to[i] != NULL; i++) {
        struct curl_slist *more = scp_curl.slist_append(c->connect_to, options->connect_to[i]);

        if (more == NULL)
            return -1;
        c->connect_to = more;
    }
    for (size_t i = 0; i < SCP_HTTP_PARALLEL_MAX; i++)
        c->slot[i].owner = c;
    return 0;
}

struct scp_http *scp_http_curl_new(const struct scp_http_options *options, struct scp_err *err)
{
    struct scp_http_curl *c;

    /* OpenSSL's memory is watched from its first use on, which libcurl makes. */
    if (scp_crypto_begin(err) != 0 || scp_http_curl_load(err) != 0)
        return NULL;
    c = calloc(1, sizeof *c);
    if (c == NULL || scp_http_curl_begin() != 0) {
        free(c);
        (void)scp_err_memory(err);
        return NULL;
    }
    if (set_up(c, options) != 0) {
        curl_free_all(&c->base);
        (void)scp_err_memory(err);
        return NULL;
    }
    return &c->base;
}
