/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/der.h"

#include "base/utc.h"

#include <string.h>

enum { TAG_NUMBER_MASK = 0x1F, LENGTH_OCTETS_MAX = 4, UTC_TIME_LEN = 13, GENERALIZED_TIME_LEN = 15 };

enum scp_der_fault scp_der_header(const uint8_t *p, size_t n, struct scp_der_header *h)
{
    size_t octets;

    *h = (struct scp_der_header){ .header = 2 };
    if (n < 2)
        return SCP_DER_CUT;
    h->tag = p[0];
    if ((p[0] & TAG_NUMBER_MASK) == TAG_NUMBER_MASK)
        return SCP_DER_TAG;
    h->content = p[1];
    if (p[1] < 0x80)
        return SCP_DER_SOUND;
    octets = p[1] & 0x7F;
    if (octets == 0)
        return SCP_DER_INDEFINITE;
    if (octets > LENGTH_OCTETS_MAX)
        return SCP_DER_LONG;
    h->header += octets;
    if (n < h->header)
        return SCP_DER_CUT;
    h->content = 0;
    for (size_t i = 2; i < h->header; i++)
        h->content = h->content << 8 | p[i];
    return p[2] == 0 || h->content < 0x80 ? SCP_DER_PADDED : SCP_DER_SOUND;
}

const char *scp_der_fault_text(enum scp_der_fault fault)
{
    static const char *const TEXTS[] = { [SCP_DER_SOUND] = "",
                                         [SCP_DER_CUT] = "the bytes end inside an element",
                                         [SCP_DER_TAG] = "a tag of several octets",
                                         [SCP_DER_INDEFINITE] = "an indefinite length, which DER forbids (X.690 section 10.1)",
                                         [SCP_DER_LONG] = "a length of more than four octets",
                                         [SCP_DER_PADDED] =
                                             "a length in more octets than needed, which DER forbids (X.690 section 10.1)" };

    return TEXTS[fault];
}

bool scp_der_any(struct scp_reader *r, struct scp_der *e)
{
    const uint8_t *p = r->p + r->pos;
    size_t left = scp_reader_left(r);
    struct scp_der_header h;

    if (scp_der_header(p, left, &h) != SCP_DER_SOUND || h.content > left - h.header)
        return false;
    *e = (struct scp_der){ h.tag, p + h.header, (size_t)h.content, p, h.header + (size_t)h.content };
    r->pos += e->whole_n;
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

/* --- All levels at once --- */

enum { STRICT_DEPTH = 32, CONSTRUCTED = 0x20, CLASS = 0xC0 };

/* Universal types have one form: sequences and sets hold elements, nothing else does. */
static bool sound_form(const struct scp_der_header *h, const uint8_t *content)
{
    bool holds = (h->tag & CONSTRUCTED) != 0,
         series = (h->tag | CONSTRUCTED) == SCP_DER_SEQUENCE || (h->tag | CONSTRUCTED) == SCP_DER_SET;

    if (h->tag == SCP_DER_BOOLEAN)
        return h->content == 1 && (content[0] == 0 || content[0] == 0xFF);
    return (h->tag & CLASS) != 0 || holds == series;
}

bool scp_der_strict(const uint8_t *p, size_t n)
{
    size_t end[STRICT_DEPTH] = { n }, at = 0, depth = 0;
    struct scp_der_header h;

    do {
        if (scp_der_header(p + at, end[depth] - at, &h) != SCP_DER_SOUND || h.content > end[depth] - at - h.header ||
            !sound_form(&h, p + at + h.header))
            return false;
        at += h.header;
        if ((h.tag & CONSTRUCTED) == 0)
            at += (size_t)h.content;
        else if (++depth < STRICT_DEPTH)
            end[depth] = at + (size_t)h.content;
        else
            return false;
        while (depth > 0 && at == end[depth])
            depth--;
    } while (depth > 0);
    return at == n;
}
