/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/ocsp.h"

#include "unit/codec/revocation/ocsp_forge.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { SKEW = 300, HALF_DAY = 12 * FORGE_HOUR };

static struct forge_world world;
static struct scp_ocsp_question asked;
static struct forge_bytes made, certificate;

/* One response, made of the usual one by a row of the table. */
struct forgery {
    struct forge_response r;
    struct forge_certificate c;
    struct scp_ocsp_context context;
    bool delegated;
};

static void as_it_is(struct forgery *f)
{
    (void)f;
}

/* --- Who answers --- */

static void try_later(struct forgery *f)
{
    f->r.status = 3;
    f->r.no_bytes = true;
}

static void unauthorized(struct forgery *f)
{
    f->r.status = 6;
    f->r.no_bytes = true;
}

static void error_with_good_bytes(struct forgery *f)
{
    f->r.status = 2;
}

static void by_key(struct forgery *f)
{
    f->r.by_key = true;
}

static void stranger(struct forgery *f)
{
    f->r.responder = f->r.signer = &world.stranger;
}

static void stranger_by_key(struct forgery *f)
{
    stranger(f);
    by_key(f);
}

/* A whole authority of the stranger's own, which says the same of the same numbers. */
static void strange_delegate(struct forgery *f)
{
    f->c.subject = f->c.issuer = &world.stranger;
    f->delegated = true;
    stranger(f);
}

static void strange_key(struct forgery *f)
{
    f->r.signer = &world.stranger;
}

static void other_authority(struct forgery *f)
{
    f->r.single[0].issuer = &world.stranger;
    stranger(f);
}

static void broken_signature(struct forgery *f)
{
    f->r.signature_broken = true;
}

static void unknown_algorithm(struct forgery *f)
{
    f->r.unknown_algorithm = true;
}

/* --- Delegates --- */

static void delegate(struct forgery *f)
{
    f->delegated = true;
    f->r.responder = f->r.signer = &world.delegate;
}

static void delegate_by_key(struct forgery *f)
{
    delegate(f);
    f->r.by_key = true;
}

static void delegate_of_a_stranger(struct forgery *f)
{
    delegate(f);
    f->c.signer = &world.stranger;
}

static void delegate_named_by_another(struct forgery *f)
{
    delegate(f);
    f->c.issuer = &world.stranger;
    f->c.signer = &world.issuer;
}

static void delegate_for_servers(struct forgery *f)
{
    delegate(f);
    f->c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_SERVER_AUTH, 0);
}

static void delegate_for_anything(struct forgery *f)
{
    delegate(f);
    f->c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_ANY_PURPOSE, 0);
}

static void delegate_without_purpose(struct forgery *f)
{
    delegate(f);
    f->c.extension[0] = f->c.extension[1];
    f->c.extension[1] = f->c.extension[2];
    f->c.extensions = 2;
}

static void delegate_for_encryption(struct forgery *f)
{
    delegate(f);
    f->c.extension[2] = FORGE_EXTENSION(FORGE_KEY_USAGE, "\x03\x02\x05\x20", 1);
}

static void delegate_for_non_repudiation(struct forgery *f)
{
    delegate(f);
    f->c.extension[2] = FORGE_EXTENSION(FORGE_KEY_USAGE, "\x03\x02\x06\x40", 1);
}

static void delegate_with_unknown_extension(struct forgery *f)
{
    delegate(f);
    f->c.extension[2] = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 1);
}

static void delegate_with_unknown_uncritical_extension(struct forgery *f)
{
    delegate(f);
    f->c.extension[2] = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 0);
}

static void delegate_with_critical_constraints(struct forgery *f)
{
    delegate(f);
    f->c.extension[2] = FORGE_EXTENSION(FORGE_BASIC_CONSTRAINTS, "\x30\x00", 1);
}

static void delegate_without_no_check(struct forgery *f)
{
    delegate(f);
    f->c.extension[1] = FORGE_EXTENSION(FORGE_BASIC_CONSTRAINTS, "\x30\x00", 0);
}

static void delegate_expired(struct forgery *f)
{
    delegate(f);
    f->c.not_after = FORGE_NOW - SKEW - 1;
    f->r.produced_at = FORGE_NOW - FORGE_HOUR;
}

static void delegate_just_expired(struct forgery *f)
{
    delegate(f);
    f->c.not_after = FORGE_NOW - SKEW;
}

static void delegate_of_tomorrow(struct forgery *f)
{
    delegate(f);
    f->c.not_before = FORGE_NOW + SKEW + 1;
    f->r.produced_at = f->c.not_before;
}

static void delegate_just_made(struct forgery *f)
{
    delegate(f);
    f->c.not_before = FORGE_NOW + SKEW;
    f->r.produced_at = f->c.not_before;
}

static void produced_before_delegate(struct forgery *f)
{
    delegate(f);
    f->c.not_before = f->r.produced_at + 1;
}

static void produced_with_delegate(struct forgery *f)
{
    delegate(f);
    f->c.not_before = f->r.produced_at;
}

static void produced_after_delegate(struct forgery *f)
{
    delegate(f);
    f->c.not_after = FORGE_NOW - SKEW;
    f->r.produced_at = FORGE_NOW;
}

static void delegate_of_unknown_algorithm(struct forgery *f)
{
    delegate(f);
    f->c.unknown_algorithm = true;
}

/* --- The response --- */

static void critical_extension(struct forgery *f)
{
    f->r.extension = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 1);
}

static void uncritical_extension(struct forgery *f)
{
    f->r.extension = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 0);
}

static void critical_nonce(struct forgery *f)
{
    f->r.extension = FORGE_EXTENSION(FORGE_NONCE, "\x04\x01\x00", 1);
}

static void uncritical_nonce(struct forgery *f)
{
    f->r.extension = FORGE_EXTENSION(FORGE_NONCE, "\x04\x01\x00", 0);
}

static void critical_extension_of_the_answer(struct forgery *f)
{
    f->r.single[0].extension = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 1);
}

static void uncritical_extension_of_the_answer(struct forgery *f)
{
    f->r.single[0].extension = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 0);
}

static void critical_archive_cutoff(struct forgery *f)
{
    f->r.single[0].extension = FORGE_EXTENSION(FORGE_ARCHIVE_CUTOFF,
                                               "\x18\x0F"
                                               "20200101000000Z",
                                               1);
}

static void critical_extension_of_another_answer(struct forgery *f)
{
    f->r.single[1] = f->r.single[0];
    f->r.single[1].serial_n = 1;
    f->r.single[1].extension = FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", 1);
    f->r.singles = 2;
}

static void produced_tomorrow(struct forgery *f)
{
    f->r.produced_at = FORGE_NOW + SKEW + 1;
}

static void just_produced(struct forgery *f)
{
    f->r.produced_at = FORGE_NOW + SKEW;
}

static void version_spelled_out(struct forgery *f)
{
    f->r.version = 0;
}

/* --- The answers --- */

static void other_serial(struct forgery *f)
{
    f->r.single[0].serial = "\x05";
    f->r.single[0].serial_n = 1;
}

static void other_name(struct forgery *f)
{
    f->r.single[0].name_hash_wrong = true;
}

static void other_key(struct forgery *f)
{
    f->r.single[0].key_hash_wrong = true;
}

static void sha256_id(struct forgery *f)
{
    f->r.single[0].hash = "SHA256";
}

static void sha256_id_of_another(struct forgery *f)
{
    sha256_id(f);
    f->r.single[0].key_hash_wrong = true;
}

static void md5_id(struct forgery *f)
{
    f->r.single[0].hash = "MD5";
}

static void nothing(struct forgery *f)
{
    f->r.singles = 0;
}

static void extra_answers(struct forgery *f)
{
    f->r.single[1] = f->r.single[0];
    other_serial(f);
    f->r.single[0].status = 1;
    f->r.single[0].this_update = FORGE_NOW + FORGE_DAY;
    f->r.singles = 2;
}

static void contradiction(struct forgery *f)
{
    f->r.single[1] = f->r.single[0];
    f->r.single[1].status = 1;
    f->r.singles = 2;
}

static void contradiction_by_another_hash(struct forgery *f)
{
    contradiction(f);
    f->r.single[1].hash = "SHA256";
}

static void contradiction_with_an_old_one(struct forgery *f)
{
    contradiction(f);
    f->r.single[0].this_update = FORGE_NOW - 2 * FORGE_DAY;
    f->r.single[0].next_update = FORGE_NOW - FORGE_DAY;
}

static void contradiction_by_an_old_one(struct forgery *f)
{
    contradiction(f);
    f->r.single[1].this_update = FORGE_NOW - 2 * FORGE_DAY;
    f->r.single[1].next_update = FORGE_NOW - FORGE_DAY;
}

static void contradiction_unknown(struct forgery *f)
{
    contradiction(f);
    f->r.single[1].status = 2;
}

static void agreement(struct forgery *f)
{
    f->r.single[1] = f->r.single[0];
    f->r.single[1].hash = "SHA256";
    f->r.single[1].next_update -= FORGE_DAY;
    f->r.singles = 2;
}

static void agreement_of_unequal_age(struct forgery *f)
{
    agreement(f);
    f->r.single[1].next_update = FORGE_NOW - FORGE_HOUR;
    f->r.single[1].this_update = FORGE_NOW - FORGE_DAY;
}

static void revoked(struct forgery *f)
{
    f->r.single[0].status = 1;
}

static void revoked_for_a_reason(struct forgery *f)
{
    revoked(f);
    f->r.single[0].reason = 1;
}

static void revoked_for_reason_7(struct forgery *f)
{
    revoked(f);
    f->r.single[0].reason = 7;
}

static void revoked_and_expired(struct forgery *f)
{
    revoked(f);
    f->r.single[0].next_update = FORGE_NOW - SKEW - 1;
}

static void unknown(struct forgery *f)
{
    f->r.single[0].status = 2;
}

/* --- Times --- */

static void future(struct forgery *f)
{
    f->r.single[0].this_update = FORGE_NOW + SKEW + 1;
}

static void nearly_future(struct forgery *f)
{
    f->r.single[0].this_update = FORGE_NOW + SKEW;
}

static void expired(struct forgery *f)
{
    f->r.single[0].next_update = FORGE_NOW - SKEW - 1;
}

static void nearly_expired(struct forgery *f)
{
    f->r.single[0].next_update = FORGE_NOW - SKEW;
}

static void reversed(struct forgery *f)
{
    f->r.single[0].this_update = FORGE_NOW;
    f->r.single[0].next_update = FORGE_NOW - 1;
}

static void of_one_second(struct forgery *f)
{
    f->r.single[0].this_update = f->r.single[0].next_update = FORGE_NOW;
}

static void open_end(struct forgery *f)
{
    f->r.single[0].next_update = FORGE_NEVER;
    f->r.single[0].this_update = FORGE_NOW - HALF_DAY;
}

static void open_end_too_old(struct forgery *f)
{
    open_end(f);
    f->r.single[0].this_update -= 1;
}

static void of_allowed_age(struct forgery *f)
{
    f->context.max_age = FORGE_HOUR;
}

static void too_old(struct forgery *f)
{
    f->context.max_age = FORGE_HOUR - 1;
}

static void as_octets(struct forgery *f)
{
    f->context.content_type = "application/octet-stream";
}

static void as_itself(struct forgery *f)
{
    f->context.content_type = "Application/OCSP-Response; charset=binary";
}

/* `words` are in the message; for OK, in the text of the note with state `note` (-1: no note). */
static const struct row {
    const char *name;
    void (*make)(struct forgery *f);
    enum scp_reason reason;
    int note;
    const char *words;
} TABLE[] = {
    { "good", as_it_is, SCP_REASON_OK, -1, "" },
    { "tryLater", try_later, SCP_REASON_OCSP_STATUS, -1, "tryLater" },
    { "unauthorized", unauthorized, SCP_REASON_OCSP_STATUS, -1, "unauthorized" },
    { "an error beside which all is good", error_with_good_bytes, SCP_REASON_OCSP_STATUS, -1, "internalError" },
    { "by the issuer's key hash", by_key, SCP_REASON_OK, -1, "" },
    { "by a stranger", stranger, SCP_REASON_SIGNATURE, -1, "stranger" },
    { "by a stranger's key hash", stranger_by_key, SCP_REASON_SIGNATURE, -1, "stranger" },
    { "by a stranger with a certificate of its own", strange_delegate, SCP_REASON_SIGNATURE, -1, "stranger" },
    { "by a stranger about its own certificate", other_authority, SCP_REASON_SIGNATURE, -1, "another issuer's certificate" },
    { "by a stranger in the issuer's name", strange_key, SCP_REASON_SIGNATURE, -1, "not by the issuer" },
    { "broken signature", broken_signature, SCP_REASON_SIGNATURE, -1, "not by the issuer" },

    { "delegate", delegate, SCP_REASON_OK, -1, "" },
    { "delegate by key hash", delegate_by_key, SCP_REASON_OK, -1, "" },
    { "delegate signed by a stranger", delegate_of_a_stranger, SCP_REASON_SIGNATURE, -1, "stranger" },
    { "delegate that names another issuer", delegate_named_by_another, SCP_REASON_SIGNATURE, -1, "stranger" },
    { "delegate for servers", delegate_for_servers, SCP_REASON_SIGNATURE, -1, "not for OCSP signing" },
    { "delegate for any purpose", delegate_for_anything, SCP_REASON_SIGNATURE, -1, "not for OCSP signing" },
    { "delegate without a purpose", delegate_without_purpose, SCP_REASON_SIGNATURE, -1, "not for OCSP signing" },
    { "delegate for encryption", delegate_for_encryption, SCP_REASON_SIGNATURE, -1, "not for signatures" },
    { "delegate for non-repudiation", delegate_for_non_repudiation, SCP_REASON_OK, -1, "" },
    { "delegate with an unknown critical extension", delegate_with_unknown_extension, SCP_REASON_SIGNATURE, -1,
      "1.3.6.1.4.1.311.127" },
    { "delegate with an unknown extension", delegate_with_unknown_uncritical_extension, SCP_REASON_OK, -1, "" },
    { "delegate with critical basic constraints", delegate_with_critical_constraints, SCP_REASON_OK, -1, "" },
    { "delegate without nocheck", delegate_without_no_check, SCP_REASON_OK, SCP_NOTE_REMARK, "nocheck" },
    { "delegate expired", delegate_expired, SCP_REASON_SIGNATURE, -1, "certificate expired on 2026-11-23T11:54:59Z" },
    { "delegate just expired", delegate_just_expired, SCP_REASON_OK, -1, "" },
    { "delegate not yet valid", delegate_of_tomorrow, SCP_REASON_SIGNATURE, -1, "not valid before" },
    { "delegate just made", delegate_just_made, SCP_REASON_OK, -1, "" },
    { "produced before its delegate", produced_before_delegate, SCP_REASON_SIGNATURE, -1, "produced outside" },
    { "produced with its delegate", produced_with_delegate, SCP_REASON_OK, -1, "" },
    { "produced after its delegate", produced_after_delegate, SCP_REASON_SIGNATURE, -1, "produced outside" },

    { "critical extension", critical_extension, SCP_REASON_PARSE, -1, "1.3.6.1.4.1.311.127" },
    { "extension", uncritical_extension, SCP_REASON_OK, -1, "" },
    { "critical nonce, which was not asked for", critical_nonce, SCP_REASON_PARSE, -1, "1.3.6.1.5.5.7.48.1.2" },
    { "nonce", uncritical_nonce, SCP_REASON_OK, -1, "" },
    { "critical extension of the answer", critical_extension_of_the_answer, SCP_REASON_PARSE, -1, "1.3.6.1.4.1.311.127" },
    { "extension of the answer", uncritical_extension_of_the_answer, SCP_REASON_OK, -1, "" },
    { "critical archive cutoff", critical_archive_cutoff, SCP_REASON_OK, -1, "" },
    { "critical extension of another answer", critical_extension_of_another_answer, SCP_REASON_OK, -1, "" },
    { "produced in the future", produced_tomorrow, SCP_REASON_NOT_YET_VALID, -1, "produced in the future" },
    { "just produced", just_produced, SCP_REASON_OK, -1, "" },
    { "version spelled out", version_spelled_out, SCP_REASON_OK, SCP_NOTE_WARNING, "version" },

    { "another serial number", other_serial, SCP_REASON_OCSP_STATUS, -1, "not answered (1 other answer)" },
    { "another issuer's name", other_name, SCP_REASON_ISSUER, -1, "another issuer" },
    { "another issuer's key", other_key, SCP_REASON_ISSUER, -1, "another issuer" },
    { "CertID with SHA-256", sha256_id, SCP_REASON_OK, -1, "" },
    { "CertID with SHA-256 of another issuer", sha256_id_of_another, SCP_REASON_ISSUER, -1, "another issuer" },
    { "CertID with MD5", md5_id, SCP_REASON_OCSP_STATUS, -1, "not answered" },
    { "no answers", nothing, SCP_REASON_OCSP_STATUS, -1, "not answered (0 other answers)" },
    { "extra answers", extra_answers, SCP_REASON_OK, -1, "" },
    { "contradiction: revoked wins", contradiction, SCP_REASON_REVOKED, -1, "revoked since" },
    { "contradiction by another hash", contradiction_by_another_hash, SCP_REASON_REVOKED, -1, "revoked since" },
    { "revoked wins, whatever the good one's age", contradiction_with_an_old_one, SCP_REASON_REVOKED, -1, "revoked since" },
    { "contradiction, and revoked has expired", contradiction_by_an_old_one, SCP_REASON_EXPIRED, -1, "expired" },
    { "contradiction, none revoked", contradiction_unknown, SCP_REASON_OCSP_STATUS, -1, "contradict" },
    { "agreement", agreement, SCP_REASON_OK, -1, "" },
    { "agreement with one that expired", agreement_of_unequal_age, SCP_REASON_EXPIRED, -1, "expired" },
    { "revoked", revoked, SCP_REASON_REVOKED, -1, "revoked since 2026-10-24T12:00:00Z (no reason given)" },
    { "revoked for a reason", revoked_for_a_reason, SCP_REASON_REVOKED, -1, "(keyCompromise)" },
    { "revoked for a reason that is none", revoked_for_reason_7, SCP_REASON_REVOKED, -1, "(unknown reason)" },
    { "revoked and expired", revoked_and_expired, SCP_REASON_EXPIRED, -1, "expired" },
    { "unknown", unknown, SCP_REASON_OCSP_STATUS, -1, "does not know" },

    { "of the future", future, SCP_REASON_NOT_YET_VALID, -1, "not valid before 2026-11-23T12:05:01Z" },
    { "nearly of the future", nearly_future, SCP_REASON_OK, -1, "" },
    { "expired", expired, SCP_REASON_EXPIRED, -1, "expired 5 min ago (2026-11-23T11:54:59Z)" },
    { "nearly expired", nearly_expired, SCP_REASON_OK, -1, "" },
    { "nextUpdate before thisUpdate", reversed, SCP_REASON_PARSE, -1, "before thisUpdate" },
    { "nextUpdate is thisUpdate", of_one_second, SCP_REASON_OK, -1, "" },
    { "without nextUpdate", open_end, SCP_REASON_OK, SCP_NOTE_WARNING, "nextUpdate" },
    { "without nextUpdate and old", open_end_too_old, SCP_REASON_EXPIRED, -1, "without nextUpdate" },
    { "of the greatest age allowed", of_allowed_age, SCP_REASON_OK, -1, "" },
    { "older than allowed", too_old, SCP_REASON_EXPIRED, -1, "older than allowed" },
    { "served as another type", as_octets, SCP_REASON_OK, SCP_NOTE_REMARK, "application/octet-stream" },
    { "served as its type", as_itself, SCP_REASON_OK, -1, "" },
};

static struct scp_judgement judge(const struct row *row)
{
    struct forgery f = { .r = forge_good(&world), .c = forge_delegate(&world), .context = { .now = FORGE_NOW } };
    struct scp_judgement j;

    row->make(&f);
    if (f.delegated) {
        forge_certificate(&f.c, &certificate);
        f.r.certificate[0] = &certificate;
        f.r.certificates = 1;
    }
    forge_response(&f.r, &made);
    scp_ocsp_judge_bytes(made.p, made.n, &asked, &f.context, &j);
    return j;
}

static void test_table(void)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        const struct row *row = &TABLE[i];
        struct scp_judgement j = judge(row);

        tap_is_text(scp_reason_name(row->reason), scp_reason_name(j.reason), "%s: %s", row->name, j.message);
        tap_ok(!j.unknown && scp_judgement_good(&j) == (row->reason == SCP_REASON_OK), "we could tell");
        if (row->reason != SCP_REASON_OK) {
            tap_has_text(row->words, j.message, "why");
            continue;
        }
        tap_is_int(SCP_SERIAL_GOOD, j.serial_status, "good");
        tap_is_int(row->note >= 0, (long long)j.notes, "notes: %s", j.notes > 0 ? j.note[0].text : "none");
        if (row->note >= 0 && j.notes > 0) {
            tap_is_int(row->note, j.note[0].weight, "its state");
            tap_has_text(row->words, j.note[0].text, "its text");
        }
    }
}

static void test_facts(void)
{
    struct scp_judgement j = judge(&(struct row){ .make = as_it_is });

    tap_is_int(FORGE_NOW - FORGE_HOUR, j.this_update, "thisUpdate");
    tap_is_int(FORGE_NOW + 7 * FORGE_DAY, j.next_update, "nextUpdate");
    j = judge(&(struct row){ .make = agreement });
    tap_is_int(FORGE_NOW + 6 * FORGE_DAY, j.next_update, "of two answers, the earlier nextUpdate");
    j = judge(&(struct row){ .make = open_end });
    tap_ok(j.next_update == SCP_UTC_UNKNOWN, "no nextUpdate");
    tap_is_int(SCP_SERIAL_REVOKED, judge(&(struct row){ .make = revoked }).serial_status, "revoked");
    tap_is_int(SCP_SERIAL_UNKNOWN, judge(&(struct row){ .make = unknown }).serial_status, "unknown");
    tap_is_int(SCP_SERIAL_NOT_ASKED, judge(&(struct row){ .make = broken_signature }).serial_status,
               "what is not believed says nothing");
    j = judge(&(struct row){ .make = unknown_algorithm });
    tap_ok(j.unknown && j.reason == SCP_REASON_SIGNATURE && !scp_judgement_good(&j), "an unknown algorithm is our inability: %s",
           j.message);
    j = judge(&(struct row){ .make = delegate_of_unknown_algorithm });
    tap_ok(j.unknown && j.reason == SCP_REASON_SIGNATURE && !scp_judgement_good(&j), "also in a delegate's certificate: %s",
           j.message);
}

/* What comes in place of a response. */
static void test_instead(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *type;
        enum scp_reason reason;
        const char *words;
    } INSTEAD[] = {
        { "<html><body>Please log in</body></html>", 39, "text/html", SCP_REASON_TYPE,
          "not with an OCSP response (HTML or XML, 39 bytes, served as text/html)" },
        { "\xEF\xBB\xBF\r\n <?xml ?>", 14, NULL, SCP_REASON_TYPE, "(HTML or XML, 14 bytes)" },
        { "", 0, "application/ocsp-response", SCP_REASON_TYPE, "(nothing, 0 bytes)" },
        { "-----BEGIN OCSP RESPONSE-----\n", 30, NULL, SCP_REASON_TYPE, "PEM" },
        { "Service unavailable", 19, "text/plain", SCP_REASON_TYPE, "other data, 19 bytes, served as text/plain" },
        { "\x30\x82\x01\x00\x0A\x01\x00", 7, NULL, SCP_REASON_TRUNCATED, "too early" },
        { "\x30\x03\x0A\x01", 4, "text/html", SCP_REASON_TRUNCATED, "too early, served as text/html" },
        { "\x30\x03\x02\x01\x00", 5, NULL, SCP_REASON_PARSE, "no OCSP response (RFC 6960 section 4.2.1): " },
        { "\x30\x03\x0A\x01\x06\x00", 6, NULL, SCP_REASON_PARSE, "bytes behind" },
    };
    const struct scp_ocsp_context now = { .now = FORGE_NOW };
    uint8_t *large = calloc(1, SCP_OCSP_MAX + 1);
    struct scp_judgement j;

    for (size_t i = 0; i < sizeof INSTEAD / sizeof *INSTEAD; i++) {
        struct scp_ocsp_context context = { .now = FORGE_NOW, .content_type = INSTEAD[i].type };

        scp_ocsp_judge_bytes((const uint8_t *)INSTEAD[i].bytes, INSTEAD[i].n, &asked, &context, &j);
        tap_is_text(scp_reason_name(INSTEAD[i].reason), scp_reason_name(j.reason), "instead: %s", j.message);
        tap_has_text(INSTEAD[i].words, j.message, "what it is");
        tap_ok(!scp_judgement_good(&j) && !j.unknown, "never good");
    }
    if (large == NULL)
        tap_bail("out of memory");
    large[0] = 0x30;
    scp_ocsp_judge_bytes(large, SCP_OCSP_MAX + 1, &asked, &now, &j);
    tap_is_text("too-large", scp_reason_name(j.reason), "%s", j.message);
    free(large);
    struct forge_response r = forge_good(&world);
    r.type = FORGE_NONCE;
    r.type_n = sizeof FORGE_NONCE - 1;
    forge_response(&r, &made);
    scp_ocsp_judge_bytes(made.p, made.n, &asked, &now, &j);
    tap_is_text("type", scp_reason_name(j.reason), "%s", j.message);
}

/* Facts that no response has are judged all the same, and never good. */
static void test_no_facts(void)
{
    struct scp_ocsp none = { .status = 0 };
    struct scp_judgement j;

    scp_ocsp_judge(&none, &(struct scp_ocsp_context){ .now = FORGE_NOW }, &j);
    tap_ok(!scp_judgement_good(&j), "nothing: %s", j.message);
    none.signer = SCP_OCSP_SIGNER_ISSUER;
    scp_ocsp_judge(&none, &(struct scp_ocsp_context){ .now = FORGE_NOW }, &j);
    tap_ok(!scp_judgement_good(&j), "unchecked: %s", j.message);
    none.signature = SCP_OCSP_SIGNATURE_GOOD;
    scp_ocsp_judge(&none, &(struct scp_ocsp_context){ .now = FORGE_NOW }, &j);
    tap_ok(!scp_judgement_good(&j), "no answer: %s", j.message);
}

int main(void)
{
    struct scp_serial serial;

    forge_world(&world, "EC");
    if (scp_serial_from_integer((const uint8_t *)world.serial, world.serial_n, &serial, NULL) != 0 ||
        scp_ocsp_ask(world.issuer.name, world.issuer.name_n, world.issuer.spki, world.issuer.spki_n, &serial, &asked, NULL) != 0)
        tap_bail("a question of our own");
    test_table();
    test_facts();
    test_instead();
    test_no_facts();
    forge_world_free(&world);
    return tap_done();
}
