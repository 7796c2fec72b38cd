/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/remedy.h"
#include "check/source/source.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, PATH = 900 /* a path in words */ };

const struct scp_intermediates_limits scp_intermediates_limits_default = {
    .warning = { .start = 60.0 * DAY, .end_infinite = true },
    .critical = { .start = 14.0 * DAY, .end_infinite = true },
};

/* --- Which member speaks for a target --- */

bool scp_intermediates_usable(const struct scp_path_answer *a)
{
    return a != NULL && a->good > 0;
}

static const struct scp_path_answer *answer_of(const struct scp_intermediates_member *m, enum scp_intermediates_with with)
{
    return with == SCP_WITH_STORES ? m->path : with == SCP_WITH_FETCHED ? m->fetched : m->supposed;
}

struct scp_sight scp_intermediates_sight(const struct scp_intermediates_member *m, enum scp_intermediates_with with)
{
    const struct scp_path_answer *a = answer_of(m, with);

    return (struct scp_sight){ m, a, scp_path_told(a) };
}

const char *scp_intermediates_name(const struct scp_sight *s, size_t i, char out[SCP_INTERMEDIATES_NAME])
{
    if (i == 0 && s->m->name[0] != '\0')
        (void)snprintf(out, SCP_INTERMEDIATES_NAME, "%s", s->m->name);
    else
        (void)scp_outline_short_name(&scp_path_outline(s->a, s->p, i)->subject, out, SCP_INTERMEDIATES_NAME);
    return out;
}

/* How near a path that failed came: whole ones that only time or a rule spoils, others, and last what is expired itself. */
static int nearness(const struct scp_path_answer *a)
{
    const struct scp_path *p = &a->miss.path;

    if (a->stopped != NULL)
        return 5;
    if (p->at == 0 && p->fault != SCP_PATH_NO_ISSUER)
        return 1;
    return p->fault == SCP_PATH_NO_ISSUER || p->fault == SCP_PATH_CIRCLE || p->fault == SCP_PATH_UNTRUSTED_ROOT ? 3 : 4;
}

static bool is_nearer(const struct scp_intermediates_member *m, const struct scp_intermediates_member *best,
                      enum scp_intermediates_with with)
{
    const struct scp_path_answer *a = answer_of(m, with), *than = answer_of(best, with);

    if (scp_intermediates_usable(a) != scp_intermediates_usable(than))
        return scp_intermediates_usable(a);
    if (!scp_intermediates_usable(a))
        return nearness(a) > nearness(than);
    if ((m->told.uncovered == 0) != (best->told.uncovered == 0))
        return m->told.uncovered == 0;
    if (scp_path_flaws(&a->best) != scp_path_flaws(&than->best))
        return scp_path_flaws(&a->best) < scp_path_flaws(&than->best);
    return a->until > than->until;
}

const struct scp_intermediates_member *scp_intermediates_best(const struct scp_intermediates_target *t,
                                                              enum scp_intermediates_with with)
{
    const struct scp_intermediates_member *best = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct scp_intermediates_member *m = &t->v[i];

        if (answer_of(m, with) != NULL && (best == NULL || is_nearer(m, best, with)))
            best = m;
    }
    return best;
}

/* --- A path that is there --- */

static const char *describe_path(const struct scp_sight *s, char out[PATH])
{
    char name[SCP_INTERMEDIATES_NAME], date[SCP_UTC_TEXT];
    size_t n = s->p->n;

    (void)scp_say(out, PATH, "%s", scp_intermediates_name(s, 0, name));
    if (n > 1)
        (void)scp_say_more(out, PATH, " chains to %s", scp_intermediates_name(s, n - 1, name));
    else
        (void)scp_say_more(out, PATH, " is a trusted root");
    for (size_t i = 1; i + 1 < n; i++)
        (void)scp_say_more(out, PATH, "%s%s", i == 1 ? " via " : ", ", scp_intermediates_name(s, i, name));
    (void)scp_say_more(out, PATH, ", until %s", scp_utc_format_date(s->p->not_after, date));
    if (s->a->good > 1)
        (void)scp_say_more(out, PATH, ", and %s%zu other usable path%s", s->a->more ? "at least " : "", s->a->good - 1,
                           s->a->good == 2 ? "" : "s");
    /* Windows takes that one then. */
    if (s->a->until > s->p->not_after)
        (void)scp_say_more(out, PATH, ", one of them until %s", scp_utc_format_date(s->a->until, date));
    return out;
}

/* The state of a path that ends too soon; what ends with its first certificate is no worse than that one being gone. */
static enum scp_state ending(const struct scp_verdict *v, const struct scp_sight *s, bool critical)
{
    enum scp_state state = critical ? SCP_CRITICAL : SCP_WARNING;
    bool first = s->a->own.not_after <= s->a->until && !v->limits->asked;
    enum scp_state then = first ? scp_intermediates_succession(v) : SCP_CRITICAL;

    return scp_state_worse(state, then) == state ? then : state;
}

/* Adds what is wrong with the time that is left; false when nothing is. */
static bool evaluate_life(struct scp_verdict *v, const struct scp_sight *s, const char *path)
{
    const struct scp_path_answer *a = s->a;
    double left = (double)(a->until - v->now);
    bool critical = scp_range_alerts(&v->limits->critical, left), alert = critical || scp_range_alerts(&v->limits->warning, left);
    enum scp_state state = alert ? ending(v, s, critical) : SCP_OK;
    char span[SCP_UTC_TEXT];

    if (!v->required)
        return false;
    if (!v->has_expiry || left < v->expiry)
        v->expiry = left;
    v->has_expiry = true;
    if (alert)
        (void)scp_result_add(v->r, state, "intermediates.expiring", v->t->id, "%s, in %s%s", path, scp_utc_span(left, span),
                             state == SCP_OK ? "; Windows fetches another issuing CA then" : "");
    if (alert && a->until_open)
        (void)scp_result_add(v->r, SCP_UNKNOWN, "intermediates.stopped", v->t->id,
                             "%s: whether a path lives longer could not be told: there are too many", v->t->name);
    return state != SCP_OK;
}

/* Adds that names count as equal which Windows tells apart; false when they are equal. */
static bool evaluate_names(const struct scp_verdict *v, const struct scp_sight *s, bool fetched)
{
    bool told_apart = !s->p->exact_names && v->f->has_registry;
    char path[PATH];

    if (!s->p->exact_names)
        (void)scp_result_add(v->r, told_apart ? SCP_WARNING : SCP_OK, "intermediates.name-encoding", v->t->id,
                             "%s%s, but only because names that differ in case or encoding count as equal; Windows compares bytes",
                             fetched ? "with what was fetched, " : "", describe_path(s, path));
    return told_apart;
}

/* Adds what the strength of the path leaves to be wished for; false when nothing. */
static bool evaluate_strength(const struct scp_verdict *v, const struct scp_sight *s, bool fetched)
{
    const struct scp_path *p = s->p;
    const struct {
        const struct scp_path_doubt *doubt;
        enum scp_state state;
        const char *id, *text;
    } row[] = { { &p->weak, SCP_WARNING, "intermediates.weak", "it is weak" },
                { &p->undetermined, SCP_UNKNOWN, "intermediates.strength-unknown", "how strong it is could not be told" } };
    const char *with = fetched ? "with what was fetched, " : "";
    char path[PATH], name[SCP_INTERMEDIATES_NAME], more[48];

    (void)describe_path(s, path);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct scp_path_doubt *d = row[i].doubt;

        if (d->found == 0)
            continue;
        (void)snprintf(more, sizeof more, "; and %zu more", d->found - 1);
        (void)scp_result_add(v->r, v->required ? row[i].state : SCP_OK, row[i].id, v->t->id, "%s%s, but %s: %s %s%s", with, path,
                             row[i].text, scp_intermediates_name(s, d->at, name), d->text, d->found > 1 ? more : "");
    }
    if (p->legacy)
        (void)scp_result_add(v->r, v->required ? SCP_WARNING : SCP_OK, "intermediates.legacy-anchor", v->t->id,
                             "%s%s, but %s has no basicConstraints: as a root it is taken for a CA's", with, path,
                             scp_intermediates_name(s, p->n - 1, name));
    return v->required && (p->legacy || p->weak.found > 0 || p->undetermined.found > 0);
}

static const char *aside_reason(enum scp_path_fault fault)
{
    switch (fault) {
    case SCP_PATH_EXPIRED: return "expired";
    case SCP_PATH_NOT_YET_VALID: return "not valid yet";
    case SCP_PATH_DISALLOWED: return "disallowed";
    case SCP_PATH_REVOKED: return "revoked";
    case SCP_PATH_DISABLED: return "disabled";
    default: return "not for this purpose";
    }
}

static void note_asides(const struct scp_verdict *v, const struct scp_path_answer *a)
{
    for (size_t i = 0; i < a->asides; i++) {
        const struct scp_pool_cert *cert = scp_pool_get(a->pool, a->aside[i].cert);
        char name[SCP_INTERMEDIATES_NAME], print[SCP_INTERMEDIATES_PRINT];

        (void)scp_num_to_hex(cert->sha1, SCP_SHA1_LEN, print);
        (void)scp_result_add(v->r, SCP_OK, "intermediates.passed-over", print, "%s (%s) in %s is %s; another path is good",
                             scp_outline_short_name(&scp_pool_outline(a->pool, a->aside[i].cert)->subject, name, sizeof name),
                             print, scp_intermediates_place(cert->origin), aside_reason(a->aside[i].fault));
    }
}

static void evaluate_good(struct scp_verdict *v, const struct scp_sight *s)
{
    bool bad;
    char path[PATH];

    (void)describe_path(s, path);
    if (v->required && s->p->n > 1 &&
        scp_path_cert(s->a, s->p, s->p->n - 1)->origin == (uint32_t)SCP_ORIGIN_ROOT << SCP_MEMBER_AUTHROOT)
        v->authroot_alone = true;
    bad = evaluate_life(v, s, path);
    bad = evaluate_names(v, s, false) || bad;
    bad = evaluate_strength(v, s, false) || bad;
    if (!bad)
        (void)scp_result_add(v->r, SCP_OK, "intermediates.chains", v->t->id, "%s", path);
    scp_intermediates_members_missing(v);
    scp_intermediates_members_refused(v);
    note_asides(v, s->a);
    if (s->a->stopped != NULL)
        (void)scp_result_add(v->r, bad ? SCP_UNKNOWN : SCP_OK, "intermediates.stopped", v->t->id,
                             "%s: not every path was tried (%s); one was good", v->t->name, s->a->stopped);
}

/* --- What revocation lists tell of a path --- */

static void evaluate_told(const struct scp_verdict *v, const struct scp_intermediates_told *told)
{
    if (told->uncovered > 1)
        (void)scp_result_add(v->r, v->required ? SCP_UNKNOWN : SCP_OK, "intermediates.crl-uncovered", v->t->id,
                             "%s; and of %zu more", told->doubt, told->uncovered - 1);
    else if (told->uncovered == 1)
        (void)scp_result_add(v->r, v->required ? SCP_UNKNOWN : SCP_OK, "intermediates.crl-uncovered", v->t->id, "%s", told->doubt);
    else if (told->scope[0] != '\0')
        (void)scp_result_add(v->r, SCP_OK, "intermediates.crl-scope", v->t->id, "%s", told->scope);
}

/* --- Targets --- */

/* A family whose every member has expired is not demanded any more. */
static bool is_over(const struct scp_intermediates_target *t, int64_t now)
{
    if (t->kind != SCP_INTERMEDIATES_FAMILY)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const struct scp_intermediates_member *m = &t->v[i];
        int64_t end = m->path != NULL ? m->path->own.not_after : m->want != NULL ? m->want->not_after : SCP_UTC_UNKNOWN;

        if (end == SCP_UTC_UNKNOWN || end + DAY > now)
            return false;
    }
    return t->n > 0;
}

const char *scp_intermediates_host_of(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t)
{
    return f->host[0] != '\0' || t->server == NULL ? f->host : t->server->host;
}

static void evaluate_name(const struct scp_verdict *v)
{
    const struct scp_intermediates_target *t = v->t;
    size_t finding = (size_t)-1;

    if (t->misnamed && t->server != NULL)
        finding = scp_result_add(v->r, SCP_CRITICAL, "intermediates.name-mismatch", t->id,
                                 "the certificate %s sent is for another host (%s) than %s", t->server->host, t->v[0].name,
                                 scp_intermediates_host_of(v->f, t));
    else if (t->misnamed)
        (void)scp_result_add(v->r, SCP_CRITICAL, "intermediates.name-mismatch", t->id, "%s is for another host (%s) than %s",
                             t->name, t->v[0].name, v->f->host);
    if (v->f->service)
        scp_result_remedy(
            v->r, finding,
            "find out who answers in its place: DNS, a proxy, or the front end of another service; no import mends that");
}

static void evaluate_target(struct scp_verdict *v)
{
    const struct scp_intermediates_target *t = v->t;
    const struct scp_intermediates_member *m = scp_intermediates_best(t, SCP_WITH_STORES);
    bool good = m != NULL && scp_intermediates_usable(m->path);
    struct scp_sight s = { .m = NULL };

    if (m != NULL)
        s = scp_intermediates_sight(m, SCP_WITH_STORES);
    for (size_t i = 0; i < t->n; i++) {
        v->paths += t->v[i].path != NULL ? t->v[i].path->good : 0;
        if (t->v[i].forged)
            (void)scp_result_add(v->r, SCP_CRITICAL, "intermediates.forged", t->id,
                                 "%s has a double: a certificate with its SHA-1 thumbprint, but another SHA-256", t->v[i].name);
    }
    if (!good && is_over(t, v->now)) {
        (void)scp_result_add(v->r, SCP_OK, "intermediates.over", t->id, "every issuing CA of %s has expired: none is demanded",
                             t->name);
        return;
    }
    v->requireds += v->required;
    v->missing += v->required && !good;
    if (good)
        evaluate_good(v, &s);
    else if (t->server != NULL && t->server->outcome != SCP_HTTP_OK)
        scp_intermediates_not_connected(v);
    else
        scp_intermediates_failed(v, m);
    if (good) {
        evaluate_told(v, &m->told);
        scp_intermediates_fetches(v);
    }
    m = scp_intermediates_best(t, SCP_WITH_FETCHED);
    if (!good && m != NULL && scp_intermediates_usable(m->fetched)) {
        const struct scp_sight fetched = scp_intermediates_sight(m, SCP_WITH_FETCHED);

        (void)evaluate_names(v, &fetched, true);
        (void)evaluate_strength(v, &fetched, true);
        evaluate_told(v, &m->told);
    }
    evaluate_name(v);
    if (t->server != NULL)
        scp_intermediates_server(v, &s);
}

/* --- Revocation lists --- */

static void evaluate_lists(const struct scp_verdict *v)
{
    const struct scp_intermediates_facts *f = v->f;

    for (size_t i = 0; i < f->crls; i++) {
        const struct scp_intermediates_crl *l = &f->crl[i];

        /* Where another list speaks of the same certificates, this one is not needed. */
        if (!l->usable)
            (void)scp_result_add(v->r, l->used && !l->missed ? SCP_OK : SCP_UNKNOWN, "intermediates.crl-unusable", l->issuer,
                                 "%s%s%s: %s", l->location, l->issuer[0] != '\0' ? ": list of " : "", l->issuer, l->message);
        else if (!l->used)
            (void)scp_result_add(v->r, SCP_OK, "intermediates.crl-unused", l->issuer,
                                 "%s: the list of %s concerns no certificate of a path", l->location, l->issuer);
    }
}

/* --- The stores as a whole --- */

/* The machine's own Disallowed store and policy's; the enterprise's is a remark. */
static bool is_own_distrust_covered(const struct scp_store *s)
{
    return s->presence[SCP_MEMBER_DEFAULT] != SCP_COULD_NOT_TELL && s->presence[SCP_MEMBER_GROUP_POLICY] != SCP_COULD_NOT_TELL;
}

/* A good path that rests on what a policy may take away, of which the source says nothing. */
static void doubt_policies(const struct scp_verdict *v)
{
    const struct scp_policy_number *flags = &v->f->update.protected_roots;

    if (v->f->key_unknown[0] != '\0' && v->paths > 0)
        scp_remedy_number(
            v->r,
            scp_result_add(v->r, SCP_UNKNOWN, "intermediates.key-policy-unknown", "",
                           "whether a setting of the chain engine refuses a key of the path could not be told: " SCP_SAID,
                           v->f->key_unknown),
            scp_key_policy_wrong_type(&v->f->keys));
    if (v->authroot_alone && scp_update_policy_authroot_off(&v->f->update) == SCP_MAYBE)
        scp_remedy_number(
            v->r,
            scp_result_add(v->r, SCP_UNKNOWN, "intermediates.authroot-unknown", "",
                           "the root of a path is only in AuthRoot, and whether a policy leaves that out could not be "
                           "told: %s",
                           flags->wrong_type ? "ProtectedRoots\\Flags is not a REG_DWORD"
                                             : "the source does not hold ProtectedRoots"),
            flags->wrong_type);
}

static void doubt_restriction(const struct scp_verdict *v)
{
    size_t i;

    if (!v->f->restriction_unreadable)
        return;
    i = scp_result_add(v->r, SCP_UNKNOWN, "intermediates.restriction-unreadable", v->f->restriction_what,
                       "%s: a property that may restrict it could not be read", v->f->restriction_what);
    if (v->f->restriction_of_root)
        scp_result_remedy(v->r, i, "import the root again (certutil -f -addstore Root FILE)");
}

void scp_intermediates_doubt_disallowed(const struct scp_verdict *v, const char *print)
{
    (void)scp_result_add(v->r, SCP_UNKNOWN, "intermediates.disallowed-unreadable", print,
                         "%s may be disallowed: its entry in a Disallowed store could not be read", print);
}

static void evaluate_doubts(const struct scp_verdict *v)
{
    const struct scp_intermediates_facts *f = v->f;

    doubt_policies(v);

    if (f->disallowed_damaged[0] != '\0')
        scp_intermediates_doubt_disallowed(v, f->disallowed_damaged);
    doubt_restriction(v);
    if (f->has_registry && !scp_store_covered(&f->disallowed))
        (void)scp_result_add(v->r, is_own_distrust_covered(&f->disallowed) ? SCP_OK : SCP_UNKNOWN,
                             "intermediates.disallowed-not-covered", "",
                             "the source does not hold every Disallowed store: a distrust in the rest would not be seen");
    if (f->list_unread[0] != '\0')
        (void)scp_result_add(v->r, SCP_OK, "intermediates.disallowed-list", "",
                             "Windows' cached list of disallowed certificates was not used: %s", f->list_unread);
    if (f->files_damaged > 0)
        (void)scp_result_add(v->r, scp_source_remark(v->r), "intermediates.file-damaged", "", "%zu damaged part%s passed over: %s",
                             f->files_damaged, f->files_damaged == 1 ? "" : "s", f->files_damage);
    if (f->unreadable > 0)
        (void)scp_result_add(v->r, SCP_OK, "intermediates.outline", "", "%zu certificate%s without a readable outline passed over",
                             f->unreadable, f->unreadable == 1 ? "" : "s");
}

static void say_misplaced(const struct scp_verdict *v, const struct scp_policy_number *above, const char *name)
{
    if (above->presence == SCP_PRESENT && above->value != 0)
        (void)scp_result_add(v->r, SCP_WARNING, "intermediates.setting-misplaced", name,
                             SCP_OURS " = %u is set under " SCP_OURS ", where Windows does not read it (but in its subkey Config)",
                             name, (unsigned)above->value, SCP_PATH_POLICY_CERTIFICATES "\\ChainEngine");
}

/* A step of Microsoft's own guide writes Options there. */
static void evaluate_misplaced(const struct scp_verdict *v)
{
    say_misplaced(v, &v->f->chain.options_above, "Options");
    say_misplaced(v, &v->f->chain.disable_aia_above, "DisableAIAUrlRetrieval");
}

static void evaluate_stores(const struct scp_verdict *v)
{
    const struct scp_intermediates_facts *f = v->f;

    evaluate_misplaced(v);

    for (size_t i = 0; i < f->stales; i++) {
        char print[41];

        scp_num_to_hex(f->stale[i].cert->sha1, SCP_SHA1_LEN, print);
        (void)scp_result_add(v->r, SCP_OK, "intermediates.stale", f->stale[i].cert->alias,
                             "%s (%s) in %s is stale and can be removed", f->stale[i].cert->name, print, f->stale[i].place);
    }
    scp_source_entries(&f->ca, scp_source_remark(v->r), v->r);
}

/* That the service's own certificates come from these families is not documented. */
static void note_inference(const struct scp_verdict *v)
{
    for (size_t i = 0; i < v->f->n && !v->f->issuer_seen; i++) {
        if (v->f->v[i].kind == SCP_INTERMEDIATES_FAMILY && v->f->v[i].level == SCP_LEVEL_REQUIRED) {
            (void)scp_result_add(
                v->r, SCP_OK, "intermediates.inference", "",
                "which CA issues the service's own certificates is an inference; check_scp_intermediates --certificate "
                "with one of them proves it");
            return;
        }
    }
}

static void add_perfdata(const struct scp_verdict *v)
{
    if (v->missing_known)
        scp_result_number(v->r, "missing", v->missing - v->by_aia, NULL, v->requireds);
    scp_result_number(v->r, "required", v->requireds, NULL, 0);
    scp_result_number(v->r, "disallowed", v->f->disallowed_wanted, NULL, 0);
    if (v->has_expiry)
        scp_result_seconds(v->r, "expiry", v->expiry, &v->limits->warning, &v->limits->critical);
    scp_result_number(v->r, "paths", v->paths, NULL, 0);
    scp_result_main_value(v->r, "missing");
}

void scp_intermediates_evaluate(const struct scp_intermediates_facts *f, const struct scp_intermediates_limits *limits, int64_t now,
                                struct scp_result *r)
{
    struct scp_verdict v = { .f = f, .limits = limits, .now = now, .r = r, .missing_known = true };

    scp_intermediates_inspected(&v);
    /* Required targets first: the order people read in. */
    for (int level = SCP_LEVEL_REQUIRED; level <= SCP_LEVEL_STALE; level++) {
        for (size_t i = 0; i < f->n; i++) {
            v.t = &f->v[i];
            v.required = v.t->level == SCP_LEVEL_REQUIRED;
            if ((int)v.t->level == level && (v.t->server == NULL || !v.t->server->inspected))
                evaluate_target(&v);
        }
    }
    if (v.requireds == 0 && !f->service)
        (void)scp_result_add(r, SCP_OK, "intermediates.none-required", "", "nothing is required");
    if (f->service) {
        if (!limits->beside)
            evaluate_doubts(&v);
        return;
    }
    note_inference(&v);
    evaluate_lists(&v);
    evaluate_doubts(&v);
    evaluate_stores(&v);
    add_perfdata(&v);
}
