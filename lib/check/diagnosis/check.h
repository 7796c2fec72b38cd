/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_DIAGNOSIS_CHECK_H
#define SCP_CHECK_DIAGNOSIS_CHECK_H

#include "base/json.h"
#include "plugin/result.h"
#include "windows/update_policy.h"

#include <string.h>

/*
 * From findings to the cause: which of the support article's four causes are present, which of them follow from another, which
 * one to mend first, and whether the article's symptoms are there.
 *
 *   parts' results -> correlate (pure) -> evaluate (pure): findings, checklist, summary
 */
enum scp_part {
    SCP_PART_AUTOUPDATE,
    SCP_PART_ROOTS,
    SCP_PART_INTERMEDIATES,
    SCP_PART_REVOCATION,
    SCP_PART_STATUS,
    SCP_PART_SERVICE,
    SCP_PARTS
};

enum { SCP_CAUSES = SCP_PART_STATUS }; /* the four before it, in the article's order */

enum scp_diagnosis_symptom { SCP_DIAGNOSIS_9605, SCP_DIAGNOSIS_9607, SCP_DIAGNOSIS_CHAIN_ERRORS, SCP_DIAGNOSIS_SYMPTOMS };

/* "autoupdate", "roots", ...; "msg_9605", ...: keys of the JSON facts */
const char *scp_part_name(enum scp_part part);
const char *scp_diagnosis_symptom_name(enum scp_diagnosis_symptom symptom);

/* The kind of step that mends what the finding says, were it CRITICAL. */
static inline unsigned scp_diagnosis_step(const struct scp_finding *f)
{
    return f->evidence & SCP_STEPS;
}

/* The update is on, and it says what keeps it from working on this server: to import a root does not mend that. */
static inline bool scp_diagnosis_impairs_update(const struct scp_finding *f)
{
    return strncmp(f->id, "autoupdate.", 11) == 0 &&
           ((f->evidence & SCP_BESIDE_SERVICE) != 0 || scp_diagnosis_step(f) == SCP_STEP_DESIGN);
}

/* It says that Windows would fetch an intermediate that a required chain needs. */
bool scp_diagnosis_by_aia(const struct scp_finding *f);

struct scp_plan;

enum { SCP_DIAGNOSIS_EVIDENCE_MAX = 64, SCP_DIAGNOSIS_ISSUERS_MAX = 16 };

/* What the correlation needs besides the findings. */
struct scp_diagnosis_input {
    const struct scp_result *part[SCP_PARTS];               /* borrowed; NULL: not judged */
    bool skipped[SCP_PARTS];                                /* by the user's options */
    enum scp_tri update_on;                                 /* the policy lets Windows update roots */
    enum scp_tri update_helps;                              /* switched on, the update would bring the root that is missing */
    enum scp_tri lists_reached;                             /* the hosts of the trust lists answer with a good list */
    enum scp_tri disconnected;                              /* by the article's definition */
    bool mirror;                                            /* lists come from an internal mirror */
    bool declared;                                          /* --expect says that this is meant */
    const char *issuer_endpoint[SCP_DIAGNOSIS_ISSUERS_MAX]; /* ids: from there intermediates come that are in no store */
    size_t issuer_endpoints;
    const char *list_endpoint[SCP_DIAGNOSIS_ISSUERS_MAX]; /* ids: from there lists come */
    size_t list_endpoints;
    char lists_proved[64]; /* asked from elsewhere, and the server itself fetched them so long ago; "" */
    bool at_server;        /* what was seen over the network is what the server sees */
    bool issuers_proved;   /* seen from the server itself, all of these answer with the right certificate */
    enum scp_presence symptom[SCP_DIAGNOSIS_SYMPTOMS];
    const char *symptom_evidence[SCP_DIAGNOSIS_SYMPTOMS]; /* id of the finding that shows it; NULL */
    char root_name[128];                                  /* the required root that is missing or not usable; "" */
};

struct scp_diagnosis_cause {
    enum scp_presence state;
    enum scp_state worst; /* of the evidence; OK when absent, UNKNOWN when that could not be told */
    const struct scp_finding *evidence[SCP_DIAGNOSIS_EVIDENCE_MAX]; /* borrowed from the parts; the first is to be mended first */
    size_t evidences, found;                                        /* kept, and all */
    bool by_aia;                   /* unknown, for Windows fetches what is missing when it needs it: no alarm */
    const struct scp_finding *aia; /* what says so; NULL */
    bool by_aia_failed;            /* the evidence: Windows would fetch what is missing, from hosts that fail */
    int follows;                   /* the cause it is a consequence of, or -1 */
};

/* What else may explain the symptoms: facts.beside. */
enum scp_beside { SCP_IS_INSPECTED, SCP_IS_PROXY, SCP_IS_CLOCK, SCP_IS_SERVICE, SCP_IS_REFRESH, SCP_BESIDES };

struct scp_diagnosis_beside {
    const struct scp_finding *evidence[SCP_DIAGNOSIS_EVIDENCE_MAX]; /* borrowed from the parts; the first is the worst */
    size_t evidences;
};

struct scp_diagnosis {
    struct scp_diagnosis_cause cause[SCP_CAUSES];
    struct scp_diagnosis_beside beside[SCP_BESIDES];
    enum scp_tri root_wanted;    /* a required root is in no store and does not come by itself */
    bool refreshed;              /* … as far as is known: group policy was writing its roots anew */
    int first;                   /* the cause of the cheapest step; -1: none is present */
    size_t causes;               /* present */
    bool either;                 /* auto-update and root: mending either is enough */
    const struct scp_plan *plan; /* NULL: none was made */
};

/*
 * A cause is present when it keeps a required chain from building, or its revocation from being known; a WARNING alone is none.
 * Two steps, because --severity comes between them: the evidence is collected by what the parts found, CRITICAL ones alone; what
 * the user then called OK is dropped, and the rest says what is present, absent (everything was judged), or could not be told.
 */
void scp_diagnosis_collect(const struct scp_diagnosis_input *in, struct scp_diagnosis *out);
void scp_diagnosis_correlate(const struct scp_diagnosis_input *in, struct scp_diagnosis *d);

/*
 * What the parts cannot know of each other; before the two.  That no way leads from here to a host that served the server itself is
 * a remark.  What is said of a chain's root is the matter of the part about roots, and its advice stands there.
 */
void scp_diagnosis_weigh(const struct scp_diagnosis_input *in, struct scp_result *const part[SCP_PARTS]);

/* An update that is off or does not work is a WARNING where no required root waits for it, or none is known to: it was as a rule
 * in the stores before a refresh of group policy.  Between the two. */
void scp_diagnosis_soften(const struct scp_diagnosis *d, struct scp_result *update);

extern const struct scp_catalogue_entry scp_diagnosis_catalogue[];

/* Adds the diagnosis.* findings, the checklist, the performance value `causes` and the summary.  At least one finding. */
void scp_diagnosis_evaluate(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r);

/* The first of what the names of the service send that wants mending: it is refused, or inspected on the way.  NULL. */
const struct scp_finding *scp_diagnosis_service_fault(const struct scp_result *service);
bool scp_diagnosis_is_service_fault(const struct scp_finding *f);

/* Takes their own advice from the findings that are evidence of a cause, and from the article's symptom: the plan stands in its
 * place, or diagnosis.unexplained.  Not from what impairs the update, which no step mends.  Once it was made. */
void scp_diagnosis_drop_advice(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d,
                               struct scp_result *const part[SCP_PARTS]);

/* Marks the findings that plan and checklists tell already: causes, their evidence, what follows from them, symptoms.  To be
 * called when the parts were added to `r`. */
void scp_diagnosis_mark_told(const struct scp_diagnosis_input *in, const struct scp_diagnosis *d, struct scp_result *r);

/*
 * beside.c: what else explains the symptoms, by what the parts found.  Once their states are settled.
 */
void scp_diagnosis_beside_find(const struct scp_diagnosis_input *in, struct scp_diagnosis *d);
/* "; what may explain them: TLS inspection, the proxy", or "".  Returns out. */
enum { SCP_BESIDE_TEXT = 120 };
const char *scp_diagnosis_beside_phrase(const struct scp_diagnosis *d, char out[SCP_BESIDE_TEXT]);
/* A checklist of it. */
void scp_diagnosis_beside_show(const struct scp_diagnosis *d, struct scp_result *r);
void scp_diagnosis_beside_put(struct scp_json *j, const struct scp_diagnosis *d);

/* Adds the members causes, symptoms, first and disconnected to the object that is open. */
void scp_diagnosis_facts_put(struct scp_json *j, const struct scp_diagnosis_input *in, const struct scp_diagnosis *d);

#endif
