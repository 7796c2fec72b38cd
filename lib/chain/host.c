/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/host.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

bool scp_host_fits(const uint8_t *der, size_t len, const char *host)
{
    const unsigned char *p = der;
    X509 *x = d2i_X509(NULL, &p, (long)len);
    bool fits = x != NULL && (X509_check_ip_asc(x, host, 0) == 1 || X509_check_host(x, host, 0, 0, NULL) == 1);

    X509_free(x);
    ERR_clear_error();
    return fits;
}
