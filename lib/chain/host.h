/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_HOST_H
#define SCP_CHAIN_HOST_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Is a server's certificate for this host (RFC 6125; a name, or an address without brackets)?  OpenSSL decides: an address
 * among the certificate's addresses alone, the common name only where it names no host.  1: it is; 0: it is not, or cannot be
 * decoded; -1: SCP_ERR_MEMORY.
 */
int scp_host_fits(const uint8_t *der, size_t len, const char *host, struct scp_err *err);

#endif
