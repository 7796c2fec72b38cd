/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/statusmsg.h"

#include "base/num.h"
#include "base/utc.h"
#include "codec/text/scan.h"

#include <stdio.h>
#include <string.h>

/* The value behind " NAME=", with or without quotes; a date holds blanks and ends before the next "NAME=". */
static bool find(struct scp_scan line, const char *name, bool date, struct scp_scan *out)
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

static void copy(struct scp_scan line, const char *name, char *out, size_t size)
{
    struct scp_scan t;

    if (find(line, name, false, &t))
        (void)snprintf(out, size, "%.*s", t.n < size ? (int)t.n : (int)size - 1, t.p);
}

/* "Sun Nov 29 18:31:38.957 2026", UTC */
static int64_t date(struct scp_scan s)
{
    struct scp_scan_time t;
    int64_t at;

    return scp_scan(&s, "??? bbb_D h:mm:ss.???_YYYY", &t) && s.n == 0 && scp_scan_utc(&t, &at) ? at : SCP_UTC_UNKNOWN;
}

bool scp_statusmsg_is_line(const char *p, size_t n)
{
    static const char HEAD[] = "STATMSG:";

    for (; n > 0 && (*p == ' ' || *p == '~'); n--)
        p++;
    return n >= sizeof HEAD && *p == HEAD[0] && memcmp(p, HEAD, sizeof HEAD - 1) == 0;
}

bool scp_statusmsg_of_line(const char *p, size_t n, struct scp_statusmsg *out)
{
    struct scp_scan line = { p, n }, t;
    uint64_t id = 0;

    if (!scp_statusmsg_is_line(p, n) || !find(line, "ID", false, &t) || scp_num_u64(t.p, t.n, SCP_STATUSMSG_ID_MAX, &id, NULL) != 0)
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
