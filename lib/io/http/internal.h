/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_HTTP_INTERNAL_H
#define SCP_IO_HTTP_INTERNAL_H

#include "io/http/http.h"

/* Shared by the back ends; nobody else includes it. */
struct scp_http_back_end {
    int (*run)(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
               const struct scp_deadline *deadline, struct scp_err *err);
    void (*free)(struct scp_http *http);
};

struct scp_http { /* first member of every back end's own */
    const struct scp_http_back_end *back_end;
};

/* Sets outcome and message.  Always -1. */
int scp_http_fail(struct scp_http_result *r, enum scp_http_outcome outcome, const char *fmt, ...) SCP_PRINTF(3, 4);
/* The same from an error: SCP_ERR_MEMORY is that whatever was meant. */
int scp_http_fail_err(struct scp_http_result *r, enum scp_http_outcome outcome, const struct scp_err *err);
/* Memory ran out: UNABLE and `starved`.  Always -1. */
int scp_http_fail_memory(struct scp_http_result *r);

/* -1 (UNABLE) for a request that cannot be made: no http or https URL, too long, with control characters, no maximum … */
int scp_http_check(const struct scp_http_request *request, struct scp_http_result *r);

/* --- message.c: one answer on its way --- */

struct scp_http_message {
    const struct scp_http_request *request;
    struct scp_http_result *result;
    size_t header_bytes;   /* of all answers so far */
    bool answered;         /* a status line came */
    bool final;            /* the headers of a final answer (no 1xx) are over */
    bool begun;            /* the sink's begin was called */
    bool from_proxy;       /* the headers show that the proxy answers for itself */
    bool wants_proxy_auth; /* … and asks for credentials under another status than 407 */
    bool encoded;          /* Content-Encoding */
    bool bad_length;       /* Content-Length is no number, or two different ones */
    int64_t date;          /* SCP_UTC_UNKNOWN */
    int64_t age, length;   /* -1: not told */
};

void scp_http_message_begin(struct scp_http_message *m, const struct scp_http_request *request, struct scp_http_result *r);
/* One header line with its line end, the status line or the empty line; -1: the transfer is over (result says why). */
int scp_http_message_header(struct scp_http_message *m, const char *p, size_t n);
/* A piece of the body; -1 as above. */
int scp_http_message_body(struct scp_http_message *m, const uint8_t *p, size_t n);
/* The whole answer is here: sets the outcome by status. */
int scp_http_message_end(struct scp_http_message *m);

/* RFC 9110 section 5.6.7, the one format that is generated today; SCP_UTC_UNKNOWN for others. */
int64_t scp_http_date(const char *p, size_t n);

#endif
