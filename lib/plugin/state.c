/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/state.h"

#include "base/text.h"

#include <stddef.h>
#include <string.h>

static int rank(enum scp_state s)
{
    switch (s) {
    case SCP_CRITICAL: return 3;
    case SCP_WARNING: return 2;
    case SCP_OK: return 0;
    case SCP_UNKNOWN:
    default: return 1;
    }
}

enum scp_state scp_state_worse(enum scp_state a, enum scp_state b)
{
    return rank(b) > rank(a) ? b : a;
}

const char *scp_state_name(enum scp_state s)
{
    switch (s) {
    case SCP_OK: return "OK";
    case SCP_WARNING: return "WARNING";
    case SCP_CRITICAL: return "CRITICAL";
    case SCP_UNKNOWN:
    default: return "UNKNOWN";
    }
}

bool scp_state_parse(const char *s, enum scp_state *out)
{
    static const enum scp_state all[] = { SCP_OK, SCP_WARNING, SCP_CRITICAL, SCP_UNKNOWN };
    size_t n = strlen(s);

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *name = scp_state_name(all[i]);
        bool digit = n == 1 && s[0] == (char)('0' + (int)all[i]);

        if (digit || scp_text_caseeq(s, n, name, strlen(name))) {
            *out = all[i];
            return true;
        }
    }
    return false;
}
