/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "chain/issuer.h"

#include <stdio.h>
#include <string.h>

/*
 * TLS inspection: a device between the server and the service makes certificates of its own.  For a name of the service's own
 * (`kind = tls` in the profile) who vouches is known: an issuer of the profile, by its key and not by its name, or a root of the
 * profile or of Windows' list of trusted roots.
 */

static bool is_der(const struct scp_bytes *a, const uint8_t *p, size_t n)
{
    return a->p != NULL && a->n == n && memcmp(a->p, p, n) == 0;
}

/* Is it an issuer of the profile's, or signed by one?  A name alone is nothing; that it is borne is remembered. */
static int by_issuer(const struct scp_pool_cert *c, const struct scp_outline *o, struct scp_intermediates_server *s, bool *yes,
                     struct scp_err *err)
{
    const struct scp_profile_endpoint *e = s->service;

    for (size_t i = 0; i < e->vouchers && !*yes; i++) {
        const struct scp_profile_issuer *v = e->voucher[i];
        int signed_by = 0;

        *yes = is_der(&o->subject, v->subject_der, v->subject_der_len) && is_der(&o->spki, v->spki_der, v->spki_der_len);
        if (*yes || !is_der(&o->issuer, v->subject_der, v->subject_der_len))
            continue;
        signed_by = scp_issuer_key_signed(v->spki_der, v->spki_der_len, c->der, c->len, err);
        if (signed_by < 0)
            return -1;
        *yes = signed_by == 1;
        s->namesake = s->namesake || signed_by == 0;
    }
    return 0;
}

/* Does the path end at a root that Microsoft's list or the profile names? */
static bool by_root(const struct scp_intermediates_facts *f, const struct scp_pool_cert *c, const struct scp_outline *o)
{
    struct scp_profile_cert root = { .has_sha1 = true };

    if (!scp_list_believed(f->trusted) || !scp_outline_same(&o->issuer, &o->subject))
        return false;
    memcpy(root.sha1, c->sha1, sizeof root.sha1);
    return scp_profile_root_by_sha1(f->profile, c->sha1) != NULL || scp_list_lookup(f->trusted, &root).named == SCP_YES;
}

int scp_intermediates_inspect(struct scp_intermediates_work *w, struct scp_intermediates_server *s, const struct scp_path_answer *a,
                              struct scp_err *err)
{
    const struct scp_path *p = a != NULL ? scp_path_told(a) : NULL;
    bool vouched = false;

    s->service = scp_profile_service(w->f->profile, s->host);
    if (s->service == NULL || p == NULL || p->n == 0 || (a->good == 0 && a->stopped != NULL))
        return 0;
    for (size_t i = 0; i < p->n && !vouched; i++) {
        if (by_issuer(scp_path_cert(a, p, i), scp_path_outline(a, p, i), s, &vouched, err) != 0)
            return -1;
    }
    s->inspected = !vouched && !by_root(w->f, scp_path_cert(a, p, p->n - 1), scp_path_outline(a, p, p->n - 1));
    return 0;
}

static bool is_sought(const struct scp_intermediates_target *t)
{
    return t->server != NULL && t->v[0].path != NULL && scp_path_told(t->v[0].path)->n > 0;
}

/* One issuer of that name and, as far as both tell, of that key. */
static bool same_maker(const struct scp_outline *a, const struct scp_outline *b)
{
    return scp_outline_same(&a->issuer, &b->issuer) &&
           (a->authority_key.p == NULL || b->authority_key.p == NULL || scp_outline_same(&a->authority_key, &b->authority_key));
}

/* What vouches for an inspected name of the service vouches for others on the same way: those that only a log names. */
void scp_intermediates_inspect_alike(struct scp_intermediates_facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->n && is_sought(&f->v[i]) && f->v[i].server->service == NULL; k++) {
            const struct scp_intermediates_server *other = f->v[k].server;

            if (other != NULL && other->service != NULL && other->inspected &&
                same_maker(scp_intermediates_top(&f->v[i]), scp_intermediates_top(&f->v[k])))
                f->v[i].server->inspected = true;
        }
    }
}
