/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"
#include "plugin/wrap.h"

#include <string.h>

/*
 * Tables on terminals: a mark in front of each row, two blanks between the
 * columns, a cell too long for its column broken into lines.
 */
enum {
    ROW_MAX = SCP_EXHIBIT_COLUMNS_MAX * (4 * SCP_REPORT_FIELD_MAX + 1),
    LEAD = 4, /* blank, blank, mark, blank */
    GAP = 2,
    BREAKABLE = 3, /* columns from the left that may be broken into lines */
    NARROW = 24    /* and how narrow at least, where they are wider */
};

struct table {
    const struct scp_exhibit *e;
    size_t width[SCP_EXHIBIT_COLUMNS_MAX];
    size_t shown; /* columns */
    struct scp_buf *out;
    struct scp_buf clean;                      /* the cells of one row, each with a NUL behind it */
    const char *cell[SCP_EXHIBIT_COLUMNS_MAX]; /* what is left of them to be drawn */
};

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* --- Breaking cells --- */

/* Bytes of the first `width` characters. */
static size_t bytes_of(const char *s, size_t width)
{
    size_t n = 0;

    while (s[n] != '\0' && (((unsigned char)s[n] & 0xC0U) == 0x80U || width-- > 0))
        n++;
    return n;
}

/* How much of the text one line of `width` takes: to a blank, else behind a '.', '/' or '-', else as much as there is room for. */
static size_t piece(const char *s, size_t width)
{
    size_t n = bytes_of(s, width), mark = 0;

    if (s[n] == '\0' || s[n] == ' ')
        return n;
    for (size_t i = n; i > 0; i--) {
        if (s[i - 1] == ' ')
            return i - 1;
        if (mark == 0 && strchr("./-", s[i - 1]) != NULL)
            mark = i;
    }
    return mark > 0 ? mark : n;
}

/* --- Layout --- */

/* Cleans a row's cells; all empty where there is no memory. */
static void set_row(struct table *t, const char *const *cell)
{
    size_t at[SCP_EXHIBIT_COLUMNS_MAX];

    scp_buf_truncate(&t->clean, 0);
    for (size_t i = 0; i < t->e->columns; i++) {
        at[i] = t->clean.n;
        scp_report_sentence(&t->clean, cell[i], SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
        (void)scp_buf_chr(&t->clean, '\0');
    }
    for (size_t i = 0; i < t->e->columns; i++)
        t->cell[i] = t->clean.failed ? "" : scp_buf_text(&t->clean) + at[i];
}

static void measure(struct table *t)
{
    for (size_t i = 0; i < t->e->columns; i++) {
        size_t width = scp_wrap_width(t->cell[i], strlen(t->cell[i]));

        t->width[i] = width > t->width[i] ? width : t->width[i];
    }
}

/* The least room that a column can do with. */
static size_t least(const struct table *t, size_t i)
{
    return i < BREAKABLE ? lesser(t->width[i], NARROW) : t->width[i];
}

/* Takes a column off the widest that may be broken, until the row fits. */
static void narrow(struct table *t, size_t columns)
{
    size_t total = LEAD;

    for (size_t i = 0; i < t->shown; i++)
        total += t->width[i] + (i > 0 ? GAP : 0);
    for (; total > columns; total--) {
        size_t widest = 0;

        for (size_t i = 1; i < lesser(t->shown, BREAKABLE); i++)
            widest = t->width[i] >= t->width[widest] ? i : widest;
        if (t->width[widest] <= 1)
            return;
        t->width[widest]--;
    }
}

static void lay_out(struct table *t, size_t columns)
{
    size_t total = LEAD;

    set_row(t, t->e->heading);
    measure(t);
    for (size_t i = 0; i < t->e->rows; i++) {
        set_row(t, (const char *const *)t->e->row[i].cell);
        measure(t);
    }
    t->shown = t->e->columns;
    if (columns == 0)
        return;
    for (size_t i = 0; i < t->e->columns; i++) {
        total += least(t, i) + (i > 0 ? GAP : 0);
        if (i >= BREAKABLE && total > columns) {
            t->shown = i;
            break;
        }
    }
    narrow(t, columns);
}

/* --- Drawing --- */

/* One line of every cell; whether there is more. */
static bool draw_line(struct table *t)
{
    size_t blanks = 0;
    bool more = false;

    for (size_t i = 0; i < t->shown; i++) {
        size_t n = piece(t->cell[i], t->width[i]), width = scp_wrap_width(t->cell[i], n);

        if (n > 0) { /* no blanks at the end of a line */
            scp_wrap_blanks(t->out, blanks);
            (void)scp_buf_add(t->out, t->cell[i], n);
            blanks = 0;
        }
        blanks += t->width[i] - lesser(width, t->width[i]) + GAP;
        t->cell[i] += n;
        while (*t->cell[i] == ' ')
            t->cell[i]++;
        more = more || *t->cell[i] != '\0';
    }
    (void)scp_buf_chr(t->out, '\n');
    return more;
}

static void draw_row(struct table *t)
{
    while (draw_line(t))
        scp_wrap_blanks(t->out, LEAD);
}

void scp_report_table(const struct scp_exhibit *e, bool color, size_t columns, struct scp_buf *out)
{
    struct table t = { .e = e, .out = out };

    scp_buf_init(&t.clean, ROW_MAX);
    lay_out(&t, columns);
    set_row(&t, e->heading);
    scp_wrap_blanks(out, LEAD);
    draw_row(&t);
    for (size_t i = 0; i < e->rows; i++) {
        set_row(&t, (const char *const *)e->row[i].cell);
        (void)scp_buf_str(out, "  ");
        scp_report_colored(out, color, e->row[i].mark, scp_report_looks[e->row[i].mark].glyph);
        (void)scp_buf_chr(out, ' ');
        draw_row(&t);
    }
    if (e->left_out > 0)
        (void)scp_buf_printf(out, "    and %zu more\n", e->left_out);
    out->failed = out->failed || t.clean.failed;
    scp_buf_free(&t.clean);
}
