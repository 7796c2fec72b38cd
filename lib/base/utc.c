/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { YEAR_FIRST = 1601, YEAR_LAST = 9999, DAY = 86400 };

static const int64_t FILETIME_EPOCH = 11644473600; /* seconds from 1601 to 1970 */
static const int64_t TIME_FIRST = -11644473600;    /* 1601-01-01 */
static const int64_t TIME_LAST = 253402300799;     /* 9999-12-31T23:59:59 */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

/* Days from 1970-01-01; years count from March so that the leap day is the last one. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = z / 146097, of_era = z % 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2 ? 1 : 0));
}

bool scp_utc_from_civil(int year, int month, int day, int hour, int minute, int second, int64_t *out)
{
    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *out = days_from_civil(year, month, day) * DAY + ((int64_t)hour * 60 + minute) * 60 + second;
    return true;
}

/* `width` digits at s. */
static bool digits(const char *s, size_t width, int *out)
{
    uint64_t v;

    if (scp_num_u64(s, width, INT32_MAX, &v, NULL) != 0)
        return false;
    *out = (int)v;
    return true;
}

static int parse_epoch(const char *s, int64_t *out)
{
    bool negative = s[0] == '-';
    uint64_t v;

    s += negative ? 1 : 0;
    if (scp_num_u64(s, strlen(s), (uint64_t)TIME_LAST, &v, NULL) != 0)
        return -1;
    *out = negative ? -(int64_t)v : (int64_t)v;
    return *out < TIME_FIRST ? -1 : 0;
}

static int parse_civil(const char *s, int64_t *out)
{
    int year, month, day, hour = 0, minute = 0, second = 0;
    size_t n = strlen(s);

    if ((n != 10 && n != 20) || s[4] != '-' || s[7] != '-' || !digits(s, 4, &year) || !digits(s + 5, 2, &month) ||
        !digits(s + 8, 2, &day))
        return -1;
    if (n == 20 && ((s[10] != 'T' && s[10] != ' ') || s[13] != ':' || s[16] != ':' || s[19] != 'Z' || !digits(s + 11, 2, &hour) ||
                    !digits(s + 14, 2, &minute) || !digits(s + 17, 2, &second)))
        return -1;
    return scp_utc_from_civil(year, month, day, hour, minute, second, out) ? 0 : -1;
}

int scp_utc_parse(const char *s, int64_t *out, struct scp_err *err)
{
    if ((s[0] == '@' ? parse_epoch(s + 1, out) : parse_civil(s, out)) == 0)
        return 0;
    return scp_err_set(err, SCP_ERR_USAGE, "'%.80s' is not a time (2026-11-23, 2026-11-23T12:00:00Z or @seconds, UTC)", s);
}

static bool is_shown(int64_t t)
{
    return t >= TIME_FIRST && t <= TIME_LAST;
}

static int64_t day_of(int64_t t)
{
    return t >= 0 ? t / DAY : -((-t + DAY - 1) / DAY);
}

char *scp_utc_format(int64_t t, char out[SCP_UTC_TEXT])
{
    int year, month, day;
    unsigned seconds;

    if (!is_shown(t)) {
        (void)snprintf(out, SCP_UTC_TEXT, "unknown");
        return out;
    }
    civil_from_days(day_of(t), &year, &month, &day);
    seconds = (unsigned)(t - day_of(t) * DAY) % DAY;
    (void)snprintf(out, SCP_UTC_TEXT, "%04d-%02d-%02dT%02u:%02u:%02uZ", year, month, day, seconds / 3600, seconds / 60 % 60,
                   seconds % 60);
    return out;
}

char *scp_utc_format_date(int64_t t, char out[SCP_UTC_TEXT])
{
    scp_utc_format(t, out);
    if (is_shown(t))
        out[10] = '\0';
    return out;
}

int64_t scp_utc_earlier(int64_t a, int64_t b)
{
    if (a == SCP_UTC_UNKNOWN || b == SCP_UTC_UNKNOWN)
        return a == SCP_UTC_UNKNOWN ? b : a;
    return a < b ? a : b;
}

uint64_t scp_utc_to_filetime(int64_t t)
{
    return (uint64_t)(t + FILETIME_EPOCH) * 10000000U;
}

bool scp_utc_from_filetime(uint64_t filetime, int64_t *out)
{
    int64_t t;

    if (filetime == 0 || filetime > INT64_MAX)
        return false;
    t = (int64_t)(filetime / 10000000) - FILETIME_EPOCH;
    if (t > TIME_LAST)
        return false;
    *out = t;
    return true;
}

char *scp_utc_span(double seconds, char out[SCP_UTC_TEXT])
{
    static const struct {
        double from, unit;
        const char *name;
    } UNITS[] = {
        { 2 * 86400.0, 86400, "days" },
        { 2 * 3600.0, 3600, "h" },
        { 120, 60, "min" },
        { 0, 1, "s" },
    };
    double s = fabs(seconds);
    size_t i = 0;

    if (!(s <= 1e15)) {
        (void)snprintf(out, SCP_UTC_TEXT, "ages");
        return out;
    }
    while (s < UNITS[i].from)
        i++;
    (void)snprintf(out, SCP_UTC_TEXT, "%lld %s", (long long)(s / UNITS[i].unit), UNITS[i].name);
    return out;
}

int64_t scp_utc_now(void)
{
    return (int64_t)time(NULL);
}
