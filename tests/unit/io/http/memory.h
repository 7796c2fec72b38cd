/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_IO_HTTP_MEMORY_H
#define SCP_TESTS_IO_HTTP_MEMORY_H

#include "io/http/http.h"

/* Answers from memory: everything above the network can be tested without one. */

struct scp_http_answer {
    enum scp_http_outcome outcome; /* OK: status and body are judged as a server's are (size limit, sink, status) */
    int status;                    /* 0: 200 */
    const void *body;              /* copied, as all texts are */
    size_t body_n;
    size_t piece; /* bytes handed to a sink at a time; 0: all */
    const char *content_type, *message, *tls_issuer, *proxy;
    int64_t date;                /* 0: SCP_UTC_UNKNOWN */
    double seconds;              /* longer than the request's own limit: timeout */
    const char *from;            /* the URL that a redirect led to; NULL: none */
    const char *private_address; /* and its address; a public one redirected there */
};

/* What was asked, in order. */
struct scp_http_asked {
    const char *url, *accept, *post_type; /* NULL where not given */
    const uint8_t *post;
    size_t post_n;
};

/* NULL when out of memory.  A URL without an answer is not resolved (dns). */
struct scp_http *scp_http_memory_new(void);
/* Several answers for one URL are given in turn, the last one for ever. */
int scp_http_memory_add(struct scp_http *http, const char *url, const struct scp_http_answer *answer, struct scp_err *err);
size_t scp_http_memory_asked(const struct scp_http *http, size_t i, struct scp_http_asked *out); /* how many were asked in all */

#endif
