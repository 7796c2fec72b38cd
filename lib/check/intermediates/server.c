/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/verdict.h"

#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"
#include "check/documents.h"

#include <stdio.h>
#include <string.h>

/* What servers sent, and who made it. */

/* --- A chain of the server's own --- */

/* Is the CA that issued the certificate one that the profile names, by certificate or key? */
static bool is_known_issuer(const struct scp_profile *p, const struct scp_pool_cert *c, const struct scp_outline *o)
{
    for (size_t i = 0; i < p->cas; i++) {
        if (scp_profile_cert_has(&p->ca[i], c->sha1))
            return true;
    }
    for (size_t i = 0; i < p->issuers; i++) {
        if (o->spki.n == p->issuer[i].spki_der_len && memcmp(o->spki.p, p->issuer[i].spki_der, o->spki.n) == 0)
            return true;
    }
    return scp_profile_root_by_sha1(p, c->sha1) != NULL;
}

/* A new CA works before a profile knows it; of another host than the service's own, a root that is not the profile's tells more. */
static void judge_issuer(const struct scp_verdict *v, const struct scp_sight *s)
{
    const struct scp_profile *p = v->f->profile;
    char name[SCP_INTERMEDIATES_NAME], date[SCP_UTC_TEXT];
    size_t last = s->p->n - 1;

    if (v->f->service && v->t->server->service != NULL) {
        if (last > 0 && !is_known_issuer(p, scp_path_cert(s->a, s->p, 1), scp_path_outline(s->a, s->p, 1)))
            (void)scp_result_add(v->r, SCP_OK, "intermediates.new-issuer", v->t->id,
                                 "%s is issued by '%s', which profile %s of %s does not know; its chain builds", v->t->name,
                                 scp_intermediates_name(s, 1, name), p->name, scp_utc_format_date(p->as_of, date));
        return;
    }
    if (scp_profile_root_by_sha1(p, scp_path_cert(s->a, s->p, last)->sha1) == NULL)
        (void)scp_result_add(v->r, SCP_WARNING, "intermediates.foreign-root", v->t->id,
                             "%s chains to %s, which is no root of the profile: TLS inspection in between?", v->t->name,
                             scp_intermediates_name(s, last, name));
}

/* Its order; what the path needs beyond the stores, the server's to send every time, and what it leaves to the stores; and who
 * issued it: somebody in between may have made the server's certificate. */
void scp_intermediates_server(const struct scp_verdict *v, const struct scp_sight *s)
{
    const struct scp_intermediates_server *server = v->t->server;
    char name[SCP_INTERMEDIATES_NAME];

    if (server->ordered < server->chain.n)
        (void)scp_result_add(v->r, SCP_OK, "intermediates.server-order", server->host,
                             "%s sent %zu certificates, of which number %zu did not issue the one before it", server->host,
                             server->chain.sent, server->ordered + 1);
    if (!scp_intermediates_usable(s->a))
        return;
    for (size_t i = 1; i < s->p->n; i++) {
        uint32_t origin = scp_path_cert(s->a, s->p, i)->origin;

        if (origin == SCP_ORIGIN_SENT)
            (void)scp_result_add(v->r, SCP_OK, "intermediates.server-supplies", v->t->id, "%s is in no store; the server sends it",
                                 scp_intermediates_name(s, i, name));
        else if (i + 1 < s->p->n && (origin & SCP_ORIGIN_SENT) == 0)
            (void)scp_result_add(v->r, SCP_OK, "intermediates.server-omits", v->t->id,
                                 "%s does not send %s, which its chain needs; it is in %s", server->host,
                                 scp_intermediates_name(s, i, name), scp_intermediates_place(origin));
    }
    judge_issuer(v, s);
}

void scp_intermediates_not_connected(struct scp_verdict *v)
{
    const struct scp_intermediates_server *s = v->t->server;
    bool unable = s->outcome == SCP_HTTP_UNABLE || s->outcome == SCP_HTTP_NOT_STARTED;
    size_t finding;

    v->missing_known = false;
    finding = scp_result_add(v->r,
                             unable          ? SCP_UNKNOWN
                             : v->f->service ? SCP_WARNING
                                             : SCP_CRITICAL,
                             "intermediates.connect", v->t->id, "%s port %u: %s: %s", s->host, s->port,
                             scp_http_outcome_name(s->outcome), s->message);
    if (v->f->service && !unable) {
        scp_result_remedy(v->r, finding, "allow the name in firewall and proxy (TCP port 443), for the server's SYSTEM account");
        scp_result_reference(v->r, finding, SCP_DOC_ENDPOINTS);
    }
}

/* --- TLS inspection --- */

const struct scp_outline *scp_intermediates_top(const struct scp_intermediates_target *t)
{
    const struct scp_path_answer *a = t->v[0].path;
    const struct scp_path *p = scp_path_told(a);

    return scp_path_outline(a, p, p->n - 1);
}

static const struct scp_bytes *maker(const struct scp_intermediates_target *t)
{
    return &scp_intermediates_top(t)->issuer;
}

/* "microsoft.com" of "go.microsoft.com". */
static const char *domain_of(const char *host)
{
    const char *p = host + strlen(host);
    int dots = 0;

    while (p > host && (p[-1] != '.' || ++dots < 2))
        p--;
    return p;
}

/* Two hosts that have nothing in common but whose certificates have one maker, nobody of the service's: that is no CA of theirs. */
static bool is_certain(const struct scp_verdict *v)
{
    const char *mine = domain_of(v->t->server->host);

    for (size_t i = 0; i < v->f->n; i++) {
        const struct scp_intermediates_target *t = &v->f->v[i];
        const char *other = t->server != NULL && t->server->inspected ? domain_of(t->server->host) : mine;

        if (!scp_text_caseeq(other, strlen(other), mine, strlen(mine)) && scp_outline_same(maker(t), maker(v->t)))
            return true;
    }
    return false;
}

static void say_inspected_remedy(const struct scp_verdict *v, size_t finding)
{
    if (strncmp(v->t->server->host, "login.", 6) == 0)
        scp_result_remedy(v->r, finding,
                          "ask whether tenant restrictions are meant, which need inspection; otherwise exempt the host from TLS "
                          "inspection, with *.manage.microsoft.com and the hosts of CRLs and OCSP");
    else
        scp_result_remedy(
            v->r, finding,
            "exempt *.manage.microsoft.com and the other hosts of the service from TLS inspection, and leave the hosts "
            "of CRLs and OCSP alone; the inspection's certificates belong into no store for it");
}

/* What an inspection made says nothing of the service's chain, nor its life of the service's certificates.  What is inspected on
 * the way of another host than the server is that host's matter. */
static void say_inspected(struct scp_verdict *v)
{
    const struct scp_intermediates_server *server = v->t->server;
    const struct scp_sight s = scp_intermediates_sight(&v->t->v[0], SCP_WITH_STORES);
    bool trusted = scp_intermediates_usable(s.a), fits = !v->t->misnamed, elsewhere = v->f->service && !v->f->from_scp;
    enum scp_state state = elsewhere ? SCP_OK : trusted && fits ? SCP_WARNING : SCP_CRITICAL;
    char name[SCP_INTERMEDIATES_NAME];
    size_t finding;

    v->requireds++;
    v->missing_known = false;
    (void)scp_outline_short_name(maker(v->t), name, sizeof name);
    finding = scp_result_add(v->r, state, "intermediates.inspected", v->t->id,
                             "%s is %sinspected on the way%s: '%s' vouches for what came, %s; the stores %s%s", server->host,
                             is_certain(v) ? "" : "likely ", elsewhere ? " from here, which is not the server" : "", name,
                             server->namesake ? "which bears the name of an issuer of the service but has another key"
                                              : "not Microsoft and no issuer of the service",
                             trusted ? "trust it" : "do not trust it", fits ? "" : "; and it is for another host");
    if (!elsewhere)
        say_inspected_remedy(v, finding);
}

void scp_intermediates_inspected(struct scp_verdict *v)
{
    for (size_t i = 0; i < v->f->n; i++) {
        v->t = &v->f->v[i];
        if (v->t->server != NULL && v->t->server->inspected)
            say_inspected(v);
    }
}

bool scp_intermediates_valid(const struct scp_intermediates_facts *f)
{
    bool valid = false;

    for (size_t i = 0; i < f->n && !valid; i++) {
        const struct scp_intermediates_target *t = &f->v[i];

        valid = t->server != NULL && !t->server->inspected && scp_intermediates_usable(t->v[0].path);
        for (size_t k = 0; k < t->fetches; k++)
            valid = valid || t->fetch[k].right;
    }
    return valid;
}
