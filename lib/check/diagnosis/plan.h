/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_DIAGNOSIS_PLAN_H
#define SCP_CHECK_DIAGNOSIS_PLAN_H

#include "check/check.h"
#include "check/diagnosis/check.h"
#include "windows/profile.h"
#include "windows/proxy.h"
#include "windows/store.h"

/*
 * What is to be done, in order.  A step that a registry shows is laid over what was read, and everything is gathered and judged
 * again on that, without network: what does not mend there is not proposed.
 *
 *   facts -> candidates -> (lay, gather, judge) for each choice of them -> the fewest steps of the cheapest class
 */
enum scp_plan_kind {
    SCP_PLAN_ADD,      /* a certificate of the profile into a store of the machine */
    SCP_PLAN_UNDENY,   /* an entry of a Disallowed store goes */
    SCP_PLAN_PURPOSES, /* a certificate that is there is allowed all purposes again */
    SCP_PLAN_OPEN,     /* hosts are let through; no registry shows that */
    SCP_PLAN_ASK       /* what else none shows, the clock: as the finding says */
};

enum { SCP_PLAN_STEPS_MAX = 128, SCP_PLAN_WHY = 800, SCP_PLAN_TEXT = 16384, SCP_PLAN_HOSTS_MAX = 32, SCP_PLAN_STAYS = 200 };

struct scp_plan_way; /* a kind of fault of hosts */

struct scp_plan_step {
    enum scp_plan_kind kind;
    unsigned class;      /* 0 certificate, 1 service, 2 local denial, 3 network, 4 policy */
    unsigned unit;       /* steps of one unit go together */
    enum scp_part mends; /* the cause, or SERVICE; of a root that is missing the update's, too, where it is present */
    bool rehearsed;
    unsigned causes;                                             /* OPEN: all that it mends, 1 << cause */
    const struct scp_profile_cert *cert;                         /* whom it is about; NULL: OPEN, ASK */
    const struct scp_profile_family *family;                     /* that it is for; NULL */
    enum scp_store_name store;                                   /* ADD: where to; else where the entry lies */
    const struct scp_store_cert *entry;                          /* UNDENY, PURPOSES; borrowed from the facts */
    const struct scp_plan_way *way;                              /* OPEN */
    const struct scp_profile_endpoint *host[SCP_PLAN_HOSTS_MAX]; /* OPEN: which */
    size_t hosts;
    char asked[SCP_PLAN_WHY]; /* ASK: what the finding advises, sentences for SCP_SAID */
};

struct scp_plan {
    struct scp_plan_step v[SCP_PLAN_STEPS_MAX];
    size_t n;
    bool made;                           /* else nothing was looked for: no cause is present */
    bool placed;                         /* a certificate that the profile has no copy of was taken to be as it says */
    enum scp_presence after[SCP_CAUSES]; /* the causes once the steps are done */
    char why[SCP_CAUSES][SCP_PLAN_WHY];  /* sentences for SCP_SAID: why one of them stays; "" */
    char why_service[SCP_PLAN_WHY];      /* why something that its names send stays refused; "" */
    bool service_builds;                 /* chains that they send build then, which did not before */
    char stays[SCP_PLAN_STAYS];          /* ids of what is CRITICAL then, too, and no cause; "" */
    bool update_impaired;                /* it is on, and no step mends what keeps it from working */
    bool update_instead;                 /* letting Windows update roots again would mend the same, as rehearsed */
    char server[SCP_SESSION_SERVER];     /* whose plan it is; "" */
    struct scp_proxy proxy;              /* by which its SYSTEM account goes, as the registry tells */
};

/* The facts of a session that has been judged; its parts' findings.  Steps that a registry shows. */
struct scp_diagnosis_session;
/* -1: more than SCP_PLAN_STEPS_MAX. */
int scp_plan_candidates(const struct scp_diagnosis_session *s, struct scp_plan *plan, struct scp_err *err);
/* Lays a step over a copy of the registry. */
struct scp_registry;
int scp_plan_lay(const struct scp_plan_step *step, struct scp_registry *copy, struct scp_err *err);
/* Windows updates its roots again, and has just done so. */
int scp_plan_lay_update(struct scp_registry *copy, int64_t now, struct scp_err *err);
/* Takes what no copy is known of to be in its store: sets the facts of a session that was gathered so.  `chosen`: the units.
 * true: that mattered. */
bool scp_plan_place(const struct scp_plan *plan, const bool *chosen, struct scp_diagnosis_session *s);

/* Makes s->plan of a session that was judged.  -1: memory. */
int scp_plan_make(struct scp_diagnosis_session *s, struct scp_result *const part[SCP_PARTS], struct scp_err *err);

/* The hosts that a finding about the network is about, as steps; a kind of fault is one.  false: it is none to be opened. */
struct scp_revocation_facts;
bool scp_plan_open(struct scp_plan *plan, const struct scp_revocation_facts *all, const struct scp_finding *f, enum scp_part cause);

/* --- Words --- */

/* Of such a step: its sentence (which names hosts where they are that many at most), whom to ask, how it is to be; and the command
 * that shows on the server that host number i is let through. */
void scp_plan_hosts_what(const struct scp_plan_step *step, size_t most, char out[SCP_PLAN_TEXT]);
void scp_plan_hosts_where(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT]);
void scp_plan_hosts_how(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT]);
void scp_plan_hosts_command(const struct scp_plan *plan, const struct scp_plan_step *step, size_t i, char *out, size_t size);

/* The proxy that SYSTEM goes by to an address, as the registry says; "". */
void scp_plan_proxy(const struct scp_plan *plan, const char *url, char out[SCP_PROXY_URL_MAX]);

/* Behind the lines that are in `out`, where there are some: words, and behind a grave accent a command to be pasted ("": none).
 * Both are sentences. */
enum { SCP_PLAN_COMMAND = 1200, SCP_PLAN_PRINT = 65 };
void scp_plan_line(char out[SCP_PLAN_TEXT], const char *words, const char *command);

/* imports.c: how a certificate is fetched, told from another and imported; n of a family together.  Commands are "" where there is
 * none. */
const char *scp_plan_print(const struct scp_profile_cert *c, char out[SCP_PLAN_PRINT]);
void scp_plan_import_how(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_TEXT]);
void scp_plan_members_how(const struct scp_plan *plan, size_t i, size_t n, char out[SCP_PLAN_TEXT]);
void scp_plan_fetch_command(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND]);
void scp_plan_digest_command(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND]);
void scp_plan_import_command(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND]);
void scp_plan_import_proof(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND]);

/* Of one step: its sentence, the store that it is about (""), what mends, and what shows that it did. */
void scp_plan_step_what(const struct scp_plan_step *step, char out[SCP_PLAN_TEXT]);
const char *scp_plan_store(const struct scp_plan_step *step);
void scp_plan_command(const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND]);
void scp_plan_proof(const struct scp_plan *plan, const struct scp_plan_step *step, char out[SCP_PLAN_COMMAND]);
/* Does it mend something of that cause? */
bool scp_plan_concerns(const struct scp_plan *plan, const struct scp_plan_step *step, enum scp_part cause);

/* Steps from number i on that are told as one: a family's members. */
size_t scp_plan_group(const struct scp_plan *plan, size_t i);
/* They as one sentence for SCP_SAID, and their details line by line. */
void scp_plan_what(const struct scp_plan *plan, size_t i, char out[SCP_PLAN_TEXT]);
/* The first of them in short. */
void scp_plan_first(const struct scp_plan *plan, char out[SCP_PLAN_TEXT]);
void scp_plan_details(const struct scp_plan *plan, size_t i, char out[SCP_PLAN_TEXT]);
/* What follows the last step: the flush, and what is to be started anew; "" where no step is about chains. */
const char *scp_plan_last(const struct scp_plan *plan);
/* What the rehearsal of all of it showed, a sentence; "" where it says nothing. */
void scp_plan_shown(const struct scp_plan *plan, char out[SCP_PLAN_TEXT]);
/* As the remedy of the finding about that cause: its steps, from the first that was not said; "" where there is none. */
void scp_plan_remedy(const struct scp_plan *plan, enum scp_part cause, bool said[SCP_PLAN_STEPS_MAX], char out[SCP_PLAN_TEXT]);
/* Adds the members plan, plan_alternative and no_remedy. */
void scp_plan_facts_put(struct scp_json *j, const struct scp_plan *plan, const struct scp_diagnosis *d);

#endif
