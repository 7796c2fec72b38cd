/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_REVOCABLE_H
#define SCP_CODEC_X509_REVOCABLE_H

#include "base/err.h"
#include "codec/x509/serial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What of a certificate matters when its revocation is asked: who issued it under which number, whether it counts as a CA's or a
 * user's, and where it says that its status is published (RFC 5280 sections 4.2.1.9, 4.2.1.13, 4.2.2.1).
 */
enum { SCP_REVOCABLE_URIS_MAX = 16 };

struct scp_revocable {
    struct scp_serial serial;
    uint8_t *issuer_der; /* the Name's DER; owned */
    size_t issuer_der_len;
    int64_t not_after;                 /* SCP_UTC_UNKNOWN when it is no time */
    bool is_ca;                        /* basicConstraints cA; a version 1 certificate counts as a user's */
    char *crl[SCP_REVOCABLE_URIS_MAX]; /* distribution points for all reasons by the issuer itself; NUL-terminated; owned */
    size_t crls;
    char *ocsp[SCP_REVOCABLE_URIS_MAX]; /* authority information access, method OCSP; owned */
    size_t ocsps;
};

/* SCP_ERR_FORMAT: not a certificate, or one of these extensions cannot be read; SCP_ERR_LIMIT: more addresses than kept. */
int scp_revocable_parse(const uint8_t *der, size_t n, struct scp_revocable *out, struct scp_err *err);
void scp_revocable_free(struct scp_revocable *r);

#endif
