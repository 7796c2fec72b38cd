/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Responses as the random ones of ocsp_openssl-t.c, drawn from the input, or (an odd first byte) the input itself as ResponseData,
 * signed by the issuer: what we believe, OCSP_basic_verify() verifies, with the same status and times.
 */
#include "fuzz.h"

#define tap_random fuzz_draw
#define main ocsp_openssl_main
int ocsp_openssl_main(int argc, char **argv);
#include "../unit/judge/ocsp_openssl-t.c"
#undef main

static void take_input(struct forge_bytes *data, void *context)
{
    const struct fuzz_bytes *b = context;

    memcpy(data->p, b->p, b->n);
    data->n = b->n;
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct fuzz_bytes input = { p + 1, n - 1 };
    struct tally tally = { 0 };

    fuzz_make();
    if (issuer == NULL) {
        forge_world(&world, "EC");
        prepare();
    }
    if (n > 1 && n < FORGE_MAX / 2 && p[0] % 2 == 1) {
        struct forge_response r = forge_good(&world);

        r.mangle = take_input;
        r.mangle_context = &input;
        forge_response(&r, &made);
    } else {
        fuzz_draw_from(p, n);
        some_response();
    }
    fuzz_never(!compare(0, &tally));
}
