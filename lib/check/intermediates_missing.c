/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates_verdict.h"

#include "base/num.h"
#include "base/utc.h"
#include "check/on_demand.h"

#include <stdio.h>
#include <string.h>

/* Targets without a good path: what came nearest, what is missing, and whether Windows would fetch it. */

enum {
    TEXT = 1300,
    HOW = 600,
    URL = 300,
    PLACES = 160
};

/* How Windows stands to a certificate that is missing. */
enum fetch {
    FETCH_ALLOWED,   /* not tried */
    FETCH_DONE,      /* tried, and the path builds with what came */
    FETCH_FAILED,    /* tried in vain */
    FETCH_FORBIDDEN, /* by a setting */
    FETCH_UNKNOWN,   /* whether a setting forbids it could not be told */
    FETCH_IMPOSSIBLE /* no address is known, or fetching would not help */
};

/* Where issuers were sought, for sentences. */
static const char *places(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t, char out[PLACES])
{
    if (!f->has_registry)
        (void)snprintf(out, PLACES, "the given files");
    else
        (void)snprintf(out, PLACES, "CA, ROOT%s, Policies, Enterprise%s",
                       scp_update_policy_authroot_off(&f->update) == SCP_YES ? "" : ", AuthRoot",
                       scp_update_policy_authroot_off(&f->update) == SCP_YES ? " (AuthRoot is left out by policy)" : "");
    if (t->kind == SCP_INTERMEDIATES_SERVER)
        (void)strncat(out, " and what the server sent", PLACES - strlen(out) - 1);
    return out;
}

/* --- A path that is not --- */

/* What a recommended family lacks is worth less. */
static enum scp_state graded(const struct scp_intermediates_target *t, enum scp_state s)
{
    if (t->level == SCP_LEVEL_REQUIRED)
        return s;
    return s == SCP_CRITICAL ? SCP_WARNING : SCP_OK;
}

static size_t add(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, enum scp_state state,
                  const char *id, const char *text)
{
    return scp_result_add(c->r, graded(t, state), t->level == SCP_LEVEL_REQUIRED ? id : "intermediates.recommended", t->id, "%s",
                          text);
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
    if (t->probed)
        return FETCH_FAILED;
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
        (void)snprintf(out, size, "Windows may fetch it%s%s (AIA allowed, not probed from the SCP)", url[0] != '\0' ? " from " : "",
                       url);
        break;
    case FETCH_DONE:
        (void)snprintf(out, size, "Windows may fetch it: the address answered with the right certificate (%s)",
                       f->from_scp ? "on the SCP itself" : f->vantage);
        break;
    case FETCH_FAILED: (void)snprintf(out, size, "it could not be fetched either (%s)", f->vantage); break;
    case FETCH_FORBIDDEN: (void)snprintf(out, size, "Windows does not fetch it: %s", scp_chain_policy_forbids(&f->chain)); break;
    case FETCH_UNKNOWN: (void)snprintf(out, size, "whether Windows may fetch it is not known"); break;
    case FETCH_IMPOSSIBLE: (void)snprintf(out, size, "no address is known where Windows could fetch it"); break;
    }
}

/* Of the certificates between an issuing CA and its anchor, the first that is in no store. */
static const struct scp_profile_ref *missing_via(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t)
{
    for (size_t i = 0; t->family != NULL && i < t->family->vias; i++) {
        bool there = false;

        for (size_t k = 0; k < scp_pool_count(f->pool) && !there; k++)
            there = memcmp(scp_pool_get(f->pool, k)->sha1, t->family->via[i].sha1, SCP_SHA1_LEN) == 0;
        if (!there)
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

static void say_policy_unknown(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    (void)scp_result_add(
        c->r, SCP_UNKNOWN, "intermediates.policy-unknown", t->id,
        "the source does not hold the chain engine's settings: whether Windows fetches missing certificates could not be told");
}

/* A root that is missing, and what of Windows' own installing of it: as check_scp_roots judges it. */
struct absence {
    const struct scp_profile_cert *root;
    struct scp_on_demand on_demand;
    const char *refused;     /* why it would be of no use; NULL */
    bool helps;              /* Windows would install it, and that would mend the path */
};

static struct absence absence_of(const struct scp_intermediates_context *c, const struct scp_profile_cert *root)
{
    struct absence a = { .root = root };
    struct scp_restriction listed;
    enum scp_tri named;

    if (!c->f->has_registry)
        return a;
    named = scp_cached_list_names(&c->f->trusted, root, &listed);
    scp_on_demand_judge(&c->f->update, named, c->now, &a.on_demand);
    if (c->f->purpose == SCP_PURPOSE_SERVER_AUTH)
        a.refused = scp_on_demand_refused(&c->f->update, &listed, c->now);
    a.helps = a.on_demand.comes && a.refused == NULL;
    return a;
}

static void describe_absence(const struct scp_intermediates_context *c, const struct absence *a, char *out, size_t size)
{
    out[0] = '\0';
    if (!c->f->has_registry)
        return;
    if (a->on_demand.comes && a->refused != NULL)
        (void)snprintf(out, size, "; Windows can still fetch it, but by its list it %s", a->refused);
    else if (a->on_demand.comes)
        (void)snprintf(out, size, "; Windows can still fetch it (%s)", a->on_demand.reason);
    else
        (void)snprintf(out, size, "; %s", a->on_demand.reason);
}

static void say_root_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, const char *start,
                             const struct absence *a)
{
    /* What is there now is the question about a certificate of one's own. */
    enum scp_state state = a->helps && t->kind != SCP_INTERMEDIATES_FILE ? SCP_WARNING : SCP_CRITICAL;
    char text[TEXT], where[PLACES], print[41], how[HOW];
    size_t finding;

    scp_num_to_hex(a->root->sha1, SCP_SHA1_LEN, print);
    describe_absence(c, a, how, sizeof how);
    (void)snprintf(text, sizeof text, "%s: root %s (%s) not found in %s%s", start, a->root->name, print, places(c->f, t, where),
                   how);
    finding = add(c, t, state, "intermediates.root-missing", text);
    if (finding != (size_t)-1)
        scp_result_remedy(
            c->r, finding, "import %s into LocalMachine\\Root (certutil -addstore Root FILE); check_scp_roots tells more", print);
}

/* Whatever else is missing: without its root, which Windows will not install either, no family chains. */
static void say_hopeless(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_profile_cert *root = t->family != NULL ? t->family->anchor : NULL;
    struct absence a;

    if (root == NULL || !c->f->has_registry || scp_intermediates_has_root(c->f, root) || is_damaged(c->f, root))
        return;
    a = absence_of(c, root);
    if (!a.helps)
        say_root_missing(c, t, t->name, &a);
}

static void finish_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, enum fetch fetch,
                           size_t finding, const struct scp_profile_ref *via)
{
    char print[41];

    if (t->level == SCP_LEVEL_REQUIRED && fetch == FETCH_UNKNOWN)
        say_policy_unknown(c, t);
    if (via != NULL && finding != (size_t)-1) {
        scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print);
        scp_result_remedy(
            c->r, finding, "import %s into LocalMachine\\CA (certutil -addstore CA FILE) or distribute it by group policy", print);
    }
    add_fetches(c, t);
}

/* The name a profile gives a certificate, without its remark in brackets. */
static void plain_name(const struct scp_profile_ref *ref, char out[SCP_INTERMEDIATES_NAME])
{
    char *bracket;

    (void)snprintf(out, SCP_INTERMEDIATES_NAME, "%s", ref->cert != NULL ? ref->cert->name : "");
    bracket = strstr(out, " (");
    if (bracket != NULL)
        *bracket = '\0';
}

/* How the sentence about a target begins. */
static const char *opening(const struct scp_intermediates_target *t, const struct scp_intermediates_member *m, char *out,
                           size_t size)
{
    if (t->kind == SCP_INTERMEDIATES_FAMILY && t->n > 1)
        (void)snprintf(out, size, "no current issuing CA of %s chains from the stores", t->name);
    else if (t->kind == SCP_INTERMEDIATES_FILE || t->kind == SCP_INTERMEDIATES_SERVER)
        (void)snprintf(out, size, "%s: no path to a trusted root", t->name);
    else
        (void)snprintf(out, size, "%s does not chain from the stores", m->name);
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
        key[80] = "", url[URL] = "", how[HOW], print[41], where[PLACES], twins[80] = "", plain[SCP_INTERMEDIATES_NAME] = "";
    bool has_url = scp_outline_issuer_url(child, 0, url, sizeof url);
    enum fetch fetch = fetch_state(c->f, t, has_url);

    (void)scp_outline_short_name(&child->issuer, sought, sizeof sought);
    if (child->authority_key.p != NULL && child->authority_key.n <= 32) {
        memcpy(key, " (key id ", 10);
        scp_num_to_hex(child->authority_key.p, child->authority_key.n, key + 9);
        (void)strncat(key, ")", sizeof key - strlen(key) - 1);
    }
    if (miss->same_name > 0)
        (void)snprintf(twins, sizeof twins, " (%zu of that name with another key)", miss->same_name);
    if (via != NULL)
        plain_name(via, plain);
    describe_fetch(c->f, fetch, url, how, sizeof how);
    (void)opening(t, m, start, sizeof start);
    /* The profile knows the certificate that is missing; otherwise only what was sought is known. */
    if (via != NULL && strcmp(plain, sought) == 0) {
        scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print);
        (void)snprintf(text, sizeof text, "%s: cross-certificate %s (%s) missing from CA%s; %s", start, plain, print,
                       self_signed ? ", where only the self-signed one is" : "", how);
    } else if (self_signed) {
        via = NULL;
        (void)snprintf(text, sizeof text, "%s; it ends at '%s'%s, which is self-signed and in no Root store; %s", start, sought,
                       key, how);
    } else {
        via = NULL;
        (void)snprintf(text, sizeof text, "%s; issuer '%s'%s not found in %s%s; %s", start, sought, key, places(c->f, t, where),
                       twins, how);
    }
    finish_missing(c, t, fetch,
                   add(c, t, state_of(c->f, t, fetch),
                       t->kind <= SCP_INTERMEDIATES_CA ? "intermediates.missing" : "intermediates.no-path", text),
                   via);
    say_hopeless(c, t);
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

static const char *fault_id(enum scp_path_fault fault)
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

static void describe_fault(const struct scp_pool *pool, const struct scp_intermediates_member *m, const struct scp_path *p,
                           char *out, size_t size)
{
    const struct scp_pool_cert *cert = p->cert[p->at] != SCP_PATH_SELF ? scp_pool_get(pool, p->cert[p->at]) : NULL;
    const struct scp_outline *o = scp_intermediates_outline_at(pool, m, p, p->at);
    char name[SCP_INTERMEDIATES_NAME], date[SCP_UTC_TEXT];

    (void)scp_intermediates_name_at(pool, m, p, p->at, name);
    switch (p->fault) {
    case SCP_PATH_EXPIRED:
        scp_utc_format_date(o->not_after, date);
        (void)snprintf(out, size, "%s expired on %s", name, date);
        break;
    case SCP_PATH_NOT_YET_VALID:
        scp_utc_format_date(o->not_before, date);
        (void)snprintf(out, size, "%s is not valid before %s", name, date);
        break;
    case SCP_PATH_DISALLOWED: (void)snprintf(out, size, "%s is disallowed (Disallowed store or Windows' list)", name); break;
    case SCP_PATH_REVOKED: (void)snprintf(out, size, "%s is revoked", name); break;
    case SCP_PATH_PURPOSE_DENIED:
        (void)snprintf(out, size, "%s is not allowed for this purpose by its properties (9, 122)", name);
        break;
    case SCP_PATH_DISABLED:
        scp_utc_format_date(cert != NULL ? cert->rule.disabled_from : SCP_UTC_UNKNOWN, date);
        (void)snprintf(out, size, "Windows disabled %s on %s (property 104)", name, date);
        break;
    case SCP_PATH_ISSUED_TOO_LATE:
        scp_utc_format_date(cert != NULL ? cert->rule.issued_before : SCP_UTC_UNKNOWN, date);
        (void)snprintf(out, size, "%s is trusted only for certificates issued until %s (property 126)", name, date);
        break;
    default: (void)snprintf(out, size, "%s: %s", name, p->message); break;
    }
}

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
    char text[TEXT], start[2 * SCP_INTERMEDIATES_NAME], what[3 * SCP_INTERMEDIATES_NAME], how[HOW] = "", url[URL] = "";
    enum scp_state state = SCP_CRITICAL;
    enum fetch fetch = FETCH_IMPOSSIBLE;

    describe_fault(pool, m, p, what, sizeof what);
    if (may_be_replaced(p)) {
        fetch =
            fetch_state(c->f, t, scp_outline_issuer_url(scp_intermediates_outline_at(pool, m, p, p->at - 1), 0, url, sizeof url));
        state = state_of(c->f, t, fetch);
        describe_fetch(c->f, fetch, url, how, sizeof how);
    }
    (void)snprintf(text, sizeof text, "%s: %s%s%s", opening(t, m, start, sizeof start), what,
                   how[0] != '\0' ? "; a successor is missing: " : "", how);
    finish_missing(c, t, fetch == FETCH_UNKNOWN ? FETCH_UNKNOWN : FETCH_ALLOWED, add(c, t, state, fault_id(p->fault), text), NULL);
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
    (void)snprintf(text, sizeof text, "%s: %s", name, reason);
    (void)add(c, t, SCP_UNKNOWN, "intermediates.unreadable", text);
}

static void not_covered(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    if (t->level != SCP_LEVEL_REQUIRED) {
        (void)add(c, t, SCP_OK, "intermediates.recommended", "not every store was seen, and in the others there is no path");
        return;
    }
    c->t->missing_known = false;
    (void)scp_result_add(
        c->r, SCP_UNKNOWN, "source.not-covered", t->id,
        "%s: no path was found, but the source does not hold every CA and Root store (CA, ROOT, AuthRoot, Policies, Enterprise)",
        t->name);
}

/* No member of the family is in any store. */
void scp_intermediates_none_found(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_profile_ref *via = missing_via(c->f, t);
    const char *url = via != NULL && via->cert != NULL && via->cert->url != NULL ? via->cert->url : "";
    enum fetch fetch = fetch_state(c->f, t, true);
    char text[TEXT], how[HOW], also[2 * SCP_INTERMEDIATES_NAME] = "", print[41], name[SCP_INTERMEDIATES_NAME];

    const struct scp_intermediates_member *damaged = damaged_member(t);

    if (damaged != NULL) {
        unreadable(c, t, damaged->name, damaged->reason);
        return;
    }
    if (!is_covered(c->f)) {
        not_covered(c, t);
        return;
    }
    if (via != NULL) {
        scp_num_to_hex(via->sha1, SCP_SHA1_LEN, print);
        plain_name(via, name);
        (void)snprintf(also, sizeof also, "; cross-certificate %s (%s) missing from CA", name, print);
    }
    describe_fetch(c->f, fetch, t->n == 1 && t->v[0].want != NULL && t->v[0].want->url != NULL ? t->v[0].want->url : url, how,
                   sizeof how);
    if (t->kind == SCP_INTERMEDIATES_FAMILY)
        (void)snprintf(text, sizeof text, "no current issuing CA of %s is in the stores%s; %s", t->name, also, how);
    else
        (void)snprintf(text, sizeof text, "%s is in no store; %s", t->name, how);
    finish_missing(c, t, fetch, add(c, t, state_of(c->f, t, fetch), "intermediates.missing", text), via);
    say_hopeless(c, t);
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
        (void)scp_result_add(c->r, graded(t, SCP_UNKNOWN), "intermediates.stopped", t->id, "%s: the search was given up: %s",
                             t->name, m->path->stopped);
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
