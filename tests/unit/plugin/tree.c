/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree.h"

#include "base/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct scp_catalogue_entry entries[] = {
    { "roots.missing", "CRITICAL", "A root is missing.",
      "import it into LocalMachine\\Root (certutil -addstore \"Root\" FILE)\ncertutil -setreg chain\\X @now",
      "article 1234, \"causes\"", 0 },
    { "source.stale", "WARNING", "Old.", "export it | again", NULL, 0 },
    { "roots.on-demand", "WARNING", "May be fetched.", NULL, "RFC 5280 section 6", 0 },
    { .id = NULL }
};
static const struct scp_catalogue_entry *const tables[] = { entries, NULL };

const char *const tree_own[] = {
    "LocalMachine\\Root", "\"Root\"", "chain\\X",      "\"causes\"", "HKLM\\SOFTWARE\\Policies", "$_.Time",
    "\"<thumbprint>\"",   "`Select`", "HKU\\S-1-5-18", NULL
};

static const char *const ids[] = { "roots.missing", "source.stale", "roots.on-demand", "free.note", "x\n|y=1" };

static const char *const pieces[] = {
    "|",
    "\n",
    " | a=1;2;3",
    "\nOK - fine | forged=1",
    "x=1",
    "<script>alert(1)</script>",
    "\033[2J\033[31m",
    "\xC2\x85",
    "\xC2\x9B"
    "31m",
    "\xE2\x80\xAE"
    "txt.exe",
    "\xE2\x80\xA8",
    "\xEF\xBB\xBF",
    "\xFF\xFE",
    "\xC0\xAF",
    "\xED\xA0\x80",
    "\xF4\x90\x80\x80",
    "\xE2\x82",
    "\xFF<b>",
    "\xFF\\",
    "\xFF\xFF\"",
    "\xFF",
    "%s%n%p",
    "'",
    "\"",
    ";",
    ",",
    "=",
    "::",
    "$(id)",
    "`id`",
    "$HOSTNAME$",
    "\\",
    "\\n",
    "\\x41",
    "\r\n",
    "\r",
    "\t",
    "\b\b\b",
    "\x7F",
    "\1",
    "  ",
    "...",
    "[OK] a: b",
    "  fix: rm",
    "source: x",
    "# EOF\n",
    "DigiCert Global Root G2",
    "CN=Microsoft TLS RSA Root G2",
    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
    "\xF0\x9F\x94\x92",
    "\xC3\xBC",
    "words of a sentence",
    "a",
    "\xCC\x88\xCC\x88",
    "\xF3\xA0\x80\x81",
};

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

/* A number below `below`; 0 at the end of the fuzzer's bytes. */
static size_t pick(struct tree_source *s, size_t below)
{
    if (s->p == NULL)
        return (size_t)(next(&s->seed) % below);
    if (s->n == 0)
        return 0;
    s->n--;
    return *s->p++ % below;
}

static void text(struct tree_source *s, char *out, size_t room)
{
    size_t n = 0, count = pick(s, 8);

    if (pick(s, 20) == 1)
        count = 60;
    while (count-- > 0) {
        const char *piece = pieces[pick(s, sizeof pieces / sizeof pieces[0])];
        char raw[2] = { (char)pick(s, 256), '\0' };
        size_t len;

        if (pick(s, 4) == 1)
            piece = raw;
        len = strlen(piece);
        if (len > room - 1 - n)
            break;
        memcpy(out + n, piece, len);
        n += len;
    }
    out[n] = '\0';
}

/* Sentences of ours around one text from outside. */
static size_t add_sentence(struct tree_source *s, struct scp_result *r, enum scp_state state, const char *id, const char *subject,
                           const char *words)
{
    char reason[512];

    switch (pick(s, 5)) {
    case 1: return scp_result_add(r, state, id, subject, "HKLM\\SOFTWARE\\Policies holds %s where $_.Time is (%d %%)", words, 7);
    case 2:
        return scp_result_add(r, state, id, subject, "%s: \"<thumbprint>\" of %.20s in " SCP_OURS, words, words, "HKU\\S-1-5-18");
    case 3:
        (void)scp_say(reason, sizeof reason, "%s has `Select`", words);
        return scp_result_add(r, state, id, subject, "chain\\X: " SCP_SAID, reason);
    default: return scp_result_add(r, state, id, subject, "%s", words);
    }
}

static void add_remedy(struct tree_source *s, struct scp_result *r, size_t i, const char *words)
{
    switch (pick(s, 3)) {
    case 1: scp_result_remedy(r, i, "certutil -addstore \"Root\" %s\nGet-Item $_.Time %s", words, words); break;
    case 2: scp_result_remedy(r, i, SCP_OURS "\n%s", "see HKU\\S-1-5-18", words); break;
    default: scp_result_remedy(r, i, "%s", words); break;
    }
}

static int worse(int a, int b)
{
    static const int rank[] = { 0, 2, 3, 1 };

    return rank[b] > rank[a] ? b : a;
}

static void add_finding(struct tree_source *s, struct tree *t, struct scp_result *r)
{
    int state = (int)pick(s, 4);
    char words[2048], subject[512];
    size_t i;

    text(s, words, sizeof words);
    text(s, subject, sizeof subject);
    i = add_sentence(s, r, (enum scp_state)state, ids[pick(s, sizeof ids / sizeof ids[0])], subject, words);
    if (pick(s, 3) == 1) {
        text(s, words, sizeof words);
        add_remedy(s, r, i, words);
    }
    if (pick(s, 4) == 1)
        scp_result_reference(r, i, pick(s, 2) == 1 ? "" : "the article's \"causes\"");
    t->findings++;
    t->state = t->state < 0 ? state : worse(t->state, state);
}

static void add_range(struct tree_source *s, bool *has, struct scp_range *r)
{
    *has = pick(s, 2) == 1;
    r->start = (double)pick(s, 100);
    r->end = r->start + (double)pick(s, 1000) / 8;
    r->start_infinite = pick(s, 4) == 1;
    r->end_infinite = pick(s, 4) == 1;
    r->inside = pick(s, 4) == 1;
}

static void add_value(struct tree_source *s, struct tree *t, struct scp_result *r, size_t number)
{
    static const char *const units[] = { "", "s", "%", "B", "c" };
    static const char *const stems[] = {
        "missing", "a.b", "endpoints_ok", "legacy_ok", "state", "expiry", "x_ttl", "x", "sync_age"
    };
    struct scp_perfdata p = { .value = ((double)pick(s, 200000) - 50000) / 16, .unit = units[pick(s, 5)] };
    const char *stem = stems[pick(s, sizeof stems / sizeof stems[0])];

    /* Mostly one of its kind; a few collide in the families of metrics. */
    if (number < 3)
        (void)snprintf(p.label, sizeof p.label, "%s", stem);
    else
        (void)snprintf(p.label, sizeof p.label, "%s_%zu", stem, number);
    for (size_t i = 0; i < r->perfdatas; i++) {
        if (strcmp(r->perfdata[i].label, p.label) == 0)
            return;
    }
    if (pick(s, 30) == 1)
        p.value = 1e14;
    add_range(s, &p.has_warning, &p.warning);
    add_range(s, &p.has_critical, &p.critical);
    p.has_min = pick(s, 2) == 1;
    p.has_max = pick(s, 2) == 1;
    p.max = (double)pick(s, 1000);
    p.full_only = pick(s, 5) == 1;
    scp_result_perfdata(r, &p);
    t->values++;
}

/* Something to show, with hostile cells. */
static void add_exhibit(struct tree_source *s, struct scp_result *r)
{
    static const char *const headings[] = { "Store", "Name", "Until" };
    char words[SCP_EXHIBIT_COLUMNS_MAX][600];
    const char *cells[SCP_EXHIBIT_COLUMNS_MAX];
    struct scp_exhibit *e;

    text(s, words[0], sizeof words[0]);
    e = scp_exhibit_new((enum scp_exhibit_kind)pick(s, 3), words[0], headings, 3);
    for (size_t rows = pick(s, 6); rows > 0; rows--) {
        for (size_t i = 0; i < SCP_EXHIBIT_COLUMNS_MAX; i++) {
            text(s, words[i], sizeof words[i]);
            cells[i] = words[i];
        }
        scp_exhibit_add(e, (enum scp_mark)pick(s, 5), cells);
    }
    scp_result_exhibit(r, e);
}

static void fill(struct tree_source *s, struct tree *t, struct scp_result *r, int depth)
{
    static const size_t counts[] = { 0, 1, 1, 2, 3, 5, 8, 16 };
    static const size_t values[] = { 0, 0, 1, 3, 5, 8, 12, 70 };
    size_t n = counts[pick(s, 8)];
    size_t v = values[pick(s, 8)];
    size_t parts = depth < 3 && pick(s, 6) == 1 ? 1 + pick(s, 2) : 0;

    if (s->p == NULL && pick(s, 1500) == 1)
        n = 800;
    for (size_t i = 0; i < n; i++)
        add_finding(s, t, r);
    for (size_t i = 0; i < v; i++)
        add_value(s, t, r, i);
    for (size_t i = 0; i < parts; i++) {
        struct scp_result *part = scp_result_new(tables);
        char name[20];

        if (part == NULL)
            abort();
        fill(s, t, part, depth + 1);
        (void)snprintf(name, sizeof name, "part%d", (int)i);
        scp_result_part(r, name, part);
    }
    if (pick(s, 6) == 1) {
        char words[2048];

        text(s, words, sizeof words);
        scp_result_summary(r, "%s", words);
    }
    if (pick(s, 3) == 1)
        add_exhibit(s, r);
}

static void context(struct tree_source *s, struct tree *t)
{
    static const enum scp_perfdata_mode modes[] = { SCP_PERFDATA_SHORT, SCP_PERFDATA_SHORT, SCP_PERFDATA_FULL, SCP_PERFDATA_NONE };
    static const int64_t times[] = { INT64_MIN, 0, 1795608000, -11644473600, 253402300799 };
    struct scp_report *m = &t->m;

    for (size_t i = 0; i < 4; i++)
        text(s, t->text[i], sizeof t->text[i]);
    m->plugin = "check_scp_roots";
    m->version = "0.1.0";
    m->title = "SCP ROOTS";
    m->at = times[pick(s, 5)];
    m->vantage = pick(s, 3) == 1 ? t->text[0] : NULL;
    m->source_kind = pick(s, 3) != 1 ? "reg" : NULL;
    m->source_location = pick(s, 4) != 1 ? t->text[1] : NULL;
    m->source_taken = times[pick(s, 5)];
    m->profile_name = pick(s, 3) != 1 ? t->text[2] : NULL;
    m->profile_as_of = pick(s, 3) != 1 ? t->text[3] : NULL;
    m->perfdata = modes[pick(s, 4)];
    m->verbosity = (unsigned)pick(s, 3);
    m->columns = (unsigned)pick(s, 120);
    m->pretty = pick(s, 2) == 1;
}

void tree_make(struct tree_source *s, struct tree *t)
{
    memset(t, 0, sizeof *t);
    t->state = -1;
    context(s, t);
    t->r = scp_result_new(tables);
    if (t->r == NULL)
        abort();
    fill(s, t, t->r, 0);
    if (t->state < 0)
        t->state = SCP_UNKNOWN;
}

void tree_free(struct tree *t)
{
    scp_result_free(t->r);
    t->r = NULL;
}
