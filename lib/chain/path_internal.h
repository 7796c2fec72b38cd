/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_PATH_INTERNAL_H
#define SCP_CHAIN_PATH_INTERNAL_H

#include "chain/path.h"
#include "chain/pool_internal.h"

/* What the search and the verification of one path share; nobody else includes this. */

/*
 * Verifies exactly this path - x[0] first, x[n - 1] the anchor - by OpenSSL and by what the query demands beyond it.
 * Sets fault, at and message of *path.  The rules of the pool are the search's matter.
 */
void scp_path_verify(X509 *const *x, size_t n, const struct scp_path_query *q, struct scp_path *path);

/* Says what of a path is at fault. */
void scp_path_fail(struct scp_path *path, enum scp_path_fault fault, size_t at, const char *message);

/* What a signature check with this key costs, in those of an RSA key of 2048 bits; at least 1. */
size_t scp_path_check_cost(X509 *issuer);

#endif
