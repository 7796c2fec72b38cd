/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_CRL_PATH_H
#define SCP_JUDGE_CRL_PATH_H

#include "judge/crl.h"

/*
 * Revocation lists beside a whole path: which of them are genuine, in force and by somebody who may sign lists, and which
 * certificates they name as revoked.  Whether those that are usable cover the path, with lists of some reasons, partitions,
 * deltas and indirect ones, is OpenSSL's to say (chain/revocation.h).
 */
struct scp_crl_path {
    const struct scp_issuer *signer; /* [i] issued certificate i; behind these others that may have signed a list */
    size_t signers;
    const struct scp_revocable *certificate; /* of the path, without its anchor */
    size_t certificates;
    int64_t now;
};

struct scp_crl_path_list {
    const uint8_t *der, *issuer; /* the list, and the Name of its issuer */
    size_t len, issuer_len;
    /* The answer: */
    bool concerns; /* the path: its issuer may have signed it */
    bool usable;
    bool superseded; /* a later one of the same kind speaks in its place */
    bool unknown;    /* not usable, by our own inability */
    char message[SCP_JUDGEMENT_MESSAGE];
};

struct scp_crl_path_word {
    bool good;    /* one list tells by itself that it is not revoked */
    bool revoked; /* a list of its issuer's name has it, of whatever key and scope */
    bool lifted;  /* … on hold, and a list of changes removes it */
    bool astray;  /* the list that spoke has it, and does not tell: removed from a whole list, revoked by one not in force */
    size_t list;  /* which one spoke */
    char message[SCP_JUDGEMENT_MESSAGE];
};

/* word[i] of each certificate.  -1: out of memory, a list that cannot be read. */
int scp_crl_path_judge(const struct scp_crl_path *p, struct scp_crl_path_list *list, size_t lists, struct scp_crl_path_word *word,
                       struct scp_err *err);

#endif
