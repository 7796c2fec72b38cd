/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots.h"

#include "base/json.h"
#include "check/registry_facts.h"

char *scp_roots_json(const struct scp_registry *r)
{
    struct scp_buf out;
    struct scp_json j;
    char *json;

    scp_buf_init(&out, SCP_FACTS_MAX);
    scp_json_init(&j, &out, false);
    scp_json_open(&j, NULL, '{');
    scp_registry_facts_put(&j, r);
    scp_json_close(&j, '}');
    json = scp_buf_steal(&out);
    scp_buf_free(&out);
    return json;
}
