/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/internal.h"

#include "base/array.h"
#include "base/reader.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct scp_registry_times TIMES_UNKNOWN = { SCP_UTC_UNKNOWN, SCP_UTC_UNKNOWN };

/* --- Making and freeing --- */

struct scp_registry *scp_registry_new(const struct scp_registry_scope *scope)
{
    struct scp_registry *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->scope = scope;
    r->root.name = "";
    scp_arena_init(&r->arena, SCP_REGISTRY_MEMORY_MAX);
    return r;
}

void scp_registry_free(struct scp_registry *r)
{
    if (r == NULL)
        return;
    scp_registry_free(r->joined);
    free(r->keys.bucket);
    free(r->values.bucket);
    scp_arena_free(&r->arena);
    free(r);
}

struct scp_registry *scp_registry_take_joined(struct scp_registry *r)
{
    struct scp_registry *joined = r->joined;

    r->joined = NULL;
    return joined;
}

void scp_registry_set_access(struct scp_registry *r, const struct scp_registry_access *access)
{
    r->access = *access;
    r->reachable = true;
}

int scp_registry_no_memory(const struct scp_registry *r, struct scp_err *err)
{
    if (r->arena.full)
        return scp_err_set(err, SCP_ERR_LIMIT, "more registry content than %d MiB", SCP_REGISTRY_MEMORY_MAX >> 20);
    return scp_err_memory(err);
}

int scp_registry_too_many_sources(struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_LIMIT, "more than %d sources", SCP_REGISTRY_SOURCES_MAX);
}

/* --- Hash tables: (parent, folded name) --- */

static uint32_t hash_of(const void *parent, const char *name, size_t n)
{
    uint64_t h = (uint64_t)(uintptr_t)parent * 0x9E3779B97F4A7C15U;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)scp_text_lower(name[i])) * 0x100000001B3U;
    return (uint32_t)(h ^ h >> 32);
}

static struct scp_registry_key **key_slot(const struct scp_registry *r, const struct scp_registry_key *parent, const char *name,
                                          size_t n, uint32_t hash)
{
    struct scp_registry_key **slot;

    if (r->keys.buckets == 0)
        return NULL;
    slot = (struct scp_registry_key **)&r->keys.bucket[hash & (r->keys.buckets - 1)];
    while (*slot != NULL &&
           ((*slot)->hash != hash || (*slot)->parent != parent || !scp_text_caseeq((*slot)->name, (*slot)->name_n, name, n)))
        slot = &(*slot)->hash_next;
    return slot;
}

static struct registry_value **value_slot(const struct scp_registry *r, const struct scp_registry_key *key, const char *name,
                                          size_t n, uint32_t hash)
{
    struct registry_value **slot;

    if (r->values.buckets == 0)
        return NULL;
    slot = (struct registry_value **)&r->values.bucket[hash & (r->values.buckets - 1)];
    while (*slot != NULL &&
           ((*slot)->hash != hash || (*slot)->key != key || !scp_text_caseeq((*slot)->v.name, strlen((*slot)->v.name), name, n)))
        slot = &(*slot)->hash_next;
    return slot;
}

/* Doubles a table when it is full; entries are found by walking the old chains. */
static void **bigger(struct registry_table *t, size_t *buckets)
{
    *buckets = t->buckets == 0 ? 256 : 2 * t->buckets;
    return calloc(*buckets, sizeof(void *));
}

static bool grow_keys(struct registry_table *t)
{
    size_t buckets;
    void **bucket = bigger(t, &buckets);

    if (bucket == NULL)
        return false;
    for (size_t i = 0; i < t->buckets; i++) {
        for (struct scp_registry_key *k = t->bucket[i], *next; k != NULL; k = next) {
            next = k->hash_next;
            k->hash_next = bucket[k->hash & (buckets - 1)];
            bucket[k->hash & (buckets - 1)] = k;
        }
    }
    free(t->bucket);
    t->bucket = bucket;
    t->buckets = buckets;
    return true;
}

static bool grow_values(struct registry_table *t)
{
    size_t buckets;
    void **bucket = bigger(t, &buckets);

    if (bucket == NULL)
        return false;
    for (size_t i = 0; i < t->buckets; i++) {
        for (struct registry_value *v = t->bucket[i], *next; v != NULL; v = next) {
            next = v->hash_next;
            v->hash_next = bucket[v->hash & (buckets - 1)];
            bucket[v->hash & (buckets - 1)] = v;
        }
    }
    free(t->bucket);
    t->bucket = bucket;
    t->buckets = buckets;
    return true;
}

/* --- Filling --- */

struct scp_registry_key *scp_registry_get_child(const struct scp_registry *r, const struct scp_registry_key *parent,
                                                const char *name, size_t n)
{
    struct scp_registry_key **slot = key_slot(r, parent, name, n, hash_of(parent, name, n));

    return slot != NULL ? *slot : NULL;
}

struct scp_registry_key *scp_registry_make_child(struct scp_registry *r, struct scp_registry_key *parent, const char *name,
                                                 size_t n)
{
    struct scp_registry_key *k = scp_registry_get_child(r, parent, name, n);

    if (k != NULL) {
        k->deleted = false;
        return k;
    }
    if (r->keys.n >= r->keys.buckets && !grow_keys(&r->keys))
        return NULL;
    k = scp_arena_alloc(&r->arena, sizeof *k);
    if (k == NULL || (k->name = scp_arena_text(&r->arena, name, n)) == NULL)
        return NULL;
    k->name_n = n;
    k->parent = parent;
    k->times = TIMES_UNKNOWN;
    k->hash = hash_of(parent, name, n);
    k->hash_next = r->keys.bucket[k->hash & (r->keys.buckets - 1)];
    r->keys.bucket[k->hash & (r->keys.buckets - 1)] = k;
    r->keys.n++;
    if (parent->last_child != NULL)
        parent->last_child->next_sibling = k;
    else
        parent->first_child = k;
    parent->last_child = k;
    return k;
}

static struct scp_registry_key *make_path(struct scp_registry *r, const struct registry_path *path)
{
    struct scp_registry_key *k = &r->root;

    for (size_t i = 0; i < path->n && k != NULL; i++)
        k = scp_registry_make_child(r, k, path->part[i].p, path->part[i].n);
    return k;
}

int scp_registry_add_key(struct scp_registry *r, const char *path, size_t n, struct scp_registry_key **key, struct scp_err *err)
{
    struct registry_path parts;
    enum registry_fit fit = scp_registry_path_fit(r, path, n, &parts);

    *key = NULL;
    if (fit == FIT_TOO_DEEP) {
        scp_registry_add_anomaly(r, "a key more than %d levels deep", SCP_REGISTRY_DEPTH_MAX);
        scp_registry_set_incomplete(r);
    }
    if (fit != FIT_ABOVE && fit != FIT_INSIDE)
        return 0;
    *key = make_path(r, &parts);
    if (*key == NULL)
        return scp_registry_no_memory(r, err);
    (*key)->held = (*key)->held || !r->written_over;
    (*key)->wanted = fit == FIT_INSIDE;
    (*key)->times = TIMES_UNKNOWN;
    return 0;
}

void scp_registry_set_times(struct scp_registry_key *key, const struct scp_registry_times *times)
{
    key->times = *times;
}

struct scp_registry_times scp_registry_key_times(const struct scp_registry_key *k)
{
    return k->times;
}

bool scp_registry_asks_security(const struct scp_registry *r, const char *path)
{
    static const char ABOVE[] = "HKLM\\SOFTWARE\\";
    const char *name = strrchr(path, '\\');

    for (const struct scp_registry_scope *s = r->scope; s->path != NULL && name != NULL; s++) {
        size_t n = sizeof ABOVE - 1 + strlen(s->path);

        if (s->root == SCP_SCOPE_SECURITY && (size_t)(name - path) == n &&
            scp_text_caseeq(path, sizeof ABOVE - 1, ABOVE, sizeof ABOVE - 1) &&
            scp_text_caseeq(path + sizeof ABOVE - 1, strlen(s->path), s->path, strlen(s->path)))
            return true;
    }
    return false;
}

int scp_registry_set_security(struct scp_registry *r, struct scp_registry_key *key, const void *p, size_t n, struct scp_err *err)
{
    const void *copy = scp_arena_dup(&r->arena, p, n);

    if (copy == NULL)
        return scp_registry_no_memory(r, err);
    key->security = copy;
    key->security_n = n;
    return 0;
}

const uint8_t *scp_registry_key_security(const struct scp_registry_key *k, size_t *n)
{
    *n = k->security_n;
    return k->security;
}

bool scp_registry_key_wanted(const struct scp_registry_key *k)
{
    return k->wanted;
}

/* The value, made when missing; NULL when out of memory. */
static struct registry_value *make_value(struct scp_registry *r, struct scp_registry_key *key, const char *name, size_t n)
{
    uint32_t hash = hash_of(key, name, n);
    struct registry_value **slot = value_slot(r, key, name, n, hash), *v = slot != NULL ? *slot : NULL;

    if (v != NULL)
        return v;
    if (r->values.n >= r->values.buckets && !grow_values(&r->values))
        return NULL;
    v = scp_arena_alloc(&r->arena, sizeof *v);
    if (v == NULL || (v->v.name = scp_arena_text(&r->arena, name, n)) == NULL)
        return NULL;
    v->key = key;
    v->gone = true;
    v->hash = hash;
    v->hash_next = r->values.bucket[hash & (r->values.buckets - 1)];
    r->values.bucket[hash & (r->values.buckets - 1)] = v;
    r->values.n++;
    if (key->last_value != NULL)
        key->last_value->next = v;
    else
        key->first_value = v;
    key->last_value = v;
    return v;
}

/* Length and data change together, or not at all. */
static void set_value(struct registry_value *v, uint32_t type, const void *data, size_t len)
{
    v->gone = false;
    v->v.type = type;
    v->v.len = len;
    v->v.data = data;
}

int scp_registry_add_value(struct scp_registry *r, struct scp_registry_key *key, const char *name, size_t n, uint32_t type,
                           const void *data, size_t len, struct scp_err *err)
{
    struct registry_value *v;
    const void *copy;

    if (!key->wanted)
        return 0;
    v = make_value(r, key, name, n);
    copy = v != NULL ? scp_arena_dup(&r->arena, data, len) : NULL;
    if (copy == NULL)
        return scp_registry_no_memory(r, err);
    set_value(v, type, copy, len);
    return 0;
}

int scp_registry_lend_value(struct scp_registry *r, struct scp_registry_key *key, const struct scp_registry_value *value,
                            struct scp_err *err)
{
    struct registry_value *v = make_value(r, key, value->name, strlen(value->name));

    if (v == NULL)
        return scp_registry_no_memory(r, err);
    set_value(v, value->type, value->data, value->len);
    return 0;
}

struct registry_value *scp_registry_get_value(const struct scp_registry *r, const struct scp_registry_key *key, const char *name,
                                              size_t n)
{
    struct registry_value **slot = value_slot(r, key, name, n, hash_of(key, name, n));

    return slot != NULL && *slot != NULL && !(*slot)->gone ? *slot : NULL;
}

int scp_registry_bury(struct scp_registry *r, struct scp_registry_key *parent, const char *name, size_t n, struct scp_err *err)
{
    struct scp_registry_key **slot = key_slot(r, parent, name, n, hash_of(parent, name, n)), *k;

    if (slot != NULL && *slot != NULL) {
        (*slot)->gone = true;
        *slot = (*slot)->hash_next;
    }
    /* A mark in its place: that the key is not there is knowledge too. */
    k = scp_registry_make_child(r, parent, name, n);
    if (k == NULL)
        return scp_registry_no_memory(r, err);
    k->held = k->deleted = true;
    return 0;
}

bool scp_registry_holds(const struct scp_registry *r, const char *path, size_t n)
{
    struct registry_path parts;
    enum registry_fit fit = scp_registry_path_fit(r, path, n, &parts);
    const struct scp_registry_key *k = &r->root;

    for (size_t i = 0; i < parts.n && k != NULL && (fit == FIT_ABOVE || fit == FIT_INSIDE); i++)
        k = scp_registry_get_child(r, k, parts.part[i].p, parts.part[i].n);
    return k != NULL && k != &r->root && !k->deleted;
}

int scp_registry_delete_key(struct scp_registry *r, const char *path, size_t n, struct scp_err *err)
{
    struct registry_path parts;
    enum registry_fit fit = scp_registry_path_fit(r, path, n, &parts);
    struct scp_registry_key *parent = &r->root;
    const struct registry_part *last;

    if ((fit != FIT_ABOVE && fit != FIT_INSIDE) || parts.n == 0)
        return 0;
    last = &parts.part[parts.n - 1];
    for (size_t i = 0; i + 1 < parts.n && parent != NULL; i++)
        parent = scp_registry_make_child(r, parent, parts.part[i].p, parts.part[i].n);
    return parent != NULL ? scp_registry_bury(r, parent, last->p, last->n, err) : scp_registry_no_memory(r, err);
}

void scp_registry_delete_value(struct scp_registry *r, struct scp_registry_key *key, const char *name, size_t n)
{
    struct registry_value *v = scp_registry_get_value(r, key, name, n);

    if (v != NULL)
        v->gone = true;
}

/* The key's place, made where a key above it would tell that it is not there; NULL where nothing tells of it, or with *rc -1. */
static struct scp_registry_key *untold_place(struct scp_registry *r, const struct registry_path *parts, int *rc,
                                             struct scp_err *err)
{
    struct scp_registry_key *top = &r->root;
    bool told = false;

    for (size_t i = 0; i < parts->n && top != NULL; i++) {
        top = scp_registry_get_child(r, top, parts->part[i].p, parts->part[i].n);
        told = told || (top != NULL && top->held);
    }
    if (top != NULL || !told)
        return top;
    top = make_path(r, parts);
    *rc = top != NULL ? 0 : scp_registry_no_memory(r, err);
    return top;
}

/* Another source may tell of a key above it, and be laid under this one. */
static int remember_refusal(struct scp_registry *r, const char *path, size_t n, struct scp_err *err)
{
    const char **v = scp_array_room_in(&r->arena, r->refused, r->refusals, sizeof *v);

    if (v == NULL)
        return scp_registry_no_memory(r, err);
    r->refused = v;
    v[r->refusals] = scp_arena_text(&r->arena, path, n);
    return v[r->refusals++] != NULL ? 0 : scp_registry_no_memory(r, err);
}

int scp_registry_uncover(struct scp_registry *r, const char *path, size_t n, struct scp_err *err)
{
    struct registry_path parts;
    enum registry_fit fit = scp_registry_path_fit(r, path, n, &parts);
    struct scp_registry_key *top, *k;
    int rc = 0;

    if (fit != FIT_ABOVE && fit != FIT_INSIDE)
        return 0;
    top = untold_place(r, &parts, &rc, err);
    if (rc == 0 && top == NULL)
        return remember_refusal(r, path, n, err);
    for (k = top; k != NULL;) {
        k->held = false;
        k->unread = true;
        if (k->first_child != NULL) {
            k = k->first_child;
            continue;
        }
        while (k != top && k->next_sibling == NULL)
            k = k->parent;
        k = k == top ? NULL : k->next_sibling;
    }
    return rc;
}

void scp_registry_set_incomplete(struct scp_registry *r)
{
    r->incomplete = true;
}

bool scp_registry_incomplete(const struct scp_registry *r)
{
    return r->incomplete;
}

void scp_registry_add_anomaly(struct scp_registry *r, const char *fmt, ...)
{
    char text[512];
    va_list args;

    if (r->anomalies < SCP_REGISTRY_ANOMALIES_MAX) {
        va_start(args, fmt);
        (void)scp_say_vformat(text, sizeof text, false, fmt, args);
        va_end(args);
        r->anomaly[r->anomalies] = scp_arena_text(&r->arena, text, strlen(text));
        if (r->anomaly[r->anomalies] == NULL) {
            r->anomaly[r->anomalies] = "";
            r->starved = true;
        }
    }
    r->anomalies++;
}

size_t scp_registry_anomalies(const struct scp_registry *r)
{
    return r->anomalies;
}

const char *scp_registry_anomaly(const struct scp_registry *r, size_t i)
{
    return i < r->anomalies && i < SCP_REGISTRY_ANOMALIES_MAX ? r->anomaly[i] : "";
}

struct scp_registry_source *scp_registry_new_source(struct scp_registry *r, enum scp_registry_kind kind, const char *location,
                                                    struct scp_err *err)
{
    struct scp_registry_source *s;
    const char *copy = scp_arena_text(&r->arena, location, strlen(location));

    if (copy == NULL) {
        (void)scp_registry_no_memory(r, err);
        return NULL;
    }
    if (r->sources >= SCP_REGISTRY_SOURCES_MAX) {
        (void)scp_registry_too_many_sources(err);
        return NULL;
    }
    s = &r->source[r->sources++];
    *s = (struct scp_registry_source){
        .kind = kind, .location = copy, .taken = SCP_UTC_UNKNOWN, .changed = SCP_UTC_UNKNOWN, .content = ""
    };
    return s;
}

size_t scp_registry_sources(const struct scp_registry *r)
{
    return r->sources;
}

const struct scp_registry_source *scp_registry_source(const struct scp_registry *r, size_t i)
{
    return &r->source[i];
}

/* --- Asking --- */

static enum scp_presence missing(const struct scp_registry *r, bool covered)
{
    return covered && !r->incomplete ? SCP_ABSENT : SCP_COULD_NOT_TELL;
}

enum scp_presence scp_registry_find(const struct scp_registry *r, const char *path, const struct scp_registry_key **key)
{
    const struct scp_registry_key *k = &r->root;
    bool covered = false;

    *key = NULL;
    for (const char *p = path; p != NULL;) {
        const char *end = strchr(p, '\\');

        k = scp_registry_get_child(r, k, p, end != NULL ? (size_t)(end - p) : strlen(p));
        if (k == NULL || k->deleted)
            return missing(r, covered || (k != NULL && k->held));
        covered = k->held || (covered && !k->unread);
        p = end != NULL ? end + 1 : NULL;
    }
    if (scp_registry_key_unread(k))
        return SCP_COULD_NOT_TELL;
    *key = k;
    return SCP_PRESENT;
}

enum scp_presence scp_registry_value(const struct scp_registry *r, const char *path, const char *name,
                                     const struct scp_registry_value **value)
{
    const struct scp_registry_key *k = NULL;
    enum scp_presence presence = scp_registry_find(r, path, &k);

    *value = NULL;
    if (presence != SCP_PRESENT)
        return presence;
    *value = scp_registry_key_value(k, name);
    return *value != NULL ? SCP_PRESENT : missing(r, scp_registry_key_covered(k));
}

enum scp_presence scp_registry_dword(const struct scp_registry *r, const char *path, const char *name, uint32_t *out,
                                     bool *wrong_type)
{
    const struct scp_registry_value *v = NULL;
    enum scp_presence presence = scp_registry_value(r, path, name, &v);

    *wrong_type = presence == SCP_PRESENT && (v->type != SCP_REG_DWORD || v->len != 4);
    if (presence == SCP_PRESENT && !*wrong_type)
        *out = scp_le32(v->data);
    return presence;
}

const char *scp_registry_key_name(const struct scp_registry_key *k)
{
    return k->name;
}

static char *join_names(const struct scp_registry_key *k, const char *between, char *out, size_t size)
{
    const struct scp_registry_key *line[SCP_REGISTRY_DEPTH_MAX + 2];
    size_t n = 0, used = 0;

    for (; k->parent != NULL && n < sizeof line / sizeof line[0]; k = k->parent)
        line[n++] = k;
    out[0] = '\0';
    while (n > 0 && used < size - 1)
        used += scp_say(out + used, size - used, SCP_SAID "%s", used > 0 ? between : "", line[--n]->name);
    return out;
}

char *scp_registry_key_path(const struct scp_registry_key *k, char *out, size_t size)
{
    return join_names(k, "\\", out, size);
}

char *scp_registry_key_say(const struct scp_registry_key *k, char *out, size_t size)
{
    static const char OURS[] = { SCP_SAY_MARK, '\\', '\0' };

    return join_names(k, OURS, out, size);
}

static const struct scp_registry_key *living(const struct scp_registry_key *k)
{
    while (k != NULL && (k->gone || k->deleted))
        k = k->next_sibling;
    return k;
}

const struct scp_registry_key *scp_registry_first_child(const struct scp_registry_key *k)
{
    return living(k->first_child);
}

const struct scp_registry_key *scp_registry_next_sibling(const struct scp_registry_key *k)
{
    return living(k->next_sibling);
}

const struct scp_registry_key *scp_registry_child(const struct scp_registry_key *k, const char *name)
{
    for (k = scp_registry_first_child(k); k != NULL; k = scp_registry_next_sibling(k)) {
        if (scp_text_caseeq(k->name, k->name_n, name, strlen(name)))
            return k;
    }
    return NULL;
}

static const struct scp_registry_value *living_value(const struct registry_value *v)
{
    while (v != NULL && v->gone)
        v = v->next;
    return v != NULL ? &v->v : NULL;
}

const struct scp_registry_value *scp_registry_first_value(const struct scp_registry_key *k)
{
    return living_value(k->first_value);
}

const struct scp_registry_value *scp_registry_next_value(const struct scp_registry_value *v)
{
    return living_value(((const struct registry_value *)(const void *)v)->next);
}

const struct scp_registry_value *scp_registry_key_value(const struct scp_registry_key *k, const char *name)
{
    const struct scp_registry_value *v = scp_registry_first_value(k);

    while (v != NULL && !scp_text_caseeq(v->name, strlen(v->name), name, strlen(name)))
        v = scp_registry_next_value(v);
    return v;
}

bool scp_registry_key_covered(const struct scp_registry_key *k)
{
    for (; k != NULL; k = k->parent) {
        if (k->held || k->unread)
            return k->held;
    }
    return false;
}

bool scp_registry_key_unread(const struct scp_registry_key *k)
{
    return k->unread && !k->held && scp_registry_first_child(k) == NULL && scp_registry_first_value(k) == NULL;
}

const struct scp_registry_key *scp_registry_root(const struct scp_registry *r)
{
    return &r->root;
}
