/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_OPTION_H
#define SCP_PLUGIN_OPTION_H

#include "base/buf.h"
#include "plugin/catalogue.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * One table of options per plugin: it feeds getopt_long(), --help, the
 * extra-opts ini files and the test that the man page agrees.  A plugin's
 * configuration is a plain struct whose first member is struct scp_common.
 */
enum scp_option_type {
    SCP_OPTION_FLAG,       /* bool: set */
    SCP_OPTION_COUNT,      /* unsigned: one more each time */
    SCP_OPTION_TEXT,       /* const char *: borrowed from argv or the ini text; the last one wins */
    SCP_OPTION_MAYBE_TEXT, /* const char *: "" when given without a value (long form with '=' only) */
    SCP_OPTION_LIST,       /* struct scp_list: appended */
    SCP_OPTION_RANGE,      /* struct scp_option_range */
    SCP_OPTION_TIME_RANGE, /* the same, with duration suffixes */
    SCP_OPTION_DURATION,   /* double: seconds, > 0 */
    SCP_OPTION_AGE,        /* double: seconds; 0: not asked for */
    SCP_OPTION_TIME,       /* int64_t: UTC */
    SCP_OPTION_STATE,      /* enum scp_state */
    SCP_OPTION_CHOICE,     /* int: index into choices */
    SCP_OPTION_LIMITS,     /* struct scp_option_limits: "W,C" */
    SCP_OPTION_SEVERITY    /* struct scp_severities: appended */
};

/* Under what heading --help shows it. */
enum scp_option_group { SCP_GROUP_SOURCE = 1, SCP_GROUP_JUDGED, SCP_GROUP_LIMITS, SCP_GROUP_NETWORK, SCP_GROUP_OUTPUT, SCP_GROUPS };

struct scp_option {
    enum scp_option_group group;
    int letter;           /* 'w', or 0 */
    const char *name;     /* "warning"; NULL ends a table */
    const char *argument; /* "RANGE", or NULL for flags */
    enum scp_option_type type;
    size_t offset;       /* from the table's place */
    const char *choices; /* "plugin|terminal|json" */
    const char *help;    /* wrapped by --help; "\n" starts a new line */
};
#define SCP_OPTIONS_END                                                                                                            \
    {                                                                                                                              \
        .name = NULL                                                                                                               \
    }

/* Options whose values lie together: `at` bytes behind the start of the configuration. */
struct scp_option_table {
    const struct scp_option *rows;
    size_t at;
};

enum { SCP_LIST_MAX = 256 };

struct scp_list {
    const char **v; /* owned array of borrowed texts */
    size_t n;
};

#include "plugin/range.h"
#include "plugin/report.h"
#include "plugin/result.h"

struct scp_option_range {
    bool set;
    struct scp_range range;
};

/* Two upper limits, above 0: of WARNING, and of CRITICAL, which is not smaller. */
struct scp_option_limits {
    bool set;
    double warning, critical; /* seconds, where they are durations */
};

enum { SCP_OPTION_FIRST = 6 };

struct scp_severities {
    struct scp_severity *v; /* owned */
    size_t n;
};

struct scp_about {
    const char *name;                                   /* "check_scp_roots" */
    const char *title;                                  /* "SCP ROOTS" */
    const char *purpose;                                /* one line */
    const char *description;                            /* paragraphs for --help and --explain */
    const char *examples;                               /* lines for --help; each is run by the tests */
    const struct scp_option_table *options;             /* ends with one without rows; of rows of one name the first counts */
    const char *first[SCP_OPTION_FIRST];                /* names of the options that matter first, which --help shows first */
    const struct scp_catalogue_entry *const *catalogue; /* NULL-terminated list of tables */
    /* -o html, where the plugin's own row of --output offers it; else NULL.  (Not linked into those that do not.) */
    void (*html)(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);
};

/*
 * Parses argv into config (already filled with defaults).  Arguments that are
 * not options are errors.  Words of extra-opts files stand before argv's, so
 * argv wins.  Texts borrowed from ini files live in *ini_text, to be freed by
 * scp_option_release().
 */
struct scp_option_memory;
int scp_option_parse(const struct scp_about *about, void *config, int argc, char *const *argv, struct scp_option_memory **memory,
                     struct scp_err *err);
void scp_option_release(struct scp_option_memory *memory);

void scp_option_help(const struct scp_about *about, struct scp_buf *out);  /* --help, 80 columns */
void scp_option_usage(const struct scp_about *about, struct scp_buf *out); /* short, for errors */
/* --explain[=ID]: id "" explains everything; false when the id is unknown (nothing is added then). */
bool scp_option_explain(const struct scp_about *about, const char *id, struct scp_buf *out);
void scp_option_findings(const struct scp_about *about, struct scp_buf *out); /* the ids that are known */

#endif
