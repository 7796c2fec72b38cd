/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/text.h"

#include <string.h>

/*
 * The hosts of Microsoft's cloud that a log names in its addresses ("https://sccm.manage.microsoft.com/SCCMConnectedService.svc").
 * Nobody vouches for what stands in a log: names of microsoft.com alone are taken, and only so many.
 */

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool is_of_microsoft(const char *host, size_t n)
{
    static const char END[] = ".microsoft.com";
    size_t end = sizeof END - 1;

    if (n <= end || n >= SCP_STATUS_HOST || !scp_text_caseeq(host + n - end, end, END, end) || host[0] == '.' || host[0] == '-')
        return false;
    for (size_t i = 1; i < n; i++) {
        if (host[i] == '.' && host[i - 1] == '.')
            return false;
    }
    return true;
}

static void add(struct scp_status_facts *f, const char *host, size_t n)
{
    for (size_t i = 0; i < f->hosts; i++) {
        if (scp_text_caseeq(f->host[i], strlen(f->host[i]), host, n))
            return;
    }
    f->more_hosts = f->more_hosts || f->hosts == SCP_STATUS_HOSTS_MAX;
    if (f->hosts < SCP_STATUS_HOSTS_MAX) {
        memcpy(f->host[f->hosts], host, n);
        f->host[f->hosts++][n] = '\0';
    }
}

void scp_status_note_hosts(struct scp_status_facts *f, const char *text, size_t n)
{
    static const char SCHEME[] = "https://";
    size_t scheme = sizeof SCHEME - 1;

    for (const char *p = memchr(text, ':', n); p != NULL; p = memchr(p + 1, ':', n - (size_t)(p + 1 - text))) {
        size_t before = (size_t)(p - text), length = 0;
        const char *host = p + 3;

        if (before < scheme - 3 || n - before < 4 || !scp_text_caseeq(p + 3 - scheme, scheme, SCHEME, scheme))
            continue;
        while (length < n - before - 3 && is_host_character(host[length]))
            length++;
        if (is_of_microsoft(host, length) && (length == n - before - 3 || host[length] != ':'))
            add(f, host, length);
    }
}
