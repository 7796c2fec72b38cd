/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/session.h"

#include "base/say.h"
#include "base/utc.h"
#include "check/roots/on_demand.h"
#include "check/source/registry_facts.h"

#include <stdio.h>
#include <string.h>

/* --- The parts --- */

/* Only the part's main number stands among the performance data, the others with --perfdata=full. */
static void keep_main_value(struct scp_result *r)
{
    for (size_t i = 0; i < r->perfdatas; i++)
        r->perfdata[i].full_only = !r->perfdata[i].main;
}

/* NULL: nothing of it was asked for, or could be judged; *r then says why where that is ours. */
static struct scp_result *judge_part(struct scp_diagnosis_session *s, enum scp_part part, struct scp_result *r)
{
    struct scp_session *session = scp_diagnosis_part(s, part);
    struct scp_result *own;

    if (s->skipped[part])
        return NULL;
    if (!s->gathered[part]) {
        if (s->unable[part][0] != '\0')
            (void)scp_result_add(r, SCP_UNKNOWN, "diagnosis.unable", scp_part_name(part), "%s could not be judged: %s",
                                 scp_part_name(part), s->unable[part]);
        return NULL;
    }
    own = scp_result_new(r->catalogue);
    if (own == NULL) {
        r->broken = true;
        return NULL;
    }
    session->check->evaluate(session, own);
    keep_main_value(own);
    return own;
}

/* --- What the correlation needs --- */

/* Whether the endpoints of a kind answer: NO when a required one (or, without such, every one) fails. */
static enum scp_tri reached(const struct scp_diagnosis_session *s, enum scp_endpoint_kind kind)
{
    size_t all = 0, good = 0, required_failed = 0;

    if (scp_revocation_blind(&s->revocation.facts))
        return SCP_MAYBE;
    for (size_t i = 0; i < s->revocation.facts.n; i++) {
        const struct scp_revocation_fact *f = &s->revocation.facts.v[i];
        bool fine = scp_judgement_good(&f->judgement);

        if (f->endpoint->kind != kind || f->endpoint->level == SCP_LEVEL_LEGACY)
            continue;
        all++;
        good += fine;
        required_failed += !fine && f->endpoint->level == SCP_LEVEL_REQUIRED;
    }
    if (all == 0)
        return SCP_MAYBE;
    return required_failed > 0 || good == 0 ? SCP_NO : SCP_YES;
}

static void name_root(const struct scp_diagnosis_session *s, const struct scp_result *part, char out[128])
{
    const struct scp_finding *f;

    out[0] = '\0';
    for (size_t i = 0; part != NULL && (f = scp_result_finding(part, i)) != NULL; i++) {
        if (f->state != SCP_CRITICAL && (f->state != SCP_WARNING || out[0] != '\0'))
            continue;
        for (size_t k = 0; k < s->session.profile->roots; k++) {
            const struct scp_profile_cert *root = &s->session.profile->root[k];

            if (root->level == SCP_LEVEL_REQUIRED && strcmp(root->alias, f->subject) == 0)
                (void)snprintf(out, 128, "%s", root->name != NULL ? root->name : root->alias);
        }
        if (f->state == SCP_CRITICAL && out[0] != '\0')
            return;
    }
}

static void symptoms(const struct scp_diagnosis_session *s, struct scp_diagnosis_input *in)
{
    static const enum scp_symptom OF[SCP_DIAGNOSIS_SYMPTOMS] = { [SCP_DIAGNOSIS_9605] = SCP_SYMPTOM_UPLOAD_FAILED,
                                                                 [SCP_DIAGNOSIS_9607] = SCP_SYMPTOM_UPLOAD_EXCEPTION,
                                                                 [SCP_DIAGNOSIS_CHAIN_ERRORS] = SCP_SYMPTOM_CHAIN };

    for (int i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++) {
        in->symptom[i] = s->gathered[SCP_PART_STATUS]
                             ? scp_status_presence(&s->status.facts, OF[i], s->session.common.max_age, s->session.common.at)
                             : SCP_COULD_NOT_TELL;
        in->symptom_evidence[i] = in->symptom[i] == SCP_PRESENT ? scp_symptoms[OF[i]].id : NULL;
    }
}

/* Would the update, were it switched on, bring the required roots that no store has? */
static enum scp_tri update_helps(const struct scp_diagnosis_session *s, enum scp_update_source source)
{
    if (!s->gathered[SCP_PART_AUTOUPDATE] || !s->gathered[SCP_PART_ROOTS] || source != SCP_UPDATE_FROM_MICROSOFT)
        return SCP_MAYBE;
    if (scp_update_policy_blocked(&s->session.trust->policy) != NULL)
        return SCP_NO;
    for (size_t i = 0; i < s->roots.facts.n && s->roots.facts.named != NULL; i++) {
        if (s->roots.facts.v[i].want->level == SCP_LEVEL_REQUIRED && !s->roots.facts.v[i].found &&
            s->roots.facts.named[i] == SCP_NO)
            return SCP_NO;
    }
    return s->gathered[SCP_PART_REVOCATION] ? reached(s, SCP_ENDPOINT_CTL) : SCP_MAYBE;
}

/* Did Windows itself fetch from all of them, the last time?  NO: from one it could not. */
static enum scp_tri issuers_fetched(const struct scp_diagnosis_session *s)
{
    size_t all = 0, good = 0;

    for (size_t i = 0; i < s->session.profile->endpoints; i++) {
        const struct scp_profile_endpoint *e = &s->session.profile->endpoint[i];
        enum scp_tri fetched;

        if (e->kind != SCP_ENDPOINT_AIA || e->level != SCP_LEVEL_REQUIRED)
            continue;
        fetched = scp_events_fetched(&s->events, e);
        if (fetched == SCP_NO)
            return SCP_NO;
        all++;
        good += fetched == SCP_YES;
    }
    return all > 0 && good == all ? SCP_YES : SCP_MAYBE;
}

/* As the server itself sees it, every host that intermediates come from answers with the right certificate. */
static bool issuers_proved(const struct scp_diagnosis_session *s)
{
    size_t good = 0, all = 0;

    for (size_t i = 0; i < s->revocation.facts.n; i++) {
        const struct scp_revocation_fact *f = &s->revocation.facts.v[i];

        if (f->endpoint->kind == SCP_ENDPOINT_AIA && f->endpoint->level == SCP_LEVEL_REQUIRED) {
            all++;
            good += scp_judgement_good(&f->judgement);
        }
    }
    return all > 0 && good == all && scp_vantage_is_server(&s->revocation.facts.vantage, true);
}

/* The server fetched its lists from Microsoft's hosts itself, and lately: what is not reached from here says nothing of it. */
static void prove_lists(const struct scp_diagnosis_session *s, struct scp_diagnosis_input *in)
{
    const struct scp_policy_time *sync = &s->session.trust->policy.trusted_sync;
    char span[SCP_UTC_TEXT];

    if (!s->gathered[SCP_PART_AUTOUPDATE] || !s->gathered[SCP_PART_REVOCATION] ||
        scp_vantage_is_server(&s->revocation.facts.vantage, true) ||
        scp_update_policy_source(&s->session.trust->policy) != SCP_UPDATE_FROM_MICROSOFT ||
        scp_on_demand_way(&s->session.trust->policy, s->session.common.at) != SCP_ON_DEMAND_FRESH)
        return;
    scp_utc_span(s->session.common.at > sync->at ? (double)(s->session.common.at - sync->at) : 0, span);
    (void)snprintf(in->lists_proved, sizeof in->lists_proved, "%s", span);
    in->lists_reached = SCP_YES;
    for (size_t i = 0; i < s->session.profile->endpoints && in->list_endpoints < SCP_DIAGNOSIS_ISSUERS_MAX; i++) {
        if (s->session.profile->endpoint[i].kind == SCP_ENDPOINT_CTL)
            in->list_endpoint[in->list_endpoints++] = s->session.profile->endpoint[i].id;
    }
}

/* The endpoints whose level was raised, for intermediates come from there. */
static void name_issuers(const struct scp_diagnosis_session *s, struct scp_diagnosis_input *in)
{
    enum scp_tri fetched = issuers_fetched(s);

    /* What Windows' own program could not fetch is not proved by another's. */
    in->issuers_proved = fetched == SCP_YES || (fetched == SCP_MAYBE && s->gathered[SCP_PART_REVOCATION] && issuers_proved(s));
    for (size_t i = 0; i < s->session.profile->endpoints && in->issuer_endpoints < SCP_DIAGNOSIS_ISSUERS_MAX; i++) {
        if (s->session.profile->endpoint[i].kind == SCP_ENDPOINT_AIA && s->session.profile->endpoint[i].level == SCP_LEVEL_REQUIRED)
            in->issuer_endpoint[in->issuer_endpoints++] = s->session.profile->endpoint[i].id;
    }
}

static bool at_server(const struct scp_diagnosis_session *s)
{
    struct scp_revocation_reach reach;

    if (!s->gathered[SCP_PART_REVOCATION])
        return s->gathered[SCP_PART_SERVICE] && s->service.chains.from_scp;
    scp_revocation_reach(&s->revocation.facts, &reach);
    return reach.server || (s->gathered[SCP_PART_SERVICE] && s->service.chains.from_scp);
}

static void prepare(struct scp_diagnosis_session *s, struct scp_result *const part[SCP_PARTS])
{
    struct scp_diagnosis_input *in = &s->input;
    enum scp_update_source source = SCP_UPDATE_FROM_UNKNOWN;

    memset(in, 0, sizeof *in);
    for (int i = 0; i < SCP_PARTS; i++) {
        in->part[i] = part[i];
        in->skipped[i] = s->skipped[i];
    }
    in->update_on = in->disconnected = SCP_MAYBE;
    in->lists_reached = s->gathered[SCP_PART_REVOCATION] ? reached(s, SCP_ENDPOINT_CTL) : SCP_MAYBE;
    prove_lists(s, in);
    if (s->gathered[SCP_PART_AUTOUPDATE]) {
        enum scp_tri blocked = in->lists_reached == SCP_NO ? SCP_YES : in->lists_reached == SCP_YES ? SCP_NO : SCP_MAYBE;

        in->update_on = scp_update_policy_trusted(&s->session.trust->policy);
        in->disconnected = scp_update_policy_disconnected(&s->session.trust->policy, blocked);
        source = scp_update_policy_source(&s->session.trust->policy);
    }
    in->mirror = source == SCP_UPDATE_FROM_WEB || source == SCP_UPDATE_FROM_SHARE;
    in->at_server = at_server(s);
    in->declared = s->options.update.expect != SCP_EXPECT_ENABLED;
    in->update_helps = update_helps(s, source);
    name_issuers(s, in);
    name_root(s, part[SCP_PART_ROOTS], in->root_name);
    symptoms(s, in);
}

/* -w and -c: the number of causes. */
static void judge_count(const struct scp_diagnosis_session *s, struct scp_result *r)
{
    double n = (double)s->diagnosis.causes;

    if (s->session.common.critical.set && scp_range_alerts(&s->session.common.critical.range, n))
        (void)scp_result_add(r, SCP_CRITICAL, "diagnosis.count", "", "%zu causes, outside --critical", s->diagnosis.causes);
    else if (s->session.common.warning.set && scp_range_alerts(&s->session.common.warning.range, n))
        (void)scp_result_add(r, SCP_WARNING, "diagnosis.count", "", "%zu causes, outside --warning", s->diagnosis.causes);
}

/* That the service is inspected on the way is said first: of the rest it may be the reason. */
static void add_parts(struct scp_result *const part[SCP_PARTS], struct scp_result *r)
{
    if (part[SCP_PART_SERVICE] != NULL)
        scp_result_part(r, scp_part_name(SCP_PART_SERVICE), part[SCP_PART_SERVICE]);
    for (int i = 0; i < SCP_PART_SERVICE; i++) {
        if (part[i] != NULL)
            scp_result_part(r, scp_part_name((enum scp_part)i), part[i]);
    }
}

void scp_diagnosis_find(struct scp_diagnosis_session *s, struct scp_result *part[SCP_PARTS], struct scp_result *r)
{
    for (int i = 0; i < SCP_PARTS; i++)
        part[i] = judge_part(s, (enum scp_part)i, r);
    prepare(s, part);
    scp_diagnosis_between(s, part);
    scp_diagnosis_weigh(&s->input, part);
    scp_diagnosis_collect(&s->input, &s->diagnosis);
    scp_diagnosis_soften(&s->diagnosis, part[SCP_PART_AUTOUPDATE]);
    for (int i = 0; i < SCP_PARTS; i++) {
        if (part[i] != NULL)
            scp_result_override(part[i], s->session.common.severity.v, s->session.common.severity.n);
    }
    scp_diagnosis_correlate(&s->input, &s->diagnosis);
    scp_diagnosis_beside_find(&s->input, &s->diagnosis);
}

/* Where there is no step: what none can mend. */
static int first_cause(const struct scp_diagnosis *d)
{
    static const enum scp_part ORDER[SCP_CAUSES] = { SCP_PART_ROOTS, SCP_PART_INTERMEDIATES, SCP_PART_REVOCATION,
                                                     SCP_PART_AUTOUPDATE };

    for (int i = 0; i < SCP_CAUSES; i++) {
        if (d->cause[ORDER[i]].state == SCP_PRESENT)
            return (int)ORDER[i];
    }
    return -1;
}

/* The plan; what is to be done first is what its first step mends. */
static void make_plan(struct scp_diagnosis_session *s, struct scp_result *const part[SCP_PARTS], struct scp_result *r)
{
    struct scp_err err = SCP_ERR_INIT;
    const struct scp_diagnosis_cause *cause = s->diagnosis.cause;

    if (s->diagnosis.causes == 0 && scp_diagnosis_service_fault(part[SCP_PART_SERVICE]) == NULL)
        return;
    if (scp_plan_make(s, part, &err) != 0) {
        s->plan.n = 0;
        s->plan.made = false;
        if (err.code == SCP_ERR_MEMORY)
            scp_result_break(r);
        else
            (void)scp_result_add(r, SCP_UNKNOWN, "diagnosis.unable", "plan", "no plan could be made: " SCP_SAID, err.message);
    }
    if (s->plan.n == 0)
        s->diagnosis.first = first_cause(&s->diagnosis);
    else if (s->plan.v[0].mends != SCP_PART_SERVICE && cause[s->plan.v[0].mends].state == SCP_PRESENT)
        s->diagnosis.first = (int)s->plan.v[0].mends;
    s->diagnosis.either = s->plan.update_instead;
}

static void judge_all(struct scp_diagnosis_session *s, struct scp_result *r)
{
    struct scp_result *part[SCP_PARTS];

    scp_diagnosis_find(s, part, r);
    make_plan(s, part, r);
    s->diagnosis.plan = &s->plan;
    scp_diagnosis_evaluate(&s->input, &s->diagnosis, r);
    scp_diagnosis_drop_advice(&s->input, &s->diagnosis, part);
    judge_count(s, r);
    scp_events_evaluate(&s->events, part[SCP_PART_REVOCATION], r);
    add_parts(part, r);
    /* A part that could not be taken in is gone, and with it what was evidence. */
    if (r->broken)
        return;
    scp_diagnosis_mark_told(&s->input, &s->diagnosis, r);
    s->diagnosed = true;
}

/* One source by itself: the parts alone. */
static void judge_view(struct scp_diagnosis_session *s, struct scp_result *r)
{
    struct scp_result *part[SCP_PARTS];

    for (int i = 0; i < SCP_PARTS; i++)
        part[i] = judge_part(s, (enum scp_part)i, r);
    add_parts(part, r);
}

void scp_diagnosis_judge(struct scp_diagnosis_session *s, struct scp_result *r)
{
    if (s->starved)
        scp_result_break(r);
    else if (s->session.view)
        judge_view(s, r);
    else
        judge_all(s, r);
}
