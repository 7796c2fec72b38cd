/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_RESULT_H
#define SCP_PLUGIN_RESULT_H

#include "plugin/catalogue.h"
#include "plugin/exhibit.h"
#include "plugin/perfdata.h"
#include "plugin/state.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The result of a check: findings in the order they were added, performance
 * values, and for the diagnosis the results of its parts.  All texts are owned
 * by the result.  Sentences are made by base/say.h's formatter ("%s" for words from
 * outside, SCP_SAID and SCP_OURS for ours), ids and subjects are raw; renderers make
 * them safe for their medium.  Running out of memory while building sets `broken`, which
 * renders as UNKNOWN: building code needs no checks of its own.
 */
struct scp_finding {
    enum scp_state state;
    char *id;          /* stable, dotted: "roots.missing" */
    char *subject;     /* "" or what it is about: "digicert-global-root-g2" */
    char *text;        /* a sentence */
    char *brief;       /* "" or what a row about it says, beside which the rest of the sentence stands already */
    char *remedy;      /* "" or what to do, sentences; several lines are several steps */
    char *reference;   /* "" or where it is written, a sentence */
    unsigned evidence; /* enum scp_evidence */
    bool told;         /* an exhibit says it already, and what to do about it: terminals repeat it with -v only */
};

struct scp_result {
    const struct scp_catalogue_entry *const *catalogue; /* borrowed; NULL-terminated list of tables, may be NULL */
    char *name;                                         /* of a part: "roots"; "" at the top */
    char *summary;                                      /* "" = made from the findings */
    struct scp_finding *finding;
    size_t findings;
    struct scp_perfdata *perfdata;
    size_t perfdatas;
    struct scp_result **part; /* owned */
    size_t parts;
    struct scp_exhibit **exhibit; /* owned */
    size_t exhibits;
    char *facts; /* "" or a JSON object */
    bool broken;
};

enum { SCP_RESULT_FINDINGS_MAX = 20000, SCP_RESULT_PERFDATA_MAX = 2000, SCP_RESULT_DEPTH_MAX = 8, SCP_RESULT_EXHIBITS_MAX = 64 };

/* NULL when out of memory. */
struct scp_result *scp_result_new(const struct scp_catalogue_entry *const *catalogue);
void scp_result_free(struct scp_result *r);

/* Memory ran out where the facts were gathered: nothing in the result may be believed.  Sets `broken`. */
void scp_result_break(struct scp_result *r);
/* Is it, or a part of it? */
bool scp_result_broken(const struct scp_result *r);

/* Adds a finding; evidence comes from the catalogue, for non-OK findings remedy and reference, too.  Returns its index
 * for scp_result_remedy(), or (size_t)-1. */
size_t scp_result_add(struct scp_result *r, enum scp_state state, const char *id, const char *subject, const char *fmt, ...)
    SCP_PRINTF(5, 6);
/* Replaces the catalogue's remedy / reference of a finding; the reference is ours. */
void scp_result_remedy(struct scp_result *r, size_t finding, const char *fmt, ...) SCP_PRINTF(3, 4);
void scp_result_reference(struct scp_result *r, size_t finding, const char *reference);
void scp_result_brief(struct scp_result *r, size_t finding, const char *fmt, ...) SCP_PRINTF(3, 4);
/* Replaces the kind of step (enum scp_evidence) of a finding that has one: this one is mended otherwise, or is evidence for
 * nothing. */
void scp_result_step(struct scp_result *r, size_t finding, enum scp_evidence step);

/* Says that an exhibit tells this finding of the result or of its parts already. */
void scp_result_told(struct scp_result *r, const struct scp_finding *finding);

/* The text behind "SCP X STATE - "; without it: the text of the first finding of the worst state, and ", N more"
 * where there are N more findings of that state and it is not OK. */
void scp_result_summary(struct scp_result *r, const char *fmt, ...) SCP_PRINTF(2, 3);

/* Takes a filled-in value; an invalid label or unit breaks the result (a programming error that tests see). */
void scp_result_perfdata(struct scp_result *r, const struct scp_perfdata *p);

/* The value of that label, where it was added, is the check's main number: check_scp shows those alone. */
void scp_result_main_value(struct scp_result *r, const char *label);
/* A number of things, of `most` at most (0: not bounded), with a critical range (NULL: none). */
void scp_result_number(struct scp_result *r, const char *label, size_t value, const char *critical, size_t most);
/* Seconds that are left of something, with the limits they are held against. */
void scp_result_seconds(struct scp_result *r, const char *label, double seconds, const struct scp_range *warning,
                        const struct scp_range *critical);

/* Adds a part and takes ownership of it (also when it fails). */
void scp_result_part(struct scp_result *r, const char *name, struct scp_result *part);

/* Takes ownership of something to show; NULL (it was out of memory) and more than the maximum break the result. */
void scp_result_exhibit(struct scp_result *r, struct scp_exhibit *e);

/* Takes ownership of a JSON object's text; "": none; NULL breaks the result: it was out of memory. */
void scp_result_facts(struct scp_result *r, char *json);

/* Worst state of all findings of the result and its parts; UNKNOWN when there is none or it is broken. */
enum scp_state scp_result_state(const struct scp_result *r);

/* The n-th finding, depth first in insertion order (a result's own findings before its parts'); NULL past the end. */
const struct scp_finding *scp_result_finding(const struct scp_result *r, size_t n);
size_t scp_result_count(const struct scp_result *r);
/* The first finding of that state that says one of these (enum scp_evidence; 0: whatever it says); NULL, also where `r` is. */
const struct scp_finding *scp_result_find(const struct scp_result *r, enum scp_state state, unsigned says);

/*
 * --severity=ID[/SUBJECT]=STATE, ID and SUBJECT may end in '*'.  The last rule that matches wins.
 */
struct scp_severity {
    char id[96];
    char subject[128]; /* "" or "*" matches any */
    enum scp_state state;
};
int scp_severity_parse(const char *s, struct scp_severity *out, struct scp_err *err);
void scp_result_override(struct scp_result *r, const struct scp_severity *rules, size_t n);

#endif
