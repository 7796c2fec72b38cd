/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What check_scp_revocation makes of transfers, with answers from memory: every outcome, kind http, certificates, files,
 * and what is asked.
 */
#include "base/utc.h"
#include "check/revocation/check.h"
#include "codec/x509/certificate.h"
#include "tap.h"
#include "unit/io/http/memory.h"

#include <stdio.h>
#include <string.h>

static const int64_t NOW = 1800000000;
static const char URL[] = "http://a.example/x";

/* A key that is none: what is signed with it is never good. */
static const uint8_t SUBJECT[] = { 0x30, 0x0E, 0x31, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x03, 'C', 'A', '1' };
static const uint8_t SPKI[] = { 0x30, 0x13, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7,
                                0x0D, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x02, 0x00, 0x00 };
static const struct scp_profile_issuer ISSUER = {
    .alias = "ca", .subject_der = SUBJECT, .subject_der_len = sizeof SUBJECT, .spki_der = SPKI, .spki_der_len = sizeof SPKI
};

static struct scp_profile_endpoint endpoint(enum scp_endpoint_kind kind)
{
    return (struct scp_profile_endpoint){
        .id = "a", .host = "a.example", .url = URL, .kind = kind, .issuer = &ISSUER, .serial = NULL, .max_size = 1000
    };
}

static struct scp_revocation_run run_of(void)
{
    return (struct scp_revocation_run){
        .now = NOW, .began = NOW, .deadline = scp_deadline_after(10), .limits = scp_revocation_limits_default
    };
}

/* And what came is judged. */
static int gather(const struct scp_revocation_plan *plan, struct scp_http *http, const struct scp_revocation_run *run,
                  struct scp_revocation_facts *out, struct scp_err *err)
{
    int rc = scp_revocation_gather(plan, http, run, out, err);

    if (rc == 0)
        scp_revocation_weigh(plan, run, out);
    return rc;
}

/* Asks the one endpoint; the facts are the caller's to free. */
static struct scp_revocation_facts ask(const struct scp_profile_endpoint *e, const struct scp_http_answer *answer)
{
    struct scp_revocation_target target = { .endpoint = e };
    struct scp_revocation_plan plan = { .v = &target, .n = 1 };
    struct scp_http *http = scp_http_memory_new();
    struct scp_revocation_run run = run_of();
    struct scp_revocation_facts facts;
    struct scp_err err = SCP_ERR_INIT;

    if (http == NULL || (answer != NULL && scp_http_memory_add(http, e->url, answer, &err) != 0) ||
        gather(&plan, http, &run, &facts, &err) != 0)
        tap_bail("cannot ask: %s", err.message);
    scp_http_free(http);
    return facts;
}

/* --- Outcomes --- */

struct outcome_row {
    enum scp_http_outcome outcome;
    enum scp_reason reason;
    bool unknown;
};

static const struct outcome_row OUTCOMES[] = {
    { SCP_HTTP_DNS, SCP_REASON_DNS, false },
    { SCP_HTTP_CONNECT, SCP_REASON_CONNECT, false },
    { SCP_HTTP_PROXY, SCP_REASON_PROXY, false },
    { SCP_HTTP_PROXY_AUTH, SCP_REASON_PROXY_AUTH, false },
    { SCP_HTTP_TLS, SCP_REASON_TLS, false },
    { SCP_HTTP_INTERCEPTED, SCP_REASON_INTERCEPTED, false },
    { SCP_HTTP_STATUS, SCP_REASON_HTTP, false },
    { SCP_HTTP_TRUNCATED, SCP_REASON_TRUNCATED, false },
    { SCP_HTTP_TOO_LARGE, SCP_REASON_TOO_LARGE, false },
    { SCP_HTTP_TIMEOUT, SCP_REASON_TIMEOUT, false },
    { SCP_HTTP_NOT_STARTED, SCP_REASON_TIMEOUT, true },
    { SCP_HTTP_UNABLE, SCP_REASON_TIMEOUT, true },
};

static void test_outcome(const struct outcome_row *row, enum scp_endpoint_kind kind)
{
    struct scp_http_answer answer = { .outcome = row->outcome,
                                      .status = row->outcome == SCP_HTTP_STATUS ? 503 : 0,
                                      .message = "why" };
    struct scp_profile_endpoint e = endpoint(kind);
    struct scp_revocation_facts facts = ask(&e, &answer);
    const struct scp_judgement *j = &facts.v[0].judgement;
    const char *name = scp_http_outcome_name(row->outcome);

    tap_ok(!scp_judgement_good(j), "kind %d, %s: not good", (int)kind, name);
    tap_is_int(row->unknown, j->unknown, "kind %d, %s: our own inability", (int)kind, name);
    tap_is_text(scp_reason_name(row->reason), scp_reason_name(j->reason), "kind %d, %s: reason", (int)kind, name);
    tap_ok(strstr(j->message, "a page for people") == NULL, "kind %d, %s: no page is told where none came", (int)kind, name);
    tap_ok(j->message[0] != '\0', "kind %d, %s: says why", (int)kind, name);
    scp_revocation_free(&facts);
}

/* --- Bodies that are nothing of the kind --- */

struct body_row {
    const char *body, *type;
    enum scp_reason reason;
};

static const struct body_row BODIES[] = {
    { "<!DOCTYPE html><html>", "text/html", SCP_REASON_INTERCEPTED },
    { "<html>", "application/octet-stream", SCP_REASON_INTERCEPTED },
    { "", "application/octet-stream", SCP_REASON_TYPE },
    { "just a text, no object at all", "text/plain", SCP_REASON_TYPE },
};

static void test_body(const struct body_row *row, enum scp_endpoint_kind kind)
{
    struct scp_http_answer answer = { .status = 200, .body = row->body, .body_n = strlen(row->body), .content_type = row->type };
    struct scp_profile_endpoint e = endpoint(kind);
    struct scp_revocation_facts facts;

    e.member = kind == SCP_ENDPOINT_CTL ? "authroot.stl" : NULL;
    facts = ask(&e, &answer);
    tap_is_text(scp_reason_name(row->reason), scp_reason_name(facts.v[0].judgement.reason), "kind %d, '%s'", (int)kind, row->body);
    tap_ok(!facts.v[0].judgement.unknown, "kind %d, '%s': that is known", (int)kind, row->body);
    tap_is_int((long long)strlen(row->body), (long long)facts.v[0].bytes, "kind %d, '%s': bytes", (int)kind, row->body);
    scp_revocation_free(&facts);
}

/* --- Where a redirect leads --- */

struct gateway_row {
    const char *what, *body, *address;
    enum scp_http_outcome outcome;
    enum scp_reason reason;
};

static const struct gateway_row GATEWAYS[] = {
    { "a page of a gateway inside", "<html>", "10.1.2.3", SCP_HTTP_OK, SCP_REASON_INTERCEPTED },
    { "a text of a gateway inside", "blocked", "10.1.2.3", SCP_HTTP_OK, SCP_REASON_INTERCEPTED },
    { "an error of a gateway inside", "", "192.168.0.1", SCP_HTTP_STATUS, SCP_REASON_INTERCEPTED },
    { "a gateway that does not answer", "", "10.1.2.3", SCP_HTTP_TIMEOUT, SCP_REASON_TIMEOUT },
    { "a text of a public host", "blocked", NULL, SCP_HTTP_OK, SCP_REASON_TYPE },
};

static void test_gateway(const struct gateway_row *row)
{
    struct scp_http_answer answer = { .outcome = row->outcome,
                                      .status = row->outcome == SCP_HTTP_STATUS ? 404 : 0,
                                      .body = row->body,
                                      .body_n = strlen(row->body),
                                      .message = "why",
                                      .from = "http://gateway.example/auth",
                                      .private_address = row->address };
    struct scp_profile_endpoint e = endpoint(SCP_ENDPOINT_CRL);
    struct scp_revocation_facts facts = ask(&e, &answer);

    tap_is_text(scp_reason_name(row->reason), scp_reason_name(facts.v[0].judgement.reason), "%s: reason", row->what);
    tap_is_text("gateway.example", facts.v[0].final_host, "%s: who answered", row->what);
    tap_is_text(row->address != NULL ? row->address : "", facts.v[0].private_address, "%s: from where", row->what);
    if (row->reason == SCP_REASON_INTERCEPTED)
        tap_has_text("gateway.example", facts.v[0].judgement.message, "%s: named", row->what);
    scp_revocation_free(&facts);
}

/* --- Kind http --- */

struct reach_row {
    int status;
    const char *body, *type;
    enum scp_reason reason;
};

static const struct reach_row REACH[] = {
    { 200, "", "", SCP_REASON_OK },
    { 400, "", "", SCP_REASON_OK },
    { 404, "gone", "text/plain", SCP_REASON_OK },
    { 200, "<html>", "text/html", SCP_REASON_INTERCEPTED },
    { 404, "<html>", "text/html", SCP_REASON_INTERCEPTED },
    { 403, "", "", SCP_REASON_HTTP },
    { 500, "", "", SCP_REASON_HTTP },
    { 503, "<html>", "text/html", SCP_REASON_HTTP },
    { 301, "", "", SCP_REASON_HTTP },
    { 401, "", "", SCP_REASON_HTTP },
    { 410, "", "", SCP_REASON_HTTP },
    { 204, "", "", SCP_REASON_HTTP },
};

static void test_reach(const struct reach_row *row)
{
    struct scp_http_answer answer = {
        .status = row->status, .body = row->body, .body_n = strlen(row->body), .content_type = row->type
    };
    struct scp_profile_endpoint e = endpoint(SCP_ENDPOINT_HTTP);
    struct scp_revocation_facts facts = ask(&e, &answer);

    tap_is_text(scp_reason_name(row->reason), scp_reason_name(facts.v[0].judgement.reason), "kind http: %d '%s'", row->status,
                row->body);
    tap_is_int(row->status, facts.v[0].status, "kind http: %d: status", row->status);
    scp_revocation_free(&facts);
}

/* --- Certificates --- */

static void test_aia(void)
{
    static const char DER[] = "\x30\x81\x80"
                              "0123456701234567012345670123456701234567012345670123456701234567"
                              "0123456701234567012345670123456701234567012345670123456701234567";
    struct scp_http_answer answer = { .status = 200, .body = DER, .body_n = sizeof DER - 1 };
    struct scp_profile_endpoint e = endpoint(SCP_ENDPOINT_AIA);
    struct scp_revocation_target target = { .endpoint = &e, .has_sha256 = true };
    struct scp_revocation_plan plan = { .v = &target, .n = 1 };
    struct scp_revocation_run run = run_of();
    struct scp_revocation_facts facts;
    struct scp_http *http = scp_http_memory_new();

    (void)scp_certificate_sha1((const uint8_t *)DER, sizeof DER - 1, e.sha1, NULL);
    (void)scp_certificate_sha256((const uint8_t *)DER, sizeof DER - 1, target.sha256, NULL);
    e.has_sha1 = true;
    (void)scp_http_memory_add(http, URL, &answer, NULL);
    (void)gather(&plan, http, &run, &facts, NULL);
    tap_ok(scp_judgement_good(&facts.v[0].judgement), "the expected certificate");
    scp_revocation_free(&facts);
    target.sha256[0] ^= 1;
    (void)gather(&plan, http, &run, &facts, NULL);
    tap_is_text("signature", scp_reason_name(facts.v[0].judgement.reason), "the SHA-1 alone does not do");
    scp_revocation_free(&facts);
    target.sha256[0] ^= 1;
    e.sha1[0] ^= 1;
    (void)gather(&plan, http, &run, &facts, NULL);
    tap_is_text("signature", scp_reason_name(facts.v[0].judgement.reason), "another certificate");
    scp_revocation_free(&facts);
    scp_http_free(http);
}

/* --- What is asked, and how long --- */

static void test_asked(void)
{
    struct scp_profile_endpoint e[2] = { endpoint(SCP_ENDPOINT_CRL), endpoint(SCP_ENDPOINT_OCSP) };
    static const struct scp_issuer ASKED_OF = {
        .subject_der = SUBJECT, .subject_der_len = sizeof SUBJECT, .spki_der = SPKI, .spki_der_len = sizeof SPKI
    };
    struct scp_revocation_target target[2] = { { .endpoint = &e[0] }, { .endpoint = &e[1], .issuer = &ASKED_OF, .issuers = 1 } };
    struct scp_revocation_plan plan = { .v = target, .n = 2 };
    struct scp_revocation_run run = run_of();
    struct scp_revocation_facts facts;
    struct scp_http *http = scp_http_memory_new();
    struct scp_http_asked asked;

    e[1].url = "http://ocsp.example/path";
    e[1].serial = "0b0c";
    (void)gather(&plan, http, &run, &facts, NULL);
    tap_is_int(2, (long long)scp_http_memory_asked(http, 1, &asked), "both were asked");
    tap_has_text("http://ocsp.example/path/M", asked.url, "OCSP by GET, the request behind the path");
    tap_ok(asked.post == NULL, "and not by POST");
    tap_is_text("application/ocsp-response", asked.accept, "what is accepted");
    tap_is_text("dns", scp_reason_name(facts.v[1].judgement.reason), "a name that does not exist");
    tap_is_double(8.0, facts.seconds_limit, "8 s for each");
    scp_revocation_free(&facts);
    run.deadline = scp_deadline_after(3);
    (void)gather(&plan, http, &run, &facts, NULL);
    tap_ok(facts.seconds_limit > 2.0 && facts.seconds_limit <= 2.5, "half a second less than the deadline, where that comes first");
    scp_revocation_free(&facts);
    run.deadline = scp_deadline_after(0.4);
    (void)gather(&plan, http, &run, &facts, NULL);
    tap_ok(facts.seconds_limit > 0.0 && facts.seconds_limit <= 0.2, "half of a short deadline");
    scp_revocation_free(&facts);
    scp_http_free(http);
}

/* An answer that takes longer than the limit. */
static void test_late(void)
{
    struct scp_http_answer answer = { .status = 200, .body = "x", .body_n = 1, .seconds = 9.0 };
    struct scp_profile_endpoint e = endpoint(SCP_ENDPOINT_HTTP);
    struct scp_revocation_facts facts = ask(&e, &answer);

    tap_is_text("timeout", scp_reason_name(facts.v[0].judgement.reason), "9 s of 8 s");
    scp_revocation_free(&facts);
}

/* --- A file --- */

static void test_file(void)
{
    struct scp_profile_endpoint e = endpoint(SCP_ENDPOINT_CRL);
    struct scp_revocation_target target = { .endpoint = &e, .is_file = true };
    struct scp_revocation_plan plan = { .v = &target, .n = 1 };
    struct scp_revocation_run run = run_of();
    struct scp_revocation_facts facts;

    e.url = e.host = "/nonexistent/x.crl";
    tap_ok(!scp_revocation_plan_network(&plan), "a file needs no network");
    tap_is_int(0, gather(&plan, NULL, &run, &facts, NULL), "nor a back end");
    tap_ok(facts.v[0].judgement.unknown, "a file that cannot be read is unknown");
    tap_has_text("/nonexistent/x.crl", facts.v[0].judgement.message, "and named");
    tap_ok(facts.v[0].seconds < 0 && facts.vantage.from.text[0] == '\0', "nothing was asked over the network");
    scp_revocation_free(&facts);
}

int main(void)
{
    static const enum scp_endpoint_kind KINDS[] = { SCP_ENDPOINT_CRL, SCP_ENDPOINT_CTL, SCP_ENDPOINT_AIA, SCP_ENDPOINT_HTTP };

    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
        for (size_t i = 0; i < sizeof OUTCOMES / sizeof OUTCOMES[0]; i++)
            test_outcome(&OUTCOMES[i], KINDS[k]);
        for (size_t i = 0; KINDS[k] != SCP_ENDPOINT_HTTP && i < sizeof BODIES / sizeof BODIES[0]; i++)
            test_body(&BODIES[i], KINDS[k]);
    }
    for (size_t i = 0; i < sizeof REACH / sizeof REACH[0]; i++)
        test_reach(&REACH[i]);
    test_aia();
    test_asked();
    test_late();
    test_file();
    for (size_t i = 0; i < sizeof GATEWAYS / sizeof GATEWAYS[0]; i++)
        test_gateway(&GATEWAYS[i]);
    return tap_done();
}
