/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_PATH_H
#define SCP_CHAIN_PATH_H

#include "chain/pool.h"

/*
 * Certification paths (RFC 5280 section 6): from a certificate up to a trusted root.  OpenSSL builds one chain and does not go
 * back; here the candidates are sought - same names, cross-signed, re-issued and expired twins - and OpenSSL verifies each path
 * by itself (X509_verify_cert(), certificate policies included, with any-policy as the initial set).  One good path is enough.
 *
 * No CA (subject and key) is twice on a path.  The one that is told is the one that Windows would most likely take: of known
 * strength, with exact names, without a weakness; of those the shortest; of those the one that lives longest; of those one by
 * its bytes, so that the order of the certificates does not matter.  How long the longest-lived of its kind lives is found, too.
 *
 * Rules of Windows' chain engine that stand above OpenSSL's, and where they are written down:
 *  - anchors are self-issued certificates in Root only, no partial chains (CertGetCertificateChain());
 *  - what a Disallowed store or the disallowed CTL holds ends a path (CERT_TRUST_IS_EXPLICIT_DISTRUST, KB 2677070);
 *  - so do restrictions by property: CERT_ENHKEY_USAGE_PROP_ID, CERT_ROOT_PROGRAM_..., CERT_DISALLOWED_FILETIME_PROP_ID,
 *    CERT_NOT_BEFORE_FILETIME_PROP_ID (wincrypt.h; windows/restriction.h reads them);
 *  - the purpose must be allowed by every certificate of the path, extended key usage nests (CTL_USAGE of CERT_CHAIN_PARA);
 *  - keys and digests are such as the policies about them allow (Security Advisory 2661254; windows/chain_policy.h).
 * Where the two differ, what only one accepts is not good:
 *  - key identifiers that contradict each other end the search there, although Windows would try the names alone;
 *  - names that are equal but not byte by byte count (`exact_names` tells), although Windows compares bytes;
 *  - MD5 signatures and RSA keys below 1024 bits are refused by OpenSSL's security level 1, EC keys below 224 bits by us; a path
 *    that is weak or whose strength could not be told (codec/strength.h) is good, but any other one is better.  The digest of
 *    the anchor's own signature is never judged;
 *  - a root whose signature over itself is wrong is no anchor.
 *
 * Bounded on hostile input by depth, by candidates looked at, by the cost of signature checks (also of all searches in one pool
 * together) and by paths verified: counts, not clocks, so that the same input has the same answer everywhere.  A bound that is
 * reached behind a good path cuts only the counting of others.
 */
enum {
    SCP_PATH_DEPTH_MAX = 16,      /* certificates of a path, the first and the root included */
    SCP_PATH_STEPS_MAX = 1000000, /* candidates looked at */
    SCP_PATH_COST_MAX = 12000,    /* signature checks, in those of an RSA key of 2048 bits (about 0.2 ms with its decoding) */
    SCP_PATH_VERIFIED_MAX = 1000, /* complete paths given to OpenSSL */
    SCP_PATH_COUNTED_MAX = 33,    /* good paths that are counted */
    SCP_PATH_KEPT_MAX = 32,       /* of all, kept to be shown */
    SCP_PATH_ASIDE_MAX = 16       /* certificates passed over, kept to be shown */
};

struct scp_path_query {
    const uint8_t *der; /* the certificate whose path is sought */
    size_t len;
    bool issuing; /* it is judged as an issuing CA, not as an end entity */
    enum scp_purpose purpose;
    int64_t at;
    /* Does a policy refuse this key of a certificate of the path, and why?  false with a reason: it may.  NULL: no policy. */
    bool (*refuses)(void *context, const struct scp_key *key, char *reason, size_t size);
    /* Is a certificate of the pool that may be on the path distrusted by what is dear to ask?  NULL: no.  -1: out of memory. */
    int (*distrusts)(void *context, const struct scp_pool_cert *cert, bool *yes, struct scp_err *err);
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
    SCP_PATH_POLICY,    /* certificate policies */
    SCP_PATH_SIGNATURE,
    SCP_PATH_INVALID,       /* whatever else OpenSSL objects to: see the message */
    SCP_PATH_UNREADABLE,    /* OpenSSL cannot decode the certificate */
    SCP_PATH_NO_ISSUER,     /* no certificate has the issuer's name (and key) */
    SCP_PATH_CIRCLE,        /* its issuers are there, but sign only each other */
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
    char unsure[96];                          /* good: why a policy may refuse one of its keys; "" */
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
    bool more;                               /* there may be more than `good` */
    struct scp_path best;                    /* when good > 0: that none is better than */
    int64_t until;                           /* when good > 0: how long the longest-lived of the best one's kind lives */
    bool until_open;                         /* one may live longer than that */
    struct scp_path_miss miss;               /* when good == 0 */
    struct scp_path kept[SCP_PATH_KEPT_MAX]; /* complete paths, good and bad, the best first, else in the order tried */
    size_t kepts;
    struct scp_path_aside aside[SCP_PATH_ASIDE_MAX];
    size_t asides;
    const char *stopped; /* which bound ended the search before a path, or a better one, could be found (a phrase); NULL: none */
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

/* What is to be wished for: of unknown strength (4), other bytes in names (2), weak (1); the smaller, the better. */
unsigned scp_path_flaws(const struct scp_path *p);
/* By that, then the shorter one, then the longer life. */
bool scp_path_is_better(const struct scp_path *p, const struct scp_path *than);

/* "expired", "no-issuer", ...: for machines */
const char *scp_path_fault_name(enum scp_path_fault fault);

#endif
