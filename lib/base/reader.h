/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_READER_H
#define SCP_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A bounded cursor over borrowed bytes.  Every function answers false and
 * leaves the position alone when fewer bytes are left than it needs.
 */
struct scp_reader {
    const uint8_t *p;
    size_t n;
    size_t pos;
};

struct scp_reader scp_reader_over(const void *p, size_t n);
size_t scp_reader_left(const struct scp_reader *r);

bool scp_reader_le32(struct scp_reader *r, uint32_t *v);
/* Lends n bytes. */
bool scp_reader_take(struct scp_reader *r, size_t n, const uint8_t **p);

/* For bytes whose presence was checked already; inline, as compilers make one load of them. */
static inline uint16_t scp_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t scp_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t scp_le64(const uint8_t *p)
{
    return scp_le32(p) | (uint64_t)scp_le32(p + 4) << 32;
}

/* Written out, so that compilers make one store of it. */
static inline void scp_put_le64(uint8_t *p, uint64_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
    p[4] = (uint8_t)(v >> 32);
    p[5] = (uint8_t)(v >> 40);
    p[6] = (uint8_t)(v >> 48);
    p[7] = (uint8_t)(v >> 56);
}

#endif
