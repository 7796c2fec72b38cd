/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/registry.h"

int scp_registry_load_smb(struct scp_registry *r, const char *source, struct scp_err *err)
{
    (void)r;
    return scp_err_set(
        err, SCP_ERR_UNSUPPORTED,
        "%s: built without access to remote registries (that is for the monitoring host); run this on the server itself, "
        "or give an export",
        source);
}
