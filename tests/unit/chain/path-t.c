/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The path builder: what ends a path, what Windows adds, what is said of the nearest miss, and the bounds on hostile input. */
#include "authority.h"
#include "base/utc.h"
#include "chain/path.h"
#include "tap.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 10000, LONG = 24 };

/* Certificates of one case, and the pool made of them. */
struct scene {
    struct scp_pool *pool;
    uint8_t *der[80];
    size_t len[80];
    X509 *x[80];
    size_t n;
};

static struct scp_path_answer answer;

static void open_scene(struct scene *s)
{
    *s = (struct scene){ .pool = scp_pool_new() };
}

static void close_scene(struct scene *s)
{
    scp_pool_free(s->pool);
    for (size_t i = 0; i < s->n; i++) {
        OPENSSL_free(s->der[i]);
        X509_free(s->x[i]);
    }
}

/* Returns its number in the scene. */
static size_t make(struct scene *s, const struct authority_spec *w)
{
    s->x[s->n] = authority_issue(w);
    authority_encode(s->x[s->n], &s->der[s->n], &s->len[s->n]);
    if (w->fault == FAULT_SIGNATURE) {
        const unsigned char *p = s->der[s->n];

        s->der[s->n][s->len[s->n] - 1] ^= 1;
        X509_free(s->x[s->n]);
        s->x[s->n] = d2i_X509(NULL, &p, (long)s->len[s->n]);
    }
    return s->n++;
}

static void put(struct scene *s, size_t i, bool root)
{
    authority_pool_add(s->pool, s->der[i], s->len[i], root);
}

static void put_ruled(struct scene *s, size_t i, bool root, struct scp_pool_rule rule)
{
    struct scp_pool_cert c = { .der = s->der[i], .len = s->len[i], .root = root, .rule = rule };

    if (scp_certificate_sha1(c.der, c.len, c.sha1, NULL) != 0 || scp_pool_add(s->pool, &c, NULL) != 0)
        tap_bail("not added");
}

static void ask_for(struct scene *s, size_t leaf, const struct scp_path_query *like)
{
    struct scp_path_query q = *like;
    struct scp_err err = SCP_ERR_INIT;

    q.der = s->der[leaf];
    q.len = s->len[leaf];
    q.at = q.at != 0 ? q.at : AUTHORITY_NOW;
    if (scp_path_find(s->pool, &q, &answer, &err) != 0)
        tap_bail("%s", err.message);
}

static void ask(struct scene *s, size_t leaf)
{
    ask_for(s, leaf, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH });
}

static const struct authority_spec ROOT = {
    .subject = "Root", .issuer = "Root", .key = 0, .signer = 0, .ca = true, .key_ids = true
};
static const struct authority_spec MIDDLE = {
    .subject = "Middle", .issuer = "Root", .key = 1, .signer = 0, .ca = true, .key_ids = true, .serial = 2
};
static const struct authority_spec ISSUING = {
    .subject = "Issuing", .issuer = "Middle", .key = 2, .signer = 1, .ca = true, .key_ids = true, .serial = 3
};
static const struct authority_spec LEAF = {
    .subject = "Leaf", .issuer = "Issuing", .key = 3, .signer = 2, .key_ids = true, .serial = 4
};

/* --- One fault in a single path: what OpenSSL rejects is rejected --- */

/* At level 1, but for SHA-1, which it would refuse and we let through as a weakness. */
static bool openssl_verifies(struct scene *s, int level)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    bool good;

    X509_STORE_add_cert(store, s->x[0]);
    sk_X509_push(between, s->x[2]);
    sk_X509_push(between, s->x[1]);
    X509_STORE_CTX_init(ctx, store, s->x[3], between);
    X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), AUTHORITY_NOW);
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), level);
    good = X509_verify_cert(ctx) == 1;
    sk_X509_free(between);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return good;
}

static void test_faults(void)
{
    static const enum scp_path_fault SAYS[FAULTS] = {
        [FAULT_EXPIRED] = SCP_PATH_EXPIRED,  [FAULT_NOT_YET] = SCP_PATH_NOT_YET_VALID, [FAULT_NOT_CA] = SCP_PATH_NOT_CA,
        [FAULT_EKU] = SCP_PATH_PURPOSE,      [FAULT_NO_CERT_SIGN] = SCP_PATH_NOT_CA,   [FAULT_NAME_CONSTRAINT] = SCP_PATH_INVALID,
        [FAULT_CRITICAL] = SCP_PATH_INVALID, [FAULT_SIGNATURE] = SCP_PATH_NO_ISSUER,   [FAULT_PATHLEN_0] = SCP_PATH_NOT_CA,
        [FAULT_PATHLEN_1] = SCP_PATH_NOT_CA,
    };
    unsigned rejected = 0;

    for (int fault = 0; fault < FAULTS; fault++) {
        for (int where = 0; where < 4; where++) {
            struct authority_spec w[4] = { ROOT, MIDDLE, ISSUING, LEAF };
            struct scene s;
            bool wanted;

            w[where].fault = (enum authority_fault)fault;
            open_scene(&s);
            for (int i = 0; i < 4; i++)
                put(&s, make(&s, &w[i]), i == 0);
            wanted = openssl_verifies(&s, fault == FAULT_SHA1 ? 0 : 1);
            ask(&s, 3);
            if (answer.good > 0)
                tap_is_int(fault == FAULT_SHA1 && where > 0, (long long)answer.best.weak.found,
                           "a weakness is told, a root's is none");
            rejected += !wanted;
            if (fault == FAULT_SIGNATURE && where == 0)
                tap_ok(answer.good == 0, "a root whose own signature is wrong is no anchor");
            else
                tap_ok((answer.good > 0) == wanted, "fault %d at %d: OpenSSL %s, ours %zu (%s)", fault, where,
                       wanted ? "accepts" : "rejects", answer.good, scp_path_fault_name(answer.miss.path.fault));
            if (!wanted && answer.good == 0)
                tap_is_text(scp_path_fault_name(SAYS[fault]), scp_path_fault_name(answer.miss.path.fault), "and says why: %s",
                            answer.miss.path.message);
            if (!wanted && answer.good == 0 && fault <= FAULT_NO_CERT_SIGN)
                tap_is_int(3 - where, (long long)answer.miss.path.at, "and which one is at fault");
            close_scene(&s);
        }
    }
    tap_ok(rejected > 17, "%u paths were rejected", rejected);
}

static bool demands_2048(void *context, const struct scp_key *key, char *reason, size_t size)
{
    (void)context;
    if (strcmp(key->type, "RSA") != 0 || key->bits >= 2048)
        return false;
    (void)snprintf(reason, size, "2048 bits are demanded");
    return true;
}

/* A path of root and leaf with keys and digests of any kind. */
static void test_keys(void)
{
    struct {
        const char *name;
        EVP_PKEY *key;
        bool good;
        size_t weak, undetermined;
    } row[] = {
        { "RSA 2048", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), true, 0, 0 },
        { "RSA 1024", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), true, 1, 0 },
        { "RSA 512", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)512), false, 0, 0 },
        { "EC P-224", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-224"), true, 1, 0 },
        { "EC P-192", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-192"), false, 0, 0 },
        { "EC P-521", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521"), true, 0, 0 },
        { "EC brainpool", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "brainpoolP256r1"), true, 0, 0 },
        { "Ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), true, 0, 1 },
    };
    struct scp_path_query q = { .purpose = SCP_PURPOSE_SERVER_AUTH, .refuses = demands_2048 };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct authority_spec w = LEAF;
        struct scene s;
        size_t leaf;

        w.issuer = "Root";
        w.signer = 0;
        w.own_key = row[i].key;
        open_scene(&s);
        put(&s, make(&s, &ROOT), true);
        leaf = make(&s, &w);
        ask(&s, leaf);
        tap_ok((answer.good > 0) == row[i].good, "a leaf with a key %s: %s", row[i].name, answer.miss.path.message);
        tap_ok(answer.best.weak.found == row[i].weak && answer.best.undetermined.found == row[i].undetermined,
               "its strength is told: %s%s", answer.best.weak.text, answer.best.undetermined.text);
        ask_for(&s, leaf, &q);
        tap_ok((answer.good > 0) == (row[i].good && i != 1), "under a policy that demands 2048 bits: %s", answer.miss.path.message);
        close_scene(&s);
        EVP_PKEY_free(row[i].key);
    }
}

/* --- What is found, and what came nearest --- */

static void test_missing_links(void)
{
    const struct authority_spec *all[] = { &ROOT, &MIDDLE, &ISSUING };

    for (size_t missing = 0; missing < 3; missing++) {
        struct scene s;
        size_t leaf;

        open_scene(&s);
        leaf = make(&s, &LEAF);
        for (size_t i = 0; i < 3; i++) {
            size_t c = make(&s, all[i]);

            if (i != missing)
                put(&s, c, i == 0);
        }
        ask(&s, leaf);
        tap_is_int(0, (long long)answer.good, "without %s no path", all[missing]->subject);
        tap_is_int(SCP_PATH_NO_ISSUER, answer.miss.path.fault, "an issuer is missing");
        tap_is_int((long long)(3 - missing), (long long)answer.miss.path.n, "the path until there");
        tap_ok(answer.stopped == NULL, "the search was complete");
        close_scene(&s);
    }
}

static void test_twins(void)
{
    struct authority_spec expired = MIDDLE, other_key = MIDDLE, longer = MIDDLE, other_name = MIDDLE;
    struct scene s;
    size_t leaf, old;

    expired.fault = FAULT_EXPIRED;
    expired.serial = 20;
    other_key.key = 7;
    other_key.key_ids = false;
    other_key.serial = 21;
    longer.not_after = AUTHORITY_NOW + 800 * (int64_t)AUTHORITY_DAY;
    longer.serial = 22;
    open_scene(&s);
    leaf = make(&s, &LEAF);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &ISSUING), false);
    old = make(&s, &expired);
    put(&s, old, false);
    put(&s, make(&s, &other_key), false);
    ask(&s, leaf);
    tap_is_int(0, (long long)answer.good, "only an expired twin and one of another key");
    tap_is_int(SCP_PATH_EXPIRED, answer.miss.path.fault, "the expired one came nearest");
    tap_ok(answer.miss.path.n == 4 && answer.miss.path.at == 2, "and is named");
    put(&s, make(&s, &MIDDLE), false);
    put(&s, make(&s, &longer), false);
    ask(&s, leaf);
    tap_is_int(2, (long long)answer.good, "beside two good ones it does not matter");
    tap_ok(answer.asides == 1 && answer.aside[0].fault == SCP_PATH_EXPIRED, "but is told");
    other_name.subject = "mIDDLE";
    other_name.serial = 23;
    close_scene(&s);

    open_scene(&s);
    leaf = make(&s, &LEAF);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &ISSUING), false);
    put(&s, make(&s, &other_name), false);
    ask(&s, leaf);
    tap_ok(answer.good == 1 && !answer.best.exact_names,
           "a name that differs in case is the same name, but Windows compares bytes");
    other_name.subject = "Middle";
    other_name.string_type = V_ASN1_PRINTABLESTRING;
    put(&s, make(&s, &other_name), false);
    ask(&s, leaf);
    tap_ok(answer.good == 2 && !answer.best.exact_names, "so it is with another type of string");
    put(&s, make(&s, &MIDDLE), false);
    ask(&s, leaf);
    tap_ok(answer.good == 3 && answer.best.exact_names, "one that agrees byte by byte is preferred");
    close_scene(&s);
}

/* Two twins of the intermediate, in any order: an expired one came nearer than one that never fitted. */
static void test_nearest(void)
{
    static const enum authority_fault FAR[] = { FAULT_PATHLEN_0, FAULT_EKU, FAULT_NAME_CONSTRAINT };

    for (size_t i = 0; i < 2 * (sizeof FAR / sizeof FAR[0]); i++) {
        struct authority_spec expired = MIDDLE, far = MIDDLE;
        struct scene s;
        size_t leaf;

        expired.fault = FAULT_EXPIRED;
        expired.serial = 20;
        far.fault = FAR[i / 2];
        far.serial = 21;
        open_scene(&s);
        put(&s, make(&s, i % 2 == 0 ? &expired : &far), false);
        put(&s, make(&s, i % 2 == 0 ? &far : &expired), false);
        put(&s, make(&s, &ROOT), true);
        put(&s, make(&s, &ISSUING), false);
        leaf = make(&s, &LEAF);
        ask(&s, leaf);
        tap_is_text("expired", scp_path_fault_name(answer.miss.path.fault),
                    "of an expired one and fault %d the expired one is told", (int)far.fault);
        tap_is_int(1, (long long)answer.asides, "what was passed over is told, wherever it lies in the pool");
        close_scene(&s);
    }
}

/* A key of the issuer's name that did not sign is counted. */
static void test_same_name(void)
{
    struct authority_spec other_key = MIDDLE;
    struct scene s;
    size_t leaf;

    other_key.key = 7;
    other_key.key_ids = false;
    open_scene(&s);
    leaf = make(&s, &LEAF);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &ISSUING), false);
    put(&s, make(&s, &other_key), false);
    ask(&s, leaf);
    tap_ok(answer.miss.path.fault == SCP_PATH_NO_ISSUER && answer.miss.same_name == 1, "one of that name has another key: %zu",
           answer.miss.same_name);
    close_scene(&s);
}

/* Of twins the one without a weakness; one of known strength before all others. */
static void test_preference(void)
{
    const struct scp_path fine = { .exact_names = true, .not_after = 1 }, longer = { .exact_names = true, .not_after = 2 },
                          weak = { .exact_names = true, .not_after = 9, .weak = { .found = 1 } },
                          legacy = { .exact_names = true, .not_after = 9, .legacy = true }, inexact = { .not_after = 9 },
                          undetermined = { .exact_names = true, .not_after = 9, .undetermined = { .found = 1 } };
    const struct scp_path *const order[] = { &longer, &fine, &weak, &inexact, &undetermined };
    struct authority_spec sha1 = MIDDLE;
    struct scene s;
    size_t leaf, n = sizeof order / sizeof order[0];

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            tap_ok(scp_path_is_better(order[i], order[k]) == (i < k), "%zu before %zu", i, k);
    }
    tap_ok(scp_path_is_better(&fine, &legacy) && !scp_path_is_better(&legacy, &fine), "an anchor of an old form is a weakness");
    sha1.fault = FAULT_SHA1;
    sha1.serial = 22;
    sha1.not_after = AUTHORITY_NOW + 800 * (int64_t)AUTHORITY_DAY;
    for (int first = 0; first < 2; first++) {
        open_scene(&s);
        leaf = make(&s, &LEAF);
        put(&s, make(&s, &ROOT), true);
        put(&s, make(&s, &ISSUING), false);
        put(&s, make(&s, first ? &sha1 : &MIDDLE), false);
        put(&s, make(&s, first ? &MIDDLE : &sha1), false);
        ask(&s, leaf);
        tap_ok(answer.good == 2 && answer.best.weak.found == 0, "a twin signed with SHA-1 is not the best, in any order");
        close_scene(&s);
    }
}

static void test_anchors(void)
{
    struct authority_spec cross = ROOT;
    struct scene s;
    size_t leaf, root, middle, issuing;

    open_scene(&s);
    leaf = make(&s, &LEAF);
    root = make(&s, &ROOT);
    middle = make(&s, &MIDDLE);
    issuing = make(&s, &ISSUING);
    put(&s, root, false);
    put(&s, middle, true);
    put(&s, issuing, false);
    ask(&s, leaf);
    tap_is_int(0, (long long)answer.good, "no partial chain: an intermediate among the roots is no anchor");
    tap_is_int(SCP_PATH_UNTRUSTED_ROOT, answer.miss.path.fault, "a self-signed certificate among the others neither");
    put(&s, root, true);
    ask(&s, leaf);
    tap_ok(answer.good == 1 && scp_pool_count(s.pool) == 3, "the same certificate again is one certificate");
    ask_for(&s, root, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .issuing = true });
    tap_ok(answer.good == 1 && answer.best.n == 1, "a root is its own path");
    ask_for(&s, issuing, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .issuing = true });
    tap_ok(answer.good == 1 && answer.best.n == 3, "an issuing CA that the pool holds has one, too");
    ask_for(&s, leaf, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .issuing = true });
    tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_NOT_CA, "a leaf is no issuing CA");
    close_scene(&s);

    /* Two roots that signed each other: a loop. */
    open_scene(&s);
    leaf = make(&s, &LEAF);
    cross.issuer = "Middle";
    cross.signer = 1;
    cross.serial = 9;
    put(&s, make(&s, &ISSUING), false);
    put(&s, make(&s, &MIDDLE), false);
    put(&s, make(&s, &cross), false);
    ask(&s, leaf);
    tap_ok(answer.good == 0 && answer.stopped == NULL && answer.miss.path.fault == SCP_PATH_CIRCLE, "a loop comes to an end");
    tap_is_text("what signed it leads back in a circle", answer.miss.path.message, "which is told");
    root = make(&s, &ROOT);
    put(&s, root, false);
    ask(&s, leaf);
    tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_UNTRUSTED_ROOT, "a root that is no trusted one is nearer: %s",
           answer.miss.path.message);
    put(&s, root, true);
    ask(&s, leaf);
    tap_ok(answer.good == 1 && answer.kepts == 1, "with a root no path goes round: %zu of %zu", answer.good, answer.kepts);
    close_scene(&s);
}

static void test_path_length_below_an_issuing_ca(void)
{
    struct authority_spec middle = MIDDLE;
    struct scene s;
    size_t issuing;

    middle.fault = FAULT_PATHLEN_0;
    open_scene(&s);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &middle), false);
    issuing = make(&s, &ISSUING);
    ask_for(&s, issuing, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .issuing = true });
    tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_NOT_CA,
           "an issuing CA may not stand where the path must be at its end: %s", answer.miss.path.message);
    close_scene(&s);
}

static void test_rules(void)
{
    const int64_t day = AUTHORITY_DAY;
    struct {
        const char *name;
        struct scp_pool_rule rule;
        enum scp_path_fault fault;
    } row[] = {
        { "disallowed",
          { .disallowed = true, .disabled_from = SCP_UTC_UNKNOWN, .issued_before = SCP_UTC_UNKNOWN },
          SCP_PATH_DISALLOWED },
        { "revoked", { .revoked = true, .disabled_from = SCP_UTC_UNKNOWN, .issued_before = SCP_UTC_UNKNOWN }, SCP_PATH_REVOKED },
        { "purpose denied",
          { .purpose_denied = true, .disabled_from = SCP_UTC_UNKNOWN, .issued_before = SCP_UTC_UNKNOWN },
          SCP_PATH_PURPOSE_DENIED },
        { "disabled", { .disabled_from = AUTHORITY_NOW, .issued_before = SCP_UTC_UNKNOWN }, SCP_PATH_DISABLED },
        { "disabled tomorrow",
          { .disabled_from = AUTHORITY_NOW + AUTHORITY_DAY, .issued_before = SCP_UTC_UNKNOWN },
          SCP_PATH_GOOD },
        { "leaves of two years ago only",
          { .disabled_from = SCP_UTC_UNKNOWN, .issued_before = AUTHORITY_NOW - 730 * (int64_t)AUTHORITY_DAY },
          SCP_PATH_ISSUED_TOO_LATE },
        { "leaves until yesterday",
          { .disabled_from = SCP_UTC_UNKNOWN, .issued_before = AUTHORITY_NOW - AUTHORITY_DAY },
          SCP_PATH_GOOD },
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        for (size_t where = 0; where < 2; where++) {
            struct scene s;
            size_t leaf, root, middle;

            open_scene(&s);
            leaf = make(&s, &LEAF);
            root = make(&s, &ROOT);
            middle = make(&s, &MIDDLE);
            put(&s, make(&s, &ISSUING), false);
            put_ruled(&s, root, true, where == 0 ? row[i].rule : (struct scp_pool_rule)SCP_POOL_RULE_NONE);
            put_ruled(&s, middle, false, where == 1 ? row[i].rule : (struct scp_pool_rule)SCP_POOL_RULE_NONE);
            ask(&s, leaf);
            tap_ok(answer.good == (row[i].fault == SCP_PATH_GOOD), "%s %s", where == 0 ? "root" : "intermediate", row[i].name);
            if (answer.good == 0)
                tap_is_text(scp_path_fault_name(row[i].fault), scp_path_fault_name(answer.miss.path.fault), "which is told");
            if (i == 4)
                tap_is_int(AUTHORITY_NOW + day, answer.best.not_after, "and bounds the life of the path");
            /* The stricter of two copies counts. */
            put(&s, root, true);
            put(&s, middle, false);
            ask(&s, leaf);
            tap_ok(answer.good == (row[i].fault == SCP_PATH_GOOD), "a copy without the rule does not help");
            close_scene(&s);
        }
    }
}

static void test_purposes(void)
{
    struct authority_spec leaf = LEAF, middle = MIDDLE;
    struct scene s;
    size_t i;

    middle.fault = FAULT_EKU;
    open_scene(&s);
    i = make(&s, &leaf);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &middle), false);
    put(&s, make(&s, &ISSUING), false);
    ask(&s, i);
    tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_PURPOSE && answer.miss.path.at == 2,
           "purposes nest: the intermediate that forbids it is named");
    ask_for(&s, i, &(struct scp_path_query){ .purpose = SCP_PURPOSE_ANY });
    tap_ok(answer.good == 1, "any purpose");
    ask_for(&s, i, &(struct scp_path_query){ .purpose = SCP_PURPOSE_CODE_SIGNING });
    tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_PURPOSE, "code signing");
    close_scene(&s);
}

/* For code a leaf must be for signatures. */
static void test_code(void)
{
    static const struct {
        const char *usage, *purposes;
        bool good;
    } ROWS[] = {
        { "critical,digitalSignature", "codeSigning", true },
        { "critical,keyEncipherment", "codeSigning", false },
        { "critical,keyEncipherment,digitalSignature", "codeSigning,serverAuth", true },
        { "critical,digitalSignature", "serverAuth", false },
        { "critical,digitalSignature", "anyExtendedKeyUsage", true },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct authority_spec leaf = LEAF;
        struct scene s;
        size_t n;

        leaf.more[0].nid = NID_key_usage;
        leaf.more[0].value = ROWS[i].usage;
        leaf.more[1].nid = NID_ext_key_usage;
        leaf.more[1].value = ROWS[i].purposes;
        open_scene(&s);
        n = make(&s, &leaf);
        put(&s, make(&s, &ROOT), true);
        put(&s, make(&s, &MIDDLE), false);
        put(&s, make(&s, &ISSUING), false);
        ask_for(&s, n, &(struct scp_path_query){ .purpose = SCP_PURPOSE_CODE_SIGNING });
        tap_ok(answer.good == ROWS[i].good, "for code: %s, %s", ROWS[i].usage, ROWS[i].purposes);
        if (!ROWS[i].good)
            tap_ok(answer.miss.path.fault == SCP_PATH_PURPOSE && answer.miss.path.at == 0, "for code: the leaf is not");
        close_scene(&s);
    }
}

/* --- Times: a validity holds both its ends, of each certificate of a path --- */

static void test_times(void)
{
    static const struct {
        int64_t at; /* from the first second, or where it is below 0 from the last */
        enum scp_path_fault fault;
        const char *what;
    } ROWS[] = {
        { 0, SCP_PATH_GOOD, "in the first second" },
        { 1, SCP_PATH_GOOD, "in the second one" },
        { -1, SCP_PATH_GOOD, "in the last second" },
        { -2, SCP_PATH_GOOD, "in the last but one" },
    };
    const int64_t first = AUTHORITY_NOW - 9 * (int64_t)AUTHORITY_DAY, last = AUTHORITY_NOW + 9 * (int64_t)AUTHORITY_DAY;
    const struct authority_spec *const usual[] = { &ROOT, &MIDDLE, &ISSUING, &LEAF };

    for (size_t which = 0; which < 4; which++) {
        struct authority_spec short_lived = *usual[which];
        struct scene s;

        short_lived.not_before = first;
        short_lived.not_after = last;
        open_scene(&s);
        for (size_t i = 0; i < 4; i++)
            (void)make(&s, i == which ? &short_lived : usual[i]);
        for (size_t i = 0; i < 3; i++)
            put(&s, i, i == 0);
        for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
            const int64_t at = ROWS[i].at < 0 ? last + ROWS[i].at + 1 : first + ROWS[i].at;

            ask_for(&s, 3, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .at = at });
            tap_ok(answer.good == 1 && answer.best.not_after == last, "certificate %zu %s", which, ROWS[i].what);
        }
        ask_for(&s, 3, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .at = first - 1 });
        tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_NOT_YET_VALID && answer.miss.path.at == 3 - which,
               "certificate %zu a second before", which);
        ask_for(&s, 3, &(struct scp_path_query){ .purpose = SCP_PURPOSE_SERVER_AUTH, .at = last + 1 });
        tap_ok(answer.good == 0 && answer.miss.path.fault == SCP_PATH_EXPIRED && answer.miss.path.at == 3 - which,
               "certificate %zu a second behind", which);
        close_scene(&s);
    }
}

/* --- What is asked besides --- */

/* A distrust that is not told for want of memory ends the search, wherever it is asked. */
static int forgets(void *context, const struct scp_pool_cert *cert, bool *yes, struct scp_err *err)
{
    size_t *left = context;

    (void)cert;
    *yes = false;
    return (*left)-- > 0 ? 0 : scp_err_memory(err);
}

static void test_forgetting(void)
{
    struct authority_spec longer = MIDDLE;
    struct scene s;
    size_t leaf;

    longer.serial = 23;
    longer.not_after = AUTHORITY_NOW + 800 * (int64_t)AUTHORITY_DAY;
    open_scene(&s);
    leaf = make(&s, &LEAF);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &ISSUING), false);
    put(&s, make(&s, &MIDDLE), false);
    put(&s, make(&s, &longer), false);
    for (size_t left = 0; left < 6; left++) {
        size_t context = left;
        const struct scp_path_query q = {
            .der = s.der[leaf], .len = s.len[leaf], .at = AUTHORITY_NOW, .distrusts = forgets, .context = &context
        };
        struct scp_err err = SCP_ERR_INIT;
        int rc = scp_path_find(s.pool, &q, &answer, &err);

        if (rc == 0)
            tap_ok(answer.good == 2 && left >= 4, "%zu answers are enough for four certificates", left);
        else
            tap_ok(err.code == SCP_ERR_MEMORY && left < 4, "%zu answers are not", left);
    }
    close_scene(&s);
}

/* A CA that certified its own key anew is once on a path, and its twin with another key identifier never. */
static void test_rollover(void)
{
    for (int row = 0; row < 2; row++) {
        struct authority_spec again = ISSUING;
        struct scene s;
        size_t leaf;

        again.serial = 30;
        if (row == 0) {
            again.issuer = "Issuing";
            again.signer = 2;
        } else {
            again.key_ids = false;
            again.more[0].nid = NID_subject_key_identifier;
            again.more[0].value = "01:02:03:04";
        }
        open_scene(&s);
        leaf = make(&s, &LEAF);
        put(&s, make(&s, &ROOT), true);
        put(&s, make(&s, &MIDDLE), false);
        put(&s, make(&s, &again), false);
        put(&s, make(&s, &ISSUING), false);
        ask(&s, leaf);
        tap_ok(answer.good == 1 && answer.kepts == 1 && answer.best.n == 4 && !answer.more, "row %d: one path: %zu of %zu", row,
               answer.good, answer.kepts);
        close_scene(&s);
    }
}

/* --- What it costs: a key that is named is tried first, and what was found out once is known --- */

static size_t cost_of(const struct authority_spec *leaf_of, bool named, bool decoys, size_t *again)
{
    struct authority_spec decoy = MIDDLE, leaf = *leaf_of, middle = MIDDLE, issuing = ISSUING;
    size_t n, cost;
    struct scene s;

    decoy.key_ids = false;
    middle.key_ids = issuing.key_ids = leaf.key_ids = named;
    open_scene(&s);
    n = make(&s, &leaf);
    put(&s, make(&s, &ROOT), true);
    put(&s, make(&s, &middle), false);
    put(&s, make(&s, &issuing), false);
    for (unsigned i = 0; i < 24 && decoys; i++) {
        decoy.key = 40 + i;
        decoy.serial = 200 + (long)i;
        put(&s, make(&s, &decoy), false);
    }
    ask(&s, n);
    tap_ok(answer.good == 1, "a path, keys named %d, others %d", named, decoys);
    cost = answer.cost;
    ask(&s, n);
    tap_ok(answer.good == 1, "the same again");
    *again = answer.cost;
    close_scene(&s);
    return cost;
}

static void test_cost(void)
{
    size_t again, alone = cost_of(&LEAF, true, false, &again), named, unnamed;

    tap_ok(again < alone, "what was found out costs nothing again: %zu, then %zu", alone, again);
    named = cost_of(&LEAF, true, true, &again);
    tap_is_int((long long)alone, (long long)named, "the key that is named is the only one tried");
    tap_ok(again < alone, "again: %zu", again);
    unnamed = cost_of(&LEAF, false, true, &again);
    tap_ok(unnamed >= alone, "where none is named more are: %zu", unnamed);
    tap_ok(again < alone, "but not again: %zu", again);
}

/* The best of the leaf's own kind: a weak leaf does not make a longer path of stronger certificates better. */
static void test_own_flaws(void)
{
    const struct authority_spec weak = {
        .subject = "Leaf", .issuer = "issuing", .key = 3, .signer = 2, .key_ids = true, .fault = FAULT_SHA1, .serial = 4
    };
    struct authority_spec direct = ISSUING;
    struct scene s;
    size_t leaf;

    direct.issuer = "Root";
    direct.signer = 0;
    direct.fault = FAULT_SHA1;
    direct.serial = 31;
    for (int first = 0; first < 2; first++) {
        open_scene(&s);
        leaf = make(&s, &weak);
        put(&s, make(&s, &ROOT), true);
        put(&s, make(&s, &MIDDLE), false);
        put(&s, make(&s, first ? &direct : &ISSUING), false);
        put(&s, make(&s, first ? &ISSUING : &direct), false);
        ask(&s, leaf);
        tap_ok(answer.good == 2 && answer.best.n == 3 && !answer.best.exact_names,
               "a weak leaf: the shorter one of %zu certificates", answer.best.n);
        close_scene(&s);
    }
}

/* --- Bounds --- */

static void test_long_path(void)
{
    static char name[LONG + 1][16];
    struct scene s;
    size_t leaf;

    open_scene(&s);
    put(&s, make(&s, &ROOT), true);
    for (unsigned i = 0; i < LONG; i++) {
        struct authority_spec w = { .subject = name[i],
                                    .issuer = i == 0 ? "Root" : name[i - 1],
                                    .key = i % 8 + 1,
                                    .signer = i == 0 ? 0 : (i - 1) % 8 + 1,
                                    .ca = true,
                                    .serial = (long)i + 50 };

        (void)snprintf(name[i], sizeof name[i], "CA %u", i);
        put(&s, make(&s, &w), false);
    }
    leaf = make(&s, &(struct authority_spec){
                        .subject = "Leaf", .issuer = name[LONG - 1], .key = 3, .signer = (LONG - 1) % 8 + 1, .serial = 4 });
    ask(&s, leaf);
    tap_ok(answer.good == 0 && answer.stopped != NULL, "a path of %d certificates is too long: %s", LONG + 2, answer.stopped);
    tap_is_int(SCP_PATH_NO_ISSUER, answer.miss.path.fault, "behind the longest nobody is looked for");
    leaf = make(&s, &(struct authority_spec){ .subject = "Leaf",
                                              .issuer = name[SCP_PATH_DEPTH_MAX - 3],
                                              .key = 3,
                                              .signer = (SCP_PATH_DEPTH_MAX - 3) % 8 + 1,
                                              .serial = 4 });
    ask(&s, leaf);
    tap_ok(answer.good == 1 && answer.best.n == SCP_PATH_DEPTH_MAX, "one of %d is not", SCP_PATH_DEPTH_MAX);
    leaf = make(&s, &(struct authority_spec){ .subject = "Leaf",
                                              .issuer = name[SCP_PATH_DEPTH_MAX - 1],
                                              .key = 3,
                                              .signer = (SCP_PATH_DEPTH_MAX - 1) % 8 + 1,
                                              .serial = 5 });
    ask(&s, leaf);
    tap_ok(answer.good == 0 && answer.stopped != NULL, "one of two more is: %s", answer.stopped);
    put(&s,
        make(&s, &(struct authority_spec){ .subject = name[SCP_PATH_DEPTH_MAX - 1],
                                           .issuer = "Root",
                                           .key = (SCP_PATH_DEPTH_MAX - 1) % 8 + 1,
                                           .signer = 0,
                                           .ca = true,
                                           .serial = 99 }),
        false);
    ask(&s, leaf);
    tap_ok(answer.good == 1 && answer.stopped == NULL, "which does not matter where a short one is, too");
    close_scene(&s);
}

/* Certificates that all signed each other: far more paths than can be tried. */
static void test_mesh(void)
{
    enum { NODES = 7 };
    static const char *const NAMES[NODES] = { "A", "B", "C", "D", "E", "F", "G" };
    struct scene s;
    size_t leaf, bad;

    open_scene(&s);
    leaf = make(&s, &(struct authority_spec){ .subject = "Leaf", .issuer = "A", .key = 9, .signer = 0, .serial = 4 });
    for (unsigned subject = 0; subject < NODES; subject++) {
        for (unsigned issuer = 0; issuer < NODES; issuer++) {
            if (subject != issuer)
                put(&s,
                    make(&s, &(struct authority_spec){ .subject = NAMES[subject],
                                                       .issuer = NAMES[issuer],
                                                       .key = subject,
                                                       .signer = issuer,
                                                       .ca = true,
                                                       .serial = (long)(100 + subject * NODES + issuer) }),
                    false);
        }
    }
    ask(&s, leaf);
    tap_ok(answer.good == 0 && answer.stopped == NULL && answer.miss.path.fault == SCP_PATH_CIRCLE,
           "a mesh without a root: nothing was left out in %zu steps", answer.steps);
    bad = make(&s, &(struct authority_spec){ .subject = "G", .issuer = "G", .key = 6, .signer = 6, .ca = true, .serial = 9 });
    put(&s, bad, true);
    ask(&s, leaf);
    tap_ok(answer.good == SCP_PATH_COUNTED_MAX && answer.more && answer.stopped == NULL && answer.best.n == 3,
           "with a root the shortest path of %zu and more: %zu certificates", answer.good, answer.best.n);
    close_scene(&s);
}

/* More paths than are verified, none of them good. */
static void test_bad_mesh(void)
{
    enum { NODES = 7 };
    static const char *const NAMES[NODES] = { "A", "B", "C", "D", "E", "F", "G" };
    struct scene s;
    size_t leaf;

    open_scene(&s);
    leaf = make(&s, &(struct authority_spec){ .subject = "Leaf", .issuer = "A", .key = 9, .signer = 0, .serial = 4 });
    for (unsigned subject = 0; subject < NODES; subject++) {
        for (unsigned issuer = 0; issuer < NODES; issuer++) {
            put(&s,
                make(&s, &(struct authority_spec){ .subject = NAMES[subject],
                                                   .issuer = NAMES[issuer],
                                                   .key = subject,
                                                   .signer = issuer,
                                                   .ca = true,
                                                   .fault = subject == issuer ? FAULT_NAME_CONSTRAINT : FAULT_NONE,
                                                   .serial = (long)(100 + subject * NODES + issuer) }),
                subject == issuer);
        }
    }
    ask(&s, leaf);
    tap_is_int(0, (long long)answer.good, "no path of a bad mesh is good");
    tap_is_text("too many signature checks", answer.stopped, "and not all were verified");
    close_scene(&s);
}

/* Many short ones, of which none is good. */
static void test_bad_twins(void)
{
    enum { EACH = 32 };
    struct authority_spec root = ROOT, middle = MIDDLE, leaf = LEAF;
    struct scene s;
    size_t n;

    root.fault = FAULT_NAME_CONSTRAINT;
    leaf.issuer = "Middle";
    leaf.signer = 1;
    open_scene(&s);
    n = make(&s, &leaf);
    for (long i = 0; i < EACH; i++) {
        root.serial = 300 + i;
        middle.serial = 400 + i;
        put(&s, make(&s, &root), true);
        put(&s, make(&s, &middle), false);
    }
    ask(&s, n);
    tap_is_int(0, (long long)answer.good, "no path of bad twins is good");
    tap_is_text("too many paths", answer.stopped, "and not all were verified");
    tap_ok(answer.miss.path.fault == SCP_PATH_INVALID, "what is wrong with them is told: %s", answer.miss.path.message);
    close_scene(&s);
}

/* Ten thousand certificates of one name, all but one with another key. */
static void test_many(bool key_ids)
{
    struct scp_pool *pool = scp_pool_new();
    struct scp_path_query q = { .purpose = SCP_PURPOSE_SERVER_AUTH, .at = AUTHORITY_NOW };
    struct authority_spec spec = MIDDLE, leaf_spec = LEAF;
    X509 *x[3];
    uint8_t *der[3], *copies, *twin;
    size_t len[3], twin_len;
    X509 *other;

    leaf_spec.issuer = "Middle";
    leaf_spec.signer = 1;
    leaf_spec.key_ids = spec.key_ids = key_ids;
    x[0] = authority_issue(&ROOT);
    x[1] = authority_issue(&spec);
    x[2] = authority_issue(&leaf_spec);
    for (int i = 0; i < 3; i++)
        authority_encode(x[i], &der[i], &len[i]);
    spec.key = 7;
    spec.serial = 0x7FFFFFFF;
    spec.not_after = AUTHORITY_NOW + 900 * (int64_t)AUTHORITY_DAY;
    other = authority_issue(&spec);
    authority_encode(other, &twin, &twin_len);
    copies = malloc(MANY * twin_len);
    for (uint32_t i = 0; i < MANY; i++) {
        uint8_t *copy = memcpy(copies + i * twin_len, twin, twin_len);

        /* Another signature makes it another certificate. */
        memcpy(copy + twin_len - 4, &i, sizeof i);
        authority_pool_add(pool, copy, twin_len, false);
    }
    authority_pool_add(pool, der[0], len[0], true);
    authority_pool_add(pool, der[1], len[1], false);
    q.der = der[2];
    q.len = len[2];
    if (scp_path_find(pool, &q, &answer, NULL) != 0)
        tap_bail("not found");
    tap_ok(key_ids ? answer.good == 1 && answer.stopped == NULL : answer.good <= 1 && (answer.good == 1 || answer.stopped != NULL),
           "%d candidates of one name %s key identifiers: %zu good, %s, %zu steps, cost %zu", MANY, key_ids ? "with" : "without",
           answer.good, answer.stopped != NULL ? answer.stopped : "complete", answer.steps, answer.cost);
    scp_pool_free(pool);
    free(copies);
    OPENSSL_free(twin);
    X509_free(other);
    for (int i = 0; i < 3; i++) {
        OPENSSL_free(der[i]);
        X509_free(x[i]);
    }
}

/* --- Names without decoding them --- */

static void test_name_hash(void)
{
    static const uint8_t UTF8[] = { 0x30, 14, 0x31, 12, 0x30, 10, 6, 3, 0x55, 4, 3, 0x0C, 3, 'C', 'A', '1' };
    static const uint8_t BMP[] = { 0x30, 17, 0x31, 15, 0x30, 13, 6, 3, 0x55, 4, 3, 0x1E, 6, 0, 'c', 0, 'a', 0, '1' };
    static const uint8_t SPACED[] = { 0x30, 16, 0x31, 14, 0x30, 12, 6, 3, 0x55, 4, 3, 0x13, 5, ' ', 'C', 'A', '1', ' ' };
    static const uint8_t OTHER[] = { 0x30, 14, 0x31, 12, 0x30, 10, 6, 3, 0x55, 4, 10, 0x0C, 3, 'C', 'A', '1' };
    struct scp_bytes utf8 = { UTF8, sizeof UTF8 }, bmp = { BMP, sizeof BMP }, spaced = { SPACED, sizeof SPACED },
                     other = { OTHER, sizeof OTHER };
    struct scp_bytes cut = { UTF8, 5 };

    tap_ok(scp_outline_name_hash(&utf8) == scp_outline_name_hash(&bmp), "case and string type do not matter");
    tap_ok(scp_outline_name_hash(&utf8) == scp_outline_name_hash(&spaced), "blanks neither");
    tap_ok(scp_outline_name_hash(&utf8) != scp_outline_name_hash(&other), "another attribute does");
    tap_ok(scp_outline_name_hash(&cut) == 0, "what is no name has none");
}

static void test_bad_input(void)
{
    static const uint8_t GARBAGE[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
    struct scp_pool *pool = scp_pool_new();
    struct scp_pool_cert c = { .der = GARBAGE, .len = sizeof GARBAGE, .rule = SCP_POOL_RULE_NONE };
    struct scp_path_query q = { .der = GARBAGE, .len = sizeof GARBAGE, .at = AUTHORITY_NOW };
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(1, scp_pool_add(pool, &c, NULL), "what is no certificate is not added");
    tap_is_int(-1, scp_path_find(pool, &q, &answer, &err), "and has no path");
    tap_is_int(SCP_ERR_FORMAT, err.code, "%s", err.message);
    scp_pool_free(pool);
}

int main(void)
{
    test_faults();
    test_keys();
    test_missing_links();
    test_twins();
    test_nearest();
    test_same_name();
    test_preference();
    test_anchors();
    test_path_length_below_an_issuing_ca();
    test_rules();
    test_purposes();
    test_code();
    test_times();
    test_forgetting();
    test_rollover();
    test_cost();
    test_own_flaws();
    test_long_path();
    test_mesh();
    test_bad_mesh();
    test_bad_twins();
    test_many(true);
    test_many(false);
    test_name_hash();
    test_bad_input();
    authority_free();
    return tap_done();
}
