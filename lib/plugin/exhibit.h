/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_EXHIBIT_H
#define SCP_PLUGIN_EXHIBIT_H

#include "plugin/state.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What a result shows to people besides its findings: a plan, a checklist, a table, a chain of certificates.  The HTML page draws
 * them all, terminals plans, checklists and tables; plugin output, JSON and OpenMetrics leave them out.  Texts are raw (as they
 * came from outside) and owned; renderers make them safe for their medium.
 */
enum scp_exhibit_kind {
    SCP_EXHIBIT_CHECKLIST, /* cells: what, verdict in words, evidence (lines), remedy (lines) */
    SCP_EXHIBIT_TABLE,     /* cells under headings, the columns in the order of their weight: narrow terminals drop the last */
    SCP_EXHIBIT_PLAN, /* rows without a mark are steps: what to do, details (lines: words, behind a grave accent of ours a command
                         to be pasted); marked ones are remarks below them */
    SCP_EXHIBIT_CHAIN /* one row an element, the end first: name, detail, where it was found */
};

/* What stands in front of a row: a state, or none. */
enum scp_mark {
    SCP_MARK_OK = SCP_OK,
    SCP_MARK_WARNING = SCP_WARNING,
    SCP_MARK_CRITICAL = SCP_CRITICAL,
    SCP_MARK_UNKNOWN = SCP_UNKNOWN,
    SCP_MARK_NONE
};

enum { SCP_EXHIBIT_COLUMNS_MAX = 8, SCP_EXHIBIT_ROWS_MAX = 2000 };

struct scp_exhibit_row {
    enum scp_mark mark;
    char *cell[SCP_EXHIBIT_COLUMNS_MAX]; /* never NULL below `columns` */
};

struct scp_exhibit {
    enum scp_exhibit_kind kind;
    char *title;
    size_t columns;
    const char *heading[SCP_EXHIBIT_COLUMNS_MAX]; /* constants */
    struct scp_exhibit_row *row;
    size_t rows;
    size_t left_out; /* rows over the maximum, said below the last */
    bool broken;     /* out of memory: nothing of it is shown */
};

enum { SCP_CHECKLIST_WHAT, SCP_CHECKLIST_VERDICT, SCP_CHECKLIST_EVIDENCE, SCP_CHECKLIST_REMEDY, SCP_CHECKLIST_COLUMNS };
enum { SCP_PLAN_WHAT, SCP_PLAN_DETAILS, SCP_PLAN_COLUMNS };
enum { SCP_CHAIN_NAME, SCP_CHAIN_DETAIL, SCP_CHAIN_PLACE, SCP_CHAIN_COLUMNS };

static inline enum scp_mark scp_mark_of(enum scp_state state)
{
    return (enum scp_mark)state;
}

/* `heading` holds `columns` constants; NULL where the kind has columns of its own.  NULL when out of memory. */
struct scp_exhibit *scp_exhibit_new(enum scp_exhibit_kind kind, const char *title, const char *const *heading, size_t columns);
/* Copies `columns` cells; a NULL cell is empty. */
void scp_exhibit_add(struct scp_exhibit *e, enum scp_mark mark, const char *const *cell);
void scp_exhibit_free(struct scp_exhibit *e);

#endif
