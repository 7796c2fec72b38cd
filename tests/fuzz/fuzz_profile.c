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

/* What is read refers to what is there, each by the thumbprint it is known by; and it can be asked for more. */
static void ask(struct scp_profile *p)
{
    for (size_t i = 0; i < p->roots; i++)
        fuzz_must(!p->root[i].has_sha1 || scp_profile_root_by_sha1(p, p->root[i].sha1) != NULL);
    for (size_t i = 0; i < p->families; i++)
        fuzz_must(p->family[i].any_ofs > 0);
    for (size_t i = 0; i < p->endpoints; i++) {
        fuzz_must(p->endpoint[i].id[0] != '\0' && p->endpoint[i].host != NULL);
        (void)scp_profile_service(p, p->endpoint[i].host);
        (void)scp_endpoint_kind_name(p->endpoint[i].kind);
    }
    (void)scp_profile_product(p, 9141);
    (void)scp_profile_require(p, "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4", SCP_LEVEL_REQUIRED, NULL);
    (void)scp_profile_require(p, p->roots > 0 ? p->root[0].alias : "nobody", SCP_LEVEL_RECOMMENDED, NULL);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_profile profile;

    sanitised(p, n);
    if (scp_profile_parse((const char *)p, n, &profile, &err) == 0) {
        ask(&profile);
        scp_profile_free(&profile);
    } else {
        fuzz_must(err.code == SCP_ERR_LIMIT || strstr(err.message, "line ") != NULL ||
                  strncmp(err.message, "no [profile]", 12) == 0);
    }
    fuzz_told((int)err.code);
}
