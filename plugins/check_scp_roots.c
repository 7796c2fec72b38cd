/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_roots: are the root certificates that Microsoft's cloud needs installed, valid and usable on a
 * service connection point?
 *
 *   SCP ROOTS OK - DigiCert Global Root G2 present in AuthRoot, expires 2038-01-15, not disallowed | missing=0;;0;0;1 …
 */
#include "check/roots/check.h"
#include "check/source/source.h"
#include "base/utc.h"
#include "plugin/app.h"
#include "windows/paths.h"

#include <stddef.h>

struct config {
    struct scp_common common;
    struct scp_list require, recommend;
    int unlisted; /* 0 ignore, 1 warning */
};

static const struct scp_option OPTIONS[] = {
    { 0, "require", "CERT", SCP_OPTION_LIST, offsetof(struct config, require), NULL,
      "a root that must be there, besides the profile's: an alias of a profile, a SHA-1 or a SHA-256 thumbprint; repeatable" },
    { 0, "recommend", "CERT", SCP_OPTION_LIST, offsetof(struct config, recommend), NULL,
      "a root that should be there; repeatable" },
    { 0, "unlisted", "MODE", SCP_OPTION_CHOICE, offsetof(struct config, unlisted), "ignore|warning",
      "ignore (default) or warning: what installed roots are that Microsoft's list of trusted roots does not name" },
    { 0, NULL, NULL, SCP_OPTION_FLAG, 0, NULL, NULL },
};

static const struct scp_option *const TABLES[] = { scp_common_registry_options, OPTIONS, scp_common_time_threshold_options,
                                                   scp_common_options, NULL };
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_roots_catalogue, scp_source_catalogue, NULL };

static const struct scp_about ABOUT = {
    .name = "check_scp_roots",
    .title = "SCP ROOTS",
    .purpose = "Are the required root certificates installed, valid and usable by SYSTEM?",
    .description = "Reads the registry of a Configuration Manager service connection point, from an export, an offline hive or the "
                   "server itself, and judges the roots that Microsoft's cloud needs, DigiCert Global Root G2 first: in which "
                   "store each is, whether it is valid, distrusted or limited, and, where it is missing, whether Windows would "
                   "fetch it by itself.\n"
                   "-w and -c are ranges for the remaining life of required roots (defaults 90d: and 30d:).",
    .examples = "check_scp_roots -R scp01.reg\n"
                "check_scp_roots -R hive:SOFTWARE --max-age=7d\n"
                "check_scp_roots -R scp01.reg --profile=article -w 180d: -c 60d: -o json -v\n"
                "check_scp_roots --explain=roots.on-demand\n"
                "check_scp_roots --list-profiles",
    .options = TABLES,
    .catalogue = CATALOGUE,
};

static struct scp_roots_limits limits_of(const struct scp_common *c, bool unlisted)
{
    struct scp_roots_limits limits = scp_roots_limits_default;

    if (c->warning.set)
        limits.warning = c->warning.range;
    if (c->critical.set)
        limits.critical = c->critical.range;
    limits.unlisted = unlisted;
    return limits;
}

static void conclude(const struct config *c, const struct scp_profile *profile, const struct scp_source_facts *source,
                     const struct scp_roots_facts *facts, struct scp_result *r)
{
    struct scp_roots_limits limits = limits_of(&c->common, c->unlisted == 1);

    (void)scp_source_begin(source, r);
    if (scp_source_judgeable(source) && !scp_source_profile_clock(profile, c->common.at, r))
        scp_roots_evaluate(facts, &limits, c->common.at, r);
    scp_source_evaluate(source, c->common.max_age, c->common.at, r);
    scp_source_profile_age(profile, c->common.at, r);
    if (c->common.verbosity > 0 && c->common.output == SCP_OUTPUT_JSON)
        scp_result_facts(r, scp_roots_json(source->registry, facts, profile, c->common.verbosity > 1));
}

static int judge(const struct config *c, const struct scp_profile *profile, const struct scp_source_facts *source,
                 struct scp_result *r, struct scp_err *err)
{
    struct scp_roots_facts facts = { .n = 0 };
    struct scp_trust trust;
    int rc;

    if (r == NULL || scp_trust_read(source->registry, profile, &trust, err) != 0)
        return r == NULL ? scp_err_memory(err) : -1;
    rc = scp_roots_gather(&trust, &facts, err);
    if (rc == 0)
        conclude(c, profile, source, &facts, r);
    scp_roots_free(&facts);
    scp_trust_free(&trust);
    return rc;
}

struct view_context {
    const struct config *c;
    const struct scp_profile *profile;
};

static int judge_view(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err)
{
    const struct view_context *v = ctx;
    struct scp_roots_limits limits = limits_of(&v->c->common, v->c->unlisted == 1);
    struct scp_roots_facts facts = { .n = 0 };
    struct scp_trust trust;
    int rc = scp_trust_read(view, v->profile, &trust, err);

    if (rc == 0)
        rc = scp_roots_gather(&trust, &facts, err);
    if (rc == 0)
        scp_roots_evaluate(&facts, &limits, v->c->common.at, r);
    scp_roots_free(&facts);
    scp_trust_free(&trust);
    return rc;
}

static int open_source(const struct config *c, const struct scp_profile *profile, struct scp_source_facts *source,
                       struct scp_err *err)
{
    struct view_context context = { c, profile };
    const struct scp_source_judge view = { CATALOGUE, judge_view, &context };

    if (scp_source_open(&c->common, scp_paths_scope, source, err) != 0)
        return -1;
    if (scp_source_reconcile(source, &view, err) == 0)
        return 0;
    scp_source_close(source);
    return -1;
}

static int check(struct scp_app *app, const struct config *c, const struct scp_profile *profile)
{
    struct scp_report report = { .source_kind = "none", .profile_name = profile->name };
    struct scp_source_facts source;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_result *r;
    char as_of[SCP_UTC_TEXT];
    int rc;

    scp_app_stage("reading the registry");
    if (open_source(c, profile, &source, &err) != 0)
        return scp_app_fail(app, "usage", &err);
    scp_app_stage("judging the roots");
    scp_utc_format_date(profile->as_of, as_of);
    report.profile_as_of = as_of;
    scp_source_report(&source, &report);
    r = scp_result_new(CATALOGUE);
    if (judge(c, profile, &source, r, &err) != 0) {
        scp_result_free(r);
        rc = scp_app_fail(app, "source.unreadable", &err);
    } else {
        rc = scp_app_finish(app, &report, r);
    }
    scp_source_close(&source);
    return rc;
}

int main(int argc, char **argv)
{
    struct config c = { .common = SCP_COMMON_DEFAULTS };
    struct scp_profile profile;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_app app;
    int rc = scp_app_start(&app, &ABOUT, &c, argc, argv);

    if (rc >= 0)
        return rc;
    if (c.common.list_profiles)
        return scp_source_print_profiles(&app);
    if (scp_source_profile(c.common.profile, &c.require, &c.recommend, &profile, &err) != 0)
        return scp_app_fail(&app, "usage", &err);
    rc = check(&app, &c, &profile);
    scp_profile_free(&profile);
    return rc;
}
