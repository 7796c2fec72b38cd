/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/internal.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/source/source.h"
#include "windows/paths.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400, MANY_ROOTS = 200, PLACES = SCP_ELSEWHERE_PHRASE + 60 /* where a missing root lies, in words */ };

const struct scp_roots_limits scp_roots_limits_default = {
    .warning = { .start = 90.0 * DAY, .end_infinite = true },
    .critical = { .start = 30.0 * DAY, .end_infinite = true },
};

/* What is said once, of the first root that it matters for. */
enum once { UPDATE_UNKNOWN = 1 << 0, LIST_UNREAD = 1 << 1, SYNC_FUTURE = 1 << 2, AUTHROOT_UNTOLD = 1 << 3, KEY_UNKNOWN = 1 << 4 };

static bool is_first(struct scp_roots_verdict *v, enum once what)
{
    bool first = (v->said & (unsigned)what) == 0;

    v->said |= (unsigned)what;
    return first;
}

static size_t add(struct scp_roots_verdict *v, enum scp_state state, const char *id, const char *fmt, ...) SCP_PRINTF(4, 5);

/* A finding about the root, a sentence of ours behind its name. */
static size_t add(struct scp_roots_verdict *v, enum scp_state state, const char *id, const char *fmt, ...)
{
    char sentence[192];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    state = scp_state_for(v->root->want->level, state);
    v->bad = v->bad || state != SCP_OK;
    return scp_result_add(v->r, state, id, v->root->want->alias, "%s " SCP_OURS, v->root->want->name, sentence);
}

/* Distrusted: a copy that is there does not help, nor one that Windows would fetch. */
static void evaluate_distrust(struct scp_roots_verdict *v)
{
    const struct scp_root_fact *root = v->root;

    if (scp_distrusted(&root->distrust))
        scp_roots_remedy_distrust(v,
                                  add(v, SCP_CRITICAL, "roots.disallowed", "%s %s%s", root->found ? "is installed but in" : "is in",
                                      scp_distrust_place(&root->distrust), root->found ? "" : ": a copy would not be used"));
    if (root->disallowed_unreadable)
        (void)add(v, SCP_UNKNOWN, "roots.disallowed-unreadable",
                  "may be disallowed: an entry in a Disallowed store or list that may be its own could not be read");
    else if (root->disallowed_untold && !scp_distrusted(&root->distrust))
        scp_result_remedy(v->r,
                          add(v, SCP_UNKNOWN, "roots.disallowed-unreadable",
                              "may be disallowed: whether the list of disallowed certificates holds it could not be told, for "
                              "neither a store nor the profile has its certificate"),
                          "add the certificate to the profile (der = ...), or import the root and check again");
}

/* A copy that is there, or that would come, is refused for its key. */
static void evaluate_key(struct scp_roots_verdict *v)
{
    const struct scp_root_fact *root = v->root;
    const struct scp_key key = { .type = root->key_type,
                                 .bits = root->key_bits,
                                 .self_signed = root->self_issued,
                                 .sha256 = root->want->has_sha256 ? root->want->sha256 : NULL };
    char reason[96] = "";
    enum scp_tri refused = scp_key_policy_refuses(&v->f->keys, &key, reason, sizeof reason);

    if (refused == SCP_MAYBE && is_first(v, KEY_UNKNOWN))
        scp_remedy_number(v->r,
                          scp_result_add(v->r, SCP_UNKNOWN, "roots.key-policy-unknown", "",
                                         "whether a setting of the chain engine refuses the key of %s could not be told: " SCP_OURS,
                                         root->want->name, reason),
                          scp_key_policy_wrong_type(&v->f->keys));
    if (refused == SCP_YES)
        (void)add(v, SCP_CRITICAL, "roots.key-too-short", "has a %s key of %u bits, but %s", key.type != NULL ? key.type : "",
                  key.bits, reason);
}

/* --- A missing root --- */

/* ", but in LocalMachine\\CA, where it is no anchor"; "" where it lies nowhere. */
static const char *lies(const struct scp_root_fact *root, char out[PLACES])
{
    out[0] = '\0';
    if (root->elsewhere[0] != '\0')
        (void)scp_say(out, PLACES, ", but in " SCP_SAID ", where it is no anchor", root->elsewhere);
    return out;
}

static void add_missing(struct scp_roots_verdict *v, const struct scp_on_demand *d)
{
    const struct scp_root_fact *root = v->root;
    char print[SCP_ROOTS_PRINT], where[PLACES], astray[PLACES];
    size_t i;

    if (root->elsewhere[0] != '\0')
        (void)scp_say(where, sizeof where, "lies in " SCP_SAID ", where it is no anchor", root->elsewhere);
    else
        (void)scp_say(where, sizeof where, "is in none of ROOT, AuthRoot, Policies, Enterprise");
    i = scp_result_add(v->r, SCP_CRITICAL, "roots.missing", root->want->alias, "%s missing and " SCP_SAID " (%s " SCP_SAID ")%s%s",
                       root->want->name, d->reason, scp_roots_thumbprint(root->want, print), where,
                       root->want->any_of != NULL ? "; one of these in its place is enough, but none is there: " : "",
                       root->want->any_of != NULL ? root->want->any_of : "");
    scp_result_brief(v->r, i, "%s missing and " SCP_SAID SCP_SAID, root->want->name, d->reason, lies(root, astray));
    scp_roots_remedy_missing(v, d, i);
}

static void say_update_unknown(struct scp_roots_verdict *v)
{
    bool wrong = v->f->policy.disable_root_auto_update.wrong_type;

    if (is_first(v, UPDATE_UNKNOWN))
        scp_remedy_number(v->r,
                          scp_result_add(v->r, SCP_UNKNOWN, "roots.update-unknown", "",
                                         "whether Windows updates roots by itself could not be told%s",
                                         wrong ? ": DisableRootAutoUpdate is not a REG_DWORD" : " from the source"),
                          wrong);
}

static const char *untold_protected_roots(const struct scp_update_policy *p)
{
    return p->protected_roots.wrong_type ? "ProtectedRoots\\Flags is not a REG_DWORD"
                                         : "the source does not hold " SCP_PATH_PROTECTED_ROOTS;
}

/* Why it is not known that the service that fetches roots may run; NULL where it is. */
static const char *untold_service(const struct scp_update_policy *p)
{
    switch (p->cryptsvc_start.presence) {
    case SCP_COULD_NOT_TELL: return "the source does not hold " SCP_PATH_CRYPTSVC;
    case SCP_ABSENT: return SCP_PATH_CRYPTSVC " has no Start: the Cryptographic Services, which download roots, may not be set up";
    case SCP_PRESENT: break;
    }
    return p->cryptsvc_start.wrong_type ? "Start of the Cryptographic Services (CryptSvc) is not a REG_DWORD" : NULL;
}

/* "Windows can still fetch it" hangs on settings that the source may not hold. */
static void say_unlooked(struct scp_roots_verdict *v)
{
    const struct scp_update_policy *p = &v->f->policy;
    const char *service = untold_service(p);
    size_t i;

    if ((service == NULL && scp_update_policy_authroot_off(p) != SCP_MAYBE) || !is_first(v, UPDATE_UNKNOWN))
        return;
    i = scp_result_add(v->r, SCP_UNKNOWN, "roots.update-unknown", "",
                       "whether Windows can really fetch %s could not be told: " SCP_OURS, v->root->want->name,
                       service != NULL ? service : untold_protected_roots(p));
    if (service == NULL)
        scp_remedy_number(v->r, i, p->protected_roots.wrong_type);
    else if (p->cryptsvc_start.presence != SCP_COULD_NOT_TELL)
        scp_result_remedy(v->r, i,
                          "sc qc CryptSvc on the server shows how the service is set up; where it is: "
                          "sc config CryptSvc start= auto, then net start CryptSvc");
}

/* Why the list of trusted roots cannot tell about a root. */
static void say_list_unread(struct scp_roots_verdict *v, enum scp_state state)
{
    char why[SCP_LIST_WHY];

    if (!is_first(v, LIST_UNREAD))
        return;
    scp_list_disbelief(v->f->list, why);
    if (!scp_list_present(v->f->list))
        (void)scp_result_add(v->r, state, "roots.list-unread", "",
                             "the source holds no cached list of trusted roots to look roots up in");
    else if (why[0] != '\0')
        (void)scp_result_add(v->r, state, "roots.list-unread", "",
                             "what the cached list of trusted roots says could not be told: %s", why);
    else
        (void)scp_result_add(v->r, state, "roots.list-unread", "",
                             "whether the cached list of trusted roots names every root could not be told");
}

static void evaluate_restriction(struct scp_roots_verdict *v);

static void add_on_demand(struct scp_roots_verdict *v, const struct scp_on_demand *d)
{
    char where[PLACES], date[SCP_UTC_TEXT];

    evaluate_restriction(v);
    say_unlooked(v);
    v->on_demand++;
    scp_roots_remedy_on_demand(v, scp_result_add(v->r, SCP_WARNING, "roots.on-demand", v->root->want->alias,
                                                 "%s not in the store" SCP_SAID "; Windows can still fetch it (" SCP_SAID ")",
                                                 v->root->want->name, lies(v->root, where), d->reason));
    if (d->named == SCP_MAYBE)
        say_list_unread(v, SCP_UNKNOWN);
    if (d->way == SCP_ON_DEMAND_FUTURE && is_first(v, SYNC_FUTURE))
        (void)scp_result_add(v->r, SCP_WARNING, "roots.sync-future", "", "the last synchronisation (%s) lies in the future",
                             scp_utc_format(v->f->policy.trusted_sync.at, date));
}

static void missing_recommended(struct scp_roots_verdict *v, const struct scp_on_demand *d, bool covered)
{
    bool lost = covered && d->way != SCP_ON_DEMAND_UNKNOWN && !d->installable;
    char where[PLACES];

    v->recommended_missing++;
    scp_remedy_import(v->r,
                      scp_result_add(v->r, lost ? SCP_WARNING : SCP_OK, "roots.recommended-missing", v->root->want->alias,
                                     "recommended root %s %s" SCP_SAID " (" SCP_SAID ")", v->root->want->name,
                                     covered ? "missing" : "not seen", lies(v->root, where), d->reason),
                      v->root->want);
}

/* Whether it is in none of the stores could not be told. */
static void not_covered(struct scp_roots_verdict *v)
{
    const struct scp_profile_cert *want = v->root->want;
    char where[PLACES];

    v->missing_known = false;
    if (scp_store_covered(&v->f->root))
        (void)scp_result_add(v->r, SCP_UNKNOWN, "roots.policy-refresh", want->alias,
                             "%s was not found" SCP_SAID ", but group policy wrote its stores anew less than 5 minutes before the "
                             "snapshot: it was seen during a policy refresh",
                             want->name, lies(v->root, where));
    else
        (void)scp_result_add(v->r, SCP_UNKNOWN, "source.not-covered", want->alias,
                             "%s was not found" SCP_SAID
                             ", but the source does not hold every Root store (ROOT, AuthRoot, Policies, Enterprise)",
                             want->name, lies(v->root, where));
}

static void missing_required(struct scp_roots_verdict *v, const struct scp_on_demand *d, bool covered)
{
    if (!covered) {
        not_covered(v);
    } else if (d->installable) {
        add_on_demand(v, d);
    } else {
        v->missing++;
        add_missing(v, d);
        if (d->way == SCP_ON_DEMAND_UNKNOWN)
            say_update_unknown(v);
    }
}

/* The root was not found in what the source holds. */
static void evaluate_absent(struct scp_roots_verdict *v, enum scp_tri named)
{
    const struct scp_profile_cert *want = v->root->want;
    const struct scp_on_demand_root root = { named, want->bare && want->has_sha1, &v->f->list->signer,
                                             scp_trust_served(v->f->trust, want) };
    bool covered = scp_store_covered(&v->f->root) && !v->f->root.refreshed;
    struct scp_on_demand d;

    scp_on_demand_judge(&v->f->policy, &root, v->now, &d);
    if (want->level != SCP_LEVEL_INFORMATIONAL)
        evaluate_distrust(v);
    if (v->root->key_type != NULL)
        evaluate_key(v);
    if (v->root->unreadable && want->level != SCP_LEVEL_INFORMATIONAL) {
        v->missing_known = v->missing_known && want->level != SCP_LEVEL_REQUIRED;
        scp_remedy_import(
            v->r, scp_result_add(v->r, SCP_UNKNOWN, "roots.unreadable", want->alias, "%s: its entry could not be read", want->name),
            want);
    } else if (want->level == SCP_LEVEL_RECOMMENDED) {
        missing_recommended(v, &d, covered);
    } else if (want->level == SCP_LEVEL_REQUIRED) {
        missing_required(v, &d, covered);
    } else {
        (void)scp_result_add(v->r, SCP_OK, "roots.informational", want->alias, "%s not installed", want->name);
    }
}

/* --- A root that is there --- */

/* 104 and 126: past = CRITICAL, future = WARNING, a remark on Windows versions that do not know them. */
static void evaluate_date(struct scp_roots_verdict *v, const char *id, int64_t from, const char *text)
{
    bool applies = scp_update_policy_dates_apply(&v->f->policy);
    char date[SCP_UTC_TEXT];

    if (from != SCP_UTC_UNKNOWN)
        (void)add(v,
                  !applies         ? SCP_OK
                  : from <= v->now ? SCP_CRITICAL
                                   : SCP_WARNING,
                  id, "%s %s%s", text, scp_utc_format_date(from, date),
                  applies ? "" : " (this version of Windows does not apply that)");
}

static void evaluate_restriction(struct scp_roots_verdict *v)
{
    const struct scp_restriction *x = &v->root->restriction;

    if (x->purpose_denied)
        scp_roots_remedy_purpose(v, add(v, SCP_CRITICAL, "roots.purpose", "%s not allowed for server authentication",
                                        v->root->found ? "is installed but" : "would be fetched, but is"));
    evaluate_date(v, "roots.disabled", x->disabled_from, "is disabled from");
    evaluate_date(v, "roots.not-before", x->issued_before, "is trusted for TLS only for certificates issued until");
    if (x->unreadable)
        scp_remedy_import(v->r, add(v, SCP_UNKNOWN, "roots.restriction-unreadable", "%s", x->unreadable_what), v->root->want);
    if (x->withdrawn)
        (void)add(v, SCP_OK, "roots.restriction-withdrawn", "had a restriction that was lifted");
}

static bool in_only(const struct scp_root_fact *root, enum scp_store_member member)
{
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (root->member[m] != (m == (int)member))
            return false;
    }
    return true;
}

static void evaluate_place(struct scp_roots_verdict *v)
{
    const struct scp_update_policy *p = &v->f->policy;
    const struct scp_root_fact *root = v->root;

    if (scp_update_policy_authroot_off(p) == SCP_YES && in_only(root, SCP_MEMBER_AUTHROOT))
        scp_roots_remedy_import(
            v, add(v, SCP_CRITICAL, "roots.authroot-off", "is only in AuthRoot, which ProtectedRoots\\Flags (0x8) leaves out"));
    if (scp_update_policy_user_roots_off(p) && in_only(root, SCP_MEMBER_SYSTEM_USER))
        scp_roots_remedy_import(v, add(v, SCP_CRITICAL, "roots.user-only",
                                       "is only in the SYSTEM account's store, which ProtectedRoots\\Flags (0x1) leaves out"));
    if (in_only(root, SCP_MEMBER_GROUP_POLICY))
        (void)add(v, SCP_OK, "roots.policy-only", "is installed by group policy only (rewritten at each policy refresh)");
}

/* Is AuthRoot left out?  That matters for a root that is nowhere else. */
static void say_authroot_untold(struct scp_roots_verdict *v)
{
    const struct scp_update_policy *p = &v->f->policy;
    size_t i;

    if (!in_only(v->root, SCP_MEMBER_AUTHROOT) || scp_update_policy_authroot_off(p) != SCP_MAYBE || !is_first(v, AUTHROOT_UNTOLD))
        return;
    i = scp_result_add(v->r, SCP_UNKNOWN, "source.not-covered", "ProtectedRoots",
                       "%s is only in AuthRoot, and whether a policy leaves that out could not be told: " SCP_OURS,
                       v->root->want->name, untold_protected_roots(p));
    scp_result_remedy(v->r, i, SCP_SNAPSHOT);
    scp_remedy_number(v->r, i, p->protected_roots.wrong_type);
}

/* Windows takes out of AuthRoot what its list no longer names. */
static void evaluate_unnamed(struct scp_roots_verdict *v, enum scp_tri named)
{
    enum scp_on_demand_way way = scp_on_demand_way(&v->f->policy, v->now);
    char date[SCP_UTC_TEXT];

    if (named != SCP_NO || !in_only(v->root, SCP_MEMBER_AUTHROOT) || !scp_list_verified(v->f->list) ||
        (way != SCP_ON_DEMAND_FRESH && way != SCP_ON_DEMAND_LATE))
        return;
    scp_utc_format_date(v->f->list->list.ctl.this_update, date);
    scp_remedy_import(v->r,
                      add(v, SCP_WARNING, "roots.will-be-deleted",
                          "is only in AuthRoot, and the list of trusted roots of %s does not name it: an update deletes it", date),
                      v->root->want);
}

static void evaluate_life(struct scp_roots_verdict *v)
{
    const struct scp_root_fact *root = v->root;
    double left = (double)(root->not_after - v->now);
    bool critical = scp_range_alerts(&v->limits->critical, left);
    char date[SCP_UTC_TEXT], span[SCP_UTC_TEXT];

    (void)scp_utc_format_date(v->now < root->not_before ? root->not_before : root->not_after, date);
    if (v->now < root->not_before)
        (void)add(v, SCP_CRITICAL, "roots.not-yet-valid", "is not valid before %s", date);
    else if (v->now > root->not_after)
        (void)add(v, SCP_CRITICAL, "roots.expired", "expired on %s", date);
    else if (critical || scp_range_alerts(&v->limits->warning, left))
        (void)add(v, critical ? SCP_CRITICAL : SCP_WARNING, "roots.expiring", "expires on %s, in %s", date,
                  scp_utc_span(left, span));
    if (root->want->level == SCP_LEVEL_REQUIRED && (!v->has_expiry || left < v->expiry))
        v->expiry = left;
    v->has_expiry = v->has_expiry || root->want->level == SCP_LEVEL_REQUIRED;
}

static void add_present(struct scp_roots_verdict *v)
{
    const struct scp_root_fact *root = v->root;
    char places[160] = "", date[SCP_UTC_TEXT];

    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (root->member[m])
            (void)scp_say_more(places, sizeof places, "%s%s", places[0] != '\0' ? ", " : "",
                               scp_store_member_name(SCP_STORE_ROOT, (enum scp_store_member)m));
    }
    (void)scp_result_add(v->r, SCP_OK, "roots.present", root->want->alias, "%s present in %s, expires %s, %s", root->want->name,
                         places, scp_utc_format_date(root->not_after, date),
                         scp_store_covered(&v->f->disallowed) ? "not disallowed" : "not disallowed as far as the source tells");
}

static void evaluate_found(struct scp_roots_verdict *v, enum scp_tri named)
{
    v->found = true;
    v->bad = false;
    evaluate_distrust(v);
    evaluate_restriction(v);
    evaluate_place(v);
    evaluate_key(v);
    say_authroot_untold(v);
    evaluate_unnamed(v, named);
    evaluate_life(v);
    if (!v->bad)
        add_present(v);
}

/* What is wrong with a root that nothing depends on is worth no alarm. */
static void evaluate_informational(const struct scp_roots_verdict *v)
{
    const struct scp_root_fact *root = v->root;
    char date[SCP_UTC_TEXT];

    (void)scp_result_add(v->r, SCP_OK, "roots.informational", root->want->alias, "%s installed, %s %s%s", root->want->name,
                         v->now > root->not_after ? "expired on" : "expires", scp_utc_format_date(root->not_after, date),
                         scp_distrusted(&root->distrust) ? ", disallowed" : "");
}

static void evaluate_root(struct scp_roots_verdict *v, enum scp_tri named)
{
    const struct scp_root_fact *root = v->root;

    v->required += root->want->level == SCP_LEVEL_REQUIRED;
    v->disallowed += scp_distrusted(&root->distrust);
    if (root->forged)
        (void)add(v, SCP_CRITICAL, "roots.forged", "has a double: a certificate with its SHA-1 thumbprint, but another SHA-256");
    if (!root->found)
        evaluate_absent(v, named);
    else if (root->want->level > SCP_LEVEL_RECOMMENDED)
        evaluate_informational(v);
    else
        evaluate_found(v, named);
}

/* --- The stores as a whole --- */

/* "Not disallowed" is a fact only where the machine's own store and group policy's were seen; the directory's is a remark. */
static void evaluate_disallowed_coverage(const struct scp_roots_verdict *v)
{
    const struct scp_store *s = &v->f->disallowed;
    bool own = s->exists[SCP_MEMBER_DEFAULT] && s->presence[SCP_MEMBER_DEFAULT] == SCP_COULD_NOT_TELL;
    bool policy = s->exists[SCP_MEMBER_GROUP_POLICY] && s->presence[SCP_MEMBER_GROUP_POLICY] == SCP_COULD_NOT_TELL;
    size_t i;

    if (scp_store_covered(s))
        return;
    i = scp_result_add(v->r, (own || policy) && v->found ? SCP_UNKNOWN : SCP_OK, "roots.disallowed-not-covered", "",
                       "the source does not hold every Disallowed store (" SCP_OURS "): a distrust there would not be seen",
                       own      ? "LocalMachine\\Disallowed"
                       : policy ? "that of group policy"
                                : "the enterprise's");
    if (policy && !own)
        scp_result_remedy(v->r, i, SCP_SNAPSHOT);
}

static void evaluate_stores(const struct scp_roots_verdict *v)
{
    const struct scp_roots_facts *f = v->f;
    struct scp_result *r = v->r;
    char place[SCP_UPDATE_SOURCE_TEXT];

    scp_source_entries(&f->root, SCP_WARNING, r);
    scp_source_entries(&f->disallowed, SCP_WARNING, r);
    for (size_t i = 0; i < f->misplaced.n && i < SCP_ROOTS_MISFITS_MAX; i++) {
        const struct scp_roots_misfit *m = &f->misplaced.v[i];
        char print[41];

        scp_num_to_hex(m->cert->sha1, sizeof m->cert->sha1, print);
        (void)scp_result_add(v->r, SCP_WARNING, "roots.misplaced", print, "%s in %s is not self-issued (%s)", m->name,
                             scp_store_member_name(SCP_STORE_ROOT, m->cert->member), print);
    }
    if (f->misplaced.n > SCP_ROOTS_MISFITS_MAX)
        (void)scp_result_add(v->r, SCP_WARNING, "roots.misplaced", "", "%zu more certificates in Root stores are not self-issued",
                             f->misplaced.n - SCP_ROOTS_MISFITS_MAX);
    if (f->root.certs > MANY_ROOTS)
        (void)scp_result_add(v->r, SCP_OK, "roots.many", "", "%zu certificates in the Root stores", f->root.certs);
    evaluate_disallowed_coverage(v);
    if (scp_update_policy_mirrored(&f->policy) && (f->trust == NULL || f->trust->served == NULL))
        (void)scp_result_add(v->r, SCP_OK, "roots.mirror-not-audited", "",
                             "roots come from the mirror " SCP_SAID ", which was not looked at",
                             scp_update_source_say(f->policy.root_dir_url, place));
}

/* --- Windows' lists --- */

static void evaluate_unlisted(struct scp_roots_verdict *v)
{
    const struct scp_roots_facts *f = v->f;

    if (!scp_list_believed(f->list)) {
        say_list_unread(v, SCP_UNKNOWN);
        return;
    }
    for (size_t i = 0; i < f->unlisted.n && i < SCP_ROOTS_MISFITS_MAX; i++) {
        const struct scp_store_cert *c = f->unlisted.v[i].cert;
        char print[41], name[128];

        scp_num_to_hex(c->sha1, sizeof c->sha1, print);
        if (scp_roots_name(c, name, sizeof name, NULL) != 0)
            scp_result_break(v->r);
        (void)scp_result_add(v->r, SCP_WARNING, "roots.unlisted", print,
                             "%s in %s is not in Microsoft's list of trusted roots (%s)", name,
                             scp_store_member_name(SCP_STORE_ROOT, c->member), print);
    }
    if (f->unlisted.n > SCP_ROOTS_MISFITS_MAX)
        (void)scp_result_add(v->r, SCP_WARNING, "roots.unlisted", "",
                             "%zu more certificates in Root stores are not in Microsoft's list of trusted roots",
                             f->unlisted.n - SCP_ROOTS_MISFITS_MAX);
}

/*
 * What Windows itself cannot read restricts nothing; it matters, and is UNKNOWN then, where a root has to be looked up in it.
 * What only we cannot read may restrict a root that is there.
 */
static void evaluate_lists(struct scp_roots_verdict *v)
{
    const struct scp_roots_facts *f = v->f;
    const struct scp_ctl *list = &f->list->list.ctl;
    char date[SCP_UTC_TEXT], refused[SCP_LIST_SIGNER_TEXT] = "", why[SCP_LIST_WHY];

    if (scp_list_signer_distrusted(&f->list->signer))
        scp_list_signer_say(&f->list->signer, "it", refused);
    if (v->limits->unlisted)
        evaluate_unlisted(v);
    if (scp_list_believed(f->list)) {
        scp_utc_format_date(list->this_update, date);
        (void)scp_result_add(v->r, SCP_OK, "roots.list", "",
                             "the cached list of trusted roots is of %s with %zu entr%s, signature %s%s" SCP_SAID "%s%s", date,
                             list->n, list->n == 1 ? "y" : "ies", scp_ctl_signature_name(f->list->list.verdict.signature),
                             refused[0] != '\0' ? ", but " : "", refused, list->oddity[0] != '\0' ? ", but: " : "", list->oddity);
    } else if (scp_list_present(f->list)) {
        say_list_unread(v, f->list->unable ? SCP_UNKNOWN : SCP_OK);
    }
    scp_list_disbelief(f->disallowed_list, why);
    if (scp_list_present(f->disallowed_list) && !scp_list_believed(f->disallowed_list))
        (void)scp_result_add(v->r, f->disallowed_list->unable ? SCP_UNKNOWN : SCP_OK, "roots.list-unread", "disallowed",
                             "what the cached list of disallowed certificates says could not be told: %s", why);
}

static void add_perfdata(const struct scp_roots_verdict *v)
{
    const struct scp_roots_limits *limits = v->limits;

    if (v->missing_known)
        scp_result_number(v->r, "missing", v->missing, "0", v->required);
    scp_result_number(v->r, "on_demand", v->on_demand, NULL, 0);
    scp_result_number(v->r, "required", v->required, NULL, 0);
    scp_result_number(v->r, "recommended_missing", v->recommended_missing, NULL, 0);
    scp_result_number(v->r, "disallowed", v->disallowed, NULL, 0);
    if (v->has_expiry)
        scp_result_seconds(v->r, "expiry", v->expiry, &limits->warning, &limits->critical);
    scp_result_number(v->r, "store_certs", v->f->root.certs, NULL, 0);
    scp_result_main_value(v->r, "missing");
}

void scp_roots_evaluate(const struct scp_roots_facts *f, const struct scp_roots_limits *limits, int64_t now, struct scp_result *r)
{
    struct scp_roots_verdict v = { .f = f, .limits = limits, .now = now, .r = r, .missing_known = true };

    /* Required roots first, then recommended ones: the order people read in. */
    for (int level = SCP_LEVEL_REQUIRED; level <= SCP_LEVEL_STALE; level++) {
        for (size_t i = 0; i < f->n; i++) {
            v.root = &f->v[i];
            if ((int)v.root->want->level == level)
                evaluate_root(&v, f->named != NULL ? f->named[i] : SCP_MAYBE);
        }
    }
    if (v.required == 0)
        (void)scp_result_add(r, SCP_OK, "roots.none-required", "", "the profile requires no root");
    evaluate_stores(&v);
    evaluate_lists(&v);
    add_perfdata(&v);
}
