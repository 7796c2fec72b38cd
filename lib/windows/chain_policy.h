/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_CHAIN_POLICY_H
#define SCP_WINDOWS_CHAIN_POLICY_H

#include "codec/x509/certificate.h"
#include "windows/update_policy.h"

/*
 * What the chain engine may do about certificates that are missing ("Certificate Path Validation Settings", wincrypt.h): fetch
 * them from the address in the authority information access extension of what they issued.
 */
struct scp_chain_policy {
    struct scp_policy_number disable_aia;                      /* DisableAIAUrlRetrieval */
    struct scp_policy_number options;                          /* Options */
    struct scp_policy_number max_aia;                          /* MaxAIAUrlRetrievalCountPerChain */
    struct scp_policy_number options_above, disable_aia_above; /* one key too high, in ChainEngine, where Windows reads neither */
};

enum { SCP_CHAIN_POLICY_AIA_COUNT = 3 }; /* fetches per chain where no policy says otherwise */

void scp_chain_policy_read(const struct scp_registry *r, struct scp_chain_policy *out);

/* Does Windows fetch missing issuers?  Absent means yes. */
enum scp_tri scp_chain_policy_fetches(const struct scp_chain_policy *p);
/* Which setting forbids it; NULL when none. */
const char *scp_chain_policy_forbids(const struct scp_chain_policy *p);
unsigned scp_chain_policy_most(const struct scp_chain_policy *p);

/*
 * Which keys and signatures the chain engine refuses, certificate by certificate ("Microsoft Security Advisory 2661254";
 * "Protecting Against Weak Cryptographic Algorithms"; names from wincrypt.h): MinRsaPubKeyBitLength with EnableWeakSignatureFlags,
 * and Weak<Rsa|Ecdsa|Sha1><All|ThirdParty> with Flags, MinBitLength and Sha256Allow.  AfterTime speaks of time-stamped files alone.
 */
enum { SCP_KEY_RULES = 6 };

struct scp_key_rule {
    struct scp_policy_number flags, min_bits;
    enum scp_presence allowed_presence;
    const struct scp_registry_value *allowed; /* Sha256Allow: borrowed from the registry; NULL: none */
};

struct scp_key_policy {
    struct scp_policy_number min_rsa, weak_flags;
    struct scp_key_rule rule[SCP_KEY_RULES];
};

void scp_key_policy_read(const struct scp_registry *r, struct scp_key_policy *out);
/* Is one of the settings there, but no number? */
bool scp_key_policy_wrong_type(const struct scp_key_policy *p);

/* Is no setting there, for certain?  Then RSA keys below 1023 bits are refused, and nothing else. */
bool scp_key_policy_is_default(const struct scp_key_policy *p);

/*
 * Does Windows refuse this certificate in a TLS server's chain?  YES with the setting that does in `reason` ("MinRsaPubKeyBitLength
 * demands 4096 bits"); MAYBE where the source does not hold the settings, or one is of a wrong type, with that reason.
 */
enum scp_tri scp_key_policy_refuses(const struct scp_key_policy *p, const struct scp_key *key, char *reason, size_t size);

#endif
