/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/key.h"

#include "codec/crypto.h"

#include <openssl/x509.h>

#include <stdbool.h>

int scp_key_signed(const uint8_t *spki, size_t spki_len, const uint8_t *der, size_t len, struct scp_err *err)
{
    const unsigned char *p = spki, *q = der;
    EVP_PKEY *key;
    X509 *x;
    bool is;

    if (scp_crypto_begin(err) != 0)
        return -1;
    key = d2i_PUBKEY(NULL, &p, (long)spki_len);
    x = d2i_X509(NULL, &q, (long)len);
    is = key != NULL && x != NULL && X509_verify(x, key) == 1;
    EVP_PKEY_free(key);
    X509_free(x);
    return scp_crypto_end(err) == 0 ? is : -1;
}
