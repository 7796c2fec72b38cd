/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_ARENA_H
#define SCP_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory that lives and dies together, with a mandatory maximum: for trees
 * with many small parts.  Blocks are zeroed and aligned for any type.
 */
struct scp_arena_block;
struct scp_arena {
    struct scp_arena_block *head;
    size_t used; /* bytes handed out and reserved */
    size_t max;
    bool full; /* something was refused for the maximum's sake */
};

void scp_arena_init(struct scp_arena *a, size_t max);
void scp_arena_free(struct scp_arena *a);

/* NULL when the maximum or the system's memory is exhausted. */
void *scp_arena_alloc(struct scp_arena *a, size_t n);
void *scp_arena_dup(struct scp_arena *a, const void *p, size_t n);
/* A copy with a NUL byte behind it. */
char *scp_arena_text(struct scp_arena *a, const char *p, size_t n);

#endif
