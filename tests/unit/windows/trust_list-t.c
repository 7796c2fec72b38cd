/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Lists that Microsoft signed, of 2013 to 2025: believed as they should be, found equal in every packaging, and not believed
 * with a byte changed.  The files are shared test data (SCP_SHARED); without them only the rest is tested.
 */
#include "base/utc.h"
#include "codec/trustlist/cabinet.h"
#include "codec/x509/certificate.h"
#include "codec/x509/pem.h"
#include "codec/trustlist/sst.h"
#include "codec/x509/outline.h"
#include "tap.h"
#include "windows/trust_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 4096 };

static const uint8_t G2[] = { 0xDF, 0x3C, 0x24, 0xF9, 0xBF, 0xD6, 0x66, 0x76, 0x1B, 0x26,
                              0x80, 0x73, 0xFE, 0x06, 0xD1, 0xCC, 0x8D, 0x4F, 0x82, 0xA4 };
static const uint8_t G2_SHA256[] = {
    0xCB, 0x3C, 0xCB, 0xB7, 0x60, 0x31, 0xE5, 0xE0, 0x13, 0x8F, 0x8D, 0xD3, 0x9A, 0x23, 0xF9, 0xDE,
    0x47, 0xFF, 0xC3, 0x5E, 0x43, 0xC1, 0x14, 0x4C, 0xEA, 0x27, 0xD4, 0x6A, 0x5A, 0xB1, 0xCB, 0x5F
};
static struct scp_trust_list_anchors anchors;

static uint8_t *shared(const char *name, size_t *n)
{
    const char *folder = getenv("SCP_SHARED");
    struct stat st;
    char path[PATH];

    (void)snprintf(path, sizeof path, "%s/testdata/%s", folder != NULL ? folder : "/nonexistent", name);
    if (stat(path, &st) != 0)
        return NULL;
    return tap_read_file(path, n);
}

static bool read_list(const uint8_t *p, size_t n, struct scp_trust_list *l, const char *name)
{
    struct scp_err err = SCP_ERR_INIT;

    return tap_is_int(0, scp_trust_list_read(p, n, &anchors, l, &err), "%s is read %s", name, err.message);
}

/* --- What Microsoft signed --- */

struct known {
    const char *file;
    enum scp_ctl_kind kind;
    size_t entries;
    const char *this_update;
    enum scp_ctl_signature signature;
    bool g2;
};

static const struct known KNOWN[] = {
    { "authroot-2013-03-21-noG2.stl", SCP_CTL_TRUSTED, 353, "2013-03-21T19:46:44Z", SCP_CTL_WEAK, false },
    { "authroot-2013-10-03-firstG2.stl", SCP_CTL_TRUSTED, 389, "2013-10-03T23:04:17Z", SCP_CTL_WEAK, true },
    { "authroot-2019-03-15-resigned.stl", SCP_CTL_TRUSTED, 391, "2019-03-15T18:16:53Z", SCP_CTL_WEAK, true },
    { "authroot-2025-06-16.stl", SCP_CTL_TRUSTED, 514, "2025-06-16T17:56:11Z", SCP_CTL_SIGNED, true },
    { "authroot-2025-08.stl", SCP_CTL_TRUSTED, 507, "2025-08-26T19:56:46Z", SCP_CTL_SIGNED, true },
    { "disallowedcert-unsigned.stl", SCP_CTL_DISALLOWED, 81, "2021-03-16T08:29:01Z", SCP_CTL_UNSIGNED, false },
    { "negative-catalog-oem89.cat", SCP_CTL_OTHER, 1, "2022-06-30T07:24:34Z", SCP_CTL_UNTRUSTED, false },
};

static void look_at_g2(const struct known *k, const struct scp_trust_list *l)
{
    uint8_t other[SCP_SHA256_LEN] = { 1 };
    const struct scp_ctl_entry *e;
    struct scp_restriction r;
    struct scp_buf name;
    bool twin = true;

    e = scp_trust_list_find(l, G2, G2_SHA256, &twin);
    tap_ok((e != NULL) == k->g2 && !twin, "%s: DigiCert Global Root G2 is %s", k->file, k->g2 ? "in it" : "not in it");
    if (e == NULL)
        return;
    tap_ok(scp_trust_list_find(l, G2, other, &twin) == e && twin, "%s: with another SHA-256 it is not that one", k->file);
    scp_trust_list_restriction(l, e, SCP_PURPOSE_SERVER_AUTH, &r);
    tap_ok(!r.purpose_denied && !r.unreadable && r.disabled_from == SCP_UTC_UNKNOWN && r.issued_before == SCP_UTC_UNKNOWN,
           "%s: usable for TLS", k->file);
    tap_ok(r.harmless_limit == (l->ctl.this_update > 1700000000), "%s: since 2021 limited for code, which is harmless", k->file);
    scp_buf_init(&name, 1000);
    scp_trust_list_friendly_name(l, e, &name);
    tap_is_text("DigiCert Global Root G2", scp_buf_text(&name), "%s: its friendly name", k->file);
    scp_buf_free(&name);
}

static void test_known(const struct known *k)
{
    struct scp_trust_list l;
    char path[PATH], date[SCP_UTC_TEXT];
    size_t n = 0, properties = 0, bad = 0;
    uint8_t *p;

    (void)snprintf(path, sizeof path, "trust-lists/%s", k->file);
    p = shared(path, &n);
    if (p == NULL) {
        tap_skip("no shared test data (SCP_SHARED)", 1);
        return;
    }
    if (read_list(p, n, &l, k->file)) {
        scp_utc_format(l.ctl.this_update, date);
        tap_ok(l.ctl.kind == k->kind && l.ctl.n == k->entries && l.ctl.damaged == 0 && l.ctl.repeated == 0,
               "%s: kind and %zu entries", k->file, l.ctl.n);
        tap_is_text(k->this_update, date, "%s: its date", k->file);
        tap_is_text(scp_ctl_signature_name(k->signature), scp_ctl_signature_name(l.verdict.signature), "%s: signature %s", k->file,
                    l.verdict.reason);
        tap_ok(scp_trust_list_believed(&l) == (k->signature == SCP_CTL_SIGNED || k->signature == SCP_CTL_WEAK),
               "%s: believed or not", k->file);
        for (size_t i = 0; i < l.ctl.n; i++) {
            struct scp_certprop v[64];
            size_t m = 0;

            bad += scp_trust_list_properties(&l, &l.ctl.v[i], v, 64, &m, NULL) != 0;
            properties += m;
        }
        tap_ok(bad == 0, "%s: all %zu properties are readable", k->file, properties);
        if (k->kind == SCP_CTL_TRUSTED)
            look_at_g2(k, &l);
        scp_trust_list_free(&l);
    }
    free(p);
}

/* --- Anchors --- */

static void test_anchor(const struct scp_ctl_anchor *a, const char *sha1)
{
    char path[PATH];
    struct scp_outline names;
    struct scp_buf der;
    size_t n = 0, pos = 0;
    uint8_t *p;

    (void)snprintf(path, sizeof path, "certs/%s.pem", sha1);
    p = shared(path, &n);
    if (p == NULL) {
        tap_skip("no shared test data (SCP_SHARED)", 1);
        return;
    }
    scp_buf_init(&der, SCP_CERTIFICATE_MAX);
    if (tap_is_int(1, scp_pem_next((const char *)p, n, &pos, "CERTIFICATE", &der, NULL), "%s: the certificate", a->name) &&
        scp_outline_read((const uint8_t *)scp_buf_text(&der), der.n, &names)) {
        tap_is_bytes(names.subject.p, names.subject.n, a->subject, a->subject_len, "%s: its name", a->name);
        tap_is_bytes(names.spki.p, names.spki.n, a->spki, a->spki_len, "%s: its key", a->name);
    }
    scp_buf_free(&der);
    free(p);
}

/* --- Packagings --- */

static void test_cabinet(const char *cabinet, const char *plain)
{
    size_t cab_n = 0, n = 0;
    uint8_t *cab = shared(cabinet, &cab_n), *p = shared(plain, &n);
    struct scp_trust_list a, b;
    struct scp_err err = SCP_ERR_INIT;

    if (cab == NULL || p == NULL) {
        tap_skip("no shared test data (SCP_SHARED)", 1);
    } else if (!scp_cabinet_supported()) {
        tap_ok(scp_trust_list_read(cab, cab_n, &anchors, &a, &err) == -1 && err.code == SCP_ERR_UNSUPPORTED, "%s: %s", cabinet,
               err.message);
    } else if (read_list(cab, cab_n, &a, cabinet) && read_list(p, n, &b, plain)) {
        tap_is_bytes(p, n, scp_buf_text(&a.unpacked), a.unpacked.n, "%s: the same bytes", cabinet);
        tap_ok(a.ctl.n == b.ctl.n && a.verdict.signature == b.verdict.signature, "%s: the same facts", cabinet);
        scp_trust_list_free(&a);
        scp_trust_list_free(&b);
        tap_is_int(-1, scp_trust_list_read_member(cab, cab_n, "disallowedcert.stl", &anchors, &a, &err),
                   "%s: another member is not there", cabinet);
        tap_is_int(0, scp_trust_list_read_member(cab, cab_n, "authroot.stl", &anchors, &a, &err), "%s: its member is", cabinet);
        scp_trust_list_free(&a);
    }
    free(cab);
    free(p);
}

static void test_store(void)
{
    size_t n = 0;
    uint8_t *p = shared("stores/root-2025-06-26.sst", &n);
    struct scp_trust_list l;
    struct scp_err err = SCP_ERR_INIT;
    bool twin;

    if (p == NULL) {
        tap_skip("no shared test data (SCP_SHARED)", 1);
        return;
    }
    if (read_list(p, n, &l, "a store of certificates")) {
        const struct scp_ctl_entry *e = scp_trust_list_find(&l, G2, G2_SHA256, &twin);
        struct scp_restriction r;

        tap_ok(l.certificates && l.ctl.kind == SCP_CTL_OTHER && l.ctl.n == 514, "514 certificates, no list");
        tap_ok(l.verdict.signature == SCP_CTL_UNSIGNED && !scp_trust_list_believed(&l), "that nobody signed");
        if (tap_ok(e != NULL && !twin, "DigiCert Global Root G2 among them")) {
            scp_trust_list_restriction(&l, e, SCP_PURPOSE_SERVER_AUTH, &r);
            tap_ok(r.harmless_limit && !r.purpose_denied, "with its properties");
        }
        scp_trust_list_free(&l);
    }
    tap_ok(scp_trust_list_read(p, n - 1, &anchors, &l, &err) == -1 && err.code == SCP_ERR_TRUNCATED, "cut: %s", err.message);
    free(p);
}

/* --- Disallowed certificates --- */

static void test_disallowed(void)
{
    size_t list_n = 0, store_n = 0, lengths[SCP_DIGEST_MAX + 1] = { 0 }, missed = 0, number = 0, foreign = 0;
    uint8_t *list = shared("trust-lists/disallowedcert-unsigned.stl", &list_n),
            *store = shared("stores/disallowedcert-2022-05.sst", &store_n);
    struct scp_trust_list l, as_store, trusted;
    struct scp_certblob blob;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_sst sst;

    if (list == NULL || store == NULL) {
        tap_skip("no shared test data (SCP_SHARED)", 1);
    } else if (read_list(list, list_n, &l, "the disallowed list") &&
               read_list(store, store_n, &as_store, "the disallowed certificates")) {
        for (size_t i = 0; i < l.ctl.n; i++)
            lengths[l.ctl.v[i].id_len <= SCP_DIGEST_MAX ? l.ctl.v[i].id_len : 0]++;
        tap_ok(lengths[16] > 0 && lengths[20] > 0 && lengths[32] > 0 && lengths[48] > 0 && lengths[64] > 0,
               "identifiers by five digests");
        (void)scp_sst_open(store, store_n, &sst, NULL);
        while (scp_sst_next(&sst, &blob, NULL) == 1) {
            number++;
            missed += scp_trust_list_disallows(&l, blob.der, blob.der_len, &err) != SCP_YES ||
                      scp_trust_list_disallows(&as_store, blob.der, blob.der_len, &err) != SCP_YES;
            scp_certblob_free(&blob);
        }
        tap_ok(number == 81 && missed == 0, "all %zu disallowed certificates are recognised, in list and store", number);
        free(store);
        store = shared("stores/rootsupd2013-roots.sst", &store_n);
        (void)scp_sst_open(store, store_n, &sst, NULL);
        while (scp_sst_next(&sst, &blob, NULL) == 1) {
            foreign += scp_trust_list_disallows(&l, blob.der, blob.der_len, &err) != SCP_NO ||
                       scp_trust_list_disallows(&as_store, blob.der, blob.der_len, &err) != SCP_NO;
            scp_certblob_free(&blob);
        }
        tap_is_int(0, (long long)foreign, "and no other");
        tap_ok(scp_trust_list_disallows(&l, (const uint8_t *)"x", 1, &err) == SCP_MAYBE,
               "what is no certificate cannot be told: %s", err.message);
        trusted = l;
        trusted.ctl.kind = SCP_CTL_TRUSTED;
        tap_ok(scp_trust_list_disallows(&trusted, list, list_n, &err) == SCP_MAYBE, "nor can another kind of list tell: %s",
               err.message);
        scp_trust_list_free(&l);
        scp_trust_list_free(&as_store);
    }
    free(list);
    free(store);
}

/* Where nothing that could be read is about it, what could not be read may be. */
static void test_damaged(void)
{
    static const uint8_t ID[64];
    struct scp_ctl_entry entry = { .id = ID };
    const struct scp_ctl_entry *order[] = { &entry };
    static const struct {
        size_t length, damaged;
        enum scp_tri answer;
        const char *why;
    } ROWS[] = {
        { 0, 0, SCP_NO, NULL },
        { 0, 1, SCP_MAYBE, "entries of the list could not be read" },
        { 16, 0, SCP_MAYBE, "" }, /* no certificate: its hash cannot be told */
        { 20, 0, SCP_MAYBE, "" },
        { 64, 0, SCP_MAYBE, "" },
        { 20, 1, SCP_MAYBE, "" },
        { 17, 0, SCP_NO, NULL },
        { 17, 1, SCP_MAYBE, "entries of the list could not be read" },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_trust_list l = {
            .ctl = { .kind = SCP_CTL_DISALLOWED, .v = &entry, .n = ROWS[i].length > 0, .order = order, .damaged = ROWS[i].damaged }
        };
        struct scp_err err = SCP_ERR_INIT;

        entry.id_len = ROWS[i].length;
        tap_is_int(ROWS[i].answer, scp_trust_list_disallows(&l, (const uint8_t *)"x", 1, &err), "disallowed, row %zu", i);
        tap_ok((err.code != SCP_ERR_NONE) == (ROWS[i].answer == SCP_MAYBE), "row %zu: why", i);
        if (ROWS[i].why != NULL)
            tap_has_text(ROWS[i].why, err.message, "row %zu: which", i);
    }
}

/* --- A byte changed --- */

static bool same(const struct scp_ctl *a, const struct scp_ctl *b)
{
    return a->n == b->n && a->kind == b->kind && a->this_update == b->this_update && a->content_len == b->content_len &&
           memcmp(a->content, b->content, a->content_len) == 0;
}

/* SCP_SLOW=1: every byte; otherwise every 97th of the content and every third behind it (chain, signature), with SCP_SLOW=0 fewer.
 */
static void test_changes(const char *file)
{
    size_t n = 0, believed = 0, changed = 0, tried = 0;
    uint8_t *p = shared(file, &n), *copy = p != NULL ? malloc(n) : NULL;
    const char *slow = getenv("SCP_SLOW");
    bool all = slow != NULL && strcmp(slow, "1") == 0,
         few = (slow != NULL && strcmp(slow, "0") == 0) || getenv("SCP_VALGRIND") != NULL;
    size_t step = all ? 1 : 97, tail_step = all ? 1 : few ? 31 : 3;
    struct scp_trust_list whole, l;

    if (p == NULL || copy == NULL || !read_list(p, n, &whole, file)) {
        tap_skip("no shared test data (SCP_SHARED)", 1);
        free(p);
        free(copy);
        return;
    }
    memcpy(copy, p, n);
    for (size_t i = 0; i < n; i += p + i < whole.ctl.content + whole.ctl.content_len ? step : tail_step) {
        const uint8_t *at = p + i;

        copy[i] ^= 0x01;
        tried++;
        if (scp_trust_list_read(copy, n, &anchors, &l, NULL) == 0) {
            if (scp_trust_list_believed(&l)) {
                believed += (at >= whole.ctl.content && at < whole.ctl.content + whole.ctl.content_len) ||
                            (at >= whole.ctl.certificates && at < whole.ctl.certificates + whole.ctl.certificates_len);
                changed += !same(&whole.ctl, &l.ctl);
            }
            scp_trust_list_free(&l);
        }
        copy[i] ^= 0x01;
    }
    tap_ok(believed == 0 && changed == 0, "%s: %zu bytes changed, one at a time: not believed, or read the same", file, tried);
    scp_trust_list_free(&whole);
    free(copy);
    free(p);
}

/* --- Without files --- */

static void test_refused(void)
{
    static const struct {
        const char *name, *bytes;
        size_t n;
        enum scp_err_code code;
        const char *reason;
    } ROWS[] = {
        { "nothing", "", 0, SCP_ERR_TRUNCATED, "empty" },
        { "text", "hello, world", 12, SCP_ERR_FORMAT, "not a trust list" },
        { "HTML", "<html><body></body></html>", 26, SCP_ERR_FORMAT, "not a trust list" },
        { "PEM", "-----BEGIN CERTIFICATE-----\n", 28, SCP_ERR_FORMAT, "PEM" },
        { "a hive", "regf", 4, SCP_ERR_FORMAT, "not a trust list" },
        { "the head of a cabinet", "MSCF\0\0\0\0", 8, SCP_ERR_NONE, "" },
        { "the head of a store", "\0\0\0\0CERT", 8, SCP_ERR_TRUNCATED, "end mark" },
        { "the head of a list", "\x30\x82\x10\x00", 4, SCP_ERR_TRUNCATED, "ends after 4" },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_trust_list l;
        struct scp_err err = SCP_ERR_INIT;

        tap_is_int(-1, scp_trust_list_read((const uint8_t *)ROWS[i].bytes, ROWS[i].n, &anchors, &l, &err), "refused: %s",
                   ROWS[i].name);
        tap_ok((ROWS[i].code == SCP_ERR_NONE || err.code == ROWS[i].code) && strstr(err.message, ROWS[i].reason) != NULL,
               "because: %s", err.message);
    }
}

static void test_anchors(void)
{
    static const char
        PROFILE[] =
            "[profile]\nname = x\nas_of = 2026-01-01\nabout = x\n"
            "[issuer a]\nsubject_der = MAA=\nspki_der = MAA=\nsigns = lists\n[issuer b]\nsubject_der = MAA=\nspki_der = MAA=\n",
        WRONG[] =
            "[profile]\nname = x\nas_of = 2026-01-01\nabout = x\n[issuer a]\nsubject_der = MAA=\nspki_der = MAA=\nsigns = crls\n";
    struct scp_trust_list_anchors a;
    struct scp_profile profile;
    struct scp_err err = SCP_ERR_INIT;

    if (tap_is_int(0, scp_profile_parse(PROFILE, sizeof PROFILE - 1, &profile, &err), "a profile with an anchor %s", err.message)) {
        scp_trust_list_anchors(&profile, &a);
        tap_ok(a.n == SCP_CTL_MICROSOFT_ANCHORS + 1 && strcmp(a.v[a.n - 1].name, "a") == 0,
               "stands beside Microsoft's, an issuer that does not sign lists does not");
        scp_profile_free(&profile);
    }
    tap_is_int(-1, scp_profile_parse(WRONG, sizeof WRONG - 1, &profile, &err), "another word is refused: %s", err.message);
}

int main(void)
{
    scp_trust_list_anchors(NULL, &anchors);
    test_refused();
    test_anchors();
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        test_known(&KNOWN[i]);
    test_anchor(&scp_ctl_microsoft[0], "3B1EFD3A66EA28B16697394703A72CA340A05BD5");
    test_anchor(&scp_ctl_microsoft[1], "CDD4EEAE6000AC7F40C3802C171E30148030C072");
    test_anchor(&scp_ctl_microsoft[2], "A43489159A520F0D93D032CCAF37E7FE20A8B419");
    test_cabinet("trust-lists/authrootstl-2013-03-21-noG2.cab", "trust-lists/authroot-2013-03-21-noG2.stl");
    test_cabinet("trust-lists/authrootstl-2025-06-16.cab", "trust-lists/authroot-2025-06-16.stl");
    test_store();
    test_disallowed();
    test_damaged();
    test_changes("trust-lists/authroot-2013-03-21-noG2.stl");
    return tap_done();
}
