/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/deadline.h"
#include "tap.h"

#include <math.h>

static void left(double seconds, int64_t least, int64_t most, const char *what)
{
    struct scp_deadline d = scp_deadline_after(seconds);
    int64_t ms = scp_deadline_left_ms(&d);

    if (!tap_ok(ms >= least && ms <= most, "%s", what))
        tap_diag("%lld ms left", (long long)ms);
    tap_is_int(ms == 0, scp_deadline_passed(&d), "passed or not: %s", what);
}

int main(void)
{
    struct scp_deadline old = { .at_ms = 0 };

    left(1000, 900000, 1000000, "in 1000 seconds");
    left(500.5, 400000, 500500, "with a fraction");
    left(0, 0, 0, "at once");
    left(-5, 0, 0, "in the past");
    left((double)NAN, 0, 0, "not a number");
    left(1e15, 1000000000000, INT64_MAX, "farther than anyone waits");
    left(1e300, 1000000000000, INT64_MAX, "farther than the clock counts");
    left((double)INFINITY, 1000000000000, INT64_MAX, "never");
    left(-1e300, 0, 0, "long ago");
    tap_is_int(0, scp_deadline_left_ms(&old), "when the machine started: nothing is left");
    tap_ok(scp_deadline_passed(&old), "and it has passed");
    return tap_done();
}
