/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/credentials_internal.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Through a volatile pointer, so that it is not left out as useless. */
static void wipe(void *p, size_t n)
{
    volatile unsigned char *v = p;

    while (n-- > 0)
        *v++ = 0;
}

void scp_credentials_wipe(struct scp_credentials *c)
{
    wipe(c, sizeof *c);
}

struct line {
    const char *p;
    size_t n;
};

static struct line without_blanks(struct line s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    return s;
}

static char *field_of(struct scp_credentials *c, struct line key)
{
    while (key.n > 0 && (key.p[key.n - 1] == ' ' || key.p[key.n - 1] == '\t'))
        key.n--;
    if (scp_text_caseeq(key.p, key.n, "username", 8))
        return c->username;
    if (scp_text_caseeq(key.p, key.n, "password", 8))
        return c->password;
    if (scp_text_caseeq(key.p, key.n, "domain", 6))
        return c->domain;
    return NULL;
}

static int parse_line(struct line s, struct scp_credentials *c, struct scp_err *err)
{
    const char *equals;
    struct line value;
    char *field;

    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    s = without_blanks(s);
    if (s.n == 0 || s.p[0] == '#')
        return 0;
    equals = memchr(s.p, '=', s.n);
    if (equals == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "no '=' in it");
    field = field_of(c, (struct line){ s.p, (size_t)(equals - s.p) });
    if (field == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "is none of username=, password=, domain=");
    value = without_blanks((struct line){ equals + 1, s.n - (size_t)(equals - s.p) - 1 });
    if (field[0] != '\0')
        return scp_err_set(err, SCP_ERR_FORMAT, "is given twice");
    if (value.n >= SCP_CREDENTIALS_FIELD_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "is longer than %d bytes", SCP_CREDENTIALS_FIELD_MAX - 1);
    if (memchr(value.p, '\0', value.n) != NULL || memchr(value.p, '\r', value.n) != NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "holds a NUL byte or a carriage return");
    memcpy(field, value.p, value.n);
    return 0;
}

static int parse(const char *p, size_t n, struct scp_credentials *out, struct scp_err *err)
{
    for (size_t line = 1; n > 0; line++) {
        const char *end = memchr(p, '\n', n);
        size_t length = end != NULL ? (size_t)(end - p) : n;

        if (parse_line((struct line){ p, length }, out, err) != 0)
            return scp_err_prefix(err, "line %zu", line);
        p += end != NULL ? length + 1 : length;
        n -= end != NULL ? length + 1 : length;
    }
    return 0;
}

int scp_credentials_read(const char *path, struct scp_credentials *out, struct scp_err *err)
{
    char text[SCP_CREDENTIALS_MAX + 1];
    size_t n = 0;
    int rc = scp_credentials_bytes(path, text, sizeof text, &n, err);

    memset(out, 0, sizeof *out);
    if (rc == 0 && n > SCP_CREDENTIALS_MAX)
        rc = scp_err_set(err, SCP_ERR_LIMIT, "%s: more than %d bytes", path, SCP_CREDENTIALS_MAX);
    else if (rc == 0 && parse(text, n, out, err) != 0)
        rc = scp_err_prefix(err, "%s", path);
    wipe(text, sizeof text);
    if (rc != 0)
        scp_credentials_wipe(out);
    return rc;
}

char *scp_credentials_user(const struct scp_credentials *c, char out[SCP_CREDENTIALS_USER])
{
    (void)snprintf(out, SCP_CREDENTIALS_USER, "%s%s%s", c->domain, c->domain[0] != '\0' ? "\\" : "", c->username);
    return out;
}
