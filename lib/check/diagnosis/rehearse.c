/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"
#include "check/diagnosis/session.h"

#include "base/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Steps are tried before they are told: laid over the registry, everything gathered and judged again, without network; what the
 * hosts answered stays as it was.
 */

enum { UNITS_MAX = 2 * SCP_PLAN_STEPS_MAX, CLASSES = 5 }; /* a step's number of unit is at most two above those before it */

/* --- One rehearsal --- */

struct rehearsal {
    struct scp_registry *view;
    struct scp_diagnosis_session *s; /* one of its own, as if that registry had been read */
    struct scp_trust trust;
    struct scp_result *top, *part[SCP_PARTS];
    bool placed;
};

static void end(struct rehearsal *h)
{
    for (int i = 0; i < SCP_PARTS; i++)
        scp_result_free(h->part[i]);
    scp_result_free(h->top);
    if (h->s != NULL)
        scp_diagnosis_return(h->s);
    scp_trust_free(&h->trust);
    free(h->s);
    scp_registry_free(h->view);
}

static int lay_units(const struct scp_plan *plan, const bool *chosen, struct scp_registry *view, struct scp_err *err)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (chosen[plan->v[i].unit] && scp_plan_lay(&plan->v[i], view, err) != 0)
            return -1;
    }
    return 0;
}

/* Gathers and judges the registry that is in h->view. */
static int judge_view(const struct scp_diagnosis_session *s, const struct scp_plan *plan, const bool *chosen, struct rehearsal *h,
                      struct scp_err *err)
{
    h->s = calloc(1, sizeof *h->s);
    h->top = scp_result_new(scp_diagnosis_check.about.catalogue);
    if (h->s == NULL || h->top == NULL)
        return scp_err_memory(err);
    if (scp_diagnosis_borrow(s, h->view, &h->trust, h->s, err) != 0 ||
        scp_trust_share_served(s->session.trust, &h->trust, err) != 0)
        return -1;
    h->placed = scp_plan_place(plan, chosen, h->s);
    scp_diagnosis_find(h->s, h->part, h->top);
    for (int i = 0; i < SCP_PARTS; i++) {
        if (h->top->broken || (h->part[i] != NULL && h->part[i]->broken))
            return scp_err_memory(err);
    }
    return 0;
}

static int rehearse(const struct scp_diagnosis_session *s, const struct scp_plan *plan, const bool *chosen, struct rehearsal *h,
                    struct scp_err *err)
{
    memset(h, 0, sizeof *h);
    h->view = scp_registry_copy(s->session.registry, err);
    return h->view != NULL && lay_units(plan, chosen, h->view, err) == 0 ? judge_view(s, plan, chosen, h, err) : -1;
}

/* --- How good is it? --- */

/* The less the better, the first member before the second … */
struct score {
    size_t v[4]; /* causes of before that are still there; causes; chains of the service that do not build; evidence of causes */
};

/* What was refused before: is it a chain that builds, for that host? */
static bool builds(const struct scp_diagnosis_session *s, const struct scp_finding *f)
{
    const struct scp_intermediates_facts *chains = &s->service.chains;

    for (size_t i = 0; i < chains->n; i++) {
        if (strcmp(chains->v[i].id, f->subject) == 0)
            return !chains->v[i].misnamed && chains->v[i].v[0].path != NULL && chains->v[i].v[0].path->good > 0;
    }
    return false;
}

/* What an inspection made is not to build. */
static size_t refused(const struct scp_diagnosis_session *s, const struct scp_result *service)
{
    const struct scp_finding *f;
    size_t n = 0;

    for (size_t i = 0; service != NULL && (f = scp_result_finding(service, i)) != NULL; i++)
        n += scp_diagnosis_is_service_fault(f) && (f->evidence & SCP_BESIDE_INSPECTION) == 0 && !builds(s, f);
    return n;
}

static struct score score_of(const struct scp_diagnosis *before, const struct scp_diagnosis_session *now,
                             const struct scp_result *service)
{
    const struct scp_diagnosis *d = &now->diagnosis;
    struct score s = { { 0, 0, refused(now, service), 0 } };

    for (int i = 0; i < SCP_CAUSES; i++) {
        if (i == SCP_PART_REVOCATION || d->cause[i].state != SCP_PRESENT)
            continue;
        s.v[0] += before->cause[i].state == SCP_PRESENT;
        s.v[1]++;
        s.v[3] += d->cause[i].found;
    }
    return s;
}

static int compare(const struct score *a, const struct score *b)
{
    for (size_t i = 0; i < sizeof a->v / sizeof a->v[0]; i++) {
        if (a->v[i] != b->v[i])
            return a->v[i] < b->v[i] ? -1 : 1;
    }
    return 0;
}

struct search {
    const struct scp_diagnosis_session *s;
    const struct scp_result *service; /* what was found of it; NULL */
    struct scp_plan *plan;
    bool chosen[UNITS_MAX];
    struct score best;
};

/* The units all of whose steps are of that class or a cheaper one; how many. */
static size_t up_to(const struct scp_plan *plan, unsigned class, bool chosen[UNITS_MAX])
{
    size_t n = 0;

    for (size_t u = 0; u < UNITS_MAX; u++) {
        bool is = false, fits = true;

        for (size_t i = 0; i < plan->n; i++) {
            is = is || plan->v[i].unit == u;
            fits = fits && (plan->v[i].unit != u || plan->v[i].class <= class);
        }
        chosen[u] = is && fits;
        n += chosen[u];
    }
    return n;
}

/* Whatever else is done, that root stays of no use. */
static bool is_dead(const struct scp_result *roots, const struct scp_profile_cert *root)
{
    for (size_t i = 0; roots != NULL && i < roots->findings; i++) {
        if (roots->finding[i].state == SCP_CRITICAL && strcmp(roots->finding[i].subject, root->alias) == 0)
            return true;
    }
    return false;
}

/* Nothing is done for chains that end at such a root, nor for the root. */
static void drop_dead(struct scp_plan *plan, const struct scp_result *roots)
{
    size_t kept = 0;

    for (size_t i = 0; i < plan->n; i++) {
        const struct scp_plan_step *step = &plan->v[i];

        if (!is_dead(roots, step->family != NULL ? step->family->anchor : step->cert))
            plan->v[kept++] = *step;
    }
    plan->n = kept;
}

/* All of them together. */
static int try_all(struct search *w, bool all[UNITS_MAX], struct scp_err *err)
{
    struct rehearsal h;
    size_t n;
    int rc;

    do {
        n = w->plan->n;
        (void)up_to(w->plan, CLASSES, all);
        rc = rehearse(w->s, w->plan, all, &h, err);
        if (rc == 0) {
            w->best = score_of(&w->s->diagnosis, h.s, w->service);
            drop_dead(w->plan, h.part[SCP_PART_ROOTS]);
        }
        end(&h);
    } while (rc == 0 && w->plan->n != n && w->plan->n > 0);
    return rc;
}

static int try(const struct search *w, const bool *chosen, struct score *out, struct scp_err *err)
{
    struct rehearsal h;
    int rc = rehearse(w->s, w->plan, chosen, &h, err);

    if (rc == 0)
        *out = score_of(&w->s->diagnosis, h.s, w->service);
    end(&h);
    return rc;
}

/* --- The choice --- */

/* The lowest class whose steps do as much as all of them. */
static int choose_class(struct search *w, struct scp_err *err)
{
    bool all[UNITS_MAX];
    size_t whole, before = 0;
    struct score score;

    if (try_all(w, all, err) != 0)
        return -1;
    whole = up_to(w->plan, CLASSES, all);
    for (unsigned class = 0; class < CLASSES; class ++) {
        size_t n = up_to(w->plan, class, w->chosen);

        if (n == whole)
            break;
        if (n == before)
            continue;
        before = n;
        if (try(w, w->chosen, &score, err) != 0)
            return -1;
        if (compare(&score, &w->best) == 0)
            return 0;
    }
    memcpy(w->chosen, all, sizeof all);
    return 0;
}

/* Takes out every unit without which it is as good, the dearest first. */
static int thin(struct search *w, struct scp_err *err)
{
    for (size_t i = w->plan->n; i-- > 0;) {
        unsigned unit = w->plan->v[i].unit;
        struct score score;

        if (!w->chosen[unit])
            continue;
        w->chosen[unit] = false;
        if (try(w, w->chosen, &score, err) != 0)
            return -1;
        w->chosen[unit] = compare(&score, &w->best) > 0;
        /* It was looked at: its other steps need not be. */
        while (w->chosen[unit] && i > 0 && w->plan->v[i - 1].unit == unit)
            i--;
    }
    return 0;
}

/* Keeps the steps of the chosen units. */
static void keep_chosen(struct search *w)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->plan->n; i++) {
        if (w->chosen[w->plan->v[i].unit])
            w->plan->v[kept++] = w->plan->v[i];
    }
    w->plan->n = kept;
}

static int search(struct search *w, struct scp_err *err)
{
    const struct score before = score_of(&w->s->diagnosis, w->s, w->service);

    if (scp_plan_candidates(w->s, w->plan, err) != 0)
        return -1;
    if (w->plan->n > 0 && choose_class(w, err) != 0)
        return -1;
    if (w->plan->n == 0 || compare(&w->best, &before) >= 0) {
        w->plan->n = 0;
        return 0;
    }
    if (thin(w, err) != 0)
        return -1;
    keep_chosen(w);
    return 0;
}

/* --- What no registry shows --- */

static const struct scp_finding *same_finding(struct scp_result *const part[SCP_PARTS], const struct scp_finding *f)
{
    for (int p = 0; p < SCP_PARTS; p++) {
        for (size_t i = 0; part[p] != NULL && i < part[p]->findings; i++) {
            if (strcmp(part[p]->finding[i].id, f->id) == 0 && strcmp(part[p]->finding[i].subject, f->subject) == 0)
                return &part[p]->finding[i];
        }
    }
    return NULL;
}

static bool is_asked(const struct scp_plan *plan, const char *remedy)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (plan->v[i].kind == SCP_PLAN_ASK && strncmp(plan->v[i].asked, remedy, SCP_PLAN_WHY - 1) == 0)
            return true;
    }
    return false;
}

/* Why it stays.  Nothing that is imported was shown to mend it: such advice is not given. */
static void say_why(struct scp_plan *plan, int cause, const struct scp_finding *f)
{
    bool shown = scp_diagnosis_step(f) != SCP_STEP_CERTIFICATE && cause != SCP_PART_AUTOUPDATE;
    bool advice = shown && f->remedy[0] != '\0';

    if (plan->why[cause][0] == '\0')
        (void)scp_say(plan->why[cause], SCP_PLAN_WHY, SCP_SAID, advice ? f->remedy : f->text);
}

/* As the finding advises. */
static bool ask_as_said(struct scp_plan *plan, const struct scp_finding *f, int cause, unsigned class)
{
    struct scp_plan_step *new = &plan->v[plan->n];

    if (is_asked(plan, f->remedy))
        return true;
    if (f->remedy[0] == '\0' || plan->n >= SCP_PLAN_STEPS_MAX)
        return false;
    plan->n++;
    *new = (struct scp_plan_step){ .kind = SCP_PLAN_ASK, .class = class, .mends = (enum scp_part)cause };
    (void)snprintf(new->asked, sizeof new->asked, "%s", f->remedy);
    return true;
}

/* What is left of a cause once the steps so far are done: hosts and clocks are asked for, the rest has its reason. */
static void ask_for(const struct scp_diagnosis_session *s, struct scp_plan *plan, const struct scp_diagnosis_cause *left, int cause,
                    struct scp_result *const part[SCP_PARTS])
{
    for (size_t i = 0; i < left->evidences; i++) {
        unsigned step = scp_diagnosis_step(left->evidence[i]);
        const struct scp_finding *f = same_finding(part, left->evidence[i]);
        /* That lists come again was not shown to bring what is missing. */
        bool asked = f != NULL && cause != SCP_PART_AUTOUPDATE && (step == SCP_STEP_NETWORK || step == SCP_STEP_SERVICE);

        if (step == SCP_STEP_NONE)
            continue;
        if (!asked || (!scp_plan_open(plan, &s->revocation.facts, f, (enum scp_part)cause) &&
                       !ask_as_said(plan, f, cause, step == SCP_STEP_NETWORK ? 3 : 1)))
            say_why(plan, cause, left->evidence[i]);
    }
}

static void ask(const struct scp_diagnosis_session *s, struct scp_plan *plan, const struct scp_diagnosis *after,
                struct scp_result *const part[SCP_PARTS])
{
    for (int i = 0; i < SCP_CAUSES; i++) {
        plan->after[i] = after->cause[i].state;
        if (after->cause[i].state == SCP_PRESENT)
            ask_for(s, plan, &after->cause[i], i, part);
    }
}

/* What is wrong with what the names of the service send, and stays so: inspection is another's to end, and nothing of it is
 * imported.  Where a cause is left, that is the reason. */
static void ask_service(struct scp_plan *plan, const struct scp_diagnosis_session *now, const struct scp_result *service)
{
    const struct scp_finding *f;

    for (size_t i = 0; service != NULL && (f = scp_result_finding(service, i)) != NULL; i++) {
        if (!scp_diagnosis_is_service_fault(f))
            continue;
        if ((f->evidence & SCP_BESIDE_INSPECTION) != 0 && ask_as_said(plan, f, SCP_PART_SERVICE, 3))
            continue;
        if (builds(now, f))
            plan->service_builds = true;
        else if (plan->why_service[0] == '\0' && !plan->placed && plan->after[SCP_PART_ROOTS] != SCP_PRESENT &&
                 plan->after[SCP_PART_INTERMEDIATES] != SCP_PRESENT)
            (void)scp_say(plan->why_service, SCP_PLAN_WHY, SCP_SAID,
                          f->remedy[0] != '\0' && strstr(f->remedy, "-addstore") == NULL ? f->remedy : f->text);
    }
}

/* --- What is CRITICAL all the same --- */

static bool is_evidence(const struct scp_diagnosis *d, const struct scp_finding *f)
{
    for (int i = 0; i < SCP_CAUSES; i++) {
        for (size_t k = 0; k < d->cause[i].evidences; k++) {
            if (d->cause[i].evidence[k] == f)
                return true;
        }
    }
    return false;
}

/* A symptom is what the causes explain; what is said of a host of the service is not rehearsed. */
static void note_rest(struct scp_plan *plan, const struct scp_diagnosis *after, struct scp_result *const part[SCP_PARTS])
{
    for (int p = 0; p < SCP_CAUSES; p++) {
        const struct scp_finding *f;

        for (size_t i = 0; part[p] != NULL && (f = scp_result_finding(part[p], i)) != NULL; i++) {
            if (f->state == SCP_CRITICAL && !is_evidence(after, f) && strstr(plan->stays, f->id) == NULL)
                (void)scp_say_more(plan->stays, sizeof plan->stays, "%s%s", plan->stays[0] != '\0' ? ", " : "", f->id);
        }
    }
}

/* --- The plan --- */

static bool is_seen(const struct scp_diagnosis *d, const struct scp_plan_step *step)
{
    return step->mends == SCP_PART_SERVICE || d->cause[step->mends].state == SCP_PRESENT;
}

/* Steps for what is seen to be wrong go before those for what hides behind it. */
static bool goes_before(const struct scp_diagnosis *d, const struct scp_plan_step *a, const struct scp_plan_step *b)
{
    bool seen_a = is_seen(d, a), seen_b = is_seen(d, b);

    return seen_a != seen_b ? seen_a : a->class < b->class;
}

static void move(struct scp_plan *plan, size_t from, size_t to)
{
    struct scp_plan_step step = plan->v[from];

    memmove(&plan->v[to + 1], &plan->v[to], (from - to) * sizeof *plan->v);
    plan->v[to] = step;
}

/* Where the steps that import a certificate begin, of those before one that is about it; that one: there are none. */
static size_t import_before(const struct scp_plan *plan, size_t step)
{
    for (size_t i = 0; i < step; i += scp_plan_group(plan, i)) {
        for (size_t k = i; k < i + scp_plan_group(plan, i) && k < step; k++) {
            if (plan->v[k].kind == SCP_PLAN_ADD && plan->v[k].cert == plan->v[step].cert)
                return i;
        }
    }
    return step;
}

/* Who distrusted a certificate is asked before it is imported: where that is meant, importing it is of no use. */
static void ask_owners_first(struct scp_plan *plan)
{
    for (size_t i = 1; i < plan->n; i++) {
        if (plan->v[i].kind == SCP_PLAN_UNDENY || plan->v[i].kind == SCP_PLAN_PURPOSES)
            move(plan, i, import_before(plan, i));
    }
}

static void order(struct scp_plan *plan, const struct scp_diagnosis *d)
{
    for (size_t i = 1; i < plan->n; i++) {
        struct scp_plan_step step = plan->v[i];
        size_t at = i;

        for (; at > 0 && goes_before(d, &step, &plan->v[at - 1]); at--)
            plan->v[at] = plan->v[at - 1];
        plan->v[at] = step;
    }
}

/* Would the update, switched on again where the hosts of lists answer, mend what the root mends? */
static int try_update(const struct scp_diagnosis_session *s, struct scp_plan *plan, struct scp_err *err)
{
    static const bool NONE[UNITS_MAX];
    static const struct scp_plan nothing;
    struct rehearsal h = { .view = NULL };
    int rc;

    if (!s->diagnosis.either || plan->n == 0 || plan->v[0].mends != SCP_PART_ROOTS)
        return 0;
    h.view = scp_registry_copy(s->session.registry, err);
    rc =
        h.view != NULL && scp_plan_lay_update(h.view, s->session.common.at, err) == 0 ? judge_view(s, &nothing, NONE, &h, err) : -1;
    if (rc == 0)
        plan->update_instead = h.s->diagnosis.cause[SCP_PART_ROOTS].state == SCP_ABSENT &&
                               h.s->diagnosis.cause[SCP_PART_AUTOUPDATE].state == SCP_ABSENT;
    end(&h);
    return rc;
}

static bool is_registry_judged(const struct scp_diagnosis_session *s)
{
    return s->session.registry != NULL && s->session.judgeable && s->session.trust->registry != NULL;
}

/* The whole once more: what the causes are then, and what is left to be asked for. */
static int finish(const struct scp_diagnosis_session *s, struct search *w, struct scp_result *const part[SCP_PARTS],
                  struct scp_err *err)
{
    struct rehearsal h;
    int rc;

    if (w->plan->n == 0) {
        ask(s, w->plan, &s->diagnosis, part);
        ask_service(w->plan, s, w->service);
        return 0;
    }
    rc = rehearse(s, w->plan, w->chosen, &h, err);
    if (rc == 0) {
        w->plan->placed = h.placed;
        ask(s, w->plan, &h.s->diagnosis, part);
        ask_service(w->plan, h.s, w->service);
        note_rest(w->plan, &h.s->diagnosis, h.part);
    }
    end(&h);
    return rc;
}

int scp_plan_make(struct scp_diagnosis_session *s, struct scp_result *const part[SCP_PARTS], struct scp_err *err)
{
    struct scp_plan *plan = &s->plan;
    struct search *w;
    int rc = 0;

    memset(plan, 0, sizeof *plan);
    plan->made = true;
    for (size_t i = 0; i < s->diagnosis.cause[SCP_PART_AUTOUPDATE].evidences; i++)
        plan->update_impaired |= scp_diagnosis_impairs_update(s->diagnosis.cause[SCP_PART_AUTOUPDATE].evidence[i]);
    (void)scp_session_server(&s->session, plan->server);
    if (is_registry_judged(s))
        scp_proxy_read(s->session.registry, SCP_PROXY_SYSTEM, &plan->proxy);
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return scp_err_memory(err);
    w->s = s;
    w->plan = plan;
    w->service = part[SCP_PART_SERVICE];
    if (is_registry_judged(s))
        rc = search(w, err);
    if (rc == 0)
        rc = finish(s, w, part, err);
    if (rc == 0)
        rc = try_update(s, plan, err);
    free(w);
    order(plan, &s->diagnosis);
    ask_owners_first(plan);
    scp_diagnosis_levels(s);
    return rc;
}
