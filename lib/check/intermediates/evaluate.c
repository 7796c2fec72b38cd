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

enum { DAY = 86400, TEXT = 900 };

const struct scp_intermediates_limits scp_intermediates_limits_default = {
    .warning = { .start = 60.0 * DAY, .end_infinite = true },
    .critical = { .start = 14.0 * DAY, .end_infinite = true },
};

/* --- Names --- */

const struct scp_outline *scp_intermediates_outline_at(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                                       const struct scp_path *p, size_t i)
{
    return p->cert[i] == SCP_PATH_SELF ? &m->outline : scp_pool_outline(pool, p->cert[i]);
}

const char *scp_intermediates_name_at(const struct scp_pool *pool, const struct scp_intermediates_member *m,
                                      const struct scp_path *p, size_t i, char out[SCP_INTERMEDIATES_NAME])
{
    if (p->cert[i] == SCP_PATH_SELF && m->name[0] != '\0')
        (void)snprintf(out, SCP_INTERMEDIATES_NAME, "%s", m->name);
    else
        (void)scp_outline_short_name(&scp_intermediates_outline_at(pool, m, p, i)->subject, out, SCP_INTERMEDIATES_NAME);
    return out;
}

/* --- Which member speaks for a target --- */

bool scp_intermediates_usable(const struct scp_path_answer *a)
{
    return a != NULL && a->good > 0;
}

/* How near a path that failed came: whole ones that only time or a rule spoils, others, and last what is expired itself. */
static int nearness(const struct scp_path_answer *a)
{
    const struct scp_path *p = &a->miss.path;

    if (a->stopped != NULL)
        return 5;
    if (p->at == 0 && p->fault != SCP_PATH_NO_ISSUER)
        return 1;
    return p->fault == SCP_PATH_NO_ISSUER || p->fault == SCP_PATH_UNTRUSTED_ROOT ? 3 : 4;
}

const struct scp_intermediates_member *scp_intermediates_best(const struct scp_intermediates_target *t, bool fetched)
{
    const struct scp_intermediates_member *best = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct scp_path_answer *a = fetched ? t->v[i].fetched : t->v[i].path, *b;

        if (a == NULL)
            continue;
        b = best == NULL ? NULL : fetched ? best->fetched : best->path;
        if (b == NULL ||
            (scp_intermediates_usable(a) && (!scp_intermediates_usable(b) || scp_path_is_better(&a->best, &b->best))) ||
            (!scp_intermediates_usable(a) && !scp_intermediates_usable(b) && nearness(a) > nearness(b)))
            best = &t->v[i];
    }
    return best;
}

/* --- A path that is there --- */

static void describe_path(const struct scp_pool *pool, const struct scp_intermediates_member *m, const struct scp_path *p,
                          char *out, size_t size)
{
    char name[SCP_INTERMEDIATES_NAME], root[SCP_INTERMEDIATES_NAME], date[SCP_UTC_TEXT];
    size_t used;

    scp_utc_format_date(p->not_after, date);
    used = (size_t)snprintf(out, size, "%s", scp_intermediates_name_at(pool, m, p, 0, name));
    if (p->n > 1)
        used += (size_t)snprintf(out + used, used < size ? size - used : 0, " chains to %s",
                                 scp_intermediates_name_at(pool, m, p, p->n - 1, root));
    else
        used += (size_t)snprintf(out + used, used < size ? size - used : 0, " is a trusted root");
    for (size_t i = 1; i + 1 < p->n && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i == 1 ? " via " : ", ",
                                 scp_intermediates_name_at(pool, m, p, i, name));
    if (used < size)
        (void)snprintf(out + used, size - used, ", until %s", date);
}

/* Adds what is wrong with the time that is left; false when nothing is. */
static bool evaluate_life(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                          const struct scp_path *p, const char *path)
{
    double left = (double)(p->not_after - c->now);
    bool critical = scp_range_alerts(&c->limits->critical, left), alert = critical || scp_range_alerts(&c->limits->warning, left);
    char span[SCP_UTC_TEXT];

    if (t->level != SCP_LEVEL_REQUIRED)
        return false;
    if (!c->t->has_expiry || left < c->t->expiry)
        c->t->expiry = left;
    c->t->has_expiry = true;
    scp_utc_span(left, span);
    if (alert)
        (void)scp_result_add(c->r, critical ? SCP_CRITICAL : SCP_WARNING, "intermediates.expiring", t->id, "%s, in %s", path, span);
    return alert;
}

/* Adds that names count as equal which Windows tells apart; false when they are equal. */
static bool evaluate_names(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                           const struct scp_path *p, const char *path)
{
    if (!p->exact_names)
        (void)scp_result_add(c->r, c->f->has_registry ? SCP_WARNING : SCP_OK, "intermediates.name-encoding", t->id,
                             "%s, but only because names that differ in case or encoding count as equal; Windows compares bytes",
                             path);
    return !p->exact_names && c->f->has_registry;
}

/* Adds what the strength of the path leaves to be wished for; false when nothing. */
static bool evaluate_strength(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                              const struct scp_intermediates_member *m, bool fetched)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, fetched);
    const struct scp_path *p = fetched ? &m->fetched->best : &m->path->best;
    const struct {
        const struct scp_path_doubt *doubt;
        enum scp_state state;
        const char *id, *text;
    } row[] = { { &p->weak, SCP_WARNING, "intermediates.weak", "it is weak" },
                { &p->undetermined, SCP_UNKNOWN, "intermediates.strength-unknown", "how strong it is could not be told" } };
    const char *with = fetched ? "with what was fetched, " : "";
    char path[TEXT], name[SCP_INTERMEDIATES_NAME], more[48];
    bool required = t->level == SCP_LEVEL_REQUIRED;

    describe_path(pool, m, p, path, sizeof path);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct scp_path_doubt *d = row[i].doubt;

        if (d->found == 0)
            continue;
        (void)snprintf(more, sizeof more, "; and %zu more", d->found - 1);
        (void)scp_result_add(c->r, required ? row[i].state : SCP_OK, row[i].id, t->id, "%s%s, but %s: %s %s%s", with, path,
                             row[i].text, scp_intermediates_name_at(pool, m, p, d->at, name), d->text, d->found > 1 ? more : "");
    }
    if (p->legacy)
        (void)scp_result_add(c->r, required ? SCP_WARNING : SCP_OK, "intermediates.legacy-anchor", t->id,
                             "%s%s, but %s has no basicConstraints: as a root it is taken for a CA's", with, path,
                             scp_intermediates_name_at(pool, m, p, p->n - 1, name));
    return required && (p->legacy || p->weak.found > 0 || p->undetermined.found > 0);
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

static void note_asides(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                        const struct scp_path_answer *a)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);

    for (size_t i = 0; i < a->asides; i++) {
        const struct scp_pool_cert *cert = scp_pool_get(pool, a->aside[i].cert);
        char name[SCP_INTERMEDIATES_NAME], print[41];

        scp_num_to_hex(cert->sha1, SCP_SHA1_LEN, print);
        (void)scp_result_add(c->r, SCP_OK, "intermediates.passed-over", print, "%s (%s) in %s is %s; another path is good",
                             scp_outline_short_name(&scp_pool_outline(pool, a->aside[i].cert)->subject, name, sizeof name), print,
                             scp_intermediates_place(cert->origin), aside_reason(a->aside[i].fault));
    }
}

static void evaluate_good(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                          const struct scp_intermediates_member *m)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);
    const struct scp_path *p = &m->path->best;
    bool required = t->level == SCP_LEVEL_REQUIRED, bad;
    char path[TEXT];

    describe_path(pool, m, p, path, sizeof path);
    if (required && p->n > 1 && scp_pool_get(pool, p->cert[p->n - 1])->origin == (uint32_t)SCP_ORIGIN_ROOT << SCP_MEMBER_AUTHROOT)
        c->t->authroot_alone = true;
    bad = evaluate_life(c, t, p, path);
    bad = evaluate_names(c, t, p, path) || bad;
    bad = evaluate_strength(c, t, m, false) || bad;
    if (!bad)
        (void)scp_result_add(c->r, SCP_OK, "intermediates.chains", t->id, "%s", path);
    scp_intermediates_members_missing(c, t);
    note_asides(c, t, m->path);
    if (m->path->stopped != NULL)
        (void)scp_result_add(c->r, SCP_OK, "intermediates.stopped", t->id, "%s: not every path was tried (%s); one was good",
                             t->name, m->path->stopped);
}

/* --- Targets --- */

/* A family whose every member has expired is not demanded any more. */
static bool is_over(const struct scp_intermediates_target *t, int64_t now)
{
    if (t->kind != SCP_INTERMEDIATES_FAMILY)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const struct scp_intermediates_member *m = &t->v[i];
        int64_t end = m->found && !m->unreadable ? m->outline.not_after : m->want != NULL ? m->want->not_after : SCP_UTC_UNKNOWN;

        if (end == SCP_UTC_UNKNOWN || end + DAY > now)
            return false;
    }
    return t->n > 0;
}

/* --- What a server sent --- */

static void evaluate_order(const struct scp_intermediates_context *c, const struct scp_intermediates_server *s)
{
    if (s->ordered < s->chain.n)
        (void)scp_result_add(c->r, SCP_OK, "intermediates.server-order", s->host,
                             "%s sent %zu certificates, of which number %zu did not issue the one before it", s->host,
                             s->chain.sent, s->ordered + 1);
}

/* What the path needs beyond the stores: the server's to send, every time. */
static void evaluate_supplied(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                              const struct scp_intermediates_member *m)
{
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);
    const struct scp_path *p = &m->path->best;

    for (size_t i = 1; i < p->n; i++) {
        char name[SCP_INTERMEDIATES_NAME];

        if (scp_pool_get(pool, p->cert[i])->origin == SCP_ORIGIN_SENT)
            (void)scp_result_add(c->r, SCP_OK, "intermediates.server-supplies", t->id, "%s is in no store; the server sends it",
                                 scp_intermediates_name_at(pool, m, p, i, name));
    }
}

/* A path to a root that the profile does not know: somebody in between may have made the server's certificate. */
static void evaluate_anchor(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t,
                            const struct scp_intermediates_member *m)
{
    const struct scp_path *p = &m->path->best;
    const struct scp_pool *pool = scp_intermediates_pool_of(c->f, t, false);
    const uint8_t *sha1 = p->n > 1 ? scp_pool_get(pool, p->cert[p->n - 1])->sha1 : m->sha1;
    char name[SCP_INTERMEDIATES_NAME];

    if (scp_profile_root_by_sha1(c->f->profile, sha1) == NULL)
        (void)scp_result_add(c->r, SCP_WARNING, "intermediates.foreign-root", t->id,
                             "%s chains to %s, which is no root of the profile: TLS inspection in between?", t->name,
                             scp_intermediates_name_at(pool, m, p, p->n - 1, name));
}

static void evaluate_server(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_intermediates_server *s = &c->f->server;
    const struct scp_intermediates_member *m = scp_intermediates_best(t, false);

    if (s->name_fits == SCP_NO && s->chain.n > 0)
        (void)scp_result_add(c->r, SCP_CRITICAL, "intermediates.name-mismatch", t->id,
                             "the certificate %s sent is for another host (%s)", s->host, t->v[0].name);
    evaluate_order(c, s);
    if (m == NULL || !scp_intermediates_usable(m->path))
        return;
    evaluate_supplied(c, t, m);
    evaluate_anchor(c, t, m);
}

static void not_connected(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_intermediates_server *s = &c->f->server;
    bool unable = s->outcome == SCP_HTTP_UNABLE || s->outcome == SCP_HTTP_NOT_STARTED;

    c->t->missing_known = false;
    (void)scp_result_add(c->r, unable ? SCP_UNKNOWN : SCP_CRITICAL, "intermediates.connect", t->id, "%s port %u: %s: %s", s->host,
                         s->port, scp_http_outcome_name(s->outcome), s->message);
}

static void evaluate_own(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_intermediates_member *m = scp_intermediates_best(t, false);
    bool good = m != NULL && scp_intermediates_usable(m->path), required = t->level == SCP_LEVEL_REQUIRED;

    for (size_t i = 0; i < t->n; i++) {
        c->t->paths += t->v[i].path != NULL ? t->v[i].path->good : 0;
        if (t->v[i].forged)
            (void)scp_result_add(c->r, SCP_CRITICAL, "intermediates.forged", t->id,
                                 "%s has a double: a certificate with its SHA-1 thumbprint, but another SHA-256", t->v[i].name);
    }
    if (!good && is_over(t, c->now)) {
        (void)scp_result_add(c->r, SCP_OK, "intermediates.over", t->id, "every issuing CA of %s has expired: none is demanded",
                             t->name);
        return;
    }
    c->t->required += required;
    c->t->missing += required && !good;
    if (good)
        evaluate_good(c, t, m);
    else if (t->kind == SCP_INTERMEDIATES_SERVER && c->f->server.outcome != SCP_HTTP_OK)
        not_connected(c, t);
    else if (m != NULL)
        scp_intermediates_failed(c, t, m);
    else
        scp_intermediates_none_found(c, t);
    m = scp_intermediates_best(t, true);
    if (!good && m != NULL && scp_intermediates_usable(m->fetched))
        (void)evaluate_strength(c, t, m, true);
    if (t->kind == SCP_INTERMEDIATES_SERVER)
        evaluate_server(c, t);
}

/* --- TLS inspection --- */

static bool is_login(const char *host)
{
    return strncmp(host, "login.", 6) == 0;
}

/* Whose certificate it is in the end: the issuer that was sought in vain, or the root. */
static void name_vouching(const struct scp_pool *pool, const struct scp_intermediates_member *m, const struct scp_path *p,
                          char out[SCP_INTERMEDIATES_NAME])
{
    (void)scp_outline_short_name(&scp_intermediates_outline_at(pool, m, p, p->n - 1)->issuer, out, SCP_INTERMEDIATES_NAME);
}

static void say_inspected(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    const struct scp_intermediates_server *s = &c->f->server;
    const struct scp_intermediates_member *m = &t->v[0];
    bool trusted = scp_intermediates_usable(m->path), fits = s->name_fits != SCP_NO;
    const struct scp_path *p = trusted ? &m->path->best : &m->path->miss.path;
    char name[SCP_INTERMEDIATES_NAME];
    size_t finding;

    name_vouching(scp_intermediates_pool_of(c->f, t, false), m, p, name);
    finding = scp_result_add(c->r, trusted && fits ? SCP_WARNING : SCP_CRITICAL, "intermediates.inspected", t->id,
                             "%s is likely inspected on the way: '%s' vouches for what came, %s; the stores %s%s", s->host, name,
                             s->namesake ? "which bears the name of an issuer of the service but has another key"
                                         : "not Microsoft and no issuer of the service",
                             trusted ? "trust it" : "do not trust it", fits ? "" : "; and it is for another host");
    if (finding == (size_t)-1)
        return;
    if (is_login(s->host))
        scp_result_remedy(c->r, finding,
                          "ask whether tenant restrictions are meant, which need inspection; otherwise exempt the host from TLS "
                          "inspection, with *.manage.microsoft.com and the hosts of CRLs and OCSP");
    else
        scp_result_remedy(
            c->r, finding,
            "exempt *.manage.microsoft.com and the other hosts of the service from TLS inspection, and leave the hosts "
            "of CRLs and OCSP alone; the inspection's certificates belong into no store for it");
}

/* What an inspection made says nothing of the service's chain, nor its life of the service's certificates. */
static void evaluate_inspected(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    c->t->required++;
    c->t->missing_known = false;
    say_inspected(c, t);
}

static void evaluate_target(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    if (t->kind == SCP_INTERMEDIATES_SERVER && c->f->server.inspected) {
        evaluate_inspected(c, t);
        return;
    }
    evaluate_own(c, t);
}

/* --- Revocation lists --- */

static void evaluate_lists(const struct scp_intermediates_context *c)
{
    const struct scp_intermediates_facts *f = c->f;

    for (size_t i = 0; i < f->crls; i++) {
        const struct scp_intermediates_crl *l = &f->crl[i];

        /* Where another list speaks of the same certificates, this one is not needed. */
        if (!l->usable)
            (void)scp_result_add(c->r, l->used && !l->missed ? SCP_OK : SCP_UNKNOWN, "intermediates.crl-unusable", l->issuer,
                                 "%s%s%s: %s", l->location, l->issuer[0] != '\0' ? ": list of " : "", l->issuer, l->message);
        else if (!l->used)
            (void)scp_result_add(c->r, SCP_OK, "intermediates.crl-unused", l->issuer,
                                 "%s: the list of %s concerns no certificate of a path", l->location, l->issuer);
    }
    if (f->crls > 0 && f->crl_uncovered > 0)
        (void)scp_result_add(c->r, SCP_UNKNOWN, "intermediates.crl-uncovered", "",
                             "no usable list was given for %zu certificate%s of the paths", f->crl_uncovered,
                             f->crl_uncovered == 1 ? "" : "s");
}

/* --- The stores as a whole --- */

/* The machine's own Disallowed store and policy's; the enterprise's is a remark. */
static bool is_own_distrust_covered(const struct scp_store *s)
{
    return s->presence[SCP_MEMBER_DEFAULT] != SCP_COULD_NOT_TELL && s->presence[SCP_MEMBER_GROUP_POLICY] != SCP_COULD_NOT_TELL;
}

static void mend_number(const struct scp_intermediates_context *c, size_t finding, bool wrong_type)
{
    if (wrong_type)
        scp_result_remedy(c->r, finding, SCP_REMEDY_NO_NUMBER);
}

/* A good path that rests on what a policy may take away, of which the source says nothing. */
static void doubt_policies(const struct scp_intermediates_context *c)
{
    const struct scp_policy_number *flags = &c->f->update.protected_roots;

    if (c->f->key_unknown[0] != '\0' && c->t->paths > 0)
        mend_number(c,
                    scp_result_add(c->r, SCP_UNKNOWN, "intermediates.key-policy-unknown", "",
                                   "whether a setting of the chain engine refuses a key of the path could not be told: " SCP_SAID,
                                   c->f->key_unknown),
                    scp_key_policy_wrong_type(&c->f->keys));
    if (c->t->authroot_alone && scp_update_policy_authroot_off(&c->f->update) == SCP_MAYBE)
        mend_number(c,
                    scp_result_add(c->r, SCP_UNKNOWN, "intermediates.authroot-unknown", "",
                                   "the root of a path is only in AuthRoot, and whether a policy leaves that out could not be "
                                   "told: %s",
                                   flags->wrong_type ? "ProtectedRoots\\Flags is not a REG_DWORD"
                                                     : "the source does not hold ProtectedRoots"),
                    flags->wrong_type);
}

static void doubt_restriction(const struct scp_intermediates_context *c)
{
    size_t i;

    if (!c->f->restriction_unreadable)
        return;
    i = scp_result_add(c->r, SCP_UNKNOWN, "intermediates.restriction-unreadable", c->f->restriction_what,
                       "%s: a property that may restrict it could not be read", c->f->restriction_what);
    if (c->f->restriction_of_root)
        scp_result_remedy(c->r, i, "import the root again (certutil -f -addstore Root FILE)");
}

static void evaluate_doubts(const struct scp_intermediates_context *c)
{
    const struct scp_intermediates_facts *f = c->f;

    doubt_policies(c);

    if (f->disallowed_damaged)
        (void)scp_result_add(c->r, SCP_UNKNOWN, "intermediates.disallowed-unreadable", f->disallowed_which,
                             "%s may be disallowed: its entry in a Disallowed store could not be read", f->disallowed_which);
    doubt_restriction(c);
    if (f->has_registry && !scp_store_covered(&f->disallowed))
        (void)scp_result_add(c->r, is_own_distrust_covered(&f->disallowed) ? SCP_OK : SCP_UNKNOWN,
                             "intermediates.disallowed-not-covered", "",
                             "the source does not hold every Disallowed store: a distrust in the rest would not be seen");
    if (f->list_unread[0] != '\0')
        (void)scp_result_add(c->r, SCP_OK, "intermediates.disallowed-list", "",
                             "Windows' cached list of disallowed certificates was not used: %s", f->list_unread);
    if (f->files_damaged > 0)
        (void)scp_result_add(c->r, scp_source_remark(c->r), "intermediates.file-damaged", "", "%zu damaged part%s passed over: %s",
                             f->files_damaged, f->files_damaged == 1 ? "" : "s", f->files_damage);
    if (f->unreadable > 0)
        (void)scp_result_add(c->r, SCP_OK, "intermediates.outline", "", "%zu certificate%s without a readable outline passed over",
                             f->unreadable, f->unreadable == 1 ? "" : "s");
}

static void say_misplaced(const struct scp_intermediates_context *c, const struct scp_policy_number *above, const char *name)
{
    if (above->presence == SCP_PRESENT && above->value != 0)
        (void)scp_result_add(c->r, SCP_WARNING, "intermediates.setting-misplaced", name,
                             SCP_OURS " = %u is set under " SCP_OURS ", where Windows does not read it (but in its subkey Config)",
                             name, (unsigned)above->value, SCP_PATH_POLICY_CERTIFICATES "\\ChainEngine");
}

/* A step of Microsoft's own guide writes Options there. */
static void evaluate_misplaced(const struct scp_intermediates_context *c)
{
    say_misplaced(c, &c->f->chain.options_above, "Options");
    say_misplaced(c, &c->f->chain.disable_aia_above, "DisableAIAUrlRetrieval");
}

static void evaluate_stores(const struct scp_intermediates_context *c)
{
    const struct scp_intermediates_facts *f = c->f;

    evaluate_misplaced(c);

    for (size_t i = 0; i < f->stales; i++) {
        char print[41];

        scp_num_to_hex(f->stale[i].cert->sha1, SCP_SHA1_LEN, print);
        (void)scp_result_add(c->r, SCP_OK, "intermediates.stale", f->stale[i].cert->alias,
                             "%s (%s) in %s is stale and can be removed", f->stale[i].cert->name, print, f->stale[i].place);
    }
    for (size_t i = 0; i < f->ca.damages; i++) {
        const struct scp_store_damage *d = &f->ca.damage[i];
        char path[512];

        (void)scp_result_add(c->r, d->empty ? SCP_OK : scp_source_remark(c->r), "source.damaged", scp_registry_key_name(d->key),
                             SCP_SAID ": %s", scp_registry_key_say(d->key, path, sizeof path), d->reason);
    }
    for (size_t i = 0; i < f->ca.certs; i++) {
        const struct scp_store_cert *cert = &f->ca.cert[i];
        char path[512], print[41];

        scp_num_to_hex(cert->sha1, SCP_SHA1_LEN, print);
        if (!cert->key_matches)
            (void)scp_result_add(c->r, scp_source_remark(c->r), "source.inconsistent", print, SCP_SAID " holds the certificate %s",
                                 scp_registry_key_say(cert->key, path, sizeof path), print);
    }
}

/* That the service's own certificates come from these families is not documented. */
static void note_inference(const struct scp_intermediates_context *c)
{
    for (size_t i = 0; i < c->f->n; i++) {
        if (c->f->v[i].kind == SCP_INTERMEDIATES_FAMILY && c->f->v[i].level == SCP_LEVEL_REQUIRED) {
            (void)scp_result_add(
                c->r, SCP_OK, "intermediates.inference", "",
                "which CA issues the service's own certificates is an inference; check_scp_intermediates --certificate "
                "with one of them proves it");
            return;
        }
    }
}

static void count(struct scp_result *r, const char *label, size_t value, size_t max)
{
    struct scp_perfdata p = { .value = (double)value, .unit = "", .has_min = true, .has_max = max > 0, .max = (double)max };

    (void)snprintf(p.label, sizeof p.label, "%s", label);
    scp_result_perfdata(r, &p);
}

static void add_perfdata(const struct scp_intermediates_context *c)
{
    struct scp_perfdata expiry = { .label = "expiry",
                                   .value = c->t->expiry,
                                   .unit = "s",
                                   .has_warning = true,
                                   .has_critical = true,
                                   .warning = c->limits->warning,
                                   .critical = c->limits->critical };

    if (c->t->missing_known)
        count(c->r, "missing", c->t->missing - c->t->by_aia, c->t->required);
    count(c->r, "required", c->t->required, 0);
    count(c->r, "disallowed", c->f->disallowed_wanted, 0);
    if (c->t->has_expiry)
        scp_result_perfdata(c->r, &expiry);
    count(c->r, "paths", c->t->paths, 0);
    scp_result_main_value(c->r, "missing");
}

void scp_intermediates_evaluate(const struct scp_intermediates_facts *f, const struct scp_intermediates_limits *limits, int64_t now,
                                struct scp_result *r)
{
    struct scp_intermediates_tally t = { .missing_known = true };
    struct scp_intermediates_context c = { f, limits, now, r, &t };

    /* Required targets first: the order people read in. */
    for (int level = SCP_LEVEL_REQUIRED; level <= SCP_LEVEL_STALE; level++) {
        for (size_t i = 0; i < f->n; i++) {
            if ((int)f->v[i].level == level)
                evaluate_target(&c, &f->v[i]);
        }
    }
    if (t.required == 0)
        (void)scp_result_add(r, SCP_OK, "intermediates.none-required", "", "nothing is required");
    note_inference(&c);
    evaluate_lists(&c);
    evaluate_doubts(&c);
    evaluate_stores(&c);
    add_perfdata(&c);
}
