/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contract.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* --- what consumers do (each written after its documentation, on its own) --- */

static void put(char to[16384], const char *p, size_t n)
{
    size_t have = strlen(to);

    if (n > 16383 - have)
        n = 16383 - have;
    memcpy(to + have, p, n);
    to[have + n] = '\0';
}

/* A piece without the blanks around it. */
static void put_stripped(char to[16384], const char *p, size_t n)
{
    while (n > 0 && (*p == ' ' || *p == '\t' || *p == '\r')) {
        p++;
        n--;
    }
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r'))
        n--;
    put(to, p, n);
}

static void text_line(struct contract_split *s, const char *p, size_t n)
{
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r'))
        n--;
    put(s->text, p, n);
    put(s->text, "\n", 1);
}

static void perf_piece(struct contract_split *s, const char *p, size_t n)
{
    if (s->perfdata[0] != '\0')
        put(s->perfdata, " ", 1);
    put_stripped(s->perfdata, p, n);
}

/* Nagios Core: line 1 is text|perf; in the following lines the first '|' turns all the rest into perf. */
void contract_nagios(const char *out, struct contract_split *s)
{
    const char *line = out;
    bool first = true, in_perf = false;

    memset(s, 0, sizeof *s);
    while (*line != '\0') {
        size_t n = strcspn(line, "\n");
        const char *bar = memchr(line, '|', n);

        if (first) {
            text_line(s, line, bar != NULL ? (size_t)(bar - line) : n);
            if (bar != NULL)
                perf_piece(s, bar + 1, n - (size_t)(bar - line) - 1);
            first = false;
        } else if (in_perf) {
            perf_piece(s, line, n);
        } else if (bar != NULL) {
            text_line(s, line, (size_t)(bar - line));
            perf_piece(s, bar + 1, n - (size_t)(bar - line) - 1);
            in_perf = true;
        } else {
            text_line(s, line, n);
        }
        line += n;
        line += *line == '\n';
    }
}

/* Naemon: cuts the whole at the first line end; the short part at its '|', the long part at its own. */
void contract_naemon(const char *out, struct contract_split *s)
{
    size_t n = strcspn(out, "\n");
    const char *bar = memchr(out, '|', n);
    const char *rest = out[n] == '\n' ? out + n + 1 : out + n;
    const char *second = strchr(rest, '|');
    const char *end = second != NULL ? second : rest + strlen(rest);

    memset(s, 0, sizeof *s);
    text_line(s, out, bar != NULL ? (size_t)(bar - out) : n);
    if (bar != NULL)
        perf_piece(s, bar + 1, n - (size_t)(bar - out) - 1);
    for (const char *p = rest; p < end;) {
        size_t len = 0;

        while (p + len < end && p[len] != '\n')
            len++;
        text_line(s, p, len);
        p += len;
        p += p < end;
    }
    for (const char *p = second != NULL ? second + 1 : ""; *p != '\0';) {
        size_t len = strcspn(p, "\n");

        perf_piece(s, p, len);
        p += len;
        p += *p == '\n';
    }
}

/* Icinga 2: per line, and a '|' counts only where an '=' follows on that line. */
void contract_icinga(const char *out, struct contract_split *s)
{
    const char *line = out;

    memset(s, 0, sizeof *s);
    while (*line != '\0') {
        size_t n = strcspn(line, "\n");
        const char *bar = memchr(line, '|', n);

        if (bar != NULL && memchr(bar, '=', n - (size_t)(bar - line)) == NULL)
            bar = NULL;
        text_line(s, line, bar != NULL ? (size_t)(bar - line) : n);
        if (bar != NULL)
            perf_piece(s, bar + 1, n - (size_t)(bar - line) - 1);
        line += n;
        line += *line == '\n';
    }
}

/* Checkmk: line ends travel as \1; text up to a line with '|', everything behind that line is perf, split at blanks. */
void contract_checkmk(const char *out, struct contract_split *s)
{
    char joined[16384] = "";
    bool perf = false, first = true;

    memset(s, 0, sizeof *s);
    put(joined, out, strlen(out));
    if (joined[0] != '\0' && joined[strlen(joined) - 1] == '\n')
        joined[strlen(joined) - 1] = '\0';
    for (char *p = joined; *p != '\0'; p++)
        *p = *p == '\n' ? '\1' : *p;
    for (const char *p = joined; *p != '\0';) {
        size_t n = strcspn(p, "\1");
        const char *bar = memchr(p, '|', n);

        if (perf) {
            perf_piece(s, p, n);
        } else {
            text_line(s, p, bar != NULL ? (size_t)(bar - p) : n);
            if (bar != NULL)
                perf_piece(s, bar + 1, n - (size_t)(bar - p) - 1);
            perf = bar != NULL && !first;
        }
        first = false;
        p += n;
        p += *p == '\1';
    }
}

/* --- the rules --- */

static bool all_agree(const char *out, struct contract_split *s)
{
    static struct contract_split other;
    static void (*const consumers[])(const char *, struct contract_split *) = { contract_naemon, contract_icinga,
                                                                                contract_checkmk };

    contract_nagios(out, s);
    for (size_t i = 0; i < 3; i++) {
        consumers[i](out, &other);
        if (strcmp(s->text, other.text) != 0 || strcmp(s->perfdata, other.perfdata) != 0)
            return false;
    }
    return true;
}

static bool bad_character(uint32_t c)
{
    return (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF;
}

/* Strict UTF-8 without anything that drives a terminal. */
static const char *characters(const char *s, size_t n)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *p = (const unsigned char *)s;

    for (size_t i = 0; i < n;) {
        size_t len = p[i] < 0x80 ? 1 : p[i] < 0xC0 ? 0 : p[i] < 0xE0 ? 2 : p[i] < 0xF0 ? 3 : p[i] < 0xF8 ? 4 : 0;
        uint32_t c = len == 1 ? p[i] : len == 0 ? 0 : p[i] & (0x7FU >> len);

        if (len == 0 || len > n - i)
            return "invalid UTF-8";
        for (size_t k = 1; k < len; k++) {
            if ((p[i + k] & 0xC0) != 0x80)
                return "invalid UTF-8";
            c = c << 6 | (p[i + k] & 0x3FU);
        }
        if (c < smallest[len])
            return "overlong UTF-8";
        if (bad_character(c))
            return "a control or invisible character";
        i += len;
    }
    return NULL;
}

static bool is_hex(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\0' || strchr("0123456789abcdef", p[i]) == NULL)
            return false;
    }
    return true;
}

/* Bytes at p that are words of ours; they may be cut by the dots that end a field. */
static size_t own_at(const struct contract *c, const char *p, size_t n)
{
    for (size_t i = 0; c->own != NULL && c->own[i] != NULL; i++) {
        size_t len = strlen(c->own[i]), same = 0;

        while (same < len && same < n && p[same] == c->own[i][same])
            same++;
        if (same == len)
            return same;
        for (; same > 0; same--) {
            if (n - same >= 3 && memcmp(p + same, "...", 3) == 0)
                return same;
        }
    }
    return 0;
}

/* Only escapes of ours may hold a backslash, and nothing else that a web view or shell would interpret. */
static const char *interpreted(const struct contract *c, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t own = own_at(c, p + i, n - i);

        if (own > 0) {
            i += own - 1;
            continue;
        }
        if (strchr("<>\"`$", p[i]) != NULL)
            return "a character that a web view or a shell interprets";
        if (p[i] != '\\')
            continue;
        if (p[i + 1] == 'x' && is_hex(p + i + 2, 2))
            continue;
        if (p[i + 1] == 'u' && p[i + 2] == '{' && is_hex(p + i + 3, 4))
            continue;
        return "a backslash that is no escape of ours";
    }
    return NULL;
}

static bool begins(const char *p, size_t n, const char *with)
{
    size_t len = strlen(with);

    return n > len && memcmp(p, with, len) == 0;
}

/* The lines behind the first begin in one of our ways, in our order. */
static const char *later_line(const struct contract *c, const char *p, size_t n, int *rank)
{
    static const struct {
        const char *with;
        int rank; /* never falls; 0: belongs to the finding above */
    } ways[] = {
        { "[CRITICAL] ", 2 }, { "[WARNING] ", 3 }, { "[UNKNOWN] ", 4 },    { "[OK] ", 5 },    { "  fix: ", 0 },
        { "  then: ", 0 },    { "  see: ", 0 },    { "\xE2\x80\xA6 ", 6 }, { "source: ", 7 }, { "profile ", 7 },
    };

    if (*rank == 0 && n > 0 && p[0] >= '1' && p[0] <= '9' && p[n - 1] == ')') {
        *rank = 1; /* "N performance values left out (…)" */
        return NULL;
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!begins(p, n, ways[i].with))
            continue;
        if (ways[i].rank == 0)
            return *rank >= 2 && *rank <= 4 ? interpreted(c, p, n) : "advice without a finding";
        if (ways[i].rank < *rank || (*rank >= 6 && ways[i].rank == *rank))
            return "lines out of order";
        *rank = ways[i].rank;
        return interpreted(c, p, n);
    }
    return "a line that begins in none of our ways";
}

static const char *first_line(const struct contract *c, const char *p, size_t n)
{
    char head[200];
    const char *bar = memchr(p, '|', n);
    int len = snprintf(head, sizeof head, "%s %s", c->title, names[c->state]);

    if (n > 900 && !c->full)
        return "line 1 is longer than 900 bytes";
    if (!begins(p, n, head) || (p[len] != ' '))
        return "line 1 does not begin with title and state";
    if (memcmp(p + len, " - ", 3) != 0 && p[len + 1] != '(')
        return "line 1 has no summary";
    if (bar != NULL && (bar[-1] != ' ' || bar[1] != ' ' || memchr(bar + 1, '|', n - (size_t)(bar - p) - 1) != NULL))
        return "line 1 has a '|' too many";
    return interpreted(c, p, n);
}

/* [-]digits[.digits]; returns what follows, NULL when it is no number. */
static const char *number(const char *p)
{
    size_t n;

    p += *p == '-';
    n = strspn(p, "0123456789");
    if (n == 0)
        return NULL;
    p += n;
    if (*p != '.')
        return p;
    n = strspn(++p, "0123456789");
    return n > 0 ? p + n : NULL;
}

static const char *range(const char *p)
{
    if (*p == ';' || *p == '\0')
        return p;
    p += *p == '@';
    if (p[0] == '~' && p[1] == ':') {
        p += 2;
        return *p == ';' || *p == '\0' ? p : number(p);
    }
    p = number(p);
    if (p == NULL || *p != ':')
        return p;
    p++;
    return *p == ';' || *p == '\0' ? p : number(p);
}

static const char *one_value(const char *p)
{
    static const char label[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t n = strspn(p, label);

    if (n == 0 || *p < 'a' || *p > 'z' || p[n] != '=')
        return "perfdata: a label of other characters";
    p = number(p + n + 1);
    if (p == NULL)
        return "perfdata: a value that is no number";
    p += *p != '\0' && strchr("s%Bc", *p) != NULL;
    for (int field = 0; field < 4 && *p == ';'; field++) {
        if (p[1] == '\0')
            return "perfdata: a ';' at the end";
        p = field < 2 ? range(p + 1) : p[1] == ';' ? p + 1 : number(p + 1);
        if (p == NULL)
            return "perfdata: a field that is none";
    }
    return *p == '\0' ? NULL : "perfdata: more than the grammar has";
}

static const char *perfdata(const char *text)
{
    char one[1024];
    char seen[16384] = " ";

    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        char key[600];
        const char *wrong;

        if (n == 0 || n >= sizeof one)
            return "perfdata: blanks, or a value without end";
        memcpy(one, text, n);
        one[n] = '\0';
        wrong = one_value(one);
        if (wrong != NULL)
            return wrong;
        (void)snprintf(key, sizeof key, " %.*s=", (int)strcspn(one, "="), one);
        if (strstr(seen, key) != NULL)
            return "perfdata: a label twice";
        put(seen, key + 1, strlen(key) - 1);
        put(seen, " ", 1);
        text += n;
        text += *text == ' ' && text[1] != '\0';
    }
    return NULL;
}

const char *contract_check(const struct contract *c, const char *out, size_t n)
{
    static struct contract_split split;
    const char *wrong = characters(out, n);
    int rank = 0;

    if (wrong != NULL)
        return wrong;
    if (n > 8000)
        return "more than 8000 bytes";
    if (n == 0 || out[n - 1] != '\n' || strlen(out) != n)
        return "not ended by a line end, or a NUL inside";
    for (const char *p = out; *p != '\0';) {
        size_t len = strcspn(p, "\n");

        if (p == out)
            wrong = first_line(c, p, len);
        else
            wrong = memchr(p, '|', len) != NULL ? "a '|' behind line 1" : later_line(c, p, len, &rank);
        if (wrong != NULL)
            return wrong;
        p += len + 1;
    }
    if (!all_agree(out, &split))
        return "consumers disagree about text and performance data";
    return perfdata(split.perfdata);
}
