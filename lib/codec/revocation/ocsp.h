/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REVOCATION_OCSP_H
#define SCP_CODEC_REVOCATION_OCSP_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/x509/oid.h"
#include "codec/x509/serial.h"
#include "codec/x509/signature.h"
#include "codec/x509/strength.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The Online Certificate Status Protocol (RFC 6960, and its profile for large sites, RFC 5019): requests to bytes, responses to
 * facts.  OpenSSL writes and decodes; what it lacks is here: it looks for one CertID under one digest, where there may be several
 * under four, and compares times with the clock alone.  What the facts are worth is decided in lib/judge/ocsp.h.
 */
enum {
    SCP_OCSP_REQUEST_MAX = 160,    /* bytes of a request of ours */
    SCP_OCSP_URL_MAX = 255,        /* a longer URL is not asked with GET (RFC 6960 appendix A.1, RFC 5019 section 5) */
    SCP_OCSP_MAX = 1 << 20,        /* bytes of a response */
    SCP_OCSP_SINGLES_MAX = 10000,  /* single responses in one response */
    SCP_OCSP_ANSWERS_MAX = 8,      /* those of them about the certificate asked for */
    SCP_OCSP_CERTIFICATES_MAX = 16 /* certificates in one response */
};

/* --- The question --- */

/* The certificate asked about, by its issuer and serial number.  The issuer's bytes are borrowed for as long as this is used. */
struct scp_ocsp_question {
    const uint8_t *subject_der; /* the issuer's Name */
    size_t subject_der_len;
    const uint8_t *spki_der; /* the issuer's SubjectPublicKeyInfo */
    size_t spki_der_len;
    struct scp_serial serial;
};

/* SCP_ERR_FORMAT: the key is no SubjectPublicKeyInfo. */
int scp_ocsp_ask(const uint8_t *subject_der, size_t subject_der_len, const uint8_t *spki_der, size_t spki_der_len,
                 const struct scp_serial *serial, struct scp_ocsp_question *out, struct scp_err *err);

/* The OCSPRequest (RFC 6960 section 4.1): one SHA-1 CertID, no nonce, no signature. */
int scp_ocsp_request(const struct scp_ocsp_question *q, uint8_t out[SCP_OCSP_REQUEST_MAX], size_t *out_len, struct scp_err *err);

/*
 * The URL to GET: the responder's, one '/', the request in base64 with '+', '/' and '=' percent-encoded (RFC 6960 appendix A.1).
 * 1: GET *out.  0: the URL would be longer than SCP_OCSP_URL_MAX; POST the request to the responder's URL, as
 * application/ocsp-request.  -1: error.  *out needs a maximum of at least SCP_OCSP_URL_ROOM.
 */
enum { SCP_OCSP_URL_ROOM = 2048 };
int scp_ocsp_get_url(const char *responder, const uint8_t *request, size_t n, struct scp_buf *out, struct scp_err *err);

/* --- The response --- */

/* OCSPResponseStatus (RFC 6960 section 4.2.1) */
enum scp_ocsp_status {
    SCP_OCSP_SUCCESSFUL = 0,
    SCP_OCSP_MALFORMED_REQUEST = 1,
    SCP_OCSP_INTERNAL_ERROR = 2,
    SCP_OCSP_TRY_LATER = 3,
    SCP_OCSP_SIG_REQUIRED = 5,
    SCP_OCSP_UNAUTHORIZED = 6
};
const char *scp_ocsp_status_name(unsigned status); /* "tryLater", …; "an undefined status" */

/* CertStatus, in the order of its tags */
enum scp_ocsp_cert_status { SCP_OCSP_GOOD, SCP_OCSP_REVOKED, SCP_OCSP_UNKNOWN };
const char *scp_ocsp_reason_name(int reason); /* CRLReason (RFC 5280 section 5.3.1): "keyCompromise",
                                               * …; NULL when undefined */

/* A single response about the certificate asked for. */
struct scp_ocsp_answer {
    enum scp_ocsp_cert_status status;
    int64_t revoked_at; /* SCP_UTC_UNKNOWN unless revoked */
    int reason;         /* CRLReason, -1 when absent */
    int64_t this_update;
    int64_t next_update;         /* SCP_UTC_UNKNOWN when absent */
    const char *hash;            /* of its CertID: "SHA1", "SHA256", … (constants) */
    char critical[SCP_OID_TEXT]; /* the first critical extension we do not know, dotted; "" */
};

/* Whose key the responder identifier leads to. */
enum scp_ocsp_signer {
    SCP_OCSP_SIGNER_NOBODY, /* neither the issuer nor an included certificate bears the identifier */
    SCP_OCSP_SIGNER_ISSUER,
    SCP_OCSP_SIGNER_DELEGATE, /* an included certificate that the issuer signed */
    SCP_OCSP_SIGNER_STRANGER  /* an included certificate that the issuer did not sign, or (UNSUPPORTED)
                               * of which we cannot tell */
};

enum scp_ocsp_signature {
    SCP_OCSP_SIGNATURE_UNCHECKED, /* nobody or a stranger should have made it */
    SCP_OCSP_SIGNATURE_GOOD,
    SCP_OCSP_SIGNATURE_BAD,
    SCP_OCSP_SIGNATURE_UNSUPPORTED /* an algorithm or key we cannot use, here or in a stranger's certificate:
                                    * `signature_message` */
};

/* The included certificate that signed (or should have). */
struct scp_ocsp_delegate {
    int64_t not_before, not_after;
    bool ocsp_signing;           /* extended key usage holds id-kp-OCSPSigning itself */
    bool may_sign;               /* key usage absent, or with digitalSignature or nonRepudiation */
    bool no_check;               /* id-pkix-ocsp-nocheck: its own revocation need not be asked for */
    char critical[SCP_OID_TEXT]; /* the first critical extension we do not know; "" */
    struct scp_key_strength key;
    struct scp_signature_info algorithm; /* of its certificate's signature */
};

struct scp_ocsp {
    unsigned status;       /* enum scp_ocsp_status or a number unknown to RFC 6960; nothing below is set unless 0 */
    bool explicit_version; /* version 1 spelled out, which DER forbids */
    int64_t produced_at;
    size_t singles;      /* single responses in all */
    size_t other_issuer; /* those with our serial number under another issuer */
    struct scp_ocsp_answer answer[SCP_OCSP_ANSWERS_MAX];
    size_t answers;
    bool contradicting;          /* the answers differ in status */
    char critical[SCP_OID_TEXT]; /* the first critical response extension we do not know; "" */
    size_t certificates;         /* included */
    enum scp_ocsp_signer signer;
    enum scp_ocsp_signature signature;
    char signature_message[128];         /* why it is bad or unsupported, or why a stranger is one; "" */
    struct scp_signature_info algorithm; /* of the signature; its name is "" when we do not know it */
    struct scp_ocsp_delegate delegate;
};

/*
 * A whole response, as the question's answer.  Strict DER without trailing bytes; the signature is checked with the issuer's key,
 * or with that of an included certificate which names the issuer and which the issuer's key has signed.
 * CertIDs under SHA-256, SHA-384 and SHA-512 are understood as well as SHA-1: their hashes are recomputed.
 * Errors: SCP_ERR_FORMAT, SCP_ERR_TRUNCATED, SCP_ERR_LIMIT, SCP_ERR_UNSUPPORTED (a response type other than basic),
 * SCP_ERR_MEMORY, SCP_ERR_SYSTEM (a digest that cannot be computed).  There is nothing to free.
 */
int scp_ocsp_parse(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, struct scp_ocsp *out, struct scp_err *err);

#endif
