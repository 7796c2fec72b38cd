/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Many runs of the plugins without many starts: each does what the plugin's main() does, as loading the libraries costs more than
 * most verdicts.  It is a thread of a process that serves many runs (many_worker.c), or a fork of this one where its memory is
 * measured.  tests/tools/Scp.pm says when a run has to be the program itself.
 *
 * A request is the line "KIND VARIABLES ARGUMENTS BYTES" (enum many_kind) and so many bytes, strings that end with NUL: the working
 * folder, the files that are standard input, output and error, the environment, and the arguments with the plugin's path before
 * them.  The answers are two lines: the process id once it runs, and how it ended, as waitpid() says it, with the most memory that
 * it held, in KiB: 0 where that is not known.
 */
#define _DEFAULT_SOURCE /* wait4() */
#include "check/autoupdate/check.h"
#include "check/diagnosis/session.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "check/status/check.h"

#include "many.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct scp_check *const CHECKS[] = { &scp_diagnosis_check,  &scp_autoupdate_check, &scp_intermediates_check,
                                                  &scp_revocation_check, &scp_roots_check,      &scp_status_check };

static void die(const char *what)
{
    perror(what);
    exit(3);
}

/* --- What is asked --- */

static char *next(char **at, const char *end)
{
    char *word = *at, *nul = memchr(word, '\0', (size_t)(end - word));

    if (nul == NULL)
        die("a request is cut");
    *at = nul + 1;
    return word;
}

static void take(struct many_request *r, char *at, const char *end)
{
    r->folder = next(&at, end);
    r->in = next(&at, end);
    r->out = next(&at, end);
    r->err = next(&at, end);
    for (size_t i = 0; i < r->variables; i++)
        r->variable[i] = next(&at, end);
    for (size_t i = 0; i < r->arguments; i++)
        r->argument[i] = next(&at, end);
    r->variable[r->variables] = r->argument[r->arguments] = NULL;
}

/* False at the end of standard input, and where nothing is asked. */
static bool read_request(struct many_request *r)
{
    char line[100];
    size_t n;

    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    if (strcmp(line, "0 0 0 0\n") == 0)
        return false;
    if (sscanf(line, "%d %zu %zu %zu", &r->kind, &r->variables, &r->arguments, &n) != 4 || r->variables > MANY_WORDS ||
        r->arguments == 0 || r->arguments > MANY_WORDS || n > MANY_BYTES || fread(r->bytes, 1, n, stdin) != n)
        die("a request is not understood");
    take(r, r->bytes, r->bytes + n);
    return true;
}

/* --- The run --- */

static void open_as(int fd, const char *path, int flags)
{
    int opened = open(path, flags, 0666);

    if (opened < 0 || (opened != fd && (dup2(opened, fd) != fd || close(opened) != 0)))
        _exit(MANY_NOT_STARTED);
}

/* The streams of a program that was started; this one has no others. */
static void take_streams(const struct many_request *r)
{
    open_as(STDIN_FILENO, r->in, O_RDONLY);
    open_as(STDOUT_FILENO, r->out, O_WRONLY | O_CREAT | O_TRUNC);
    open_as(STDERR_FILENO, r->err, O_WRONLY | O_CREAT | O_TRUNC);
}

static int run(struct many_request *r)
{
    const char *slash = strrchr(r->argument[0], '/'), *name = slash != NULL ? slash + 1 : r->argument[0];

    if (strcmp(name, "openssl") == 0)
        return many_openssl((int)r->arguments - 1, r->argument + 1);
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++) {
        if (strcmp(CHECKS[i]->about.name, name) == 0)
            return scp_check_run(CHECKS[i], (int)r->arguments, r->argument);
    }
    return MANY_NOT_STARTED;
}

static void enter(struct many_request *r)
{
    if (chdir(r->folder) != 0)
        _exit(MANY_NOT_STARTED);
    take_streams(r);
    environ = r->variable;
#ifdef SCP_MUTANT
    scp_mutants_take(); /* tests/mutation */
#endif
}

int many_run(struct many_request *r)
{
    int code;

    enter(r);
    code = run(r);
    (void)fflush(NULL);
    return code;
}

/* Whether anything leaks is asked at exit(); elsewhere that would only give back what every fork shares. */
_Noreturn static void end(int code)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    exit(code);
#else
    _exit(code);
#endif
}

static void start(struct many_request *r)
{
    (void)signal(SIGPIPE, SIG_DFL);
    if (setpgid(0, 0) != 0)
        _exit(MANY_NOT_STARTED);
    if (r->kind != MANY_PROGRAM)
        end(many_run(r));
    enter(r);
    (void)execvp(r->argument[0], r->argument);
    _exit(MANY_NOT_STARTED);
}

static void answer(struct many_request *r)
{
    bool by_worker = MANY_WORKERS && r->kind == MANY_THREAD;
    int status = 0;
    struct rusage used = { .ru_maxrss = 0 };
    pid_t pid = by_worker ? many_worker(r) : fork();

    if (pid < 0)
        die("fork");
    if (pid == 0)
        start(r);
    (void)printf("%ld\n", (long)pid);
    (void)fflush(stdout);
    if (by_worker)
        status = many_worker_run();
    else if (wait4(pid, &status, 0, &used) != pid)
        die("wait4");
    (void)printf("%d %ld\n", status, used.ru_maxrss);
    (void)fflush(stdout);
}

/* What OpenSSL looks up once is there in every fork. */
static void warm_up(void)
{
    static const unsigned char nothing[1] = { 0 };
    unsigned char signature[256];
    size_t n = sizeof signature;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (key == NULL || ctx == NULL || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &n, nothing, sizeof nothing) != 1)
        die("OpenSSL");
    EVP_MD_CTX_free(ctx);
    if ((ctx = EVP_MD_CTX_new()) == NULL || EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestVerify(ctx, signature, n, nothing, sizeof nothing) != 1)
        die("OpenSSL");
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

int main(void)
{
    struct many_request *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (r == MAP_FAILED)
        die("mmap");
    (void)signal(SIGPIPE, SIG_IGN); /* a worker that has ended is seen by what it answers */
    warm_up();
    while (read_request(r))
        answer(r);
    (void)many_worker_end();
    return 0;
}
