/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/mirror/mirror.h"

#include "check/documents.h"

const struct scp_catalogue_entry scp_mirror_catalogue[] = {
    { "mirror.complete", "OK", "Every root that the mirror's list names is there and is what its name says.", NULL, NULL,
      SCP_STEP_DESIGN },
    { "mirror.unreadable", "UNKNOWN", "The mirror's folder cannot be read.",
      "mount the share read-only for the monitoring user, and check its permissions", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.not-auditable", "UNKNOWN",
      "The registry names a Windows share or a local folder of the server (RootDirUrl), which cannot be looked at from here.",
      "mount the share where the plugin runs and give its mount point: check_scp_autoupdate --mirror=DIR", SCP_DOC_CONFIGURE,
      SCP_STEP_DESIGN },
    { "mirror.none", "UNKNOWN", "The mirror that the registry names was to be audited, but it names none.",
      "give the mirror's address or folder (check_scp_autoupdate --mirror=URL or --mirror=DIR), or set RootDirUrl",
      SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.list-missing", "CRITICAL, WARNING, OK",
      "A file that belongs in a mirror is not there: without authrootstl.cab Windows gets no roots, without the disallowed files "
      "it learns of no distrust.",
      "renew the mirror: certutil -syncWithWU -f FOLDER", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.list-unreachable", "CRITICAL, WARNING", "A list of the mirror did not arrive.",
      "look at the web server and its log; try the address from the server", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.list-not-asked", "UNKNOWN",
      "A list of the mirror was not looked at: the deadline passed before, or something failed here.", "raise --timeout",
      SCP_DOC_GUIDELINES, SCP_STEP_DESIGN },
    { "mirror.list-stale", "WARNING",
      "A list of the mirror is older than one that Windows has already or that Microsoft serves, or more than 300 days old.",
      "renew the mirror regularly by a scheduled task: certutil -syncWithWU -f FOLDER", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.root-missing", "CRITICAL, WARNING",
      "The list names a root whose certificate is not in the mirror: Windows could not install it.",
      "renew the mirror: certutil -syncWithWU -f -f FOLDER", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.root-corrupt", "CRITICAL, WARNING",
      "A file of the mirror is not the certificate that its name says: Windows would not install it.",
      "find out who changed it and renew the mirror: certutil -syncWithWU -f -f FOLDER", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.root-unreachable", "CRITICAL, WARNING", "A root of the mirror cannot be read or fetched.",
      "look at the permissions, at the web server and its log", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { "mirror.root-not-checked", "UNKNOWN",
      "Some roots of the mirror were not looked at: the deadline passed before, or something failed here.", "raise --timeout",
      SCP_DOC_GUIDELINES, SCP_STEP_DESIGN },
    { "mirror.roots-unlisted", "UNKNOWN",
      "Without a list that can be believed only the roots of the profile were looked for: what else the mirror should hold is not "
      "known.",
      "mend the mirror's authrootstl.cab first", SCP_DOC_CONFIGURE, SCP_STEP_DESIGN },
    { .id = NULL },
};
