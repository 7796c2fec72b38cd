/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/registry.h"
#include "base/utc.h"
#include "tap.h"
#include "windows/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct scp_registry *new_registry(void)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope);

    if (r == NULL)
        tap_bail("out of memory");
    return r;
}

static struct scp_registry_key *hold(struct scp_registry *r, const char *path)
{
    struct scp_registry_key *k = NULL;

    if (scp_registry_add_key(r, path, strlen(path), &k, NULL) != 0)
        tap_bail("cannot add %s", path);
    return k;
}

static int presence(const struct scp_registry *r, const char *path)
{
    const struct scp_registry_key *k;

    return (int)scp_registry_find(r, path, &k);
}

static void test_coverage(void)
{
    struct scp_registry *r = new_registry();

    tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_AUTOUPDATE), "an empty registry answers nothing");
    (void)hold(r, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\AA");
    tap_is_int(SCP_PRESENT, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\root\\CERTIFICATES"),
               "an implied ancestor is there, in any case");
    const struct scp_registry_key *k;
    (void)scp_registry_find(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates", &k);
    tap_ok(!scp_registry_key_covered(k), "but not covered");
    tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\BB"),
               "its other children are not known");
    (void)hold(r, "HKLM\\software\\Microsoft\\SystemCertificates\\");
    tap_is_int(SCP_ABSENT, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\BB"),
               "a held ancestor makes absence known");
    tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_POLICY_CERTIFICATES "\\Root"), "of its own tree only");
    scp_registry_set_incomplete(r);
    tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\BB"),
               "an incomplete source knows no absence");
    tap_ok(hold(r, "HKLM\\SOFTWARE\\Google\\Chrome") == NULL, "keys out of scope are passed over");
    scp_registry_free(r);
}

static void uncover(struct scp_registry *r, const char *path)
{
    tap_is_int(0, scp_registry_uncover(r, path, strlen(path), NULL), "not to be read: %s", path);
}

/* What an account may not read is not absent, whatever is known of the keys above it. */
static void test_unread(void)
{
    struct scp_registry *r = new_registry(), *view = new_registry();
    const struct scp_registry_key *k = NULL;

    (void)hold(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\AA");
    (void)hold(r, SCP_PATH_SYSTEM_CERTIFICATES);
    uncover(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA");
    uncover(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\BB");
    uncover(r, SCP_PATH_POLICY_CERTIFICATES);
    for (int laid = 0; laid < 2; laid++) {
        tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA"), "itself");
        tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA\\Certificates\\AA"), "what is below it");
        tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\BB"), "a single one");
        tap_is_int(SCP_COULD_NOT_TELL, presence(r, SCP_PATH_POLICY_CERTIFICATES "\\Root"), "where nothing is held");
        tap_is_int(SCP_ABSENT, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\Disallowed"), "its neighbour is known to be absent");
        tap_is_int(SCP_PRESENT, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\ROOT\\Certificates\\AA"), "or present");
        tap_is_int(0, scp_registry_lay(view, r, NULL, NULL, NULL), "laid over nothing");
        scp_registry_free(r);
        r = view;
        view = new_registry();
    }
    (void)hold(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA");
    tap_is_int(SCP_ABSENT, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA\\Certificates"), "another source tells of it");
    tap_ok(scp_registry_find(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA", &k) == SCP_PRESENT && scp_registry_key_covered(k), "wholly");
    scp_registry_free(view);
    scp_registry_free(r);
}

static void test_values(void)
{
    struct scp_registry *r = new_registry();
    struct scp_registry_key *k = hold(r, SCP_PATH_AUTOUPDATE_POLICY);
    uint32_t v = 7;
    bool wrong = true;

    tap_is_int(SCP_ABSENT, scp_registry_dword(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", &v, &wrong),
               "absent in a held key");
    (void)scp_registry_add_value(r, k, "disablerootautoupdate", 21, SCP_REG_DWORD, "\1\0\0\0", 4, NULL);
    tap_ok(scp_registry_dword(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", &v, &wrong) == SCP_PRESENT && v == 1 &&
               !wrong,
           "present, in any case");
    (void)scp_registry_add_value(r, k, "DisableRootAutoUpdate", 21, SCP_REG_SZ, "1\0\0\0", 4, NULL);
    tap_ok(scp_registry_dword(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", &v, &wrong) == SCP_PRESENT && wrong,
           "a later value replaces it; a wrong type is said");
    scp_registry_delete_value(r, k, "DISABLEROOTAUTOUPDATE", 21);
    tap_is_int(SCP_ABSENT, scp_registry_dword(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", &v, &wrong),
               "a deleted value is absent");
    (void)scp_registry_delete_key(r, SCP_PATH_AUTOUPDATE_POLICY, strlen(SCP_PATH_AUTOUPDATE_POLICY), NULL);
    tap_is_int(SCP_ABSENT, presence(r, SCP_PATH_AUTOUPDATE_POLICY), "a deleted key is absent");
    tap_is_int(SCP_ABSENT, presence(r, SCP_PATH_AUTOUPDATE_POLICY "\\Below"), "and so is what was below it");
    scp_registry_free(r);
}

static void test_settling(void)
{
    struct scp_registry *r = new_registry();
    struct scp_registry_key *k;
    uint32_t v = 0;
    bool wrong;

    (void)hold(r, "HKLM\\OFFLINE");
    (void)hold(r, "HKLM\\OFFLINE\\Microsoft\\SystemCertificates\\CA\\Certificates\\AA");
    k = hold(r, "HKLM\\OFFLINE\\Microsoft\\Windows NT\\CurrentVersion");
    (void)scp_registry_add_value(r, k, "CurrentBuild", 12, SCP_REG_SZ, "2\0\0\0", 4, NULL);
    (void)hold(r, "HKLM\\SYSTEM");
    k = hold(r, "HKLM\\SYSTEM\\Select");
    (void)scp_registry_add_value(r, k, "Current", 7, SCP_REG_DWORD, "\2\0\0\0", 4, NULL);
    k = hold(r, "HKLM\\SYSTEM\\ControlSet002\\Services\\CryptSvc");
    (void)scp_registry_add_value(r, k, "Start", 5, SCP_REG_DWORD, "\4\0\0\0", 4, NULL);
    (void)hold(r, "HKEY_USERS\\.DEFAULT\\Software\\Microsoft\\SystemCertificates\\Root");
    tap_is_int(0, scp_registry_settle(r, NULL), "settling");
    tap_is_int(SCP_PRESENT, presence(r, SCP_PATH_SYSTEM_CERTIFICATES "\\CA\\Certificates\\AA"),
               "a hive loaded as OFFLINE is SOFTWARE by its content");
    tap_is_int(SCP_ABSENT, presence(r, SCP_PATH_POLICY_CERTIFICATES), "with what it held");
    tap_ok(scp_registry_dword(r, SCP_PATH_CRYPTSVC, "Start", &v, &wrong) == SCP_PRESENT && v == 4, "the current control set");
    tap_is_int(SCP_PRESENT, presence(r, SCP_PATH_USER_SYSTEM "\\" SCP_PATH_USER_CERTIFICATES "\\Root"),
               ".DEFAULT is the SYSTEM account");
    scp_registry_free(r);
}

/* Loads text of a temporary file. */
static struct scp_registry *load(const char *text, size_t n, int *rc, struct scp_err *err)
{
    char path[] = "registry-t-XXXXXX";
    int fd = mkstemp(path);
    struct scp_registry *r = new_registry();

    if (fd < 0 || write(fd, text, n) != (ssize_t)n)
        tap_bail("cannot write %s", path);
    (void)close(fd);
    *rc = scp_registry_load(r, path, err);
    (void)unlink(path);
    return r;
}

#define POLICY "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\AuthRoot"

static void is_dword(const char *text, uint32_t wanted, const char *name)
{
    struct scp_err err = SCP_ERR_INIT;
    uint32_t v = 0xFFFF;
    bool wrong = false;
    int rc;
    struct scp_registry *r = load(text, strlen(text), &rc, &err);

    tap_ok(rc == 0 && scp_registry_dword(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", &v, &wrong) == SCP_PRESENT &&
               v == wanted,
           "%s %s", name, err.message);
    scp_registry_free(r);
}

static void test_text(void)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_registry *r;
    int rc;

    is_dword("REGEDIT4\r\n\r\n[" POLICY "]\r\n\"DisableRootAutoUpdate\"=dword:00000001\r\n", 1, "REGEDIT4");
    is_dword("Windows Registry Editor Version "
             "5.00\n[HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\AuthRoot]\n\"DisableRootAutoUpdate\"=hex(4):01,\\\n  "
             "00,00,\\\n00 ; remark\n",
             1, "hex(4) over lines");
    is_dword("\r\n" POLICY "\r\n    DisableRootAutoUpdate    REG_DWORD    0x1\r\n    (Standard)    REG_SZ    x\r\n\r\nEnd of "
             "search: 2 match(es) found.\r\n",
             1, "reg query");
    is_dword("Windows Registry Editor Version 5.00\n[" POLICY
             "]\n\"a\\\\\\\"b\"=\"two\nlines\"\n\"DisableRootAutoUpdate\"=dword:1\n",
             1, "a string over two lines");
    r = load("hello", 5, &rc, &err);
    tap_ok(rc == -1 && err.code == SCP_ERR_UNSUPPORTED, "other text is refused: %s", err.message);
    scp_registry_free(r);
    static const char CUT[] = "Windows Registry Editor Version 5.00\n[" POLICY "]\n\"DisableRootAutoUpdate\"=dword:0000000";
    r = load(CUT, sizeof CUT - 1, &rc, &err);
    tap_ok(rc == 0 && scp_registry_source(r, 0)->truncated && presence(r, SCP_PATH_AUTOUPDATE_POLICY "\\x") == SCP_COULD_NOT_TELL,
           "cut inside a value");
    const struct scp_registry_value *v;
    tap_is_int(SCP_COULD_NOT_TELL, scp_registry_value(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", &v),
               "a cut number is not read");
    scp_registry_free(r);
    static const char LIST[] = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\A\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\B\r\n";
    r = load(LIST, sizeof LIST - 1, &rc, &err);
    tap_ok(rc == -1 && strstr(err.message, "/s") != NULL, "reg query without /s: %s", err.message);
    scp_registry_free(r);
}

/* --- When keys were written --- */

#define POLICY_ROOTS "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root"

static void write_at(struct scp_registry *r, const char *path, int64_t written, int64_t seen)
{
    const struct scp_registry_times times = { written, seen };

    scp_registry_set_times(hold(r, path), &times);
}

static void is_written(const struct scp_registry *r, const char *path, int64_t written, int64_t seen, const char *what)
{
    const struct scp_registry_key *k = NULL;
    struct scp_registry_times times = { 0, 0 };

    if (scp_registry_find(r, path, &k) == SCP_PRESENT)
        times = scp_registry_key_times(k);
    tap_ok(k != NULL && times.written == written && times.seen == seen, "%s: %lld, %lld", what, (long long)times.written,
           (long long)times.seen);
}

static void test_times(void)
{
    struct scp_registry *older = new_registry(), *newer = new_registry(), *text = new_registry(), *view = new_registry();

    write_at(older, POLICY_ROOTS, 90, 100);
    write_at(older, POLICY_ROOTS "\\Certificates", 95, 100);
    write_at(newer, POLICY_ROOTS "\\Certificates", 150, 200);
    (void)hold(text, POLICY_ROOTS "\\Certificates");
    is_written(older, "HKLM\\SOFTWARE\\Policies", SCP_UTC_UNKNOWN, SCP_UTC_UNKNOWN, "a key that is only implied has no times");
    tap_is_int(0, scp_registry_lay(view, older, NULL, NULL, NULL), "laid over nothing");
    is_written(view, POLICY_ROOTS "\\Certificates", 95, 100, "a key brings its times");
    tap_is_int(0, scp_registry_lay(view, newer, NULL, NULL, NULL), "laid over an older part");
    is_written(view, POLICY_ROOTS "\\Certificates", 150, 200, "the times are those of the part that is on top");
    is_written(view, POLICY_ROOTS, 90, 100, "and of the other where that does not hold the key");
    tap_is_int(0, scp_registry_lay(view, text, NULL, NULL, NULL), "laid over by an export as text");
    is_written(view, POLICY_ROOTS "\\Certificates", SCP_UTC_UNKNOWN, SCP_UTC_UNKNOWN, "which has no times");
    tap_is_int(0, scp_registry_lay(view, newer, NULL, NULL, NULL), "and is laid over");
    is_written(view, POLICY_ROOTS "\\Certificates", 150, 200, "the times are there again");
    (void)hold(newer, POLICY_ROOTS "\\Certificates");
    is_written(newer, POLICY_ROOTS "\\Certificates", SCP_UTC_UNKNOWN, SCP_UTC_UNKNOWN, "a source that tells of it again");
    scp_registry_free(view);
    scp_registry_free(older);
    scp_registry_free(newer);
    scp_registry_free(text);
}

static void test_times_settled(void)
{
    struct scp_registry *r = new_registry();

    write_at(r, "HKLM\\OFFLINE\\Microsoft\\SystemCertificates", 90, 100);
    write_at(r, "HKLM\\OFFLINE\\Policies\\Microsoft\\SystemCertificates\\Root", 95, 100);
    tap_is_int(0, scp_registry_settle(r, NULL), "settled");
    is_written(r, POLICY_ROOTS, 95, 100, "a hive that moves to its place takes its times along");
    is_written(r, "HKLM\\SOFTWARE\\Policies", SCP_UTC_UNKNOWN, SCP_UTC_UNKNOWN, "what is implied has none there, either");
    scp_registry_free(r);
}

int main(void)
{
    test_coverage();
    test_unread();
    test_values();
    test_settling();
    test_text();
    test_times();
    test_times_settled();
    return tap_done();
}
