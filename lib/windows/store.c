/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/store.h"

#include "base/array.h"
#include "base/num.h"
#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "windows/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFRESH = 5 * 60 /* seconds before the snapshot in which a policy's keys count as being written */ };

#define POLICY(store) SCP_PATH_POLICY_CERTIFICATES "\\" store
#define ENTERPRISE(store) SCP_PATH_ENTERPRISE_CERTIFICATES "\\" store
#define SYSTEM_USER(store) SCP_PATH_USER_SYSTEM "\\" SCP_PATH_USER_CERTIFICATES "\\" store
#define MACHINE(store) SCP_PATH_SYSTEM_CERTIFICATES "\\" store

/* The keys of the members, in their order, and what the first is called. */
static const struct {
    const char *name, *path[SCP_MEMBERS];
} STORES[] = {
    [SCP_STORE_ROOT] = { "ROOT",
                         { MACHINE("ROOT"), MACHINE("AuthRoot"), POLICY("Root"), ENTERPRISE("Root"), SYSTEM_USER("Root") } },
    [SCP_STORE_CA] = { "CA", { MACHINE("CA"), NULL, POLICY("CA"), ENTERPRISE("CA"), SYSTEM_USER("CA") } },
    [SCP_STORE_DISALLOWED] = { "Disallowed",
                               { MACHINE("Disallowed"), NULL, POLICY("Disallowed"), ENTERPRISE("Disallowed"),
                                 SYSTEM_USER("Disallowed") } },
    [SCP_STORE_MY] = { "MY", { MACHINE("MY"), NULL, NULL, NULL, NULL } },
    [SCP_STORE_TRUST] = { "Trust", { MACHINE("Trust"), NULL, POLICY("Trust"), ENTERPRISE("Trust"), NULL } },
};

const char *scp_store_member_path(enum scp_store_name store, enum scp_store_member member)
{
    return STORES[store].path[member];
}

const char *scp_store_member_name(enum scp_store_name store, enum scp_store_member member)
{
    static const char *const NAMES[SCP_MEMBERS] = { NULL, "AuthRoot", "Policies", "Enterprise", "the SYSTEM account's store" };

    return NAMES[member] != NULL ? NAMES[member] : STORES[store].name;
}

static int add_damage(struct scp_store *s, enum scp_store_member member, const struct scp_registry_key *key, bool empty,
                      const char *reason, struct scp_err *err)
{
    struct scp_store_damage *v = scp_array_room(s->damage, s->damages, sizeof *v, SCP_STORE_CERTS_MAX, "damaged certificates", err);

    if (v == NULL)
        return -1;
    s->damage = v;
    v += s->damages++;
    *v = (struct scp_store_damage){ .member = member, .key = key, .empty = empty };
    (void)snprintf(v->reason, sizeof v->reason, "%s", reason);
    return 0;
}

static bool key_named_by(const struct scp_registry_key *key, const uint8_t sha1[20])
{
    const char *name = scp_registry_key_name(key);
    uint8_t named[20];

    return scp_num_hex(name, strlen(name), named, sizeof named, NULL) == 0 && memcmp(named, sha1, sizeof named) == 0;
}

static int add_cert(struct scp_store *s, enum scp_store_member member, const struct scp_registry_key *key,
                    const struct scp_registry_value *blob, struct scp_hasher *hasher, struct scp_err *err)
{
    struct scp_store_cert c = { .member = member, .key = key, .blob = blob->data, .blob_len = blob->len };
    struct scp_err why = SCP_ERR_INIT;
    uint32_t element = 0;

    if (scp_certblob_element(blob->data, blob->len, &element, &c.der, &c.der_len, &why) != 0)
        return add_damage(s, member, key, false, why.message, err);
    if (element != SCP_CERTPROP_CERT)
        return add_damage(s, member, key, false, "the blob holds a list, not a certificate", err);
    if (scp_hasher_sha1(hasher, c.der, c.der_len, c.sha1, err) != 0)
        return -1;
    c.key_matches = key_named_by(key, c.sha1);

    struct scp_store_cert *v = scp_array_room(s->cert, s->certs, sizeof *v, SCP_STORE_CERTS_MAX, "certificates", err);
    if (v == NULL)
        return -1;
    s->cert = v;
    s->cert[s->certs++] = c;
    return 0;
}

static int add_entry(struct scp_store *s, enum scp_store_member member, const struct scp_registry_key *key,
                     struct scp_hasher *hasher, struct scp_err *err)
{
    const struct scp_registry_value *blob = scp_registry_key_value(key, "Blob");

    if (s->certs + s->damages >= SCP_STORE_CERTS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d entries in a certificate store", SCP_STORE_CERTS_MAX);
    if (blob == NULL || blob->len == 0)
        return add_damage(s, member, key, true, blob == NULL ? "no Blob value" : "an empty Blob value", err);
    if (blob->type != SCP_REG_BINARY)
        return add_damage(s, member, key, false, "the Blob value is not REG_BINARY", err);
    return add_cert(s, member, key, blob, hasher, err);
}

/* Written so shortly before the snapshot; a little behind it, too, for the two times are not taken at once. */
static bool is_fresh(const struct scp_registry_key *key)
{
    struct scp_registry_times t = scp_registry_key_times(key);

    if (t.written == SCP_UTC_UNKNOWN || t.seen == SCP_UTC_UNKNOWN)
        return false;
    return t.written > t.seen - REFRESH && t.written < t.seen + REFRESH;
}

/* A key that was taken away left its time to the one above it. */
static bool is_refreshed(const struct scp_registry *r, const char *certificates)
{
    const struct scp_registry_key *key = NULL;
    char path[256];

    (void)snprintf(path, sizeof path, "%s", certificates);
    while (scp_registry_find(r, path, &key) != SCP_PRESENT && strlen(path) > strlen(SCP_PATH_POLICY_CERTIFICATES))
        *strrchr(path, '\\') = '\0';
    return key != NULL && is_fresh(key);
}

static int load_member(const struct scp_registry *r, struct scp_store *s, enum scp_store_member member, const char *path,
                       struct scp_hasher *hasher, struct scp_err *err)
{
    const struct scp_registry_key *key = NULL;
    char certificates[256];

    (void)snprintf(certificates, sizeof certificates, "%s\\Certificates", path);
    s->exists[member] = true;
    s->presence[member] = scp_registry_find(r, certificates, &key);
    /* Single certificates of a store that was not exported as a whole: use them, but do not count the store as seen. */
    if (key != NULL && (!scp_registry_key_covered(key) || scp_registry_incomplete(r)))
        s->presence[member] = SCP_COULD_NOT_TELL;
    if (s->name == SCP_STORE_ROOT && member == SCP_MEMBER_GROUP_POLICY)
        s->refreshed = is_refreshed(r, certificates);
    if (key == NULL)
        return 0;
    for (key = scp_registry_first_child(key); key != NULL; key = scp_registry_next_sibling(key)) {
        if (scp_registry_key_unread(key))
            s->presence[member] = SCP_COULD_NOT_TELL;
        else if (add_entry(s, member, key, hasher, err) != 0)
            return -1;
    }
    return 0;
}

int scp_store_load(const struct scp_registry *r, enum scp_store_name name, struct scp_store *out, struct scp_err *err)
{
    const char *const *paths = STORES[name].path;
    struct scp_hasher *hasher = scp_hasher_new();
    int rc = hasher != NULL ? 0 : scp_err_memory(err);

    *out = (struct scp_store){ .name = name };
    for (int m = 0; m < SCP_MEMBERS && rc == 0; m++) {
        if (paths[m] != NULL)
            rc = load_member(r, out, (enum scp_store_member)m, paths[m], hasher, err);
    }
    scp_hasher_free(hasher);
    if (rc != 0)
        scp_store_free(out);
    return rc;
}

void scp_store_free(struct scp_store *s)
{
    free(s->cert);
    free(s->damage);
    *s = (struct scp_store){ .name = s->name };
}

bool scp_store_covered(const struct scp_store *s)
{
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if (m != SCP_MEMBER_SYSTEM_USER && s->exists[m] && s->presence[m] == SCP_COULD_NOT_TELL)
            return false;
    }
    return true;
}

const struct scp_store_cert *scp_store_find(const struct scp_store *s, const uint8_t sha1[20], size_t *i)
{
    for (; *i < s->certs; (*i)++) {
        if (memcmp(s->cert[*i].sha1, sha1, 20) == 0)
            return &s->cert[(*i)++];
    }
    return NULL;
}

bool scp_store_damaged(const struct scp_store *s, const uint8_t sha1[20])
{
    for (size_t i = 0; i < s->damages; i++) {
        if (key_named_by(s->damage[i].key, sha1))
            return true;
    }
    return false;
}
