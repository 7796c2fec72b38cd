/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Issuers of every kind, made with OpenSSL, each as a root of its own and below one: is a CRL of theirs, an OCSP answer, a
 * delegate's answer, a chain over them good for us where OpenSSL refuses it?  Never, but for the tolerances, which are rows of the
 * table with their reason; and where we alone refuse, the row says why.
 */
#include "chain/issuer.h"
#include "chain/path.h"
#include "judge/crl.h"
#include "judge/ocsp.h"
#include "codec/x509/certificate.h"
#include "tap.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

enum { NOW = 1795435200, HOUR = 3600, DAY = 86400, MADE = NOW - 2 * DAY, NONE = -1 };
enum kind { CRL, OCSP_BY_CA, OCSP_BY_DELEGATE, CHAIN, KINDS };
enum key_kind { P256, P384, P224, P192, RSA2048, RSA1024, RSA512, ED25519, PSS, SECP256K1, KEYS };
static const char *const KIND[] = { "CRL", "OCSP answer", "delegate's answer", "chain" };

/* What a row allows: masks of kinds, (1 << CRL) | ... */
#define ALL 15u
#define OBJECTS 7u /* no path */
#define ONLY(kind) (1u << (kind))

struct row {
    const char *name;
    enum key_kind key;
    const char *constraints, *usage; /* basicConstraints, keyUsage as of openssl.cnf; NULL: none */
    int other_nid;                   /* a further extension; 0: none */
    const char *other;
    bool version_1, critical, plain_unknown, twin, spelled, wrong_id;
    long from, to;                      /* seconds from NOW; 0: years */
    const char *digest, *object_digest; /* of its certificate, of what it signs; NULL: SHA-256 */
    int renewed;                        /* 1: a valid one with its key behind it, 2: before it */
    unsigned stricter;                  /* kinds that we alone refuse, and why */
    const char *why;
    unsigned tolerated; /* kinds that we take and OpenSSL does not, and by which tolerance */
    const char *tolerance;
};

/* OpenSSL asks nothing of a certificate that is in its store and has signed the answer itself. */
#define NO_CA .stricter = ONLY(OCSP_BY_CA), .why = "who is no CA vouches for nobody (RFC 6960 section 4.2.2.2)"
#define CA_TRUE .constraints = "critical,CA:TRUE"
#define BOTH .usage = "critical,keyCertSign,cRLSign"

static const struct row ROWS[] = {
    { .name = "a CA", CA_TRUE, BOTH },
    { .name = "constraints that are not critical", .constraints = "CA:TRUE", BOTH },
    { .name = "no key usage", CA_TRUE },
    { .name = "no cRLSign", CA_TRUE, .usage = "critical,keyCertSign" },
    { .name = "no keyCertSign", CA_TRUE, .usage = "critical,cRLSign", NO_CA },
    { .name = "digitalSignature alone", CA_TRUE, .usage = "critical,digitalSignature", NO_CA },
    { .name = "CA:FALSE", .constraints = "critical,CA:FALSE", BOTH, NO_CA },
    { .name = "CA:FALSE, no key usage", .constraints = "critical,CA:FALSE", NO_CA },
    { .name = "no basicConstraints",
      BOTH,
      .stricter = OBJECTS,
      .why = "below a root it is no anchor: without basicConstraints no CA (RFC 5280 section 4.2.1.9)" },
    { .name = "no basicConstraints, no key usage", NO_CA },
    { .name = "version 1", .version_1 = true, NO_CA },
    { .name = "expired", CA_TRUE, BOTH, .from = -400 * DAY, .to = -DAY },
    { .name = "in its last minute", CA_TRUE, BOTH, .to = 60 },
    { .name = "not yet valid", CA_TRUE, BOTH, .from = DAY },
    { .name = "valid in two minutes", CA_TRUE, BOTH, .from = 120 },
    { .name = "younger than what it signed by half a day",
      CA_TRUE,
      BOTH,
      .from = MADE - NOW + DAY / 2,
      .stricter = ONLY(OCSP_BY_CA) | ONLY(OCSP_BY_DELEGATE),
      .why = "it was not valid when the answer was produced" },
    { .name = "younger than what it signed by more than a day",
      CA_TRUE,
      BOTH,
      .from = MADE - NOW + DAY + HOUR,
      .stricter = OBJECTS,
      .why = "it was not valid when the object was made" },
    { .name = "expired, renewed with the same key",
      CA_TRUE,
      BOTH,
      .from = -400 * DAY,
      .to = -DAY,
      .renewed = 1,
      .tolerated = ONLY(OCSP_BY_CA),
      .tolerance = "one that is valid today is enough, in any order; OpenSSL looks at the first" },
    { .name = "renewed with the same key, expired", CA_TRUE, BOTH, .from = -400 * DAY, .to = -DAY, .renewed = 2 },
    { .name = "P-384", .key = P384, CA_TRUE, BOTH },
    { .name = "P-224", .key = P224, CA_TRUE, BOTH },
    { .name = "P-192", .key = P192, CA_TRUE, BOTH, .stricter = ALL, .why = "an EC key below 224 bits proves nothing" },
    { .name = "secp256k1", .key = SECP256K1, CA_TRUE, BOTH },
    { .name = "RSA 2048", .key = RSA2048, CA_TRUE, BOTH },
    { .name = "RSA-PSS 2048", .key = PSS, CA_TRUE, BOTH },
    { .name = "RSA 1024", .key = RSA1024, CA_TRUE, BOTH },
    { .name = "RSA 512", .key = RSA512, CA_TRUE, BOTH, .stricter = ALL, .why = "an RSA key below 1024 bits proves nothing" },
    { .name = "Ed25519",
      .key = ED25519,
      CA_TRUE,
      BOTH,
      .stricter = ALL,
      .why = "what such a key is worth could not be told: UNKNOWN" },
    { .name = "signed with SHA-1", CA_TRUE, BOTH, .digest = "SHA1" },
    { .name = "signed with MD5", .key = RSA2048, CA_TRUE, BOTH, .digest = "MD5", .stricter = ALL, .why = "MD5 proves nothing" },
    { .name = "signs with SHA-1", CA_TRUE, BOTH, .object_digest = "SHA1" },
    { .name = "signs with MD5",
      .key = RSA2048,
      CA_TRUE,
      BOTH,
      .object_digest = "MD5",
      .stricter = ALL,
      .why = "MD5 proves nothing" },
    { .name = "an unknown critical extension", CA_TRUE, BOTH, .critical = true },
    { .name = "an unknown extension", CA_TRUE, BOTH, .plain_unknown = true },
    { .name = "no CA below it", .constraints = "critical,CA:TRUE,pathlen:0", BOTH },
    { .name = "name constraints that fit",
      CA_TRUE,
      BOTH,
      .other_nid = NID_name_constraints,
      .other = "critical,permitted;DNS:leaf.example" },
    { .name = "name constraints that do not",
      CA_TRUE,
      BOTH,
      .other_nid = NID_name_constraints,
      .other = "critical,permitted;DNS:other.example" },
    { .name = "constraints on policies",
      CA_TRUE,
      BOTH,
      .other_nid = NID_policy_constraints,
      .other = "critical,requireExplicitPolicy:3" },
    { .name = "for servers only", CA_TRUE, BOTH, .other_nid = NID_ext_key_usage, .other = "serverAuth" },
    { .name = "for code only", CA_TRUE, BOTH, .other_nid = NID_ext_key_usage, .other = "codeSigning" },
    { .name = "a namesake with another key", CA_TRUE, BOTH, .twin = true },
    { .name = "a name in other letters", CA_TRUE, BOTH, .spelled = true },
    { .name = "another key identifier", CA_TRUE, BOTH, .wrong_id = true },
};

static EVP_PKEY *keys[KEYS], *root_key, *twin_key, *leaf_key, *delegate_key;
static X509 *root;

/* --- Making --- */

static EVP_PKEY *new_key(enum key_kind kind)
{
    static const char *const CURVES[] = {
        [P256] = "P-256", [P384] = "P-384", [P224] = "P-224", [P192] = "P-192", [SECP256K1] = "secp256k1"
    };
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *key = NULL;

    switch (kind) {
    case RSA2048: return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    case RSA1024: return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
    case RSA512: return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)512);
    case ED25519: return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case PSS:
        ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
        if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) != 1 ||
            EVP_PKEY_keygen(ctx, &key) != 1)
            tap_bail("no RSA-PSS key");
        EVP_PKEY_CTX_free(ctx);
        return key;
    default: return EVP_PKEY_Q_keygen(NULL, NULL, "EC", CURVES[kind]);
    }
}

static const EVP_MD *digest_for(EVP_PKEY *key, const char *name)
{
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_get_digestbyname(name != NULL ? name : "SHA256");
}

static X509_NAME *new_name(const char *text)
{
    X509_NAME *name = X509_NAME_new();

    if (name == NULL || X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) != 1)
        tap_bail("no name");
    return name;
}

static void add(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;

    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    e = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value);
    if (e == NULL || X509_add_ext(x, e, -1) != 1)
        tap_bail("no extension %d %s", nid, value);
    X509_EXTENSION_free(e);
}

static void add_unknown(X509 *x, bool critical)
{
    ASN1_OBJECT *oid = OBJ_txt2obj("1.2.3.4.5", 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    X509_EXTENSION *e = NULL;

    if (oid == NULL || value == NULL || ASN1_OCTET_STRING_set(value, (const unsigned char *)"\5\0", 2) != 1 ||
        (e = X509_EXTENSION_create_by_OBJ(NULL, oid, critical, value)) == NULL || X509_add_ext(x, e, -1) != 1)
        tap_bail("no extension");
    X509_EXTENSION_free(e);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
}

/* An unsigned certificate. */
static X509 *new_certificate(const char *subject, const char *issuer, EVP_PKEY *key, long serial, int version)
{
    X509 *x = X509_new();
    X509_NAME *s = new_name(subject), *i = new_name(issuer);

    if (x == NULL || X509_set_version(x, version) != 1 || ASN1_INTEGER_set(X509_get_serialNumber(x), serial) != 1 ||
        X509_set_subject_name(x, s) != 1 || X509_set_issuer_name(x, i) != 1 || X509_set_pubkey(x, key) != 1)
        tap_bail("no certificate");
    X509_NAME_free(s);
    X509_NAME_free(i);
    return x;
}

static void validity(X509 *x, long from, long to)
{
    if (ASN1_TIME_set(X509_getm_notBefore(x), NOW + (from != 0 ? from : -1000L * DAY)) == NULL ||
        ASN1_TIME_set(X509_getm_notAfter(x), NOW + (to != 0 ? to : 1000L * DAY)) == NULL)
        tap_bail("no validity");
}

/* Signed and read back, as one that came from elsewhere. */
static X509 *finish(X509 *x, EVP_PKEY *signer, const char *digest)
{
    unsigned char *der = NULL;
    const unsigned char *p;
    X509 *read;
    int n;

    if (X509_sign(x, signer, digest_for(signer, digest)) <= 0)
        tap_bail("cannot sign: %s", ERR_reason_error_string(ERR_peek_last_error()));
    n = i2d_X509(x, &der);
    p = der;
    read = d2i_X509(NULL, &p, n);
    OPENSSL_free(der);
    X509_free(x);
    return read;
}

static X509 *make_issuer(const struct row *r, bool self, EVP_PKEY *key, long from, long to)
{
    X509 *x = new_certificate("Issuer", self ? "Issuer" : "Root", key, 7, r->version_1 ? X509_VERSION_1 : X509_VERSION_3);

    validity(x, from, to);
    if (!r->version_1) {
        add(x, x, NID_subject_key_identifier, "hash");
        if (r->constraints != NULL)
            add(x, x, NID_basic_constraints, r->constraints);
        if (r->usage != NULL)
            add(x, x, NID_key_usage, r->usage);
        if (r->other != NULL)
            add(x, x, r->other_nid, r->other);
        if (r->critical || r->plain_unknown)
            add_unknown(x, r->critical);
    }
    return finish(x, self ? key : root_key, r->digest);
}

static X509 *make_leaf(const struct row *r, EVP_PKEY *signer, EVP_PKEY *key, bool delegate)
{
    X509 *x =
        new_certificate(delegate ? "Responder" : "Leaf", r->spelled ? "ISSUER" : "Issuer", key, delegate ? 8 : 9, X509_VERSION_3);

    validity(x, -100 * DAY, 100 * DAY);
    add(x, x, NID_basic_constraints, "CA:FALSE");
    if (delegate)
        add(x, x, NID_ext_key_usage, "OCSPSigning");
    else
        add(x, x, NID_subject_alt_name, "DNS:leaf.example");
    if (r->wrong_id) {
        X509 *other = new_certificate("Issuer", "Issuer", twin_key, 7, X509_VERSION_3);

        add(other, other, NID_subject_key_identifier, "hash");
        add(x, other, NID_authority_key_identifier, "keyid:always");
        X509_free(other);
    }
    return finish(x, signer, r->object_digest);
}

static X509_CRL *make_crl(const struct row *r, EVP_PKEY *signer)
{
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *name = new_name(r->spelled ? "issuer" : "Issuer");
    ASN1_TIME *this_update = ASN1_TIME_set(NULL, MADE), *next_update = ASN1_TIME_set(NULL, NOW + 5 * DAY);
    ASN1_INTEGER *number = ASN1_INTEGER_new();

    if (crl == NULL || this_update == NULL || next_update == NULL || number == NULL || ASN1_INTEGER_set(number, 1) != 1 ||
        X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 || X509_CRL_set_issuer_name(crl, name) != 1 ||
        X509_CRL_set1_lastUpdate(crl, this_update) != 1 || X509_CRL_set1_nextUpdate(crl, next_update) != 1 ||
        X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) != 1 ||
        X509_CRL_sign(crl, signer, digest_for(signer, r->object_digest)) <= 0)
        tap_bail("no CRL");
    X509_NAME_free(name);
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(this_update);
    ASN1_TIME_free(next_update);
    return crl;
}

/* OpenSSL takes producedAt from the clock: made with the pieces, then the time is put right and it is signed again. */
static OCSP_RESPONSE *make_answer(const struct row *r, X509 *issuer, X509 *leaf, X509 *signer, EVP_PKEY *key)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);
    ASN1_TIME *this_update = ASN1_GENERALIZEDTIME_set(NULL, MADE), *next_update = ASN1_GENERALIZEDTIME_set(NULL, NOW + 5 * DAY);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    OCSP_RESPONSE *response;

    if (basic == NULL || id == NULL || this_update == NULL || next_update == NULL || ctx == NULL ||
        OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, NULL, this_update, next_update) == NULL ||
        OCSP_basic_sign(basic, signer, key, digest_for(key, r->object_digest), NULL, 0) != 1)
        tap_bail("no OCSP answer");
    ASN1_GENERALIZEDTIME_set((ASN1_GENERALIZEDTIME *)(uintptr_t)OCSP_resp_get0_produced_at(basic), MADE);
    if (EVP_DigestSignInit(ctx, NULL, digest_for(key, r->object_digest), NULL, key) != 1 ||
        OCSP_basic_sign_ctx(basic, signer, ctx, NULL, OCSP_NOTIME) != 1)
        tap_bail("no OCSP answer");
    response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    EVP_MD_CTX_free(ctx);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    ASN1_TIME_free(this_update);
    ASN1_TIME_free(next_update);
    return response;
}

/* --- One issuer and what it signed --- */

struct scene {
    const struct row *row;
    bool self;
    X509 *issuer[2]; /* in the order in which they are given */
    size_t issuers;
    struct scp_issuer given[2];
    uint8_t *der[2], *leaf_der, *root_der;
    size_t len[2], leaf_len, root_len;
    X509 *leaf, *delegate;
    X509_CRL *crl;
    OCSP_RESPONSE *answer[2]; /* by the CA, by the delegate */
};

static void encode(X509 *x, uint8_t **der, size_t *len)
{
    int n;

    *der = NULL;
    n = i2d_X509(x, der);
    if (n <= 0)
        tap_bail("cannot encode");
    *len = (size_t)n;
}

static void open_scene(struct scene *s, const struct row *r, bool self)
{
    EVP_PKEY *key = keys[r->key], *signer = r->twin ? twin_key : key;
    X509 *of_signer;
    size_t first = r->renewed == 2;

    memset(s, 0, sizeof *s);
    s->row = r;
    s->self = self;
    s->issuers = r->renewed ? 2 : 1;
    s->issuer[r->renewed == 2 ? 1 : 0] = make_issuer(r, self, key, r->from, r->to);
    if (r->renewed)
        s->issuer[1 - first] = make_issuer(r, self, key, -2 * DAY - HOUR, 0);
    of_signer = r->twin ? make_issuer(r, self, signer, r->from, r->to) : s->issuer[0];
    s->leaf = make_leaf(r, signer, leaf_key, false);
    s->delegate = make_leaf(r, signer, delegate_key, true);
    s->crl = make_crl(r, signer);
    s->answer[0] = make_answer(r, of_signer, s->leaf, of_signer, signer);
    s->answer[1] = make_answer(r, of_signer, s->leaf, s->delegate, delegate_key);
    if (r->twin)
        X509_free(of_signer);
    for (size_t i = 0; i < s->issuers; i++) {
        encode(s->issuer[i], &s->der[i], &s->len[i]);
        if (!scp_issuer_of(s->der[i], s->len[i], &s->given[i]))
            tap_bail("not an issuer");
    }
    encode(s->leaf, &s->leaf_der, &s->leaf_len);
    encode(root, &s->root_der, &s->root_len);
}

static void close_scene(struct scene *s)
{
    for (size_t i = 0; i < s->issuers; i++) {
        X509_free(s->issuer[i]);
        OPENSSL_free(s->der[i]);
    }
    OPENSSL_free(s->leaf_der);
    OPENSSL_free(s->root_der);
    X509_free(s->leaf);
    X509_free(s->delegate);
    X509_CRL_free(s->crl);
    OCSP_RESPONSE_free(s->answer[0]);
    OCSP_RESPONSE_free(s->answer[1]);
}

/* --- OpenSSL's word --- */

static X509_STORE *new_store(const struct scene *s, bool partial)
{
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);

    X509_VERIFY_PARAM_set_time(param, NOW);
    if (partial)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    for (size_t i = 0; i < s->issuers && (partial || s->self); i++)
        (void)X509_STORE_add_cert(store, s->issuer[i]);
    if (!partial && !s->self)
        (void)X509_STORE_add_cert(store, root);
    return store;
}

static bool their_path(const struct scene *s, bool with_crl)
{
    X509_STORE *store = new_store(s, with_crl);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    bool good;

    if (with_crl) {
        X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store), X509_V_FLAG_CRL_CHECK);
        (void)X509_STORE_add_crl(store, s->crl);
    }
    for (size_t i = 0; i < s->issuers; i++)
        (void)sk_X509_push(between, s->issuer[i]);
    good = X509_STORE_CTX_init(ctx, store, s->leaf, between) == 1 && X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_free(between);
    return good;
}

static bool their_answer(const struct scene *s, const OCSP_RESPONSE *response)
{
    OCSP_BASICRESP *basic = OCSP_response_get1_basic((OCSP_RESPONSE *)(uintptr_t)response);
    X509_STORE *store = new_store(s, true);
    STACK_OF(X509) *signers = sk_X509_new_null();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), s->leaf, s->issuer[0]);
    bool good;

    for (size_t i = 0; i < s->issuers; i++)
        (void)sk_X509_push(signers, s->issuer[i]);
    good = OCSP_basic_verify(basic, signers, store, 0) == 1 && OCSP_resp_find(basic, id, -1) >= 0;
    OCSP_CERTID_free(id);
    sk_X509_free(signers);
    X509_STORE_free(store);
    OCSP_BASICRESP_free(basic);
    return good;
}

static bool theirs(const struct scene *s, enum kind kind)
{
    switch (kind) {
    case CRL: return their_path(s, true);
    case OCSP_BY_CA: return their_answer(s, s->answer[0]);
    case OCSP_BY_DELEGATE: return their_answer(s, s->answer[1]);
    default: return their_path(s, false);
    }
}

/* --- Ours --- */

/* As the plan of check_scp_revocation: the certificate must be the issuer's, and have nothing against it. */
static bool certificate_fits(const struct scene *s)
{
    struct scp_err err = SCP_ERR_INIT;

    for (size_t i = 0; i < s->issuers; i++) {
        if (scp_issuer_signed(s->der[i], s->len[i], s->leaf_der, s->leaf_len, &err) == 1 &&
            scp_issuer_objection(s->der[i], s->len[i], s->leaf_der, s->leaf_len, &err) == NULL &&
            scp_issuer_digest(s->leaf_der, s->leaf_len) != SCP_STRENGTH_BROKEN)
            return true;
    }
    return false;
}

static bool our_crl(const struct scene *s)
{
    struct scp_revocable leaf;
    struct scp_judgement j;
    struct scp_crl_context c = {
        .now = NOW, .issuer = s->given, .issuers = s->issuers, .certificate = &leaf, .serial_asked = true
    };
    unsigned char *der = NULL;
    int n = i2d_X509_CRL(s->crl, &der);

    if (n <= 0 || scp_revocable_parse(s->leaf_der, s->leaf_len, &leaf, NULL) != 0)
        tap_bail("cannot encode");
    scp_crl_judge_bytes(der, (size_t)n, &leaf.serial, 1, &c, &j);
    scp_revocable_free(&leaf);
    OPENSSL_free(der);
    return scp_judgement_good(&j) && certificate_fits(s);
}

static bool our_answer(const struct scene *s, const OCSP_RESPONSE *response)
{
    struct scp_ocsp_context c = { .now = NOW, .issuer = s->given, .issuers = s->issuers };
    struct scp_ocsp_question q;
    struct scp_revocable leaf;
    struct scp_judgement j;
    unsigned char *der = NULL;
    int n = i2d_OCSP_RESPONSE(response, &der);

    if (n <= 0 || scp_revocable_parse(s->leaf_der, s->leaf_len, &leaf, NULL) != 0 ||
        scp_ocsp_ask(leaf.issuer_der, leaf.issuer_der_len, s->given[0].spki_der, s->given[0].spki_der_len, &leaf.serial, &q,
                     NULL) != 0)
        tap_bail("cannot ask");
    scp_ocsp_judge_bytes(der, (size_t)n, &q, &c, &j);
    scp_revocable_free(&leaf);
    OPENSSL_free(der);
    return scp_judgement_good(&j);
}

static void put(struct scp_pool *pool, const uint8_t *der, size_t len, bool is_root)
{
    struct scp_pool_cert c = { .der = der, .len = len, .root = is_root, .rule = SCP_POOL_RULE_NONE };

    if (scp_certificate_sha1(der, len, c.sha1, NULL) != 0 || scp_pool_add(pool, &c, NULL) < 0)
        tap_bail("no pool");
}

static bool our_path(const struct scene *s)
{
    static struct scp_path_answer answer;
    const struct scp_path_query q = { .der = s->leaf_der, .len = s->leaf_len, .purpose = SCP_PURPOSE_ANY, .at = NOW };
    struct scp_pool *pool = scp_pool_new();

    for (size_t i = 0; i < s->issuers; i++)
        put(pool, s->der[i], s->len[i], s->self);
    if (!s->self)
        put(pool, s->root_der, s->root_len, true);
    if (scp_path_find(pool, &q, &answer, NULL) != 0)
        answer.good = 0;
    scp_pool_free(pool);
    return answer.good > 0 && answer.best.undetermined.found == 0;
}

static bool ours(const struct scene *s, enum kind kind)
{
    switch (kind) {
    case CRL: return our_crl(s);
    case OCSP_BY_CA: return our_answer(s, s->answer[0]);
    case OCSP_BY_DELEGATE: return our_answer(s, s->answer[1]);
    default: return our_path(s);
    }
}

/* --- */

static unsigned both_take, both_refuse, stricter, tolerated, used;

static void compare(const struct scene *s, enum kind kind)
{
    const struct row *r = s->row;
    bool we = ours(s, kind), they = theirs(s, kind);
    const char *how = s->self ? "a root" : "below a root";

    ERR_clear_error();
    both_take += we && they;
    both_refuse += !we && !they;
    stricter += !we && they;
    tolerated += we && !they;
    used |= we != they ? 1u << kind : 0;
    if (we && !they)
        tap_ok((r->tolerated & 1u << kind) != 0, "%s (%s), %s: we alone take it: %s", r->name, how, KIND[kind],
               r->tolerance != NULL ? r->tolerance : "no reason");
    else if (!we && they)
        tap_ok((r->stricter & 1u << kind) != 0, "%s (%s), %s: OpenSSL alone takes it: %s", r->name, how, KIND[kind],
               r->why != NULL ? r->why : "no reason");
    else
        tap_ok(1, "%s (%s), %s: both %s", r->name, how, KIND[kind], we ? "take it" : "refuse it");
}

static void prepare(void)
{
    for (int i = 0; i < KEYS; i++)
        keys[i] = new_key((enum key_kind)i);
    root_key = new_key(RSA2048);
    twin_key = new_key(P256);
    leaf_key = new_key(P256);
    delegate_key = new_key(RSA2048);
    root = new_certificate("Root", "Root", root_key, 1, X509_VERSION_3);
    validity(root, 0, 0);
    add(root, root, NID_basic_constraints, "critical,CA:TRUE");
    add(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
    root = finish(root, root_key, NULL);
}

int main(void)
{
    prepare();
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        used = 0;
        for (int self = 0; self < 2; self++) {
            struct scene s;

            open_scene(&s, &ROWS[i], self);
            for (int kind = 0; kind < KINDS; kind++)
                compare(&s, (enum kind)kind);
            close_scene(&s);
        }
        tap_ok(((ROWS[i].stricter | ROWS[i].tolerated) & ~used) == 0, "%s: no exception that is not needed", ROWS[i].name);
    }
    tap_diag("%u taken by both, %u refused by both, %u by us alone, %u taken by us alone", both_take, both_refuse, stricter,
             tolerated);
    tap_ok(sizeof ROWS / sizeof ROWS[0] * 2 >= 60, "sixty issuers and more");
    X509_free(root);
    for (int i = 0; i < KEYS; i++)
        EVP_PKEY_free(keys[i]);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(twin_key);
    EVP_PKEY_free(leaf_key);
    EVP_PKEY_free(delegate_key);
    return tap_done();
}
