/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REVOCATION_CRL_INTERNAL_H
#define SCP_CODEC_REVOCATION_CRL_INTERNAL_H

#include "codec/revocation/crl.h"
#include "codec/x509/der.h"

enum { SCP_CRL_EXTENSIONS_MAX = 32 }; /* of one entry, or of the list */

/* What the extensions of one entry say. */
struct scp_crl_entry {
    int reason;
    struct scp_bytes issuer; /* certificateIssuer: content of its GeneralNames; NULL when there is none */
    unsigned oddities;
    const uint8_t *critical; /* the first critical extension that is not handled; NULL when there is none */
};

/*
 * crl_extensions.c: `p` is the content of the Extensions SEQUENCE, `at` its offset in the list, for messages.
 */
int scp_crl_read_extensions(const uint8_t *p, size_t n, uint64_t at, struct scp_crl *out, struct scp_err *err);
int scp_crl_read_entry_extensions(const uint8_t *p, size_t n, uint64_t at, struct scp_crl_entry *out, struct scp_err *err);
/* The dotted form of the extension that begins at p (which was read before). */
void scp_crl_extension_name(const uint8_t *p, size_t n, char out[64]);

/* What of an entry matters. */
struct scp_crl_plain {
    const uint8_t *serial; /* content octets */
    size_t serial_n;
    const uint8_t *date; /* the whole Time, which is valid */
    size_t date_n;
    int reason;
};
/* crl_plain.c: `p` is an entry's content.  false: of another form, right or wrong. */
bool scp_crl_plain_entry(const uint8_t *p, size_t n, struct scp_crl_plain *out);

/* crl_names.c: the shape of a Name (section 4.1.2.4), its tag and length included; and of GeneralNames' content. */
bool scp_crl_name_valid(const uint8_t *p, size_t n);
/* One RelativeDistinguishedName's content. */
bool scp_crl_rdn_valid(const uint8_t *p, size_t n);
/* One GeneralName (section 4.2.1.6); forms that no list uses (otherName, x400Address, ediPartyName) are not taken. */
bool scp_crl_general_name_valid(const struct scp_der *e);

#endif
