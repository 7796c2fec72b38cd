/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"

#include <string.h>

/*
 * The text for monitoring cores.  Line 1 carries state, summary and all
 * performance data; its budget is given to the performance data first, as the
 * summary's sentence stands again in full below.
 */
enum {
    SUMMARY_MIN = 120,                          /* below this performance data gives way */
    LINE_FULL_MAX = SCP_REPORT_TEXT_MAX - 1500, /* line 1 with --perfdata=full */
    TAIL_MAX = 900                              /* room kept for the note and the source's line */
};

/* The lines behind the first. */
struct body {
    struct scp_buf *out;
    size_t end;          /* out->n never passes it */
    struct scp_buf line; /* the one being made */
    size_t skipped;
};

struct values {
    const struct scp_report *m;
    struct scp_buf *out;
    struct scp_buf one;
    size_t max;
    size_t dropped;
};

static void add_value(void *context, const char *label, const struct scp_perfdata *p)
{
    struct values *v = context;
    size_t gap = v->out->n > 0;

    if (p->full_only && v->m->perfdata != SCP_PERFDATA_FULL)
        return;
    scp_buf_truncate(&v->one, 0);
    scp_report_value_format(label, p, &v->one);
    /* From the end only: nothing after the first that does not fit. */
    if (v->dropped > 0 || v->out->n + gap + v->one.n > v->max) {
        v->dropped++;
        return;
    }
    if (gap > 0)
        (void)scp_buf_chr(v->out, ' ');
    (void)scp_buf_add(v->out, v->one.p, v->one.n);
}

/* All that fit into max bytes; returns how many did not. */
static size_t perfdata(const struct scp_report *m, const struct scp_result *r, size_t max, struct scp_buf *out)
{
    struct values v = { .m = m, .out = out, .max = max };

    if (m->perfdata == SCP_PERFDATA_NONE)
        return 0;
    scp_buf_init(&v.one, SCP_REPORT_SCRATCH_MAX);
    scp_report_values(r, add_value, &v);
    out->failed = out->failed || v.one.failed;
    scp_buf_free(&v.one);
    return v.dropped;
}

/* Returns the number of values that found no room. */
static size_t first_line(const struct scp_report *m, const struct scp_result *r, const struct scp_report_view *view,
                         struct scp_buf *out)
{
    size_t max = m->perfdata == SCP_PERFDATA_FULL ? LINE_FULL_MAX : SCP_REPORT_LINE_MAX;
    size_t start = out->n, used, dropped;
    struct scp_buf perf;

    scp_report_text(out, m->title, 60, SCP_REPORT_PLUGIN);
    (void)scp_buf_printf(out, " %s", scp_state_name(view->state));
    scp_report_context(m, out, SCP_REPORT_PLUGIN);
    (void)scp_buf_str(out, " - ");
    used = out->n - start + strlen(" | ");
    scp_buf_init(&perf, LINE_FULL_MAX);
    dropped = perfdata(m, r, max - used - SUMMARY_MIN, &perf);
    scp_report_summary(view, max - used - perf.n, out, SCP_REPORT_PLUGIN);
    if (perf.n > 0) {
        (void)scp_buf_str(out, " | ");
        (void)scp_buf_add(out, perf.p, perf.n);
    }
    (void)scp_buf_chr(out, '\n');
    out->failed = out->failed || perf.failed;
    scp_buf_free(&perf);
    return dropped;
}

/* Adds the line that was made, or counts it where there is no room; after the first of those all are
 * counted. */
static void end_line(struct body *b)
{
    if (b->skipped > 0 || b->out->n + b->line.n + 1 > b->end) {
        b->skipped++;
    } else {
        (void)scp_buf_add(b->out, b->line.p, b->line.n);
        (void)scp_buf_chr(b->out, '\n');
    }
    scp_buf_truncate(&b->line, 0);
}

static void add_list(void *context, const char *title)
{
    (void)context; /* the lines follow each other */
    (void)title;
}

static void add_item(void *context, const struct scp_report_item *item)
{
    struct body *b = context;

    if (b->skipped == 0) { /* what is only counted need not be made */
        (void)scp_buf_printf(&b->line, "[%s] ", item->verdict);
        scp_report_text(&b->line, item->id, 100, SCP_REPORT_PLUGIN);
        (void)scp_buf_str(&b->line, ": ");
        scp_report_sentence(&b->line, item->text, SCP_REPORT_FIELD_MAX, SCP_REPORT_PLUGIN);
    }
    end_line(b);
}

static void add_line(void *context, enum scp_report_word word, size_t number, const char *line, size_t n)
{
    struct body *b = context;

    if (b->skipped == 0) {
        (void)scp_buf_str(&b->line, word == SCP_REPORT_SEE ? "  see: " : number == 0 ? "  fix: " : "  then: ");
        scp_report_said(&b->line, line, n, SCP_REPORT_STEP_MAX, SCP_REPORT_PLUGIN);
    }
    end_line(b);
}

static bool is_alarm(const struct scp_finding *f)
{
    return f->state != SCP_OK;
}

void scp_report_plugin(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    static const struct scp_report_medium MEDIUM = { add_list, add_item, add_line };
    struct body b = { .out = out };
    struct scp_report_walk w = { .medium = &MEDIUM, .context = &b, .out = out };
    struct scp_report_view view;
    size_t start = out->n, dropped;

    scp_report_view(r, &view, out);
    scp_buf_init(&b.line, SCP_REPORT_SCRATCH_MAX);
    dropped = first_line(m, r, &view, out);
    b.end = start + SCP_REPORT_TEXT_MAX - TAIL_MAX;
    if (dropped > 0) {
        (void)scp_buf_printf(&b.line, "%zu performance values left out (use --perfdata=full)", dropped);
        end_line(&b);
    }
    scp_report_findings(&w, &view, m->verbosity > 0 ? NULL : is_alarm, m->verbosity > 0);
    if (b.skipped > 0)
        (void)scp_buf_printf(out, "\xE2\x80\xA6 %zu more lines (use --output=json)\n", b.skipped);
    scp_report_source(m, &b.line, SCP_REPORT_PLUGIN);
    if (b.line.n > 0) {
        (void)scp_buf_add(out, b.line.p, b.line.n);
        (void)scp_buf_chr(out, '\n');
    }
    out->failed = out->failed || b.line.failed;
    scp_buf_free(&b.line);
    scp_report_view_free(&view);
}
