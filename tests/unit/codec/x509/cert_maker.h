/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_CERT_MAKER_H
#define SCP_TESTS_CERT_MAKER_H

#include "unit/codec/trustlist/list_maker.h"

/*
 * Certificates for tests, written byte by byte (RFC 5280 section 4.1): whatever a decoder has to take or refuse.  The key is
 * P-256's base point and the signature nobody's, so libcrypto decodes them, too.  Memory lives until maker_end().
 */
struct cert_attribute {
    const char *oid;
    unsigned tag; /* of the string: 0x0C UTF8, 0x13 Printable, 0x14 Teletex, 0x16 IA5, 0x1C Universal, 0x1E BMP */
    const char *text;
    size_t n;      /* 0: as long as the text */
    bool same_set; /* in one set with the attribute before */
};

struct cert_plan {
    bool version_1;                           /* no version, and extensions only if some are given */
    struct maker_bytes serial;                /* content; none: 01 02 03 */
    struct maker_bytes issuer, subject;       /* whole names; none: CN=Issuer, CN=Subject */
    struct maker_bytes not_before, not_after; /* whole; none: 2025-01-01 and 2035-01-01 */
    struct maker_bytes unique;                /* whole, in front of the extensions */
    struct maker_bytes extensions;            /* one behind the other */
};

struct maker_bytes cert_make(const struct cert_plan *plan);
struct maker_bytes cert_name(const struct cert_attribute *a, size_t n);
struct maker_bytes cert_extension(const char *oid, bool critical, struct maker_bytes value);

#endif
