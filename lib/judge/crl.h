/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_CRL_H
#define SCP_JUDGE_CRL_H

#include "judge/issuer.h"
#include "codec/revocation/crl.h"
#include "codec/x509/revocable.h"

/*
 * What a CRL is worth: whether it may be relied on, for whom, how fresh it is and what it says of a certificate (RFC 5280
 * sections 5 and 6.3).  The judgement's reason is
 *   type           HTML, PEM, an empty answer in place of a list; a delta list; a list of another scope than the certificate's
 *   truncated, parse   malformed; an unknown critical extension, no nextUpdate: not to be relied on
 *   signature      not signed by the issuer's key over these bytes
 *   issuer         another issuer's list, one by an issuer that may not sign lists, or the certificate is another issuer's
 *   not-yet-valid, expired   (also older than max_age)
 *   revoked        the certificate asked about is listed, in a list of whatever scope that its issuer made
 * Checks run in the order in which they can be believed.  Sections of RFC 5280 are in the messages.
 */
struct scp_crl_context {
    int64_t now;
    const struct scp_issuer *issuer; /* who may have signed it, in the order of the reader's keys; NULL: anybody */
    size_t issuers;
    size_t own;     /* which of them issued the certificate */
    bool delegates; /* an issuer that may sign lists and nothing else will do, as OpenSSL judges the whole (chain/revocation.h) */
    const struct scp_revocable *certificate; /* the certificate asked about; NULL: none at hand */
    bool serial_asked;                       /* a serial that the reader was asked for is the one in question: */
    size_t serial;                           /* which one of them */
    const char *url;                         /* where it was fetched; NULL: a file */
    const char *const *points;               /* further addresses under which the issuer publishes it */
    size_t points_n;
    int64_t max_age;                     /* seconds since thisUpdate; 0: no limit; also what takes nextUpdate's place */
    const struct scp_lifetime *lifetime; /* NULL: not judged */
};

/* Ids of the notes. */
#define SCP_CRL_NONCONFORMING "crl.nonconforming" /* WARNING: usable, but not as RFC 5280 says */
#define SCP_CRL_NOTE "crl.note"                   /* OK: worth knowing */

/* Facts to verdict; total: every list gets one.  *j is initialised here. */
void scp_crl_judge(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j);

/*
 * The two halves of whether a list may be used, whomever it is about: its issuer is the one expected, may sign lists, and signed
 * it; its form and its times are right.  false: why not is in *j, which is initialised before.
 */
bool scp_crl_is_genuine(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j);
bool scp_crl_is_in_force(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j);

/*
 * The entry that revokes the certificate asked about; NULL.  Whatever else a list leaves out - a delta, one of some reasons or of
 * another scope, an indirect one -, what its own issuer lists is revoked.
 */
const struct scp_crl_hit *scp_crl_revokes(const struct scp_crl *crl, const struct scp_crl_context *c);

/* What came instead of a list. */
struct scp_crl_unread {
    struct scp_err err;         /* why it is none */
    bool damaged;               /* the text around it is, so that nothing is known of it */
    uint8_t head[SCP_CRL_HEAD]; /* it begins so */
    size_t head_n;
    uint64_t size;
};

/* The end of a stream.  true: *out is to be freed; false: no list. */
bool scp_crl_read(struct scp_crl_reader *r, struct scp_crl *out, struct scp_crl_unread *unread);

/* Names what came. */
void scp_crl_judge_unread(const struct scp_crl_unread *u, const struct scp_crl_context *c, struct scp_judgement *j);

/* A reader whose keys are the issuers'; the arguments as of scp_crl_reader_new(). */
struct scp_crl_reader *scp_crl_judge_reader_new(const struct scp_issuer *issuer, size_t issuers, const struct scp_serial *asked,
                                                size_t asked_n, struct scp_err *err);

/* Bytes that are already in memory; the signature is checked with the keys of the context's issuers. */
void scp_crl_judge_bytes(const uint8_t *p, size_t n, const struct scp_serial *asked, size_t asked_n,
                         const struct scp_crl_context *c, struct scp_judgement *j);

#endif
