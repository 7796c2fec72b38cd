/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/session.h"

#include "base/utc.h"
#include "windows/paths.h"

#include <string.h>

/* Findings that need what two parts know: the proxy of one and the hosts that another asked, an update that is on and its hosts. */

enum { DAY = 86400, FROZEN_DAYS = 14, BEFORE = 60, AFTER = 300 /* seconds around a refresh's end in which its failures come */ };

#define POLICY_ROOTS SCP_PATH_POLICY_CERTIFICATES "\\Root\\Certificates"

/* --- The update's key --- */

/* The update works as far as can be seen, yet what it last did is long ago.  Inferred, so only where nothing else explains it and
 * the key's permissions were not read: those that were are the matter of the part about the update. */
static void judge_update_key(const struct scp_diagnosis_session *s, struct scp_result *update)
{
    const struct scp_update_policy *p = &s->session.trust->policy;
    int64_t now = s->session.common.at;
    char span[SCP_UTC_TEXT];
    bool inferred;

    if (p->access.state != SCP_ACCESS_UNTOLD || scp_update_policy_disallowed(p, &inferred) != SCP_YES ||
        scp_update_policy_source(p) != SCP_UPDATE_FROM_MICROSOFT || scp_update_policy_blocked(p) != NULL || !s->input.at_server ||
        s->input.lists_reached != SCP_YES)
        return;
    if (p->disallowed_sync.at == SCP_UTC_UNKNOWN || now - p->disallowed_sync.at < FROZEN_DAYS * DAY)
        return;
    scp_utc_span((double)(now - p->disallowed_sync.at), span);
    (void)scp_result_add(update, SCP_WARNING, "diagnosis.update-key", "",
                         "the update is on and its hosts answer the server, yet DisallowedCertLastSyncTime stands still since %s: "
                         "likely CryptSvc may not write to AuthRoot\\AutoUpdate",
                         span);
}

/* --- Failures at a refresh of group policy --- */

static bool is_policy_only(const struct scp_root_fact *root)
{
    if (root->want->level != SCP_LEVEL_REQUIRED || !root->found || !root->member[SCP_MEMBER_GROUP_POLICY])
        return false;
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (m != SCP_MEMBER_GROUP_POLICY && root->member[m])
            return false;
    }
    return true;
}

/* The last of the failures that a root in no store would explain, of those near that time; SCP_UTC_UNKNOWN: none is. */
static int64_t failure_near(const struct scp_status_facts *f, int64_t refresh)
{
    static const enum scp_symptom OF[] = { SCP_SYMPTOM_CHAIN, SCP_SYMPTOM_SIGNING, SCP_SYMPTOM_TLS, SCP_SYMPTOM_UPLOAD_FAILED,
                                           SCP_SYMPTOM_UPLOAD_EXCEPTION };

    for (size_t i = 0; i < sizeof OF / sizeof OF[0]; i++) {
        const struct scp_symptom_fact *s = &f->symptom[OF[i]];

        if (s->count > 0 && s->last != SCP_UTC_UNKNOWN && s->last >= refresh - BEFORE && s->last < refresh + AFTER)
            return s->last;
    }
    return SCP_UTC_UNKNOWN;
}

/* Each refresh takes the policy's roots away and writes them anew; the key's time is that of the last one alone. */
static void judge_refresh(const struct scp_diagnosis_session *s, struct scp_result *roots)
{
    const struct scp_registry_key *key = NULL;
    char failed[SCP_UTC_TEXT], written[SCP_UTC_TEXT];
    int64_t refresh, failure;

    if (scp_registry_find(s->session.registry, POLICY_ROOTS, &key) != SCP_PRESENT)
        return;
    refresh = scp_registry_key_times(key).written;
    failure = refresh != SCP_UTC_UNKNOWN ? failure_near(&s->status.facts, refresh) : SCP_UTC_UNKNOWN;
    for (size_t i = 0; i < s->roots.facts.n && failure != SCP_UTC_UNKNOWN; i++) {
        const struct scp_root_fact *root = &s->roots.facts.v[i];

        if (is_policy_only(root))
            (void)scp_result_add(roots, SCP_WARNING, "diagnosis.policy-refresh", root->want->alias,
                                 "%s is in group policy's store alone, which was written anew at %s, and the last failure came at "
                                 "%s: each refresh takes the root away first; likely, for earlier refreshes have left no time",
                                 root->want->name, scp_utc_format(refresh, written), scp_utc_format(failure, failed));
    }
}

void scp_diagnosis_between(const struct scp_diagnosis_session *s, struct scp_result *const part[SCP_PARTS])
{
    if (part[SCP_PART_STATUS] != NULL && s->status.facts.has_environment && s->gathered[SCP_PART_REVOCATION])
        scp_revocation_bypass(&s->revocation.facts, &s->status.facts.egress,
                              s->session.egress->registry_proxy && s->input.at_server, part[SCP_PART_STATUS]);
    if (part[SCP_PART_ROOTS] != NULL && s->gathered[SCP_PART_STATUS])
        judge_refresh(s, part[SCP_PART_ROOTS]);
    if (part[SCP_PART_AUTOUPDATE] != NULL)
        judge_update_key(s, part[SCP_PART_AUTOUPDATE]);
}
