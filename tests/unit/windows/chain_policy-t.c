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

int main(void)
{
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
