/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_ROOTS_CHECK_H
#define SCP_CHECK_ROOTS_CHECK_H

#include "check/check.h"
#include "check/list/trust.h"
#include "check/remedy.h"
#include "plugin/result.h"
#include "windows/chain_policy.h"
#include "windows/elsewhere.h"
#include "windows/profile.h"
#include "windows/restriction.h"
#include "windows/store.h"
#include "windows/trust_list.h"
#include "windows/update_policy.h"

/*
 * Are the required roots installed, valid and usable by the SYSTEM account - and where one is missing, would
 * Windows fetch it by itself?
 */

/* One root of the profile, as the stores hold it. */
struct scp_root_fact {
    const struct scp_profile_cert *want;
    bool found;
    bool member[SCP_MEMBERS];      /* which members of Root hold it */
    bool forged;                   /* the SHA-1 agrees, the SHA-256 does not */
    bool unreadable;               /* an entry with its name could not be read, or its certificate not decoded */
    struct scp_distrust distrust;  /* who distrusts it */
    bool disallowed_unreadable;    /* an entry with its name there could not be read */
    bool disallowed_untold;        /* no certificate is there to look up in the list */
    int64_t not_before, not_after; /* when found and decoded */
    const char *key_type;          /* "RSA", …; NULL when not decoded */
    unsigned key_bits;
    bool self_issued;
    char elsewhere[SCP_ELSEWHERE_PHRASE]; /* where it lies and does not count, when not found: a sentence for SCP_SAID; "" */
    struct scp_restriction restriction;   /* by its own properties and by the cached list */
    struct scp_restriction listed;        /* by the cached list alone */
};

struct scp_roots_misfit {
    const struct scp_store_cert *cert;
    char name[128]; /* as the certificate calls itself */
};

enum { SCP_ROOTS_MISFITS_MAX = 20 };

/* Certificates of Root that stand out: the first ones, and how many there are. */
struct scp_roots_misfits {
    struct scp_roots_misfit v[SCP_ROOTS_MISFITS_MAX];
    size_t n;
};

struct scp_roots_facts {
    const struct scp_trust *trust;     /* NULL where nothing was gathered */
    struct scp_store root, disallowed; /* views of what scp_trust holds */
    struct scp_update_policy policy;
    struct scp_key_policy keys;
    const struct scp_list_fact *list; /* of trusted roots */
    const struct scp_list_fact *disallowed_list, *pin_rules_list;
    struct scp_root_fact *v;
    size_t n;
    enum scp_tri *named;                /* does the list of trusted roots name it?  One per root; NULL: not believed, or not read;
                                         * owned */
    struct scp_roots_misfits misplaced; /* issuer and subject differ */
    struct scp_roots_misfits unlisted;  /* not in the list of trusted roots; without names */
};

struct scp_roots_limits {
    struct scp_range warning, critical; /* remaining life of required roots, seconds */
    bool update_stays_off;              /* the site means it so: nobody is told to switch it on */
    bool unlisted;                      /* installed roots that the list does not name are worth a warning */
};

/* 90 days, 30 days. */
extern const struct scp_roots_limits scp_roots_limits_default;

extern const struct scp_catalogue_entry scp_roots_catalogue[];

/* `trust` must outlive the facts. */
int scp_roots_gather(struct scp_trust *trust, struct scp_roots_facts *out, struct scp_err *err);
void scp_roots_free(struct scp_roots_facts *f);

/* What a certificate calls itself, raw bytes from outside.  -1: SCP_ERR_MEMORY. */
int scp_roots_name(const struct scp_store_cert *c, char *out, size_t size, struct scp_err *err);

/* Adds at least one finding. */
void scp_roots_evaluate(const struct scp_roots_facts *f, const struct scp_roots_limits *limits, int64_t now, struct scp_result *r);

/* For the JSON output the member "lists" (doc/json.schema.json); `subjects`: with every entry. */
void scp_roots_facts_put(struct scp_json *j, const struct scp_roots_facts *f, const struct scp_profile *profile, bool subjects);

struct scp_roots_options {
    struct scp_list require, recommend;
    int unlisted;          /* 0 ignore, 1 warning */
    bool update_stays_off; /* the site means it so; no option of this check */
};

struct scp_roots_session {
    struct scp_session session;
    struct scp_roots_options options;
    struct scp_roots_facts facts;
};

extern const struct scp_check scp_roots_check;

#endif
