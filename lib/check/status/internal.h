/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_STATUS_INTERNAL_H
#define SCP_CHECK_STATUS_INTERNAL_H

#include "check/status/check.h"

/* What the parts of the evaluation share; nobody else includes this. */

/* The passive one of two servers exchanges nothing. */
bool scp_status_is_passive(const struct scp_status_facts *f);

/* The server's settings and clock; alone: nothing else was given to be judged. */
void scp_status_environment(const struct scp_status_facts *f, bool alone, int64_t now, struct scp_result *r);

/* Configuration Manager's version, its last check for updates, and whether it has two servers. */
void scp_status_site(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now, struct scp_result *r);

#endif
