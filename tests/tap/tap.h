/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_TAP_H
#define SCP_TESTS_TAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * Test Anything Protocol for C.  A test program calls the checks below and ends
 * with `return tap_done();`, which prints the plan.  Every check prints both
 * values when they differ and returns whether it passed.
 */
#define TAP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

int tap_ok(int passed, const char *fmt, ...) TAP_PRINTF(2, 3);
int tap_is_int(long long wanted, long long seen, const char *fmt, ...) TAP_PRINTF(3, 4);
int tap_is_double(double wanted, double seen, const char *fmt, ...) TAP_PRINTF(3, 4);
int tap_is_text(const char *wanted, const char *seen, const char *fmt, ...) TAP_PRINTF(3, 4);
/* The text seen contains the wanted one. */
int tap_has_text(const char *wanted, const char *seen, const char *fmt, ...) TAP_PRINTF(3, 4);
int tap_is_bytes(const void *wanted, size_t wanted_n, const void *seen, size_t seen_n, const char *fmt, ...) TAP_PRINTF(5, 6);
void tap_diag(const char *fmt, ...) TAP_PRINTF(1, 2);
void tap_skip(const char *why, unsigned count);
/* The whole program: prints "1..0 # SKIP why" and exits 0.  Before any check. */
_Noreturn void tap_skip_all(const char *fmt, ...) TAP_PRINTF(1, 2);
/* Cannot go on: prints "Bail out!" and exits 99. */
_Noreturn void tap_bail(const char *fmt, ...) TAP_PRINTF(1, 2);
int tap_done(void);

/* Repeatable pseudo-random numbers for property tests (splitmix64). */
uint64_t tap_random(uint64_t *state);

/*
 * Seconds, since the machine started, in which somebody waited for a processor, the disk or memory: what a duration may be longer
 * by because of other work.  Without the kernel's pressure files much more than any test takes: nothing is too late then.
 */
double tap_stalled(void);

/* Reads a whole file (path below the source or build directory: environment srcdir / top_srcdir), bails if it cannot.  free() it.
 */
uint8_t *tap_read_file(const char *path, size_t *n);

#endif
