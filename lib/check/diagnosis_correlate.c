/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis.h"

#include <string.h>

const char *scp_part_name(enum scp_part part)
{
    static const char *const names[SCP_PARTS] = { "autoupdate", "roots", "intermediates", "revocation", "status" };

    return names[part];
}

const char *scp_diagnosis_symptom_name(enum scp_diagnosis_symptom symptom)
{
    static const char *const names[SCP_DIAGNOSIS_SYMPTOMS] = { "msg_9605", "msg_9607", "chain_errors" };

    return names[symptom];
}

/*
 * Findings that ask for tidying up but cause none of the article's failures by themselves; a chain that fails for want of its root
 * alone is the root's matter.  A trailing '*' ends a pattern.
 * Everything else counts, so that a finding that is not thought of here is rather shown once too often.
 */
static const char *const NO_EVIDENCE[] = {
    "source.*",
    "profile.*",
    "crl.*",
    "ocsp.*",
    "ctl.*",
    "proxy.*",
    "list.weak",
    "list.damaged",
    "list.future",
    "roots.misplaced",
    "roots.unlisted",
    "roots.recommended-missing",
    "roots.expiring",
    "roots.sync-future",
    "autoupdate.value-misplaced",
    "autoupdate.sync-future",
    "autoupdate.disallowed-disabled",
    "autoupdate.unexpected",
    "intermediates.root-missing",
    "intermediates.expiring",
    "intermediates.recommended",
    "intermediates.foreign-root",
    "intermediates.name-encoding",
    "intermediates.file-damaged",
    "revocation.clock",
    "revocation.expiring",
    "revocation.slow",
};

static bool matches(const char *pattern, const char *id)
{
    size_t n = strlen(pattern);

    return pattern[n - 1] == '*' ? strncmp(pattern, id, n - 1) == 0 : strcmp(pattern, id) == 0;
}

static bool is_evidence(const struct scp_finding *f)
{
    for (size_t i = 0; i < sizeof NO_EVIDENCE / sizeof NO_EVIDENCE[0]; i++) {
        if (matches(NO_EVIDENCE[i], f->id))
            return false;
    }
    return f->state == SCP_WARNING || f->state == SCP_CRITICAL;
}

static void collect(const struct scp_result *part, enum scp_state state, struct scp_diagnosis_cause *cause)
{
    const struct scp_finding *f;

    for (size_t i = 0; (f = scp_result_finding(part, i)) != NULL; i++) {
        if (f->state == state && is_evidence(f) && cause->evidences < SCP_DIAGNOSIS_EVIDENCE_MAX)
            cause->evidence[cause->evidences++] = f;
    }
}

/* Whether something of the part could not be told. */
static bool has_unknown(const struct scp_result *part)
{
    const struct scp_finding *f;

    for (size_t i = 0; (f = scp_result_finding(part, i)) != NULL; i++) {
        if (f->state == SCP_UNKNOWN)
            return true;
    }
    return scp_result_count(part) == 0 || part->broken;
}

static void judge(const struct scp_result *part, struct scp_diagnosis_cause *cause)
{
    cause->follows = -1;
    cause->state = SCP_COULD_NOT_TELL;
    cause->worst = SCP_UNKNOWN;
    if (part == NULL)
        return;
    collect(part, SCP_CRITICAL, cause);
    collect(part, SCP_WARNING, cause);
    if (cause->evidences > 0) {
        cause->state = SCP_PRESENT;
        cause->worst = cause->evidence[0]->state;
    } else if (!has_unknown(part)) {
        cause->state = SCP_ABSENT;
        cause->worst = SCP_OK;
    }
}

static bool present(const struct scp_diagnosis *d, enum scp_part cause)
{
    return d->cause[cause].state == SCP_PRESENT;
}

/*
 * What follows from what: without the network no lists come; without lists no roots; and a missing intermediate would have been
 * fetched from a host that answers.
 */
static void relate(const struct scp_diagnosis_input *in, struct scp_diagnosis *d)
{
    bool network = present(d, SCP_PART_REVOCATION);

    if (present(d, SCP_PART_AUTOUPDATE) && network && in->update_on != SCP_NO && in->lists_reached == SCP_NO && !in->mirror)
        d->cause[SCP_PART_AUTOUPDATE].follows = SCP_PART_REVOCATION;
    if (present(d, SCP_PART_ROOTS) && present(d, SCP_PART_AUTOUPDATE))
        d->cause[SCP_PART_ROOTS].follows = SCP_PART_AUTOUPDATE;
    else if (present(d, SCP_PART_ROOTS) && network && in->update_on != SCP_NO && in->lists_reached == SCP_NO && !in->mirror)
        d->cause[SCP_PART_ROOTS].follows = SCP_PART_REVOCATION;
    if (present(d, SCP_PART_INTERMEDIATES) && network && in->issuers_reached == SCP_NO)
        d->cause[SCP_PART_INTERMEDIATES].follows = SCP_PART_REVOCATION;
}

/* Present causes that follow from nothing, the worst of them, in the article's order. */
static int choose_first(const struct scp_diagnosis *d)
{
    int first = -1;

    for (int i = 0; i < SCP_CAUSES; i++) {
        const struct scp_diagnosis_cause *c = &d->cause[i];

        if (c->state != SCP_PRESENT || c->follows >= 0)
            continue;
        if (first < 0 || (c->worst == SCP_CRITICAL && d->cause[first].worst != SCP_CRITICAL))
            first = i;
    }
    return first;
}

/* A root's absence, as against what is wrong with one that is there. */
static bool root_is_absent(const struct scp_diagnosis_cause *roots)
{
    for (size_t i = 0; i < roots->evidences; i++) {
        if (strcmp(roots->evidence[i]->id, "roots.missing") != 0 && strcmp(roots->evidence[i]->id, "roots.on-demand") != 0)
            return false;
    }
    return roots->evidences > 0;
}

void scp_diagnosis_correlate(const struct scp_diagnosis_input *in, struct scp_diagnosis *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < SCP_CAUSES; i++) {
        judge(in->skipped[i] ? NULL : in->part[i], &out->cause[i]);
        out->causes += out->cause[i].state == SCP_PRESENT;
    }
    /* A root that is disallowed or disabled is not the fault of the update. */
    relate(in, out);
    if (present(out, SCP_PART_ROOTS) && !root_is_absent(&out->cause[SCP_PART_ROOTS]))
        out->cause[SCP_PART_ROOTS].follows = -1;
    out->first = choose_first(out);
    out->either = present(out, SCP_PART_ROOTS) && out->cause[SCP_PART_ROOTS].follows == SCP_PART_AUTOUPDATE &&
                  out->cause[SCP_PART_AUTOUPDATE].follows < 0 && in->update_on == SCP_NO;
}
