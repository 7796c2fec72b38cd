/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/sniff.h"

#include "base/text.h"
#include "codec/registry/regf.h"
#include "codec/trustlist/sst.h"

#include <stdbool.h>
#include <string.h>

enum { TEXT_MAX = 4096, PEM_WITHIN = 64 << 10, RULE = 8 /* characters of a ruler in certutil's and PowerShell's output */ };

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
        if (t->n > 0 || (c != '\r' && c != '\n' && c != ' ' && c != '\t'))
            t->p[t->n++] = c < 0x80 ? (char)c : '?';
    }
}

static bool starts(const struct text *t, const char *with)
{
    size_t n = strlen(with);

    return t->n >= n && scp_text_caseeq(t->p, n, with, n);
}

static bool starts_any(const struct text *t, const char *const *with)
{
    while (*with != NULL && !starts(t, *with))
        with++;
    return *with != NULL;
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

/* --- What is read --- */

static bool has_pem(const uint8_t *p, size_t n)
{
    static const char MARK[] = "-----BEGIN";

    const uint8_t *at = p, *end = p + (n < PEM_WITHIN ? n : PEM_WITHIN);

    for (; n > 0 && (at = memchr(at, '-', (size_t)(end - at))) != NULL; at++) {
        if (n - (size_t)(at - p) >= sizeof MARK - 1 && memcmp(at, MARK, sizeof MARK - 1) == 0)
            return true;
    }
    return false;
}

/* A DER or BER SEQUENCE; with the OID of signedData near the front it is PKCS#7. */
static enum scp_sniff sniff_der(const uint8_t *p, size_t n)
{
    static const uint8_t SIGNED_DATA[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 };

    if (n < 4 || p[0] != 0x30)
        return SCP_SNIFF_UNKNOWN;
    for (size_t i = 2; i <= 9 && i + sizeof SIGNED_DATA <= n; i++) {
        if (memcmp(p + i, SIGNED_DATA, sizeof SIGNED_DATA) == 0)
            return SCP_SNIFF_PKCS7;
    }
    return p[1] >= 0x81 && p[1] <= 0x84 ? SCP_SNIFF_DER : SCP_SNIFF_UNKNOWN;
}

/* `t` is the beginning of p as text. */
static enum scp_sniff sniff(const uint8_t *p, size_t n, const struct text *t)
{
    /* As registry exports and `reg query` begin. */
    static const char *const REGISTRY[] = { "Windows Registry Editor", "REGEDIT4", "HKEY_", "HKLM\\", "HKCU\\", "HKU\\", NULL };

    if (n == 0)
        return SCP_SNIFF_EMPTY;
    if (scp_regf_is(p, n))
        return SCP_SNIFF_HIVE;
    if (scp_sst_is(p, n))
        return SCP_SNIFF_SST;
    if (n >= 4 && memcmp(p, "MSCF", 4) == 0)
        return SCP_SNIFF_CABINET;
    if (starts_any(t, REGISTRY))
        return SCP_SNIFF_REGTEXT;
    return has_pem(p, n) ? SCP_SNIFF_PEM : sniff_der(p, n);
}

enum scp_sniff scp_sniff(const uint8_t *p, size_t n)
{
    enum scp_sniff der = n >= 2 && (p[1] & 0x80) != 0 ? sniff_der(p, n) : SCP_SNIFF_UNKNOWN;
    struct text t;

    if (der != SCP_SNIFF_UNKNOWN)
        return der; /* no text begins so */
    read_text(p, n, &t);
    return sniff(p, n, &t);
}

const char *scp_sniff_name(enum scp_sniff s)
{
    static const char *const NAMES[] = {
        [SCP_SNIFF_UNKNOWN] = "nothing known",
        [SCP_SNIFF_EMPTY] = "an empty file",
        [SCP_SNIFF_HIVE] = "a registry hive",
        [SCP_SNIFF_REGTEXT] = "registry text",
        [SCP_SNIFF_SST] = "a serialized certificate store",
        [SCP_SNIFF_CABINET] = "a cabinet",
        [SCP_SNIFF_PEM] = "PEM text",
        [SCP_SNIFF_PKCS7] = "PKCS#7 data",
        [SCP_SNIFF_DER] = "DER data",
    };

    return NAMES[s];
}

/* --- Pages --- */

/* What browsers take for HTML (WHATWG MIME Sniffing, section 7.1), as far as it stands in for other answers. */
static bool is_html(const struct text *t)
{
    static const char *const HTML[] = { "<!doctype", "<html", "<head", "<body", "<script", "<title", "<meta", "<!--", NULL };

    return starts_any(t, HTML);
}

bool scp_sniff_is_html(const uint8_t *p, size_t n)
{
    struct text t;

    read_text(p, n, &t);
    return is_html(&t);
}

bool scp_sniff_is_markup(const uint8_t *p, size_t n)
{
    struct text t;
    char c;

    read_text(p, n, &t);
    if (t.n < 2 || t.p[0] != '<')
        return false;
    c = scp_text_lower(t.p[1]);
    return c == '!' || c == '?' || (c >= 'a' && c <= 'z');
}

/* --- What came in place of DER --- */

const char *scp_sniff_answer(const uint8_t *p, size_t n)
{
    enum scp_sniff kind;
    struct text t;

    if (n == 0)
        return NULL;
    read_text(p, n, &t);
    if (is_html(&t) || starts(&t, "<?xml"))
        return "HTML";
    kind = sniff(p, n, &t);
    if (kind == SCP_SNIFF_PEM)
        return "PEM text instead of DER";
    if (kind == SCP_SNIFF_CABINET || kind == SCP_SNIFF_PKCS7 || kind == SCP_SNIFF_SST)
        return scp_sniff_name(kind);
    /* '0' is also the tag of a SEQUENCE. */
    if (!t.binary && (p[0] != 0x30 || n >= 4))
        return "text";
    return p[0] == 0x30 ? NULL : "binary data of another kind";
}

/* --- What people give in place of a registry's export --- */

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

/* "Thumbprint : …" or a column of that name: names of properties are not translated. */
static bool is_thumbprint(const char *p, size_t n)
{
    return n > 10 && memcmp(p, "Thumbprint", 10) == 0 && (p[10] == ' ' || p[10] == ':');
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

static bool has_line(const struct text *t, bool (*is)(const char *p, size_t n))
{
    const char *line;
    size_t at = 0, n;

    while (next_line(t, &at, &line, &n)) {
        if (is(line, n))
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

    if (!next_line(t, &at, &first, &n) || !next_line(t, &at, &second, &m))
        return false;
    for (size_t i = 0; i < sizeof SEPARATORS; i++) {
        if (memchr(first, SEPARATORS[i], n) != NULL && memchr(second, SEPARATORS[i], m) != NULL)
            return true;
    }
    return false;
}

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

#define LOG "a log of Configuration Manager (that is for check_scp_status --log)"
#define CERTUTIL "what certutil prints"
#define POWERSHELL "what PowerShell prints of certificates (Get-ChildItem Cert:)"
#define HEADLESS "an export without its first line (Windows Registry Editor Version 5.00)"
#define TABLE "a table (CSV)"

/* A text's first row that fits: all that the row has. */
static const struct {
    const char *begins, *holds;
    bool (*line)(const char *p, size_t n); /* some line of it */
    const char *name;
} TEXTS[] = {
    { "<![LOG[", NULL, NULL, LOG },
    { "<", "<Objs ", NULL, "PowerShell's Export-Clixml" },
    { "<", "<html", NULL, "an HTML page" },
    { "<!doctype html", NULL, NULL, "an HTML page" },
    { "<", "<Event", NULL, "events as XML" },
    { "<", NULL, NULL, "XML" },
    { NULL, NULL, is_certutil_ruler, CERTUTIL },
    { NULL, "CertUtil:", NULL, CERTUTIL },
    { "certutil", NULL, NULL, CERTUTIL },
    { NULL, "Certificate::", NULL, POWERSHELL },
    { NULL, NULL, is_thumbprint, POWERSHELL },
    { "WINE REGISTRY Version", NULL, NULL, "a file of Wine's own registry (export it with wine reg export)" },
    { "[HKEY_", NULL, NULL, HEADLESS },
    { "[HKLM", NULL, NULL, HEADLESS },
    { "[HKCU", NULL, NULL, HEADLESS },
    { "Certificate:", "Data:", NULL, "what openssl x509 -text prints" },
    { NULL, "$$<", NULL, LOG },
    { "{", NULL, NULL, "JSON" },
    { "[", "{", NULL, "JSON" },
    { "[", "\"", NULL, "JSON" },
    { "[", NULL, NULL, "an INI file" },
    { "#TYPE ", NULL, NULL, TABLE },
};

static const char *text_name(const struct text *t)
{
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        if ((TEXTS[i].begins == NULL || starts(t, TEXTS[i].begins)) && (TEXTS[i].holds == NULL || holds(t, TEXTS[i].holds)) &&
            (TEXTS[i].line == NULL || has_line(t, TEXTS[i].line)))
            return TEXTS[i].name;
    }
    return is_table(t) ? TABLE : "text of another kind";
}

const char *scp_sniff_stranger(const uint8_t *p, size_t n)
{
    enum scp_sniff known;
    struct text t;

    read_text(p, n, &t);
    known = sniff(p, n, &t);
    if (known != SCP_SNIFF_UNKNOWN && known != SCP_SNIFF_REGTEXT && known != SCP_SNIFF_HIVE)
        return scp_sniff_name(known);
    for (size_t i = 0; i < sizeof BINARIES / sizeof BINARIES[0]; i++) {
        if (n >= BINARIES[i].n && memcmp(p, BINARIES[i].magic, BINARIES[i].n) == 0)
            return BINARIES[i].name;
    }
    if (t.binary)
        return "binary data of another kind";
    return t.n == 0 ? "nothing but blanks" : text_name(&t);
}
