/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_UTC_H
#define SCP_BASE_UTC_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Time is int64_t seconds since 1970-01-01T00:00:00Z, always UTC.
 * SCP_UTC_UNKNOWN means "could not tell".
 */
#define SCP_UTC_UNKNOWN INT64_MIN

#define SCP_UTC_TEXT 32

enum {
    SCP_UTC_SKEW = 300,    /* seconds by which two clocks that are kept may differ */
    SCP_UTC_ASTRAY = 86400 /* what Windows noted further in the future than this, it noted by a clock that went wrong */
};

/* "2026-11-23", "2026-11-23T12:00:00Z" (also with a blank for T), "@1763899200".  Years 1601 to 9999. */
int scp_utc_parse(const char *s, int64_t *out, struct scp_err *err);

/* Proleptic Gregorian; false when a field is out of range (second 60 is not accepted). */
bool scp_utc_from_civil(int year, int month, int day, int hour, int minute, int second, int64_t *out);

/* "2026-11-23T12:00:00Z", or "unknown"; these return `out`. */
char *scp_utc_format(int64_t t, char out[SCP_UTC_TEXT]);
/* "2026-11-23", or "unknown" */
char *scp_utc_format_date(int64_t t, char out[SCP_UTC_TEXT]);

/* FILETIME: 100 ns since 1601-01-01 UTC.  false for 0, negative (top bit) and years above 9999. */
bool scp_utc_from_filetime(uint64_t filetime, int64_t *out);
/* From 1601 on. */
uint64_t scp_utc_to_filetime(int64_t t);

/* The earlier of both; SCP_UTC_UNKNOWN is later than any. */
int64_t scp_utc_earlier(int64_t a, int64_t b);

/* A length of time for people: "45 s", "12 min", "9 h", "5 days"; the sign is dropped. */
char *scp_utc_span(double seconds, char out[SCP_UTC_TEXT]);

/* The wall clock.  Only plugin mains and lib/plugin/app.c call it; everything else is given "now". */
int64_t scp_utc_now(void);

#endif
