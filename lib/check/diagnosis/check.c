/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/session.h"

#include "check/source/registry_facts.h"
#include "windows/paths.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct scp_option OPTIONS[] = {
    { SCP_GROUP_JUDGED, 0, "skip", "PART", SCP_OPTION_LIST, offsetof(struct scp_diagnosis_session, options.skip),
      "roots|intermediates|revocation|autoupdate|status",
      "leave a part out: roots, intermediates, revocation, autoupdate or status; repeatable" },
    { SCP_GROUP_JUDGED, 0, "service", NULL, SCP_OPTION_FLAG, offsetof(struct scp_diagnosis_session, options.service), NULL,
      "connect to the names of the service (kind = tls in the profile, and hosts of microsoft.com that the logs name), judge with "
      "the server's stores what they send today, and ask the addresses in it; nothing is sent to them" },
    { SCP_GROUP_LIMITS, 'w', "warning", "RANGE", SCP_OPTION_RANGE, offsetof(struct scp_common, warning), NULL,
      "number of causes that are present (default: none; causes have states of their own)" },
    { SCP_GROUP_LIMITS, 'c', "critical", "RANGE", SCP_OPTION_RANGE, offsetof(struct scp_common, critical), NULL,
      "the same for CRITICAL" },
    { SCP_GROUP_OUTPUT, 'o', "output", "FORMAT", SCP_OPTION_CHOICE, offsetof(struct scp_common, output),
      "plugin|terminal|json|openmetrics|html",
      "plugin, terminal, json, openmetrics or html, a page to hand on (default terminal where standard output is one, else "
      "plugin)" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = { SCP_REGISTRY_TABLE,
                                                  SCP_WITH_TABLE,
                                                  { OPTIONS, 0 },
                                                  { scp_autoupdate_design_options,
                                                    offsetof(struct scp_diagnosis_session, options.update) },
                                                  { scp_status_options, offsetof(struct scp_diagnosis_session, options.status) },
                                                  SCP_NETWORK_TABLE,
                                                  SCP_LAST_TABLES };
static const struct scp_catalogue_entry *const CATALOGUE[] = {
    scp_diagnosis_catalogue, scp_roots_catalogue,         scp_autoupdate_catalogue, scp_list_catalogue,
    scp_mirror_catalogue,    scp_intermediates_catalogue, scp_revocation_catalogue, scp_status_catalogue,
    scp_service_catalogue,   scp_egress_catalogue,        scp_source_catalogue,     NULL
};

/* The parts, and whether each reads the registry first of all. */
static const struct part {
    const struct scp_check *check;
    size_t at;
    bool needs_registry;
} PART[SCP_PARTS] = {
    [SCP_PART_AUTOUPDATE] = { &scp_autoupdate_check, offsetof(struct scp_diagnosis_session, autoupdate), true },
    [SCP_PART_ROOTS] = { &scp_roots_check, offsetof(struct scp_diagnosis_session, roots), true },
    [SCP_PART_INTERMEDIATES] = { &scp_intermediates_check, offsetof(struct scp_diagnosis_session, intermediates), true },
    [SCP_PART_REVOCATION] = { &scp_revocation_check, offsetof(struct scp_diagnosis_session, revocation), false },
    [SCP_PART_STATUS] = { &scp_status_check, offsetof(struct scp_diagnosis_session, status), false },
    [SCP_PART_SERVICE] = { &scp_service_check, offsetof(struct scp_diagnosis_session, service), false },
};

struct scp_session *scp_diagnosis_part(struct scp_diagnosis_session *s, enum scp_part part)
{
    return (struct scp_session *)(void *)((char *)s + PART[part].at);
}

/* --- Opening --- */

static void set_defaults(struct scp_session *s)
{
    ((struct scp_diagnosis_session *)s)->options.status = (struct scp_status_options)SCP_STATUS_OPTIONS_DEFAULTS;
}

static int set_skipped(struct scp_diagnosis_session *s, struct scp_err *err)
{
    const struct scp_list *names = &s->options.skip;

    for (size_t i = 0; i < names->n; i++) {
        int found = -1;

        for (int p = 0; p <= SCP_PART_STATUS; p++) {
            if (strcmp(names->v[i], scp_part_name((enum scp_part)p)) == 0)
                found = p;
        }
        if (found < 0)
            return scp_err_set(err, SCP_ERR_USAGE, "--skip: '%s' is none of autoupdate, roots, intermediates, revocation, status",
                               names->v[i]);
        s->skipped[found] = true;
    }
    if (s->options.status.mode == SCP_MODE_OFFLINE)
        s->skipped[SCP_PART_REVOCATION] = true; /* nothing is asked over the network by such a server */
    s->skipped[SCP_PART_SERVICE] = !s->options.service || s->options.status.mode == SCP_MODE_OFFLINE;
    return 0;
}

/* What the parts have of this session. */
static void lend(struct scp_diagnosis_session *s)
{
    for (int p = 0; p < SCP_PARTS; p++) {
        struct scp_session *part = scp_diagnosis_part(s, (enum scp_part)p);

        *part = s->session;
        part->check = PART[p].check;
        part->part = true;
    }
    s->autoupdate.options = s->options.update;
    s->roots.options.update_stays_off = s->options.update.expect == SCP_EXPECT_DISABLED;
    s->status.options = s->options.status;
    s->status.options.hosts = s->options.service;
    s->service.status = &s->status.facts;
    s->service.lists = !s->skipped[SCP_PART_REVOCATION];
    s->service.beside = !s->skipped[SCP_PART_INTERMEDIATES];
}

/* Where the site means lists to come from elsewhere, or not at all, Microsoft's own hosts of lists are not asked. */
static int plan_hosts(struct scp_diagnosis_session *s, struct scp_err *err)
{
    const struct scp_profile *profile = s->session.profile;
    const char *id[SCP_REVOCATION_ENDPOINTS_MAX];
    struct scp_list lists = { id, 0 };
    int rc;

    for (size_t i = 0; i < profile->endpoints && s->options.update.expect != SCP_EXPECT_ENABLED; i++) {
        if (profile->endpoint[i].kind == SCP_ENDPOINT_CTL && lists.n < SCP_REVOCATION_ENDPOINTS_MAX)
            id[lists.n++] = profile->endpoint[i].id;
    }
    if (lists.n == profile->endpoints)
        s->skipped[SCP_PART_REVOCATION] = true;
    if (s->skipped[SCP_PART_REVOCATION])
        return 0;
    s->revocation.options.skip = lists;
    rc = scp_revocation_check.open(&s->revocation.session, err);
    s->revocation.options.skip = (struct scp_list){ NULL, 0 };
    return rc;
}

static bool skips(const struct scp_list *names, enum scp_part part)
{
    bool skipped = false;

    for (size_t i = 0; i < names->n; i++)
        skipped = skipped || strcmp(names->v[i], scp_part_name(part)) == 0;
    return skipped;
}

static bool asks(const struct scp_session *s)
{
    const struct scp_diagnosis_options *o = &((const struct scp_diagnosis_session *)s)->options;

    return o->service || o->update.mirror != NULL || o->status.adminservice != NULL ||
           (!skips(&o->skip, SCP_PART_REVOCATION) && o->status.mode != SCP_MODE_OFFLINE);
}

static int open_diagnosis(struct scp_session *base, struct scp_err *err)
{
    struct scp_diagnosis_session *s = (struct scp_diagnosis_session *)base;
    bool wanted;

    if (set_skipped(s, err) != 0 || scp_status_options_check(&s->options.status, err) != 0 ||
        scp_autoupdate_options_check(&s->options.update, err) != 0 || scp_session_profile(base, err) != 0 ||
        scp_session_network(base, err) != 0)
        return -1;
    lend(s);
    if (plan_hosts(s, err) != 0)
        return -1;
    wanted = base->egress->registry_proxy || scp_session_given(base) || scp_session_live(base);
    for (int p = 0; p < SCP_PARTS; p++)
        wanted = wanted || ((PART[p].needs_registry || p == SCP_PART_SERVICE) && !s->skipped[p]);
    return wanted ? scp_session_registry(base, scp_paths_scope_all, err) : 0;
}

/* --- Gathering --- */

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

static void gather_part(struct scp_diagnosis_session *s, enum scp_part p)
{
    struct scp_session *part = scp_diagnosis_part(s, p);
    struct scp_err err = SCP_ERR_INIT;

    part->registry = s->session.registry;
    part->judgeable = s->session.judgeable;
    part->view = s->session.view;
    if (!s->skipped[p] && part->check->gather != NULL && (!PART[p].needs_registry || (part->registry != NULL && part->judgeable)))
        note(s, p, part->check->gather(part, &err), &err);
    if (p == SCP_PART_INTERMEDIATES && s->gathered[p])
        s->intermediates.facts.issuer_seen = scp_events_name_issuer(&s->events);
}

/* What Windows itself noted tells which families the service needs. */
static void read_events(struct scp_diagnosis_session *s)
{
    struct scp_err err = SCP_ERR_INIT;

    s->starved = s->starved || scp_events_gather(&s->session, &s->events, &err) != 0;
    scp_events_raise(&s->events, s->session.profile);
}

static int gather(struct scp_session *base, struct scp_err *err)
{
    struct scp_diagnosis_session *s = (struct scp_diagnosis_session *)base;

    /* Of which server?  Nothing can be told then. */
    if (base->source->contradiction[0] != '\0')
        return 0;
    if (base->view) {
        lend(s);
        if (set_skipped(s, err) != 0)
            return -1;
    }
    if (!base->view)
        read_events(s);
    for (int p = 0; p < SCP_PARTS; p++)
        gather_part(s, (enum scp_part)p);
    return s->starved && base->view ? scp_err_memory(err) : 0;
}

/* A certificate that Windows would have to fetch: one of an intermediate, not the root's own. */
static bool serves_intermediate(const struct scp_diagnosis_session *s, const struct scp_profile_endpoint *e)
{
    return e->kind == SCP_ENDPOINT_AIA && e->has_sha1 && scp_profile_root_by_sha1(s->session.profile, e->sha1) == NULL;
}

/* Does a required chain build only with what Windows fetches? */
static bool waits_for_issuers(struct scp_diagnosis_session *s)
{
    struct scp_result *r = scp_result_new(scp_intermediates_check.about.catalogue);
    const struct scp_finding *f;
    bool waits = false;

    if (r == NULL) {
        s->starved = true;
        return false;
    }
    scp_intermediates_evaluate(&s->intermediates.facts, &scp_intermediates_limits_default, s->session.common.at, r);
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
void scp_diagnosis_levels(struct scp_diagnosis_session *s)
{
    bool lists = !s->gathered[SCP_PART_AUTOUPDATE] || asks_microsoft(&s->session.trust->policy);
    bool issuers = s->gathered[SCP_PART_INTERMEDIATES] && waits_for_issuers(s);

    for (size_t i = 0; i < s->session.profile->endpoints; i++) {
        struct scp_profile_endpoint *e = &s->session.profile->endpoint[i];

        e->level = e->declared;
        if (e->kind == SCP_ENDPOINT_CTL && e->level == SCP_LEVEL_REQUIRED && !lists)
            e->level = SCP_LEVEL_RECOMMENDED;
        else if (serves_intermediate(s, e) && issuers && e->level == SCP_LEVEL_RECOMMENDED)
            e->level = SCP_LEVEL_REQUIRED;
    }
}

static void ask_part(struct scp_diagnosis_session *s, enum scp_part p)
{
    struct scp_session *part = scp_diagnosis_part(s, p);
    struct scp_err err = SCP_ERR_INIT;

    note(s, p, part->check->ask(part, &err), &err);
}

static int ask(struct scp_session *base, struct scp_err *err)
{
    struct scp_diagnosis_session *s = (struct scp_diagnosis_session *)base;

    (void)err;
    if (base->source->contradiction[0] != '\0')
        return 0;
    if (s->gathered[SCP_PART_AUTOUPDATE] && s->options.update.mirror != NULL)
        ask_part(s, SCP_PART_AUTOUPDATE);
    scp_diagnosis_levels(s);
    /* With the server's stores: without them nothing can be said of a chain. */
    if (!s->skipped[SCP_PART_SERVICE] && s->session.registry != NULL && s->session.judgeable)
        ask_part(s, SCP_PART_SERVICE);
    if (s->gathered[SCP_PART_SERVICE])
        base->vantage = s->service.session.vantage;
    s->revocation.session.vantage = base->vantage;
    if (!s->skipped[SCP_PART_REVOCATION])
        ask_part(s, SCP_PART_REVOCATION);
    if (s->gathered[SCP_PART_REVOCATION])
        base->vantage = s->revocation.session.vantage;
    if (s->gathered[SCP_PART_SERVICE] && s->gathered[SCP_PART_REVOCATION])
        scp_service_prove(&s->service, scp_revocation_valid(&s->revocation.facts));
    return 0;
}

/* --- Another registry in its place --- */

/* What the names of the service sent, with the stores of that registry. */
static int judge_service(const struct scp_diagnosis_session *from, struct scp_diagnosis_session *out, struct scp_err *err)
{
    struct scp_session *own = &out->service.session;

    own->registry = out->session.registry;
    own->trust = out->session.trust;
    memset(&out->service.chains, 0, sizeof out->service.chains);
    if (!from->gathered[SCP_PART_SERVICE] || from->service.hosts == 0)
        return 0;
    return scp_session_trust(own, own->registry, err) == 0
               ? scp_service_again(&from->service, own->trust, &out->service.chains, err)
               : -1;
}

int scp_diagnosis_borrow(const struct scp_diagnosis_session *from, const struct scp_registry *view, struct scp_trust *trust,
                         struct scp_diagnosis_session *out, struct scp_err *err)
{
    memcpy(out, from, scp_diagnosis_check.kept);
    out->session.registry = view;
    out->session.trust = trust;
    out->session.judgeable = out->session.view = true;
    lend(out);
    memcpy(out->skipped, from->skipped, sizeof out->skipped);
    out->events = from->events;
    for (int p = 0; p < SCP_PARTS; p++) {
        if (PART[p].needs_registry)
            gather_part(out, (enum scp_part)p);
    }
    out->revocation = from->revocation;
    out->status = from->status;
    out->service = from->service;
    for (int p = 0; p < SCP_PARTS; p++) {
        if (!PART[p].needs_registry)
            out->gathered[p] = from->gathered[p];
    }
    if (out->starved)
        return scp_err_memory(err);
    if (judge_service(from, out, err) != 0)
        return -1;
    scp_diagnosis_levels(out);
    return out->starved ? scp_err_memory(err) : 0;
}

void scp_diagnosis_return(struct scp_diagnosis_session *s)
{
    for (int p = 0; p < SCP_PARTS; p++) {
        if (PART[p].needs_registry && s->gathered[p] && PART[p].check->close != NULL)
            PART[p].check->close(scp_diagnosis_part(s, (enum scp_part)p));
    }
    scp_intermediates_free(&s->service.chains);
}

/* --- Judging --- */

static void evaluate(struct scp_session *base, struct scp_result *r)
{
    scp_diagnosis_judge((struct scp_diagnosis_session *)base, r);
}

static void show(const struct scp_session *base, struct scp_result *r)
{
    /* A source that tells nothing is the first thing to be said. */
    if (base->told > 0 && scp_result_state(r) == SCP_UNKNOWN)
        scp_result_summary(r, "%s", "");
    if (((const struct scp_diagnosis_session *)base)->gathered[SCP_PART_SERVICE])
        scp_service_table(&((const struct scp_diagnosis_session *)base)->service, r);
    if (base->common.output == SCP_OUTPUT_HTML)
        scp_diagnosis_exhibits((const struct scp_diagnosis_session *)base, r);
}

static void put_facts(const struct scp_session *base, struct scp_json *j)
{
    const struct scp_diagnosis_session *s = (const struct scp_diagnosis_session *)base;

    if (s->diagnosed) {
        scp_diagnosis_facts_put(j, &s->input, &s->diagnosis);
        scp_diagnosis_beside_put(j, &s->diagnosis);
        scp_plan_facts_put(j, &s->plan, &s->diagnosis);
        scp_events_put(j, &s->events);
    }
    if (base->registry != NULL)
        scp_registry_facts_put(j, base->registry);
    if (s->gathered[SCP_PART_AUTOUPDATE])
        scp_autoupdate_check.facts(&s->autoupdate.session, j);
    if (s->gathered[SCP_PART_INTERMEDIATES])
        scp_intermediates_check.facts(&s->intermediates.session, j);
    if (s->gathered[SCP_PART_REVOCATION])
        scp_revocation_check.facts(&s->revocation.session, j);
    if (s->gathered[SCP_PART_SERVICE])
        scp_service_check.facts(&s->service.session, j);
}

static void close_diagnosis(struct scp_session *base)
{
    scp_events_free(&((struct scp_diagnosis_session *)base)->events);
    for (int p = 0; p < SCP_PARTS; p++) {
        if (PART[p].check->close != NULL)
            PART[p].check->close(scp_diagnosis_part((struct scp_diagnosis_session *)base, (enum scp_part)p));
    }
}

const struct scp_check scp_diagnosis_check = {
    .about = { .name = "check_scp",
               .title = "SCP",
               .purpose = "Why can a service connection point not reach Microsoft's cloud, and what is to be mended first?",
               .description =
                   "Reads the registry of a Configuration Manager service connection point once, asks the endpoints once, and "
                   "looks "
                   "for the four causes and the symptoms of Microsoft's support article: automatic root update off, DigiCert "
                   "Global "
                   "Root G2 missing, intermediates missing, CRL and OCSP hosts out of reach. It says which are present, which "
                   "follow from another, and which one to mend first.",
               .examples = "check_scp -R scp-snapshot\n"
                           "check_scp -R scp01.reg --log=dmpuploader.log --messages=messages.json\n"
                           "check_scp -R SOFTWARE -R SYSTEM -R DEFAULT --proxy=registry -t 20\n"
                           "check_scp -R scp01.reg --skip=revocation -o html\n"
                           "check_scp -R scp01.reg --expect=disabled\n"
                           "check_scp -R scp01.reg --service --log=dmpuploader.log --proxy=registry -t 20",
               .options = TABLES,
               .first = { "registry", "hostname", "log", "messages", "proxy", "output" },
               .catalogue = CATALOGUE,
               .html = scp_report_html },
    .size = sizeof(struct scp_diagnosis_session),
    .kept = offsetof(struct scp_diagnosis_session, skipped),
    .failure = "usage",
    .by_profile = true,
    .by_registry = true,
    .defaults = set_defaults,
    .asks = asks,
    .open = open_diagnosis,
    .gather = gather,
    .ask = ask,
    .evaluate = evaluate,
    .show = show,
    .facts = put_facts,
    .close = close_diagnosis,
};
