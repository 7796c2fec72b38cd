/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/list.h"

#include "codec/text/sniff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void scp_list_init(struct scp_list_fact *f, enum scp_list_place place, enum scp_ctl_kind wanted, const char *subject,
                   const char *origin)
{
    memset(f, 0, sizeof *f);
    f->place = place;
    f->wanted = wanted;
    (void)snprintf(f->subject, sizeof f->subject, "%s", subject);
    (void)snprintf(f->origin, sizeof f->origin, "%s", origin);
}

int scp_list_look(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err)
{
    struct scp_trust_list_anchors anchors;
    struct scp_err why = SCP_ERR_INIT;

    scp_trust_list_anchors(profile, &anchors);
    if (scp_trust_list_read(p, n, &anchors, &f->list, &why) != 0) {
        if (why.code == SCP_ERR_MEMORY) {
            *err = why;
            return -1;
        }
        f->reading = scp_sniff_is_markup(p, n) ? SCP_LIST_PAGE : SCP_LIST_UNREADABLE;
        f->unable = why.code == SCP_ERR_UNSUPPORTED;
        if (f->reading == SCP_LIST_PAGE)
            (void)snprintf(f->message, sizeof f->message, "HTML, %zu bytes", n);
        else
            (void)snprintf(f->message, sizeof f->message, "%.*s", (int)sizeof f->message - 1, why.message);
        return 0;
    }
    f->reading = SCP_LIST_READ;
    return 0;
}

int scp_list_look_copy(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err)
{
    scp_buf_init(&f->bytes, n + 1);
    if (scp_buf_add(&f->bytes, p, n) != 0)
        return scp_err_memory(err);
    return scp_list_look(f, (const uint8_t *)scp_buf_text(&f->bytes), n, profile, err);
}

int scp_list_show(struct scp_list_fact *f, const struct scp_profile *profile, size_t root, const uint8_t *der, size_t n,
                  struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;

    if (f->reading != SCP_LIST_READ || (f->list.ctl.kind != SCP_CTL_DISALLOWED && !f->list.certificates))
        return 0;
    if (f->disallowed == NULL) {
        f->disallowed = calloc(profile->roots, sizeof *f->disallowed);
        for (size_t i = 0; f->disallowed != NULL && i < profile->roots; i++)
            f->disallowed[i] = SCP_MAYBE;
    }
    if (f->disallowed == NULL)
        return scp_err_memory(err);
    f->disallowed[root] = scp_trust_list_disallows(&f->list, der, n, &why);
    return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
}

void scp_list_free(struct scp_list_fact *f)
{
    if (f->reading == SCP_LIST_READ)
        scp_trust_list_free(&f->list);
    free(f->disallowed);
    scp_buf_free(&f->bytes);
    memset(f, 0, sizeof *f);
}

bool scp_list_present(const struct scp_list_fact *f)
{
    return f->reading >= SCP_LIST_PAGE;
}

bool scp_list_believed(const struct scp_list_fact *f)
{
    return f->reading == SCP_LIST_READ && (f->wanted == SCP_CTL_OTHER || f->list.ctl.kind == f->wanted) &&
           f->list.ctl.kind != SCP_CTL_OTHER && scp_trust_list_believed(&f->list);
}

void scp_list_disbelief(const struct scp_list_fact *f, char out[SCP_LIST_WHY])
{
    if (f->reading == SCP_LIST_READ && f->list.ctl.kind != f->wanted)
        (void)snprintf(out, SCP_LIST_WHY, "it is a list of another kind (%s)", scp_ctl_kind_name(f->list.ctl.kind));
    else
        (void)snprintf(out, SCP_LIST_WHY, "%s",
                       f->reading != SCP_LIST_READ ? f->message
                       : scp_list_believed(f)      ? ""
                                                   : f->list.verdict.reason);
}

bool scp_list_verified(const struct scp_list_fact *f)
{
    return scp_list_believed(f) && !scp_list_signer_distrusted(&f->signer);
}

int scp_list_compare(const struct scp_list_fact *a, const struct scp_list_fact *b)
{
    const struct scp_ctl *x = &a->list.ctl, *y = &b->list.ctl;

    if (x->sequence == NULL || y->sequence == NULL)
        return (x->this_update > y->this_update) - (x->this_update < y->this_update);
    if (x->sequence_len != y->sequence_len)
        return x->sequence_len < y->sequence_len ? -1 : 1;
    return memcmp(x->sequence, y->sequence, x->sequence_len);
}

struct scp_list_entry scp_list_lookup(const struct scp_list_fact *f, const struct scp_profile_cert *want)
{
    struct scp_list_entry out = { .named = SCP_MAYBE, .restriction = SCP_RESTRICTION_NONE };
    const struct scp_ctl_entry *entry;

    if (f == NULL || !scp_list_believed(f) || !want->has_sha1)
        return out;
    entry = scp_trust_list_find(&f->list, want->sha1, want->has_sha256 ? want->sha256 : NULL, &out.twin);
    if (entry == NULL)
        out.named = f->list.ctl.damaged > 0 ? SCP_MAYBE : SCP_NO;
    if (entry == NULL || out.twin)
        return out;
    out.named = SCP_YES;
    scp_trust_list_restriction(&f->list, entry, SCP_PURPOSE_SERVER_AUTH, &out.restriction);
    return out;
}

struct scp_restriction scp_list_restriction(const struct scp_list_fact *f, const uint8_t sha1[20], enum scp_purpose purpose)
{
    const struct scp_ctl_entry *entry = f != NULL && scp_list_believed(f) ? scp_ctl_find(&f->list.ctl, sha1, SCP_SHA1_LEN) : NULL;
    struct scp_restriction out = SCP_RESTRICTION_NONE;

    if (entry != NULL)
        scp_trust_list_restriction(&f->list, entry, purpose, &out);
    return out;
}

enum scp_tri scp_list_disallows(const struct scp_list_fact *f, const uint8_t *der, size_t n, struct scp_err *err)
{
    return scp_list_believed(f) ? scp_trust_list_disallows(&f->list, der, n, err) : SCP_NO;
}

const char *scp_list_names(const struct scp_list_fact *f, const struct scp_profile *profile)
{
    const char *name = NULL;

    if (!scp_list_verified(f) || f->list.ctl.kind != SCP_CTL_TRUSTED)
        return NULL;
    for (size_t i = 0; i < profile->roots; i++) {
        if (profile->root[i].level != SCP_LEVEL_REQUIRED)
            continue;
        if (scp_list_lookup(f, &profile->root[i]).named != SCP_YES)
            return NULL;
        if (name == NULL)
            name = profile->root[i].name;
    }
    return name;
}
