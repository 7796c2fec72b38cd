/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 32, NAME_MAX_LEN = 16 };

static const char *const ELEMENTS[] = {
    "html", "head",   "title", "style", "body", "header", "main", "footer", "section", "h1",    "h2",
    "p",    "strong", "span",  "code",  "ul",   "ol",     "li",   "div",    "table",   "thead", "tbody",
    "tr",   "th",     "td",    "a",     "svg",  "g",      "text", "pre",    NULL,
};
static const char *const VOIDS[] = { "meta", "br", "line", "polygon", "rect", NULL };
static const char *const ATTRIBUTES[] = {
    "lang",    "charset", "name", "content", "http-equiv", "class", "scope", "role",  "tabindex", "aria-label", "rel",    "href",
    "viewBox", "x",       "y",    "x1",      "y1",         "x2",    "y2",    "width", "height",   "rx",         "points", NULL,
};

static bool among(const char *const *list, const char *name, size_t n)
{
    for (; *list != NULL; list++) {
        if (strlen(*list) == n && memcmp(*list, name, n) == 0)
            return true;
    }
    return false;
}

static bool entity(const char *p)
{
    return strncmp(p, "&amp;", 5) == 0 || strncmp(p, "&lt;", 4) == 0 || strncmp(p, "&gt;", 4) == 0 ||
           strncmp(p, "&quot;", 6) == 0 || strncmp(p, "&#39;", 5) == 0;
}

/* Bytes that no page of ours holds anywhere. */
static const char *bytes(const char *p)
{
    for (const unsigned char *b = (const unsigned char *)p; *b != '\0'; b++) {
        unsigned n = *b < 0x80 ? 0 : (*b & 0xE0) == 0xC0 ? 1 : (*b & 0xF0) == 0xE0 ? 2 : (*b & 0xF8) == 0xF0 ? 3 : 9;

        if ((*b < 0x20 && *b != '\n') || *b == 0x7F)
            return "a control character";
        if (n == 9)
            return "invalid UTF-8";
        if (b[0] == 0xC2 && b[1] < 0xA0)
            return "a C1 control character";
        if (b[0] == 0xE2 && b[1] == 0x80 && b[2] >= 0xAA && b[2] <= 0xAE)
            return "a bidirectional control";
        for (; n > 0; n--) {
            if ((*++b & 0xC0) != 0x80)
                return "invalid UTF-8";
        }
    }
    return NULL;
}

/* From behind the element's name to its end; *p is left behind '>'. */
static const char *attributes(const char **p)
{
    while (**p == ' ') {
        const char *name = ++*p;
        size_t n = strcspn(name, "= >");
        const char *value = name + n + 2;

        if (!among(ATTRIBUTES, name, n) || name[n] != '=' || name[n + 1] != '"')
            return "an attribute that is none of ours";
        if (n == 4 && memcmp(name, "href", 4) == 0 && strncmp(value, "https://", 8) != 0)
            return "a link that is not https";
        for (*p = value; **p != '"'; ++*p) {
            if (**p == '\0' || **p == '<' || **p == '>' || (**p == '&' && !entity(*p)))
                return "a bare character in an attribute";
        }
        ++*p;
    }
    if (**p == '/')
        ++*p;
    if (**p != '>')
        return "an element that is not closed by '>'";
    ++*p;
    return NULL;
}

struct stack {
    char name[DEPTH_MAX][NAME_MAX_LEN];
    size_t n;
};

static const char *open_element(const char **p, struct stack *s)
{
    const char *name = *p;
    size_t n = strcspn(name, " />");
    bool empty = among(VOIDS, name, n);

    if (!empty && !among(ELEMENTS, name, n))
        return "an element that is none of ours";
    *p += n;
    if (!empty) {
        if (s->n == DEPTH_MAX)
            return "nested too deep";
        (void)snprintf(s->name[s->n++], NAME_MAX_LEN, "%.*s", (int)n, name);
    }
    return attributes(p);
}

static const char *close_element(const char **p, struct stack *s)
{
    size_t n = strcspn(*p, ">");

    if (s->n == 0 || strlen(s->name[s->n - 1]) != n || memcmp(s->name[s->n - 1], *p, n) != 0)
        return "elements that are not nested";
    s->n--;
    *p += n + 1;
    return NULL;
}

const char *page_check(const char *text)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    struct stack s = { .n = 0 };
    const char *p = text, *wrong = bytes(text);

    if (wrong != NULL)
        return wrong;
    if (strncmp(p, doctype, sizeof doctype - 1) != 0)
        return "no doctype";
    p += sizeof doctype - 1;
    while (*p != '\0' && wrong == NULL) {
        if (s.n > 0 && strcmp(s.name[s.n - 1], "style") == 0 && strncmp(p, "</style>", 8) != 0) {
            p++; /* our own constant */
        } else if (p[0] == '<' && p[1] == '/') {
            p += 2;
            wrong = close_element(&p, &s);
        } else if (*p == '<') {
            p++;
            wrong = open_element(&p, &s);
        } else if (*p == '>' || (*p == '&' && !entity(p))) {
            wrong = "a bare character in a text";
        } else {
            p++;
        }
    }
    if (wrong == NULL && s.n > 0)
        wrong = "an element that is not closed";
    return wrong;
}
