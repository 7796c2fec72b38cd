/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/internal.h"

#include "base/array.h"
#include "base/file.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/registry/regf.h"
#include "codec/registry/security.h"

#include <errno.h>
#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 2000000, PATH_TEXT = 32 << 10 };

/* What hives are recognised as, and where their top belongs. */
struct place {
    const char *content, *path;
    enum scp_registry_owner owner;
};

#define STORES_OF(below) "HKLM\\SOFTWARE\\" below

static const struct place SOFTWARE = { "SOFTWARE", "HKLM\\SOFTWARE", SCP_OWNER_MACHINE };
static const struct place SYSTEM = { "SYSTEM", "HKLM\\SYSTEM", SCP_OWNER_MACHINE };
static const struct place DEFAULT = { "DEFAULT", "HKU\\S-1-5-18", SCP_OWNER_MACHINE };
static const struct place PERSON = { "NTUSER.DAT", "HKCU", SCP_OWNER_USER };
static const struct place USER_SOFTWARE = { "a user's Software", "HKCU\\Software", SCP_OWNER_USER };
static const struct place USER_STORES = { "a user's SystemCertificates", "HKCU\\Software\\Microsoft\\SystemCertificates",
                                          SCP_OWNER_USER };
static const struct place UNMARKED = { "unmarked Software", "HKU\\(unknown)\\Software", SCP_OWNER_UNKNOWN };
static const struct place UNMARKED_STORES = { "unmarked SystemCertificates",
                                              "HKU\\(unknown)\\Software\\Microsoft\\SystemCertificates", SCP_OWNER_UNKNOWN };
static const struct place CERTIFICATES = { "SystemCertificates", STORES_OF("Microsoft\\SystemCertificates"), SCP_OWNER_MACHINE };
static const struct place POLICIES = { "Policies\\SystemCertificates", STORES_OF("Policies\\Microsoft\\SystemCertificates"),
                                       SCP_OWNER_MACHINE };
static const struct place ENTERPRISE = { "EnterpriseCertificates", STORES_OF("Microsoft\\EnterpriseCertificates"),
                                         SCP_OWNER_MACHINE };

/* --- Recognising --- */

/*
 * libhivex and memory: what it could not find, it may not have had the memory to look for.  It says ENOMEM then; or EBADF for
 * names, where it goes on with an iconv descriptor that it had no memory to open.
 */
struct hive {
    hive_h *h;
    bool starved;
};

static bool is_memory(int reason)
{
    return reason == ENOMEM || reason == EBADF;
}

static hive_node_h child_of(struct hive *x, hive_node_h node, const char *name)
{
    hive_node_h child;

    errno = 0;
    child = node != 0 ? hivex_node_get_child(x->h, node, name) : 0;
    x->starved = x->starved || (child == 0 && is_memory(errno));
    return child;
}

static bool has(struct hive *x, hive_node_h node, const char *name)
{
    return child_of(x, node, name) != 0;
}

static bool has_value(struct hive *x, hive_node_h node, const char *name)
{
    hive_value_h value;

    errno = 0;
    value = node != 0 ? hivex_node_get_value(x->h, node, name) : 0;
    x->starved = x->starved || (value == 0 && is_memory(errno));
    return value != 0;
}

/* Does the last part of a path say so?  Also "x-NTUSER.DAT" and the like. */
static bool names(const char *path, const char *what)
{
    size_t n = strlen(path), length = strlen(what);

    while (n > 0 && (path[n - 1] == '\\' || path[n - 1] == '/'))
        n--;
    for (size_t i = n; i > 0 && path[i - 1] != '\\' && path[i - 1] != '/'; i--) {
        if (n - (i - 1) >= length && scp_text_caseeq(path + i - 1, length, what, length))
            return true;
    }
    return false;
}

static const struct place *recognise_user(const struct scp_regf *regf, const char *path)
{
    const char *const told[] = { regf->name, path };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (names(told[i], "ntuser"))
            return &PERSON;
        if (names(told[i], "default"))
            return &DEFAULT;
    }
    return NULL;
}

static hive_node_h below(struct hive *x, hive_node_h node, const char *const *path)
{
    for (; *path != NULL; path++)
        node = child_of(x, node, *path);
    return node;
}

/* What only a machine's SOFTWARE has.  `Classes` is no such mark: users have one. */
static bool is_machine(struct hive *x, hive_node_h root)
{
    static const char *const VERSION[] = { "Microsoft", "Windows NT", "CurrentVersion", NULL },
                             *const SHARED[] = { "Microsoft", "EnterpriseCertificates", NULL },
                             *const CRYPTOGRAPHY[] = { "Microsoft", "Cryptography", NULL };

    return has_value(x, below(x, root, VERSION), "CurrentBuild") || below(x, root, SHARED) != 0 ||
           has_value(x, below(x, root, CRYPTOGRAPHY), "MachineGuid");
}

/* The hashes of the roots that a user has accepted: the machine has none. */
static bool is_user(struct hive *x, hive_node_h certificates)
{
    static const char *const PROTECTED[] = { "Root", "ProtectedRoots", NULL };

    return has_value(x, below(x, certificates, PROTECTED), "Certificates");
}

static const struct place *recognise_software(struct hive *x, hive_node_h root)
{
    static const char *const CERTIFICATES_BELOW[] = { "Microsoft", "SystemCertificates", NULL };

    if (is_machine(x, root))
        return &SOFTWARE;
    return is_user(x, below(x, root, CERTIFICATES_BELOW)) ? &USER_SOFTWARE : &UNMARKED;
}

static const struct place *recognise_certificates(struct hive *x, hive_node_h root)
{
    static const char *const STORES[] = { "AuthRoot", "ROOT", "CA", "Disallowed" };
    hive_node_h authroot = child_of(x, root, "AuthRoot"), trusted = child_of(x, root, "ROOT");
    bool store = false;

    if (is_user(x, root))
        return &USER_STORES;
    for (size_t i = 0; i < sizeof STORES / sizeof STORES[0]; i++)
        store = store || has(x, child_of(x, root, STORES[i]), "Certificates");
    if (has(x, root, "NTAuth"))
        return store ? &ENTERPRISE : NULL;
    if (has(x, root, "ChainEngine") || has(x, trusted, "ProtectedRoots") || has_value(x, authroot, "DisableRootAutoUpdate") ||
        has_value(x, authroot, "EnableDisallowedCertAutoUpdate"))
        return &POLICIES;
    if (!store)
        return NULL;
    return has(x, authroot, "AutoUpdate") ? &CERTIFICATES : &UNMARKED_STORES; /* users have no such key */
}

static const struct place *recognise(struct hive *x, hive_node_h root, const struct scp_regf *regf, const char *path)
{
    if (has(x, root, "Select") && (has(x, root, "ControlSet001") || has(x, root, "ControlSet002")))
        return &SYSTEM;
    if (has(x, root, "Software"))
        return recognise_user(regf, path);
    if (has(x, root, "Microsoft"))
        return recognise_software(x, root);
    return recognise_certificates(x, root);
}

/* --- Walking --- */

struct walk {
    struct scp_registry *r;
    hive_h *h;
    const char *file;
    int64_t seen;
    struct {
        hive_node_h node;
        struct scp_registry_key *parent;
    } * stack;
    size_t n, visited;
};

static int push(struct walk *w, hive_node_h node, struct scp_registry_key *parent, struct scp_err *err)
{
    void *stack = scp_array_room(w->stack, w->n, sizeof w->stack[0], NODES_MAX, "keys", err);

    if (stack == NULL)
        return -1;
    w->stack = stack;
    w->stack[w->n].node = node;
    w->stack[w->n++].parent = parent;
    return 0;
}

/* Something that libhivex could not give us: what is absent from now on may be there.  -1: it had no memory. */
static int lost(struct walk *w, const struct scp_registry_key *key, const char *what, struct scp_err *err)
{
    char path[512];

    if (is_memory(errno))
        return scp_err_memory(err);
    scp_registry_add_anomaly(w->r, "%s: " SCP_SAID ": %s (%s)", w->file, scp_registry_key_say(key, path, sizeof path), what,
                             strerror(errno));
    scp_registry_set_incomplete(w->r);
    return 0;
}

static int add_value(struct walk *w, struct scp_registry_key *key, hive_value_h value, struct scp_err *err)
{
    hive_type type = hive_t_REG_NONE;
    size_t len = 0;
    char *name = hivex_value_key(w->h, value), *data = name != NULL ? hivex_value_value(w->h, value, &type, &len) : NULL;
    int rc = 0;

    if (name == NULL || data == NULL)
        rc = lost(w, key, "a value could not be read", err);
    else
        rc = scp_registry_add_value(w->r, key, name, strlen(name), (uint32_t)type, data, len, err);
    free(name);
    free(data);
    return rc;
}

static int add_values(struct walk *w, hive_node_h node, struct scp_registry_key *key, struct scp_err *err)
{
    hive_value_h *v = hivex_node_values(w->h, node);
    int rc = 0;

    if (v == NULL)
        return lost(w, key, "values could not be read", err);
    for (size_t i = 0; v[i] != 0 && rc == 0; i++)
        rc = add_value(w, key, v[i], err);
    free(v);
    return rc;
}

static int add_children(struct walk *w, hive_node_h node, struct scp_registry_key *key, struct scp_err *err)
{
    hive_node_h *child = hivex_node_children(w->h, node);
    int rc = 0;

    if (child == NULL)
        return lost(w, key, "subkeys could not be read", err);
    for (size_t i = 0; child[i] != 0 && rc == 0; i++)
        rc = push(w, child[i], key, err);
    free(child);
    return rc;
}

static struct scp_registry_times times_of(const struct walk *w, hive_node_h node)
{
    struct scp_registry_times t = { .seen = w->seen };

    if (!scp_utc_from_filetime((uint64_t)hivex_node_timestamp(w->h, node), &t.written))
        t.written = SCP_UTC_UNKNOWN;
    return t;
}

static bool read_exactly(struct scp_file *f, uint64_t at, void *p, size_t n)
{
    struct scp_err err = SCP_ERR_INIT;
    size_t got = 0, all = 0;

    while (all < n && scp_file_read_at(f, (int64_t)(at + all), (uint8_t *)p + all, n - all, &got, &err) == 0 && got > 0)
        all += got;
    return all == n;
}

/* Where a key's list is; 0: not known.  libhivex names a key by the place of its cell in the file. */
static uint64_t security_of(struct scp_file *f, hive_node_h node)
{
    uint8_t cell[SCP_REGF_KEY];
    uint64_t at;

    return read_exactly(f, node, cell, sizeof cell) && scp_regf_key_security(cell, &at) ? at : 0;
}

/* The list of the key, unless it is that of the hive's top: programs that make a hive give all keys one, Windows never these. */
static int read_security(const struct walk *w, struct scp_file *f, hive_node_h node, struct scp_registry_key *key,
                         struct scp_err *err)
{
    uint64_t at = security_of(f, node), top = security_of(f, hivex_root(w->h));
    uint8_t head[SCP_REGF_SECURITY], *p;
    size_t n;
    int rc = 0;

    if (at == 0 || top == 0 || at == top || !read_exactly(f, at, head, sizeof head) || !scp_regf_security(head, &n) ||
        n > SCP_SECURITY_MAX)
        return 0;
    p = malloc(n + 1);
    if (p == NULL)
        return scp_err_memory(err);
    if (read_exactly(f, at + sizeof head, p, n))
        rc = scp_registry_set_security(w->r, key, p, n, err);
    free(p);
    return rc;
}

static int add_security(const struct walk *w, hive_node_h node, struct scp_registry_key *key, struct scp_err *err)
{
    struct scp_file f;
    int rc;

    if (scp_file_open(w->file, &f, err) != 0)
        return -1;
    rc = read_security(w, &f, node, key, err);
    scp_file_close(&f);
    return rc;
}

static int add_node(struct walk *w, hive_node_h node, const char *path, struct scp_err *err)
{
    const struct scp_registry_times times = times_of(w, node);
    struct scp_registry_key *key;

    if (++w->visited > NODES_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d keys", NODES_MAX);
    if (scp_registry_add_key(w->r, path, strlen(path), &key, err) != 0)
        return -1;
    if (key == NULL)
        return 0;
    scp_registry_set_times(key, &times);
    if (scp_registry_asks_security(w->r, path) && add_security(w, node, key, err) != 0)
        return -1;
    if (scp_registry_key_wanted(key) && add_values(w, node, key, err) != 0)
        return -1;
    return add_children(w, node, key, err);
}

static int add_child(struct walk *w, hive_node_h node, const struct scp_registry_key *parent, char *path, struct scp_err *err)
{
    char *name = hivex_node_name(w->h, node);
    size_t used;
    int rc = 0;

    if (name == NULL)
        return lost(w, parent, "a subkey could not be read", err);
    used = strlen(scp_registry_key_path(parent, path, PATH_TEXT));
    /* A backslash in a name would be taken for a separator; Windows allows none. */
    if (strchr(name, '\\') == NULL && used + strlen(name) + 2 <= PATH_TEXT) {
        (void)snprintf(path + used, PATH_TEXT - used, "\\%s", name);
        rc = add_node(w, node, path, err);
    }
    free(name);
    return rc;
}

static int walk(struct walk *w, hive_node_h root, const char *top, struct scp_err *err)
{
    char *path = malloc(PATH_TEXT);
    int rc = path != NULL ? add_node(w, root, top, err) : scp_err_memory(err);

    while (rc == 0 && w->n > 0) {
        w->n--;
        errno = 0;
        rc = add_child(w, w->stack[w->n].node, w->stack[w->n].parent, path, err);
    }
    free(w->stack);
    free(path);
    return rc;
}

/* --- Loading --- */

static int read_base_block(const char *path, struct scp_regf *regf, int64_t *modified, struct scp_err *err)
{
    struct scp_file f;
    uint8_t block[SCP_REGF_BLOCK];
    size_t got = 1, n = 0;
    int rc = scp_file_open(path, &f, err);

    if (rc != 0)
        return -1;
    while (rc == 0 && got > 0 && n < sizeof block) {
        rc = scp_file_read(&f, block + n, sizeof block - n, &got, err);
        n += rc == 0 ? got : 0;
    }
    *modified = f.modified;
    scp_file_close(&f);
    if (rc == 0 && n == 0)
        rc = scp_err_set(err, SCP_ERR_TRUNCATED, "empty");
    else if (rc == 0 && !scp_regf_is(block, n))
        return scp_registry_wrong_kind(path, block, n, err);
    else if (rc == 0)
        rc = scp_regf_parse(block, n, regf, err);
    if (rc == 0 && regf->type != 0)
        rc = scp_err_set(err, SCP_ERR_UNSUPPORTED, "a hive's transaction log, not the hive");
    return rc == 0 ? 0 : scp_err_prefix(err, "%s", path);
}

static int load_open(struct scp_registry *r, struct scp_registry_source *s, hive_h *h, const struct scp_regf *regf,
                     const char *path, struct scp_err *err)
{
    hive_node_h root = hivex_root(h);
    struct hive x = { .h = h };
    /* Keys and base block are of the server's clock, the file's time is of another. */
    struct walk w = { .r = r, .h = h, .file = path, .seen = regf->written != SCP_UTC_UNKNOWN ? regf->written : s->taken };
    const struct place *place;

    if (root == 0)
        return scp_err_system(err, errno, "%s: no root key", path);
    place = recognise(&x, root, regf, path);
    if (x.starved)
        return scp_err_memory(err);
    /* That it was not closed is what is to be said of it. */
    if (place == NULL && s->dirty)
        return 0;
    if (place == NULL)
        return scp_err_set(err, SCP_ERR_UNSUPPORTED,
                           "%s: a registry hive, but not one that holds certificate stores (SOFTWARE, SYSTEM, DEFAULT, "
                           "SystemCertificates)",
                           path);
    s->content = place->content;
    s->owner = place->owner;
    return walk(&w, root, place->path, err) == 0 ? 0 : scp_err_prefix(err, "%s", path);
}

int scp_registry_load_hive(struct scp_registry *r, const char *path, struct scp_err *err)
{
    struct scp_registry_source *s;
    struct scp_regf regf;
    int64_t modified = SCP_UTC_UNKNOWN;
    hive_h *h;
    int rc;

    if (read_base_block(path, &regf, &modified, err) != 0)
        return -1;
    s = scp_registry_new_source(r, SCP_REGISTRY_HIVE, path, err);
    if (s == NULL)
        return -1;
    /* What it tells of itself never makes it younger than its file. */
    s->taken = regf.written;
    if (modified != SCP_UTC_UNKNOWN && (s->taken == SCP_UTC_UNKNOWN || modified < s->taken))
        s->taken = modified;
    s->dirty = scp_regf_dirty(&regf);
    if (s->dirty) {
        (void)snprintf(s->detail, sizeof s->detail,
                       regf.checksum_ok ? "sequence numbers %u and %u" : "wrong checksum; sequence numbers %u and %u",
                       (unsigned)regf.sequence1, (unsigned)regf.sequence2);
        scp_registry_set_incomplete(r);
    }
    h = hivex_open(path, 0);
    if (h == NULL)
        return scp_err_system(err, errno, "%s: not a sound registry hive", path);
    rc = load_open(r, s, h, &regf, path, err);
    (void)hivex_close(h);
    return rc;
}
