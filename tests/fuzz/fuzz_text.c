/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sanitiser with any cap, and UTF-16 to UTF-8 and back, over any bytes. */
#include "fuzz.h"

#include "../unit/base/cleaned.h"
#include "base/text.h"

#include <string.h>

static void clean(const uint8_t *p, size_t n, size_t cap)
{
    struct scp_buf out;

    scp_buf_init(&out, cap + 1);
    fuzz_must(scp_buf_chr(&out, '=') == 0);
    scp_text_clean(&out, (const char *)p, n, cap);
    if (out.starved) {
        scp_buf_free(&out);
        return;
    }
    fuzz_must(!out.failed && out.n <= cap + 1 && out.p[0] == '=' && out.p[out.n] == '\0');
    fuzz_must(cleaned_check(out.p + 1, out.n - 1) == NULL);
    fuzz_must(n == 0 || cap < 3 || out.n > 1);
    scp_buf_free(&out);
}

/* The sanitised text is its own sanitised text but for the backslashes. */
static void twice(const uint8_t *p, size_t n)
{
    struct scp_buf once, again;
    size_t backslashes = 0;

    scp_buf_init(&once, 16 * n + 16);
    scp_text_clean(&once, (const char *)p, n, 16 * n);
    scp_buf_init(&again, 64 * n + 64);
    scp_text_clean(&again, scp_buf_text(&once), once.n, 64 * n);
    for (size_t i = 0; i < once.n; i++)
        backslashes += once.p[i] == '\\';
    fuzz_must(again.n == once.n + 3 * backslashes);
    scp_buf_free(&once);
    scp_buf_free(&again);
}

/* Compares UTF-8 with the UTF-16 it came from, unit by unit. */
static void same(const char *text, size_t text_n, const uint8_t *p, size_t units)
{
    size_t at = 0, unit = 0;

    while (at < text_n) {
        uint32_t c = 0;
        size_t length = cleaned_decode((const unsigned char *)text + at, text_n - at, &c);
        uint32_t v[2] = { c, 0 };
        size_t count = c > 0xFFFF ? 2 : 1;

        fuzz_must(length > 0 && c != 0);
        if (count == 2) {
            v[0] = 0xD800 + (c - 0x10000) / 0x400;
            v[1] = 0xDC00 + (c - 0x10000) % 0x400;
        }
        for (size_t i = 0; i < count; i++, unit++)
            fuzz_must(unit < units && p[2 * unit] == v[i] % 256 && p[2 * unit + 1] == v[i] / 256);
        at += length;
    }
    for (; unit < units; unit++) /* only NULs were dropped */
        fuzz_must(p[2 * unit] == 0 && p[2 * unit + 1] == 0);
}

static void utf16(const uint8_t *p, size_t n)
{
    struct scp_buf out, exact;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, 2 * n + 1);
    if (scp_text_utf16le(p, n, &out, &err) != 0) {
        fuzz_must(err.code == SCP_ERR_FORMAT && err.message[0] != '\0' && out.n == 0 && scp_buf_text(&out)[0] == '\0');
        scp_buf_free(&out);
        return;
    }
    fuzz_must(scp_text_utf8_valid(scp_buf_text(&out), out.n));
    same(scp_buf_text(&out), out.n, p, n / 2);
    scp_buf_init(&exact, out.n);
    fuzz_must(scp_text_utf16le(p, n, &exact, NULL) == 0 && exact.n == out.n);
    fuzz_must(exact.n == out.n && memcmp(scp_buf_text(&exact), scp_buf_text(&out), out.n) == 0);
    scp_buf_free(&exact);
    scp_buf_free(&out);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    clean(p, n, 300);
    clean(p, n, n > 0 ? p[n - 1] : 0);
    twice(p, n);
    utf16(p, n);
}
