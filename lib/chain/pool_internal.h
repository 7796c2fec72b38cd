/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_POOL_INTERNAL_H
#define SCP_CHAIN_POOL_INTERNAL_H

#include "chain/pool.h"

#include <openssl/x509.h>

/* What the search sees of a pool; nobody else includes this. */

enum { SCP_POOL_COST_MAX = 24000 }; /* signature checks of all searches together; see path.h */

struct scp_pool_entry {
    struct scp_pool_cert cert;
    struct scp_outline outline;
    uint64_t subject_hash; /* scp_outline_name_hash() */
    uint64_t key_hash;     /* of the public key's bytes */
    X509 *x;               /* decoded; NULL when not (any more) */
    uint32_t signer;       /* one with the key that signed it, + 1; 0: not known yet */
    bool undecodable;
};

/*
 * The decoded certificate, to be freed by the caller; NULL when OpenSSL cannot decode it, or out of memory.  Like names that are
 * not equal this is believed only behind scp_crypto_end(), with which each search ends.
 */
X509 *scp_pool_decoded(struct scp_pool *pool, size_t i);
X509 *scp_pool_decode(const uint8_t *der, size_t len);

const struct scp_pool_entry *scp_pool_entry(const struct scp_pool *pool, size_t i);
/* What is known of the same certificate from two places: of the rules the stricter counts. */
void scp_pool_merge(struct scp_pool_cert *into, const struct scp_pool_cert *c);
void scp_pool_signed(struct scp_pool *pool, size_t i, size_t signer);

/* The certificates whose subject may be this name, by its hash: indexes in *v, borrowed until the next addition.
 * Sorts the index when it has to; -1 when out of memory. */
int scp_pool_subjects(struct scp_pool *pool, uint64_t hash, const uint32_t **v, size_t *n, struct scp_err *err);

/* Are the names equal (RFC 5280 section 7.1, as OpenSSL compares them)? */
bool scp_pool_names_equal(const struct scp_bytes *a, const struct scp_bytes *b);

/* What signature checks may still cost in this pool, at most `most`; and that some were made. */
size_t scp_pool_budget(const struct scp_pool *pool, size_t most);
void scp_pool_spend(struct scp_pool *pool, size_t cost);

#endif
