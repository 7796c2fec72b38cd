/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/revocation/crl_internal.h"
#include "crlgen.h"
#include "tap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *rsa, *ec;
static struct bytes rsa_spki, ec_spki;

static int parse(const struct bytes *list, const struct bytes *spki, const struct scp_serial *asked, size_t asked_n,
                 struct scp_crl *out, struct scp_err *err)
{
    return scp_crl_parse((struct scp_bytes){ list->p, list->n },
                         spki != NULL ? (struct scp_bytes){ spki->p, spki->n } : (struct scp_bytes){ NULL, 0 }, asked, asked_n, out,
                         err);
}

/* In pieces of a given size. */
static int parse_in_pieces(const struct bytes *list, size_t piece, const struct scp_serial *asked, size_t asked_n,
                           struct scp_crl *out, struct scp_err *err)
{
    struct scp_crl_reader *r = scp_crl_reader_new(rsa_spki.p, rsa_spki.n, asked, asked_n, err);
    int rc;

    if (r == NULL)
        tap_bail("no reader");
    for (size_t at = 0; at < list->n; at += piece)
        (void)scp_crl_reader_feed(r, list->p + at, list->n - at < piece ? list->n - at : piece, NULL);
    rc = scp_crl_reader_finish(r, out, err);
    scp_crl_reader_free(r);
    return rc;
}

static struct scp_serial serial(const char *hex)
{
    struct scp_serial s;

    if (scp_serial_parse(hex, strlen(hex), &s, NULL) != 0)
        tap_bail("%s is no serial", hex);
    return s;
}

/* --- Rules of form, each with a twin that is accepted --- */

static void no_change(struct gen *g)
{
    (void)g;
}
static void version_3(struct gen *g)
{
    g->version = 2;
}
static void version_1_explicit(struct gen *g)
{
    g->version = 0;
    g->has_extensions = false;
}
static void version_1(struct gen *g)
{
    g->version = -1;
    g->has_extensions = false;
}
static void version_1_extensions(struct gen *g)
{
    g->version = -1;
}
static void version_1_entry_extensions(struct gen *g)
{
    version_1(g);
    put_reason(&g->entry[0].extensions, 1);
}
static void other_outer(struct gen *g)
{
    g->outer = GEN_RSA_SHA384;
}
static void trailing(struct gen *g)
{
    bytes_add(&g->tail, "\0", 1);
}
static void trailing_inside(struct gen *g)
{
    trailing(g);
    g->tail_inside = true;
}
static void trailing_tbs(struct gen *g)
{
    der_put(&g->tbs_tail, 0x05, NULL, 0);
}
static void extensions_twice(struct gen *g)
{
    bytes_add(&g->tbs_tail, "\xA0\x02\x30\x00", 4);
}
static void empty_list(struct gen *g)
{
    g->entries = 0;
}
static void no_list(struct gen *g)
{
    g->entries = 0;
    g->has_list = false;
}
static void no_next_update(struct gen *g)
{
    g->next_update = NULL;
}
static void no_times(struct gen *g)
{
    g->this_update = NULL;
    g->next_update = NULL;
}
static void no_number(struct gen *g)
{
    g->extensions.n = 0;
    bytes_add(&g->extensions, "\x30\x0A\x06\x03\x2A\x03\x04\x04\x03hey", 12);
}
static void no_extensions(struct gen *g)
{
    g->has_extensions = false;
}
static void empty_extensions(struct gen *g)
{
    g->extensions.n = 0;
}
static void number_twice(struct gen *g)
{
    put_crl_number(&g->extensions, 8);
}
static void time_late(struct gen *g)
{
    g->next_update = "20510101000000Z";
}
static void time_form(struct gen *g)
{
    g->next_update = "20261201000000Z";
}
static void time_impossible(struct gen *g)
{
    g->this_update = "260230000000Z";
}
static void time_leap(struct gen *g)
{
    g->this_update = "240229000000Z";
}
static void time_offset(struct gen *g)
{
    g->this_update = "261101000000+";
}
static void time_fraction(struct gen *g)
{
    g->next_update = "20261201000000.5Z";
}
static void time_letter(struct gen *g)
{
    g->this_update = "2611O1000000Z";
}
static void entry_time(struct gen *g)
{
    g->entry[0].date = "261301000000Z";
}
static void entry_time_general(struct gen *g)
{
    g->entry[0].date = "20260101000000Z";
}
static void entry_no_time(struct gen *g)
{
    g->entry[0].date = "";
}
static void serial_padded(struct gen *g)
{
    g->entry[0].serial = (const uint8_t *)"\0\x12";
}
static void serial_high(struct gen *g)
{
    g->entry[0].serial = (const uint8_t *)"\0\x92";
}
static void serial_negative_padded(struct gen *g)
{
    g->entry[0].serial = (const uint8_t *)"\xFF\x92";
}
static void serial_none(struct gen *g)
{
    g->entry[0].serial_n = 0;
}
static void entry_reason(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 1);
}
static void entry_reason_long(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.21", -1, "\x0A\x02\x00\x01", 4);
}
static void entry_reason_type(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.21", -1, "\x02\x01\x01", 3);
}
static void entry_reason_tail(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.21", -1, "\x0A\x01\x01\x00", 4);
}
static void entry_reason_twice(struct gen *g)
{
    entry_reason(g);
    entry_reason(g);
}
static void entry_reason_undefined(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 7);
}
static void entry_empty_extensions(struct gen *g)
{
    g->entry[0].has_extensions = true;
}
static void entry_invalidity(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.24", -1,
                  "\x18\x0F"
                  "20260101000000Z",
                  17);
}
static void entry_invalidity_bad(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.24", -1,
                  "\x18\x0F"
                  "20260001000000Z",
                  17);
}
static void entry_tail(struct gen *g)
{
    bytes_add(&g->entry[0].extensions, "\x05\x00", 2);
}
static void critical_false(struct gen *g)
{
    put_extension(&g->extensions, "1.2.3", 0, "x", 1);
}
static void critical_one(struct gen *g)
{
    put_extension(&g->extensions, "1.2.3", 1, "x", 1);
}
static void critical_true(struct gen *g)
{
    put_extension(&g->extensions, "1.2.3", 0xFF, "x", 1);
}
static void number_type(struct gen *g)
{
    g->extensions.n = 0;
    put_extension(&g->extensions, "2.5.29.20", -1, "\x04\x01\x01", 3);
}
static void number_negative(struct gen *g)
{
    g->extensions.n = 0;
    put_crl_number(&g->extensions, 0xF0);
}
static void number_padded(struct gen *g)
{
    g->extensions.n = 0;
    put_extension(&g->extensions, "2.5.29.20", -1, "\x02\x02\x00\x01", 4);
}
static void number_tail(struct gen *g)
{
    g->extensions.n = 0;
    put_extension(&g->extensions, "2.5.29.20", -1, "\x02\x01\x01\x00", 4);
}
static void idp_empty(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = NULL });
}
static void idp_user(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .user = true });
}
static void idp_uri(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = "http://crl.example/a.crl", .second_uri = "ldap:///b" });
}
static void idp_contradictory(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .user = true, .ca = true });
}
static void idp_tail(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x03\x81\x01\xFF\x00", 6);
}
static void idp_tail_inside(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x05\x81\x01\xFF\x05\x00", 7);
}
static void idp_no_names(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x04\xA0\x02\xA0\x00", 6);
}
static void idp_nul(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x0A\xA0\x08\xA0\x06\x86\x04http", 12);
    g->extensions.p[g->extensions.n - 2] = 0;
}
static void idp_http(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x0A\xA0\x08\xA0\x06\x86\x04http", 12);
}
static void idp_boolean(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x03\x81\x01\x01", 5);
}
static void idp_false(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.28", 0xFF, "\x30\x06\x81\x01\xFF\x82\x01\x00", 8);
}
static void aki(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.35", -1, "\x30\x06\x80\x04keyi", 8);
}
static void aki_short(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.35", -1, "\x30\x06\x80\x03keyi", 8);
}
static void publish(struct gen *g)
{
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.4", -1,
                  "\x17\x0D"
                  "261125000000Z",
                  15);
}
static void publish_no_time(struct gen *g)
{
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.4", -1,
                  "\x17\x0D"
                  "261325000000Z",
                  15);
}
static void ca_version(struct gen *g)
{
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.1", -1, "\x02\x01\x00", 3);
}

static const struct {
    const char *name;
    void (*right)(struct gen *), (*wrong)(struct gen *);
    const char *message; /* part of the wrong one's */
    unsigned oddities;   /* the right one's */
} TWINS[] = {
    { "version 2, not 3", no_change, version_3, "5.1.2.1", 0 },
    { "version 1 by absence, not spelled out", version_1, version_1_explicit, "5.1.2.1", SCP_CRL_ODD_NO_NUMBER },
    { "version 1 without extensions, not with", version_1, version_1_extensions, "extensions in a list of version 1",
      SCP_CRL_ODD_NO_NUMBER },
    { "version 1 without entry extensions, not with", version_1, version_1_entry_extensions,
      "entry extensions in a list of version 1", SCP_CRL_ODD_NO_NUMBER },
    { "one algorithm inside and outside", no_change, other_outer, "inner and outer signature algorithm differ", 0 },
    { "nothing behind the list", no_change, trailing, "bytes behind the list", 0 },
    { "nothing behind the signature", no_change, trailing_inside, "bytes behind the signature", 0 },
    { "nothing behind the extensions", no_change, trailing_tbs, "malformed extensions", 0 },
    { "extensions once", no_change, extensions_twice, "malformed extensions", 0 },
    { "no entries", no_list, no_times, "thisUpdate", 0 },
    { "no entries in a list of them", empty_list, trailing, "behind", SCP_CRL_ODD_EMPTY_LIST },
    { "no nextUpdate is a fact", no_next_update, no_times, "5.1.2.4", 0 },
    { "a CRL number", no_number, number_type, "malformed CRL number", SCP_CRL_ODD_NO_NUMBER },
    { "no extensions in version 2", no_extensions, number_padded, "malformed CRL number", SCP_CRL_ODD_NO_NUMBER },
    { "an empty list of extensions", empty_extensions, number_tail, "malformed CRL number",
      SCP_CRL_ODD_NO_NUMBER | SCP_CRL_ODD_EMPTY_EXTENSIONS },
    { "a negative number", number_negative, number_twice, "an extension occurs twice", SCP_CRL_ODD_NUMBER },
    { "GeneralizedTime from 2050 on", time_late, time_fraction, "nextUpdate", 0 },
    { "GeneralizedTime before", time_form, time_offset, "thisUpdate", SCP_CRL_ODD_TIME_FORM },
    { "a leap day, not February 30th", time_leap, time_impossible, "thisUpdate", 0 },
    { "digits, not letters, in a time", no_change, time_letter, "thisUpdate", 0 },
    { "an entry's date", entry_time_general, entry_time, "without a revocation date", SCP_CRL_ODD_TIME_FORM },
    { "an entry with a date", no_change, entry_no_time, "without a revocation date", 0 },
    { "a serial's leading zero where needed", serial_high, serial_padded, "without a serial number", 0 },
    { "a negative serial in the fewest octets", no_change, serial_negative_padded, "without a serial number", 0 },
    { "a serial of some octets", no_change, serial_none, "without a serial number", 0 },
    { "a reason", entry_reason, entry_reason_long, "malformed reason code", 0 },
    { "a reason's type", entry_reason, entry_reason_type, "malformed reason code", 0 },
    { "nothing behind a reason", entry_reason, entry_reason_tail, "malformed reason code", 0 },
    { "an undefined reason", entry_reason_undefined, entry_reason_twice, "an extension occurs twice", SCP_CRL_ODD_REASON },
    { "empty entry extensions", entry_empty_extensions, entry_tail, "malformed extension", SCP_CRL_ODD_EMPTY_EXTENSIONS },
    { "an invalidity date", entry_invalidity, entry_invalidity_bad, "malformed invalidity date", 0 },
    { "critical FALSE spelled out", critical_false, critical_one, "malformed extension", SCP_CRL_ODD_DEFAULT },
    { "an issuing distribution point, not an empty one", idp_user, idp_empty, "an empty issuing distribution point", 0 },
    { "one kind of certificates, not two", idp_user, idp_contradictory, "contradictory", 0 },
    { "nothing behind the distribution point", idp_user, idp_tail, "malformed issuing distribution point", 0 },
    { "nothing at the end of the distribution point", idp_user, idp_tail_inside, "malformed issuing distribution point", 0 },
    { "a distribution point's names, not none", idp_uri, idp_no_names, "malformed name", 0 },
    { "an address without NUL", idp_http, idp_nul, "malformed address", 0 },
    { "TRUE is FF", idp_user, idp_boolean, "malformed issuing distribution point", 0 },
    { "FALSE spelled out", idp_false, idp_boolean, "malformed issuing", SCP_CRL_ODD_DEFAULT },
    { "an authority key identifier", aki, aki_short, "malformed authority key identifier", 0 },
    { "Next CRL Publish", publish, publish_no_time, "malformed Next CRL Publish", 0 },
    { "Microsoft's CA version", ca_version, version_3, "5.1.2.1", 0 },
    { "an unknown critical extension is a fact", critical_true, critical_one, "malformed extension", 0 },
};

static void check_right(const char *name, void (*change)(struct gen *), unsigned oddities)
{
    struct gen g;
    struct bytes list = { 0 };
    struct scp_crl crl, pieces;
    struct scp_err err = SCP_ERR_INIT;

    gen_defaults(&g, rsa);
    change(&g);
    gen_list(&g, &list);
    if (tap_is_int(0, parse(&list, &rsa_spki, NULL, 0, &crl, &err), "accepted: %s (%s)", name, err.message)) {
        tap_is_int(SCP_CRL_SIGNATURE_GOOD, crl.signature, "its signature is good");
        tap_is_int(oddities, crl.oddities, "its oddities");
        tap_is_int(0, parse_in_pieces(&list, 1, NULL, 0, &pieces, &err), "and byte by byte");
        tap_ok(pieces.signature == crl.signature && pieces.oddities == crl.oddities && pieces.entries == crl.entries,
               "with the same facts");
        scp_crl_free(&pieces);
    }
    scp_crl_free(&crl);
    bytes_free(&list);
    gen_free(&g);
}

static void check_wrong(const char *name, void (*change)(struct gen *), const char *message)
{
    struct gen g;
    struct bytes list = { 0 };
    struct scp_crl crl;
    struct scp_err err = SCP_ERR_INIT, again = SCP_ERR_INIT;

    gen_defaults(&g, rsa);
    change(&g);
    gen_list(&g, &list);
    tap_is_int(-1, parse(&list, &rsa_spki, NULL, 0, &crl, &err), "refused: not %s", name);
    tap_is_int(SCP_ERR_FORMAT, err.code, "as malformed");
    tap_has_text(message, err.message, "for its reason");
    tap_has_text("offset ", err.message, "with its place");
    tap_ok(crl.issuer_der == NULL && crl.point.uris == 0, "nothing is left to free");
    tap_ok(parse_in_pieces(&list, 1, NULL, 0, &crl, &again) == -1 && strcmp(err.message, again.message) == 0,
           "byte by byte as well: %s", again.message);
    bytes_free(&list);
    gen_free(&g);
}

static void test_twins(void)
{
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++) {
        check_right(TWINS[i].name, TWINS[i].right, TWINS[i].oddities);
        check_wrong(TWINS[i].name, TWINS[i].wrong, TWINS[i].message);
    }
}

/* --- Encodings that are BER, not DER, around one and the same content --- */

static void refuses(const struct bytes *list, enum scp_err_code code, const char *message, const char *name)
{
    struct scp_crl crl;
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, parse(list, &rsa_spki, NULL, 0, &crl, &err), "refused: %s", name);
    tap_is_int(code, err.code, "its kind: %s", err.message);
    tap_has_text(message, err.message, "its reason");
}

static void test_encoding(void)
{
    struct gen g;
    struct bytes tbs = { 0 }, list = { 0 }, other = { 0 };
    size_t whole;

    gen_defaults(&g, rsa);
    gen_tbs(&g, &tbs);
    gen_finish(&g, &tbs, &list);
    whole = list.n;
    /* Both sequences are longer than 127 and shorter than 65536 bytes: 30 82 hh ll. */
    tap_ok(list.p[1] == 0x82 || list.p[1] == 0x81, "the list has a long length");
    bytes_add(&other, "\x30\x83\x00", 3);
    if (list.p[1] == 0x81)
        bytes_add(&other, "\0", 1);
    bytes_add(&other, list.p + 2, list.n - 2);
    refuses(&other, SCP_ERR_FORMAT, "more octets than needed", "a length with a leading zero");
    other.n = 0;
    bytes_add(&other, "\x30\x80", 2);
    bytes_add(&other, list.p + (list.p[1] & 0x7F) + 2, list.n - (size_t)(list.p[1] & 0x7F) - 2);
    bytes_add(&other, "\0\0", 2);
    refuses(&other, SCP_ERR_FORMAT, "an indefinite length", "an indefinite length");
    other.n = 0;
    bytes_add(&other, "\x30\x85\0\0\0\0\1", 7);
    refuses(&other, SCP_ERR_LIMIT, "more than four octets", "a length of five octets");
    other.n = 0;
    bytes_add(&other, "\x30\x84\xFF\xFF\xFF\xFF\x30", 7);
    refuses(&other, SCP_ERR_LIMIT, "512 MiB", "a list of 4 GiB");
    other.n = 0;
    bytes_add(&other, "\x30\x81\x80\x30\x81\x81", 6);
    refuses(&other, SCP_ERR_FORMAT, "longer than what it lies in", "a content longer than the list");
    other.n = 0;
    bytes_add(&other, "\x30\x81\x85\x3F\x81\x80", 6);
    refuses(&other, SCP_ERR_FORMAT, "a tag of several octets", "a long tag");
    other.n = 0;
    bytes_add(&other, "\x30\x00", 2);
    refuses(&other, SCP_ERR_FORMAT, "offset 2: an element is missing", "an empty list");
    other.n = 0;
    bytes_add(&other, "\x30\x04\x30\x00\x30\x00", 6);
    refuses(&other, SCP_ERR_FORMAT, "offset 4: an element is missing", "an empty content");
    other.n = 0;
    bytes_add(&other, "\x30\x0B\x30\x03\x02\x01\x01\x30\x00\x03\x02\x00\x01", 13);
    refuses(&other, SCP_ERR_FORMAT, "offset 7: an element is missing", "a content of a version alone");
    other.n = 0;
    refuses(&other, SCP_ERR_TRUNCATED, "offset 0", "nothing at all");
    bytes_add(&other, "<html>", 6);
    refuses(&other, SCP_ERR_FORMAT, "offset 0: not a certificate revocation list", "HTML");
    int early = 0;
    for (size_t cut = 0; cut < whole; cut++) {
        struct bytes part = { .p = list.p, .n = cut };
        struct scp_crl crl;
        struct scp_err err = SCP_ERR_INIT;

        early += parse(&part, &rsa_spki, NULL, 0, &crl, &err) != -1 || err.code != SCP_ERR_TRUNCATED;
    }
    tap_is_int(0, early, "every cut list of %zu is told to be cut", whole);
    bytes_free(&tbs);
    bytes_free(&list);
    bytes_free(&other);
    gen_free(&g);
}

/* --- Facts --- */

static void test_facts(void)
{
    struct gen g;
    struct bytes list = { 0 }, name = { 0 };
    struct scp_crl crl;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_serial asked[] = { serial("001234"), serial("10"), serial("1010"), serial("80"), serial("-80"), serial("00a1") };
    enum { ASKED = sizeof asked / sizeof asked[0] };
    struct gen_entry *e;

    gen_defaults(&g, rsa);
    idp_uri(&g);
    aki(&g);
    publish(&g);
    e = gen_add_entry(&g, "\x10\x10", 2);
    e->date = "251231235959Z";
    put_reason(&e->extensions, 4);
    (void)gen_add_entry(&g, "\x00\x80", 2);
    gen_list(&g, &list);
    put_name(&name, "Test Issuer");
    if (tap_is_int(0, parse(&list, &rsa_spki, asked, ASKED, &crl, &err), "facts: %s", err.message)) {
        tap_is_int(2, crl.version, "version");
        tap_is_bytes(name.p, name.n, crl.issuer_der, crl.issuer_der_len, "issuer");
        tap_is_int(GEN_THIS_UTC, crl.this_update, "thisUpdate");
        tap_is_int(GEN_NEXT_UTC, crl.next_update, "nextUpdate");
        tap_is_int((long long)list.n, (long long)crl.size, "size");
        tap_is_int(3, (long long)crl.entries, "entries");
        tap_is_int(3, (long long)crl.hits, "hits");
        tap_ok(scp_crl_find(&crl, 0) != NULL && scp_crl_find(&crl, 0)->reason == SCP_CRL_REASON_NONE,
               "001234 is 1234, without a reason");
        tap_ok(scp_crl_find(&crl, 1) == NULL, "10 is not 1010");
        tap_ok(scp_crl_find(&crl, 2) != NULL && scp_crl_find(&crl, 2)->reason == SCP_CRL_REASON_SUPERSEDED &&
                   scp_crl_find(&crl, 2)->revoked_at == 1767225599,
               "1010, its reason and its date");
        tap_ok(scp_crl_find(&crl, 3) != NULL, "80 is 0080");
        tap_ok(scp_crl_find(&crl, 4) == NULL, "-80 is not 80");
        tap_ok(scp_crl_find(&crl, 5) == NULL, "a1 is not listed");
        tap_ok(crl.number.n == 1 && crl.number.p[0] == 7, "number");
        tap_is_bytes("keyi", 4, crl.key_id, crl.key_id_len, "key identifier");
        tap_is_int(1795564800, crl.next_publish, "Next CRL Publish");
        tap_ok(crl.point.present && crl.point.named && crl.point.uris == 2, "distribution point");
        tap_is_text("http://crl.example/a.crl", crl.point.uri[0], "its address");
        tap_is_text("RSA with SHA-256", crl.algorithm.name, "algorithm");
        tap_ok(!crl.delta && !crl.entry_issuer && crl.critical_oid[0] == '\0', "nothing else");
        scp_crl_free(&crl);
    }
    static const size_t PIECES[] = { 1, 2, 3, 5, 7, 13, 64, 100, 333 };
    for (size_t i = 0; i < sizeof PIECES / sizeof PIECES[0]; i++) {
        if (tap_is_int(0, parse_in_pieces(&list, PIECES[i], asked, ASKED, &crl, &err), "in pieces of %zu: %s", PIECES[i],
                       err.message)) {
            tap_ok(crl.signature == SCP_CRL_SIGNATURE_GOOD && crl.hits == 3 && crl.entries == 3 && crl.point.uris == 2 &&
                       crl.next_publish == 1795564800 && crl.hit[1].reason == SCP_CRL_REASON_SUPERSEDED,
                   "the same facts");
            scp_crl_free(&crl);
        }
    }
    bytes_free(&list);
    bytes_free(&name);
    gen_free(&g);
}

static void fact_of(void (*change)(struct gen *), struct scp_crl *crl, const struct scp_serial *asked, size_t asked_n)
{
    struct gen g;
    struct bytes list = { 0 };
    struct scp_err err = SCP_ERR_INIT;

    gen_defaults(&g, rsa);
    change(&g);
    gen_list(&g, &list);
    if (parse(&list, &rsa_spki, asked, asked_n, crl, &err) != 0)
        tap_bail("a list of our own does not parse: %s", err.message);
    bytes_free(&list);
    gen_free(&g);
}

static void delta(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.27", 0xFF, "\x02\x01\x01", 3);
    put_reason(&g->entry[0].extensions, 8);
}
static void removed(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 8);
}
static void removed_then_revoked(struct gen *g)
{
    removed(g);
    entry_reason(g);
    g->entry[0].extensions.n = 0;
    removed(g);
    put_reason(&gen_add_entry(g, "\x12\x34", 2)->extensions, 1);
}
static void revoked_twice(struct gen *g)
{
    entry_reason(g);
    put_reason(&gen_add_entry(g, "\x12\x34", 2)->extensions, 4);
}
static void entry_critical(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "1.3.6.1.4.1.99999.7", 0xFF, "x", 1);
}
static void entry_reason_critical(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.21", 0xFF, "\x0A\x01\x01", 3);
}
static void names_issuer(struct gen_entry *e, const char *name, const char *second)
{
    struct bytes value = { 0 };
    size_t from;

    e->has_extensions = true;
    put_name(&value, name);
    der_wrap(&value, 0, 0xA4);
    if (second != NULL) {
        from = value.n;
        put_name(&value, second);
        der_wrap(&value, from, 0xA4);
    }
    der_wrap(&value, 0, 0x30);
    put_extension(&e->extensions, "2.5.29.29", 0xFF, value.p, value.n);
    bytes_free(&value);
}
static void entry_issuer(struct gen *g)
{
    names_issuer(&g->entry[0], "Another Issuer", NULL);
}
static void entry_own_issuer(struct gen *g)
{
    names_issuer(&g->entry[0], g->issuer, NULL);
}
static void entry_own_issuer_second(struct gen *g)
{
    names_issuer(&g->entry[0], "Another Issuer", g->issuer);
}
static void entry_own_issuer_in_case(struct gen *g)
{
    static char upper[64];

    for (size_t i = 0; g->issuer[i] != '\0' && i + 1 < sizeof upper; i++)
        upper[i] = (char)toupper((unsigned char)g->issuer[i]);
    names_issuer(&g->entry[0], upper, NULL);
}
static void entry_follows_another(struct gen *g)
{
    entry_issuer(g);
    (void)gen_add_entry(g, "\x12\x34", 2);
}
static void entry_before_another(struct gen *g)
{
    names_issuer(gen_add_entry(g, "\x12\x34", 2), "Another Issuer", NULL);
}
static void entry_own_again(struct gen *g)
{
    entry_issuer(g);
    names_issuer(gen_add_entry(g, "\x12\x35", 2), g->issuer, NULL);
    (void)gen_add_entry(g, "\x12\x34", 2);
}
static void entry_issuer_by_address(struct gen *g)
{
    put_extension(&g->entry[0].extensions, "2.5.29.29", 0xFF, "\x30\x05\x86\x03x:y", 7);
}
static void held_then_revoked(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 6);
    put_reason(&gen_add_entry(g, "\x12\x34", 2)->extensions, 1);
}
static void revoked_then_held(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 1);
    put_reason(&gen_add_entry(g, "\x12\x34", 2)->extensions, 6);
}
static void removed_then_held(struct gen *g)
{
    removed(g);
    put_reason(&gen_add_entry(g, "\x12\x34", 2)->extensions, 6);
}
static void held_then_removed(struct gen *g)
{
    put_reason(&g->entry[0].extensions, 6);
    put_reason(&gen_add_entry(g, "\x12\x34", 2)->extensions, 8);
}
static void number_critical(struct gen *g)
{
    g->extensions.n = 0;
    put_extension(&g->extensions, "2.5.29.20", 0xFF, "\x02\x01\x07", 3);
}
static void aki_critical(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.35", 0xFF, "\x30\x06\x80\x04keyi", 8);
}

static void test_more_facts(void)
{
    struct scp_serial asked = serial("1234");
    struct scp_crl crl;

    fact_of(delta, &crl, &asked, 1);
    tap_ok(crl.delta && crl.hit[0].reason == SCP_CRL_REASON_REMOVE && crl.oddities == 0, "a delta list, with removeFromCRL");
    scp_crl_free(&crl);
    fact_of(removed, &crl, &asked, 1);
    tap_is_int(SCP_CRL_ODD_REMOVE, crl.oddities, "removeFromCRL in a complete list");
    scp_crl_free(&crl);
    fact_of(removed_then_revoked, &crl, &asked, 1);
    tap_ok(crl.hits == 1 && crl.hit[0].reason == SCP_CRL_REASON_KEY_COMPROMISE, "removeFromCRL gives way to a revocation");
    tap_is_int(SCP_CRL_ODD_REMOVE | SCP_CRL_ODD_TWICE, crl.oddities, "and two entries are told");
    scp_crl_free(&crl);
    fact_of(revoked_twice, &crl, &asked, 1);
    tap_ok(crl.hits == 1 && crl.hit[0].reason == SCP_CRL_REASON_KEY_COMPROMISE, "of two entries the first counts");
    scp_crl_free(&crl);
    fact_of(entry_critical, &crl, &asked, 1);
    tap_is_text("1.3.6.1.4.1.99999.7", crl.critical_oid, "an unknown critical entry extension");
    tap_ok(crl.critical_at > 0, "its place");
    scp_crl_free(&crl);
    fact_of(entry_critical, &crl, NULL, 0);
    tap_is_text("1.3.6.1.4.1.99999.7", crl.critical_oid, "also of an entry that nobody asked for");
    scp_crl_free(&crl);
    fact_of(entry_reason_critical, &crl, NULL, 0);
    tap_is_text("2.5.29.21", crl.critical_oid, "a reason code that is critical is none we know");
    scp_crl_free(&crl);
    fact_of(critical_true, &crl, NULL, 0);
    tap_is_text("1.2.3", crl.critical_oid, "an unknown critical extension");
    scp_crl_free(&crl);
    fact_of(critical_false, &crl, NULL, 0);
    tap_is_text("", crl.critical_oid, "one that is not critical");
    scp_crl_free(&crl);
    fact_of(number_critical, &crl, NULL, 0);
    tap_is_text("2.5.29.20", crl.critical_oid, "a critical CRL number");
    scp_crl_free(&crl);
    fact_of(aki_critical, &crl, NULL, 0);
    tap_is_text("", crl.critical_oid, "a critical key identifier asks nothing");
    scp_crl_free(&crl);
    fact_of(entry_issuer, &crl, NULL, 0);
    tap_ok(crl.entry_issuer && crl.critical_oid[0] == '\0', "certificateIssuer");
    scp_crl_free(&crl);
}

/* Of the entries of one serial that are of the list's issuer, which one counts: its reason; NOBODY: none. */
static void test_entries(void)
{
    enum { NOBODY = -2 };
    static const struct {
        void (*change)(struct gen *g);
        int reason;
        bool issuers;
        const char *what;
    } ROWS[] = {
        { entry_issuer, NOBODY, true, "of another issuer" },
        { entry_own_issuer, SCP_CRL_REASON_NONE, true, "of the list's, which is named" },
        { entry_own_issuer_second, SCP_CRL_REASON_NONE, true, "of the list's, which is named second" },
        { entry_own_issuer_in_case, SCP_CRL_REASON_NONE, true, "of the list's, in capitals" },
        { entry_follows_another, NOBODY, true, "the one behind another issuer's is of that, too" },
        { entry_before_another, SCP_CRL_REASON_NONE, true, "before another issuer's" },
        { entry_own_again, SCP_CRL_REASON_NONE, true, "of the list's again" },
        { entry_issuer_by_address, NOBODY, true, "of an issuer by address" },
        { held_then_revoked, SCP_CRL_REASON_KEY_COMPROMISE, false, "on hold, then revoked" },
        { revoked_then_held, SCP_CRL_REASON_KEY_COMPROMISE, false, "revoked, then on hold" },
        { removed_then_held, SCP_CRL_REASON_HOLD, false, "removed, then on hold" },
        { held_then_removed, SCP_CRL_REASON_HOLD, false, "on hold, then removed" },
    };
    struct scp_serial asked = serial("1234");

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_crl crl;

        fact_of(ROWS[i].change, &crl, &asked, 1);
        tap_is_int(ROWS[i].reason, crl.hits > 0 ? crl.hit[0].reason : NOBODY, "an entry: %s", ROWS[i].what);
        tap_ok(crl.entry_issuer == ROWS[i].issuers, "an entry: %s, names an issuer", ROWS[i].what);
        scp_crl_free(&crl);
    }
}

/* --- Signatures --- */

static void test_signatures(void)
{
    struct scp_crl crl;
    struct scp_err err = SCP_ERR_INIT;

    for (unsigned a = 0; a < GEN_ALGORITHMS; a++) {
        struct gen g;
        struct bytes list = { 0 };
        bool is_ec = gen_is_ec((enum gen_algorithm)a);

        gen_defaults(&g, is_ec ? ec : rsa);
        g.algorithm = g.outer = (enum gen_algorithm)a;
        gen_list(&g, &list);
        (void)parse(&list, is_ec ? &ec_spki : &rsa_spki, NULL, 0, &crl, &err);
        tap_is_int(SCP_CRL_SIGNATURE_GOOD, crl.signature, "%s: good", crl.algorithm.name);
        scp_crl_free(&crl);
        (void)parse(&list, is_ec ? &rsa_spki : &ec_spki, NULL, 0, &crl, &err);
        tap_is_int(SCP_CRL_SIGNATURE_BAD, crl.signature, "%s: not by a key of another type: %s", crl.algorithm.name,
                   crl.signature_message);
        scp_crl_free(&crl);
        /* The serial of the entry: still a list, but not the one that was signed. */
        for (size_t i = 0; i + 1 < list.n; i++) {
            if (list.p[i] == 0x12 && list.p[i + 1] == 0x34) {
                list.p[i] = 0x13;
                break;
            }
        }
        (void)parse(&list, is_ec ? &ec_spki : &rsa_spki, NULL, 0, &crl, &err);
        tap_is_int(SCP_CRL_SIGNATURE_BAD, crl.signature, "%s: not over other bytes", crl.algorithm.name);
        scp_crl_free(&crl);
        bytes_free(&list);
        gen_free(&g);
    }
    struct gen g;
    struct bytes list = { 0 };
    EVP_PKEY *other = gen_key(false);
    struct bytes spki = { 0 };

    gen_defaults(&g, rsa);
    gen_list(&g, &list);
    gen_spki(&spki, other);
    (void)parse(&list, &spki, NULL, 0, &crl, &err);
    tap_is_int(SCP_CRL_SIGNATURE_BAD, crl.signature, "not by another key: %s", crl.signature_message);
    scp_crl_free(&crl);
    (void)parse(&list, NULL, NULL, 0, &crl, &err);
    tap_is_int(SCP_CRL_SIGNATURE_UNCHECKED, crl.signature, "not checked without a key");
    scp_crl_free(&crl);
    spki.n = 5;
    (void)parse(&list, &spki, NULL, 0, &crl, &err);
    tap_is_int(SCP_CRL_SIGNATURE_UNSUPPORTED, crl.signature, "not checked with half a key: %s", crl.signature_message);
    scp_crl_free(&crl);
    EVP_PKEY_free(other);
    bytes_free(&spki);
    bytes_free(&list);
    gen_free(&g);
}

/* --- Size --- */

/* Entries whose lengths and places vary, so that slices cut them everywhere. */
static void test_large(void)
{
    static uint8_t serials[4000][20];
    struct gen g;
    struct bytes list = { 0 };
    struct scp_serial asked[3];
    struct scp_crl crl;
    struct scp_err err = SCP_ERR_INIT;
    uint64_t random = 4711;

    gen_defaults(&g, rsa);
    g.entries = 0;
    for (size_t i = 0; i < 4000; i++) {
        size_t n = 1 + tap_random(&random) % 20;
        struct gen_entry *e;

        for (size_t k = 0; k < n; k++)
            serials[i][k] = (uint8_t)(tap_random(&random) % 0x7E + 1);
        if (n > 3)
            memcpy(serials[i] + 1, &(uint16_t){ (uint16_t)i }, 2);
        e = gen_add_entry(&g, serials[i], n);
        if (i % 3 == 0)
            put_reason(&e->extensions, (uint8_t)(i % 6));
        if (i % 500 == 7)
            put_extension(&e->extensions, "1.2.3.4", -1, serials, 300 + i);
    }
    (void)scp_serial_from_integer(g.entry[0].serial, g.entry[0].serial_n, &asked[0], NULL);
    (void)scp_serial_from_integer(g.entry[3999].serial, g.entry[3999].serial_n, &asked[1], NULL);
    asked[2] = serial("7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F");
    gen_list(&g, &list);
    tap_is_int(0, parse(&list, &rsa_spki, asked, 3, &crl, &err), "%zu bytes in one piece: %s", list.n, err.message);
    tap_ok(crl.entries == 4000 && crl.hits == 2 && crl.signature == SCP_CRL_SIGNATURE_GOOD,
           "all entries, two hits, a good signature");
    scp_crl_free(&crl);
    for (size_t piece = 1; piece < 70000; piece = piece * 3 + 1) {
        (void)parse_in_pieces(&list, piece, asked, 3, &crl, &err);
        tap_ok(crl.entries == 4000 && crl.hits == 2 && crl.signature == SCP_CRL_SIGNATURE_GOOD, "the same in pieces of %zu", piece);
        scp_crl_free(&crl);
    }
    bytes_free(&list);
    gen_free(&g);
}

/* What the short way takes, the general reader takes; and it takes every date but February 29th. */
static void test_plain(void)
{
    static const char CHARACTERS[] = "0000111122223333456789/:Z\xB0";
    uint64_t random = 815;
    int wrongly = 0, missed = 0, taken = 0;

    for (int i = 0; i < 300000; i++) {
        uint8_t entry[] = "\x02\x01\x05\x17\x0DYYMMDDHHMMSSZ";
        struct scp_reader in = scp_reader_over(entry + 3, 15);
        struct scp_crl_plain plain;
        struct scp_der e;
        int64_t at;
        bool valid, is_plain;

        for (int k = 0; k < 12; k++)
            entry[5 + k] = (uint8_t)CHARACTERS[tap_random(&random) % (tap_random(&random) % 64 == 0 ? sizeof CHARACTERS - 1 : 22)];
        entry[7] = (uint8_t)('0' + tap_random(&random) % 2);
        entry[9] = (uint8_t)('0' + tap_random(&random) % 4);
        is_plain = scp_crl_plain_entry(entry, 18, &plain);
        valid = scp_der_any(&in, &e) && scp_der_time(&e, &at);
        taken += is_plain;
        wrongly += is_plain && !valid;
        missed += valid && !is_plain && memcmp(entry + 7, "0229", 4) != 0;
    }
    tap_ok(taken > 1000, "%d dates are plain", taken);
    tap_is_int(0, wrongly, "none that is no date");
    tap_is_int(0, missed, "all that are one");
}

static void test_pem(void)
{
    static const struct {
        const char *text;
        int rc;
        const char *bytes;
    } CASES[] = {
        { "-----BEGIN X509 CRL-----\nAQID\n-----END X509 CRL-----\n", 1, "\1\2\3" },
        { "-----BEGIN CERTIFICATE-----\r\nAQID\r\n-----END CERTIFICATE-----\r\n", 1, "\1\2\3" },
        { "-----BEGIN CERTIFICATE-----\nBAUG\n-----END CERTIFICATE-----\n-----BEGIN X509 CRL-----\nAQID\n-----END X509 CRL-----", 1,
          "\1\2\3" },
        { "-----BEGIN PKCS7-----\nAQID\n-----END PKCS7-----\n", 0, "" },
        { "-----BEGIN X509 CRL-----\nAQID\n", -1, "" },
        { "-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n", -1, "" },
    };
    struct scp_buf der;

    scp_buf_init(&der, 1000);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;

        tap_is_int(CASES[i].rc, scp_crl_from_pem(CASES[i].text, strlen(CASES[i].text), &der, &err), "PEM %zu %s", i, err.message);
        if (CASES[i].rc == 1)
            tap_is_bytes(CASES[i].bytes, 3, der.p, der.n, "its bytes");
    }
    scp_buf_free(&der);
}

static void test_limits(void)
{
    struct gen g;
    struct bytes list = { 0 };
    struct scp_serial many[SCP_CRL_SERIALS_MAX + 1] = { { { 1 }, 1 } };
    static uint8_t blob[SCP_CRL_ELEMENT_MAX];
    struct scp_crl_reader *r;
    struct scp_crl crl;
    struct scp_err err = SCP_ERR_INIT;

    tap_ok(scp_crl_reader_new(NULL, 0, many, SCP_CRL_SERIALS_MAX + 1, &err) == NULL && err.code == SCP_ERR_LIMIT,
           "too many serials: %s", err.message);
    gen_defaults(&g, rsa);
    put_extension(&g.extensions, "1.2.3", -1, blob, sizeof blob);
    gen_list(&g, &list);
    refuses(&list, SCP_ERR_LIMIT, "64 KiB", "extensions of more than 64 KiB");
    gen_free(&g);
    list.n = 0;
    gen_defaults(&g, rsa);
    put_extension(&g.extensions, "1.2.3", -1, blob, sizeof blob - 100);
    gen_list(&g, &list);
    tap_is_int(0, parse_in_pieces(&list, 1000, NULL, 0, &crl, &err), "extensions of nearly 64 KiB: %s", err.message);
    scp_crl_free(&crl);
    for (unsigned i = 0; i < 33; i++) {
        char oid[16] = "1.2.3.4.10";

        oid[8] = (char)('1' + i / 8);
        oid[9] = (char)('0' + i % 8);
        put_extension(&g.entry[0].extensions, oid, -1, "x", 1);
    }
    list.n = 0;
    gen_list(&g, &list);
    refuses(&list, SCP_ERR_LIMIT, "more than 32 extensions", "an entry of 33 extensions");
    gen_free(&g);
    r = scp_crl_reader_new(NULL, 0, NULL, 0, NULL);
    (void)scp_crl_reader_feed(r, (const uint8_t *)"<html>", 6, NULL);
    tap_is_int(-1, scp_crl_reader_feed(r, (const uint8_t *)"\x30", 1, &err), "an error stays");
    size_t n;
    tap_ok(memcmp(scp_crl_reader_head(r, &n), "<html>\x30", 7) == 0 && n == 7 && scp_crl_reader_size(r) == 7,
           "the head is kept all the same");
    scp_crl_reader_free(r);
    bytes_free(&list);
}

int main(void)
{
    rsa = gen_key(false);
    ec = gen_key(true);
    gen_spki(&rsa_spki, rsa);
    gen_spki(&ec_spki, ec);
    test_twins();
    test_encoding();
    test_facts();
    test_more_facts();
    test_entries();
    test_signatures();
    test_large();
    test_plain();
    test_pem();
    test_limits();
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    bytes_free(&rsa_spki);
    bytes_free(&ec_spki);
    return tap_done();
}
