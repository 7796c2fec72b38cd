/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/check.h"

#include <string.h>

bool scp_diagnosis_by_aia(const struct scp_finding *f)
{
    return (f->evidence & SCP_SAYS_BY_AIA) != 0 || (f->state == SCP_WARNING && scp_diagnosis_step(f) == SCP_STEP_CERTIFICATE);
}

/* Does a required root have to come by the automatic update, because no store has it? */
static enum scp_tri root_wanted(const struct scp_diagnosis_input *in)
{
    const struct scp_result *roots = in->part[SCP_PART_ROOTS], *chains = in->part[SCP_PART_INTERMEDIATES];

    if (roots != NULL) {
        if ((scp_result_find(roots, SCP_CRITICAL, SCP_SAYS_ROOT_ABSENT) != NULL))
            return SCP_YES;
        return (scp_result_find(roots, SCP_UNKNOWN, 0) != NULL) ? SCP_MAYBE : SCP_NO;
    }
    if ((scp_result_find(chains, SCP_CRITICAL, SCP_SAYS_ROOT_ABSENT) != NULL))
        return SCP_YES;
    return (scp_result_find(chains, SCP_OK, SCP_SAYS_CHAIN) != NULL) && !(scp_result_find(chains, SCP_UNKNOWN, 0) != NULL)
               ? SCP_NO
               : SCP_MAYBE;
}

/* An endpoint that missing intermediates would come from speaks for cause 3; so does a server that reaches none at all. */
static bool is_issuers(const struct scp_diagnosis_input *in, const struct scp_finding *f)
{
    for (size_t i = 0; i < in->issuer_endpoints; i++) {
        if (strcmp(in->issuer_endpoint[i], f->subject) == 0)
            return true;
    }
    return false;
}

static void push(struct scp_diagnosis_cause *cause, const struct scp_finding *f)
{
    cause->found++;
    if (cause->evidences < SCP_DIAGNOSIS_EVIDENCE_MAX)
        cause->evidence[cause->evidences++] = f;
}

/* What a root or an intermediate is refused for goes before what is missing: importing does not help against it. */
static void collect(const struct scp_diagnosis_input *in, enum scp_part part, bool issuers, bool missing,
                    struct scp_diagnosis_cause *cause)
{
    const struct scp_finding *f;

    for (size_t i = 0; in->part[part] != NULL && (f = scp_result_finding(in->part[part], i)) != NULL; i++) {
        unsigned step = scp_diagnosis_step(f);

        if (f->state == SCP_CRITICAL && step != SCP_STEP_NONE && (step == SCP_STEP_CERTIFICATE) == missing &&
            is_issuers(in, f) == issuers)
            push(cause, f);
    }
}

/* What is to come by AIA, in front of the addresses that fail: its remedy is the nearer one. */
static void collect_issuers(const struct scp_diagnosis_input *in, struct scp_diagnosis_cause *cause)
{
    const struct scp_result *part = in->part[SCP_PART_INTERMEDIATES];
    struct scp_diagnosis_cause failing = { .evidences = 0 };
    const struct scp_finding *f;

    collect(in, SCP_PART_REVOCATION, true, false, &failing);
    if (failing.evidences == 0 && in->issuer_endpoints > 0)
        failing.evidence[0] = scp_result_find(in->part[SCP_PART_REVOCATION], SCP_CRITICAL, SCP_SAYS_NO_WAY_OUT);
    failing.evidences += failing.evidences == 0 && failing.evidence[0] != NULL;
    for (size_t i = 0; part != NULL && (f = scp_result_finding(part, i)) != NULL; i++) {
        if (cause->aia == NULL && scp_diagnosis_by_aia(f))
            cause->aia = f;
        if (failing.evidences > 0 && scp_diagnosis_by_aia(f))
            push(cause, f);
    }
    cause->by_aia = cause->aia != NULL;
    for (size_t i = 0; i < failing.evidences; i++)
        push(cause, failing.evidence[i]);
}

void scp_diagnosis_collect(const struct scp_diagnosis_input *in, struct scp_diagnosis *out)
{
    memset(out, 0, sizeof *out);
    out->root_wanted = root_wanted(in);
    out->refreshed = (scp_result_find(in->part[SCP_PART_ROOTS], SCP_UNKNOWN, SCP_SAYS_ROOT_ABSENT) != NULL) ||
                     (scp_result_find(in->part[SCP_PART_INTERMEDIATES], SCP_UNKNOWN, SCP_SAYS_ROOT_ABSENT) != NULL);
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (in->skipped[i] || (i == SCP_PART_AUTOUPDATE && out->root_wanted == SCP_NO))
            continue;
        collect(in, (enum scp_part)i, false, false, &out->cause[i]);
        collect(in, (enum scp_part)i, false, true, &out->cause[i]);
    }
    if (!in->skipped[SCP_PART_INTERMEDIATES])
        collect_issuers(in, &out->cause[SCP_PART_INTERMEDIATES]);
}

void scp_diagnosis_soften(const struct scp_diagnosis *d, struct scp_result *update)
{
    bool soft = d->root_wanted == SCP_NO || d->refreshed;

    for (size_t i = 0; update != NULL && soft && i < update->findings; i++) {
        struct scp_finding *f = &update->finding[i];

        if (f->state == SCP_CRITICAL && (scp_diagnosis_step(f) != SCP_STEP_NONE || strncmp(f->id, "autoupdate.", 11) == 0))
            f->state = SCP_WARNING;
    }
}

/* --- The service --- */

bool scp_diagnosis_is_service_fault(const struct scp_finding *f)
{
    return f->state == SCP_CRITICAL || (f->state == SCP_WARNING && (f->evidence & SCP_BESIDE_INSPECTION) != 0);
}

const struct scp_finding *scp_diagnosis_service_fault(const struct scp_result *service)
{
    const struct scp_finding *f;

    for (size_t i = 0; service != NULL && (f = scp_result_finding(service, i)) != NULL; i++) {
        if (scp_diagnosis_is_service_fault(f))
            return f;
    }
    return NULL;
}

/* --- What the parts cannot know of each other --- */

static void weigh_lists(const struct scp_diagnosis_input *in, struct scp_result *hosts)
{
    size_t n = hosts->findings, weighed = 0;

    for (size_t i = 0; i < n; i++) {
        struct scp_finding *f = &hosts->finding[i];

        for (size_t k = 0; k < in->list_endpoints; k++) {
            if (f->state != SCP_OK && (f->evidence & SCP_SAYS_NO_WAY) != 0 && strcmp(f->subject, in->list_endpoint[k]) == 0) {
                f->state = SCP_OK;
                weighed++;
            }
        }
    }
    if (weighed > 0)
        (void)scp_result_add(hosts, SCP_OK, "diagnosis.contradicted", "",
                             "%zu endpoint%s of trust lists cannot be reached from here; the server itself fetched its list %s ago",
                             weighed, weighed == 1 ? "" : "s", in->lists_proved);
}

void scp_diagnosis_weigh(const struct scp_diagnosis_input *in, struct scp_result *const part[SCP_PARTS])
{
    if (in->lists_proved[0] != '\0' && part[SCP_PART_REVOCATION] != NULL)
        weigh_lists(in, part[SCP_PART_REVOCATION]);
}
