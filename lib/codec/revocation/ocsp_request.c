/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/certificate.h"
#include "codec/revocation/ocsp_internal.h"

#include <string.h>

/* --- The question --- */

bool scp_ocsp_key_bits(const uint8_t *spki, size_t n, const uint8_t **bits, size_t *bits_len)
{
    struct scp_reader r = scp_reader_over(spki, n), in;
    struct scp_der info, algorithm, key;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &info) || scp_reader_left(&r) > 0)
        return false;
    in = scp_der_inside(&info);
    return scp_der_read(&in, SCP_DER_SEQUENCE, &algorithm) && scp_der_read(&in, SCP_DER_BIT_STRING, &key) &&
           scp_reader_left(&in) == 0 && scp_der_octets(&key, bits, bits_len);
}

int scp_ocsp_ask(const uint8_t *subject_der, size_t subject_der_len, const uint8_t *spki_der, size_t spki_der_len,
                 const struct scp_serial *serial, struct scp_ocsp_question *out, struct scp_err *err)
{
    const uint8_t *bits;
    size_t bits_len;

    *out = (struct scp_ocsp_question){ .subject_der = subject_der,
                                       .subject_der_len = subject_der_len,
                                       .spki_der = spki_der,
                                       .spki_der_len = spki_der_len,
                                       .serial = *serial };
    if (!scp_ocsp_key_bits(spki_der, spki_der_len, &bits, &bits_len))
        return scp_err_set(err, SCP_ERR_FORMAT, "the issuer's key is no SubjectPublicKeyInfo (RFC 5280 section 4.1)");
    if (scp_certificate_sha1(subject_der, subject_der_len, out->name_hash, err) != 0)
        return -1;
    return scp_certificate_sha1(bits, bits_len, out->key_hash, err);
}

/* --- The request --- */

/* Written from the end to the start, so that each length is known when its header is put in front. */
struct writer {
    uint8_t p[SCP_OCSP_REQUEST_MAX];
    size_t at;
};

static void put(struct writer *w, const void *p, size_t n)
{
    w->at -= n;
    memcpy(w->p + w->at, p, n);
}

/* Tag and length of the element whose content begins here and ends at `end`; requests are shorter than 256 bytes. */
static void wrap(struct writer *w, uint8_t tag, size_t end)
{
    size_t n = end - w->at;

    w->p[--w->at] = (uint8_t)n;
    if (n >= 0x80)
        w->p[--w->at] = 0x81;
    w->p[--w->at] = tag;
}

static void put_element(struct writer *w, uint8_t tag, const void *p, size_t n)
{
    size_t end = w->at;

    put(w, p, n);
    wrap(w, tag, end);
}

int scp_ocsp_request(const struct scp_ocsp_question *q, uint8_t out[SCP_OCSP_REQUEST_MAX], size_t *out_len, struct scp_err *err)
{
    static const uint8_t SHA1_ALGORITHM[] = { 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00 };
    enum { CERT_ID, REQUEST, LIST, TBS, WHOLE, LEVELS };
    struct writer w = { .at = SCP_OCSP_REQUEST_MAX };

    if (q->serial.n < 1 || q->serial.n > SCP_SERIAL_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a serial number of %zu octets", q->serial.n);
    put_element(&w, SCP_DER_INTEGER, q->serial.p, q->serial.n);
    put_element(&w, SCP_DER_OCTET_STRING, q->key_hash, sizeof q->key_hash);
    put_element(&w, SCP_DER_OCTET_STRING, q->name_hash, sizeof q->name_hash);
    put(&w, SHA1_ALGORITHM, sizeof SHA1_ALGORITHM);
    for (int level = CERT_ID; level < LEVELS; level++)
        wrap(&w, SCP_DER_SEQUENCE, SCP_OCSP_REQUEST_MAX);
    *out_len = SCP_OCSP_REQUEST_MAX - w.at;
    memcpy(out, w.p + w.at, *out_len);
    return 0;
}

/* --- Its URL --- */

/* One character of base64, as it stands in a URL. */
static void add_digit(struct scp_buf *out, unsigned digit)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    if (DIGITS[digit] == '+')
        (void)scp_buf_str(out, "%2B");
    else if (DIGITS[digit] == '/')
        (void)scp_buf_str(out, "%2F");
    else
        (void)scp_buf_chr(out, DIGITS[digit]);
}

static void add_base64(struct scp_buf *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        unsigned group = (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0u);

        add_digit(out, group >> 18);
        add_digit(out, group >> 12 & 63);
        if (left > 1)
            add_digit(out, group >> 6 & 63);
        else
            (void)scp_buf_str(out, "%3D");
        if (left > 2)
            add_digit(out, group & 63);
        else
            (void)scp_buf_str(out, "%3D");
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
