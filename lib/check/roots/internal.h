/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_ROOTS_INTERNAL_H
#define SCP_CHECK_ROOTS_INTERNAL_H

#include "check/roots/check.h"
#include "check/roots/on_demand.h"

/* What the parts of the evaluation share; nobody but lib/check/roots includes this. */

/* The verdict as it grows, and what is counted for the performance data. */
struct scp_roots_verdict {
    const struct scp_roots_facts *f;
    const struct scp_roots_limits *limits;
    int64_t now;
    struct scp_result *r;
    const struct scp_root_fact *root; /* the one that is judged */
    bool bad;                         /* something was found against it */
    size_t required, missing, on_demand, recommended_missing, disallowed;
    bool missing_known, has_expiry;
    double expiry;
    bool found; /* a required or recommended root is there: what would take it away matters */
    unsigned said;
};

enum { SCP_ROOTS_PRINT = 65 };
/* What identifies the root, in hex: SHA-1, where there is one.  Returns out. */
const char *scp_roots_thumbprint(const struct scp_profile_cert *want, char out[SCP_ROOTS_PRINT]);

/* What is to be done about one finding of the root. */
void scp_roots_remedy_missing(const struct scp_roots_verdict *v, const struct scp_on_demand *d, size_t finding);
void scp_roots_remedy_on_demand(const struct scp_roots_verdict *v, size_t finding);
void scp_roots_remedy_distrust(const struct scp_roots_verdict *v, size_t finding);
void scp_roots_remedy_purpose(const struct scp_roots_verdict *v, size_t finding);
void scp_roots_remedy_import(const struct scp_roots_verdict *v, size_t finding);

#endif
