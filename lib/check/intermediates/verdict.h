/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_INTERMEDIATES_VERDICT_H
#define SCP_CHECK_INTERMEDIATES_VERDICT_H

#include "check/intermediates/check.h"

/* What the parts of the evaluation share; nobody else includes this. */

enum { SCP_INTERMEDIATES_NAME = 128, SCP_INTERMEDIATES_PRINT = 2 * SCP_SHA1_LEN + 1, SCP_INTERMEDIATES_TEXT = 2400 };

/* The verdict as it grows, and what is counted for the performance data. */
struct scp_verdict {
    const struct scp_intermediates_facts *f;
    const struct scp_intermediates_limits *limits;
    int64_t now;
    struct scp_result *r;
    const struct scp_intermediates_target *t; /* the one that is judged */
    bool required;                            /* it is */
    size_t missing, requireds, paths;
    size_t by_aia; /* of those missing: Windows fetches them at each chain build */
    bool missing_known, has_expiry;
    bool authroot_alone; /* the root of a required path is in AuthRoot and in no other Root store */
    double expiry;
};

/* With what a path was sought: the stores alone, what was fetched, too, or what is supposed to come. */
enum scp_intermediates_with { SCP_WITH_STORES, SCP_WITH_FETCHED, SCP_WITH_SUPPOSED };

/* A path that was sought for a member: the best one, or the one that came nearest. */
struct scp_sight {
    const struct scp_intermediates_member *m;
    const struct scp_path_answer *a;
    const struct scp_path *p;
};
struct scp_sight scp_intermediates_sight(const struct scp_intermediates_member *m, enum scp_intermediates_with with);
bool scp_intermediates_usable(const struct scp_path_answer *a);
/* The name of its certificate number i; returns out. */
const char *scp_intermediates_name(const struct scp_sight *s, size_t i, char out[SCP_INTERMEDIATES_NAME]);

/* The member whose path of that kind says most about the target; NULL when none was sought. */
const struct scp_intermediates_member *scp_intermediates_best(const struct scp_intermediates_target *t,
                                                              enum scp_intermediates_with with);

/* A target without a good path: one finding at least.  m is its best member; NULL: no member is in any store. */
void scp_intermediates_failed(struct scp_verdict *v, const struct scp_intermediates_member *m);

/* A finding about the target; what is true of a recommended one is worth less, and has an id of its own. */
size_t scp_intermediates_say(const struct scp_verdict *v, enum scp_state state, const char *id, const char *text);

/* A fault of a path: the id and the sentence of its finding (returns out), and what mends it. */
const char *scp_intermediates_fault_id(enum scp_path_fault fault);
const char *scp_intermediates_describe_fault(const struct scp_sight *s, char out[SCP_INTERMEDIATES_TEXT]);
void scp_intermediates_remedy(const struct scp_verdict *v, size_t finding, enum scp_path_fault fault,
                              const uint8_t sha1[SCP_SHA1_LEN]);
/* The root at the end of a path is there, but distrusted, limited, expired, or refused by a policy about keys. */
void scp_intermediates_root_unusable(const struct scp_verdict *v, const char *start, const struct scp_sight *s);
/* An issuer was sought in vain that no profile names. */
void scp_intermediates_issuer_remedy(const struct scp_verdict *v, size_t finding, bool self_signed);

/* Does a Disallowed store hold it? */
bool scp_intermediates_distrusted(const struct scp_verdict *v, const uint8_t sha1[SCP_SHA1_LEN]);

/* A server: beside its path, and in place of it where none came; those that are inspected on the way, all of them, first. */
void scp_intermediates_server(const struct scp_verdict *v, const struct scp_sight *s);
void scp_intermediates_not_connected(struct scp_verdict *v);
void scp_intermediates_inspected(struct scp_verdict *v);

/* What came of fetching certificates for the target. */
void scp_intermediates_fetches(const struct scp_verdict *v);

/* Members of a family, or what stands above them, are in no store, but Windows fetches them. `answered`: their addresses did. */
void scp_intermediates_by_aia(const struct scp_verdict *v, bool answered);
/* Is there another issuing CA of the family, in no store, that takes over from one that ends? */
bool scp_intermediates_succeeded(const struct scp_verdict *v);
/* How bad it is that the family's last one in the stores ends: no worse than with none in them, where Windows fetches the others.
 */
enum scp_state scp_intermediates_succession(const struct scp_verdict *v);
/* A required family that chains, where Windows fetches nothing: all of its members ought to be there. */
void scp_intermediates_members_missing(const struct scp_verdict *v);
/* One that chains, of which this server refuses a member all the same: the service may be issued by it. */
void scp_intermediates_members_refused(const struct scp_verdict *v);
/* An entry of a Disallowed store that has this thumbprint for a name could not be read. */
void scp_intermediates_doubt_disallowed(const struct scp_verdict *v, const char *print);
/* Whether Windows fetches what is missing could not be told. */
void scp_intermediates_policy_unknown(const struct scp_verdict *v);

#endif
