/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_ENVIRONMENT_H
#define SCP_WINDOWS_ENVIRONMENT_H

#include "windows/update_policy.h"

/*
 * Settings of the server that look like a certificate problem when they are wrong (Microsoft KB 4561945, "Service connection
 * tool doesn't download updates"; "How to enable TLS 1.2"): strong cryptography of .NET, TLS 1.2 of SCHANNEL, the clock.
 */
struct scp_environment {
    struct scp_policy_number strong_crypto, strong_crypto_32;          /* SchUseStrongCrypto, .NET 4.x, 64 and 32 bit */
    struct scp_policy_number system_tls, system_tls_32;                /* SystemDefaultTlsVersions */
    struct scp_policy_number tls12_enabled, tls12_disabled_by_default; /* SCHANNEL, client side */
    int64_t newest_sync;                                               /* newest synchronisation of a trust list; SCP_UTC_UNKNOWN */
};

void scp_environment_read(const struct scp_registry *r, struct scp_environment *out);

#endif
