/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_CONTRACT_H
#define SCP_TESTS_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The output contract of `-o plugin`, checked from outside: shares no code
 * with the renderer.  Used by the property tests and by the fuzz target.
 */
struct contract {
    const char *title;      /* "SCP ROOTS" */
    int state;              /* the exit code */
    bool full;              /* --perfdata=full: line 1 may be longer than 900 bytes */
    const char *const *own; /* NULL-terminated: words of ours that stand as they are; may be NULL */
};

/* NULL when every rule holds, else the rule that does not. */
const char *contract_check(const struct contract *c, const char *out, size_t n);

/* How a consumer splits output: text (lines ended by '\n', without blanks at their ends) and performance data. */
struct contract_split {
    char text[16384];
    char perfdata[16384];
};
void contract_nagios(const char *out, struct contract_split *s);
void contract_naemon(const char *out, struct contract_split *s);
void contract_icinga(const char *out, struct contract_split *s);
void contract_checkmk(const char *out, struct contract_split *s);

#endif
