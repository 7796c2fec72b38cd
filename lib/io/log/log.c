/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/log/log.h"

#include "base/file.h"
#include "base/folder.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 256 << 10,
    PROBE = 128 << 10,     /* looked at to tell how old a place in a log is */
    WHOLE = 16 << 20,      /* a file that is no larger is read from its beginning: most are, and all of it is proof */
    FIRST_STEP = 1 << 20,  /* from the end; doubled up to the beginning */
    CLOCK_SLACK = 86400,   /* seconds: entries are not younger by more than the ones behind them, or a clock was wrong */
    GROWTH_MAX = 64 << 20, /* a log that grows faster than it is read ends somewhere */
    NAME_MAX_BYTES = 256,
    READ_FILES_MAX = SCP_LOG_OLDER_MAX + 3
};

struct reading {
    int64_t since;
    const struct scp_deadline *deadline;
    const struct scp_cmtrace_sink *sink;
    struct scp_log_facts *facts;
    struct scp_file_id seen[READ_FILES_MAX]; /* a rolled-over file is not read under both names */
    size_t seen_n;
    char *piece;
    int64_t first; /* time of the first entry of the present file that has one */
    size_t newest; /* number of the newest file, in the order in which they are read */
    bool stopped;  /* the caller's sink said so */
};

static int hand_on(const struct scp_err *why, struct scp_err *err)
{
    return scp_err_set(err, why->code, SCP_SAID, why->message);
}

/* --- Times of what passes --- */

static int on_entry(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    struct reading *r = ctx;
    struct scp_log_facts *f = r->facts;

    if (e->at != SCP_UTC_UNKNOWN) {
        if (r->first == SCP_UTC_UNKNOWN && e->at >= SCP_LOG_EPOCH)
            r->first = e->at;
        if (f->oldest == SCP_UTC_UNKNOWN || e->at < f->oldest)
            f->oldest = e->at;
        if (f->newest == SCP_UTC_UNKNOWN || e->at > f->newest)
            f->newest = e->at;
        if (f->files == r->newest)
            f->ends = e->at;
    }
    if (r->sink->entry(r->sink->ctx, e, err) == 0)
        return 0;
    r->stopped = true;
    return -1;
}

struct probe {
    int64_t newest;
};

static int on_probe(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    struct probe *p = ctx;

    (void)err;
    if (e->at != SCP_UTC_UNKNOWN && (p->newest == SCP_UTC_UNKNOWN || e->at > p->newest))
        p->newest = e->at;
    return 0;
}

/* --- Where to begin --- */

/* The newest time in the entries at that place; unknown where none can be read there. */
static int64_t time_at(struct reading *r, struct scp_file *f, int64_t offset, enum scp_cmtrace_encoding encoding)
{
    struct probe probe = { SCP_UTC_UNKNOWN };
    const struct scp_cmtrace_sink sink = { &probe, on_probe };
    struct scp_cmtrace_facts ignored;
    struct scp_cmtrace *t = scp_cmtrace_new(&sink, encoding, true);
    size_t got = 0;

    if (t != NULL && scp_file_read_at(f, offset, r->piece, PROBE, &got, NULL) == 0 && got > 0 &&
        scp_cmtrace_feed(t, r->piece, got, NULL) == 0)
        (void)scp_cmtrace_finish(t, &ignored, NULL);
    scp_cmtrace_free(t);
    return probe.newest;
}

/*
 * A place before which everything is older than `since`; 0: there is none.  An old time alone is no proof, for the clock may have
 * been wrong when that was written (a server that has just booted): every place looked at before it must be old, too, and none
 * much younger.
 */
static int64_t old_place(struct reading *r, struct scp_file *f, enum scp_cmtrace_encoding encoding)
{
    int64_t place = 0, later = INT64_MAX - CLOCK_SLACK;

    for (int64_t step = FIRST_STEP;; step *= 2) {
        int64_t offset = step < f->size ? (f->size - step) & ~(int64_t)1 : 0;
        int64_t at = time_at(r, f, offset > PROBE ? offset : 0, encoding);

        if (at != SCP_UTC_UNKNOWN) {
            if (at >= r->since - SCP_LOG_SLACK || at > later + CLOCK_SLACK)
                place = 0;
            if (at < r->since - SCP_LOG_SLACK && place == 0 && offset > PROBE)
                place = offset;
            later = at;
        }
        if (offset <= PROBE)
            return place;
    }
}

/* Where reading begins: an old place, the beginning, or as far from the end as the bound lets us go. */
static int64_t find_start(struct reading *r, struct scp_file *f, enum scp_cmtrace_encoding encoding)
{
    int64_t room = SCP_LOG_BYTES_MAX - (int64_t)r->facts->bytes, start = f->size > WHOLE ? old_place(r, f, encoding) : 0;

    if (f->size - start > room) {
        r->facts->bounded = true;
        return (f->size - room) & ~(int64_t)1;
    }
    r->facts->reached = start > 0;
    return start;
}

/* --- One file --- */

static void add_facts(struct scp_cmtrace_facts *all, const struct scp_cmtrace_facts *one)
{
    all->entries += one->entries;
    all->timeless += one->timeless;
    all->strays += one->strays;
    all->nuls += one->nuls;
    all->pending = all->pending || one->pending;
}

/* Everything from the offset to the end, also what is added meanwhile. */
static int feed_all(struct reading *r, struct scp_file *f, int64_t offset, struct scp_cmtrace *t, struct scp_err *err)
{
    for (;;) {
        size_t got = 0;

        if (scp_deadline_passed(r->deadline) || offset > f->size + GROWTH_MAX || r->facts->bytes > SCP_LOG_BYTES_MAX) {
            r->facts->bounded = true;
            return 0;
        }
        if (scp_file_read_at(f, offset, r->piece, PIECE, &got, err) != 0)
            return -1;
        if (got == 0) {
            r->facts->changed = r->facts->changed || offset < f->size;
            return 0;
        }
        if (scp_cmtrace_feed(t, r->piece, got, err) != 0)
            return -1;
        offset += (int64_t)got;
        r->facts->bytes += got;
    }
}

static int read_open(struct reading *r, struct scp_file *f, struct scp_err *err)
{
    const struct scp_cmtrace_sink sink = { r, on_entry };
    struct scp_cmtrace_facts facts = { 0 };
    struct scp_cmtrace *t;
    uint8_t head[4];
    size_t skip = 0, got = 0;
    enum scp_cmtrace_encoding encoding;
    int64_t start;
    int rc;

    if (scp_file_read_at(f, 0, head, sizeof head, &got, err) != 0)
        return -1;
    encoding = scp_cmtrace_detect(head, got, &skip);
    r->first = SCP_UTC_UNKNOWN;
    start = find_start(r, f, encoding);
    t = scp_cmtrace_new(&sink, encoding, start > 0);
    if (t == NULL)
        return scp_err_memory(err);
    rc = feed_all(r, f, start > 0 ? start : (int64_t)skip, t, err);
    if (rc == 0)
        rc = scp_cmtrace_finish(t, &facts, err);
    scp_cmtrace_free(t);
    add_facts(&r->facts->text, &facts);
    r->facts->files++;
    if (r->first != SCP_UTC_UNKNOWN && (r->facts->begins == SCP_UTC_UNKNOWN || r->first < r->facts->begins))
        r->facts->begins = r->first;
    /* Its beginning was read: what is older is in an older file, if anywhere.  Not its oldest entry: that may
     * be one of a wrong clock. */
    if (start == 0 && r->first != SCP_UTC_UNKNOWN && r->first < r->since)
        r->facts->reached = true;
    return rc;
}

static bool same_file(struct scp_file_id a, struct scp_file_id b)
{
    return a.device == b.device && a.number == b.number;
}

static bool seen_before(struct reading *r, struct scp_file_id id)
{
    for (size_t i = 0; i < r->seen_n; i++) {
        if (same_file(r->seen[i], id))
            return true;
    }
    if (r->seen_n < READ_FILES_MAX)
        r->seen[r->seen_n++] = id;
    return false;
}

static int read_file(struct reading *r, const char *path, struct scp_err *err)
{
    struct scp_file f;
    int rc = 0;

    if (scp_file_open(path, &f, err) != 0)
        return -1;
    if (f.is_stdin)
        rc = scp_err_set(err, SCP_ERR_USAGE, "a log is read from its end: standard input has none");
    else if (!seen_before(r, f.id))
        rc = read_open(r, &f, err);
    scp_file_close(&f);
    return rc == 0 ? 0 : scp_err_prefix(err, "%s", path);
}

/* --- Older files --- */

struct older {
    char name[NAME_MAX_BYTES];
};

static int newest_first(const void *a, const void *b)
{
    return strcmp(((const struct older *)b)->name, ((const struct older *)a)->name);
}

/* "dmpuploader-20261123-100203.log" of "dmpuploader.log" */
static bool is_history(const char *name, const char *base, size_t n)
{
    static const char SHAPE[] = "-dddddddd-dddddd.log";

    if (strlen(name) != n + sizeof SHAPE - 1 || !scp_text_caseeq(name, n, base, n))
        return false;
    for (size_t i = 0; i < sizeof SHAPE - 1; i++) {
        char c = name[n + i];

        if (SHAPE[i] == 'd' ? c < '0' || c > '9' : scp_text_lower(c) != SHAPE[i])
            return false;
    }
    return true;
}

/* "dmpuploader.lo_" of "dmpuploader.log": the one before, always the newest of them. */
static bool is_rolled(const char *name, const char *base, size_t n)
{
    return strlen(name) == n + 4 && scp_text_caseeq(name, n, base, n) && scp_text_caseeq(name + n, 4, ".lo_", 4);
}

/* The older files of a log, newest first; their number. */
static size_t list_older(const char *folder, const char *base, size_t n, struct older v[SCP_LOG_OLDER_MAX])
{
    struct scp_folder *d = scp_folder_open(folder, NULL);
    size_t found = 0, rolled = 0;
    const char *name;

    while (d != NULL && scp_folder_next(d, &name, NULL) > 0) {
        bool history = is_history(name, base, n);

        if ((!history && !is_rolled(name, base, n)) || strlen(name) >= NAME_MAX_BYTES)
            continue;
        if (found == SCP_LOG_OLDER_MAX) {
            /* The oldest one goes. */
            qsort(v + rolled, found - rolled, sizeof v[0], newest_first);
            if (history && strcmp(name, v[found - 1].name) < 0)
                continue;
            found--;
        }
        (void)snprintf(v[found].name, sizeof v[found].name, "%s", name);
        if (!history) {
            struct older first = v[found];

            v[found] = v[rolled];
            v[rolled++] = first;
        }
        found++;
    }
    scp_folder_close(d);
    if (found > rolled)
        qsort(v + rolled, found - rolled, sizeof v[0], newest_first);
    return found;
}

struct place {
    char folder[PATH_MAX];
    const char *name; /* within the path */
    size_t base_n;    /* length of "dmpuploader" */
};

static bool split(const char *path, struct place *p)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) : 0;

    p->name = slash != NULL ? slash + 1 : path;
    p->base_n = strlen(p->name);
    if (n + 1 >= sizeof p->folder || p->base_n < 5 || !scp_text_caseeq(p->name + p->base_n - 4, 4, ".log", 4))
        return false;
    p->base_n -= 4;
    if (slash == NULL) {
        (void)snprintf(p->folder, sizeof p->folder, ".");
        return true;
    }
    memcpy(p->folder, path, n);
    p->folder[n] = '\0';
    if (n == 0)
        (void)snprintf(p->folder, sizeof p->folder, "/");
    return true;
}

/* Does it end before `since`?  An older file does where the one behind it begins before, but for a clock that was wrong there. */
static bool ends_before(struct reading *r, const char *path)
{
    struct scp_file f;
    uint8_t head[4];
    size_t skip = 0, got = 0;
    int64_t at = SCP_UTC_UNKNOWN;

    if (scp_file_open(path, &f, NULL) != 0)
        return true;
    if (scp_file_read_at(&f, 0, head, sizeof head, &got, NULL) == 0)
        at = time_at(r, &f, f.size > PROBE ? (f.size - PROBE) & ~(int64_t)1 : 0, scp_cmtrace_detect(head, got, &skip));
    scp_file_close(&f);
    return at != SCP_UTC_UNKNOWN && at < r->since;
}

/* Goes back through older files until `since`; one that vanishes or cannot be read leaves what it held unknown. */
static int read_older(struct reading *r, const char *path, struct scp_err *err)
{
    struct older *v;
    struct place place;
    char whole[PATH_MAX + NAME_MAX_BYTES];
    size_t n;
    int rc = 0;

    if (!split(path, &place))
        return 0;
    v = calloc(SCP_LOG_OLDER_MAX, sizeof *v);
    if (v == NULL)
        return scp_err_memory(err);
    n = list_older(place.folder, place.name, place.base_n, v);
    for (size_t i = 0; i < n && rc == 0 && !r->facts->bounded; i++) {
        struct scp_err why = SCP_ERR_INIT;

        (void)snprintf(whole, sizeof whole, "%s/%s", place.folder, v[i].name);
        if (r->facts->reached && ends_before(r, whole))
            break;
        rc = read_file(r, whole, &why);
        if (rc == 0)
            continue;
        if (r->stopped || why.code == SCP_ERR_MEMORY)
            (void)hand_on(&why, err);
        else
            rc = 0;
        r->facts->bounded = true;
    }
    free(v);
    return rc;
}

/* --- The log --- */

/* Was it rolled over, or cut, while it was read?  Then what is there now is read, too. */
static int read_successor(struct reading *r, const char *path, struct scp_err *err)
{
    struct scp_file_id now = r->seen[0];
    size_t files = r->facts->files;
    struct scp_err why = SCP_ERR_INIT;

    if (r->seen_n == 0 || !scp_file_at(path, &now) || same_file(now, r->seen[0]))
        return 0;
    r->newest = files;
    if (read_file(r, path, &why) != 0) {
        if (r->stopped || why.code == SCP_ERR_MEMORY)
            return hand_on(&why, err);
        r->facts->bounded = true;
    }
    r->facts->changed = r->facts->changed || r->facts->files > files;
    return 0;
}

static int read_log(struct reading *r, const char *path, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    int rc = read_file(r, path, &why);

    if (rc != 0) {
        (void)hand_on(&why, err);
        /* Between the renaming of the old file and the first line of the new one there is no log. */
        if (r->stopped || !scp_file_missing(path))
            return -1;
        r->facts->absent = true;
    }
    if (!r->facts->bounded && read_older(r, path, err) != 0)
        return -1;
    if (r->facts->files == 0)
        return -1;
    return read_successor(r, path, err);
}

int scp_log_read(const char *path, int64_t since, const struct scp_deadline *deadline, const struct scp_cmtrace_sink *sink,
                 struct scp_log_facts *out, struct scp_err *err)
{
    struct reading *r = calloc(1, sizeof *r);
    int rc;

    *out = (struct scp_log_facts){
        .begins = SCP_UTC_UNKNOWN, .oldest = SCP_UTC_UNKNOWN, .newest = SCP_UTC_UNKNOWN, .ends = SCP_UTC_UNKNOWN
    };
    if (r == NULL)
        return scp_err_memory(err);
    r->since = since;
    r->deadline = deadline;
    r->sink = sink;
    r->facts = out;
    r->piece = malloc(PIECE);
    rc = r->piece != NULL ? read_log(r, path, err) : scp_err_memory(err);
    free(r->piece);
    free(r);
    return rc;
}
