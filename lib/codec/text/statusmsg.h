/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_STATUSMSG_H
#define SCP_CODEC_TEXT_STATUSMSG_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Status messages of Configuration Manager (class SMS_StatusMessage) as exports hold them:
 *
 *  - CSV with a header that names at least MessageID and Time, as PowerShell's Export-Csv writes it (quotes, "#TYPE" line,
 *    comma, semicolon or tab; RFC 4180);
 *  - JSON: the AdminService's {"value": [{"MessageID": 9605, "Time": "…"}, …], "@odata.nextLink": "…"}, or an array alone as
 *    ConvertTo-Json writes it: one message as an object, a time as {"value": …, "DateTime": …}; {"count": N, "value": …}
 *    must agree.
 *
 * UTF-8 or UTF-16LE with a byte order mark; other bytes pass as they are.
 * Times of the class are UTC: ISO 8601 (a missing zone is UTC), DMTF (20261123010203.000000+000, also +***), and
 * /Date(milliseconds)/.  A local notation such as 11/23/2026 1:02:03 AM tells neither day nor zone: it is no usable time.
 */
enum {
    SCP_STATUSMSG_BYTES_MAX = 32 << 20, /* of an export */
    SCP_STATUSMSG_ID_MAX = 65535,
    SCP_STATUSMSG_TEXT_MAX = 128,
    SCP_STATUSMSG_LINK_MAX = 2000
};

struct scp_statusmsg {
    uint32_t id;
    int64_t at;                             /* SCP_UTC_UNKNOWN where not usable */
    char time[40];                          /* as written, for messages about it */
    char component[SCP_STATUSMSG_TEXT_MAX]; /* "" when not told */
    char machine[SCP_STATUSMSG_TEXT_MAX];
    bool information; /* its severity says that nothing is wrong */
};

struct scp_statusmsg_sink {
    void *ctx;
    int (*message)(void *ctx, const struct scp_statusmsg *m, struct scp_err *err);
    char *next; /* room for SCP_STATUSMSG_LINK_MAX bytes: @odata.nextLink, "" without; NULL: not wanted */
};

struct scp_statusmsg_facts {
    size_t messages;  /* with a readable number */
    size_t malformed; /* rows or objects without one */
    bool truncated;   /* the export ends too early: what was whole went to the sink */
    bool json;
    bool empty; /* no row, and no word that there is none: a query that failed leaves the same */
    bool more;  /* @odata.nextLink: this is one page of several */
    bool next_too_long;
};

/* -1: not such an export, an error message of the service, or the sink said stop. */
int scp_statusmsg_parse(const char *p, size_t n, const struct scp_statusmsg_sink *sink, struct scp_statusmsg_facts *facts,
                        struct scp_err *err);

/* "STATMSG: ID=9605 SEV=E … COMP="…" SYS=… GMTDATE=Tue Nov 24 09:00:00.000 2026 …", as components write it into their logs.
 * false: no such line, or no number in it. */
bool scp_statusmsg_of_line(const char *p, size_t n, struct scp_statusmsg *out);
/* Does it begin so?  What is asked of every entry of a log. */
bool scp_statusmsg_is_line(const char *p, size_t n);

/* SCP_UTC_UNKNOWN where the text is no usable time. */
int64_t scp_statusmsg_time(const char *p, size_t n);

#endif
