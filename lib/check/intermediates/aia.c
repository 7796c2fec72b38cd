/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/roots/on_demand.h"

#include <stdio.h>
#include <string.h>

/*
 * Intermediates come by AIA: an ordinary online server fetches them each time it builds a chain, and keeps none in its stores.
 * Where it may, that they are not there is no fault, but nor is it known that the addresses answer that server.  Where it may
 * not, all current ones have to be there.
 */
enum { FOLDERS_MAX = 4, FOLDER = 96, FOLDERS_TEXT = FOLDERS_MAX * (FOLDER + 6), DAY = 86400 };
enum { NAMED_MAX = 12, LIST = (NAMED_MAX + 1) * 64 }; /* members of a family that are told */

/* --- Which addresses --- */

struct folders {
    char v[FOLDERS_MAX][FOLDER];
    size_t n;
};

/* Host and folder of an address, without scheme and file, once. */
static void add_folder(struct folders *f, const char *url)
{
    const char *from = url != NULL ? strstr(url, "://") : NULL, *end = from != NULL ? strrchr(from + 3, '/') : NULL;
    size_t n = end != NULL ? (size_t)(end - from - 3) : 0;

    if (n == 0 || n >= FOLDER || f->n >= FOLDERS_MAX)
        return;
    for (size_t i = 0; i < f->n; i++) {
        if (strlen(f->v[i]) == n && memcmp(f->v[i], from + 3, n) == 0)
            return;
    }
    memcpy(f->v[f->n], from + 3, n);
    f->v[f->n++][n] = '\0';
}

/* The addresses of a family's certificates, as a phrase: "a and b"; without any, the place where they stand. */
static const char *describe_folders(const struct scp_profile_family *family, char out[FOLDERS_TEXT])
{
    struct folders f = { .n = 0 };

    for (size_t i = 0; i < family->any_ofs; i++)
        add_folder(&f, family->any_of[i].cert != NULL ? family->any_of[i].cert->url : NULL);
    for (size_t i = 0; i < family->vias; i++)
        add_folder(&f, family->via[i].cert != NULL ? family->via[i].cert->url : NULL);
    (void)snprintf(out, FOLDERS_TEXT, "%s", f.n > 0 ? f.v[0] : "the addresses in the certificates");
    for (size_t i = 1; i < f.n; i++)
        (void)scp_say_more(out, FOLDERS_TEXT, "%s%s", i + 1 == f.n ? " and " : ", ", f.v[i]);
    return out;
}

/* --- Does the server reach Microsoft at all? --- */

/* When Windows last fetched a list from Microsoft's own address; SCP_UTC_UNKNOWN: it did not, or not in time to say anything. */
static int64_t last_list(const struct scp_update_policy *p, int64_t now)
{
    const struct scp_policy_time *times[] = { &p->trusted_sync, &p->disallowed_sync };
    int64_t last = SCP_UTC_UNKNOWN;

    if (scp_update_policy_source(p) != SCP_UPDATE_FROM_MICROSOFT)
        return SCP_UTC_UNKNOWN;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int64_t at = times[i]->presence == SCP_PRESENT && !times[i]->malformed ? times[i]->at : SCP_UTC_UNKNOWN;

        if (at != SCP_UTC_UNKNOWN && at <= now + DAY && now - at <= (int64_t)SCP_UPDATE_LATE_DAYS * DAY &&
            (last == SCP_UTC_UNKNOWN || at > last))
            last = at;
    }
    return last;
}

static bool is_missing(const struct scp_intermediates_member *m, int64_t now)
{
    bool over = m->want != NULL && m->want->not_after != SCP_UTC_UNKNOWN && m->want->not_after + DAY <= now;

    return !m->found && !m->unreadable && !over;
}

bool scp_intermediates_succeeded(const struct scp_verdict *v)
{
    const struct scp_intermediates_target *t = v->t;

    for (size_t i = 0; i < t->n && t->kind == SCP_INTERMEDIATES_FAMILY && v->f->has_registry; i++) {
        if (is_missing(&t->v[i], v->now) && !scp_intermediates_distrusted(v, t->v[i].sha1))
            return true;
    }
    return false;
}

enum scp_state scp_intermediates_succession(const struct scp_verdict *v)
{
    if (scp_chain_policy_fetches(&v->f->chain) != SCP_YES || !scp_intermediates_succeeded(v))
        return SCP_CRITICAL;
    return last_list(&v->f->update, v->now) != SCP_UTC_UNKNOWN ? SCP_OK : SCP_WARNING;
}

/* What is to be fetched for a remedy that imports them all. */
static void fetch_members(const struct scp_verdict *v, size_t finding, bool only)
{
    for (size_t i = v->t->n; i-- > 0;) {
        if (is_missing(&v->t->v[i], v->now) && only)
            scp_remedy_import(v->r, finding, v->t->v[i].want);
        else if (is_missing(&v->t->v[i], v->now))
            scp_remedy_fetch(v->r, finding, v->t->v[i].want);
    }
}

/* Why it may be believed that the addresses answer, or why not. */
void scp_intermediates_by_aia(const struct scp_verdict *v, bool answered)
{
    int64_t last = last_list(&v->f->update, v->now);
    bool seen = answered && v->f->from_scp, fresh = last != SCP_UTC_UNKNOWN;
    const char *although = answered ? ", although they answered " : "", *vantage = answered ? v->f->from.text : "";
    char folders[FOLDERS_TEXT], evidence[FOLDERS_TEXT + 400], span[SCP_UTC_TEXT];
    size_t finding;

    (void)describe_folders(v->t->family, folders);
    if (seen)
        (void)snprintf(evidence, sizeof evidence, "(AIA allowed); %s answered on the server itself", folders);
    else if (fresh)
        (void)snprintf(evidence, sizeof evidence,
                       "(AIA allowed, lists fresh from Microsoft %s ago); that the server reaches %s is not shown by that%s%s",
                       scp_utc_span(v->now > last ? (double)(v->now - last) : 0, span), folders, although, vantage);
    else
        (void)snprintf(evidence, sizeof evidence,
                       "(AIA allowed), but no list came from Microsoft within %d days: that the server reaches %s is not known%s%s",
                       SCP_UPDATE_LATE_DAYS, folders, although, vantage);
    finding = scp_result_add(v->r, seen || fresh ? SCP_OK : SCP_WARNING, "intermediates.by-aia", v->t->id,
                             "%s: Windows fetches the intermediates that are in no store while it builds a chain %s", v->t->name,
                             evidence);
    fetch_members(v, finding, false);
    for (size_t i = v->t->family != NULL ? v->t->family->vias : 0; i-- > 0;) {
        size_t at = 0;

        if (scp_store_find(&v->f->ca, v->t->family->via[i].sha1, &at) == NULL)
            scp_remedy_fetch(v->r, finding, v->t->family->via[i].cert);
    }
}

/* --- Where they may not be fetched --- */

/* The members of a family that are in no store, by name. */
static size_t list_missing(const struct scp_intermediates_target *t, int64_t now, char names[LIST])
{
    size_t n = 0;

    names[0] = '\0';
    for (size_t i = 0; i < t->n; i++) {
        if (!is_missing(&t->v[i], now) || n++ >= NAMED_MAX)
            continue;
        (void)scp_say_more(names, LIST, "%s%.60s", n == 1 ? "" : ", ", t->v[i].name);
    }
    if (n > NAMED_MAX)
        (void)scp_say_more(names, LIST, ", %zu more", n - NAMED_MAX);
    return n;
}

void scp_intermediates_members_missing(const struct scp_verdict *v)
{
    enum scp_tri fetches = scp_chain_policy_fetches(&v->f->chain);
    const struct scp_intermediates_target *t = v->t;
    char names[LIST];
    size_t n, finding;

    if (!v->f->has_registry || t->kind != SCP_INTERMEDIATES_FAMILY || !v->required || fetches == SCP_YES)
        return;
    n = list_missing(t, v->now, names);
    if (n > 0 && fetches == SCP_MAYBE)
        scp_intermediates_policy_unknown(v);
    if (n == 0 || fetches == SCP_MAYBE)
        return;
    finding = scp_result_add(v->r, SCP_WARNING, "intermediates.members-missing", t->id,
                             "%zu of %zu issuing CAs of %s %s in no store, and Windows does not fetch them (%s): %s", n, t->n,
                             t->name, n == 1 ? "is" : "are", scp_chain_policy_forbids(&v->f->chain), names);
    scp_result_remedy(v->r, finding,
                      "import %s into LocalMachine\\CA (certutil -addstore CA FILE) or distribute %s by group policy",
                      n == 1 ? "it" : "each", n == 1 ? "it" : "them");
    fetch_members(v, finding, n == 1);
}

/* Something on this server holds against the member itself what no copy mends. */
static bool is_refused(const struct scp_verdict *v, const struct scp_intermediates_member *m, enum scp_path_fault *fault)
{
    struct scp_sight s;

    *fault = SCP_PATH_DISALLOWED;
    if (scp_intermediates_distrusted(v, m->sha1))
        return true;
    if (m->path == NULL || scp_intermediates_usable(m->path))
        return false;
    s = scp_intermediates_sight(m, SCP_WITH_STORES);
    if (s.p == NULL || s.p->at != 0)
        return false;
    *fault = s.p->fault;
    return s.p->fault == SCP_PATH_DISALLOWED || s.p->fault == SCP_PATH_DISABLED || s.p->fault == SCP_PATH_PURPOSE_DENIED ||
           s.p->fault == SCP_PATH_ISSUED_TOO_LATE;
}

void scp_intermediates_members_refused(const struct scp_verdict *v)
{
    const struct scp_intermediates_target *t = v->t;
    const struct scp_intermediates_member *first = NULL;
    enum scp_path_fault fault = SCP_PATH_DISALLOWED, why = SCP_PATH_DISALLOWED;
    char text[SCP_INTERMEDIATES_TEXT], more[40] = "", print[SCP_INTERMEDIATES_PRINT];
    size_t n = 0;

    for (size_t i = 0; i < t->n && t->kind == SCP_INTERMEDIATES_FAMILY && v->required && v->f->has_registry; i++) {
        if (!is_refused(v, &t->v[i], &why) || n++ > 0)
            continue;
        first = &t->v[i];
        fault = why;
    }
    if (first == NULL)
        return;
    if (n > 1)
        (void)scp_say(more, sizeof more, ", and %zu more of its issuing CAs,", n - 1);
    (void)scp_say(text, sizeof text, "%s: %s (%s)%s %s refused here, however %s: what the service has from there does not chain",
                  t->name, first->name, scp_num_to_hex(first->sha1, SCP_SHA1_LEN, print), more, n == 1 ? "is" : "are",
                  n == 1 ? "it comes" : "they come");
    scp_intermediates_remedy(v, scp_intermediates_say(v, SCP_WARNING, "intermediates.member-refused", text), fault, first->sha1);
}

void scp_intermediates_fetches(const struct scp_verdict *v)
{
    for (size_t i = 0; i < v->t->fetches; i++) {
        const struct scp_intermediates_fetch *x = &v->t->fetch[i];
        bool unable = x->outcome == SCP_HTTP_NOT_STARTED || x->outcome == SCP_HTTP_UNABLE;

        if (x->right)
            (void)scp_result_add(v->r, SCP_OK, "intermediates.fetched", v->t->id, "%s could be fetched from %s (%s)", x->wanted,
                                 x->url, v->f->from.text);
        else
            (void)scp_result_add(v->r, unable ? SCP_UNKNOWN : SCP_OK, "intermediates.fetch-failed", v->t->id, "%s: %s: %s: %s",
                                 x->wanted, x->url, x->outcome == SCP_HTTP_OK ? "wrong" : scp_http_outcome_name(x->outcome),
                                 x->message);
    }
}

void scp_intermediates_policy_unknown(const struct scp_verdict *v)
{
    bool aia = v->f->chain.disable_aia.wrong_type, wrong = aia || v->f->chain.options.wrong_type;

    scp_remedy_number(v->r,
                      scp_result_add(v->r, SCP_UNKNOWN, "intermediates.policy-unknown", v->t->id,
                                     "%s: whether Windows fetches missing certificates could not be told",
                                     !wrong ? "the source does not hold the chain engine's settings"
                                     : aia  ? "DisableAIAUrlRetrieval is not a REG_DWORD"
                                            : "Options of the chain engine is not a REG_DWORD"),
                      wrong);
}
