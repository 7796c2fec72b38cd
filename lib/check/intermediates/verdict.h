/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_INTERMEDIATES_VERDICT_H
#define SCP_CHECK_INTERMEDIATES_VERDICT_H

#include "check/intermediates/check.h"

/* What the parts of the evaluation share; nobody else includes this. */

enum { SCP_INTERMEDIATES_NAME = 128, SCP_INTERMEDIATES_FAULT = 400 };

/* What is counted for the performance data. */
struct scp_intermediates_tally {
    size_t missing, required, paths;
    size_t by_aia; /* of those missing: Windows fetches them at each chain build */
    bool missing_known, has_expiry;
    bool authroot_alone; /* the root of a required path is in AuthRoot and in no other Root store */
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

/* A finding about a target; what is true of a recommended one is worth less, and has an id of its own. */
size_t scp_intermediates_add_graded(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                    enum scp_state state, const char *id, const char *text);

/* A fault of a path: the id and the sentence of its finding, whose certificate it is, and what mends it. */
const char *scp_intermediates_fault_id(enum scp_path_fault fault);
void scp_intermediates_describe_fault(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                      const struct scp_path *p, char out[SCP_INTERMEDIATES_FAULT]);
const uint8_t *scp_intermediates_sha1_at(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                         const struct scp_path *p, size_t i);
void scp_intermediates_remedy(const struct scp_intermediates_context *c, size_t finding, enum scp_path_fault fault,
                              const uint8_t sha1[SCP_SHA1_LEN]);
/* The root at the end of a path is there, but distrusted, limited, expired, or refused by a policy about keys. */
void scp_intermediates_root_unusable(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                     const char *start, const struct scp_intermediates_member *m, const struct scp_path *p);

/* An issuer was sought in vain that no profile names. */
void scp_intermediates_issuer_remedy(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                     size_t finding, bool self_signed);

/* Members of a family, or what stands above them, are in no store, but Windows fetches them. `answered`: their addresses did. */
void scp_intermediates_by_aia(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, bool answered);
/* A required family that chains, where Windows fetches nothing: all of its members ought to be there. */
void scp_intermediates_members_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t);
/* Whether Windows fetches what is missing could not be told. */
void scp_intermediates_policy_unknown(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t);

#endif
