/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_LIST_CACHED_LIST_H
#define SCP_CHECK_LIST_CACHED_LIST_H

#include "check/list/list_signer.h"
#include "windows/profile.h"
#include "windows/restriction.h"
#include "windows/trust_list.h"
#include "windows/update_policy.h"

/* One of the lists that Windows keeps in the registry, read and verified alike for every check that looks something up in it. */
struct scp_cached_list {
    enum scp_presence cached;
    bool read;        /* `list` holds its content; otherwise it is not there, or could not be read */
    bool believed;    /* of the right kind, and signed as it must be */
    bool unable;      /* not its fault but ours: a form or an algorithm that is not read here */
    char reason[256]; /* why it could not be read or believed; "" otherwise */
    struct scp_trust_list list;
    struct scp_list_signer signer; /* distrusted: Windows would refuse the list, and fetch nothing by it */
};

/* `value` (of the registry) and the profile are borrowed for the life of the list.  -1 only when out of memory. */
int scp_cached_list_read(const struct scp_policy_list *value, enum scp_ctl_kind kind, const struct scp_profile *profile,
                         struct scp_cached_list *out, struct scp_err *err);
/* Is a believed list's signer distrusted: by a Disallowed store, or by the cached list of disallowed certificates (NULL: none)? */
int scp_cached_list_suspect(struct scp_cached_list *l, const struct scp_store *disallowed,
                            const struct scp_cached_list *disallowed_list, struct scp_err *err);
void scp_cached_list_free(struct scp_cached_list *l);

/*
 * Does a list of trusted roots name that root, and what does it take from it (*restriction, none unless YES)?  MAYBE where there
 * is no list to be believed, or where an entry that could not be read may be about it.
 */
enum scp_tri scp_cached_list_names(const struct scp_cached_list *l, const struct scp_profile_cert *want,
                                   struct scp_restriction *restriction);

#endif
