/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/state.h"

#include "base/text.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int rank;
} STATES[] = {
    [SCP_OK] = { "OK", 0 }, [SCP_WARNING] = { "WARNING", 2 }, [SCP_CRITICAL] = { "CRITICAL", 3 }, [SCP_UNKNOWN] = { "UNKNOWN", 1 }
};

enum scp_state scp_state_worse(enum scp_state a, enum scp_state b)
{
    return STATES[b].rank > STATES[a].rank ? b : a;
}

const char *scp_state_name(enum scp_state s)
{
    return STATES[s].name;
}

bool scp_state_parse(const char *s, enum scp_state *out)
{
    size_t n = strlen(s);

    for (int i = SCP_OK; i <= SCP_UNKNOWN; i++) {
        const char *name = STATES[i].name;

        if ((n == 1 && s[0] == (char)('0' + i)) || scp_text_caseeq(s, n, name, strlen(name))) {
            *out = (enum scp_state)i;
            return true;
        }
    }
    return false;
}
