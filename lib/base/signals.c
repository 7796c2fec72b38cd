/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/signals.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define REPORTED_ELSEWHERE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
#define REPORTED_ELSEWHERE 1
#endif

/* The zero ends a list. */
static const int crash[] = { SIGSEGV, SIGILL, SIGFPE, SIGABRT, 0 };

/* What does not end a process, or cannot be or is not caught. */
static const int others[] = {
    SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGCHLD, SIGURG, SIGWINCH, SIGPIPE, 0,
};

#ifdef REPORTED_ELSEWHERE
static const int ours[] = { 0 };
#else
static const int *const ours = crash;
#endif

void scp_signals_ending(sigset_t *out)
{
    (void)sigfillset(out); /* without those that the C library keeps for itself */
    for (const int *signal = others; *signal != 0; signal++)
        (void)sigdelset(out, *signal);
    for (const int *signal = crash; *signal != 0; signal++)
        (void)sigdelset(out, *signal);
}

void scp_signals_crash(sigset_t *out)
{
    (void)sigemptyset(out);
    for (const int *signal = ours; *signal != 0; signal++)
        (void)sigaddset(out, *signal);
}
