/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/mirror/internal.h"

#include "base/file.h"
#include "io/file/directory.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATH_MAX_TEXT = 4096 + 256 };

/* The whole of a file into room for max + 1 bytes; one byte more than allowed is read to notice it. */
static int read_whole(const char *path, uint8_t *room, size_t max, size_t *n, struct scp_err *err)
{
    struct scp_file file;
    size_t got = 1;
    int rc;

    if (scp_file_open(path, &file, err) != 0)
        return -1;
    for (*n = 0, rc = 0; rc == 0 && got > 0 && *n <= max; *n += got)
        rc = scp_file_read(&file, room + *n, max + 1 - *n, &got, err);
    scp_file_close(&file);
    if (rc == 0 && *n > max)
        rc = scp_err_set(err, SCP_ERR_LIMIT, "more than %zu bytes", max);
    return rc;
}

static int read_one(const char *folder, const struct scp_directory *d, const struct scp_mirror_options *w, size_t i, uint8_t *room,
                    struct scp_err *err)
{
    const char *name = scp_directory_find(d, w->name[i]);
    struct scp_err why = SCP_ERR_INIT;
    char path[PATH_MAX_TEXT];
    size_t n = 0;

    if (name == NULL)
        return w->take(w->context, i, SCP_MIRROR_NONE, NULL, 0, "", err);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return w->take(w->context, i, SCP_MIRROR_NOT_TRIED, NULL, 0, "its path is too long", err);
    if (read_whole(path, room, w->max, &n, &why) != 0)
        return w->take(w->context, i, SCP_MIRROR_FAILED, NULL, 0, why.message, err);
    return w->take(w->context, i, SCP_MIRROR_GOT, room, n, "", err);
}

int scp_mirror_read_folder(const char *path, const struct scp_mirror_options *options, const struct scp_deadline *deadline,
                           struct scp_err *err)
{
    struct scp_directory d;
    uint8_t *room;
    int rc = 0;

    if (scp_directory_read(path, &d, err) != 0)
        return -1;
    room = malloc(options->max + 1);
    if (room == NULL) {
        scp_directory_free(&d);
        return scp_err_memory(err);
    }
    for (size_t i = 0; rc == 0 && i < options->n; i++) {
        if (scp_deadline_passed(deadline))
            rc = options->take(options->context, i, SCP_MIRROR_NOT_TRIED, NULL, 0, "the deadline passed", err);
        else
            rc = read_one(path, &d, options, i, room, err);
        if (options->progress != NULL)
            options->progress(i + 1, options->n);
    }
    free(room);
    scp_directory_free(&d);
    return rc;
}
