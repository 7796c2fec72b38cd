/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "base/num.h"
#include "codec/registry/certblob.h"
#include "windows/restriction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The certificates of a machine as a pool, with what Windows decided about each; and the search for one path in it. */

enum { SEARCHES_MAX = 50 }; /* of one path, each without the certificates that the one before found distrusted */

/* --- The pool --- */

static bool holds(const struct scp_store *s, const uint8_t sha1[SCP_SHA1_LEN], const uint8_t *der, size_t len)
{
    const struct scp_store_cert *c;

    for (size_t i = 0; (c = scp_store_find(s, sha1, &i)) != NULL;) {
        if (c->der_len == len && memcmp(c->der, der, len) == 0)
            return true;
    }
    return false;
}

int scp_intermediates_add(struct scp_intermediates_work *w, struct scp_pool *pool, const uint8_t *der, size_t len, bool root,
                          uint32_t origin, struct scp_err *err)
{
    struct scp_pool_cert c = { .der = der, .len = len, .root = root, .origin = origin, .rule = SCP_POOL_RULE_NONE };
    int rc;

    if (scp_hasher_sha1(w->hasher, der, len, c.sha1, err) != 0)
        return -1;
    c.rule.disallowed = holds(&w->f->disallowed, c.sha1, der, len);
    rc = scp_pool_add(pool, &c, err);
    w->f->unreadable += rc == 1;
    return rc < 0 ? -1 : 0;
}

/* What the certificate's own properties take away from it, and of a root Windows' list of them: the stricter counts, but for what
 * the list lifted. */
static int read_rule(const struct scp_intermediates_work *w, const struct scp_store_cert *c, struct scp_pool_cert *out,
                     struct scp_err *err)
{
    struct scp_restriction r, listed;
    struct scp_certblob blob = { 0 };
    struct scp_err why = SCP_ERR_INIT;

    if (scp_certblob_parse(c->blob, c->blob_len, &blob, &why) != 0) {
        out->origin |= SCP_ORIGIN_DOUBTFUL;
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    }
    scp_restriction_read(&blob, w->f->purpose, &r);
    scp_certblob_free(&blob);
    if (out->root) {
        listed = scp_list_restriction(w->f->trusted, c->sha1, w->f->purpose);
        scp_restriction_add_list(&r, &listed);
    }
    out->rule.purpose_denied = r.purpose_denied;
    if (scp_update_policy_dates_apply(&w->f->update)) {
        out->rule.disabled_from = r.disabled_from;
        out->rule.issued_before = r.issued_before;
    }
    if (r.unreadable)
        out->origin |= SCP_ORIGIN_DOUBTFUL;
    return 0;
}

static bool is_left_out(const struct scp_intermediates_facts *f, const struct scp_store *s, enum scp_store_member member)
{
    if (s->name != SCP_STORE_ROOT)
        return false;
    return (member == SCP_MEMBER_AUTHROOT && scp_update_policy_authroot_off(&f->update) == SCP_YES) ||
           (member == SCP_MEMBER_SYSTEM_USER && scp_update_policy_user_roots_off(&f->update));
}

static bool is_supposed(const struct scp_intermediates_work *w, const uint8_t sha1[SCP_SHA1_LEN])
{
    return w->supposed != NULL && memcmp(w->supposed->sha1, sha1, SCP_SHA1_LEN) == 0;
}

static uint32_t origin_of(const struct scp_store *s, enum scp_store_member member)
{
    switch (s->name) {
    case SCP_STORE_ROOT: return (uint32_t)SCP_ORIGIN_ROOT << member;
    case SCP_STORE_CA: return (uint32_t)SCP_ORIGIN_CA << member;
    default: return SCP_ORIGIN_OTHER;
    }
}

static int add_store(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_store *s, struct scp_err *err)
{
    for (size_t i = 0; i < s->certs; i++) {
        const struct scp_store_cert *c = &s->cert[i];
        struct scp_pool_cert p = { .der = c->der,
                                   .len = c->der_len,
                                   .root = s->name == SCP_STORE_ROOT,
                                   .origin = origin_of(s, c->member),
                                   .rule = SCP_POOL_RULE_NONE };
        int rc;

        if (is_left_out(w->f, s, c->member) || is_supposed(w, c->sha1))
            continue;
        memcpy(p.sha1, c->sha1, sizeof p.sha1);
        if (read_rule(w, c, &p, err) != 0 || (rc = scp_pool_add(pool, &p, err)) < 0)
            return -1;
        w->f->unreadable += rc == 1;
    }
    return 0;
}

static int add_bundle(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_bundle *b, bool root,
                      uint32_t origin, struct scp_err *err)
{
    for (size_t i = 0; i < b->n; i++) {
        size_t len;
        const uint8_t *der = scp_bundle_certificate(b, i, &len);

        if (scp_intermediates_add(w, pool, der, len, root, origin, err) != 0)
            return -1;
    }
    return 0;
}

static void disallow_store(const struct scp_intermediates_work *w, struct scp_pool *pool)
{
    const struct scp_store *s = &w->f->disallowed;

    for (size_t i = 0; i < s->certs; i++) {
        size_t k = scp_pool_find(pool, s->cert[i].sha1, s->cert[i].der, s->cert[i].der_len);

        if (k != (size_t)-1 && !is_supposed(w, s->cert[i].sha1))
            scp_pool_disallow(pool, k);
    }
}

static int fill(struct scp_intermediates_work *w, struct scp_pool *pool, struct scp_err *err)
{
    struct scp_intermediates_facts *f = w->f;

    if (w->supposed != NULL && scp_pool_add(pool, w->supposed, err) < 0)
        return -1;
    if (add_store(w, pool, &f->root, err) != 0 || add_store(w, pool, &f->ca, err) != 0 || add_store(w, pool, &f->trust, err) != 0 ||
        add_store(w, pool, &f->my, err) != 0 || add_bundle(w, pool, &f->roots_file, true, SCP_ORIGIN_ROOT_FILE, err) != 0)
        return -1;
    return add_bundle(w, pool, &f->ca_file, false, SCP_ORIGIN_CA_FILE, err);
}

struct scp_pool *scp_intermediates_pool(struct scp_intermediates_work *w, struct scp_err *err)
{
    struct scp_pool *pool = scp_pool_new();

    w->f->unreadable = 0;
    if (pool == NULL)
        (void)scp_err_memory(err);
    else if (fill(w, pool, err) == 0)
        disallow_store(w, pool);
    else {
        scp_pool_free(pool);
        pool = NULL;
    }
    return pool;
}

/* --- Windows' list of disallowed certificates --- */

static int read_list(struct scp_intermediates_work *w, struct scp_err *err)
{
    char why[SCP_LIST_WHY];

    w->list = scp_trust_list(w->q->trust, SCP_TRUST_DISALLOWED, err);
    if (w->list == NULL)
        return -1;
    scp_list_disbelief(w->list, why);
    (void)snprintf(w->f->list_unread, sizeof w->f->list_unread, "%.150s", why);
    return 0;
}

int scp_intermediates_listed(struct scp_intermediates_work *w, const uint8_t *der, size_t len, bool *yes, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    enum scp_tri answer;

    *yes = false;
    if (w->list == NULL && read_list(w, err) != 0)
        return -1;
    answer = scp_list_disallows(w->list, der, len, &why);
    if (answer == SCP_MAYBE) {
        if (why.code == SCP_ERR_MEMORY)
            return scp_err_memory(err);
        (void)snprintf(w->f->list_unread, sizeof w->f->list_unread, "%.150s", why.message);
    }
    *yes = answer == SCP_YES;
    return 0;
}

/* Could Windows refuse a certificate of the profile that no store has, once it comes?  What is in a store has rules of its own. */
int scp_intermediates_objection(struct scp_intermediates_work *w, const struct scp_profile_ref *ref, bool *yes, struct scp_err *err)
{
    const struct scp_profile_cert *c = ref->cert;
    struct scp_outline o;

    *yes = scp_pool_has(w->f->pool, ref->sha1, false) || scp_store_damaged(&w->f->disallowed, ref->sha1);
    if (*yes || c == NULL || c->der == NULL)
        return 0;
    *yes = holds(&w->f->disallowed, ref->sha1, c->der, c->der_len) || !scp_outline_read(c->der, c->der_len, &o) ||
           o.not_before > w->q->now || o.not_after < w->q->now;
    return *yes ? 0 : scp_intermediates_listed(w, c->der, c->der_len, yes, err);
}

/* --- One path --- */

/* Does a path's certificate turn out to be revoked?  Then it is marked, and the search begins again without it. */
static int judge_path(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_path_answer *a,
                      const struct scp_path *p, struct scp_pool_rule *own, struct scp_intermediates_lists *lists,
                      struct scp_err *err)
{
    if (scp_intermediates_crl_judge(w, pool, a, p, lists, err) != 0)
        return -1;
    for (size_t i = 0; i < p->n; i++) {
        lists->revokes = lists->revokes || lists->revoked[i];
        if (lists->revoked[i] && p->cert[i] == SCP_PATH_SELF)
            own->revoked = true;
        else if (lists->revoked[i])
            scp_pool_revoke(pool, p->cert[i]);
    }
    return 0;
}

/* The best path, and where lists do not cover it the best one of the others that they cover. */
static int judge_paths(struct scp_intermediates_work *w, struct scp_pool *pool, struct scp_path_answer *a,
                       struct scp_pool_rule *own, struct scp_intermediates_lists *lists, bool *again, struct scp_err *err)
{
    const struct scp_path *covered = NULL;

    if (judge_path(w, pool, a, &a->best, own, lists, err) != 0)
        return -1;
    *again = lists->revokes;
    for (size_t i = 0; lists->told.uncovered > 0 && i < a->kepts && !*again; i++) {
        const struct scp_path *p = &a->kept[i];
        struct scp_intermediates_lists other;

        if (p->fault != SCP_PATH_GOOD || (covered != NULL && !scp_path_is_better(p, covered)))
            continue;
        if (judge_path(w, pool, a, p, own, &other, err) != 0)
            return -1;
        *again = other.revokes;
        if (other.told.uncovered > 0)
            continue;
        covered = p;
    }
    if (covered != NULL && !*again) {
        a->best = *covered;
        if (judge_path(w, pool, a, &a->best, own, lists, err) != 0)
            return -1;
        *again = lists->revokes;
    }
    return 0;
}

static void look_for_doubt(struct scp_intermediates_facts *f, const struct scp_path_answer *a)
{
    const struct scp_path *p = scp_path_told(a);

    if (p->unsure[0] != '\0' && f->key_unknown[0] == '\0')
        (void)snprintf(f->key_unknown, sizeof f->key_unknown, "%s", p->unsure);
    for (size_t i = 0; i < p->n; i++) {
        const struct scp_pool_cert *c = scp_path_cert(a, p, i);

        if (scp_store_damaged(&f->disallowed, c->sha1))
            (void)scp_num_to_hex(c->sha1, SCP_SHA1_LEN, f->disallowed_damaged);
        if ((c->origin & SCP_ORIGIN_DOUBTFUL) != 0) {
            f->restriction_unreadable = true;
            f->restriction_of_root = i + 1 == p->n;
            (void)scp_outline_short_name(&scp_path_outline(a, p, i)->subject, f->restriction_what, sizeof f->restriction_what);
        }
    }
}

/* The policies about keys, certificate by certificate; where the source does not hold them they may refuse it. */
static bool refuses(void *context, const struct scp_key *key, char *reason, size_t size)
{
    const struct scp_intermediates_work *w = context;

    if (w->supposed != NULL && key->self_signed)
        return false;
    return scp_key_policy_refuses(&w->f->keys, key, reason, size) == SCP_YES;
}

static int distrusts(void *context, const struct scp_pool_cert *cert, bool *yes, struct scp_err *err)
{
    *yes = false;
    return is_supposed(context, cert->sha1) ? 0 : scp_intermediates_listed(context, cert->der, cert->len, yes, err);
}

/* Seeks until no certificate of the best path turns out to be revoked. */
static int seek(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_path_query *q, struct scp_pool_rule *own,
                struct scp_path_answer *out, struct scp_intermediates_lists *lists, struct scp_err *err)
{
    bool again = true;

    for (int i = 0; i < SEARCHES_MAX && again; i++) {
        again = false;
        if (scp_path_find(pool, q, out, err) != 0 ||
            (w->f->crls > 0 && out->good > 0 && judge_paths(w, pool, out, own, lists, &again, err) != 0))
            return -1;
    }
    /* More revoked certificates than any honest store holds: nothing good may be left. */
    if (again) {
        out->good = 0;
        out->miss.path = out->best;
        out->miss.path.fault = SCP_PATH_REVOKED;
        out->stopped = "too many revoked certificates";
    }
    /* The lists were held against the one that is told. */
    if (w->f->crls > 0 && out->good > 0) {
        out->good = 1;
        out->more = false;
        out->until = out->best.not_after;
    }
    return 0;
}

int scp_intermediates_search(struct scp_intermediates_work *w, struct scp_pool *pool, struct scp_intermediates_member *m,
                             struct scp_path_answer **out, struct scp_err *err)
{
    struct scp_pool_rule rule = SCP_POOL_RULE_NONE;
    struct scp_path_query q = { .der = m->der,
                                .len = m->len,
                                .issuing = m->issuing,
                                .purpose = w->f->purpose,
                                .at = w->q->now,
                                .refuses = w->f->has_registry ? refuses : NULL,
                                .distrusts = distrusts,
                                .context = w,
                                .rule = &rule };
    struct scp_path_answer *answer = malloc(sizeof *answer);
    struct scp_intermediates_lists lists = { .told = { .uncovered = 0 } };
    struct scp_err why = SCP_ERR_INIT;
    bool listed;

    *out = NULL;
    if (answer == NULL)
        return scp_err_memory(err);
    if (scp_intermediates_listed(w, m->der, m->len, &listed, err) != 0) {
        free(answer);
        return -1;
    }
    rule.disallowed = listed || holds(&w->f->disallowed, m->sha1, m->der, m->len);
    if (seek(w, pool, &q, &rule, answer, &lists, &why) != 0) {
        free(answer);
        if (why.code == SCP_ERR_FORMAT) {
            m->unreadable = true;
            (void)snprintf(m->reason, sizeof m->reason, "%.150s", why.message);
            return 0;
        }
        return scp_err_set(err, why.code, "%s", why.message);
    }
    scp_intermediates_crl_settle(w->f, &lists, m, answer);
    look_for_doubt(w->f, answer);
    *out = answer;
    return 0;
}
