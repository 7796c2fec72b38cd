/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/registry.h"

int scp_registry_load_hive(struct scp_registry *r, const char *path, struct scp_err *err)
{
    (void)r;
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "%s: built without libhivex: hives cannot be read, give a text export", path);
}
