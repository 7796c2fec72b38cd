/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/revocation/ocsp_internal.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string.h>

/* --- The question --- */

static ASN1_INTEGER *number_of(const struct scp_serial *serial)
{
    uint8_t der[2 + SCP_SERIAL_MAX] = { SCP_DER_INTEGER, (uint8_t)serial->n };
    const unsigned char *p = der;

    memcpy(der + 2, serial->p, serial->n);
    return d2i_ASN1_INTEGER(NULL, &p, 2 + (long)serial->n);
}

/* The bits of the key in a SubjectPublicKeyInfo. */
static ASN1_BIT_STRING *bits_of(const uint8_t *spki, size_t n)
{
    struct scp_reader r = scp_reader_over(spki, n), inside;
    struct scp_der whole, algorithm, key;
    ASN1_BIT_STRING *out;
    const uint8_t *bits;
    size_t length;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &whole) || scp_reader_left(&r) > 0)
        return NULL;
    inside = scp_der_inside(&whole);
    if (!scp_der_read(&inside, SCP_DER_SEQUENCE, &algorithm) || !scp_der_read(&inside, SCP_DER_BIT_STRING, &key) ||
        scp_reader_left(&inside) > 0 || !scp_der_octets(&key, &bits, &length))
        return NULL;
    out = ASN1_BIT_STRING_new();
    if (out == NULL || ASN1_STRING_set(out, bits, (int)length) == 1)
        return out;
    ASN1_BIT_STRING_free(out);
    return NULL;
}

OCSP_CERTID *scp_ocsp_id(const struct scp_ocsp_question *q, const EVP_MD *md)
{
    const unsigned char *p = q->subject_der;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)q->subject_der_len);
    ASN1_BIT_STRING *key = bits_of(q->spki_der, q->spki_der_len);
    ASN1_INTEGER *serial = number_of(&q->serial);
    OCSP_CERTID *id = NULL;

    if (name != NULL && key != NULL && serial != NULL)
        id = OCSP_cert_id_new(md, name, key, serial);
    X509_NAME_free(name);
    ASN1_BIT_STRING_free(key);
    ASN1_INTEGER_free(serial);
    return id;
}

int scp_ocsp_ask(const uint8_t *subject_der, size_t subject_der_len, const uint8_t *spki_der, size_t spki_der_len,
                 const struct scp_serial *serial, struct scp_ocsp_question *out, struct scp_err *err)
{
    ASN1_BIT_STRING *key;

    *out = (struct scp_ocsp_question){ .subject_der = subject_der,
                                       .subject_der_len = subject_der_len,
                                       .spki_der = spki_der,
                                       .spki_der_len = spki_der_len,
                                       .serial = *serial };
    if (scp_crypto_begin(err) != 0)
        return -1;
    key = bits_of(spki_der, spki_der_len);
    if (key == NULL)
        return scp_crypto_failed(err, SCP_ERR_FORMAT, "the issuer's key is no SubjectPublicKeyInfo (RFC 5280 section 4.1)");
    ASN1_BIT_STRING_free(key);
    return scp_crypto_end(err);
}

/* --- The request --- */

int scp_ocsp_request(const struct scp_ocsp_question *q, uint8_t out[SCP_OCSP_REQUEST_MAX], size_t *out_len, struct scp_err *err)
{
    OCSP_REQUEST *request;
    OCSP_CERTID *id;
    int length = 0;

    if (q->serial.n < 1 || q->serial.n > SCP_SERIAL_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a serial number of %zu octets", q->serial.n);
    if (scp_crypto_begin(err) != 0)
        return -1;
    request = OCSP_REQUEST_new();
    id = scp_ocsp_id(q, EVP_sha1());
    if (request != NULL && id != NULL && OCSP_request_add0_id(request, id) != NULL) {
        id = NULL; /* the request's own now */
        length = i2d_OCSP_REQUEST(request, NULL);
    }
    if (length > 0 && length <= SCP_OCSP_REQUEST_MAX)
        *out_len = (size_t)i2d_OCSP_REQUEST(request, &(unsigned char *){ out });
    OCSP_CERTID_free(id);
    OCSP_REQUEST_free(request);
    if (length <= 0 || length > SCP_OCSP_REQUEST_MAX)
        return scp_crypto_failed(err, SCP_ERR_SYSTEM, "the cryptographic library cannot write the request");
    return scp_crypto_end(err);
}

/* --- Its URL --- */

/* Base64 as it stands in a URL. */
static void add_base64(struct scp_buf *out, const uint8_t *p, size_t n)
{
    unsigned char digits[4 * (SCP_OCSP_URL_MAX / 3 + 1) + 1];
    int length = EVP_EncodeBlock(digits, p, (int)n);

    for (int i = 0; i < length; i++) {
        switch (digits[i]) {
        case '+': (void)scp_buf_str(out, "%2B"); break;
        case '/': (void)scp_buf_str(out, "%2F"); break;
        case '=': (void)scp_buf_str(out, "%3D"); break;
        default: (void)scp_buf_chr(out, (char)digits[i]); break;
        }
    }
}

int scp_ocsp_get_url(const char *responder, const uint8_t *request, size_t n, struct scp_buf *out, struct scp_err *err)
{
    size_t start = out->n, length = strlen(responder);

    while (length > 0 && responder[length - 1] == '/')
        length--;
    /* What is too long even without percent signs needs no room. */
    if (length > SCP_OCSP_URL_MAX || n > SCP_OCSP_URL_MAX)
        return 0;
    (void)scp_buf_add(out, responder, length);
    (void)scp_buf_chr(out, '/');
    add_base64(out, request, n);
    if (out->failed)
        return scp_buf_error(out, err, "the URL is too long");
    if (out->n - start <= SCP_OCSP_URL_MAX)
        return 1;
    scp_buf_truncate(out, start);
    return 0;
}
