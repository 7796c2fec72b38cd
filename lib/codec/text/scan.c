/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/scan.h"

#include "base/utc.h"

#include <string.h>

bool scp_scan_number(struct scp_scan *s, size_t min, size_t max, int *out)
{
    size_t n = 0;

    *out = 0;
    while (n < s->n && n < max && s->p[n] >= '0' && s->p[n] <= '9')
        *out = *out * 10 + (s->p[n++] - '0');
    s->p += n;
    s->n -= n;
    return n >= min;
}

static bool take_month(struct scp_scan *s, int *month)
{
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (*month = 1; *month <= 12; (*month)++) {
        if (s->n >= 3 && memcmp(MONTHS + (size_t)(*month - 1) * 3, s->p, 3) == 0) {
            s->p += 3;
            s->n -= 3;
            return true;
        }
    }
    return false;
}

static bool take_char(struct scp_scan *s, char c)
{
    bool blank = c == '_' || c == 'T';

    if (s->n == 0 || (*s->p != c && c != '?' && (!blank || *s->p != ' ')))
        return false;
    do {
        s->p++;
        s->n--;
    } while (c == '_' && s->n > 0 && *s->p == ' ');
    return true;
}

static int *field_of(struct scp_scan_time *t, char c)
{
    switch (c) {
    case 'Y': return &t->year;
    case 'M': return &t->month;
    case 'D': return &t->day;
    case 'h': return &t->hour;
    case 'm': return &t->minute;
    case 's': return &t->second;
    default: return NULL;
    }
}

bool scp_scan(struct scp_scan *s, const char *pattern, struct scp_scan_time *t)
{
    while (*pattern != '\0') {
        int *field = field_of(t, *pattern);
        size_t width = 1;
        bool good;

        while ((field != NULL || *pattern == 'b') && pattern[width] == *pattern)
            width++;
        if (field != NULL)
            good = scp_scan_number(s, width, width == 1 ? 2 : width, field);
        else
            good = *pattern == 'b' ? take_month(s, &t->month) : take_char(s, *pattern);
        if (!good)
            return false;
        pattern += width;
    }
    return true;
}

bool scp_scan_fraction(struct scp_scan *s)
{
    int ignored;

    return !take_char(s, '.') || scp_scan_number(s, 1, 9, &ignored);
}

int scp_scan_sign(struct scp_scan *s)
{
    return take_char(s, '+') ? 1 : take_char(s, '-') ? -1 : 0;
}

static bool is_among(char c, const char *set)
{
    for (; *set != '\0'; set++) {
        if (c == *set)
            return true;
    }
    return false;
}

struct scp_scan scp_scan_trimmed(struct scp_scan s, const char *front, const char *back)
{
    while (s.n > 0 && is_among(s.p[s.n - 1], back))
        s.n--;
    while (s.n > 0 && is_among(s.p[0], front)) {
        s.p++;
        s.n--;
    }
    return s;
}

bool scp_scan_utc(const struct scp_scan_time *t, int64_t *out)
{
    return scp_utc_from_civil(t->year, t->month, t->day, t->hour, t->minute, t->second, out);
}
