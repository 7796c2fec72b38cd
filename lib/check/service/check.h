/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_SERVICE_CHECK_H
#define SCP_CHECK_SERVICE_CHECK_H

#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/status/check.h"

/*
 * The service itself: what its names (kind = tls in the profile, and hosts of microsoft.com that logs name) send today, judged with
 * the server's stores as check_scp_intermediates --connect judges it; and the addresses in these chains, asked as
 * check_scp_revocation asks those of the profile.  A part of check_scp (--service), no plugin of its own.
 */

/* What the chains say of where their revocation is published. */
struct scp_service_addresses {
    struct scp_service_certificate *certificate; /* owned */
    size_t certificates;
    struct scp_service_address *address; /* owned */
    struct scp_revocation_plan plan;     /* of these */
};

/* The addresses of the chains that are good, each once, without lists that the profile's endpoints bring.  The chains must outlive
 * them.  -1: a limit, out of memory. */
int scp_service_addresses_plan(const struct scp_intermediates_facts *chains, struct scp_service_addresses *out,
                               struct scp_err *err);
void scp_service_addresses_free(struct scp_service_addresses *a);

struct scp_service_session {
    struct scp_session session;
    const struct scp_status_facts *status; /* whose logs name hosts; NULL */
    bool lists;                            /* revocation is asked for, too */
    bool beside;                           /* the intermediates are judged, too */
    struct scp_network_setting network;    /* the session's, with these chains' proxy */
    struct scp_intermediates_host host[SCP_INTERMEDIATES_SERVERS_MAX];
    size_t hosts;
    struct scp_intermediates_facts chains;
    struct scp_service_addresses addresses;
    struct scp_revocation_facts answers;
};

/* Judges again what the names sent, with the stores of another registry: nobody is asked, nothing is fetched.  The facts are to be
 * released by scp_intermediates_free(), before those of `s`. */
int scp_service_again(const struct scp_service_session *s, struct scp_trust *trust, struct scp_intermediates_facts *out,
                      struct scp_err *err);
/* Did something valid come through the proxy in another part?  From where the service was seen is told anew. */
void scp_service_prove(struct scp_service_session *s, bool proven);

/* Adds a table of the names and what they sent, marked by the findings of `r` and its parts. */
void scp_service_table(const struct scp_service_session *s, struct scp_result *r);

extern const struct scp_check scp_service_check;
extern const struct scp_catalogue_entry scp_service_catalogue[];

#endif
