/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/reader.h"

struct scp_reader scp_reader_over(const void *p, size_t n)
{
    return (struct scp_reader){ p, n, 0 };
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

bool scp_reader_skip(struct scp_reader *r, size_t n)
{
    const uint8_t *p;

    return scp_reader_take(r, n, &p);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

uint64_t scp_be64(const uint8_t *p)
{
    return (uint64_t)be32(p) << 32 | be32(p + 4);
}

bool scp_reader_u8(struct scp_reader *r, uint8_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 1, &p))
        return false;
    *v = *p;
    return true;
}

bool scp_reader_le16(struct scp_reader *r, uint16_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 2, &p))
        return false;
    *v = scp_le16(p);
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

bool scp_reader_le64(struct scp_reader *r, uint64_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 8, &p))
        return false;
    *v = scp_le64(p);
    return true;
}

bool scp_reader_be16(struct scp_reader *r, uint16_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 2, &p))
        return false;
    *v = (uint16_t)(p[0] << 8 | p[1]);
    return true;
}

bool scp_reader_be32(struct scp_reader *r, uint32_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 4, &p))
        return false;
    *v = be32(p);
    return true;
}

bool scp_reader_be64(struct scp_reader *r, uint64_t *v)
{
    const uint8_t *p;

    if (!scp_reader_take(r, 8, &p))
        return false;
    *v = scp_be64(p);
    return true;
}
