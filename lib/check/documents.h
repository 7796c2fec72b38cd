/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_DOCUMENTS_H
#define SCP_CHECK_DOCUMENTS_H

/*
 * The documents that findings rest on, for the references of the catalogues: a title, a comma, an address;
 * several with a semicolon between.  Whoever cites one takes it from here, so that it has one title and one address.
 */
#define SCP_DOC_RFC(number, section)                                                                                               \
    "RFC " number " section " section ", https://www.rfc-editor.org/rfc/rfc" number "#section-" section
#define SCP_DOC_LEARN "https://learn.microsoft.com/en-us/"
#define SCP_DOC_CONFIGMGR SCP_DOC_LEARN "intune/configmgr/"

/* Microsoft's support article, and what it stands on. */
#define SCP_DOC_ARTICLE                                                                                                            \
    "Microsoft: Connectivity issues if the DigiCert Global Root G2 root certificate is not installed, " SCP_DOC_LEARN              \
    "troubleshoot/mem/configmgr/setup-migrate-backup-recovery/connectivity-issues-digicert-global-root-g2-not-installed"
#define SCP_DOC_CONFIGURE                                                                                                          \
    "Microsoft: Configure trusted roots and disallowed certificates in Windows, " SCP_DOC_LEARN                                    \
    "windows-server/identity/ad-cs/configure-trusted-roots-disallowed-certificates"
#define SCP_DOC_TRUST                                                                                                              \
    "Microsoft: Certificates and trust in Windows, " SCP_DOC_LEARN "windows-server/identity/ad-cs/certificate-trust"
#define SCP_DOC_AZURE                                                                                                              \
    "Microsoft: Azure Certificate Authority details, " SCP_DOC_LEARN                                                               \
    "azure/security/fundamentals/azure-certificate-authority-details"
#define SCP_DOC_CHANGES                                                                                                            \
    "Microsoft: Azure TLS Certificate Changes, " SCP_DOC_LEARN "azure/security/fundamentals/tls-certificate-changes"
#define SCP_DOC_DEPRECATION                                                                                                        \
    "Microsoft Trusted Root Program: Root certificate deprecation, " SCP_DOC_LEARN "security/trusted-root/deprecation"
#define SCP_DOC_TESTING "Microsoft Trusted Root Program: Testing, " SCP_DOC_LEARN "security/trusted-root/testing"
#define SCP_DOC_STORES "Microsoft: System Store Locations, " SCP_DOC_LEARN "windows/win32/seccrypto/system-store-locations"
#define SCP_DOC_LISTS                                                                                                              \
    "Microsoft: Certificate Trust List Overview, " SCP_DOC_LEARN "windows/win32/seccrypto/certificate-trust-list-overview"
#define SCP_DOC_BY_GPO                                                                                                             \
    "Microsoft KB 4560600: Valid root CA certificates distributed using GPO might intermittently appear as "                       \
    "untrusted, " SCP_DOC_LEARN                                                                                                    \
    "troubleshoot/windows-server/certificates-and-public-key-infrastructure-pki/valid-root-ca-certificates-untrusted"
#define SCP_DOC_MISPLACED_ROOTS                                                                                                    \
    "Microsoft: HTTP error 403.16 when you try to access a website that's hosted on IIS (cause 2), " SCP_DOC_LEARN                 \
    "troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-403-forbidden-access-website"
#define SCP_DOC_MANY_ROOTS "Microsoft KB 2801679, https://support.microsoft.com/en-us/kb/2801679"
#define SCP_DOC_SHA2                                                                                                               \
    "Microsoft: 2019 SHA-2 Code Signing Support requirement for Windows and WSUS, "                                                \
    "https://support.microsoft.com/help/4472027/2019-sha-2-code-signing-support-requirement-for-windows-and-wsus"

/* How Windows builds chains. */
#define SCP_DOC_PATH_POLICY                                                                                                        \
    "Microsoft: Configure AIA issuer retrieval and validate certificate endpoints, " SCP_DOC_LEARN                                 \
    "windows-server/identity/ad-cs/configure-certificate-path-validation-revocation-policy"
#define SCP_DOC_AIA                                                                                                                \
    "Microsoft: Authority Information Access in Windows, " SCP_DOC_LEARN                                                           \
    "windows-server/security/authority-information-access-retrieval"
#define SCP_DOC_WEAK_KEYS                                                                                                          \
    "Microsoft Security Advisory 2661254, " SCP_DOC_LEARN "security-updates/SecurityAdvisories/2012/2661254; "                     \
    "Microsoft: Disable weak cryptographic algorithms in certificate validation, " SCP_DOC_LEARN                                   \
    "windows-server/identity/ad-cs/disable-weak-cryptographic-algorithms"
#define SCP_DOC_PROXY                                                                                                              \
    "Microsoft KB 2623724: Description of the Cryptography API proxy detection mechanism when downloading a CRL from a "           \
    "distribution point, " SCP_DOC_LEARN "troubleshoot/browsers/description-of-cryptography-api-proxy-from-crl"

/* Configuration Manager and its server. */
#define SCP_DOC_ENDPOINTS                                                                                                          \
    "Microsoft: Internet access requirements (Configuration Manager), " SCP_DOC_CONFIGMGR                                          \
    "core/plan-design/network/internet-endpoints"
#define SCP_DOC_LOGS                                                                                                               \
    "Microsoft: Log file reference (Configuration Manager), " SCP_DOC_CONFIGMGR "core/plan-design/hierarchy/log-files"
#define SCP_DOC_ADMINSERVICE                                                                                                       \
    "Microsoft: What is the administration service in Configuration Manager, " SCP_DOC_CONFIGMGR "develop/adminservice/overview"
#define SCP_DOC_STATUS_MESSAGES                                                                                                    \
    "Microsoft: SMS_StatusMessage Server WMI Class, " SCP_DOC_CONFIGMGR                                                            \
    "develop/reference/core/servers/manage/sms_statusmessage-server-wmi-class"
#define SCP_DOC_MISMATCH                                                                                                           \
    "Microsoft KB 14244456: Update rollup for Configuration Manager version 2203, " SCP_DOC_LEARN                                  \
    "mem/configmgr/hotfix/2203/14244456"
#define SCP_DOC_STRONG_CRYPTO                                                                                                      \
    "Microsoft KB 4561945: Service connection tool doesn't download updates, " SCP_DOC_LEARN                                       \
    "troubleshoot/mem/configmgr/setup-migrate-backup-recovery/service-connection-tool-not-download-updates"
#define SCP_DOC_TLS                                                                                                                \
    "Microsoft: How to enable TLS 1.2 (Configuration Manager), " SCP_DOC_CONFIGMGR "core/plan-design/security/enable-tls-1-2"
#define SCP_DOC_VERSIONS                                                                                                           \
    "Microsoft: Updates and servicing for Configuration Manager, " SCP_DOC_CONFIGMGR "core/servers/manage/updates"
#define SCP_DOC_DOWNLOADS                                                                                                          \
    "Microsoft: Flowchart - Download updates for Configuration Manager, " SCP_DOC_CONFIGMGR                                        \
    "core/servers/manage/download-updates-flowchart"
#define SCP_DOC_TWO_SERVERS                                                                                                        \
    "Microsoft: Site server high availability (Configuration Manager), " SCP_DOC_CONFIGMGR                                         \
    "core/servers/deploy/configure/site-server-high-availability"
#define SCP_DOC_TIME                                                                                                               \
    "Microsoft: Windows Time service tools and settings, " SCP_DOC_LEARN                                                           \
    "windows-server/networking/windows-time-service/windows-time-service-tools-and-settings"
#define SCP_DOC_EXPORT "Microsoft: reg export, " SCP_DOC_LEARN "windows-server/administration/windows-commands/reg-export"

/* Standards, and what is OpenSSL's or somebody else's word. */
#define SCP_DOC_VALIDITY SCP_DOC_RFC("5280", "4.1.2.5")
#define SCP_DOC_WEAK_DIGESTS                                                                                                       \
    "NIST SP 800-131A: Transitioning the Use of Cryptographic Algorithms and Key Lengths, "                                        \
    "https://csrc.nist.gov/pubs/sp/800/131/a/r2/final"
#define SCP_DOC_WEAK_HASH "CWE-328: Use of Weak Hash, https://cwe.mitre.org/data/definitions/328.html"
#define SCP_DOC_CHECK_CA SCP_DOC_RFC("5280", "4.2.1.9") "; OpenSSL: X509_check_ca, https://docs.openssl.org/3.5/man3/X509_check_ca/"
#define SCP_DOC_HIVES                                                                                                              \
    "M. Suhanov: Windows registry file format specification, "                                                                     \
    "https://github.com/msuhanov/regf/blob/master/Windows%20registry%20file%20format%20specification.md"
#define SCP_DOC_GUIDELINES "Monitoring Plugins Development Guidelines, https://www.monitoring-plugins.org/doc/guidelines.html"

#endif
