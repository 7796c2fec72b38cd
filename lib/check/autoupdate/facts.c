/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "base/json.h"

static void put_list(struct scp_json *j, const struct scp_list_fact *f, const struct scp_profile *profile, bool subjects)
{
    if (f->reading == SCP_LIST_READ)
        scp_trust_list_json(&f->list, f->origin, profile, subjects, j);
}

void scp_autoupdate_facts_put(struct scp_json *j, const struct scp_autoupdate_facts *f, bool subjects)
{
    scp_json_open(j, "lists", '[');
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        put_list(j, &f->trust->cached[i], f->trust->profile, subjects);
    for (size_t i = 0; i < SCP_AUTOUPDATE_SERVED; i++)
        put_list(j, &f->served.list[i], f->trust->profile, subjects);
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++)
        put_list(j, &f->mirror.list[i], f->trust->profile, subjects);
    put_list(j, &f->given, f->trust->profile, subjects);
    scp_json_close(j, ']');
}
