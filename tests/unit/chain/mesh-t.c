/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Random stores of cross-signed, re-issued, expired and otherwise faulty certificates.  Whether some path verifies is
 * found out without our builder: every root with every subset of the other certificates is given to OpenSSL, which builds and
 * verifies what it can from each.  Both must agree, on the verdict and on how long the best path lives.
 */
#include "authority.h"
#include "chain/path.h"
#include "tap.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

enum { MESHES = 500, NAMES = 4, BETWEEN = 6, ROOTS = 2 };

static const char *const NAME[NAMES] = { "North", "East", "South", "West" };

struct cert {
    X509 *x;
    uint8_t *der;
    size_t len;
};

struct mesh {
    struct cert leaf, between[BETWEEN], root[ROOTS];
};

static unsigned below(uint64_t *seed, unsigned n)
{
    return (unsigned)(tap_random(seed) % n);
}

static bool chance(uint64_t *seed, unsigned percent)
{
    return below(seed, 100) < percent;
}

static struct cert made(const struct authority_spec *w)
{
    struct cert c = { authority_issue(w), NULL, 0 };

    authority_encode(c.x, &c.der, &c.len);
    if (w->fault == FAULT_SIGNATURE) {
        const unsigned char *p = c.der;

        c.der[c.len - 1] ^= 1;
        X509_free(c.x);
        c.x = d2i_X509(NULL, &p, (long)c.len);
    }
    return c;
}

static void gone(struct cert *c)
{
    X509_free(c->x);
    OPENSSL_free(c->der);
}

/* Names have two keys each: twins of one name with another key occur. */
static unsigned key_of(uint64_t *seed, unsigned name)
{
    return 2 * name + (chance(seed, 20) ? 1 : 0);
}

static enum authority_fault some_fault(uint64_t *seed, unsigned percent)
{
    return chance(seed, percent) ? (enum authority_fault)(1 + below(seed, FAULT_PATHLEN_1)) : FAULT_NONE;
}

static struct mesh random_mesh(uint64_t *seed)
{
    struct mesh m;
    unsigned faults = 10 * below(seed, 6);

    for (unsigned i = 0; i < ROOTS; i++) {
        unsigned name = below(seed, NAMES), key = key_of(seed, name);

        m.root[i] = made(&(struct authority_spec){ .subject = NAME[name],
                                                   .issuer = NAME[name],
                                                   .key = key,
                                                   .signer = key,
                                                   .ca = true,
                                                   .serial = 100 + (long)i,
                                                   .key_ids = chance(seed, 50),
                                                   .not_after = AUTHORITY_NOW + (int64_t)(1 + below(seed, 50)) * AUTHORITY_DAY,
                                                   .fault = some_fault(seed, faults / 2) });
    }
    for (unsigned i = 0; i < BETWEEN; i++) {
        unsigned subject = below(seed, NAMES), issuer = below(seed, NAMES);

        m.between[i] = made(&(struct authority_spec){ .subject = NAME[subject],
                                                      .issuer = NAME[issuer],
                                                      .key = key_of(seed, subject),
                                                      .signer = key_of(seed, issuer),
                                                      .ca = true,
                                                      .serial = 200 + (long)i,
                                                      .key_ids = chance(seed, 60),
                                                      .wrong_authority_id = chance(seed, 5),
                                                      .client_eku = chance(seed, 20),
                                                      .not_after = AUTHORITY_NOW + (int64_t)(1 + below(seed, 50)) * AUTHORITY_DAY,
                                                      .fault = some_fault(seed, faults) });
    }
    {
        unsigned issuer = below(seed, NAMES);

        m.leaf = made(&(struct authority_spec){ .subject = "Leaf",
                                                .issuer = NAME[issuer],
                                                .key = 2 * NAMES,
                                                .signer = key_of(seed, issuer),
                                                .serial = 300,
                                                .key_ids = chance(seed, 60),
                                                .client_eku = chance(seed, 50),
                                                .not_after = AUTHORITY_NOW + 40 * (int64_t)AUTHORITY_DAY,
                                                .fault = some_fault(seed, faults / 3) });
    }
    return m;
}

/* --- The oracle --- */

static int64_t expiry(X509 *x)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);

    ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(x));
    ASN1_TIME_free(epoch);
    return (int64_t)days * AUTHORITY_DAY + seconds;
}

static int64_t shortest_life(STACK_OF(X509) * chain)
{
    int64_t life = INT64_MAX;

    for (int i = 0; i < sk_X509_num(chain); i++) {
        int64_t t = expiry(sk_X509_value(chain, i));

        life = t < life ? t : life;
    }
    return life;
}

/* A path as OpenSSL is to take it: the others in this order, before the root, so that it finds no shorter one. */
struct route {
    X509 *x[BETWEEN];
    unsigned n;
};

/* 0 when this root and these certificates make no chain.  Level 1 refuses SHA-1, level 0 takes it. */
static int64_t verified(const struct mesh *m, unsigned root, const struct route *route, int level)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    int64_t life = 0;

    X509_STORE_add_cert(store, m->root[root].x);
    for (unsigned i = 0; i < route->n; i++)
        sk_X509_push(between, route->x[i]);
    X509_STORE_CTX_init(ctx, store, m->leaf.x, between);
    X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), AUTHORITY_NOW);
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), level);
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(ctx), X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_VERIFY_PARAM_clear_flags(X509_STORE_CTX_get0_param(ctx), X509_V_FLAG_TRUSTED_FIRST);
    if (X509_verify_cert(ctx) == 1)
        life = shortest_life(X509_STORE_CTX_get0_chain(ctx));
    sk_X509_free(between);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return life;
}

/* Every sequence of certificates in which each is named as the issuer of the one before, to every root. */
static int64_t best_life(const struct mesh *m, struct route *route, unsigned used, int level)
{
    X509 *last = route->n > 0 ? route->x[route->n - 1] : m->leaf.x;
    int64_t best = 0, life;

    for (unsigned root = 0; root < ROOTS; root++) {
        life = verified(m, root, route, level);
        best = life > best ? life : best;
    }
    for (unsigned i = 0; i < BETWEEN; i++) {
        if ((used & 1u << i) != 0 || X509_NAME_cmp(X509_get_issuer_name(last), X509_get_subject_name(m->between[i].x)) != 0)
            continue;
        route->x[route->n++] = m->between[i].x;
        life = best_life(m, route, used | 1u << i, level);
        route->n--;
        best = life > best ? life : best;
    }
    return best;
}

/* --- Ours --- */

static void ask(const struct mesh *m, struct scp_path_answer *answer)
{
    struct scp_pool *pool = scp_pool_new();
    struct scp_path_query q = { .der = m->leaf.der, .len = m->leaf.len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW };

    for (unsigned i = 0; i < BETWEEN; i++)
        authority_pool_add(pool, m->between[i].der, m->between[i].len, false);
    for (unsigned i = 0; i < ROOTS; i++)
        authority_pool_add(pool, m->root[i].der, m->root[i].len, true);
    if (scp_path_find(pool, &q, answer, NULL) != 0)
        tap_bail("not found");
    scp_pool_free(pool);
}

int main(void)
{
    static struct scp_path_answer answer;
    unsigned wrong = 0, good = 0, life = 0, unexplained = 0;
    uint64_t seed = 20261123;

    for (unsigned i = 0; i < MESHES; i++) {
        uint64_t this_seed = seed + i;
        struct mesh m = random_mesh(&this_seed);
        struct route route = { .n = 0 };
        int64_t strong = best_life(&m, &route, 0, 1);
        int64_t wanted = strong != 0 ? strong : best_life(&m, &route, 0, 0); /* SHA-1 is taken where there is nothing better */

        ask(&m, &answer);
        good += wanted != 0;
        wrong += (wanted != 0) != (answer.good > 0);
        if ((wanted != 0) != (answer.good > 0))
            tap_diag("mesh %u: OpenSSL %s, ours %zu good, %s (%s)", i, wanted != 0 ? "verifies" : "refuses", answer.good,
                     scp_path_fault_name(answer.miss.path.fault), answer.miss.path.message);
        else if (wanted != 0 && answer.best.not_after != wanted) {
            tap_diag("mesh %u: the best path lives until %lld, not %lld", i, (long long)wanted, (long long)answer.best.not_after);
            life++;
        }
        unexplained += answer.good == 0 && (answer.miss.path.n == 0 || answer.miss.path.fault == SCP_PATH_GOOD);
        gone(&m.leaf);
        for (unsigned k = 0; k < BETWEEN; k++)
            gone(&m.between[k]);
        for (unsigned k = 0; k < ROOTS; k++)
            gone(&m.root[k]);
    }
    authority_free();
    tap_diag("%u of %d meshes hold a path", good, MESHES);
    tap_ok(good > MESHES / 10 && good < MESHES * 9 / 10, "meshes of both kinds");
    tap_is_int(0, wrong, "a path is found exactly where one verifies");
    tap_is_int(0, life, "and of several the one that lives longest");
    tap_is_int(0, unexplained, "where there is none, the nearest miss is told");
    return tap_done();
}
