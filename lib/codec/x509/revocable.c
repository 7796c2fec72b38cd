/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/revocable.h"

#include "base/text.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/outline.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int malformed(struct scp_err *err, const char *what)
{
    char message[128];

    (void)snprintf(message, sizeof message, "the certificate's %s cannot be read", what);
    return scp_crypto_failed(err, SCP_ERR_FORMAT, message);
}

/* A uniformResourceIdentifier; other forms of names are passed over. */
static int keep_uri(const GENERAL_NAME *name, char *list[SCP_REVOCABLE_URIS_MAX], size_t *count, struct scp_err *err)
{
    const ASN1_STRING *text;
    const uint8_t *p;
    size_t n;
    char *copy;

    if (name->type != GEN_URI)
        return 0;
    text = name->d.uniformResourceIdentifier;
    p = ASN1_STRING_get0_data(text);
    n = (size_t)ASN1_STRING_length(text);
    if (*count == SCP_REVOCABLE_URIS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "the certificate names more than %d addresses", SCP_REVOCABLE_URIS_MAX);
    if (n > 0 && memchr(p, '\0', n) != NULL)
        return malformed(err, "addresses");
    copy = scp_text_copy((const char *)p, n);
    if (copy == NULL)
        return scp_err_memory(err);
    list[(*count)++] = copy;
    return 0;
}

/* X509_get_ext_d2i() tells an absent extension (-1) from one that cannot be read. */
static int read_points(const X509 *x, struct scp_revocable *out, struct scp_err *err)
{
    int critical = 0, rc = 0;
    CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, &critical, NULL);

    if (points == NULL)
        return critical == -1 ? 0 : malformed(err, "CRL distribution points (RFC 5280 section 4.2.1.13)");
    for (int i = 0; rc == 0 && i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(points, i);

        /* Lists for some reasons only, or by somebody else, do not answer for this certificate alone. */
        if (point->reasons != NULL || point->CRLissuer != NULL || point->distpoint == NULL || point->distpoint->type != 0)
            continue;
        for (int k = 0; rc == 0 && k < sk_GENERAL_NAME_num(point->distpoint->name.fullname); k++)
            rc = keep_uri(sk_GENERAL_NAME_value(point->distpoint->name.fullname, k), out->crl, &out->crls, err);
    }
    CRL_DIST_POINTS_free(points);
    return rc;
}

static int read_access(const X509 *x, struct scp_revocable *out, struct scp_err *err)
{
    int critical = 0, rc = 0;
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(x, NID_info_access, &critical, NULL);

    if (access == NULL)
        return critical == -1 ? 0 : malformed(err, "authority information access (RFC 5280 section 4.2.2.1)");
    for (int i = 0; rc == 0 && i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        const ACCESS_DESCRIPTION *description = sk_ACCESS_DESCRIPTION_value(access, i);

        if (OBJ_obj2nid(description->method) == NID_ad_OCSP)
            rc = keep_uri(description->location, out->ocsp, &out->ocsps, err);
    }
    AUTHORITY_INFO_ACCESS_free(access);
    return rc;
}

static int read_constraints(const X509 *x, struct scp_revocable *out, struct scp_err *err)
{
    int critical = 0;
    BASIC_CONSTRAINTS *constraints = X509_get_ext_d2i(x, NID_basic_constraints, &critical, NULL);

    if (constraints == NULL)
        return critical == -1 ? 0 : malformed(err, "basic constraints (RFC 5280 section 4.2.1.9)");
    out->is_ca = constraints->ca != 0;
    BASIC_CONSTRAINTS_free(constraints);
    return 0;
}

static int read_issuer(const struct scp_outline *o, struct scp_revocable *out, struct scp_err *err)
{
    if (scp_serial_from_integer(o->serial.p, o->serial.n, &out->serial, err) != 0)
        return -1;
    out->issuer_der = malloc(o->issuer.n);
    if (out->issuer_der == NULL)
        return scp_err_memory(err);
    memcpy(out->issuer_der, o->issuer.p, o->issuer.n);
    out->issuer_der_len = o->issuer.n;
    return 0;
}

int scp_revocable_parse(const uint8_t *der, size_t n, struct scp_revocable *out, struct scp_err *err)
{
    struct scp_outline outline;
    X509 *x;
    int rc = 0;

    memset(out, 0, sizeof *out);
    x = scp_certificate_decode(der, n, err);
    if (x == NULL)
        return -1;
    if (!scp_outline_read(der, n, &outline))
        rc = scp_crypto_failed(err, SCP_ERR_FORMAT, "not a certificate in DER (RFC 5280 section 4.1)");
    out->not_after = outline.not_after;
    if (rc != 0 || read_issuer(&outline, out, err) != 0 || read_constraints(x, out, err) != 0 || read_points(x, out, err) != 0 ||
        read_access(x, out, err) != 0 || scp_crypto_end(err) != 0)
        rc = -1;
    X509_free(x);
    if (rc != 0)
        scp_revocable_free(out);
    return rc;
}

void scp_revocable_free(struct scp_revocable *r)
{
    free(r->issuer_der);
    for (size_t i = 0; i < r->crls; i++)
        free(r->crl[i]);
    for (size_t i = 0; i < r->ocsps; i++)
        free(r->ocsp[i]);
    memset(r, 0, sizeof *r);
}
