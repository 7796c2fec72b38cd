/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/revocation/ocsp.h"
#include "codec/x509/pem.h"
#include "codec/x509/outline.h"
#include "ocsp_forge.h"
#include "tap.h"
#include "windows/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct forge_world world;
static struct scp_ocsp_question asked;
static struct forge_bytes made, delegate_certificate;

static struct scp_ocsp_question question(const struct forge_party *issuer, const char *serial, size_t n)
{
    struct scp_serial number;
    struct scp_ocsp_question q;
    struct scp_err err = SCP_ERR_INIT;

    if (scp_serial_from_integer((const uint8_t *)serial, n, &number, &err) != 0 ||
        scp_ocsp_ask(issuer->name, issuer->name_n, issuer->spki, issuer->spki_n, &number, &q, &err) != 0)
        tap_bail("a question of our own: %s", err.message);
    return q;
}

/* --- Requests --- */

/* What clients are known to send for these endpoints, which does not come from this code. */
static const struct {
    const char *endpoint, *url, *get;
} KNOWN[] = {
    { "ocsp_dc", "http://ocsp.digicert.com",
      "MFEwTzBNMEswSTAJBgUrDgMCGgUABBQ50otx%2Fh0Ztl%2Bz8SiPI7wEWVxDlQQUTiJUIBiV5uNu5g%2F6%2BrkS7QYXjzkCEAsMayxGaRewR3PGR9SvwMg%"
      "3D" },
    { "dtrust_ocsp", "http://root-c3-ca2-2009.ocsp.d-trust.net",
      "MEQwQjBAMD4wPDAJBgUrDgMCGgUABBRKfNrznfv2eABwDfSc2ErxUxsJaQQUpze0YoDkASEfr%2FdO7M0cBeuJR84CAwmQYw%3D%3D" },
    { "oneocsp", "http://oneocsp.microsoft.com/ocsp",
      "MFQwUjBQME4wTDAJBgUrDgMCGgUABBR0TBEVYklX7A9yLoLD9hqmCWDxFgQU3pGGSLehMVkx8UtfB6nciHnaqHYCEzMAAAAMSWShb0QgOyIAAAAAAAw%3D" },
};

static const struct scp_profile_endpoint *endpoint(const struct scp_profile *p, const char *id)
{
    for (size_t i = 0; i < p->endpoints; i++) {
        if (strcmp(p->endpoint[i].id, id) == 0)
            return &p->endpoint[i];
    }
    tap_bail("the profile has no endpoint %s", id);
}

static void test_known_requests(void)
{
    const struct scp_profile_builtin *builtin = scp_profile_builtin_find("scp");
    struct scp_profile profile;
    struct scp_err err = SCP_ERR_INIT;

    if (scp_profile_parse(builtin->text, strlen(builtin->text), &profile, &err) != 0)
        tap_bail("the built-in profile: %s", err.message);
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        const struct scp_profile_endpoint *e = endpoint(&profile, KNOWN[i].endpoint);
        struct scp_ocsp_question q;
        struct scp_serial serial;
        struct scp_buf url;
        uint8_t der[SCP_OCSP_REQUEST_MAX];
        char wanted[512];
        size_t n = 0;
        int get = -1;

        scp_buf_init(&url, SCP_OCSP_URL_ROOM);
        if (scp_serial_parse(e->serial, strlen(e->serial), &serial, &err) == 0 &&
            scp_ocsp_ask(e->issuer->subject_der, e->issuer->subject_der_len, e->issuer->spki_der, e->issuer->spki_der_len, &serial,
                         &q, &err) == 0 &&
            scp_ocsp_request(&q, der, &n, &err) == 0)
            get = scp_ocsp_get_url(e->url, der, n, &url, &err);
        tap_is_int(1, get, "%s: asked with GET %s", e->id, err.message);
        (void)snprintf(wanted, sizeof wanted, "%s/%s", KNOWN[i].url, KNOWN[i].get);
        tap_is_text(wanted, scp_buf_text(&url), "its URL");
        scp_buf_free(&url);
    }
    scp_profile_free(&profile);
}

static int get_url(const char *responder, size_t n, struct scp_buf *url)
{
    static const uint8_t REQUEST[512] = { 0xFB, 0xFF }; /* base64: "+/" in front */

    scp_buf_init(url, SCP_OCSP_URL_ROOM);
    return scp_ocsp_get_url(responder, REQUEST, n, url, NULL);
}

static void test_url(void)
{
    static const struct {
        const char *responder;
        size_t n;
        const char *url;
    } URL[] = {
        { "http://r", 3, "http://r/%2B%2F8A" },
        { "http://r/", 3, "http://r/%2B%2F8A" },
        { "http://r/ocsp//", 3, "http://r/ocsp/%2B%2F8A" },
        { "http://r", 2, "http://r/%2B%2F8%3D" },
        { "http://r", 1, "http://r/%2Bw%3D%3D" },
        { "http://r/a?b=c", 3, "http://r/a?b=c/%2B%2F8A" },
    };
    struct scp_buf url;
    char host[400];

    for (size_t i = 0; i < sizeof URL / sizeof *URL; i++) {
        tap_is_int(1, get_url(URL[i].responder, URL[i].n, &url), "GET");
        tap_is_text(URL[i].url, scp_buf_text(&url), "%s and %zu bytes", URL[i].responder, URL[i].n);
        scp_buf_free(&url);
    }
    /* 99 bytes are 132 digits, of which two take three characters: 136, and the slash. */
    for (size_t length = 117; length <= 119; length++) {
        memset(host, 'h', sizeof host);
        host[length] = '\0';
        tap_is_int(length <= 118, get_url(host, 99, &url), "a URL of %zu characters is %s", length + 137,
                   length <= 118 ? "asked with GET" : "not");
        tap_is_int(length <= 118 ? (long long)length + 137 : 0, (long long)url.n, "its length");
        scp_buf_free(&url);
    }
    tap_is_int(0, get_url("http://r", 512, &url), "nor is a large request");
    scp_buf_free(&url);
}

static void test_question(void)
{
    struct scp_serial serial = { .p = { 1 }, .n = 1 };
    struct scp_ocsp_question q = asked;
    struct scp_err err = SCP_ERR_INIT;
    uint8_t der[SCP_OCSP_REQUEST_MAX];
    size_t n;

    tap_is_int(-1,
               scp_ocsp_ask(world.issuer.name, world.issuer.name_n, world.issuer.spki, world.issuer.spki_n - 1, &serial, &q, &err),
               "a cut key");
    tap_has_text("SubjectPublicKeyInfo", err.message, "is no key");
    q = asked;
    q.serial.n = SCP_SERIAL_MAX;
    tap_is_int(0, scp_ocsp_request(&q, der, &n, &err), "the longest serial number");
    tap_is_int(69 + SCP_SERIAL_MAX, (long long)n, "its bytes");
    q.serial.n = 0;
    tap_is_int(-1, scp_ocsp_request(&q, der, &n, &err), "no serial number");
    q.serial.n = SCP_SERIAL_MAX + 1;
    tap_is_int(-1, scp_ocsp_request(&q, der, &n, &err), "a longer one than kept");
}

/* --- Facts --- */

static struct scp_ocsp facts(const struct forge_response *r)
{
    struct scp_ocsp o;
    struct scp_err err = SCP_ERR_INIT;

    forge_response(r, &made);
    if (scp_ocsp_parse(made.p, made.n, &asked, &o, &err) != 0)
        tap_diag("not read: %s", err.message);
    return o;
}

static void test_good(void)
{
    struct forge_response r = forge_good(&world);
    struct scp_ocsp o = facts(&r);

    tap_ok(o.status == 0 && o.singles == 1 && o.answers == 1 && !o.contradicting && o.other_issuer == 0, "one answer");
    tap_is_int(FORGE_NOW - FORGE_HOUR, o.produced_at, "produced");
    tap_is_int(SCP_OCSP_GOOD, o.answer[0].status, "good");
    tap_is_int(FORGE_NOW - FORGE_HOUR, o.answer[0].this_update, "this update");
    tap_is_int(FORGE_NOW + 7 * FORGE_DAY, o.answer[0].next_update, "next update");
    tap_ok(o.answer[0].revoked_at == SCP_UTC_UNKNOWN && o.answer[0].reason == -1, "no revocation");
    tap_is_text("SHA1", o.answer[0].hash, "its CertID");
    tap_ok(o.critical[0] == '\0' && o.answer[0].critical[0] == '\0' && !o.explicit_version, "nothing special");
    tap_is_int(SCP_OCSP_SIGNER_ISSUER, o.signer, "signed by the issuer");
    tap_is_int(SCP_OCSP_SIGNATURE_GOOD, o.signature, "the signature is good %s", o.signature_message);
    tap_is_int(0, (long long)o.certificates, "no certificates");
}

static void test_variants(void)
{
    struct forge_response r = forge_good(&world);
    struct scp_ocsp o;

    r.single[0].status = 1;
    r.single[0].next_update = FORGE_NEVER;
    o = facts(&r);
    tap_ok(o.answer[0].status == SCP_OCSP_REVOKED && o.answer[0].revoked_at == FORGE_NOW - 30 * FORGE_DAY &&
               o.answer[0].reason == -1,
           "revoked, no reason");
    tap_ok(o.answer[0].next_update == SCP_UTC_UNKNOWN, "no next update");
    r.single[0].reason = 4;
    o = facts(&r);
    tap_ok(o.answer[0].reason == 4 && strcmp(scp_ocsp_reason_name(4), "superseded") == 0, "superseded");
    tap_ok(scp_ocsp_reason_name(7) == NULL && scp_ocsp_reason_name(11) == NULL && scp_ocsp_reason_name(-1) == NULL,
           "reasons without a name");
    r.single[0].status = 2;
    o = facts(&r);
    tap_is_int(SCP_OCSP_UNKNOWN, o.answer[0].status, "unknown");
    r = forge_good(&world);
    r.by_key = true;
    r.version = 0;
    o = facts(&r);
    tap_ok(o.explicit_version && o.signer == SCP_OCSP_SIGNER_ISSUER && o.signature == SCP_OCSP_SIGNATURE_GOOD,
           "by key, version spelled out");
    r = forge_good(&world);
    r.extension = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 1);
    r.single[0].extension = FORGE_EXTENSION(FORGE_NONCE, "\x05\x00", 1);
    o = facts(&r);
    tap_is_text("1.3.6.1.4.1.311.127", o.critical, "a critical extension of the response");
    tap_is_text("1.3.6.1.5.5.7.48.1.2", o.answer[0].critical, "and one of the answer");
    r.extension.critical = -1;
    r.single[0].extension = FORGE_EXTENSION(FORGE_ARCHIVE_CUTOFF, "\x05\x00", 1);
    o = facts(&r);
    tap_ok(o.critical[0] == '\0' && o.answer[0].critical[0] == '\0', "one that is not, and one that may be");
}

static void test_errors_of_the_responder(void)
{
    static const struct {
        int status;
        const char *name;
    } STATUS[] = {
        { 1, "malformedRequest" },    { 2, "internalError" }, { 3, "tryLater" },
        { 4, "an undefined status" }, { 5, "sigRequired" },   { 6, "unauthorized" },
    };

    for (size_t i = 0; i < sizeof STATUS / sizeof *STATUS; i++) {
        struct forge_response r = { .status = STATUS[i].status, .no_bytes = true };
        struct scp_ocsp o = facts(&r);

        tap_is_int(STATUS[i].status, o.status, "%s", STATUS[i].name);
        tap_is_text(STATUS[i].name, scp_ocsp_status_name(o.status), "its name");
        tap_ok(o.answers == 0 && o.signature == SCP_OCSP_SIGNATURE_UNCHECKED, "nothing else");
    }
}

/* --- Whom it is about --- */

static void test_other_certificates(void)
{
    static const char *const HASHES[] = { "SHA1", "SHA256", "SHA384", "SHA512" };
    struct forge_response r;
    struct scp_ocsp o;

    for (size_t i = 0; i < sizeof HASHES / sizeof *HASHES; i++) {
        r = forge_good(&world);
        r.single[0].hash = HASHES[i];
        r.single[0].no_parameters = i % 2 != 0;
        o = facts(&r);
        tap_ok(o.answers == 1 && strcmp(o.answer[0].hash, HASHES[i]) == 0, "a CertID with %s", HASHES[i]);
        r.single[0].name_hash_wrong = true;
        o = facts(&r);
        tap_ok(o.answers == 0 && o.other_issuer == 1, "another name");
        r.single[0].name_hash_wrong = false;
        r.single[0].key_hash_wrong = true;
        o = facts(&r);
        tap_ok(o.answers == 0 && o.other_issuer == 1, "another key");
    }
    r = forge_good(&world);
    r.single[0].hash = "MD5";
    o = facts(&r);
    tap_ok(o.singles == 1 && o.answers == 0 && o.other_issuer == 0, "a CertID with MD5 is nobody's");
    r = forge_good(&world);
    r.single[1] = r.single[2] = r.single[0];
    r.single[0].serial = "\x01";
    r.single[0].serial_n = 1;
    r.single[2].serial_n = 1; /* a beginning of ours */
    r.singles = 3;
    o = facts(&r);
    tap_ok(o.singles == 3 && o.answers == 1, "only the one we asked about is kept");
    r.single[2] = r.single[1];
    o = facts(&r);
    tap_ok(o.answers == 2 && !o.contradicting, "two that agree");
    r.single[2].status = 1;
    o = facts(&r);
    tap_ok(o.answers == 2 && o.contradicting, "two that do not");
    r = forge_good(&world);
    for (r.singles = 1; r.singles < SCP_OCSP_ANSWERS_MAX; r.singles++)
        r.single[r.singles] = r.single[0];
    o = facts(&r);
    tap_is_int(SCP_OCSP_ANSWERS_MAX, (long long)o.answers, "as many as are kept");
    r.single[r.singles++] = r.single[0];
    struct scp_err err = SCP_ERR_INIT;
    forge_response(&r, &made);
    tap_ok(scp_ocsp_parse(made.p, made.n, &asked, &o, &err) == -1 && err.code == SCP_ERR_LIMIT, "one more: %s", err.message);
    r.singles = 0;
    o = facts(&r);
    tap_ok(o.singles == 0 && o.answers == 0 && o.signature == SCP_OCSP_SIGNATURE_GOOD, "none at all");
}

/* --- Delegates --- */

static struct scp_ocsp delegated(const struct forge_certificate *c)
{
    struct forge_response r = forge_good(&world);

    forge_certificate(c, &delegate_certificate);
    forge_delegated(&r, &world, &delegate_certificate);
    return facts(&r);
}

static void test_delegate(void)
{
    struct forge_certificate c = forge_delegate(&world);
    struct scp_ocsp o = delegated(&c);

    tap_ok(o.signer == SCP_OCSP_SIGNER_DELEGATE && o.signature == SCP_OCSP_SIGNATURE_GOOD && o.certificates == 1,
           "by a delegate %s", o.signature_message);
    tap_ok(o.delegate.ocsp_signing && o.delegate.may_sign && o.delegate.no_check && o.delegate.critical[0] == '\0',
           "with all rights");
    tap_ok(o.delegate.not_before == FORGE_NOW - 10 * FORGE_DAY && o.delegate.not_after == FORGE_NOW + 10 * FORGE_DAY,
           "its validity");
    c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_SERVER_AUTH, 0);
    tap_ok(!delegated(&c).delegate.ocsp_signing, "another purpose");
    c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_ANY_PURPOSE, 0);
    tap_ok(!delegated(&c).delegate.ocsp_signing, "any purpose is not enough");
    c.extension[0] = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 1);
    c.extension[2] = FORGE_EXTENSION(FORGE_KEY_USAGE, "\x03\x02\x05\x20", 1);
    o = delegated(&c);
    tap_ok(!o.delegate.ocsp_signing && !o.delegate.may_sign, "no purpose, and for key encipherment only");
    tap_is_text("1.3.6.1.4.1.311.127", o.delegate.critical, "an unknown critical extension");
    c.extension[2] = FORGE_EXTENSION(FORGE_KEY_USAGE, "\x03\x02\x06\x40", 1);
    tap_ok(delegated(&c).delegate.may_sign, "non-repudiation is a signature too");
    c.extensions = 1;
    o = delegated(&c);
    tap_ok(o.delegate.may_sign && !o.delegate.no_check, "without key usage and nocheck");
}

static void is_stranger(const struct forge_certificate *c, const char *name)
{
    struct scp_ocsp o = delegated(c);

    tap_ok(o.signer == SCP_OCSP_SIGNER_STRANGER && o.signature == SCP_OCSP_SIGNATURE_UNCHECKED, "a stranger: %s", name);
}

static void test_strangers(void)
{
    struct forge_certificate c = forge_delegate(&world);
    struct forge_response r = forge_good(&world);
    struct scp_ocsp o;

    c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_OCSP_SIGNING "\x05", 0);
    is_stranger(&c, "a byte behind its purposes");
    c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, "\x30\x81\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x09", 0);
    is_stranger(&c, "its purposes in BER");
    c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_OCSP_SIGNING, 2);
    is_stranger(&c, "critical, in BER");
    c = forge_delegate(&world);
    c.signer = &world.stranger;
    is_stranger(&c, "signed by another key in the issuer's name");
    c = forge_delegate(&world);
    c.issuer = &world.stranger;
    is_stranger(&c, "signed by another authority");
    c.signer = &world.issuer;
    is_stranger(&c, "signed by the issuer in another's name");
    c = forge_delegate(&world);
    c.other_inner = true;
    is_stranger(&c, "inner and outer algorithm differ");
    c = forge_delegate(&world);
    c.unknown_algorithm = true;
    o = delegated(&c);
    tap_ok(o.signer == SCP_OCSP_SIGNER_STRANGER && o.signature == SCP_OCSP_SIGNATURE_UNSUPPORTED,
           "signed with an unknown algorithm: %s", o.signature_message);
    c = forge_delegate(&world);
    c.extensions = 0;
    is_stranger(&c, "no extensions");
    c.version = 1;
    is_stranger(&c, "version 1");
    c = forge_delegate(&world);
    c.extension[1] = c.extension[0];
    is_stranger(&c, "an extension twice");
    c = forge_delegate(&world);
    c.extension[0].value_n--;
    is_stranger(&c, "purposes cut");
    r.signer = r.responder = &world.stranger;
    o = facts(&r);
    tap_ok(o.signer == SCP_OCSP_SIGNER_NOBODY && o.signature == SCP_OCSP_SIGNATURE_UNCHECKED, "nobody we know");
    r.responder = &world.issuer;
    o = facts(&r);
    tap_ok(o.signer == SCP_OCSP_SIGNER_ISSUER && o.signature == SCP_OCSP_SIGNATURE_BAD, "in the issuer's name: %s",
           o.signature_message);
    r = forge_good(&world);
    r.signature_broken = true;
    tap_is_int(SCP_OCSP_SIGNATURE_BAD, facts(&r).signature, "a broken signature");
    r = forge_good(&world);
    r.unknown_algorithm = true;
    o = facts(&r);
    tap_is_int(SCP_OCSP_SIGNATURE_UNSUPPORTED, o.signature, "an algorithm that is unknown: %s", o.signature_message);
}

/* Certificates that are nobody's business, and an issuer and a delegate of one name. */
static void test_certificates(void)
{
    static struct forge_bytes own, other;
    struct forge_certificate c = forge_delegate(&world);
    struct forge_response r = forge_good(&world);
    struct scp_ocsp o;
    struct scp_err err = SCP_ERR_INIT;

    forge_certificate(&c, &delegate_certificate);
    c.subject = c.issuer = &world.stranger;
    forge_certificate(&c, &other);
    c.subject = c.issuer = &world.issuer;
    forge_certificate(&c, &own);
    r.certificate[0] = &other;
    r.certificate[1] = &own;
    r.certificates = 2;
    o = facts(&r);
    tap_ok(o.certificates == 2 && o.signer == SCP_OCSP_SIGNER_ISSUER && o.signature == SCP_OCSP_SIGNATURE_GOOD,
           "the issuer, with its own and a stranger's certificate");
    r.signature_broken = true;
    o = facts(&r);
    tap_ok(o.signer == SCP_OCSP_SIGNER_ISSUER && o.signature == SCP_OCSP_SIGNATURE_BAD, "its signature broken");
    r = forge_good(&world);
    forge_delegated(&r, &world, &other);
    r.certificate[1] = &delegate_certificate;
    r.certificates = 2;
    o = facts(&r);
    tap_ok(o.signer == SCP_OCSP_SIGNER_DELEGATE && o.signature == SCP_OCSP_SIGNATURE_GOOD, "the delegate's is the second");
    r.certificates = 0;
    tap_is_int(SCP_OCSP_SIGNER_NOBODY, facts(&r).signer, "its certificate is missing");

    /* One name, two keys: the certificate says which. */
    struct forge_party twin = world.delegate;
    memcpy(twin.name, world.issuer.name, world.issuer.name_n);
    twin.name_n = world.issuer.name_n;
    c = forge_delegate(&world);
    c.subject = &twin;
    forge_certificate(&c, &delegate_certificate);
    r = forge_good(&world);
    r.responder = r.signer = &twin;
    r.certificate[0] = &delegate_certificate;
    r.certificates = 1;
    o = facts(&r);
    tap_ok(o.signer == SCP_OCSP_SIGNER_DELEGATE && o.signature == SCP_OCSP_SIGNATURE_GOOD && o.signature_message[0] == '\0',
           "a delegate that bears the issuer's name");

    r = forge_good(&world);
    for (r.certificates = 0; r.certificates < SCP_OCSP_CERTIFICATES_MAX; r.certificates++)
        r.certificate[r.certificates] = &other;
    o = facts(&r);
    tap_is_int(SCP_OCSP_CERTIFICATES_MAX, (long long)o.certificates, "as many certificates as may be");
    r.certificate[r.certificates++] = &other;
    forge_response(&r, &made);
    tap_ok(scp_ocsp_parse(made.p, made.n, &asked, &o, &err) == -1 && err.code == SCP_ERR_LIMIT, "one more: %s", err.message);
    r.certificates = 1;
    other.p[4] = 0x31;
    forge_response(&r, &made);
    tap_ok(scp_ocsp_parse(made.p, made.n, &asked, &o, &err) == -1 && err.code == SCP_ERR_FORMAT, "one that is none: %s",
           err.message);
    tap_has_text("no basic response", err.message, "makes the response none");
}

static void test_algorithms(void)
{
    static const struct {
        const char *key, *digest;
        bool pss;
    } ALGORITHM[] = {
        { "RSA", "SHA256", false }, { "RSA", "SHA1", false },  { "RSA", "SHA384", false },   { "RSA", "SHA512", false },
        { "RSA", "SHA256", true },  { "RSA", "SHA384", true }, { "P-384", "SHA384", false }, { "EC", "SHA512", false },
    };
    struct forge_world other = { .serial_n = 0 };
    struct scp_ocsp_question q;
    struct scp_ocsp o;
    const char *key = "";

    for (size_t i = 0; i < sizeof ALGORITHM / sizeof *ALGORITHM; i++) {
        if (strcmp(key, ALGORITHM[i].key) != 0) {
            forge_world_free(&other);
            forge_world(&other, key = ALGORITHM[i].key);
        }
        struct forge_certificate c = forge_delegate(&other);
        struct forge_response r = forge_good(&other);

        forge_certificate(&c, &delegate_certificate);
        forge_delegated(&r, &other, &delegate_certificate);
        r.digest = ALGORITHM[i].digest;
        r.pss = ALGORITHM[i].pss;
        forge_response(&r, &made);
        q = question(&other.issuer, other.serial, other.serial_n);
        tap_ok(scp_ocsp_parse(made.p, made.n, &q, &o, NULL) == 0 && o.signer == SCP_OCSP_SIGNER_DELEGATE &&
                   o.signature == SCP_OCSP_SIGNATURE_GOOD,
               "%s%s with %s %s", key, r.pss ? "-PSS" : "", r.digest, o.signature_message);
        made.p[made.n - delegate_certificate.n - 20] ^= 1;
        tap_ok(scp_ocsp_parse(made.p, made.n, &q, &o, NULL) != 0 || o.signature == SCP_OCSP_SIGNATURE_BAD,
               "its signature broken: %s", o.signature_message);
    }
    forge_world_free(&other);
    forge_world(&other, "ED25519");
    struct forge_response r = forge_good(&other);
    forge_response(&r, &made);
    q = question(&other.issuer, other.serial, other.serial_n);
    tap_ok(scp_ocsp_parse(made.p, made.n, &q, &o, NULL) == 0 && o.signature == SCP_OCSP_SIGNATURE_UNSUPPORTED, "Ed25519: %s",
           o.signature_message);
    forge_world_free(&other);
}

/* --- Broken bytes --- */

static void rejects(enum scp_err_code code, const char *what, const char *name)
{
    struct scp_ocsp o;
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, scp_ocsp_parse(made.p, made.n, &asked, &o, &err), "rejected: %s", name);
    tap_is_int(code, err.code, "%s", err.message);
    tap_has_text(what, err.message, "why");
}

static void test_malformed(void)
{
    struct forge_response r;

    for (int where = FORGE_TRAILING_NONE + 1; where < FORGE_TRAILINGS; where++) {
        struct scp_err err = SCP_ERR_INIT;
        struct scp_ocsp o;

        r = forge_good(&world);
        r.trailing = (enum forge_trailing)where;
        forge_response(&r, &made);
        tap_is_int(-1, scp_ocsp_parse(made.p, made.n, &asked, &o, &err), "trailing bytes, %d: %s", where, err.message);
        tap_is_int(SCP_ERR_FORMAT, err.code, "malformed");
    }
    r = forge_good(&world);
    r.no_bytes = true;
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "no basic response", "success without content");
    r = forge_good(&world);
    r.type = FORGE_NONCE;
    r.type_n = sizeof FORGE_NONCE - 1;
    forge_response(&r, &made);
    rejects(SCP_ERR_UNSUPPORTED, "another type than basic", "another type of response");
    r = forge_good(&world);
    r.version = 1;
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "not version 1", "version 2");
    r = forge_good(&world);
    r.single[0].odd_parameters = true;
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "no hash algorithm", "parameters of a digest that has none");
    r = forge_good(&world);
    r.single[0].status = 1;
    r.single[0].revoked_at = FORGE_NOW - FORGE_DAY;
    r.single[0].reason = 200;
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "no revocation reason", "a reason below zero");
    r = forge_good(&world);
    r.single[0].extension = FORGE_EXTENSION(FORGE_CRL_REFERENCE, "\x30\x00", 2);
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "not in DER", "TRUE in BER");
    r = forge_good(&world);
    r.single[0].this_update_text = "20261123120000.5Z";
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "thisUpdate", "a fraction of a second");
    r.single[0].this_update_text = "20261323120000Z";
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "thisUpdate", "month 13");
    r = forge_good(&world);
    r.single[0].status = 3;
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "no basic response", "a status that is none");
    r = forge_good(&world);
    r.single[0].serial = "\x00\x21";
    r.single[0].serial_n = 2;
    forge_response(&r, &made);
    rejects(SCP_ERR_FORMAT, "no basic response", "a serial number in too many octets");
    static const struct {
        const char *p;
        size_t n;
    } IDENTIFIER[] = { { "", 0 }, { "\x2A\x86", 2 }, { "\x80\x01", 2 }, { "\x2A\x80\x01", 3 } };
    for (size_t i = 0; i < sizeof IDENTIFIER / sizeof *IDENTIFIER; i++) {
        r = forge_good(&world);
        r.extension = (struct forge_extension){ .oid = IDENTIFIER[i].p, .oid_n = IDENTIFIER[i].n, .value = "" };
        forge_response(&r, &made);
        rejects(SCP_ERR_FORMAT, "no basic response", "an identifier that is none");
    }
    r.extension = (struct forge_extension){ .oid = "\x2A\x81\x80\x01", .oid_n = 4, .value = "" };
    tap_is_int(SCP_OCSP_SIGNATURE_GOOD, facts(&r).signature, "one of several octets is one");
    memcpy(made.p, "<html>", made.n = 6);
    rejects(SCP_ERR_FORMAT, "no OCSP response", "HTML");
    made.n = 0;
    rejects(SCP_ERR_TRUNCATED, "offset 0", "nothing");
    memcpy(made.p, "\x30\x03\x02\x01\x00", made.n = 5);
    rejects(SCP_ERR_FORMAT, "no OCSP response", "an INTEGER as status");
    memcpy(made.p, "\x30\x80\x0A\x01\x06\x00\x00", made.n = 7);
    rejects(SCP_ERR_FORMAT, "not in DER", "indefinite length");
    memcpy(made.p, "\x30\x05\x0A\x01\x06\x05\x00", made.n = 7);
    rejects(SCP_ERR_FORMAT, "no OCSP response", "an error with something else beside it");
}

static void test_cut(void)
{
    struct forge_response r = forge_good(&world);
    struct forge_certificate c = forge_delegate(&world);
    struct scp_ocsp o;
    size_t read = 0, otherwise = 0;

    forge_certificate(&c, &delegate_certificate);
    forge_delegated(&r, &world, &delegate_certificate);
    forge_response(&r, &made);
    for (size_t n = 0; n < made.n; n++) {
        struct scp_err err = SCP_ERR_INIT;
        uint8_t *copy = malloc(n + 1);

        if (copy == NULL)
            tap_bail("out of memory");
        memcpy(copy, made.p, n);
        read += scp_ocsp_parse(copy, n, &asked, &o, &err) == 0;
        otherwise += err.code != SCP_ERR_TRUNCATED;
        free(copy);
    }
    tap_is_int(0, (long long)read, "no beginning of a response is taken for a whole one");
    tap_is_int(0, (long long)otherwise, "all %zu are truncated", made.n);
}

static bool same_facts(const struct scp_ocsp *a, const struct scp_ocsp *b)
{
    return a->answers == 1 && b->answers == 1 && a->answer[0].status == b->answer[0].status &&
           a->answer[0].this_update == b->answer[0].this_update && a->answer[0].next_update == b->answer[0].next_update &&
           a->produced_at == b->produced_at && a->delegate.ocsp_signing == b->delegate.ocsp_signing;
}

/* One octet changed: it is noticed, or it is one of the few that are not signed and say nothing. */
static void test_flipped(void)
{
    static const uint8_t FLIP[] = { 0x01, 0x20, 0x80, 0xFF };
    struct forge_response r = forge_good(&world);
    struct forge_certificate c = forge_delegate(&world);
    struct scp_ocsp whole, o;
    size_t believed = 0;

    forge_certificate(&c, &delegate_certificate);
    forge_delegated(&r, &world, &delegate_certificate);
    whole = facts(&r);
    for (size_t i = 0; i < made.n; i++) {
        for (size_t k = 0; k < sizeof FLIP; k++) {
            made.p[i] ^= FLIP[k];
            if (scp_ocsp_parse(made.p, made.n, &asked, &o, NULL) == 0 && o.status == 0 && o.signature == SCP_OCSP_SIGNATURE_GOOD) {
                believed++;
                tap_ok(same_facts(&whole, &o), "octet %zu", i);
            }
            made.p[i] ^= FLIP[k];
        }
    }
    tap_is_int(0, (long long)believed, "no change of one octet is believed");
}

/* --- Real responses --- */

static uint8_t *shared(const char *name, size_t *n)
{
    const char *folder = getenv("SCP_SHARED");
    char path[4096];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/testdata/ocsp/%s", folder != NULL ? folder : ".", name);
    f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    (void)fclose(f);
    return tap_read_file(path, n);
}

/* Facts as `openssl ocsp -resp_text` tells them. */
static const struct {
    const char *file, *issuer, *serial;
    enum scp_ocsp_cert_status status;
    int year, month, day, produced[3], this_update[3];
    int64_t revoked_at;
} REAL[] = {
    { "ocsp-digicert-sha2ssca-revoked-2018.der",
      "issuer-digicert-sha2-secure-server-ca.crt",
      "01AF1EFBDD5EAE0952320B24FE6B5568",
      SCP_OCSP_REVOKED,
      2018,
      8,
      31,
      { 17, 49, 19 },
      { 17, 49, 19 },
      1472851728 },
    { "ocsp-letsencrypt-x3-2018.der",
      "issuer-letsencryptx3.pem",
      "031C787A7DC90295007BC5F2220B3B527AF0",
      SCP_OCSP_GOOD,
      2018,
      8,
      30,
      { 11, 15, 0 },
      { 11, 0, 0 },
      SCP_UTC_UNKNOWN },
};

static void test_real(void)
{
    for (size_t i = 0; i < sizeof REAL / sizeof *REAL; i++) {
        size_t n, issuer_n, pos = 0;
        uint8_t *der = shared(REAL[i].file, &n), *issuer = shared(REAL[i].issuer, &issuer_n);
        struct scp_outline names;
        struct scp_serial serial;
        struct scp_ocsp_question q;
        struct scp_ocsp o;
        struct scp_buf own;
        int64_t produced, this_update;

        if (der == NULL || issuer == NULL) {
            tap_skip("no shared test data", 1);
            free(der);
            free(issuer);
            continue;
        }
        scp_buf_init(&own, 1 << 16);
        if (scp_pem_is((const char *)issuer, issuer_n))
            (void)scp_pem_next((const char *)issuer, issuer_n, &pos, "CERTIFICATE", &own, NULL);
        else
            (void)scp_buf_add(&own, issuer, issuer_n);
        if (!scp_outline_read((const uint8_t *)own.p, own.n, &names) ||
            scp_serial_parse(REAL[i].serial, strlen(REAL[i].serial), &serial, NULL) != 0 ||
            scp_ocsp_ask(names.subject.p, names.subject.n, names.spki.p, names.spki.n, &serial, &q, NULL) != 0)
            tap_bail("the issuer of %s", REAL[i].file);
        (void)scp_utc_from_civil(REAL[i].year, REAL[i].month, REAL[i].day, REAL[i].produced[0], REAL[i].produced[1],
                                 REAL[i].produced[2], &produced);
        (void)scp_utc_from_civil(REAL[i].year, REAL[i].month, REAL[i].day, REAL[i].this_update[0], REAL[i].this_update[1],
                                 REAL[i].this_update[2], &this_update);
        tap_ok(scp_ocsp_parse(der, n, &q, &o, NULL) == 0 && o.signer == SCP_OCSP_SIGNER_ISSUER &&
                   o.signature == SCP_OCSP_SIGNATURE_GOOD,
               "%s: signed by the issuer", REAL[i].file);
        tap_ok(o.answers == 1 && o.answer[0].status == REAL[i].status && o.answer[0].revoked_at == REAL[i].revoked_at &&
                   o.answer[0].reason == -1,
               "its status");
        tap_ok(o.produced_at == produced && o.answer[0].this_update == this_update, "its times");
        free(der);
        free(issuer);
        scp_buf_free(&own);
    }
}

static void test_real_error(void)
{
    size_t n;
    uint8_t *der = shared("ocsp-unauthorized.der", &n);
    struct scp_ocsp o;

    if (der == NULL)
        tap_skip("no shared test data", 1);
    else
        tap_ok(scp_ocsp_parse(der, n, &asked, &o, NULL) == 0 && o.status == SCP_OCSP_UNAUTHORIZED, "unauthorized");
    free(der);
}

int main(void)
{
    forge_world(&world, "EC");
    asked = question(&world.issuer, world.serial, world.serial_n);
    test_known_requests();
    test_url();
    test_question();
    test_good();
    test_variants();
    test_errors_of_the_responder();
    test_other_certificates();
    test_delegate();
    test_strangers();
    test_certificates();
    test_algorithms();
    test_malformed();
    test_cut();
    test_flipped();
    test_real();
    test_real_error();
    forge_world_free(&world);
    return tap_done();
}
