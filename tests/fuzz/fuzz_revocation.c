/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Revocation lists beside a path of three: a CA, perhaps renewed, with a twin of its name and another key, and somebody who signs
 * lists alone.  The input chooses certificates and up to five lists: whole, deltas, of a scope, of some signer, with entries, in
 * force or not.  What is true of each list is known from how it was made:
 *   - a certificate that the newest list revokes is not good, whatever the others say;
 *   - without a list in force that the issuing key signed, it is not good;
 *   - one usual list without it is enough;
 *   - what a single list proves to us it proves to X509_verify_cert();
 *   - in which order they come, and whether in one file of PEM or by themselves, changes nothing.
 */
#include "fuzz.h"

#include "../unit/chain/authority.h"
#include "chain/host.h"
#include "chain/path.h"
#include "chain/revocation.h"
#include "judge/crl_path.h"
#include "judge/crl_set.h"
#include "tap.h"
#include "unit/codec/revocation/crlgen.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINT "http://crl.example/ca.crl"

enum party { ROOT, CA, RENEWED, TWIN, SIGNER, LEAF, PARTIES };
enum { VARIANTS = 6, LISTS = 5, TEXT = 1 << 16 };

struct cert {
    X509 *x;
    uint8_t *der;
    size_t len;
    struct scp_issuer issuer;
};

struct list {
    struct bytes der, name;
    bool right;    /* the issuing CA's, with its key and its signature */
    bool in_force; /* by its dates */
    bool usual;    /* whole, of no scope */
    bool revokes;  /* the leaf, for good or bad */
    bool mentions; /* … or says something else of it */
    unsigned number, day;
};

struct world {
    const struct cert *party[PARTIES]; /* NULL: not there */
    bool sound;                        /* nothing is wrong with the certificates */
    struct list list[LISTS];
    size_t lists;
};

/* --- Certificates, each made once --- */

static struct authority_spec spec_of(enum party who, unsigned variant)
{
    static const enum authority_fault FAULT[VARIANTS] = { FAULT_NONE,    FAULT_NONE,     FAULT_SHA1,
                                                          FAULT_EXPIRED, FAULT_CRITICAL, FAULT_PATHLEN_0 };
    static const char *const NAME[PARTIES] = { "Root", "CA", "CA", "CA", "Lists", "Leaf" };
    const bool below_ca = who == LEAF || (who == SIGNER && variant == 1);
    struct authority_spec w = { .subject = NAME[who],
                                .issuer = below_ca ? "CA" : "Root",
                                .key = who == RENEWED ? CA : (unsigned)who,
                                .signer = below_ca ? CA : ROOT,
                                .ca = who < SIGNER || (who == SIGNER && variant == 2),
                                .key_ids = variant != 1,
                                .serial = who == LEAF ? 0xA1 : 1 + (long)who };

    if (who != LEAF && who != SIGNER)
        w.fault = FAULT[variant];
    if (who == SIGNER && variant != 2)
        w.more[0].nid = NID_key_usage, w.more[0].value = "critical,cRLSign";
    if (who == LEAF && variant > 1)
        w.more[0].nid = NID_crl_distribution_points, w.more[0].value = "URI:" POINT;
    if (who == LEAF && variant > 3)
        w.more[1].nid = NID_freshest_crl, w.more[1].value = "URI:" POINT;
    return w;
}

static const struct cert *certificate(enum party who, unsigned variant)
{
    static struct cert made[PARTIES][VARIANTS];
    struct cert *c = &made[who][variant];
    struct authority_spec w = spec_of(who, variant);

    if (c->x == NULL) {
        c->x = authority_issue(&w);
        authority_encode(c->x, &c->der, &c->len);
        if (!scp_issuer_of(c->der, c->len, &c->issuer))
            tap_bail("a certificate of our own");
    }
    return c;
}

/* Mostly there, and mostly as usual. */
static void choose_parties(struct fuzz_bytes *b, struct world *w)
{
    w->sound = true;
    for (int who = ROOT; who < PARTIES; who++) {
        const unsigned byte = fuzz_byte(b), variant = byte < 160 ? 0 : byte % VARIANTS;
        const bool optional = who == RENEWED || who == TWIN || who == SIGNER;

        if (!optional || byte % 2 == 0)
            w->party[who] = certificate((enum party)who, variant);
        w->sound = w->sound && (variant < 2 || optional || who == LEAF);
    }
}

/* --- Lists --- */

static void put_key_id(struct bytes *out, enum party signer)
{
    unsigned char *der = NULL, id[EVP_MAX_MD_SIZE];
    int len = i2d_PUBKEY(authority_key(signer), &der);
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

static void put_integer(struct bytes *out, const char *oid, int critical, uint8_t value)
{
    const uint8_t der[3] = { 2, 1, value }, with_zero[4] = { 2, 2, 0, value };

    if (value < 128)
        put_extension(out, oid, critical, der, sizeof der);
    else
        put_extension(out, oid, critical, with_zero, sizeof with_zero);
}

static void put_freshest(struct bytes *out)
{
    struct bytes value = { 0 };

    der_put(&value, 0x86, POINT, strlen(POINT));
    for (int wraps = 0; wraps < 2; wraps++)
        der_wrap(&value, 0, 0xA0);
    der_wrap(&value, 0, 0x30);
    der_wrap(&value, 0, 0x30);
    put_extension(out, "2.5.29.46", -1, value.p, value.n);
    bytes_free(&value);
}

static void scope(struct fuzz_bytes *b, struct gen *g, struct list *l)
{
    static const struct idp IDP[] = { { .uri = POINT },
                                      { .uri = "http://other.example/" },
                                      { .user = true },
                                      { .ca = true },
                                      { .reasons = true },
                                      { .indirect = true },
                                      { .uri = POINT, .second_uri = "http://second.example/" },
                                      { .attribute = true } };
    const unsigned byte = fuzz_byte(b);

    if (byte >= 160) {
        put_idp(&g->extensions, &IDP[byte % (sizeof IDP / sizeof IDP[0])]);
        l->usual = false;
    }
}

static const uint8_t LEAF_SERIAL[] = { 0, 0xA1 }, CA_SERIAL[] = { 1 + CA };

static void add_entry(struct gen *g, const uint8_t *serial, size_t n, unsigned reason, bool foreign)
{
    struct gen_entry *e = gen_add_entry(g, serial, n);
    struct bytes name = { 0 };

    if (reason != 0 || foreign)
        e->has_extensions = true;
    if (reason != 0)
        put_reason(&e->extensions, (uint8_t)reason);
    if (foreign) {
        put_name(&name, "CA");
        der_wrap(&name, 0, 0xA4);
        der_wrap(&name, 0, 0x30);
        put_extension(&e->extensions, "2.5.29.29", 0xFF, name.p, name.n);
        bytes_free(&name);
    }
}

static void entries(struct fuzz_bytes *b, struct gen *g, struct list *l)
{
    enum { HOLD = 6, REMOVE = 8 };
    static const unsigned REASON[] = { 0, 1, HOLD, REMOVE };
    const unsigned leaf = fuzz_below(b, 16), ca = fuzz_byte(b);

    if (leaf >= 8) {
        const unsigned reason = REASON[leaf % 4];

        add_entry(g, LEAF_SERIAL, sizeof LEAF_SERIAL, reason, leaf >= 14);
        l->revokes = reason != REMOVE;
        l->mentions = true;
    }
    if (ca >= 200)
        add_entry(g, CA_SERIAL, sizeof CA_SERIAL, ca % 2, false);
}

static void dates(struct fuzz_bytes *b, struct gen *g, struct list *l)
{
    static const char *const THIS[] = { "261119120000Z", "261120120000Z", "261122120000Z", "261123110000Z", "261125120000Z" };
    static const char *const NEXT[] = { "261130120000Z", "261124120000Z", "270601120000Z",  "261123110000Z", NULL,
                                        "281201000000Z", "350101000000Z", "99991231235959Z" };

    l->day = fuzz_below(b, 5);
    g->this_update = THIS[l->day];
    g->next_update = NEXT[fuzz_below(b, 8)];
    l->in_force = l->day < 4 && g->next_update != NULL && strcmp(g->next_update, NEXT[3]) != 0;
}

/* Whose name it bears, and whose key signs it. */
static enum party signer_of(struct fuzz_bytes *b, struct gen *g, struct list *l)
{
    static const struct {
        const char *name;
        enum party key;
    } BY[] = { { "CA", CA },     { "CA", TWIN },  { "Root", ROOT },    { "Lists", SIGNER },
               { "CA", SIGNER }, { "Lists", CA }, { "Nobody", SIGNER } };
    const unsigned byte = fuzz_byte(b), which = byte < 160 ? 0 : byte == 255 ? 6 : byte % 6;

    g->issuer = BY[which].name;
    g->key = authority_key(BY[which].key);
    l->right = which == 0;
    put_name(&l->name, g->issuer);
    return BY[which].key;
}

static void make_list(struct fuzz_bytes *b, struct list *l)
{
    const unsigned extras = fuzz_byte(b);
    enum party signer;
    struct gen g;

    gen_defaults(&g, authority_key(CA));
    g.algorithm = g.outer = GEN_ECDSA_SHA256;
    g.extensions.n = 0;
    g.has_extensions = true;
    l->usual = true;
    signer = signer_of(b, &g, l);
    dates(b, &g, l);
    l->number = fuzz_below(b, 8) + ((extras & 128) != 0 ? 199 : 0);
    if ((extras & 192) == 192) {
        g.algorithm = g.outer = GEN_ECDSA_SHA1;
        l->usual = false;
    }
    if ((extras & 1) == 0)
        put_integer(&g.extensions, "2.5.29.20", -1, (uint8_t)(1 + l->number));
    if ((extras & 6) == 6) {
        put_integer(&g.extensions, "2.5.29.27", 0xFF, (uint8_t)fuzz_below(b, 8));
        l->usual = false;
    }
    if ((extras & 8) != 0)
        put_key_id(&g.extensions, signer);
    if ((extras & 48) == 48)
        put_integer(&g.extensions, "1.3.6.1.4.1.311.21.1", -1, 0);
    if ((extras & 64) != 0)
        put_freshest(&g.extensions);
    scope(b, &g, l);
    entries(b, &g, l);
    gen_list(&g, &l->der);
    if (fuzz_byte(b) >= 240) {
        l->der.p[l->der.n - 1] ^= 1;
        l->right = false;
    }
    gen_free(&g);
}

static void make_world(struct fuzz_bytes *b, struct world *w)
{
    choose_parties(b, w);
    w->lists = fuzz_below(b, LISTS + 1);
    for (size_t i = 0; i < w->lists; i++)
        make_list(b, &w->list[i]);
}

static void end_world(struct world *w)
{
    for (size_t i = 0; i < w->lists; i++) {
        bytes_free(&w->list[i].der);
        bytes_free(&w->list[i].name);
    }
}

/* --- What is true --- */

static bool speaks(const struct list *l)
{
    return l->right && l->in_force;
}

/* Nothing that is newer, by number or date, and nothing else that mentions the leaf: what this one has is so. */
static bool is_last_word(const struct world *w, const struct list *l)
{
    if (!speaks(l) || !l->revokes)
        return false;
    for (size_t i = 0; i < w->lists; i++) {
        const struct list *other = &w->list[i];

        if (other != l && (other->number >= l->number || other->day >= l->day || other->mentions))
            return false;
    }
    return true;
}

static bool cannot_be_good(const struct world *w)
{
    bool any = false;

    for (size_t i = 0; i < w->lists; i++) {
        if (is_last_word(w, &w->list[i]))
            return true;
        any = any || speaks(&w->list[i]);
    }
    return !any;
}

static bool must_be_good(const struct world *w)
{
    const struct list *l = &w->list[0];

    return w->sound && w->lists == 1 && speaks(l) && l->usual && !l->mentions && w->party[TWIN] == NULL &&
           w->party[RENEWED] == NULL;
}

/* --- The lists beside the path --- */

struct verdict {
    bool told, covered[2] /* and revoked by none that counts */, revoked[2], good[2], usable[LISTS], superseded[LISTS];
};

static bool fill(struct scp_pool *pool, const struct world *w)
{
    for (int who = ROOT; who < LEAF; who++) {
        const struct cert *c = w->party[who];
        struct scp_pool_cert p = { .root = who == ROOT, .rule = SCP_POOL_RULE_NONE };

        if (c == NULL)
            continue;
        p.der = c->der;
        p.len = c->len;
        if (scp_certificate_sha1(c->der, c->len, p.sha1, NULL) != 0 || scp_pool_add(pool, &p, NULL) != 0)
            return false;
    }
    return true;
}

static size_t place(const struct world *w, size_t i, bool reversed)
{
    return reversed ? w->lists - 1 - i : i;
}

static int judge_path(const struct world *w, struct scp_pool *pool, const struct scp_chain_path *path, bool reversed,
                      struct verdict *out)
{
    static struct scp_chain_told told[SCP_PATH_DEPTH_MAX];
    static struct scp_chain_signers signers;
    struct scp_crl_path_list list[LISTS] = { 0 };
    struct scp_crl_path_word word[SCP_PATH_DEPTH_MAX] = { 0 };
    struct scp_revocable certificate[2] = { 0 };
    struct scp_bytes name[LISTS];
    struct scp_chain_crls *crls = scp_chain_crls_new();
    struct scp_crl_path q = { .certificate = certificate, .certificates = 2, .now = path->at };
    struct scp_err err = SCP_ERR_INIT;
    bool use[LISTS] = { false };
    int rc = crls != NULL ? 0 : -1;

    for (size_t i = 0; i < w->lists && rc == 0; i++) {
        const struct list *l = &w->list[place(w, i, reversed)];

        list[i] = (struct scp_crl_path_list){ .der = l->der.p, .len = l->der.n, .issuer = l->name.p, .issuer_len = l->name.n };
        name[i] = (struct scp_bytes){ l->name.p, l->name.n };
        rc = scp_chain_crls_add(crls, l->der.p, l->der.n, &err) >= 0 ? 0 : -1;
    }
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        const struct scp_pool_cert *c = scp_path_cert(path->a, path->p, i);

        rc = scp_revocable_parse(c->der, c->len, &certificate[i], &err);
    }
    if (rc == 0)
        rc = scp_chain_signers(pool, path, name, w->lists, &signers, &err);
    q.signer = signers.v;
    q.signers = signers.n;
    if (rc == 0)
        rc = scp_crl_path_judge(&q, list, w->lists, word, &err);
    for (size_t i = 0; i < w->lists; i++) {
        const size_t at = place(w, i, reversed);

        use[i] = list[i].usable && !list[i].superseded;
        out->usable[at] = list[i].usable;
        out->superseded[at] = list[i].superseded;
    }
    if (rc == 0)
        rc = scp_chain_crls_verify(crls, use, path, &signers, told, &err);
    for (size_t i = 0; i < 2; i++) {
        out->covered[i] = told[i].covered && !told[i].revoked && (!word[i].revoked || word[i].lifted);
        out->revoked[i] = word[i].revoked;
        out->good[i] = word[i].good;
        scp_revocable_free(&certificate[i]);
    }
    scp_chain_crls_free(crls);
    return rc;
}

static void beside_path(const struct world *w, bool reversed, struct verdict *out)
{
    static struct scp_path_answer answer;
    const struct cert *leaf = w->party[LEAF];
    const struct scp_path_query q = { .der = leaf->der, .len = leaf->len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW };
    struct scp_pool *pool = scp_pool_new();
    bool found = pool != NULL && fill(pool, w) && scp_path_find(pool, &q, &answer, NULL) == 0;

    memset(out, 0, sizeof *out);
    fuzz_must(!w->sound || (found && answer.good > 0));
    if (found && answer.good > 0 && answer.best.n == 3)
        out->told = judge_path(w, pool, &(struct scp_chain_path){ &answer, &answer.best, AUTHORITY_NOW }, reversed, out) == 0;
    fuzz_must(out->told || answer.good == 0 || answer.best.n != 3);
    scp_pool_free(pool);
}

static void judge_beside_path(const struct world *w)
{
    struct verdict one, other;

    beside_path(w, false, &one);
    if (!one.told)
        return;
    fuzz_never(cannot_be_good(w) && (one.good[0] || one.covered[0]));
    fuzz_never(one.good[0] && one.revoked[0]);
    if (must_be_good(w))
        fuzz_must(one.good[0] && one.covered[0] && !one.revoked[0]);
    for (size_t i = 0; i < w->lists; i++)
        fuzz_never(one.usable[i] && !w->list[i].in_force);
    beside_path(w, true, &other);
    fuzz_must(memcmp(&one, &other, sizeof one) == 0);
}

/* --- The lists by themselves --- */

static int take_each(const struct world *w, const struct scp_crl_asked *asked, bool reversed, struct scp_crl_set *set)
{
    int rc = 0;

    for (size_t i = 0; i < w->lists && rc == 0; i++) {
        const struct bytes *der = &w->list[place(w, i, reversed)].der;
        struct scp_crl_reader *r = scp_crl_judge_reader_new(asked->issuer, asked->issuers, asked->serial, asked->serials, NULL);

        if (r == NULL)
            return -1;
        (void)scp_crl_reader_feed(r, der->p, der->n, NULL);
        rc = scp_crl_set_take(set, r, NULL);
        scp_crl_reader_free(r);
    }
    return rc;
}

static int take_pem(const struct world *w, const struct scp_crl_asked *asked, struct scp_crl_set *set)
{
    static char text[TEXT];
    const char *label = w->lists == 1 ? "CERTIFICATE" : "X509 CRL"; /* certutil labels so whatever it encodes */
    size_t n = 0;

    for (size_t i = 0; i < w->lists; i++) {
        const struct bytes *der = &w->list[i].der;

        n += (size_t)snprintf(text + n, sizeof text - n, "-----BEGIN %s-----\n", label);
        n += (size_t)EVP_EncodeBlock((unsigned char *)text + n, der->p, (int)der->n);
        n += (size_t)snprintf(text + n, sizeof text - n, "\n-----END %s-----\n", label);
    }
    return scp_crl_set_read_pem(text, n, asked, set, NULL);
}

/* What an oracle says of the leaf and one list. */
static bool openssl_accepts(const struct world *w, const struct list *l)
{
    const unsigned char *p = l->der.p;
    X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)l->der.n);
    STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool accepts;

    if (crl == NULL || crls == NULL || untrusted == NULL || store == NULL || ctx == NULL)
        tap_bail("OpenSSL");
    (void)sk_X509_CRL_push(crls, crl);
    (void)sk_X509_push(untrusted, w->party[CA]->x);
    (void)X509_STORE_add_cert(store, w->party[ROOT]->x);
    if (X509_STORE_CTX_init(ctx, store, w->party[LEAF]->x, untrusted) != 1)
        tap_bail("OpenSSL");
    X509_STORE_CTX_set0_crls(ctx, crls);
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)AUTHORITY_NOW);
    accepts = X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_free(untrusted);
    sk_X509_CRL_pop_free(crls, X509_CRL_free);
    return accepts;
}

static void judge_single(const struct world *w, bool good)
{
    bool theirs;

    if (w->lists != 1 || !w->sound || !good)
        return;
    fuzz_make();
    theirs = openssl_accepts(w, &w->list[0]);
    fuzz_made();
    fuzz_never(!theirs);
}

/* A judgement in what matters of it. */
static uint64_t mark(const struct scp_judgement *j)
{
    struct fuzz_seen s = { 0 };

    fuzz_mix(&s, &j->reason, sizeof j->reason);
    fuzz_mix(&s, &j->serial_status, sizeof j->serial_status);
    fuzz_mix(&s, &j->unknown, sizeof j->unknown);
    return s.hash;
}

static bool judge_set(const struct world *w, const struct scp_crl_asked *asked, const struct scp_crl_context *c, bool compared)
{
    struct scp_crl_set set = { .v = NULL }, reversed = { .v = NULL }, pem = { .v = NULL };
    struct scp_judgement j, other;
    bool read = take_each(w, asked, false, &set) == 0, good = false;

    if (read) {
        (void)scp_crl_set_judge(&set, c, &j);
        good = scp_judgement_good(&j);
        fuzz_must(j.message[0] != '\0' || good);
        if (compared && take_each(w, asked, true, &reversed) == 0) {
            (void)scp_crl_set_judge(&reversed, c, &other);
            fuzz_must(mark(&j) == mark(&other));
        }
        if (take_pem(w, asked, &pem) == 1) {
            (void)scp_crl_set_judge(&pem, c, &other);
            fuzz_must(mark(&j) == mark(&other));
        }
    }
    scp_crl_set_free(&set);
    scp_crl_set_free(&reversed);
    scp_crl_set_free(&pem);
    return good;
}

static void judge_lists(const struct world *w)
{
    static const char *const POINTS[] = { POINT };
    static const struct scp_lifetime OWN = { 0, true };
    const struct cert *leaf = w->party[LEAF];
    struct scp_issuer issuer[3];
    struct scp_revocable revocable;
    struct scp_crl_asked asked = { .issuer = issuer, .serials = 1 };
    struct scp_crl_context c = { .now = AUTHORITY_NOW, .issuer = issuer, .serial_asked = true };

    for (int who = CA; who <= TWIN; who++) {
        if (w->party[who] != NULL)
            issuer[asked.issuers++] = w->party[who]->issuer;
    }
    if (scp_revocable_parse(leaf->der, leaf->len, &revocable, NULL) != 0)
        return;
    asked.serial = &revocable.serial;
    c.issuers = asked.issuers;
    c.points = POINTS;
    c.points_n = 1;
    /* A serial alone may be told by a list of each issuer of that name. */
    fuzz_never(judge_set(w, &asked, &c, false) && w->party[TWIN] == NULL && cannot_be_good(w));
    c.certificate = &revocable;
    c.points_n = 0;
    if (w->lists > 0) {
        bool good = judge_set(w, &asked, &c, true);

        fuzz_never(good && cannot_be_good(w));
        fuzz_must(good || !must_be_good(w));
        judge_single(w, good);
    }
    c.serial_asked = false;
    c.certificate = NULL;
    c.url = POINT;
    c.lifetime = &OWN;
    c.max_age = 2 * (int64_t)AUTHORITY_DAY;
    (void)judge_set(w, &asked, &c, false);
    scp_revocable_free(&revocable);
}

/* --- Who vouches for whom, in our words --- */

static void judge_issuers(const struct world *w)
{
    const struct cert *ca = w->party[CA], *root = w->party[ROOT], *leaf = w->party[LEAF];
    int signed_by, by_key;

    signed_by = scp_issuer_signed(ca->der, ca->len, leaf->der, leaf->len, NULL);
    by_key = scp_issuer_key_signed(ca->issuer.spki_der, ca->issuer.spki_der_len, leaf->der, leaf->len, NULL);
    fuzz_must(signed_by == 1 && by_key == 1);
    fuzz_never(scp_issuer_signed(root->der, root->len, leaf->der, leaf->len, NULL) == 1);
    fuzz_never(w->party[TWIN] != NULL &&
               scp_issuer_signed(w->party[TWIN]->der, w->party[TWIN]->len, leaf->der, leaf->len, NULL) == 1);
    (void)scp_issuer_objection(ca->der, ca->len, leaf->der, leaf->len, NULL);
    fuzz_must(!w->sound || scp_issuer_objection(root->der, root->len, ca->der, ca->len, NULL) == NULL);
    fuzz_must(scp_host_fits(leaf->der, leaf->len, "host.example.com", NULL) == 1);
    fuzz_never(scp_host_fits(leaf->der, leaf->len, "other.example.com", NULL) == 1);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct fuzz_bytes b = { p, n };
    struct world w = { .lists = 0 };

    fuzz_make();
    make_world(&b, &w);
    fuzz_made();
    judge_beside_path(&w);
    judge_lists(&w);
    judge_issuers(&w);
    fuzz_make();
    end_world(&w);
}
