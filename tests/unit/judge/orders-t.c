/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Revocation lists of one CA, and of two others that may list its certificates, which differ in one thing each: every order of
 * each two and three of them says the same, beside a path and by themselves; and what one of them has as revoked is never good.
 */
#include "chain/path.h"
#include "chain/revocation.h"
#include "judge/crl_path.h"
#include "judge/crl_set.h"
#include "tap.h"
#include "unit/chain/authority.h"
#include "unit/codec/revocation/crlgen.h"

#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINT "http://crl.example/ca.crl"

enum party { ROOT, CA, TWIN, LISTS, OTHER_LISTS, LEAF, PARTIES };
static const char *const NAME[PARTIES] = { "Root", "CA", "CA", "Lists", "Other lists", "Leaf" };
static const uint8_t LEAF_SERIAL[] = { 0x51 };
enum { PATH = 2, MOST = 4, NONE = -1, HOLD = 6, REMOVE = 8, REVOKED = 1 };

/* --- Certificates: of the leaf's points one is the CA's, one each of somebody else --- */

static struct {
    uint8_t *der;
    size_t len;
} certificate[PARTIES];

static void put_point(struct bytes *out, const char *lister)
{
    size_t from = out->n;

    der_put(out, 0x86, POINT, strlen(POINT));
    for (int wraps = 0; wraps < 2; wraps++)
        der_wrap(out, from, 0xA0);
    if (lister != NULL) {
        size_t name = out->n;

        put_name(out, lister);
        der_wrap(out, name, 0xA4);
        der_wrap(out, name, 0xA2);
    }
    der_wrap(out, from, 0x30);
}

static const char *points(void)
{
    static char hex[1024] = "DER:";
    struct bytes b = { 0 };
    size_t n = strlen(hex);

    put_point(&b, NULL);
    put_point(&b, NAME[LISTS]);
    put_point(&b, NAME[OTHER_LISTS]);
    der_wrap(&b, 0, 0x30);
    for (size_t i = 0; i < b.n && n + 3 < sizeof hex; i++)
        n += (size_t)snprintf(hex + n, sizeof hex - n, "%02X", b.p[i]);
    bytes_free(&b);
    return hex;
}

static void make_certificates(void)
{
    for (int who = ROOT; who < PARTIES; who++) {
        struct authority_spec w = { .subject = NAME[who],
                                    .issuer = who == LEAF ? "CA" : "Root",
                                    .key = (unsigned)who,
                                    .signer = who == LEAF ? CA : ROOT,
                                    .ca = who <= TWIN,
                                    .key_ids = true,
                                    .serial = who == LEAF ? LEAF_SERIAL[0] : 1 + who };

        if (who == LISTS || who == OTHER_LISTS)
            w.more[0].nid = NID_key_usage, w.more[0].value = "critical,cRLSign";
        if (who == LEAF) {
            w.more[0].nid = NID_crl_distribution_points, w.more[0].value = points();
            w.more[1].nid = NID_freshest_crl, w.more[1].value = "URI:" POINT;
        }
        X509 *x = authority_issue(&w);
        authority_encode(x, &certificate[who].der, &certificate[who].len);
        X509_free(x);
    }
}

/* --- Lists --- */

enum tells { TELLS_GOOD, TELLS_REVOKED, TELLS_NOTHING };

struct variant {
    const char *what;
    enum tells tells;       /* of the leaf beside a path, with the root's list alone */
    enum scp_reason reason; /* … and by itself */
    enum party by;
    int number; /* from the usual one; NONE: without one */
    int entry;  /* of the leaf's entry; 0: none */
    const char *entry_issuer;
    enum { TODAY, YESTERDAY, OVER } dates;
    struct idp point;
    bool delta, critical, forged, microsofts;
    bool never_good; /* where it is, the leaf is not good, whatever stands beside it */
    bool apart;      /* is tried beside those of its kind alone */
    bool pairs;      /* is tried beside one other list, and beside two only where all are */
};

enum { USUAL = 10, LATER = 11 };

static const struct variant VARIANT[] = {
    { .what = "usual", .tells = TELLS_GOOD, .reason = SCP_REASON_OK, .by = CA, .number = USUAL },
    { .what = "revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .never_good = true },
    { .what = "on hold", .tells = TELLS_REVOKED, .reason = SCP_REASON_REVOKED, .by = CA, .number = USUAL, .entry = HOLD },
    { .what = "removed from a whole list",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_PARSE,
      .by = CA,
      .number = USUAL,
      .entry = REMOVE,
      .pairs = true },
    { .what = "an entry's issuer, not indirect",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .entry_issuer = "CA",
      .never_good = true },
    { .what = "an entry's issuer, indirect",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .entry_issuer = "CA",
      .point = { .indirect = true },
      .never_good = true },
    { .what = "an entry of another issuer",
      .tells = TELLS_GOOD,
      .reason = SCP_REASON_TYPE,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .entry_issuer = "Root",
      .pairs = true },
    { .what = "a critical entry",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_PARSE,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .critical = true,
      .pairs = true },
    { .what = "of a point, revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .point = { .uri = POINT },
      .never_good = true,
      .pairs = true },
    { .what = "a delta", .tells = TELLS_NOTHING, .reason = SCP_REASON_TYPE, .by = CA, .number = LATER, .delta = true },
    { .what = "a delta, removed",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_TYPE,
      .by = CA,
      .number = LATER,
      .delta = true,
      .entry = REMOVE },
    { .what = "a delta, revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = CA,
      .number = LATER,
      .delta = true,
      .entry = REVOKED,
      .never_good = true },
    { .what = "by another key", .tells = TELLS_GOOD, .reason = SCP_REASON_ISSUER, .by = TWIN, .number = USUAL, .pairs = true },
    { .what = "by another key, Microsoft's",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_ISSUER,
      .by = TWIN,
      .number = USUAL,
      .microsofts = true,
      .pairs = true },
    { .what = "Microsoft's",
      .tells = TELLS_GOOD,
      .reason = SCP_REASON_OK,
      .by = CA,
      .number = USUAL,
      .microsofts = true,
      .pairs = true },
    { .what = "by another key, revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = TWIN,
      .number = USUAL,
      .entry = REVOKED,
      .never_good = true,
      .pairs = true },
    { .what = "over, later by number, revoked",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_EXPIRED,
      .by = CA,
      .number = LATER,
      .entry = REVOKED,
      .dates = OVER,
      .pairs = true },
    { .what = "earlier, later by number",
      .tells = TELLS_GOOD,
      .reason = SCP_REASON_OK,
      .by = CA,
      .number = LATER,
      .dates = YESTERDAY },
    { .what = "earlier, without a number, revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_REVOKED,
      .by = CA,
      .number = NONE,
      .dates = YESTERDAY,
      .entry = REVOKED },
    { .what = "forged, revoked",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_SIGNATURE,
      .by = CA,
      .number = USUAL,
      .entry = REVOKED,
      .forged = true,
      .pairs = true },
    { .what = "by another, indirect",
      .tells = TELLS_GOOD,
      .reason = SCP_REASON_ISSUER,
      .by = LISTS,
      .number = USUAL,
      .point = { .uri = POINT, .indirect = true },
      .pairs = true },
    { .what = "by another, indirect, revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_ISSUER,
      .by = LISTS,
      .number = USUAL,
      .entry = REVOKED,
      .entry_issuer = "CA",
      .point = { .uri = POINT, .indirect = true },
      .pairs = true },
    { .what = "by a third, indirect, revoked",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_ISSUER,
      .by = OTHER_LISTS,
      .number = USUAL,
      .entry = REVOKED,
      .entry_issuer = "CA",
      .point = { .uri = POINT, .indirect = true },
      .pairs = true },
    { .what = "by another, on hold",
      .tells = TELLS_REVOKED,
      .reason = SCP_REASON_ISSUER,
      .by = LISTS,
      .number = USUAL,
      .entry = HOLD,
      .entry_issuer = "CA",
      .point = { .uri = POINT, .indirect = true },
      .apart = true },
    { .what = "by another, a delta, removed",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_ISSUER,
      .by = LISTS,
      .number = LATER,
      .entry = REMOVE,
      .entry_issuer = "CA",
      .point = { .uri = POINT, .indirect = true },
      .delta = true,
      .apart = true },
    { .what = "by another, a delta",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_ISSUER,
      .by = LISTS,
      .number = LATER,
      .point = { .uri = POINT, .indirect = true },
      .delta = true,
      .apart = true },
    { .what = "by another, a delta, revoked",
      .tells = TELLS_NOTHING,
      .reason = SCP_REASON_ISSUER,
      .by = LISTS,
      .number = LATER,
      .entry = REVOKED,
      .entry_issuer = "CA",
      .point = { .uri = POINT, .indirect = true },
      .delta = true,
      .apart = true },
};
enum { VARIANTS = sizeof VARIANT / sizeof VARIANT[0] };
enum { ROOTS = VARIANTS }; /* the root's own list, which tells of the others' certificates */

struct list {
    struct bytes der, name;
};
static struct list made[VARIANTS + 1];

static void put_integer(struct bytes *out, const char *oid, int critical, int value)
{
    const uint8_t der[3] = { 2, 1, (uint8_t)value };

    put_extension(out, oid, critical, der, sizeof der);
}

static void put_key_id(struct bytes *out, enum party signer)
{
    unsigned char *der = NULL, id[EVP_MAX_MD_SIZE];
    int len = i2d_PUBKEY(authority_key((unsigned)signer), &der);
    struct bytes value = { 0 };
    unsigned n;

    if (len <= 0 || EVP_Digest(der, (size_t)len, id, &n, EVP_sha1(), NULL) != 1)
        tap_bail("no key identifier");
    OPENSSL_free(der);
    der_put(&value, 0x80, id, n);
    der_wrap(&value, 0, 0x30);
    put_extension(out, "2.5.29.35", -1, value.p, value.n);
    bytes_free(&value);
}

static void add_entry(struct gen *g, const struct variant *v)
{
    struct gen_entry *e = gen_add_entry(g, LEAF_SERIAL, sizeof LEAF_SERIAL);
    struct bytes name = { 0 };

    e->has_extensions = true;
    put_reason(&e->extensions, (uint8_t)v->entry);
    if (v->critical)
        put_extension(&e->extensions, "1.3.6.1.4.1.99999.7", 0xFF, "\5\0", 2);
    if (v->entry_issuer != NULL) {
        put_name(&name, v->entry_issuer);
        der_wrap(&name, 0, 0xA4);
        der_wrap(&name, 0, 0x30);
        put_extension(&e->extensions, "2.5.29.29", 0xFF, name.p, name.n);
        bytes_free(&name);
    }
}

static void make_list(const struct variant *v, struct list *l)
{
    static const char *const THIS[] = { "261122120000Z", "261121120000Z", "261122120000Z" };
    struct gen g;

    gen_defaults(&g, authority_key((unsigned)v->by));
    g.algorithm = g.outer = GEN_ECDSA_SHA256;
    g.issuer = NAME[v->by];
    g.this_update = THIS[v->dates];
    g.next_update = v->dates == OVER ? "261123110000Z" : "261130120000Z";
    g.has_extensions = true;
    g.extensions.n = 0;
    if (v->microsofts)
        put_integer(&g.extensions, "1.3.6.1.4.1.311.21.1", -1, 0);
    put_key_id(&g.extensions, v->by);
    if (v->number != NONE)
        put_integer(&g.extensions, "2.5.29.20", -1, v->number);
    if (v->delta)
        put_integer(&g.extensions, "2.5.29.27", 0xFF, USUAL);
    if (v->point.uri != NULL || v->point.indirect)
        put_idp(&g.extensions, &v->point);
    if (v->entry != 0)
        add_entry(&g, v);
    gen_list(&g, &l->der);
    if (v->forged)
        l->der.p[l->der.n - 1] ^= 1;
    put_name(&l->name, g.issuer);
    gen_free(&g);
}

static void make_lists(void)
{
    const struct variant roots = { .what = "the root's", .by = ROOT, .number = USUAL };

    for (size_t i = 0; i < VARIANTS; i++)
        make_list(&VARIANT[i], &made[i]);
    make_list(&roots, &made[ROOTS]);
}

/* --- Beside a path --- */

/* Lists by their numbers, in the order in which they are given. */
struct set {
    size_t v[MOST], n;
};

struct verdict {
    bool good; /* … beside the path */
    struct {
        bool covered, revoked, lifted, astray, alone;
    } told[PATH];
    enum scp_reason reason; /* of the lists by themselves */
    enum scp_serial_status status;
    bool unknown, warned;
};

static struct scp_pool *pool;
static struct scp_path_answer answer;
static struct scp_revocable revocable[PATH];

static void find_path(void)
{
    const struct scp_path_query q = {
        .der = certificate[LEAF].der, .len = certificate[LEAF].len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW
    };

    pool = scp_pool_new();
    for (int who = ROOT; who < LEAF; who++)
        authority_pool_add(pool, certificate[who].der, certificate[who].len, who == ROOT);
    if (scp_path_find(pool, &q, &answer, NULL) != 0 || answer.good == 0 || answer.best.n != PATH + 1)
        tap_bail("no path");
    for (size_t i = 0; i < PATH; i++) {
        const struct scp_pool_cert *c = scp_path_cert(&answer, &answer.best, i);

        if (scp_revocable_parse(c->der, c->len, &revocable[i], NULL) != 0)
            tap_bail("a certificate of our own");
    }
}

static void judge_path(const struct set *s, struct verdict *out)
{
    static struct scp_chain_signers signers;
    static struct scp_chain_told told[SCP_PATH_DEPTH_MAX];
    const struct scp_chain_path path = { &answer, &answer.best, AUTHORITY_NOW };
    struct scp_crl_path q = { .certificate = revocable, .certificates = PATH, .now = AUTHORITY_NOW };
    struct scp_crl_path_list list[MOST] = { { 0 } };
    struct scp_crl_path_word word[SCP_PATH_DEPTH_MAX] = { { 0 } };
    struct scp_chain_crls *crls = scp_chain_crls_new();
    struct scp_bytes name[MOST];
    bool use[MOST];

    for (size_t i = 0; i < s->n; i++) {
        const struct list *l = &made[s->v[i]];

        list[i] = (struct scp_crl_path_list){ .der = l->der.p, .len = l->der.n, .issuer = l->name.p, .issuer_len = l->name.n };
        name[i] = (struct scp_bytes){ l->name.p, l->name.n };
        if (scp_chain_crls_add(crls, l->der.p, l->der.n, NULL) != 1)
            tap_bail("a list of our own");
    }
    if (scp_chain_signers(pool, &path, name, s->n, &signers, NULL) != 0)
        tap_bail("no signers");
    q.signer = signers.v;
    q.signers = signers.n;
    if (scp_crl_path_judge(&q, list, s->n, word, NULL) != 0)
        tap_bail("not judged");
    for (size_t i = 0; i < s->n; i++)
        use[i] = list[i].usable && !list[i].superseded;
    if (scp_chain_crls_verify(crls, use, &path, &signers, told, NULL) != 0)
        tap_bail("not verified");
    out->good = true;
    for (size_t i = 0; i < PATH; i++) {
        out->told[i].covered = told[i].covered;
        out->told[i].revoked = told[i].revoked || (word[i].revoked && !word[i].lifted);
        out->told[i].lifted = word[i].revoked && word[i].lifted;
        out->told[i].astray = word[i].astray;
        out->told[i].alone = word[i].good;
        out->good = out->good && out->told[i].covered && !out->told[i].revoked && !out->told[i].astray;
    }
    scp_chain_crls_free(crls);
}

/* --- By themselves --- */

static void judge_set(const struct set *s, struct verdict *out)
{
    struct scp_issuer issuer[2];
    const struct scp_crl_context c = {
        .now = AUTHORITY_NOW, .issuer = issuer, .issuers = 2, .certificate = &revocable[0], .serial_asked = true
    };
    struct scp_crl_set set = { .v = NULL };
    struct scp_judgement j;

    for (int i = 0; i < 2; i++)
        (void)scp_issuer_of(certificate[CA + i].der, certificate[CA + i].len, &issuer[i]);
    for (size_t i = 0; i < s->n; i++) {
        const struct bytes *der = &made[s->v[i]].der;
        struct scp_crl_reader *r = scp_crl_judge_reader_new(issuer, 2, &revocable[0].serial, 1, NULL);

        (void)scp_crl_reader_feed(r, der->p, der->n, NULL);
        if (scp_crl_set_take(&set, r, NULL) != 0)
            tap_bail("a list of our own");
        scp_crl_reader_free(r);
    }
    (void)scp_crl_set_judge(&set, &c, &j);
    out->reason = j.reason;
    out->status = j.serial_status;
    out->unknown = j.unknown;
    for (size_t i = 0; i < j.notes; i++)
        out->warned = out->warned || j.note[i].weight == SCP_NOTE_WARNING;
    scp_crl_set_free(&set);
}

static void judge(const struct set *s, struct verdict *out)
{
    memset(out, 0, sizeof *out);
    judge_path(s, out);
    judge_set(s, out);
}

/* --- Orders --- */

static const char *names_of(const struct set *s)
{
    static char text[512];
    size_t n = 0;

    for (size_t i = 0; i < s->n && n < sizeof text; i++) {
        if (s->v[i] != ROOTS)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n > 0 ? " + " : "", VARIANT[s->v[i]].what);
    }
    return text;
}

static bool is_same(const struct set *s, const struct verdict *one)
{
    struct verdict other;

    judge(s, &other);
    if (memcmp(one, &other, sizeof other) == 0)
        return true;
    tap_ok(0, "another order: %s", names_of(s));
    tap_diag("good %d %d, reason %d %d, covered %d %d, revoked %d %d, lifted %d %d, astray %d %d", one->good, other.good,
             (int)one->reason, (int)other.reason, one->told[0].covered, other.told[0].covered, one->told[0].revoked,
             other.told[0].revoked, one->told[0].lifted, other.told[0].lifted, one->told[0].astray, other.told[0].astray);
    return false;
}

/* Every order of what stands from `from` on, until one says something else; the root's list stays behind them. */
static bool each_order(struct set *s, size_t from, const struct verdict *one)
{
    const size_t end = s->n - 1;
    bool same = from + 1 < end || is_same(s, one);

    for (size_t i = from; from + 1 < end && i < end && same; i++) {
        const size_t first = s->v[from], other = s->v[i];

        s->v[from] = other;
        s->v[i] = first;
        same = each_order(s, from + 1, one);
        s->v[i] = other;
        s->v[from] = first;
    }
    return same;
}

static bool has(const struct set *s, const char *what)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i] != ROOTS && strcmp(VARIANT[s->v[i]].what, what) == 0)
            return true;
    }
    return false;
}

static bool is_never_good(const struct set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i] != ROOTS && VARIANT[s->v[i]].never_good)
            return true;
    }
    return false;
}

/* What is on hold is lifted by the only list of changes; of two who may list it alone each may revoke it. */
static bool is_bad_beside_path(const struct set *s)
{
    return is_never_good(s) || (has(s, "on hold") && (!has(s, "a delta, removed") || has(s, "a delta"))) ||
           (s->n == 3 && has(s, "by another, indirect") && has(s, "by a third, indirect, revoked")) ||
           (s->n == 3 && has(s, "by another, indirect") && has(s, "by another, indirect, revoked"));
}

static void try_set(struct set *s)
{
    struct verdict one;

    judge(s, &one);
    if (one.good && is_bad_beside_path(s))
        tap_ok(0, "good beside a path, and revoked: %s", names_of(s));
    if (one.reason == SCP_REASON_OK && (is_never_good(s) || has(s, "on hold")))
        tap_ok(0, "good by themselves, and revoked: %s", names_of(s));
    (void)each_order(s, 0, &one);
}

static void test_alone(void)
{
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct variant *v = &VARIANT[i];
        struct verdict is;

        judge(&(struct set){ { i, ROOTS }, 2 }, &is);
        tap_is_int(v->tells, is.good ? TELLS_GOOD : is.told[0].revoked ? TELLS_REVOKED : TELLS_NOTHING, "alone: %s", v->what);
        tap_is_int(v->reason, is.reason, "alone: %s, its reason", v->what);
        tap_ok(is.told[0].alone == (v->reason == SCP_REASON_OK), "alone: %s, good by itself", v->what);
        tap_ok(is.told[1].covered && !is.told[1].revoked, "alone: %s, the CA is told by the root", v->what);
    }
}

/* What OpenSSL has against the path itself is against the certificate that is at fault. */
static void test_refused(void)
{
    static struct scp_chain_told told[SCP_PATH_DEPTH_MAX];
    const struct scp_chain_path late = { &answer, &answer.best, AUTHORITY_NOW + 9999 * (int64_t)AUTHORITY_DAY };
    struct scp_chain_signers nobody = { .n = 0 };
    struct scp_chain_crls *crls = scp_chain_crls_new();

    if (scp_chain_crls_verify(crls, NULL, &late, &nobody, told, NULL) != 0)
        tap_bail("not verified");
    tap_ok(!told[PATH].covered && told[PATH].why != NULL, "the root is over");
    tap_is_text("certificate has expired", told[PATH].why, "which is why");
    scp_chain_crls_free(crls);
}

static void test_orders(bool all)
{
    for (size_t i = 0; i < VARIANTS && !VARIANT[i].apart; i++) {
        for (size_t k = i + 1; k < VARIANTS && !VARIANT[k].apart; k++) {
            struct set pair = { { i, k, ROOTS }, 3 };

            try_set(&pair);
            for (size_t l = k + 1; l < VARIANTS && !VARIANT[l].apart; l++) {
                if (!all && (VARIANT[i].pairs || VARIANT[k].pairs || VARIANT[l].pairs))
                    continue;

                struct set three = { { i, k, l, ROOTS }, 4 };

                try_set(&three);
            }
        }
    }
    tap_ok(1, "every order was tried");
}

/* What somebody else has on hold, and deltas of his: each that OpenSSL may take is heard. */
static void test_others_deltas(void)
{
    enum { HELD = VARIANTS - 4, REMOVAL, SILENT, REVOKING };
    static const struct {
        struct set set;
        bool good;
    } ROWS[] = {
        { { { HELD, REMOVAL, ROOTS }, 3 }, true },          { { { HELD, SILENT, ROOTS }, 3 }, false },
        { { { HELD, REMOVAL, SILENT, ROOTS }, 4 }, false }, { { { HELD, REMOVAL, REVOKING, ROOTS }, 4 }, false },
        { { { 0, HELD, REMOVAL, ROOTS }, 4 }, true },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct set s = ROWS[i].set;
        struct verdict one;

        judge(&s, &one);
        tap_ok(one.good == ROWS[i].good, "%s", names_of(&s));
        tap_ok(each_order(&s, 0, &one), "in each order");
    }
}

int main(int argc, char **argv)
{
    make_certificates();
    make_lists();
    find_path();
    (void)argv;
    test_alone();
    test_refused();
    test_others_deltas();
    test_orders(argc > 1);
    for (size_t i = 0; i < PATH; i++)
        scp_revocable_free(&revocable[i]);
    scp_pool_free(pool);
    for (size_t i = 0; i <= ROOTS; i++) {
        bytes_free(&made[i].der);
        bytes_free(&made[i].name);
    }
    for (int who = ROOT; who < PARTIES; who++)
        OPENSSL_free(certificate[who].der);
    authority_free();
    return tap_done();
}
