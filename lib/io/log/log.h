/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_LOG_LOG_H
#define SCP_IO_LOG_LOG_H

#include "base/deadline.h"
#include "codec/text/cmtrace.h"

/*
 * The latest part of a log of Configuration Manager: read from the end, bounded, with the files it was rolled over to
 * ("dmpuploader.lo_", "dmpuploader-20261123-100203.log") where the log itself does not reach back far enough.
 * The log may be written, rolled over or cut while it is read.
 */
enum {
    SCP_LOG_BYTES_MAX = 1 << 30, /* read of one log with its older files */
    SCP_LOG_OLDER_MAX = 20,      /* older files looked at */
    SCP_LOG_SLACK = 3600,        /* seconds: entries of several threads are not quite in order */
    SCP_LOG_EPOCH =
        1448928000 /* December 2015, the first version with a service connection point: what is older has a wrong clock */
};

struct scp_log_facts {
    struct scp_cmtrace_facts text; /* of all files together */
    size_t files;                  /* read */
    uint64_t bytes;                /* read */
    int64_t begins;                /* the time of the first entry of the oldest file; SCP_UTC_UNKNOWN */
    int64_t oldest, newest;        /* times of entries seen; SCP_UTC_UNKNOWN */
    int64_t ends;                  /* the time of the last entry of the newest file; SCP_UTC_UNKNOWN */
    bool reached;                  /* back to `since`: what is not in it did not happen */
    bool bounded;                  /* not: a maximum or the deadline came first */
    bool changed;                  /* rolled over or cut while it was read; what came then was read too */
    bool absent;                   /* the log itself is not there, older files are */
};

/* Entries come file by file, the newest file first, each in its own order; they may be older than `since`.  -1: nothing could be
 * read, or the sink said stop. */
int scp_log_read(const char *path, int64_t since, const struct scp_deadline *deadline, const struct scp_cmtrace_sink *sink,
                 struct scp_log_facts *out, struct scp_err *err);

#endif
