/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Servers: --connect, or the hosts of the query. */

int scp_intermediates_add_sent(struct scp_intermediates_work *w, const struct scp_tls_chain *chain, struct scp_pool *pool,
                               struct scp_err *err)
{
    for (size_t i = 1; i < chain->n; i++) {
        if (scp_intermediates_add(w, pool, chain->v[i].der, chain->v[i].len, false, SCP_ORIGIN_SENT, err) != 0)
            return -1;
    }
    return 0;
}

static int search_sent(struct scp_intermediates_work *w, struct scp_intermediates_target *t, struct scp_err *err)
{
    struct scp_intermediates_server *s = t->server;
    struct scp_intermediates_member *m = &t->v[0];

    s->pool = scp_intermediates_pool(w, err);
    if (s->pool == NULL || scp_intermediates_add_sent(w, &s->chain, s->pool, err) != 0)
        return -1;
    if (scp_intermediates_member_is(m, s->chain.v[0].der, s->chain.v[0].len, err) != 0 ||
        scp_intermediates_judge_name(w->f, t, err) != 0)
        return -1;
    m->found = true;
    return m->unreadable ? 0 : scp_intermediates_search(w, s->pool, m, &m->path, err);
}

/* How many of the chain stand in order? */
static int judge_order(struct scp_intermediates_server *s, struct scp_err *err)
{
    const struct scp_tls_certificate *v = s->chain.v;
    int is_next = 1;

    for (s->ordered = 1; s->ordered < s->chain.n && is_next == 1; s->ordered += is_next == 1)
        is_next = scp_issuer_signed(v[s->ordered].der, v[s->ordered].len, v[s->ordered - 1].der, v[s->ordered - 1].len, err);
    return is_next < 0 ? -1 : 0;
}

static int gather_server(struct scp_intermediates_work *w, struct scp_intermediates_server *s, struct scp_err *err)
{
    struct scp_intermediates_target *t = scp_intermediates_new_target(w->f, SCP_INTERMEDIATES_SERVER, s->host, s->host, 1, err);

    if (t == NULL)
        return -1;
    t->server = s;
    if (s->outcome != SCP_HTTP_OK)
        return 0;
    if (judge_order(s, err) != 0 || search_sent(w, t, err) != 0)
        return -1;
    return scp_intermediates_inspect(w, s, t->v[0].path, err);
}

/* All are asked at once; the first proxy that was on the way is told. */
static int ask_servers(struct scp_intermediates_work *w, struct scp_err *err)
{
    struct scp_intermediates_facts *f = w->f;
    struct scp_tls_server *asked = calloc(f->servers > 0 ? f->servers : 1, sizeof *asked);
    int rc;

    if (asked == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < f->servers; i++)
        asked[i] = (struct scp_tls_server){ .host = f->server[i].host, .port = f->server[i].port };
    rc = scp_tls_chains_fetch(&w->q->network->options, asked, f->servers, w->q->seconds, w->q->deadline, err);
    scp_network_from_proxy("", &f->from);
    for (size_t i = 0; rc == 0 && i < f->servers; i++) {
        f->server[i].chain = asked[i].chain;
        f->server[i].outcome = asked[i].outcome;
        (void)snprintf(f->server[i].message, sizeof f->server[i].message, "%s", asked[i].message);
        if (f->from.proxy[0] == '\0')
            scp_network_from_proxy(asked[i].chain.proxy, &f->from);
    }
    free(asked);
    return rc;
}

/* What another run was sent, is judged again. */
static void take_sent(struct scp_intermediates_facts *f, const struct scp_intermediates_facts *from)
{
    for (size_t i = 0; i < f->servers && i < from->servers; i++) {
        f->server[i] = from->server[i];
        f->server[i].lent = true;
        f->server[i].pool = NULL;
        f->server[i].inspected = f->server[i].namesake = false;
    }
    f->from = from->from;
    f->from_scp = from->from_scp;
}

static int name_servers(struct scp_intermediates_work *w, struct scp_err *err)
{
    const struct scp_intermediates_query *q = w->q;
    struct scp_intermediates_facts *f = w->f;
    size_t n = q->hosts != NULL ? q->hosts_n : q->options->connect != NULL;

    f->server = calloc(n > 0 ? n : 1, sizeof *f->server);
    if (f->server == NULL)
        return scp_err_memory(err);
    f->servers = n;
    for (size_t i = 0; q->hosts != NULL && i < n; i++) {
        memcpy(f->server[i].host, q->hosts[i].name, sizeof f->server[i].host);
        f->server[i].port = q->hosts[i].port;
    }
    return q->hosts != NULL || n == 0 ? 0
                                      : scp_intermediates_host_parse(q->options->connect, f->server[0].host,
                                                                     sizeof f->server[0].host, &f->server[0].port, err);
}

int scp_intermediates_servers(struct scp_intermediates_work *w, struct scp_err *err)
{
    if (name_servers(w, err) != 0)
        return -1;
    if (w->q->sent != NULL)
        take_sent(w->f, w->q->sent);
    else if (w->f->servers > 0 && ask_servers(w, err) != 0)
        return -1;
    for (size_t i = 0; i < w->f->servers; i++) {
        if (gather_server(w, &w->f->server[i], err) != 0)
            return -1;
    }
    scp_intermediates_inspect_alike(w->f);
    return 0;
}
