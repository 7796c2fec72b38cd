/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_PERFDATA_H
#define SCP_PLUGIN_PERFDATA_H

#include "base/buf.h"
#include "plugin/range.h"

#include <stdbool.h>

/*
 * One performance value.  Labels are [a-z][a-z0-9_.-]* and fixed by us; units
 * are "", "s", "%", "B" or "c"; a value that could not be told is left out by
 * not adding it (never "U").
 */
struct scp_perfdata {
    char label[64];
    double value;
    const char *unit; /* a constant */
    bool has_warning, has_critical, has_min, has_max;
    struct scp_range warning, critical;
    double min, max;
    bool full_only; /* shown with --perfdata=full only */
    bool main;      /* the check's main number */
};

/* label=value[unit];[warn];[crit];[min];[max], trailing ';' dropped. */
void scp_perfdata_format(const struct scp_perfdata *p, struct scp_buf *out);
bool scp_perfdata_label_valid(const char *label);

#endif
