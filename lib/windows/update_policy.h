/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_UPDATE_POLICY_H
#define SCP_WINDOWS_UPDATE_POLICY_H

#include "io/registry/registry.h"
#include "windows/update_access.h"

/*
 * The automatic update of trusted and untrusted certificates, as the registry sets it
 * (Microsoft, "Configure trusted roots and disallowed certificates"; names from wincrypt.h).
 */
enum scp_tri { SCP_NO, SCP_YES, SCP_MAYBE };

struct scp_policy_number {
    enum scp_presence presence;
    bool wrong_type; /* there, but not a REG_DWORD: what Windows makes of it is not known */
    uint32_t value;  /* 0 when absent */
};

struct scp_policy_time {
    enum scp_presence presence;
    bool malformed; /* wrong type or size: as if never */
    int64_t at;     /* SCP_UTC_UNKNOWN unless readable */
};

struct scp_policy_list {
    enum scp_presence presence;
    bool wrong_type;  /* not a REG_BINARY: what Windows makes of it is not known */
    const uint8_t *p; /* borrowed from the registry */
    size_t n;
};

/* A setting found under a key that Windows does not read it from. */
struct scp_policy_stray {
    const char *name;                   /* of the value (a constant) */
    const struct scp_registry_key *key; /* where it is */
    const char *home;                   /* the key that Windows reads (a constant) */
    bool at_home;                       /* it is set there, too */
};

enum { SCP_POLICY_STRAYS_MAX = 16, SCP_POLICY_URL_MAX = 512 };

struct scp_update_policy {
    struct scp_policy_number disable_root_auto_update, enable_disallowed_auto_update, disable_pin_rules_auto_update;
    struct scp_policy_number auto_update_flags, protected_roots, cryptsvc_start, min_rsa_bits;
    struct scp_policy_number sync_delta, disallowed_sync_delta, pin_rules_sync_delta; /* least seconds between two */
    struct scp_policy_number legacy_component;                                        /* RootAutoUpdate: Windows before Vista */
    struct scp_policy_number url_timeout, total_timeout; /* of the chain engine, milliseconds; the policy goes
                                                          * before the machine's own */
    struct scp_policy_number crl_extension;              /* CRLValidityExtensionPeriod, hours */
    struct scp_policy_time chain_resync;                 /* cached answers from before are not used */
    struct scp_policy_time trusted_sync, disallowed_sync, pin_rules_sync;
    struct scp_policy_list trusted_list, disallowed_list, pin_rules_list;
    enum scp_presence root_dir_url_presence;
    char root_dir_url[SCP_POLICY_URL_MAX];        /* UTF-8, a password taken out; "" when absent, not text or longer */
    bool root_dir_url_empty;                      /* there, text, and nothing in it: what Windows does then is not known */
    enum scp_presence sync_from_dir_url_presence; /* the source of certutil -syncWithWU; the update does not use it */
    char sync_from_dir_url[SCP_POLICY_URL_MAX];
    struct scp_update_access access; /* CryptSvc's */
    struct scp_policy_stray stray[SCP_POLICY_STRAYS_MAX];
    size_t strays;
    uint32_t build; /* CurrentBuild; 0 when not known */
};

/* It is not known, or there and no number. */
static inline bool scp_policy_untold(const struct scp_policy_number *n)
{
    return n->presence == SCP_COULD_NOT_TELL || n->wrong_type;
}

/* A REG_SZ (or REG_EXPAND_SZ) as UTF-8; "" where it is absent, no text (*malformed, may be NULL), or too long. */
enum scp_presence scp_policy_text(const struct scp_registry *r, const char *path, const char *name, char *out, size_t size,
                                  bool *malformed);

/* A number as a policy sets it: 0 when absent or of another type. */
struct scp_policy_number scp_policy_number_read(const struct scp_registry *r, const char *path, const char *name);

/*
 * A number of the chain engine as it applies: group policy's ("Certificate Path Validation Settings") goes before the machine's
 * own.  The machine's answers only where policy is known to say nothing: a policy that the source does not cover may overrule it,
 * so that then neither is told.
 */
struct scp_policy_number scp_policy_number_chain(const struct scp_registry *r, const char *name);

void scp_update_policy_read(const struct scp_registry *r, struct scp_update_policy *out);

/*
 * The age of the last synchronisation of trusted roots, in days, from which it is late, and from which Windows cannot be relied
 * on to install a root.  The one answer of all checks.
 */
#define SCP_UPDATE_LATE_DAYS 15
#define SCP_UPDATE_OVERDUE_DAYS 35

/* Does Windows update trusted roots by itself?  Absent means yes. */
enum scp_tri scp_update_policy_trusted(const struct scp_update_policy *p);

/*
 * Does it update the list of untrusted certificates?  Before Windows 8.1/2012 R2 one switch governs both lists (MAYBE where the
 * other one contradicts it: an update, KB 2813430, brought it).  Where EnableDisallowedCertAutoUpdate is absent the answer follows
 * the trusted list; *inferred is then set when that is "no", which Microsoft does not document.
 */
enum scp_tri scp_update_policy_disallowed(const struct scp_update_policy *p, bool *inferred);

/* Where the lists and roots come from. */
enum scp_update_source {
    SCP_UPDATE_FROM_MICROSOFT, /* RootDirUrl absent, or Microsoft's own address */
    SCP_UPDATE_FROM_TEST,      /* Microsoft's test list */
    SCP_UPDATE_FROM_OTHER,     /* another address of Microsoft's, which does not serve the list in force */
    SCP_UPDATE_FROM_WEB,       /* an internal mirror, http or https */
    SCP_UPDATE_FROM_SHARE,     /* an internal mirror on a file share or a local path */
    SCP_UPDATE_FROM_NOWHERE,   /* RootDirUrl is set to what is no address */
    SCP_UPDATE_FROM_UNKNOWN    /* RootDirUrl could not be told */
};

enum scp_update_source scp_update_policy_source(const struct scp_update_policy *p);
/* From an internal mirror. */
bool scp_update_policy_mirrored(const struct scp_update_policy *p);
/* The kind of an address as RootDirUrl holds one; never FROM_UNKNOWN. */
enum scp_update_source scp_update_source_of(const char *url);

/* A place as people write it, with its backslashes as they are: a sentence for SCP_SAID (base/say.h).  Returns out. */
enum { SCP_UPDATE_SOURCE_TEXT = 2 * SCP_POLICY_URL_MAX };
const char *scp_update_source_say(const char *url, char out[SCP_UPDATE_SOURCE_TEXT]);

/* Takes user and password out of an address, three stars instead.  Such an address is not asked; nobody is to read it here. */
void scp_update_source_hide(char *url);

#define SCP_UPDATE_MICROSOFT_URL "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en"

/*
 * The support article's "disconnected environment": direct access to Windows Update is blocked, or the automatic update of both
 * trusted and untrusted lists is off.  `blocked`: what is known of the access (SCP_MAYBE: nothing).
 */
enum scp_tri scp_update_policy_disconnected(const struct scp_update_policy *p, enum scp_tri blocked);

/* Windows before 8.1/2012 R2, where one switch governs both lists; false also when the version is not known. */
bool scp_update_policy_one_switch(const struct scp_update_policy *p);

/* Is the AuthRoot store left out (ProtectedRoots flag 0x8)?  MAYBE where the value was not covered. */
enum scp_tri scp_update_policy_authroot_off(const struct scp_update_policy *p);

/* Are users' own roots left out (flag 0x1)? */
bool scp_update_policy_user_roots_off(const struct scp_update_policy *p);

/* What keeps Windows from installing a root on demand although the update is on. */
enum scp_update_obstacle {
    SCP_UPDATE_FREE,        /* nothing that is known */
    SCP_UPDATE_NO_AUTHROOT, /* the store that roots would come to is left out */
    SCP_UPDATE_NO_SERVICE,  /* the service that fetches them is disabled */
    SCP_UPDATE_NO_SOURCE,   /* RootDirUrl is set to what is no address, and is not empty */
    SCP_UPDATE_NO_ACCESS    /* the service may not write what it fetched */
};

enum scp_update_obstacle scp_update_policy_obstacle(const struct scp_update_policy *p);
/* The same in words; NULL when nothing speaks against it. */
const char *scp_update_policy_blocked(const struct scp_update_policy *p);

/* Windows 10 / Server 2016 and later know disabled and not-before roots; true also when the version is not known. */
bool scp_update_policy_dates_apply(const struct scp_update_policy *p);

#endif
