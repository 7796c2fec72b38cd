/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/crl_set.h"

#include "codec/x509/name.h"
#include "codec/x509/pem.h"

#include <stdlib.h>
#include <string.h>

/* --- Which of them speak --- */

static bool same_signer(const struct scp_crl *a, const struct scp_crl *b, const struct scp_crl_context *c)
{
    const struct scp_issuer *p, *q;

    if (a->signature != SCP_CRL_SIGNATURE_GOOD || b->signature != SCP_CRL_SIGNATURE_GOOD || a->key >= c->issuers ||
        b->key >= c->issuers || !scp_name_equal(a->issuer_der, a->issuer_der_len, b->issuer_der, b->issuer_der_len, NULL))
        return false;
    p = &c->issuer[a->key];
    q = &c->issuer[b->key];
    return p->spki_der_len == q->spki_der_len && memcmp(p->spki_der, q->spki_der, p->spki_der_len) == 0;
}

/* Does `b` cover what `a` does?  A complete list holds the changes of the deltas before it. */
static bool same_scope(const struct scp_crl *a, const struct scp_crl *b)
{
    const struct scp_crl_point *p = &a->point, *q = &b->point;

    if ((b->delta && !a->delta) || p->present != q->present || p->named != q->named || p->uris != q->uris ||
        p->only_user != q->only_user || p->only_ca != q->only_ca || p->only_attribute != q->only_attribute ||
        p->only_some_reasons != q->only_some_reasons || p->indirect != q->indirect)
        return false;
    for (size_t i = 0; i < p->uris; i++) {
        if (strcmp(p->uri[i], q->uri[i]) != 0)
            return false;
    }
    /* A name that is no address cannot be compared. */
    return !p->named || p->uris > 0;
}

/* As strcmp(); numbers are positive INTEGERs' content. */
static int compare_numbers(const struct scp_crl *a, const struct scp_crl *b)
{
    const uint8_t *p = a->number, *q = b->number;
    size_t n = a->number_len, m = b->number_len;

    for (; n > 0 && *p == 0; p++, n--)
        ;
    for (; m > 0 && *q == 0; q++, m--)
        ;
    if (n != m)
        return n < m ? -1 : 1;
    return n > 0 ? memcmp(p, q, n) : 0;
}

static bool is_older(const struct scp_crl *a, const struct scp_crl *b)
{
    if (a->number_len > 0 && b->number_len > 0)
        return compare_numbers(a, b) < 0;
    return a->this_update < b->this_update;
}

bool scp_crl_set_superseded(const struct scp_crl_set *s, size_t which, const struct scp_crl_context *c)
{
    const struct scp_crl *crl = &s->v[which];

    for (size_t i = 0; i < s->n; i++) {
        if (i != which && same_signer(crl, &s->v[i], c) && same_scope(crl, &s->v[i]) && is_older(crl, &s->v[i]))
            return true;
    }
    return false;
}

bool scp_crl_set_lifted(const struct scp_crl_set *s, size_t which, const struct scp_crl_context *c)
{
    const struct scp_crl *crl = &s->v[which];
    const struct scp_crl_hit *hit = scp_crl_find(crl, c->serial);

    for (size_t i = 0; hit != NULL && hit->reason == SCP_CRL_REASON_HOLD && i < s->n; i++) {
        const struct scp_crl_hit *change = s->v[i].delta ? scp_crl_find(&s->v[i], c->serial) : NULL;

        if (change != NULL && change->reason == SCP_CRL_REASON_REMOVE && same_signer(crl, &s->v[i], c) && !is_older(&s->v[i], crl))
            return true;
    }
    return false;
}

static bool is_by(const struct scp_crl *crl, const uint8_t *name, size_t n)
{
    return scp_name_equal(crl->issuer_der, crl->issuer_der_len, name, n, NULL);
}

/* Of a certificate's issuer; without a certificate, of any that may be. */
static bool is_expected(const struct scp_crl *crl, const struct scp_crl_context *c)
{
    if (c->certificate != NULL && !is_by(crl, c->certificate->issuer_der, c->certificate->issuer_der_len))
        return false;
    for (size_t i = 0; i < c->issuers; i++) {
        if (is_by(crl, c->issuer[i].subject_der, c->issuer[i].subject_der_len))
            return true;
    }
    return c->issuers == 0;
}

/* --- What they say together --- */

/* Does `next` say more than what was said so far? */
static bool counts_more(const struct scp_judgement *next, const struct scp_judgement *so_far, bool certificate)
{
    bool good = scp_judgement_good(next), was_good = scp_judgement_good(so_far);

    if (so_far->starved || (so_far->reason == SCP_REASON_REVOKED && !next->starved))
        return false;
    if (next->starved || next->reason == SCP_REASON_REVOKED)
        return true;
    if (good != was_good)
        return certificate ? good : was_good;
    /* Of two good ones the one that ends sooner; of two bad ones what is known before what is not. */
    return good ? next->next_update < so_far->next_update : so_far->unknown && !next->unknown;
}

static size_t judge_lists(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_judgement *j)
{
    size_t which = s->n;

    for (size_t i = 0; i < s->n; i++) {
        struct scp_judgement one;

        if (!is_expected(&s->v[i], c) || scp_crl_set_superseded(s, i, c))
            continue;
        scp_crl_judge(&s->v[i], c, &one);
        if (which < s->n && !counts_more(&one, j, c->certificate != NULL))
            continue;
        *j = one;
        which = i;
    }
    if (which < s->n)
        return which;
    scp_crl_judge(&s->v[0], c, j);
    return 0;
}

size_t scp_crl_set_judge(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_judgement *j)
{
    if (s->unread.err.code == SCP_ERR_NONE && s->n > 0)
        return judge_lists(s, c, j);
    scp_crl_judge_unread(&s->unread, c, j);
    return 0;
}

/* --- Reading --- */

int scp_crl_set_take(struct scp_crl_set *s, struct scp_crl_reader *r, struct scp_err *err)
{
    struct scp_crl *v;

    if (s->n == SCP_CRL_SET_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d CRLs", SCP_CRL_SET_MAX);
    v = realloc(s->v, (s->n + 1) * sizeof *v);
    if (v == NULL)
        return scp_err_memory(err);
    s->v = v;
    s->n += scp_crl_read(r, &v[s->n], &s->unread);
    return 0;
}

static int take_block(struct scp_crl_set *s, const struct scp_buf *der, const struct scp_crl_asked *asked, struct scp_err *err)
{
    struct scp_crl_reader *r = scp_crl_judge_reader_new(asked->issuer, asked->issuers, asked->serial, asked->serials, err);
    int rc = -1;

    if (r != NULL) {
        (void)scp_crl_reader_feed(r, (const uint8_t *)scp_buf_text(der), der->n, NULL);
        rc = scp_crl_set_take(s, r, err);
    }
    scp_crl_reader_free(r);
    return rc;
}

int scp_crl_set_read_pem(const char *text, size_t n, const struct scp_crl_asked *asked, struct scp_crl_set *s, struct scp_err *err)
{
    size_t pos = 0, blocks = 0;
    struct scp_buf der;
    int rc = 0, found = 1;

    scp_buf_init(&der, SCP_PEM_BLOCK_MAX);
    while (rc == 0 && s->unread.err.code == SCP_ERR_NONE && (found = scp_pem_next(text, n, &pos, "X509 CRL", &der, err)) > 0) {
        rc = take_block(s, &der, asked, err);
        blocks++;
    }
    /* As certutil labels whatever it encodes. */
    if (rc == 0 && found == 0 && blocks == 0 && (found = scp_crl_from_pem(text, n, &der, err)) > 0) {
        rc = take_block(s, &der, asked, err);
        blocks++;
    }
    scp_buf_free(&der);
    return rc != 0 || found < 0 ? -1 : blocks > 0;
}

void scp_crl_set_free(struct scp_crl_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        scp_crl_free(&s->v[i]);
    free(s->v);
    *s = (struct scp_crl_set){ .v = NULL };
}
