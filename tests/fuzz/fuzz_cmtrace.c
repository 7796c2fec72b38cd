/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Logs: fed whole and in small pieces they give the same entries, in both encodings; texts stay within their maximum.
 */
#include "fuzz.h"

#include "codec/text/cmtrace.h"

#include <stdint.h>
#include <string.h>

struct seen {
    uint64_t hash;
    size_t entries;
};

static void mix(struct seen *s, const void *p, size_t n)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < n; i++)
        s->hash = (s->hash ^ bytes[i]) * 0x100000001B3U;
    s->hash = (s->hash ^ n) * 0x100000001B3U;
}

static int on_entry(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    (void)err;
    fuzz_must(!(e->n > SCP_CMTRACE_TEXT_MAX || e->component_n > SCP_CMTRACE_TAIL_MAX));
    mix(ctx, e->text, e->n);
    mix(ctx, e->component, e->component_n);
    mix(ctx, &e->at, sizeof e->at);
    ((struct seen *)ctx)->entries++;
    return 0;
}

static struct seen parse(const uint8_t *p, size_t n, size_t piece, enum scp_cmtrace_encoding encoding, bool midway)
{
    struct seen seen = { 0 };
    const struct scp_cmtrace_sink sink = { &seen, on_entry };
    struct scp_cmtrace *t = scp_cmtrace_new(&sink, encoding, midway);
    struct scp_cmtrace_facts facts;

    if (t == NULL)
        return seen;
    for (size_t i = 0; i < n; i += piece)
        (void)scp_cmtrace_feed(t, p + i, n - i < piece ? n - i : piece, NULL);
    (void)scp_cmtrace_finish(t, &facts, NULL);
    scp_cmtrace_free(t);
    fuzz_must(!(facts.entries != seen.entries));
    return seen;
}

/* The input with each '~' as a run of letters, so that a small one reaches the maxima. */
static const uint8_t *grow(const uint8_t *p, size_t *n)
{
    enum { RUN = 3000, ROOM = 1 << 17 };
    static uint8_t grown[ROOM];
    size_t to = 0;

    for (size_t i = 0; i < *n && to + RUN < ROOM; i++) {
        if (p[i] == '~')
            memset(grown + to, 'x', RUN);
        else
            grown[to] = p[i];
        to += p[i] == '~' ? RUN : 1;
    }
    *n = to;
    return grown;
}

void fuzz_target(const uint8_t *p, size_t n)
{
    size_t skip;
    enum scp_cmtrace_encoding encoding = scp_cmtrace_detect(p, n, &skip);

    if (n > 0 && memchr(p, '~', n) != NULL)
        p = grow(p, &n);

    for (int midway = 0; midway < 2; midway++) {
        struct seen whole = parse(p, n, n > 0 ? n : 1, encoding, midway != 0), pieces = parse(p, n, 3, encoding, midway != 0);

        fuzz_must(!(whole.hash != pieces.hash || whole.entries != pieces.entries));
    }
}
