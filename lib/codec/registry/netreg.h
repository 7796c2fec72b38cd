/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_NETREG_H
#define SCP_CODEC_REGISTRY_NETREG_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What Samba's `net rpc registry enumerate KEY` and `getvalue KEY NAME` print: the values of one key, for people.
 *
 *     Valuename  = CurrentBuild         (enumerate only)
 *     Type       = REG_SZ
 *     Value      = "20348"
 *     <empty line>
 *
 * Numbers and strings are whole; of other types only the type and that there is a value can be told.
 */
enum { SCP_NETREG_MAX = 4 << 20 }; /* bytes of such a text */

struct scp_netreg_sink {
    void *ctx;
    /* Data as the registry stores it (strings UTF-16LE with their NUL); `len` 0 where the text does not show it. */
    int (*value)(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err);
};

/* -1: not such a text, cut inside a value, or the sink said stop.  An empty text is a key without values. */
int scp_netreg_enumerate(const char *p, size_t n, const struct scp_netreg_sink *sink, struct scp_err *err);
int scp_netreg_getvalue(const char *p, size_t n, const char *name, const struct scp_netreg_sink *sink, struct scp_err *err);

#endif
