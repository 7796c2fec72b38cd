/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_ELSEWHERE_H
#define SCP_WINDOWS_ELSEWHERE_H

#include "windows/store.h"

/*
 * Where else a certificate lies: in stores of the source in which it does not count as a root or an intermediate of the machine -
 * another store of the machine's, a service's, a user's, the 32-bit view (Microsoft, "System Store Locations").
 */
enum { SCP_ELSEWHERE_MAX = 2, SCP_ELSEWHERE_PLACE = 200, SCP_ELSEWHERE_PHRASE = 480 };

struct scp_elsewhere {
    char place[SCP_ELSEWHERE_MAX][SCP_ELSEWHERE_PLACE]; /* "LocalMachine\CA", "the user store Root of HKCU", … */
    size_t n;                                           /* all; the first SCP_ELSEWHERE_MAX are kept */
};

/*
 * Looks for the certificate of that SHA-1 in every store but the members of `wanted`.  An entry counts when its key has that name
 * and its blob is that certificate.  -1: out of memory.
 */
int scp_elsewhere_find(const struct scp_registry *r, const uint8_t sha1[20], enum scp_store_name wanted, struct scp_elsewhere *out,
                       struct scp_err *err);

/* The places in one phrase: "LocalMachine\CA, the user store Root of HKCU and 2 more"; "" where there are none.  A sentence for
 * SCP_SAID (base/say.h), as each place is. */
void scp_elsewhere_phrase(const struct scp_elsewhere *e, char *out, size_t size);

#endif
