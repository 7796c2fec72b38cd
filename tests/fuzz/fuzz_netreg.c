/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What Samba's net prints of a key: never a crash, and data is what its type says.
 */
#include "fuzz.h"

#include "codec/registry/netreg.h"
#include "codec/registry/regtext.h"

#include <stdlib.h>
#include <string.h>

static int on_value(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err)
{
    (void)ctx;
    (void)err;
    fuzz_must(!(memchr(name, '\n', n) != NULL || (type == SCP_REG_DWORD && len != 0 && len != 4) ||
                (type == SCP_REG_SZ && len % 2 != 0) || data == NULL));
    return 0;
}

void fuzz_target(const uint8_t *p, size_t n)
{
    const struct scp_netreg_sink sink = { NULL, on_value };

    (void)scp_netreg_enumerate((const char *)p, n, &sink, NULL);
    (void)scp_netreg_getvalue((const char *)p, n, "Name", &sink, NULL);
}
