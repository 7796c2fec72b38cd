/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_CHAIN_POLICY_H
#define SCP_WINDOWS_CHAIN_POLICY_H

#include "windows/update_policy.h"

/*
 * What the chain engine may do about certificates that are missing ("Certificate Path Validation Settings", wincrypt.h): fetch
 * them from the address in the authority information access extension of what they issued.
 */
struct scp_chain_policy {
    struct scp_policy_number disable_aia;    /* DisableAIAUrlRetrieval */
    struct scp_policy_number options;        /* Options */
    struct scp_policy_number max_aia;        /* MaxAIAUrlRetrievalCountPerChain */
};

enum { SCP_CHAIN_POLICY_AIA_COUNT = 3 };     /* fetches per chain where no policy says otherwise */

void scp_chain_policy_read(const struct scp_registry *r, struct scp_chain_policy *out);

/* Does Windows fetch missing issuers?  Absent means yes. */
enum scp_tri scp_chain_policy_fetches(const struct scp_chain_policy *p);
/* Which setting forbids it; NULL when none. */
const char *scp_chain_policy_forbids(const struct scp_chain_policy *p);
unsigned scp_chain_policy_most(const struct scp_chain_policy *p);

#endif
