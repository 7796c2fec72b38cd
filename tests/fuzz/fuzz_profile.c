/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Profiles and ini text, and the sanitiser over the same bytes. */
#include "fuzz.h"

#include "base/text.h"
#include "windows/profile.h"

#include <string.h>

static void sanitised(const uint8_t *p, size_t n)
{
    struct scp_buf out;

    scp_buf_init(&out, 4096);
    scp_text_clean(&out, (const char *)p, n, 300);
    fuzz_must(!(out.n > 300 || !scp_text_utf8_valid(scp_buf_text(&out), out.n)));
    for (size_t i = 0; i < out.n; i++) {
        fuzz_must(!((uint8_t)out.p[i] < 0x20 || out.p[i] == 0x7F || strchr("|<>\"`$", out.p[i]) != NULL));
    }
    scp_buf_free(&out);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_profile profile;

    sanitised(p, n);
    if (scp_profile_parse((const char *)p, n, &profile, NULL) == 0)
        scp_profile_free(&profile);
}
