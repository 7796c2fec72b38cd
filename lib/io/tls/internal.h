/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_TLS_INTERNAL_H
#define SCP_IO_TLS_INTERNAL_H

#include "io/tls/tls.h"

#include <stdbool.h>

/*
 * What a handshake showed of the server's certificates.  The transfer that looks must outlive its connection.
 */
struct scp_tls_watch {
    const char *const *issuers;            /* organisations that may have issued the certificate; NULL: any trusted one */
    const struct scp_http_anchor *anchors; /* may vouch, too; NULL: none */
    size_t anchors_n;
    struct scp_tls_chain *chain; /* not NULL: the chain is kept here, and nothing is verified */
    bool started;                /* a handshake began */
    bool seen;                   /* a chain came */
    bool foreign;                /* trusted, but issued by none of issuers */
    bool by_anchor;              /* one of anchors vouched, and nothing that is trusted here */
    bool out_of_memory;
    int error;         /* OpenSSL's X509_V_…; 0: verified */
    char issuer[256];  /* of the server's own certificate: "CN=…,O=…" */
    char subject[128]; /* its common name */
};

/* Looks on at the handshakes of an OpenSSL context (SSL_CTX), which keep being verified unless watch->chain is set. */
void scp_tls_watch_context(void *ssl_ctx, struct scp_tls_watch *watch);

/* Why a handshake with a chain that was refused failed: TLS, INTERCEPTED or UNABLE, and the phrase.  SCP_HTTP_OK: not for its
 * chain. */
enum scp_http_outcome scp_tls_watch_verdict(const struct scp_tls_watch *watch, char *message, size_t size);

#endif
