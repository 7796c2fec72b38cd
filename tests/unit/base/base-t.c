/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/buf.h"
#include "base/ini.h"
#include "base/json.h"
#include "base/num.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/utc.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static void test_err(void)
{
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, scp_err_set(&err, SCP_ERR_FORMAT, "line %d", 3), "setting an error returns -1");
    (void)scp_err_prefix(&err, "%s", "x.reg");
    tap_is_text("x.reg: line 3", err.message, "context goes in front");
    tap_is_int(SCP_ERR_FORMAT, err.code, "and the code stays");
    tap_is_int(-1, scp_err_set(NULL, SCP_ERR_USAGE, "nobody listens"), "no error value is fine");
    char longest[2000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    (void)scp_err_prefix(&err, "%s", longest);
    tap_is_int(511, (long long)strlen(err.message), "an endless message is cut");
}

static void test_buf(void)
{
    struct scp_buf b;

    scp_buf_init(&b, 10);
    tap_is_text("", scp_buf_text(&b), "an empty buffer is an empty text");
    tap_is_int(0, scp_buf_str(&b, "12345"), "within the maximum");
    tap_is_int(0, scp_buf_printf(&b, "%d", 67890), "up to the maximum");
    tap_is_int(-1, scp_buf_chr(&b, 'x'), "not over the maximum");
    tap_is_text("1234567890", scp_buf_text(&b), "what was there stays");
    scp_buf_truncate(&b, 2);
    tap_is_int(-1, scp_buf_chr(&b, 'x'), "a failure sticks");
    scp_buf_free(&b);
}

static void test_arena(void)
{
    struct scp_arena a;
    size_t got = 0;

    scp_arena_init(&a, 300000);
    while (scp_arena_alloc(&a, 1000) != NULL)
        got++;
    tap_ok(got > 200 && got <= 300, "an arena ends at its maximum (%zu blocks)", got);
    scp_arena_free(&a);
}

static void test_reader(void)
{
    static const uint8_t BYTES[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct scp_reader r = scp_reader_over(BYTES, sizeof BYTES);
    uint32_t v32;
    const uint8_t *p;

    tap_ok(scp_reader_le32(&r, &v32) && v32 == 0x04030201, "little-endian");
    tap_ok(scp_reader_le32(&r, &v32) && v32 == 0x08070605, "and on");
    tap_ok(!scp_reader_le32(&r, &v32) && r.pos == 8, "not past the end");
    r.pos = 0;
    tap_ok(!scp_reader_take(&r, SIZE_MAX, &p) && scp_reader_left(&r) == 8, "a length that would wrap is refused");
}

static void test_numbers(void)
{
    static const char *const BAD[] = { "",   " 1", "1 ",  "+1",  "1x",  "0x10", "1e3",
                                       "1.", ".5", "1,5", "nan", "inf", "--1",  "9999999999999999" };
    struct {
        const char *text;
        double seconds;
    } durations[] = { { "90", 90 }, { "1.5h", 5400 }, { "30d", 2592000 }, { "2m", 120 }, { "7s", 7 } };
    uint64_t u, state = 1;
    double d;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        tap_is_int(-1, scp_num_double(BAD[i], strlen(BAD[i]), &d, NULL), "not a number: '%s'", BAD[i]);
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        d = -1;
        tap_ok(scp_num_duration(durations[i].text, strlen(durations[i].text), &d, NULL) == 0 && d == durations[i].seconds,
               "duration %s", durations[i].text);
    }
    tap_is_int(-1, scp_num_duration("d", 1, &d, NULL), "a unit alone is no duration");
    tap_is_int(-1, scp_num_duration("-1d", 3, &d, NULL), "nor is a negative one");
    tap_is_int(-1, scp_num_u64("18446744073709551616", 20, UINT64_MAX, &u, NULL), "64 bits overflow");
    tap_ok(scp_num_u64("18446744073709551615", 20, UINT64_MAX, &u, NULL) == 0 && u == UINT64_MAX, "the largest number");
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        double v = (double)(int64_t)(tap_random(&state) % 2000000000001) / (i % 2 == 0 ? 1 : 1000000) * (i % 3 == 0 ? -1 : 1), back;
        char text[SCP_NUM_TEXT];

        scp_num_format(v, text);
        double off = scp_num_double(text, strlen(text), &back, NULL) == 0 ? back - v : 1;
        wrong += off > 6e-7 || off < -6e-7 || strpbrk(text, "eE,+") != NULL;
    }
    tap_is_int(0, wrong, "numbers that were formatted parse back");
    uint8_t bytes[8];
    size_t n = sizeof bytes;
    tap_ok(scp_num_base64("AQID BA==", 9, bytes, &n, NULL) == 0 && n == 4 && bytes[3] == 4, "base64");
    n = sizeof bytes;
    tap_is_int(-1, scp_num_base64("AQI", 3, bytes, &n, NULL), "base64 cut");
    tap_is_int(-1, scp_num_base64("A===", 4, bytes, &n, NULL), "base64 with too much padding");
    tap_is_int(-1, scp_num_hex("0g", 2, bytes, 1, NULL), "not hexadecimal");
}

static void is_clean(const char *wanted, const char *text, size_t n, size_t cap, const char *name)
{
    struct scp_buf b;

    scp_buf_init(&b, 1000);
    scp_text_clean(&b, text, n, cap);
    tap_is_text(wanted, scp_buf_text(&b), "sanitiser: %s", name);
    scp_buf_free(&b);
}

static void test_text(void)
{
    struct scp_buf b;
    uint64_t state = 7;
    int bad = 0;

    is_clean("a b", "a\nb", 3, 100, "line end");
    is_clean("\\x1b[2J", "\x1B[2J", 4, 100, "escape");
    is_clean("\\x7c \\x3cb\\x3e \\x22\\x60\\x24\\x5c", "| <b> \"`$\\", 10, 100, "what shells, browsers and cores read");
    is_clean("\\xff\\xc3", "\xFF\xC3", 2, 100, "invalid UTF-8");
    is_clean("\\x9b", "\xC2\x9B", 2, 100, "C1");
    is_clean("\\u{202e}x", "\xE2\x80\xAEx", 4, 100, "bidirectional control");
    is_clean("\\u{feff}", "\xEF\xBB\xBF", 3, 100, "byte order mark");
    is_clean("\xC3\xA4\xE6\x97\xA5", "\xC3\xA4\xE6\x97\xA5", 5, 100, "letters of any language stay");
    is_clean("abcd...", "abcdefghijk", 11, 7, "cut with dots");
    is_clean("\\xff...", "\xFF\xFF\xFF", 3, 8, "never cut inside an escape");
    for (int i = 0; i < 5000; i++) {
        char noise[40];

        for (size_t k = 0; k < sizeof noise; k++)
            noise[k] = (char)tap_random(&state);
        scp_buf_init(&b, 1000);
        scp_text_clean(&b, noise, sizeof noise, 1 + (size_t)(i % 90));
        bad += b.n > 1 + (size_t)(i % 90) || !scp_text_utf8_valid(scp_buf_text(&b), b.n) ||
               strpbrk(scp_buf_text(&b), "|<>\"`$\n\r\x1B") != NULL;
        scp_buf_free(&b);
    }
    tap_is_int(0, bad, "noise comes out clean, valid and within its cap");
    scp_buf_init(&b, 100);
    tap_ok(scp_text_utf16le((const uint8_t *)"a\0b\0c\0d\0\xE4\0=\xD8\x02\xDE\0\0", 16, &b, NULL) == 0 &&
               strcmp(scp_buf_text(&b), "abcd\xC3\xA4\xF0\x9F\x98\x82") == 0,
           "UTF-16 with a pair of surrogates");
    tap_is_int(-1, scp_text_utf16le((const uint8_t *)"a\0b", 3, &b, NULL), "an odd number of bytes");
    tap_is_int(-1,
               scp_text_utf16le((const uint8_t *)"=\xD8"
                                                 "a\0",
                                4, &b, NULL),
               "half a pair");
    tap_is_int(-1, scp_text_utf16le((const uint8_t *)"a\0\0\0b\0", 6, &b, NULL), "NUL inside");
    scp_buf_free(&b);
}

static void test_utc(void)
{
    static const char *const BAD[] = {
        "",  "2026-02-29", "2026-13-01", "2026-1-01", "2026-11-23T12:00:00", "2026-11-23T24:00:00Z", "2026-11-23T12:00:60Z",
        "@", "@1x",        "1600-01-01", "tomorrow"
    };
    char text[SCP_UTC_TEXT];
    uint64_t state = 3;
    int64_t t;
    int wrong = 0;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        tap_is_int(-1, scp_utc_parse(BAD[i], &t, NULL), "not a time: '%s'", BAD[i]);
    tap_ok(scp_utc_parse("2024-02-29T12:34:56Z", &t, NULL) == 0 && t == 1709210096, "leap day");
    tap_ok(scp_utc_parse("@-1", &t, NULL) == 0 && t == -1, "before 1970");
    tap_ok(scp_utc_from_filetime(0x01DBDEE7F1A4F449, &t), "a FILETIME");
    scp_utc_format(t, text);
    tap_is_text("2025-06-16T17:56:11Z", text, "of a real list's sequence number");
    tap_ok(!scp_utc_from_filetime(0, &t) && !scp_utc_from_filetime(UINT64_MAX, &t) && !scp_utc_from_filetime(INT64_MAX, &t),
           "no times: 0 and beyond the year 9999");
    for (int i = 0; i < 20000; i++) {
        int64_t at = (int64_t)(tap_random(&state) % 265046774400U) - 11644473600, back = 0;

        scp_utc_format(at, text);
        wrong += scp_utc_parse(text, &back, NULL) != 0 || back != at;
    }
    tap_is_int(0, wrong, "times from 1601 to 9999 parse back");
    scp_utc_span(-3600 * 9, text);
    tap_is_text("9 h", text, "a span for people");
}

static void test_ini(void)
{
    static const char TEXT[] = "\xEF\xBB\xBF"
                               "k0 = 0\r\n[one two]\r\n# remark\r\na = b # c\r\nflag\r\n empty =\r\n[one two]\n";
    struct scp_ini ini;
    struct scp_err err = SCP_ERR_INIT;

    if (tap_is_int(0, scp_ini_parse(TEXT, sizeof TEXT - 1, SCP_INI_REMARKS, &ini, NULL), "ini text")) {
        tap_ok(ini.n == 3 && strcmp(ini.v[0].name, "") == 0 && strcmp(ini.v[1].name, "one two") == 0,
               "sections in order, one for what stands before");
        tap_is_text("b", ini.v[1].v[0].value, "a remark inside a line");
        tap_ok(ini.v[1].n == 3 && ini.v[1].v[1].value == NULL && strcmp(ini.v[1].v[2].value, "") == 0, "a flag and an empty value");
        tap_is_int(4, (long long)ini.v[1].v[0].line, "line numbers");
        scp_ini_free(&ini);
    }
    tap_ok(scp_ini_parse("a=1\n[x\n", 7, 0, &ini, &err) != 0 && strstr(err.message, "line 2") != NULL,
           "an open section is an error with its line");
    tap_ok(scp_ini_parse("a=1\nb=\xFF\n", 8, 0, &ini, &err) != 0 && strstr(err.message, "line 2") != NULL, "so is invalid UTF-8");
    tap_is_int(-1, scp_ini_parse("a\0b", 3, 0, &ini, NULL), "and a NUL byte");
}

static void test_json(void)
{
    struct scp_buf b;
    struct scp_json j;

    scp_buf_init(&b, 1000);
    scp_json_init(&j, &b, false);
    scp_json_open(&j, NULL, '{');
    scp_json_text(&j, "a", "q\"\\\n\x01\xFF");
    scp_json_open(&j, "v", '[');
    scp_json_integer(&j, NULL, -1);
    scp_json_number(&j, NULL, 0.5);
    scp_json_null(&j, NULL);
    scp_json_close(&j, ']');
    scp_json_bool(&j, "b", true);
    scp_json_close(&j, '}');
    tap_is_text("{\"a\":\"q\\\"\\\\\\n\\u0001\xEF\xBF\xBD\",\"v\":[-1,0.5,null],\"b\":true}", scp_buf_text(&b),
                "JSON with everything escaped");
    scp_buf_free(&b);
}

int main(void)
{
    test_err();
    test_buf();
    test_arena();
    test_reader();
    test_numbers();
    test_text();
    test_utc();
    test_ini();
    test_json();
    return tap_done();
}
