/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_FOLDER_H
#define SCP_BASE_FOLDER_H

#include "base/err.h"

/* The names in a folder, one by one, in no order (folder_posix.c or folder_win32.c). */
struct scp_folder;

/* NULL with the reason, the path in front. */
struct scp_folder *scp_folder_open(const char *path, struct scp_err *err);
/* 1: *name holds until the next call; 0: the end; -1: it cannot be listed. */
int scp_folder_next(struct scp_folder *f, const char **name, struct scp_err *err);
void scp_folder_close(struct scp_folder *f);

#endif
