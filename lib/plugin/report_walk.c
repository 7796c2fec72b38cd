/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/say.h"
#include "plugin/report_common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What all outputs for people have in common: which findings stand where, which of them are of one kind, and that a step or a
 * document is said once.
 */
enum {
    STEPS_MAX = 64,   /* lines of one remedy */
    ABOUTS_MAX = 250, /* bytes of what several findings of a kind are about */
    MARKED = 2        /* bytes of GRAVE and its mark */
};

static const char GRAVE = '`';
static const char ABOVE[] = "as above";
static const char BETWEEN[] = ": "; /* what a finding is about, and what is the matter with it */

/* --- Lines --- */

/* Where a grave accent of ours stands, with the mark before it; NULL. */
static const char *grave_in(const char *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (p[i + 1] == GRAVE && scp_say_is_own(p + i, n - i))
            return p + i;
    }
    return NULL;
}

/* The next character of a line, without marks; a command stands behind that in a plan, behind a blank in a sentence. */
static char next_of(const char **p, const char *end)
{
    while (*p < end && **p == SCP_SAY_MARK)
        (*p)++;
    if (*p == end)
        return '\0';
    (*p)++;
    return (*p)[-1] == GRAVE ? ' ' : (*p)[-1];
}

static bool is_same(const char *a, size_t n, const char *b, size_t m)
{
    const char *end_a = a + n, *end_b = b + m;
    char x, y;

    do {
        x = next_of(&a, end_a);
        y = next_of(&b, end_b);
    } while (x == y && x != '\0');
    return x == y;
}

static bool was_said(struct scp_report_walk *w, const char *line, size_t n)
{
    if (grave_in(line, n) == line) {
        line += MARKED;
        n -= MARKED;
    }
    for (size_t i = 0; i < w->saids; i++) {
        if (is_same(w->said[i].p, w->said[i].n, line, n))
            return true;
    }
    if (w->saids < SCP_REPORT_ONCE_MAX) {
        w->said[w->saids].p = line;
        w->said[w->saids++].n = n;
    }
    return false;
}

/* A line, and the command behind its words. */
static void say(struct scp_report_walk *w, enum scp_report_word word, size_t number, const char *line, size_t n)
{
    const char *grave = word == SCP_REPORT_HOW ? grave_in(line, n) : NULL;
    size_t words = grave != NULL ? (size_t)(grave - line) : n;

    if (words > 0)
        w->medium->line(w->context, word, number, line, words);
    if (grave != NULL)
        w->medium->line(w->context, SCP_REPORT_COMMAND, number, grave + MARKED, n - words - MARKED);
}

/* The lines of a text that are not blank and were not said before; of steps, the first one is then said to stand above, except
 * below a finding of the same id (`same`). */
static void lines(struct scp_report_walk *w, enum scp_report_word word, const char *text, const char *end, bool same)
{
    size_t number = 0;

    while (*text != '\0' && number < STEPS_MAX) {
        size_t n = strcspn(text, end), blanks = strspn(text, " \t\r");

        if (blanks < n && (word == SCP_REPORT_SEEN || !was_said(w, text, n)))
            say(w, word, number, text, n);
        else if (blanks < n && number == 0 && word == SCP_REPORT_FIX && !same)
            w->medium->line(w->context, SCP_REPORT_ABOVE, 0, ABOVE, strlen(ABOVE));
        number += blanks < n;
        text += n;
        text += strspn(text, end);
    }
}

static void checklist(struct scp_report_walk *w, const struct scp_exhibit *e)
{
    w->medium->begin(w->context, e->title);
    for (size_t i = 0; i < e->rows; i++) {
        char *const *cell = e->row[i].cell;
        struct scp_report_item item = { e->row[i].mark, false, cell[SCP_CHECKLIST_VERDICT], "", "", cell[SCP_CHECKLIST_WHAT] };

        w->medium->item(w->context, &item);
        lines(w, SCP_REPORT_SEEN, cell[SCP_CHECKLIST_EVIDENCE], "\n", false);
        lines(w, SCP_REPORT_FIX, cell[SCP_CHECKLIST_REMEDY], "\n", false);
    }
}

/* The steps with their numbers, then the remarks. */
static void plan(struct scp_report_walk *w, const struct scp_exhibit *e)
{
    size_t steps = 0;

    w->medium->begin(w->context, e->title);
    for (size_t i = 0; i < 2 * e->rows; i++) {
        const struct scp_exhibit_row *row = &e->row[i % e->rows];
        bool step = row->mark == SCP_MARK_NONE;
        char number[24] = "";
        struct scp_report_item item = { row->mark, true, number, "", "", row->cell[SCP_PLAN_WHAT] };

        if (step != (i < e->rows))
            continue;
        if (step)
            (void)snprintf(number, sizeof number, "%zu.", ++steps);
        w->medium->item(w->context, &item);
        (void)was_said(w, item.text, strlen(item.text));
        lines(w, SCP_REPORT_HOW, row->cell[SCP_PLAN_DETAILS], "\n", false);
    }
}

void scp_report_checklists(struct scp_report_walk *w, const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        if (r->exhibit[i]->kind == SCP_EXHIBIT_PLAN)
            plan(w, r->exhibit[i]);
        else if (r->exhibit[i]->kind == SCP_EXHIBIT_CHECKLIST)
            checklist(w, r->exhibit[i]);
    }
    for (size_t i = 0; r != NULL && i < r->parts; i++)
        scp_report_checklists(w, r->part[i]);
}

/* --- Findings --- */

struct entry {
    const struct scp_finding *f;
    const char *matter;  /* in its text, behind what it is about; the whole text where it does not say */
    size_t index, first; /* its own place, and that of the first of its kind */
};

static int compare(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* The worse first. */
static int compare_state(enum scp_state a, enum scp_state b)
{
    return a == b ? 0 : scp_state_worse(a, b) == a ? -1 : 1;
}

/* The first step is the same; further ones may name another host. */
static int compare_step(const char *a, const char *b)
{
    size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

    return n == m ? memcmp(a, b, n) : compare(n, m);
}

/* 0: they are of one kind. */
static int compare_kind(const struct entry *a, const struct entry *b)
{
    int order = compare_state(a->f->state, b->f->state);

    order = order != 0 ? order : strcmp(a->f->id, b->f->id);
    order = order != 0 ? order : strcmp(a->matter, b->matter);
    order = order != 0 ? order : compare_step(a->f->remedy, b->f->remedy);
    return order != 0 ? order : strcmp(a->f->reference, b->f->reference);
}

static int by_kind(const void *a, const void *b)
{
    int order = compare_kind(a, b);

    return order != 0 ? order : compare(((const struct entry *)a)->index, ((const struct entry *)b)->index);
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = compare_state(x->f->state, y->f->state);

    order = order != 0 ? order : compare(x->first, y->first);
    return order != 0 ? order : compare(x->index, y->index);
}

/* Into the order in which they are printed, those of one kind together. */
static void arrange(struct entry *v, size_t n, bool each)
{
    qsort(v, n, sizeof *v, by_kind);
    for (size_t i = 0; i < n; i++)
        v[i].first = !each && i > 0 && compare_kind(&v[i - 1], &v[i]) == 0 ? v[i - 1].first : v[i].index;
    qsort(v, n, sizeof *v, by_place);
}

/* What n of a kind are about, then what is the matter with them. */
static void unite(const struct entry *v, size_t n, struct scp_buf *out)
{
    size_t i = 0;

    if (strcmp(v[0].f->text, v[n - 1].f->text) == 0) {
        (void)scp_buf_printf(out, "%s (%zu times)", v[0].f->text, n);
        return;
    }
    for (; i < n && (i == 0 || out->n < ABOUTS_MAX); i++) {
        (void)scp_buf_str(out, i > 0 ? ", " : "");
        (void)scp_buf_add(out, v[i].f->text, (size_t)(v[i].matter - v[i].f->text) - strlen(BETWEEN));
    }
    if (i < n)
        (void)scp_buf_printf(out, " and %zu more", n - i);
    (void)scp_buf_printf(out, "%s%s", BETWEEN, v[0].matter);
}

static void finding(struct scp_report_walk *w, const struct entry *v, size_t n)
{
    const struct scp_finding *f = v[0].f;
    struct scp_report_item item = {
        scp_mark_of(f->state), false, scp_state_name(f->state), f->id, n == 1 ? f->subject : "", f->text
    };
    bool same = w->above != NULL && strcmp(w->above, f->id) == 0;
    struct scp_buf text;

    scp_buf_init(&text, SCP_REPORT_SCRATCH_MAX);
    if (n > 1) {
        unite(v, n, &text);
        item.text = scp_buf_text(&text);
    }
    w->medium->item(w->context, &item);
    w->out->failed = w->out->failed || text.starved;
    scp_buf_free(&text);
    if (f->state == SCP_OK || (f->state == SCP_WARNING && w->short_warnings))
        return;
    lines(w, SCP_REPORT_FIX, f->remedy, "\n", same);
    lines(w, SCP_REPORT_SEE, f->reference, ";\n", same);
    w->above = f->id;
}

void scp_report_findings(struct scp_report_walk *w, const struct scp_report_view *view, scp_report_wanted *wanted, bool each)
{
    struct entry *v = view->n > 0 ? calloc(view->n, sizeof *v) : NULL;
    size_t n = 0;

    w->out->failed = w->out->failed || (view->n > 0 && v == NULL);
    for (size_t i = 0; v != NULL && i < view->n; i++) {
        const struct scp_finding *f = view->v[i];
        const char *between = strstr(f->text, BETWEEN);

        if (wanted == NULL || wanted(f))
            v[n++] = (struct entry){ f, between != NULL ? between + strlen(BETWEEN) : f->text, i, i };
    }
    if (n > 0) {
        w->medium->begin(w->context, "");
        arrange(v, n, each);
    }
    for (size_t i = 0, same; i < n; i += same) {
        for (same = 1; i + same < n && v[i + same].first == v[i].first; same++)
            ;
        finding(w, &v[i], same);
    }
    free(v);
}
