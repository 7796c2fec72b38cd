/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_OCSP_FORGE_H
#define SCP_TESTS_OCSP_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

/*
 * A forge for OCSP responses, whole and broken ones: DER is written by hand, libcrypto only makes keys, digests and signatures.
 * Nothing is shared with the decoder that it tests.
 */
enum { FORGE_MAX = 32768, FORGE_NAME_MAX = 64, FORGE_SPKI_MAX = 1024, FORGE_SINGLES_MAX = 12, FORGE_EXTENSIONS_MAX = 4 };

#define FORGE_NOW INT64_C(1795435200) /* 2026-11-23T12:00:00Z */
#define FORGE_NEVER INT64_MIN         /* a time that is left out */
enum { FORGE_HOUR = 3600, FORGE_DAY = 86400 };

struct forge_bytes {
    uint8_t p[FORGE_MAX];
    size_t n;
};

/* Somebody with a name and a key. */
struct forge_party {
    uint8_t name[FORGE_NAME_MAX];
    size_t name_n;
    uint8_t spki[FORGE_SPKI_MAX];
    size_t spki_n;
    EVP_PKEY *key;
};
void forge_party(struct forge_party *p, const char *common_name, const char *key); /* "EC", "P-384", "RSA", "ED25519" */
void forge_party_free(struct forge_party *p);

/* An extension: dotted identifiers are few, so content octets are given. */
struct forge_extension {
    const char *oid;
    size_t oid_n;
    const char *value;
    size_t value_n;
    int critical; /* -1: spelled out as FALSE; 2: TRUE as BER may write it */
};
#define FORGE_EXTENSION(id, content, flag)                                                                                         \
    (struct forge_extension)                                                                                                       \
    {                                                                                                                              \
        .oid = (id), .oid_n = sizeof(id) - 1, .value = (content), .value_n = sizeof(content) - 1, .critical = (flag)               \
    }
#define FORGE_NONCE "\x2B\x06\x01\x05\x05\x07\x30\x01\x02"
#define FORGE_CRL_REFERENCE "\x2B\x06\x01\x05\x05\x07\x30\x01\x03"
#define FORGE_NO_CHECK "\x2B\x06\x01\x05\x05\x07\x30\x01\x05"
#define FORGE_ARCHIVE_CUTOFF "\x2B\x06\x01\x05\x05\x07\x30\x01\x06"
#define FORGE_KEY_USAGE "\x55\x1D\x0F"
#define FORGE_BASIC_CONSTRAINTS "\x55\x1D\x13"
#define FORGE_PURPOSES "\x55\x1D\x25"
#define FORGE_OCSP_SIGNING "\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x09"
#define FORGE_SERVER_AUTH "\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x01"
#define FORGE_ANY_PURPOSE "\x30\x06\x06\x04\x55\x1D\x25\x00"
#define FORGE_UNKNOWN "\x2B\x06\x01\x04\x01\x82\x37\x7F" /* 1.3.6.1.4.1.311.127 */

struct forge_certificate {
    const struct forge_party *subject, *issuer; /* the issuer's name */
    const struct forge_party *signer;           /* NULL: the issuer */
    int64_t not_before, not_after;
    int version;            /* 3 */
    bool unknown_algorithm; /* signed with an algorithm that nobody knows */
    bool other_inner;       /* inner and outer signature algorithm differ */
    struct forge_extension extension[FORGE_EXTENSIONS_MAX];
    size_t extensions;
};
void forge_certificate(const struct forge_certificate *c, struct forge_bytes *out);

struct forge_single {
    const struct forge_party *issuer; /* of the certificate it is about */
    const char *serial;               /* content octets */
    size_t serial_n;
    const char *hash; /* "SHA1", "SHA256", "SHA384", "SHA512", "MD5" */
    bool name_hash_wrong, key_hash_wrong;
    bool no_parameters;  /* NULL left out of the hash algorithm */
    bool odd_parameters; /* something else in its place */
    int status;          /* 0 good, 1 revoked, 2 unknown; other: that tag */
    int64_t revoked_at;
    int reason;                       /* -1: absent */
    int64_t this_update, next_update; /* FORGE_NEVER: no nextUpdate */
    const char *this_update_text;     /* instead; NULL */
    struct forge_extension extension; /* oid NULL: none */
};

enum forge_trailing {
    FORGE_TRAILING_NONE,
    FORGE_TRAILING_RESPONSE,
    FORGE_TRAILING_OUTER,
    FORGE_TRAILING_BYTES,
    FORGE_TRAILING_BASIC,
    FORGE_TRAILING_INNER,
    FORGE_TRAILING_DATA,
    FORGE_TRAILING_SINGLE,
    FORGE_TRAILING_CERT_ID,
    FORGE_TRAILING_NEXT_UPDATE,
    FORGE_TRAILINGS
};

struct forge_response {
    int status;       /* responseStatus */
    bool no_bytes;    /* without responseBytes */
    const char *type; /* content octets of the response type; NULL: basic */
    size_t type_n;
    int version; /* -1: left out */
    bool by_key;
    const struct forge_party *responder; /* the identifier's */
    const struct forge_party *signer;    /* who really signs */
    const char *digest;                  /* "SHA256", … */
    bool pss;
    bool unknown_algorithm; /* an algorithm identifier that nobody knows */
    bool signature_broken;
    int64_t produced_at;
    struct forge_single single[FORGE_SINGLES_MAX];
    size_t singles;
    struct forge_extension extension;
    const struct forge_bytes *certificate[20];
    size_t certificates;
    enum forge_trailing trailing;
    void (*mangle)(struct forge_bytes *data, void *context); /* changes the response data before they are signed; NULL */
    void *mangle_context;
};
void forge_response(const struct forge_response *r, struct forge_bytes *out);

/* A certificate authority, its responder, somebody else; and what they usually say. */
struct forge_world {
    struct forge_party issuer, delegate, stranger;
    char serial[8];
    size_t serial_n;
};
void forge_world(struct forge_world *w, const char *key);
void forge_world_free(struct forge_world *w);
/* Good, by the issuer itself, from an hour ago until in seven days. */
struct forge_response forge_good(const struct forge_world *w);
/* A responder's certificate as it should be. */
struct forge_certificate forge_delegate(const struct forge_world *w);
/* *r is answered by the delegate with this certificate. */
void forge_delegated(struct forge_response *r, const struct forge_world *w, const struct forge_bytes *certificate);

#endif
