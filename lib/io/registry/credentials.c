/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/credentials.h"

#include "base/num.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OTHERS = 0007, DESCRIPTOR_MAX = 1 << 20 };

/* Through a volatile pointer, so that it is not left out as useless. */
static void wipe(void *p, size_t n)
{
    volatile unsigned char *v = p;

    while (n-- > 0)
        *v++ = 0;
}

void scp_credentials_wipe(struct scp_credentials *c)
{
    wipe(c, sizeof *c);
}

/* A descriptor that was handed over may belong to somebody else's file, which could not be opened anew. */
static int open_path(const char *path)
{
    static const char PREFIX[] = "/dev/fd/";
    const size_t n = sizeof PREFIX - 1;
    uint64_t fd = 0;

    if (strncmp(path, PREFIX, n) == 0 && scp_num_u64(path + n, strlen(path + n), DESCRIPTOR_MAX, &fd, NULL) == 0)
        return fcntl((int)fd, F_DUPFD_CLOEXEC, 0);
    return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

static int check_file(int fd, const char *path, struct scp_err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return scp_err_system(err, errno, "%s", path);
    if (S_ISDIR(st.st_mode))
        return scp_err_set(err, SCP_ERR_SYSTEM, "%s: is a directory", path);
    if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
        return scp_err_set(err, SCP_ERR_SYSTEM, "%s: is neither a file nor a pipe", path);
    if ((st.st_mode & OTHERS) != 0)
        return scp_err_set(err, SCP_ERR_SYSTEM, "%s: others may read or write it (chmod o= is needed)", path);
    return 0;
}

static bool wait_for(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

/* The bytes read, at most size; -1 with the reason. */
static ssize_t read_all(int fd, const char *path, char *p, size_t size, struct scp_err *err)
{
    size_t n = 0;

    while (n < size) {
        ssize_t got = read(fd, p + n, size - n);

        if (got == 0)
            break;
        if (got > 0)
            n += (size_t)got;
        else if (errno != EINTR && !((errno == EAGAIN || errno == EWOULDBLOCK) && wait_for(fd)))
            return scp_err_system(err, errno, "%s", path);
    }
    return (ssize_t)n;
}

struct line {
    const char *p;
    size_t n;
};

static struct line without_blanks(struct line s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    return s;
}

static char *field_of(struct scp_credentials *c, struct line key)
{
    while (key.n > 0 && (key.p[key.n - 1] == ' ' || key.p[key.n - 1] == '\t'))
        key.n--;
    if (scp_text_caseeq(key.p, key.n, "username", 8))
        return c->username;
    if (scp_text_caseeq(key.p, key.n, "password", 8))
        return c->password;
    if (scp_text_caseeq(key.p, key.n, "domain", 6))
        return c->domain;
    return NULL;
}

static int parse_line(struct line s, struct scp_credentials *c, struct scp_err *err)
{
    const char *equals;
    struct line value;
    char *field;

    if (s.n > 0 && s.p[s.n - 1] == '\r')
        s.n--;
    s = without_blanks(s);
    if (s.n == 0 || s.p[0] == '#')
        return 0;
    equals = memchr(s.p, '=', s.n);
    if (equals == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "no '=' in it");
    field = field_of(c, (struct line){ s.p, (size_t)(equals - s.p) });
    if (field == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "is none of username=, password=, domain=");
    value = without_blanks((struct line){ equals + 1, s.n - (size_t)(equals - s.p) - 1 });
    if (field[0] != '\0')
        return scp_err_set(err, SCP_ERR_FORMAT, "is given twice");
    if (value.n >= SCP_CREDENTIALS_FIELD_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "is longer than %d bytes", SCP_CREDENTIALS_FIELD_MAX - 1);
    if (memchr(value.p, '\0', value.n) != NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "holds a NUL byte");
    memcpy(field, value.p, value.n);
    return 0;
}

static int parse(const char *p, size_t n, struct scp_credentials *out, struct scp_err *err)
{
    for (size_t line = 1; n > 0; line++) {
        const char *end = memchr(p, '\n', n);
        size_t length = end != NULL ? (size_t)(end - p) : n;

        if (parse_line((struct line){ p, length }, out, err) != 0)
            return scp_err_prefix(err, "line %zu", line);
        p += end != NULL ? length + 1 : length;
        n -= end != NULL ? length + 1 : length;
    }
    return 0;
}

int scp_credentials_read(const char *path, struct scp_credentials *out, struct scp_err *err)
{
    char text[SCP_CREDENTIALS_MAX + 1];
    int fd = open_path(path), rc = -1;
    ssize_t n;

    memset(out, 0, sizeof *out);
    if (fd < 0)
        return scp_err_system(err, errno, "%s", path);
    if (check_file(fd, path, err) == 0 && (n = read_all(fd, path, text, sizeof text, err)) >= 0) {
        if (n > SCP_CREDENTIALS_MAX)
            (void)scp_err_set(err, SCP_ERR_LIMIT, "%s: more than %d bytes", path, SCP_CREDENTIALS_MAX);
        else if (parse(text, (size_t)n, out, err) != 0)
            (void)scp_err_prefix(err, "%s", path);
        else
            rc = 0;
        wipe(text, sizeof text);
    }
    (void)close(fd);
    if (rc != 0)
        scp_credentials_wipe(out);
    return rc;
}

char *scp_credentials_user(const struct scp_credentials *c, char out[SCP_CREDENTIALS_USER])
{
    (void)snprintf(out, SCP_CREDENTIALS_USER, "%s%s%s", c->domain, c->domain[0] != '\0' ? "\\" : "", c->username);
    return out;
}
