/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/child.h"

#include "base/signals.h"

#include <errno.h>
#include <stddef.h>

/* 0 = free.  Written while the ending signals are blocked, read by their handler. */
static volatile sig_atomic_t groups[SCP_CHILD_MAX];

void scp_child_hold(sigset_t *before)
{
    sigset_t all;

    scp_signals_ending(&all);
    (void)sigprocmask(SIG_BLOCK, &all, before);
}

void scp_child_release(const sigset_t *before)
{
    (void)sigprocmask(SIG_SETMASK, before, NULL);
}

bool scp_child_add(int group)
{
    for (size_t i = 0; i < SCP_CHILD_MAX; i++) {
        if (groups[i] == 0) {
            groups[i] = group;
            return true;
        }
    }
    return false;
}

void scp_child_remove(int group)
{
    for (size_t i = 0; i < SCP_CHILD_MAX; i++) {
        if (groups[i] == group)
            groups[i] = 0;
    }
}

void scp_child_kill_all(void)
{
    int saved = errno;

    for (size_t i = 0; i < SCP_CHILD_MAX; i++) {
        int group = groups[i];

        if (group > 1) {
            (void)kill(-group, SIGKILL);
            (void)kill(group, SIGKILL); /* it has not made its group yet */
        }
    }
    errno = saved;
}
