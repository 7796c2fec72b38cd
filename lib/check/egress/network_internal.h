/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_EGRESS_NETWORK_INTERNAL_H
#define SCP_CHECK_EGRESS_NETWORK_INTERNAL_H

#include "check/egress/network.h"
#include "io/registry/credentials.h"

/* Shared by the files of the network options; nobody else includes it. */
enum { NETWORK_PROXY_MAX = 300, NETWORK_NOPROXY_MAX = 4096 };

struct scp_network_rules {
    char http[NETWORK_PROXY_MAX]; /* "http://px:8080"; "" none */
    char https[NETWORK_PROXY_MAX];
    char noproxy[NETWORK_NOPROXY_MAX];
    struct scp_credentials credentials;
    char user[SCP_CREDENTIALS_USER];
    const char **connect_to; /* NULL-terminated */
};

/* "px:8080", "http://px:8080/" -> "http://px:8080" */
int scp_network_proxy_parse(const char *text, char out[NETWORK_PROXY_MAX], struct scp_err *err);
/* Does the list (as curl's --noproxy) name the host? */
bool scp_network_bypasses(const char *list, const char *host);
/* A scp_http_proxy_for over struct scp_network_rules. */
int scp_network_proxy_for(void *context, const char *scheme, const char *host, unsigned port, const char **proxy,
                          struct scp_err *err);

#endif
