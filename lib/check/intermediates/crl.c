/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "base/array.h"
#include "base/file.h"
#include "judge/crl.h"
#include "codec/x509/name.h"
#include "codec/x509/pem.h"
#include "codec/text/sniff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Revocation lists of --with-crl, held against the certificates of a path. */

enum { CRL_FILE_MAX = 24 << 20 };

static int add_list(struct scp_intermediates_facts *f, const char *path, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct scp_intermediates_crl *c;
    struct scp_err why = SCP_ERR_INIT;
    struct scp_outline_bytes issuer;
    struct scp_crl crl;

    c = scp_array_room(f->crl, f->crls, sizeof *c, SCP_INTERMEDIATES_CRLS_MAX, "revocation lists", err);
    if (c == NULL)
        return -1;
    f->crl = c;
    c += f->crls++;
    *c = (struct scp_intermediates_crl){ .usable = true };
    scp_buf_init(&c->der, CRL_FILE_MAX);
    (void)snprintf(c->location, sizeof c->location, "%s", path);
    if (scp_crl_parse(p, n, NULL, 0, NULL, 0, &crl, &why) != 0) {
        c->usable = false;
        (void)snprintf(c->message, sizeof c->message, "%.200s", why.message);
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    }
    issuer = (struct scp_outline_bytes){ crl.issuer_der, crl.issuer_der_len };
    (void)scp_outline_short_name(&issuer, c->issuer, sizeof c->issuer);
    c->issuer_len = crl.issuer_der_len;
    /* The issuer's name, then the list. */
    (void)scp_buf_add(&c->der, crl.issuer_der, crl.issuer_der_len);
    scp_crl_free(&crl);
    return scp_buf_add(&c->der, p, n) == 0 ? 0 : scp_err_memory(err);
}

static int add_pem(struct scp_intermediates_facts *f, const char *path, const struct scp_buf *text, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    size_t before = f->crls, pos = 0;
    struct scp_buf der;
    int rc = 0, found;

    scp_buf_init(&der, CRL_FILE_MAX);
    while (rc == 0 && (found = scp_pem_next(scp_buf_text(text), text->n, &pos, "X509 CRL", &der, &why)) != 0) {
        if (found > 0)
            rc = add_list(f, path, (const uint8_t *)scp_buf_text(&der), der.n, err);
        else
            rc = why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : scp_err_set(err, SCP_ERR_FORMAT, "%s: %s", path, why.message);
    }
    scp_buf_free(&der);
    if (rc == 0 && f->crls == before)
        return scp_err_set(err, SCP_ERR_FORMAT, "%s: no revocation list in it", path);
    return rc;
}

int scp_intermediates_crl_load(struct scp_intermediates_facts *f, const char *path, struct scp_err *err)
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

void scp_intermediates_crl_free(struct scp_intermediates_facts *f)
{
    for (size_t i = 0; i < f->crls; i++)
        scp_buf_free(&f->crl[i].der);
    free(f->crl);
}

static void judge(const struct scp_intermediates_work *w, struct scp_intermediates_crl *c, const struct scp_issuer *issuer,
                  const struct scp_revocable *revocable, struct scp_judgement *j)
{
    struct scp_crl_context context = {
        .now = w->q->now, .issuer = issuer, .issuers = 1, .certificate = revocable, .serial_asked = true
    };

    scp_crl_judge_bytes((const uint8_t *)scp_buf_text(&c->der) + c->issuer_len, c->der.n - c->issuer_len, &revocable->serial, 1,
                        &context, j);
    c->used = true;
    c->refused = false;
    if (j->reason == SCP_REASON_OK || j->reason == SCP_REASON_REVOKED)
        return;
    c->refused = true;
    c->usable = false;
    c->unknown = j->unknown;
    (void)snprintf(c->message, sizeof c->message, "%s", j->message);
}

int scp_intermediates_crl_judge(struct scp_intermediates_work *w, const struct scp_issuer *issuer, const uint8_t *der, size_t len,
                                bool *covered, bool *revoked, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_revocable revocable;

    *covered = *revoked = false;
    if (w->f->crls == 0)
        return 0;
    if (scp_revocable_parse(der, len, &revocable, &why) != 0)
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    for (size_t i = 0; i < w->f->crls; i++) {
        struct scp_intermediates_crl *c = &w->f->crl[i];
        struct scp_judgement j;

        c->refused = false;
        if (c->der.n <= c->issuer_len || !scp_name_equal((const uint8_t *)scp_buf_text(&c->der), c->issuer_len, issuer->subject_der,
                                                         issuer->subject_der_len, NULL))
            continue;
        judge(w, c, issuer, &revocable, &j);
        *covered = *covered || scp_judgement_good(&j);
        *revoked = *revoked || j.reason == SCP_REASON_REVOKED;
    }
    for (size_t i = 0; i < w->f->crls && !*covered && !*revoked; i++)
        w->f->crl[i].missed = w->f->crl[i].missed || w->f->crl[i].refused;
    scp_revocable_free(&revocable);
    return 0;
}
