/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/check.h"

#include <string.h>

/*
 * Which findings are evidence for a cause, and what kind of step mends each.  A trailing '*' ends a pattern; the first that matches
 * counts, and what is not named here is no evidence: a cause is claimed for what keeps a chain from building, or its revocation
 * from being known, and for nothing else.
 */
static const struct {
    const char *pattern;
    enum scp_step step;
} EVIDENCE[] = {
    { "autoupdate.blocked", SCP_STEP_SERVICE },
    { "autoupdate.disabled", SCP_STEP_POLICY },
    { "autoupdate.never-synced", SCP_STEP_NETWORK },
    { "autoupdate.sync-stale", SCP_STEP_NETWORK },
    { "list.invalid", SCP_STEP_NETWORK },
    { "list.kind", SCP_STEP_NETWORK },
    { "list.page", SCP_STEP_NETWORK },
    { "list.root-unlisted", SCP_STEP_NETWORK },
    { "list.unreadable", SCP_STEP_NETWORK },
    { "list.unsigned", SCP_STEP_NETWORK },
    { "list.untrusted", SCP_STEP_NETWORK },
    { "mirror.*", SCP_STEP_DESIGN },
    { "roots.authroot-off", SCP_STEP_CERTIFICATE },
    { "roots.disabled", SCP_STEP_NOWHERE },
    { "roots.disallowed", SCP_STEP_DENIAL },
    { "roots.expired", SCP_STEP_NOWHERE },
    { "roots.forged", SCP_STEP_DENIAL },
    { "roots.key-too-short", SCP_STEP_POLICY },
    { "roots.missing", SCP_STEP_CERTIFICATE },
    { "roots.not-before", SCP_STEP_NOWHERE },
    { "roots.not-yet-valid", SCP_STEP_SERVICE },
    { "roots.purpose", SCP_STEP_DENIAL },
    { "roots.user-only", SCP_STEP_CERTIFICATE },
    { "intermediates.disallowed", SCP_STEP_DENIAL },
    { "intermediates.expired", SCP_STEP_CERTIFICATE },
    { "intermediates.forged", SCP_STEP_DENIAL },
    { "intermediates.invalid", SCP_STEP_CERTIFICATE },
    { "intermediates.key-too-short", SCP_STEP_POLICY },
    { "intermediates.missing", SCP_STEP_CERTIFICATE },
    { "intermediates.not-yet-valid", SCP_STEP_SERVICE },
    { "intermediates.purpose", SCP_STEP_CERTIFICATE },
    { "intermediates.restricted", SCP_STEP_DENIAL },
    { "intermediates.revoked", SCP_STEP_CERTIFICATE },
    { "revocation.clock", SCP_STEP_NONE },
    { "revocation.expiring", SCP_STEP_NONE },
    { "revocation.slow", SCP_STEP_NONE },
    { "revocation.*", SCP_STEP_NETWORK },
    { "vantage.no-way-out", SCP_STEP_NETWORK },
};

static bool matches(const char *pattern, const char *id)
{
    size_t n = strlen(pattern);

    return pattern[n - 1] == '*' ? strncmp(pattern, id, n - 1) == 0 : strcmp(pattern, id) == 0;
}

/* Distrusted by Microsoft itself, as what is to be done about it says: nobody undoes that on a server. */
static bool is_final(const struct scp_finding *f)
{
    return strstr(f->remedy, "services must move") != NULL || strncmp(f->remedy, "none on this server", 19) == 0;
}

enum scp_step scp_diagnosis_step(const struct scp_finding *f)
{
    /* Lists of distrust bring no root. */
    if ((strncmp(f->id, "autoupdate.", 11) == 0 && strcmp(f->subject, "disallowed") == 0) ||
        (strncmp(f->id, "list.", 5) == 0 && strncmp(f->subject, "Disallowed", 10) == 0))
        return SCP_STEP_NONE;
    for (size_t i = 0; i < sizeof EVIDENCE / sizeof EVIDENCE[0]; i++) {
        if (matches(EVIDENCE[i].pattern, f->id))
            return EVIDENCE[i].step == SCP_STEP_DENIAL && is_final(f) ? SCP_STEP_NOWHERE : EVIDENCE[i].step;
    }
    return SCP_STEP_NONE;
}

bool scp_diagnosis_by_aia(const struct scp_finding *f)
{
    if (strncmp(f->id, "intermediates.", 14) != 0)
        return false;
    return strcmp(f->id + 14, "by-aia") == 0 || (f->state == SCP_WARNING && scp_diagnosis_step(f) == SCP_STEP_CERTIFICATE);
}

/* The first finding of that state and, where one is given, that id; NULL. */
static const struct scp_finding *find(const struct scp_result *part, const char *id, enum scp_state state)
{
    const struct scp_finding *f;

    for (size_t i = 0; part != NULL && (f = scp_result_finding(part, i)) != NULL; i++) {
        if (f->state == state && (id == NULL || strcmp(f->id, id) == 0))
            return f;
    }
    return NULL;
}

static bool has(const struct scp_result *part, const char *id, enum scp_state state)
{
    return find(part, id, state) != NULL;
}

/* Does a required root have to come by the automatic update, because no store has it? */
static enum scp_tri root_wanted(const struct scp_diagnosis_input *in)
{
    const struct scp_result *roots = in->part[SCP_PART_ROOTS], *chains = in->part[SCP_PART_INTERMEDIATES];

    if (roots != NULL) {
        if (has(roots, "roots.missing", SCP_CRITICAL))
            return SCP_YES;
        return has(roots, NULL, SCP_UNKNOWN) ? SCP_MAYBE : SCP_NO;
    }
    if (has(chains, "intermediates.root-missing", SCP_CRITICAL))
        return SCP_YES;
    return has(chains, "intermediates.chains", SCP_OK) && !has(chains, NULL, SCP_UNKNOWN) ? SCP_NO : SCP_MAYBE;
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
        enum scp_step step = scp_diagnosis_step(f);

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
        failing.evidence[0] = find(in->part[SCP_PART_REVOCATION], "vantage.no-way-out", SCP_CRITICAL);
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
    for (size_t i = 0; update != NULL && d->root_wanted == SCP_NO && i < update->findings; i++) {
        if (update->finding[i].state == SCP_CRITICAL && strncmp(update->finding[i].id, "autoupdate.", 11) == 0)
            update->finding[i].state = SCP_WARNING;
    }
}

/* --- What the parts cannot know of each other --- */

/* There was no way to the host, as against something wrong with what it serves. */
static bool is_path_failure(const char *id)
{
    static const char *const IDS[] = { "revocation.dns", "revocation.connect",     "revocation.proxy", "revocation.proxy-auth",
                                       "revocation.tls", "revocation.intercepted", "revocation.http",  "revocation.timeout" };

    for (size_t i = 0; i < sizeof IDS / sizeof IDS[0]; i++) {
        if (strcmp(IDS[i], id) == 0)
            return true;
    }
    return false;
}

static void weigh_lists(const struct scp_diagnosis_input *in, struct scp_result *hosts)
{
    size_t n = hosts->findings, weighed = 0;

    for (size_t i = 0; i < n; i++) {
        struct scp_finding *f = &hosts->finding[i];

        for (size_t k = 0; k < in->list_endpoints; k++) {
            if (f->state != SCP_OK && is_path_failure(f->id) && strcmp(f->subject, in->list_endpoint[k]) == 0) {
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

static void weigh_chains(struct scp_result *chains)
{
    for (size_t i = 0; i < chains->findings; i++) {
        const char *id = chains->finding[i].id;

        if (strcmp(id, "intermediates.root-missing") == 0 || strcmp(id, "intermediates.root-unusable") == 0)
            scp_result_remedy(chains, i, "see what is said of the root");
    }
}

void scp_diagnosis_weigh(const struct scp_diagnosis_input *in, struct scp_result *const part[SCP_PARTS])
{
    if (in->lists_proved[0] != '\0' && part[SCP_PART_REVOCATION] != NULL)
        weigh_lists(in, part[SCP_PART_REVOCATION]);
    if (part[SCP_PART_ROOTS] != NULL && part[SCP_PART_INTERMEDIATES] != NULL)
        weigh_chains(part[SCP_PART_INTERMEDIATES]);
}
