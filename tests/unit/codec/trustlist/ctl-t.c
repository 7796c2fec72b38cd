/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Trust lists made here, whole ones and ones with one thing wrong each: what is read, and whether it is believed.
 */
#include "base/utc.h"
#include "codec/trustlist/ctl.h"
#include "list_maker.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t JANUARY = 1735689600; /* 2025-01-01 */

static struct scp_ctl_verdict verdict_of(const struct maker_plan *plan)
{
    static struct scp_ctl_anchor anchor; /* the verdict points to it */
    struct maker_list made = maker_list(plan);
    struct scp_ctl_verdict v = { .signature = SCP_CTL_UNSIGNED };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ctl c;

    anchor = maker_anchor();
    if (scp_ctl_parse(made.der.p, made.der.n, &c, &err) != 0) {
        tap_ok(0, "a list of this test does not parse: %s", err.message);
        return v;
    }
    if (scp_ctl_verify(&c, &anchor, 1, &v, &err) != 0)
        tap_ok(0, "verifying failed: %s", err.message);
    scp_ctl_free(&c);
    return v;
}

static void test_verdicts(void)
{
    static const struct {
        const char *name;
        struct maker_plan plan;
        enum scp_ctl_signature signature;
        const char *reason;
    } ROWS[] = {
        { "a good list", { .fault = MAKER_GOOD }, SCP_CTL_SIGNED, "" },
        { "signed by RSA", { .key = "RSA" }, SCP_CTL_SIGNED, "" },
        { "SHA-384", { .digest = "SHA384" }, SCP_CTL_SIGNED, "" },
        { "RSA and SHA-512", { .key = "RSA", .digest = "SHA512" }, SCP_CTL_SIGNED, "" },
        { "two CAs", { .second_ca = true }, SCP_CTL_SIGNED, "" },
        { "two CAs, certificates in another order", { .second_ca = true, .shuffled = true }, SCP_CTL_SIGNED, "" },
        { "two good signers", { .fault = MAKER_SECOND_SIGNER }, SCP_CTL_SIGNED, "" },
        { "a disallowed list",
          { .usage = "1.3.6.1.4.1.311.10.3.30", .algorithm = "1.3.6.1.4.1.311.10.11.15" },
          SCP_CTL_SIGNED,
          "" },
        { "a disallowed list by a signer of revoked lists",
          { .usage = "1.3.6.1.4.1.311.10.3.30",
            .algorithm = "1.3.6.1.4.1.311.10.11.15",
            .signer_usage = "1.3.6.1.4.1.311.10.3.19" },
          SCP_CTL_SIGNED,
          "" },
        { "pin rules by their signer",
          { .usage = "1.3.6.1.4.1.311.10.3.32", .signer_usage = "1.3.6.1.4.1.311.10.3.31" },
          SCP_CTL_SIGNED,
          "" },
        { "several usages of the signer", { .signer_usage = "codeSigning,1.3.6.1.4.1.311.10.3.9" }, SCP_CTL_SIGNED, "" },
        { "a CA for list signers", { .ca_usage = "1.3.6.1.4.1.311.10.3.9" }, SCP_CTL_SIGNED, "" },
        { "a CA for everything", { .ca_usage = "anyExtendedKeyUsage" }, SCP_CTL_SIGNED, "" },
        { "a CA without key usage", { .ca_key_usage = "" }, SCP_CTL_SIGNED, "" },
        { "a signer who has expired since", { .signer_from = -100, .signer_to = 1 }, SCP_CTL_SIGNED, "" },
        { "a signer who began after the list's date", { .signer_from = 20, .signer_to = 100 }, SCP_CTL_SIGNED, "" },
        { "SHA-1", { .digest = "SHA1" }, SCP_CTL_WEAK, "signed with SHA-1" },
        { "SHA-1 and RSA", { .digest = "SHA1", .key = "RSA" }, SCP_CTL_WEAK, "signed with SHA-1" },
        { "certificates by SHA-1", { .chain_digest = "SHA1" }, SCP_CTL_WEAK, "certificates signed with SHA-1" },
        { "no signature", { .fault = MAKER_UNSIGNED }, SCP_CTL_UNSIGNED, "not signed" },
        { "no signed attributes", { .fault = MAKER_NO_ATTRIBUTES }, SCP_CTL_INVALID, "attributes" },
        { "no digest among them", { .fault = MAKER_NO_DIGEST }, SCP_CTL_INVALID, "attributes" },
        { "two digests among them", { .fault = MAKER_TWO_DIGESTS }, SCP_CTL_INVALID, "attributes" },
        { "no content type among them", { .fault = MAKER_NO_TYPE }, SCP_CTL_INVALID, "attributes" },
        { "another content type among them", { .fault = MAKER_OTHER_TYPE }, SCP_CTL_INVALID, "content type" },
        { "another digest", { .fault = MAKER_OTHER_DIGEST }, SCP_CTL_INVALID, "does not fit" },
        { "the digest of the content with its header", { .fault = MAKER_WHOLE_DIGEST }, SCP_CTL_INVALID, "does not fit" },
        { "another signature", { .fault = MAKER_OTHER_SIGNATURE }, SCP_CTL_INVALID, "signature" },
        { "another RSA signature", { .key = "RSA", .fault = MAKER_OTHER_SIGNATURE }, SCP_CTL_INVALID, "signature" },
        { "another signature algorithm", { .fault = MAKER_OTHER_ALGORITHM }, SCP_CTL_INVALID, "signature" },
        { "another algorithm than RSA", { .key = "RSA", .fault = MAKER_OTHER_ALGORITHM }, SCP_CTL_INVALID, "signature" },
        { "MD5", { .digest = "MD5", .key = "RSA" }, SCP_CTL_INVALID, "digest" },
        { "a good signer and a bad one", { .fault = MAKER_SECOND_BAD_SIGNER }, SCP_CTL_INVALID, "signature" },
        { "a signer known by a key identifier", { .fault = MAKER_KEY_ID }, SCP_CTL_INVALID, "malformed" },
        { "without the signer's certificate", { .no_signer = true }, SCP_CTL_INVALID, "certificate" },
        { "without the CA's certificate", { .no_ca = true }, SCP_CTL_UNTRUSTED, "not issued by a root" },
        { "from another root", { .other_root = true }, SCP_CTL_UNTRUSTED, "not issued by a root" },
        { "a signer of code", { .signer_usage = "codeSigning" }, SCP_CTL_UNTRUSTED, "may not sign" },
        { "a signer for any purpose", { .signer_usage = "anyExtendedKeyUsage" }, SCP_CTL_UNTRUSTED, "may not sign" },
        { "a signer without usages", { .signer_usage = "" }, SCP_CTL_UNTRUSTED, "may not sign" },
        { "trusted roots by a signer of disallowed lists",
          { .signer_usage = "1.3.6.1.4.1.311.10.3.30" },
          SCP_CTL_UNTRUSTED,
          "may not sign" },
        { "a catalog", { .usage = "1.3.6.1.4.1.311.12.1.1" }, SCP_CTL_UNTRUSTED, "may not sign" },
        { "two usages of the list", { .second_usage = "1.3.6.1.4.1.311.10.3.30" }, SCP_CTL_UNTRUSTED, "may not sign" },
        { "a short key", { .key = "RSA1024" }, SCP_CTL_WEAK, "signed with an RSA key of 1024 bits" },
        { "a key that proves nothing", { .key = "RSA768" }, SCP_CTL_UNTRUSTED, "proves nothing" },
        { "a signer who had expired", { .signer_from = -100, .signer_to = -1 }, SCP_CTL_UNTRUSTED, "not valid at 2025-01-01" },
        { "a CA that had expired", { .ca_from = -100, .ca_to = -1 }, SCP_CTL_UNTRUSTED, "not valid at 2025-01-01" },
        { "a CA that expired before the signer began",
          { .ca_from = -100, .ca_to = 10, .signer_from = 20, .signer_to = 100 },
          SCP_CTL_UNTRUSTED,
          "not valid at 2025-01-21" },
        { "a CA that is none", { .ca_basic = "critical,CA:FALSE" }, SCP_CTL_UNTRUSTED, "may not issue" },
        { "a CA that does not say so", { .ca_basic = "" }, SCP_CTL_UNTRUSTED, "may not issue" },
        { "a CA that may not sign certificates",
          { .ca_key_usage = "critical,digitalSignature" },
          SCP_CTL_UNTRUSTED,
          "may not issue" },
        { "a CA for other signers", { .ca_usage = "codeSigning" }, SCP_CTL_UNTRUSTED, "may not issue" },
        { "a CA below one that allows none",
          { .ca_basic = "critical,CA:TRUE,pathlen:0", .second_ca = true },
          SCP_CTL_UNTRUSTED,
          "may not issue" },
        { "a CA limited to names", { .ca_constraint = "critical,permitted;DNS:example.com" }, SCP_CTL_UNTRUSTED, "extensions" },
        { "an unknown critical extension of the signer", { .unknown_critical = true }, SCP_CTL_UNTRUSTED, "extensions" },
        { "an RSA CA", { .rsa_ca = true }, SCP_CTL_SIGNED, "" },
        { "the signer's certificate by MD5",
          { .rsa_ca = true, .signer_digest = "MD5" },
          SCP_CTL_UNTRUSTED,
          "not issued by a root" },
        { "the signer's certificate by SHA-1",
          { .rsa_ca = true, .signer_digest = "SHA1" },
          SCP_CTL_WEAK,
          "certificates signed with SHA-1" },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_ctl_verdict v = verdict_of(&ROWS[i].plan);

        tap_is_text(scp_ctl_signature_name(ROWS[i].signature), scp_ctl_signature_name(v.signature), "%s: %s", ROWS[i].name,
                    v.reason);
        tap_ok(ROWS[i].reason[0] == '\0' ? v.reason[0] == '\0' : strstr(v.reason, ROWS[i].reason) != NULL, "%s: the reason is '%s'",
               ROWS[i].name, v.reason);
        tap_ok((v.anchor.name != NULL) == (v.signature == SCP_CTL_SIGNED || v.signature == SCP_CTL_WEAK) || v.anchor.name == NULL,
               "%s: the root is told only where the path ends", ROWS[i].name);
    }
}

static void test_signer(void)
{
    struct scp_ctl_verdict v = verdict_of(&(struct maker_plan){ .fault = MAKER_GOOD });

    tap_is_text("Maker Signer", v.signer, "the signer's name");
    tap_is_text("Maker Root", v.anchor.name != NULL ? v.anchor.name : "none", "the root it chains to");
}

/* --- What stands in a list --- */

static void rejects(const struct maker_plan *plan, enum scp_err_code code, const char *reason, const char *name)
{
    struct maker_list made = maker_list(plan);
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ctl c;

    tap_is_int(-1, scp_ctl_parse(made.der.p, made.der.n, &c, &err), "refused: %s", name);
    tap_is_int(code, err.code, "its kind: %s", err.message);
    tap_has_text(reason, err.message, "its reason");
}

static struct maker_bytes extension(const char *oid, const char *critical, size_t n)
{
    struct maker_bytes value = maker_raw("\x04\x01x", 3), fields[] = { maker_oid(oid), maker_raw(critical, n), value };
    struct maker_bytes one = maker_der(0x30, fields, 3), list = maker_der(0x30, &one, 1);

    return maker_der(0xA0, &list, 1);
}

static void test_malformed(void)
{
    static const struct {
        const char *name;
        struct maker_plan plan;
        const char *reason;
    } ROWS[] = {
        { "another type of data", { .fault = MAKER_OTHER_OUTER_TYPE }, "PKCS#7" },
        { "another type of content", { .fault = MAKER_OTHER_CONTENT_TYPE }, "not a certificate trust list" },
        { "content that is elsewhere", { .fault = MAKER_DETACHED }, "detached" },
        { "content in an OCTET STRING", { .fault = MAKER_OCTETS }, "not a SEQUENCE" },
        { "version 9 of the signed data", { .fault = MAKER_VERSION_9 }, "version" },
        { "a byte behind it", { .fault = MAKER_TRAILING }, "behind" },
        { "an element behind the signers", { .fault = MAKER_INNER_TRAILING }, "behind" },
        { "indefinite length", { .fault = MAKER_INDEFINITE }, "DER" },
        { "thisUpdate on 30 February", { .this_update = "250230000000Z" }, "time" },
        { "nextUpdate without seconds", { .next_update = "2502280000Z" }, "time" },
    };
    struct maker_plan plan = { .fault = MAKER_GOOD };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        rejects(&ROWS[i].plan, SCP_ERR_FORMAT, ROWS[i].reason, ROWS[i].name);
    plan.version = maker_raw("\1", 1);
    rejects(&plan, SCP_ERR_FORMAT, "version", "version 2 of the list");
    plan = (struct maker_plan){ .sequence = maker_raw("\x80", 1) };
    rejects(&plan, SCP_ERR_FORMAT, "sequence", "a negative sequence number");
    plan.sequence = maker_raw("\x01xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", SCP_CTL_SEQUENCE_MAX + 1);
    rejects(&plan, SCP_ERR_FORMAT, "sequence", "an endless sequence number");
    plan = (struct maker_plan){ .behind = maker_raw("\x05\x00", 2) };
    rejects(&plan, SCP_ERR_FORMAT, "behind", "something behind the entries");
    plan = (struct maker_plan){ .extensions = extension("1.2.3.4", "\x01\x01\xFF", 3) };
    rejects(&plan, SCP_ERR_FORMAT, "critical", "an unknown critical extension");
    plan.extensions = extension("1.2.3.4", "\x01\x01\x02", 3);
    rejects(&plan, SCP_ERR_FORMAT, "extension is malformed", "a malformed extension");
    plan.extensions = extension("1.2.3.4", "", 0);
    tap_is_text("ok", scp_ctl_signature_name(verdict_of(&plan).signature), "an extension that is not critical is passed over");
    plan.behind = maker_raw("\x05\x00", 2);
    rejects(&plan, SCP_ERR_FORMAT, "behind", "something behind the extensions");
    plan = (struct maker_plan){ .algorithm = "2.16.840.1.101.3.4.2.1" };
    rejects(&plan, SCP_ERR_UNSUPPORTED, "subjectAlgorithm", "trusted roots by SHA-256");
    plan = (struct maker_plan){ .usage = "1.3.6.1.4.1.311.10.3.30" };
    rejects(&plan, SCP_ERR_UNSUPPORTED, "subjectAlgorithm", "disallowed certificates by SHA-1");
}

static void test_fields(void)
{
    struct maker_plan plan = { .next_update = "260101000000Z", .sequence = maker_raw("\0\xFF\x01", 3) };
    struct maker_list made = maker_list(&plan);
    struct scp_ctl c;

    if (!tap_is_int(0, scp_ctl_parse(made.der.p, made.der.n, &c, NULL), "a list with everything"))
        return;
    tap_ok(c.kind == SCP_CTL_TRUSTED && c.this_update == JANUARY && c.next_update == 1767225600, "kind and dates");
    tap_is_bytes("\xFF\x01", 2, c.sequence, c.sequence_len, "the sequence number without its leading zero");
    tap_ok(c.n == 1 && c.damaged == 0 && c.repeated == 0 && c.oddity[0] == '\0', "one entry");
    tap_is_bytes("abcdefghijklmnopqrst", 20, c.v[0].id, c.v[0].id_len, "its identifier");
    scp_ctl_free(&c);
    tap_is_text("pinrules", scp_ctl_kind_name(SCP_CTL_PIN_RULES), "a kind's name");
}

static bool parse(const struct maker_plan *plan, struct scp_ctl *c, struct scp_err *err)
{
    struct maker_list made = maker_list(plan);

    return scp_ctl_parse(made.der.p, made.der.n, c, err) == 0;
}

static void test_entries(void)
{
    uint8_t id[20] = { 0 };
    struct maker_bytes part[6];
    struct maker_plan plan = { .fault = MAKER_GOOD };
    struct scp_ctl c;

    id[0] = 7;
    part[0] = maker_entry(id, 20, 0, NULL, 0);
    part[1] = maker_entry(id, 19, 0, NULL, 0);
    id[0] = 3;
    part[2] = maker_entry(id, 20, 104, "", 0);
    part[3] = maker_raw("\x05\x00", 2);
    part[4] = maker_raw("\x30\x02\x04\x09", 4);
    part[5] = maker_entry(id, 20, 9, "x", 1);
    plan.entries = maker_join(part, 6);
    if (!tap_ok(parse(&plan, &c, NULL), "entries of which some are malformed"))
        return;
    tap_ok(c.n == 3 && c.damaged == 3 && c.repeated == 1, "three good ones, three bad ones, one there twice");
    tap_is_text("entry 2 is malformed", c.oddity, "the first oddity");
    tap_ok(scp_ctl_find(&c, id, 20) == &c.v[1], "of equal ones the first is found");
    id[0] = 7;
    tap_ok(scp_ctl_find(&c, id, 20) == &c.v[0] && scp_ctl_find(&c, id, 19) == NULL, "and the other, by its whole identifier only");
    id[0] = 8;
    tap_ok(scp_ctl_find(&c, id, 20) == NULL, "and nothing that is not there");
    scp_ctl_free(&c);
}

static void test_ids(void)
{
    static const struct {
        const char *usage, *algorithm;
        size_t shortest, longest;
    } KINDS[] = {
        { "1.3.6.1.4.1.311.10.3.9", "1.3.14.3.2.26", 20, 20 },
        { "1.3.6.1.4.1.311.10.3.30", "1.3.6.1.4.1.311.10.11.15", 16, 64 },
        { "1.3.6.1.4.1.311.10.3.32", "1.3.6.1.4.1.311.10.11.15", 1, SCP_CTL_ID_MAX },
        { "1.3.6.1.4.1.311.12.1.1", "1.3.6.1.4.1.311.12.1.2", 1, SCP_CTL_ID_MAX },
    };
    static const uint8_t ID[SCP_CTL_ID_MAX + 1] = { 1 };

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        struct maker_bytes part[] = { maker_entry(ID, KINDS[i].shortest - 1, 0, NULL, 0),
                                      maker_entry(ID, KINDS[i].shortest, 0, NULL, 0), maker_entry(ID, KINDS[i].longest, 0, NULL, 0),
                                      maker_entry(ID, KINDS[i].longest + 1, 0, NULL, 0) };
        struct maker_plan plan = { .usage = KINDS[i].usage, .algorithm = KINDS[i].algorithm, .entries = maker_join(part, 4) };
        struct scp_ctl c;

        if (!tap_ok(parse(&plan, &c, NULL), "identifiers of usage %s", KINDS[i].usage))
            continue;
        tap_ok(c.n == 2 && c.damaged == 2 && c.v[0].id_len == KINDS[i].shortest && c.v[1].id_len == KINDS[i].longest,
               "have from %zu to %zu bytes", KINDS[i].shortest, KINDS[i].longest);
        scp_ctl_free(&c);
    }
}

static struct maker_bytes many(size_t n)
{
    struct maker_bytes b = { malloc(n * 24 + 1), 0 };

    if (b.p == NULL)
        tap_bail("out of memory");
    for (size_t i = 0; i < n; i++) {
        uint8_t *p = b.p + b.n;

        memset(p, 0, 24);
        memcpy(p, "\x30\x16\x04\x14", 4);
        p[4] = (uint8_t)(i * 131 >> 8);
        p[5] = (uint8_t)i;
        p[6] = (uint8_t)(i >> 8);
        b.n += 24;
    }
    return b;
}

static void test_counts(void)
{
    struct maker_plan plan = { .entries = many(SCP_CTL_ENTRIES_MAX) };
    uint8_t id[20] = { (uint8_t)(777 * 131 >> 8), (uint8_t)777, 777 >> 8 };
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ctl c;

    if (tap_ok(parse(&plan, &c, &err), "as many entries as are allowed %s", err.message)) {
        tap_ok(c.n == SCP_CTL_ENTRIES_MAX && c.repeated == 0, "all of them");
        tap_ok(scp_ctl_find(&c, id, 20) == &c.v[777], "each is found");
        scp_ctl_free(&c);
    }
    free(plan.entries.p);
    plan.entries = many(SCP_CTL_ENTRIES_MAX + 1);
    rejects(&plan, SCP_ERR_LIMIT, "entries", "one more");
    free(plan.entries.p);
    plan.entries = maker_raw(NULL, 0);
    plan.extensions = maker_der(0xA0, (struct maker_bytes[]){ maker_der(0x30, NULL, 0) }, 1);
    tap_ok(parse(&plan, &c, NULL), "extensions without an extension");
    scp_ctl_free(&c);
    tap_is_int(-1, scp_ctl_parse((const uint8_t *)"\x30\x84\x00\x50\x00\x00", 6, &c, &err), "5 MiB announced");
    {
        size_t n = SCP_CTL_MAX + 1;
        uint8_t *p = calloc(n, 1);

        if (p == NULL)
            tap_bail("out of memory");
        tap_ok(scp_ctl_parse(p, n, &c, &err) == -1 && err.code == SCP_ERR_LIMIT, "4 MiB and a byte: %s", err.message);
        free(p);
    }
}

/* --- Properties --- */

static void test_properties(void)
{
    static const uint8_t ATTRIBUTES[] = {
        0x30, 0x13, 0x06, 0x0A, 0x2B, 6,    1,    4, 1, 0x82, 0x37, 0x0A, 0x0B, 0x68, 0x31, 0x05, 0x04, 0x03, 'a',
        'b',  'c',                                /* 104 */
        0x30, 0x05, 0x06, 0x01, 0x2A, 0x31, 0x00, /* another attribute */
        0x30, 0x11, 0x06, 0x0B, 0x2B, 6,    1,    4, 1, 0x82, 0x37, 0x0A, 0x0B, 0x81, 0x00, 0x31, 0x02, 0x04, 0x00, /* 128 */
    };
    struct scp_ctl_entry e = { .attributes = ATTRIBUTES, .attributes_len = sizeof ATTRIBUTES };
    struct scp_certprop v[4];
    struct scp_err err = SCP_ERR_INIT;
    size_t n = 0, wrong = 0;

    tap_is_int(0, scp_ctl_properties(&e, v, 4, &n, &err), "attributes %s", err.message);
    tap_ok(n == 2 && v[0].id == 104 && v[1].id == 128 && v[1].n == 0 && v[0].encoding == 1, "two of them are properties");
    tap_is_bytes("abc", 3, v[0].p, v[0].n, "with their bytes");
    tap_ok(scp_ctl_properties(&e, v, 1, &n, &err) == -1 && err.code == SCP_ERR_LIMIT, "more than there is room for: %s",
           err.message);
    for (size_t cut = 1; cut < sizeof ATTRIBUTES; cut++) {
        e.attributes_len = cut;
        if (cut != 21 && cut != 28 && scp_ctl_properties(&e, v, 4, &n, NULL) == 0)
            wrong++;
    }
    tap_is_int(0, (long long)wrong, "cut inside an attribute they are malformed");
    e = (struct scp_ctl_entry){ .attributes_len = 0 };
    tap_ok(scp_ctl_properties(&e, v, 4, &n, NULL) == 0 && n == 0, "no attributes, no properties");
}

/* --- Every byte counts --- */

static bool same_entries(const struct scp_ctl *a, const struct scp_ctl *b)
{
    bool same = a->n == b->n && a->kind == b->kind && a->this_update == b->this_update && a->next_update == b->next_update &&
                a->sequence_len == b->sequence_len && memcmp(a->sequence, b->sequence, a->sequence_len) == 0 &&
                a->damaged == b->damaged;

    for (size_t i = 0; same && i < a->n; i++)
        same = a->v[i].id_len == b->v[i].id_len && memcmp(a->v[i].id, b->v[i].id, a->v[i].id_len) == 0 &&
               a->v[i].attributes_len == b->v[i].attributes_len &&
               (a->v[i].attributes_len == 0 || memcmp(a->v[i].attributes, b->v[i].attributes, a->v[i].attributes_len) == 0);
    return same;
}

static bool inside(const uint8_t *at, const uint8_t *p, size_t n)
{
    return at >= p && at < p + n;
}

static const uint8_t *find(const struct maker_list *made, struct maker_bytes part)
{
    for (size_t i = 0; i + part.n <= made->der.n; i++) {
        if (memcmp(made->der.p + i, part.p, part.n) == 0)
            return made->der.p + i;
    }
    tap_bail("a part of the list is not in it");
}

/* Every byte; every 17th where that takes too long (sanitizers: SCP_SLOW=0, valgrind: SCP_VALGRIND). */
static size_t flip_step(void)
{
    const char *slow = getenv("SCP_SLOW");

    return (slow != NULL && strcmp(slow, "0") == 0) || getenv("SCP_VALGRIND") != NULL ? 17 : 1;
}

static void test_flips(const char *key, uint8_t bit)
{
    struct maker_plan plan = { .key = key, .second_ca = true, .entries = many(20) };
    struct maker_list made = maker_list(&plan);
    struct scp_ctl_anchor anchor = maker_anchor();
    const uint8_t *attributes = find(&made, made.attributes), *signature = find(&made, made.signature);
    uint8_t *copy = malloc(made.der.n);
    struct scp_ctl whole, c;
    struct scp_ctl_verdict v;
    size_t believed = 0, changed = 0, elsewhere = 0;

    if (copy == NULL || scp_ctl_parse(made.der.p, made.der.n, &whole, NULL) != 0)
        tap_bail("the list to be changed is not good");
    for (size_t i = 0; i < made.der.n; i += flip_step()) {
        const uint8_t *at = made.der.p + i;
        bool covered = inside(at, whole.content, whole.content_len) || inside(at, whole.certificates, whole.certificates_len) ||
                       inside(at, attributes, made.attributes.n) || inside(at, signature, made.signature.n);

        memcpy(copy, made.der.p, made.der.n);
        copy[i] ^= bit;
        if (scp_ctl_parse(copy, made.der.n, &c, NULL) != 0)
            continue;
        if (scp_ctl_verify(&c, &anchor, 1, &v, NULL) == 0 && (v.signature == SCP_CTL_SIGNED || v.signature == SCP_CTL_WEAK)) {
            believed += covered;
            elsewhere++;
            changed += !same_entries(&whole, &c);
        }
        scp_ctl_free(&c);
    }
    tap_is_int(0, (long long)believed, "%s: no byte of content, attributes, signature or chain can change (of %zu, bit %02x)", key,
               made.der.n, bit);
    tap_is_int(0, (long long)changed, "%s: where a byte can, what is read stays the same (%zu places)", key, elsewhere);
    scp_ctl_free(&whole);
    free(plan.entries.p);
    free(copy);
}

/* The signer is named by the octets of his certificate's issuer: "maker CA" is another. */
static void test_signer_octets(void)
{
    struct maker_plan plan = { .key = "P-256", .entries = many(3) };
    struct maker_list made = maker_list(&plan);
    struct scp_ctl_anchor anchor = maker_anchor();
    struct scp_ctl_verdict v;
    struct scp_ctl c;
    size_t last = 0;

    for (size_t i = 0; i + 8 < made.der.n; i++)
        last = memcmp(made.der.p + i, "Maker CA", 8) == 0 ? i : last;
    made.der.p[last] ^= 0x20;
    if (last == 0 || scp_ctl_parse(made.der.p, made.der.n, &c, NULL) != 0)
        tap_bail("the list to be changed is not good");
    tap_is_int(0, scp_ctl_verify(&c, &anchor, 1, &v, NULL), "a signer whose issuer is spelled otherwise");
    tap_ok(v.signature == SCP_CTL_INVALID, "is not found");
    scp_ctl_free(&c);
    free(plan.entries.p);
}

static void test_cuts(void)
{
    struct maker_list made = maker_list(&(struct maker_plan){ .fault = MAKER_GOOD });
    size_t taken = 0, unnamed = 0;

    for (size_t n = 0; n < made.der.n; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1); /* its own block, so that a sanitizer sees a read behind it */
        struct scp_err err = SCP_ERR_INIT;
        struct scp_ctl c;

        if (copy == NULL)
            tap_bail("out of memory");
        memcpy(copy, made.der.p, n);
        if (scp_ctl_parse(copy, n, &c, &err) == 0) {
            taken++;
            scp_ctl_free(&c);
        }
        unnamed += err.code != SCP_ERR_TRUNCATED;
        free(copy);
    }
    tap_is_int(0, (long long)taken, "no cut list is taken for a whole one");
    tap_is_int(0, (long long)unnamed, "and each is called cut");
}

int main(void)
{
    test_verdicts();
    test_signer();
    test_malformed();
    test_fields();
    test_entries();
    test_ids();
    test_counts();
    test_properties();
    test_signer_octets();
    test_flips("P-256", 0x01);
    test_flips("P-256", 0x80);
    test_flips("RSA", 0x04);
    test_cuts();
    maker_end();
    return tap_done();
}
