/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Many runs of the plugins without many starts: each is a fork of this process that does what the plugin's main() does, as loading
 * the libraries costs more than most verdicts.  tests/tools/Scp.pm says when a run has to be the program itself.
 *
 * A request is the line "VARIABLES ARGUMENTS BYTES" and so many bytes, strings that end with NUL: the working folder, the files
 * that are standard input, output and error, the environment, and the arguments with the plugin's path before them.  The answers
 * are two lines: the process id once it runs, and how it ended, as waitpid() says it, with the most memory that it held, in KiB.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 8192, BYTES_MAX = 4 << 20, NOT_STARTED = 125 };

extern char **environ;

static const struct scp_check *const CHECKS[] = { &scp_diagnosis_check,  &scp_autoupdate_check, &scp_intermediates_check,
                                                  &scp_revocation_check, &scp_roots_check,      &scp_status_check };

struct request {
    const char *folder, *in, *out, *err;
    char *variable[WORDS_MAX + 1], *argument[WORDS_MAX + 1];
    size_t variables, arguments;
    int fork;
};

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

static void take(struct request *r, char *at, const char *end)
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
static bool read_request(struct request *r, char *bytes)
{
    char line[100];
    size_t n;

    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    if (strcmp(line, "0 0 0 0\n") == 0)
        return false;
    if (sscanf(line, "%d %zu %zu %zu", &r->fork, &r->variables, &r->arguments, &n) != 4 || r->variables > WORDS_MAX ||
        r->arguments == 0 || r->arguments > WORDS_MAX || n > BYTES_MAX || fread(bytes, 1, n, stdin) != n)
        die("a request is not understood");
    take(r, bytes, bytes + n);
    return true;
}

/* --- The run --- */

static void open_as(int fd, const char *path, int flags)
{
    int opened = open(path, flags, 0666);

    if (opened < 0 || (opened != fd && (dup2(opened, fd) != fd || close(opened) != 0)))
        _exit(NOT_STARTED);
}

/* The streams of a program that was started; this one has no others. */
static void take_streams(const struct request *r)
{
    open_as(STDIN_FILENO, r->in, O_RDONLY);
    open_as(STDOUT_FILENO, r->out, O_WRONLY | O_CREAT | O_TRUNC);
    open_as(STDERR_FILENO, r->err, O_WRONLY | O_CREAT | O_TRUNC);
}

static int run(struct request *r)
{
    const char *slash = strrchr(r->argument[0], '/'), *name = slash != NULL ? slash + 1 : r->argument[0];

    if (strcmp(name, "openssl") == 0)
        return many_openssl((int)r->arguments - 1, r->argument + 1);
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++) {
        if (strcmp(CHECKS[i]->about.name, name) == 0)
            return scp_check_run(CHECKS[i], (int)r->arguments, r->argument);
    }
    return NOT_STARTED;
}

/* The end of main().  Whether anything leaks is asked at exit(); elsewhere that would only give back what every fork shares. */
_Noreturn static void end(int code)
{
    (void)fflush(NULL);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    exit(code);
#else
    _exit(code);
#endif
}

static void answer(struct request *r)
{
    int status = 0;
    struct rusage used;
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid == 0) {
        if (setpgid(0, 0) != 0 || chdir(r->folder) != 0)
            _exit(NOT_STARTED);
        take_streams(r);
        environ = r->variable;
        if (!r->fork) {
            (void)execvp(r->argument[0], r->argument);
            _exit(NOT_STARTED);
        }
        end(run(r));
    }
    (void)printf("%ld\n", (long)pid);
    (void)fflush(stdout);
    if (wait4(pid, &status, 0, &used) != pid)
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
    static struct request r;
    char *bytes = malloc(BYTES_MAX);

    if (bytes == NULL)
        die("out of memory");
    warm_up();
    while (read_request(&r, bytes))
        answer(&r);
    free(bytes);
    return 0;
}
