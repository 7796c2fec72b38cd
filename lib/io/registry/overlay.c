/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a registry would be after a change: a copy that is written over as regedit imports a file, or value by value.
 */
#include "io/registry/internal.h"

#include <string.h>

struct scp_registry *scp_registry_copy(const struct scp_registry *from, struct scp_err *err)
{
    struct scp_registry *r = scp_registry_new(from->scope);

    if (r == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    if (scp_registry_adopt(r, from, err) == 0 && scp_registry_lay(r, from, NULL, NULL, err) == 0) {
        r->written_over = true;
        return r;
    }
    scp_registry_free(r);
    return NULL;
}

int scp_registry_put(struct scp_registry *r, const char *path, const char *name, uint32_t type, const void *data, size_t len,
                     struct scp_err *err)
{
    struct scp_registry_key *key;

    if (scp_registry_add_key(r, path, strlen(path), &key, err) != 0)
        return -1;
    return key != NULL ? scp_registry_add_value(r, key, name, strlen(name), type, data, len, err) : 0;
}

int scp_registry_take(struct scp_registry *r, const char *path, const char *name, struct scp_err *err)
{
    struct scp_registry_key *key;
    const struct scp_registry_key *there;

    if (name == NULL)
        return scp_registry_delete_key(r, path, strlen(path), err);
    if (scp_registry_find(r, path, &there) != SCP_PRESENT)
        return 0;
    if (scp_registry_add_key(r, path, strlen(path), &key, err) != 0)
        return -1;
    if (key != NULL)
        scp_registry_delete_value(r, key, name, strlen(name));
    return 0;
}
