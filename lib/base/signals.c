/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/signals.h"

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define REPORTED_ELSEWHERE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
#define REPORTED_ELSEWHERE 1
#endif

static const int crash[] = { SIGSEGV, SIGILL, SIGFPE, SIGABRT };

/* What does not end a process, or cannot be or is not caught. */
static const int others[] = {
    SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGCHLD, SIGURG, SIGWINCH, SIGPIPE,
};

#ifdef REPORTED_ELSEWHERE
enum { CRASHES = 0 };
#else
enum { CRASHES = sizeof crash / sizeof crash[0] };
#endif

void scp_signals_ending(sigset_t *out)
{
    (void)sigfillset(out); /* without those that the C library keeps for itself */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        (void)sigdelset(out, others[i]);
    for (size_t i = 0; i < sizeof crash / sizeof crash[0]; i++)
        (void)sigdelset(out, crash[i]);
}

void scp_signals_crash(sigset_t *out)
{
    (void)sigemptyset(out);
    for (size_t i = 0; i < CRASHES; i++)
        (void)sigaddset(out, crash[i]);
}
