/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/host.h"

#include "codec/x509/crypto.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdbool.h>

/* An address is looked for among the addresses alone: as a name it would fit a name's wildcard. */
static bool fits_host(X509 *x, const char *host)
{
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
    bool is_address = address != NULL;

    ASN1_OCTET_STRING_free(address);
    if (is_address)
        return X509_check_ip_asc(x, host, 0) == 1;
    return X509_check_host(x, host, 0, 0, NULL) == 1;
}

int scp_host_fits(const uint8_t *der, size_t len, const char *host, struct scp_err *err)
{
    const unsigned char *p = der;
    bool fits;
    X509 *x;

    if (scp_crypto_begin(err) != 0)
        return -1;
    x = d2i_X509(NULL, &p, (long)len);
    fits = x != NULL && fits_host(x, host);
    X509_free(x);
    return scp_crypto_end(err) == 0 ? fits : -1;
}
