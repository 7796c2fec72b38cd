/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/signature.h"

#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/signature_internal.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum scheme { SCHEME_RSA, SCHEME_PSS, SCHEME_ECDSA };

struct digest {
    const char *name; /* as the cryptographic library calls it */
    const char *text;
    unsigned bytes;
};

enum { DIGEST_SHA1, DIGEST_SHA224, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512, DIGESTS };

static const struct digest DIGEST[DIGESTS] = {
    { "SHA1", "SHA-1", 20 },       { "SHA2-224", "SHA-224", 28 }, { "SHA2-256", "SHA-256", 32 },
    { "SHA2-384", "SHA-384", 48 }, { "SHA2-512", "SHA-512", 64 },
};

/* Content octets of an object identifier. */
struct oid {
    uint8_t n;
    uint8_t p[10];
};

static const struct oid PSS = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A } };  /* 1.2.840.113549.1.1.10 */
static const struct oid MGF1 = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08 } }; /* 1.2.840.113549.1.1.8 */

static const struct oid DIGEST_OID[DIGESTS] = {
    { 5, { 0x2B, 0x0E, 0x03, 0x02, 0x1A } },                         /* 1.3.14.3.2.26 */
    { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04 } }, /* 2.16.840.1.101.3.4.2.x */
    { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
    { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
    { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 } },
};

static const struct {
    struct oid oid;
    enum scheme scheme;
    unsigned digest;
} ALGORITHM[] = {
    { { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05 } }, SCHEME_RSA, DIGEST_SHA1 }, /* 1.2.840.113549.1.1.x */
    { { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0E } }, SCHEME_RSA, DIGEST_SHA224 },
    { { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B } }, SCHEME_RSA, DIGEST_SHA256 },
    { { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C } }, SCHEME_RSA, DIGEST_SHA384 },
    { { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D } }, SCHEME_RSA, DIGEST_SHA512 },
    { { 7, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01 } }, SCHEME_ECDSA, DIGEST_SHA1 }, /* 1.2.840.10045.4.x */
    { { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x01 } }, SCHEME_ECDSA, DIGEST_SHA224 },
    { { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 } }, SCHEME_ECDSA, DIGEST_SHA256 },
    { { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03 } }, SCHEME_ECDSA, DIGEST_SHA384 },
    { { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04 } }, SCHEME_ECDSA, DIGEST_SHA512 },
};

struct algorithm {
    enum scheme scheme;
    unsigned digest, mask_digest; /* the second one for PSS */
    unsigned salt;                /* bytes; for PSS */
};

/* --- Algorithm identifiers --- */

static bool is_oid(const struct scp_der *e, const struct oid *oid)
{
    return scp_der_equals(e, oid->p, oid->n);
}

/* RFC 4055 sections 2.1 and 5: the parameters are NULL, and absent ones must be taken for NULL. */
static bool null_or_absent(struct scp_reader *r)
{
    struct scp_der e;

    if (scp_reader_left(r) == 0)
        return true;
    return scp_der_read(r, SCP_DER_NULL, &e) && e.n == 0 && scp_reader_left(r) == 0;
}

static int unsupported(struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "a signature algorithm that is not supported");
}

/* RSA with MD2, MD4 and MD5 (RFC 3279 section 2.2.1): 1.2.840.113549.1.1.2 to 4. */
static bool is_broken(const struct scp_der *oid)
{
    static const uint8_t RSA[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01 };

    return oid->n == sizeof RSA + 1 && memcmp(oid->p, RSA, sizeof RSA) == 0 && oid->p[sizeof RSA] >= 2 && oid->p[sizeof RSA] <= 4;
}

static int malformed_pss(struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "malformed RSA-PSS parameters (RFC 4055 section 3.1)");
}

/* AlgorithmIdentifier of a hash. */
static int read_hash(struct scp_reader *r, unsigned *digest, struct scp_err *err)
{
    struct scp_der sequence, oid;
    struct scp_reader in;

    if (!scp_der_read(r, SCP_DER_SEQUENCE, &sequence) || scp_reader_left(r) != 0)
        return malformed_pss(err);
    in = scp_der_inside(&sequence);
    if (!scp_der_read(&in, SCP_DER_OID, &oid) || !null_or_absent(&in))
        return malformed_pss(err);
    for (unsigned i = 0; i < DIGESTS; i++) {
        if (is_oid(&oid, &DIGEST_OID[i])) {
            *digest = i;
            return 0;
        }
    }
    return unsupported(err);
}

/* AlgorithmIdentifier of a mask generation function: MGF1 with a hash. */
static int read_mask(struct scp_reader *r, unsigned *digest, struct scp_err *err)
{
    struct scp_der sequence, oid;
    struct scp_reader in;

    if (!scp_der_read(r, SCP_DER_SEQUENCE, &sequence) || scp_reader_left(r) != 0)
        return malformed_pss(err);
    in = scp_der_inside(&sequence);
    if (!scp_der_read(&in, SCP_DER_OID, &oid))
        return malformed_pss(err);
    return is_oid(&oid, &MGF1) ? read_hash(&in, digest, err) : unsupported(err);
}

/* An INTEGER of 0 to 65535 that fills the reader. */
static bool read_small(struct scp_reader *r, unsigned *v)
{
    struct scp_der e;

    if (!scp_der_read(r, SCP_DER_INTEGER, &e) || scp_reader_left(r) != 0 || !scp_der_integer_valid(&e) || e.p[0] > 0x7F)
        return false;
    if (e.n > 3 || (e.n == 3 && e.p[0] != 0))
        return false;
    *v = 0;
    for (size_t i = 0; i < e.n; i++)
        *v = *v << 8 | e.p[i];
    return true;
}

/* RSASSA-PSS-params: four optional fields, each explicitly tagged, with SHA-1 for everything by default. */
static int read_pss(struct scp_reader *r, struct algorithm *a, struct scp_err *err)
{
    struct scp_der params, field;
    struct scp_reader in, content;
    unsigned trailer = 1;

    a->digest = a->mask_digest = DIGEST_SHA1;
    a->salt = DIGEST[DIGEST_SHA1].bytes;
    if (!scp_der_read(r, SCP_DER_SEQUENCE, &params) || scp_reader_left(r) != 0)
        return malformed_pss(err);
    in = scp_der_inside(&params);
    for (uint8_t i = 0; i < 4; i++) {
        if (!scp_der_read(&in, (uint8_t)(SCP_DER_CONSTRUCTED(0) + i), &field))
            continue;
        content = scp_der_inside(&field);
        if ((i == 0 && read_hash(&content, &a->digest, err) != 0) || (i == 1 && read_mask(&content, &a->mask_digest, err) != 0))
            return -1;
        if ((i == 2 && !read_small(&content, &a->salt)) || (i == 3 && !read_small(&content, &trailer)))
            return malformed_pss(err);
    }
    if (scp_reader_left(&in) != 0)
        return malformed_pss(err);
    return trailer == 1 ? 0 : unsupported(err);
}

static int read_algorithm(const uint8_t *p, size_t n, struct algorithm *a, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n), in;
    struct scp_der sequence, oid;

    memset(a, 0, sizeof *a);
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &sequence) || scp_reader_left(&r) != 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "not an algorithm identifier (RFC 5280 section 4.1.1.2)");
    in = scp_der_inside(&sequence);
    if (!scp_der_read(&in, SCP_DER_OID, &oid))
        return scp_err_set(err, SCP_ERR_FORMAT, "an algorithm identifier without an object identifier (RFC 5280 section 4.1.1.2)");
    if (is_oid(&oid, &PSS)) {
        a->scheme = SCHEME_PSS;
        return read_pss(&in, a, err);
    }
    for (size_t i = 0; i < sizeof ALGORITHM / sizeof ALGORITHM[0]; i++) {
        if (!is_oid(&oid, &ALGORITHM[i].oid))
            continue;
        a->scheme = ALGORITHM[i].scheme;
        a->digest = ALGORITHM[i].digest;
        if (a->scheme == SCHEME_ECDSA && scp_reader_left(&in) != 0)
            return scp_err_set(err, SCP_ERR_FORMAT, "ECDSA with parameters (RFC 5758 section 3.2)");
        if (!null_or_absent(&in))
            return scp_err_set(err, SCP_ERR_FORMAT, "RSA with parameters that are not NULL (RFC 4055 section 5)");
        return 0;
    }
    if (is_broken(&oid))
        return scp_err_set(err, SCP_ERR_SIGNATURE, "signed with MD5 or an older digest, which proves nothing (RFC 6151 section 2)");
    return unsupported(err);
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

int scp_signature_begin(const uint8_t *algorithm, size_t algorithm_len, const uint8_t *spki, size_t spki_len,
                        struct scp_signature **out, struct scp_err *err)
{
    struct scp_signature *s;
    struct algorithm a;

    *out = NULL;
    if (read_algorithm(algorithm, algorithm_len, &a, err) != 0)
        return -1;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return scp_err_memory(err);
    if (scp_signature_key(spki, spki_len, &s->key, err) != 0 || start(s, &a, err) != 0) {
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

int scp_signature_verify(const uint8_t *algorithm, size_t algorithm_len, const uint8_t *spki, size_t spki_len, const uint8_t *p,
                         size_t n, const uint8_t *signature, size_t signature_len, struct scp_err *err)
{
    struct scp_signature *s;
    int rc;

    if (scp_signature_begin(algorithm, algorithm_len, spki, spki_len, &s, err) != 0)
        return -1;
    rc = scp_signature_update(s, p, n, err);
    if (rc == 0)
        rc = scp_signature_end(s, signature, signature_len, err);
    scp_signature_free(s);
    return rc;
}
