/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/chain_policy.h"

#include "windows/paths.h"

#include <stddef.h>

enum { OPTION_DISABLE_AIA = 0x2 };

/* The policy goes before the machine's own setting. */
static struct scp_policy_number number(const struct scp_registry *r, const char *name)
{
    struct scp_policy_number policy = { SCP_ABSENT, false, 0 }, own = { SCP_ABSENT, false, 0 };

    policy.presence = scp_registry_dword(r, SCP_PATH_CHAIN_POLICY, name, &policy.value, &policy.wrong_type);
    own.presence = scp_registry_dword(r, SCP_PATH_CHAIN_CONFIG, name, &own.value, &own.wrong_type);
    if (policy.presence != SCP_PRESENT && own.presence == SCP_PRESENT)
        policy = own;
    if (policy.presence != SCP_PRESENT || policy.wrong_type)
        policy.value = 0;
    return policy;
}

void scp_chain_policy_read(const struct scp_registry *r, struct scp_chain_policy *out)
{
    *out = (struct scp_chain_policy){
        .disable_aia = number(r, "DisableAIAUrlRetrieval"),
        .options = number(r, "Options"),
        .max_aia = number(r, "MaxAIAUrlRetrievalCountPerChain"),
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
