/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/signature.h"
#include "unit/codec/revocation/crlgen.h"
#include "tap.h"

#include <openssl/rsa.h>

#include <string.h>

static EVP_PKEY *rsa, *ec, *other_rsa, *other_ec;

static const uint8_t TEXT[] = "What is signed here, in one piece or in several.";

static int verify(const struct bytes *algorithm, const struct bytes *key, const void *p, size_t n, const struct bytes *signature,
                  struct scp_err *err)
{
    return scp_signature_verify((struct scp_bytes){ algorithm->p, algorithm->n }, (struct scp_bytes){ key->p, key->n },
                                (struct scp_bytes){ p, n }, (struct scp_bytes){ signature->p, signature->n }, err);
}

static int verify_in_pieces(const struct bytes *algorithm, const struct bytes *key, const struct bytes *signature)
{
    struct scp_signature *s;
    int rc;

    if (scp_signature_begin((struct scp_bytes){ algorithm->p, algorithm->n }, (struct scp_bytes){ key->p, key->n }, &s, NULL) != 0)
        return -1;
    for (size_t i = 0; i < sizeof TEXT; i++)
        (void)scp_signature_update(s, TEXT + i, 1, NULL);
    rc = scp_signature_end(s, signature->p, signature->n, NULL);
    if (rc == 0 && scp_signature_end(s, signature->p, signature->n, NULL) == 0)
        rc = 1; /* once per object */
    scp_signature_free(s);
    return rc;
}

static void is_bad(int rc, const struct scp_err *err, enum scp_err_code code, const char *name)
{
    tap_is_int(-1, rc, "%s: not good", name);
    tap_is_int(code, err->code, "its kind: %s", err->message);
}

static void test_algorithm(enum gen_algorithm a)
{
    bool is_ec = gen_is_ec(a);
    struct bytes algorithm = { 0 }, key = { 0 }, other = { 0 }, type = { 0 }, signature = { 0 };
    struct scp_signature_info info;
    struct scp_err err = SCP_ERR_INIT;
    uint8_t changed[sizeof TEXT];

    put_algorithm(&algorithm, a);
    gen_spki(&key, is_ec ? ec : rsa);
    gen_spki(&other, is_ec ? other_ec : other_rsa);
    gen_spki(&type, is_ec ? rsa : ec);
    gen_sign(&signature, a, is_ec ? ec : rsa, TEXT, sizeof TEXT);
    (void)scp_signature_describe(algorithm.p, algorithm.n, &info, NULL);
    tap_is_int(0, verify(&algorithm, &key, TEXT, sizeof TEXT, &signature, &err), "%s: good (%s)", info.name, err.message);
    tap_is_int(0, verify_in_pieces(&algorithm, &key, &signature), "in pieces");
    tap_is_int(a == GEN_RSA_SHA1 || a == GEN_PSS_DEFAULT || a == GEN_ECDSA_SHA1, info.weak, "weak or not");
    memcpy(changed, TEXT, sizeof TEXT);
    changed[3] ^= 1;
    is_bad(verify(&algorithm, &key, changed, sizeof changed, &signature, &err), &err, SCP_ERR_SIGNATURE, "one bit");
    is_bad(verify(&algorithm, &key, TEXT, sizeof TEXT - 1, &signature, &err), &err, SCP_ERR_SIGNATURE, "a byte less");
    is_bad(verify(&algorithm, &other, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_SIGNATURE, "another key");
    is_bad(verify(&algorithm, &type, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_SIGNATURE, "a key of another type");
    signature.p[signature.n - 1] ^= 1;
    is_bad(verify(&algorithm, &key, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_SIGNATURE, "another signature");
    signature.n = 0;
    is_bad(verify(&algorithm, &key, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_SIGNATURE, "no signature");
    key.n--;
    is_bad(verify(&algorithm, &key, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_FORMAT, "half a key");
    algorithm.n--;
    is_bad(verify(&algorithm, &other, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_FORMAT, "half an algorithm");
    bytes_free(&algorithm);
    bytes_free(&key);
    bytes_free(&other);
    bytes_free(&type);
    bytes_free(&signature);
}

/* An algorithm identifier of an object identifier and parameters. */
static void algorithm_of(struct bytes *out, const char *dotted, const char *parameters, size_t n)
{
    out->n = 0;
    put_oid(out, dotted);
    bytes_add(out, parameters, n);
    der_wrap(out, 0, 0x30);
}

static void test_identifiers(void)
{
    static const struct {
        const char *name, *oid, *parameters;
        size_t n;
        enum scp_err_code code;
    } CASES[] = {
        { "RSA without parameters", "1.2.840.113549.1.1.11", "", 0, SCP_ERR_NONE },
        { "RSA with a NULL", "1.2.840.113549.1.1.11", "\x05\x00", 2, SCP_ERR_NONE },
        { "RSA with something else", "1.2.840.113549.1.1.11", "\x30\x00", 2, SCP_ERR_FORMAT },
        { "RSA with two NULLs", "1.2.840.113549.1.1.11", "\x05\x00\x05\x00", 4, SCP_ERR_FORMAT },
        { "ECDSA without parameters", "1.2.840.10045.4.3.2", "", 0, SCP_ERR_NONE },
        { "ECDSA with a NULL", "1.2.840.10045.4.3.2", "\x05\x00", 2, SCP_ERR_FORMAT },
        { "RSA with MD5", "1.2.840.113549.1.1.4", "\x05\x00", 2, SCP_ERR_SIGNATURE },
        { "DSA", "1.2.840.10040.4.3", "", 0, SCP_ERR_UNSUPPORTED },
        { "Ed25519", "1.3.101.112", "", 0, SCP_ERR_UNSUPPORTED },
        { "RSA encryption, which signs nothing", "1.2.840.113549.1.1.1", "\x05\x00", 2, SCP_ERR_UNSUPPORTED },
        { "PSS without parameters", "1.2.840.113549.1.1.10", "", 0, SCP_ERR_FORMAT },
        { "PSS by default", "1.2.840.113549.1.1.10", "\x30\x00", 2, SCP_ERR_NONE },
        { "PSS with a salt", "1.2.840.113549.1.1.10", "\x30\x05\xA2\x03\x02\x01\x20", 7, SCP_ERR_NONE },
        { "PSS with a negative salt", "1.2.840.113549.1.1.10", "\x30\x05\xA2\x03\x02\x01\xE0", 7, SCP_ERR_FORMAT },
        { "PSS with a trailer field of 1", "1.2.840.113549.1.1.10", "\x30\x05\xA3\x03\x02\x01\x01", 7, SCP_ERR_NONE },
        { "PSS with another trailer field", "1.2.840.113549.1.1.10", "\x30\x05\xA3\x03\x02\x01\x02", 7, SCP_ERR_UNSUPPORTED },
        { "PSS in the wrong order", "1.2.840.113549.1.1.10", "\x30\x0A\xA3\x03\x02\x01\x01\xA2\x03\x02\x01\x20", 12,
          SCP_ERR_FORMAT },
        { "PSS with more", "1.2.840.113549.1.1.10", "\x30\x02\xA4\x00", 4, SCP_ERR_FORMAT },
    };
    struct bytes algorithm = { 0 };
    struct scp_signature_info info;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;

        algorithm_of(&algorithm, CASES[i].oid, CASES[i].parameters, CASES[i].n);
        (void)scp_signature_describe(algorithm.p, algorithm.n, &info, &err);
        tap_is_int(CASES[i].code, err.code, "%s: %s%s", CASES[i].name, info.name, err.message);
    }
    bytes_add(&algorithm, "\0", 1);
    tap_is_int(-1, scp_signature_describe(algorithm.p, algorithm.n, &info, NULL), "a byte behind");
    bytes_free(&algorithm);
}

/* RFC 4055 section 1.2: a key may be for PSS alone, with given parameters. */
static void test_pss_key(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    EVP_PKEY *key = NULL;
    struct bytes spki = { 0 }, algorithm = { 0 }, signature = { 0 };
    struct scp_err err = SCP_ERR_INIT;

    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) <= 0 || EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 1024) <= 0 ||
        EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, EVP_sha256()) <= 0 ||
        EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, EVP_sha256()) <= 0 || EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, 32) <= 0 ||
        EVP_PKEY_generate(ctx, &key) <= 0)
        tap_bail("no key for PSS");
    gen_spki(&spki, key);
    gen_sign(&signature, GEN_PSS_SHA256, key, TEXT, sizeof TEXT);
    put_algorithm(&algorithm, GEN_PSS_SHA256);
    tap_is_int(0, verify(&algorithm, &spki, TEXT, sizeof TEXT, &signature, &err), "a key for PSS: %s", err.message);
    algorithm.n = 0;
    put_algorithm(&algorithm, GEN_RSA_SHA256);
    is_bad(verify(&algorithm, &spki, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_SIGNATURE, "is none for PKCS#1 v1.5");
    algorithm.n = 0;
    put_algorithm(&algorithm, GEN_PSS_SHA384);
    is_bad(verify(&algorithm, &spki, TEXT, sizeof TEXT, &signature, &err), &err, SCP_ERR_SIGNATURE, "nor for other parameters");
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    bytes_free(&spki);
    bytes_free(&algorithm);
    bytes_free(&signature);
}

int main(void)
{
    rsa = gen_key(false);
    ec = gen_key(true);
    other_rsa = gen_key(false);
    other_ec = gen_key(true);
    for (unsigned a = 0; a < GEN_ALGORITHMS; a++)
        test_algorithm((enum gen_algorithm)a);
    test_identifiers();
    test_pss_key();
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(other_rsa);
    EVP_PKEY_free(other_ec);
    return tap_done();
}
