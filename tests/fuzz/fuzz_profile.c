/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Profiles and ini text, and the sanitiser over the same bytes. */
#include "fuzz.h"

#include "base/text.h"
#include "base/utc.h"
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
    for (size_t i = 0; i < p->cas; i++)
        fuzz_must(!p->ca[i].has_sha1 || scp_profile_ca(p, &p->ca[i]) != NULL);
    (void)scp_profile_product(p, 9141);
    (void)scp_profile_require(p, "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4", SCP_LEVEL_REQUIRED, NULL);
    (void)scp_profile_require(p, p->roots > 0 ? p->root[0].alias : "nobody", SCP_LEVEL_RECOMMENDED, NULL);
    (void)scp_profile_require(p, "digicert-global-root-g2", SCP_LEVEL_REQUIRED, NULL);
}

static enum scp_serving serves(const void *ctx, const struct scp_profile_cert *root)
{
    return (enum scp_serving)((strlen(root->alias) + *(const size_t *)ctx) % (SCP_SERVES + 1));
}

/* Whatever serves, of each alternative one is required; a forged certificate is not taken for the one that is known. */
static void choose(struct scp_profile *p, const uint8_t *bytes, size_t n)
{
    const struct scp_profile_serving serving = { serves, &n };
    bool forged = false;

    scp_profile_choose(p, &serving);
    for (size_t i = 0; i < p->roots; i++) {
        const struct scp_profile_cert *c = &p->root[i];

        fuzz_must(c->declared != SCP_LEVEL_REQUIRED || c->any_of != NULL || c->level == SCP_LEVEL_REQUIRED);
        fuzz_never(c->has_sha256 && scp_profile_cert_is(c, c->sha1, bytes, n, &forged, NULL) == 1);
        fuzz_must(scp_level_name(c->level)[0] != '\0');
    }
}

static const char *library(void *ctx, const char *name, struct scp_err *err)
{
    (void)ctx;
    (void)scp_err_set(err, SCP_ERR_FORMAT, "no such file");
    return strcmp(name, "common") == 0
               ? "[root common]\nsha1 = df3c24f9bfd666761b268073fe06d1cc8d4f82a4\nname = C\nlevel = required\nsource = s\n"
               : NULL;
}

/* The same text with includes of its own; the head alone says what the whole says. */
static void include(const char *text, size_t n)
{
    const struct scp_profile_library own = { library, NULL };
    struct scp_profile_head head = { .as_of = SCP_UTC_UNKNOWN };
    struct scp_profile profile;

    if (scp_profile_parse_with(&own, text, n, &profile, NULL) != 0)
        return;
    fuzz_must(scp_profile_head(text, n, &head, NULL) == 0 && strncmp(head.name, profile.name, sizeof head.name - 1) == 0);
    scp_profile_free(&profile);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_profile profile;

    sanitised(p, n);
    if (scp_profile_parse((const char *)p, n, &profile, &err) == 0) {
        choose(&profile, p, n);
        ask(&profile);
        scp_profile_free(&profile);
    } else {
        fuzz_must(err.code == SCP_ERR_LIMIT || strstr(err.message, "line ") != NULL ||
                  strncmp(err.message, "no [profile]", 12) == 0);
    }
    fuzz_told((int)err.code);
    include((const char *)p, n);
}
