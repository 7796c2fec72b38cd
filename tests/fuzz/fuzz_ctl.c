/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Trust lists in any packaging: what is read can be walked, found and written down; without a root to chain to nothing is believed.
 */
#include "fuzz.h"

#include "windows/trust_list.h"

#include <stddef.h>

static void walk(const struct scp_trust_list *l)
{
    static struct scp_certprop property[SCP_CERTBLOB_PROPS_MAX];

    for (size_t i = 0; i < l->ctl.n; i++) {
        const struct scp_ctl_entry *e = &l->ctl.v[i], *found = scp_ctl_find(&l->ctl, e->id, e->id_len);
        struct scp_restriction r;
        size_t n = 0;

        /* Each is found by its identifier, or an earlier one of that identifier is. */
        fuzz_must(!(found == NULL || found > e || (found != e && l->ctl.repeated == 0)));
        fuzz_must(
            !(scp_trust_list_properties(l, e, property, SCP_CERTBLOB_PROPS_MAX, &n, NULL) != 0 && n > SCP_CERTBLOB_PROPS_MAX));
        scp_trust_list_restriction(l, e, SCP_PURPOSE_SERVER_AUTH, &r);
    }
}

static void write_down(const struct scp_trust_list *l)
{
    struct scp_buf out;
    struct scp_json j;

    scp_buf_init(&out, 1 << 20);
    scp_json_init(&j, &out, false);
    scp_trust_list_json(l, "fuzz", NULL, true, &j);
    scp_buf_free(&out);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    static const struct scp_trust_list_anchors NONE = { .n = 0 };
    struct scp_trust_list_anchors microsoft;
    struct scp_trust_list l;

    scp_trust_list_anchors(NULL, &microsoft);
    if (scp_trust_list_read(p, n, &NONE, &l, NULL) == 0) {
        fuzz_must(!(scp_trust_list_believed(&l) || l.ctl.n > SCP_CTL_ENTRIES_MAX));
        walk(&l);
        write_down(&l);
        (void)scp_trust_list_disallows(&l, p, n, NULL);
        scp_trust_list_free(&l);
    }
    if (scp_trust_list_read(p, n, &microsoft, &l, NULL) == 0)
        scp_trust_list_free(&l);
}
