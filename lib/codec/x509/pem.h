/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_PEM_H
#define SCP_CODEC_X509_PEM_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * PEM (RFC 7468), read as people paste it: text around the blocks, CRLF and blanks within them are passed over; blocks of
 * other labels too.
 */
enum { SCP_PEM_BLOCK_MAX = 16 << 20 }; /* bytes of text of one block */

/* Does a block of any label begin somewhere in the text? */
bool scp_pem_is(const char *text, size_t n);

/*
 * The next block of that label ("CERTIFICATE") at or behind *pos: its bytes replace what is in *der, *pos moves behind it.
 * 1: found, 0: none left, -1: a block without an end, or not base64 (SCP_ERR_TRUNCATED, SCP_ERR_FORMAT, SCP_ERR_LIMIT,
 * SCP_ERR_MEMORY); *pos is then inside it, so that the next call goes on behind it.
 */
int scp_pem_next(const char *text, size_t n, size_t *pos, const char *label, struct scp_buf *der, struct scp_err *err);

#endif
