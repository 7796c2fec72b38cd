/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_DER_H
#define SCP_CODEC_X509_DER_H

#include "base/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Distinguished Encoding Rules (X.690 clause 10 and 11), one element after the other from borrowed bytes:
 * tag numbers below 31, definite lengths in as few octets as possible and inside what is left.  Nothing is copied or allocated;
 * every function answers false, and leaves the reader where it was, when the bytes are not as asked for.
 */
enum scp_der_tag {
    SCP_DER_BOOLEAN = 0x01,
    SCP_DER_INTEGER = 0x02,
    SCP_DER_BIT_STRING = 0x03,
    SCP_DER_OCTET_STRING = 0x04,
    SCP_DER_NULL = 0x05,
    SCP_DER_OID = 0x06,
    SCP_DER_ENUMERATED = 0x0A,
    SCP_DER_UTC_TIME = 0x17,
    SCP_DER_GENERALIZED_TIME = 0x18,
    SCP_DER_SEQUENCE = 0x30,
    SCP_DER_SET = 0x31
};

/* Context-specific tags [0] … [30]. */
#define SCP_DER_PRIMITIVE(number) ((uint8_t)(0x80 | (number)))
#define SCP_DER_CONSTRUCTED(number) ((uint8_t)(0xA0 | (number)))

/* What the first octets of an element say.  Also for bytes that come in pieces, and for the first look at an input. */
struct scp_der_header {
    uint8_t tag;
    size_t header;    /* octets of identifier and length; SCP_DER_CUT: this many are needed to go on */
    uint64_t content; /* octets behind them, which may be more than there are */
};

enum scp_der_fault {
    SCP_DER_SOUND,
    SCP_DER_CUT,        /* fewer bytes than the header has */
    SCP_DER_TAG,        /* of several octets */
    SCP_DER_INDEFINITE, /* a length that ends with two zeros */
    SCP_DER_LONG,       /* a length of more than four octets */
    SCP_DER_PADDED      /* a length in more octets than needed: BER, and known all the same */
};

enum scp_der_fault scp_der_header(const uint8_t *p, size_t n, struct scp_der_header *h);
/* The header is read, be it in DER or in BER (what Windows keeps is as it was given). */
static inline bool scp_der_known(enum scp_der_fault fault)
{
    return fault == SCP_DER_SOUND || fault == SCP_DER_PADDED;
}

/* What is wrong, for people; constant. */
const char *scp_der_fault_text(enum scp_der_fault fault);

struct scp_der {
    uint8_t tag;      /* the whole identifier octet */
    const uint8_t *p; /* content */
    size_t n;
    const uint8_t *whole; /* with identifier and length */
    size_t whole_n;
};

/* Are these bytes one element, in DER as far as that can be told without its type: lengths, forms, and TRUE as 0xFF, at every level
 * (at most 32)?  OpenSSL's decoders take more, and what they write again differs only in part. */
bool scp_der_strict(const uint8_t *p, size_t n);

bool scp_der_any(struct scp_reader *r, struct scp_der *e);
bool scp_der_read(struct scp_reader *r, uint8_t tag, struct scp_der *e);
/* Is an element of this tag next?  (It may still be malformed.) */
bool scp_der_next_is(const struct scp_reader *r, uint8_t tag);
/* A reader over the element's content. */
struct scp_reader scp_der_inside(const struct scp_der *e);

/* The element's content is exactly these bytes (object identifiers are compared so). */
bool scp_der_equals(const struct scp_der *e, const void *p, size_t n);

/* The contents of elements already read.  TRUE is 0xFF. */
bool scp_der_boolean(const struct scp_der *e, bool *v);
/* INTEGER of at least one octet and no more than needed. */
bool scp_der_integer_valid(const struct scp_der *e);
/* INTEGER or ENUMERATED from 0 to 127. */
bool scp_der_small(const struct scp_der *e, unsigned *v);
/* BIT STRING of whole octets. */
bool scp_der_octets(const struct scp_der *e, const uint8_t **p, size_t *n);
/* UTCTime as YYMMDDHHMMSSZ (1950 to 2049) and GeneralizedTime as YYYYMMDDHHMMSSZ (RFC 5280 sections 4.1.2.5.1 and .2). */
bool scp_der_time(const struct scp_der *e, int64_t *out);

#endif
