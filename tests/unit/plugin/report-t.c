/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report.h"
#include "base/say.h"
#include "base/text.h"
#include "contract.h"
#include "readers.h"
#include "tests/tap/tap.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TREES = 3000 }; /* SCP_TREES: another number */

typedef void renderer(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);

/* --- exact outputs --- */

static const struct scp_catalogue_entry entries[] = {
    { "roots.missing", "CRITICAL", "x",
      "import DigiCertGlobalRootG2.crt into LocalMachine\\Root\ncertutil -setreg chain\\ChainCacheResyncFiletime @now",
      "RFC 5280 section 6", 0 },
    { "source.stale", "WARNING", "x", "export it again", NULL, 0 },
    { .id = NULL }
};
static const struct scp_catalogue_entry *const tables[] = { entries, NULL };

static struct scp_report context(void)
{
    return (struct scp_report){ .plugin = "check_scp_roots",
                                .version = "0.1.0",
                                .title = "SCP ROOTS",
                                .at = 1795435200 /* 2026-11-23T12:00:00Z */,
                                .source_kind = "reg",
                                .source_location = "store.reg",
                                .source_taken = 1795428000,
                                .source_label = "scp01",
                                .profile_name = "scp",
                                .profile_as_of = "2026-11-01" };
}

static struct scp_result *example(void)
{
    struct scp_result *r = scp_result_new(tables);
    struct scp_perfdata missing = {
        .label = "missing", .unit = "", .value = 1, .has_critical = true, .has_min = true, .has_max = true, .max = 1
    };
    struct scp_perfdata expiry = { .label = "expiry", .unit = "s", .value = 86400, .full_only = true };

    (void)scp_result_add(r, SCP_OK, "roots.present", "g1", "G1 is there");
    (void)scp_result_add(r, SCP_WARNING, "source.stale", "", "27 h old");
    (void)scp_result_add(r, SCP_CRITICAL, "roots.missing", "g2", "G2 is in none of ROOT, AuthRoot");
    (void)scp_result_add(r, SCP_CRITICAL, "roots.missing", "g3", "G3 too");
    scp_result_perfdata(r, &missing);
    scp_result_perfdata(r, &expiry);
    scp_result_facts(r, strcpy(calloc(1, 16), "{\"a\":1}"));
    return r;
}

static void shows(const char *wanted, renderer *render, const struct scp_report *m, struct scp_result *r, const char *what)
{
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    render(m, r, &out);
    tap_is_text(wanted, scp_buf_text(&out), "%s", what);
    scp_buf_free(&out);
    scp_result_free(r);
}

static void plugin_examples(void)
{
    struct scp_report m = context();
    struct scp_result *r;

    shows("SCP ROOTS CRITICAL - G2 is in none of ROOT, AuthRoot, 1 more | missing=1;;0;0;1\n"
          "[CRITICAL] roots.missing: G2 is in none of ROOT, AuthRoot\n"
          "  fix: import DigiCertGlobalRootG2.crt into LocalMachine\\Root\n"
          "  then: certutil -setreg chain\\ChainCacheResyncFiletime @now\n"
          "  see: RFC 5280 section 6\n"
          "[CRITICAL] roots.missing: G3 too\n"
          "[WARNING] source.stale: 27 h old\n"
          "  fix: export it again\n"
          "source: reg:store.reg, taken 2026-11-23T10:00:00Z (2 h old); profile scp of 2026-11-01\n",
          scp_report_plugin, &m, example(), "plugin output");
    r = scp_result_new(tables);
    (void)scp_result_add(r, SCP_OK, "roots.present", "g1", "G1 is there");
    m.verbosity = 1;
    m.vantage = "from mon01";
    m.source_taken = INT64_MIN;
    m.profile_as_of = NULL;
    shows("SCP ROOTS OK (from mon01) - G1 is there\n"
          "[OK] roots.present: G1 is there\n"
          "source: reg:store.reg, age unknown; profile scp\n",
          scp_report_plugin, &m, r, "OK with -v and a vantage point");
    m = context();
    m.source_kind = m.profile_name = NULL;
    m.perfdata = SCP_PERFDATA_FULL;
    r = example();
    scp_result_summary(r, "short");
    scp_result_override(r, &(struct scp_severity){ .id = "*", .state = SCP_OK }, 1);
    shows("SCP ROOTS OK - short | missing=1;;0;0;1 expiry=86400s\n", scp_report_plugin, &m, r,
          "a summary of its own, all performance data, no source");
    m.perfdata = SCP_PERFDATA_NONE;
    shows("SCP ROOTS UNKNOWN - nothing was judged\n", scp_report_plugin, &m, scp_result_new(NULL), "no finding");
    shows("SCP ROOTS UNKNOWN - the result is incomplete: out of memory or over a limit\n", scp_report_plugin, &m, NULL,
          "no result");
    r = scp_result_new(tables);
    (void)scp_result_add(r, SCP_CRITICAL, "a.b", "", "bad");
    r->broken = true;
    shows("SCP ROOTS UNKNOWN - the result is incomplete: out of memory or over a limit\n[CRITICAL] a.b: bad\n", scp_report_plugin,
          &m, r, "a broken result");
    r = scp_result_new(tables);
    (void)scp_result_add(r, SCP_WARNING, "a.b", "", " \n");
    shows("SCP ROOTS WARNING - a.b\n[WARNING] a.b: \n", scp_report_plugin, &m, r, "a finding without a text");
}

static void terminal_examples(void)
{
    struct scp_report m = context();

    m.columns = 60;
    shows("SCP ROOTS CRITICAL\n"
          "  G2 is in none of ROOT, AuthRoot, 1 more\n"
          "\n"
          "  [CRITICAL] roots.missing: G2 is in none of ROOT, AuthRoot\n"
          "             fix:  import DigiCertGlobalRootG2.crt into\n"
          "                   LocalMachine\\Root\n"
          "             then: certutil -setreg\n"
          "                   chain\\ChainCacheResyncFiletime @now\n"
          "             see:  RFC 5280 section 6\n"
          "  [CRITICAL] roots.missing: G3 too\n"
          "  [WARNING]  source.stale: 27 h old\n"
          "             fix:  export it again\n"
          "  [OK]       roots.present: G1 is there\n"
          "\n"
          "source: reg:store.reg, taken 2026-11-23T10:00:00Z (2 h old);\n"
          "  profile scp of 2026-11-01\n",
          scp_report_terminal, &m, example(), "terminal without color");
    m.color = true;
    m.verbosity = 1;
    m.columns = 0;
    {
        struct scp_result *r = scp_result_new(NULL);
        struct scp_perfdata p = { .label = "missing", .unit = "", .value = 0 };

        (void)scp_result_add(r, SCP_OK, "roots.present", "g1", "G1 is there");
        scp_result_perfdata(r, &p);
        shows("SCP ROOTS \033[32mOK\033[0m\n"
              "  G1 is there\n"
              "\n"
              "  \033[32m\xE2\x9C\x93\033[0m \033[32mOK\033[0m       roots.present: G1 is there\n"
              "\nperformance data\n  missing=0\n"
              "\nsource: reg:store.reg, taken 2026-11-23T10:00:00Z (2 h old); profile scp of 2026-11-01\n",
              scp_report_terminal, &m, r, "terminal with color and -v");
    }
}

static void json_examples(void)
{
    struct scp_report m = context();

    m.vantage = "from mon01";
    m.vantage_host = "mon01.example";
    m.vantage_proxy = "px:8080";
    m.vantage_server = true;
    m.verbosity = 1;
    {
        struct scp_result *r = scp_result_new(tables), *part = scp_result_new(tables);
        struct scp_perfdata p = { .label = "missing", .unit = "s", .value = 1.5, .has_critical = true };

        (void)scp_result_add(part, SCP_WARNING, "source.stale", "s", "a \"b\" \\ | \xFF");
        scp_result_perfdata(part, &p);
        scp_result_part(r, "roots", part);
        shows(
            "{\"schema\":1,\"plugin\":\"check_scp_roots\",\"version\":\"0.1.0\",\"state\":\"WARNING\",\"exit_code\":1,"
            "\"summary\":\"a \\\"b\\\" \\\\ | \xEF\xBF\xBD\",\"at\":\"2026-11-23T12:00:00Z\",\"server\":null,\"vantage\":\"mon01\","
            "\"vantage_detail\":{\"host\":\"mon01.example\",\"at\":\"server\",\"through\":\"proxy\",\"proxy\":\"px:8080\"},"
            "\"source\":{\"kind\":\"reg\",\"location\":\"store.reg\",\"taken\":\"2026-11-23T10:00:00Z\",\"age\":7200},"
            "\"profile\":{\"name\":\"scp\",\"as_of\":\"2026-11-01\"},"
            "\"findings\":[{\"id\":\"source.stale\",\"state\":\"WARNING\",\"subject\":\"s\","
            "\"text\":\"a \\\"b\\\" \\\\ | \xEF\xBF\xBD\",\"remedy\":\"export it again\",\"reference\":\"\"}],"
            "\"perfdata\":[{\"label\":\"roots_missing\",\"value\":1.5,\"unit\":\"s\",\"warning\":null,"
            "\"critical\":\"0\",\"min\":null,\"max\":null}],\"facts\":{}}\n",
            scp_report_json, &m, r, "JSON with a part");
    }
    m = (struct scp_report){ .plugin = "p", .version = "1", .title = "T", .at = INT64_MIN, .source_taken = INT64_MIN };
    shows("{\"schema\":1,\"plugin\":\"p\",\"version\":\"1\",\"state\":\"UNKNOWN\",\"exit_code\":3,"
          "\"summary\":\"nothing was judged\",\"at\":null,\"server\":null,\"vantage\":null,\"vantage_detail\":null,"
          "\"source\":{\"kind\":\"none\",\"location\":null,\"taken\":null,\"age\":null},\"profile\":null,"
          "\"findings\":[],\"perfdata\":[]}\n",
          scp_report_json, &m, scp_result_new(NULL), "JSON of nothing");
}

static void openmetrics_example(void)
{
    struct scp_report m = context();
    struct scp_result *r = scp_result_new(NULL), *part = scp_result_new(NULL);
    struct scp_perfdata p[] = {
        { .label = "missing", .unit = "", .value = 1 },
        { .label = "sync_age", .unit = "s", .value = 1.5 },
        { .label = "crl_x_ttl", .unit = "s", .value = -7 },
        { .label = "endpoints_ok", .unit = "", .value = 3, .has_max = true, .max = 4 },
        { .label = "legacy_ok", .unit = "", .value = 1 },
        { .label = "ttl", .unit = "s", .value = 1 },
    };
    size_t worse;

    for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
        scp_result_perfdata(i == 0 || i == 3 ? part : r, &p[i]);
    scp_result_part(r, "roots", part);
    scp_result_perfdata(r, &p[0]);
    (void)scp_result_add(r, SCP_OK, "b", "", "x");
    scp_result_remedy(r, scp_result_add(r, SCP_WARNING, "a", "q\"\\\n", "x"), "paste " SCP_OURS "\nthen look", "A\\B");
    scp_result_remedy(r, scp_result_add(r, SCP_UNKNOWN, "b", "", "x"), "%s", "not this");
    worse = scp_result_add(r, SCP_CRITICAL, "b", "", "x");
    scp_result_remedy(r, worse, "%s", "mend it");
    scp_result_reference(r, worse, "a page");
#define OF "{plugin=\"check_scp_roots\",source=\"scp01\""
    shows("# TYPE scp_info gauge\n"
          "# HELP scp_info Always 1: which version judged what by which profile.\n"
          "scp_info" OF ",version=\"0.1.0\",profile=\"scp\",profile_date=\"2026-11-01\",kind=\"reg\",server=\"\",vantage=\"\"} 1\n"
          "# TYPE scp_check_state gauge\n"
          "# HELP scp_check_state State of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n"
          "scp_check_state" OF "} 2\n"
          "# TYPE scp_check_timestamp_seconds gauge\n"
          "# UNIT scp_check_timestamp_seconds seconds\n"
          "# HELP scp_check_timestamp_seconds As of when it was judged.\n"
          "scp_check_timestamp_seconds" OF "} 1795435200\n"
          "# TYPE scp_source_timestamp_seconds gauge\n"
          "# UNIT scp_source_timestamp_seconds seconds\n"
          "# HELP scp_source_timestamp_seconds When the source was taken.\n"
          "scp_source_timestamp_seconds" OF "} 1795428000\n"
          "# TYPE scp_finding_state gauge\n"
          "# HELP scp_finding_state State of a finding: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n"
          "scp_finding_state" OF ",id=\"a\",subject=\"q\\\"\\\\\"} 1\n"
          "scp_finding_state" OF ",id=\"b\",subject=\"\"} 2\n"
          "# TYPE scp_finding_info gauge\n"
          "# HELP scp_finding_info Always 1: what to do about a finding that is not OK, and which document says so.\n"
          "scp_finding_info" OF ",id=\"a\",subject=\"q\\\"\\\\\",remedy=\"paste A\\\\B\\nthen look\",reference=\"\"} 1\n"
          "scp_finding_info" OF ",id=\"b\",subject=\"\",remedy=\"mend it\",reference=\"a page\"} 1\n"
          "# TYPE scp_certificates_missing gauge\n"
          "# HELP scp_certificates_missing Required roots that are missing and that Windows cannot fetch, or required targets "
          "without "
          "a good path.\n"
          "scp_certificates_missing" OF ",part=\"roots\"} 1\n"
          "# TYPE scp_update_sync_timestamp_seconds gauge\n"
          "# UNIT scp_update_sync_timestamp_seconds seconds\n"
          "# HELP scp_update_sync_timestamp_seconds When Windows synchronised the list last.\n"
          "scp_update_sync_timestamp_seconds" OF ",part=\"roots\",list=\"trusted\"} 1795435198.5\n"
          "# TYPE scp_endpoints gauge\n"
          "# HELP scp_endpoints Endpoints that count.\n"
          "scp_endpoints" OF ",part=\"roots\",legacy=\"false\"} 4\n"
          "# TYPE scp_endpoints_valid gauge\n"
          "# HELP scp_endpoints_valid Endpoints among them that answered with something valid.\n"
          "scp_endpoints_valid" OF ",part=\"roots\",legacy=\"false\"} 3\n"
          "scp_endpoints_valid" OF ",part=\"roots\",legacy=\"true\"} 1\n"
          "# TYPE scp_endpoint_expiry_timestamp_seconds gauge\n"
          "# UNIT scp_endpoint_expiry_timestamp_seconds seconds\n"
          "# HELP scp_endpoint_expiry_timestamp_seconds When what the endpoint serves expires.\n"
          "scp_endpoint_expiry_timestamp_seconds" OF ",part=\"roots\",endpoint=\"crl_x\"} 1795435193\n"
          "# EOF\n",
          scp_report_openmetrics, &m, r, "OpenMetrics: the worst of equal findings, parts beside the check's own, no family twice");
#undef OF
}

/* --- budgets --- */

static void budgets(void)
{
    struct scp_report m = context();
    struct scp_result *r = scp_result_new(NULL);
    struct scp_buf out;
    const char *line_end, *note;
    unsigned long more = 0;

    for (int i = 0; i < 60; i++) {
        struct scp_perfdata p = { .unit = "s", .value = 100000 + i };

        (void)snprintf(p.label, sizeof p.label, "label_number_%d", i);
        scp_result_perfdata(r, &p);
    }
    for (int i = 0; i < 1000; i++)
        (void)scp_result_add(r, SCP_CRITICAL, "a.b", "", "finding %d %s", i, "with a sentence of some length behind it");
    scp_result_summary(r, "%0600d", 7);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_plugin(&m, r, &out);
    line_end = strchr(scp_buf_text(&out), '\n');
    tap_ok(line_end - scp_buf_text(&out) <= 900 && line_end - scp_buf_text(&out) > 850, "line 1 uses its 900 bytes");
    tap_has_text("label_number_0=100000s label_number_1=", scp_buf_text(&out), "the first values are kept");
    tap_ok(strstr(scp_buf_text(&out), "label_number_59=") == NULL, "the last are not");
    tap_has_text(" performance values left out (use --perfdata=full)\n", scp_buf_text(&out), "and that is said");
    tap_ok(out.n <= 8000 && out.n > 7000, "the whole uses its 8000 bytes (%zu)", out.n);
    note = strstr(scp_buf_text(&out), "\xE2\x80\xA6 ");
    if (tap_ok(note != NULL, "the rest is counted"))
        more = strtoul(note + 4, NULL, 10);
    for (const char *p = scp_buf_text(&out); (p = strstr(p, "\n[CRITICAL] ")) != NULL; p++)
        more++;
    tap_is_int(1000, (long long)more, "lines shown and lines counted are all lines");
    scp_buf_truncate(&out, 0);
    m.perfdata = SCP_PERFDATA_FULL;
    scp_report_plugin(&m, r, &out);
    tap_has_text("label_number_59=", scp_buf_text(&out), "--perfdata=full keeps every value");
    tap_ok(out.n <= 8000, "within 8000 bytes");
    scp_buf_free(&out);
    scp_buf_init(&out, 500);
    scp_report_plugin(&m, r, &out);
    tap_ok(out.failed, "a buffer that is too small fails");
    scp_buf_free(&out);
    scp_result_free(r);
}

/* Texts far longer than any field: each is cut, none makes a buffer fail. */
static void endless(void)
{
    static renderer *const renderers[] = { scp_report_plugin, scp_report_terminal, scp_report_json, scp_report_openmetrics };
    static char text[100001];
    struct scp_report m = context();
    struct scp_result *r = scp_result_new(tables);
    struct contract c = { m.title, SCP_CRITICAL, false, NULL };

    memset(text, 'a', sizeof text - 1);
    m.vantage = m.source_location = m.source_label = m.profile_name = m.profile_as_of = text;
    scp_result_remedy(r, scp_result_add(r, SCP_CRITICAL, text, text, "%s", text), "%s", text);
    scp_result_reference(r, 0, text);
    for (size_t i = 0; i < sizeof renderers / sizeof renderers[0]; i++) {
        struct scp_buf out;

        scp_buf_init(&out, SCP_REPORT_JSON_MAX);
        renderers[i](&m, r, &out);
        tap_ok(!out.failed && out.n > 0, "endless texts, renderer %zu", i);
        tap_ok(renderers[i] == scp_report_json || out.n < (renderers[i] == scp_report_openmetrics ? 12000 : 8000),
               "are cut (%zu bytes)", out.n);
        if (renderers[i] == scp_report_plugin)
            tap_ok(contract_check(&c, scp_buf_text(&out), out.n) == NULL, "and the contract is kept");
        scp_buf_free(&out);
    }
    scp_result_free(r);
}

/* --- properties --- */

struct failures {
    int plugin, json, metrics, terminal, html;
};

static void complain(int *count, size_t i, const char *format, const char *wrong, const struct scp_buf *out)
{
    if ((*count)++ < 3)
        tap_diag("tree %zu, %s: %s\n%.1500s", i, format, wrong, scp_buf_text(out));
}

static void check_plugin(const struct tree *t, size_t i, struct failures *f)
{
    struct contract c = { t->m.title, t->state, t->m.perfdata == SCP_PERFDATA_FULL, tree_own };
    const char *wrong;
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_plugin(&t->m, t->r, &out);
    wrong = out.failed ? "the buffer failed" : contract_check(&c, scp_buf_text(&out), out.n);
    if (wrong == NULL && (enum scp_state)t->state != scp_result_state(t->r))
        wrong = "the exit code is another";
    if (wrong != NULL)
        complain(&f->plugin, i, "plugin", wrong, &out);
    scp_buf_free(&out);
}

/* The text as JSON has to give it back: without the marks of sentences, and invalid bytes are U+FFFD. */
static bool same_text(const char *raw, const char *seen)
{
    size_t n = strlen(raw);

    while (n > 0) {
        uint32_t c = 0;
        size_t len = scp_text_utf8_next(raw, n, &c);
        const char *wanted = len == 0 ? "\xEF\xBF\xBD" : raw;
        size_t size = len == 0 ? 3 : len;

        if (raw[0] == '\xFF' && n > 1 && strchr("\\\"<>`$", raw[1]) != NULL) {
            raw++;
            n--;
            continue;
        }
        if (strncmp(seen, wanted, size) != 0)
            return false;
        seen += size;
        raw += len == 0 ? 1 : len;
        n -= len == 0 ? 1 : len;
    }
    return *seen == '\0';
}

static bool is_text(const struct json *j, const char *key, const char *raw)
{
    const struct json *v = json_get(j, key);

    return v != NULL && v->type == JSON_TEXT && same_text(raw, v->text);
}

static const char *json_wrong(const struct tree *t, const struct json *j)
{
    const struct json *code = json_get(j, "exit_code"), *findings = json_get(j, "findings");
    const struct json *perfdata = json_get(j, "perfdata");

    if (j == NULL)
        return "not JSON";
    if (code == NULL || (int)code->number != t->state || !is_text(j, "state", scp_state_name((enum scp_state)t->state)))
        return "another state";
    if (findings == NULL || findings->n != t->findings || perfdata == NULL || perfdata->n != t->values)
        return "another number of findings or values";
    for (size_t i = 0; i < findings->n; i++) {
        const struct scp_finding *f = scp_result_finding(t->r, i);
        const struct json *v = findings->value[i];

        if (!is_text(v, "id", f->id) || !is_text(v, "text", f->text) || !is_text(v, "subject", f->subject) ||
            !is_text(v, "remedy", f->remedy) || !is_text(v, "reference", f->reference) ||
            !is_text(v, "state", scp_state_name(f->state)))
            return "a finding that is not the one";
    }
    return NULL;
}

static void check_json(const struct tree *t, size_t i, struct failures *f)
{
    struct json *j;
    const char *wrong;
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_json(&t->m, t->r, &out);
    j = json_read(scp_buf_text(&out));
    wrong = out.failed ? "the buffer failed" : json_wrong(t, j);
    if (wrong == NULL && !t->m.pretty && strchr(scp_buf_text(&out), '\n') != out.p + out.n - 1)
        wrong = "more than one line";
    if (wrong != NULL)
        complain(&f->json, i, "json", wrong, &out);
    json_free(j);
    scp_buf_free(&out);
}

static void check_metrics(const struct tree *t, size_t i, struct failures *f)
{
    size_t families = 0, samples = 0;
    const char *wrong;
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_openmetrics(&t->m, t->r, &out);
    wrong = metrics_check(scp_buf_text(&out), &families, &samples);
    if (out.failed)
        wrong = "the buffer failed";
    else if (wrong == NULL && (int)metrics_value(scp_buf_text(&out), "scp_check_state{") != t->state)
        wrong = "another state";
    else if (wrong == NULL && !scp_text_utf8_valid(out.p, out.n))
        wrong = "invalid UTF-8";
    if (wrong != NULL)
        complain(&f->metrics, i, "openmetrics", wrong, &out);
    scp_buf_free(&out);
}

/* No color was asked for: not one byte may drive the terminal. */
static const char *terminal_wrong(const struct scp_buf *out, unsigned columns)
{
    size_t limit = columns == 0 ? 0 : columns < 40 ? 40 : columns;

    for (const char *p = scp_buf_text(out); *p != '\0';) {
        size_t n = strcspn(p, "\n"), width = 0, longest = 0, word = 0;

        for (size_t i = 0; i < n;) {
            uint32_t c = 0;
            size_t len = scp_text_utf8_next(p + i, n - i, &c);

            if (len == 0 || c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E))
                return "a byte that drives the terminal";
            word = c == ' ' ? 0 : word + 1;
            longest = word > longest ? word : longest;
            width++;
            i += len;
        }
        if (limit > 0 && width > limit && longest + 25 < limit && p != out->p && p[2] != 'p' && strchr(p, '=') == NULL)
            return "a line wider than the terminal";
        p += n + 1;
    }
    return NULL;
}

static void check_terminal(const struct tree *t, size_t i, struct failures *f)
{
    const char *wrong;
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_terminal(&t->m, t->r, &out);
    wrong = out.failed ? "the buffer failed" : terminal_wrong(&out, t->m.columns);
    if (wrong != NULL)
        complain(&f->terminal, i, "terminal", wrong, &out);
    scp_buf_free(&out);
}

static void check_html(const struct tree *t, size_t i, struct failures *f)
{
    const char *wrong;
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_html(&t->m, t->r, &out);
    wrong = out.failed ? "the buffer failed" : page_check(scp_buf_text(&out));
    if (wrong != NULL)
        complain(&f->html, i, "html", wrong, &out);
    scp_buf_free(&out);
}

static void properties(void)
{
    struct failures f = { 0 };
    size_t states[4] = { 0 };
    const char *number = getenv("SCP_TREES");
    size_t trees = number != NULL ? (size_t)strtoul(number, NULL, 10) : TREES;

    for (size_t i = 0; i < trees; i++) {
        struct tree_source s = { .seed = 20261123 + i };
        struct tree t;

        tree_make(&s, &t);
        states[t.state]++;
        check_plugin(&t, i, &f);
        check_json(&t, i, &f);
        check_metrics(&t, i, &f);
        check_terminal(&t, i, &f);
        check_html(&t, i, &f);
        tree_free(&t);
    }
    tap_ok(states[0] > trees / 100 && states[1] > trees / 100 && states[2] > trees / 100 && states[3] > trees / 100,
           "every state is among the trees (%zu OK, %zu WARNING, %zu CRITICAL, %zu UNKNOWN)", states[0], states[1], states[2],
           states[3]);
    tap_is_int(0, f.plugin, "%zu random trees keep the output contract and all consumers agree", trees);
    tap_is_int(0, f.json, "their JSON gives back every finding");
    tap_is_int(0, f.metrics, "their OpenMetrics text is right");
    tap_is_int(0, f.terminal, "their terminal view drives no terminal");
    tap_is_int(0, f.html, "their page holds nothing but our own elements");
}

/* The checks above can fail: outputs that break one rule each. */
static void contract_can_fail(void)
{
    static const char *const bad[] = {
        "",
        "SCP ROOTS OK - x",
        "SCP ROOTS WARNING - x\n",
        "SCP ROOTS OK - x | a=1 | b=2\n",
        "SCP ROOTS OK - x | A=1\n",
        "SCP ROOTS OK - x | a=1;;;;;\n",
        "SCP ROOTS OK - x | a=1e5\n",
        "SCP ROOTS OK - x | a=U\n",
        "SCP ROOTS OK - x | a=1ms\n",
        "SCP ROOTS OK - x | a=1 a=2\n",
        "SCP ROOTS OK - x\nfree text\n",
        "SCP ROOTS OK - x\n[OK] a: b | c=1\n",
        "SCP ROOTS OK - \033[1mx\n",
        "SCP ROOTS OK - <b>\n",
        "SCP ROOTS OK - \xFF\n",
        "SCP ROOTS OK - a\\b\n",
        "SCP ROOTS OK - x\n\n",
        "SCP ROOTS OK - x\n  fix: y\n",
        "SCP ROOTS OK - x\n[OK] a: b\n[CRITICAL] a: b\n",
        "SCP ROOTS OK - \xE2\x80\xAE\n",
    };
    static const char good[] = "SCP ROOTS OK - x | a=1\n[OK] a: b\nsource: x\n";
    struct contract c = { .title = "SCP ROOTS", .state = 0 };

    tap_ok(contract_check(&c, good, strlen(good)) == NULL, "a good output is good");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(contract_check(&c, bad[i], strlen(bad[i])) != NULL, "bad output %zu: %s", i,
               contract_check(&c, bad[i], strlen(bad[i])));
}

/* What is ours stands as it is in every form, what is not is cleaned for each. */
static void voices(void)
{
    static const char OUTSIDE[] = "CN=<b>\xFF\"$x\\ | a=1";
    struct scp_report m = { .plugin = "check_scp_roots", .version = "1", .title = "SCP ROOTS", .at = 0, .source_taken = INT64_MIN };
    struct scp_result *r = scp_result_new(tables);
    struct scp_buf out;
    char reason[200];

    (void)scp_say(reason, sizeof reason, "no `x` in \"%s\"", OUTSIDE);
    (void)scp_result_add(r, SCP_CRITICAL, "roots.missing", "", "HKLM\\SOFTWARE\\X: %s; " SCP_SAID "; " SCP_OURS, OUTSIDE, reason,
                         "%SystemRoot% \\");
    scp_result_remedy(r, 0, "Get-Item | $_.Time <thumbprint> %s\nthen \"%s\"", "a\nb", OUTSIDE);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_plugin(&m, r, &out);
    tap_has_text("SCP ROOTS CRITICAL - HKLM\\SOFTWARE\\X: CN=\\x3cb\\x3e\\x22\\x24x\\x5c \\x7c a=1; no `x` in "
                 "\"CN=\\x3cb\\x3e\\x22\\x24x\\x5c \\x7c a=1\"; %SystemRoot% \\\n",
                 scp_buf_text(&out), "plugin output: line 1");
    tap_has_text("  fix: Get-Item \\x7c $_.Time <thumbprint> a b\n  then: then \"CN=\\x3cb\\x3e\\x22\\x24x\\x5c \\x7c a=1\"\n",
                 scp_buf_text(&out), "plugin output: the remedy; a bar is not printed in any voice, a line end is ours alone");
    scp_buf_truncate(&out, 0);
    scp_report_terminal(&m, r, &out);
    tap_has_text("fix:  Get-Item | $_.Time <thumbprint> a b\n", scp_buf_text(&out), "the terminal shows both as they are");
    scp_buf_truncate(&out, 0);
    scp_report_json(&m, r, &out);
    tap_has_text("\"remedy\":\"Get-Item | $_.Time <thumbprint> a b\\nthen \\\"CN=<b>\\\"$x\\\\ | a=1\\\"\"", scp_buf_text(&out),
                 "JSON, too");
    scp_buf_truncate(&out, 0);
    scp_report_html(&m, r, &out);
    tap_has_text("<li>Get-Item | $_.Time &lt;thumbprint&gt; a b</li>", scp_buf_text(&out), "the page escapes both for its medium");
    tap_ok(page_check(scp_buf_text(&out)) == NULL, "and is a page");
    scp_buf_free(&out);
    scp_result_free(r);
}

static void page_can_fail(void)
{
    static const char *const bad[] = {
        "",
        "text",
        "<!DOCTYPE html>\n<html lang=\"en\">",
        "<!DOCTYPE html>\n<p>a</p></p>",
        "<!DOCTYPE html>\n<p>a & b</p>",
        "<!DOCTYPE html>\n<p>a < b</p>",
        "<!DOCTYPE html>\n<script>x</script>",
        "<!DOCTYPE html>\n<p onclick=\"x\">a</p>",
        "<!DOCTYPE html>\n<a href=\"javascript:x\">a</a>",
        "<!DOCTYPE html>\n<p class=\"a\"b\">a</p>",
        "<!DOCTYPE html>\n<p>\033</p>",
        "<!DOCTYPE html>\n<p>\xFF</p>",
        "<!DOCTYPE html>\n<p>\xE2\x80\xAE</p>",
        "<!DOCTYPE html>\n<img src=\"x\">",
        "<!DOCTYPE html>\n<p class='a'>a</p>",
        "<!DOCTYPE html>\n<ul><li>a</ul></li>",
    };

    tap_ok(page_check("<!DOCTYPE html>\n<p class=\"a\">a &amp; b<br>c</p>") == NULL, "a good page is good");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(page_check(bad[i]) != NULL, "bad page %zu: %s", i, page_check(bad[i]));
}

/* What each kind looks like; a chain is not drawn on terminals. */
static void exhibits(void)
{
    static const char *const item[] = { "1. Automatic root update is off", "present", "autoupdate.disabled: <policy>",
                                        "Allow it\nThen wait" };
    static const char *const link[] = { "Microsoft TLS RSA Root G2", "until 2029-06-19", "missing from CA" };
    static const char *const end[] = { "DigiCert Global Root G2", "until 2038-01-15", "ROOT" };
    static const char *const headings[] = { "Endpoint", "State" };
    static const char *const row[] = { "crl3 & co", "ok" };
    struct scp_report m = { .plugin = "check_scp", .version = "1", .title = "SCP", .at = 0, .source_taken = INT64_MIN };
    struct scp_result *r = scp_result_new(NULL);
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_CHECKLIST, "The article's causes", NULL, 0);
    struct scp_buf out;

    scp_result_add(r, SCP_CRITICAL, "a.b", "", "broken");
    scp_exhibit_add(e, SCP_MARK_CRITICAL, item);
    scp_result_exhibit(r, e);
    e = scp_exhibit_new(SCP_EXHIBIT_CHAIN, "The chain", NULL, 0);
    scp_exhibit_add(e, SCP_MARK_CRITICAL, link);
    scp_exhibit_add(e, SCP_MARK_OK, end);
    scp_result_exhibit(r, e);
    e = scp_exhibit_new(SCP_EXHIBIT_TABLE, "Endpoints", headings, 2);
    scp_exhibit_add(e, SCP_MARK_NONE, row);
    for (size_t i = 0; i < SCP_EXHIBIT_ROWS_MAX; i++)
        scp_exhibit_add(e, SCP_MARK_OK, row);
    scp_result_exhibit(r, e);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_terminal(&m, r, &out);
    tap_ok(strstr(scp_buf_text(&out), "The article's causes\n  \xE2\x9C\x97 present  1. Automatic root update is off\n"
                                      "             seen: autoupdate.disabled: <policy>\n"
                                      "             fix:  Allow it\n             then: Then wait\n") != NULL,
           "terminal: the checklist, item by item");
    tap_ok(strstr(scp_buf_text(&out), "\nEndpoints\n    Endpoint   State\n  - crl3 & co  ok\n  \xE2\x9C\x93 crl3 & co  ok\n") !=
               NULL,
           "terminal: the table");
    tap_ok(strstr(scp_buf_text(&out), "\n    and 1 more\n") != NULL, "terminal: what is over the maximum is said");
    tap_ok(strstr(scp_buf_text(&out), "The chain") == NULL, "terminal: no chain");
    scp_buf_free(&out);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_html(&m, r, &out);
    tap_ok(page_check(scp_buf_text(&out)) == NULL, "html: a good page");
    tap_ok(strstr(scp_buf_text(&out), "autoupdate.disabled: &lt;policy&gt;") != NULL, "html: evidence, escaped");
    tap_ok(strstr(scp_buf_text(&out), "<ol class=\"remedy\"><li>Allow it</li><li>Then wait</li></ol>") != NULL, "html: steps");
    tap_ok(strstr(scp_buf_text(&out), ">missing from CA</text>") != NULL && strstr(scp_buf_text(&out), "issued by") != NULL,
           "html: the chain is drawn");
    tap_ok(strstr(scp_buf_text(&out), "<th scope=\"col\">Endpoint</th>") != NULL &&
               strstr(scp_buf_text(&out), "crl3 &amp; co") != NULL,
           "html: the table");
    tap_ok(strstr(scp_buf_text(&out), "1 more are left out") != NULL, "html: what is over the maximum is said");
    scp_buf_free(&out);
    scp_result_free(r);
    r = scp_result_new(NULL);
    scp_result_add(r, SCP_OK, "a.b", "", "fine");
    scp_result_exhibit(r, NULL);
    tap_is_int(SCP_UNKNOWN, scp_result_state(r), "an exhibit that could not be made breaks the result");
    scp_result_free(r);
}

/* A table of one row, on a terminal so wide, from its headings on. */
static void is_table(const char *wanted, unsigned columns, const char *const *cell)
{
    static const char *const headings[] = { "Host", "Kind", "Answer", "Time", "Level" };
    struct scp_report m = {
        .plugin = "check_scp", .version = "1", .title = "SCP", .at = 0, .source_taken = INT64_MIN, .columns = columns
    };
    struct scp_result *r = scp_result_new(NULL);
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_TABLE, "Hosts", headings, 5);
    const char *from;
    struct scp_buf out;

    scp_exhibit_add(e, SCP_MARK_WARNING, cell);
    scp_result_exhibit(r, e);
    scp_result_add(r, SCP_OK, "a.b", "", "fine");
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_terminal(&m, r, &out);
    from = strstr(scp_buf_text(&out), "\nHosts\n");
    tap_is_text(wanted, from != NULL ? from + 7 : NULL, "a table on a terminal of %u columns", columns);
    scp_buf_free(&out);
    scp_result_free(r);
}

static void widths(void)
{
    static const char *const cell[] = { "root-c3-ca2-2009.ocsp.d-trust.example", "ocsp",
                                        "HTTP 403 with a page for people: a filter's?", "19 ms", "legacy" };
    static const char *const wide[] = { "a\xCC\x88\xE2\x82\xAC", "", "x\ny | <z>", "", "" };
    static const char *const narrow[] = { "abcdefghijklmnopqrstuvwxyz0123456789", "ocsp", "", "", "" };

    is_table("    Host                                   Kind  Answer                                        Time   Level\n"
             "  ! root-c3-ca2-2009.ocsp.d-trust.example  ocsp  HTTP 403 with a page for people: a filter's?  19 ms  legacy\n",
             0, cell);
    is_table("    Host                         Kind  Answer                      Time   Level\n"
             "  ! root-c3-ca2-2009.ocsp.d-     ocsp  HTTP 403 with a page for    19 ms  legacy\n"
             "    trust.example                      people: a filter's?\n",
             80, cell);
    is_table("    Host                        Kind  Answer                     Time\n"
             "  ! root-c3-ca2-2009.ocsp.d-    ocsp  HTTP 403 with a page for   19 ms\n"
             "    trust.example                     people: a filter's?\n",
             70, cell);
    is_table("    Host  Kind  Answer     Time  Level\n"
             "  ! a\xCC\x88\xE2\x82\xAC         x y | <z>\n",
             80, wide);
    is_table("    Host                    Kind  Answer\n"
             "  ! abcdefghijklmnopqrstuv  ocsp\n"
             "    wxyz0123456789\n",
             40, narrow);
}

/* What stands above is not said again; below a finding of the same id not even that. */
static void repeated_advice(void)
{
    struct scp_report m = { .plugin = "check_scp", .version = "1", .title = "SCP", .at = 0, .source_taken = INT64_MIN };
    struct scp_result *r = scp_result_new(NULL);
    struct scp_buf out;

    scp_result_remedy(r, scp_result_add(r, SCP_CRITICAL, "a.b", "1", "one"), "open the port\ntest one");
    scp_result_remedy(r, scp_result_add(r, SCP_CRITICAL, "a.b", "2", "two"), "open the port\ntest two");
    scp_result_remedy(r, scp_result_add(r, SCP_CRITICAL, "a.c", "3", "three"), "open the port");
    scp_result_reference(r, 0, "the article");
    scp_result_reference(r, 1, "the article");
    scp_result_reference(r, 2, "the article");
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_terminal(&m, r, &out);
    tap_is_text("SCP CRITICAL\n"
                "  one, 2 more\n"
                "\n"
                "  [CRITICAL] a.b: one\n"
                "             fix:  open the port\n"
                "             then: test one\n"
                "             see:  the article\n"
                "  [CRITICAL] a.b: two\n"
                "             then: test two\n"
                "  [CRITICAL] a.c: three\n"
                "             fix:  as above\n",
                scp_buf_text(&out), "advice is said once");
    scp_buf_free(&out);
    scp_result_free(r);
}

static void add(struct scp_result *r, const char *text, const char *host)
{
    size_t i = scp_result_add(r, SCP_CRITICAL, "net.dns", host, "%s: %s", host, text);

    scp_result_remedy(r, i, "let DNS know it\nnslookup %s", host);
}

/* Several hosts with one fault are one item for people, as many findings in JSON; another fault, another state, another advice, or
 * -v, and they stand by themselves. */
static void kinds(void)
{
    struct scp_report m = { .plugin = "check_scp", .version = "1", .title = "SCP", .at = 0, .source_taken = INT64_MIN };
    struct scp_result *r = scp_result_new(NULL);
    struct scp_buf out;

    add(r, "not resolved: no answer", "a.example");
    add(r, "refused", "b.example");
    add(r, "not resolved: no answer", "c.example");
    scp_result_remedy(r, scp_result_add(r, SCP_CRITICAL, "net.dns", "d", "d.example: refused"), "ask d");
    (void)scp_result_add(r, SCP_WARNING, "net.dns", "e", "e.example: refused");
    for (int i = 0; i < 3; i++)
        (void)scp_result_add(r, SCP_WARNING, "net.odd", "", "odd");
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_plugin(&m, r, &out);
    tap_has_text("\n[CRITICAL] net.dns: a.example, c.example: not resolved: no answer\n"
                 "  fix: let DNS know it\n"
                 "  then: nslookup a.example\n"
                 "[CRITICAL] net.dns: b.example: refused\n"
                 "  then: nslookup b.example\n"
                 "[CRITICAL] net.dns: d.example: refused\n"
                 "  fix: ask d\n"
                 "[WARNING] net.dns: e.example: refused\n"
                 "[WARNING] net.odd: odd (3 times)\n",
                 scp_buf_text(&out), "those of one kind are one");
    scp_buf_truncate(&out, 0);
    m.verbosity = 1;
    scp_report_terminal(&m, r, &out);
    tap_has_text("net.dns: c.example: not resolved: no answer\n", scp_buf_text(&out), "with -v each stands by itself");
    for (int i = 0; i < 40; i++)
        add(r, "not resolved: no answer", "another-host.example");
    m.verbosity = 0;
    scp_buf_truncate(&out, 0);
    scp_report_html(&m, r, &out);
    tap_has_text("another-host.example and 29 more: not resolved: no answer</p>", scp_buf_text(&out), "many are counted");
    scp_buf_free(&out);
    scp_result_free(r);
}

/* A page is about a server, and says each step and each document once, with its address. */
static void page(void)
{
    struct scp_report m = {
        .plugin = "check_scp", .version = "1", .title = "SCP", .at = 0, .source_taken = INT64_MIN, .server = "<SCP01>"
    };
    struct scp_result *r = scp_result_new(NULL);
    const char *once;
    struct scp_buf out;

    for (int i = 0; i < 2; i++) {
        size_t k = scp_result_add(r, SCP_CRITICAL, i == 0 ? "a.b" : "a.c", "", "text %d", i);

        scp_result_remedy(r, k, "open the port");
        scp_result_reference(r, k, "The article, https://x.example/a#b; Its \"other\", https://y.example/c");
    }
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_html(&m, r, &out);
    tap_ok(page_check(scp_buf_text(&out)) == NULL, "a good page");
    tap_has_text("<title>SCP CRITICAL - &lt;SCP01&gt;</title>", scp_buf_text(&out), "the server is in its title");
    tap_has_text("CRITICAL</span> &lt;SCP01&gt;</h1>", scp_buf_text(&out), "and in its heading");
    tap_has_text("<p class=\"note\">See <a rel=\"noreferrer\" href=\"https://x.example/a#b\">The article</a></p>"
                 "<p class=\"note\">See <a rel=\"noreferrer\" href=\"https://y.example/c\">Its &quot;other&quot;</a></p>",
                 scp_buf_text(&out), "each document is a link");
    once = strstr(scp_buf_text(&out), "open the port");
    tap_ok(once != NULL && strstr(once + 1, "open the port") == NULL, "a step is said once");
    tap_has_text("<p class=\"note\">as above</p>", scp_buf_text(&out), "then it stands above");
    once = strstr(scp_buf_text(&out), "x.example");
    tap_ok(once != NULL && strstr(once + 1, "x.example") == NULL, "an address, too");
    scp_buf_truncate(&out, 0);
    scp_report_plugin(&m, r, &out);
    tap_has_text("SCP CRITICAL (\\x3cSCP01\\x3e) - text 0, 1 more\n", scp_buf_text(&out), "line 1 names the server");
    scp_buf_free(&out);
    scp_result_free(r);
}

/* Steps are numbered, remarks stand below them; a command is said once, wherever it is needed, and never broken. */
static void plans(void)
{
    static const char *const step[][2] = {
        { "Import <X>", "import it, as an administrator of the server:\xFF`certutil -addstore Root \"X of a long name\"\n"
                        "\xFF`certutil -setreg Y" },
        { "note", "of no use" },
        { "Restart Z", "\xFF`certutil -setreg Y\nnet start Z" }
    };
    struct scp_report m = {
        .plugin = "check_scp", .version = "1", .title = "SCP", .at = 0, .source_taken = INT64_MIN, .columns = 40
    };
    struct scp_result *r = scp_result_new(NULL);
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_PLAN, "What to do first", NULL, 0);
    struct scp_buf out;

    scp_exhibit_add(e, SCP_MARK_NONE, step[0]);
    scp_exhibit_add(e, SCP_MARK_WARNING, step[1]);
    scp_exhibit_add(e, SCP_MARK_NONE, step[2]);
    scp_result_exhibit(r, e);
    scp_result_remedy(r, scp_result_add(r, SCP_CRITICAL, "a.b", "", "bad"), "certutil -setreg Y");
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_terminal(&m, r, &out);
    tap_is_text("SCP CRITICAL\n"
                "  bad\n"
                "\n"
                "What to do first\n"
                "  1. Import <X>\n"
                "     - import it, as an administrator of\n"
                "       the server:\n"
                "       certutil -addstore Root \"X of a long name\"\n"
                "       certutil -setreg Y\n"
                "  2. Restart Z\n"
                "     - net start Z\n"
                "  note\n"
                "     - of no use\n"
                "\n"
                "  [CRITICAL] a.b: bad\n"
                "             fix:  as above\n",
                scp_buf_text(&out), "terminal: a plan");
    scp_buf_truncate(&out, 0);
    scp_report_html(&m, r, &out);
    tap_ok(page_check(scp_buf_text(&out)) == NULL, "html: a good page");
    tap_has_text("<h2>What to do first</h2>\n<ul class=\"items\">\n"
                 "<li class=\"item none\"><p><span class=\"badge\">1.</span> <strong>Import &lt;X&gt;</strong></p>"
                 "<p>import it, as an administrator of the server:</p>"
                 "<pre tabindex=\"0\">certutil -addstore Root &quot;X of a long name&quot;\ncertutil -setreg Y</pre></li>\n",
                 scp_buf_text(&out), "html: a plan");
    scp_buf_free(&out);
    scp_result_free(r);
}

int main(void)
{
    plugin_examples();
    terminal_examples();
    json_examples();
    openmetrics_example();
    budgets();
    endless();
    contract_can_fail();
    page_can_fail();
    voices();
    exhibits();
    widths();
    repeated_advice();
    kinds();
    page();
    plans();
    properties();
    return tap_done();
}
