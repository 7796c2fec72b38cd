/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may have signed the lists beside a path: each once, the same ones in whatever order names and certificates come. */
#include "authority.h"
#include "chain/revocation.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 100, DAY = AUTHORITY_DAY, NAMES = 3 };

struct cert {
    uint8_t *der;
    size_t len;
};

struct scene {
    struct cert cert[MOST];
    size_t n;
};

static struct scp_path_answer answer;
static struct scp_chain_signers before, signers;

static void make(struct scene *s, const struct authority_spec *w)
{
    X509 *x = authority_issue(w);

    authority_encode(x, &s->cert[s->n].der, &s->cert[s->n].len);
    X509_free(x);
    s->n++;
}

enum { ROOT, CA, LEAF, PARTIES };

/* Beside a path of three: certificates of the CA's key, of its name and another key, of others that the root issued, for how long,
 * and of others that lead to no anchor. */
static const struct row {
    const char *what;
    unsigned renewed, twins, leading, lost;
    int64_t at;
    size_t others, namesakes;
    bool more;
} ROWS[] = {
    { "nobody else", 0, 0, 0, 0, 0, 0, 0, false },
    { "one of each", 1, 1, 1, 1, 0, 2, 1, false },
    { "the CA's key in three certificates", 3, 0, 0, 0, 0, 0, 3, false },
    { "one that is over then", 0, 0, 2, 0, 20 * DAY, 0, 0, false },
    { "one that leads nowhere", 0, 0, 0, 1, 0, 0, 0, false },
    { "as many as there is room for", 0, 0, 30, 0, 0, 30, 0, false },
    { "one too many", 0, 0, 31, 0, 0, 30, 0, true },
    { "far too many", 0, 0, 40, 0, 0, 30, 0, true },
    { "as many, and one of the CA's key", 1, 0, 30, 0, 0, 30, 0, true },
    { "nearly as many, and one of the CA's key", 1, 0, 29, 0, 0, 29, 1, false },
    { "the CA's key as often as there is room for", 30, 0, 0, 0, 0, 0, 30, false },
    { "the CA's key once too often", 31, 0, 0, 0, 0, 0, 30, true },
    { "the CA's key far too often", 40, 0, 0, 0, 0, 0, 30, true },
    { "as many lost ones as are looked at", 0, 0, 0, 32, 0, 0, 0, false },
    { "more lost ones than are looked at", 0, 0, 0, 33, 0, 0, 0, true },
};

static void make_scene(const struct row *r, struct scene *s)
{
    struct authority_spec w = { .subject = "Root", .issuer = "Root", .ca = true, .key_ids = true, .serial = 1 };
    unsigned key = 10;

    s->n = 0;
    make(s, &w);
    w.subject = "CA";
    w.key = 1;
    make(s, &w);
    make(s, &(struct authority_spec){ .subject = "Leaf", .issuer = "CA", .key = 2, .signer = 1, .key_ids = true, .serial = 9 });
    for (unsigned i = 0; i < r->renewed; i++) {
        w.serial = 100 + (long)i;
        make(s, &w);
    }
    for (unsigned i = 0; i < r->twins; i++) {
        w.key = key++;
        make(s, &w);
    }
    w.subject = "Lists";
    w.not_after = AUTHORITY_NOW + 10 * DAY;
    for (unsigned i = 0; i < r->leading; i++) {
        w.key = key++;
        make(s, &w);
    }
    w.issuer = "Nobody";
    w.signer = 3;
    for (unsigned i = 0; i < r->lost; i++) {
        w.key = key++;
        make(s, &w);
    }
}

/* In that order of names and certificates. */
static void ask(const struct scene *s, const struct row *r, bool reversed, bool again)
{
    const struct scp_path_query q = {
        .der = s->cert[LEAF].der, .len = s->cert[LEAF].len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW
    };
    struct scp_chain_path path = { &answer, &answer.best, AUTHORITY_NOW + r->at };
    struct scp_pool *pool = scp_pool_new();
    struct scp_issuer named[NAMES];
    struct scp_bytes name[2 * NAMES];
    size_t names = 0;

    for (size_t i = 0; i < s->n; i++) {
        const size_t at = reversed ? s->n - 1 - i : i;

        if (at != LEAF)
            authority_pool_add(pool, s->cert[at].der, s->cert[at].len, at == ROOT);
    }
    if (scp_path_find(pool, &q, &answer, NULL) != 0 || answer.best.n != PARTIES)
        tap_bail("no path");
    for (int i = 0; i < NAMES; i++) {
        const size_t of[NAMES] = { ROOT, CA, s->n - 1 };

        (void)scp_issuer_of(s->cert[of[i]].der, s->cert[of[i]].len, &named[i]);
    }
    for (int turn = 0; turn < (again ? 2 : 1); turn++) {
        for (int i = 0; i < NAMES; i++) {
            const struct scp_issuer *n = &named[reversed ? NAMES - 1 - i : i];

            name[names++] = (struct scp_bytes){ n->subject_der, n->subject_der_len };
        }
    }
    if (scp_chain_signers(pool, &path, name, names, &signers, NULL) != 0)
        tap_bail("no signers");
    scp_pool_free(pool);
}

static bool is_same_as_before(void)
{
    bool same = signers.n == before.n && signers.path == before.path && signers.others == before.others;

    for (size_t i = 0; i < signers.n && same; i++)
        same = signers.v[i].der_len == before.v[i].der_len && memcmp(signers.v[i].der, before.v[i].der, before.v[i].der_len) == 0;
    return same;
}

static void test_signers(void)
{
    static struct scene s;

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const struct row *r = &ROWS[i];

        make_scene(r, &s);
        ask(&s, r, false, false);
        before = signers;
        tap_is_int(2, (long long)signers.path, "%s: the path's own", r->what);
        tap_is_int((long long)r->others, (long long)signers.others, "%s: others", r->what);
        tap_is_int((long long)r->namesakes, (long long)(signers.n - signers.path - signers.others), "%s: of a key of the path",
                   r->what);
        tap_ok(signers.more == r->more, "%s: whether there are more", r->what);
        for (int order = 1; order < 4; order++) {
            ask(&s, r, order % 2 == 1, order > 1);
            tap_ok(is_same_as_before() && signers.more == r->more, "%s: the same, order %d", r->what, order);
        }
        for (size_t k = 0; k < s.n; k++)
            OPENSSL_free(s.cert[k].der);
    }
}

int main(void)
{
    test_signers();
    authority_free();
    return tap_done();
}
