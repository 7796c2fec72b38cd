/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_SAY_H
#define SCP_BASE_SAY_H

#include "base/err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Sentences of ours that hold words from outside.  Our own words are never escaped, everything else is (design, output
 * contract 3): so a sentence remembers which of its characters are ours.  The formatters below put a mark in front of
 * those of \ " < > ` $ that stand in the format; whoever prints a sentence lets marked ones through and cleans the rest.
 * What is not marked counts as coming from outside: who forgets it gets an escape too many, never one too few.
 *
 *   "%s"      words from outside: a mark that is in them is taken away
 *   SCP_SAID  a sentence that one of these formatters made (an error's message, a finding's text): its marks stay
 *   SCP_OURS  a constant of ours: all of it is ours
 */
#define SCP_SAID "%-s"
#define SCP_OURS "%-1s"

/* No byte of UTF-8. */
#define SCP_SAY_MARK '\xFF'

/* As vsnprintf(): at most size bytes with the NUL, returns the length that the whole has.  one_line: line ends in words from
 * outside become blanks. */
size_t scp_say_vformat(char *out, size_t size, bool one_line, const char *fmt, va_list args) SCP_PRINTF(4, 0);
size_t scp_say(char *out, size_t size, const char *fmt, ...) SCP_PRINTF(3, 4);
/* The same behind the sentence that is in `out`; returns out. */
char *scp_say_more(char *out, size_t size, const char *fmt, ...) SCP_PRINTF(3, 4);

/* A mark with a character of ours behind it stands at p. */
bool scp_say_is_own(const char *p, size_t n);

#endif
