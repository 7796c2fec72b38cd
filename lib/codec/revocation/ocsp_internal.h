/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REVOCATION_OCSP_INTERNAL_H
#define SCP_CODEC_REVOCATION_OCSP_INTERNAL_H

#include "codec/revocation/ocsp.h"

#include <openssl/ocsp.h>

/* What the parts of the OCSP codec share. */

/* The question as a CertID under this digest, to be freed; NULL: it cannot be made. */
OCSP_CERTID *scp_ocsp_id(const struct scp_ocsp_question *q, const EVP_MD *md);

/*
 * Finds whose key the responder identifier means, and checks the signature over the response data (`tbs`) with it; fills in signer,
 * signature, delegate, certificates.  -1: too many certificates, or out of memory.
 */
int scp_ocsp_check_signature(OCSP_BASICRESP *basic, const uint8_t *tbs, size_t tbs_len, const struct scp_ocsp_question *q,
                             struct scp_ocsp *out, struct scp_err *err);

#endif
