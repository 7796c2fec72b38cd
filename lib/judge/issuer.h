/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_ISSUER_H
#define SCP_JUDGE_ISSUER_H

#include "chain/issuer.h"
#include "judge/reason.h"

/* What the judgements on a CRL and on an OCSP answer have in common: who signed it, and for how long it is to last. */

/* Ids of the notes. */
#define SCP_NOTE_LEGACY "issuer.legacy"                /* WARNING: an anchor of a form that is no CA's any more */
#define SCP_NOTE_WEAK "revocation.weak"                /* WARNING: SHA-1, a short key */
#define SCP_NOTE_LIFETIME "revocation.lifetime"        /* WARNING: implausibly long; OK: worth knowing */
#define SCP_NOTE_PAST "revocation.certificate-expired" /* WARNING: issuers drop what has expired */

/* Those of `issuer` that have name and key of issuer[which], held against the policy.  true: they may; else *j says why not. */
bool scp_issuer_judge_into(const struct scp_issuer *issuer, size_t n, size_t which, const struct scp_issuer_question *q,
                           struct scp_judgement *j);

/* How long an object may last: of a profile's endpoint (`most`, a tenth more is tolerated; 0: not judged), or one's own. */
struct scp_lifetime {
    int64_t most;
    bool own;
};

/* Notes a life that is longer.  `l` may be NULL: not judged. */
void scp_lifetime_note(struct scp_judgement *j, const struct scp_lifetime *l);

/* What else bears on the verdict about one certificate. */
struct scp_certificate_facts {
    bool known; /* there is a certificate */
    int64_t not_after;
    bool weak;             /* it is signed with SHA-1 */
    const char *objection; /* what OpenSSL has against it below its issuer; NULL */
};

/* The last word on a judgement that is good so far. */
void scp_certificate_note(const struct scp_certificate_facts *f, int64_t now, struct scp_judgement *j);

#endif
