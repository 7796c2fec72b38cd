/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Stores of certificates that sign each other, as the random ones of mesh-t.c, drawn from the input: we say that a path builds
 * exactly where X509_verify_cert() verifies one with the same time and anchors, and tell the same of it.
 */
#include "fuzz.h"

#define tap_random fuzz_draw
#define main mesh_main
int mesh_main(int argc, char **argv);
#include "../unit/chain/mesh-t.c"
#undef main

enum { ROUTES_MAX = 60 };

/* How many routes the oracle would have to verify. */
static unsigned routes(const struct mesh *m, const X509 *from, unsigned used, unsigned so_far)
{
    const X509_NAME *wanted = X509_get_issuer_name(from);

    for (unsigned i = 0; i < ROOTS; i++)
        so_far += X509_NAME_cmp(wanted, X509_get_subject_name(m->root[i].x)) == 0;
    for (unsigned i = 0; i < BETWEEN && so_far < ROUTES_MAX; i++) {
        if ((used & 1u << i) == 0 && X509_NAME_cmp(wanted, X509_get_subject_name(m->between[i].x)) == 0)
            so_far = routes(m, m->between[i].x, used | 1u << i, so_far + 1);
    }
    return so_far;
}

static bool fill(struct scp_pool *pool, const struct cert *c, size_t n, bool root)
{
    bool added = pool != NULL;

    for (size_t i = 0; i < n && added; i++) {
        struct scp_pool_cert p = { .der = c[i].der, .len = c[i].len, .root = root, .rule = SCP_POOL_RULE_NONE };

        p.rule.disallowed = c[i].distrusted;
        added = scp_certificate_sha1(c[i].der, c[i].len, p.sha1, NULL) == 0 && scp_pool_add(pool, &p, NULL) == 0;
    }
    return added;
}

static void ask_ours(const struct mesh *m, const struct truth *t)
{
    static struct scp_path_answer answer;
    struct scp_path_query q = { .der = m->leaf.der, .len = m->leaf.len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW };
    struct scp_pool *pool = scp_pool_new();
    struct scp_err err = SCP_ERR_INIT;
    struct tally tally = { 0 };
    bool asked =
        fill(pool, m->between, BETWEEN, false) && fill(pool, m->root, ROOTS, true) && scp_path_find(pool, &q, &answer, &err) == 0;

    fuzz_told((int)err.code);
    fuzz_must(asked);
    if (asked) {
        fuzz_never(answer.good > 0 && t->paths == 0);
        compare(0, t, &answer, &tally);
        fuzz_must(tally.verdicts + tally.lengths + tally.lives + tally.longest + tally.counts + tally.unexplained == 0);
    }
    scp_pool_free(pool);
}

/* --- The same store, asked otherwise --- */

static bool refuses_all(void *context, const struct scp_key *key, char *reason, size_t size)
{
    (void)context;
    (void)snprintf(reason, size, "%u bits are too few", key->bits);
    return true;
}

static bool doubts(void *context, const struct scp_key *key, char *reason, size_t size)
{
    (void)context;
    (void)key;
    (void)snprintf(reason, size, "not told");
    return false;
}

static int distrusts_all(void *context, const struct scp_pool_cert *cert, bool *yes, struct scp_err *err)
{
    (void)context;
    (void)err;
    *yes = cert->len > 0;
    return 0;
}

/* What is distrusted when it is looked at: every second. */
static int distrusts_some(void *context, const struct scp_pool_cert *cert, bool *yes, struct scp_err *err)
{
    (void)err;
    *yes = cert->sha1[0] % 2 == *(const unsigned *)context % 2;
    return 0;
}

static size_t good_paths(struct scp_pool *pool, const struct scp_path_query *q, struct scp_path_answer *answer)
{
    struct scp_err err = SCP_ERR_INIT;

    if (scp_path_find(pool, q, answer, &err) != 0) {
        fuzz_must(false);
        return 0;
    }
    fuzz_must(scp_path_fault_name(scp_path_told(answer)->fault)[0] != '\0');
    fuzz_must(answer->good > 0 || answer->miss.path.fault != SCP_PATH_GOOD || answer->stopped != NULL);
    for (size_t i = 0; i < answer->kepts; i++)
        fuzz_never(answer->good > 0 && answer->kept[i].fault == SCP_PATH_GOOD &&
                   scp_path_is_better(&answer->kept[i], &answer->best));
    return answer->good;
}

/* A certificate of the best path that is revoked is on none. */
static void revoke(struct scp_pool *pool, const struct scp_path_query *q, struct scp_path_answer *answer, unsigned which)
{
    const size_t at = 1 + which % (answer->best.n - 1);
    const uint32_t cert = answer->best.cert[at];
    const struct scp_pool_cert *c = scp_pool_get(pool, cert);

    fuzz_must(scp_pool_find(pool, c->sha1, c->der, c->len) == cert && scp_pool_has(pool, c->sha1, c->root));
    if (which % 2 == 0)
        scp_pool_revoke(pool, cert);
    else
        scp_pool_disallow(pool, cert);
    if (good_paths(pool, q, answer) == 0)
        return;
    for (size_t i = 1; i < answer->best.n; i++)
        fuzz_never(answer->best.cert[i] == cert);
}

static void ask_otherwise(const struct mesh *m, unsigned which)
{
    static struct scp_path_answer answer;
    const struct scp_path_query usual = {
        .der = m->leaf.der, .len = m->leaf.len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW
    };
    struct scp_path_query q = usual;
    struct scp_pool *pool = scp_pool_new();
    size_t good, n;

    if (fill(pool, m->between, BETWEEN, false) && fill(pool, m->root, ROOTS, true)) {
        good = good_paths(pool, &usual, &answer);
        q.purpose = SCP_PURPOSE_ANY;
        n = good_paths(pool, &q, &answer);
        fuzz_must(n > 0 || good == 0);
        q = usual;
        q.refuses = refuses_all;
        fuzz_never(good_paths(pool, &q, &answer) > 0);
        q.refuses = doubts;
        fuzz_must(good_paths(pool, &q, &answer) == good && (good == 0 || answer.best.unsure[0] != '\0'));
        q = usual;
        q.distrusts = distrusts_all;
        fuzz_never(good_paths(pool, &q, &answer) > 0);
        q.distrusts = distrusts_some;
        q.context = &which;
        fuzz_never(good_paths(pool, &q, &answer) > good && good < SCP_PATH_COUNTED_MAX);
        q = usual;
        q.at = AUTHORITY_NOW + 400 * (int64_t)AUTHORITY_DAY;
        fuzz_never(good_paths(pool, &q, &answer) > 0);
        q.at = AUTHORITY_NOW - 400 * (int64_t)AUTHORITY_DAY;
        fuzz_never(good_paths(pool, &q, &answer) > 0);
        q = usual;
        q.issuing = true;
        fuzz_never(good_paths(pool, &q, &answer) > 0); /* the leaf is no CA */
        q.der = m->between[which % BETWEEN].der;
        q.len = m->between[which % BETWEEN].len;
        (void)good_paths(pool, &q, &answer);
        q = usual;
        q.purpose = SCP_PURPOSE_CODE_SIGNING;
        (void)good_paths(pool, &q, &answer);
        if (good_paths(pool, &usual, &answer) > 0)
            revoke(pool, &usual, &answer, which);
    }
    scp_pool_free(pool);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct route route = { .n = 1 };
    struct truth truth = { .paths = 0 };
    struct mesh m;

    fuzz_make();
    fuzz_draw_from(p, n);
    m = random_mesh(NULL);
    route.v[0] = &m.leaf;
    if (routes(&m, m.leaf.x, 0, 0) < ROUTES_MAX) {
        seek(&m, &route, 0, &truth);
        fuzz_made();
        ask_ours(&m, &truth);
        if (n % 8 == 0)
            ask_otherwise(&m, (unsigned)n / 8);
        fuzz_make();
    }
    mesh_gone(&m);
}
