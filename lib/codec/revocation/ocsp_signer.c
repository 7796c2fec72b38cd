/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Who signed a response.  OCSP_basic_verify() is asked, too (chain/issuer.h), but cannot be the only one: it needs the issuer's
 * certificate where a profile names but its name and key, tries one certificate alone, and has one answer for a stranger's
 * signature and for an algorithm that is not known.
 */
#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/name.h"
#include "codec/revocation/ocsp_internal.h"

#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>

/* --- What a delegate may do --- */

/* Extensions of ours may be critical where they are heeded, or bear on nothing here: nobody is looked up by a name, a delegate
 * issues nothing, and no policy is asked for. */
static bool may_be_critical(int nid)
{
    return nid == NID_key_usage || nid == NID_ext_key_usage || nid == NID_subject_alt_name || nid == NID_basic_constraints ||
           nid == NID_certificate_policies;
}

enum { EXTENSIONS_MAX = 64 };

static bool heeded(int nid)
{
    return nid == NID_key_usage || nid == NID_ext_key_usage;
}

static bool in_der(X509 *x)
{
    unsigned char *der = NULL;
    int n = i2d_X509(x, &der);
    bool strict = n > 0 && scp_der_strict(der, (size_t)n);

    OPENSSL_free(der);
    return strict;
}

static bool read_extensions(const X509 *x, struct scp_ocsp_delegate *d)
{
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        X509_EXTENSION *e = X509_get_ext(x, i);
        const ASN1_OBJECT *oid = X509_EXTENSION_get_object(e);
        const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(e);

        if (X509_get_ext_by_OBJ(x, oid, i) >= 0)
            return false; /* twice */
        if (heeded(OBJ_obj2nid(oid)) && !scp_der_strict(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)))
            return false; /* OpenSSL takes BER, and does not look at what follows */
        if (X509_EXTENSION_get_critical(e) && !may_be_critical(OBJ_obj2nid(oid)) && d->critical[0] == '\0')
            scp_oid_format(OBJ_get0_data(oid), OBJ_length(oid), d->critical);
    }
    return true;
}

/*
 * false: malformed, or of a form that no delegate has.  id-kp-OCSPSigning itself is asked for, anyExtendedKeyUsage is not enough
 * (RFC 6960 section 4.2.2.2).
 */
static bool read_rights(X509 *x, struct scp_ocsp_delegate *d)
{
    const ASN1_BIT_STRING *issuer_id, *subject_id;
    uint32_t flags = X509_get_extension_flags(x);

    *d = (struct scp_ocsp_delegate){
        .may_sign = (X509_get_key_usage(x) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0, /* all bits where there is none */
        .ocsp_signing = (flags & EXFLAG_XKUSAGE) != 0 && (X509_get_extended_key_usage(x) & XKU_OCSP_SIGN) != 0,
        .no_check = X509_get_ext_by_NID(x, NID_id_pkix_OCSP_noCheck, -1) >= 0,
    };
    X509_get0_uids(x, &issuer_id, &subject_id);
    return in_der(x) && X509_get_version(x) == X509_VERSION_3 && issuer_id == NULL && subject_id == NULL &&
           X509_get_ext_count(x) > 0 && X509_get_ext_count(x) <= EXTENSIONS_MAX && (flags & EXFLAG_INVALID) == 0 &&
           scp_certificate_time(X509_get0_notBefore(x), &d->not_before) &&
           scp_certificate_time(X509_get0_notAfter(x), &d->not_after) && read_extensions(x, d);
}

/* --- Whose key --- */

/* What OpenSSL wrote to p, NULL before; -1: nothing. */
static struct scp_bytes octets(const unsigned char *p, int n)
{
    return (struct scp_bytes){ p, n > 0 ? (size_t)n : 0 };
}

struct search {
    OCSP_BASICRESP *basic;
    struct scp_bytes tbs; /* of the response */
    const struct scp_ocsp_question *q;
    struct scp_bytes issuer_key;
    struct scp_ocsp *out;
    struct scp_err *err;
};

static void set_signature(struct scp_ocsp *out, enum scp_ocsp_signature signature, const struct scp_err *reason)
{
    out->signature = signature;
    (void)snprintf(out->signature_message, sizeof out->signature_message, "%.*s", (int)sizeof out->signature_message - 1,
                   reason->message);
}

static void describe(const X509_ALGOR *algorithm, struct scp_signature_info *out)
{
    unsigned char *p = NULL;
    int n = i2d_X509_ALGOR(algorithm, &p);

    (void)scp_signature_describe(p, n > 0 ? (size_t)n : 0, out, NULL);
    OPENSSL_free(p);
}

/* As scp_signature_verify(). */
static int verify(const X509_ALGOR *algorithm, const ASN1_BIT_STRING *signature, struct scp_bytes tbs, struct scp_bytes key,
                  struct scp_err *why)
{
    unsigned char *p = NULL;
    int n = i2d_X509_ALGOR(algorithm, &p), rc;

    if ((signature->flags & 7) != 0)
        rc = scp_err_set(why, SCP_ERR_SIGNATURE, "the signature is not of whole octets");
    else
        rc = scp_signature_verify(octets(p, n), key, tbs, octets(ASN1_STRING_get0_data(signature), ASN1_STRING_length(signature)),
                                  why);
    OPENSSL_free(p);
    return rc;
}

/* 1: the signature is by this key; 0: it is not, *out says why; -1: out of memory. */
static int try_key(const struct search *f, struct scp_bytes key, enum scp_ocsp_signer signer)
{
    struct scp_err reason = SCP_ERR_INIT;
    int rc = verify(OCSP_resp_get0_tbs_sigalg(f->basic), OCSP_resp_get0_signature(f->basic), f->tbs, key, &reason);

    if (rc != 0 && reason.code == SCP_ERR_MEMORY)
        return scp_err_memory(f->err);
    f->out->signer = signer;
    set_signature(f->out,
                  rc == 0                              ? SCP_OCSP_SIGNATURE_GOOD
                  : reason.code == SCP_ERR_UNSUPPORTED ? SCP_OCSP_SIGNATURE_UNSUPPORTED
                                                       : SCP_OCSP_SIGNATURE_BAD,
                  &reason);
    return rc == 0;
}

static bool same_name(const X509_NAME *name, const uint8_t *der, size_t n)
{
    const unsigned char *p;
    size_t len;

    return X509_NAME_get0_der(name, &p, &len) == 1 && scp_name_equal(p, len, der, n, NULL);
}

/* What is signed of it, as it came: OpenSSL keeps these octets. */
static bool tbs_of(const unsigned char *der, int n, struct scp_der *tbs)
{
    struct scp_reader r = scp_reader_over(der, n > 0 ? (size_t)n : 0), in;
    struct scp_der whole;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &whole))
        return false;
    in = scp_der_inside(&whole);
    return scp_der_read(&in, SCP_DER_SEQUENCE, tbs);
}

/* 1: the issuer signed it; 0: it did not, or *out says that this cannot be told; -1: out of memory. */
static int is_delegate(const struct search *f, X509 *x)
{
    unsigned char *p = NULL;
    struct scp_err reason = SCP_ERR_INIT;
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    struct scp_der tbs;
    int n, rc = -1;

    X509_get0_signature(&signature, &algorithm, x);
    if (X509_ALGOR_cmp(algorithm, X509_get0_tbs_sigalg(x)) != 0 ||
        !same_name(X509_get_issuer_name(x), f->q->subject_der, f->q->subject_der_len))
        return 0;
    n = i2d_X509(x, &p);
    if (tbs_of(p, n, &tbs))
        rc = verify(algorithm, signature, (struct scp_bytes){ tbs.whole, tbs.whole_n }, f->issuer_key, &reason);
    OPENSSL_free(p);
    if (rc == 0)
        return 1;
    if (reason.code == SCP_ERR_MEMORY)
        return scp_err_memory(f->err);
    if (f->out->signature == SCP_OCSP_SIGNATURE_UNCHECKED)
        set_signature(f->out, reason.code == SCP_ERR_UNSUPPORTED ? SCP_OCSP_SIGNATURE_UNSUPPORTED : SCP_OCSP_SIGNATURE_UNCHECKED,
                      &reason);
    return 0;
}

/* What its key and the signature over its certificate are worth; a key that cannot be read is of an unknown kind. */
static int read_strength(const struct search *f, X509 *x, struct scp_bytes key, struct scp_ocsp_delegate *d)
{
    struct scp_err why = SCP_ERR_INIT;

    describe(X509_get0_tbs_sigalg(x), &d->algorithm);
    if (scp_strength_key(key.p, key.n, &d->key, &why) == 0)
        return 0;
    if (why.code == SCP_ERR_MEMORY)
        return scp_err_memory(f->err);
    d->key = (struct scp_key_strength){ .strength = SCP_STRENGTH_UNKNOWN, .text = "a key that cannot be read" };
    return 0;
}

/* As try_key(), with the key of an included certificate that bears the responder's identifier. */
static int try_delegate(const struct search *f, X509 *x, struct scp_bytes key)
{
    struct scp_ocsp *out = f->out;
    struct scp_ocsp_delegate delegate;
    bool read = read_rights(x, &delegate);
    int rc;

    /* The issuer's own key was tried already. */
    if (read && out->signer == SCP_OCSP_SIGNER_ISSUER && key.n == f->issuer_key.n && memcmp(key.p, f->issuer_key.p, key.n) == 0)
        return 0;
    rc = read ? is_delegate(f, x) : 0;
    if (rc == 0 && out->signer == SCP_OCSP_SIGNER_NOBODY)
        out->signer = SCP_OCSP_SIGNER_STRANGER;
    if (rc <= 0 || read_strength(f, x, key, &delegate) != 0)
        return rc <= 0 ? rc : -1;
    rc = try_key(f, key, SCP_OCSP_SIGNER_DELEGATE);
    out->delegate = delegate;
    return rc;
}

/* Does the certificate bear the responder's identifier? */
static bool is_candidate(const struct search *f, X509 *x)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    const ASN1_OCTET_STRING *key;
    const X509_NAME *name;
    unsigned n;

    if (OCSP_resp_get0_id(f->basic, &key, &name) != 1)
        return false;
    if (name != NULL)
        return X509_NAME_cmp(name, X509_get_subject_name(x)) == 0;
    return X509_pubkey_digest(x, EVP_sha1(), digest, &n) == 1 && (size_t)ASN1_STRING_length(key) == n &&
           memcmp(ASN1_STRING_get0_data(key), digest, n) == 0;
}

static bool is_issuer(const struct search *f)
{
    const ASN1_OCTET_STRING *key;
    const X509_NAME *name;
    ASN1_OCTET_STRING *own;
    OCSP_CERTID *id;
    bool is;

    if (OCSP_resp_get0_id(f->basic, &key, &name) != 1)
        return false;
    if (name != NULL)
        return same_name(name, f->q->subject_der, f->q->subject_der_len);
    id = scp_ocsp_id(f->q, EVP_sha1());
    is = id != NULL && OCSP_id_get0_info(NULL, NULL, &own, NULL, id) == 1 && ASN1_OCTET_STRING_cmp(own, key) == 0;
    OCSP_CERTID_free(id);
    return is;
}

static int try_included(const struct search *f, X509 *x)
{
    unsigned char *p = NULL;
    int n, rc;

    if (!is_candidate(f, x))
        return 0;
    n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &p);
    rc = try_delegate(f, x, octets(p, n));
    OPENSSL_free(p);
    return rc;
}

int scp_ocsp_check_signature(OCSP_BASICRESP *basic, const uint8_t *tbs, size_t tbs_len, const struct scp_ocsp_question *q,
                             struct scp_ocsp *out, struct scp_err *err)
{
    const struct search f = {
        .basic = basic, .tbs = { tbs, tbs_len }, .q = q, .issuer_key = { q->spki_der, q->spki_der_len }, .out = out, .err = err
    };
    const STACK_OF(X509) *included = OCSP_resp_get0_certs(basic);
    int n = included != NULL ? sk_X509_num(included) : 0;

    describe(OCSP_resp_get0_tbs_sigalg(basic), &out->algorithm);
    out->certificates = (size_t)n;
    if (n > SCP_OCSP_CERTIFICATES_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d certificates", SCP_OCSP_CERTIFICATES_MAX);
    if (is_issuer(&f) && try_key(&f, f.issuer_key, SCP_OCSP_SIGNER_ISSUER) < 0)
        return -1;
    for (int i = 0; i < n && out->signature != SCP_OCSP_SIGNATURE_GOOD; i++) {
        if (try_included(&f, sk_X509_value(included, i)) < 0)
            return -1;
    }
    return 0;
}
