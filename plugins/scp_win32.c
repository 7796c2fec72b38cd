/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * scp.exe: the six plugins in one program for Windows.  It is the one whose name it was called by (a copy or a link named
 * check_scp_roots.exe), else the one that the first argument names.
 */
#include "base/wide_win32.h"
#include "check/autoupdate/check.h"
#include "check/diagnosis/session.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "check/status/check.h"

#include <stdio.h>
#include <string.h>

int _dowildcard = 0; /* an asterisk is --noproxy's, or --severity's */

static const struct scp_check *const CHECKS[] = { &scp_diagnosis_check,  &scp_autoupdate_check, &scp_intermediates_check,
                                                  &scp_revocation_check, &scp_roots_check,      &scp_status_check };

/* "C:\Tools\Check_SCP_Roots.EXE" is check_scp_roots. */
static const struct scp_check *named(const char *path)
{
    const char *name = path + strlen(path);
    size_t n;

    while (name > path && name[-1] != '\\' && name[-1] != '/' && name[-1] != ':')
        name--;
    n = strlen(name);
    if (n > 4 && _stricmp(name + n - 4, ".exe") == 0)
        n -= 4;
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++) {
        if (strlen(CHECKS[i]->about.name) == n && _strnicmp(CHECKS[i]->about.name, name, n) == 0)
            return CHECKS[i];
    }
    return NULL;
}

int wmain(int argc, wchar_t **wide); /* what -municode calls */

int wmain(int argc, wchar_t **wide)
{
    char **argv = scp_wide_arguments(argc, wide);

    if (argv == NULL)
        return puts("SCP UNKNOWN - out of memory"), 3;
    for (int skip = 0; skip < 2 && skip < argc; skip++) {
        if (named(argv[skip]) != NULL)
            return scp_check_run(named(argv[skip]), argc - skip, argv + skip);
    }
    puts("SCP UNKNOWN - which check?  scp.exe NAME OPTION..., or a copy of it under that name:");
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++)
        printf("  %s\n", CHECKS[i]->about.name);
    return 3;
}
