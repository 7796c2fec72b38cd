/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/list.h"

#include "base/text.h"

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

bool scp_list_is_page(const uint8_t *p, size_t n)
{
    size_t i = n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
        i++;
    return i + 1 < n && p[i] == '<' &&
           (p[i + 1] == '!' || p[i + 1] == '?' || (scp_text_lower((char)p[i + 1]) >= 'a' && scp_text_lower((char)p[i + 1]) <= 'z'));
}

static void look_at_root(struct scp_list_fact *f, const struct scp_profile_cert *want, struct scp_list_root *root)
{
    const struct scp_ctl_entry *entry = NULL;

    *root = (struct scp_list_root){ .restriction = SCP_RESTRICTION_NONE, .disallowed = SCP_MAYBE };
    if (want->has_sha1 && (f->list.ctl.kind == SCP_CTL_TRUSTED || f->list.certificates))
        entry = scp_trust_list_find(&f->list, want->sha1, want->has_sha256 ? want->sha256 : NULL, &root->twin);
    if (entry == NULL)
        return;
    root->named = !root->twin;
    scp_trust_list_restriction(&f->list, entry, &root->restriction);
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
        f->reading = scp_list_is_page(p, n) ? SCP_LIST_PAGE : SCP_LIST_UNREADABLE;
        if (f->reading == SCP_LIST_PAGE)
            (void)snprintf(f->message, sizeof f->message, "HTML, %zu bytes", n);
        else
            (void)snprintf(f->message, sizeof f->message, "%.*s", (int)sizeof f->message - 1, why.message);
        return 0;
    }
    f->reading = SCP_LIST_READ;
    f->roots = profile->roots;
    f->root = calloc(f->roots > 0 ? f->roots : 1, sizeof *f->root);
    if (f->root == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < f->roots; i++)
        look_at_root(f, &profile->root[i], &f->root[i]);
    return 0;
}

int scp_list_look_copy(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err)
{
    scp_buf_init(&f->bytes, n + 1);
    if (scp_buf_add(&f->bytes, p, n) != 0)
        return scp_err_memory(err);
    return scp_list_look(f, (const uint8_t *)scp_buf_text(&f->bytes), n, profile, err);
}

int scp_list_show(struct scp_list_fact *f, size_t root, const uint8_t *der, size_t n, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;

    if (f->reading == SCP_LIST_READ && root < f->roots && (f->list.ctl.kind == SCP_CTL_DISALLOWED || f->list.certificates))
        f->root[root].disallowed = scp_trust_list_disallows(&f->list, der, n, &why);
    return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
}

int scp_list_suspect(struct scp_list_fact *f, const struct scp_store *root, const struct scp_store *disallowed,
                     const struct scp_list_fact *list, struct scp_err *err)
{
    if (!scp_list_believed(f))
        return 0;
    f->anchor_absent = scp_store_covered(root) && !scp_list_signer_anchored(&f->list, root);
    return scp_list_signer_look(&f->list, disallowed, list != NULL && scp_list_believed(list) ? &list->list : NULL, &f->signer,
                                err);
}

void scp_list_free(struct scp_list_fact *f)
{
    if (f->reading == SCP_LIST_READ)
        scp_trust_list_free(&f->list);
    free(f->root);
    scp_buf_free(&f->bytes);
    memset(f, 0, sizeof *f);
}

bool scp_list_believed(const struct scp_list_fact *f)
{
    return f->reading == SCP_LIST_READ && (f->wanted == SCP_CTL_OTHER || f->list.ctl.kind == f->wanted) &&
           f->list.ctl.kind != SCP_CTL_OTHER && scp_trust_list_believed(&f->list);
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

const char *scp_list_names(const struct scp_list_fact *f, const struct scp_profile *profile)
{
    const char *name = NULL;

    if (!scp_list_verified(f) || f->list.ctl.kind != SCP_CTL_TRUSTED)
        return NULL;
    for (size_t i = 0; i < f->roots; i++) {
        if (profile->root[i].level != SCP_LEVEL_REQUIRED)
            continue;
        if (!f->root[i].named)
            return NULL;
        if (name == NULL)
            name = profile->root[i].name;
    }
    return name;
}
