/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/revocation.h"

#include "base/array.h"
#include "chain/path_internal.h"
#include "codec/x509/crypto.h"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

struct scp_chain_crls {
    X509_CRL **v; /* NULL: not decodable */
    size_t n;
};

/* Lists by their numbers, in the order in which OpenSSL is to see them. */
struct order {
    size_t v[SCP_CHAIN_CRLS_MAX];
    size_t n;
};

/* What OpenSSL is to judge. */
struct trial {
    X509 *x[SCP_PATH_DEPTH_MAX];
    size_t n;
    STACK_OF(X509) * untrusted; /* the path between its ends, then others that may have signed a list */
    const struct scp_chain_crls *crls;
    struct order order;
    int64_t at;
    struct scp_chain_told told[SCP_PATH_DEPTH_MAX];
};

/* --- OpenSSL's verdict --- */

static struct trial *trial_of(const X509_STORE_CTX *ctx)
{
    return X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(ctx), 0);
}

/* Of the path the next one; of the way from a list's issuer to the anchor whatever fits. */
static int is_issuer(X509_STORE_CTX *ctx, X509 *x, X509 *issuer)
{
    const struct trial *t = trial_of(ctx);

    if (X509_check_issued(issuer, x) != X509_V_OK)
        return 0;
    if (X509_STORE_CTX_get0_parent_ctx(ctx) != NULL)
        return 1;
    for (size_t i = 0; i < t->n; i++) {
        if (t->x[i] == x && t->x[i + 1 < t->n ? i + 1 : i] == issuer)
            return 1;
    }
    return 0;
}

static bool is_microsofts(X509_CRL *crl)
{
    ASN1_OBJECT *version = OBJ_txt2obj("1.3.6.1.4.1.311.21.1", 1);
    bool is = version != NULL && X509_CRL_get_ext_by_OBJ(crl, version, -1) >= 0;

    ASN1_OBJECT_free(version);
    return is;
}

/*
 * OpenSSL takes the best and newest list and does not look at a second one when its signature is wrong: a list for which it would
 * take the certificate's issuer as the signer is shown only where that one has signed it.
 */
static bool is_shown(X509_CRL *crl, X509 *x, X509 *issuer)
{
    AUTHORITY_KEYID *id;
    bool shown;

    if (issuer == NULL || X509_NAME_cmp(X509_get_issuer_name(x), X509_CRL_get_issuer(crl)) != 0 ||
        X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1)
        return true;
    id = X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, NULL, NULL);
    shown = X509_check_akid(issuer, id) != X509_V_OK && !is_microsofts(crl);
    AUTHORITY_KEYID_free(id);
    return shown;
}

static STACK_OF(X509_CRL) * lists_for(const X509_STORE_CTX *ctx, const X509_NAME *name)
{
    const struct trial *t = trial_of(ctx);
    X509 *issuer = sk_X509_value(X509_STORE_CTX_get0_chain(ctx), X509_STORE_CTX_get_error_depth(ctx) + 1);
    STACK_OF(X509_CRL) *out = sk_X509_CRL_new_null();

    (void)name;
    for (size_t i = 0; out != NULL && i < t->order.n; i++) {
        X509_CRL *crl = t->crls->v[t->order.v[i]];

        if (is_shown(crl, X509_STORE_CTX_get_current_cert(ctx), issuer) && X509_CRL_up_ref(crl) == 1 &&
            sk_X509_CRL_push(out, crl) <= 0)
            X509_CRL_free(crl);
    }
    return out;
}

static size_t index_of(const struct trial *t, const X509_CRL *crl)
{
    for (size_t i = 0; crl != NULL && i < t->crls->n; i++) {
        if (t->crls->v[i] == crl)
            return i;
    }
    return (size_t)-1;
}

static bool is_about_lists(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_CERT_REVOKED: return true;
    default: return false;
    }
}

/* What is wrong with one certificate's lists is written down, and OpenSSL goes on: the others want to be told, too. */
static int note(int ok, X509_STORE_CTX *ctx)
{
    int error = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);
    bool anchor = depth + 1 == sk_X509_num(X509_STORE_CTX_get0_chain(ctx));
    struct trial *t = trial_of(ctx);
    struct scp_chain_told *told;

    if (scp_path_let_through(ok, ctx) != 0)
        return 1;
    if ((anchor && is_about_lists(error) && error != X509_V_ERR_CERT_REVOKED)) {
        X509_STORE_CTX_set_error(ctx, X509_V_OK);
        return 1;
    }
    if (X509_STORE_CTX_get0_parent_ctx(ctx) != NULL || !is_about_lists(error) || depth < 0 || (size_t)depth >= t->n)
        return 0;
    told = &t->told[depth];
    told->covered = false;
    if (error == X509_V_ERR_CERT_REVOKED) {
        told->revoked = true;
        told->list = index_of(t, X509_STORE_CTX_get0_current_crl(ctx));
    } else if (told->why == NULL) {
        told->why = X509_verify_cert_error_string(error);
    }
    return 1;
}

static bool set_up(X509_STORE_CTX *ctx, X509_STORE *store, struct trial *t, unsigned long flags)
{
    X509_VERIFY_PARAM *p;

    if (X509_STORE_CTX_init(ctx, store, t->x[0], t->untrusted) != 1)
        return false;
    p = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(p, (time_t)t->at);
    X509_VERIFY_PARAM_set_auth_level(p, SCP_PATH_SECURITY_LEVEL);
    X509_VERIFY_PARAM_set_depth(p, SCP_PATH_DEPTH_MAX);
    X509_STORE_CTX_set_verify_cb(ctx, note);
    return X509_VERIFY_PARAM_set_flags(p, flags) == 1 && scp_path_set_policies(p);
}

/* A store with the anchor alone; what the callbacks need hangs on it, as the ways to lists' issuers share nothing else. */
static X509_STORE *store_of(struct trial *t)
{
    X509_STORE *store = X509_STORE_new();

    if (store == NULL)
        return NULL;
    X509_STORE_set_check_issued(store, is_issuer);
    X509_STORE_set_lookup_crls(store, lists_for);
    if (X509_STORE_add_cert(store, t->x[t->n - 1]) == 1 && X509_STORE_set_ex_data(store, 0, t) == 1)
        return store;
    X509_STORE_free(store);
    return NULL;
}

/* What is against the path itself is against the first certificate that is at fault. */
static void refuse(struct trial *t, X509_STORE_CTX *ctx)
{
    int depth = X509_STORE_CTX_get_error_depth(ctx);
    size_t at = depth >= 0 && (size_t)depth < t->n ? (size_t)depth : 0;

    t->told[at].covered = false;
    t->told[at].why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
}

static void verify(struct trial *t)
{
    enum {
        FLAGS = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS |
                X509_V_FLAG_CHECK_SS_SIGNATURE
    };
    X509_STORE *store = store_of(t);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();

    if (store == NULL || ctx == NULL || !set_up(ctx, store, t, FLAGS))
        t->told[0] = (struct scp_chain_told){ .why = "out of memory" };
    else if (X509_verify_cert(ctx) != 1)
        refuse(t, ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
}

/* --- Of lists that are alike it takes the first --- */

/* Whatever the order in which they were given, the same one. */
static void sort_lists(const struct scp_chain_crls *crls, const bool *use, struct order *out)
{
    for (size_t i = 0; i < crls->n; i++) {
        size_t to = out->n;

        if (!use[i] || crls->v[i] == NULL)
            continue;
        for (; to > 0 && X509_CRL_match(crls->v[i], crls->v[out->v[to - 1]]) < 0; to--)
            out->v[to] = out->v[to - 1];
        out->v[to] = i;
        out->n++;
    }
}

static bool has(X509_CRL *crl, int nid)
{
    return X509_CRL_get_ext_by_NID(crl, nid, -1) >= 0;
}

/* May OpenSSL take either of them?  It tells complete lists by their dates, and does not tell deltas. */
static bool are_alike(X509_CRL *a, X509_CRL *b)
{
    const bool delta = has(a, NID_delta_crl), of_one = X509_NAME_cmp(X509_CRL_get_issuer(a), X509_CRL_get_issuer(b)) == 0;

    if (delta != has(b, NID_delta_crl) || X509_CRL_match(a, b) == 0)
        return false;
    if (delta)
        return of_one;
    return (of_one || (has(a, NID_issuing_distribution_point) && has(b, NID_issuing_distribution_point))) &&
           ASN1_TIME_compare(X509_CRL_get0_lastUpdate(a), X509_CRL_get0_lastUpdate(b)) == 0;
}

/* Those that another one is like: deltas, or complete ones. */
static void find_alike(const struct trial *t, bool delta, struct order *out)
{
    for (size_t i = 0; i < t->order.n; i++) {
        X509_CRL *crl = t->crls->v[t->order.v[i]];
        bool alike = false;

        for (size_t k = 0; k < t->order.n && !alike; k++)
            alike = are_alike(crl, t->crls->v[t->order.v[k]]);
        if (alike && has(crl, NID_delta_crl) == delta)
            out->v[out->n++] = t->order.v[i];
    }
}

static void put_first(struct order *o, const struct order *of, size_t which)
{
    size_t at = 0;

    if (which >= of->n)
        return;
    while (o->v[at] != of->v[which])
        at++;
    memmove(o->v + 1, o->v, at * sizeof *o->v);
    o->v[0] = of->v[which];
}

/* What any order has revoked is revoked; covered is what every order covers. */
static void add_told(const struct scp_chain_told *one, size_t n, struct scp_chain_told *sum)
{
    for (size_t i = 0; i < n; i++) {
        sum[i].covered = sum[i].covered && one[i].covered;
        if (!sum[i].revoked && one[i].revoked) {
            sum[i].revoked = true;
            sum[i].list = one[i].list;
        }
        if (sum[i].why == NULL)
            sum[i].why = one[i].why;
    }
}

static void nothing_told(struct scp_chain_told told[SCP_PATH_DEPTH_MAX])
{
    for (size_t i = 0; i < SCP_PATH_DEPTH_MAX; i++)
        told[i] = (struct scp_chain_told){ .covered = true, .list = (size_t)-1 };
}

/* With each of those that are alike before the others. */
static void verify_each(struct trial *t, struct scp_chain_told *out)
{
    struct order complete = { .n = 0 }, deltas = { .n = 0 };
    const struct order sorted = t->order;

    find_alike(t, false, &complete);
    find_alike(t, true, &deltas);
    for (size_t i = 0; i == 0 || i < complete.n; i++) {
        for (size_t k = 0; k == 0 || k < deltas.n; k++) {
            t->order = sorted;
            put_first(&t->order, &complete, i);
            put_first(&t->order, &deltas, k);
            nothing_told(t->told);
            verify(t);
            add_told(t->told, t->n, out);
        }
    }
}

/* --- The path and its company, decoded --- */

static void end_trial(struct trial *t)
{
    for (size_t i = 0; i < t->n; i++)
        X509_free(t->x[i]);
    sk_X509_pop_free(t->untrusted, X509_free);
}

static bool push(STACK_OF(X509) * stack, X509 *x)
{
    if (x != NULL && stack != NULL && sk_X509_push(stack, x) > 0)
        return true;
    X509_free(x);
    return false;
}

/* false: something cannot be decoded, which OpenSSL did when it verified the path: out of memory. */
static bool begin_trial(struct trial *t, const struct scp_path_answer *a, const struct scp_path *p)
{
    t->untrusted = sk_X509_new_null();
    for (; t->n < p->n; t->n++) {
        const struct scp_pool_cert *c = scp_path_cert(a, p, t->n);

        t->x[t->n] = scp_pool_decode(c->der, c->len);
        if (t->x[t->n] == NULL)
            return false;
    }
    for (size_t i = 1; i + 1 < t->n; i++) {
        if (X509_up_ref(t->x[i]) != 1 || !push(t->untrusted, t->x[i]))
            return false;
    }
    return t->untrusted != NULL;
}

int scp_chain_crls_verify(const struct scp_chain_crls *crls, const bool *use, const struct scp_chain_path *path,
                          const struct scp_chain_signers *signers, struct scp_chain_told out[SCP_PATH_DEPTH_MAX],
                          struct scp_err *err)
{
    struct trial t = { .crls = crls, .at = path->at };
    bool ready;

    nothing_told(out);
    if (scp_crypto_begin(err) != 0)
        return -1;
    ready = begin_trial(&t, path->a, path->p);
    for (size_t i = signers->path; ready && i < signers->path + signers->others; i++)
        ready = push(t.untrusted, scp_pool_decode(signers->v[i].der, signers->v[i].der_len));
    if (ready && t.n > 1) {
        sort_lists(crls, use, &t.order);
        verify_each(&t, out);
    } else if (!ready)
        out[0] = (struct scp_chain_told){ .why = "cannot be decoded" };
    end_trial(&t);
    return scp_crypto_end(err);
}

/* --- Who may have signed --- */

struct company {
    const struct scp_path_answer *a;
    const struct scp_path *p;
    struct scp_chain_signers *out;
    struct scp_issuer other[SCP_ISSUERS_MAX], namesake[SCP_ISSUERS_MAX];
    size_t others, namesakes;
};

static bool same_key(const struct scp_issuer *a, const struct scp_issuer *b)
{
    const struct scp_bytes p = { a->spki_der, a->spki_der_len }, q = { b->spki_der, b->spki_der_len };

    return scp_outline_same(&p, &q);
}

static bool is_named(const struct scp_issuer *i, const struct scp_bytes *name)
{
    const struct scp_bytes subject = { i->subject_der, i->subject_der_len }, wanted = { name->p, name->n };

    return scp_pool_names_equal(&subject, &wanted);
}

static int by_bytes(const struct scp_issuer *a, const struct scp_issuer *b)
{
    int order = memcmp(a->der, b->der, a->der_len < b->der_len ? a->der_len : b->der_len);

    return order != 0 ? order : (a->der_len > b->der_len) - (a->der_len < b->der_len);
}

/* Each once; of too many, in whatever order they come, the same ones.  false: one is left out. */
static bool keep(struct scp_issuer v[SCP_ISSUERS_MAX], size_t *n, const struct scp_issuer *i)
{
    size_t to = 0;
    bool full = *n == SCP_ISSUERS_MAX;

    while (to < *n && by_bytes(&v[to], i) < 0)
        to++;
    if (to < *n && by_bytes(&v[to], i) == 0)
        return true;
    if (to == SCP_ISSUERS_MAX)
        return false;
    memmove(&v[to + 1], &v[to], (*n - to - full) * sizeof *v);
    v[to] = *i;
    *n += !full;
    return !full;
}

static void take(struct company *c, const struct scp_issuer *i)
{
    for (size_t k = 0; k < c->out->path; k++) {
        const struct scp_issuer *own = &c->out->v[k];

        if (by_bytes(own, i) == 0)
            return;
        if (!same_key(own, i))
            continue;
        c->out->more = !keep(c->namesake, &c->namesakes, i) || c->out->more;
        return;
    }
    c->out->more = !keep(c->other, &c->others, i) || c->out->more;
}

static int take_named(struct company *c, struct scp_pool *pool, const struct scp_bytes *name, struct scp_err *err)
{
    const struct scp_bytes wanted = { name->p, name->n };
    const uint32_t *index;
    struct scp_issuer i;
    size_t n;

    if (scp_pool_subjects(pool, scp_outline_name_hash(&wanted), &index, &n, err) != 0)
        return -1;
    for (size_t k = 0; k < n; k++) {
        const struct scp_pool_entry *e = scp_pool_entry(pool, index[k]);

        if (scp_issuer_of(e->cert.der, e->cert.len, &i) && is_named(&i, name))
            take(c, &i);
    }
    return 0;
}

/* Does OpenSSL lead it to the path's anchor, through the path's certificates and its company? */
static bool leads_to_anchor(const struct trial *t, X509 *x)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE *store = X509_STORE_new();
    bool leads = store != NULL && ctx != NULL && X509_STORE_add_cert(store, t->x[t->n - 1]) == 1 &&
                 X509_STORE_CTX_init(ctx, store, x, t->untrusted) == 1;

    if (leads) {
        X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), (time_t)t->at);
        X509_STORE_CTX_set_verify_cb(ctx, scp_path_let_through);
        leads = X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return leads;
}

/* Those of another key than the path's that lead to its anchor. */
static void keep_leading(struct company *c, struct trial *t)
{
    X509 *x[SCP_ISSUERS_MAX] = { NULL };
    struct scp_chain_signers *out = c->out;

    for (size_t i = 0; i < c->others; i++) {
        x[i] = scp_pool_decode(c->other[i].der, c->other[i].der_len);
        if (x[i] != NULL && X509_up_ref(x[i]) == 1)
            (void)push(t->untrusted, x[i]);
    }
    for (size_t i = 0; i < c->others; i++) {
        bool leads = x[i] != NULL && leads_to_anchor(t, x[i]);

        X509_free(x[i]);
        if (leads && out->n < SCP_ISSUERS_MAX)
            out->v[out->n++] = c->other[i];
        else
            out->more = out->more || leads;
    }
    out->others = out->n - out->path;
}

static int gather_company(struct company *c, struct scp_pool *pool, const struct scp_bytes *name, size_t names, int64_t at,
                          struct scp_err *err)
{
    struct trial t = { .at = at };
    int rc = 0;

    for (size_t i = 0; i < names && rc == 0; i++)
        rc = take_named(c, pool, &name[i], err);
    if (rc == 0 && c->others > 0 && begin_trial(&t, c->a, c->p))
        keep_leading(c, &t);
    end_trial(&t);
    for (size_t i = 0; i < c->namesakes; i++) {
        if (c->out->n < SCP_ISSUERS_MAX)
            c->out->v[c->out->n++] = c->namesake[i];
        else
            c->out->more = true;
    }
    return rc;
}

int scp_chain_signers(struct scp_pool *pool, const struct scp_chain_path *path, const struct scp_bytes *name, size_t names,
                      struct scp_chain_signers *out, struct scp_err *err)
{
    struct company c = { .a = path->a, .p = path->p, .out = out };

    *out = (struct scp_chain_signers){ .n = 0 };
    if (scp_crypto_begin(err) != 0)
        return -1;
    for (size_t i = 1; i < path->p->n; i++) {
        const struct scp_pool_cert *cert = scp_path_cert(path->a, path->p, i);

        if (scp_issuer_of(cert->der, cert->len, &out->v[out->n]))
            out->n++;
    }
    out->path = out->n;
    if (gather_company(&c, pool, name, names, path->at, err) != 0)
        return -1;
    return scp_crypto_end(err);
}

/* --- Lists --- */

struct scp_chain_crls *scp_chain_crls_new(void)
{
    return calloc(1, sizeof(struct scp_chain_crls));
}

void scp_chain_crls_free(struct scp_chain_crls *crls)
{
    for (size_t i = 0; crls != NULL && i < crls->n; i++)
        X509_CRL_free(crls->v[i]);
    if (crls != NULL)
        free(crls->v);
    free(crls);
}

int scp_chain_crls_add(struct scp_chain_crls *crls, const uint8_t *der, size_t len, struct scp_err *err)
{
    X509_CRL **v = scp_array_room(crls->v, crls->n, sizeof *v, SCP_CHAIN_CRLS_MAX, "revocation lists", err);
    const unsigned char *p = der;
    X509_CRL *crl;

    if (v == NULL)
        return -1;
    crls->v = v;
    if (scp_crypto_begin(err) != 0)
        return -1;
    crl = d2i_X509_CRL(NULL, &p, (long)len);
    if (crl != NULL && p != der + len) {
        X509_CRL_free(crl);
        crl = NULL;
    }
    v[crls->n++] = crl;
    return scp_crypto_end(err) == 0 ? crl != NULL : -1;
}
