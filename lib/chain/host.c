/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/host.h"

#include "codec/x509/crypto.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdbool.h>

int scp_host_fits(const uint8_t *der, size_t len, const char *host, struct scp_err *err)
{
    const unsigned char *p = der;
    bool fits;
    X509 *x;

    if (scp_crypto_begin(err) != 0)
        return -1;
    x = d2i_X509(NULL, &p, (long)len);
    fits = x != NULL && (X509_check_ip_asc(x, host, 0) == 1 || X509_check_host(x, host, 0, 0, NULL) == 1);
    X509_free(x);
    return scp_crypto_end(err) == 0 ? fits : -1;
}
