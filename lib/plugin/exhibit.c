/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/exhibit.h"

#include "base/array.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_MAX = 16 << 10 };

static char *copy(const char *s)
{
    return scp_text_copy(s != NULL ? s : "", CELL_MAX);
}

struct scp_exhibit *scp_exhibit_new(enum scp_exhibit_kind kind, const char *title, const char *const *heading, size_t columns)
{
    static const size_t COLUMNS[] = { [SCP_EXHIBIT_CHECKLIST] = SCP_CHECKLIST_COLUMNS,
                                      [SCP_EXHIBIT_TABLE] = 0, /* as many as it has headings */
                                      [SCP_EXHIBIT_PLAN] = SCP_PLAN_COLUMNS,
                                      [SCP_EXHIBIT_CHAIN] = SCP_CHAIN_COLUMNS };
    struct scp_exhibit *e = calloc(1, sizeof *e);

    if (e == NULL)
        return NULL;
    e->kind = kind;
    e->title = copy(title);
    e->columns = COLUMNS[kind] > 0 ? COLUMNS[kind] : columns < SCP_EXHIBIT_COLUMNS_MAX ? columns : SCP_EXHIBIT_COLUMNS_MAX;
    for (size_t i = 0; i < e->columns; i++)
        e->heading[i] = kind == SCP_EXHIBIT_TABLE && heading != NULL ? heading[i] : "";
    if (e->title == NULL) {
        free(e);
        return NULL;
    }
    return e;
}

static void free_row(struct scp_exhibit_row *row, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        free(row->cell[i]);
}

void scp_exhibit_add(struct scp_exhibit *e, enum scp_mark mark, const char *const *cell)
{
    struct scp_exhibit_row *row;
    bool whole = true;

    if (e == NULL || e->broken)
        return;
    if (e->rows == SCP_EXHIBIT_ROWS_MAX) {
        e->left_out++;
        return;
    }
    row = scp_array_room(e->row, e->rows, sizeof *row, SCP_EXHIBIT_ROWS_MAX, "rows", NULL);
    if (row == NULL) {
        e->broken = true;
        return;
    }
    e->row = row;
    row += e->rows;
    row->mark = mark;
    for (size_t i = 0; i < e->columns; i++) {
        row->cell[i] = copy(cell[i]);
        whole = whole && row->cell[i] != NULL;
    }
    if (whole) {
        e->rows++;
        return;
    }
    free_row(row, e->columns);
    e->broken = true;
}

void scp_exhibit_free(struct scp_exhibit *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->rows; i++)
        free_row(&e->row[i], e->columns);
    free(e->row);
    free(e->title);
    free(e);
}
