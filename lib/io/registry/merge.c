/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Several sources of one machine: one laid over the other.
 */
#include "io/registry/internal.h"

#include <string.h>

void scp_registry_set_limit(struct scp_registry *r, size_t bytes)
{
    r->arena.max = bytes < SCP_REGISTRY_MEMORY_MAX ? bytes : SCP_REGISTRY_MEMORY_MAX;
}

size_t scp_registry_memory(const struct scp_registry *r)
{
    return r->arena.used;
}

int scp_registry_adopt(struct scp_registry *r, const struct scp_registry *part, struct scp_err *err)
{
    for (size_t i = 0; i < part->sources; i++) {
        if (r->sources >= SCP_REGISTRY_SOURCES_MAX)
            return scp_registry_too_many_sources(err);
        r->source[r->sources++] = part->source[i];
    }
    for (size_t i = 0; i < part->anomalies && i < SCP_REGISTRY_ANOMALIES_MAX && r->anomalies + i < SCP_REGISTRY_ANOMALIES_MAX; i++)
        r->anomaly[r->anomalies + i] = part->anomaly[i];
    r->anomalies += part->anomalies;
    r->incomplete = r->incomplete || part->incomplete;
    return 0;
}

struct laying {
    struct scp_registry *r;
    const struct scp_registry *part;
    scp_registry_keep keep;
    void *ctx;
    bool takes_away; /* the part is whole: what it does not have is not there */
};

static bool keeps(const struct laying *l, const struct scp_registry_key *k, const char *value, bool missing)
{
    return l->keep != NULL && l->keep(l->ctx, k, value, missing);
}

static int lay_values(const struct laying *l, const struct scp_registry_key *from, struct scp_registry_key *to, struct scp_err *err)
{
    for (struct registry_value *v = to->first_value; v != NULL && l->takes_away && from->held; v = v->next) {
        if (!v->gone && scp_registry_get_value(l->part, from, v->v.name, strlen(v->v.name)) == NULL &&
            !keeps(l, to, v->v.name, true))
            v->gone = true;
    }
    for (const struct registry_value *v = from->first_value; v != NULL; v = v->next) {
        if (v->gone || (scp_registry_get_value(l->r, to, v->v.name, strlen(v->v.name)) != NULL && keeps(l, to, v->v.name, false)))
            continue;
        if (scp_registry_lend_value(l->r, to, &v->v, err) != 0)
            return -1;
    }
    return 0;
}

static int take_away(const struct laying *l, const struct scp_registry_key *from, struct scp_registry_key *to, struct scp_err *err)
{
    for (struct scp_registry_key *k = to->first_child; k != NULL && l->takes_away && from->held; k = k->next_sibling) {
        const struct scp_registry_key *mine;

        if (k->gone || k->deleted)
            continue;
        mine = scp_registry_get_child(l->part, from, k->name, k->name_n);
        if ((mine == NULL || mine->deleted) && !keeps(l, k, NULL, true) &&
            scp_registry_bury(l->r, to, k->name, k->name_n, err) != 0)
            return -1;
    }
    return 0;
}

/* At most SCP_REGISTRY_DEPTH_MAX levels deep. */
static int lay_key(const struct laying *l, const struct scp_registry_key *from, struct scp_registry_key *to, struct scp_err *err)
{
    if (from->held)
        to->times = from->times;
    if (from->security != NULL) {
        to->security = from->security;
        to->security_n = from->security_n;
    }
    to->held = to->held || from->held;
    to->unread = to->unread || from->unread;
    to->wanted = to->wanted || from->wanted;
    if (lay_values(l, from, to, err) != 0 || take_away(l, from, to, err) != 0)
        return -1;
    for (const struct scp_registry_key *k = from->first_child; k != NULL; k = k->next_sibling) {
        struct scp_registry_key *there = scp_registry_get_child(l->r, to, k->name, k->name_n);

        if (k->gone || (there != NULL && !there->deleted && keeps(l, there, NULL, k->deleted)))
            continue;
        if (k->deleted) {
            if (scp_registry_bury(l->r, to, k->name, k->name_n, err) != 0)
                return -1;
            continue;
        }
        there = scp_registry_make_child(l->r, to, k->name, k->name_n);
        if (there == NULL)
            return scp_registry_no_memory(l->r, err);
        if (lay_key(l, k, there, err) != 0)
            return -1;
    }
    return 0;
}

/* What the part could not read is not absent because another source told so before. */
static int lay_refusals(struct scp_registry *r, const struct scp_registry *part, struct scp_err *err)
{
    const struct scp_registry_key *k;
    int rc = 0;

    for (size_t i = 0; i < part->refusals && rc == 0; i++) {
        if (scp_registry_find(r, part->refused[i], &k) != SCP_PRESENT)
            rc = scp_registry_uncover(r, part->refused[i], strlen(part->refused[i]), err);
    }
    return rc;
}

int scp_registry_lay(struct scp_registry *r, const struct scp_registry *part, scp_registry_keep keep, void *ctx,
                     struct scp_err *err)
{
    const struct laying l = { r, part, keep, ctx, !part->incomplete };

    return lay_key(&l, &part->root, &r->root, err) == 0 ? lay_refusals(r, part, err) : -1;
}

const struct scp_registry_key *scp_registry_find_child(const struct scp_registry *r, const struct scp_registry_key *k,
                                                       const char *name)
{
    const struct scp_registry_key *child = scp_registry_get_child(r, k, name, strlen(name));

    return child != NULL && !child->deleted ? child : NULL;
}

const struct scp_registry_value *scp_registry_find_value(const struct scp_registry *r, const struct scp_registry_key *k,
                                                         const char *name)
{
    const struct registry_value *v = scp_registry_get_value(r, k, name, strlen(name));

    return v != NULL ? &v->v : NULL;
}

bool scp_registry_key_held(const struct scp_registry_key *k)
{
    return k->held;
}

const struct scp_registry_key *scp_registry_key_parent(const struct scp_registry_key *k)
{
    return k->parent;
}
