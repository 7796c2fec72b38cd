/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/remedy.h"

#include "base/num.h"
#include "base/say.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *place, *before, *after;
} MEMBERS[SCP_MEMBERS] = {
    [SCP_MEMBER_DEFAULT] = { "LocalMachine\\Disallowed",
                             "ask who put it there and why; if it was a mistake: certutil -delstore Disallowed ", "" },
    [SCP_MEMBER_GROUP_POLICY] = { "Disallowed by group policy",
                                  "a group policy distrusts it (Public Key Policies, Untrusted Certificates): gpresult /scope "
                                  "computer /h FILE.html names "
                                  "the GPO; ask its owner why, and take the certificate out there: ",
                                  "" },
    [SCP_MEMBER_ENTERPRISE] = { "the enterprise's Disallowed store",
                                "ask the administrators of the directory why it is distrusted, it comes from there: certutil "
                                "-enterprise -store "
                                "Disallowed ",
                                " shows it" },
    [SCP_MEMBER_SYSTEM_USER] = { "the SYSTEM account's Disallowed store",
                                 "ask who put it there and why; if it was a mistake, as SYSTEM: certutil -user -delstore "
                                 "Disallowed ",
                                 "" },
};
static const char LISTED[] = "Microsoft distrusts it: do not override that; there is no remedy on this server, services must move "
                             "to another root";

enum scp_state scp_state_for(enum scp_level level, enum scp_state state)
{
    return state == SCP_CRITICAL && level != SCP_LEVEL_REQUIRED ? SCP_WARNING : state;
}

bool scp_distrusted(const struct scp_distrust *d)
{
    bool found = d->listed;

    for (int m = 0; m < SCP_MEMBERS; m++)
        found = found || d->member[m];
    return found;
}

const char *scp_distrust_place(const struct scp_distrust *d)
{
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (d->member[m] && MEMBERS[m].place != NULL)
            return MEMBERS[m].place;
    }
    return d->listed ? "Windows' list of disallowed certificates" : "no Disallowed store";
}

struct scp_distrust scp_distrust_by(const struct scp_store *disallowed, const uint8_t sha1[SCP_SHA1_LEN])
{
    struct scp_distrust d = { .listed = false };
    const struct scp_store_cert *entry;

    for (size_t i = 0; (entry = scp_store_find(disallowed, sha1, &i)) != NULL;)
        d.member[entry->member] = true;
    return d;
}

void scp_remedy_distrust(const struct scp_distrust *d, const char *thumbprint, char out[SCP_REMEDY_TEXT])
{
    out[0] = '\0';
    if (d->listed) {
        (void)scp_say(out, SCP_REMEDY_TEXT, SCP_OURS, LISTED);
        return;
    }
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (d->member[m] && MEMBERS[m].place != NULL)
            (void)scp_say_more(out, SCP_REMEDY_TEXT, "%s" SCP_OURS "%s" SCP_OURS, out[0] != '\0' ? "; and " : "", MEMBERS[m].before,
                               thumbprint, MEMBERS[m].after);
    }
}

void scp_remedy_distrusted(const struct scp_distrust *d, const char *thumbprint, struct scp_result *r, size_t finding)
{
    char text[SCP_REMEDY_TEXT];

    scp_remedy_distrust(d, thumbprint, text);
    scp_result_remedy(r, finding, SCP_SAID, text);
    if (d->listed)
        scp_result_step(r, finding, SCP_STEP_NOWHERE);
}

void scp_remedy_number(struct scp_result *r, size_t finding, bool wrong_type)
{
    if (wrong_type)
        scp_result_remedy(r, finding, SCP_REMEDY_NO_NUMBER);
}

/* --- Certificates to import --- */

enum { HEX_TEXT = 65 };

const char *scp_remedy_file(const struct scp_profile_cert *c, char out[SCP_REMEDY_FILE])
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._- ";
    const char *slash = c->url != NULL ? strrchr(c->url, '/') : NULL;
    const char *name = c->file != NULL ? c->file : slash != NULL ? slash + 1 : "";
    size_t n = 0;

    for (const char *p = name; *p != '\0' && n < SCP_REMEDY_FILE - 1; p++) {
        bool blank = strncmp(p, "%20", 3) == 0;

        out[n++] = blank ? ' ' : *p;
        p += blank ? 2 : 0;
    }
    out[n] = '\0';
    return n > 0 && n < SCP_REMEDY_FILE - 1 && out[strspn(out, PLAIN)] == '\0' ? out : "FILE";
}

bool scp_remedy_names_file(const struct scp_profile_cert *c)
{
    char file[SCP_REMEDY_FILE];

    return strcmp(scp_remedy_file(c, file), "FILE") != 0;
}

void scp_remedy_fetch(struct scp_result *r, size_t finding, const struct scp_profile_cert *c)
{
    char file[SCP_REMEDY_FILE], sha1[HEX_TEXT] = "", sha256[HEX_TEXT] = "";
    bool unnamed;

    if (finding >= r->findings || r->finding[finding].state == SCP_OK || c == NULL)
        return;
    if (c->has_sha1)
        (void)scp_num_to_hex(c->sha1, sizeof c->sha1, sha1);
    if (c->has_sha256)
        (void)scp_num_to_hex(c->sha256, sizeof c->sha256, sha256);
    unnamed = !scp_remedy_names_file(c);
    scp_result_remedy(r, finding, "fetch %s%s%s from %s and compare it: %s%s%s%s%s\n" SCP_SAID, unnamed ? c->name : "",
                      unnamed ? " as " : "", scp_remedy_file(c, file), c->url != NULL ? c->url : "its CA",
                      sha1[0] != '\0' ? "SHA-1 " : "", sha1, sha1[0] != '\0' && sha256[0] != '\0' ? ", " : "",
                      sha256[0] != '\0' ? "SHA-256 " : "", sha256, r->finding[finding].remedy);
}

void scp_remedy_import(struct scp_result *r, size_t finding, const struct scp_profile_cert *c)
{
    static const char COMMAND[] = "-addstore ", PLACE[] = " FILE";
    char file[SCP_REMEDY_FILE];
    char *remedy, *at;

    if (finding >= r->findings || c == NULL)
        return;
    remedy = r->finding[finding].remedy;
    at = strstr(remedy, COMMAND);
    at = at != NULL ? strstr(at, PLACE) : NULL;
    if (at != NULL && scp_remedy_names_file(c)) {
        const char *quote = strchr(scp_remedy_file(c, file), ' ') != NULL ? "\"" : "";

        *at = '\0'; /* what stands before it */
        scp_result_remedy(r, finding, SCP_SAID " " SCP_OURS "%s" SCP_OURS SCP_SAID, remedy, quote, file, quote, at + strlen(PLACE));
    }
    scp_remedy_fetch(r, finding, c);
}
