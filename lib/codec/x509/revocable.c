/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/revocable.h"

#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"

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
    copy = malloc(n + 1);
    if (copy == NULL)
        return scp_err_memory(err);
    memcpy(copy, p, n);
    copy[n] = '\0';
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

static int read_serial(const X509 *x, struct scp_revocable *out, struct scp_err *err)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
    unsigned char *der = NULL;
    int n = i2d_ASN1_INTEGER(serial, &der), rc;
    long length = 0;
    int tag = 0, class = 0;
    const unsigned char *p = der;

    if (n <= 0)
        return scp_err_memory(err);
    rc = (ASN1_get_object(&p, &length, &tag, &class, n) & 0x80) != 0
             ? malformed(err, "serial number")
             : scp_serial_from_integer(p, (size_t)length, &out->serial, err);
    OPENSSL_free(der);
    return rc;
}

static int read_issuer(const X509 *x, struct scp_revocable *out, struct scp_err *err)
{
    const unsigned char *der;
    size_t n;

    if (X509_NAME_get0_der(X509_get_issuer_name(x), &der, &n) != 1 || (out->issuer_der = malloc(n > 0 ? n : 1)) == NULL)
        return scp_err_memory(err);
    memcpy(out->issuer_der, der, n);
    out->issuer_der_len = n;
    return 0;
}

static void read_end(const X509 *x, struct scp_revocable *out)
{
    if (!scp_certificate_time(X509_get0_notAfter(x), &out->not_after))
        out->not_after = SCP_UTC_UNKNOWN;
}

int scp_revocable_parse(const uint8_t *der, size_t n, struct scp_revocable *out, struct scp_err *err)
{
    const unsigned char *p = der;
    X509 *x;
    int rc = 0;

    memset(out, 0, sizeof *out);
    if (n > SCP_CERTIFICATE_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a certificate of more than %d bytes", SCP_CERTIFICATE_MAX);
    if (scp_crypto_begin(err) != 0)
        return -1;
    x = d2i_X509(NULL, &p, (long)n);
    if (x == NULL || p != der + n)
        rc = scp_crypto_failed(err, SCP_ERR_FORMAT, "not a certificate (RFC 5280 section 4.1)");
    if (rc != 0 || read_serial(x, out, err) != 0 || read_issuer(x, out, err) != 0 || read_constraints(x, out, err) != 0 ||
        read_points(x, out, err) != 0 || read_access(x, out, err) != 0 || scp_crypto_end(err) != 0)
        rc = -1;
    else
        read_end(x, out);
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
