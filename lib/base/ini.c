/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ini.h"

#include "base/array.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SECTIONS_MAX = 4000, ENTRIES_MAX = 20000, ARENA_MAX = 8 << 20 };

/* A piece of the text. */
struct span {
    const char *p;
    size_t n;
};

struct parser {
    struct scp_ini *ini;
    unsigned flags;
    size_t line, entries;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

static struct span without_remark(struct span s)
{
    const char *sharp;

    for (size_t i = 1; i < s.n && (sharp = memchr(s.p + i, '#', s.n - i)) != NULL; i = (size_t)(sharp - s.p) + 1) {
        if (is_blank(sharp[-1]))
            s.n = (size_t)(sharp - s.p);
    }
    return s;
}

static int bad(const struct parser *p, struct scp_err *err, const char *what)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: %s", p->line, what);
}

static int add_section(struct parser *p, struct span name, struct scp_err *err)
{
    struct scp_ini *ini = p->ini;

    if (ini->n >= SECTIONS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "line %zu: more than %d sections", p->line, SECTIONS_MAX);
    ini->v = scp_array_room_in(&ini->arena, ini->v, ini->n, sizeof *ini->v);
    if (ini->v == NULL)
        return scp_err_memory(err);
    ini->v[ini->n] = (struct scp_ini_section){ .name = scp_arena_text(&ini->arena, name.p, name.n), .line = p->line };
    return ini->v[ini->n++].name != NULL ? 0 : scp_err_memory(err);
}

static int add_entry(struct parser *p, struct span key, const struct span *value, struct scp_err *err)
{
    struct scp_ini *ini = p->ini;
    struct scp_ini_section *s;
    struct scp_ini_entry *e;

    if (key.n == 0)
        return bad(p, err, "a value without a key");
    if (p->entries++ >= ENTRIES_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "line %zu: more than %d entries", p->line, ENTRIES_MAX);
    if (ini->n == 0 && add_section(p, (struct span){ "", 0 }, err) != 0)
        return -1;
    s = &ini->v[ini->n - 1];
    s->v = scp_array_room_in(&ini->arena, s->v, s->n, sizeof *s->v);
    if (s->v == NULL)
        return scp_err_memory(err);
    e = &s->v[s->n++];
    *e = (struct scp_ini_entry){ .key = scp_arena_text(&ini->arena, key.p, key.n), .line = p->line };
    if (value != NULL)
        e->value = scp_arena_text(&ini->arena, value->p, value->n);
    return e->key == NULL || (value != NULL && e->value == NULL) ? scp_err_memory(err) : 0;
}

static int parse_line(struct parser *p, struct span line, struct scp_err *err)
{
    const char *equals, *end;
    struct span key, value;

    if (memchr(line.p, '\0', line.n) != NULL)
        return bad(p, err, "a NUL byte");
    if (!scp_text_utf8_valid(line.p, line.n))
        return bad(p, err, "not valid UTF-8");
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    /* A text with these alone as line ends would be one long line, and a comment perhaps. */
    if (memchr(line.p, '\r', line.n) != NULL)
        return bad(p, err, "a carriage return inside the line");
    line = trim(line);
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
        return 0;
    if ((p->flags & SCP_INI_REMARKS) != 0)
        line = trim(without_remark(line));
    if (line.p[0] == '[') {
        end = memchr(line.p, ']', line.n);
        if (end == NULL)
            return bad(p, err, "'[' without ']'");
        if (end != line.p + line.n - 1)
            return bad(p, err, "text behind ']'");
        key = trim((struct span){ line.p + 1, line.n - 2 });
        return key.n > 0 ? add_section(p, key, err) : bad(p, err, "a section without a name");
    }
    equals = memchr(line.p, '=', line.n);
    if (equals == NULL)
        return add_entry(p, line, NULL, err);
    key = trim((struct span){ line.p, (size_t)(equals - line.p) });
    value = trim((struct span){ equals + 1, line.n - (size_t)(equals - line.p) - 1 });
    return add_entry(p, key, &value, err);
}

int scp_ini_parse(const char *p, size_t n, unsigned flags, struct scp_ini *out, struct scp_err *err)
{
    static const char BOM[] = "\xEF\xBB\xBF";
    struct parser parser = { out, flags, 0, 0 };

    *out = (struct scp_ini){ 0 };
    scp_arena_init(&out->arena, ARENA_MAX);
    if (n > SCP_INI_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d bytes", SCP_INI_MAX);
    if (n >= 3 && memcmp(p, BOM, 3) == 0) {
        p += 3;
        n -= 3;
    }
    while (n > 0) {
        const char *end = memchr(p, '\n', n);
        size_t length = end != NULL ? (size_t)(end - p) : n;

        parser.line++;
        if (parse_line(&parser, (struct span){ p, length }, err) != 0) {
            scp_ini_free(out);
            return -1;
        }
        p += end != NULL ? length + 1 : length;
        n -= end != NULL ? length + 1 : length;
    }
    return 0;
}

void scp_ini_free(struct scp_ini *ini)
{
    scp_arena_free(&ini->arena);
    ini->v = NULL;
    ini->n = 0;
}
