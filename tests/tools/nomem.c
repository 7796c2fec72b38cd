/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * To be preloaded: memory that runs out.  Counting begins with main(), so that what libraries do when they are loaded is left
 * alone.
 *   NOMEM_AT=N       the N-th allocation fails (1 = the first)
 *   NOMEM_STICKY=1   and so does every one after it
 *   NOMEM_COUNT=FILE the number of allocations is written there at the end
 *   NOMEM_SPACE=N    the address space (RLIMIT_AS) may grow by N KiB from main() on, the stack's growth included
 * glibc only: configure tells where it can be built.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

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

static bool fails(void)
{
    unsigned long n;

    if (!atomic_load(&counting))
        return false;
    n = atomic_fetch_add(&count, 1) + 1;
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

static void limit_space(unsigned long kib)
{
    FILE *statm = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    struct rlimit limit;

    if (statm == NULL || fscanf(statm, "%lu", &pages) != 1)
        _exit(125);
    (void)fclose(statm);
    limit.rlim_cur = limit.rlim_max = pages * (unsigned long)sysconf(_SC_PAGESIZE) + kib * 1024;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(125);
}

int __libc_start_main(main_function *main, int argc, char **argv, plain_function *init, plain_function *fini,
                      plain_function *loader, void *end)
{
    const char *n = getenv("NOMEM_AT"), *space = getenv("NOMEM_SPACE");
    start_function *start;

    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    if (start == NULL)
        _exit(125);
    at = n != NULL ? strtoul(n, NULL, 10) : 0;
    sticky = getenv("NOMEM_STICKY") != NULL;
    if (space != NULL)
        limit_space(strtoul(space, NULL, 10));
    atomic_store(&counting, true);
    return start(main, argc, argv, init, fini, loader, end);
}

__attribute__((destructor)) static void tell(void)
{
    const char *file = getenv("NOMEM_COUNT");
    char text[32];
    int fd, n;

    atomic_store(&counting, false);
    if (file == NULL)
        return;
    fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    n = snprintf(text, sizeof text, "%lu\n", atomic_load(&count));
    if (fd < 0 || write(fd, text, (size_t)n) != n || close(fd) != 0)
        _exit(125);
}
