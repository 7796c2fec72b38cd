/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_STRENGTH_H
#define SCP_CODEC_X509_STRENGTH_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * How much a key or a digest proves.  These limits stand here and nowhere else: every signature that is believed - of a CRL, an
 * OCSP answer, a certificate, a trust list - is held against them.
 */
enum scp_strength {
    SCP_STRENGTH_GOOD,
    SCP_STRENGTH_WEAK,   /* RSA of 1024 to 2047 bits, EC of 224 to 255, SHA-1: believed, and said */
    SCP_STRENGTH_BROKEN, /* shorter, MD5 and older: proves nothing */
    SCP_STRENGTH_UNKNOWN /* another kind of key or digest: could not be told */
};

enum { SCP_STRENGTH_RSA_MIN = 1024, SCP_STRENGTH_RSA_GOOD = 2048, SCP_STRENGTH_EC_MIN = 224, SCP_STRENGTH_EC_GOOD = 256 };

struct scp_key_strength {
    enum scp_strength strength;
    char text[48]; /* "an RSA key of 512 bits" */
};

/* Of a SubjectPublicKeyInfo's DER.  SCP_ERR_FORMAT, SCP_ERR_LIMIT: it is none; SCP_ERR_MEMORY. */
int scp_strength_key(const uint8_t *spki, size_t n, struct scp_key_strength *out, struct scp_err *err);

/* Of a key that is decoded already (EVP_PKEY), NULL for one that could not be. */
struct evp_pkey_st;
void scp_strength_pkey(const struct evp_pkey_st *key, struct scp_key_strength *out);

/* Of the digest in a certificate's signature (X509).  GOOD, too, where there is none: such a signature is worth what its key is. */
struct x509_st;
enum scp_strength scp_strength_signature(struct x509_st *certificate);

/* Of a digest, by OpenSSL's number (NID_sha256, ...). */
enum scp_strength scp_strength_digest(int nid);

#endif
