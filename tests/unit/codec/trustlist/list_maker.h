/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_LIST_MAKER_H
#define SCP_TESTS_LIST_MAKER_H

#include "codec/trustlist/ctl.h"

/*
 * Makes trust lists for tests, good ones and ones with exactly one thing wrong.  Writes the list's DER itself and uses libcrypto
 * only for certificates and signatures; shares nothing with the decoder.  Memory lives until maker_end().
 */
struct maker_bytes {
    uint8_t *p;
    size_t n;
};

struct maker_plan {
    /* The list. */
    const char *usage;        /* NULL: trusted roots, 1.3.6.1.4.1.311.10.3.9 */
    const char *second_usage; /* another one beside it */
    const char *algorithm;    /* NULL: SHA-1 */
    const char *this_update;  /* UTCTime; NULL: 250101000000Z */
    const char *next_update;
    struct maker_bytes version;    /* in front of everything */
    struct maker_bytes sequence;   /* the INTEGER; none: 14 01 02 03 04 05 06 07 08 */
    struct maker_bytes entries;    /* content of trustedSubjects; none: one entry of 20 bytes */
    struct maker_bytes extensions; /* behind the entries */
    struct maker_bytes behind;     /* at the end of the list */
    /* The chain: root, CA, perhaps a second CA, signer.  Times are days from 2025-01-01. */
    const char *key;                     /* "P-256" (default), "RSA", "RSA1024", "RSA768" of the signer */
    const char *digest;                  /* of the list's signature and the attribute; NULL: SHA256 */
    const char *chain_digest;            /* of the certificates; NULL: SHA256 */
    const char *signer_digest;           /* of the signer's certificate; NULL: chain_digest */
    const char *signer_usage, *ca_usage; /* NULL: list signer, none; "" none */
    const char *ca_basic, *ca_key_usage; /* NULL: critical,CA:TRUE and keyCertSign; "" none */
    const char *ca_constraint;           /* name constraints */
    bool rsa_ca, second_ca, other_root, unknown_critical, no_ca, no_signer, shuffled;
    int signer_from, signer_to, ca_from, ca_to; /* all 0: -100, 100, -1000, 1000 */
    /* The signature. */
    enum maker_fault {
        MAKER_GOOD,
        MAKER_UNSIGNED,
        MAKER_NO_ATTRIBUTES,
        MAKER_NO_DIGEST,
        MAKER_TWO_DIGESTS,
        MAKER_OTHER_DIGEST,
        MAKER_WHOLE_DIGEST,
        MAKER_NO_TYPE,
        MAKER_OTHER_TYPE,
        MAKER_OTHER_SIGNATURE,
        MAKER_OTHER_ALGORITHM,
        MAKER_SECOND_BAD_SIGNER,
        MAKER_SECOND_SIGNER,
        MAKER_KEY_ID,
        MAKER_DETACHED,
        MAKER_OCTETS,
        MAKER_OTHER_CONTENT_TYPE,
        MAKER_OTHER_OUTER_TYPE,
        MAKER_VERSION_9,
        MAKER_TRAILING,
        MAKER_INNER_TRAILING,
        MAKER_INDEFINITE
    } fault;
};

/* Parts that must be covered by the signature. */
struct maker_list {
    struct maker_bytes der;
    struct maker_bytes attributes, signature; /* copies */
};

struct maker_list maker_list(const struct maker_plan *plan);
/* The root that the chains end at (other_root: one that is not it). */
struct scp_ctl_anchor maker_anchor(void);
void maker_end(void);

/* DER; parts are joined. */
struct maker_bytes maker_der(unsigned tag, const struct maker_bytes *part, size_t parts);
struct maker_bytes maker_raw(const void *p, size_t n);
struct maker_bytes maker_oid(const char *dotted);
/* { identifier of n bytes that begin with `first` } with one attribute when property is not 0 */
struct maker_bytes maker_entry(const void *id, size_t n, unsigned property, const void *value, size_t value_n);
struct maker_bytes maker_join(const struct maker_bytes *part, size_t parts);

#endif
