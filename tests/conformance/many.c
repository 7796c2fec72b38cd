/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Many runs of the plugins without many starts: each is a fork of this process that does what the plugin's main() does, as loading
 * the libraries costs more than judging a path.  A line in: the plugin's name and its arguments, separated by tabs; out: its exit
 * code (or 128 and the signal) and the number of bytes it printed, in a line, then these bytes.
 */
#include "check/diagnosis/session.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 64, SAID_MAX = 1 << 20 };

static void die(const char *what)
{
    perror(what);
    exit(3);
}

static int run(int argc, char **argv)
{
    if (strcmp(argv[0], "check_scp") == 0)
        return scp_check_run(&scp_diagnosis_check, argc, argv);
    if (strcmp(argv[0], "check_scp_intermediates") == 0)
        return scp_check_run(&scp_intermediates_check, argc, argv);
    if (strcmp(argv[0], "check_scp_revocation") == 0)
        return scp_check_run(&scp_revocation_check, argc, argv);
    return 127;
}

static size_t read_all(int fd, char *into)
{
    size_t n = 0;
    ssize_t got;

    while (n < SAID_MAX && (got = read(fd, into + n, SAID_MAX - n)) > 0)
        n += (size_t)got;
    return n;
}

static void run_apart(int argc, char **argv, char *said)
{
    int ends[2], status = 0;
    size_t n;
    pid_t pid;

    if (pipe(ends) != 0)
        die("pipe");
    if ((pid = fork()) < 0)
        die("fork");
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDONLY);

        /* The lines to come are not the plugin's, and its end must not move where they are read. */
        if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(ends[1], STDOUT_FILENO) < 0 || close(ends[0]) != 0 ||
            close(ends[1]) != 0 || close(nothing) != 0)
            _exit(126);
        exit(run(argc, argv));
    }
    (void)close(ends[1]);
    n = read_all(ends[0], said);
    (void)close(ends[0]);
    if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    (void)printf("%d %zu\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), n);
    (void)fwrite(said, 1, n, stdout);
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
    char *line = NULL, *word[WORDS_MAX], *said = malloc(SAID_MAX), *rest;
    size_t size = 0;

    if (said == NULL)
        die("out of memory");
    warm_up();
    while (getline(&line, &size, stdin) > 0) {
        int n = 0;

        for (char *w = strtok_r(line, "\t\n", &rest); w != NULL && n < WORDS_MAX - 1; w = strtok_r(NULL, "\t\n", &rest))
            word[n++] = w;
        word[n] = NULL;
        if (n > 0)
            run_apart(n, word, said);
    }
    free(line);
    free(said);
    return 0;
}
