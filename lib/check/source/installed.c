/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/source/installed.h"

#include "base/file.h"
#include "base/machine.h"
#include "base/say.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

enum { PATH_TEXT = 4096, FILE_MAX = 1 << 20, FILES_MAX = 2 * (SCP_PROFILE_INCLUDE_MAX + 1), SAID = 2000 };

#define OPEN_TO_OTHERS "neither root nor this user owns it, or everybody may write to it"

struct shelf {
    struct scp_buf file[FILES_MAX]; /* what was read; the texts that are used are of them */
    size_t files;
    bool used; /* one stands for a built-in text */
    char said[SAID];
};

/* "FILE of 2027-03-01 is used: the built-in scp is of 2026-11-01" */
static void say(struct shelf *s, const char *path, const struct scp_profile_head *file, const struct scp_profile_head *known)
{
    char date[SCP_UTC_TEXT], other[SCP_UTC_TEXT];

    scp_utc_format_date(file->as_of, date);
    scp_utc_format_date(known->as_of, other);
    (void)scp_say_more(s->said, sizeof s->said, "%s%s of %s is %s: %s was known as of %s", s->said[0] != '\0' ? "; " : "", path,
                       date, file->as_of > known->as_of ? "used" : "not used", known->name, other);
}

static int read_head(const char *path, const struct scp_buf *file, const char *name, struct scp_profile_head *out,
                     struct scp_err *err)
{
    if (scp_profile_head(scp_buf_text(file), file->n, out, err) != 0)
        return scp_err_prefix(err, "%s", path);
    if (strcmp(out->name, name) != 0 || out->as_of == SCP_UTC_UNKNOWN)
        return scp_err_set(err, SCP_ERR_FORMAT, "%s: its [profile] has not the name %s and a date as_of", path, name);
    return 0;
}

/* What is no profile is an error, but not where anybody could have put it there. */
static int no_profile(struct shelf *s, bool guarded, const struct scp_err *err)
{
    if (guarded || err->code == SCP_ERR_MEMORY)
        return -1;
    (void)scp_say_more(s->said, sizeof s->said, "%s%s; it is not used: " OPEN_TO_OTHERS, s->said[0] != '\0' ? "; " : "",
                       err->message);
    return 0;
}

/* The file's text in place of the one that is known, where it is later: only then does it matter who may write it. */
static int compare(struct shelf *s, const char *path, bool guarded, const char **text, struct scp_err *err)
{
    const struct scp_buf *file = &s->file[s->files - 1];
    struct scp_profile_head known = { .as_of = SCP_UTC_UNKNOWN }, head = { .as_of = SCP_UTC_UNKNOWN };
    struct scp_err bad = SCP_ERR_INIT;

    if (strcmp(scp_buf_text(file), *text) == 0)
        return 0;
    if (scp_profile_head(*text, strlen(*text), &known, err) != 0)
        return -1;
    if (read_head(path, file, known.name, &head, &bad) != 0) {
        *err = bad;
        return no_profile(s, guarded, &bad);
    }
    if (head.as_of > known.as_of && !guarded)
        return scp_err_set(err, SCP_ERR_SYSTEM, "%s: " OPEN_TO_OTHERS, path);
    say(s, path, &head, &known);
    if (head.as_of > known.as_of) {
        *text = scp_buf_text(file);
        s->used = true;
    }
    return 0;
}

static int look(struct shelf *s, const char *folder, const char *name, const char **text, struct scp_err *err)
{
    struct scp_buf *file = &s->file[s->files];
    char path[PATH_TEXT];
    bool guarded;

    (void)snprintf(path, sizeof path, "%s/%s.ini", folder, name);
    if (folder[0] == '\0' || s->files == FILES_MAX || !scp_file_at(path, NULL))
        return 0;
    s->files++;
    scp_buf_init(file, FILE_MAX);
    if (scp_file_slurp_guarded(path, file, &guarded, err) != 0)
        return no_profile(s, guarded, err);
    return compare(s, path, guarded, text, err);
}

static const char *find(void *ctx, const char *name, struct scp_err *err)
{
    const struct scp_profile_builtin *b = scp_profile_builtin_find(name);
    const char *text = b != NULL ? b->text : NULL;
    char folder[PATH_TEXT - 300];
    size_t n;

    if (text == NULL)
        return NULL;
    if (!scp_machine_folder(folder, sizeof folder - sizeof "/profiles"))
        folder[0] = '\0';
    n = strlen(folder);
    (void)snprintf(folder + n, sizeof folder - n, "%s", n > 0 ? "/profiles" : "");
    return look(ctx, folder, name, &text, err) == 0 && look(ctx, SCP_PROFILES_DIR, name, &text, err) == 0 ? text : NULL;
}

static bool requires_root(const struct scp_profile *p)
{
    size_t i = 0;

    while (i < p->roots && p->root[i].level != SCP_LEVEL_REQUIRED)
        i++;
    return i < p->roots;
}

static bool requires_endpoint(const struct scp_profile *p)
{
    size_t i = 0;

    while (i < p->endpoints && p->endpoint[i].level != SCP_LEVEL_REQUIRED)
        i++;
    return i < p->endpoints;
}

/* Nothing would be found by a file that asks for nothing. */
static int check_asks(const char *name, const struct scp_profile *p, struct scp_err *err)
{
    const char *text = scp_profile_builtin_find(name)->text;
    struct scp_profile known;
    bool root, endpoint;

    if (scp_profile_parse(text, strlen(text), &known, err) != 0)
        return -1;
    root = requires_root(&known) && !requires_root(p);
    endpoint = requires_endpoint(&known) && !requires_endpoint(p);
    scp_profile_free(&known);
    if (!root && !endpoint)
        return 0;
    return scp_err_set(err, SCP_ERR_FORMAT, "it requires no %s, the built-in %s does", root ? "root" : "endpoint", name);
}

static int parse(struct shelf *s, const char *name, const char *text, struct scp_profile *out, struct scp_err *err)
{
    const struct scp_profile_library library = { find, s };

    if (scp_profile_parse_with(&library, text, strlen(text), out, err) != 0)
        return -1;
    if (!s->used || check_asks(name, out, err) == 0)
        return 0;
    scp_profile_free(out);
    return -1;
}

int scp_installed_profile(const char *name, struct scp_profile *out, struct scp_err *err)
{
    struct shelf s = { .files = 0, .said = "" };
    const char *text = find(&s, name, err);
    int rc = text != NULL ? parse(&s, name, text, out, err) : -1;

    if (rc == 0 && s.said[0] != '\0') {
        out->installed = scp_arena_text(&out->arena, s.said, strlen(s.said));
        rc = out->installed != NULL ? 0 : scp_err_memory(err);
        if (rc != 0)
            scp_profile_free(out);
    } else if (rc != 0 && s.said[0] != '\0' && err->code != SCP_ERR_MEMORY) {
        (void)scp_err_prefix(err, "%s", s.said);
    }
    for (size_t i = 0; i < s.files; i++)
        scp_buf_free(&s.file[i]);
    return rc;
}
