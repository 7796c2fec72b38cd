/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/registry/manifest.h"

#include "base/array.h"
#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"

#include <stdlib.h>
#include <string.h>

/* What is left of a line. */
struct words {
    const char *p;
    size_t n;
};

struct reading {
    struct scp_manifest *out;
    size_t line;
    bool ended; /* "complete" was read */
};

static struct words next_word(struct words *line)
{
    const char *blank = line->n > 0 ? memchr(line->p, ' ', line->n) : NULL;
    struct words word = { line->p, blank != NULL ? (size_t)(blank - line->p) : line->n };
    size_t used = word.n + (blank != NULL);

    *line = (struct words){ line->p + used, line->n - used };
    return word;
}

static bool is(struct words w, const char *text)
{
    return w.n == strlen(text) && memcmp(w.p, text, w.n) == 0;
}

/* A name that leads nowhere else. */
static bool is_file_name(struct words w)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    for (size_t i = 0; i < w.n; i++) {
        if (w.p[i] == '\0' || strchr(LETTERS, w.p[i]) == NULL)
            return false;
    }
    return w.n > 0 && w.n < SCP_MANIFEST_FILE && w.p[0] != '.';
}

static int read_time(struct words w, int64_t *out, struct scp_err *err)
{
    char text[SCP_UTC_TEXT];

    if (is(w, "unknown"))
        return 0;
    if (w.n >= sizeof text)
        return scp_err_set(err, SCP_ERR_FORMAT, "not a time");
    memcpy(text, w.p, w.n);
    text[w.n] = '\0';
    return scp_utc_parse(text, out, err);
}

static int read_file(struct words *line, struct scp_manifest_entry *e, struct scp_err *err)
{
    struct words file = next_word(line), size;

    if (!is_file_name(file))
        return scp_err_set(err, SCP_ERR_FORMAT, "not a file's name");
    memcpy(e->file, file.p, file.n);
    e->file[file.n] = '\0';
    if (e->failed)
        return 0;
    size = next_word(line);
    return scp_num_u64(size.p, size.n, INT64_MAX, &e->size, err);
}

/* As Windows compares names of files. */
static bool is_named(const struct scp_manifest *m, const char *file)
{
    for (size_t i = 0; i < m->n; i++) {
        if (scp_text_caseeq(m->v[i].file, strlen(m->v[i].file), file, strlen(file)))
            return true;
    }
    return false;
}

static int add(struct reading *r, enum scp_manifest_kind kind, bool failed, struct words line, struct scp_err *err)
{
    struct scp_manifest *m = r->out;
    struct scp_manifest_entry *v = scp_array_room(m->v, m->n, sizeof *v, SCP_MANIFEST_ENTRIES_MAX, "lines", err), *e;
    bool file = kind < SCP_MANIFEST_ABSENT, key = kind <= SCP_MANIFEST_QUERIED || !file;

    if (v == NULL)
        return -1;
    m->v = v;
    e = &v[m->n];
    *e = (struct scp_manifest_entry){ .kind = kind, .failed = failed, .line = r->line };
    if (file && read_file(&line, e, err) != 0)
        return -1;
    if (file && is_named(m, e->file))
        return scp_err_set(err, SCP_ERR_FORMAT, "a file that stands here a second time");
    if (key != (line.n > 0))
        return scp_err_set(err, SCP_ERR_FORMAT, key ? "no key" : "more words than expected");
    e->key = line.p;
    e->key_n = line.n;
    m->n++;
    m->files += file && !failed;
    return 0;
}

static int read_end(struct reading *r, struct words word, struct scp_err *err)
{
    uint64_t files;

    if (scp_num_u64(word.p, word.n, SCP_MANIFEST_ENTRIES_MAX, &files, err) != 0)
        return -1;
    r->ended = true;
    r->out->whole = files == r->out->files;
    return 0;
}

static const char *const KINDS[] = { "exported", "queried", "log", "older", "messages", "people", "absent", "refused" };

/* What was not copied; what is for people does not matter. */
static int read_failed(struct reading *r, struct words line, struct scp_err *err)
{
    struct words word = next_word(&line);

    for (int i = SCP_MANIFEST_LOG; i < SCP_MANIFEST_PEOPLE; i++) {
        if (is(word, KINDS[i]))
            return add(r, (enum scp_manifest_kind)i, true, line, err);
    }
    return is(word, KINDS[SCP_MANIFEST_PEOPLE]) ? 0 : scp_err_set(err, SCP_ERR_FORMAT, "nothing that may fail");
}

static int read_line(struct reading *r, struct words line, struct scp_err *err)
{
    struct words word = next_word(&line);

    if (r->ended)
        return scp_err_set(err, SCP_ERR_FORMAT, "something behind its end");
    if (is(word, "#"))
        return 0;
    if (is(word, "failed"))
        return read_failed(r, line, err);
    if (is(word, "begun") || is(word, "ended"))
        return read_time(line, is(word, "begun") ? &r->out->begun : &r->out->ended, err);
    if (is(word, "complete"))
        return read_end(r, line, err);
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (is(word, KINDS[i]))
            return add(r, (enum scp_manifest_kind)i, false, line, err);
    }
    return scp_err_set(err, SCP_ERR_FORMAT, "a word that is not known");
}

/* The next line without its end; false: none that has one. */
static bool next_line(struct words *text, struct words *line)
{
    const char *end = text->n > 0 ? memchr(text->p, '\n', text->n) : NULL;
    size_t n = end != NULL ? (size_t)(end - text->p) : 0;

    if (end == NULL)
        return false;
    *line = (struct words){ text->p, n > 0 && text->p[n - 1] == '\r' ? n - 1 : n };
    /* Blanks that echo leaves before a redirection. */
    while (line->n > 0 && line->p[line->n - 1] == ' ')
        line->n--;
    *text = (struct words){ text->p + n + 1, text->n - n - 1 };
    return true;
}

int scp_manifest_parse(const char *p, size_t n, struct scp_manifest *out, struct scp_err *err)
{
    struct reading r = { .out = out, .line = 2 };
    struct words text = { p, n }, line;

    *out = (struct scp_manifest){ .begun = SCP_UTC_UNKNOWN, .ended = SCP_UTC_UNKNOWN };
    if (!next_line(&text, &line) || !is(next_word(&line), "scp-snapshot"))
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "not what scp-snapshot.cmd writes");
    if (!is(line, "1"))
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "of another version of scp-snapshot.cmd, which is not read here");
    for (; next_line(&text, &line); r.line++) {
        if (read_line(&r, line, err) != 0)
            return scp_err_prefix(err, "line %zu", r.line);
    }
    out->whole = out->whole && text.n == 0;
    return 0;
}

void scp_manifest_free(struct scp_manifest *m)
{
    free(m->v);
    m->v = NULL;
    m->n = m->files = 0;
}
