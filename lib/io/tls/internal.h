/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_TLS_INTERNAL_H
#define SCP_IO_TLS_INTERNAL_H

#include "io/tls/tls.h"

#include <stdbool.h>

#include <openssl/types.h>

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

/* For SSL_CTX_set_cert_verify_callback(3), with a scp_tls_watch: looks on at handshakes, which keep being verified unless its
 * chain is set. */
int scp_tls_on_chain(X509_STORE_CTX *ctx, void *watch);

/* Why a handshake with a chain that was refused failed: TLS, INTERCEPTED or UNABLE, and the phrase.  SCP_HTTP_OK: not for its
 * chain. */
enum scp_http_outcome scp_tls_watch_verdict(const struct scp_tls_watch *watch, char *message, size_t size);

#endif
