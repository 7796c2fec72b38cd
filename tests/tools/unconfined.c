/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * To be preloaded: a kernel without Landlock and seccomp.  Also part of nomem.c, and preloaded under valgrind's tools: what works
 * inside a process writes its files there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LANDLOCK_FIRST = 444, LANDLOCK_LAST = 446, ARGUMENTS = 6 };

static int lacks(int reason)
{
    errno = reason;
    return -1;
}

/* More arguments than were given are what the registers hold, as in the C library's own. */
long syscall(long number, ...)
{
    long (*real)(long, long, long, long, long, long, long), v[ARGUMENTS];
    va_list args;

    if (number >= LANDLOCK_FIRST && number <= LANDLOCK_LAST)
        return lacks(ENOSYS);
    va_start(args, number);
    for (int i = 0; i < ARGUMENTS; i++)
        v[i] = va_arg(args, long);
    va_end(args);
    *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    return real(number, v[0], v[1], v[2], v[3], v[4], v[5]);
}

int prctl(int option, ...)
{
    int (*real)(int, long, long, long, long);
    long v[4];
    va_list args;

    if (option == PR_SET_SECCOMP)
        return lacks(EINVAL);
    va_start(args, option);
    for (int i = 0; i < 4; i++)
        v[i] = va_arg(args, long);
    va_end(args);
    *(void **)&real = dlsym(RTLD_NEXT, "prctl");
    return real(option, v[0], v[1], v[2], v[3]);
}
