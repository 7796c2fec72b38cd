/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_STORE_H
#define SCP_WINDOWS_STORE_H

#include "io/registry/registry.h"

/*
 * The logical certificate stores of the local machine, put together from their physical members
 * (Microsoft, "System Store Locations"), remembering which member holds what.
 */
enum scp_store_name {
    SCP_STORE_ROOT,
    SCP_STORE_CA,
    SCP_STORE_DISALLOWED,
    SCP_STORE_MY,
    SCP_STORE_TRUST /* the machine's own certificates, enterprise trust: issuers are sought there, too */
};

enum scp_store_member {
    SCP_MEMBER_DEFAULT,      /* SystemCertificates\<store> */
    SCP_MEMBER_AUTHROOT,     /* SystemCertificates\AuthRoot: what Windows fetched by itself (Root only) */
    SCP_MEMBER_GROUP_POLICY, /* Policies\Microsoft\SystemCertificates\<store> */
    SCP_MEMBER_ENTERPRISE,   /* EnterpriseCertificates\<store> */
    SCP_MEMBER_SYSTEM_USER,  /* the SYSTEM account's own store: counts where the source holds it, never demanded */
    SCP_MEMBERS
};

/* "ROOT", "AuthRoot", "Policies", "Enterprise", "SYSTEM account" */
const char *scp_store_member_name(enum scp_store_name store, enum scp_store_member member);

/* The member's key; NULL where Windows knows no such member. */
const char *scp_store_member_path(enum scp_store_name store, enum scp_store_member member);

struct scp_store_cert {
    enum scp_store_member member;
    const struct scp_registry_key *key;
    const uint8_t *blob, *der; /* borrowed from the registry */
    size_t blob_len, der_len;
    uint8_t sha1[20]; /* of the DER */
    bool key_matches; /* the key is named by that SHA-1 */
};

/* An entry that holds no readable certificate. */
struct scp_store_damage {
    enum scp_store_member member;
    const struct scp_registry_key *key;
    bool empty; /* no Blob value at all, or one of no bytes */
    char reason[200];
};

enum { SCP_STORE_CERTS_MAX = 20000 };

struct scp_store {
    enum scp_store_name name;
    bool exists[SCP_MEMBERS]; /* Windows knows such a member of this store */
    enum scp_presence presence[SCP_MEMBERS];
    /* Root only: group policy takes its roots away and writes them anew at each refresh, and the snapshot may have been made in
     * between: that a root is missing could not be told. */
    bool refreshed;
    struct scp_store_cert *cert;
    size_t certs;
    struct scp_store_damage *damage;
    size_t damages;
};

/* -1 only when memory or SCP_STORE_CERTS_MAX is exceeded. */
int scp_store_load(const struct scp_registry *r, enum scp_store_name name, struct scp_store *out, struct scp_err *err);
void scp_store_free(struct scp_store *s);

/* Whether every member that Windows knows (the SYSTEM account's aside) was covered by the source. */
bool scp_store_covered(const struct scp_store *s);

/* The next certificate with that SHA-1, from index *i on (start with 0); NULL at the end. */
const struct scp_store_cert *scp_store_find(const struct scp_store *s, const uint8_t sha1[20], size_t *i);

/* Does a damaged or empty entry claim to be this certificate by its key's name? */
bool scp_store_damaged(const struct scp_store *s, const uint8_t sha1[20]);

#endif
