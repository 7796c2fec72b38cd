/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Who signed a list, and whether to believe it: the signature (RFC 2315 section 9, as Microsoft applies it to a bare SEQUENCE: the
 * digest is over its content octets), the signer's usage, and its path to an anchor (RFC 5280 section 6).
 *
 * OpenSSL decodes signers, attributes and certificates, and computes.  PKCS7_verify() is not asked, as it takes signatures without
 * signed attributes or by any digest that it knows, does not compare the content type, decodes as many certificates as a hostile
 * list holds (a million instructions each) or none where one is malformed, and answers "no" without saying what is wrong.
 * X509_verify_cert() is not asked for the path, as it wants certificates for anchors, where Microsoft's are known by name and key,
 * and knows no usages of list signers.
 */
#include "codec/trustlist/ctl.h"

#include "base/say.h"
#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/signature.h"
#include "codec/x509/signature_internal.h"
#include "codec/x509/strength.h"
#include "codec/x509/outline.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_TEXT = 128 };

static const char CTL[] = "1.3.6.1.4.1.311.10.1";
static const int DIGESTS[] = { NID_sha1, NID_sha256, NID_sha384, NID_sha512 }; /* that are accepted */

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

/* What is no certificate, or more than the maximum, is left out. */
static void read_certificates(const struct scp_ctl *c, struct certificates *out)
{
    struct scp_reader r = scp_reader_over(c->certificates, c->certificates_len);
    struct scp_der e;

    for (out->n = 0; out->n < SCP_CTL_CERTIFICATES_MAX && scp_der_any(&r, &e);)
        out->n += read_certificate(&e, &out->v[out->n]);
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

static bool issued_by_anchor(const struct certificate *c, const struct scp_ctl_anchor *a, struct weakness *weak)
{
    const unsigned char *p = a->subject;
    X509_NAME *subject = d2i_X509_NAME(NULL, &p, (long)a->subject_len);
    bool good = false;
    EVP_PKEY *key;

    if (subject != NULL && X509_NAME_cmp(subject, X509_get_issuer_name(c->x)) == 0 &&
        scp_signature_key(a->spki, a->spki_len, &key, NULL) == 0) {
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

/* OpenSSL takes BER, and signed attributes are written again before they are verified.  What is not signed is not looked at. */
static bool parts_in_der(const struct scp_der *signer)
{
    struct scp_reader r = scp_der_inside(signer);
    struct scp_der part;

    while (scp_reader_left(&r) > 0) {
        if (!scp_der_any(&r, &part) || (part.tag != SCP_DER_CONSTRUCTED(1) && !scp_der_strict(part.whole, part.whole_n)))
            return false;
    }
    return true;
}

/* RFC 2315 section 9.2. */
static PKCS7_SIGNER_INFO *read_signer(const struct scp_der *e)
{
    const unsigned char *p = e->whole;
    PKCS7_SIGNER_INFO *s = parts_in_der(e) ? d2i_PKCS7_SIGNER_INFO(NULL, &p, (long)e->whole_n) : NULL;

    if (s != NULL && p == e->whole + e->whole_n && ASN1_INTEGER_get(s->version) == 1)
        return s;
    PKCS7_SIGNER_INFO_free(s);
    return NULL;
}

/* Windows compares the octets of names. */
static bool same_octets(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *p, *q;
    size_t n, m;

    return X509_NAME_get0_der(a, &p, &n) == 1 && X509_NAME_get0_der(b, &q, &m) == 1 && n == m && memcmp(p, q, n) == 0;
}

static const struct certificate *find_signer(const PKCS7_SIGNER_INFO *s, const struct certificates *all)
{
    for (size_t i = 0; i < all->n; i++) {
        if (ASN1_INTEGER_cmp(X509_get0_serialNumber(all->v[i].x), s->issuer_and_serial->serial) == 0 &&
            same_octets(X509_get_issuer_name(all->v[i].x), s->issuer_and_serial->issuer))
            return &all->v[i];
    }
    return NULL;
}

/* NULL where it is not accepted. */
static const EVP_MD *digest_of(const PKCS7_SIGNER_INFO *s)
{
    int nid = OBJ_obj2nid(s->digest_alg->algorithm);

    for (size_t i = 0; i < sizeof DIGESTS / sizeof DIGESTS[0]; i++) {
        if (nid == DIGESTS[i])
            return EVP_get_digestbynid(nid);
    }
    return NULL;
}

/* The one value of the signed attribute of this kind; NULL when it is missing, there twice or of another type. */
static const void *signed_attribute(const PKCS7_SIGNER_INFO *s, int nid, int type)
{
    int at = X509at_get_attr_by_NID(s->auth_attr, nid, -1);
    X509_ATTRIBUTE *a = X509at_get_attr(s->auth_attr, at);

    if (at < 0 || X509at_get_attr_by_NID(s->auth_attr, nid, at) >= 0 || X509_ATTRIBUTE_count(a) != 1)
        return NULL;
    return X509_ATTRIBUTE_get0_data(a, 0, type, NULL);
}

/* RFC 2315 section 9.3: signed attributes are there whenever the content is not plain data, and name its type and digest. */
static bool check_attributes(const PKCS7_SIGNER_INFO *s, const struct scp_ctl *c, const EVP_MD *digest, struct scp_ctl_verdict *v)
{
    const ASN1_OBJECT *type = signed_attribute(s, NID_pkcs9_contentType, V_ASN1_OBJECT);
    const ASN1_STRING *wanted = signed_attribute(s, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
    uint8_t hash[EVP_MAX_MD_SIZE];
    char text[sizeof CTL + 1];
    unsigned n = 0;

    if (type == NULL || wanted == NULL)
        judge(v, SCP_CTL_INVALID, "the signed attributes do not name content type and digest");
    else if (OBJ_obj2txt(text, sizeof text, type, 1) < 0 || strcmp(text, CTL) != 0)
        judge(v, SCP_CTL_INVALID, "the signed content type is not that of a trust list");
    else if (EVP_Digest(c->content, c->content_len, hash, &n, digest, NULL) != 1)
        judge(v, SCP_CTL_INVALID, "the cryptographic library cannot compute %s", EVP_MD_get0_name(digest));
    else if ((unsigned)ASN1_STRING_length(wanted) != n || memcmp(ASN1_STRING_get0_data(wanted), hash, n) != 0)
        judge(v, SCP_CTL_INVALID, "the content does not fit its signed digest");
    else
        return true;
    return false;
}

/*
 * The signature's AlgorithmIdentifier, in DER; to be freed.  "RSA" beside a digest means RSA PKCS#1 with it (RFC 3370 section 3.2,
 * RFC 5754 section 3.2).
 */
static int signature_algorithm(const PKCS7_SIGNER_INFO *s, const EVP_MD *digest, unsigned char **der)
{
    X509_ALGOR *with_digest;
    int nid, n = -1;

    *der = NULL;
    if (OBJ_obj2nid(s->digest_enc_alg->algorithm) != NID_rsaEncryption)
        return i2d_X509_ALGOR(s->digest_enc_alg, der);
    with_digest = X509_ALGOR_new();
    if (with_digest != NULL && OBJ_find_sigid_by_algs(&nid, EVP_MD_get_type(digest), NID_rsaEncryption) == 1 &&
        X509_ALGOR_set0(with_digest, OBJ_nid2obj(nid), V_ASN1_NULL, NULL) == 1)
        n = i2d_X509_ALGOR(with_digest, der);
    X509_ALGOR_free(with_digest);
    return n;
}

/* Attributes are signed as the SET OF that they are, not as the [0] that they are stored as. */
static int verify_attributes(const PKCS7_SIGNER_INFO *s, const EVP_MD *digest, const struct scp_outline *key, bool *weak,
                             struct scp_err *err)
{
    unsigned char *algorithm, *set = NULL;
    int algorithm_n = signature_algorithm(s, digest, &algorithm);
    int n = ASN1_item_i2d((const ASN1_VALUE *)s->auth_attr, &set, ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY)), rc;
    struct scp_signature_info info = { .weak = false };

    if (algorithm_n < 0 || n < 0)
        rc = scp_crypto_failed(err, SCP_ERR_FORMAT, "its algorithm or attributes cannot be encoded");
    else
        rc = scp_signature_describe(algorithm, (size_t)algorithm_n, &info, err);
    if (rc == 0)
        rc = scp_signature_verify(
            (struct scp_bytes){ algorithm, (size_t)algorithm_n }, key->spki, (struct scp_bytes){ set, (size_t)n },
            (struct scp_bytes){ ASN1_STRING_get0_data(s->enc_digest), (size_t)ASN1_STRING_length(s->enc_digest) }, err);
    *weak = info.weak;
    OPENSSL_free(algorithm);
    OPENSSL_free(set);
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
static int check_signature(const PKCS7_SIGNER_INFO *s, const struct certificate *signer, const EVP_MD *digest,
                           struct scp_ctl_verdict *v, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_outline names;
    bool weak;

    if (!scp_outline_read(signer->der, signer->der_len, &names) || X509_get0_pubkey(signer->x) == NULL)
        judge(v, SCP_CTL_INVALID, "the signer's key cannot be read");
    else if (verify_attributes(s, digest, &names, &weak, &why) == 0)
        judge_strength(signer, weak || EVP_MD_get_type(digest) == NID_sha1, v);
    else if (why.code == SCP_ERR_MEMORY)
        return scp_err_memory(err);
    else if (why.code == SCP_ERR_SIGNATURE)
        judge(v, SCP_CTL_INVALID, "the signature is not by the signer's key over these attributes");
    else
        judge(v, SCP_CTL_INVALID, "the signature cannot be verified: %s", why.message);
    return 0;
}

static bool good_so_far(const struct scp_ctl_verdict *v)
{
    return v->signature == SCP_CTL_SIGNED || v->signature == SCP_CTL_WEAK;
}

static int verify_one(const struct scp_ctl *c, const PKCS7_SIGNER_INFO *s, const struct certificates *all,
                      const struct scp_ctl_anchor *anchor, size_t anchors, struct scp_ctl_verdict *v, struct scp_err *err)
{
    const struct certificate *signer = s != NULL ? find_signer(s, all) : NULL;
    const EVP_MD *digest = s != NULL ? digest_of(s) : NULL;

    *v = (struct scp_ctl_verdict){ .signature = SCP_CTL_SIGNED };
    if (signer == NULL) {
        judge(v, SCP_CTL_INVALID,
              s == NULL ? "the signer's data are malformed (RFC 2315 section 9.2)"
                        : "the list does not hold the signer's certificate");
        return 0;
    }
    name_of(signer, v->signer);
    if (digest == NULL) {
        judge(v, SCP_CTL_INVALID, "signed over a digest that is not accepted");
        return 0;
    }
    if (!check_attributes(s, c, digest, v))
        return 0;
    if (check_signature(s, signer, digest, v, err) != 0)
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
    PKCS7_SIGNER_INFO *s;
    struct scp_der e;
    int rc;

    for (size_t n = 0; scp_reader_left(&r) > 0; n++) {
        if (n >= SCP_CTL_SIGNERS_MAX || !scp_der_any(&r, &e)) {
            judge(out, SCP_CTL_INVALID, "signerInfos is malformed, or of more than %d signers", SCP_CTL_SIGNERS_MAX);
            return 0;
        }
        s = read_signer(&e);
        rc = verify_one(c, s, all, anchor, anchors, &v, err);
        PKCS7_SIGNER_INFO_free(s);
        if (rc != 0)
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

    *out = (struct scp_ctl_verdict){ .signature = SCP_CTL_SIGNED };
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
