/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/ocsp.h"

#include "base/text.h"
#include "codec/text/sniff.h"

#include <stdio.h>
#include <string.h>

/* All steps answer true when the judgement is made: the rest need not be looked at. */

/* --- The responder --- */

static bool judge_status(const struct scp_ocsp *o, struct scp_judgement *j)
{
    if (o->status == SCP_OCSP_SUCCESSFUL)
        return false;
    scp_judgement_fail(j, SCP_REASON_OCSP_STATUS, "the responder answers %s (%u, RFC 6960 section 4.2.1)",
                       scp_ocsp_status_name(o->status), o->status);
    return true;
}

static bool judge_signature(const struct scp_ocsp *o, struct scp_judgement *j)
{
    const char *whose = o->signer == SCP_OCSP_SIGNER_ISSUER ? "the issuer" : "the issuer's delegate";
    const char *about = o->answers == 0 && o->other_issuer > 0 ? "; it answers about another issuer's certificate" : "";

    if (o->signer == SCP_OCSP_SIGNER_NOBODY) {
        scp_judgement_fail(j, SCP_REASON_SIGNATURE,
                           "signed by a stranger: the responder is neither the issuer nor one of the %zu included certificates%s",
                           o->certificates, about);
        return true;
    }
    if (o->signer == SCP_OCSP_SIGNER_STRANGER && o->signature == SCP_OCSP_SIGNATURE_UNSUPPORTED) {
        scp_judgement_unknown(j, SCP_REASON_SIGNATURE,
                              "whether the issuer signed the responder's certificate could not be checked: %s",
                              o->signature_message);
        return true;
    }
    if (o->signer == SCP_OCSP_SIGNER_STRANGER) {
        scp_judgement_fail(j, SCP_REASON_SIGNATURE,
                           "signed by a stranger: the issuer has not signed the responder's certificate%s%s%s",
                           o->signature_message[0] != '\0' ? ": " : "", o->signature_message, about);
        return true;
    }
    switch (o->signature) {
    case SCP_OCSP_SIGNATURE_GOOD: return false;
    case SCP_OCSP_SIGNATURE_UNSUPPORTED:
        scp_judgement_unknown(j, SCP_REASON_SIGNATURE, "the signature of %s could not be checked: %s", whose, o->signature_message);
        return true;
    case SCP_OCSP_SIGNATURE_UNCHECKED:
    case SCP_OCSP_SIGNATURE_BAD: break;
    }
    scp_judgement_fail(j, SCP_REASON_SIGNATURE, "the signature is not by %s: %s", whose, o->signature_message);
    return true;
}

/* RFC 6960 section 4.2.2.2: what makes a certificate of the issuer's a responder's. */
static bool judge_delegate(const struct scp_ocsp *o, int64_t now, struct scp_judgement *j)
{
    const struct scp_ocsp_delegate *d = &o->delegate;
    char from[SCP_UTC_TEXT], to[SCP_UTC_TEXT];

    if (o->signer != SCP_OCSP_SIGNER_DELEGATE)
        return false;
    scp_utc_format(d->not_before, from);
    scp_utc_format(d->not_after, to);
    if (!d->ocsp_signing)
        scp_judgement_fail(j, SCP_REASON_SIGNATURE,
                           "the responder's certificate is not for OCSP signing (RFC 6960 section 4.2.2.2)");
    else if (!d->may_sign)
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "the responder's certificate is not for signatures (RFC 5280 section 4.2.1.3)");
    else if (d->critical[0] != '\0')
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "the responder's certificate has an unknown critical extension (%s)",
                           d->critical);
    else if (d->not_before > now + SCP_UTC_SKEW)
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "the responder's certificate is not valid before %s", from);
    else if (d->not_after < now - SCP_UTC_SKEW)
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "the responder's certificate expired on %s", to);
    else if (o->produced_at < d->not_before || o->produced_at > d->not_after)
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "produced outside the validity of the responder's certificate (%s to %s)", from,
                           to);
    else
        return false;
    return true;
}

/* The same strength as of an issuer. */
static bool judge_delegate_key(const struct scp_ocsp *o, struct scp_judgement *j)
{
    const struct scp_ocsp_delegate *d = &o->delegate;

    if (o->signer != SCP_OCSP_SIGNER_DELEGATE)
        return false;
    switch (d->key.strength) {
    case SCP_STRENGTH_BROKEN:
        scp_judgement_fail(j, SCP_REASON_ISSUER, "the responder has %s, which proves nothing (RFC 5280 section 8)", d->key.text);
        return true;
    case SCP_STRENGTH_UNKNOWN:
        scp_judgement_unknown(j, SCP_REASON_ISSUER, "how strong the responder's key is could not be told: %s", d->key.text);
        return true;
    case SCP_STRENGTH_WEAK: scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_WEAK, "the responder has %s", d->key.text); break;
    case SCP_STRENGTH_GOOD: break;
    }
    if (d->algorithm.weak)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_WEAK, "the responder's certificate is signed with %s", d->algorithm.name);
    return false;
}

static bool judge_issuer(const struct scp_ocsp *o, const struct scp_ocsp_context *c, struct scp_judgement *j)
{
    const struct scp_issuer_question q = { .role = SCP_ISSUER_OF_OCSP, .made = o->produced_at, .now = c->now };

    return c->issuers > 0 && !scp_issuer_judge_into(c->issuer, c->issuers, 0, &q, j);
}

static bool judge_data(const struct scp_ocsp *o, int64_t now, struct scp_judgement *j)
{
    char produced[SCP_UTC_TEXT];

    if (o->critical[0] != '\0') {
        scp_judgement_fail(j, SCP_REASON_PARSE, "an unknown critical extension (%s)", o->critical);
        return true;
    }
    if (o->produced_at > now + SCP_UTC_SKEW) {
        scp_utc_format(o->produced_at, produced);
        scp_judgement_fail(j, SCP_REASON_NOT_YET_VALID, "produced in the future (%s)", produced);
        return true;
    }
    return false;
}

/* --- The answers --- */

/* Of answers that contradict each other the one that says revoked wins; NULL. */
static const struct scp_ocsp_answer *revoked_among(const struct scp_ocsp *o)
{
    for (size_t i = 0; i < o->answers; i++) {
        if (o->answer[i].status == SCP_OCSP_REVOKED)
            return &o->answer[i];
    }
    return NULL;
}

static bool judge_presence(const struct scp_ocsp *o, struct scp_judgement *j)
{
    if (o->answers == 0 && o->other_issuer > 0)
        scp_judgement_fail(j, SCP_REASON_ISSUER, "the answer is about a certificate of this number by another issuer");
    else if (o->answers == 0)
        scp_judgement_fail(j, SCP_REASON_OCSP_STATUS, "the certificate asked about is not answered (%zu other answer%s)",
                           o->singles, o->singles == 1 ? "" : "s");
    else if (o->contradicting && revoked_among(o) == NULL)
        scp_judgement_fail(j, SCP_REASON_OCSP_STATUS, "%zu answers about the certificate contradict each other", o->answers);
    else
        return false;
    return true;
}

static bool judge_age(const struct scp_ocsp_answer *a, const struct scp_ocsp_context *c, struct scp_judgement *j)
{
    const int64_t age = c->now - a->this_update;
    const bool open = a->next_update == SCP_UTC_UNKNOWN;
    char span[SCP_UTC_TEXT], at[SCP_UTC_TEXT];

    scp_utc_span((double)(open ? age : c->now - a->next_update), span);
    scp_utc_format(open ? a->this_update : a->next_update, at);
    if (!open && a->next_update < c->now - SCP_UTC_SKEW) {
        scp_judgement_fail(j, SCP_REASON_EXPIRED, "expired %s ago (%s)", span, at);
        return true;
    }
    if (open && c->max_age == 0 && age > SCP_OCSP_WITHOUT_NEXT_UPDATE) {
        scp_judgement_fail(j, SCP_REASON_EXPIRED, "without nextUpdate, and of %s ago (%s)", span, at);
        return true;
    }
    if (c->max_age > 0 && age > c->max_age) {
        scp_utc_span((double)age, span);
        scp_utc_format(a->this_update, at);
        scp_judgement_fail(j, SCP_REASON_EXPIRED, "older than allowed: of %s ago (%s)", span, at);
        return true;
    }
    return false;
}

static bool judge_answer(const struct scp_ocsp_answer *a, const struct scp_ocsp_context *c, struct scp_judgement *j)
{
    char at[SCP_UTC_TEXT];

    if (a->critical[0] != '\0') {
        scp_judgement_fail(j, SCP_REASON_PARSE, "an unknown critical extension (%s) in the answer", a->critical);
        return true;
    }
    if (a->next_update != SCP_UTC_UNKNOWN && a->next_update < a->this_update) {
        scp_judgement_fail(j, SCP_REASON_PARSE, "nextUpdate lies before thisUpdate");
        return true;
    }
    if (a->this_update > c->now + SCP_UTC_SKEW) {
        scp_utc_format(a->this_update, at);
        scp_judgement_fail(j, SCP_REASON_NOT_YET_VALID, "not valid before %s", at);
        return true;
    }
    return judge_age(a, c, j);
}

/* Each answer about the certificate must be usable; the times told are the strictest. */
static bool judge_answers(const struct scp_ocsp *o, const struct scp_ocsp_context *c, struct scp_judgement *j)
{
    for (size_t i = 0; i < o->answers; i++) {
        const struct scp_ocsp_answer *a = &o->answer[i];

        if (j->this_update == SCP_UTC_UNKNOWN || a->this_update < j->this_update)
            j->this_update = a->this_update;
        if (a->next_update != SCP_UTC_UNKNOWN && (j->next_update == SCP_UTC_UNKNOWN || a->next_update < j->next_update))
            j->next_update = a->next_update;
    }
    /* Usable where it says revoked: that is enough. */
    for (size_t i = 0; i < o->answers; i++) {
        struct scp_judgement alone = *j;

        if (o->contradicting && o->answer[i].status == SCP_OCSP_REVOKED && !judge_answer(&o->answer[i], c, &alone))
            return false;
    }
    for (size_t i = 0; i < o->answers; i++) {
        if (judge_answer(&o->answer[i], c, j))
            return true;
    }
    return false;
}

static void judge_verdict(const struct scp_ocsp_answer *a, struct scp_judgement *j)
{
    const char *reason = scp_ocsp_reason_name(a->reason);
    char at[SCP_UTC_TEXT];

    switch (a->status) {
    case SCP_OCSP_GOOD:
        j->serial_status = SCP_SERIAL_GOOD;
        (void)snprintf(j->message, sizeof j->message, "good");
        return;
    case SCP_OCSP_REVOKED:
        j->serial_status = SCP_SERIAL_REVOKED;
        scp_utc_format(a->revoked_at, at);
        scp_judgement_fail(j, SCP_REASON_REVOKED, "revoked since %s (%s)", at,
                           reason != NULL  ? reason
                           : a->reason < 0 ? "no reason given"
                                           : "unknown reason");
        return;
    case SCP_OCSP_UNKNOWN: break;
    }
    j->serial_status = SCP_SERIAL_UNKNOWN;
    scp_judgement_fail(j, SCP_REASON_OCSP_STATUS, "the responder does not know the certificate (status unknown)");
}

/* --- What is worth saying of a usable response --- */

static bool is_other_type(const char *type)
{
    static const char EXPECTED[] = "application/ocsp-response";
    size_t n;

    if (type == NULL || type[0] == '\0')
        return false;
    n = strcspn(type, "; \t");
    return !scp_text_caseeq(type, n, EXPECTED, sizeof EXPECTED - 1);
}

static void add_notes(const struct scp_ocsp *o, const struct scp_ocsp_context *c, struct scp_judgement *j)
{
    size_t open = 0;

    for (size_t i = 0; i < o->answers; i++)
        open += o->answer[i].next_update == SCP_UTC_UNKNOWN;
    if (open > 0)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_OCSP_NONCONFORMING,
                           c->max_age > 0 ? "no nextUpdate: taken as long as --max-response-age allows (RFC 5019 section 2.2.4)"
                                          : "no nextUpdate: taken for 12 hours from thisUpdate (RFC 5019 section 2.2.4)");
    if (o->algorithm.weak)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_WEAK, "signed with %s", o->algorithm.name);
    scp_lifetime_note(j, c->lifetime);
    if (o->explicit_version)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_OCSP_NONCONFORMING, "version 1 spelled out (X.690 section 11.5)");
    if (o->signer == SCP_OCSP_SIGNER_DELEGATE && !o->delegate.no_check)
        scp_judgement_note(j, SCP_NOTE_REMARK, SCP_OCSP_NOTE,
                           "the responder's certificate lacks id-pkix-ocsp-nocheck; whether it is revoked itself was not asked");
    if (is_other_type(c->content_type))
        scp_judgement_note(j, SCP_NOTE_REMARK, SCP_OCSP_NOTE,
                           "served as %.80s, not application/ocsp-response (RFC 6960 appendix A.2)", c->content_type);
}

void scp_ocsp_judge(const struct scp_ocsp *response, const struct scp_ocsp_context *context, struct scp_judgement *j)
{
    const struct scp_ocsp_answer *revoked = revoked_among(response);

    scp_judgement_init(j);
    if (judge_status(response, j) || judge_signature(response, j) || judge_delegate(response, context->now, j) ||
        judge_delegate_key(response, j) || judge_issuer(response, context, j) || judge_data(response, context->now, j) ||
        judge_presence(response, j) || judge_answers(response, context, j))
        return;
    judge_verdict(revoked != NULL ? revoked : &response->answer[0], j);
    add_notes(response, context, j);
}

/* --- What came instead --- */

static const char *look_of(const uint8_t *p, size_t n)
{
    enum scp_sniff kind = scp_sniff(p, n);

    if (n == 0)
        return "nothing";
    if (scp_sniff_is_markup(p, n))
        return "HTML or XML";
    return kind == SCP_SNIFF_UNKNOWN ? "other data" : scp_sniff_name(kind);
}

static enum scp_reason reason_of(enum scp_err_code code)
{
    switch (code) {
    case SCP_ERR_TRUNCATED: return SCP_REASON_TRUNCATED;
    case SCP_ERR_LIMIT: return SCP_REASON_TOO_LARGE;
    case SCP_ERR_UNSUPPORTED: return SCP_REASON_TYPE;
    default: return SCP_REASON_PARSE;
    }
}

static void fail_to_read(const struct scp_ocsp_read *read, const char *content_type, struct scp_judgement *j)
{
    const struct scp_err *err = &read->err;
    char served[100] = "";

    if (is_other_type(content_type))
        (void)snprintf(served, sizeof served, ", served as %.80s", content_type);
    if (err->code == SCP_ERR_MEMORY || err->code == SCP_ERR_SYSTEM)
        scp_judgement_err(j, err);
    else if (read->look != NULL)
        scp_judgement_fail(j, SCP_REASON_TYPE, "answered, but not with an OCSP response (%s, %zu bytes%s)", read->look, read->size,
                           served);
    else
        scp_judgement_fail(j, reason_of(err->code), "%.150s%s", err->message, served);
}

void scp_ocsp_read(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, const struct scp_issuer *issuer, size_t issuers,
                   struct scp_ocsp_read *out)
{
    *out = (struct scp_ocsp_read){ .size = n, .err = SCP_ERR_INIT, .trouble = SCP_ERR_INIT };
    if (scp_ocsp_parse(p, n, q, &out->response, &out->err) != 0)
        out->look = n == 0 || p[0] != 0x30 ? look_of(p, n) : NULL;
    else if (out->response.signature == SCP_OCSP_SIGNATURE_GOOD && issuers > 0 && issuer[0].der != NULL)
        out->objection = scp_issuer_ocsp_objection(p, n, issuer, issuers, &out->trouble);
}

/* What is good by our rules must be good by OpenSSL's, which knows constraints that we do not look at. */
static void heed_openssl(const struct scp_ocsp_read *read, struct scp_judgement *j)
{
    if (read->objection == NULL && read->trouble.code == SCP_ERR_NONE)
        return;
    scp_judgement_init(j);
    if (read->trouble.code != SCP_ERR_NONE)
        scp_judgement_err(j, &read->trouble);
    else
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "OpenSSL does not take it as the issuer's or its delegate's: %s",
                           read->objection);
}

void scp_ocsp_judge_read(const struct scp_ocsp_read *read, const struct scp_ocsp_context *context, struct scp_judgement *j)
{
    scp_judgement_init(j);
    if (read->err.code != SCP_ERR_NONE) {
        fail_to_read(read, context->content_type, j);
        return;
    }
    scp_ocsp_judge(&read->response, context, j);
    if (scp_judgement_good(j))
        heed_openssl(read, j);
}

void scp_ocsp_judge_bytes(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, const struct scp_ocsp_context *context,
                          struct scp_judgement *j)
{
    struct scp_ocsp_read read;

    scp_ocsp_read(p, n, q, context->issuer, context->issuers, &read);
    scp_ocsp_judge_read(&read, context, j);
}
