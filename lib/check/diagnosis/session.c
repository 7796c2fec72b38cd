/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/session.h"

#include "base/utc.h"
#include "windows/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parts that read the registry. */
static bool needs_registry(enum scp_part part)
{
    return part == SCP_PART_AUTOUPDATE || part == SCP_PART_ROOTS || part == SCP_PART_INTERMEDIATES;
}

static int set_skipped(const struct scp_list *names, struct scp_diagnosis_session *s, struct scp_err *err)
{
    for (size_t i = 0; i < names->n; i++) {
        int found = -1;

        for (int p = 0; p < SCP_PARTS; p++) {
            if (strcmp(names->v[i], scp_part_name((enum scp_part)p)) == 0)
                found = p;
        }
        if (found < 0)
            return scp_err_set(err, SCP_ERR_USAGE, "--skip: '%s' is none of autoupdate, roots, intermediates, revocation, status",
                               names->v[i]);
        s->skipped[found] = true;
    }
    return 0;
}

static void note(struct scp_diagnosis_session *s, enum scp_part part, int rc, const struct scp_err *err)
{
    s->gathered[part] = rc == 0;
    s->starved = s->starved || (rc != 0 && err->code == SCP_ERR_MEMORY);
    if (rc != 0)
        (void)snprintf(s->unable[part], sizeof s->unable[part], "%.255s", err->message);
}

/* Do lists come from Microsoft's hosts, as far as the registry tells? */
static bool asks_microsoft(const struct scp_update_policy *p)
{
    enum scp_update_source source = scp_update_policy_source(p);

    return scp_update_policy_trusted(p) != SCP_NO && source != SCP_UPDATE_FROM_WEB && source != SCP_UPDATE_FROM_SHARE;
}

/* The registry, where there is one that may be judged. */
static const struct scp_registry *judgeable(const struct scp_diagnosis_session *s)
{
    return s->source.registry != NULL && scp_source_judgeable(&s->source) ? s->source.registry : NULL;
}

/* None of the parts that read the registry can be judged. */
static void note_registry(struct scp_diagnosis_session *s, const struct scp_err *err)
{
    for (int p = 0; p < SCP_PARTS; p++) {
        if (needs_registry((enum scp_part)p) && !s->skipped[p])
            note(s, (enum scp_part)p, -1, err);
    }
}

static void gather_registry(struct scp_diagnosis_session *s, const struct scp_deadline *deadline)
{
    static const struct scp_intermediates_options chains = { .aia = SCP_AIA_OFF };
    const struct scp_intermediates_query q = {
        .trust = &s->trust, .options = &chains, .now = s->common->at, .network = &s->network, .deadline = deadline
    };
    struct scp_err err = SCP_ERR_INIT;

    if (judgeable(s) == NULL)
        return;
    scp_egress_gather(s->source.registry, &s->egress);
    if (scp_trust_read(s->source.registry, &s->profile, &s->trust, &err) != 0) {
        note_registry(s, &err);
        return;
    }
    if (!s->skipped[SCP_PART_ROOTS])
        note(s, SCP_PART_ROOTS, scp_roots_gather(&s->trust, &s->roots, &err), &err);
    if (!s->skipped[SCP_PART_AUTOUPDATE])
        note(s, SCP_PART_AUTOUPDATE, scp_autoupdate_gather(&s->trust, &s->options->update, &s->autoupdate, &err), &err);
    if (!s->skipped[SCP_PART_INTERMEDIATES])
        note(s, SCP_PART_INTERMEDIATES, scp_intermediates_gather(&q, &s->intermediates, &err), &err);
}

/* All parts that rest on the registry, with `view` in its place; without a network. */
static int judge_view(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err)
{
    const struct scp_diagnosis_session *s = ctx;
    struct scp_diagnosis_session *t = malloc(sizeof *t);
    const struct scp_deadline deadline = scp_deadline_after(s->common->timeout);
    bool starved;

    if (t == NULL)
        return scp_err_memory(err);
    *t = *s;
    t->source.registry = (struct scp_registry *)(uintptr_t)view;
    gather_registry(t, &deadline);
    if (!t->skipped[SCP_PART_STATUS] && !t->options->status.no_environment)
        scp_status_gather_environment(view, &t->status);
    for (int p = 0; p < SCP_PARTS; p++) {
        struct scp_result *part;

        if (!t->gathered[p] && (p != SCP_PART_STATUS || t->skipped[p]))
            continue;
        part = scp_result_new(r->catalogue);
        if (part != NULL)
            scp_diagnosis_evaluate_part(t, (enum scp_part)p, part);
        scp_result_part(r, scp_part_name((enum scp_part)p), part);
    }
    starved = t->starved;
    scp_intermediates_free(&t->intermediates);
    scp_autoupdate_free(&t->autoupdate);
    scp_roots_free(&t->roots);
    scp_trust_free(&t->trust);
    free(t);
    return starved ? scp_err_memory(err) : 0;
}

static int reconcile(struct scp_diagnosis_session *s, struct scp_err *err)
{
    static const struct scp_catalogue_entry *const NONE[] = { NULL };
    const struct scp_source_judge judge = { NONE, judge_view, s };

    return scp_source_reconcile(&s->source, &judge, err);
}

static int open_registry(struct scp_diagnosis_session *s, struct scp_err *err)
{
    bool given = s->common->registry.n > 0 || s->common->hostname != NULL, wanted = s->network.registry_proxy;

    for (int p = 0; p < SCP_PARTS; p++)
        wanted = wanted || (needs_registry((enum scp_part)p) && !s->skipped[p]);
    if (given || wanted)
        return scp_source_open(s->common, scp_paths_scope_all, &s->source, err) == 0 ? reconcile(s, err) : -1;
    return 0;
}

/* Where the site means lists to come from elsewhere, or not at all, Microsoft's own hosts of lists are not asked. */
static int plan_hosts(struct scp_diagnosis_session *s, struct scp_err *err)
{
    static const struct scp_list NONE = { NULL, 0 };
    const char *id[SCP_REVOCATION_ENDPOINTS_MAX];
    struct scp_list lists = { id, 0 };

    for (size_t i = 0; i < s->profile.endpoints && s->options->update.expect != SCP_EXPECT_ENABLED; i++) {
        if (s->profile.endpoint[i].kind == SCP_ENDPOINT_CTL && lists.n < SCP_REVOCATION_ENDPOINTS_MAX)
            id[lists.n++] = s->profile.endpoint[i].id;
    }
    if (lists.n == s->profile.endpoints)
        s->skipped[SCP_PART_REVOCATION] = true;
    return s->skipped[SCP_PART_REVOCATION] ? 0 : scp_revocation_plan(&s->profile, &NONE, &lists, &s->plan, err);
}

static int open_network(const struct scp_network *network, struct scp_diagnosis_session *s, struct scp_err *err)
{
    const struct scp_revocation_options options = { .response_time = NULL };
    struct scp_common common = *s->common;

    if (scp_network_open(network, &s->network, err) != 0)
        return -1;
    common.warning.set = common.critical.set = false; /* they are about the number of causes here */
    if (scp_revocation_run_set(&options, &common, scp_utc_now(), &s->run, err) != 0)
        return -1;
    scp_vantage_of(&s->network, &s->run.vantage);
    s->run.limits.no_way_out = SCP_UNKNOWN; /* of another host's way out nothing follows for the server */
    return plan_hosts(s, err);
}

int scp_diagnosis_open(const struct scp_common *common, const struct scp_network *network,
                       const struct scp_diagnosis_options *options, struct scp_diagnosis_session *s, struct scp_err *err)
{
    const struct scp_list none = { 0 };

    s->common = common;
    s->options = options;
    if (set_skipped(&options->skip, s, err) != 0 || scp_status_options_check(&options->status, err) != 0 ||
        scp_autoupdate_options_check(&options->update, err) != 0 ||
        scp_source_profile(common->profile, &none, &none, &s->profile, err) != 0)
        return -1;
    if (options->status.mode == SCP_MODE_OFFLINE)
        s->skipped[SCP_PART_REVOCATION] = true; /* nothing is asked over the network by such a server */
    if (open_network(network, s, err) != 0 || open_registry(s, err) != 0)
        return -1;
    return 0;
}

void scp_diagnosis_close(struct scp_diagnosis_session *s)
{
    scp_revocation_free(&s->revocation);
    scp_revocation_plan_free(&s->plan);
    scp_http_free(s->http);
    scp_intermediates_free(&s->intermediates);
    scp_autoupdate_free(&s->autoupdate);
    scp_roots_free(&s->roots);
    scp_trust_free(&s->trust);
    scp_network_close(&s->network);
    scp_source_close(&s->source);
    scp_profile_free(&s->profile);
}

/* --- Gathering --- */

/* --mirror: what is audited has a client of its own. */
static void gather_mirror(struct scp_diagnosis_session *s, void (*progress)(size_t done, size_t total))
{
    struct scp_http *http = NULL;
    struct scp_err err = SCP_ERR_INIT;
    int rc;

    if (!s->gathered[SCP_PART_AUTOUPDATE] || s->options->update.mirror == NULL)
        return;
    rc = scp_autoupdate_connect(&s->autoupdate, &s->network, &http, &err);
    if (rc == 0)
        rc = scp_autoupdate_fetch(&s->autoupdate, http, &s->run.deadline, progress, &err);
    scp_http_free(http);
    if (rc != 0)
        note(s, SCP_PART_AUTOUPDATE, rc, &err);
}

/* A certificate that Windows would have to fetch: one of an intermediate, not the root's own. */
static bool serves_intermediate(const struct scp_diagnosis_session *s, const struct scp_profile_endpoint *e)
{
    return e->kind == SCP_ENDPOINT_AIA && e->has_sha1 && scp_profile_root_by_sha1(&s->profile, e->sha1) == NULL;
}

/* Does a required chain build only with what Windows fetches? */
static bool waits_for_issuers(struct scp_diagnosis_session *s)
{
    static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_intermediates_catalogue, NULL };
    struct scp_result *r = scp_result_new(CATALOGUE);
    const struct scp_finding *f;
    bool waits = false;

    if (r == NULL) {
        s->starved = true;
        return false;
    }
    scp_intermediates_evaluate(&s->intermediates, &scp_intermediates_limits_default, s->common->at, r);
    for (size_t i = 0; (f = scp_result_finding(r, i)) != NULL; i++)
        waits = waits || scp_diagnosis_by_aia(f);
    s->starved = s->starved || r->broken;
    scp_result_free(r);
    return waits;
}

/*
 * What this server needs of the hosts: those of trust lists are not demanded where its policy keeps it from them; those of
 * intermediates are, each by itself, where none builds a chain from the stores and Windows may fetch them.
 */
static void set_levels(struct scp_diagnosis_session *s)
{
    bool lists = !s->gathered[SCP_PART_AUTOUPDATE] || asks_microsoft(&s->trust.policy);
    bool issuers = s->gathered[SCP_PART_INTERMEDIATES] && waits_for_issuers(s);

    for (size_t i = 0; i < s->profile.endpoints; i++) {
        struct scp_profile_endpoint *e = &s->profile.endpoint[i];

        if (e->kind == SCP_ENDPOINT_CTL && e->level == SCP_LEVEL_REQUIRED && !lists)
            e->level = SCP_LEVEL_RECOMMENDED;
        else if (serves_intermediate(s, e) && issuers && e->level == SCP_LEVEL_RECOMMENDED)
            e->level = SCP_LEVEL_REQUIRED;
    }
}

/* --proxy=registry: the way that Windows takes. */
static void take_its_way(struct scp_diagnosis_session *s)
{
    if (!s->network.registry_proxy)
        return;
    s->network.options.proxy_for = scp_egress_proxy_for;
    s->network.options.proxy_context = &s->egress;
}

static void gather_endpoints(struct scp_diagnosis_session *s, void (*progress)(size_t done, size_t total))
{
    struct scp_err err = SCP_ERR_INIT;

    if (s->skipped[SCP_PART_REVOCATION])
        return;
    take_its_way(s);
    s->network.options.progress = progress;
    s->http = scp_http_curl_new(&s->network.options, &err);
    note(s, SCP_PART_REVOCATION, s->http == NULL ? -1 : scp_revocation_gather(&s->plan, s->http, &s->run, &s->revocation, &err),
         &err);
}

void scp_diagnosis_gather(struct scp_diagnosis_session *s, void (*stage)(const char *what),
                          void (*progress)(size_t done, size_t total))
{
    struct scp_err err = SCP_ERR_INIT;

    /* Of which server?  Nothing can be told then. */
    if (s->source.contradiction[0] != '\0')
        return;
    stage("judging the stores");
    gather_registry(s, &s->run.deadline);
    stage("looking for symptoms");
    if (!s->skipped[SCP_PART_STATUS])
        note(s, SCP_PART_STATUS,
             scp_status_gather(&s->options->status, s->common, judgeable(s), &s->run.deadline, stage, &s->status, &err), &err);
    stage("asking the endpoints");
    gather_mirror(s, progress);
    set_levels(s);
    gather_endpoints(s, progress);
}

void scp_diagnosis_vantage(const struct scp_diagnosis_session *s, struct scp_report *m)
{
    if (s->gathered[SCP_PART_REVOCATION])
        scp_vantage_report(&s->revocation.vantage, m);
}
