/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/internal.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/source/source.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, MANY_ROOTS = 200, PLACES = 480 /* where a missing root lies, in words */ };

const struct scp_roots_limits scp_roots_limits_default = {
    .warning = { .start = 90.0 * DAY, .end_infinite = true },
    .critical = { .start = 30.0 * DAY, .end_infinite = true },
};

/* What evaluating all roots adds up to, for the performance data. */
struct tally {
    size_t required, missing, on_demand, recommended_missing, disallowed;
    bool missing_known;
    bool has_expiry;
    double expiry;
    bool update_unknown_said, list_unread_said, future_said, authroot_untold_said, key_unknown_said;
    bool found; /* a required or recommended root is there: what would take it away matters */
};

static void thumbprint(const struct scp_profile_cert *want, char out[65])
{
    if (want->has_sha1)
        scp_num_to_hex(want->sha1, sizeof want->sha1, out);
    else
        scp_num_to_hex(want->sha256, sizeof want->sha256, out);
}

static size_t add(struct scp_result *r, enum scp_state state, const struct scp_root_fact *root, const char *id, const char *text)
{
    return scp_result_add(r, state, id, root->want->alias, "%s " SCP_OURS, root->want->name, text);
}

/* Adds the finding when `applies`; returns it. */
static bool add_if(struct scp_result *r, bool applies, enum scp_state state, const struct scp_root_fact *root, const char *id,
                   const char *text)
{
    if (applies)
        (void)add(r, state, root, id, text);
    return applies;
}

/* Distrusted: a copy that is there does not help, nor one that Windows would fetch. */
static bool evaluate_distrust(const struct scp_root_fact *root, struct scp_result *r)
{
    bool bad = scp_distrusted(&root->distrust);
    char sentence[160];

    (void)snprintf(sentence, sizeof sentence, "%s %s%s", root->found ? "is installed but in" : "is in",
                   scp_distrust_place(&root->distrust), root->found ? "" : ": a copy would not be used");
    if (bad)
        scp_roots_remedy_distrust(root, r, add(r, SCP_CRITICAL, root, "roots.disallowed", sentence));
    bad |= add_if(r, root->disallowed_unreadable, SCP_UNKNOWN, root, "roots.disallowed-unreadable",
                  "may be disallowed: an entry in a Disallowed store or list that may be its own could not be read");
    return bad;
}

/* --- A missing root --- */

/* ", but in LocalMachine\\CA, where it is no anchor"; "" where it lies nowhere. */
static const char *lies(const struct scp_root_fact *root, char *out, size_t size)
{
    char places[PLACES];

    scp_elsewhere_phrase(&root->elsewhere, places, sizeof places);
    out[0] = '\0';
    if (root->elsewhere.n > 0)
        (void)scp_say(out, size, ", but in " SCP_SAID ", where it is no anchor", places);
    return out;
}

static void add_missing(const struct scp_roots_facts *f, const struct scp_root_fact *root, const struct scp_on_demand *d,
                        const struct scp_roots_limits *limits, int64_t now, struct scp_result *r)
{
    char print[65], places[PLACES];
    size_t i;

    thumbprint(root->want, print);
    scp_elsewhere_phrase(&root->elsewhere, places, sizeof places);
    if (root->elsewhere.n > 0)
        i = scp_result_add(r, SCP_CRITICAL, "roots.missing", root->want->alias,
                           "%s missing and " SCP_SAID " (%s lies in " SCP_SAID ", where it is no anchor)", root->want->name,
                           d->reason, print, places);
    else
        i = scp_result_add(r, SCP_CRITICAL, "roots.missing", root->want->alias,
                           "%s missing and " SCP_SAID " (%s is in none of ROOT, AuthRoot, Policies, Enterprise)", root->want->name,
                           d->reason, print);
    scp_roots_remedy_missing(f, root, d, limits, now, r, i);
}

/* What is there but no number is not mended by another export. */
static void mend_number(struct scp_result *r, size_t finding, bool wrong_type)
{
    if (wrong_type)
        scp_result_remedy(r, finding, SCP_REMEDY_NO_NUMBER);
}

static void say_update_unknown(const struct scp_roots_facts *f, struct scp_result *r, struct tally *t)
{
    bool wrong = f->policy.disable_root_auto_update.wrong_type;

    if (!t->update_unknown_said)
        mend_number(r,
                    scp_result_add(r, SCP_UNKNOWN, "roots.update-unknown", "",
                                   "whether Windows updates roots by itself could not be told%s",
                                   wrong ? ": DisableRootAutoUpdate is not a REG_DWORD" : " from the source"),
                    wrong);
    t->update_unknown_said = true;
}

/* "Windows can still fetch it" hangs on settings that the source may not hold. */
static void say_unlooked(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r, struct tally *t)
{
    bool wrong = f->policy.cryptsvc_start.presence != SCP_COULD_NOT_TELL && f->policy.protected_roots.wrong_type;
    const char *what = wrong                                                     ? "ProtectedRoots\\Flags is not a REG_DWORD"
                       : f->policy.cryptsvc_start.presence == SCP_COULD_NOT_TELL ? "the source does not hold " SCP_PATH_CRYPTSVC
                       : scp_update_policy_authroot_off(&f->policy) == SCP_MAYBE
                           ? "the source does not hold " SCP_PATH_PROTECTED_ROOTS
                           : NULL;

    if (what == NULL || t->update_unknown_said)
        return;
    t->update_unknown_said = true;
    mend_number(r,
                scp_result_add(r, SCP_UNKNOWN, "roots.update-unknown", "",
                               "whether Windows can really fetch %s could not be told: " SCP_OURS, root->want->name, what),
                wrong);
}

/* Why the list of trusted roots cannot tell about a root. */
static void say_list_unread(const struct scp_roots_facts *f, enum scp_state state, struct scp_result *r, struct tally *t)
{
    char why[SCP_LIST_WHY];

    if (t->list_unread_said)
        return;
    t->list_unread_said = true;
    scp_list_disbelief(f->list, why);
    if (!scp_list_present(f->list))
        (void)scp_result_add(r, state, "roots.list-unread", "",
                             "the source holds no cached list of trusted roots to look roots up in");
    else if (why[0] != '\0')
        (void)scp_result_add(r, state, "roots.list-unread", "", "what the cached list of trusted roots says could not be told: %s",
                             why);
    else
        (void)scp_result_add(r, state, "roots.list-unread", "",
                             "whether the cached list of trusted roots names every root could not be told");
}

static void say_sync_future(const struct scp_roots_facts *f, struct scp_result *r, struct tally *t)
{
    char date[SCP_UTC_TEXT];

    scp_utc_format(f->policy.trusted_sync.at, date);
    if (!t->future_said)
        (void)scp_result_add(r, SCP_WARNING, "roots.sync-future", "", "the last synchronisation (%s) lies in the future", date);
    t->future_said = true;
}

static void add_on_demand(const struct scp_roots_facts *f, const struct scp_root_fact *root, const struct scp_on_demand *d,
                          int64_t now, struct scp_result *r, struct tally *t)
{
    char places[PLACES];
    size_t i;

    t->on_demand++;
    i = scp_result_add(r, SCP_WARNING, "roots.on-demand", root->want->alias,
                       "%s not in the store" SCP_SAID "; Windows can still fetch it (" SCP_SAID ")", root->want->name,
                       lies(root, places, sizeof places), d->reason);
    scp_roots_remedy_on_demand(f, root, now, r, i);
    if (d->named == SCP_MAYBE)
        say_list_unread(f, SCP_UNKNOWN, r, t);
    if (d->way == SCP_ON_DEMAND_FUTURE)
        say_sync_future(f, r, t);
}

static bool evaluate_restriction(const struct scp_roots_facts *f, const struct scp_root_fact *root, int64_t now,
                                 struct scp_result *r);

static void missing_required(const struct scp_roots_facts *f, const struct scp_root_fact *root, const struct scp_on_demand *d,
                             const struct scp_roots_limits *limits, int64_t now, struct scp_result *r, struct tally *t)
{
    if (d->installable) {
        (void)evaluate_restriction(f, root, now, r);
        say_unlooked(f, root, r, t);
        add_on_demand(f, root, d, now, r, t);
        return;
    }
    t->missing++;
    add_missing(f, root, d, limits, now, r);
    if (d->way == SCP_ON_DEMAND_UNKNOWN)
        say_update_unknown(f, r, t);
}

static void missing_recommended(const struct scp_root_fact *root, const struct scp_on_demand *d, bool covered, struct scp_result *r,
                                struct tally *t)
{
    bool lost = covered && d->way != SCP_ON_DEMAND_UNKNOWN && !d->installable;
    char places[PLACES];

    t->recommended_missing++;
    (void)scp_result_add(r, lost ? SCP_WARNING : SCP_OK, "roots.recommended-missing", root->want->alias,
                         "recommended root %s %s" SCP_SAID " (" SCP_SAID ")", root->want->name, covered ? "missing" : "not seen",
                         lies(root, places, sizeof places), d->reason);
}

/* Whether it is in none of the stores could not be told. */
static void not_covered(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r, struct tally *t)
{
    char places[PLACES];

    t->missing_known = false;
    if (scp_store_covered(&f->root))
        (void)scp_result_add(r, SCP_UNKNOWN, "roots.policy-refresh", root->want->alias,
                             "%s was not found" SCP_SAID ", but group policy wrote its stores anew less than 5 minutes before the "
                             "snapshot: it was seen during a policy refresh",
                             root->want->name, lies(root, places, sizeof places));
    else
        (void)scp_result_add(r, SCP_UNKNOWN, "source.not-covered", root->want->alias,
                             "%s was not found" SCP_SAID
                             ", but the source does not hold every Root store (ROOT, AuthRoot, Policies, "
                             "Enterprise)",
                             root->want->name, lies(root, places, sizeof places));
}

/* The root was not found in what the source holds. */
static void evaluate_absent(const struct scp_roots_facts *f, size_t index, const struct scp_roots_limits *limits, int64_t now,
                            struct scp_result *r, struct tally *t)
{
    const struct scp_root_fact *root = &f->v[index];
    bool covered = scp_store_covered(&f->root) && !f->root.refreshed;
    struct scp_on_demand d;

    scp_on_demand_judge(&f->policy, f->named != NULL ? f->named[index] : SCP_MAYBE, root->want->bare && root->want->has_sha1,
                        &f->list->signer, now, &d);
    if (root->want->level != SCP_LEVEL_INFORMATIONAL)
        (void)evaluate_distrust(root, r);
    if (root->unreadable && root->want->level != SCP_LEVEL_INFORMATIONAL) {
        t->missing_known = t->missing_known && root->want->level != SCP_LEVEL_REQUIRED;
        (void)scp_result_add(r, SCP_UNKNOWN, "roots.unreadable", root->want->alias, "%s: its entry could not be read",
                             root->want->name);
    } else if (root->want->level == SCP_LEVEL_RECOMMENDED) {
        missing_recommended(root, &d, covered, r, t);
    } else if (root->want->level != SCP_LEVEL_REQUIRED) {
        (void)scp_result_add(r, SCP_OK, "roots.informational", root->want->alias, "%s not installed", root->want->name);
    } else if (!covered) {
        not_covered(f, root, r, t);
    } else {
        missing_required(f, root, &d, limits, now, r, t);
    }
}

/* --- A root that is there --- */

/* 104 and 126: past = CRITICAL, future = WARNING, a remark on Windows versions that do not know them. */
static bool dated(struct scp_result *r, const struct scp_root_fact *root, const char *id, int64_t from, bool applies, int64_t now,
                  const char *text)
{
    char sentence[160], date[SCP_UTC_TEXT];

    if (from == SCP_UTC_UNKNOWN)
        return false;
    scp_utc_format_date(from, date);
    (void)snprintf(sentence, sizeof sentence, "%s %s%s", text, date,
                   applies ? "" : " (this version of Windows does not apply that)");
    return add_if(r, true, !applies ? SCP_OK : from <= now ? SCP_CRITICAL : SCP_WARNING, root, id, sentence) && applies;
}

static bool evaluate_restriction(const struct scp_roots_facts *f, const struct scp_root_fact *root, int64_t now,
                                 struct scp_result *r)
{
    const struct scp_restriction *x = &root->restriction;
    bool applies = scp_update_policy_dates_apply(&f->policy);
    bool bad = false;

    if (x->purpose_denied)
        scp_roots_remedy_purpose(f, root, r,
                                 add(r, SCP_CRITICAL, root, "roots.purpose",
                                     root->found ? "is installed but not allowed for server authentication"
                                                 : "would be fetched, but is not allowed for server authentication"));
    bad |= x->purpose_denied;
    bad |= dated(r, root, "roots.disabled", x->disabled_from, applies, now, "is disabled from");
    bad |=
        dated(r, root, "roots.not-before", x->issued_before, applies, now, "is trusted for TLS only for certificates issued until");
    bad |= add_if(r, x->unreadable, SCP_UNKNOWN, root, "roots.restriction-unreadable", x->unreadable_what);
    (void)add_if(r, x->withdrawn, SCP_OK, root, "roots.restriction-withdrawn", "had a restriction that was lifted");
    return bad;
}

static bool in_only(const struct scp_root_fact *root, enum scp_store_member member)
{
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (root->member[m] != (m == (int)member))
            return false;
    }
    return true;
}

static bool evaluate_place(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r)
{
    bool authroot_off = scp_update_policy_authroot_off(&f->policy) == SCP_YES;
    bool user_off = scp_update_policy_user_roots_off(&f->policy);
    bool bad = authroot_off && in_only(root, SCP_MEMBER_AUTHROOT);

    if (bad)
        scp_roots_remedy_import(
            root, r,
            add(r, SCP_CRITICAL, root, "roots.authroot-off", "is only in AuthRoot, which ProtectedRoots\\Flags (0x8) leaves out"));
    bad |= add_if(r, user_off && in_only(root, SCP_MEMBER_SYSTEM_USER), SCP_CRITICAL, root, "roots.user-only",
                  "is only in the SYSTEM account's store, which ProtectedRoots\\Flags (0x1) leaves out");
    (void)add_if(r, in_only(root, SCP_MEMBER_GROUP_POLICY), SCP_OK, root, "roots.policy-only",
                 "is installed by group policy only (rewritten at each policy refresh)");
    return bad;
}

/* Is AuthRoot left out?  That matters for a root that is nowhere else; said once. */
static void say_authroot_untold(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r,
                                struct tally *t)
{
    size_t i;

    if (!in_only(root, SCP_MEMBER_AUTHROOT) || scp_update_policy_authroot_off(&f->policy) != SCP_MAYBE || t->authroot_untold_said)
        return;
    t->authroot_untold_said = true;
    i = scp_result_add(r, SCP_UNKNOWN, "source.not-covered", "ProtectedRoots",
                       "%s is only in AuthRoot, and whether a policy leaves that out could not be told: " SCP_OURS,
                       root->want->name,
                       f->policy.protected_roots.wrong_type ? "ProtectedRoots\\Flags is not a REG_DWORD"
                                                            : "the source does not hold " SCP_PATH_PROTECTED_ROOTS);
    scp_result_remedy(r, i, SCP_EXPORT_POLICY SCP_EXPORT_GIVE);
    mend_number(r, i, f->policy.protected_roots.wrong_type);
}

static bool evaluate_key(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r, struct tally *t)
{
    const struct scp_key key = { .type = root->key_type,
                                 .bits = root->key_bits,
                                 .self_signed = root->self_issued,
                                 .sha256 = root->want->has_sha256 ? root->want->sha256 : NULL };
    char sentence[192], reason[96] = "";
    enum scp_tri refused = scp_key_policy_refuses(&f->keys, &key, reason, sizeof reason);

    (void)snprintf(sentence, sizeof sentence, "has a %s key of %u bits, but %s", key.type != NULL ? key.type : "", key.bits,
                   reason);
    if (refused == SCP_MAYBE && !t->key_unknown_said) {
        t->key_unknown_said = true;
        mend_number(r,
                    scp_result_add(r, SCP_UNKNOWN, "roots.key-policy-unknown", "",
                                   "whether a setting of the chain engine refuses the key of %s could not be told: " SCP_OURS,
                                   root->want->name, reason),
                    scp_key_policy_wrong_type(&f->keys));
    }
    return add_if(r, refused == SCP_YES, SCP_CRITICAL, root, "roots.key-too-short", sentence);
}

static bool evaluate_life(const struct scp_root_fact *root, const struct scp_roots_limits *limits, int64_t now,
                          struct scp_result *r)
{
    double left = (double)(root->not_after - now);
    char sentence[160], date[SCP_UTC_TEXT], span[SCP_UTC_TEXT];
    bool critical = scp_range_alerts(&limits->critical, left);

    scp_utc_format_date(root->not_before, date);
    (void)snprintf(sentence, sizeof sentence, "is not valid before %s", date);
    if (add_if(r, now < root->not_before, SCP_CRITICAL, root, "roots.not-yet-valid", sentence))
        return true;
    scp_utc_format_date(root->not_after, date);
    (void)snprintf(sentence, sizeof sentence, "expired on %s", date);
    if (add_if(r, now > root->not_after, SCP_CRITICAL, root, "roots.expired", sentence))
        return true;
    scp_utc_span(left, span);
    (void)snprintf(sentence, sizeof sentence, "expires on %s, in %s", date, span);
    return add_if(r, critical || scp_range_alerts(&limits->warning, left), critical ? SCP_CRITICAL : SCP_WARNING, root,
                  "roots.expiring", sentence);
}

static void add_present(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r)
{
    char places[160] = "", date[SCP_UTC_TEXT];
    size_t used = 0;

    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (root->member[m])
            used += (size_t)snprintf(places + used, sizeof places - used, "%s%s", used > 0 ? ", " : "",
                                     scp_store_member_name(SCP_STORE_ROOT, (enum scp_store_member)m));
    }
    scp_utc_format_date(root->not_after, date);
    (void)scp_result_add(r, SCP_OK, "roots.present", root->want->alias, "%s present in %s, expires %s, %s", root->want->name,
                         places, date,
                         scp_store_covered(&f->disallowed) ? "not disallowed" : "not disallowed as far as the source tells");
}

static void note_expiry(const struct scp_root_fact *root, int64_t now, struct tally *t)
{
    double left = (double)(root->not_after - now);

    if (!t->has_expiry || left < t->expiry)
        t->expiry = left;
    t->has_expiry = true;
}

static void evaluate_found(const struct scp_roots_facts *f, const struct scp_root_fact *root, const struct scp_roots_limits *limits,
                           int64_t now, struct scp_result *r, struct tally *t)
{
    bool bad = false;

    if (root->want->level == SCP_LEVEL_REQUIRED)
        note_expiry(root, now, t);
    bad |= evaluate_distrust(root, r);
    bad |= evaluate_restriction(f, root, now, r);
    bad |= evaluate_place(f, root, r);
    bad |= evaluate_key(f, root, r, t);
    say_authroot_untold(f, root, r, t);
    t->found = true;
    bad |= evaluate_life(root, limits, now, r);
    if (!bad)
        add_present(f, root, r);
}

/* What is wrong with a root that nothing depends on is worth no alarm. */
static void evaluate_informational(const struct scp_root_fact *root, int64_t now, struct scp_result *r)
{
    char date[SCP_UTC_TEXT];

    scp_utc_format_date(root->not_after, date);
    (void)scp_result_add(r, SCP_OK, "roots.informational", root->want->alias, "%s installed, %s %s%s", root->want->name,
                         now > root->not_after ? "expired on" : "expires", date,
                         scp_distrusted(&root->distrust) ? ", disallowed" : "");
}

static void evaluate_root(const struct scp_roots_facts *f, size_t index, const struct scp_roots_limits *limits, int64_t now,
                          struct scp_result *r, struct tally *t)
{
    const struct scp_root_fact *root = &f->v[index];
    bool informational = root->want->level != SCP_LEVEL_REQUIRED && root->want->level != SCP_LEVEL_RECOMMENDED;

    t->required += root->want->level == SCP_LEVEL_REQUIRED;
    t->disallowed += scp_distrusted(&root->distrust);
    (void)add_if(r, root->forged, SCP_CRITICAL, root, "roots.forged",
                 "has a double: a certificate with its SHA-1 thumbprint, but another SHA-256");
    if (!root->found)
        evaluate_absent(f, index, limits, now, r, t);
    else if (informational)
        evaluate_informational(root, now, r);
    else
        evaluate_found(f, root, limits, now, r, t);
}

/* --- The stores as a whole --- */

static void evaluate_entries(const struct scp_store *s, struct scp_result *r)
{
    for (size_t i = 0; i < s->certs; i++) {
        const struct scp_store_cert *c = &s->cert[i];
        char path[512], print[41];

        if (c->key_matches)
            continue;
        scp_num_to_hex(c->sha1, sizeof c->sha1, print);
        (void)scp_result_add(r, SCP_WARNING, "source.inconsistent", print, SCP_SAID " holds the certificate %s",
                             scp_registry_key_say(c->key, path, sizeof path), print);
    }
    for (size_t i = 0; i < s->damages; i++) {
        const struct scp_store_damage *d = &s->damage[i];
        char path[512];

        (void)scp_result_add(r, d->empty ? SCP_OK : scp_source_remark(r), "source.damaged", scp_registry_key_name(d->key),
                             SCP_SAID ": %s", scp_registry_key_say(d->key, path, sizeof path), d->reason);
    }
}

/* "Not disallowed" is a fact only where the machine's own store and group policy's were seen; the directory's is a remark. */
static void evaluate_disallowed_coverage(const struct scp_roots_facts *f, struct scp_result *r, const struct tally *t)
{
    const struct scp_store *s = &f->disallowed;
    bool own = s->exists[SCP_MEMBER_DEFAULT] && s->presence[SCP_MEMBER_DEFAULT] == SCP_COULD_NOT_TELL;
    bool policy = s->exists[SCP_MEMBER_GROUP_POLICY] && s->presence[SCP_MEMBER_GROUP_POLICY] == SCP_COULD_NOT_TELL;
    size_t i;

    if (scp_store_covered(s))
        return;
    i = scp_result_add(r, (own || policy) && t->found ? SCP_UNKNOWN : SCP_OK, "roots.disallowed-not-covered", "",
                       "the source does not hold every Disallowed store (" SCP_OURS "): a distrust there would not be seen",
                       own      ? "LocalMachine\\Disallowed"
                       : policy ? "that of group policy"
                                : "the enterprise's");
    if (policy && !own)
        scp_result_remedy(r, i, SCP_EXPORT_POLICY SCP_EXPORT_GIVE);
}

static void evaluate_stores(const struct scp_roots_facts *f, struct scp_result *r, const struct tally *t)
{
    evaluate_entries(&f->root, r);
    evaluate_entries(&f->disallowed, r);
    for (size_t i = 0; i < f->misplaced.n && i < SCP_ROOTS_MISFITS_MAX; i++) {
        const struct scp_roots_misfit *m = &f->misplaced.v[i];
        char print[41];

        scp_num_to_hex(m->cert->sha1, sizeof m->cert->sha1, print);
        (void)scp_result_add(r, SCP_WARNING, "roots.misplaced", print, "%s in %s is not self-issued (%s)", m->name,
                             scp_store_member_name(SCP_STORE_ROOT, m->cert->member), print);
    }
    if (f->misplaced.n > SCP_ROOTS_MISFITS_MAX)
        (void)scp_result_add(r, SCP_WARNING, "roots.misplaced", "", "%zu more certificates in Root stores are not self-issued",
                             f->misplaced.n - SCP_ROOTS_MISFITS_MAX);
    if (f->root.certs > MANY_ROOTS)
        (void)scp_result_add(r, SCP_OK, "roots.many", "", "%zu certificates in the Root stores", f->root.certs);
    evaluate_disallowed_coverage(f, r, t);
    if (scp_update_policy_mirrored(&f->policy))
        (void)scp_result_add(r, SCP_OK, "roots.mirror-not-audited", "", "roots come from the mirror %s, which was not looked at",
                             f->policy.root_dir_url);
}

/* --- Windows' lists --- */

static void evaluate_unlisted(const struct scp_roots_facts *f, struct scp_result *r, struct tally *t)
{
    if (!scp_list_believed(f->list)) {
        say_list_unread(f, SCP_UNKNOWN, r, t);
        return;
    }
    for (size_t i = 0; i < f->unlisted.n && i < SCP_ROOTS_MISFITS_MAX; i++) {
        const struct scp_store_cert *c = f->unlisted.v[i].cert;
        char print[41], name[128];

        scp_num_to_hex(c->sha1, sizeof c->sha1, print);
        if (scp_roots_name(c, name, sizeof name, NULL) != 0)
            scp_result_break(r);
        (void)scp_result_add(r, SCP_WARNING, "roots.unlisted", print, "%s in %s is not in Microsoft's list of trusted roots (%s)",
                             name, scp_store_member_name(SCP_STORE_ROOT, c->member), print);
    }
    if (f->unlisted.n > SCP_ROOTS_MISFITS_MAX)
        (void)scp_result_add(r, SCP_WARNING, "roots.unlisted", "",
                             "%zu more certificates in Root stores are not in Microsoft's list of trusted roots",
                             f->unlisted.n - SCP_ROOTS_MISFITS_MAX);
}

/*
 * What Windows itself cannot read restricts nothing; it matters, and is UNKNOWN then, where a root has to be looked up in it.
 * What only we cannot read may restrict a root that is there.
 */
static void evaluate_lists(const struct scp_roots_facts *f, const struct scp_roots_limits *limits, struct scp_result *r,
                           struct tally *t)
{
    const struct scp_ctl *list = &f->list->list.ctl;
    char date[SCP_UTC_TEXT], refused[SCP_LIST_SIGNER_TEXT] = "", why[SCP_LIST_WHY];

    if (scp_list_signer_distrusted(&f->list->signer))
        scp_list_signer_say(&f->list->signer, "it", refused);
    if (limits->unlisted)
        evaluate_unlisted(f, r, t);
    if (scp_list_believed(f->list)) {
        scp_utc_format_date(list->this_update, date);
        (void)scp_result_add(r, SCP_OK, "roots.list", "",
                             "the cached list of trusted roots is of %s with %zu entr%s, signature %s%s" SCP_SAID "%s%s", date,
                             list->n, list->n == 1 ? "y" : "ies", scp_ctl_signature_name(f->list->list.verdict.signature),
                             refused[0] != '\0' ? ", but " : "", refused, list->oddity[0] != '\0' ? ", but: " : "", list->oddity);
    } else if (scp_list_present(f->list)) {
        say_list_unread(f, f->list->unable ? SCP_UNKNOWN : SCP_OK, r, t);
    }
    scp_list_disbelief(f->disallowed_list, why);
    if (scp_list_present(f->disallowed_list) && !scp_list_believed(f->disallowed_list))
        (void)scp_result_add(r, f->disallowed_list->unable ? SCP_UNKNOWN : SCP_OK, "roots.list-unread", "disallowed",
                             "what the cached list of disallowed certificates says could not be told: %s", why);
}

static void count(struct scp_result *r, const char *label, size_t value, const char *critical, size_t max)
{
    struct scp_perfdata p = { .value = (double)value, .unit = "", .has_min = true, .has_max = max > 0, .max = (double)max };

    (void)snprintf(p.label, sizeof p.label, "%s", label);
    if (critical != NULL)
        p.has_critical = scp_range_parse(critical, false, &p.critical, NULL) == 0;
    scp_result_perfdata(r, &p);
}

static void add_perfdata(const struct scp_roots_facts *f, const struct scp_roots_limits *limits, const struct tally *t,
                         struct scp_result *r)
{
    struct scp_perfdata expiry = { .label = "expiry",
                                   .value = t->expiry,
                                   .unit = "s",
                                   .has_warning = true,
                                   .has_critical = true,
                                   .warning = limits->warning,
                                   .critical = limits->critical };

    if (t->missing_known)
        count(r, "missing", t->missing, "0", t->required);
    count(r, "on_demand", t->on_demand, NULL, 0);
    count(r, "required", t->required, NULL, 0);
    count(r, "recommended_missing", t->recommended_missing, NULL, 0);
    count(r, "disallowed", t->disallowed, NULL, 0);
    if (t->has_expiry)
        scp_result_perfdata(r, &expiry);
    count(r, "store_certs", f->root.certs, NULL, 0);
    scp_result_main_value(r, "missing");
}

void scp_roots_evaluate(const struct scp_roots_facts *f, const struct scp_roots_limits *limits, int64_t now, struct scp_result *r)
{
    struct tally t = { .missing_known = true };

    /* Required roots first, then recommended ones: the order people read in. */
    for (int level = SCP_LEVEL_REQUIRED; level <= SCP_LEVEL_STALE; level++) {
        for (size_t i = 0; i < f->n; i++) {
            if ((int)f->v[i].want->level == level)
                evaluate_root(f, i, limits, now, r, &t);
        }
    }
    if (t.required == 0)
        (void)scp_result_add(r, SCP_OK, "roots.none-required", "", "the profile requires no root");
    evaluate_stores(f, r, &t);
    evaluate_lists(f, limits, r, &t);
    add_perfdata(f, limits, &t, r);
}
