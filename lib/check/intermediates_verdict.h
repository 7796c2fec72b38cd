/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_INTERMEDIATES_VERDICT_H
#define SCP_CHECK_INTERMEDIATES_VERDICT_H

#include "check/intermediates.h"

/* What the parts of the evaluation share; nobody else includes this. */

enum { SCP_INTERMEDIATES_NAME = 128 };

/* What is counted for the performance data. */
struct scp_intermediates_tally {
    size_t missing, required, paths;
    bool missing_known, has_expiry;
    double expiry;
};

struct scp_intermediates_context {
    const struct scp_intermediates_facts *f;
    const struct scp_intermediates_limits *limits;
    int64_t now;
    struct scp_result *r;
    struct scp_intermediates_tally *t;
};

const struct scp_outline *scp_intermediates_outline_at(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                                       const struct scp_path *p, size_t i);
const char *scp_intermediates_name_at(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                      const struct scp_path *p, size_t i, char out[SCP_INTERMEDIATES_NAME]);

/* The member whose path says most about the target, from the stores or with what was fetched; NULL when no path was sought. */
const struct scp_intermediates_member *scp_intermediates_best(const struct scp_intermediates_target *t, bool fetched);
bool scp_intermediates_usable(const struct scp_path_answer *a);

/* A target without a good path: one finding at least.  m is its best member. */
void scp_intermediates_failed(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                              const struct scp_intermediates_member *m);
/* No member is in any store. */
void scp_intermediates_none_found(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t);

#endif
