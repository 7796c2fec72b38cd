/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include "base/num.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"

#include <stdlib.h>
#include <string.h>

void scp_json_init(struct scp_json *j, struct scp_buf *out, bool pretty)
{
    *j = (struct scp_json){ .out = out, .pretty = pretty };
    j->empty[0] = true;
}

static void line(struct scp_json *j)
{
    (void)scp_buf_chr(j->out, '\n');
    for (unsigned i = 0; i < j->depth; i++)
        (void)scp_buf_str(j->out, "  ");
}

static void quoted(struct scp_buf *out, const char *s, size_t n)
{
    (void)scp_buf_chr(out, '"');
    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t length = scp_text_utf8_next(s + i, n - i, &c);

        if (scp_say_is_own(s + i, n - i))
            length = 1; /* the mark of a sentence */
        else if (length == 0)
            (void)scp_buf_str(out, "\xEF\xBF\xBD");
        else if (c == '"' || c == '\\')
            (void)scp_buf_printf(out, "\\%c", (char)c);
        else if (c == '\n')
            (void)scp_buf_str(out, "\\n");
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029)
            (void)scp_buf_printf(out, "\\u%04x", (unsigned)c);
        else
            (void)scp_buf_add(out, s + i, length);
        i += length == 0 ? 1 : length;
    }
    (void)scp_buf_chr(out, '"');
}

/* Comma, line and key in front of a value. */
static void begin(struct scp_json *j, const char *key)
{
    if (!j->empty[j->depth])
        (void)scp_buf_chr(j->out, ',');
    if (j->depth > 0 && j->pretty)
        line(j);
    j->empty[j->depth] = false;
    if (key == NULL)
        return;
    quoted(j->out, key, strlen(key));
    (void)scp_buf_str(j->out, j->pretty ? ": " : ":");
}

void scp_json_open(struct scp_json *j, const char *key, char bracket)
{
    begin(j, key);
    (void)scp_buf_chr(j->out, bracket);
    if (j->depth >= SCP_JSON_DEPTH) {
        j->out->failed = true;
        return;
    }
    j->empty[++j->depth] = true;
}

void scp_json_close(struct scp_json *j, char bracket)
{
    bool empty = j->empty[j->depth];

    if (j->depth > 0)
        j->depth--;
    if (!empty && j->pretty)
        line(j);
    (void)scp_buf_chr(j->out, bracket);
}

void scp_json_bytes(struct scp_json *j, const char *key, const char *s, size_t n)
{
    begin(j, key);
    quoted(j->out, s, n);
}

void scp_json_text(struct scp_json *j, const char *key, const char *s)
{
    if (s == NULL)
        scp_json_null(j, key);
    else
        scp_json_bytes(j, key, s, strlen(s));
}

void scp_json_number(struct scp_json *j, const char *key, double v)
{
    char text[SCP_NUM_TEXT];

    scp_num_format(v, text);
    scp_json_raw(j, key, text);
}

void scp_json_integer(struct scp_json *j, const char *key, int64_t v)
{
    begin(j, key);
    (void)scp_buf_printf(j->out, "%lld", (long long)v);
}

void scp_json_bool(struct scp_json *j, const char *key, bool v)
{
    scp_json_raw(j, key, v ? "true" : "false");
}

void scp_json_null(struct scp_json *j, const char *key)
{
    scp_json_raw(j, key, "null");
}

void scp_json_raw(struct scp_json *j, const char *key, const char *json)
{
    begin(j, key);
    (void)scp_buf_str(j->out, json);
}

void scp_json_time(struct scp_json *j, const char *key, int64_t t)
{
    char text[SCP_UTC_TEXT];

    if (t == SCP_UTC_UNKNOWN) {
        scp_json_null(j, key);
        return;
    }
    scp_utc_format(t, text);
    scp_json_text(j, key, text);
}

void scp_json_begin(struct scp_json_object *o, size_t max)
{
    scp_buf_init(&o->text, max);
    scp_json_init(&o->json, &o->text, false);
    scp_json_open(&o->json, NULL, '{');
}

char *scp_json_end(struct scp_json_object *o)
{
    bool over;
    char *json;

    scp_json_close(&o->json, '}');
    over = o->text.failed && !o->text.starved;
    json = scp_buf_steal(&o->text);
    return over ? calloc(1, 1) : json;
}
