/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REVOCATION_OCSP_INTERNAL_H
#define SCP_CODEC_REVOCATION_OCSP_INTERNAL_H

#include "codec/x509/der.h"
#include "codec/revocation/ocsp.h"

/* What the parts of the OCSP codec share. */

/* One Extension (RFC 5280 section 4.1). */
struct scp_ocsp_extension {
    struct scp_der oid;
    struct scp_der value; /* the OCTET STRING; its content is the extension's own DER */
    bool critical;
};
/* false when the next element is no extension; `critical` spelled out as FALSE is taken. */
bool scp_ocsp_next_extension(struct scp_reader *list, struct scp_ocsp_extension *x);

/* The bits of the key in a SubjectPublicKeyInfo, without the octet that counts unused ones. */
bool scp_ocsp_key_bits(const uint8_t *spki, size_t n, const uint8_t **bits, size_t *bits_len);

/* What is signed, how, and with whose certificates. */
struct scp_ocsp_signed {
    struct scp_der tbs;
    struct scp_der algorithm;
    const uint8_t *signature;
    size_t signature_len;
    struct scp_reader certificates; /* over the SEQUENCE OF's content; nothing in it where there is none */
};

/*
 * Finds whose key the responder identifier of *out means, and checks the signature with it; fills in signer, signature, delegate,
 * certificates.  -1: an included certificate is malformed (its offset counts from `start`), or out of memory.
 */
int scp_ocsp_check_signature(const struct scp_ocsp_signed *s, const uint8_t *start, const struct scp_ocsp_question *q,
                             struct scp_ocsp *out, struct scp_err *err);

#endif
