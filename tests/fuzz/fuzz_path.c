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
        fuzz_make();
    }
    mesh_gone(&m);
}
