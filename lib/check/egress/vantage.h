/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_EGRESS_VANTAGE_H
#define SCP_CHECK_EGRESS_VANTAGE_H

#include "check/egress/network.h"
#include "plugin/report.h"

/*
 * From where was asked, and what that proves of the service connection point: what fails as seen from another host may be that
 * host's own matter.
 */
enum { SCP_VANTAGE_HOST = 128 };

struct scp_vantage {
    bool server;                 /* this machine is the service connection point, or stands where it does */
    bool proxy_named;            /* a proxy is the user's, not the one of the server's registry */
    bool proven;                 /* something valid came through it, in whatever part of the run */
    char host[SCP_VANTAGE_HOST]; /* this machine's name */
    struct scp_network_from from;
};

/* Where this machine stands, before anything is asked. */
void scp_vantage_of(const struct scp_network_setting *n, struct scp_vantage *out);
/*
 * Whether what was seen is what the server sees.  A proxy that the user named may be another one than the server's: it counts
 * as the server's only when something valid came through it.  `valid`: whether anything did, beside what `proven` tells.
 */
bool scp_vantage_is_server(const struct scp_vantage *v, bool valid);

/* Fills the report's vantage and its details; `v` is borrowed. */
void scp_vantage_report(const struct scp_vantage *v, struct scp_report *m);

#endif
