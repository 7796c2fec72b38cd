/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_NET_MESSAGES_H
#define SCP_WINDOWS_NET_MESSAGES_H

#include "base/match.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What .NET, WinHTTP, BITS and CryptoAPI write into a log when a connection fails: types and statuses (English everywhere),
 * numbers (HRESULTs, in hexadecimal or as signed decimals; digits alone count only behind a word of an error), and .NET's
 * sentences, which a language pack translates (data/net-messages.ini, compiled in).
 */
enum scp_net_class {
    SCP_NET_NOTHING,
    SCP_NET_CERTIFICATE, /* a certificate was refused */
    SCP_NET_CHANNEL,     /* no secure channel: a certificate, or no TLS version or cipher that both know */
    SCP_NET_HTTP,        /* a status of HTTP: `status` */
    SCP_NET_PROXY_AUTH,  /* 407 */
    SCP_NET_NAME,        /* a name was not resolved */
    SCP_NET_TIMEOUT,
    SCP_NET_CONNECT, /* no connection */
    SCP_NET_CLOSED,  /* the connection was closed */
    SCP_NET_FAILED,  /* an exchange failed, nothing more is said */
    SCP_NET_CLASSES
};

/* Why a certificate was refused; where a text has several, the first in this order. */
enum scp_net_refusal {
    SCP_NET_WHY_REVOKED,
    SCP_NET_WHY_NAME,       /* it is for another name */
    SCP_NET_WHY_EXPIRED,    /* or not yet valid */
    SCP_NET_WHY_UNTRUSTED,  /* the root is not trusted */
    SCP_NET_WHY_CHAINING,   /* no chain to a root */
    SCP_NET_WHY_REVOCATION, /* not known whether it is revoked */
    SCP_NET_WHY_CALLBACK,   /* by the program's own check */
    SCP_NET_WHY_CHANNEL,    /* no secure channel: perhaps no certificate at all */
    SCP_NET_WHY_UNTOLD,
    SCP_NET_REFUSALS
};

struct scp_net_sentence {
    enum scp_net_class what;
    const char *text; /* bytes: UTF-8, or of a code page */
};

extern const struct scp_net_sentence scp_net_sentences[];

/* All types, statuses and sentences as one search; words of the caller's beside them, at most 32. */
struct scp_net_words;
struct scp_net_words *scp_net_words_new(const struct scp_match_word *own, size_t n, struct scp_err *err);
void scp_net_words_free(struct scp_net_words *w);

/* What of it stands in the text of one entry of a log. */
struct scp_net_seen {
    enum scp_net_class by_words;
    bool failure;      /* a phrase says that something failed (net_phrase.h) */
    bool names_status; /* perhaps a status of HTTP stands there */
    uint32_t own;      /* bit i: the caller's word i */
};
struct scp_net_seen scp_net_look(const struct scp_net_words *w, const char *p, size_t n);

/* The class of that text, by its numbers, too.  *status: of HTTP, 0 where there is none. */
enum scp_net_class scp_net_class_of(const char *p, size_t n, struct scp_net_seen seen, int *status);

/* Of a text whose class is CERTIFICATE or CHANNEL. */
enum scp_net_refusal scp_net_refusal_of(const char *p, size_t n, enum scp_net_class c);

/* "a certificate was refused", "timed out" … */
const char *scp_net_class_name(enum scp_net_class c);

bool scp_net_contains(const char *p, size_t n, const char *what);

#endif
