/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, WINDOWS_8_BUILD = 9200 /* the first with lists of disallowed certificates in the box */ };

const struct scp_autoupdate_limits scp_autoupdate_limits_default = {
    .warning = { .end = SCP_UPDATE_LATE_DAYS * (double)DAY },
    .critical = { .end = SCP_UPDATE_OVERDUE_DAYS * (double)DAY },
    .disallowed_warning = { .end = 4.0 * DAY },
    .disallowed_critical = { .end = 14.0 * DAY },
    .expect = SCP_EXPECT_ENABLED,
};

/* What the evaluations of one run share. */
struct judge {
    const struct scp_autoupdate_facts *f;
    const struct scp_update_policy *p;
    const struct scp_autoupdate_limits *limits;
    int64_t now;
    struct scp_result *r;
};

/* The age of a synchronisation; a clock that is a little off makes it 0.  false: there is none, or it lies in the future. */
static bool age_of(const struct scp_policy_time *sync, int64_t now, double *age)
{
    if (sync->presence != SCP_PRESENT || sync->malformed || sync->at - now > SCP_UTC_ASTRAY)
        return false;
    *age = sync->at > now ? 0 : (double)(now - sync->at);
    return true;
}

static enum scp_state state_of(const struct scp_range *warning, const struct scp_range *critical, double age)
{
    if (scp_range_alerts(critical, age))
        return SCP_CRITICAL;
    return scp_range_alerts(warning, age) ? SCP_WARNING : SCP_OK;
}

static void not_covered(const struct judge *j, const char *subject, const char *path, const char *what)
{
    (void)scp_result_add(j->r, SCP_UNKNOWN, "source.not-covered", subject,
                         "the source does not hold " SCP_OURS ": " SCP_OURS " could not be told", path, what);
}

/* --- The switches --- */

/* "enabled, synced 9 h ago, list of 2026-11-18 verified, names DigiCert Global Root G2" */
static void add_enabled(const struct judge *j)
{
    const struct scp_list_fact *list = &j->f->trust->cached[0];
    const char *name = scp_list_names(list, j->f->trust->profile);
    char synced[64] = "", dated[80] = "", span[SCP_UTC_TEXT], date[SCP_UTC_TEXT];
    double age;

    if (age_of(&j->p->trusted_sync, j->now, &age) && state_of(&j->limits->warning, &j->limits->critical, age) == SCP_OK) {
        scp_utc_span(age, span);
        (void)snprintf(synced, sizeof synced, ", synced %s ago", span);
    }
    if (scp_list_verified(list)) {
        scp_utc_format_date(list->list.ctl.this_update, date);
        (void)snprintf(dated, sizeof dated, ", list of %s verified", date);
    }
    (void)scp_result_add(j->r, SCP_OK, "autoupdate.enabled", "trusted", "enabled%s%s%s%s%s",
                         scp_update_policy_mirrored(j->p) ? " (redirected to a mirror)" : "", synced, dated,
                         name != NULL ? ", names " : "", name != NULL ? name : "");
}

static void add_disabled(const struct judge *j)
{
    bool expected = j->limits->expect == SCP_EXPECT_DISABLED;

    (void)scp_result_add(j->r, expected ? SCP_OK : SCP_CRITICAL, "autoupdate.disabled", "trusted",
                         "disabled by policy (DisableRootAutoUpdate=%u)%s%s", (unsigned)j->p->disable_root_auto_update.value,
                         expected ? ", as expected" : "",
                         j->p->root_dir_url_presence == SCP_PRESENT ? "; RootDirUrl is set, but not used then" : "");
}

/* The policy could not be told: because the source has no such key, or because the value is no number. */
static void add_unknown(const struct judge *j, const struct scp_policy_number *value, const char *name)
{
    if (value->wrong_type)
        (void)scp_result_add(j->r, SCP_UNKNOWN, "autoupdate.policy-unreadable", name,
                             "%s is not a REG_DWORD: whether the update is on could not be told", name);
    else
        not_covered(j, name, SCP_PATH_AUTOUPDATE_POLICY, "whether the update is on");
}

static void evaluate_trusted(const struct judge *j)
{
    switch (scp_update_policy_trusted(j->p)) {
    case SCP_YES:
        add_enabled(j);
        if (j->limits->expect == SCP_EXPECT_DISABLED)
            (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.unexpected", "trusted",
                                 "expected to be disabled, but the update of trusted roots is on");
        break;
    case SCP_NO: add_disabled(j); break;
    case SCP_MAYBE: add_unknown(j, &j->p->disable_root_auto_update, "DisableRootAutoUpdate"); break;
    }
}

static void evaluate_disallowed(const struct judge *j)
{
    const struct scp_policy_number *value = &j->p->enable_disallowed_auto_update;
    bool expected = j->limits->expect == SCP_EXPECT_DISABLED, inferred;

    switch (scp_update_policy_disallowed(j->p, &inferred)) {
    case SCP_YES: break;
    case SCP_NO:
        (void)scp_result_add(j->r, expected ? SCP_OK : SCP_WARNING, "autoupdate.disallowed-disabled", "disallowed",
                             "the update of disallowed certificates is off%s",
                             value->presence == SCP_PRESENT ? " (EnableDisallowedCertAutoUpdate=0)"
                             : inferred ? ", as far as is known: EnableDisallowedCertAutoUpdate is not set, and the other list's "
                                          "is off"
                                        : ": on this Windows one switch governs both lists");
        break;
    case SCP_MAYBE:
        if (value->wrong_type)
            add_unknown(j, value, "EnableDisallowedCertAutoUpdate");
        else if (value->presence == SCP_PRESENT && scp_update_policy_trusted(j->p) != SCP_MAYBE)
            (void)scp_result_add(j->r, SCP_UNKNOWN, "autoupdate.disallowed-unknown", "disallowed",
                                 "EnableDisallowedCertAutoUpdate=%u counts on this Windows (build %u) only with KB 2813430",
                                 (unsigned)value->value, (unsigned)j->p->build);
        break;
    }
}

static void evaluate_pin_rules(const struct judge *j)
{
    const struct scp_policy_number *value = &j->p->disable_pin_rules_auto_update;

    if (value->presence == SCP_PRESENT && value->value != 0)
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.pin-rules-disabled", "pinrules",
                             "the update of pin rules is off (DisablePinRulesAutoUpdate=%u)", (unsigned)value->value);
}

/* --- The source --- */

static void evaluate_source(const struct judge *j)
{
    enum scp_update_source source = scp_update_policy_source(j->p);
    const char *url = j->p->root_dir_url;
    char place[SCP_UPDATE_SOURCE_TEXT];

    if (source == SCP_UPDATE_FROM_TEST)
        (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.test-list", "", "redirected to Microsoft's test list (RootDirUrl %s)",
                             url);
    else if (source == SCP_UPDATE_FROM_OTHER)
        (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.not-in-force", "",
                             "RootDirUrl names an address of Microsoft's that does not serve the lists in force: %s", url);
    else if (source == SCP_UPDATE_FROM_NOWHERE)
        (void)scp_result_add(j->r, j->p->root_dir_url_empty ? SCP_WARNING : SCP_CRITICAL, "autoupdate.source-unusable", "",
                             "enabled, but RootDirUrl is no address Windows can use: '" SCP_SAID "'",
                             scp_update_source_say(url, place));
    else if (scp_update_policy_mirrored(j->p))
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.redirected", "", "redirected to the mirror " SCP_SAID,
                             scp_update_source_say(url, place));
    if (j->limits->expect != SCP_EXPECT_MIRROR || scp_update_policy_mirrored(j->p))
        return;
    if (source == SCP_UPDATE_FROM_UNKNOWN)
        not_covered(j, "RootDirUrl", SCP_PATH_AUTOUPDATE, "whether a mirror is used");
    else
        (void)scp_result_add(
            j->r, SCP_WARNING, "autoupdate.unexpected", "mirror", "expected to be redirected to a mirror, but RootDirUrl %s",
            source == SCP_UPDATE_FROM_MICROSOFT ? (url[0] != '\0' ? "names Microsoft's address" : "is not set") : "names none");
}

/* CryptSvc's rights, and how it has them again: as a rule it inherits them from AuthRoot. */
static void evaluate_access(const struct judge *j)
{
    const struct scp_update_access *a = &j->p->access;
    size_t finding;

    if (a->state != SCP_ACCESS_REFUSED)
        return;
    if (a->refused_to == NULL) {
        (void)scp_result_add(j->r, SCP_CRITICAL, "autoupdate.key-denied", a->key,
                             "enabled, but " SCP_OURS ": no entry of its permissions allows it%s", a->text,
                             a->alone ? ", and it inherits none" : "");
        return;
    }
    finding =
        scp_result_add(j->r, SCP_CRITICAL, "autoupdate.key-denied", a->key,
                       "enabled, but " SCP_OURS ": an entry of its permissions denies it to " SCP_OURS, a->text, a->refused_to);
    scp_result_remedy(j->r, finding,
                      "take away the entry that denies " SCP_OURS " to write to " SCP_OURS "\\" SCP_OURS
                      "\nregedit, Permissions, Advanced; where the entry is inherited, it stands at a key above",
                      a->refused_to, SCP_PATH_AUTHROOT, a->key);
}

static void evaluate_blocked(const struct judge *j)
{
    enum scp_update_obstacle obstacle = scp_update_policy_obstacle(j->p);

    if (obstacle == SCP_UPDATE_NO_AUTHROOT || obstacle == SCP_UPDATE_NO_SERVICE)
        (void)scp_result_add(j->r, SCP_CRITICAL,
                             obstacle == SCP_UPDATE_NO_AUTHROOT ? "autoupdate.blocked" : "autoupdate.service-disabled", "",
                             "enabled, but " SCP_OURS, scp_update_policy_blocked(j->p));
    evaluate_access(j);
}

/* --- Synchronisation --- */

struct sync {
    const char *subject, *what, *name; /* "trusted", "the list of trusted roots", "LastSyncTime" */
    const struct scp_policy_time *time, *other;
    const struct scp_range *warning, *critical;
};

/* What stands against each other tells where to look first. */
static void diagnose(const struct judge *j, const struct sync *s, size_t finding)
{
    double age;

    if (scp_update_policy_mirrored(j->p))
        scp_result_remedy(j->r, finding,
                          "check that the computer account may read the mirror (RootDirUrl) and that it holds current lists: "
                          "check_scp_autoupdate %s--mirror=DIR where it is mounted\n"
                          "certutil -f -verifyctl AuthRootWU on the server shows the error",
                          scp_update_policy_source(j->p) == SCP_UPDATE_FROM_WEB ? "--mirror=registry, or " : "");
    else if (age_of(s->other, j->now, &age) && state_of(s->warning, s->critical, age) == SCP_OK)
        scp_result_remedy(j->r, finding,
                          "the other list is synchronised, so the way out is open: give NT SERVICE\\CryptSvc full control of "
                          "the key AuthRoot\\AutoUpdate again, and look for a proxy that keeps an old copy\n"
                          "certutil -f -verifyctl AuthRootWU on the server shows the error");
    else
        scp_result_remedy(j->r, finding,
                          "check that the Cryptographic Services (CryptSvc) run, that NT SERVICE\\CryptSvc has full control of "
                          "the key AuthRoot\\AutoUpdate, and that ctldl.windowsupdate.com is reachable over port 80 "
                          "(netsh winhttp show proxy)\n"
                          "certutil -f -verifyctl AuthRootWU on the server shows the error");
}

static void add_never(const struct judge *j, const struct sync *s)
{
    bool old = s->time == &j->p->disallowed_sync && j->p->build != 0 && j->p->build < WINDOWS_8_BUILD;

    (void)scp_result_add(j->r, old ? SCP_WARNING : SCP_CRITICAL, "autoupdate.never-synced", s->subject,
                         "enabled, but %s was never synchronised (%s %s)%s", s->what, s->name,
                         s->time->malformed ? "holds no time" : "is not there",
                         old ? "; this Windows needs KB 2677070 for it" : "");
}

static void evaluate_sync(const struct judge *j, const struct sync *s)
{
    char span[SCP_UTC_TEXT], date[SCP_UTC_TEXT];
    enum scp_state state;
    double age = 0;

    scp_utc_format(s->time->at, date);
    if (s->time->presence == SCP_COULD_NOT_TELL)
        return;
    if (s->time->presence == SCP_ABSENT || s->time->malformed) {
        add_never(j, s);
    } else if (!age_of(s->time, j->now, &age)) {
        (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.sync-future", s->subject,
                             "the last synchronisation of %s (%s) lies in the future", s->what, date);
    } else {
        state = state_of(s->warning, s->critical, age);
        scp_utc_span(age, span);
        if (state != SCP_OK)
            diagnose(j, s,
                     scp_result_add(j->r, state, "autoupdate.sync-stale", s->subject,
                                    "enabled, but %s was last synchronised %s ago (%s)", s->what, span, date));
        else if (s->time != &j->p->trusted_sync)
            (void)scp_result_add(j->r, SCP_OK, "autoupdate.synced", s->subject, "%s was synchronised %s ago", s->what, span);
    }
}

/* What was added last is about a list of distrust: that brings no root, and stands for no cause. */
static void brings_no_root(struct scp_result *r, size_t from)
{
    for (; from < r->findings; from++)
        scp_result_step(r, from, SCP_STEP_NONE);
}

static void evaluate_syncs(const struct judge *j)
{
    const struct scp_update_policy *p = j->p;
    const struct sync trusted = { "trusted",           "the list of trusted roots", "LastSyncTime",      &p->trusted_sync,
                                  &p->disallowed_sync, &j->limits->warning,         &j->limits->critical };
    const struct sync disallowed = {
        "disallowed",     "the list of disallowed certificates", "DisallowedCertLastSyncTime",   &p->disallowed_sync,
        &p->trusted_sync, &j->limits->disallowed_warning,        &j->limits->disallowed_critical
    };
    size_t before;
    bool inferred;

    if (scp_update_policy_trusted(p) == SCP_YES)
        evaluate_sync(j, &trusted);
    before = j->r->findings;
    if (scp_update_policy_disallowed(p, &inferred) == SCP_YES)
        evaluate_sync(j, &disallowed);
    scp_list_remedies(SCP_CTL_DISALLOWED, j->r, before);
    brings_no_root(j->r, before);
    if (p->trusted_sync.presence == SCP_COULD_NOT_TELL && scp_update_policy_trusted(p) != SCP_NO)
        not_covered(j, "LastSyncTime", SCP_PATH_AUTOUPDATE, "when lists were synchronised");
}

/* --- Other values --- */

static void evaluate_strays(const struct judge *j)
{
    char path[512];

    for (size_t i = 0; i < j->p->strays; i++) {
        const struct scp_policy_stray *s = &j->p->stray[i];

        (void)scp_result_add(j->r, s->at_home ? SCP_OK : SCP_WARNING, "autoupdate.value-misplaced", s->name,
                             "%s is set under a key that Windows does not read: " SCP_SAID " (it reads " SCP_OURS ")%s", s->name,
                             scp_registry_key_say(s->key, path, sizeof path), s->home, s->at_home ? "; it is set there, too" : "");
    }
}

static void tuned(const struct judge *j, const struct scp_policy_number *value, const char *name, const char *meaning)
{
    if (value->presence == SCP_PRESENT && !value->wrong_type)
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.tuned", name, "%s is %u (%s)", name, (unsigned)value->value, meaning);
}

/* What certutil -syncWithWU fills a mirror from. */
static void evaluate_sync_from(const struct judge *j)
{
    enum scp_update_source source = scp_update_source_of(j->p->sync_from_dir_url);

    if (source == SCP_UPDATE_FROM_TEST)
        (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.test-list", "SyncFromDirUrl",
                             "certutil -syncWithWU copies Microsoft's test list (SyncFromDirUrl %s)", j->p->sync_from_dir_url);
    else if (source == SCP_UPDATE_FROM_OTHER)
        (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.not-in-force", "SyncFromDirUrl",
                             "SyncFromDirUrl names an address of Microsoft's that does not serve the lists in force: %s",
                             j->p->sync_from_dir_url);
}

static void evaluate_tuning(const struct judge *j)
{
    const struct scp_update_policy *p = j->p;
    char date[SCP_UTC_TEXT];

    tuned(j, &p->sync_delta, "SyncDeltaTime", "least time between two synchronisations of trusted roots");
    tuned(j, &p->disallowed_sync_delta, "DisallowedCertSyncDeltaTime",
          "least time between two synchronisations of disallowed certificates");
    tuned(j, &p->pin_rules_sync_delta, "PinRulesSyncDeltaTime", "least time between two synchronisations of pin rules");
    tuned(j, &p->auto_update_flags, "Flags", "1 and 2 switch logging off, 4 the random query string");
    tuned(j, &p->legacy_component, "RootAutoUpdate", "the component of Windows before Vista");
    tuned(j, &p->url_timeout, "ChainUrlRetrievalTimeoutMilliseconds", "time allowed for one download");
    tuned(j, &p->total_timeout, "ChainRevAccumulativeUrlRetrievalTimeoutMilliseconds", "time allowed for all downloads of a chain");
    tuned(j, &p->crl_extension, "CRLValidityExtensionPeriod",
          "hours that Windows lets a list of revocations count past its end; what is called expired here is judged without them");
    evaluate_sync_from(j);
    if (p->sync_from_dir_url_presence == SCP_PRESENT)
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.tuned", "SyncFromDirUrl",
                             "SyncFromDirUrl is %s (only certutil -syncWithWU uses it)", p->sync_from_dir_url);
    if (p->chain_resync.at == SCP_UTC_UNKNOWN)
        return;
    scp_utc_format(p->chain_resync.at, date);
    (void)scp_result_add(j->r, SCP_OK, "autoupdate.tuned", "ChainCacheResyncFiletime", "downloads from before %s are not used%s",
                         date, p->chain_resync.at - j->now > SCP_UTC_ASTRAY ? ", which lies in the future" : "");
}

/* The way out matters where one is set: whether it is not, a plain export of the certificates does not tell. */
static void evaluate_egress(const struct judge *j)
{
    const struct scp_proxy *p = &j->f->egress.system;

    if (p->kind == SCP_PROXY_NAMED || p->kind == SCP_PROXY_SCRIPT)
        scp_egress_evaluate(&j->f->egress, j->r);
}

/* What is known of the access to Windows Update, as seen from here. */
static enum scp_tri blocked(const struct scp_autoupdate_facts *f)
{
    if (f->online != SCP_PLACE_WEB || scp_update_source_of(f->online_location) != SCP_UPDATE_FROM_MICROSOFT ||
        f->served.list[0].reading == SCP_LIST_NOT_ASKED)
        return SCP_MAYBE;
    return scp_list_believed(&f->served.list[0]) ? SCP_NO : SCP_YES;
}

static void evaluate_disconnected(const struct judge *j)
{
    if (scp_update_policy_disconnected(j->p, SCP_MAYBE) == SCP_YES)
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.disconnected", "",
                             "a disconnected environment: the update of both lists is off");
    else if (scp_update_policy_disconnected(j->p, blocked(j->f)) == SCP_YES)
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.disconnected", "",
                             "a disconnected environment: Windows Update cannot be reached from here");
}

/* With the update off Windows does not look roots up in its list: what that says is no matter then. */
static void add_unused(const struct judge *j, const struct scp_list_fact *list)
{
    char date[SCP_UTC_TEXT];

    scp_utc_format_date(list->list.ctl.this_update, date);
    (void)scp_result_add(j->r, SCP_OK, "autoupdate.list-unused", "trusted",
                         "the cached %s, of %s, is not used while the update is off", scp_list_kind_text(list->wanted), date);
}

/* Behind a mirror an old list is the mirror's fault; Microsoft's own has rested for most of a year before. */
static void evaluate_cached_age(const struct judge *j)
{
    const struct scp_list_fact *list = &j->f->trust->cached[0];
    char old[SCP_LIST_OLD_TEXT];

    if (scp_update_policy_trusted(j->p) != SCP_NO && scp_list_old(list, j->f->trust->profile, j->now, old))
        (void)scp_result_add(j->r, scp_update_policy_mirrored(j->p) ? SCP_WARNING : SCP_OK, "list.old", list->subject, "%s is %s",
                             list->origin, old);
}

static void evaluate_cached(const struct judge *j)
{
    static const char *const KINDS[SCP_TRUST_CACHED] = { "trusted", "disallowed", "pinrules" };

    for (size_t i = 0; i < SCP_TRUST_CACHED; i++) {
        size_t before = j->r->findings;

        if (i == 0 && j->f->trust->cached[i].reading == SCP_LIST_READ && scp_update_policy_trusted(j->p) == SCP_NO)
            add_unused(j, &j->f->trust->cached[i]);
        else if (j->f->trust->cached[i].reading == SCP_LIST_ABSENT)
            (void)scp_result_add(j->r, SCP_OK, "autoupdate.list-absent", KINDS[i], "no cached %s (%s)",
                                 scp_list_kind_text(j->f->trust->cached[i].wanted), j->f->trust->cached[i].subject);
        else
            scp_list_evaluate(&j->f->trust->cached[i], j->f->trust->profile, j->now, j->r);
        if (j->f->trust->cached[i].wanted == SCP_CTL_DISALLOWED)
            brings_no_root(j->r, before);
    }
    evaluate_cached_age(j);
}

static void evaluate_registry(const struct judge *j)
{
    evaluate_trusted(j);
    evaluate_disallowed(j);
    evaluate_pin_rules(j);
    if (scp_update_policy_trusted(j->p) != SCP_NO) {
        evaluate_source(j);
        evaluate_blocked(j);
    }
    evaluate_syncs(j);
    evaluate_strays(j);
    evaluate_cached(j);
    evaluate_tuning(j);
    if (!j->limits->beside)
        evaluate_egress(j);
    evaluate_disconnected(j);
}

/* --- What is served --- */

static void add_behind(const struct judge *j, const struct scp_list_fact *served, const struct scp_list_fact *cached,
                       bool disallowed)
{
    const struct scp_autoupdate_limits *l = j->limits;
    double lag = (double)(j->now - served->list.ctl.this_update);
    enum scp_state state =
        disallowed ? state_of(&l->disallowed_warning, &l->disallowed_critical, lag) : state_of(&l->warning, &l->critical, lag);
    char own[SCP_UTC_TEXT], newer[SCP_UTC_TEXT], span[SCP_UTC_TEXT];

    scp_utc_format_date(served->list.ctl.this_update, newer);
    scp_utc_span(lag, span);
    if (!scp_list_believed(cached)) {
        (void)scp_result_add(j->r, state, "autoupdate.behind", served->subject,
                             "the server has no usable %s; that of %s has been served for %s", scp_list_kind_text(served->wanted),
                             newer, span);
        return;
    }
    scp_utc_format_date(cached->list.ctl.this_update, own);
    (void)scp_result_add(j->r, state, "autoupdate.behind", served->subject,
                         "the server has the %s of %s; that of %s has been served for %s", scp_list_kind_text(served->wanted), own,
                         newer, span);
}

static void compare(const struct judge *j, const struct scp_list_fact *served, const struct scp_list_fact *cached, bool disallowed)
{
    char date[SCP_UTC_TEXT];
    int order;

    if (j->f->trust->registry == NULL || cached->reading == SCP_LIST_NOT_COVERED)
        return;
    order = scp_list_believed(cached) ? scp_list_compare(cached, served) : -1;
    if (order < 0) {
        add_behind(j, served, cached, disallowed);
        return;
    }
    scp_utc_format_date(served->list.ctl.this_update, date);
    if (order == 0)
        (void)scp_result_add(j->r, SCP_OK, "autoupdate.current", served->subject, "the server has the current %s, of %s",
                             scp_list_kind_text(served->wanted), date);
    else
        (void)scp_result_add(j->r, SCP_WARNING, "autoupdate.ahead", served->subject, "%s is of %s, older than what the server has",
                             served->origin, date);
}

static void evaluate_served(const struct judge *j, size_t i)
{
    const struct scp_list_fact *served = &j->f->served.list[i];
    enum scp_state state = i == 0 ? SCP_CRITICAL : SCP_WARNING;
    size_t before;

    switch (served->reading) {
    case SCP_LIST_NOT_ASKED:
    case SCP_LIST_NOT_COVERED:
        (void)scp_result_add(j->r, SCP_UNKNOWN, "autoupdate.not-asked", served->subject, "%s was not asked for: %s", served->origin,
                             served->message[0] != '\0' ? served->message : "no time was left");
        return;
    case SCP_LIST_ABSENT:
    case SCP_LIST_UNREACHABLE:
        (void)scp_result_add(j->r, state, "autoupdate.unreachable", served->subject, "%s: %s", served->origin,
                             served->reading == SCP_LIST_ABSENT ? "not found there" : served->message);
        return;
    case SCP_LIST_PAGE:
    case SCP_LIST_UNREADABLE:
    case SCP_LIST_READ: break;
    }
    scp_list_evaluate(served, j->f->trust->profile, j->now, j->r);
    before = j->r->findings;
    if (scp_list_believed(served))
        compare(j, served, &j->f->trust->cached[i], i == 1);
    scp_list_remedies(served->wanted, j->r, before);
}

/* A root that lacks and that is not served cannot be fetched.  A file that did not arrive here may arrive at the server; what did
 * not arrive there does not come, for the list did: by the way that is the server's. */
static void evaluate_lacking(const struct judge *j)
{
    const struct scp_mirror_facts *l = &j->f->served;
    enum scp_state state = scp_store_covered(&j->f->trust->root) && !j->f->trust->root.refreshed ? SCP_CRITICAL : SCP_UNKNOWN;

    for (size_t i = 0; i < l->roots; i++) {
        const struct scp_mirror_root *root = &l->root[i];
        const struct scp_profile_cert *want = &j->f->trust->profile->root[root->want];
        char print[41];

        scp_num_to_hex(root->sha1, sizeof root->sha1, print);
        if (root->state == SCP_MIRROR_ROOT_MISSING || root->state == SCP_MIRROR_ROOT_CORRUPT ||
            (root->state == SCP_MIRROR_ROOT_UNREACHABLE && j->f->at_server))
            scp_remedy_import(j->r,
                              scp_result_add(j->r, state, "autoupdate.root-not-served", want->alias,
                                             "%s is in no Root store%s, and Windows cannot fetch it: %s.crt at %s: %s", want->name,
                                             state == SCP_CRITICAL ? "" : " that the source holds", print, j->f->online_location,
                                             root->state == SCP_MIRROR_ROOT_MISSING ? "not found there" : root->message),
                              want);
        else if (root->state != SCP_MIRROR_ROOT_GOOD)
            (void)scp_result_add(j->r, SCP_UNKNOWN, "autoupdate.root-not-asked", want->alias,
                                 "whether Windows can fetch %s could not be told: %s.crt at %s: %s", want->name, print,
                                 j->f->online_location, root->message[0] != '\0' ? root->message : "no time was left");
    }
}

/* A place that cannot be looked at; true when it can. */
static bool evaluate_place(const struct judge *j, enum scp_autoupdate_place place, const char *location)
{
    char said[SCP_UPDATE_SOURCE_TEXT];

    switch (place) {
    case SCP_PLACE_NOT_ASKED: return false;
    case SCP_PLACE_WEB:
    case SCP_PLACE_FOLDER: return true;
    case SCP_PLACE_ELSEWHERE:
        (void)scp_result_add(j->r, SCP_UNKNOWN, "mirror.not-auditable", "",
                             SCP_SAID " cannot be looked at from here: only http, https and folders can",
                             scp_update_source_say(location[0] != '\0' ? location : "what RootDirUrl holds", said));
        return false;
    case SCP_PLACE_NONE:
        (void)scp_result_add(j->r, SCP_UNKNOWN, "mirror.none", "", "the registry names no mirror (RootDirUrl is not set)");
        return false;
    case SCP_PLACE_UNKNOWN: break;
    }
    not_covered(j, "RootDirUrl", SCP_PATH_AUTOUPDATE, "where lists come from");
    return false;
}

/* Beside other parts an audit tells of the server only where its lists come from there: of another mirror it is a WARNING at most,
 * and stands for no cause. */
static void set_apart(const struct judge *j, size_t from)
{
    enum scp_update_source source = scp_update_policy_source(j->p);

    if (!j->limits->beside || source == SCP_UPDATE_FROM_WEB || source == SCP_UPDATE_FROM_SHARE || source == SCP_UPDATE_FROM_UNKNOWN)
        return;
    brings_no_root(j->r, from);
    for (; from < j->r->findings; from++) {
        if (j->r->finding[from].state != SCP_OK)
            j->r->finding[from].state = SCP_WARNING;
    }
}

static void evaluate_network(const struct judge *j)
{
    const struct scp_list_fact *reference[SCP_TRUST_CACHED + SCP_AUTOUPDATE_SERVED];
    size_t n = 0, before;

    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        reference[n++] = &j->f->trust->cached[i];
    for (size_t i = 0; i < SCP_AUTOUPDATE_SERVED; i++)
        reference[n++] = &j->f->served.list[i];
    if (evaluate_place(j, j->f->online, j->f->online_location)) {
        for (size_t i = 0; i < SCP_AUTOUPDATE_SERVED; i++)
            evaluate_served(j, i);
        evaluate_lacking(j);
    }
    before = j->r->findings;
    if (evaluate_place(j, j->f->mirrored, j->f->mirror_location))
        scp_mirror_evaluate(&j->f->mirror, j->f->trust->profile, reference, n, j->now, j->r);
    set_apart(j, before);
}

/* --- Performance data --- */

static void add_enabled_value(const struct judge *j)
{
    struct scp_perfdata p = { .label = "enabled", .unit = "" };
    enum scp_tri trusted = scp_update_policy_trusted(j->p);

    p.value = trusted == SCP_YES;
    if (j->limits->expect == SCP_EXPECT_DISABLED)
        p.has_warning = scp_range_parse("0", false, &p.warning, NULL) == 0;
    else
        p.has_critical = scp_range_parse("1:", false, &p.critical, NULL) == 0;
    if (trusted != SCP_MAYBE)
        scp_result_perfdata(j->r, &p);
}

static void add_age_value(const struct judge *j, const char *label, const struct scp_policy_time *sync,
                          const struct scp_range *warning, const struct scp_range *critical)
{
    struct scp_perfdata p = {
        .unit = "s", .has_warning = true, .has_critical = true, .warning = *warning, .critical = *critical, .has_min = true
    };

    (void)snprintf(p.label, sizeof p.label, "%s", label);
    if (age_of(sync, j->now, &p.value))
        scp_result_perfdata(j->r, &p);
}

/* The list given, else the one that is cached. */
static void add_list_values(const struct judge *j)
{
    const struct scp_list_fact *list = j->f->has_given ? &j->f->given : &j->f->trust->cached[0];
    struct scp_perfdata age = { .label = "ctl_age", .unit = "s" };
    struct scp_perfdata entries = { .label = "ctl_entries", .unit = "", .value = (double)list->list.ctl.n, .has_min = true };

    if (list->reading != SCP_LIST_READ)
        return;
    if (list->list.ctl.this_update != SCP_UTC_UNKNOWN && !list->list.certificates) {
        age.value = (double)(j->now - list->list.ctl.this_update);
        scp_result_perfdata(j->r, &age);
    }
    scp_result_perfdata(j->r, &entries);
}

static void add_perfdata(const struct judge *j)
{
    if (j->f->trust->registry != NULL) {
        add_enabled_value(j);
        add_age_value(j, "sync_age", &j->p->trusted_sync, &j->limits->warning, &j->limits->critical);
        add_age_value(j, "disallowed_age", &j->p->disallowed_sync, &j->limits->disallowed_warning, &j->limits->disallowed_critical);
    }
    add_list_values(j);
    scp_result_main_value(j->r, "sync_age");
}

void scp_autoupdate_evaluate(const struct scp_autoupdate_facts *f, const struct scp_autoupdate_limits *limits, int64_t now,
                             struct scp_result *r)
{
    const struct judge j = { f, &f->trust->policy, limits, now, r };

    if (f->trust->registry != NULL)
        evaluate_registry(&j);
    if (f->has_given)
        scp_list_evaluate(&f->given, f->trust->profile, now, r);
    /* Its value goes last: what a mirror lacks is known only behind the others. */
    add_perfdata(&j);
    evaluate_network(&j);
}
