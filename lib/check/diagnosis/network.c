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
    /* A connection that comes about may be all that does. */
    { "revocation.timeout", "open TCP port @ from the server to ", "", "by host name, " WHO, "firewall", TEST_FETCH },
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

static const struct scp_plan_way NO_PROXY = {
    "revocation.proxy",
    "have the proxy answer requests to ",
    ", port @",
    WHO "; it does not answer itself: see that it runs, lets the server connect, and is the one that is meant "
        "(netsh winhttp show proxy)",
    "proxy",
    TEST_FETCH
};

static const struct scp_plan_way *way_of(const char *finding)
{
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        if (strcmp(WAYS[i].finding, finding) == 0)
            return &WAYS[i];
    }
    return NULL;
}

/* --- Which way --- */

/* Was it asked as SYSTEM asks it?  The user may have named its very proxy. */
static bool goes_so(const struct scp_plan *plan, const struct scp_revocation_facts *all, const struct scp_profile_endpoint *e)
{
    char proxy[SCP_PROXY_URL_MAX];
    const char *name;

    scp_plan_proxy(plan, e->url, proxy);
    name = strstr(proxy, "//");
    return name == NULL || !all->vantage.proxy_named || strcmp(name + 2, all->vantage.from.proxy) == 0;
}

static bool same_way(const struct scp_plan *plan, const struct scp_profile_endpoint *a, const struct scp_profile_endpoint *b)
{
    char one[SCP_PROXY_URL_MAX], other[SCP_PROXY_URL_MAX];

    scp_plan_proxy(plan, a->url, one);
    scp_plan_proxy(plan, b->url, other);
    return strcmp(one, other) == 0;
}

/* What a host that was asked otherwise gave says nothing of what is to be let through. */
static bool say_unasked(struct scp_plan *plan, const struct scp_profile_endpoint *e, enum scp_part cause)
{
    char proxy[SCP_PROXY_URL_MAX];

    scp_plan_proxy(plan, e->url, proxy);
    if (plan->why[cause][0] == '\0')
        (void)scp_say(plan->why[cause], SCP_PLAN_WHY,
                      "the server's SYSTEM account goes to %s by proxy %s, which was not asked: --proxy=registry asks as it does",
                      e->host, proxy);
    return true;
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

/* The step of that kind, port and proxy, or one behind the others; NULL: there is no room. */
static struct scp_plan_step *step_of(struct scp_plan *plan, const struct scp_plan_way *way, const struct scp_profile_endpoint *e,
                                     enum scp_part cause)
{
    for (size_t i = 0; i < plan->n; i++) {
        struct scp_plan_step *step = &plan->v[i];

        if (step->kind == SCP_PLAN_OPEN && strcmp(step->way->before, way->before) == 0 &&
            strcmp(step->way->after, way->after) == 0 && same_port(step->host[0]->url, e->url) && same_way(plan, step->host[0], e))
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
    struct scp_plan_step *step = step_of(plan, way, e, cause);

    if (step == NULL)
        return false;
    step->causes |= 1U << cause;
    if (way->test == TEST_FETCH) /* which shows the others', too */
        step->way = way;
    if (!has_host(step, e->host) && step->hosts < SCP_PLAN_HOSTS_MAX)
        step->host[step->hosts++] = e;
    return true;
}

static const struct scp_plan_way *way_of_fact(const struct scp_revocation_fact *f)
{
    /* What fails after a redirect is a matter of whoever redirects. */
    if (f->final_host[0] != '\0' || f->is_file)
        return NULL;
    return f->judgement.reason == SCP_REASON_PROXY && f->status == 0 ? &NO_PROXY
                                                                     : way_of(scp_reason_class(f->judgement.reason)->finding);
}

/* Every host that is demanded. */
static bool add_all(struct scp_plan *plan, const struct scp_revocation_facts *all, enum scp_part cause)
{
    bool done = false;

    for (size_t i = 0; i < all->n; i++) {
        const struct scp_plan_way *way = way_of_fact(&all->v[i]);
        const struct scp_profile_endpoint *e = all->v[i].endpoint;

        if (e->level != SCP_LEVEL_REQUIRED)
            continue;
        done =
            (goes_so(plan, all, e) ? add_host(plan, way != NULL ? way : &WAYS[0], e, cause) : say_unasked(plan, e, cause)) || done;
    }
    return done;
}

bool scp_plan_open(struct scp_plan *plan, const struct scp_revocation_facts *all, const struct scp_finding *f, enum scp_part cause)
{
    if ((f->evidence & SCP_SAYS_NO_WAY_OUT) != 0)
        return add_all(plan, all, cause);
    for (size_t i = 0; i < all->n; i++) {
        const struct scp_plan_way *way = way_of_fact(&all->v[i]);
        const struct scp_profile_endpoint *e = all->v[i].endpoint;

        if (strcmp(e->id, f->subject) != 0)
            continue;
        if (way == NULL || strcmp(way->finding, f->id) != 0)
            return false;
        return goes_so(plan, all, e) ? add_host(plan, way, e, cause) : say_unasked(plan, e, cause);
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
