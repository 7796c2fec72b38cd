/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"
#include "base/utc.h"
#include "cleaned.h"
#include "tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void document(bool pretty, const char *wanted)
{
    struct scp_buf out;
    struct scp_json j;

    scp_buf_init(&out, 1000);
    scp_json_init(&j, &out, pretty);
    scp_json_open(&j, NULL, '{');
    scp_json_integer(&j, "schema", 1);
    scp_json_text(&j, "text", "a\"b");
    scp_json_text(&j, "none", NULL);
    scp_json_open(&j, "list", '[');
    scp_json_bool(&j, NULL, true);
    scp_json_bool(&j, NULL, false);
    scp_json_number(&j, NULL, 0.5);
    scp_json_open(&j, NULL, '{');
    scp_json_close(&j, '}');
    scp_json_open(&j, NULL, '[');
    scp_json_close(&j, ']');
    scp_json_close(&j, ']');
    scp_json_raw(&j, "raw", "[1]");
    scp_json_null(&j, "a\nkey");
    scp_json_close(&j, '}');
    tap_ok(!out.failed, "the document is complete");
    tap_is_text(wanted, scp_buf_text(&out), "%s", pretty ? "for people" : "in one line");
    scp_buf_free(&out);
}

static void strings(void)
{
    static const struct {
        const char *text, *wanted;
    } table[] = {
        { "", "\"\"" },
        { "plain / ' | < > $ `", "\"plain / ' | < > $ `\"" },
        { "\"\\", "\"\\\"\\\\\"" },
        { "a\nb", "\"a\\nb\"" },
        { "\x1B[31m\x01\x1F\x7F", "\"\\u001b[31m\\u0001\\u001f\\u007f\"" },
        { "\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0", "\"\\u0080\\u009b\\u009f\xC2\xA0\"" },
        { "\xE2\x80\xA8\xE2\x80\xA9", "\"\\u2028\\u2029\"" },
        { "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
        { "a\xFF"
          "b",
          "\"a\xEF\xBF\xBD"
          "b\"" },
        { "\x80", "\"\xEF\xBF\xBD\"" },
        { "a\xC3", "\"a\xEF\xBF\xBD\"" },
        { "\xC3\"", "\"\xEF\xBF\xBD\\\"\"" },
        { "\xE2\x82\\", "\"\xEF\xBF\xBD\xEF\xBF\xBD\\\\\"" },
        { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    };
    struct scp_buf out;
    struct scp_json j;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        scp_buf_init(&out, 1000);
        scp_json_init(&j, &out, false);
        scp_json_text(&j, NULL, table[i].text);
        tap_is_text(table[i].wanted, scp_buf_text(&out), "string %zu", i);
        scp_buf_free(&out);
    }
    scp_buf_init(&out, 1000);
    scp_json_init(&j, &out, false);
    scp_json_bytes(&j, NULL, "a\0b", 3);
    tap_is_text("\"a\\u0000b\"", scp_buf_text(&out), "a NUL is a character");
    scp_buf_free(&out);
}

/* A string of RFC 8259: what is between the quotes, or NULL. */
static bool is_string(const char *p, size_t n)
{
    if (n < 2 || p[0] != '"' || p[n - 1] != '"')
        return false;
    for (size_t i = 1, length; i < n - 1; i += length) {
        uint32_t c = 0;

        length = cleaned_decode((const unsigned char *)p + i, n - i, &c);
        if (length == 0 || c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == '"')
            return false;
        if (c != '\\')
            continue;
        if (strchr("\"\\/bfnrt", p[i + 1]) != NULL)
            length = 2;
        else if (p[i + 1] == 'u' && strspn(p + i + 2, "0123456789abcdefABCDEF") >= 4)
            length = 6;
        else
            return false;
        if (i + length > n - 1)
            return false;
    }
    return true;
}

static void random_strings(void)
{
    static const char spice[] = "\"\\\n\x1B\xC2\x9B\xE2\x80\xA8\xF0\x9F\x98\x80\xED\xA0";
    uint64_t seed = 8259;
    unsigned bad = 0;

    for (unsigned round = 0; round < 20000; round++) {
        char text[100];
        size_t n = (size_t)(tap_random(&seed) % sizeof text);
        struct scp_buf out;
        struct scp_json j;

        for (size_t i = 0; i < n; i++)
            text[i] = round % 2 == 0 ? (char)tap_random(&seed) : spice[tap_random(&seed) % (sizeof spice - 1)];
        scp_buf_init(&out, 1000);
        scp_json_init(&j, &out, false);
        scp_json_bytes(&j, NULL, text, n);
        bad += out.failed || !is_string(scp_buf_text(&out), out.n);
        scp_buf_free(&out);
    }
    tap_is_int(0, bad, "20000 random strings are JSON");
}

static void numbers(void)
{
    static const struct {
        double v;
        const char *text;
    } table[] = { { 0, "0" }, { -0.0, "0" }, { 1.5, "1.5" }, { -3, "-3" }, { 1e15, "1000000000000000" }, { 1e-9, "0" } };
    struct scp_buf out;
    struct scp_json j;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        scp_buf_init(&out, 100);
        scp_json_init(&j, &out, false);
        scp_json_number(&j, NULL, table[i].v);
        tap_is_text(table[i].text, scp_buf_text(&out), "number %g", table[i].v);
        scp_buf_free(&out);
    }
    scp_buf_init(&out, 100);
    scp_json_init(&j, &out, false);
    scp_json_open(&j, NULL, '[');
    scp_json_integer(&j, NULL, INT64_MIN);
    scp_json_integer(&j, NULL, INT64_MAX);
    scp_json_close(&j, ']');
    tap_is_text("[-9223372036854775808,9223372036854775807]", scp_buf_text(&out), "the ends of integers");
    scp_buf_free(&out);
    scp_buf_init(&out, 100);
    scp_json_init(&j, &out, false);
    scp_json_number(&j, NULL, (double)NAN);
    tap_ok(strcmp(scp_buf_text(&out), "0") == 0 || strcmp(scp_buf_text(&out), "null") == 0, "what is no number is no \"nan\"");
    scp_buf_free(&out);
}

static void depth(unsigned levels, bool fits)
{
    struct scp_buf out;
    struct scp_json j;

    scp_buf_init(&out, 100000);
    scp_json_init(&j, &out, true);
    for (unsigned i = 0; i < levels; i++)
        scp_json_open(&j, NULL, '[');
    for (unsigned i = 0; i < levels; i++)
        scp_json_close(&j, ']');
    tap_is_int(!fits, out.failed, "%u levels", levels);
    scp_buf_free(&out);
}

static void too_long(void)
{
    unsigned bad = 0;

    for (size_t max = 0; max < 40; max++) {
        struct scp_buf out;
        struct scp_json j;

        scp_buf_init(&out, max);
        scp_json_init(&j, &out, false);
        scp_json_open(&j, NULL, '{');
        scp_json_text(&j, "key", "some\x1Bvalue");
        scp_json_integer(&j, "n", 12345);
        scp_json_close(&j, '}');
        bad += out.failed != (max < sizeof "{\"key\":\"some\\u001bvalue\",\"n\":12345}" - 1) || out.n > max;
        scp_buf_free(&out);
    }
    tap_is_int(0, bad, "a document that does not fit fails its buffer, at every size");
}

/* An object of its own, with times in it. */
static void object(void)
{
    struct scp_json_object o;
    char *text;

    scp_json_begin(&o, 100);
    scp_json_time(&o.json, "then", 1800000000);
    scp_json_time(&o.json, "never", SCP_UTC_UNKNOWN);
    text = scp_json_end(&o);
    tap_is_text("{\"then\":\"2027-01-15T08:00:00Z\",\"never\":null}", text, "an object of its own");
    free(text);
    scp_json_begin(&o, 10);
    scp_json_time(&o.json, "then", 1800000000);
    text = scp_json_end(&o);
    tap_is_text("", text, "one that does not fit is none");
    free(text);
    scp_json_begin(&o, 100);
    scp_buf_starve(&o.text);
    tap_ok(scp_json_end(&o) == NULL, "one without memory is an error");
    tap_ok(o.text.n == 0 && o.text.p == NULL, "nothing is left of it");
}

int main(void)
{
    object();
    document(false, "{\"schema\":1,\"text\":\"a\\\"b\",\"none\":null,\"list\":[true,false,0.5,{},[]],\"raw\":[1],"
                    "\"a\\nkey\":null}");
    document(true, "{\n  \"schema\": 1,\n  \"text\": \"a\\\"b\",\n  \"none\": null,\n  \"list\": [\n    true,\n    false,\n"
                   "    0.5,\n    {},\n    []\n  ],\n  \"raw\": [1],\n  \"a\\nkey\": null\n}");
    strings();
    random_strings();
    numbers();
    depth(1, true);
    depth(SCP_JSON_DEPTH, true);
    depth(SCP_JSON_DEPTH + 1, false);
    depth(1000, false);
    too_long();
    return tap_done();
}
