/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t scp_machine_ms(void)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void scp_machine_name(char *out, size_t size)
{
    if (gethostname(out, size) != 0 || out[0] == '\0')
        (void)snprintf(out, size, "this machine");
    out[size - 1] = '\0';
}

bool scp_machine_folder(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size);

    /* A name that was cut is another's. */
    if (n <= 0 || (size_t)n >= size)
        return false;
    while (n > 0 && out[n - 1] != '/')
        n--;
    out[n > 1 ? n - 1 : n] = '\0';
    return n > 0;
}

void scp_machine_forget(const char *variable)
{
    (void)unsetenv(variable);
}

char *scp_machine_reason(int reason, char *out, size_t size)
{
    if (strerror_r(reason, out, size) != 0)
        (void)snprintf(out, size, "error %d", reason);
    return out;
}
