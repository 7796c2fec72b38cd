/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/credentials_internal.h"

#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OTHERS = 0007, DESCRIPTOR_MAX = 1 << 20 };

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

static int read_all(int fd, const char *path, char *p, size_t size, size_t *n, struct scp_err *err)
{
    while (*n < size) {
        ssize_t got = read(fd, p + *n, size - *n);

        if (got == 0)
            break;
        if (got > 0)
            *n += (size_t)got;
        else if (errno != EINTR && !((errno == EAGAIN || errno == EWOULDBLOCK) && wait_for(fd)))
            return scp_err_system(err, errno, "%s", path);
    }
    return 0;
}

int scp_credentials_bytes(const char *path, char *p, size_t size, size_t *n, struct scp_err *err)
{
    int fd = open_path(path), rc;

    *n = 0;
    if (fd < 0)
        return scp_err_system(err, errno, "%s", path);
    rc = check_file(fd, path, err) == 0 ? read_all(fd, path, p, size, n, err) : -1;
    (void)close(fd);
    return rc;
}
