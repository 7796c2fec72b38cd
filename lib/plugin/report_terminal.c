/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_terminal_internal.h"
#include "plugin/wrap.h"

#include <string.h>

/*
 * A checklist for people: what is wrong first, how to mend it below each, what
 * is right at the end.  Texts from outside are cleaned of everything that
 * could drive the terminal.
 */
enum { COLUMNS_MIN = 40, SCRATCH_MAX = 64 << 10, HANG = 13 };

struct terminal {
    const struct scp_report *m;
    struct scp_buf *out;
    struct scp_buf line;
    size_t columns;
    const struct scp_finding *above; /* the finding that was drawn last; NULL */
    bool same;                       /* and it is of the same kind as the one that is being drawn */
    struct scp_report_once said;
};

static const char *color_of(enum scp_state s)
{
    switch (s) {
    case SCP_OK: return "\033[32m";
    case SCP_WARNING: return "\033[33m";
    case SCP_CRITICAL: return "\033[1;31m";
    case SCP_UNKNOWN:
    default: return "\033[35m";
    }
}

const char *scp_report_glyph(enum scp_state s)
{
    switch (s) {
    case SCP_OK: return "\xE2\x9C\x93"; /* check mark */
    case SCP_WARNING: return "!";
    case SCP_CRITICAL: return "\xE2\x9C\x97"; /* ballot x */
    case SCP_UNKNOWN:
    default: return "?";
    }
}

enum scp_state scp_report_mark_state(enum scp_mark mark)
{
    static const enum scp_state STATES[] = { SCP_OK, SCP_OK, SCP_WARNING, SCP_CRITICAL, SCP_UNKNOWN };

    return STATES[mark];
}

void scp_report_colored(struct scp_buf *out, bool color, enum scp_state state, const char *text)
{
    if (color)
        (void)scp_buf_str(out, color_of(state));
    (void)scp_buf_str(out, text);
    if (color)
        (void)scp_buf_str(out, "\033[0m");
}

static void colored(struct terminal *t, enum scp_state s, const char *text)
{
    scp_report_colored(t->out, t->m->color, s, text);
}

/* Wraps and ends the line that was made; the cursor stands at `column`. */
static void end_line(struct terminal *t, size_t column, size_t hang)
{
    scp_wrap(t->out, scp_buf_text(&t->line), t->columns, column, hang);
    (void)scp_buf_chr(t->out, '\n');
    scp_buf_truncate(&t->line, 0);
}

static void headline(struct terminal *t, const struct scp_report_view *view)
{
    size_t hang = 2;

    scp_report_text(t->out, t->m->title, 60, SCP_REPORT_TERMINAL);
    (void)scp_buf_chr(t->out, ' ');
    colored(t, view->state, scp_state_name(view->state));
    if (!scp_report_is_blank(t->m->vantage)) {
        (void)scp_buf_str(t->out, " (");
        scp_report_text(t->out, t->m->vantage, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
        (void)scp_buf_chr(t->out, ')');
    }
    scp_report_rehearsal(t->m, t->out, SCP_REPORT_TERMINAL);
    (void)scp_buf_chr(t->out, '\n');
    scp_wrap_blanks(t->out, hang);
    scp_report_sentence(&t->line, view->summary, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    if (view->more > 0)
        (void)scp_buf_printf(&t->line, ", %zu more", view->more);
    end_line(t, hang, hang);
}

/* "  x CRITICAL  " with color, "  [CRITICAL] " without: HANG columns. */
static void lead(struct terminal *t, enum scp_state s)
{
    const char *name = scp_state_name(s);
    size_t width;

    (void)scp_buf_str(t->out, "  ");
    if (t->m->color) {
        colored(t, s, scp_report_glyph(s));
        (void)scp_buf_chr(t->out, ' ');
        colored(t, s, name);
        width = 4 + strlen(name);
    } else {
        (void)scp_buf_printf(t->out, "[%s]", name);
        width = 4 + strlen(name);
    }
    scp_wrap_blanks(t->out, HANG - width);
}

/* --- Findings --- */

/* A line that hangs under its item, behind a word. */
static void hang(struct terminal *t, const char *word, const char *line, size_t n)
{
    scp_wrap_blanks(t->out, HANG);
    (void)scp_buf_str(t->out, word);
    scp_report_said(&t->line, line, n, SCP_REPORT_STEP_MAX, SCP_REPORT_TERMINAL);
    end_line(t, HANG + strlen(word), HANG + strlen(word));
}

/* Below a finding of the same kind nothing need be said of what stands above. */
static void add_step(void *context, size_t number, const char *line, size_t n)
{
    struct terminal *t = context;

    if (line != scp_report_above || !t->same)
        hang(t, number == 0 ? "fix:  " : "then: ", line, n);
}

static void add_seen(void *context, size_t number, const char *line, size_t n)
{
    hang(context, number == 0 ? "seen: " : "      ", line, n);
}

static void add_reference(struct terminal *t, const struct scp_finding *f)
{
    if (scp_report_is_blank(f->reference) || (t->same && strcmp(t->above->reference, f->reference) == 0))
        return;
    scp_wrap_blanks(t->out, HANG);
    (void)scp_buf_str(t->out, "see:  ");
    scp_report_sentence(&t->line, f->reference, SCP_REPORT_STEP_MAX, SCP_REPORT_TERMINAL);
    end_line(t, HANG + 6, HANG + 6);
}

static void add_finding(struct terminal *t, const struct scp_finding *f)
{
    t->same = t->above != NULL && strcmp(t->above->id, f->id) == 0;
    lead(t, f->state);
    scp_report_text(&t->line, f->id, 100, SCP_REPORT_TERMINAL);
    (void)scp_buf_str(&t->line, ": ");
    scp_report_sentence(&t->line, f->text, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    end_line(t, HANG, HANG);
    if (f->state == SCP_OK)
        return;
    scp_report_steps(f->remedy, &t->said, add_step, t);
    add_reference(t, f);
    t->above = f;
}

/* Below a checklist or a table, which tell what is fine already, only what is not - unless more is asked for. */
static bool is_brief(const struct terminal *t, const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        if (r->exhibit[i]->kind != SCP_EXHIBIT_CHAIN)
            return t->m->verbosity == 0;
    }
    return false;
}

/* Said already, or nothing to be said about. */
static bool is_told(const struct scp_finding *f)
{
    return f->told || f->state == SCP_OK;
}

static void add_rest(struct terminal *t, const struct scp_report_view *view)
{
    size_t told = 0;

    for (size_t i = 0; i < view->n; i++)
        told += is_told(view->v[i]);
    if (told == 0)
        return;
    (void)scp_buf_printf(t->out, "  and %zu more (-v shows %s)\n", told, told == 1 ? "it" : "them");
}

static void add_findings(struct terminal *t, const struct scp_report_view *view, bool brief)
{
    static const enum scp_state order[] = { SCP_CRITICAL, SCP_WARNING, SCP_UNKNOWN, SCP_OK };

    if (view->n > 0)
        (void)scp_buf_chr(t->out, '\n');
    for (size_t s = 0; s < sizeof order / sizeof order[0]; s++) {
        for (size_t i = 0; i < view->n; i++) {
            const struct scp_finding *f = view->v[i];

            if (f->state == order[s] && !(brief && is_told(f)))
                add_finding(t, f);
        }
    }
    if (brief)
        add_rest(t, view);
}

/* "  x present   1. Automatic root update is off" */
static void add_item(struct terminal *t, const struct scp_exhibit_row *row)
{
    enum scp_state state = scp_report_mark_state(row->mark);
    size_t start, width;

    (void)scp_buf_str(t->out, "  ");
    colored(t, state, row->mark == SCP_MARK_NONE ? "-" : scp_report_glyph(state));
    (void)scp_buf_chr(t->out, ' ');
    start = t->out->n;
    scp_report_sentence(t->out, row->cell[SCP_CHECKLIST_VERDICT], HANG, SCP_REPORT_TERMINAL);
    width = 4 + scp_wrap_width(scp_buf_text(t->out) + start, t->out->n - start);
    scp_wrap_blanks(t->out, width < HANG ? HANG - width : 1);
    scp_report_sentence(&t->line, row->cell[SCP_CHECKLIST_WHAT], SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    end_line(t, width < HANG ? HANG : width + 1, HANG);
    scp_report_steps(row->cell[SCP_CHECKLIST_EVIDENCE], NULL, add_seen, t);
    scp_report_steps(row->cell[SCP_CHECKLIST_REMEDY], &t->said, add_step, t);
}

static void add_exhibits(struct terminal *t, const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        const struct scp_exhibit *e = r->exhibit[i];

        if (e->kind == SCP_EXHIBIT_CHAIN)
            continue;
        (void)scp_buf_chr(t->out, '\n');
        scp_report_sentence(&t->line, e->title, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
        end_line(t, 0, 2);
        if (e->kind == SCP_EXHIBIT_TABLE)
            scp_report_terminal_table(e, t->m->color, t->columns, t->out);
        for (size_t k = 0; e->kind == SCP_EXHIBIT_CHECKLIST && k < e->rows; k++)
            add_item(t, &e->row[k]);
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
    struct terminal t = { .m = m, .out = out, .columns = m->columns };
    struct scp_report_view view;

    if (t.columns > 0 && t.columns < COLUMNS_MIN)
        t.columns = COLUMNS_MIN;
    scp_report_view(r, &view, out);
    scp_buf_init(&t.line, SCRATCH_MAX);
    headline(&t, &view);
    add_exhibits(&t, r);
    add_findings(&t, &view, is_brief(&t, r));
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
