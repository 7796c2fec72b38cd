/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_SITE_H
#define SCP_WINDOWS_SITE_H

#include "windows/update_policy.h"

/*
 * What Configuration Manager's registry says of its site: HKLM\SOFTWARE\Microsoft\SMS (Microsoft, "Flowchart - Download
 * updates for Configuration Manager": LastSyncedTime; "Site server high availability").
 */
enum scp_site_role {
    SCP_SITE_ALONE,   /* `Site Servers` names one, or is not there */
    SCP_SITE_ACTIVE,  /* two are named, and this server is the active one */
    SCP_SITE_PASSIVE, /* this server is the passive one */
    SCP_SITE_NEITHER, /* two are named, and this server is neither */
    SCP_SITE_UNTOLD   /* two are named, and this server's own name is not known, or fits both */
};

struct scp_site {
    char version[64];    /* `Full Version`, as 5.00.9146.1000; "" */
    uint64_t build;      /* its third number; 0: not known */
    int64_t last_synced; /* the last check for updates; SCP_UTC_UNKNOWN, also where somebody asked for one (0) */
    bool has_downloader; /* SMS_DMP_DOWNLOADER has that value here: this is the service connection point */
    enum scp_site_role role;
    char servers[256]; /* the names of two, as "active.example and passive.example"; "" */
};

void scp_site_read(const struct scp_registry *r, struct scp_site *out);

#endif
