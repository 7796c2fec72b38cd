/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before Windows' headers, which give X509_NAME another meaning. */
#include <openssl/ssl.h>

#include "io/http/curl_internal.h"

/* scp.exe is linked with a static libcurl: one file, no DLL. */
#define CALL(name) .name = curl_##name,
struct scp_curl_calls scp_curl = { SCP_CURL_CALLS(CALL).watch_chains = SSL_CTX_set_cert_verify_callback };

int scp_http_curl_load(struct scp_err *err)
{
    (void)err;
    return 0;
}
