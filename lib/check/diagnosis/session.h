/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_DIAGNOSIS_SESSION_H
#define SCP_CHECK_DIAGNOSIS_SESSION_H

#include "check/autoupdate/check.h"
#include "check/diagnosis/check.h"
#include "check/intermediates/check.h"
#include "check/egress/network.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "check/source/source.h"
#include "check/status/check.h"
#include "check/egress/egress.h"

/*
 * All checks in one run: the registry is read once, the endpoints are asked once, every evaluator judges its part, and the
 * diagnosis stands above them.
 */
struct scp_diagnosis_options {
    struct scp_list skip;                 /* names of parts */
    struct scp_autoupdate_options update; /* --expect and --mirror of it */
    struct scp_status_options status;
};

struct scp_diagnosis_session {
    const struct scp_common *common; /* borrowed */
    const struct scp_diagnosis_options *options;
    bool skipped[SCP_PARTS];
    bool gathered[SCP_PARTS];    /* its facts may be judged */
    char unable[SCP_PARTS][256]; /* why not, where that is our own inability; "" */
    bool starved;                /* a part ran out of memory: none is judged */
    struct scp_profile profile;
    struct scp_source_facts source; /* registry NULL: no part needs one */
    struct scp_network_setting network;
    struct scp_egress egress;
    struct scp_trust trust; /* of the server, for all parts */
    struct scp_roots_facts roots;
    struct scp_autoupdate_facts autoupdate;
    struct scp_intermediates_facts intermediates;
    struct scp_http *http;
    struct scp_revocation_plan plan;
    struct scp_revocation_run run;
    struct scp_revocation_facts revocation;
    struct scp_status_facts status;
    struct scp_diagnosis_input input;
    struct scp_diagnosis diagnosis;
    bool diagnosed;
};

/* Reads the profile and the registry, plans the rest.  -1: wrong use, or a profile that cannot be read.  Close it in any case. */
int scp_diagnosis_open(const struct scp_common *common, const struct scp_network *network,
                       const struct scp_diagnosis_options *options, struct scp_diagnosis_session *s, struct scp_err *err);

/* What a part cannot gather is said in the result, and the others go on.  `stage` names what is being done,
 * `progress` how far it is. */
void scp_diagnosis_gather(struct scp_diagnosis_session *s, void (*stage)(const char *what),
                          void (*progress)(size_t done, size_t total));

/* One part's findings, from what was gathered. */
void scp_diagnosis_evaluate_part(const struct scp_diagnosis_session *s, enum scp_part part, struct scp_result *r);

/* Judges all parts (--severity included), adds them to the result and the diagnosis above them.  -1 only when out of memory. */
int scp_diagnosis_judge(struct scp_diagnosis_session *s, const struct scp_catalogue_entry *const *catalogue, struct scp_result *r);

/* Tables and pictures for the HTML page: stores, chains, endpoints. */
void scp_diagnosis_exhibits(const struct scp_diagnosis_session *s, struct scp_result *r);

/* The `facts` object of the JSON output.  NULL when out of memory. */
char *scp_diagnosis_json(const struct scp_diagnosis_session *s, bool subjects);

/* From where was asked, when anything was. */
void scp_diagnosis_vantage(const struct scp_diagnosis_session *s, struct scp_report *m);

void scp_diagnosis_close(struct scp_diagnosis_session *s);

#endif
