/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/* What spoils a path that is there: its id, its sentence, and what mends it. */

size_t scp_intermediates_say(const struct scp_verdict *v, enum scp_state state, const char *id, const char *text)
{
    /* What spoils a recommended family is worth less. */
    if (!v->required) {
        id = "intermediates.recommended";
        state = state == SCP_CRITICAL ? SCP_WARNING : SCP_OK;
    }
    return scp_result_add(v->r, state, id, v->t->id, SCP_SAID, text);
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
    case SCP_PATH_POLICY: return "intermediates.policy";
    default: return "intermediates.invalid";
    }
}

const char *scp_intermediates_describe_fault(const struct scp_sight *s, char out[SCP_INTERMEDIATES_TEXT])
{
    const struct scp_pool_rule *rule = &scp_path_cert(s->a, s->p, s->p->at)->rule;
    const struct scp_outline *o = scp_path_outline(s->a, s->p, s->p->at);
    enum { SIZE = SCP_INTERMEDIATES_TEXT };
    char name[SCP_INTERMEDIATES_NAME], date[SCP_UTC_TEXT];

    (void)scp_intermediates_name(s, s->p->at, name);
    switch (s->p->fault) {
    case SCP_PATH_EXPIRED: (void)scp_say(out, SIZE, "%s expired on %s", name, scp_utc_format_date(o->not_after, date)); break;
    case SCP_PATH_NOT_YET_VALID:
        (void)scp_say(out, SIZE, "%s is not valid before %s", name, scp_utc_format_date(o->not_before, date));
        break;
    case SCP_PATH_DISALLOWED: (void)scp_say(out, SIZE, "%s is disallowed (Disallowed store or Windows' list)", name); break;
    case SCP_PATH_REVOKED: (void)scp_say(out, SIZE, "%s is %s", name, s->p->message[0] != '\0' ? s->p->message : "revoked"); break;
    case SCP_PATH_PURPOSE_DENIED:
        (void)scp_say(out, SIZE, "%s is not allowed for this purpose by its properties (9, 122)", name);
        break;
    case SCP_PATH_DISABLED:
        (void)scp_say(out, SIZE, "Windows disabled %s on %s (property 104)", name, scp_utc_format_date(rule->disabled_from, date));
        break;
    case SCP_PATH_ISSUED_TOO_LATE:
        (void)scp_say(out, SIZE, "%s is trusted only for certificates issued until %s (property 126)", name,
                      scp_utc_format_date(rule->issued_before, date));
        break;
    default: (void)scp_say(out, SIZE, "%s: %s", name, s->p->message); break;
    }
    return out;
}

/* --- What to do about it --- */

#define WITHDRAWN "none on this server: Microsoft withdrew its trust, services must move to another root"

void scp_intermediates_remedy(const struct scp_verdict *v, size_t finding, enum scp_path_fault fault,
                              const uint8_t sha1[SCP_SHA1_LEN])
{
    char print[SCP_INTERMEDIATES_PRINT];
    struct scp_distrust d;

    if (finding == (size_t)-1 || v->r->finding[finding].state == SCP_OK)
        return;
    switch (fault) {
    /* A certificate that is distrusted is not mended by importing it: whoever distrusted it decides. */
    case SCP_PATH_DISALLOWED:
        d = scp_distrust_by(&v->f->disallowed, sha1);
        d.listed = !scp_distrusted(&d);
        scp_remedy_distrusted(&d, scp_num_to_hex(sha1, SCP_SHA1_LEN, print), v->r, finding);
        return;
    case SCP_PATH_PURPOSE_DENIED:
        if (scp_list_restriction(v->f->trusted, sha1, v->f->purpose).purpose_denied) {
            scp_result_remedy(v->r, finding, WITHDRAWN);
            return;
        }
        scp_result_remedy(v->r, finding,
                          "where an administrator limited it: certlm.msc, Properties, Enable all purposes; where Microsoft's list "
                          "did, there is no remedy on this server");
        scp_result_step(v->r, finding, SCP_STEP_DENIAL);
        return;
    case SCP_PATH_DISABLED:
    case SCP_PATH_ISSUED_TOO_LATE: scp_result_remedy(v->r, finding, WITHDRAWN); return;
    case SCP_PATH_SHORT_KEY:
        scp_result_remedy(v->r, finding,
                          "a security policy refuses this key, and importing the certificate again does not help: "
                          "the owner of the policy decides");
        return;
    default: return;
    }
}

/* --- The root of a path --- */

/* What ends at its root is the root's matter: nothing that is imported among the intermediates mends it. */
void scp_intermediates_root_unusable(const struct scp_verdict *v, const char *start, const struct scp_sight *s)
{
    char text[SCP_INTERMEDIATES_TEXT], what[SCP_INTERMEDIATES_TEXT];
    size_t finding;

    (void)scp_say(text, sizeof text, "%s: its root cannot be used: %s", start, scp_intermediates_describe_fault(s, what));
    finding = scp_intermediates_say(v, v->required ? SCP_CRITICAL : SCP_OK, "intermediates.root-unusable", text);
    scp_intermediates_remedy(v, finding, s->p->fault, scp_path_cert(s->a, s->p, s->p->at)->sha1);
}

/* --- An issuer that the profile does not know --- */

/* Whose certificate it is has to be known before anything is imported: a TLS inspection's must not be. */
void scp_intermediates_issuer_remedy(const struct scp_verdict *v, size_t finding, bool self_signed)
{
    if (finding == (size_t)-1 || v->r->finding[finding].state == SCP_OK)
        return;
    if (self_signed)
        scp_result_remedy(v->r, finding, "find out whose certificate that is; import none that is not vouched for elsewhere");
    else if (v->t->kind == SCP_INTERMEDIATES_SERVER)
        scp_result_remedy(v->r, finding,
                          "find out whose issuer that is (a TLS inspection's is never imported); where it is the server's own, "
                          "let the server send it");
    else
        scp_result_remedy(v->r, finding,
                          "find out whose issuer that is; where it is the service's own, import its certificate, compared by "
                          "thumbprint with what its CA publishes, into LocalMachine\\CA (certutil -addstore CA FILE)");
}

bool scp_intermediates_distrusted(const struct scp_verdict *v, const uint8_t sha1[SCP_SHA1_LEN])
{
    size_t i = 0;

    return scp_store_find(&v->f->disallowed, sha1, &i) != NULL;
}
