/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/service/check.h"

#include "base/say.h"
#include "base/utc.h"

#include <string.h>

/* What each name of the service sent today, for people. */

enum { ISSUER = 128, CHAIN = 300, COLUMNS = 4 };

static enum scp_state worst_of(const struct scp_result *r, const char *host)
{
    enum scp_state worst = SCP_OK;
    const struct scp_finding *f;

    for (size_t i = 0; (f = scp_result_finding(r, i)) != NULL; i++) {
        if (strcmp(f->subject, host) == 0)
            worst = scp_state_worse(worst, f->state);
    }
    return worst;
}

/* "builds to Root, until 2027-01-01", "inspected", "connect: Connection refused" */
static void describe(const struct scp_intermediates_target *t, char issuer[ISSUER], char chain[CHAIN], char until[SCP_UTC_TEXT])
{
    const struct scp_path_answer *a = t->v[0].path;
    const struct scp_path *p = a != NULL ? scp_path_told(a) : NULL;
    char root[ISSUER];

    issuer[0] = until[0] = '\0';
    if (t->server->outcome != SCP_HTTP_OK) {
        (void)scp_say(chain, CHAIN, "%s: %s", scp_http_outcome_name(t->server->outcome), t->server->message);
        return;
    }
    (void)scp_say(chain, CHAIN, "does not build");
    if (p == NULL || p->n == 0)
        return;
    (void)scp_outline_short_name(&scp_path_outline(a, p, 0)->issuer, issuer, ISSUER);
    (void)scp_utc_format_date(a->own.not_after, until);
    if (t->server->inspected)
        (void)scp_say(chain, CHAIN, "inspected on the way");
    else if (a->good > 0)
        (void)scp_say(chain, CHAIN, "builds to %s",
                      scp_outline_short_name(&scp_path_outline(a, p, p->n - 1)->subject, root, sizeof root));
}

void scp_service_table(const struct scp_service_session *s, struct scp_result *r)
{
    static const char *const HEADINGS[COLUMNS] = { "Name of the service", "Its chain", "Issued by", "Until" };
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_TABLE, "What the service sends today", HEADINGS, COLUMNS);

    for (size_t i = 0; i < s->chains.n; i++) {
        const struct scp_intermediates_target *t = &s->chains.v[i];
        char issuer[ISSUER], chain[CHAIN], until[SCP_UTC_TEXT];
        const char *cell[COLUMNS] = { t->name, chain, issuer, until };

        if (t->server == NULL)
            continue;
        describe(t, issuer, chain, until);
        scp_exhibit_add(e, scp_mark_of(worst_of(r, t->id)), cell);
    }
    scp_result_exhibit(r, e);
}
