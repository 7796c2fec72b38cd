/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/paths.h"

/* Stores that no chain of the SYSTEM account looks into: whether a certificate lies there by mistake (windows/elsewhere.h). */
#define ELSEWHERE                                                                                                                  \
    { SCP_SCOPE_BESIDE, "Microsoft\\Cryptography\\Services", true, NULL },                                                         \
        { SCP_SCOPE_BESIDE, "WOW6432Node\\Microsoft\\SystemCertificates", true, NULL },                                            \
        { SCP_SCOPE_BESIDE, "WOW6432Node\\Microsoft\\EnterpriseCertificates", true, NULL },                                        \
    {                                                                                                                              \
        SCP_SCOPE_BESIDE, "WOW6432Node\\Policies\\Microsoft\\SystemCertificates", true, NULL                                       \
    }

#define TRUST                                                                                                                      \
    { SCP_SCOPE_SOFTWARE, "Microsoft\\SystemCertificates", true, NULL },                                                           \
        { SCP_SCOPE_SOFTWARE, "Policies\\Microsoft\\SystemCertificates", true, NULL },                                             \
        { SCP_SCOPE_SOFTWARE, "Microsoft\\EnterpriseCertificates", true, NULL },                                                   \
        { SCP_SCOPE_SOFTWARE, "Microsoft\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine", true, NULL },   \
        { SCP_SCOPE_SECURITY, "Microsoft\\SystemCertificates\\AuthRoot", false, NULL },                                            \
        { SCP_SCOPE_SYSTEM, "CurrentControlSet\\Services\\CryptSvc", false, NULL },                                                \
        { SCP_SCOPE_USER, "Software\\Microsoft\\SystemCertificates", true, NULL },                                                 \
        { SCP_SCOPE_USER, "Software\\Policies\\Microsoft\\SystemCertificates", true, NULL }, ELSEWHERE

/* The build number decides what Windows makes of several settings; Select tells the current control set of an offline hive.  The
 * others tell which machine this is. */
#define WINDOWS                                                                                                                    \
    { SCP_SCOPE_SOFTWARE, "Microsoft\\Windows NT\\CurrentVersion", false, "CurrentBuild" },                                        \
        { SCP_SCOPE_BESIDE, "Microsoft\\Cryptography", false, "MachineGuid" },                                                     \
        { SCP_SCOPE_BESIDE, "Microsoft\\Windows\\CurrentVersion\\Group Policy\\State\\Machine", false, NULL },                     \
        { SCP_SCOPE_BESIDE_SYSTEM, "CurrentControlSet\\Control\\ComputerName\\ComputerName", false, NULL },                        \
        { SCP_SCOPE_BESIDE_SYSTEM, "CurrentControlSet\\Services\\Tcpip\\Parameters", false, NULL },                                \
    {                                                                                                                              \
        SCP_SCOPE_SYSTEM, "Select", false, NULL                                                                                    \
    }

#define PROXY                                                                                                                      \
    { SCP_SCOPE_SOFTWARE, "Microsoft\\Windows\\CurrentVersion\\Internet Settings", false, NULL },                                  \
        { SCP_SCOPE_SOFTWARE, "Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections", true, NULL },                  \
        { SCP_SCOPE_SOFTWARE, "Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings", false, NULL },                    \
        { SCP_SCOPE_SERVICES, "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings", false, NULL },                    \
    {                                                                                                                              \
        SCP_SCOPE_SERVICES, "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections", true, NULL             \
    }

/* Where settings of the update are found by mistake, and the switch of Windows before Vista. */
#define UPDATE                                                                                                                     \
    { SCP_SCOPE_SOFTWARE, "Microsoft\\Windows\\CurrentVersion\\Setup\\OC Manager\\Subcomponents", false, NULL },                   \
        { SCP_SCOPE_SOFTWARE, "WOW6432Node\\Microsoft\\SystemCertificates\\AuthRoot", false, NULL },                               \
        { SCP_SCOPE_SOFTWARE, "WOW6432Node\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate", false, NULL },                   \
        { SCP_SCOPE_SOFTWARE, "WOW6432Node\\Policies\\Microsoft\\SystemCertificates\\AuthRoot", false, NULL },                     \
    {                                                                                                                              \
        SCP_SCOPE_SOFTWARE, "WOW6432Node\\Policies\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate", false, NULL              \
    }

#define PROTOCOLS                                                                                                                  \
    { SCP_SCOPE_SOFTWARE, "Microsoft\\.NETFramework\\v4.0.30319", false, NULL },                                                   \
        { SCP_SCOPE_SOFTWARE, "WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319", false, NULL },                                  \
    {                                                                                                                              \
        SCP_SCOPE_SYSTEM, "CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client", false, NULL       \
    }

/* Configuration Manager's own. */
#define SITE                                                                                                                       \
    { SCP_SCOPE_SOFTWARE, "Microsoft\\SMS\\Setup", false, "Full Version" },                                                        \
        { SCP_SCOPE_SOFTWARE, "Microsoft\\SMS\\Identification", false, "Site Servers" },                                           \
    {                                                                                                                              \
        SCP_SCOPE_SOFTWARE, "Microsoft\\SMS\\COMPONENTS\\SMS_DMP_DOWNLOADER", false, "LastSyncedTime"                              \
    }

/* clang-format off */
#define SYNCHRONISED { SCP_SCOPE_SOFTWARE, "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate", false, NULL }
/* clang-format on */

/* clang-format off */
#define END { SCP_SCOPE_SOFTWARE, NULL, false, NULL }
/* clang-format on */

const struct scp_registry_scope scp_paths_scope[] = { TRUST, WINDOWS, END };
const struct scp_registry_scope scp_paths_scope_update[] = { TRUST, UPDATE, PROXY, WINDOWS, END };
const struct scp_registry_scope scp_paths_scope_proxy[] = { PROXY, WINDOWS, END };
const struct scp_registry_scope scp_paths_scope_environment[] = { PROXY, PROTOCOLS, SITE, SYNCHRONISED, WINDOWS, END };
const struct scp_registry_scope scp_paths_scope_all[] = { TRUST, UPDATE, PROXY, PROTOCOLS, SITE, WINDOWS, END };
