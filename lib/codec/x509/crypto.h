/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_CRYPTO_H
#define SCP_CODEC_X509_CRYPTO_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

/*
 * OpenSSL and memory.  Where it runs out of memory OpenSSL does not always say so: a name differs, an extension is not there, a
 * signature does not verify, a key is of an unknown kind; and what failed once it may remember.  Therefore its allocations are
 * watched, and once one of them has failed none of its answers is believed any more: for the rest of the process everything that
 * asks it ends with SCP_ERR_MEMORY.  (The watch is as wide as what it watches: OpenSSL has one heap and one state per process.)
 *
 * A function that asks OpenSSL begins with scp_crypto_begin(), and takes no answer of it, good or bad, without scp_crypto_end()
 * or scp_crypto_failed().
 */

/*
 * Before the first use.  -1: memory ran out before, or the library has not what it needs to begin (OpenSSL 3.0 then crashes in
 * place of failing).  Costs nothing later.
 */
int scp_crypto_begin(struct scp_err *err);

/* Behind the last use: 0, or -1 where memory ran out, and what was learnt must be dropped.  Empties OpenSSL's queue of errors. */
int scp_crypto_end(struct scp_err *err);

/* Behind a use that failed: -1 with that code and message, with SCP_ERR_MEMORY where memory ran out. */
int scp_crypto_failed(struct scp_err *err, enum scp_err_code code, const char *message);

/*
 * A certificate, decoded; the caller frees it.  The last few are kept beside, with their bytes: the same one is asked about from
 * many sides, and each decoding costs OpenSSL 3.0 a million instructions.  NULL: none, bytes behind it, or out of memory.
 */
X509 *scp_crypto_certificate(const uint8_t *der, size_t n);
/* The same where it is kept; NULL: it is not. */
X509 *scp_crypto_kept_certificate(const uint8_t *der, size_t n);

/* Has memory ever run out in it?  Does not look at the queue of errors. */
bool scp_crypto_starved(void);

#endif
