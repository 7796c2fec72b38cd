/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_MANY_H
#define SCP_TESTS_MANY_H

#include <openssl/evp.h>

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { MANY_WORDS = 8192, MANY_BYTES = 4 << 20, MANY_NOT_STARTED = 125 };

/* A sanitizer asks at the end of each run what leaked. */
#if defined(__linux__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MANY_WORKERS 1
#else
#define MANY_WORKERS 0
#endif

/* The program itself; a fork of this one; a thread of a process that serves many runs, where there are such. */
enum many_kind { MANY_PROGRAM, MANY_FORK, MANY_THREAD };

struct many_request {
    const char *folder, *in, *out, *err;
    char *variable[MANY_WORDS + 1], *argument[MANY_WORDS + 1];
    size_t variables, arguments;
    int kind;
    char bytes[MANY_BYTES];
};

extern char **environ;

/* What main() would do, with the folder, the streams and the environment that are asked for: the exit code. */
int many_run(struct many_request *r);

/* The process that serves requests, which are all told in the same place, as threads: its id, or -1. */
pid_t many_worker(struct many_request *r);

/* How the run of what is told there now has ended, as waitpid() says it. */
int many_worker_run(void);

/* Ends it, where there is one: how it ended. */
int many_worker_end(void);

/* `openssl WORD...`: its exit code. */
int many_openssl(int n, char *const *word);

/* Its commands of that name. */
int many_req(int n, char *const *word);
int many_x509(int n, char *const *word);

/* A private key (PEM), or NULL. */
EVP_PKEY *many_key(const char *path);

/* 1; why is said on standard error. */
int many_failed(const char *what);

#endif
