/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_DEADLINE_H
#define SCP_BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* A point on the monotonic clock. */
struct scp_deadline {
    int64_t at_ms;
};

struct scp_deadline scp_deadline_after(double seconds);
/* Milliseconds left, never negative. */
int64_t scp_deadline_left_ms(const struct scp_deadline *d);
bool scp_deadline_passed(const struct scp_deadline *d);

#endif
