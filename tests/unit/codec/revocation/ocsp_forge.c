/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ocsp_forge.h"

#include "tap.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- DER --- */

static void add(struct forge_bytes *b, const void *p, size_t n)
{
    if (n > FORGE_MAX - b->n)
        tap_bail("the forge's buffer is too small");
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

/* Everything behind `start` becomes the content of an element. */
static void enclose(struct forge_bytes *b, unsigned tag, size_t start)
{
    size_t n = b->n - start, header = n < 0x80 ? 2 : n < 0x100 ? 3 : 4;
    uint8_t *p = b->p + start;

    if (header > FORGE_MAX - b->n)
        tap_bail("the forge's buffer is too small");
    memmove(p + header, p, n);
    *p++ = (uint8_t)tag;
    if (header > 2)
        *p++ = (uint8_t)(0x80 + header - 2);
    if (header > 3)
        *p++ = (uint8_t)(n >> 8);
    *p = (uint8_t)n;
    b->n += header;
}

static void element(struct forge_bytes *b, unsigned tag, const void *p, size_t n)
{
    size_t start = b->n;

    add(b, p, n);
    enclose(b, tag, start);
}

static void number(struct forge_bytes *b, unsigned tag, int v)
{
    uint8_t octet = (uint8_t)v;

    element(b, tag, &octet, 1);
}

static void date(struct forge_bytes *b, int64_t t)
{
    time_t seconds = (time_t)t;
    struct tm tm;
    char text[32];

    if (gmtime_r(&seconds, &tm) == NULL || strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm) != 15)
        tap_bail("a time that cannot be written");
    element(b, 0x18, text, 15);
}

static void extension(struct forge_bytes *b, const struct forge_extension *x)
{
    size_t start = b->n;

    element(b, 0x06, x->oid, x->oid_n);
    if (x->critical != 0)
        number(b, 0x01, x->critical > 1 ? 1 : x->critical > 0 ? 0xFF : 0);
    element(b, 0x04, x->value, x->value_n);
    enclose(b, 0x30, start);
}

/* --- Signatures --- */

static const char *const RSA_WITH[] = { "SHA1",   "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05",
                                        "SHA256", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B",
                                        "SHA384", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C",
                                        "SHA512", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D",
                                        NULL };
static const char *const EC_WITH[] = { "SHA1",   "\x2A\x86\x48\xCE\x3D\x04\x01",     "SHA256", "\x2A\x86\x48\xCE\x3D\x04\x03\x02",
                                       "SHA384", "\x2A\x86\x48\xCE\x3D\x04\x03\x03", "SHA512", "\x2A\x86\x48\xCE\x3D\x04\x03\x04",
                                       NULL };

static const char *lookup(const char *const *table, const char *name)
{
    for (; *table != NULL; table += 2) {
        if (strcmp(*table, name) == 0)
            return table[1];
    }
    tap_bail("no algorithm with %s", name);
}

/* `parameters`: the tag of empty ones; 0: none. */
static void hash_algorithm(struct forge_bytes *b, const char *digest, unsigned parameters)
{
    static const char *const HASH[] = { "SHA1",   "\x2B\x0E\x03\x02\x1A",
                                        "SHA256", "\x60\x86\x48\x01\x65\x03\x04\x02\x01",
                                        "SHA384", "\x60\x86\x48\x01\x65\x03\x04\x02\x02",
                                        "SHA512", "\x60\x86\x48\x01\x65\x03\x04\x02\x03",
                                        "MD5",    "\x2A\x86\x48\x86\xF7\x0D\x02\x05",
                                        NULL };
    const char *oid = lookup(HASH, digest);
    size_t start = b->n;

    element(b, 0x06, oid, strlen(oid));
    if (parameters != 0)
        element(b, parameters, "", 0);
    enclose(b, 0x30, start);
}

/* RSASSA-PSS-params (RFC 4055 section 3.1): digest, MGF1 with the same, salt as long as the digest. */
static void pss_parameters(struct forge_bytes *b, const char *digest)
{
    size_t start = b->n, wrapper = b->n, mgf;

    hash_algorithm(b, digest, 0x05);
    enclose(b, 0xA0, wrapper);
    wrapper = mgf = b->n;
    element(b, 0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x08", 9);
    hash_algorithm(b, digest, 0x05);
    enclose(b, 0x30, mgf);
    enclose(b, 0xA1, wrapper);
    wrapper = b->n;
    number(b, 0x02, EVP_MD_get_size(EVP_get_digestbyname(digest)));
    enclose(b, 0xA2, wrapper);
    enclose(b, 0x30, start);
}

static void algorithm(struct forge_bytes *b, EVP_PKEY *key, const char *digest, bool pss)
{
    const char *oid;
    size_t start = b->n;

    if (EVP_PKEY_is_a(key, "ED25519")) {
        element(b, 0x06, "\x2B\x65\x70", 3);
    } else if (EVP_PKEY_is_a(key, "EC")) {
        oid = lookup(EC_WITH, digest);
        element(b, 0x06, oid, strlen(oid));
    } else if (pss) {
        element(b, 0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A", 9);
        pss_parameters(b, digest);
    } else {
        oid = lookup(RSA_WITH, digest);
        element(b, 0x06, oid, strlen(oid));
        element(b, 0x05, "", 0);
    }
    enclose(b, 0x30, start);
}

static void unknown_algorithm(struct forge_bytes *b)
{
    add(b, "\x30\x05\x06\x03\x55\x1D\x7E", 7);
}

/* BIT STRING over what lies behind `from`. */
static void signature(struct forge_bytes *b, size_t from, EVP_PKEY *key, const char *digest, bool pss, bool broken)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    uint8_t bits[1024] = { 0 };
    size_t n = sizeof bits - 1;
    bool plain = EVP_PKEY_is_a(key, "ED25519");

    if (ctx == NULL || EVP_DigestSignInit_ex(ctx, &options, plain ? NULL : digest, NULL, NULL, key, NULL) != 1)
        tap_bail("libcrypto does not sign");
    if (pss && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
                EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        tap_bail("libcrypto does not sign with PSS");
    if (EVP_DigestSign(ctx, bits + 1, &n, b->p + from, b->n - from) != 1)
        tap_bail("libcrypto does not sign");
    EVP_MD_CTX_free(ctx);
    bits[n - 1] ^= broken ? 1 : 0;
    element(b, 0x03, bits, n + 1);
}

/* --- Parties --- */

void forge_party(struct forge_party *p, const char *common_name, const char *key)
{
    struct forge_bytes name = { .n = 0 };
    uint8_t *spki = p->spki;
    int n;

    element(&name, 0x06, "\x55\x04\x03", 3);
    element(&name, 0x0C, common_name, strlen(common_name));
    enclose(&name, 0x30, 0);
    enclose(&name, 0x31, 0);
    enclose(&name, 0x30, 0);
    if (name.n > sizeof p->name)
        tap_bail("a long name");
    memcpy(p->name, name.p, name.n);
    p->name_n = name.n;
    p->key = strcmp(key, "RSA") == 0       ? EVP_RSA_gen(2048)
             : strcmp(key, "ED25519") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                           : EVP_EC_gen(strcmp(key, "EC") == 0 ? "P-256" : key);
    if (p->key == NULL || i2d_PUBKEY(p->key, NULL) > FORGE_SPKI_MAX || (n = i2d_PUBKEY(p->key, &spki)) <= 0)
        tap_bail("no key of type %s", key);
    p->spki_n = (size_t)n;
}

void forge_party_free(struct forge_party *p)
{
    EVP_PKEY_free(p->key);
    p->key = NULL;
}

/* --- Certificates --- */

void forge_certificate(const struct forge_certificate *c, struct forge_bytes *b)
{
    const struct forge_party *signer = c->signer != NULL ? c->signer : c->issuer;
    size_t start;

    b->n = 0;
    if (c->version > 1) {
        number(b, 0x02, c->version - 1);
        enclose(b, 0xA0, 0);
    }
    number(b, 0x02, 0x42);
    if (c->unknown_algorithm)
        unknown_algorithm(b);
    else
        algorithm(b, signer->key, c->other_inner ? "SHA384" : "SHA256", false);
    add(b, c->issuer->name, c->issuer->name_n);
    start = b->n;
    date(b, c->not_before);
    date(b, c->not_after);
    enclose(b, 0x30, start);
    add(b, c->subject->name, c->subject->name_n);
    add(b, c->subject->spki, c->subject->spki_n);
    start = b->n;
    for (size_t i = 0; i < c->extensions; i++)
        extension(b, &c->extension[i]);
    if (b->n > start) {
        enclose(b, 0x30, start);
        enclose(b, 0xA3, start);
    }
    enclose(b, 0x30, 0);
    start = b->n;
    if (c->unknown_algorithm)
        unknown_algorithm(b);
    else
        algorithm(b, signer->key, "SHA256", false);
    /* The signature covers the TBS alone, which stands in front of the algorithm. */
    struct forge_bytes tbs = { .n = 0 };
    size_t tbs_n = start;
    add(&tbs, b->p, tbs_n);
    signature(&tbs, 0, signer->key, "SHA256", false, false);
    add(b, tbs.p + tbs_n, tbs.n - tbs_n);
    enclose(b, 0x30, 0);
}

/* --- Responses --- */

static void trailing(struct forge_bytes *b, const struct forge_response *r, enum forge_trailing where)
{
    if (r->trailing == where)
        add(b, "\x05\x00", 2);
}

/* Digest of a Name, or of the bits of a key. */
static void digest(struct forge_bytes *b, const char *name, const uint8_t *p, size_t n, bool wrong)
{
    uint8_t md[EVP_MAX_MD_SIZE];
    size_t length;

    if (EVP_Q_digest(NULL, name, NULL, p, n, md, &length) != 1)
        tap_bail("libcrypto has no %s", name);
    md[0] ^= wrong ? 1 : 0;
    element(b, 0x04, md, length);
}

static void key_bits(const struct forge_party *party, const uint8_t **bits, size_t *n)
{
    const unsigned char *p = party->spki, *inside;
    X509_PUBKEY *key = d2i_X509_PUBKEY(NULL, &p, (long)party->spki_n);
    int length;

    /* The bits are the end of the structure: their content lies in our own copy. */
    if (key == NULL || X509_PUBKEY_get0_param(NULL, &inside, &length, NULL, key) != 1)
        tap_bail("a key that libcrypto does not read");
    X509_PUBKEY_free(key);
    *n = (size_t)length;
    *bits = party->spki + party->spki_n - *n;
}

static void cert_id(struct forge_bytes *b, const struct forge_response *r, const struct forge_single *s)
{
    size_t start = b->n, bits_n;
    const uint8_t *bits;

    key_bits(s->issuer, &bits, &bits_n);
    hash_algorithm(b, s->hash, s->odd_parameters ? 0x04 : s->no_parameters ? 0 : 0x05);
    digest(b, s->hash, s->issuer->name, s->issuer->name_n, s->name_hash_wrong);
    digest(b, s->hash, bits, bits_n, s->key_hash_wrong);
    element(b, 0x02, s->serial, s->serial_n);
    trailing(b, r, FORGE_TRAILING_CERT_ID);
    enclose(b, 0x30, start);
}

static void cert_status(struct forge_bytes *b, const struct forge_single *s)
{
    size_t start = b->n, reason;

    if (s->status != 1) {
        element(b, 0x80u | (unsigned)s->status, "", 0);
        return;
    }
    date(b, s->revoked_at);
    if (s->reason >= 0) {
        reason = b->n;
        number(b, 0x0A, s->reason);
        enclose(b, 0xA0, reason);
    }
    enclose(b, 0xA1, start);
}

static void explicit_extension(struct forge_bytes *b, const struct forge_extension *x)
{
    size_t start = b->n;

    if (x->oid == NULL)
        return;
    extension(b, x);
    enclose(b, 0x30, start);
    enclose(b, 0xA1, start);
}

static void single(struct forge_bytes *b, const struct forge_response *r, const struct forge_single *s)
{
    size_t start = b->n, at;

    cert_id(b, r, s);
    cert_status(b, s);
    if (s->this_update_text != NULL)
        element(b, 0x18, s->this_update_text, strlen(s->this_update_text));
    else
        date(b, s->this_update);
    if (s->next_update != FORGE_NEVER) {
        at = b->n;
        date(b, s->next_update);
        trailing(b, r, FORGE_TRAILING_NEXT_UPDATE);
        enclose(b, 0xA0, at);
    }
    explicit_extension(b, &s->extension);
    trailing(b, r, FORGE_TRAILING_SINGLE);
    enclose(b, 0x30, start);
}

static void responder(struct forge_bytes *b, const struct forge_response *r)
{
    const uint8_t *bits;
    size_t start = b->n, n;

    if (r->by_key) {
        key_bits(r->responder, &bits, &n);
        digest(b, "SHA1", bits, n, false);
        enclose(b, 0xA2, start);
    } else {
        add(b, r->responder->name, r->responder->name_n);
        enclose(b, 0xA1, start);
    }
}

static void response_data(struct forge_bytes *b, const struct forge_response *r)
{
    size_t start;

    if (r->version >= 0) {
        number(b, 0x02, r->version);
        enclose(b, 0xA0, 0);
    }
    responder(b, r);
    date(b, r->produced_at);
    start = b->n;
    for (size_t i = 0; i < r->singles; i++)
        single(b, r, &r->single[i]);
    enclose(b, 0x30, start);
    explicit_extension(b, &r->extension);
    trailing(b, r, FORGE_TRAILING_DATA);
    enclose(b, 0x30, 0);
}

static void basic(struct forge_bytes *b, const struct forge_response *r)
{
    struct forge_bytes *data = malloc(sizeof *data);
    size_t start, n;

    if (data == NULL)
        tap_bail("out of memory");
    data->n = 0;
    response_data(data, r);
    if (r->mangle != NULL)
        r->mangle(data, r->mangle_context);
    add(b, data->p, data->n);
    if (r->unknown_algorithm)
        unknown_algorithm(b);
    else
        algorithm(b, r->signer->key, r->digest, r->pss);
    n = data->n;
    signature(data, 0, r->signer->key, r->digest, r->pss, r->signature_broken);
    add(b, data->p + n, data->n - n);
    free(data);
    start = b->n;
    for (size_t i = 0; i < r->certificates; i++)
        add(b, r->certificate[i]->p, r->certificate[i]->n);
    if (b->n > start) {
        enclose(b, 0x30, start);
        enclose(b, 0xA0, start);
    }
    trailing(b, r, FORGE_TRAILING_BASIC);
    enclose(b, 0x30, 0);
    trailing(b, r, FORGE_TRAILING_INNER);
}

void forge_response(const struct forge_response *r, struct forge_bytes *b)
{
    struct forge_bytes *inner = malloc(sizeof *inner);
    size_t start;

    if (inner == NULL)
        tap_bail("out of memory");
    inner->n = b->n = 0;
    number(b, 0x0A, r->status);
    if (!r->no_bytes) {
        basic(inner, r);
        start = b->n;
        if (r->type != NULL)
            element(b, 0x06, r->type, r->type_n);
        else
            element(b, 0x06, "\x2B\x06\x01\x05\x05\x07\x30\x01\x01", 9);
        element(b, 0x04, inner->p, inner->n);
        trailing(b, r, FORGE_TRAILING_BYTES);
        enclose(b, 0x30, start);
        enclose(b, 0xA0, start);
    }
    trailing(b, r, FORGE_TRAILING_OUTER);
    enclose(b, 0x30, 0);
    trailing(b, r, FORGE_TRAILING_RESPONSE);
    free(inner);
}

/* --- The usual --- */

void forge_world(struct forge_world *w, const char *key)
{
    static const char SERIAL[] = "\x00\xA1\xB2\xC3\xD4";

    forge_party(&w->issuer, "Forge CA", key);
    forge_party(&w->delegate, "Forge Responder", key);
    forge_party(&w->stranger, "Stranger", key);
    memcpy(w->serial, SERIAL, sizeof SERIAL - 1);
    w->serial_n = sizeof SERIAL - 1;
}

void forge_world_free(struct forge_world *w)
{
    forge_party_free(&w->issuer);
    forge_party_free(&w->delegate);
    forge_party_free(&w->stranger);
}

struct forge_response forge_good(const struct forge_world *w)
{
    struct forge_response r = { .version = -1,
                                .responder = &w->issuer,
                                .signer = &w->issuer,
                                .digest = "SHA256",
                                .produced_at = FORGE_NOW - FORGE_HOUR,
                                .singles = 1 };

    r.single[0] = (struct forge_single){ .issuer = &w->issuer,
                                         .serial = w->serial,
                                         .serial_n = w->serial_n,
                                         .hash = "SHA1",
                                         .reason = -1,
                                         .revoked_at = FORGE_NOW - 30 * FORGE_DAY,
                                         .this_update = FORGE_NOW - FORGE_HOUR,
                                         .next_update = FORGE_NOW + 7 * FORGE_DAY };
    return r;
}

struct forge_certificate forge_delegate(const struct forge_world *w)
{
    struct forge_certificate c = { .subject = &w->delegate,
                                   .issuer = &w->issuer,
                                   .version = 3,
                                   .not_before = FORGE_NOW - 10 * FORGE_DAY,
                                   .not_after = FORGE_NOW + 10 * FORGE_DAY,
                                   .extensions = 3 };

    c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_OCSP_SIGNING, 0);
    c.extension[1] = FORGE_EXTENSION(FORGE_NO_CHECK, "\x05\x00", 0);
    c.extension[2] = FORGE_EXTENSION(FORGE_KEY_USAGE, "\x03\x02\x07\x80", 1);
    return c;
}

void forge_delegated(struct forge_response *r, const struct forge_world *w, const struct forge_bytes *certificate)
{
    r->responder = r->signer = &w->delegate;
    r->certificate[0] = certificate;
    r->certificates = 1;
}
