/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/environment.h"

#include "base/utc.h"
#include "windows/paths.h"

static int64_t later(int64_t a, const struct scp_policy_time *t)
{
    if (t->at == SCP_UTC_UNKNOWN)
        return a;
    return a == SCP_UTC_UNKNOWN || t->at > a ? t->at : a;
}

void scp_environment_read(const struct scp_registry *r, struct scp_environment *out)
{
    struct scp_update_policy policy;

    *out = (struct scp_environment){
        .strong_crypto = scp_policy_number_read(r, SCP_PATH_DOTNET, "SchUseStrongCrypto"),
        .strong_crypto_32 = scp_policy_number_read(r, SCP_PATH_DOTNET_32, "SchUseStrongCrypto"),
        .system_tls = scp_policy_number_read(r, SCP_PATH_DOTNET, "SystemDefaultTlsVersions"),
        .system_tls_32 = scp_policy_number_read(r, SCP_PATH_DOTNET_32, "SystemDefaultTlsVersions"),
        .tls12_enabled = scp_policy_number_read(r, SCP_PATH_TLS12_CLIENT, "Enabled"),
        .tls12_disabled_by_default = scp_policy_number_read(r, SCP_PATH_TLS12_CLIENT, "DisabledByDefault"),
    };
    scp_update_policy_read(r, &policy);
    out->newest_sync = later(later(later(SCP_UTC_UNKNOWN, &policy.trusted_sync), &policy.disallowed_sync), &policy.pin_rules_sync);
}
