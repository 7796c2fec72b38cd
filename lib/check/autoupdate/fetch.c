/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "check/mirror/internal.h"
#include "windows/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int scp_autoupdate_connect(struct scp_autoupdate_facts *f, struct scp_network_setting *network, struct scp_http **http,
                           struct scp_err *err)
{
    *http = NULL;
    f->at_server = network->at_server;
    if (network->registry_proxy && f->trust->registry == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--proxy=registry needs a registry: give --registry=FILE");
    if (f->online != SCP_PLACE_WEB && f->mirrored != SCP_PLACE_WEB)
        return 0;
    f->egress.implied = network->implied_proxy;
    if (network->registry_proxy) {
        network->options.proxy_for = scp_egress_proxy_for;
        network->options.proxy_context = &f->egress;
    }
    *http = scp_http_curl_new(&network->options, err);
    return *http != NULL ? 0 : -1;
}

static int fetch_lists(struct scp_autoupdate_facts *f, const struct scp_mirror_question *q, struct scp_err *err)
{
    if (scp_mirror_ask_lists(q, SCP_AUTOUPDATE_SERVED, &f->served, err) != 0)
        return -1;
    for (size_t i = 0; i < SCP_AUTOUPDATE_SERVED; i++) {
        if (scp_trust_suspect(f->trust, &f->served.list[i], err) != 0)
            return -1;
    }
    return scp_trust_show(f->trust, &f->served.list[SCP_MIRROR_DISALLOWED], err);
}

static bool lacks(const struct scp_autoupdate_facts *f, const struct scp_profile_cert *want)
{
    size_t at = 0;

    return want->has_sha1 && want->level == SCP_LEVEL_REQUIRED && scp_store_find(&f->trust->root, want->sha1, &at) == NULL;
}

/* A list that names a root is not enough: Windows fetches the root's own file from beside it. */
static int fetch_lacking(struct scp_autoupdate_facts *f, const struct scp_mirror_question *q, struct scp_err *err)
{
    struct scp_mirror_facts *l = &f->served;

    if (f->trust->registry == NULL || scp_update_policy_trusted(&f->trust->policy) == SCP_NO ||
        !scp_list_believed(&l->list[SCP_MIRROR_TRUSTED]))
        return 0;
    l->root = calloc(f->trust->profile->roots + 1, sizeof *l->root);
    if (l->root == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < f->trust->profile->roots; i++) {
        if (!lacks(f, &f->trust->profile->root[i]))
            continue;
        memcpy(l->root[l->roots].sha1, f->trust->profile->root[i].sha1, sizeof l->root->sha1);
        l->root[l->roots++].want = i;
    }
    return l->roots > 0 ? scp_mirror_ask_roots(q, l, err) : 0;
}

/* What the audit found of the roots that Windows would fetch from there. */
static int serve(struct scp_autoupdate_facts *f, struct scp_err *err)
{
    struct scp_trust *t = f->trust;

    if (!f->mirror.asked)
        return 0;
    free(t->served);
    t->served = calloc(t->profile->roots + 1, sizeof *t->served);
    if (t->served == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < t->profile->roots; i++)
        t->served[i] = scp_mirror_serves(&f->mirror, t->profile, i);
    return 0;
}

int scp_autoupdate_fetch(struct scp_autoupdate_facts *f, struct scp_http *http, const struct scp_deadline *deadline,
                         void (*progress)(size_t done, size_t total), struct scp_err *err)
{
    const struct scp_mirror_question q = { f->mirror_location, f->trust->profile, http, deadline, progress };
    const struct scp_mirror_question online = { f->online_location, f->trust->profile, http, deadline, NULL };

    if (f->online == SCP_PLACE_WEB && (fetch_lists(f, &online, err) != 0 || fetch_lacking(f, &online, err) != 0))
        return -1;
    if ((f->mirrored == SCP_PLACE_WEB || f->mirrored == SCP_PLACE_FOLDER) && scp_mirror_gather(&q, &f->mirror, err) != 0)
        return -1;
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++) {
        if (scp_trust_show(f->trust, &f->mirror.list[i], err) != 0 || scp_trust_suspect(f->trust, &f->mirror.list[i], err) != 0)
            return -1;
    }
    return serve(f, err);
}
