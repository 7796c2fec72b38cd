/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

/* libcurl 7.87 and later: a resolver that hangs is left behind by libcurl itself, not waited for. */

bool scp_http_curl_bound(CURL *easy)
{
    return scp_curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           scp_curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK;
}

bool scp_http_curl_limit(CURL *easy, long ms)
{
    return scp_curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms) == CURLE_OK;
}

bool scp_http_curl_overdue(const struct http_slot *s)
{
    (void)s;
    return false;
}

bool scp_http_curl_leave_behind(struct http_slot *s)
{
    (void)s;
    return false;
}
