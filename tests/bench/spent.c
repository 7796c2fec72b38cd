/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 *     spent FILE PROGRAM [ARGUMENT]...
 * Runs a program and writes into the file what it spent, in seconds: until it had ended, and of processor time, its children and
 * the kernel included.  Who measures is no part of it: a fork of the script that asks costs a third of a plugin's run.
 */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor_time(void)
{
    struct rusage u;

    (void)getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
    double from = now(), until;
    int status = 0;
    pid_t pid;
    FILE *out;

    if (argc < 3 || posix_spawn(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0 || waitpid(pid, &status, 0) != pid)
        return 126;
    until = now();
    out = fopen(argv[1], "w");
    if (out == NULL || fprintf(out, "%.6f %.6f\n", until - from, processor_time()) < 0 || fclose(out) != 0)
        return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
