/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/trust_list.h"

#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/trustlist/cabinet.h"
#include "codec/x509/certificate.h"
#include "codec/text/sniff.h"
#include "codec/trustlist/sst.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRIENDLY_NAME_MAX = 1024 };

void scp_trust_list_anchors(const struct scp_profile *profile, struct scp_trust_list_anchors *out)
{
    out->n = 0;
    for (size_t i = 0; i < SCP_CTL_MICROSOFT_ANCHORS; i++)
        out->v[out->n++] = scp_ctl_microsoft[i];
    for (size_t i = 0; profile != NULL && i < profile->issuers && out->n < SCP_TRUST_LIST_ANCHORS_MAX; i++) {
        const struct scp_profile_issuer *issuer = &profile->issuer[i];

        if (issuer->signs_lists)
            out->v[out->n++] = (struct scp_ctl_anchor){ issuer->alias, issuer->subject_der, issuer->subject_der_len,
                                                        issuer->spki_der, issuer->spki_der_len };
    }
}

/* --- Packagings --- */

static int read_signed(const uint8_t *p, size_t n, const struct scp_trust_list_anchors *anchors, struct scp_trust_list *out,
                       struct scp_err *err)
{
    if (scp_ctl_parse(p, n, &out->ctl, err) != 0)
        return -1;
    return scp_ctl_verify(&out->ctl, anchors->v, anchors->n, &out->verdict, err);
}

static int read_cabinet(const uint8_t *p, size_t n, const char *member, const struct scp_trust_list_anchors *anchors,
                        struct scp_trust_list *out, struct scp_err *err)
{
    if (scp_cabinet_extract(p, n, member, &out->unpacked, err) != 0)
        return -1;
    return read_signed((const uint8_t *)scp_buf_text(&out->unpacked), out->unpacked.n, anchors, out, err);
}

/* What a store holds: how many certificates, and the one list if there is one. */
static int survey_store(const uint8_t *p, size_t n, size_t *certificates, const uint8_t **list, size_t *list_len,
                        struct scp_err *err)
{
    struct scp_certblob blob;
    struct scp_sst store;
    size_t lists = 0;
    int rc;

    *certificates = 0;
    if (scp_sst_open(p, n, &store, err) != 0)
        return -1;
    while ((rc = scp_sst_next(&store, &blob, err)) == 1) {
        *certificates += blob.element == SCP_CERTPROP_CERT;
        if (blob.element == SCP_CERTPROP_CTL) {
            *list = blob.der;
            *list_len = blob.der_len;
            lists++;
        }
        scp_certblob_free(&blob);
    }
    if (rc == 0 && store.trailing)
        rc = scp_err_set(err, SCP_ERR_FORMAT, "bytes behind the end of the store");
    if (rc == 0 && lists > 0 && lists + *certificates > 1)
        rc = scp_err_set(err, SCP_ERR_FORMAT, "the store holds a list and other things besides");
    return rc;
}

/* Every certificate becomes an entry by its SHA-1; its properties stay where they are. */
static int list_certificates(const uint8_t *p, size_t n, struct scp_hasher *hasher, struct scp_trust_list *out, struct scp_err *err)
{
    struct scp_certblob blob;
    struct scp_sst store;
    int rc = scp_sst_open(p, n, &store, err), more = 1;

    while (rc == 0 && more == 1) {
        uint8_t *sha1 = out->sha1 + SCP_SHA1_LEN * out->ctl.n;
        size_t before = store.pos;

        more = scp_sst_next(&store, &blob, err);
        if (more == 1 && blob.element == SCP_CERTPROP_CERT) {
            rc = scp_hasher_sha1(hasher, blob.der, blob.der_len, sha1, err);
            out->ctl.v[out->ctl.n++] = (struct scp_ctl_entry){ sha1, SCP_SHA1_LEN, p + before, store.pos - before };
        }
        scp_certblob_free(&blob);
    }
    return more < 0 ? -1 : rc;
}

static int read_store(const uint8_t *p, size_t n, const struct scp_trust_list_anchors *anchors, struct scp_trust_list *out,
                      struct scp_err *err)
{
    const uint8_t *list = NULL;
    struct scp_hasher *hasher;
    size_t certificates, list_len = 0;
    int rc;

    if (survey_store(p, n, &certificates, &list, &list_len, err) != 0)
        return -1;
    if (list != NULL)
        return read_signed(list, list_len, anchors, out, err);
    out->certificates = true;
    out->ctl.this_update = out->ctl.next_update = SCP_UTC_UNKNOWN;
    out->verdict = (struct scp_ctl_verdict){ .signature = SCP_CTL_UNSIGNED, .reason = "a store of certificates is not signed" };
    out->sha1 = malloc(SCP_SHA1_LEN * (certificates + 1));
    out->ctl.v = calloc(certificates + 1, sizeof *out->ctl.v);
    hasher = scp_hasher_new();
    if (out->sha1 == NULL || out->ctl.v == NULL || hasher == NULL)
        rc = scp_err_memory(err);
    else
        rc = list_certificates(p, n, hasher, out, err);
    scp_hasher_free(hasher);
    return rc != 0 ? -1 : scp_ctl_sort(&out->ctl, err);
}

static int read_any(const uint8_t *p, size_t n, const char *member, const struct scp_trust_list_anchors *anchors,
                    struct scp_trust_list *out, struct scp_err *err)
{
    enum scp_sniff kind = scp_sniff(p, n);

    if (n > SCP_TRUST_LIST_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a file of more than %d bytes", SCP_TRUST_LIST_MAX);
    switch (kind) {
    case SCP_SNIFF_CABINET: return read_cabinet(p, n, member, anchors, out, err);
    case SCP_SNIFF_SST: return read_store(p, n, anchors, out, err);
    case SCP_SNIFF_EMPTY:
    case SCP_SNIFF_PKCS7:
    case SCP_SNIFF_DER: return read_signed(p, n, anchors, out, err);
    default: return scp_err_set(err, SCP_ERR_FORMAT, "not a trust list but %s", scp_sniff_name(kind));
    }
}

int scp_trust_list_read_member(const uint8_t *p, size_t n, const char *member, const struct scp_trust_list_anchors *anchors,
                               struct scp_trust_list *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    scp_buf_init(&out->unpacked, SCP_CABINET_MEMBER_MAX);
    if (read_any(p, n, member, anchors, out, err) == 0)
        return 0;
    scp_trust_list_free(out);
    return -1;
}

int scp_trust_list_read(const uint8_t *p, size_t n, const struct scp_trust_list_anchors *anchors, struct scp_trust_list *out,
                        struct scp_err *err)
{
    return scp_trust_list_read_member(p, n, NULL, anchors, out, err);
}

void scp_trust_list_free(struct scp_trust_list *l)
{
    scp_ctl_free(&l->ctl);
    scp_buf_free(&l->unpacked);
    free(l->sha1);
    l->sha1 = NULL;
}

bool scp_trust_list_believed(const struct scp_trust_list *l)
{
    return l->verdict.signature == SCP_CTL_SIGNED || l->verdict.signature == SCP_CTL_WEAK;
}

/* --- Entries --- */

int scp_trust_list_properties(const struct scp_trust_list *l, const struct scp_ctl_entry *e, struct scp_certprop *v, size_t max,
                              size_t *n, struct scp_err *err)
{
    return l->certificates ? scp_certblob_properties(e->attributes, e->attributes_len, v, max, n, err)
                           : scp_ctl_properties(e, v, max, n, err);
}

/* An entry's properties as a blob without its element; `prop` lives on the caller's stack. */
static int blob_of(const struct scp_trust_list *l, const struct scp_ctl_entry *e, struct scp_certprop prop[SCP_CERTBLOB_PROPS_MAX],
                   struct scp_certblob *out, struct scp_err *err)
{
    *out = (struct scp_certblob){ .prop = prop };
    return scp_trust_list_properties(l, e, prop, SCP_CERTBLOB_PROPS_MAX, &out->props, err);
}

const struct scp_ctl_entry *scp_trust_list_find(const struct scp_trust_list *l, const uint8_t sha1[20], const uint8_t *sha256,
                                                bool *twin)
{
    const struct scp_ctl_entry *e = scp_ctl_find(&l->ctl, sha1, SCP_SHA1_LEN);
    struct scp_certprop prop[SCP_CERTBLOB_PROPS_MAX];
    const struct scp_certprop *other;
    struct scp_certblob blob;

    *twin = false;
    if (e == NULL || sha256 == NULL || blob_of(l, e, prop, &blob, NULL) != 0)
        return e;
    other = scp_certblob_prop(&blob, SCP_CERTPROP_SHA256);
    *twin = other != NULL && (other->n != SCP_SHA256_LEN || memcmp(other->p, sha256, SCP_SHA256_LEN) != 0);
    return e;
}

static enum scp_tri holds_sha1(const struct scp_trust_list *l, const uint8_t *der, size_t n, struct scp_err *err)
{
    uint8_t sha1[SCP_SHA1_LEN];

    if (scp_certificate_sha1(der, n, sha1, err) != 0)
        return SCP_MAYBE;
    return scp_ctl_find(&l->ctl, sha1, sizeof sha1) != NULL ? SCP_YES : SCP_NO;
}

static bool has_length(const struct scp_trust_list *l, size_t n)
{
    for (size_t i = 0; i < l->ctl.n; i++) {
        if (l->ctl.v[i].id_len == n)
            return true;
    }
    return false;
}

enum scp_tri scp_trust_list_disallows(const struct scp_trust_list *l, const uint8_t *der, size_t n, struct scp_err *err)
{
    static const struct {
        const char *name;
        size_t length;
    } DIGESTS[] = {
        { "SHA1", 20 }, { "SHA256", 32 }, { "SHA384", 48 }, { "SHA512", 64 }, { "MD5", 16 },
    };
    enum scp_tri answer = l->ctl.damaged > 0 ? SCP_MAYBE : SCP_NO; /* what could not be read may be about it */
    struct scp_err why = SCP_ERR_INIT;
    uint8_t hash[SCP_DIGEST_MAX];
    size_t length;

    if (l->certificates)
        return holds_sha1(l, der, n, err);
    if (l->ctl.kind != SCP_CTL_DISALLOWED) {
        (void)scp_err_set(err, SCP_ERR_USAGE, "not a list of disallowed certificates");
        return SCP_MAYBE;
    }
    for (size_t i = 0; i < sizeof DIGESTS / sizeof DIGESTS[0]; i++) {
        if (!has_length(l, DIGESTS[i].length))
            continue;
        if (scp_certificate_tbs_hash(der, n, DIGESTS[i].name, hash, &length, &why) != 0)
            answer = SCP_MAYBE;
        else if (scp_ctl_find(&l->ctl, hash, length) != NULL)
            return SCP_YES;
    }
    if (why.code == SCP_ERR_NONE && l->ctl.damaged > 0)
        (void)scp_err_set(&why, SCP_ERR_FORMAT, "entries of the list could not be read");
    if (answer == SCP_MAYBE && err != NULL)
        *err = why;
    return answer;
}

void scp_trust_list_restriction(const struct scp_trust_list *l, const struct scp_ctl_entry *e, enum scp_purpose purpose,
                                struct scp_restriction *out)
{
    struct scp_certprop prop[SCP_CERTBLOB_PROPS_MAX];
    struct scp_certblob blob;

    if (blob_of(l, e, prop, &blob, NULL) == 0) {
        scp_restriction_read(&blob, purpose, out);
        return;
    }
    *out = (struct scp_restriction)SCP_RESTRICTION_NONE;
    out->unreadable = true;
    (void)snprintf(out->unreadable_what, sizeof out->unreadable_what, "the entry in the list is malformed");
}

void scp_trust_list_friendly_name(const struct scp_trust_list *l, const struct scp_ctl_entry *e, struct scp_buf *out)
{
    struct scp_certprop prop[SCP_CERTBLOB_PROPS_MAX];
    const struct scp_certprop *name;
    struct scp_certblob blob;
    struct scp_buf text;

    if (blob_of(l, e, prop, &blob, NULL) != 0 || (name = scp_certblob_prop(&blob, SCP_CERTPROP_FRIENDLY_NAME)) == NULL)
        return;
    scp_buf_init(&text, FRIENDLY_NAME_MAX);
    if (scp_text_utf16le(name->p, name->n, &text, NULL) == 0 && !text.failed)
        (void)scp_buf_add(out, scp_buf_text(&text), text.n);
    if (text.starved)
        scp_buf_starve(out);
    scp_buf_free(&text);
}

/* --- JSON --- */

static void put_hex(struct scp_json *j, const char *key, const uint8_t *p, size_t n)
{
    char hex[2 * SCP_CTL_ID_MAX + 1];

    if (p == NULL || n > SCP_CTL_ID_MAX) {
        scp_json_null(j, key);
        return;
    }
    scp_num_to_hex(p, n, hex);
    scp_json_text(j, key, hex);
}

static void put_subject(const struct scp_trust_list *l, const struct scp_ctl_entry *e, struct scp_json *j)
{
    struct scp_certprop prop[SCP_CERTBLOB_PROPS_MAX];
    struct scp_certblob blob;
    struct scp_buf name;
    bool readable = blob_of(l, e, prop, &blob, NULL) == 0;

    scp_json_open(j, NULL, '{');
    put_hex(j, "identifier", e->id, e->id_len);
    scp_json_open(j, "properties", '[');
    for (size_t i = 0; readable && i < blob.props; i++)
        scp_json_integer(j, NULL, blob.prop[i].id);
    scp_json_close(j, ']');
    scp_buf_init(&name, FRIENDLY_NAME_MAX);
    scp_trust_list_friendly_name(l, e, &name);
    scp_json_bytes(j, "friendly_name", scp_buf_text(&name), name.n);
    scp_buf_free(&name);
    scp_json_close(j, '}');
}

/* A disallowed list names certificates by other hashes: whether it holds a root cannot be told without the root. */
static void put_contains(const struct scp_trust_list *l, const struct scp_profile *profile, struct scp_json *j)
{
    char hex[2 * SCP_SHA1_LEN + 1];
    bool twin;

    scp_json_open(j, "contains", '{');
    for (size_t i = 0; profile != NULL && l->ctl.kind != SCP_CTL_DISALLOWED && i < profile->roots; i++) {
        const struct scp_profile_cert *root = &profile->root[i];

        if (!root->has_sha1)
            continue;
        scp_num_to_hex(root->sha1, sizeof root->sha1, hex);
        scp_json_bool(j, hex, scp_trust_list_find(l, root->sha1, root->has_sha256 ? root->sha256 : NULL, &twin) != NULL && !twin);
    }
    scp_json_close(j, '}');
}

void scp_trust_list_json(const struct scp_trust_list *l, const char *origin, const struct scp_profile *profile, bool subjects,
                         struct scp_json *j)
{
    scp_json_open(j, NULL, '{');
    scp_json_text(j, "kind", scp_ctl_kind_name(l->ctl.kind));
    scp_json_text(j, "origin", origin);
    put_hex(j, "sequence", l->ctl.sequence, l->ctl.sequence_len);
    scp_json_time(j, "this_update", l->ctl.this_update);
    scp_json_integer(j, "entries", (int64_t)l->ctl.n);
    scp_json_text(j, "signer", l->verdict.signer[0] != '\0' ? l->verdict.signer : NULL);
    scp_json_text(j, "signature", scp_ctl_signature_name(l->verdict.signature));
    put_contains(l, profile, j);
    if (subjects) {
        scp_json_open(j, "subjects", '[');
        for (size_t i = 0; i < l->ctl.n; i++)
            put_subject(l, &l->ctl.v[i], j);
        scp_json_close(j, ']');
    }
    scp_json_close(j, '}');
}
