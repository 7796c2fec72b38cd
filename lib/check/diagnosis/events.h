/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_DIAGNOSIS_EVENTS_H
#define SCP_CHECK_DIAGNOSIS_EVENTS_H

#include "base/json.h"
#include "check/check.h"
#include "codec/text/capi2.h"
#include "io/log/events.h"

/*
 * What Windows itself noted lately of chains that it built, revocations that it asked about and addresses that it fetched: CAPI2's
 * own events, read where the registry is this machine's and no other.  One counts only of smsexec.exe as SYSTEM or of CryptSvc's
 * process as SYSTEM or NETWORK SERVICE, about a chain or an address of the profile, and where it is newer than the last change of
 * stores and their policies, and than 24 hours.  What does not count is a remark; a log that is off or empty says nothing.
 */
enum { SCP_EVENTS_CHAINS_MAX = 128, SCP_EVENTS_PERIOD = 86400 };

/* The newest of an endpoint's addresses. */
struct scp_events_fetch {
    int64_t at; /* SCP_UTC_UNKNOWN: none */
    uint32_t result;
    bool by_service; /* CryptSvc, not smsexec.exe */
    size_t seen;     /* with the older ones */
};

/* The newest of a certificate and a kind of event. */
struct scp_events_chain {
    enum scp_capi2_kind kind;
    int64_t at;
    uint32_t result;
    bool of_profile; /* a CA of the profile's families is in it, or it is the service's by its name */
    bool rooted;     /* one of their roots is in it */
    bool is_ca;      /* the certificate is one of the profile's own */
    bool by_service;
    size_t seen;
    struct scp_capi2_certificate subject, issuer;
    const struct scp_profile_cert *known;       /* the issuer, where the profile knows it; NULL */
    const struct scp_profile_endpoint *service; /* whose name it bears; NULL */
};

enum scp_events_why { SCP_EVENTS_OF_OTHERS, SCP_EVENTS_OLD, SCP_EVENTS_FOREIGN, SCP_EVENTS_MALFORMED, SCP_EVENTS_WHYS };

struct scp_events {
    bool asked;
    struct scp_events_facts log;
    const struct scp_profile *profile; /* borrowed */
    int64_t now, changed;              /* judged as of; the latest write of stores and policies, or SCP_UTC_UNKNOWN */
    size_t passed[SCP_EVENTS_WHYS];    /* do not count */
    struct scp_events_fetch *fetch;    /* of each of the profile's endpoints; owned */
    struct scp_events_chain *chain;    /* owned */
    size_t chains;
};

/* For gather().  -1: SCP_ERR_MEMORY. */
int scp_events_gather(struct scp_session *s, struct scp_events *out, struct scp_err *err);
void scp_events_free(struct scp_events *e);

/* Pure; what gathering does with each event. */
int scp_events_begin(struct scp_events *e, const struct scp_profile *profile, int64_t now, int64_t changed, struct scp_err *err);
int scp_events_note(struct scp_events *e, const char *xml, size_t n, struct scp_err *err);

size_t scp_events_counted(const struct scp_events *e);
/* Is it about a chain of the profile?  What was verified by a policy is where another event tells so of the certificate. */
bool scp_events_is_of_profile(const struct scp_events *e, const struct scp_events_chain *c);
/* It tells who issued a certificate that smsexec.exe was shown. */
bool scp_events_tells_issuer(const struct scp_events_chain *c);
/* Did Windows itself fetch it?  MAYBE: nothing counts. */
enum scp_tri scp_events_fetched(const struct scp_events *e, const struct scp_profile_endpoint *endpoint);
/* Which CA issues the service's own certificates need not be inferred. */
bool scp_events_name_issuer(const struct scp_events *e);
/* The families of issuers that were seen are needed: no inference. */
void scp_events_raise(const struct scp_events *e, struct scp_profile *profile);

/* Pure.  `hosts`: what was seen from here of the same addresses; NULL: nothing. */
void scp_events_evaluate(const struct scp_events *e, const struct scp_result *hosts, struct scp_result *r);
/* The member "events". */
void scp_events_put(struct scp_json *j, const struct scp_events *e);

#endif
