/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * CRLs, OCSP answers and lifetimes judged on literal facts: each time and number at its exact boundary, one beside it, and what
 * could not be told.
 */
#include "judge/crl.h"
#include "judge/crl_set.h"
#include "judge/issuer.h"
#include "judge/ocsp.h"
#include "tap.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string.h>

enum { HOUR = 3600, DAY = 86400, SKEW = 300 };

static const int64_t NOW = 1800000000;

/* What a row looks at. */
struct expected {
    enum scp_reason reason;
    bool unknown;
    enum scp_serial_status serial;
    int notes;        /* negative: the first one is a remark, not a warning */
    const char *text; /* a part of the message, or of the first note where it is good; NULL */
};

static void is_judged(const char *what, size_t row, const struct expected *e, const struct scp_judgement *j)
{
    tap_is_text(scp_reason_name(e->reason), scp_reason_name(j->reason), "%s %zu: reason", what, row);
    tap_ok(e->unknown == j->unknown, "%s %zu: %s", what, row, e->unknown ? "unknown" : "known");
    tap_is_text(scp_serial_status_name(e->serial), scp_serial_status_name(j->serial_status), "%s %zu: serial", what, row);
    tap_is_int(e->notes < 0 ? -e->notes : e->notes, (long long)j->notes, "%s %zu: notes", what, row);
    if (e->notes != 0)
        tap_is_int(e->notes < 0 ? SCP_NOTE_REMARK : SCP_NOTE_WARNING, j->note[0].weight, "%s %zu: weight", what, row);
    if (e->text != NULL)
        tap_has_text(e->text, scp_judgement_good(j) && j->notes > 0 ? j->note[0].text : j->message, "%s %zu: text", what, row);
}

/* --- OCSP --- */

struct answer_world {
    struct scp_ocsp o;
    struct scp_ocsp_context c;
    struct scp_lifetime lifetime;
};

static void good_answer(struct answer_world *w)
{
    *w = (struct answer_world){ .o = { .produced_at = NOW - HOUR,
                                       .singles = 1,
                                       .answers = 1,
                                       .signer = SCP_OCSP_SIGNER_ISSUER,
                                       .signature = SCP_OCSP_SIGNATURE_GOOD },
                                .c = { .now = NOW } };
    for (int i = 0; i < SCP_OCSP_ANSWERS_MAX; i++)
        w->o.answer[i] = (struct scp_ocsp_answer){ .status = SCP_OCSP_GOOD,
                                                   .revoked_at = SCP_UTC_UNKNOWN,
                                                   .reason = -1,
                                                   .this_update = NOW - HOUR,
                                                   .next_update = NOW + DAY,
                                                   .hash = "SHA1" };
    /* Behind the last one stands what would change everything. */
    for (int i = 1; i < SCP_OCSP_ANSWERS_MAX; i++) {
        w->o.answer[i].status = SCP_OCSP_REVOKED;
        w->o.answer[i].next_update = SCP_UTC_UNKNOWN;
        w->o.answer[i].this_update = NOW - 20 * DAY;
    }
    (void)strcpy(w->o.signature_message, "why");
}

static void add_answer(struct answer_world *w)
{
    w->o.answer[w->o.answers++] = w->o.answer[0];
}

static void delegated(struct answer_world *w)
{
    w->o.signer = SCP_OCSP_SIGNER_DELEGATE;
    w->o.delegate = (struct scp_ocsp_delegate){ .not_before = NOW - 10 * DAY,
                                                .not_after = NOW + 10 * DAY,
                                                .ocsp_signing = true,
                                                .may_sign = true,
                                                .no_check = true,
                                                .key = { .strength = SCP_STRENGTH_GOOD } };
}

/* clang-format off */
#define SET(name, ...) static void name(struct answer_world *w) { __VA_ARGS__; }
SET(a_usual, (void)w)
SET(a_try_later, w->o.status = SCP_OCSP_TRY_LATER)
SET(a_nobody, w->o.signer = SCP_OCSP_SIGNER_NOBODY; w->o.signature = SCP_OCSP_SIGNATURE_UNCHECKED)
SET(a_nobody_about_another, a_nobody(w); w->o.answers = 0; w->o.other_issuer = 1)
SET(a_stranger, w->o.signer = SCP_OCSP_SIGNER_STRANGER)
SET(a_stranger_untold, a_stranger(w); w->o.signature = SCP_OCSP_SIGNATURE_UNSUPPORTED)
SET(a_signature_bad, w->o.signature = SCP_OCSP_SIGNATURE_BAD)
SET(a_signature_unchecked, w->o.signature = SCP_OCSP_SIGNATURE_UNCHECKED)
SET(a_signature_untold, w->o.signature = SCP_OCSP_SIGNATURE_UNSUPPORTED)
SET(a_signature_untold_of_delegate, delegated(w); a_signature_untold(w))
SET(a_delegate, delegated(w))
SET(a_delegate_any_purpose, delegated(w); w->o.delegate.ocsp_signing = false)
SET(a_delegate_may_not, delegated(w); w->o.delegate.may_sign = false)
SET(a_delegate_critical, delegated(w); (void)strcpy(w->o.delegate.critical, "1.2.3"))
SET(a_delegate_begins, delegated(w); w->o.delegate.not_before = w->o.produced_at = NOW + SKEW)
SET(a_delegate_begins_later, delegated(w); w->o.delegate.not_before = w->o.produced_at = NOW + SKEW + 1)
SET(a_delegate_ends, delegated(w); w->o.delegate.not_after = NOW - SKEW)
SET(a_delegate_ended, delegated(w); w->o.delegate.not_after = NOW - SKEW - 1)
SET(a_delegate_at_begin, delegated(w); w->o.delegate.not_before = w->o.produced_at)
SET(a_delegate_before_begin, delegated(w); w->o.delegate.not_before = w->o.produced_at + 1)
SET(a_delegate_at_end, delegated(w); w->o.produced_at = w->o.delegate.not_after = NOW - SKEW)
SET(a_delegate_after_end, delegated(w); w->o.delegate.not_after = NOW - SKEW; w->o.produced_at = NOW - SKEW + 1)
SET(a_delegate_broken_key, delegated(w); w->o.delegate.key.strength = SCP_STRENGTH_BROKEN)
SET(a_delegate_untold_key, delegated(w); w->o.delegate.key.strength = SCP_STRENGTH_UNKNOWN)
SET(a_delegate_weak_key, delegated(w); w->o.delegate.key.strength = SCP_STRENGTH_WEAK)
SET(a_delegate_weak_signature, delegated(w); w->o.delegate.algorithm.weak = true)
SET(a_delegate_checked, delegated(w); w->o.delegate.no_check = false)
SET(a_critical, (void)strcpy(w->o.critical, "1.2.3"))
SET(a_produced, w->o.produced_at = NOW + SKEW)
SET(a_produced_later, w->o.produced_at = NOW + SKEW + 1)
SET(a_no_answer, w->o.answers = 0)
SET(a_other_issuer, w->o.answers = 0; w->o.other_issuer = 1)
SET(a_other_issuer_beside, w->o.other_issuer = 1)
SET(a_contradicting, add_answer(w); w->o.contradicting = true; w->o.answer[1].status = SCP_OCSP_UNKNOWN)
SET(a_revoked, w->o.answer[0].status = SCP_OCSP_REVOKED)
SET(a_revoked_with_reason, a_revoked(w); w->o.answer[0].reason = 1)
SET(a_revoked_with_odd_reason, a_revoked(w); w->o.answer[0].reason = 77)
SET(a_revoked_of_two, add_answer(w); w->o.contradicting = true; w->o.answer[1].status = SCP_OCSP_REVOKED)
SET(a_revoked_beside_an_old_one, a_revoked_of_two(w); w->o.answer[0].next_update = NOW - DAY)
SET(a_revoked_but_old, a_revoked_of_two(w); w->o.answer[1].this_update = NOW - 2 * DAY; w->o.answer[1].next_update = NOW - DAY)
SET(a_unknown, w->o.answer[0].status = SCP_OCSP_UNKNOWN)
SET(a_answer_critical, (void)strcpy(w->o.answer[0].critical, "1.2.3"))
SET(a_backwards, w->o.answer[0].next_update = NOW - HOUR - 1)
SET(a_next_is_this, w->o.answer[0].this_update = w->o.answer[0].next_update = NOW)
SET(a_begins, w->o.answer[0].this_update = NOW + SKEW)
SET(a_begins_later, w->o.answer[0].this_update = NOW + SKEW + 1)
SET(a_next_at_skew, w->o.answer[0].next_update = NOW - SKEW)
SET(a_next_past_skew, w->o.answer[0].next_update = NOW - SKEW - 1)
SET(a_open_12_hours, w->o.answer[0].next_update = SCP_UTC_UNKNOWN; w->o.answer[0].this_update = NOW - 12 * HOUR)
SET(a_open_longer, w->o.answer[0].next_update = SCP_UTC_UNKNOWN; w->o.answer[0].this_update = NOW - 12 * HOUR - 1)
SET(a_open_allowed, a_open_longer(w); w->c.max_age = DAY)
SET(a_max_age, w->c.max_age = HOUR)
SET(a_older_than_max_age, w->c.max_age = HOUR - 1)
SET(a_second_is_old, add_answer(w); w->o.answer[1].next_update = NOW - DAY; w->o.answer[1].this_update = NOW - 2 * DAY)
SET(a_weak, w->o.algorithm.weak = true)
SET(a_explicit, w->o.explicit_version = true)
SET(a_type_right, w->c.content_type = "Application/OCSP-Response; charset=x")
SET(a_type_empty, w->c.content_type = "")
SET(a_type_wrong, w->c.content_type = "text/html")
SET(a_life_usual, w->c.lifetime = &w->lifetime; w->lifetime.most = 25 * HOUR)
#undef SET
/* clang-format on */

static const struct {
    void (*set)(struct answer_world *w);
    struct expected e;
} ANSWERS[] = {
    { a_usual, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, "good" } },
    { a_try_later, { SCP_REASON_OCSP_STATUS, false, SCP_SERIAL_NOT_ASKED, 0, "tryLater (3" } },
    { a_nobody, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "neither the issuer nor" } },
    { a_nobody_about_another, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "it answers about another issuer's" } },
    { a_stranger, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "certificate: why" } },
    { a_stranger_untold, { SCP_REASON_SIGNATURE, true, SCP_SERIAL_NOT_ASKED, 0, "could not be checked: why" } },
    { a_signature_bad, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "is not by the issuer: why" } },
    { a_signature_unchecked, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "is not by the issuer: why" } },
    { a_signature_untold, { SCP_REASON_SIGNATURE, true, SCP_SERIAL_NOT_ASKED, 0, "of the issuer could not be checked" } },
    { a_signature_untold_of_delegate, { SCP_REASON_SIGNATURE, true, SCP_SERIAL_NOT_ASKED, 0, "of the issuer's delegate" } },
    { a_delegate, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_delegate_any_purpose, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "not for OCSP signing" } },
    { a_delegate_may_not, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "not for signatures" } },
    { a_delegate_critical, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "critical extension (1.2.3)" } },
    { a_delegate_begins, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_delegate_begins_later, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "is not valid before" } },
    { a_delegate_ends, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_delegate_ended, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "expired on" } },
    { a_delegate_at_begin, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_delegate_before_begin, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "produced outside" } },
    { a_delegate_at_end, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_delegate_after_end, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "produced outside" } },
    { a_delegate_broken_key, { SCP_REASON_ISSUER, false, SCP_SERIAL_NOT_ASKED, 0, "proves nothing" } },
    { a_delegate_untold_key, { SCP_REASON_ISSUER, true, SCP_SERIAL_NOT_ASKED, 0, "could not be told" } },
    { a_delegate_weak_key, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "the responder has" } },
    { a_delegate_weak_signature, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "certificate is signed with" } },
    { a_delegate_checked, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, -1, "nocheck" } },
    { a_critical, { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "critical extension (1.2.3)" } },
    { a_produced, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_produced_later, { SCP_REASON_NOT_YET_VALID, false, SCP_SERIAL_NOT_ASKED, 0, "produced in the future" } },
    { a_no_answer, { SCP_REASON_OCSP_STATUS, false, SCP_SERIAL_NOT_ASKED, 0, "(1 other answer)" } },
    { a_other_issuer, { SCP_REASON_ISSUER, false, SCP_SERIAL_NOT_ASKED, 0, "by another issuer" } },
    { a_other_issuer_beside, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_contradicting, { SCP_REASON_OCSP_STATUS, false, SCP_SERIAL_NOT_ASKED, 0, "2 answers" } },
    { a_revoked, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, "no reason given" } },
    { a_revoked_with_reason, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, "keyCompromise" } },
    { a_revoked_with_odd_reason, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, "unknown reason" } },
    { a_revoked_of_two, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { a_revoked_beside_an_old_one, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { a_revoked_but_old, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { a_unknown, { SCP_REASON_OCSP_STATUS, false, SCP_SERIAL_UNKNOWN, 0, "status unknown" } },
    { a_answer_critical, { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "in the answer" } },
    { a_backwards, { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "before thisUpdate" } },
    { a_next_is_this, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_begins, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_begins_later, { SCP_REASON_NOT_YET_VALID, false, SCP_SERIAL_NOT_ASKED, 0, "not valid before" } },
    { a_next_at_skew, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_next_past_skew, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, "expired 5 min ago" } },
    { a_open_12_hours, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "for 12 hours" } },
    { a_open_longer, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, "without nextUpdate" } },
    { a_open_allowed, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "as long as --max-response-age allows" } },
    { a_max_age, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_older_than_max_age, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, "older than allowed: of 60 min ago" } },
    { a_second_is_old, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { a_weak, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "signed with" } },
    { a_explicit, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "version 1 spelled out" } },
    { a_type_right, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_type_empty, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { a_type_wrong, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, -1, "served as text/html" } },
    { a_life_usual, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
};

static void test_answers(void)
{
    for (size_t i = 0; i < sizeof ANSWERS / sizeof ANSWERS[0]; i++) {
        struct answer_world w;
        struct scp_judgement j;

        good_answer(&w);
        ANSWERS[i].set(&w);
        scp_ocsp_judge(&w.o, &w.c, &j);
        is_judged("answer", i + 1, &ANSWERS[i].e, &j);
    }
}

/* The strictest of several answers, in whatever order they come. */
static void test_strictest(void)
{
    for (size_t first = 0; first < 2; first++) {
        struct answer_world w;
        struct scp_judgement j;

        good_answer(&w);
        add_answer(&w);
        w.o.answer[first].this_update = NOW - 2 * HOUR;
        w.o.answer[first].next_update = NOW + HOUR;
        scp_ocsp_judge(&w.o, &w.c, &j);
        tap_ok(j.this_update == NOW - 2 * HOUR && j.next_update == NOW + HOUR, "the strictest times, answer %zu", first);
        w.o.answer[first].next_update = SCP_UTC_UNKNOWN;
        scp_ocsp_judge(&w.o, &w.c, &j);
        tap_ok(j.next_update == NOW + DAY, "an answer without nextUpdate, %zu, leaves the other's", first);
    }
}

/* --- What came in place of an answer, and what OpenSSL has against one --- */

static const struct {
    enum scp_err_code err, trouble;
    const char *look, *objection, *type;
    struct expected e;
} READS[] = {
    { SCP_ERR_NONE, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, "good" } },
    { SCP_ERR_NONE, SCP_ERR_NONE, NULL, "no", NULL, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "delegate's: no" } },
    { SCP_ERR_NONE, SCP_ERR_SYSTEM, NULL, NULL, NULL, { SCP_REASON_PARSE, true, SCP_SERIAL_NOT_ASKED, 0, "trouble" } },
    { SCP_ERR_MEMORY, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_PARSE, true, SCP_SERIAL_NOT_ASKED, 0, "error" } },
    { SCP_ERR_SYSTEM, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_PARSE, true, SCP_SERIAL_NOT_ASKED, 0, "error" } },
    { SCP_ERR_FORMAT, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "error" } },
    { SCP_ERR_TRUNCATED, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_TRUNCATED, false, SCP_SERIAL_NOT_ASKED, 0, "error" } },
    { SCP_ERR_LIMIT, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_TOO_LARGE, false, SCP_SERIAL_NOT_ASKED, 0, "error" } },
    { SCP_ERR_UNSUPPORTED, SCP_ERR_NONE, NULL, NULL, NULL, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "error" } },
    { SCP_ERR_FORMAT,
      SCP_ERR_NONE,
      NULL,
      NULL,
      "a/b",
      { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "error, served as a/b" } },
    { SCP_ERR_FORMAT,
      SCP_ERR_NONE,
      "HTML",
      NULL,
      "a/b",
      { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "(HTML, 7 bytes, served as" } },
};

static void test_reads(void)
{
    for (size_t i = 0; i < sizeof READS / sizeof READS[0]; i++) {
        struct scp_ocsp_read read = { .err = { READS[i].err, "error" },
                                      .look = READS[i].look,
                                      .objection = READS[i].objection,
                                      .trouble = { READS[i].trouble, "trouble" },
                                      .size = 7 };
        struct answer_world w;
        struct scp_judgement j;

        good_answer(&w);
        read.response = w.o;
        w.c.content_type = READS[i].type;
        scp_ocsp_judge_read(&read, &w.c, &j);
        is_judged("read", i + 1, &READS[i].e, &j);
        tap_ok(j.starved == (READS[i].err == SCP_ERR_MEMORY), "read %zu: starved", i + 1);
    }
}

/* --- CRLs --- */

struct list_world {
    struct scp_crl l;
    struct scp_crl_context c;
    struct scp_revocable cert;
    struct scp_lifetime lifetime;
    uint8_t name[2];
    char *point[1];
};

static char ADDRESS[] = "http://a/1.crl";

static void good_list(struct list_world *w)
{
    memset(w, 0, sizeof *w);
    w->name[0] = 0x30; /* the empty name */
    w->l = (struct scp_crl){ .version = 2,
                             .issuer_der = w->name,
                             .issuer_der_len = 2,
                             .this_update = NOW - DAY,
                             .next_update = NOW + DAY,
                             .next_publish = SCP_UTC_UNKNOWN,
                             .signature = SCP_CRL_SIGNATURE_GOOD };
    w->c = (struct scp_crl_context){ .now = NOW };
    (void)strcpy(w->l.signature_message, "why");
    w->cert.issuer_der = w->name;
    w->cert.issuer_der_len = 2;
    w->point[0] = ADDRESS;
    w->cert.crl[0] = ADDRESS;
    w->cert.crls = 1;
}

static void listed(struct list_world *w, int reason)
{
    w->c.serial_asked = true;
    w->l.hit[0] = (struct scp_crl_hit){ .serial = 0, .revoked_at = NOW - DAY, .reason = reason };
    w->l.hits = 1;
}

static void scoped(struct list_world *w)
{
    w->c.serial_asked = true;
    w->c.certificate = &w->cert;
    w->l.point.present = true;
}

static void pointed(struct list_world *w)
{
    w->l.point = (struct scp_crl_point){ .present = true, .named = true, .uri = { ADDRESS }, .uris = 1 };
}

/* clang-format off */
#define SET(name, ...) static void name(struct list_world *w) { __VA_ARGS__; }
SET(l_usual, (void)w)
SET(l_asked, w->c.serial_asked = true)
SET(l_bad, w->l.signature = SCP_CRL_SIGNATURE_BAD)
SET(l_unsupported, w->l.signature = SCP_CRL_SIGNATURE_UNSUPPORTED)
SET(l_unchecked, w->l.signature = SCP_CRL_SIGNATURE_UNCHECKED)
SET(l_critical, (void)strcpy(w->l.critical_oid, "1.2.3"))
SET(l_open, w->l.next_update = SCP_UTC_UNKNOWN)
SET(l_open_allowed, l_open(w); w->c.max_age = DAY)
SET(l_begins, w->l.this_update = NOW + SKEW)
SET(l_begins_later, w->l.this_update = NOW + SKEW + 1)
SET(l_ends_now, w->l.next_update = NOW)
SET(l_ended, w->l.next_update = NOW - 1)
SET(l_max_age, w->c.max_age = DAY)
SET(l_older, w->c.max_age = DAY - 1)
SET(l_revoked, listed(w, SCP_CRL_REASON_KEY_COMPROMISE))
SET(l_on_hold, listed(w, SCP_CRL_REASON_HOLD))
SET(l_removed, listed(w, SCP_CRL_REASON_REMOVE))
SET(l_other_serial, listed(w, SCP_CRL_REASON_NONE); w->l.hit[0].serial = 1)
SET(l_revoked_unasked, listed(w, SCP_CRL_REASON_NONE); w->c.serial_asked = false)
SET(l_revoked_in_delta, l_revoked(w); w->l.delta = true)
SET(l_revoked_indirect, l_revoked(w); w->l.entry_issuer = true)
SET(l_delta, w->l.delta = true)
SET(l_entries, w->l.entry_issuer = true)
SET(l_indirect, scoped(w); w->l.point.indirect = true)
SET(l_attribute, scoped(w); w->l.point.only_attribute = true)
SET(l_reasons, scoped(w); w->l.point.only_some_reasons = true)
SET(l_users, scoped(w); w->l.point.only_user = true)
SET(l_users_of_ca, l_users(w); w->cert.is_ca = true)
SET(l_cas, scoped(w); w->l.point.only_ca = true)
SET(l_cas_of_ca, l_cas(w); w->cert.is_ca = true)
SET(l_users_unknown, l_users(w); w->c.certificate = NULL)
SET(l_cas_unknown, l_cas(w); w->c.certificate = NULL)
SET(l_cas_unasked, l_cas_unknown(w); w->c.serial_asked = false)
SET(l_point_of_certificate, pointed(w); w->c.certificate = &w->cert)
SET(l_point_not_of_certificate, l_point_of_certificate(w); w->cert.crls = 0; w->c.url = ADDRESS)
SET(l_point_asked, pointed(w); w->c.url = "http://a/1.crl")
SET(l_point_other, pointed(w); w->c.url = "http://a/2.crl")
SET(l_point_known, l_point_other(w); w->c.points = (const char *const *)w->point; w->c.points_n = 1)
SET(l_point_of_file, pointed(w))
SET(l_point_without_address, pointed(w); w->l.point.uris = 0)
SET(l_oddity, w->l.oddities = SCP_CRL_ODD_NO_NUMBER)
SET(l_two_oddities, w->l.oddities = SCP_CRL_ODD_NO_NUMBER | SCP_CRL_ODD_TWICE)
SET(l_weak, w->l.algorithm.weak = true)
SET(l_published, w->l.next_publish = NOW - DAY)
SET(l_published_late, w->l.next_publish = NOW - DAY - 1)
#undef SET
/* clang-format on */

static const struct {
    void (*set)(struct list_world *w);
    struct expected e;
} LISTS[] = {
    { l_usual, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_asked, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { l_bad, { SCP_REASON_SIGNATURE, false, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { l_unsupported, { SCP_REASON_SIGNATURE, true, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { l_unchecked, { SCP_REASON_SIGNATURE, true, SCP_SERIAL_NOT_ASKED, 0, "not verified" } },
    { l_critical, { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "1.2.3" } },
    { l_open, { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "no nextUpdate" } },
    { l_open_allowed, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 1, "no nextUpdate: taken" } },
    { l_begins, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_begins_later, { SCP_REASON_NOT_YET_VALID, false, SCP_SERIAL_NOT_ASKED, 0, "thisUpdate is in 5 min" } },
    { l_ends_now, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_ended, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, "expired 1 s ago" } },
    { l_max_age, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_older, { SCP_REASON_EXPIRED, false, SCP_SERIAL_NOT_ASKED, 0, "old, more than the" } },
    { l_revoked, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, "keyCompromise" } },
    { l_on_hold, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, "certificateHold" } },
    { l_removed, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "removeFromCRL" } },
    { l_other_serial, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { l_revoked_unasked, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_revoked_in_delta, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { l_revoked_indirect, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { l_delta, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "a delta list" } },
    { l_entries, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "entries of several issuers" } },
    { l_indirect, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, "an indirect list" } },
    { l_attribute, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, "attribute certificates" } },
    { l_reasons, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, "some reasons" } },
    { l_users, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { l_users_of_ca, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, "the certificate is a CA's" } },
    { l_cas, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, "the certificate is a user's" } },
    { l_cas_of_ca, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { l_users_unknown, { SCP_REASON_TYPE, true, SCP_SERIAL_UNKNOWN, 0, "of users' certificates only" } },
    { l_cas_unknown, { SCP_REASON_TYPE, true, SCP_SERIAL_UNKNOWN, 0, "of CAs' certificates only" } },
    { l_cas_unasked, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_point_of_certificate, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_point_not_of_certificate, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "not for one of the certificate's" } },
    { l_point_asked, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_point_other, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "http://a/1.crl, not for the one asked" } },
    { l_point_known, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_point_of_file, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "not for a certificate at hand" } },
    { l_point_without_address, { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "without an address" } },
    { l_oddity, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 1, "no CRL number" } },
    { l_two_oddities, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 1, "; " } },
    { l_weak, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 1, "signed with" } },
    { l_published, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, 0, NULL } },
    { l_published_late, { SCP_REASON_OK, false, SCP_SERIAL_NOT_ASKED, -1, "next list 24 h ago" } },
};

static void test_lists(void)
{
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
        struct list_world w;
        struct scp_judgement j;

        good_list(&w);
        LISTS[i].set(&w);
        scp_crl_judge(&w.l, &w.c, &j);
        is_judged("list", i + 1, &LISTS[i].e, &j);
        tap_ok(j.this_update == w.l.this_update && j.next_update == w.l.next_update, "list %zu: times", i + 1);
    }
}

/* --- What came in place of a list --- */

static const struct {
    struct scp_err err;
    bool damaged, asked;
    const char *head;
    struct expected e;
} UNREAD[] = {
    { { SCP_ERR_FORMAT, "why" }, false, false, "\x30\x82", { SCP_REASON_PARSE, false, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { { SCP_ERR_FORMAT, "why" }, false, true, "\x30\x82", { SCP_REASON_PARSE, false, SCP_SERIAL_UNKNOWN, 0, "why" } },
    { { SCP_ERR_TRUNCATED, "why" }, false, false, "\x30\x82", { SCP_REASON_TRUNCATED, false, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { { SCP_ERR_LIMIT, "why" }, false, false, "\x30\x82", { SCP_REASON_TOO_LARGE, false, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { { SCP_ERR_MEMORY, "why" }, false, false, "\x30\x82", { SCP_REASON_PARSE, true, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { { SCP_ERR_FORMAT, "why" }, true, false, "\x30\x82", { SCP_REASON_PARSE, true, SCP_SERIAL_NOT_ASKED, 0, "why" } },
    { { SCP_ERR_TRUNCATED, "why" }, false, false, "", { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "an empty answer" } },
    { { SCP_ERR_FORMAT, "why" }, false, false, "<html>", { SCP_REASON_TYPE, false, SCP_SERIAL_NOT_ASKED, 0, "not a CRL (" } },
};

static void test_unread(void)
{
    for (size_t i = 0; i < sizeof UNREAD / sizeof UNREAD[0]; i++) {
        struct scp_crl_context c = { .now = NOW, .serial_asked = UNREAD[i].asked };
        struct scp_crl_unread u = { .err = UNREAD[i].err, .damaged = UNREAD[i].damaged, .head_n = strlen(UNREAD[i].head) };
        struct scp_judgement j;

        memcpy(u.head, UNREAD[i].head, u.head_n);
        scp_crl_judge_unread(&u, &c, &j);
        is_judged("unread", i + 1, &UNREAD[i].e, &j);
        tap_ok(j.starved == (u.err.code == SCP_ERR_MEMORY), "unread %zu: starved", i + 1);
    }
}

/* --- How long it lasts --- */

static const struct {
    int64_t life, most;
    bool own;
    int weight; /* of the note; -1: none */
    const char *text;
} LIVES[] = {
    { 110 * DAY, 100 * DAY, false, -1, NULL },
    { 110 * DAY + 1, 100 * DAY, false, SCP_NOTE_WARNING, "more than the 100 days that are usual" },
    { 1000 * DAY, 0, false, -1, NULL },
    { 366 * DAY, 0, true, -1, NULL },
    { 366 * DAY + 1, 0, true, SCP_NOTE_REMARK, "good for 366 days (until" },
    { 5 * 366 * DAY, 0, true, SCP_NOTE_REMARK, "good for" },
    { 5 * 366 * (int64_t)DAY + 1, 0, true, SCP_NOTE_WARNING, "what is revoked meanwhile is not seen" },
    { 253402300799 - 1800000000, 0, true, SCP_NOTE_REMARK, "the issuer's last one" },
};

static void test_lives(void)
{
    struct scp_lifetime none = { .most = 1 };
    struct scp_judgement j;

    for (size_t i = 0; i < sizeof LIVES / sizeof LIVES[0]; i++) {
        struct scp_lifetime l = { .own = LIVES[i].own, .most = LIVES[i].most };

        scp_judgement_init(&j);
        j.this_update = NOW;
        j.next_update = NOW + LIVES[i].life;
        scp_lifetime_note(&j, &l);
        tap_is_int(LIVES[i].weight, j.notes > 0 ? (int)j.note[0].weight : -1, "life %zu", i + 1);
        if (LIVES[i].text != NULL)
            tap_has_text(LIVES[i].text, j.note[0].text, "life %zu: text", i + 1);
    }
    scp_judgement_init(&j);
    j.this_update = NOW;
    scp_lifetime_note(&j, &none);
    tap_is_int(0, (long long)j.notes, "no end is known");
    j.this_update = SCP_UTC_UNKNOWN;
    j.next_update = NOW;
    scp_lifetime_note(&j, &none);
    tap_is_int(0, (long long)j.notes, "no begin is known");
    j.this_update = NOW - DAY;
    scp_lifetime_note(&j, NULL);
    tap_is_int(0, (long long)j.notes, "it is not judged");
}

/* --- The certificate asked about --- */

static void test_certificate(void)
{
    static const struct {
        struct scp_certificate_facts f;
        bool failed;
        size_t notes;
        const char *name;
    } ROWS[] = {
        { { .known = true, .not_after = SCP_UTC_UNKNOWN }, false, 0, "no end is known" },
        { { .known = true, .not_after = 1800000000 }, false, 0, "it ends now" },
        { { .known = true, .not_after = 1800000000 - 1 }, false, 1, "it ended" },
        { { .known = false, .not_after = 1800000000 - 1 }, false, 0, "none at hand" },
        { { .known = true, .not_after = 1800000000, .weak = true }, false, 1, "signed with SHA-1" },
        { { .known = true, .not_after = 1800000000, .weak = true, .objection = "no" }, true, 0, "refused" },
    };
    struct scp_judgement j;

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        scp_judgement_init(&j);
        scp_certificate_note(&ROWS[i].f, NOW, &j);
        tap_ok(j.reason == (ROWS[i].failed ? SCP_REASON_ISSUER : SCP_REASON_OK) && j.notes == ROWS[i].notes, "the certificate: %s",
               ROWS[i].name);
        tap_ok(j.notes == 0 || j.note[0].weight == SCP_NOTE_WARNING, "the certificate: %s, warned", ROWS[i].name);
    }
    scp_judgement_init(&j);
    scp_judgement_fail(&j, SCP_REASON_EXPIRED, "x");
    scp_certificate_note(&ROWS[5].f, NOW, &j);
    tap_is_text("x", j.message, "what fails already says why");
}

/* --- Several lists of one issuer --- */

enum { SET = 2, KEYS = 2 };

static uint8_t *spki[KEYS];
static size_t spki_len[KEYS];

static void make_keys(void)
{
    for (int i = 0; i < KEYS; i++) {
        EVP_PKEY *key = EVP_EC_gen("P-256");
        int n = i2d_PUBKEY(key, &spki[i]);

        if (n <= 0)
            tap_bail("no key");
        spki_len[i] = (size_t)n;
        EVP_PKEY_free(key);
    }
}

/* Two good lists of one key of the issuer, the second one later, and a certificate that the other key may have issued. */
struct set_world {
    struct list_world w;
    struct scp_issuer issuer[KEYS];
    struct scp_crl v[SET];
    struct scp_crl_set s;
};

static void good_set(struct set_world *x)
{
    good_list(&x->w);
    for (int i = 0; i < KEYS; i++)
        x->issuer[i] =
            (struct scp_issuer){ .subject_der = x->w.name, .subject_der_len = 2, .spki_der = spki[i], .spki_der_len = spki_len[i] };
    for (int i = 0; i < SET; i++)
        x->v[i] = x->w.l;
    x->v[0].this_update--;
    x->s = (struct scp_crl_set){ .v = x->v, .n = SET, .unread = { .err = SCP_ERR_INIT } };
    x->w.c.serial_asked = true;
    x->w.c.issuer = x->issuer;
    x->w.c.issuers = 1;
}

static void revokes(struct set_world *x, int which, int reason)
{
    x->v[which].hit[0] = (struct scp_crl_hit){ .serial = 0, .revoked_at = NOW - DAY, .reason = reason };
    x->v[which].hits = 1;
}

static void numbers(struct set_world *x, struct scp_crl_number first, struct scp_crl_number second)
{
    x->v[0].number = first;
    x->v[1].number = second;
}

#define NUMBER(...) ((struct scp_crl_number){ .p = { __VA_ARGS__ }, .n = sizeof((uint8_t[]){ __VA_ARGS__ }) })

/* clang-format off */
#define FIRST x->v[0]
#define SECOND x->v[1]
#define SET(name, ...) static void name(struct set_world *x) { __VA_ARGS__; }
SET(s_usual, (void)x)
SET(s_first_revokes, revokes(x, 0, SCP_CRL_REASON_KEY_COMPROMISE))
SET(s_second_revokes, revokes(x, 1, SCP_CRL_REASON_KEY_COMPROMISE))
SET(s_same_time, s_first_revokes(x); FIRST.this_update = SECOND.this_update)
SET(s_second_expired, s_first_revokes(x); SECOND.next_update = NOW - 1)
SET(s_second_not_signed, s_first_revokes(x); SECOND.signature = SCP_CRL_SIGNATURE_BAD)
SET(s_higher, s_first_revokes(x); FIRST.this_update = SECOND.this_update; numbers(x, NUMBER(1), NUMBER(2)))
SET(s_higher_and_earlier, s_higher(x); FIRST.this_update++)
SET(s_same_number, s_first_revokes(x); numbers(x, NUMBER(2), NUMBER(2)))
SET(s_lower, s_first_revokes(x); numbers(x, NUMBER(2), NUMBER(1)))
SET(s_zeros, s_first_revokes(x); numbers(x, NUMBER(0, 0, 2), NUMBER(0, 2)))
SET(s_zero, s_first_revokes(x); numbers(x, NUMBER(0), NUMBER(0, 0)))
SET(s_longer, s_first_revokes(x); numbers(x, NUMBER(0, 0xFF), NUMBER(1, 0)))
SET(s_shorter, s_first_revokes(x); numbers(x, NUMBER(1, 0), NUMBER(0, 0xFF)))
SET(s_odd, s_lower(x); SECOND.oddities = SCP_CRL_ODD_NUMBER)
SET(s_one_number, s_first_revokes(x); FIRST.number = NUMBER(9))
SET(s_second_delta, s_first_revokes(x); SECOND.delta = true)
SET(s_second_delta_of_nothing, s_second_delta(x); numbers(x, NUMBER(1), NUMBER(2)))
SET(s_first_delta, s_first_revokes(x); FIRST.delta = true)
SET(s_deltas, s_first_delta(x); SECOND.delta = true; numbers(x, NUMBER(1), NUMBER(2)); FIRST.base = SECOND.base = NUMBER(1))
SET(s_deltas_of_first_base, s_deltas(x); FIRST.base = SECOND.base = NUMBER(0))
SET(s_deltas_of_later_base, s_deltas(x); SECOND.base = NUMBER(2))
SET(s_deltas_of_earlier_base, s_deltas(x); FIRST.base = NUMBER(2))
SET(s_deltas_without_number, s_deltas(x); FIRST.number.n = 0)
SET(s_users, s_first_revokes(x); FIRST.point.present = FIRST.point.only_user = true)
SET(s_both_users, s_users(x); SECOND.point = FIRST.point)
SET(s_cas, s_both_users(x); SECOND.point.only_ca = true)
SET(s_attribute, s_both_users(x); SECOND.point.only_attribute = true)
SET(s_reasons, s_both_users(x); SECOND.point.only_some_reasons = true)
SET(s_indirect, s_both_users(x); SECOND.point.indirect = true)
SET(s_named, s_both_users(x); SECOND.point.named = true)
SET(s_nameless, s_named(x); FIRST.point.named = true)
SET(s_points, s_nameless(x); FIRST.point.uris = SECOND.point.uris = 1; FIRST.point.uri[0] = SECOND.point.uri[0] = ADDRESS)
SET(s_other_point, s_points(x); SECOND.point.uri[0] = ADDRESS + 1)
SET(s_other_key, s_first_revokes(x); x->w.c.issuers = KEYS; SECOND.key = 1)
SET(s_no_issuers, s_first_revokes(x); x->w.c.issuers = 0)
SET(s_bad_and_good, FIRST.delta = true; FIRST.this_update = NOW; SECOND.this_update--)
SET(s_bad_and_good_of_certificate, s_bad_and_good(x); x->w.c.certificate = &x->w.cert)
SET(s_other_key_only, x->s.n = 1; x->w.c.certificate = &x->w.cert; x->w.c.issuers = KEYS; x->w.c.own = 1)
SET(s_other_key_of_two, s_other_key_only(x); x->s.n = SET; SECOND.key = 1)
SET(s_own_key_only, s_other_key_only(x); x->w.c.own = 0)
SET(s_of_certificate, s_first_revokes(x); x->w.c.certificate = &x->w.cert)
SET(s_doubt, s_of_certificate(x); FIRST.this_update = SECOND.this_update = NOW; FIRST.next_update = NOW - 1)
SET(s_no_doubt_earlier, s_doubt(x); FIRST.this_update--)
SET(s_no_doubt_of_another_scope, s_no_doubt_earlier(x); FIRST.point.present = FIRST.point.only_user = true)
SET(s_doubt_of_another_scope, s_doubt(x); FIRST.point.present = FIRST.point.only_user = true)
SET(s_doubt_in_remark, s_doubt(x); FIRST.hits = 0)
SET(s_no_doubt_unsigned, s_doubt(x); FIRST.signature = SCP_CRL_SIGNATURE_BAD)
SET(s_doubt_by_number, s_doubt(x); FIRST.this_update--; numbers(x, NUMBER(5), NUMBER(4)))
SET(s_no_doubt_by_number, s_doubt(x); FIRST.this_update--; numbers(x, NUMBER(4), NUMBER(5)))
SET(s_revoked_of_certificate, s_lower(x); x->w.c.certificate = &x->w.cert)
SET(s_removed_beside_bad, revokes(x, 0, SCP_CRL_REASON_REMOVE); SECOND.delta = true)
SET(s_unsupported_beside_bad, FIRST.signature = SCP_CRL_SIGNATURE_UNSUPPORTED; SECOND.delta = true)
SET(s_ends_sooner, numbers(x, NUMBER(1), NUMBER(1)); FIRST.next_update++)
SET(s_ends_later, numbers(x, NUMBER(1), NUMBER(1)); SECOND.next_update++)
SET(s_bad_and_worse, numbers(x, NUMBER(1), NUMBER(1)); FIRST.delta = true; (void)strcpy(SECOND.critical_oid, "1.2.3"))
SET(s_worse_and_bad, numbers(x, NUMBER(1), NUMBER(1)); SECOND.delta = true; (void)strcpy(FIRST.critical_oid, "1.2.3"))
SET(s_of_one_time, FIRST.this_update = SECOND.this_update; numbers(x, NUMBER(1), NUMBER(1)))
SET(s_first_warned, s_of_one_time(x); FIRST.oddities = SCP_CRL_ODD_TIME_FORM)
SET(s_second_warned, s_of_one_time(x); SECOND.oddities = SCP_CRL_ODD_TIME_FORM)
SET(s_first_warned_twice, s_second_warned(x); FIRST.oddities = SCP_CRL_ODD_TIME_FORM; FIRST.algorithm.weak = true)
SET(s_each_warned, s_second_warned(x); FIRST.oddities = SCP_CRL_ODD_REMOVE)
SET(s_first_published_late, s_of_one_time(x); FIRST.next_publish = NOW - DAY - 1)
SET(s_second_published_late, s_of_one_time(x); SECOND.next_publish = NOW - DAY - 1)
SET(s_late_and_warned, s_first_published_late(x); SECOND.oddities = SCP_CRL_ODD_TIME_FORM)
SET(s_each_revokes, s_of_one_time(x); revokes(x, 0, SCP_CRL_REASON_HOLD); revokes(x, 1, SCP_CRL_REASON_KEY_COMPROMISE))
SET(s_unread, x->s.unread.err = (struct scp_err){ SCP_ERR_FORMAT, "why" }; x->s.unread.damaged = true)
SET(s_unread_beside_revoked, s_unread(x); s_second_revokes(x))
SET(s_unread_for_memory, s_unread_beside_revoked(x); x->s.unread.err.code = SCP_ERR_MEMORY)
#undef SET
#undef FIRST
#undef SECOND
/* clang-format on */

static const struct {
    void (*set)(struct set_world *x);
    size_t which;
    struct expected e;
} SETS[] = {
    { s_usual, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_first_revokes, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_second_revokes, 1, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_same_time, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_second_expired, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_second_not_signed, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_higher, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_higher_and_earlier, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_same_number, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_lower, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_zeros, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_zero, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_longer, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_shorter, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_odd, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, NULL } },
    { s_one_number, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_second_delta, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_second_delta_of_nothing, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_first_delta, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_deltas, 1, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_deltas_of_first_base, 1, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_deltas_of_later_base, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_deltas_of_earlier_base, 1, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_deltas_without_number, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_users, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_both_users, 1, { SCP_REASON_TYPE, true, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_cas, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_attribute, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_reasons, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_indirect, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_named, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_nameless, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_points, 1, { SCP_REASON_TYPE, true, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_other_point, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_other_key, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_no_issuers, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_bad_and_good, 0, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_bad_and_good_of_certificate, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_other_key_only, 0, { SCP_REASON_ISSUER, true, SCP_SERIAL_UNKNOWN, 0, "another key of the issuer" } },
    { s_other_key_of_two, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_own_key_only, 0, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_doubt, 0, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "no earlier has it as revoked" } },
    { s_no_doubt_earlier, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_no_doubt_of_another_scope, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_doubt_of_another_scope, 0, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "no earlier has it as revoked" } },
    { s_doubt_in_remark, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, -1, "no earlier may not be used" } },
    { s_no_doubt_unsigned, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_doubt_by_number, 0, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "no earlier has it as revoked" } },
    { s_no_doubt_by_number, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_revoked_of_certificate, 0, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_removed_beside_bad, 0, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "removeFromCRL" } },
    { s_unsupported_beside_bad, 1, { SCP_REASON_TYPE, false, SCP_SERIAL_UNKNOWN, 0, NULL } },
    { s_ends_sooner, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_ends_later, 0, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 0, NULL } },
    { s_bad_and_worse, 1, { SCP_REASON_PARSE, false, SCP_SERIAL_UNKNOWN, 0, "1.2.3" } },
    { s_worse_and_bad, 0, { SCP_REASON_PARSE, false, SCP_SERIAL_UNKNOWN, 0, "1.2.3" } },
    { s_first_warned, 0, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "GeneralizedTime" } },
    { s_second_warned, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "GeneralizedTime" } },
    { s_first_warned_twice, 0, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 2, NULL } },
    { s_each_warned, 0, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "removeFromCRL" } },
    { s_first_published_late, 0, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, -1, "next list" } },
    { s_second_published_late, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, -1, "next list" } },
    { s_late_and_warned, 1, { SCP_REASON_OK, false, SCP_SERIAL_GOOD, 1, "GeneralizedTime" } },
    { s_each_revokes, 1, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, "keyCompromise" } },
    { s_unread, 0, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "why" } },
    { s_unread_beside_revoked, 1, { SCP_REASON_REVOKED, false, SCP_SERIAL_REVOKED, 0, NULL } },
    { s_unread_for_memory, 0, { SCP_REASON_PARSE, true, SCP_SERIAL_UNKNOWN, 0, "why" } },
};

static bool is_same_judgement(const struct scp_judgement *a, const struct scp_judgement *b)
{
    bool same = a->reason == b->reason && a->unknown == b->unknown && a->serial_status == b->serial_status &&
                a->this_update == b->this_update && a->next_update == b->next_update && a->notes == b->notes &&
                strcmp(a->message, b->message) == 0;

    for (size_t i = 0; i < a->notes && same; i++)
        same = a->note[i].weight == b->note[i].weight && strcmp(a->note[i].text, b->note[i].text) == 0;
    return same;
}

static void test_sets(void)
{
    static struct set_world x;

    for (size_t i = 0; i < sizeof SETS / sizeof SETS[0]; i++) {
        struct scp_judgement j, other;
        struct scp_crl first;
        size_t which;

        good_set(&x);
        SETS[i].set(&x);
        which = scp_crl_set_judge(&x.s, &x.w.c, &j);
        tap_is_int((long long)SETS[i].which, (long long)which, "set %zu: which speaks", i + 1);
        is_judged("set", i + 1, &SETS[i].e, &j);
        first = x.v[0];
        x.v[0] = x.v[1];
        x.v[1] = first;
        if (x.s.n == SET)
            (void)scp_crl_set_judge(&x.s, &x.w.c, &other);
        tap_ok(x.s.n < SET || is_same_judgement(&j, &other), "set %zu: the other way round", i + 1);
    }
}

/* What came in place of lists: whichever came first, the same is told. */
static void test_unread_sets(void)
{
    static const struct {
        const char *p;
        size_t n;
        enum scp_reason reason;
    } CAME[] = { { "", 0, SCP_REASON_TYPE },
                 { "<html>", 6, SCP_REASON_TYPE },
                 { "\x30\x82", 2, SCP_REASON_TRUNCATED },
                 { "\x30\x03\x02\x01\x05", 5, SCP_REASON_PARSE },
                 { "\x30\x84\xFF\xFF\xFF\xFF", 6, SCP_REASON_TYPE } };
    enum { N = sizeof CAME / sizeof CAME[0] };
    static const struct scp_crl_context c = { .now = NOW };

    for (size_t i = 0; i < N * N; i++) {
        const size_t pair[] = { i / N, i % N };
        struct scp_judgement j[2];

        for (int turn = 0; turn < 2; turn++) {
            struct scp_crl_set set = { .v = NULL };

            for (int k = 0; k < 2; k++) {
                struct scp_crl_reader *r = scp_crl_judge_reader_new(NULL, 0, NULL, 0, NULL);
                const size_t which = pair[turn == 0 ? k : 1 - k];

                (void)scp_crl_reader_feed(r, (const uint8_t *)CAME[which].p, CAME[which].n, NULL);
                tap_ok(scp_crl_set_take(&set, r, NULL) == 0 && set.n == 0, "what is no list is taken as none");
                scp_crl_reader_free(r);
            }
            (void)scp_crl_set_judge(&set, &c, &j[turn]);
            scp_crl_set_free(&set);
        }
        if (pair[0] == pair[1])
            tap_is_int(CAME[pair[0]].reason, j[0].reason, "no list %zu: reason", pair[0]);
        tap_ok(is_same_judgement(&j[0], &j[1]) && !scp_judgement_good(&j[0]), "no list %zu and no list %zu: %s", pair[0], pair[1],
               j[0].message);
    }
}

/* A list that is over and has the certificate is no earlier than one good one, and earlier than another; others that are over. */
static void test_doubts(void)
{
    enum { LISTS_OF_DOUBT = 12, OLD = 1, YOUNG = 0, REVOKING = 2 };
    static struct set_world x;
    static struct scp_crl v[LISTS_OF_DOUBT];

    for (int row = 0; row < 6; row++) {
        for (int turn = 0; turn < LISTS_OF_DOUBT; turn++) {
            struct scp_judgement j;
            struct scp_crl list[LISTS_OF_DOUBT];

            good_set(&x);
            x.w.c.certificate = &x.w.cert;
            for (int i = 0; i < LISTS_OF_DOUBT; i++) {
                v[i] = x.w.l;
                if (i >= REVOKING) {
                    v[i].this_update = NOW - DAY;
                    v[i].next_update = NOW - 1;
                    v[i].point.present = v[i].point.only_user = true;
                }
            }
            v[REVOKING].hit[0] = (struct scp_crl_hit){ .revoked_at = NOW - DAY, .reason = SCP_CRL_REASON_KEY_COMPROMISE };
            v[REVOKING].hits = 1;
            v[YOUNG].this_update = NOW;
            v[OLD].this_update = row == 1 ? NOW : NOW - 2 * DAY;
            v[OLD].point.present = v[OLD].point.only_user = row != 2;
            x.s.n = row < 3 ? 3 : LISTS_OF_DOUBT;
            if (row == 4) /* no more remarks than there is room for */
                v[REVOKING].hits = 0, x.s.n = REVOKING + SCP_JUDGEMENT_NOTES_MAX;
            if (row == 5)
                v[REVOKING].hits = 0;
            for (size_t i = 0; i < x.s.n; i++)
                list[i] = v[(i + (size_t)turn) % x.s.n];
            x.s.v = list;
            (void)scp_crl_set_judge(&x.s, &x.w.c, &j);
            tap_ok(scp_judgement_good(&j) == (row == 1 || row == 2 || row == 4), "doubt %d, turn %d: %s", row, turn, j.message);
            tap_is_int(row == 0 || row == 3 ? SCP_REASON_PARSE : SCP_REASON_OK, j.reason, "doubt %d, turn %d: reason", row, turn);
        }
    }
}

/* --- On hold no longer --- */

enum { LISTS_OF_HOLD = 4 };

/* A list that has the certificate on hold, one of changes that removes it, and two more that say nothing, the last of them changes
 * before the removal. */
struct hold_world {
    struct set_world x;
    struct scp_crl v[LISTS_OF_HOLD];
};

/* clang-format off */
#define WHOLE h->v[0]
#define REMOVAL h->v[1]
#define MORE h->v[2]
#define CHANGES h->v[3]
#define HIT(why) ((struct scp_crl_hit){ .serial = 0, .revoked_at = NOW - DAY, .reason = SCP_CRL_REASON_##why })
#define SET(name, ...) static void name(struct hold_world *h) { __VA_ARGS__; }
SET(h_usual, (void)h)
SET(h_for_good, WHOLE.hit[0] = HIT(KEY_COMPROMISE))
SET(h_held_again, REMOVAL.hit[0] = HIT(HOLD))
SET(h_removed_from_whole, REMOVAL.delta = false)
SET(h_earlier, REMOVAL.this_update = WHOLE.this_update - 1; CHANGES.this_update = WHOLE.this_update - 2)
SET(h_of_the_same_time, REMOVAL.this_update = WHOLE.this_update; CHANGES.this_update = WHOLE.this_update - 1)
SET(h_unsigned, REMOVAL.signature = SCP_CRL_SIGNATURE_BAD)
SET(h_by_another_key, REMOVAL.key = 1)
SET(h_over, REMOVAL.next_update = NOW - 1)
SET(h_critical, (void)strcpy(REMOVAL.critical_oid, "1.2.3"))
SET(h_of_another_scope, REMOVAL.point.present = REMOVAL.point.only_user = true)
SET(h_of_another_name, REMOVAL.issuer_der_len = 0)
SET(h_nobody_removes, REMOVAL.hits = 0)
SET(h_another_for_good, MORE.hit[0] = HIT(KEY_COMPROMISE); MORE.hits = 1; MORE.point.present = MORE.point.only_ca = true)
SET(h_another_for_good_over, h_another_for_good(h); MORE.next_update = NOW - 1)
SET(h_another_for_good_superseded, MORE.hit[0] = HIT(KEY_COMPROMISE); MORE.hits = 1; MORE.this_update--)
SET(h_another_on_hold, h_another_for_good(h); MORE.hit[0] = HIT(HOLD))
SET(h_both_on_hold, MORE.hit[0] = HIT(HOLD); MORE.hits = 1)
SET(h_disputed, CHANGES.this_update = REMOVAL.this_update)
SET(h_disputed_later, CHANGES.this_update = REMOVAL.this_update + 1)
SET(h_disputed_by_number, h_disputed(h); REMOVAL.number = NUMBER(4); CHANGES.number = NUMBER(5))
SET(h_undisputed_by_number, h_disputed(h); REMOVAL.number = NUMBER(5); CHANGES.number = NUMBER(4))
SET(h_disputed_over, h_disputed(h); CHANGES.next_update = NOW - 1)
SET(h_superseded, h_disputed(h); CHANGES.delta = false)
SET(h_disputed_elsewhere, h_disputed(h); CHANGES.point.present = CHANGES.point.only_user = true)
SET(h_removed_twice, h_disputed(h); CHANGES.hit[0] = HIT(REMOVE); CHANGES.hits = 1)
#undef SET
#undef HIT
#undef WHOLE
#undef REMOVAL
#undef MORE
#undef CHANGES
/* clang-format on */

static const struct {
    void (*set)(struct hold_world *h);
    int lifted;
} HOLDS[] = {
    { h_usual, 1 },
    { h_for_good, 0 },
    { h_held_again, 0 },
    { h_removed_from_whole, 0 },
    { h_earlier, 0 },
    { h_of_the_same_time, 1 },
    { h_unsigned, 0 },
    { h_by_another_key, 0 },
    { h_over, 0 },
    { h_critical, 0 },
    { h_of_another_scope, 0 },
    { h_of_another_name, 0 },
    { h_nobody_removes, 0 },
    { h_another_for_good, 0 },
    { h_another_for_good_over, 1 },
    { h_another_for_good_superseded, 1 },
    { h_another_on_hold, 0 },
    { h_both_on_hold, 1 },
    { h_disputed, 0 },
    { h_disputed_later, 0 },
    { h_disputed_by_number, 0 },
    { h_undisputed_by_number, 1 },
    { h_disputed_over, 1 },
    { h_superseded, 0 },
    { h_disputed_elsewhere, 1 },
    { h_removed_twice, 1 },
};

static void good_hold(struct hold_world *h)
{
    good_set(&h->x);
    h->x.w.c.issuers = KEYS;
    for (int i = 0; i < LISTS_OF_HOLD; i++)
        h->v[i] = h->x.w.l;
    for (int i = 0; i < 2; i++) {
        h->v[i].hit[0] = (struct scp_crl_hit){ .reason = i == 0 ? SCP_CRL_REASON_HOLD : SCP_CRL_REASON_REMOVE };
        h->v[i].hits = 1;
    }
    h->v[0].this_update = h->v[2].this_update = NOW - 2 * DAY;
    h->v[1].delta = h->v[3].delta = true;
    h->v[3].this_update--;
    h->x.s.v = h->v;
    h->x.s.n = LISTS_OF_HOLD;
}

static void test_lifted(void)
{
    static struct hold_world h;

    for (size_t i = 0; i < sizeof HOLDS / sizeof HOLDS[0]; i++) {
        for (int reversed = 0; reversed < 2; reversed++) {
            good_hold(&h);
            HOLDS[i].set(&h);
            for (int k = 0; k < LISTS_OF_HOLD / 2 && reversed == 1; k++) {
                struct scp_crl first = h.v[k];

                h.v[k] = h.v[LISTS_OF_HOLD - 1 - k];
                h.v[LISTS_OF_HOLD - 1 - k] = first;
            }
            tap_is_int(HOLDS[i].lifted, scp_crl_set_lifted(&h.x.s, &h.x.w.c, NULL), "hold %zu: lifted%s", i + 1,
                       reversed == 1 ? ", reversed" : "");
        }
    }
}

int main(void)
{
    make_keys();
    test_sets();
    test_unread_sets();
    test_doubts();
    test_lifted();
    for (int i = 0; i < KEYS; i++)
        OPENSSL_free(spki[i]);
    test_answers();
    test_strictest();
    test_reads();
    test_lists();
    test_unread();
    test_lives();
    test_certificate();
    return tap_done();
}
