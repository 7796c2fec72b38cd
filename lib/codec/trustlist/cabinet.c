/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/trustlist/cabinet.h"

#include <string.h>

bool scp_cabinet_is(const uint8_t *p, size_t n)
{
    return n >= 4 && memcmp(p, "MSCF", 4) == 0;
}
