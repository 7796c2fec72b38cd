/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "plugin/report_html_internal.h"

#include <string.h>

/*
 * One page that can be handed on: everything is in it, nothing is fetched, nothing runs (and a content security policy says
 * so to the browser).  Texts from outside are cleaned first, then escaped.
 */
enum { SCRATCH_MAX = 64 << 10 };

static const char HEAD[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";

static const char STYLE[] =
    "</title>\n<style>\n"
    ":root{--ok:#1a7f37;--warn:#9a6700;--crit:#cf222e;--unk:#6e40c9;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--page:#fff;"
    "--card:#f6f8fa}\n"
    "@media (prefers-color-scheme:dark){"
    ":root{--ok:#3fb950;--warn:#d29922;--crit:#f85149;--unk:#a371f7;--ink:#f0f6fc;--soft:#9198a1;"
    "--line:#3d444d;--page:#0d1117;--card:#151b23}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1rem;max-width:64rem;background:var(--page);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line)}\n"
    "p{margin:.3rem 0}ul,ol{margin:.3rem 0}.checklist,.findings{list-style:none;padding:0}\n"
    ".badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;border:1px solid;"
    "font-size:.8rem;font-weight:600;white-space:nowrap}\n"
    ".item{background:var(--card);border-left:4px solid var(--line);border-radius:4px;padding:.5rem .8rem;margin:.5rem 0}\n"
    ".ok{border-color:var(--ok)}.warn{border-color:var(--warn)}.crit{border-color:var(--crit)}.unk{border-color:var(--unk)}\n"
    ".ok>p .badge,.ok.badge{color:var(--ok)}.warn>p .badge,.warn.badge{color:var(--warn)}"
    ".crit>p .badge,.crit.badge{color:var(--crit)}.unk>p .badge,.unk.badge{color:var(--unk)}\n"
    ".id,.note,.evidence,footer{color:var(--soft);font-size:.9rem}code{font-size:.95em}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem;overflow-wrap:break-word}"
    "th{white-space:nowrap}\n"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line);min-width:4.5rem}\n"
    "tr.ok td:first-child{box-shadow:inset 4px 0 var(--ok)}tr.warn td:first-child{box-shadow:inset 4px 0 var(--warn)}"
    "tr.crit td:first-child{box-shadow:inset 4px 0 var(--crit)}tr.unk td:first-child{box-shadow:inset 4px 0 var(--unk)}\n"
    "svg.chain{width:100%;max-width:32rem;height:auto;font:13px system-ui,sans-serif}\n"
    "svg rect{fill:var(--card);stroke:var(--line);stroke-width:2}svg text{fill:var(--soft)}"
    "svg .name{fill:var(--ink);font-size:16px;font-weight:600}\n"
    "svg .ok rect{stroke:var(--ok)}svg .warn rect{stroke:var(--warn)}svg .crit rect{stroke:var(--crit);stroke-dasharray:7 4}"
    "svg .unk rect{stroke:var(--unk);stroke-dasharray:3 3}\n"
    "svg line{stroke:var(--soft);stroke-width:2}svg polygon{fill:var(--soft)}svg .crit line{stroke-dasharray:6 4}\n"
    "footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.6rem}\n"
    "@media print{body{max-width:none}.item{break-inside:avoid}}\n"
    "</style>\n</head>\n<body>\n";

void scp_html_bytes(struct scp_html *h, const char *s, size_t n, size_t cap)
{
    const char *p;

    scp_buf_truncate(&h->scratch, 0);
    scp_report_said(&h->scratch, s, n, cap, SCP_REPORT_TERMINAL);
    for (p = scp_buf_text(&h->scratch); *p != '\0'; p++) {
        switch (*p) {
        case '<': (void)scp_buf_str(h->out, "&lt;"); break;
        case '>': (void)scp_buf_str(h->out, "&gt;"); break;
        case '&': (void)scp_buf_str(h->out, "&amp;"); break;
        case '"': (void)scp_buf_str(h->out, "&quot;"); break;
        case '\'': (void)scp_buf_str(h->out, "&#39;"); break;
        default: (void)scp_buf_chr(h->out, *p); break;
        }
    }
}

void scp_html_text(struct scp_html *h, const char *s, size_t cap)
{
    scp_html_bytes(h, s, strlen(s), cap);
}

const char *scp_html_class(enum scp_mark mark)
{
    switch (mark) {
    case SCP_MARK_OK: return "ok";
    case SCP_MARK_WARNING: return "warn";
    case SCP_MARK_CRITICAL: return "crit";
    case SCP_MARK_UNKNOWN: return "unk";
    case SCP_MARK_NONE:
    default: return "none";
    }
}

static void header(struct scp_html *h, const struct scp_report_view *view)
{
    char at[SCP_UTC_TEXT];

    (void)scp_buf_str(h->out, HEAD);
    scp_html_text(h, h->m->title, 60);
    (void)scp_buf_printf(h->out, " %s", scp_state_name(view->state));
    (void)scp_buf_str(h->out, STYLE);
    (void)scp_buf_str(h->out, "<header>\n<h1>");
    scp_html_text(h, h->m->title, 60);
    (void)scp_buf_printf(h->out, " <span class=\"badge %s\">%s</span></h1>\n<p><strong>", scp_html_class(scp_mark_of(view->state)),
                         scp_state_name(view->state));
    scp_html_text(h, view->summary, SCP_REPORT_FIELD_MAX);
    if (view->more > 0)
        (void)scp_buf_printf(h->out, ", %zu more", view->more);
    (void)scp_buf_str(h->out, "</strong></p>\n");
    scp_utc_format(h->m->at, at);
    (void)scp_buf_printf(h->out, "<p class=\"note\">Judged as of %s", at);
    if (!scp_report_is_blank(h->m->vantage)) {
        (void)scp_buf_str(h->out, ", seen ");
        scp_html_text(h, h->m->vantage, SCP_REPORT_FIELD_MAX);
    }
    if (!scp_report_is_blank(h->m->with)) {
        (void)scp_buf_str(h->out, ", rehearsed with ");
        scp_html_text(h, h->m->with, SCP_REPORT_FIELD_MAX);
    }
    (void)scp_buf_str(h->out, "</p>\n</header>\n<main>\n");
}

static void step(void *context, size_t number, const char *line, size_t n)
{
    struct scp_html *h = context;

    (void)number;
    (void)scp_buf_str(h->out, "<li>");
    scp_html_bytes(h, line, n, SCP_REPORT_STEP_MAX);
    (void)scp_buf_str(h->out, "</li>");
}

static void reference(struct scp_html *h, const char *text)
{
    bool link = strncmp(text, "https://", 8) == 0 && text[strcspn(text, " \t\r\n\"'<>")] == '\0';

    (void)scp_buf_str(h->out, "<p class=\"note\">See ");
    if (link) {
        (void)scp_buf_str(h->out, "<a rel=\"noreferrer\" href=\"");
        scp_html_text(h, text, SCP_REPORT_STEP_MAX);
        (void)scp_buf_str(h->out, "\">");
    }
    scp_html_text(h, text, SCP_REPORT_STEP_MAX);
    (void)scp_buf_str(h->out, link ? "</a></p>" : "</p>");
}

static void finding(struct scp_html *h, const struct scp_finding *f)
{
    (void)scp_buf_printf(h->out, "<li class=\"item %s\"><p><span class=\"badge\">%s</span> ", scp_html_class(scp_mark_of(f->state)),
                         scp_state_name(f->state));
    scp_html_text(h, f->text, SCP_REPORT_FIELD_MAX);
    (void)scp_buf_str(h->out, "</p><p class=\"id\"><code>");
    scp_html_text(h, f->id, 100);
    if (f->subject[0] != '\0') {
        (void)scp_buf_chr(h->out, '/');
        scp_html_text(h, f->subject, 128);
    }
    (void)scp_buf_str(h->out, "</code></p>");
    if (f->state != SCP_OK && !scp_report_is_blank(f->remedy)) {
        (void)scp_buf_str(h->out, "<ol class=\"remedy\">");
        scp_report_steps(f->remedy, NULL, step, h);
        (void)scp_buf_str(h->out, "</ol>");
    }
    if (f->state != SCP_OK && !scp_report_is_blank(f->reference))
        reference(h, f->reference);
    (void)scp_buf_str(h->out, "</li>\n");
}

static void findings(struct scp_html *h, const struct scp_report_view *view)
{
    static const enum scp_state order[] = { SCP_CRITICAL, SCP_WARNING, SCP_UNKNOWN, SCP_OK };

    if (view->n == 0)
        return;
    (void)scp_buf_str(h->out, "<section><h2>Findings</h2>\n<ul class=\"findings\">\n");
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < view->n; i++) {
            if (view->v[i]->state == order[s])
                finding(h, view->v[i]);
        }
    }
    (void)scp_buf_str(h->out, "</ul></section>\n");
}

/* Checklists before the findings, everything else behind them; a part's behind its parent's. */
static void exhibits(struct scp_html *h, const struct scp_result *r, bool checklists)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        if ((r->exhibit[i]->kind == SCP_EXHIBIT_CHECKLIST) == checklists)
            scp_html_exhibit(h, r->exhibit[i]);
    }
    for (size_t i = 0; r != NULL && i < r->parts; i++)
        exhibits(h, r->part[i], checklists);
}

static void footer(struct scp_html *h)
{
    struct scp_buf line;

    scp_buf_init(&line, SCRATCH_MAX);
    scp_report_source(h->m, &line, SCP_REPORT_TERMINAL);
    (void)scp_buf_str(h->out, "</main>\n<footer><p>");
    scp_html_text(h, scp_buf_text(&line), SCP_REPORT_STEP_MAX);
    (void)scp_buf_str(h->out, "</p><p>");
    scp_html_text(h, h->m->plugin, 60);
    (void)scp_buf_chr(h->out, ' ');
    scp_html_text(h, h->m->version, 60);
    (void)scp_buf_str(h->out, "</p></footer>\n</body>\n</html>\n");
    h->out->failed = h->out->failed || line.failed;
    scp_buf_free(&line);
}

void scp_report_html(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    struct scp_html h = { .m = m, .out = out };
    struct scp_report_view view;

    scp_buf_init(&h.scratch, SCRATCH_MAX);
    scp_report_view(r, &view, out);
    header(&h, &view);
    exhibits(&h, r, true);
    findings(&h, &view);
    exhibits(&h, r, false);
    footer(&h);
    out->failed = out->failed || h.scratch.failed;
    scp_buf_free(&h.scratch);
    scp_report_view_free(&view);
}
