/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/restriction.h"

#include "base/reader.h"
#include "base/utc.h"

#include <stdio.h>

static void unreadable(struct scp_restriction *r, uint32_t id, const char *what)
{
    if (!r->unreadable)
        (void)snprintf(r->unreadable_what, sizeof r->unreadable_what, "property %u %s", (unsigned)id, what);
    r->unreadable = true;
}

/* The date in a property, SCP_UTC_UNKNOWN where there is none or it was withdrawn. */
static int64_t dated(const struct scp_certblob *blob, uint32_t id, struct scp_restriction *r)
{
    int64_t earliest = SCP_UTC_UNKNOWN;

    for (size_t i = 0; i < blob->props; i++) {
        const struct scp_certprop *p = &blob->prop[i];
        int64_t t;

        if (p->id != id)
            continue;
        if (p->n == 0) {
            r->withdrawn = true;
            r->disabled_withdrawn = r->disabled_withdrawn || id == SCP_CERTPROP_DISALLOWED_DATE;
            r->limit_withdrawn = r->limit_withdrawn || id == SCP_CERTPROP_NOT_BEFORE_DATE;
            return SCP_UTC_UNKNOWN;
        }
        if (p->n != 8 || !scp_utc_from_filetime(scp_le64(p->p), &t))
            unreadable(r, id, "is not a time");
        else if (earliest == SCP_UTC_UNKNOWN || t < earliest)
            earliest = t;
    }
    return earliest;
}

/* Whether a list of purposes holds this one; `absent` where there is no list. */
static bool lists(const struct scp_certblob *blob, uint32_t id, enum scp_purpose purpose, bool absent, struct scp_restriction *r)
{
    const struct scp_certprop *p = scp_certblob_prop(blob, id);

    if (p == NULL || purpose == SCP_PURPOSE_ANY)
        return absent;
    switch (scp_eku_list_holds(p->p, p->n, purpose)) {
    case SCP_EKU_YES: return true;
    case SCP_EKU_NO: return false;
    case SCP_EKU_MALFORMED: break;
    }
    unreadable(r, id, "is not a list of purposes");
    return absent;
}

void scp_restriction_read(const struct scp_certblob *blob, enum scp_purpose purpose, struct scp_restriction *out)
{
    int64_t limit;

    *out = (struct scp_restriction)SCP_RESTRICTION_NONE;
    out->purpose_denied =
        !lists(blob, SCP_CERTPROP_EKU, purpose, true, out) || lists(blob, SCP_CERTPROP_DISALLOWED_EKU, purpose, false, out);
    out->disabled_from = dated(blob, SCP_CERTPROP_DISALLOWED_DATE, out);
    limit = dated(blob, SCP_CERTPROP_NOT_BEFORE_DATE, out);
    if (limit == SCP_UTC_UNKNOWN)
        return;
    if (lists(blob, SCP_CERTPROP_NOT_BEFORE_EKU, purpose, true, out))
        out->issued_before = limit;
    else
        out->harmless_limit = true;
}

void scp_restriction_merge(struct scp_restriction *a, const struct scp_restriction *b)
{
    a->purpose_denied = a->purpose_denied || b->purpose_denied;
    a->disabled_from = scp_utc_earlier(a->disabled_from, b->disabled_from);
    a->issued_before = scp_utc_earlier(a->issued_before, b->issued_before);
    a->withdrawn = a->withdrawn || b->withdrawn;
    a->harmless_limit = a->harmless_limit || b->harmless_limit;
    if (b->unreadable && !a->unreadable)
        (void)snprintf(a->unreadable_what, sizeof a->unreadable_what, "%s", b->unreadable_what);
    a->unreadable = a->unreadable || b->unreadable;
}

void scp_restriction_add_list(struct scp_restriction *installed, const struct scp_restriction *list)
{
    if (list->disabled_withdrawn)
        installed->disabled_from = SCP_UTC_UNKNOWN;
    if (list->limit_withdrawn)
        installed->issued_before = SCP_UTC_UNKNOWN;
    scp_restriction_merge(installed, list);
}
