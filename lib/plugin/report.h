/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_REPORT_H
#define SCP_PLUGIN_REPORT_H

#include "plugin/result.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Renderers: pure functions from a result to text.  The output contract is in
 * man/scp-plugins.7 and enforced by property tests.
 */
enum scp_perfdata_mode { SCP_PERFDATA_SHORT, SCP_PERFDATA_FULL, SCP_PERFDATA_NONE };

struct scp_report {
    const char *plugin; /* "check_scp_roots" */
    const char *version;
    const char *title;           /* "SCP ROOTS" */
    int64_t at;                  /* judged as of */
    const char *server;          /* the name of the server that is judged, where its registry tells it; NULL or "" */
    const char *vantage;         /* NULL, or from where was probed: "from mon01" */
    const char *vantage_host;    /* this machine's name; NULL where nothing was asked over the network */
    const char *vantage_proxy;   /* what was asked through; NULL or "" */
    bool vantage_server;         /* this machine is the service connection point, or stands where it does */
    const char *source_kind;     /* "reg", "hive", "smb", "local", "folder", "none" */
    const char *source_location; /* NULL if none */
    int64_t source_taken;        /* or SCP_UTC_UNKNOWN */
    const char *with;            /* the .reg that was laid over it for a rehearsal; NULL */
    const char *source_label;    /* what was named as the source, or what --source-label calls it; the same whatever comes of it */
    const char *profile_name;    /* NULL if none */
    const char *profile_as_of;
    enum scp_perfdata_mode perfdata;
    unsigned verbosity; /* number of -v */
    bool color;         /* terminal only */
    unsigned columns;   /* terminal width, 0 = do not wrap */
    bool pretty;        /* json: several lines */
};

enum {
    SCP_REPORT_LINE_MAX = 900,  /* bytes of line 1 with its performance data (NRPE v2 cuts at 1024) */
    SCP_REPORT_TEXT_MAX = 8000, /* bytes of the whole plugin output (Nagios cuts at 8192) */
    SCP_REPORT_FIELD_MAX = 400, /* bytes of one text from outside after cleaning */
    SCP_REPORT_JSON_MAX = 64 << 20
};

/* Each appends to out; a buffer that failed has no valid report in it. */
void scp_report_plugin(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);
void scp_report_terminal(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);
void scp_report_json(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);
void scp_report_openmetrics(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);
/* One self-contained page: no scripts, nothing fetched. */
void scp_report_html(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out);

#endif
