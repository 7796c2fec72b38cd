/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/array.h"
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

enum { MAX = 1000 };

static bool counts_up(const int *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i] != (int)i)
            return false;
    }
    return true;
}

static void on_the_heap(void)
{
    struct scp_err err = SCP_ERR_INIT;
    int *v = NULL, *more;
    size_t n = 0;

    while ((more = scp_array_room(v, n, sizeof *v, MAX, "numbers", &err)) != NULL) {
        v = more;
        v[n] = (int)n;
        n++;
    }
    tap_is_int(MAX, (long long)n, "as many as the maximum allows");
    tap_is_int(SCP_ERR_LIMIT, err.code, "then a limit");
    tap_is_text("more than 1000 numbers", err.message, "which is named");
    tap_ok(counts_up(v, n), "and what was in it is there");
    free(v);
}

static void in_an_arena(void)
{
    struct scp_arena a;
    int *v = NULL, *more;
    size_t n = 0;

    scp_arena_init(&a, 1 << 20);
    while ((more = scp_array_room_in(&a, v, n, sizeof *v)) != NULL) {
        v = more;
        v[n] = (int)n;
        n++;
    }
    tap_ok(n >= 1 << 16 && a.full, "%zu numbers, until the arena is full", n);
    tap_ok(counts_up(v, n), "all are there");
    scp_arena_free(&a);
}

int main(void)
{
    on_the_heap();
    in_an_arena();
    return tap_done();
}
