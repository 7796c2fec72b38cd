/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * From where: when every host fails, or answers as a portal does, that is no fact about the hosts; one object of the kind asked for
 * is.  Literal facts, one row a situation.
 */
#include "check/revocation/check.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

enum { FACTS_MAX = 6 };

static const int64_t NOW = 1800000000;
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_revocation_catalogue, NULL };

static const struct scp_profile_endpoint ENDPOINT[FACTS_MAX] = {
    { .id = "a", .host = "a.example", .url = "http://a.example/x", .kind = SCP_ENDPOINT_CRL },
    { .id = "b", .host = "b.example", .url = "http://b.example/x", .kind = SCP_ENDPOINT_OCSP },
    { .id = "c", .host = "c.example", .url = "http://c.example/x", .kind = SCP_ENDPOINT_CTL },
    { .id = "d", .host = "d.example", .url = "http://d.example/", .kind = SCP_ENDPOINT_HTTP },
    { .id = "e", .host = "e.example", .url = "http://e.example/", .kind = SCP_ENDPOINT_HTTP },
    { .id = "a2", .host = "a.example", .url = "http://a.example/y", .kind = SCP_ENDPOINT_AIA },
};

struct seen {
    enum scp_reason reason;
    int status;
    bool page, unknown;
    const char *final_host, *head;
};

/* What the endpoints gave, in order. */
#define NO(r)                                                                                                                      \
    {                                                                                                                              \
        .reason = SCP_REASON_##r                                                                                                   \
    }
/* clang-format off */
#define PAGE { .reason = SCP_REASON_INTERCEPTED, .status = 200, .page = true, .head = "<html>" }
/* clang-format on */
#define TEXT(t)                                                                                                                    \
    {                                                                                                                              \
        .reason = SCP_REASON_TYPE, .status = 200, .head = (t)                                                                      \
    }
#define ANSWER(code)                                                                                                               \
    {                                                                                                                              \
        .reason = SCP_REASON_HTTP, .status = (code)                                                                                \
    }
#define OBJECT(r)                                                                                                                  \
    {                                                                                                                              \
        .reason = SCP_REASON_##r, .status = 200, .head = "0"                                                                       \
    }
#define TO(host)                                                                                                                   \
    {                                                                                                                              \
        .reason = SCP_REASON_HTTP, .status = 200, .page = true, .final_host = (host), .head = "<html>"                             \
    }
#define UNTOLD(code)                                                                                                               \
    {                                                                                                                              \
        .reason = SCP_REASON_PARSE, .unknown = true, .status = (code)                                                              \
    }

struct row {
    const char *what;
    struct seen v[FACTS_MAX];
    size_t n;
    bool none;
    size_t hosts;
    const char *reason; /* NULL: not looked at */
};

static const struct row ROWS[] = {
    { "no name resolves", { NO(DNS), NO(DNS), NO(DNS), NO(DNS), NO(DNS), NO(DNS) }, 6, true, 5, "name not resolved" },
    { "two hosts are too few", { NO(DNS), NO(DNS) }, 2, false, 2, NULL },
    { "one of three gives something valid", { NO(DNS), OBJECT(OK), NO(DNS) }, 3, false, 3, NULL },
    { "an expired list everywhere", { OBJECT(EXPIRED), OBJECT(EXPIRED), OBJECT(EXPIRED) }, 3, false, 3, NULL },
    { "one expired list", { OBJECT(EXPIRED), NO(TIMEOUT), NO(TIMEOUT) }, 3, false, 3, NULL },
    { "one forged list", { OBJECT(SIGNATURE), NO(TIMEOUT), NO(TIMEOUT) }, 3, false, 3, NULL },
    { "one that says revoked", { NO(DNS), OBJECT(REVOKED), NO(DNS) }, 3, false, 3, NULL },
    { "one responder that says tryLater", { NO(DNS), OBJECT(OCSP_STATUS), NO(DNS) }, 3, false, 3, NULL },
    { "an object that could not be judged", { UNTOLD(200), NO(DNS), NO(DNS) }, 3, false, 3, NULL },
    { "the second endpoint of a host answers", { NO(DNS), NO(DNS), NO(DNS), NO(DNS), NO(DNS), OBJECT(OK) }, 6, false, 5, NULL },
    { "a portal's page in every name", { PAGE, PAGE, PAGE, PAGE }, 4, true, 4, "the same answer in every host's name" },
    { "a portal's page, and two that do not answer", { PAGE, NO(TIMEOUT), NO(TIMEOUT) }, 3, true, 3, "no answer in time" },
    { "a page from one, an error from another", { PAGE, ANSWER(503), NO(DNS) }, 3, false, 3, NULL },
    { "pages, but one with another status",
      { PAGE, PAGE, { .reason = SCP_REASON_HTTP, .status = 404, .page = true } },
      3,
      false,
      3,
      NULL },
    { "the same text in every name", { TEXT("blocked"), TEXT("blocked"), TEXT("blocked") }, 3, true, 3, "the same answer" },
    { "different texts", { TEXT("blocked"), TEXT("gone"), TEXT("blocked") }, 3, false, 3, NULL },
    { "403 from all", { ANSWER(403), ANSWER(403), ANSWER(403) }, 3, true, 3, "HTTP 403" },
    { "407 from all", { ANSWER(407), ANSWER(407), ANSWER(407) }, 3, true, 3, "HTTP 407" },
    { "407 from the proxy", { NO(PROXY_AUTH), NO(PROXY_AUTH), NO(PROXY_AUTH) }, 3, true, 3, "why" },
    { "the same redirect from all",
      { TO("portal.example"), TO("portal.example"), TO("portal.example") },
      3,
      true,
      3,
      "redirected to portal.example" },
    { "different redirects", { TO("portal.example"), TO("other.example"), TO("portal.example") }, 3, false, 3, NULL },
    { "a host is reached, the others are not",
      { NO(DNS), NO(DNS), NO(DNS), { .reason = SCP_REASON_OK, .status = 404 } },
      4,
      false,
      4,
      NULL },
    { "404 from all is no host reached",
      { ANSWER(404),
        ANSWER(404),
        ANSWER(404),
        { .reason = SCP_REASON_OK, .status = 404 },
        { .reason = SCP_REASON_OK, .status = 404 } },
      5,
      true,
      5,
      "HTTP 404" },
    { "what was not asked does not count", { UNTOLD(0), UNTOLD(0), NO(DNS), NO(DNS) }, 4, false, 2, NULL },
    { "nothing was asked at all", { UNTOLD(0), UNTOLD(0), UNTOLD(0) }, 3, false, 0, NULL },
};

static struct scp_revocation_facts facts_of(const struct row *row, struct scp_revocation_fact v[FACTS_MAX])
{
    for (size_t i = 0; i < row->n; i++) {
        const struct seen *s = &row->v[i];

        v[i] = (struct scp_revocation_fact){ .endpoint = &ENDPOINT[i], .status = s->status, .seconds = 0.1, .page = s->page };
        scp_judgement_init(&v[i].judgement);
        v[i].judgement.reason = s->reason;
        v[i].judgement.unknown = s->unknown;
        (void)snprintf(v[i].judgement.message, sizeof v[i].judgement.message, "why");
        if (s->final_host != NULL)
            (void)snprintf(v[i].final_host, sizeof v[i].final_host, "%s", s->final_host);
        if (s->head != NULL) {
            v[i].head_n = strlen(s->head);
            memcpy(v[i].head, s->head, v[i].head_n);
        }
    }
    return (struct scp_revocation_facts){ .v = v, .n = row->n, .external = true };
}

/* A name in capitals, or with the dot of the root, is the same host. */
static void test_spellings(void)
{
    static const struct row ROW = { "one host, spelled in three ways", { NO(DNS), NO(DNS), NO(DNS) }, 3, false, 1, NULL };
    static const char *const HOST[] = { "crl.example", "CRL.Example", "crl.example." };
    struct scp_profile_endpoint endpoint[3];
    struct scp_revocation_fact v[FACTS_MAX];
    struct scp_revocation_facts f = facts_of(&ROW, v);
    struct scp_revocation_reach reach;

    for (size_t i = 0; i < 3; i++) {
        endpoint[i] = *v[i].endpoint;
        endpoint[i].host = HOST[i];
        v[i].endpoint = &endpoint[i];
    }
    scp_revocation_reach(&f, &reach);
    tap_ok(!reach.none, "%s: no three hosts", ROW.what);
    tap_is_int(1, (long long)reach.hosts, "%s: hosts", ROW.what);
}

static void test_row(const struct row *row)
{
    struct scp_revocation_fact v[FACTS_MAX];
    struct scp_revocation_facts f = facts_of(row, v);
    struct scp_revocation_reach reach;

    scp_revocation_reach(&f, &reach);
    tap_is_int(row->none, reach.none, "%s", row->what);
    tap_is_int((long long)row->hosts, (long long)reach.hosts, "%s: hosts", row->what);
    if (row->reason != NULL)
        tap_has_text(row->reason, reach.reason, "%s: the reason", row->what);
    f.external = false;
    scp_revocation_reach(&f, &reach);
    tap_ok(!reach.none, "%s: addresses of the user's own prove nothing", row->what);
}

/* --- Here and at the server --- */

struct place {
    const char *what;
    struct scp_vantage vantage;
    bool server; /* where nothing valid came */
};

static const struct place PLACES[] = {
    { "another host", { .server = false, .from.text = "from a" }, false },
    { "another host through the server's proxy", { .server = false, .proxy_named = false, .from.proxy = "px:1" }, false },
    { "the server", { .server = true, .proxy_named = true }, true },
    { "the server through its own proxy", { .server = true, .proxy_named = false, .from.proxy = "px:1" }, true },
    { "the server through a proxy that was named", { .server = true, .proxy_named = true, .from.proxy = "px:1" }, false },
};

static struct scp_result *evaluated(const struct row *row, const struct scp_vantage *vantage, enum scp_state limit)
{
    struct scp_revocation_limits limits = scp_revocation_limits_default;
    struct scp_revocation_fact v[FACTS_MAX];
    struct scp_revocation_facts f = facts_of(row, v);
    struct scp_result *r = scp_result_new(CATALOGUE);

    if (r == NULL)
        tap_bail("out of memory");
    f.vantage = *vantage;
    limits.no_way_out = limit;
    scp_revocation_evaluate(&f, &limits, NOW, r);
    return r;
}

static void test_place(const struct place *p)
{
    struct scp_result *alone = evaluated(&ROWS[0], &p->vantage, SCP_CRITICAL);
    struct scp_result *beside = evaluated(&ROWS[0], &p->vantage, SCP_UNKNOWN);

    tap_is_int(1, (long long)alone->findings, "%s: one finding", p->what);
    tap_is_text("vantage.no-way-out", alone->finding[0].id, "%s: of that", p->what);
    tap_is_text("CRITICAL", scp_state_name(alone->finding[0].state), "%s: its state", p->what);
    tap_has_text(p->server ? "the server reaches none of 5 hosts: name not resolved"
                           : "this host reaches none of 5 hosts: name not resolved",
                 alone->finding[0].text, "%s: who", p->what);
    tap_is_text(p->server ? "CRITICAL" : "UNKNOWN", scp_state_name(beside->finding[0].state), "%s: beside other evidence", p->what);
    tap_ok((strstr(beside->finding[0].remedy, "on the server") != NULL) == p->server,
           "%s: a remedy for the server at the server only", p->what);
    scp_result_free(alone);
    scp_result_free(beside);
}

/* What it says is true of hosts that gave nothing valid, and of those that gave nothing. */
static void test_sentence(void)
{
    static const struct {
        struct row row;
        const char *sentence;
    } CASES[] = {
        { { "none answers", { NO(DNS), NO(DNS), NO(TIMEOUT) }, 3, true, 3, NULL },
          "this host reaches none of 3 hosts: name not resolved" },
        { { "a portal", { PAGE, PAGE, PAGE }, 3, true, 3, NULL },
          "this host reaches none of 3 hosts: the same answer in every host's name" },
        { { "one answers 404", { NO(TIMEOUT), NO(TIMEOUT), ANSWER(404) }, 3, true, 3, NULL },
          "this host gets nothing valid from any of 3 hosts, most often: no answer in time" },
        { { "most answer 404", { ANSWER(404), ANSWER(404), NO(DNS) }, 3, true, 3, NULL },
          "this host gets nothing valid from any of 3 hosts, most often: an answer (no object, HTTP 404)" },
        { { "most are redirected", { TO("portal.example"), TO("portal.example"), NO(DNS) }, 3, true, 3, NULL },
          "this host gets nothing valid from any of 3 hosts, most often: redirected to portal.example" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_result *r = evaluated(&CASES[i].row, &PLACES[0].vantage, SCP_CRITICAL);

        tap_has_text(CASES[i].sentence, r->finding[0].text, "%s: its sentence", CASES[i].row.what);
        scp_result_free(r);
    }
}

static void test_named_proxy(void)
{
    struct scp_vantage v = PLACES[4].vantage;

    tap_ok(!scp_vantage_is_server(&v, false), "a proxy that was named, nothing valid came: not the server's way");
    tap_ok(scp_vantage_is_server(&v, true), "something valid came: the server's way");
    v.server = false;
    tap_ok(!scp_vantage_is_server(&v, true), "never from another host");
}

static void test_text(void)
{
    struct scp_network_setting n = { .at_server = true, .registry_proxy = true };
    struct scp_http_result r[2] = { { .proxy = "" }, { .proxy = "px:8080" } };
    struct scp_report m = { .vantage = NULL };
    struct scp_vantage v;

    scp_vantage_of(&n, &v);
    tap_ok(v.server && !v.proxy_named && v.host[0] != '\0' && v.from.text[0] == '\0', "nothing was asked yet");
    scp_vantage_report(&v, &m);
    tap_ok(m.vantage == NULL && m.vantage_host == NULL, "and nothing is reported");
    scp_network_from(r, 1, &v.from);
    tap_has_text("from ", v.from.text, "directly");
    tap_is_text("", v.from.proxy, "without a proxy");
    scp_network_from(r, 2, &v.from);
    tap_is_text("px:8080", v.from.proxy, "the proxy of the second");
    scp_vantage_report(&v, &m);
    tap_is_text("via proxy px:8080", m.vantage, "for people");
    tap_ok(m.vantage_server && strcmp(m.vantage_proxy, "px:8080") == 0, "for programs");
}

int main(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        test_row(&ROWS[i]);
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++)
        test_place(&PLACES[i]);
    test_spellings();
    test_sentence();
    test_named_proxy();
    test_text();
    return tap_done();
}
