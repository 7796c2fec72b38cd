/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "authority.h"

#include "tap.h"

#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <string.h>

static EVP_PKEY *keys[AUTHORITY_KEYS];

EVP_PKEY *authority_key(unsigned i)
{
    if (keys[i] == NULL)
        keys[i] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    if (keys[i] == NULL)
        tap_bail("no key");
    return keys[i];
}

void authority_free(void)
{
    for (unsigned i = 0; i < AUTHORITY_KEYS; i++) {
        EVP_PKEY_free(keys[i]);
        keys[i] = NULL;
    }
}

static X509_NAME *name_of(const char *cn, int type)
{
    X509_NAME *n = X509_NAME_new();

    if (n == NULL || X509_NAME_add_entry_by_NID(n, NID_commonName, type != 0 ? type : V_ASN1_UTF8STRING, (const unsigned char *)cn,
                                                (int)strlen(cn), -1, 0) != 1)
        tap_bail("no name");
    return n;
}

static void extend(X509 *x, int nid, const char *value)
{
    CONF *conf = NCONF_new(NULL); /* policies want one */
    X509V3_CTX ctx;
    X509_EXTENSION *e;

    X509V3_set_ctx(&ctx, NULL, x, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    if (e == NULL || X509_add_ext(x, e, -1) != 1)
        tap_bail("no extension %s", value);
    X509_EXTENSION_free(e);
    NCONF_free(conf);
}

static void key_id(EVP_PKEY *key, unsigned char id[EVP_MAX_MD_SIZE], unsigned *n)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);

    if (len <= 0 || EVP_Digest(der, (size_t)len, id, n, EVP_sha1(), NULL) != 1)
        tap_bail("no key identifier");
    OPENSSL_free(der);
}

static void add_key_ids(X509 *x, EVP_PKEY *own, EVP_PKEY *signer, bool wrong)
{
    unsigned char id[EVP_MAX_MD_SIZE];
    unsigned n;
    ASN1_OCTET_STRING *subject = ASN1_OCTET_STRING_new();
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();

    key_id(own, id, &n);
    ASN1_OCTET_STRING_set(subject, id, (int)n);
    key_id(signer, id, &n);
    if (wrong)
        id[0] ^= 1;
    authority->keyid = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(authority->keyid, id, (int)n);
    if (X509_add1_ext_i2d(x, NID_subject_key_identifier, subject, 0, 0) != 1 ||
        X509_add1_ext_i2d(x, NID_authority_key_identifier, authority, 0, 0) != 1)
        tap_bail("no key identifiers");
    ASN1_OCTET_STRING_free(subject);
    AUTHORITY_KEYID_free(authority);
}

static void add_extensions(X509 *x, const struct authority_spec *w, EVP_PKEY *own)
{
    bool ca = w->ca && w->fault != FAULT_NOT_CA;

    extend(x, NID_basic_constraints,
           !ca                           ? "critical,CA:FALSE"
           : w->fault == FAULT_PATHLEN_0 ? "critical,CA:TRUE,pathlen:0"
           : w->fault == FAULT_PATHLEN_1 ? "critical,CA:TRUE,pathlen:1"
                                         : "critical,CA:TRUE");
    if (w->ca)
        extend(x, NID_key_usage, w->fault == FAULT_NO_CERT_SIGN ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
    else
        extend(x, NID_subject_alt_name, "DNS:host.example.com");
    if (w->fault == FAULT_EKU)
        extend(x, NID_ext_key_usage, "clientAuth");
    else if (w->client_eku)
        extend(x, NID_ext_key_usage, "serverAuth,clientAuth");
    if (w->fault == FAULT_NAME_CONSTRAINT)
        extend(x, NID_name_constraints, "critical,excluded;DNS:example.com");
    if (w->fault == FAULT_CRITICAL) {
        ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
        ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
        X509_EXTENSION *e;

        ASN1_OCTET_STRING_set(data, (const unsigned char *)"\5\0", 2);
        e = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, data);
        X509_add_ext(x, e, -1);
        X509_EXTENSION_free(e);
        ASN1_OCTET_STRING_free(data);
        ASN1_OBJECT_free(oid);
    }
    for (size_t i = 0; i < sizeof w->more / sizeof w->more[0] && w->more[i].nid != 0; i++)
        extend(x, w->more[i].nid, w->more[i].value);
    if (w->key_ids)
        add_key_ids(x, own, authority_key(w->signer), w->wrong_authority_id);
}

X509 *authority_issue(const struct authority_spec *w)
{
    X509 *x = X509_new();
    X509_NAME *subject = name_of(w->subject, w->string_type), *issuer = name_of(w->issuer, w->issuer_string_type);
    EVP_PKEY *own = w->own_key != NULL ? w->own_key : authority_key(w->key);
    int64_t before = w->not_before != 0 ? w->not_before : AUTHORITY_NOW - 365 * (int64_t)AUTHORITY_DAY;
    int64_t after = w->not_after != 0 ? w->not_after : AUTHORITY_NOW + 365 * (int64_t)AUTHORITY_DAY;
    const EVP_MD *md = w->fault == FAULT_SHA1 ? EVP_sha1() : EVP_sha256();

    if (w->fault == FAULT_EXPIRED)
        after = AUTHORITY_NOW - AUTHORITY_DAY;
    if (w->fault == FAULT_NOT_YET)
        before = AUTHORITY_NOW + AUTHORITY_DAY;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), w->serial != 0 ? w->serial : 1);
    X509_set_subject_name(x, subject);
    X509_set_issuer_name(x, issuer);
    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)before);
    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)after);
    X509_set_pubkey(x, own);
    add_extensions(x, w, own);
    if (X509_sign(x, authority_key(w->signer), md) <= 0)
        tap_bail("not signed");
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
    return x;
}

void authority_encode(X509 *x, uint8_t **der, size_t *len)
{
    int n;

    *der = NULL;
    n = i2d_X509(x, der);
    if (n <= 0)
        tap_bail("not encoded");
    *len = (size_t)n;
}

void authority_pool_add(struct scp_pool *pool, const uint8_t *der, size_t len, bool root)
{
    struct scp_pool_cert c = { .der = der, .len = len, .root = root, .rule = SCP_POOL_RULE_NONE };

    if (scp_certificate_sha1(der, len, c.sha1, NULL) != 0 || scp_pool_add(pool, &c, NULL) != 0)
        tap_bail("not added");
}
