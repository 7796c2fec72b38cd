/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/strength.h"

#include "codec/x509/crypto.h"
#include "codec/x509/signature_internal.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <stdio.h>

static enum scp_strength by_bits(int bits, int least, int good)
{
    return bits < least ? SCP_STRENGTH_BROKEN : bits < good ? SCP_STRENGTH_WEAK : SCP_STRENGTH_GOOD;
}

void scp_strength_pkey(const EVP_PKEY *key, struct scp_key_strength *out)
{
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE, bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;

    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS) {
        out->strength = by_bits(bits, SCP_STRENGTH_RSA_MIN, SCP_STRENGTH_RSA_GOOD);
        (void)snprintf(out->text, sizeof out->text, "an RSA key of %d bits", bits);
    } else if (type == EVP_PKEY_EC) {
        out->strength = by_bits(bits, SCP_STRENGTH_EC_MIN, SCP_STRENGTH_EC_GOOD);
        (void)snprintf(out->text, sizeof out->text, "an EC key of %d bits", bits);
    } else {
        out->strength = SCP_STRENGTH_UNKNOWN;
        (void)snprintf(out->text, sizeof out->text, "a key of another kind than RSA and EC");
    }
}

int scp_strength_key(const uint8_t *spki, size_t n, struct scp_key_strength *out, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    EVP_PKEY *key = NULL;

    if (scp_signature_key(spki, n, &key, &why) != 0 && why.code != SCP_ERR_UNSUPPORTED)
        return scp_err_set(err, why.code, "%s", why.message);
    scp_strength_pkey(key, out);
    EVP_PKEY_free(key);
    return scp_crypto_end(err);
}

enum scp_strength scp_strength_digest(int nid)
{
    switch (nid) {
    case NID_sha1: return SCP_STRENGTH_WEAK;
    case NID_sha224:
    case NID_sha256:
    case NID_sha384:
    case NID_sha512: return SCP_STRENGTH_GOOD;
    case NID_md2:
    case NID_md4:
    case NID_md5:
    case NID_mdc2: return SCP_STRENGTH_BROKEN;
    default: return SCP_STRENGTH_UNKNOWN;
    }
}

enum scp_strength scp_strength_signature(X509 *certificate)
{
    int digest = NID_undef;

    if (X509_get_signature_info(certificate, &digest, NULL, NULL, NULL) != 1 || digest == NID_undef)
        return SCP_STRENGTH_GOOD;
    return scp_strength_digest(digest);
}
