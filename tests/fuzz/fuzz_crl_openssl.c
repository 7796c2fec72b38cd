/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Lists as the random ones of crl_openssl-t.c, drawn from the input, or (an odd first byte) the input itself as a TBSCertList,
 * signed by the issuer: whatever we read, OpenSSL reads with the same entries, dates and extensions; what we call good it accepts.
 */
#include "fuzz.h"

#define tap_random fuzz_draw
#define main crl_openssl_main
int crl_openssl_main(void);
#include "../unit/judge/crl_openssl-t.c"
#undef main

static void begin(void)
{
    key = gen_key(true);
    leaf_key = gen_key(true);
    gen_spki(&spki, key);
    put_name(&issuer, "Test Issuer");
    certificates();
}

static void sign(const uint8_t *p, size_t n, struct bytes *list)
{
    struct bytes tbs = { 0 };
    struct gen g;

    gen_defaults(&g, key);
    bytes_add(&tbs, p, n);
    gen_finish(&g, &tbs, list);
    bytes_free(&tbs);
    gen_free(&g);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct bytes list = { 0 };

    fuzz_make();
    if (key == NULL)
        begin();
    if (n > 1 && p[0] % 2 == 1) {
        sign(p + 1, n - 1, &list);
    } else {
        fuzz_draw_from(p, n);
        make(&list);
    }
    fuzz_draw_from(p, n);
    compare(&list, 0);
    fuzz_never(worse > 0);
    bytes_free(&list);
}
