/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_FUZZ_H
#define SCP_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What every fuzz target stands on: the target is a function of an input, and says what must hold.  Each input is run once as it
 * is, and again with one of its allocations failing: main.c chooses which.
 */
void fuzz_target(const uint8_t *p, size_t n);

/* Holds on every run, whatever memory there is: what is unsafe is never called safe. */
void fuzz_never(bool broken);
/* Holds where no allocation failed. */
void fuzz_must(bool kept);
/* An allocation failed in this run. */
bool fuzz_starved(void);

/* Between these, allocations neither count nor fail: the target makes what it asks about. */
void fuzz_make(void);
void fuzz_made(void);

/* What a reader said of the input: with an allocation failing the same, or that memory ran out; behind that nothing is compared. */
void fuzz_told(int code);

/* The input from its front: 0 where it has ended. */
struct fuzz_bytes {
    const uint8_t *p;
    size_t n;
};
uint8_t fuzz_byte(struct fuzz_bytes *b);
unsigned fuzz_below(struct fuzz_bytes *b, unsigned n);
/* Up to n bytes; *taken is how many. */
const uint8_t *fuzz_take(struct fuzz_bytes *b, size_t n, size_t *taken);
/* The part before a line of "----", or all. */
struct fuzz_bytes fuzz_part(struct fuzz_bytes *b);

/* Two bytes of the input for each number that a generator of random cases draws; behind its end a fixed sequence.  fuzz_draw()
 * takes the place of tap_random() in it. */
void fuzz_draw_from(const uint8_t *p, size_t n);
uint64_t fuzz_draw(uint64_t *unused);

/* A file of this content, for what reads files: its name, the same for all calls with this number (below 8). */
const char *fuzz_file(unsigned number, const uint8_t *p, size_t n);

/* Order-dependent digest. */
struct fuzz_seen {
    uint64_t hash;
    size_t entries;
};
void fuzz_mix(struct fuzz_seen *s, const void *p, size_t n);

#endif
