/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/crl.h"

#include "base/say.h"
#include "codec/x509/name.h"
#include "codec/text/sniff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

static void span(int64_t seconds, char out[SCP_UTC_TEXT])
{
    scp_utc_span((double)seconds, out);
}

/* --- May it be relied on at all? --- */

static bool signature_good(const struct scp_crl *crl, struct scp_judgement *j)
{
    switch (crl->signature) {
    case SCP_CRL_SIGNATURE_GOOD: return true;
    case SCP_CRL_SIGNATURE_BAD:
        scp_judgement_fail(j, SCP_REASON_SIGNATURE, "%s (RFC 5280 section 5.1.1.3)", crl->signature_message);
        return false;
    case SCP_CRL_SIGNATURE_UNSUPPORTED:
        scp_judgement_unknown(j, SCP_REASON_SIGNATURE, SCP_SAID, crl->signature_message);
        return false;
    case SCP_CRL_SIGNATURE_UNCHECKED: break;
    }
    scp_judgement_unknown(j, SCP_REASON_SIGNATURE, "the signature was not verified: the issuer's key is not known");
    return false;
}

static bool same_key(const struct scp_issuer *a, const struct scp_issuer *b)
{
    return a->spki_der_len == b->spki_der_len && memcmp(a->spki_der, b->spki_der, a->spki_der_len) == 0;
}

static bool issued_by(const struct scp_crl *crl, const uint8_t *name, size_t n)
{
    return scp_name_equal(crl->issuer_der, crl->issuer_der_len, name, n, NULL);
}

static bool issuer_expected(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    bool expected = c->issuers == 0;

    for (size_t i = 0; i < c->issuers && !expected; i++)
        expected = issued_by(crl, c->issuer[i].subject_der, c->issuer[i].subject_der_len);
    if (!expected) {
        scp_judgement_fail(j, SCP_REASON_ISSUER, "the list is of another issuer than expected (RFC 5280 section 6.3.3)");
        return false;
    }
    if (c->certificate != NULL && !issued_by(crl, c->certificate->issuer_der, c->certificate->issuer_der_len)) {
        scp_judgement_fail(j, SCP_REASON_ISSUER, "the certificate is of another issuer than the list (RFC 5280 section 6.3.3)");
        return false;
    }
    return true;
}

/* The issuer whose key has signed it: of its name, and one that may. */
static bool issuer_may(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    const struct scp_issuer_question q = { .role = c->delegates ? SCP_ISSUER_OF_CRLS_ONLY : SCP_ISSUER_OF_CRL,
                                           .made = crl->this_update,
                                           .now = c->now };
    size_t which = crl->key;

    if (c->issuers == 0)
        return true;
    while (which < c->issuers && (!same_key(&c->issuer[which], &c->issuer[crl->key]) ||
                                  !issued_by(crl, c->issuer[which].subject_der, c->issuer[which].subject_der_len)))
        which++;
    if (which < c->issuers)
        return scp_issuer_judge_into(c->issuer, c->issuers, which, &q, j);
    scp_judgement_fail(j, SCP_REASON_ISSUER, "the list is signed by another issuer than the one it names (RFC 5280 section 6.3.3)");
    return false;
}

static bool form_usable(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    if (crl->critical_oid[0] != '\0')
        scp_judgement_fail(j, SCP_REASON_PARSE, "offset %" PRIu64 ": unknown critical extension %s (RFC 5280 sections 5.2, 5.3)",
                           crl->critical_at, crl->critical_oid);
    else if (crl->next_update == SCP_UTC_UNKNOWN && c->max_age == 0)
        scp_judgement_fail(j, SCP_REASON_PARSE, "no nextUpdate (RFC 5280 section 5.1.2.5)");
    else
        return true;
    return false;
}

static bool time_right(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    char length[SCP_UTC_TEXT], at[SCP_UTC_TEXT];

    if (crl->this_update > c->now + SCP_UTC_SKEW) {
        span(crl->this_update - c->now, length);
        scp_utc_format(crl->this_update, at);
        scp_judgement_fail(j, SCP_REASON_NOT_YET_VALID, "not yet valid: thisUpdate is in %s (%s)", length, at);
        return false;
    }
    if (crl->next_update != SCP_UTC_UNKNOWN && crl->next_update < c->now) {
        span(c->now - crl->next_update, length);
        scp_utc_format(crl->next_update, at);
        scp_judgement_fail(j, SCP_REASON_EXPIRED, "expired %s ago (%s)", length, at);
        return false;
    }
    if (c->max_age > 0 && crl->this_update < c->now - c->max_age) {
        char allowed[SCP_UTC_TEXT];

        span(c->now - crl->this_update, length);
        span(c->max_age, allowed);
        scp_judgement_fail(j, SCP_REASON_EXPIRED, "%s old, more than the %s allowed", length, allowed);
        return false;
    }
    return true;
}

/* --- Is it for this certificate? --- */

static bool out_of_scope(struct scp_judgement *j, const char *what)
{
    scp_judgement_fail(j, SCP_REASON_TYPE, "%s (RFC 5280 section 5.2.5)", what);
    return false;
}

static bool among(const char *uri, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(uri, list[i]) == 0)
            return true;
    }
    return false;
}

/* Byte for byte: a distribution point is a name that happens to look like an address. */
static bool point_known(const struct scp_crl_point *point, const struct scp_crl_context *c)
{
    for (size_t i = 0; i < point->uris; i++) {
        if (c->certificate != NULL) {
            if (among(point->uri[i], (const char *const *)c->certificate->crl, c->certificate->crls))
                return true;
        } else if ((c->url != NULL && strcmp(point->uri[i], c->url) == 0) || among(point->uri[i], c->points, c->points_n)) {
            return true;
        }
    }
    return false;
}

static bool kind_covered(const struct scp_crl_point *point, const struct scp_crl_context *c, struct scp_judgement *j)
{
    if (!point->only_user && !point->only_ca)
        return true;
    if (c->certificate != NULL) {
        if (point->only_user && c->certificate->is_ca)
            return out_of_scope(j, "the list is of users' certificates only, the certificate is a CA's");
        if (point->only_ca && !c->certificate->is_ca)
            return out_of_scope(j, "the list is of CAs' certificates only, the certificate is a user's");
        return true;
    }
    if (!c->serial_asked)
        return true;
    scp_judgement_unknown(j, SCP_REASON_TYPE,
                          "the list is of %s certificates only: whether it covers this one cannot be told "
                          "without the certificate",
                          point->only_ca ? "CAs'" : "users'");
    return false;
}

static const char *wanted_point(const struct scp_crl_context *c)
{
    if (c->certificate != NULL)
        return "one of the certificate's";
    return c->url != NULL || c->points_n > 0 ? "the one asked" : "a certificate at hand";
}

static bool scope_right(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    const struct scp_crl_point *point = &crl->point;

    if (crl->delta) {
        scp_judgement_fail(j, SCP_REASON_TYPE, "a delta list, which holds changes only (RFC 5280 section 5.2.4)");
        return false;
    }
    if (crl->entry_issuer) {
        scp_judgement_fail(j, SCP_REASON_TYPE, "entries of several issuers, as of an indirect list (RFC 5280 section 5.3.3)");
        return false;
    }
    if (!point->present)
        return true;
    if (point->indirect)
        return out_of_scope(j, "an indirect list");
    if (point->only_attribute)
        return out_of_scope(j, "a list of attribute certificates only");
    if (point->only_some_reasons)
        return out_of_scope(j, "a list of some reasons for revocation only");
    if (!kind_covered(point, c, j))
        return false;
    if (!point->named || point_known(point, c))
        return true;
    scp_judgement_fail(j, SCP_REASON_TYPE, "the list is for the distribution point %.120s, not for %s (RFC 5280 section 5.2.5)",
                       point->uris > 0 ? point->uri[0] : "without an address", wanted_point(c));
    return false;
}

/* --- What it says --- */

/* A CA with several keys lists a certificate where the key that issued it signs. */
static bool of_issuing_key(const struct scp_crl *crl, const struct scp_crl_context *c)
{
    return c->certificate == NULL || c->issuers < 2 || same_key(&c->issuer[crl->key], &c->issuer[c->own]);
}

const struct scp_crl_hit *scp_crl_revokes(const struct scp_crl *crl, const struct scp_crl_context *c)
{
    const struct scp_crl_hit *hit = c->serial_asked ? scp_crl_find(crl, c->serial) : NULL;

    return hit == NULL || hit->reason == SCP_CRL_REASON_REMOVE ? NULL : hit;
}

static bool is_listed(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    const struct scp_crl_hit *hit = scp_crl_revokes(crl, c);
    char at[SCP_UTC_TEXT];

    if (hit == NULL)
        return false;
    j->serial_status = SCP_SERIAL_REVOKED;
    scp_utc_format(hit->revoked_at, at);
    scp_judgement_fail(j, SCP_REASON_REVOKED, "revoked at %s (%s)", at, scp_crl_reason_name(hit->reason));
    return true;
}

/* Of a list in which the certificate is not revoked. */
static bool status_good(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    const struct scp_crl_hit *hit;

    if (!c->serial_asked)
        return true;
    hit = scp_crl_find(crl, c->serial);
    if (hit == NULL && !of_issuing_key(crl, c)) {
        scp_judgement_unknown(j, SCP_REASON_ISSUER,
                              "the list is signed by another key of the issuer than the certificate: it does "
                              "not tell (RFC 5280 section 6.3.3 f)");
        return false;
    }
    if (hit == NULL) {
        j->serial_status = SCP_SERIAL_GOOD;
        return true;
    }
    j->serial_status = SCP_SERIAL_UNKNOWN;
    scp_judgement_unknown(j, SCP_REASON_PARSE,
                          "the certificate is listed with removeFromCRL in a list that is not a delta: the list does not tell "
                          "(RFC 5280 section 5.3.1)");
    return false;
}

static void note_oddities(const struct scp_crl *crl, struct scp_judgement *j)
{
    char text[SCP_JUDGEMENT_MESSAGE] = "";
    size_t used = 0;

    for (unsigned i = 0; i < SCP_CRL_ODDITIES && used < sizeof text; i++) {
        if ((crl->oddities & 1U << i) != 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "; " : "", scp_crl_oddity_text(1U << i));
    }
    if (crl->next_update == SCP_UTC_UNKNOWN && used < sizeof text)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%sno nextUpdate: taken as long as --max-response-age allows "
                                 "(RFC 5280 section 5.1.2.5)",
                                 used > 0 ? "; " : "");
    if (used > 0)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_CRL_NONCONFORMING, "%s", text);
    if (crl->algorithm.weak)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_WEAK, "signed with %s", crl->algorithm.name);
}

/* A CA that is late with its next list has a day's grace; the list in force is still good. */
static void note_publication(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    char length[SCP_UTC_TEXT], at[SCP_UTC_TEXT];

    if (crl->next_publish == SCP_UTC_UNKNOWN || c->now - crl->next_publish <= DAY)
        return;
    span(c->now - crl->next_publish, length);
    scp_utc_format(crl->next_publish, at);
    scp_judgement_note(j, SCP_NOTE_REMARK, SCP_CRL_NOTE, "the issuer meant to publish its next list %s ago (%s, Next CRL Publish)",
                       length, at);
}

/* Windows compares bytes where the standard compares names. */
static void note_spelling(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    bool exact = c->issuers == 0;

    for (size_t i = 0; i < c->issuers && !exact; i++)
        (void)scp_name_equal(crl->issuer_der, crl->issuer_der_len, c->issuer[i].subject_der, c->issuer[i].subject_der_len, &exact);
    if (exact && c->certificate != NULL)
        (void)scp_name_equal(crl->issuer_der, crl->issuer_der_len, c->certificate->issuer_der, c->certificate->issuer_der_len,
                             &exact);
    if (!exact)
        scp_judgement_note(j, SCP_NOTE_REMARK, SCP_CRL_NOTE,
                           "the issuer's name is the same (RFC 5280 section 7.1), but not byte by byte");
}

/* The name first: a list of another issuer is signed by another key, and the name says more. */
bool scp_crl_is_genuine(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    return issuer_expected(crl, c, j) && signature_good(crl, j) && issuer_may(crl, c, j);
}

bool scp_crl_is_in_force(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    return form_usable(crl, c, j) && time_right(crl, c, j);
}

void scp_crl_judge(const struct scp_crl *crl, const struct scp_crl_context *c, struct scp_judgement *j)
{
    scp_judgement_init(j);
    j->this_update = crl->this_update;
    j->next_update = crl->next_update;
    if (c->serial_asked)
        j->serial_status = SCP_SERIAL_UNKNOWN;
    if (!scp_crl_is_genuine(crl, c, j) || !scp_crl_is_in_force(crl, c, j))
        return;
    if (is_listed(crl, c, j) || !scope_right(crl, c, j) || !status_good(crl, c, j))
        return;
    note_oddities(crl, j);
    note_publication(crl, c, j);
    note_spelling(crl, c, j);
    scp_lifetime_note(j, c->lifetime);
}

/* --- What is no list --- */

void scp_crl_judge_unread(const struct scp_crl_unread *u, const struct scp_crl_context *c, struct scp_judgement *j)
{
    const struct scp_err *err = &u->err;
    const char *kind = scp_sniff_answer(u->head, u->head_n);

    scp_judgement_init(j);
    if (c->serial_asked)
        j->serial_status = SCP_SERIAL_UNKNOWN;
    if (err->code == SCP_ERR_MEMORY || u->damaged)
        scp_judgement_err(j, err);
    else if (u->head_n == 0)
        scp_judgement_fail(j, SCP_REASON_TYPE, "an empty answer, not a CRL");
    else if (kind != NULL)
        scp_judgement_fail(j, SCP_REASON_TYPE, "not a CRL (%s, %" PRIu64 " bytes)", kind, u->size);
    else if (err->code == SCP_ERR_TRUNCATED)
        scp_judgement_fail(j, SCP_REASON_TRUNCATED, "%.200s", err->message);
    else if (err->code == SCP_ERR_LIMIT)
        scp_judgement_fail(j, SCP_REASON_TOO_LARGE, "%.200s", err->message);
    else
        scp_judgement_fail(j, SCP_REASON_PARSE, "%.200s", err->message);
}

bool scp_crl_read(struct scp_crl_reader *r, struct scp_crl *out, struct scp_crl_unread *unread)
{
    const uint8_t *head;

    *unread = (struct scp_crl_unread){ .size = scp_crl_reader_size(r) };
    if (scp_crl_reader_finish(r, out, &unread->err) == 0)
        return true;
    head = scp_crl_reader_head(r, &unread->head_n);
    memcpy(unread->head, head, unread->head_n);
    return false;
}

struct scp_crl_reader *scp_crl_judge_reader_new(const struct scp_issuer *issuer, size_t issuers, const struct scp_serial *asked,
                                                size_t asked_n, struct scp_err *err)
{
    struct scp_crl_reader *r = scp_crl_reader_new(NULL, 0, asked, asked_n, err);

    for (size_t i = 0; r != NULL && i < issuers; i++) {
        if (scp_crl_reader_also(r, issuer[i].spki_der, issuer[i].spki_der_len, err) == 0)
            continue;
        scp_crl_reader_free(r);
        return NULL;
    }
    return r;
}

void scp_crl_judge_bytes(const uint8_t *p, size_t n, const struct scp_serial *asked, size_t asked_n,
                         const struct scp_crl_context *c, struct scp_judgement *j)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_crl_unread unread;
    struct scp_crl crl;
    struct scp_crl_reader *r = scp_crl_judge_reader_new(c->issuer, c->issuers, asked, asked_n, &err);

    if (r == NULL) {
        scp_judgement_init(j);
        scp_judgement_err(j, &err);
        return;
    }
    (void)scp_crl_reader_feed(r, p, n, NULL);
    if (scp_crl_read(r, &crl, &unread)) {
        scp_crl_judge(&crl, c, j);
        scp_crl_free(&crl);
    } else {
        scp_crl_judge_unread(&unread, c, j);
    }
    scp_crl_reader_free(r);
}
