/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "list_maker.h"

#include "tap.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 8, MEMORY_MAX = 1 << 20 };

static void *memory[MEMORY_MAX];
static size_t memories;

static void *keep(size_t n)
{
    void *p = malloc(n > 0 ? n : 1);

    if (p == NULL || memories == MEMORY_MAX)
        tap_bail("out of memory");
    return memory[memories++] = p;
}

/* --- DER --- */

struct maker_bytes maker_raw(const void *p, size_t n)
{
    struct maker_bytes b = { keep(n), n };

    if (n > 0)
        memcpy(b.p, p, n);
    return b;
}

struct maker_bytes maker_join(const struct maker_bytes *part, size_t parts)
{
    struct maker_bytes b = { NULL, 0 };

    for (size_t i = 0; i < parts; i++)
        b.n += part[i].n;
    b.p = keep(b.n);
    b.n = 0;
    for (size_t i = 0; i < parts; i++) {
        if (part[i].n > 0)
            memcpy(b.p + b.n, part[i].p, part[i].n);
        b.n += part[i].n;
    }
    return b;
}

struct maker_bytes maker_der(unsigned tag, const struct maker_bytes *part, size_t parts)
{
    struct maker_bytes content = maker_join(part, parts), b = { keep(content.n + 6), 0 };
    unsigned octets = content.n < 0x80 ? 0 : content.n < 0x100 ? 1 : content.n < 0x10000 ? 2 : 3;

    b.p[b.n++] = (uint8_t)tag;
    if (octets == 0)
        b.p[b.n++] = (uint8_t)content.n;
    else
        b.p[b.n++] = (uint8_t)(0x80 | octets);
    for (unsigned i = octets; i > 0; i--)
        b.p[b.n++] = (uint8_t)(content.n >> 8 * (i - 1));
    memcpy(b.p + b.n, content.p, content.n);
    b.n += content.n;
    return b;
}

#define DER(tag, ...)                                                                                                              \
    maker_der(tag, (const struct maker_bytes[]){ __VA_ARGS__ },                                                                    \
              sizeof((const struct maker_bytes[]){ __VA_ARGS__ }) / sizeof(struct maker_bytes))
#define TEXT(s) maker_raw(s, strlen(s))
#define NOTHING ((struct maker_bytes){ NULL, 0 })

struct maker_bytes maker_oid(const char *dotted)
{
    ASN1_OBJECT *o = OBJ_txt2obj(dotted, 1);
    unsigned char *p = NULL;
    int n = i2d_ASN1_OBJECT(o, &p);
    struct maker_bytes b = maker_raw(p, n > 0 ? (size_t)n : 0);

    OPENSSL_free(p);
    ASN1_OBJECT_free(o);
    return b;
}

static struct maker_bytes algorithm(const char *dotted)
{
    return DER(0x30, maker_oid(dotted), maker_raw("\x05\x00", 2));
}

struct maker_bytes maker_entry(const void *id, size_t n, unsigned property, const void *value, size_t value_n)
{
    char oid[60];

    if (property == 0)
        return DER(0x30, DER(0x04, maker_raw(id, n)));
    (void)snprintf(oid, sizeof oid, "1.3.6.1.4.1.311.10.11.%u", property);
    return DER(0x30, DER(0x04, maker_raw(id, n)),
               DER(0x31, DER(0x30, maker_oid(oid), DER(0x31, DER(0x04, maker_raw(value, value_n))))));
}

/* --- Keys and certificates --- */

static EVP_PKEY *keys[KEYS];

enum { ROOT, OTHER_ROOT, CA, SECOND_CA, SIGNER, SIGNER_RSA, SIGNER_SHORT, SIGNER_SHORTER };

static EVP_PKEY *key(int which)
{
    if (keys[which] == NULL)
        keys[which] = which == SIGNER_RSA       ? EVP_RSA_gen(2048)
                      : which == SIGNER_SHORT   ? EVP_RSA_gen(1024)
                      : which == SIGNER_SHORTER ? EVP_RSA_gen(768)
                                                : EVP_EC_gen("P-256");
    if (keys[which] == NULL)
        tap_bail("libcrypto makes no key");
    return keys[which];
}

static EVP_PKEY *signer_key(const struct maker_plan *plan)
{
    if (plan->key != NULL && strcmp(plan->key, "RSA1024") == 0)
        return key(SIGNER_SHORT);
    if (plan->key != NULL && strcmp(plan->key, "RSA768") == 0)
        return key(SIGNER_SHORTER);
    return key(plan->key != NULL && strcmp(plan->key, "RSA") == 0 ? SIGNER_RSA : SIGNER);
}

static EVP_PKEY *ca_key(const struct maker_plan *plan)
{
    return key(plan->rsa_ca ? SIGNER_RSA : CA);
}

static void extend(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e;

    if (value == NULL || value[0] == '\0')
        return;
    e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    if (e == NULL || X509_add_ext(x, e, -1) != 1)
        tap_bail("extension %s", value);
    X509_EXTENSION_free(e);
}

static void name_it(X509_NAME *name, const char *cn)
{
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
}

static X509 *certificate(const char *cn, const char *issuer, EVP_PKEY *own, long serial, int from, int to)
{
    static const time_t EPOCH = 1735689600; /* 2025-01-01 */
    X509 *x = X509_new();

    if (x == NULL || X509_set_version(x, X509_VERSION_3) != 1 || ASN1_INTEGER_set(X509_get_serialNumber(x), serial) != 1)
        tap_bail("out of memory");
    name_it(X509_get_subject_name(x), cn);
    name_it(X509_get_issuer_name(x), issuer);
    (void)ASN1_TIME_set(X509_getm_notBefore(x), EPOCH + from * 86400L);
    (void)ASN1_TIME_set(X509_getm_notAfter(x), EPOCH + to * 86400L);
    (void)X509_set_pubkey(x, own);
    return x;
}

static struct maker_bytes finish(X509 *x, EVP_PKEY *issuer_key, const char *digest)
{
    unsigned char *p = NULL;
    struct maker_bytes b;
    int n;

    if (X509_sign(x, issuer_key, EVP_get_digestbyname(digest != NULL ? digest : "SHA256")) <= 0)
        tap_bail("a certificate is not signed");
    n = i2d_X509(x, &p);
    b = maker_raw(p, (size_t)n);
    OPENSSL_free(p);
    X509_free(x);
    return b;
}

static struct maker_bytes ca_certificate(const struct maker_plan *plan)
{
    bool times = plan->ca_from != 0 || plan->ca_to != 0;
    X509 *x = certificate("Maker CA", "Maker Root", ca_key(plan), 10, times ? plan->ca_from : -1000, times ? plan->ca_to : 1000);

    extend(x, NID_basic_constraints, plan->ca_basic != NULL ? plan->ca_basic : "critical,CA:TRUE");
    extend(x, NID_key_usage, plan->ca_key_usage != NULL ? plan->ca_key_usage : "critical,keyCertSign,cRLSign");
    extend(x, NID_ext_key_usage, plan->ca_usage);
    extend(x, NID_name_constraints, plan->ca_constraint);
    return finish(x, key(plan->other_root ? OTHER_ROOT : ROOT), plan->chain_digest);
}

static struct maker_bytes second_certificate(const struct maker_plan *plan)
{
    X509 *x = certificate("Second CA", "Maker CA", key(SECOND_CA), 11, -1000, 1000);

    extend(x, NID_basic_constraints, "critical,CA:TRUE");
    return finish(x, ca_key(plan), plan->chain_digest);
}

static struct maker_bytes signer_certificate(const struct maker_plan *plan)
{
    bool times = plan->signer_from != 0 || plan->signer_to != 0;
    const char *issuer = plan->second_ca ? "Second CA" : "Maker CA";
    X509 *x = certificate("Maker Signer", issuer, signer_key(plan), 0x7F01, times ? plan->signer_from : -100,
                          times ? plan->signer_to : 100);

    extend(x, NID_basic_constraints, "critical,CA:FALSE");
    extend(x, NID_ext_key_usage, plan->signer_usage != NULL ? plan->signer_usage : "1.3.6.1.4.1.311.10.3.9");
    if (plan->unknown_critical) {
        ASN1_OBJECT *oid = OBJ_txt2obj("1.2.3.4.5", 1);
        ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
        X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);

        (void)X509_add_ext(x, e, -1);
        X509_EXTENSION_free(e);
        ASN1_OCTET_STRING_free(value);
        ASN1_OBJECT_free(oid);
    }
    return finish(x, plan->second_ca ? key(SECOND_CA) : ca_key(plan),
                  plan->signer_digest != NULL ? plan->signer_digest : plan->chain_digest);
}

struct scp_ctl_anchor maker_anchor(void)
{
    X509_NAME *name = X509_NAME_new();
    unsigned char *subject = NULL, *spki = NULL;
    struct maker_bytes s, k;
    int n;

    name_it(name, "Maker Root");
    n = i2d_X509_NAME(name, &subject);
    s = maker_raw(subject, (size_t)n);
    n = i2d_PUBKEY(key(ROOT), &spki);
    k = maker_raw(spki, (size_t)n);
    OPENSSL_free(subject);
    OPENSSL_free(spki);
    X509_NAME_free(name);
    return (struct scp_ctl_anchor){ "Maker Root", s.p, s.n, k.p, k.n };
}

/* --- The list --- */

static struct maker_bytes content(const struct maker_plan *plan)
{
    struct maker_bytes version = plan->version.n > 0 ? DER(0x02, plan->version) : NOTHING;
    struct maker_bytes usage = DER(0x30, maker_oid(plan->usage != NULL ? plan->usage : "1.3.6.1.4.1.311.10.3.9"),
                                   plan->second_usage != NULL ? maker_oid(plan->second_usage) : NOTHING);
    struct maker_bytes sequence = DER(0x02, plan->sequence.n > 0 ? plan->sequence : maker_raw("\x14\1\2\3\4\5\6\7\x08", 9));
    struct maker_bytes this_update = DER(0x17, TEXT(plan->this_update != NULL ? plan->this_update : "250101000000Z"));
    struct maker_bytes next = plan->next_update != NULL ? DER(0x17, TEXT(plan->next_update)) : NOTHING;
    struct maker_bytes entries = plan->entries.n > 0 ? plan->entries : maker_entry("abcdefghijklmnopqrst", 20, 11, "a\0\0\0", 4);

    return maker_join((const struct maker_bytes[]){ version, usage, sequence, this_update, next,
                                                    algorithm(plan->algorithm != NULL ? plan->algorithm : "1.3.14.3.2.26"),
                                                    DER(0x30, entries), plan->extensions, plan->behind },
                      9);
}

static const char *digest_name(const struct maker_plan *plan)
{
    return plan->digest != NULL ? plan->digest : "SHA256";
}

static struct maker_bytes hash(const struct maker_plan *plan, struct maker_bytes b)
{
    uint8_t out[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    (void)EVP_Digest(b.p, b.n, out, &n, EVP_get_digestbyname(digest_name(plan)), NULL);
    return maker_raw(out, n);
}

static struct maker_bytes attribute(const char *oid, struct maker_bytes value)
{
    return DER(0x30, maker_oid(oid), DER(0x31, value));
}

static struct maker_bytes attributes(const struct maker_plan *plan, struct maker_bytes list)
{
    struct maker_bytes digest = hash(plan, list), whole = DER(0x30, list), type, value;

    if (plan->fault == MAKER_OTHER_DIGEST)
        digest.p[0] ^= 1;
    if (plan->fault == MAKER_WHOLE_DIGEST)
        digest = hash(plan, whole);
    type = attribute("1.2.840.113549.1.9.3",
                     maker_oid(plan->fault == MAKER_OTHER_TYPE ? "1.2.840.113549.1.7.1" : "1.3.6.1.4.1.311.10.1"));
    value = attribute("1.2.840.113549.1.9.4", DER(0x04, digest));
    if (plan->fault == MAKER_NO_TYPE)
        type = NOTHING;
    if (plan->fault == MAKER_NO_DIGEST)
        value = NOTHING;
    return maker_join((const struct maker_bytes[]){ type, value, plan->fault == MAKER_TWO_DIGESTS ? value : NOTHING,
                                                    attribute("1.3.6.1.4.1.311.2.1.12", DER(0x30, NOTHING)) },
                      4);
}

static struct maker_bytes sign(const struct maker_plan *plan, struct maker_bytes b)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t out[1024];
    size_t n = sizeof out;

    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, EVP_get_digestbyname(digest_name(plan)), NULL, signer_key(plan)) != 1 ||
        EVP_DigestSign(ctx, out, &n, b.p, b.n) != 1)
        tap_bail("no signature");
    EVP_MD_CTX_free(ctx);
    return maker_raw(out, n);
}

static struct maker_bytes digest_algorithm(const struct maker_plan *plan)
{
    static const char *const NAMES[] = { "SHA1", "SHA256", "SHA384", "SHA512", "MD5" }, *const OIDS[] = {
        "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.5"
    };

    for (size_t i = 0; i < 5; i++) {
        if (strcmp(NAMES[i], digest_name(plan)) == 0)
            return algorithm(OIDS[i]);
    }
    tap_bail("digest %s", digest_name(plan));
}

static struct maker_bytes signature_algorithm(const struct maker_plan *plan)
{
    static const char *const NAMES[] = { "SHA1", "SHA256", "SHA384", "SHA512" }, *const OIDS[] = {
        "1.2.840.10045.4.1", "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4"
    };

    if (plan->key != NULL && strncmp(plan->key, "RSA", 3) == 0)
        return algorithm(plan->fault == MAKER_OTHER_ALGORITHM ? "1.2.840.10045.4.3.2" : "1.2.840.113549.1.1.1");
    if (plan->fault == MAKER_OTHER_ALGORITHM)
        return algorithm("1.2.840.113549.1.1.11");
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(NAMES[i], digest_name(plan)) == 0)
            return DER(0x30, maker_oid(OIDS[i]));
    }
    tap_bail("digest %s", digest_name(plan));
}

static struct maker_bytes signer_info(const struct maker_plan *plan, struct maker_bytes list, struct maker_list *out)
{
    struct maker_bytes issuer =
        DER(0x30, DER(0x31, DER(0x30, maker_oid("2.5.4.3"), DER(0x0C, TEXT(plan->second_ca ? "Second CA" : "Maker CA")))));
    struct maker_bytes who = DER(0x30, issuer, maker_raw("\x02\x02\x7F\x01", 4)), content_of_set = attributes(plan, list),
                       signed_attributes;

    if (plan->fault == MAKER_KEY_ID)
        who = DER(0x80, TEXT("a key identifier"));
    out->attributes = content_of_set;
    out->signature = sign(plan, plan->fault == MAKER_NO_ATTRIBUTES ? list : DER(0x31, content_of_set));
    if (plan->fault == MAKER_OTHER_SIGNATURE)
        out->signature.p[out->signature.n - 1] ^= 1;
    signed_attributes = plan->fault == MAKER_NO_ATTRIBUTES ? NOTHING : DER(0xA0, content_of_set);
    return DER(0x30, DER(0x02, maker_raw(plan->fault == MAKER_KEY_ID ? "\x03" : "\x01", 1)), who, digest_algorithm(plan),
               signed_attributes, signature_algorithm(plan), DER(0x04, out->signature),
               DER(0xA1, attribute("1.2.3.4", DER(0x04, TEXT("a time stamp, say")))));
}

static struct maker_bytes certificates(const struct maker_plan *plan)
{
    struct maker_bytes part[] = { plan->no_signer ? NOTHING : signer_certificate(plan),
                                  plan->no_ca ? NOTHING : ca_certificate(plan),
                                  plan->second_ca ? second_certificate(plan) : NOTHING };
    struct maker_bytes swapped[] = { part[2], part[1], part[0] };

    return DER(0xA0, maker_join(plan->shuffled ? swapped : part, 3));
}

static struct maker_bytes signers(const struct maker_plan *plan, struct maker_bytes list, struct maker_list *out)
{
    struct maker_plan second = *plan;
    struct maker_list unused;
    struct maker_bytes first;

    if (plan->fault == MAKER_UNSIGNED)
        return DER(0x31, NOTHING);
    first = signer_info(plan, list, out);
    if (plan->fault != MAKER_SECOND_BAD_SIGNER && plan->fault != MAKER_SECOND_SIGNER)
        return DER(0x31, first);
    second.fault = plan->fault == MAKER_SECOND_BAD_SIGNER ? MAKER_OTHER_SIGNATURE : MAKER_GOOD;
    return DER(0x31, first, signer_info(&second, list, &unused));
}

struct maker_list maker_list(const struct maker_plan *plan)
{
    struct maker_list out = { .der = NOTHING, .attributes = NOTHING, .signature = NOTHING };
    struct maker_bytes list = content(plan), body = DER(plan->fault == MAKER_OCTETS ? 0x04 : 0x30, list), info, data;

    info = DER(0x30, maker_oid(plan->fault == MAKER_OTHER_CONTENT_TYPE ? "1.2.840.113549.1.7.1" : "1.3.6.1.4.1.311.10.1"),
               plan->fault == MAKER_DETACHED ? NOTHING : DER(0xA0, body));
    data = DER(0x30, DER(0x02, maker_raw(plan->fault == MAKER_VERSION_9 ? "\x09" : "\x01", 1)), DER(0x31, digest_algorithm(plan)),
               info, plan->fault == MAKER_UNSIGNED ? NOTHING : certificates(plan), signers(plan, list, &out),
               plan->fault == MAKER_INNER_TRAILING ? maker_raw("\x05\x00", 2) : NOTHING);
    out.der = DER(0x30, maker_oid(plan->fault == MAKER_OTHER_OUTER_TYPE ? "1.2.840.113549.1.7.3" : "1.2.840.113549.1.7.2"),
                  DER(0xA0, data));
    if (plan->fault == MAKER_TRAILING)
        out.der = maker_join((const struct maker_bytes[]){ out.der, maker_raw("\0", 1) }, 2);
    if (plan->fault == MAKER_INDEFINITE)
        out.der = maker_join(
            (const struct maker_bytes[]){ maker_raw("\x30\x80", 2), maker_raw(out.der.p + 4, out.der.n - 4), maker_raw("\0\0", 2) },
            3);
    return out;
}

void maker_end(void)
{
    for (size_t i = 0; i < memories; i++)
        free(memory[i]);
    memories = 0;
    for (size_t i = 0; i < KEYS; i++)
        EVP_PKEY_free(keys[i]);
}
