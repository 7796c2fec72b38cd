/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crlgen.h"

#include "tap.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEQUENCE = 0x30, SET = 0x31, UTC_TIME = 0x17, GENERALIZED_TIME = 0x18 };

/* --- Bytes and DER --- */

static void reserve(struct bytes *b, size_t n)
{
    if (b->cap - b->n >= n)
        return;
    b->cap = (b->cap + n) * 2;
    b->p = realloc(b->p, b->cap);
    if (b->p == NULL)
        tap_bail("out of memory");
}

void bytes_add(struct bytes *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    reserve(b, n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void bytes_free(struct bytes *b)
{
    free(b->p);
    memset(b, 0, sizeof *b);
}

static size_t header(uint8_t out[6], uint8_t tag, size_t n)
{
    size_t octets = n < 0x80 ? 0 : n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x1000000 ? 3 : 4;

    out[0] = tag;
    out[1] = (uint8_t)(octets == 0 ? n : 0x80 + octets);
    for (size_t i = 0; i < octets; i++)
        out[2 + i] = (uint8_t)(n >> 8 * (octets - 1 - i));
    return 2 + octets;
}

void der_put(struct bytes *b, uint8_t tag, const void *p, size_t n)
{
    uint8_t h[6];

    bytes_add(b, h, header(h, tag, n));
    bytes_add(b, p, n);
}

void der_wrap(struct bytes *b, size_t from, uint8_t tag)
{
    uint8_t h[6];
    size_t n = b->n - from, length = header(h, tag, n);

    reserve(b, length);
    if (n > 0)
        memmove(b->p + from + length, b->p + from, n);
    memcpy(b->p + from, h, length);
    b->n += length;
}

void put_oid(struct bytes *b, const char *dotted)
{
    uint8_t octets[64];
    size_t n = 0;
    char *end;
    unsigned long first = strtoul(dotted, &end, 10), arc = strtoul(end + 1, &end, 10) + first * 40;

    for (;;) {
        unsigned shift = 28;

        while (shift > 0 && arc >> shift == 0)
            shift -= 7;
        for (;; shift -= 7) {
            octets[n++] = (uint8_t)((arc >> shift & 0x7F) | (shift > 0 ? 0x80 : 0));
            if (shift == 0)
                break;
        }
        if (*end != '.')
            break;
        arc = strtoul(end + 1, &end, 10);
    }
    der_put(b, 0x06, octets, n);
}

void put_name(struct bytes *b, const char *cn)
{
    size_t name = b->n;

    put_oid(b, "2.5.4.3");
    der_put(b, 0x0C, cn, strlen(cn));
    der_wrap(b, name, SEQUENCE);
    der_wrap(b, name, SET);
    der_wrap(b, name, SEQUENCE);
}

void put_extension(struct bytes *b, const char *dotted, int critical, const void *value, size_t n)
{
    size_t from = b->n;
    uint8_t octet = (uint8_t)critical;

    put_oid(b, dotted);
    if (critical >= 0)
        der_put(b, 0x01, &octet, 1);
    der_put(b, 0x04, value, n);
    der_wrap(b, from, SEQUENCE);
}

void put_crl_number(struct bytes *b, uint8_t number)
{
    uint8_t value[] = { 0x02, 0x01, number };

    put_extension(b, "2.5.29.20", -1, value, sizeof value);
}

void put_reason(struct bytes *b, uint8_t reason)
{
    uint8_t value[] = { 0x0A, 0x01, reason };

    put_extension(b, "2.5.29.21", -1, value, sizeof value);
}

void put_idp(struct bytes *b, const struct idp *idp)
{
    static const uint8_t YES = 0xFF;
    struct bytes value = { 0 };

    if (idp->relative) {
        put_oid(&value, "2.5.4.3");
        der_put(&value, 0x0C, "part", 4);
        der_wrap(&value, 0, SEQUENCE);
        der_wrap(&value, 0, 0xA1);
        der_wrap(&value, 0, 0xA0);
    } else if (idp->uri != NULL) {
        der_put(&value, 0x86, idp->uri, strlen(idp->uri));
        if (idp->second_uri != NULL)
            der_put(&value, 0x86, idp->second_uri, strlen(idp->second_uri));
        der_wrap(&value, 0, 0xA0);
        der_wrap(&value, 0, 0xA0);
    }
    if (idp->user)
        der_put(&value, 0x81, &YES, 1);
    if (idp->ca)
        der_put(&value, 0x82, &YES, 1);
    if (idp->reasons)
        der_put(&value, 0x83, "\x01\x40", 2);
    if (idp->indirect)
        der_put(&value, 0x84, &YES, 1);
    if (idp->attribute)
        der_put(&value, 0x85, &YES, 1);
    der_wrap(&value, 0, SEQUENCE);
    put_extension(b, "2.5.29.28", 0xFF, value.p, value.n);
    bytes_free(&value);
}

/* --- Algorithms --- */

static const struct {
    const char *oid, *digest;
    bool ec, pss;
} ALGORITHM[GEN_ALGORITHMS] = {
    [GEN_RSA_SHA256] = { "1.2.840.113549.1.1.11", "SHA256", false, false },
    [GEN_RSA_SHA1] = { "1.2.840.113549.1.1.5", "SHA1", false, false },
    [GEN_RSA_SHA384] = { "1.2.840.113549.1.1.12", "SHA384", false, false },
    [GEN_RSA_SHA512] = { "1.2.840.113549.1.1.13", "SHA512", false, false },
    [GEN_PSS_SHA256] = { "1.2.840.113549.1.1.10", "SHA256", false, true },
    [GEN_PSS_SHA384] = { "1.2.840.113549.1.1.10", "SHA384", false, true },
    [GEN_PSS_DEFAULT] = { "1.2.840.113549.1.1.10", "SHA1", false, true },
    [GEN_ECDSA_SHA256] = { "1.2.840.10045.4.3.2", "SHA256", true, false },
    [GEN_ECDSA_SHA384] = { "1.2.840.10045.4.3.3", "SHA384", true, false },
    [GEN_ECDSA_SHA1] = { "1.2.840.10045.4.1", "SHA1", true, false },
};

bool gen_is_ec(enum gen_algorithm a)
{
    return ALGORITHM[a].ec;
}

static void put_hash(struct bytes *b, const char *dotted)
{
    size_t from = b->n;

    put_oid(b, dotted);
    der_put(b, 0x05, NULL, 0);
    der_wrap(b, from, SEQUENCE);
}

static void put_pss(struct bytes *b, const char *hash, uint8_t salt)
{
    size_t params = b->n, from = b->n;
    uint8_t number[] = { 0x02, 0x01, salt };

    put_hash(b, hash);
    der_wrap(b, from, 0xA0);
    from = b->n;
    put_oid(b, "1.2.840.113549.1.1.8");
    put_hash(b, hash);
    der_wrap(b, from, SEQUENCE);
    der_wrap(b, from, 0xA1);
    der_put(b, 0xA2, number, sizeof number);
    der_wrap(b, params, SEQUENCE);
}

void put_algorithm(struct bytes *b, enum gen_algorithm a)
{
    size_t from = b->n;

    put_oid(b, ALGORITHM[a].oid);
    if (a == GEN_PSS_SHA256)
        put_pss(b, "2.16.840.1.101.3.4.2.1", 32);
    else if (a == GEN_PSS_SHA384)
        put_pss(b, "2.16.840.1.101.3.4.2.2", 48);
    else if (a == GEN_PSS_DEFAULT)
        der_put(b, SEQUENCE, NULL, 0);
    else if (!ALGORITHM[a].ec)
        der_put(b, 0x05, NULL, 0);
    der_wrap(b, from, SEQUENCE);
}

EVP_PKEY *gen_key(bool ec)
{
    /* Short ones: these keys protect nothing, and making them is what takes time. */
    EVP_PKEY *key = ec ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);

    if (key == NULL)
        tap_bail("no key");
    return key;
}

void gen_sign(struct bytes *out, enum gen_algorithm a, EVP_PKEY *key, const void *p, size_t n)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = NULL;
    size_t length = 0;

    if (ctx == NULL || EVP_DigestSignInit_ex(ctx, &pctx, ALGORITHM[a].digest, NULL, NULL, key, NULL) != 1)
        tap_bail("cannot sign");
    if (ALGORITHM[a].pss && (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) <= 0 ||
                             EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) <= 0))
        tap_bail("cannot sign with PSS");
    if (EVP_DigestSign(ctx, NULL, &length, p, n) != 1)
        tap_bail("cannot sign");
    reserve(out, length);
    if (EVP_DigestSign(ctx, out->p + out->n, &length, p, n) != 1)
        tap_bail("cannot sign");
    out->n += length;
    EVP_MD_CTX_free(ctx);
}

void gen_spki(struct bytes *out, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);

    if (n <= 0)
        tap_bail("no public key");
    bytes_add(out, der, (size_t)n);
    OPENSSL_free(der);
}

/* --- Lists --- */

void gen_defaults(struct gen *g, EVP_PKEY *key)
{
    *g = (struct gen){ .version = 1,
                       .issuer = "Test Issuer",
                       .this_update = GEN_THIS,
                       .next_update = GEN_NEXT,
                       .has_list = true,
                       .has_extensions = true,
                       .key = key };
    g->algorithm = g->outer = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? GEN_ECDSA_SHA256 : GEN_RSA_SHA256;
    put_crl_number(&g->extensions, 7);
    (void)gen_add_entry(g, "\x12\x34", 2);
}

struct gen_entry *gen_add_entry(struct gen *g, const void *serial, size_t n)
{
    struct gen_entry *e;

    g->entry = realloc(g->entry, (g->entries + 1) * sizeof *g->entry);
    if (g->entry == NULL)
        tap_bail("out of memory");
    e = &g->entry[g->entries++];
    *e = (struct gen_entry){ .serial = serial, .serial_n = n };
    return e;
}

static void put_time(struct bytes *b, const char *text)
{
    if (text != NULL && text[0] != '\0')
        der_put(b, strlen(text) == 13 ? UTC_TIME : GENERALIZED_TIME, text, strlen(text));
}

static void put_entry(struct bytes *b, const struct gen_entry *e)
{
    size_t from = b->n;

    der_put(b, 0x02, e->serial, e->serial_n);
    put_time(b, e->date != NULL ? e->date : "260901120000Z");
    if (e->has_extensions || e->extensions.n > 0)
        der_put(b, SEQUENCE, e->extensions.p, e->extensions.n);
    der_wrap(b, from, SEQUENCE);
}

void gen_tbs(const struct gen *g, struct bytes *out)
{
    size_t tbs = out->n, from;
    uint8_t version = (uint8_t)g->version;

    if (g->version >= 0)
        der_put(out, 0x02, &version, 1);
    put_algorithm(out, g->algorithm);
    put_name(out, g->issuer);
    put_time(out, g->this_update);
    put_time(out, g->next_update);
    from = out->n;
    for (size_t i = 0; i < g->entries; i++)
        put_entry(out, &g->entry[i]);
    if (g->has_list)
        der_wrap(out, from, SEQUENCE);
    from = out->n;
    if (g->has_extensions) {
        der_put(out, SEQUENCE, g->extensions.p, g->extensions.n);
        der_wrap(out, from, 0xA0);
    }
    bytes_add(out, g->tbs_tail.p, g->tbs_tail.n);
    der_wrap(out, tbs, SEQUENCE);
}

void gen_finish(const struct gen *g, const struct bytes *tbs, struct bytes *out)
{
    size_t from = out->n, signature;

    bytes_add(out, tbs->p, tbs->n);
    put_algorithm(out, g->outer);
    signature = out->n;
    bytes_add(out, "", 1);
    gen_sign(out, g->algorithm, g->key, tbs->p, tbs->n);
    der_wrap(out, signature, 0x03);
    if (g->tail_inside)
        bytes_add(out, g->tail.p, g->tail.n);
    der_wrap(out, from, SEQUENCE);
    if (!g->tail_inside)
        bytes_add(out, g->tail.p, g->tail.n);
}

void gen_list(const struct gen *g, struct bytes *out)
{
    struct bytes tbs = { 0 };

    gen_tbs(g, &tbs);
    gen_finish(g, &tbs, out);
    bytes_free(&tbs);
}

void gen_free(struct gen *g)
{
    for (size_t i = 0; i < g->entries; i++)
        bytes_free(&g->entry[i].extensions);
    free(g->entry);
    bytes_free(&g->extensions);
    bytes_free(&g->tbs_tail);
    bytes_free(&g->tail);
    memset(g, 0, sizeof *g);
}

/* --- Certificates --- */

static void add_extension(X509 *x, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    if (extension == NULL || X509_add_ext(x, extension, -1) != 1)
        tap_bail("no extension %s", value);
    X509_EXTENSION_free(extension);
}

static X509_NAME *name_of(const char *cn)
{
    struct bytes der = { 0 };
    const unsigned char *p;
    X509_NAME *name;

    put_name(&der, cn);
    p = der.p;
    name = d2i_X509_NAME(NULL, &p, (long)der.n);
    bytes_free(&der);
    return name;
}

void gen_certificate(const struct gen_certificate *c, struct bytes *out)
{
    X509 *x = X509_new();
    X509_NAME *subject = name_of(c->subject), *issuer = name_of(c->issuer);
    unsigned char *der = NULL;
    char points[512] = "", ocsp[256];
    int n;

    X509_set_version(x, c->version1 ? 0 : 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), c->serial);
    X509_set_subject_name(x, subject);
    X509_set_issuer_name(x, issuer);
    ASN1_TIME_set_string(X509_getm_notBefore(x), "200101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(x), "401231235959Z");
    X509_set_pubkey(x, c->key);
    if (!c->version1)
        add_extension(x, NID_basic_constraints, c->ca ? "critical,CA:TRUE" : "CA:FALSE");
    for (size_t i = 0; i < 3 && c->crl[i] != NULL; i++)
        (void)snprintf(points + strlen(points), sizeof points - strlen(points), "%sURI:%s", i > 0 ? "," : "", c->crl[i]);
    if (points[0] != '\0')
        add_extension(x, NID_crl_distribution_points, points);
    if (c->ocsp != NULL) {
        (void)snprintf(ocsp, sizeof ocsp, "OCSP;URI:%s", c->ocsp);
        add_extension(x, NID_info_access, ocsp);
    }
    if (X509_sign(x, c->issuer_key, EVP_sha256()) == 0)
        tap_bail("cannot sign a certificate");
    n = i2d_X509(x, &der);
    bytes_add(out, der, (size_t)n);
    OPENSSL_free(der);
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
    X509_free(x);
}
