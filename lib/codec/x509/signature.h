/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_SIGNATURE_H
#define SCP_CODEC_X509_SIGNATURE_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One signature over bytes that come in pieces.  Algorithms: RSA PKCS#1 v1.5 (RFC 3279, RFC 4055) with SHA-1, SHA-224, SHA-256,
 * SHA-384 or SHA-512; RSA-PSS (RFC 4055) and ECDSA (RFC 5758) with the same.  DSA and EdDSA are not supported; what MD5 and older
 * digests sign is no signature.
 *
 * Errors: SCP_ERR_FORMAT - the algorithm identifier or the key is malformed; SCP_ERR_UNSUPPORTED - an algorithm, curve or
 * key form that we do not do; SCP_ERR_SIGNATURE - not a signature by this key over these bytes, also where the key is of
 * another type than the algorithm asks for, or the digest is MD5; SCP_ERR_MEMORY.
 */
struct scp_signature;

/* `algorithm`: the DER of an AlgorithmIdentifier; `spki`: the DER of a SubjectPublicKeyInfo.  *out is to be freed. */
int scp_signature_begin(struct scp_bytes algorithm, struct scp_bytes spki, struct scp_signature **out, struct scp_err *err);
int scp_signature_update(struct scp_signature *s, const uint8_t *p, size_t n, struct scp_err *err);
/* The signature itself, without the octet of unused bits.  0: it is good.  Once per object. */
int scp_signature_end(struct scp_signature *s, const uint8_t *signature, size_t n, struct scp_err *err);
void scp_signature_free(struct scp_signature *s);

/* All in one. */
int scp_signature_verify(struct scp_bytes algorithm, struct scp_bytes spki, struct scp_bytes text, struct scp_bytes signature,
                         struct scp_err *err);

enum { SCP_SIGNATURE_NAME = 32 };

struct scp_signature_info {
    char name[SCP_SIGNATURE_NAME]; /* "RSA with SHA-256", "RSA-PSS with SHA-384", "ECDSA with SHA-1" */
    bool weak;                     /* SHA-1 */
};

/* What an algorithm identifier asks for; the same errors as above. */
int scp_signature_describe(const uint8_t *algorithm, size_t algorithm_len, struct scp_signature_info *out, struct scp_err *err);

#endif
