/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "base/array.h"
#include "base/num.h"
#include "chain/host.h"
#include "chain/issuer.h"
#include "windows/elsewhere.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Targets --- */

struct scp_intermediates_target *scp_intermediates_new_target(struct scp_intermediates_facts *f, enum scp_intermediates_kind kind,
                                                              const char *id, const char *name, size_t members, struct scp_err *err)
{
    struct scp_intermediates_target *t = scp_array_room(f->v, f->n, sizeof *t, SCP_INTERMEDIATES_TARGETS_MAX, "targets", err);

    if (t == NULL)
        return NULL;
    f->v = t;
    t += f->n;
    *t = (struct scp_intermediates_target){ .kind = kind, .level = SCP_LEVEL_REQUIRED };
    (void)snprintf(t->id, sizeof t->id, "%s", id);
    (void)snprintf(t->name, sizeof t->name, "%s", name);
    t->v = calloc(members > 0 ? members : 1, sizeof *t->v);
    if (t->v == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    t->n = members;
    f->n++;
    return t;
}

int scp_intermediates_member_is(struct scp_intermediates_member *m, const uint8_t *der, size_t len, struct scp_err *err)
{
    struct scp_outline outline;

    m->der = der;
    m->len = len;
    if (scp_certificate_sha1(der, len, m->sha1, err) != 0)
        return -1;
    if (!scp_outline_read(der, len, &outline)) {
        m->unreadable = true;
        (void)snprintf(m->reason, sizeof m->reason, "not a certificate (RFC 5280 section 4.1)");
    } else if (m->name[0] == '\0') {
        (void)scp_outline_short_name(&outline.subject, m->name, sizeof m->name);
    }
    return 0;
}

static int find_member(const struct scp_intermediates_facts *f, struct scp_intermediates_member *m, struct scp_err *err)
{
    for (size_t i = 0; i < scp_pool_count(f->pool) && !m->found; i++) {
        const struct scp_pool_cert *c = scp_pool_get(f->pool, i);

        int same = m->want == NULL ? memcmp(c->sha1, m->sha1, SCP_SHA1_LEN) == 0
                                   : scp_profile_cert_is(m->want, c->sha1, c->der, c->len, &m->forged, err);

        if (same < 0 || (same > 0 && scp_intermediates_member_is(m, c->der, c->len, err) != 0))
            return -1;
        m->found = same > 0;
    }
    if (!m->found && (scp_store_damaged(&f->ca, m->sha1) || scp_store_damaged(&f->root, m->sha1))) {
        m->unreadable = true;
        (void)snprintf(m->reason, sizeof m->reason, "its entry in the store could not be read");
    }
    return 0;
}

static int gather_member(struct scp_intermediates_work *w, struct scp_intermediates_member *m, const struct scp_profile_cert *want,
                         const uint8_t sha1[SCP_SHA1_LEN], struct scp_err *err)
{
    m->want = want;
    m->alias = want != NULL ? want->alias : NULL;
    m->issuing = true;
    memcpy(m->sha1, sha1, SCP_SHA1_LEN);
    if (want != NULL)
        (void)snprintf(m->name, sizeof m->name, "%s", want->name);
    if (find_member(w->f, m, err) != 0)
        return -1;
    if (m->name[0] == '\0')
        scp_num_to_hex(sha1, SCP_SHA1_LEN, m->name);
    return m->found && !m->unreadable ? scp_intermediates_search(w, w->f->pool, m, &m->path, err) : 0;
}

static bool has_good(const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].path != NULL && t->v[i].path->good > 0)
            return true;
    }
    return false;
}

/* Could the root itself be used? */
static int gather_anchor(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_err *err)
{
    const struct scp_profile_cert *root = t->family->anchor;

    if (scp_intermediates_has_root(w->f, root))
        return gather_member(w, &t->anchor, root, root->sha1, err);
    return root->der != NULL ? scp_intermediates_listed(w, root->der, root->der_len, &t->anchor_listed, err) : 0;
}

/* The bytes of a family's root: those that a store has, else the profile's.  1: there are some. */
static int root_bytes(const struct scp_intermediates_work *w, const struct scp_profile_cert *root, struct scp_pool_cert *out,
                      struct scp_err *err)
{
    bool forged = false;
    int same = 0;

    for (size_t i = 0; i < scp_pool_count(w->f->pool) && same == 0; i++) {
        const struct scp_pool_cert *c = scp_pool_get(w->f->pool, i);

        same = scp_profile_cert_is(root, c->sha1, c->der, c->len, &forged, err);
        out->der = c->der;
        out->len = c->len;
    }
    if (same == 0 && root->der != NULL) {
        out->der = root->der;
        out->len = root->der_len;
        same = 1;
    }
    memcpy(out->sha1, root->sha1, sizeof out->sha1);
    return same;
}

static int add_fetched(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_profile_ref *refs, size_t n,
                       struct scp_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct scp_profile_cert *c = refs[i].cert;

        if (c != NULL && c->der != NULL && !scp_pool_has(pool, refs[i].sha1, false) &&
            scp_intermediates_add(w, pool, c->der, c->der_len, false, SCP_ORIGIN_FETCHED, err) != 0)
            return -1;
    }
    return 0;
}

/* The path of a member that is in a store, or that Windows would fetch. */
static int suppose_member(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_intermediates_member *m,
                          bool fetches, struct scp_err *err)
{
    struct scp_intermediates_member copy = *m;

    if (!m->found && fetches && m->want != NULL && m->want->der != NULL &&
        scp_intermediates_member_is(&copy, m->want->der, m->want->der_len, err) != 0)
        return -1;
    return copy.der != NULL && !copy.unreadable ? scp_intermediates_search(w, t->supposed, &copy, &m->supposed, err) : 0;
}

static int suppose(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_err *err)
{
    bool fetches = scp_chain_policy_fetches(&w->f->chain) == SCP_YES;

    t->supposed = scp_intermediates_pool(w, err);
    if (t->supposed == NULL)
        return -1;
    if (fetches && (add_fetched(w, t->supposed, t->family->via, t->family->vias, err) != 0 ||
                    add_fetched(w, t->supposed, t->family->any_of, t->family->any_ofs, err) != 0))
        return -1;
    /* One that would chain is enough: nothing keeps the family from it. */
    for (size_t i = 0; i < t->n && (i == 0 || t->v[i - 1].supposed == NULL || t->v[i - 1].supposed->good == 0); i++) {
        if (suppose_member(w, t, &t->v[i], fetches, err) != 0)
            return -1;
    }
    return 0;
}

/* Do rules of this machine stand on the root that a store has? */
static bool is_restricted(const struct scp_intermediates_work *w, const struct scp_profile_cert *root)
{
    for (size_t i = 0; i < scp_pool_count(w->f->pool); i++) {
        const struct scp_pool_cert *c = scp_pool_get(w->f->pool, i);

        if (memcmp(c->sha1, root->sha1, SCP_SHA1_LEN) == 0 &&
            ((c->origin & SCP_ORIGIN_DOUBTFUL) != 0 || scp_pool_rule_any(&c->rule)))
            return true;
    }
    return false;
}

/* Could anything keep the family from chaining, once what is missing comes?  By themselves its certificates do chain. */
static int could_fail(struct scp_intermediates_work *w, const struct scp_intermediates_target *t, bool *yes, struct scp_err *err)
{
    const struct scp_profile_family *family = t->family;

    *yes = w->f->crls > 0 || w->f->purpose != SCP_PURPOSE_SERVER_AUTH || !scp_key_policy_is_default(&w->f->keys) ||
           is_restricted(w, family->anchor);
    for (size_t i = 0; i < family->vias + family->any_ofs && !*yes; i++) {
        const struct scp_profile_ref *ref = i < family->vias ? &family->via[i] : &family->any_of[i - family->vias];

        if (scp_intermediates_objection(w, ref, yes, err) != 0)
            return -1;
    }
    return 0;
}

/* No member chains: what keeps it from that, once what Windows fetches has come, and were the root one that can be used? */
static int gather_supposed(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_err *err)
{
    const struct scp_profile_cert *anchor = t->family->anchor;
    struct scp_pool_cert root = { .root = true,
                                  .origin = (uint32_t)SCP_ORIGIN_ROOT << SCP_MEMBER_DEFAULT,
                                  .rule = SCP_POOL_RULE_NONE };
    bool usable, fails;
    int rc;

    if (anchor == NULL || !anchor->has_sha1 || !w->f->has_registry || has_good(t))
        return 0;
    if (gather_anchor(w, t, err) != 0 || could_fail(w, t, &fails, err) != 0)
        return -1;
    if (!fails)
        return 0;
    usable = t->anchor.path != NULL && t->anchor.path->good > 0;
    rc = usable ? 1 : root_bytes(w, anchor, &root, err);
    if (rc <= 0)
        return rc;
    w->supposed = usable ? NULL : &root;
    rc = suppose(w, t, err);
    w->supposed = NULL;
    return rc;
}

static int gather_family(struct scp_intermediates_work *w, const struct scp_profile_family *family, enum scp_level level,
                         struct scp_err *err)
{
    struct scp_intermediates_target *t =
        scp_intermediates_new_target(w->f, SCP_INTERMEDIATES_FAMILY, family->alias, family->name, family->any_ofs, err);

    if (t == NULL)
        return -1;
    t->family = family;
    t->level = level;
    for (size_t i = 0; i < t->n; i++) {
        if (gather_member(w, &t->v[i], family->any_of[i].cert, family->any_of[i].sha1, err) != 0)
            return -1;
    }
    return gather_supposed(w, t, err);
}

/* --- --require --- */

static bool is_required(const struct scp_intermediates_query *q, const char *alias)
{
    for (size_t i = 0; i < q->options->require.n; i++) {
        if (strcmp(q->options->require.v[i], alias) == 0)
            return true;
    }
    return false;
}

static bool is_family(const struct scp_profile *p, const char *alias)
{
    for (size_t i = 0; i < p->families; i++) {
        if (strcmp(p->family[i].alias, alias) == 0)
            return true;
    }
    return false;
}

static int gather_required(struct scp_intermediates_work *w, const char *what, struct scp_err *err)
{
    const struct scp_profile_cert *known;
    struct scp_intermediates_target *t;
    struct scp_profile_cert wanted;
    bool thumbprint;

    if (is_family(w->q->trust->profile, what))
        return 0;
    thumbprint = scp_profile_cert_wanted(what, SCP_LEVEL_REQUIRED, &wanted);
    known = scp_profile_ca(w->q->trust->profile, &wanted);
    if (known == NULL && !thumbprint)
        return scp_err_set(err, SCP_ERR_USAGE,
                           "--require: '%.80s' is neither a family or issuing CA of the profile nor a SHA-1 or SHA-256 thumbprint",
                           what);
    if (known == NULL) {
        w->f->wanted[w->f->wanteds] = wanted;
        known = &w->f->wanted[w->f->wanteds++];
    }
    t = scp_intermediates_new_target(w->f, SCP_INTERMEDIATES_CA, known->alias, known->name, 1, err);
    return t != NULL ? gather_member(w, &t->v[0], known, known->sha1, err) : -1;
}

/* Is a target's certificate for the host that was named? */
int scp_intermediates_judge_name(struct scp_intermediates_facts *f, struct scp_intermediates_target *t, struct scp_err *err)
{
    const char *host = scp_intermediates_host_of(f, t);
    int fits = host[0] != '\0' ? scp_host_fits(t->v[0].der, t->v[0].len, host, err) : 1;

    t->misnamed = fits == 0;
    return fits < 0 ? -1 : 0;
}

/* --- --certificate --- */

/* The certificate of a file whose path is to be built: the one that issued no other in it, else the first. */
static size_t leaf_of(const struct scp_bundle *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct scp_outline mine, other;
        bool issuer = false;
        size_t len;
        const uint8_t *der = scp_bundle_certificate(b, i, &len);

        if (!scp_outline_read(der, len, &mine))
            continue;
        for (size_t k = 0; k < b->n && !issuer; k++) {
            size_t other_len;
            const uint8_t *other_der = scp_bundle_certificate(b, k, &other_len);

            issuer = k != i && scp_outline_read(other_der, other_len, &other) && scp_outline_same(&other.issuer, &mine.subject);
        }
        if (!issuer)
            return i;
    }
    return 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static int is_issuing(const uint8_t *der, size_t len, bool *issuing, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_certificate c;

    *issuing = false;
    if (scp_certificate_parse(der, len, &c, &why) != 0)
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err)
                                          : scp_err_set(err, SCP_ERR_FORMAT, "OpenSSL cannot decode the certificate");
    *issuing = c.is_ca;
    scp_certificate_free(&c);
    return 0;
}

static int gather_file(struct scp_intermediates_work *w, struct scp_err *err)
{
    struct scp_bundle *b = &w->f->certificate_file;
    struct scp_intermediates_target *t;
    const uint8_t *der;
    size_t len;

    if (scp_intermediates_bundle(w->f, w->q->options->certificate, b, err) != 0)
        return -1;
    if (b->n > SCP_INTERMEDIATES_CHAIN_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "%s: more than %d certificates: not a chain", w->q->options->certificate,
                           SCP_INTERMEDIATES_CHAIN_MAX);
    der = scp_bundle_certificate(b, leaf_of(b), &len);
    t = scp_intermediates_new_target(w->f, SCP_INTERMEDIATES_FILE, base_name(w->q->options->certificate),
                                     base_name(w->q->options->certificate), 1, err);
    if (t == NULL || scp_intermediates_member_is(&t->v[0], der, len, err) != 0)
        return -1;
    if (is_issuing(der, len, &t->v[0].issuing, err) != 0)
        return scp_err_prefix(err, "%s", w->q->options->certificate);
    t->v[0].found = true;
    if (scp_intermediates_judge_name(w->f, t, err) != 0)
        return -1;
    return scp_intermediates_search(w, w->f->pool, &t->v[0], &t->v[0].path, err);
}

/* --- The whole --- */

static int load_registry(struct scp_intermediates_facts *f, const struct scp_trust *trust, struct scp_err *err)
{
    const struct scp_registry *r = trust->registry;

    if (r == NULL)
        return 0;
    f->has_registry = true;
    f->root = trust->root;
    f->disallowed = trust->disallowed;
    f->update = trust->policy;
    scp_chain_policy_read(r, &f->chain);
    scp_key_policy_read(r, &f->keys);
    if (scp_store_load(r, SCP_STORE_CA, &f->ca, err) != 0 || scp_store_load(r, SCP_STORE_TRUST, &f->trust, err) != 0)
        return -1;
    return scp_store_load(r, SCP_STORE_MY, &f->my, err);
}

static int load_files(struct scp_intermediates_facts *f, const struct scp_intermediates_query *q, struct scp_err *err)
{
    f->has_roots_file = q->options->roots != NULL;
    f->has_ca_file = q->options->intermediates != NULL;
    if (q->options->roots != NULL && scp_intermediates_bundle(f, q->options->roots, &f->roots_file, err) != 0)
        return -1;
    if (q->options->intermediates != NULL && scp_intermediates_bundle(f, q->options->intermediates, &f->ca_file, err) != 0)
        return -1;
    return scp_intermediates_crl_load(f, &q->options->crl, err);
}

static void gather_profile(struct scp_intermediates_facts *f)
{
    const struct scp_profile *p = f->profile;

    for (size_t i = 0; i < p->cas; i++) {
        for (size_t k = 0; k < scp_pool_count(f->pool) && f->stales < SCP_INTERMEDIATES_STALE_MAX; k++) {
            const struct scp_pool_cert *c = scp_pool_get(f->pool, k);

            if (p->ca[i].level == SCP_LEVEL_STALE && memcmp(c->sha1, p->ca[i].sha1, SCP_SHA1_LEN) == 0)
                f->stale[f->stales++] = (struct scp_intermediates_stale){ &p->ca[i], scp_intermediates_place(c->origin) };
        }
        for (size_t k = 0; k < f->disallowed.certs; k++)
            f->disallowed_wanted +=
                p->ca[i].level != SCP_LEVEL_STALE && memcmp(f->disallowed.cert[k].sha1, p->ca[i].sha1, SCP_SHA1_LEN) == 0;
    }
}

/* Is a certificate that is not where it counts in another store? */
static int look_elsewhere(struct scp_intermediates_work *w, const struct scp_profile_cert *cert, enum scp_store_name wanted,
                          struct scp_err *err)
{
    struct scp_intermediates_facts *f = w->f;
    struct scp_elsewhere found;

    if (!cert->has_sha1 || cert->level == SCP_LEVEL_STALE)
        return 0;
    if (scp_elsewhere_find(w->q->trust->registry, cert->sha1, wanted, &found, err) != 0)
        return -1;
    if (found.n > 0) {
        f->astray[f->astrays].cert = cert;
        scp_elsewhere_phrase(&found, f->astray[f->astrays].where, sizeof f->astray[0].where);
        f->astrays++;
    }
    return 0;
}

static int gather_astray(struct scp_intermediates_work *w, struct scp_err *err)
{
    const struct scp_profile *p = w->f->profile;

    if (w->q->trust->registry == NULL || p->roots + p->cas == 0)
        return 0;
    w->f->astray = calloc(p->roots + p->cas, sizeof *w->f->astray);
    if (w->f->astray == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < p->roots; i++) {
        if (!scp_intermediates_has_root(w->f, &p->root[i]) && look_elsewhere(w, &p->root[i], SCP_STORE_ROOT, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < p->cas; i++) {
        if (!scp_pool_has(w->f->pool, p->ca[i].sha1, false) && look_elsewhere(w, &p->ca[i], SCP_STORE_CA, err) != 0)
            return -1;
    }
    return 0;
}

/* What a root is good for, and whether Windows would install one, depends on its list. */
static int gather_trusted(struct scp_intermediates_work *w, struct scp_err *err)
{
    w->f->trusted = scp_trust_list(w->q->trust, SCP_TRUST_TRUSTED, err);
    return w->f->trusted != NULL ? 0 : -1;
}

/* The way to the network, where it is needed. */
static int open_network(struct scp_intermediates_work *w, struct scp_err *err)
{
    struct scp_network_setting *n = w->q->network;

    if (w->q->sent != NULL)
        return 0;
    if (n->registry_proxy) {
        if (w->q->trust->registry == NULL)
            return scp_err_set(err, SCP_ERR_USAGE, "--proxy=registry needs a registry: give --registry=FILE");
        scp_egress_gather(w->q->trust->registry, &w->f->egress);
        w->f->egress.implied = n->implied_proxy;
        /* The setting is shared: what is not asked here leaves it alone, as these facts may go before it. */
        if (w->f->probe || w->q->hosts != NULL || w->q->options->connect != NULL) {
            n->options.proxy_for = scp_egress_proxy_for;
            n->options.proxy_context = &w->f->egress;
        }
    }
    if (!w->f->probe)
        return 0;
    w->http = scp_http_curl_new(&n->options, err);
    return w->http != NULL ? 0 : -1;
}

/* With a certificate or a server to judge, the profile's families - an inference - are not asked about. */
static int gather_targets(struct scp_intermediates_work *w, struct scp_err *err)
{
    const struct scp_intermediates_query *q = w->q;
    bool own = q->options->certificate != NULL || q->options->connect != NULL || q->hosts != NULL;

    if (q->options->name != NULL && scp_intermediates_name_parse(q->options->name, w->f->host, sizeof w->f->host, err) != 0)
        return -1;
    if (q->options->certificate != NULL && gather_file(w, err) != 0)
        return -1;
    if (scp_intermediates_servers(w, err) != 0)
        return -1;
    if (q->options->require.n > SCP_INTERMEDIATES_REQUIRE_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "--require: more than %d of them", SCP_INTERMEDIATES_REQUIRE_MAX);
    w->f->wanted = calloc(q->options->require.n + 1, sizeof *w->f->wanted);
    if (w->f->wanted == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < q->options->require.n; i++) {
        if (gather_required(w, q->options->require.v[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; i < q->trust->profile->families; i++) {
        const struct scp_profile_family *family = &q->trust->profile->family[i];
        bool required = is_required(q, family->alias);

        if ((required || (!own && family->level <= SCP_LEVEL_RECOMMENDED)) &&
            gather_family(w, family, required ? SCP_LEVEL_REQUIRED : family->level, err) != 0)
            return -1;
    }
    return w->f->probe ? scp_intermediates_probe(w, err) : 0;
}

static int gather(struct scp_intermediates_work *w, struct scp_err *err)
{
    struct scp_intermediates_facts *f = w->f;

    w->hasher = scp_hasher_new();
    if (w->hasher == NULL)
        return scp_err_memory(err);
    if (load_registry(f, w->q->trust, err) != 0 || load_files(f, w->q, err) != 0 || gather_trusted(w, err) != 0)
        return -1;
    f->pool = scp_intermediates_pool(w, err);
    if (f->pool == NULL)
        return -1;
    gather_profile(f);
    if (gather_astray(w, err) != 0)
        return -1;
    return open_network(w, err) == 0 ? gather_targets(w, err) : -1;
}

int scp_intermediates_gather(const struct scp_intermediates_query *q, struct scp_intermediates_facts *out, struct scp_err *err)
{
    struct scp_intermediates_work w = { .q = q, .f = out };
    int rc;

    memset(out, 0, sizeof *out);
    out->profile = q->trust->profile;
    out->whom = q->trust;
    out->purpose = (enum scp_purpose)q->options->purpose;
    out->probe = q->options->aia == SCP_AIA_PROBE;
    out->service = q->hosts != NULL;
    rc = gather(&w, err);
    scp_hasher_free(w.hasher);
    scp_http_free(w.http);
    if (rc != 0)
        scp_intermediates_free(out);
    return rc;
}

void scp_intermediates_free(struct scp_intermediates_facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->v[i].n; k++) {
            free(f->v[i].v[k].path);
            free(f->v[i].v[k].fetched);
            free(f->v[i].v[k].supposed);
        }
        free(f->v[i].v);
        free(f->v[i].fetch);
        free(f->v[i].anchor.path);
        scp_pool_free(f->v[i].pool);
        scp_pool_free(f->v[i].supposed);
    }
    free(f->v);
    free(f->astray);
    free(f->wanted);
    scp_pool_free(f->pool);
    for (size_t i = 0; i < f->servers; i++) {
        scp_pool_free(f->server[i].pool);
        if (!f->server[i].lent)
            scp_tls_chain_free(&f->server[i].chain);
    }
    free(f->server);
    scp_bundle_free(&f->roots_file);
    scp_bundle_free(&f->ca_file);
    scp_bundle_free(&f->certificate_file);
    scp_intermediates_crl_free(f);
    for (size_t i = 0; i < f->blobs; i++)
        scp_buf_free(&f->blob[i]);
    free(f->blob);
    scp_store_free(&f->ca);
    scp_store_free(&f->my);
    scp_store_free(&f->trust);
    memset(f, 0, sizeof *f);
}
