/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/deadline.h"

#include "base/machine.h"

struct scp_deadline scp_deadline_after(double seconds)
{
    int64_t ms = 0;

    if (seconds > 1e12) /* for ever, without an overflow */
        ms = INT64_C(1000000000000000);
    else if (seconds > 0) /* not so for what is not a number */
        ms = (int64_t)(seconds * 1000);
    return (struct scp_deadline){ scp_machine_ms() + ms };
}

int64_t scp_deadline_left_ms(const struct scp_deadline *d)
{
    int64_t left = d->at_ms - scp_machine_ms();

    return left > 0 ? left : 0;
}

bool scp_deadline_passed(const struct scp_deadline *d)
{
    return scp_deadline_left_ms(d) == 0;
}
