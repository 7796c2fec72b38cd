/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/file/directory.h"

#include "base/array.h"
#include "base/folder.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    int order = scp_text_casecmp(x, strlen(x), y, strlen(y));

    return order != 0 ? order : strcmp(x, y);
}

static int add(struct scp_directory *d, const char *name, struct scp_err *err)
{
    const char **grown = scp_array_room(d->v, d->n, sizeof *grown, SCP_DIRECTORY_NAMES_MAX, "names", err);

    if (grown == NULL)
        return -1;
    d->v = grown;
    d->v[d->n] = scp_arena_text(&d->arena, name, strlen(name));
    if (d->v[d->n] == NULL)
        return scp_err_memory(err);
    d->n++;
    return 0;
}

static int read_names(struct scp_folder *folder, struct scp_directory *d, struct scp_err *err)
{
    const char *name;
    int rc;

    while ((rc = scp_folder_next(folder, &name, err)) > 0) {
        if (add(d, name, err) != 0)
            return -1;
    }
    return rc;
}

int scp_directory_read(const char *path, struct scp_directory *out, struct scp_err *err)
{
    struct scp_folder *folder = scp_folder_open(path, err);
    int rc;

    memset(out, 0, sizeof *out);
    if (folder == NULL)
        return -1;
    scp_arena_init(&out->arena, SCP_DIRECTORY_MEMORY_MAX);
    rc = read_names(folder, out, err);
    scp_folder_close(folder);
    if (rc != 0) {
        scp_directory_free(out);
        return scp_err_prefix(err, "%s", path);
    }
    if (out->n > 1)
        qsort(out->v, out->n, sizeof *out->v, compare);
    return 0;
}

void scp_directory_free(struct scp_directory *d)
{
    free(d->v);
    d->v = NULL;
    d->n = 0;
    scp_arena_free(&d->arena);
}

const char *scp_directory_find(const struct scp_directory *d, const char *name)
{
    size_t low = 0, high = d->n, n = strlen(name);
    const char *found = NULL;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (scp_text_casecmp(d->v[middle], strlen(d->v[middle]), name, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < d->n && scp_text_caseeq(d->v[low], strlen(d->v[low]), name, n); low++) {
        if (found == NULL || strcmp(d->v[low], name) == 0)
            found = d->v[low];
    }
    return found;
}
