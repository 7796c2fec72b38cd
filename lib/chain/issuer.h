/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_ISSUER_H
#define SCP_CHAIN_ISSUER_H

#include "base/err.h"
#include "codec/x509/strength.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who may vouch: the one policy about issuers, for whatever they sign.  OpenSSL says what a certificate allows (X509_check_ca(),
 * key usage) and whether a path of two holds; stricter and ours are
 *  - the lengths of keys and the digests (codec/strength.h): OpenSSL judges no key of a CRL's issuer, and takes EC keys of 160
 *    bits;
 *  - cRLSign, where a key usage is there, also in a version 1 or otherwise old anchor (RFC 5280 section 6.3.3 (f));
 *  - the issuer's validity when the object was made, besides that of today.
 * An anchor - a self-issued certificate that is named as the issuer - may lack basicConstraints where OpenSSL lets it: said, as
 * `legacy`.  The digest of a self-signature is never judged.
 */
struct scp_issuer {
    const uint8_t *subject_der, *spki_der; /* DER of the Name and of the SubjectPublicKeyInfo; borrowed */
    size_t subject_der_len, spki_der_len;
    const uint8_t *der; /* the certificate; NULL where name and key are known: strength alone is judged */
    size_t der_len;
};

enum scp_issuer_role {
    SCP_ISSUER_OF_CRL,
    SCP_ISSUER_OF_CRLS_ONLY, /* the same, and where its key usage has cRLSign it need not be a CA (RFC 5280 section 6.3.3 f) */
    SCP_ISSUER_OF_OCSP
};

enum {
    SCP_ISSUER_CRL_TOLERANCE = 86400, /* seconds by which thisUpdate may precede notBefore: CAs backdate their CRLs */
    SCP_ISSUERS_MAX = 32              /* alternatives at a time */
};

struct scp_issuer_question {
    enum scp_issuer_role role;
    int64_t made; /* thisUpdate of the CRL, producedAt of the answer */
    int64_t now;
};

enum scp_issuer_fault {
    SCP_ISSUER_MAY,
    SCP_ISSUER_UNREADABLE,
    SCP_ISSUER_NO_CA,
    SCP_ISSUER_KEY_USAGE,
    SCP_ISSUER_EXTENSION, /* malformed, or critical and not known */
    SCP_ISSUER_DIGEST,    /* the signature over its certificate rests on MD5 or older */
    SCP_ISSUER_KEY,       /* too short */
    SCP_ISSUER_KEY_KIND,  /* of a kind whose strength could not be told */
    SCP_ISSUER_TIME       /* not valid when the object was made, or today */
};

enum { SCP_ISSUER_TEXT = 200 };

struct scp_issuer_verdict {
    enum scp_issuer_fault fault;
    char message[SCP_ISSUER_TEXT]; /* of the fault, with the clause; "" */
    char legacy[SCP_ISSUER_TEXT];  /* what the anchor lacks; "" */
    char weak[SCP_ISSUER_TEXT];    /* what of its key and signature is weak; "" */
};

/*
 * May one of these sign such an object?  They have the same name and key: a certificate that was renewed and its predecessor are
 * alternatives, so that one valid then and one valid today are enough.  -1: SCP_ERR_MEMORY.
 */
int scp_issuer_judge(const struct scp_issuer *const *issuer, size_t n, const struct scp_issuer_question *q,
                     struct scp_issuer_verdict *out, struct scp_err *err);

/* Name and key out of a certificate.  false: it is none. */
bool scp_issuer_of(const uint8_t *der, size_t der_len, struct scp_issuer *out);

/* Have both the same name (RFC 5280 section 7.1) and the same key? */
bool scp_issuer_same(const struct scp_issuer *a, const struct scp_issuer *b);

/*
 * Did this issuer's key sign that certificate, and do names and key identifiers agree?  1: yes; 0: no, also when either cannot be
 * decoded; -1: SCP_ERR_MEMORY.
 */
int scp_issuer_signed(const uint8_t *issuer, size_t issuer_len, const uint8_t *child, size_t child_len, struct scp_err *err);

/* The same of a key alone (DER of a SubjectPublicKeyInfo): names are not looked at. */
int scp_issuer_key_signed(const uint8_t *spki, size_t spki_len, const uint8_t *child, size_t child_len, struct scp_err *err);

/*
 * What OpenSSL has against the certificate below this issuer as its anchor - constraints, extensions -, times aside: a phrase,
 * NULL when nothing.  Out of memory: err.
 */
const char *scp_issuer_objection(const uint8_t *issuer, size_t issuer_len, const uint8_t *child, size_t child_len,
                                 struct scp_err *err);

/* What the digest of a certificate's signature is worth; not judged of a self-issued one: GOOD, as where it cannot be decoded. */
enum scp_strength scp_issuer_digest(const uint8_t *der, size_t len);

/*
 * Is this OCSP response signed by who may, in OpenSSL's words (OCSP_basic_verify()), times aside?  The issuers, of one name and
 * key, are its anchors.  NULL: yes.
 */
const char *scp_issuer_ocsp_objection(const uint8_t *response, size_t response_len, const struct scp_issuer *issuer, size_t n,
                                      struct scp_err *err);

#endif
