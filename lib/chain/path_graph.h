/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_PATH_GRAPH_H
#define SCP_CHAIN_PATH_GRAPH_H

#include "chain/path_internal.h"

/*
 * What of a pool can be above a certificate, by names alone: nothing is decoded, no signature verified.  The numbers of vertices
 * and names depend on the certificates' contents only, never on the order in which the pool holds them.
 */
enum {
    SCP_GRAPH_NONE = -1,
    SCP_GRAPH_FAR = 255,   /* no anchor can be reached */
    SCP_GRAPH_QUEUE = 1024 /* names that scp_graph_reaches() looks behind, before it says yes */
};

struct scp_graph_vertex {
    uint32_t index;            /* in the pool */
    int32_t issuer;            /* the name of its issuer; SCP_GRAPH_NONE: the pool has no such certificate */
    int32_t ca;                /* vertices of the same subject and key share this number */
    int32_t signer;            /* the CA whose key signed it, once known; SCP_GRAPH_NONE: not known */
    uint8_t hops;              /* so many more certificates to an anchor, at least */
    bool anchor;               /* a root that is self-issued */
    bool judged, unsigned_for; /* looked at; nobody's key in the pool signed it */
    bool narrows;              /* see scp_path_narrows() */
    bool seen;                 /* where every vertex is walked through once */
    unsigned flaws;            /* see scp_path_flaws() */
    enum scp_path_fault fault; /* whatever path it is in */
    int64_t end;               /* of its life, by its rules, too */
    int64_t reach;             /* of the longest life of a way to an anchor; INT64_MIN where none can be reached */
};

struct scp_graph_name {
    uint32_t first, n; /* vertices that have it */
    uint8_t hops;      /* the least of theirs */
    int64_t reach;     /* the latest of theirs */
    uint32_t mark;
};

struct scp_graph {
    struct scp_graph_vertex *v;
    size_t n, room;
    struct scp_graph_name *name;
    size_t names, name_room;
    int32_t *name_of; /* by index in the pool */
    struct scp_pool *pool;
    size_t steps, steps_max; /* certificates looked at; the building ends at the maximum */
    uint32_t mark;
};

/* All that may be above a certificate of that issuer, which is name number 0 where there is any. -1: out of memory. */
int scp_graph_build(struct scp_graph *g, struct scp_pool *pool, const struct scp_bytes *issuer, struct scp_err *err);
void scp_graph_free(struct scp_graph *g);

/* The CA number of a subject and key; SCP_GRAPH_NONE when the graph does not hold it. */
int scp_graph_ca(struct scp_graph *g, const struct scp_outline *o, int32_t *ca, struct scp_err *err);

/* Counts hops and reach anew: through all vertices, or only those without a fault. */
void scp_graph_measure(struct scp_graph *g, bool faulty);

/* Is there a way by names from this vertex to an anchor that lives longer than `above`, through none of these CAs, nor its own? */
bool scp_graph_reaches(struct scp_graph *g, size_t vertex, const int32_t *ca, size_t n, int64_t above);

#endif
