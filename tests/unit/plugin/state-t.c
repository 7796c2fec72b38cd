/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/state.h"
#include "tests/tap/tap.h"

static void order(void)
{
    /* Row: a, column: b; in the order OK, WARNING, CRITICAL, UNKNOWN. */
    static const enum scp_state worse[4][4] = {
        { SCP_OK, SCP_WARNING, SCP_CRITICAL, SCP_UNKNOWN },
        { SCP_WARNING, SCP_WARNING, SCP_CRITICAL, SCP_WARNING },
        { SCP_CRITICAL, SCP_CRITICAL, SCP_CRITICAL, SCP_CRITICAL },
        { SCP_UNKNOWN, SCP_WARNING, SCP_CRITICAL, SCP_UNKNOWN },
    };

    for (int a = 0; a < 4; a++) {
        for (int b = 0; b < 4; b++)
            tap_is_int(worse[a][b], scp_state_worse((enum scp_state)a, (enum scp_state)b), "worse of %s and %s",
                       scp_state_name((enum scp_state)a), scp_state_name((enum scp_state)b));
    }
}

static void names(void)
{
    static const struct {
        const char *text;
        int state; /* -1: refused */
    } table[] = { { "ok", 0 },   { "OK", 0 },    { "Warning", 1 }, { "CRITICAL", 2 },   { "unknown", 3 },
                  { "0", 0 },    { "1", 1 },     { "2", 2 },       { "3", 3 },          { "4", -1 },
                  { "", -1 },    { "-1", -1 },   { "00", -1 },     { "okay", -1 },      { " ok", -1 },
                  { "ok ", -1 }, { "warn", -1 }, { "crit", -1 },   { "critical\n", -1 } };

    tap_is_text("OK", scp_state_name(SCP_OK), "name of 0");
    tap_is_text("WARNING", scp_state_name(SCP_WARNING), "name of 1");
    tap_is_text("CRITICAL", scp_state_name(SCP_CRITICAL), "name of 2");
    tap_is_text("UNKNOWN", scp_state_name(SCP_UNKNOWN), "name of 3");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        enum scp_state s = SCP_OK;
        int seen = scp_state_parse(table[i].text, &s) ? (int)s : -1;

        tap_is_int(table[i].state, seen, "'%s' as a state", table[i].text);
    }
}

int main(void)
{
    order();
    names();
    return tap_done();
}
