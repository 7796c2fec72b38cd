/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Certificates as `openssl req` and `openssl x509 -req` make them, with the arguments that tests/tools/Pki.pm gives:
 *   req -new -key FILE -subj /CN=NAME                                             a request
 *   req -x509 -new -config FILE -key FILE -subj /CN=NAME -sha256                  a certificate of its own; extensions: section v3
 *   x509 -req -in FILE -CA FILE -CAkey FILE -set_serial 0xHEX -days N -extfile FILE -sha256
 */
#include "many.h"

#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, DAYS = 30, SERIAL_BITS = 158 };

/* What stands behind that option; NULL where it is not given. */
static const char *behind(int n, char *const *word, const char *option)
{
    for (int i = 1; i + 1 < n; i++) {
        if (strcmp(word[i], option) == 0)
            return word[i + 1];
    }
    return NULL;
}

static bool has(int n, char *const *word, const char *option)
{
    return n > 1 && strcmp(word[1], option) == 0;
}

static bool set_name(X509_NAME *name, const char *subject)
{
    return subject != NULL && strncmp(subject, "/CN=", 4) == 0 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)subject + 4, -1, -1, 0) == 1;
}

static X509 *read_certificate(const char *path)
{
    BIO *b = path != NULL ? BIO_new_file(path, "r") : NULL;
    X509 *c = b != NULL ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;

    BIO_free(b);
    return c;
}

static X509_REQ *read_request(const char *path)
{
    BIO *b = path != NULL ? BIO_new_file(path, "r") : NULL;
    X509_REQ *r = b != NULL ? PEM_read_bio_X509_REQ(b, NULL, NULL, NULL) : NULL;

    BIO_free(b);
    return r;
}

static bool set_serial(X509 *c, const char *hex)
{
    BIGNUM *n = BN_new();
    bool good = n != NULL &&
                (hex == NULL ? BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
                             : strncmp(hex, "0x", 2) == 0 && BN_hex2bn(&n, hex + 2) > 0) &&
                BN_to_ASN1_INTEGER(n, X509_get_serialNumber(c)) != NULL;

    BN_free(n);
    return good;
}

static bool add_extensions(X509 *c, X509 *issuer, const char *path, const char *section)
{
    CONF *conf = NCONF_new(NULL);
    X509V3_CTX ctx;
    long line = 0;
    bool good = conf != NULL && path != NULL && NCONF_load(conf, path, &line) > 0;

    X509V3_set_ctx(&ctx, issuer, c, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    good = good && X509V3_EXT_add_nconf(conf, &ctx, section, c) == 1;
    NCONF_free(conf);
    return good;
}

/* Which key it is and which signed it, unless the file says so: `openssl x509` adds that. */
static bool add_identifiers(X509 *c, X509 *issuer)
{
    static const struct {
        int nid;
        const char *value;
    } BOTH[] = { { NID_subject_key_identifier, "hash" }, { NID_authority_key_identifier, "keyid, issuer" } };
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, c, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    for (size_t i = 0; i < sizeof BOTH / sizeof BOTH[0]; i++) {
        X509_EXTENSION *e = NULL;
        bool there = X509_get_ext_by_NID(c, BOTH[i].nid, -1) >= 0;

        if (!there && ((e = X509V3_EXT_conf_nid(NULL, &ctx, BOTH[i].nid, BOTH[i].value)) == NULL || X509_add_ext(c, e, -1) != 1))
            return false;
        X509_EXTENSION_free(e);
    }
    return true;
}

/* The names and the key are there. */
static bool finish(X509 *c, X509 *issuer, EVP_PKEY *signer, const char *serial, int days)
{
    return X509_set_version(c, X509_VERSION_3) == 1 && set_serial(c, serial) &&
           X509_gmtime_adj(X509_getm_notBefore(c), 0) != NULL && X509_gmtime_adj(X509_getm_notAfter(c), (long)days * DAY) != NULL &&
           X509_set_issuer_name(c, X509_get_subject_name(issuer)) == 1 && signer != NULL;
}

static bool sign_and_write(X509 *c, EVP_PKEY *signer)
{
    return X509_sign(c, signer, EVP_sha256()) > 0 && PEM_write_X509(stdout, c) == 1;
}

static bool write_own(EVP_PKEY *key, const char *subject, const char *config)
{
    X509 *c = X509_new();
    bool good = c != NULL && set_name(X509_get_subject_name(c), subject) && X509_set_pubkey(c, key) == 1 &&
                finish(c, c, key, NULL, DAYS) && add_extensions(c, c, config, "v3") && sign_and_write(c, key);

    X509_free(c);
    return good;
}

static bool write_request(EVP_PKEY *key, const char *subject)
{
    X509_REQ *r = X509_REQ_new();
    bool good = r != NULL && set_name(X509_REQ_get_subject_name(r), subject) && X509_REQ_set_pubkey(r, key) == 1 &&
                X509_REQ_sign(r, key, EVP_sha256()) > 0 && PEM_write_X509_REQ(stdout, r) == 1;

    X509_REQ_free(r);
    return good;
}

int many_req(int n, char *const *word)
{
    EVP_PKEY *key = many_key(behind(n, word, "-key"));
    const char *subject = behind(n, word, "-subj");
    bool good = key != NULL && (has(n, word, "-x509") ? write_own(key, subject, behind(n, word, "-config"))
                                                      : has(n, word, "-new") && write_request(key, subject));

    EVP_PKEY_free(key);
    return good ? 0 : many_failed("req");
}

int many_x509(int n, char *const *word)
{
    X509_REQ *request = has(n, word, "-req") ? read_request(behind(n, word, "-in")) : NULL;
    X509 *ca = read_certificate(behind(n, word, "-CA")), *c = X509_new();
    EVP_PKEY *signer = many_key(behind(n, word, "-CAkey"));
    const char *days = behind(n, word, "-days");
    bool good = request != NULL && ca != NULL && c != NULL && days != NULL &&
                X509_set_subject_name(c, X509_REQ_get_subject_name(request)) == 1 &&
                X509_set_pubkey(c, X509_REQ_get0_pubkey(request)) == 1 &&
                finish(c, ca, signer, behind(n, word, "-set_serial"), atoi(days)) &&
                add_extensions(c, ca, behind(n, word, "-extfile"), "default") && add_identifiers(c, ca) &&
                sign_and_write(c, signer);

    EVP_PKEY_free(signer);
    X509_free(c);
    X509_free(ca);
    X509_REQ_free(request);
    return good ? 0 : many_failed("x509");
}
