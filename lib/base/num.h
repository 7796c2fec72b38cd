/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_NUM_H
#define SCP_BASE_NUM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Strict numbers, without the locale: the whole text must be the number, no
 * blanks, no plus sign, no exponent, no hexadecimal or octal surprises.
 */
int scp_num_u64(const char *s, size_t n, uint64_t max, uint64_t *out, struct scp_err *err);

/* [-]DIGITS[.DIGITS], at most 15 significant digits before the point. */
int scp_num_double(const char *s, size_t n, double *out, struct scp_err *err);

/* DIGITS[.DIGITS][s|m|h|d] -> seconds (no suffix: seconds). */
int scp_num_duration(const char *s, size_t n, double *seconds, struct scp_err *err);

/* 0 to 15, either case; -1: no hex digit. */
int scp_num_hex_digit(char c);

/* Exactly 2 * out_len hex digits, either case. */
int scp_num_hex(const char *s, size_t n, uint8_t *out, size_t out_len, struct scp_err *err);

/*
 * A thumbprint of out_len bytes in any form in which Windows and OpenSSL show one: "DF3C…", "df 3c …", "DF:3C:…", "0xdf3c…",
 * "sha1 Fingerprint=DF:3C:…", "Cert Hash(sha1): df3c…", "Thumbprint : DF3C…", and with the invisible marks that certlm.msc
 * copies along (U+200E; a '?' where the console could not show it).  false: it is none of that length.
 */
bool scp_num_thumbprint(const char *s, size_t n, uint8_t *out, size_t out_len);

/* Standard base64 (RFC 4648 section 4) with padding; blanks and line ends between characters are allowed.
 * *out_len is the room in out on entry and the bytes written on return. */
int scp_num_base64(const char *s, size_t n, uint8_t *out, size_t *out_len, struct scp_err *err);

/* To the nearest integer, halves away from zero, as round() does; that alone would be another library to load. */
double scp_num_round(double v);

/* Shortest of integer or up to 6 decimals, '.' always, never an exponent; not finite -> "0". */
#define SCP_NUM_TEXT 40
void scp_num_format(double v, char out[SCP_NUM_TEXT]);

/* Upper-case hex; out has room for 2 * n + 1, and is returned. */
char *scp_num_to_hex(const uint8_t *p, size_t n, char *out);

/* Neither infinite nor "not a number". */
bool scp_num_is_finite(double v);

#endif
