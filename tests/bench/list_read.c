/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * list_read LIST SPKI SUBJECT: reads a trust list, verifies it and walks all properties of all entries.  For make bench.
 */
#include "base/file.h"
#include "windows/trust_list.h"

static const uint8_t *bytes(const struct scp_buf *b)
{
    return (const uint8_t *)scp_buf_text(b);
}

/* How many properties there are, if the list is believed. */
static size_t walk(const struct scp_buf *list, const struct scp_trust_list_anchors *anchors)
{
    struct scp_certprop v[SCP_CERTBLOB_PROPS_MAX];
    struct scp_trust_list l;
    size_t all = 0, n;

    if (scp_trust_list_read(bytes(list), list->n, anchors, &l, NULL) != 0)
        return 0;
    for (size_t i = 0; i < l.ctl.n && scp_trust_list_believed(&l); i++) {
        if (scp_trust_list_properties(&l, &l.ctl.v[i], v, SCP_CERTBLOB_PROPS_MAX, &n, NULL) == 0)
            all += n;
    }
    scp_trust_list_free(&l);
    return all;
}

int main(int argc, char **argv)
{
    struct scp_buf file[3];
    struct scp_trust_list_anchors anchors = { .n = 1 };
    int rc = argc == 4 ? 0 : 2;

    for (int i = 0; i < 3; i++) {
        scp_buf_init(&file[i], SCP_TRUST_LIST_MAX);
        if (rc == 0 && scp_file_slurp(argv[i + 1], &file[i], NULL) != 0)
            rc = 2;
    }
    anchors.v[0] = (struct scp_ctl_anchor){ "root", bytes(&file[2]), file[2].n, bytes(&file[1]), file[1].n };
    if (rc == 0 && walk(&file[0], &anchors) == 0)
        rc = 1;
    for (int i = 0; i < 3; i++)
        scp_buf_free(&file[i]);
    return rc;
}
