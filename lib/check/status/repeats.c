/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/repeats.h"

#include <string.h>

/* Of its beginning, its middle and its end; never 0. */
static uint64_t mark_of(const char *p, size_t n)
{
    uint64_t part[3];

    memcpy(&part[0], p, sizeof part[0]);
    memcpy(&part[1], p + (n - sizeof part[1]) / 2, sizeof part[1]);
    memcpy(&part[2], p + n - sizeof part[2], sizeof part[2]);
    return (((part[0] * 31 + part[1]) * 31 + part[2]) * UINT64_C(0x9E3779B97F4A7C15)) | 1;
}

struct scp_repeat *scp_repeats_find(struct scp_repeats *r, const char *p, size_t n)
{
    struct scp_repeat *s;
    uint64_t mark;

    if (n < SCP_REPEATS_SHORTEST || n > SCP_REPEATS_LONGEST)
        return NULL;
    mark = mark_of(p, n);
    s = &r->slot[(mark >> 48) % SCP_REPEATS];
    if (s->mark == mark)
        return s;
    s->mark = mark;
    s->kept = false;
    return NULL;
}

bool scp_repeat_holds(const struct scp_repeat *s, const char *p, size_t n)
{
    return s->kept && s->n == n && memcmp(s->text, p, n) == 0;
}

void scp_repeat_keep(struct scp_repeat *s, const char *p, size_t n, bool success)
{
    s->kept = true;
    s->success = success;
    s->n = n;
    memcpy(s->text, p, n);
}

void scp_repeats_forget(struct scp_repeats *r)
{
    for (size_t i = 0; i < SCP_REPEATS; i++)
        r->slot[i].mark = 0;
}
