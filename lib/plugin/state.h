/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_STATE_H
#define SCP_PLUGIN_STATE_H

#include <stdbool.h>

/* The numbers are the exit codes of the monitoring-plugin guidelines. */
enum scp_state { SCP_OK = 0, SCP_WARNING = 1, SCP_CRITICAL = 2, SCP_UNKNOWN = 3 };

/* The only order of states: CRITICAL > WARNING > UNKNOWN > OK. */
enum scp_state scp_state_worse(enum scp_state a, enum scp_state b);

/* "OK", "WARNING", "CRITICAL", "UNKNOWN" */
const char *scp_state_name(enum scp_state s);

/* ok|warning|critical|unknown in any case, or 0-3. */
bool scp_state_parse(const char *s, enum scp_state *out);

#endif
