/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"
#include "plugin/wrap.h"

#include <string.h>

/*
 * A checklist for people: what is wrong first, how to mend it below each, what
 * is right at the end.  Texts from outside are cleaned of everything that
 * could drive the terminal.
 */
enum {
    COLUMNS_MIN = 40,
    SEEN_MAX = 150, /* bytes of a line of evidence; -v tells the finding in full */
    HANG = 13,
    STEP = 5 /* "  1. " */
};

struct terminal {
    const struct scp_report *m;
    struct scp_buf *out;
    struct scp_buf line;
    size_t columns;
};

void scp_report_colored(struct scp_buf *out, bool color, enum scp_mark mark, const char *text)
{
    const char *begin = color ? scp_report_looks[mark].color : "";

    (void)scp_buf_printf(out, "%s%s%s", begin, text, begin[0] != '\0' ? "\033[0m" : "");
}

/* Ends the line that was made, broken to so many columns (0: not broken); the cursor stands at `column`. */
static void end_broken(struct terminal *t, size_t column, size_t hang, size_t columns)
{
    scp_wrap(t->out, scp_buf_text(&t->line), columns, column, hang);
    (void)scp_buf_chr(t->out, '\n');
    scp_buf_truncate(&t->line, 0);
}

static void end_line(struct terminal *t, size_t column, size_t hang)
{
    end_broken(t, column, hang, t->columns);
}

static void headline(struct terminal *t, const struct scp_report_view *view)
{
    size_t hang = 2;

    scp_report_text(t->out, t->m->title, 60, SCP_REPORT_TERMINAL);
    (void)scp_buf_chr(t->out, ' ');
    scp_report_colored(t->out, t->m->color, scp_mark_of(view->state), scp_state_name(view->state));
    scp_report_context(t->m, t->out, SCP_REPORT_TERMINAL);
    (void)scp_buf_chr(t->out, '\n');
    scp_wrap_blanks(t->out, hang);
    scp_report_summary(view, SCP_REPORT_FIELD_MAX, &t->line, SCP_REPORT_TERMINAL);
    end_line(t, hang, hang);
}

static void add_list(void *context, const char *title)
{
    struct terminal *t = context;

    (void)scp_buf_chr(t->out, '\n');
    scp_report_sentence(&t->line, title, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    if (t->line.n > 0)
        end_line(t, 0, 2);
}

/* "  1. " of a step; "  x CRITICAL  " in color, "  [CRITICAL] " without; a row of a checklist has its glyph always.  Returns the
 * column. */
static size_t lead(struct terminal *t, const struct scp_report_item *item)
{
    bool finding = item->id[0] != '\0';
    size_t start = t->out->n, width;

    (void)scp_buf_str(t->out, "  ");
    if (item->step) {
        (void)scp_buf_str(t->out, item->verdict);
        scp_wrap_blanks(t->out, item->verdict[0] != '\0' ? 1 : 0);
        return t->out->n - start;
    }
    if (finding && !t->m->color) {
        (void)scp_buf_printf(t->out, "[%s]", item->verdict);
        width = t->out->n - start;
    } else {
        scp_report_colored(t->out, t->m->color, item->mark, scp_report_looks[item->mark].glyph);
        (void)scp_buf_chr(t->out, ' ');
        scp_report_sentence(&t->line, item->verdict, HANG, SCP_REPORT_TERMINAL);
        width = 4 + scp_wrap_width(scp_buf_text(&t->line), t->line.n);
        scp_report_colored(t->out, finding && t->m->color, item->mark, scp_buf_text(&t->line));
        scp_buf_truncate(&t->line, 0);
    }
    scp_wrap_blanks(t->out, width < HANG ? HANG - width : 1);
    return width < HANG ? HANG : width + 1;
}

static void add_item(void *context, const struct scp_report_item *item)
{
    struct terminal *t = context;
    size_t column = lead(t, item);

    if (item->id[0] != '\0') {
        scp_report_text(&t->line, item->id, 100, SCP_REPORT_TERMINAL);
        (void)scp_buf_str(&t->line, ": ");
    }
    scp_report_sentence(&t->line, item->text, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    end_line(t, column, item->step ? column : HANG);
}

/* Hangs under its item, behind a word. */
static void add_line(void *context, enum scp_report_word word, size_t number, const char *line, size_t n)
{
    static const char *const WORDS[][2] = { [SCP_REPORT_HOW] = { "- ", "- " },          [SCP_REPORT_COMMAND] = { "  ", "  " },
                                            [SCP_REPORT_SEEN] = { "seen: ", "      " }, [SCP_REPORT_FIX] = { "fix:  ", "then: " },
                                            [SCP_REPORT_ABOVE] = { "fix:  ", "" },      [SCP_REPORT_SEE] = { "see:  ", "see:  " } };
    struct terminal *t = context;

    size_t hang = word == SCP_REPORT_HOW || word == SCP_REPORT_COMMAND ? STEP : HANG,
           column = hang + strlen(WORDS[word][number > 0]);

    scp_wrap_blanks(t->out, hang);
    (void)scp_buf_str(t->out, WORDS[word][number > 0]);
    scp_report_said(&t->line, line, n, word == SCP_REPORT_SEEN ? SEEN_MAX : SCP_REPORT_STEP_MAX, SCP_REPORT_TERMINAL);
    end_broken(t, column, column, word == SCP_REPORT_COMMAND ? 0 : t->columns);
}

/* Below a checklist or above a table, which tell what is fine already, only what is not - unless more is asked for. */
static bool is_brief(const struct terminal *t, const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        if (r->exhibit[i]->kind != SCP_EXHIBIT_CHAIN)
            return t->m->verbosity == 0;
    }
    return false;
}

/* Behind a plan, what is no cause is told in short. */
static bool has_plan(const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        if (r->exhibit[i]->kind == SCP_EXHIBIT_PLAN)
            return true;
    }
    return false;
}

/* Neither said already, nor nothing to be said about. */
static bool is_untold(const struct scp_finding *f)
{
    return !f->told && f->state != SCP_OK;
}

static void add_findings(struct terminal *t, struct scp_report_walk *w, const struct scp_report_view *view, bool brief)
{
    size_t told = 0, warnings = 0;

    for (size_t i = 0; brief && i < view->n; i++) {
        told += !is_untold(view->v[i]);
        warnings += is_untold(view->v[i]) && view->v[i]->state == SCP_WARNING;
    }
    if (brief && told == view->n && told > 0)
        (void)scp_buf_chr(t->out, '\n');
    scp_report_findings(w, view, brief ? is_untold : NULL, t->m->verbosity > 0);
    if (told == 0)
        return;
    scp_wrap_blanks(t->out, 2);
    (void)scp_buf_printf(&t->line, "and %zu more (-v shows %s%s)", told, told == 1 ? "it" : "them",
                         w->short_warnings && warnings > 0 ? ", and what mends the warnings" : "");
    end_line(t, 2, 2);
}

static void add_tables(struct terminal *t, const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        if (r->exhibit[i]->kind == SCP_EXHIBIT_TABLE) {
            add_list(t, r->exhibit[i]->title);
            scp_report_table(r->exhibit[i], t->m->color, t->columns, t->out);
        }
    }
}

static void add_value(void *context, const char *label, const struct scp_perfdata *p)
{
    struct terminal *t = context;

    if (p->full_only && t->m->perfdata != SCP_PERFDATA_FULL)
        return;
    (void)scp_buf_str(t->out, "  ");
    scp_report_value_format(label, p, t->out);
    (void)scp_buf_chr(t->out, '\n');
}

static void add_perfdata(struct terminal *t, const struct scp_result *r)
{
    if (t->m->verbosity == 0 || t->m->perfdata == SCP_PERFDATA_NONE || r == NULL)
        return;
    (void)scp_buf_str(t->out, "\nperformance data\n");
    scp_report_values(r, add_value, t);
}

void scp_report_terminal(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    static const struct scp_report_medium MEDIUM = { add_list, add_item, add_line };
    struct terminal t = { .m = m, .out = out, .columns = m->columns };
    struct scp_report_walk w = { .medium = &MEDIUM, .context = &t, .out = out };
    struct scp_report_view view;

    if (t.columns > 0 && t.columns < COLUMNS_MIN)
        t.columns = COLUMNS_MIN;
    scp_report_view(r, &view, out);
    scp_buf_init(&t.line, SCP_REPORT_SCRATCH_MAX);
    headline(&t, &view);
    scp_report_checklists(&w, r);
    w.short_warnings = m->verbosity == 0 && has_plan(r);
    add_findings(&t, &w, &view, is_brief(&t, r));
    add_tables(&t, r);
    add_perfdata(&t, r);
    scp_report_source(m, &t.line, SCP_REPORT_TERMINAL);
    if (t.line.n > 0) {
        (void)scp_buf_chr(out, '\n');
        end_line(&t, 0, 2);
    }
    out->failed = out->failed || t.line.failed;
    scp_buf_free(&t.line);
    scp_report_view_free(&view);
}
