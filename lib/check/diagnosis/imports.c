/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"

#include "base/num.h"
#include "base/say.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/* How a certificate is fetched, told from another, and imported: in words, and as commands to be pasted. */

enum { HEX = 65, FILE_WORD = SCP_REMEDY_FILE + 6 };

const char *scp_plan_print(const struct scp_profile_cert *c, char out[SCP_PLAN_PRINT])
{
    return c->has_sha1 ? scp_num_to_hex(c->sha1, sizeof c->sha1, out) : scp_num_to_hex(c->sha256, sizeof c->sha256, out);
}

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

static const char *store_word(const struct scp_plan_step *step)
{
    return step->store == SCP_STORE_ROOT ? "Root" : "CA";
}

/* --- Commands --- */

/* No character of an address that a shell reads otherwise. */
static bool is_plain(const char *url)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/:%~+";

    return url[strspn(url, PLAIN)] == '\0';
}

void scp_plan_import_command(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND])
{
    char file[FILE_WORD];

    out[0] = '\0';
    if (file_of(step->cert, file)[0] != '\0')
        (void)scp_say(out, SCP_PLAN_COMMAND, "certutil -addstore %s " SCP_SAID, store_word(step), file);
}

void scp_plan_fetch_command(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND])
{
    char file[FILE_WORD], proxy[SCP_PROXY_URL_MAX];
    const char *url = step->cert->url;

    out[0] = '\0';
    if (url == NULL || !is_plain(url) || file_of(step->cert, file)[0] == '\0')
        return;
    scp_plan_proxy(plan, url, proxy);
    (void)scp_say(out, SCP_PLAN_COMMAND, "curl.exe -f%s%s -o " SCP_SAID " %s", proxy[0] != '\0' ? " -x " : "", proxy, file, url);
}

void scp_plan_digest_command(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND])
{
    char file[FILE_WORD];

    out[0] = '\0';
    if (file_of(step->cert, file)[0] != '\0')
        (void)scp_say(out, SCP_PLAN_COMMAND, "certutil -hashfile " SCP_SAID " %s", file,
                      step->cert->has_sha256 ? "SHA256" : "SHA1");
}

void scp_plan_import_proof(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND])
{
    char print[SCP_PLAN_PRINT], file[FILE_WORD];

    out[0] = '\0';
    if (file_of(step->cert, file)[0] != '\0')
        (void)scp_say(out, SCP_PLAN_COMMAND, "certutil -verify " SCP_SAID, file);
    else if (step->kind == SCP_PLAN_ADD)
        (void)scp_say(out, SCP_PLAN_COMMAND, "certutil -store %s %s", store_word(step), scp_plan_print(step->cert, print));
}

/* --- In words --- */

static void describe_digests(const struct scp_profile_cert *c, char out[SCP_PLAN_COMMAND])
{
    char hex[HEX];

    if (c->has_sha1)
        (void)scp_say_more(out, SCP_PLAN_COMMAND, ", SHA-1 %s", scp_plan_print(c, hex));
    if (c->has_sha256)
        (void)scp_say_more(out, SCP_PLAN_COMMAND, ", SHA-256 %s", scp_num_to_hex(c->sha256, sizeof c->sha256, hex));
}

/* Where no command fetches it. */
static void describe_file(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char text[SCP_PLAN_COMMAND], label[SCP_PLAN_COMMAND];

    (void)scp_say(label, sizeof label, "from %s", step->cert->url != NULL ? step->cert->url : "its issuer");
    describe_digests(step->cert, label);
    scp_plan_line(out, label, "");
    scp_plan_import_command(step, text);
    scp_plan_line(out, text[0] != '\0' ? "import it:" : "certlm.msc imports it; it is told by its thumbprint", text);
}

static void describe_fetching(const struct scp_plan_step *step, const char *fetch, char out[SCP_PLAN_TEXT])
{
    const struct scp_profile_cert *c = step->cert;
    char text[SCP_PLAN_COMMAND], hex[HEX], label[SCP_PLAN_COMMAND];

    scp_plan_line(out, "fetch it, on the server or where the internet can be reached:", fetch);
    scp_plan_digest_command(step, text);
    (void)scp_say(label, sizeof label, "see that its digest is SHA-%s %s:", c->has_sha256 ? "256" : "1",
                  c->has_sha256 ? scp_num_to_hex(c->sha256, sizeof c->sha256, hex) : scp_plan_print(c, hex));
    scp_plan_line(out, label, text);
    scp_plan_import_command(step, text);
    if (c->has_sha1 && c->has_sha256)
        (void)scp_say(label, sizeof label, "import it (SHA-1 thumbprint %s):", scp_plan_print(c, hex));
    else
        (void)scp_say(label, sizeof label, "import it:");
    scp_plan_line(out, label, text);
}

void scp_plan_import_how(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char text[SCP_PLAN_COMMAND];

    out[0] = '\0';
    scp_plan_fetch_command(plan, step, text);
    if (text[0] != '\0')
        describe_fetching(step, text, out);
    else
        describe_file(step, out);
    if (step->store == SCP_STORE_ROOT) {
        (void)scp_say(text, sizeof text, "many servers: Group Policy Preferences that write SystemCertificates\\ROOT");
        scp_plan_line(out, text, "");
    }
}

/* --- A family's members, which one command imports where each has a file of a name --- */

static void describe_member(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char text[SCP_PLAN_COMMAND], label[SCP_PLAN_COMMAND];

    scp_plan_fetch_command(plan, step, text);
    (void)scp_say(label, sizeof label, "%s", step->cert->name);
    if (text[0] == '\0')
        (void)scp_say_more(label, sizeof label, ", from %s", step->cert->url != NULL ? step->cert->url : "its issuer");
    describe_digests(step->cert, label);
    (void)scp_say_more(label, sizeof label, "%s%s", step->rehearsed ? "" : " (not rehearsed)", text[0] != '\0' ? ":" : "");
    scp_plan_line(out, label, text);
}

void scp_plan_members_how(const struct scp_plan *plan, size_t i, size_t n, char out[SCP_PLAN_TEXT])
{
    char text[SCP_PLAN_COMMAND];
    bool named = true;

    out[0] = '\0';
    for (size_t k = i; k < i + n; k++)
        named = named && scp_remedy_names_file(plan->v[k].cert);
    if (named)
        scp_plan_line(out, "in cmd.exe, in an empty folder, fetch:", "");
    for (size_t k = i; k < i + n; k++)
        describe_member(plan, &plan->v[k], out);
    if (!named) {
        scp_plan_line(out, "certlm.msc imports them; each is told by its thumbprint", "");
        return;
    }
    (void)scp_say(text, sizeof text, "for %%f in (*.crt) do @certutil -hashfile \"%%f\" SHA1");
    scp_plan_line(out, "see that the SHA-1 of each is as above:", text);
    (void)scp_say(text, sizeof text, "for %%f in (*.crt) do certutil -addstore CA \"%%f\"");
    scp_plan_line(out, "import them:", text);
}
