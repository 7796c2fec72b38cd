/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/check.h"

#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "codec/x509/outline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decodes a copy of a wanted root; both copies and properties may differ between members. */
static int look_at(const struct scp_store_cert *c, struct scp_root_fact *f, struct scp_err *err)
{
    struct scp_restriction restriction;
    struct scp_certificate cert;
    struct scp_certblob blob = { 0 };
    struct scp_err why = SCP_ERR_INIT;

    if (scp_certblob_parse(c->blob, c->blob_len, &blob, &why) != 0 || scp_certificate_parse(c->der, c->der_len, &cert, &why) != 0) {
        f->unreadable = true;
        scp_certblob_free(&blob);
        if (why.code != SCP_ERR_MEMORY)
            return 0;
        *err = why;
        return -1;
    }
    scp_restriction_read(&blob, SCP_PURPOSE_SERVER_AUTH, &restriction);
    scp_restriction_merge(&f->restriction, &restriction);
    f->found = true;
    f->member[c->member] = true;
    f->not_before = cert.not_before;
    f->not_after = cert.not_after;
    f->key_type = cert.key_type;
    f->key_bits = cert.key_bits;
    f->self_issued = cert.self_issued;
    scp_certificate_free(&cert);
    scp_certblob_free(&blob);
    return 0;
}

static int look_up_disallowed(const struct scp_list_fact *list, const uint8_t *der, size_t len, struct scp_root_fact *f,
                              struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    enum scp_tri answer = scp_list_disallows(list, der, len, &why);

    f->distrust.listed = f->distrust.listed || answer == SCP_YES;
    f->disallowed_unreadable = f->disallowed_unreadable || answer == SCP_MAYBE;
    return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
}

static int look_at_key(const struct scp_profile_cert *want, struct scp_root_fact *f, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_certificate cert;

    if (scp_certificate_parse(want->der, want->der_len, &cert, &why) != 0)
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    f->key_type = cert.key_type;
    f->key_bits = cert.key_bits;
    f->self_issued = cert.self_issued;
    scp_certificate_free(&cert);
    return 0;
}

/* Of a required root that no store has: what its copy would bring.  Its key matters only where a setting is about keys. */
static int look_at_copy(const struct scp_roots_facts *all, const struct scp_profile_cert *want, struct scp_root_fact *f,
                        struct scp_err *err)
{
    if (f->found || want->level != SCP_LEVEL_REQUIRED)
        return 0;
    f->disallowed_untold = want->der == NULL && scp_list_believed(all->disallowed_list) && all->disallowed_list->list.ctl.n > 0;
    if (want->der == NULL)
        return 0;
    if (!scp_key_policy_is_default(&all->keys) && look_at_key(want, f, err) != 0)
        return -1;
    return look_up_disallowed(all->disallowed_list, want->der, want->der_len, f, err);
}

static int gather_root(const struct scp_roots_facts *all, const struct scp_profile_cert *want, struct scp_root_fact *f,
                       struct scp_err *err)
{
    int same = 0;

    *f = (struct scp_root_fact){ .want = want,
                                 .not_before = SCP_UTC_UNKNOWN,
                                 .not_after = SCP_UTC_UNKNOWN,
                                 .restriction = SCP_RESTRICTION_NONE,
                                 .listed = SCP_RESTRICTION_NONE };
    for (size_t i = 0; i < all->root.certs && same >= 0; i++) {
        const struct scp_store_cert *c = &all->root.cert[i];

        same = scp_profile_cert_is(want, c->sha1, c->der, c->der_len, &f->forged, err);
        if (same > 0 && (look_at(c, f, err) != 0 || look_up_disallowed(all->disallowed_list, c->der, c->der_len, f, err) != 0))
            return -1;
    }
    for (size_t i = 0; i < all->disallowed.certs && same >= 0; i++) {
        const struct scp_store_cert *c = &all->disallowed.cert[i];
        bool forged = false;

        same = scp_profile_cert_is(want, c->sha1, c->der, c->der_len, &forged, err);
        f->distrust.member[c->member] |= same > 0;
    }
    if (same < 0 || look_at_copy(all, want, f, err) != 0)
        return -1;
    if (want->has_sha1) {
        f->unreadable = f->unreadable || scp_store_damaged(&all->root, want->sha1);
        f->disallowed_unreadable = f->disallowed_unreadable || scp_store_damaged(&all->disallowed, want->sha1);
    }
    return 0;
}

/* Names that differ byte by byte may still be equal as names: only then is the certificate decoded.  1, 0; -1: out of memory. */
static int is_misplaced(const struct scp_store_cert *c, char *name, size_t size, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_outline names;
    struct scp_certificate cert;
    bool misplaced;

    if (!scp_outline_read(c->der, c->der_len, &names) || scp_outline_same(&names.issuer, &names.subject))
        return 0;
    /* Names that nobody can read and that differ are not the same name. */
    if (scp_certificate_parse(c->der, c->der_len, &cert, &why) != 0) {
        (void)snprintf(name, size, "a certificate with an unreadable name");
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 1;
    }
    misplaced = !cert.self_issued;
    if (misplaced)
        (void)snprintf(name, size, "%s", cert.name != NULL ? cert.name : "");
    scp_certificate_free(&cert);
    return misplaced;
}

static void add_misfit(struct scp_roots_misfits *m, const struct scp_store_cert *c, const char *name)
{
    if (m->n < SCP_ROOTS_MISFITS_MAX) {
        m->v[m->n].cert = c;
        (void)snprintf(m->v[m->n].name, sizeof m->v[m->n].name, "%s", name);
    }
    m->n++;
}

static int gather_misplaced(struct scp_roots_facts *f, struct scp_err *err)
{
    char name[128];

    for (size_t i = 0; i < f->root.certs; i++) {
        int misplaced = is_misplaced(&f->root.cert[i], name, sizeof name, err);

        if (misplaced < 0)
            return -1;
        if (misplaced > 0)
            add_misfit(&f->misplaced, &f->root.cert[i], name);
    }
    return 0;
}

/* --- Windows' lists --- */

/* Does the list name the root, and what does it take from it? */
static enum scp_tri look_up(const struct scp_list_fact *list, struct scp_root_fact *f)
{
    const struct scp_list_entry e = scp_list_lookup(list, f->want);

    f->listed = e.restriction;
    if (e.named == SCP_YES)
        scp_restriction_add_list(&f->restriction, &f->listed);
    return e.named;
}

static int look_up_all(struct scp_roots_facts *f, struct scp_err *err)
{
    if (!scp_list_believed(f->list))
        return 0;
    f->named = calloc(f->n > 0 ? f->n : 1, sizeof *f->named);
    if (f->named == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < f->n; i++)
        f->named[i] = look_up(f->list, &f->v[i]);
    return 0;
}

/* Their names are only decoded when they are to be told: scp_roots_name(). */
static void gather_unlisted(struct scp_roots_facts *f)
{
    for (size_t i = 0; i < f->root.certs && scp_list_believed(f->list); i++) {
        const struct scp_store_cert *c = &f->root.cert[i];

        if (scp_ctl_find(&f->list->list.ctl, c->sha1, sizeof c->sha1) == NULL)
            add_misfit(&f->unlisted, c, "");
    }
}

int scp_roots_name(const struct scp_store_cert *c, char *out, size_t size, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_certificate cert;

    if (scp_certificate_parse(c->der, c->der_len, &cert, &why) != 0) {
        (void)snprintf(out, size, "a certificate that cannot be decoded");
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    }
    (void)snprintf(out, size, "%s", cert.name);
    scp_certificate_free(&cert);
    return 0;
}

/* Of roots that matter and were not found: do they lie where they do not count? */
static int look_elsewhere(const struct scp_registry *r, struct scp_root_fact *root, struct scp_err *err)
{
    struct scp_elsewhere e;

    if (root->found || !root->want->has_sha1 || root->want->level > SCP_LEVEL_RECOMMENDED)
        return 0;
    if (scp_elsewhere_find(r, root->want->sha1, SCP_STORE_ROOT, &e, err) != 0)
        return -1;
    scp_elsewhere_phrase(&e, root->elsewhere, sizeof root->elsewhere);
    return 0;
}

static int gather_roots(const struct scp_registry *r, const struct scp_profile *profile, struct scp_roots_facts *f,
                        struct scp_err *err)
{
    f->v = calloc(profile->roots > 0 ? profile->roots : 1, sizeof *f->v);
    if (f->v == NULL)
        return scp_err_memory(err);
    for (f->n = 0; f->n < profile->roots; f->n++) {
        if (gather_root(f, &profile->root[f->n], &f->v[f->n], err) != 0 || look_elsewhere(r, &f->v[f->n], err) != 0)
            return -1;
    }
    return 0;
}

static int gather(struct scp_trust *trust, struct scp_roots_facts *f, struct scp_err *err)
{
    f->trust = trust;
    f->root = trust->root;
    f->disallowed = trust->disallowed;
    f->policy = trust->policy;
    scp_key_policy_read(trust->registry, &f->keys);
    f->list = scp_trust_list(trust, SCP_TRUST_TRUSTED, err);
    f->disallowed_list = f->list != NULL ? scp_trust_list(trust, SCP_TRUST_DISALLOWED, err) : NULL;
    f->pin_rules_list = f->disallowed_list != NULL ? scp_trust_list(trust, SCP_TRUST_PIN_RULES, err) : NULL;
    if (f->pin_rules_list == NULL)
        return -1;
    if (gather_roots(trust->registry, trust->profile, f, err) != 0 || look_up_all(f, err) != 0 || gather_misplaced(f, err) != 0)
        return -1;
    gather_unlisted(f);
    return 0;
}

int scp_roots_gather(struct scp_trust *trust, struct scp_roots_facts *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    if (gather(trust, out, err) == 0)
        return 0;
    scp_roots_free(out);
    return -1;
}

void scp_roots_free(struct scp_roots_facts *f)
{
    free(f->named);
    free(f->v);
    f->named = NULL;
    f->v = NULL;
    f->n = 0;
}
