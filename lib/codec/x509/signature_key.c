/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/signature_internal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

enum { SPKI_MAX = 16 << 10 };

/* --- The usual keys ---
 * OpenSSL's decoder goes through all kinds of keys that it knows, which costs several times what the verification does.  RSA keys
 * and those on the usual curves are told apart here; whatever is not exactly in their form is left to the decoder.
 */

static EVP_PKEY *make(const char *type, OSSL_PARAM_BLD *build)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return key;
}

static bool is_positive(const struct scp_der *e)
{
    return scp_der_integer_valid(e) && e->p[0] < 0x80;
}

/* RSAPublicKey (RFC 8017 appendix A.1.1) */
static EVP_PKEY *rsa(const uint8_t *bits, size_t n)
{
    struct scp_reader r = scp_reader_over(bits, n), in;
    struct scp_der sequence, modulus, exponent;
    OSSL_PARAM_BLD *build;
    EVP_PKEY *key = NULL;
    BIGNUM *m, *e;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &sequence) || scp_reader_left(&r) != 0)
        return NULL;
    in = scp_der_inside(&sequence);
    if (!scp_der_read(&in, SCP_DER_INTEGER, &modulus) || !scp_der_read(&in, SCP_DER_INTEGER, &exponent) ||
        scp_reader_left(&in) != 0 || !is_positive(&modulus) || !is_positive(&exponent))
        return NULL;
    m = BN_bin2bn(modulus.p, (int)modulus.n, NULL);
    e = BN_bin2bn(exponent.p, (int)exponent.n, NULL);
    build = OSSL_PARAM_BLD_new();
    if (m != NULL && e != NULL && build != NULL && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, m) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = make("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_free(m);
    BN_free(e);
    return key;
}

static EVP_PKEY *curve(const char *group, const uint8_t *point, size_t n)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;

    if (build != NULL && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, n) == 1)
        key = make("EC", build);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *usual(const struct scp_der *algorithm, const uint8_t *bits, size_t n)
{
    static const uint8_t RSA_ENCRYPTION[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };
    static const uint8_t P256[] = { 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
                                    0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    static const uint8_t P384[] = {
        0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22
    };

    if (scp_der_equals(algorithm, RSA_ENCRYPTION, sizeof RSA_ENCRYPTION))
        return rsa(bits, n);
    if (scp_der_equals(algorithm, P256, sizeof P256))
        return curve("P-256", bits, n);
    if (scp_der_equals(algorithm, P384, sizeof P384))
        return curve("P-384", bits, n);
    return NULL;
}

/* NULL when it is not one of them. */
static EVP_PKEY *read_usual(const uint8_t *spki, size_t n)
{
    struct scp_reader r = scp_reader_over(spki, n), in;
    struct scp_der info, algorithm, key;
    const uint8_t *bits;
    size_t bits_n;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &info) || scp_reader_left(&r) != 0)
        return NULL;
    in = scp_der_inside(&info);
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &algorithm) || !scp_der_read(&in, SCP_DER_BIT_STRING, &key) ||
        scp_reader_left(&in) != 0 || !scp_der_octets(&key, &bits, &bits_n))
        return NULL;
    return usual(&algorithm, bits, bits_n);
}

int scp_signature_key(const uint8_t *spki, size_t n, EVP_PKEY **out, struct scp_err *err)
{
    const unsigned char *p = spki;
    X509_PUBKEY *key;
    int rc = 0;

    if (n > SPKI_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a public key of more than %d bytes", SPKI_MAX);
    if (scp_crypto_begin(err) != 0)
        return -1;
    *out = read_usual(spki, n);
    if (*out != NULL)
        return 0;
    if (scp_crypto_end(err) != 0)
        return -1;
    key = d2i_X509_PUBKEY(NULL, &p, (long)n);
    if (key == NULL || p != spki + n)
        rc = scp_crypto_failed(err, SCP_ERR_FORMAT, "the public key cannot be read (RFC 5280 section 4.1.2.7)");
    else if ((*out = X509_PUBKEY_get(key)) == NULL)
        rc = scp_crypto_failed(err, SCP_ERR_UNSUPPORTED, "a public key of a kind that is not supported");
    X509_PUBKEY_free(key);
    return rc;
}
