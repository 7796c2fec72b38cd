/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* sigaltstack(): what POSIX has beyond its base */

#include "plugin/app_internal.h"

#include "base/child.h"
#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    SIGNAL_STACK = 64 << 10,
    STACK = 512 << 10, /* more than any of them needs (measured: 192 KiB) */
    CHUNK = 4096       /* a pipe that is writable takes so much without blocking */
};

static struct {
    volatile sig_atomic_t writing; /* the report is on its way out */
    sigset_t before;               /* the signal mask while no report is written */
} process;

/* --- Endings --- */

/* "signal 15" */
static void name_signal(char cause[16], int signal_number)
{
    static const char SIGNAL[] = "signal ";
    size_t n = sizeof SIGNAL - 1;

    for (size_t i = 0; i < n; i++)
        cause[i] = SIGNAL[i];
    if (signal_number >= 10)
        cause[n++] = (char)('0' + signal_number / 10 % 10);
    cause[n++] = (char)('0' + signal_number % 10);
    cause[n] = '\0';
}

/* A fault of the program; also where somebody else sent one of these signals, which nothing else would. */
static bool is_crash(int signal_number)
{
    sigset_t crash;

    scp_signals_crash(&crash);
    return sigismember(&crash, signal_number) == 1;
}

static void on_signal(int signal_number)
{
    char line[SCP_APP_LINE_MAX], cause[16];
    enum scp_state state = SCP_UNKNOWN;
    size_t n;

    scp_child_kill_all();
    if (process.writing) /* a second line would only confuse whoever read the start of the first */
        _exit(SCP_UNKNOWN);
    if (signal_number == SIGALRM) {
        n = scp_app_deadline_line(line);
        state = scp_app_words()->timeout_result;
    } else {
        name_signal(cause, signal_number);
        n = scp_app_last_line(line, cause, is_crash(signal_number));
    }
    _exit(write(STDOUT_FILENO, line, n) == (ssize_t)n ? (int)state : (int)SCP_UNKNOWN);
}

void scp_app_process_arm(double seconds)
{
    struct itimerval t = { { 0, 0 }, { 0, 0 } };

    t.it_value.tv_sec = (time_t)seconds;
    t.it_value.tv_usec = (suseconds_t)((seconds - (double)t.it_value.tv_sec) * 1e6);
    if (t.it_value.tv_sec == 0 && t.it_value.tv_usec == 0)
        t.it_value.tv_usec = 1; /* 0 would mean "no deadline" */
    (void)setitimer(ITIMER_REAL, &t, NULL);
}

/* Where the handler runs: the stack may be what is used up. */
static void take_signal_stack(void)
{
    static _Alignas(16) char room[SIGNAL_STACK];
    stack_t stack = { .ss_sp = room, .ss_size = sizeof room };

    (void)sigaltstack(&stack, NULL);
}

/* What whoever started us ignores stays ignored, as nohup and background jobs have it; but neither the deadline, nor the way in
 * which monitoring cores end plugins, nor a fault of ours. */
static bool stays_ignored(int s)
{
    struct sigaction old;

    return s != SIGALRM && s != SIGTERM && sigaction(s, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

void scp_app_process_watch(void)
{
    struct sigaction ours = { .sa_handler = on_signal };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigset_t ending, crash;

    take_signal_stack();
    scp_signals_ending(&ending);
    scp_signals_crash(&crash);
    (void)sigfillset(&ours.sa_mask);
    for (int s = 1; s <= SIGRTMAX; s++) {
        /* On another stack only where the own one may be used up: a sanitizer's runtime does not bear it elsewhere. */
        ours.sa_flags = sigismember(&crash, s) == 1 ? SA_ONSTACK : 0;
        if (sigismember(&crash, s) == 1 || (sigismember(&ending, s) == 1 && !stays_ignored(s)))
            (void)sigaction(s, &ours, NULL);
    }
    (void)sigaction(SIGPIPE, &ignore, NULL); /* a failed write is told by write() */
    (void)sigprocmask(SIG_UNBLOCK, &ending, NULL);
    (void)sigprocmask(SIG_UNBLOCK, &crash, NULL);
    (void)sigprocmask(SIG_BLOCK, NULL, &process.before);
}

/* --- Standard streams --- */

/* Without this a file opened later could become standard output.  The directions are the wrong ones: a
 * closed stream stays unusable. */
static void fill_standard_streams(void)
{
    static const int flags[] = { O_WRONLY, O_RDONLY, O_WRONLY };

    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)open("/dev/null", flags[fd]); /* the lowest free one, which is this */
    }
}

static void block_signals(void)
{
    sigset_t all;

    scp_signals_ending(&all);
    (void)sigprocmask(SIG_BLOCK, &all, NULL);
    process.writing = 1;
}

/* Waits until standard output takes more; signals and the deadline end the process meanwhile. */
static int wait_writable(void)
{
    struct pollfd p = { STDOUT_FILENO, POLLOUT, 0 };
    fd_set set;

    if (poll(&p, 1, 0) != 0) /* ready, or in a state that write() will name */
        return 0;
    FD_ZERO(&set);
    FD_SET(STDOUT_FILENO, &set);
    if (pselect(STDOUT_FILENO + 1, NULL, &set, NULL, NULL, &process.before) < 0 && errno != EINTR)
        return -1;
    return 0;
}

/* Signals stay blocked from here to the end of the process. */
int scp_app_process_write(const char *p, size_t n)
{
    block_signals();
    while (n > 0) {
        ssize_t written;

        if (wait_writable() != 0)
            return -1;
        written = write(STDOUT_FILENO, p, n > CHUNK ? CHUNK : n);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        if (written > 0) {
            p += written;
            n -= (size_t)written;
        }
    }
    return close(STDOUT_FILENO); /* some file systems tell only now that there was no room */
}

/*
 * Where the address space is limited the stack cannot always grow, and the kernel says so with SIGSEGV.  What a plugin needs of it
 * is taken while there is still a way to answer.
 */
static void use_stack(void)
{
    volatile char room[STACK];

    for (size_t i = 0; i < sizeof room; i += 1024)
        room[i] = 0;
}

static int take_stack(void)
{
    struct rlimit space;
    void *volatile probe; /* a compiler may leave out what is only allocated and freed */

    if (getrlimit(RLIMIT_AS, &space) != 0 || space.rlim_cur == RLIM_INFINITY)
        return 0;
    probe = malloc((size_t)2 * STACK);
    free(probe);
    if (probe == NULL)
        return -1;
    use_stack();
    return 0;
}

int scp_app_process_begin(void)
{
    fill_standard_streams();
    return take_stack();
}

/* --- A terminal --- */

bool scp_app_terminal(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

bool scp_app_terminal_draw(const char *text, size_t n)
{
    return write(STDOUT_FILENO, text, n) == (ssize_t)n;
}

unsigned scp_app_terminal_columns(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool scp_app_terminal_color(void)
{
    const char *term = getenv("TERM");

    return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}
