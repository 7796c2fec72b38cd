/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "base/num.h"

#include <string.h>

static int bad_response_time(const char *text, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_USAGE,
                       "--response-time: '%s' is not W,C: two times above 0, the first not larger than the second", text);
}

int scp_revocation_response_time(const char *text, struct scp_revocation_limits *out, struct scp_err *err)
{
    const char *comma = strchr(text, ',');
    double warning = 0.0, critical = 0.0;

    if (comma == NULL || scp_num_duration(text, (size_t)(comma - text), &warning, NULL) != 0 ||
        scp_num_duration(comma + 1, strlen(comma + 1), &critical, NULL) != 0 || warning <= 0.0 || warning > critical)
        return bad_response_time(text, err);
    out->slow = warning;
    out->slow_critical = critical;
    return 0;
}

static int set_retries(const char *text, unsigned *out, struct scp_err *err)
{
    uint64_t n = 0;

    if (text != NULL && scp_num_u64(text, strlen(text), SCP_HTTP_RETRIES_MAX, &n, NULL) != 0)
        return scp_err_set(err, SCP_ERR_USAGE, "--retry: '%s' is not a number from 0 to %d", text, SCP_HTTP_RETRIES_MAX);
    *out = (unsigned)n;
    return 0;
}

int scp_revocation_run_set(const struct scp_revocation_options *w, const struct scp_common *common, int64_t began,
                           struct scp_revocation_run *out, struct scp_err *err)
{
    *out = (struct scp_revocation_run){ .now = common->at,
                                        .began = began,
                                        .deadline = scp_deadline_after(common->timeout),
                                        .max_response_age = w->max_response_age,
                                        .limits = scp_revocation_limits_default };
    out->limits.freshness = (struct scp_freshness){ .has_warning = common->warning.set,
                                                    .has_critical = common->critical.set,
                                                    .warning = common->warning.range,
                                                    .critical = common->critical.range };
    if (w->response_time != NULL && scp_revocation_response_time(w->response_time, &out->limits, err) != 0)
        return -1;
    return set_retries(w->retry, &out->retries, err);
}
