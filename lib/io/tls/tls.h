/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_TLS_TLS_H
#define SCP_IO_TLS_TLS_H

#include "base/deadline.h"
#include "base/err.h"
#include "io/http/http.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The certificates that a TLS server sends (RFC 8446 section 4.4.2, RFC 5246 section 7.4.2), in the order sent.  Nothing is
 * verified here and nothing is sent after the handshake: the chain is the caller's to judge.
 */
enum { SCP_TLS_CHAIN_MAX = 16, SCP_TLS_CERTIFICATE_MAX = 64 << 10 };

struct scp_tls_certificate {
    uint8_t *der; /* owned */
    size_t len;
};

struct scp_tls_chain {
    struct scp_tls_certificate v[SCP_TLS_CHAIN_MAX];
    size_t n;
    size_t sent;     /* how many the server sent; those over the maximum are not kept */
    char proxy[128]; /* "px:8080", or "" */
};

/* One that is to be asked, and what came. */
struct scp_tls_server {
    const char *host; /* a name, which is then sent as server name, or an address; IPv6 without brackets */
    unsigned port;
    struct scp_tls_chain chain;    /* to be released in any case */
    enum scp_http_outcome outcome; /* OK: certificates came */
    char message[256];             /* why not: one phrase without the host's name */
};

/*
 * Connects to all of them at once as the options say (proxy, address family, connect_to; no retries), for `seconds` each at most
 * (0: the deadline only).  -1: out of memory.
 */
int scp_tls_chains_fetch(const struct scp_http_options *options, struct scp_tls_server *v, size_t n, double seconds,
                         const struct scp_deadline *deadline, struct scp_err *err);
void scp_tls_chain_free(struct scp_tls_chain *chain);

#endif
