/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/process/internal.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

void scp_process_die_with(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it ended before the request was made */
        (void)raise(SIGKILL);
}
