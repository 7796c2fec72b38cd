/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/num.h"
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
    size_t used = 0;

    for (size_t i = 0; i < family->any_ofs; i++)
        add_folder(&f, family->any_of[i].cert != NULL ? family->any_of[i].cert->url : NULL);
    for (size_t i = 0; i < family->vias; i++)
        add_folder(&f, family->via[i].cert != NULL ? family->via[i].cert->url : NULL);
    (void)snprintf(out, FOLDERS_TEXT, "the addresses in the certificates");
    for (size_t i = 0; i < f.n; i++)
        used += (size_t)snprintf(out + used, FOLDERS_TEXT - used, "%s%s", i == 0 ? "" : i + 1 == f.n ? " and " : ", ", f.v[i]);
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

        if (at != SCP_UTC_UNKNOWN && at <= now + DAY && now - at <= (int64_t)SCP_ON_DEMAND_LATE_DAYS * DAY &&
            (last == SCP_UTC_UNKNOWN || at > last))
            last = at;
    }
    return last;
}

/* Why it may be believed that the addresses answer, or why not. */
static void describe_evidence(const struct scp_intermediates_context *c, int64_t last, bool answered, const char *folders,
                              char *out, size_t size)
{
    char span[SCP_UTC_TEXT];

    scp_utc_span(last != SCP_UTC_UNKNOWN && c->now > last ? (double)(c->now - last) : 0, span);
    if (answered && c->f->from_scp)
        (void)snprintf(out, size, "(AIA allowed); %s answered on the server itself", folders);
    else if (last != SCP_UTC_UNKNOWN)
        (void)snprintf(out, size,
                       "(AIA allowed, lists fresh from Microsoft %s ago); that the server reaches %s is not shown by that%s%s",
                       span, folders, answered ? ", although they answered " : "", answered ? c->f->vantage : "");
    else
        (void)snprintf(
            out, size, "(AIA allowed), but no list came from Microsoft within %d days: that the server reaches %s is not known%s%s",
            SCP_ON_DEMAND_LATE_DAYS, folders, answered ? ", although they answered " : "", answered ? c->f->vantage : "");
}

void scp_intermediates_by_aia(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t, bool answered)
{
    int64_t last = last_list(&c->f->update, c->now);
    bool known = last != SCP_UTC_UNKNOWN || (answered && c->f->from_scp);
    char folders[FOLDERS_TEXT], evidence[FOLDERS_TEXT + 400];

    describe_evidence(c, last, answered, describe_folders(t->family, folders), evidence, sizeof evidence);
    (void)scp_result_add(c->r, known ? SCP_OK : SCP_WARNING, "intermediates.by-aia", t->id,
                         "%s: Windows fetches the intermediates that are in no store while it builds a chain %s", t->name,
                         evidence);
}

/* --- Where they may not be fetched --- */

static bool is_missing(const struct scp_intermediates_member *m, int64_t now)
{
    bool over = m->want != NULL && m->want->not_after != SCP_UTC_UNKNOWN && m->want->not_after + DAY <= now;

    return !m->found && !m->unreadable && !over;
}

/* The members of a family that are in no store, by name and by thumbprint. */
static size_t list_missing(const struct scp_intermediates_target *t, int64_t now, char names[LIST], char prints[LIST])
{
    size_t n = 0, used = 0, printed = 0;

    for (size_t i = 0; i < t->n; i++) {
        char print[2 * SCP_SHA1_LEN + 1];

        if (!is_missing(&t->v[i], now) || n++ >= NAMED_MAX)
            continue;
        scp_num_to_hex(t->v[i].sha1, SCP_SHA1_LEN, print);
        used += (size_t)snprintf(names + used, LIST - used, "%s%.60s", used == 0 ? "" : ", ", t->v[i].name);
        printed += (size_t)snprintf(prints + printed, LIST - printed, "%s%s", printed == 0 ? "" : ", ", print);
    }
    if (n > NAMED_MAX)
        (void)snprintf(names + used, LIST - used, ", %zu more", n - NAMED_MAX);
    return n;
}

void scp_intermediates_members_missing(const struct scp_intermediates_context *c, const struct scp_intermediates_target *t)
{
    enum scp_tri fetches = scp_chain_policy_fetches(&c->f->chain);
    char names[LIST], prints[LIST];
    size_t n, finding;

    if (!c->f->has_registry || t->kind != SCP_INTERMEDIATES_FAMILY || t->level != SCP_LEVEL_REQUIRED || fetches == SCP_YES)
        return;
    n = list_missing(t, c->now, names, prints);
    if (n > 0 && fetches == SCP_MAYBE)
        scp_intermediates_policy_unknown(c, t);
    if (n == 0 || fetches == SCP_MAYBE)
        return;
    finding = scp_result_add(c->r, SCP_WARNING, "intermediates.members-missing", t->id,
                             "%zu of %zu issuing CAs of %s %s in no store, and Windows does not fetch them (%s): %s", n, t->n,
                             t->name, n == 1 ? "is" : "are", scp_chain_policy_forbids(&c->f->chain), names);
    if (finding != (size_t)-1)
        scp_result_remedy(c->r, finding,
                          "import %s into LocalMachine\\CA (certutil -addstore CA FILE) or distribute %s by group policy", prints,
                          n == 1 ? "it" : "them");
}
