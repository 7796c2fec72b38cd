/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "base/array.h"
#include "chain/issuer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What Windows does about a missing certificate: it fetches it from the address in the certificate below.  Each round fetches
 * all that is missing at the same time, as many rounds as Windows would make fetches for one chain.
 */
enum { ROUNDS_MAX = 8, URLS_OF_ONE = 2 };

/* What an answer has to be. */
struct question {
    struct scp_intermediates_fetch *fetch;
    struct scp_intermediates_member *member; /* an issuing CA that is wanted itself; NULL: whoever issued the child */
    const struct scp_pool_cert *child;
};

/* One round's requests of one target. */
struct round {
    struct scp_intermediates_target *target;
    struct scp_http_request request[SCP_INTERMEDIATES_FETCHES_MAX];
    struct scp_http_result result[SCP_INTERMEDIATES_FETCHES_MAX];
    struct question question[SCP_INTERMEDIATES_FETCHES_MAX];
    size_t n;
};

static bool has_path(const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if ((t->v[i].path != NULL && t->v[i].path->good > 0) || (t->v[i].fetched != NULL && t->v[i].fetched->good > 0))
            return true;
    }
    return false;
}

static bool was_asked(const struct scp_intermediates_target *t, const char *url)
{
    for (size_t i = 0; i < t->fetches; i++) {
        if (strcmp(t->fetch[i].url, url) == 0)
            return true;
    }
    return false;
}

static void ask_for(const struct scp_intermediates_work *w, struct round *r, const char *url, const char *wanted,
                    const struct question *question)
{
    struct scp_intermediates_target *t = r->target;
    struct scp_intermediates_fetch *f = &t->fetch[t->fetches];

    if (url == NULL || strlen(url) >= sizeof f->url || was_asked(t, url) || t->fetches >= SCP_INTERMEDIATES_FETCHES_MAX)
        return;
    t->fetches++;
    *f = (struct scp_intermediates_fetch){ .outcome = SCP_HTTP_NOT_STARTED };
    (void)snprintf(f->url, sizeof f->url, "%s", url);
    (void)snprintf(f->wanted, sizeof f->wanted, "%s", wanted);
    r->request[r->n] = (struct scp_http_request){
        .url = f->url, .max_bytes = SCP_HTTP_CERTIFICATE_MAX, .seconds = w->q->seconds, .from_certificate = question->child != NULL
    };
    r->question[r->n] = *question;
    r->question[r->n++].fetch = f;
}

static void ask_issuer_of(const struct scp_intermediates_work *w, struct round *r, const struct scp_outline *child,
                          const struct scp_pool_cert *cert)
{
    const struct question question = { .child = cert };
    char url[512], name[128];

    for (size_t i = 0; i < URLS_OF_ONE && scp_outline_issuer_url(child, i, url, sizeof url); i++)
        ask_for(w, r, url, scp_outline_short_name(&child->issuer, name, sizeof name), &question);
}

/* The issuer of the last certificate that was good for something. */
static void ask_issuer(const struct scp_intermediates_work *w, struct round *r, const struct scp_intermediates_member *m)
{
    const struct scp_path_answer *a = m->fetched != NULL ? m->fetched : m->path;
    const struct scp_path *p = &a->miss.path;
    size_t at = p->fault == SCP_PATH_NO_ISSUER || p->fault == SCP_PATH_UNREADABLE ? p->n - 1 : p->at > 0 ? p->at - 1 : 0;
    const struct scp_outline *child = p->n > 0 ? scp_path_outline(a, p, at) : &a->own;

    ask_issuer_of(w, r, child, p->n > 0 ? scp_path_cert(a, p, at) : &a->self);
}

static void plan(const struct scp_intermediates_work *w, struct round *r)
{
    struct scp_intermediates_target *t = r->target;
    bool any = false;

    r->n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct scp_intermediates_member *m = &t->v[i];

        if (m->der == NULL || m->unreadable || (m->path == NULL && m->fetched == NULL))
            continue;
        any = true;
        ask_issuer(w, r, m);
    }
    /* No member of the family is there: any of them will do, and what stands between it and the root. */
    for (size_t i = 0; !any && i < t->n; i++) {
        const struct question question = { .member = &t->v[i] };

        if (t->v[i].want != NULL)
            ask_for(w, r, t->v[i].want->url, t->v[i].name, &question);
    }
}

/* --- What came --- */

/* 1: the one that was wanted; 0: another; -1: out of memory. */
static int is_right(const struct question *q, const uint8_t *der, size_t len, struct scp_err *err)
{
    uint8_t sha1[SCP_SHA1_LEN];

    if (q->member == NULL)
        return scp_issuer_signed(der, len, q->child->der, q->child->len, err);
    if (scp_certificate_sha1(der, len, sha1, err) != 0)
        return -1;
    return memcmp(sha1, q->member->sha1, sizeof sha1) == 0;
}

static int keep(struct scp_intermediates_facts *f, struct scp_intermediates_fetch *fetch, const uint8_t *der, size_t len,
                struct scp_err *err)
{
    struct scp_buf *b;

    if (f->blobs >= SCP_INTERMEDIATES_BLOBS_MAX) {
        (void)snprintf(fetch->message, sizeof fetch->message, "more than %d certificates fetched", SCP_INTERMEDIATES_BLOBS_MAX);
        return 0;
    }
    b = scp_array_room(f->blob, f->blobs, sizeof *b, SCP_INTERMEDIATES_BLOBS_MAX, "certificates", err);
    if (b == NULL)
        return -1;
    f->blob = b;
    b += f->blobs++;
    scp_buf_init(b, SCP_CERTIFICATE_MAX);
    if (scp_buf_add(b, der, len) != 0)
        return scp_err_memory(err);
    fetch->der = (const uint8_t *)scp_buf_text(b);
    fetch->len = len;
    fetch->right = true;
    return 0;
}

/* A certificate, or several in PKCS#7, among them the right one. */
static int judge_body(struct scp_intermediates_facts *f, const struct question *q, const struct scp_http_result *result,
                      struct scp_err *err)
{
    struct scp_intermediates_fetch *fetch = q->fetch;
    struct scp_err why = SCP_ERR_INIT;
    struct scp_bundle b;
    int rc = 0;

    if (scp_bundle_read((const uint8_t *)scp_buf_text(&result->body), result->body.n, &b, &why) != 0) {
        (void)snprintf(fetch->message, sizeof fetch->message, "%s instead of a certificate (%zu bytes, %.100s)",
                       scp_http_is_page(result) ? "a page" : "something else", result->bytes, why.message);
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    }
    for (size_t k = 0; k < b.n && !fetch->right && rc == 0; k++) {
        size_t len;
        const uint8_t *der = scp_bundle_certificate(&b, k, &len);
        int right = is_right(q, der, len, err);

        rc = right > 0 ? keep(f, fetch, der, len, err) : right;
    }
    if (rc == 0 && !fetch->right && fetch->message[0] == '\0')
        (void)snprintf(fetch->message, sizeof fetch->message, "another certificate than the one wanted");
    scp_bundle_free(&b);
    return rc;
}

static int judge_round(struct scp_intermediates_work *w, struct round *r, struct scp_err *err)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct question *q = &r->question[i];
        const struct scp_http_result *result = &r->result[i];
        struct scp_outline outline;

        q->fetch->outcome = result->outcome;
        if (result->outcome != SCP_HTTP_OK)
            (void)snprintf(q->fetch->message, sizeof q->fetch->message, "%s", result->message);
        else if (judge_body(w->f, q, result, err) != 0)
            return -1;
        if (q->fetch->right && q->member != NULL && scp_outline_read(q->fetch->der, q->fetch->len, &outline)) {
            q->member->der = q->fetch->der;
            q->member->len = q->fetch->len;
        }
    }
    return 0;
}

static int make_pool(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_err *err)
{
    if (t->pool == NULL) {
        t->pool = scp_intermediates_pool(w, err);
        if (t->pool == NULL)
            return -1;
        if (t->server != NULL && scp_intermediates_add_sent(w, &t->server->chain, t->pool, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < t->fetches; i++) {
        if (t->fetch[i].right &&
            scp_intermediates_add(w, t->pool, t->fetch[i].der, t->fetch[i].len, false, SCP_ORIGIN_FETCHED, err) != 0)
            return -1;
    }
    return 0;
}

static int search_again(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_err *err)
{
    if (make_pool(w, t, err) != 0)
        return -1;
    for (size_t i = 0; i < t->n; i++) {
        struct scp_intermediates_member *m = &t->v[i];

        if (m->der == NULL || m->unreadable)
            continue;
        free(m->fetched);
        if (scp_intermediates_search(w, t->pool, m, &m->fetched, err) != 0)
            return -1;
    }
    return 0;
}

static int ask_round(struct scp_intermediates_work *w, struct round *r, struct scp_err *err)
{
    int rc = scp_http_run(w->http, r->request, r->n, r->result, w->q->deadline, err);

    if (rc == 0) {
        scp_network_from(r->result, r->n, &w->f->from);
        rc = judge_round(w, r, err);
    }
    scp_http_results_free(r->result, r->n);
    return rc;
}

static int probe_target(struct scp_intermediates_work *w, struct round *r, struct scp_err *err)
{
    unsigned most = scp_chain_policy_most(&w->f->chain);

    r->target->fetch = calloc(SCP_INTERMEDIATES_FETCHES_MAX, sizeof *r->target->fetch);
    if (r->target->fetch == NULL)
        return scp_err_memory(err);
    for (unsigned i = 0; i < most && i < ROUNDS_MAX && !has_path(r->target); i++) {
        plan(w, r);
        if (r->n == 0)
            break;
        r->target->probed = true;
        if (ask_round(w, r, err) != 0 || search_again(w, r->target, err) != 0)
            return -1;
    }
    return 0;
}

/* A server's chain is good: Windows fetches nothing, but do the addresses in it answer? */
static int probe_chain(struct scp_intermediates_work *w, struct round *r, struct scp_err *err)
{
    const struct scp_path_answer *a = r->target->v[0].path;
    const struct scp_path *p = scp_path_told(a);

    r->target->fetch = calloc(SCP_INTERMEDIATES_FETCHES_MAX, sizeof *r->target->fetch);
    if (r->target->fetch == NULL)
        return scp_err_memory(err);
    r->n = 0;
    for (size_t i = 0; i + 1 < p->n; i++)
        ask_issuer_of(w, r, scp_path_outline(a, p, i), scp_path_cert(a, p, i));
    return r->n > 0 ? ask_round(w, r, err) : 0;
}

static int probe(struct scp_intermediates_work *w, struct round *r, struct scp_err *err)
{
    struct scp_intermediates_target *t = r->target;

    if (t->level != SCP_LEVEL_REQUIRED || scp_chain_policy_fetches(&w->f->chain) == SCP_NO)
        return 0;
    if (w->f->service && (t->v[0].path == NULL || t->server->inspected))
        return 0;
    if (!has_path(t))
        return probe_target(w, r, err);
    return w->f->service ? probe_chain(w, r, err) : 0;
}

int scp_intermediates_probe(struct scp_intermediates_work *w, struct scp_err *err)
{
    struct round *r = calloc(1, sizeof *r);
    int rc = r != NULL ? 0 : scp_err_memory(err);

    for (size_t i = 0; i < w->f->n && rc == 0; i++) {
        r->target = &w->f->v[i];
        rc = probe(w, r, err);
    }
    free(r);
    return rc;
}
