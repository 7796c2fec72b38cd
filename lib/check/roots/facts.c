/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/check.h"

#include "base/json.h"
#include "check/source/registry_facts.h"

static void put_list(struct scp_json *j, const struct scp_list_fact *l, const char *value, const struct scp_profile *profile,
                     bool subjects)
{
    if (l->reading == SCP_LIST_READ)
        scp_trust_list_json(&l->list, value, profile, subjects, j);
}

char *scp_roots_json(const struct scp_registry *r, const struct scp_roots_facts *f, const struct scp_profile *profile,
                     bool subjects)
{
    struct scp_json_object o;

    scp_json_begin(&o, SCP_FACTS_MAX);
    scp_registry_facts_put(&o.json, r);
    scp_json_open(&o.json, "lists", '[');
    put_list(&o.json, f->list, "EncodedCtl", profile, subjects);
    put_list(&o.json, f->disallowed_list, "DisallowedCertEncodedCtl", profile, subjects);
    put_list(&o.json, f->pin_rules_list, "PinRulesEncodedCtl", profile, subjects);
    scp_json_close(&o.json, ']');
    return scp_json_end(&o);
}
