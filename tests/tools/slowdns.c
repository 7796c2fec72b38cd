/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A resolver that never answers, to be preloaded: names below "hangs.test" are asked for in vain, all others are resolved. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    static const char HANGS[] = "hangs.test";
    size_t n = node != NULL ? strlen(node) : 0;
    resolver *real;

    while (n >= sizeof HANGS - 1 && strcmp(node + n - (sizeof HANGS - 1), HANGS) == 0)
        (void)pause();
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(node, service, hints, out);
}
