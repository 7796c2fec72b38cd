/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_PATH_INTERNAL_H
#define SCP_CHAIN_PATH_INTERNAL_H

#include "chain/path.h"
#include "chain/pool_internal.h"

/* What the search and the verification of one path share; nobody else includes this. */

enum scp_path_extent {
    SCP_PATH_WHOLE,  /* from x[0] to the anchor x[n - 1] */
    SCP_PATH_SIGNED, /* the same, where every signature of it was verified before */
    SCP_PATH_PART    /* x[n - 1] is no anchor: what fails there fails in every longer path; signatures were verified before */
};

/*
 * Verifies exactly this path by OpenSSL and by what the query demands beyond it.
 * Sets fault, at and message of *path.  The rules of the pool are the search's matter.
 */
void scp_path_verify(X509 *const *x, size_t n, const struct scp_path_query *q, enum scp_path_extent extent, struct scp_path *path);

/* OpenSSL's level for keys and digests. */
enum { SCP_PATH_SECURITY_LEVEL = 1 };

/* What OpenSSL's callback lets through: SHA-1, which is said as a weakness, and the last second of a certificate or a list. */
int scp_path_let_through(int ok, X509_STORE_CTX *ctx);

/* Policies are processed, with any-policy as the initial set: without one OpenSSL would let none be valid. */
bool scp_path_set_policies(X509_VERIFY_PARAM *p);

/* Can the certificate take a path through it that is otherwise good: purposes, names, length, policies, being no CA? */
bool scp_path_narrows(X509 *x);

/* Says what of a path is at fault. */
void scp_path_fail(struct scp_path *path, enum scp_path_fault fault, size_t at, const char *message);

/* What a signature check with this key costs, in those of an RSA key of 2048 bits; at least 1. */
size_t scp_path_check_cost(X509 *issuer);

#endif
