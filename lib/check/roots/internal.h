/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_ROOTS_INTERNAL_H
#define SCP_CHECK_ROOTS_INTERNAL_H

#include "check/roots/on_demand.h"
#include "check/roots/check.h"

/* What is to be done about one finding of one root; nobody but lib/check/roots_*.c includes this. */

void scp_roots_remedy_missing(const struct scp_roots_facts *f, const struct scp_root_fact *root, const struct scp_on_demand *d,
                              const struct scp_roots_limits *limits, int64_t now, struct scp_result *r, size_t finding);
void scp_roots_remedy_on_demand(const struct scp_roots_facts *f, const struct scp_root_fact *root, int64_t now,
                                struct scp_result *r, size_t finding);
void scp_roots_remedy_distrust(const struct scp_root_fact *root, struct scp_result *r, size_t finding);
void scp_roots_remedy_purpose(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r,
                              size_t finding);
void scp_roots_remedy_import(const struct scp_root_fact *root, struct scp_result *r, size_t finding);

#endif
