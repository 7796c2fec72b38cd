/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "../unit/plugin/contract.h"
#include "../unit/plugin/readers.h"
#include "../unit/plugin/tree.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Any result tree keeps the output contract, and its JSON and OpenMetrics can be read. */

static void check(const char *format, const char *wrong, const struct scp_buf *out)
{
    if (wrong == NULL && !out->failed)
        return;
    if (!fuzz_starved())
        fprintf(stderr, "%s: %s\n%s\n", format, wrong != NULL ? wrong : "the buffer failed", scp_buf_text(out));
    fuzz_must(false);
}

static void check_plugin(const struct tree *t)
{
    struct contract c = { t->m.title, t->state, t->m.perfdata == SCP_PERFDATA_FULL, tree_own };
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_plugin(&t->m, t->r, &out);
    fuzz_make();
    check("plugin", contract_check(&c, scp_buf_text(&out), out.n), &out);
    fuzz_made();
    scp_buf_free(&out);
}

static void check_json(const struct tree *t)
{
    struct scp_buf out;
    struct json *j;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_json(&t->m, t->r, &out);
    fuzz_make();
    j = out.failed ? NULL : json_read(scp_buf_text(&out)); /* what was cut is nobody's to read */
    check("json", j != NULL ? NULL : "not JSON", &out);
    json_free(j);
    fuzz_made();
    scp_buf_free(&out);
}

static void check_others(const struct tree *t)
{
    size_t families, samples;
    struct scp_buf out;

    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    scp_report_openmetrics(&t->m, t->r, &out);
    fuzz_make();
    check("openmetrics", metrics_check(scp_buf_text(&out), &families, &samples), &out);
    fuzz_made();
    scp_buf_truncate(&out, 0);
    scp_report_terminal(&t->m, t->r, &out);
    check("terminal", NULL, &out);
    scp_buf_truncate(&out, 0);
    scp_report_html(&t->m, t->r, &out);
    fuzz_make();
    check("html", page_check(scp_buf_text(&out)), &out);
    fuzz_made();
    scp_buf_free(&out);
}

void fuzz_target(const uint8_t *data, size_t size)
{
    struct tree_source s = { .p = data, .n = size };
    struct tree t;

    if (data == NULL) /* would mean random */
        return;
    fuzz_make();
    tree_make(&s, &t);
    fuzz_made();
    check_plugin(&t);
    check_json(&t);
    check_others(&t);
    tree_free(&t);
}
