/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_CRLGEN_H
#define SCP_TESTS_CRLGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

/*
 * Makes certificate revocation lists, right ones and wrong ones, by writing DER itself: it shares no code with the reader.
 * libcrypto signs and makes keys and certificates, nothing else.
 */

/* A growing string of bytes. */
struct bytes {
    uint8_t *p;
    size_t n, cap;
};

void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_free(struct bytes *b);
/* Tag, length, content. */
void der_put(struct bytes *b, uint8_t tag, const void *p, size_t n);
/* Wraps what was added since b->n was `from` into an element. */
void der_wrap(struct bytes *b, size_t from, uint8_t tag);

/* Extension ::= SEQUENCE { OID, [critical], OCTET STRING }; `critical`: -1 absent, else the BOOLEAN's octet. */
void put_extension(struct bytes *b, const char *dotted, int critical, const void *value, size_t n);
/* Common ones. */
void put_crl_number(struct bytes *b, uint8_t number);
void put_reason(struct bytes *b, uint8_t reason);
/* An IDP: flags as content of [1] ... [5] ("" none), a URI or NULL. */
struct idp {
    const char *uri, *second_uri;
    bool user, ca, attribute, indirect, reasons, relative;
};
void put_idp(struct bytes *b, const struct idp *idp);

/* CN=text, as UTF8String. */
void put_name(struct bytes *b, const char *cn);
void put_oid(struct bytes *b, const char *dotted);

enum gen_algorithm {
    GEN_RSA_SHA256,
    GEN_RSA_SHA1,
    GEN_RSA_SHA384,
    GEN_RSA_SHA512,
    GEN_PSS_SHA256,
    GEN_PSS_SHA384,
    GEN_PSS_DEFAULT,
    GEN_ECDSA_SHA256,
    GEN_ECDSA_SHA384,
    GEN_ECDSA_SHA1,
    GEN_ALGORITHMS
};
void put_algorithm(struct bytes *b, enum gen_algorithm a);
EVP_PKEY *gen_key(bool ec);
bool gen_is_ec(enum gen_algorithm a);
/* The raw signature. */
void gen_sign(struct bytes *out, enum gen_algorithm a, EVP_PKEY *key, const void *p, size_t n);
void gen_spki(struct bytes *out, EVP_PKEY *key);

struct gen_entry {
    const uint8_t *serial; /* content octets */
    size_t serial_n;
    const char *date;        /* NULL: a usual one */
    struct bytes extensions; /* Extension after Extension; owned */
    bool has_extensions;
};

/* What a list is made of; gen_defaults() gives a good one of version 2 with a number and one entry, serial 0x1234. */
struct gen {
    int version; /* as encoded; -1: absent */
    enum gen_algorithm algorithm, outer;
    const char *issuer;
    const char *this_update, *next_update; /* of 13 characters UTCTime, else GeneralizedTime; "" or NULL: left out */
    bool has_list;
    struct gen_entry *entry;
    size_t entries;
    bool has_extensions;
    struct bytes extensions; /* owned */
    struct bytes tbs_tail;   /* put behind everything in the TBSCertList; owned */
    struct bytes tail;       /* behind the list; owned */
    bool tail_inside;        /* that tail behind the signature, inside the list */
    EVP_PKEY *key;           /* borrowed */
};

#define GEN_THIS "261101000000Z"
#define GEN_NEXT "261201000000Z"
enum { GEN_THIS_UTC = 1793491200, GEN_NEXT_UTC = 1796083200, GEN_NOW = 1794700800 /* 2026-11-15 */ };

void gen_defaults(struct gen *g, EVP_PKEY *key);
/* The entry is to be filled further. */
struct gen_entry *gen_add_entry(struct gen *g, const void *serial, size_t n);
/* The TBSCertList alone, and the whole. */
void gen_tbs(const struct gen *g, struct bytes *out);
void gen_list(const struct gen *g, struct bytes *out);
/* A list around a TBSCertList. */
void gen_finish(const struct gen *g, const struct bytes *tbs, struct bytes *out);
void gen_free(struct gen *g);

/* --- Certificates, made by libcrypto --- */
struct gen_certificate {
    const char *subject, *issuer;
    uint64_t serial;
    bool version1, ca;
    const char *crl[3]; /* distribution points; NULL ends */
    const char *ocsp;
    EVP_PKEY *key, *issuer_key; /* borrowed */
};
void gen_certificate(const struct gen_certificate *c, struct bytes *out);

#endif
