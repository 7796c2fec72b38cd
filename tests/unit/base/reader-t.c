/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/reader.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t bytes[] = { 0x81, 0x92, 0xA3, 0xB4, 0xC5, 0xD6, 0xE7, 0xF8 };

static void values(void)
{
    struct scp_reader r = scp_reader_over(bytes, sizeof bytes);
    const uint8_t *p;
    uint32_t v32;

    tap_ok(scp_reader_take(&r, 1, &p) && *p == 0x81 && r.pos == 1, "a byte");
    tap_ok(scp_reader_le32(&r, &v32) && v32 == 0xC5B4A392 && r.pos == 5, "le32, unaligned");
    tap_is_int(3, (long long)scp_reader_left(&r), "what is left");
    tap_ok(scp_le16(bytes + 1) == 0xA392 && scp_le32(bytes + 1) == 0xC5B4A392, "le16 and le32 without a reader");
    tap_ok(scp_le64(bytes) == UINT64_C(0xF8E7D6C5B4A39281), "le64 without a reader");
}

/* Calls the function number `which`; its size in bytes. */
static bool call(unsigned which, struct scp_reader *r, size_t *size)
{
    static const size_t sizes[] = { 4, 3 };
    const uint8_t *p;
    uint32_t v32;

    *size = sizes[which];
    return which == 0 ? scp_reader_le32(r, &v32) : scp_reader_take(r, 3, &p);
}

/* Every function at every distance from the end; the memory is exact, so that a read behind it shows. */
static void ends(void)
{
    for (unsigned which = 0; which < 2; which++) {
        for (size_t n = 1; n <= 9; n++) {
            uint8_t *exact = calloc(1, n);
            struct scp_reader r = scp_reader_over(exact, n);
            size_t size;
            bool got = call(which, &r, &size);

            tap_ok(got == (n >= size) && r.pos == (got ? size : 0), "function %u with %zu bytes", which, n);
            free(exact);
        }
    }
}

static void lending(void)
{
    struct scp_reader r = scp_reader_over(bytes, sizeof bytes);
    const uint8_t *p = NULL;

    tap_ok(scp_reader_take(&r, 3, &p) && p == bytes, "lends from the front");
    tap_ok(scp_reader_take(&r, 0, &p) && p == bytes + 3 && r.pos == 3, "no bytes are always there");
    tap_ok(!scp_reader_take(&r, 6, &p) && r.pos == 3 && p == bytes + 3, "one more than left");
    tap_ok(!scp_reader_take(&r, SIZE_MAX, &p) && !scp_reader_take(&r, SIZE_MAX - 2, &p), "a size that overflows");
    tap_ok(scp_reader_take(&r, 5, &p) && scp_reader_left(&r) == 0, "up to the end");
    tap_ok(scp_reader_take(&r, 0, &p) && !scp_reader_take(&r, 1, &p), "where only nothing is left");
    r = scp_reader_over(bytes, 0);
    tap_ok(scp_reader_left(&r) == 0 && !scp_reader_take(&r, 1, &p), "nothing to read");
}

int main(void)
{
    values();
    ends();
    lending();
    return tap_done();
}
