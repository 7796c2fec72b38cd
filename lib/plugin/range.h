/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_RANGE_H
#define SCP_PLUGIN_RANGE_H

#include "base/err.h"

#include <stdbool.h>

/*
 * Threshold ranges of the monitoring-plugin guidelines: [@][start:][end],
 * end points inclusive, "~" is minus infinity, a missing start is 0, a missing
 * end is plus infinity.  A value outside alerts; with "@" a value inside.
 * Where the number is a time, each end may carry s, m, h or d.
 */
struct scp_range {
    double start, end;
    bool start_infinite; /* "~" */
    bool end_infinite;   /* "10:" */
    bool inside;         /* "@" */
};

/* Anything else than the grammar, start > end and the empty text are errors (SCP_ERR_USAGE). */
int scp_range_parse(const char *s, bool durations, struct scp_range *out, struct scp_err *err);
bool scp_range_alerts(const struct scp_range *r, double value);

/* Canonical: "N" for 0:N, else "@", "~:", "N:" forms; plain numbers, no suffixes.  Parses back to the same range. */
#define SCP_RANGE_TEXT 96
void scp_range_format(const struct scp_range *r, char out[SCP_RANGE_TEXT]);

#endif
