/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/certificate.h"

#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/x509/outline.h"
#include "codec/x509/der.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SERIAL_MAX = 64 };

/* --- Hashes --- */

static int digest(const EVP_MD *md, const uint8_t *p, size_t n, uint8_t *out, size_t *out_len, struct scp_err *err)
{
    unsigned length = 0;

    if (scp_crypto_begin(err) != 0)
        return -1;
    if (md == NULL || EVP_Digest(p, n, out, &length, md, NULL) != 1)
        return scp_crypto_failed(err, SCP_ERR_UNSUPPORTED, "the cryptographic library cannot compute this digest");
    *out_len = length;
    return 0;
}

int scp_certificate_sha1(const uint8_t *der, size_t n, uint8_t out[SCP_SHA1_LEN], struct scp_err *err)
{
    size_t length;

    return digest(EVP_sha1(), der, n, out, &length, err);
}

int scp_certificate_sha256(const uint8_t *der, size_t n, uint8_t out[SCP_SHA256_LEN], struct scp_err *err)
{
    size_t length;

    return digest(EVP_sha256(), der, n, out, &length, err);
}

struct scp_hasher {
    EVP_MD *md;
    EVP_MD_CTX *ctx;
};

struct scp_hasher *scp_hasher_new(void)
{
    struct scp_hasher *h = calloc(1, sizeof *h);

    if (h == NULL || scp_crypto_begin(NULL) != 0) {
        free(h);
        return NULL;
    }
    h->md = EVP_MD_fetch(NULL, "SHA1", NULL);
    h->ctx = EVP_MD_CTX_new();
    if (h->md != NULL && h->ctx != NULL)
        return h;
    scp_hasher_free(h);
    return NULL;
}

int scp_hasher_sha1(struct scp_hasher *h, const uint8_t *p, size_t n, uint8_t out[SCP_SHA1_LEN], struct scp_err *err)
{
    if (EVP_DigestInit_ex(h->ctx, h->md, NULL) == 1 && EVP_DigestUpdate(h->ctx, p, n) == 1 &&
        EVP_DigestFinal_ex(h->ctx, out, NULL) == 1)
        return 0;
    return scp_crypto_failed(err, SCP_ERR_UNSUPPORTED, "the cryptographic library cannot compute SHA-1");
}

void scp_hasher_free(struct scp_hasher *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    EVP_MD_free(h->md);
    free(h);
}

X509 *scp_certificate_decode(const uint8_t *der, size_t n, struct scp_err *err)
{
    const unsigned char *p = der;
    X509 *x;

    if (n > SCP_CERTIFICATE_MAX) {
        (void)scp_err_set(err, SCP_ERR_LIMIT, "a certificate of more than %d bytes", SCP_CERTIFICATE_MAX);
        return NULL;
    }
    if (scp_crypto_begin(err) != 0)
        return NULL;
    x = scp_crypto_kept_certificate(der, n);
    if (x != NULL)
        return x;
    x = d2i_X509(NULL, &p, (long)n);
    if (x == NULL) {
        (void)scp_crypto_failed(err, SCP_ERR_FORMAT, "not a certificate (RFC 5280 section 4.1)");
    } else if (p != der + n) {
        X509_free(x);
        x = NULL;
        (void)scp_err_set(err, SCP_ERR_FORMAT, "%zu bytes behind the certificate", (size_t)(der + n - p));
    }
    return x;
}

int scp_certificate_tbs_hash(const uint8_t *der, size_t n, const char *name, uint8_t out[SCP_DIGEST_MAX], size_t *out_len,
                             struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(der, n);
    struct scp_outline outline;
    struct scp_der whole, tbs;

    if (scp_crypto_begin(err) != 0)
        return -1;
    if (scp_der_read(&r, SCP_DER_SEQUENCE, &whole))
        r = scp_der_inside(&whole);
    if (!scp_outline_read(der, n, &outline) || !scp_der_read(&r, SCP_DER_SEQUENCE, &tbs))
        return scp_err_set(err, SCP_ERR_FORMAT, "not a certificate (RFC 5280 section 4.1)");
    return digest(EVP_get_digestbyname(name), tbs.whole, tbs.whole_n, out, out_len, err);
}

/* --- Facts --- */

/* One line, most specific part first, UTF-8. */
static char *name_line(const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL, *p = NULL;
    long n;

    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | XN_FLAG_SEP_CPLUS_SPC) >= 0) {
        n = BIO_get_mem_data(bio, &p);
        text = scp_text_copy(p != NULL ? p : "", n > 0 ? (size_t)n : 0);
    }
    BIO_free(bio);
    return text;
}

/* Common name, else the value of the last RDN, as UTF-8; the bytes as they stand when they are no text. */
static char *short_name(const X509_NAME *name)
{
    int i = X509_NAME_get_index_by_NID(name, NID_commonName, -1), last = i, n;
    const ASN1_STRING *value;
    unsigned char *utf8 = NULL;
    char *copy;

    while (i >= 0) {
        last = i;
        i = X509_NAME_get_index_by_NID(name, NID_commonName, i);
    }
    if (last < 0)
        last = X509_NAME_entry_count(name) - 1;
    if (last < 0)
        return strdup("");
    value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last));
    n = ASN1_STRING_to_UTF8(&utf8, value);
    if (n < 0)
        return scp_text_copy((const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    copy = scp_text_copy((const char *)utf8, (size_t)n);
    OPENSSL_free(utf8);
    return copy;
}

bool scp_certificate_time(const ASN1_TIME *t, int64_t *out)
{
    struct tm tm;

    return ASN1_TIME_to_tm(t, &tm) == 1 &&
           scp_utc_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, out);
}

static void serial_of(const X509 *x, char *out)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
    const uint8_t *p = ASN1_STRING_get0_data(serial);
    int n = ASN1_STRING_length(serial);

    out[0] = '\0';
    if (n < 0 || n > SERIAL_MAX)
        return;
    if ((ASN1_STRING_type(serial) & V_ASN1_NEG) != 0)
        *out++ = '-';
    scp_num_to_hex(p, (size_t)n, out);
}

static int encoded_name(const X509_NAME *name, uint8_t **out, size_t *out_len)
{
    const unsigned char *der;
    size_t n;

    if (X509_NAME_get0_der(name, &der, &n) != 1 || (*out = malloc(n > 0 ? n : 1)) == NULL)
        return -1;
    memcpy(*out, der, n);
    *out_len = n;
    return 0;
}

static int read_names(const X509 *x, struct scp_certificate *out)
{
    const X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_get_issuer_name(x);

    out->subject = name_line(subject);
    out->issuer = name_line(issuer);
    out->name = short_name(subject);
    out->issuer_name = short_name(issuer);
    out->self_issued = X509_NAME_cmp(subject, issuer) == 0;
    if (encoded_name(subject, &out->subject_der, &out->subject_der_len) != 0 ||
        encoded_name(issuer, &out->issuer_der, &out->issuer_der_len) != 0)
        return -1;
    return out->subject != NULL && out->issuer != NULL && out->name != NULL && out->issuer_name != NULL ? 0 : -1;
}

static void read_key(X509 *x, struct scp_certificate *out)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;

    out->key_type = type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS ? "RSA" : type == EVP_PKEY_EC ? "EC" : "other";
    out->key_bits = key != NULL && EVP_PKEY_get_bits(key) > 0 ? (unsigned)EVP_PKEY_get_bits(key) : 0;
}

static void read_extensions(X509 *x, struct scp_certificate *out)
{
    uint32_t flags = X509_get_extension_flags(x);

    out->version = (int)X509_get_version(x) + 1;
    out->is_ca = (flags & EXFLAG_CA) != 0 || (out->version == 1 && out->self_issued);
    out->has_eku = (flags & EXFLAG_XKUSAGE) != 0;
    out->eku_server_auth = !out->has_eku || (X509_get_extended_key_usage(x) & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

int scp_certificate_parse(const uint8_t *der, size_t n, struct scp_certificate *out, struct scp_err *err)
{
    X509 *x;
    int rc = 0;

    memset(out, 0, sizeof *out);
    x = scp_certificate_decode(der, n, err);
    if (x == NULL)
        return -1;
    if (!scp_certificate_time(X509_get0_notBefore(x), &out->not_before) ||
        !scp_certificate_time(X509_get0_notAfter(x), &out->not_after))
        rc = scp_crypto_failed(err, SCP_ERR_FORMAT, "the certificate's validity is not a time (RFC 5280 section 4.1.2.5)");
    else if (read_names(x, out) != 0)
        rc = scp_err_memory(err);
    if (rc == 0) {
        serial_of(x, out->serial);
        read_key(x, out);
        read_extensions(x, out);
        rc = scp_crypto_end(err);
    }
    if (rc != 0)
        scp_certificate_free(out);
    X509_free(x);
    return rc;
}

void scp_certificate_free(struct scp_certificate *c)
{
    free(c->subject);
    free(c->issuer);
    free(c->name);
    free(c->issuer_name);
    free(c->subject_der);
    free(c->issuer_der);
    memset(c, 0, sizeof *c);
}

/* --- Purposes --- */

/* Is this identifier the purpose's: id-kp-serverAuth, id-kp-codeSigning (RFC 5280 section 4.2.1.12) or anyExtendedKeyUsage? */
static bool is_for(const uint8_t *oid, size_t n, enum scp_purpose purpose)
{
    static const uint8_t KP[] = { 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03 };
    static const uint8_t ANY[] = { 0x55, 0x1D, 0x25, 0x00 };
    uint8_t last = purpose == SCP_PURPOSE_CODE_SIGNING ? 3 : 1;

    if (purpose == SCP_PURPOSE_ANY)
        return true;
    return (n == sizeof KP + 1 && memcmp(oid, KP, sizeof KP) == 0 && oid[sizeof KP] == last) ||
           (n == sizeof ANY && memcmp(oid, ANY, n) == 0);
}

enum scp_eku_answer scp_eku_list_holds(const uint8_t *p, size_t n, enum scp_purpose purpose)
{
    enum scp_eku_answer answer = SCP_EKU_NO;
    struct scp_der_header h;
    struct scp_reader r;
    struct scp_der oid;

    if (!scp_der_known(scp_der_header(p, n, &h)) || h.tag != SCP_DER_SEQUENCE || h.content != n - h.header)
        return SCP_EKU_MALFORMED;
    r = scp_reader_over(p + h.header, n - h.header);
    while (scp_reader_left(&r) > 0) {
        if (!scp_der_read(&r, SCP_DER_OID, &oid) || oid.n == 0)
            return SCP_EKU_MALFORMED;
        if (is_for(oid.p, oid.n, purpose))
            answer = SCP_EKU_YES;
    }
    return answer;
}
