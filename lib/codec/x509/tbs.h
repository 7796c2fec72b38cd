/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_TBS_H
#define SCP_CODEC_X509_TBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A shallow look into a certificate (RFC 5280 section 4.1) without decoding it: where its issuer and subject
 * names and its public key lie.  For going through hundreds of certificates of which few matter.
 */
struct scp_tbs_names {
    const uint8_t *issuer; /* the whole Name, borrowed */
    size_t issuer_len;
    const uint8_t *subject;
    size_t subject_len;
    const uint8_t *spki; /* the whole SubjectPublicKeyInfo; NULL when it is not where it should be */
    size_t spki_len;
};

/* false when the outline is not that of a certificate. */
bool scp_tbs_names(const uint8_t *der, size_t n, struct scp_tbs_names *out);

#endif
