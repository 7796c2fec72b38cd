/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "base/confine.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/documents.h"
#include "check/source/registry_facts.h"
#include "windows/paths.h"
#include "windows/update_policy.h"

#include <stdlib.h>
#include <string.h>

static const double REST = 0.5; /* seconds of the deadline that are kept for judging and reporting */

enum { LIST_MAX = 1 << 16 };

/* What the sessions of a run share. */
struct shared {
    struct scp_profile profile;
    struct scp_source_facts source;
    struct scp_trust trust;
    struct scp_network_setting egress;
};

/* --- Opening --- */

bool scp_session_given(const struct scp_session *s)
{
    return s->common.registry.n > 0 || s->common.hostname != NULL;
}

bool scp_session_live(const struct scp_session *s)
{
    bool live = !scp_session_given(s) && !s->no_registry && scp_registry_default() != NULL;

    for (size_t i = 0; i < s->common.registry.n; i++)
        live = live || strcmp(s->common.registry.v[i], "local:") == 0;
    return live;
}

/* On the server itself: it stands there, and asks as SYSTEM does. */
static void settle_network(struct scp_network *n, bool live)
{
    if (n->vantage == SCP_NETWORK_UNSAID)
        n->vantage = live ? SCP_NETWORK_SERVER : SCP_NETWORK_HERE;
    n->implied = live && n->proxy == NULL;
    if (n->implied)
        n->proxy = "registry";
}

const char *scp_session_server(const struct scp_session *s, char out[SCP_SESSION_SERVER])
{
    out[0] = '\0';
    if (s->registry != NULL && s->judgeable)
        (void)scp_policy_text(s->registry, SCP_PATH_COMPUTER_NAME, "ComputerName", out, SCP_SESSION_SERVER, NULL);
    if (out[0] == '\0' && s->common.hostname != NULL)
        (void)scp_say(out, SCP_SESSION_SERVER, "%s", s->common.hostname);
    return out;
}

int scp_session_profile(struct scp_session *s, struct scp_err *err)
{
    return s->profile->name != NULL ? 0 : scp_source_profile(s->common.profile, s->profile, err);
}

int scp_session_network(struct scp_session *s, struct scp_err *err)
{
    settle_network(&s->network, scp_session_live(s));
    if (s->egress->rules == NULL && scp_network_open(&s->network, s->egress, err) != 0)
        return -1;
    s->egress->options.progress = scp_app_progress;
    scp_vantage_of(s->egress, &s->vantage);
    return 0;
}

static void close_session(struct scp_session *s)
{
    if (s != NULL && s->check->close != NULL)
        s->check->close(s);
}

/* The whole check with another registry, without files and network. */
static int judge_view(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err)
{
    const struct scp_session *s = ctx;
    struct scp_session *t = calloc(1, s->check->size);
    struct scp_trust trust;
    int rc;

    memset(&trust, 0, sizeof trust);
    if (t == NULL)
        return scp_err_memory(err);
    memcpy(t, s, s->check->kept);
    t->registry = view;
    t->trust = &trust;
    t->judgeable = t->view = true;
    rc = s->check->gather(t, err);
    if (rc == 0)
        s->check->evaluate(t, r);
    close_session(t);
    scp_trust_free(&trust);
    free(t);
    return rc;
}

int scp_session_registry(struct scp_session *s, const struct scp_registry_scope *scope, struct scp_err *err)
{
    const struct scp_source_judge judge = { s->check->about.catalogue, judge_view, s };

    if (s->source->registry != NULL)
        return 0;
    if (scp_source_open(&s->common, scope, s->source, err) != 0 ||
        scp_source_reconcile(s->source, s->check->by_registry ? &judge : NULL, err) != 0)
        return -1;
    if (s->common.with != NULL && scp_source_rehearse(s->source, s->common.with, err) != 0)
        return -1;
    s->registry = s->source->registry;
    s->judgeable = scp_source_judgeable(s->source);
    return 0;
}

static enum scp_serving serves(const void *ctx, const struct scp_profile_cert *root)
{
    const struct scp_session *s = ctx;

    return scp_trust_serves(s->trust, root, s->common.at);
}

int scp_session_trust(struct scp_session *s, const struct scp_registry *r, struct scp_err *err)
{
    if (s->trust->profile != NULL)
        return 0;
    if (scp_trust_read(r, s->profile, s->trust, err) != 0)
        return -1;
    scp_profile_choose(s->profile, &(struct scp_profile_serving){ serves, s });
    return 0;
}

/* --- Running --- */

/* Long before the profile's date each certificate would seem not to be valid yet. */
static bool wrong_clock(const struct scp_session *s, struct scp_result *r)
{
    bool counts = s->check->by_profile || (s->registry != NULL && s->judgeable);

    return counts && s->profile->name != NULL && scp_source_profile_clock(s->profile, s->common.at, r);
}

static int gather(struct scp_session *s, bool may_ask, struct scp_err *err)
{
    if (s->check->gather != NULL && s->check->gather(s, err) != 0)
        return -1;
    return may_ask && s->check->ask != NULL ? s->check->ask(s, err) : 0;
}

/* Findings about the source: those that say that nothing may be told of it first, remarks last. */
static void judge_source(struct scp_session *s, struct scp_result *r)
{
    if (s->registry != NULL)
        scp_source_evaluate(s->source, s->common.max_age, s->common.at, r);
    if (s->profile->name != NULL)
        scp_source_profile_age(s->profile, s->common.at, r);
}

static void add_facts(const struct scp_session *s, struct scp_result *r)
{
    struct scp_json_object o;

    scp_json_begin(&o, SCP_FACTS_MAX);
    s->check->facts(s, &o.json);
    scp_result_facts(r, scp_json_end(&o));
}

static int judge(struct scp_session *s, struct scp_result *r, struct scp_err *err)
{
    bool lost;

    s->told = s->registry != NULL ? scp_source_begin(s->source, r) : 0;
    lost = wrong_clock(s, r);
    if (gather(s, !lost, err) != 0)
        return -1;
    scp_app_stage("judging");
    if (!lost)
        s->check->evaluate(s, r);
    judge_source(s, r);
    scp_result_override(r, s->common.severity.v, s->common.severity.n);
    if (!lost && s->check->show != NULL)
        s->check->show(s, r);
    if (s->common.verbosity > 0 && s->common.output == SCP_OUTPUT_JSON)
        add_facts(s, r);
    return 0;
}

static int finish(struct scp_app *app, const struct scp_session *s, struct scp_result *r)
{
    struct scp_report m = {
        .source_kind = "none", .source_taken = SCP_UTC_UNKNOWN, .profile_name = s->profile->name, .with = s->common.with
    };
    char as_of[SCP_UTC_TEXT], server[SCP_SESSION_SERVER];

    if (s->profile->name != NULL) {
        scp_utc_format_date(s->profile->as_of, as_of);
        m.profile_as_of = as_of;
    }
    if (s->registry != NULL)
        scp_source_report(s->source, &m);
    m.server = scp_session_server(s, server);
    scp_vantage_report(&s->vantage, &m);
    return scp_app_finish(app, &m, r);
}

static int print_list(struct scp_app *app, void (*put)(const struct scp_session *s, struct scp_buf *out),
                      const struct scp_session *s)
{
    struct scp_buf text;
    int rc;

    scp_buf_init(&text, LIST_MAX);
    put(s, &text);
    rc = scp_app_print(app, &text);
    scp_buf_free(&text);
    return rc;
}

static void put_profiles(const struct scp_session *s, struct scp_buf *out)
{
    (void)s;
    scp_source_list_profiles(out);
}

/* A registry behind Samba's net needs a program, and a way to its host. */
static bool needs_program(const struct scp_session *s)
{
    bool needed = s->common.hostname != NULL;

    for (size_t i = 0; i < s->common.registry.n; i++)
        needed = needed || strncmp(s->common.registry.v[i], "smb:", 4) == 0;
    return needed;
}

static void confine(const struct scp_session *s)
{
    if (s->check->asks != NULL && s->check->asks(s))
        scp_confine_files();
    else
        scp_confine_network();
}

static int open_check(struct scp_session *s, struct scp_err *err)
{
    bool later = needs_program(s);

    if (!later)
        confine(s);
    if (s->check->open(s, err) != 0)
        return -1;
    if (later)
        confine(s);
    if (s->common.with != NULL && s->source->registry == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--with is laid over a registry: give --registry=FILE or --hostname=HOST, too");
    return 0;
}

static int open_and_judge(struct scp_app *app, struct scp_session *s)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_result *r;

    s->deadline = scp_deadline_after(s->common.timeout > 2 * REST ? s->common.timeout - REST : s->common.timeout / 2);
    scp_app_stage("reading the registry");
    if (open_check(s, &err) != 0)
        return scp_app_fail(app, "usage", SCP_DOC_GUIDELINES, &err);
    if (s->list)
        return print_list(app, s->check->list, s);
    r = scp_result_new(s->check->about.catalogue);
    if (r == NULL || judge(s, r, &err) == 0)
        return finish(app, s, r);
    scp_result_free(r);
    return scp_app_fail(app, err.code == SCP_ERR_USAGE ? "usage" : s->check->failure, SCP_DOC_GUIDELINES, &err);
}

static void prepare(struct scp_session *s, const struct scp_check *check, struct shared *shared)
{
    s->common = (struct scp_common)SCP_COMMON_DEFAULTS;
    s->check = check;
    s->profile = &shared->profile;
    s->source = &shared->source;
    s->trust = &shared->trust;
    s->egress = &shared->egress;
    s->judgeable = true;
    s->network.vantage = SCP_NETWORK_UNSAID;
    if (check->defaults != NULL)
        check->defaults(s);
}

int scp_check_run(const struct scp_check *check, int argc, char *const *argv)
{
    struct scp_session *s = calloc(1, check->size);
    struct shared shared;
    struct scp_app app;
    int rc;

    memset(&shared, 0, sizeof shared);
    if (s != NULL)
        prepare(s, check, &shared);
    rc = scp_app_start(&app, &check->about, s, argc, argv);
    if (rc < 0) {
        rc = s->common.list_profiles ? print_list(&app, put_profiles, s) : open_and_judge(&app, s);
        close_session(s);
    }
    scp_trust_free(&shared.trust);
    scp_network_close(&shared.egress);
    scp_source_close(&shared.source);
    scp_profile_free(&shared.profile);
    free(s);
    return rc;
}
