/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a helper's process does before it becomes the helper.  The only code of the library that may end a process: it is
 * not ours any more.
 */
#include "io/process/internal.h"

#include "io/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

enum { ABOVE = 10, DESCRIPTORS_MAX = 65536 };

static _Noreturn void give_up(const struct process_ends *ends)
{
    int reason = errno;

    (void)!write(ends->trouble, &reason, sizeof reason);
    _exit(127);
}

/* Out of the way of 0 to 3, which are filled next. */
static int lifted(int fd, const struct process_ends *ends)
{
    int high = fd < 0 ? fd : fcntl(fd, F_DUPFD, ABOVE);

    if (fd >= 0 && high < 0)
        give_up(ends);
    return high;
}

static void settle_descriptor(int from, int to, const struct process_ends *ends)
{
    if (from >= 0 && dup2(from, to) != to)
        give_up(ends);
}

/* What our own parent left open is none of the helper's business.  One by one that costs as much as the helper's start. */
static void close_others(int from, int keep)
{
    long max = sysconf(_SC_OPEN_MAX);

    if (scp_process_close_range(from, keep - 1) && scp_process_close_range(keep + 1, INT_MAX))
        return;
    if (max < 0 || max > DESCRIPTORS_MAX)
        max = DESCRIPTORS_MAX;
    for (int fd = from; fd < (int)max; fd++) {
        if (fd != keep)
            (void)close(fd);
    }
}

static void default_signals(void)
{
    struct sigaction plain = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int s = 1; s <= SIGRTMAX; s++)
        (void)sigaction(s, &plain, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void scp_process_become(const char *const *argv, const char *const *environment, const struct process_ends *ends,
                                  pid_t parent)
{
    struct process_ends high = *ends;
    int nothing;

    /* A session, and with it a process group, of its own: no terminal to ask anybody for a password. */
    (void)setsid();
    default_signals();
    scp_process_die_with(parent);
    high.trouble = lifted(ends->trouble, ends);
    high.secret = lifted(ends->secret, ends);
    high.output = lifted(ends->output, ends);
    high.errors = lifted(ends->errors, ends);
    nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || fcntl(high.trouble, F_SETFD, FD_CLOEXEC) != 0)
        give_up(&high);
    settle_descriptor(nothing, STDIN_FILENO, &high);
    settle_descriptor(high.output, STDOUT_FILENO, &high);
    settle_descriptor(high.errors, STDERR_FILENO, &high);
    settle_descriptor(high.secret, SCP_PROCESS_SECRET_FD, &high);
    close_others(high.secret >= 0 ? SCP_PROCESS_SECRET_FD + 1 : STDERR_FILENO + 1, high.trouble);
    /* execve() takes strings that it does not change; its type is older than const. */
    (void)execve(argv[0], (char *const *)(const void *)argv, (char *const *)(const void *)environment);
    give_up(&high);
}
