/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/internal.h"

#include "base/deadline.h"
#include "base/file.h"
#include "base/text.h"
#include "check/egress/network.h"
#include "codec/revocation/crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_PIECE = 64 << 10 };

/* Kept at the end of the run for judging and for the report, seconds; half of what is left where that is less. */
static const double RESERVE = 0.5;

static const char OCSP_REQUEST[] = "application/ocsp-request", OCSP_RESPONSE[] = "application/ocsp-response";

/* One endpoint on its way. */
struct job {
    const struct scp_revocation_target *target;
    struct scp_http_sink sink;
    struct scp_serial asked; /* the certificate asked about, when has_asked */
    bool has_asked;
    struct scp_crl_reader *reader;
    struct scp_ocsp_question question;
    uint8_t request[SCP_OCSP_REQUEST_MAX];
    size_t request_n;
    struct scp_buf url; /* ocsp: the address of a GET */
    struct scp_http_anchor anchor[SCP_ISSUERS_MAX];
    struct scp_err unable; /* why it cannot be asked at all */
};

struct gathering {
    const struct scp_revocation_plan *plan;
    const struct scp_revocation_run *run;
    struct scp_trust_list_anchors anchors;
    struct job *job;
    struct scp_http_request *request; /* of the jobs that are asked over the network, in their order */
    struct scp_http_result *result;
    size_t *which; /* request -> job */
    size_t requests;
};

/* --- What is kept of an answer --- */

static bool prepare_came(struct scp_revocation_fact *f)
{
    struct scp_err err = SCP_ERR_INIT;

    f->came = calloc(1, sizeof *f->came);
    if (f->came == NULL) {
        (void)scp_err_memory(&err);
        scp_judgement_err(&f->judgement, &err);
    }
    return f->came != NULL;
}

/* Nothing is left to be judged: the judgement says it, or the error does. */
static void drop(struct scp_revocation_fact *f, const struct scp_err *err)
{
    scp_revocation_came_free(f->came);
    f->came = NULL;
    if (err != NULL)
        scp_judgement_err(&f->judgement, err);
}

/* --- CRLs as a stream --- */

static int begin_crl(void *context, struct scp_err *err)
{
    struct job *job = context;
    const struct scp_revocation_target *t = job->target;

    scp_crl_reader_free(job->reader);
    job->reader = scp_crl_judge_reader_new(t->issuer, t->issuers, &job->asked, job->has_asked ? 1 : 0, err);
    return job->reader != NULL ? 0 : -1;
}

static int feed_crl(void *context, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct job *job = context;

    return scp_crl_reader_feed(job->reader, p, n, err);
}

/* All of it was fed, or as much as the reader took. */
static void take_crl(struct job *job, struct scp_revocation_fact *f)
{
    struct scp_err err = SCP_ERR_INIT;

    /* An empty body never reached the sink. */
    if ((job->reader == NULL && begin_crl(job, &err) != 0) || scp_crl_set_take(&f->came->crls, job->reader, &err) != 0)
        drop(f, &err);
}

/* --- One job: making it --- */

static void prepare_crl(struct job *job, struct scp_http_request *q)
{
    job->sink = (struct scp_http_sink){ .begin = begin_crl, .data = feed_crl, .context = job };
    q->sink = &job->sink;
}

static void prepare_ocsp(struct job *job, struct scp_http_request *q)
{
    const struct scp_profile_endpoint *e = job->target->endpoint;
    const struct scp_issuer *issuer = job->target->issuer;
    const struct scp_revocable *certificate = job->target->certificate;
    /* RFC 6960 section 4.1.1: the hash is over the name as the certificate spells it. */
    const uint8_t *name = certificate != NULL ? certificate->issuer_der : issuer->subject_der;
    size_t name_len = certificate != NULL ? certificate->issuer_der_len : issuer->subject_der_len;
    int get;

    if (scp_ocsp_ask(name, name_len, issuer->spki_der, issuer->spki_der_len, &job->asked, &job->question, &job->unable) != 0 ||
        scp_ocsp_request(&job->question, job->request, &job->request_n, &job->unable) != 0)
        return;
    get = scp_ocsp_get_url(e->url, job->request, job->request_n, &job->url, &job->unable);
    q->accept = OCSP_RESPONSE;
    if (get == 1) {
        q->url = scp_buf_text(&job->url);
    } else if (get == 0) {
        q->post = job->request;
        q->post_n = job->request_n;
        q->post_type = OCSP_REQUEST;
    }
}

/* Certificates of --issuer may vouch for the server, too. */
static void prepare_anchors(struct job *job, struct scp_http_request *q)
{
    const struct scp_revocation_target *t = job->target;

    for (size_t i = 0; i < t->issuers && i < SCP_ISSUERS_MAX; i++) {
        if (t->issuer[i].der != NULL)
            job->anchor[q->tls_anchors_n++] = (struct scp_http_anchor){ t->issuer[i].der, t->issuer[i].der_len };
    }
    q->tls_anchors = q->tls_anchors_n > 0 ? job->anchor : NULL;
}

static void prepare(struct job *job, const struct scp_revocation_target *t, double seconds, struct scp_http_request *q)
{
    job->target = t;
    scp_buf_init(&job->url, SCP_HTTP_URL_MAX);
    *q = (struct scp_http_request){ .url = t->endpoint->url,
                                    .max_bytes = (size_t)t->endpoint->max_size,
                                    .seconds = seconds,
                                    .from_certificate = t->from_certificate };
    prepare_anchors(job, q);
    job->has_asked = t->endpoint->serial != NULL;
    if (job->has_asked && scp_serial_parse(t->endpoint->serial, strlen(t->endpoint->serial), &job->asked, &job->unable) != 0)
        return;
    if (t->endpoint->kind == SCP_ENDPOINT_CRL)
        prepare_crl(job, q);
    else if (t->endpoint->kind == SCP_ENDPOINT_OCSP)
        prepare_ocsp(job, q);
}

/* --- One job: what came --- */

static void take_body(const struct gathering *g, struct job *job, const uint8_t *p, size_t n, struct scp_revocation_fact *f)
{
    const struct scp_revocation_target *t = job->target;

    switch (t->endpoint->kind) {
    case SCP_ENDPOINT_OCSP: scp_ocsp_read(p, n, &job->question, t->issuer, t->issuers, &f->came->ocsp); break;
    case SCP_ENDPOINT_CTL:
        if (!scp_revocation_read_ctl(t->endpoint, &g->anchors, p, n, f->came, &f->judgement))
            drop(f, NULL);
        break;
    case SCP_ENDPOINT_AIA:
        scp_revocation_judge_aia(t, p, n, &f->judgement);
        drop(f, NULL);
        break;
    case SCP_ENDPOINT_CRL:
    case SCP_ENDPOINT_HTTP:
    case SCP_ENDPOINT_TLS: break;
    }
}

static void take_answer(const struct gathering *g, struct job *job, const struct scp_http_result *result,
                        struct scp_revocation_fact *f)
{
    if (job->target->endpoint->kind == SCP_ENDPOINT_HTTP) {
        scp_revocation_judge_reached(result, &f->judgement);
    } else if (!scp_revocation_transfer_failed(result, job->target->endpoint->kind, &f->judgement) && prepare_came(f)) {
        (void)snprintf(f->came->content_type, sizeof f->came->content_type, "%s", result->content_type);
        if (job->target->endpoint->kind == SCP_ENDPOINT_CRL)
            take_crl(job, f);
        else
            take_body(g, job, (const uint8_t *)scp_buf_text(&result->body), result->body.n, f);
    }
}

/* The host of the last answer, where it is not the one that was asked. */
static void note_redirect(const char *asked, const struct scp_http_result *result, char out[256])
{
    const char *from = strstr(asked, "//"), *to = result->url != NULL ? strstr(result->url, "//") : NULL;
    size_t from_n, to_n;

    if (result->redirects == 0 || from == NULL || to == NULL)
        return;
    from_n = strcspn(from + 2, "/?#");
    to_n = strcspn(to + 2, "/?#");
    if (!scp_text_caseeq(from + 2, from_n, to + 2, to_n))
        (void)snprintf(out, 256, "%.*s", (int)(to_n > 255 ? 255 : to_n), to + 2);
}

static void take_result(const struct gathering *g, struct job *job, const struct scp_http_result *result,
                        struct scp_revocation_fact *f)
{
    take_answer(g, job, result, f);
    f->status = result->status;
    f->bytes = result->bytes;
    f->seconds = result->attempts > 0 ? result->seconds : -1.0;
    f->tls_by_issuer = result->tls_by_anchor;
    f->page = scp_http_is_page(result);
    f->head_n = result->head_n;
    memcpy(f->head, result->head, result->head_n);
    note_redirect(f->endpoint->url, result, f->final_host);
    if (f->final_host[0] != '\0')
        (void)snprintf(f->private_address, sizeof f->private_address, "%s", result->private_address);
    f->from_public = result->from_public;
}

/* --- Files --- */

static int feed_file(struct job *job, struct scp_file *file, size_t *bytes, struct scp_err *err)
{
    uint8_t *piece = malloc(FILE_PIECE);
    size_t n = 0;
    int rc = piece == NULL ? scp_err_memory(err) : 0;

    while (rc == 0 && (rc = scp_file_read(file, piece, FILE_PIECE, &n, err)) == 0 && n > 0) {
        *bytes += n;
        /* What the reader has against it, it says at the end. */
        if (scp_crl_reader_feed(job->reader, piece, n, NULL) != 0)
            break;
    }
    free(piece);
    return rc;
}

/* No DER; text may stand before its blocks, as openssl writes it. */
static bool may_be_pem(const struct job *job)
{
    size_t n;
    const uint8_t *head = scp_crl_reader_head(job->reader, &n);

    return n > 0 && head[0] != 0x30;
}

/* A list that somebody keeps as text; over the network there is none (RFC 5280 section 4.2.1.13). */
static int read_pem_file(struct job *job, struct scp_revocation_fact *f, struct scp_err *err)
{
    const struct scp_crl_asked asked = { job->target->issuer, job->target->issuers, &job->asked, job->has_asked ? 1 : 0 };
    struct scp_buf text;
    int rc;

    scp_buf_init(&text, (size_t)f->endpoint->max_size);
    rc = scp_file_slurp(f->endpoint->url, &text, err);
    if (rc == 0) {
        f->bytes = text.n;
        rc = scp_crl_set_read_pem(scp_buf_text(&text), text.n, &asked, &f->came->crls, err);
    }
    if (rc == 0)
        take_crl(job, f); /* text of another kind, which is named */
    scp_buf_free(&text);
    return rc < 0 ? -1 : 0;
}

static int read_crl_file(struct job *job, struct scp_revocation_fact *f, struct scp_err *err)
{
    struct scp_file file;
    int rc;

    if (scp_file_open(f->endpoint->url, &file, err) != 0)
        return -1;
    rc = begin_crl(job, err);
    if (rc == 0)
        rc = feed_file(job, &file, &f->bytes, err);
    scp_file_close(&file);
    if (rc == 0 && may_be_pem(job))
        return read_pem_file(job, f, err);
    if (rc == 0)
        take_crl(job, f);
    return rc;
}

static int read_other_file(const struct gathering *g, struct job *job, struct scp_revocation_fact *f, struct scp_err *err)
{
    struct scp_buf bytes;
    int rc;

    scp_buf_init(&bytes, (size_t)f->endpoint->max_size);
    rc = scp_file_slurp(f->endpoint->url, &bytes, err);
    if (rc == 0) {
        f->bytes = bytes.n;
        take_body(g, job, (const uint8_t *)scp_buf_text(&bytes), bytes.n, f);
    }
    scp_buf_free(&bytes);
    return rc;
}

/* "ca.example/ca.crl" is likely an address without its scheme. */
static bool lacks_scheme(const char *name)
{
    size_t host = strcspn(name, "/");

    return name[host] == '/' && name[0] != '.' && memchr(name, '.', host) != NULL && memchr(name, '\\', host) == NULL;
}

static void take_file(const struct gathering *g, struct job *job, struct scp_revocation_fact *f)
{
    struct scp_err err = SCP_ERR_INIT;
    bool crl = f->endpoint->kind == SCP_ENDPOINT_CRL;

    if (!prepare_came(f) || (crl ? read_crl_file(job, f, &err) : read_other_file(g, job, f, &err)) == 0)
        return;
    drop(f, &err);
    if (err.code == SCP_ERR_SYSTEM && lacks_scheme(f->endpoint->url))
        scp_judgement_unknown(&f->judgement, SCP_REASON_PARSE, "%.200s; an address begins with http://", err.message);
}

/* --- The whole --- */

/* What is left of the run, without the reserve for what comes after the transfers. */
static double room(const struct scp_revocation_run *run, double reserve)
{
    double left = (double)scp_deadline_left_ms(&run->deadline) / 1000.0;

    return left > 2 * reserve ? left - reserve : left / 2;
}

static double seconds_limit(const struct scp_revocation_run *run)
{
    double left = room(run, RESERVE);

    return run->limits.slow_critical < left ? run->limits.slow_critical : left;
}

static int allocate(struct gathering *g, struct scp_revocation_facts *out, struct scp_err *err)
{
    size_t n = g->plan->n > 0 ? g->plan->n : 1;

    g->job = calloc(n, sizeof *g->job);
    g->request = calloc(n, sizeof *g->request);
    g->result = calloc(n, sizeof *g->result);
    g->which = calloc(n, sizeof *g->which);
    out->v = calloc(n, sizeof *out->v);
    if (g->job == NULL || g->request == NULL || g->result == NULL || g->which == NULL || out->v == NULL)
        return scp_err_memory(err);
    return 0;
}

static void release(struct gathering *g)
{
    for (size_t i = 0; g->job != NULL && i < g->plan->n; i++) {
        scp_crl_reader_free(g->job[i].reader);
        scp_buf_free(&g->job[i].url);
    }
    if (g->result != NULL)
        scp_http_results_free(g->result, g->requests);
    free(g->job);
    free(g->request);
    free(g->result);
    free(g->which);
}

/* What is asked over the network gets a request; files are read at once. */
static void prepare_all(struct gathering *g, struct scp_revocation_facts *out)
{
    for (size_t i = 0; i < g->plan->n; i++) {
        const struct scp_revocation_target *t = &g->plan->v[i];
        struct scp_revocation_fact *f = &out->v[out->n++];

        *f = (struct scp_revocation_fact){ .endpoint = t->endpoint, .target = t, .seconds = -1.0, .is_file = t->is_file };
        scp_judgement_init(&f->judgement);
        prepare(&g->job[i], t, out->seconds_limit, &g->request[g->requests]);
        if (g->job[i].unable.code != SCP_ERR_NONE)
            scp_judgement_err(&f->judgement, &g->job[i].unable);
        else if (t->is_file)
            take_file(g, &g->job[i], f);
        else
            g->which[g->requests++] = i;
    }
}

static int ask(struct gathering *g, struct scp_http *http, struct scp_revocation_facts *out, struct scp_err *err)
{
    struct scp_deadline deadline = scp_deadline_after(room(g->run, RESERVE / 2));

    if (g->requests == 0)
        return 0;
    if (scp_http_run(http, g->request, g->requests, g->result, &deadline, err) != 0)
        return -1;
    for (size_t i = 0; i < g->requests; i++)
        take_result(g, &g->job[g->which[i]], &g->result[i], &out->v[g->which[i]]);
    scp_network_from(g->result, g->requests, &out->vantage.from);
    out->clock_known = scp_network_clock_skew(g->result, g->requests, g->run->began, &out->clock_skew);
    return 0;
}

int scp_revocation_gather(const struct scp_revocation_plan *plan, struct scp_http *http, const struct scp_revocation_run *run,
                          struct scp_revocation_facts *out, struct scp_err *err)
{
    struct gathering g = { .plan = plan, .run = run };
    int rc;

    memset(out, 0, sizeof *out);
    out->seconds_limit = seconds_limit(run);
    out->external = plan->profile != NULL;
    out->vantage = run->vantage;
    scp_trust_list_anchors(plan->profile, &g.anchors);
    rc = allocate(&g, out, err);
    if (rc == 0) {
        prepare_all(&g, out);
        rc = ask(&g, http, out, err);
    }
    release(&g);
    if (rc != 0)
        scp_revocation_free(out);
    return rc;
}

void scp_revocation_came_free(struct scp_revocation_came *c)
{
    if (c == NULL)
        return;
    scp_crl_set_free(&c->crls);
    if (c->has_list)
        scp_trust_list_free(&c->list);
    free(c);
}

void scp_revocation_free(struct scp_revocation_facts *f)
{
    for (size_t i = 0; i < f->n; i++)
        scp_revocation_came_free(f->v[i].came);
    free(f->v);
    memset(f, 0, sizeof *f);
}
