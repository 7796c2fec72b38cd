/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/on_demand.h"

#include "base/say.h"
#include "base/utc.h"

#include <stdio.h>

enum { DAY = 86400 };

enum scp_on_demand_way scp_on_demand_way(const struct scp_update_policy *p, int64_t now)
{
    const struct scp_policy_time *sync = &p->trusted_sync;
    double age;

    switch (scp_update_policy_trusted(p)) {
    case SCP_NO: return SCP_ON_DEMAND_OFF;
    case SCP_MAYBE: return SCP_ON_DEMAND_UNKNOWN;
    case SCP_YES: break;
    }
    if (scp_update_policy_blocked(p) != NULL)
        return SCP_ON_DEMAND_BLOCKED;
    if (sync->presence == SCP_COULD_NOT_TELL)
        return SCP_ON_DEMAND_UNKNOWN;
    if (sync->presence == SCP_ABSENT || sync->malformed)
        return SCP_ON_DEMAND_NEVER;
    age = (double)(now - sync->at);
    if (age < -(double)SCP_UTC_ASTRAY)
        return SCP_ON_DEMAND_FUTURE;
    if (age > (double)SCP_UPDATE_OVERDUE_DAYS * DAY)
        return SCP_ON_DEMAND_OVERDUE;
    return age > (double)SCP_UPDATE_LATE_DAYS * DAY ? SCP_ON_DEMAND_LATE : SCP_ON_DEMAND_FRESH;
}

static bool works(enum scp_on_demand_way way)
{
    return way == SCP_ON_DEMAND_FRESH || way == SCP_ON_DEMAND_LATE || way == SCP_ON_DEMAND_FUTURE;
}

static void describe(const struct scp_update_policy *p, const struct scp_on_demand *d, int64_t now, char *out, size_t size)
{
    const char *blocked = scp_update_policy_blocked(p), *names = d->named == SCP_YES ? ", the list names it" : "";
    char age[SCP_UTC_TEXT] = "";

    if (p->trusted_sync.at != SCP_UTC_UNKNOWN)
        scp_utc_span((double)(now - p->trusted_sync.at), age);
    switch (d->way) {
    case SCP_ON_DEMAND_OFF: (void)scp_say(out, size, "root auto-update is disabled"); return;
    case SCP_ON_DEMAND_UNKNOWN: (void)scp_say(out, size, "whether root auto-update would fetch it could not be told"); return;
    case SCP_ON_DEMAND_BLOCKED:
        (void)scp_say(out, size, "Windows cannot fetch it: " SCP_OURS, blocked != NULL ? blocked : "blocked");
        return;
    case SCP_ON_DEMAND_NEVER: (void)scp_say(out, size, "root auto-update is on but has never synchronised"); return;
    case SCP_ON_DEMAND_OVERDUE: (void)scp_say(out, size, "root auto-update is on but last synchronised %s ago", age); return;
    case SCP_ON_DEMAND_FUTURE:
        (void)scp_say(out, size, "auto-update on, last synchronisation %s in the future%s", age, names);
        return;
    case SCP_ON_DEMAND_LATE:
    case SCP_ON_DEMAND_FRESH:
        (void)scp_say(out, size, "auto-update on, list synced %s %s%s%s", age, now < p->trusted_sync.at ? "ahead" : "ago", names,
                      d->served == SCP_YES ? ", the mirror has it" : "");
        return;
    }
}

void scp_on_demand_judge(const struct scp_update_policy *p, const struct scp_on_demand_root *root, int64_t now,
                         struct scp_on_demand *out)
{
    enum scp_tri named = root->named;
    bool refused = root->signer != NULL && scp_list_signer_distrusted(root->signer);
    bool unknown = root->bare && named == SCP_MAYBE;

    *out = (struct scp_on_demand){ .way = scp_on_demand_way(p, now),
                                   .named = named,
                                   .served = root->served != NULL ? *root->served : SCP_MAYBE };
    out->installable = works(out->way) && named != SCP_NO && out->served != SCP_NO && !refused && !unknown;
    if (works(out->way) && refused)
        scp_list_signer_say(root->signer, "its list of trusted roots", out->reason);
    else if (works(out->way) && named == SCP_NO)
        (void)scp_say(out->reason, sizeof out->reason, "Windows' list of trusted roots does not name it");
    else if (works(out->way) && out->served == SCP_NO)
        (void)scp_say(out->reason, sizeof out->reason, "the mirror that Windows fetches roots from does not have it");
    else if (works(out->way) && unknown)
        (void)scp_say(out->reason, sizeof out->reason, "neither the profile nor a list of trusted roots that can be read names it");
    else
        describe(p, out, now, out->reason, sizeof out->reason);
}

const char *scp_on_demand_refused(const struct scp_update_policy *p, const struct scp_restriction *listed, int64_t now)
{
    bool applies = scp_update_policy_dates_apply(p);

    if (listed->purpose_denied)
        return "is not allowed for server authentication";
    if (applies && listed->disabled_from != SCP_UTC_UNKNOWN && listed->disabled_from <= now)
        return "is disabled";
    if (applies && listed->issued_before != SCP_UTC_UNKNOWN && listed->issued_before <= now)
        return "is trusted for TLS only for older certificates";
    return NULL;
}
