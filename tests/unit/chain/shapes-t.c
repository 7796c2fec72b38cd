/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Stores in which certificates sign each other in every direction: the right and shortest path is found with little work, and the
 * answer is the same whatever the order of the certificates.
 */
#include "chain/path.h"
#include "shapes.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 4, TEXT = 4096 };

static struct scp_path_answer answer;

/* --- Any order --- */

static void shuffle(size_t *order, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)(tap_random(seed) % i), swap = order[i - 1];

        order[i - 1] = order[k];
        order[k] = swap;
    }
}

static size_t put_path(char *out, size_t n, const struct scp_path *p)
{
    n += (size_t)snprintf(out + n, TEXT - n, "%d:", (int)p->fault);
    for (size_t i = 0; i < p->n && n < TEXT - 8; i++)
        n += (size_t)snprintf(out + n, TEXT - n, "%02X%02X ", scp_path_cert(&answer, p, i)->sha1[0],
                              scp_path_cert(&answer, p, i)->sha1[1]);
    return n;
}

/* All that is answered, in words that do not name places in the pool. */
static void tell(char out[TEXT])
{
    size_t n = (size_t)snprintf(out, TEXT, "%zu %d %zu %zu %zu %lld %s ", answer.good, answer.more, answer.verified, answer.steps,
                                answer.cost, (long long)answer.until, answer.stopped != NULL ? answer.stopped : "");

    n = put_path(out, n, scp_path_told(&answer));
    for (size_t i = 0; i < answer.kepts && n < TEXT - 100; i++)
        n = put_path(out, n, &answer.kept[i]);
    for (size_t i = 0; i < answer.asides && n < TEXT - 8; i++)
        n += (size_t)snprintf(out + n, TEXT - n, "%02X ", scp_pool_get(answer.pool, answer.aside[i].cert)->sha1[0]);
}

/* Asks with the certificates in one order; the pool is the caller's to free. */
static struct scp_pool *ask(const struct shape *s, const size_t *order)
{
    const struct scp_path_query q = { .der = s->leaf, .len = s->leaf_len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW };
    struct scp_pool *pool = scp_pool_new();

    for (size_t i = 0; i < s->n; i++)
        authority_pool_add(pool, s->der[order[i]], s->len[order[i]], s->root[order[i]]);
    if (scp_path_find(pool, &q, &answer, NULL) != 0)
        tap_bail("not found");
    return pool;
}

/* Leaves the answer for the last order. */
static struct scp_pool *ask_in_any_order(const struct shape *s, const char *what)
{
    static char first[TEXT], text[TEXT];
    struct scp_pool *pool = NULL;
    size_t order[SHAPE_MOST];
    uint64_t seed = 20261130;
    unsigned same = 0;

    for (unsigned i = 0; i < ORDERS; i++) {
        scp_pool_free(pool);
        shuffle(order, s->n, &seed);
        pool = ask(s, order);
        tell(i == 0 ? first : text);
        same += i == 0 || strcmp(first, text) == 0;
    }
    tap_is_int(ORDERS, same, "%s: the same answer in %d orders (%s)", what, ORDERS, strcmp(first, text) == 0 ? "" : text);
    return pool;
}

static void test_star(unsigned n)
{
    static struct shape s;
    struct scp_pool *pool;

    shape_star(&s, n);
    pool = ask_in_any_order(&s, "a star");
    tap_ok(answer.good == 1 && !answer.more && answer.stopped == NULL, "a star of %u: the one path, and nothing was left out", n);
    tap_is_int(4, (long long)answer.best.n, "no CA is on it twice");
    tap_ok(answer.cost <= 25 && answer.steps <= (size_t)n * n * 4, "cost %zu, %zu steps", answer.cost, answer.steps);
    scp_pool_free(pool);
    shape_gone(&s);
}

static void test_mesh(unsigned n)
{
    static struct shape s;
    struct scp_pool *pool;

    shape_mesh(&s, n);
    pool = ask_in_any_order(&s, "a mesh");
    tap_is_int(3, (long long)answer.best.n, "a mesh of %zu certificates: the shortest path", s.n);
    tap_ok(answer.good == SCP_PATH_COUNTED_MAX && answer.more && answer.stopped == NULL, "others are counted up to a bound");
    tap_ok(answer.cost <= 400, "cost %zu, %zu steps", answer.cost, answer.steps);
    scp_pool_free(pool);
    /* Without the root there is no way, and that is known at once. */
    s.root[s.n - 1] = false;
    pool = ask_in_any_order(&s, "a mesh without a root");
    tap_ok(answer.good == 0 && answer.stopped == NULL, "there is no path: cost %zu", answer.cost);
    scp_pool_free(pool);
    shape_gone(&s);
}

/* --- Which of several --- */

/* A CA of that name and key by that issuer, for so many days. */
static struct authority_spec ca(const char *subject, unsigned key, const char *issuer, unsigned signer, int days)
{
    return (struct authority_spec){ .subject = subject,
                                    .issuer = issuer,
                                    .key = key,
                                    .signer = signer,
                                    .ca = true,
                                    .key_ids = true,
                                    .serial = days,
                                    .not_after = AUTHORITY_NOW + days * (int64_t)AUTHORITY_DAY };
}

static long long days_left(int64_t t)
{
    return (long long)((t - AUTHORITY_NOW) / AUTHORITY_DAY);
}

/* The short path ends soon, a longer one does not. */
static void test_life(bool sha1)
{
    struct shape s = { .n = 0 };
    struct authority_spec cross = ca("Issuing", 2, "Middle", 1, 330), root = ca("Root", 0, "Root", 0, 900),
                          middle = ca("Middle", 1, "Root", 0, 340), soon = ca("Issuing", 2, "Root", 0, 30),
                          sooner = ca("Issuing", 2, "Root", 0, 20);
    struct scp_pool *pool;

    cross.fault = sha1 ? FAULT_SHA1 : FAULT_NONE;
    shape_add(&s, &root);
    shape_add(&s, &sooner);
    shape_add(&s, &soon);
    shape_add(&s, &middle);
    shape_add(&s, &cross);
    shape_leaf(&s, "Issuing", 2);
    pool = ask_in_any_order(&s, "twins");
    tap_is_int(3, (long long)answer.good, "three paths");
    tap_ok(answer.best.n == 3 && days_left(answer.best.not_after) == 30, "the shortest, and of two the one that lives longer");
    tap_is_int(sha1 ? 30 : 330, days_left(answer.until), "what is left is that of the longest-lived%s",
               sha1 ? " without SHA-1" : "");
    scp_pool_free(pool);
    shape_gone(&s);
}

/* Two keys under one name, with key identifiers or without. */
static void test_two_keys(bool key_ids)
{
    for (unsigned used = 2; used <= 3; used++) {
        struct shape s = { .n = 0 };
        struct authority_spec root = ca("Root", 0, "Root", 0, 900), one = ca("Issuing", 2, "Root", 0, 500),
                              two = ca("Issuing", 3, "Root", 0, 500), over = ca("Issuing", 3, "Issuing", 2, 400);
        struct scp_pool *pool;

        one.key_ids = two.key_ids = over.key_ids = key_ids;
        shape_add(&s, &root);
        shape_add(&s, &one);
        shape_add(&s, &two);
        /* A rollover: the new key signed with the old one.  Without identifiers OpenSSL takes it for self-signed. */
        shape_add(&s, &over);
        s.root[3] = false;
        shape_encode(
            &(struct authority_spec){ .subject = "Leaf", .issuer = "Issuing", .key = 5, .signer = used, .key_ids = key_ids },
            &s.leaf, &s.leaf_len);
        pool = ask_in_any_order(&s, "two keys");
        tap_is_int(used == 3 && key_ids ? 2 : 1, (long long)answer.good, "a leaf by key %u of one name, %s identifiers", used,
                   key_ids ? "with" : "without");
        tap_is_int(3, (long long)answer.best.n, "by the shortest path");
        scp_pool_free(pool);
        shape_gone(&s);
    }
}

/* A longer path without a flaw is better than a short one with. */
static void test_quality(void)
{
    struct shape s = { .n = 0 };
    struct authority_spec root = ca("Root", 0, "Root", 0, 900), weak = ca("Issuing", 2, "Root", 0, 800),
                          middle = ca("Middle", 1, "Root", 0, 340), cross = ca("Issuing", 2, "Middle", 1, 330);
    struct scp_pool *pool;

    weak.fault = FAULT_SHA1;
    shape_add(&s, &root);
    shape_add(&s, &weak);
    shape_add(&s, &middle);
    shape_add(&s, &cross);
    shape_leaf(&s, "Issuing", 2);
    pool = ask_in_any_order(&s, "a weak one and a longer one");
    tap_ok(answer.best.n == 4 && answer.best.weak.found == 0 && answer.good == 2,
           "the one without a weakness, and both are counted");
    scp_pool_free(pool);
    shape_gone(&s);
}

/* What spoils every path through a CA does not have to be found out path by path. */
static void test_narrow_mesh(void)
{
    static struct shape s;
    struct authority_spec narrow = ca("Gate", 50, "Node 12", 12, 600);
    struct scp_pool *pool;

    shape_mesh(&s, 12);
    narrow.fault = FAULT_NAME_CONSTRAINT;
    shape_add(&s, &narrow);
    OPENSSL_free(s.leaf);
    shape_leaf(&s, "Gate", 50);
    pool = ask_in_any_order(&s, "a gate before a mesh");
    tap_ok(answer.good == 0 && answer.stopped == NULL && answer.miss.path.fault == SCP_PATH_INVALID,
           "no path leads through a name constraint: known after %zu paths", answer.verified);
    scp_pool_free(pool);
    shape_gone(&s);
}

/* Leaf, A (by B), B (by A), A (by the root): OpenSSL would take it, but A is on it twice. */
static void test_twice(void)
{
    struct shape s = { .n = 0 };
    struct authority_spec root = ca("Root", 0, "Root", 0, 900), a = ca("A", 1, "Root", 0, 800), a_by_b = ca("A", 1, "B", 2, 700),
                          b_by_a = ca("B", 2, "A", 1, 600);
    struct scp_pool *pool;

    shape_add(&s, &root);
    shape_add(&s, &a);
    shape_add(&s, &a_by_b);
    shape_add(&s, &b_by_a);
    shape_leaf(&s, "A", 1);
    pool = ask_in_any_order(&s, "a detour");
    tap_ok(answer.good == 1 && !answer.more && answer.best.n == 3, "a detour back to the same CA is no path of its own: %zu",
           answer.good);
    scp_pool_free(pool);
    shape_gone(&s);
}

int main(void)
{
    test_twice();
    test_star(10);
    test_star(40);
    test_star(100);
    test_mesh(32);
    test_life(false);
    test_life(true);
    test_two_keys(true);
    test_two_keys(false);
    test_quality();
    test_narrow_mesh();
    authority_free();
    return tap_done();
}
