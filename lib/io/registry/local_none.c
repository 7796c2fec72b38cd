/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/registry.h"

#include <stddef.h>

int scp_registry_load_local(struct scp_registry *r, const char *source, struct scp_err *err)
{
    (void)r;
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "%s: built without access to a local registry (Windows only)", source);
}

const char *scp_registry_default(void)
{
    return NULL;
}
