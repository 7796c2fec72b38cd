/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "base/array.h"
#include "base/file.h"
#include "judge/crl_path.h"
#include "codec/x509/name.h"
#include "codec/x509/pem.h"
#include "codec/text/sniff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Revocation lists of --with-crl, held against the certificates of a path. */

enum { CRL_FILE_MAX = 24 << 20 };

static struct scp_intermediates_crl *add_entry(struct scp_intermediates_facts *f, const char *path, struct scp_err *err)
{
    struct scp_intermediates_crl *c = scp_array_room(f->crl, f->crls, sizeof *c, SCP_CHAIN_CRLS_MAX, "revocation lists", err);

    if (c == NULL)
        return NULL;
    f->crl = c;
    c += f->crls++;
    *c = (struct scp_intermediates_crl){ .usable = true };
    scp_buf_init(&c->der, CRL_FILE_MAX);
    (void)snprintf(c->location, sizeof c->location, "%s", path);
    return c;
}

/* What is no list is told beside the others, which may hold what is revoked. */
static int spoil(struct scp_intermediates_crl *c, const struct scp_err *why, struct scp_err *err)
{
    if (why->code == SCP_ERR_MEMORY)
        return scp_err_memory(err);
    c->usable = false;
    (void)snprintf(c->message, sizeof c->message, "%.200s", why->message);
    return 0;
}

static int add_list(struct scp_intermediates_facts *f, const char *path, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct scp_intermediates_crl *c = add_entry(f, path, err);
    struct scp_err why = SCP_ERR_INIT;
    struct scp_bytes issuer;
    struct scp_crl crl;

    if (c == NULL)
        return -1;
    if (scp_crl_parse((struct scp_bytes){ p, n }, (struct scp_bytes){ NULL, 0 }, NULL, 0, &crl, &why) != 0)
        return spoil(c, &why, err);
    issuer = (struct scp_bytes){ crl.issuer_der, crl.issuer_der_len };
    (void)scp_outline_short_name(&issuer, c->issuer, sizeof c->issuer);
    c->issuer_len = crl.issuer_der_len;
    /* The issuer's name, then the list. */
    (void)scp_buf_add(&c->der, crl.issuer_der, crl.issuer_der_len);
    scp_crl_free(&crl);
    return scp_buf_add(&c->der, p, n) == 0 ? 0 : scp_err_memory(err);
}

static int add_pem(struct scp_intermediates_facts *f, const char *path, const struct scp_buf *text, struct scp_err *err)
{
    struct scp_intermediates_crl *damaged;
    struct scp_err why = SCP_ERR_INIT;
    size_t before = f->crls, pos = 0;
    struct scp_buf der;
    int rc = 0, found;

    scp_buf_init(&der, CRL_FILE_MAX);
    while (rc == 0 && (found = scp_pem_next(scp_buf_text(text), text->n, &pos, "X509 CRL", &der, &why)) != 0) {
        if (found > 0)
            rc = add_list(f, path, (const uint8_t *)scp_buf_text(&der), der.n, err);
        else
            rc = (damaged = add_entry(f, path, err)) != NULL ? spoil(damaged, &why, err) : -1;
    }
    scp_buf_free(&der);
    if (rc == 0 && f->crls == before)
        return scp_err_set(err, SCP_ERR_FORMAT, "%s: no revocation list in it", path);
    return rc;
}

static int load_file(struct scp_intermediates_facts *f, const char *path, struct scp_err *err)
{
    struct scp_buf file;
    int rc;

    scp_buf_init(&file, CRL_FILE_MAX);
    rc = scp_file_slurp(path, &file, err);
    if (rc == 0 && scp_pem_is(scp_buf_text(&file), file.n))
        rc = add_pem(f, path, &file, err);
    else if (rc == 0 && scp_sniff((const uint8_t *)scp_buf_text(&file), file.n) == SCP_SNIFF_DER)
        rc = add_list(f, path, (const uint8_t *)scp_buf_text(&file), file.n, err);
    else if (rc == 0)
        rc = scp_err_set(err, SCP_ERR_FORMAT, "%s: no revocation list (%s)", path,
                         scp_sniff_name(scp_sniff((const uint8_t *)scp_buf_text(&file), file.n)));
    scp_buf_free(&file);
    return rc;
}

static const uint8_t *list_der(const struct scp_intermediates_crl *c, size_t *n)
{
    *n = c->der.n - c->issuer_len;
    return (const uint8_t *)scp_buf_text(&c->der) + c->issuer_len;
}

/* In whatever order they are given, they are looked at in the same one. */
static int by_bytes(const void *pa, const void *pb)
{
    const struct scp_intermediates_crl *a = pa, *b = pb;
    int order = memcmp(scp_buf_text(&a->der), scp_buf_text(&b->der), a->der.n < b->der.n ? a->der.n : b->der.n);

    if (order == 0)
        order = (a->der.n > b->der.n) - (a->der.n < b->der.n);
    return order != 0 ? order : strcmp(a->location, b->location);
}

static int decode(struct scp_intermediates_facts *f, struct scp_err *err)
{
    f->crl_decoded = scp_chain_crls_new();
    if (f->crl_decoded == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < f->crls; i++) {
        struct scp_intermediates_crl *c = &f->crl[i];
        size_t n;
        const uint8_t *der = list_der(c, &n);
        int taken = scp_chain_crls_add(f->crl_decoded, der, n, err);

        if (taken < 0)
            return -1;
        if (taken == 1 || !c->usable)
            continue;
        c->usable = false;
        (void)snprintf(c->message, sizeof c->message, "OpenSSL cannot decode it");
    }
    return 0;
}

int scp_intermediates_crl_load(struct scp_intermediates_facts *f, const struct scp_list *files, struct scp_err *err)
{
    for (size_t i = 0; i < files->n; i++) {
        if (load_file(f, files->v[i], err) != 0)
            return -1;
    }
    if (f->crls == 0)
        return 0;
    qsort(f->crl, f->crls, sizeof *f->crl, by_bytes);
    return decode(f, err);
}

void scp_intermediates_crl_free(struct scp_intermediates_facts *f)
{
    for (size_t i = 0; i < f->crls; i++)
        scp_buf_free(&f->crl[i].der);
    free(f->crl);
    free(f->revoked);
    scp_chain_crls_free(f->crl_decoded);
}

/* --- A path and its lists --- */

/* All that is known of one path and the lists while they are held against each other. */
struct trial {
    struct scp_intermediates_facts *f;
    const struct scp_path_answer *a;
    const struct scp_path *p;
    struct scp_chain_signers signers;
    struct scp_revocable certificate[SCP_PATH_DEPTH_MAX];
    size_t certificates;
    char unread[SCP_PATH_DEPTH_MAX][160]; /* why what is asked of a certificate cannot be read; "" */
    struct scp_crl_path_list list[SCP_CHAIN_CRLS_MAX];
    size_t number[SCP_CHAIN_CRLS_MAX]; /* list[i] is the facts' list of that number: those that could be read */
    size_t lists;
    struct scp_crl_path_word word[SCP_PATH_DEPTH_MAX];
    struct scp_chain_told told[SCP_PATH_DEPTH_MAX];
};

static const char *name_of(const struct trial *t, size_t i, char out[128])
{
    return scp_outline_short_name(&scp_path_outline(t->a, t->p, i)->subject, out, 128);
}

static int read_certificates(struct trial *t, struct scp_err *err)
{
    for (; t->certificates + 1 < t->p->n; t->certificates++) {
        const struct scp_pool_cert *c = scp_path_cert(t->a, t->p, t->certificates);
        struct scp_err why = SCP_ERR_INIT;

        if (scp_revocable_parse(c->der, c->len, &t->certificate[t->certificates], &why) == 0)
            continue;
        if (why.code == SCP_ERR_MEMORY)
            return scp_err_memory(err);
        (void)snprintf(t->unread[t->certificates], sizeof t->unread[0], "%.150s", why.message);
    }
    return 0;
}

static void take_lists(struct trial *t)
{
    for (size_t i = 0; i < t->f->crls; i++) {
        struct scp_crl_path_list *l = &t->list[t->lists];

        l->der = list_der(&t->f->crl[i], &l->len);
        l->issuer = (const uint8_t *)scp_buf_text(&t->f->crl[i].der);
        l->issuer_len = t->f->crl[i].issuer_len;
        if (l->len > 0)
            t->number[t->lists++] = i;
    }
}

static int find_signers(struct trial *t, struct scp_pool *pool, int64_t now, struct scp_err *err)
{
    struct scp_bytes name[SCP_CHAIN_CRLS_MAX];

    for (size_t i = 0; i < t->lists; i++) {
        const struct scp_intermediates_crl *c = &t->f->crl[t->number[i]];

        name[i] = (struct scp_bytes){ (const uint8_t *)scp_buf_text(&c->der), c->issuer_len };
    }
    return scp_chain_signers(pool, &(struct scp_chain_path){ t->a, t->p, now }, name, t->lists, &t->signers, err);
}

/* Ours first: what is genuine, in force and by somebody who may.  Of that OpenSSL says whether it covers the path. */
static int judge(struct trial *t, struct scp_pool *pool, int64_t now, struct scp_err *err)
{
    struct scp_crl_path q = { .certificate = t->certificate, .now = now };
    bool use[SCP_CHAIN_CRLS_MAX] = { false };

    take_lists(t);
    if (find_signers(t, pool, now, err) != 0 || read_certificates(t, err) != 0)
        return -1;
    q.certificates = t->certificates;
    q.signer = t->signers.v;
    q.signers = t->signers.n;
    if (scp_crl_path_judge(&q, t->list, t->lists, t->word, err) != 0)
        return -1;
    for (size_t i = 0; i < t->lists; i++)
        use[t->number[i]] = t->list[i].usable && !t->list[i].superseded;
    return scp_chain_crls_verify(t->f->crl_decoded, use, &(struct scp_chain_path){ t->a, t->p, now }, &t->signers, t->told, err);
}

/* --- What it comes to --- */

static bool is_of_issuer(const struct trial *t, size_t list, size_t i)
{
    const struct scp_intermediates_crl *c = &t->f->crl[t->number[list]];

    return i < t->certificates && t->unread[i][0] == '\0' &&
           scp_name_equal((const uint8_t *)scp_buf_text(&c->der), c->issuer_len, t->certificate[i].issuer_der,
                          t->certificate[i].issuer_der_len, NULL);
}

/* The end of a file's name, which tells more than its beginning. */
static const char *tail(const char *location, size_t most)
{
    size_t n = strlen(location);

    return n > most ? location + n - most : location;
}

static int remember_revoked(struct trial *t, size_t i, const struct scp_intermediates_crl *by, const char *what,
                            struct scp_err *err)
{
    const uint8_t *sha1 = scp_path_cert(t->a, t->p, i)->sha1;
    struct scp_intermediates_revoked *v;

    for (size_t k = 0; k < t->f->revokeds; k++) {
        if (memcmp(t->f->revoked[k].sha1, sha1, SCP_SHA1_LEN) == 0)
            return 0;
    }
    v = scp_array_room(t->f->revoked, t->f->revokeds, sizeof *v, SCP_POOL_MAX, "revoked certificates", err);
    if (v == NULL)
        return -1;
    t->f->revoked = v;
    v += t->f->revokeds++;
    memcpy(v->sha1, sha1, sizeof v->sha1);
    if (by != NULL)
        (void)snprintf(v->text, sizeof v->text, "%.60s in the list of %.40s, %.40s", what, by->issuer, tail(by->location, 40));
    else
        (void)snprintf(v->text, sizeof v->text, "%.60s", what);
    return 0;
}

/* Revoked by any list is revoked, unless a list of changes lifts it: then OpenSSL's word stands. */
static int note_revoked(struct trial *t, size_t i, struct scp_intermediates_lists *out, struct scp_err *err)
{
    const struct scp_crl_path_word *word = &t->word[i];
    const struct scp_chain_told *told = &t->told[i];
    const struct scp_intermediates_crl *by = told->list < t->f->crls ? &t->f->crl[told->list] : NULL;

    if (word->revoked && !word->lifted)
        out->revoked[i] = true;
    if (out->revoked[i])
        return remember_revoked(t, i, &t->f->crl[t->number[word->list]], word->message, err);
    out->revoked[i] = told->revoked;
    return told->revoked ? remember_revoked(t, i, by, "revoked", err) : 0;
}

/* Of no issuer of the path: an indirect one? */
static bool is_of_another(const struct trial *t, size_t list)
{
    for (size_t i = 0; i < t->certificates; i++) {
        if (is_of_issuer(t, list, i))
            return false;
    }
    return true;
}

/* Why does no list tell of it: which are there? */
static void explain(const struct trial *t, size_t i, char *out, size_t size)
{
    char issuer[128];
    size_t of_issuer = t->lists;

    for (size_t k = 0; k < t->lists; k++) {
        if (is_of_issuer(t, k, i) && (of_issuer == t->lists || !t->list[k].usable))
            of_issuer = k;
    }
    for (size_t k = 0; k < t->lists && of_issuer == t->lists; k++) {
        if (t->list[k].concerns && !t->list[k].usable && is_of_another(t, k))
            of_issuer = k;
    }
    (void)scp_outline_short_name(&scp_path_outline(t->a, t->p, i)->issuer, issuer, sizeof issuer);
    if (t->unread[i][0] != '\0')
        (void)snprintf(out, size, "%s", t->unread[i]);
    else if (t->word[i].astray)
        (void)snprintf(out, size, "the lists of %s do not tell: %s", issuer, t->word[i].message);
    else if (of_issuer == t->lists)
        (void)snprintf(out, size, "no list of %s was given%s", issuer,
                       t->signers.more ? ", and not all that may have signed others were looked at" : "");
    else if (!t->list[of_issuer].usable)
        (void)snprintf(out, size, "the list of %.60s in %.100s: %.160s", t->f->crl[t->number[of_issuer]].issuer,
                       tail(t->f->crl[t->number[of_issuer]].location, 100), t->list[of_issuer].message);
    else if (t->word[i].good || t->word[i].message[0] == '\0')
        (void)snprintf(out, size, "the lists of %s do not cover it (OpenSSL: %s)", issuer, t->told[i].why);
    else
        (void)snprintf(out, size, "the lists of %s do not cover it: %s", issuer, t->word[i].message);
}

static void note_uncovered(struct trial *t, size_t i, struct scp_intermediates_lists *out)
{
    char name[128], why[SCP_INTERMEDIATES_TOLD - 160];

    if (out->told.uncovered++ == 0) {
        explain(t, i, why, sizeof why);
        (void)snprintf(out->told.doubt, sizeof out->told.doubt, "whether %s is revoked is not known: %s", name_of(t, i, name), why);
    }
    for (size_t k = 0; k < t->lists; k++)
        out->missed[t->number[k]] = out->missed[t->number[k]] || (is_of_issuer(t, k, i) && !t->list[k].usable);
}

static int conclude(struct trial *t, struct scp_intermediates_lists *out, struct scp_err *err)
{
    char name[128];

    for (size_t i = 0; i < t->p->n; i++) {
        if (note_revoked(t, i, out, err) != 0)
            return -1;
        if (out->revoked[i] || i == t->certificates)
            continue;
        if (!t->told[i].covered || t->word[i].astray || t->unread[i][0] != '\0')
            note_uncovered(t, i, out);
        else if (!t->word[i].good && out->told.scope[0] == '\0')
            (void)snprintf(out->told.scope, sizeof out->told.scope,
                           "%s is not revoked by what OpenSSL makes of the lists together; one by itself does not tell: %s",
                           name_of(t, i, name), t->word[i].message);
    }
    return 0;
}

static void note_lists(const struct trial *t)
{
    for (size_t i = 0; i < t->lists; i++) {
        struct scp_intermediates_crl *c = &t->f->crl[t->number[i]];
        const struct scp_crl_path_list *l = &t->list[i];

        c->used = c->used || l->concerns;
        if (!l->concerns || l->usable || !c->usable)
            continue;
        c->usable = false;
        (void)snprintf(c->message, sizeof c->message, "%s", l->message);
    }
}

int scp_intermediates_crl_judge(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_path_answer *a,
                                const struct scp_path *p, struct scp_intermediates_lists *out, struct scp_err *err)
{
    struct trial *t;
    int rc;

    *out = (struct scp_intermediates_lists){ .told = { .uncovered = 0 } };
    if (w->f->crls == 0)
        return 0;
    t = calloc(1, sizeof *t);
    if (t == NULL)
        return scp_err_memory(err);
    t->f = w->f;
    t->a = a;
    t->p = p;
    rc = judge(t, pool, w->q->now, err);
    if (rc == 0) {
        note_lists(t);
        rc = conclude(t, out, err);
    }
    for (size_t i = 0; i < t->certificates; i++)
        scp_revocable_free(&t->certificate[i]);
    free(t);
    return rc;
}

/* --- What is told --- */

static void tell_revoked(const struct scp_intermediates_facts *f, const struct scp_path_answer *a, struct scp_path *p)
{
    if (p->fault != SCP_PATH_REVOKED)
        return;
    for (size_t i = 0; i < f->revokeds; i++) {
        if (memcmp(f->revoked[i].sha1, scp_path_cert(a, p, p->at)->sha1, SCP_SHA1_LEN) == 0)
            (void)snprintf(p->message, sizeof p->message, "%s", f->revoked[i].text);
    }
}

void scp_intermediates_crl_settle(struct scp_intermediates_facts *f, const struct scp_intermediates_lists *lists,
                                  struct scp_intermediates_member *m, struct scp_path_answer *a)
{
    m->told = lists->told;
    for (size_t i = 0; i < f->crls; i++)
        f->crl[i].missed = f->crl[i].missed || lists->missed[i];
    for (size_t i = 0; i < a->kepts; i++)
        tell_revoked(f, a, &a->kept[i]);
    if (a->good == 0)
        tell_revoked(f, a, &a->miss.path);
}
