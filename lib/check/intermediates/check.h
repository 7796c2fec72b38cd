/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_INTERMEDIATES_CHECK_H
#define SCP_CHECK_INTERMEDIATES_CHECK_H

#include "chain/path.h"
#include "chain/revocation.h"
#include "check/check.h"
#include "judge/reason.h"
#include "check/egress/egress.h"
#include "codec/x509/bundle.h"
#include "io/http/http.h"
#include "io/tls/tls.h"
#include "windows/chain_policy.h"
#include "windows/profile.h"
#include "windows/store.h"

/*
 * Can the chains that the service needs be built from what this machine has - and where not, which certificate is missing from
 * which store, and would Windows fetch it?
 */

/* Where a certificate was found: bits of scp_pool_cert.origin. */
enum {
    SCP_ORIGIN_ROOT = 1 << 0,       /* + enum scp_store_member: ROOT, AuthRoot, Policies, Enterprise, SYSTEM */
    SCP_ORIGIN_CA = 1 << 8,         /* the same */
    SCP_ORIGIN_OTHER = 1 << 16,     /* MY, Trust */
    SCP_ORIGIN_ROOT_FILE = 1 << 17, /* --roots */
    SCP_ORIGIN_CA_FILE = 1 << 18,   /* --intermediates */
    SCP_ORIGIN_SENT = 1 << 19,      /* by the server */
    SCP_ORIGIN_FETCHED = 1 << 20    /* from its issuer's address */
};

enum {
    SCP_INTERMEDIATES_FETCHES_MAX = 24, /* of one target */
    SCP_INTERMEDIATES_BLOBS_MAX = 128,  /* fetched certificates kept */
    SCP_INTERMEDIATES_REQUIRE_MAX = 64,
    SCP_INTERMEDIATES_SERVERS_MAX = 32,
    SCP_INTERMEDIATES_TARGETS_MAX =
        SCP_PROFILE_ITEMS_MAX + SCP_INTERMEDIATES_REQUIRE_MAX + 1 + SCP_INTERMEDIATES_SERVERS_MAX, /* families, --require, a file */
    SCP_INTERMEDIATES_CHAIN_MAX = 64 /* certificates in the file of --certificate */
};

/* An attempt to fetch a certificate as Windows would. */
struct scp_intermediates_fetch {
    char url[512];
    char wanted[128]; /* whose certificate */
    enum scp_http_outcome outcome;
    char message[256];  /* why not; "" when `right` */
    bool right;         /* what came is a certificate that fits: the thumbprint, or the name and the key */
    const uint8_t *der; /* the certificate, when right; borrowed from the facts */
    size_t len;
};

/* What the lists of --with-crl tell of a path that is good without them. */
enum { SCP_INTERMEDIATES_TOLD = 512 };
struct scp_intermediates_told {
    size_t uncovered;                   /* certificates that no list tells of */
    char doubt[SCP_INTERMEDIATES_TOLD]; /* of the first: which, and why not; "" */
    char scope[SCP_INTERMEDIATES_TOLD]; /* the first of which no list tells by itself, and OpenSSL put several together; "" */
};

/* One certificate whose path was sought. */
struct scp_intermediates_member {
    const char *alias; /* of the profile; NULL */
    char name[128];
    uint8_t sha1[SCP_SHA1_LEN];
    const struct scp_profile_cert *want; /* NULL */
    bool found;                          /* in a store, or given */
    bool issuing;                        /* judged as an issuing CA */
    bool forged;                         /* the SHA-1 agrees, the SHA-256 does not */
    bool unreadable;                     /* an entry with its name is damaged, or it cannot be decoded */
    char reason[160];                    /* why unreadable */
    const uint8_t *der;                  /* borrowed; NULL when not found */
    size_t len;
    struct scp_path_answer *path;     /* owned; NULL when not found or unreadable */
    struct scp_path_answer *fetched;  /* the same with what was fetched, in the target's own pool; owned; NULL */
    struct scp_path_answer *supposed; /* the same in the target's pool of what may come; owned; NULL */
    struct scp_intermediates_told told;
};

enum scp_intermediates_kind {
    SCP_INTERMEDIATES_FAMILY, /* one member whose path builds is enough */
    SCP_INTERMEDIATES_CA,     /* --require */
    SCP_INTERMEDIATES_FILE,   /* --certificate */
    SCP_INTERMEDIATES_SERVER  /* --connect */
};

/* A server of the network, and what it sent, in its order. */
struct scp_intermediates_server {
    char host[256];
    unsigned port;
    enum scp_http_outcome outcome;
    char message[256]; /* why nothing came */
    struct scp_tls_chain chain;
    bool lent;                                  /* the chain is another run's */
    struct scp_pool *pool;                      /* of the stores and what it sent; owned; NULL */
    const struct scp_profile_endpoint *service; /* the host is a name of the service itself; NULL: not */
    bool inspected; /* … and nobody whom the profile or Windows' list knows vouches for what was sent */
    bool namesake;  /* … although it bears the name of one */
    size_t ordered; /* so many from the first on, each issued by the one behind it */
};

struct scp_intermediates_target {
    enum scp_intermediates_kind kind;
    char id[128]; /* subject of its findings: the alias, the file's or the server's name */
    char name[128];
    enum scp_level level;
    struct scp_intermediates_server *server; /* of the facts; NULL */
    const struct scp_profile_family *family; /* NULL */
    struct scp_intermediates_member *v;      /* owned */
    size_t n;
    struct scp_intermediates_member anchor; /* of the family, where a Root store holds it and no member's path is good */
    bool anchor_listed;                     /* no Root store holds it, and Windows' list of disallowed certificates does */
    struct scp_intermediates_fetch *fetch;  /* owned; NULL: none was tried */
    size_t fetches;
    bool probed;           /* fetching was tried */
    bool misnamed;         /* its certificate is not for --name, or the server's host */
    struct scp_pool *pool; /* of the stores and what was fetched; owned; NULL */
    /* No path is good: the stores, the certificates of the profile that Windows would fetch, and the family's root, as one that
     * nothing is held against where it cannot be used; owned; NULL. */
    struct scp_pool *supposed;
};

/* A stale certificate of the profile that is still there. */
struct scp_intermediates_stale {
    const struct scp_profile_cert *cert;
    const char *place;
};
enum { SCP_INTERMEDIATES_STALE_MAX = 64 };

/* A certificate of the profile that lies in a store where no chain of SYSTEM looks for it. */
struct scp_intermediates_astray {
    const struct scp_profile_cert *cert;
    char where[256]; /* "LocalMachine\TrustedPublisher" */
};

/* A revocation list of --with-crl: what was wrong with it, or whom it named. */
struct scp_intermediates_crl {
    char location[256];
    char issuer[128];
    struct scp_buf der; /* the issuer's name and the list; no list in it where it cannot be read */
    size_t issuer_len;
    bool used; /* it was held against a path */
    bool usable;
    bool missed; /* not usable for a certificate of which no other list speaks */
    char message[SCP_JUDGEMENT_MESSAGE];
};

/* A certificate that a list names as revoked, and where it does. */
struct scp_intermediates_revoked {
    uint8_t sha1[SCP_SHA1_LEN];
    char text[160];
};

struct scp_intermediates_facts {
    bool has_registry;
    struct scp_store root, disallowed; /* views of what scp_trust holds */
    struct scp_store ca, my, trust;
    struct scp_update_policy update;
    const struct scp_trust *whom;        /* it trusts; NULL where nothing was gathered */
    const struct scp_list_fact *trusted; /* Windows' list of trusted roots */
    struct scp_chain_policy chain;
    struct scp_key_policy keys;
    char key_unknown[96];                  /* why a setting may refuse a key of a path, which could not be told; "" */
    struct scp_bundle roots_file, ca_file; /* of --roots and --intermediates */
    bool has_roots_file, has_ca_file;
    size_t files_damaged;
    char files_damage[256];
    struct scp_pool *pool;
    size_t unreadable;                  /* certificates of the stores without a readable outline */
    struct scp_intermediates_target *v; /* owned */
    size_t n;
    const struct scp_profile *profile;
    enum scp_purpose purpose;
    bool issuer_seen;                        /* which CA issues the service's certificates was seen, need not be inferred */
    bool probe;                              /* --aia=probe */
    bool from_scp;                           /* what came is what the server sees: scp_vantage_is_server() */
    bool service;                            /* the servers are those of the service, and nothing else is judged */
    struct scp_egress egress;                /* for --proxy=registry */
    char host[256];                          /* --name: for which a file's and a server's certificate must be; "" */
    struct scp_network_from from;            /* of what was asked */
    struct scp_intermediates_server *server; /* owned */
    size_t servers;
    struct scp_intermediates_stale stale[SCP_INTERMEDIATES_STALE_MAX];
    size_t stales;
    struct scp_intermediates_astray *astray; /* owned */
    size_t astrays;
    size_t disallowed_wanted;    /* certificates of the profile that a Disallowed store holds */
    char disallowed_damaged[41]; /* an entry of Disallowed with the name of a certificate on a path is damaged; "" */
    bool restriction_unreadable, restriction_of_root;
    char restriction_what[160];
    char list_unread[160];             /* why Windows' cached list of disallowed certificates could not be used; "" */
    struct scp_intermediates_crl *crl; /* in the order of their bytes; owned */
    size_t crls;
    struct scp_chain_crls *crl_decoded;        /* the same, for OpenSSL; owned */
    struct scp_intermediates_revoked *revoked; /* owned */
    size_t revokeds;
    struct scp_bundle certificate_file; /* of --certificate */
    struct scp_profile_cert *wanted;    /* of --require, where the profile does not know them; owned */
    size_t wanteds;
    struct scp_buf *blob; /* certificates that were fetched; owned */
    size_t blobs;
};

struct scp_intermediates_limits {
    bool asked;                         /* by the user: they hold, whatever Windows fetches */
    bool beside;                        /* of a service: another part tells what is not known of the stores */
    struct scp_range warning, critical; /* remaining life of the best path of each required target, seconds */
};

/* 60 days, 14 days. */
extern const struct scp_intermediates_limits scp_intermediates_limits_default;
extern const struct scp_catalogue_entry scp_intermediates_catalogue[];

/* What the command line of the plugin asks for, beside the common and the network options. */
struct scp_intermediates_options {
    struct scp_list require, crl;
    const char *certificate, *connect, *name, *roots, *intermediates;
    int purpose; /* enum scp_purpose */
    int aia;     /* enum scp_intermediates_aia */
};
enum scp_intermediates_aia { SCP_AIA_OFF, SCP_AIA_PROBE };

/* A name of the service, or one that a log tells. */
struct scp_intermediates_host {
    char name[256];
    unsigned port;
};

/* What is to be looked at; all borrowed. */
struct scp_intermediates_query {
    struct scp_trust *trust; /* registry NULL: bundles instead; must outlive the facts */
    const struct scp_intermediates_options *options;
    const struct scp_intermediates_host *hosts; /* these servers alone are judged; NULL: what the options name */
    size_t hosts_n;
    const struct scp_intermediates_facts *sent; /* of these hosts what they sent in another run, which must outlive the facts:
                                                 * nobody is asked; NULL */
    int64_t now;
    struct scp_network_setting *network; /* for probing and --connect; --proxy=registry is filled in from the registry */
    const struct scp_deadline *deadline;
    double seconds; /* limit of one transfer */
};

/* -1: a file of the command line cannot be used (with its name), wrong use, out of memory. */
int scp_intermediates_gather(const struct scp_intermediates_query *q, struct scp_intermediates_facts *out, struct scp_err *err);
void scp_intermediates_free(struct scp_intermediates_facts *f);
/* Of a server's target whose path was sought: its last certificate.  Its issuer is whose it is in the end: the one that was sought
 * in vain, or the root. */
const struct scp_outline *scp_intermediates_top(const struct scp_intermediates_target *t);
/* Did something valid come over the network: a chain that is good and nobody's in between, or a certificate that was wanted?
 * Whoever gathered sets `from_scp` by it. */
bool scp_intermediates_valid(const struct scp_intermediates_facts *f);

/* Adds at least one finding. */
void scp_intermediates_evaluate(const struct scp_intermediates_facts *f, const struct scp_intermediates_limits *limits, int64_t now,
                                struct scp_result *r);

/* For the JSON output the members "paths", "fetched", "sent" (doc/json.schema.json). */
void scp_intermediates_facts_put(struct scp_json *j, const struct scp_intermediates_facts *f);

/* Where a certificate lies that is not where it counts; NULL: nowhere. */
const char *scp_intermediates_astray_at(const struct scp_intermediates_facts *f, const uint8_t sha1[SCP_SHA1_LEN]);

/* Does a Root store, or the file of roots, hold it? */
bool scp_intermediates_has_root(const struct scp_intermediates_facts *f, const struct scp_profile_cert *root);

/* The host for which a target's certificate must be; "" where none is named. */
const char *scp_intermediates_host_of(const struct scp_intermediates_facts *f, const struct scp_intermediates_target *t);

/* "CA", "AuthRoot", "sent by the server": the first place an origin names. */
const char *scp_intermediates_place(uint32_t origin);

/* HOST[:PORT], [ADDRESS]:PORT; the port is 443 where none is given. */
int scp_intermediates_host_parse(const char *text, char *host, size_t size, unsigned *port, struct scp_err *err);
/* HOST, or an address: of --name. */
int scp_intermediates_name_parse(const char *text, char *host, size_t size, struct scp_err *err);

struct scp_intermediates_session {
    struct scp_session session;
    struct scp_intermediates_options options;
    struct scp_intermediates_facts facts;
};

extern const struct scp_check scp_intermediates_check;

#endif
