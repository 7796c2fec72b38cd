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

/* Each way to be stricter: what is good then is good without; what OpenSSL has against the certificate itself is heard. */
static void ask_stricter(void)
{
    static const struct scp_lifetime LIFE[] = { { 3600, false }, { 0, true } };
    static struct scp_issuer known_issuer;
    static uint8_t *der;
    const struct scp_ocsp_context alone = { .now = FORGE_NOW };
    struct scp_certificate_facts facts = { .known = true, .not_after = FORGE_NOW - 1, .weak = true };
    struct scp_judgement j, strict;
    int len = der == NULL ? i2d_X509(issuer, &der) : 0;

    if (len > 0 && !scp_issuer_of(der, (size_t)len, &known_issuer))
        tap_bail("an issuer of our own");
    fuzz_made();
    scp_ocsp_judge_bytes(made.p, made.n, &asked, &alone, &j);
    fuzz_must((j.serial_status == SCP_SERIAL_NOT_ASKED) == (scp_serial_status_name(j.serial_status)[0] == '\0') &&
              scp_reason_name(j.reason) != NULL);
    for (unsigned i = 0; i < 4; i++) {
        const struct scp_ocsp_context c = { .now = FORGE_NOW,
                                            .issuer = &known_issuer,
                                            .issuers = 1,
                                            .max_age = i % 2 != 0 ? 3600 : 0,
                                            .lifetime = &LIFE[i / 2],
                                            .content_type = i == 3 ? "text/html" : NULL };

        scp_ocsp_judge_bytes(made.p, made.n, &asked, &c, &strict);
        fuzz_must(!scp_judgement_good(&strict) || scp_judgement_good(&j));
    }
    scp_certificate_note(&facts, FORGE_NOW, &j);
    facts.objection = "constraints";
    scp_certificate_note(&facts, FORGE_NOW, &j);
    fuzz_never(scp_judgement_good(&j));
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
    ask_stricter();
}
