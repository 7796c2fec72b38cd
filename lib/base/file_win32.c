/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include "base/utc.h"
#include "base/wide_win32.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { STANDARD_INPUT = 0, READ_MAX = 1 << 30 };

static int refuse(struct scp_file *f, struct scp_err *err, const char *path, const char *why)
{
    scp_file_close(f);
    return scp_err_set(err, SCP_ERR_SYSTEM, "%s: %s", path, why);
}

/* Whoever writes, renames or deletes it meanwhile may go on: Configuration Manager holds its logs open. */
static HANDLE open_shared(const char *path, DWORD access)
{
    wchar_t *wide = scp_wide_path(path);
    HANDLE h = INVALID_HANDLE_VALUE;

    if (wide == NULL)
        return h;
    h = CreateFileW(wide, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (h == INVALID_HANDLE_VALUE)
        errno = scp_wide_errno(GetLastError());
    free(wide);
    return h;
}

static struct scp_file_id id_of(const BY_HANDLE_FILE_INFORMATION *info)
{
    return (struct scp_file_id){ info->dwVolumeSerialNumber, (uint64_t)info->nFileIndexHigh << 32 | info->nFileIndexLow };
}

static void describe(struct scp_file *f, const BY_HANDLE_FILE_INFORMATION *info)
{
    uint64_t written = (uint64_t)info->ftLastWriteTime.dwHighDateTime << 32 | info->ftLastWriteTime.dwLowDateTime;

    if (!scp_utc_from_filetime(written, &f->modified))
        f->modified = SCP_UTC_UNKNOWN;
    f->size = (int64_t)((uint64_t)info->nFileSizeHigh << 32 | info->nFileSizeLow);
    f->id = id_of(info);
    f->guarded = true;
}

int scp_file_open(const char *path, struct scp_file *f, struct scp_err *err)
{
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE h;

    *f = (struct scp_file){ .fd = -1, .is_stdin = strcmp(path, "-") == 0, .modified = SCP_UTC_UNKNOWN, .size = -1 };
    if (f->is_stdin) {
        f->fd = STANDARD_INPUT;
        (void)_setmode(f->fd, _O_BINARY);
        return 0;
    }
    if (path[0] == '\0')
        return refuse(f, err, "''", "is not a file name");
    h = open_shared(path, GENERIC_READ);
    if (h == INVALID_HANDLE_VALUE)
        return scp_err_system(err, errno, "%s", path);
    f->fd = _open_osfhandle((intptr_t)h, _O_RDONLY | _O_BINARY);
    if (f->fd < 0) {
        (void)CloseHandle(h);
        return scp_err_system(err, EMFILE, "%s", path);
    }
    if (GetFileType(h) != FILE_TYPE_DISK || !GetFileInformationByHandle(h, &info))
        return refuse(f, err, path, "is not a regular file");
    if ((info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
        return refuse(f, err, path, "is a directory");
    describe(f, &info);
    return 0;
}

bool scp_file_at(const char *path, struct scp_file_id *id)
{
    HANDLE h = open_shared(path, 0);
    BY_HANDLE_FILE_INFORMATION info;

    if (h == INVALID_HANDLE_VALUE)
        return false;
    if (id != NULL && GetFileInformationByHandle(h, &info))
        *id = id_of(&info);
    (void)CloseHandle(h);
    return true;
}

bool scp_file_missing(const char *path)
{
    return !scp_file_at(path, NULL) && errno == ENOENT;
}

bool scp_file_is_folder(const char *path)
{
    wchar_t *wide = scp_wide_path(path);
    DWORD attributes = wide != NULL ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;

    free(wide);
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

int scp_file_read(struct scp_file *f, void *p, size_t n, size_t *got, struct scp_err *err)
{
    int rc;

    if (f->fd < 0)
        return scp_err_system(err, EBADF, "reading");
    rc = _read(f->fd, p, n > READ_MAX ? READ_MAX : (unsigned)n);
    if (rc < 0)
        return scp_err_system(err, errno, "reading");
    *got = (size_t)rc;
    return 0;
}

int scp_file_read_at(struct scp_file *f, int64_t offset, void *p, size_t n, size_t *got, struct scp_err *err)
{
    OVERLAPPED at = { 0 };
    DWORD read = 0;

    at.Offset = (DWORD)(uint64_t)offset;
    at.OffsetHigh = (DWORD)((uint64_t)offset >> 32);
    if (!ReadFile((HANDLE)_get_osfhandle(f->fd), p, n > READ_MAX ? READ_MAX : (DWORD)n, &read, &at) &&
        GetLastError() != ERROR_HANDLE_EOF)
        return scp_err_system(err, scp_wide_errno(GetLastError()), "reading");
    *got = read;
    return 0;
}

void scp_file_close(struct scp_file *f)
{
    if (f->fd >= 0 && !f->is_stdin)
        (void)_close(f->fd);
    f->fd = -1;
}
