/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Lines of .reg exports (Microsoft KB 310516).
 */
#include "codec/registry/regtext_internal.h"

#include "base/reader.h"
#include "base/text.h"

#include <string.h>

enum { STRING_MAX = 256 << 10 }; /* a quoted string over several lines */

/* A cursor over one line. */
struct scan {
    const char *p, *end;
};

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
        s->p++;
}

/* Nothing more, or a remark. */
static bool at_rest(struct scan *s)
{
    skip_blanks(s);
    return s->p == s->end || *s->p == ';';
}

static int give_up(struct scp_regtext *t, const char *what, struct scp_err *err)
{
    t->inside = INSIDE_NOTHING;
    if (t->at_end && !scp_regtext_starved(t)) {
        scp_regtext_cut(t);
        return 0;
    }
    return scp_regtext_anomaly(t, t->value_line, what, err);
}

/* The value is complete - unless the text ends right behind it, which may be a cut. */
static int complete(struct scp_regtext *t, struct scp_err *err)
{
    t->inside = INSIDE_NOTHING;
    if (t->at_end) {
        scp_regtext_cut(t);
        return 0;
    }
    return scp_regtext_deliver(t, err);
}

/* --- hex --- */

/* REGEDIT4 writes strings as bytes of a single-byte code page: UTF-16 for everybody else. */
static int widen(struct scp_regtext *t)
{
    struct scp_buf narrow = t->data;
    int rc = 0;

    if (t->facts.dialect != SCP_REGTEXT_REGEDIT4 || t->facts.utf16 ||
        (t->type != SCP_REG_SZ && t->type != SCP_REG_EXPAND_SZ && t->type != SCP_REG_MULTI_SZ))
        return 0;
    scp_buf_init(&t->data, SCP_REGTEXT_VALUE_MAX);
    for (size_t i = 0; i < narrow.n && rc == 0; i++) {
        const char unit[2] = { narrow.p[i], 0 };

        rc = scp_buf_add(&t->data, unit, sizeof unit);
    }
    scp_buf_free(&narrow);
    return rc;
}

static int complete_hex(struct scp_regtext *t, struct scp_err *err)
{
    if (widen(t) != 0)
        return give_up(t, "a value that is too large", err);
    return complete(t, err);
}

/*
 * The three bytes of "hh,hh,hh" at once, in lower case as Windows writes it.  Each digit's value is told from its character, and
 * the characters are made of the values again: where they differ, or a value is more than 15, it was something else.
 */
static inline bool hex_triple(const char *p, char *out)
{
    const uint64_t digits = 0x0101000101000101U, commas = 0x00002C00002C0000U;
    uint64_t c = scp_le64((const uint8_t *)p), v = (c & 0x0F * digits) + 9 * (c >> 6 & digits);

    if (commas + 0x30 * digits + v + 39 * ((v + 6 * digits) >> 4 & digits) != c || (v & 0xF0 * digits) != 0)
        return false;
    v = v << 4 | v >> 8;
    out[0] = (char)v;
    out[1] = (char)(v >> 24);
    out[2] = (char)(v >> 48);
    return true;
}

/* "  hh,hh,…,hh,\\" of 25 bytes, as Windows writes most lines of a value. */
enum { USUAL_BYTES = 25, USUAL_TEXT = 2 + 3 * USUAL_BYTES };

static bool usual_line(const char *p, char *out)
{
    static const char END[] = "\\\r\n";
    const char *last = p + USUAL_TEXT - 3;
    int high = scp_regtext_hex[(uint8_t)last[0]], low = scp_regtext_hex[(uint8_t)last[1]];

    if (p[0] != ' ' || p[1] != ' ' || (high | low) < 0 || last[2] != ',' || memcmp(last + 3, END, sizeof END - 1) != 0)
        return false;
    for (p += 2; p < last; p += 9, out += 3) {
        if (p[8] != ',' || !hex_triple(p, out))
            return false;
    }
    *out = (char)(high << 4 | low);
    return true;
}

size_t scp_regtext_usual_lines(struct scp_regtext *t, const char *p, size_t n)
{
    enum { LINE = USUAL_TEXT + sizeof "\\\r\n" - 1 };
    size_t taken = 0;

    while (t->inside == INSIDE_HEX && n - taken >= LINE) {
        char *room = scp_buf_room(&t->data, USUAL_BYTES);

        if (room == NULL || !usual_line(p + taken, room))
            break;
        scp_buf_grown(&t->data, USUAL_BYTES);
        t->facts.lines++;
        taken += LINE;
    }
    return taken;
}

/* HEX HEX ( "," HEX HEX )*, into `out`; stops at the first thing that is not that. */
static size_t hex_run(struct scan *s, char *out, bool *comma)
{
    const char *p = s->p;
    size_t put = 0;

    /* The common case first: three characters a byte, all the way to the end of the line. */
    for (; s->end - p >= 9 && p[8] == ',' && hex_triple(p, out + put); put += 3)
        p += 9;
    while (s->end - p >= 3 && p[2] == ',') {
        int high = scp_regtext_hex[(uint8_t)p[0]], low = scp_regtext_hex[(uint8_t)p[1]];

        if ((high | low) < 0)
            break;
        out[put++] = (char)(high << 4 | low);
        p += 3;
    }
    *comma = true;
    while (s->end - p >= 2) {
        int high = scp_regtext_hex[(uint8_t)p[0]], low = scp_regtext_hex[(uint8_t)p[1]];

        if ((high | low) < 0)
            break;
        out[put++] = (char)(high << 4 | low);
        p += 2;
        *comma = p < s->end && *p == ',';
        if (!*comma)
            break;
        p++;
    }
    s->p = p;
    return put;
}

static int read_hex(struct scp_regtext *t, struct scan s, struct scp_err *err)
{
    bool comma = false, first = t->data.n == 0;

    for (;;) {
        char *room;
        size_t put;

        skip_blanks(&s);
        if (s.p == s.end || scp_regtext_hex[(uint8_t)*s.p] < 0)
            break;
        room = scp_buf_room(&t->data, (size_t)(s.end - s.p) / 2 + 1);
        if (room == NULL)
            return give_up(t, "a value that is too large", err);
        put = hex_run(&s, room, &comma);
        scp_buf_grown(&t->data, put);
        first = false;
        if (!comma || put == 0)
            break;
    }
    skip_blanks(&s);
    if (s.p < s.end && *s.p == '\\' && (comma || first)) {
        s.p++;
        skip_blanks(&s);
        t->inside = INSIDE_HEX;
        return s.p == s.end ? 0 : give_up(t, "text behind a line's continuation mark", err);
    }
    if (!at_rest(&s) || (comma && !first))
        return give_up(t, comma && s.p == s.end ? "hex digits end with a comma" : "not two hex digits and a comma", err);
    return complete_hex(t, err);
}

/* "hex:" or "hex(TYPE):"; the cursor stands behind "hex". */
static int begin_hex(struct scp_regtext *t, struct scan s, struct scp_err *err)
{
    uint32_t type = 0;
    size_t digits = 0;

    t->type = SCP_REG_BINARY;
    if (s.p < s.end && *s.p == '(') {
        for (s.p++; s.p < s.end && scp_regtext_hex[(uint8_t)*s.p] >= 0 && digits < 8; s.p++, digits++)
            type = type << 4 | (uint8_t)scp_regtext_hex[(uint8_t)*s.p];
        if (digits == 0 || s.p == s.end || *s.p != ')')
            return give_up(t, "hex(TYPE) without a type", err);
        s.p++;
        t->type = type;
    }
    if (s.p == s.end || *s.p != ':')
        return give_up(t, "hex without a colon", err);
    s.p++;
    return read_hex(t, s, err);
}

static int read_dword(struct scp_regtext *t, struct scan s, struct scp_err *err)
{
    uint32_t v = 0;
    size_t digits = 0;

    skip_blanks(&s);
    for (; s.p < s.end && scp_regtext_hex[(uint8_t)*s.p] >= 0; s.p++, digits++)
        v = v << 4 | (uint8_t)scp_regtext_hex[(uint8_t)*s.p];
    if (digits == 0 || digits > 8 || !at_rest(&s))
        return give_up(t, "dword: not one to eight hex digits", err);
    t->type = SCP_REG_DWORD;
    for (unsigned i = 0; i < 4; i++)
        (void)scp_buf_chr(&t->data, (char)(v >> 8 * i & 0xFF));
    return complete(t, err);
}

/* --- Quoted text --- */

/* Copies up to the closing quote; false when the line ends first. */
static bool unquote(struct scan *s, struct scp_buf *out)
{
    while (s->p < s->end) {
        const char *from = s->p;

        while (s->p < s->end && *s->p != '"' && *s->p != '\\')
            s->p++;
        (void)scp_buf_add(out, from, (size_t)(s->p - from));
        if (s->p == s->end)
            return false;
        if (*s->p++ == '"')
            return true;
        /* A backslash protects the next character; at the end of a line it stands for itself. */
        if (s->p == s->end) {
            (void)scp_buf_chr(out, '\\');
            return false;
        }
        if (*s->p != '"' && *s->p != '\\')
            (void)scp_buf_chr(out, '\\');
        (void)scp_buf_chr(out, *s->p++);
    }
    return false;
}

/* t->carry may hold the line itself, so the text goes through a buffer of its own. */
static int read_string(struct scp_regtext *t, struct scan s, struct scp_err *err)
{
    struct scp_buf text;
    bool closed;
    int rc = 0;

    scp_buf_init(&text, STRING_MAX);
    closed = unquote(&s, &text);
    if (text.failed)
        rc = text.starved ? scp_err_memory(err) : give_up(t, "a string that is too long", err);
    else if (t->data.n > 2 * (size_t)STRING_MAX || scp_regtext_put_text(t, scp_buf_text(&text), text.n) != 0)
        rc = give_up(t, "a string that is too long", err);
    else if (closed && !at_rest(&s))
        rc = give_up(t, "text behind a closing quote", err);
    else if (closed)
        rc = scp_regtext_put_nul(t) == 0 ? complete(t, err) : give_up(t, "a string that is too long", err);
    else if (t->at_end)
        rc = give_up(t, "", err);
    else {
        /* Line ends inside strings are written as they are. */
        t->inside = INSIDE_STRING;
        (void)scp_regtext_put_text(t, "\r\n", 2);
    }
    scp_buf_free(&text);
    return rc;
}

/* Lines that can only be a new entry: the string before them was never closed. */
static bool is_entry(const char *p, size_t n)
{
    if (n < 4)
        return false;
    if (p[0] == '[')
        return scp_text_caseeq(p + 1, 2, "HK", 2);
    for (size_t i = 1; p[0] == '"' && i + 1 < n; i++) {
        if (p[i] == '"' && p[i + 1] == '=')
            return true;
    }
    return false;
}

/* --- Entries --- */

static int read_data(struct scp_regtext *t, struct scan s, struct scp_err *err)
{
    size_t left;

    skip_blanks(&s);
    left = (size_t)(s.end - s.p);
    if (left == 0)
        return give_up(t, "a value without data", err);
    if (*s.p == '-') {
        s.p++;
        if (!at_rest(&s))
            return give_up(t, "text behind '-'", err);
        if (t->at_end)
            scp_regtext_cut(t);
        return t->has_key ? t->sink.value_deleted(t->sink.ctx, scp_buf_text(&t->name), t->name.n, err) : 0;
    }
    if (*s.p == '"') {
        s.p++;
        t->type = SCP_REG_SZ;
        return read_string(t, s, err);
    }
    if (left >= 6 && scp_text_caseeq(s.p, 6, "dword:", 6)) {
        s.p += 6;
        return read_dword(t, s, err);
    }
    if (left >= 3 && scp_text_caseeq(s.p, 3, "hex", 3)) {
        s.p += 3;
        return begin_hex(t, s, err);
    }
    return give_up(t, "data of no known form", err);
}

/* An unwanted value: only its continuation lines matter. */
static int skip_value(struct scp_regtext *t, struct scan s)
{
    skip_blanks(&s);
    if (s.end - s.p >= 3 && scp_text_caseeq(s.p, 3, "hex", 3) && s.end[-1] == '\\')
        t->inside = INSIDE_SKIPPED;
    if (t->at_end)
        scp_regtext_cut(t);
    return 0;
}

static int read_value(struct scp_regtext *t, struct scan s, struct scp_err *err)
{
    t->value_line = t->facts.lines;
    scp_buf_truncate(&t->name, 0);
    scp_buf_truncate(&t->data, 0);
    t->name.failed = t->data.failed = false;
    if (*s.p++ == '"' && !unquote(&s, &t->name))
        return give_up(t, "a value name without its closing quote", err);
    if (t->name.failed)
        return give_up(t, "a value name that is too long", err);
    skip_blanks(&s);
    if (s.p == s.end || *s.p != '=')
        return give_up(t, "a value name without '='", err);
    s.p++;
    return t->wanted ? read_data(t, s, err) : skip_value(t, s);
}

static int read_key(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    bool deleted = n > 1 && p[1] == '-';
    size_t from = deleted ? 2 : 1, end = n;

    /* A path may hold ']': the last one of the line ends it. */
    while (end > from && p[end - 1] != ']')
        end--;
    t->value_line = t->facts.lines;
    if (end <= from) {
        t->wanted = true;
        t->has_key = false;
        return give_up(t, "'[' without ']'", err);
    }
    if (t->at_end)
        scp_regtext_cut(t);
    return scp_regtext_key(t, p + from, end - 1 - from, deleted, err);
}

static int read_comment(struct scp_regtext *t, const char *p, size_t n)
{
    static const char BEGIN[] = ";Local Variables:", END[] = ";End:";

    if (n == sizeof BEGIN - 1 && memcmp(p, BEGIN, n) == 0)
        t->trailer_begun = true;
    else if (n == sizeof END - 1 && memcmp(p, END, n) == 0)
        t->facts.samba_trailer = t->trailer_begun;
    return 0;
}

int scp_regtext_export_line(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    struct scan s = { p, p + n };

    if (t->inside == INSIDE_HEX)
        return read_hex(t, s, err);
    if (t->inside == INSIDE_SKIPPED) {
        if (n == 0 || p[n - 1] != '\\')
            t->inside = INSIDE_NOTHING;
        if (t->at_end)
            scp_regtext_cut(t);
        return 0;
    }
    if (scp_regtext_line_text(t, &p, &n, err) != 0)
        return -1;
    s = (struct scan){ p, p + n };
    if (t->inside == INSIDE_STRING) {
        if (!is_entry(p, n))
            return read_string(t, s, err);
        if (scp_regtext_anomaly(t, t->value_line, "a string without its closing quote", err) != 0)
            return -1;
        t->inside = INSIDE_NOTHING;
    }
    skip_blanks(&s);
    n = (size_t)(s.end - s.p);
    if (n == 0)
        return 0;
    switch (*s.p) {
    case ';': return read_comment(t, s.p, n);
    case '[': return read_key(t, s.p, n, err);
    case '"':
    case '@': return read_value(t, s, err);
    default: break;
    }
    t->value_line = t->facts.lines;
    return give_up(t, "neither a key nor a value nor a remark", err);
}
