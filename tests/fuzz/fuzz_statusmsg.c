/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Exports of status messages: never a crash, never more delivered than counted, and what ends early says so or is refused.
 */
#include "fuzz.h"

#include "codec/text/statusmsg.h"

#include <stdint.h>
#include <string.h>

static int on_message(void *ctx, const struct scp_statusmsg *m, struct scp_err *err)
{
    (void)err;
    fuzz_must(!(m->id > 65535 || strlen(m->time) >= sizeof m->time || strlen(m->component) >= sizeof m->component));
    (*(size_t *)ctx)++;
    return 0;
}

/* A line of a log that says one; blanks before it change nothing. */
static void line(const uint8_t *p, size_t n)
{
    static char behind[4096] = "  ~";
    struct scp_statusmsg m, again;
    const bool read = scp_statusmsg_of_line((const char *)p, n, &m);

    if (!read || n > sizeof behind - 3)
        return;
    memcpy(behind + 3, p, n);
    fuzz_must(scp_statusmsg_is_line((const char *)p, n) && m.id <= SCP_STATUSMSG_ID_MAX &&
              memchr(m.time, '\0', sizeof m.time) != NULL);
    fuzz_must(scp_statusmsg_of_line(behind, n + 3, &again) && again.id == m.id && again.at == m.at &&
              strcmp(again.component, m.component) == 0 && again.information == m.information);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    size_t delivered = 0;
    char next[SCP_STATUSMSG_LINK_MAX];
    const struct scp_statusmsg_sink sink = { &delivered, on_message, next };
    struct scp_statusmsg_facts facts;

    fuzz_must(!(scp_statusmsg_parse((const char *)p, n, &sink, &facts, NULL) == 0 &&
                (facts.messages != delivered || memchr(next, '\0', sizeof next) == NULL)));
    line(p, n);
}
