/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/check.h"

#include "check/documents.h"
#include "windows/paths.h"

const struct scp_catalogue_entry scp_roots_catalogue[] = {
    { "roots.present", "OK", "The root is installed, valid and usable.", NULL, NULL, 0 },
    { "roots.missing", "CRITICAL",
      "A required root is in none of the stores from which Windows takes its roots, and Windows cannot or will not fetch it.",
      "import the root into LocalMachine\\Root (certutil -addstore Root FILE; for many servers Group Policy Preferences that "
      "write SystemCertificates\\ROOT)\ncertutil -setreg chain\\ChainCacheResyncFiletime @now",
      SCP_DOC_ARTICLE, SCP_STEP_CERTIFICATE | SCP_SAYS_ROOT_ABSENT },
    { "roots.on-demand", "WARNING",
      "A required root is not in the stores, but automatic root update is on: Windows fetches it on first use if the download "
      "works.",
      "import the root into LocalMachine\\Root (certutil -addstore Root FILE) so that nothing depends on a download, or check "
      "that ctldl.windowsupdate.com can be reached from the server",
      SCP_DOC_ARTICLE, 0 },
    { "roots.list", "OK", "Windows' cached list of trusted roots was read, and its signature chains to a root of Microsoft.", NULL,
      NULL, 0 },
    { "roots.list-unread", "UNKNOWN, OK",
      "What Windows' cached list says of a root could not be told: it is not there, damaged, or not signed by Microsoft. A "
      "remark while no required root has to be looked up in it.",
      "look at the list on the server: certutil -verifyctl AuthRoot", SCP_DOC_CONFIGURE, 0 },
    { "roots.update-unknown", "UNKNOWN",
      "Whether Windows updates roots by itself could not be told: by the policy, so that a missing root is taken as missing, or "
      "because the source does not hold the service or the setting that would keep it from doing so, or holds no start of the "
      "service.",
      SCP_SNAPSHOT, SCP_DOC_CONFIGURE, 0 },
    { "roots.sync-future", "WARNING", "The last synchronisation of the trusted list lies in the future: a clock was or is wrong.",
      "set the server's clock, then force a new synchronisation: certutil -verifyctl -f AuthRoot", SCP_DOC_CONFIGURE,
      SCP_BESIDE_CLOCK },
    { "roots.mirror-not-audited", "OK",
      "Roots come from an internal mirror (RootDirUrl), which was not looked at: the last synchronisation stands for it.", NULL,
      SCP_DOC_CONFIGURE, 0 },
    { "roots.recommended-missing", "OK, WARNING",
      "A recommended root is missing. A remark while Windows can fetch it, a warning when it cannot.",
      "import the root into LocalMachine\\Root (certutil -addstore Root FILE)", SCP_DOC_ARTICLE, 0 },
    { "roots.informational", "OK", "A root that is worth knowing about; nothing depends on it.", NULL, NULL, 0 },
    { "roots.unreadable", "UNKNOWN", "An entry that should hold the root could not be read.",
      "delete the damaged entry and import the root again (certutil -addstore Root FILE)", SCP_DOC_STORES, 0 },
    { "roots.forged", "CRITICAL, WARNING",
      "A certificate has the SHA-1 thumbprint of the root but another SHA-256: it is not the root.",
      "remove the certificate at once and find out how it came there", SCP_DOC_WEAK_HASH, SCP_STEP_DENIAL },
    { "roots.disallowed", "CRITICAL, WARNING",
      "The root is in a Disallowed store or in Windows' cached list of disallowed certificates: Windows distrusts it, an "
      "installed copy does not help.",
      "find out who distrusts it: what Microsoft's list distrusts is not overridden, what group policy distrusts is mended in "
      "the GPO, a mistake in the local store with certutil -delstore Disallowed THUMBPRINT",
      SCP_DOC_STORES, SCP_STEP_DENIAL },
    { "roots.disallowed-unreadable", "UNKNOWN",
      "A damaged entry of a Disallowed store has the root's name, the list of disallowed certificates has damaged entries, or no "
      "certificate of a missing root is there to look up in it: whether the root is distrusted could not be told.",
      "delete the damaged entry", SCP_DOC_STORES, 0 },
    { "roots.disallowed-not-covered", "UNKNOWN, OK",
      "The source does not hold every Disallowed store: a distrust in the rest would not be seen. A remark where only the "
      "enterprise's is missing, or no root is there that it could concern.",
      SCP_SNAPSHOT, SCP_DOC_STORES, 0 },
    { "roots.disabled", "CRITICAL, WARNING, OK",
      "Windows disabled the root from a date on (property 104 of the certificate or of its entry in the list). In the future: a "
      "warning; on Windows before 10/2016, which do not know it: a remark.",
      "Microsoft withdrew the root: there is no remedy on this server; services must move to another root", SCP_DOC_DEPRECATION,
      SCP_STEP_NOWHERE },
    { "roots.not-before", "CRITICAL, WARNING, OK",
      "Windows does not trust certificates for TLS that this root's CAs issued after a date (property 126).",
      "Microsoft withdrew the root: there is no remedy on this server; services must move to another root", SCP_DOC_DEPRECATION,
      SCP_STEP_NOWHERE },
    { "roots.purpose", "CRITICAL, WARNING", "The root is not allowed for server authentication (properties 9 and 122).",
      "where Microsoft's list of trusted roots limits it, too, there is no remedy on this server; where an administrator did: "
      "certlm.msc, the certificate's Properties, 'Enable all purposes for this certificate'",
      SCP_DOC_DEPRECATION, SCP_STEP_DENIAL },
    { "roots.restriction-withdrawn", "OK", "An earlier restriction of the root was lifted.", NULL, SCP_DOC_DEPRECATION, 0 },
    { "roots.restriction-unreadable", "UNKNOWN", "A property that may restrict the root could not be read.",
      "import the root again (certutil -f -addstore Root FILE)", SCP_DOC_STORES, 0 },
    { "roots.authroot-off", "CRITICAL, WARNING",
      "The root is only in AuthRoot, which a policy (ProtectedRoots\\Flags, 0x8) leaves out.",
      "import the root into LocalMachine\\Root (certutil -addstore Root FILE), or have third-party roots allowed in the GPO that "
      "says otherwise (Certificate Path Validation Settings, tab Stores)",
      SCP_DOC_STORES, SCP_STEP_CERTIFICATE },
    { "roots.will-be-deleted", "WARNING",
      "The root is in AuthRoot and in no other store, and the verified list of trusted roots, which is in force, does not name it: "
      "Windows takes out of AuthRoot what its list no longer names.",
      "find out whether Microsoft removed the root: then services must move to another one; until they have, a copy in "
      "LocalMachine\\Root stays (certutil -addstore Root FILE)",
      SCP_DOC_DEPRECATION, 0 },
    { "roots.user-only", "CRITICAL, WARNING",
      "The root is only in the SYSTEM account's own store, which a policy (ProtectedRoots\\Flags, 0x1) leaves out.",
      "import the root into LocalMachine\\Root (certutil -addstore Root FILE)", SCP_DOC_STORES, SCP_STEP_CERTIFICATE },
    { "roots.policy-only", "OK", "The root comes by group policy only: it is gone for a moment whenever the policy is applied.",
      NULL, SCP_DOC_BY_GPO, 0 },
    { "roots.policy-refresh", "UNKNOWN",
      "A required root is in none of the stores, but group policy was writing its own anew when the snapshot was made: their key "
      "was written less than 5 minutes before, and each refresh takes the roots away first. Times of keys are in hives, not in "
      "exports as text.",
      "take the snapshot again, some minutes after the refresh; roots that come by Group Policy Preferences, or lie in "
      "LocalMachine\\Root, do not go away in between",
      SCP_DOC_BY_GPO, SCP_SAYS_ROOT_ABSENT },
    { "roots.key-too-short", "CRITICAL, WARNING",
      "A setting of the chain engine (MinRsaPubKeyBitLength, WeakRsa..., WeakEcdsa...) refuses the root's key, and with it every "
      "chain to the root.",
      "the server's security policy rejects roots with such keys, so importing the root again does not help: the owner of the "
      "policy decides",
      SCP_DOC_WEAK_KEYS, SCP_STEP_POLICY },
    { "roots.key-policy-unknown", "UNKNOWN", "Whether a setting of the chain engine refuses the root's key could not be told.",
      SCP_SNAPSHOT, SCP_DOC_WEAK_KEYS, 0 },
    { "roots.expired", "CRITICAL, WARNING", "The root's validity is over.",
      "find out which root the service uses now and install it", SCP_DOC_VALIDITY, SCP_STEP_NOWHERE },
    { "roots.not-yet-valid", "CRITICAL, WARNING", "The root's validity has not begun: the clock may be wrong.", "set the clock",
      SCP_DOC_VALIDITY, SCP_STEP_SERVICE },
    { "roots.expiring", "WARNING, CRITICAL", "The root's remaining life is outside --warning or --critical.",
      "find out which root replaces it and install that", SCP_DOC_VALIDITY, 0 },
    { "roots.misplaced", "WARNING",
      "A certificate that is not self-issued is in a Root store. It is no trust anchor, and it breaks client certificates in IIS.",
      "move it to the intermediate store: certutil -addstore CA FILE, then certutil -delstore Root THUMBPRINT",
      SCP_DOC_MISPLACED_ROOTS, 0 },
    { "roots.unlisted", "WARNING",
      "An installed root that Microsoft's list of trusted roots does not name (check_scp_roots --unlisted=warning asks).",
      "find out who installed it; a root of one's own organisation is excepted with --severity=roots.unlisted/THUMBPRINT=ok",
      SCP_DOC_CONFIGURE, 0 },
    { "roots.many", "OK",
      "More than 200 roots are installed: too many for the issuer list of a TLS server that asks for client certificates.", NULL,
      SCP_DOC_MANY_ROOTS, 0 },
    { "roots.none-required", "OK", "The profile requires no root.", NULL, NULL, 0 },
    { .id = NULL },
};
