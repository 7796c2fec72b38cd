/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_MACHINE_H
#define SCP_BASE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the machine we run on says of itself (machine_posix.c or machine_win32.c). */

/* Milliseconds of the monotonic clock. */
int64_t scp_machine_ms(void);
/* Its name; "this machine" where it has none. */
void scp_machine_name(char *out, size_t size);
/* The folder that this program's file is in, links followed; false: not known. */
bool scp_machine_folder(char *out, size_t size);
/* Takes a variable out of our environment. */
void scp_machine_forget(const char *variable);
/* The system's words for an errno, "error N" where it has none.  Returns out. */
char *scp_machine_reason(int reason, char *out, size_t size);

#endif
