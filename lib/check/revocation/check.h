/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_REVOCATION_CHECK_H
#define SCP_CHECK_REVOCATION_CHECK_H

#include "judge/issuer.h"
#include "check/check.h"
#include "judge/reason.h"
#include "check/egress/egress.h"
#include "codec/x509/revocable.h"
#include "io/http/http.h"
#include "windows/profile.h"

/*
 * Do the hosts that serve CRLs, OCSP answers, trust lists and issuers' certificates answer, and with something valid?
 *
 *   plan (which endpoints) -> gather (ask them all at once, read each answer) -> weigh (pure: what is each worth, as of now)
 *   -> evaluate (pure: levels, groups, thresholds)
 */

enum { SCP_REVOCATION_ENDPOINTS_MAX = 256 };

/*
 * Freshness: the seconds that are left until nextUpdate.  By default WARNING below the smaller of 6 hours and 10 % of the
 * object's lifetime; a range given by the user takes the place of the default.  Expiry is not judged here.
 */
struct scp_freshness {
    bool has_warning, has_critical;
    struct scp_range warning, critical;
};

/* Without a nextUpdate OK: there is nothing to measure. */
enum scp_state scp_freshness_state(const struct scp_freshness *limits, int64_t this_update, int64_t next_update, int64_t now);

struct scp_revocation_limits {
    struct scp_freshness freshness; /* -w, -c; the default rule where not given */
    double slow, slow_critical;     /* --response-time, seconds */
    enum scp_state no_way_out;      /* of vantage.no-way-out as seen from another host than the server */
};

extern const struct scp_revocation_limits scp_revocation_limits_default;

/* Single-object mode: --crl or --ocsp and what belongs to them; NULL where not given. */
struct scp_revocation_single {
    const char *crl, *ocsp;  /* http(s) URL or file */
    struct scp_list issuer;  /* files of certificates, alternatives: a CA may have several keys */
    const char *certificate; /* a file */
    const char *serial;      /* hex */
};

/* The plugin's own options, as given. */
struct scp_revocation_options {
    struct scp_list endpoint, skip; /* ids */
    bool list_endpoints;
    struct scp_option_limits response_time;
    const char *retry;       /* NULL: the default */
    double max_response_age; /* seconds since thisUpdate; 0 = no limit */
    struct scp_revocation_single single;
};

struct scp_revocation_run {
    int64_t now;                  /* judged as of */
    int64_t began;                /* this machine's clock, for comparison with the servers' */
    struct scp_deadline deadline; /* of the whole run */
    double max_response_age;
    struct scp_revocation_limits limits;
    unsigned retries;
    struct scp_vantage vantage; /* where this machine stands: scp_vantage_of() */
};

/* --- What is asked --- */

struct scp_revocation_target {
    const struct scp_profile_endpoint *endpoint;
    const struct scp_issuer *issuer; /* who may have signed it: by name and key, or with certificates */
    size_t issuers;
    struct scp_issuer named; /* what `issuer` is of a profile's endpoint */
    struct scp_lifetime lifetime;
    const struct scp_revocable *certificate; /* single-object mode: the certificate asked about, issued by issuer[0]; NULL */
    struct scp_certificate_facts subject;    /* and what else is known of it */
    bool is_file;                            /* single-object mode: the endpoint's url is a file with the answer in it */
    bool from_certificate;                   /* the endpoint's url stands in a certificate that a server sent */
    bool has_sha256;                         /* aia: besides the endpoint's SHA-1 */
    uint8_t sha256[32];
};

struct scp_revocation_own;

struct scp_revocation_plan {
    struct scp_revocation_target *v;
    size_t n;
    const struct scp_profile *profile; /* NULL in single-object mode */
    struct scp_revocation_own *own;    /* single-object mode: what was made of the user's files; private */
};

/*
 * The profile's endpoints, in its order; only those that `only` names where it names any, without those of `skip`.
 * SCP_ERR_USAGE: an id that the profile does not have, nothing left of it, an endpoint that cannot be judged (a CRL without
 * an issuer, an id that is no label of performance data).  The profile must outlive the plan.
 */
int scp_revocation_plan(const struct scp_profile *profile, const struct scp_list *only, const struct scp_list *skip,
                        struct scp_revocation_plan *out, struct scp_err *err);

/* Single-object mode.  Texts are borrowed until the plan is freed. */
bool scp_revocation_single_asked(const struct scp_revocation_single *s);
int scp_revocation_plan_single(const struct scp_revocation_single *s, struct scp_revocation_plan *out, struct scp_err *err);

void scp_revocation_plan_free(struct scp_revocation_plan *plan);

/* Whether anything of it is asked over the network. */
bool scp_revocation_plan_network(const struct scp_revocation_plan *plan);

/* --list-endpoints */
void scp_revocation_list(const struct scp_revocation_plan *plan, struct scp_buf *out);

/* --- What came --- */

struct scp_revocation_came;

struct scp_revocation_fact {
    const struct scp_profile_endpoint *endpoint;
    const struct scp_revocation_target *target;
    struct scp_revocation_came *came; /* what is to be judged; NULL: nothing, the transfer says it all */
    struct scp_judgement judgement;   /* of the transfer; by scp_revocation_weigh(), of what came */
    int status;                       /* HTTP; 0 = none, or a file */
    size_t bytes;
    double seconds;           /* < 0: not asked over the network */
    char final_host[256];     /* where redirects ended, when on another host; "" */
    char private_address[48]; /* of final_host, where it is one that nobody named; "" */
    bool is_file;
    bool from_public;            /* a public host was asked */
    bool tls_by_issuer;          /* over https, for which --issuer alone vouches */
    bool page;                   /* a page for people came */
    bool by_clock;               /* expired or not yet valid by this machine's clock alone, and good by the hosts' */
    uint8_t head[SCP_HTTP_HEAD]; /* what came begins so */
    size_t head_n;
};

struct scp_revocation_facts {
    struct scp_revocation_fact *v;
    size_t n;
    double seconds_limit; /* of one transfer */
    bool external;        /* a profile's endpoints, wherever --connect-to leads; else the user's own */
    struct scp_vantage vantage;
    bool clock_known;
    double clock_skew; /* this machine's clock less the servers', seconds */
};

/*
 * Asks all at once and reads every answer.  Each transfer has --response-time's critical value as its limit, or the
 * deadline less half a second where that is less.  `http` may be NULL for a plan without network.  -1 only when nothing
 * could be done.
 */
int scp_revocation_gather(const struct scp_revocation_plan *plan, struct scp_http *http, const struct scp_revocation_run *run,
                          struct scp_revocation_facts *out, struct scp_err *err);
void scp_revocation_free(struct scp_revocation_facts *f);

/* Judges what came, as of now and by --max-response-age.  Pure; once, and before anything is made of the facts. */
void scp_revocation_weigh(const struct scp_revocation_plan *plan, const struct scp_revocation_run *run,
                          struct scp_revocation_facts *f);

/* --- The way out --- */

/* What the answers say of the way out from where was asked, as against the hosts. */
struct scp_revocation_reach {
    size_t hosts;                       /* external ones that were asked */
    size_t reached;                     /* that gave something valid, or an object of the kind asked for */
    bool none;                          /* hosts enough, none reached, and no answer or the same one from all */
    bool mixed;                         /* none: some did not answer, and some gave what a portal could have given */
    bool server;                        /* seen as the server sees it (scp_vantage_is_server) */
    char reason[SCP_JUDGEMENT_MESSAGE]; /* none: the commonest, a sentence's end */
};

/* Pure. */
void scp_revocation_reach(const struct scp_revocation_facts *f, struct scp_revocation_reach *out);
/* Did something valid come from any external host? */
bool scp_revocation_valid(const struct scp_revocation_facts *f);
/* There is no way out at all, and that is no fact about the server: "not reached" says nothing of the hosts. */
bool scp_revocation_blind(const struct scp_revocation_facts *f);
/* Which hosts the proxy refuses that its bypass list does not name; `through`: they were asked through it, as the server does. */
void scp_revocation_bypass(const struct scp_revocation_facts *facts, const struct scp_egress *egress, bool through,
                           struct scp_result *r);

/* --- The verdict --- */

extern const struct scp_catalogue_entry scp_revocation_catalogue[];

/* Adds at least one finding. */
void scp_revocation_evaluate(const struct scp_revocation_facts *f, const struct scp_revocation_limits *limits, int64_t now,
                             struct scp_result *r);

/* The port that a URL names, or its scheme's: its digits' number. */
size_t scp_revocation_port(const char *url, const char **port);

/* Several endpoints that did not answer in time are one sentence in the summary.  To be called after --severity was applied. */
void scp_revocation_summary(const struct scp_revocation_facts *f, struct scp_result *r);

/* Adds a table of the endpoints for people to `r`, marked by the findings of `judged` (the same, or its part). */
void scp_revocation_table(const struct scp_revocation_facts *f, int64_t now, const struct scp_result *judged, struct scp_result *r);

/* For the JSON output the member "endpoints" (doc/json.schema.json). */
void scp_revocation_facts_put(struct scp_json *j, const struct scp_revocation_facts *f, const struct scp_revocation_limits *limits);

struct scp_revocation_session {
    struct scp_session session;
    struct scp_revocation_options options;
    struct scp_revocation_plan plan;
    struct scp_revocation_run run;
    struct scp_egress egress; /* with --proxy=registry */
    struct scp_revocation_facts facts;
};

extern const struct scp_check scp_revocation_check;

#endif
