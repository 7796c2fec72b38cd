/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/check.h"

#include "base/say.h"

#include <string.h>

/* What explains the symptoms beside the article's four causes.  What is evidence for which stands in the catalogues. */

static const struct {
    unsigned says;
    const char *name, *what;
} KIND[SCP_BESIDES] = {
    [SCP_IS_INSPECTED] = { SCP_BESIDE_INSPECTION, "tls-inspection", "TLS inspection" },
    [SCP_IS_PROXY] = { SCP_BESIDE_PROXY, "proxy", "the proxy" },
    [SCP_IS_CLOCK] = { SCP_BESIDE_CLOCK, "clock", "a clock" },
    [SCP_IS_SERVICE] = { SCP_BESIDE_SERVICE, "service", "a service of Windows" },
    [SCP_IS_REFRESH] = { SCP_BESIDE_REFRESH, "policy-refresh", "a refresh of group policy" },
};

/* What another host than the server sees over the network is no fact about the server. */
static bool is_of_server(const struct scp_diagnosis_input *in, int part)
{
    return in->at_server || (part != SCP_PART_REVOCATION && part != SCP_PART_SERVICE);
}

static void collect(const struct scp_result *part, enum scp_state state, unsigned says, struct scp_diagnosis_beside *b)
{
    const struct scp_finding *f;

    for (size_t i = 0; part != NULL && (f = scp_result_finding(part, i)) != NULL; i++) {
        if (f->state == state && (f->evidence & says) != 0 && b->evidences < SCP_DIAGNOSIS_EVIDENCE_MAX)
            b->evidence[b->evidences++] = f;
    }
}

void scp_diagnosis_beside_find(const struct scp_diagnosis_input *in, struct scp_diagnosis *d)
{
    for (int k = 0; k < SCP_BESIDES; k++) {
        d->beside[k].evidences = 0;
        for (int p = 0; p < SCP_PARTS; p++) {
            if (is_of_server(in, p))
                collect(in->part[p], SCP_CRITICAL, KIND[k].says, &d->beside[k]);
        }
        for (int p = 0; p < SCP_PARTS; p++) {
            if (is_of_server(in, p))
                collect(in->part[p], SCP_WARNING, KIND[k].says, &d->beside[k]);
        }
    }
}

const char *scp_diagnosis_beside_phrase(const struct scp_diagnosis *d, char out[SCP_BESIDE_TEXT])
{
    out[0] = '\0';
    for (int k = 0; k < SCP_BESIDES; k++) {
        if (d->beside[k].evidences > 0)
            (void)scp_say_more(out, SCP_BESIDE_TEXT, "%s" SCP_OURS, out[0] == '\0' ? "; what may explain them: " : ", ",
                               KIND[k].what);
    }
    return out;
}

/* Once each. */
static bool is_repeated(const struct scp_diagnosis_beside *b, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(b->evidence[k]->id, b->evidence[i]->id) == 0)
            return true;
    }
    return false;
}

/* A line each: the findings stand below, with what mends them. */
void scp_diagnosis_beside_show(const struct scp_diagnosis *d, struct scp_result *r)
{
    struct scp_exhibit *e = NULL;

    for (int k = 0; k < SCP_BESIDES; k++) {
        const struct scp_diagnosis_beside *b = &d->beside[k];
        char text[512] = "";
        const char *cell[SCP_CHECKLIST_COLUMNS] = { KIND[k].what, "present", text };

        for (size_t i = 0; i < b->evidences; i++) {
            if (!is_repeated(b, i))
                (void)scp_say_more(text, sizeof text, "%s" SCP_OURS, i > 0 ? ", " : "", b->evidence[i]->id);
        }
        if (b->evidences == 0)
            continue;
        if (e == NULL)
            e = scp_exhibit_new(SCP_EXHIBIT_CHECKLIST, "What else may explain the symptoms", NULL, 0);
        scp_exhibit_add(e, scp_mark_of(b->evidence[0]->state), cell);
    }
    if (e != NULL)
        scp_result_exhibit(r, e);
}

void scp_diagnosis_beside_put(struct scp_json *j, const struct scp_diagnosis *d)
{
    scp_json_open(j, "beside", '[');
    for (int k = 0; k < SCP_BESIDES; k++) {
        const struct scp_diagnosis_beside *b = &d->beside[k];

        if (b->evidences == 0)
            continue;
        scp_json_open(j, NULL, '{');
        scp_json_text(j, "what", KIND[k].name);
        scp_json_open(j, "evidence", '[');
        for (size_t i = 0; i < b->evidences; i++) {
            if (!is_repeated(b, i))
                scp_json_text(j, NULL, b->evidence[i]->id);
        }
        scp_json_close(j, ']');
        scp_json_close(j, '}');
    }
    scp_json_close(j, ']');
}
