/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What only the whole registry can tell: under which name a hive was loaded, and which control set is the current one.
 */
#include "io/registry/internal.h"

#include "base/reader.h"

#include <stdio.h>
#include <string.h>

/* The next key of the subtree below `top`, parents before children. */
static struct scp_registry_key *next_of(struct scp_registry_key *k, const struct scp_registry_key *top)
{
    if (k->first_child != NULL)
        return k->first_child;
    while (k != top && k->next_sibling == NULL)
        k = k->parent;
    return k == top ? NULL : k->next_sibling;
}

static int copy_values(struct scp_registry *r, const struct scp_registry_key *from, struct scp_registry_key *to,
                       struct scp_err *err)
{
    for (const struct registry_value *v = from->first_value; v != NULL; v = v->next) {
        if (!v->gone && scp_registry_add_value(r, to, v->v.name, strlen(v->v.name), v->v.type, v->v.data, v->v.len, err) != 0)
            return -1;
    }
    return 0;
}

/* Copies the subtree `from` onto the key `to`, marks and all; the old place is gone when `move`. */
static int graft(struct scp_registry *r, struct scp_registry_key *from, struct scp_registry_key *to, bool move, struct scp_err *err)
{
    for (struct scp_registry_key *k = from; k != NULL; k = next_of(k, from)) {
        if (k != from && (k->gone || k->parent->mapped == NULL)) {
            k->mapped = NULL;
            continue;
        }
        k->mapped = k == from ? to : scp_registry_make_child(r, k->parent->mapped, k->name, k->name_n);
        if (k->mapped == NULL)
            return scp_registry_no_memory(r, err);
        k->mapped->held = k->mapped->held || k->held;
        k->mapped->unread = k->mapped->unread || k->unread;
        if (k->held)
            k->mapped->times = k->times;
        k->mapped->wanted = k->mapped->wanted || k->wanted;
        k->mapped->deleted = k->deleted;
        if (copy_values(r, k, k->mapped, err) != 0)
            return -1;
    }
    from->gone = move;
    return 0;
}

static bool has(const struct scp_registry *r, const struct scp_registry_key *k, const char *path)
{
    for (const char *p = path; p != NULL && k != NULL;) {
        const char *end = strchr(p, '\\');

        k = scp_registry_get_child(r, k, p, end != NULL ? (size_t)(end - p) : strlen(p));
        p = end != NULL ? end + 1 : NULL;
    }
    return k != NULL && !k->deleted;
}

static bool has_value(const struct scp_registry *r, const struct scp_registry_key *k, const char *path, const char *name)
{
    for (const char *p = path; p != NULL && k != NULL;) {
        const char *end = strchr(p, '\\');

        k = scp_registry_get_child(r, k, p, end != NULL ? (size_t)(end - p) : strlen(p));
        p = end != NULL ? end + 1 : NULL;
    }
    return k != NULL && !k->deleted && scp_registry_key_value(k, name) != NULL;
}

static bool is_software(const struct scp_registry *r, const struct scp_registry_key *k)
{
    return has(r, k, "Microsoft\\SystemCertificates") || has(r, k, "Policies\\Microsoft\\SystemCertificates") ||
           has(r, k, "Microsoft\\EnterpriseCertificates");
}

/* The same marks as in a hive's own file (registry_hive.c). */
static bool is_machines(const struct scp_registry *r, const struct scp_registry_key *k)
{
    return has_value(r, k, "Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild") ||
           has(r, k, "Microsoft\\EnterpriseCertificates") || has_value(r, k, "Microsoft\\Cryptography", "MachineGuid");
}

static bool is_users(const struct scp_registry *r, const struct scp_registry_key *k)
{
    return has_value(r, k, "Microsoft\\SystemCertificates\\Root\\ProtectedRoots", "Certificates");
}

static bool is_user(const struct scp_registry *r, const struct scp_registry_key *k)
{
    return has(r, k, "Software\\Microsoft\\SystemCertificates") || has(r, k, "Software\\Policies\\Microsoft\\SystemCertificates");
}

/* The key `name` of a user's root; NULL: out of memory. */
static struct scp_registry_key *user_key(struct scp_registry *r, const char *user, const char *name)
{
    struct scp_registry_key *k = scp_registry_make_child(r, &r->root, "HKU", 3);

    k = k != NULL ? scp_registry_make_child(r, k, user, strlen(user)) : NULL;
    return k != NULL && name != NULL ? scp_registry_make_child(r, k, name, strlen(name)) : k;
}

static bool is_empty(const struct scp_registry *r, const struct scp_registry_key *machine, const char *hive)
{
    const struct scp_registry_key *k = scp_registry_get_child(r, machine, hive, strlen(hive));

    return k == NULL || scp_registry_first_child(k) == NULL;
}

/* Two machines' registries in one export: whose would the verdict be?  -1. */
static int two_machines(const struct scp_registry *r, const struct scp_registry_key *k, const char *own, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_UNSUPPORTED,
                       "%s: holds the registries of two machines, HKLM\\%s and the one below HKLM\\%s: export one of them alone",
                       r->sources > 0 ? r->source[0].location : "", own, k->name);
}

/*
 * A hive that an administrator loaded under a name of their own.  A Software hive counts as the machine's unless it is a user's, or
 * was exported whole and bears no mark of a machine.
 */
static int place_hive(struct scp_registry *r, struct scp_registry_key *machine, struct scp_registry_key *k, struct scp_err *err)
{
    struct scp_registry_key *to;

    if (is_software(r, k) || is_machines(r, k)) {
        bool users = !is_machines(r, k) && is_users(r, k), unknown = !is_machines(r, k) && !users && k->held;

        if (!users && !unknown && !is_empty(r, machine, "SOFTWARE"))
            return two_machines(r, k, "SOFTWARE", err);
        to = users     ? user_key(r, k->name, "Software")
             : unknown ? user_key(r, "(unknown)", "Software")
                       : scp_registry_make_child(r, machine, "SOFTWARE", 8);
        for (size_t i = 0; i < r->sources && unknown; i++)
            r->source[i].owner = SCP_OWNER_UNKNOWN;
    } else if (has(r, k, "Select")) {
        if (!is_empty(r, machine, "SYSTEM"))
            return two_machines(r, k, "SYSTEM", err);
        to = scp_registry_make_child(r, machine, "SYSTEM", 6);
    } else if (is_user(r, k)) {
        to = user_key(r, k->name, NULL);
    } else {
        return 0;
    }
    return to != NULL ? graft(r, k, to, true, err) : scp_registry_no_memory(r, err);
}

/* Does the source hold a key of the machine's, or of the services' accounts? */
static bool has_machines(const struct scp_registry *r)
{
    static const char *const SERVICES[] = { "S-1-5-18", "S-1-5-19", "S-1-5-20" };
    const struct scp_registry_key *k = scp_registry_child(&r->root, "HKLM");

    for (k = k != NULL ? scp_registry_first_child(k) : NULL; k != NULL; k = scp_registry_next_sibling(k)) {
        if (k->held || k->first_child != NULL)
            return true;
    }
    k = scp_registry_child(&r->root, "HKU");
    for (size_t i = 0; k != NULL && i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        if (scp_registry_child(k, SERVICES[i]) != NULL)
            return true;
    }
    return false;
}

/* A source that holds users' keys alone is a user's. */
static void find_owner(struct scp_registry *r)
{
    bool users = scp_registry_first_child(&r->root) != NULL && !has_machines(r);

    for (size_t i = 0; i < r->sources && users; i++) {
        if (r->source[i].owner == SCP_OWNER_MACHINE)
            r->source[i].owner = SCP_OWNER_USER;
    }
}

static int place_control_set(struct scp_registry *r, struct scp_registry_key *system, struct scp_err *err)
{
    struct scp_registry_key *select = scp_registry_get_child(r, system, "Select", 6), *set, *current;
    const struct scp_registry_value *v = select != NULL ? scp_registry_key_value(select, "Current") : NULL;
    char name[32];

    if (v == NULL || v->type != SCP_REG_DWORD || v->len != 4 || scp_le32(v->data) > 999 ||
        scp_registry_get_child(r, system, "CurrentControlSet", 17) != NULL)
        return 0;
    (void)snprintf(name, sizeof name, "ControlSet%03u", (unsigned)scp_le32(v->data));
    set = scp_registry_get_child(r, system, name, strlen(name));
    if (set == NULL)
        return 0;
    current = scp_registry_make_child(r, system, "CurrentControlSet", 17);
    return current != NULL ? graft(r, set, current, false, err) : scp_registry_no_memory(r, err);
}

static int place_all(struct scp_registry *r, struct scp_registry_key *machine, struct scp_err *err)
{
    struct scp_registry_key *system;

    for (struct scp_registry_key *k = machine->first_child; k != NULL; k = k->next_sibling) {
        if (!k->gone && !scp_registry_path_is_known_hive(k->name, k->name_n) && place_hive(r, machine, k, err) != 0)
            return -1;
    }
    system = scp_registry_get_child(r, machine, "SYSTEM", 6);
    return system != NULL ? place_control_set(r, system, err) : 0;
}

int scp_registry_settle(struct scp_registry *r, struct scp_err *err)
{
    struct scp_registry_key *machine = scp_registry_get_child(r, &r->root, "HKLM", 4);

    if (r->starved)
        return scp_registry_no_memory(r, err);
    if (machine != NULL && place_all(r, machine, err) != 0)
        return -1;
    find_owner(r);
    return 0;
}
