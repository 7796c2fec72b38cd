/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/pool_internal.h"

#include "base/reader.h"
#include "codec/x509/crypto.h"
#include "codec/x509/name.h"

#include <stdlib.h>
#include <string.h>

struct by_subject {
    uint64_t hash;
    uint32_t index;
};

struct scp_pool {
    struct scp_pool_entry *v;
    size_t n, room;
    uint32_t *slot; /* hash table of SHA-1 to index + 1; its size a power of two, at least twice n */
    size_t slots;
    struct by_subject *order; /* all, sorted by hash and index, when `sorted` */
    uint32_t *subject;        /* the indexes of order */
    bool sorted;
    uint32_t decoded[SCP_POOL_DECODED_MAX]; /* a ring: the oldest goes first */
    size_t decodeds;
    size_t spent;
};

struct scp_pool *scp_pool_new(void)
{
    return calloc(1, sizeof(struct scp_pool));
}

void scp_pool_free(struct scp_pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->n; i++)
        X509_free(pool->v[i].x);
    free(pool->v);
    free(pool->slot);
    free(pool->order);
    free(pool->subject);
    free(pool);
}

/* --- By thumbprint --- */

static size_t first_slot(const struct scp_pool *pool, const uint8_t sha1[SCP_SHA1_LEN])
{
    return (size_t)scp_le32(sha1) & (pool->slots - 1);
}

/* The next certificate of that thumbprint in the slots from *s on; (size_t)-1 at the end. */
static size_t next_of(const struct scp_pool *pool, const uint8_t sha1[SCP_SHA1_LEN], size_t *s)
{
    while (pool->slots > 0 && pool->slot[*s] != 0) {
        size_t i = pool->slot[*s] - 1;

        *s = (*s + 1) & (pool->slots - 1);
        if (memcmp(pool->v[i].cert.sha1, sha1, SCP_SHA1_LEN) == 0)
            return i;
    }
    return (size_t)-1;
}

size_t scp_pool_find(const struct scp_pool *pool, const uint8_t sha1[SCP_SHA1_LEN], const uint8_t *der, size_t len)
{
    size_t s = first_slot(pool, sha1), i = next_of(pool, sha1, &s);

    while (i != (size_t)-1 && (pool->v[i].cert.len != len || memcmp(pool->v[i].cert.der, der, len) != 0))
        i = next_of(pool, sha1, &s);
    return i;
}

bool scp_pool_has(const struct scp_pool *pool, const uint8_t sha1[SCP_SHA1_LEN], bool root)
{
    size_t s = first_slot(pool, sha1), i = next_of(pool, sha1, &s);

    while (i != (size_t)-1 && root && !pool->v[i].cert.root)
        i = next_of(pool, sha1, &s);
    return i != (size_t)-1;
}

static void take_slot(struct scp_pool *pool, size_t i)
{
    size_t s = first_slot(pool, pool->v[i].cert.sha1);

    while (pool->slot[s] != 0)
        s = (s + 1) & (pool->slots - 1);
    pool->slot[s] = (uint32_t)i + 1;
}

static int more_room(struct scp_pool *pool, struct scp_err *err)
{
    size_t room = pool->room == 0 ? 64 : 2 * pool->room;
    struct scp_pool_entry *v = realloc(pool->v, room * sizeof *v);
    uint32_t *slot;

    if (v == NULL)
        return scp_err_memory(err);
    pool->v = v;
    slot = calloc(2 * room, sizeof *slot);
    if (slot == NULL)
        return scp_err_memory(err);
    free(pool->slot);
    pool->slot = slot;
    pool->slots = 2 * room;
    pool->room = room;
    for (size_t i = 0; i < pool->n; i++)
        take_slot(pool, i);
    return 0;
}

/* --- Adding --- */

void scp_pool_merge(struct scp_pool_cert *into, const struct scp_pool_cert *c)
{
    into->root = into->root || c->root;
    into->origin |= c->origin;
    into->rule.disallowed = into->rule.disallowed || c->rule.disallowed;
    into->rule.revoked = into->rule.revoked || c->rule.revoked;
    into->rule.purpose_denied = into->rule.purpose_denied || c->rule.purpose_denied;
    into->rule.disabled_from = scp_utc_earlier(into->rule.disabled_from, c->rule.disabled_from);
    into->rule.issued_before = scp_utc_earlier(into->rule.issued_before, c->rule.issued_before);
}

/* FNV-1a; equal keys are compared byte by byte in the end. */
static uint64_t hash_of(const struct scp_bytes *b)
{
    uint64_t h = 0xCBF29CE484222325u;

    for (size_t i = 0; i < b->n; i++)
        h = (h ^ b->p[i]) * 0x100000001B3u;
    return h;
}

int scp_pool_add(struct scp_pool *pool, const struct scp_pool_cert *cert, struct scp_err *err)
{
    size_t known = scp_pool_find(pool, cert->sha1, cert->der, cert->len);
    struct scp_pool_entry e = { .cert = *cert };

    if (known != (size_t)-1) {
        scp_pool_merge(&pool->v[known].cert, cert);
        return 0;
    }
    if (cert->len > SCP_CERTIFICATE_MAX || !scp_outline_read(cert->der, cert->len, &e.outline))
        return 1;
    if (pool->n >= SCP_POOL_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d certificates", SCP_POOL_MAX);
    if (pool->n == pool->room && more_room(pool, err) != 0)
        return -1;
    e.subject_hash = scp_outline_name_hash(&e.outline.subject);
    e.key_hash = hash_of(&e.outline.spki);
    pool->v[pool->n] = e;
    take_slot(pool, pool->n++);
    pool->sorted = false;
    return 0;
}

size_t scp_pool_count(const struct scp_pool *pool)
{
    return pool->n;
}

const struct scp_pool_cert *scp_pool_get(const struct scp_pool *pool, size_t i)
{
    return &pool->v[i].cert;
}

const struct scp_outline *scp_pool_outline(const struct scp_pool *pool, size_t i)
{
    return &pool->v[i].outline;
}

const struct scp_pool_entry *scp_pool_entry(const struct scp_pool *pool, size_t i)
{
    return &pool->v[i];
}

void scp_pool_signed(struct scp_pool *pool, size_t i, size_t signer)
{
    pool->v[i].signer = (uint32_t)signer + 1;
}

void scp_pool_revoke(struct scp_pool *pool, size_t i)
{
    pool->v[i].cert.rule.revoked = true;
}

void scp_pool_disallow(struct scp_pool *pool, size_t i)
{
    pool->v[i].cert.rule.disallowed = true;
}

/* --- By subject --- */

static int compare(const void *pa, const void *pb)
{
    const struct by_subject *a = pa, *b = pb;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

static int sort(struct scp_pool *pool, struct scp_err *err)
{
    struct by_subject *order = realloc(pool->order, pool->n * sizeof *order);
    uint32_t *subject = realloc(pool->subject, pool->n * sizeof *subject);

    if (order != NULL)
        pool->order = order;
    if (subject != NULL)
        pool->subject = subject;
    if (order == NULL || subject == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < pool->n; i++)
        order[i] = (struct by_subject){ pool->v[i].subject_hash, (uint32_t)i };
    qsort(order, pool->n, sizeof *order, compare);
    for (size_t i = 0; i < pool->n; i++)
        subject[i] = order[i].index;
    pool->sorted = true;
    return 0;
}

/* The first place whose hash is not smaller. */
static size_t lower_bound(const struct scp_pool *pool, uint64_t hash)
{
    size_t from = 0, to = pool->n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (pool->order[middle].hash < hash)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

int scp_pool_subjects(struct scp_pool *pool, uint64_t hash, const uint32_t **v, size_t *n, struct scp_err *err)
{
    size_t at;

    *v = NULL;
    *n = 0;
    if (pool->n == 0)
        return 0;
    if (!pool->sorted && sort(pool, err) != 0)
        return -1;
    at = lower_bound(pool, hash);
    *v = pool->subject + at;
    while (at + *n < pool->n && pool->order[at + *n].hash == hash)
        (*n)++;
    return 0;
}

bool scp_pool_names_equal(const struct scp_bytes *a, const struct scp_bytes *b)
{
    return scp_name_equal(a->p, a->n, b->p, b->n, NULL);
}

/* --- Decoding --- */

X509 *scp_pool_decode(const uint8_t *der, size_t len)
{
    const unsigned char *p = der;
    X509 *x = scp_crypto_begin(NULL) == 0 ? d2i_X509(NULL, &p, (long)len) : NULL;

    if (x != NULL && p != der + len) {
        X509_free(x);
        x = NULL;
    }
    (void)scp_crypto_end(NULL);
    return x;
}

X509 *scp_pool_decoded(struct scp_pool *pool, size_t i)
{
    struct scp_pool_entry *e = &pool->v[i];
    size_t place = pool->decodeds % SCP_POOL_DECODED_MAX;

    if (e->undecodable)
        return NULL;
    if (e->x == NULL) {
        e->x = scp_pool_decode(e->cert.der, e->cert.len);
        e->undecodable = e->x == NULL;
        if (e->x == NULL)
            return NULL;
        if (pool->decodeds >= SCP_POOL_DECODED_MAX) {
            X509_free(pool->v[pool->decoded[place]].x);
            pool->v[pool->decoded[place]].x = NULL;
        }
        pool->decoded[place] = (uint32_t)i;
        pool->decodeds++;
    }
    if (X509_up_ref(e->x) != 1)
        return NULL;
    return e->x;
}

size_t scp_pool_budget(const struct scp_pool *pool, size_t most)
{
    size_t left = pool->spent < SCP_POOL_COST_MAX ? SCP_POOL_COST_MAX - pool->spent : 0;

    return left < most ? left : most;
}

void scp_pool_spend(struct scp_pool *pool, size_t cost)
{
    pool->spent += cost;
}
