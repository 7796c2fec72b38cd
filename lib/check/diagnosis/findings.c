/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/check.h"

#include "check/documents.h"
#include "windows/paths.h"

const struct scp_catalogue_entry scp_diagnosis_catalogue[] = {
    { "diagnosis.none", "OK", "None of the article's four causes is present, and none of its symptoms was seen.", NULL, NULL, 0 },
    { "diagnosis.autoupdate", "CRITICAL, WARNING",
      "Cause 1: the automatic update of root certificates is off, or does not work, and a required root waits for it.",
      "what the plan says: check_scp rehearses it on what was read", SCP_DOC_ARTICLE, 0 },
    { "diagnosis.roots", "CRITICAL, WARNING",
      "Cause 2: a required root, DigiCert Global Root G2 first, is missing or not usable. A "
      "root that is distrusted, limited or left out is not mended by importing it.",
      "what the plan says: check_scp rehearses it on what was read", SCP_DOC_ARTICLE, 0 },
    { "diagnosis.intermediates", "CRITICAL, WARNING",
      "Cause 3: no chain of today's issuing authorities can be built from the stores, and Windows does not fetch what is missing.",
      "what the plan says: check_scp rehearses it on what was read", SCP_DOC_ARTICLE, 0 },
    { "diagnosis.revocation", "CRITICAL, WARNING",
      "Cause 4: hosts that serve CRLs, OCSP answers or trust lists cannot be reached, or what they serve cannot be used.",
      "open the firewall and proxy for these hosts on port 80, for the SYSTEM account and without authentication", SCP_DOC_ARTICLE,
      0 },
    { "diagnosis.unexplained", "CRITICAL, WARNING", "The article's symptoms are there, but none of its four causes was found.",
      "look at what the service sends, and for TLS inspection (check_scp --service), and for another proxy between the SYSTEM "
      "account and the internet\n"
      "prove the chain with the service's own certificate (check_scp_intermediates --certificate=FILE)",
      SCP_DOC_ARTICLE, 0 },
    { "diagnosis.incomplete", "UNKNOWN", "Whether some of the article's causes are present could not be told.",
      "give the parts what they need: a whole registry source, and the network", SCP_DOC_ARTICLE, SCP_SAYS_OF_SOURCE },
    { "diagnosis.unable", "UNKNOWN", "A part could not be judged for want of something on this side.", "see the reason",
      SCP_DOC_ARTICLE, SCP_SAYS_OF_SOURCE },
    { "diagnosis.count", "CRITICAL, WARNING", "The number of causes is outside --warning or --critical.",
      "mend the causes, the one named first before the others", SCP_DOC_ARTICLE, 0 },
    { "diagnosis.contradicted", "OK",
      "Hosts of trust lists cannot be reached from here, but the server itself fetched its lists from them a short time ago: that "
      "is the matter of this host.",
      NULL, NULL, 0 },
    { "diagnosis.update-key", "WARNING",
      "Windows' update is on and its hosts answer the server, yet the list of disallowed certificates was not synchronised for two "
      "weeks: likely CryptSvc may not write to its key. An inference, where the key's permissions were not read; those of hives "
      "and "
      "of this machine are (autoupdate.key-denied).",
      "see who may write there: regedit, " SCP_PATH_AUTOUPDATE ", Permissions; NT SERVICE\\CryptSvc is to have full control of "
      "AuthRoot and of all keys below it\n"
      "certutil -f -verifyctl DisallowedWU on the server shows the error",
      SCP_DOC_CONFIGURE, SCP_BESIDE_SERVICE },
    { "diagnosis.policy-refresh", "WARNING",
      "A failure came within minutes of the last refresh of group policy, and a required root is in no store but the policy's, "
      "from "
      "which each refresh takes it away before it is written again (KB 4560600). Likely, not certain: only the last refresh has "
      "left "
      "its time, in hives and in the live registry.",
      "distribute the root by Group Policy Preferences that write SystemCertificates\\ROOT in place of the GPO's Public Key "
      "Policies; "
      "gpresult /scope computer /h FILE.html names the GPO",
      SCP_DOC_BY_GPO, SCP_BESIDE_REFRESH },
    { "diagnosis.disconnected", "OK",
      "The environment is disconnected by the article's definition: Windows Update cannot be reached, or the update of both lists "
      "is off.",
      NULL, SCP_DOC_ARTICLE, 0 },
    { "events.chain-failed", "WARNING",
      "Windows noted (CAPI2, events 11 and 30) that it refused smsexec.exe or CryptSvc a chain of the profile, after the last "
      "change of stores and policies.",
      "look at the event's details on the server: eventvwr.msc, Applications and Services Logs, Microsoft, Windows, CAPI2, "
      "Operational",
      SCP_DOC_CHANGES, 0 },
    { "events.revocation-failed", "WARNING",
      "Windows noted (CAPI2, event 41) that it could not tell smsexec.exe or CryptSvc whether a certificate of a chain of the "
      "profile is revoked, or that it is.",
      "look which address failed: CAPI2's events 53 before it on the server", SCP_DOC_CHANGES, 0 },
    { "events.fetch-failed", "WARNING, OK",
      "Windows noted (CAPI2, event 53) that smsexec.exe or CryptSvc could not fetch an address of the profile the last time. A "
      "remark where the address is not required, or where the same is said of it otherwise.",
      "open the way for the SYSTEM and NETWORK SERVICE accounts; a firewall's rule may be for one program alone", SCP_DOC_ENDPOINTS,
      0 },
    { "events.fetched", "OK", "Windows itself fetched addresses of the profile (CAPI2, event 53).", NULL, NULL, 0 },
    { "events.issuer", "OK",
      "Who issued a certificate that smsexec.exe was shown (CAPI2, event 11). Its family is required then; it takes the place of "
      "the inference which CA issues the service's own certificates.",
      NULL, NULL, 0 },
    { "events.issuer-unknown", "WARNING",
      "smsexec.exe was shown a certificate with a name of the service, of an issuer that the profile does not know (CAPI2, event "
      "11): the service has a new CA, or its connections are inspected on the way.",
      "see who it is: check_scp --service shows the chain that is sent; from a known root take a newer profile, else exempt "
      "*.manage.microsoft.com from inspection",
      SCP_DOC_ENDPOINTS, SCP_BESIDE_INSPECTION },
    { "events.other-chain", "OK",
      "Windows refused smsexec.exe a chain that names nothing of the profile (CAPI2, event 11): perhaps one of something else.",
      NULL, NULL, 0 },
    { "events.passed-over", "OK",
      "Events that prove nothing: of other programs or accounts, from before the last change of stores and policies or older than "
      "24 hours, about something else, or malformed.",
      NULL, NULL, 0 },
    { .id = NULL }
};
