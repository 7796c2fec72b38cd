/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Events of CAPI2: never a crash, every text ends in its room, and what is told is whole.
 */
#include "fuzz.h"

#include "base/utc.h"
#include "codec/text/capi2.h"

#include <string.h>

#define ENDS(text) (memchr(text, '\0', sizeof(text)) != NULL)

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_capi2 e;

    if (scp_capi2_parse((const char *)p, n, &e, NULL) != 0 || e.kind == SCP_CAPI2_OTHER)
        return;
    fuzz_must(!(e.at == SCP_UTC_UNKNOWN || e.n > SCP_CAPI2_CHAIN_MAX || !ENDS(e.account) || !ENDS(e.program) || !ENDS(e.url) ||
                !ENDS(e.subject.subject) || !ENDS(e.issuer.subject)));
    for (size_t i = 0; i < e.n; i++) {
        fuzz_must(!(!ENDS(e.chain[i].subject)));
    }
}
