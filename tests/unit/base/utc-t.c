/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t first = INT64_C(-11644473600), last = INT64_C(253402300799);

static void parsing(void)
{
    static const struct {
        const char *text;
        int64_t value;
    } table[] = {
        { "1970-01-01", 0 },
        { "1970-01-01T00:00:01Z", 1 },
        { "1969-12-31 23:59:59Z", -1 },
        { "2026-11-23", 1795392000 },
        { "2026-11-23T12:00:00Z", 1795435200 },
        { "2026-11-23 12:00:00Z", 1795435200 },
        { "2000-02-29", 951782400 },
        { "2038-01-19T03:14:08Z", INT64_C(2147483648) },
        { "1601-01-01", INT64_C(-11644473600) },
        { "9999-12-31T23:59:59Z", INT64_C(253402300799) },
        { "@0", 0 },
        { "@1763899200", 1763899200 },
        { "@-1", -1 },
        { "@253402300799", INT64_C(253402300799) },
        { "@-11644473600", INT64_C(-11644473600) },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int64_t t = 4711;

        tap_is_int(0, scp_utc_parse(table[i].text, &t, NULL), "'%s' is a time", table[i].text);
        tap_is_int(table[i].value, t, "and which");
    }
}

static void refused(void)
{
    static const char *const bad[] = {
        "",
        "@",
        "@-",
        "@+1",
        "@ 1",
        "@1 ",
        "@1.5",
        "@x",
        "@0x10",
        "@--1",
        "@253402300800",
        "@-11644473601",
        "@99999999999999999999999",
        "@18446744073709551616",
        "now",
        "2026",
        "2026-11",
        "2026-11-",
        "2026-1-1",
        "26-11-23",
        "2026/11/23",
        "20261123",
        "2026-11-23T",
        "2026-11-23Z",
        "2026-11-23T12:00Z",
        "2026-11-23T12:00:00",
        "2026-11-23T12:00:00z",
        "2026-11-23t12:00:00Z",
        "2026-11-23T12:00:00+01:00",
        "2026-11-23T12:00:00.5Z",
        "2026-11-23  12:00:00Z",
        "2026-11-23T12:00:00Z ",
        " 2026-11-23",
        "2026-11-23 ",
        "2026-11-23T24:00:00Z",
        "2026-11-23T23:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "2026-02-29",
        "2100-02-29",
        "1900-02-29",
        "2024-02-30",
        "1600-12-31",
        "0000-01-01",
        "10000-01-01",
        "-2026-01-01",
        "+026-11-23",
        "2026-+1-23",
        "2026-11- 3",
        "2026-11-23T-1:00:00Z",
        "2026-11-23T12.00.00Z",
        "2026-11-23T12:00:00ZZ",
        "\xD9\xA2"
        "026-11-3",
        "2026\xE2\x80\x93"
        "11-23",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;
        int64_t t;

        tap_is_int(-1, scp_utc_parse(bad[i], &t, &err), "'%s' is no time", bad[i]);
        tap_ok(err.code != SCP_ERR_NONE && err.message[0] != '\0', "for a reason");
    }
}

static void formats(void)
{
    static const struct {
        int64_t t;
        const char *text;
    } table[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1969-12-31T23:59:59Z" },
        { 86399, "1970-01-01T23:59:59Z" },
        { 951868799, "2000-02-29T23:59:59Z" },
        { INT64_C(-11644473600), "1601-01-01T00:00:00Z" },
        { INT64_C(253402300799), "9999-12-31T23:59:59Z" },
        { INT64_C(4107542400), "2100-03-01T00:00:00Z" },
        { INT64_C(253402300800), "unknown" },
        { INT64_MAX, "unknown" },
        { INT64_MIN + 1, "unknown" },
        { SCP_UTC_UNKNOWN, "unknown" },
    };
    char out[SCP_UTC_TEXT];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char date[SCP_UTC_TEXT];

        scp_utc_format(table[i].t, out);
        tap_is_text(table[i].text, out, "time %lld", (long long)table[i].t);
        (void)snprintf(date, sizeof date, "%.*s", table[i].text[0] == 'u' ? 7 : 10, table[i].text);
        scp_utc_format_date(table[i].t, out);
        tap_is_text(date, out, "its day");
    }
}

static void fields(void)
{
    static const int bad[][6] = {
        { 10000, 1, 1, 0, 0, 0 },         { -1, 1, 1, 0, 0, 0 },
        { 2026, 0, 1, 0, 0, 0 },          { 2026, 13, 1, 0, 0, 0 },
        { 2026, -1, 1, 0, 0, 0 },         { 2026, 1, 0, 0, 0, 0 },
        { 2026, 1, 32, 0, 0, 0 },         { 2026, 2, 29, 0, 0, 0 },
        { 2026, 1, -1, 0, 0, 0 },         { 2026, 1, 1, 24, 0, 0 },
        { 2026, 1, 1, -1, 0, 0 },         { 2026, 1, 1, 0, 60, 0 },
        { 2026, 1, 1, 0, -1, 0 },         { 2026, 1, 1, 0, 0, 60 },
        { 2026, 1, 1, 0, 0, -1 },         { 0x7FFFFFFF, 1, 1, 0, 0, 0 },
        { 2026, 0x7FFFFFFF, 1, 0, 0, 0 }, { 2026, 1, 0x7FFFFFFF, 0, 0, 0 },
    };
    int64_t t = 4711;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const int *f = bad[i];

        tap_ok(!scp_utc_from_civil(f[0], f[1], f[2], f[3], f[4], f[5], &t) && t == 4711, "no such time: %d-%d-%d %d:%d:%d", f[0],
               f[1], f[2], f[3], f[4], f[5]);
    }
}

/* Every day from 1601 to 9999, counted one by one with a calendar of our own. */
static void every_day(void)
{
    int64_t wanted = first, t;
    unsigned bad = 0;

    for (int year = 1601; year <= 9999; year++) {
        int leap = year % 400 == 0 || (year % 100 != 0 && year % 4 == 0);
        int lengths[] = { 31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= lengths[month - 1]; day++, wanted += 86400) {
                char date[32], out[SCP_UTC_TEXT];

                if (!scp_utc_from_civil(year, month, day, 0, 0, 0, &t) || t != wanted)
                    bad++;
                if (day > 1 && day < 28) /* the ends of months are where it goes wrong */
                    continue;
                (void)snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
                scp_utc_format_date(wanted + 86399, out);
                bad += strcmp(date, out) != 0;
            }
            bad += scp_utc_from_civil(year, month, lengths[month - 1] + 1, 0, 0, 0, &t);
        }
    }
    tap_is_int(0, bad, "every day of 8399 years");
    tap_is_int(last + 1, wanted, "and there are as many as there should be");
}

/* Random times, against the C library's calendar, there and back. */
static void random_times(const char *zone)
{
    uint64_t seed = 1601;
    unsigned bad = 0;

    for (unsigned i = 0; i < 50000; i++) {
        int64_t t = first + (int64_t)(tap_random(&seed) % (uint64_t)(last - first + 1)), back = 0;
        time_t c = (time_t)t;
        struct tm tm;
        char wanted[64], out[SCP_UTC_TEXT];

        if (gmtime_r(&c, &tm) == NULL)
            tap_bail("no calendar for %lld", (long long)t);
        (void)snprintf(wanted, sizeof wanted, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                       tm.tm_hour, tm.tm_min, tm.tm_sec);
        scp_utc_format(t, out);
        if (strcmp(wanted, out) != 0 || scp_utc_parse(out, &back, NULL) != 0 || back != t)
            bad++;
    }
    tap_is_int(0, bad, "50000 random times (%s)", zone);
}

static void filetimes(void)
{
    static const struct {
        uint64_t filetime;
        int64_t t;
        bool good;
    } table[] = {
        { 0, 0, false },
        { 1, INT64_C(-11644473600), true },
        { 9999999, INT64_C(-11644473600), true },
        { 10000000, INT64_C(-11644473599), true },
        { UINT64_C(116444736000000000), 0, true },
        { UINT64_C(116444735999999999), -1, true },
        { UINT64_C(0x01d870d6949f4c75), 1653551992, true },
        { UINT64_C(2650467743999999999), INT64_C(253402300799), true },
        { UINT64_C(2650467744000000000), 0, false },
        { UINT64_C(0x7FFFFFFFFFFFFFFF), 0, false },
        { UINT64_C(0x8000000000000000), 0, false },
        { UINT64_MAX, 0, false },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int64_t t = 4711;
        bool good = scp_utc_from_filetime(table[i].filetime, &t);

        tap_ok(good == table[i].good && t == (good ? table[i].t : 4711), "FILETIME %llx", (unsigned long long)table[i].filetime);
        if (good != table[i].good || (good && t != table[i].t))
            tap_diag("%lld", (long long)t);
    }
}

static void spans(void)
{
    static const struct {
        double seconds;
        const char *text;
    } table[] = {
        { 0, "0 s" },
        { 0.9, "0 s" },
        { 45, "45 s" },
        { -45, "45 s" },
        { 119, "119 s" },
        { 12 * 60, "12 min" },
        { 12 * 60 + 59, "12 min" },
        { 9 * 3600, "9 h" },
        { -9 * 3600, "9 h" },
        { 9 * 3600 + 3599, "9 h" },
        { 47 * 3600, "47 h" },
        { 5 * 86400, "5 days" },
        { 5 * 86400 + 86399, "5 days" },
        { 4000.0 * 86400, "4000 days" },
    };
    const double strange[] = { (double)NAN, (double)INFINITY, -(double)INFINITY, 1e300, -1e300, 1e15, 1e18, 1e19 };
    char out[SCP_UTC_TEXT];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        scp_utc_span(table[i].seconds, out);
        tap_is_text(table[i].text, out, "%g seconds", table[i].seconds);
    }
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        memset(out, 'x', sizeof out);
        scp_utc_span(strange[i], out);
        tap_ok(memchr(out, '\0', sizeof out) != NULL && out[0] != '\0' && out[0] != '-', "%g seconds: %s", strange[i], out);
    }
}

int main(void)
{
    parsing();
    refused();
    formats();
    fields();
    every_day();
    random_times("as found");
    if (setenv("TZ", "Pacific/Apia", 1) != 0)
        tap_bail("cannot set the time zone");
    tzset();
    random_times("on the other side of the world");
    parsing();
    filetimes();
    spans();
    tap_ok(scp_utc_now() > 1700000000 && scp_utc_now() < last, "the clock shows a time of our days");
    return tap_done();
}
