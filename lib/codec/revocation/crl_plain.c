/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/revocation/crl_internal.h"

#include <string.h>

/*
 * Reading every entry field by field costs as much as digesting it, and nearly all have one of two forms.  These are told by
 * comparing octets at their places; whatever is the least bit different is left to the general reader.
 */
enum { DATE = 15, REASON = 14, SERIAL_AT = 2 };

/* A UTCTime of digits in their ranges, not February 29th: 17 0D YYMMDDHHMMSSZ. */
static inline bool plain_date(const uint8_t *p)
{
    static const uint8_t DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const uint64_t ZEROS = 0x3030303030303030, OVER_NINE = 0x0606060606060606, HIGH = 0xF0F0F0F0F0F0F0F0, TENS = 0x000F000F000F000F;
    uint64_t date, clock;
    unsigned month;

    if (p[0] != SCP_DER_UTC_TIME || p[1] != DATE - 2 || p[DATE - 1] != 'Z')
        return false;
    /* YYMMDDHH and MMSS, an octet per digit; digits are 0 to 9 once their zeros are taken away. */
    date = scp_le64(p + 2) ^ ZEROS;
    clock = scp_le32(p + 10) ^ (ZEROS & UINT32_MAX);
    if (((date | (date + OVER_NINE) | clock | (clock + OVER_NINE)) & HIGH) != 0)
        return false;
    /* Pairs of digits become numbers of 16 bits each. */
    date = (date & TENS) * 10 + (date >> 8 & TENS);
    clock = (clock & TENS) * 10 + (clock >> 8 & TENS);
    month = (unsigned)(date >> 16 & 0xFF) - 1;
    return month < 12 && (date >> 32 & 0xFF) - 1U < DAYS[month] && date >> 48 < 24 && (clock & 0xFF) < 60 && clock >> 16 < 60;
}

/* One reason code, not critical: 30 0C 30 0A 06 03 55 1D 15 04 03 0A 01 and a code from unspecified to certificateHold. */
static inline bool plain_reason(const uint8_t *p)
{
    static const uint8_t FORM[] = { 0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01 };

    /* Two loads of 8 octets that overlap, where comparing 13 would be a call. */
    return memcmp(p, FORM, 8) == 0 && memcmp(p + sizeof FORM - 8, FORM + sizeof FORM - 8, 8) == 0 &&
           p[REASON - 1] <= SCP_CRL_REASON_HOLD;
}

bool scp_crl_plain_entry(const uint8_t *p, size_t n, struct scp_crl_plain *out)
{
    size_t serial_n, rest;

    if (n < SERIAL_AT + 1 + DATE || p[0] != SCP_DER_INTEGER || p[1] == 0 || p[1] >= 0x80)
        return false;
    serial_n = p[1];
    if (n < SERIAL_AT + serial_n + DATE)
        return false;
    rest = n - SERIAL_AT - serial_n;
    p += SERIAL_AT;
    /* A first octet of all equal bits might be one too many. */
    if ((rest != DATE && rest != DATE + REASON) || (serial_n > 1 && (p[0] == 0xFF || (p[0] == 0 && p[1] < 0x80))))
        return false;
    out->serial = p;
    out->serial_n = serial_n;
    p += serial_n;
    if (!plain_date(p) || (rest > DATE && !plain_reason(p + DATE)))
        return false;
    out->date = p;
    out->date_n = DATE;
    out->reason = rest > DATE ? p[DATE + REASON - 1] : SCP_CRL_REASON_NONE;
    return true;
}
