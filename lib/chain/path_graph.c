/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_graph.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

enum { SLOW_STEPS = 30 /* names that are not the same bytes have to be decoded */ };

/* --- Building --- */

struct fellow {
    uint32_t index;
    const struct scp_pool_entry *e;
};

static int compare_bytes(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n)
{
    return a_n != b_n ? (a_n < b_n ? -1 : 1) : memcmp(a, b, a_n);
}

/* By key, then by thumbprint: those of one key stand together, and the order is the content's. */
static int by_content(const void *pa, const void *pb)
{
    const struct scp_pool_entry *a = ((const struct fellow *)pa)->e, *b = ((const struct fellow *)pb)->e;
    int order;

    if (a->key_hash != b->key_hash)
        return a->key_hash < b->key_hash ? -1 : 1;
    order = compare_bytes(a->outline.spki.p, a->outline.spki.n, b->outline.spki.p, b->outline.spki.n);
    if (order == 0)
        order = memcmp(a->cert.sha1, b->cert.sha1, SCP_SHA1_LEN);
    return order != 0 ? order : compare_bytes(a->cert.der, a->cert.len, b->cert.der, b->cert.len);
}

static int room_for(struct scp_graph *g, size_t more, struct scp_err *err)
{
    size_t room = g->room;
    struct scp_graph_vertex *v;

    while (g->n + more > room)
        room = room == 0 ? 16 : 2 * room;
    if (room == g->room)
        return 0;
    v = realloc(g->v, room * sizeof *v);
    if (v == NULL)
        return scp_err_memory(err);
    g->v = v;
    g->room = room;
    return 0;
}

static void add_vertex(struct scp_graph *g, const struct fellow *f, const struct fellow *before)
{
    const struct scp_outline *o = &f->e->outline;
    bool same = before != NULL && scp_outline_same(&before->e->outline.spki, &o->spki);
    struct scp_graph_vertex *v = &g->v[g->n];

    *v = (struct scp_graph_vertex){ .index = f->index,
                                    .issuer = SCP_GRAPH_NONE,
                                    .ca = same ? v[-1].ca : (int32_t)g->n,
                                    .signer = SCP_GRAPH_NONE,
                                    .anchor = f->e->cert.root && scp_pool_names_equal(&o->issuer, &o->subject) };
    g->name_of[f->index] = (int32_t)g->names;
    g->n++;
}

static int add_name(struct scp_graph *g, struct fellow *f, size_t n, struct scp_err *err)
{
    struct scp_graph_name *name = scp_array_room(g->name, g->names, sizeof *name, SCP_POOL_MAX, "names", err);

    if (name == NULL)
        return -1;
    g->name = name;
    if (room_for(g, n, err) != 0)
        return -1;
    qsort(f, n, sizeof *f, by_content);
    g->name[g->names] = (struct scp_graph_name){ .first = (uint32_t)g->n, .n = (uint32_t)n };
    for (size_t i = 0; i < n; i++)
        add_vertex(g, &f[i], i > 0 ? &f[i - 1] : NULL);
    g->names++;
    return 0;
}

/* Those of the certificates that have the name; where one of them has a number already, that is the answer. */
static size_t fellows(struct scp_graph *g, const struct scp_bytes *name, const uint32_t *index, size_t n, struct fellow *out,
                      int32_t *number)
{
    size_t found = 0;

    for (size_t i = 0; i < n && *number == SCP_GRAPH_NONE && g->steps < g->steps_max; i++) {
        const struct scp_pool_entry *e = scp_pool_entry(g->pool, index[i]);

        g->steps += scp_outline_same(name, &e->outline.subject) ? 1 : SLOW_STEPS;
        if (!scp_pool_names_equal(name, &e->outline.subject))
            continue;
        *number = g->name_of[index[i]];
        out[found++] = (struct fellow){ index[i], e };
    }
    return found;
}

/* The number of a name; where it has none yet, `add` gives it one. */
static int number_of(struct scp_graph *g, const struct scp_bytes *name, bool add, int32_t *number, struct scp_err *err)
{
    const uint32_t *index;
    struct fellow *f;
    size_t all, n;
    int rc = 0;

    *number = SCP_GRAPH_NONE;
    if (scp_pool_subjects(g->pool, scp_outline_name_hash(name), &index, &all, err) != 0)
        return -1;
    if (all == 0)
        return 0;
    f = malloc(all * sizeof *f);
    if (f == NULL)
        return scp_err_memory(err);
    n = fellows(g, name, index, all, f, number);
    if (n > 0 && *number == SCP_GRAPH_NONE && add) {
        *number = (int32_t)g->names;
        rc = add_name(g, f, n, err);
    }
    free(f);
    return rc;
}

int scp_graph_build(struct scp_graph *g, struct scp_pool *pool, const struct scp_bytes *issuer, struct scp_err *err)
{
    size_t all = scp_pool_count(pool);
    int32_t number;

    g->pool = pool;
    g->name_of = malloc((all > 0 ? all : 1) * sizeof *g->name_of);
    if (g->name_of == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < all; i++)
        g->name_of[i] = SCP_GRAPH_NONE;
    if (number_of(g, issuer, true, &number, err) != 0)
        return -1;
    for (size_t i = 0; i < g->n; i++) {
        if (number_of(g, &scp_pool_outline(pool, g->v[i].index)->issuer, true, &number, err) != 0)
            return -1;
        g->v[i].issuer = number;
    }
    return 0;
}

void scp_graph_free(struct scp_graph *g)
{
    free(g->v);
    free(g->name);
    free(g->name_of);
}

int scp_graph_ca(struct scp_graph *g, const struct scp_outline *o, int32_t *ca, struct scp_err *err)
{
    int32_t number;

    *ca = SCP_GRAPH_NONE;
    if (number_of(g, &o->subject, false, &number, err) != 0)
        return -1;
    for (size_t i = 0; number != SCP_GRAPH_NONE && i < g->name[number].n; i++) {
        const struct scp_graph_vertex *v = &g->v[g->name[number].first + i];

        if (scp_outline_same(&scp_pool_outline(g->pool, v->index)->spki, &o->spki))
            *ca = v->ca;
    }
    return 0;
}

/* --- Ways to an anchor --- */

static void measure_vertex(struct scp_graph *g, struct scp_graph_vertex *v)
{
    const struct scp_graph_name *above = v->issuer != SCP_GRAPH_NONE ? &g->name[v->issuer] : NULL;

    if (v->anchor) {
        v->hops = 0;
        v->reach = v->end;
    } else if (above != NULL && above->hops < SCP_PATH_DEPTH_MAX) {
        v->hops = (uint8_t)(above->hops + 1);
        v->reach = above->reach < v->end ? above->reach : v->end;
    }
}

/* Once over all; true when something came nearer, or lives longer. */
static bool measure_again(struct scp_graph *g, bool faulty)
{
    bool changed = false;

    for (size_t i = 0; i < g->names; i++) {
        struct scp_graph_name *name = &g->name[i];

        for (size_t k = 0; k < name->n; k++) {
            struct scp_graph_vertex *v = &g->v[name->first + k];

            if (v->fault != SCP_PATH_GOOD && !faulty)
                continue;
            measure_vertex(g, v);
            changed = changed || v->hops < name->hops || (v->hops != SCP_GRAPH_FAR && v->reach > name->reach);
            if (v->hops < name->hops)
                name->hops = v->hops;
            if (v->hops != SCP_GRAPH_FAR && v->reach > name->reach)
                name->reach = v->reach;
        }
    }
    return changed;
}

void scp_graph_measure(struct scp_graph *g, bool faulty)
{
    for (size_t i = 0; i < g->n; i++) {
        g->v[i].hops = SCP_GRAPH_FAR;
        g->v[i].reach = INT64_MIN;
    }
    for (size_t i = 0; i < g->names; i++) {
        g->name[i].hops = SCP_GRAPH_FAR;
        g->name[i].reach = INT64_MIN;
    }
    for (int i = 0; i < SCP_PATH_DEPTH_MAX && measure_again(g, faulty); i++)
        ;
}

static bool is_among(int32_t ca, const int32_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i] == ca)
            return true;
    }
    return false;
}

bool scp_graph_reaches(struct scp_graph *g, size_t vertex, const int32_t *ca, size_t n, int64_t above)
{
    const struct scp_graph_vertex *from = &g->v[vertex];
    int32_t queue[SCP_GRAPH_QUEUE];
    size_t head = 0, tail = 0;

    if (from->anchor || from->issuer == SCP_GRAPH_NONE)
        return from->anchor;
    g->mark++;
    queue[tail++] = from->issuer;
    g->name[from->issuer].mark = g->mark;
    while (head < tail) {
        const struct scp_graph_name *name = &g->name[queue[head++]];

        for (size_t i = 0; i < name->n; i++) {
            const struct scp_graph_vertex *v = &g->v[name->first + i];

            g->steps++;
            if (v->fault != SCP_PATH_GOOD || v->hops == SCP_GRAPH_FAR || v->end <= above || v->ca == from->ca ||
                is_among(v->ca, ca, n))
                continue;
            if (v->anchor || tail == SCP_GRAPH_QUEUE)
                return true;
            if (g->name[v->issuer].mark != g->mark) {
                g->name[v->issuer].mark = g->mark;
                queue[tail++] = v->issuer;
            }
        }
    }
    return false;
}
