/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/der.h"

#include "base/utc.h"

#include <string.h>

enum { TAG_NUMBER_MASK = 0x1F, LENGTH_OCTETS_MAX = 4, UTC_TIME_LEN = 13, GENERALIZED_TIME_LEN = 15 };

/* As few octets as possible: no long form for what fits the short one, no leading zero. */
static bool read_length(struct scp_reader *r, size_t *length)
{
    uint8_t first, byte;
    size_t n = 0;

    if (!scp_reader_u8(r, &first))
        return false;
    if (first < 0x80) {
        *length = first;
        return true;
    }
    if (first == 0x80 || first > 0x80 + LENGTH_OCTETS_MAX)
        return false;
    for (unsigned i = 0; i < (unsigned)(first & 0x7F); i++) {
        if (!scp_reader_u8(r, &byte) || (i == 0 && byte == 0))
            return false;
        n = n << 8 | byte;
    }
    *length = n;
    return n >= 0x80;
}

bool scp_der_any(struct scp_reader *r, struct scp_der *e)
{
    struct scp_reader at = *r;
    size_t length;

    if (!scp_reader_u8(&at, &e->tag) || (e->tag & TAG_NUMBER_MASK) == TAG_NUMBER_MASK || !read_length(&at, &length) ||
        !scp_reader_take(&at, length, &e->p))
        return false;
    e->n = length;
    e->whole = r->p + r->pos;
    e->whole_n = at.pos - r->pos;
    *r = at;
    return true;
}

bool scp_der_next_is(const struct scp_reader *r, uint8_t tag)
{
    return scp_reader_left(r) > 0 && r->p[r->pos] == tag;
}

bool scp_der_read(struct scp_reader *r, uint8_t tag, struct scp_der *e)
{
    return scp_der_next_is(r, tag) && scp_der_any(r, e);
}

struct scp_reader scp_der_inside(const struct scp_der *e)
{
    return scp_reader_over(e->p, e->n);
}

bool scp_der_equals(const struct scp_der *e, const void *p, size_t n)
{
    return e->n == n && memcmp(e->p, p, n) == 0;
}

bool scp_der_boolean(const struct scp_der *e, bool *v)
{
    if (e->n != 1 || (e->p[0] != 0 && e->p[0] != 0xFF))
        return false;
    *v = e->p[0] != 0;
    return true;
}

bool scp_der_integer_valid(const struct scp_der *e)
{
    if (e->n < 2)
        return e->n == 1;
    return !(e->p[0] == 0 && e->p[1] < 0x80) && !(e->p[0] == 0xFF && e->p[1] >= 0x80);
}

bool scp_der_small(const struct scp_der *e, unsigned *v)
{
    if (e->n != 1 || e->p[0] > 0x7F)
        return false;
    *v = e->p[0];
    return true;
}

bool scp_der_octets(const struct scp_der *e, const uint8_t **p, size_t *n)
{
    if (e->n < 1 || e->p[0] != 0)
        return false;
    *p = e->p + 1;
    *n = e->n - 1;
    return true;
}

/* Two digits; -1 when they are none. */
static int pair(const uint8_t *p)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return -1;
    return (p[0] - '0') * 10 + p[1] - '0';
}

bool scp_der_time(const struct scp_der *e, int64_t *out)
{
    const uint8_t *p = e->p;
    int century, year, part[5];

    if (e->tag == SCP_DER_GENERALIZED_TIME && e->n == GENERALIZED_TIME_LEN) {
        century = pair(p);
        p += 2;
    } else if (e->tag == SCP_DER_UTC_TIME && e->n == UTC_TIME_LEN) {
        century = pair(p) >= 50 ? 19 : 20;
    } else {
        return false;
    }
    year = pair(p);
    for (size_t i = 0; i < 5; i++)
        part[i] = pair(p + 2 + 2 * i);
    if (century < 0 || year < 0 || p[UTC_TIME_LEN - 1] != 'Z')
        return false;
    return scp_utc_from_civil(century * 100 + year, part[0], part[1], part[2], part[3], part[4], out);
}
