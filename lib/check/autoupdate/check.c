/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "check/source/registry_facts.h"
#include "windows/paths.h"

#include <stddef.h>

#define AT(field) offsetof(struct scp_autoupdate_options, field)

const struct scp_option scp_autoupdate_design_options[] = {
    { SCP_GROUP_JUDGED, 0, "expect", "DESIGN", SCP_OPTION_CHOICE, AT(expect), "enabled|mirror|disabled",
      "enabled (default), mirror or disabled: how the site means it to be" },
    { SCP_GROUP_JUDGED, 0, "mirror", "PLACE", SCP_OPTION_TEXT, AT(mirror), NULL,
      "audit an internal mirror: an http address, a folder, or \"registry\" for the one that the server uses (RootDirUrl)" },
    SCP_OPTIONS_END,
};

static const struct scp_option OPTIONS[] = {
    { SCP_GROUP_LIMITS, 0, "disallowed-age", "W,C", SCP_OPTION_LIMITS, AT(disallowed_age), NULL,
      "age of the last synchronisation of disallowed certificates that warns, and that is critical (default 4d,14d)" },
    { SCP_GROUP_JUDGED, 0, "online", NULL, SCP_OPTION_FLAG, AT(online), NULL,
      "fetch the current lists from where Windows would, and compare them with what the server has" },
    { SCP_GROUP_JUDGED, 0, "list", "FILE", SCP_OPTION_TEXT, AT(list), NULL, "judge one list: .stl, .cab or .sst" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = { SCP_REGISTRY_TABLE,
                                                  SCP_WITH_TABLE,
                                                  { OPTIONS, offsetof(struct scp_autoupdate_session, options) },
                                                  { scp_autoupdate_design_options,
                                                    offsetof(struct scp_autoupdate_session, options) },
                                                  SCP_TIME_THRESHOLD_TABLE,
                                                  SCP_NETWORK_TABLE,
                                                  SCP_LAST_TABLES };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_autoupdate_catalogue, scp_list_catalogue,   scp_mirror_catalogue,
                                                               scp_egress_catalogue,     scp_source_catalogue, NULL };

static bool asks(const struct scp_session *s)
{
    const struct scp_autoupdate_options *o = &((const struct scp_autoupdate_session *)s)->options;

    return o->online || o->mirror != NULL;
}

static int open_autoupdate(struct scp_session *s, struct scp_err *err)
{
    const struct scp_autoupdate_options *o = &((struct scp_autoupdate_session *)s)->options;
    bool alone = o->list != NULL || o->mirror != NULL || o->online;

    s->no_registry = alone;
    if (scp_session_network(s, err) != 0 || scp_session_profile(s, err) != 0)
        return -1;
    return alone && !scp_session_given(s) ? 0 : scp_session_registry(s, scp_paths_scope_update, err);
}

/* What is fetched does not depend on which source wins. */
static int gather(struct scp_session *s, struct scp_err *err)
{
    struct scp_autoupdate_session *own = (struct scp_autoupdate_session *)s;
    const struct scp_autoupdate_options view = { .expect = own->options.expect };

    scp_app_stage("reading the update policy");
    return scp_session_trust(s, s->judgeable ? s->registry : NULL, err) == 0
               ? scp_autoupdate_gather(s->trust, s->view ? &view : &own->options, &own->facts, err)
               : -1;
}

static int ask(struct scp_session *s, struct scp_err *err)
{
    struct scp_autoupdate_session *own = (struct scp_autoupdate_session *)s;
    struct scp_http *http = NULL;
    int rc = scp_autoupdate_connect(&own->facts, s->egress, &http, err);

    scp_app_stage("fetching lists and roots");
    if (rc == 0)
        rc = scp_autoupdate_fetch(&own->facts, http, &s->deadline, scp_app_progress, err);
    scp_http_free(http);
    s->vantage.from = own->facts.served.from.text[0] != '\0' ? own->facts.served.from : own->facts.mirror.from;
    return rc;
}

static void evaluate(struct scp_session *s, struct scp_result *r)
{
    const struct scp_autoupdate_session *own = (struct scp_autoupdate_session *)s;
    struct scp_autoupdate_limits limits = scp_autoupdate_limits_default;

    scp_common_limits(&s->common, s->part, &limits.warning, &limits.critical);
    limits.expect = own->options.expect;
    limits.beside = s->part;
    if (own->options.disallowed_age.set) {
        limits.disallowed_warning = (struct scp_range){ .end = own->options.disallowed_age.warning };
        limits.disallowed_critical = (struct scp_range){ .end = own->options.disallowed_age.critical };
    }
    scp_autoupdate_evaluate(&own->facts, &limits, s->common.at, r);
}

static void put_facts(const struct scp_session *s, struct scp_json *j)
{
    const struct scp_autoupdate_facts *f = &((const struct scp_autoupdate_session *)s)->facts;

    if (s->trust->registry != NULL && !s->part)
        scp_registry_facts_put(j, s->trust->registry);
    scp_autoupdate_facts_put(j, f, s->common.verbosity > 1);
}

static void close_autoupdate(struct scp_session *s)
{
    scp_autoupdate_free(&((struct scp_autoupdate_session *)s)->facts);
}

const struct scp_check scp_autoupdate_check = {
    .about = { .name = "check_scp_autoupdate",
               .title = "SCP AUTOUPDATE",
               .purpose = "Would Windows still receive roots and lists of distrust?",
               .description =
                   "Reads from the registry of a service connection point how Windows updates its trusted roots and its list of "
                   "disallowed certificates, when it last did, and what it has; compares that with what is served, audits mirrors, "
                   "judges single lists.\n"
                   "-w and -c are ranges for the age of the last synchronisation of trusted roots (defaults 15d and 35d).",
               .examples = "check_scp_autoupdate -R scp-snapshot\n"
                           "check_scp_autoupdate -R scp01.reg --expect=mirror --mirror=/srv/ctl\n"
                           "check_scp_autoupdate -R scp01.reg --online -w 7d -c 21d --disallowed-age=4d,14d\n"
                           "check_scp_autoupdate --mirror=http://mirror.example/ctl -t 30\n"
                           "check_scp_autoupdate --list=authrootstl.cab -o json -v",
               .options = TABLES,
               .first = { "registry", "hostname", "expect", "mirror", "online", "output" },
               .catalogue = CATALOGUE },
    .size = sizeof(struct scp_autoupdate_session),
    .kept = offsetof(struct scp_autoupdate_session, facts),
    .failure = "source.unreadable",
    .by_registry = true,
    .asks = asks,
    .open = open_autoupdate,
    .gather = gather,
    .ask = ask,
    .evaluate = evaluate,
    .facts = put_facts,
    .close = close_autoupdate,
};
