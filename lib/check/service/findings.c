/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/service/check.h"

#include "check/documents.h"

const struct scp_catalogue_entry scp_service_catalogue[] = {
    { "service.none", "UNKNOWN", "The profile has no names of the service (kind = tls), and no log names one.",
      "choose another profile (check_scp --list-profiles)", SCP_DOC_ENDPOINTS, SCP_SAYS_OF_SOURCE },
    { "service.no-way-out", "UNKNOWN",
      "No name of the service answered this machine, which is not the server: nothing follows from that for the server.",
      "run check_scp --service where the server's way out is, with --vantage=server, or through its proxy (--proxy=registry)",
      SCP_DOC_ENDPOINTS, SCP_SAYS_OF_SOURCE },
    { .id = NULL }
};
