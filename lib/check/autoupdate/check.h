/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_AUTOUPDATE_CHECK_H
#define SCP_CHECK_AUTOUPDATE_CHECK_H

#include "check/check.h"
#include "check/mirror/mirror.h"
#include "check/egress/egress.h"
#include "windows/update_policy.h"

/*
 * Would Windows still receive roots and lists of distrust: what the registry sets, when each list was last synchronised, what is
 * cached - and, where asked for, what is served today and whether an internal mirror is whole.
 */
enum scp_autoupdate_expect { SCP_EXPECT_ENABLED, SCP_EXPECT_MIRROR, SCP_EXPECT_DISABLED };

/* What the user asked for. */
struct scp_autoupdate_options {
    int expect; /* enum scp_autoupdate_expect */
    bool online;
    const char *mirror; /* address, folder or "registry"; NULL: none */
    const char *list;   /* a file; NULL: none */
    struct scp_option_limits disallowed_age;
};

/* Of them --expect and --mirror: how the site means the update to be. */
extern const struct scp_option scp_autoupdate_design_options[];

struct scp_autoupdate_limits {
    bool beside;                        /* it is a part of the diagnosis: another one tells of the proxy */
    struct scp_range warning, critical; /* age of the last synchronisation of trusted roots, seconds */
    struct scp_range disallowed_warning, disallowed_critical;
    int expect;
};

/* SCP_UPDATE_LATE_DAYS and SCP_UPDATE_OVERDUE_DAYS; 4 and 14 days for the list of disallowed certificates; enabled. */
extern const struct scp_autoupdate_limits scp_autoupdate_limits_default;

/* -1: wrong use (a mirror that is no place), to be told before anything is read. */
int scp_autoupdate_options_check(const struct scp_autoupdate_options *w, struct scp_err *err);

enum { SCP_AUTOUPDATE_SERVED = 2 /* trusted, disallowed */ };

/* Something that --online or --mirror=registry named, and whether it can be looked at from here. */
enum scp_autoupdate_place {
    SCP_PLACE_NOT_ASKED,
    SCP_PLACE_WEB,       /* an address: location */
    SCP_PLACE_FOLDER,    /* a folder here: location */
    SCP_PLACE_ELSEWHERE, /* a share, a folder of the server, or no address at all: location */
    SCP_PLACE_NONE,      /* the registry names none */
    SCP_PLACE_UNKNOWN    /* the registry source does not tell */
};

struct scp_autoupdate_facts {
    struct scp_trust *trust; /* its lists were asked for; registry NULL: none was read */
    struct scp_egress egress;
    enum scp_autoupdate_place online, mirrored;
    char online_location[SCP_POLICY_URL_MAX], mirror_location[SCP_POLICY_URL_MAX];
    bool at_server;                 /* --vantage=server: what does not arrive does not arrive at the server */
    struct scp_mirror_facts served; /* of --online: the first lists, and the required roots that the Root stores do not hold */
    struct scp_mirror_facts mirror;
    bool has_given;
    struct scp_list_fact given;
};

/* Reads the cached lists and --list, and plans what to fetch.  `trust` must outlive the facts.  -1: wrong use, or out of memory. */
int scp_autoupdate_gather(struct scp_trust *trust, const struct scp_autoupdate_options *options, struct scp_autoupdate_facts *out,
                          struct scp_err *err);

/* Opens the network where what was planned needs it; otherwise *http is NULL.  The proxy of --proxy=registry is the facts'. */
int scp_autoupdate_connect(struct scp_autoupdate_facts *f, struct scp_network_setting *network, struct scp_http **http,
                           struct scp_err *err);

/* Fetches what was planned; http may be NULL when it is not needed. */
int scp_autoupdate_fetch(struct scp_autoupdate_facts *f, struct scp_http *http, const struct scp_deadline *deadline,
                         void (*progress)(size_t done, size_t total), struct scp_err *err);

void scp_autoupdate_free(struct scp_autoupdate_facts *f);

extern const struct scp_catalogue_entry scp_autoupdate_catalogue[];

/* Adds at least one finding. */
void scp_autoupdate_evaluate(const struct scp_autoupdate_facts *f, const struct scp_autoupdate_limits *limits, int64_t now,
                             struct scp_result *r);

/* For the JSON output the member "lists" (doc/json.schema.json); `subjects`: with every entry. */
void scp_autoupdate_facts_put(struct scp_json *j, const struct scp_autoupdate_facts *f, bool subjects);

struct scp_autoupdate_session {
    struct scp_session session;
    struct scp_autoupdate_options options;
    struct scp_autoupdate_facts facts;
};

extern const struct scp_check scp_autoupdate_check;

#endif
