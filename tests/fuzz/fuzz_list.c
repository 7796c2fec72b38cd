/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Trust lists, signed anew for each input: what is chosen of the plan and of the signature comes from its first bytes, the entries
 * are the rest.  A list is believed exactly where nothing of it is wrong; with one byte changed it is not, or says what it said.
 */
#include "fuzz.h"

#include "windows/trust_list.h"

#include "../unit/codec/trustlist/list_maker.c"

enum { CHOICES = 5 };

struct choice {
    const char *text;
    bool wrong;
};

static const struct choice SIGNER_USAGE[CHOICES] = { { NULL, false },
                                                     { "codeSigning,1.3.6.1.4.1.311.10.3.9", false },
                                                     { "codeSigning", true },
                                                     { "anyExtendedKeyUsage", true },
                                                     { "", true } };
static const struct choice CA_USAGE[CHOICES] = {
    { NULL, false }, { "1.3.6.1.4.1.311.10.3.9", false }, { "anyExtendedKeyUsage", false }, { "codeSigning", true }, { NULL, false }
};
static const struct choice CA_BASIC[CHOICES] = {
    { NULL, false }, { "critical,CA:FALSE", true }, { "", true }, { NULL, false }, { NULL, false }
};
static const struct choice CA_KEY_USAGE[CHOICES] = {
    { NULL, false }, { "", false }, { "critical,digitalSignature", true }, { NULL, false }, { NULL, false }
};
static const struct choice CA_CONSTRAINT[CHOICES] = {
    { NULL, false }, { "critical,permitted;DNS:example.com", true }, { NULL, false }, { NULL, false }, { NULL, false }
};
static const struct choice KEY[CHOICES] = {
    { NULL, false }, { "RSA", false }, { "RSA1024", false }, { "RSA768", true }, { "P-256", false }
};
static const struct choice DIGEST[CHOICES] = {
    { NULL, false }, { "SHA384", false }, { "SHA512", false }, { "SHA1", false }, { "SHA256", false }
};

/* The first more often than the others. */
static const char *choose(struct fuzz_bytes *b, const struct choice choice[CHOICES], bool *wrong)
{
    unsigned byte = fuzz_byte(b);
    const struct choice *c = &choice[byte < 128 ? 0 : byte % CHOICES];

    *wrong = *wrong || c->wrong;
    return c->text;
}

static bool seldom(struct fuzz_bytes *b, bool wrong, bool *any)
{
    bool so = fuzz_byte(b) > 200;

    *any = *any || (so && wrong);
    return so;
}

static void choose_times(struct fuzz_bytes *b, struct maker_plan *plan, bool *wrong)
{
    switch (fuzz_byte(b) / 32) {
    case 7: plan->signer_from = -100, plan->signer_to = 1; break;
    case 6: plan->signer_from = 20, plan->signer_to = 100; break;
    case 5: plan->signer_from = -100, plan->signer_to = -1, *wrong = true; break;
    default: break;
    }
}

/* 1: it is to be believed, 0: not, -1: no claim is made. */
static int plan_of(struct fuzz_bytes *b, struct maker_plan *plan)
{
    bool wrong = false, disallowed = fuzz_byte(b) % 2 != 0;
    unsigned fault = fuzz_byte(b);

    *plan = (struct maker_plan){ .usage = disallowed ? "1.3.6.1.4.1.311.10.3.30" : NULL,
                                 .algorithm = disallowed ? "1.3.6.1.4.1.311.10.11.15" : NULL };
    plan->signer_usage = choose(b, SIGNER_USAGE, &wrong);
    plan->ca_usage = choose(b, CA_USAGE, &wrong);
    plan->ca_basic = choose(b, CA_BASIC, &wrong);
    plan->ca_key_usage = choose(b, CA_KEY_USAGE, &wrong);
    plan->ca_constraint = choose(b, CA_CONSTRAINT, &wrong);
    plan->key = choose(b, KEY, &wrong);
    plan->digest = choose(b, DIGEST, &wrong);
    plan->second_ca = seldom(b, false, &wrong);
    plan->shuffled = seldom(b, false, &wrong);
    plan->other_root = seldom(b, true, &wrong);
    plan->unknown_critical = seldom(b, true, &wrong);
    plan->no_ca = seldom(b, true, &wrong);
    plan->no_signer = seldom(b, true, &wrong);
    choose_times(b, plan, &wrong);
    plan->fault = fault < 200 ? MAKER_GOOD : (enum maker_fault)(fault % (MAKER_INDEFINITE + 1));
    if (plan->fault != MAKER_GOOD && plan->fault != MAKER_SECOND_SIGNER)
        return plan->fault < MAKER_KEY_ID ? 0 : -1;
    return !wrong;
}

static struct fuzz_seen facts_of(const struct scp_trust_list *l)
{
    struct fuzz_seen s = { 0 };

    fuzz_mix(&s, &l->ctl.kind, sizeof l->ctl.kind);
    fuzz_mix(&s, &l->ctl.this_update, sizeof l->ctl.this_update);
    fuzz_mix(&s, l->ctl.sequence, l->ctl.sequence_len);
    for (size_t i = 0; i < l->ctl.n; i++) {
        fuzz_mix(&s, l->ctl.v[i].id, l->ctl.v[i].id_len);
        fuzz_mix(&s, l->ctl.v[i].attributes, l->ctl.v[i].attributes_len);
    }
    return s;
}

/* -1: not read; else whether it is believed.  `same`: these bytes are those of the run with all the memory, but for a signature. */
static int read_list(const struct maker_bytes *der, bool same, struct fuzz_seen *seen)
{
    struct scp_trust_list_anchors anchors = { .n = 1 };
    struct scp_trust_list l;
    struct scp_err err = SCP_ERR_INIT;
    bool believed;
    int rc;

    fuzz_make();
    anchors.v[0] = maker_anchor();
    fuzz_made();
    rc = scp_trust_list_read(der->p, der->n, &anchors, &l, &err);
    if (same)
        fuzz_told((int)err.code);
    if (rc != 0)
        return -1;
    believed = scp_trust_list_believed(&l);
    fuzz_must(believed || l.verdict.reason[0] != '\0' || l.verdict.signature == SCP_CTL_UNSIGNED);
    *seen = facts_of(&l);
    scp_trust_list_free(&l);
    return believed;
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct fuzz_bytes b = { p, n };
    struct fuzz_seen seen = { 0 }, changed = { 0 };
    struct maker_list list;
    struct maker_plan plan;
    unsigned where, bit;
    int claim, said;

    fuzz_make();
    claim = plan_of(&b, &plan);
    where = fuzz_byte(&b) * 256U + fuzz_byte(&b);
    bit = fuzz_below(&b, 8);
    if (b.n > 0)
        plan.entries = maker_raw(b.p, b.n);
    list = maker_list(&plan);
    fuzz_made();
    said = read_list(&list.der, true, &seen);
    fuzz_never(said == 1 && claim == 0);
    fuzz_must(said != 0 || claim != 1);
    list.der.p[where % list.der.n] ^= (uint8_t)(1U << bit);
    fuzz_never(read_list(&list.der, false, &changed) == 1 && (claim == 0 || (said == 1 && changed.hash != seen.hash)));
    fuzz_make();
    while (memories > 0)
        free(memory[--memories]);
}
