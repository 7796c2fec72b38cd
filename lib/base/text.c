/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include "base/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- UTF-8 --- */

size_t scp_text_utf8_put(uint32_t c, char out[4])
{
    if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF)
        c = 0xFFFD; /* no character: what we write can be read again */
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Length and first bits that a lead byte announces; 0 for bytes that cannot lead. */
static size_t lead(uint8_t byte, uint32_t *bits)
{
    if (byte >= 0xC2 && byte <= 0xDF) {
        *bits = byte & 0x1F;
        return 2;
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        *bits = byte & 0x0F;
        return 3;
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        *bits = byte & 0x07;
        return 4;
    }
    return 0;
}

size_t scp_text_utf8_next(const char *p, size_t n, uint32_t *codepoint)
{
    static const uint32_t SMALLEST[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t c = 0;
    size_t length;

    if (n == 0)
        return 0;
    if ((uint8_t)p[0] < 0x80) {
        *codepoint = (uint8_t)p[0];
        return 1;
    }
    length = lead((uint8_t)p[0], &c);
    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (((uint8_t)p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | ((uint8_t)p[i] & 0x3F);
    }
    if (c < SMALLEST[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *codepoint = c;
    return length;
}

/* Eight characters of ASCII at once. */
static bool is_ascii(const char *p)
{
    uint64_t eight;

    memcpy(&eight, p, sizeof eight);
    return (eight & UINT64_C(0x8080808080808080)) == 0;
}

bool scp_text_utf8_valid(const char *p, size_t n)
{
    uint32_t c;

    for (size_t i = 0, length; i < n; i += length) {
        length = n - i >= 8 && is_ascii(p + i) ? 8 : scp_text_utf8_next(p + i, n - i, &c);
        if (length == 0)
            return false;
    }
    return true;
}

/* --- UTF-16LE --- */

static bool is_high(uint32_t u)
{
    return u >= 0xD800 && u <= 0xDBFF;
}

static bool is_low(uint32_t u)
{
    return u >= 0xDC00 && u <= 0xDFFF;
}

/* Converts one character at p; returns the bytes of UTF-16 taken, 0 for an unpaired surrogate. */
static size_t utf16_next(const uint8_t *p, size_t n, uint32_t *codepoint)
{
    uint32_t u = scp_le16(p), low;

    if (is_low(u))
        return 0;
    if (!is_high(u)) {
        *codepoint = u;
        return 2;
    }
    if (n < 4 || !is_low(low = scp_le16(p + 2)))
        return 0;
    *codepoint = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

/* Four ASCII characters at a time, none of them NUL; returns how many bytes of UTF-16 were taken. */
static size_t ascii_run(const uint8_t *p, size_t n, char *to, size_t *put)
{
    size_t i = 0;

    for (; n - i >= 8; i += 8) {
        uint64_t v = scp_le64(p + i);

        if ((v & 0xFF80FF80FF80FF80U) != 0 || ((v - 0x0001000100010001U) & 0x8000800080008000U) != 0)
            break;
        to[(*put)++] = (char)v;
        to[(*put)++] = (char)(v >> 16);
        to[(*put)++] = (char)(v >> 32);
        to[(*put)++] = (char)(v >> 48);
    }
    return i;
}

int scp_text_utf16le(const uint8_t *p, size_t n, struct scp_buf *out, struct scp_err *err)
{
    size_t i = 0, put = 0, start = out->n;
    char *to;

    if (n % 2 != 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "UTF-16 text of an odd number of bytes");
    while (n >= 2 && p[n - 1] == 0 && p[n - 2] == 0)
        n -= 2;
    /* Two bytes become at most three; a text that fits only when converted is added character by character. */
    to = n / 2 * 3 <= out->max - out->n ? scp_buf_room(out, n / 2 * 3) : NULL;
    if (out->failed)
        return scp_buf_error(out, err, "text that is too long");
    while (i < n) {
        uint32_t c = 0;
        char utf8[4];
        size_t taken, length;

        if (to != NULL) {
            i += ascii_run(p + i, n - i, to, &put);
            if (i >= n)
                break;
        }
        taken = utf16_next(p + i, n - i, &c);
        if (taken == 0 || c == 0) {
            if (to != NULL)
                scp_buf_grown(out, 0); /* the NUL that was overwritten */
            scp_buf_truncate(out, start);
            return scp_err_set(err, SCP_ERR_FORMAT,
                               c == 0 && taken != 0 ? "NUL character in UTF-16 text at byte %zu"
                                                    : "unpaired surrogate in UTF-16 text at byte %zu",
                               i);
        }
        length = scp_text_utf8_put(c, utf8);
        if (to != NULL) {
            memcpy(to + put, utf8, length);
            put += length;
        } else if (scp_buf_add(out, utf8, length) != 0) {
            scp_buf_truncate(out, start);
            return out->starved ? scp_err_memory(err) : scp_err_set(err, SCP_ERR_LIMIT, "text of more than %zu bytes", out->max);
        }
        i += taken;
    }
    if (to != NULL)
        scp_buf_grown(out, put);
    return 0;
}

bool scp_text_utf16le_copy(const uint8_t *p, size_t n, char *out, size_t size)
{
    size_t put = 0;

    out[0] = '\0';
    while (n >= 2 && n % 2 == 0 && p[n - 1] == 0 && p[n - 2] == 0)
        n -= 2;
    for (size_t i = 0, taken; i < n; i += taken) {
        uint32_t c = 0;
        char utf8[4];
        size_t length;

        taken = n % 2 == 0 ? utf16_next(p + i, n - i, &c) : 0;
        length = taken != 0 && c != 0 ? scp_text_utf8_put(c, utf8) : 0;
        if (length == 0 || put + length >= size) {
            out[0] = '\0';
            return false;
        }
        memcpy(out + put, utf8, length);
        put += length;
        out[put] = '\0';
    }
    return true;
}

/* --- The sanitiser --- */

static bool is_blank_like(uint32_t c)
{
    return c == '\n' || c == '\r' || c == '\t' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Characters that drive terminals, web views, shells or performance data, or that nobody sees. */
static bool is_dangerous(uint32_t c)
{
    if (c < 0x80)
        return c < 0x20 || c == 0x7F || strchr("|<>\"`$\\", (int)c) != NULL;
    return c < 0xA0 || c == 0xAD || c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
           (c >= 0x180B && c <= 0x180F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xFFA0 ||
           (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || (c >= 0xD800 && c <= 0xDFFF) ||
           (c >= 0xE000 && c <= 0xF8FF) || (c >= 0x1BCA0 && c <= 0x1BCA3) || (c >= 0x1D173 && c <= 0x1D17A) || c >= 0xE0000;
}

/* What one character becomes; returns its length in `to`. */
static size_t clean_one(const char *p, size_t length, uint32_t c, char to[16])
{
    if (length == 0)
        return (size_t)snprintf(to, 16, "\\x%02x", (unsigned)(uint8_t)p[0]);
    if (is_blank_like(c)) {
        to[0] = ' ';
        return 1;
    }
    if (is_dangerous(c))
        return (size_t)snprintf(to, 16, c <= 0xFF ? "\\x%02x" : "\\u{%04x}", (unsigned)c);
    memcpy(to, p, length);
    return length;
}

void scp_text_clean(struct scp_buf *out, const char *p, size_t n, size_t cap)
{
    static const char MORE[] = "...";
    size_t start = out->n, fits = out->n; /* `fits`: the last end that leaves room for MORE */

    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t length = scp_text_utf8_next(p + i, n - i, &c), put;
        char to[16];

        put = clean_one(p + i, length, c, to);
        if (out->n - start + put > cap) {
            scp_buf_truncate(out, fits);
            if (cap >= sizeof MORE - 1)
                (void)scp_buf_str(out, MORE);
            return;
        }
        if (scp_buf_add(out, to, put) != 0)
            return;
        if (out->n - start + sizeof MORE - 1 <= cap)
            fits = out->n;
        i += length == 0 ? 1 : length;
    }
}

/* --- Case --- */

char scp_text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int scp_text_casecmp(const char *a, size_t an, const char *b, size_t bn)
{
    size_t n = an < bn ? an : bn;

    for (size_t i = 0; i < n; i++) {
        int difference = (uint8_t)scp_text_lower(a[i]) - (uint8_t)scp_text_lower(b[i]);

        if (difference != 0)
            return difference;
    }
    return an < bn ? -1 : an > bn;
}

bool scp_text_caseeq(const char *a, size_t an, const char *b, size_t bn)
{
    size_t i = 0;

    if (an != bn)
        return false;
    while (i < an && (a[i] == b[i] || scp_text_lower(a[i]) == scp_text_lower(b[i])))
        i++;
    return i == an;
}

char *scp_text_copy(const char *s, size_t n)
{
    size_t length = strnlen(s, n);
    char *out = malloc(length + 1);

    if (out == NULL)
        return NULL;
    memcpy(out, s, length);
    out[length] = '\0';
    return out;
}

/* --- Words --- */

static bool is_of_word(char c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10;
}

struct scp_text_word scp_text_word_before(const char *p, size_t at)
{
    size_t from;

    while (at > 0 && !is_of_word(p[at - 1]) && p[at - 1] != '\n')
        at--;
    for (from = at; from > 0 && is_of_word(p[from - 1]);)
        from--;
    return (struct scp_text_word){ p + from, at - from };
}

struct scp_text_word scp_text_word_behind(const char *p, size_t n, size_t at)
{
    size_t to;

    while (at < n && !is_of_word(p[at]) && p[at] != '\n')
        at++;
    for (to = at; to < n && is_of_word(p[to]);)
        to++;
    return (struct scp_text_word){ p + at, to - at };
}

bool scp_text_word_is(struct scp_text_word w, const char *const *these)
{
    for (; w.n > 0 && *these != NULL; these++) {
        /* Most differ in their first letter. */
        if (((**these ^ *w.p) & ~0x20) == 0 && scp_text_caseeq(w.p, w.n, *these, strlen(*these)))
            return true;
    }
    return false;
}
