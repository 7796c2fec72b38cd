/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/machine.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The resolver's threads allocate, too. */
static atomic_bool starved;

static void *note(void *p, size_t n)
{
    if (p == NULL && n > 0)
        atomic_store(&starved, true);
    return p;
}

static void *allocate(size_t n)
{
    return note(malloc(n), n);
}

static void *allocate_cleared(size_t n, size_t size)
{
    return note(calloc(n, size), n);
}

static void *reallocate(void *p, size_t n)
{
    return note(realloc(p, n), n);
}

static char *duplicate(const char *s)
{
    return note(strdup(s), 1);
}

int scp_http_curl_begin(void)
{
    if (scp_http_curl_starved())
        return -1;
    scp_machine_forget("SSLKEYLOGFILE"); /* libcurl would write the keys of its connections there */
    return scp_curl.global_init_mem(CURL_GLOBAL_DEFAULT, allocate, free, reallocate, duplicate, allocate_cleared) == CURLE_OK ? 0
                                                                                                                              : -1;
}

bool scp_http_curl_starved(void)
{
    return atomic_load(&starved);
}
