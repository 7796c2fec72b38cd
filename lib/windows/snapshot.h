/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_SNAPSHOT_H
#define SCP_WINDOWS_SNAPSHOT_H

#include "io/registry/registry.h"

/*
 * Two snapshots of what is said to be one machine: whether they can be, and in what they differ besides what Windows changes by
 * itself from hour to hour.
 */
struct scp_snapshot_difference {
    size_t n;
    bool alone;      /* one has a key that the other has not: they are not the same, whatever they answer */
    char where[400]; /* of the first one; a sentence for SCP_SAID (base/say.h) */
};

/* What proves that they are of two machines ("ComputerName is SCP01 and SCP02", for SCP_SAID); false: nothing does. */
bool scp_snapshot_strangers(const struct scp_registry *a, const struct scp_registry *b, char *why, size_t size);

/* A key or value that one has and the other, holding the parent key itself, has not or has differently. */
void scp_snapshot_compare(const struct scp_registry *a, const struct scp_registry *b, struct scp_snapshot_difference *out);

/* What stays when an older part is laid over the others (scp_registry_keep): what changes by itself.  `ctx`: a bool, whether
 * the update brought the AuthRoot entries that the older part lacks. */
bool scp_snapshot_keep(void *ctx, const struct scp_registry_key *key, const char *value, bool missing);

/* Whether AuthRoot entries that `older` lacks came by the update: it is on in both, and `newer` synchronised later. */
bool scp_snapshot_updated(const struct scp_registry *older, const struct scp_registry *newer);

#endif
