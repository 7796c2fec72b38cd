/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

#include "base/arena.h"
#include "io/http/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Time is what the answers say. */
enum { MEMORY_MAX = 256 << 20 };

struct kept_answer {
    struct kept_answer *next;
    const char *url;
    struct scp_http_answer answer;
    bool used;
};

struct kept_question {
    struct kept_question *next;
    struct scp_http_asked asked;
};

struct memory {
    struct scp_http base;
    struct scp_arena arena;
    struct kept_answer *first, *last;
    struct kept_question *asked, *last_asked;
};

static void memory_free(struct scp_http *http)
{
    struct memory *m = (struct memory *)http;

    scp_arena_free(&m->arena);
    free(m);
}

static int copy_text(struct scp_arena *a, const char **text)
{
    if (*text == NULL)
        return 0;
    *text = scp_arena_text(a, *text, strlen(*text));
    return *text != NULL ? 0 : -1;
}

int scp_http_memory_add(struct scp_http *http, const char *url, const struct scp_http_answer *answer, struct scp_err *err)
{
    struct memory *m = (struct memory *)http;
    struct kept_answer *k = scp_arena_alloc(&m->arena, sizeof *k);

    if (k == NULL)
        return scp_err_memory(err);
    k->url = url;
    k->answer = *answer;
    if (answer->body != NULL)
        k->answer.body = scp_arena_dup(&m->arena, answer->body, answer->body_n);
    if (copy_text(&m->arena, &k->url) != 0 || (answer->body != NULL && k->answer.body == NULL) ||
        copy_text(&m->arena, &k->answer.content_type) != 0 || copy_text(&m->arena, &k->answer.message) != 0 ||
        copy_text(&m->arena, &k->answer.tls_issuer) != 0 || copy_text(&m->arena, &k->answer.proxy) != 0 ||
        copy_text(&m->arena, &k->answer.from) != 0 || copy_text(&m->arena, &k->answer.private_address) != 0)
        return scp_err_memory(err);
    if (m->last != NULL)
        m->last->next = k;
    else
        m->first = k;
    m->last = k;
    return 0;
}

size_t scp_http_memory_asked(const struct scp_http *http, size_t i, struct scp_http_asked *out)
{
    const struct memory *m = (const struct memory *)http;
    size_t n = 0;

    for (const struct kept_question *q = m->asked; q != NULL; q = q->next) {
        if (n++ == i && out != NULL)
            *out = q->asked;
    }
    return n;
}

static int note_question(struct memory *m, const struct scp_http_request *r)
{
    struct kept_question *q = scp_arena_alloc(&m->arena, sizeof *q);

    if (q == NULL)
        return -1;
    q->asked = (struct scp_http_asked){ .url = r->url, .accept = r->accept, .post_type = r->post_type, .post_n = r->post_n };
    if (r->post != NULL)
        q->asked.post = scp_arena_dup(&m->arena, r->post, r->post_n);
    if (copy_text(&m->arena, &q->asked.url) != 0 || copy_text(&m->arena, &q->asked.accept) != 0 ||
        copy_text(&m->arena, &q->asked.post_type) != 0 || (r->post != NULL && q->asked.post == NULL))
        return -1;
    if (m->last_asked != NULL)
        m->last_asked->next = q;
    else
        m->asked = q;
    m->last_asked = q;
    return 0;
}

/* The first answer that was not given yet, or the last one. */
static const struct scp_http_answer *answer_for(struct memory *m, const char *url)
{
    struct kept_answer *found = NULL;

    for (struct kept_answer *k = m->first; k != NULL; k = k->next) {
        if (strcmp(k->url, url) != 0)
            continue;
        found = k;
        if (!k->used)
            break;
    }
    if (found == NULL)
        return NULL;
    found->used = true;
    return &found->answer;
}

static int give_headers(struct scp_http_message *m, const struct scp_http_answer *a)
{
    char line[256];

    (void)snprintf(line, sizeof line, "HTTP/1.1 %d answer\r\n", a->status == 0 ? 200 : a->status);
    if (scp_http_message_header(m, line, strlen(line)) != 0)
        return -1;
    if (a->content_type != NULL) {
        (void)snprintf(line, sizeof line, "Content-Type: %s\r\n", a->content_type);
        if (scp_http_message_header(m, line, strlen(line)) != 0)
            return -1;
    }
    m->date = a->date != 0 ? a->date : SCP_UTC_UNKNOWN;
    return scp_http_message_header(m, "\r\n", 2);
}

static int give_body(struct scp_http_message *m, const struct scp_http_answer *a)
{
    const uint8_t *p = a->body;
    size_t n = p != NULL ? a->body_n : 0;

    while (n > 0) {
        size_t piece = a->piece > 0 && a->piece < n ? a->piece : n;

        if (scp_http_message_body(m, p, piece) != 0)
            return -1;
        p += piece;
        n -= piece;
    }
    return 0;
}

/* As far as a transfer with this outcome comes. */
static int give(struct scp_http_message *m, const struct scp_http_answer *a)
{
    bool bodiless = a->outcome != SCP_HTTP_OK && a->outcome != SCP_HTTP_TRUNCATED && a->outcome != SCP_HTTP_TOO_LARGE &&
                    a->outcome != SCP_HTTP_TIMEOUT && a->outcome != SCP_HTTP_STATUS;

    if (!bodiless && (a->status != 0 || a->body != NULL || a->outcome == SCP_HTTP_OK) &&
        (give_headers(m, a) != 0 || give_body(m, a) != 0))
        return -1;
    if (a->outcome == SCP_HTTP_OK)
        return scp_http_message_end(m);
    scp_buf_truncate(&m->result->body, 0);
    return scp_http_fail(m->result, a->outcome, "%s", a->message != NULL ? a->message : scp_http_outcome_name(a->outcome));
}

/* As if another place had answered. */
static int give_redirect(struct scp_http_result *r, const struct scp_http_answer *a)
{
    char *to = malloc(strlen(a->from) + 1);

    if (to == NULL)
        return scp_http_fail_memory(r);
    memcpy(to, a->from, strlen(a->from) + 1);
    free(r->url);
    r->url = to;
    r->redirects = 1;
    r->from_public = true;
    (void)snprintf(r->private_address, sizeof r->private_address, "%s", a->private_address != NULL ? a->private_address : "");
    return 0;
}

static int ask(struct memory *memory, const struct scp_http_request *request, struct scp_http_result *r)
{
    const struct scp_http_answer *a;
    struct scp_http_message message;

    if (scp_http_check(request, r) != 0)
        return -1;
    if (note_question(memory, request) != 0 || (r->url = malloc(strlen(request->url) + 1)) == NULL)
        return scp_http_fail(r, SCP_HTTP_UNABLE, "out of memory");
    memcpy(r->url, request->url, strlen(request->url) + 1);
    r->attempts = 1;
    a = answer_for(memory, request->url);
    if (a == NULL)
        return scp_http_fail(r, SCP_HTTP_DNS, "name not resolved");
    (void)snprintf(r->tls_issuer, sizeof r->tls_issuer, "%s", a->tls_issuer != NULL ? a->tls_issuer : "");
    (void)snprintf(r->proxy, sizeof r->proxy, "%s", a->proxy != NULL ? a->proxy : "");
    r->seconds = r->date_seconds = a->seconds;
    if (request->seconds > 0 && a->seconds > request->seconds) {
        r->seconds = request->seconds;
        return scp_http_fail(r, SCP_HTTP_TIMEOUT, "no answer within %g s", request->seconds);
    }
    if (a->from != NULL && give_redirect(r, a) != 0)
        return -1;
    scp_http_message_begin(&message, request, r);
    return give(&message, a);
}

static int memory_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                      const struct scp_deadline *deadline, struct scp_err *err)
{
    (void)err;
    for (size_t i = 0; i < n && !scp_deadline_passed(deadline); i++) {
        if (ask((struct memory *)http, &requests[i], &results[i]) != 0)
            scp_buf_free(&results[i].body);
    }
    return 0;
}

static const struct scp_http_back_end MEMORY = { memory_run, memory_free };

struct scp_http *scp_http_memory_new(void)
{
    struct memory *m = calloc(1, sizeof *m);

    if (m == NULL)
        return NULL;
    m->base.back_end = &MEMORY;
    scp_arena_init(&m->arena, MEMORY_MAX);
    return &m->base;
}
