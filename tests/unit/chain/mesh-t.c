/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Random stores of cross-signed, re-issued, expired, distrusted, constrained and otherwise faulty certificates.  Which paths there
 * are is found out without our search: every sequence of different certificates in which each is named as the issuer of the one
 * before is given to X509_verify_cert(), as it is.  Both must agree on the verdict, on the path that is told (the shortest of the
 * best kind, then the one that lives longest), on the life that is left, and on how many paths there are.
 * The only difference that is allowed is counted: a CA that is twice on every path that OpenSSL would take.
 *
 *     mesh-t [STORES [SEED]]      60 stores; make check-paths asks for 2000
 */
#include "authority.h"
#include "chain/path.h"
#include "tap.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

enum { STORES = 60, SEED = 20261130, NAMES = 4, BETWEEN = 7, ROOTS = 2, LENGTH_MAX = BETWEEN + 2 };

static const char *const NAME[NAMES] = { "North", "East", "South", "West" };

struct cert {
    X509 *x;
    uint8_t *der;
    size_t len;
    unsigned ca; /* name and key */
    bool distrusted;
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
    struct cert c = { .x = authority_issue(w), .ca = w->key };

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

/* Policies, and what narrows them, the names or the length. */
static void constrain(uint64_t *seed, unsigned percent, bool ca, struct authority_spec *w)
{
    static const char *const POLICIES[] = { "1.2.3.1", "1.2.3.2", "1.2.3.1,1.2.3.2", "2.5.29.32.0" };
    static const struct {
        int nid;
        const char *value;
    } NARROW[] = { { NID_policy_constraints, "critical,requireExplicitPolicy:0" },
                   { NID_policy_constraints, "critical,requireExplicitPolicy:1" },
                   { NID_policy_constraints, "critical,requireExplicitPolicy:2,inhibitPolicyMapping:0" },
                   { NID_policy_constraints, "critical,inhibitPolicyMapping:0" },
                   { NID_inhibit_any_policy, "critical,0" },
                   { NID_inhibit_any_policy, "critical,1" },
                   { NID_policy_mappings, "1.2.3.1:1.2.3.2" },
                   { NID_policy_mappings, "critical,1.2.3.2:1.2.3.1" },
                   { NID_name_constraints, "critical,permitted;DNS:example.com" },
                   { NID_name_constraints, "critical,permitted;DNS:example.org" } };
    size_t n = 0;

    if (chance(seed, 2 * percent > 90 ? 90 : 2 * percent)) {
        w->more[n].nid = NID_certificate_policies;
        w->more[n++].value = POLICIES[below(seed, 4)];
    }
    for (unsigned last = 0; ca && n < 3 && chance(seed, percent); n++) {
        unsigned i = below(seed, sizeof NARROW / sizeof NARROW[0]);

        if (w->fault == FAULT_NAME_CONSTRAINT && NARROW[i].nid == NID_name_constraints)
            return;
        if (NARROW[i].nid == (int)last)
            return;
        w->more[n].nid = NARROW[i].nid;
        w->more[n].value = NARROW[i].value;
        last = (unsigned)NARROW[i].nid;
    }
}

static struct authority_spec some_ca(uint64_t *seed, unsigned subject, unsigned issuer, unsigned faults, unsigned constraints)
{
    struct authority_spec w = { .subject = NAME[subject],
                                .issuer = NAME[issuer],
                                .key = key_of(seed, subject),
                                .signer = key_of(seed, issuer),
                                .ca = true,
                                .key_ids = chance(seed, 60),
                                .wrong_authority_id = chance(seed, 5),
                                .client_eku = chance(seed, 20),
                                .not_after = AUTHORITY_NOW + (int64_t)(1 + below(seed, 50)) * AUTHORITY_DAY,
                                .fault = some_fault(seed, faults) };

    constrain(seed, constraints, true, &w);
    return w;
}

static struct mesh random_mesh(uint64_t *seed)
{
    unsigned faults = 10 * below(seed, 6), constraints = 15 * below(seed, 4), distrust = 5 * below(seed, 4),
             issuer = below(seed, NAMES);
    struct authority_spec w;
    struct mesh m;

    for (unsigned i = 0; i < ROOTS; i++) {
        unsigned name = below(seed, NAMES);

        w = some_ca(seed, name, name, faults / 2, constraints / 2);
        w.signer = w.key;
        w.wrong_authority_id = false;
        w.serial = 100 + (long)i;
        m.root[i] = made(&w);
        m.root[i].distrusted = chance(seed, distrust);
    }
    for (unsigned i = 0; i < BETWEEN; i++) {
        w = some_ca(seed, below(seed, NAMES), below(seed, NAMES), faults, constraints);
        w.serial = 200 + (long)i;
        m.between[i] = made(&w);
        m.between[i].distrusted = chance(seed, distrust);
    }
    w = (struct authority_spec){ .subject = "Leaf",
                                 .issuer = NAME[issuer],
                                 .key = 2 * NAMES,
                                 .signer = key_of(seed, issuer),
                                 .serial = 300,
                                 .key_ids = chance(seed, 60),
                                 .client_eku = chance(seed, 50),
                                 .not_after = AUTHORITY_NOW + 40 * (int64_t)AUTHORITY_DAY,
                                 .fault = some_fault(seed, faults / 3) };
    constrain(seed, constraints, false, &w);
    m.leaf = made(&w);
    return m;
}

static void mesh_gone(struct mesh *m)
{
    gone(&m->leaf);
    for (unsigned k = 0; k < BETWEEN; k++)
        gone(&m->between[k]);
    for (unsigned k = 0; k < ROOTS; k++)
        gone(&m->root[k]);
}

/* --- The oracle --- */

/* A sequence of certificates, the leaf first. */
struct route {
    const struct cert *v[LENGTH_MAX];
    unsigned n;
};

/* What all routes together say; [0]: SHA-1 nowhere, [1]: somewhere below the root. */
struct truth {
    unsigned paths, repeating;
    bool found[2];
    unsigned length[2];          /* of the shortest */
    int64_t life[2], longest[2]; /* of the longest-lived of the shortest, and of all */
};

static int64_t expiry(X509 *x)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);

    ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(x));
    ASN1_TIME_free(epoch);
    return (int64_t)days * AUTHORITY_DAY + seconds;
}

/* The issuer is the route's next certificate, if OpenSSL agrees. */
static int next_of(X509 **issuer, X509_STORE_CTX *ctx, X509 *x)
{
    const struct route *r = X509_STORE_CTX_get_app_data(ctx);

    for (unsigned i = 0; i < r->n; i++) {
        X509 *next = r->v[i + 1 < r->n ? i + 1 : i]->x;

        if (r->v[i]->x != x || X509_check_issued(next, x) != X509_V_OK)
            continue;
        X509_up_ref(next);
        *issuer = next;
        return 1;
    }
    return 0;
}

static bool verifies(struct route *r, int level)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool good;

    X509_STORE_set_get_issuer(store, next_of);
    X509_STORE_CTX_init(ctx, store, r->v[0]->x, NULL);
    X509_STORE_CTX_set_app_data(ctx, r);
    X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), AUTHORITY_NOW);
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), level);
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(ctx), X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_POLICY_CHECK);
    X509_VERIFY_PARAM_add0_policy(X509_STORE_CTX_get0_param(ctx), OBJ_nid2obj(NID_any_policy));
    good = X509_verify_cert(ctx) == 1 && sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) == (int)r->n;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return good;
}

static bool repeats(const struct route *r)
{
    for (unsigned i = 0; i < r->n; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (r->v[i]->ca == r->v[k]->ca)
                return true;
        }
    }
    return false;
}

static void judge(struct route *r, struct truth *t)
{
    int64_t life = expiry(r->v[0]->x);
    bool sha1;

    for (unsigned i = 0; i < r->n; i++) {
        int64_t end = expiry(r->v[i]->x);

        if (r->v[i]->distrusted)
            return;
        life = end < life ? end : life;
    }
    sha1 = !verifies(r, 1);
    if (sha1 && !verifies(r, 0))
        return;
    if (repeats(r)) {
        t->repeating++;
        return;
    }
    t->paths++;
    if (!t->found[sha1] || r->n < t->length[sha1]) {
        t->length[sha1] = r->n;
        t->life[sha1] = 0;
    }
    if (r->n == t->length[sha1] && life > t->life[sha1])
        t->life[sha1] = life;
    if (!t->found[sha1] || life > t->longest[sha1])
        t->longest[sha1] = life;
    t->found[sha1] = true;
}

static void seek(const struct mesh *m, struct route *r, unsigned used, struct truth *t)
{
    const X509_NAME *wanted = X509_get_issuer_name(r->v[r->n - 1]->x);

    for (unsigned i = 0; i < ROOTS; i++) {
        if (X509_NAME_cmp(wanted, X509_get_subject_name(m->root[i].x)) != 0)
            continue;
        r->v[r->n++] = &m->root[i];
        judge(r, t);
        r->n--;
    }
    for (unsigned i = 0; i < BETWEEN; i++) {
        if ((used & 1u << i) != 0 || X509_NAME_cmp(wanted, X509_get_subject_name(m->between[i].x)) != 0)
            continue;
        r->v[r->n++] = &m->between[i];
        seek(m, r, used | 1u << i, t);
        r->n--;
    }
}

/* --- Ours --- */

static void put(struct scp_pool *pool, const struct cert *c, bool root)
{
    struct scp_pool_cert p = { .der = c->der, .len = c->len, .root = root, .rule = SCP_POOL_RULE_NONE };

    p.rule.disallowed = c->distrusted;
    if (scp_certificate_sha1(c->der, c->len, p.sha1, NULL) != 0 || scp_pool_add(pool, &p, NULL) != 0)
        tap_bail("not added");
}

static void ask(const struct mesh *m, struct scp_path_answer *answer)
{
    struct scp_pool *pool = scp_pool_new();
    struct scp_path_query q = { .der = m->leaf.der, .len = m->leaf.len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW };

    for (unsigned i = 0; i < BETWEEN; i++)
        put(pool, &m->between[i], false);
    for (unsigned i = 0; i < ROOTS; i++)
        put(pool, &m->root[i], true);
    if (scp_path_find(pool, &q, answer, NULL) != 0)
        tap_bail("not found");
    scp_pool_free(pool);
}

struct tally {
    unsigned good, many, repeating, verdicts, lengths, lives, longest, counts, unexplained;
};

static void compare(unsigned store, const struct truth *t, const struct scp_path_answer *a, struct tally *tally)
{
    bool sha1 = !t->found[0];

    tally->good += t->paths > 0;
    tally->many += t->paths > 1;
    tally->repeating += t->paths == 0 && t->repeating > 0;
    if ((t->paths > 0) != (a->good > 0)) {
        tap_diag("store %u: OpenSSL verifies %u paths, ours %zu, %s (%s)", store, t->paths, a->good,
                 scp_path_fault_name(a->miss.path.fault), a->miss.path.message);
        tally->verdicts++;
    } else if (t->paths == 0) {
        tally->unexplained += a->miss.path.n == 0 || a->miss.path.fault == SCP_PATH_GOOD;
    } else {
        if (a->best.n != t->length[sha1] || a->best.not_after != t->life[sha1] || a->until != t->longest[sha1] ||
            a->good != t->paths || a->more)
            tap_diag(
                "store %u: %u paths, the shortest of %u until %lld, all until %lld; ours %zu, of %zu until %lld, all until %lld",
                store, t->paths, t->length[sha1], (long long)t->life[sha1], (long long)t->longest[sha1], a->good, a->best.n,
                (long long)a->best.not_after, (long long)a->until);
        tally->lengths += a->best.n != t->length[sha1];
        tally->lives += a->best.not_after != t->life[sha1];
        tally->longest += a->until != t->longest[sha1];
        tally->counts += t->paths < SCP_PATH_COUNTED_MAX && (a->good != t->paths || a->more);
    }
}

int main(int argc, char **argv)
{
    static struct scp_path_answer answer;
    unsigned stores = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : STORES;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED;
    struct tally tally = { .good = 0 };

    for (unsigned i = 0; i < stores; i++) {
        uint64_t this_seed = seed + i;
        struct mesh m = random_mesh(&this_seed);
        struct route route = { .v = { &m.leaf }, .n = 1 };
        struct truth truth = { .paths = 0 };

        seek(&m, &route, 0, &truth);
        ask(&m, &answer);
        compare(i, &truth, &answer, &tally);
        mesh_gone(&m);
    }
    authority_free();
    tap_diag("%u of %u stores hold a path, %u several; in %u a CA is twice on every path of OpenSSL's", tally.good, stores,
             tally.many, tally.repeating);
    tap_ok(tally.good > stores / 10 && tally.good < stores * 9 / 10 && tally.many > stores / 20, "stores of all kinds");
    tap_is_int(0, tally.verdicts, "a path is found exactly where one verifies");
    tap_is_int(0, tally.lengths, "the shortest is told");
    tap_is_int(0, tally.lives, "and of several the one that lives longest");
    tap_is_int(0, tally.longest, "what is left is that of the longest-lived");
    tap_is_int(0, tally.counts, "all are counted");
    tap_is_int(0, tally.unexplained, "where there is none, the nearest miss is told");
    return tap_done();
}
