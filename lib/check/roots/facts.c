/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/check.h"

#include "base/json.h"

static void put_list(struct scp_json *j, const struct scp_list_fact *l, const char *value, const struct scp_profile *profile,
                     bool subjects)
{
    if (l->reading == SCP_LIST_READ)
        scp_trust_list_json(&l->list, value, profile, subjects, j);
}

void scp_roots_facts_put(struct scp_json *j, const struct scp_roots_facts *f, const struct scp_profile *profile, bool subjects)
{
    scp_json_open(j, "lists", '[');
    put_list(j, f->list, "EncodedCtl", profile, subjects);
    put_list(j, f->disallowed_list, "DisallowedCertEncodedCtl", profile, subjects);
    put_list(j, f->pin_rules_list, "PinRulesEncodedCtl", profile, subjects);
    scp_json_close(j, ']');
}
