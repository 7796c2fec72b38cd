/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The registry of the machine we run on, in its 64-bit view, as any account: what this one may not read is not covered.
 */
#include "io/registry/internal.h"

#include "base/machine.h"
#include "base/text.h"
#include "base/utc.h"
#include "base/wide_win32.h"
#include "codec/registry/security.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum {
    NAME_UNITS = 16384, /* of a value's name: Windows takes 16383 */
    NAME_BYTES = 3 * NAME_UNITS,
    PATH_BYTES = 32 << 10,
    DEPTH_MAX = 64,
    DATA_MAX = 32 << 20, /* bytes of a value */
    QUIET_MS = 10000     /* a refresh of the policies that wrote so lately may not have ended */
};

struct walk {
    struct scp_registry *r;
    HKEY root;
    const char *root_name; /* "HKLM" */
    char path[PATH_BYTES]; /* below the root */
    char whole[PATH_BYTES + 8];
    wchar_t name[NAME_UNITS];
    char text[NAME_BYTES];
    uint8_t *data;
    size_t data_max;
    bool stores;     /* the part that is read is one of stores and their policies */
    bool hidden;     /* when they were written could not be told of all */
    int64_t changed; /* the latest write of them */
    bool settled;    /* no refresh of the policies can be going on: the times of keys say nothing more */
    size_t parts, failed;
    char detail[400];
};

/* --- One key --- */

static int64_t time_of(const FILETIME *t)
{
    int64_t out;

    return scp_utc_from_filetime((uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime, &out) ? out : SCP_UTC_UNKNOWN;
}

static int grow(struct walk *w, size_t n, struct scp_err *err)
{
    uint8_t *grown;

    if (n <= w->data_max)
        return 0;
    if (n > DATA_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "%s: a value of more than %d bytes", w->path, DATA_MAX);
    grown = realloc(w->data, n);
    if (grown == NULL)
        return scp_err_memory(err);
    w->data = grown;
    w->data_max = n;
    return 0;
}

static const char *whole_path(struct walk *w)
{
    (void)snprintf(w->whole, sizeof w->whole, "%s\\%s", w->root_name, w->path);
    return w->whole;
}

/* What could not be read does not count as absent.  A right that the account has not is no failure. */
static int pass_over(struct walk *w, LONG error, struct scp_err *err)
{
    const char *path = whole_path(w);
    char reason[128];

    if (scp_registry_uncover(w->r, path, strlen(path), err) != 0)
        return -1;
    w->hidden = w->hidden || w->stores;
    if (error == ERROR_ACCESS_DENIED)
        return 0;
    w->failed++;
    if (w->detail[0] != '\0')
        return 0;
    (void)scp_machine_reason(scp_wide_errno((unsigned long)error), reason, sizeof reason);
    (void)snprintf(w->detail, sizeof w->detail, "%.200s: %s (%ld)", path, reason, error);
    return 0;
}

static int read_value(struct walk *w, HKEY h, DWORD i, struct scp_registry_key *key, LONG *error, struct scp_err *err)
{
    for (;;) {
        DWORD name_n = NAME_UNITS, n = (DWORD)w->data_max, type = 0;

        *error = RegEnumValueW(h, i, w->name, &name_n, NULL, &type, w->data, &n);
        if (*error == ERROR_MORE_DATA) {
            /* Of a value that grows meanwhile the size may be an old one. */
            if (grow(w, (n > w->data_max ? n : w->data_max) + 4096, err) != 0)
                return -1;
            continue;
        }
        if (*error != ERROR_SUCCESS)
            return 0;
        if (!scp_wide_to_text(w->name, name_n, w->text, sizeof w->text))
            return scp_err_set(err, SCP_ERR_LIMIT, "%s: a value's name is too long", w->path);
        return scp_registry_add_value(w->r, key, w->text, strlen(w->text), type, w->data, n, err);
    }
}

static int read_values(struct walk *w, HKEY h, struct scp_registry_key *key, struct scp_err *err)
{
    LONG error = ERROR_SUCCESS;

    for (DWORD i = 0; error == ERROR_SUCCESS; i++) {
        if (read_value(w, h, i, key, &error, err) != 0)
            return -1;
    }
    return error == ERROR_NO_MORE_ITEMS ? 0 : pass_over(w, error, err);
}

/* --- Keys below --- */

static int read_key(struct walk *w, bool tree, unsigned depth, struct scp_err *err);

/* The next key below, appended to the path; *error tells the end. */
static int enter(struct walk *w, HKEY h, DWORD i, LONG *error, struct scp_err *err)
{
    size_t n = strlen(w->path);
    DWORD name_n = NAME_UNITS;

    *error = RegEnumKeyExW(h, i, w->name, &name_n, NULL, NULL, NULL, NULL);
    if (*error != ERROR_SUCCESS)
        return 0;
    if (!scp_wide_to_text(w->name, name_n, w->text, sizeof w->text) || n + 1 + strlen(w->text) >= sizeof w->path)
        return scp_err_set(err, SCP_ERR_LIMIT, "%s: the path of a key is too long", w->path);
    (void)snprintf(w->path + n, sizeof w->path - n, "\\%s", w->text);
    return 0;
}

static int read_below(struct walk *w, HKEY h, unsigned depth, struct scp_err *err)
{
    size_t n = strlen(w->path);
    LONG error = ERROR_SUCCESS;
    int rc = 0;

    if (depth == DEPTH_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "%s: more than %d levels of keys", w->path, DEPTH_MAX);
    for (DWORD i = 0; rc == 0; i++) {
        rc = enter(w, h, i, &error, err);
        if (rc == 0 && error != ERROR_SUCCESS)
            break;
        if (rc == 0)
            rc = read_key(w, true, depth + 1, err);
        w->path[n] = '\0';
    }
    return rc != 0 || error == ERROR_NO_MORE_ITEMS ? rc : pass_over(w, error, err);
}

/* Who may do what with it, where that is asked for.  What Windows does not tell is not known. */
static int read_security(struct walk *w, HKEY h, struct scp_registry_key *key, struct scp_err *err)
{
    DWORD n = (DWORD)w->data_max;
    LONG error;

    if (!scp_registry_asks_security(w->r, whole_path(w)))
        return 0;
    error = RegGetKeySecurity(h, DACL_SECURITY_INFORMATION, w->data, &n);
    if (error == ERROR_INSUFFICIENT_BUFFER && n <= SCP_SECURITY_MAX) {
        if (grow(w, n, err) != 0)
            return -1;
        error = RegGetKeySecurity(h, DACL_SECURITY_INFORMATION, w->data, &n);
    }
    return error == ERROR_SUCCESS ? scp_registry_set_security(w->r, key, w->data, n, err) : 0;
}

/* What the update notes of itself day by day changes no store. */
static bool is_of_stores(const struct walk *w)
{
    static const char OWN[] = "\\AutoUpdate";
    size_t n = strlen(w->path), own = sizeof OWN - 1;

    return w->stores && (n < own || !scp_text_caseeq(w->path + n - own, own, OWN, own));
}

static void note_time(struct walk *w, HKEY h, struct scp_registry_key *key)
{
    FILETIME written;
    int64_t at;

    if (RegQueryInfoKeyW(h, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &written) != ERROR_SUCCESS)
        return;
    at = time_of(&written);
    if (!w->settled)
        scp_registry_set_times(key, &(struct scp_registry_times){ at, scp_utc_now() });
    if (is_of_stores(w) && at != SCP_UTC_UNKNOWN && (w->changed == SCP_UTC_UNKNOWN || at > w->changed))
        w->changed = at;
}

static int read_open(struct walk *w, HKEY h, bool tree, unsigned depth, struct scp_err *err)
{
    const char *path = whole_path(w);
    struct scp_registry_key *key;

    if (scp_registry_add_key(w->r, path, strlen(path), &key, err) != 0)
        return -1;
    if (key == NULL)
        return 0;
    note_time(w, h, key);
    if (read_security(w, h, key, err) != 0)
        return -1;
    return read_values(w, h, key, err) == 0 ? (tree ? read_below(w, h, depth, err) : 0) : -1;
}

static LONG open_key(const struct walk *w, HKEY *out)
{
    wchar_t *path = malloc(PATH_BYTES * sizeof *path);
    LONG error = ERROR_OUTOFMEMORY;

    if (path != NULL && scp_wide_from_text(w->path, path, PATH_BYTES))
        error = RegOpenKeyExW(w->root, path, 0, KEY_READ | KEY_WOW64_64KEY, out);
    free(path);
    return error;
}

/* Known to be absent. */
static int bury(struct walk *w, struct scp_err *err)
{
    const char *path = whole_path(w);

    return scp_registry_delete_key(w->r, path, strlen(path), err);
}

static int read_key(struct walk *w, bool tree, unsigned depth, struct scp_err *err)
{
    HKEY h = NULL;
    LONG error = open_key(w, &h);
    int rc;

    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
        return bury(w, err);
    if (error == ERROR_OUTOFMEMORY)
        return scp_err_memory(err);
    if (error != ERROR_SUCCESS)
        return pass_over(w, error, err);
    rc = read_open(w, h, tree, depth, err);
    (void)RegCloseKey(h);
    return rc;
}

/* --- All of them --- */

static int read_at(struct walk *w, HKEY root, const char *root_name, const char *above, const struct scp_registry_scope *scope,
                   struct scp_err *err)
{
    w->root = root;
    w->root_name = root_name;
    w->parts++;
    (void)snprintf(w->path, sizeof w->path, "%s\\%s", above, scope->path);
    return read_key(w, scope->tree, 0, err);
}

/* Those that SYSTEM's chains rest on. */
static bool is_part_of_stores(const struct scp_registry_scope *scope)
{
    return scope->tree && scope->root != SCP_SCOPE_BESIDE &&
           (strstr(scope->path, "Certificates") != NULL || strstr(scope->path, "ChainEngine") != NULL);
}

static int read_scope(struct walk *w, const struct scp_registry_scope *scope, struct scp_err *err)
{
    w->stores = is_part_of_stores(scope);
    switch (scope->root) {
    case SCP_SCOPE_SYSTEM:
    case SCP_SCOPE_BESIDE_SYSTEM:
        /* A living registry has its current control set under that name. */
        return strcmp(scope->path, "Select") == 0 ? 0 : read_at(w, HKEY_LOCAL_MACHINE, "HKLM", "SYSTEM", scope, err);
    case SCP_SCOPE_SERVICES:
        if (read_at(w, HKEY_USERS, "HKU", "S-1-5-20", scope, err) != 0)
            return -1;
        return read_at(w, HKEY_USERS, "HKU", "S-1-5-18", scope, err);
    case SCP_SCOPE_USER: return read_at(w, HKEY_USERS, "HKU", "S-1-5-18", scope, err);
    case SCP_SCOPE_SECURITY: return 0; /* read with the keys' values */
    case SCP_SCOPE_SOFTWARE:
    case SCP_SCOPE_BESIDE:
    default: return read_at(w, HKEY_LOCAL_MACHINE, "HKLM", "SOFTWARE", scope, err);
    }
}

/* When the policies' certificates were written last; a refresh deletes and writes all of them. */
static int64_t policies_written(void)
{
    static const wchar_t *const PATHS[] = { L"SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root\\Certificates",
                                            L"SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\CA\\Certificates",
                                            L"SOFTWARE\\Policies\\Microsoft\\SystemCertificates" };
    int64_t latest = SCP_UTC_UNKNOWN;

    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        FILETIME written;
        int64_t t = SCP_UTC_UNKNOWN;
        HKEY h;

        if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, PATHS[i], 0, KEY_READ | KEY_WOW64_64KEY, &h) != ERROR_SUCCESS)
            continue;
        if (RegQueryInfoKeyW(h, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &written) == ERROR_SUCCESS)
            t = time_of(&written);
        (void)RegCloseKey(h);
        if (t != SCP_UTC_UNKNOWN && (latest == SCP_UTC_UNKNOWN || t > latest))
            latest = t;
    }
    return latest;
}

/* Waits until a refresh of the policies that may be going on has ended, at most for half of the time that is left; false: it may
 * still go on. */
static bool wait_for_policies(const struct scp_registry *r)
{
    int64_t written = policies_written(), age, wait;

    if (written == SCP_UTC_UNKNOWN)
        return true;
    age = scp_utc_now() - written;
    if (age * 1000 >= QUIET_MS)
        return true;
    if (!r->reachable || age < 0)
        return false;
    wait = scp_deadline_left_ms(&r->access.deadline) / 2;
    if (wait > QUIET_MS - age * 1000)
        wait = QUIET_MS - age * 1000;
    Sleep((DWORD)wait);
    written = policies_written();
    return written == SCP_UTC_UNKNOWN || (scp_utc_now() - written) * 1000 >= QUIET_MS;
}

static int describe(const struct walk *w, const char *source, struct scp_err *err)
{
    struct scp_registry_source *s = scp_registry_new_source(w->r, SCP_REGISTRY_LOCAL, source, err);

    if (s == NULL)
        return -1;
    s->content = "local";
    s->taken = w->r->reachable ? w->r->access.now : scp_utc_now();
    s->parts = w->parts;
    s->parts_failed = w->failed;
    s->changed = w->hidden ? SCP_UTC_UNKNOWN : w->changed;
    (void)snprintf(s->detail, sizeof s->detail, "%s", w->detail);
    return 0;
}

int scp_registry_load_local(struct scp_registry *r, const char *source, struct scp_err *err)
{
    struct walk *w;
    int rc = 0;

    if (strcmp(source, "local:") != 0)
        return scp_err_set(err, SCP_ERR_USAGE, "%s: nothing may follow local:", source);
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return scp_err_memory(err);
    w->r = r;
    w->changed = SCP_UTC_UNKNOWN;
    rc = grow(w, 4096, err); /* without room Windows tells sizes alone */
    w->settled = wait_for_policies(r);
    for (const struct scp_registry_scope *scope = r->scope; rc == 0 && scope->path != NULL; scope++)
        rc = read_scope(w, scope, err);
    rc = rc == 0 ? describe(w, source, err) : scp_err_prefix(err, "%s", source);
    free(w->data);
    free(w);
    return rc;
}

const char *scp_registry_default(void)
{
    return "local:";
}
