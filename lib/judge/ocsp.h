/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_OCSP_H
#define SCP_JUDGE_OCSP_H

#include "judge/issuer.h"
#include "codec/revocation/ocsp.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Is an OCSP response proof that the certificate asked about is good?  RFC 6960 section 3.2, RFC 5019 section 4, and stricter where
 * a client may choose.  The judgement's reason is
 *   type           text, HTML or PEM in place of a response, a response type other than basic
 *   parse          malformed; an unknown critical extension; times that contradict each other
 *   ocsp-status    tryLater and the like; another certificate answered; contradicting answers; "unknown"
 *   issuer         an answer about our serial number under another issuer, or one that an issuer has signed or had signed which may
 *                  not, or whose key proves nothing
 *   signature      signed by nobody we know, by a stranger, by a delegate without the right to, or not over these bytes
 *   not-yet-valid  thisUpdate or producedAt in the future
 *   expired        past nextUpdate, or without one older than 12 hours, or older than `max_age`
 *   revoked
 * Checks run in the order in which they can be believed: a revocation, for one, counts only when its signature and times do.
 */
enum { SCP_OCSP_WITHOUT_NEXT_UPDATE = 12 * 3600 /* for how long an answer without nextUpdate is taken, from thisUpdate */ };

struct scp_ocsp_context {
    int64_t now;
    int64_t max_age;                 /* seconds since thisUpdate; 0 = no limit; also what takes nextUpdate's place */
    const struct scp_issuer *issuer; /* certificates of the question's issuer, all of its name and key; none: not judged */
    size_t issuers;
    const struct scp_lifetime *lifetime; /* NULL: not judged */
    const char *content_type;            /* of the HTTP answer; NULL where there was none */
};

/* The ids of the notes: */
#define SCP_OCSP_NONCONFORMING "ocsp.nonconforming" /* WARNING: usable, but not as the RFC says */
#define SCP_OCSP_NOTE "ocsp.note"                   /* OK: worth knowing */

/* Facts → verdict; total, touches nothing else.  *j is initialised here. */
void scp_ocsp_judge(const struct scp_ocsp *response, const struct scp_ocsp_context *context, struct scp_judgement *j);

/* What came, as it was read; nothing in it is to be freed. */
struct scp_ocsp_read {
    struct scp_ocsp response;
    struct scp_err err;    /* set: it is none */
    const char *look;      /* then: what it looks like, where it is nothing like a response; NULL */
    const char *objection; /* OpenSSL's against who signed it (chain/issuer.h); NULL */
    struct scp_err trouble;
    size_t size;
};

void scp_ocsp_read(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, const struct scp_issuer *issuer, size_t issuers,
                   struct scp_ocsp_read *out);

/* What does not parse is named by what it looks like.  The context's issuers are those that it was read with. */
void scp_ocsp_judge_read(const struct scp_ocsp_read *read, const struct scp_ocsp_context *context, struct scp_judgement *j);

/* Both. */
void scp_ocsp_judge_bytes(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, const struct scp_ocsp_context *context,
                          struct scp_judgement *j);

#endif
