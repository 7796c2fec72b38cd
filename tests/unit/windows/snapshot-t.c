/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two snapshots of one machine: in what they differ, and what changes by itself, on literal registries. */
#include "base/buf.h"
#include "base/say.h"
#include "base/utc.h"
#include "tap.h"
#include "windows/paths.h"
#include "windows/snapshot.h"

#include <stdio.h>
#include <string.h>

#define STORES SCP_PATH_SYSTEM_CERTIFICATES
#define AUTHROOT SCP_PATH_AUTHROOT "\\Certificates"
#define POLICY_ROOTS SCP_PATH_POLICY_CERTIFICATES "\\Root\\Certificates"
#define CONNECTIONS SCP_PATH_INTERNET_SETTINGS "\\Connections"
#define SYNC_NAME "LastSyncTime"
#define OLDER "\0\0\0\0\0\0\xDC\1"
#define NEWER "\0\0\0\0\0\0\xDD\1"

enum { VALUES = 4 };

/* A key with one value; name NULL: the key alone; path NULL: the end. */
struct item {
    const char *path, *name, *data;
    size_t n;
    uint32_t type;
};

#define KEY(path)                                                                                                                  \
    {                                                                                                                              \
        path, NULL, "", 0, SCP_REG_BINARY                                                                                          \
    }
#define BYTES(path, name, s)                                                                                                       \
    {                                                                                                                              \
        path, name, s, sizeof(s) - 1, SCP_REG_BINARY                                                                               \
    }
#define NUMBER(path, name, s)                                                                                                      \
    {                                                                                                                              \
        path, name, s, sizeof(s) - 1, SCP_REG_DWORD                                                                                \
    }
#define SYNC(s) BYTES(SCP_PATH_AUTOUPDATE, SYNC_NAME, s)
#define OFF NUMBER(SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", "\1\0\0\0")

static struct scp_registry *registry(const struct item *items, bool incomplete)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope_all);

    if (r == NULL)
        tap_bail("no registry");
    for (size_t i = 0; i < VALUES && items[i].path != NULL; i++) {
        struct scp_registry_key *key = NULL;

        if (scp_registry_add_key(r, items[i].path, strlen(items[i].path), &key, NULL) != 0 || key == NULL)
            tap_bail("%s cannot be added", items[i].path);
        if (items[i].name != NULL && scp_registry_add_value(r, key, items[i].name, strlen(items[i].name), items[i].type,
                                                            items[i].data, items[i].n, NULL) != 0)
            tap_bail("%s cannot be added", items[i].name);
    }
    if (incomplete)
        scp_registry_set_incomplete(r);
    return r;
}

/* --- Differences --- */

static const struct {
    const char *name;
    struct item a[VALUES], b[VALUES];
    size_t n;
    bool alone;
    const char *where; /* contains */
} ROWS[] = {
    { "the same", { BYTES(STORES, "V", "12") }, { BYTES(STORES, "v", "12") }, 0, false, "" },
    { "another byte", { BYTES(STORES, "V", "12") }, { BYTES(STORES, "V", "13") }, 1, false, "\\SystemCertificates V differs" },
    { "no bytes", { BYTES(STORES, "V", "") }, { BYTES(STORES, "V", "") }, 0, false, "" },
    { "another length", { BYTES(STORES, "V", "12") }, { BYTES(STORES, "V", "123") }, 1, false, "V differs" },
    { "another type", { BYTES(STORES, "V", "1234") }, { NUMBER(STORES, "V", "1234") }, 1, false, "V differs" },
    { "the default value", { BYTES(STORES, "", "1") }, { BYTES(STORES, "", "2") }, 1, false, "(default) differs" },
    { "a value more", { BYTES(STORES, "V", "1") }, { KEY(STORES) }, 1, false, "V is in the first alone" },
    { "a value less", { KEY(STORES) }, { BYTES(STORES, "V", "1") }, 1, false, "V is in the second alone" },
    { "a value more than a key that is not held",
      { BYTES(STORES, "V", "1"), KEY(STORES "\\CA") },
      { KEY(STORES "\\CA") },
      0,
      false,
      "" },
    { "a value less of a key that is not held",
      { KEY(STORES "\\CA") },
      { BYTES(STORES, "V", "1"), KEY(STORES "\\CA") },
      0,
      false,
      "" },
    { "a key more", { KEY(STORES), KEY(STORES "\\CA") }, { KEY(STORES) }, 1, true, "\\CA is in the first alone" },
    { "a key less", { KEY(STORES) }, { KEY(STORES), KEY(STORES "\\CA") }, 1, true, "\\CA is in the second alone" },
    { "a key more than one that is not held", { KEY(STORES "\\CA"), KEY(STORES "\\ROOT") }, { KEY(STORES "\\ROOT") }, 0, true, "" },
    { "a key less of one that is not held", { KEY(STORES "\\ROOT") }, { KEY(STORES "\\CA"), KEY(STORES "\\ROOT") }, 0, true, "" },
    { "three",
      { BYTES(STORES, "V", "1"), BYTES(STORES, "W", "1") },
      { BYTES(STORES, "V", "2"), BYTES(STORES, "X", "1") },
      3,
      false,
      "V differs" },
    { "times of synchronisation", { BYTES(STORES, "LastSyncTime", "1") }, { BYTES(STORES, "LastSyncTime", "2") }, 0, false, "" },
    { "times of lists", { BYTES(STORES, "SyncedTime", "1") }, { BYTES(STORES, "XSyncedTime", "2") }, 0, false, "" },
    { "lists", { BYTES(STORES, "EncodedCtl", "1") }, { BYTES(STORES, "xencodedCTL", "2") }, 0, false, "" },
    { "what only begins so", { BYTES(STORES, "EncodedCtlX", "1") }, { BYTES(STORES, "EncodedCtlX", "2") }, 1, false, "differs" },
    { "shorter than that", { BYTES(STORES, "ncodedCtl", "1") }, { BYTES(STORES, "ncodedCtl", "2") }, 1, false, "differs" },
    { "roots of a policy", { BYTES(POLICY_ROOTS, "V", "1") }, { BYTES(POLICY_ROOTS, "V", "2") }, 0, false, "" },
    { "roots of another key",
      { BYTES(SCP_PATH_POLICY_CERTIFICATES "\\CA\\Certificates", "V", "1") },
      { BYTES(SCP_PATH_POLICY_CERTIFICATES "\\CA\\Certificates", "V", "2") },
      1,
      false,
      "differs" },
    { "the machine's own roots",
      { BYTES(STORES "\\Root\\Certificates", "V", "1") },
      { BYTES(STORES "\\Root\\Certificates", "V", "2") },
      1,
      false,
      "differs" },
};

static void test_row(size_t i)
{
    struct scp_registry *a = registry(ROWS[i].a, false), *b = registry(ROWS[i].b, false);
    struct scp_snapshot_difference d;

    scp_snapshot_compare(a, b, &d);
    tap_is_int((long long)ROWS[i].n, (long long)d.n, "%s: differences", ROWS[i].name);
    tap_ok(d.alone == ROWS[i].alone, "%s: a key that is alone", ROWS[i].name);
    tap_has_text(ROWS[i].where, d.where, "%s: where", ROWS[i].name);
    tap_ok((ROWS[i].n > 0) == (d.where[0] != '\0'), "%s: where, if there is any", ROWS[i].name);
    scp_registry_free(a);
    scp_registry_free(b);
}

/* A value and a key less are none of what does not tell all; what differs does. */
static void test_incomplete(void)
{
    static const struct item MORE[VALUES] = { BYTES(STORES, "V", "1"), KEY(STORES "\\CA") }, LESS[VALUES] = { KEY(STORES) },
                             OTHER[VALUES] = { BYTES(STORES, "V", "2") };

    for (int i = 0; i < 8; i++) {
        bool first = (i & 4) != 0;
        struct scp_registry *more = registry(MORE, (i & 1) != 0), *less = registry(LESS, (i & 2) != 0),
                            *other = registry(OTHER, (i & 2) != 0);
        struct scp_snapshot_difference d;

        scp_snapshot_compare(first ? more : less, first ? less : more, &d);
        tap_is_int((i & 2) != 0 ? 0 : 2, (long long)d.n, "one that is not whole has less (%d)", i);
        scp_snapshot_compare(first ? more : other, first ? other : more, &d);
        tap_is_int((i & 2) != 0 ? 1 : 2, (long long)d.n, "one that is not whole has another value (%d)", i);
        scp_registry_free(more);
        scp_registry_free(less);
        scp_registry_free(other);
    }
}

/* Settings of the proxy: the byte at `at` differs. */
static const struct {
    const char *name;
    size_t n, at;
    bool differs;
} COUNTED[] = {
    { "WinHttpSettings", 12, 3, true },
    { "WinHttpSettings", 12, 4, false },
    { "WinHttpSettings", 12, 7, false },
    { "WinHttpSettings", 12, 8, true },
    { "WinHttpSettings", 12, 11, true },
    { "WinHttpSettings", 9, 7, false },
    { "WinHttpSettings", 9, 8, true },
    { "WinHttpSettings", 8, 7, true },
    { "WinHttpSettings", 8, 0, true },
    { "DefaultConnectionSettings", 12, 4, false },
    { "DefaultConnectionSettings", 12, 0, true },
    { "SavedLegacySettings", 12, 5, false },
    { "SavedLegacySettings", 12, 9, true },
    { "OtherSettings", 12, 5, true },
    { "OtherSettings", 12, 9, true },
};

static void test_counted(void)
{
    static const char ZERO[12];

    for (size_t i = 0; i < sizeof COUNTED / sizeof COUNTED[0]; i++) {
        char other[sizeof ZERO] = { 0 };
        const struct item a[VALUES] = { { CONNECTIONS, COUNTED[i].name, ZERO, COUNTED[i].n, SCP_REG_BINARY } },
                          b[VALUES] = { { CONNECTIONS, COUNTED[i].name, other, COUNTED[i].n, SCP_REG_BINARY } };
        struct scp_snapshot_difference d;
        struct scp_registry *one, *two;

        other[COUNTED[i].at] = 1;
        one = registry(a, false);
        two = registry(b, false);
        scp_snapshot_compare(one, two, &d);
        tap_is_int(COUNTED[i].differs, (long long)d.n, "%s: byte %zu of %zu", COUNTED[i].name, COUNTED[i].at, COUNTED[i].n);
        scp_registry_free(one);
        scp_registry_free(two);
    }
}

/* --- What the update brought --- */

static const struct {
    const char *name;
    struct item older[VALUES], newer[VALUES];
    bool updated;
} UPDATES[] = {
    { "it synchronised", { SYNC(OLDER) }, { SYNC(NEWER) }, true },
    { "it did not", { SYNC(OLDER) }, { SYNC(OLDER) }, false },
    { "the other way round", { SYNC(NEWER) }, { SYNC(OLDER) }, false },
    { "for the first time", { KEY(SCP_PATH_AUTOUPDATE) }, { SYNC(NEWER) }, true },
    { "it was off before", { SYNC(OLDER), OFF }, { SYNC(NEWER) }, false },
    { "it is off now", { SYNC(OLDER) }, { SYNC(NEWER), OFF }, false },
};

static void test_updates(void)
{
    static const struct item MORE[VALUES] = { KEY(AUTHROOT), KEY(AUTHROOT "\\00"), KEY(STORES "\\CA\\Certificates"),
                                              KEY(STORES "\\CA\\Certificates\\11") },
                             LESS[VALUES] = { KEY(AUTHROOT), KEY(STORES "\\CA\\Certificates") };

    for (size_t i = 0; i < sizeof UPDATES / sizeof UPDATES[0]; i++) {
        struct scp_registry *older = registry(UPDATES[i].older, false), *newer = registry(UPDATES[i].newer, false);

        tap_ok(scp_snapshot_updated(older, newer) == UPDATES[i].updated, "%s: updated", UPDATES[i].name);
        scp_registry_free(older);
        scp_registry_free(newer);
    }
    /* Which one has the entry, and which one synchronised later: bit 0 and bit 1. */
    for (int i = 0; i < 4; i++) {
        struct scp_registry *more = registry(MORE, false), *less = registry(LESS, false);
        bool first = (i & 1) != 0, more_is_newer = (i & 2) != 0;
        const struct item *sync = (const struct item[]){ SYNC(OLDER), SYNC(NEWER) };
        struct scp_snapshot_difference d;

        (void)scp_registry_put(more, SCP_PATH_AUTOUPDATE, SYNC_NAME, SCP_REG_BINARY, sync[more_is_newer].data, 8, NULL);
        (void)scp_registry_put(less, SCP_PATH_AUTOUPDATE, SYNC_NAME, SCP_REG_BINARY, sync[!more_is_newer].data, 8, NULL);
        scp_snapshot_compare(first ? more : less, first ? less : more, &d);
        tap_is_int(more_is_newer ? 1 : 2, (long long)d.n, "an entry of the %s, in the %s alone", more_is_newer ? "newer" : "older",
                   first ? "first" : "second");
        tap_has_text(more_is_newer ? "\\11 is in the " : "\\00 is in the ", d.where, "that is");
        scp_registry_free(more);
        scp_registry_free(less);
    }
}

/* --- What stays --- */

static const struct {
    const char *path, *value;
    bool missing, updated, stays;
} KEPT[] = {
    { STORES, "LastSyncTime", false, false, true },
    { STORES, "LastSyncTime", true, false, true },
    { STORES, "Flags", false, false, false },
    { STORES, "Flags", true, true, false },
    { POLICY_ROOTS, NULL, false, false, true },
    { POLICY_ROOTS, NULL, true, false, true },
    { POLICY_ROOTS "\\00", NULL, true, true, false },
    { AUTHROOT "\\00", NULL, true, true, true },
    { AUTHROOT "\\00", NULL, false, true, false },
    { AUTHROOT "\\00", NULL, true, false, false },
    { AUTHROOT, NULL, true, true, false },
    { AUTHROOT "\\00", "Blob", true, true, false },
    { STORES "\\CA\\Certificates\\00", NULL, true, true, false },
    { "HKLM", NULL, true, true, false },
    { "HKU", NULL, true, true, false },
};

static void test_kept(void)
{
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++) {
        struct item items[VALUES] = { KEY(STORES), KEY("HKU\\S-1-5-18") };
        bool updated = KEPT[i].updated;
        const struct scp_registry_key *key = NULL;
        struct scp_registry *r;

        if (i < sizeof KEPT / sizeof KEPT[0] - 2)
            items[2] = (struct item)KEY(KEPT[i].path);
        r = registry(items, false);
        key = i < sizeof KEPT / sizeof KEPT[0] - 2 ? NULL : scp_registry_child(scp_registry_root(r), KEPT[i].path);
        if (key == NULL)
            (void)scp_registry_find(r, KEPT[i].path, &key);
        tap_ok(key != NULL && scp_snapshot_keep(&updated, key, KEPT[i].value, KEPT[i].missing) == KEPT[i].stays, "%s %s%s%s: %s",
               KEPT[i].path, KEPT[i].value != NULL ? KEPT[i].value : "", KEPT[i].missing ? ", missing" : "",
               updated ? ", updated" : "", KEPT[i].stays ? "stays" : "does not stay");
        scp_registry_free(r);
    }
}

/* --- Whose --- */

#define NAME(path, value, text)                                                                                                    \
    {                                                                                                                              \
        path, value, text, sizeof(text) - 1, SCP_REG_SZ                                                                            \
    }
#define SCP1 "S\0C\0P\0001\0\0\0"
#define SMALL_SCP1 "s\0c\0p\0001\0\0\0"
#define SCP2 "S\0C\0P\0002\0\0\0"

static const struct {
    const char *name;
    struct item a[VALUES], b[VALUES];
    const char *why; /* NULL: nothing proves it */
} WHOSE[] = {
    { "nobody's", { KEY(STORES) }, { KEY(STORES) }, NULL },
    { "one says nothing", { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP1) }, { KEY(STORES) }, NULL },
    { "the other says nothing", { KEY(STORES) }, { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP1) }, NULL },
    { "the same",
      { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP1) },
      { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SMALL_SCP1) },
      NULL },
    { "two computers",
      { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP1) },
      { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP2) },
      "ComputerName is SCP1 and SCP2" },
    { "two hosts",
      { NAME(SCP_PATH_TCPIP, "Hostname", SCP1) },
      { NAME(SCP_PATH_TCPIP, "Hostname", SCP2) },
      "Hostname is SCP1 and SCP2" },
    { "two places in the directory",
      { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP1), NAME(SCP_PATH_POLICY_STATE, "Distinguished-Name", SCP1) },
      { NAME(SCP_PATH_COMPUTER_NAME, "ComputerName", SCP1), NAME(SCP_PATH_POLICY_STATE, "Distinguished-Name", SCP2) },
      "Distinguished-Name is SCP1 and SCP2" },
};

static void test_whose(void)
{
    for (size_t i = 0; i < sizeof WHOSE / sizeof WHOSE[0]; i++) {
        struct scp_registry *a = registry(WHOSE[i].a, false), *b = registry(WHOSE[i].b, false);
        char why[200] = "";

        tap_ok(scp_snapshot_strangers(a, b, why, sizeof why) == (WHOSE[i].why != NULL), "%s", WHOSE[i].name);
        tap_is_text(WHOSE[i].why != NULL ? WHOSE[i].why : "", why, "%s: why", WHOSE[i].name);
        scp_registry_free(a);
        scp_registry_free(b);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        test_row(i);
    test_incomplete();
    test_counted();
    test_updates();
    test_kept();
    test_whose();
    return tap_done();
}
