/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_FILE_DIRECTORY_H
#define SCP_IO_FILE_DIRECTORY_H

#include "base/arena.h"
#include "base/err.h"

#include <stddef.h>

/*
 * The names in a folder, read once.  They are found in any case, as a file server for Windows finds them.
 */
enum { SCP_DIRECTORY_NAMES_MAX = 50000, SCP_DIRECTORY_MEMORY_MAX = 16 << 20 };

struct scp_directory {
    const char **v; /* sorted without regard to case (ASCII) */
    size_t n;
    struct scp_arena arena;
};

/* -1: not a folder, not readable, over a maximum (SCP_ERR_LIMIT). */
int scp_directory_read(const char *path, struct scp_directory *out, struct scp_err *err);
void scp_directory_free(struct scp_directory *d);

/* The spelling found; NULL when there is no such name.  Where several differ in case only, the exact one goes before. */
const char *scp_directory_find(const struct scp_directory *d, const char *name);

#endif
