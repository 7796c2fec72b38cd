/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_EGRESS_VANTAGE_H
#define SCP_CHECK_EGRESS_VANTAGE_H

#include "check/egress/network.h"
#include "plugin/report.h"

/*
 * From where was asked, and what that proves of the service connection point: what fails as seen from another host may be that
 * host's own matter.
 */
enum { SCP_VANTAGE_TEXT = 160, SCP_VANTAGE_HOST = 128 };

struct scp_vantage {
    bool server;                  /* this machine is the service connection point, or stands where it does */
    bool proxy_named;             /* a proxy is the user's, not the one of the server's registry */
    char host[SCP_VANTAGE_HOST];  /* this machine's name */
    char proxy[SCP_VANTAGE_HOST]; /* "px:8080": the first that was asked through; "" */
    char text[SCP_VANTAGE_TEXT];  /* for struct scp_report: "from mon01", "via proxy px:8080"; "" when nothing was asked */
};

/* Where this machine stands, before anything is asked. */
void scp_vantage_of(const struct scp_network_setting *n, struct scp_vantage *out);
/* The results were had from there: sets proxy and text. */
void scp_vantage_saw(struct scp_vantage *v, const struct scp_http_result *results, size_t n);
/* The same from a text that scp_network_vantage() made; "" and NULL: nothing was asked. */
void scp_vantage_told(struct scp_vantage *v, const char *text);

/*
 * Whether what was seen is what the server sees.  A proxy that the user named may be another one than the server's: it counts
 * as the server's only when something valid came through it.  `valid`: whether anything did.
 */
bool scp_vantage_is_server(const struct scp_vantage *v, bool valid);

/* Fills the report's vantage and its details; `v` is borrowed. */
void scp_vantage_report(const struct scp_vantage *v, struct scp_report *m);

#endif
