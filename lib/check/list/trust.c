/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/trust.h"

#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "codec/text/sniff.h"
#include "windows/restriction.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum scp_ctl_kind kind;
    size_t value; /* offset of the value in the policy */
} CACHED[SCP_TRUST_CACHED] = {
    { "EncodedCtl", SCP_CTL_TRUSTED, offsetof(struct scp_update_policy, trusted_list) },
    { "DisallowedCertEncodedCtl", SCP_CTL_DISALLOWED, offsetof(struct scp_update_policy, disallowed_list) },
    { "PinRulesEncodedCtl", SCP_CTL_PIN_RULES, offsetof(struct scp_update_policy, pin_rules_list) },
};

int scp_trust_read(const struct scp_registry *r, const struct scp_profile *profile, struct scp_trust *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    out->registry = r;
    out->profile = profile;
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        scp_list_init(&out->cached[i], SCP_LIST_CACHED, CACHED[i].kind, CACHED[i].name, CACHED[i].name);
    if (r == NULL)
        return 0;
    scp_update_policy_read(r, &out->policy);
    if (scp_store_load(r, SCP_STORE_ROOT, &out->root, err) == 0 &&
        scp_store_load(r, SCP_STORE_DISALLOWED, &out->disallowed, err) == 0)
        return 0;
    scp_trust_free(out);
    return -1;
}

/* Its own properties, and where it lies. */
static bool is_usable(const struct scp_trust *t, const struct scp_store_cert *c, int64_t now)
{
    struct scp_certblob blob = { 0 };
    struct scp_restriction r = SCP_RESTRICTION_NONE;
    bool dates = scp_update_policy_dates_apply(&t->policy);

    if (c->member == SCP_MEMBER_AUTHROOT && scp_update_policy_authroot_off(&t->policy) == SCP_YES)
        return false;
    if (scp_certblob_parse(c->blob, c->blob_len, &blob, NULL) != 0)
        return false;
    scp_restriction_read(&blob, SCP_PURPOSE_SERVER_AUTH, &r);
    scp_certblob_free(&blob);
    return !r.purpose_denied && !(dates && r.disabled_from != SCP_UTC_UNKNOWN && r.disabled_from <= now) &&
           !(dates && r.issued_before != SCP_UTC_UNKNOWN && r.issued_before <= now);
}

enum scp_serving scp_trust_serves(const struct scp_trust *t, const struct scp_profile_cert *root, int64_t now)
{
    enum scp_serving answer = SCP_WOULD_SERVE;
    size_t at = 0;
    const struct scp_store_cert *c;

    if ((root->not_after != SCP_UTC_UNKNOWN && root->not_after < now) || !root->has_sha1 ||
        scp_store_find(&t->disallowed, root->sha1, &at) != NULL)
        return SCP_SERVES_NOT;
    at = 0;
    while ((c = scp_store_find(&t->root, root->sha1, &at)) != NULL) {
        if (is_usable(t, c, now))
            return SCP_SERVES;
        answer = SCP_SERVES_NOT;
    }
    return answer;
}

void scp_trust_free(struct scp_trust *t)
{
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        scp_list_free(&t->cached[i]);
    scp_store_free(&t->root);
    scp_store_free(&t->disallowed);
    free(t->served);
    memset(t, 0, sizeof *t);
}

int scp_trust_suspect(struct scp_trust *t, struct scp_list_fact *f, struct scp_err *err)
{
    const struct scp_list_fact *disallowed = &t->cached[SCP_TRUST_DISALLOWED];

    if (t->registry == NULL || !scp_list_believed(f))
        return 0;
    if (f != disallowed && (disallowed = scp_trust_list(t, SCP_TRUST_DISALLOWED, err)) == NULL)
        return -1;
    return scp_list_suspect(f, &t->root, &t->disallowed, disallowed, err);
}

int scp_trust_show(const struct scp_trust *t, struct scp_list_fact *f, struct scp_err *err)
{
    for (size_t i = 0; i < t->profile->roots; i++) {
        const struct scp_profile_cert *want = &t->profile->root[i];
        size_t at = 0;
        const struct scp_store_cert *c = want->has_sha1 ? scp_store_find(&t->root, want->sha1, &at) : NULL;
        const uint8_t *der = c != NULL ? c->der : want->der;

        if (der != NULL && want->level <= SCP_LEVEL_RECOMMENDED &&
            scp_list_show(f, t->profile, i, der, c != NULL ? c->der_len : want->der_len, err) != 0)
            return -1;
    }
    return 0;
}

const enum scp_tri *scp_trust_served(const struct scp_trust *t, const struct scp_profile_cert *root)
{
    for (size_t i = 0; t != NULL && t->served != NULL && scp_update_policy_mirrored(&t->policy) && i < t->profile->roots; i++) {
        if (root->has_sha1 && scp_profile_cert_has(&t->profile->root[i], root->sha1))
            return &t->served[i];
    }
    return NULL;
}

int scp_trust_share_served(const struct scp_trust *from, struct scp_trust *to, struct scp_err *err)
{
    size_t n = from->profile->roots;

    if (from->served == NULL)
        return 0;
    to->served = calloc(n + 1, sizeof *to->served);
    if (to->served == NULL)
        return scp_err_memory(err);
    memcpy(to->served, from->served, n * sizeof *to->served);
    return 0;
}

/* What Windows keeps is a signed list, in a value of bytes: in any other packaging it is none, though it can be read here. */
static bool is_foreign(const struct scp_policy_list *value, struct scp_list_fact *f)
{
    enum scp_sniff kind = scp_sniff(value->p, value->n);
    bool packed = kind == SCP_SNIFF_CABINET || kind == SCP_SNIFF_SST;

    if (!packed && !value->wrong_type)
        return false;
    f->reading = SCP_LIST_UNREADABLE;
    (void)snprintf(f->message, sizeof f->message, "%s%s", packed ? "not a signed list but " : "the value is not a REG_BINARY",
                   packed ? scp_sniff_name(kind) : "");
    return true;
}

static int look(struct scp_trust *t, enum scp_trust_cached which, const struct scp_policy_list *value, struct scp_err *err)
{
    struct scp_list_fact *f = &t->cached[which];

    t->verified++;
    if (is_foreign(value, f))
        return 0;
    if (scp_list_look(f, value->p, value->n, t->profile, err) != 0)
        return -1;
    if (which == SCP_TRUST_DISALLOWED && scp_trust_show(t, f, err) != 0)
        return -1;
    return scp_trust_suspect(t, f, err);
}

const struct scp_list_fact *scp_trust_list(struct scp_trust *t, enum scp_trust_cached which, struct scp_err *err)
{
    const struct scp_policy_list *value = (const void *)((const char *)&t->policy + CACHED[which].value);
    struct scp_list_fact *f = &t->cached[which];

    if (f->reading != SCP_LIST_NOT_ASKED || t->registry == NULL)
        return f;
    switch (value->presence) {
    case SCP_COULD_NOT_TELL: f->reading = SCP_LIST_NOT_COVERED; return f;
    case SCP_ABSENT: f->reading = SCP_LIST_ABSENT; return f;
    case SCP_PRESENT: break;
    }
    return look(t, which, value, err) == 0 ? f : NULL;
}
