/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/source/installed.h"

#include "base/file.h"
#include "base/machine.h"
#include "base/say.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

enum { PATH_TEXT = 4096, FILE_MAX = 1 << 20, FILES_MAX = 2 * (SCP_PROFILE_INCLUDE_MAX + 1), SAID = 2000 };

struct shelf {
    struct scp_buf file[FILES_MAX]; /* what was read; the texts that are used are of them */
    size_t files;
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

/* The file's text in place of the one that is known, where it is later. */
static int compare(struct shelf *s, const char *path, const struct scp_buf *file, const char **text, struct scp_err *err)
{
    struct scp_profile_head known = { .as_of = SCP_UTC_UNKNOWN }, head = { .as_of = SCP_UTC_UNKNOWN };

    if (strcmp(scp_buf_text(file), *text) == 0)
        return 0;
    if (scp_profile_head(*text, strlen(*text), &known, err) != 0)
        return -1;
    if (scp_profile_head(scp_buf_text(file), file->n, &head, err) != 0)
        return scp_err_prefix(err, "%s", path);
    if (strcmp(head.name, known.name) != 0 || head.as_of == SCP_UTC_UNKNOWN)
        return scp_err_set(err, SCP_ERR_FORMAT, "%s: its [profile] has not the name %s and a date as_of", path, known.name);
    say(s, path, &head, &known);
    if (head.as_of > known.as_of)
        *text = scp_buf_text(file);
    return 0;
}

static int look(struct shelf *s, const char *folder, const char *name, const char **text, struct scp_err *err)
{
    struct scp_buf *file = &s->file[s->files];
    char path[PATH_TEXT];

    (void)snprintf(path, sizeof path, "%s/%s.ini", folder, name);
    if (folder[0] == '\0' || s->files == FILES_MAX || !scp_file_at(path, NULL))
        return 0;
    s->files++;
    scp_buf_init(file, FILE_MAX);
    return scp_file_slurp_guarded(path, file, err) == 0 ? compare(s, path, file, text, err) : -1;
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

int scp_installed_profile(const char *name, struct scp_profile *out, struct scp_err *err)
{
    struct shelf s = { .files = 0, .said = "" };
    const struct scp_profile_library library = { find, &s };
    const char *text = find(&s, name, err);
    int rc = text != NULL ? scp_profile_parse_with(&library, text, strlen(text), out, err) : -1;

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
