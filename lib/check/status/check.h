/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_STATUS_CHECK_H
#define SCP_CHECK_STATUS_CHECK_H

#include "check/check.h"
#include "check/egress/egress.h"
#include "codec/text/statusmsg.h"
#include "io/http/http.h"
#include "io/log/log.h"
#include "windows/environment.h"
#include "windows/net_messages.h"
#include "windows/profile.h"
#include "windows/site.h"

/*
 * Are the symptoms there?  Certificate errors in the logs of the service connection point, its status messages about
 * failed uploads and endpoints, and settings of the server that cause the same.
 */
enum scp_symptom {
    SCP_SYMPTOM_CHAIN,             /* log: "Fail to build chain", the support article's */
    SCP_SYMPTOM_NAME,              /* log: "Mismatch certificate subject name", another article's */
    SCP_SYMPTOM_SIGNING,           /* log: the service's signing certificate was refused for another reason */
    SCP_SYMPTOM_TLS,               /* log: a certificate was refused, or no secure channel made */
    SCP_SYMPTOM_UPLOAD,            /* log: an upload failed, for another reason */
    SCP_SYMPTOM_DOWNLOAD,          /* log: a download failed */
    SCP_SYMPTOM_OTHER,             /* log: an error of which it is not known what failed */
    SCP_SYMPTOM_UPLOAD_FAILED,     /* status message 9605 */
    SCP_SYMPTOM_UPLOAD_EXCEPTION,  /* 9607 */
    SCP_SYMPTOM_ENDPOINT_WARNING,  /* 11411 */
    SCP_SYMPTOM_ENDPOINT_ERROR,    /* 11412 */
    SCP_SYMPTOM_ENDPOINT_REQUIRED, /* 11488 */
    SCP_SYMPTOMS
};

struct scp_symptom_kind {
    unsigned message; /* the number of a status message; 0: it comes from a log */
    const char *key;  /* in the JSON facts, and as performance label where it is one */
    const char *id, *what;
    enum scp_state worst; /* the worst state it may have */
};
extern const struct scp_symptom_kind scp_symptoms[SCP_SYMPTOMS];

/* The components of a service connection point that exchange something by the clock. */
enum scp_exchange { SCP_EXCHANGE_UPLOADER, SCP_EXCHANGE_DOWNLOADER, SCP_EXCHANGES };

/* What one entry of a log says (status_text.c). */
struct scp_log_reading {
    enum scp_symptom symptom;     /* SCP_SYMPTOMS: none */
    enum scp_net_class reason;    /* of TLS, UPLOAD and DOWNLOAD */
    enum scp_net_refusal refusal; /* of TLS */
    int http_status;              /* 0: none */
    bool of_scp;                  /* written by a component of the service connection point, or nobody is named */
    bool signs;                   /* by one that loads the service signing certificate */
    enum scp_exchange exchange;   /* SCP_EXCHANGES: of another component */
    bool error;                   /* the entry is one of an error */
    bool success;                 /* of that component */
    bool is_message;              /* a status message is in `message`, which is nothing otherwise */
    struct scp_statusmsg message;
};

/* Reads the entries of a log, one after the other. */
struct scp_log_reader;
struct scp_log_reader *scp_log_reader_new(struct scp_err *err);
void scp_log_reader_free(struct scp_log_reader *reader);
void scp_log_read_entry(struct scp_log_reader *reader, const struct scp_cmtrace_entry *e, struct scp_log_reading *r);

/* Hosts of microsoft.com that a text names in addresses, once each, the first of them. */
struct scp_status_facts;
void scp_status_note_hosts(struct scp_status_facts *f, const char *text, size_t n);

/* What mends it. */
const char *scp_status_refusal_remedy(enum scp_net_refusal why);

struct scp_symptom_fact {
    size_t count;     /* since the beginning of the time looked at */
    size_t timeless;  /* with a time that says nothing: not counted */
    int64_t last;     /* SCP_UTC_UNKNOWN */
    char sample[240]; /* the last one's text, or component and machine */
    char time[40];    /* a time that says nothing, as written */
    size_t reasons[SCP_NET_CLASSES];
    size_t refusals[SCP_NET_REFUSALS]; /* of TLS */
    int http_status;                   /* the last one; 0 */
};

/* What a component has achieved. */
struct scp_exchange_fact {
    bool seen;            /* there are entries of it */
    int64_t reached;      /* its logs reach back to this time; SCP_UTC_UNKNOWN */
    int64_t last_success; /* SCP_UTC_UNKNOWN */
};

/* Status messages that logs told, so that an export does not tell them again. */
enum { SCP_STATUS_TOLD_MAX = 4096 };

struct scp_status_seen {
    uint32_t id; /* 0: matched */
    int64_t at;
};

enum scp_status_kind { SCP_STATUS_LOG, SCP_STATUS_EXPORT, SCP_STATUS_SERVICE };

/* One log, one export, or the AdminService. */
struct scp_status_part {
    enum scp_status_kind kind;
    const char *name;
    bool read; /* otherwise `reason` */
    char reason[512];
    struct scp_log_facts log;
    bool of_scp;        /* a log with an entry of the service connection point */
    bool signs;         /* … of a component that loads the service signing certificate */
    char component[64]; /* a log's: the last one that is none of it */
    bool exchange[SCP_EXCHANGES];
    size_t told; /* status messages in a log */
    struct scp_statusmsg_facts messages;
    int64_t modified;  /* of an export; SCP_UTC_UNKNOWN */
    bool incomplete;   /* AdminService: more pages than are read, or the last ones failed: `reason` */
    double clock_skew; /* AdminService: our clock less its, seconds */
    bool has_clock_skew;
};

enum { SCP_STATUS_PARTS_MAX = 64, SCP_STATUS_SERVER = 128 };

enum { SCP_STATUS_HOSTS_MAX = 16, SCP_STATUS_HOST = 254 };

struct scp_status_facts {
    bool wants_hosts; /* of the logs */
    char host[SCP_STATUS_HOSTS_MAX][SCP_STATUS_HOST];
    size_t hosts;
    struct scp_status_part *part;
    size_t parts;
    struct scp_symptom_fact symptom[SCP_SYMPTOMS];
    struct scp_exchange_fact exchange[SCP_EXCHANGES];
    struct scp_status_seen *told;
    size_t told_n;
    bool more_hosts;                  /* than are kept */
    char server[SCP_STATUS_SERVER];   /* the name of the server, as the registry tells it; "" */
    char stranger[SCP_STATUS_SERVER]; /* another one, of which status messages are: not counted; "" */
    size_t strangers;                 /* how many they are */
    int64_t now;                      /* what is dated later has a wrong clock */
    int64_t since;
    int64_t logs_since;   /* logs are read back to this time, for the last success */
    bool has_environment; /* a registry was read */
    struct scp_egress egress;
    struct scp_environment environment;
    struct scp_site site;
    const struct scp_profile_product *product; /* of its version, or the one behind it; borrowed; NULL: not known */
};

struct scp_status_limits {
    struct scp_range warning, critical;   /* events */
    double max_age;                       /* of logs and exports, seconds */
    bool beside;                          /* it is a part of the diagnosis: others have something to judge, too */
    double success_within[SCP_EXCHANGES]; /* seconds; 0: not demanded */
    bool success_asked;                   /* by the user: of the uploader, too, whether it failed or not */
    bool offline;                         /* the service connection point is in offline mode */
    bool online;                          /* it was said to be in online mode */
};

extern const struct scp_status_limits scp_status_limits_default; /* 0, 3; 26 hours; 8 days and 50 hours; online */
extern const struct scp_catalogue_entry scp_status_catalogue[];

/* Nothing of these fails but for want of memory: what cannot be read is a part with a reason. */
int scp_status_gather_log(const char *path, const struct scp_deadline *deadline, struct scp_status_facts *f, struct scp_err *err);
int scp_status_gather_export(const char *path, struct scp_status_facts *f, struct scp_err *err);

/*
 * The AdminService of an SMS Provider, https://HOST/AdminService: class SMS_StatusMessage, filtered by the service; where it does
 * not take the filter, by us.  `http` carries credentials and trust anchors; `clock` is this machine's, to compare with the
 * service's.
 */
enum { SCP_STATUS_PAGES_MAX = 50 };
int scp_status_gather_service(const char *url, struct scp_http *http, const struct scp_deadline *deadline, int64_t clock,
                              struct scp_status_facts *f, struct scp_err *err);

/* Could that be the address of an AdminService?  -1: SCP_ERR_USAGE. */
int scp_status_service_check(const char *url, struct scp_err *err);

void scp_status_gather_environment(const struct scp_registry *r, struct scp_status_facts *f);

/*
 * All that a command line asks to be looked at, the same for check_scp_status and check_scp (session.c; the only one that
 * links libcurl).
 */
enum scp_status_mode { SCP_MODE_ONLINE, SCP_MODE_OFFLINE, SCP_MODE_UNSAID };

struct scp_status_options {
    struct scp_list log, messages; /* files */
    const char *adminservice;      /* NULL: not asked; with common's credentials or Kerberos */
    const char *cafile;            /* PEM; NULL: the system's trust anchors */
    double since;                  /* seconds */
    double success_within;         /* seconds; 0: not demanded; negative: each component's own default */
    int mode;                      /* enum scp_status_mode: an offline one has no symptoms, and nothing is read */
    bool hosts;                    /* the hosts that logs name are wanted */
    bool no_environment;
};

/* clang-format off */
#define SCP_STATUS_OPTIONS_DEFAULTS { .since = 24 * 3600.0, .success_within = -1, .mode = SCP_MODE_UNSAID }
/* clang-format on */

extern const struct scp_option scp_status_options[];

/* -1: wrong use (too many files, no address), to be told before anything is read. */
int scp_status_options_check(const struct scp_status_options *w, struct scp_err *err);

void scp_status_free(struct scp_status_facts *f);

/* A new part; the ones before move.  NULL: over SCP_STATUS_PARTS_MAX, which is wrong use, or out of memory. */
struct scp_status_part *scp_status_new_part(struct scp_status_facts *f, enum scp_status_kind kind, const char *name,
                                            struct scp_err *err);
/* One status message, counted. */
bool scp_status_count_message(struct scp_status_facts *f, const struct scp_statusmsg *m);
/* Did a log tell it already?  Each of those is matched once. */
bool scp_status_was_told(struct scp_status_facts *f, const struct scp_statusmsg *m);
/*
 * Is a symptom there?  Absent only where something was read that would show it, nothing of its kind is cut, damaged, empty or older
 * than max_age, and none of it lacks a time.
 */
enum scp_presence scp_status_presence(const struct scp_status_facts *f, enum scp_symptom kind, double max_age, int64_t now);

/* Adds at least one finding. */
void scp_status_evaluate(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now,
                         struct scp_result *r);

/* Members of the `facts` object of the JSON output. */
void scp_status_facts_put(struct scp_json *j, const struct scp_status_facts *f);

struct scp_status_session {
    struct scp_session session;
    struct scp_status_options options;
    struct scp_status_facts facts;
};

extern const struct scp_check scp_status_check;

#endif
