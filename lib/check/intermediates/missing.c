/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/remedy.h"
#include "check/roots/on_demand.h"

#include <stdio.h>
#include <string.h>

/* Targets without a good path: what came nearest, what is missing, and whether Windows would fetch it. */

enum { TEXT = SCP_INTERMEDIATES_TEXT, HOW = 600, URL = 300, PLACES = 160, ASTRAY = 320, START = 2 * SCP_INTERMEDIATES_NAME };

/* How Windows stands to a certificate that is missing. */
enum fetch {
    FETCH_ALLOWED,   /* not tried */
    FETCH_DONE,      /* tried, and the path builds with what came */
    FETCH_FAILED,    /* tried in vain */
    FETCH_FORBIDDEN, /* by a setting */
    FETCH_TOO_MANY,  /* for one chain, by a setting */
    FETCH_UNKNOWN,   /* whether a setting forbids it could not be told */
    FETCH_IMPOSSIBLE /* no address is known, or fetching would not help */
};

/* Where issuers, or roots, were sought, for sentences. */
static const char *places(const struct scp_verdict *v, bool root, char out[PLACES])
{
    if (!v->f->has_registry)
        (void)scp_say(out, PLACES, "the given files");
    else
        (void)scp_say(out, PLACES, "%sROOT%s, Policies, Enterprise", root ? "" : "CA, ",
                      scp_update_policy_authroot_off(&v->f->update) == SCP_YES ? " (AuthRoot is left out by policy)"
                                                                               : ", AuthRoot");
    return v->t->kind == SCP_INTERMEDIATES_SERVER && !root ? scp_say_more(out, PLACES, " and what the server sent") : out;
}

/* "; it lies in LocalMachine\\TrustedPublisher, where …" of what lies where it does not count; "" of anything else. */
static const char *stray(const struct scp_intermediates_facts *f, const uint8_t sha1[SCP_SHA1_LEN], bool root, char out[ASTRAY])
{
    const char *where = scp_intermediates_astray_at(f, sha1);

    out[0] = '\0';
    if (where != NULL)
        (void)scp_say(out, ASTRAY, "; it lies in " SCP_SAID ", where %s", where,
                      root ? "it is no anchor" : "no chain of SYSTEM looks for it");
    return out;
}

/* --- What is missing --- */

/* A recommended family that is not in the stores, or lacks its root, is a remark, whether Windows may fetch it or not. */
static size_t add_missing(const struct scp_verdict *v, enum scp_state state, const char *id, const char *text)
{
    return scp_intermediates_say(v, v->required ? state : SCP_OK, id, text);
}

/* How many certificates Windows would have to fetch for one chain of a family. */
static size_t count_needed(const struct scp_verdict *v)
{
    const struct scp_intermediates_target *t = v->t;
    size_t needed = t->n > 0;

    for (size_t i = 0; i < t->n && needed > 0; i++)
        needed = !t->v[i].found;
    for (size_t i = 0; t->family != NULL && i < t->family->vias; i++)
        needed += !scp_pool_has(v->f->pool, t->family->via[i].sha1, false);
    return needed;
}

/* Asked from another host than the server, and nothing answered: that host's way out may be all that failed. */
static bool is_blind(const struct scp_verdict *v)
{
    bool blind = !v->f->from_scp && v->t->fetches > 0;

    for (size_t i = 0; i < v->t->fetches && blind; i++) {
        switch (v->t->fetch[i].outcome) {
        case SCP_HTTP_DNS:
        case SCP_HTTP_CONNECT:
        case SCP_HTTP_PROXY:
        case SCP_HTTP_PROXY_AUTH:
        case SCP_HTTP_TIMEOUT: break;
        default: blind = false;
        }
    }
    return blind;
}

static enum fetch fetch_state(const struct scp_verdict *v, bool has_address)
{
    const struct scp_intermediates_member *m = scp_intermediates_best(v->t, SCP_WITH_FETCHED);

    switch (scp_chain_policy_fetches(&v->f->chain)) {
    case SCP_NO: return FETCH_FORBIDDEN;
    case SCP_MAYBE: return FETCH_UNKNOWN;
    case SCP_YES: break;
    }
    if (m != NULL && scp_intermediates_usable(m->fetched))
        return FETCH_DONE;
    if (v->t->probed && !is_blind(v))
        return FETCH_FAILED;
    if (has_address && count_needed(v) > scp_chain_policy_most(&v->f->chain))
        return FETCH_TOO_MANY;
    return has_address ? FETCH_ALLOWED : FETCH_IMPOSSIBLE;
}

static enum scp_state state_of(const struct scp_verdict *v, enum fetch fetch)
{
    switch (fetch) {
    case FETCH_DONE: return v->f->from_scp ? SCP_OK : SCP_WARNING;
    case FETCH_ALLOWED: return v->t->kind == SCP_INTERMEDIATES_FILE ? SCP_CRITICAL : SCP_WARNING;
    default: return SCP_CRITICAL;
    }
}

static const char *describe_fetch(const struct scp_intermediates_facts *f, enum fetch fetch, const char *url, char out[HOW])
{
    switch (fetch) {
    case FETCH_ALLOWED:
        (void)scp_say(out, HOW, "Windows may fetch it%s%s (AIA allowed, not probed from the SCP)", url[0] != '\0' ? " from " : "",
                      url);
        break;
    case FETCH_DONE:
        (void)scp_say(out, HOW, "Windows may fetch it: the address answered with the right certificate (%s)",
                      f->from_scp ? "on the SCP itself" : f->from.text);
        break;
    case FETCH_FAILED: (void)scp_say(out, HOW, "it could not be fetched either (%s)", f->from.text); break;
    case FETCH_FORBIDDEN:
        (void)scp_say(out, HOW, "Windows does not fetch it: " SCP_OURS, scp_chain_policy_forbids(&f->chain));
        break;
    case FETCH_TOO_MANY:
        (void)scp_say(out, HOW, "Windows fetches no more than %u for a chain (MaxAIAUrlRetrievalCountPerChain)",
                      scp_chain_policy_most(&f->chain));
        break;
    case FETCH_UNKNOWN: (void)scp_say(out, HOW, "whether Windows may fetch it is not known"); break;
    case FETCH_IMPOSSIBLE: (void)scp_say(out, HOW, "no address is known where Windows could fetch it"); break;
    }
    return out;
}

/* Of the certificates between an issuing CA and its anchor, the first that is in no store. */
static const struct scp_profile_ref *missing_via(const struct scp_verdict *v)
{
    for (size_t i = 0; v->t->family != NULL && i < v->t->family->vias; i++) {
        if (!scp_pool_has(v->f->pool, v->t->family->via[i].sha1, false))
            return &v->t->family->via[i];
    }
    return NULL;
}

/* An entry of its name is in a Root store, but cannot be read: then it is not known to be missing. */
static bool is_damaged(const struct scp_intermediates_facts *f, const struct scp_profile_cert *root)
{
    return f->has_registry && root->has_sha1 && scp_store_damaged(&f->root, root->sha1);
}

static bool is_covered(const struct scp_intermediates_facts *f)
{
    return !f->has_registry || (scp_store_covered(&f->root) && scp_store_covered(&f->ca));
}

/* What every finding about something missing ends with. */
static void finish_missing(const struct scp_verdict *v, enum fetch fetch, size_t finding, const struct scp_profile_ref *via)
{
    char print[SCP_INTERMEDIATES_PRINT];

    if (v->required && fetch == FETCH_UNKNOWN)
        scp_intermediates_policy_unknown(v);
    if (via != NULL) {
        scp_result_remedy(v->r, finding,
                          "import %s into LocalMachine\\CA (certutil -addstore CA FILE) or distribute it by group policy",
                          via->cert != NULL ? "it" : scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print));
        scp_remedy_import(v->r, finding, via->cert);
    }
    scp_intermediates_fetches(v);
}

/* --- A root that is missing --- */

/* What of Windows' own installing of the root, as check_scp_roots judges it, in words.  true: it would mend the path; *refused:
 * no copy would. */
static bool is_installable(const struct scp_verdict *v, const struct scp_profile_cert *root, char how[HOW], bool *refused)
{
    const struct scp_list_fact *list = v->f->trusted;
    const char *why = NULL;
    struct scp_on_demand_root question;
    struct scp_list_entry e;
    struct scp_on_demand d;

    how[0] = '\0';
    *refused = false;
    if (!v->f->has_registry)
        return false;
    e = scp_list_lookup(list, root);
    question =
        (struct scp_on_demand_root){ e.named, root->bare, list != NULL ? &list->signer : NULL, scp_trust_served(v->f->whom, root) };
    scp_on_demand_judge(&v->f->update, &question, v->now, &d);
    if (v->f->purpose == SCP_PURPOSE_SERVER_AUTH)
        why = scp_on_demand_refused(&v->f->update, &e.restriction, v->now);
    *refused = why != NULL;
    if (*refused)
        (void)scp_say(how, HOW, "; %sby its list it %s", d.installable ? "Windows can still fetch it, but " : "", why);
    else if (d.installable)
        (void)scp_say(how, HOW, "; Windows can still fetch it (" SCP_SAID ")", d.reason);
    else
        (void)scp_say(how, HOW, "; " SCP_SAID, d.reason);
    return d.installable && !*refused;
}

/* The root may be one that group policy was about to write again. */
static void refreshed(struct scp_verdict *v, const char *start)
{
    char text[TEXT];

    v->missing_known = v->missing_known && !v->required;
    (void)scp_say(text, sizeof text,
                  "%s, but group policy wrote its roots anew less than 5 minutes before the snapshot: it was seen during a policy "
                  "refresh",
                  start);
    (void)add_missing(v, SCP_UNKNOWN, "intermediates.policy-refresh", text);
}

static void say_root_missing(struct scp_verdict *v, const char *start, const struct scp_profile_cert *root)
{
    char text[TEXT], where[PLACES], astray[ASTRAY], how[HOW], print[SCP_INTERMEDIATES_PRINT];
    size_t finding;
    bool helps, refused;

    (void)scp_num_to_hex(root->sha1, SCP_SHA1_LEN, print);
    /* Where it is distrusted, neither importing nor fetching it helps. */
    if (root->has_sha1 && (scp_intermediates_distrusted(v, root->sha1) || v->t->anchor_listed)) {
        (void)scp_say(text, sizeof text,
                      "%s: root %s (%s) is in %s and in no Root store: a copy that Windows fetches, "
                      "or that is imported, is not used",
                      start, root->name, print,
                      scp_intermediates_distrusted(v, root->sha1) ? "a Disallowed store"
                                                                  : "Windows' list of disallowed certificates");
        finding = add_missing(v, SCP_CRITICAL, "intermediates.root-unusable", text);
        scp_intermediates_remedy(v, finding, SCP_PATH_DISALLOWED, root->sha1);
        return;
    }
    if (v->f->root.refreshed) {
        (void)scp_say(text, sizeof text, "%s: root %s not found", start, root->name);
        refreshed(v, text);
        return;
    }
    /* What is there now is the question about a certificate of one's own. */
    helps = is_installable(v, root, how, &refused) && v->t->kind != SCP_INTERMEDIATES_FILE;
    (void)scp_say(text, sizeof text, "%s: root %s (%s) not found in %s" SCP_SAID SCP_SAID, start, root->name, print,
                  places(v, true, where), stray(v->f, root->sha1, true, astray), how);
    finding = add_missing(v, helps ? SCP_WARNING : SCP_CRITICAL, "intermediates.root-missing", text);
    if (refused)
        scp_intermediates_remedy(v, finding, SCP_PATH_DISABLED, root->sha1);
    else
        scp_remedy_import(v->r, finding, root);
}

/* Whatever else is missing: without a root that can be used, no family chains.  true: it cannot. */
static bool say_root(struct scp_verdict *v, const char *start)
{
    const struct scp_profile_cert *root = v->t->family != NULL ? v->t->family->anchor : NULL;
    const struct scp_path_answer *a = v->t->anchor.path;

    if (a != NULL && !scp_intermediates_usable(a) && a->stopped == NULL) {
        const struct scp_sight s = scp_intermediates_sight(&v->t->anchor, SCP_WITH_STORES);

        scp_intermediates_root_unusable(v, start, &s);
        return true;
    }
    if (root == NULL || !v->f->has_registry || scp_intermediates_has_root(v->f, root) || is_damaged(v->f, root))
        return false;
    say_root_missing(v, start, root);
    return true;
}

/* --- What of a family is missing --- */

/* What a family needs and a Disallowed store holds: a via, or the first member where it is all of them. */
static const struct scp_profile_ref *distrusted(const struct scp_verdict *v, const struct scp_profile_family *family)
{
    size_t members = 0;

    for (size_t i = 0; i < family->vias; i++) {
        if (scp_intermediates_distrusted(v, family->via[i].sha1))
            return &family->via[i];
    }
    for (size_t i = 0; i < family->any_ofs; i++)
        members += scp_intermediates_distrusted(v, family->any_of[i].sha1);
    return members > 0 && members == family->any_ofs ? &family->any_of[0] : NULL;
}

static void say_distrusted(const struct scp_verdict *v, const uint8_t sha1[SCP_SHA1_LEN], const char *name)
{
    char text[TEXT], print[SCP_INTERMEDIATES_PRINT];

    (void)scp_say(text, sizeof text,
                  "%s: %s (%s) is in a Disallowed store: a copy that Windows fetches, or that is imported, is not used", v->t->name,
                  name, scp_num_to_hex(sha1, SCP_SHA1_LEN, print));
    scp_intermediates_remedy(v, scp_intermediates_say(v, SCP_CRITICAL, "intermediates.disallowed", text), SCP_PATH_DISALLOWED,
                             sha1);
}

/* true: a family's certificate is distrusted, and that is said. */
static bool said_distrusted(const struct scp_verdict *v)
{
    const struct scp_profile_ref *ref = v->t->family != NULL ? distrusted(v, v->t->family) : NULL;

    if (ref != NULL)
        say_distrusted(v, ref->sha1, ref->cert != NULL ? ref->cert->name : "a certificate");
    return ref != NULL;
}

/* Whether a damaged entry of Disallowed is about what would be fetched. */
static void doubt_fetched(const struct scp_verdict *v, const struct scp_profile_family *family)
{
    char print[SCP_INTERMEDIATES_PRINT];

    for (size_t i = 0; i < family->vias; i++) {
        if (scp_store_damaged(&v->f->disallowed, family->via[i].sha1))
            scp_intermediates_doubt_disallowed(v, scp_num_to_hex(family->via[i].sha1, SCP_SHA1_LEN, print));
    }
}

/* A family that lacks something in the stores: is that what an ordinary online server looks like, or is importing of no use?
 * true: all is said. */
static bool said_of_family(struct scp_verdict *v, enum fetch fetch, bool rooted)
{
    const struct scp_intermediates_target *t = v->t;

    if (t->kind == SCP_INTERMEDIATES_CA && !t->v[0].found && scp_intermediates_distrusted(v, t->v[0].sha1)) {
        say_distrusted(v, t->v[0].sha1, t->v[0].name);
        return true;
    }
    if (!v->f->has_registry || t->kind != SCP_INTERMEDIATES_FAMILY)
        return false;
    if (said_distrusted(v))
        return true;
    if (!v->required || (fetch != FETCH_ALLOWED && fetch != FETCH_DONE))
        return false;
    scp_intermediates_by_aia(v, fetch == FETCH_DONE);
    v->by_aia += rooted;
    doubt_fetched(v, t->family);
    scp_intermediates_fetches(v);
    return true;
}

/* The name a profile gives a certificate, without its remark in brackets. */
static const char *plain_name(const struct scp_profile_ref *ref, char out[SCP_INTERMEDIATES_NAME])
{
    char *bracket;

    (void)scp_say(out, SCP_INTERMEDIATES_NAME, "%s", ref->cert != NULL ? ref->cert->name : "");
    bracket = strstr(out, " (");
    if (bracket != NULL)
        *bracket = '\0';
    return out;
}

/* A certificate of the profile by that name and, where it is known, with the key that is sought. */
static bool is_sought(const struct scp_profile_ref *ref, const struct scp_outline *child, const char *sought)
{
    char plain[SCP_INTERMEDIATES_NAME];
    struct scp_outline o;

    if (ref->cert == NULL || strcmp(plain_name(ref, plain), sought) != 0)
        return false;
    return ref->cert->der == NULL || child->authority_key.p == NULL || !scp_outline_read(ref->cert->der, ref->cert->der_len, &o) ||
           scp_outline_same(&o.subject_key, &child->authority_key);
}

/* What a server of the service left out, where it belongs to a family; NULL. */
static const struct scp_profile_ref *omitted(const struct scp_verdict *v, const struct scp_outline *child, const char *sought)
{
    const struct scp_profile *p = v->f->profile;

    for (size_t i = 0; v->t->server != NULL && v->t->server->service != NULL && i < p->families; i++) {
        const struct scp_profile_family *f = &p->family[i];

        for (size_t k = 0; k < f->vias; k++) {
            if (is_sought(&f->via[k], child, sought))
                return &f->via[k];
        }
        for (size_t k = 0; k < f->any_ofs; k++) {
            if (is_sought(&f->any_of[k], child, sought))
                return &f->any_of[k];
        }
    }
    return NULL;
}

/* How the sentence about the target begins. */
static const char *opening(const struct scp_intermediates_target *t, const struct scp_intermediates_member *m, char out[START])
{
    if (t->kind == SCP_INTERMEDIATES_FAMILY && t->n > 1)
        (void)scp_say(out, START, "no current issuing CA of %s chains from the stores", t->name);
    else if (t->kind == SCP_INTERMEDIATES_FILE || t->kind == SCP_INTERMEDIATES_SERVER)
        (void)scp_say(out, START, "%s: no path to a trusted root", t->name);
    else
        (void)scp_say(out, START, "%s does not chain from the stores", m->name);
    return out;
}

/* An issuer's certificate is missing. */
static void issuer_missing(struct scp_verdict *v, const struct scp_sight *s, const char *start)
{
    bool self_signed = s->p->fault == SCP_PATH_UNTRUSTED_ROOT, by_profile = v->t->kind <= SCP_INTERMEDIATES_CA;
    const struct scp_outline *child = scp_path_outline(s->a, s->p, self_signed && s->p->n > 1 ? s->p->n - 2 : s->p->n - 1);
    const struct scp_profile_ref *via = missing_via(v);
    char text[TEXT], sought[SCP_INTERMEDIATES_NAME], key[80] = "", url[URL] = "", how[HOW], print[80], where[PLACES],
                                                     astray[ASTRAY], plain[SCP_INTERMEDIATES_NAME], twins[80] = "";
    enum fetch fetch = fetch_state(v, scp_outline_issuer_url(child, 0, url, sizeof url));
    size_t finding;
    bool rooted;

    if (v->t->kind != SCP_INTERMEDIATES_FAMILY && v->f->root.refreshed) {
        refreshed(v, start);
        return;
    }
    rooted = !say_root(v, v->t->name);
    if (!self_signed && said_of_family(v, fetch, rooted))
        return;
    (void)scp_outline_short_name(&child->issuer, sought, sizeof sought);
    if (child->authority_key.p != NULL && child->authority_key.n <= 32)
        (void)snprintf(key, sizeof key, " (key id %s)", scp_num_to_hex(child->authority_key.p, child->authority_key.n, print));
    if (s->a->miss.same_name > 0)
        (void)snprintf(twins, sizeof twins, " (%zu of that name with another key)", s->a->miss.same_name);
    (void)describe_fetch(v->f, fetch, url, how);
    /* The profile knows the certificate that is missing; otherwise only what was sought is known. */
    if (via != NULL && strcmp(plain_name(via, plain), sought) != 0)
        via = NULL;
    if (via != NULL)
        (void)scp_say(text, sizeof text, "%s: cross-certificate %s (%s) missing from CA%s%s; %s", start, plain,
                      scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print), self_signed ? ", where only the self-signed one is" : "",
                      stray(v->f, via->sha1, false, astray), how);
    else if (self_signed)
        (void)scp_say(text, sizeof text, "%s; it ends at '%s'%s, which is self-signed and in no Root store; %s", start, sought, key,
                      how);
    else if (s->p->fault == SCP_PATH_CIRCLE)
        (void)scp_say(text, sizeof text, "%s; the issuers above it sign only each other, and none of them is a trusted root in %s",
                      start, places(v, false, where));
    else
        (void)scp_say(text, sizeof text, "%s; issuer '%s'%s not found in %s%s; %s", start, sought, key, places(v, false, where),
                      twins, how);
    if (via == NULL && !self_signed)
        via = omitted(v, child, sought);
    finding = add_missing(v, state_of(v, fetch), by_profile ? "intermediates.missing" : "intermediates.no-path", text);
    if (via == NULL && !by_profile)
        scp_intermediates_issuer_remedy(v, finding, self_signed);
    finish_missing(v, fetch, finding, via);
}

/* --- A path that is there, but not good --- */

/* An expired certificate in between may have a successor that Windows would fetch. */
static bool may_be_replaced(const struct scp_path *p)
{
    return (p->fault == SCP_PATH_EXPIRED || p->fault == SCP_PATH_REVOKED) && p->at > 0 && p->at + 1 < p->n;
}

static void broken(const struct scp_verdict *v, const struct scp_sight *s, const char *start)
{
    const struct scp_path *p = s->p;
    char text[TEXT], what[TEXT], how[HOW] = "", url[URL] = "";
    enum scp_state state = SCP_CRITICAL;
    enum fetch fetch = FETCH_IMPOSSIBLE;
    size_t finding;

    if (p->n > 1 && p->at + 1 == p->n && scp_path_cert(s->a, p, p->at)->root) {
        scp_intermediates_root_unusable(v, start, s);
        return;
    }
    if (may_be_replaced(p)) {
        fetch = fetch_state(v, scp_outline_issuer_url(scp_path_outline(s->a, p, p->at - 1), 0, url, sizeof url));
        state = state_of(v, fetch);
        (void)describe_fetch(v->f, fetch, url, how);
    }
    (void)scp_say(text, sizeof text, "%s: %s%s%s", start, scp_intermediates_describe_fault(s, what),
                  how[0] != '\0' ? "; a successor is missing: " : "", how);
    finding = scp_intermediates_say(v, state, scp_intermediates_fault_id(p->fault), text);
    scp_intermediates_remedy(v, finding, p->fault, scp_path_cert(s->a, p, p->at)->sha1);
    if (p->at == 0 && v->t->kind > SCP_INTERMEDIATES_CA && p->fault == SCP_PATH_EXPIRED)
        scp_result_remedy(v->r, finding, "the certificate itself has expired: its owner renews it, nothing on this server helps");
    finish_missing(v, fetch == FETCH_UNKNOWN ? FETCH_UNKNOWN : FETCH_ALLOWED, finding, NULL);
}

static void unreadable(struct scp_verdict *v, const char *name, const char *reason)
{
    char text[TEXT];

    if (v->required)
        v->missing_known = false;
    (void)scp_say(text, sizeof text, "%s: %s", name, reason);
    (void)scp_intermediates_say(v, SCP_UNKNOWN, "intermediates.unreadable", text);
}

static void not_covered(struct scp_verdict *v)
{
    if (!v->required) {
        (void)scp_intermediates_say(v, SCP_OK, "intermediates.recommended",
                                    "not every store was seen, and in the others there is no path");
        return;
    }
    v->missing_known = false;
    (void)scp_result_add(
        v->r, SCP_UNKNOWN, "source.not-covered", v->t->id,
        "%s: no path was found, but the source does not hold every CA and Root store (CA, ROOT, AuthRoot, Policies, Enterprise)",
        v->t->name);
}

/* A member that lies where it does not count. */
static const char *say_astray(const struct scp_verdict *v, char out[ASTRAY])
{
    out[0] = '\0';
    for (size_t i = 0; i < v->t->n; i++) {
        const char *where = v->t->v[i].found ? NULL : scp_intermediates_astray_at(v->f, v->t->v[i].sha1);

        if (where == NULL)
            continue;
        (void)scp_say(out, ASTRAY, "; %.80s lies in " SCP_SAID ", where no chain of SYSTEM looks for it", v->t->v[i].name, where);
        break;
    }
    return out;
}

/* No member of the family is in any store. */
static void none_found(struct scp_verdict *v)
{
    const struct scp_intermediates_target *t = v->t;
    const struct scp_profile_ref *via = missing_via(v);
    const struct scp_profile_cert *known = t->n == 1 && t->v[0].want != NULL && t->v[0].want->url != NULL ? t->v[0].want
                                           : via != NULL                                                  ? via->cert
                                                                                                          : NULL;
    enum fetch fetch = fetch_state(v, true);
    char text[TEXT], how[HOW], also[START] = "", lies[ASTRAY], print[SCP_INTERMEDIATES_PRINT], name[SCP_INTERMEDIATES_NAME];
    bool rooted;

    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].unreadable) {
            unreadable(v, t->v[i].name, t->v[i].reason);
            return;
        }
    }
    if (!is_covered(v->f)) {
        not_covered(v);
        return;
    }
    rooted = !say_root(v, t->name);
    if (said_of_family(v, fetch, rooted))
        return;
    if (via != NULL)
        (void)scp_say(also, sizeof also, "; cross-certificate %s (%s) missing from CA", plain_name(via, name),
                      scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print));
    (void)describe_fetch(v->f, fetch, known != NULL && known->url != NULL ? known->url : "", how);
    if (t->kind == SCP_INTERMEDIATES_FAMILY)
        (void)scp_say(text, sizeof text,
                      "no current issuing CA of %s is in a store where Windows looks for it%s" SCP_SAID "; " SCP_SAID, t->name,
                      also, say_astray(v, lies), how);
    else
        (void)scp_say(text, sizeof text, "%s is in no store where Windows looks for it" SCP_SAID "; " SCP_SAID, t->name,
                      say_astray(v, lies), how);
    finish_missing(v, fetch, add_missing(v, state_of(v, fetch), "intermediates.missing", text), via);
}

/* The root of the profile, not in a Root store, that the path lacks: its name was sought in vain, or the path ends at its copy in
 * another store. */
static const struct scp_profile_cert *missing_root(const struct scp_verdict *v, const struct scp_sight *s, const char *sought)
{
    const struct scp_profile *p = v->f->profile;
    const struct scp_profile_cert *root;

    if (s->p->fault == SCP_PATH_UNTRUSTED_ROOT && s->p->n > 1) {
        root = scp_profile_root_by_sha1(p, scp_path_cert(s->a, s->p, s->p->n - 1)->sha1);
        return root != NULL && root->level <= SCP_LEVEL_RECOMMENDED ? root : NULL;
    }
    for (size_t i = 0; i < p->roots && s->p->fault == SCP_PATH_NO_ISSUER; i++) {
        root = &p->root[i];
        if (root->level <= SCP_LEVEL_RECOMMENDED && strcmp(root->name, sought) == 0 && !scp_intermediates_has_root(v->f, root))
            return root;
    }
    return NULL;
}

/* Of a path: too long a search, what cannot be read, an issuer that is missing, or a fault of its own. */
static void fault(struct scp_verdict *v, const struct scp_sight *s, const char *start)
{
    char sought[SCP_INTERMEDIATES_NAME] = "";
    const struct scp_profile_cert *root = NULL;
    bool ends = s->p->fault == SCP_PATH_NO_ISSUER || s->p->fault == SCP_PATH_CIRCLE || s->p->fault == SCP_PATH_UNTRUSTED_ROOT;

    /* A search that was stopped early has no path to tell of. */
    if (s->p->n > 0) {
        (void)scp_outline_short_name(&scp_path_outline(s->a, s->p, s->p->n - 1)->issuer, sought, sizeof sought);
        root = missing_root(v, s, sought);
    }
    if (s->a->stopped != NULL) {
        v->missing_known = v->missing_known && !v->required;
        (void)scp_result_add(v->r, v->required ? SCP_UNKNOWN : SCP_OK, "intermediates.stopped", v->t->id,
                             "%s: the search was given up: %s", v->t->name, s->a->stopped);
    } else if (!is_covered(v->f) && (s->p->at > 0 || ends || s->p->fault == SCP_PATH_UNREADABLE)) {
        not_covered(v);
    } else if (s->p->fault == SCP_PATH_UNREADABLE) {
        unreadable(v, sought, "its key, or a signature by it, is of a kind that cannot be verified here");
    } else if (root != NULL && is_damaged(v->f, root)) {
        unreadable(v, root->name, "its entry in the store could not be read");
    } else if (root != NULL) {
        say_root_missing(v, start, root);
        (void)said_distrusted(v);
    } else if (ends) {
        issuer_missing(v, s, start);
    } else {
        broken(v, s, start);
    }
}

/* A fault of the path that stays when what is missing comes, and were the root one that can be used. */
static bool has_own_fault(const struct scp_verdict *v, const struct scp_sight *s)
{
    bool missing = s->p->fault == SCP_PATH_NO_ISSUER || s->p->fault == SCP_PATH_CIRCLE || s->p->fault == SCP_PATH_UNTRUSTED_ROOT;

    if (scp_intermediates_usable(s->a) || s->a->stopped != NULL || missing || s->p->fault == SCP_PATH_UNREADABLE ||
        (s->p->n > 1 && s->p->at + 1 == s->p->n && scp_path_cert(s->a, s->p, s->p->at)->root))
        return false;
    /* Of a member itself: another one may come. */
    for (size_t i = 0; i < v->t->n && s->p->at == 0; i++) {
        if (v->t->v[i].supposed == NULL && scp_chain_policy_fetches(&v->f->chain) == SCP_YES)
            return false;
    }
    return true;
}

/* All that is there of a family has expired, and others took over: as if none were there. */
static bool is_over(const struct scp_verdict *v, const struct scp_intermediates_member *m)
{
    const struct scp_path *p = &m->path->miss.path;
    const struct scp_sight s = scp_intermediates_sight(m, SCP_WITH_STORES);
    char what[TEXT];

    if (m->path->stopped != NULL || p->at != 0 || p->fault != SCP_PATH_EXPIRED || !scp_intermediates_succeeded(v))
        return false;
    if (v->required)
        (void)scp_result_add(v->r, SCP_OK, "intermediates.expired", v->t->id, "%s", scp_intermediates_describe_fault(&s, what));
    return true;
}

void scp_intermediates_failed(struct scp_verdict *v, const struct scp_intermediates_member *m)
{
    const struct scp_intermediates_member *supposed = scp_intermediates_best(v->t, SCP_WITH_SUPPOSED);
    struct scp_sight s, below = { .m = NULL };
    char start[START];

    if (supposed != NULL)
        below = scp_intermediates_sight(supposed, SCP_WITH_SUPPOSED);
    if (supposed != NULL && is_covered(v->f) && has_own_fault(v, &below)) {
        (void)say_root(v, v->t->name);
        broken(v, &below, m != NULL ? opening(v->t, m, start) : v->t->name);
    } else if (m == NULL || is_over(v, m)) {
        none_found(v);
    } else {
        s = scp_intermediates_sight(m, SCP_WITH_STORES);
        fault(v, &s, opening(v->t, m, start));
    }
}
