/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"

#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESCAPE_MAX = 32, INPUT_MAX = 64 << 10, CONTEXT_MAX = 100 };

static const char DOTS[] = "...";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool scp_report_is_blank(const char *s)
{
    while (s != NULL && is_blank(*s))
        s++;
    return s == NULL || *s == '\0';
}

static void flatten(const struct scp_result *r, struct scp_report_view *view, size_t room)
{
    for (size_t i = 0; i < r->findings && view->n < room; i++)
        view->v[view->n++] = &r->finding[i];
    for (size_t i = 0; i < r->parts; i++)
        flatten(r->part[i], view, room);
}

/* The first finding of the worst state speaks for all. */
static void summarize(struct scp_report_view *view)
{
    for (size_t i = 0; i < view->n; i++) {
        const struct scp_finding *f = view->v[i];

        if (f->state != view->state)
            continue;
        if (view->summary == NULL)
            view->summary = scp_report_is_blank(f->text) ? f->id : f->text;
        else if (view->state != SCP_OK)
            view->more++;
    }
}

void scp_report_view(const struct scp_result *r, struct scp_report_view *view, struct scp_buf *out)
{
    size_t count = r != NULL ? scp_result_count(r) : 0;

    memset(view, 0, sizeof *view);
    view->state = scp_result_state(r);
    view->broken = r == NULL || scp_result_broken(r);
    if (count > 0) {
        view->v = calloc(count, sizeof *view->v);
        if (view->v != NULL)
            flatten(r, view, count);
        else
            view->broken = out->failed = true;
    }
    if (view->broken) {
        view->state = SCP_UNKNOWN;
        view->summary = "the result is incomplete: out of memory or over a limit";
    } else if (count == 0) {
        view->summary = "nothing was judged";
    } else if (r->summary[0] != '\0') {
        view->summary = r->summary;
    } else {
        summarize(view);
    }
}

void scp_report_view_free(struct scp_report_view *view)
{
    free(view->v);
    memset(view, 0, sizeof *view);
}

/* How many bytes at s come out of the sanitiser as they are, one character each. */
static size_t plain_run(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i] >= ' ' && s[i] <= '~' && strchr("|<>\"`$\\", s[i]) == NULL)
        i++;
    return i;
}

/* How a text is cleaned. */
struct rules {
    const char *keep; /* characters from outside that stay */
    bool said;        /* it is a sentence: what is ours in it stays */
};

/* Adds the next piece: an escape or character that must not be cut inside, or up to max plain bytes.
 * Returns the bytes taken. */
static size_t clean_next(struct scp_buf *out, const char *s, size_t n, size_t max, const struct rules *rules)
{
    size_t run = plain_run(s, n < max ? n : max);
    uint32_t c = 0;

    if (run > 0) {
        scp_text_clean(out, s, run, run);
        return run;
    }
    if (rules->said && scp_say_is_own(s, n)) {
        (void)scp_buf_chr(out, s[1]);
        return 2;
    }
    if (strchr(rules->keep, s[0]) != NULL && s[0] != '\0') {
        (void)scp_buf_chr(out, s[0]);
        return 1;
    }
    run = scp_text_utf8_next(s, n, &c);
    run = run == 0 ? 1 : run;
    scp_text_clean(out, s, run, ESCAPE_MAX);
    return run;
}

static void clean(struct scp_buf *out, const char *s, size_t n, size_t cap, const struct rules *rules)
{
    size_t start = out->n;
    size_t limit = start + (cap > strlen(DOTS) ? cap - strlen(DOTS) : 0);
    size_t fits = start; /* the last end of a character that leaves room for the dots */

    while (n > 0 && is_blank(s[0])) {
        s++;
        n--;
    }
    while (n > 0 && is_blank(s[n - 1]))
        n--;
    n = n > INPUT_MAX ? INPUT_MAX : n; /* far more than any cap */
    while (n > 0 && !out->failed) {
        size_t before = out->n;
        size_t taken = clean_next(out, s, n, start + cap + 1 - before, rules);
        bool plain = plain_run(s, taken) == taken;

        if (out->n <= limit)
            fits = out->n;
        else if (plain && before <= limit)
            fits = limit; /* any byte of a plain run is an end */
        if (out->n - start > cap) {
            scp_buf_truncate(out, fits);
            (void)scp_buf_str(out, DOTS);
            return;
        }
        s += taken;
        n -= taken;
    }
}

void scp_report_text(struct scp_buf *out, const char *s, size_t cap, const char *keep)
{
    const struct rules rules = { keep, false };

    clean(out, s, strlen(s), cap, &rules);
}

void scp_report_said(struct scp_buf *out, const char *s, size_t n, size_t cap, const char *keep)
{
    const struct rules rules = { keep, true };

    clean(out, s, n, cap, &rules);
}

void scp_report_sentence(struct scp_buf *out, const char *s, size_t cap, const char *keep)
{
    scp_report_said(out, s, strlen(s), cap, keep);
}

static void values(const struct scp_result *r, const char *prefix, scp_report_value *each, void *context)
{
    char label[SCP_REPORT_LABEL_MAX];

    for (size_t i = 0; i < r->perfdatas; i++) {
        (void)snprintf(label, sizeof label, "%s%s", prefix, r->perfdata[i].label);
        each(context, label, &r->perfdata[i]);
    }
    for (size_t i = 0; i < r->parts; i++) {
        (void)snprintf(label, sizeof label, "%s%s_", prefix, r->part[i]->name);
        values(r->part[i], label, each, context);
    }
}

void scp_report_values(const struct scp_result *r, scp_report_value *each, void *context)
{
    if (r != NULL)
        values(r, "", each, context);
}

void scp_report_value_format(const char *label, const struct scp_perfdata *p, struct scp_buf *out)
{
    size_t own = strlen(p->label), n = strlen(label);

    if (n > own)
        (void)scp_buf_add(out, label, n - own); /* the parts' names */
    scp_perfdata_format(p, out);
}

bool scp_report_age(const struct scp_report *m, double *age)
{
    if (m->source_taken == SCP_UTC_UNKNOWN || m->at == SCP_UTC_UNKNOWN)
        return false;
    *age = (double)m->at - (double)m->source_taken;
    return true;
}

static void source_age(const struct scp_report *m, struct scp_buf *out)
{
    char taken[SCP_UTC_TEXT], span[SCP_UTC_TEXT];
    double age = 0;

    if (m->source_taken == SCP_UTC_UNKNOWN) {
        (void)scp_buf_str(out, ", age unknown");
        return;
    }
    scp_utc_format(m->source_taken, taken);
    (void)scp_buf_printf(out, ", taken %s", taken);
    if (!scp_report_age(m, &age))
        return;
    scp_utc_span(age, span);
    (void)scp_buf_printf(out, age < 0 ? " (%s ahead)" : " (%s old)", span);
}

void scp_report_source(const struct scp_report *m, struct scp_buf *out, const char *keep)
{
    bool source = m->source_kind != NULL && strcmp(m->source_kind, "none") != 0;

    if (source) {
        (void)scp_buf_str(out, "source: ");
        scp_report_text(out, m->source_kind, 32, keep);
        if (!scp_report_is_blank(m->source_location)) {
            (void)scp_buf_chr(out, ':');
            scp_report_text(out, m->source_location, SCP_REPORT_FIELD_MAX, keep);
        }
        source_age(m, out);
    }
    if (scp_report_is_blank(m->profile_name))
        return;
    (void)scp_buf_str(out, source ? "; profile " : "profile ");
    scp_report_text(out, m->profile_name, 200, keep);
    if (!scp_report_is_blank(m->profile_as_of)) {
        (void)scp_buf_str(out, " of ");
        scp_report_text(out, m->profile_as_of, 40, keep);
    }
}

/* One of what is known about where the answer comes from. */
static void add_context(struct scp_buf *out, const char *word, const char *text, const char *keep)
{
    if (scp_report_is_blank(text))
        return;
    (void)scp_buf_printf(out, "%s%s", out->n > 0 ? ", " : "", word);
    scp_report_text(out, text, CONTEXT_MAX, keep);
}

void scp_report_context(const struct scp_report *m, struct scp_buf *out, const char *keep)
{
    struct scp_buf text;

    scp_buf_init(&text, 4 * SCP_REPORT_FIELD_MAX);
    add_context(&text, "", m->server, keep);
    add_context(&text, "", m->vantage, keep);
    add_context(&text, "rehearsed with ", m->with, keep);
    if (text.n > 0)
        (void)scp_buf_printf(out, " (%s)", scp_buf_text(&text));
    out->failed = out->failed || text.failed;
    scp_buf_free(&text);
}

void scp_report_summary(const struct scp_report_view *view, size_t max, struct scp_buf *out, const char *keep)
{
    char more[40] = "";
    size_t start = out->n;

    if (view->more > 0)
        (void)snprintf(more, sizeof more, ", %zu more", view->more);
    scp_report_sentence(out, view->summary, (max > SCP_REPORT_FIELD_MAX ? SCP_REPORT_FIELD_MAX : max) - strlen(more), keep);
    (void)scp_buf_printf(out, "%s%s", out->n == start ? "no text" : "", more);
}

const struct scp_report_look scp_report_looks[SCP_MARK_NONE + 1] = {
    [SCP_MARK_OK] = { "\xE2\x9C\x93", "\033[32m", "ok" }, /* check mark */
    [SCP_MARK_WARNING] = { "!", "\033[33m", "warn" },
    [SCP_MARK_CRITICAL] = { "\xE2\x9C\x97", "\033[1;31m", "crit" }, /* ballot x */
    [SCP_MARK_UNKNOWN] = { "?", "\033[35m", "unk" },
    [SCP_MARK_NONE] = { "-", "", "none" },
};
