/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/num.h"

#include "base/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WHOLE_DIGITS_MAX = 15, FRACTION_DIGITS_MAX = 15, FRACTION_SHOWN = 6 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int not_a(struct scp_err *err, const char *what, const char *s, size_t n)
{
    return scp_err_set(err, SCP_ERR_USAGE, "'%.*s' is not %s", (int)(n > 80 ? 80 : n), s, what);
}

int scp_num_u64(const char *s, size_t n, uint64_t max, uint64_t *out, struct scp_err *err)
{
    uint64_t v = 0;

    if (n == 0)
        return not_a(err, "a number", s, n);
    for (size_t i = 0; i < n; i++) {
        uint64_t digit = (uint64_t)(s[i] - '0');

        if (!is_digit(s[i]))
            return not_a(err, "a number", s, n);
        if (v > (UINT64_MAX - digit) / 10)
            return not_a(err, "a number of this size", s, n);
        v = v * 10 + digit;
    }
    if (v > max)
        return scp_err_set(err, SCP_ERR_USAGE, "%.*s is more than %llu", (int)(n > 80 ? 80 : n), s, (unsigned long long)max);
    *out = v;
    return 0;
}

/* Digits from *i on; returns how many there were. */
static size_t digits(const char *s, size_t n, size_t *i, double *v)
{
    size_t start = *i;

    for (; *i < n && is_digit(s[*i]); (*i)++)
        *v = *v * 10 + (s[*i] - '0');
    return *i - start;
}

int scp_num_double(const char *s, size_t n, double *out, struct scp_err *err)
{
    double whole = 0, fraction = 0;
    size_t i = 0, count, places = 0, leading;
    bool negative = n > 0 && s[0] == '-';

    i = negative ? 1 : 0;
    for (leading = i; leading < n && s[leading] == '0'; leading++) {
    }
    count = digits(s, n, &i, &whole);
    if (count == 0)
        return not_a(err, "a number", s, n);
    if (i > leading && i - leading > WHOLE_DIGITS_MAX)
        return not_a(err, "a number of this size", s, n);
    if (i < n && s[i] == '.') {
        i++;
        places = digits(s, n, &i, &fraction);
        if (places == 0 || places > FRACTION_DIGITS_MAX)
            return not_a(err, "a number", s, n);
    }
    if (i != n)
        return not_a(err, "a number", s, n);
    for (; places > 0; places--)
        fraction /= 10;
    whole += fraction;
    *out = negative && whole > 0 ? -whole : whole;
    return 0;
}

int scp_num_duration(const char *s, size_t n, double *seconds, struct scp_err *err)
{
    double unit = 1, v;
    size_t length = n;

    switch (n > 0 ? s[n - 1] : '\0') {
    case 's':
        unit = 1;
        length--;
        break;
    case 'm':
        unit = 60;
        length--;
        break;
    case 'h':
        unit = 3600;
        length--;
        break;
    case 'd':
        unit = 86400;
        length--;
        break;
    default: break;
    }
    if (length == 0 || s[0] == '-' || scp_num_double(s, length, &v, NULL) != 0)
        return not_a(err, "a duration (a number, or one with s, m, h or d)", s, n);
    *seconds = v * unit;
    return 0;
}

int scp_num_hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int scp_num_hex(const char *s, size_t n, uint8_t *out, size_t out_len, struct scp_err *err)
{
    if (n % 2 != 0 || n / 2 != out_len)
        return scp_err_set(err, SCP_ERR_USAGE, "%zu hex digits instead of %zu", n, 2 * out_len);
    for (size_t i = 0; i < out_len; i++) {
        int high = scp_num_hex_digit(s[2 * i]), low = scp_num_hex_digit(s[2 * i + 1]);

        if (high < 0 || low < 0)
            return not_a(err, "hexadecimal", s, n);
        out[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

/* What may stand between the digits of a thumbprint: the length of it; 0: nothing of the kind. */
static size_t separator(const char *s, size_t n)
{
    uint32_t c = 0;
    size_t length = scp_text_utf8_next(s, n, &c);
    /* No-break space, zero-width characters, marks of direction, byte order mark. */
    bool invisible =
        c == 0xA0 || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;

    return c == ' ' || c == '\t' || c == ':' || c == '-' || c == '"' || c == '\'' || invisible ? length : 0;
}

/* Where the digits begin: behind "sha1 Fingerprint=", "Cert Hash(sha1):", "Thumbprint :". */
static size_t label(const char *s, size_t n)
{
    for (size_t i = n; i > 0; i--) {
        if (s[i - 1] == '=')
            return i;
    }
    for (size_t i = 0; i<n; i += separator(s + i, n - i)> 0 ? separator(s + i, n - i) : 1) {
        const char *colon =
            scp_num_hex_digit(s[i]) < 0 && separator(s + i, n - i) == 0 && s[i] != '?' ? memchr(s + i, ':', n - i) : NULL;

        if (colon != NULL)
            return (size_t)(colon - s) + 1;
    }
    return 0;
}

bool scp_num_thumbprint(const char *s, size_t n, uint8_t *out, size_t out_len)
{
    struct scp_err err;
    size_t i, count = 0, skip;

    if (n == 2 * out_len && scp_num_hex(s, n, out, out_len, &err) == 0)
        return true;
    i = label(s, n);
    while (i < n && ((skip = separator(s + i, n - i)) > 0 || s[i] == '?'))
        i += skip > 0 ? skip : 1;
    if (n - i > 2 && s[i] == '0' && (s[i + 1] == 'x' || s[i + 1] == 'X'))
        i += 2;
    while (i < n) {
        int digit = scp_num_hex_digit(s[i]);

        skip = digit < 0 ? separator(s + i, n - i) : 1;
        if (skip == 0 || (digit >= 0 && count >= 2 * out_len))
            return false;
        i += skip;
        if (digit >= 0) {
            out[count / 2] = (uint8_t)(count % 2 == 0 ? digit << 4 : out[count / 2] | digit);
            count++;
        }
    }
    return count == 2 * out_len;
}

/* RFC 4648, table 1, from '+' on: a digit and one more; 0: none.  Certificates of a profile are read so in every run. */
static int base64_digit(char c)
{
    static const uint8_t DIGITS['z' - '+' + 1] = {
        63, 0,  0,  0,  64, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 0,  0,  0,  0,  0,  0,  0,  1,  2,  3,  4,  5,
        6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0,  0,  0,  0,  0,  0,
        27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
    };
    unsigned at = (unsigned)(unsigned char)c - '+';

    return at < sizeof DIGITS ? DIGITS[at] - 1 : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Four digits in a row, as nearly all are, are three bytes. */
static bool base64_four(const char *s, uint8_t *out)
{
    int a = base64_digit(s[0]), b = base64_digit(s[1]), c = base64_digit(s[2]), d = base64_digit(s[3]);

    if (a < 0 || b < 0 || c < 0 || d < 0)
        return false;
    out[0] = (uint8_t)(a << 2 | b >> 4);
    out[1] = (uint8_t)(b << 4 | c >> 2);
    out[2] = (uint8_t)(c << 6 | d);
    return true;
}

int scp_num_base64(const char *s, size_t n, uint8_t *out, size_t *out_len, struct scp_err *err)
{
    size_t used = 0, characters = 0, padding = 0;
    uint32_t group = 0;

    for (size_t i = 0; i < n; i++) {
        int digit;

        if (characters % 4 == 0 && padding == 0 && n - i >= 4 && *out_len - used >= 3 && base64_four(s + i, out + used)) {
            used += 3;
            i += 3;
            continue;
        }
        digit = base64_digit(s[i]);
        if (digit < 0 && is_blank(s[i]))
            continue;
        if (s[i] == '=' && characters % 4 >= 2 && padding < 2) {
            padding++;
            digit = 0;
        } else if (digit < 0 || padding > 0) {
            return scp_err_set(err, SCP_ERR_FORMAT, "base64: unexpected character at position %zu", i + 1);
        }
        group = group << 6 | (uint32_t)digit;
        if (++characters % 4 != 0)
            continue;
        if (3 - padding > *out_len - used)
            return scp_err_set(err, SCP_ERR_LIMIT, "base64: more than %zu bytes", *out_len);
        for (size_t b = 0; b < 3 - padding; b++)
            out[used++] = (uint8_t)(group >> (16 - 8 * b));
        group = 0;
    }
    if (characters % 4 != 0)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "base64: ends inside a group of four");
    *out_len = used;
    return 0;
}

double scp_num_round(double v)
{
    double whole, fraction = modf(v, &whole);

    return whole + (fraction >= 0.5) - (fraction <= -0.5);
}

void scp_num_format(double v, char out[SCP_NUM_TEXT])
{
    double whole, fraction;
    size_t n;

    if (!scp_num_is_finite(v) || fabs(v) >= 1e18) {
        (void)snprintf(out, SCP_NUM_TEXT, "%s",
                       scp_num_is_finite(v) ? (v < 0 ? "-999999999999999999" : "999999999999999999") : "0");
        return;
    }
    fraction = scp_num_round(modf(fabs(v), &whole) * 1e6);
    if (fraction >= 1e6) {
        whole += 1;
        fraction = 0;
    }
    /* Integers only: the locale has no say in them. */
    n = (size_t)snprintf(out, SCP_NUM_TEXT, "%s%lld.%06lld", v < 0 && (whole > 0 || fraction > 0) ? "-" : "", (long long)whole,
                         (long long)fraction);
    while (n > 0 && out[n - 1] == '0')
        out[--n] = '\0';
    if (n > 0 && out[n - 1] == '.')
        out[n - 1] = '\0';
}

char *scp_num_to_hex(const uint8_t *p, size_t n, char *out)
{
    static const char DIGITS[] = "0123456789ABCDEF";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = DIGITS[p[i] >> 4];
        out[2 * i + 1] = DIGITS[p[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}

bool scp_num_is_finite(double v)
{
    return v - v == 0;
}
