/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/* What spoils a path that is there: its id, its sentence, and what mends it. */

enum { TEXT = 1300 };

/* What spoils a recommended family is worth less. */
static enum scp_state graded(const struct scp_intermediates_target *t, enum scp_state s)
{
    if (t->level == SCP_LEVEL_REQUIRED)
        return s;
    return s == SCP_CRITICAL ? SCP_WARNING : SCP_OK;
}

size_t scp_intermediates_add_graded(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                    enum scp_state state, const char *id, const char *text)
{
    return scp_result_add(c->r, graded(t, state), t->level == SCP_LEVEL_REQUIRED ? id : "intermediates.recommended", t->id,
                          SCP_SAID, text);
}

const char *scp_intermediates_fault_id(enum scp_path_fault fault)
{
    switch (fault) {
    case SCP_PATH_EXPIRED: return "intermediates.expired";
    case SCP_PATH_NOT_YET_VALID: return "intermediates.not-yet-valid";
    case SCP_PATH_DISALLOWED: return "intermediates.disallowed";
    case SCP_PATH_REVOKED: return "intermediates.revoked";
    case SCP_PATH_PURPOSE_DENIED:
    case SCP_PATH_DISABLED:
    case SCP_PATH_ISSUED_TOO_LATE: return "intermediates.restricted";
    case SCP_PATH_SHORT_KEY: return "intermediates.key-too-short";
    case SCP_PATH_PURPOSE: return "intermediates.purpose";
    default: return "intermediates.invalid";
    }
}

void scp_intermediates_describe_fault(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                      const struct scp_path *p, char out[SCP_INTERMEDIATES_FAULT])
{
    const struct scp_pool_cert *cert = p->cert[p->at] != SCP_PATH_SELF ? scp_pool_get(pool, p->cert[p->at]) : NULL;
    const struct scp_outline *o = scp_intermediates_outline_at(pool, m, p, p->at);
    char name[SCP_INTERMEDIATES_NAME], date[SCP_UTC_TEXT];

    (void)scp_intermediates_name_at(pool, m, p, p->at, name);
    switch (p->fault) {
    case SCP_PATH_EXPIRED:
        scp_utc_format_date(o->not_after, date);
        (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s expired on %s", name, date);
        break;
    case SCP_PATH_NOT_YET_VALID:
        scp_utc_format_date(o->not_before, date);
        (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s is not valid before %s", name, date);
        break;
    case SCP_PATH_DISALLOWED:
        (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s is disallowed (Disallowed store or Windows' list)", name);
        break;
    case SCP_PATH_REVOKED: (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s is revoked", name); break;
    case SCP_PATH_PURPOSE_DENIED:
        (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s is not allowed for this purpose by its properties (9, 122)", name);
        break;
    case SCP_PATH_DISABLED:
        scp_utc_format_date(cert != NULL ? cert->rule.disabled_from : SCP_UTC_UNKNOWN, date);
        (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "Windows disabled %s on %s (property 104)", name, date);
        break;
    case SCP_PATH_ISSUED_TOO_LATE:
        scp_utc_format_date(cert != NULL ? cert->rule.issued_before : SCP_UTC_UNKNOWN, date);
        (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s is trusted only for certificates issued until %s (property 126)", name,
                      date);
        break;
    default: (void)scp_say(out, SCP_INTERMEDIATES_FAULT, "%s: %s", name, p->message); break;
    }
}

const uint8_t *scp_intermediates_sha1_at(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                         const struct scp_path *p, size_t i)
{
    return p->cert[i] == SCP_PATH_SELF ? m->sha1 : scp_pool_get(pool, p->cert[i])->sha1;
}

/* --- What to do about it --- */

/* A certificate that is distrusted is not mended by importing it: whoever distrusted it decides. */
static void distrust_remedy(const struct scp_intermediates_context *c, size_t finding, const uint8_t sha1[SCP_SHA1_LEN])
{
    struct scp_distrust d = { .listed = false };
    const struct scp_store_cert *entry;
    char print[2 * SCP_SHA1_LEN + 1];

    for (size_t i = 0; (entry = scp_store_find(&c->f->disallowed, sha1, &i)) != NULL;)
        d.member[entry->member] = true;
    d.listed = !scp_distrusted(&d);
    scp_num_to_hex(sha1, SCP_SHA1_LEN, print);
    scp_remedy_distrusted(&d, print, c->r, finding);
}

void scp_intermediates_remedy(const struct scp_intermediates_context *c, size_t finding, enum scp_path_fault fault,
                              const uint8_t sha1[SCP_SHA1_LEN])
{
    if (finding == (size_t)-1 || c->r->finding[finding].state == SCP_OK)
        return;
    switch (fault) {
    case SCP_PATH_DISALLOWED: distrust_remedy(c, finding, sha1); return;
    case SCP_PATH_PURPOSE_DENIED:
        scp_result_remedy(c->r, finding,
                          "where an administrator limited it: certlm.msc, Properties, Enable all purposes; where Microsoft's list "
                          "did, there is no remedy on this server");
        scp_result_step(c->r, finding, SCP_STEP_DENIAL);
        return;
    case SCP_PATH_DISABLED:
    case SCP_PATH_ISSUED_TOO_LATE:
        scp_result_remedy(c->r, finding, "none on this server: Microsoft withdrew its trust, services must move to another root");
        return;
    case SCP_PATH_SHORT_KEY:
        scp_result_remedy(c->r, finding,
                          "a security policy refuses this key, and importing the certificate again does not help: "
                          "the owner of the policy decides");
        return;
    default: return;
    }
}

/* --- The root of a path --- */

/* What ends at its root is the root's matter: nothing that is imported among the intermediates mends it. */
void scp_intermediates_root_unusable(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                     const char *start, const struct scp_intermediates_member *m, const struct scp_path *p)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);
    char text[TEXT], what[SCP_INTERMEDIATES_FAULT];
    size_t finding;

    scp_intermediates_describe_fault(pool, m, p, what);
    (void)scp_say(text, sizeof text, "%s: its root cannot be used: %s", start, what);
    finding = scp_intermediates_add_graded(c, t, t->level == SCP_LEVEL_REQUIRED ? SCP_CRITICAL : SCP_OK,
                                           "intermediates.root-unusable", text);
    scp_intermediates_remedy(c, finding, p->fault, scp_intermediates_sha1_at(pool, m, p, p->at));
}

/* --- An issuer that the profile does not know --- */

/* Whose certificate it is has to be known before anything is imported: a TLS inspection's must not be. */
void scp_intermediates_issuer_remedy(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                     size_t finding, bool self_signed)
{
    if (finding == (size_t)-1 || c->r->finding[finding].state == SCP_OK)
        return;
    if (self_signed)
        scp_result_remedy(c->r, finding, "find out whose certificate that is; import none that is not vouched for elsewhere");
    else if (t->kind == SCP_INTERMEDIATES_SERVER)
        scp_result_remedy(c->r, finding,
                          "find out whose issuer that is (a TLS inspection's is never imported); where it is the server's own, "
                          "let the server send it");
    else
        scp_result_remedy(c->r, finding,
                          "find out whose issuer that is; where it is the service's own, import its certificate, compared by "
                          "thumbprint with what its CA publishes, into LocalMachine\\CA (certutil -addstore CA FILE)");
}
