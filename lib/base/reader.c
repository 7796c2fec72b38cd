/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/reader.h"

struct scp_reader scp_reader_over(const void *p, size_t n)
{
    /* No bytes have a place, too: a sum with NULL is undefined. */
    return (struct scp_reader){ p != NULL ? p : "", n, 0 };
}

size_t scp_reader_left(const struct scp_reader *r)
{
    return r->n - r->pos;
}

bool scp_reader_take(struct scp_reader *r, size_t n, const uint8_t **p)
{
    if (n > r->n - r->pos)
        return false;
    *p = r->p + r->pos;
    r->pos += n;
    return true;
}

bool scp_reader_le32(struct scp_reader *r, uint32_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 4, &p))
        return false;
    *v = scp_le32(p);
    return true;
}
