/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_TREE_H
#define SCP_TESTS_TREE_H

#include "plugin/report.h"

#include <stdint.h>

/*
 * Result trees with hostile texts, made from a stream of bytes: random ones
 * for the property tests, the fuzzer's for the fuzz target.
 */
struct tree_source {
    const uint8_t *p; /* NULL: random */
    size_t n;
    uint64_t seed;
};

struct tree {
    struct scp_result *r;
    struct scp_report m;
    int state; /* what the report has to say, found out separately */
    size_t findings, values;
    char text[4][512]; /* what m borrows */
};

void tree_make(struct tree_source *s, struct tree *t);
void tree_free(struct tree *t);

/* What of our own words would be escaped if it came from outside; NULL-terminated. */
extern const char *const tree_own[];

#endif
