/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/folder.h"

#include "base/wide_win32.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

struct scp_folder {
    HANDLE find; /* INVALID_HANDLE_VALUE: there was nothing at all */
    WIN32_FIND_DATAW entry;
    bool read; /* the entry was handed out */
    char name[3 * MAX_PATH + 1];
};

/* "FOLDER\*" */
static wchar_t *pattern_of(const char *path)
{
    wchar_t *folder = scp_wide_path(path), *grown;
    size_t n;

    if (folder == NULL)
        return NULL;
    n = wcslen(folder);
    grown = realloc(folder, (n + 3) * sizeof *grown);
    if (grown == NULL) {
        free(folder);
        errno = ENOMEM;
        return NULL;
    }
    memcpy(grown + n, n > 0 && grown[n - 1] == L'\\' ? L"*" : L"\\*", n > 0 && grown[n - 1] == L'\\' ? 4 : 6);
    return grown;
}

static int open_folder(struct scp_folder *f, const char *path, struct scp_err *err)
{
    wchar_t *pattern = pattern_of(path);
    DWORD error;

    if (pattern == NULL)
        return scp_err_system(err, errno, "%s", path);
    f->find = FindFirstFileExW(pattern, FindExInfoBasic, &f->entry, FindExSearchNameMatch, NULL, 0);
    error = f->find == INVALID_HANDLE_VALUE ? GetLastError() : 0;
    free(pattern);
    return error == 0 || error == ERROR_NO_MORE_FILES ? 0 : scp_err_system(err, scp_wide_errno(error), "%s", path);
}

struct scp_folder *scp_folder_open(const char *path, struct scp_err *err)
{
    struct scp_folder *f = calloc(1, sizeof *f);

    if (f == NULL)
        (void)scp_err_memory(err);
    else if (open_folder(f, path, err) != 0) {
        free(f);
        return NULL;
    }
    return f;
}

int scp_folder_next(struct scp_folder *f, const char **name, struct scp_err *err)
{
    if (f->find == INVALID_HANDLE_VALUE)
        return 0;
    if (f->read && !FindNextFileW(f->find, &f->entry))
        return GetLastError() == ERROR_NO_MORE_FILES ? 0 : scp_err_system(err, scp_wide_errno(GetLastError()), "cannot be listed");
    f->read = true;
    if (!scp_wide_to_text(f->entry.cFileName, wcslen(f->entry.cFileName), f->name, sizeof f->name))
        return scp_err_system(err, ENAMETOOLONG, "cannot be listed");
    *name = f->name;
    return 1;
}

void scp_folder_close(struct scp_folder *f)
{
    if (f != NULL && f->find != INVALID_HANDLE_VALUE)
        (void)FindClose(f->find);
    free(f);
}
