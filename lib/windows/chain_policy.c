/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/chain_policy.h"

#include <stddef.h>

enum { OPTION_DISABLE_AIA = 0x2 };

void scp_chain_policy_read(const struct scp_registry *r, struct scp_chain_policy *out)
{
    *out = (struct scp_chain_policy){
        .disable_aia = scp_policy_number_chain(r, "DisableAIAUrlRetrieval"),
        .options = scp_policy_number_chain(r, "Options"),
        .max_aia = scp_policy_number_chain(r, "MaxAIAUrlRetrievalCountPerChain"),
    };
}

const char *scp_chain_policy_forbids(const struct scp_chain_policy *p)
{
    if (p->disable_aia.value != 0)
        return "DisableAIAUrlRetrieval is set";
    if ((p->options.value & OPTION_DISABLE_AIA) != 0)
        return "Options of the chain engine has 0x2";
    return NULL;
}

enum scp_tri scp_chain_policy_fetches(const struct scp_chain_policy *p)
{
    if (scp_chain_policy_forbids(p) != NULL)
        return SCP_NO;
    if (p->disable_aia.presence == SCP_COULD_NOT_TELL || p->disable_aia.wrong_type || p->options.presence == SCP_COULD_NOT_TELL ||
        p->options.wrong_type)
        return SCP_MAYBE;
    return SCP_YES;
}

unsigned scp_chain_policy_most(const struct scp_chain_policy *p)
{
    return p->max_aia.presence == SCP_PRESENT && !p->max_aia.wrong_type ? p->max_aia.value : SCP_CHAIN_POLICY_AIA_COUNT;
}
