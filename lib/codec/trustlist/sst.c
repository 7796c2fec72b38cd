/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/trustlist/sst.h"

#include <string.h>

enum { MAGIC = 8, END_MARK = 12 };

bool scp_sst_is(const uint8_t *p, size_t n)
{
    return n >= MAGIC && memcmp(p, "\0\0\0\0CERT", MAGIC) == 0;
}

int scp_sst_open(const uint8_t *p, size_t n, struct scp_sst *s, struct scp_err *err)
{
    *s = (struct scp_sst){ .p = p, .n = n, .pos = MAGIC };
    return scp_sst_is(p, n) ? 0 : scp_err_set(err, SCP_ERR_FORMAT, "not a serialized certificate store");
}

static bool at_end_mark(const struct scp_sst *s)
{
    static const uint8_t ZERO[END_MARK] = { 0 };

    return s->n - s->pos >= END_MARK && memcmp(s->p + s->pos, ZERO, END_MARK) == 0;
}

int scp_sst_next(struct scp_sst *s, struct scp_certblob *out, struct scp_err *err)
{
    size_t used = 0;

    *out = (struct scp_certblob){ 0 };
    if (s->ended)
        return 0;
    if (at_end_mark(s)) {
        s->pos += END_MARK;
        s->ended = true;
        s->trailing = s->pos < s->n;
        return 0;
    }
    if (s->pos == s->n)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "offset %zu: the store ends without its end mark", s->pos);
    if (s->elements >= SCP_SST_ELEMENTS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "offset %zu: more than %d elements", s->pos, SCP_SST_ELEMENTS_MAX);
    if (scp_certblob_parse_one(s->p + s->pos, s->n - s->pos, out, &used, err) != 0)
        return scp_err_prefix(err, "element at %zu", s->pos);
    if (out->element == 0) {
        scp_certblob_free(out);
        return scp_err_set(err, SCP_ERR_FORMAT, "element at %zu: properties without an element", s->pos);
    }
    s->pos += used;
    s->elements++;
    return 1;
}
