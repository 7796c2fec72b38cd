/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/trustlist/cabinet.h"

bool scp_cabinet_supported(void)
{
    return false;
}

int scp_cabinet_extract(const uint8_t *p, size_t n, const char *member, struct scp_buf *out, struct scp_err *err)
{
    (void)p;
    (void)n;
    (void)member;
    (void)out;
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "built without libmspack: cabinets cannot be read");
}
