/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/list.h"

#include "base/num.h"
#include "base/say.h"
#include "codec/x509/certificate.h"
#include "codec/x509/outline.h"

#include <stdio.h>
#include <string.h>

static bool is_anchor(const struct scp_ctl_anchor *a, const uint8_t *der, size_t n)
{
    struct scp_outline names;

    return a->name != NULL && scp_outline_read(der, n, &names) && names.subject.n == a->subject_len &&
           memcmp(names.subject.p, a->subject, a->subject_len) == 0 && names.spki.n == a->spki_len &&
           memcmp(names.spki.p, a->spki, a->spki_len) == 0;
}

static bool same(const struct scp_ctl_link *link, const uint8_t *der, size_t n)
{
    return link->n == n && memcmp(link->der, der, n) == 0;
}

static int name_it(const uint8_t *der, size_t n, struct scp_list_signer *out, struct scp_err *err)
{
    uint8_t sha1[SCP_SHA1_LEN];
    struct scp_certificate cert;
    struct scp_err why = SCP_ERR_INIT;

    if (scp_certificate_sha1(der, n, sha1, err) != 0)
        return -1;
    scp_num_to_hex(sha1, sizeof sha1, out->thumbprint);
    if (scp_certificate_parse(der, n, &cert, &why) != 0)
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    (void)snprintf(out->name, sizeof out->name, "%s", cert.name != NULL ? cert.name : "");
    scp_certificate_free(&cert);
    return 0;
}

/* One certificate that vouches; or, without it, the anchor, which a list does not hold. */
static int look(const struct scp_trust_list *l, const struct scp_ctl_link *link, const struct scp_store *disallowed,
                const struct scp_list_fact *list, struct scp_list_signer *out, struct scp_err *err)
{
    const uint8_t *der = link != NULL ? link->der : NULL;
    size_t n = link != NULL ? link->n : 0;
    struct scp_err why = SCP_ERR_INIT;

    for (size_t i = 0; i < disallowed->certs; i++) {
        const struct scp_store_cert *c = &disallowed->cert[i];

        if (link != NULL ? !same(link, c->der, c->der_len) : !is_anchor(&l->verdict.anchor, c->der, c->der_len))
            continue;
        out->distrust.member[c->member] = true;
        der = c->der;
        n = c->der_len;
    }
    if (link != NULL && scp_list_disallows(list, der, n, &why) == SCP_YES)
        out->distrust.listed = true;
    if (why.code == SCP_ERR_MEMORY)
        return scp_err_memory(err);
    return scp_distrusted(&out->distrust) ? name_it(der, n, out, err) : 0;
}

static bool anchored(const struct scp_trust_list *l, const struct scp_store *root)
{
    for (size_t i = 0; i < root->certs; i++) {
        if (is_anchor(&l->verdict.anchor, root->cert[i].der, root->cert[i].der_len))
            return true;
    }
    return false;
}

int scp_list_suspect(struct scp_list_fact *f, const struct scp_store *root, const struct scp_store *disallowed,
                     const struct scp_list_fact *list, struct scp_err *err)
{
    const struct scp_ctl_verdict *v = &f->list.verdict;

    if (!scp_list_believed(f))
        return 0;
    f->anchor_absent = scp_store_covered(root) && !anchored(&f->list, root);
    for (size_t i = 0; i <= v->links && !scp_distrusted(&f->signer.distrust); i++) {
        if (look(&f->list, i < v->links ? &v->link[i] : NULL, disallowed, list, &f->signer, err) != 0)
            return -1;
    }
    return 0;
}

bool scp_list_signer_distrusted(const struct scp_list_signer *s)
{
    return scp_distrusted(&s->distrust);
}

void scp_list_signer_say(const struct scp_list_signer *s, const char *what, char out[SCP_LIST_SIGNER_TEXT])
{
    (void)scp_say(out, SCP_LIST_SIGNER_TEXT,
                  "Windows would refuse " SCP_OURS " (inferred): '%s', which vouches for it, is in " SCP_OURS, what, s->name,
                  scp_distrust_place(&s->distrust));
}
