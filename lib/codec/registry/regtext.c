/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The frame of the registry text parser: bytes of any encoding to lines, and what both dialects share.
 */
#include "codec/registry/regtext_internal.h"

#include "base/reader.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 32 << 10, /* bytes of input that are converted at a time */
    SUBSTITUTE = 0x1A /* Ctrl-Z, the end of a text for COPY */
};

#define X (-1)
const int8_t scp_regtext_hex[256] = {
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, X, X, X,  X,  X,  X,  X,  10, 11, 12, 13, 14, 15, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, 10, 11, 12, 13, 14, 15, X,  X,  X,  X,  X,  X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
};
#undef X

struct scp_regtext *scp_regtext_new(const struct scp_regtext_sink *sink)
{
    struct scp_regtext *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->sink = *sink;
    t->wanted = true;
    scp_buf_init(&t->carry, SCP_REGTEXT_LINE_MAX);
    scp_buf_init(&t->latin, 2 * (size_t)SCP_REGTEXT_LINE_MAX);
    scp_buf_init(&t->name, SCP_REGTEXT_NAME_MAX);
    scp_buf_init(&t->data, SCP_REGTEXT_VALUE_MAX);
    return t;
}

enum scp_regtext_dialect scp_regtext_dialect(const struct scp_regtext *t)
{
    return t->facts.dialect;
}

void scp_regtext_free(struct scp_regtext *t)
{
    if (t == NULL)
        return;
    scp_buf_free(&t->carry);
    scp_buf_free(&t->latin);
    scp_buf_free(&t->name);
    scp_buf_free(&t->data);
    free(t);
}

/* --- Shared by the dialects --- */

bool scp_regtext_starved(const struct scp_regtext *t)
{
    return t->carry.starved || t->latin.starved || t->name.starved || t->data.starved;
}

int scp_regtext_anomaly(struct scp_regtext *t, size_t line, const char *what, struct scp_err *err)
{
    if (scp_regtext_starved(t))
        return scp_err_memory(err);
    t->facts.anomalies++;
    return t->sink.anomaly(t->sink.ctx, line, t->wanted, what, err);
}

void scp_regtext_cut(struct scp_regtext *t)
{
    if (!t->facts.truncated)
        t->facts.truncated_line = t->facts.lines;
    t->facts.truncated = true;
}

int scp_regtext_key(struct scp_regtext *t, const char *path, size_t n, bool deleted, struct scp_err *err)
{
    while (n > 0 && path[n - 1] == '\\')
        n--;
    t->wanted = true;
    if (n == 0 || n > SCP_REGTEXT_PATH_MAX)
        return scp_regtext_anomaly(t, t->facts.lines, n == 0 ? "a key without a name" : "a key path that is too long", err);
    t->facts.keys++;
    t->has_key = true;
    if (t->sink.key(t->sink.ctx, path, n, deleted, &t->wanted, err) != 0)
        return -1;
    if (deleted)
        t->has_key = false;
    return 0;
}

int scp_regtext_deliver(struct scp_regtext *t, struct scp_err *err)
{
    if (scp_regtext_starved(t))
        return scp_err_memory(err);
    if (!t->has_key)
        return 0;
    t->facts.values++;
    return t->sink.value(t->sink.ctx, scp_buf_text(&t->name), t->name.n, t->type, (const uint8_t *)scp_buf_text(&t->data),
                         t->data.n, err);
}

static int put_unit(struct scp_regtext *t, uint32_t unit)
{
    const uint8_t bytes[2] = { (uint8_t)(unit & 0xFF), (uint8_t)(unit >> 8) };

    return scp_buf_add(&t->data, bytes, sizeof bytes);
}

int scp_regtext_put_text(struct scp_regtext *t, const char *p, size_t n)
{
    for (size_t i = 0, length; i < n; i += length) {
        uint32_t c = 0;

        length = scp_text_utf8_next(p + i, n - i, &c);
        if (length == 0)
            return -1;
        if (c >= 0x10000 && put_unit(t, 0xD800 + ((c - 0x10000) >> 10)) != 0)
            return -1;
        if (put_unit(t, c >= 0x10000 ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c) != 0)
            return -1;
    }
    return 0;
}

int scp_regtext_put_nul(struct scp_regtext *t)
{
    return put_unit(t, 0);
}

/* A line as valid UTF-8: single-byte code pages are read as Latin-1 where a dialect may be written in one. */
int scp_regtext_line_text(struct scp_regtext *t, const char **p, size_t *n, struct scp_err *err)
{
    if (t->encoding == ENCODING_UTF16 || scp_text_utf8_valid(*p, *n))
        return 0;
    if (t->facts.dialect != SCP_REGTEXT_REGEDIT4 && t->facts.dialect != SCP_REGTEXT_QUERY)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: not valid UTF-8", t->facts.lines);
    scp_buf_truncate(&t->latin, 0);
    for (size_t i = 0; i < *n; i++) {
        char utf8[4];

        (void)scp_buf_add(&t->latin, utf8, scp_text_utf8_put((uint8_t)(*p)[i], utf8));
    }
    *p = scp_buf_text(&t->latin);
    *n = t->latin.n;
    if (t->latin.starved)
        return scp_err_memory(err);
    return t->latin.failed ? scp_err_set(err, SCP_ERR_LIMIT, "line %zu: too long", t->facts.lines) : 0;
}

/* --- Lines --- */

static bool begins(const char *p, size_t n, const char *with)
{
    size_t length = strlen(with);

    return n >= length && scp_text_caseeq(p, length, with, length);
}

static bool is_blank(const char *p, size_t n)
{
    while (n > 0 && (*p == ' ' || *p == '\t')) {
        p++;
        n--;
    }
    return n == 0;
}

/* Files of several encodings in one cannot be taken apart safely.  `line`: the first one that it may be. */
static int mixed(size_t line, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_FORMAT,
                       "line %zu or later: an export in another encoding (UTF-16 and 8-bit text) was joined to the first: give "
                       "each file by itself",
                       line);
}

/* The first line of an export; UNKNOWN: it is not one. */
static enum scp_regtext_dialect header_of(const char *p, size_t n)
{
    static const char REGEDIT5[] = "Windows Registry Editor Version 5.00";

    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
        n--;
    if (n == sizeof REGEDIT5 - 1 && memcmp(p, REGEDIT5, n) == 0)
        return SCP_REGTEXT_REGEDIT5;
    return n == 8 && memcmp(p, "REGEDIT4", n) == 0 ? SCP_REGTEXT_REGEDIT4 : SCP_REGTEXT_UNKNOWN;
}

/* A header: the text's first line, or that of another export that was joined to it. */
static int begin_export(struct scp_regtext *t, enum scp_regtext_dialect dialect)
{
    t->facts.dialect = dialect;
    t->has_key = false;
    t->wanted = true;
    /* The header is the whole text: an export always holds at least one key. */
    if (t->at_end)
        scp_regtext_cut(t);
    return 0;
}

static int read_header(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    enum scp_regtext_dialect dialect = header_of(p, n);

    if (dialect != SCP_REGTEXT_UNKNOWN)
        return begin_export(t, dialect);
    if (is_blank(p, n))
        return 0;
    if (begins(p, n, "HKEY_") || begins(p, n, "HKLM\\") || begins(p, n, "HKU\\") || begins(p, n, "HKCU\\")) {
        t->facts.dialect = SCP_REGTEXT_QUERY;
        t->after_blank = true;
        return scp_regtext_query_line(t, p, n, err);
    }
    return scp_err_set(err, t->at_end ? SCP_ERR_TRUNCATED : SCP_ERR_FORMAT, "line %zu: not registry text (unknown header)",
                       t->facts.lines);
}

/* What joining leaves between exports: the second one's byte order mark, and the 0x1A that `copy a+b` ends its target with. */
static void skip_seam(const char **p, size_t *n)
{
    for (;;) {
        size_t length = *n == 0 ? 0 : **p == SUBSTITUTE ? 1 : **p == '\xEF' && begins(*p, *n, "\xEF\xBB\xBF") ? 3 : 0;

        if (length == 0)
            return;
        *p += length;
        *n -= length;
    }
}

static int read_line(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    enum scp_regtext_dialect joined;

    t->facts.lines++;
    if (n > 0 && p[n - 1] == '\r')
        n--;
    skip_seam(&p, &n);
    if (n > 1 && p[0] == '\xFF' && p[1] == '\xFE')
        return mixed(t->facts.lines, err);
    joined = t->facts.dialect != SCP_REGTEXT_UNKNOWN && t->inside == INSIDE_NOTHING ? header_of(p, n) : SCP_REGTEXT_UNKNOWN;
    if (joined != SCP_REGTEXT_UNKNOWN) {
        if (t->sink.joined != NULL && t->sink.joined(t->sink.ctx, err) != 0)
            return -1;
        return begin_export(t, joined);
    }
    switch (t->facts.dialect) {
    case SCP_REGTEXT_UNKNOWN: return read_header(t, p, n, err);
    case SCP_REGTEXT_QUERY: return scp_regtext_query_line(t, p, n, err);
    case SCP_REGTEXT_REGEDIT5:
    case SCP_REGTEXT_REGEDIT4: break;
    }
    return scp_regtext_export_line(t, p, n, err);
}

static int carry(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    if (scp_buf_add(&t->carry, p, n) == 0)
        return 0;
    if (t->carry.starved)
        return scp_err_memory(err);
    return scp_err_set(err, SCP_ERR_LIMIT, "line %zu: longer than %d bytes", t->facts.lines + 1, SCP_REGTEXT_LINE_MAX);
}

/* A header in UTF-16, with its byte order mark or without, amid 8-bit text. */
static bool joins_utf16(const char *p, size_t n)
{
    static const char *const MARKS[] = { "\xFF\xFEW\0i", "\xFF\xFER\0E", "\nW\0i", "\nR\0E" };
    static const size_t LENGTHS[] = { 5, 5, 4, 4 };

    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++) {
        for (const char *at = p; (at = memchr(at, MARKS[i][0], n - (size_t)(at - p))) != NULL; at++) {
            if (n - (size_t)(at - p) >= LENGTHS[i] && memcmp(at, MARKS[i], LENGTHS[i]) == 0)
                return true;
        }
    }
    return false;
}

/* Splits UTF-8 into lines. */
static int feed_text(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    if (memchr(p, '\0', n) != NULL)
        return joins_utf16(p, n)
                   ? mixed(t->facts.lines + 1, err)
                   : scp_err_set(err, SCP_ERR_FORMAT, "line %zu or later: a NUL character in the text", t->facts.lines + 1);
    while (n > 0) {
        size_t usual = t->carry.n == 0 ? scp_regtext_usual_lines(t, p, n) : 0, length;
        const char *end = memchr(p + usual, '\n', n - usual);
        int rc;

        p += usual;
        n -= usual;
        if (end == NULL)
            return carry(t, p, n, err);
        length = (size_t)(end - p);
        if (t->carry.n == 0) {
            rc = read_line(t, p, length, err);
        } else {
            rc = carry(t, p, length, err) != 0 ? -1 : read_line(t, scp_buf_text(&t->carry), t->carry.n, err);
            scp_buf_truncate(&t->carry, 0);
        }
        if (rc != 0)
            return -1;
        p = end + 1;
        n -= length + 1;
    }
    return 0;
}

/* --- UTF-16LE --- */

/* What stands at the beginning of a line of UTF-16 where another file was joined. */
enum seam { SEAM_NONE, SEAM_ODD /* a single 0x1A, then UTF-16 goes on */, SEAM_MIXED /* 8-bit text goes on */ };

static enum seam seam_at(const uint8_t *p, size_t n)
{
    static const char *const BEGINNINGS[] = { "Wi", "RE", "\xEF\xBB" };

    if (n >= 3 && p[0] == SUBSTITUTE && ((p[1] == 0xFF && p[2] == 0xFE) || ((p[1] == 'W' || p[1] == 'R') && p[2] == 0)))
        return SEAM_ODD;
    if (n > 1 && p[0] == SUBSTITUTE) {
        p++;
        n--;
    }
    for (size_t i = 0; n > 1 && i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        if (memcmp(p, BEGINNINGS[i], 2) == 0)
            return SEAM_MIXED;
    }
    return SEAM_NONE;
}

enum { CONVERTED = 0, LONE_SURROGATE = -1, OTHER_ENCODING = -2 };

/* Four characters, each in the low byte of its unit, side by side. */
static uint64_t narrow(uint64_t v)
{
    v |= v >> 8;
    return (v & 0xFFFFU) | (v >> 16 & 0xFFFF0000U);
}

/* As convert_ascii() does, so many characters at a time that compilers take several of them in one instruction. */
static size_t convert_blocks(const uint8_t *p, size_t n, char *restrict out)
{
    enum { BLOCK = 64 };
    size_t put = 0;

    for (; n - 2 * put >= (size_t)2 * BLOCK; put += BLOCK) {
        const uint8_t *from = p + 2 * put;
        char *to = out + put;
        uint16_t unit[BLOCK], all = 0;

        for (int i = 0; i < BLOCK; i++)
            unit[i] = scp_le16(from + (ptrdiff_t)2 * i);
        for (int i = 0; i < BLOCK; i++)
            all |= unit[i];
        if (all > 0x7F)
            break;
        for (int i = 0; i < BLOCK; i++)
            to[i] = (char)unit[i];
    }
    return put;
}

/* ASCII of UTF-16, eight characters at a time; returns how many there were. */
static size_t convert_ascii(const uint8_t *p, size_t n, char *out)
{
    size_t put = convert_blocks(p, n, out);

    for (; n - 2 * put >= 16; put += 8) {
        uint64_t a = scp_le64(p + 2 * put), b = scp_le64(p + 2 * put + 8);

        if (((a | b) & 0xFF80FF80FF80FF80U) != 0)
            break;
        scp_put_le64((uint8_t *)out + put, narrow(a) | narrow(b) << 32);
    }
    return put;
}

/* Converts complete characters of p; *taken tells how many bytes. */
static int convert(const uint8_t *p, size_t n, bool line_start, char *out, size_t *out_n, size_t *taken)
{
    size_t i = 0, put = 0, ascii;

    for (;;) {
        uint32_t unit, low;

        ascii = convert_ascii(p + i, n - i, out + put);
        put += ascii;
        i += 2 * ascii;
        if (n - i < 2)
            break;
        unit = scp_le16(p + i);
        if (unit > 0x7F && (put > 0 ? out[put - 1] == '\n' : line_start && i == 0)) {
            enum seam seam = seam_at(p + i, n - i);

            if (seam == SEAM_MIXED)
                return OTHER_ENCODING;
            if (seam == SEAM_NONE && p[i] == SUBSTITUTE && n - i < 3)
                break;
            i += seam == SEAM_ODD;
            unit = scp_le16(p + i);
        }
        if (unit >= 0xDC00 && unit <= 0xDFFF)
            return LONE_SURROGATE;
        if (unit < 0xD800 || unit > 0xDBFF) {
            put += scp_text_utf8_put(unit, out + put);
            i += 2;
            continue;
        }
        if (n - i < 4)
            break;
        low = scp_le16(p + i + 2);
        if (low < 0xDC00 || low > 0xDFFF)
            return LONE_SURROGATE;
        put += scp_text_utf8_put(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out + put);
        i += 4;
    }
    *out_n = put;
    *taken = i;
    return CONVERTED;
}

static int feed_utf16(struct scp_regtext *t, const uint8_t *p, size_t n, struct scp_err *err)
{
    char text[PIECE / 2 * 3 + 16];
    uint8_t piece[PIECE + sizeof t->head];

    while (n > 0) {
        const uint8_t *from = p;
        size_t step = n < PIECE ? n : PIECE, have = step, put, taken;
        int rc;

        if (t->head_n > 0) {
            memcpy(piece, t->head, t->head_n);
            memcpy(piece + t->head_n, p, step);
            from = piece;
            have += t->head_n;
        }
        rc = convert(from, have, t->carry.n == 0, text, &put, &taken);
        if (rc != CONVERTED)
            return rc == OTHER_ENCODING ? mixed(t->facts.lines + 1, err)
                                        : scp_err_set(err, SCP_ERR_FORMAT, "line %zu or later: invalid UTF-16", t->facts.lines + 1);
        t->head_n = have - taken;
        memcpy(t->head, from + taken, t->head_n);
        if (feed_text(t, text, put, err) != 0)
            return -1;
        p += step;
        n -= step;
    }
    return 0;
}

/* --- Encoding --- */

/* Whether `head` is enough to tell; what is left of it behind a BOM stays in head. */
static bool detect(struct scp_regtext *t, bool at_end)
{
    size_t bom = 0;

    if (t->head_n < 2 && !at_end)
        return false;
    if (t->head_n >= 2 && t->head[0] == 0xFF && t->head[1] == 0xFE) {
        t->encoding = ENCODING_UTF16;
        bom = 2;
    } else if (t->head_n >= 2 && t->head[0] != 0 && t->head[1] == 0) {
        t->encoding = ENCODING_UTF16;
    } else {
        if (t->head[0] == 0xEF && t->head_n < 3 && !at_end)
            return false;
        t->encoding = ENCODING_UTF8;
        if (t->head_n >= 3 && t->head[0] == 0xEF && t->head[1] == 0xBB && t->head[2] == 0xBF)
            bom = 3;
    }
    t->facts.utf16 = t->encoding == ENCODING_UTF16;
    t->head_n -= bom;
    memmove(t->head, t->head + bom, t->head_n);
    return true;
}

static int feed_decoded(struct scp_regtext *t, const uint8_t *p, size_t n, struct scp_err *err)
{
    return t->encoding == ENCODING_UTF16 ? feed_utf16(t, p, n, err) : feed_text(t, (const char *)p, n, err);
}

/* What was held back for the encoding's sake. */
static int flush_head(struct scp_regtext *t, struct scp_err *err)
{
    uint8_t held[sizeof t->head];
    size_t n = t->head_n;

    memcpy(held, t->head, n);
    t->head_n = 0;
    return n > 0 ? feed_decoded(t, held, n, err) : 0;
}

int scp_regtext_feed(struct scp_regtext *t, const void *p, size_t n, struct scp_err *err)
{
    const uint8_t *bytes = p;

    while (n > 0 && t->encoding == ENCODING_UNKNOWN) {
        t->head[t->head_n++] = *bytes++;
        n--;
        if (detect(t, false) && flush_head(t, err) != 0)
            return -1;
    }
    return n > 0 ? feed_decoded(t, bytes, n, err) : 0;
}

int scp_regtext_finish(struct scp_regtext *t, struct scp_regtext_facts *facts, struct scp_err *err)
{
    if (t->encoding == ENCODING_UNKNOWN && t->head_n > 0 && detect(t, true) && flush_head(t, err) != 0)
        return -1;
    t->at_end = true;
    if (t->encoding == ENCODING_UTF16 && t->head_n == 1 && t->head[0] == SUBSTITUTE)
        t->head_n = 0;
    if (t->encoding == ENCODING_UTF16 && t->head_n > 0)
        scp_regtext_cut(t);
    if (t->carry.n > 0 && read_line(t, scp_buf_text(&t->carry), t->carry.n, err) != 0)
        return -1;
    if (t->facts.dialect == SCP_REGTEXT_UNKNOWN)
        return scp_err_set(err, SCP_ERR_TRUNCATED, t->facts.lines == 0 ? "empty" : "no registry text in it");
    if (t->inside != INSIDE_NOTHING)
        scp_regtext_cut(t);
    if (facts != NULL)
        *facts = t->facts;
    return 0;
}
