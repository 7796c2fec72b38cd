/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- JSON --- */

static struct json *read_value(const char **p, int depth);

static void skip_blanks(const char **p)
{
    *p += strspn(*p, " \t\r\n");
}

static struct json *node(enum json_type type)
{
    struct json *j = calloc(1, sizeof *j);

    if (j == NULL)
        abort();
    j->type = type;
    return j;
}

void json_free(struct json *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->n; i++) {
        json_free(j->value[i]);
        if (j->key != NULL)
            free(j->key[i]);
    }
    free(j->value);
    free(j->key);
    free(j->text);
    free(j);
}

const struct json *json_get(const struct json *j, const char *key)
{
    for (size_t i = 0; j != NULL && j->type == JSON_OBJECT && i < j->n; i++) {
        if (strcmp(j->key[i], key) == 0)
            return j->value[i];
    }
    return NULL;
}

static size_t encode(uint32_t c, char *to)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0U | c >> 6);
        to[1] = (char)(0x80U | (c & 0x3FU));
        return 2;
    }
    to[0] = (char)(0xE0U | c >> 12);
    to[1] = (char)(0x80U | (c >> 6 & 0x3FU));
    to[2] = (char)(0x80U | (c & 0x3FU));
    return 3;
}

static bool hex4(const char *p, uint32_t *c)
{
    *c = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *d = p[i] != '\0' ? strchr(digits, p[i] >= 'A' && p[i] <= 'F' ? p[i] + 32 : p[i]) : NULL;

        if (d == NULL)
            return false;
        *c = *c << 4 | (uint32_t)(d - digits);
    }
    return true;
}

/* Behind the opening quote.  Surrogates are not written by us: refused. */
static char *read_text(const char **p)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    char *out = malloc(strlen(*p) + 1);
    size_t n = 0;

    if (out == NULL)
        abort();
    for (; **p != '"'; (*p)++) {
        const char *simple;
        uint32_t c;

        if ((unsigned char)**p < 0x20)
            goto bad;
        if (**p != '\\') {
            out[n++] = **p;
            continue;
        }
        (*p)++;
        simple = **p != '\0' ? strchr(from, **p) : NULL;
        if (simple != NULL) {
            out[n++] = into[simple - from];
        } else if (**p == 'u' && hex4(*p + 1, &c) && c != 0 && (c < 0xD800 || c > 0xDFFF)) {
            n += encode(c, out + n);
            *p += 4;
        } else {
            goto bad;
        }
    }
    (*p)++;
    out[n] = '\0';
    return out;
bad:
    free(out);
    return NULL;
}

static struct json *read_number(const char **p)
{
    const char *s = *p;
    char *end = NULL;
    struct json *j;
    size_t n;

    s += *s == '-';
    n = strspn(s, "0123456789");
    if (n == 0 || (n > 1 && s[0] == '0'))
        return NULL;
    s += n;
    if (*s == '.') {
        n = strspn(++s, "0123456789");
        if (n == 0)
            return NULL;
        s += n;
    }
    j = node(JSON_NUMBER);
    j->number = strtod(*p, &end);
    *p = s;
    if (end == s)
        return j;
    json_free(j); /* an exponent: not written by us */
    return NULL;
}

static bool add(struct json *j, char *key, struct json *value)
{
    bool again = key != NULL && json_get(j, key) != NULL;

    if (value == NULL || again) {
        free(key);
        json_free(value);
        return false;
    }
    j->value = realloc(j->value, (j->n + 1) * sizeof *j->value);
    if (j->type == JSON_OBJECT)
        j->key = realloc(j->key, (j->n + 1) * sizeof *j->key);
    if (j->value == NULL || (j->type == JSON_OBJECT && j->key == NULL))
        abort();
    if (j->type == JSON_OBJECT)
        j->key[j->n] = key;
    j->value[j->n++] = value;
    return true;
}

static bool read_member(struct json *j, const char **p, int depth)
{
    char *key = NULL;

    skip_blanks(p);
    if (j->type == JSON_OBJECT) {
        if (*(*p)++ != '"' || (key = read_text(p)) == NULL)
            return false;
        skip_blanks(p);
        if (**p != ':') {
            free(key);
            return false;
        }
        (*p)++;
    }
    return add(j, key, read_value(p, depth + 1));
}

static struct json *read_members(const char **p, enum json_type type, char end, int depth)
{
    struct json *j = node(type);

    (*p)++;
    skip_blanks(p);
    if (**p == end) {
        (*p)++;
        return j;
    }
    for (;;) {
        if (!read_member(j, p, depth))
            break;
        skip_blanks(p);
        if (**p == end) {
            (*p)++;
            return j;
        }
        if (**p != ',')
            break;
        (*p)++;
    }
    json_free(j);
    return NULL;
}

static struct json *read_word(const char **p, const char *word, enum json_type type)
{
    if (strncmp(*p, word, strlen(word)) != 0)
        return NULL;
    *p += strlen(word);
    return node(type);
}

static struct json *read_value(const char **p, int depth)
{
    struct json *j;

    if (depth > 64)
        return NULL;
    skip_blanks(p);
    switch (**p) {
    case '{': return read_members(p, JSON_OBJECT, '}', depth);
    case '[': return read_members(p, JSON_ARRAY, ']', depth);
    case '"':
        (*p)++;
        j = node(JSON_TEXT);
        j->text = read_text(p);
        if (j->text != NULL)
            return j;
        json_free(j);
        return NULL;
    case 'n': return read_word(p, "null", JSON_NULL);
    case 't': return read_word(p, "true", JSON_TRUE);
    case 'f': return read_word(p, "false", JSON_FALSE);
    default: return read_number(p);
    }
}

struct json *json_read(const char *text)
{
    struct json *j = read_value(&text, 0);

    skip_blanks(&text);
    if (*text == '\0')
        return j;
    json_free(j);
    return NULL;
}

/* --- OpenMetrics --- */

enum { NAME = 1024 };

struct family {
    char name[NAME];
    bool has_type, has_unit, has_help;
    size_t samples;
    const char *first; /* of its samples */
};

static size_t name_length(const char *p)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:";
    static const char more[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789";

    return *p != '\0' && strchr(letters, *p) != NULL ? strspn(p, more) : 0;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

/* {name="value",…}; returns what follows, NULL when it is wrong. */
static const char *labels(const char *p)
{
    if (*p++ != '{')
        return NULL;
    for (;;) {
        size_t n = name_length(p);

        if (n == 0 || p[n] != '=' || p[n + 1] != '"')
            return NULL;
        for (p += n + 2; *p != '"'; p++) {
            if (*p == '\0' || *p == '\n')
                return NULL;
            if (*p == '\\' && *++p != '\\' && *p != '"' && *p != 'n')
                return NULL;
        }
        p++;
        if (*p == '}')
            return p + 1;
        if (*p++ != ',')
            return NULL;
    }
}

/* Does a line of metadata in front of `until` speak of this family? */
static bool seen_before(const char *text, const char *name, const char *until)
{
    size_t n = strlen(name);

    for (const char *p = text; p < until;) {
        if (p[0] == '#' && strncmp(p + 7, name, n) == 0 && p[7 + n] == ' ')
            return true;
        p += strcspn(p, "\n") + 1;
    }
    return false;
}

static const char *metadata(const char *text, const char *line, struct family *f)
{
    static const char *const words[] = { "# TYPE ", "# UNIT ", "# HELP " };
    const char *p = NULL;
    char rest[600];
    size_t n, word;

    for (word = 0; word < 3 && p == NULL; word++) {
        if (strncmp(line, words[word], strlen(words[word])) == 0)
            p = line + strlen(words[word]);
    }
    n = p != NULL ? name_length(p) : 0;
    if (n == 0 || n >= NAME || p[n] != ' ')
        return "a line that is neither metadata nor a sample";
    if (strlen(f->name) != n || memcmp(f->name, p, n) != 0 || f->samples > 0) {
        memset(f, 0, sizeof *f);
        memcpy(f->name, p, n);
        if (seen_before(text, f->name, line))
            return "a family in two pieces";
    }
    (void)snprintf(rest, sizeof rest, "%.*s", (int)strcspn(p + n + 1, "\n"), p + n + 1);
    if (word == 1) {
        if (f->has_type || strcmp(rest, "gauge") != 0)
            return "TYPE twice or unknown";
        f->has_type = true;
    } else if (word == 2) {
        char suffix[40];

        (void)snprintf(suffix, sizeof suffix, "_%.31s", rest);
        if (f->has_unit || !ends_with(f->name, suffix))
            return "UNIT twice, or the name does not end with it";
        f->has_unit = true;
    } else {
        if (f->has_help)
            return "HELP twice";
        f->has_help = true;
    }
    return NULL;
}

static bool repeated(const struct family *f, const char *line, size_t head)
{
    for (const char *p = f->first; p < line;) {
        if (strncmp(p, line, head + 1) == 0)
            return true;
        p += strcspn(p, "\n") + 1;
    }
    return false;
}

static const char *sample(const char *line, struct family *f)
{
    size_t n = name_length(line);
    size_t family = strlen(f->name);
    const char *p = labels(line + n);

    if (!f->has_type || n < family || memcmp(line, f->name, family) != 0 || line[family] != '{')
        return "a sample outside of its family";
    if (p == NULL || *p != ' ')
        return "labels that are none";
    if (f->first == NULL)
        f->first = line;
    /* Quadratic: enough for the first ones of a large family. */
    if (f->samples < 200 && repeated(f, line, (size_t)(p - line)))
        return "the same labels twice";
    f->samples++;
    p++;
    p += *p == '-';
    n = strspn(p, "0123456789");
    if (n == 0)
        return "a value that is no number";
    p += n;
    if (*p == '.')
        p += 1 + strspn(p + 1, "0123456789");
    return *p == '\n' ? NULL : "something behind the value";
}

const char *metrics_check(const char *text, size_t *families, size_t *samples)
{
    struct family f = { .samples = 0 };
    const char *line = text;

    *families = *samples = 0;
    while (strncmp(line, "# EOF\n", 6) != 0) {
        const char *wrong;

        if (*line == '\0')
            return "no # EOF";
        if (*line == '#') {
            *families += strncmp(line, "# TYPE ", 7) == 0;
            wrong = metadata(text, line, &f);
        } else {
            ++*samples;
            wrong = sample(line, &f);
        }
        if (wrong != NULL)
            return wrong;
        line += strcspn(line, "\n");
        if (*line++ != '\n')
            return "a line without an end";
    }
    return line[6] == '\0' ? NULL : "something behind # EOF";
}

double metrics_value(const char *text, const char *head)
{
    while (*text != '\0') {
        if (strncmp(text, head, strlen(head)) == 0) {
            const char *p = labels(text + name_length(text));

            return p != NULL ? strtod(p + 1, NULL) : -1;
        }
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return -1;
}
