/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_HTTP_HTTP_H
#define SCP_IO_HTTP_HTTP_H

#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"
#include "base/utc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HTTP requests, all at once, under one deadline.  The back end is libcurl (curl.c, only network plugins link it); tests bring
 * another one, with answers from memory (tests/unit/io/http/memory.h).
 *
 * What every request gets, whatever the back end:
 *  - only http and https; up to SCP_HTTP_REDIRECTS_MAX redirects, each named; never from https to http;
 *  - where a redirect or a certificate leads, no loopback, unspecified or link-local address is asked, unless its host is one that
 *    the caller named: by a request of the same run, or by connect_to (decided on the address connected to; not through a proxy);
 *  - a mandatory size limit, a limit of its own for time, and the deadline over all; a transfer cut by any of them
 *    is a result like any other, and the others are still reported;
 *  - no Accept-Encoding is sent, and an answer in an encoding that was not asked for is a failure: nothing is unpacked;
 *  - a body that did not arrive whole by its Content-Length or its chunks never counts as an answer; one that only the end of
 *    the connection ends has to tell by itself (DER does);
 *  - TLS is always verified (see tls.h for the one exception, that sends nothing);
 *  - 407 and a refusing proxy are told apart from what the origin answered, as far as the protocol allows.
 *
 * Texts in results (message, url, content_type, tls_issuer) may hold bytes from outside: whoever prints sanitises.
 */

enum {
    SCP_HTTP_REDIRECTS_MAX = 3,
    SCP_HTTP_PARALLEL_MAX = 32,      /* transfers on their way; further ones wait their turn (their time starts then) */
    SCP_HTTP_REQUESTS_MAX = 4096,    /* of one run */
    SCP_HTTP_HEADERS_MAX = 64 << 10, /* bytes of all header lines of one exchange, 1xx and a proxy's included */
    SCP_HTTP_URL_MAX = 2000,
    SCP_HTTP_HEAD = 64, /* first bytes of a body that are always kept, to say what came instead */
    SCP_HTTP_RETRIES_MAX = 10,
    /* Sizes by kind, where a profile does not say otherwise.  A CRL goes to a sink; the others may be kept. */
    SCP_HTTP_CRL_MAX = 4 << 20,
    SCP_HTTP_OCSP_MAX = 64 << 10,
    SCP_HTTP_CTL_MAX = 1 << 20,
    SCP_HTTP_CERTIFICATE_MAX = 64 << 10,
    SCP_HTTP_PAGE_MAX = 64 << 10 /* reachability only */
};

enum scp_http_outcome {
    SCP_HTTP_OK,          /* status 200 and the whole body */
    SCP_HTTP_DNS,         /* the name was not resolved (also: not in time) */
    SCP_HTTP_CONNECT,     /* refused, reset, unreachable, closed without an answer */
    SCP_HTTP_PROXY,       /* the proxy: name not resolved, not connected, or it answers for itself (403, 502 to CONNECT) */
    SCP_HTTP_PROXY_AUTH,  /* the proxy wants (other) credentials: 407 */
    SCP_HTTP_TLS,         /* handshake, expired certificate, another host's certificate */
    SCP_HTTP_INTERCEPTED, /* a TLS certificate whose issuer is not known here, or not one of `tls_issuers`: named in tls_issuer */
    SCP_HTTP_STATUS,      /* a whole answer with another status than 200, too many or forbidden redirects, or not HTTP at all */
    SCP_HTTP_TRUNCATED,   /* the body ended early, or its chunks are malformed */
    SCP_HTTP_TOO_LARGE,   /* body over the request's maximum, or headers over SCP_HTTP_HEADERS_MAX */
    SCP_HTTP_TIMEOUT,     /* its own limit, or the deadline, passed while it was on its way */
    SCP_HTTP_REFUSED,     /* the sink refused: its reason is the message */
    SCP_HTTP_NOT_STARTED, /* the deadline passed before its turn came */
    SCP_HTTP_UNABLE       /* our own inability (no descriptors, a URL that is none): says nothing of the other side */
};

/* "ok", "dns", "connect", "proxy", "proxy-auth", "tls", "intercepted", "http", "truncated", "too-large", "timeout",
 * "refused", "not-started", "unable": where a reason class of the command line exists, by that name. */
const char *scp_http_outcome_name(enum scp_http_outcome outcome);

/*
 * Takes the body piece by piece; nothing of it is kept.  `begin` is called before the first piece of every attempt
 * (a retried transfer starts anew); it may be NULL.  Only a body of status 200 goes to a sink.  A sink has seen the whole
 * body only when the outcome is SCP_HTTP_OK: look at the outcome before finishing what was begun.
 * -1 ends the transfer with SCP_HTTP_REFUSED and the error's message (SCP_ERR_MEMORY: it ends the run, too).
 */
struct scp_http_sink {
    int (*begin)(void *context, struct scp_err *err);
    int (*data)(void *context, const uint8_t *p, size_t n, struct scp_err *err);
    void *context;
};

struct scp_tls_chain;

/* A certificate, DER. */
struct scp_http_anchor {
    const uint8_t *der;
    size_t n;
};

/* All texts and bytes are borrowed until the run is over. */
struct scp_http_request {
    const char *url;    /* absolute, http or https, without user and password */
    const char *accept; /* Accept header; NULL: any */
    const void *post;   /* NULL: GET */
    size_t post_n;
    const char *post_type;            /* Content-Type of post */
    size_t max_bytes;                 /* of the body; mandatory */
    const struct scp_http_sink *sink; /* NULL: the body is kept in the result */
    double seconds;                   /* limit of this transfer, redirects and retries included; 0: the deadline only */
    /* https: organisations (O of the issuer's name) of which one must have issued the server's certificate, for networks
     * whose own authority is trusted here; NULL-terminated, NULL: any that is trusted here. */
    const char *const *tls_issuers;
    /* https, at the place first asked: certificates that may vouch for the server besides those trusted here; NULL: none.  Where
     * they are given, a certificate that neither vouches for is a fault of the server's (TLS), no interception. */
    const struct scp_http_anchor *tls_anchors;
    size_t tls_anchors_n;
    bool from_certificate; /* the address stands in a certificate: nobody here has named it */
    /* Not NULL: only the handshake is wanted, its certificates are kept here, and nothing is verified or sent (io/tls/tls.h). */
    struct scp_tls_chain *chain;
};

struct scp_http_result {
    enum scp_http_outcome outcome;
    char message[256];           /* one phrase without the URL: "connection refused"; "" when OK */
    int status;                  /* of the last answer, 0 without one */
    unsigned redirects;          /* followed */
    unsigned attempts;           /* 0: never started */
    char *url;                   /* where the last answer came from; owned; NULL when not started */
    struct scp_buf body;         /* outcome OK and no sink; otherwise empty */
    size_t bytes;                /* of the body, as far as it came */
    uint8_t head[SCP_HTTP_HEAD]; /* its first bytes, whatever the status and the outcome */
    size_t head_n;
    char content_type[128]; /* "" when not told */
    int64_t date;           /* the server's clock when the answer came: Date plus Age; SCP_UTC_UNKNOWN */
    double date_seconds;    /* when that was, in seconds after the run began */
    double seconds;         /* duration of the transfer with redirects and retries */
    bool starved;           /* memory ran out, which ends the run with SCP_ERR_MEMORY */
    char proxy[128];        /* "px:8080", or "" when asked directly */
    /* The private address (RFC 1918, RFC 4193, RFC 6598) that the last answer came from, where nobody here has named its host: it
     * was redirected to, or stands in a certificate.  "" else. */
    char private_address[48];
    bool from_public;     /* and what redirected there was no private address itself */
    bool tls_by_anchor;   /* one of tls_anchors vouched for the server, and nothing that is trusted here */
    char tls_issuer[256]; /* issuer of the server's certificate where one was seen, common name first; else "" */
};

struct scp_http; /* a back end */

/*
 * Makes n requests and fills n results (to be released with scp_http_results_free() in any case).  Comes back when all are
 * done or the deadline has passed, never later.  -1 only when nothing could be done at all, or when memory ran out on the way
 * (SCP_ERR_MEMORY): what a library short of memory says of the other side is not believed.
 */
int scp_http_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                 const struct scp_deadline *deadline, struct scp_err *err);
void scp_http_results_free(struct scp_http_result *results, size_t n);
void scp_http_free(struct scp_http *http);

/* Whether the body begins as a page for people does (HTML), or is said to be one: a captive portal, a block page. */
bool scp_http_is_page(const struct scp_http_result *result);

/* --- libcurl --- */

enum scp_http_family { SCP_HTTP_ANY_FAMILY, SCP_HTTP_IPV4, SCP_HTTP_IPV6 };

/*
 * The proxy for one URL, asked anew for every redirect: *proxy is "http://px:8080" (or https://), or NULL for a direct
 * connection.  The text is borrowed until the back end is freed.  -1: it could not be told (the transfer is UNABLE).
 */
typedef int scp_http_proxy_for(void *context, const char *scheme, const char *host, unsigned port, const char **proxy,
                               struct scp_err *err);

/* All borrowed until scp_http_free(); lib/check/egress/network.h makes one of the command line. */
struct scp_http_options {
    scp_http_proxy_for *proxy_for; /* NULL: never a proxy */
    void *proxy_context;
    const char *proxy_user; /* NULL: none */
    const char *proxy_password;
    /* Whoever is asked over https gets these, at the place first asked only: never over http, never after a redirect. */
    const char *user; /* NTLM, else Basic; NULL: none */
    const char *password;
    bool negotiate; /* Kerberos from the credential cache of this process, instead of user and password */
    enum scp_http_family family;
    const char *const *connect_to;               /* HOST:PORT:HOST:PORT; NULL-terminated, or NULL */
    const char *user_agent;                      /* NULL: SCP_HTTP_USER_AGENT */
    const char *ca_file;                         /* PEM; the trust anchors instead of the system's; NULL */
    void (*progress)(size_t done, size_t total); /* called when a transfer of a run has ended; NULL */
    unsigned retries;                            /* after dns, connect, proxy, truncated, 5xx; within the transfer's limit */
};

#define SCP_HTTP_USER_AGENT "Microsoft-CryptoAPI/10.0"

/* NULL with the reason in err. */
struct scp_http *scp_http_curl_new(const struct scp_http_options *options, struct scp_err *err);

#endif
