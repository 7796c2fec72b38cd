/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_AUTHORITY_H
#define SCP_TESTS_AUTHORITY_H

#include "chain/pool.h"

#include <openssl/x509.h>

/* A certification authority of our own for tests: certificates made with OpenSSL, with any fault wanted. */

enum { AUTHORITY_NOW = 1795435200 /* 2026-11-23T12:00:00Z */, AUTHORITY_DAY = 86400, AUTHORITY_KEYS = 128 };

enum authority_fault {
    FAULT_NONE,
    FAULT_EXPIRED,
    FAULT_NOT_YET,
    FAULT_NOT_CA,
    FAULT_EKU,
    FAULT_NO_CERT_SIGN,
    FAULT_NAME_CONSTRAINT,
    FAULT_CRITICAL,
    FAULT_SIGNATURE,
    FAULT_SHA1,
    FAULT_PATHLEN_0,
    FAULT_PATHLEN_1,
    FAULTS
};

struct authority_spec {
    const char *subject, *issuer; /* common names */
    int string_type;              /* of the subject; 0: UTF8String */
    int issuer_string_type;
    unsigned key, signer; /* of authority_key(); ignored when own_key is set */
    EVP_PKEY *own_key;
    bool ca;
    bool key_ids; /* with subject and authority key identifiers */
    bool wrong_authority_id;
    bool client_eku; /* also client authentication */
    long serial;
    int64_t not_before, not_after; /* 0: a year before and after now */
    enum authority_fault fault;
    struct {
        int nid; /* 0: none */
        const char *value;
    } more[3]; /* extensions besides, as openssl.cnf has them */
};

EVP_PKEY *authority_key(unsigned i);
X509 *authority_issue(const struct authority_spec *w);
/* In DER; with its SHA-1 for a pool. */
void authority_encode(X509 *x, uint8_t **der, size_t *len);
void authority_pool_add(struct scp_pool *pool, const uint8_t *der, size_t len, bool root);
void authority_free(void);

#endif
