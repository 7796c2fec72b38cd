/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"

#include "base/num.h"
#include "base/say.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/* The plan in words, and for programs. */

enum { HOSTS_SHOWN = 3, CAUSES_TEXT = 40 };

static const char VERIFY[] = "certutil -verify ";

static const char *certificate_name(const struct scp_plan_step *step, char out[200])
{
    (void)scp_say(out, 200, "%s", step->cert->name);
    return out;
}

const char *scp_plan_store(const struct scp_plan_step *step)
{
    switch (step->kind) {
    case SCP_PLAN_ADD: return step->store == SCP_STORE_ROOT ? "LocalMachine\\Root" : "LocalMachine\\CA";
    case SCP_PLAN_UNDENY:
    case SCP_PLAN_PURPOSES: break;
    case SCP_PLAN_OPEN:
    case SCP_PLAN_ASK: return "";
    }
    switch (step->entry->member) {
    case SCP_MEMBER_GROUP_POLICY: return "group policy";
    case SCP_MEMBER_ENTERPRISE: return "the enterprise's store, from the directory";
    case SCP_MEMBER_SYSTEM_USER: return "the SYSTEM account's store";
    case SCP_MEMBER_AUTHROOT: return "AuthRoot";
    case SCP_MEMBER_DEFAULT:
    case SCP_MEMBERS: break;
    }
    return step->store == SCP_STORE_DISALLOWED ? "LocalMachine\\Disallowed"
           : step->store == SCP_STORE_ROOT     ? "LocalMachine\\Root"
                                               : "LocalMachine\\CA";
}

/* The first line of a remedy. */
static void first_line(const char *remedy, char *out, size_t size)
{
    size_t n = strcspn(remedy, "\n");

    (void)snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), remedy);
}

void scp_plan_step_what(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char name[200];

    switch (step->kind) {
    case SCP_PLAN_ADD:
        (void)scp_say(out, SCP_PLAN_TEXT, "import %s into " SCP_OURS "%s", certificate_name(step, name), scp_plan_store(step),
                      step->rehearsed ? "" : " (taken to be as the profile says: it has no copy to rehearse with)");
        break;
    case SCP_PLAN_UNDENY:
        (void)scp_say(out, SCP_PLAN_TEXT, "take %s out of what is distrusted (" SCP_OURS "), if that was a mistake",
                      certificate_name(step, name), scp_plan_store(step));
        break;
    case SCP_PLAN_PURPOSES:
        (void)scp_say(out, SCP_PLAN_TEXT, "let %s in " SCP_OURS " serve all purposes again", certificate_name(step, name),
                      scp_plan_store(step));
        break;
    case SCP_PLAN_OPEN: scp_plan_hosts_what(step, SCP_PLAN_HOSTS_MAX, out); break;
    case SCP_PLAN_ASK: first_line(step->asked, out, SCP_PLAN_TEXT); break;
    }
}

size_t scp_plan_group(const struct scp_plan *plan, size_t i)
{
    const struct scp_plan_step *first = &plan->v[i];
    size_t n = 1;

    while (first->kind == SCP_PLAN_ADD && i + n < plan->n && plan->v[i + n].kind == SCP_PLAN_ADD &&
           plan->v[i + n].unit == first->unit)
        n++;
    return n;
}

void scp_plan_what(const struct scp_plan *plan, size_t i, char out[SCP_PLAN_TEXT])
{
    const struct scp_plan_step *step = &plan->v[i];

    if (scp_plan_group(plan, i) > 1)
        (void)scp_say(out, SCP_PLAN_TEXT, "import these %zu issuing CAs into " SCP_OURS, scp_plan_group(plan, i),
                      scp_plan_store(step));
    else
        scp_plan_step_what(step, out);
}

void scp_plan_first(const struct scp_plan *plan, char out[SCP_PLAN_TEXT])
{
    if (plan->v[0].kind == SCP_PLAN_OPEN)
        scp_plan_hosts_what(&plan->v[0], 1, out);
    else
        scp_plan_what(plan, 0, out);
}

/* --- Commands --- */

void scp_plan_command(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND])
{
    char print[SCP_PLAN_PRINT];

    out[0] = '\0';
    if (step->kind == SCP_PLAN_ADD)
        scp_plan_import_command(step, out);
    else if (step->kind == SCP_PLAN_UNDENY && step->entry->member == SCP_MEMBER_DEFAULT)
        (void)scp_say(out, SCP_PLAN_COMMAND, "certutil -delstore Disallowed %s", scp_plan_print(step->cert, print));
    else if (step->kind == SCP_PLAN_UNDENY && step->entry->member == SCP_MEMBER_ENTERPRISE)
        (void)scp_say(out, SCP_PLAN_COMMAND, "certutil -enterprise -store Disallowed %s", scp_plan_print(step->cert, print));
    else if (step->class == 4)
        (void)scp_say(out, SCP_PLAN_COMMAND, "gpresult /scope computer /h FILE.html");
}

void scp_plan_proof(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND])
{
    out[0] = '\0';
    if (step->kind == SCP_PLAN_OPEN)
        scp_plan_hosts_command(plan, step, 0, out, SCP_PLAN_COMMAND);
    else if (step->cert != NULL)
        scp_plan_import_proof(step, out);
    else if (step->class == 1)
        (void)scp_say(out, SCP_PLAN_COMMAND, "w32tm /query /status");
}

void scp_plan_line(char out[SCP_PLAN_TEXT], const char *words, const char *command)
{
    (void)scp_say_more(out, SCP_PLAN_TEXT, "%s" SCP_SAID SCP_OURS SCP_SAID, out[0] != '\0' ? "\n" : "", words,
                       command[0] != '\0' ? "`" : "", command);
}

/* --- In words --- */

static void describe_denial(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char print[SCP_PLAN_PRINT], text[SCP_REMEDY_TEXT], command[SCP_PLAN_COMMAND], *at;
    struct scp_distrust d = { .listed = false };

    d.member[step->entry->member] = true;
    scp_remedy_distrust(&d, scp_plan_print(step->cert, print), text);
    scp_plan_command(step, command);
    at = strstr(text, command);
    if (at == NULL || at == text || strcmp(at, command) != 0)
        command[0] = '\0';
    else
        at[-1] = '\0';
    scp_plan_line(out, text, command);
}

static void details(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    const char *rest;

    switch (step->kind) {
    case SCP_PLAN_ADD: scp_plan_import_how(plan, step, out); break;
    case SCP_PLAN_UNDENY: describe_denial(step, out); break;
    case SCP_PLAN_PURPOSES: (void)scp_say(out, SCP_PLAN_TEXT, SCP_OURS, SCP_REMEDY_PURPOSES); break;
    case SCP_PLAN_OPEN: scp_plan_hosts_how(plan, step, out); break;
    case SCP_PLAN_ASK:
        rest = strchr(step->asked, '\n');
        (void)snprintf(out, SCP_PLAN_TEXT, "%s", rest != NULL ? rest + 1 : "");
        break;
    }
}

/* How it is seen that a step worked. */
static void add_proof(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    size_t shown = step->kind != SCP_PLAN_OPEN ? 1 : step->hosts <= HOSTS_SHOWN ? step->hosts : 1;
    char text[SCP_PLAN_COMMAND], label[SCP_PLAN_COMMAND];

    scp_plan_proof(plan, step, text);
    (void)scp_say(label, sizeof label, "to see that it worked%s%s:",
                  strncmp(text, VERIFY, strlen(VERIFY)) == 0 ? " (good: no line with ChainContext.dwErrorStatus)" : "",
                  step->kind == SCP_PLAN_OPEN && shown < step->hosts ? ", and so for the others" : "");
    if (text[0] != '\0')
        scp_plan_line(out, label, text);
    for (size_t i = 1; i < shown; i++) {
        scp_plan_hosts_command(plan, step, i, text, sizeof text);
        scp_plan_line(out, "", text);
    }
}

void scp_plan_details(const struct scp_plan *plan, size_t i, char out[SCP_PLAN_TEXT])
{
    size_t n = scp_plan_group(plan, i);

    out[0] = '\0';
    if (n == 1)
        details(plan, &plan->v[i], out);
    else
        scp_plan_members_how(plan, i, n, out);
    add_proof(plan, &plan->v[i], out);
}

/* Does the registry show it? */
static bool is_shown(const struct scp_plan_step *step)
{
    return step->kind != SCP_PLAN_ASK && step->kind != SCP_PLAN_OPEN;
}

const char *scp_plan_last(const struct scp_plan *plan)
{
    static const char LAST[] =
        "`certutil -setreg chain\\ChainCacheResyncFiletime @now\nrestart the threads SMS_DMP_UPLOADER, SMS_DMP_DOWNLOADER and "
        "SMS_SERVICE_CONNECTOR (Configuration Manager Service Manager)";

    for (size_t i = 0; i < plan->n; i++) {
        if (is_shown(&plan->v[i]))
            return LAST;
    }
    return "";
}

/* --- What was rehearsed --- */

static bool all_rehearsed(const struct scp_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (!is_shown(&plan->v[i]))
            return false;
    }
    return plan->n > 0 && !plan->placed;
}

/* "3 is", "3 and 4 are": causes that cannot be judged then; "" */
static const char *unknown_causes(const struct scp_plan *plan, char out[CAUSES_TEXT])
{
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < SCP_CAUSES; i++)
        n += plan->after[i] == SCP_COULD_NOT_TELL;
    for (int i = 0, said = 0; i < SCP_CAUSES; i++) {
        if (plan->after[i] == SCP_COULD_NOT_TELL) {
            (void)scp_say_more(out, CAUSES_TEXT, "%s%d", said == 0 ? "" : (size_t)said + 1 == n ? " and " : ", ", i + 1);
            said++;
        }
    }
    if (n > 0)
        (void)scp_say_more(out, CAUSES_TEXT, n > 1 ? " are" : " is");
    return out;
}

void scp_plan_shown(const struct scp_plan *plan, char out[SCP_PLAN_TEXT])
{
    char unknown[CAUSES_TEXT];

    out[0] = '\0';
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (plan->after[i] == SCP_PRESENT)
            return;
    }
    if (!all_rehearsed(plan))
        return;
    (void)scp_say(out, SCP_PLAN_TEXT, "%srehearsed on a copy of the registry: no cause is left for the profile's chains",
                  scp_plan_group(plan, 0) < plan->n ? "all steps together, " : "");
    if (plan->service_builds)
        (void)scp_say_more(out, SCP_PLAN_TEXT, ", and those that the service sends build");
    if (unknown_causes(plan, unknown)[0] != '\0')
        (void)scp_say_more(out, SCP_PLAN_TEXT, ", but whether %s there is not known", unknown);
}

/* --- As a remedy --- */

bool scp_plan_concerns(const struct scp_plan *plan, const struct scp_plan_step *step, enum scp_part cause)
{
    if (step->mends == cause || (step->causes & 1U << cause) != 0)
        return true;
    return cause == SCP_PART_AUTOUPDATE && step->mends == SCP_PART_ROOTS && plan->after[cause] != SCP_PRESENT &&
           !plan->update_impaired;
}

static bool ends_with(const struct scp_plan *plan, const bool said[SCP_PLAN_STEPS_MAX])
{
    for (size_t i = 0; i < plan->n; i++) {
        if (is_shown(&plan->v[i]) && !said[i])
            return false;
    }
    return true;
}

/* What is empty is no line; a command stands behind its words. */
static void say_line(char out[SCP_PLAN_TEXT], const char *said)
{
    if (said[0] != '\0')
        scp_plan_line(out, said, "");
}

/* In a sentence a command stands behind its words. */
static void drop_graves(char text[SCP_PLAN_TEXT])
{
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p++) {
        bool grave = scp_say_is_own(p, strlen(p)) && p[1] == '`';

        p += grave;
        if (!grave)
            text[n++] = *p;
        else if (n > 0 && text[n - 1] != '\n')
            text[n++] = ' ';
    }
    text[n] = '\0';
}

void scp_plan_remedy(const struct scp_plan *plan, enum scp_part cause, bool said[SCP_PLAN_STEPS_MAX], char out[SCP_PLAN_TEXT])
{
    char text[SCP_PLAN_TEXT];
    bool news = false;

    out[0] = '\0';
    for (size_t i = 0; i < plan->n; i += scp_plan_group(plan, i)) {
        if (!scp_plan_concerns(plan, &plan->v[i], cause))
            continue;
        if (said[i]) {
            say_line(out, out[0] == '\0' ? "a step of another finding mends this, too" : "");
            continue;
        }
        scp_plan_what(plan, i, text);
        say_line(out, text);
        scp_plan_details(plan, i, text);
        say_line(out, text);
        news = news || is_shown(&plan->v[i]);
        memset(said + i, true, scp_plan_group(plan, i));
    }
    say_line(out, plan->why[cause]);
    if (news && ends_with(plan, said))
        (void)scp_say_more(out, SCP_PLAN_TEXT, "\n" SCP_OURS, scp_plan_last(plan));
    drop_graves(out);
}
