/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/statusmsg.h"

#include "base/num.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

struct text {
    const char *p;
    size_t n;
};

/* The value behind " NAME=", with or without quotes; a date holds blanks and ends before the next "NAME=". */
static bool find(struct text line, const char *name, bool date, struct text *out)
{
    size_t length = strlen(name);

    for (size_t i = 1; i + length < line.n; i++) {
        bool quoted;

        if (line.p[i - 1] != ' ' || line.p[i + length] != '=' || memcmp(line.p + i, name, length) != 0)
            continue;
        i += length + 1;
        quoted = i < line.n && line.p[i] == '"';
        i += quoted;
        out->p = line.p + i;
        out->n = 0;
        while (i + out->n < line.n && out->p[out->n] != '\r' && out->p[out->n] != '\n' &&
               (quoted ? out->p[out->n] != '"'
                : date ? out->n < sizeof "Sun Nov 29 18:31:38.957 2026" - 1
                       : out->p[out->n] != ' '))
            out->n++;
        return true;
    }
    return false;
}

static void copy(struct text line, const char *name, char *out, size_t size)
{
    struct text t;

    if (find(line, name, false, &t))
        (void)snprintf(out, size, "%.*s", t.n < size ? (int)t.n : (int)size - 1, t.p);
}

static bool number(const char *p, size_t n, int *out)
{
    uint64_t v = 0;

    while (n > 1 && *p == ' ') {
        p++;
        n--;
    }
    if (scp_num_u64(p, n, 9999, &v, NULL) != 0)
        return false;
    *out = (int)v;
    return true;
}

/* "Sun Nov 29 18:31:38.957 2026", UTC */
static int64_t date(struct text t)
{
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int month = 0, day, hour, minute, second, year;
    int64_t at;

    if (t.n != sizeof "Sun Nov 29 18:31:38.957 2026" - 1 || t.p[13] != ':' || t.p[16] != ':' || t.p[19] != '.')
        return SCP_UTC_UNKNOWN;
    while (month < 12 && memcmp(MONTHS + (size_t)month * 3, t.p + 4, 3) != 0)
        month++;
    if (month == 12 || !number(t.p + 8, 2, &day) || !number(t.p + 11, 2, &hour) || !number(t.p + 14, 2, &minute) ||
        !number(t.p + 17, 2, &second) || !number(t.p + 24, 4, &year) ||
        !scp_utc_from_civil(year, month + 1, day, hour, minute, second, &at))
        return SCP_UTC_UNKNOWN;
    return at;
}

bool scp_statusmsg_of_line(const char *p, size_t n, struct scp_statusmsg *out)
{
    static const char HEAD[] = "STATMSG:";
    struct text line = { p, n }, t;
    uint64_t id = 0;

    while (line.n > 0 && (*line.p == ' ' || *line.p == '~')) {
        line.p++;
        line.n--;
    }
    if (line.n < sizeof HEAD || memcmp(line.p, HEAD, sizeof HEAD - 1) != 0 || !find(line, "ID", false, &t) ||
        scp_num_u64(t.p, t.n, SCP_STATUSMSG_ID_MAX, &id, NULL) != 0)
        return false;
    *out = (struct scp_statusmsg){ .id = (uint32_t)id, .at = SCP_UTC_UNKNOWN };
    out->information = find(line, "SEV", false, &t) && t.n == 1 && *t.p == 'I';
    copy(line, "COMP", out->component, sizeof out->component);
    copy(line, "SYS", out->machine, sizeof out->machine);
    if (find(line, "GMTDATE", true, &t)) {
        out->at = date(t);
        (void)snprintf(out->time, sizeof out->time, "%.*s", (int)t.n, t.p);
    }
    return true;
}
