/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/serial.h"

#include "base/num.h"

#include <string.h>

enum { MAGNITUDE_MAX = SCP_SERIAL_MAX - 1 };

static int malformed(struct scp_err *err, const char *hex, size_t n)
{
    return scp_err_set(err, SCP_ERR_USAGE, "'%.*s' is not a serial number in hexadecimal", (int)(n < 150 ? n : 150), hex);
}

/* From the right, two digits per octet; `out` is filled from its end, *used octets of it. */
static int read_magnitude(const char *hex, size_t n, uint8_t out[MAGNITUDE_MAX], size_t *used, struct scp_err *err)
{
    size_t digits = 0;

    memset(out, 0, MAGNITUDE_MAX);
    for (size_t i = n; i > 0; i--) {
        int v = scp_num_hex_digit(hex[i - 1]);

        /* A colon stands between two pairs of digits, nowhere else. */
        if (hex[i - 1] == ':' && digits > 0 && digits % 2 == 0 && i < n && hex[i] != ':' && i > 1)
            continue;
        if (v < 0)
            return malformed(err, hex, n);
        if (digits >= 2 * (size_t)MAGNITUDE_MAX) {
            if (v != 0)
                return scp_err_set(err, SCP_ERR_LIMIT, "a serial number of more than %d octets", MAGNITUDE_MAX);
            digits++;
            continue;
        }
        out[MAGNITUDE_MAX - 1 - digits / 2] |= (uint8_t)(v << (digits % 2 == 0 ? 0 : 4));
        digits++;
    }
    if (digits == 0)
        return malformed(err, hex, n);
    *used = (digits + 1) / 2 < MAGNITUDE_MAX ? (digits + 1) / 2 : MAGNITUDE_MAX;
    return 0;
}

/* Two's complement of a big-endian number. */
static void negate(uint8_t *p, size_t n)
{
    unsigned carry = 1;

    for (size_t i = n; i > 0; i--) {
        carry += (uint8_t)~p[i - 1];
        p[i - 1] = (uint8_t)carry;
        carry >>= 8;
    }
}

int scp_serial_parse(const char *hex, size_t n, struct scp_serial *out, struct scp_err *err)
{
    uint8_t octets[MAGNITUDE_MAX + 1] = { 0 };
    bool negative = n > 0 && hex[0] == '-';
    const char *digits = negative ? hex + 1 : hex;
    size_t left = negative ? n - 1 : n, used = 0;

    if (left > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
        digits += 2;
        left -= 2;
    }
    if (read_magnitude(digits, left, octets + 1, &used, err) != 0)
        return -1;
    if (negative)
        negate(octets, sizeof octets);
    return scp_serial_from_integer(octets + sizeof octets - used - 1, used + 1, out, err);
}

int scp_serial_from_integer(const uint8_t *p, size_t n, struct scp_serial *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    if (n == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "an integer of no octets (X.690 section 8.3.1)");
    while (n > 1 && ((p[0] == 0 && p[1] < 0x80) || (p[0] == 0xFF && p[1] >= 0x80))) {
        p++;
        n--;
    }
    if (n > sizeof out->p)
        return scp_err_set(err, SCP_ERR_LIMIT, "a serial number of more than %d octets", SCP_SERIAL_MAX);
    memcpy(out->p, p, n);
    out->n = n;
    return 0;
}

void scp_serial_format(const struct scp_serial *s, char out[SCP_SERIAL_TEXT])
{
    uint8_t magnitude[SCP_SERIAL_MAX];
    const uint8_t *p = magnitude;
    size_t n = s->n;

    memcpy(magnitude, s->p, n);
    if (n > 0 && (magnitude[0] & 0x80) != 0) {
        *out++ = '-';
        negate(magnitude, n);
    }
    while (n > 1 && *p == 0) {
        p++;
        n--;
    }
    scp_num_to_hex(p, n, out);
}
