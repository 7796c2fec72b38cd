/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/list.h"

#include "base/say.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };
/* The longest gap between two lists since 2015 was 258 days; a list behind a newer one by more did not come. */
enum { AGE_MAX_DAYS = 300, BEHIND_MAX_DAYS = 60 };

const char *scp_list_kind_text(enum scp_ctl_kind kind)
{
    switch (kind) {
    case SCP_CTL_TRUSTED: return "list of trusted roots";
    case SCP_CTL_DISALLOWED: return "list of disallowed certificates";
    case SCP_CTL_PIN_RULES: return "list of pin rules";
    case SCP_CTL_OTHER: break;
    }
    return "signed list of another kind";
}

bool scp_list_old(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, char out[SCP_LIST_OLD_TEXT])
{
    int64_t dated = f->list.ctl.this_update;
    bool known = profile->newest_list != SCP_UTC_UNKNOWN && profile->newest_list <= now;
    int64_t behind = known ? profile->newest_list - dated : 0;
    char date[SCP_UTC_TEXT];

    /* Lists of disallowed certificates and pin rules may rest for years. */
    if (!scp_list_believed(f) || f->list.ctl.kind != SCP_CTL_TRUSTED)
        return false;
    scp_utc_format_date(profile->newest_list, date);
    (void)snprintf(out, SCP_LIST_OLD_TEXT, "%lld days old", (long long)((now - dated) / DAY));
    if (now - dated > (int64_t)AGE_MAX_DAYS * DAY)
        return true;
    (void)snprintf(out, SCP_LIST_OLD_TEXT, "%lld days older than the one of %s", (long long)(behind / DAY), date);
    return behind > (int64_t)BEHIND_MAX_DAYS * DAY;
}

/* What cannot be read is the server's fault, where one was asked; otherwise nothing could be told. */
static enum scp_state unreadable_state(const struct scp_list_fact *f)
{
    return f->place == SCP_LIST_SERVED ? SCP_CRITICAL : SCP_UNKNOWN;
}

/* Returns whether the content may be looked at. */
static bool evaluate_signature(const struct scp_list_fact *f, struct scp_result *r)
{
    const struct scp_ctl_verdict *v = &f->list.verdict;

    switch (v->signature) {
    case SCP_CTL_SIGNED: return true;
    case SCP_CTL_WEAK:
        (void)scp_result_add(r, f->list.ctl.this_update < SCP_CTL_SHA1_UNTIL ? SCP_OK : SCP_WARNING, "list.weak", f->subject,
                             "%s: weak signature: %s", f->origin, v->reason);
        return true;
    case SCP_CTL_UNTRUSTED:
        (void)scp_result_add(r, SCP_CRITICAL, "list.untrusted", f->subject,
                             "%s: not signed by Microsoft, Windows does not accept it: %s", f->origin, v->reason);
        return false;
    case SCP_CTL_INVALID:
        (void)scp_result_add(r, SCP_CRITICAL, "list.invalid", f->subject, "%s: bad signature: %s", f->origin, v->reason);
        return false;
    case SCP_CTL_UNSIGNED: break;
    }
    (void)scp_result_add(r, SCP_CRITICAL, "list.unsigned", f->subject, "%s: %s without a signature", f->origin,
                         scp_list_kind_text(f->list.ctl.kind));
    return false;
}

static bool evaluate_restriction(const struct scp_list_fact *f, const struct scp_profile_cert *want,
                                 const struct scp_restriction *x, int64_t now, struct scp_result *r)
{
    int64_t from = x->disabled_from != SCP_UTC_UNKNOWN ? x->disabled_from : x->issued_before;
    char date[SCP_UTC_TEXT];

    scp_utc_format_date(from, date);
    if (x->unreadable)
        (void)scp_result_add(r, SCP_UNKNOWN, "list.root-unreadable", want->alias, "%s: what it says of %s could not be read: %s",
                             f->origin, want->name, x->unreadable_what);
    else if (x->purpose_denied)
        (void)scp_result_add(r, scp_state_for(want->level, SCP_CRITICAL), "list.root-restricted", want->alias,
                             "%s: %s is not allowed for server authentication", f->origin, want->name);
    else if (from != SCP_UTC_UNKNOWN)
        (void)scp_result_add(r, from <= now ? scp_state_for(want->level, SCP_CRITICAL) : SCP_WARNING, "list.root-restricted",
                             want->alias, "%s: %s %s %s", f->origin, want->name,
                             x->disabled_from != SCP_UTC_UNKNOWN ? "is disabled from"
                                                                 : "is trusted for TLS only for certificates issued until",
                             date);
    return x->unreadable || x->purpose_denied || from != SCP_UTC_UNKNOWN;
}

/* Of a trusted list; true when there is something to say. */
static bool evaluate_trusted(const struct scp_list_fact *f, const struct scp_profile_cert *want, int64_t now, struct scp_result *r)
{
    const struct scp_list_entry e = scp_list_lookup(f, want);

    if (e.named == SCP_YES)
        return evaluate_restriction(f, want, &e.restriction, now, r);
    if (e.twin)
        (void)scp_result_add(r, SCP_CRITICAL, "list.root-twin", want->alias, "%s names a double of %s: the SHA-256 differs",
                             f->origin, want->name);
    else if (e.named == SCP_MAYBE)
        (void)scp_result_add(r, SCP_UNKNOWN, "list.root-unreadable", want->alias,
                             "%s: whether it names %s could not be told: %zu of its entries are malformed", f->origin, want->name,
                             f->list.ctl.damaged);
    else
        scp_remedy_import(r,
                          scp_result_add(r, scp_state_for(want->level, SCP_CRITICAL), "list.root-unlisted", want->alias,
                                         "%s does not name %s", f->origin, want->name),
                          want);
    return true;
}

/* Of a list of distrust; likewise. */
static bool evaluate_disallowed(const struct scp_list_fact *f, const struct scp_profile_cert *want, enum scp_tri holds,
                                struct scp_result *r)
{
    if (holds == SCP_NO || (holds == SCP_MAYBE && f->list.ctl.damaged == 0))
        return false;
    if (holds == SCP_YES)
        (void)scp_result_add(r, scp_state_for(want->level, SCP_CRITICAL), "list.root-disallowed", want->alias, "%s holds %s",
                             f->origin, want->name);
    else
        (void)scp_result_add(r, SCP_UNKNOWN, "list.root-unreadable", want->alias,
                             "%s: whether it holds %s could not be told: %zu of its entries are malformed", f->origin, want->name,
                             f->list.ctl.damaged);
    return true;
}

static bool evaluate_root(const struct scp_list_fact *f, const struct scp_profile *profile, size_t i, int64_t now,
                          struct scp_result *r)
{
    const struct scp_profile_cert *want = &profile->root[i];

    if (want->level != SCP_LEVEL_REQUIRED && want->level != SCP_LEVEL_RECOMMENDED)
        return false;
    if (f->list.ctl.kind == SCP_CTL_TRUSTED)
        return want->has_sha1 && evaluate_trusted(f, want, now, r);
    return f->list.ctl.kind == SCP_CTL_DISALLOWED &&
           evaluate_disallowed(f, want, f->disallowed != NULL ? f->disallowed[i] : SCP_MAYBE, r);
}

static void add_good(const struct scp_list_fact *f, const struct scp_profile *profile, struct scp_result *r)
{
    const char *name = scp_list_names(f, profile);
    char date[SCP_UTC_TEXT];

    scp_utc_format_date(f->list.ctl.this_update, date);
    (void)scp_result_add(r, SCP_OK, "list.good", f->subject, "%s: %s of %s verified, %zu entr%s%s%s", f->origin,
                         scp_list_kind_text(f->list.ctl.kind), date, f->list.ctl.n, f->list.ctl.n == 1 ? "y" : "ies",
                         name != NULL ? ", names " : "", name != NULL ? name : "");
}

/* One certificate distrusted is said once, of the first list that it vouches for. */
static bool evaluate_signer(const struct scp_list_fact *f, struct scp_result *r)
{
    char sentence[SCP_LIST_SIGNER_TEXT];
    const struct scp_list_signer *s = &f->signer;
    const struct scp_finding *said;
    size_t i;

    if (!scp_list_signer_distrusted(s))
        return false;
    for (size_t k = 0; (said = scp_result_finding(r, k)) != NULL; k++) {
        if (strcmp(said->id, "list.signer-disallowed") == 0 && strcmp(said->subject, s->thumbprint) == 0)
            return true;
    }
    scp_list_signer_say(s, "it", sentence);
    i = scp_result_add(r, SCP_WARNING, "list.signer-disallowed", s->thumbprint, "%s: " SCP_SAID, f->origin, sentence);
    scp_remedy_distrusted(&s->distrust, s->thumbprint, r, i);
    return true;
}

/* Things to say of a list that is believed; returns whether any was said. */
static bool evaluate_content(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, struct scp_result *r)
{
    const struct scp_ctl *c = &f->list.ctl;
    char date[SCP_UTC_TEXT];
    bool said = c->damaged > 0 || c->repeated > 0;

    said |= evaluate_signer(f, r);
    if (f->anchor_absent)
        (void)scp_result_add(r, SCP_OK, "list.anchor-absent", f->subject, "%s: the root it chains to, %s, is in no Root store",
                             f->origin, f->list.verdict.anchor.name);
    for (size_t i = 0; i < profile->roots; i++)
        said |= evaluate_root(f, profile, i, now, r);
    if (c->damaged > 0 || c->repeated > 0)
        (void)scp_result_add(r, SCP_WARNING, "list.damaged", f->subject, "%s: %zu malformed and %zu repeated entries: %s",
                             f->origin, c->damaged, c->repeated, c->oddity);
    if (c->this_update - now > SCP_UTC_ASTRAY) {
        scp_utc_format(c->this_update, date);
        (void)scp_result_add(r, SCP_WARNING, "list.future", f->subject, "%s is dated in the future (%s)", f->origin, date);
        said = true;
    }
    return said;
}

static void evaluate_store(const struct scp_list_fact *f, const struct scp_profile *profile, struct scp_result *r)
{
    bool twin;

    (void)scp_result_add(r, SCP_OK, "list.store", f->subject, "%s: a store of %zu certificate%s, not signed by nature", f->origin,
                         f->list.ctl.n, f->list.ctl.n == 1 ? "" : "s");
    for (size_t i = 0; f->store && i < profile->roots; i++) {
        const struct scp_profile_cert *want = &profile->root[i];

        if (want->has_sha1 && want->level <= SCP_LEVEL_RECOMMENDED &&
            scp_trust_list_find(&f->list, want->sha1, want->has_sha256 ? want->sha256 : NULL, &twin) != NULL && !twin)
            (void)scp_result_add(r, scp_state_for(want->level, SCP_CRITICAL), "list.root-disallowed", want->alias, "%s holds %s",
                                 f->origin, want->name);
    }
}

static void evaluate_read(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, struct scp_result *r)
{
    enum scp_ctl_kind kind = f->list.ctl.kind;

    if (f->list.certificates && (f->store || f->place == SCP_LIST_GIVEN)) {
        evaluate_store(f, profile, r);
        return;
    }
    if (f->wanted == SCP_CTL_OTHER && !f->store && f->list.ctl.new_kind) {
        (void)scp_result_add(r, SCP_OK, "list.new-kind", f->subject,
                             "%s: a list of Windows' own of a kind not known here: nothing in it was judged", f->origin);
        return;
    }
    if (f->list.certificates || f->store || kind == SCP_CTL_OTHER || (f->wanted != SCP_CTL_OTHER && kind != f->wanted)) {
        (void)scp_result_add(r, SCP_CRITICAL, "list.kind", f->subject, "%s: a %s instead of a %s", f->origin,
                             f->list.certificates ? "store of certificates" : scp_list_kind_text(kind),
                             f->store                     ? "store of disallowed certificates"
                             : f->wanted == SCP_CTL_OTHER ? "trust list"
                                                          : scp_list_kind_text(f->wanted));
        return;
    }
    if (evaluate_signature(f, r) && !evaluate_content(f, profile, now, r) && f->list.verdict.signature == SCP_CTL_SIGNED)
        add_good(f, profile, r);
}

void scp_list_remedies(enum scp_ctl_kind kind, struct scp_result *r, size_t from)
{
    static const char TRUSTED[] = "AuthRootWU";
    const char *own = kind == SCP_CTL_DISALLOWED ? "DisallowedWU" : kind == SCP_CTL_PIN_RULES ? "PinRulesWU" : NULL;

    for (; own != NULL && from < r->findings; from++) {
        char *remedy = r->finding[from].remedy, *at = strstr(remedy, TRUSTED);

        if (at == NULL)
            continue;
        *at = '\0';
        scp_result_remedy(r, from, SCP_SAID SCP_OURS SCP_SAID, remedy, own, at + strlen(TRUSTED));
    }
}

static void evaluate(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, struct scp_result *r)
{
    switch (f->reading) {
    case SCP_LIST_NOT_ASKED:
    case SCP_LIST_NOT_COVERED:
    case SCP_LIST_ABSENT:
    case SCP_LIST_UNREACHABLE: return;
    case SCP_LIST_PAGE:
        (void)scp_result_add(r, unreadable_state(f), "list.page", f->subject, "%s: not a list but a page for people (%s)",
                             f->origin, f->message);
        return;
    case SCP_LIST_UNREADABLE:
        (void)scp_result_add(r, unreadable_state(f), "list.unreadable", f->subject, "%s is no list that can be read: %s", f->origin,
                             f->message);
        return;
    case SCP_LIST_READ: break;
    }
    evaluate_read(f, profile, now, r);
}

void scp_list_evaluate(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, struct scp_result *r)
{
    size_t before = r->findings;

    evaluate(f, profile, now, r);
    scp_list_remedies(f->wanted != SCP_CTL_OTHER || f->reading != SCP_LIST_READ ? f->wanted : f->list.ctl.kind, r, before);
}
