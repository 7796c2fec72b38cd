/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_search.h"
#include "codec/x509/strength.h"

#include <openssl/x509v3.h>

void scp_search_cut(struct scp_search *s, const char *why)
{
    if (s->w.cut == NULL)
        s->w.cut = why;
}

const struct scp_outline *scp_search_outline(const struct scp_search *s, const struct scp_search_trail *t)
{
    return t->n == 1 ? &s->out->own : scp_pool_outline(s->pool, s->graph.v[t->vertex].index);
}

X509 *scp_search_decoded(const struct scp_search *s, const struct scp_search_trail *t)
{
    if (t->n > 1)
        return scp_pool_decoded(s->pool, s->graph.v[t->vertex].index);
    return X509_up_ref(s->own) == 1 ? s->own : NULL;
}

enum scp_path_fault scp_search_fault(const struct scp_search *s, const struct scp_outline *outline,
                                     const struct scp_pool_rule *rule)
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

enum scp_path_fault scp_search_own_fault(const struct scp_search *s)
{
    return scp_search_fault(s, &s->out->own, &s->out->self.rule);
}

int64_t scp_search_end(const struct scp_outline *outline, const struct scp_pool_rule *rule)
{
    return rule->disabled_from != SCP_UTC_UNKNOWN && rule->disabled_from < outline->not_after ? rule->disabled_from
                                                                                              : outline->not_after;
}

void scp_search_judge_all(struct scp_search *s)
{
    for (size_t i = 0; i < s->graph.n; i++) {
        struct scp_graph_vertex *v = &s->graph.v[i];
        const struct scp_pool_entry *e = scp_pool_entry(s->pool, v->index);

        v->fault = scp_search_fault(s, &e->outline, &e->cert.rule);
        v->end = scp_search_end(&e->outline, &e->cert.rule);
    }
}

/* Of its key and, where it is no anchor, of its signature's digest. */
unsigned scp_search_flaws(X509 *x, bool anchor)
{
    enum scp_strength digest = anchor ? SCP_STRENGTH_GOOD : scp_strength_signature(x);
    struct scp_key_strength key;

    scp_strength_pkey(X509_get0_pubkey(x), &key);
    return (key.strength == SCP_STRENGTH_WEAK || digest == SCP_STRENGTH_WEAK || (anchor && X509_check_ca(x) != 1) ? SCP_SEARCH_WEAK
                                                                                                                  : 0) |
           (key.strength == SCP_STRENGTH_UNKNOWN || digest == SCP_STRENGTH_UNKNOWN ? SCP_SEARCH_UNDETERMINED : 0);
}

int scp_search_judge(struct scp_search *s, struct scp_graph_vertex *v, struct scp_err *err)
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
    v->flaws = scp_search_flaws(x, v->anchor);
    v->narrows = scp_path_narrows(x);
    X509_free(x);
    return 0;
}

void scp_search_put_aside(struct scp_search *s, const struct scp_graph_vertex *v)
{
    struct scp_path_answer *out = s->out;

    for (size_t i = 0; i < out->asides; i++) {
        if (out->aside[i].cert == v->index)
            return;
    }
    if (out->asides < SCP_PATH_ASIDE_MAX)
        out->aside[out->asides++] = (struct scp_path_aside){ v->index, v->fault };
}
