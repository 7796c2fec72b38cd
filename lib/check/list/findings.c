/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/list/list.h"

#include "check/documents.h"

#define REFETCH                                                                                                                    \
    "fetch it again where Windows Update can be reached: certutil -syncWithWU -f -f FOLDER (on the server itself: "                \
    "certutil -f -verifyctl AuthRootWU)"

const struct scp_catalogue_entry scp_list_catalogue[] = {
    { "list.good", "OK", "The list is signed by Microsoft and names what it should.", NULL, NULL, 0 },
    { "list.store", "OK", "A serialized store of certificates: such files carry no signature, so nothing vouches for it.", NULL,
      NULL, 0 },
    { "list.page", "CRITICAL, UNKNOWN",
      "A page for people (HTML) came instead of a list: a proxy, a portal or an error page answered.",
      "open the address from the server, let it pass the proxy without login and inspection, and look at the web server's "
      "configuration",
      SCP_DOC_CONFIGURE, SCP_STEP_NETWORK },
    { "list.unreadable", "CRITICAL, UNKNOWN", "What should be a list is damaged or another kind of file.", REFETCH, SCP_DOC_LISTS,
      SCP_STEP_NETWORK | SCP_SAYS_OF_SOURCE },
    { "list.kind", "CRITICAL", "A list of another kind than belongs here: its usage decides, not its name.", REFETCH, SCP_DOC_LISTS,
      SCP_STEP_NETWORK },
    { "list.new-kind", "OK",
      "A list of Windows' own, by its usage, of a kind that is not known here (one of certificate transparency is such a one): "
      "neither its signature nor its content was judged. In place of a list that belongs there it is list.kind.",
      NULL, NULL, 0 },
    { "list.unsigned", "CRITICAL", "The list carries no signature: Windows does not accept it, and anybody may have written it.",
      REFETCH, SCP_DOC_LISTS, SCP_STEP_NETWORK },
    { "list.invalid", "CRITICAL", "The list's signature does not fit its content: it was altered or damaged.",
      "find out who altered it; " REFETCH, SCP_DOC_LISTS, SCP_STEP_NETWORK },
    { "list.untrusted", "CRITICAL",
      "The list's signer may not sign such lists, or does not chain to a Microsoft root: it is forged. Windows does not accept it, "
      "so that what Microsoft adds and distrusts does not arrive by it.",
      "find out where it comes from; " REFETCH, SCP_DOC_LISTS, SCP_STEP_NETWORK },
    { "list.signer-disallowed", "WARNING",
      "Who vouches for the list - its publisher, the CA above, or Microsoft's root - is in a Disallowed store: Windows would "
      "refuse the list (inferred, 0x80092010), so that roots and lists of distrust no longer arrive.",
      "find out who distrusts it; a mistake in the local store: certutil -delstore Disallowed THUMBPRINT", SCP_DOC_CONFIGURE, 0 },
    { "list.anchor-absent", "OK",
      "The Root stores do not hold the Microsoft root that the list chains to; Windows carries it along.", NULL, SCP_DOC_CONFIGURE,
      0 },
    { "list.weak", "WARNING, OK", "The list's signature or its chain rests on SHA-1 or a short key; a list from before 2017 may.",
      REFETCH, SCP_DOC_SHA2, 0 },
    { "list.old", "WARNING, OK",
      "The list of trusted roots is more than 300 days old, or more than 60 days older than the newest one that the profile knows. "
      "A remark where it comes from Microsoft's own address.",
      "renew the mirror: certutil -syncWithWU -f -f FOLDER where Windows Update can be reached", SCP_DOC_CONFIGURE, 0 },
    { "list.damaged", "WARNING", "Some entries of the list are malformed or occur twice; the rest was judged.", REFETCH,
      SCP_DOC_LISTS, 0 },
    { "list.future", "WARNING", "The list is dated in the future: a clock is wrong.",
      "set the clock of the monitoring server and of the server", SCP_DOC_CONFIGURE, SCP_BESIDE_CLOCK },
    { "list.root-unlisted", "CRITICAL, WARNING",
      "The list of trusted roots does not name a root of the profile: Windows would not fetch it.",
      "bring the list up to date; meanwhile import the root into LocalMachine\\Root (certutil -addstore Root FILE)",
      SCP_DOC_CONFIGURE, SCP_STEP_NETWORK },
    { "list.root-twin", "CRITICAL", "The list names another certificate with the root's SHA-1 thumbprint.",
      "find out where the list comes from; " REFETCH, SCP_DOC_WEAK_HASH, 0 },
    { "list.root-restricted", "CRITICAL, WARNING",
      "The list of trusted roots takes TLS server authentication away from a root of the profile.",
      "find out why Microsoft limited the root; services must move to another one", SCP_DOC_DEPRECATION, 0 },
    { "list.root-unreadable", "UNKNOWN", "What the list says of a root of the profile could not be read.", REFETCH, SCP_DOC_LISTS,
      0 },
    { "list.root-disallowed", "CRITICAL, WARNING",
      "The list of disallowed certificates holds a root of the profile: Windows distrusts it.",
      "find out why Microsoft distrusts the root; services must move to another one", SCP_DOC_DEPRECATION, 0 },
    { .id = NULL },
};
