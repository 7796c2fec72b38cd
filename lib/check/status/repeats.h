/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_STATUS_REPEATS_H
#define SCP_CHECK_STATUS_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Logs repeat themselves: texts of one component that told of no trouble.  A text is kept when it comes for the second time, as
 * most that have a number in them come but once.
 */
enum { SCP_REPEATS = 128, SCP_REPEATS_SHORTEST = 8, SCP_REPEATS_LONGEST = 160 };

struct scp_repeat {
    uint64_t mark; /* of the text that came last; 0: none did */
    bool kept, success;
    size_t n;
    char text[SCP_REPEATS_LONGEST];
};

struct scp_repeats {
    struct scp_repeat slot[SCP_REPEATS];
};

/* The place of that text if it came before; NULL: it did not, or is not of a length that is kept. */
struct scp_repeat *scp_repeats_find(struct scp_repeats *r, const char *p, size_t n);

/* Is it kept there?  Then it told of no trouble. */
bool scp_repeat_holds(const struct scp_repeat *s, const char *p, size_t n);
void scp_repeat_keep(struct scp_repeat *s, const char *p, size_t n, bool success);

/* Another component writes now. */
void scp_repeats_forget(struct scp_repeats *r);

#endif
