/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"
#include "check/source/source.h"

int scp_revocation_ask(const struct scp_revocation_plan *plan, const struct scp_revocation_path *path,
                       const struct scp_revocation_run *run, struct scp_revocation_facts *out, struct scp_err *err)
{
    struct scp_http_options options = path->network.options;
    struct scp_revocation_run here = *run;
    struct scp_http *http = NULL;
    int rc;

    *out = (struct scp_revocation_facts){ .v = NULL };
    options.retries = run->retries;
    scp_vantage_of(&path->network, &here.vantage);
    if (scp_revocation_plan_network(plan) && (http = scp_http_curl_new(&options, err)) == NULL)
        return -1;
    rc = scp_revocation_gather(plan, http, &here, out, err);
    scp_http_free(http);
    return rc;
}

void scp_revocation_judge(const struct scp_revocation_facts *f, const struct scp_revocation_run *run,
                          const struct scp_profile *profile, const struct scp_revocation_path *path,
                          const struct scp_common *common, struct scp_result *r)
{
    if (scp_source_profile_clock(profile, run->now, r))
        return;
    scp_revocation_evaluate(f, &run->limits, run->now, r);
    scp_source_profile_age(profile, run->now, r);
    scp_revocation_path_evaluate(path, common->max_age, run->now, r);
    scp_result_override(r, common->severity.v, common->severity.n);
    scp_revocation_summary(f, r);
    scp_revocation_table(f, run->now, r, r);
    if (common->verbosity > 0 && common->output == SCP_OUTPUT_JSON)
        scp_result_facts(r, scp_revocation_json(f, &run->limits));
}
