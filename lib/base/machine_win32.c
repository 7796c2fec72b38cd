/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/machine.h"

#include "base/wide_win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { NAME_UNITS = 256, PATH_UNITS = 4096 };

int64_t scp_machine_ms(void)
{
    return (int64_t)GetTickCount64();
}

void scp_machine_name(char *out, size_t size)
{
    wchar_t name[NAME_UNITS];
    DWORD n = NAME_UNITS;

    if (!GetComputerNameExW(ComputerNameDnsHostname, name, &n) || !scp_wide_to_text(name, n, out, size) || out[0] == '\0')
        (void)snprintf(out, size, "this machine");
}

bool scp_machine_folder(char *out, size_t size)
{
    wchar_t path[PATH_UNITS];
    DWORD n = GetModuleFileNameW(NULL, path, PATH_UNITS);

    if (n == 0 || n >= PATH_UNITS)
        return false;
    while (n > 0 && path[n - 1] != L'\\')
        n--;
    return n > 1 && scp_wide_to_text(path, n - 1, out, size);
}

void scp_machine_forget(const char *variable)
{
    (void)_putenv_s(variable, "");
}

char *scp_machine_reason(int reason, char *out, size_t size)
{
    if (strerror_s(out, size, reason) != 0 || strncmp(out, "Unknown error", 13) == 0)
        (void)snprintf(out, size, "error %d", reason);
    return out;
}
