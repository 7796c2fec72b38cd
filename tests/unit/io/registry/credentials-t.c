/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/credentials.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/credentials-XXXXXX";
static char path[64];

static void save(const char *text, size_t n, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, text, n) != (ssize_t)n || fchmod(fd, mode) != 0)
        tap_bail("cannot write %s", path);
    (void)close(fd);
}

static void accepts(const char *text, const char *username, const char *password, const char *domain, const char *name)
{
    struct scp_credentials c;
    struct scp_err err = SCP_ERR_INIT;

    save(text, strlen(text), 0640);
    if (!tap_is_int(0, scp_credentials_read(path, &c, &err), "accepted: %s %s", name, err.message))
        return;
    tap_is_text(username, c.username, "user name");
    tap_is_text(password, c.password, "password");
    tap_is_text(domain, c.domain, "domain");
}

static void rejects(const char *text, size_t n, mode_t mode, const char *why, const char *name)
{
    struct scp_credentials c;
    struct scp_err err = SCP_ERR_INIT;

    save(text, n, mode);
    tap_is_int(-1, scp_credentials_read(path, &c, &err), "rejected: %s", name);
    tap_has_text(why, err.message, "and why");
    tap_has_text(path, err.message, "and where");
    tap_ok(strstr(err.message, "s3cret") == NULL, "and no secret in the message");
    tap_is_text("", c.password, "nothing is kept");
}

static void rejects_text(const char *text, const char *why, const char *name)
{
    rejects(text, strlen(text), 0600, why, name);
}

static void test_files(void)
{
    struct scp_credentials c;
    struct scp_err err = SCP_ERR_INIT;
    char long_value[700] = "password=", too_much[5000] = "#";

    accepts("username=mon\npassword=s3cret\n", "mon", "s3cret", "", "the usual");
    accepts("# proxy\r\n\r\n  Username = mon\r\nPASSWORD = a=b#c \r\ndomain=\tCORP", "mon", "a=b#c ", "CORP",
            "blanks, case, CRLF, no line end");
    accepts("", "", "", "", "nothing");
    rejects_text("username=mon\ns3cret\n", "line 2: no '='", "a line without '='");
    rejects_text("user=s3cret\n", "line 1: is none of", "another key");
    rejects_text("password=s3cret\npassword=s3cret\n", "line 2: is given twice", "twice");
    rejects("password=s3\0cret", 16, 0600, "NUL", "a NUL byte");
    rejects_text("password=s3cret\rdomain=CORP\r\n", "line 1: holds a NUL byte or a carriage return", "lines that only a CR ends");
    memset(long_value + 9, 'x', sizeof long_value - 10);
    rejects_text(long_value, "longer than 511", "a long value");
    memset(too_much + 1, 'x', sizeof too_much - 2);
    rejects_text(too_much, "more than 4096", "a long file");
    rejects("password=s3cret", 15, 0604, "others", "readable by others");
    rejects("password=s3cret", 15, 0602, "others", "writable by others");
    tap_is_int(-1, scp_credentials_read(folder, &c, &err), "a directory");
    tap_has_text("is a directory", err.message, "named as such");
    tap_is_int(-1, scp_credentials_read("/dev/null", &c, &err), "a device");
    tap_is_int(-1, scp_credentials_read("/nonexistent/x", &c, &err), "no file");
    tap_has_text("No such file", err.message, "with the system's reason");
}

static void test_descriptors(void)
{
    static const char TEXT[] = "username=mon\npassword=s3cret\n";
    struct scp_credentials c;
    struct scp_err err = SCP_ERR_INIT;
    char name[32];
    int fds[2];

    if (pipe(fds) != 0 || write(fds[1], TEXT, sizeof TEXT - 1) != (ssize_t)sizeof TEXT - 1)
        tap_bail("no pipe");
    (void)close(fds[1]);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", fds[0]);
    tap_is_int(0, scp_credentials_read(name, &c, &err), "a pipe: %s", err.message);
    tap_is_text("s3cret", c.password, "its password");
    scp_credentials_wipe(&c);
    tap_is_text("", c.password, "wiped");
    (void)close(fds[0]);
    tap_is_int(-1, scp_credentials_read(name, &c, &err), "a closed descriptor");
    tap_has_text("Bad file descriptor", err.message, "with the system's reason");
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        tap_bail("no folder");
    (void)snprintf(path, sizeof path, "%s/auth", folder);
    test_files();
    test_descriptors();
    (void)unlink(path);
    (void)rmdir(folder);
    return tap_done();
}
