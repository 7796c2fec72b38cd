/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"
#include "check/diagnosis/session.h"

#include "base/num.h"
#include "base/reader.h"
#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

/* A step as a change of the registry: what certutil, certlm.msc or the policy that is mended would write. */

enum { PATH = 512, BLOB_MAX = SCP_CERTBLOB_DER_MAX + (64 << 10) };

static int put_blob(struct scp_registry *copy, const char *path, const struct scp_buf *blob, struct scp_err *err)
{
    if (blob->failed)
        return scp_buf_error(blob, err, "a certificate's blob is too large");
    return scp_registry_put(copy, path, "Blob", SCP_REG_BINARY, scp_buf_text(blob), blob->n, err);
}

static int lay_certificate(const struct scp_plan_step *step, struct scp_registry *copy, struct scp_err *err)
{
    const struct scp_profile_cert *c = step->cert;
    char path[PATH], hex[2 * sizeof c->sha1 + 1];
    struct scp_buf blob;
    int rc;

    if (c->der == NULL || !c->has_sha1)
        return 0;
    (void)snprintf(path, sizeof path, "%s\\Certificates\\%s", scp_store_member_path(step->store, SCP_MEMBER_DEFAULT),
                   scp_num_to_hex(c->sha1, sizeof c->sha1, hex));
    scp_buf_init(&blob, BLOB_MAX);
    (void)scp_certblob_put(&blob, SCP_CERTPROP_SHA1, c->sha1, sizeof c->sha1);
    (void)scp_certblob_put(&blob, SCP_CERTPROP_CERT, c->der, c->der_len);
    rc = put_blob(copy, path, &blob, err);
    scp_buf_free(&blob);
    return rc;
}

/* Its blob without what limits its purposes. */
static int lay_purposes(const struct scp_store_cert *entry, const char *path, struct scp_registry *copy, struct scp_err *err)
{
    struct scp_certblob blob = { 0 };
    struct scp_buf out;
    int rc;

    if (scp_certblob_parse(entry->blob, entry->blob_len, &blob, err) != 0)
        return -1;
    scp_buf_init(&out, BLOB_MAX);
    for (size_t i = 0; i < blob.props; i++) {
        const struct scp_certprop *p = &blob.prop[i];

        if (p->id != SCP_CERTPROP_EKU && p->id != SCP_CERTPROP_DISALLOWED_EKU)
            (void)scp_certblob_put(&out, p->id, p->p, p->n);
    }
    (void)scp_certblob_put(&out, SCP_CERTPROP_CERT, entry->der, entry->der_len);
    rc = put_blob(copy, path, &out, err);
    scp_buf_free(&out);
    scp_certblob_free(&blob);
    return rc;
}

int scp_plan_lay(const struct scp_plan_step *step, struct scp_registry *copy, struct scp_err *err)
{
    char path[PATH];

    if (step->entry != NULL)
        (void)scp_registry_key_path(step->entry->key, path, sizeof path);
    switch (step->kind) {
    case SCP_PLAN_ADD: return lay_certificate(step, copy, err);
    case SCP_PLAN_UNDENY: return scp_registry_take(copy, path, NULL, err);
    case SCP_PLAN_PURPOSES: return lay_purposes(step->entry, path, copy, err);
    case SCP_PLAN_OPEN:
    case SCP_PLAN_ASK: break;
    }
    return 0;
}

int scp_plan_lay_update(struct scp_registry *copy, int64_t now, struct scp_err *err)
{
    uint8_t bytes[8];

    scp_put_le64(bytes, scp_utc_to_filetime(now));
    if (scp_registry_take(copy, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", err) != 0)
        return -1;
    return scp_registry_put(copy, SCP_PATH_AUTOUPDATE, "LastSyncTime", SCP_REG_BINARY, bytes, sizeof bytes, err);
}

/* --- What no copy is known of --- */

static bool place_root(const struct scp_profile_cert *cert, struct scp_roots_facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct scp_root_fact *root = &f->v[i];

        if (root->want != cert || root->found)
            continue;
        root->found = root->member[SCP_MEMBER_DEFAULT] = root->self_issued = true;
        root->not_before = 0;
        root->not_after = cert->not_after != SCP_UTC_UNKNOWN ? cert->not_after : INT64_MAX / 2;
        return true;
    }
    return false;
}

static bool has_path(const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].path != NULL && t->v[i].path->good > 0)
            return true;
    }
    return false;
}

/* What a choice of steps takes to be where it belongs. */
struct placing {
    const struct scp_plan *plan;
    const bool *chosen;
    const struct scp_intermediates_facts *f;
    bool used; /* of the last that was asked for */
};

static bool is_placed(const struct placing *p, const struct scp_profile_cert *cert)
{
    for (size_t i = 0; i < p->plan->n; i++) {
        const struct scp_plan_step *step = &p->plan->v[i];

        if (p->chosen[step->unit] && step->kind == SCP_PLAN_ADD && step->cert == cert && cert->der == NULL)
            return true;
    }
    return false;
}

static bool is_there(struct placing *p, const struct scp_profile_ref *ref)
{
    for (size_t i = 0; i < p->f->disallowed.certs; i++) {
        if (memcmp(p->f->disallowed.cert[i].sha1, ref->sha1, sizeof ref->sha1) == 0)
            return false;
    }
    if (scp_pool_has(p->f->pool, ref->sha1, false))
        return true;
    p->used = p->used || (ref->cert != NULL && is_placed(p, ref->cert));
    return ref->cert != NULL && is_placed(p, ref->cert);
}

/* A family is what the profile says of it: its members under its vias, those under its anchor. */
static bool place_family(struct placing *p, struct scp_intermediates_target *t)
{
    bool whole = true, member = false;

    p->used = false;
    for (size_t i = 0; i < t->family->vias; i++)
        whole = is_there(p, &t->family->via[i]) && whole;
    for (size_t i = 0; i < t->family->any_ofs; i++)
        member = is_there(p, &t->family->any_of[i]) || member;
    if (!whole || !member || !p->used)
        return false;
    t->level = SCP_LEVEL_RECOMMENDED;
    return true;
}

bool scp_plan_place(const struct scp_plan *plan, const bool *chosen, struct scp_diagnosis_session *s)
{
    struct placing p = { .plan = plan, .chosen = chosen, .f = &s->intermediates.facts };
    bool placed = false;

    for (size_t i = 0; i < plan->n && s->gathered[SCP_PART_ROOTS]; i++) {
        const struct scp_plan_step *step = &plan->v[i];

        if (chosen[step->unit] && step->kind == SCP_PLAN_ADD && step->store == SCP_STORE_ROOT && step->cert->der == NULL)
            placed = place_root(step->cert, &s->roots.facts) || placed;
    }
    for (size_t i = 0; i < p.f->n && s->gathered[SCP_PART_INTERMEDIATES]; i++) {
        struct scp_intermediates_target *t = &s->intermediates.facts.v[i];

        if (t->family != NULL && t->level == SCP_LEVEL_REQUIRED && !has_path(t))
            placed = place_family(&p, t) || placed;
    }
    return placed;
}
