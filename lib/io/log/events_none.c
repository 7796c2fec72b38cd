/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/log/events.h"

int scp_events_read(const struct scp_events_query *q, const struct scp_deadline *deadline, const struct scp_events_sink *sink,
                    struct scp_events_facts *out, struct scp_err *err)
{
    (void)q;
    (void)deadline;
    (void)sink;
    (void)err;
    *out = (struct scp_events_facts){ .state = SCP_EVENTS_NONE };
    return 0;
}
