/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_search.h"

#include "base/array.h"
#include "codec/x509/crypto.h"

#include <stdlib.h>
#include <string.h>

static const char *const STOPPED_DEPTH = "a path is longer than allowed", *const STOPPED_STEPS = "too many candidates",
                         *const STOPPED_VERIFIED = "too many paths";

enum {
    EXPLAINED = 8,       /* an explanation may cost a part of what the search may */
    COUNTING_COST = 256, /* signature checks for what is told besides: other paths, one that lives longer */
    COUNTING_STEPS = 200000,
    TRAILS_MAX = 1 << 18
};

/* --- The certificates of a trail --- */

/* The CAs of a trail, from the top down; their number. */
static size_t cas_of(const struct scp_search *s, const struct scp_search_trail *t, int32_t ca[SCP_PATH_DEPTH_MAX])
{
    size_t n = 0;

    for (; t->n > 1; t = &s->trail[t->below])
        ca[n++] = s->graph.v[t->vertex].ca;
    ca[n++] = s->own_ca;
    return n;
}

static bool is_on(const struct scp_search *s, const struct scp_search_trail *t, int32_t ca)
{
    for (; t->n > 1; t = &s->trail[t->below]) {
        if (s->graph.v[t->vertex].ca == ca)
            return true;
    }
    return s->own_ca == ca;
}

/* --- The most promising first --- */

static bool is_before(const struct scp_search *s, uint32_t a, uint32_t b)
{
    const struct scp_search_trail *x = &s->trail[a], *y = &s->trail[b];

    if (s->w.by_life && x->bound != y->bound)
        return x->bound > y->bound;
    if (x->least != y->least)
        return x->least < y->least;
    if (x->bound != y->bound)
        return x->bound > y->bound;
    return x->n != y->n ? x->n > y->n : a < b;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t c = *a;

    *a = *b;
    *b = c;
}

static int heap_add(struct scp_search *s, uint32_t trail, struct scp_err *err)
{
    uint32_t *heap = scp_array_room(s->heap, s->heaped, sizeof *heap, TRAILS_MAX, "beginnings of paths", err);
    size_t i = s->heaped;

    if (heap == NULL)
        return -1;
    s->heap = heap;
    heap[s->heaped++] = trail;
    for (; i > 0 && is_before(s, heap[i], heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&heap[i], &heap[(i - 1) / 2]);
    return 0;
}

static uint32_t heap_take(struct scp_search *s)
{
    uint32_t first = s->heap[0];
    size_t i = 0, least = 0;

    s->heap[0] = s->heap[--s->heaped];
    do {
        i = least;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++) {
            if (child < s->heaped && is_before(s, s->heap[child], s->heap[least]))
                least = child;
        }
        if (least != i)
            swap(&s->heap[i], &s->heap[least]);
    } while (least != i);
    return first;
}

/* --- Paths that reach an end --- */

static void fill_path(const struct scp_search *s, const struct scp_search_trail *t, struct scp_path *p)
{
    const struct scp_outline *above = scp_search_outline(s, t);

    *p = (struct scp_path){ .n = t->n, .not_after = scp_search_end(&s->out->own, &s->out->self.rule), .exact_names = true };
    for (;; t = &s->trail[t->below]) {
        const struct scp_outline *o = scp_search_outline(s, t);

        p->cert[t->n - 1] = t->n > 1 ? s->graph.v[t->vertex].index : SCP_PATH_SELF;
        p->exact_names = p->exact_names && scp_outline_same(&o->issuer, &above->subject);
        if (t->n == 1)
            return;
        if (s->graph.v[t->vertex].end < p->not_after)
            p->not_after = s->graph.v[t->vertex].end;
        above = o;
    }
}

/* The end of the search with nothing found: the path that came nearest is kept.  Higher ranks are nearer. */
static void note_miss(struct scp_search *s, const struct scp_path *p, int rank, size_t same_name)
{
    if (rank <= s->miss_rank)
        return;
    s->miss_rank = rank;
    s->out->miss.path = *p;
    s->out->miss.same_name = same_name;
}

/* The first fault that a certificate of it has by itself. */
static void apply_faults(const struct scp_search *s, struct scp_path *p)
{
    for (size_t i = 0; i < p->n && p->fault == SCP_PATH_GOOD; i++) {
        enum scp_path_fault fault =
            i == 0 ? scp_search_own_fault(s)
                   : scp_search_fault(s, scp_pool_outline(s->pool, p->cert[i]), &scp_pool_get(s->pool, p->cert[i])->rule);

        if (fault != SCP_PATH_GOOD)
            scp_path_fail(p, fault, i, "");
    }
}

static bool is_same(const struct scp_path *a, const struct scp_path *b)
{
    return a->n == b->n && memcmp(a->cert, b->cert, a->n * sizeof a->cert[0]) == 0;
}

static void keep(struct scp_search *s, const struct scp_path *p)
{
    struct scp_path_answer *out = s->out;
    bool good = p->fault == SCP_PATH_GOOD;

    s->w.good += good;
    if (s->w.by_life) {
        s->w.found = *p;
        return;
    }
    if (s->w.counting && is_same(p, &out->best))
        return;
    if (good && out->good++ == 0)
        out->best = *p;
    if (out->kepts < SCP_PATH_KEPT_MAX)
        out->kept[out->kepts++] = *p;
}

/* The certificates of a trail by OpenSSL; those that are decoded are counted. */
static size_t decode_all(const struct scp_search *s, const struct scp_search_trail *t, X509 *x[SCP_PATH_DEPTH_MAX])
{
    size_t n = 0;

    for (;; t = &s->trail[t->below]) {
        x[t->n - 1] = scp_search_decoded(s, t);
        n += x[t->n - 1] != NULL;
        if (t->n == 1)
            return n;
    }
}

static void verify(struct scp_search *s, const struct scp_search_trail *t, enum scp_path_extent extent, struct scp_path *p)
{
    X509 *x[SCP_PATH_DEPTH_MAX];

    if (decode_all(s, t, x) == t->n) {
        for (size_t i = 0; i < t->n && extent == SCP_PATH_WHOLE; i++)
            s->out->cost += scp_path_check_cost(x[i]);
        s->out->cost++;
        scp_path_verify(x, t->n, s->q, extent, p);
    } else {
        scp_path_fail(p, SCP_PATH_UNREADABLE, t->n - 1, "");
    }
    for (size_t i = 0; i < t->n; i++)
        X509_free(x[i]);
    (void)scp_crypto_end(NULL);
}

/* A root's signature over itself is verified once; those below it when their signers were sought. */
static enum scp_path_extent extent_of(const struct scp_search *s, const struct scp_search_trail *t)
{
    const struct scp_pool_entry *e = t->n > 1 ? scp_pool_entry(s->pool, s->graph.v[t->vertex].index) : NULL;
    bool known = e != NULL && e->signer > 0 && scp_outline_same(&scp_pool_outline(s->pool, e->signer - 1)->spki, &e->outline.spki);

    return s->out->good > 0 && known && !s->w.by_life ? SCP_PATH_SIGNED : SCP_PATH_WHOLE;
}

/* A path to an anchor is complete: OpenSSL verifies it. */
static void try_path(struct scp_search *s, const struct scp_search_trail *t)
{
    struct scp_path p;
    int rank = 1000;

    if (s->out->verified >= SCP_PATH_VERIFIED_MAX || s->out->cost >= s->cost_max) {
        scp_search_cut(s, s->out->cost >= s->cost_max ? SCP_SEARCH_STOPPED_COST : STOPPED_VERIFIED);
        return;
    }
    s->out->verified++;
    fill_path(s, t, &p);
    apply_faults(s, &p);
    if (p.fault == SCP_PATH_GOOD)
        verify(s, t, extent_of(s, t), &p);
    if (p.fault == SCP_PATH_GOOD && t->n > 1)
        scp_pool_signed(s->pool, p.cert[t->n - 1], p.cert[t->n - 1]);
    if (p.fault == SCP_PATH_GOOD || !s->w.by_life)
        keep(s, &p);
    /* A path that only time or a rule spoils is nearer than one that never fitted. */
    if (p.fault <= SCP_PATH_SHORT_KEY)
        rank += 100;
    if (p.fault != SCP_PATH_GOOD && !s->w.by_life && !s->w.counting)
        note_miss(s, &p, rank - (int)t->n, 0);
}

/* The path ends without reaching an anchor. */
static void end_without(struct scp_search *s, const struct scp_search_trail *t, enum scp_path_fault fault, size_t same_name)
{
    struct scp_path p;

    if (!s->w.explaining)
        return;
    fill_path(s, t, &p);
    scp_path_fail(&p, fault, p.n - 1, fault == SCP_PATH_CIRCLE ? "what signed it leads back in a circle" : "");
    note_miss(s, &p, (fault == SCP_PATH_CIRCLE ? 0 : fault == SCP_PATH_UNTRUSTED_ROOT ? 50 : 100) + (int)p.n, same_name);
}

/* --- The walk --- */

static int add_trail(struct scp_search *s, const struct scp_search_trail *t, struct scp_err *err)
{
    struct scp_search_trail *v;

    if (s->trails >= TRAILS_MAX) {
        scp_search_cut(s, STOPPED_STEPS);
        return 0;
    }
    v = scp_array_room(s->trail, s->trails, sizeof *v, TRAILS_MAX, "beginnings of paths", err);
    if (v == NULL)
        return -1;
    s->trail = v;
    v[s->trails++] = *t;
    return heap_add(s, (uint32_t)s->trails - 1, err);
}

/* A certificate that may be the next one, and is signed for; the trail with it. */
static bool may_follow(struct scp_search *s, const struct scp_search_trail *t, uint32_t vertex, struct scp_search_trail *out)
{
    struct scp_graph_vertex *v = &s->graph.v[vertex];
    const struct scp_outline *o = scp_pool_outline(s->pool, v->index), *child = scp_search_outline(s, t);

    *out = (struct scp_search_trail){ .vertex = vertex, .n = (uint8_t)(t->n + 1), .sound = t->sound && v->fault == SCP_PATH_GOOD };
    out->life = v->end < t->life ? v->end : t->life;
    out->bound = s->w.explaining || out->life < v->reach ? out->life : v->reach;
    out->least = (uint8_t)(out->n + (v->hops == SCP_GRAPH_FAR ? SCP_PATH_DEPTH_MAX : v->hops));
    if (scp_search_contradicts(child, o) || is_on(s, t, v->ca))
        return false;
    if (!s->w.explaining && v->fault != SCP_PATH_GOOD)
        scp_search_put_aside(s, v);
    if (s->w.explaining ? v->seen && !v->anchor : v->fault != SCP_PATH_GOOD || out->bound <= s->w.above)
        return false;
    if ((s->w.flaws & SCP_SEARCH_NAMES) == 0 && !scp_outline_same(&child->issuer, &o->subject)) {
        s->w.left_out |= SCP_SEARCH_NAMES;
        return false;
    }
    if (out->n > SCP_PATH_DEPTH_MAX || (!s->w.explaining && out->least > SCP_PATH_DEPTH_MAX)) {
        s->w.too_deep = s->w.too_deep || out->sound;
        return false;
    }
    v->seen = true;
    return true;
}

/* Why does nothing follow? */
static void end(struct scp_search *s, const struct scp_search_trail *t, const struct scp_graph_name *name, int32_t signer,
                size_t unreadable)
{
    size_t others = 0;

    for (uint32_t i = 0; name != NULL && i < name->n; i++)
        others += !is_on(s, t, s->graph.v[name->first + i].ca);
    if (signer == SCP_GRAPH_NONE)
        end_without(s, t, unreadable > 0 ? SCP_PATH_UNREADABLE : SCP_PATH_NO_ISSUER, others > unreadable ? others - unreadable : 0);
    else if (is_on(s, t, signer) || s->graph.v[signer].seen)
        end_without(s, t, SCP_PATH_CIRCLE, 0);
    else
        end_without(s, t, SCP_PATH_NO_ISSUER, others);
}

/* All issuers of the last certificate of the trail. */
static int expand(struct scp_search *s, uint32_t number, struct scp_err *err)
{
    const struct scp_search_trail t = s->trail[number];
    const struct scp_graph_vertex *v = t.n > 1 ? &s->graph.v[t.vertex] : NULL;
    int32_t signer = scp_search_signer(s, &t), at = v != NULL ? v->issuer : 0;
    const struct scp_graph_name *name = at != SCP_GRAPH_NONE && (size_t)at < s->graph.names ? &s->graph.name[at] : NULL;
    size_t unreadable = s->unreadable, followers = 0;
    struct scp_search_trail next;

    if (signer != SCP_GRAPH_NONE && signer == (v != NULL ? v->ca : s->own_ca)) {
        end_without(s, &t, SCP_PATH_UNTRUSTED_ROOT, 0);
        return 0;
    }
    for (uint32_t i = 0; signer != SCP_GRAPH_NONE && s->w.cut == NULL && i < name->n; i++) {
        s->graph.steps++;
        if (s->graph.v[name->first + i].ca != signer || !may_follow(s, &t, name->first + i, &next))
            continue;
        next.below = number;
        followers++;
        if (add_trail(s, &next, err) != 0)
            return -1;
    }
    if (followers == 0 && s->w.cut == NULL)
        end(s, &t, name, signer, unreadable);
    return 0;
}

/* Is it worth to go on from there?  What is cheap to tell comes first. */
static int is_promising(struct scp_search *s, const struct scp_search_trail *t, bool *yes, struct scp_err *err)
{
    struct scp_graph_vertex *v = t->n > 1 ? &s->graph.v[t->vertex] : NULL;
    int32_t ca[SCP_PATH_DEPTH_MAX];
    struct scp_path p;

    *yes = true;
    if (v == NULL)
        return 0;
    *yes = s->w.explaining || scp_graph_reaches(&s->graph, t->vertex, ca, cas_of(s, &s->trail[t->below], ca), s->w.above);
    if (!*yes)
        return 0;
    if (scp_search_judge(s, v, err) != 0)
        return -1;
    if (s->w.explaining)
        return 0;
    s->w.left_out |= v->flaws & ~s->w.flaws;
    *yes = v->fault == SCP_PATH_GOOD && (v->flaws & ~s->w.flaws) == 0;
    if (v->fault != SCP_PATH_GOOD)
        scp_search_put_aside(s, v);
    if (*yes && v->narrows && !v->anchor) {
        fill_path(s, t, &p);
        verify(s, t, SCP_PATH_PART, &p);
        *yes = p.fault == SCP_PATH_GOOD;
    }
    return 0;
}

static int visit(struct scp_search *s, uint32_t number, struct scp_err *err)
{
    const struct scp_search_trail *t = &s->trail[number];
    bool promising;

    if (is_promising(s, t, &promising, err) != 0)
        return -1;
    if (!promising)
        return 0;
    if (t->n > 1 && s->graph.v[t->vertex].anchor) {
        try_path(s, t);
        return 0;
    }
    return expand(s, number, err);
}

static int walk(struct scp_search *s, const struct scp_search_walk *w, struct scp_err *err)
{
    const struct scp_search_trail first = {
        .n = 1, .least = 1, .sound = true, .life = scp_search_end(&s->out->own, &s->out->self.rule)
    };
    size_t steps_max = s->steps_max;

    s->w = *w;
    s->trails = s->heaped = 0;
    for (size_t i = 0; i < s->graph.n && w->explaining; i++)
        s->graph.v[i].seen = false;
    if (add_trail(s, &first, err) != 0)
        return -1;
    while (s->heaped > 0 && s->w.cut == NULL && s->w.good < s->w.wanted) {
        bool found = s->w.good > 0;

        if (visit(s, heap_take(s), err) != 0)
            return -1;
        if (s->graph.steps > s->steps_max)
            scp_search_cut(s, STOPPED_STEPS);
        /* The others are only counted. */
        if (!found && s->w.good > 0 && s->out->cost + COUNTING_COST < s->cost_max)
            s->cost_max = s->out->cost + COUNTING_COST;
        if (!found && s->w.good > 0 && s->graph.steps + COUNTING_STEPS < steps_max)
            s->steps_max = s->graph.steps + COUNTING_STEPS;
    }
    return 0;
}

/* --- The search --- */

/* Paths without any flaw first, then with those that are the least. */
static int seek(struct scp_search *s, struct scp_err *err)
{
    unsigned left_out = SCP_SEARCH_FLAWS;

    for (unsigned flaws = s->own_flaws; flaws <= SCP_SEARCH_FLAWS && s->out->good == 0; flaws++) {
        const struct scp_search_walk w = { .flaws = flaws, .above = INT64_MIN, .wanted = SCP_PATH_COUNTED_MAX };

        if ((flaws & s->own_flaws) != s->own_flaws || (flaws != s->own_flaws && (flaws & left_out) == 0))
            continue;
        s->out->kepts = 0;
        if (walk(s, &w, err) != 0)
            return -1;
        left_out = (flaws == s->own_flaws ? 0 : left_out) | s->w.left_out;
        if (s->w.good == 0 && s->out->stopped == NULL)
            s->out->stopped = s->w.cut != NULL ? s->w.cut : s->w.too_deep ? STOPPED_DEPTH : NULL;
    }
    return 0;
}

/* How many others there are, of any kind. */
static int count(struct scp_search *s, struct scp_err *err)
{
    const struct scp_search_walk w = {
        .flaws = SCP_SEARCH_FLAWS, .above = INT64_MIN, .counting = true, .wanted = SCP_PATH_COUNTED_MAX
    };
    struct scp_path_answer *out = s->out;

    out->more = s->w.cut != NULL || s->w.good >= s->w.wanted;
    if (s->w.left_out == 0 || out->more)
        return 0;
    out->good = out->kepts = 1;
    out->kept[0] = out->best;
    s->cost_max = out->cost + COUNTING_COST;
    s->steps_max = s->graph.steps + COUNTING_STEPS;
    if (walk(s, &w, err) != 0)
        return -1;
    out->more = s->w.cut != NULL || s->w.good >= s->w.wanted;
    return 0;
}

/* Does one of the same kind live longer? */
static int seek_longer(struct scp_search *s, struct scp_err *err)
{
    struct scp_path_answer *out = s->out;
    const struct scp_search_walk w = {
        .flaws = scp_path_flaws(&out->best), .above = out->best.not_after, .by_life = true, .wanted = 1
    };

    out->until = out->best.not_after;
    if (scp_search_end(&out->own, &out->self.rule) <= out->until || s->graph.name[0].reach <= out->until)
        return 0;
    s->cost_max = out->cost + COUNTING_COST;
    s->steps_max = s->graph.steps + COUNTING_STEPS;
    if (walk(s, &w, err) != 0)
        return -1;
    if (s->w.good > 0)
        out->until = s->w.found.not_after;
    out->until_open = s->w.good == 0 && s->w.cut != NULL;
    return 0;
}

/* Once more through what is faulty, to say what came nearest. */
static int explain(struct scp_search *s, struct scp_err *err)
{
    const struct scp_search_walk w = { .flaws = SCP_SEARCH_FLAWS, .above = INT64_MIN, .explaining = true, .wanted = 1 };

    /* What the search may have used up shall not silence the explanation. */
    s->steps_max = s->graph.steps + SCP_PATH_STEPS_MAX / EXPLAINED;
    s->cost_max = s->out->cost + SCP_PATH_COST_MAX / EXPLAINED;
    s->out->verified = s->out->kepts = 0;
    s->miss_rank = -1;
    scp_graph_measure(&s->graph, true);
    if (walk(s, &w, err) != 0)
        return -1;
    if (s->out->stopped == NULL && s->w.too_deep)
        s->out->stopped = STOPPED_DEPTH;
    s->out->until = s->out->best.not_after;
    s->out->more = s->out->until_open = s->out->good > 0;
    return 0;
}

/* A root that is asked about is its own path. */
static void find_root(struct scp_search *s)
{
    const struct scp_search_trail t = { .n = 1 };

    try_path(s, &t);
    s->out->until = s->out->best.not_after;
}

static int find_above(struct scp_search *s, struct scp_err *err)
{
    if (scp_graph_build(&s->graph, s->pool, &s->out->own.issuer, err) != 0 ||
        scp_graph_ca(&s->graph, &s->out->own, &s->own_ca, err) != 0)
        return -1;
    if (s->graph.steps >= s->graph.steps_max)
        s->out->stopped = STOPPED_STEPS;
    scp_search_judge_all(s);
    scp_graph_measure(&s->graph, false);
    s->own_flaws = scp_search_flaws(s->own, false);
    if (s->out->stopped == NULL && scp_search_own_fault(s) == SCP_PATH_GOOD && seek(s, err) != 0)
        return -1;
    if (s->out->good == 0)
        return explain(s, err);
    return count(s, err) != 0 || seek_longer(s, err) != 0 ? -1 : 0;
}

static int find(struct scp_search *s, struct scp_err *err)
{
    const struct scp_pool_entry *e = s->own_index != SCP_PATH_SELF ? scp_pool_entry(s->pool, s->own_index) : NULL;
    const struct scp_search_trail t = { .n = 1 };

    s->graph.steps_max = s->steps_max = SCP_PATH_STEPS_MAX;
    s->cost_max = scp_pool_budget(s->pool, SCP_PATH_COST_MAX);
    s->own_ca = s->own_signer = SCP_GRAPH_NONE;
    if (e != NULL && e->cert.root && scp_pool_names_equal(&e->outline.issuer, &e->outline.subject)) {
        find_root(s);
    } else if (X509_self_signed(s->own, 0) == 1) {
        s->w.explaining = true;
        end_without(s, &t, SCP_PATH_UNTRUSTED_ROOT, 0);
    } else {
        return find_above(s, err);
    }
    return 0;
}

int scp_path_find(struct scp_pool *pool, const struct scp_path_query *q, struct scp_path_answer *out, struct scp_err *err)
{
    struct scp_search s = { .pool = pool, .q = q, .out = out, .own_index = SCP_PATH_SELF, .miss_rank = -1 };
    size_t known;
    int rc;

    *out = (struct scp_path_answer){ .pool = pool, .self = { .der = q->der, .len = q->len, .rule = SCP_POOL_RULE_NONE } };
    if (q->rule != NULL)
        out->self.rule = *q->rule;
    if (q->len > SCP_CERTIFICATE_MAX || !scp_outline_read(q->der, q->len, &out->own))
        return scp_err_set(err, SCP_ERR_FORMAT, "not a certificate (RFC 5280 section 4.1)");
    if (scp_certificate_sha1(q->der, q->len, out->self.sha1, err) != 0)
        return -1;
    known = scp_pool_find(pool, out->self.sha1, q->der, q->len);
    if (known != (size_t)-1) {
        s.own_index = (uint32_t)known;
        scp_pool_merge(&out->self, scp_pool_get(pool, known));
    }
    s.own = scp_pool_decode(q->der, q->len);
    if (s.own == NULL)
        return scp_crypto_failed(err, SCP_ERR_FORMAT, "not a certificate that OpenSSL can decode");
    rc = find(&s, err);
    out->steps = s.graph.steps;
    scp_pool_spend(pool, out->cost);
    X509_free(s.own);
    scp_graph_free(&s.graph);
    free(s.trail);
    free(s.heap);
    return rc == 0 ? scp_crypto_end(err) : rc;
}
