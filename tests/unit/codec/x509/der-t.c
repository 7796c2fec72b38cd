/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/der.h"
#include "tap.h"

#include <string.h>

static const struct {
    const char *bytes;
    size_t n;
    int good;
    const char *name;
} ELEMENT[] = {
    { "\x04\x00", 2, 1, "no content" },
    { "\x04\x02"
      "ab",
      4, 1, "two octets" },
    { "\x04\x02"
      "abc",
      5, 1, "more behind it" },
    { "\xA1\x02\x05\x00", 4, 1, "a context tag" },
    { "", 0, 0, "nothing" },
    { "\x04", 1, 0, "no length" },
    { "\x04\x02"
      "a",
      3, 0, "content cut" },
    { "\x04\x80\x00\x00", 4, 0, "indefinite length" },
    { "\x04\x81\x02"
      "ab",
      5, 0, "long form for a short length" },
    { "\x04\x82\x00\x02"
      "ab",
      6, 0, "a leading zero in the length" },
    { "\x04\x84\xFF\xFF\xFF\xFF", 6, 0, "4 GiB" },
    { "\x04\x85\x01\x00\x00\x00\x00", 7, 0, "a length of five octets" },
    { "\x04\xFF", 2, 0, "the reserved length octet" },
    { "\x1F\x01\x00", 3, 0, "a tag number above 30" },
};

static void test_elements(void)
{
    struct scp_der e;
    uint8_t big[3 + 0x80] = { 0x04, 0x81, 0x80 };

    for (size_t i = 0; i < sizeof ELEMENT / sizeof *ELEMENT; i++) {
        struct scp_reader r = scp_reader_over(ELEMENT[i].bytes, ELEMENT[i].n);
        bool read = scp_der_any(&r, &e);

        tap_ok(read == (ELEMENT[i].good != 0), "%s: %s", ELEMENT[i].name, read ? "read" : "refused");
        if (!read)
            tap_is_int(0, (long long)r.pos, "the reader has not moved");
        else
            tap_ok(r.pos == e.whole_n && e.whole == r.p && e.p + e.n == r.p + r.pos, "the bounds of the element");
    }
    struct scp_reader r = scp_reader_over(big, sizeof big);
    tap_ok(scp_der_read(&r, 0x04, &e) && e.n == 0x80 && scp_reader_left(&r) == 0, "the long form from 128 octets on");
    r = scp_reader_over("\x04\x00", 2);
    tap_ok(!scp_der_read(&r, 0x05, &e) && r.pos == 0, "another tag than the one asked for");
}

static void test_headers(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        enum scp_der_fault fault;
        size_t header;
        uint64_t content;
    } HEADER[] = {
        { "", 0, SCP_DER_CUT, 2, 0 },
        { "\x30", 1, SCP_DER_CUT, 2, 0 },
        { "\x30\x05", 2, SCP_DER_SOUND, 2, 5 },
        { "\x30\x82\x01", 3, SCP_DER_CUT, 4, 0 },
        { "\x30\x82\x01\x02", 4, SCP_DER_SOUND, 4, 0x102 },
        { "\x30\x84\xFF\xFF\xFF\xFF", 6, SCP_DER_SOUND, 6, 0xFFFFFFFF },
        { "\x30\x81\x7F", 3, SCP_DER_PADDED, 3, 0x7F },
        { "\x30\x83\x00\x01\x02", 5, SCP_DER_PADDED, 5, 0x102 },
        { "\x30\x80", 2, SCP_DER_INDEFINITE, 2, 0 },
        { "\x30\x85\x01\x00\x00\x00\x00", 7, SCP_DER_LONG, 2, 0 },
        { "\x1F\x01\x00", 3, SCP_DER_TAG, 2, 0 },
    };
    struct scp_der_header h;

    for (size_t i = 0; i < sizeof HEADER / sizeof *HEADER; i++) {
        enum scp_der_fault fault = scp_der_header((const uint8_t *)HEADER[i].bytes, HEADER[i].n, &h);

        tap_is_int(HEADER[i].fault, fault, "header %zu: %s", i, scp_der_fault_text(fault));
        tap_is_int((long long)HEADER[i].header, (long long)h.header, "its octets");
        if (scp_der_known(fault))
            tap_ok(h.tag == 0x30 && h.content == HEADER[i].content, "its tag and what is behind it");
    }
}

static struct scp_der element(uint8_t tag, const void *p, size_t n)
{
    return (struct scp_der){ .tag = tag, .p = p, .n = n };
}

static int64_t time_of(uint8_t tag, const char *text)
{
    struct scp_der e = element(tag, text, strlen(text));
    int64_t t;

    return scp_der_time(&e, &t) ? t : -1;
}

static void test_times(void)
{
    tap_is_int(1795435200, time_of(0x17, "261123120000Z"), "UTCTime");
    tap_is_int(1795435200, time_of(0x18, "20261123120000Z"), "GeneralizedTime");
    tap_is_int(2524607999, time_of(0x17, "491231235959Z"), "UTCTime's last second is in 2049");
    tap_ok(time_of(0x17, "500101000000Z") < 0, "and its first in 1950");
    tap_is_int(951782400, time_of(0x18, "20000229000000Z"), "a leap day");
    static const struct {
        uint8_t tag;
        const char *text;
    } BAD[] = {
        { 0x17, "2611231200Z" },     { 0x17, "261123120000+0000" }, { 0x18, "20261123120000.5Z" }, { 0x18, "20261123120000" },
        { 0x18, "20260229000000Z" }, { 0x18, "20261123126000Z" },   { 0x18, "2026112312000 Z" },   { 0x18, "-0261123120000Z" },
        { 0x17, "2/1123120000Z" },   { 0x17, "20261123120000Z" },   { 0x18, "261123120000Z" },     { 0x04, "261123120000Z" },
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        tap_is_int(-1, time_of(BAD[i].tag, BAD[i].text), "no time: %s", BAD[i].text);
}

static void test_values(void)
{
    struct scp_der e;
    const uint8_t *p;
    size_t n;
    unsigned v;
    bool b;

    e = element(1, "\xFF", 1);
    tap_ok(scp_der_boolean(&e, &b) && b, "TRUE");
    e = element(1, "\x00", 1);
    tap_ok(scp_der_boolean(&e, &b) && !b, "FALSE");
    e = element(1, "\x01", 1);
    tap_ok(!scp_der_boolean(&e, &b), "TRUE is 0xFF only");
    e = element(1, "", 0);
    tap_ok(!scp_der_boolean(&e, &b), "a boolean of no octets");
    static const struct {
        const char *p;
        size_t n;
        int valid;
    } INTEGERS[] = {
        { "", 0, 0 },         { "\0", 1, 1 },       { "\0\x7F", 2, 0 }, { "\0\x80", 2, 1 },
        { "\xFF\x80", 2, 0 }, { "\xFF\x7F", 2, 1 }, { "\x01\0", 2, 1 },
    };
    for (size_t i = 0; i < sizeof INTEGERS / sizeof *INTEGERS; i++) {
        e = element(2, INTEGERS[i].p, INTEGERS[i].n);
        tap_is_int(INTEGERS[i].valid, scp_der_integer_valid(&e), "integer %zu is %s", i,
                   INTEGERS[i].valid ? "minimal" : "not minimal");
    }
    e = element(10, "\x06", 1);
    tap_ok(scp_der_small(&e, &v) && v == 6, "a small number");
    e = element(10, "\x80", 1);
    tap_ok(!scp_der_small(&e, &v), "a negative one is not");
    e = element(10, "\x01\x00", 2);
    tap_ok(!scp_der_small(&e, &v), "nor a large one");
    e = element(3, "\0ab", 3);
    tap_ok(scp_der_octets(&e, &p, &n) && n == 2 && *p == 'a', "bits in whole octets");
    e = element(3,
                "\x01"
                "ab",
                3);
    tap_ok(!scp_der_octets(&e, &p, &n), "unused bits");
    e = element(3, "", 0);
    tap_ok(!scp_der_octets(&e, &p, &n), "bits without their first octet");
    e = element(6, "\x55\x1D", 2);
    tap_ok(scp_der_equals(&e, "\x55\x1D", 2) && !scp_der_equals(&e, "\x55", 1) && !scp_der_equals(&e, "\x55\x1E", 2),
           "the same content");
}

/* All levels of one element. */
static void test_strict(void)
{
    static const struct {
        const char *p;
        size_t n;
        bool strict;
        const char *what;
    } ROWS[] = {
        { "\x30\x00", 2, true, "an empty sequence" },
        { "\x05\x00", 2, true, "NULL" },
        { "", 0, false, "nothing" },
        { "\x05\x00\x00", 3, false, "a byte behind it" },
        { "\x05\x00\x05\x00", 4, false, "two" },
        { "\x30\x05\x30\x03\x02\x01\x07", 7, true, "nested" },
        { "\x30\x05\x30\x03\x02\x01\x07\x00", 8, false, "nested, a byte behind" },
        { "\x30\x05\x30\x02\x02\x01\x07", 7, false, "an inner one that ends too early" },
        { "\x30\x05\x30\x04\x02\x01\x07", 7, false, "an inner one that ends too late" },
        { "\x30\x81\x03\x02\x01\x07", 6, false, "a long length" },
        { "\x30\x05\x30\x81\x02\x05\x00", 7, false, "a long length inside" },
        { "\x30\x80\x05\x00\x00\x00", 6, false, "an indefinite length" },
        { "\x30\x03\x01\x01\xFF", 5, true, "TRUE" },
        { "\x30\x03\x01\x01\x01", 5, false, "TRUE in BER" },
        { "\x30\x02\x01\x00", 4, false, "a boolean of no octets" },
        { "\x24\x03\x04\x01\x61", 5, false, "octets in pieces" },
        { "\x11\x00", 2, false, "a set that holds nothing" },
        { "\xA0\x02\x80\x00", 4, true, "tags of the context" },
        { "\x30\x01\x05", 3, false, "cut inside" },
    };
    uint8_t deep[2 * 40];

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        tap_is_int(ROWS[i].strict, scp_der_strict((const uint8_t *)ROWS[i].p, ROWS[i].n), "in DER at every level: %s",
                   ROWS[i].what);
    for (size_t i = 0; i < 40; i++) {
        deep[2 * i] = 0x30;
        deep[2 * i + 1] = (uint8_t)(2 * (39 - i));
    }
    tap_ok(!scp_der_strict(deep, sizeof deep) && scp_der_strict(deep + 2 * 10, sizeof deep - 2 * 10), "levels are counted");
}

int main(void)
{
    test_strict();
    test_elements();
    test_headers();
    test_times();
    test_values();
    return tap_done();
}
