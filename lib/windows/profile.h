/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_PROFILE_H
#define SCP_WINDOWS_PROFILE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A profile says what a service connection point needs: roots, families of issuing CAs,
 * issuers' keys, endpoints.  Format: scp-profile(5).  Certificates are identified by SHA-1 and, where it is
 * known, SHA-256 as well - then both must match.
 */
enum scp_level { SCP_LEVEL_REQUIRED, SCP_LEVEL_RECOMMENDED, SCP_LEVEL_INFORMATIONAL, SCP_LEVEL_LEGACY, SCP_LEVEL_STALE };

struct scp_profile_cert { /* [root ALIAS], [ca ALIAS] */
    const char *alias;
    bool has_sha1; /* false only for a root required by its SHA-256 alone */
    uint8_t sha1[20];
    bool has_sha256;
    uint8_t sha256[32];
    const char *name; /* for people */
    const char *file; /* download name such as DigiCertGlobalRootG2.crt; NULL if unknown */
    const char *url;  /* where the issuer publishes it; NULL if unknown */
    enum scp_level level;
    enum scp_level declared; /* the same, as the profile says: scp_profile_choose() */
    const char *any_of;      /* roots, by alias, of which each is enough in its place; NULL */
    bool bare;               /* named by --require or --recommend alone: nothing but its thumbprint is known */
    int64_t not_after;       /* SCP_UTC_UNKNOWN where the profile does not say */
    const char *source;
    const char *about;  /* a remark for people; NULL */
    const uint8_t *der; /* the certificate itself, which has these thumbprints; NULL if unknown */
    size_t der_len;
    size_t line;
};

struct scp_profile_ref { /* a certificate named by alias or SHA-1 */
    uint8_t sha1[20];
    const struct scp_profile_cert *cert; /* NULL when only the SHA-1 is known */
};

struct scp_profile_family { /* [family ALIAS]: one member whose path builds is enough */
    const char *alias, *name, *source, *about;
    enum scp_level level;
    struct scp_profile_ref *any_of;
    size_t any_ofs;
    struct scp_profile_ref *via; /* certificates between the issuing CA and the anchor */
    size_t vias;
    const struct scp_profile_cert *anchor;
    size_t line;
};

struct scp_profile_issuer { /* [issuer ALIAS] */
    const char *alias;
    const uint8_t *subject_der;
    size_t subject_der_len;
    const uint8_t *spki_der;
    size_t spki_der_len;
    bool signs_lists; /* `signs = lists`: trust lists may chain to it, as to Microsoft's roots */
    size_t line;
};

enum scp_endpoint_kind {
    SCP_ENDPOINT_CRL,
    SCP_ENDPOINT_OCSP,
    SCP_ENDPOINT_CTL,
    SCP_ENDPOINT_AIA,
    SCP_ENDPOINT_HTTP,
    SCP_ENDPOINT_TLS /* a name of the service itself: nothing is fetched from it, its TLS certificate is judged */
};

struct scp_profile_endpoint { /* [endpoint ID] */
    const char *id, *host, *url;
    enum scp_endpoint_kind kind;
    const struct scp_profile_issuer *issuer;   /* NULL where none is needed */
    const struct scp_profile_issuer **voucher; /* tls: who vouches for its chain, one of them */
    size_t vouchers;
    const char *serial; /* ocsp: hex of the certificate asked about; NULL */
    uint8_t sha1[20];   /* aia: the certificate expected */
    bool has_sha1;
    const char *member;      /* ctl: file expected in the cabinet; NULL */
    enum scp_level level;    /* required, recommended, legacy */
    enum scp_level declared; /* the same, as the profile says: a check may need more or less of it */
    const char *group;       /* NULL = stands for itself */
    uint64_t max_size;       /* bytes */
    int64_t max_lifetime;    /* crl, ocsp: seconds from thisUpdate to nextUpdate that are usual; 0: not judged */
    const char *source, *about;
    size_t line;
};

struct scp_profile_product { /* [product VERSION]: a version of Configuration Manager */
    const char *version;     /* as 2603 */
    uint64_t build;          /* the third number of its full version */
    int64_t support_ends;
    const char *source;
    size_t line;
};

enum { SCP_PROFILE_ITEMS_MAX = 1000, SCP_PROFILE_INCLUDE_MAX = 4 };

struct scp_profile {
    const char *name, *about;
    int64_t as_of;       /* date of the knowledge in it */
    int64_t newest_list; /* date of the newest list of trusted roots known then; SCP_UTC_UNKNOWN */
    struct scp_profile_cert *root;
    size_t roots;
    struct scp_profile_cert *ca;
    size_t cas;
    struct scp_profile_family *family;
    size_t families;
    struct scp_profile_issuer *issuer;
    size_t issuers;
    struct scp_profile_endpoint *endpoint;
    size_t endpoints;
    struct scp_profile_product *product;
    size_t products;
    const char *installed; /* a sentence about files that stand for the built-in text, or older ones that do not; NULL */
    struct scp_arena arena;
};

/* The profiles compiled in, from data/<name>.ini.  NULL name ends the array. */
struct scp_profile_builtin {
    const char *name;
    const char *text;
};
extern const struct scp_profile_builtin scp_profile_builtins[];

const struct scp_profile_builtin *scp_profile_builtin_find(const char *name);

/* What a text says of itself in [profile]; what it does not say stays as it was.  -1: it is no ini file. */
struct scp_profile_head {
    char name[64];
    int64_t as_of;
};
int scp_profile_head(const char *text, size_t n, struct scp_profile_head *out, struct scp_err *err);

/*
 * Parses ini text; `include = NAME` takes a built-in profile's content first (sections of the same kind and
 * alias replace; those of certificates change only the keys they name).  Errors carry "line N: ": unknown sections and keys,
 * missing or malformed values, duplicate aliases, references to aliases that do not exist.
 */
int scp_profile_parse(const char *text, size_t n, struct scp_profile *out, struct scp_err *err);
/* The same, where what it includes comes from elsewhere: the text of that name (borrowed), or NULL with the reason. */
struct scp_profile_library {
    const char *(*text)(void *ctx, const char *name, struct scp_err *err);
    void *ctx;
};
int scp_profile_parse_with(const struct scp_profile_library *library, const char *text, size_t n, struct scp_profile *out,
                           struct scp_err *err);
void scp_profile_free(struct scp_profile *p);

/*
 * --require / --recommend: an alias of a root or ca of the profile (or of any built-in profile), a SHA-1 (40 hex digits) or a
 * SHA-256 (64).  Sets the level of that root, adding it when it is not there.  `is_sha256_only` roots have a zero sha1.
 */
int scp_profile_require(struct scp_profile *p, const char *what, enum scp_level level, struct scp_err *err);

/*
 * Of a required root and those that are enough in its place (any_of) one is required, the others inform: the first that serves,
 * else the first that would if it were there, else the root itself.  By the levels that the profile declares, whatever was chosen
 * before.
 */
enum scp_serving { SCP_SERVES_NOT, SCP_WOULD_SERVE /* were it there */, SCP_SERVES };
struct scp_profile_serving {
    enum scp_serving (*of)(const void *ctx, const struct scp_profile_cert *root);
    const void *ctx;
};
void scp_profile_choose(struct scp_profile *p, const struct scp_profile_serving *serving);

/* Does the profile know it by that thumbprint? */
bool scp_profile_cert_has(const struct scp_profile_cert *c, const uint8_t sha1[20]);
/*
 * Is this certificate that one?  By all thumbprints that are known of it; a SHA-1 twin with another SHA-256 is none, but *forged
 * (else as it was).  1, 0; -1: SCP_ERR_MEMORY.
 */
int scp_profile_cert_is(const struct scp_profile_cert *c, const uint8_t sha1[20], const uint8_t *der, size_t len, bool *forged,
                        struct scp_err *err);
/* A certificate of which nothing but an alias or a thumbprint is known (borrowed, alias and name).  false: no thumbprint. */
bool scp_profile_cert_wanted(const char *what, enum scp_level level, struct scp_profile_cert *out);
/* The profile's own [ca] of that thumbprint, else of that alias; NULL. */
const struct scp_profile_cert *scp_profile_ca(const struct scp_profile *p, const struct scp_profile_cert *wanted);

const struct scp_profile_cert *scp_profile_root_by_sha1(const struct scp_profile *p, const uint8_t sha1[20]);
/* The name of the service itself (kind = tls) that this host is; NULL: none. */
const struct scp_profile_endpoint *scp_profile_service(const struct scp_profile *p, const char *host);
/* The version of Configuration Manager that has this build, else the one behind it; NULL: newer than all that are known. */
const struct scp_profile_product *scp_profile_product(const struct scp_profile *p, uint64_t build);
const char *scp_level_name(enum scp_level level);
/* "crl", … */
const char *scp_endpoint_kind_name(enum scp_endpoint_kind kind);

#endif
