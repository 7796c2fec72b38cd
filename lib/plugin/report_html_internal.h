/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_REPORT_HTML_INTERNAL_H
#define SCP_PLUGIN_REPORT_HTML_INTERNAL_H

#include "plugin/report_common.h"

/* What the two files of the HTML page share; nobody else includes this. */

struct scp_html {
    const struct scp_report *m;
    struct scp_buf *out;
    struct scp_buf scratch; /* a text that was cleaned and is not yet escaped */
};

/* A text from outside: cleaned as for a terminal, then escaped for HTML (content and quoted attributes). */
void scp_html_text(struct scp_html *h, const char *s, size_t cap);
void scp_html_bytes(struct scp_html *h, const char *s, size_t n, size_t cap);
/* The class and the word of a mark: "crit", "CRITICAL". */
const char *scp_html_class(enum scp_mark mark);

/* One exhibit with its heading. */
void scp_html_exhibit(struct scp_html *h, const struct scp_exhibit *e);

#endif
