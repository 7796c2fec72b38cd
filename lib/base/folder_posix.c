/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>

/* A DIR in other words: nothing is to be kept beside it. */
struct scp_folder *scp_folder_open(const char *path, struct scp_err *err)
{
    DIR *d = opendir(path);

    if (d == NULL)
        (void)scp_err_system(err, errno, "%s", path);
    return (struct scp_folder *)(void *)d;
}

int scp_folder_next(struct scp_folder *f, const char **name, struct scp_err *err)
{
    const struct dirent *entry;

    errno = 0;
    entry = readdir((DIR *)(void *)f);
    if (entry == NULL)
        return errno == 0 ? 0 : scp_err_system(err, errno, "cannot be listed");
    *name = entry->d_name;
    return 1;
}

void scp_folder_close(struct scp_folder *f)
{
    if (f != NULL)
        (void)closedir((DIR *)(void *)f);
}
