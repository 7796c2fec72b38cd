/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_ROOTS_ON_DEMAND_H
#define SCP_CHECK_ROOTS_ON_DEMAND_H

#include "check/list/list.h"
#include "windows/restriction.h"
#include "windows/update_policy.h"

/*
 * Would Windows install a root that is missing by itself, when it is needed first?  It does where the automatic update is on,
 * nothing stands in its way, its last synchronisation is not too long ago, and the list of trusted roots names the root.  The one
 * answer of all checks.
 */
enum scp_on_demand_way {
    SCP_ON_DEMAND_OFF,     /* switched off */
    SCP_ON_DEMAND_UNKNOWN, /* could not be told */
    SCP_ON_DEMAND_BLOCKED, /* on, but something forbids it */
    SCP_ON_DEMAND_NEVER,   /* on, but never synchronised */
    SCP_ON_DEMAND_OVERDUE, /* on, but synchronised too long ago */
    SCP_ON_DEMAND_FUTURE,  /* on, last synchronisation in the future */
    SCP_ON_DEMAND_LATE,    /* on, past the warning age */
    SCP_ON_DEMAND_FRESH
};

struct scp_on_demand {
    enum scp_on_demand_way way;
    enum scp_tri named;                /* by the list of trusted roots */
    enum scp_tri served;               /* by the mirror that the server uses; MAYBE also where that was not audited */
    bool installable;                  /* Windows would install it; also where the list could not be read */
    char reason[SCP_LIST_SIGNER_TEXT]; /* why, or why not: "auto-update on, list synced 9 h ago, the list names it" */
};

/* How the update mechanism stands to any root. */
enum scp_on_demand_way scp_on_demand_way(const struct scp_update_policy *p, int64_t now);

/* What is known of the root. */
struct scp_on_demand_root {
    enum scp_tri named;                   /* by the list of trusted roots */
    bool bare;                            /* nothing but its thumbprint is known */
    const struct scp_list_signer *signer; /* of the list of trusted roots; NULL where none was read */
    const enum scp_tri *served;           /* scp_trust_served() */
};

void scp_on_demand_judge(const struct scp_update_policy *p, const struct scp_on_demand_root *root, int64_t now,
                         struct scp_on_demand *out);

/* What the list takes from a root that Windows would install, so that it would be of no use for TLS servers: "is not allowed for
 * server authentication"; NULL when nothing. */
const char *scp_on_demand_refused(const struct scp_update_policy *p, const struct scp_restriction *listed, int64_t now);

#endif
