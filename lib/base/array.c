/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/array.h"

#include "base/arena.h"
#include "base/say.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_full(size_t n)
{
    return (n & (n - 1)) == 0;
}

static size_t next_room(size_t n)
{
    return n == 0 ? 1 : 2 * n;
}

void *scp_array_room(void *v, size_t n, size_t size, size_t max, const char *what, struct scp_err *err)
{
    void *bigger;

    if (n >= max) {
        (void)scp_err_set(err, SCP_ERR_LIMIT, "more than %zu " SCP_OURS, max, what);
        return NULL;
    }
    if (!is_full(n))
        return v;
    bigger = realloc(v, next_room(n) * size);
    if (bigger == NULL)
        (void)scp_err_memory(err);
    return bigger;
}

void *scp_array_room_in(struct scp_arena *a, void *v, size_t n, size_t size)
{
    void *bigger;

    if (!is_full(n))
        return v;
    bigger = scp_arena_alloc(a, next_room(n) * size);
    if (bigger != NULL && n > 0)
        memcpy(bigger, v, n * size);
    return bigger;
}
