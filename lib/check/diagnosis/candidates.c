/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"
#include "check/diagnosis/session.h"

#include "base/utc.h"

#include <string.h>

/*
 * Steps that may mend something, by what the stores hold and do not hold.  Whether one does is shown by rehearsal alone; what is
 * never to be proposed is not made here: only certificates that the profile requires are added, each to the store of its kind.
 */

static struct scp_plan_step *push(struct scp_plan *plan, const struct scp_plan_step *step, struct scp_err *err)
{
    if (plan->n >= SCP_PLAN_STEPS_MAX) {
        (void)scp_err_set(err, SCP_ERR_LIMIT, "more than %d steps of a plan", SCP_PLAN_STEPS_MAX);
        return NULL;
    }
    plan->v[plan->n] = *step;
    return &plan->v[plan->n++];
}

/* The directory's certificates are as little this server's matter as a group policy's. */
static unsigned class_of(enum scp_store_member member)
{
    return member == SCP_MEMBER_GROUP_POLICY || member == SCP_MEMBER_ENTERPRISE ? 4 : 2;
}

static int add(struct scp_plan *plan, const struct scp_profile_cert *cert, enum scp_part mends, unsigned unit, struct scp_err *err)
{
    const struct scp_plan_step step = { .kind = SCP_PLAN_ADD,
                                        .unit = unit,
                                        .mends = mends,
                                        .rehearsed = cert->der != NULL,
                                        .cert = cert,
                                        .store = mends == SCP_PART_ROOTS ? SCP_STORE_ROOT : SCP_STORE_CA };

    return push(plan, &step, err) != NULL ? 0 : -1;
}

static bool is_of(const struct scp_store_cert *entry, const struct scp_profile_cert *cert)
{
    return scp_profile_cert_has(cert, entry->sha1);
}

/* Do its own properties take server authentication from it? */
static bool is_limited(const struct scp_store_cert *entry)
{
    struct scp_restriction r;
    struct scp_certblob blob = { 0 };

    if (scp_certblob_parse(entry->blob, entry->blob_len, &blob, NULL) != 0)
        return false;
    scp_restriction_read(&blob, SCP_PURPOSE_SERVER_AUTH, &r);
    scp_certblob_free(&blob);
    return r.purpose_denied;
}

/* Entries that are about a certificate: all of a Disallowed store's, of others those that are limited. */
static int entries(struct scp_plan *plan, const struct scp_store *store, const struct scp_profile_cert *cert, enum scp_part mends,
                   unsigned unit, struct scp_err *err)
{
    bool denies = store->name == SCP_STORE_DISALLOWED;

    for (size_t i = 0; i < store->certs; i++) {
        const struct scp_store_cert *e = &store->cert[i];
        const struct scp_plan_step step = { .kind = denies ? SCP_PLAN_UNDENY : SCP_PLAN_PURPOSES,
                                            .class = class_of(e->member),
                                            .unit = unit,
                                            .mends = mends,
                                            .rehearsed = true,
                                            .cert = cert,
                                            .store = store->name,
                                            .entry = e };

        if (is_of(e, cert) && (denies || is_limited(e)) && push(plan, &step, err) == NULL)
            return -1;
    }
    return 0;
}

static unsigned next_unit(const struct scp_plan *plan)
{
    unsigned next = 0;

    for (size_t i = 0; i < plan->n; i++)
        next = plan->v[i].unit >= next ? plan->v[i].unit + 1 : next;
    return next;
}

/* --- Roots --- */

static bool in_root(const struct scp_store *root, const struct scp_profile_cert *cert)
{
    for (size_t i = 0; i < root->certs; i++) {
        if (root->cert[i].member == SCP_MEMBER_DEFAULT && is_of(&root->cert[i], cert))
            return true;
    }
    return false;
}

static int of_root(const struct scp_diagnosis_session *s, const struct scp_profile_cert *root, struct scp_plan *plan,
                   struct scp_err *err)
{
    const struct scp_trust *trust = s->session.trust;
    bool over = root->not_after != SCP_UTC_UNKNOWN && root->not_after < s->session.common.at;

    if (!over && !in_root(&trust->root, root) && add(plan, root, SCP_PART_ROOTS, next_unit(plan), err) != 0)
        return -1;
    if (!root->has_sha1)
        return 0;
    if (entries(plan, &trust->disallowed, root, SCP_PART_ROOTS, next_unit(plan), err) != 0)
        return -1;
    return entries(plan, &trust->root, root, SCP_PART_ROOTS, next_unit(plan), err);
}

/* --- Families --- */

static int of_ca(const struct scp_diagnosis_session *s, const struct scp_profile_ref *ref, unsigned adding, unsigned freeing,
                 struct scp_plan *plan, struct scp_err *err)
{
    const struct scp_intermediates_facts *f = &s->intermediates.facts;
    const struct scp_profile_cert *cert = ref->cert;

    if (cert == NULL || (cert->not_after != SCP_UTC_UNKNOWN && cert->not_after < s->session.common.at))
        return 0;
    if (!scp_pool_has(f->pool, cert->sha1, false) && add(plan, cert, SCP_PART_INTERMEDIATES, adding, err) != 0)
        return -1;
    if (entries(plan, &f->disallowed, cert, SCP_PART_INTERMEDIATES, freeing, err) != 0)
        return -1;
    return entries(plan, &f->ca, cert, SCP_PART_INTERMEDIATES, freeing, err);
}

/* Which of its members the service uses is not known: all current ones, together. */
static int of_family(const struct scp_diagnosis_session *s, const struct scp_profile_family *family, struct scp_plan *plan,
                     struct scp_err *err)
{
    size_t first = plan->n;
    unsigned adding, freeing;

    for (size_t i = 0; i < family->vias; i++) {
        unsigned unit = next_unit(plan);

        if (of_ca(s, &family->via[i], unit, unit + 1, plan, err) != 0)
            return -1;
    }
    adding = next_unit(plan);
    freeing = adding + 1;
    for (size_t i = 0; i < family->any_ofs; i++) {
        if (of_ca(s, &family->any_of[i], adding, freeing, plan, err) != 0)
            return -1;
    }
    for (size_t i = first; i < plan->n; i++)
        plan->v[i].family = family;
    return 0;
}

/* Cheapest first; what is said of roots before the rest. */
static void sort(struct scp_plan *plan)
{
    for (size_t i = 1; i < plan->n; i++) {
        struct scp_plan_step step = plan->v[i];
        size_t at = i;

        for (; at > 0 && plan->v[at - 1].class > step.class; at--)
            plan->v[at] = plan->v[at - 1];
        plan->v[at] = step;
    }
}

int scp_plan_candidates(const struct scp_diagnosis_session *s, struct scp_plan *plan, struct scp_err *err)
{
    const struct scp_profile *p = s->session.profile;

    for (size_t i = 0; i < p->roots; i++) {
        if (p->root[i].level == SCP_LEVEL_REQUIRED && of_root(s, &p->root[i], plan, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < p->families && s->gathered[SCP_PART_INTERMEDIATES]; i++) {
        if (p->family[i].level == SCP_LEVEL_REQUIRED && of_family(s, &p->family[i], plan, err) != 0)
            return -1;
    }
    sort(plan);
    return 0;
}
