/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_BUNDLE_H
#define SCP_CODEC_X509_BUNDLE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file of certificates in any packaging people have: PEM with whatever text between the blocks (also UTF-16, also PKCS#7 under
 * the label CERTIFICATE, as AD CS writes it), one certificate in DER, PKCS#7 (.p7b; RFC 2315, BER or DER), serialized store (.sst).
 */
enum { SCP_BUNDLE_FILE_MAX = 20 << 20, SCP_BUNDLE_CERTIFICATES_MAX = 20000 };

struct scp_bundle_item {
    size_t at, len; /* in der */
};

struct scp_bundle {
    struct scp_buf der;        /* all certificates, one behind the other */
    struct scp_bundle_item *v; /* owned; PEM blocks of label CERTIFICATE in their order, then other labels */
    size_t n;
    size_t damaged;   /* blocks and elements that are no certificates */
    char damage[160]; /* what is wrong with the first of them */
};

/*
 * -1: not such a file, malformed as a whole, nothing in it is a certificate, over a maximum, out of memory.  Single damaged blocks
 * are counted.  What is inside an item is whole DER of the outline SEQUENCE; it is not decoded.
 */
int scp_bundle_read(const uint8_t *p, size_t n, struct scp_bundle *out, struct scp_err *err);
void scp_bundle_free(struct scp_bundle *b);

const uint8_t *scp_bundle_certificate(const struct scp_bundle *b, size_t i, size_t *len);

#endif
