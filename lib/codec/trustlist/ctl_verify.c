/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Who signed a list, and whether to believe it: the signature (RFC 2315 section 9, as Microsoft applies it to a bare SEQUENCE: the
 * digest is over its content octets), the signer's usage, and its path to an anchor (RFC 5280 section 6).
 */
#include "codec/trustlist/ctl.h"

#include "base/say.h"
#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/signature.h"
#include "codec/x509/strength.h"
#include "codec/x509/tbs.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_TEXT = 128 };

static const uint8_t CTL[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x01 };
static const uint8_t ATTRIBUTE_CONTENT_TYPE[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03 };
static const uint8_t ATTRIBUTE_DIGEST[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04 };
static const uint8_t RSA_ENCRYPTION[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 };

/* Digests that are accepted, and what "RSA" means beside each in a SignerInfo (RFC 3370 section 3.2, RFC 5754 section 3.2). */
struct digest {
    uint8_t oid[9];
    size_t oid_len;
    const char *name;
    uint8_t rsa[15]; /* AlgorithmIdentifier of RSA PKCS#1 with this digest */
};

#define RSA_WITH(last)                                                                                                             \
    {                                                                                                                              \
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, last, 0x05, 0x00                                   \
    }
#define SHA2(last)                                                                                                                 \
    {                                                                                                                              \
        0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last                                                                       \
    }
static const struct digest DIGESTS[] = {
    { { 0x2B, 0x0E, 0x03, 0x02, 0x1A }, 5, "SHA1", RSA_WITH(0x05) },
    { SHA2(0x01), 9, "SHA256", RSA_WITH(0x0B) },
    { SHA2(0x02), 9, "SHA384", RSA_WITH(0x0C) },
    { SHA2(0x03), 9, "SHA512", RSA_WITH(0x0D) },
};

/* Usages that allow to sign lists (wincrypt.h): the one for roots signs them all; the others each their kind. */
#define USAGE_TRUST_LIST_SIGNING "1.3.6.1.4.1.311.10.3.1"
#define USAGE_ROOT_LIST_SIGNER "1.3.6.1.4.1.311.10.3.9"
#define USAGE_REVOKED_LIST_SIGNER "1.3.6.1.4.1.311.10.3.19"
#define USAGE_DISALLOWED_LIST "1.3.6.1.4.1.311.10.3.30"
#define USAGE_PIN_RULES_SIGNER "1.3.6.1.4.1.311.10.3.31"
static const char *const SIGNS_TRUSTED[] = { USAGE_ROOT_LIST_SIGNER, NULL };
static const char *const SIGNS_DISALLOWED[] = { USAGE_ROOT_LIST_SIGNER, USAGE_REVOKED_LIST_SIGNER, USAGE_DISALLOWED_LIST, NULL };
static const char *const SIGNS_PIN_RULES[] = { USAGE_ROOT_LIST_SIGNER, USAGE_PIN_RULES_SIGNER, NULL };
static const char *const SIGNS_NOTHING[] = { NULL };
/* A CA whose usages are limited must be allowed at least one of these, or any. */
static const char *const ISSUES_SIGNERS[] = { USAGE_TRUST_LIST_SIGNING,
                                              USAGE_ROOT_LIST_SIGNER,
                                              USAGE_REVOKED_LIST_SIGNER,
                                              USAGE_DISALLOWED_LIST,
                                              USAGE_PIN_RULES_SIGNER,
                                              "2.5.29.37.0",
                                              NULL };

static const char *const *usages_for(enum scp_ctl_kind kind)
{
    switch (kind) {
    case SCP_CTL_TRUSTED: return SIGNS_TRUSTED;
    case SCP_CTL_DISALLOWED: return SIGNS_DISALLOWED;
    case SCP_CTL_PIN_RULES: return SIGNS_PIN_RULES;
    case SCP_CTL_OTHER: break;
    }
    return SIGNS_NOTHING;
}

const char *scp_ctl_signature_name(enum scp_ctl_signature s)
{
    switch (s) {
    case SCP_CTL_SIGNED: return "ok";
    case SCP_CTL_WEAK: return "weak";
    case SCP_CTL_UNTRUSTED: return "untrusted";
    case SCP_CTL_INVALID: return "invalid";
    case SCP_CTL_UNSIGNED: break;
    }
    return "none";
}

static void judge(struct scp_ctl_verdict *v, enum scp_ctl_signature signature, const char *fmt, ...) SCP_PRINTF(3, 4);
static void judge(struct scp_ctl_verdict *v, enum scp_ctl_signature signature, const char *fmt, ...)
{
    va_list args;

    v->signature = signature;
    va_start(args, fmt);
    (void)scp_say_vformat(v->reason, sizeof v->reason, false, fmt, args);
    va_end(args);
}

/* SHA-1 or a short key makes a verdict that is good so far weak; the first reason is told. */
static void weaken(struct scp_ctl_verdict *v, const char *where)
{
    if (v->signature == SCP_CTL_SIGNED)
        judge(v, SCP_CTL_WEAK, "%s", where);
}

/* --- Certificates in the list --- */

struct certificate {
    X509 *x;
    const uint8_t *der;
    size_t der_len;
    int64_t not_before, not_after;
};

struct certificates {
    struct certificate v[SCP_CTL_CERTIFICATES_MAX];
    size_t n;
    size_t unreadable; /* left out: no certificate, or more than the maximum */
};

static bool read_certificate(const struct scp_der *e, struct certificate *out)
{
    const unsigned char *p = e->whole;

    if (e->tag != SCP_DER_SEQUENCE || e->whole_n > SCP_CERTBLOB_DER_MAX)
        return false;
    *out = (struct certificate){ .x = d2i_X509(NULL, &p, (long)e->whole_n), .der = e->whole, .der_len = e->whole_n };
    if (out->x != NULL && p == e->whole + e->whole_n && scp_certificate_time(X509_get0_notBefore(out->x), &out->not_before) &&
        scp_certificate_time(X509_get0_notAfter(out->x), &out->not_after))
        return true;
    X509_free(out->x);
    return false;
}

static void read_certificates(const struct scp_ctl *c, struct certificates *out)
{
    struct scp_reader r = scp_reader_over(c->certificates, c->certificates_len);
    struct scp_der e;

    out->n = out->unreadable = 0;
    while (scp_reader_left(&r) > 0) {
        if (!scp_der_any(&r, &e)) {
            out->unreadable++;
            return;
        }
        if (out->n < SCP_CTL_CERTIFICATES_MAX && read_certificate(&e, &out->v[out->n]))
            out->n++;
        else
            out->unreadable++;
    }
}

static void free_certificates(struct certificates *c)
{
    for (size_t i = 0; i < c->n; i++)
        X509_free(c->v[i].x);
}

/* The subject's common name for people; "" without one. */
static void name_of(const struct certificate *c, char out[NAME_TEXT])
{
    const X509_NAME *name = X509_get_subject_name(c->x);
    int last = X509_NAME_get_index_by_NID(name, NID_commonName, -1), n;
    unsigned char *utf8 = NULL;

    out[0] = '\0';
    if (last < 0)
        return;
    n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    if (n >= 0)
        (void)snprintf(out, NAME_TEXT, "%.*s", n, (const char *)utf8);
    OPENSSL_free(utf8);
}

/* --- The path to an anchor --- */

/* Does the certificate's list of usages hold one of these?  `absent` where it has no list. */
static bool has_usage(const struct certificate *c, const char *const *usage, bool absent)
{
    EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(c->x, NID_ext_key_usage, NULL, NULL);
    bool found = false;
    char text[80];

    if (list == NULL)
        return absent && X509_get_ext_by_NID(c->x, NID_ext_key_usage, -1) < 0;
    for (int i = 0; i < sk_ASN1_OBJECT_num(list) && !found; i++) {
        int n = OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(list, i), 1);

        for (size_t u = 0; usage[u] != NULL && n > 0 && n < (int)sizeof text; u++)
            found = found || strcmp(text, usage[u]) == 0;
    }
    EXTENDED_KEY_USAGE_free(list);
    return found;
}

/* Extensions that would have to be applied to the path and are not; as no list's signer has them, their presence refuses it. */
static bool constrained(const struct certificate *c)
{
    static const int NIDS[] = { NID_name_constraints, NID_policy_constraints, NID_inhibit_any_policy, NID_policy_mappings };

    for (size_t i = 0; i < sizeof NIDS / sizeof NIDS[0]; i++) {
        if (X509_get_ext_by_NID(c->x, NIDS[i], -1) >= 0)
            return true;
    }
    return false;
}

/* RFC 5280 section 6.1.3 (a) (2) and 6.1.4 (k) to (o), as far as one certificate tells; `below`: CAs under it in the path. */
static bool check_one(const struct certificate *c, bool ca, long below, int64_t at, struct scp_ctl_verdict *v)
{
    uint32_t flags = X509_get_extension_flags(c->x);
    char name[NAME_TEXT], date[SCP_UTC_TEXT];
    long path_length;

    name_of(c, name);
    if (at < c->not_before || at > c->not_after) {
        scp_utc_format(at, date);
        judge(v, SCP_CTL_UNTRUSTED, "the certificate of '%s' was not valid at %s", name, date);
        return false;
    }
    if ((flags & (EXFLAG_INVALID | EXFLAG_CRITICAL)) != 0 || constrained(c)) {
        judge(v, SCP_CTL_UNTRUSTED, "the certificate of '%s' has extensions that are malformed, or critical and unknown", name);
        return false;
    }
    if (!ca)
        return true;
    path_length = X509_get_pathlen(c->x);
    if ((flags & EXFLAG_BCONS) == 0 || (flags & EXFLAG_CA) == 0 || (X509_get_key_usage(c->x) & KU_KEY_CERT_SIGN) == 0 ||
        (path_length >= 0 && below > path_length) || !has_usage(c, ISSUES_SIGNERS, true)) {
        judge(v, SCP_CTL_UNTRUSTED, "'%s' may not issue certificates of list signers", name);
        return false;
    }
    return true;
}

/* What is weak of a signature over a certificate: SHA-1, or the key; "" where nothing is. */
struct weakness {
    char text[80];
};

/* Older digests than SHA-1, shorter keys and other kinds of keys are not accepted at all (codec/strength.h). */
static bool signed_by(const struct certificate *c, EVP_PKEY *key, struct weakness *weak)
{
    struct scp_key_strength k;
    enum scp_strength d;
    int digest = NID_undef;

    weak->text[0] = '\0';
    scp_strength_pkey(key, &k);
    if (k.strength >= SCP_STRENGTH_BROKEN || X509_get_signature_info(c->x, &digest, NULL, NULL, NULL) != 1)
        return false;
    d = scp_strength_digest(digest);
    if (d >= SCP_STRENGTH_BROKEN)
        return false;
    if (d == SCP_STRENGTH_WEAK)
        (void)snprintf(weak->text, sizeof weak->text, "certificates signed with SHA-1");
    else if (k.strength == SCP_STRENGTH_WEAK)
        (void)snprintf(weak->text, sizeof weak->text, "certificates signed with %s", k.text);
    return X509_verify(c->x, key) == 1;
}

static EVP_PKEY *key_of(const struct scp_ctl_anchor *a)
{
    const unsigned char *p = a->spki;

    return d2i_PUBKEY(NULL, &p, (long)a->spki_len);
}

static bool issued_by_anchor(const struct certificate *c, const struct scp_ctl_anchor *a, struct weakness *weak)
{
    const unsigned char *p = a->subject;
    X509_NAME *subject = d2i_X509_NAME(NULL, &p, (long)a->subject_len);
    bool good = false;
    EVP_PKEY *key;

    if (subject != NULL && X509_NAME_cmp(subject, X509_get_issuer_name(c->x)) == 0) {
        key = key_of(a);
        good = signed_by(c, key, weak);
        EVP_PKEY_free(key);
    }
    X509_NAME_free(subject);
    return good;
}

static const struct certificate *issuer_of(const struct certificate *c, const struct certificates *all, struct weakness *weak)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct certificate *candidate = &all->v[i];

        if (candidate != c && X509_NAME_cmp(X509_get_subject_name(candidate->x), X509_get_issuer_name(c->x)) == 0 &&
            signed_by(c, X509_get0_pubkey(candidate->x), weak))
            return candidate;
    }
    return NULL;
}

/* Walks up from the signer; every certificate but the signer is a CA. */
static void check_path(const struct certificate *signer, const struct certificates *all, const struct scp_ctl_anchor *anchor,
                       size_t anchors, int64_t at, struct scp_ctl_verdict *v)
{
    const struct certificate *c = signer, *above;
    struct weakness weak;
    char name[NAME_TEXT];

    for (long length = 0; length < SCP_CTL_LINKS_MAX; length++) {
        v->link[v->links++] = (struct scp_ctl_link){ c->der, c->der_len };
        if (!check_one(c, length > 0, length - 1, at, v))
            return;
        for (size_t i = 0; i < anchors; i++) {
            if (!issued_by_anchor(c, &anchor[i], &weak))
                continue;
            v->anchor = anchor[i];
            if (weak.text[0] != '\0')
                weaken(v, weak.text);
            return;
        }
        above = issuer_of(c, all, &weak);
        if (above == NULL)
            break;
        if (weak.text[0] != '\0')
            weaken(v, weak.text);
        c = above;
    }
    name_of(c, name);
    judge(v, SCP_CTL_UNTRUSTED, "'%s' was not issued by a root that lists are trusted from", name);
}

/* --- One signer --- */

struct signer_info {
    struct scp_der issuer, serial, digest, attributes, algorithm, signature;
    bool has_attributes;
};

/* RFC 2315 section 9.2. */
static bool read_signer(const struct scp_der *e, struct signer_info *out)
{
    struct scp_reader r = scp_der_inside(e), id;
    struct scp_der version, who, rest;
    unsigned number;

    if (!scp_der_read(&r, SCP_DER_INTEGER, &version) || !scp_der_small(&version, &number) || number != 1 ||
        !scp_der_read(&r, SCP_DER_SEQUENCE, &who) || !scp_der_read(&r, SCP_DER_SEQUENCE, &out->digest))
        return false;
    id = scp_der_inside(&who);
    if (!scp_der_read(&id, SCP_DER_SEQUENCE, &out->issuer) || !scp_der_read(&id, SCP_DER_INTEGER, &out->serial) ||
        scp_reader_left(&id) > 0)
        return false;
    out->has_attributes = scp_der_read(&r, SCP_DER_CONSTRUCTED(0), &out->attributes);
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &out->algorithm) || !scp_der_read(&r, SCP_DER_OCTET_STRING, &out->signature))
        return false;
    /* Attributes that are not signed: time stamps, passed over. */
    return scp_reader_left(&r) == 0 || (scp_der_read(&r, SCP_DER_CONSTRUCTED(1), &rest) && scp_reader_left(&r) == 0);
}

static const struct certificate *find_signer(const struct signer_info *s, const struct certificates *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct scp_reader r = scp_reader_over(all->v[i].der, all->v[i].der_len), tbs;
        struct scp_der e, part;
        struct scp_tbs_names names;

        if (!scp_der_read(&r, SCP_DER_SEQUENCE, &e) || !scp_tbs_names(all->v[i].der, all->v[i].der_len, &names))
            continue;
        r = scp_der_inside(&e);
        if (!scp_der_read(&r, SCP_DER_SEQUENCE, &e))
            continue;
        tbs = scp_der_inside(&e);
        if (scp_der_next_is(&tbs, SCP_DER_CONSTRUCTED(0)))
            (void)scp_der_any(&tbs, &part);
        if (scp_der_read(&tbs, SCP_DER_INTEGER, &part) && scp_der_equals(&part, s->serial.p, s->serial.n) &&
            names.issuer_len == s->issuer.whole_n && memcmp(names.issuer, s->issuer.whole, names.issuer_len) == 0)
            return &all->v[i];
    }
    return NULL;
}

/* The identifier in an AlgorithmIdentifier. */
static bool algorithm_oid(const struct scp_der *algorithm, struct scp_der *oid)
{
    struct scp_reader r = scp_der_inside(algorithm);

    return scp_der_read(&r, SCP_DER_OID, oid);
}

static const struct digest *digest_of(const struct scp_der *algorithm)
{
    struct scp_der oid;

    for (size_t i = 0; algorithm_oid(algorithm, &oid) && i < sizeof DIGESTS / sizeof DIGESTS[0]; i++) {
        if (scp_der_equals(&oid, DIGESTS[i].oid, DIGESTS[i].oid_len))
            return &DIGESTS[i];
    }
    return NULL;
}

/* The one value of the signed attribute of this type; false when it is missing, there twice or malformed. */
static bool signed_attribute(const struct scp_der *attributes, const uint8_t *type, size_t type_n, uint8_t tag, struct scp_der *out)
{
    struct scp_reader r = scp_der_inside(attributes);
    size_t found = 0;

    while (scp_reader_left(&r) > 0) {
        struct scp_der attribute, oid, values;
        struct scp_reader inside, set;

        if (!scp_der_read(&r, SCP_DER_SEQUENCE, &attribute))
            return false;
        inside = scp_der_inside(&attribute);
        if (!scp_der_read(&inside, SCP_DER_OID, &oid) || !scp_der_read(&inside, SCP_DER_SET, &values) ||
            scp_reader_left(&inside) > 0)
            return false;
        if (!scp_der_equals(&oid, type, type_n))
            continue;
        set = scp_der_inside(&values);
        if (++found > 1 || !scp_der_read(&set, tag, out) || scp_reader_left(&set) > 0)
            return false;
    }
    return found == 1;
}

/* RFC 2315 section 9.3: signed attributes are there whenever the content is not plain data, and name its type and digest. */
static bool check_attributes(const struct signer_info *s, const struct scp_ctl *c, const struct digest *digest,
                             struct scp_ctl_verdict *v)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    struct scp_der type, wanted;
    unsigned n = 0;

    if (!s->has_attributes ||
        !signed_attribute(&s->attributes, ATTRIBUTE_CONTENT_TYPE, sizeof ATTRIBUTE_CONTENT_TYPE, SCP_DER_OID, &type) ||
        !signed_attribute(&s->attributes, ATTRIBUTE_DIGEST, sizeof ATTRIBUTE_DIGEST, SCP_DER_OCTET_STRING, &wanted)) {
        judge(v, SCP_CTL_INVALID, "the signed attributes do not name content type and digest");
        return false;
    }
    if (!scp_der_equals(&type, CTL, sizeof CTL)) {
        judge(v, SCP_CTL_INVALID, "the signed content type is not that of a trust list");
        return false;
    }
    if (EVP_Digest(c->content, c->content_len, hash, &n, EVP_get_digestbyname(digest->name), NULL) != 1) {
        judge(v, SCP_CTL_INVALID, "the cryptographic library cannot compute %s", digest->name);
        return false;
    }
    if (!scp_der_equals(&wanted, hash, n)) {
        judge(v, SCP_CTL_INVALID, "the content does not fit its signed digest");
        return false;
    }
    return true;
}

/* Attributes are signed as the SET OF that they are, not as the [0] that they are stored as. */
static int verify_attributes(const struct signer_info *s, const uint8_t *algorithm, size_t algorithm_len,
                             const struct scp_tbs_names *key, struct scp_err *err)
{
    static const uint8_t SET = SCP_DER_SET;
    struct scp_signature *signature = NULL;
    int rc = scp_signature_begin(algorithm, algorithm_len, key->spki, key->spki_len, &signature, err);

    if (rc == 0)
        rc = scp_signature_update(signature, &SET, 1, err);
    if (rc == 0)
        rc = scp_signature_update(signature, s->attributes.whole + 1, s->attributes.whole_n - 1, err);
    if (rc == 0)
        rc = scp_signature_end(signature, s->signature.p, s->signature.n, err);
    scp_signature_free(signature);
    return rc;
}

static void judge_strength(const struct certificate *signer, bool sha1, struct scp_ctl_verdict *v)
{
    struct scp_key_strength key;
    char text[80];

    scp_strength_pkey(X509_get0_pubkey(signer->x), &key);
    (void)snprintf(text, sizeof text, "signed with %s", key.text);
    if (key.strength >= SCP_STRENGTH_BROKEN)
        judge(v, SCP_CTL_UNTRUSTED, "the signer has %s, which proves nothing", key.text);
    else if (sha1)
        weaken(v, "signed with SHA-1");
    else if (key.strength == SCP_STRENGTH_WEAK)
        weaken(v, text);
}

/* 0 judged, -1 out of memory. */
static int check_signature(const struct signer_info *s, const struct certificate *signer, const struct digest *digest,
                           struct scp_ctl_verdict *v, struct scp_err *err)
{
    const uint8_t *algorithm = s->algorithm.whole;
    size_t algorithm_len = s->algorithm.whole_n;
    struct scp_err why = SCP_ERR_INIT;
    struct scp_signature_info info;
    struct scp_tbs_names names;
    struct scp_der oid;

    if (algorithm_oid(&s->algorithm, &oid) && scp_der_equals(&oid, RSA_ENCRYPTION, sizeof RSA_ENCRYPTION)) {
        algorithm = digest->rsa;
        algorithm_len = sizeof digest->rsa;
    }
    if (!scp_tbs_names(signer->der, signer->der_len, &names) || names.spki == NULL || X509_get0_pubkey(signer->x) == NULL) {
        judge(v, SCP_CTL_INVALID, "the signer's key cannot be read");
        return 0;
    }
    if (scp_signature_describe(algorithm, algorithm_len, &info, &why) != 0 ||
        verify_attributes(s, algorithm, algorithm_len, &names, &why) != 0) {
        if (why.code == SCP_ERR_MEMORY)
            return scp_err_memory(err);
        if (why.code == SCP_ERR_SIGNATURE)
            judge(v, SCP_CTL_INVALID, "the signature is not by the signer's key over these attributes");
        else
            judge(v, SCP_CTL_INVALID, "the signature cannot be verified: %s", why.message);
        return 0;
    }
    judge_strength(signer, info.weak || strcmp(digest->name, "SHA1") == 0, v);
    return 0;
}

static bool good_so_far(const struct scp_ctl_verdict *v)
{
    return v->signature == SCP_CTL_SIGNED || v->signature == SCP_CTL_WEAK;
}

static int verify_one(const struct scp_ctl *c, const struct scp_der *e, const struct certificates *all,
                      const struct scp_ctl_anchor *anchor, size_t anchors, struct scp_ctl_verdict *v, struct scp_err *err)
{
    const struct certificate *signer;
    const struct digest *digest;
    struct signer_info s;

    *v = (struct scp_ctl_verdict){ .signer_not_before = SCP_UTC_UNKNOWN, .signer_not_after = SCP_UTC_UNKNOWN };
    if (e->tag != SCP_DER_SEQUENCE || !read_signer(e, &s)) {
        judge(v, SCP_CTL_INVALID, "the signer's data are malformed (RFC 2315 section 9.2)");
        return 0;
    }
    signer = find_signer(&s, all);
    if (signer == NULL) {
        judge(v, SCP_CTL_INVALID, "the list does not hold the signer's certificate");
        return 0;
    }
    name_of(signer, v->signer);
    v->signer_not_before = signer->not_before;
    v->signer_not_after = signer->not_after;
    digest = digest_of(&s.digest);
    if (digest == NULL) {
        judge(v, SCP_CTL_INVALID, "signed over a digest that is not accepted");
        return 0;
    }
    if (!check_attributes(&s, c, digest, v))
        return 0;
    if (check_signature(&s, signer, digest, v, err) != 0)
        return -1;
    if (good_so_far(v) && !has_usage(signer, usages_for(c->kind), false))
        judge(v, SCP_CTL_UNTRUSTED, "'%s' may not sign lists of this kind (extended key usage)", v->signer);
    if (good_so_far(v))
        check_path(signer, all, anchor, anchors, c->this_update > signer->not_before ? c->this_update : signer->not_before, v);
    return 0;
}

/* Every signer; *out is the worst. */
static int verify_all(const struct scp_ctl *c, const struct certificates *all, const struct scp_ctl_anchor *anchor, size_t anchors,
                      struct scp_ctl_verdict *out, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(c->signers, c->signers_len);
    struct scp_ctl_verdict v;
    struct scp_der e;

    for (size_t n = 0; scp_reader_left(&r) > 0; n++) {
        if (n >= SCP_CTL_SIGNERS_MAX || !scp_der_any(&r, &e)) {
            judge(out, SCP_CTL_INVALID, "signerInfos is malformed, or of more than %d signers", SCP_CTL_SIGNERS_MAX);
            return 0;
        }
        if (verify_one(c, &e, all, anchor, anchors, &v, err) != 0)
            return -1;
        if (n == 0 || v.signature > out->signature)
            *out = v;
    }
    return 0;
}

int scp_ctl_verify(const struct scp_ctl *c, const struct scp_ctl_anchor *anchor, size_t anchors, struct scp_ctl_verdict *out,
                   struct scp_err *err)
{
    struct certificates all;
    int rc;

    *out = (struct scp_ctl_verdict){ .signer_not_before = SCP_UTC_UNKNOWN, .signer_not_after = SCP_UTC_UNKNOWN };
    if (c->signers_len == 0) {
        judge(out, SCP_CTL_UNSIGNED, "the list is not signed");
        return 0;
    }
    if (scp_crypto_begin(err) != 0)
        return -1;
    read_certificates(c, &all);
    rc = verify_all(c, &all, anchor, anchors, out, err);
    free_certificates(&all);
    return rc == 0 ? scp_crypto_end(err) : -1;
}
