/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_SCAN_H
#define SCP_CODEC_TEXT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that is read from its beginning on: what was taken is gone. */
struct scp_scan {
    const char *p;
    size_t n;
};

struct scp_scan_time {
    int year, month, day, hour, minute, second;
};

/*
 * Takes what a pattern says.  YYYY MM DD hh mm ss: so many digits of the time's fields; M D h alone: one or two; bbb: "Jan" to
 * "Dec"; T: itself or a blank; _: one blank or more; ?: anything; everything else: itself.  false: something else stands there.
 */
bool scp_scan(struct scp_scan *s, const char *pattern, struct scp_scan_time *t);

/* Between min and max digits. */
bool scp_scan_number(struct scp_scan *s, size_t min, size_t max, int *out);

/* ".957" or nothing; false: a dot without one to nine digits. */
bool scp_scan_fraction(struct scp_scan *s);

/* Takes a '+' (1) or a '-' (-1); 0: neither. */
int scp_scan_sign(struct scp_scan *s);

/* Without these characters at both ends. */
struct scp_scan scp_scan_trimmed(struct scp_scan s, const char *front, const char *back);

/* false: no such time. */
bool scp_scan_utc(const struct scp_scan_time *t, int64_t *out);

#endif
