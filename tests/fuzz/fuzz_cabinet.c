/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Cabinets: never more than a member may be comes out, nothing when it is refused, and the same by the member's own name.
 */
#include "fuzz.h"

#include "codec/trustlist/cabinet.h"

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_buf out;
    int rc;

    scp_buf_init(&out, SCP_CABINET_MEMBER_MAX);
    rc = scp_cabinet_extract(p, n, NULL, &out, NULL);
    fuzz_must(!((rc != 0 && out.n != 0) || (rc == 0 && (!scp_cabinet_is(p, n) || out.n / SCP_CABINET_RATIO_MAX > n))));
    scp_buf_truncate(&out, 0);
    (void)scp_cabinet_extract(p, n, "authroot.stl", &out, NULL);
    scp_buf_free(&out);
}
