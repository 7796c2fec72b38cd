/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/signature.h"

#include "codec/x509/crypto.h"
#include "codec/x509/signature_internal.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALGORITHM_MAX = 4096, SALT_BY_DEFAULT = 20 };

enum scheme { SCHEME_RSA, SCHEME_PSS, SCHEME_ECDSA };

enum { DIGEST_SHA1, DIGEST_SHA224, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512, DIGESTS };

static const struct {
    int nid;
    const char *name; /* as the cryptographic library calls it */
    const char *text;
} DIGEST[DIGESTS] = {
    { NID_sha1, "SHA1", "SHA-1" },         { NID_sha224, "SHA2-224", "SHA-224" }, { NID_sha256, "SHA2-256", "SHA-256" },
    { NID_sha384, "SHA2-384", "SHA-384" }, { NID_sha512, "SHA2-512", "SHA-512" },
};

/* All that is taken for a signature: OpenSSL knows more. */
static const struct {
    int nid;
    enum scheme scheme;
    unsigned digest;
} ALGORITHM[] = {
    { NID_sha1WithRSAEncryption, SCHEME_RSA, DIGEST_SHA1 },     { NID_sha224WithRSAEncryption, SCHEME_RSA, DIGEST_SHA224 },
    { NID_sha256WithRSAEncryption, SCHEME_RSA, DIGEST_SHA256 }, { NID_sha384WithRSAEncryption, SCHEME_RSA, DIGEST_SHA384 },
    { NID_sha512WithRSAEncryption, SCHEME_RSA, DIGEST_SHA512 }, { NID_ecdsa_with_SHA1, SCHEME_ECDSA, DIGEST_SHA1 },
    { NID_ecdsa_with_SHA224, SCHEME_ECDSA, DIGEST_SHA224 },     { NID_ecdsa_with_SHA256, SCHEME_ECDSA, DIGEST_SHA256 },
    { NID_ecdsa_with_SHA384, SCHEME_ECDSA, DIGEST_SHA384 },     { NID_ecdsa_with_SHA512, SCHEME_ECDSA, DIGEST_SHA512 },
};

struct algorithm {
    enum scheme scheme;
    unsigned digest, mask_digest; /* the second one for PSS */
    unsigned salt;                /* bytes; for PSS */
};

/* --- Algorithm identifiers --- */

static int unsupported(struct scp_err *err)
{
    return scp_crypto_failed(err, SCP_ERR_UNSUPPORTED, "a signature algorithm that is not supported");
}

static int malformed_pss(struct scp_err *err)
{
    return scp_crypto_failed(err, SCP_ERR_FORMAT, "malformed RSA-PSS parameters (RFC 4055 section 3.1)");
}

/* In DER, which OpenSSL's decoder alone does not ask for, and nothing behind it; NULL where it is not so. */
static void *decode(const ASN1_ITEM *what, const uint8_t *p, size_t n)
{
    const unsigned char *at = p;
    unsigned char *again = NULL;
    ASN1_VALUE *v = n <= ALGORITHM_MAX ? ASN1_item_d2i(NULL, &at, (long)n, what) : NULL;
    int length = v != NULL ? ASN1_item_i2d(v, &again, what) : -1;
    bool same = length >= 0 && (size_t)length == n && memcmp(again, p, n) == 0;

    OPENSSL_free(again);
    if (same)
        return v;
    ASN1_item_free(v, what);
    return NULL;
}

/* RFC 4055 sections 2.1 and 5: the parameters are NULL, and absent ones must be taken for NULL. */
static bool null_or_absent(int type)
{
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

static int read_hash(const X509_ALGOR *a, unsigned *digest, struct scp_err *err)
{
    const ASN1_OBJECT *oid;
    int type;

    X509_ALGOR_get0(&oid, &type, NULL, a);
    if (!null_or_absent(type))
        return malformed_pss(err);
    for (unsigned i = 0; i < DIGESTS; i++) {
        if (OBJ_obj2nid(oid) == DIGEST[i].nid) {
            *digest = i;
            return 0;
        }
    }
    return unsupported(err);
}

/* A mask generation function: MGF1 with a hash. */
static int read_mask(const X509_ALGOR *a, unsigned *digest, struct scp_err *err)
{
    const ASN1_OBJECT *oid;
    const void *value;
    X509_ALGOR *hash = NULL;
    int type, rc;

    X509_ALGOR_get0(&oid, &type, &value, a);
    if (OBJ_obj2nid(oid) != NID_mgf1)
        return unsupported(err);
    if (type == V_ASN1_SEQUENCE)
        hash = decode(ASN1_ITEM_rptr(X509_ALGOR), ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    rc = hash != NULL ? read_hash(hash, digest, err) : malformed_pss(err);
    X509_ALGOR_free(hash);
    return rc;
}

/* 0 to 65535; what is absent stays as it is. */
static bool read_small(const ASN1_INTEGER *i, unsigned *v)
{
    uint64_t n = *v;

    if (i != NULL && (ASN1_INTEGER_get_uint64(&n, i) != 1 || n > UINT16_MAX))
        return false;
    *v = (unsigned)n;
    return true;
}

/* SHA-1 for everything by default. */
static int read_pss(int type, const ASN1_STRING *value, struct algorithm *a, struct scp_err *err)
{
    RSA_PSS_PARAMS *p = NULL;
    unsigned trailer = 1;
    int rc = 0;

    a->salt = SALT_BY_DEFAULT;
    if (type == V_ASN1_SEQUENCE)
        p = decode(ASN1_ITEM_rptr(RSA_PSS_PARAMS), ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    if (p == NULL || !read_small(p->saltLength, &a->salt) || !read_small(p->trailerField, &trailer))
        rc = malformed_pss(err);
    else if ((p->hashAlgorithm != NULL && read_hash(p->hashAlgorithm, &a->digest, err) != 0) ||
             (p->maskGenAlgorithm != NULL && read_mask(p->maskGenAlgorithm, &a->mask_digest, err) != 0))
        rc = -1;
    else if (trailer != 1)
        rc = unsupported(err);
    RSA_PSS_PARAMS_free(p);
    return rc;
}

static int read_named(int nid, int type, struct algorithm *a, struct scp_err *err)
{
    for (size_t i = 0; i < sizeof ALGORITHM / sizeof ALGORITHM[0]; i++) {
        if (ALGORITHM[i].nid != nid)
            continue;
        a->scheme = ALGORITHM[i].scheme;
        a->digest = ALGORITHM[i].digest;
        if (a->scheme == SCHEME_ECDSA && type != V_ASN1_UNDEF)
            return scp_err_set(err, SCP_ERR_FORMAT, "ECDSA with parameters (RFC 5758 section 3.2)");
        if (!null_or_absent(type))
            return scp_err_set(err, SCP_ERR_FORMAT, "RSA with parameters that are not NULL (RFC 4055 section 5)");
        return 0;
    }
    if (nid == NID_md2WithRSAEncryption || nid == NID_md4WithRSAEncryption || nid == NID_md5WithRSAEncryption)
        return scp_err_set(err, SCP_ERR_SIGNATURE, "signed with MD5 or an older digest, which proves nothing (RFC 6151 section 2)");
    return unsupported(err);
}

static int read_algorithm(const uint8_t *p, size_t n, struct algorithm *a, struct scp_err *err)
{
    const ASN1_OBJECT *oid;
    const void *value;
    X509_ALGOR *whole;
    int type, rc;

    *a = (struct algorithm){ .digest = DIGEST_SHA1, .mask_digest = DIGEST_SHA1 };
    if (scp_crypto_begin(err) != 0)
        return -1;
    whole = decode(ASN1_ITEM_rptr(X509_ALGOR), p, n);
    if (whole == NULL)
        return scp_crypto_failed(err, SCP_ERR_FORMAT, "not an algorithm identifier (RFC 5280 section 4.1.1.2)");
    X509_ALGOR_get0(&oid, &type, &value, whole);
    if (OBJ_obj2nid(oid) == NID_rsassaPss) {
        a->scheme = SCHEME_PSS;
        rc = read_pss(type, value, a, err);
    } else {
        rc = read_named(OBJ_obj2nid(oid), type, a, err);
    }
    X509_ALGOR_free(whole);
    return rc == 0 ? scp_crypto_end(err) : -1;
}

int scp_signature_describe(const uint8_t *algorithm, size_t algorithm_len, struct scp_signature_info *out, struct scp_err *err)
{
    static const char *const SCHEME[] = { [SCHEME_RSA] = "RSA", [SCHEME_PSS] = "RSA-PSS", [SCHEME_ECDSA] = "ECDSA" };
    struct algorithm a;

    memset(out, 0, sizeof *out);
    if (read_algorithm(algorithm, algorithm_len, &a, err) != 0)
        return -1;
    (void)snprintf(out->name, sizeof out->name, "%s with %s", SCHEME[a.scheme], DIGEST[a.digest].text);
    out->weak = a.digest == DIGEST_SHA1;
    return 0;
}

/* --- Verification --- */

struct scp_signature {
    EVP_PKEY *key;
    EVP_MD_CTX *ctx;
    bool ended;
};

/* A key of another type cannot have made the signature; an RSA key that is for PSS only is no key for PKCS#1 v1.5. */
static bool key_fits(const EVP_PKEY *key, enum scheme scheme)
{
    int type = EVP_PKEY_get_base_id(key);

    switch (scheme) {
    case SCHEME_RSA: return type == EVP_PKEY_RSA;
    case SCHEME_PSS: return type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS;
    case SCHEME_ECDSA: return type == EVP_PKEY_EC;
    }
    return false;
}

static bool set_padding(EVP_PKEY_CTX *ctx, const struct algorithm *a)
{
    if (a->scheme == SCHEME_RSA)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0;
    if (a->scheme == SCHEME_PSS)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, DIGEST[a->mask_digest].name, NULL) > 0 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)a->salt) > 0;
    return true;
}

static int start(struct scp_signature *s, const struct algorithm *a, struct scp_err *err)
{
    EVP_PKEY_CTX *ctx = NULL;

    if (!key_fits(s->key, a->scheme))
        return scp_crypto_failed(err, SCP_ERR_SIGNATURE, "the algorithm is not one of the issuer's key");
    s->ctx = EVP_MD_CTX_new();
    if (s->ctx == NULL)
        return scp_err_memory(err);
    if (EVP_DigestVerifyInit_ex(s->ctx, &ctx, DIGEST[a->digest].name, NULL, NULL, s->key, NULL) == 1 && set_padding(ctx, a))
        return 0;
    /* RFC 4055 section 1.2: a key for PSS may be bound to its parameters. */
    if (EVP_PKEY_get_base_id(s->key) == EVP_PKEY_RSA_PSS)
        return scp_crypto_failed(err, SCP_ERR_SIGNATURE, "the algorithm's parameters are not those of the issuer's key");
    return scp_crypto_failed(err, SCP_ERR_UNSUPPORTED, "the cryptographic library does not do this algorithm with this key");
}

int scp_signature_begin(struct scp_bytes algorithm, struct scp_bytes spki, struct scp_signature **out, struct scp_err *err)
{
    struct scp_signature *s;
    struct algorithm a;

    *out = NULL;
    if (read_algorithm(algorithm.p, algorithm.n, &a, err) != 0)
        return -1;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return scp_err_memory(err);
    if (scp_signature_key(spki.p, spki.n, &s->key, err) != 0 || start(s, &a, err) != 0) {
        scp_signature_free(s);
        return -1;
    }
    *out = s;
    return 0;
}

int scp_signature_update(struct scp_signature *s, const uint8_t *p, size_t n, struct scp_err *err)
{
    if (n == 0 || EVP_DigestVerifyUpdate(s->ctx, p, n) == 1)
        return 0;
    return scp_crypto_failed(err, SCP_ERR_UNSUPPORTED, "the cryptographic library cannot compute the digest");
}

int scp_signature_end(struct scp_signature *s, const uint8_t *signature, size_t n, struct scp_err *err)
{
    bool good;

    good = !s->ended && EVP_DigestVerifyFinal(s->ctx, signature, n) == 1;
    s->ended = true;
    return good ? scp_crypto_end(err)
                : scp_crypto_failed(err, SCP_ERR_SIGNATURE, "the signature is not by the issuer's key over these bytes");
}

void scp_signature_free(struct scp_signature *s)
{
    if (s == NULL)
        return;
    EVP_MD_CTX_free(s->ctx);
    EVP_PKEY_free(s->key);
    free(s);
}

int scp_signature_verify(struct scp_bytes algorithm, struct scp_bytes spki, struct scp_bytes text, struct scp_bytes signature,
                         struct scp_err *err)
{
    struct scp_signature *s;
    int rc;

    if (scp_signature_begin(algorithm, spki, &s, err) != 0)
        return -1;
    rc = scp_signature_update(s, text.p, text.n, err);
    if (rc == 0)
        rc = scp_signature_end(s, signature.p, signature.n, err);
    scp_signature_free(s);
    return rc;
}
