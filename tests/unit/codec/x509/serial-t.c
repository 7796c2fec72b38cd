/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/oid.h"
#include "codec/x509/serial.h"
#include "tap.h"

#include <string.h>

static bool same(const struct scp_serial *a, const struct scp_serial *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static const struct {
    const char *text;
    const char *octets;
    size_t n;
    const char *shown;
} GOOD[] = {
    { "0", "\x00", 1, "00" },
    { "00000000", "\x00", 1, "00" },
    { "-0", "\x00", 1, "00" },
    { "7f", "\x7F", 1, "7F" },
    { "80", "\x00\x80", 2, "80" },
    { "0080", "\x00\x80", 2, "80" },
    { "123", "\x01\x23", 2, "0123" },
    { "00:A1:b2", "\x00\xA1\xB2", 3, "A1B2" },
    { "0xFFFF", "\x00\xFF\xFF", 3, "FFFF" },
    { "-1", "\xFF", 1, "-01" },
    { "-80", "\x80", 1, "-80" },
    { "-81", "\xFF\x7F", 2, "-81" },
    { "-ff00", "\xFF\x01\x00", 3, "-FF00" },
    { "0b0c6b2c466917b04773c647d4afc0c8", "\x0B\x0C\x6B\x2C\x46\x69\x17\xB0\x47\x73\xC6\x47\xD4\xAF\xC0\xC8", 16,
      "0B0C6B2C466917B04773C647D4AFC0C8" },
};

static const char *const BAD[] = { "",    "-",   "0x",     "g",   "12 34", " 12",   "12\n", "1:2",
                                   ":12", "12:", "12::34", "--1", "-0x-1", "12;34", "+1" };

static void test_parse(void)
{
    struct scp_serial s, again;
    struct scp_err err = SCP_ERR_INIT;
    char shown[SCP_SERIAL_TEXT];

    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        tap_is_int(0, scp_serial_parse(GOOD[i].text, strlen(GOOD[i].text), &s, &err), "'%s' is read", GOOD[i].text);
        tap_is_bytes(GOOD[i].octets, GOOD[i].n, s.p, s.n, "its octets");
        scp_serial_format(&s, shown);
        tap_is_text(GOOD[i].shown, shown, "as text");
        tap_ok(scp_serial_parse(shown, strlen(shown), &again, NULL) == 0 && same(&s, &again), "and back");
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        tap_ok(scp_serial_parse(BAD[i], strlen(BAD[i]), &s, &err) == -1 && err.code == SCP_ERR_USAGE, "'%s' is refused: %s", BAD[i],
               err.message);
}

static void test_limits(void)
{
    char digits[2 * SCP_SERIAL_MAX + 3];
    struct scp_serial s, t;
    struct scp_err err = SCP_ERR_INIT;

    memset(digits, 'F', sizeof digits);
    tap_is_int(0, scp_serial_parse(digits, 2 * (SCP_SERIAL_MAX - 1), &s, &err), "the longest");
    tap_is_int(SCP_SERIAL_MAX, (long long)s.n, "fills the room");
    tap_ok(scp_serial_parse(digits, 2 * (SCP_SERIAL_MAX - 1) + 1, &s, &err) == -1 && err.code == SCP_ERR_LIMIT, "one more: %s",
           err.message);
    memset(digits, '0', 5);
    tap_is_int(0, scp_serial_parse(digits, 2 * (SCP_SERIAL_MAX - 1) + 5, &s, &err), "leading zeros do not count");
    tap_is_int(0, scp_serial_from_integer((const uint8_t *)"\0\0\0\x12", 4, &s, &err), "an integer with leading zeros");
    (void)scp_serial_parse("12", 2, &t, NULL);
    tap_ok(same(&s, &t), "is the same number");
    tap_ok(scp_serial_from_integer((const uint8_t *)"", 0, &s, &err) == -1 && err.code == SCP_ERR_FORMAT, "no octets: %s",
           err.message);
    (void)scp_serial_parse("1010", 4, &s, NULL);
    (void)scp_serial_parse("10", 2, &t, NULL);
    tap_ok(!same(&s, &t), "1010 is not 10");
}

static void test_oids(void)
{
    static const struct {
        const char *octets;
        size_t n;
        const char *text;
    } OIDS[] = {
        { "\x55\x1D\x14", 3, "2.5.29.20" },
        { "\x2B\x06\x01\x04\x01\x82\x37\x15\x04", 9, "1.3.6.1.4.1.311.21.4" },
        { "\x00", 1, "0.0" },
        { "\x88\x37", 2, "2.999" },
        { "\x2A\x80\x03", 3, "?" },
        { "\x2A\x83", 2, "?" },
        { "", 0, "?" },
        { "\x2A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 11, "?" },
    };
    char text[SCP_OID_TEXT];

    for (size_t i = 0; i < sizeof OIDS / sizeof OIDS[0]; i++) {
        scp_oid_format((const uint8_t *)OIDS[i].octets, OIDS[i].n, text);
        tap_is_text(OIDS[i].text, text, "object identifier");
    }
    tap_ok(scp_oid_valid((const uint8_t *)"\x55\x1D", 2), "valid");
    tap_ok(!scp_oid_valid((const uint8_t *)"\x80\x1D", 2) && !scp_oid_valid((const uint8_t *)"\x55\x9D", 2) &&
               !scp_oid_valid((const uint8_t *)"", 0),
           "not valid");
    char many[200];
    memset(many, 0x7F, sizeof many);
    scp_oid_format((const uint8_t *)many, sizeof many, text);
    tap_is_int(SCP_OID_TEXT - 1, (long long)strlen(text), "a long one is cut");
}

int main(void)
{
    test_parse();
    test_limits();
    test_oids();
    return tap_done();
}
