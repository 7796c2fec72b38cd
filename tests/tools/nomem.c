/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * To be preloaded: memory that runs out.  Counting begins with main() and pauses in dlopen(), so that what libraries do when they
 * are loaded is left alone.
 *   NOMEM_AT=N       the N-th allocation fails (1 = the first)
 *   NOMEM_STICKY=1   and so does every one after it
 *   NOMEM_COUNT=FILE the number of allocations is written there at the end
 *   NOMEM_SPACE=N    the address space (RLIMIT_AS) may grow by N KiB from main() on, the stack's growth included,
 *                    what dlopen() loads left aside
 *   NOMEM_EACH=DIR   allocations in turn: at each, a child is forked in which it fails, and one more in which all behind it
 *                    fail, too.  Children that end with NOMEM_CODE and the output NOMEM_OUTPUT (a file), or with 3 and the words
 *                    "out of memory", and silently on standard error, are counted in DIR/fine; what others wrote stays as
 *                    DIR/N.once or DIR/N.sticky, with .err beside it, and a line "N MODE SIGNAL CODE" in DIR/odd.
 *                    For programs that keep nothing open but files: a connection cannot be shared with a child.
 *   NOMEM_TURNS="N FIRST STEP"   which those are: the first N, and from FIRST on one in STEP
 * glibc only: configure tells where it can be built.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 32, CHILD_SECONDS = 5, TEXT = 512 };

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

typedef int main_function(int argc, char **argv, char **envp);
typedef void plain_function(void);
typedef int start_function(main_function *main, int argc, char **argv, plain_function *init, plain_function *fini,
                           plain_function *loader, void *end);
start_function __libc_start_main;

static atomic_ulong count;
static atomic_bool counting;
static unsigned long at;
static bool sticky;
static const char *each; /* not NULL: in the program itself, not in its children */
static unsigned long turns, first, step;
static bool child;
static unsigned long fine;

/* --- Each in turn --- */

static int create(const char *format, unsigned long n, const char *mode)
{
    char path[TEXT];

    (void)snprintf(path, sizeof path, format, each, n, mode);
    return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

/* The child goes on in the program, which has no memory from here on. */
static void become_child(int out, int err, unsigned long n, bool all_behind)
{
    const struct itimerval limit = { .it_value = { .tv_sec = CHILD_SECONDS } };

    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(err, STDERR_FILENO);
    (void)setitimer(ITIMER_REAL, &limit, NULL); /* a child has no timers of its parent's */
    each = NULL;
    child = true;
    at = n;
    sticky = all_behind;
}

_Noreturn static void leave(int code)
{
    for (;;)
        (void)syscall(SYS_exit_group, code);
}

struct bytes {
    const char *p;
    size_t n;
};

static struct bytes map(int fd)
{
    struct stat s;
    void *p;

    if (fd < 0 || fstat(fd, &s) != 0)
        leave(125);
    p = s.st_size > 0 ? mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    return (struct bytes){ p, p != NULL && p != MAP_FAILED ? (size_t)s.st_size : 0 };
}

static void unmap(struct bytes b)
{
    if (b.n > 0)
        (void)munmap((void *)(size_t)b.p, b.n);
}

/* `ended`: behind the program's last words there is nothing left to say. */
static bool is_fine(int status, struct bytes out, struct bytes err, bool ended)
{
    static const char WORDS[] = "out of memory";
    int wanted = open(getenv("NOMEM_OUTPUT"), O_RDONLY | O_CLOEXEC), code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    struct bytes truth = map(wanted);
    bool whole = out.n == truth.n && memcmp(out.p, truth.p, out.n) == 0,
         same = code == atoi(getenv("NOMEM_CODE")) && (ended ? out.n == 0 : whole);

    unmap(truth);
    (void)close(wanted);
    return err.n == 0 && (same || (code == 3 && out.n > 0 && memmem(out.p, out.n, WORDS, sizeof WORDS - 1) != NULL));
}

static void note_odd(unsigned long n, const char *mode, int status)
{
    char path[TEXT], line[TEXT];
    int fd, length = snprintf(line, sizeof line, "%lu %s %d %d\n", n, mode, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                              WIFEXITED(status) ? WEXITSTATUS(status) : -1);

    (void)snprintf(path, sizeof path, "%s/odd", each);
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)length) != length || close(fd) != 0)
        leave(125);
}

/* Without the C library, so that the child's thread holds what its parent's held: locks know their owner. */
static pid_t fork_as_is(void)
{
    return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

/* True in the child. */
static bool try_one(unsigned long n, const char *mode)
{
    bool ended = fcntl(STDOUT_FILENO, F_GETFD) < 0;
    int out = create("%s/%lu.%s", n, mode), err = create("%s/%lu.%s.err", n, mode), status;
    struct bytes written, said;
    char path[TEXT];
    pid_t pid;

    if (out < 0 || err < 0 || (pid = fork_as_is()) < 0)
        leave(125);
    if (pid == 0) {
        become_child(out, err, n, strcmp(mode, "sticky") == 0);
        return true;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    written = map(out);
    said = map(err);
    if (is_fine(status, written, said, ended)) {
        fine++;
        (void)snprintf(path, sizeof path, "%s/%lu.%s", each, n, mode);
        (void)unlink(path);
        (void)snprintf(path, sizeof path, "%s/%lu.%s.err", each, n, mode);
        (void)unlink(path);
    } else {
        note_odd(n, mode, status);
    }
    unmap(written);
    unmap(said);
    (void)close(out);
    (void)close(err);
    return false;
}

/* A file is read from where it was, whatever a child read of it. */
static void try_each(unsigned long n)
{
    off_t offset[FILES];
    int saved = errno;

    for (int fd = 0; fd < FILES; fd++)
        offset[fd] = lseek(fd, 0, SEEK_CUR);
    if (try_one(n, "once") || try_one(n, "sticky"))
        return;
    for (int fd = 0; fd < FILES; fd++) {
        if (offset[fd] >= 0)
            (void)lseek(fd, offset[fd], SEEK_SET);
    }
    errno = saved;
}

/* --- */

static bool fails(void)
{
    unsigned long n;

    if (!atomic_load(&counting))
        return false;
    n = atomic_fetch_add(&count, 1) + 1;
    if (each != NULL && (n <= turns || (n >= first && (n - first) % step == 0)))
        try_each(n);
    if (at == 0 || (sticky ? n < at : n != at))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return fails() ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **p, size_t alignment, size_t n)
{
    void *got = fails() ? NULL : __libc_memalign(alignment, n);

    if (got == NULL)
        return ENOMEM;
    *p = got;
    return 0;
}

static rlim_t space_in_use(void)
{
    FILE *statm = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;

    if (statm == NULL || fscanf(statm, "%lu", &pages) != 1)
        leave(125);
    (void)fclose(statm);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* RLIM_INFINITY: all that there is. */
static void limit_space(rlim_t bytes)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) != 0)
        leave(125);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        leave(125);
}

static rlim_t room; /* beyond what was in use; 0: no limit */

void *dlopen(const char *name, int mode)
{
    void *(*real)(const char *, int), *library;
    bool counted = atomic_exchange(&counting, false);
    struct rlimit limit;
    rlim_t before = 0;
    int saved;

    *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
    if (real == NULL || getrlimit(RLIMIT_AS, &limit) != 0)
        leave(125);
    if (room > 0) {
        limit_space(RLIM_INFINITY);
        before = space_in_use();
    }
    library = real(name, mode);
    saved = errno;
    if (room > 0)
        limit_space(limit.rlim_cur + space_in_use() - before);
    atomic_store(&counting, counted);
    errno = saved;
    return library;
}

int __libc_start_main(main_function *main, int argc, char **argv, plain_function *init, plain_function *fini,
                      plain_function *loader, void *end)
{
    const char *n = getenv("NOMEM_AT"), *space = getenv("NOMEM_SPACE"), *which = getenv("NOMEM_TURNS");
    start_function *start;

    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    if (start == NULL)
        leave(125);
    at = n != NULL ? strtoul(n, NULL, 10) : 0;
    sticky = getenv("NOMEM_STICKY") != NULL;
    each = getenv("NOMEM_EACH");
    if (each != NULL && (which == NULL || sscanf(which, "%lu %lu %lu", &turns, &first, &step) != 3 || step == 0))
        leave(125);
    room = space != NULL ? (rlim_t)strtoul(space, NULL, 10) * 1024 : 0;
    if (room > 0)
        limit_space(space_in_use() + room);
    atomic_store(&counting, true);
    return start(main, argc, argv, init, fini, loader, end);
}

static void tell_number(const char *path, unsigned long n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), length;
    char text[TEXT];

    length = snprintf(text, sizeof text, "%lu\n", n);
    if (fd < 0 || write(fd, text, (size_t)length) != length || close(fd) != 0)
        leave(125);
}

__attribute__((destructor)) static void tell(void)
{
    const char *file = getenv("NOMEM_COUNT");
    char path[TEXT];

    atomic_store(&counting, false);
    if (child)
        return;
    if (file != NULL)
        tell_number(file, atomic_load(&count));
    if (each != NULL) {
        (void)snprintf(path, sizeof path, "%s/fine", each);
        tell_number(path, fine);
    }
}

/* How a plugin's main() ends. */
void _exit(int code)
{
    tell();
    leave(code);
}
