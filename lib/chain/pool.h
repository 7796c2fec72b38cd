/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_POOL_H
#define SCP_CHAIN_POOL_H

#include "base/err.h"
#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/outline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The certificates among which issuers are sought: those of the stores, and what a file or a server adds to them.  Only
 * outlines are read at first; the few that a search touches are decoded, and at most SCP_POOL_DECODED_MAX of them at a time.
 * OpenSSL's X509_STORE would decode all of them, a hundred times dearer, and knows neither where one was found nor Windows' rules.
 */
enum { SCP_POOL_MAX = 40000, SCP_POOL_DECODED_MAX = 256 };

/* What the owner of the machine or Windows decided about a certificate, beside what stands in it. */
struct scp_pool_rule {
    bool disallowed;       /* a Disallowed store or list holds it */
    bool revoked;          /* by its issuer */
    bool purpose_denied;   /* not for the purpose asked about */
    int64_t disabled_from; /* no chain through it from then on; SCP_UTC_UNKNOWN = none */
    int64_t issued_before; /* end entities below it that were issued later are not trusted; SCP_UTC_UNKNOWN = none */
};

#define SCP_POOL_RULE_NONE                                                                                                         \
    {                                                                                                                              \
        false, false, false, SCP_UTC_UNKNOWN, SCP_UTC_UNKNOWN                                                                      \
    }

static inline bool scp_pool_rule_any(const struct scp_pool_rule *r)
{
    return r->disallowed || r->revoked || r->purpose_denied || r->disabled_from != SCP_UTC_UNKNOWN ||
           r->issued_before != SCP_UTC_UNKNOWN;
}

struct scp_pool_cert {
    const uint8_t *der; /* borrowed for the life of the pool */
    size_t len;
    uint8_t sha1[SCP_SHA1_LEN]; /* of der, by the caller (who has it already) */
    bool root;                  /* in a store of trusted roots: an anchor where it is self-issued */
    uint32_t origin;            /* bits of the caller's own: where it was found */
    struct scp_pool_rule rule;
};

struct scp_pool;

struct scp_pool *scp_pool_new(void); /* NULL when out of memory */
void scp_pool_free(struct scp_pool *pool);

/*
 * Adds a certificate.  The same one again is merged: `root` and `origin` are joined, of the rules the stricter counts.
 * 0: added; 1: its outline cannot be read, it is not in the pool; -1: out of memory, over SCP_POOL_MAX.
 */
int scp_pool_add(struct scp_pool *pool, const struct scp_pool_cert *cert, struct scp_err *err);

size_t scp_pool_count(const struct scp_pool *pool);
const struct scp_pool_cert *scp_pool_get(const struct scp_pool *pool, size_t i);
const struct scp_outline *scp_pool_outline(const struct scp_pool *pool, size_t i);

/* The index of this very certificate; (size_t)-1 when it is not there. */
size_t scp_pool_find(const struct scp_pool *pool, const uint8_t sha1[SCP_SHA1_LEN], const uint8_t *der, size_t len);

/* Is a certificate of that thumbprint there; `root`: among the trusted roots? */
bool scp_pool_has(const struct scp_pool *pool, const uint8_t sha1[SCP_SHA1_LEN], bool root);

/* From now on it counts as revoked, or as disallowed. */
void scp_pool_revoke(struct scp_pool *pool, size_t i);
void scp_pool_disallow(struct scp_pool *pool, size_t i);

#endif
