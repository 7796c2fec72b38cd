/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_LIST_LIST_SIGNER_H
#define SCP_CHECK_LIST_LIST_SIGNER_H

#include "check/remedy.h"
#include "windows/trust_list.h"

/*
 * Is somebody distrusted who vouches for a trust list: its publisher, the CA above, Microsoft's root?  Windows would refuse such a
 * list, though its signature is good; that is inferred, Microsoft does not document it.
 */
struct scp_list_signer {
    struct scp_distrust distrust; /* who distrusts it; none: the list is not concerned */
    char thumbprint[41];
    char name[128]; /* raw bytes from outside */
};

enum { SCP_LIST_SIGNER_TEXT = 320 };

/* `list`: Windows' own list of disallowed certificates where it is believed; NULL.  -1: out of memory. */
int scp_list_signer_look(const struct scp_trust_list *l, const struct scp_store *disallowed, const struct scp_trust_list *list,
                         struct scp_list_signer *out, struct scp_err *err);

bool scp_list_signer_distrusted(const struct scp_list_signer *s);
/* "Windows would refuse it (inferred): 'X', which vouches for it, is in LocalMachine\Disallowed": a sentence for SCP_SAID. */
void scp_list_signer_say(const struct scp_list_signer *s, const char *what, char out[SCP_LIST_SIGNER_TEXT]);

/* Does a store hold the root that the list chains to?  By its name and key. */
bool scp_list_signer_anchored(const struct scp_trust_list *l, const struct scp_store *root);

#endif
