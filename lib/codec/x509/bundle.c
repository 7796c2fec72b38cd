/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/bundle.h"

#include "base/array.h"
#include "base/text.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/outline.h"
#include "codec/x509/pem.h"
#include "codec/text/sniff.h"
#include "codec/trustlist/sst.h"

#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const LABELS[] = { "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "CMS" };

static void note_damage(struct scp_bundle *b, const char *what)
{
    if (b->damaged++ == 0)
        (void)snprintf(b->damage, sizeof b->damage, "%s", what);
}

static int add_certificate(struct scp_bundle *b, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct scp_outline outline;
    struct scp_bundle_item *v;

    if (n > SCP_CERTIFICATE_MAX || !scp_outline_read(p, n, &outline)) {
        note_damage(b, n > SCP_CERTIFICATE_MAX ? "a certificate that is too large" : "not a certificate (RFC 5280 section 4.1)");
        return 0;
    }
    v = scp_array_room(b->v, b->n, sizeof *v, SCP_BUNDLE_CERTIFICATES_MAX, "certificates", err);
    if (v == NULL)
        return -1;
    b->v = v;
    b->v[b->n++] = (struct scp_bundle_item){ b->der.n, n };
    return scp_buf_add(&b->der, p, n) == 0 ? 0 : scp_buf_error(&b->der, err, "certificates of too many bytes in all");
}

/* --- PKCS#7 --- */

static const STACK_OF(X509) * certificates_of(const PKCS7 *p7)
{
    if (PKCS7_type_is_signed(p7))
        return p7->d.sign != NULL ? p7->d.sign->cert : NULL;
    return NULL;
}

static int add_pkcs7(struct scp_bundle *b, const uint8_t *p, size_t n, struct scp_err *err)
{
    const unsigned char *at = p;
    const STACK_OF(X509) * list;
    PKCS7 *p7;
    int rc = 0;

    if (scp_crypto_begin(err) != 0)
        return -1;
    p7 = d2i_PKCS7(NULL, &at, (long)n);
    list = p7 != NULL ? certificates_of(p7) : NULL;
    if (scp_crypto_end(err) != 0)
        rc = -1;
    else if (list == NULL)
        note_damage(b, p7 == NULL ? "not PKCS#7 (RFC 2315)" : "a PKCS#7 message without certificates");
    else if (at != p + n)
        note_damage(b, "bytes behind the PKCS#7 message");
    for (int i = 0; list != NULL && i < sk_X509_num(list) && rc == 0; i++) {
        unsigned char *der = NULL;
        int len = i2d_X509(sk_X509_value(list, i), &der);

        rc = len > 0 ? add_certificate(b, der, (size_t)len, err) : scp_err_memory(err);
        OPENSSL_free(der);
    }
    PKCS7_free(p7);
    return rc;
}

/* The first element is the certificate; OpenSSL's TRUSTED CERTIFICATE has more behind it. */
static int add_der(struct scp_bundle *b, const uint8_t *p, size_t n, bool more, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n);
    struct scp_der e;

    if (scp_sniff(p, n) == SCP_SNIFF_PKCS7)
        return add_pkcs7(b, p, n, err);
    if (more && scp_der_read(&r, SCP_DER_SEQUENCE, &e))
        return add_certificate(b, e.whole, e.whole_n, err);
    return add_certificate(b, p, n, err);
}

/* --- PEM --- */

static int add_label(struct scp_bundle *b, const char *text, size_t n, const char *label, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_buf der;
    size_t pos = 0;
    int rc = 0, found;

    scp_buf_init(&der, SCP_PEM_BLOCK_MAX);
    while (rc == 0 && (found = scp_pem_next(text, n, &pos, label, &der, &why)) != 0) {
        if (found > 0)
            rc = add_der(b, (const uint8_t *)scp_buf_text(&der), der.n, strcmp(label, "TRUSTED CERTIFICATE") == 0, err);
        else if (why.code == SCP_ERR_MEMORY)
            rc = scp_err_memory(err);
        else
            note_damage(b, why.message);
    }
    scp_buf_free(&der);
    return rc;
}

static int add_pem(struct scp_bundle *b, const char *text, size_t n, struct scp_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < sizeof LABELS / sizeof LABELS[0] && rc == 0; i++)
        rc = add_label(b, text, n, LABELS[i], err);
    return rc;
}

static int add_utf16(struct scp_bundle *b, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct scp_buf text;
    int rc;

    scp_buf_init(&text, SCP_BUNDLE_FILE_MAX);
    rc = scp_text_utf16le(p + 2, n - 2, &text, err);
    if (rc == 0)
        rc = add_pem(b, scp_buf_text(&text), text.n, err);
    scp_buf_free(&text);
    return rc;
}

/* --- Serialized store --- */

static int add_store(struct scp_bundle *b, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct scp_sst s;
    struct scp_certblob blob;
    int rc = scp_sst_open(p, n, &s, err), next = 0;

    while (rc == 0 && (next = scp_sst_next(&s, &blob, err)) > 0) {
        if (blob.element == SCP_CERTPROP_CERT)
            rc = add_certificate(b, blob.der, blob.der_len, err);
        scp_certblob_free(&blob);
    }
    return next < 0 ? -1 : rc;
}

static int add_any(struct scp_bundle *b, const uint8_t *p, size_t n, struct scp_err *err)
{
    enum scp_sniff kind = scp_sniff(p, n);

    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE)
        return add_utf16(b, p, n, err);
    switch (kind) {
    case SCP_SNIFF_PKCS7: return add_pkcs7(b, p, n, err);
    case SCP_SNIFF_DER: return add_certificate(b, p, n, err);
    case SCP_SNIFF_SST: return add_store(b, p, n, err);
    case SCP_SNIFF_EMPTY: return scp_err_set(err, SCP_ERR_FORMAT, "the file is empty");
    default: break;
    }
    if (scp_pem_is((const char *)p, n))
        return add_pem(b, (const char *)p, n, err);
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "no certificates (%s)", scp_sniff_name(kind));
}

int scp_bundle_read(const uint8_t *p, size_t n, struct scp_bundle *out, struct scp_err *err)
{
    *out = (struct scp_bundle){ .n = 0 };
    scp_buf_init(&out->der, SCP_BUNDLE_FILE_MAX);
    if (add_any(out, p, n, err) == 0) {
        if (out->n > 0)
            return 0;
        (void)scp_err_set(err, SCP_ERR_FORMAT, "no certificate in it%s%s", out->damaged > 0 ? ": " : "", out->damage);
    }
    scp_bundle_free(out);
    return -1;
}

void scp_bundle_free(struct scp_bundle *b)
{
    scp_buf_free(&b->der);
    free(b->v);
    *b = (struct scp_bundle){ .n = 0 };
}

const uint8_t *scp_bundle_certificate(const struct scp_bundle *b, size_t i, size_t *len)
{
    *len = b->v[i].len;
    return (const uint8_t *)scp_buf_text(&b->der) + b->v[i].at;
}
