/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/stranger.h"

#include "base/text.h"
#include "codec/text/sniff.h"

#include <stdbool.h>
#include <string.h>

enum { TEXT_MAX = 4096, RULE = 8 /* characters of a ruler in certutil's and PowerShell's output */ };

static const struct {
    const char *magic;
    size_t n;
    const char *name;
} BINARIES[] = {
    { "PReg", 4, "a Registry.pol, the file of a policy" },
    { "PK\x03\x04", 4, "a zip archive (unpack it; an Excel sheet is one, too)" },
    { "PK\x05\x06", 4, "an empty zip archive" },
    { "\x1F\x8B", 2, "a gzip archive (unpack it)" },
    { "7z\xBC\xAF\x27\x1C", 6, "a 7-Zip archive (unpack it)" },
    { "Rar!", 4, "a RAR archive (unpack it)" },
    { "ElfFile", 8, "an event log (.evtx)" },
    { "\x30\0\0\0LfLe", 8, "an event log of old (.evt)" },
    { "%PDF", 4, "a PDF document" },
    { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "an Office document or an installer package" },
    { "MZ", 2, "a program" },
    { "\x7F"
      "ELF",
      4, "a program" },
    { "\x89PNG", 4, "a picture" },
    { "\xFF\xD8\xFF", 3, "a picture" },
    { "SQLite format 3", 15, "a database (SQLite)" },
    { "\xEF\xCD\xAB\x89", 4, "a database (ESE)" },
};

/* The beginning of a text, whatever its encoding: what is not ASCII is a '?'. */
struct text {
    char p[TEXT_MAX];
    size_t n;
    bool binary; /* control characters that no text has */
};

static void read_text(const uint8_t *p, size_t n, struct text *t)
{
    bool mark = n >= 2 && p[0] == 0xFF && p[1] == 0xFE, wide = mark || (n >= 4 && p[0] != 0 && p[1] == 0 && p[3] == 0);
    size_t step = wide ? 2 : 1, from = mark ? 2 : n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    t->n = 0;
    t->binary = false;
    for (size_t i = from; i + step <= n && t->n < TEXT_MAX; i += step) {
        uint8_t c = p[i];

        if (wide && p[i + 1] != 0)
            c = '?';
        t->binary = t->binary || (c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' && c != 0x1A);
        t->p[t->n++] = c < 0x80 ? (char)c : '?';
    }
    while (t->n > 0 && (t->p[0] == '\r' || t->p[0] == '\n' || t->p[0] == ' ' || t->p[0] == '\t'))
        memmove(t->p, t->p + 1, --t->n);
}

static bool starts(const struct text *t, const char *with)
{
    size_t n = strlen(with);

    return t->n >= n && scp_text_caseeq(t->p, n, with, n);
}

static bool holds(const struct text *t, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= t->n; i++) {
        if (scp_text_caseeq(t->p + i, n, what, n))
            return true;
    }
    return false;
}

/* The next line from *at on; false at the end. */
static bool next_line(const struct text *t, size_t *at, const char **line, size_t *n)
{
    const char *end;

    if (*at >= t->n)
        return false;
    *line = t->p + *at;
    end = memchr(*line, '\n', t->n - *at);
    *n = end != NULL ? (size_t)(end - *line) : t->n - *at;
    *at += *n + 1;
    if (*n > 0 && (*line)[*n - 1] == '\r')
        (*n)--;
    return true;
}

static size_t run_of(const char *p, size_t n, char c)
{
    size_t i = 0;

    while (i < n && p[i] == c)
        i++;
    return i;
}

/* "======== Certificate 0 ========", in any language: two rulers and a number between them. */
static bool is_certutil_ruler(const char *p, size_t n)
{
    size_t left = run_of(p, n, '='), right = 0;

    while (right < n - left && p[n - 1 - right] == '=')
        right++;
    if (left < RULE || right < RULE)
        return false;
    for (size_t i = left; i < n - right; i++) {
        if (p[i] >= '0' && p[i] <= '9')
            return true;
    }
    return false;
}

static bool has_certutil_ruler(const struct text *t)
{
    const char *line;
    size_t at = 0, n;

    while (next_line(t, &at, &line, &n)) {
        if (is_certutil_ruler(line, n))
            return true;
    }
    return false;
}

/* Names of properties are not translated; "Thumbprint : …" or a column of that name. */
static bool is_powershell(const struct text *t)
{
    const char *line;
    size_t at = 0, n;

    if (holds(t, "Certificate::"))
        return true;
    while (next_line(t, &at, &line, &n)) {
        if (n > 10 && memcmp(line, "Thumbprint", 10) == 0 && (line[10] == ' ' || line[10] == ':'))
            return true;
    }
    return false;
}

/* A first line of several fields, with the same separator in the second. */
static bool is_table(const struct text *t)
{
    static const char SEPARATORS[] = { ',', ';', '\t' };
    const char *first, *second;
    size_t at = 0, n, m;

    if (starts(t, "#TYPE "))
        return true;
    if (!next_line(t, &at, &first, &n) || !next_line(t, &at, &second, &m))
        return false;
    for (size_t i = 0; i < sizeof SEPARATORS; i++) {
        if (memchr(first, SEPARATORS[i], n) != NULL && memchr(second, SEPARATORS[i], m) != NULL)
            return true;
    }
    return false;
}

static const char *markup(const struct text *t)
{
    if (t->p[0] != '<')
        return NULL;
    if (starts(t, "<![LOG["))
        return "a log of Configuration Manager (that is for check_scp_status --log)";
    if (holds(t, "<Objs "))
        return "PowerShell's Export-Clixml";
    if (holds(t, "<html") || starts(t, "<!doctype html"))
        return "an HTML page";
    return holds(t, "<Event") ? "events as XML" : "XML";
}

static const char *text_name(const struct text *t)
{
    const char *name = markup(t);

    if (name != NULL)
        return name;
    if (has_certutil_ruler(t) || holds(t, "CertUtil:") || starts(t, "certutil"))
        return "what certutil prints";
    if (is_powershell(t))
        return "what PowerShell prints of certificates (Get-ChildItem Cert:)";
    if (starts(t, "WINE REGISTRY Version"))
        return "a file of Wine's own registry (export it with wine reg export)";
    if (starts(t, "[HKEY_") || starts(t, "[HKLM") || starts(t, "[HKCU"))
        return "an export without its first line (Windows Registry Editor Version 5.00)";
    if (starts(t, "Certificate:") && holds(t, "Data:"))
        return "what openssl x509 -text prints";
    if (holds(t, "$$<"))
        return "a log of Configuration Manager (that is for check_scp_status --log)";
    if (t->p[0] == '{' || (t->p[0] == '[' && (holds(t, "{") || holds(t, "\""))))
        return "JSON";
    if (t->p[0] == '[')
        return "an INI file";
    return is_table(t) ? "a table (CSV)" : "text of another kind";
}

const char *scp_stranger_name(const uint8_t *p, size_t n)
{
    enum scp_sniff known = scp_sniff(p, n);
    struct text t;

    if (known != SCP_SNIFF_UNKNOWN && known != SCP_SNIFF_REGTEXT && known != SCP_SNIFF_HIVE)
        return scp_sniff_name(known);
    for (size_t i = 0; i < sizeof BINARIES / sizeof BINARIES[0]; i++) {
        if (n >= BINARIES[i].n && memcmp(p, BINARIES[i].magic, BINARIES[i].n) == 0)
            return BINARIES[i].name;
    }
    read_text(p, n, &t);
    if (t.binary)
        return "binary data of another kind";
    return t.n == 0 ? "nothing but blanks" : text_name(&t);
}
