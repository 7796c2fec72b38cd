/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_PATH_H
#define SCP_CHAIN_PATH_H

#include "chain/pool.h"

/*
 * Certification paths (RFC 5280 section 6): from a certificate up to a trusted root.  OpenSSL builds one chain and does not go
 * back; here every candidate path is tried - same names, cross-signed, re-issued and expired twins - and OpenSSL verifies each
 * by itself.  One good path is enough.
 *
 * The rules of Windows stand above OpenSSL's: only self-issued certificates in Root are anchors (no partial chains),
 * disallowed and restricted certificates end a path, the purpose must be allowed by every certificate of it (extended key usage
 * nests), and keys are such as the policies about them allow.  Where the two differ, what only one accepts is not good:
 *  - key identifiers that contradict each other end the search there, although Windows would try the names alone;
 *  - names that are equal but not byte by byte count (`exact_names` tells), although Windows compares bytes;
 *  - MD5 signatures and RSA keys below 1024 bits are refused by OpenSSL's security level 1, EC keys below 224 bits by us; a path
 *    that is weak or whose strength could not be told (codec/strength.h) is good, but any other one is better.  The digest of
 *    the anchor's own signature is never judged;
 *  - a root whose signature over itself is wrong is no anchor.
 *
 * Bounded on hostile input by depth, by candidates looked at, by the cost of signature checks (also of all searches in one pool
 * together) and by paths verified: counts, not clocks, so that the same input has the same answer everywhere.
 */
enum {
    SCP_PATH_DEPTH_MAX = 16,      /* certificates of a path, the first and the root included */
    SCP_PATH_STEPS_MAX = 1000000, /* candidates looked at */
    SCP_PATH_COST_MAX = 12000,    /* signature checks, in those of an RSA key of 2048 bits (about 0.2 ms with its decoding) */
    SCP_PATH_VERIFIED_MAX = 1000, /* complete paths given to OpenSSL */
    SCP_PATH_KEPT_MAX = 32,       /* of those, kept to be shown */
    SCP_PATH_ASIDE_MAX = 16       /* certificates passed over, kept to be shown */
};

struct scp_path_query {
    const uint8_t *der; /* the certificate whose path is sought */
    size_t len;
    bool issuing; /* it is judged as an issuing CA, not as an end entity */
    enum scp_purpose purpose;
    int64_t at;
    /* Does a policy refuse this key of a certificate of the path, and why?  NULL: what OpenSSL demands is enough. */
    bool (*refuses)(void *context, const struct scp_key *key, char *reason, size_t size);
    void *context;
    const struct scp_pool_rule *rule; /* about this certificate, beside what the pool says of it; NULL: none */
};

/* Why a path is not good, or ends. */
enum scp_path_fault {
    SCP_PATH_GOOD,
    SCP_PATH_EXPIRED,
    SCP_PATH_NOT_YET_VALID,
    SCP_PATH_DISALLOWED,
    SCP_PATH_REVOKED,
    SCP_PATH_PURPOSE_DENIED,
    SCP_PATH_DISABLED,
    SCP_PATH_ISSUED_TOO_LATE,
    SCP_PATH_SHORT_KEY, /* refused by a policy about keys */
    SCP_PATH_PURPOSE,   /* extended key usage, key usage */
    SCP_PATH_NOT_CA,    /* also: path length */
    SCP_PATH_SIGNATURE,
    SCP_PATH_INVALID,       /* whatever else OpenSSL objects to: see the message */
    SCP_PATH_UNREADABLE,    /* OpenSSL cannot decode the certificate */
    SCP_PATH_NO_ISSUER,     /* no certificate has the issuer's name (and key) */
    SCP_PATH_UNTRUSTED_ROOT /* it ends at a self-signed certificate that is no trusted root */
};

#define SCP_PATH_SELF ((uint32_t)-1) /* the certificate asked about, where an index into the pool is expected */

/* What is to be said of a good path's strength: how many such things, and the first. */
struct scp_path_doubt {
    size_t found, at; /* at: which certificate of the path */
    char text[64];    /* "has an RSA key of 1024 bits" */
};

struct scp_path {
    uint32_t cert[SCP_PATH_DEPTH_MAX]; /* indexes into the pool; [0] is SCP_PATH_SELF */
    size_t n;
    enum scp_path_fault fault;
    size_t at;                                /* which certificate of the path is at fault */
    char message[160];                        /* the fault in OpenSSL's words or ours; "" when good */
    int64_t not_after;                        /* good: end of the shortest life in it */
    bool exact_names;                         /* issuer and subject agree byte by byte */
    bool legacy;                              /* good, but its anchor is no CA by basicConstraints: it has none */
    struct scp_path_doubt weak, undetermined; /* good, but short keys and SHA-1; kinds whose strength is not known */
};

/* The end of the search when nothing was found: the path that came nearest. */
struct scp_path_miss {
    struct scp_path path; /* fault is not GOOD */
    size_t same_name;     /* NO_ISSUER: certificates with the issuer's name, but another key */
};

struct scp_path_aside { /* an issuer's certificate that was passed over because of itself */
    uint32_t cert;
    enum scp_path_fault fault;
};

struct scp_path_answer {
    const struct scp_pool *pool;             /* that the indexes are of */
    struct scp_pool_cert self;               /* the certificate asked about, with the query's rule about it */
    struct scp_outline own;                  /* its outline */
    size_t good;                             /* paths that verified */
    struct scp_path best;                    /* when good > 0: that none is better than */
    struct scp_path_miss miss;               /* when good == 0 */
    struct scp_path kept[SCP_PATH_KEPT_MAX]; /* complete paths, good and bad, in the order tried */
    size_t kepts;
    struct scp_path_aside aside[SCP_PATH_ASIDE_MAX];
    size_t asides;
    const char *stopped; /* which bound ended the search early (a phrase); NULL: it is complete */
    size_t verified, steps, cost;
};

/*
 * -1: the certificate asked about cannot be decoded (SCP_ERR_FORMAT), or out of memory.  Everything else is an answer.
 * The pool is not changed as far as its owner sees (decoded certificates are kept in it).
 */
int scp_path_find(struct scp_pool *pool, const struct scp_path_query *q, struct scp_path_answer *out, struct scp_err *err);

/* The path that an answer tells: the best one, or where none is good the one that came nearest. */
const struct scp_path *scp_path_told(const struct scp_path_answer *a);
/* Certificate number i of a path of the answer, and its outline. */
const struct scp_pool_cert *scp_path_cert(const struct scp_path_answer *a, const struct scp_path *p, size_t i);
const struct scp_outline *scp_path_outline(const struct scp_path_answer *a, const struct scp_path *p, size_t i);

/* Of known strength first, then with exact names, then without a weakness, then the longest life. */
bool scp_path_is_better(const struct scp_path *p, const struct scp_path *than);

/* "expired", "no-issuer", ...: for machines */
const char *scp_path_fault_name(enum scp_path_fault fault);

#endif
