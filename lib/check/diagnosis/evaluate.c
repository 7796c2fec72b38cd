/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"

#include "base/say.h"
#include <stdio.h>
#include <string.h>

enum { PHRASE = 240, TEXT_MAX = 8 << 10, EVIDENCE_SHOWN = 5 };

static const char *const IDS[SCP_CAUSES] = { "diagnosis.autoupdate", "diagnosis.roots", "diagnosis.intermediates",
                                             "diagnosis.revocation" };

static bool present(const struct scp_diagnosis *d, enum scp_part cause)
{
    return d->cause[cause].state == SCP_PRESENT;
}

/* Named behind the others: what is mended first stands in front, also where it follows from another. */
static bool is_consequence(const struct scp_diagnosis *d, enum scp_part cause)
{
    return d->cause[cause].follows >= 0 && d->first != (int)cause && !(d->either && cause == SCP_PART_ROOTS);
}

/* --- Words --- */

static void autoupdate_phrase(const struct scp_diagnosis_input *in, const struct scp_diagnosis_cause *c, char out[PHRASE])
{
    const char *text = "root auto-update is impaired";

    if (in->update_on == SCP_NO)
        text = "root auto-update is disabled";
    else if (c->evidences > 0 && (c->evidence[0]->evidence & SCP_SAYS_NO_LIST) != 0)
        text = "root auto-update is on, but does not work";
    (void)snprintf(out, PHRASE, "%s", text);
}

static void roots_phrase(const struct scp_diagnosis_input *in, const struct scp_diagnosis_cause *c, char out[PHRASE])
{
    bool absent = c->evidences > 0 && (c->evidence[0]->evidence & SCP_SAYS_ROOT_ABSENT) != 0;

    (void)snprintf(out, PHRASE, "%s %s", in->root_name[0] != '\0' ? in->root_name : "a required root",
                   absent ? "is missing" : "cannot be used");
}

static void hosts_phrase(const struct scp_diagnosis_cause *c, char out[PHRASE])
{
    if (c->evidences > 0 && (c->evidence[0]->evidence & SCP_SAYS_NO_WAY_OUT) != 0)
        (void)snprintf(out, PHRASE, "there is no way out to the hosts of CRLs, OCSP and trust lists");
    else
        (void)snprintf(out, PHRASE, "%zu CRL, OCSP or trust-list endpoint%s fail%s", c->found, c->found == 1 ? "" : "s",
                       c->found == 1 ? "s" : "");
}

static void phrase(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, enum scp_part cause, char out[PHRASE])
{
    const struct scp_diagnosis_cause *c = &d->cause[cause];

    out[0] = '\0';
    switch (cause) {
    case SCP_PART_AUTOUPDATE: autoupdate_phrase(in, c, out); break;
    case SCP_PART_ROOTS: roots_phrase(in, c, out); break;
    case SCP_PART_INTERMEDIATES:
        (void)snprintf(out, PHRASE, "no current chain can be built from the stores%s",
                       c->by_aia_failed ? ", and what is missing cannot be fetched" : "");
        break;
    case SCP_PART_REVOCATION: hosts_phrase(c, out); break;
    case SCP_PART_STATUS:
    case SCP_PART_SERVICE:
    case SCP_PARTS: break;
    }
}

static bool any_symptom(const struct scp_diagnosis_input *in)
{
    for (size_t i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++) {
        if (in->symptom[i] == SCP_PRESENT)
            return true;
    }
    return false;
}

/* --- Findings --- */

/* What to do about it: the steps of the plan that mend it; a step is said once. */
static void take_remedy(const struct scp_diagnosis *d, enum scp_part cause, bool said[SCP_PLAN_STEPS_MAX], size_t finding,
                        struct scp_result *r)
{
    char text[SCP_PLAN_TEXT];

    text[0] = '\0';
    if (d->plan != NULL)
        scp_plan_remedy(d->plan, cause, said, text);
    scp_result_remedy(r, finding, SCP_SAID, text);
}

static void cause_finding(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, enum scp_part cause,
                          bool said[SCP_PLAN_STEPS_MAX], struct scp_result *r)
{
    const struct scp_diagnosis_cause *c = &d->cause[cause];
    bool first = d->first == (int)cause;
    char text[PHRASE], origin[PHRASE], from[PHRASE + 32] = "";
    size_t i;

    phrase(in, d, cause, text);
    if (c->follows >= 0) {
        phrase(in, d, (enum scp_part)c->follows, origin);
        (void)snprintf(from, sizeof from, ", which follows from: %s", origin);
    }
    i = scp_result_add(r, c->worst, IDS[cause], "", "%s%s%s: " SCP_SAID "%s", text,
                       first && d->causes > 1 ? " (mend this first)" : "", from, c->evidence[0]->text,
                       first && any_symptom(in) ? "; this explains the symptoms that were seen" : "");
    take_remedy(d, cause, said, i, r);
}

/* Could not be told, and is no remark. */
static bool is_open(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, int cause)
{
    return d->cause[cause].state == SCP_COULD_NOT_TELL && !in->skipped[cause] && !d->cause[cause].by_aia;
}

/* The parts that are meant, with commas between. */
static const char *names_of(const bool meant[SCP_CAUSES], char out[PHRASE])
{
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (meant[i])
            n += (size_t)snprintf(out + n, PHRASE - n, "%s%s", n > 0 ? ", " : "", scp_part_name((enum scp_part)i));
    }
    return out;
}

/* Why the endpoints tell nothing is said where this host has no way out. */
static void incomplete(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    const struct scp_finding *why = scp_result_find(in->part[SCP_PART_REVOCATION], SCP_UNKNOWN, SCP_SAYS_NO_WAY_OUT);
    char names[PHRASE];
    bool open[SCP_CAUSES];

    for (int i = 0; i < SCP_CAUSES; i++)
        open[i] = is_open(in, d, i);
    if (names_of(open, names)[0] != '\0')
        (void)scp_result_add(r, SCP_UNKNOWN, "diagnosis.incomplete", "", "could not be told: %s%s%s%s", names,
                             why != NULL ? " (" : "", why != NULL ? why->text : "", why != NULL ? ")" : "");
}

static void disconnected(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    bool whole = d->root_wanted == SCP_NO && d->cause[SCP_PART_INTERMEDIATES].state == SCP_ABSENT;

    if (in->disconnected == SCP_YES)
        (void)scp_result_add(r, SCP_OK, "diagnosis.disconnected", "", "a disconnected environment by the article's definition: %s",
                             !in->mirror && whole ? "roots and intermediates are there, and must be kept so by group policy"
                             : in->mirror         ? "its internal mirror must be kept fresh (certutil -syncWithWU)"
                                          : "distribute roots and intermediates by group policy, or set up an internal mirror "
                                            "(certutil -syncWithWU, RootDirUrl)");
}

/* The worst that the part about symptoms has found. */
static enum scp_state symptom_state(const struct scp_diagnosis_input *in)
{
    const struct scp_result *status = in->part[SCP_PART_STATUS];
    enum scp_state s = status != NULL ? scp_result_state(status) : SCP_WARNING;

    return s == SCP_CRITICAL ? SCP_CRITICAL : SCP_WARNING;
}

/* What was left out, and what only Windows itself will show, is not said to be absent. */
static void none_present(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    const char *by_aia =
        d->cause[SCP_PART_INTERMEDIATES].by_aia ? "; intermediates are to come when Windows needs them: cause 3 is not known" : "";
    char names[PHRASE];

    if (names_of(in->skipped, names)[0] != '\0')
        (void)scp_result_add(r, SCP_OK, "diagnosis.none", "",
                             "none of the article's causes that were looked for is present (left out: %s)%s", names, by_aia);
    else
        (void)scp_result_add(r, SCP_OK, "diagnosis.none", "", "none of the article's four causes is %s%s",
                             by_aia[0] != '\0' ? "seen to be present" : "present", by_aia);
}

static void add_findings(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    bool said[SCP_PLAN_STEPS_MAX] = { false };
    bool complete = true;
    char beside[SCP_BESIDE_TEXT];

    if (d->first >= 0)
        cause_finding(in, d, (enum scp_part)d->first, said, r);
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (i != d->first && present(d, (enum scp_part)i))
            cause_finding(in, d, (enum scp_part)i, said, r);
        complete = complete && !is_open(in, d, i);
    }
    if (d->causes == 0 && any_symptom(in))
        (void)scp_result_add(r, symptom_state(in), "diagnosis.unexplained", "", "%s" SCP_SAID,
                             !complete ? "the symptoms are there; no cause was found among what could be judged"
                             : d->cause[SCP_PART_INTERMEDIATES].by_aia
                                 ? "the symptoms are there, and none of the article's causes is seen to be; whether Windows gets "
                                   "the intermediates that are in no store is not known"
                                 : "the symptoms are there, but none of the article's four causes",
                             scp_diagnosis_beside_phrase(d, beside));
    incomplete(in, d, r);
    disconnected(in, d, r);
    if (d->causes == 0 && complete && !any_symptom(in))
        none_present(in, d, r);
}

/* --- The summary: the causes in one sentence --- */

/* The clause of one cause; a disabled update and the root that it does not bring are one clause. */
static void add_clause(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, enum scp_part cause,
                       struct scp_buf *out)
{
    char text[PHRASE];

    phrase(in, d, cause, text);
    (void)scp_buf_str(out, text);
    if (!d->either || cause != SCP_PART_AUTOUPDATE)
        return;
    phrase(in, d, SCP_PART_ROOTS, text);
    (void)scp_buf_printf(out, " and %s (mending either is enough)", text);
}

/* Those that are named by themselves, the one to mend first in front. */
static void add_cause_words(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_buf *out)
{
    size_t listed = 0, all = 0;
    bool named[SCP_CAUSES];

    /* Either of the two is enough: they are one clause, the update's. */
    for (int i = 0; i < SCP_CAUSES; i++) {
        named[i] = present(d, (enum scp_part)i) && !is_consequence(d, (enum scp_part)i) && !(d->either && i == SCP_PART_ROOTS);
        all += named[i];
    }
    (void)scp_buf_str(out, all > 1 ? "causes: " : "cause: ");
    for (int k = -1; k < SCP_CAUSES; k++) {
        int i = k >= 0 ? k : d->either && d->first == SCP_PART_ROOTS ? SCP_PART_AUTOUPDATE : d->first;

        if (i < 0 || !named[i])
            continue;
        (void)scp_buf_str(out, listed == 0 ? "" : listed + 1 == all ? "; and " : "; ");
        add_clause(in, d, (enum scp_part)i, out);
        named[i] = false;
        listed++;
    }
}

static void add_consequences(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_buf *out)
{
    char text[PHRASE];
    size_t n = 0;

    for (int i = 0; i < SCP_CAUSES; i++) {
        if (!present(d, (enum scp_part)i) || !is_consequence(d, (enum scp_part)i))
            continue;
        phrase(in, d, (enum scp_part)i, text);
        (void)scp_buf_printf(out, "%s%s", n++ == 0 ? "; as a consequence " : " and ", text);
    }
}

/* What to do first, and on which server. */
static void add_first_step(const struct scp_diagnosis *d, struct scp_buf *out)
{
    char text[SCP_PLAN_TEXT], server[SCP_SESSION_SERVER + 8] = "";

    if (d->plan == NULL || d->plan->n == 0)
        return;
    scp_plan_first(d->plan, text);
    if (d->plan->server[0] != '\0')
        (void)scp_say(server, sizeof server, " on %s", d->plan->server);
    (void)scp_buf_printf(out, "; first%s: %s", server, text);
}

static void add_summary(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    const struct scp_finding *service = scp_diagnosis_service_fault(in->part[SCP_PART_SERVICE]);
    struct scp_buf out;

    if (d->causes == 0 && (service == NULL || d->plan == NULL || d->plan->n == 0))
        return;
    scp_buf_init(&out, TEXT_MAX);
    if (d->causes > 0) {
        add_cause_words(in, d, &out);
        add_consequences(in, d, &out);
    } else {
        (void)scp_buf_str(&out, service->text);
    }
    add_first_step(d, &out);
    if (out.starved)
        scp_result_break(r);
    scp_result_summary(r, SCP_SAID, scp_buf_text(&out));
    scp_buf_free(&out);
}

/* --- The checklist --- */

static const char *const WHAT[SCP_CAUSES] = {
    "1. Automatic root update is off or does not work",
    "2. A required root is missing (DigiCert Global Root G2)",
    "3. Intermediates are missing from the CA store",
    "4. Only some CRL, OCSP and trust-list hosts can be reached",
};
static const char *const SYMPTOM_WHAT[SCP_DIAGNOSIS_SYMPTOMS] = {
    "Status message 9605, DMP_UPLOADER_UPLOAD_FAILED",
    "Status message 9607, DMP_UPLOADER_UPLOAD_EXCEPTION",
    "Log: Failed to check and load service signing certificate",
};
static const char BOTH_MESSAGES[] = "Status messages 9605 and 9607, DMP_UPLOADER_UPLOAD_...";

static const char *verdict(enum scp_presence p, bool skipped)
{
    return skipped ? "skipped" : p == SCP_PRESENT ? "present" : p == SCP_ABSENT ? "absent" : "unknown";
}

static const char *brief_of(const struct scp_finding *f)
{
    return f->brief[0] != '\0' ? f->brief : f->text;
}

static void evidence_lines(const struct scp_diagnosis_cause *c, struct scp_buf *out)
{
    if (c->by_aia && c->evidences == 0)
        (void)scp_buf_str(out, brief_of(c->aia));
    for (size_t i = 0; i < c->evidences && i < EVIDENCE_SHOWN; i++) {
        (void)scp_buf_str(out, i > 0 ? "\n" : "");
        (void)scp_buf_str(out, brief_of(c->evidence[i]));
    }
    if (c->evidences > EVIDENCE_SHOWN)
        (void)scp_buf_printf(out, "\nand %zu more", c->found - EVIDENCE_SHOWN);
}

static void check_cause(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, enum scp_part cause,
                        struct scp_exhibit *e, struct scp_result *r)
{
    const struct scp_diagnosis_cause *c = &d->cause[cause];
    const char *cell[SCP_CHECKLIST_COLUMNS] = { WHAT[cause], verdict(c->state, in->skipped[cause]) };
    struct scp_buf text;

    scp_buf_init(&text, TEXT_MAX);
    evidence_lines(c, &text);
    if (text.starved)
        scp_result_break(r);
    cell[SCP_CHECKLIST_EVIDENCE] = scp_buf_text(&text);
    scp_exhibit_add(e, in->skipped[cause] ? SCP_MARK_NONE : scp_mark_of(c->worst), cell);
    scp_buf_free(&text);
}

/* The finding that shows a symptom; NULL. */
static const struct scp_finding *symptom_finding(const struct scp_diagnosis_input *in, enum scp_diagnosis_symptom symptom)
{
    const struct scp_result *part = in->part[SCP_PART_STATUS];

    for (size_t i = 0; part != NULL && in->symptom_evidence[symptom] != NULL && i < part->findings; i++) {
        if (part->finding[i].state != SCP_OK && strcmp(part->finding[i].id, in->symptom_evidence[symptom]) == 0)
            return &part->finding[i];
    }
    return NULL;
}

static void add_remark(struct scp_exhibit *e, enum scp_mark mark, const char *said)
{
    const char *cell[SCP_PLAN_COLUMNS] = { said, "" };

    scp_exhibit_add(e, mark, cell);
}

/* The plan leaves the update off, and it is a cause no more. */
static bool may_stay_off(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d)
{
    return in->update_on == SCP_NO && !in->declared && present(d, SCP_PART_AUTOUPDATE) &&
           d->plan->after[SCP_PART_AUTOUPDATE] == SCP_ABSENT;
}

/* What the rehearsal showed, and what it leaves as it is. */
static void add_remarks(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_exhibit *e)
{
    char text[SCP_PLAN_TEXT];

    scp_plan_shown(d->plan, text);
    if (text[0] == '\0')
        return;
    add_remark(e, SCP_MARK_OK, text);
    if (may_stay_off(in, d))
        add_remark(e, SCP_MARK_OK,
                   "automatic root update may stay off where that is meant: it is no cause once the roots are in the store; new "
                   "ones are then yours to import");
    if (d->plan->stays[0] == '\0')
        return;
    (void)scp_say(text, sizeof text, "%s (below) stays CRITICAL: no required chain waits for it, it is mended by itself",
                  d->plan->stays);
    add_remark(e, SCP_MARK_CRITICAL, text);
}

static void add_reason(struct scp_exhibit *e, const char *matter, const char *why)
{
    char what[PHRASE];
    const char *cell[SCP_PLAN_COLUMNS] = { what, why };

    if (why[0] == '\0')
        return;
    (void)scp_say(what, sizeof what, "no step here mends %s", matter);
    scp_exhibit_add(e, SCP_MARK_UNKNOWN, cell);
}

/* The steps, and what follows the last. */
static void add_plan(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    const struct scp_plan *plan = d->plan;
    char title[SCP_SESSION_SERVER + 32], what[SCP_PLAN_TEXT], details[SCP_PLAN_TEXT];
    const char *cell[SCP_PLAN_COLUMNS] = { what, details };
    struct scp_exhibit *e;

    (void)scp_say(title, sizeof title, "What to do%s%s", plan->server[0] != '\0' ? " on " : "", plan->server);
    e = scp_exhibit_new(SCP_EXHIBIT_PLAN, title, NULL, 0);
    for (size_t i = 0; i < plan->n; i += scp_plan_group(plan, i)) {
        scp_plan_what(plan, i, what);
        scp_plan_details(plan, i, details);
        scp_exhibit_add(e, SCP_MARK_NONE, cell);
    }
    if (scp_plan_last(plan)[0] != '\0') {
        (void)scp_say(what, sizeof what, "let Windows forget what it has cached, and Configuration Manager try again");
        (void)scp_say(details, sizeof details, SCP_OURS, scp_plan_last(plan));
        scp_exhibit_add(e, SCP_MARK_NONE, cell);
    }
    add_remarks(in, d, e);
    for (int i = 0; i < SCP_CAUSES; i++)
        add_reason(e, WHAT[i], plan->why[i]);
    add_reason(e, "what the service sends", plan->why_service);
    scp_result_exhibit(r, e);
}

/* Neither message was seen, and as much is known of both: one row tells it. */
static bool is_one_row(const struct scp_diagnosis_input *in)
{
    return in->symptom[SCP_DIAGNOSIS_9605] == in->symptom[SCP_DIAGNOSIS_9607] && in->symptom[SCP_DIAGNOSIS_9605] != SCP_PRESENT;
}

static void check_symptom(const struct scp_diagnosis_input *in, enum scp_diagnosis_symptom symptom, const char *what,
                          struct scp_exhibit *e)
{
    const struct scp_finding *f = symptom_finding(in, symptom);
    char seen[PHRASE] = "";
    const char *cell[SCP_CHECKLIST_COLUMNS] = { what, verdict(in->symptom[symptom], in->skipped[SCP_PART_STATUS]), seen };
    enum scp_mark mark = in->symptom[symptom] == SCP_PRESENT  ? scp_mark_of(symptom_state(in))
                         : in->symptom[symptom] == SCP_ABSENT ? SCP_MARK_OK
                                                              : SCP_MARK_NONE;

    /* The finding has what the log says, the row how often and when. */
    if (f != NULL)
        (void)scp_say(seen, sizeof seen, SCP_SAID, brief_of(f));
    scp_exhibit_add(e, mark, cell);
}

static void add_checklists(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    struct scp_exhibit *symptoms = scp_exhibit_new(SCP_EXHIBIT_CHECKLIST, "Symptoms", NULL, 0);
    struct scp_exhibit *causes = scp_exhibit_new(SCP_EXHIBIT_CHECKLIST, "Causes", NULL, 0);

    for (int i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++) {
        if (i == SCP_DIAGNOSIS_9605 && is_one_row(in))
            check_symptom(in, SCP_DIAGNOSIS_9605, BOTH_MESSAGES, symptoms);
        else if (i != SCP_DIAGNOSIS_9607 || !is_one_row(in))
            check_symptom(in, (enum scp_diagnosis_symptom)i, SYMPTOM_WHAT[i], symptoms);
    }
    for (size_t i = 0; i < SCP_CAUSES; i++)
        check_cause(in, d, (enum scp_part)i, causes, r);
    scp_result_exhibit(r, symptoms);
    scp_result_exhibit(r, causes);
}

void scp_diagnosis_evaluate(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    struct scp_perfdata causes = {
        .label = "causes", .value = (double)d->causes, .unit = "", .has_min = true, .has_max = true, .max = SCP_CAUSES
    };

    add_findings(in, d, r);
    if (scp_result_count(r) == 0)
        (void)scp_result_add(r, SCP_UNKNOWN, "diagnosis.incomplete", "", "nothing was judged");
    scp_result_perfdata(r, &causes);
    add_summary(in, d, r);
    if (d->plan != NULL && d->plan->made)
        add_plan(in, d, r);
    add_checklists(in, d, r);
    if (any_symptom(in))
        scp_diagnosis_beside_show(d, r);
}

/* --- What the plan and the checklists tell --- */

/* What is said of a chain's root is said of the root. */
static bool is_consequence_of_root(const struct scp_diagnosis *d, const struct scp_finding *f)
{
    return d->cause[SCP_PART_ROOTS].state == SCP_PRESENT && (f->evidence & (SCP_SAYS_ROOT_ABSENT | SCP_SAYS_ROOT_REFUSED)) != 0;
}

static void mark_cause(const struct scp_diagnosis *d, enum scp_part cause, struct scp_result *r)
{
    const struct scp_diagnosis_cause *c = &d->cause[cause];

    for (size_t i = 0; i < c->evidences && i < EVIDENCE_SHOWN; i++) {
        if (!scp_diagnosis_impairs_update(c->evidence[i]))
            scp_result_told(r, c->evidence[i]);
    }
    for (size_t i = 0; i < r->findings && c->state == SCP_PRESENT; i++) {
        if (strcmp(r->finding[i].id, IDS[cause]) == 0)
            scp_result_told(r, &r->finding[i]);
    }
}

void scp_diagnosis_mark_told(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r)
{
    const struct scp_result *chains = in->part[SCP_PART_INTERMEDIATES];

    for (int i = 0; i < SCP_CAUSES; i++)
        mark_cause(d, (enum scp_part)i, r);
    for (int i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++)
        scp_result_told(r, symptom_finding(in, (enum scp_diagnosis_symptom)i));
    for (size_t i = 0; chains != NULL && i < chains->findings; i++) {
        if (is_consequence_of_root(d, &chains->finding[i]))
            scp_result_told(r, &chains->finding[i]);
    }
}

/* What the plan imports makes the chain build that the service sends. */
static bool is_planned(const struct scp_diagnosis *d, const struct scp_result *part, const struct scp_diagnosis_input *in,
                       const struct scp_finding *f)
{
    return part == in->part[SCP_PART_SERVICE] && d->plan != NULL && d->plan->service_builds && scp_diagnosis_is_service_fault(f) &&
           strstr(f->remedy, "-addstore") != NULL;
}

/* In place of the parts' own advice, which nobody rehearsed; that of the symptom is to be diagnosed. */
void scp_diagnosis_drop_advice(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d,
                               struct scp_result *const part[SCP_PARTS])
{
    const struct scp_finding *chain_error = symptom_finding(in, SCP_DIAGNOSIS_CHAIN_ERRORS);

    for (int p = 0; p < SCP_PARTS; p++) {
        for (size_t i = 0; part[p] != NULL && i < part[p]->findings; i++) {
            bool evidence = is_consequence_of_root(d, &part[p]->finding[i]) || &part[p]->finding[i] == chain_error ||
                            is_planned(d, part[p], in, &part[p]->finding[i]);

            for (int c = 0; c < SCP_CAUSES; c++) {
                for (size_t k = 0; k < d->cause[c].evidences; k++)
                    evidence = evidence || d->cause[c].evidence[k] == &part[p]->finding[i];
            }
            if (evidence && !scp_diagnosis_impairs_update(&part[p]->finding[i]))
                scp_result_remedy(part[p], i, "%s", "");
        }
    }
}
