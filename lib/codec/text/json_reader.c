/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/json_reader.h"

#include "base/num.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

void scp_json_reader_init(struct scp_json_reader *r, const char *p, size_t n)
{
    *r = (struct scp_json_reader){ .p = p, .n = n, .want = SCP_JSON_WANT_VALUE, .text = "", .key = "" };
}

static int wrong(const struct scp_json_reader *r, const char *what, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "not JSON: %s at byte %zu", what, r->pos);
}

static int too_short(struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_TRUNCATED, "JSON ends too early");
}

static void skip_blanks(struct scp_json_reader *r)
{
    while (r->pos < r->n && (r->p[r->pos] == ' ' || r->p[r->pos] == '\t' || r->p[r->pos] == '\n' || r->p[r->pos] == '\r'))
        r->pos++;
}

/* What may come behind a value. */
static void settle(struct scp_json_reader *r)
{
    r->want = r->depth > 0 ? SCP_JSON_WANT_MORE : SCP_JSON_WANT_NOTHING;
}

/* --- Strings and numbers --- */

static int take_string(struct scp_json_reader *r, struct scp_err *err)
{
    size_t i = r->pos + 1;

    for (; i < r->n && r->p[i] != '"'; i++) {
        if ((unsigned char)r->p[i] < 0x20)
            return wrong(r, "a control character in a string", err);
        if (r->p[i] != '\\')
            continue;
        if (++i >= r->n)
            return too_short(err);
        if (strchr("\"\\/bfnrtu", r->p[i]) == NULL || r->p[i] == '\0')
            return wrong(r, "an unknown escape", err);
        for (int k = 0; r->p[i] == 'u' && k < 4; k++) {
            if (i + 1 + (size_t)k >= r->n)
                return too_short(err);
            if (scp_num_hex_digit(r->p[i + 1 + (size_t)k]) < 0)
                return wrong(r, "an unknown escape", err);
        }
    }
    if (i >= r->n)
        return too_short(err);
    r->text = r->p + r->pos + 1;
    r->text_n = i - r->pos - 1;
    r->pos = i + 1;
    return 0;
}

static size_t digits(const struct scp_json_reader *r, size_t from)
{
    size_t i = from;

    while (i < r->n && r->p[i] >= '0' && r->p[i] <= '9')
        i++;
    return i - from;
}

static int take_number(struct scp_json_reader *r, struct scp_err *err)
{
    size_t i = r->pos + (r->p[r->pos] == '-'), whole = digits(r, i);

    if (whole == 0 || (whole > 1 && r->p[i] == '0'))
        return i >= r->n ? too_short(err) : wrong(r, "a malformed number", err);
    i += whole;
    if (i < r->n && r->p[i] == '.') {
        size_t more = digits(r, i + 1);

        if (more == 0)
            return wrong(r, "a malformed number", err);
        i += 1 + more;
    }
    if (i < r->n && (r->p[i] == 'e' || r->p[i] == 'E')) {
        size_t sign = i + 1 < r->n && (r->p[i + 1] == '+' || r->p[i + 1] == '-'), more = digits(r, i + 1 + sign);

        if (more == 0)
            return wrong(r, "a malformed number", err);
        i += 1 + sign + more;
    }
    /* At the very end it may have been cut, unless it is the whole text. */
    if (i == r->n && r->depth > 0)
        return too_short(err);
    r->text = r->p + r->pos;
    r->text_n = i - r->pos;
    r->pos = i;
    return 0;
}

static int take_word(struct scp_json_reader *r, const char *word, struct scp_err *err)
{
    size_t n = strlen(word), left = r->n - r->pos;

    if (memcmp(r->p + r->pos, word, left < n ? left : n) != 0)
        return wrong(r, "an unknown word", err);
    if (left < n)
        return too_short(err);
    r->pos += n;
    return 0;
}

/* --- Structure --- */

static int take_value(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err)
{
    char c = r->p[r->pos];
    int rc;

    if (c == '{' || c == '[') {
        if (r->depth == SCP_JSON_READER_DEPTH)
            return scp_err_set(err, SCP_ERR_LIMIT, "JSON nested more than %d levels deep", SCP_JSON_READER_DEPTH);
        r->bracket[r->depth++] = c;
        r->pos++;
        r->want = SCP_JSON_WANT_FIRST;
        *token = c == '{' ? SCP_JSON_OBJECT : SCP_JSON_ARRAY;
        return 0;
    }
    if (c == '"') {
        *token = SCP_JSON_STRING;
        rc = take_string(r, err);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        *token = SCP_JSON_NUMBER;
        rc = take_number(r, err);
    } else if (c == 't' || c == 'f' || c == 'n') {
        *token = c == 't' ? SCP_JSON_TRUE : c == 'f' ? SCP_JSON_FALSE : SCP_JSON_NULL;
        rc = take_word(r, c == 't' ? "true" : c == 'f' ? "false" : "null", err);
    } else {
        return wrong(r, "not a value", err);
    }
    settle(r);
    return rc;
}

static int take_key(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err)
{
    if (r->p[r->pos] != '"')
        return wrong(r, "not a key", err);
    if (take_string(r, err) != 0)
        return -1;
    *token = SCP_JSON_KEY;
    r->want = SCP_JSON_WANT_COLON;
    return 0;
}

static bool closes(const struct scp_json_reader *r)
{
    return r->depth > 0 && r->p[r->pos] == (r->bracket[r->depth - 1] == '{' ? '}' : ']');
}

static int close_level(struct scp_json_reader *r, enum scp_json_token *token)
{
    *token = r->bracket[--r->depth] == '{' ? SCP_JSON_OBJECT_END : SCP_JSON_ARRAY_END;
    r->pos++;
    settle(r);
    return 0;
}

static int next_member(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err)
{
    return r->bracket[r->depth - 1] == '{' ? take_key(r, token, err) : take_value(r, token, err);
}

int scp_json_reader_next(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err)
{
    skip_blanks(r);
    if (r->want == SCP_JSON_WANT_NOTHING) {
        *token = SCP_JSON_END;
        return r->pos == r->n ? 0 : wrong(r, "something behind the end", err);
    }
    if (r->pos == r->n)
        return too_short(err);
    switch (r->want) {
    case SCP_JSON_WANT_COLON:
        if (r->p[r->pos] != ':')
            return wrong(r, "no colon", err);
        r->pos++;
        skip_blanks(r);
        return r->pos == r->n ? too_short(err) : take_value(r, token, err);
    case SCP_JSON_WANT_FIRST: return closes(r) ? close_level(r, token) : next_member(r, token, err);
    case SCP_JSON_WANT_MORE:
        if (closes(r))
            return close_level(r, token);
        if (r->p[r->pos] != ',')
            return wrong(r, "no comma", err);
        r->pos++;
        skip_blanks(r);
        return r->pos == r->n ? too_short(err) : next_member(r, token, err);
    case SCP_JSON_WANT_VALUE:
    case SCP_JSON_WANT_NOTHING:
    default: return take_value(r, token, err);
    }
}

int scp_json_reader_skip(struct scp_json_reader *r, enum scp_json_token token, struct scp_err *err)
{
    unsigned level = r->depth;

    if (token != SCP_JSON_OBJECT && token != SCP_JSON_ARRAY)
        return 0;
    while (r->depth >= level) {
        if (scp_json_reader_next(r, &token, err) != 0)
            return -1;
    }
    return 0;
}

int scp_json_reader_member(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err)
{
    if (scp_json_reader_next(r, token, err) != 0)
        return -1;
    if (*token == SCP_JSON_OBJECT_END)
        return 0;
    r->key = r->text;
    r->key_n = r->text_n;
    return scp_json_reader_next(r, token, err) == 0 ? 1 : -1;
}

/* --- Text --- */

static uint32_t four_digits(const char *p)
{
    uint32_t v = 0;

    for (int i = 0; i < 4; i++)
        v = v << 4 | (uint32_t)scp_num_hex_digit(p[i]);
    return v;
}

/* One escape behind the backslash; its length in *used. */
static uint32_t unescape(const char *p, size_t n, size_t *used)
{
    static const char LETTERS[] = "\"\\/bfnrt", MEANING[] = "\"\\/\b\f\n\r\t";
    const char *letter = strchr(LETTERS, p[0]);
    uint32_t high, low;

    *used = 1;
    if (letter != NULL)
        return (uint32_t)(unsigned char)MEANING[letter - LETTERS];
    *used = 5;
    high = four_digits(p + 1);
    if (high < 0xD800 || high > 0xDFFF)
        return high;
    if (high > 0xDBFF || n < 11 || p[5] != '\\' || p[6] != 'u')
        return 0xFFFD;
    low = four_digits(p + 7);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0xFFFD;
    *used = 11;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

void scp_json_reader_text(const struct scp_json_reader *r, char *out, size_t size)
{
    const char *p = r->text;
    size_t n = r->text_n, put = 0;

    while (n > 0) {
        char c[4] = { *p };
        size_t used = 1, length = 1;

        if (*p == '\\') {
            length = scp_text_utf8_put(unescape(p + 1, n - 1, &used), c);
            used++;
        } else {
            uint32_t codepoint;
            size_t whole = scp_text_utf8_next(p, n, &codepoint);

            if (whole > 1) {
                memcpy(c, p, whole);
                used = length = whole;
            }
        }
        if (put + length >= size)
            break;
        memcpy(out + put, c, length);
        put += length;
        p += used;
        n -= used;
    }
    out[put] = '\0';
}

bool scp_json_reader_is(const struct scp_json_reader *r, const char *what)
{
    return scp_text_caseeq(r->key, r->key_n, what, strlen(what));
}
