/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_JUDGE_REASON_H
#define SCP_JUDGE_REASON_H

#include "base/err.h"
#include "base/utc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is wrong with an endpoint or with the object it served, in one word: the reason classes of the command line.  From
 * "dns" to "too-large" the transfer failed, from "parse" on what came was judged.
 */
enum scp_reason {
    SCP_REASON_OK,
    SCP_REASON_DNS,         /* the name does not resolve */
    SCP_REASON_CONNECT,     /* refused, reset, unreachable, empty reply */
    SCP_REASON_PROXY,       /* the proxy itself refused or failed */
    SCP_REASON_PROXY_AUTH,  /* the proxy wants a login (407) */
    SCP_REASON_TLS,         /* no trusted TLS connection */
    SCP_REASON_INTERCEPTED, /* something in between answered: a foreign TLS issuer, a block page */
    SCP_REASON_HTTP,        /* an HTTP status that is no answer, a redirect that is not followed */
    SCP_REASON_TYPE,        /* an answer, but not the kind of object asked for: HTML, PEM, a delta CRL,
                             * a CRL of another scope */
    SCP_REASON_TRUNCATED,   /* it ends too early */
    SCP_REASON_TOO_LARGE,   /* over the size limit */
    SCP_REASON_PARSE,       /* malformed, or of a form that must not be relied on (critical extension, no nextUpdate) */
    SCP_REASON_SIGNATURE,   /* not signed by the expected key */
    SCP_REASON_ISSUER,      /* of another issuer than expected */
    SCP_REASON_NOT_YET_VALID,
    SCP_REASON_EXPIRED,     /* past its nextUpdate, or older than the greatest age allowed */
    SCP_REASON_OCSP_STATUS, /* tryLater, unauthorized, ..., or the certificate is unknown to the responder */
    SCP_REASON_REVOKED,     /* the certificate asked about is revoked */
    SCP_REASON_SLOW,        /* a good answer, past the response-time threshold */
    SCP_REASON_TIMEOUT
};

enum { SCP_REASONS = SCP_REASON_TIMEOUT + 1 };

/* What a reason says of who answered. */
enum scp_proof {
    SCP_PROOF_NONE,   /* nobody did */
    SCP_PROOF_STATUS, /* whoever gave an HTTP status, be it a portal in the host's name; without one, nobody */
    SCP_PROOF_OBJECT  /* the host: an object of the kind asked for, whatever it is worth */
};

struct scp_reason_class {
    const char *name;    /* "ok", "dns", "proxy-auth", "not-yet-valid", ... */
    const char *finding; /* of an endpoint that has failed so, so that --severity and the remedy can tell them apart */
    enum scp_proof proof;
    bool way;     /* the transfer failed on the way, as against an object that came whole and is judged by itself */
    bool replies; /* something else than the object asked for came, which a gateway may have sent */
};

/* Total. */
const struct scp_reason_class *scp_reason_class(enum scp_reason r);
const char *scp_reason_name(enum scp_reason r);

/* What the object says of the certificate asked about. */
enum scp_serial_status { SCP_SERIAL_NOT_ASKED, SCP_SERIAL_GOOD, SCP_SERIAL_REVOKED, SCP_SERIAL_UNKNOWN };

/* "", "good", "revoked", "unknown" */
const char *scp_serial_status_name(enum scp_serial_status s);

enum { SCP_JUDGEMENT_MESSAGE = 256, SCP_JUDGEMENT_NOTES_MAX = 8 };

/* Something to say of an object that is usable. */
enum scp_note_weight { SCP_NOTE_REMARK, SCP_NOTE_WARNING };

struct scp_note {
    enum scp_note_weight weight;
    const char *id; /* finding id, a constant: "crl.nonconforming" */
    char text[SCP_JUDGEMENT_MESSAGE];
};

/*
 * The verdict on one object, in the same shape for CRLs, OCSP answers and trust lists.  It is good only when `reason` is
 * SCP_REASON_OK and `unknown` is false.  Texts may hold bytes from outside: whoever prints them sanitises.
 */
struct scp_judgement {
    enum scp_reason reason;
    bool unknown; /* our own inability (an algorithm we lack): UNKNOWN, not CRITICAL */
    bool starved; /* memory ran out: no finding at all may be made of it; `unknown` is set too */
    enum scp_serial_status serial_status;
    char message[SCP_JUDGEMENT_MESSAGE]; /* a sentence's end, without a full stop: "expired 3 days ago (2026-11-20T...)" */
    int64_t this_update, next_update;    /* SCP_UTC_UNKNOWN when absent */
    struct scp_note note[SCP_JUDGEMENT_NOTES_MAX];
    size_t notes; /* kept; more are dropped */
};

/* OK so far, times unknown, no notes. */
void scp_judgement_init(struct scp_judgement *j);
/* Sets reason and message. */
void scp_judgement_fail(struct scp_judgement *j, enum scp_reason reason, const char *fmt, ...) SCP_PRINTF(3, 4);
/* The same, for what we could not tell: sets `unknown`. */
void scp_judgement_unknown(struct scp_judgement *j, enum scp_reason reason, const char *fmt, ...) SCP_PRINTF(3, 4);
/* The same from an error; SCP_ERR_MEMORY sets `starved`. */
void scp_judgement_err(struct scp_judgement *j, const struct scp_err *err);
void scp_judgement_note(struct scp_judgement *j, enum scp_note_weight weight, const char *id, const char *fmt, ...)
    SCP_PRINTF(4, 5);
bool scp_judgement_good(const struct scp_judgement *j);

#endif
