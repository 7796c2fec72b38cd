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

void fuzz_target(const uint8_t *p, size_t n)
{
    size_t delivered = 0;
    char next[SCP_STATUSMSG_LINK_MAX];
    const struct scp_statusmsg_sink sink = { &delivered, on_message, next };
    struct scp_statusmsg_facts facts;

    fuzz_must(!(scp_statusmsg_parse((const char *)p, n, &sink, &facts, NULL) == 0 &&
                (facts.messages != delivered || memchr(next, '\0', sizeof next) == NULL)));
}
