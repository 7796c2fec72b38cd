/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_CHILD_H
#define SCP_BASE_CHILD_H

#include <signal.h>
#include <stdbool.h>

/*
 * The process groups of helpers that run at the moment.  A signal handler can be handed nothing, so this is kept for the
 * whole process: who starts a helper (lib/io/process/process.c) registers it, who ends the process on a signal
 * (lib/plugin/app.c) kills what is registered.  Neither knows the other.
 */
enum { SCP_CHILD_MAX = 8 };

/* Blocks the signals that end us, so that starting and registering, or reaping and forgetting, are one step. */
void scp_child_hold(sigset_t *before);
void scp_child_release(const sigset_t *before);

/* false when SCP_CHILD_MAX are registered already. */
bool scp_child_add(int group);
void scp_child_remove(int group);

/* SIGKILL to all of them; async-signal-safe, leaves errno alone. */
void scp_child_kill_all(void);

#endif
