/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"
#include "check/intermediates/verdict.h"

#include "chain/issuer.h"

#include <stdio.h>
#include <string.h>

/*
 * TLS inspection: a device between the server and the service makes certificates of its own.  For a name of the service's own
 * (`kind = tls` in the profile) who vouches is known: an issuer of the profile, by its key and not by its name, or a root of the
 * profile or of Windows' list of trusted roots.
 */

struct top {
    const uint8_t *der;
    size_t len;
    const struct scp_outline *outline;
    const uint8_t *sha1;
};

static void get(const struct scp_pool *pool, const struct scp_intermediates_member *m, const struct scp_path *p, size_t i,
                struct top *out)
{
    const struct scp_pool_cert *c = p->cert[i] != SCP_PATH_SELF ? scp_pool_get(pool, p->cert[i]) : NULL;

    *out = (struct top){ .der = c != NULL ? c->der : m->der,
                         .len = c != NULL ? c->len : m->len,
                         .outline = scp_intermediates_outline_at(pool, m, p, i),
                         .sha1 = scp_intermediates_sha1_at(pool, m, p, i) };
}

static bool is_der(const struct scp_outline_bytes *a, const uint8_t *p, size_t n)
{
    return a->p != NULL && a->n == n && memcmp(a->p, p, n) == 0;
}

/* Is it an issuer of the profile's, or signed by one?  A name alone is nothing; that it is borne is remembered. */
static int by_issuer(const struct scp_profile_endpoint *e, const struct top *t, struct scp_intermediates_server *s, bool *yes,
                     struct scp_err *err)
{
    for (size_t i = 0; i < e->vouchers && !*yes; i++) {
        const struct scp_profile_issuer *v = e->voucher[i];
        int signed_by = 0;

        *yes = is_der(&t->outline->subject, v->subject_der, v->subject_der_len) &&
               is_der(&t->outline->spki, v->spki_der, v->spki_der_len);
        if (*yes || !is_der(&t->outline->issuer, v->subject_der, v->subject_der_len))
            continue;
        signed_by = scp_issuer_key_signed(v->spki_der, v->spki_der_len, t->der, t->len, err);
        if (signed_by < 0)
            return -1;
        *yes = signed_by == 1;
        s->namesake = s->namesake || signed_by == 0;
    }
    return 0;
}

/* Does the path end at a root that Microsoft's list or the profile names? */
static bool by_root(const struct scp_intermediates_facts *f, const struct top *t)
{
    struct scp_profile_cert root = { .has_sha1 = true };

    if (f->trusted == NULL || !scp_list_believed(f->trusted) || !scp_outline_same(&t->outline->issuer, &t->outline->subject))
        return false;
    memcpy(root.sha1, t->sha1, sizeof root.sha1);
    return scp_profile_root_by_sha1(f->profile, t->sha1) != NULL || scp_list_lookup(f->trusted, &root).named == SCP_YES;
}

int scp_intermediates_inspect(struct scp_intermediates_work *w, const struct scp_intermediates_target *t, struct scp_err *err)
{
    struct scp_intermediates_server *s = &w->f->server;
    const struct scp_intermediates_member *m = &t->v[0];
    const struct scp_path *p = m->path == NULL ? NULL : m->path->good > 0 ? &m->path->best : &m->path->miss.path;
    const struct scp_pool *pool = scp_intermediates_pool_of(w->f, t, false);
    struct top top;
    bool vouched = false;

    s->service = scp_profile_service(w->f->profile, s->host);
    if (s->service == NULL || p == NULL || p->n == 0 || (m->path->good == 0 && m->path->stopped != NULL))
        return 0;
    if (scp_intermediates_read_trusted(w, err) != 0)
        return -1;
    for (size_t i = 0; i < p->n && !vouched; i++) {
        get(pool, m, p, i, &top);
        if (by_issuer(s->service, &top, s, &vouched, err) != 0)
            return -1;
    }
    get(pool, m, p, p->n - 1, &top);
    vouched = vouched || by_root(w->f, &top);
    s->inspected = !vouched;
    return 0;
}
