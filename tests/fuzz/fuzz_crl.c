/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * CRLs: read in one piece and in pieces, which must agree in every fact and in every error; judged as of many times with the
 * signature taken for good.  The same bytes as a certificate's facts and as a serial number's text.
 */
#include "fuzz.h"

#include "judge/crl.h"

#include <string.h>

enum { ASKED = 2 };

static const struct scp_serial SERIALS[ASKED] = { { { 0x12, 0x34 }, 2 }, { { 0x00, 0xA1 }, 2 } };

static int read_in_pieces(const uint8_t *p, size_t n, struct scp_crl *out, struct scp_err *err)
{
    struct scp_crl_reader *r = scp_crl_reader_new(NULL, 0, SERIALS, ASKED, err);
    size_t piece = 1 + (n > 0 ? p[n - 1] % 61U : 0);
    int rc;

    if (r == NULL)
        return -2;
    for (size_t at = 0; at < n; at += piece)
        (void)scp_crl_reader_feed(r, p + at, n - at < piece ? n - at : piece, NULL);
    rc = scp_crl_reader_finish(r, out, err);
    scp_crl_reader_free(r);
    return rc;
}

static void same_facts(const struct scp_crl *a, const struct scp_crl *b)
{
    fuzz_must(a->version == b->version && a->this_update == b->this_update && a->next_update == b->next_update);
    fuzz_must(a->issuer_der_len == b->issuer_der_len && memcmp(a->issuer_der, b->issuer_der, a->issuer_der_len) == 0);
    fuzz_must(a->entries == b->entries && a->hits == b->hits && memcmp(a->hit, b->hit, sizeof a->hit) == 0);
    fuzz_must(a->critical_at == b->critical_at && strcmp(a->critical_oid, b->critical_oid) == 0 && a->oddities == b->oddities);
    fuzz_must(a->delta == b->delta && a->entry_issuer == b->entry_issuer && a->point.uris == b->point.uris && a->size == b->size);
    fuzz_must(a->number.n == b->number.n && a->base.n == b->base.n && a->key_id_len == b->key_id_len &&
              a->next_publish == b->next_publish);
    for (size_t i = 0; i < a->point.uris; i++)
        fuzz_must(strcmp(a->point.uri[i], b->point.uri[i]) == 0);
    for (size_t i = 0; i < a->hits; i++)
        fuzz_must(scp_crl_reason_name(a->hit[i].reason)[0] != '\0');
    for (unsigned i = 0; i < SCP_CRL_ODDITIES; i++)
        fuzz_must(scp_crl_oddity_text(1U << i)[0] != '\0');
}

/* A list that may be relied on was signed, is in force and is no delta. */
static void judge(struct scp_crl *crl)
{
    static const char *const POINT[] = { "http://crl.example/a.crl" };
    const int64_t times[] = { crl->this_update - 301, crl->this_update, crl->next_update, crl->next_update + 1, 0 };
    struct scp_judgement j;

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct scp_crl_context c = { .now = times[i] == SCP_UTC_UNKNOWN + 1 ? 0 : times[i],
                                     .serial_asked = i % 2 == 0,
                                     .url = "http://crl.example/b.crl",
                                     .points = POINT,
                                     .points_n = 1,
                                     .max_age = i == 1 ? 60 : 0 };

        crl->signature = SCP_CRL_SIGNATURE_UNCHECKED;
        scp_crl_judge(crl, &c, &j);
        fuzz_must(!scp_judgement_good(&j));
        crl->signature = SCP_CRL_SIGNATURE_GOOD;
        scp_crl_judge(crl, &c, &j);
        fuzz_must(j.notes <= SCP_JUDGEMENT_NOTES_MAX && strlen(j.message) < sizeof j.message);
        if (scp_judgement_good(&j))
            fuzz_must((crl->next_update >= c.now || (crl->next_update == SCP_UTC_UNKNOWN && c.max_age > 0)) &&
                      crl->this_update <= c.now + SCP_UTC_SKEW && !crl->delta && !crl->entry_issuer &&
                      crl->critical_oid[0] == '\0' && !crl->point.indirect && (!c.serial_asked || scp_crl_find(crl, 0) == NULL));
    }
}

static void serial(const uint8_t *p, size_t n)
{
    struct scp_serial s, again;
    char text[SCP_SERIAL_TEXT];

    if (scp_serial_parse((const char *)p, n, &s, NULL) != 0)
        return;
    scp_serial_format(&s, text);
    fuzz_must(scp_serial_parse(text, strlen(text), &again, NULL) == 0 && s.n == again.n && memcmp(s.p, again.p, s.n) == 0);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_err err = SCP_ERR_INIT, other = SCP_ERR_INIT;
    struct scp_crl crl, pieces = { 0 };
    struct scp_revocable revocable;
    struct scp_judgement j;
    int rc = scp_crl_parse((struct scp_bytes){ p, n }, (struct scp_bytes){ NULL, 0 }, SERIALS, ASKED, &crl, &err);

    fuzz_must(read_in_pieces(p, n, &pieces, &other) == rc && strcmp(err.message, other.message) == 0 && err.code == other.code);
    fuzz_told((int)err.code);
    if (rc == 0 && !fuzz_starved()) {
        same_facts(&crl, &pieces);
        judge(&crl);
    }
    scp_crl_free(&crl);
    scp_crl_free(&pieces);
    scp_crl_judge_bytes(p, n, NULL, 0, &(struct scp_crl_context){ .now = 0 }, &j);
    fuzz_must(!scp_judgement_good(&j));
    if (scp_revocable_parse(p, n, &revocable, NULL) == 0)
        scp_revocable_free(&revocable);
    serial(p, n);
}
