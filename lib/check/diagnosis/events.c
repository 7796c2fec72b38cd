/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/events.h"

#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"

#include <stdlib.h>
#include <string.h>

/* --- Whose --- */

static bool is_program(const struct scp_capi2 *x, const char *name)
{
    return scp_text_caseeq(x->program, strlen(x->program), name, strlen(name));
}

static bool is_by_service(const struct scp_events *e, const struct scp_capi2 *x)
{
    return e->log.service != 0 && x->process == e->log.service && is_program(x, "svchost.exe") &&
           (strcmp(x->account, "S-1-5-18") == 0 || strcmp(x->account, "S-1-5-20") == 0);
}

static bool is_ours(const struct scp_events *e, const struct scp_capi2 *x)
{
    return (is_program(x, "smsexec.exe") && strcmp(x->account, "S-1-5-18") == 0) || is_by_service(e, x);
}

static bool is_new(const struct scp_events *e, const struct scp_capi2 *x)
{
    return e->changed != SCP_UTC_UNKNOWN && x->at > e->changed && x->at >= e->now - SCP_EVENTS_PERIOD &&
           x->at <= e->now + SCP_UTC_SKEW;
}

/* --- Which address --- */

/* "%20" as the character that it stands for, the query left away. */
static bool plain(const char *url, char out[SCP_CAPI2_URL])
{
    size_t n = 0;

    for (; *url != '\0' && *url != '?'; url++) {
        uint8_t byte = (uint8_t)*url;

        if (*url == '%' && scp_num_hex(url + 1, strnlen(url + 1, 2), &byte, 1, NULL) == 0)
            url += 2;
        if (n + 1 >= SCP_CAPI2_URL)
            return false;
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    return true;
}

static bool same_url(const char *a, const char *b, bool below)
{
    char x[SCP_CAPI2_URL], y[SCP_CAPI2_URL];
    size_t n, m;

    if (!plain(a, x) || !plain(b, y))
        return false;
    n = strlen(x);
    m = strlen(y);
    while (m > 0 && below && y[m - 1] == '/')
        m--;
    return scp_text_caseeq(x, n > m && below && x[m] == '/' ? m : n, y, m);
}

static bool is_host_of(const char *url, const char *host)
{
    const char *begin = strstr(url, "://");
    size_t n = strlen(host);

    begin = begin != NULL ? begin + 3 : url;
    return strlen(begin) >= n && scp_text_caseeq(begin, n, host, n) && strchr(":/", begin[n]) != NULL;
}

/* The address of one of the profile's certificates, on a host that intermediates come from. */
static bool is_issuers(const struct scp_profile *p, const struct scp_profile_endpoint *endpoint, const char *url)
{
    if (endpoint->kind != SCP_ENDPOINT_AIA || !is_host_of(url, endpoint->host))
        return false;
    for (size_t i = 0; i < p->cas; i++) {
        if (p->ca[i].url != NULL && p->ca[i].level != SCP_LEVEL_STALE && same_url(url, p->ca[i].url, false))
            return true;
    }
    return false;
}

static bool is_address(const struct scp_profile_endpoint *endpoint, const char *url)
{
    return endpoint->url != NULL && endpoint->kind != SCP_ENDPOINT_TLS &&
           same_url(url, endpoint->url, endpoint->kind == SCP_ENDPOINT_OCSP);
}

/* The endpoint with that address, else the first with its host; their number: none. */
static size_t endpoint_of(const struct scp_profile *p, const char *url)
{
    for (size_t i = 0; i < p->endpoints; i++) {
        if (is_address(&p->endpoint[i], url))
            return i;
    }
    for (size_t i = 0; i < p->endpoints; i++) {
        if (is_issuers(p, &p->endpoint[i], url))
            return i;
    }
    return p->endpoints;
}

static bool note_fetch(struct scp_events *e, const struct scp_capi2 *x)
{
    size_t i = endpoint_of(e->profile, x->url), seen;

    if (i == e->profile->endpoints)
        return false;
    seen = ++e->fetch[i].seen;
    if (e->fetch[i].at == SCP_UTC_UNKNOWN || x->at > e->fetch[i].at)
        e->fetch[i] = (struct scp_events_fetch){ x->at, x->result, is_by_service(e, x), seen };
    return true;
}

/* --- Which chain --- */

static bool is_ref(const struct scp_profile_ref *ref, size_t n, const uint8_t sha1[20])
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(ref[i].sha1, sha1, 20) == 0)
            return true;
    }
    return false;
}

/* Is it a CA of a family that counts, or (root) its root? */
static bool is_of_families(const struct scp_profile *p, const struct scp_capi2_certificate *c, bool root)
{
    for (size_t i = 0; i < p->families && c->known; i++) {
        const struct scp_profile_family *f = &p->family[i];

        if (f->level > SCP_LEVEL_RECOMMENDED)
            continue;
        if (root ? f->anchor != NULL && scp_profile_cert_has(f->anchor, c->sha1)
                 : is_ref(f->any_of, f->any_ofs, c->sha1) || is_ref(f->via, f->vias, c->sha1))
            return true;
    }
    return false;
}

static const struct scp_profile_cert *known_ca(const struct scp_profile *p, const struct scp_capi2_certificate *c)
{
    for (size_t i = 0; i < p->cas && c->known; i++) {
        if (scp_profile_cert_has(&p->ca[i], c->sha1))
            return &p->ca[i];
    }
    return c->known ? scp_profile_root_by_sha1(p, c->sha1) : NULL;
}

/* "sccm.manage.microsoft.com", or "*.manage.microsoft.com", which is for it. */
static const struct scp_profile_endpoint *service_of(const struct scp_profile *p, const char *name)
{
    for (size_t i = 0; i < p->endpoints; i++) {
        const struct scp_profile_endpoint *endpoint = &p->endpoint[i];
        const char *rest = endpoint->kind == SCP_ENDPOINT_TLS ? endpoint->host : "";

        if (strncmp(name, "*.", 2) == 0 && strchr(rest, '.') != NULL)
            rest = strchr(rest, '.');
        if (rest[0] != '\0' && scp_text_caseeq(name + (rest[0] == '.'), strlen(name) - (rest[0] == '.'), rest, strlen(rest)))
            return endpoint;
    }
    return NULL;
}

static bool has_one(const struct scp_profile *p, const struct scp_capi2 *x, bool root)
{
    bool has = is_of_families(p, &x->subject, root) || is_of_families(p, &x->issuer, root);

    for (size_t i = 0; i < x->n && !has; i++)
        has = is_of_families(p, &x->chain[i], root);
    return has;
}

/* Its room, new where there is none; NULL: there is no more. */
static struct scp_events_chain *room_for(struct scp_events *e, const struct scp_capi2 *x)
{
    for (size_t i = 0; i < e->chains; i++) {
        struct scp_events_chain *c = &e->chain[i];

        if (c->kind == x->kind && memcmp(c->subject.sha1, x->subject.sha1, sizeof c->subject.sha1) == 0)
            return c;
    }
    if (e->chains == SCP_EVENTS_CHAINS_MAX)
        return NULL;
    e->chain[e->chains] = (struct scp_events_chain){ .at = SCP_UTC_UNKNOWN };
    return &e->chain[e->chains++];
}

static void note_chain(struct scp_events *e, const struct scp_capi2 *x)
{
    struct scp_events_chain *c = room_for(e, x);
    size_t seen;

    if (c == NULL) {
        e->log.bounded = true;
        return;
    }
    seen = ++c->seen;
    if (c->at != SCP_UTC_UNKNOWN && x->at <= c->at)
        return;
    *c = (struct scp_events_chain){ .kind = x->kind,
                                    .at = x->at,
                                    .result = x->result,
                                    .by_service = is_by_service(e, x),
                                    .seen = seen,
                                    .subject = x->subject,
                                    .issuer = x->kind == SCP_CAPI2_CHAIN && x->n > 1 ? x->chain[1] : x->issuer,
                                    .service = service_of(e->profile, x->subject.subject) };
    c->of_profile = c->service != NULL || has_one(e->profile, x, false);
    c->rooted = has_one(e->profile, x, true);
    c->is_ca = known_ca(e->profile, &c->subject) != NULL;
    c->known = known_ca(e->profile, &c->issuer);
}

/* --- One event --- */

int scp_events_note(struct scp_events *e, const char *xml, size_t n, struct scp_err *err)
{
    struct scp_capi2 x;
    struct scp_err why = SCP_ERR_INIT;
    bool chain;

    if (scp_capi2_parse(xml, n, &x, &why) != 0) {
        e->passed[SCP_EVENTS_MALFORMED]++;
        return why.code == SCP_ERR_MEMORY ? scp_err_memory(err) : 0;
    }
    chain = x.kind != SCP_CAPI2_RETRIEVAL && x.subject.known && x.has_result;
    if (!is_ours(e, &x))
        e->passed[SCP_EVENTS_OF_OTHERS]++;
    else if (!is_new(e, &x))
        e->passed[SCP_EVENTS_OLD]++;
    else if (chain)
        note_chain(e, &x);
    else if (x.kind != SCP_CAPI2_RETRIEVAL || !x.has_result || !note_fetch(e, &x))
        e->passed[SCP_EVENTS_FOREIGN]++;
    return 0;
}

/* --- The log --- */

int scp_events_begin(struct scp_events *e, const struct scp_profile *profile, int64_t now, int64_t changed, struct scp_err *err)
{
    *e = (struct scp_events){ .asked = true, .profile = profile, .now = now, .changed = changed };
    e->fetch = calloc(profile->endpoints + 1, sizeof *e->fetch);
    e->chain = calloc(SCP_EVENTS_CHAINS_MAX, sizeof *e->chain);
    for (size_t i = 0; i < profile->endpoints && e->fetch != NULL; i++)
        e->fetch[i].at = SCP_UTC_UNKNOWN;
    return e->fetch != NULL && e->chain != NULL ? 0 : scp_err_memory(err);
}

static int on_event(void *ctx, const char *xml, size_t n, struct scp_err *err)
{
    return scp_events_note(ctx, xml, n, err);
}

int scp_events_gather(struct scp_session *s, struct scp_events *out, struct scp_err *err)
{
    static const unsigned IDS[] = { SCP_CAPI2_CHAIN, SCP_CAPI2_POLICY, SCP_CAPI2_REVOCATION, SCP_CAPI2_RETRIEVAL };
    const struct scp_events_query q = { .channel = SCP_CAPI2_CHANNEL,
                                        .id = IDS,
                                        .ids = sizeof IDS / sizeof IDS[0],
                                        .seconds = SCP_EVENTS_PERIOD,
                                        .service = "CryptSvc" };
    const struct scp_events_sink sink = { out, on_event };
    const struct scp_registry_source *source;

    *out = (struct scp_events){ .asked = false };
    /* Of what a change would make of the stores nothing was noted. */
    if (s->registry == NULL || s->common.with != NULL || scp_registry_sources(s->registry) != 1)
        return 0;
    source = scp_registry_source(s->registry, 0);
    if (source->kind != SCP_REGISTRY_LOCAL)
        return 0;
    if (scp_events_begin(out, s->profile, s->common.at, source->changed, err) != 0)
        return -1;
    return scp_events_read(&q, &s->deadline, &sink, &out->log, err);
}

void scp_events_free(struct scp_events *e)
{
    free(e->fetch);
    free(e->chain);
    e->fetch = NULL;
    e->chain = NULL;
    e->chains = 0;
}

/* --- What it proves --- */

enum scp_tri scp_events_fetched(const struct scp_events *e, const struct scp_profile_endpoint *endpoint)
{
    for (size_t i = 0; e->fetch != NULL && i < e->profile->endpoints; i++) {
        if (strcmp(e->profile->endpoint[i].id, endpoint->id) == 0)
            return e->fetch[i].at == SCP_UTC_UNKNOWN ? SCP_MAYBE : e->fetch[i].result == 0 ? SCP_YES : SCP_NO;
    }
    return SCP_MAYBE;
}

bool scp_events_is_of_profile(const struct scp_events *e, const struct scp_events_chain *c)
{
    bool of_profile = c->of_profile;

    for (size_t i = 0; i < e->chains && c->kind == SCP_CAPI2_POLICY && !of_profile; i++)
        of_profile = e->chain[i].of_profile && memcmp(e->chain[i].subject.sha1, c->subject.sha1, sizeof c->subject.sha1) == 0;
    return of_profile;
}

size_t scp_events_counted(const struct scp_events *e)
{
    size_t n = 0;

    for (size_t i = 0; i < e->profile->endpoints; i++)
        n += e->fetch[i].seen;
    for (size_t i = 0; i < e->chains; i++)
        n += scp_events_is_of_profile(e, &e->chain[i]) ? e->chain[i].seen : 0;
    return n;
}

bool scp_events_tells_issuer(const struct scp_events_chain *c)
{
    return c->kind == SCP_CAPI2_CHAIN && !c->by_service && !c->is_ca && c->issuer.known && (c->of_profile || c->rooted);
}

bool scp_events_name_issuer(const struct scp_events *e)
{
    for (size_t i = 0; i < e->chains; i++) {
        if (scp_events_tells_issuer(&e->chain[i]) && e->chain[i].of_profile)
            return true;
    }
    return false;
}

/* Of a chain that Windows did not build, only where it is the service's by its name: smsexec.exe speaks with others, too. */
void scp_events_raise(const struct scp_events *e, struct scp_profile *profile)
{
    for (size_t i = 0; i < e->chains; i++) {
        const struct scp_events_chain *c = &e->chain[i];
        bool needed = scp_events_tells_issuer(c) && (c->result == 0 || c->service != NULL);

        for (size_t k = 0; k < profile->families && needed; k++) {
            struct scp_profile_family *f = &profile->family[k];

            if (f->level == SCP_LEVEL_RECOMMENDED && is_ref(f->any_of, f->any_ofs, c->issuer.sha1))
                f->level = SCP_LEVEL_REQUIRED;
        }
    }
}
