/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_UPDATE_ACCESS_H
#define SCP_WINDOWS_UPDATE_ACCESS_H

#include "io/registry/registry.h"

/*
 * May the Cryptographic Services write what the automatic update writes?  They run as NETWORK SERVICE and bear the SID of NT
 * SERVICE\CryptSvc (S-1-5-80 and the SHA-1 of the name CRYPTSVC), which has full control of AuthRoot and what is below it.  They
 * set values of AutoUpdate, and open AuthRoot to write to it, which asks for all rights on its keys Certificates, CRLs and CTLs
 * (Microsoft, CertOpenStore).  Hives and the local registry tell; exports do not.
 */
enum scp_access { SCP_ACCESS_UNTOLD, SCP_ACCESS_GRANTED, SCP_ACCESS_REFUSED };

struct scp_update_access {
    enum scp_access state;  /* REFUSED where one key is; GRANTED where AutoUpdate and all others that there are do */
    const char *key;        /* the one that refuses: "AutoUpdate" (a constant); NULL */
    const char *text;       /* "CryptSvc may not write to HKLM\…\AutoUpdate" (a constant); NULL */
    const char *refused_to; /* whom an entry of its list denies that (a constant); NULL: none allows it */
    bool alone;             /* it inherits nothing from AuthRoot */
};

void scp_update_access_read(const struct scp_registry *r, struct scp_update_access *out);

#endif
