/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_PROCESS_PROCESS_H
#define SCP_IO_PROCESS_PROCESS_H

#include "base/deadline.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Helper programs: started without a shell, by absolute path, with exactly the arguments and the environment given,
 * standard input from /dev/null, no other descriptors, in a session and process group of their own.  Several run side by side.
 * Nothing of them is left behind: the whole group is killed at the deadline, over a maximum, when the sink
 * refuses, when our own process ends by a signal (base/child.h) and, where the system has
 * it, when our process is killed outright.
 */
enum { SCP_PROCESS_ERRORS_MAX = 8192, SCP_PROCESS_PARALLEL_MAX = 8, SCP_PROCESS_SECRET_MAX = 4096 };

/* The child reads `secret` from this descriptor ("/dev/fd/3"). */
enum { SCP_PROCESS_SECRET_FD = 3 };

enum scp_process_end {
    SCP_PROCESS_NOT_STARTED, /* the deadline came first */
    SCP_PROCESS_FAILED,      /* it could not be started: `error` */
    SCP_PROCESS_EXITED,      /* `code` is its exit code */
    SCP_PROCESS_SIGNALLED,   /* ended by signal `code` that was not ours */
    SCP_PROCESS_TIMEOUT,
    SCP_PROCESS_FLOOD,  /* more output than allowed */
    SCP_PROCESS_REFUSED /* the sink said stop: `error` is the sink's */
};

struct scp_process {
    /* What to run */
    const char *const *argv;        /* argv[0] is the program, an absolute path; NULL-terminated */
    const char *const *environment; /* "NAME=value"; NULL-terminated */
    const char *secret;             /* may be NULL; at most SCP_PROCESS_SECRET_MAX bytes */
    size_t secret_n;
    size_t output_max; /* bytes of standard output */
    /* Takes standard output in pieces; -1 (err set) ends the program. */
    int (*sink)(void *ctx, const char *p, size_t n, struct scp_err *err);
    void *ctx;
    /* What came of it */
    enum scp_process_end end;
    int code;
    struct scp_err error;
    char errors[SCP_PROCESS_ERRORS_MAX]; /* standard error, NUL-terminated, NULs in it made blanks */
    size_t errors_n;                     /* all bytes, also those not kept */
};

/*
 * Runs n programs, at most `parallel` at a time, and waits for all.  -1 only when nothing can be run at all (no
 * descriptors, no memory); what came of each is in it.
 */
int scp_process_run(struct scp_process *v, size_t n, size_t parallel, const struct scp_deadline *deadline, struct scp_err *err);

#endif
