/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/crl.h"
#include "unit/codec/revocation/crlgen.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL "http://crl.example/ca.crl"
#define OTHER_URL "http://crl2.example/ca.crl"

static EVP_PKEY *key, *other_key, *leaf_key;
static struct bytes spki, issuer;
static struct scp_revocable user, ca, ancient, stranger;

/* One question: a list, changed in one thing, and its context, changed in one thing. */
struct question {
    const char *name;
    void (*list)(struct gen *);
    const struct scp_revocable *certificate;
    int64_t now; /* 0: GEN_NOW */
    int64_t max_age;
    const char *url, *point;
    bool no_issuer;
    const char *serial; /* without a certificate; NULL: none asked */
};

struct answer {
    enum scp_reason reason;
    const char *message; /* part of it */
    bool unknown;
    enum scp_serial_status status;
};

static struct scp_judgement judge(const struct question *q, const struct bytes *list)
{
    struct scp_judgement j;
    struct scp_serial asked = { { 0 }, 1 };
    const struct scp_issuer expected = {
        .subject_der = issuer.p, .subject_der_len = issuer.n, .spki_der = spki.p, .spki_der_len = spki.n
    };
    struct scp_crl_context c = { .now = q->now != 0 ? q->now : GEN_NOW,
                                 .issuer = &expected,
                                 .issuers = !q->no_issuer,
                                 .certificate = q->certificate,
                                 .url = q->url,
                                 .points = &q->point,
                                 .points_n = q->point != NULL,
                                 .max_age = q->max_age };

    c.serial_asked = q->certificate != NULL || q->serial != NULL;
    if (q->certificate != NULL)
        asked = q->certificate->serial;
    else if (q->serial != NULL && scp_serial_parse(q->serial, strlen(q->serial), &asked, NULL) != 0)
        tap_bail("no serial");
    scp_crl_judge_bytes(list->p, list->n, &asked, c.serial_asked ? 1 : 0, &c, &j);
    return j;
}

static struct scp_judgement ask(const struct question *q)
{
    struct gen g;
    struct bytes list = { 0 };
    struct scp_judgement j;

    gen_defaults(&g, key);
    if (q->list != NULL)
        q->list(&g);
    gen_list(&g, &list);
    j = judge(q, &list);
    bytes_free(&list);
    gen_free(&g);
    return j;
}

static void is_good(const struct question *q, size_t notes)
{
    struct scp_judgement j = ask(q);

    tap_is_text("ok", scp_reason_name(j.reason), "good: %s (%s)", q->name, j.message);
    tap_ok(scp_judgement_good(&j), "altogether");
    tap_is_int(q->certificate != NULL || q->serial != NULL ? SCP_SERIAL_GOOD : SCP_SERIAL_NOT_ASKED, j.serial_status,
               "what it says");
    tap_is_int((long long)notes, (long long)j.notes, "notes: %s", j.notes > 0 ? j.note[0].text : "");
}

static void is_bad(const struct question *q, struct answer a)
{
    struct scp_judgement j = ask(q);

    tap_is_text(scp_reason_name(a.reason), scp_reason_name(j.reason), "not good: %s (%s)", q->name, j.message);
    tap_ok(!scp_judgement_good(&j), "at all");
    tap_is_int(a.unknown, j.unknown, "our own inability");
    tap_is_int(a.status, j.serial_status, "what it says");
    tap_has_text(a.message, j.message, "the reason");
}

/* --- Changes --- */

static void by_other_key(struct gen *g)
{
    g->key = other_key;
}
static void other_issuer(struct gen *g)
{
    g->issuer = "Test issuers";
}
static void no_next_update(struct gen *g)
{
    g->next_update = NULL;
}
static void no_number(struct gen *g)
{
    g->has_extensions = false;
}
static void empty_list(struct gen *g)
{
    g->entries = 0;
}
static void version_1(struct gen *g)
{
    g->version = -1;
    g->has_extensions = false;
}
static void version_3(struct gen *g)
{
    g->version = 2;
}
static void unknown_critical(struct gen *g)
{
    put_extension(&g->extensions, "1.2.3", 0xFF, "x", 1);
}
static void unknown_plain(struct gen *g)
{
    put_extension(&g->extensions, "1.2.3", -1, "x", 1);
}
static void entry_critical(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "1.2.3", 0xFF, "x", 1);
}
static void entry_plain(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "1.2.3", -1, "x", 1);
}
static void delta(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.27", 0xFF, "\x02\x01\x01", 3);
}
static void sha1(struct gen *g)
{
    g->algorithm = g->outer = GEN_RSA_SHA1;
}
static void trailing(struct gen *g)
{
    bytes_add(&g->tail, "\n", 1);
}
static void differing(struct gen *g)
{
    g->outer = GEN_RSA_SHA512;
}
static void microsoft(struct gen *g)
{
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.1", -1, "\x02\x01\x00", 3);
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.4", -1,
                  "\x17\x0D"
                  "261114000000Z",
                  15);
}
static void publish_late(struct gen *g)
{
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.4", -1,
                  "\x17\x0D"
                  "261112000000Z",
                  15);
}
static void idp_indirect(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .indirect = true });
}
static void idp_reasons(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .reasons = true });
}
static void idp_attribute(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .attribute = true });
}
static void idp_user(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .user = true });
}
static void idp_ca(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .ca = true });
}
static void idp_url(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = URL });
}
static void idp_second(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = "ldap:///x", .second_uri = URL });
}
static void idp_case(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = "http://CRL.example/ca.crl" });
}
static void idp_longer(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = URL "?" });
}
static void idp_relative(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .relative = true });
}
static void idp_empty(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = NULL });
}
static void revoke(struct gen *g, uint8_t reason)
{
    struct gen_entry *e = gen_add_entry(g, "\x00\xA1", 2);

    if (reason < 16)
        put_reason(&e->extensions, reason);
}
static void revoked(struct gen *g)
{
    revoke(g, 1);
}
static void on_hold(struct gen *g)
{
    revoke(g, 6);
}
static void revoked_plain(struct gen *g)
{
    revoke(g, 255);
}
static void removed(struct gen *g)
{
    revoke(g, 8);
}
static void revoked_other(struct gen *g)
{
    (void)gen_add_entry(g, "\xA1", 1);
    (void)gen_add_entry(g, "\x00\xA1\xA1", 3);
}
static void removed_other(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 8);
}
static void revoked_long_ago(struct gen *g)
{
    revoke(g, 1);
    g->next_update = "261110000000Z";
}
static void entry_of_another(struct gen *g)
{
    struct bytes value = { 0 };

    put_name(&value, "Another");
    der_wrap(&value, 0, 0xA4);
    der_wrap(&value, 0, 0x30);
    put_extension(&g->entry[0].extensions, "2.5.29.29", 0xFF, value.p, value.n);
    bytes_free(&value);
}

/* --- The rules, each with its twin --- */

static const struct {
    struct question good, bad;
    struct answer answer;
    size_t notes; /* of the good one */
} RULES[] = {
    { { .name = "signed by the issuer" },
      { .name = "forged", .list = by_other_key },
      { SCP_REASON_SIGNATURE, "not by the issuer's key", false, 0 },
      0 },
    { { .name = "the issuer's name" },
      { .name = "another issuer's name", .list = other_issuer },
      { SCP_REASON_ISSUER, "another issuer", false, 0 },
      0 },
    { { .name = "a certificate of the issuer", .certificate = &user },
      { .name = "a certificate of another issuer", .certificate = &stranger },
      { SCP_REASON_ISSUER, "the certificate is of another issuer", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "an unknown extension", .list = unknown_plain },
      { .name = "an unknown critical extension", .list = unknown_critical },
      { SCP_REASON_PARSE, "unknown critical extension 1.2.3", false, 0 },
      0 },
    { { .name = "an unknown entry extension", .list = entry_plain },
      { .name = "an unknown critical entry extension, of any entry", .list = entry_critical },
      { SCP_REASON_PARSE, "unknown critical extension 1.2.3", false, 0 },
      0 },
    { { .name = "version 2" }, { .name = "version 3", .list = version_3 }, { SCP_REASON_PARSE, "5.1.2.1", false, 0 }, 0 },
    { { .name = "one algorithm" },
      { .name = "two algorithms", .list = differing },
      { SCP_REASON_PARSE, "inner and outer signature algorithm differ", false, 0 },
      0 },
    { { .name = "a nextUpdate" },
      { .name = "no nextUpdate", .list = no_next_update },
      { SCP_REASON_PARSE, "no nextUpdate", false, 0 },
      0 },
    { { .name = "at nextUpdate", .now = GEN_NEXT_UTC },
      { .name = "past nextUpdate", .now = GEN_NEXT_UTC + 1 },
      { SCP_REASON_EXPIRED, "expired 1 s ago (2026-12-01T00:00:00Z)", false, 0 },
      0 },
    { { .name = "5 minutes before thisUpdate", .now = GEN_THIS_UTC - 300 },
      { .name = "more than that", .now = GEN_THIS_UTC - 301 },
      { SCP_REASON_NOT_YET_VALID, "not yet valid", false, 0 },
      0 },
    { { .name = "as old as allowed", .max_age = GEN_NOW - GEN_THIS_UTC },
      { .name = "older than allowed", .max_age = GEN_NOW - GEN_THIS_UTC - 1 },
      { SCP_REASON_EXPIRED, "more than the", false, 0 },
      0 },
    { { .name = "a complete list" }, { .name = "a delta list", .list = delta }, { SCP_REASON_TYPE, "delta", false, 0 }, 0 },
    { { .name = "no bytes behind" },
      { .name = "a line end behind", .list = trailing },
      { SCP_REASON_PARSE, "bytes behind the list", false, 0 },
      0 },
    { { .name = "entries of this issuer" },
      { .name = "entries of another issuer", .list = entry_of_another },
      { SCP_REASON_TYPE, "several issuers", false, 0 },
      0 },
    /* Scope */
    { { .name = "a list without a scope", .certificate = &user },
      { .name = "an indirect list", .certificate = &user, .list = idp_indirect },
      { SCP_REASON_TYPE, "indirect", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "a list of all reasons", .certificate = &user },
      { .name = "of some reasons", .certificate = &user, .list = idp_reasons },
      { SCP_REASON_TYPE, "some reasons", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "a list of certificates", .certificate = &user },
      { .name = "of attribute certificates", .certificate = &user, .list = idp_attribute },
      { SCP_REASON_TYPE, "attribute certificates", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "users' list for a user", .certificate = &user, .list = idp_user },
      { .name = "users' list for a CA", .certificate = &ca, .list = idp_user },
      { SCP_REASON_TYPE, "the certificate is a CA's", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "CAs' list for a CA", .certificate = &ca, .list = idp_ca },
      { .name = "CAs' list for a user", .certificate = &user, .list = idp_ca },
      { SCP_REASON_TYPE, "the certificate is a user's", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "users' list for a version 1 certificate", .certificate = &ancient, .list = idp_user },
      { .name = "CAs' list for a version 1 certificate", .certificate = &ancient, .list = idp_ca },
      { SCP_REASON_TYPE, "the certificate is a user's", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "users' list, nothing asked", .list = idp_user },
      { .name = "users' list, a bare serial asked", .list = idp_user, .serial = "99" },
      { SCP_REASON_TYPE, "without the certificate", true, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "for the certificate's distribution point", .certificate = &user, .list = idp_url },
      { .name = "for none of them, though fetched there", .certificate = &ca, .list = idp_url, .url = URL },
      { SCP_REASON_TYPE, "not for one of the certificate's", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "one of several names", .certificate = &user, .list = idp_second, .url = OTHER_URL },
      { .name = "a name in another case", .certificate = &user, .list = idp_case },
      { SCP_REASON_TYPE, "distribution point http://CRL.example", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "for its distribution point, of a file", .certificate = &user, .list = idp_url },
      { .name = "a longer name than the certificate's", .certificate = &user, .list = idp_longer },
      { SCP_REASON_TYPE, "not for one of the certificate's", false, SCP_SERIAL_UNKNOWN },
      0 },
    { { .name = "for the URL fetched", .list = idp_url, .url = URL },
      { .name = "for another URL", .list = idp_url, .url = OTHER_URL },
      { SCP_REASON_TYPE, "not for the one asked", false, 0 },
      0 },
    { { .name = "for a distribution point of the profile", .list = idp_url, .url = OTHER_URL, .point = URL },
      { .name = "for a longer name", .list = idp_longer, .url = URL },
      { SCP_REASON_TYPE, "not for the one asked", false, 0 },
      0 },
    { { .name = "a file without a scope" },
      { .name = "a file of some distribution point", .list = idp_url },
      { SCP_REASON_TYPE, "not for a certificate at hand", false, 0 },
      0 },
    { { .name = "no distribution point" },
      { .name = "one relative to the issuer", .list = idp_relative, .url = URL },
      { SCP_REASON_TYPE, "without an address", false, 0 },
      0 },
    { { .name = "no distribution point" },
      { .name = "an empty one", .list = idp_empty, .url = URL },
      { SCP_REASON_PARSE, "empty issuing distribution point", false, 0 },
      0 },
    /* What it says */
    { { .name = "not listed", .certificate = &user, .list = revoked_other },
      { .name = "listed", .certificate = &user, .list = revoked },
      { SCP_REASON_REVOKED, "revoked at 2026-09-01T12:00:00Z (keyCompromise)", false, SCP_SERIAL_REVOKED },
      0 },
    { { .name = "a serial not listed", .serial = "A1A2" },
      { .name = "a serial listed", .serial = "00:a1", .list = revoked_plain },
      { SCP_REASON_REVOKED, "no reason given", false, SCP_SERIAL_REVOKED },
      0 },
    { { .name = "nothing asked", .list = revoked },
      { .name = "on hold is revoked", .certificate = &user, .list = on_hold },
      { SCP_REASON_REVOKED, "certificateHold", false, SCP_SERIAL_REVOKED },
      0 },
    { { .name = "another removed from the list", .certificate = &user, .list = removed_other },
      { .name = "removed from a complete list", .certificate = &user, .list = removed },
      { SCP_REASON_PARSE, "removeFromCRL", true, SCP_SERIAL_UNKNOWN },
      1 },
    { { .name = "in force", .certificate = &user },
      { .name = "listed, but the list is out of date", .certificate = &user, .list = revoked_long_ago },
      { SCP_REASON_EXPIRED, "expired", false, SCP_SERIAL_UNKNOWN },
      0 },
    /* Usable, but not as it should be */
    { { .name = "no CRL number", .list = no_number },
      { .name = "neither by the issuer", .list = by_other_key },
      { SCP_REASON_SIGNATURE, "not by", false, 0 },
      1 },
    { { .name = "version 1", .list = version_1 },
      { .name = "or version 3", .list = version_3 },
      { SCP_REASON_PARSE, "version", false, 0 },
      1 },
    { { .name = "an empty list", .list = empty_list },
      { .name = "or a delta", .list = delta },
      { SCP_REASON_TYPE, "delta", false, 0 },
      1 },
    { { .name = "SHA-1", .list = sha1 },
      { .name = "or forged", .list = by_other_key },
      { SCP_REASON_SIGNATURE, "not by", false, 0 },
      1 },
    { { .name = "Microsoft's extensions are normal", .list = microsoft },
      { .name = "expired", .list = microsoft, .now = GEN_NEXT_UTC + 1 },
      { SCP_REASON_EXPIRED, "expired", false, 0 },
      0 },
    { { .name = "publication overdue", .list = publish_late },
      { .name = "and expired", .list = publish_late, .now = GEN_NEXT_UTC + 86400 },
      { SCP_REASON_EXPIRED, "expired", false, 0 },
      1 },
};

static void test_rules(void)
{
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        is_good(&RULES[i].good, RULES[i].notes);
        is_bad(&RULES[i].bad, RULES[i].answer);
    }
}

static void test_notes(void)
{
    struct scp_judgement j = ask(&(struct question){ .list = empty_list });

    tap_is_text(SCP_CRL_NONCONFORMING, j.note[0].id, "an empty list is nonconforming");
    tap_is_int(SCP_NOTE_WARNING, j.note[0].weight, "a warning");
    tap_has_text("5.1.2.6", j.note[0].text, "with its clause");
    j = ask(&(struct question){ .list = version_1 });
    tap_has_text("no CRL number (RFC 5280 section 5.2.3)", j.note[0].text, "no CRL number");
    j = ask(&(struct question){ .list = sha1 });
    tap_has_text("signed with RSA with SHA-1", j.note[0].text, "SHA-1");
    j = ask(&(struct question){ .list = publish_late });
    tap_ok(strcmp(j.note[0].id, SCP_CRL_NOTE) == 0 && j.note[0].weight == SCP_NOTE_REMARK, "publication overdue is a note");
    tap_has_text("3 days ago (2026-11-12T00:00:00Z", j.note[0].text, "with its time");
    j = ask(&(struct question){ .list = removed_other });
    tap_has_text("removeFromCRL", j.note[0].text, "removeFromCRL in a complete list");
}

/* --- What the field serves instead of a list; nothing of it is good --- */

static void is_instead(const void *p, size_t n, enum scp_reason reason, const char *message, const char *name)
{
    struct bytes copy = { .p = malloc(n > 0 ? n : 1), .n = n };
    struct scp_judgement j;

    if (n > 0)
        memcpy(copy.p, p, n);
    j = judge(&(struct question){ .certificate = &user }, &copy);
    tap_is_text(scp_reason_name(reason), scp_reason_name(j.reason), "%s: %s", name, j.message);
    tap_ok(!scp_judgement_good(&j) && !j.unknown && j.serial_status == SCP_SERIAL_UNKNOWN, "not good");
    tap_has_text(message, j.message, "and said to be so");
    free(copy.p);
}

static void test_field(void)
{
    static const char PAGE[] = "<!DOCTYPE html>\n<html><body>404</body></html>\n",
                      LOGIN[] = "\r\n  <HTML><head>Sign in</head></HTML>", BOM[] = "\xEF\xBB\xBF<html>",
                      XML[] = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>",
                      PEM[] = "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n", TEXT[] = "404 page not found",
                      ZERO[] = "0 bytes\n";
    struct gen g;
    struct bytes list = { 0 }, copy = { 0 };

    is_instead("", 0, SCP_REASON_TYPE, "an empty answer", "an empty answer");
    is_instead(PAGE, sizeof PAGE - 1, SCP_REASON_TYPE, "not a CRL (HTML, 46 bytes)", "a page with 200");
    is_instead(LOGIN, sizeof LOGIN - 1, SCP_REASON_TYPE, "HTML", "a login page");
    is_instead(BOM, sizeof BOM - 1, SCP_REASON_TYPE, "HTML", "a page with a byte order mark");
    is_instead(XML, sizeof XML - 1, SCP_REASON_TYPE, "HTML", "an error of a storage service");
    is_instead(PEM, sizeof PEM - 1, SCP_REASON_TYPE, "PEM text instead of DER", "PEM over the network");
    is_instead(TEXT, sizeof TEXT - 1, SCP_REASON_TYPE, "text, 18 bytes", "plain text");
    is_instead(ZERO, sizeof ZERO - 1, SCP_REASON_TYPE, "text", "text that begins as a SEQUENCE does");
    is_instead("MSCF\0\0\0\0", 8, SCP_REASON_TYPE, "a cabinet", "a cabinet");
    is_instead("\x1F\x8B\x08\0", 4, SCP_REASON_TYPE, "binary data", "compressed data");
    is_instead("\0\0\0\0", 4, SCP_REASON_TYPE, "binary data", "zeros");
    is_instead("\x30\x03\x0A\x01\x06", 5, SCP_REASON_PARSE, "not a certificate revocation list", "an OCSP answer");
    is_instead("\x30\x00", 2, SCP_REASON_PARSE, "offset 2", "an empty SEQUENCE");
    gen_defaults(&g, key);
    gen_list(&g, &list);
    is_instead(list.p, list.n / 2, SCP_REASON_TRUNCATED, "the list ends early", "half a list");
    is_instead(list.p, list.n - 1, SCP_REASON_TRUNCATED, "the list ends early", "all but the last byte");
    bytes_add(&copy, list.p, list.n);
    bytes_add(&copy, list.p, list.n);
    is_instead(copy.p, copy.n, SCP_REASON_PARSE, "bytes behind the list", "the list twice");
    copy.n = list.n;
    copy.p[list.n - 1] ^= 1;
    is_instead(copy.p, copy.n, SCP_REASON_SIGNATURE, "not by the issuer's key", "one bit of the signature");
    gen_free(&g);
    list.n = 0;
    gen_certificate(
        &(struct gen_certificate){
            .subject = "Test Issuer", .issuer = "Test Issuer", .serial = 1, .ca = true, .key = key, .issuer_key = key },
        &list);
    is_instead(list.p, list.n, SCP_REASON_PARSE, "a certificate, not a", "the issuer's certificate");
    bytes_free(&list);
    bytes_free(&copy);
}

/* --- The certificates asked about --- */

static void certificate(struct scp_revocable *out, const struct gen_certificate *like)
{
    struct gen_certificate c = *like;
    struct bytes der = { 0 };
    struct scp_err err = SCP_ERR_INIT;

    c.key = leaf_key;
    c.issuer_key = key;
    c.serial = 0xA1;
    gen_certificate(&c, &der);
    if (scp_revocable_parse(der.p, der.n, out, &err) != 0)
        tap_bail("a certificate of our own: %s", err.message);
    bytes_free(&der);
}

static void test_certificates(void)
{
    struct scp_serial wanted = { { 0, 0xA1 }, 2 };
    struct scp_revocable r;
    struct scp_err err = SCP_ERR_INIT;

    tap_ok(wanted.n == user.serial.n && memcmp(wanted.p, user.serial.p, wanted.n) == 0, "serial");
    tap_is_bytes(issuer.p, issuer.n, user.issuer_der, user.issuer_der_len, "issuer");
    tap_ok(user.crls == 2 && strcmp(user.crl[0], "ldap:///cn=x") == 0 && strcmp(user.crl[1], URL) == 0, "distribution points");
    tap_ok(user.ocsps == 1 && strcmp(user.ocsp[0], "http://ocsp.example") == 0, "OCSP responder");
    tap_ok(!user.is_ca && ca.is_ca && !ancient.is_ca, "CA or user; version 1 is a user");
    tap_ok(scp_revocable_parse((const uint8_t *)"\x30\x00", 2, &r, &err) == -1 && err.code == SCP_ERR_FORMAT, "nothing: %s",
           err.message);
}

int main(void)
{
    key = gen_key(false);
    other_key = gen_key(false);
    leaf_key = gen_key(true);
    gen_spki(&spki, key);
    put_name(&issuer, "Test Issuer");
    certificate(&user,
                &(struct gen_certificate){
                    .subject = "User", .issuer = "Test Issuer", .crl = { "ldap:///cn=x", URL }, .ocsp = "http://ocsp.example" });
    certificate(&ca, &(struct gen_certificate){ .subject = "CA", .issuer = "Test Issuer", .ca = true, .crl = { OTHER_URL } });
    certificate(&ancient, &(struct gen_certificate){ .subject = "Old", .issuer = "Test Issuer", .version1 = true });
    certificate(&stranger, &(struct gen_certificate){ .subject = "User", .issuer = "Another" });
    test_certificates();
    test_rules();
    test_notes();
    test_field();
    scp_revocable_free(&user);
    scp_revocable_free(&ca);
    scp_revocable_free(&ancient);
    scp_revocable_free(&stranger);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other_key);
    EVP_PKEY_free(leaf_key);
    bytes_free(&spki);
    bytes_free(&issuer);
    return tap_done();
}
