/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_search.h"

unsigned scp_path_flaws(const struct scp_path *p)
{
    return (p->undetermined.found > 0 ? SCP_SEARCH_UNDETERMINED : 0) | (p->exact_names ? 0 : SCP_SEARCH_NAMES) |
           (p->weak.found > 0 || p->legacy ? SCP_SEARCH_WEAK : 0);
}

bool scp_path_is_better(const struct scp_path *p, const struct scp_path *than)
{
    if (scp_path_flaws(p) != scp_path_flaws(than))
        return scp_path_flaws(p) < scp_path_flaws(than);
    return p->n != than->n ? p->n < than->n : p->not_after > than->not_after;
}

const struct scp_path *scp_path_told(const struct scp_path_answer *a)
{
    return a->good > 0 ? &a->best : &a->miss.path;
}

const struct scp_pool_cert *scp_path_cert(const struct scp_path_answer *a, const struct scp_path *p, size_t i)
{
    return p->cert[i] == SCP_PATH_SELF ? &a->self : scp_pool_get(a->pool, p->cert[i]);
}

const struct scp_outline *scp_path_outline(const struct scp_path_answer *a, const struct scp_path *p, size_t i)
{
    return p->cert[i] == SCP_PATH_SELF ? &a->own : scp_pool_outline(a->pool, p->cert[i]);
}

const char *scp_path_fault_name(enum scp_path_fault fault)
{
    static const char *const NAMES[] = {
        [SCP_PATH_GOOD] = "good",
        [SCP_PATH_EXPIRED] = "expired",
        [SCP_PATH_NOT_YET_VALID] = "not-yet-valid",
        [SCP_PATH_DISALLOWED] = "disallowed",
        [SCP_PATH_REVOKED] = "revoked",
        [SCP_PATH_PURPOSE_DENIED] = "purpose-denied",
        [SCP_PATH_DISABLED] = "disabled",
        [SCP_PATH_ISSUED_TOO_LATE] = "issued-too-late",
        [SCP_PATH_SHORT_KEY] = "short-key",
        [SCP_PATH_PURPOSE] = "purpose",
        [SCP_PATH_NOT_CA] = "not-ca",
        [SCP_PATH_POLICY] = "policy",
        [SCP_PATH_SIGNATURE] = "signature",
        [SCP_PATH_INVALID] = "invalid",
        [SCP_PATH_UNREADABLE] = "unreadable",
        [SCP_PATH_NO_ISSUER] = "no-issuer",
        [SCP_PATH_CIRCLE] = "circle",
        [SCP_PATH_UNTRUSTED_ROOT] = "untrusted-root",
    };

    return NAMES[fault];
}
