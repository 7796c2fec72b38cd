/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_LIST_TRUST_H
#define SCP_CHECK_LIST_TRUST_H

#include "check/list/list.h"
#include "windows/store.h"
#include "windows/update_policy.h"

/*
 * Whom a server trusts, as its registry says it: the policy of the update, the Root and Disallowed stores, and the lists that
 * Windows keeps.  It is read once a run and handed to every check.  A list is verified when a check asks for it first, and never
 * again.
 */
enum scp_trust_cached { SCP_TRUST_TRUSTED, SCP_TRUST_DISALLOWED, SCP_TRUST_PIN_RULES, SCP_TRUST_CACHED };

struct scp_trust {
    const struct scp_registry *registry; /* NULL: none; then there are no stores and no lists */
    const struct scp_profile *profile;
    struct scp_update_policy policy;
    struct scp_store root, disallowed;
    struct scp_list_fact cached[SCP_TRUST_CACHED]; /* NOT_ASKED until scp_trust_list() */
    size_t verified;                               /* how many lists were read and verified */
    enum scp_tri *served; /* scp_mirror_serves(), for each root of the profile; NULL: no mirror was audited; owned */
};

/* Registry and profile are borrowed.  -1: SCP_ERR_MEMORY, or a limit of the stores; *out is empty then. */
int scp_trust_read(const struct scp_registry *r, const struct scp_profile *profile, struct scp_trust *out, struct scp_err *err);
/* Of a root of the profile: does a store of the server's have it, so that it can be used; would it be of no use (COULD_NOT_TELL)?
 */
enum scp_serving scp_trust_serves(const struct scp_trust *t, const struct scp_profile_cert *root, int64_t now);
void scp_trust_free(struct scp_trust *t);

/* One of the lists that Windows keeps, shown to the server's stores.  NULL: SCP_ERR_MEMORY. */
const struct scp_list_fact *scp_trust_list(struct scp_trust *t, enum scp_trust_cached which, struct scp_err *err);

/* Shows the roots that the profile wants to a list of distrust: as they are installed, else as the profile has them. */
int scp_trust_show(const struct scp_trust *t, struct scp_list_fact *f, struct scp_err *err);

/* Has the mirror that the server uses a root of the profile, as an audit of it found?  NULL: none was audited. */
const enum scp_tri *scp_trust_served(const struct scp_trust *t, const struct scp_profile_cert *root);
/* Another view of the same server: what was audited holds there, too. */
int scp_trust_share_served(const struct scp_trust *from, struct scp_trust *to, struct scp_err *err);

/* Shows another list that was read to the server's stores and to its own list of distrust. */
int scp_trust_suspect(struct scp_trust *t, struct scp_list_fact *f, struct scp_err *err);

#endif
