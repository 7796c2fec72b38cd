/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Lines of `reg query KEY /s`:
 *
 *   HKEY_LOCAL_MACHINE\SOFTWARE\…
 *       Name    REG_DWORD    0x1
 */
#include "codec/registry/regtext_internal.h"

#include "base/text.h"

#include <string.h>

enum { INDENT = 4 };

static const struct {
    const char *name;
    uint32_t type;
} TYPES[] = {
    { "REG_BINARY", SCP_REG_BINARY },     { "REG_DWORD_BIG_ENDIAN", SCP_REG_DWORD_BE },
    { "REG_DWORD", SCP_REG_DWORD },       { "REG_EXPAND_SZ", SCP_REG_EXPAND_SZ },
    { "REG_MULTI_SZ", SCP_REG_MULTI_SZ }, { "REG_NONE", SCP_REG_NONE },
    { "REG_QWORD", SCP_REG_QWORD },       { "REG_SZ", SCP_REG_SZ },
};

static bool is_key_line(const char *p, size_t n)
{
    return n > 4 && scp_text_caseeq(p, 2, "HK", 2) && (memchr(p, '\\', n) != NULL || scp_text_caseeq(p, 5, "HKEY_", 5));
}

/* Finds "    REG_TYPE" followed by four blanks or the end; the name may hold blanks itself. */
static bool find_type(const char *p, size_t n, size_t *name_n, size_t *type, size_t *data)
{
    for (size_t i = 0; i + INDENT < n; i++) {
        if (memcmp(p + i, "    ", INDENT) != 0)
            continue;
        for (size_t k = 0; k < sizeof TYPES / sizeof TYPES[0]; k++) {
            size_t length = strlen(TYPES[k].name), end = i + INDENT + length;

            if (end > n || memcmp(p + i + INDENT, TYPES[k].name, length) != 0)
                continue;
            if (end != n && (n - end < INDENT || memcmp(p + end, "    ", INDENT) != 0))
                continue;
            *name_n = i;
            *type = k;
            *data = end == n ? n : end + INDENT;
            return true;
        }
    }
    return false;
}

static bool put_binary(struct scp_regtext *t, const char *p, size_t n)
{
    char *room = scp_buf_room(&t->data, n / 2 + 1);

    if (n % 2 != 0 || room == NULL)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        int high = scp_regtext_hex[(uint8_t)p[i]], low = scp_regtext_hex[(uint8_t)p[i + 1]];

        if ((high | low) < 0)
            return false;
        room[i / 2] = (char)(high << 4 | low);
    }
    scp_buf_grown(&t->data, n / 2);
    return true;
}

/* 0x1 as `bytes` bytes. */
static bool put_number(struct scp_regtext *t, const char *p, size_t n, size_t bytes, bool big_endian)
{
    uint64_t v = 0;

    if (n < 3 || p[0] != '0' || (p[1] != 'x' && p[1] != 'X') || n - 2 > 2 * bytes)
        return false;
    for (size_t i = 2; i < n; i++) {
        if (scp_regtext_hex[(uint8_t)p[i]] < 0)
            return false;
        v = v << 4 | (uint64_t)scp_regtext_hex[(uint8_t)p[i]];
    }
    for (size_t i = 0; i < bytes; i++)
        (void)scp_buf_chr(&t->data, (char)(v >> 8 * (big_endian ? bytes - 1 - i : i) & 0xFF));
    return true;
}

static bool put_strings(struct scp_regtext *t, const char *p, size_t n)
{
    for (size_t i = 0, from = 0; i <= n; i++) {
        bool separator = i + 1 < n && p[i] == '\\' && p[i + 1] == '0';

        if (!separator && i < n)
            continue;
        if ((i > from || separator) && (scp_regtext_put_text(t, p + from, i - from) != 0 || scp_regtext_put_nul(t) != 0))
            return false;
        from = i + 2;
        i++;
    }
    return scp_regtext_put_nul(t) == 0;
}

static bool put_data(struct scp_regtext *t, const char *p, size_t n)
{
    switch (t->type) {
    case SCP_REG_DWORD: return put_number(t, p, n, 4, false);
    case SCP_REG_DWORD_BE: return put_number(t, p, n, 4, true);
    case SCP_REG_QWORD: return put_number(t, p, n, 8, false);
    case SCP_REG_MULTI_SZ: return put_strings(t, p, n);
    case SCP_REG_SZ:
    case SCP_REG_EXPAND_SZ: return scp_regtext_put_text(t, p, n) == 0 && scp_regtext_put_nul(t) == 0;
    default: return put_binary(t, p, n);
    }
}

static int read_value(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    size_t name_n = 0, type = 0, data = 0;

    if (t->at_end) {
        scp_regtext_cut(t);
        return 0;
    }
    if (!t->wanted)
        return 0;
    if (!find_type(p, n, &name_n, &type, &data))
        return scp_regtext_anomaly(t, t->facts.lines, "a value without its type", err);
    scp_buf_truncate(&t->name, 0);
    scp_buf_truncate(&t->data, 0);
    t->name.failed = t->data.failed = false;
    t->type = TYPES[type].type;
    /* The default value is shown as a word in parentheses, in the language of the system. */
    if (name_n < 2 || p[0] != '(' || p[name_n - 1] != ')')
        (void)scp_buf_add(&t->name, p, name_n);
    if (t->name.failed || !put_data(t, p + data, n - data))
        return scp_regtext_anomaly(t, t->facts.lines, "data that does not fit its type", err);
    return scp_regtext_deliver(t, err);
}

static int read_key(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    if (t->after_key_line || !t->after_blank)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: a list of keys without their values: give 'reg query' the option /s",
                           t->facts.lines);
    t->after_key_line = true;
    t->after_blank = false;
    if (t->at_end)
        scp_regtext_cut(t);
    return scp_regtext_key(t, p, n, false, err);
}

int scp_regtext_query_line(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err)
{
    if (scp_regtext_line_text(t, &p, &n, err) != 0)
        return -1;
    if (n == 0) {
        t->after_blank = true;
        t->after_key_line = false;
        return 0;
    }
    if (n > INDENT && memcmp(p, "    ", INDENT) == 0) {
        t->after_blank = t->after_key_line = false;
        return read_value(t, p + INDENT, n - INDENT, err);
    }
    if (is_key_line(p, n))
        return read_key(t, p, n, err);
    /* "End of search: …", in any language, and remarks of other programs. */
    if (t->after_blank)
        return 0;
    return scp_regtext_anomaly(t, t->facts.lines, "neither a key nor a value", err);
}
