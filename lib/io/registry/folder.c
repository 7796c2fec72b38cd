/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The folder that contrib/windows/scp-snapshot.cmd makes of a server: its exports are one source, as whole and as old as its
 * manifest says.
 */
#include "io/registry/internal.h"

#include "base/utc.h"
#include "codec/registry/manifest.h"

#include <stdio.h>
#include <string.h>

enum { PATH_TEXT = 4096 + SCP_MANIFEST_FILE };

#define MANIFEST "manifest.txt"
#define SCRIPT "contrib/windows/scp-snapshot.cmd"

struct folder {
    struct scp_registry *r;
    const char *path;
    struct scp_registry_source *source;
    struct scp_manifest manifest;
};

static int path_of(const struct folder *f, const char *name, char out[PATH_TEXT], struct scp_err *err)
{
    int n = snprintf(out, PATH_TEXT, "%s/%s", f->path, name);

    return n > 0 && n < PATH_TEXT ? 0 : scp_err_set(err, SCP_ERR_LIMIT, "%s: its path is too long", f->path);
}

/* What is in it counts; what is not in it may be in what is missing. */
static void is_not_whole(struct folder *f, const char *name, const char *why)
{
    scp_registry_set_incomplete(f->r);
    if (!f->source->truncated)
        (void)snprintf(f->source->detail, sizeof f->source->detail, "%s%s%.200s", name, name[0] != '\0' ? " " : "", why);
    f->source->truncated = true;
}

/* --- The manifest --- */

static int read_manifest(struct folder *f, const char *path, struct scp_buf *text, struct scp_err *err)
{
    if (scp_file_missing(path))
        return scp_err_set(err, SCP_ERR_UNSUPPORTED,
                           "%s: a folder without " MANIFEST ", so none that " SCRIPT " made (give its files one by one)", f->path);
    if (scp_file_slurp(path, text, err) != 0)
        return -1;
    return scp_manifest_parse(scp_buf_text(text), text->n, &f->manifest, err) == 0 ? 0 : scp_err_prefix(err, "%s", path);
}

/* As old as its beginning; where the server could not say, as its manifest's file. */
static int describe(struct folder *f, const char *path, struct scp_err *err)
{
    struct scp_file file;

    f->source = scp_registry_new_source(f->r, SCP_REGISTRY_FOLDER, f->path, err);
    if (f->source == NULL)
        return -1;
    f->source->content = "snapshot";
    f->source->taken = f->manifest.begun;
    if (!f->manifest.whole)
        is_not_whole(f, MANIFEST, "has no end: " SCRIPT " was interrupted, or it was cut");
    if (f->source->taken != SCP_UTC_UNKNOWN)
        return 0;
    if (scp_file_open(path, &file, err) != 0)
        return -1;
    f->source->taken = file.modified;
    f->source->taken_from_file_time = true;
    scp_file_close(&file);
    return 0;
}

/* --- Its files --- */

static int read_registry(struct folder *f, const struct scp_manifest_entry *e, const char *path, struct scp_file *file,
                         struct scp_err *err)
{
    struct registry_loading l = { .r = f->r, .path = path };
    struct scp_regtext_facts facts = { 0 };

    if (scp_registry_read_text(&l, file, &facts, err) != 0)
        return -1;
    if (facts.truncated)
        is_not_whole(f, e->file, "ends too early");
    /* Single values tell nothing of the others, nor of the keys below. */
    return e->kind == SCP_MANIFEST_QUERIED ? scp_registry_uncover(f->r, e->key, e->key_n, err) : 0;
}

static bool is_registry(const struct scp_manifest_entry *e)
{
    return e->kind == SCP_MANIFEST_EXPORTED || e->kind == SCP_MANIFEST_QUERIED;
}

static int read_file(struct folder *f, const struct scp_manifest_entry *e, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_file file;
    char path[PATH_TEXT];
    int rc = 0;

    if (e->failed)
        return 0;
    if (path_of(f, e->file, path, err) != 0)
        return -1;
    if (scp_file_open(path, &file, &why) != 0) {
        is_not_whole(f, e->file, scp_file_missing(path) ? "is missing" : "cannot be read");
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    }
    if (file.size < 0 || (uint64_t)file.size != e->size)
        is_not_whole(f, e->file, "has not the size that " MANIFEST " tells");
    else if (is_registry(e))
        rc = read_registry(f, e, path, &file, err);
    scp_file_close(&file);
    return rc;
}

/* Single values first: the exports after them cover the keys that they hold.  What was refused is absent by nothing else. */
enum turn { QUERIED, FILES, ABSENT, REFUSED, TURNS };

static enum turn turn_of(enum scp_manifest_kind kind)
{
    switch (kind) {
    case SCP_MANIFEST_QUERIED: return QUERIED;
    case SCP_MANIFEST_ABSENT: return ABSENT;
    case SCP_MANIFEST_REFUSED: return REFUSED;
    case SCP_MANIFEST_EXPORTED:
    case SCP_MANIFEST_LOG:
    case SCP_MANIFEST_OLDER:
    case SCP_MANIFEST_MESSAGES:
    case SCP_MANIFEST_PEOPLE:
    default: return FILES;
    }
}

static int read_entry(struct folder *f, const struct scp_manifest_entry *e, struct scp_err *err)
{
    switch (turn_of(e->kind)) {
    case ABSENT: return scp_registry_delete_key(f->r, e->key, e->key_n, err);
    case REFUSED: return scp_registry_uncover(f->r, e->key, e->key_n, err);
    case QUERIED:
    case FILES:
    case TURNS:
    default: return read_file(f, e, err);
    }
}

/* Where a file holds a key that is told absent, which of them is wrong cannot be told. */
static int check_absent(const struct folder *f, struct scp_err *err)
{
    for (size_t i = 0; i < f->manifest.n; i++) {
        const struct scp_manifest_entry *e = &f->manifest.v[i];

        if (e->kind == SCP_MANIFEST_ABSENT && scp_registry_holds(f->r, e->key, e->key_n))
            return scp_err_set(err, SCP_ERR_FORMAT, "%s/" MANIFEST ": line %zu: absent, but a file of the folder holds it", f->path,
                               e->line);
    }
    return 0;
}

static int read_entries(struct folder *f, enum turn turn, struct scp_err *err)
{
    if (turn == ABSENT && check_absent(f, err) != 0)
        return -1;
    for (size_t i = 0; i < f->manifest.n; i++) {
        if (turn_of(f->manifest.v[i].kind) == turn && read_entry(f, &f->manifest.v[i], err) != 0)
            return -1;
    }
    return 0;
}

static int note_companions(struct folder *f, struct scp_err *err)
{
    struct scp_registry_companion *c = scp_arena_alloc(&f->r->arena, (f->manifest.n + 1) * sizeof *c);
    char path[PATH_TEXT];
    size_t n = 0;

    for (size_t i = 0; i < f->manifest.n && c != NULL; i++) {
        const struct scp_manifest_entry *e = &f->manifest.v[i];

        /* One that was not copied is told by whoever wants to read it. */
        if (e->kind != SCP_MANIFEST_LOG && e->kind != SCP_MANIFEST_MESSAGES && !e->failed)
            continue;
        if (path_of(f, e->file, path, err) != 0)
            return -1;
        c[n].kind = e->kind == SCP_MANIFEST_MESSAGES ? SCP_COMPANION_MESSAGES : SCP_COMPANION_LOG;
        c[n].path = scp_arena_text(&f->r->arena, path, strlen(path));
        if (c[n++].path == NULL)
            return scp_registry_no_memory(f->r, err);
    }
    if (c == NULL)
        return scp_registry_no_memory(f->r, err);
    f->source->companion = c;
    f->source->companions = n;
    return 0;
}

static int load(struct folder *f, struct scp_buf *text, struct scp_err *err)
{
    char path[PATH_TEXT];

    if (path_of(f, MANIFEST, path, err) != 0 || read_manifest(f, path, text, err) != 0 || describe(f, path, err) != 0)
        return -1;
    for (enum turn turn = QUERIED; turn < TURNS; turn++) {
        if (read_entries(f, turn, err) != 0)
            return -1;
    }
    return note_companions(f, err);
}

int scp_registry_load_folder(struct scp_registry *r, const char *path, struct scp_err *err)
{
    struct folder f = { .r = r, .path = path };
    struct scp_buf text;
    int rc;

    scp_buf_init(&text, SCP_MANIFEST_BYTES_MAX);
    rc = load(&f, &text, err);
    scp_manifest_free(&f.manifest);
    scp_buf_free(&text);
    return rc;
}
