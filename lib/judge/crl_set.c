/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/crl_set.h"

#include "base/say.h"
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

/* Are both for the same certificates? */
static bool same_scope(const struct scp_crl *a, const struct scp_crl *b)
{
    const struct scp_crl_point *p = &a->point, *q = &b->point;

    if (p->present != q->present || p->named != q->named || p->uris != q->uris || p->only_user != q->only_user ||
        p->only_ca != q->only_ca || p->only_attribute != q->only_attribute || p->only_some_reasons != q->only_some_reasons ||
        p->indirect != q->indirect)
        return false;
    for (size_t i = 0; i < p->uris; i++) {
        if (strcmp(p->uri[i], q->uri[i]) != 0)
            return false;
    }
    /* A name that is no address cannot be compared. */
    return !p->named || p->uris > 0;
}

/* As strcmp(); numbers are positive INTEGERs' content. */
static int compare_numbers(const struct scp_crl_number *a, const struct scp_crl_number *b)
{
    const uint8_t *p = a->p, *q = b->p;
    size_t n = a->n, m = b->n;

    for (; n > 0 && *p == 0; p++, n--)
        ;
    for (; m > 0 && *q == 0; q++, m--)
        ;
    if (n != m)
        return n < m ? -1 : 1;
    return n > 0 ? memcmp(p, q, n) : 0;
}

static bool is_numbered(const struct scp_crl *crl)
{
    return crl->number.n > 0 && (crl->oddities & SCP_CRL_ODD_NUMBER) == 0;
}

static bool is_lower(const struct scp_crl *a, const struct scp_crl *b)
{
    return is_numbered(a) && is_numbered(b) && compare_numbers(&a->number, &b->number) < 0;
}

/* Where number and date contradict each other, neither is; so no list is older than itself, by way of others. */
static bool is_older(const struct scp_crl *a, const struct scp_crl *b)
{
    if (is_numbered(a) && is_numbered(b))
        return is_lower(a, b) && a->this_update <= b->this_update;
    return a->this_update < b->this_update;
}

/* Does `b` hold what `a` does?  A complete list holds the changes of the deltas before it; the changes since a later base are not
 * all of those since an earlier one. */
static bool holds_all(const struct scp_crl *b, const struct scp_crl *a)
{
    return !b->delta || (a->delta && is_numbered(a) && is_numbered(b) && compare_numbers(&b->base, &a->base) <= 0);
}

int scp_crl_set_superseded(const struct scp_crl_set *s, size_t which, const struct scp_crl_context *c, struct scp_err *err)
{
    const struct scp_crl *crl = &s->v[which];

    for (size_t i = 0; i < s->n; i++) {
        const struct scp_crl *other = &s->v[i];
        struct scp_judgement j;

        if (i == which || !same_signer(crl, other, c) || !same_scope(crl, other) || !is_older(crl, other) || !holds_all(other, crl))
            continue;
        scp_judgement_init(&j);
        if (scp_crl_is_in_force(other, c, &j) && scp_crl_is_genuine(other, c, &j))
            return 1;
        if (j.starved)
            return scp_err_memory(err);
    }
    return 0;
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

/* --- What is on hold no longer --- */

/* May it be used, whomever it is about?  -1: out of memory. */
static int is_usable(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_err *err)
{
    struct scp_judgement j;

    scp_judgement_init(&j);
    if (is_expected(crl, c) && scp_crl_is_genuine(crl, c, &j) && scp_crl_is_in_force(crl, c, &j))
        return 1;
    return j.starved ? scp_err_memory(err) : 0;
}

/* Does the list of changes apply to this one? */
static bool changes(const struct scp_crl *delta, const struct scp_crl *crl, const struct scp_crl_context *c)
{
    return delta != crl && delta->delta && same_signer(delta, crl, c) && same_scope(delta, crl) && !is_older(delta, crl);
}

static bool removes(const struct scp_crl *crl, const struct scp_crl_context *c)
{
    const struct scp_crl_hit *hit = scp_crl_find(crl, c->serial);

    return hit != NULL && hit->reason == SCP_CRL_REASON_REMOVE;
}

/* Every list of changes that may be used and is not older says so, too. */
static bool is_undisputed(const struct scp_crl_set *s, const bool *usable, const struct scp_crl *removal, const struct scp_crl *crl,
                          const struct scp_crl_context *c)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_crl *other = &s->v[i];

        if (usable[i] && changes(other, crl, c) && !removes(other, c) && !is_older(other, removal))
            return false;
    }
    return true;
}

static bool is_removed(const struct scp_crl_set *s, const bool *usable, const struct scp_crl *crl, const struct scp_crl_context *c)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_crl *removal = &s->v[i];

        if (usable[i] && changes(removal, crl, c) && removes(removal, c) && is_undisputed(s, usable, removal, crl, c))
            return true;
    }
    return false;
}

int scp_crl_set_lifted(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_err *err)
{
    bool usable[SCP_CRL_SET_MAX];
    int lifted = 0;

    for (size_t i = 0; i < s->n; i++) {
        int is = is_usable(&s->v[i], c, err);

        if (is < 0)
            return -1;
        usable[i] = is > 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_crl_hit *hit = usable[i] ? scp_crl_revokes(&s->v[i], c) : NULL;
        int superseded = hit != NULL ? scp_crl_set_superseded(s, i, c, err) : 1;

        if (superseded < 0)
            return -1;
        if (superseded > 0)
            continue;
        if (hit->reason != SCP_CRL_REASON_HOLD || !is_removed(s, usable, &s->v[i], c))
            return 0;
        lifted = 1;
    }
    return lifted;
}

/* --- What they say together --- */

/* An entry about the certificate is there, and does not tell. */
static bool is_doubtful(const struct scp_crl *crl, const struct scp_crl_context *c, const struct scp_judgement *j)
{
    return j->unknown && c->serial_asked && scp_crl_find(crl, c->serial) != NULL;
}

/* Which of several words is heard: about a certificate a good one before a bad one, otherwise after it. */
static int weight_of(const struct scp_crl *crl, const struct scp_crl_context *c, const struct scp_judgement *j)
{
    if (j->starved)
        return 6;
    if (j->reason == SCP_REASON_REVOKED)
        return 5;
    if (scp_judgement_good(j))
        return c->certificate != NULL ? 4 : 0;
    if (is_doubtful(crl, c, j))
        return 3;
    return j->unknown ? 1 : 2;
}

static int warnings_of(const struct scp_judgement *j)
{
    int n = 0;

    for (size_t i = 0; i < j->notes; i++)
        n += j->note[i].weight == SCP_NOTE_WARNING;
    return n;
}

/* As strcmp(). */
static int compare_words(const struct scp_judgement *a, const struct scp_judgement *b)
{
    int order = strcmp(a->message, b->message);

    for (size_t i = 0; order == 0 && i < a->notes && i < b->notes; i++)
        order = strcmp(a->note[i].text, b->note[i].text);
    return order != 0 ? order : (a->notes > b->notes) - (a->notes < b->notes);
}

/*
 * In whatever order they are given, the same one: of two good ones the one that ends sooner, of two bad ones the one that is bad
 * for the higher reason; then the later one, the one with more warnings, and any that is not the other.
 */
static bool counts_more(const struct scp_judgement *next, int weight, const struct scp_judgement *so_far, int so_far_weight)
{
    if (weight != so_far_weight)
        return weight > so_far_weight;
    if (scp_judgement_good(next) && next->next_update != so_far->next_update)
        return next->next_update < so_far->next_update;
    if (!scp_judgement_good(next) && next->reason != so_far->reason)
        return next->reason > so_far->reason;
    if (next->this_update != so_far->this_update)
        return next->this_update > so_far->this_update;
    if (warnings_of(next) != warnings_of(so_far))
        return warnings_of(next) > warnings_of(so_far);
    return compare_words(next, so_far) > 0;
}

/* The list that is heard, of those that are expected or of all, and which are good; s->n: none is expected. */
static size_t judge_each(const struct scp_crl_set *s, const struct scp_crl_context *c, bool expected, bool *good,
                         struct scp_judgement *j)
{
    struct scp_err err = SCP_ERR_INIT;
    size_t which = s->n;
    int heard = -1;

    for (size_t i = 0; i < s->n; i++) {
        struct scp_judgement one;
        int superseded, weight;

        good[i] = false;
        if (expected && !is_expected(&s->v[i], c))
            continue;
        superseded = expected ? scp_crl_set_superseded(s, i, c, &err) : 0;
        if (superseded > 0)
            continue;
        scp_crl_judge(&s->v[i], c, &one);
        if (superseded < 0)
            scp_judgement_err(&one, &err);
        good[i] = scp_judgement_good(&one);
        weight = weight_of(&s->v[i], c, &one);
        if (which < s->n && !counts_more(&one, weight, j, heard))
            continue;
        *j = one;
        which = i;
        heard = weight;
    }
    return which;
}

/* By its date and, where they can be compared, by its number. */
static bool is_earlier(const struct scp_crl *a, const struct scp_crl *b, const struct scp_crl_context *c)
{
    return a->this_update < b->this_update && !(same_signer(a, b, c) && is_lower(b, a));
}

/* Is it earlier than each list that is good? */
static bool is_earlier_than_good(const struct scp_crl_set *s, size_t i, const bool *good, const struct scp_crl_context *c)
{
    bool earlier = true;

    for (size_t k = 0; k < s->n && earlier; k++)
        earlier = !good[k] || is_earlier(&s->v[i], &s->v[k], c);
    return earlier;
}

/* Genuine, no earlier than a good one, not in force, and nothing speaks in its place; why not in force is in *why. */
static bool is_doubt(const struct scp_crl_set *s, size_t i, const bool *good, const struct scp_crl_context *c,
                     struct scp_judgement *why)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_judgement genuine;
    int superseded;

    scp_judgement_init(why);
    scp_judgement_init(&genuine);
    if (!is_expected(&s->v[i], c) || is_earlier_than_good(s, i, good, c) || scp_crl_is_in_force(&s->v[i], c, why))
        return false;
    superseded = scp_crl_set_superseded(s, i, c, &err);
    if (superseded == 0 && scp_crl_is_genuine(&s->v[i], c, &genuine))
        return true;
    if (superseded < 0)
        scp_judgement_err(&genuine, &err);
    if (genuine.starved)
        *why = genuine;
    return genuine.starved;
}

static void cast_doubt(bool revokes, const char *why, struct scp_judgement *j)
{
    if (revokes) {
        j->serial_status = SCP_SERIAL_UNKNOWN;
        scp_judgement_unknown(j, SCP_REASON_PARSE, "a list that is no earlier has it as revoked, and may not be used: " SCP_SAID,
                              why);
    } else {
        scp_judgement_note(j, SCP_NOTE_REMARK, SCP_CRL_NOTE, "a list that is no earlier may not be used: " SCP_SAID, why);
    }
}

/* What such lists revoke is not called good, and where none does, that they are there is said.  The list that is heard then. */
static size_t doubt(const struct scp_crl_set *s, const struct scp_crl_context *c, const bool *good, size_t which,
                    struct scp_judgement *j)
{
    for (int revokes = 1; revokes >= 0; revokes--) {
        for (size_t i = 0; i < s->n && scp_judgement_good(j); i++) {
            struct scp_judgement why;

            if ((scp_crl_revokes(&s->v[i], c) != NULL) != revokes || !is_doubt(s, i, good, c, &why))
                continue;
            if (why.starved)
                *j = why;
            else
                cast_doubt(revokes, why.message, j);
            if (!scp_judgement_good(j))
                which = i;
        }
    }
    return which;
}

static size_t judge_lists(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_judgement *j)
{
    bool good[SCP_CRL_SET_MAX];
    size_t which = judge_each(s, c, true, good, j);

    return which < s->n ? doubt(s, c, good, which, j) : judge_each(s, c, false, good, j);
}

size_t scp_crl_set_judge(const struct scp_crl_set *s, const struct scp_crl_context *c, struct scp_judgement *j)
{
    size_t which = s->n > 0 ? judge_lists(s, c, j) : 0;

    /* What is no list fails the whole, except that what another one revokes is revoked. */
    if (s->n > 0 && (s->unread.err.code == SCP_ERR_NONE || j->starved ||
                     (j->reason == SCP_REASON_REVOKED && s->unread.err.code != SCP_ERR_MEMORY)))
        return which;
    scp_crl_judge_unread(&s->unread, c, j);
    return 0;
}

/* --- Reading --- */

/* In whatever order they come, the same one is told: what is known to be none before what is damaged. */
static bool says_more(const struct scp_crl_unread *a, const struct scp_crl_unread *b)
{
    if ((a->err.code == SCP_ERR_MEMORY) != (b->err.code == SCP_ERR_MEMORY))
        return a->err.code == SCP_ERR_MEMORY;
    if (a->damaged != b->damaged)
        return b->damaged;
    if (a->err.code != b->err.code)
        return a->err.code > b->err.code;
    return strcmp(a->err.message, b->err.message) > 0;
}

static void keep_unread(struct scp_crl_set *s, const struct scp_crl_unread *u)
{
    if (s->unread.err.code == SCP_ERR_NONE || says_more(u, &s->unread))
        s->unread = *u;
}

int scp_crl_set_take(struct scp_crl_set *s, struct scp_crl_reader *r, struct scp_err *err)
{
    struct scp_crl_unread unread;
    struct scp_crl *v;

    if (s->n == SCP_CRL_SET_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d CRLs", SCP_CRL_SET_MAX);
    v = realloc(s->v, (s->n + 1) * sizeof *v);
    if (v == NULL)
        return scp_err_memory(err);
    s->v = v;
    if (scp_crl_read(r, &v[s->n], &unread))
        s->n++;
    else
        keep_unread(s, &unread);
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
    struct scp_crl_unread damaged = { .damaged = true };
    size_t pos = 0, blocks = 0;
    struct scp_buf der;
    int rc = 0, found;

    scp_buf_init(&der, SCP_PEM_BLOCK_MAX);
    while (rc == 0 && (found = scp_pem_next(text, n, &pos, "X509 CRL", &der, &damaged.err)) != 0) {
        if (found > 0)
            rc = take_block(s, &der, asked, err);
        else
            keep_unread(s, &damaged);
        blocks++;
    }
    /* As certutil labels whatever it encodes. */
    if (rc == 0 && blocks == 0 && (found = scp_crl_from_pem(text, n, &der, err)) != 0) {
        rc = found > 0 ? take_block(s, &der, asked, err) : -1;
        blocks++;
    }
    scp_buf_free(&der);
    return rc != 0 ? -1 : blocks > 0;
}

void scp_crl_set_free(struct scp_crl_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        scp_crl_free(&s->v[i]);
    free(s->v);
    *s = (struct scp_crl_set){ .v = NULL };
}
