/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_HTTP_CURL_INTERNAL_H
#define SCP_IO_HTTP_CURL_INTERNAL_H

#include "io/http/internal.h"
#include "io/tls/internal.h"

#include <curl/curl.h>

/* Shared by the files of the libcurl back end; nobody else includes it. */

/*
 * What is called of libcurl, by its own names.  Loading it costs more than a whole check of the registry, so that is done when the
 * first transfer is asked for (curl_load_posix.c); the program for Windows has it within (curl_load_win32.c).
 */
/* clang-format off */
#define SCP_CURL_CALLS(CALL) \
    CALL(easy_cleanup) CALL(easy_getinfo) CALL(easy_init) CALL(easy_reset) CALL(easy_setopt) CALL(easy_strerror) CALL(free) \
    CALL(global_cleanup) CALL(global_init_mem) CALL(multi_add_handle) CALL(multi_cleanup) CALL(multi_info_read) CALL(multi_init) \
    CALL(multi_perform) CALL(multi_poll) CALL(multi_remove_handle) CALL(multi_setopt) CALL(multi_strerror) CALL(slist_append) \
    CALL(slist_free_all) CALL(url) CALL(url_cleanup) CALL(url_get) CALL(url_set) CALL(version_info)
/* clang-format on */

struct scp_curl_calls {
#define CALL(name) __typeof__(&curl_##name) name;
    SCP_CURL_CALLS(CALL)
#undef CALL
    /* SSL_CTX_set_cert_verify_callback(3) of the OpenSSL that libcurl uses; NULL: it has another TLS */
    void (*watch_chains)(SSL_CTX *ctx, int (*on_chain)(X509_STORE_CTX *, void *), void *context);
};
extern struct scp_curl_calls scp_curl;

/* Fills scp_curl; SCP_ERR_UNSUPPORTED: there is no libcurl on this host, or one that lacks a call. */
int scp_http_curl_load(struct scp_err *err);

/* One place for a transfer.  It keeps its handle, and outlives every connection that was made in it. */
struct http_slot {
    CURL *easy; /* made when first used */
    struct scp_http_curl *owner;
    const struct scp_http_request *request; /* NULL: free */
    struct scp_http_result *result;
    struct scp_http_message message;
    struct scp_tls_watch watch;
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    unsigned hops;                      /* redirects of this attempt */
    int64_t began_ms, limit_ms, due_ms; /* monotonic; due_ms: not before (0: now, on its way) */
    bool on_its_way;
    int socket_errno; /* why no socket could be made; 0 */
    bool named;       /* the caller named the host that is asked now */
    char refused[80]; /* the address that is not asked, and why; "" */
};

struct scp_http_curl {
    struct scp_http base;
    struct scp_http_options options;
    CURLM *multi;
    struct curl_slist *connect_to;
    bool openssl;     /* the TLS of this libcurl is OpenSSL's */
    bool left_behind; /* a handle that still resolves: nothing of libcurl may be cleaned up */
    int64_t run_began_ms;
    size_t ended, total;                     /* transfers of this run */
    const struct scp_http_request *requests; /* of this run, `total` */
    struct http_slot slot[SCP_HTTP_PARALLEL_MAX];
};

/* Our own inability; always -1. */
int scp_http_curl_unable(struct http_slot *s, const char *why);

/*
 * curl_memory.c: libcurl's start, with its allocations watched.  It may call a name unknown or a connection lost where memory
 * ran out; once one of its allocations has failed no run of this process is believed any more.  (There is one libcurl per
 * process, and so one watch.)
 */
int scp_http_curl_begin(void);
bool scp_http_curl_starved(void);

/*
 * curl_quick.c (libcurl 7.87 and later) or curl_patient.c (from 7.74 on): what differs between them.  http and https
 * alone; the time that is left for a request.
 */
bool scp_http_curl_bound(CURL *easy);
bool scp_http_curl_limit(CURL *easy, long ms);
/* Is it for us to end it? */
bool scp_http_curl_overdue(const struct http_slot *s);
/* true: it still resolves, and the slot has no handle any more. */
bool scp_http_curl_leave_behind(struct http_slot *s);

/*
 * socket_posix.c or socket_win32.c.
 */
/* A socket that no other program inherits; CURL_SOCKET_BAD with the reason. */
curl_socket_t scp_http_socket(const struct curl_sockaddr *address, int *reason);
/* A reason that lies in this process or machine, not in the network. */
bool scp_http_socket_own_fault(long reason);
/* Such a reason for which no socket can be made at all; 0: there is none. */
int scp_http_socket_lack(void);
/* "Connection refused".  Returns out. */
char *scp_http_socket_reason(long reason, char *out, size_t size);

/* curl_prepare.c: the handle, ready to ask at the place that result->url names.  -1: UNABLE. */
int scp_http_curl_prepare(struct http_slot *s);

/*
 * curl_address.c: where a redirect, or a certificate, may lead.
 */
/* Sets slot->named for the place that result->url names. */
void scp_http_curl_name(struct http_slot *s);
/* Whether the address is one that must not be asked now; slot->refused then says why. */
bool scp_http_curl_refuses(struct http_slot *s, const struct sockaddr *address);
/* An answer came: notes a private address that nobody named. */
void scp_http_curl_note_address(struct http_slot *s);
/* "redirected to HOST: " in front of the message, where another host was asked in the end. */
void scp_http_curl_name_redirect(struct http_slot *s);

/* curl_verdict.c: what libcurl's answer means; fills the result's outcome and message. */
void scp_http_curl_verdict(struct http_slot *s, CURLcode code);
/* The limit or the deadline passed. */
void scp_http_curl_verdict_timeout(struct http_slot *s);

#endif
