/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Stands in for programs that Wine has not (powershell, gpresult, w32tm, and what wevtutil and netsh would print), under the name
 * of each: prints SCP_SAYS_NAME, or else the command that it was started by; ends with 1 where SCP_FAILS holds its name. As
 * certutil -decodehex it does that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static int decode(const char *from, const char *to)
{
    FILE *in = fopen(from, "r"), *out = fopen(to, "wb");
    unsigned byte;

    if (in == NULL || out == NULL)
        return 1;
    while (fscanf(in, "%2x", &byte) == 1)
        (void)fputc((int)byte, out);
    (void)fclose(in);
    return fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    char name[260], variable[300];
    const char *last = strrchr(argv[0], '\\'), *says, *fails = getenv("SCP_FAILS");
    size_t n;

    (void)snprintf(name, sizeof name, "%s", last != NULL ? last + 1 : argv[0]);
    n = strlen(name);
    if (n > 4 && _stricmp(name + n - 4, ".exe") == 0)
        name[n - 4] = '\0';
    if (fails != NULL && strstr(fails, name) != NULL)
        return 1;
    if (argc == 5 && strcmp(argv[2], "-decodehex") == 0)
        return decode(argv[3], argv[4]);
    (void)snprintf(variable, sizeof variable, "SCP_SAYS_%s", name);
    says = getenv(variable);
    (void)printf("%s\n", says != NULL ? says : GetCommandLineA());
    return 0;
}
