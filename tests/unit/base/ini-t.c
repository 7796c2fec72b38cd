/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "base/ini.h"
#include "base/text.h"
#include "tap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* "[name]1 key=value@2 flag@3 " and so on. */
static void dump(const struct scp_ini *ini, struct scp_buf *out)
{
    for (size_t i = 0; i < ini->n; i++) {
        const struct scp_ini_section *s = &ini->v[i];

        (void)scp_buf_printf(out, "[%s]%zu ", s->name, s->line);
        for (size_t k = 0; k < s->n; k++)
            (void)scp_buf_printf(out, "%s%s%s@%zu ", s->v[k].key, s->v[k].value != NULL ? "=" : "",
                                 s->v[k].value != NULL ? s->v[k].value : "", s->v[k].line);
    }
}

/* From memory of exactly this size. */
static int parse(const char *text, size_t n, unsigned flags, struct scp_ini *ini, struct scp_err *err)
{
    char *exact = malloc(n > 0 ? n : 1);
    int result;

    if (exact == NULL)
        tap_bail("out of memory");
    memcpy(exact, text, n);
    result = scp_ini_parse(exact, n, flags, ini, err);
    free(exact); /* the result owns its copies */
    return result;
}

static void is_read_as(const char *text, unsigned flags, const char *wanted)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf out;
    struct scp_ini ini;

    scp_buf_init(&out, 100000);
    if (parse(text, strlen(text), flags, &ini, &err) == 0)
        dump(&ini, &out);
    else
        (void)scp_buf_str(&out, err.message);
    tap_is_text(wanted, scp_buf_text(&out), "%.60s", text);
    scp_ini_free(&ini);
    scp_buf_free(&out);
}

static void good(void)
{
    is_read_as("", 0, "");
    is_read_as("\n\n  \n\t\r\n", 0, "");
    is_read_as("\xEF\xBB\xBF", 0, "");
    is_read_as("\xEF\xBB\xBF[a]\nk = v\n", 0, "[a]1 k=v@2 ");
    is_read_as("[a]\r\nk = v\r\nflag\r\n", 0, "[a]1 k=v@2 flag@3 ");
    is_read_as("[a]\nk=v", 0, "[a]1 k=v@2 ");
    is_read_as("k=v\n[a]\n", 0, "[]1 k=v@1 [a]2 ");
    is_read_as("\n\nflag\n", 0, "[]3 flag@3 ");
    is_read_as("[a]\nk =\nl=\t \nm\n", 0, "[a]1 k=@2 l=@3 m@4 ");
    is_read_as("[ two  words\t]\n \t k  x \t=\t v  w \t\n", 0, "[two  words]1 k  x=v  w@2 ");
    is_read_as("[a]\nk=v=w==\n", 0, "[a]1 k=v=w==@2 ");
    is_read_as("[a]\nk=1\n[b]\nk=2\n[a]\nk=3\n", 0, "[a]1 k=1@2 [b]3 k=2@4 [a]5 k=3@6 ");
    is_read_as("[a]\nk=1\nk=2\nk=1\n", 0, "[a]1 k=1@2 k=2@3 k=1@4 ");
    is_read_as("# one\n; two\n  # three\n\t; four\n#[a]\n[b]\n#k=v\n;k=v", 0, "[b]6 ");
    is_read_as("[a]\nk=\"v\" 'w' \\n\n", 0, "[a]1 k=\"v\" 'w' \\n@2 ");
    is_read_as("[a]\nk=[b]\n", 0, "[a]1 k=[b]@2 ");
    is_read_as("[a]\nn=\xC3\xA9\xE2\x82\xAC\n", 0, "[a]1 n=\xC3\xA9\xE2\x82\xAC@2 ");
}

static void remarks(void)
{
    is_read_as("[a] # one\nk = v # two\nl = v\t# three\nflag # four\n", SCP_INI_REMARKS, "[a]1 k=v@2 l=v@3 flag@4 ");
    is_read_as("k = v#w\nl = #v\nm=#v\n", SCP_INI_REMARKS, "[]1 k=v#w@1 l=@2 m=#v@3 ");
    is_read_as("k = v ; w\n", SCP_INI_REMARKS, "[]1 k=v ; w@1 ");
    is_read_as("k = v # w # x\n", SCP_INI_REMARKS, "[]1 k=v@1 ");
    is_read_as("k = v # w\n", 0, "[]1 k=v # w@1 ");
    is_read_as("serial =                              # ocsp: the certificate asked about\n", SCP_INI_REMARKS, "[]1 serial=@1 ");
    is_read_as("[family x]         # one family\n", SCP_INI_REMARKS, "[family x]1 ");
}

static void refused(const char *text, size_t n, unsigned flags, const char *line)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ini ini;

    tap_is_int(-1, parse(text, n, flags, &ini, &err), "refused: %.40s", text);
    tap_is_int(SCP_ERR_FORMAT, err.code, "for its form");
    tap_ok(strncmp(err.message, line, strlen(line)) == 0 && err.message[strlen(line)] == ':', "in %s", line);
    if (strncmp(err.message, line, strlen(line)) != 0)
        tap_diag("%s", err.message);
    tap_ok(ini.n == 0 && ini.v == NULL, "and nothing is left of it");
    scp_ini_free(&ini);
}

static void bad(void)
{
    static const struct {
        const char *text, *line;
    } table[] = {
        { "[a", "line 1" },
        { "\n[", "line 2" },
        { "[]", "line 1" },
        { "[ \t ]", "line 1" },
        { "[a] b", "line 1" },
        { "[a]]", "line 1" },
        { "[a] # b", "line 1" },
        { "= v", "line 1" },
        { "=", "line 1" },
        { "[a]\n\n \t= v", "line 3" },
        { "k=\xFF", "line 1" },
        { "\n# \xC0\xAF\n", "line 2" },
        { "[\xED\xA0\x80]", "line 1" },
        { "k=v\rl=w", "line 1" },
        { "# c\rk=v\r", "line 1" },
        { "k\r\r\n", "line 1" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        refused(table[i].text, strlen(table[i].text), 0, table[i].line);
    refused("k=v\nl\0=w\n", 9, 0, "line 2");
    refused("# comment\n;\0\n", 13, 0, "line 2");
    refused("[a #b]\n", 7, SCP_INI_REMARKS, "line 1");
}

static void size_limit(void)
{
    char *text = malloc(SCP_INI_MAX + 1);
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ini ini;

    if (text == NULL)
        tap_bail("out of memory");
    memset(text, '#', SCP_INI_MAX + 1);
    tap_is_int(0, parse(text, SCP_INI_MAX, 0, &ini, &err), "a text of the greatest size");
    scp_ini_free(&ini);
    tap_is_int(-1, parse(text, SCP_INI_MAX + 1, 0, &ini, &err), "and one byte more");
    tap_is_int(SCP_ERR_LIMIT, err.code, "is beyond the limit");
    scp_ini_free(&ini);
    memset(text, 'v', SCP_INI_MAX);
    memcpy(text, "k=", 2);
    tap_is_int(0, parse(text, SCP_INI_MAX, 0, &ini, &err), "one value may be all of it");
    tap_is_int(SCP_INI_MAX - 2, ini.n == 1 ? (long long)strlen(ini.v[0].v[0].value) : 0, "and is complete");
    scp_ini_free(&ini);
    free(text);
}

/* As many small things as fit: an error, not endless memory or time. */
static void flood(const char *piece, const char *what)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf text;
    struct scp_ini ini;

    scp_buf_init(&text, SCP_INI_MAX);
    while (scp_buf_str(&text, piece) == 0) {
    }
    tap_is_int(-1, parse(scp_buf_text(&text), text.n, 0, &ini, &err), "%s", what);
    tap_is_int(SCP_ERR_LIMIT, err.code, "beyond the limit");
    tap_has_text("line ", err.message, "in a line that is named");
    scp_ini_free(&ini);
    scp_buf_free(&text);
}

static void many(void)
{
    struct scp_buf text;
    struct scp_ini ini;
    bool right = true;

    scp_buf_init(&text, SCP_INI_MAX);
    for (unsigned i = 0; i < 2000; i++)
        (void)scp_buf_printf(&text, "[s%u]\na=%u\nb%u\n", i, i, i);
    if (tap_is_int(0, parse(scp_buf_text(&text), text.n, 0, &ini, NULL), "2000 sections")) {
        for (size_t i = 0; i < ini.n; i++)
            right = right && ini.v[i].n == 2 && ini.v[i].line == 3 * i + 1 && ini.v[i].v[1].value == NULL &&
                    (unsigned)strtoul(ini.v[i].v[0].value, NULL, 10) == i;
        tap_ok(right && ini.n == 2000, "each with its keys and lines");
    }
    scp_ini_free(&ini);
    scp_buf_free(&text);
}

static bool sound(const char *s)
{
    size_t n = strlen(s);

    return scp_text_utf8_valid(s, n) && strpbrk(s, "\r\n") == NULL &&
           (n == 0 || (strchr(" \t", s[0]) == NULL && strchr(" \t", s[n - 1]) == NULL));
}

static void random_texts(void)
{
    static const char letters[] = "[]==##;;  \t\r\n\n\nab\xC3\xA9";
    uint64_t seed = 11;
    unsigned bad_ones = 0, read = 0;

    for (unsigned round = 0; round < 30000; round++) {
        char text[80];
        size_t n = (size_t)(tap_random(&seed) % sizeof text);
        struct scp_err err = SCP_ERR_INIT;
        struct scp_ini ini;

        for (size_t i = 0; i < n; i++)
            text[i] = letters[tap_random(&seed) % (sizeof letters - 1)];
        if (parse(text, n, (unsigned)(tap_random(&seed) % 2), &ini, &err) != 0) {
            bad_ones += err.code != SCP_ERR_FORMAT || ini.n != 0;
            scp_ini_free(&ini);
            continue;
        }
        read++;
        for (size_t i = 0; i < ini.n; i++) {
            bad_ones += !sound(ini.v[i].name) || (ini.v[i].name[0] == '\0' && i > 0);
            for (size_t k = 0; k < ini.v[i].n; k++)
                bad_ones += !sound(ini.v[i].v[k].key) || ini.v[i].v[k].key[0] == '\0' ||
                            (ini.v[i].v[k].value != NULL && !sound(ini.v[i].v[k].value));
        }
        scp_ini_free(&ini);
    }
    tap_is_int(0, bad_ones, "random texts give trimmed names, keys and values, or an error");
    tap_ok(read > 1000, "many of them are read (%u)", read);
}

int main(void)
{
    good();
    remarks();
    bad();
    size_limit();
    flood("[a]\n", "too many sections");
    flood("k\n", "too many keys");
    flood("[a]\nk=\n", "too many of both");
    many();
    random_texts();
    return tap_done();
}
