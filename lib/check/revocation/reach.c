/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/*
 * A host that reaches nothing sees every endpoint fail, and a portal or a proxy gives the same answer in every host's name.
 * Neither is a fact about the endpoints.  An object of the kind asked for - good, expired, revoked, forged - is an answer of its
 * own.
 */

enum { HOSTS_LEAST = 3 };

enum answer {
    NOT_ASKED,
    NO_ANSWER,
    ANY_ANSWER, /* one that a portal could give in everybody's name */
    REACHED,    /* kind http: a status that proves the host, unless all give the same */
    OBJECT
};

static enum answer answer_of(const struct scp_revocation_fact *f)
{
    const struct scp_judgement *j = &f->judgement;

    if (j->unknown)
        return f->status == 200 ? OBJECT : NOT_ASKED;
    if (j->reason == SCP_REASON_OK && f->endpoint->kind == SCP_ENDPOINT_HTTP)
        return REACHED;
    switch (scp_reason_class(j->reason)->proof) {
    case SCP_PROOF_OBJECT: return OBJECT;
    case SCP_PROOF_NONE: return NO_ANSWER;
    case SCP_PROOF_STATUS: break;
    }
    return f->status == 0 ? NO_ANSWER : ANY_ANSWER;
}

/* As one and the same portal, filter or proxy would answer: pages name the address that was asked for, so that they differ. */
static bool alike(const struct scp_revocation_fact *a, const struct scp_revocation_fact *b)
{
    if (a->status != b->status || strcmp(a->final_host, b->final_host) != 0)
        return false;
    if (a->status == 403 || a->status == 407 || a->final_host[0] != '\0')
        return true;
    if (a->page || b->page)
        return a->page && b->page;
    return a->head_n == b->head_n && memcmp(a->head, b->head, a->head_n) == 0;
}

/* The first answer that a portal could have given; NULL. */
static const struct scp_revocation_fact *any_answer(const struct scp_revocation_facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (answer_of(&f->v[i]) == ANY_ANSWER)
            return &f->v[i];
    }
    return NULL;
}

static bool counts_as_reached(const struct scp_revocation_fact *f, const struct scp_revocation_fact *portal)
{
    enum answer answer = answer_of(f);

    return answer == OBJECT || (answer == REACHED && (portal == NULL || !alike(f, portal)));
}

static bool same_host(const struct scp_revocation_fact *a, const struct scp_revocation_fact *b)
{
    const char *p = a->endpoint->host, *q = b->endpoint->host;
    size_t n = strlen(p), m = strlen(q);

    /* With the dot of the root it is the same name. */
    n -= n > 1 && p[n - 1] == '.';
    m -= m > 1 && q[m - 1] == '.';
    return scp_text_caseeq(p, n, q, m);
}

/* Counts each host once, at its first endpoint that was asked. */
static void count_hosts(const struct scp_revocation_facts *f, const struct scp_revocation_fact *portal,
                        struct scp_revocation_reach *out)
{
    for (size_t i = 0; i < f->n; i++) {
        bool first = answer_of(&f->v[i]) != NOT_ASKED, reached = false;

        for (size_t k = 0; k < f->n; k++) {
            first = first && (k >= i || answer_of(&f->v[k]) == NOT_ASKED || !same_host(&f->v[k], &f->v[i]));
            reached = reached || (same_host(&f->v[k], &f->v[i]) && counts_as_reached(&f->v[k], portal));
        }
        out->hosts += first;
        out->reached += first && reached;
    }
}

static bool all_alike(const struct scp_revocation_facts *f, const struct scp_revocation_fact *portal)
{
    for (size_t i = 0; i < f->n; i++) {
        if (answer_of(&f->v[i]) == ANY_ANSWER && !alike(&f->v[i], portal))
            return false;
    }
    return true;
}

static bool any_silent(const struct scp_revocation_facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (answer_of(&f->v[i]) == NO_ANSWER)
            return true;
    }
    return false;
}

/* --- Why --- */

static void describe(const struct scp_revocation_fact *f, bool mixed, char *out, size_t size)
{
    const struct scp_judgement *j = &f->judgement;

    if (f->final_host[0] != '\0')
        (void)snprintf(out, size, "redirected to %.200s", f->final_host);
    else if (answer_of(f) == ANY_ANSWER)
        (void)snprintf(out, size, "%s (%s, HTTP %d)", mixed ? "an answer" : "the same answer in every host's name",
                       f->page ? "a page for people" : "no object", f->status);
    else if (j->reason == SCP_REASON_DNS)
        (void)snprintf(out, size, "name not resolved");
    else if (j->reason == SCP_REASON_TIMEOUT)
        (void)snprintf(out, size, "no answer in time");
    else
        (void)snprintf(out, size, "%s", j->message);
}

/* The reason that most endpoints have, the first of those that are as common. */
static void find_reason(const struct scp_revocation_facts *f, bool mixed, char out[SCP_JUDGEMENT_MESSAGE])
{
    char mine[SCP_JUDGEMENT_MESSAGE], other[SCP_JUDGEMENT_MESSAGE];
    size_t most = 0;

    for (size_t i = 0; i < f->n; i++) {
        size_t n = 0;

        if (answer_of(&f->v[i]) == NOT_ASKED)
            continue;
        describe(&f->v[i], mixed, mine, sizeof mine);
        for (size_t k = 0; k < f->n; k++) {
            describe(&f->v[k], mixed, other, sizeof other);
            n += answer_of(&f->v[k]) != NOT_ASKED && strcmp(mine, other) == 0;
        }
        if (n > most)
            memcpy(out, mine, sizeof mine);
        most = n > most ? n : most;
    }
}

/* --- The whole --- */

void scp_revocation_reach(const struct scp_revocation_facts *f, struct scp_revocation_reach *out)
{
    const struct scp_revocation_fact *portal = any_answer(f);

    memset(out, 0, sizeof *out);
    if (!f->external)
        return;
    count_hosts(f, portal, out);
    out->server = scp_vantage_is_server(&f->vantage, out->reached > 0);
    out->none = out->hosts >= HOSTS_LEAST && out->reached == 0 && (portal == NULL || all_alike(f, portal));
    out->mixed = out->none && portal != NULL && any_silent(f);
    if (out->none)
        find_reason(f, out->mixed, out->reason);
}

bool scp_revocation_valid(const struct scp_revocation_facts *f)
{
    struct scp_revocation_reach reach;

    scp_revocation_reach(f, &reach);
    return reach.reached > 0;
}

bool scp_revocation_blind(const struct scp_revocation_facts *f)
{
    struct scp_revocation_reach reach;

    scp_revocation_reach(f, &reach);
    return reach.none && !reach.server;
}

/* --- The proxy's bypass list --- */

/* The proxy answered for the host: it refuses, wants a login, or shows a page. */
static bool is_refused(const struct scp_revocation_fact *f)
{
    switch (f->judgement.reason) {
    case SCP_REASON_PROXY: return f->status != 0;
    case SCP_REASON_PROXY_AUTH:
    case SCP_REASON_INTERCEPTED: return !f->judgement.unknown;
    default: return f->status == 403 || f->status == 407;
    }
}

static void add_host(struct scp_egress_host *host, size_t *n, const struct scp_revocation_fact *f, bool through)
{
    const char *name = f->endpoint->host;
    size_t i = 0;

    while (i < *n && !scp_text_caseeq(host[i].name, strlen(host[i].name), name, strlen(name)))
        i++;
    if (i == *n)
        host[(*n)++] = (struct scp_egress_host){ .name = name };
    host[i].refused = host[i].refused || (through && is_refused(f));
}

void scp_revocation_bypass(const struct scp_revocation_facts *facts, const struct scp_egress *egress, bool through,
                           struct scp_result *r)
{
    struct scp_egress_host host[SCP_REVOCATION_ENDPOINTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < facts->n; i++) {
        const struct scp_revocation_fact *f = &facts->v[i];

        if (f->endpoint->level != SCP_LEVEL_LEGACY)
            add_host(host, &n, f, through);
    }
    scp_egress_evaluate_bypass(egress, host, n, r);
}
