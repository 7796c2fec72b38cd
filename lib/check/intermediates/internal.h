/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_INTERMEDIATES_INTERNAL_H
#define SCP_CHECK_INTERMEDIATES_INTERNAL_H

#include "chain/issuer.h"
#include "check/intermediates/check.h"

/* What the parts of gathering share; nobody else includes this. */

enum { SCP_ORIGIN_DOUBTFUL = 1 << 21 }; /* a property that may restrict it could not be read */

struct scp_intermediates_work {
    const struct scp_intermediates_query *q;
    struct scp_intermediates_facts *f;
    struct scp_hasher *hasher;
    struct scp_http *http;                /* for probing; NULL */
    const struct scp_list_fact *list;     /* Windows' cached list of disallowed certificates, once it was asked for */
    const struct scp_pool_cert *supposed; /* a root that counts as one that nothing is held against; NULL */
};

/* A target with room for so many members; NULL: out of memory, or too many targets. */
struct scp_intermediates_target *scp_intermediates_new_target(struct scp_intermediates_facts *f, enum scp_intermediates_kind kind,
                                                              const char *id, const char *name, size_t members,
                                                              struct scp_err *err);

/* The member is this certificate, whose bytes stay the caller's. */
int scp_intermediates_member_is(struct scp_intermediates_member *m, const uint8_t *der, size_t len, struct scp_err *err);

/* Is the target's own certificate for the name that was asked for? */
int scp_intermediates_judge_name(struct scp_intermediates_facts *f, struct scp_intermediates_target *t, struct scp_err *err);

/* What servers send now: each is a target of its own. */
int scp_intermediates_servers(struct scp_intermediates_work *w, struct scp_err *err);

/* All certificates of the stores and bundle files, with the rules about them. */
struct scp_pool *scp_intermediates_pool(struct scp_intermediates_work *w, struct scp_err *err);

/* Adds one certificate by its bytes; what is unreadable is passed over. */
int scp_intermediates_add(struct scp_intermediates_work *w, struct scp_pool *pool, const uint8_t *der, size_t len, bool root,
                          uint32_t origin, struct scp_err *err);

/* Seeks the path of a member in a pool; *out is allocated. */
int scp_intermediates_search(struct scp_intermediates_work *w, struct scp_pool *pool, struct scp_intermediates_member *m,
                             struct scp_path_answer **out, struct scp_err *err);

/* Does Windows' list of disallowed certificates hold it? */
int scp_intermediates_listed(struct scp_intermediates_work *w, const uint8_t *der, size_t len, bool *yes, struct scp_err *err);

/* Could Windows refuse a certificate of the profile that no store has, once it comes? */
int scp_intermediates_objection(struct scp_intermediates_work *w, const struct scp_profile_ref *ref, bool *yes,
                                struct scp_err *err);

/* Reads a file of certificates; what was damaged in it is counted in the facts. */
int scp_intermediates_bundle(struct scp_intermediates_facts *f, const char *path, struct scp_bundle *bundle, struct scp_err *err);

/* Fetches what is missing for targets without a path. */
int scp_intermediates_probe(struct scp_intermediates_work *w, struct scp_err *err);

/* Revocation lists: reads the files of them. */
int scp_intermediates_crl_load(struct scp_intermediates_facts *f, const struct scp_list *files, struct scp_err *err);
void scp_intermediates_crl_free(struct scp_intermediates_facts *f);

/* What they say of a path that is good without them. */
struct scp_intermediates_lists {
    bool revoked[SCP_PATH_DEPTH_MAX]; /* certificate number i */
    bool revokes;                     /* one of them */
    bool missed[SCP_CHAIN_CRLS_MAX];
    struct scp_intermediates_told told;
};
int scp_intermediates_crl_judge(struct scp_intermediates_work *w, struct scp_pool *pool, const struct scp_path_answer *a,
                                const struct scp_path *p, struct scp_intermediates_lists *out, struct scp_err *err);
/* The path told is this one: what was amiss with its lists is told, and where those that are revoked are listed. */
void scp_intermediates_crl_settle(struct scp_intermediates_facts *f, const struct scp_intermediates_lists *lists,
                                  struct scp_intermediates_member *m, struct scp_path_answer *a);

/* Is a name of the service itself inspected on the way?  After the path was sought. */
int scp_intermediates_inspect(struct scp_intermediates_work *w, struct scp_intermediates_server *s, const struct scp_path_answer *a,
                              struct scp_err *err);

void scp_intermediates_inspect_alike(struct scp_intermediates_facts *f);

/* Adds to a pool what a server sent beside its own certificate. */
int scp_intermediates_add_sent(struct scp_intermediates_work *w, const struct scp_tls_chain *chain, struct scp_pool *pool,
                               struct scp_err *err);

#endif
