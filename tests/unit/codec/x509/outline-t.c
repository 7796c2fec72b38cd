/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/outline.h"

#include "cert_maker.h"
#include "tap.h"

#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RAW(s) maker_raw(s, sizeof(s) - 1)
#define DER(tag, ...)                                                                                                              \
    maker_der(tag, (const struct maker_bytes[]){ __VA_ARGS__ },                                                                    \
              sizeof((const struct maker_bytes[]){ __VA_ARGS__ }) / sizeof(struct maker_bytes))
#define JOIN(...)                                                                                                                  \
    maker_join((const struct maker_bytes[]){ __VA_ARGS__ },                                                                        \
               sizeof((const struct maker_bytes[]){ __VA_ARGS__ }) / sizeof(struct maker_bytes))

static const char SUBJECT_KEY[] = "2.5.29.14", AUTHORITY_KEY[] = "2.5.29.35", ACCESS[] = "1.3.6.1.5.5.7.1.1";
static const char COMMON_NAME[] = "2.5.4.3", ORGANISATION[] = "2.5.4.10", COUNTRY[] = "2.5.4.6";

static struct maker_bytes access(const char *method, unsigned tag, const char *where)
{
    return DER(0x30, maker_oid(method), DER(tag, maker_raw(where, strlen(where))));
}

static struct maker_bytes ca_issuers(const char *where)
{
    return access("1.3.6.1.5.5.7.48.2", 0x86, where);
}

static bool is(const struct scp_bytes *seen, const void *p, size_t n)
{
    return seen->p != NULL && seen->n == n && memcmp(seen->p, p, n) == 0;
}

/* --- The same as libcrypto reads --- */

static struct maker_bytes full_certificate(void)
{
    struct cert_plan plan = {
        .serial = RAW("\x00\xC4\x96\x4A"),
        .unique = JOIN(DER(0x81, RAW("\0\1")), DER(0x82, RAW("\0\2"))),
        .extensions = JOIN(
            cert_extension("1.2.3.4", true, RAW("\x05\x00")), cert_extension(SUBJECT_KEY, false, DER(0x04, RAW("subject's key"))),
            cert_extension(AUTHORITY_KEY, false, DER(0x30, DER(0x80, RAW("issuer's key")))),
            cert_extension(ACCESS, false,
                           DER(0x30, access("1.3.6.1.5.5.7.48.1", 0x86, "http://ocsp.example.com"),
                               ca_issuers("http://aia.example.com/1.crt"), ca_issuers("http://aia.example.com/2.crt")))),
    };

    return cert_make(&plan);
}

static int64_t seconds_of(const ASN1_TIME *t)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;

    if (ASN1_TIME_diff(&days, &seconds, epoch, t) != 1)
        tap_bail("libcrypto does not read a time");
    ASN1_TIME_free(epoch);
    return (int64_t)days * 86400 + seconds;
}

static void same_name(const char *what, const X509_NAME *wanted, const struct scp_bytes *seen)
{
    unsigned char *der = NULL;
    int n = i2d_X509_NAME(wanted, &der);

    tap_is_bytes(der, (size_t)n, seen->p, seen->n, "%s", what);
    OPENSSL_free(der);
}

static void same_addresses(const X509 *x, const struct scp_outline *o)
{
    AUTHORITY_INFO_ACCESS *all = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
    char url[64];
    size_t n = 0;

    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all); i++) {
        const ACCESS_DESCRIPTION *a = sk_ACCESS_DESCRIPTION_value(all, i);

        if (OBJ_obj2nid(a->method) != NID_ad_ca_issuers)
            continue;
        tap_ok(scp_outline_issuer_url(o, n, url, sizeof url), "address %zu", n);
        tap_is_text((const char *)ASN1_STRING_get0_data(a->location->d.uniformResourceIdentifier), url, "which is libcrypto's");
        n++;
    }
    tap_ok(n == 2 && !scp_outline_issuer_url(o, n, url, sizeof url), "and no more");
    AUTHORITY_INFO_ACCESS_free(all);
}

static void test_fields(void)
{
    struct maker_bytes der = full_certificate();
    const unsigned char *p = der.p;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    unsigned char *spki = NULL;
    struct scp_outline o;
    int n;

    if (x == NULL || !tap_ok(scp_outline_read(der.p, der.n, &o), "a certificate with everything"))
        tap_bail("not a certificate for libcrypto");
    tap_is_bytes("\0\xC4\x96\x4A", 4, o.serial.p, o.serial.n, "serial number: the octets as they stand");
    same_name("issuer", X509_get_issuer_name(x), &o.issuer);
    same_name("subject", X509_get_subject_name(x), &o.subject);
    n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
    tap_is_bytes(spki, (size_t)n, o.spki.p, o.spki.n, "public key");
    OPENSSL_free(spki);
    tap_is_int(seconds_of(X509_get0_notBefore(x)), o.not_before, "not before");
    tap_is_int(seconds_of(X509_get0_notAfter(x)), o.not_after, "not after");
    tap_ok(is(&o.subject_key, ASN1_STRING_get0_data(X509_get0_subject_key_id(x)), 13), "subject key identifier");
    tap_ok(is(&o.authority_key, ASN1_STRING_get0_data(X509_get0_authority_key_id(x)), 12), "authority key identifier");
    same_addresses(x, &o);
    X509_free(x);
}

/* --- Names --- */

#define SIZED(s) s, sizeof(s) - 1
static const struct {
    const char *name;
    struct cert_attribute a[3];
    size_t n;
    const char *wanted;
    bool as_libcrypto; /* its UTF-8 of the last common name, else of the last attribute, is the same */
} NAMES[] = {
    { "UTF8String", { { COMMON_NAME, 0x0C, "R\xC3\xB6mer", 0, false } }, 1, "R\xC3\xB6mer", true },
    { "PrintableString", { { COMMON_NAME, 0x13, "Root CA 1", 0, false } }, 1, "Root CA 1", true },
    { "IA5String", { { COMMON_NAME, 0x16, "root@example", 0, false } }, 1, "root@example", true },
    { "TeletexString: raw bytes", { { COMMON_NAME, 0x14, "R\xF6mer", 0, false } }, 1, "R\xF6mer", false },
    { "BMPString", { { COMMON_NAME, 0x1E, SIZED("\0R\0\xF6\x20\xAC"), false } }, 1, "R\xC3\xB6\xE2\x82\xAC", true },
    { "UniversalString", { { COMMON_NAME, 0x1C, SIZED("\0\0\0R\0\1\xF6\0"), false } }, 1, "R\xF0\x9F\x98\x80", true },
    { "half a surrogate pair", { { COMMON_NAME, 0x1E, SIZED("\0R\xD8\x3D"), false } }, 1, "R?", false },
    { "beyond Unicode", { { COMMON_NAME, 0x1C, SIZED("\0\0\0R\0\x11\0\0"), false } }, 1, "R?", false },
    { "an odd number of octets", { { COMMON_NAME, 0x1E, SIZED("\0R\0"), false } }, 1, "R", false },
    { "a NUL in it", { { COMMON_NAME, 0x0C, SIZED("good\0bad"), false } }, 1, "good?bad", false },
    { "the common name before others",
      { { COMMON_NAME, 0x0C, "Root", 0, false }, { ORGANISATION, 0x0C, "Org", 0, false } },
      2,
      "Root",
      true },
    { "no common name: the last attribute",
      { { COUNTRY, 0x13, "DE", 0, false }, { ORGANISATION, 0x0C, "Org", 0, false } },
      2,
      "Org",
      true },
    { "several in one set",
      { { ORGANISATION, 0x0C, "Org", 0, false }, { COMMON_NAME, 0x0C, "Root", 0, true }, { COUNTRY, 0x13, "DE", 0, true } },
      3,
      "Root",
      true },
    { "two common names: the last",
      { { COMMON_NAME, 0x0C, "One", 0, false }, { COMMON_NAME, 0x0C, "Two", 0, false } },
      2,
      "Two",
      true },
    { "empty", { { NULL, 0, NULL, 0, false } }, 0, "", false },
};

/* Last common name, else last attribute, by libcrypto; OPENSSL_free() it. */
static unsigned char *name_of_libcrypto(const struct maker_bytes *der)
{
    const unsigned char *p = der->p;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der->n);
    int last = -1, i = -1;
    unsigned char *utf8 = NULL;

    if (name == NULL)
        tap_bail("not a name for libcrypto");
    while ((i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0)
        last = i;
    if (last < 0)
        last = X509_NAME_entry_count(name) - 1;
    if (ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last))) < 0)
        utf8 = NULL;
    X509_NAME_free(name);
    return utf8;
}

/* Characters of four octets into too little room: nothing is written behind it, none is cut in two. */
static void test_little_room(void)
{
    struct maker_bytes der = cert_name(&(struct cert_attribute){ COMMON_NAME, 0x1C, SIZED("\0\1\xF6\0\0\1\xF6\0"), false }, 1);
    char out[16];

    for (size_t size = 1; size <= 12; size++) {
        memset(out, '!', sizeof out);
        (void)scp_outline_short_name(&(struct scp_bytes){ der.p, der.n }, out, size);
        tap_ok(out[size] == '!' && strlen(out) < size && strlen(out) % 4 == 0, "room for %zu bytes", size);
    }
}

static void test_short_names(void)
{
    char out[64], little[6];

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        struct maker_bytes der = cert_name(NAMES[i].a, NAMES[i].n);
        struct scp_bytes name = { der.p, der.n };

        tap_is_text(NAMES[i].wanted, scp_outline_short_name(&name, out, sizeof out), "%s", NAMES[i].name);
        if (NAMES[i].as_libcrypto) {
            unsigned char *utf8 = name_of_libcrypto(&der);

            tap_is_text((const char *)utf8, out, "%s: as libcrypto has it", NAMES[i].name);
            OPENSSL_free(utf8);
        }
    }
    {
        struct maker_bytes der = cert_name(&(struct cert_attribute){ COMMON_NAME, 0x0C, "A long name", 0, false }, 1);

        (void)scp_outline_short_name(&(struct scp_bytes){ der.p, der.n }, little, sizeof little);
        tap_ok(memcmp(little, "A long name", strlen(little)) == 0 && strlen(little) > 0, "cut where it does not fit: '%s'", little);
        (void)scp_outline_short_name(&(struct scp_bytes){ der.p, der.n - 1 }, out, sizeof out);
        tap_is_text("", out, "a name that is cut has none");
    }
    tap_is_text("", scp_outline_short_name(&(struct scp_bytes){ NULL, 0 }, out, sizeof out), "nor has one that is absent");
}

/* Pairs of names: equal for libcrypto's comparison (RFC 5280 section 7.1), or not. */
static const struct {
    const char *name;
    struct cert_attribute a[2], b[2];
    size_t n;
    bool equal;
} PAIRS[] = {
    { "case", { { COMMON_NAME, 0x0C, "Root CA", 0, false } }, { { COMMON_NAME, 0x0C, "rOOT ca", 0, false } }, 1, true },
    { "blanks", { { COMMON_NAME, 0x0C, "Root CA", 0, false } }, { { COMMON_NAME, 0x0C, "  Root   CA ", 0, false } }, 1, true },
    { "Printable and UTF8", { { COMMON_NAME, 0x13, "Root", 0, false } }, { { COMMON_NAME, 0x0C, "Root", 0, false } }, 1, true },
    { "Printable and BMP",
      { { COMMON_NAME, 0x13, "Root", 0, false } },
      { { COMMON_NAME, 0x1E, SIZED("\0R\0o\0o\0t"), false } },
      1,
      true },
    { "Printable and Universal",
      { { COMMON_NAME, 0x13, "Ro", 0, false } },
      { { COMMON_NAME, 0x1C, SIZED("\0\0\0R\0\0\0o"), false } },
      1,
      true },
    { "UTF8 and BMP, not ASCII",
      { { COMMON_NAME, 0x0C, "R\xC3\xB6t", 0, false } },
      { { COMMON_NAME, 0x1E, SIZED("\0R\0\xF6\0t"), false } },
      1,
      true },
    { "in two sets",
      { { ORGANISATION, 0x0C, "Org", 0, false }, { COMMON_NAME, 0x0C, "Root", 0, false } },
      { { ORGANISATION, 0x13, "ORG", 0, false }, { COMMON_NAME, 0x13, "root", 0, false } },
      2,
      true },
    { "in one set",
      { { ORGANISATION, 0x0C, "Org", 0, false }, { COMMON_NAME, 0x0C, "Root", 0, true } },
      { { ORGANISATION, 0x13, "ORG", 0, false }, { COMMON_NAME, 0x13, "root", 0, true } },
      2,
      true },
    { "another letter", { { COMMON_NAME, 0x0C, "Root 1", 0, false } }, { { COMMON_NAME, 0x0C, "Root 2", 0, false } }, 1, false },
    { "another attribute", { { COMMON_NAME, 0x0C, "Root", 0, false } }, { { ORGANISATION, 0x0C, "Root", 0, false } }, 1, false },
    { "values exchanged",
      { { ORGANISATION, 0x0C, "Org", 0, false }, { COMMON_NAME, 0x0C, "Root", 0, false } },
      { { ORGANISATION, 0x0C, "Root", 0, false }, { COMMON_NAME, 0x0C, "Org", 0, false } },
      2,
      false },
};

static void test_name_numbers(void)
{
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        struct maker_bytes a = cert_name(PAIRS[i].a, PAIRS[i].n), b = cert_name(PAIRS[i].b, PAIRS[i].n);
        const unsigned char *ap = a.p, *bp = b.p;
        X509_NAME *one = d2i_X509_NAME(NULL, &ap, (long)a.n), *other = d2i_X509_NAME(NULL, &bp, (long)b.n);
        bool same =
            scp_outline_name_hash(&(struct scp_bytes){ a.p, a.n }) == scp_outline_name_hash(&(struct scp_bytes){ b.p, b.n });

        tap_is_int(PAIRS[i].equal, X509_NAME_cmp(one, other) == 0, "%s: what libcrypto says", PAIRS[i].name);
        tap_is_int(PAIRS[i].equal, same, "%s: the number says the same", PAIRS[i].name);
        X509_NAME_free(one);
        X509_NAME_free(other);
    }
    tap_ok(!scp_outline_same(&(struct scp_bytes){ NULL, 0 }, &(struct scp_bytes){ NULL, 0 }), "absent is not the same");
    tap_ok(scp_outline_same(&(struct scp_bytes){ (const uint8_t *)"ab", 2 }, &(struct scp_bytes){ (const uint8_t *)"ab", 2 }) &&
               !scp_outline_same(&(struct scp_bytes){ (const uint8_t *)"ab", 2 }, &(struct scp_bytes){ (const uint8_t *)"ab", 1 }),
           "the same bytes are, fewer are not");
}

/* --- Validity --- */

static const struct {
    unsigned tag;
    const char *text;
    int64_t wanted;
} TIMES[] = {
    { 0x17, "700101000000Z", 0 },
    { 0x17, "500101000000Z", -631152000 },
    { 0x17, "491231235959Z", 2524607999 },
    { 0x18, "20500101000000Z", 2524608000 },
    { 0x18, "99991231235959Z", 253402300799 },
    { 0x17, "240229120000Z", 1709208000 },
    { 0x17, "230229120000Z", SCP_UTC_UNKNOWN },
    { 0x17, "251301000000Z", SCP_UTC_UNKNOWN },
    { 0x17, "250101240000Z", SCP_UTC_UNKNOWN },
    { 0x17, "2501010000Z", SCP_UTC_UNKNOWN },
    { 0x17, "250101000000", SCP_UTC_UNKNOWN },
    { 0x17, "250101000000+0000", SCP_UTC_UNKNOWN },
    { 0x17, "20250101000000Z", SCP_UTC_UNKNOWN },
    { 0x18, "250101000000Z", SCP_UTC_UNKNOWN },
    { 0x18, "20250101000000.5Z", SCP_UTC_UNKNOWN },
    { 0x13, "250101000000Z", SCP_UTC_UNKNOWN },
};

static void test_times(void)
{
    struct scp_outline o;
    struct maker_bytes der;

    for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
        struct maker_bytes time = DER(TIMES[i].tag, maker_raw(TIMES[i].text, strlen(TIMES[i].text)));
        const unsigned char *p = time.p;
        ASN1_TIME *t = TIMES[i].wanted != SCP_UTC_UNKNOWN ? d2i_ASN1_TIME(NULL, &p, (long)time.n) : NULL;

        der = cert_make(&(struct cert_plan){ .not_after = time });
        tap_ok(scp_outline_read(der.p, der.n, &o), "%s (tag %02x)", TIMES[i].text, TIMES[i].tag);
        tap_is_int(TIMES[i].wanted, o.not_after, "not after");
        tap_is_int(1735689600, o.not_before, "not before is not touched by it");
        if (t != NULL)
            tap_is_int(seconds_of(t), o.not_after, "as libcrypto has it");
        ASN1_TIME_free(t);
    }
    der = cert_make(&(struct cert_plan){ .not_before = DER(0x05, RAW("")) });
    tap_ok(scp_outline_read(der.p, der.n, &o) && o.not_before == SCP_UTC_UNKNOWN && o.not_after == 2051222400,
           "no time is not known, the other one is");
}

/* --- Extensions --- */

static void read_extensions(struct maker_bytes extensions, struct scp_outline *o, const char *name)
{
    struct maker_bytes der = cert_make(&(struct cert_plan){ .extensions = extensions });

    tap_ok(scp_outline_read(der.p, der.n, o), "%s: an outline", name);
}

static void test_key_identifiers(void)
{
    struct scp_outline o;
    struct maker_bytes der = cert_make(&(struct cert_plan){ .version_1 = true });

    tap_ok(scp_outline_read(der.p, der.n, &o) && o.subject_key.p == NULL && o.authority_key.p == NULL &&
               o.authority_access.p == NULL,
           "version 1: no identifiers");
    read_extensions(cert_extension(SUBJECT_KEY, true, DER(0x04, RAW("id"))), &o, "critical");
    tap_ok(is(&o.subject_key, "id", 2), "critical: read all the same");
    read_extensions(cert_extension(SUBJECT_KEY, false, RAW("id")), &o, "not an OCTET STRING");
    tap_ok(o.subject_key.p == NULL, "not an OCTET STRING: absent");
    read_extensions(cert_extension(SUBJECT_KEY, false, JOIN(DER(0x04, RAW("id")), RAW("\0"))), &o, "a byte behind it");
    tap_ok(o.subject_key.p == NULL, "a byte behind it: absent");
    read_extensions(
        JOIN(cert_extension(SUBJECT_KEY, false, DER(0x04, RAW("one"))), cert_extension(SUBJECT_KEY, false, DER(0x04, RAW("two")))),
        &o, "twice");
    tap_ok(is(&o.subject_key, "one", 3), "twice: the first");
    read_extensions(cert_extension(AUTHORITY_KEY, false, DER(0x30, DER(0xA1, DER(0x82, RAW("name"))), DER(0x82, RAW("\1")))), &o,
                    "issuer and serial number");
    tap_ok(o.authority_key.p == NULL, "issuer and serial number: no key identifier");
    read_extensions(cert_extension(AUTHORITY_KEY, false, DER(0x30, DER(0x80, RAW("id")), DER(0x82, RAW("\1")))), &o, "all of it");
    tap_ok(is(&o.authority_key, "id", 2), "all of it: the key identifier");
    read_extensions(cert_extension(AUTHORITY_KEY, false, DER(0x80, RAW("id"))), &o, "no SEQUENCE");
    tap_ok(o.authority_key.p == NULL, "no SEQUENCE: absent");
    read_extensions(JOIN(cert_extension("1.2.3", true, RAW("")), cert_extension(SUBJECT_KEY, false, DER(0x04, RAW("id")))), &o,
                    "behind an unknown critical one");
    tap_ok(is(&o.subject_key, "id", 2), "behind an unknown critical one: read");
    read_extensions(JOIN(DER(0x30, RAW("\x05\x00")), cert_extension(SUBJECT_KEY, false, DER(0x04, RAW("id")))), &o,
                    "behind a malformed extension");
    tap_ok(o.subject_key.p == NULL && o.subject.p != NULL, "behind a malformed extension: no more is read, the names stay");
}

static void test_addresses(void)
{
    struct scp_outline o;
    char url[24];

    read_extensions(cert_extension(ACCESS, false,
                                   DER(0x30, access("1.3.6.1.5.5.7.48.1", 0x86, "http://ocsp/"), ca_issuers("ldap:///CN=x"),
                                       ca_issuers("https://a/1"), ca_issuers("http://a/a name"), ca_issuers("http://a/\xC3\xB6"),
                                       ca_issuers("http://"), ca_issuers("http://a/123456789012345"),
                                       access("1.3.6.1.5.5.7.48.2", 0xA4, "http://a/2"), ca_issuers("HTTP://a/3"),
                                       ca_issuers("http://a/45678901234567"))),
                    &o, "addresses");
    tap_ok(scp_outline_issuer_url(&o, 0, url, sizeof url), "the first one that can be asked");
    tap_is_text("HTTP://a/3", url, "neither a responder, nor another scheme, not printable, empty, too long, no address");
    tap_ok(scp_outline_issuer_url(&o, 1, url, sizeof url), "the second");
    tap_is_text("http://a/45678901234567", url, "one that just fits");
    tap_ok(!scp_outline_issuer_url(&o, 2, url, sizeof url), "there is no third");
    read_extensions(cert_extension(ACCESS, false, ca_issuers("http://a/1")), &o, "not a list");
    tap_ok(!scp_outline_issuer_url(&o, 0, url, sizeof url), "not a list: none");
    read_extensions(cert_extension(SUBJECT_KEY, false, DER(0x04, RAW("id"))), &o, "no such extension");
    tap_ok(!scp_outline_issuer_url(&o, 0, url, sizeof url), "no such extension: none");
}

/* --- What is no outline --- */

static bool refused(const uint8_t *p, size_t n)
{
    uint8_t *exact = malloc(n > 0 ? n : 1); /* so that a sanitizer sees a byte too far */
    struct scp_outline o;
    bool no;

    if (exact == NULL)
        tap_bail("out of memory");
    memcpy(exact, p, n);
    no = !scp_outline_read(exact, n, &o);
    free(exact);
    return no;
}

static void test_refused(void)
{
    struct maker_bytes der = full_certificate(), more = JOIN(der, RAW("\0"));
    struct maker_bytes part[] = { DER(0x02, RAW("\1")), DER(0x30, RAW("")), DER(0x30, RAW("")),
                                  DER(0x30, RAW("")),   DER(0x30, RAW("")), DER(0x30, RAW("")) };
    size_t accepted = 0;

    for (size_t n = 0; n < der.n; n++)
        accepted += refused(der.p, n) ? 0 : 1;
    tap_is_int(0, (long long)accepted, "cut at any of %zu bytes: refused", der.n);
    tap_ok(refused(more.p, more.n), "a byte behind it: refused");
    der = DER(0x30, maker_der(0x30, part, 6));
    tap_ok(!refused(der.p, der.n), "six empty parts: an outline");
    for (size_t i = 0; i < 6; i++) {
        uint8_t tag = part[i].p[0];

        part[i].p[0] = 0x0C;
        der = DER(0x30, maker_der(0x30, part, 6));
        tap_ok(refused(der.p, der.n), "part %zu of another type: refused", i);
        part[i].p[0] = tag;
        der = DER(0x30, maker_der(0x30, part, i));
        tap_ok(refused(der.p, der.n), "only %zu parts: refused", i);
    }
    der = JOIN(RAW("\x30\x80"), maker_der(0x30, part, 6), RAW("\0\0"));
    tap_ok(refused(der.p, der.n), "an indefinite length is not DER: refused");
    der = JOIN(RAW("\x30\x81"), maker_raw((const uint8_t[]){ (uint8_t)maker_der(0x30, part, 6).n }, 1), maker_der(0x30, part, 6));
    tap_ok(refused(der.p, der.n), "a longer length than needed is not DER: refused");
}

/* SEQUENCE { SEQUENCE { [0] 2, serial, algorithm, issuer, validity, subject, key } … } */
static void test_key(void)
{
    static const uint8_t CERT[] = { 0x30, 0x18, 0x30, 0x16, 0xA0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x07, 0x30,
                                    0x00, 0x30, 0x00, 0x30, 0x00, 0x30, 0x00, 0x30, 0x04, 0x30, 0x00, 0x03, 0x00 };
    static const uint8_t KEY[] = { 0x30, 0x04, 0x30, 0x00, 0x03, 0x00 };
    uint8_t cut[sizeof CERT];
    struct scp_outline o;

    tap_ok(scp_outline_read(CERT, sizeof CERT, &o), "names are found");
    tap_is_bytes(KEY, sizeof KEY, o.spki.p, o.spki.n, "and the key");
    memcpy(cut, CERT, sizeof CERT);
    cut[20] = 0x31;
    tap_ok(!scp_outline_read(cut, sizeof cut, &o), "a key of another form is none");
}

int main(void)
{
    test_key();
    test_fields();
    test_short_names();
    test_little_room();
    test_name_numbers();
    test_times();
    test_key_identifiers();
    test_addresses();
    test_refused();
    maker_end();
    return tap_done();
}
