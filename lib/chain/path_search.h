/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_PATH_SEARCH_H
#define SCP_CHAIN_PATH_SEARCH_H

#include "chain/path_graph.h"

/* What the rooms of one search share: its state, what a certificate is by itself (path_own.c), and whose key signed it
 * (path_signer.c). */

enum {
    SCP_SEARCH_WEAK = 1, /* flaws: a path without any is better */
    SCP_SEARCH_NAMES = 2,
    SCP_SEARCH_UNDETERMINED = 4,
    SCP_SEARCH_FLAWS = SCP_SEARCH_WEAK | SCP_SEARCH_NAMES | SCP_SEARCH_UNDETERMINED
};

#define SCP_SEARCH_STOPPED_COST "too many signature checks"

/* A beginning of a path: a certificate and the one below it. */
struct scp_search_trail {
    uint32_t below;      /* another trail */
    uint32_t vertex;     /* unused in the first, which is the certificate asked about */
    uint8_t n;           /* certificates */
    uint8_t least;       /* certificates of the shortest path that it may become */
    bool sound;          /* explaining: no certificate of it has a fault of its own */
    int64_t life, bound; /* the shortest life so far; no path that it becomes lives longer than the bound */
};

/* What is looked for in one walk. */
struct scp_search_walk {
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

struct scp_search {
    struct scp_pool *pool;
    const struct scp_path_query *q;
    struct scp_path_answer *out;
    struct scp_graph graph;
    uint32_t own_index; /* where the pool holds the certificate asked about, too; SCP_PATH_SELF when it does not */
    X509 *own;
    int32_t own_ca, own_signer;
    bool own_unsigned;
    unsigned own_flaws;
    struct scp_search_walk w;
    struct scp_search_trail *trail;
    size_t trails;
    uint32_t *heap; /* numbers of trails, the most promising first */
    size_t heaped;
    size_t steps_max, cost_max;
    size_t unreadable; /* keys and certificates of the signer sought last that OpenSSL cannot use */
    int miss_rank;
};

/* Ends the walk; the first reason stays. */
void scp_search_cut(struct scp_search *s, const char *why);

/* The last certificate of a trail; decoded by OpenSSL, NULL where it cannot be, freed by the caller. */
const struct scp_outline *scp_search_outline(const struct scp_search *s, const struct scp_search_trail *t);
X509 *scp_search_decoded(const struct scp_search *s, const struct scp_search_trail *t);

/* What a certificate is by itself, whatever path it is in: its fault by time and rules, the end of its life, its flaws
 * (SCP_SEARCH_WEAK ...). */
enum scp_path_fault scp_search_fault(const struct scp_search *s, const struct scp_outline *outline,
                                     const struct scp_pool_rule *rule);
enum scp_path_fault scp_search_own_fault(const struct scp_search *s);
int64_t scp_search_end(const struct scp_outline *outline, const struct scp_pool_rule *rule);
unsigned scp_search_flaws(X509 *x, bool anchor);

/* The same for the graph: all by what is cheap to tell, one by all; -1: out of memory, or the caller's own error. */
void scp_search_judge_all(struct scp_search *s);
int scp_search_judge(struct scp_search *s, struct scp_graph_vertex *v, struct scp_err *err);

/* Remembers a certificate that was left out for its fault. */
void scp_search_put_aside(struct scp_search *s, const struct scp_graph_vertex *v);

/* Key identifiers that contradict each other: no verification would accept the pair (RFC 5280 section 4.2.1.1). */
bool scp_search_contradicts(const struct scp_outline *child, const struct scp_outline *issuer);

/* The CA by whose key the last certificate of the trail is signed; SCP_GRAPH_NONE: nobody's of that name. */
int32_t scp_search_signer(struct scp_search *s, const struct scp_search_trail *t);

#endif
