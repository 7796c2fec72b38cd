/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_REPORT_TERMINAL_INTERNAL_H
#define SCP_PLUGIN_REPORT_TERMINAL_INTERNAL_H

#include "plugin/report_common.h"

/* What the parts of the terminal's renderer share; nobody else includes this. */

/* The text in the state's color, or as it is; escapes take no column. */
void scp_report_colored(struct scp_buf *out, bool color, enum scp_state state, const char *text);
/* One column wide. */
const char *scp_report_glyph(enum scp_state state);
/* In the color of a good one where there is no mark. */
enum scp_state scp_report_mark_state(enum scp_mark mark);

/*
 * The rows under their headings, at most `columns` wide (0: as wide as they come).  Where there is not enough room, the
 * first columns are broken into lines and of the others only those are shown that fit whole, from the left.
 */
void scp_report_terminal_table(const struct scp_exhibit *e, bool color, size_t columns, struct scp_buf *out);

#endif
