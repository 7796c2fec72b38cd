/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/crl_path.h"

#include "codec/x509/name.h"
#include "judge/crl_set.h"

#include <stdio.h>

/* --- Reading --- */

static bool is_named(const struct scp_crl_path_list *list, const struct scp_issuer *signer)
{
    return scp_name_equal(list->issuer, list->issuer_len, signer->subject_der, signer->subject_der_len, NULL);
}

/* The signers of its name, as each key digests it once; which[i] is the number of signer i among all. */
static size_t namesakes(const struct scp_crl_path *p, const struct scp_crl_path_list *list,
                        struct scp_issuer signer[SCP_ISSUERS_MAX], size_t which[SCP_ISSUERS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < p->signers && n < SCP_ISSUERS_MAX; i++) {
        if (!is_named(list, &p->signer[i]))
            continue;
        which[n] = i;
        signer[n++] = p->signer[i];
    }
    return n;
}

static int read_list(const struct scp_crl_path *p, struct scp_crl_path_list *list, struct scp_crl_set *set, struct scp_err *err)
{
    struct scp_serial serial[SCP_CRL_SERIALS_MAX];
    struct scp_issuer signer[SCP_ISSUERS_MAX];
    size_t which[SCP_ISSUERS_MAX], signers = namesakes(p, list, signer, which);
    struct scp_crl_reader *r;
    int rc;

    list->concerns = signers > 0;
    if (p->certificates > SCP_CRL_SERIALS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d certificates of a path", SCP_CRL_SERIALS_MAX);
    for (size_t i = 0; i < p->certificates; i++)
        serial[i] = p->certificate[i].serial;
    r = scp_crl_judge_reader_new(signer, signers, serial, p->certificates, err);
    if (r == NULL)
        return -1;
    (void)scp_crl_reader_feed(r, list->der, list->len, NULL);
    rc = scp_crl_set_take(set, r, err);
    scp_crl_reader_free(r);
    if (rc == 0 && set->unread.err.code != SCP_ERR_NONE) {
        *err = set->unread.err;
        return -1;
    }
    if (rc == 0 && set->v[set->n - 1].signature == SCP_CRL_SIGNATURE_GOOD)
        set->v[set->n - 1].key = which[set->v[set->n - 1].key];
    return rc;
}

/* --- Judging --- */

/* What it is worth by itself, whomever it is about; a scope that does not fit is OpenSSL's matter. */
static int judge_list(const struct scp_crl_path *p, const struct scp_crl_set *set, size_t which, struct scp_crl_path_list *list,
                      struct scp_err *err)
{
    const struct scp_crl_context c = { .now = p->now, .issuer = p->signer, .issuers = p->signers, .delegates = true };
    struct scp_judgement j;
    int superseded;

    if (!list->concerns)
        return 0;
    scp_crl_judge(&set->v[which], &c, &j);
    if (j.starved)
        return scp_err_memory(err);
    list->usable = j.reason == SCP_REASON_OK || (j.reason == SCP_REASON_TYPE && !j.unknown);
    list->unknown = j.unknown;
    (void)snprintf(list->message, sizeof list->message, "%s", list->usable ? "" : j.message);
    superseded = scp_crl_set_superseded(set, which, &c, err);
    list->superseded = superseded > 0;
    return superseded < 0 ? -1 : 0;
}

static int judge_certificate(const struct scp_crl_path *p, const struct scp_crl_set *set, size_t which,
                             struct scp_crl_path_word *word, struct scp_err *err)
{
    const struct scp_crl_context c = { .now = p->now,
                                       .issuer = p->signer,
                                       .issuers = p->signers,
                                       .own = which,
                                       .delegates = true,
                                       .certificate = &p->certificate[which],
                                       .serial_asked = true,
                                       .serial = which };
    struct scp_judgement j;
    int lifted;

    word->list = scp_crl_set_judge(set, &c, &j);
    if (j.starved)
        return scp_err_memory(err);
    word->good = scp_judgement_good(&j);
    word->revoked = j.reason == SCP_REASON_REVOKED;
    word->astray = j.unknown && scp_crl_find(&set->v[word->list], which) != NULL;
    lifted = word->revoked ? scp_crl_set_lifted(set, &c, err) : 0;
    word->lifted = lifted > 0;
    (void)snprintf(word->message, sizeof word->message, "%s", j.message);
    return lifted < 0 ? -1 : 0;
}

int scp_crl_path_judge(const struct scp_crl_path *p, struct scp_crl_path_list *list, size_t lists, struct scp_crl_path_word *word,
                       struct scp_err *err)
{
    struct scp_crl_set set = { .v = NULL };
    int rc = 0;

    for (size_t i = 0; i < lists && rc == 0; i++)
        rc = read_list(p, &list[i], &set, err);
    for (size_t i = 0; i < lists && rc == 0; i++)
        rc = judge_list(p, &set, i, &list[i], err);
    for (size_t i = 0; i < p->certificates && rc == 0 && lists > 0; i++)
        rc = judge_certificate(p, &set, i, &word[i], err);
    scp_crl_set_free(&set);
    return rc;
}
