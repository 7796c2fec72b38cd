/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"

#include "base/num.h"
#include "base/say.h"

#include <stdio.h>

/* --- Causes and symptoms --- */

static const char *presence(enum scp_presence p)
{
    return p == SCP_PRESENT ? "present" : p == SCP_ABSENT ? "absent" : "unknown";
}

void scp_diagnosis_facts_put(struct scp_json *j, const struct scp_diagnosis_input *in, const struct scp_diagnosis *d)
{
    scp_json_open(j, "causes", '{');
    for (size_t i = 0; i < SCP_CAUSES; i++) {
        scp_json_open(j, scp_part_name((enum scp_part)i), '{');
        scp_json_text(j, "state", presence(d->cause[i].state));
        scp_json_open(j, "evidence", '[');
        for (size_t k = 0; k < d->cause[i].evidences; k++)
            scp_json_text(j, NULL, d->cause[i].evidence[k]->id);
        scp_json_close(j, ']');
        if (d->cause[i].follows >= 0)
            scp_json_text(j, "follows_from", scp_part_name((enum scp_part)d->cause[i].follows));
        scp_json_close(j, '}');
    }
    scp_json_close(j, '}');
    scp_json_open(j, "symptoms", '{');
    for (size_t i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++) {
        scp_json_open(j, scp_diagnosis_symptom_name((enum scp_diagnosis_symptom)i), '{');
        scp_json_text(j, "state", presence(in->symptom[i]));
        scp_json_open(j, "evidence", '[');
        if (in->symptom_evidence[i] != NULL)
            scp_json_text(j, NULL, in->symptom_evidence[i]);
        scp_json_close(j, ']');
        scp_json_close(j, '}');
    }
    scp_json_close(j, '}');
    scp_json_text(j, "first", d->first >= 0 ? scp_part_name((enum scp_part)d->first) : NULL);
    if (in->disconnected == SCP_MAYBE)
        scp_json_null(j, "disconnected");
    else
        scp_json_bool(j, "disconnected", in->disconnected == SCP_YES);
}

/* --- The plan --- */

static void put_mends(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d,
                      const struct scp_plan_step *step)
{
    scp_json_open(j, "mends", '[');
    if (step->mends == SCP_PART_SERVICE)
        scp_json_text(j, NULL, scp_part_name(SCP_PART_SERVICE));
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (step->mends == (enum scp_part)i ||
            (d->cause[i].state == SCP_PRESENT && scp_plan_concerns(plan, step, (enum scp_part)i)))
            scp_json_text(j, NULL, scp_part_name((enum scp_part)i));
    }
    scp_json_close(j, ']');
}

static void put_text(struct scp_json *j, const char *name, const char *text)
{
    scp_json_text(j, name, text[0] != '\0' ? text : NULL);
}

static void put_certificate(struct scp_json *j, const struct scp_profile_cert *c)
{
    char hex[SCP_PLAN_PRINT];

    scp_json_text(j, "certificate", c != NULL ? c->name : NULL);
    scp_json_text(j, "file", c != NULL ? c->file : NULL);
    scp_json_text(j, "sha1", c != NULL && c->has_sha1 ? scp_num_to_hex(c->sha1, sizeof c->sha1, hex) : NULL);
    scp_json_text(j, "sha256", c != NULL && c->has_sha256 ? scp_num_to_hex(c->sha256, sizeof c->sha256, hex) : NULL);
}

/* What brings its file, and what tells it from another. */
static void put_fetching(struct scp_json *j, const struct scp_plan *plan, const struct scp_plan_step *step)
{
    char line[SCP_PLAN_COMMAND];

    scp_plan_fetch_command(plan, step, line);
    put_text(j, "fetch", line);
    scp_plan_digest_command(step, line);
    put_text(j, "digest", line);
}

static void put_commands(struct scp_json *j, const struct scp_plan *plan, const struct scp_plan_step *step)
{
    char line[SCP_PLAN_COMMAND];

    scp_json_open(j, "hosts", '[');
    for (size_t i = 0; i < step->hosts; i++)
        scp_json_text(j, NULL, step->host[i]->host);
    scp_json_close(j, ']');
    scp_json_open(j, "commands", '[');
    scp_plan_command(step, line);
    if (line[0] != '\0')
        scp_json_text(j, NULL, line);
    for (size_t i = 0; i < step->hosts; i++) {
        scp_plan_hosts_command(plan, step, i, line, sizeof line);
        scp_json_text(j, NULL, line);
    }
    scp_json_close(j, ']');
    if (step->kind == SCP_PLAN_ADD)
        put_fetching(j, plan, step);
    scp_plan_proof(plan, step, line);
    put_text(j, "verify", line);
}

static void put_step(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d, size_t i)
{
    const struct scp_plan_step *step = &plan->v[i];
    char text[SCP_PLAN_TEXT];

    scp_json_open(j, NULL, '{');
    scp_json_number(j, "step", (double)(i + 1));
    scp_json_number(j, "class", step->class);
    scp_plan_step_what(step, text);
    scp_json_text(j, "what", text);
    (void)scp_say(text, sizeof text, SCP_OURS, scp_plan_store(step));
    if (step->kind == SCP_PLAN_OPEN)
        scp_plan_hosts_where(plan, step, text);
    put_text(j, "where", text);
    put_certificate(j, step->cert);
    scp_json_text(j, "url", step->cert != NULL ? step->cert->url : step->hosts > 0 ? step->host[0]->url : NULL);
    put_commands(j, plan, step);
    put_mends(j, plan, d, step);
    scp_json_bool(j, "rehearsed", step->rehearsed);
    scp_json_close(j, '}');
}

static void put_reason(struct scp_json *j, enum scp_part cause, const char *why)
{
    if (why[0] == '\0')
        return;
    scp_json_open(j, NULL, '{');
    scp_json_text(j, "cause", scp_part_name(cause));
    scp_json_text(j, "why", why);
    scp_json_close(j, '}');
}

void scp_plan_facts_put(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d)
{
    char text[SCP_PLAN_TEXT];

    scp_json_open(j, "plan", '[');
    for (size_t i = 0; i < plan->n; i++)
        put_step(j, plan, d, i);
    scp_json_close(j, ']');
    scp_plan_shown(plan, text);
    scp_json_text(j, "plan_shows", text[0] != '\0' ? text : NULL);
    put_text(j, "plan_leaves", plan->stays);
    scp_json_bool(j, "update_instead", plan->update_instead);
    scp_json_open(j, "no_remedy", '[');
    for (int i = 0; i < SCP_CAUSES; i++)
        put_reason(j, (enum scp_part)i, plan->why[i]);
    put_reason(j, SCP_PART_SERVICE, plan->why_service);
    scp_json_close(j, ']');
}
