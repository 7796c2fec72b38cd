/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Stands in for programs that Wine has not (powershell, gpresult, w32tm, and what wevtutil and netsh would print), under the name of
 * each: prints SCP_SAYS_NAME, or else the command that it was started by; ends with 1 where SCP_FAILS holds its name.
 * As reg.exe: Wine's own, unless the command line has the text of SCP_REFUSES in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static int run_real(const wchar_t *command)
{
    static wchar_t line[8192];
    STARTUPINFOW start = { .cb = sizeof start };
    PROCESS_INFORMATION process;
    const wchar_t *refuses = _wgetenv(L"SCP_REFUSES"), *rest = wcsstr(command, L" ");
    DWORD code = 1;

    /* Above the key it is seen. */
    if (refuses != NULL && refuses[0] != L'\0' && wcsstr(command, refuses) != NULL)
        return 1;
    _snwprintf(line, 8191, L"reg.exe%ls", rest != NULL ? rest : L"");
    SetEnvironmentVariableW(L"WINEDLLOVERRIDES", L"reg.exe=b");
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process))
        return 99;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}

int main(int argc, char **argv)
{
    char name[260], variable[300];
    const char *last = strrchr(argv[0], '\\'), *says, *fails = getenv("SCP_FAILS");
    size_t n;

    (void)argc;
    (void)snprintf(name, sizeof name, "%s", last != NULL ? last + 1 : argv[0]);
    n = strlen(name);
    if (n > 4 && _stricmp(name + n - 4, ".exe") == 0)
        name[n - 4] = '\0';
    if (_stricmp(name, "reg") == 0)
        return run_real(GetCommandLineW());
    if (fails != NULL && strstr(fails, name) != NULL)
        return 1;
    (void)snprintf(variable, sizeof variable, "SCP_SAYS_%s", name);
    says = getenv(variable);
    (void)printf("%s\n", says != NULL ? says : GetCommandLineA());
    return 0;
}
