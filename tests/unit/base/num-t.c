/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/num.h"
#include "tap.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is no number of any kind. */
static const char *const nonsense[] = {
    "",      " ",    "-",    "+",   "+1",    " 1",   "1 ",  "1\n",          "1\t",      "x",         "1x",  "x1",
    "0x10",  "1e3",  "1E3",  "1,5", "1'000", "1_0",  ".5",  "5.",           ".",        "-.5",       "--1", "-+1",
    "1.2.3", "1..2", "1.-2", "nan", "inf",   "-inf", "NaN", "\xEF\xBC\x91", "\xD9\xA1", "1\xC2\xA0", "/",   ":",
    "1.5e2", "0b1",  "1/2",  "1-",
};

static void u64_table(void)
{
    static const struct {
        const char *text;
        uint64_t max, value;
        bool good;
    } table[] = {
        { "0", 0, 0, true },
        { "00", 0, 0, true },
        { "1", 0, 0, false },
        { "010", 100, 10, true },
        { "99", 99, 99, true },
        { "100", 99, 0, false },
        { "255", 255, 255, true },
        { "256", 255, 0, false },
        { "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
        { "018446744073709551615", UINT64_MAX, UINT64_MAX, true },
        { "18446744073709551616", UINT64_MAX, 0, false },
        { "18446744073709551620", UINT64_MAX, 0, false },
        { "28446744073709551615", UINT64_MAX, 0, false },
        { "99999999999999999999999999999999999999", UINT64_MAX, 0, false },
        { "18446744073709551617", 1, 0, false },
        { "-1", UINT64_MAX, 0, false },
        { "-0", UINT64_MAX, 0, false },
        { "1.0", UINT64_MAX, 0, false },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint64_t v = 4711;
        struct scp_err err = SCP_ERR_INIT;
        int result = scp_num_u64(table[i].text, strlen(table[i].text), table[i].max, &v, &err);

        tap_ok(result == (table[i].good ? 0 : -1) && v == (table[i].good ? table[i].value : 4711), "'%s' up to %llu", table[i].text,
               (unsigned long long)table[i].max);
        tap_ok((err.code == SCP_ERR_NONE) == table[i].good && (err.message[0] == '\0') == table[i].good,
               "with a reason when refused");
    }
}

static void refused(void)
{
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        const char *s = nonsense[i];
        uint64_t u = 4711;
        double d = 4711, seconds = 4711;

        tap_is_int(-1, scp_num_u64(s, strlen(s), UINT64_MAX, &u, NULL), "'%s' is no whole number", s);
        tap_is_int(-1, scp_num_double(s, strlen(s), &d, NULL), "nor a decimal one");
        tap_is_int(-1, scp_num_duration(s, strlen(s), &seconds, NULL), "nor a duration");
        tap_ok(u == 4711 && d >= 4711 && d <= 4711 && seconds >= 4711 && seconds <= 4711, "and changes nothing");
    }
    uint64_t v;

    tap_is_int(-1, scp_num_u64("1\0002", 3, 99, &v, NULL), "a NUL inside is no digit");
    tap_ok(scp_num_u64("123", 2, 99, &v, NULL) == 0 && v == 12, "nothing behind the length is read");
}

static void doubles(void)
{
    static const struct {
        const char *text;
        double value;
        bool good;
    } table[] = {
        { "0", 0, true },
        { "-0", 0, true },
        { "0.0", 0, true },
        { "007.50", 7.5, true },
        { "-1.25", -1.25, true },
        { "0.1", 0.1, true },
        { "3.14159265358979", 3.14159265358979, true },
        { "999999999999999", 999999999999999, true },
        { "-999999999999999", -999999999999999, true },
        { "000999999999999999", 999999999999999, true },
        { "1000000000000000", 0, false },
        { "99999999999999999999", 0, false },
        { "999999999999999.5", 999999999999999.5, true },
        { "0.000001", 0.000001, true },
        { "-0.5", -0.5, true },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        double v = -4711;
        int result = scp_num_double(table[i].text, strlen(table[i].text), &v, NULL);

        if (tap_is_int(table[i].good ? 0 : -1, result, "'%s' is %s", table[i].text, table[i].good ? "good" : "refused"))
            tap_is_double(table[i].good ? table[i].value : -4711, v, "and its value");
        tap_ok(!table[i].good || table[i].value > 0 || table[i].value < 0 || !signbit(v), "zero has no sign");
    }
}

static void durations(void)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {
        { "0", 0 },         { "10", 10 },     { "10s", 10 },     { "2m", 120 }, { "26h", 93600 },
        { "30d", 2592000 }, { "1.5h", 5400 }, { "0.5d", 43200 }, { "0s", 0 },   { "999999999999999d", 999999999999999.0 * 86400 },
    };
    static const char *const bad[] = {
        "s",
        "d",
        "-1",
        "-1s",
        "-0",
        "1S",
        "1M",
        "1H",
        "1D",
        "1w",
        "1y",
        "1ms",
        "1 s",
        "1ss",
        "1h30m",
        "1.h",
        ".5h",
        "s1",
        "1000000000000000s",
        "1s ",
        "1h\n",
        "1e1s",
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double v = -1;

        tap_is_int(0, scp_num_duration(good[i].text, strlen(good[i].text), &v, NULL), "'%s'", good[i].text);
        tap_is_double(good[i].value, v, "in seconds");
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;
        double v = -4711;

        tap_is_int(-1, scp_num_duration(bad[i], strlen(bad[i]), &v, &err), "'%s' is no duration", bad[i]);
        tap_ok(v < -4710 && err.message[0] != '\0', "nothing is changed, and there is a reason");
    }
}

static void hex(void)
{
    uint8_t out[4] = { 0 };
    char text[513];
    uint64_t seed = 3;
    bool same = true;

    tap_is_int(0, scp_num_hex("00fFAb10", 8, out, 4, NULL), "hex of either case");
    tap_is_bytes("\x00\xFF\xAB\x10", 4, out, 4, "and its bytes");
    tap_is_int(0, scp_num_hex("", 0, out, 0, NULL), "none at all");
    tap_is_int(-1, scp_num_hex("", 0, out, 1, NULL), "none where one is needed");
    tap_is_int(-1, scp_num_hex("00ff", 4, out, 4, NULL), "too short");
    tap_is_int(-1, scp_num_hex("00ff00ff00", 10, out, 4, NULL), "too long");
    tap_is_int(-1, scp_num_hex("00ff00f", 7, out, 4, NULL), "odd");
    tap_is_int(-1, scp_num_hex("00ff00ff0", 9, out, 4, NULL), "odd and too long");
    for (unsigned c = 0; c < 256; c++) {
        char pair[2] = { (char)c, '0' };
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

        same = same && (scp_num_hex(pair, 2, out, 1, NULL) == 0) == digit;
        pair[1] = pair[0];
        pair[0] = '0';
        same = same && (scp_num_hex(pair, 2, out, 1, NULL) == 0) == digit;
    }
    tap_ok(same, "the 22 digits and no other byte, at both places");
    for (size_t n = 0; n <= 256; n++) {
        uint8_t bytes[256], back[256];

        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)tap_random(&seed);
        scp_num_to_hex(bytes, n, text);
        same = same && strlen(text) == 2 * n && strspn(text, "0123456789ABCDEF") == 2 * n &&
               scp_num_hex(text, 2 * n, back, n, NULL) == 0 && memcmp(bytes, back, n) == 0;
    }
    tap_ok(same, "there and back at every length up to 256");
}

/* An encoder of our own, with blanks and line ends strewn in. */
static size_t encode64(const uint8_t *p, size_t n, char *out, uint64_t *seed)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;

    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)p[i] << 16;

        if (i + 1 < n)
            v |= (unsigned)p[i + 1] << 8;
        if (i + 2 < n)
            v |= p[i + 2];
        for (unsigned k = 0; k < 4; k++) {
            out[used++] = i + k > n ? '=' : letters[v >> (18 - 6 * k) & 63];
            if (tap_random(seed) % 10 == 0)
                out[used++] = " \t\r\n"[tap_random(seed) % 4];
        }
    }
    return used;
}

static void base64_random(void)
{
    uint64_t seed = 64;
    bool same = true, fits = true;

    for (size_t n = 0; n < 300; n++) {
        uint8_t bytes[300], back[300];
        char text[1000];
        size_t text_n, back_n = n;

        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)tap_random(&seed);
        text_n = encode64(bytes, n, text, &seed);
        same = same && scp_num_base64(text, text_n, back, &back_n, NULL) == 0 && back_n == n && memcmp(bytes, back, n) == 0;
        if (n == 0)
            continue;
        back_n = n - 1;
        fits = fits && scp_num_base64(text, text_n, back, &back_n, NULL) == -1;
    }
    tap_ok(same, "base64 of every length up to 299, with room for exactly that");
    tap_ok(fits, "and refused with room for one byte less");
}

static void base64_table(void)
{
    static const char *const bad[] = {
        "A",
        "AA",
        "AAA",
        "AAAAA",
        "=",
        "====",
        "A===",
        "AA=",
        "AA=A",
        "AAA=A",
        "AAA==",
        "AA==A",
        "AA==AA==",
        "AAA=AAAA",
        "AA-A",
        "AA_A",
        "AAA*",
        "AAAA=",
        "AAAA====",
        "AA AA A",
        "AAA\v",
        "\xC3\x80"
        "AA",
        "AAA.",
        "AA\xA0"
        "A",
    };
    static const struct {
        const char *text, *value;
    } good[] = {
        { "", "" },        { " \r\n\t", "" },          { "Zg==", "f" },         { "Zm8=", "fo" },
        { "Zm9v", "foo" }, { "Zm9vYg==", "foob" },     { "Zm9vYmE=", "fooba" }, { "Z m\r\n9 v\tY m F y\n", "foobar" },
        { "Zg = =", "f" }, { "+/+/", "\xFB\xFF\xBF" },
    };
    uint8_t out[16];
    size_t n;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;

        n = sizeof out;
        tap_is_int(-1, scp_num_base64(bad[i], strlen(bad[i]), out, &n, &err), "'%s' is not base64", bad[i]);
        tap_ok(err.message[0] != '\0', "for a reason");
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        n = sizeof out;
        tap_is_int(0, scp_num_base64(good[i].text, strlen(good[i].text), out, &n, NULL), "'%s'", good[i].text);
        tap_is_bytes(good[i].value, strlen(good[i].value), out, n, "and its bytes");
    }
    n = sizeof out;
    tap_is_int(-1, scp_num_base64("AA\0A", 4, out, &n, NULL), "a NUL is not base64");
}

static void format_table(void)
{
    static const struct {
        double value;
        const char *text;
    } table[] = {
        { 0, "0" },
        { -0.0, "0" },
        { 1, "1" },
        { -1, "-1" },
        { 10, "10" },
        { 100, "100" },
        { 0.5, "0.5" },
        { -0.25, "-0.25" },
        { 0.1 + 0.2, "0.3" },
        { 1e6, "1000000" },
        { 1e15, "1000000000000000" },
        { 123456789012345, "123456789012345" },
        { 0.000001, "0.000001" },
        { 0.0000001, "0" },
        { -0.0000001, "0" },
        { 0.9999999, "1" },
        { -0.9999999, "-1" },
        { 99.9999996, "100" },
        { 1.000001, "1.000001" },
        { 1.10, "1.1" },
        { 0.412, "0.412" },
        { 1e-300, "0" },
        { 9007199254740993.0, "9007199254740992" },
        { 100000000000000000, "100000000000000000" },
        { 1e17, "100000000000000000" },
        { -1e17, "-100000000000000000" },
        { 20.05, "20.05" },
        { 10.5, "10.5" },
    };
    const double strange[] = { (double)NAN, (double)INFINITY, -(double)INFINITY };
    const double large[] = { 1e18, 1e19, -1e25, 1e37, 1e40, DBL_MAX, -DBL_MAX };
    char out[SCP_NUM_TEXT];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        scp_num_format(table[i].value, out);
        tap_is_text(table[i].text, out, "%.17g", table[i].value);
    }
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        scp_num_format(strange[i], out);
        tap_is_text("0", out, "%g", strange[i]);
    }
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        scp_num_format(large[i], out);
        size_t sign = out[0] == '-';

        tap_ok(strlen(out) < SCP_NUM_TEXT && strlen(out) >= 18 && sign == (large[i] < 0) &&
                   strspn(out + sign, "0123456789") == strlen(out) - sign,
               "%g stays a large whole number: %s", large[i], out);
    }
}

/* As the mathematical library does it. */
static void rounding(void)
{
    const double halves[] = { 0,     -0.0,  0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370495.5, 9007199254740993,
                              1e300, -1e300 };
    uint64_t seed = 7;
    unsigned bad = 0;

    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++)
        tap_ok(scp_num_round(halves[i]) == round(halves[i]), "%.17g is rounded to %.17g", halves[i], round(halves[i]));
    for (unsigned i = 0; i < 100000; i++) {
        double v = ((double)(tap_random(&seed) % 2000000000) - 1e9) / 1e6;

        bad += scp_num_round(v) != round(v);
    }
    tap_is_int(0, bad, "100000 random numbers, too");
}

static bool well_formed(const char *s)
{
    size_t whole, decimals = 0;

    s += s[0] == '-';
    whole = strspn(s, "0123456789");
    if (whole == 0 || (whole > 1 && s[0] == '0'))
        return false;
    s += whole;
    if (s[0] == '.') {
        decimals = strspn(s + 1, "0123456789");
        if (decimals == 0 || decimals > 6 || s[decimals] == '0')
            return false;
        s += decimals + 1;
    }
    return s[0] == '\0';
}

/* Random numbers of all sizes: a number again, nothing superfluous, read back as what they were. */
static void format_random(const char *what)
{
    uint64_t seed = 6;
    unsigned bad = 0;

    for (unsigned i = 0; i < 200000; i++) {
        char out[SCP_NUM_TEXT];
        double scale = pow(10, (double)(tap_random(&seed) % 24) - 9), back = 0;
        double v = ((double)(tap_random(&seed) % 2000000000) - 1e9) / 1e9 * scale;

        scp_num_format(v, out);
        /* values of more than 15 digits have no text that scp_num_double() takes */
        if (!well_formed(out) || (fabs(v) < 999999999999999 && (scp_num_double(out, strlen(out), &back, NULL) != 0 ||
                                                                fabs(back - v) > 5.1e-7 + 1e-15 * fabs(v)))) {
            if (bad++ < 5)
                tap_diag("%.17g became %s", v, out);
        }
    }
    tap_is_int(0, bad, "200000 random numbers come back%s", what);
}

static void u64_random(void)
{
    uint64_t seed = 7, back;
    unsigned bad = 0;

    for (unsigned i = 0; i < 100000; i++) {
        uint64_t v = tap_random(&seed) >> tap_random(&seed) % 64;
        char text[32];
        int n = snprintf(text, sizeof text, "%llu", (unsigned long long)v);

        if (scp_num_u64(text, (size_t)n, v, &back, NULL) != 0 || back != v)
            bad++;
        if (v > 0 && scp_num_u64(text, (size_t)n, v - 1, &back, NULL) == 0)
            bad++;
    }
    tap_is_int(0, bad, "100000 random whole numbers, each with itself as the maximum and one less");
}

static void double_random(void)
{
    uint64_t seed = 8;
    unsigned bad = 0;

    for (unsigned i = 0; i < 100000; i++) {
        char text[64];
        double v = 0, wanted;
        unsigned long long whole = tap_random(&seed) % 1000000000000000 >> tap_random(&seed) % 50;
        int n = snprintf(text, sizeof text, "%s%llu.%0*llu", tap_random(&seed) % 2 != 0 ? "-" : "", whole,
                         (int)(tap_random(&seed) % 6 + 6), (unsigned long long)(tap_random(&seed) % 1000000));

        wanted = strtod(text, NULL);
        if (scp_num_double(text, (size_t)n, &v, NULL) != 0 || fabs(v - wanted) > 2e-15 * fabs(wanted))
            bad++;
    }
    tap_is_int(0, bad, "100000 random decimal numbers are what the C library reads");
}

static void other_locale(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8" };
    locale_t comma = (locale_t)0, old;

    for (size_t i = 0; comma == (locale_t)0 && i < sizeof names / sizeof names[0]; i++)
        comma = newlocale(LC_ALL_MASK, names[i], (locale_t)0);
    if (comma == (locale_t)0) {
        tap_skip("no locale with a decimal comma is installed", 2);
        return;
    }
    old = uselocale(comma);
    format_random(" where people write a comma");
    double v = 0;
    tap_ok(scp_num_double("1.5", 3, &v, NULL) == 0 && v > 1.4 && v < 1.6, "and a point is a point");
    (void)uselocale(old);
    freelocale(comma);
}

static void thumbprints(void)
{
    static const struct {
        const char *text;
        bool good;
    } ROWS[] = {
        { "0123456789abcdef0123456789ABCDEF01234567", true },
        { "01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67", true },
        { "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67", true },
        { "01-23-45-67-89-AB-CD-EF-01-23-45-67-89-AB-CD-EF-01-23-45-67", true },
        { "\xE2\x80\x8E"
          "01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67",
          true },
        { "0123456789abcdef0123456789abcdef01234567\xE2\x80\x8F", true },
        { "?0123456789abcdef0123456789abcdef01234567", true },
        { "0x0123456789abcdef0123456789abcdef01234567", true },
        { "sha1 Fingerprint=01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67", true },
        { "SHA1 Fingerprint=01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67", true },
        { "Cert Hash(sha1): 01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67", true },
        { "Thumbprint : 0123456789ABCDEF0123456789ABCDEF01234567", true },
        { "sha1:0123456789ABCDEF0123456789ABCDEF01234567", true },
        { "\"0123456789ABCDEF0123456789ABCDEF01234567\"", true },
        { "  0123456789ABCDEF0123456789ABCDEF01234567  ", true },
        { "", false },
        { ":", false },
        { "=", false },
        { "0x", false },
        { "0123456789abcdef0123456789abcdef0123456", false },   /* a digit is missing */
        { "0123456789abcdef0123456789abcdef012345678", false }, /* one too many */
        { "0123456789abcdef0123456789abcdef01234567 8", false },
        { "0123456789abcdef0123456789abcdef0123456g", false },
        { "0123456789abcdef0123456789abcdef012345670x", false },
        { "0123456789abcdef?0123456789abcdef01234567", false }, /* a mark that could not be shown stands in front only */
        { "0123456789abcdef0123456789abcdef01234567=", false },
        { "\xFF"
          "0123456789abcdef0123456789abcdef01234567",
          false },
        { "sha256 Fingerprint=01:23", false },
        { "digicert-global-root-g2", false },
    };
    static const uint8_t EXPECTED[20] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23,
                                          0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67 };
    uint8_t out[20];

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        bool good = scp_num_thumbprint(ROWS[i].text, strlen(ROWS[i].text), out, sizeof out);

        tap_is_int(ROWS[i].good, good, "thumbprint: row %zu is%s one", i, ROWS[i].good ? "" : " not");
        if (good)
            tap_is_int(0, memcmp(out, EXPECTED, sizeof out), "row %zu: its bytes", i);
    }
}

static void long_text(void)
{
    static char text[100000];
    struct scp_err err = SCP_ERR_INIT;
    uint64_t u;
    double d;

    memset(text, '9', sizeof text);
    tap_is_int(-1, scp_num_u64(text, sizeof text, UINT64_MAX, &u, &err), "100000 digits are no number");
    tap_ok(strlen(err.message) < 300, "and not all of them are in the reason");
    tap_is_int(-1, scp_num_double(text, sizeof text, &d, &err), "nor a decimal one");
    memset(text, '0', sizeof text);
    tap_ok(scp_num_u64(text, sizeof text, 0, &u, NULL) == 0 && u == 0, "100000 zeros are zero");
    text[sizeof text - 1] = 'x';
    tap_is_int(-1, scp_num_u64(text, sizeof text, 0, &u, &err), "unless a letter is behind them");
}

int main(void)
{
    u64_table();
    refused();
    doubles();
    durations();
    hex();
    thumbprints();
    base64_table();
    base64_random();
    rounding();
    format_table();
    format_random("");
    u64_random();
    double_random();
    other_locale();
    long_text();
    return tap_done();
}
