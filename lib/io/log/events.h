/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_LOG_EVENTS_H
#define SCP_IO_LOG_EVENTS_H

#include "base/deadline.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Events of this machine, the newest first.  A log that tells nothing is no error: it may be off, or not for this account.
 */
enum {
    SCP_EVENTS_MAX = 4000,     /* read */
    SCP_EVENTS_SECONDS = 2,    /* spent on it, at most */
    SCP_EVENTS_UNITS = 1 << 19 /* of one event's text, in UTF-16 */
};

enum scp_events_state {
    SCP_EVENTS_NONE, /* this platform has no such log */
    SCP_EVENTS_OFF,
    SCP_EVENTS_DENIED,
    SCP_EVENTS_UNREADABLE, /* `detail` */
    SCP_EVENTS_READ
};

struct scp_events_facts {
    enum scp_events_state state;
    char detail[160];
    size_t read;
    size_t lost;      /* of those that were there: too large, or gone before they were read */
    bool bounded;     /* a maximum or the deadline came before the last */
    uint32_t service; /* the number of the process that is now the service which was asked about; 0: none, or could not be told */
};

struct scp_events_query {
    const char *channel;
    const unsigned *id; /* numbers of events */
    size_t ids;
    int64_t seconds;     /* not older than that */
    const char *service; /* whose process is asked about */
};

struct scp_events_sink {
    void *ctx;
    /* XML in UTF-8.  -1: stop, with the reason. */
    int (*event)(void *ctx, const char *xml, size_t n, struct scp_err *err);
};

/* -1: out of memory, or the sink said stop. */
int scp_events_read(const struct scp_events_query *q, const struct scp_deadline *deadline, const struct scp_events_sink *sink,
                    struct scp_events_facts *out, struct scp_err *err);

#endif
