/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_WRAP_H
#define SCP_PLUGIN_WRAP_H

#include "base/buf.h"

#include <stddef.h>

/*
 * Adds text, broken at blanks so that no line is wider than `columns` (0: not
 * broken; a longer word stays whole).  The cursor stands at `column` already;
 * continuation lines begin with `hang` blanks, and those of a line of the text that begins
 * with blanks of its own that much further in.  "\n" starts a new line at `hang`.
 * Nothing is added behind the last line.
 */
void scp_wrap(struct scp_buf *out, const char *text, size_t columns, size_t column, size_t hang);

void scp_wrap_blanks(struct scp_buf *out, size_t n);

/* Characters (not bytes) of UTF-8 text. */
size_t scp_wrap_width(const char *p, size_t n);

#endif
