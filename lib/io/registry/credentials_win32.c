/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/credentials_internal.h"

#include "base/file.h"
#include "base/wide_win32.h"

#include <aclapi.h>
#include <errno.h>
#include <io.h>
#include <stdbool.h>
#include <windows.h>

/* Whoever is one of these is anybody. */
static const WELL_KNOWN_SID_TYPE ANYBODY[] = { WinWorldSid,   WinAuthenticatedUserSid, WinBuiltinUsersSid, WinInteractiveSid,
                                               WinNetworkSid, WinAnonymousSid,         WinBuiltinGuestsSid };

static bool is_anybody(PSID sid)
{
    for (size_t i = 0; i < sizeof ANYBODY / sizeof ANYBODY[0]; i++) {
        if (IsWellKnownSid(sid, ANYBODY[i]))
            return true;
    }
    return false;
}

/* No list at all lets everybody. */
static bool lets_others(PACL list)
{
    const ACCESS_MASK wanted =
        FILE_READ_DATA | FILE_WRITE_DATA | WRITE_DAC | WRITE_OWNER | GENERIC_READ | GENERIC_WRITE | GENERIC_ALL;

    for (DWORD i = 0; list != NULL && i < list->AceCount; i++) {
        ACCESS_ALLOWED_ACE *ace;

        if (!GetAce(list, i, (void **)&ace))
            return true;
        if (ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && (ace->Header.AceFlags & INHERIT_ONLY_ACE) == 0 &&
            (ace->Mask & wanted) != 0 && is_anybody(&ace->SidStart))
            return true;
    }
    return list == NULL;
}

static int check_file(HANDLE h, const char *path, struct scp_err *err)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL list = NULL;
    DWORD error = GetSecurityInfo(h, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL, &descriptor);
    bool open;

    if (error != ERROR_SUCCESS)
        return scp_err_system(err, scp_wide_errno(error), "%s: its permissions", path);
    open = lets_others(list);
    (void)LocalFree(descriptor);
    if (open)
        return scp_err_set(
            err, SCP_ERR_SYSTEM,
            "%s: others may read or write it (icacls FILE /inheritance:r, then /grant SYSTEM:R and the account that runs "
            "this)",
            path);
    return 0;
}

int scp_credentials_bytes(const char *path, char *p, size_t size, size_t *n, struct scp_err *err)
{
    struct scp_file f;
    size_t got = 1;
    int rc;

    *n = 0;
    if (scp_file_open(path, &f, err) != 0)
        return -1;
    rc =
        f.is_stdin ? scp_err_set(err, SCP_ERR_SYSTEM, "%s: is no file", path) : check_file((HANDLE)_get_osfhandle(f.fd), path, err);
    for (; rc == 0 && got > 0 && *n < size; *n += got)
        rc = scp_file_read(&f, p + *n, size - *n, &got, err);
    scp_file_close(&f);
    return rc;
}
