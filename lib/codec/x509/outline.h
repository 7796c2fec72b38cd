/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_OUTLINE_H
#define SCP_CODEC_X509_OUTLINE_H

#include "base/bytes.h"
#include "base/utc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the search for an issuer needs of a certificate (RFC 5280 section 4.1), without decoding it: names, validity, key,
 * key identifiers (4.2.1.1, 4.2.1.2).  About a hundred times cheaper than decoding.  Whoever relies on a certificate decodes it.
 */

struct scp_outline {
    struct scp_bytes serial;                     /* content of the INTEGER */
    struct scp_bytes issuer, subject;            /* the whole Name */
    struct scp_bytes spki;                       /* the whole SubjectPublicKeyInfo */
    struct scp_bytes subject_key, authority_key; /* key identifiers; absent also when malformed */
    struct scp_bytes authority_access;           /* content of the authority information access extension (4.2.2.1) */
    int64_t not_before, not_after;               /* SCP_UTC_UNKNOWN when not of a form that RFC 5280 allows */
};

/* false when this is not the outline of a certificate in DER, or bytes are behind it. */
bool scp_outline_read(const uint8_t *der, size_t n, struct scp_outline *out);

bool scp_outline_same(const struct scp_bytes *a, const struct scp_bytes *b);

/*
 * A number that is the same for any two names (RFC 5280 section 7.1) which differ only in case, spacing or the type of their
 * strings: of all letters and digits of ASCII, with the attributes' types.  Other names may have the same number, too.
 */
uint64_t scp_outline_name_hash(const struct scp_bytes *name);

/* The common name, else the last attribute's value, as UTF-8 where its type tells; raw bytes from outside.  Returns out. */
char *scp_outline_short_name(const struct scp_bytes *name, char *out, size_t size);

/*
 * The i-th address at which the issuer publishes its own certificate (id-ad-caIssuers, http only: Windows asks no other).
 * false when there are no more.  Addresses that do not fit, or hold anything but printable ASCII, are passed over.
 */
bool scp_outline_issuer_url(const struct scp_outline *o, size_t i, char *out, size_t size);

#endif
