/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "tap.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0)
            return false;
    }
    return true;
}

/* Parts of all sizes: zeroed, aligned, and none touches another. */
static void many_parts(void)
{
    enum { PARTS = 3000 };
    static struct {
        unsigned char *p;
        size_t n;
    } parts[PARTS];
    struct scp_arena a;
    uint64_t seed = 1;
    bool zeroed = true, aligned = true, intact = true;

    scp_arena_init(&a, 64 << 20);
    for (size_t i = 0; i < PARTS; i++) {
        parts[i].n = (size_t)(tap_random(&seed) % (i % 100 == 0 ? 200000 : 300)) + 1;
        parts[i].p = scp_arena_alloc(&a, parts[i].n);
        if (parts[i].p == NULL)
            tap_bail("no memory for part %zu", i);
        zeroed = zeroed && is_zero(parts[i].p, parts[i].n);
        aligned = aligned && (uintptr_t)parts[i].p % _Alignof(max_align_t) == 0;
        memset(parts[i].p, (int)(i % 255 + 1), parts[i].n);
    }
    for (size_t i = 0; i < PARTS; i++) {
        for (size_t k = 0; k < parts[i].n; k++)
            intact = intact && parts[i].p[k] == i % 255 + 1;
    }
    tap_ok(zeroed, "all parts are zeroed");
    tap_ok(aligned, "and aligned for any type");
    tap_ok(intact, "and keep their content");
    tap_ok(a.used <= a.max, "within the maximum");
    scp_arena_free(&a);
    tap_ok(a.head == NULL && a.used == 0, "nothing is left when freed");
    tap_ok(scp_arena_alloc(&a, 10) != NULL, "and it is usable again");
    scp_arena_free(&a);
    scp_arena_free(&a);
}

static void maximum(size_t max, size_t part)
{
    const size_t alignment = _Alignof(max_align_t);
    struct scp_arena a;
    size_t got = 0, cost = 0;

    scp_arena_init(&a, max);
    while (got <= max && scp_arena_alloc(&a, part) != NULL) {
        got += part;
        cost += (part + alignment - 1) / alignment * alignment;
    }
    tap_ok(got <= max, "parts of %zu end before the maximum of %zu", part, max);
    tap_ok(cost + 2 * part + 1024 >= max / 2, "and not far too early (%zu)", got);
    tap_ok(a.used <= max, "by its own account as well");
    tap_ok(scp_arena_alloc(&a, part) == NULL, "and there is still no more");
    scp_arena_free(&a);
}

static void too_large(void)
{
    static const size_t sizes[] = { 1001, SIZE_MAX / 2, SIZE_MAX - 15, SIZE_MAX - 1, SIZE_MAX };
    struct scp_arena a;

    scp_arena_init(&a, 1000);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        tap_ok(scp_arena_alloc(&a, sizes[i]) == NULL, "no part of %zu within 1000", sizes[i]);
        tap_ok(scp_arena_text(&a, "x", sizes[i] == SIZE_MAX ? SIZE_MAX : 1000) == NULL, "and no such text");
    }
    tap_ok(scp_arena_alloc(&a, 500) != NULL, "which does not spoil what fits");
    scp_arena_free(&a);
    scp_arena_init(&a, 0);
    tap_ok(scp_arena_alloc(&a, 1) == NULL, "a maximum of nothing");
    scp_arena_free(&a);
}

static void copies(void)
{
    struct scp_arena a;
    char from[] = "from\0here";
    char *text, *dup;

    scp_arena_init(&a, 100000);
    text = scp_arena_text(&a, from, sizeof from - 1);
    dup = scp_arena_dup(&a, from, sizeof from - 1);
    memset(from, 'x', sizeof from);
    tap_is_bytes("from\0here", 10, text, 10, "a text is a copy with a NUL behind it");
    tap_is_bytes("from\0here", 9, dup, 9, "and so are bytes");
    tap_is_text("", scp_arena_text(&a, "", 0), "an empty text");
    tap_is_text("", scp_arena_text(&a, NULL, 0), "even of nothing");
    tap_ok(scp_arena_dup(&a, NULL, 0) != NULL, "no bytes are a part, too");
    tap_ok(scp_arena_alloc(&a, 0) != scp_arena_alloc(&a, 0) || a.used <= a.max, "and cost no more than allowed");
    scp_arena_free(&a);
}

int main(void)
{
    many_parts();
    maximum(100000, 16);
    maximum(100000, 100);
    maximum(300000, 70000);
    maximum(1 << 20, 1);
    maximum(1000, 1);
    too_large();
    copies();
    return tap_done();
}
