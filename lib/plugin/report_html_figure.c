/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_html_internal.h"

#include <string.h>

/*
 * Checklists, tables, and chains of certificates drawn as inline SVG (SVG 1.1 inside HTML5).
 */
enum {
    BOX_WIDTH = 430,
    BOX_HEIGHT = 70,
    BOX_GAP = 34,
    EDGE = 10, /* user units; the drawing scales with the page */
    NAME_MAX = 44,
    DETAIL_MAX = 52 /* bytes that fit into a box */
};

static void text_line(void *context, size_t number, const char *line, size_t n)
{
    struct scp_html *h = context;

    if (number > 0)
        (void)scp_buf_str(h->out, "<br>");
    scp_html_bytes(h, line, n, SCP_REPORT_STEP_MAX);
}

static void item(void *context, size_t number, const char *line, size_t n)
{
    struct scp_html *h = context;

    (void)number;
    (void)scp_buf_str(h->out, "<li>");
    scp_html_bytes(h, line, n, SCP_REPORT_STEP_MAX);
    (void)scp_buf_str(h->out, "</li>");
}

static void checklist_row(struct scp_html *h, const struct scp_exhibit_row *row)
{
    (void)scp_buf_printf(h->out, "<li class=\"item %s\"><p><span class=\"badge\">", scp_html_class(row->mark));
    scp_html_text(h, row->cell[SCP_CHECKLIST_VERDICT], 40);
    (void)scp_buf_str(h->out, "</span> <strong>");
    scp_html_text(h, row->cell[SCP_CHECKLIST_WHAT], SCP_REPORT_FIELD_MAX);
    (void)scp_buf_str(h->out, "</strong></p>");
    if (!scp_report_is_blank(row->cell[SCP_CHECKLIST_EVIDENCE])) {
        (void)scp_buf_str(h->out, "<p class=\"evidence\">");
        scp_report_steps(row->cell[SCP_CHECKLIST_EVIDENCE], NULL, text_line, h);
        (void)scp_buf_str(h->out, "</p>");
    }
    if (!scp_report_is_blank(row->cell[SCP_CHECKLIST_REMEDY])) {
        (void)scp_buf_str(h->out, "<ol class=\"remedy\">");
        scp_report_steps(row->cell[SCP_CHECKLIST_REMEDY], NULL, item, h);
        (void)scp_buf_str(h->out, "</ol>");
    }
    (void)scp_buf_str(h->out, "</li>\n");
}

static void checklist(struct scp_html *h, const struct scp_exhibit *e)
{
    (void)scp_buf_str(h->out, "<ul class=\"checklist\">\n");
    for (size_t i = 0; i < e->rows; i++)
        checklist_row(h, &e->row[i]);
    (void)scp_buf_str(h->out, "</ul>\n");
}

static void table(struct scp_html *h, const struct scp_exhibit *e)
{
    (void)scp_buf_str(h->out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"");
    scp_html_text(h, e->title, SCP_REPORT_FIELD_MAX);
    (void)scp_buf_str(h->out, "\"><table><thead><tr>");
    for (size_t c = 0; c < e->columns; c++)
        (void)scp_buf_printf(h->out, "<th scope=\"col\">%s</th>", e->heading[c]);
    (void)scp_buf_str(h->out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < e->rows; i++) {
        (void)scp_buf_printf(h->out, "<tr class=\"%s\">", scp_html_class(e->row[i].mark));
        for (size_t c = 0; c < e->columns; c++) {
            (void)scp_buf_str(h->out, "<td>");
            scp_html_text(h, e->row[i].cell[c], SCP_REPORT_FIELD_MAX);
            (void)scp_buf_str(h->out, "</td>");
        }
        (void)scp_buf_str(h->out, "</tr>\n");
    }
    (void)scp_buf_str(h->out, "</tbody></table></div>\n");
}

/* One box; the names stand in the picture, the whole texts in its titles. */
static void box(struct scp_html *h, const struct scp_exhibit_row *row, size_t index)
{
    size_t y = EDGE + index * (BOX_HEIGHT + BOX_GAP);

    (void)scp_buf_printf(h->out, "<g class=\"%s\"><title>", scp_html_class(row->mark));
    for (size_t i = 0; i < SCP_CHAIN_COLUMNS; i++) {
        (void)scp_buf_str(h->out, i > 0 ? "; " : "");
        scp_html_text(h, row->cell[i], SCP_REPORT_FIELD_MAX);
    }
    (void)scp_buf_str(h->out, "</title>");
    (void)scp_buf_printf(h->out, "<rect x=\"%d\" y=\"%zu\" width=\"%d\" height=\"%d\" rx=\"8\"/>", EDGE, y, BOX_WIDTH, BOX_HEIGHT);
    (void)scp_buf_printf(h->out, "<text class=\"name\" x=\"%d\" y=\"%zu\">", EDGE + 14, y + 23);
    scp_html_text(h, row->cell[SCP_CHAIN_NAME], NAME_MAX);
    (void)scp_buf_printf(h->out, "</text><text x=\"%d\" y=\"%zu\">", EDGE + 14, y + 43);
    scp_html_text(h, row->cell[SCP_CHAIN_DETAIL], DETAIL_MAX);
    (void)scp_buf_printf(h->out, "</text><text x=\"%d\" y=\"%zu\">", EDGE + 14, y + 60);
    scp_html_text(h, row->cell[SCP_CHAIN_PLACE], DETAIL_MAX);
    (void)scp_buf_str(h->out, "</text></g>\n");
}

/* From a certificate down to its issuer. */
static void arrow(struct scp_html *h, const struct scp_exhibit_row *to, size_t index)
{
    size_t from = EDGE + index * (BOX_HEIGHT + BOX_GAP) + BOX_HEIGHT, end = from + BOX_GAP;
    int x = EDGE + BOX_WIDTH / 2;

    (void)scp_buf_printf(h->out, "<g class=\"edge %s\"><line x1=\"%d\" y1=\"%zu\" x2=\"%d\" y2=\"%zu\"/>", scp_html_class(to->mark),
                         x, from, x, end - 8);
    (void)scp_buf_printf(h->out, "<polygon points=\"%d,%zu %d,%zu %d,%zu\"/>", x - 6, end - 9, x + 6, end - 9, x, end);
    (void)scp_buf_printf(h->out, "<text x=\"%d\" y=\"%zu\">issued by</text></g>\n", x + 12, from + BOX_GAP / 2 + 3);
}

static void chain(struct scp_html *h, const struct scp_exhibit *e)
{
    size_t height = 2 * (size_t)EDGE + e->rows * (BOX_HEIGHT + BOX_GAP) - (e->rows > 0 ? BOX_GAP : 0);

    (void)scp_buf_printf(h->out, "<svg class=\"chain\" role=\"img\" viewBox=\"0 0 %d %zu\" aria-label=\"", BOX_WIDTH + 2 * EDGE,
                         height);
    scp_html_text(h, e->title, SCP_REPORT_FIELD_MAX);
    (void)scp_buf_str(h->out, "\">\n");
    for (size_t i = 0; i < e->rows; i++) {
        box(h, &e->row[i], i);
        if (i + 1 < e->rows)
            arrow(h, &e->row[i + 1], i);
    }
    (void)scp_buf_str(h->out, "</svg>\n");
}

void scp_html_exhibit(struct scp_html *h, const struct scp_exhibit *e)
{
    (void)scp_buf_str(h->out, "<section><h2>");
    scp_html_text(h, e->title, SCP_REPORT_FIELD_MAX);
    (void)scp_buf_str(h->out, "</h2>\n");
    if (e->kind == SCP_EXHIBIT_CHECKLIST)
        checklist(h, e);
    else if (e->kind == SCP_EXHIBIT_CHAIN)
        chain(h, e);
    else
        table(h, e);
    if (e->left_out > 0)
        (void)scp_buf_printf(h->out, "<p class=\"note\">%zu more are left out.</p>\n", e->left_out);
    (void)scp_buf_str(h->out, "</section>\n");
}
