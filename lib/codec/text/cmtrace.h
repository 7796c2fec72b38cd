/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_CMTRACE_H
#define SCP_CODEC_TEXT_CMTRACE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Logs of Configuration Manager, as a stream of entries, in both styles that CMTrace shows:
 *
 *   <![LOG[message]LOG]!><time="10:02:03.456-540" date="11-23-2026" component="C" context="" type="3" thread="12" file="x.cpp:1">
 *   message  $$<COMPONENT><11-23-2026 10:02:03.456-540><thread=1234 (0x4D2)>
 *
 * Messages may hold line ends.  The number behind the time is the Windows bias in minutes: UTC = local + bias (Japan -540).
 * Text is UTF-8, UTF-16LE or of a single-byte code page (bytes that are not UTF-8 come out as they are).
 *
 * Nothing in a log is an error: lines that belong to no entry are counted and passed over.
 */
enum {
    SCP_CMTRACE_TEXT_MAX = 32 << 10, /* bytes of a message that are kept: its beginning */
    SCP_CMTRACE_TAIL_MAX = 1 << 10,  /* what stands behind a message: searched in so many last bytes of a line */
    SCP_CMTRACE_BIAS_MAX = 14 * 60   /* minutes; more is no time zone */
};

enum scp_cmtrace_encoding { SCP_CMTRACE_BYTES, SCP_CMTRACE_UTF16LE };

struct scp_cmtrace_entry {
    const char *text; /* not NUL-terminated; valid during the call */
    size_t n;
    bool cut;        /* the message was longer than is kept */
    bool error;      /* written as an error (type 3); the second style does not tell */
    bool unfinished; /* the next entry began before this one ended */
    const char *component;
    size_t component_n;
    int64_t at;   /* SCP_UTC_UNKNOWN where the time is malformed or its bias impossible */
    bool no_bias; /* no time zone is told: `at` takes the time as UTC */
};

struct scp_cmtrace_facts {
    size_t entries;
    size_t timeless; /* entries without a usable time */
    size_t strays;   /* lines that belong to no entry */
    size_t nuls;     /* NUL bytes met */
    bool pending;    /* the text ends inside an entry: perhaps it is being written */
};

struct scp_cmtrace_sink {
    void *ctx;
    int (*entry)(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err);
};

struct scp_cmtrace;

/* `midway`: the bytes begin somewhere in a log, so the first line is passed over.  NULL when out of memory. */
struct scp_cmtrace *scp_cmtrace_new(const struct scp_cmtrace_sink *sink, enum scp_cmtrace_encoding encoding, bool midway);
void scp_cmtrace_free(struct scp_cmtrace *t);

/* -1 only when the sink said stop. */
int scp_cmtrace_feed(struct scp_cmtrace *t, const void *p, size_t n, struct scp_err *err);
int scp_cmtrace_finish(struct scp_cmtrace *t, struct scp_cmtrace_facts *facts, struct scp_err *err);

/* What the first bytes of a log say: *skip is the length of a byte order mark. */
enum scp_cmtrace_encoding scp_cmtrace_detect(const uint8_t *p, size_t n, size_t *skip);

#endif
