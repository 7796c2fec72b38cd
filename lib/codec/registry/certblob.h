/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_CERTBLOB_H
#define SCP_CODEC_REGISTRY_CERTBLOB_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The property blob in which Windows keeps a certificate, CRL or CTL in the registry and in serialized stores:
 *   blob     = *property element
 *   property = u32 id, u32 encoding (1), u32 length, bytes      (little-endian)
 *   element  = the same with id 32 (certificate), 33 (CRL) or 34 (CTL); bytes are DER
 * in any order.  Ids: CERT_…_PROP_ID of the public wincrypt.h.
 */
enum scp_certprop_id {
    SCP_CERTPROP_SHA1 = 3,
    SCP_CERTPROP_MD5 = 4,
    SCP_CERTPROP_EKU = 9,
    SCP_CERTPROP_FRIENDLY_NAME = 11,
    SCP_CERTPROP_SIGNATURE_HASH = 15,
    SCP_CERTPROP_ARCHIVED = 19,
    SCP_CERTPROP_KEY_ID = 20,
    SCP_CERTPROP_CERT = 32,
    SCP_CERTPROP_CRL = 33,
    SCP_CERTPROP_CTL = 34,
    SCP_CERTPROP_SHA256 = 98,
    SCP_CERTPROP_DISALLOWED_DATE = 104,
    SCP_CERTPROP_DISALLOWED_EKU = 122,
    SCP_CERTPROP_NOT_BEFORE_DATE = 126,
    SCP_CERTPROP_NOT_BEFORE_EKU = 127
};

enum {
    SCP_CERTBLOB_PROPS_MAX = 256,
    SCP_CERTBLOB_DER_MAX = 64 << 10, /* one certificate */
    SCP_CERTBLOB_LIST_MAX = 4 << 20  /* CRL, CTL */
};

struct scp_certprop {
    uint32_t id, encoding;
    const uint8_t *p; /* borrowed from the blob */
    size_t n;
};

struct scp_certblob {
    uint32_t element;   /* 32, 33, 34; 0 = none (allowed in a serialized store only) */
    const uint8_t *der; /* borrowed; NULL when element is 0 */
    size_t der_len;
    struct scp_certprop *prop; /* all others, in blob order, unknown ones too; owned */
    size_t props;
    /* Oddities that do not prevent use, as bits. */
    unsigned oddities;
};

enum {
    SCP_CERTBLOB_ODD_ENCODING = 1, /* an encoding field other than 1 */
    SCP_CERTBLOB_ODD_TRAILING = 2, /* DER is shorter than its element: der_len is the DER's own length */
    SCP_CERTBLOB_ODD_DUPLICATE = 4 /* a property id occurs twice (the last one counts) */
};

/*
 * Errors (SCP_ERR_FORMAT, _TRUNCATED, _LIMIT) name the offset: header cut, length beyond the end, property id 0,
 * no element, two elements, element not a DER SEQUENCE, DER longer than its element.
 */
int scp_certblob_parse(const uint8_t *p, size_t n, struct scp_certblob *out, struct scp_err *err);
void scp_certblob_free(struct scp_certblob *b);

/* The last property with this id; NULL when absent. */
const struct scp_certprop *scp_certblob_prop(const struct scp_certblob *b, uint32_t id);

/* The other way: a property, or the element, behind what is in `out`. */
int scp_certblob_put(struct scp_buf *out, uint32_t id, const uint8_t *p, size_t n);

/*
 * For callers that only need the element (the hot path: hundreds of certificates, few that matter): walks the
 * headers without collecting anything.  Same errors as scp_certblob_parse().
 */
int scp_certblob_element(const uint8_t *p, size_t n, uint32_t *element, const uint8_t **der, size_t *der_len, struct scp_err *err);

/*
 * One serialized element at the head of p (serialized stores): like scp_certblob_parse, but stops behind the
 * element (or before an end mark) and tells in *used how many bytes it took.
 */
int scp_certblob_parse_one(const uint8_t *p, size_t n, struct scp_certblob *out, size_t *used, struct scp_err *err);

/* The properties in front of the element (or of an end mark), into room for `max`; allocates nothing.  -1: malformed, or more. */
int scp_certblob_properties(const uint8_t *p, size_t n, struct scp_certprop *v, size_t max, size_t *count, struct scp_err *err);

#endif
