/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/paths.h"

const struct scp_registry_scope scp_paths_scope[] = {
    { SCP_SCOPE_SOFTWARE, "Microsoft\\SystemCertificates", true },
    { SCP_SCOPE_SOFTWARE, "Policies\\Microsoft\\SystemCertificates", true },
    { SCP_SCOPE_SOFTWARE, "Microsoft\\EnterpriseCertificates", true },
    { SCP_SCOPE_SOFTWARE, "Microsoft\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine", true },
    { SCP_SCOPE_SOFTWARE, "Microsoft\\Windows NT\\CurrentVersion", false },
    { SCP_SCOPE_SYSTEM, "Select", false },
    { SCP_SCOPE_SYSTEM, "CurrentControlSet\\Services\\CryptSvc", false },
    { SCP_SCOPE_USER, "Software\\Microsoft\\SystemCertificates", true },
    { SCP_SCOPE_USER, "Software\\Policies\\Microsoft\\SystemCertificates", true },
    { SCP_SCOPE_SOFTWARE, NULL, false },
};
