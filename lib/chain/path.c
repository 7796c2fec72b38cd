/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_graph.h"

#include "base/array.h"
#include "codec/x509/crypto.h"
#include "codec/x509/strength.h"

#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const STOPPED_DEPTH = "a path is longer than allowed", *const STOPPED_STEPS = "too many candidates",
                         *const STOPPED_COST = "too many signature checks", *const STOPPED_VERIFIED = "too many paths";

enum {
    EXPLAINED = 8,       /* an explanation may cost a part of what the search may */
    COUNTING_COST = 256, /* signature checks for what is told besides: other paths, one that lives longer */
    COUNTING_STEPS = 200000,
    TRAILS_MAX = 1 << 18,
    FLAW_WEAK = 1,
    FLAW_NAMES = 2,
    FLAW_UNDETERMINED = 4,
    FLAWS = FLAW_WEAK | FLAW_NAMES | FLAW_UNDETERMINED
};

/* A beginning of a path: a certificate and the one below it. */
struct trail {
    uint32_t below;      /* another trail */
    uint32_t vertex;     /* unused in the first, which is the certificate asked about */
    uint8_t n;           /* certificates */
    uint8_t least;       /* certificates of the shortest path that it may become */
    bool sound;          /* explaining: no certificate of it has a fault of its own */
    int64_t life, bound; /* the shortest life so far; no path that it becomes lives longer than the bound */
};

/* What is looked for in one walk. */
struct walk {
    unsigned flaws;        /* that a path may have */
    int64_t above;         /* by_life: paths that live longer than that */
    bool by_life;          /* the longest-lived first, not the shortest */
    bool counting;         /* the best one is known */
    bool explaining;       /* through faulty certificates as well, to find the nearest miss */
    size_t wanted;         /* good paths behind which it ends */
    size_t good;           /* found in it */
    unsigned left_out;     /* flaws that some certificates had which were left out for them */
    bool too_deep;         /* something was left out for the depth */
    const char *cut;       /* a bound was reached */
    struct scp_path found; /* by_life: the first good one */
};

struct search {
    struct scp_pool *pool;
    const struct scp_path_query *q;
    struct scp_path_answer *out;
    struct scp_graph graph;
    uint32_t own_index; /* where the pool holds the certificate asked about, too; SCP_PATH_SELF when it does not */
    X509 *own;
    int32_t own_ca, own_signer;
    bool own_unsigned;
    unsigned own_flaws;
    struct walk w;
    struct trail *trail;
    size_t trails;
    uint32_t *heap; /* numbers of trails, the most promising first */
    size_t heaped;
    size_t steps_max, cost_max;
    size_t unreadable; /* keys and certificates of the signer sought last that OpenSSL cannot use */
    int miss_rank;
};

static void cut(struct search *s, const char *why)
{
    if (s->w.cut == NULL)
        s->w.cut = why;
}

/* --- The certificates of a trail --- */

static const struct scp_outline *outline_of(const struct search *s, const struct trail *t)
{
    return t->n == 1 ? &s->out->own : scp_pool_outline(s->pool, s->graph.v[t->vertex].index);
}

static X509 *decoded(const struct search *s, const struct trail *t)
{
    if (t->n > 1)
        return scp_pool_decoded(s->pool, s->graph.v[t->vertex].index);
    return X509_up_ref(s->own) == 1 ? s->own : NULL;
}

/* The CAs of a trail, from the top down; their number. */
static size_t cas_of(const struct search *s, const struct trail *t, int32_t ca[SCP_PATH_DEPTH_MAX])
{
    size_t n = 0;

    for (; t->n > 1; t = &s->trail[t->below])
        ca[n++] = s->graph.v[t->vertex].ca;
    ca[n++] = s->own_ca;
    return n;
}

static bool is_on(const struct search *s, const struct trail *t, int32_t ca)
{
    for (; t->n > 1; t = &s->trail[t->below]) {
        if (s->graph.v[t->vertex].ca == ca)
            return true;
    }
    return s->own_ca == ca;
}

/* --- The most promising first --- */

static bool is_before(const struct search *s, uint32_t a, uint32_t b)
{
    const struct trail *x = &s->trail[a], *y = &s->trail[b];

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

static int heap_add(struct search *s, uint32_t trail, struct scp_err *err)
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

static uint32_t heap_take(struct search *s)
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

/* --- What a certificate is by itself --- */

static enum scp_path_fault fault_by(const struct search *s, const struct scp_outline *outline, const struct scp_pool_rule *rule)
{
    int64_t issued = s->q->issuing ? s->q->at : s->out->own.not_before;

    if (rule->disallowed)
        return SCP_PATH_DISALLOWED;
    if (rule->revoked)
        return SCP_PATH_REVOKED;
    if (outline->not_after != SCP_UTC_UNKNOWN && s->q->at > outline->not_after)
        return SCP_PATH_EXPIRED;
    if (outline->not_before != SCP_UTC_UNKNOWN && s->q->at < outline->not_before)
        return SCP_PATH_NOT_YET_VALID;
    if (rule->purpose_denied)
        return SCP_PATH_PURPOSE_DENIED;
    if (rule->disabled_from != SCP_UTC_UNKNOWN && s->q->at >= rule->disabled_from)
        return SCP_PATH_DISABLED;
    if (rule->issued_before != SCP_UTC_UNKNOWN && issued > rule->issued_before)
        return SCP_PATH_ISSUED_TOO_LATE;
    return SCP_PATH_GOOD;
}

static enum scp_path_fault own_fault(const struct search *s)
{
    return fault_by(s, &s->out->own, &s->out->self.rule);
}

static int64_t end_by(const struct scp_outline *outline, const struct scp_pool_rule *rule)
{
    return rule->disabled_from != SCP_UTC_UNKNOWN && rule->disabled_from < outline->not_after ? rule->disabled_from
                                                                                              : outline->not_after;
}

static void judge_vertices(struct search *s)
{
    for (size_t i = 0; i < s->graph.n; i++) {
        struct scp_graph_vertex *v = &s->graph.v[i];
        const struct scp_pool_entry *e = scp_pool_entry(s->pool, v->index);

        v->fault = fault_by(s, &e->outline, &e->cert.rule);
        v->end = end_by(&e->outline, &e->cert.rule);
    }
}

/* Of its key and, where it is no anchor, of its signature's digest. */
static unsigned flaws_of(X509 *x, bool anchor)
{
    enum scp_strength digest = anchor ? SCP_STRENGTH_GOOD : scp_strength_signature(x);
    struct scp_key_strength key;

    scp_strength_pkey(X509_get0_pubkey(x), &key);
    return (key.strength == SCP_STRENGTH_WEAK || digest == SCP_STRENGTH_WEAK || (anchor && X509_check_ca(x) != 1) ? FLAW_WEAK : 0) |
           (key.strength == SCP_STRENGTH_UNKNOWN || digest == SCP_STRENGTH_UNKNOWN ? FLAW_UNDETERMINED : 0);
}

static int judge_vertex(struct search *s, struct scp_graph_vertex *v, struct scp_err *err)
{
    bool distrusted = false;
    X509 *x;

    if (v->judged)
        return 0;
    v->judged = true;
    if (s->q->distrusts != NULL && s->q->distrusts(s->q->context, scp_pool_get(s->pool, v->index), &distrusted, err) != 0)
        return -1;
    if (distrusted) {
        scp_pool_disallow(s->pool, v->index);
        v->fault = SCP_PATH_DISALLOWED;
    }
    x = scp_pool_decoded(s->pool, v->index);
    if (x == NULL)
        return 0;
    v->flaws = flaws_of(x, v->anchor);
    v->narrows = scp_path_narrows(x);
    X509_free(x);
    return 0;
}

static void put_aside(struct search *s, const struct scp_graph_vertex *v)
{
    struct scp_path_answer *out = s->out;

    for (size_t i = 0; i < out->asides; i++) {
        if (out->aside[i].cert == v->index)
            return;
    }
    if (out->asides < SCP_PATH_ASIDE_MAX)
        out->aside[out->asides++] = (struct scp_path_aside){ v->index, v->fault };
}

/* --- Whose key signed it --- */

/* Key identifiers that contradict each other: no verification would accept the pair (RFC 5280 section 4.2.1.1). */
static bool contradicts(const struct scp_outline *child, const struct scp_outline *issuer)
{
    return child->authority_key.p != NULL && issuer->subject_key.p != NULL &&
           !scp_outline_same(&child->authority_key, &issuer->subject_key);
}

static bool is_named(const struct scp_outline *child, const struct scp_outline *issuer)
{
    return child->authority_key.p != NULL && scp_outline_same(&child->authority_key, &issuer->subject_key);
}

/* Is this vertex' key the one that signed it?  -1: OpenSSL cannot use it. */
static int is_signed_by(struct search *s, X509 *child, uint32_t vertex)
{
    X509 *x = scp_pool_decoded(s->pool, s->graph.v[vertex].index);
    EVP_PKEY *key = x != NULL ? X509_get0_pubkey(x) : NULL;
    int is = -1;

    if (key != NULL) {
        s->out->cost += scp_path_check_cost(x);
        is = X509_verify(child, key) == 1;
    }
    X509_free(x);
    (void)scp_crypto_end(NULL);
    return is;
}

/* Every key of that name once, those that the key identifier names or the others; the CA's number. */
static int32_t try_keys(struct search *s, X509 *child, const struct scp_outline *o, const struct scp_graph_name *name, bool named)
{
    int32_t tried = SCP_GRAPH_NONE;

    for (uint32_t i = name->first; i < name->first + name->n && s->w.cut == NULL; i++) {
        const struct scp_outline *issuer = scp_pool_outline(s->pool, s->graph.v[i].index);
        int is = 0;

        s->graph.steps++;
        if (s->graph.v[i].ca == tried || contradicts(o, issuer) || is_named(o, issuer) != named)
            continue;
        if (s->out->cost >= s->cost_max)
            cut(s, STOPPED_COST);
        else
            is = is_signed_by(s, child, i);
        if (is == 1)
            return s->graph.v[i].ca;
        s->unreadable += is < 0;
        if (is == 0)
            tried = s->graph.v[i].ca;
    }
    return SCP_GRAPH_NONE;
}

/* What an earlier search found out. */
static int32_t remembered(const struct search *s, uint32_t index, const struct scp_graph_name *name)
{
    uint32_t signer = index != SCP_PATH_SELF ? scp_pool_entry(s->pool, index)->signer : 0;

    for (uint32_t i = name->first; signer > 0 && i < name->first + name->n; i++) {
        if (scp_outline_same(&scp_pool_outline(s->pool, s->graph.v[i].index)->spki, &scp_pool_outline(s->pool, signer - 1)->spki))
            return s->graph.v[i].ca;
    }
    return SCP_GRAPH_NONE;
}

/* The CA by whose key the child is signed; SCP_GRAPH_NONE: nobody's of that name. */
static int32_t seek_signer(struct search *s, const struct trail *t, uint32_t index, const struct scp_graph_name *name)
{
    const struct scp_outline *o = outline_of(s, t);
    int32_t ca = remembered(s, index, name);
    X509 *x;

    s->unreadable = 0;
    if (ca != SCP_GRAPH_NONE)
        return ca;
    x = decoded(s, t);
    /* A signature algorithm that OpenSSL does not know. */
    if (x == NULL || OBJ_find_sigid_algs(X509_get_signature_nid(x), NULL, NULL) != 1) {
        s->unreadable++;
    } else {
        ca = try_keys(s, x, o, name, true);
        ca = ca != SCP_GRAPH_NONE ? ca : try_keys(s, x, o, name, false);
    }
    X509_free(x);
    if (ca != SCP_GRAPH_NONE && index != SCP_PATH_SELF)
        scp_pool_signed(s->pool, index, s->graph.v[ca].index);
    return ca;
}

static int32_t signer_of(struct search *s, const struct trail *t)
{
    struct scp_graph_vertex *v = t->n > 1 ? &s->graph.v[t->vertex] : NULL;
    int32_t *signer = v != NULL ? &v->signer : &s->own_signer, name = v != NULL ? v->issuer : 0;
    bool *in_vain = v != NULL ? &v->unsigned_for : &s->own_unsigned;

    s->unreadable = 0;
    /* Sought in vain once, it is sought again only to tell why. */
    if (*signer == SCP_GRAPH_NONE && (!*in_vain || s->w.explaining) && (size_t)name < s->graph.names && name != SCP_GRAPH_NONE) {
        *signer = seek_signer(s, t, v != NULL ? v->index : s->own_index, &s->graph.name[name]);
        *in_vain = *signer == SCP_GRAPH_NONE && s->w.cut == NULL;
    }
    return *signer;
}

/* --- Paths that reach an end --- */

static void fill_path(const struct search *s, const struct trail *t, struct scp_path *p)
{
    const struct scp_outline *above = outline_of(s, t);

    *p = (struct scp_path){ .n = t->n, .not_after = end_by(&s->out->own, &s->out->self.rule), .exact_names = true };
    for (;; t = &s->trail[t->below]) {
        const struct scp_outline *o = outline_of(s, t);

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
static void note_miss(struct search *s, const struct scp_path *p, int rank, size_t same_name)
{
    if (rank <= s->miss_rank)
        return;
    s->miss_rank = rank;
    s->out->miss.path = *p;
    s->out->miss.same_name = same_name;
}

/* The first fault that a certificate of it has by itself. */
static void apply_faults(const struct search *s, struct scp_path *p)
{
    for (size_t i = 0; i < p->n && p->fault == SCP_PATH_GOOD; i++) {
        enum scp_path_fault fault =
            i == 0 ? own_fault(s) : fault_by(s, scp_pool_outline(s->pool, p->cert[i]), &scp_pool_get(s->pool, p->cert[i])->rule);

        if (fault != SCP_PATH_GOOD)
            scp_path_fail(p, fault, i, "");
    }
}

unsigned scp_path_flaws(const struct scp_path *p)
{
    return (p->undetermined.found > 0 ? FLAW_UNDETERMINED : 0) | (p->exact_names ? 0 : FLAW_NAMES) |
           (p->weak.found > 0 || p->legacy ? FLAW_WEAK : 0);
}

bool scp_path_is_better(const struct scp_path *p, const struct scp_path *than)
{
    if (scp_path_flaws(p) != scp_path_flaws(than))
        return scp_path_flaws(p) < scp_path_flaws(than);
    return p->n != than->n ? p->n < than->n : p->not_after > than->not_after;
}

static bool is_same(const struct scp_path *a, const struct scp_path *b)
{
    return a->n == b->n && memcmp(a->cert, b->cert, a->n * sizeof a->cert[0]) == 0;
}

static void keep(struct search *s, const struct scp_path *p)
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
static size_t decode_all(const struct search *s, const struct trail *t, X509 *x[SCP_PATH_DEPTH_MAX])
{
    size_t n = 0;

    for (;; t = &s->trail[t->below]) {
        x[t->n - 1] = decoded(s, t);
        n += x[t->n - 1] != NULL;
        if (t->n == 1)
            return n;
    }
}

static void verify(struct search *s, const struct trail *t, enum scp_path_extent extent, struct scp_path *p)
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
static enum scp_path_extent extent_of(const struct search *s, const struct trail *t)
{
    const struct scp_pool_entry *e = t->n > 1 ? scp_pool_entry(s->pool, s->graph.v[t->vertex].index) : NULL;
    bool known = e != NULL && e->signer > 0 && scp_outline_same(&scp_pool_outline(s->pool, e->signer - 1)->spki, &e->outline.spki);

    return s->out->good > 0 && known && !s->w.by_life ? SCP_PATH_SIGNED : SCP_PATH_WHOLE;
}

/* A path to an anchor is complete: OpenSSL verifies it. */
static void try_path(struct search *s, const struct trail *t)
{
    struct scp_path p;
    int rank = 1000;

    if (s->out->verified >= SCP_PATH_VERIFIED_MAX || s->out->cost >= s->cost_max) {
        cut(s, s->out->cost >= s->cost_max ? STOPPED_COST : STOPPED_VERIFIED);
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
static void end_without(struct search *s, const struct trail *t, enum scp_path_fault fault, size_t same_name)
{
    struct scp_path p;

    if (!s->w.explaining)
        return;
    fill_path(s, t, &p);
    scp_path_fail(&p, fault, p.n - 1, fault == SCP_PATH_CIRCLE ? "what signed it leads back in a circle" : "");
    note_miss(s, &p, (fault == SCP_PATH_CIRCLE ? 0 : fault == SCP_PATH_UNTRUSTED_ROOT ? 50 : 100) + (int)p.n, same_name);
}

/* --- The walk --- */

static int add_trail(struct search *s, const struct trail *t, struct scp_err *err)
{
    struct trail *v;

    if (s->trails >= TRAILS_MAX) {
        cut(s, STOPPED_STEPS);
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
static bool may_follow(struct search *s, const struct trail *t, uint32_t vertex, struct trail *out)
{
    struct scp_graph_vertex *v = &s->graph.v[vertex];
    const struct scp_outline *o = scp_pool_outline(s->pool, v->index), *child = outline_of(s, t);

    *out = (struct trail){ .vertex = vertex, .n = (uint8_t)(t->n + 1), .sound = t->sound && v->fault == SCP_PATH_GOOD };
    out->life = v->end < t->life ? v->end : t->life;
    out->bound = s->w.explaining || out->life < v->reach ? out->life : v->reach;
    out->least = (uint8_t)(out->n + (v->hops == SCP_GRAPH_FAR ? SCP_PATH_DEPTH_MAX : v->hops));
    if (contradicts(child, o) || is_on(s, t, v->ca))
        return false;
    if (!s->w.explaining && v->fault != SCP_PATH_GOOD)
        put_aside(s, v);
    if (s->w.explaining ? v->seen && !v->anchor : v->fault != SCP_PATH_GOOD || v->hops == SCP_GRAPH_FAR || out->bound <= s->w.above)
        return false;
    if ((s->w.flaws & FLAW_NAMES) == 0 && !scp_outline_same(&child->issuer, &o->subject)) {
        s->w.left_out |= FLAW_NAMES;
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
static void end(struct search *s, const struct trail *t, const struct scp_graph_name *name, int32_t signer, size_t unreadable)
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
static int expand(struct search *s, uint32_t number, struct scp_err *err)
{
    const struct trail t = s->trail[number];
    const struct scp_graph_vertex *v = t.n > 1 ? &s->graph.v[t.vertex] : NULL;
    int32_t signer = signer_of(s, &t), at = v != NULL ? v->issuer : 0;
    const struct scp_graph_name *name = at != SCP_GRAPH_NONE && (size_t)at < s->graph.names ? &s->graph.name[at] : NULL;
    size_t unreadable = s->unreadable, followers = 0;
    struct trail next;

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
static int is_promising(struct search *s, const struct trail *t, bool *yes, struct scp_err *err)
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
    if (judge_vertex(s, v, err) != 0)
        return -1;
    if (s->w.explaining)
        return 0;
    s->w.left_out |= v->flaws & ~s->w.flaws;
    *yes = v->fault == SCP_PATH_GOOD && (v->flaws & ~s->w.flaws) == 0;
    if (v->fault != SCP_PATH_GOOD)
        put_aside(s, v);
    if (*yes && v->narrows && !v->anchor) {
        fill_path(s, t, &p);
        verify(s, t, SCP_PATH_PART, &p);
        *yes = p.fault == SCP_PATH_GOOD;
    }
    return 0;
}

static int visit(struct search *s, uint32_t number, struct scp_err *err)
{
    const struct trail *t = &s->trail[number];
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

static int walk(struct search *s, const struct walk *w, struct scp_err *err)
{
    const struct trail first = { .n = 1, .least = 1, .sound = true, .life = end_by(&s->out->own, &s->out->self.rule) };
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
            cut(s, STOPPED_STEPS);
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
static int seek(struct search *s, struct scp_err *err)
{
    unsigned left_out = FLAWS;

    for (unsigned flaws = s->own_flaws; flaws <= FLAWS && s->out->good == 0; flaws++) {
        const struct walk w = { .flaws = flaws, .above = INT64_MIN, .wanted = SCP_PATH_COUNTED_MAX };

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
static int count(struct search *s, struct scp_err *err)
{
    const struct walk w = { .flaws = FLAWS, .above = INT64_MIN, .counting = true, .wanted = SCP_PATH_COUNTED_MAX };
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
static int seek_longer(struct search *s, struct scp_err *err)
{
    struct scp_path_answer *out = s->out;
    const struct walk w = { .flaws = scp_path_flaws(&out->best), .above = out->best.not_after, .by_life = true, .wanted = 1 };

    out->until = out->best.not_after;
    if (end_by(&out->own, &out->self.rule) <= out->until || s->graph.name[0].reach <= out->until)
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
static int explain(struct search *s, struct scp_err *err)
{
    const struct walk w = { .flaws = FLAWS, .above = INT64_MIN, .explaining = true, .wanted = 1 };

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
static void find_root(struct search *s)
{
    const struct trail t = { .n = 1 };

    try_path(s, &t);
    s->out->until = s->out->best.not_after;
}

static int find_above(struct search *s, struct scp_err *err)
{
    if (scp_graph_build(&s->graph, s->pool, &s->out->own.issuer, err) != 0 ||
        scp_graph_ca(&s->graph, &s->out->own, &s->own_ca, err) != 0)
        return -1;
    if (s->graph.steps >= s->graph.steps_max)
        s->out->stopped = STOPPED_STEPS;
    judge_vertices(s);
    scp_graph_measure(&s->graph, false);
    s->own_flaws = flaws_of(s->own, false);
    if (s->out->stopped == NULL && own_fault(s) == SCP_PATH_GOOD && seek(s, err) != 0)
        return -1;
    if (s->out->good == 0)
        return explain(s, err);
    return count(s, err) != 0 || seek_longer(s, err) != 0 ? -1 : 0;
}

static int find(struct search *s, struct scp_err *err)
{
    const struct scp_pool_entry *e = s->own_index != SCP_PATH_SELF ? scp_pool_entry(s->pool, s->own_index) : NULL;
    const struct trail t = { .n = 1 };

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
    struct search s = { .pool = pool, .q = q, .out = out, .own_index = SCP_PATH_SELF, .miss_rank = -1 };
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

const struct scp_path *scp_path_told(const struct scp_path_answer *a)
{
    return a->good > 0 ? &a->best : &a->miss.path;
}

const struct scp_pool_cert *scp_path_cert(const struct scp_path_answer *a, const struct scp_path *p, size_t i)
{
    return p->cert[i] == SCP_PATH_SELF ? &a->self : scp_pool_get(a->pool, p->cert[i]);
}

const struct scp_outline *scp_path_outline(const struct scp_path_answer *a, const struct scp_path *p, size_t i)
{
    return p->cert[i] == SCP_PATH_SELF ? &a->own : scp_pool_outline(a->pool, p->cert[i]);
}

const char *scp_path_fault_name(enum scp_path_fault fault)
{
    static const char *const NAMES[] = {
        [SCP_PATH_GOOD] = "good",
        [SCP_PATH_EXPIRED] = "expired",
        [SCP_PATH_NOT_YET_VALID] = "not-yet-valid",
        [SCP_PATH_DISALLOWED] = "disallowed",
        [SCP_PATH_REVOKED] = "revoked",
        [SCP_PATH_PURPOSE_DENIED] = "purpose-denied",
        [SCP_PATH_DISABLED] = "disabled",
        [SCP_PATH_ISSUED_TOO_LATE] = "issued-too-late",
        [SCP_PATH_SHORT_KEY] = "short-key",
        [SCP_PATH_PURPOSE] = "purpose",
        [SCP_PATH_NOT_CA] = "not-ca",
        [SCP_PATH_POLICY] = "policy",
        [SCP_PATH_SIGNATURE] = "signature",
        [SCP_PATH_INVALID] = "invalid",
        [SCP_PATH_UNREADABLE] = "unreadable",
        [SCP_PATH_NO_ISSUER] = "no-issuer",
        [SCP_PATH_CIRCLE] = "circle",
        [SCP_PATH_UNTRUSTED_ROOT] = "untrusted-root",
    };

    return NAMES[fault];
}
