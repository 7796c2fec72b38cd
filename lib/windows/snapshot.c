/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/snapshot.h"

#include "base/reader.h"
#include "base/say.h"
#include "base/text.h"
#include "windows/paths.h"
#include "windows/update_policy.h"

#include <string.h>

/* --- Whose --- */

static const struct {
    const char *path, *name;
} IDENTITY[] = {
    { SCP_PATH_COMPUTER_NAME, "ComputerName" },
    { SCP_PATH_TCPIP, "Hostname" },
    { SCP_PATH_TCPIP, "Domain" },
    { SCP_PATH_CRYPTOGRAPHY, "MachineGuid" },
    { SCP_PATH_POLICY_STATE, "Distinguished-Name" },
};

bool scp_snapshot_strangers(const struct scp_registry *a, const struct scp_registry *b, char *why, size_t size)
{
    char mine[1024], other[1024];

    for (size_t i = 0; i < sizeof IDENTITY / sizeof IDENTITY[0]; i++) {
        (void)scp_policy_text(a, IDENTITY[i].path, IDENTITY[i].name, mine, sizeof mine, NULL);
        (void)scp_policy_text(b, IDENTITY[i].path, IDENTITY[i].name, other, sizeof other, NULL);
        if (mine[0] == '\0' || other[0] == '\0' || scp_text_caseeq(mine, strlen(mine), other, strlen(other)))
            continue;
        (void)scp_say(why, size, "%s is %.80s and %.80s", IDENTITY[i].name, mine, other);
        return true;
    }
    return false;
}

/* --- What changes by itself --- */

static bool ends(const char *name, const char *with)
{
    size_t n = strlen(name), m = strlen(with);

    return n >= m && scp_text_caseeq(name + n - m, m, with, m);
}

/* Is the end of the key's path that?  Components from the last one up. */
static bool is_key(const struct scp_registry_key *k, const char *const *up)
{
    for (; *up != NULL; up++, k = scp_registry_key_parent(k)) {
        if (k == NULL || !scp_text_caseeq(scp_registry_key_name(k), strlen(scp_registry_key_name(k)), *up, strlen(*up)))
            return false;
    }
    return true;
}

/* Each refresh of the policy deletes these and writes them again (KB 4560600). */
static bool is_policy_roots(const struct scp_registry_key *k)
{
    static const char *const UP[] = { "Certificates", "Root", "SystemCertificates", "Microsoft", "Policies", NULL };

    return is_key(k, UP);
}

static bool is_authroot(const struct scp_registry_key *k)
{
    static const char *const UP[] = { "Certificates", "AuthRoot", "SystemCertificates", NULL };

    return k != NULL && is_key(k, UP);
}

static bool is_volatile(const char *value)
{
    return ends(value, "SyncTime") || ends(value, "SyncedTime") || ends(value, "EncodedCtl");
}

/* Proxy settings in binary form count their changes in bytes 4 to 7. */
static bool counts_itself(const char *value)
{
    return ends(value, "WinHttpSettings") || ends(value, "ConnectionSettings") || ends(value, "SavedLegacySettings");
}

bool scp_snapshot_keep(void *ctx, const struct scp_registry_key *key, const char *value, bool missing)
{
    if (value != NULL)
        return is_volatile(value);
    return is_policy_roots(key) || (missing && *(const bool *)ctx && is_authroot(scp_registry_key_parent(key)));
}

bool scp_snapshot_updated(const struct scp_registry *older, const struct scp_registry *newer)
{
    struct scp_update_policy a, b;

    scp_update_policy_read(older, &a);
    scp_update_policy_read(newer, &b);
    return scp_update_policy_trusted(&a) != SCP_NO && scp_update_policy_trusted(&b) != SCP_NO &&
           b.trusted_sync.at > a.trusted_sync.at;
}

/* --- Differences --- */

struct comparison {
    const struct scp_registry *a, *b;
    bool a_lacks_new, b_lacks_new; /* AuthRoot entries that only the other has came by the update */
    struct scp_snapshot_difference *out;
};

static void note(struct comparison *c, const struct scp_registry_key *k, const char *value, const char *how)
{
    char path[300];

    if (c->out->n++ > 0)
        return;
    (void)scp_registry_key_say(k, path, sizeof path);
    if (value != NULL)
        (void)scp_say(c->out->where, sizeof c->out->where, SCP_SAID " %.60s %s", path, value[0] != '\0' ? value : "(default)", how);
    else
        (void)scp_say(c->out->where, sizeof c->out->where, SCP_SAID " %s", path, how);
}

static bool same_data(const struct scp_registry_value *a, const struct scp_registry_value *b)
{
    if (a->type != b->type || a->len != b->len)
        return false;
    if (a->len > 8 && counts_itself(a->name))
        return memcmp(a->data, b->data, 4) == 0 && memcmp(a->data + 8, b->data + 8, a->len - 8) == 0;
    return a->len == 0 || memcmp(a->data, b->data, a->len) == 0;
}

static void compare_values(struct comparison *c, const struct scp_registry_key *a, const struct scp_registry_key *b)
{
    const struct scp_registry_value *v, *other;

    for (v = scp_registry_first_value(a); v != NULL; v = scp_registry_next_value(v)) {
        if (is_volatile(v->name))
            continue;
        other = scp_registry_find_value(c->b, b, v->name);
        if (other == NULL && scp_registry_key_held(b) && !scp_registry_incomplete(c->b))
            note(c, a, v->name, "is in the first alone");
        else if (other != NULL && !same_data(v, other))
            note(c, a, v->name, "differs");
    }
    for (v = scp_registry_first_value(b); v != NULL; v = scp_registry_next_value(v)) {
        if (!is_volatile(v->name) && scp_registry_key_held(a) && !scp_registry_incomplete(c->a) &&
            scp_registry_find_value(c->a, a, v->name) == NULL)
            note(c, b, v->name, "is in the second alone");
    }
}

/* At most SCP_REGISTRY_DEPTH_MAX levels deep. */
static void compare_keys(struct comparison *c, const struct scp_registry_key *a, const struct scp_registry_key *b)
{
    const struct scp_registry_key *k, *other;

    if (is_policy_roots(a))
        return;
    compare_values(c, a, b);
    for (k = scp_registry_first_child(a); k != NULL; k = scp_registry_next_sibling(k)) {
        other = scp_registry_find_child(c->b, b, scp_registry_key_name(k));
        c->out->alone = c->out->alone || other == NULL;
        if (other != NULL)
            compare_keys(c, k, other);
        else if (scp_registry_key_held(b) && !scp_registry_incomplete(c->b) && !(c->b_lacks_new && is_authroot(a)))
            note(c, k, NULL, "is in the first alone");
    }
    for (k = scp_registry_first_child(b); k != NULL; k = scp_registry_next_sibling(k)) {
        if (scp_registry_find_child(c->a, a, scp_registry_key_name(k)) != NULL)
            continue;
        c->out->alone = true;
        if (scp_registry_key_held(a) && !scp_registry_incomplete(c->a) && !(c->a_lacks_new && is_authroot(a)))
            note(c, k, NULL, "is in the second alone");
    }
}

void scp_snapshot_compare(const struct scp_registry *a, const struct scp_registry *b, struct scp_snapshot_difference *out)
{
    struct comparison c = { a, b, scp_snapshot_updated(a, b), scp_snapshot_updated(b, a), out };

    out->n = 0;
    out->alone = false;
    out->where[0] = '\0';
    compare_keys(&c, scp_registry_root(a), scp_registry_root(b));
}
