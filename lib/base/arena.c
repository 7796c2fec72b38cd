/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 4 << 10, BLOCK = 64 << 10, ALIGNMENT = alignof(max_align_t) };

struct scp_arena_block {
    struct scp_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

void scp_arena_init(struct scp_arena *a, size_t max)
{
    *a = (struct scp_arena){ .max = max };
}

void scp_arena_free(struct scp_arena *a)
{
    while (a->head != NULL) {
        struct scp_arena_block *next = a->head->next;

        free(a->head);
        a->head = next;
    }
    a->used = 0;
}

/* As much again as there is: small trees touch few pages, large ones have few blocks. */
static size_t block_size(const struct scp_arena *a, size_t n)
{
    size_t size = a->used < LEAST ? LEAST : a->used;

    if (size > BLOCK)
        size = BLOCK;
    return n > size / 4 ? n : size;
}

static struct scp_arena_block *add_block(struct scp_arena *a, size_t n)
{
    size_t size = block_size(a, n);
    struct scp_arena_block *b;

    if (size > a->max - a->used)
        size = n;
    if (size > a->max - a->used) {
        a->full = true;
        return NULL;
    }
    b = calloc(1, sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    a->used += size;
    /* A block made for one large piece goes behind the one that still has room. */
    if (a->head != NULL && size == n && a->head->size - a->head->used > 0) {
        b->next = a->head->next;
        a->head->next = b;
    } else {
        b->next = a->head;
        a->head = b;
    }
    return b;
}

void *scp_arena_alloc(struct scp_arena *a, size_t n)
{
    struct scp_arena_block *b = a->head;
    void *p;

    if (n > SIZE_MAX - ALIGNMENT)
        return NULL;
    n = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (n == 0)
        n = ALIGNMENT;
    if (b == NULL || n > b->size - b->used)
        b = add_block(a, n);
    if (b == NULL)
        return NULL;
    p = b->bytes + b->used;
    b->used += n;
    return p;
}

void *scp_arena_dup(struct scp_arena *a, const void *p, size_t n)
{
    void *copy = scp_arena_alloc(a, n);

    if (copy != NULL && n > 0)
        memcpy(copy, p, n);
    return copy;
}

char *scp_arena_text(struct scp_arena *a, const char *p, size_t n)
{
    char *copy = n < SIZE_MAX ? scp_arena_alloc(a, n + 1) : NULL;

    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, p, n);
    copy[n] = '\0';
    return copy;
}
