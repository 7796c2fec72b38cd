/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "check/documents.h"
#include "windows/paths.h"

const struct scp_catalogue_entry scp_autoupdate_catalogue[] = {
    { "autoupdate.enabled", "OK", "Windows updates its list of trusted roots by itself.", NULL, NULL, 0 },
    { "autoupdate.disabled", "CRITICAL, OK",
      "The automatic update of trusted roots is off: new roots do not arrive. As it should be where --expect=disabled.",
      "where it is meant: supply roots by Group Policy Preferences and intermediates by group policy, and say --expect=disabled; "
      "where it is not: set the "
      "policy 'Turn off Automatic Root Certificates Update' to Not configured or Disabled (DisableRootAutoUpdate = 0)",
      SCP_DOC_ARTICLE, SCP_STEP_POLICY },
    { "autoupdate.unexpected", "WARNING", "The update is set up in another way than --expect says.",
      "correct the policy, or say how it should be: --expect=enabled, --expect=mirror or --expect=disabled", SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.policy-unreadable", "UNKNOWN",
      "A value of the update policy is not a number (REG_DWORD): what Windows makes of it is not known.",
      "set it again as REG_DWORD where it is set: in the GPO (gpresult /scope computer /h FILE.html names it), or in the registry",
      SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.disallowed-disabled", "WARNING, OK",
      "The automatic update of the list of disallowed certificates is off: Windows does not learn which certificates Microsoft "
      "distrusts.",
      "where it is not meant: no policy of Windows itself sets EnableDisallowedCertAutoUpdate; find the .adm template or the "
      "script that did (gpresult /scope computer /h FILE.html) and set it to 1 there",
      SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.disallowed-unknown", "UNKNOWN",
      "The two switches contradict each other on a Windows that has separate ones only with the update KB 2813430.",
      "install KB 2813430, or set both switches alike", SCP_DOC_TRUST, 0 },
    { "autoupdate.pin-rules-disabled", "OK", "The automatic update of pin rules is off; nothing depends on them.", NULL, NULL, 0 },
    { "autoupdate.redirected", "OK", "Lists and roots come from an internal mirror (RootDirUrl) instead of Windows Update.", NULL,
      SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.test-list", "WARNING",
      "Windows, or certutil -syncWithWU, is redirected to Microsoft's test list, which holds roots that are not released.",
      "delete RootDirUrl (or SyncFromDirUrl, where that is named)", SCP_DOC_TESTING, 0 },
    { "autoupdate.not-in-force", "WARNING",
      "RootDirUrl or SyncFromDirUrl names an address on a host of Microsoft's that does not serve the lists in force: another "
      "folder, language or version, or a host of before 2012. It is neither a mirror nor the default.",
      "delete the value, or set it to a mirror of your own (certutil -syncWithWU fills one)", SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.source-unusable", "CRITICAL, WARNING",
      "The update is on, but RootDirUrl is set to something that is no address: Windows finds neither list nor roots there. What "
      "it does with an empty one is not known (WARNING).",
      "set RootDirUrl to an http address or to file://\\\\server\\share, or delete it", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "autoupdate.blocked", "CRITICAL", "The update is on, but roots that it installs do not count: AuthRoot is left out.",
      "import the roots that check_scp_roots names into LocalMachine\\Root, or have third-party roots allowed in the GPO "
      "(Certificate Path Validation Settings, tab Stores): neither a mirror nor the update mends that",
      SCP_DOC_STORES, SCP_STEP_SERVICE },
    { "autoupdate.service-disabled", "CRITICAL",
      "The update is on, but the Cryptographic Services (CryptSvc), which download lists and roots, are disabled.",
      "sc config CryptSvc start= auto, then net start CryptSvc", SCP_DOC_CONFIGURE, SCP_STEP_SERVICE | SCP_BESIDE_SERVICE },
    { "autoupdate.key-denied", "CRITICAL",
      "The update is on, but the permissions of its key AutoUpdate, or of AuthRoot's keys Certificates, CRLs and CTLs, do not let "
      "the Cryptographic Services (CryptSvc) write: lists are not renewed, roots not installed. Read from hives and from this "
      "machine's registry; an export holds no permissions.",
      "give NT SERVICE\\CryptSvc full control of " SCP_PATH_AUTHROOT " and of all keys below it again\n"
      "regedit, Permissions, Advanced: an entry for NT SERVICE\\CryptSvc that applies to this key and subkeys; and for a key below "
      "that inherits nothing: Enable inheritance",
      SCP_DOC_CONFIGURE, SCP_STEP_SERVICE | SCP_BESIDE_SERVICE },
    { "autoupdate.synced", "OK", "When a list other than that of trusted roots was last synchronised.", NULL, NULL, 0 },
    { "autoupdate.sync-stale", "WARNING, CRITICAL", "The update is on, but a list was not synchronised for too long.",
      "certutil -verifyctl AuthRootWU on the server shows the error; check that the Cryptographic Services (CryptSvc) run",
      SCP_DOC_CONFIGURE, SCP_STEP_NETWORK | SCP_SAYS_NO_LIST },
    { "autoupdate.never-synced", "CRITICAL, WARNING",
      "The update is on, but the registry holds no time of a synchronisation: a list never arrived.",
      "certutil -f -verifyctl AuthRootWU on the server fetches it and shows the error; check the way to ctldl.windowsupdate.com",
      SCP_DOC_CONFIGURE, SCP_STEP_NETWORK | SCP_SAYS_NO_LIST },
    { "autoupdate.sync-future", "WARNING",
      "The last synchronisation lies in the future: a clock was or is wrong, and Windows may not synchronise until then.",
      "set the server's clock, then force a new synchronisation: certutil -f -verifyctl AuthRootWU", SCP_DOC_CONFIGURE,
      SCP_BESIDE_CLOCK },
    { "autoupdate.value-misplaced", "WARNING, OK",
      "A setting of the update stands under a key that Windows does not read it from, so it has no effect. A remark where it is "
      "also set where Windows reads it.",
      "set it under the key that Windows reads, and delete it here", SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.tuned", "OK", "A setting that changes how often or how long Windows tries; usually nobody sets it.", NULL,
      SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.disconnected", "OK", "A disconnected environment, as the support article defines it.", NULL, SCP_DOC_ARTICLE, 0 },
    { "autoupdate.list-absent", "OK", "The registry holds no cached list of this kind.", NULL, NULL, 0 },
    { "autoupdate.list-unused", "OK", "The update of trusted roots is off: its cached list was not judged.", NULL, NULL, 0 },
    { "autoupdate.unreachable", "CRITICAL, WARNING", "A list could not be fetched from where Windows would fetch it.",
      "see whether this host reaches the address at all; then let the server reach it over http (port 80), also through its "
      "WinHTTP proxy and without login",
      SCP_DOC_ARTICLE, 0 },
    { "autoupdate.not-asked", "UNKNOWN", "A list was not asked for: the deadline passed before, or something failed here.",
      "raise --timeout", SCP_DOC_GUIDELINES, 0 },
    { "autoupdate.root-not-served", "CRITICAL, UNKNOWN",
      "A required root is in no Root store, and its own file, <SHA-1>.crt, is not served beside the list of trusted roots, or is "
      "something else, or does not arrive at the server itself (--vantage=server): Windows cannot fetch it. UNKNOWN where the "
      "source does not hold all Root stores.",
      "renew the mirror (certutil -syncWithWU -f -f FOLDER), or empty the cache of the proxy in between; until then import the root"
      " into LocalMachine\\Root (certutil -addstore Root FILE)",
      SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.root-not-asked", "UNKNOWN",
      "The file of a required root that is in no Root store did not arrive here, though the list did: whether Windows can fetch it "
      "could not be told.",
      "try the address from the server itself, or raise --timeout", SCP_DOC_GUIDELINES, 0 },
    { "autoupdate.current", "OK", "The server has the list that is served.", NULL, NULL, 0 },
    { "autoupdate.behind", "CRITICAL, WARNING, OK", "A newer list is served than the one that the server has.",
      "certutil -f -verifyctl AuthRootWU on the server fetches it and shows the error", SCP_DOC_CONFIGURE, 0 },
    { "autoupdate.ahead", "WARNING", "The server has a newer list than the one that is served: an old copy answers.",
      "renew the mirror, or empty the cache of the proxy in between", SCP_DOC_CONFIGURE, 0 },
    { .id = NULL },
};
