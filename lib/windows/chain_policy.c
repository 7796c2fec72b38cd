/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/chain_policy.h"

#include "base/num.h"
#include "base/text.h"
#include "windows/paths.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_DISABLE_AIA = 0x2 };

void scp_chain_policy_read(const struct scp_registry *r, struct scp_chain_policy *out)
{
    *out = (struct scp_chain_policy){
        .disable_aia = scp_policy_number_chain(r, "DisableAIAUrlRetrieval"),
        .options = scp_policy_number_chain(r, "Options"),
        .max_aia = scp_policy_number_chain(r, "MaxAIAUrlRetrievalCountPerChain"),
        .options_above = scp_policy_number_read(r, SCP_PATH_POLICY_CERTIFICATES "\\ChainEngine", "Options"),
        .disable_aia_above = scp_policy_number_read(r, SCP_PATH_POLICY_CERTIFICATES "\\ChainEngine", "DisableAIAUrlRetrieval"),
    };
}

const char *scp_chain_policy_forbids(const struct scp_chain_policy *p)
{
    if (p->disable_aia.value != 0)
        return "DisableAIAUrlRetrieval is set";
    if ((p->options.value & OPTION_DISABLE_AIA) != 0)
        return "Options of the chain engine has 0x2";
    return NULL;
}

enum scp_tri scp_chain_policy_fetches(const struct scp_chain_policy *p)
{
    if (scp_chain_policy_forbids(p) != NULL)
        return SCP_NO;
    return scp_policy_untold(&p->disable_aia) || scp_policy_untold(&p->options) ? SCP_MAYBE : SCP_YES;
}

unsigned scp_chain_policy_most(const struct scp_chain_policy *p)
{
    return p->max_aia.presence == SCP_PRESENT && !p->max_aia.wrong_type ? p->max_aia.value : SCP_CHAIN_POLICY_AIA_COUNT;
}

/* --- Keys --- */

enum {
    MIN_RSA_DEFAULT = 1023,
    FLAG_ROOTS_EXEMPT = 0x2,
    FLAG_ONLY_LOG = 0x8, /* of EnableWeakSignatureFlags, and of the rules */
    FLAG_ALL_PURPOSES = 0x10000,
    FLAG_SERVER_AUTH = 0x100000,
    HASH_TEXT = 64
};
static const uint32_t MIN_RSA_OFF = 0xFFFFFFFFU, FLAG_IN_FORCE = 0x80000000U;

enum subject { RSA, ECDSA, SHA1 };
static const struct {
    const char *name;
    enum subject subject;
} RULES[SCP_KEY_RULES] = {
    { "WeakRsaAll", RSA },   { "WeakRsaThirdParty", RSA },   { "WeakEcdsaAll", ECDSA }, { "WeakEcdsaThirdParty", ECDSA },
    { "WeakSha1All", SHA1 }, { "WeakSha1ThirdParty", SHA1 },
};

void scp_key_policy_read(const struct scp_registry *r, struct scp_key_policy *out)
{
    char name[64];

    out->min_rsa = scp_policy_number_read(r, SCP_PATH_CHAIN_CONFIG, "MinRsaPubKeyBitLength");
    out->weak_flags = scp_policy_number_read(r, SCP_PATH_CHAIN_CONFIG, "EnableWeakSignatureFlags");
    for (size_t i = 0; i < SCP_KEY_RULES; i++) {
        struct scp_key_rule *rule = &out->rule[i];

        (void)snprintf(name, sizeof name, "%sFlags", RULES[i].name);
        rule->flags = scp_policy_number_read(r, SCP_PATH_CHAIN_CONFIG, name);
        (void)snprintf(name, sizeof name, "%sMinBitLength", RULES[i].name);
        rule->min_bits = scp_policy_number_read(r, SCP_PATH_CHAIN_CONFIG, name);
        (void)snprintf(name, sizeof name, "%sSha256Allow", RULES[i].name);
        rule->allowed = NULL;
        rule->allowed_presence = scp_registry_value(r, SCP_PATH_CHAIN_CONFIG, name, &rule->allowed);
    }
}

/* Sha256Allow is text, or several texts: the digits of hashes, whatever stands between them.  Each letter is two bytes. */
static bool allowed(const struct scp_key_rule *rule, const uint8_t *sha256)
{
    char hex[HASH_TEXT + 1], seen[HASH_TEXT + 1] = "";
    size_t n = 0;

    if (rule->allowed == NULL || sha256 == NULL)
        return false;
    scp_num_to_hex(sha256, HASH_TEXT / 2, hex);
    for (size_t i = 0; i + 1 < rule->allowed->len; i += 2) {
        char c = (char)rule->allowed->data[i];
        bool digit = rule->allowed->data[i + 1] == 0 && scp_num_hex_digit(c) >= 0;

        if (digit && n < HASH_TEXT)
            seen[n++] = c;
        if (n == HASH_TEXT && scp_text_caseeq(seen, n, hex, n))
            return true;
        if (n == HASH_TEXT || (rule->allowed->data[i] == 0 && rule->allowed->data[i + 1] == 0))
            n = 0;
    }
    return false;
}

static bool in_force(const struct scp_key_rule *rule)
{
    return (rule->flags.value & FLAG_IN_FORCE) != 0 && (rule->flags.value & (FLAG_ALL_PURPOSES | FLAG_SERVER_AUTH)) != 0 &&
           (rule->flags.value & FLAG_ONLY_LOG) == 0;
}

static bool concerns(enum subject subject, const struct scp_key *key)
{
    switch (subject) {
    case RSA: return key->type != NULL && strcmp(key->type, "RSA") == 0;
    case ECDSA: return key->type != NULL && strcmp(key->type, "EC") == 0;
    case SHA1: break;
    }
    return key->sha1 && !key->self_signed;
}

static enum scp_tri judge_rule(const struct scp_key_rule *rule, size_t i, const struct scp_key *key, char *reason, size_t size)
{
    if (!concerns(RULES[i].subject, key))
        return SCP_NO;
    if (scp_policy_untold(&rule->flags) || (in_force(rule) && scp_policy_untold(&rule->min_bits))) {
        (void)snprintf(reason, size, "%s%s %s", RULES[i].name, scp_policy_untold(&rule->flags) ? "Flags" : "MinBitLength",
                       rule->flags.wrong_type || rule->min_bits.wrong_type ? "is not a REG_DWORD" : "is not in the source");
        return SCP_MAYBE;
    }
    if (!in_force(rule) || allowed(rule, key->sha256) || (RULES[i].subject != SHA1 && key->bits >= rule->min_bits.value))
        return SCP_NO;
    if (RULES[i].subject == SHA1)
        (void)snprintf(reason, size, "%sFlags refuses SHA-1", RULES[i].name);
    else
        (void)snprintf(reason, size, "%sMinBitLength demands %u bits", RULES[i].name, (unsigned)rule->min_bits.value);
    return SCP_YES;
}

static enum scp_tri judge_min_rsa(const struct scp_key_policy *p, const struct scp_key *key, char *reason, size_t size)
{
    uint32_t least = p->min_rsa.presence == SCP_PRESENT ? p->min_rsa.value : MIN_RSA_DEFAULT;

    if (!concerns(RSA, key))
        return SCP_NO;
    if (scp_policy_untold(&p->min_rsa) || (key->bits < least && scp_policy_untold(&p->weak_flags))) {
        (void)snprintf(reason, size, "%s %s", scp_policy_untold(&p->min_rsa) ? "MinRsaPubKeyBitLength" : "EnableWeakSignatureFlags",
                       p->min_rsa.wrong_type || p->weak_flags.wrong_type ? "is not a REG_DWORD" : "is not in the source");
        return SCP_MAYBE;
    }
    if (least == MIN_RSA_OFF || key->bits >= least || (p->weak_flags.value & FLAG_ONLY_LOG) != 0 ||
        (key->self_signed && (p->weak_flags.value & FLAG_ROOTS_EXEMPT) != 0))
        return SCP_NO;
    (void)snprintf(reason, size, "MinRsaPubKeyBitLength demands %u bits", (unsigned)least);
    return SCP_YES;
}

bool scp_key_policy_wrong_type(const struct scp_key_policy *p)
{
    bool wrong = p->min_rsa.wrong_type || p->weak_flags.wrong_type;

    for (size_t i = 0; i < SCP_KEY_RULES; i++)
        wrong = wrong || p->rule[i].flags.wrong_type || p->rule[i].min_bits.wrong_type;
    return wrong;
}

bool scp_key_policy_is_default(const struct scp_key_policy *p)
{
    bool is = p->min_rsa.presence == SCP_ABSENT && p->weak_flags.presence == SCP_ABSENT;

    for (size_t i = 0; i < SCP_KEY_RULES; i++)
        is = is && p->rule[i].flags.presence == SCP_ABSENT;
    return is;
}

enum scp_tri scp_key_policy_refuses(const struct scp_key_policy *p, const struct scp_key *key, char *reason, size_t size)
{
    char text[96] = "";
    enum scp_tri worst = judge_min_rsa(p, key, reason, size);

    for (size_t i = 0; i < SCP_KEY_RULES && worst != SCP_YES; i++) {
        enum scp_tri answer = judge_rule(&p->rule[i], i, key, text, sizeof text);

        if (answer == SCP_YES || (answer == SCP_MAYBE && worst == SCP_NO)) {
            (void)snprintf(reason, size, "%s", text);
            worst = answer;
        }
    }
    return worst;
}
