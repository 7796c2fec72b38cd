/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_SOURCE_SOURCE_H
#define SCP_CHECK_SOURCE_SOURCE_H

#include "io/registry/registry.h"
#include "plugin/common.h"
#include "plugin/result.h"
#include "windows/profile.h"
#include "windows/store.h"

/*
 * What every check that reads a registry shares: opening the sources and the profile that the options name,
 * and the findings about them (source.*, profile.*).
 */
extern const struct scp_catalogue_entry scp_source_catalogue[];

struct scp_source_failure {
    enum scp_err_code code;
    char message[512];
};

enum { SCP_SOURCE_PAIRS_MAX = SCP_REGISTRY_SOURCES_MAX * (SCP_REGISTRY_SOURCES_MAX - 1) / 2 };

struct scp_source_facts {
    struct scp_registry *read;     /* settled; never NULL after a successful open; the parts in one, the newest on top */
    struct scp_registry *registry; /* the one that is judged: the same, or with what --with laid over it */
    const struct scp_registry_scope *scope;
    struct scp_registry *part[SCP_REGISTRY_SOURCES_MAX]; /* what each source holds; the one part is the registry itself */
    size_t parts;
    char contradiction[900], changed[900], repeated[300]; /* scp_source_reconcile(): sentences for SCP_SAID (base/say.h); "" */
    struct scp_source_failure failure[SCP_REGISTRY_SOURCES_MAX]; /* sources that could not be read */
    size_t failures;
    int64_t clock;      /* this host's, when the sources were opened */
    char location[512]; /* all sources, for the report */
};

/* WARNING, or UNKNOWN where the result is that already: for remarks that must not outrank not knowing. */
enum scp_state scp_source_remark(const struct scp_result *r);

/* Loads what -R and -H name; `scope` is what to keep of it (windows/paths.h).  -1 only for wrong use (none given, too many) and out
 * of memory. */
int scp_source_open(const struct scp_common *common, const struct scp_registry_scope *scope, struct scp_source_facts *out,
                    struct scp_err *err);
void scp_source_close(struct scp_source_facts *s);
/* Part of it: makes the registry of the parts. */
int scp_source_merge(struct scp_source_facts *s, struct scp_err *err);

/* How a check judges a registry, without asking anybody: into an empty result. */
struct scp_source_judge {
    const struct scp_catalogue_entry *const *catalogue;
    int (*judge)(void *ctx, const struct scp_registry *view, struct scp_result *r, struct scp_err *err);
    void *ctx;
};

/*
 * Finds out whether several sources contradict each other: their identity differs, or a difference between them changes what
 * `judge` finds (NULL: only identity is looked at).  Costs nothing with one source.  To be called after scp_source_open(); where
 * they do, scp_source_judgeable() is false from then on.  -1: out of memory or over a maximum.
 */
int scp_source_reconcile(struct scp_source_facts *s, const struct scp_source_judge *judge, struct scp_err *err);

/* Lays a .reg file over what was read, as if it were imported.  -1: it cannot be, or out of memory. */
int scp_source_rehearse(struct scp_source_facts *s, const char *path, struct scp_err *err);

/* Whether anything was read that may be judged: nothing is where a hive is dirty, sources contradict each other, or none was
 * readable. */
bool scp_source_judgeable(const struct scp_source_facts *s);

/* What is to be said first: sources that could not be read, that may not be judged, that are not the machine's.  Returns how many
 * of them are UNKNOWN. */
size_t scp_source_begin(const struct scp_source_facts *s, struct scp_result *r);

/*
 * Adds the other source.* findings: truncated, partial, damaged, stale, age.  To be called last: a remark about the source must not
 * outrank that something could not be told.
 */
void scp_source_evaluate(const struct scp_source_facts *s, double max_age, int64_t now, struct scp_result *r);

/* Entries of a store that are damaged, or hold another certificate than their name says: in that state. */
void scp_source_entries(const struct scp_store *store, enum scp_state inconsistent, struct scp_result *r);

/* Fills kind, location and time of the report. */
void scp_source_report(const struct scp_source_facts *s, struct scp_report *report);

/* A profile by built-in name or from a file; --require and --recommend are applied then. */
int scp_source_profile(const char *name, struct scp_profile *out, struct scp_err *err);
int scp_source_profile_require(struct scp_profile *p, const struct scp_list *what, enum scp_level level, struct scp_err *err);
/* Where none is needed: -1 for one that could not be used, the same wrong use everywhere. */
int scp_source_profile_check(const char *name, struct scp_err *err);
/* profile.old when its knowledge is older than 18 months; profile.installed: which file stands for the built-in one. */
void scp_source_profile_age(const struct scp_profile *p, int64_t now, struct scp_result *r);
/* profile.clock when it is more than a day before the profile's own date: nothing is to be judged then. */
bool scp_source_profile_clock(const struct scp_profile *p, int64_t now, struct scp_result *r);
/* --list-profiles */
void scp_source_list_profiles(struct scp_buf *out);

#endif
