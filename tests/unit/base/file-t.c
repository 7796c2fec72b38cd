/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "base/utc.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_file(const char *path, size_t n, char c)
{
    FILE *f = fopen(path, "wb");

    for (size_t i = 0; f != NULL && i < n; i++)
        (void)fputc(c, f);
    if (f == NULL || fclose(f) != 0)
        tap_bail("cannot write %s", path);
}

static void regular(size_t n)
{
    struct scp_buf out;

    write_file("regular", n, 'r');
    scp_buf_init(&out, n);
    tap_is_int(0, scp_file_slurp("regular", &out, NULL), "%zu bytes, where so many are allowed", n);
    tap_ok(out.n == n && strspn(scp_buf_text(&out), "r") == n && !out.failed, "all of them");
    scp_buf_free(&out);
    if (n == 0)
        return;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, n - 1);
    tap_is_int(-1, scp_file_slurp("regular", &out, &err), "and where one less is");
    tap_is_int(SCP_ERR_LIMIT, err.code, "it is the limit that is exceeded");
    tap_ok(strncmp(err.message, "regular: ", 9) == 0, "by the file that is named");
    tap_is_int(0, (long long)out.n, "and nothing of it is there");
    scp_buf_free(&out);
}

/* Neither may hang, and each says what it is. */
static void refused(const char *path, const char *wanted)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf out;
    struct scp_file f;
    int before = dup(0), after;

    scp_buf_init(&out, 1000);
    tap_is_int(-1, scp_file_slurp(path, &out, &err), "'%s' is not read", path);
    tap_is_text(wanted, err.message, "with the reason");
    tap_ok(scp_file_open(path, &f, NULL) == -1 && f.fd == -1, "nor opened");
    scp_file_close(&f);
    scp_buf_free(&out);
    (void)close(before);
    after = dup(0);
    tap_is_int(before, after, "no descriptor is left behind");
    (void)close(after);
}

static void odd_files(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int s = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(address.sun_path, "socket", sizeof "socket");
    if (mkdir("directory", 0700) != 0 || mkfifo("fifo", 0600) != 0 || symlink("fifo", "link-to-fifo") != 0 ||
        symlink("loop", "loop") != 0 || symlink("nowhere", "dangling") != 0)
        tap_bail("cannot make test files");
    refused("directory", "directory: is a directory");
    refused("fifo", "fifo: is not a regular file");
    refused("link-to-fifo", "link-to-fifo: is not a regular file");
    refused("/dev/null", "/dev/null: is not a regular file");
    refused("missing", "missing: No such file or directory");
    refused("dangling", "dangling: No such file or directory");
    refused("loop", "loop: Too many levels of symbolic links");
    refused("", "'': is not a file name");
    write_file("plain", 1, 'p');
    refused("plain/below", "plain/below: Not a directory");
    if (s >= 0 && bind(s, (struct sockaddr *)&address, sizeof address) == 0)
        refused("socket", "socket: is not a regular file");
    else
        tap_skip("no socket in this folder", 4);
    if (s >= 0)
        (void)close(s);
    if (geteuid() == 0) {
        tap_skip("the superuser may read everything", 4);
    } else {
        write_file("secret", 1, 's');
        (void)chmod("secret", 0);
        refused("secret", "secret: Permission denied");
    }
}

static void facts(void)
{
    struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1234567890 } };
    struct scp_file f;
    char bytes[8];
    size_t got = 9;

    write_file("dated", 5, 'd');
    if (utimensat(AT_FDCWD, "dated", times, 0) != 0 || symlink("dated", "link-to-dated") != 0)
        tap_bail("cannot prepare the dated file");
    if (!tap_is_int(0, scp_file_open("link-to-dated", &f, NULL), "a link to a file is that file"))
        return;
    tap_is_int(1234567890, f.modified, "its time of modification");
    tap_is_int(5, f.size, "its size");
    tap_ok(!f.is_stdin, "it is not standard input");
    tap_ok((fcntl(f.fd, F_GETFD) & FD_CLOEXEC) != 0, "helper programs do not inherit it");
    tap_ok(scp_file_read(&f, bytes, 3, &got, NULL) == 0 && got == 3, "part of it");
    tap_ok(scp_file_read(&f, bytes, sizeof bytes, &got, NULL) == 0 && got == 2, "the rest");
    tap_ok(scp_file_read(&f, bytes, sizeof bytes, &got, NULL) == 0 && got == 0, "and the end");
    scp_file_close(&f);
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, scp_file_read(&f, bytes, 1, &got, &err), "a closed file cannot be read");
    tap_is_int(SCP_ERR_SYSTEM, err.code, "says the system");
    scp_file_close(&f);
}

static void kept_text(void)
{
    struct scp_buf out;

    write_file("more", 10, 'm');
    scp_buf_init(&out, 15);
    (void)scp_buf_str(&out, "before");
    tap_is_int(-1, scp_file_slurp("more", &out, NULL), "what is there counts as well");
    tap_is_text("before", scp_buf_text(&out), "and stays there");
    scp_buf_free(&out);
    scp_buf_init(&out, 16);
    (void)scp_buf_str(&out, "before");
    tap_is_int(0, scp_file_slurp("more", &out, NULL), "with room for both");
    tap_is_text("beforemmmmmmmmmm", scp_buf_text(&out), "the file is behind it");
    scp_buf_free(&out);
}

static void read_stdin(const char *what, const char *wanted)
{
    struct scp_buf out;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, 1 << 20);
    tap_is_int(0, scp_file_slurp("-", &out, &err), "standard input: %s", what);
    tap_is_text(wanted, err.message[0] != '\0' ? err.message : scp_buf_text(&out), "all of it");
    scp_buf_free(&out);
}

/* A child writes what comes through the pipe. */
static void from_pipe(const char *what, int flags)
{
    int fd[2];
    pid_t child;

    if (pipe(fd) != 0 || (child = fork()) < 0)
        tap_bail("cannot start a child");
    if (child == 0) {
        (void)close(fd[0]);
        _exit(write(fd[1], "one ", 4) == 4 && write(fd[1], "two", 3) == 3 ? 0 : 1);
    }
    (void)close(fd[1]);
    if (flags != 0)
        (void)fcntl(fd[0], F_SETFL, flags);
    (void)dup2(fd[0], STDIN_FILENO);
    (void)close(fd[0]);
    read_stdin(what, "one two");
    (void)waitpid(child, NULL, 0);
}

static void standard_input(void)
{
    struct scp_file f;
    struct scp_buf out;
    struct scp_err err = SCP_ERR_INIT;
    int fd;

    tap_is_int(0, scp_file_open("-", &f, NULL), "\"-\" is standard input");
    tap_ok(f.is_stdin && f.modified == SCP_UTC_UNKNOWN && f.size == -1, "of which nothing is known");
    scp_file_close(&f);
    from_pipe("a pipe", 0);
    tap_ok(fcntl(STDIN_FILENO, F_GETFD) >= 0, "which is not closed");
    from_pipe("a pipe that does not wait", O_NONBLOCK);
    write_file("big", 5000, 'b');
    fd = open("big", O_RDONLY);
    (void)dup2(fd, STDIN_FILENO);
    (void)close(fd);
    scp_buf_init(&out, 4999);
    tap_is_int(-1, scp_file_slurp("-", &out, &err), "standard input has its maximum, too");
    tap_is_int(SCP_ERR_LIMIT, err.code, "which is exceeded");
    scp_buf_free(&out);
    fd = open("directory", O_RDONLY);
    (void)dup2(fd, STDIN_FILENO);
    (void)close(fd);
    scp_buf_init(&out, 10);
    tap_is_int(-1, scp_file_slurp("-", &out, &err), "a directory as standard input");
    tap_has_text("Is a directory", err.message, "cannot be read");
    (void)close(STDIN_FILENO);
    tap_is_int(-1, scp_file_slurp("-", &out, &err), "a closed standard input");
    tap_has_text("Bad file descriptor", err.message, "neither");
    scp_buf_free(&out);
}

static const char *const left_over[] = { "regular", "fifo",   "link-to-fifo", "loop",          "dangling", "plain",
                                         "socket",  "secret", "dated",        "link-to-dated", "more",     "big" };

int main(void)
{
    static const size_t sizes[] = { 0, 1, 63, 64, 65535, 65536, 65537, 200000 };
    const char *tmp = getenv("TMPDIR");
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/scp-file-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    if (mkdtemp(path) == NULL || chdir(path) != 0)
        tap_bail("cannot make a folder for the test files");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        regular(sizes[i]);
    odd_files();
    facts();
    kept_text();
    standard_input();
    for (size_t i = 0; i < sizeof left_over / sizeof left_over[0]; i++)
        (void)unlink(left_over[i]);
    (void)rmdir("directory");
    if (chdir("/") != 0 || rmdir(path) != 0)
        tap_diag("%s is left over", path);
    return tap_done();
}
