/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "tap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void additions(void)
{
    struct scp_buf b;

    scp_buf_init(&b, 1000);
    tap_is_text("", scp_buf_text(&b), "an untouched buffer has a text");
    tap_ok(b.p == NULL && b.n == 0 && !b.failed, "and nothing in it");
    tap_is_int(0, scp_buf_add(&b, "ab\0c", 4), "bytes");
    tap_is_bytes("ab\0c", 5, b.p, b.n + 1, "with NULs, and one more behind them");
    tap_is_int(0, scp_buf_chr(&b, 'd'), "a character");
    tap_is_int(0, scp_buf_str(&b, "ef"), "a string");
    tap_is_int(0, scp_buf_printf(&b, "%03d%s", 7, "%"), "a format");
    tap_is_bytes("ab\0cdef007%", 12, b.p, b.n + 1, "one behind the other");
    tap_is_int(0, scp_buf_add(&b, NULL, 0), "nothing at all");
    tap_is_int(11, (long long)b.n, "adds nothing");
    scp_buf_truncate(&b, 20);
    tap_is_int(11, (long long)b.n, "cutting behind the end changes nothing");
    scp_buf_truncate(&b, 2);
    tap_is_text("ab", scp_buf_text(&b), "cutting keeps the front and its NUL");
    scp_buf_free(&b);
    tap_is_text("", scp_buf_text(&b), "empty when freed");
    tap_is_int(0, scp_buf_str(&b, "again"), "and usable again");
    scp_buf_free(&b);
    scp_buf_free(&b);
}

/* Everything up to the maximum fits, one byte more does not, and the failure stays. */
static void maximum(size_t max)
{
    struct scp_buf b;
    bool fits = true;

    scp_buf_init(&b, max);
    for (size_t i = 0; i < max; i++)
        fits = fits && scp_buf_chr(&b, 'x') == 0;
    tap_ok(fits && b.n == max && !b.failed, "%zu bytes fit into %zu", max, max);
    tap_is_int(-1, scp_buf_chr(&b, 'y'), "one more does not");
    tap_ok(b.failed, "which is remembered");
    tap_ok(b.n == max && strspn(scp_buf_text(&b), "x") == max, "what was there stays");
    scp_buf_truncate(&b, 0);
    tap_is_int(-1, scp_buf_chr(&b, 'y'), "and every later addition fails");
    tap_is_int(-1, scp_buf_add(&b, "", 0), "even of nothing");
    tap_is_int(-1, scp_buf_printf(&b, "y"), "or formatted");
    tap_ok(scp_buf_room(&b, 0) == NULL, "there is no room");
    tap_ok(scp_buf_steal(&b) == NULL, "and nothing to take away");
    scp_buf_free(&b);
}

static void too_much_at_once(void)
{
    static const size_t sizes[] = { 11, 1000, SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct scp_buf b;

        scp_buf_init(&b, 10);
        (void)scp_buf_str(&b, "abc");
        tap_ok(scp_buf_room(&b, sizes[i]) == NULL, "no room for %zu bytes in 10", sizes[i]);
        tap_ok(b.failed, "which is a failure");
        tap_is_text("abc", scp_buf_text(&b), "that spoils nothing");
        scp_buf_free(&b);
    }
}

static void partial_additions(void)
{
    struct scp_buf b;

    scp_buf_init(&b, 5);
    (void)scp_buf_str(&b, "abc");
    tap_is_int(-1, scp_buf_str(&b, "def"), "a string that fits only partly");
    tap_is_text("abc", scp_buf_text(&b), "is left out whole");
    scp_buf_free(&b);
    scp_buf_init(&b, 5);
    (void)scp_buf_str(&b, "abc");
    tap_is_int(-1, scp_buf_printf(&b, "%d", 100), "a formatted one");
    tap_is_text("abc", scp_buf_text(&b), "likewise");
    scp_buf_free(&b);
    scp_buf_init(&b, 5);
    tap_is_int(0, scp_buf_printf(&b, "%d", 10000), "one that fits exactly");
    tap_is_text("10000", scp_buf_text(&b), "is there");
    scp_buf_free(&b);
}

static void limitless(void)
{
    struct scp_buf b;

    scp_buf_init(&b, SIZE_MAX);
    tap_is_int(0, scp_buf_str(&b, "fits"), "the largest maximum there is");
    tap_is_text("fits", scp_buf_text(&b), "holds text");
    tap_ok(scp_buf_room(&b, SIZE_MAX - 2) == NULL && b.failed, "and more than is left of the address space is refused");
    scp_buf_free(&b);
}

static void room(void)
{
    struct scp_buf b;
    char *p;

    scp_buf_init(&b, 100);
    p = scp_buf_room(&b, 100);
    if (tap_ok(p != NULL, "room for all of it")) {
        memset(p, 'z', 100);
        scp_buf_grown(&b, 40);
        tap_ok(b.n == 40 && strlen(b.p) == 40, "only what is counted is there");
        p = scp_buf_room(&b, 60);
        tap_ok(p == b.p + 40, "the next room is behind it");
        scp_buf_grown(&b, 60);
        tap_is_int(100, (long long)b.n, "up to the maximum");
    }
    tap_ok(scp_buf_room(&b, 0) != NULL, "no bytes are room enough when full");
    tap_ok(scp_buf_room(&b, 1) == NULL, "one is not");
    scp_buf_free(&b);
}

static void stealing(void)
{
    struct scp_buf b;
    char *p;

    scp_buf_init(&b, 100);
    tap_ok(scp_buf_steal(&b) == NULL, "nothing to take from an untouched buffer");
    (void)scp_buf_str(&b, "");
    tap_ok(scp_buf_steal(&b) == NULL, "nor from an empty one");
    (void)scp_buf_str(&b, "mine");
    p = scp_buf_steal(&b);
    tap_is_text("mine", p, "the text changes hands");
    tap_ok(b.p == NULL && b.n == 0 && b.cap == 0 && b.max == 100, "and the buffer is empty, with its maximum");
    free(p);
    tap_is_int(0, scp_buf_str(&b, "next"), "and usable");
    scp_buf_free(&b);
}

/* Many random additions give what a plain array gives. */
static void random_additions(void)
{
    enum { MAX = 20000 };
    static char model[MAX];
    uint64_t seed = 25;
    size_t n = 0;
    struct scp_buf b;

    scp_buf_init(&b, MAX);
    for (;;) {
        char piece[300];
        size_t len = (size_t)(tap_random(&seed) % sizeof piece);

        memset(piece, (int)('a' + tap_random(&seed) % 26), sizeof piece);
        if (len > MAX - n)
            break;
        memcpy(model + n, piece, len);
        n += len;
        (void)scp_buf_add(&b, piece, len);
    }
    tap_is_bytes(model, n, b.p, b.n, "random pieces");
    tap_ok(b.cap <= MAX + 1, "the memory never exceeds the maximum and its NUL");
    scp_buf_free(&b);
}

/* Why it failed: over the maximum, or no memory. */
static void reasons(void)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf b;

    scp_buf_init(&b, 10);
    tap_is_int(-1, scp_buf_str(&b, "more than ten bytes"), "over the maximum");
    tap_ok(b.failed && !b.starved, "is no lack of memory");
    tap_is_int(-1, scp_buf_error(&b, &err, "too long"), "an error");
    tap_ok(err.code == SCP_ERR_LIMIT && strcmp(err.message, "too long") == 0, "of the limit");
    scp_buf_free(&b);
    scp_buf_init(&b, SIZE_MAX);
    (void)scp_buf_str(&b, "abc");
    tap_ok(scp_buf_room(&b, (size_t)1 << 62) == NULL, "more than there is");
    tap_ok(b.failed && b.starved, "is a lack of memory");
    tap_is_text("abc", scp_buf_text(&b), "that spoils nothing");
    (void)scp_buf_error(&b, &err, "too long");
    tap_is_int(SCP_ERR_MEMORY, err.code, "an error of memory");
    scp_buf_free(&b);
    scp_buf_init(&b, 10);
    scp_buf_starve(&b);
    tap_ok(scp_buf_chr(&b, 'x') == -1 && b.starved, "what goes in could not be made");
    scp_buf_free(&b);
}

/* An allocation that fails must not end a program with the address sanitizer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

int main(void)
{
    static const size_t sizes[] = { 0, 1, 63, 64, 65, 1000 };

    additions();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        maximum(sizes[i]);
    too_much_at_once();
    partial_additions();
    limitless();
    room();
    stealing();
    random_additions();
    reasons();
    return tap_done();
}
