/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_COMMON_H
#define SCP_PLUGIN_COMMON_H

#include "plugin/option.h"
#include "plugin/report.h"
#include "plugin/state.h"

#include <stdint.h>

/* The options that every plugin has; the first member of its configuration. */
enum scp_output {
    SCP_OUTPUT_PLUGIN,
    SCP_OUTPUT_TERMINAL,
    SCP_OUTPUT_JSON,
    SCP_OUTPUT_OPENMETRICS,
    SCP_OUTPUT_HTML,
    SCP_OUTPUT_DEFAULT
};

struct scp_common {
    struct scp_list registry;        /* -R, as given */
    const char *hostname;            /* -H: the same as -R smb://HOST; NULL */
    const char *authentication_file; /* -A; NULL */
    bool kerberos;                   /* -k */
    const char *net;                 /* Samba's net; NULL = the one found when this was built */
    const char *with;                /* a .reg to lay over what was read; NULL */
    double max_age;                  /* seconds */
    const char *profile;             /* name or file */
    bool list_profiles;
    struct scp_option_range warning, critical;
    struct scp_severities severity;
    double timeout; /* seconds */
    enum scp_state timeout_result;
    int64_t at;               /* SCP_UTC_UNKNOWN until scp_app_start() fills in the clock */
    int output;               /* enum scp_output */
    int perfdata;             /* enum scp_perfdata_mode */
    const char *source_label; /* for OpenMetrics; NULL = what is named above */
    const char *extra_opts;   /* handled while parsing; kept for --help */
    const char *explain;      /* NULL = not asked */
    unsigned verbosity;
    bool help, version;
};

#define SCP_COMMON_DEFAULTS                                                                                                        \
    {                                                                                                                              \
        .max_age = 26 * 3600.0, .profile = "scp", .timeout = 10.0, .timeout_result = SCP_UNKNOWN, .at = INT64_MIN,                 \
        .output = SCP_OUTPUT_DEFAULT, .perfdata = SCP_PERFDATA_SHORT                                                               \
    }

/* -w and -c in place of a check's own limits; not where they are about another number (`other`). */
void scp_common_limits(const struct scp_common *c, bool other, struct scp_range *warning, struct scp_range *critical);

/* Options of every plugin; of those that read a registry; -w/-c with durations. */
extern const struct scp_option scp_common_options[];
extern const struct scp_option scp_common_registry_options[];
extern const struct scp_option scp_common_with_options[];
extern const struct scp_option scp_common_time_threshold_options[];

#endif
