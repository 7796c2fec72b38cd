/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A process in which one run follows the other, each a thread: what a fork touches for the first time costs more than most
 * verdicts. A thread's confinement is its own (landlock(7), seccomp(2)).  What else a run leaves behind is undone: the variables of
 * the program are what they were, signals and timers, too.  A run that leaves a thread or an open file behind is the last of its
 * process, and so is one that ends it, as a signal or a deadline does.
 */
#define _GNU_SOURCE /* pipe2() */
#include "many.h"

#if MANY_WORKERS

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 8 << 20, GUARD = 64 << 10, HELD_MAX = 256 << 10 /* KiB */ };

/* What the worker says of a run. */
struct told {
    int code;
    bool last;
};

/* What is the same before each run. */
struct before {
    char *variables; /* from __data_start to _end */
    struct sigaction action[NSIG];
    sigset_t mask;
    char *stack;    /* of the library's own it gives back every page */
    int first_free; /* the lowest descriptor that is not open */
};

struct run {
    struct many_request *request;
    const struct before *before;
    int code;
};

extern char __data_start[], _end[]; /* of the linker: the program's variables, without those of its shared libraries */

static struct {
    pid_t pid;
    int ask, answer;
} worker;

/* --- The worker --- */

static int first_free(void)
{
    int fd = fcntl(STDERR_FILENO, F_DUPFD, STDERR_FILENO + 1); /* a plugin closes its standard output */

    (void)close(fd);
    return fd;
}

static void remember(struct before *b)
{
    size_t n = (size_t)(_end - __data_start);
    sigset_t all;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &b->mask);
    for (int s = 1; s < NSIG; s++)
        (void)sigaction(s, NULL, &b->action[s]);
    b->first_free = first_free();
    b->variables = malloc(n);
    b->stack = mmap(NULL, GUARD + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b->variables == NULL || b->stack == MAP_FAILED || mprotect(b->stack, GUARD, PROT_NONE) != 0)
        _exit(MANY_NOT_STARTED);
    memcpy(b->variables, __data_start, n);
}

static void restore(const struct before *b)
{
    const struct itimerval none = { { 0, 0 }, { 0, 0 } };
    const struct sigaction ignored = { .sa_handler = SIG_IGN };

    (void)setitimer(ITIMER_REAL, &none, NULL);
    (void)sigaction(SIGALRM, &ignored, NULL); /* also one that came while it was blocked */
    for (int s = 1; s < NSIG; s++)
        (void)sigaction(s, &b->action[s], NULL);
    __fpurge(stdin);
    clearerr(stdin);
    clearerr(stdout);
    memcpy(__data_start, b->variables, (size_t)(_end - __data_start));
}

/* A thread that has ended is among them for another moment. */
static bool is_alone(void)
{
    struct stat tasks;

    for (int i = 0; i < 100; i++) {
        if (stat("/proc/self/task", &tasks) != 0)
            return false;
        if (tasks.st_nlink == 3)
            return true;
        (void)sched_yield();
    }
    return false;
}

static bool is_as_before(const struct before *b)
{
    struct rusage used;

    return first_free() == b->first_free && is_alone() && getrusage(RUSAGE_SELF, &used) == 0 && used.ru_maxrss <= HELD_MAX;
}

static void *thread(void *argument)
{
    struct run *r = argument;

    (void)pthread_sigmask(SIG_SETMASK, &r->before->mask, NULL);
    r->code = many_run(r->request);
    return NULL;
}

static int run_once(struct many_request *request, const struct before *b)
{
    struct run r = { request, b, MANY_NOT_STARTED };
    pthread_attr_t attributes;
    pthread_t id;

    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, b->stack + GUARD, STACK) != 0 ||
        pthread_create(&id, &attributes, thread, &r) != 0 || pthread_join(id, NULL) != 0)
        _exit(MANY_NOT_STARTED);
    (void)pthread_attr_destroy(&attributes);
    return r.code;
}

_Noreturn static void work(struct many_request *request, int asked, int answer)
{
    struct before before = { .variables = NULL };
    struct told told = { 0, false };
    char go;

    (void)signal(SIGPIPE, SIG_DFL);
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_TRIM_THRESHOLD, HELD_MAX << 10);
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
    if (setpgid(0, 0) != 0)
        _exit(MANY_NOT_STARTED);
    remember(&before);
    while (!told.last && read(asked, &go, 1) == 1) {
        told.code = run_once(request, &before);
        restore(&before);
        told.last = !is_as_before(&before);
        if (write(answer, &told, sizeof told) != sizeof told)
            break;
    }
    _exit(0);
}

/* --- Its parent --- */

static bool make_pipe(int p[2])
{
    return pipe2(p, O_CLOEXEC) == 0;
}

pid_t many_worker(struct many_request *r)
{
    int ask[2], answer[2];

    if (worker.pid > 0)
        return worker.pid;
    if (!make_pipe(ask) || !make_pipe(answer) || (worker.pid = fork()) < 0)
        return -1;
    if (worker.pid == 0) {
        (void)close(ask[1]);
        (void)close(answer[0]);
        work(r, ask[0], answer[1]);
    }
    (void)close(ask[0]);
    (void)close(answer[1]);
    worker.ask = ask[1];
    worker.answer = answer[0];
    return worker.pid;
}

int many_worker_end(void)
{
    int status = 0;

    if (worker.pid == 0)
        return 0;
    (void)close(worker.ask);
    (void)close(worker.answer);
    if (waitpid(worker.pid, &status, 0) != worker.pid)
        status = MANY_NOT_STARTED << 8;
    worker.pid = 0;
    return status;
}

int many_worker_run(void)
{
    struct told told;

    if (write(worker.ask, "", 1) != 1 || read(worker.answer, &told, sizeof told) != sizeof told)
        return many_worker_end();
    if (told.last)
        (void)many_worker_end();
    return (told.code & 0xFF) << 8;
}

#else

pid_t many_worker(struct many_request *r)
{
    (void)r;
    return -1;
}

int many_worker_run(void)
{
    return MANY_NOT_STARTED << 8;
}

int many_worker_end(void)
{
    return 0;
}

#endif
