/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/mirror/internal.h"

#include "check/egress/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_FOUND = 404, GONE = 410, MARGIN_MS = 500 };

struct web {
    const struct scp_mirror_options *options;
    size_t first, n; /* which of its names */
    struct scp_http_request *request;
    struct scp_http_result *result;
    struct scp_http_sink *sink;
    struct part *part;
    char *urls;  /* n of url_max bytes */
    size_t done; /* bodies that began to arrive */
};

/* One body on its way. */
struct part {
    struct web *web;
    struct scp_buf body;
    bool begun;
};

static int begin(void *context, struct scp_err *err)
{
    struct part *part = context;
    struct web *web = part->web;

    (void)err;
    scp_buf_truncate(&part->body, 0);
    if (!part->begun && web->options->progress != NULL)
        web->options->progress(web->first + ++web->done, web->options->n);
    part->begun = true;
    return 0;
}

static int data(void *context, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct part *part = context;

    return scp_buf_add(&part->body, p, n) == 0 ? 0 : scp_err_memory(err);
}

static void release(struct web *web)
{
    for (size_t i = 0; web->part != NULL && i < web->n; i++)
        scp_buf_free(&web->part[i].body);
    free(web->part);
    free(web->sink);
    free(web->result);
    free(web->request);
    free(web->urls);
}

static int prepare(struct web *web, const char *base, double seconds, struct scp_err *err)
{
    size_t n = web->n, room = strlen(base) + 64, length = strlen(base);

    while (length > 0 && base[length - 1] == '/')
        length--;
    web->request = calloc(n, sizeof *web->request);
    web->result = calloc(n, sizeof *web->result);
    web->sink = calloc(n, sizeof *web->sink);
    web->part = calloc(n, sizeof *web->part);
    web->urls = calloc(n, room);
    if (web->request == NULL || web->result == NULL || web->sink == NULL || web->part == NULL || web->urls == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < n; i++) {
        char *url = web->urls + i * room;

        (void)snprintf(url, room, "%.*s/%s", (int)length, base, web->options->name[web->first + i]);
        scp_buf_init(&web->part[i].body, web->options->max);
        web->part[i].web = web;
        web->sink[i] = (struct scp_http_sink){ begin, data, &web->part[i] };
        web->request[i] =
            (struct scp_http_request){ .url = url, .max_bytes = web->options->max, .sink = &web->sink[i], .seconds = seconds };
    }
    return 0;
}

static int tell(const struct web *web, size_t i, struct scp_err *err)
{
    const struct scp_mirror_options *w = web->options;
    const struct scp_http_result *result = &web->result[i];
    const struct scp_buf *body = &web->part[i].body;
    size_t which = web->first + i;

    switch (result->outcome) {
    case SCP_HTTP_OK: return w->take(w->context, which, SCP_MIRROR_GOT, (const uint8_t *)scp_buf_text(body), body->n, "", err);
    case SCP_HTTP_NOT_STARTED:
    case SCP_HTTP_UNABLE: return w->take(w->context, which, SCP_MIRROR_NOT_TRIED, NULL, 0, result->message, err);
    default: break;
    }
    if (result->outcome == SCP_HTTP_STATUS && (result->status == NOT_FOUND || result->status == GONE))
        return w->take(w->context, which, SCP_MIRROR_NONE, NULL, 0, "", err);
    return w->take(w->context, which, SCP_MIRROR_FAILED, NULL, 0, result->message, err);
}

static int read_some(const char *base, struct scp_http *http, struct web *web, const struct scp_deadline *deadline,
                     struct scp_err *err)
{
    /* A server that never answers is a finding; it needs the time to be said. */
    int64_t left = scp_deadline_left_ms(deadline) - MARGIN_MS;
    const struct scp_mirror_options *options = web->options;
    int rc = prepare(web, base, left > 0 ? (double)left / 1000 : 0.1, err);

    if (rc == 0)
        rc = scp_http_run(http, web->request, web->n, web->result, deadline, err);
    if (rc == 0 && options->from != NULL && options->from->text[0] == '\0')
        scp_network_from(web->result, web->n, options->from);
    for (size_t i = 0; rc == 0 && i < web->n; i++)
        rc = tell(web, i, err);
    if (web->result != NULL)
        scp_http_results_free(web->result, web->n);
    release(web);
    return rc;
}

int scp_mirror_read_web(const char *base, struct scp_http *http, const struct scp_mirror_options *options,
                        const struct scp_deadline *deadline, struct scp_err *err)
{
    int rc = 0;

    for (size_t first = 0; rc == 0 && first < options->n; first += SCP_HTTP_REQUESTS_MAX) {
        size_t rest = options->n - first;
        struct web web = { .options = options, .first = first, .n = rest < SCP_HTTP_REQUESTS_MAX ? rest : SCP_HTTP_REQUESTS_MAX };

        rc = read_some(base, http, &web, deadline, err);
    }
    return rc;
}
