/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/ini.h"
#include "base/json.h"
#include "plugin/report.h"
#include "tests/tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Every named maximum of a result and of what it is built with is reached where something is added: up to it all is there, one more
 * is UNKNOWN or an error, never something silently left out.
 */
static void is_broken(struct scp_result *r, const char *what)
{
    struct scp_report m = { .plugin = "check_scp_toy", .version = "1", .title = "SCP TOY", .source_taken = INT64_MIN };
    struct scp_buf out;

    tap_is_int(SCP_UNKNOWN, scp_result_state(r), "%s: UNKNOWN", what);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_plugin(&m, r, &out);
    tap_ok(strncmp(scp_buf_text(&out), "SCP TOY UNKNOWN - the result is incomplete", 42) == 0, "%s: said", what);
    scp_buf_free(&out);
    scp_result_free(r);
}

static struct scp_result *fresh(void)
{
    struct scp_result *r = scp_result_new(NULL);

    if (r == NULL)
        tap_bail("no memory");
    (void)scp_result_add(r, SCP_OK, "a.b", "", "fine");
    return r;
}

static void findings(void)
{
    struct scp_result *r = fresh();

    while (scp_result_count(r) < SCP_RESULT_FINDINGS_MAX && !r->broken)
        (void)scp_result_add(r, SCP_OK, "a.b", "", "fine");
    tap_is_int(SCP_OK, scp_result_state(r), "as many findings as there may be");
    tap_ok(scp_result_add(r, SCP_OK, "a.b", "", "one more") == (size_t)-1, "one more has no index");
    is_broken(r, "findings");
}

static void values(void)
{
    struct scp_perfdata p = { .unit = "", .value = 1 };
    struct scp_result *r = fresh();

    for (size_t i = 0; i <= SCP_RESULT_PERFDATA_MAX; i++) {
        if (i == SCP_RESULT_PERFDATA_MAX)
            tap_is_int(SCP_OK, scp_result_state(r), "as many values as there may be");
        (void)snprintf(p.label, sizeof p.label, "v%zu", i);
        scp_result_perfdata(r, &p);
    }
    is_broken(r, "values");
}

static void exhibits(void)
{
    struct scp_result *r = fresh();

    for (size_t i = 0; i <= SCP_RESULT_EXHIBITS_MAX; i++) {
        if (i == SCP_RESULT_EXHIBITS_MAX)
            tap_is_int(SCP_OK, scp_result_state(r), "as many exhibits as there may be");
        scp_result_exhibit(r, scp_exhibit_new(SCP_EXHIBIT_CHECKLIST, "x", NULL, 0));
    }
    is_broken(r, "exhibits");
}

/* Parts in parts, and what the parts hold counts for the whole. */
static void parts(void)
{
    struct scp_result *r = fresh(), *part = fresh();

    for (int i = 1; i < SCP_RESULT_DEPTH_MAX; i++) {
        scp_result_part(r, "p", part);
        part = r;
        r = fresh();
    }
    tap_is_int(SCP_OK, scp_result_state(part), "as deep as it may be");
    scp_result_part(r, "p", part);
    is_broken(r, "depth");
    r = fresh();
    part = fresh();
    while (scp_result_count(part) < SCP_RESULT_FINDINGS_MAX)
        (void)scp_result_add(part, SCP_OK, "a.b", "", "fine");
    scp_result_part(r, "p", part);
    is_broken(r, "findings of all parts");
}

/* More rows than a table takes are counted and said. */
static void rows(void)
{
    static const char *const headings[] = { "A" };
    static const char *const cell[] = { "x" };
    struct scp_report m = { .plugin = "check_scp_toy", .version = "1", .title = "SCP TOY", .source_taken = INT64_MIN };
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_TABLE, "Rows", headings, 1);
    struct scp_result *r = fresh();
    struct scp_buf out;

    for (int i = 0; i < SCP_EXHIBIT_ROWS_MAX + 3; i++)
        scp_exhibit_add(e, SCP_MARK_OK, cell);
    scp_result_exhibit(r, e);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_terminal(&m, r, &out);
    tap_has_text("and 3 more\n", scp_buf_text(&out), "a table's rows over the maximum: the terminal says how many");
    scp_buf_truncate(&out, 0);
    scp_report_html(&m, r, &out);
    tap_has_text("3 more", scp_buf_text(&out), "and the page");
    scp_buf_free(&out);
    scp_result_free(r);
}

/* An ini text of n lines. */
static int parse_lines(const char *line, size_t n, struct scp_err *err)
{
    size_t len = strlen(line);
    char *text = malloc(n * len + 1);
    struct scp_ini ini;
    int rc;

    if (text == NULL)
        tap_bail("no memory");
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, line, len);
    rc = scp_ini_parse(text, n * len, 0, &ini, err);
    if (rc == 0)
        scp_ini_free(&ini);
    free(text);
    return rc;
}

static void inis(void)
{
    static const struct {
        const char *line;
        size_t most;
        const char *said;
    } table[] = {
        { "[s]\n", 4000, "line 4001: more than 4000 sections" },
        { "k=v\n", 20000, "line 20001: more than 20000 entries" },
        { "#234567\n", SCP_INI_MAX / 8, "" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;

        tap_is_int(0, parse_lines(table[i].line, table[i].most, &err), "%zu times %.3s: %s", table[i].most, table[i].line,
                   err.message);
        tap_is_int(-1, parse_lines(table[i].line, table[i].most + 1, &err), "one more is refused");
        tap_is_int(SCP_ERR_LIMIT, (int)err.code, "as a limit");
        tap_has_text(table[i].said, err.message, "and named");
    }
}

static void memory_of_a_size(void)
{
    struct scp_arena a;
    struct scp_buf b;
    struct scp_err err = SCP_ERR_INIT;

    scp_arena_init(&a, 1 << 16);
    while (scp_arena_alloc(&a, 100) != NULL) {
    }
    tap_ok(a.full && a.used <= a.max, "an arena says that it is full, not that memory ran out");
    tap_ok(scp_arena_text(&a, "x", 1 << 16) == NULL, "and stays so");
    scp_arena_free(&a);
    scp_buf_init(&b, 10);
    tap_ok(scp_buf_str(&b, "0123456789") == 0 && scp_buf_chr(&b, 'x') != 0 && b.failed && !b.starved, "a buffer too");
    tap_is_text("0123456789", scp_buf_text(&b), "what was there is there");
    tap_ok(scp_buf_error(&b, &err, "long") == -1 && err.code == SCP_ERR_LIMIT, "and its error is a limit");
    scp_buf_free(&b);
}

static void depth_of_json(void)
{
    struct scp_buf out;
    struct scp_json j;

    scp_buf_init(&out, 1 << 16);
    scp_json_init(&j, &out, false);
    for (int i = 0; i < SCP_JSON_DEPTH; i++)
        scp_json_open(&j, NULL, '[');
    tap_ok(!out.failed, "JSON as deep as it may be");
    scp_json_open(&j, NULL, '[');
    tap_ok(out.failed && !out.starved, "deeper fails");
    scp_buf_free(&out);
}

int main(void)
{
    findings();
    values();
    exhibits();
    parts();
    rows();
    inis();
    memory_of_a_size();
    depth_of_json();
    return tap_done();
}
