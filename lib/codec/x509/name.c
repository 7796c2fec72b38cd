/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/name.h"

#include "codec/x509/crypto.h"

#include <openssl/x509.h>

#include <string.h>

bool scp_name_equal(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, bool *exact)
{
    const unsigned char *p = a, *q = b;
    bool same = a_len == b_len && memcmp(a, b, a_len) == 0, equal;
    X509_NAME *na, *nb;

    if (exact != NULL)
        *exact = same;
    if (same)
        return true;
    if (scp_crypto_begin(NULL) != 0)
        return false;
    na = d2i_X509_NAME(NULL, &p, (long)a_len);
    nb = d2i_X509_NAME(NULL, &q, (long)b_len);
    equal = na != NULL && nb != NULL && X509_NAME_cmp(na, nb) == 0;
    X509_NAME_free(na);
    X509_NAME_free(nb);
    (void)scp_crypto_end(NULL);
    return equal;
}
