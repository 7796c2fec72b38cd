/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"

#include "base/num.h"
#include "base/say.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/* The plan in words, and for programs. */

enum { COMMAND = 1200, HEX = 65, HOSTS_SHOWN = 3, FILE_WORD = SCP_REMEDY_FILE + 6 };

static const char *certificate_name(const struct scp_plan_step *step, char out[200])
{
    (void)scp_say(out, 200, "%s", step->cert->name);
    return out;
}

static const char *print_of(const struct scp_profile_cert *c, char out[HEX])
{
    return c->has_sha1 ? scp_num_to_hex(c->sha1, sizeof c->sha1, out) : scp_num_to_hex(c->sha256, sizeof c->sha256, out);
}

static const char *store_of(const struct scp_plan_step *step)
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

static void what(const struct scp_plan_step *step, char name[200], char out[SCP_PLAN_TEXT])
{
    switch (step->kind) {
    case SCP_PLAN_ADD:
        (void)scp_say(out, SCP_PLAN_TEXT, "import %s into " SCP_OURS "%s", certificate_name(step, name), store_of(step),
                      step->rehearsed ? "" : " (taken to be as the profile says: it has no copy to rehearse with)");
        break;
    case SCP_PLAN_UNDENY:
        (void)scp_say(out, SCP_PLAN_TEXT, "take %s out of what is distrusted (" SCP_OURS "), if that was a mistake",
                      certificate_name(step, name), store_of(step));
        break;
    case SCP_PLAN_PURPOSES:
        (void)scp_say(out, SCP_PLAN_TEXT, "let %s in " SCP_OURS " serve all purposes again", certificate_name(step, name),
                      store_of(step));
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
    char name[200];

    if (scp_plan_group(plan, i) > 1)
        (void)scp_say(out, SCP_PLAN_TEXT, "import these %zu issuing CAs into " SCP_OURS, scp_plan_group(plan, i), store_of(step));
    else
        what(step, name, out);
}

void scp_plan_first(const struct scp_plan *plan, char out[SCP_PLAN_TEXT])
{
    if (plan->v[0].kind == SCP_PLAN_OPEN)
        scp_plan_hosts_what(&plan->v[0], 1, out);
    else
        scp_plan_what(plan, 0, out);
}

/* --- Commands --- */

/* As a word of a command; "" where the file has no name that is known. */
static const char *file_of(const struct scp_profile_cert *c, char out[FILE_WORD])
{
    char name[SCP_REMEDY_FILE];
    const char *quote = strchr(scp_remedy_file(c, name), ' ') != NULL ? "\"" : "";

    out[0] = '\0';
    if (scp_remedy_names_file(c))
        (void)scp_say(out, FILE_WORD, SCP_OURS "%s" SCP_OURS, quote, name, quote);
    return out;
}

static const char *command_store(const struct scp_plan_step *step)
{
    return step->store == SCP_STORE_DISALLOWED ? "Disallowed" : step->store == SCP_STORE_ROOT ? "Root" : "CA";
}

/* As pasted on the server; "" where none is. */
static void command(const struct scp_plan_step *step, char out[COMMAND])
{
    char print[HEX], file[FILE_WORD];

    out[0] = '\0';
    if (step->kind == SCP_PLAN_ADD && file_of(step->cert, file)[0] != '\0')
        (void)scp_say(out, COMMAND, "certutil -addstore %s " SCP_SAID, command_store(step), file);
    else if (step->kind == SCP_PLAN_UNDENY && step->entry->member == SCP_MEMBER_DEFAULT)
        (void)scp_say(out, COMMAND, "certutil -delstore Disallowed %s", print_of(step->cert, print));
    else if (step->class == 4)
        (void)scp_say(out, COMMAND, "gpresult /scope computer /h FILE.html");
}

static void verification(const struct scp_plan *plan, const struct scp_plan_step *step, char out[COMMAND])
{
    char print[HEX], file[FILE_WORD];

    out[0] = '\0';
    if (step->kind == SCP_PLAN_OPEN)
        scp_plan_hosts_command(plan, step, 0, out, COMMAND);
    else if (step->cert != NULL && file_of(step->cert, file)[0] != '\0')
        (void)scp_say(out, COMMAND, "certutil -verify " SCP_SAID, file);
    else if (step->kind == SCP_PLAN_ADD)
        (void)scp_say(out, COMMAND, "certutil -store %s %s", command_store(step), print_of(step->cert, print));
    else if (step->class == 1)
        (void)scp_say(out, COMMAND, "w32tm /query /status");
}

static void describe_digest(const struct scp_profile_cert *c, char hex[HEX], char out[SCP_PLAN_TEXT])
{
    if (c->has_sha1)
        (void)scp_say_more(out, SCP_PLAN_TEXT, ", SHA-1 %s", print_of(c, hex));
    if (c->has_sha256)
        (void)scp_say_more(out, SCP_PLAN_TEXT, ", SHA-256 %s", scp_num_to_hex(c->sha256, sizeof c->sha256, hex));
}

/* Where it is, and how it is told from another. */
static void describe_file(const struct scp_profile_cert *c, char out[SCP_PLAN_TEXT])
{
    char hex[HEX];

    (void)scp_say_more(out, SCP_PLAN_TEXT, "from %s", c->url != NULL ? c->url : "its issuer");
    describe_digest(c, hex, out);
}

static void describe_member(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char hex[HEX];

    (void)scp_say_more(out, SCP_PLAN_TEXT, "\n%s: %s", step->cert->name,
                       step->cert->url != NULL ? step->cert->url : "from its issuer");
    describe_digest(step->cert, hex, out);
    if (!step->rehearsed)
        (void)scp_say_more(out, SCP_PLAN_TEXT, " (not rehearsed)");
}

static void describe_denial(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char print[HEX], text[SCP_REMEDY_TEXT];
    struct scp_distrust d = { .listed = false };

    d.member[step->entry->member] = true;
    scp_remedy_distrust(&d, print_of(step->cert, print), text);
    (void)scp_say(out, SCP_PLAN_TEXT, SCP_SAID, text);
}

static void add_line(char out[SCP_PLAN_TEXT], const char *said)
{
    (void)scp_say_more(out, SCP_PLAN_TEXT, "%s" SCP_SAID, out[0] != '\0' && said[0] != '\0' ? "\n" : "", said);
}

static void describe_import(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char text[COMMAND];

    command(step, text);
    describe_file(step->cert, out);
    add_line(out, text[0] != '\0' ? text : "certlm.msc imports it; it is told by its thumbprint");
    if (step->store == SCP_STORE_ROOT)
        add_line(out, "many servers: Group Policy Preferences that write SystemCertificates\\ROOT");
}

static void details(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    const char *rest;

    switch (step->kind) {
    case SCP_PLAN_ADD: describe_import(step, out); break;
    case SCP_PLAN_UNDENY: describe_denial(step, out); break;
    case SCP_PLAN_PURPOSES: (void)scp_say(out, SCP_PLAN_TEXT, SCP_OURS, SCP_REMEDY_PURPOSES); break;
    case SCP_PLAN_OPEN: scp_plan_hosts_how(plan, step, out); break;
    case SCP_PLAN_ASK:
        rest = strchr(step->asked, '\n');
        (void)snprintf(out, SCP_PLAN_TEXT, "%s", rest != NULL ? rest + 1 : "");
        break;
    }
}

/* A family's members, which one command imports where each has a file of a name. */
static void describe_members(const struct scp_plan *plan, size_t i, size_t n, char out[SCP_PLAN_TEXT])
{
    bool named = true;

    for (size_t k = i; k < i + n; k++)
        named = named && scp_remedy_names_file(plan->v[k].cert);
    if (named)
        (void)scp_say(out, SCP_PLAN_TEXT,
                      "in a folder that holds these files alone: for %%f in (*.crt) do certutil -addstore CA \"%%f\"");
    else
        (void)scp_say(out, SCP_PLAN_TEXT, "certlm.msc imports them; each is told by its thumbprint");
    for (size_t k = i; k < i + n; k++)
        describe_member(&plan->v[k], out);
}

/* How it is seen that a step worked. */
static void add_proof(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    size_t shown = step->hosts <= HOSTS_SHOWN ? step->hosts : 1;
    char text[COMMAND];

    for (size_t i = 0; i < (step->kind == SCP_PLAN_OPEN ? shown : 1); i++) {
        if (step->kind == SCP_PLAN_OPEN)
            scp_plan_hosts_command(plan, step, i, text, sizeof text);
        else
            verification(plan, step, text);
        if (text[0] != '\0')
            (void)scp_say_more(out, SCP_PLAN_TEXT, "%s%s" SCP_SAID "%s", out[0] != '\0' ? "\n" : "",
                               i == 0 ? "to see that it worked: " : "", text, shown < step->hosts ? ", and so for the others" : "");
    }
}

void scp_plan_details(const struct scp_plan *plan, size_t i, char out[SCP_PLAN_TEXT])
{
    size_t n = scp_plan_group(plan, i);

    out[0] = '\0';
    if (n == 1)
        details(plan, &plan->v[i], out);
    else
        describe_members(plan, i, n, out);
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
        "certutil -setreg chain\\ChainCacheResyncFiletime @now\nrestart the threads SMS_DMP_UPLOADER, SMS_DMP_DOWNLOADER and "
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

static bool none_left(const struct scp_plan *plan, enum scp_presence worst)
{
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (plan->after[i] == SCP_PRESENT || (plan->after[i] == SCP_COULD_NOT_TELL && worst == SCP_ABSENT))
            return false;
    }
    return true;
}

void scp_plan_shown(const struct scp_plan *plan, char out[SCP_PLAN_TEXT])
{
    const char *together = scp_plan_group(plan, 0) < plan->n ? "all steps together, " : "";

    out[0] = '\0';
    if (!all_rehearsed(plan))
        return;
    if (none_left(plan, SCP_ABSENT))
        (void)scp_say(out, SCP_PLAN_TEXT, "%srehearsed: no cause is left for the profile's chains", together);
    else if (none_left(plan, SCP_COULD_NOT_TELL))
        (void)scp_say(out, SCP_PLAN_TEXT, "%srehearsed: no cause is left in what can be told of the profile's chains", together);
}

/* --- As a remedy --- */

static bool concerns(const struct scp_plan *plan, const struct scp_plan_step *step, enum scp_part cause)
{
    if (step->mends == cause || (step->causes & 1U << cause) != 0)
        return true;
    return cause == SCP_PART_AUTOUPDATE && step->mends == SCP_PART_ROOTS && plan->after[cause] != SCP_PRESENT;
}

static bool ends_with(const struct scp_plan *plan, const bool said[SCP_PLAN_STEPS_MAX])
{
    for (size_t i = 0; i < plan->n; i++) {
        if (is_shown(&plan->v[i]) && !said[i])
            return false;
    }
    return true;
}

void scp_plan_remedy(const struct scp_plan *plan, enum scp_part cause, bool said[SCP_PLAN_STEPS_MAX], char out[SCP_PLAN_TEXT])
{
    char text[SCP_PLAN_TEXT];
    bool news = false;

    out[0] = '\0';
    for (size_t i = 0; i < plan->n; i += scp_plan_group(plan, i)) {
        if (!concerns(plan, &plan->v[i], cause))
            continue;
        if (said[i]) {
            add_line(out, out[0] == '\0' ? "a step that is said above mends this, too" : "");
            continue;
        }
        scp_plan_what(plan, i, text);
        add_line(out, text);
        scp_plan_details(plan, i, text);
        add_line(out, text);
        news = news || is_shown(&plan->v[i]);
        memset(said + i, true, scp_plan_group(plan, i));
    }
    add_line(out, plan->why[cause]);
    if (news && ends_with(plan, said))
        (void)scp_say_more(out, SCP_PLAN_TEXT, "\n" SCP_OURS, scp_plan_last(plan));
}

/* --- For programs --- */

static void put_mends(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d,
                      const struct scp_plan_step *step)
{
    scp_json_open(j, "mends", '[');
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (step->mends == (enum scp_part)i || (d->cause[i].state == SCP_PRESENT && concerns(plan, step, (enum scp_part)i)))
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
    char hex[HEX];

    scp_json_text(j, "certificate", c != NULL ? c->name : NULL);
    scp_json_text(j, "file", c != NULL ? c->file : NULL);
    scp_json_text(j, "sha1", c != NULL && c->has_sha1 ? scp_num_to_hex(c->sha1, sizeof c->sha1, hex) : NULL);
    scp_json_text(j, "sha256", c != NULL && c->has_sha256 ? scp_num_to_hex(c->sha256, sizeof c->sha256, hex) : NULL);
}

static void put_commands(struct scp_json *j, const struct scp_plan *plan, const struct scp_plan_step *step)
{
    char line[COMMAND];

    scp_json_open(j, "hosts", '[');
    for (size_t i = 0; i < step->hosts; i++)
        scp_json_text(j, NULL, step->host[i]->host);
    scp_json_close(j, ']');
    scp_json_open(j, "commands", '[');
    command(step, line);
    if (line[0] != '\0')
        scp_json_text(j, NULL, line);
    for (size_t i = 0; i < step->hosts; i++) {
        scp_plan_hosts_command(plan, step, i, line, sizeof line);
        scp_json_text(j, NULL, line);
    }
    scp_json_close(j, ']');
    verification(plan, step, line);
    put_text(j, "verify", line);
}

static void put_step(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d, size_t i)
{
    const struct scp_plan_step *step = &plan->v[i];
    char text[SCP_PLAN_TEXT], name[200];

    scp_json_open(j, NULL, '{');
    scp_json_number(j, "step", (double)(i + 1));
    scp_json_number(j, "class", step->class);
    what(step, name, text);
    scp_json_text(j, "what", text);
    (void)scp_say(text, sizeof text, SCP_OURS, store_of(step));
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

void scp_plan_facts_put(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d)
{
    char text[SCP_PLAN_TEXT];

    scp_json_open(j, "plan", '[');
    for (size_t i = 0; i < plan->n; i++)
        put_step(j, plan, d, i);
    scp_json_close(j, ']');
    scp_plan_shown(plan, text);
    scp_json_text(j, "plan_shows", text[0] != '\0' ? text : NULL);
    scp_json_bool(j, "update_instead", plan->update_instead);
    scp_json_open(j, "no_remedy", '[');
    for (int i = 0; i < SCP_CAUSES; i++) {
        if (plan->why[i][0] == '\0')
            continue;
        scp_json_open(j, NULL, '{');
        scp_json_text(j, "cause", scp_part_name((enum scp_part)i));
        scp_json_text(j, "why", plan->why[i]);
        scp_json_close(j, '}');
    }
    scp_json_close(j, ']');
}
