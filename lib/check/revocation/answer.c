/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/internal.h"

#include "base/num.h"
#include "base/say.h"
#include "codec/trustlist/cabinet.h"
#include "codec/x509/certificate.h"
#include "codec/text/sniff.h"

#include <stdio.h>
#include <string.h>

const char *scp_revocation_thing(enum scp_endpoint_kind kind)
{
    switch (kind) {
    case SCP_ENDPOINT_CRL: return "a CRL";
    case SCP_ENDPOINT_OCSP: return "an OCSP response";
    case SCP_ENDPOINT_CTL: return "a trust list";
    case SCP_ENDPOINT_AIA: return "a certificate";
    case SCP_ENDPOINT_HTTP:
    case SCP_ENDPOINT_TLS: break;
    }
    return "the host's own answer";
}

/* --- The transfer --- */

static enum scp_reason reason_of(enum scp_http_outcome outcome)
{
    switch (outcome) {
    case SCP_HTTP_OK: return SCP_REASON_OK;
    case SCP_HTTP_DNS: return SCP_REASON_DNS;
    case SCP_HTTP_CONNECT: return SCP_REASON_CONNECT;
    case SCP_HTTP_PROXY: return SCP_REASON_PROXY;
    case SCP_HTTP_PROXY_AUTH: return SCP_REASON_PROXY_AUTH;
    case SCP_HTTP_TLS: return SCP_REASON_TLS;
    case SCP_HTTP_INTERCEPTED: return SCP_REASON_INTERCEPTED;
    case SCP_HTTP_STATUS: return SCP_REASON_HTTP;
    case SCP_HTTP_TRUNCATED: return SCP_REASON_TRUNCATED;
    case SCP_HTTP_TOO_LARGE: return SCP_REASON_TOO_LARGE;
    case SCP_HTTP_TIMEOUT: return SCP_REASON_TIMEOUT;
    case SCP_HTTP_REFUSED: return SCP_REASON_PARSE;
    case SCP_HTTP_NOT_STARTED:
    case SCP_HTTP_UNABLE: break;
    }
    return SCP_REASON_TIMEOUT;
}

/* "text/html; charset=…" without what follows, or what its first bytes look like. */
static void type_of(const struct scp_http_result *result, char out[64])
{
    size_t n = strcspn(result->content_type, "; \t");

    if (n > 0 && strstr(result->content_type, "html") != NULL)
        (void)snprintf(out, 64, "%.*s", (int)(n > 60 ? 60 : n), result->content_type);
    else
        (void)snprintf(out, 64, "HTML or XML");
}

static void fail_page(const struct scp_http_result *result, enum scp_endpoint_kind kind, struct scp_judgement *out)
{
    char type[64];

    type_of(result, type);
    scp_judgement_fail(out, SCP_REASON_INTERCEPTED, "intercepted: %s instead of %s (%zu bytes)", type, scp_revocation_thing(kind),
                       result->bytes);
}

static void fail_transfer(const struct scp_http_result *result, struct scp_judgement *out)
{
    const char *message = result->message[0] != '\0' ? result->message : scp_http_outcome_name(result->outcome);

    if (result->outcome == SCP_HTTP_NOT_STARTED || result->outcome == SCP_HTTP_UNABLE)
        scp_judgement_unknown(out, reason_of(result->outcome), SCP_SAID, message);
    else if (result->outcome == SCP_HTTP_STATUS && scp_http_is_page(result))
        scp_judgement_fail(out, SCP_REASON_HTTP, "%s with a page for people: a filter's or a proxy's?", message);
    else
        scp_judgement_fail(out, reason_of(result->outcome), SCP_SAID, message);
}

bool scp_revocation_transfer_failed(const struct scp_http_result *result, enum scp_endpoint_kind kind, struct scp_judgement *out)
{
    bool answered = result->outcome == SCP_HTTP_OK || result->outcome == SCP_HTTP_REFUSED;

    scp_judgement_init(out);
    if (answered && scp_http_is_page(result))
        fail_page(result, kind, out);
    else if (!answered)
        fail_transfer(result, out);
    else
        return false;
    return true;
}

void scp_revocation_judge_reached(const struct scp_http_result *result, struct scp_judgement *out)
{
    bool status =
        result->outcome == SCP_HTTP_OK || (result->outcome == SCP_HTTP_STATUS && (result->status == 400 || result->status == 404));

    scp_judgement_init(out);
    if (status && scp_http_is_page(result))
        fail_page(result, SCP_ENDPOINT_HTTP, out);
    else if (!status)
        fail_transfer(result, out);
    else
        (void)snprintf(out->message, sizeof out->message, "reached (HTTP %d)", result->status);
}

/* --- Certificates --- */

static void fail_aia(const uint8_t *p, size_t n, const uint8_t sha1[SCP_SHA1_LEN], struct scp_judgement *out)
{
    enum scp_sniff kind = scp_sniff(p, n);
    char print[2 * SCP_SHA1_LEN + 1];

    if (kind == SCP_SNIFF_DER) {
        scp_num_to_hex(sha1, SCP_SHA1_LEN, print);
        scp_judgement_fail(out, SCP_REASON_SIGNATURE, "another certificate than the expected one (SHA-1 %s)", print);
    } else if (kind == SCP_SNIFF_EMPTY) {
        scp_judgement_fail(out, SCP_REASON_TYPE, "answered, but with nothing (0 bytes)");
    } else {
        scp_judgement_fail(out, SCP_REASON_TYPE, "answered, but not with a certificate (%s, %zu bytes)", scp_sniff_name(kind), n);
    }
}

void scp_revocation_judge_aia(const struct scp_revocation_target *t, const uint8_t *p, size_t n, struct scp_judgement *out)
{
    uint8_t sha1[SCP_SHA1_LEN], sha256[SCP_SHA256_LEN];
    struct scp_err err = SCP_ERR_INIT;

    scp_judgement_init(out);
    if (scp_certificate_sha1(p, n, sha1, &err) != 0 || scp_certificate_sha256(p, n, sha256, &err) != 0)
        scp_judgement_err(out, &err);
    else if (memcmp(sha1, t->endpoint->sha1, sizeof sha1) != 0)
        fail_aia(p, n, sha1, out);
    else if (t->has_sha256 && memcmp(sha256, t->sha256, sizeof sha256) != 0)
        scp_judgement_fail(out, SCP_REASON_SIGNATURE, "a forged certificate: the SHA-1 is the expected one, the SHA-256 is not");
    else
        (void)snprintf(out->message, sizeof out->message, "the expected certificate");
}

/* --- Trust lists --- */

static enum scp_ctl_kind expected_kind(const char *member)
{
    static const struct {
        const char *member;
        enum scp_ctl_kind kind;
    } KINDS[] = {
        { "authroot.stl", SCP_CTL_TRUSTED },
        { "disallowedcert.stl", SCP_CTL_DISALLOWED },
        { "pinrules.stl", SCP_CTL_PIN_RULES },
    };

    for (size_t i = 0; member != NULL && i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(member, KINDS[i].member) == 0)
            return KINDS[i].kind;
    }
    return SCP_CTL_OTHER;
}

/* Our own inability is not the endpoint's fault. */
static void fail_error(const struct scp_err *err, struct scp_judgement *out)
{
    if (err->code == SCP_ERR_MEMORY || err->code == SCP_ERR_UNSUPPORTED)
        scp_judgement_err(out, err);
    else
        scp_judgement_fail(out,
                           err->code == SCP_ERR_TRUNCATED ? SCP_REASON_TRUNCATED
                           : err->code == SCP_ERR_LIMIT   ? SCP_REASON_TOO_LARGE
                                                          : SCP_REASON_PARSE,
                           SCP_SAID, err->message);
}

static void judge_list(const struct scp_profile_endpoint *e, const struct scp_trust_list *list, int64_t now,
                       struct scp_judgement *out)
{
    enum scp_ctl_kind wanted = expected_kind(e->member);
    char date[SCP_UTC_TEXT];

    out->this_update = list->ctl.this_update;
    out->next_update = list->ctl.next_update;
    scp_utc_format_date(list->ctl.this_update, date);
    if (!scp_trust_list_believed(list))
        scp_judgement_fail(out, SCP_REASON_SIGNATURE, "the list of %s: signature %s (%s)", date,
                           scp_ctl_signature_name(list->verdict.signature), list->verdict.reason);
    else if (wanted != SCP_CTL_OTHER && list->ctl.kind != wanted)
        scp_judgement_fail(out, SCP_REASON_TYPE, "a list of another kind: %s instead of %s", scp_ctl_kind_name(list->ctl.kind),
                           scp_ctl_kind_name(wanted));
    else if (list->ctl.this_update > now + SCP_UTC_SKEW)
        scp_judgement_fail(out, SCP_REASON_NOT_YET_VALID, "the list is of %s, in the future", date);
    else if (list->ctl.next_update != SCP_UTC_UNKNOWN && list->ctl.next_update < now - SCP_UTC_SKEW)
        scp_judgement_fail(out, SCP_REASON_EXPIRED, "the list of %s has expired", date);
    else
        (void)snprintf(out->message, sizeof out->message, "list of %s verified, %zu entr%s", date, list->ctl.n,
                       list->ctl.n == 1 ? "y" : "ies");
    if (list->verdict.signature == SCP_CTL_WEAK)
        scp_judgement_note(out, list->ctl.this_update < SCP_CTL_SHA1_UNTIL ? SCP_NOTE_REMARK : SCP_NOTE_WARNING, "ctl.weak",
                           "the list of %s is %s", date, list->verdict.reason);
    if (list->ctl.oddity[0] != '\0')
        scp_judgement_note(out, SCP_NOTE_WARNING, "ctl.nonconforming", "the list of %s: %s", date, list->ctl.oddity);
}

bool scp_revocation_read_ctl(const struct scp_profile_endpoint *e, const struct scp_trust_list_anchors *anchors, const uint8_t *p,
                             size_t n, struct scp_revocation_came *came, struct scp_judgement *out)
{
    if (n == 0) {
        scp_judgement_fail(out, SCP_REASON_TYPE, "answered, but with nothing (0 bytes)");
        return false;
    }
    if (e->member != NULL && !scp_cabinet_is(p, n)) {
        scp_judgement_fail(out, SCP_REASON_TYPE, "answered, but not with a cabinet (%s, %zu bytes)",
                           scp_sniff_name(scp_sniff(p, n)), n);
        return false;
    }
    came->has_list = scp_trust_list_read_member(p, n, e->member, anchors, &came->list, &came->err) == 0;
    return true;
}

void scp_revocation_judge_ctl(const struct scp_profile_endpoint *e, const struct scp_revocation_came *came, int64_t now,
                              struct scp_judgement *out)
{
    scp_judgement_init(out);
    if (came->has_list)
        judge_list(e, &came->list, now, out);
    else
        fail_error(&came->err, out);
}
