/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may vouch, and when: alternatives of one name and key in each order, at the ends of their lives. */
#include "chain/issuer.h"
#include "base/utc.h"
#include "tap.h"
#include "unit/chain/authority.h"

#include <openssl/x509v3.h>

#include <string.h>

enum { NOW = AUTHORITY_NOW, DAY = AUTHORITY_DAY, MOST = 2, SKEW = SCP_UTC_SKEW, CRL = SCP_ISSUER_CRL_TOLERANCE };
enum { P256, RSA1024, RSA512, ED25519, KINDS };

/* --- Certificates --- */

struct made {
    uint8_t *der;
    size_t len;
    struct scp_issuer issuer;
};

/* From and to: seconds from NOW; 0: years.  How it is not as a CA's should be: */
enum lack { NOTHING, CONSTRAINTS, EXTENSIONS, VERSION, MD5, DER, EVERYTHING, KEY };

struct certificate {
    int64_t from, to;
    enum authority_fault fault;
    enum lack lack;
    bool below;        /* signed by another; else by itself, and of its name */
    const char *usage; /* of who is no CA; "": none */
    bool malformed;    /* an extension is */
};

static EVP_PKEY *key_of[KINDS];

static EVP_PKEY *key(int kind)
{
    if (key_of[kind] == NULL && kind == P256)
        key_of[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    else if (key_of[kind] == NULL && kind == ED25519)
        key_of[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else if (key_of[kind] == NULL)
        key_of[kind] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)(kind == RSA1024 ? 1024 : 512));
    if (key_of[kind] == NULL)
        tap_bail("no key");
    return key_of[kind];
}

static void strip(X509 *x, enum lack lack)
{
    EVP_PKEY *signer = lack == MD5 ? key(RSA1024) : authority_key(1);

    if (lack == CONSTRAINTS)
        X509_EXTENSION_free(X509_delete_ext(x, X509_get_ext_by_NID(x, NID_basic_constraints, -1)));
    while ((lack == VERSION || lack == EXTENSIONS) && X509_get_ext_count(x) > 0)
        X509_EXTENSION_free(X509_delete_ext(x, 0));
    if (lack == VERSION)
        X509_set_version(x, 0);
    if (X509_sign(x, signer, lack == MD5 ? EVP_md5() : EVP_sha256()) <= 0)
        tap_bail("not signed");
}

static void make(const struct certificate *c, int kind, struct made *out)
{
    struct authority_spec w = { .subject = "CA",
                                .issuer = c->below ? "Root" : "CA",
                                .own_key = key(kind),
                                .signer = 1,
                                .ca = c->usage == NULL,
                                .not_before = c->from != 0 ? NOW + c->from : 0,
                                .not_after = c->to != 0 ? NOW + c->to : 0,
                                .fault = c->fault };
    X509 *x;

    if (c->usage != NULL && c->usage[0] != '\0')
        w.more[0].nid = NID_key_usage, w.more[0].value = c->usage;
    if (c->malformed)
        w.more[0].nid = NID_name_constraints, w.more[0].value = "DER:0500";
    x = authority_issue(&w);
    if (c->lack > NOTHING && c->lack <= MD5)
        strip(x, c->lack);
    authority_encode(x, &out->der, &out->len);
    X509_free(x);
    if (!scp_issuer_of(out->der, out->len, &out->issuer))
        tap_bail("a certificate of our own");
    if (c->lack == DER)
        out->issuer.der_len--;
    if (c->lack == EVERYTHING || c->lack == KEY)
        out->issuer.der = NULL;
    if (c->lack == KEY)
        out->issuer.spki_der_len = 4;
}

/* --- Verdicts --- */

struct row {
    const char *what;
    struct certificate c[MOST];
    size_t n;
    bool in_order; /* the other order says something else */
    int key;
    enum scp_issuer_role role;
    int64_t made, now; /* from NOW */
    enum scp_issuer_fault fault;
    const char *message, *legacy, *weak; /* NULL: "" */
};

#define FOR_OCSP .role = SCP_ISSUER_OF_OCSP
#define ANY                                                                                                                        \
    {                                                                                                                              \
        .below = true                                                                                                              \
    }
#define LIFE(first, last)                                                                                                          \
    {                                                                                                                              \
        .below = true, .from = (first), .to = (last)                                                                               \
    }
#define EARLY "was not valid when it was made"
#define SHA1_WEAK "the issuer's certificate is signed with SHA-1"

static const struct row ROWS[] = {
    { "nobody", { ANY }, .n = 0, .fault = SCP_ISSUER_MAY },
    { "a CA", { ANY }, .n = 1 },
    { "a CA, for an answer", { ANY }, .n = 1, FOR_OCSP },
    { "made as long before it as a list may be", { LIFE(-10 * DAY, DAY) }, .n = 1, .made = -10 * DAY - CRL },
    { "made longer before it",
      { LIFE(-10 * DAY, DAY) },
      .n = 1,
      .made = -10 * DAY - CRL - 1,
      .fault = SCP_ISSUER_TIME,
      .message = EARLY },
    { "an answer, made as long before it as clocks may differ",
      { LIFE(-10 * DAY, DAY) },
      .n = 1,
      FOR_OCSP,
      .made = -10 * DAY - SKEW },
    { "an answer, made longer before it",
      { LIFE(-10 * DAY, DAY) },
      .n = 1,
      FOR_OCSP,
      .made = -10 * DAY - SKEW - 1,
      .fault = SCP_ISSUER_TIME,
      .message = EARLY },
    { "a list by who signs lists only, made as long before it",
      { LIFE(-10 * DAY, DAY) },
      .n = 1,
      .role = SCP_ISSUER_OF_CRLS_ONLY,
      .made = -10 * DAY - CRL },
    { "made in its last second", { LIFE(-10 * DAY, DAY) }, .n = 1, .made = DAY },
    { "made a second after it", { LIFE(-10 * DAY, DAY) }, .n = 1, .made = DAY + 1, .fault = SCP_ISSUER_TIME, .message = EARLY },
    { "in its last second", { LIFE(-10 * DAY, DAY) }, .n = 1, .now = DAY },
    { "a second after it",
      { LIFE(-10 * DAY, DAY) },
      .n = 1,
      .now = DAY + 1,
      .fault = SCP_ISSUER_TIME,
      .message = "expired on 2026-11-24T12:00:00Z" },
    { "as long before it as clocks may differ", { LIFE(DAY, 9 * DAY) }, .n = 1, .made = DAY, .now = DAY - SKEW },
    { "longer before it",
      { LIFE(DAY, 9 * DAY) },
      .n = 1,
      .made = DAY,
      .now = DAY - SKEW - 1,
      .fault = SCP_ISSUER_TIME,
      .message = "is not valid before 2026-11-24T12:00:00Z" },
    { "it begins after its end, which is now",
      { LIFE(DAY, DAY / 2) },
      .n = 1,
      .made = DAY,
      .now = DAY / 2,
      .fault = SCP_ISSUER_TIME,
      .message = "is not valid before 2026-11-24T12:00:00Z" },
    { "neither then nor now",
      { LIFE(-10 * DAY, -DAY) },
      .n = 1,
      .made = -99 * DAY,
      .fault = SCP_ISSUER_TIME,
      .message = "expired on 2026-11-22T12:00:00Z" },
    { "two that are over: the later end is told",
      { LIFE(-10 * DAY, -2 * DAY), LIFE(-10 * DAY, -DAY) },
      .n = 2,
      .made = -3 * DAY,
      .fault = SCP_ISSUER_TIME,
      .message = "expired on 2026-11-22T12:00:00Z" },
    { "one valid then and one valid now", { LIFE(-10 * DAY, -2 * DAY), LIFE(-DAY, DAY) }, .n = 2, .made = -5 * DAY },
    { "one valid then and one not yet",
      { LIFE(-10 * DAY, -2 * DAY), LIFE(DAY, 2 * DAY) },
      .n = 2,
      .made = -5 * DAY,
      .fault = SCP_ISSUER_TIME,
      .message = "is not valid before 2026-11-24T12:00:00Z" },
    { "two, of which one may not", { ANY, { .below = true, .fault = FAULT_NOT_CA } }, .n = 2 },
    { "only the one that may not is valid",
      { LIFE(-10 * DAY, -DAY), { .below = true, .fault = FAULT_NOT_CA } },
      .n = 2,
      .made = -2 * DAY,
      .fault = SCP_ISSUER_TIME,
      .message = "expired on" },
    { "two that may not",
      { { .below = true, .fault = FAULT_NOT_CA }, { .below = true, .fault = FAULT_NOT_CA } },
      .n = 2,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "no CA",
      { { .below = true, .fault = FAULT_NOT_CA } },
      .n = 1,
      .fault = SCP_ISSUER_NO_CA,
      .message = "basicConstraints says CA:FALSE" },
    { "no CA, over",
      { { .below = true, .fault = FAULT_NOT_CA, .to = -DAY } },
      .n = 1,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "no usage for certificates",
      { { .below = true, .fault = FAULT_NO_CERT_SIGN } },
      .n = 1,
      .fault = SCP_ISSUER_KEY_USAGE,
      .message = "keyCertSign" },
    { "no usage for lists",
      { { .below = true, .fault = FAULT_NO_CERT_SIGN } },
      .n = 1,
      .role = SCP_ISSUER_OF_CRLS_ONLY,
      .fault = SCP_ISSUER_KEY_USAGE,
      .message = "cRLSign" },
    { "a critical extension",
      { { .below = true, .fault = FAULT_CRITICAL } },
      .n = 1,
      .fault = SCP_ISSUER_EXTENSION,
      .message = "unknown critical" },
    { "no constraints, below another",
      { { .below = true, .lack = CONSTRAINTS } },
      .n = 1,
      .fault = SCP_ISSUER_NO_CA,
      .message = "basicConstraints is missing" },
    { "two that may not: what is against the first",
      { { .below = true, .fault = FAULT_CRITICAL }, { .below = true, .fault = FAULT_NOT_CA } },
      .n = 2,
      .in_order = true,
      .fault = SCP_ISSUER_EXTENSION,
      .message = "unknown critical" },
    { "two that may not, the other way round",
      { { .below = true, .fault = FAULT_NOT_CA }, { .below = true, .fault = FAULT_CRITICAL } },
      .n = 2,
      .in_order = true,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "two that may: what is weak of the first",
      { { .below = true, .fault = FAULT_SHA1 }, ANY },
      .n = 2,
      .in_order = true,
      .weak = SHA1_WEAK },
    { "two that may: the first is not weak", { ANY, { .below = true, .fault = FAULT_SHA1 } }, .n = 2, .in_order = true },
    { "a malformed extension",
      { { .below = true, .malformed = true } },
      .n = 1,
      .fault = SCP_ISSUER_EXTENSION,
      .message = "malformed extensions" },
    { "signed with MD5", { { .below = true, .lack = MD5 } }, .n = 1, .fault = SCP_ISSUER_DIGEST, .message = "MD5" },
    { "signed with MD5, of its own name", { { .lack = MD5 } }, .n = 1 },
    { "no extensions, self-issued",
      { { .lack = EXTENSIONS } },
      .n = 1,
      .fault = SCP_ISSUER_NO_CA,
      .message = "basicConstraints is missing" },
    { "who signs lists only", { { .below = true, .usage = "critical,cRLSign" } }, .n = 1, .role = SCP_ISSUER_OF_CRLS_ONLY },
    { "who signs lists only, as a CA",
      { { .below = true, .usage = "critical,cRLSign" } },
      .n = 1,
      .fault = SCP_ISSUER_KEY_USAGE,
      .message = "keyCertSign" },
    { "no CA and no usage, for lists",
      { { .below = true, .usage = "" } },
      .n = 1,
      .role = SCP_ISSUER_OF_CRLS_ONLY,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "no CA of all usages",
      { { .below = true, .usage = "critical,cRLSign,keyCertSign" } },
      .n = 1,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "for certificates only, an answer",
      { { .below = true, .usage = "critical,keyCertSign" } },
      .n = 1,
      FOR_OCSP,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "for certificates only, a list",
      { { .below = true, .usage = "critical,keyCertSign" } },
      .n = 1,
      .fault = SCP_ISSUER_KEY_USAGE,
      .message = "cRLSign" },
    { "no key", { { .below = true, .lack = KEY } }, .n = 1, .fault = SCP_ISSUER_UNREADABLE, .message = "key cannot be read" },
    { "a key of a kind that is not known",
      { ANY },
      .n = 1,
      .key = ED25519,
      .fault = SCP_ISSUER_KEY_KIND,
      .message = "could not be told" },
    { "no constraints, self-issued", { { .lack = CONSTRAINTS } }, .n = 1, .legacy = "as a self-issued one it is taken" },
    { "version 1, self-issued", { { .lack = VERSION } }, .n = 1, .legacy = "as a version 1 root it is taken" },
    { "version 1, below another",
      { { .below = true, .lack = VERSION } },
      .n = 1,
      .fault = SCP_ISSUER_NO_CA,
      .message = "basicConstraints is missing" },
    { "cannot be decoded",
      { { .below = true, .lack = DER } },
      .n = 1,
      .fault = SCP_ISSUER_UNREADABLE,
      .message = "cannot be decoded" },
    { "one that cannot be decoded, and one that may", { { .below = true, .lack = DER }, ANY }, .n = 2 },
    { "name and key alone", { { .below = true, .lack = EVERYTHING } }, .n = 1 },
    { "name and key alone, and one that may not",
      { { .below = true, .lack = EVERYTHING }, { .below = true, .fault = FAULT_NOT_CA } },
      .n = 2,
      .fault = SCP_ISSUER_NO_CA,
      .message = "CA:FALSE" },
    { "signed with SHA-1", { { .below = true, .fault = FAULT_SHA1 } }, .n = 1, .weak = SHA1_WEAK },
    { "signed with SHA-1, of its own name", { { .fault = FAULT_SHA1 } }, .n = 1 },
    { "a short key", { ANY }, .n = 1, .key = RSA1024, .weak = "the issuer has an RSA key of 1024 bits" },
    { "a short key, signed with SHA-1",
      { { .below = true, .fault = FAULT_SHA1 } },
      .n = 1,
      .key = RSA1024,
      .weak = SHA1_WEAK "; the issuer has an RSA key of 1024 bits" },
    { "a key that proves nothing",
      { ANY },
      .n = 1,
      .key = RSA512,
      .fault = SCP_ISSUER_KEY,
      .message = "an RSA key of 512 bits, which proves nothing" },
    { "such a key, name and key alone",
      { { .below = true, .lack = EVERYTHING } },
      .n = 1,
      .key = RSA512,
      .fault = SCP_ISSUER_KEY,
      .message = "proves nothing" },
};

static void judge(const struct row *r, bool reversed)
{
    const struct scp_issuer_question q = { .role = r->role, .made = NOW + r->made, .now = NOW + r->now };
    const struct scp_issuer *issuer[MOST];
    struct scp_issuer_verdict v;
    struct made made[MOST];

    for (size_t i = 0; i < r->n; i++) {
        make(&r->c[i], r->key, &made[i]);
        issuer[reversed ? r->n - 1 - i : i] = &made[i].issuer;
    }
    if (scp_issuer_judge(issuer, r->n, &q, &v, NULL) != 0)
        tap_bail("not judged");
    tap_is_int(r->fault, v.fault, "%s%s", r->what, reversed ? ", reversed" : "");
    tap_has_text(r->message != NULL ? r->message : "", v.message, "%s: why", r->what);
    tap_ok((v.message[0] != '\0') == (r->fault != SCP_ISSUER_MAY), "%s: only then", r->what);
    tap_has_text(r->legacy != NULL ? r->legacy : "", v.legacy, "%s: legacy", r->what);
    tap_ok((v.legacy[0] != '\0') == (r->legacy != NULL), "%s: legacy only then", r->what);
    if (r->fault == SCP_ISSUER_MAY)
        tap_is_text(r->weak != NULL ? r->weak : "", v.weak, "%s: weak", r->what);
    for (size_t i = 0; i < r->n; i++)
        OPENSSL_free(made[i].der);
}

static void test_verdicts(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        judge(&ROWS[i], false);
        if (ROWS[i].n > 1 && !ROWS[i].in_order)
            judge(&ROWS[i], true);
    }
}

/* --- Who is who, and who signed --- */

static void test_same(void)
{
    static const uint8_t A[] = { 0x30, 0 }, B[] = { 0x31, 0 };
    static const uint8_t LONG[] = { 1, 2, 3 }, OTHER[] = { 1, 2, 4 };
    static const struct {
        struct scp_issuer a, b;
        bool same;
        const char *what;
    } SAME[] = {
#define ISSUER(name, key, n) { .subject_der = (name), .subject_der_len = 2, .spki_der = (key), .spki_der_len = (n) }
        { ISSUER(A, LONG, 3), ISSUER(A, LONG, 3), true, "name and key" },
        { ISSUER(A, LONG, 3), ISSUER(A, OTHER, 3), false, "another key of the same length" },
        { ISSUER(A, LONG, 2), ISSUER(A, OTHER, 3), false, "a key that begins like it" },
        { ISSUER(A, LONG, 3), ISSUER(A, OTHER, 2), false, "a key that it begins like" },
        { ISSUER(A, LONG, 3), ISSUER(B, LONG, 3), false, "another name" },
#undef ISSUER
    };

    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++)
        tap_ok(scp_issuer_same(&SAME[i].a, &SAME[i].b) == SAME[i].same, "the same: %s", SAME[i].what);
}

static void test_signed(void)
{
    struct authority_spec ca = { .subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true, .key_ids = true };
    struct authority_spec leaf = { .subject = "Leaf", .issuer = "CA", .key = 3, .signer = 2, .key_ids = true };
    static const struct {
        const char *what, *name;
        unsigned signer;
        bool wrong_id;
        enum authority_fault fault;
        int certificate, key; /* is signed by the certificate, by its key */
        const char *objection;
    } SIGNED[] = {
        { "its own", "CA", 2, false, FAULT_NONE, 1, 1, NULL },
        { "another's key", "CA", 4, true, FAULT_NONE, 0, 0, "" },
        { "another name", "Other", 2, false, FAULT_NONE, 0, 1, "" },
        { "another key identifier", "CA", 2, true, FAULT_NONE, 0, 1, "" },
        { "a critical extension", "CA", 2, false, FAULT_CRITICAL, 1, 1, "unhandled critical extension" },
        { "over", "CA", 2, false, FAULT_EXPIRED, 1, 1, NULL },
        { "no certSign of its issuer", "CA", 2, false, FAULT_NONE, 1, 1, "" },
    };
    enum { ROWS_N = sizeof SIGNED / sizeof SIGNED[0] };

    for (size_t i = 0; i < ROWS_N; i++) {
        struct made above, below;
        X509 *x;

        ca.fault = i + 1 == ROWS_N ? FAULT_NO_CERT_SIGN : FAULT_NONE;
        x = authority_issue(&ca);
        authority_encode(x, &above.der, &above.len);
        X509_free(x);
        leaf.issuer = SIGNED[i].name;
        leaf.signer = SIGNED[i].signer;
        leaf.wrong_authority_id = SIGNED[i].wrong_id;
        leaf.fault = SIGNED[i].fault;
        x = authority_issue(&leaf);
        authority_encode(x, &below.der, &below.len);
        X509_free(x);
        (void)scp_issuer_of(above.der, above.len, &above.issuer);
        tap_is_int(SIGNED[i].certificate, scp_issuer_signed(above.der, above.len, below.der, below.len, NULL), "signed: %s",
                   SIGNED[i].what);
        tap_is_int(SIGNED[i].key,
                   scp_issuer_key_signed(above.issuer.spki_der, above.issuer.spki_der_len, below.der, below.len, NULL),
                   "signed by the key: %s", SIGNED[i].what);
        const char *objection = scp_issuer_objection(above.der, above.len, below.der, below.len, NULL);
        tap_ok((objection == NULL) == (SIGNED[i].objection == NULL), "an objection: %s", SIGNED[i].what);
        if (objection != NULL && SIGNED[i].objection != NULL)
            tap_has_text(SIGNED[i].objection, objection, "an objection: %s, which", SIGNED[i].what);
        tap_is_int(0, scp_issuer_signed(above.der, above.len - 1, below.der, below.len, NULL), "signed by what is none");
        tap_is_int(0, scp_issuer_signed(above.der, above.len, below.der, below.len - 1, NULL), "what is none is signed");
        tap_is_int(0, scp_issuer_key_signed(above.issuer.spki_der, 5, below.der, below.len, NULL), "signed by no key");
        tap_is_text("cannot be decoded", scp_issuer_objection(above.der, above.len, below.der, below.len - 1, NULL),
                    "an objection to what is none");
        tap_is_text("cannot be decoded", scp_issuer_objection(above.der, above.len - 1, below.der, below.len, NULL),
                    "an objection of what is none");
        OPENSSL_free(above.der);
        OPENSSL_free(below.der);
    }
}

static void test_digest(void)
{
    static const struct {
        struct certificate c;
        enum scp_strength strength;
        const char *what;
    } DIGESTS[] = {
        { { .below = true }, SCP_STRENGTH_GOOD, "SHA-256" },
        { { .below = true, .fault = FAULT_SHA1 }, SCP_STRENGTH_WEAK, "SHA-1" },
        { { .fault = FAULT_SHA1 }, SCP_STRENGTH_GOOD, "SHA-1 over itself" },
    };

    for (size_t i = 0; i < sizeof DIGESTS / sizeof DIGESTS[0]; i++) {
        struct made made;

        make(&DIGESTS[i].c, P256, &made);
        tap_is_int(DIGESTS[i].strength, scp_issuer_digest(made.der, made.len), "digest: %s", DIGESTS[i].what);
        tap_is_int(SCP_STRENGTH_GOOD, scp_issuer_digest(made.der, made.len - 1), "digest: %s, cut off", DIGESTS[i].what);
        OPENSSL_free(made.der);
    }
}

int main(void)
{
    test_verdicts();
    test_same();
    test_signed();
    test_digest();
    for (int i = 0; i < KINDS; i++)
        EVP_PKEY_free(key_of[i]);
    authority_free();
    return tap_done();
}
