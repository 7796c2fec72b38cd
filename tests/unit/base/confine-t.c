/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE
#include "base/confine.h"

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What somebody who took over the process would do.  Each returns whether it went through. */
static char there[] = "/tmp/confine-XXXXXX";
static char beside[sizeof there + 2];

static bool opened(int flags)
{
    int fd = open(there, flags, 0600);

    return fd >= 0 && close(fd) == 0;
}

static bool writes(void)
{
    return opened(O_WRONLY);
}

static bool empties(void)
{
    return opened(O_WRONLY | O_TRUNC);
}

static bool makes(void)
{
    return mkdir(beside, 0700) == 0 || symlink("x", beside) == 0 || mkfifo(beside, 0600) == 0;
}

static bool creates(void)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL, 0600);

    return fd >= 0 && close(fd) == 0;
}

static bool removes(void)
{
    return rename(there, beside) == 0 || unlink(there) == 0;
}

static bool starts(void)
{
    static char program[] = "/bin/true", *argv[] = { program, NULL };

    (void)execve(program, argv, argv + 1);
    return false; /* it went through where the process ends with 0 */
}

static bool reads(void)
{
    return opened(O_RDONLY);
}

static bool asks(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return fd >= 0 && close(fd) == 0;
}

static bool forks(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static void *nothing(void *p)
{
    return p;
}

static bool threads(void)
{
    pthread_t t;

    return pthread_create(&t, NULL, nothing, NULL) == 0 && pthread_join(t, NULL) == 0;
}

/* In a process of its own: 0 it went through, 1 not, other: it did not live to tell. */
static int try(void (*confine)(void), bool (*deed)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (confine != NULL)
            confine();
        _exit(deed() ? 0 : 1);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct {
    const char *what;
    bool (*deed)(void);
    bool landlock, filter; /* refused by */
} DEEDS[] = {
    { "a file is written", writes, true, true },    { "a file is emptied", empties, true, true },
    { "a file is made", creates, true, true },      { "a folder, a link, a pipe is made", makes, true, false },
    { "a program is started", starts, true, true }, { "a file is renamed or removed", removes, true, false },
    { "a file is read", reads, false, false },      { "a socket is made", asks, false, true },
    { "a process is made", forks, false, true },    { "a thread is made", threads, false, false },
};

/* What is active after a function has run here. */
static const char *active(void (*confine)(void), char out[64])
{
    int fds[2];
    ssize_t n;
    pid_t pid;

    if (pipe(fds) != 0 || (pid = fork()) < 0)
        return "nothing";
    if (pid == 0) {
        const char *text;

        confine();
        text = scp_confine_text(out);
        _exit(write(fds[1], text, strlen(text)) > 0 ? 0 : 1);
    }
    (void)close(fds[1]);
    n = read(fds[0], out, 63);
    out[n > 0 ? n : 0] = '\0';
    (void)close(fds[0]);
    (void)waitpid(pid, NULL, 0);
    return out;
}

static void prepare(void)
{
    int fd = open(there, O_RDWR | O_CREAT, 0600);

    (void)close(fd);
    (void)snprintf(beside, sizeof beside, "%sx", there);
    (void)remove(beside);
}

int main(void)
{
    char files[64], network[64];
    bool landlock, filter;

    if (mkstemp(there) < 0)
        return 1;
    landlock = strncmp(active(scp_confine_files, files), "Landlock", 8) == 0;
    filter = strstr(active(scp_confine_network, network), "seccomp") != NULL;
    tap_diag("a run that asks: %s; one that does not: %s", files, network);
    for (size_t i = 0; i < sizeof DEEDS / sizeof DEEDS[0]; i++) {
        prepare();
        tap_ok(try(NULL, DEEDS[i].deed) == 0, "%s", DEEDS[i].what);
        prepare();
        if (landlock)
            tap_ok(try(scp_confine_files, DEEDS[i].deed) == (DEEDS[i].landlock ? 1 : 0), "%s, and not by a run that asks",
                   DEEDS[i].what);
        else
            tap_skip("Landlock is not in this kernel or build", 1);
        prepare();
        if (filter)
            tap_ok(try(scp_confine_network, DEEDS[i].deed) == (DEEDS[i].filter || (landlock && DEEDS[i].landlock) ? 1 : 0),
                   "%s, and not by one that does not", DEEDS[i].what);
        else
            tap_skip("seccomp is not in this kernel or build", 1);
    }
    (void)remove(there);
    (void)remove(beside);
    return tap_done();
}
