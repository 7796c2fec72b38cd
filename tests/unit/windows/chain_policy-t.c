/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Which keys the chain engine's settings refuse: RSA, EC and SHA-1, roots and others, in force, logged only, not told.
 */
#include "tap.h"
#include "windows/chain_policy.h"
#include "windows/paths.h"

#include <string.h>

enum { VALUES = 3, NOT_HELD = 1, TEXT = 2 };

static const struct row {
    const char *what;
    struct {
        const char *name;
        uint32_t value;
        int how;
    } set[VALUES];
    const char *type;
    unsigned bits;
    bool self_signed, sha1;
    enum scp_tri refused;
} ROWS[] = {
    { "nothing set", { { NULL, 0, 0 } }, "RSA", 2048, true, false, SCP_NO },
    { "the default: 1024 bits pass", { { NULL, 0, 0 } }, "RSA", 1024, false, false, SCP_NO },
    { "the default: 1000 bits do not", { { NULL, 0, 0 } }, "RSA", 1000, false, false, SCP_YES },
    { "3072 demanded", { { "MinRsaPubKeyBitLength", 3072, 0 } }, "RSA", 2048, false, false, SCP_YES },
    { "2048 demanded", { { "MinRsaPubKeyBitLength", 2048, 0 } }, "RSA", 2048, false, false, SCP_NO },
    { "switched off", { { "MinRsaPubKeyBitLength", 0xFFFFFFFF, 0 } }, "RSA", 512, false, false, SCP_NO },
    { "EC is not RSA", { { "MinRsaPubKeyBitLength", 4096, 0 } }, "EC", 256, false, false, SCP_NO },
    { "another kind of key", { { "MinRsaPubKeyBitLength", 4096, 0 } }, "other", 0, true, false, SCP_NO },
    { "roots exempt: a root",
      { { "MinRsaPubKeyBitLength", 4096, 0 }, { "EnableWeakSignatureFlags", 2, 0 } },
      "RSA",
      2048,
      true,
      false,
      SCP_NO },
    { "roots exempt: no root",
      { { "MinRsaPubKeyBitLength", 4096, 0 }, { "EnableWeakSignatureFlags", 2, 0 } },
      "RSA",
      2048,
      false,
      false,
      SCP_YES },
    { "logged only",
      { { "MinRsaPubKeyBitLength", 4096, 0 }, { "EnableWeakSignatureFlags", 8, 0 } },
      "RSA",
      2048,
      false,
      false,
      SCP_NO },
    { "a length that is text", { { "MinRsaPubKeyBitLength", 0, TEXT } }, "RSA", 2048, false, false, SCP_MAYBE },
    { "flags that are text",
      { { "MinRsaPubKeyBitLength", 4096, 0 }, { "EnableWeakSignatureFlags", 0, TEXT } },
      "RSA",
      2048,
      true,
      false,
      SCP_MAYBE },
    { "EC P-256, 384 demanded",
      { { "WeakEcdsaAllFlags", 0x80100000, 0 }, { "WeakEcdsaAllMinBitLength", 384, 0 } },
      "EC",
      256,
      false,
      false,
      SCP_YES },
    { "EC P-384, 384 demanded",
      { { "WeakEcdsaAllFlags", 0x80100000, 0 }, { "WeakEcdsaAllMinBitLength", 384, 0 } },
      "EC",
      384,
      false,
      false,
      SCP_NO },
    { "for code alone",
      { { "WeakEcdsaAllFlags", 0x80400000, 0 }, { "WeakEcdsaAllMinBitLength", 384, 0 } },
      "EC",
      256,
      false,
      false,
      SCP_NO },
    { "third parties",
      { { "WeakEcdsaThirdPartyFlags", 0x80010000, 0 }, { "WeakEcdsaThirdPartyMinBitLength", 384, 0 } },
      "EC",
      256,
      false,
      false,
      SCP_YES },
    { "SHA-1, an intermediate", { { "WeakSha1AllFlags", 0x80010000, 0 } }, "RSA", 2048, false, true, SCP_YES },
    { "SHA-1, a root", { { "WeakSha1AllFlags", 0x80010000, 0 } }, "RSA", 2048, true, true, SCP_NO },
    { "SHA-256, an intermediate", { { "WeakSha1AllFlags", 0x80010000, 0 } }, "RSA", 2048, false, false, SCP_NO },
    { "SHA-1, logged only", { { "WeakSha1AllFlags", 0x80010008, 0 } }, "RSA", 2048, false, true, SCP_NO },
    { "no purpose named",
      { { "WeakRsaAllFlags", 0x80000000, 0 }, { "WeakRsaAllMinBitLength", 4096, 0 } },
      "RSA",
      2048,
      false,
      false,
      SCP_NO },
    { "the source does not hold the key", { { NULL, 0, NOT_HELD } }, "RSA", 2048, true, false, SCP_MAYBE },
    { "… which does not matter to another kind of key", { { NULL, 0, NOT_HELD } }, "other", 0, true, false, SCP_NO },
};

static struct scp_registry *registry(const struct row *row)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope);
    struct scp_registry_key *key = NULL;

    if (r == NULL)
        tap_bail("out of memory");
    if (row->set[0].how == NOT_HELD)
        return r;
    if (scp_registry_add_key(r, SCP_PATH_CHAIN_CONFIG, strlen(SCP_PATH_CHAIN_CONFIG), &key, NULL) != 0 || key == NULL)
        tap_bail("no key");
    for (size_t i = 0; i < VALUES && row->set[i].name != NULL; i++) {
        uint32_t v = row->set[i].value;
        const uint8_t bytes[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

        if (scp_registry_add_value(r, key, row->set[i].name, strlen(row->set[i].name),
                                   row->set[i].how == TEXT ? SCP_REG_SZ : SCP_REG_DWORD, bytes, sizeof bytes, NULL) != 0)
            tap_bail("%s: not kept", row->set[i].name);
    }
    return r;
}

/* --- Certificates that a rule allows, as text of two bytes a letter --- */

/* "@" is the certificate's hash, "#" another one, "<" and ">" its halves, "|" the end of a text; of the letters "^" and "_" the
 * second byte is not 0: of "a" and of what would end a text. */
static const struct {
    const char *text;
    size_t cut; /* bytes less */
    bool allowed;
} ALLOWED[] = { { "", 0, false },    { "@", 0, true },   { "@", 1, false },   { "@", 2, false },  { "@|", 0, true },
                { "|@", 0, true },   { "#", 0, false },  { "#@", 0, true },   { "#|@", 0, true }, { "@#", 0, true },
                { "#|#", 0, false }, { "<", 0, false },  { "<>", 0, true },   { "< >", 0, true }, { "<|>", 0, false },
                { "<|@", 0, true },  { "<@", 0, false }, { "<^>", 0, true },  { "<_>", 0, true }, { "><", 0, false },
                { "@@", 0, true },   { "<:>", 0, true }, { "<a>", 0, false }, { "x@", 0, true },  { "<||>", 0, false },
                { "#<|>", 0, false } };

static void put_letter(uint8_t *out, size_t *n, char c, uint8_t high)
{
    out[(*n)++] = (uint8_t)c;
    out[(*n)++] = high;
}

static size_t expand(const char *text, uint8_t *out)
{
    static const char HEX[] = "00112233445566778899AABBCCDDEEFF0123456789abcdef0123456789ABCDEF";
    size_t n = 0;

    for (; *text != '\0'; text++) {
        const size_t from = *text == '>' ? 32 : 0, to = *text == '<' ? 32 : 64;

        if (strchr("@#<>", *text) != NULL)
            for (size_t i = from; i < to; i++)
                put_letter(out, &n, *text == '#' ? 'f' : HEX[i], 0);
        else
            put_letter(out, &n,
                       (char)(*text == '|' || *text == '_' ? 0
                              : *text == '^'               ? 'a'
                                                           : *text),
                       *text == '^' || *text == '_');
    }
    return n;
}

static void test_allowed(void)
{
    enum { WEAK_ECDSA_ALL = 2 };
    static const struct row FORBIDDEN = { .set = { { "WeakEcdsaAllFlags", 0x80100000, 0 },
                                                   { "WeakEcdsaAllMinBitLength", 384, 0 } } };
    static const uint8_t SHA256[32] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA,
                                        0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB,
                                        0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };
    const struct scp_key key = { .type = "EC", .bits = 256, .sha256 = SHA256 };
    struct scp_registry *r = registry(&FORBIDDEN);
    struct scp_key_policy policy;
    uint8_t data[1024];
    char reason[96];

    scp_key_policy_read(r, &policy);
    for (size_t i = 0; i < sizeof ALLOWED / sizeof ALLOWED[0]; i++) {
        struct scp_registry_value v = { .name = "", .type = SCP_REG_MULTI_SZ, .data = data };

        v.len = expand(ALLOWED[i].text, data) - ALLOWED[i].cut;
        policy.rule[WEAK_ECDSA_ALL].allowed = &v;
        tap_is_int(ALLOWED[i].allowed ? SCP_NO : SCP_YES, (int)scp_key_policy_refuses(&policy, &key, reason, sizeof reason),
                   "allowed by %s, %zu bytes less", ALLOWED[i].text, ALLOWED[i].cut);
    }
    scp_registry_free(r);
}

int main(void)
{
    test_allowed();
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const struct scp_key key = {
            .type = ROWS[i].type, .bits = ROWS[i].bits, .self_signed = ROWS[i].self_signed, .sha1 = ROWS[i].sha1
        };
        struct scp_registry *r = registry(&ROWS[i]);
        struct scp_key_policy policy;
        char reason[96] = "";

        scp_key_policy_read(r, &policy);
        tap_is_int((int)ROWS[i].refused, (int)scp_key_policy_refuses(&policy, &key, reason, sizeof reason), "%s", ROWS[i].what);
        tap_ok((reason[0] == '\0') == (ROWS[i].refused == SCP_NO), "%s: a reason, or none: %s", ROWS[i].what, reason);
        tap_ok(ROWS[i].refused != SCP_YES || (strstr(reason, "refuses SHA-1") != NULL) == ROWS[i].sha1, "%s: of SHA-1, or of bits",
               ROWS[i].what);
        scp_registry_free(r);
    }
    return tap_done();
}
