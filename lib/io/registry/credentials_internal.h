/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_REGISTRY_CREDENTIALS_INTERNAL_H
#define SCP_IO_REGISTRY_CREDENTIALS_INTERNAL_H

#include "io/registry/credentials.h"

#include <stddef.h>

/* Shared by credentials.c and what opens the file (credentials_posix.c or credentials_win32.c).
 * At most size bytes of a file that others may not read or write; the reason names the path. */
int scp_credentials_bytes(const char *path, char *p, size_t size, size_t *n, struct scp_err *err);

#endif
