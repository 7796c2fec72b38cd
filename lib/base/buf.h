/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_BUF_H
#define SCP_BASE_BUF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A growing byte buffer with a mandatory maximum.  A failed addition (over the
 * maximum, out of memory) sets `failed`, leaves what was there, and every later
 * addition fails too: writers may ignore the results and look once at the end.
 * Always followed by a NUL byte that is not counted.
 */
struct scp_buf {
    char *p;  /* NULL while nothing was added */
    size_t n; /* bytes in use */
    size_t cap;
    size_t max; /* n never exceeds this */
    bool failed;
    bool starved; /* it failed because memory ran out, not over its maximum */
};

void scp_buf_init(struct scp_buf *b, size_t max);
void scp_buf_free(struct scp_buf *b);

int scp_buf_add(struct scp_buf *b, const void *p, size_t n);
int scp_buf_chr(struct scp_buf *b, char c);
int scp_buf_str(struct scp_buf *b, const char *s);
int scp_buf_printf(struct scp_buf *b, const char *fmt, ...) SCP_PRINTF(2, 3);

/* Room for n more bytes behind the end, to be written by the caller and then
 * counted with scp_buf_grown(); NULL when the maximum forbids it. */
char *scp_buf_room(struct scp_buf *b, size_t n);
void scp_buf_grown(struct scp_buf *b, size_t n);

/* Cuts to n bytes (no-op when shorter); does not clear `failed`. */
void scp_buf_truncate(struct scp_buf *b, size_t n);

/* Why an addition failed: SCP_ERR_MEMORY, or SCP_ERR_LIMIT with this message.  Returns -1. */
int scp_buf_error(const struct scp_buf *b, struct scp_err *err, const char *message);

/* What was to be added could not be made: memory ran out. */
void scp_buf_starve(struct scp_buf *b);

/* Never NULL. */
const char *scp_buf_text(const struct scp_buf *b);

/* Hands the memory to the caller (free()); the buffer is empty again.  NULL when empty or failed. */
char *scp_buf_steal(struct scp_buf *b);

#endif
