/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "base/say.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

void scp_buf_init(struct scp_buf *b, size_t max)
{
    /* One byte is kept for the NUL behind the text. */
    *b = (struct scp_buf){ .max = max < PTRDIFF_MAX ? max : PTRDIFF_MAX - 1 };
}

void scp_buf_free(struct scp_buf *b)
{
    free(b->p);
    b->p = NULL;
    b->n = b->cap = 0;
}

static int fail(struct scp_buf *b)
{
    b->failed = true;
    return -1;
}

void scp_buf_starve(struct scp_buf *b)
{
    b->failed = b->starved = true;
}

/* Makes room for n more bytes and the NUL behind them. */
static int reserve(struct scp_buf *b, size_t n)
{
    size_t wanted, cap;
    char *p;

    if (b->failed || n > b->max - b->n)
        return fail(b);
    wanted = b->n + n + 1;
    if (wanted <= b->cap)
        return 0;
    cap = b->cap == 0 ? FIRST_ROOM : b->cap;
    /* Doubling must not reach beyond what the maximum allows. */
    while (cap < wanted)
        cap = cap > b->max / 2 ? b->max + 1 : cap * 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    p = realloc(b->p, cap);
    if (p == NULL) {
        scp_buf_starve(b);
        return -1;
    }
    b->p = p;
    b->cap = cap;
    return 0;
}

char *scp_buf_room(struct scp_buf *b, size_t n)
{
    return reserve(b, n) == 0 ? b->p + b->n : NULL;
}

void scp_buf_grown(struct scp_buf *b, size_t n)
{
    b->n += n;
    b->p[b->n] = '\0';
}

int scp_buf_add(struct scp_buf *b, const void *p, size_t n)
{
    if (reserve(b, n) != 0)
        return -1;
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    scp_buf_grown(b, n);
    return 0;
}

int scp_buf_chr(struct scp_buf *b, char c)
{
    return scp_buf_add(b, &c, 1);
}

int scp_buf_str(struct scp_buf *b, const char *s)
{
    return scp_buf_add(b, s, strlen(s));
}

int scp_buf_printf(struct scp_buf *b, const char *fmt, ...)
{
    va_list args, again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0 || reserve(b, (size_t)n) != 0) {
        va_end(again);
        return fail(b);
    }
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += (size_t)n;
    return 0;
}

void scp_buf_truncate(struct scp_buf *b, size_t n)
{
    if (n >= b->n)
        return;
    b->n = n;
    b->p[n] = '\0';
}

int scp_buf_error(const struct scp_buf *b, struct scp_err *err, const char *message)
{
    return b->starved ? scp_err_memory(err) : scp_err_set(err, SCP_ERR_LIMIT, SCP_SAID, message);
}

const char *scp_buf_text(const struct scp_buf *b)
{
    return b->p != NULL ? b->p : "";
}

char *scp_buf_steal(struct scp_buf *b)
{
    char *p = b->failed || b->n == 0 ? NULL : b->p;

    if (p != NULL)
        b->p = NULL;
    scp_buf_free(b);
    return p;
}
