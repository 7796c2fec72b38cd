/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_PATHS_H
#define SCP_WINDOWS_PATHS_H

#include "io/registry/registry.h"

/* Where Windows keeps what the suite asks about (wincrypt.h of the Windows SDK; "System Store Locations"). */
#define SCP_PATH_SYSTEM_CERTIFICATES "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates"
#define SCP_PATH_POLICY_CERTIFICATES "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates"
#define SCP_PATH_ENTERPRISE_CERTIFICATES "HKLM\\SOFTWARE\\Microsoft\\EnterpriseCertificates"
#define SCP_PATH_USER_SYSTEM "HKU\\S-1-5-18"
#define SCP_PATH_USER_CERTIFICATES "Software\\Microsoft\\SystemCertificates"
#define SCP_PATH_USER_POLICY_CERTIFICATES "Software\\Policies\\Microsoft\\SystemCertificates"

#define SCP_PATH_AUTHROOT SCP_PATH_SYSTEM_CERTIFICATES "\\AuthRoot"
#define SCP_PATH_AUTOUPDATE SCP_PATH_AUTHROOT "\\AutoUpdate"
#define SCP_PATH_AUTOUPDATE_POLICY SCP_PATH_POLICY_CERTIFICATES "\\AuthRoot"
#define SCP_PATH_OPTIONAL_COMPONENTS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\OC Manager\\Subcomponents"
#define SCP_PATH_PROTECTED_ROOTS SCP_PATH_POLICY_CERTIFICATES "\\Root\\ProtectedRoots"
#define SCP_PATH_CHAIN_POLICY SCP_PATH_POLICY_CERTIFICATES "\\ChainEngine\\Config"
#define SCP_PATH_CHAIN_CONFIG                                                                                                      \
    "HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine\\Config"
#define SCP_PATH_WINDOWS_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define SCP_PATH_CRYPTOGRAPHY "HKLM\\SOFTWARE\\Microsoft\\Cryptography"
#define SCP_PATH_POLICY_STATE "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Group Policy\\State\\Machine"
#define SCP_PATH_COMPUTER_NAME "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName"
#define SCP_PATH_TCPIP "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
#define SCP_PATH_CRYPTSVC "HKLM\\SYSTEM\\CurrentControlSet\\Services\\CryptSvc"

#define SCP_PATH_INTERNET_SETTINGS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define SCP_PATH_INTERNET_POLICY "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define SCP_PATH_USER_INTERNET_SETTINGS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define SCP_PATH_USER_NETWORK_SERVICE "HKU\\S-1-5-20"
#define SCP_PATH_DOTNET "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"
#define SCP_PATH_DOTNET_32 "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319"
#define SCP_PATH_SITE_SETUP "HKLM\\SOFTWARE\\Microsoft\\SMS\\Setup"
#define SCP_PATH_SITE_IDENTIFICATION "HKLM\\SOFTWARE\\Microsoft\\SMS\\Identification"
#define SCP_PATH_SITE_DOWNLOADER "HKLM\\SOFTWARE\\Microsoft\\SMS\\COMPONENTS\\SMS_DMP_DOWNLOADER"
#define SCP_PATH_TLS12_CLIENT "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client"

/* What registry back ends keep; everything else is passed over. */
extern const struct scp_registry_scope scp_paths_scope[];             /* certificate stores and the update policy */
extern const struct scp_registry_scope scp_paths_scope_update[];      /* the same with all that concerns
                                                                       * updates, and the way out */
extern const struct scp_registry_scope scp_paths_scope_proxy[];       /* the way out alone: --proxy=registry */
extern const struct scp_registry_scope scp_paths_scope_environment[]; /* the way out, .NET, SCHANNEL, last synchronisation */
extern const struct scp_registry_scope scp_paths_scope_all[];         /* all of these */

/*
 * The recipe: all keys of the scope, so that "absent" and "not exported" cannot be confused (README.md and scp-plugins(7) have the
 * whole of it).
 */
#define SCP_SNAPSHOT_SCRIPT "contrib/windows/scp-snapshot.cmd"
#define SCP_SNAPSHOT                                                                                                               \
    "run " SCP_SNAPSHOT_SCRIPT " on the server, as SYSTEM or an administrator (scp-snapshot.cmd C:\\scp-snapshot), and give the "  \
    "folder with --registry"

#endif
