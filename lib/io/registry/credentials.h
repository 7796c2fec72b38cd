/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_REGISTRY_CREDENTIALS_H
#define SCP_IO_REGISTRY_CREDENTIALS_H

#include "base/err.h"

/*
 * A file of credentials as smbclient has it: lines "username = NAME", "password = WORD", "domain = NAME"; blank lines and
 * lines that begin with '#' are skipped.  A password may hold anything but a line end; blanks in front of a value are dropped.
 * Secrets never come from an argument or the environment.
 */
enum { SCP_CREDENTIALS_MAX = 4096, SCP_CREDENTIALS_FIELD_MAX = 512 };

struct scp_credentials {
    char username[SCP_CREDENTIALS_FIELD_MAX]; /* "" when not given */
    char password[SCP_CREDENTIALS_FIELD_MAX];
    char domain[SCP_CREDENTIALS_FIELD_MAX];
};

/*
 * Reads a regular file or a pipe; /dev/fd/N is the descriptor N itself.  Refused when others may read or write it
 * (mode & 0007).  Messages name the file and the line, never what is in it.
 */
int scp_credentials_read(const char *path, struct scp_credentials *out, struct scp_err *err);
/* The name as NTLM has it: "DOMAIN\\user", or the user alone.  Returns out. */
enum { SCP_CREDENTIALS_USER = 2 * SCP_CREDENTIALS_FIELD_MAX };
char *scp_credentials_user(const struct scp_credentials *c, char out[SCP_CREDENTIALS_USER]);
/* Overwrites the secrets. */
void scp_credentials_wipe(struct scp_credentials *c);

#endif
