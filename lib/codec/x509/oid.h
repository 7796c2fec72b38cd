/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_OID_H
#define SCP_CODEC_X509_OID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers in the fewest octets, the last one whole. */
bool scp_oid_valid(const uint8_t *p, size_t n);

/* The content octets of an OBJECT IDENTIFIER (X.690 section 8.19) in dotted form, cut when it is longer; "?" when malformed. */
enum { SCP_OID_TEXT = 64 };

void scp_oid_format(const uint8_t *p, size_t n, char out[SCP_OID_TEXT]);

#endif
