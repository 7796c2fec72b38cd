/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_PATHS_H
#define SCP_WINDOWS_PATHS_H

#include "io/registry.h"

/* Where Windows keeps what the suite asks about (wincrypt.h of the Windows SDK; "System Store Locations"). */
#define SCP_PATH_SYSTEM_CERTIFICATES "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates"
#define SCP_PATH_POLICY_CERTIFICATES "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates"
#define SCP_PATH_ENTERPRISE_CERTIFICATES "HKLM\\SOFTWARE\\Microsoft\\EnterpriseCertificates"
#define SCP_PATH_USER_SYSTEM "HKU\\S-1-5-18"
#define SCP_PATH_USER_CERTIFICATES "Software\\Microsoft\\SystemCertificates"
#define SCP_PATH_USER_POLICY_CERTIFICATES "Software\\Policies\\Microsoft\\SystemCertificates"

#define SCP_PATH_AUTOUPDATE SCP_PATH_SYSTEM_CERTIFICATES "\\AuthRoot\\AutoUpdate"
#define SCP_PATH_AUTOUPDATE_POLICY SCP_PATH_POLICY_CERTIFICATES "\\AuthRoot"
#define SCP_PATH_PROTECTED_ROOTS SCP_PATH_POLICY_CERTIFICATES "\\Root\\ProtectedRoots"
#define SCP_PATH_CHAIN_POLICY SCP_PATH_POLICY_CERTIFICATES "\\ChainEngine\\Config"
#define SCP_PATH_CHAIN_CONFIG \
    "HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine\\Config"
#define SCP_PATH_WINDOWS_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define SCP_PATH_CRYPTSVC "HKLM\\SYSTEM\\CurrentControlSet\\Services\\CryptSvc"

/* What registry back ends keep; everything else is passed over. */
extern const struct scp_registry_scope scp_paths_scope[];

#endif
