/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/elsewhere.h"

#include "base/num.h"
#include "base/say.h"
#include "base/text.h"
#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

#define SERVICES "HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Services"
#define CERTIFICATES_32 "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\SystemCertificates"
#define ENTERPRISE_32 "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\EnterpriseCertificates"
#define POLICY_32 "HKLM\\SOFTWARE\\WOW6432Node\\Policies\\Microsoft\\SystemCertificates"

/* Keys whose subkeys are stores, and how a person says where such a store is; %s is its name.  Since Windows 7 both views show the
 * same stores: what lies in the 32-bit view's `twin`, too, lies in one place. */
static const struct group {
    const char *path, *said, *twin;
} MACHINE[] = {
    { SCP_PATH_SYSTEM_CERTIFICATES, "LocalMachine\\%s", NULL },
    { SCP_PATH_POLICY_CERTIFICATES, "LocalMachine\\%s by group policy", NULL },
    { SCP_PATH_ENTERPRISE_CERTIFICATES, "the enterprise's LocalMachine\\%s", NULL },
    { CERTIFICATES_32, "the 32-bit view's store %s (WOW6432Node)", SCP_PATH_SYSTEM_CERTIFICATES },
    { ENTERPRISE_32, "the 32-bit view's enterprise store %s (WOW6432Node)", SCP_PATH_ENTERPRISE_CERTIFICATES },
    { POLICY_32, "the 32-bit view's policy store %s (WOW6432Node)", SCP_PATH_POLICY_CERTIFICATES },
};

struct search {
    const struct scp_registry *r;
    const uint8_t *sha1;
    char name[41]; /* the same in hex: what Windows calls the entry's key */
    enum scp_store_name wanted;
    struct scp_hasher *hasher;
    struct scp_elsewhere *out;
    const char *twin; /* of the keys that are looked into, or NULL */
};

static bool is_member(const struct search *s, const char *path)
{
    for (int m = 0; m < SCP_MEMBERS; m++) {
        const char *member = scp_store_member_path(s->wanted, (enum scp_store_member)m);

        if (member != NULL && scp_text_caseeq(member, strlen(member), path, strlen(path)))
            return true;
    }
    return false;
}

/* The name of a store as Windows' tools show it. */
static const char *shown_name(const struct scp_registry_key *store)
{
    const char *name = scp_registry_key_name(store);

    return scp_text_caseeq(name, strlen(name), "ROOT", 4) ? "Root" : name;
}

/* 1: the store holds the certificate, 0: not; -1: out of memory. */
static int holds(const struct search *s, const struct scp_registry_key *store, struct scp_err *err)
{
    const struct scp_registry_key *k = scp_registry_child(store, "Certificates");
    const struct scp_registry_value *blob;
    struct scp_err why = SCP_ERR_INIT;
    const uint8_t *der;
    uint8_t sha1[SCP_SHA1_LEN];
    uint32_t element = 0;
    size_t n;

    k = k != NULL ? scp_registry_child(k, s->name) : NULL;
    blob = k != NULL ? scp_registry_key_value(k, "Blob") : NULL;
    if (blob == NULL || scp_certblob_element(blob->data, blob->len, &element, &der, &n, &why) != 0 || element != SCP_CERTPROP_CERT)
        return 0;
    if (scp_hasher_sha1(s->hasher, der, n, sha1, err) != 0)
        return -1;
    return memcmp(sha1, s->sha1, sizeof sha1) == 0;
}

/* As holds(), of the store of that name in the twin. */
static int twin_holds(const struct search *s, const struct scp_registry_key *store, struct scp_err *err)
{
    const struct scp_registry_key *k = NULL;

    if (s->twin == NULL || scp_registry_find(s->r, s->twin, &k) != SCP_PRESENT)
        return 0;
    k = scp_registry_child(k, scp_registry_key_name(store));
    return k != NULL ? holds(s, k, err) : 0;
}

/* Our words around the names that the source brought. */
static void name_place(char out[SCP_ELSEWHERE_PLACE], const char *said, const char *store, const char *whose)
{
    const char *mark = strstr(said, "%s");
    char head[SCP_ELSEWHERE_PLACE];

    (void)snprintf(head, sizeof head, "%.*s", (int)(mark - said), said);
    (void)scp_say(out, SCP_ELSEWHERE_PLACE, SCP_OURS "%.60s" SCP_OURS "%.60s", head, store, mark + 2, whose);
}

/* The stores below one key; `said` has one %s for the store and perhaps one for `whose`. */
static int look_below(struct search *s, const char *path, const char *said, const char *whose, struct scp_err *err)
{
    const struct scp_registry_key *k = NULL;
    char full[512];

    if (scp_registry_find(s->r, path, &k) != SCP_PRESENT)
        return 0;
    for (k = scp_registry_first_child(k); k != NULL; k = scp_registry_next_sibling(k)) {
        int held = holds(s, k, err), twin = held > 0 ? twin_holds(s, k, err) : 0;

        if (held < 0 || twin < 0)
            return -1;
        if (held == 0 || twin > 0 || is_member(s, scp_registry_key_path(k, full, sizeof full)))
            continue;
        if (s->out->n < SCP_ELSEWHERE_MAX)
            name_place(s->out->place[s->out->n], said, shown_name(k), whose);
        s->out->n++;
    }
    return 0;
}

static int look_into_services(struct search *s, struct scp_err *err)
{
    const struct scp_registry_key *k = NULL;
    char path[512];

    if (scp_registry_find(s->r, SERVICES, &k) != SCP_PRESENT)
        return 0;
    for (k = scp_registry_first_child(k); k != NULL; k = scp_registry_next_sibling(k)) {
        (void)snprintf(path, sizeof path, SERVICES "\\%s\\SystemCertificates", scp_registry_key_name(k));
        if (look_below(s, path, "the store %s of the service ", scp_registry_key_name(k), err) != 0)
            return -1;
    }
    return 0;
}

/* `hku`: the account's name below HKU; NULL: the one of HKCU. */
static int look_into_user(struct search *s, const char *hku, struct scp_err *err)
{
    char path[512], root[256];
    bool system;

    (void)snprintf(root, sizeof root, "%s%s", hku != NULL ? "HKU\\" : "HKCU", hku != NULL ? hku : "");
    system = scp_text_caseeq(root, strlen(root), SCP_PATH_USER_SYSTEM, strlen(SCP_PATH_USER_SYSTEM));
    (void)snprintf(path, sizeof path, "%s\\" SCP_PATH_USER_CERTIFICATES, root);
    if (look_below(s, path,
                   system        ? "the SYSTEM account's store %s"
                   : hku != NULL ? "the user store %s of HKU\\"
                                 : "the user store %s of HKCU",
                   system || hku == NULL ? "" : hku, err) != 0)
        return -1;
    (void)snprintf(path, sizeof path, "%s\\" SCP_PATH_USER_POLICY_CERTIFICATES, root);
    return look_below(s, path, hku != NULL ? "the user store %s, by policy, of HKU\\" : "the user store %s, by policy, of HKCU",
                      hku != NULL ? hku : "", err);
}

static int look_into_users(struct search *s, struct scp_err *err)
{
    const struct scp_registry_key *k = scp_registry_child(scp_registry_root(s->r), "HKU");

    if (look_into_user(s, NULL, err) != 0)
        return -1;
    for (k = k != NULL ? scp_registry_first_child(k) : NULL; k != NULL; k = scp_registry_next_sibling(k)) {
        if (look_into_user(s, scp_registry_key_name(k), err) != 0)
            return -1;
    }
    return 0;
}

static int look(struct search *s, struct scp_err *err)
{
    for (size_t i = 0; i < sizeof MACHINE / sizeof MACHINE[0]; i++) {
        s->twin = MACHINE[i].twin;
        if (look_below(s, MACHINE[i].path, MACHINE[i].said, "", err) != 0)
            return -1;
    }
    s->twin = NULL;
    return look_into_services(s, err) == 0 ? look_into_users(s, err) : -1;
}

int scp_elsewhere_find(const struct scp_registry *r, const uint8_t sha1[20], enum scp_store_name wanted, struct scp_elsewhere *out,
                       struct scp_err *err)
{
    struct search s = { .r = r, .sha1 = sha1, .wanted = wanted, .out = out };
    int rc;

    out->n = 0;
    s.hasher = scp_hasher_new();
    if (s.hasher == NULL)
        return scp_err_memory(err);
    scp_num_to_hex(sha1, SCP_SHA1_LEN, s.name);
    rc = look(&s, err);
    scp_hasher_free(s.hasher);
    return rc;
}

void scp_elsewhere_phrase(const struct scp_elsewhere *e, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < e->n && i < SCP_ELSEWHERE_MAX; i++)
        (void)scp_say_more(out, size, "%s" SCP_SAID, i == 0 ? "" : e->n == 2 ? " and " : ", ", e->place[i]);
    if (e->n > SCP_ELSEWHERE_MAX)
        (void)scp_say_more(out, size, " and %zu more", e->n - SCP_ELSEWHERE_MAX);
}
