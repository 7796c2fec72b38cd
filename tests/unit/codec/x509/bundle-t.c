/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/bundle.h"

#include "base/err.h"
#include "cert_maker.h"
#include "tap.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>

#define RAW(s) maker_raw(s, sizeof(s) - 1)
#define DER(tag, ...)                                                                                                              \
    maker_der(tag, (const struct maker_bytes[]){ __VA_ARGS__ },                                                                    \
              sizeof((const struct maker_bytes[]){ __VA_ARGS__ }) / sizeof(struct maker_bytes))
#define JOIN(...)                                                                                                                  \
    maker_join((const struct maker_bytes[]){ __VA_ARGS__ },                                                                        \
               sizeof((const struct maker_bytes[]){ __VA_ARGS__ }) / sizeof(struct maker_bytes))

enum { CERTIFICATES = 3 };

static struct maker_bytes cert[CERTIFICATES]; /* of other serial numbers; in DER */
static X509 *decoded[CERTIFICATES];

static void make_certificates(void)
{
    for (size_t i = 0; i < CERTIFICATES; i++) {
        const unsigned char *p;

        cert[i] = cert_make(&(struct cert_plan){ .serial = maker_raw((const uint8_t[]){ (uint8_t)(i + 1) }, 1) });
        p = cert[i].p;
        decoded[i] = d2i_X509(NULL, &p, (long)cert[i].n);
        if (decoded[i] == NULL)
            tap_bail("not a certificate for libcrypto");
    }
}

/* --- Files, written by libcrypto where it can --- */

static struct maker_bytes of_bio(BIO *bio)
{
    char *p = NULL;
    long n = BIO_get_mem_data(bio, &p);
    struct maker_bytes b = maker_raw(p, (size_t)n);

    BIO_free(bio);
    return b;
}

static struct maker_bytes pem(const char *label, struct maker_bytes der)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio == NULL || PEM_write_bio(bio, label, "", der.p, (long)der.n) <= 0)
        tap_bail("libcrypto writes no PEM");
    return of_bio(bio);
}

/* openssl x509 -text */
static struct maker_bytes explicit_text(size_t i)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio == NULL || X509_print(bio, decoded[i]) != 1 || PEM_write_bio_X509(bio, decoded[i]) != 1)
        tap_bail("libcrypto prints no certificate");
    return of_bio(bio);
}

/* openssl x509 -trustout -addtrust serverAuth */
static struct maker_bytes trusted(size_t i)
{
    BIO *bio = BIO_new(BIO_s_mem());
    X509 *x = X509_dup(decoded[i]);
    ASN1_OBJECT *purpose = OBJ_nid2obj(NID_server_auth);

    if (bio == NULL || X509_add1_trust_object(x, purpose) != 1 || PEM_write_bio_X509_AUX(bio, x) != 1)
        tap_bail("libcrypto writes no trusted certificate");
    X509_free(x);
    return of_bio(bio);
}

/* openssl crl2pkcs7 -nocrl, of the first n */
static struct maker_bytes pkcs7(size_t n)
{
    PKCS7 *p7 = PKCS7_new();
    unsigned char *der = NULL;
    struct maker_bytes b;
    int len;

    if (p7 == NULL || PKCS7_set_type(p7, NID_pkcs7_signed) != 1 || PKCS7_content_new(p7, NID_pkcs7_data) != 1)
        tap_bail("libcrypto makes no PKCS#7");
    for (size_t i = 0; i < n; i++)
        (void)PKCS7_add_certificate(p7, decoded[i]);
    len = i2d_PKCS7(p7, &der);
    b = maker_raw(der, (size_t)len);
    OPENSSL_free(der);
    PKCS7_free(p7);
    return b;
}

/* With indefinite lengths, as some CAs send .p7c files. */
static struct maker_bytes pkcs7_ber(void)
{
    return JOIN(RAW("\x30\x80"), maker_oid("1.2.840.113549.1.7.2"), RAW("\xA0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80"),
                maker_oid("1.2.840.113549.1.7.1"), RAW("\0\0\xA0\x80"), cert[0], cert[1], RAW("\0\0\x31\x00\0\0\0\0\0\0"));
}

static struct maker_bytes pkcs7_data(void)
{
    return DER(0x30, maker_oid("1.2.840.113549.1.7.1"), DER(0xA0, DER(0x04, RAW("no certificates"))));
}

/* 00000000 'CERT', elements of a property's header, an end mark (certblob-t has the rest). */
static struct maker_bytes store(size_t n)
{
    struct maker_bytes b = RAW("\0\0\0\0CERT");

    for (size_t i = 0; i < n; i++) {
        uint8_t head[] = { 32, 0, 0, 0, 1, 0, 0, 0, (uint8_t)cert[i].n, (uint8_t)(cert[i].n >> 8), 0, 0 };

        b = JOIN(b, maker_raw(head, sizeof head), cert[i]);
    }
    return JOIN(b, RAW("\0\0\0\0\0\0\0\0\0\0\0\0"));
}

static struct maker_bytes with_crlf(struct maker_bytes text)
{
    struct maker_bytes b = maker_raw(NULL, 0);

    b.p = malloc(2 * text.n);
    for (size_t i = 0; b.p != NULL && i < text.n; i++) {
        if (text.p[i] == '\n')
            b.p[b.n++] = '\r';
        b.p[b.n++] = text.p[i];
    }
    text = maker_raw(b.p, b.n);
    free(b.p);
    return text;
}

static struct maker_bytes utf16(struct maker_bytes text)
{
    struct maker_bytes b = JOIN(RAW("\xFF\xFE"), text, text);

    for (size_t i = 0; i < text.n; i++) {
        b.p[2 + 2 * i] = text.p[i];
        b.p[3 + 2 * i] = 0;
    }
    return b;
}

static struct maker_bytes cut(struct maker_bytes b, size_t less)
{
    return (struct maker_bytes){ b.p, b.n - less };
}

static struct maker_bytes certificate_pem(size_t i)
{
    return pem("CERTIFICATE", cert[i]);
}

/* A line of the base64 text is gone, or a character that is none stands in it. */
static struct maker_bytes spoiled(size_t i, bool shorter)
{
    struct maker_bytes b = certificate_pem(i);

    if (!shorter) {
        b.p[60] = '*';
        return b;
    }
    return JOIN(maker_raw(b.p, 28 + 65), maker_raw(b.p + 28 + 2 * 65, b.n - 28 - 2 * 65));
}

static struct maker_bytes too_large(void)
{
    static uint8_t much[70000];

    return cert_make(
        &(struct cert_plan){ .extensions = cert_extension("1.2.3.4", false, DER(0x04, maker_raw(much, sizeof much))) });
}

/* --- Checks --- */

/* `order`: the certificates' numbers, "01". */
static void takes(const char *name, struct maker_bytes file, const char *order, size_t damaged, const char *damage)
{
    uint8_t *exact = malloc(file.n > 0 ? file.n : 1); /* so that a sanitizer sees a byte too far */
    struct scp_err err = SCP_ERR_INIT;
    struct scp_bundle b;
    size_t same = 0;

    if (exact == NULL)
        tap_bail("out of memory");
    memcpy(exact, file.p, file.n);
    if (!tap_is_int(0, scp_bundle_read(exact, file.n, &b, &err), "%s: read", name)) {
        tap_diag("%s", err.message);
        free(exact);
        return;
    }
    for (size_t i = 0; i < b.n && order[i] != '\0'; i++) {
        const struct maker_bytes *wanted = &cert[order[i] - '0'];
        size_t n;
        const uint8_t *p = scp_bundle_certificate(&b, i, &n);

        same += n == wanted->n && memcmp(p, wanted->p, n) == 0 ? 1 : 0;
    }
    tap_is_int((long long)strlen(order), (long long)b.n, "%s: as many certificates", name);
    tap_is_int((long long)b.n, (long long)same, "%s: byte for byte, in this order", name);
    tap_is_int((long long)damaged, (long long)b.damaged, "%s: as many that are none", name);
    tap_has_text(damage, b.damage, "%s: and why", name);
    scp_bundle_free(&b);
    free(exact);
}

static void refuses(const char *name, struct maker_bytes file, enum scp_err_code code, const char *why)
{
    uint8_t *exact = malloc(file.n > 0 ? file.n : 1);
    struct scp_err err = SCP_ERR_INIT;
    struct scp_bundle b;

    if (exact == NULL)
        tap_bail("out of memory");
    if (file.n > 0)
        memcpy(exact, file.p, file.n);
    tap_is_int(-1, scp_bundle_read(exact, file.n, &b, &err), "%s: refused", name);
    tap_is_int(code, err.code, "%s: its kind", name);
    tap_has_text(why, err.message, "%s: the reason", name);
    tap_ok(b.n == 0 && b.v == NULL, "%s: nothing is left", name);
    free(exact);
}

static void test_pem(void)
{
    struct maker_bytes key = pem("PRIVATE KEY", RAW("\x30\x03\x02\x01\x01"));

    takes("one block", certificate_pem(0), "0", 0, "");
    takes("text between blocks", JOIN(RAW("subject=CN = A\n\n"), certificate_pem(0), RAW("# another\n"), certificate_pem(1)), "01",
          0, "");
    takes("openssl x509 -text", JOIN(explicit_text(0), explicit_text(1)), "01", 0, "");
    takes("CRLF", with_crlf(JOIN(certificate_pem(0), certificate_pem(1))), "01", 0, "");
    takes("a mark of UTF-8", JOIN(RAW("\xEF\xBB\xBF"), certificate_pem(0)), "0", 0, "");
    takes("UTF-16", utf16(with_crlf(certificate_pem(0))), "0", 0, "");
    takes("no line end at the end", cut(certificate_pem(0), 1), "0", 0, "");
    takes("a key beside it", JOIN(key, certificate_pem(0), key), "0", 0, "");
    takes("the same one twice", JOIN(certificate_pem(0), certificate_pem(0)), "00", 0, "");
    takes("other labels, behind the usual one", JOIN(pem("X509 CERTIFICATE", cert[1]), trusted(2), certificate_pem(0)), "012", 0,
          "");
    takes("label PKCS7", pem("PKCS7", pkcs7(2)), "01", 0, "");
    takes("label CMS", pem("CMS", pkcs7(1)), "0", 0, "");
    takes("PKCS#7 under the label CERTIFICATE", JOIN(pem("CERTIFICATE", pkcs7(2)), certificate_pem(2)), "012", 0, "");
    refuses("only a key", key, SCP_ERR_FORMAT, "no certificate in it");
}

static void test_damaged_pem(void)
{
    takes("a line is gone", JOIN(spoiled(0, true), certificate_pem(1)), "1", 1, "not a certificate");
    takes("not base64", JOIN(certificate_pem(0), spoiled(1, false), certificate_pem(2)), "02", 1, "base64");
    takes("two damaged: the first is told", JOIN(spoiled(0, true), spoiled(0, false), certificate_pem(1)), "1", 2,
          "not a certificate");
    takes("no end", JOIN(certificate_pem(0), cut(certificate_pem(1), 26)), "0", 1, "");
    takes("a certificate with bytes behind it", JOIN(pem("CERTIFICATE", JOIN(cert[0], RAW("\0"))), certificate_pem(1)), "1", 1,
          "not a certificate");
    takes("another structure", JOIN(pem("CERTIFICATE", RAW("\x30\x03\x02\x01\x01")), certificate_pem(1)), "1", 1,
          "not a certificate");
    takes("one that is too large", JOIN(pem("CERTIFICATE", too_large()), certificate_pem(1)), "1", 1, "too large");
    takes("PKCS#7 that is cut", JOIN(certificate_pem(0), pem("PKCS7", cut(pkcs7(2), 5))), "0", 1, "not PKCS#7");
    refuses("the only one is damaged", spoiled(0, false), SCP_ERR_FORMAT, "base64");
    refuses("half of it, as a copy that broke off", cut(certificate_pem(0), 120), SCP_ERR_FORMAT, "no certificate in it: ");
}

static void test_binary(void)
{
    takes("DER", cert[0], "0", 0, "");
    refuses("DER with a byte behind it", JOIN(cert[0], RAW("\n")), SCP_ERR_FORMAT, "not a certificate");
    refuses("DER that is cut", cut(cert[0], 1), SCP_ERR_FORMAT, "not a certificate");
    refuses("DER of something else", DER(0x30, DER(0x04, cert[0])), SCP_ERR_FORMAT, "not a certificate");
    refuses("DER that is too large", too_large(), SCP_ERR_FORMAT, "too large");
    takes("PKCS#7 in DER", pkcs7(3), "012", 0, "");
    takes("PKCS#7 in BER", pkcs7_ber(), "01", 0, "");
    takes("PKCS#7 with bytes behind it", JOIN(pkcs7(2), RAW("\r\n")), "01", 1, "bytes behind the PKCS#7 message");
    refuses("PKCS#7 without certificates", pkcs7(0), SCP_ERR_FORMAT, "without certificates");
    refuses("PKCS#7 of another type", pkcs7_data(), SCP_ERR_UNSUPPORTED, "no certificates");
    refuses("PKCS#7 that is cut", cut(pkcs7(2), 1), SCP_ERR_FORMAT, "not PKCS#7");
    takes("a serialized store", store(3), "012", 0, "");
    refuses("an empty store", store(0), SCP_ERR_FORMAT, "no certificate in it");
    refuses("a store without its end", cut(store(2), 12), SCP_ERR_TRUNCATED, "");
}

static void test_other_files(void)
{
    refuses("nothing", maker_raw(NULL, 0), SCP_ERR_FORMAT, "the file is empty");
    refuses("text", RAW("no certificates here\n"), SCP_ERR_UNSUPPORTED, "no certificates");
    refuses("a page", RAW("<!DOCTYPE html><html><body>Sign in</body></html>"), SCP_ERR_UNSUPPORTED, "no certificates");
    refuses("text in UTF-16", utf16(RAW("no certificates here\r\n")), SCP_ERR_FORMAT, "no certificate in it");
    refuses("a registry export", RAW("Windows Registry Editor Version 5.00\r\n"), SCP_ERR_UNSUPPORTED, "registry");
    refuses("zeros", RAW("\0\0\0\0\0\0\0\0"), SCP_ERR_UNSUPPORTED, "no certificates");
}

/* Blocks of the least that has a certificate's outline. */
static void test_maximum(void)
{
    struct maker_bytes empty = DER(0x30, RAW("")),
                       block = pem("CERTIFICATE", DER(0x30, DER(0x30, DER(0x02, RAW("\1")), empty, empty, empty, empty, empty)));
    size_t most = SCP_BUNDLE_CERTIFICATES_MAX;
    char *file = malloc((most + 1) * block.n);
    struct scp_err err = SCP_ERR_INIT;
    struct scp_bundle b;

    if (file == NULL)
        tap_bail("out of memory");
    for (size_t i = 0; i <= most; i++)
        memcpy(file + i * block.n, block.p, block.n);
    if (tap_is_int(0, scp_bundle_read((const uint8_t *)file, most * block.n, &b, &err), "%zu certificates", most)) {
        tap_is_int((long long)most, (long long)b.n, "all of them");
        scp_bundle_free(&b);
    }
    tap_is_int(-1, scp_bundle_read((const uint8_t *)file, (most + 1) * block.n, &b, &err), "one more: refused");
    tap_is_int(SCP_ERR_LIMIT, err.code, "its kind: %s", err.message);
    free(file);
}

int main(void)
{
    make_certificates();
    test_pem();
    test_damaged_pem();
    test_binary();
    test_other_files();
    test_maximum();
    for (size_t i = 0; i < CERTIFICATES; i++)
        X509_free(decoded[i]);
    maker_end();
    return tap_done();
}
