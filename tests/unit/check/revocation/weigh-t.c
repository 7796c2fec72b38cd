/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What came is weighed on literal facts: by this machine's clock and by the hosts', behind a gateway, and of other addresses. */
#include "base/utc.h"
#include "check/revocation/check.h"
#include "check/revocation/internal.h"
#include "tap.h"

#include <string.h>

enum { DAY = 86400, SKEW = 300, ENDPOINTS = 2 };

static const int64_t NOW = 1800000000;
static char OTHER[] = "http://a/2.crl";

struct world {
    struct scp_profile_issuer issuer[2];
    struct scp_profile_endpoint endpoint[ENDPOINTS];
    struct scp_profile profile;
    struct scp_revocation_target target;
    struct scp_revocation_came came;
    struct scp_crl crl;
    struct scp_revocation_fact fact;
    struct scp_revocation_facts facts;
    struct scp_revocation_plan plan;
    struct scp_revocation_run run;
    uint8_t name[2];
};

/* A good OCSP answer of a host whose clock agrees. */
static void set_world(struct world *w)
{
    memset(w, 0, sizeof *w);
    for (int i = 0; i < ENDPOINTS; i++)
        w->endpoint[i] = (struct scp_profile_endpoint){ .issuer = &w->issuer[0], .url = i == 0 ? "http://a/1.crl" : OTHER };
    w->endpoint[0].kind = SCP_ENDPOINT_OCSP;
    w->endpoint[1].kind = SCP_ENDPOINT_CRL;
    w->profile = (struct scp_profile){ .endpoint = w->endpoint, .endpoints = ENDPOINTS };
    w->target.endpoint = &w->endpoint[0];
    w->came.ocsp = (struct scp_ocsp_read){ .response = { .produced_at = NOW - DAY,
                                                         .singles = 1,
                                                         .answers = 1,
                                                         .signer = SCP_OCSP_SIGNER_ISSUER,
                                                         .signature = SCP_OCSP_SIGNATURE_GOOD },
                                           .err = SCP_ERR_INIT,
                                           .trouble = SCP_ERR_INIT };
    w->came.ocsp.response.answer[0] =
        (struct scp_ocsp_answer){ .reason = -1, .this_update = NOW - DAY, .next_update = NOW + DAY, .hash = "SHA1" };
    w->fact = (struct scp_revocation_fact){ .endpoint = w->target.endpoint, .target = &w->target, .came = &w->came };
    (void)strcpy(w->fact.final_host, "gateway");
    w->facts = (struct scp_revocation_facts){ .v = &w->fact, .n = 1 };
    w->plan = (struct scp_revocation_plan){ .v = &w->target, .n = 1, .profile = &w->profile };
    w->run = (struct scp_revocation_run){ .now = NOW, .began = NOW };
}

/* A list for one distribution point, the other endpoint's address. */
static void crl(struct world *w)
{
    w->endpoint[0].kind = SCP_ENDPOINT_CRL;
    w->name[0] = 0x30;
    w->crl = (struct scp_crl){ .version = 2,
                               .issuer_der = w->name,
                               .issuer_der_len = 2,
                               .this_update = NOW - DAY,
                               .next_update = NOW + DAY,
                               .next_publish = SCP_UTC_UNKNOWN,
                               .point = { .present = true, .named = true, .uri = { OTHER }, .uris = 1 },
                               .signature = SCP_CRL_SIGNATURE_GOOD };
    w->came.crls = (struct scp_crl_set){ .v = &w->crl, .n = 1, .unread = { .err = SCP_ERR_INIT } };
}

static void skewed(struct world *w, double skew)
{
    w->facts.clock_known = true;
    w->facts.clock_skew = skew;
}

/* clang-format off */
#define ANSWER w->came.ocsp.response.answer[0]
#define SET(name, ...) static void name(struct world *w) { __VA_ARGS__; }
SET(as_it_is, (void)w)
SET(fast, skewed(w, SKEW + 1); ANSWER.next_update = NOW - SKEW - 1)
SET(as_fast_as_may_be, skewed(w, SKEW); ANSWER.next_update = NOW - SKEW - 1)
SET(slow, skewed(w, -SKEW - 1); ANSWER.this_update = NOW + SKEW + 1)
SET(as_slow_as_may_be, skewed(w, -SKEW); ANSWER.this_update = NOW + SKEW + 1)
SET(fast_but_untold, fast(w); w->facts.clock_known = false)
SET(fast_as_of_then, fast(w); w->run.began = NOW + SKEW + 1)
SET(fast_as_of_almost_now, fast(w); w->run.began = NOW + SKEW)
SET(fast_as_of_almost_now_before, fast(w); w->run.began = NOW - SKEW)
SET(bad_by_both, fast(w); ANSWER.next_update = NOW - DAY)
SET(revoked, fast(w); ANSWER.next_update = NOW + DAY; ANSWER.status = SCP_OCSP_REVOKED)
SET(fast_and_good, skewed(w, SKEW + 1))
SET(fast_and_unsupported, fast(w); w->came.ocsp.response.signature = SCP_OCSP_SIGNATURE_UNSUPPORTED)
SET(older, w->run.max_response_age = DAY - 1)
SET(as_old_as_may_be, w->run.max_response_age = DAY)
SET(certificate_ended, w->target.subject = (struct scp_certificate_facts){ .known = true, .not_after = NOW - 1 })
SET(gateway, w->fact.from_public = true; (void)strcpy(w->fact.private_address, "10.0.0.1"); w->came.ocsp.err.code = SCP_ERR_FORMAT)
SET(gateway_of_ours, gateway(w); w->fact.from_public = false)
SET(no_gateway, gateway(w); w->fact.private_address[0] = '\0')
SET(gateway_with_an_object, gateway(w); w->came.ocsp.err.code = SCP_ERR_NONE; ANSWER.status = SCP_OCSP_REVOKED)
SET(gateway_and_no_memory, gateway(w); w->came.ocsp.err.code = SCP_ERR_MEMORY)
SET(nothing_came, w->fact.came = NULL; w->fact.judgement.reason = SCP_REASON_DNS)
SET(list, crl(w))
SET(list_of_another_issuer, crl(w); w->endpoint[1].issuer = &w->issuer[1])
SET(list_beside_ocsp, crl(w); w->endpoint[1].kind = SCP_ENDPOINT_OCSP)
SET(list_without_profile, crl(w); w->plan.profile = NULL)
SET(list_of_its_own_address, crl(w); w->plan.profile = NULL; w->endpoint[0].url = OTHER)
SET(list_of_a_file, list_of_its_own_address(w); w->target.is_file = true)
#undef SET
#undef ANSWER
/* clang-format on */

static const struct {
    void (*set)(struct world *w);
    enum scp_reason reason;
    bool unknown, by_clock;
    size_t notes;
    const char *text;
} ROWS[] = {
    { as_it_is, SCP_REASON_OK, false, false, 0, "good" },
    { fast, SCP_REASON_EXPIRED, false, true, 0, "expired" },
    { as_fast_as_may_be, SCP_REASON_EXPIRED, false, false, 0, NULL },
    { slow, SCP_REASON_NOT_YET_VALID, false, true, 0, NULL },
    { as_slow_as_may_be, SCP_REASON_NOT_YET_VALID, false, false, 0, NULL },
    { fast_but_untold, SCP_REASON_EXPIRED, false, false, 0, NULL },
    { fast_as_of_then, SCP_REASON_EXPIRED, false, false, 0, NULL },
    { fast_as_of_almost_now, SCP_REASON_EXPIRED, false, true, 0, NULL },
    { fast_as_of_almost_now_before, SCP_REASON_EXPIRED, false, true, 0, NULL },
    { bad_by_both, SCP_REASON_EXPIRED, false, false, 0, NULL },
    { revoked, SCP_REASON_REVOKED, false, false, 0, NULL },
    { fast_and_good, SCP_REASON_OK, false, false, 0, NULL },
    { fast_and_unsupported, SCP_REASON_SIGNATURE, true, false, 0, NULL },
    { older, SCP_REASON_EXPIRED, false, false, 0, "older than allowed" },
    { as_old_as_may_be, SCP_REASON_OK, false, false, 0, NULL },
    { certificate_ended, SCP_REASON_OK, false, false, 1, NULL },
    { gateway, SCP_REASON_INTERCEPTED, false, false, 0, "by the gateway gateway (10.0.0.1)" },
    { gateway_of_ours, SCP_REASON_PARSE, false, false, 0, NULL },
    { no_gateway, SCP_REASON_PARSE, false, false, 0, NULL },
    { gateway_with_an_object, SCP_REASON_REVOKED, false, false, 0, NULL },
    { gateway_and_no_memory, SCP_REASON_PARSE, true, false, 0, NULL },
    { nothing_came, SCP_REASON_DNS, false, false, 0, NULL },
    { list, SCP_REASON_OK, false, false, 0, NULL },
    { list_of_another_issuer, SCP_REASON_TYPE, false, false, 0, "for the distribution point http://a/2.crl" },
    { list_beside_ocsp, SCP_REASON_TYPE, false, false, 0, NULL },
    { list_without_profile, SCP_REASON_TYPE, false, false, 0, NULL },
    { list_of_its_own_address, SCP_REASON_OK, false, false, 0, NULL },
    { list_of_a_file, SCP_REASON_TYPE, false, false, 0, NULL },
};

int main(void)
{
    static struct world w;

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const struct scp_judgement *j = &w.fact.judgement;

        set_world(&w);
        ROWS[i].set(&w);
        scp_revocation_weigh(&w.plan, &w.run, &w.facts);
        tap_is_text(scp_reason_name(ROWS[i].reason), scp_reason_name(j->reason), "row %zu: reason", i + 1);
        tap_ok(ROWS[i].unknown == j->unknown, "row %zu: %s", i + 1, ROWS[i].unknown ? "unknown" : "known");
        tap_ok(ROWS[i].by_clock == w.fact.by_clock, "row %zu: %s", i + 1, ROWS[i].by_clock ? "by the clock alone" : "by itself");
        tap_is_int((long long)ROWS[i].notes, (long long)j->notes, "row %zu: notes", i + 1);
        if (ROWS[i].text != NULL)
            tap_has_text(ROWS[i].text, j->message, "row %zu: text", i + 1);
    }
    return tap_done();
}
