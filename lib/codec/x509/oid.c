/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/oid.h"

#include <inttypes.h>
#include <stdio.h>

/* One number in base 128, high bit set on all octets but the last. */
static bool read_arc(const uint8_t *p, size_t n, size_t *pos, uint64_t *out)
{
    *out = 0;
    if (*pos < n && p[*pos] == 0x80)
        return false;
    while (*pos < n) {
        uint8_t octet = p[(*pos)++];

        if (*out > UINT64_MAX >> 7)
            return false;
        *out = *out << 7 | (octet & 0x7F);
        if (octet < 0x80)
            return true;
    }
    return false;
}

bool scp_oid_valid(const uint8_t *p, size_t n)
{
    bool first = true;

    for (size_t i = 0; i < n; i++) {
        if (first && p[i] == 0x80)
            return false;
        first = p[i] < 0x80;
    }
    return n > 0 && first;
}

void scp_oid_format(const uint8_t *p, size_t n, char out[SCP_OID_TEXT])
{
    size_t pos = 0, used = 0;
    uint64_t arc = 0;

    (void)snprintf(out, SCP_OID_TEXT, "?");
    while (pos < n && used < SCP_OID_TEXT) {
        bool first = pos == 0;

        if (!read_arc(p, n, &pos, &arc)) {
            (void)snprintf(out, SCP_OID_TEXT, "?");
            return;
        }
        /* The first two numbers share one: 40 times the first (0, 1, 2) and the second. */
        if (first) {
            uint64_t top = arc < 80 ? arc / 40 : 2;

            used += (size_t)snprintf(out, SCP_OID_TEXT, "%" PRIu64 ".%" PRIu64, top, arc - 40 * top);
        } else {
            used += (size_t)snprintf(out + used, SCP_OID_TEXT - used, ".%" PRIu64, arc);
        }
    }
}
