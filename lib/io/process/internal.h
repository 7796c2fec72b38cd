/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_PROCESS_INTERNAL_H
#define SCP_IO_PROCESS_INTERNAL_H

#include <stdbool.h>
#include <sys/types.h>

/* Shared by the files that run helper programs; nobody else includes it. */

/* What the child is given: descriptors of ours, -1 for none. */
struct process_ends {
    int secret, output, errors;
    int trouble; /* errno of a failed start is written there; closed by a successful one */
};

/* In the child, between fork and exec: never returns.  Only async-signal-safe calls. */
_Noreturn void scp_process_become(const char *const *argv, const char *const *environment, const struct process_ends *ends,
                                  pid_t parent);

/* Closes all of them at once (descriptors_*.c); false: the system has no call for it. */
bool scp_process_close_range(int first, int last);

/* Asks the system to kill us when `parent` ends without a word (orphan_*.c). */
void scp_process_die_with(pid_t parent);

#endif
