/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/xml.h"

#include "base/num.h"
#include "base/text.h"

#include <string.h>

void scp_xml_init(struct scp_xml *x, const char *p, size_t n)
{
    memset(x, 0, sizeof *x);
    x->p = p;
    x->n = n;
}

/* --- Characters --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
}

static int malformed(const struct scp_xml *x, const char *what, struct scp_err *err)
{
    return scp_err_set(err, x->pos >= x->n ? SCP_ERR_TRUNCATED : SCP_ERR_FORMAT, "byte %zu: %s", x->pos, what);
}

static void skip_blanks(struct scp_xml *x)
{
    while (x->pos < x->n && is_blank(x->p[x->pos]))
        x->pos++;
}

static bool take(struct scp_xml *x, char c)
{
    if (x->pos >= x->n || x->p[x->pos] != c)
        return false;
    x->pos++;
    return true;
}

/* A prefix would make two spellings of one name. */
static bool take_name(struct scp_xml *x, struct scp_xml_slice *out)
{
    size_t begin = x->pos;

    while (x->pos < x->n && is_name(x->p[x->pos], x->pos == begin))
        x->pos++;
    *out = (struct scp_xml_slice){ x->p + begin, x->pos - begin };
    return out->n > 0;
}

static bool is_same(const struct scp_xml_slice *a, const char *p, size_t n)
{
    return a->n == n && memcmp(a->p, p, n) == 0;
}

/* --- Elements --- */

static int enter(struct scp_xml *x, const struct scp_xml_slice *name, struct scp_err *err)
{
    size_t n = strlen(x->path);

    if (x->depth == SCP_XML_DEPTH_MAX || n + 1 + name->n >= sizeof x->path)
        return scp_err_set(err, SCP_ERR_LIMIT, "byte %zu: more than %d elements in one another, or a path of more than %d bytes",
                           x->pos, SCP_XML_DEPTH_MAX, SCP_XML_PATH_MAX);
    x->open[x->depth++] = *name;
    if (n > 0)
        x->path[n++] = '/';
    memcpy(x->path + n, name->p, name->n);
    x->path[n + name->n] = '\0';
    return 0;
}

static void leave(struct scp_xml *x)
{
    char *slash = strrchr(x->path, '/');

    x->depth--;
    *(slash != NULL ? slash : x->path) = '\0';
}

static int take_attribute(struct scp_xml *x, struct scp_err *err)
{
    struct scp_xml_slice name, value;
    char quote;

    if (x->attributes == SCP_XML_ATTRIBUTES_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "byte %zu: more than %d attributes", x->pos, SCP_XML_ATTRIBUTES_MAX);
    if (!take_name(x, &name) || !take(x, '=') || x->pos >= x->n || (x->p[x->pos] != '"' && x->p[x->pos] != '\''))
        return malformed(x, "no attribute", err);
    for (size_t i = 0; i < x->attributes; i++) {
        if (is_same(&x->name[i], name.p, name.n))
            return malformed(x, "an attribute twice", err);
    }
    quote = x->p[x->pos++];
    value.p = x->p + x->pos;
    while (x->pos < x->n && x->p[x->pos] != quote && x->p[x->pos] != '<')
        x->pos++;
    value.n = (size_t)(x->p + x->pos - value.p);
    if (!take(x, quote))
        return malformed(x, "an attribute without an end", err);
    x->name[x->attributes] = name;
    x->value[x->attributes++] = value;
    return 0;
}

static int open_element(struct scp_xml *x, struct scp_err *err)
{
    struct scp_xml_slice name;

    if (x->depth == 0 && x->begun)
        return malformed(x, "something behind the end", err);
    x->begun = true;
    x->attributes = 0;
    if (!take_name(x, &name))
        return malformed(x, "no name of an element", err);
    for (;;) {
        size_t before = x->pos;

        skip_blanks(x);
        if (take(x, '>'))
            break;
        x->closing = take(x, '/');
        if (x->closing && take(x, '>'))
            break;
        if (x->closing || before == x->pos)
            return malformed(x, "no end of an element's beginning", err);
        if (take_attribute(x, err) != 0)
            return -1;
    }
    return enter(x, &name, err);
}

static int close_element(struct scp_xml *x, struct scp_err *err)
{
    struct scp_xml_slice name;

    if (!take_name(x, &name) || x->depth == 0 || !is_same(&x->open[x->depth - 1], name.p, name.n))
        return malformed(x, "the end of another element", err);
    skip_blanks(x);
    if (!take(x, '>'))
        return malformed(x, "no end of an element's end", err);
    leave(x);
    return 0;
}

static int take_text(struct scp_xml *x, enum scp_xml_item *item, struct scp_err *err)
{
    size_t begin = x->pos;

    while (x->pos < x->n && x->p[x->pos] != '<')
        x->pos++;
    x->text = (struct scp_xml_slice){ x->p + begin, x->pos - begin };
    *item = SCP_XML_TEXT;
    return x->pos < x->n ? 0 : malformed(x, "an element without an end", err);
}

int scp_xml_next(struct scp_xml *x, enum scp_xml_item *item, struct scp_err *err)
{
    if (x->pos == 0 && (!scp_text_utf8_valid(x->p, x->n) || memchr(x->p, '\0', x->n) != NULL))
        return scp_err_set(err, SCP_ERR_FORMAT, "not text in UTF-8");
    *item = SCP_XML_CLOSED;
    if (x->closing) {
        x->closing = false;
        leave(x);
        return 0;
    }
    if (x->depth == 0)
        skip_blanks(x);
    *item = SCP_XML_END;
    if (x->pos == x->n && x->depth == 0 && x->begun)
        return 0;
    if (x->depth > 0 && x->pos < x->n && x->p[x->pos] != '<')
        return take_text(x, item, err);
    if (!take(x, '<'))
        return malformed(x, "no element", err);
    *item = take(x, '/') ? SCP_XML_CLOSED : SCP_XML_ELEMENT;
    return *item == SCP_XML_CLOSED ? close_element(x, err) : open_element(x, err);
}

/* --- Values --- */

/* "&#38;", "&#x26;"; the digits and the character. */
static bool read_number(const char *p, size_t n, uint32_t *out)
{
    bool hex = n > 0 && p[0] == 'x';
    uint32_t v = 0;

    p += hex;
    n -= hex;
    if (n == 0 || n > 7)
        return false;
    for (size_t i = 0; i < n; i++) {
        int digit = scp_num_hex_digit(p[i]);

        if (digit < 0 || (!hex && digit > 9))
            return false;
        v = v * (hex ? 16 : 10) + (uint32_t)digit;
    }
    *out = v;
    return v > 0 && v <= 0x10FFFF && (v < 0xD800 || v > 0xDFFF);
}

/* What stands between '&' and ';'. */
static bool read_entity(const char *p, size_t n, uint32_t *out)
{
    static const struct {
        const char *name;
        uint32_t c;
    } NAMED[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' } };

    if (n > 1 && p[0] == '#')
        return read_number(p + 1, n - 1, out);
    for (size_t i = 0; i < sizeof NAMED / sizeof NAMED[0]; i++) {
        *out = NAMED[i].c;
        if (strlen(NAMED[i].name) == n && memcmp(NAMED[i].name, p, n) == 0)
            return true;
    }
    return false;
}

int scp_xml_decode(const struct scp_xml_slice *s, char *out, size_t size, struct scp_err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        const char *end = s->p[i] == '&' ? memchr(s->p + i, ';', s->n - i) : NULL;
        uint32_t c = 0;
        char bytes[4] = { s->p[i] };
        size_t used = 1;

        if (s->p[i] == '&') {
            if (end == NULL || !read_entity(s->p + i + 1, (size_t)(end - s->p) - i - 1, &c))
                return scp_err_set(err, SCP_ERR_FORMAT, "an unknown entity");
            used = scp_text_utf8_put(c, bytes);
            i = (size_t)(end - s->p);
        }
        if (n + used >= size)
            return scp_err_set(err, SCP_ERR_LIMIT, "a value of more than %zu bytes", size - 1);
        memcpy(out + n, bytes, used);
        n += used;
    }
    out[n] = '\0';
    return 0;
}

int scp_xml_attribute(const struct scp_xml *x, const char *name, char *out, size_t size, struct scp_err *err)
{
    out[0] = '\0';
    for (size_t i = 0; i < x->attributes; i++) {
        if (is_same(&x->name[i], name, strlen(name)))
            return scp_xml_decode(&x->value[i], out, size, err) == 0 ? 1 : -1;
    }
    return 0;
}
