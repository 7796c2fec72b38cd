/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_EGRESS_NETWORK_H
#define SCP_CHECK_EGRESS_NETWORK_H

#include "io/http/http.h"
#include "plugin/option.h"

/*
 * The options that every network plugin has, and what they mean for the requests: which proxy for which URL, whose
 * credentials, from where was asked.
 */
struct scp_network {
    const char *proxy;   /* URL, "registry" or "none"; NULL: the environment */
    const char *noproxy; /* NULL: the environment */
    const char *proxy_auth_file;
    bool ipv4, ipv6;
    struct scp_list connect_to;
    const char *user_agent;
    int vantage;  /* enum scp_network_vantage_at */
    bool implied; /* "registry" is not the user's word: a script that is not followed here means a direct way */
};

/* Where this machine stands: --vantage. */
enum scp_network_vantage_at { SCP_NETWORK_UNSAID = -1, SCP_NETWORK_HERE, SCP_NETWORK_SERVER };

extern const struct scp_option scp_network_options[];

/*
 * What the options come to.  Owns what scp_http_options borrows; keep it until after scp_http_free().
 * For --proxy=registry the caller sets options.proxy_for and proxy_context itself before using the
 * options: scp_network_open() leaves proxy_for unset and `registry_proxy` true.
 */
struct scp_network_setting {
    struct scp_http_options options;
    bool registry_proxy;             /* asked for, to be filled in */
    bool implied_proxy;              /* and nobody named it: on the server itself */
    bool at_server;                  /* --vantage=server */
    struct scp_network_rules *rules; /* private */
};

/* -1: wrong use (SCP_ERR_USAGE) or an unreadable credentials file. */
int scp_network_open(const struct scp_network *n, struct scp_network_setting *out, struct scp_err *err);
void scp_network_close(struct scp_network_setting *s);

/* From where was asked. */
struct scp_network_from {
    char proxy[128]; /* "px:8080": the first proxy that something came through; "" */
    char text[160];  /* "via proxy px:8080", else "from HOST" with this machine's name; "" when nothing was asked */
};

void scp_network_from(const struct scp_http_result *results, size_t n, struct scp_network_from *out);
/* The same of one exchange: its proxy, or "". */
void scp_network_from_proxy(const char *proxy, struct scp_network_from *out);

/*
 * This machine's clock less the servers', in seconds, by the answer that says the least (a cache may serve an old Date
 * without telling its Age, so one stray answer proves nothing).  began: wall clock when the run began.  false: no answer told.
 */
bool scp_network_clock_skew(const struct scp_http_result *results, size_t n, int64_t began, double *seconds);

#endif
