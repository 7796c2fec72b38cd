/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "plugin/report_common.h"

#include <string.h>

/*
 * One page that can be handed on: everything is in it, nothing is fetched, nothing runs (and a content security policy says
 * so to the browser).  Texts from outside are cleaned first, then escaped.
 */
enum {
    BOX_WIDTH = 430,
    BOX_HEIGHT = 70,
    BOX_GAP = 34,
    EDGE = 10, /* user units; the drawing scales with the page */
    NAME_MAX = 44,
    DETAIL_MAX = 52 /* bytes that fit into a box */
};

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
    "p{margin:.3rem 0}ul,ol{margin:.3rem 0}.items{list-style:none;padding:0}\n"
    ".badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;border:1px solid;"
    "font-size:.8rem;font-weight:600;white-space:nowrap}\n"
    ".item{background:var(--card);border-left:4px solid var(--line);border-radius:4px;padding:.5rem .8rem;margin:.5rem 0}\n"
    ".ok{border-color:var(--ok)}.warn{border-color:var(--warn)}.crit{border-color:var(--crit)}.unk{border-color:var(--unk)}\n"
    ".ok>p .badge,.ok.badge{color:var(--ok)}.warn>p .badge,.warn.badge{color:var(--warn)}"
    ".crit>p .badge,.crit.badge{color:var(--crit)}.unk>p .badge,.unk.badge{color:var(--unk)}\n"
    "pre{margin:.2rem 0 .5rem;padding:.2rem .5rem;overflow-x:auto;border:1px solid var(--line);border-radius:4px;font-size:.9em}\n"
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
    "@media print{body{max-width:none}pre{white-space:pre-wrap}.item,svg.chain{break-inside:avoid}.wide{overflow-x:visible}"
    ".note a::after{content:\" (\" attr(href) \")\"}}\n"
    "</style>\n</head>\n<body>\n";

struct html {
    const struct scp_report *m;
    struct scp_buf *out;
    struct scp_buf scratch; /* a text that was cleaned and is not yet escaped */
    const char *open[3];    /* the ends of what is open: the list, an item of it, what hangs below the item; NULL */
};
enum { LIST, ITEM, BELOW };

static void put(struct html *h, const char *markup)
{
    (void)scp_buf_str(h->out, markup);
}

/* n bytes of a sentence: cleaned as for a terminal, then escaped for HTML (content and quoted attributes). */
static void bytes(struct html *h, const char *s, size_t n, size_t cap)
{
    scp_buf_truncate(&h->scratch, 0);
    scp_report_said(&h->scratch, s, n, cap, SCP_REPORT_TERMINAL);
    for (const char *p = scp_buf_text(&h->scratch); *p != '\0'; p++) {
        switch (*p) {
        case '<': put(h, "&lt;"); break;
        case '>': put(h, "&gt;"); break;
        case '&': put(h, "&amp;"); break;
        case '"': put(h, "&quot;"); break;
        case '\'': put(h, "&#39;"); break;
        default: (void)scp_buf_chr(h->out, *p); break;
        }
    }
}

/* A text between markup. */
static void text(struct html *h, const char *before, const char *s, size_t cap, const char *after)
{
    put(h, before);
    bytes(h, s, strlen(s), cap);
    put(h, after);
}

static void badge(struct html *h, const char *look, const char *word)
{
    (void)scp_buf_printf(h->out, "<span class=\"badge%s%s\">", look[0] != '\0' ? " " : "", look);
    text(h, "", word, 40, "</span> ");
}

/* --- The top --- */

static void put_title(struct html *h, const struct scp_report_view *view)
{
    text(h, HEAD, h->m->title, 60, " ");
    put(h, scp_state_name(view->state));
    if (!scp_report_is_blank(h->m->server))
        text(h, " - ", h->m->server, 100, "");
    put(h, STYLE);
}

static void header(struct html *h, const struct scp_report_view *view)
{
    struct scp_buf line;
    char at[SCP_UTC_TEXT];

    put_title(h, view);
    text(h, "<header>\n<h1>", h->m->title, 60, " ");
    badge(h, scp_report_looks[view->state].name, scp_state_name(view->state));
    if (!scp_report_is_blank(h->m->server))
        text(h, "", h->m->server, 100, "");
    put(h, "</h1>\n<p><strong>");
    scp_buf_init(&line, SCP_REPORT_SCRATCH_MAX);
    scp_report_summary(view, SCP_REPORT_FIELD_MAX, &line, SCP_REPORT_TERMINAL);
    text(h, "", scp_buf_text(&line), SCP_REPORT_STEP_MAX, "</strong></p>\n");
    scp_utc_format(h->m->at, at);
    (void)scp_buf_printf(h->out, "<p class=\"note\">Judged as of %s", at);
    scp_buf_truncate(&line, 0);
    scp_report_context(h->m, &line, SCP_REPORT_TERMINAL);
    text(h, line.n > 0 ? " " : "", scp_buf_text(&line), SCP_REPORT_STEP_MAX, "</p>\n</header>\n<main>\n");
    h->out->failed = h->out->failed || line.failed;
    scp_buf_free(&line);
}

/* --- Lists --- */

/* Ends what is open, from the innermost to `level`. */
static void shut(struct html *h, int level)
{
    for (int i = BELOW; i >= level; i--) {
        put(h, h->open[i] != NULL ? h->open[i] : "");
        h->open[i] = NULL;
    }
}

static void section(struct html *h, const char *name)
{
    shut(h, LIST);
    text(h, "<section><h2>", name, SCP_REPORT_FIELD_MAX, "</h2>\n");
}

static void add_list(void *context, const char *name)
{
    struct html *h = context;

    section(h, name[0] != '\0' ? name : "Findings");
    put(h, "<ul class=\"items\">\n");
    h->open[LIST] = "</ul></section>\n";
}

static void add_item(void *context, const struct scp_report_item *item)
{
    struct html *h = context;
    bool finding = item->id[0] != '\0';

    shut(h, ITEM);
    (void)scp_buf_printf(h->out, "<li class=\"item %s\"><p>", scp_report_looks[item->mark].name);
    if (item->verdict[0] != '\0')
        badge(h, "", item->verdict);
    text(h, finding ? "" : "<strong>", item->text, SCP_REPORT_FIELD_MAX, finding ? "</p>" : "</strong></p>");
    h->open[ITEM] = "</li>\n";
    if (!finding)
        return;
    text(h, "<p class=\"id\"><code>", item->id, 100, "");
    text(h, item->subject[0] != '\0' ? "/" : "", item->subject, 128, "</code></p>");
}

/* A document: a title, a comma, an address.  What has no address is a text. */
static void reference(struct html *h, const char *line, size_t n)
{
    static const char ADDRESS[] = ", https://";
    const char *at = strstr(line, ADDRESS), *url = at != NULL ? at + 2 : NULL;
    bool link = url != NULL && url < line + n && strcspn(url, " \t\r\n\"'<>\xFF") >= (size_t)(line + n - url);

    put(h, "<p class=\"note\">See ");
    if (link) {
        put(h, "<a rel=\"noreferrer\" href=\"");
        bytes(h, url, (size_t)(line + n - url), SCP_REPORT_STEP_MAX);
        put(h, "\">");
    }
    bytes(h, line, link ? (size_t)(at - line) : n, SCP_REPORT_STEP_MAX);
    put(h, link ? "</a></p>" : "</p>");
}

static void add_line(void *context, enum scp_report_word word, size_t number, const char *line, size_t n)
{
    static const struct {
        const char *begin, *between, *end;
    } WORDS[] = { [SCP_REPORT_HOW] = { "<p>", "<br>", "</p>" },
                  [SCP_REPORT_COMMAND] = { "<pre tabindex=\"0\">", "\n", "</pre>" },
                  [SCP_REPORT_SEEN] = { "<p class=\"evidence\">", "<br>", "</p>" },
                  [SCP_REPORT_FIX] = { "<ol class=\"remedy\"><li>", "</li><li>", "</li></ol>" },
                  [SCP_REPORT_ABOVE] = { "<p class=\"note\">", "", "</p>" },
                  [SCP_REPORT_SEE] = { "", "", NULL } };
    struct html *h = context;

    (void)number; /* the page counts by itself */
    if (h->open[BELOW] != WORDS[word].end)
        shut(h, BELOW);
    if (word == SCP_REPORT_SEE) {
        reference(h, line, n);
        return;
    }
    put(h, h->open[BELOW] == NULL ? WORDS[word].begin : WORDS[word].between);
    h->open[BELOW] = WORDS[word].end;
    bytes(h, line, n, SCP_REPORT_STEP_MAX);
}

/* --- Tables, and chains of certificates drawn as inline SVG (SVG 1.1 inside HTML5) --- */

static void table(struct html *h, const struct scp_exhibit *e)
{
    text(h, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"", e->title, SCP_REPORT_FIELD_MAX,
         "\"><table><thead><tr>");
    for (size_t c = 0; c < e->columns; c++)
        text(h, "<th scope=\"col\">", e->heading[c], SCP_REPORT_FIELD_MAX, "</th>");
    put(h, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < e->rows; i++) {
        (void)scp_buf_printf(h->out, "<tr class=\"%s\">", scp_report_looks[e->row[i].mark].name);
        for (size_t c = 0; c < e->columns; c++)
            text(h, "<td>", e->row[i].cell[c], SCP_REPORT_FIELD_MAX, "</td>");
        put(h, "</tr>\n");
    }
    put(h, "</tbody></table></div>\n");
}

/* One box; the names stand in the picture, the whole texts in its titles. */
static void box(struct html *h, const struct scp_exhibit_row *row, size_t index)
{
    static const struct {
        int y;
        size_t cap;
        const char *look;
    } LINES[SCP_CHAIN_COLUMNS] = { { 23, NAME_MAX, " class=\"name\"" }, { 43, DETAIL_MAX, "" }, { 60, DETAIL_MAX, "" } };
    int y = EDGE + (int)index * (BOX_HEIGHT + BOX_GAP);

    (void)scp_buf_printf(h->out, "<g class=\"%s\"><title>", scp_report_looks[row->mark].name);
    for (size_t i = 0; i < SCP_CHAIN_COLUMNS; i++)
        text(h, i > 0 ? "; " : "", row->cell[i], SCP_REPORT_FIELD_MAX, "");
    (void)scp_buf_printf(h->out, "</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>", EDGE, y, BOX_WIDTH,
                         BOX_HEIGHT);
    for (size_t i = 0; i < SCP_CHAIN_COLUMNS; i++) {
        (void)scp_buf_printf(h->out, "<text%s x=\"%d\" y=\"%d\">", LINES[i].look, EDGE + 14, y + LINES[i].y);
        text(h, "", row->cell[i], LINES[i].cap, "</text>");
    }
    put(h, "</g>\n");
}

/* From a certificate down to its issuer. */
static void arrow(struct html *h, const struct scp_exhibit_row *to, size_t index)
{
    int from = EDGE + (int)index * (BOX_HEIGHT + BOX_GAP) + BOX_HEIGHT, end = from + BOX_GAP, x = EDGE + BOX_WIDTH / 2;

    (void)scp_buf_printf(h->out, "<g class=\"edge %s\"><line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
                         scp_report_looks[to->mark].name, x, from, x, end - 8);
    (void)scp_buf_printf(h->out, "<polygon points=\"%d,%d %d,%d %d,%d\"/>", x - 6, end - 9, x + 6, end - 9, x, end);
    (void)scp_buf_printf(h->out, "<text x=\"%d\" y=\"%d\">issued by</text></g>\n", x + 12, from + BOX_GAP / 2 + 3);
}

static void chain(struct html *h, const struct scp_exhibit *e)
{
    int height = 2 * EDGE + (int)e->rows * (BOX_HEIGHT + BOX_GAP) - (e->rows > 0 ? BOX_GAP : 0);

    (void)scp_buf_printf(h->out, "<svg class=\"chain\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"", BOX_WIDTH + 2 * EDGE,
                         height);
    text(h, "", e->title, SCP_REPORT_FIELD_MAX, "\">\n");
    for (size_t i = 0; i < e->rows; i++) {
        box(h, &e->row[i], i);
        if (i + 1 < e->rows)
            arrow(h, &e->row[i + 1], i);
    }
    put(h, "</svg>\n");
}

/* Tables and chains; a part's behind its parent's. */
static void figures(struct html *h, const struct scp_result *r)
{
    for (size_t i = 0; r != NULL && i < r->exhibits; i++) {
        const struct scp_exhibit *e = r->exhibit[i];

        if (e->kind != SCP_EXHIBIT_TABLE && e->kind != SCP_EXHIBIT_CHAIN)
            continue;
        section(h, e->title);
        if (e->kind == SCP_EXHIBIT_CHAIN)
            chain(h, e);
        else
            table(h, e);
        if (e->left_out > 0)
            (void)scp_buf_printf(h->out, "<p class=\"note\">%zu more are left out.</p>\n", e->left_out);
        put(h, "</section>\n");
    }
    for (size_t i = 0; r != NULL && i < r->parts; i++)
        figures(h, r->part[i]);
}

static void footer(struct html *h)
{
    struct scp_buf line;

    scp_buf_init(&line, SCP_REPORT_SCRATCH_MAX);
    scp_report_source(h->m, &line, SCP_REPORT_TERMINAL);
    text(h, "</main>\n<footer><p>", scp_buf_text(&line), SCP_REPORT_STEP_MAX, "</p>");
    text(h, "<p>", h->m->plugin, 60, " ");
    text(h, "", h->m->version, 60, "</p></footer>\n</body>\n</html>\n");
    h->out->failed = h->out->failed || line.failed;
    scp_buf_free(&line);
}

void scp_report_html(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    static const struct scp_report_medium MEDIUM = { add_list, add_item, add_line };
    struct html h = { .m = m, .out = out };
    struct scp_report_walk w = { .medium = &MEDIUM, .context = &h, .out = out };
    struct scp_report_view view;

    scp_buf_init(&h.scratch, SCP_REPORT_SCRATCH_MAX);
    scp_report_view(r, &view, out);
    header(&h, &view);
    scp_report_checklists(&w, r);
    scp_report_findings(&w, &view, NULL, m->verbosity > 0);
    shut(&h, LIST);
    figures(&h, r);
    footer(&h);
    out->failed = out->failed || h.scratch.failed;
    scp_buf_free(&h.scratch);
    scp_report_view_free(&view);
}
