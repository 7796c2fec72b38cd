/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/internal.h"

#include "base/utc.h"

#include <math.h>
#include <string.h>

/* What came, as of now: pure. */

/* Other addresses under which the profile knows the same issuer's list. */
static size_t other_points(const struct scp_profile *p, const struct scp_profile_endpoint *e,
                           const char *points[SCP_REVOCATION_ENDPOINTS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; p != NULL && i < p->endpoints && n < SCP_REVOCATION_ENDPOINTS_MAX; i++) {
        const struct scp_profile_endpoint *other = &p->endpoint[i];

        if (other != e && other->kind == SCP_ENDPOINT_CRL && other->issuer == e->issuer)
            points[n++] = other->url;
    }
    return n;
}

static void judge_crl(const struct scp_profile *profile, const struct scp_revocation_run *run, struct scp_revocation_fact *f)
{
    const struct scp_revocation_target *t = f->target;
    const struct scp_profile_endpoint *e = t->endpoint;
    const char *points[SCP_REVOCATION_ENDPOINTS_MAX];
    const struct scp_crl_context context = {
        .now = run->now,
        .issuer = t->issuer,
        .issuers = t->issuers,
        .certificate = t->certificate,
        .serial_asked = e->serial != NULL,
        .url = t->is_file ? NULL : e->url,
        .points = points,
        .points_n = other_points(profile, e, points),
        .max_age = (int64_t)run->max_response_age,
        .lifetime = &t->lifetime,
    };

    (void)scp_crl_set_judge(&f->came->crls, &context, &f->judgement);
}

static void judge_ocsp(const struct scp_revocation_run *run, struct scp_revocation_fact *f)
{
    const struct scp_revocation_target *t = f->target;
    const struct scp_ocsp_context context = { .now = run->now,
                                              .max_age = (int64_t)run->max_response_age,
                                              .content_type = f->came->content_type,
                                              .issuer = t->issuer,
                                              .issuers = t->issuers,
                                              .lifetime = &t->lifetime };

    scp_ocsp_judge_read(&f->came->ocsp, &context, &f->judgement);
}

/* A gateway inside answers in a public host's name, and with something else: that is no fault of the host's. */
static void judge_gateway(struct scp_revocation_fact *f)
{
    struct scp_judgement *j = &f->judgement;
    char why[SCP_JUDGEMENT_MESSAGE];

    if (f->private_address[0] == '\0' || !f->from_public || j->unknown || !scp_reason_class(j->reason)->replies)
        return;
    memcpy(why, j->message, sizeof why);
    scp_judgement_fail(j, SCP_REASON_INTERCEPTED, "intercepted by the gateway %.80s (%s), which sends no such object: %.100s",
                       f->final_host, f->private_address, why);
}

static void judge(const struct scp_profile *profile, const struct scp_revocation_run *run, struct scp_revocation_fact *f)
{
    enum scp_endpoint_kind kind = f->endpoint->kind;

    if (f->came != NULL && kind == SCP_ENDPOINT_CRL)
        judge_crl(profile, run, f);
    else if (f->came != NULL && kind == SCP_ENDPOINT_OCSP)
        judge_ocsp(run, f);
    else if (f->came != NULL && kind == SCP_ENDPOINT_CTL)
        scp_revocation_judge_ctl(f->endpoint, f->came, run->now, &f->judgement);
    if (f->came != NULL && kind != SCP_ENDPOINT_CTL)
        scp_certificate_note(&f->target->subject, run->now, &f->judgement);
}

/* Is it judged by this machine's clock, and that is another than the hosts' own? */
static bool clock_is_off(const struct scp_revocation_run *run, const struct scp_revocation_facts *facts)
{
    return facts->clock_known && fabs(facts->clock_skew) > SCP_UTC_SKEW &&
           fabs((double)run->now - (double)run->began) <= SCP_UTC_SKEW;
}

/* Would it be good by the hosts' clock?  Then this machine's is what is wrong. */
static void judge_clock(const struct scp_profile *profile, const struct scp_revocation_run *run,
                        const struct scp_revocation_facts *facts, struct scp_revocation_fact *f)
{
    const struct scp_judgement ours = f->judgement;
    struct scp_revocation_run theirs = *run;

    if (ours.unknown || (ours.reason != SCP_REASON_EXPIRED && ours.reason != SCP_REASON_NOT_YET_VALID))
        return;
    theirs.now -= (int64_t)facts->clock_skew;
    judge(profile, &theirs, f);
    f->by_clock = scp_judgement_good(&f->judgement);
    f->judgement = ours;
}

void scp_revocation_weigh(const struct scp_revocation_plan *plan, const struct scp_revocation_run *run,
                          struct scp_revocation_facts *facts)
{
    bool off = clock_is_off(run, facts);

    for (size_t i = 0; i < facts->n; i++) {
        struct scp_revocation_fact *f = &facts->v[i];

        judge(plan->profile, run, f);
        if (off && f->came != NULL)
            judge_clock(plan->profile, run, facts, f);
        judge_gateway(f);
    }
}
