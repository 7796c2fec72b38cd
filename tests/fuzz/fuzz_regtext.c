/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Registry text: fed whole and in small pieces it must give the same events, and never crash.
 */
#include "fuzz.h"

#include "codec/registry/regtext.h"

#include <stdint.h>
#include <string.h>

struct seen {
    uint64_t hash;
};

static void mix(struct seen *s, const void *p, size_t n)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < n; i++)
        s->hash = (s->hash ^ bytes[i]) * 0x100000001B3U;
    s->hash = (s->hash ^ n) * 0x100000001B3U;
}

static int on_key(void *ctx, const char *path, size_t n, bool deleted, bool *wanted, struct scp_err *err)
{
    (void)err;
    mix(ctx, path, n);
    mix(ctx, &deleted, sizeof deleted);
    *wanted = n % 3 != 0;
    return 0;
}

static int on_value(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err)
{
    (void)err;
    mix(ctx, name, n);
    mix(ctx, &type, sizeof type);
    mix(ctx, data, len);
    return 0;
}

static int on_value_deleted(void *ctx, const char *name, size_t n, struct scp_err *err)
{
    (void)err;
    mix(ctx, name, n);
    return 0;
}

static int on_anomaly(void *ctx, size_t line, bool in_wanted, const char *what, struct scp_err *err)
{
    (void)err;
    mix(ctx, &line, sizeof line);
    mix(ctx, &in_wanted, sizeof in_wanted);
    mix(ctx, what, strlen(what));
    return 0;
}

static uint64_t parse(const uint8_t *p, size_t n, size_t piece)
{
    struct seen seen = { 0 };
    const struct scp_regtext_sink sink = { &seen, on_key, on_value, on_value_deleted, on_anomaly, NULL };
    struct scp_regtext *t = scp_regtext_new(&sink);
    int rc = 0;

    if (t == NULL)
        return 0;
    for (size_t i = 0; i < n && rc == 0; i += piece)
        rc = scp_regtext_feed(t, p + i, n - i < piece ? n - i : piece, NULL);
    if (rc == 0)
        rc = scp_regtext_finish(t, NULL, NULL);
    scp_regtext_free(t);
    return rc == 0 ? seen.hash : 0;
}

void fuzz_target(const uint8_t *p, size_t n)
{
    uint64_t whole = parse(p, n, n > 0 ? n : 1), pieces = parse(p, n, 3);

    /* A parse that stops may stop earlier or later; one that ends must have seen the same. */
    fuzz_must(!(whole != 0 && pieces != 0 && whole != pieces));
}
