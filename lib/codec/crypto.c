/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/crypto.h"

#include <openssl/crypto.h>

#include <stddef.h>

bool scp_crypto_ready(void)
{
    return OSSL_LIB_CTX_get0_global_default() != NULL;
}
