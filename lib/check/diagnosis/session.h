/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_DIAGNOSIS_SESSION_H
#define SCP_CHECK_DIAGNOSIS_SESSION_H

#include "check/autoupdate/check.h"
#include "check/diagnosis/check.h"
#include "check/diagnosis/events.h"
#include "check/diagnosis/plan.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "check/service/check.h"
#include "check/status/check.h"

/*
 * All checks in one run: the registry is read once, the endpoints are asked once, every evaluator judges its part, and the
 * diagnosis stands above them.
 */
struct scp_diagnosis_options {
    struct scp_list skip;                 /* names of parts */
    struct scp_autoupdate_options update; /* --expect and --mirror of it */
    struct scp_status_options status;
    bool service; /* what it sends today is judged, too */
};

struct scp_diagnosis_session {
    struct scp_session session;
    struct scp_diagnosis_options options;
    /* What follows is gathered; the parts' sessions have this one's options, source and profile. */
    bool skipped[SCP_PARTS];
    bool gathered[SCP_PARTS];    /* its facts may be judged */
    char unable[SCP_PARTS][256]; /* why not, where that is our own inability; "" */
    bool starved;                /* a part ran out of memory: none is judged */
    struct scp_events events;    /* of the run; another registry in its place borrows them */
    struct scp_autoupdate_session autoupdate;
    struct scp_roots_session roots;
    struct scp_intermediates_session intermediates;
    struct scp_revocation_session revocation;
    struct scp_status_session status;
    struct scp_service_session service;
    struct scp_diagnosis_input input;
    struct scp_diagnosis diagnosis;
    struct scp_plan plan;
    bool diagnosed;
};

extern const struct scp_check scp_diagnosis_check;

struct scp_session *scp_diagnosis_part(struct scp_diagnosis_session *s, enum scp_part part);

/*
 * A session of its own over another registry: gathered without files and network; what the hosts answered, and the symptoms, are
 * the other's.  -1: memory; scp_diagnosis_return() is called either way.
 */
int scp_diagnosis_borrow(const struct scp_diagnosis_session *from, const struct scp_registry *view, struct scp_trust *trust,
                         struct scp_diagnosis_session *out, struct scp_err *err);
void scp_diagnosis_return(struct scp_diagnosis_session *s);

/* What is demanded of the profile's endpoints, by what was gathered: those of the run that is judged next. */
void scp_diagnosis_levels(struct scp_diagnosis_session *s);

/* between.c: adds what one part by itself cannot tell, to the part that it is about.  Before states are settled. */
void scp_diagnosis_between(const struct scp_diagnosis_session *s, struct scp_result *const part[SCP_PARTS]);

/* Judges all parts (--severity included) and finds the causes; the parts are the caller's.  What is ours to say goes to r. */
void scp_diagnosis_find(struct scp_diagnosis_session *s, struct scp_result *part[SCP_PARTS], struct scp_result *r);

/* Judges all parts (--severity included), adds them to the result and the diagnosis above them. */
void scp_diagnosis_judge(struct scp_diagnosis_session *s, struct scp_result *r);

/* Tables and pictures for the HTML page: stores, chains, endpoints. */
void scp_diagnosis_exhibits(const struct scp_diagnosis_session *s, struct scp_result *r);

#endif
