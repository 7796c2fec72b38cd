/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_internal.h"

#include "codec/x509/crypto.h"

#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const STOPPED_DEPTH = "a path is longer than allowed", *const STOPPED_STEPS = "too many candidates",
                         *const STOPPED_COST = "too many signature checks", *const STOPPED_VERIFIED = "too many paths";

enum { SLOW_STEPS = 30, EXPLAINED = 8 /* an explanation may cost a part of what the search may */ };

/* Is b's key the one that signed a?  Remembered, as many paths share an edge, and many certificates a key. */
enum edge { EDGE_UNKNOWN, EDGE_SIGNED, EDGE_OTHER_KEY, EDGE_UNREADABLE };

struct known_edge {
    uint32_t child, issuer;
    enum edge edge;
};

/* One certificate of the path being walked. */
struct node {
    uint32_t index;
    const struct scp_outline *outline;
    X509 *x;
};

struct search {
    struct scp_pool *pool;
    const struct scp_path_query *q;
    struct scp_path_answer *out;
    uint32_t own_index; /* where the pool holds it, too; SCP_PATH_SELF when it does not */
    struct node path[SCP_PATH_DEPTH_MAX];
    size_t n;
    bool explaining; /* walks through faulty certificates as well, to find the nearest miss */
    bool cut;        /* a bound was reached that ends everything */
    size_t steps_max, cost_max;
    struct known_edge *edge; /* hash table, size a power of two */
    size_t edges, edge_room;
    int miss_rank;
};

/* An issuer to be tried, and how promising it is. */
struct candidate {
    uint32_t index;
    int score;
    int64_t not_after;
};

/* --- Edges --- */

static size_t edge_slot(const struct search *s, uint32_t child, uint32_t issuer)
{
    uint64_t h = (child ^ scp_pool_entry(s->pool, issuer)->key_hash) * 0x9E3779B97F4A7C15u;

    return (size_t)(h >> 32) & (s->edge_room - 1);
}

/* Of the child to this issuer, or to another one with the same key. */
static bool is_edge(const struct search *s, const struct known_edge *e, uint32_t child, uint32_t issuer)
{
    return e->child == child && (e->issuer == issuer || scp_outline_same(&scp_pool_outline(s->pool, e->issuer)->spki,
                                                                         &scp_pool_outline(s->pool, issuer)->spki));
}

static struct known_edge *find_edge(const struct search *s, uint32_t child, uint32_t issuer)
{
    size_t i = edge_slot(s, child, issuer);

    while (s->edge[i].edge != EDGE_UNKNOWN && !is_edge(s, &s->edge[i], child, issuer))
        i = (i + 1) & (s->edge_room - 1);
    return &s->edge[i];
}

static int room_for_edge(struct search *s, struct scp_err *err)
{
    struct known_edge *old = s->edge;
    size_t room = s->edge_room;

    if (2 * (s->edges + 1) <= room)
        return 0;
    s->edge_room = room == 0 ? 64 : 2 * room;
    s->edge = calloc(s->edge_room, sizeof *s->edge);
    if (s->edge == NULL) {
        s->edge = old;
        s->edge_room = room;
        return scp_err_memory(err);
    }
    for (size_t i = 0; i < room; i++) {
        if (old[i].edge != EDGE_UNKNOWN)
            *find_edge(s, old[i].child, old[i].issuer) = old[i];
    }
    free(old);
    return 0;
}

static void stop(struct search *s, const char *why)
{
    /* An explanation cut short takes nothing from the answer. */
    if (!s->explaining)
        s->out->stopped = why;
    s->cut = true;
}

/* By OpenSSL: names, key identifiers and key usage, then the signature. */
static enum edge check_edge(struct search *s, const struct node *child, uint32_t issuer)
{
    X509 *x = scp_pool_decoded(s->pool, issuer);
    enum edge edge = EDGE_OTHER_KEY;
    EVP_PKEY *key;

    /* A key, or a signature algorithm, that OpenSSL does not know. */
    if (x == NULL || OBJ_find_sigid_algs(X509_get_signature_nid(child->x), NULL, NULL) != 1) {
        X509_free(x);
        return EDGE_UNREADABLE;
    }
    s->out->cost += scp_path_check_cost(x);
    key = X509_get0_pubkey(x);
    if (key == NULL)
        edge = EDGE_UNREADABLE;
    else if (X509_check_issued(x, child->x) != X509_V_ERR_SUBJECT_ISSUER_MISMATCH && X509_verify(child->x, key) == 1)
        edge = EDGE_SIGNED;
    X509_free(x);
    (void)scp_crypto_end(NULL);
    return edge;
}

static int edge_to(struct search *s, const struct node *child, uint32_t issuer, enum edge *edge, struct scp_err *err)
{
    struct known_edge *known;

    if (room_for_edge(s, err) != 0)
        return -1;
    known = find_edge(s, child->index, issuer);
    if (known->edge == EDGE_UNKNOWN) {
        if (s->out->cost >= s->cost_max) {
            stop(s, STOPPED_COST);
            *edge = EDGE_OTHER_KEY;
            return 0;
        }
        *edge = check_edge(s, child, issuer);
        /* That a certificate cannot be decoded says nothing of others with its key. */
        if (*edge == EDGE_UNREADABLE)
            return 0;
        *known = (struct known_edge){ child->index, issuer, *edge };
        s->edges++;
    }
    *edge = known->edge;
    return 0;
}

/* --- Candidates --- */

/* What is wrong with a certificate itself, whatever path it is in. */
static enum scp_path_fault fault_by(const struct search *s, const struct scp_outline *outline, const struct scp_pool_rule *rule)
{
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
    return SCP_PATH_GOOD;
}

static enum scp_path_fault own_fault(const struct search *s, const struct scp_pool_entry *e)
{
    return fault_by(s, &e->outline, &e->cert.rule);
}

/* Key identifiers that contradict each other: no verification would accept the pair (RFC 5280 section 4.2.1.1). */
static bool contradicts(const struct scp_outline *child, const struct scp_outline *issuer)
{
    return child->authority_key.p != NULL && issuer->subject_key.p != NULL &&
           !scp_outline_same(&child->authority_key, &issuer->subject_key);
}

static bool is_on_path(const struct search *s, uint32_t index)
{
    if (index == s->own_index)
        return true;
    for (size_t i = 0; i < s->n; i++) {
        if (s->path[i].index == index)
            return true;
    }
    return false;
}

static int by_promise(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->not_after != b->not_after)
        return a->not_after > b->not_after ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

static struct candidate candidate_of(const struct search *s, const struct node *child, uint32_t index)
{
    const struct scp_pool_entry *e = scp_pool_entry(s->pool, index);
    struct candidate c = { .index = index, .not_after = e->outline.not_after };

    c.score = (own_fault(s, e) == SCP_PATH_GOOD ? 4 : 0) + (e->cert.root ? 1 : 0) +
              (scp_outline_same(&child->outline->authority_key, &e->outline.subject_key) ? 2 : 0);
    return c;
}

/* All that may have issued the child, the most promising first; *v is freed by the caller. */
static int candidates_of(struct search *s, const struct node *child, struct candidate **v, size_t *n, size_t *same_name,
                         struct scp_err *err)
{
    const uint32_t *index;
    size_t all;

    *v = NULL;
    *n = *same_name = 0;
    if (scp_pool_subjects(s->pool, scp_outline_name_hash(&child->outline->issuer), &index, &all, err) != 0)
        return -1;
    if (all == 0)
        return 0;
    *v = malloc(all * sizeof **v);
    if (*v == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < all; i++) {
        const struct scp_pool_entry *e = scp_pool_entry(s->pool, index[i]);

        if (++s->out->steps > s->steps_max) {
            stop(s, STOPPED_STEPS);
            return 0;
        }
        if (is_on_path(s, index[i]))
            continue;
        /* Names that are not the same bytes have to be decoded. */
        if (!scp_outline_same(&child->outline->issuer, &e->outline.subject))
            s->out->steps += SLOW_STEPS;
        if (!scp_pool_names_equal(&child->outline->issuer, &e->outline.subject))
            continue;
        if (contradicts(child->outline, &e->outline))
            (*same_name)++;
        else
            (*v)[(*n)++] = candidate_of(s, child, index[i]);
    }
    qsort(*v, *n, sizeof **v, by_promise);
    return 0;
}

/* --- Paths that reach an end --- */

static void fill_path(const struct search *s, struct scp_path *p)
{
    *p = (struct scp_path){ .n = s->n, .not_after = s->path[0].outline->not_after, .exact_names = true };
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_outline *o = s->path[i].outline;

        p->cert[i] = s->path[i].index;
        if (o->not_after < p->not_after)
            p->not_after = o->not_after;
        if (!scp_outline_same(&o->issuer, &s->path[i + 1 < s->n ? i + 1 : i].outline->subject))
            p->exact_names = false;
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

static void apply_rule(const struct search *s, size_t i, const struct scp_pool_rule *rule, struct scp_path *p)
{
    int64_t issued = s->q->issuing ? s->q->at : s->out->own.not_before;
    enum scp_path_fault fault = fault_by(s, s->path[i].outline, rule);

    if (fault != SCP_PATH_GOOD)
        scp_path_fail(p, fault, i, "");
    else if (rule->issued_before != SCP_UTC_UNKNOWN && issued > rule->issued_before)
        scp_path_fail(p, SCP_PATH_ISSUED_TOO_LATE, i, "");
    else if (rule->disabled_from != SCP_UTC_UNKNOWN && rule->disabled_from < p->not_after)
        p->not_after = rule->disabled_from;
}

/* What the rules say of a whole path; they also bound its life. */
static void apply_rules(const struct search *s, struct scp_path *p)
{
    if (s->q->rule != NULL)
        apply_rule(s, 0, s->q->rule, p);
    for (size_t i = 0; i < s->n && p->fault == SCP_PATH_GOOD; i++) {
        uint32_t index = i == 0 ? s->own_index : s->path[i].index;

        if (index != SCP_PATH_SELF)
            apply_rule(s, i, &scp_pool_entry(s->pool, index)->cert.rule, p);
    }
}

static bool is_weak(const struct scp_path *p)
{
    return p->weak.found > 0 || p->legacy;
}

bool scp_path_is_better(const struct scp_path *p, const struct scp_path *than)
{
    if ((p->undetermined.found > 0) != (than->undetermined.found > 0))
        return p->undetermined.found == 0;
    if (p->exact_names != than->exact_names)
        return p->exact_names;
    if (is_weak(p) != is_weak(than))
        return !is_weak(p);
    return p->not_after > than->not_after;
}

static void keep(struct scp_path_answer *out, const struct scp_path *p)
{
    if (out->kepts < SCP_PATH_KEPT_MAX)
        out->kept[out->kepts++] = *p;
    if (p->fault == SCP_PATH_GOOD && (out->good++ == 0 || scp_path_is_better(p, &out->best)))
        out->best = *p;
}

/* A path to an anchor is complete: OpenSSL verifies it. */
static void try_path(struct search *s)
{
    X509 *x[SCP_PATH_DEPTH_MAX];
    struct scp_path p;
    int rank = 1000;

    if (s->out->verified >= SCP_PATH_VERIFIED_MAX || s->out->cost >= s->cost_max) {
        stop(s, s->out->cost >= s->cost_max ? STOPPED_COST : STOPPED_VERIFIED);
        return;
    }
    s->out->verified++;
    for (size_t i = 0; i < s->n; i++) {
        x[i] = s->path[i].x;
        s->out->cost += scp_path_check_cost(x[i]);
    }
    fill_path(s, &p);
    apply_rules(s, &p);
    if (p.fault == SCP_PATH_GOOD)
        scp_path_verify(x, s->n, s->q, &p);
    (void)scp_crypto_end(NULL);
    keep(s->out, &p);
    /* A path that only time or a rule spoils is nearer than one that never fitted. */
    if (p.fault <= SCP_PATH_SHORT_KEY)
        rank += 100;
    if (p.fault != SCP_PATH_GOOD)
        note_miss(s, &p, rank - (int)s->n, 0);
}

/* The path ends without reaching an anchor. */
static void end_without(struct search *s, enum scp_path_fault fault, size_t same_name)
{
    struct scp_path p;

    if (!s->explaining)
        return;
    fill_path(s, &p);
    scp_path_fail(&p, fault, s->n - 1, "");
    note_miss(s, &p, (fault == SCP_PATH_UNTRUSTED_ROOT ? 0 : 100) + (int)s->n, same_name);
}

/* --- The walk --- */

static bool is_anchor(const struct node *node, const struct scp_pool_entry *e)
{
    return e != NULL && e->cert.root && scp_pool_names_equal(&node->outline->issuer, &node->outline->subject);
}

static int walk(struct search *s, struct scp_err *err);

static void put_aside(struct search *s, uint32_t index, enum scp_path_fault fault)
{
    struct scp_path_answer *out = s->out;

    for (size_t i = 0; i < out->asides; i++) {
        if (out->aside[i].cert == index)
            return;
    }
    if (out->asides < SCP_PATH_ASIDE_MAX)
        out->aside[out->asides++] = (struct scp_path_aside){ index, fault };
}

static int step(struct search *s, uint32_t index, struct scp_err *err)
{
    struct node *node = &s->path[s->n];
    int rc = 0;

    *node = (struct node){ index, scp_pool_outline(s->pool, index), scp_pool_decoded(s->pool, index) };
    if (node->x == NULL)
        return 0;
    s->n++;
    if (is_anchor(node, scp_pool_entry(s->pool, index)))
        try_path(s);
    else if (X509_self_signed(node->x, 0) == 1)
        end_without(s, SCP_PATH_UNTRUSTED_ROOT, 0);
    else if (s->n < SCP_PATH_DEPTH_MAX)
        rc = walk(s, err);
    else if (!s->explaining && s->out->stopped == NULL)
        s->out->stopped = STOPPED_DEPTH;
    s->n--;
    X509_free(node->x);
    return rc;
}

/* Tries every issuer of the last certificate of the path. */
static int walk(struct search *s, struct scp_err *err)
{
    struct node *child = &s->path[s->n - 1];
    struct candidate *v;
    size_t n, same_name, tried = 0, unreadable = 0;
    int rc = candidates_of(s, child, &v, &n, &same_name, err);

    for (size_t i = 0; i < n && rc == 0 && !s->cut; i++) {
        enum scp_path_fault fault = own_fault(s, scp_pool_entry(s->pool, v[i].index));
        enum edge edge;

        rc = edge_to(s, child, v[i].index, &edge, err);
        if (rc != 0 || s->cut)
            break;
        if (edge != EDGE_SIGNED) {
            same_name += edge == EDGE_OTHER_KEY;
            unreadable += edge == EDGE_UNREADABLE;
        } else if (fault != SCP_PATH_GOOD && !s->explaining) {
            put_aside(s, v[i].index, fault);
        } else {
            tried++;
            rc = step(s, v[i].index, err);
        }
    }
    free(v);
    if (rc == 0 && tried == 0 && !s->cut)
        end_without(s, unreadable > 0 ? SCP_PATH_UNREADABLE : SCP_PATH_NO_ISSUER, same_name);
    return rc;
}

static int search(struct search *s, struct scp_err *err)
{
    const struct scp_pool_entry *e = s->own_index != SCP_PATH_SELF ? scp_pool_entry(s->pool, s->own_index) : NULL;

    s->n = 1;
    s->cut = false;
    if (is_anchor(&s->path[0], e)) {
        try_path(s);
        return 0;
    }
    if (X509_self_signed(s->path[0].x, 0) == 1) {
        end_without(s, SCP_PATH_UNTRUSTED_ROOT, 0);
        return 0;
    }
    return walk(s, err);
}

/*
 * First only through certificates that are good themselves: those paths are the ones that count, and in a store full of expired
 * twins they are few.  When there is none, once more through the faulty ones, to say what came nearest.
 */
static int find(struct search *s, struct scp_err *err)
{
    s->steps_max = SCP_PATH_STEPS_MAX;
    s->cost_max = scp_pool_budget(s->pool, SCP_PATH_COST_MAX);
    if (search(s, err) != 0)
        return -1;
    if (s->out->good > 0)
        return 0;
    s->explaining = true;
    /* What the first walk may have used up shall not silence the explanation. */
    s->steps_max = s->out->steps + SCP_PATH_STEPS_MAX / EXPLAINED;
    s->cost_max = s->out->cost + SCP_PATH_COST_MAX / EXPLAINED;
    s->out->verified = s->out->kepts = 0;
    s->miss_rank = -1;
    return search(s, err);
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
    if (known != (size_t)-1)
        s.own_index = (uint32_t)known;
    s.path[0] = (struct node){ SCP_PATH_SELF, &out->own, scp_pool_decode(q->der, q->len) };
    if (s.path[0].x == NULL)
        return scp_crypto_failed(err, SCP_ERR_FORMAT, "not a certificate that OpenSSL can decode");
    rc = find(&s, err);
    scp_pool_spend(pool, out->cost);
    X509_free(s.path[0].x);
    free(s.edge);
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
        [SCP_PATH_SIGNATURE] = "signature",
        [SCP_PATH_INVALID] = "invalid",
        [SCP_PATH_UNREADABLE] = "unreadable",
        [SCP_PATH_NO_ISSUER] = "no-issuer",
        [SCP_PATH_UNTRUSTED_ROOT] = "untrusted-root",
    };

    return NAMES[fault];
}
