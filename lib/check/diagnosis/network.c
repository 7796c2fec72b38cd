/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/plan.h"
#include "check/diagnosis/session.h"

#include "base/say.h"
#include "check/remedy.h"

#include <stdio.h>
#include <string.h>

/*
 * Steps about hosts: one for each kind of fault and each port.  Whom to ask, what is to be let through and for which accounts, and
 * how to see on the server that it is.
 */

#define WHO "for its " SCP_REMEDY_ACCOUNTS

enum { HOST = 256 };
enum test { TEST_CONNECT, TEST_RESOLVE, TEST_FETCH };

/* The finding's id, the step's words before and behind the hosts (@ is the port), what is to be seen to, and where. */
struct scp_plan_way {
    const char *finding, *before, *after, *how, *where;
    enum test test;
};

static const struct scp_plan_way WAYS[] = {
    { "revocation.connect", "open TCP port @ from the server to ", "", "by host name, " WHO, "firewall", TEST_CONNECT },
    { "revocation.timeout", "open TCP port @ from the server to ", "", "by host name, " WHO, "firewall", TEST_CONNECT },
    { "revocation.dns", "let the server's DNS resolve ", "",
      "or give its SYSTEM account a proxy that does (netsh winhttp set proxy)", "DNS", TEST_RESOLVE },
    { "revocation.proxy", "let the proxy pass requests to ", ", port @",
      WHO "; that it is the proxy that is meant, and answers: netsh winhttp show proxy", "proxy", TEST_FETCH },
    { "revocation.proxy-auth", "except ", " from the proxy's login, port @",
      WHO ": Windows sends none when it asks for lists and certificates", "proxy", TEST_FETCH },
    { "revocation.tls", "except ", " from TLS inspection, portals and block pages, port @", WHO, "firewall and proxy", TEST_FETCH },
    { "revocation.intercepted", "except ", " from TLS inspection, portals and block pages, port @", WHO, "firewall and proxy",
      TEST_FETCH },
    { "revocation.http", "let GET and POST requests to ", " pass, port @",
      WHO "; a filter or a proxy in between refuses them, or the host itself", "firewall and proxy", TEST_FETCH },
};

static const struct scp_plan_way *way_of(const char *finding)
{
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        if (strcmp(WAYS[i].finding, finding) == 0)
            return &WAYS[i];
    }
    return NULL;
}

/* --- Which hosts --- */

static bool same_port(const char *url, const char *other)
{
    const char *a, *b;
    size_t n = scp_revocation_port(url, &a), m = scp_revocation_port(other, &b);

    return n == m && memcmp(a, b, n) == 0;
}

static bool has_host(const struct scp_plan_step *step, const char *host)
{
    for (size_t i = 0; i < step->hosts; i++) {
        if (strcmp(step->host[i]->host, host) == 0)
            return true;
    }
    return false;
}

/* The step of that kind and port, or one behind the others; NULL: there is no room. */
static struct scp_plan_step *step_of(struct scp_plan *plan, const struct scp_plan_way *way, const char *url, enum scp_part cause)
{
    for (size_t i = 0; i < plan->n; i++) {
        struct scp_plan_step *step = &plan->v[i];

        if (step->kind == SCP_PLAN_OPEN && strcmp(step->way->before, way->before) == 0 &&
            strcmp(step->way->after, way->after) == 0 && same_port(step->host[0]->url, url))
            return step;
    }
    if (plan->n >= SCP_PLAN_STEPS_MAX)
        return NULL;
    plan->v[plan->n] = (struct scp_plan_step){ .kind = SCP_PLAN_OPEN, .class = 3, .mends = cause, .way = way };
    return &plan->v[plan->n++];
}

static bool add_host(struct scp_plan *plan, const struct scp_plan_way *way, const struct scp_profile_endpoint *e,
                     enum scp_part cause)
{
    struct scp_plan_step *step = step_of(plan, way, e->url, cause);

    if (step == NULL)
        return false;
    step->causes |= 1U << cause;
    if (!has_host(step, e->host) && step->hosts < SCP_PLAN_HOSTS_MAX)
        step->host[step->hosts++] = e;
    return true;
}

static const struct scp_plan_way *way_of_fact(const struct scp_revocation_fact *f)
{
    /* What fails after a redirect is a matter of whoever redirects. */
    return f->final_host[0] == '\0' && !f->is_file ? way_of(scp_reason_class(f->judgement.reason)->finding) : NULL;
}

/* Every host that is demanded, and one kind where that is the same of all. */
static bool add_all(struct scp_plan *plan, const struct scp_revocation_facts *all, enum scp_part cause)
{
    const struct scp_plan_way *way = NULL;
    bool added = false;

    for (size_t i = 0; i < all->n; i++) {
        const struct scp_plan_way *own = way_of_fact(&all->v[i]);

        way = i == 0 || way == own ? own : &WAYS[0];
    }
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].endpoint->level == SCP_LEVEL_REQUIRED)
            added = add_host(plan, way != NULL ? way : &WAYS[0], all->v[i].endpoint, cause) || added;
    }
    return added;
}

bool scp_plan_open(struct scp_plan *plan, const struct scp_revocation_facts *all, const struct scp_finding *f, enum scp_part cause)
{
    if ((f->evidence & SCP_SAYS_NO_WAY_OUT) != 0)
        return add_all(plan, all, cause);
    for (size_t i = 0; i < all->n; i++) {
        const struct scp_plan_way *way = way_of_fact(&all->v[i]);

        if (strcmp(all->v[i].endpoint->id, f->subject) == 0)
            return way != NULL && strcmp(way->finding, f->id) == 0 && add_host(plan, way, all->v[i].endpoint, cause);
    }
    return false;
}

/* --- In words --- */

static void add_words(const struct scp_plan_step *step, const char *words, char out[SCP_PLAN_TEXT])
{
    const char *at = strchr(words, '@'), *port;
    size_t n = scp_revocation_port(step->host[0]->url, &port);

    if (at == NULL)
        (void)scp_say_more(out, SCP_PLAN_TEXT, SCP_OURS, words);
    else
        (void)scp_say_more(out, SCP_PLAN_TEXT, "%.*s%.*s%s", (int)(at - words), words, (int)n, port, at + 1);
}

void scp_plan_hosts_what(const struct scp_plan_step *step, size_t most, char out[SCP_PLAN_TEXT])
{
    out[0] = '\0';
    add_words(step, step->way->before, out);
    if (step->hosts > 1)
        (void)scp_say_more(out, SCP_PLAN_TEXT, "%zu hosts%s", step->hosts, step->hosts <= most ? ": " : "");
    for (size_t i = 0; i < step->hosts && step->hosts <= most; i++)
        (void)scp_say_more(out, SCP_PLAN_TEXT, "%s%s", i > 0 ? ", " : "", step->host[i]->host);
    add_words(step, step->way->after, out);
}

void scp_plan_proxy(const struct scp_plan *plan, const char *url, char out[SCP_PROXY_URL_MAX])
{
    const char *slashes = strstr(url, "//"), *begin = slashes != NULL ? slashes + 2 : url;
    char host[HOST];

    (void)snprintf(host, sizeof host, "%.*s", (int)strcspn(begin, ":/?#"), begin);
    out[0] = '\0';
    if (plan->proxy.kind == SCP_PROXY_NAMED && !scp_proxy_bypasses(&plan->proxy, host) &&
        !scp_proxy_url(&plan->proxy, strncmp(url, "https:", 6) == 0 ? "https" : "http", out, SCP_PROXY_URL_MAX))
        out[0] = '\0';
}

void scp_plan_hosts_where(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char proxy[SCP_PROXY_URL_MAX];

    scp_plan_proxy(plan, step->host[0]->url, proxy);
    (void)scp_say(out, SCP_PLAN_TEXT, "%s%s%s", step->way->where, proxy[0] != '\0' ? "; SYSTEM goes by " : "", proxy);
    if (plan->proxy.kind == SCP_PROXY_SCRIPT)
        (void)scp_say_more(out, SCP_PLAN_TEXT, "; SYSTEM's proxy is found by a script or by detection");
    else if (plan->proxy.kind != SCP_PROXY_UNKNOWN && proxy[0] == '\0')
        (void)scp_say_more(out, SCP_PLAN_TEXT, "; SYSTEM goes without a proxy");
}

void scp_plan_hosts_how(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT])
{
    char where[SCP_PLAN_TEXT];

    scp_plan_hosts_where(plan, step, where);
    (void)scp_say(out, SCP_PLAN_TEXT, SCP_OURS " (" SCP_SAID ")", step->way->how, where);
}

/* A test goes SYSTEM's way: past a proxy, a connection proves nothing. */
void scp_plan_hosts_command(const struct scp_plan *plan, const struct scp_plan_step *step, size_t i, char *out, size_t size)
{
    const struct scp_profile_endpoint *e = step->host[i];
    char proxy[SCP_PROXY_URL_MAX];
    const char *port;
    size_t n = scp_revocation_port(e->url, &port);

    scp_plan_proxy(plan, e->url, proxy);
    if (proxy[0] != '\0')
        (void)scp_say(out, size, "curl.exe -v -x %s %s", proxy, e->url);
    else if (step->way->test == TEST_FETCH)
        (void)scp_say(out, size, "curl.exe -v %s", e->url);
    else if (step->way->test == TEST_RESOLVE)
        (void)scp_say(out, size, "Resolve-DnsName %s", e->host);
    else
        (void)scp_say(out, size, "Test-NetConnection %s -Port %.*s", e->host, (int)n, port);
}
