/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "windows/paths.h"

#include <string.h>

/* The SYSTEM account's proxy takes the place of the command line's. */
static int use_registry(const struct scp_common *common, struct scp_revocation_path *p, struct scp_err *err)
{
    if (scp_source_open(common, scp_paths_scope_proxy, &p->source, err) != 0)
        return scp_err_prefix(err, "--proxy=registry");
    if (scp_source_reconcile(&p->source, NULL, err) != 0) {
        scp_source_close(&p->source);
        return -1;
    }
    scp_egress_gather(p->source.registry, &p->egress);
    p->from_registry = true;
    p->network.options.proxy_for = scp_egress_proxy_for;
    p->network.options.proxy_context = &p->egress;
    return 0;
}

int scp_revocation_path_open(const struct scp_network *network, const struct scp_common *common, struct scp_revocation_path *out,
                             struct scp_err *err)
{
    bool registry = common->registry.n > 0 || common->hostname != NULL;

    memset(out, 0, sizeof *out);
    if (scp_network_open(network, &out->network, err) != 0)
        return -1;
    if (out->network.registry_proxy)
        return use_registry(common, out, err);
    return registry ? scp_err_set(err, SCP_ERR_USAGE, "--registry and --hostname are of use with --proxy=registry only") : 0;
}

void scp_revocation_path_close(struct scp_revocation_path *p)
{
    scp_network_close(&p->network);
    if (p->from_registry)
        scp_source_close(&p->source);
}

void scp_revocation_path_report(const struct scp_revocation_path *p, struct scp_report *report)
{
    if (p->from_registry)
        scp_source_report(&p->source, report);
}

void scp_revocation_path_evaluate(const struct scp_revocation_path *p, double max_age, int64_t now, struct scp_result *r)
{
    if (!p->from_registry)
        return;
    (void)scp_source_begin(&p->source, r);
    scp_egress_evaluate(&p->egress, r);
    scp_source_evaluate(&p->source, max_age, now, r);
}
