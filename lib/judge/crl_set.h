/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_CRL_SET_H
#define SCP_JUDGE_CRL_SET_H

#include "judge/crl.h"

#include <stddef.h>

/*
 * Several CRLs as one answer: every one counts, by its own issuer.  Of one issuer, key and scope the one with the highest number
 * speaks.  Revoked in any that may be relied on is revoked; about a certificate one good one of the key that issued it is enough,
 * without a certificate all must be good.
 */
enum { SCP_CRL_SET_MAX = 64 };

/* Total as scp_crl_judge(); n > 0.  The lists were read with the keys of c's issuers. */
void scp_crl_set_judge(const struct scp_crl *v, size_t n, const struct scp_crl_context *c, struct scp_judgement *j);

/*
 * All blocks of a text.  1: judged; 0: no block of a CRL in it; -1: a block that is damaged, more than SCP_CRL_SET_MAX, out of
 * memory.  One that is no CRL fails the whole.
 */
int scp_crl_set_judge_pem(const char *text, size_t n, const struct scp_serial *asked, size_t asked_n,
                          const struct scp_crl_context *c, struct scp_judgement *j, struct scp_err *err);

#endif
