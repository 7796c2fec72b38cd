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
    { "diagnosis.disconnected", "OK",
      "The environment is disconnected by the article's definition: Windows Update cannot be reached, or the update of both lists "
      "is off.",
      NULL, SCP_DOC_ARTICLE, 0 },
    { .id = NULL }
};
