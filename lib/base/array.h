/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_ARRAY_H
#define SCP_BASE_ARRAY_H

#include "base/err.h"

#include <stddef.h>

/*
 * Arrays that grow, {v, n}: the room is a power of two and follows from n, so that nothing but v and n is kept.
 *
 *     struct thing *t = scp_array_room(list->v, list->n, sizeof *t, THINGS_MAX, "things", err);
 *     if (t == NULL)
 *         return -1;
 *     list->v = t;
 *     t[list->n++] = …;
 */

/* The array with room for one more behind n elements.  NULL: SCP_ERR_LIMIT ("more than MAX WHAT") or SCP_ERR_MEMORY, and v is as it
 * was. */
void *scp_array_room(void *v, size_t n, size_t size, size_t max, const char *what, struct scp_err *err);

/* The same in an arena, whose maximum is the limit.  NULL: it has no more. */
struct scp_arena;
void *scp_array_room_in(struct scp_arena *a, void *v, size_t n, size_t size);

#endif
