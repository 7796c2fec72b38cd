/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/issuer.h"

#include <string.h>

enum { DAY = 86400, YEAR = 366 * DAY };

static void take(const struct scp_issuer_verdict *v, struct scp_judgement *j)
{
    if (v->fault == SCP_ISSUER_KEY_KIND)
        scp_judgement_unknown(j, SCP_REASON_ISSUER, "%s", v->message);
    else if (v->fault != SCP_ISSUER_MAY)
        scp_judgement_fail(j, SCP_REASON_ISSUER, "%s", v->message);
    else if (v->legacy[0] != '\0')
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_LEGACY, "%s", v->legacy);
    if (v->fault == SCP_ISSUER_MAY && v->weak[0] != '\0')
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_WEAK, "%s", v->weak);
}

bool scp_issuer_judge_into(const struct scp_issuer *issuer, size_t n, size_t which, const struct scp_issuer_question *q,
                           struct scp_judgement *j)
{
    const struct scp_issuer *alike[SCP_ISSUERS_MAX];
    struct scp_err err = SCP_ERR_INIT;
    struct scp_issuer_verdict v;
    size_t count = 0;

    for (size_t i = 0; i < n && count < SCP_ISSUERS_MAX; i++) {
        if (i == which || scp_issuer_same(&issuer[i], &issuer[which]))
            alike[count++] = &issuer[i];
    }
    if (scp_issuer_judge(alike, count, q, &v, &err) != 0) {
        scp_judgement_err(j, &err);
        return false;
    }
    take(&v, j);
    return v.fault == SCP_ISSUER_MAY;
}

/* --- How long it is to last --- */

static void note_own(struct scp_judgement *j, int64_t life, const char *length, const char *at)
{
    if (strncmp(at, "9999-", 5) == 0)
        scp_judgement_note(j, SCP_NOTE_REMARK, SCP_NOTE_LIFETIME, "the issuer's last one: good until %s (RFC 5280 section 4.1.2.5)",
                           at);
    else if (life > (int64_t)5 * YEAR)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_LIFETIME, "good for %s (until %s): what is revoked meanwhile is not seen",
                           length, at);
    else if (life > YEAR)
        scp_judgement_note(j, SCP_NOTE_REMARK, SCP_NOTE_LIFETIME, "good for %s (until %s)", length, at);
}

void scp_lifetime_note(struct scp_judgement *j, const struct scp_lifetime *l)
{
    char length[SCP_UTC_TEXT], most[SCP_UTC_TEXT], at[SCP_UTC_TEXT];
    int64_t life;

    if (l == NULL || j->this_update == SCP_UTC_UNKNOWN || j->next_update == SCP_UTC_UNKNOWN)
        return;
    life = j->next_update - j->this_update;
    scp_utc_span((double)life, length);
    scp_utc_format(j->next_update, at);
    if (l->own) {
        note_own(j, life, length, at);
    } else if (l->most > 0 && life > l->most + l->most / 10) {
        scp_utc_span((double)l->most, most);
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_LIFETIME, "good for %s (until %s), more than the %s that are usual",
                           length, at, most);
    }
}

/* --- The certificate asked about --- */

void scp_certificate_note(const struct scp_certificate_facts *f, int64_t now, struct scp_judgement *j)
{
    char at[SCP_UTC_TEXT];

    if (!f->known || !scp_judgement_good(j))
        return;
    if (f->objection != NULL) {
        scp_judgement_fail(j, SCP_REASON_ISSUER, "OpenSSL refuses the certificate below its issuer: %s", f->objection);
        return;
    }
    if (f->weak)
        scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_WEAK, "the certificate asked about is signed with SHA-1");
    if (f->not_after == SCP_UTC_UNKNOWN || f->not_after >= now)
        return;
    scp_utc_format(f->not_after, at);
    scp_judgement_note(j, SCP_NOTE_WARNING, SCP_NOTE_PAST,
                       "the certificate asked about expired itself on %s; an issuer drops what has "
                       "expired, so that it may have been revoked",
                       at);
}
