/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cleaned.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_scalar(uint32_t c)
{
    return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/* ---- UTF-8 ---- */

static void all_characters(void)
{
    unsigned bad = 0;

    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char p[4];
        uint32_t mine = 0, theirs = 0;
        size_t n = scp_text_utf8_put(c, p);

        if (n < 1 || n > 4 || scp_text_utf8_next(p, n, &mine) != n || !scp_text_utf8_valid(p, n) ||
            cleaned_decode((const unsigned char *)p, n, &theirs) != n || mine != theirs || mine != (is_scalar(c) ? c : 0xFFFD))
            bad++;
        if (n > 1 && (scp_text_utf8_next(p, n - 1, &mine) != 0 || scp_text_utf8_valid(p, n - 1)))
            bad++;
    }
    tap_is_int(0, bad, "every code point: written, read back, and refused when its last byte is missing");
}

/* All pairs of bytes with the telling third and fourth ones are judged as the Unicode table says. */
static void all_sequences(void)
{
    static const unsigned char telling[] = { 0x00, 0x41, 0x7F, 0x80, 0x9F, 0xBF, 0xC0, 0xFF };
    unsigned bad = 0;

    for (unsigned v = 0; v < 1U << 22; v++) {
        unsigned char p[4] = { (unsigned char)(v >> 14), (unsigned char)(v >> 6), telling[v >> 3 & 7], telling[v & 7] };
        uint32_t mine = 0, theirs = 0;
        size_t wanted = cleaned_decode(p, 4, &theirs);

        if (scp_text_utf8_next((const char *)p, 4, &mine) != wanted || (wanted > 0 && mine != theirs))
            bad++;
        if (p[0] < 0xC0)
            v |= 0x3FFF; /* the rest of these is of no interest */
    }
    tap_is_int(0, bad, "sequences of bytes are judged by the table of well-formed ones");
}

static void malformed(void)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x41",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xE1\x80",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFC\x84\x80\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xF0\x9F\x98",
        "\xF0\x9F\x98\x41",
    };
    uint32_t c = 0;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[32];

        tap_is_int(0, (long long)scp_text_utf8_next(bad[i], strlen(bad[i]), &c), "malformed sequence %zu", i);
        /* at every place within plain text, so that no shortcut oversees it */
        for (size_t at = 0; at <= 17; at++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, bad[i], strlen(bad[i]));
            if (scp_text_utf8_valid(text, at + strlen(bad[i]) + 9))
                tap_ok(0, "malformed sequence %zu behind %zu characters", i, at);
        }
    }
    tap_is_int(0, (long long)scp_text_utf8_next("", 0, &c), "no byte, no character");
    tap_ok(scp_text_utf8_valid("", 0) && scp_text_utf8_valid(NULL, 0), "nothing is valid");
    tap_ok(scp_text_utf8_valid("a\0b", 3), "a NUL is a character");
    tap_ok(scp_text_utf8_valid("\xE2\x82\xAC"
                               "12345678\xF0\x9F\x98\x80",
                               15),
           "and so are others");
}

/* ---- UTF-16 ---- */

static size_t put16(uint8_t *p, uint32_t c)
{
    uint32_t v[2] = { c, 0 };
    size_t n = 1;

    if (c > 0xFFFF) {
        v[0] = 0xD800 + (c - 0x10000) / 0x400;
        v[1] = 0xDC00 + (c - 0x10000) % 0x400;
        n = 2;
    }
    for (size_t i = 0; i < n; i++) {
        p[2 * i] = (uint8_t)(v[i] % 256);
        p[2 * i + 1] = (uint8_t)(v[i] / 256);
    }
    return 2 * n;
}

static uint32_t random_character(uint64_t *seed, unsigned ascii_percent)
{
    static const uint32_t limits[] = { 0x80, 0x800, 0x10000, 0x110000 };
    uint32_t c;

    do
        c = (uint32_t)(tap_random(seed) % (tap_random(seed) % 100 < ascii_percent ? 0x80 : limits[tap_random(seed) % 4]));
    while (c == 0 || !is_scalar(c));
    return c;
}

/* Converts from memory of exactly this size, so that reading behind it shows. */
static int convert(const uint8_t *p, size_t n, struct scp_buf *out, struct scp_err *err)
{
    uint8_t *exact = malloc(n > 0 ? n : 1);
    int result;

    if (exact == NULL)
        tap_bail("out of memory");
    memcpy(exact, p, n);
    result = scp_text_utf16le(exact, n, out, err);
    free(exact);
    return result;
}

static void utf16_random(unsigned ascii_percent)
{
    uint64_t seed = ascii_percent + 1;
    unsigned bad = 0, bad_limit = 0;

    for (size_t length = 0; length < 3000; length += length < 300 ? 1 : 271) {
        static uint8_t from[16000];
        static char wanted[16000];
        size_t from_n = 0, wanted_n = 0;
        struct scp_buf out;

        for (size_t i = 0; i < length; i++) {
            uint32_t c = random_character(&seed, ascii_percent);

            from_n += put16(from + from_n, c);
            wanted_n += scp_text_utf8_put(c, wanted + wanted_n);
        }
        scp_buf_init(&out, wanted_n + 2); /* the room is exact, whatever the converter would like */
        (void)scp_buf_str(&out, "<>");
        if (convert(from, from_n, &out, NULL) != 0 || out.failed || out.n != wanted_n + 2 ||
            memcmp(out.p + 2, wanted, wanted_n) != 0)
            bad++;
        scp_buf_free(&out);
        if (wanted_n == 0)
            continue;
        struct scp_err err = SCP_ERR_INIT;

        scp_buf_init(&out, wanted_n - 1);
        if (convert(from, from_n, &out, &err) != -1 || err.code != SCP_ERR_LIMIT || out.n > wanted_n - 1)
            bad_limit++;
        scp_buf_free(&out);
    }
    tap_is_int(0, bad, "texts of all lengths with %u %% ASCII fit into exactly their room", ascii_percent);
    tap_is_int(0, bad_limit, "and not into one byte less");
}

/* The same fault at every place of a text, so that it meets every way through the converter. */
static void utf16_fault(const char *what, const uint8_t *fault, size_t fault_n, size_t wanted_at, bool behind)
{
    unsigned bad = 0;

    for (size_t at = 0; at < 40; at++) {
        uint8_t from[128];
        char place[32];
        struct scp_buf out;
        struct scp_err err = SCP_ERR_INIT;
        size_t n = 2 * at + fault_n + (behind ? 20 : 0);

        for (size_t i = 0; i < sizeof from; i += 2) {
            from[i] = 'a';
            from[i + 1] = 0;
        }
        memcpy(from + 2 * at, fault, fault_n);
        scp_buf_init(&out, 1000);
        (void)scp_buf_str(&out, "before");
        (void)snprintf(place, sizeof place, "byte %zu", 2 * at + wanted_at);
        if (convert(from, n, &out, &err) != -1 || err.code != SCP_ERR_FORMAT || strstr(err.message, place) == NULL ||
            strcmp(scp_buf_text(&out), "before") != 0 || out.failed) {
            if (bad++ == 0)
                tap_diag("at %zu: '%s', '%s'", at, err.message, scp_buf_text(&out));
        }
        scp_buf_free(&out);
    }
    tap_is_int(0, bad, "%s: refused at every place, which is named, and leaves what was there", what);
}

static void utf16_table(void)
{
    struct scp_buf out;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, 100);
    tap_is_int(0, scp_text_utf16le(NULL, 0, &out, NULL), "nothing");
    tap_is_int(0, convert((const uint8_t *)"\0\0", 2, &out, NULL), "only a NUL");
    tap_is_int(0, convert((const uint8_t *)"\0\0\0\0\0\0", 6, &out, NULL), "several");
    tap_is_int(0, (long long)out.n, "are no text");
    tap_is_int(0, convert((const uint8_t *)"a\0b\0\0\0\0\0", 8, &out, NULL), "NULs at the end");
    tap_is_text("ab", scp_buf_text(&out), "are dropped");
    tap_is_int(0, convert((const uint8_t *)"\xFF\xFE\x00\xD8\x00\xDC\xFF\xDB\xFF\xDF\xFE\xFF", 12, &out, NULL),
               "the ends of ranges");
    tap_is_text("ab\xEF\xBB\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\xEF\xBF\xBE", scp_buf_text(&out), "are characters");
    for (size_t n = 1; n < 40; n += 2) {
        uint8_t from[40] = { 0 };

        if (convert(from, n, &out, &err) != -1)
            tap_ok(0, "an odd length of %zu", n);
    }
    tap_is_int(SCP_ERR_FORMAT, err.code, "an odd length is an error, even of NULs");
    scp_buf_free(&out);
}

static void utf16_failed_buffer(void)
{
    struct scp_buf out;
    char big[64] = { 0 };

    scp_buf_init(&out, 10);
    (void)scp_buf_str(&out, "12345678901");
    tap_is_int(-1, convert((const uint8_t *)"a\0", 2, &out, NULL), "a buffer that has failed takes no text");
    tap_ok(out.failed, "and stays so");
    scp_buf_free(&out);
    scp_buf_init(&out, 10);
    for (size_t i = 0; i < sizeof big; i += 2)
        big[i] = 'a';
    tap_is_int(-1, convert((const uint8_t *)big, sizeof big, &out, NULL), "far too long a text");
    tap_is_int(0, (long long)out.n, "is not there in parts");
    scp_buf_free(&out);
}

static void utf16(void)
{
    static const unsigned shares[] = { 100, 97, 50, 0 };

    utf16_table();
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        utf16_random(shares[i]);
    utf16_fault("a NUL inside", (const uint8_t *)"\0\0", 2, 0, true);
    utf16_fault("a high surrogate alone", (const uint8_t *)"\x00\xD8", 2, 0, true);
    utf16_fault("a high surrogate at the end", (const uint8_t *)"\xFF\xDB", 2, 0, false);
    utf16_fault("a low surrogate alone", (const uint8_t *)"\x00\xDC", 2, 0, true);
    utf16_fault("a low surrogate at the end", (const uint8_t *)"\xFF\xDF", 2, 0, false);
    utf16_fault("surrogates in the wrong order", (const uint8_t *)"\x00\xDC\x00\xD8", 4, 0, true);
    utf16_fault("two high surrogates", (const uint8_t *)"\x00\xD8\x00\xD8\x00\xDC", 6, 0, true);
    utf16_fault("a pair and a low surrogate", (const uint8_t *)"\x00\xD8\x00\xDC\x00\xDC", 6, 4, true);
    utf16_failed_buffer();
}

/* ---- the sanitiser ---- */

static void clean_table(void)
{
    static const struct {
        const char *text, *wanted;
    } table[] = {
        { "", "" },
        { "DigiCert Global Root G2", "DigiCert Global Root G2" },
        { "a=b'c;d&e%f#g~h^i{j}k[l]m(n)o*p?q!r@s:t/u,v.w-x_y+z", "a=b'c;d&e%f#g~h^i{j}k[l]m(n)o*p?q!r@s:t/u,v.w-x_y+z" },
        { "a|b", "a\\x7cb" },
        { "<script>\"`$(x)`\"</script>", "\\x3cscript\\x3e\\x22\\x60\\x24(x)\\x60\\x22\\x3c/script\\x3e" },
        { "a\\b", "a\\x5cb" },
        { "\\x41", "\\x5cx41" },
        { "\x1B[31mred\x1B]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07" },
        { "a\tb", "a b" },
        { "a\nb", "a b" },
        { "a\rb", "a b" },
        { "\x01\x08\x0E\x1F\x7F", "\\x01\\x08\\x0e\\x1f\\x7f" },
        { "\xC2\x80\xC2\x9B"
          "31m\xC2\x9F",
          "\\x80\\x9b31m\\x9f" },
        { "\xC2\xAD", "\\xad" },
        { "\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F", "\\u{061c}\\u{200e}\\u{200f}" },
        { "\xE2\x80\xAA\xE2\x80\xAE\xE2\x81\xA6\xE2\x81\xA9", "\\u{202a}\\u{202e}\\u{2066}\\u{2069}" },
        { "\xEF\xBB\xBF\xE2\x80\x8B\xE2\x80\x8D\xE2\x81\xA0", "\\u{feff}\\u{200b}\\u{200d}\\u{2060}" },
        { "\xF3\xA0\x80\x81\xF3\xA0\x81\xBF", "\\u{e0001}\\u{e007f}" },
        { "\xEF\xB7\x90\xEF\xBF\xBE\xEF\xBF\xBF\xF4\x8F\xBF\xBF", "\\u{fdd0}\\u{fffe}\\u{ffff}\\u{10ffff}" },
        { "\x80\xFF\xC0\xAF", "\\x80\\xff\\xc0\\xaf" },
        { "\xE2\x82", "\\xe2\\x82" },
        { "\xED\xA0\x80", "\\xed\\xa0\\x80" },
        { "\xC3", "\\xc3" },
        { "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xE6\xBC\xA2", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xE6\xBC\xA2" },
        { "%n%s%1000000d", "%n%s%1000000d" },
    };
    struct scp_buf out;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        scp_buf_init(&out, 1000);
        scp_text_clean(&out, table[i].text, strlen(table[i].text), 500);
        tap_is_text(table[i].wanted, scp_buf_text(&out), "sanitised text %zu", i);
        scp_buf_free(&out);
    }
    scp_buf_init(&out, 1000);
    scp_text_clean(&out, "a\0b", 3, 500);
    tap_is_text("a\\x00b", scp_buf_text(&out), "a NUL ends nothing");
    scp_buf_free(&out);
}

/* Line and paragraph separators and NEL: a blank or escaped, as long as no line begins. */
static void clean_all_characters(void)
{
    unsigned bad = 0, lost = 0;

    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char p[4], store[16];
        size_t n = scp_text_utf8_put(c, p);
        struct scp_buf out = { .p = store, .cap = sizeof store, .max = sizeof store - 1 };

        if (!is_scalar(c))
            continue;
        scp_text_clean(&out, p, n, 15);
        if (out.n == 0 || cleaned_check(out.p, out.n) != NULL || out.failed)
            bad++;
        if (!cleaned_forbids(c) && c != '\\' && c < 0xE000 && (out.n != n || memcmp(out.p, p, n) != 0))
            lost++;
    }
    tap_is_int(0, bad, "no character gets through that must not");
    tap_is_int(0, lost, "and all others below the private ones are as they were");
}

static void clean_random(void)
{
    static const char spice[] = "|<>\"`$\\\n\r\t\x1B\x7F\xC2\x9B\xE2\x80\xAE\xEF\xBB\xBF\xF3\xA0\x80\x81\xED\xA0\xF0\x9F\x98\x80";
    uint64_t seed = 3;
    unsigned bad = 0;

    for (unsigned round = 0; round < 20000; round++) {
        char text[200];
        size_t n = (size_t)(tap_random(&seed) % sizeof text), cap = (size_t)(tap_random(&seed) % 260);
        struct scp_buf out;

        for (size_t i = 0; i < n; i++)
            text[i] = round % 3 == 0               ? (char)tap_random(&seed)
                      : tap_random(&seed) % 3 == 0 ? spice[tap_random(&seed) % (sizeof spice - 1)]
                                                   : 'a';
        scp_buf_init(&out, 300);
        (void)scp_buf_str(&out, "x");
        scp_text_clean(&out, text, n, cap);
        if (out.failed || out.n > cap + 1 || cleaned_check(scp_buf_text(&out), out.n) != NULL)
            bad++;
        scp_buf_free(&out);
    }
    tap_is_int(0, bad, "20000 random texts, each within its cap and clean");
}

/* With every cap: the beginning of the whole, cut between characters, and the dots. */
static void clean_caps(void)
{
    static const char text[] = "a|\xC3\xA9\xE2\x80\xAE\xF0\x9F\x98\x80"
                               "b\xFF"
                               "c";
    static const char whole[] = "a\\x7c\xC3\xA9\\u{202e}\xF0\x9F\x98\x80"
                                "b\\xffc";
    static const size_t cuts[] = { 0, 1, 5, 7, 15, 19, 20, 24, 25 }; /* where a piece of it ends */
    struct scp_buf out;

    for (size_t cap = 0; cap <= sizeof whole + 2; cap++) {
        size_t keep = 0;
        char wanted[64];

        for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
            keep = cap >= 3 && cuts[i] <= cap - 3 ? cuts[i] : keep;
        if (cap >= sizeof whole - 1)
            (void)snprintf(wanted, sizeof wanted, "%s", whole);
        else
            (void)snprintf(wanted, sizeof wanted, "%.*s...", (int)keep, whole);
        scp_buf_init(&out, 100);
        scp_text_clean(&out, text, sizeof text - 1, cap);
        if (cap >= 3)
            tap_is_text(wanted, scp_buf_text(&out), "a cap of %zu", cap);
        else
            tap_ok(out.n <= cap, "a cap of %zu, too small for the dots", cap);
        scp_buf_free(&out);
    }
    scp_buf_init(&out, 10);
    scp_text_clean(&out, "abcdefghijklmnop", 16, SIZE_MAX);
    tap_ok(out.failed && out.n <= 10, "the buffer's own maximum holds, too");
    scp_buf_free(&out);
}

/* ---- case ---- */

static void letters(void)
{
    unsigned bad = 0;

    for (int c = -128; c < 128; c++) {
        char wanted = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);

        bad += scp_text_lower((char)c) != wanted;
    }
    tap_is_int(0, bad, "only A to Z have a lower case here");
    tap_ok(scp_text_caseeq("AuthRoot", 8, "AUTHROOT", 8), "names are equal without their case");
    tap_ok(!scp_text_caseeq("AuthRoot", 8, "AuthRoo", 7), "but not without their end");
    tap_ok(!scp_text_caseeq("[", 1, "{", 1) && !scp_text_caseeq("@", 1, "`", 1), "signs beside the letters differ");
    tap_ok(!scp_text_caseeq("\xC4", 1, "\xE4", 1), "bytes of other letters differ");
    tap_ok(scp_text_caseeq("", 0, "", 0) && scp_text_caseeq(NULL, 0, "x", 0), "nothing equals nothing");
    tap_ok(scp_text_casecmp("abc", 3, "ABD", 3) < 0 && scp_text_casecmp("ABD", 3, "abc", 3) > 0, "order without case");
    tap_ok(scp_text_casecmp("ab", 2, "ABC", 3) < 0 && scp_text_casecmp("abc", 3, "AB", 2) > 0, "the shorter first");
    tap_ok(scp_text_casecmp("a\0b", 3, "A\0B", 3) == 0 && scp_text_casecmp("a\0b", 3, "a\0c", 3) < 0, "NULs end nothing");
    tap_ok(scp_text_casecmp("a", 1, "\xC3", 1) < 0 && scp_text_casecmp("\xC3", 1, "a", 1) > 0, "bytes are unsigned");
}

/* Short texts, without an allocation. */
static void utf16_copies(void)
{
    static const struct {
        const char *bytes;
        size_t n, room;
        const char *wanted; /* NULL: not text, or it does not fit */
    } ROWS[] = {
        { "", 0, 1, "" },
        { "\0\0\0\0", 4, 1, "" },
        { "a\0b\0", 4, 3, "ab" },
        { "a\0b\0\0\0", 6, 3, "ab" },
        { "a\0b\0", 4, 2, NULL },
        { "\xE4\0", 2, 3, "\xC3\xA4" },
        { "\xE4\0", 2, 2, NULL },
        { "\x3D\xD8\x00\xDE", 4, 5, "\xF0\x9F\x98\x80" },
        { "\x3D\xD8\x00\xDE", 4, 4, NULL },
        { "\x3D\xD8", 2, 9, NULL },
        { "a\0b", 3, 9, NULL },
        { "a\0\0\0b\0", 6, 9, NULL },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char out[10] = "xxxxxxxxx";
        bool text = scp_text_utf16le_copy((const uint8_t *)ROWS[i].bytes, ROWS[i].n, out, ROWS[i].room);

        tap_ok(text == (ROWS[i].wanted != NULL), "row %zu", i);
        tap_is_text(text ? ROWS[i].wanted : "", out, "its text");
        tap_is_text("x", out + 8, "nothing behind it");
    }
}

int main(void)
{
    all_characters();
    all_sequences();
    malformed();
    utf16();
    clean_table();
    clean_all_characters();
    clean_random();
    clean_caps();
    letters();
    utf16_copies();
    return tap_done();
}
