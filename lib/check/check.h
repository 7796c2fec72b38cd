/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_CHECK_H
#define SCP_CHECK_CHECK_H

#include "base/deadline.h"
#include "base/json.h"
#include "check/egress/network.h"
#include "check/egress/vantage.h"
#include "check/list/trust.h"
#include "check/source/source.h"
#include "plugin/app.h"

/*
 * A check is a value.  A plugin's main() hands one to scp_check_run(); the diagnosis gathers and judges with those of the others.
 * Each check has a struct of its own: the session first, then what its options fill, then what it gathers.
 */
struct scp_check;

struct scp_session {
    struct scp_common common;   /* the options of every plugin; first */
    struct scp_network network; /* those of the plugins that ask a network */
    const struct scp_check *check;
    /* Shared by all sessions of a run, opened by the functions below: */
    struct scp_profile *profile;        /* name NULL: none was read */
    struct scp_source_facts *source;    /* registry NULL: none was read */
    struct scp_network_setting *egress; /* rules NULL: no network */
    struct scp_trust *trust;            /* profile NULL: not read; of the sessions with one registry */
    /* This session's: */
    struct scp_deadline deadline;        /* of all gathering; the rest of --timeout is for judging and reporting */
    const struct scp_registry *registry; /* the one that is judged; NULL: none */
    bool judgeable;                      /* it may be, or there is none */
    bool view;                           /* one source is judged by itself: no file is read, nothing is asked */
    bool part;                           /* of the diagnosis: --warning and --critical are not about this check's number */
    bool no_registry;                    /* none is read where none is named: open() sets it before the network is opened */
    bool list;                           /* only the check's own --list-… is asked for */
    struct scp_vantage vantage;          /* text "": nothing was asked */
    size_t told;                         /* UNKNOWN findings about the source, which stand first */
};

/* Hooks that are NULL are left out; the session is the first member of the check's own struct. */
struct scp_check {
    struct scp_about about; /* name, title, options, catalogue */
    size_t size, kept;      /* bytes of the check's struct; of its beginning up to what is gathered */
    const char *failure;    /* id of the finding where gather() or ask() could do nothing */
    bool by_profile;        /* what is judged is the profile's, also without a registry */
    bool by_registry;       /* what is found depends on the registry: contradicting sources are judged in turn */
    void (*defaults)(struct scp_session *s);
    bool (*asks)(const struct scp_session *s);                       /* by its options, may a host be asked?  NULL: never */
    int (*open)(struct scp_session *s, struct scp_err *err);         /* -1: wrong use */
    void (*list)(const struct scp_session *s, struct scp_buf *out);  /* the check's own --list-…; open() sets `list` */
    int (*gather)(struct scp_session *s, struct scp_err *err);       /* registry and files */
    int (*ask)(struct scp_session *s, struct scp_err *err);          /* the network, by what was gathered */
    void (*evaluate)(struct scp_session *s, struct scp_result *r);   /* at least one finding, where the session is judgeable */
    void (*show)(const struct scp_session *s, struct scp_result *r); /* summary and exhibits, once all states are settled */
    void (*facts)(const struct scp_session *s, struct scp_json *j);  /* members of the JSON object that is open */
    void (*close)(struct scp_session *s);                            /* what was gathered, in any state */
};

/* Tables of options that several checks have, for struct scp_about. */
#define SCP_REGISTRY_TABLE                                                                                                         \
    {                                                                                                                              \
        scp_common_registry_options, 0                                                                                             \
    }
#define SCP_WITH_TABLE                                                                                                             \
    {                                                                                                                              \
        scp_common_with_options, 0                                                                                                 \
    }
#define SCP_TIME_THRESHOLD_TABLE                                                                                                   \
    {                                                                                                                              \
        scp_common_time_threshold_options, 0                                                                                       \
    }
#define SCP_NETWORK_TABLE                                                                                                          \
    {                                                                                                                              \
        scp_network_options, offsetof(struct scp_session, network)                                                                 \
    }
#define SCP_LAST_TABLES                                                                                                            \
    { scp_common_options, 0 },                                                                                                     \
    {                                                                                                                              \
        NULL, 0                                                                                                                    \
    }

/* Was a registry named? */
bool scp_session_given(const struct scp_session *s);
/* Is the registry of this machine read, named or because it is the default of this build? */
bool scp_session_live(const struct scp_session *s);

/* For open().  What another session of the run has read already stays.  -1: wrong use, unusable, out of memory. */
int scp_session_profile(struct scp_session *s, struct scp_err *err);
int scp_session_network(struct scp_session *s, struct scp_err *err);
/* Reads the sources and judges each in turn where they differ; `scope` is what to keep of them (windows/paths.h). */
int scp_session_registry(struct scp_session *s, const struct scp_registry_scope *scope, struct scp_err *err);

/* The name of the server that is judged, as its registry tells it, else as it was asked for; "" where neither does.  Returns out.
 */
enum { SCP_SESSION_SERVER = 128 };
const char *scp_session_server(const struct scp_session *s, char out[SCP_SESSION_SERVER]);

/* For gather(): whom that registry (NULL: none) trusts, read once.  -1: SCP_ERR_MEMORY, or a limit of the stores. */
int scp_session_trust(struct scp_session *s, const struct scp_registry *r, struct scp_err *err);

/* A run of a plugin, from its arguments to its exit code. */
int scp_check_run(const struct scp_check *check, int argc, char *const *argv);

#endif
