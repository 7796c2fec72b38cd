/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/wide_win32.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

bool scp_wide_to_text(const wchar_t *p, size_t n, char *out, size_t size)
{
    int room = size > INT_MAX ? INT_MAX : (int)size;
    int got = 0;

    if (room < 1 || n > INT_MAX)
        return false;
    if (n > 0)
        got = WideCharToMultiByte(CP_UTF8, 0, p, (int)n, out, room - 1, NULL, NULL);
    out[got] = '\0';
    return n == 0 || got > 0;
}

bool scp_wide_from_text(const char *s, wchar_t *out, size_t units)
{
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, s, -1, out, (int)units) > 0;
}

/* Three bytes stand for a unit at most. */
static char *narrow(const wchar_t *wide)
{
    size_t n = wcslen(wide), size = 3 * n + 1;
    char *text = malloc(size);

    if (text != NULL && !scp_wide_to_text(wide, n, text, size))
        text[0] = '\0';
    return text;
}

char **scp_wide_arguments(int n, wchar_t *const *wide)
{
    char **out = calloc((size_t)n + 1, sizeof *out);

    for (int i = 0; out != NULL && i < n; i++) {
        out[i] = narrow(wide[i]);
        if (out[i] == NULL)
            return NULL;
    }
    return out;
}

/* In front of a full path; a share's loses its first backslash. */
static const wchar_t *prefix_of(const wchar_t *full, const wchar_t **rest)
{
    *rest = full;
    if (wcsncmp(full, L"\\\\?\\", 4) == 0 || wcsncmp(full, L"\\\\.\\", 4) == 0)
        return L"";
    if (wcsncmp(full, L"\\\\", 2) != 0)
        return L"\\\\?\\";
    *rest = full + 2;
    return L"\\\\?\\UNC\\";
}

static wchar_t *with_prefix(const wchar_t *full)
{
    const wchar_t *rest, *prefix = prefix_of(full, &rest);
    size_t n = wcslen(prefix), m = wcslen(rest) + 1;
    wchar_t *out = malloc((n + m) * sizeof *out);

    if (out == NULL)
        return NULL;
    memcpy(out, prefix, n * sizeof *out);
    memcpy(out + n, rest, m * sizeof *out);
    return out;
}

wchar_t *scp_wide_path(const char *path)
{
    wchar_t *given = malloc(2 * SCP_WIDE_PATH * sizeof *given), *full, *out = NULL;
    DWORD n;

    if (given == NULL)
        return NULL;
    full = given + SCP_WIDE_PATH;
    if (!scp_wide_from_text(path, given, SCP_WIDE_PATH)) {
        errno = ENOENT;
    } else if ((n = GetFullPathNameW(given, SCP_WIDE_PATH, full, NULL)) == 0 || n >= SCP_WIDE_PATH) {
        errno = ENAMETOOLONG;
    } else {
        out = with_prefix(full);
    }
    free(given);
    return out;
}

int scp_wide_errno(unsigned long error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME: return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_LOGON_FAILURE: return EACCES;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES: return ENOMEM;
    case ERROR_TOO_MANY_OPEN_FILES: return EMFILE;
    case ERROR_DIRECTORY: return ENOTDIR;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL: return ENOSPC;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA: return EPIPE;
    case ERROR_INVALID_HANDLE: return EBADF;
    default: return EIO;
    }
}
