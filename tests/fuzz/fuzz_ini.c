/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ini text, with and without remarks: what is read is sound, and written out and read again it is the same. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/ini.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

static void sound(const char *s)
{
    size_t n = strlen(s);

    fuzz_must(scp_text_utf8_valid(s, n) && strpbrk(s, "\r\n") == NULL);
    fuzz_must(n == 0 || (strchr(" \t", s[0]) == NULL && strchr(" \t", s[n - 1]) == NULL));
}

static void check(const struct scp_ini *ini)
{
    size_t line = 0;

    for (size_t i = 0; i < ini->n; i++) {
        const struct scp_ini_section *s = &ini->v[i];

        sound(s->name);
        fuzz_must(s->line >= line && (i == 0 || s->line > line) && (s->name[0] != '\0' || (i == 0 && s->n > 0)));
        line = s->line;
        for (size_t k = 0; k < s->n; k++) {
            fuzz_must(s->v[k].line > line || (k == 0 && s->name[0] == '\0' && s->v[k].line == line));
            line = s->v[k].line;
            sound(s->v[k].key);
            fuzz_must(s->v[k].key[0] != '\0' && strchr("#;[", s->v[k].key[0]) == NULL && strchr(s->v[k].key, '=') == NULL);
            if (s->v[k].value != NULL)
                sound(s->v[k].value);
        }
    }
}

static void write_out(const struct scp_ini *ini, struct scp_buf *out)
{
    (void)scp_buf_chr(out, '\n'); /* a BOM in front of a key is only one at the very start */
    for (size_t i = 0; i < ini->n; i++) {
        const struct scp_ini_section *s = &ini->v[i];

        if (s->name[0] != '\0')
            (void)scp_buf_printf(out, "[%s]\n", s->name);
        for (size_t k = 0; k < s->n; k++)
            (void)scp_buf_printf(out, "%s%s%s\n", s->v[k].key, s->v[k].value != NULL ? "=" : "",
                                 s->v[k].value != NULL ? s->v[k].value : "");
    }
}

static void read_again(const struct scp_ini *ini, unsigned flags, size_t n)
{
    struct scp_buf first, second;
    struct scp_ini again;

    scp_buf_init(&first, n + 2); /* the last line end may have been missing */
    scp_buf_init(&second, n + 2);
    write_out(ini, &first);
    fuzz_must(!first.failed);
    fuzz_must(first.n > SCP_INI_MAX || scp_ini_parse(scp_buf_text(&first), first.n, flags, &again, NULL) == 0);
    if (first.n <= SCP_INI_MAX) {
        check(&again);
        write_out(&again, &second);
        fuzz_must(again.n == ini->n && strcmp(scp_buf_text(&first), scp_buf_text(&second)) == 0);
        scp_ini_free(&again);
    }
    scp_buf_free(&first);
    scp_buf_free(&second);
}

static void parse(const uint8_t *p, size_t n, unsigned flags)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ini ini;

    if (scp_ini_parse((const char *)p, n, flags, &ini, &err) != 0) {
        fuzz_must(err.code != SCP_ERR_NONE && err.message[0] != '\0' && ini.n == 0);
        scp_ini_free(&ini);
        return;
    }
    check(&ini);
    read_again(&ini, flags, n);
    scp_ini_free(&ini);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    parse(p, n, 0);
    parse(p, n, SCP_INI_REMARKS);
}
