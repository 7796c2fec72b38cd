/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_search.h"
#include "codec/x509/crypto.h"

bool scp_search_contradicts(const struct scp_outline *child, const struct scp_outline *issuer)
{
    return child->authority_key.p != NULL && issuer->subject_key.p != NULL &&
           !scp_outline_same(&child->authority_key, &issuer->subject_key);
}

static bool is_named(const struct scp_outline *child, const struct scp_outline *issuer)
{
    return child->authority_key.p != NULL && scp_outline_same(&child->authority_key, &issuer->subject_key);
}

/* Is this vertex' key the one that signed it?  -1: OpenSSL cannot use it. */
static int is_signed_by(struct scp_search *s, X509 *child, uint32_t vertex)
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
static int32_t try_keys(struct scp_search *s, X509 *child, const struct scp_outline *o, const struct scp_graph_name *name,
                        bool named)
{
    int32_t tried = SCP_GRAPH_NONE;

    for (uint32_t i = name->first; i < name->first + name->n && s->w.cut == NULL; i++) {
        const struct scp_outline *issuer = scp_pool_outline(s->pool, s->graph.v[i].index);
        int is = 0;

        s->graph.steps++;
        if (s->graph.v[i].ca == tried || scp_search_contradicts(o, issuer) || is_named(o, issuer) != named)
            continue;
        if (s->out->cost >= s->cost_max)
            scp_search_cut(s, SCP_SEARCH_STOPPED_COST);
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
static int32_t remembered(const struct scp_search *s, uint32_t index, const struct scp_graph_name *name)
{
    uint32_t signer = index != SCP_PATH_SELF ? scp_pool_entry(s->pool, index)->signer : 0;

    for (uint32_t i = name->first; signer > 0 && i < name->first + name->n; i++) {
        if (scp_outline_same(&scp_pool_outline(s->pool, s->graph.v[i].index)->spki, &scp_pool_outline(s->pool, signer - 1)->spki))
            return s->graph.v[i].ca;
    }
    return SCP_GRAPH_NONE;
}

/* The CA by whose key the child is signed; SCP_GRAPH_NONE: nobody's of that name. */
static int32_t seek_signer(struct scp_search *s, const struct scp_search_trail *t, uint32_t index,
                           const struct scp_graph_name *name)
{
    const struct scp_outline *o = scp_search_outline(s, t);
    int32_t ca = remembered(s, index, name);
    X509 *x;

    s->unreadable = 0;
    if (ca != SCP_GRAPH_NONE)
        return ca;
    x = scp_search_decoded(s, t);
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

int32_t scp_search_signer(struct scp_search *s, const struct scp_search_trail *t)
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
