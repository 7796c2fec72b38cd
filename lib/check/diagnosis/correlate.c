/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/check.h"

#include <string.h>

const char *scp_part_name(enum scp_part part)
{
    static const char *const names[SCP_PARTS] = { "autoupdate", "roots", "intermediates", "revocation", "status", "service" };

    return names[part];
}

const char *scp_diagnosis_symptom_name(enum scp_diagnosis_symptom symptom)
{
    static const char *const names[SCP_DIAGNOSIS_SYMPTOMS] = { "msg_9605", "msg_9607", "chain_errors" };

    return names[symptom];
}

/* Whether something of the part could not be told. */
static bool has_unknown(const struct scp_result *part)
{
    return scp_result_find(part, SCP_UNKNOWN, 0) != NULL || scp_result_count(part) == 0 || part->broken;
}

/* What --severity called OK is no evidence any more; what it called a WARNING still is. */
static void drop_settled(struct scp_diagnosis_cause *c)
{
    size_t kept = 0;

    c->worst = SCP_OK;
    for (size_t i = 0; i < c->evidences; i++) {
        /* What the hosts say is not. */
        bool told = c->by_aia && scp_diagnosis_step(c->evidence[i]) != SCP_STEP_NETWORK;

        if (c->evidence[i]->state == SCP_CRITICAL || (c->evidence[i]->state == SCP_WARNING && c->worst != SCP_CRITICAL && !told))
            c->worst = c->evidence[i]->state;
        if (told || c->evidence[i]->state == SCP_CRITICAL || c->evidence[i]->state == SCP_WARNING)
            c->evidence[kept++] = c->evidence[i];
    }
    c->found -= c->evidences - kept;
    c->evidences = c->worst == SCP_OK ? 0 : kept;
}

static void judge(const struct scp_diagnosis_input *in, enum scp_part part, struct scp_diagnosis *d)
{
    struct scp_diagnosis_cause *c = &d->cause[part];
    bool untold = in->skipped[part] || in->part[part] == NULL || has_unknown(in->part[part]) || (c->by_aia && !in->issuers_proved);

    /* That the update is off or broken is known; whether a root waits for it is not. */
    if (part == SCP_PART_AUTOUPDATE && d->root_wanted == SCP_MAYBE && c->evidences > 0) {
        c->evidences = c->found = 0;
        untold = true;
    }
    c->follows = -1;
    drop_settled(c);
    c->state = c->evidences > 0 ? SCP_PRESENT : untold ? SCP_COULD_NOT_TELL : SCP_ABSENT;
    c->by_aia_failed = c->by_aia && c->evidences > 0 && c->evidence[0]->state != SCP_CRITICAL;
    c->by_aia = c->by_aia && c->state == SCP_COULD_NOT_TELL && !has_unknown(in->part[part]);
    if (c->evidences == 0)
        c->worst = untold ? SCP_UNKNOWN : SCP_OK;
}

static bool present(const struct scp_diagnosis *d, enum scp_part cause)
{
    return d->cause[cause].state == SCP_PRESENT;
}

/* A root's absence, as against what is wrong with one that is there, or with any copy of it. */
static bool root_is_absent(const struct scp_diagnosis_cause *roots)
{
    for (size_t i = 0; i < roots->evidences; i++) {
        if ((roots->evidence[i]->evidence & SCP_SAYS_ROOT_ABSENT) == 0)
            return false;
    }
    return roots->evidences > 0;
}

/* What follows from what: without the network no lists come; without lists no roots. */
static void relate(const struct scp_diagnosis_input *in, struct scp_diagnosis *d)
{
    bool blocked = present(d, SCP_PART_REVOCATION) && in->update_on != SCP_NO && in->lists_reached == SCP_NO && !in->mirror;

    if (present(d, SCP_PART_AUTOUPDATE) && blocked)
        d->cause[SCP_PART_AUTOUPDATE].follows = SCP_PART_REVOCATION;
    if (!present(d, SCP_PART_ROOTS) || !root_is_absent(&d->cause[SCP_PART_ROOTS]))
        return;
    if (present(d, SCP_PART_AUTOUPDATE))
        d->cause[SCP_PART_ROOTS].follows = SCP_PART_AUTOUPDATE;
    else if (blocked)
        d->cause[SCP_PART_ROOTS].follows = SCP_PART_REVOCATION;
}

/* The cheapest step; of equal ones that which follows from nothing, then in the article's order. */
static int rank(const struct scp_diagnosis_cause *c)
{
    unsigned step = scp_diagnosis_step(c->evidence[0]);

    /* What comes by AIA and does not is mended by a certificate. */
    return 2 * (int)(step == SCP_STEP_NONE ? SCP_STEP_CERTIFICATE : step) + (c->follows >= 0 && step != SCP_STEP_CERTIFICATE);
}

static int choose_first(const struct scp_diagnosis *d)
{
    int first = -1;

    for (int i = 0; i < SCP_CAUSES; i++) {
        if (present(d, (enum scp_part)i) && (first < 0 || rank(&d->cause[i]) < rank(&d->cause[first])))
            first = i;
    }
    return first;
}

void scp_diagnosis_correlate(const struct scp_diagnosis_input *in, struct scp_diagnosis *d)
{
    d->causes = 0;
    for (int i = 0; i < SCP_CAUSES; i++) {
        judge(in, (enum scp_part)i, d);
        d->causes += d->cause[i].state == SCP_PRESENT;
    }
    relate(in, d);
    d->first = choose_first(d);
    d->either = d->cause[SCP_PART_ROOTS].follows == SCP_PART_AUTOUPDATE && in->update_on == SCP_NO && in->update_helps == SCP_YES;
}
