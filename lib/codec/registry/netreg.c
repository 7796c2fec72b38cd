/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/registry/netreg.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/text.h"
#include "codec/registry/regtext.h"

#include <stdbool.h>
#include <string.h>

/* A line without its end. */
struct line {
    const char *p;
    size_t n;
};

struct scan {
    const char *p, *end;
    const struct scp_netreg_sink *sink;
};

static bool next_line(struct scan *s, struct line *out)
{
    const char *end;

    if (s->p == s->end)
        return false;
    end = memchr(s->p, '\n', (size_t)(s->end - s->p));
    if (end == NULL)
        return false;
    *out = (struct line){ s->p, (size_t)(end - s->p) };
    s->p = end + 1;
    return true;
}

static bool begins(const struct line *l, const char *with, struct line *rest)
{
    size_t n = strlen(with);

    if (l->n < n || memcmp(l->p, with, n) != 0)
        return false;
    *rest = (struct line){ l->p + n, l->n - n };
    return true;
}

/* --- Data --- */

static bool add_utf16(struct scp_buf *out, const char *p, size_t n)
{
    while (n > 0) {
        uint32_t c = 0;
        size_t used = scp_text_utf8_next(p, n, &c);
        uint32_t high = c > 0xFFFF ? 0xD800 + ((c - 0x10000) >> 10) : 0, low = c > 0xFFFF ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c;

        if (used == 0 || c == 0)
            return false;
        if (high != 0) {
            (void)scp_buf_chr(out, (char)high);
            (void)scp_buf_chr(out, (char)(high >> 8));
        }
        (void)scp_buf_chr(out, (char)low);
        (void)scp_buf_chr(out, (char)(low >> 8));
        p += used;
        n -= used;
    }
    (void)scp_buf_chr(out, '\0');
    (void)scp_buf_chr(out, '\0');
    return !out->failed;
}

static uint32_t type_of(const struct line *name)
{
    static const struct {
        const char *name;
        uint32_t type;
    } TYPES[] = {
        { "REG_SZ", SCP_REG_SZ },       { "REG_EXPAND_SZ", SCP_REG_EXPAND_SZ },       { "REG_BINARY", SCP_REG_BINARY },
        { "REG_DWORD", SCP_REG_DWORD }, { "REG_DWORD_BIG_ENDIAN", SCP_REG_DWORD_BE }, { "REG_MULTI_SZ", SCP_REG_MULTI_SZ },
        { "REG_QWORD", SCP_REG_QWORD },
    };

    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (name->n == strlen(TYPES[i].name) && memcmp(name->p, TYPES[i].name, name->n) == 0)
            return TYPES[i].type;
    }
    return SCP_REG_NONE;
}

static int deliver(const struct scan *s, const struct line *name, uint32_t type, const struct line *shown, struct scp_err *err)
{
    struct scp_buf data;
    uint64_t number = 0;
    int rc;

    scp_buf_init(&data, SCP_NETREG_MAX);
    if (type == SCP_REG_DWORD && scp_num_u64(shown->p, shown->n, UINT32_MAX, &number, NULL) == 0) {
        for (unsigned i = 0; i < 4; i++)
            (void)scp_buf_chr(&data, (char)(number >> 8 * i));
    } else if ((type == SCP_REG_SZ || type == SCP_REG_EXPAND_SZ) && !add_utf16(&data, shown->p, shown->n)) {
        scp_buf_truncate(&data, 0);
    }
    rc = data.failed ? scp_buf_error(&data, err, "a value that is too large")
                     : s->sink->value(s->sink->ctx, name->p, name->n, type, (const uint8_t *)scp_buf_text(&data), data.n, err);
    scp_buf_free(&data);
    return rc;
}

/* --- Lines --- */

static int not_understood(const struct line *l, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "not understood: '%.*s'", l->n > 60 ? 60 : (int)l->n, l->p);
}

static int cut(struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_TRUNCATED, "cut inside a value");
}

/* The quoted text behind "Value      = ", whose lines may be several: it ends where a line ends with a quote
 * and the next is empty. */
static bool read_string(struct scan *s, struct line first, struct line *out)
{
    const char *from = first.p + 1, *at = first.p + first.n;

    if (first.n < 1 || first.p[0] != '"')
        return false;
    for (;;) {
        bool ends = at > from && at[-1] == '"' && (s->p == s->end || *s->p == '\n');
        struct line more;

        if (ends) {
            *out = (struct line){ from, (size_t)(at - 1 - from) };
            return true;
        }
        if (!next_line(s, &more))
            return false;
        at = more.p + more.n;
    }
}

/* "Type = …" and "Value = …" of one value; lists have several lines. */
static int read_value(struct scan *s, const struct line *name, struct scp_err *err)
{
    struct line l, rest, shown = { "", 0 };
    uint32_t type;

    if (!next_line(s, &l))
        return cut(err);
    if (!begins(&l, "Type       = ", &rest))
        return not_understood(&l, err);
    type = type_of(&rest);
    while (next_line(s, &l) && l.n > 0) {
        if (begins(&l, "Value      = ", &rest)) {
            shown = rest;
            if ((type == SCP_REG_SZ || type == SCP_REG_EXPAND_SZ) && !read_string(s, rest, &shown))
                return cut(err);
        } else if (!begins(&l, "Value[", &rest)) {
            return not_understood(&l, err);
        }
    }
    return deliver(s, name, type, &shown, err);
}

int scp_netreg_enumerate(const char *p, size_t n, const struct scp_netreg_sink *sink, struct scp_err *err)
{
    struct scan s = { p, p + n, sink };
    struct line l, name;

    if (n > 0 && p[n - 1] != '\n')
        return cut(err);
    while (next_line(&s, &l)) {
        struct line rest;

        if (l.n == 0 || begins(&l, "Keyname   = ", &rest) || begins(&l, "Modtime   = ", &rest) || begins(&l, "Classname = ", &rest))
            continue;
        if (!begins(&l, "Valuename  = ", &name))
            return not_understood(&l, err);
        if (read_value(&s, &name, err) != 0)
            return -1;
    }
    return 0;
}

int scp_netreg_getvalue(const char *p, size_t n, const char *name, const struct scp_netreg_sink *sink, struct scp_err *err)
{
    struct scan s = { p, p + n, sink };
    const struct line called = { name, strlen(name) };

    if (n == 0 || p[n - 1] != '\n')
        return cut(err);
    return read_value(&s, &called, err);
}
