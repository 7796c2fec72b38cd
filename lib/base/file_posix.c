/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include "base/utc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct scp_file *f, struct scp_err *err, const char *path, const char *why)
{
    scp_file_close(f);
    return scp_err_set(err, SCP_ERR_SYSTEM, "%s: %s", path, why);
}

int scp_file_open(const char *path, struct scp_file *f, struct scp_err *err)
{
    struct stat st;

    *f = (struct scp_file){ .fd = -1, .is_stdin = strcmp(path, "-") == 0, .modified = SCP_UTC_UNKNOWN, .size = -1 };
    if (f->is_stdin) {
        f->fd = STDIN_FILENO;
        return 0;
    }
    if (path[0] == '\0')
        return refuse(f, err, "''", "is not a file name");
    f->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (f->fd < 0 && errno == ENXIO) /* a socket, or a device nobody serves */
        return refuse(f, err, path, "is not a regular file");
    if (f->fd < 0)
        return scp_err_system(err, errno, "%s", path);
    if (fstat(f->fd, &st) != 0) {
        int reason = errno;

        scp_file_close(f);
        return scp_err_system(err, reason, "%s", path);
    }
    if (S_ISDIR(st.st_mode))
        return refuse(f, err, path, "is a directory");
    if (!S_ISREG(st.st_mode))
        return refuse(f, err, path, "is not a regular file");
    f->modified = (int64_t)st.st_mtime;
    f->size = (int64_t)st.st_size;
    f->id = (struct scp_file_id){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
    f->guarded = (st.st_uid == 0 || st.st_uid == geteuid()) && (st.st_mode & S_IWOTH) == 0;
    return 0;
}

bool scp_file_at(const char *path, struct scp_file_id *id)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    if (id != NULL)
        *id = (struct scp_file_id){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
    return true;
}

bool scp_file_missing(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 && errno == ENOENT;
}

bool scp_file_is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Standard input may have been made non-blocking by whoever shares it. */
static bool worth_another_try(int fd, int reason)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };

    if (reason == EAGAIN || reason == EWOULDBLOCK)
        return poll(&pfd, 1, -1) >= 0 || errno == EINTR;
    return reason == EINTR;
}

int scp_file_read(struct scp_file *f, void *p, size_t n, size_t *got, struct scp_err *err)
{
    ssize_t rc;

    do {
        rc = read(f->fd, p, n);
    } while (rc < 0 && worth_another_try(f->fd, errno));
    if (rc < 0)
        return scp_err_system(err, errno, "reading");
    *got = (size_t)rc;
    return 0;
}

int scp_file_read_at(struct scp_file *f, int64_t offset, void *p, size_t n, size_t *got, struct scp_err *err)
{
    ssize_t rc;

    do {
        rc = pread(f->fd, p, n, (off_t)offset);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0)
        return scp_err_system(err, errno, "reading");
    *got = (size_t)rc;
    return 0;
}

void scp_file_close(struct scp_file *f)
{
    if (f->fd >= 0 && !f->is_stdin)
        (void)close(f->fd);
    f->fd = -1;
}
