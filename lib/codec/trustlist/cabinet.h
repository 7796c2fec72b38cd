/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TRUSTLIST_CABINET_H
#define SCP_CODEC_TRUSTLIST_CABINET_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Cabinet files (MS-CAB) as Microsoft publishes its trust lists in: one folder, stored or MSZIP, a handful of members at most.
 * Decompressed by libmspack, from memory to memory.  Other forms are refused with a reason: LZX and Quantum, cabinets in several
 * parts, names with a path, bytes behind the cabinet, and whatever is larger than a list can be.
 */
enum {
    SCP_CABINET_MAX = 4 << 20,        /* bytes of a cabinet (real: below 100 KB) */
    SCP_CABINET_MEMBERS_MAX = 16,     /* real: 1 */
    SCP_CABINET_MEMBER_MAX = 4 << 20, /* bytes of a member */
    SCP_CABINET_RATIO_MAX = 100,      /* bytes of a member per byte of the cabinet (real: below 3) */
    SCP_CABINET_NAME_MAX = 255
};

bool scp_cabinet_is(const uint8_t *p, size_t n); /* by magic */
bool scp_cabinet_supported(void);                /* built with libmspack */

/*
 * Adds to *out the member called `member` (case does not matter), or with NULL the only one whose name ends in ".stl".
 * Errors: SCP_ERR_FORMAT, _TRUNCATED, _LIMIT, _MEMORY, and SCP_ERR_UNSUPPORTED for a form that is not read, or when built
 * without libmspack.  *out is as it was then.
 */
int scp_cabinet_extract(const uint8_t *p, size_t n, const char *member, struct scp_buf *out, struct scp_err *err);

#endif
