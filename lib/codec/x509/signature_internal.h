/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_SIGNATURE_INTERNAL_H
#define SCP_CODEC_X509_SIGNATURE_INTERNAL_H

#include "base/err.h"

#include <openssl/evp.h>

#include <stddef.h>
#include <stdint.h>

/* A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) as a key.  SCP_ERR_FORMAT, SCP_ERR_LIMIT,
 * SCP_ERR_UNSUPPORTED, SCP_ERR_MEMORY. */
int scp_signature_key(const uint8_t *spki, size_t n, EVP_PKEY **out, struct scp_err *err);

#endif
