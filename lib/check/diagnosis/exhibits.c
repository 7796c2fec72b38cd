/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/session.h"

#include "base/num.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

enum { CHAINS_MAX = 12, NAME = 160 };

static const char *date(int64_t t, char out[SCP_UTC_TEXT])
{
    out[0] = '\0';
    if (t != SCP_UTC_UNKNOWN)
        scp_utc_format_date(t, out);
    return out;
}

/* --- Chains: the best path of each target, or the one that came nearest --- */

static void add_link(struct scp_exhibit *e, const struct scp_path_answer *a, const struct scp_path *p, size_t i)
{
    bool at_fault = p->fault != SCP_PATH_GOOD && p->at == i && p->fault != SCP_PATH_NO_ISSUER;
    const struct scp_outline *o = scp_path_outline(a, p, i);
    const struct scp_pool_cert *c = scp_path_cert(a, p, i);
    char name[NAME], until[SCP_UTC_TEXT], detail[NAME], hex[2 * SCP_SHA1_LEN + 1];
    const char *cell[SCP_CHAIN_COLUMNS];

    (void)snprintf(detail, sizeof detail, "until %s, SHA-1 %.16s…", date(o->not_after, until),
                   scp_num_to_hex(c->sha1, SCP_SHA1_LEN, hex));
    cell[SCP_CHAIN_NAME] = scp_outline_short_name(&o->subject, name, sizeof name);
    cell[SCP_CHAIN_DETAIL] = detail;
    cell[SCP_CHAIN_PLACE] = at_fault ? p->message : c == &a->self ? "" : scp_intermediates_place(c->origin);
    scp_exhibit_add(e, at_fault ? SCP_MARK_CRITICAL : SCP_MARK_OK, cell);
}

/* The box of what is not there. */
static void add_missing(struct scp_exhibit *e, const struct scp_path_answer *a, const struct scp_path *p)
{
    char name[NAME];
    const char *cell[SCP_CHAIN_COLUMNS] = { NULL, "missing", "in none of the stores" };

    cell[SCP_CHAIN_NAME] = scp_outline_short_name(&scp_path_outline(a, p, p->n - 1)->issuer, name, sizeof name);
    scp_exhibit_add(e, SCP_MARK_CRITICAL, cell);
}

static void add_path(const struct scp_intermediates_member *m, struct scp_result *r)
{
    const struct scp_path *p = scp_path_told(m->path);
    char title[2 * NAME];
    struct scp_exhibit *e;

    if (p->n == 0)
        return;
    (void)snprintf(title, sizeof title, "%s: %s", m->path->good > 0 ? "A chain that builds" : "A chain that does not build",
                   m->name);
    e = scp_exhibit_new(SCP_EXHIBIT_CHAIN, title, NULL, 0);
    for (size_t i = 0; i < p->n && e != NULL; i++)
        add_link(e, m->path, p, i);
    if (e != NULL && p->fault == SCP_PATH_NO_ISSUER)
        add_missing(e, m->path, p);
    scp_result_exhibit(r, e);
}

/* What is expected, where no member is in the stores: issuing CA, cross-certificates, root. */
static void add_expected(const struct scp_intermediates_target *t, struct scp_result *r)
{
    char title[2 * NAME];
    struct scp_exhibit *e;
    const char *cell[SCP_CHAIN_COLUMNS] = { "any of its issuing CAs", "", "missing" };

    if (t->family == NULL)
        return;
    (void)snprintf(title, sizeof title, "A chain that does not build: %s", t->name);
    e = scp_exhibit_new(SCP_EXHIBIT_CHAIN, title, NULL, 0);
    scp_exhibit_add(e, SCP_MARK_CRITICAL, cell);
    for (size_t i = 0; i < t->family->vias; i++) {
        const struct scp_profile_cert *c = t->family->via[i].cert;

        cell[SCP_CHAIN_NAME] = c != NULL && c->name != NULL ? c->name : "cross-certificate";
        cell[SCP_CHAIN_PLACE] = "expected in CA";
        scp_exhibit_add(e, SCP_MARK_UNKNOWN, cell);
    }
    cell[SCP_CHAIN_NAME] = t->family->anchor != NULL && t->family->anchor->name != NULL ? t->family->anchor->name : "root";
    cell[SCP_CHAIN_PLACE] = "expected in ROOT or AuthRoot";
    scp_exhibit_add(e, SCP_MARK_UNKNOWN, cell);
    scp_result_exhibit(r, e);
}

static void chains(const struct scp_intermediates_facts *f, struct scp_result *r)
{
    for (size_t i = 0, shown = 0; i < f->n && shown < CHAINS_MAX; i++) {
        const struct scp_intermediates_target *t = &f->v[i];
        const struct scp_intermediates_member *best = NULL;

        for (size_t k = 0; k < t->n; k++) {
            const struct scp_intermediates_member *m = &t->v[k];

            if (m->path != NULL && (best == NULL || (best->path->good == 0 && m->path->good > 0)))
                best = m;
        }
        if (best == NULL && t->level != SCP_LEVEL_REQUIRED)
            continue;
        if (best != NULL)
            add_path(best, r);
        else
            add_expected(t, r);
        shown++;
    }
}

/* --- Stores --- */

/* What a certificate of a store means for the profile, in front of its row. */
static enum scp_mark store_mark(const struct scp_diagnosis_session *s, const struct scp_store_cert *c)
{
    for (size_t i = 0; i < s->session.profile->roots; i++) {
        if (s->session.profile->root[i].has_sha1 && memcmp(s->session.profile->root[i].sha1, c->sha1, sizeof c->sha1) == 0)
            return SCP_MARK_OK;
    }
    for (size_t i = 0; i < s->session.profile->cas; i++) {
        if (s->session.profile->ca[i].has_sha1 && memcmp(s->session.profile->ca[i].sha1, c->sha1, sizeof c->sha1) == 0)
            return SCP_MARK_OK;
    }
    return SCP_MARK_NONE;
}

static void store_rows(const struct scp_diagnosis_session *s, const struct scp_store *store, bool wanted, struct scp_exhibit *e)
{
    char name[NAME], until[SCP_UTC_TEXT], hex[2 * SCP_SHA1_LEN + 1];

    for (size_t i = 0; i < store->certs; i++) {
        const struct scp_store_cert *c = &store->cert[i];
        enum scp_mark mark = store_mark(s, c);
        struct scp_outline o;
        const char *cell[4] = { scp_store_member_name(store->name, c->member), "(unreadable)", "", hex };

        if ((mark == SCP_MARK_OK) != wanted)
            continue;
        scp_num_to_hex(c->sha1, sizeof c->sha1, hex);
        if (scp_outline_read(c->der, c->der_len, &o)) {
            cell[1] = scp_outline_short_name(&o.subject, name, sizeof name);
            cell[2] = date(o.not_after, until);
        }
        if (store->name == SCP_STORE_DISALLOWED)
            mark = mark == SCP_MARK_OK ? SCP_MARK_CRITICAL : SCP_MARK_NONE;
        scp_exhibit_add(e, mark, cell);
    }
}

static void store_table(const struct scp_diagnosis_session *s, const char *title, const struct scp_store *store,
                        struct scp_result *r)
{
    static const char *const headings[] = { "Store", "Certificate", "Until", "SHA-1" };
    static const char *const empty[] = { "-", "none", "", "" };
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_TABLE, title, headings, 4);

    if (store->certs == 0)
        scp_exhibit_add(e, SCP_MARK_NONE, empty);
    store_rows(s, store, true, e); /* those that matter first */
    store_rows(s, store, false, e);
    scp_result_exhibit(r, e);
}

static const struct scp_result *part_of(const struct scp_result *r, enum scp_part part)
{
    for (size_t i = 0; i < r->parts; i++) {
        if (strcmp(r->part[i]->name, scp_part_name(part)) == 0)
            return r->part[i];
    }
    return r;
}

void scp_diagnosis_exhibits(const struct scp_diagnosis_session *s, struct scp_result *r)
{
    if (s->gathered[SCP_PART_INTERMEDIATES])
        chains(&s->intermediates.facts, r);
    if (s->gathered[SCP_PART_REVOCATION])
        scp_revocation_table(&s->revocation.facts, s->session.common.at, part_of(r, SCP_PART_REVOCATION), r);
    if (s->gathered[SCP_PART_ROOTS]) {
        store_table(s, "Trusted roots", &s->roots.facts.root, r);
        store_table(s, "Disallowed certificates", &s->roots.facts.disallowed, r);
    }
    if (s->gathered[SCP_PART_INTERMEDIATES])
        store_table(s, "Intermediate authorities", &s->intermediates.facts.ca, r);
}
