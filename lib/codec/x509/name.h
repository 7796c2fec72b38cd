/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_NAME_H
#define SCP_CODEC_X509_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Are two Names (DER) equal as RFC 5280 section 7.1 compares them: without regard to case, spacing and the type of their strings?
 * `exact`: also byte by byte; may be NULL.  Equal bytes cost nothing; else OpenSSL compares, and where memory runs out the answer
 * is "no", which scp_crypto_end() of whoever asked takes back.
 */
bool scp_name_equal(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, bool *exact);

#endif
