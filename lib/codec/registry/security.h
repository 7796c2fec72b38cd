/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_SECURITY_H
#define SCP_CODEC_REGISTRY_SECURITY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A security descriptor in its self-relative form (MS-DTYP 2.4.6), and what its list lets somebody do with a registry key
 * (MS-DTYP 2.5.3.2: entries in their order, the first that speaks of a right decides).
 */
enum {
    SCP_KEY_SET_VALUE = 0x2,
    SCP_KEY_CREATE_SUB_KEY = 0x4,
    SCP_KEY_READ = 0x20019,
    SCP_KEY_WRITE = 0x20006,
    SCP_KEY_ALL_ACCESS = 0xF003F,
    SCP_SECURITY_MAX = 64 << 10 /* bytes of a descriptor: the size of a list has 16 bits, an owner and a group are short */
};

enum { SCP_SID_PARTS_MAX = 15 };

struct scp_sid {
    uint64_t authority; /* 5: NT AUTHORITY */
    unsigned n;
    uint32_t part[SCP_SID_PARTS_MAX];
};

enum scp_sid_match { SCP_SID_OTHER, SCP_SID_OURS, SCP_SID_PERHAPS };

/* Is this SID one of those that the asker bears? */
typedef enum scp_sid_match (*scp_security_bears)(const struct scp_sid *sid);

struct scp_security_rights {
    uint32_t granted, refused; /* for certain; a right in neither hangs on what is not known of the asker */
    struct scp_sid refused_to; /* of the first entry that refuses one of `wanted`; n 0: none does */
    bool alone;                /* protected: it inherits nothing from the key above */
};

/* What the list says of the rights `wanted`.  No list: everybody may do everything.  -1: malformed. */
int scp_security_rights(const uint8_t *p, size_t n, uint32_t wanted, scp_security_bears bears, struct scp_security_rights *out,
                        struct scp_err *err);

#endif
