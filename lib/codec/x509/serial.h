/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_SERIAL_H
#define SCP_CODEC_X509_SERIAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Serial numbers (RFC 5280 section 4.1.2.2) are integers, never texts: "00A1", "a1" and "A1" are one number, "10" and "1010" two.
 * Held as the content octets of a DER INTEGER: two's complement, fewest octets.
 */
enum { SCP_SERIAL_MAX = 66 };

struct scp_serial {
    uint8_t p[SCP_SERIAL_MAX];
    size_t n; /* at least 1 */
};

/* Hex digits, even or odd in number; leading zeros, colons between pairs, "0x" and a minus sign in front are allowed. */
int scp_serial_parse(const char *hex, size_t n, struct scp_serial *out, struct scp_err *err);
/* Content octets of an INTEGER; superfluous leading octets are dropped. */
int scp_serial_from_integer(const uint8_t *p, size_t n, struct scp_serial *out, struct scp_err *err);

/* Upper-case hex of the magnitude in whole octets without leading zero octets, '-' in front when negative. */
#define SCP_SERIAL_TEXT (2 * SCP_SERIAL_MAX + 2)
void scp_serial_format(const struct scp_serial *s, char out[SCP_SERIAL_TEXT]);

#endif
