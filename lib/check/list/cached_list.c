/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/cached_list.h"

#include <stdio.h>
#include <string.h>

int scp_cached_list_read(const struct scp_policy_list *value, enum scp_ctl_kind kind, const struct scp_profile *profile,
                         struct scp_cached_list *out, struct scp_err *err)
{
    struct scp_trust_list_anchors anchors;
    struct scp_err why = SCP_ERR_INIT;

    memset(out, 0, sizeof *out);
    out->cached = value->presence;
    if (value->presence != SCP_PRESENT)
        return 0;
    scp_trust_list_anchors(profile, &anchors);
    if (scp_trust_list_read(value->p, value->n, &anchors, &out->list, &why) != 0) {
        if (why.code == SCP_ERR_MEMORY)
            return scp_err_memory(err);
        out->unable = why.code == SCP_ERR_UNSUPPORTED;
        (void)snprintf(out->reason, sizeof out->reason, "%.*s", (int)sizeof out->reason - 1, why.message);
        return 0;
    }
    out->read = true;
    out->believed = out->list.ctl.kind == kind && scp_trust_list_believed(&out->list);
    if (out->list.ctl.kind != kind)
        (void)snprintf(out->reason, sizeof out->reason, "it is a list of another kind (%s)", scp_ctl_kind_name(out->list.ctl.kind));
    else if (!out->believed)
        (void)snprintf(out->reason, sizeof out->reason, "%s", out->list.verdict.reason);
    return 0;
}

int scp_cached_list_suspect(struct scp_cached_list *l, const struct scp_store *disallowed,
                            const struct scp_cached_list *disallowed_list, struct scp_err *err)
{
    const struct scp_trust_list *list = disallowed_list != NULL && disallowed_list->believed ? &disallowed_list->list : NULL;

    return l->believed ? scp_list_signer_look(&l->list, disallowed, list, &l->signer, err) : 0;
}

void scp_cached_list_free(struct scp_cached_list *l)
{
    if (l->read)
        scp_trust_list_free(&l->list);
    memset(l, 0, sizeof *l);
}

enum scp_tri scp_cached_list_names(const struct scp_cached_list *l, const struct scp_profile_cert *want,
                                   struct scp_restriction *restriction)
{
    const struct scp_ctl_entry *entry;
    bool twin;

    *restriction = (struct scp_restriction)SCP_RESTRICTION_NONE;
    if (!l->believed || !want->has_sha1)
        return SCP_MAYBE;
    entry = scp_trust_list_find(&l->list, want->sha1, want->has_sha256 ? want->sha256 : NULL, &twin);
    if (entry == NULL)
        return l->list.ctl.damaged > 0 ? SCP_MAYBE : SCP_NO;
    if (twin)
        return SCP_MAYBE;
    scp_trust_list_restriction(&l->list, entry, restriction);
    return SCP_YES;
}
