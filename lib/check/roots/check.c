/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/check.h"

#include "check/source/registry_facts.h"
#include "windows/paths.h"

#include <stddef.h>

#define AT(field) offsetof(struct scp_roots_options, field)

static const struct scp_option OPTIONS[] = {
    { SCP_GROUP_JUDGED, 0, "require", "CERT", SCP_OPTION_LIST, AT(require), NULL,
      "a root that must be there, besides the profile's: an alias of a profile, a SHA-1 or a SHA-256 thumbprint; repeatable" },
    { SCP_GROUP_JUDGED, 0, "recommend", "CERT", SCP_OPTION_LIST, AT(recommend), NULL, "a root that should be there; repeatable" },
    { SCP_GROUP_JUDGED, 0, "unlisted", "MODE", SCP_OPTION_CHOICE, AT(unlisted), "ignore|warning",
      "ignore (default) or warning: what installed roots are that Microsoft's list of trusted roots does not name" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = { SCP_REGISTRY_TABLE,
                                                  SCP_WITH_TABLE,
                                                  { OPTIONS, offsetof(struct scp_roots_session, options) },
                                                  SCP_TIME_THRESHOLD_TABLE,
                                                  SCP_LAST_TABLES };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_roots_catalogue, scp_source_catalogue, NULL };

static int open_roots(struct scp_session *s, struct scp_err *err)
{
    const struct scp_roots_options *o = &((struct scp_roots_session *)s)->options;

    if (scp_session_profile(s, err) != 0 || scp_source_profile_require(s->profile, &o->require, SCP_LEVEL_REQUIRED, err) != 0 ||
        scp_source_profile_require(s->profile, &o->recommend, SCP_LEVEL_RECOMMENDED, err) != 0)
        return -1;
    return scp_session_registry(s, scp_paths_scope, err);
}

static int gather(struct scp_session *s, struct scp_err *err)
{
    scp_app_stage("judging the roots");
    return scp_session_trust(s, s->registry, err) == 0 ? scp_roots_gather(s->trust, &((struct scp_roots_session *)s)->facts, err)
                                                       : -1;
}

static void evaluate(struct scp_session *s, struct scp_result *r)
{
    const struct scp_roots_session *own = (struct scp_roots_session *)s;
    struct scp_roots_limits limits = scp_roots_limits_default;

    if (!s->judgeable)
        return;
    scp_common_limits(&s->common, s->part, &limits.warning, &limits.critical);
    limits.unlisted = own->options.unlisted == 1;
    limits.update_stays_off = own->options.update_stays_off;
    scp_roots_evaluate(&own->facts, &limits, s->common.at, r);
}

static void put_facts(const struct scp_session *s, struct scp_json *j)
{
    scp_registry_facts_put(j, s->registry);
    scp_roots_facts_put(j, &((const struct scp_roots_session *)s)->facts, s->profile, s->common.verbosity > 1);
}

static void close_roots(struct scp_session *s)
{
    scp_roots_free(&((struct scp_roots_session *)s)->facts);
}

const struct scp_check scp_roots_check = {
    .about = { .name = "check_scp_roots",
               .title = "SCP ROOTS",
               .purpose = "Are the required root certificates installed, valid and usable by SYSTEM?",
               .description =
                   "Reads the registry of a Configuration Manager service connection point, from an export, an offline hive or the "
                   "server itself, and judges the roots that Microsoft's cloud needs, DigiCert Global Root G2 first: in which "
                   "store each is, whether it is valid, distrusted or limited, and, where it is missing, whether Windows would "
                   "fetch it by itself.\n"
                   "-w and -c are ranges for the remaining life of required roots (defaults 90d: and 30d:).",
               .examples = "check_scp_roots -R scp-snapshot\n"
                           "check_scp_roots -R hive:SOFTWARE --max-age=7d\n"
                           "check_scp_roots -R scp01.reg --profile=article -w 180d: -c 60d: -o json -v\n"
                           "check_scp_roots --explain=roots.on-demand\n"
                           "check_scp_roots --list-profiles",
               .options = TABLES,
               .first = { "registry", "hostname", "profile", "warning", "critical", "output" },
               .catalogue = CATALOGUE },
    .size = sizeof(struct scp_roots_session),
    .kept = offsetof(struct scp_roots_session, facts),
    .failure = "source.unreadable",
    .by_registry = true,
    .open = open_roots,
    .gather = gather,
    .evaluate = evaluate,
    .facts = put_facts,
    .close = close_roots,
};
