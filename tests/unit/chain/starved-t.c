/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * OpenSSL without memory: what asks it has an answer as long as it has some, and says SCP_ERR_MEMORY, neither yes nor no, once one
 * of its allocations has failed.
 */
#include "authority.h"
#include "chain/host.h"
#include "chain/issuer.h"
#include "chain/path.h"
#include "codec/x509/bundle.h"
#include "codec/x509/crypto.h"
#include "codec/x509/outline.h"
#include "codec/x509/revocable.h"
#include "codec/x509/signature.h"
#include "tap.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>

#include <stdlib.h>
#include <string.h>

static uint8_t *root, *leaf, *other;
static size_t root_n, leaf_n, other_n;
static uint8_t *pkcs7;
static size_t pkcs7_n;
static struct scp_pool *pool;

/* An allocation that fails must not end a program with the address sanitizer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void make(const struct authority_spec *w, uint8_t **der, size_t *n)
{
    X509 *x = authority_issue(w);

    authority_encode(x, der, n);
    X509_free(x);
}

/* A message with certificates only (RFC 2315 section 9.1). */
static void make_pkcs7(void)
{
    const unsigned char *p = root;
    PKCS7 *p7 = PKCS7_new();
    X509 *x = d2i_X509(NULL, &p, (long)root_n);

    if (p7 == NULL || x == NULL || PKCS7_set_type(p7, NID_pkcs7_signed) != 1 || PKCS7_content_new(p7, NID_pkcs7_data) != 1 ||
        PKCS7_add_certificate(p7, x) != 1)
        tap_bail("PKCS7");
    pkcs7_n = (size_t)i2d_PKCS7(p7, &pkcs7);
    X509_free(x);
    PKCS7_free(p7);
}

static void set_up(void)
{
    const struct authority_spec of_root = { .subject = "Root", .issuer = "Root", .ca = true, .key_ids = true, .serial = 1 },
                                of_leaf = { .subject = "Leaf", .issuer = "Root", .key = 1, .key_ids = true, .serial = 2 },
                                of_other = {
                                    .subject = "Other", .issuer = "Other", .key = 2, .signer = 2, .ca = true, .serial = 3
                                };

    make(&of_root, &root, &root_n);
    make(&of_leaf, &leaf, &leaf_n);
    make(&of_other, &other, &other_n);
    make_pkcs7();
    pool = scp_pool_new();
    authority_pool_add(pool, root, root_n, true);
}

static void clean_up(void)
{
    scp_pool_free(pool);
    OPENSSL_free(root);
    OPENSSL_free(leaf);
    OPENSSL_free(other);
    OPENSSL_free(pkcs7);
    authority_free();
}

/* --- What asks OpenSSL, each with an answer that is known: yes 1, no 0, "cannot be read" -1 --- */

static int host_fits(struct scp_err *err)
{
    return scp_host_fits(leaf, leaf_n, "host.example.com", err);
}

static int other_host(struct scp_err *err)
{
    return scp_host_fits(leaf, leaf_n, "other.example.com", err);
}

static int is_issuer(struct scp_err *err)
{
    return scp_issuer_signed(root, root_n, leaf, leaf_n, err);
}

static int is_no_issuer(struct scp_err *err)
{
    return scp_issuer_signed(other, other_n, leaf, leaf_n, err);
}

static int path(struct scp_err *err)
{
    static struct scp_path_answer answer;
    const struct scp_path_query q = { .der = leaf, .len = leaf_n, .purpose = SCP_PURPOSE_ANY, .at = AUTHORITY_NOW };

    return scp_path_find(pool, &q, &answer, err) == 0 ? answer.good == 1 : -1;
}

static int certificate(struct scp_err *err)
{
    struct scp_certificate c;
    int rc = scp_certificate_parse(leaf, leaf_n, &c, err);

    scp_certificate_free(&c);
    return rc;
}

static int no_certificate(struct scp_err *err)
{
    struct scp_certificate c;

    return scp_certificate_parse((const uint8_t *)"\x30\x03\x02\x01\x01", 5, &c, err);
}

static int sha1(struct scp_err *err)
{
    uint8_t out[SCP_SHA1_LEN];

    return scp_certificate_sha1(leaf, leaf_n, out, err);
}

static int tbs_hash(struct scp_err *err)
{
    uint8_t out[SCP_DIGEST_MAX];
    size_t n;

    return scp_certificate_tbs_hash(leaf, leaf_n, "SHA256", out, &n, err);
}

static int revocable(struct scp_err *err)
{
    struct scp_revocable r;
    int rc = scp_revocable_parse(leaf, leaf_n, &r, err);

    scp_revocable_free(&r);
    return rc;
}

static int bundle(struct scp_err *err)
{
    struct scp_bundle b;
    int rc = scp_bundle_read(pkcs7, pkcs7_n, &b, err);

    if (rc == 0)
        scp_bundle_free(&b);
    return rc;
}

/* Signed by another key: the digest of nothing is not what the signature is over. */
static int signature(struct scp_err *err)
{
    static const uint8_t ECDSA_SHA256[] = { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 }, NOTHING[1];
    struct scp_outline o;

    if (!scp_outline_read(root, root_n, &o))
        tap_bail("outline");
    return scp_signature_verify((struct scp_bytes){ ECDSA_SHA256, sizeof ECDSA_SHA256 }, o.spki, (struct scp_bytes){ NOTHING, 0 },
                                (struct scp_bytes){ NOTHING, 1 }, err);
}

static int hasher(struct scp_err *err)
{
    struct scp_hasher *h = scp_hasher_new();
    int rc = h != NULL ? 0 : scp_err_memory(err);

    scp_hasher_free(h);
    return rc;
}

static const struct question {
    const char *what;
    int (*ask)(struct scp_err *err);
    int answer;
    enum scp_err_code code;
} QUESTIONS[] = {
    { "the host fits", host_fits, 1, SCP_ERR_NONE },
    { "another host does not", other_host, 0, SCP_ERR_NONE },
    { "the issuer", is_issuer, 1, SCP_ERR_NONE },
    { "another one is not", is_no_issuer, 0, SCP_ERR_NONE },
    { "a path", path, 1, SCP_ERR_NONE },
    { "a certificate", certificate, 0, SCP_ERR_NONE },
    { "what is none", no_certificate, -1, SCP_ERR_FORMAT },
    { "a hash", sha1, 0, SCP_ERR_NONE },
    { "the hash of a part", tbs_hash, 0, SCP_ERR_NONE },
    { "what revocation needs", revocable, 0, SCP_ERR_NONE },
    { "PKCS#7", bundle, 0, SCP_ERR_NONE },
    { "a signature that is not", signature, -1, SCP_ERR_SIGNATURE },
    { "many hashes", hasher, 0, SCP_ERR_NONE },
};

static void ask_all(bool starved)
{
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        const struct question *q = &QUESTIONS[i];
        struct scp_err err = SCP_ERR_INIT;
        int answer = q->ask(&err);

        tap_is_int(starved ? -1 : q->answer, answer, "%s", q->what);
        tap_is_int(starved ? SCP_ERR_MEMORY : q->code, err.code, "its error: '%s'", err.message);
    }
}

int main(void)
{
    struct scp_err err = SCP_ERR_INIT;

    if (scp_crypto_begin(&err) != 0)
        tap_bail("%s", err.message);
    set_up();
    tap_ok(!scp_crypto_starved(), "with memory");
    ask_all(false);
    tap_is_int(0, scp_crypto_end(&err), "nothing that failed was for want of it");
    tap_is_int(-1, scp_crypto_failed(&err, SCP_ERR_LIMIT, "too much"), "a failure");
    tap_ok(err.code == SCP_ERR_LIMIT && strcmp(err.message, "too much") == 0, "is what it is said to be");

    tap_ok(OPENSSL_malloc((size_t)1 << 62) == NULL, "an allocation fails");
    ERR_clear_error(); /* the queue of errors is not what tells */
    tap_ok(scp_crypto_starved(), "without memory");
    ask_all(true);
    tap_is_int(-1, scp_crypto_end(&err), "and so it stays");
    (void)scp_crypto_failed(&err, SCP_ERR_FORMAT, "malformed");
    tap_is_int(SCP_ERR_MEMORY, err.code, "whatever a failure is said to be");
    clean_up();
    return tap_done();
}
