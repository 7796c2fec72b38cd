/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/machine.h"

/*
 * libcurl 7.74 to 7.86: it waits for a resolver that hangs - when its own limit passes, when a handle is taken off, and when it is
 * cleaned up.  So it knows no limit of its own, and a handle that still resolves at ours is left behind as it is: nothing of the
 * slot is reached from it any more, and the process ends without cleaning it up.
 */
enum { NEVER_MS = 24 * 3600 * 1000 };

bool scp_http_curl_bound(CURL *easy)
{
    return scp_curl.easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK &&
           scp_curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)NEVER_MS) == CURLE_OK;
}

bool scp_http_curl_limit(CURL *easy, long ms)
{
    (void)ms;
    return scp_curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, 0L) == CURLE_OK;
}

bool scp_http_curl_overdue(const struct http_slot *s)
{
    return s->on_its_way && scp_machine_ms() >= s->limit_ms;
}

static curl_socket_t no_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)context;
    (void)purpose;
    (void)address;
    return CURL_SOCKET_BAD;
}

/* Should its resolver answer after all, there is no socket for it, and nobody who listens. */
bool scp_http_curl_leave_behind(struct http_slot *s)
{
    curl_off_t resolved = 0;

    if (scp_curl.easy_getinfo(s->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved) != CURLE_OK || resolved > 0)
        return false;
    (void)scp_curl.easy_setopt(s->easy, CURLOPT_OPENSOCKETFUNCTION, no_socket);
    (void)scp_curl.easy_setopt(s->easy, CURLOPT_ERRORBUFFER, NULL);
    (void)scp_curl.easy_setopt(s->easy, CURLOPT_PRIVATE, NULL);
    s->easy = NULL;
    s->headers = NULL;
    s->owner->left_behind = true;
    return true;
}
