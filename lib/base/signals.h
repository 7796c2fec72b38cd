/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_SIGNALS_H
#define SCP_BASE_SIGNALS_H

#include <signal.h>

/* Every signal that would end the process if nobody caught it and that may come from outside, real-time ones included.
 * SIGKILL cannot be caught, SIGPIPE is told by write(), the C library keeps the first real-time ones for itself. */
void scp_signals_ending(sigset_t *out);

/* Those that a fault of the program raises (or somebody who plays one); none where a sanitizer or a fuzzer reports them. */
void scp_signals_crash(sigset_t *out);

#endif
