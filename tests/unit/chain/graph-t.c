/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What of a pool can be above a certificate, by names alone: how many certificates to an anchor, and how long the way lives. */
#include "authority.h"
#include "chain/path_graph.h"
#include "tap.h"

#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>

enum { MOST = 24, FAR = SCP_GRAPH_FAR, NOBODY = -2 };
#define NEVER INT64_MIN

/* A certificate, and what is true of it when all are measured. */
struct node {
    const char *subject, *issuer;
    unsigned key;
    bool root, faulty;
    int64_t end;
    int hops, faulty_hops; /* through those without a fault; through all */
    int64_t reach, faulty_reach;
};

struct world {
    struct scp_pool *pool;
    struct scp_graph graph;
    uint8_t *der[MOST];
    size_t len[MOST], n;
};

static void open_world(struct world *w)
{
    *w = (struct world){ .pool = scp_pool_new(), .graph = { .steps_max = 1000000 } };
}

static void close_world(struct world *w)
{
    scp_graph_free(&w->graph);
    scp_pool_free(w->pool);
    for (size_t i = 0; i < w->n; i++)
        OPENSSL_free(w->der[i]);
}

static void add(struct world *w, const char *subject, const char *issuer, unsigned key, bool root, bool version_1)
{
    const struct authority_spec spec = {
        .subject = subject, .issuer = issuer, .key = key, .signer = key, .ca = true, .serial = (long)w->n + 1
    };
    X509 *x = authority_issue(&spec);

    while (version_1 && X509_get_ext_count(x) > 0)
        X509_EXTENSION_free(X509_delete_ext(x, 0));
    if (version_1 && (X509_set_version(x, 0) != 1 || X509_sign(x, authority_key(key), EVP_sha256()) <= 0))
        tap_bail("version 1");
    authority_encode(x, &w->der[w->n], &w->len[w->n]);
    X509_free(x);
    authority_pool_add(w->pool, w->der[w->n], w->len[w->n], root);
    w->n++;
}

static void build(struct world *w, const char *issuer)
{
    const struct authority_spec spec = { .subject = "Leaf", .issuer = issuer, .key = 1, .signer = 1, .serial = 99 };
    X509 *x = authority_issue(&spec);
    struct scp_outline o;
    uint8_t *der;
    size_t len;

    authority_encode(x, &der, &len);
    X509_free(x);
    if (!scp_outline_read(der, len, &o) || scp_graph_build(&w->graph, w->pool, &o.issuer, NULL) != 0)
        tap_bail("no graph");
    OPENSSL_free(der);
}

/* The vertex of the pool's certificate; NULL: the graph does not hold it. */
static struct scp_graph_vertex *vertex(struct world *w, size_t index)
{
    for (size_t i = 0; i < w->graph.n; i++) {
        if (w->graph.v[i].index == index)
            return &w->graph.v[i];
    }
    return NULL;
}

/* --- Hops and reach --- */

/* Two ways from Issuing, one over a certificate that has a fault; a root among the others, a circle, and nobody's. */
static const struct node NODES[] = {
    { "Root", "Root", 1, true, false, 100, 0, 0, 100, 100 },
    { "Old root", "Old root", 2, true, false, 40, 0, 0, 40, 40 },
    { "Middle", "Root", 3, false, false, 90, 1, 1, 90, 90 },
    { "Middle", "Old root", 3, false, false, 95, 1, 1, 40, 40 },
    { "Middle", "Root", 4, false, true, 120, FAR, 1, NEVER, 100 },
    { "Issuing", "Middle", 5, false, false, 200, 2, 2, 90, 100 },
    { "Issuing", "Middle", 6, false, false, 80, 2, 2, 80, 80 },
    { "Issuing", "Old root", 5, false, false, 30, 1, 1, 30, 30 },
    { "Issuing", "Nobody", 5, false, false, 500, FAR, FAR, NEVER, NEVER },
    { "Issuing", "Circle", 5, false, false, 500, 4, 4, 90, 100 },
    { "Circle", "Turn", 7, false, false, 400, 3, 3, 90, 100 },
    { "Turn", "Circle", 8, false, false, 400, 4, 4, 90, 100 },
    { "Turn", "Issuing", 8, false, false, 400, 2, 2, 90, 100 },
    { "Issuing", "Lone", 5, false, false, 500, FAR, FAR, NEVER, NEVER },
    { "Lone", "Lone", 9, false, false, 500, FAR, FAR, NEVER, NEVER },
    { "Elsewhere", "Root", 10, false, false, 500, NOBODY, NOBODY, 0, 0 },
};
enum { NODES_N = sizeof NODES / sizeof NODES[0] };

static void test_measure(void)
{
    struct world w;

    for (int reversed = 0; reversed < 2; reversed++) {
        open_world(&w);
        for (size_t i = 0; i < NODES_N; i++) {
            const struct node *n = &NODES[reversed == 1 ? NODES_N - 1 - i : i];

            add(&w, n->subject, n->issuer, n->key, n->root, false);
        }
        build(&w, "Issuing");
        for (size_t i = 0; i < NODES_N; i++) {
            struct scp_graph_vertex *v = vertex(&w, i);
            const struct node *n = &NODES[reversed == 1 ? NODES_N - 1 - i : i];

            tap_ok((v == NULL) == (n->hops == NOBODY), "%s of %s is there", n->subject, n->issuer);
            if (v == NULL)
                continue;
            v->end = n->end;
            v->fault = n->faulty ? SCP_PATH_EXPIRED : SCP_PATH_GOOD;
            tap_ok(v->anchor == n->root, "%s of %s is an anchor", n->subject, n->issuer);
        }
        for (int faulty = 0; faulty < 2; faulty++) {
            scp_graph_measure(&w.graph, faulty == 1);
            for (size_t i = 0; i < NODES_N; i++) {
                const struct scp_graph_vertex *v = vertex(&w, i);
                const struct node *n = &NODES[reversed == 1 ? NODES_N - 1 - i : i];

                if (v == NULL)
                    continue;
                tap_is_int(faulty == 1 ? n->faulty_hops : n->hops, v->hops, "hops of %s of %s, faulty ones %d", n->subject,
                           n->issuer, faulty);
                tap_is_int(faulty == 1 ? n->faulty_reach : n->reach, v->reach, "reach of %s of %s, faulty ones %d", n->subject,
                           n->issuer, faulty);
            }
        }
        tap_is_int(1, w.graph.name[0].hops, "the least hops of a name");
        tap_is_int(100, w.graph.name[0].reach, "the latest reach of a name");
        close_world(&w);
    }
}

/* As many certificates as a path may have, and one more. */
static void test_depth(void)
{
    static char name[SCP_PATH_DEPTH_MAX + 2][16];
    struct world w;

    open_world(&w);
    for (unsigned i = 0; i < SCP_PATH_DEPTH_MAX + 2; i++) {
        (void)snprintf(name[i], sizeof name[i], "CA %u", i);
        add(&w, name[i], name[i > 0 ? i - 1 : 0], i + 1, i == 0, false);
    }
    build(&w, name[SCP_PATH_DEPTH_MAX + 1]);
    for (size_t i = 0; i < w.graph.n; i++)
        w.graph.v[i].end = 7;
    scp_graph_measure(&w.graph, false);
    tap_is_int(SCP_PATH_DEPTH_MAX - 1, vertex(&w, SCP_PATH_DEPTH_MAX - 1)->hops, "as far as a path may be");
    tap_is_int(FAR, vertex(&w, SCP_PATH_DEPTH_MAX)->hops, "one more is not counted");
    tap_is_int(FAR, vertex(&w, SCP_PATH_DEPTH_MAX + 1)->hops, "two more are not");
    close_world(&w);
}

/* --- Keys --- */

static void test_keys(void)
{
    struct world w;
    struct scp_outline o;
    int32_t ca;

    open_world(&w);
    add(&w, "CA", "Root", 1, false, false);
    add(&w, "CA", "Root", 2, false, false);
    add(&w, "CA", "Root", 1, false, true);
    add(&w, "CA", "Other", 1, false, false);
    add(&w, "ca", "Root", 1, false, false);
    add(&w, "Root", "Root", 3, true, false);
    add(&w, "Elsewhere", "Root", 1, false, false);
    build(&w, "CA");
    for (size_t i = 2; i < 5; i++)
        tap_is_int(vertex(&w, 0)->ca, vertex(&w, i)->ca, "one key and name in certificate %zu", i);
    tap_ok(vertex(&w, 0)->ca != vertex(&w, 1)->ca, "another key is another CA");
    tap_ok(vertex(&w, 0)->ca != vertex(&w, 5)->ca, "another name is another CA");
    for (size_t i = 0; i < w.n; i++) {
        const struct scp_graph_vertex *v = vertex(&w, i);

        if (!scp_outline_read(w.der[i], w.len[i], &o) || scp_graph_ca(&w.graph, &o, &ca, NULL) != 0)
            tap_bail("no number");
        tap_is_int(v != NULL ? v->ca : SCP_GRAPH_NONE, ca, "the CA's number of certificate %zu", i);
        if (v != NULL)
            tap_ok((v->issuer == SCP_GRAPH_NONE) == (i == 3), "the issuer of certificate %zu is there", i);
    }
    tap_ok(scp_pool_entry(w.pool, 0)->key_hash == scp_pool_entry(w.pool, 2)->key_hash, "one key one hash, whatever follows it");
    close_world(&w);
}

/* --- Ways past some CAs --- */

static void test_reaches(void)
{
    static const struct {
        const char *what;
        size_t from;
        int past[2]; /* certificates whose CAs are none of the way; -1: none */
        int64_t above;
        bool reaches;
    } WAYS[] = {
        { "an anchor", 0, { -1, -1 }, NEVER, true },
        { "an anchor, whatever is left out", 0, { 0, -1 }, 999, true },
        { "the one above", 2, { -1, -1 }, NEVER, true },
        { "over two ways", 5, { -1, -1 }, NEVER, true },
        { "over the second of two ways", 5, { 0, -1 }, NEVER, true },
        { "over none", 5, { 0, 1 }, NEVER, false },
        { "past what is between", 5, { 2, -1 }, NEVER, false },
        { "as long as all of it lives", 5, { -1, -1 }, 89, true },
        { "longer than the last of it", 5, { -1, -1 }, 95, false },
        { "as long as one way", 5, { 1, -1 }, 90, false },
        { "nobody above", 8, { -1, -1 }, NEVER, false },
        { "round, over another key of its name", 9, { -1, -1 }, NEVER, true },
        { "round, past that", 9, { 6, -1 }, NEVER, false },
        { "somebody who is no anchor", 13, { -1, -1 }, NEVER, false },
    };
    struct world w;

    open_world(&w);
    for (size_t i = 0; i < NODES_N; i++)
        add(&w, NODES[i].subject, NODES[i].issuer, NODES[i].key, NODES[i].root, false);
    build(&w, "Issuing");
    for (size_t i = 0; i < NODES_N; i++) {
        struct scp_graph_vertex *v = vertex(&w, i);

        if (v == NULL)
            continue;
        v->end = NODES[i].end;
        v->fault = NODES[i].faulty ? SCP_PATH_EXPIRED : SCP_PATH_GOOD;
    }
    scp_graph_measure(&w.graph, false);
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        int32_t ca[2];
        size_t n = 0;

        for (int k = 0; k < 2; k++) {
            if (WAYS[i].past[k] >= 0)
                ca[n++] = vertex(&w, (size_t)WAYS[i].past[k])->ca;
        }
        tap_ok(scp_graph_reaches(&w.graph, (size_t)(vertex(&w, WAYS[i].from) - w.graph.v), ca, n, WAYS[i].above) == WAYS[i].reaches,
               "a way: %s", WAYS[i].what);
    }
    close_world(&w);
}

int main(void)
{
    test_measure();
    test_depth();
    test_keys();
    test_reaches();
    authority_free();
    return tap_done();
}
