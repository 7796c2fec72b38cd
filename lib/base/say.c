/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/say.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SPEC_MAX = 40, NUMBER_MAX = 1024 };

/* Whose a text is that goes into a sentence. */
enum voice { OUTSIDE, SAID, OURS };

/* Where a sentence is written to; what does not fit is counted only. */
struct sink {
    char *out;
    size_t size;
    size_t n;
    size_t marks; /* bytes at the end that look like marks */
    bool one_line;
};

/* A conversion of the format. */
struct spec {
    char text[SPEC_MAX]; /* "%-5.3zu", its stars replaced by numbers */
    bool minus;
    int width, precision; /* -1: none */
    char length;          /* 'H' = hh, 'L' = ll, else as written; 0 = none */
    char kind;
};

struct args {
    va_list list;
};

static bool is_special(char c)
{
    return c != '\0' && strchr("\\\"<>`$", c) != NULL;
}

bool scp_say_is_own(const char *p, size_t n)
{
    return n > 1 && p[0] == SCP_SAY_MARK && is_special(p[1]);
}

static void put(struct sink *s, char c)
{
    if (s->n + 1 < s->size)
        s->out[s->n] = c;
    s->n++;
    s->marks = c == SCP_SAY_MARK ? s->marks + 1 : 0;
}

/* A character from outside; a byte in front of it that would make it ours is taken away. */
static void put_outside(struct sink *s, char c)
{
    if (is_special(c)) {
        s->n -= s->marks;
        s->marks = 0;
    }
    put(s, s->one_line && (c == '\n' || c == '\r') ? ' ' : c);
}

static void put_text(struct sink *s, const char *p, size_t n, enum voice voice)
{
    for (size_t i = 0; i < n; i++) {
        if (voice == OURS && is_special(p[i])) {
            put(s, SCP_SAY_MARK);
            put(s, p[i]);
        } else if (voice == SAID && scp_say_is_own(p + i, n - i)) {
            put(s, p[i++]);
            put(s, p[i]);
        } else if (voice == OUTSIDE || is_special(p[i])) {
            put_outside(s, p[i]);
        } else {
            put(s, p[i]);
        }
    }
}

static void put_string(struct sink *s, const struct spec *c, const char *text)
{
    enum voice voice = c->minus && c->width == 1 ? OURS : c->minus && c->width < 0 ? SAID : OUTSIDE;
    const char *shown = text != NULL ? text : "(null)";
    size_t n = c->precision >= 0 ? strnlen(shown, (size_t)c->precision) : strlen(shown);
    size_t pad = voice == OUTSIDE && c->width > 0 && (size_t)c->width > n ? (size_t)c->width - n : 0;

    for (size_t i = 0; i < pad && !c->minus; i++)
        put(s, ' ');
    put_text(s, shown, n, voice);
    for (size_t i = 0; i < pad && c->minus; i++)
        put(s, ' ');
}

/* A number of the format, or one that comes as an argument. */
static int read_number(const char **p, struct args *args)
{
    int n = 0;

    if (**p == '*') {
        ++*p;
        return va_arg(args->list, int);
    }
    while (**p >= '0' && **p <= '9' && n < 100000)
        n = n * 10 + *(*p)++ - '0';
    return n;
}

static char read_length(const char **p)
{
    char c = **p;

    if (c == '\0' || strchr("hlzjtL", c) == NULL)
        return '\0';
    ++*p;
    if (**p != c || (c != 'h' && c != 'l'))
        return c == 'L' ? 'D' : c;
    ++*p;
    return c == 'h' ? 'H' : 'L';
}

/* Reads the conversion behind '%'; returns what follows it. */
static const char *read_spec(const char *p, struct args *args, struct spec *c)
{
    char flags[8] = "";
    size_t n = 0;

    *c = (struct spec){ .width = -1, .precision = -1 };
    while (*p != '\0' && strchr("-+ #0", *p) != NULL) {
        c->minus = c->minus || *p == '-';
        if (n + 1 < sizeof flags)
            flags[n++] = *p;
        p++;
    }
    if (*p == '*' || (*p >= '1' && *p <= '9'))
        c->width = read_number(&p, args);
    if (*p == '.') {
        p++;
        c->precision = read_number(&p, args);
    }
    c->length = read_length(&p);
    c->kind = *p;
    n = (size_t)snprintf(c->text, sizeof c->text, "%%%s", flags);
    if (c->width >= 0)
        n += (size_t)snprintf(c->text + n, sizeof c->text - n, "%d", c->width);
    if (c->precision >= 0)
        n += (size_t)snprintf(c->text + n, sizeof c->text - n, ".%d", c->precision);
    (void)snprintf(c->text + n, sizeof c->text - n, "%s%c", strchr("diuxXo", c->kind) != NULL ? "j" : "", c->kind);
    return c->kind != '\0' ? p + 1 : p;
}

static intmax_t signed_arg(char length, struct args *args)
{
    switch (length) {
    case 'l': return va_arg(args->list, long);
    case 'L': return va_arg(args->list, long long);
    case 'z':
    case 't': return va_arg(args->list, ptrdiff_t);
    case 'j': return va_arg(args->list, intmax_t);
    case 'H': return (signed char)va_arg(args->list, int);
    case 'h': return (short)va_arg(args->list, int);
    default: return va_arg(args->list, int);
    }
}

static uintmax_t unsigned_arg(char length, struct args *args)
{
    switch (length) {
    case 'l': return va_arg(args->list, unsigned long);
    case 'L': return va_arg(args->list, unsigned long long);
    case 'z':
    case 't': return va_arg(args->list, size_t);
    case 'j': return va_arg(args->list, uintmax_t);
    case 'H': return (unsigned char)va_arg(args->list, unsigned);
    case 'h': return (unsigned short)va_arg(args->list, unsigned);
    default: return va_arg(args->list, unsigned);
    }
}

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the conversions are parts of a format that was checked as a whole */
#endif
static int print_number(char text[NUMBER_MAX], const struct spec *c, struct args *args)
{
    if (c->kind == 'd' || c->kind == 'i')
        return snprintf(text, NUMBER_MAX, c->text, signed_arg(c->length, args));
    if (strchr("uxXo", c->kind) != NULL)
        return snprintf(text, NUMBER_MAX, c->text, unsigned_arg(c->length, args));
    if (c->kind == 'c')
        return snprintf(text, NUMBER_MAX, c->text, va_arg(args->list, int));
    return snprintf(text, NUMBER_MAX, c->text, va_arg(args->list, double));
}
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

static void convert(struct sink *s, const struct spec *c, struct args *args)
{
    char text[NUMBER_MAX];
    int n;

    if (c->kind == '%') {
        put(s, '%');
    } else if (c->kind == 's') {
        put_string(s, c, va_arg(args->list, const char *));
    } else if (c->kind != '\0' && strchr("diuxXocfFeEgG", c->kind) != NULL) {
        n = print_number(text, c, args);
        put_text(s, text, n < 0 ? 0 : n < NUMBER_MAX ? (size_t)n : NUMBER_MAX - 1, OUTSIDE);
    }
}

size_t scp_say_vformat(char *out, size_t size, bool one_line, const char *fmt, va_list list)
{
    struct sink s = { .out = out, .size = size, .one_line = one_line };
    struct args args;
    struct spec c;

    va_copy(args.list, list);
    while (*fmt != '\0') {
        size_t n = strcspn(fmt, "%");

        put_text(&s, fmt, n, OURS);
        fmt += n;
        if (*fmt == '%') {
            fmt = read_spec(fmt + 1, &args, &c);
            convert(&s, &c, &args);
        }
    }
    va_end(args.list);
    if (size > 0) {
        size_t end = s.n < size ? s.n : size - 1;

        end -= end < s.n && end > 0 && out[end - 1] == SCP_SAY_MARK; /* no mark without its character */
        out[end] = '\0';
    }
    return s.n;
}

size_t scp_say(char *out, size_t size, const char *fmt, ...)
{
    va_list args;
    size_t n;

    va_start(args, fmt);
    n = scp_say_vformat(out, size, false, fmt, args);
    va_end(args);
    return n;
}

char *scp_say_more(char *out, size_t size, const char *fmt, ...)
{
    size_t used = strlen(out);
    va_list args;

    va_start(args, fmt);
    (void)scp_say_vformat(out + used, size - used, false, fmt, args);
    va_end(args);
    return out;
}
