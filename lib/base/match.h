/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_MATCH_H
#define SCP_BASE_MATCH_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Many words sought in one pass over a text (after Wu and Manber, 1994): the bytes before a place tell how far off the next place
 * is at which the window of a word, its first bytes, may end.
 */
enum {
    SCP_MATCH_WORDS_MAX = 1024,
    SCP_MATCH_SHORTEST = 4, /* bytes of a word; longer ones make it faster */
    SCP_MATCH_WINDOW = 5    /* at most */
};

struct scp_match_word {
    const char *text; /* borrowed */
    bool any_case;    /* of ASCII letters */
};

struct scp_match;

/* SCP_ERR_LIMIT: too many words, one that is too short. */
struct scp_match *scp_match_new(const struct scp_match_word *word, size_t n, struct scp_err *err);
void scp_match_free(struct scp_match *m);

/* Each place where a word stands: word[which] begins at p.  In the order of their windows' ends. */
typedef void scp_match_found(void *ctx, size_t which, const char *p);
void scp_match_all(const struct scp_match *m, const char *p, size_t n, scp_match_found *found, void *ctx);

#endif
