/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/roots/on_demand.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/* Targets without a good path: what came nearest, what is missing, and whether Windows would fetch it. */

enum { TEXT = 2400, HOW = 600, URL = 300, PLACES = 160, ASTRAY = 320 };

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
static const char *places(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t, bool root,
                          char out[PLACES])
{
    bool left_out = scp_update_policy_authroot_off(&f->update) == SCP_YES;

    if (!f->has_registry)
        (void)scp_say(out, PLACES, "the given files");
    else
        (void)scp_say(out, PLACES, "%sROOT%s, Policies, Enterprise", root ? "" : "CA, ",
                      left_out ? " (AuthRoot is left out by policy)" : ", AuthRoot");
    if (t->kind == SCP_INTERMEDIATES_SERVER && !root)
        (void)strncat(out, " and what the server sent", PLACES - strlen(out) - 1);
    return out;
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
static size_t add_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, enum scp_state state,
                          const char *id, const char *text)
{
    return scp_intermediates_add_graded(c, t, t->level == SCP_LEVEL_REQUIRED ? state : SCP_OK, id, text);
}

static bool is_there(const struct scp_intermediates_facts *f, const uint8_t sha1[SCP_SHA1_LEN])
{
    for (size_t k = 0; k < scp_pool_count(f->pool); k++) {
        if (memcmp(scp_pool_get(f->pool, k)->sha1, sha1, SCP_SHA1_LEN) == 0)
            return true;
    }
    return false;
}

/* How many certificates Windows would have to fetch for one chain of a family. */
static size_t count_needed(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t)
{
    size_t needed = t->n > 0;

    for (size_t i = 0; i < t->n && needed > 0; i++)
        needed = !t->v[i].found;
    for (size_t i = 0; t->family != NULL && i < t->family->vias; i++)
        needed += !is_there(f, t->family->via[i].sha1);
    return needed;
}

/* Asked from another host than the server, and nothing answered: that host's way out may be all that failed. */
static bool is_blind(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t)
{
    bool blind = !f->from_scp && t->fetches > 0;

    for (size_t i = 0; i < t->fetches && blind; i++) {
        switch (t->fetch[i].outcome) {
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

static enum fetch fetch_state(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t, bool has_address)
{
    const struct scp_intermediates_member *m = scp_intermediates_best(t, true);

    switch (scp_chain_policy_fetches(&f->chain)) {
    case SCP_NO: return FETCH_FORBIDDEN;
    case SCP_MAYBE: return FETCH_UNKNOWN;
    case SCP_YES: break;
    }
    if (m != NULL && scp_intermediates_usable(m->fetched))
        return FETCH_DONE;
    if (t->probed && !is_blind(f, t))
        return FETCH_FAILED;
    if (has_address && count_needed(f, t) > scp_chain_policy_most(&f->chain))
        return FETCH_TOO_MANY;
    return has_address ? FETCH_ALLOWED : FETCH_IMPOSSIBLE;
}

static enum scp_state state_of(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t, enum fetch fetch)
{
    switch (fetch) {
    case FETCH_DONE: return f->from_scp ? SCP_OK : SCP_WARNING;
    case FETCH_ALLOWED: return t->kind == SCP_INTERMEDIATES_FILE ? SCP_CRITICAL : SCP_WARNING;
    default: return SCP_CRITICAL;
    }
}

static void describe_fetch(const struct scp_intermediates_facts *f, enum fetch fetch, const char *url, char *out, size_t size)
{
    switch (fetch) {
    case FETCH_ALLOWED:
        (void)scp_say(out, size, "Windows may fetch it%s%s (AIA allowed, not probed from the SCP)", url[0] != '\0' ? " from " : "",
                      url);
        break;
    case FETCH_DONE:
        (void)scp_say(out, size, "Windows may fetch it: the address answered with the right certificate (%s)",
                      f->from_scp ? "on the SCP itself" : f->vantage);
        break;
    case FETCH_FAILED: (void)scp_say(out, size, "it could not be fetched either (%s)", f->vantage); break;
    case FETCH_FORBIDDEN:
        (void)scp_say(out, size, "Windows does not fetch it: " SCP_OURS, scp_chain_policy_forbids(&f->chain));
        break;
    case FETCH_TOO_MANY:
        (void)scp_say(out, size, "Windows fetches no more than %u for a chain (MaxAIAUrlRetrievalCountPerChain)",
                      scp_chain_policy_most(&f->chain));
        break;
    case FETCH_UNKNOWN: (void)scp_say(out, size, "whether Windows may fetch it is not known"); break;
    case FETCH_IMPOSSIBLE: (void)scp_say(out, size, "no address is known where Windows could fetch it"); break;
    }
}

/* Of the certificates between an issuing CA and its anchor, the first that is in no store. */
static const struct scp_profile_ref *missing_via(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t)
{
    for (size_t i = 0; t->family != NULL && i < t->family->vias; i++) {
        if (!is_there(f, t->family->via[i].sha1))
            return &t->family->via[i];
    }
    return NULL;
}

/* The root of the profile whose name is sought and that is in no store: then a root is missing, not an intermediate. */
static const struct scp_profile_cert *missing_root(const struct scp_intermediates_facts *f, const char *sought)
{
    for (size_t i = 0; i < f->profile->roots; i++) {
        if (f->profile->root[i].level <= SCP_LEVEL_RECOMMENDED && strcmp(f->profile->root[i].name, sought) == 0 &&
            !scp_intermediates_has_root(f, &f->profile->root[i]))
            return &f->profile->root[i];
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

static void add_fetches(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->fetches; i++) {
        const struct scp_intermediates_fetch *x = &t->fetch[i];
        bool unable = x->outcome == SCP_HTTP_NOT_STARTED || x->outcome == SCP_HTTP_UNABLE;

        if (x->right)
            (void)scp_result_add(c->r, SCP_OK, "intermediates.fetched", t->id, "%s could be fetched from %s (%s)", x->wanted,
                                 x->url, c->f->vantage);
        else
            (void)scp_result_add(c->r, unable ? SCP_UNKNOWN : SCP_OK, "intermediates.fetch-failed", t->id, "%s: %s: %s: %s",
                                 x->wanted, x->url, x->outcome == SCP_HTTP_OK ? "wrong" : scp_http_outcome_name(x->outcome),
                                 x->message);
    }
}

void scp_intermediates_policy_unknown(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    bool wrong = c->f->chain.disable_aia.wrong_type || c->f->chain.options.wrong_type;
    size_t i = scp_result_add(c->r, SCP_UNKNOWN, "intermediates.policy-unknown", t->id,
                              "%s: whether Windows fetches missing certificates could not be told",
                              !wrong                               ? "the source does not hold the chain engine's settings"
                              : c->f->chain.disable_aia.wrong_type ? "DisableAIAUrlRetrieval is not a REG_DWORD"
                                                                   : "Options of the chain engine is not a REG_DWORD");

    if (wrong)
        scp_result_remedy(c->r, i, SCP_REMEDY_NO_NUMBER);
}

/* --- A root that is missing --- */

/* A root that is missing, and what of Windows' own installing of it: as check_scp_roots judges it. */
struct absence {
    const struct scp_profile_cert *root;
    struct scp_on_demand on_demand;
    const char *refused; /* why it would be of no use; NULL */
    bool helps;          /* Windows would install it, and that would mend the path */
};

static struct absence absence_of(const struct scp_intermediates_context *c, const struct scp_profile_cert *root)
{
    struct absence a = { .root = root };
    const struct scp_list_fact *list = c->f->trusted;
    struct scp_list_entry e;

    if (!c->f->has_registry)
        return a;
    e = scp_list_lookup(list, root);
    scp_on_demand_judge(&c->f->update, e.named, root->bare, list != NULL ? &list->signer : NULL, c->now, &a.on_demand);
    if (c->f->purpose == SCP_PURPOSE_SERVER_AUTH)
        a.refused = scp_on_demand_refused(&c->f->update, &e.restriction, c->now);
    a.helps = a.on_demand.installable && a.refused == NULL;
    return a;
}

static void describe_absence(const struct scp_intermediates_context *c, const struct absence *a, char *out, size_t size)
{
    out[0] = '\0';
    if (!c->f->has_registry)
        return;
    if (a->on_demand.installable && a->refused != NULL)
        (void)scp_say(out, size, "; Windows can still fetch it, but by its list it %s", a->refused);
    else if (a->on_demand.installable)
        (void)scp_say(out, size, "; Windows can still fetch it (" SCP_SAID ")", a->on_demand.reason);
    else
        (void)scp_say(out, size, "; " SCP_SAID, a->on_demand.reason);
}

/* A root that is in no Root store but in a Disallowed one: neither importing nor fetching it helps. */
static bool say_root_distrusted(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                                const char *start, const struct scp_profile_cert *root)
{
    char text[TEXT], print[41];
    size_t i = 0, finding;

    if (!root->has_sha1 || scp_store_find(&c->f->disallowed, root->sha1, &i) == NULL)
        return false;
    scp_num_to_hex(root->sha1, SCP_SHA1_LEN, print);
    (void)scp_say(text, sizeof text,
                  "%s: root %s (%s) is in a Disallowed store and in no Root store: a copy that Windows fetches, "
                  "or that is imported, is not used",
                  start, root->name, print);
    finding = add_missing(c, t, SCP_CRITICAL, "intermediates.root-unusable", text);
    scp_intermediates_remedy(c, finding, SCP_PATH_DISALLOWED, root->sha1);
    return true;
}

/* The root may be one that group policy was about to write again. */
static void refreshed(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, const char *start)
{
    char text[TEXT];

    if (t->level == SCP_LEVEL_REQUIRED)
        c->t->missing_known = false;
    (void)scp_say(text, sizeof text,
                  "%s, but group policy wrote its roots anew less than 5 minutes before the snapshot: it was seen during a policy "
                  "refresh",
                  start);
    (void)add_missing(c, t, SCP_UNKNOWN, "intermediates.policy-refresh", text);
}

static void say_root_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, const char *start,
                             const struct absence *a)
{
    /* What is there now is the question about a certificate of one's own. */
    enum scp_state state = a->helps && t->kind != SCP_INTERMEDIATES_FILE ? SCP_WARNING : SCP_CRITICAL;
    char text[TEXT], where[PLACES], astray[ASTRAY], print[41], how[HOW];
    size_t finding;

    if (say_root_distrusted(c, t, start, a->root))
        return;
    if (c->f->root.refreshed) {
        (void)scp_say(text, sizeof text, "%s: root %s not found", start, a->root->name);
        refreshed(c, t, text);
        return;
    }
    scp_num_to_hex(a->root->sha1, SCP_SHA1_LEN, print);
    describe_absence(c, a, how, sizeof how);
    (void)scp_say(text, sizeof text, "%s: root %s (%s) not found in %s" SCP_SAID SCP_SAID, start, a->root->name, print,
                  places(c->f, t, true, where), stray(c->f, a->root->sha1, true, astray), how);
    finding = add_missing(c, t, state, "intermediates.root-missing", text);
    if (finding != (size_t)-1)
        scp_result_remedy(c->r, finding,
                          "import %s into LocalMachine\\Root (certutil -addstore Root FILE); check_scp_roots tells more", print);
}

/* Whatever else is missing: without a root that can be used, no family chains.  true: it cannot. */
static bool say_root(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_profile_cert *root = t->family != NULL ? t->family->anchor : NULL;
    const struct scp_path_answer *a = t->anchor.path;
    struct absence absent;

    if (a != NULL && !scp_intermediates_usable(a) && a->stopped == NULL) {
        scp_intermediates_root_unusable(c, t, t->name, &t->anchor, &a->miss.path);
        return true;
    }
    if (root == NULL || !c->f->has_registry || scp_intermediates_has_root(c->f, root) || is_damaged(c->f, root))
        return false;
    absent = absence_of(c, root);
    say_root_missing(c, t, t->name, &absent);
    return true;
}

static void finish_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, enum fetch fetch,
                           size_t finding, const struct scp_profile_ref *via)
{
    char print[41];

    if (t->level == SCP_LEVEL_REQUIRED && fetch == FETCH_UNKNOWN)
        scp_intermediates_policy_unknown(c, t);
    if (via != NULL && finding != (size_t)-1) {
        scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print);
        scp_result_remedy(c->r, finding,
                          "import %s into LocalMachine\\CA (certutil -addstore CA FILE) or distribute it by group policy", print);
    }
    add_fetches(c, t);
}

/* What a family needs and a Disallowed store holds: a via, or the first member where it is all of them. */
static const struct scp_profile_ref *distrusted(const struct scp_intermediates_facts *f, const struct scp_profile_family *family)
{
    size_t members = 0, at = 0;

    for (size_t i = 0; i < family->vias; i++) {
        if (scp_store_find(&f->disallowed, family->via[i].sha1, &at) != NULL)
            return &family->via[i];
        at = 0;
    }
    for (size_t i = 0; i < family->any_ofs; i++, at = 0)
        members += scp_store_find(&f->disallowed, family->any_of[i].sha1, &at) != NULL;
    return members > 0 && members == family->any_ofs ? &family->any_of[0] : NULL;
}

static void say_distrusted(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                           const uint8_t sha1[SCP_SHA1_LEN], const char *name)
{
    char text[TEXT], print[41];
    size_t finding;

    scp_num_to_hex(sha1, SCP_SHA1_LEN, print);
    (void)scp_say(text, sizeof text,
                  "%s: %s (%s) is in a Disallowed store: a copy that Windows fetches, or that is imported, is not used", t->name,
                  name, print);
    finding = scp_intermediates_add_graded(c, t, SCP_CRITICAL, "intermediates.disallowed", text);
    scp_intermediates_remedy(c, finding, SCP_PATH_DISALLOWED, sha1);
}

/* Whether a damaged entry of Disallowed is about what would be fetched. */
static void doubt_fetched(const struct scp_intermediates_context *c, const struct scp_profile_family *family)
{
    for (size_t i = 0; i < family->vias; i++) {
        char print[41];

        scp_num_to_hex(family->via[i].sha1, SCP_SHA1_LEN, print);
        if (scp_store_damaged(&c->f->disallowed, family->via[i].sha1))
            (void)scp_result_add(c->r, SCP_UNKNOWN, "intermediates.disallowed-unreadable", print,
                                 "%s may be disallowed: its entry in a Disallowed store could not be read", print);
    }
}

/* A family that lacks something in the stores: is that what an ordinary online server looks like, or is importing of no use?
 * true: all is said. */
static bool said_of_family(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, enum fetch fetch,
                           bool rooted)
{
    const struct scp_profile_ref *ref;
    size_t at = 0;

    if (t->kind == SCP_INTERMEDIATES_CA && scp_store_find(&c->f->disallowed, t->v[0].sha1, &at) != NULL && !t->v[0].found) {
        say_distrusted(c, t, t->v[0].sha1, t->v[0].name);
        return true;
    }
    if (!c->f->has_registry || t->kind != SCP_INTERMEDIATES_FAMILY)
        return false;
    ref = distrusted(c->f, t->family);
    if (ref != NULL)
        say_distrusted(c, t, ref->sha1, ref->cert != NULL ? ref->cert->name : "a certificate");
    else if (t->level == SCP_LEVEL_REQUIRED && (fetch == FETCH_ALLOWED || fetch == FETCH_DONE)) {
        scp_intermediates_by_aia(c, t, fetch == FETCH_DONE);
        c->t->by_aia += rooted;
        doubt_fetched(c, t->family);
        add_fetches(c, t);
    } else {
        return false;
    }
    return true;
}

/* The name a profile gives a certificate, without its remark in brackets. */
static void plain_name(const struct scp_profile_ref *ref, char out[SCP_INTERMEDIATES_NAME])
{
    char *bracket;

    (void)scp_say(out, SCP_INTERMEDIATES_NAME, "%s", ref->cert != NULL ? ref->cert->name : "");
    bracket = strstr(out, " (");
    if (bracket != NULL)
        *bracket = '\0';
}

/* How the sentence about a target begins. */
static const char *opening(const struct scp_intermediates_target *t, const struct scp_intermediates_member *m, char *out,
                           size_t size)
{
    if (t->kind == SCP_INTERMEDIATES_FAMILY && t->n > 1)
        (void)scp_say(out, size, "no current issuing CA of %s chains from the stores", t->name);
    else if (t->kind == SCP_INTERMEDIATES_FILE || t->kind == SCP_INTERMEDIATES_SERVER)
        (void)scp_say(out, size, "%s: no path to a trusted root", t->name);
    else
        (void)scp_say(out, size, "%s does not chain from the stores", m->name);
    return out;
}

/* An issuer's certificate is missing. */
static void issuer_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                           const struct scp_intermediates_member *m)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);
    const struct scp_path_miss *miss = &m->path->miss;
    bool self_signed = miss->path.fault == SCP_PATH_UNTRUSTED_ROOT;
    size_t at = self_signed && miss->path.n > 1 ? miss->path.n - 2 : miss->path.n - 1;
    const struct scp_outline *child = scp_intermediates_outline_at(pool, m, &miss->path, at);
    const struct scp_profile_ref *via = missing_via(c->f, t);
    char text[TEXT], start[2 * SCP_INTERMEDIATES_NAME], sought[SCP_INTERMEDIATES_NAME],
        key[80] = "", url[URL] = "", how[HOW], print[41], where[PLACES], astray[ASTRAY], twins[80] = "",
        plain[SCP_INTERMEDIATES_NAME] = "";
    enum fetch fetch = fetch_state(c->f, t, scp_outline_issuer_url(child, 0, url, sizeof url));
    size_t finding;
    bool rooted;

    if (t->kind != SCP_INTERMEDIATES_FAMILY && c->f->root.refreshed) {
        refreshed(c, t, opening(t, m, start, sizeof start));
        return;
    }
    rooted = !say_root(c, t);
    if (!self_signed && said_of_family(c, t, fetch, rooted))
        return;
    (void)scp_outline_short_name(&child->issuer, sought, sizeof sought);
    if (child->authority_key.p != NULL && child->authority_key.n <= 32) {
        memcpy(key, " (key id ", 10);
        scp_num_to_hex(child->authority_key.p, child->authority_key.n, key + 9);
        (void)strncat(key, ")", sizeof key - strlen(key) - 1);
    }
    if (miss->same_name > 0)
        (void)scp_say(twins, sizeof twins, " (%zu of that name with another key)", miss->same_name);
    if (via != NULL)
        plain_name(via, plain);
    describe_fetch(c->f, fetch, url, how, sizeof how);
    (void)opening(t, m, start, sizeof start);
    /* The profile knows the certificate that is missing; otherwise only what was sought is known. */
    if (via != NULL && strcmp(plain, sought) == 0) {
        scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print);
        (void)scp_say(text, sizeof text, "%s: cross-certificate %s (%s) missing from CA%s%s; %s", start, plain, print,
                      self_signed ? ", where only the self-signed one is" : "", stray(c->f, via->sha1, false, astray), how);
    } else if (self_signed) {
        via = NULL;
        (void)scp_say(text, sizeof text, "%s; it ends at '%s'%s, which is self-signed and in no Root store; %s", start, sought, key,
                      how);
    } else {
        via = NULL;
        (void)scp_say(text, sizeof text, "%s; issuer '%s'%s not found in %s%s; %s", start, sought, key,
                      places(c->f, t, false, where), twins, how);
    }
    finding = add_missing(c, t, state_of(c->f, t, fetch),
                          t->kind <= SCP_INTERMEDIATES_CA ? "intermediates.missing" : "intermediates.no-path", text);
    if (via == NULL && t->kind > SCP_INTERMEDIATES_CA)
        scp_intermediates_issuer_remedy(c, t, finding, self_signed);
    finish_missing(c, t, fetch, finding, via);
}

/* The path ends at a root of the profile itself, which is there, but in no Root store. */
static const struct scp_profile_cert *misplaced_root(const struct scp_intermediates_facts *f, const struct scp_pool *pool,
                                                     const struct scp_path *p)
{
    uint32_t last = p->cert[p->n - 1];
    const struct scp_profile_cert *root =
        last != SCP_PATH_SELF ? scp_profile_root_by_sha1(f->profile, scp_pool_get(pool, last)->sha1) : NULL;

    return root != NULL && root->level <= SCP_LEVEL_RECOMMENDED ? root : NULL;
}

static void root_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                         const struct scp_intermediates_member *m, const struct scp_profile_cert *root)
{
    const struct absence a = absence_of(c, root);
    char start[2 * SCP_INTERMEDIATES_NAME];

    say_root_missing(c, t, opening(t, m, start, sizeof start), &a);
}

/* --- A path that is there, but not good --- */

/* An expired certificate in between may have a successor that Windows would fetch. */
static bool may_be_replaced(const struct scp_path *p)
{
    return (p->fault == SCP_PATH_EXPIRED || p->fault == SCP_PATH_REVOKED) && p->at > 0 && p->at + 1 < p->n;
}

static void broken(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                   const struct scp_intermediates_member *m)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);
    const struct scp_path *p = &m->path->miss.path;
    char text[TEXT], start[2 * SCP_INTERMEDIATES_NAME], what[SCP_INTERMEDIATES_FAULT], how[HOW] = "", url[URL] = "";
    enum scp_state state = SCP_CRITICAL;
    enum fetch fetch = FETCH_IMPOSSIBLE;
    size_t finding;

    (void)opening(t, m, start, sizeof start);
    if (p->n > 1 && p->at + 1 == p->n && scp_pool_get(pool, p->cert[p->at])->root) {
        scp_intermediates_root_unusable(c, t, start, m, p);
        return;
    }
    scp_intermediates_describe_fault(pool, m, p, what);
    if (may_be_replaced(p)) {
        fetch =
            fetch_state(c->f, t, scp_outline_issuer_url(scp_intermediates_outline_at(pool, m, p, p->at - 1), 0, url, sizeof url));
        state = state_of(c->f, t, fetch);
        describe_fetch(c->f, fetch, url, how, sizeof how);
    }
    (void)scp_say(text, sizeof text, "%s: %s%s%s", start, what, how[0] != '\0' ? "; a successor is missing: " : "", how);
    finding = scp_intermediates_add_graded(c, t, state, scp_intermediates_fault_id(p->fault), text);
    scp_intermediates_remedy(c, finding, p->fault, scp_intermediates_sha1_at(pool, m, p, p->at));
    if (p->at == 0 && t->kind > SCP_INTERMEDIATES_CA && p->fault == SCP_PATH_EXPIRED && finding != (size_t)-1)
        scp_result_remedy(c->r, finding, "the certificate itself has expired: its owner renews it, nothing on this server helps");
    finish_missing(c, t, fetch == FETCH_UNKNOWN ? FETCH_UNKNOWN : FETCH_ALLOWED, finding, NULL);
}

/* The certificate that keeps the path from being told, when nothing else was found. */
static const struct scp_intermediates_member *damaged_member(const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].unreadable)
            return &t->v[i];
    }
    return NULL;
}

static void unreadable(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, const char *name,
                       const char *reason)
{
    char text[TEXT];

    if (t->level == SCP_LEVEL_REQUIRED)
        c->t->missing_known = false;
    (void)scp_say(text, sizeof text, "%s: %s", name, reason);
    (void)scp_intermediates_add_graded(c, t, SCP_UNKNOWN, "intermediates.unreadable", text);
}

static void not_covered(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    if (t->level != SCP_LEVEL_REQUIRED) {
        (void)scp_intermediates_add_graded(c, t, SCP_OK, "intermediates.recommended",
                                           "not every store was seen, and in the others there is no path");
        return;
    }
    c->t->missing_known = false;
    (void)scp_result_add(
        c->r, SCP_UNKNOWN, "source.not-covered", t->id,
        "%s: no path was found, but the source does not hold every CA and Root store (CA, ROOT, AuthRoot, Policies, Enterprise)",
        t->name);
}

/* A member that lies where it does not count. */
static const struct scp_intermediates_member *astray_member(const struct scp_intermediates_facts *f,
                                                            const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!t->v[i].found && scp_intermediates_astray_at(f, t->v[i].sha1) != NULL)
            return &t->v[i];
    }
    return NULL;
}

/* No member of the family is in any store. */
void scp_intermediates_none_found(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_profile_ref *via = missing_via(c->f, t);
    const char *url = via != NULL && via->cert != NULL && via->cert->url != NULL ? via->cert->url : "";
    enum fetch fetch = fetch_state(c->f, t, true);
    char text[TEXT], how[HOW], also[2 * SCP_INTERMEDIATES_NAME] = "", print[41], name[SCP_INTERMEDIATES_NAME];

    const struct scp_intermediates_member *damaged = damaged_member(t);
    const struct scp_intermediates_member *astray = astray_member(c->f, t);
    char lies[ASTRAY] = "";
    bool rooted;

    if (damaged != NULL) {
        unreadable(c, t, damaged->name, damaged->reason);
        return;
    }
    if (!is_covered(c->f)) {
        not_covered(c, t);
        return;
    }
    rooted = !say_root(c, t);
    if (said_of_family(c, t, fetch, rooted))
        return;
    if (via != NULL) {
        scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print);
        plain_name(via, name);
        (void)scp_say(also, sizeof also, "; cross-certificate %s (%s) missing from CA", name, print);
    }
    if (astray != NULL)
        (void)scp_say(lies, sizeof lies, "; %.80s lies in " SCP_SAID ", where no chain of SYSTEM looks for it", astray->name,
                      scp_intermediates_astray_at(c->f, astray->sha1));
    describe_fetch(c->f, fetch, t->n == 1 && t->v[0].want != NULL && t->v[0].want->url != NULL ? t->v[0].want->url : url, how,
                   sizeof how);
    if (t->kind == SCP_INTERMEDIATES_FAMILY)
        (void)scp_say(text, sizeof text, "no current issuing CA of %s is in the stores that count%s" SCP_SAID "; " SCP_SAID,
                      t->name, also, lies, how);
    else
        (void)scp_say(text, sizeof text, "%s is in no store that counts" SCP_SAID "; " SCP_SAID, t->name, lies, how);
    finish_missing(c, t, fetch, add_missing(c, t, state_of(c->f, t, fetch), "intermediates.missing", text), via);
}

void scp_intermediates_failed(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                              const struct scp_intermediates_member *m)
{
    const struct scp_path *p = &m->path->miss.path;
    bool own_fault =
        p->at == 0 && p->fault != SCP_PATH_NO_ISSUER && p->fault != SCP_PATH_UNTRUSTED_ROOT && p->fault != SCP_PATH_UNREADABLE;
    const struct scp_profile_cert *root;
    char sought[SCP_INTERMEDIATES_NAME];

    /* A search that was stopped early has no path to tell of. */
    sought[0] = '\0';
    if (p->n > 0)
        (void)scp_outline_short_name(
            &scp_intermediates_outline_at(scp_intermediates_pool_of(c->f, t, false), m, p, p->n - 1)->issuer, sought,
            sizeof sought);
    root = p->n == 0                             ? NULL
           : p->fault == SCP_PATH_NO_ISSUER      ? missing_root(c->f, sought)
           : p->fault == SCP_PATH_UNTRUSTED_ROOT ? misplaced_root(c->f, scp_intermediates_pool_of(c->f, t, false), p)
                                                 : NULL;
    if (m->path->stopped != NULL) {
        if (t->level == SCP_LEVEL_REQUIRED)
            c->t->missing_known = false;
        (void)scp_result_add(c->r, t->level == SCP_LEVEL_REQUIRED ? SCP_UNKNOWN : SCP_OK, "intermediates.stopped", t->id,
                             "%s: the search was given up: %s", t->name, m->path->stopped);
    } else if (!is_covered(c->f) && !own_fault) {
        not_covered(c, t);
    } else if (p->fault == SCP_PATH_UNREADABLE) {
        unreadable(c, t, sought, "its key, or a signature by it, is of a kind that cannot be verified here");
    } else if (root != NULL && is_damaged(c->f, root)) {
        unreadable(c, t, root->name, "its entry in the store could not be read");
    } else if (root != NULL) {
        root_missing(c, t, m, root);
    } else if (p->fault == SCP_PATH_NO_ISSUER || p->fault == SCP_PATH_UNTRUSTED_ROOT) {
        issuer_missing(c, t, m);
    } else {
        broken(c, t, m);
    }
}
