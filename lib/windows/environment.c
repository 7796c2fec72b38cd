/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/environment.h"

#include "base/utc.h"
#include "windows/paths.h"

static struct scp_policy_number number(const struct scp_registry *r, const char *path, const char *name)
{
    struct scp_policy_number n = { SCP_ABSENT, false, 0 };

    n.presence = scp_registry_dword(r, path, name, &n.value, &n.wrong_type);
    if (n.presence != SCP_PRESENT || n.wrong_type)
        n.value = 0;
    return n;
}

static int64_t later(int64_t a, const struct scp_policy_time *t)
{
    if (t->presence != SCP_PRESENT || t->malformed || t->at == SCP_UTC_UNKNOWN)
        return a;
    return a == SCP_UTC_UNKNOWN || t->at > a ? t->at : a;
}

void scp_environment_read(const struct scp_registry *r, struct scp_environment *out)
{
    struct scp_update_policy policy;

    *out = (struct scp_environment){
        .strong_crypto = number(r, SCP_PATH_DOTNET, "SchUseStrongCrypto"),
        .strong_crypto_32 = number(r, SCP_PATH_DOTNET_32, "SchUseStrongCrypto"),
        .system_tls = number(r, SCP_PATH_DOTNET, "SystemDefaultTlsVersions"),
        .system_tls_32 = number(r, SCP_PATH_DOTNET_32, "SystemDefaultTlsVersions"),
        .tls12_enabled = number(r, SCP_PATH_TLS12_CLIENT, "Enabled"),
        .tls12_disabled_by_default = number(r, SCP_PATH_TLS12_CLIENT, "DisabledByDefault"),
    };
    scp_update_policy_read(r, &policy);
    out->newest_sync = later(later(later(SCP_UTC_UNKNOWN, &policy.trusted_sync), &policy.disallowed_sync), &policy.pin_rules_sync);
}
