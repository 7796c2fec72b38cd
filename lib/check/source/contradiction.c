/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Several sources are parts of one server.  Do they contradict each other?  They are two servers where their identity differs, and
 * cannot be judged together where a difference decides: the check is judged with each source winning in turn.
 */
#include "check/source/source.h"

#include "base/say.h"
#include "base/utc.h"
#include "windows/snapshot.h"

#include <stdlib.h>
#include <string.h>

static const struct scp_registry_source *described(const struct scp_source_facts *s, size_t i)
{
    return scp_registry_source(s->part[i], 0);
}

/* --- Views --- */

/* Unknown times (standard input) count as now; of equal times the one that was synchronised later is the newer. */
static bool is_older(const struct scp_source_facts *s, size_t i, size_t k)
{
    int64_t a = described(s, i)->taken, b = described(s, k)->taken;

    if (a == b)
        return scp_snapshot_updated(s->part[i], s->part[k]);
    return a != SCP_UTC_UNKNOWN && (b == SCP_UTC_UNKNOWN || a < b);
}

/* The parts by age, the oldest first, those of one time in the order given. */
static void order_of(const struct scp_source_facts *s, size_t order[SCP_REGISTRY_SOURCES_MAX])
{
    for (size_t i = 0; i < s->parts; i++) {
        size_t at = i;

        for (; at > 0 && is_older(s, i, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static bool keep(void *ctx, const struct scp_registry_key *key, const char *value, bool missing)
{
    return scp_snapshot_keep(ctx, key, value, missing);
}

static int lay_all(const struct scp_source_facts *s, size_t winner, struct scp_registry *view, struct scp_err *err)
{
    size_t order[SCP_REGISTRY_SOURCES_MAX];

    for (size_t i = 0; i < s->parts; i++) {
        if (scp_registry_adopt(view, s->part[i], err) != 0)
            return -1;
    }
    order_of(s, order);
    for (size_t i = 0; i < s->parts; i++) {
        if (order[i] != winner && scp_registry_lay(view, s->part[order[i]], NULL, NULL, err) != 0)
            return -1;
    }
    if (winner < s->parts) {
        bool updated = scp_snapshot_updated(s->part[winner], view);

        if (scp_registry_lay(view, s->part[winner], keep, &updated, err) != 0)
            return -1;
    }
    return scp_registry_settle(view, err);
}

/* All parts in one, the newest on top, or `winner`.  NULL with the reason. */
static struct scp_registry *make_view(const struct scp_source_facts *s, size_t winner, struct scp_err *err)
{
    struct scp_registry *view = scp_registry_new(s->scope);

    if (view == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    if (lay_all(s, winner, view, err) == 0)
        return view;
    scp_registry_free(view);
    return NULL;
}

int scp_source_merge(struct scp_source_facts *s, struct scp_err *err)
{
    s->registry = s->read = s->parts == 1 ? s->part[0] : make_view(s, SIZE_MAX, err);
    if (s->registry == NULL)
        return -1;
    /* The other sources may still answer, but no absence can be believed any more. */
    if (s->failures > 0)
        scp_registry_set_incomplete(s->registry);
    return 0;
}

/* --- Verdicts --- */

static int by_id(const void *a, const void *b)
{
    const struct scp_finding *const *x = a, *const *y = b;
    int rc = strcmp((*x)->id, (*y)->id);

    return rc != 0 ? rc : strcmp((*x)->subject, (*y)->subject);
}

/* What is not OK, and with `all` what speaks to the diagnosis without being that, sorted; NULL where memory ran out. */
static const struct scp_finding **sorted(const struct scp_result *r, bool all, size_t *n)
{
    size_t count = scp_result_count(r);
    const struct scp_finding **v = calloc(count + 1, sizeof *v);

    *n = 0;
    for (size_t i = 0; i < count && v != NULL; i++) {
        const struct scp_finding *f = scp_result_finding(r, i);

        if (f->state != SCP_OK || (all && (f->evidence & ~(unsigned)SCP_SAYS_OF_SOURCE) != 0))
            v[(*n)++] = f;
    }
    if (v != NULL)
        qsort(v, *n, sizeof *v, by_id);
    return v;
}

/* 1: the same findings about the same subjects in the same states, 0: others; -1: out of memory. */
static int same_verdict(const struct scp_result *a, const struct scp_result *b, bool all)
{
    size_t n = 0, m = 0;
    const struct scp_finding **x = sorted(a, all, &n), **y = sorted(b, all, &m);
    int same = x == NULL || y == NULL || a->broken || b->broken ? -1 : n == m;

    for (size_t i = 0; i < n && same > 0; i++)
        same = by_id(&x[i], &y[i]) == 0 && x[i]->state == y[i]->state;
    free(x);
    free(y);
    return same;
}

/* The verdict over one view; NULL with the reason. */
static struct scp_result *judge_view(const struct scp_registry *view, const struct scp_source_judge *judge, struct scp_err *err)
{
    struct scp_result *r = scp_result_new(judge->catalogue);

    if (r == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    if (judge->judge(judge->ctx, view, r, err) == 0)
        return r;
    scp_result_free(r);
    return NULL;
}

/* 1: that source on top gives another verdict, 0: the same; -1.  `all`: also where both are OK, but for another reason. */
static int changes(const struct scp_source_facts *s, size_t winner, bool all, const struct scp_result *usual,
                   const struct scp_source_judge *judge, struct scp_err *err)
{
    struct scp_registry *view = make_view(s, winner, err);
    struct scp_result *r = view != NULL ? judge_view(view, judge, err) : NULL;
    int same = r != NULL ? same_verdict(usual, r, all) : -1;

    if (r != NULL && same < 0)
        (void)scp_err_memory(err);
    scp_result_free(r);
    scp_registry_free(view);
    return same < 0 ? -1 : !same;
}

/* --- Pairs --- */

struct pair {
    size_t a, b, n;
    char where[400];
};

static void say_pair(const struct scp_source_facts *s, const struct pair *p, const char *how, char *out, size_t size)
{
    char more[40] = "";

    if (p->n > 1)
        (void)scp_say(more, sizeof more, ", and %zu more", p->n - 1);
    (void)scp_say(out, size, "%.100s and %.100s %s: " SCP_SAID "%s", described(s, p->a)->location, described(s, p->b)->location,
                  how, p->where, more);
}

/* The pairs that differ, into v; what identity tells is the end of it. */
static size_t find_pairs(struct scp_source_facts *s, struct pair v[SCP_SOURCE_PAIRS_MAX])
{
    struct scp_snapshot_difference d;
    char why[200];
    size_t n = 0;

    for (size_t i = 0; i < s->parts; i++) {
        for (size_t k = i + 1; k < s->parts; k++) {
            if (scp_snapshot_strangers(s->part[i], s->part[k], why, sizeof why)) {
                (void)scp_say(s->contradiction, sizeof s->contradiction, "%.100s and %.100s are of two machines: " SCP_SAID,
                              described(s, i)->location, described(s, k)->location, why);
                return 0;
            }
            scp_snapshot_compare(s->part[i], s->part[k], &d);
            if (d.n == 0 && !d.alone)
                (void)scp_say(s->repeated, sizeof s->repeated, "%.100s and %.100s hold the same", described(s, i)->location,
                              described(s, k)->location);
            if (d.n == 0)
                continue;
            v[n] = (struct pair){ .a = i, .b = k, .n = d.n };
            memcpy(v[n++].where, d.where, sizeof d.where);
        }
    }
    return n;
}

static int decide(struct scp_source_facts *s, const struct pair *v, size_t n, const struct scp_source_judge *judge,
                  struct scp_err *err)
{
    struct scp_result *usual = judge_view(s->registry, judge, err);
    int rc = usual != NULL ? 0 : -1;

    for (size_t i = 0; i < n && rc == 0; i++) {
        /* Of one age: which of them counts would be chance, so that nothing may hang on it. */
        bool equal = !is_older(s, v[i].a, v[i].b) && !is_older(s, v[i].b, v[i].a);

        rc = changes(s, v[i].a, equal, usual, judge, err);
        if (rc == 0)
            rc = changes(s, v[i].b, equal, usual, judge, err);
        if (rc > 0)
            say_pair(s, &v[i], "contradict each other", s->contradiction, sizeof s->contradiction);
    }
    scp_result_free(usual);
    return rc < 0 ? -1 : 0;
}

int scp_source_reconcile(struct scp_source_facts *s, const struct scp_source_judge *judge, struct scp_err *err)
{
    struct pair *v;
    size_t n;
    int rc = 0;

    if (s->parts < 2 || !scp_source_judgeable(s))
        return 0;
    v = calloc(SCP_SOURCE_PAIRS_MAX, sizeof *v);
    if (v == NULL)
        return scp_err_memory(err);
    n = find_pairs(s, v);
    if (n > 0 && s->contradiction[0] == '\0') {
        say_pair(s, &v[0], "differ, the newer one was taken", s->changed, sizeof s->changed);
        if (judge != NULL)
            rc = decide(s, v, n, judge, err);
    }
    free(v);
    return rc;
}
