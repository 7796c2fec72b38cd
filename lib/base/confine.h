/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_CONFINE_H
#define SCP_BASE_CONFINE_H

/*
 * What reads the files of others gives up what it does not need, for the rest of the process (confine_linux.c: Landlock and
 * seccomp, as far as the kernel has them; elsewhere nothing is given up).  A run that is not confined judges the same.
 */

/* No file is made, changed or removed, and no program started. */
void scp_confine_files(void);

/* Besides: no socket, no process, nothing opened for writing - for a run that asks nobody. */
void scp_confine_network(void);

/* What is given up by now: "Landlock 4, seccomp", "nothing". */
const char *scp_confine_text(char out[64]);

#endif
