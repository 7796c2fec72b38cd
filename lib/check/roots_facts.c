/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots.h"

#include "base/json.h"
#include "check/registry_facts.h"

static void put_list(struct scp_json *j, const struct scp_roots_list *l, const char *value, const struct scp_profile *profile, bool subjects)
{
    if (l->read)
        scp_trust_list_json(&l->list, value, profile, subjects, j);
}

char *scp_roots_json(const struct scp_registry *r, const struct scp_roots_facts *f, const struct scp_profile *profile, bool subjects)
{
    struct scp_buf out;
    struct scp_json j;
    char *json;

    scp_buf_init(&out, SCP_FACTS_MAX);
    scp_json_init(&j, &out, false);
    scp_json_open(&j, NULL, '{');
    scp_registry_facts_put(&j, r);
    scp_json_open(&j, "lists", '[');
    put_list(&j, &f->list, "EncodedCtl", profile, subjects);
    put_list(&j, &f->disallowed_list, "DisallowedCertEncodedCtl", profile, subjects);
    put_list(&j, &f->pin_rules_list, "PinRulesEncodedCtl", profile, subjects);
    scp_json_close(&j, ']');
    scp_json_close(&j, '}');
    json = scp_buf_steal(&out);
    scp_buf_free(&out);
    return json;
}
