/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What only the whole registry can tell: under which name a hive was loaded, and which control set is the current one.
 */
#include "io/registry_internal.h"

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
            return scp_err_memory(err);
        k->mapped->held = k->mapped->held || k->held;
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

static bool is_software(const struct scp_registry *r, const struct scp_registry_key *k)
{
    return has(r, k, "Microsoft\\SystemCertificates") || has(r, k, "Policies\\Microsoft\\SystemCertificates") ||
           has(r, k, "Microsoft\\EnterpriseCertificates");
}

static bool is_user(const struct scp_registry *r, const struct scp_registry_key *k)
{
    return has(r, k, "Software\\Microsoft\\SystemCertificates") || has(r, k, "Software\\Policies\\Microsoft\\SystemCertificates");
}

/* A hive that an administrator loaded under a name of their own. */
static int place_hive(struct scp_registry *r, struct scp_registry_key *machine, struct scp_registry_key *k, struct scp_err *err)
{
    struct scp_registry_key *parent = machine, *to;
    const char *name = is_software(r, k) ? "SOFTWARE" : has(r, k, "Select") ? "SYSTEM" : is_user(r, k) ? k->name : NULL;

    if (name == NULL)
        return 0;
    if (name == k->name)
        parent = scp_registry_make_child(r, &r->root, "HKU", 3);
    to = parent != NULL ? scp_registry_make_child(r, parent, name, strlen(name)) : NULL;
    return to != NULL ? graft(r, k, to, true, err) : scp_err_memory(err);
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
    return current != NULL ? graft(r, set, current, false, err) : scp_err_memory(err);
}

int scp_registry_settle(struct scp_registry *r, struct scp_err *err)
{
    struct scp_registry_key *machine = scp_registry_get_child(r, &r->root, "HKLM", 4), *system;

    if (r->starved)
        return scp_err_memory(err);
    if (machine == NULL)
        return 0;
    for (struct scp_registry_key *k = machine->first_child; k != NULL; k = k->next_sibling) {
        if (!k->gone && !scp_registry_path_is_known_hive(k->name, k->name_n) && place_hive(r, machine, k, err) != 0)
            return -1;
    }
    system = scp_registry_get_child(r, machine, "SYSTEM", 6);
    return system != NULL ? place_control_set(r, system, err) : 0;
}
