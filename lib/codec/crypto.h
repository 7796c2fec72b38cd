/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_CRYPTO_H
#define SCP_CODEC_CRYPTO_H

#include <stdbool.h>

/*
 * Has the cryptographic library what it needs to begin?  When memory is short at its first use it has not, and OpenSSL 3.0 then
 * crashes in place of failing: to be asked before each first use.  Costs nothing later.
 */
bool scp_crypto_ready(void);

#endif
