/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_CRL_SET_H
#define SCP_JUDGE_CRL_SET_H

#include "chain/revocation.h"
#include "judge/crl.h"

#include <stddef.h>

/*
 * Several CRLs as one answer, whatever their order: every one counts, by its own issuer.  Of one issuer, key and scope the one with
 * the highest number that may be used speaks; one of a lower number and a later date does, too.  Revoked in any that may be relied
 * on is revoked; about a certificate one good one of the key that issued it is enough, unless one that is no earlier and not in
 * force has it as revoked; without a certificate all must be good.
 */
enum { SCP_CRL_SET_MAX = SCP_CHAIN_CRLS_MAX };

/* As it was read: to be judged later, and freed. */
struct scp_crl_set {
    struct scp_crl *v;
    size_t n;
    struct scp_crl_unread unread; /* err is set: this one is no list, which fails the whole */
};

/* Total as scp_crl_judge(); which list it was that spoke.  The lists were read with the keys of c's issuers. */
size_t scp_crl_set_judge(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_judgement *j);

/*
 * 1: another one of the same issuer, key and scope speaks in place of this one, with a higher number and no earlier date: it may be
 * used itself, and holds what this one holds.  -1: out of memory.
 */
int scp_crl_set_superseded(const struct scp_crl_set *s, size_t which, const struct scp_crl_context *c, struct scp_err *err);

/*
 * 1: the certificate asked about is on hold at most, in each list that has it as revoked, and for each a list of changes removes it
 * (RFC 5280 section 5.3.1), which no other list of changes that is no older disputes.  -1: out of memory.
 */
int scp_crl_set_lifted(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_err *err);

/* The end of a stream: a list more, or none.  -1: more than SCP_CRL_SET_MAX, out of memory. */
int scp_crl_set_take(struct scp_crl_set *s, struct scp_crl_reader *r, struct scp_err *err);

struct scp_crl_asked {
    const struct scp_issuer *issuer;
    size_t issuers;
    const struct scp_serial *serial;
    size_t serials;
};

/*
 * All blocks of a text.  1: read; 0: no block of a CRL in it; -1: a block of another label that is damaged, more than
 * SCP_CRL_SET_MAX, out of memory.
 */
int scp_crl_set_read_pem(const char *text, size_t n, const struct scp_crl_asked *asked, struct scp_crl_set *s, struct scp_err *err);

void scp_crl_set_free(struct scp_crl_set *s);

#endif
