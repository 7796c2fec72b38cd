/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The update policy: every combination of the two switches by Windows version, where lists come from, what is found in the
 * wrong place, and the definition of a disconnected environment.
 */
#include "base/utc.h"
#include "tap.h"
#include "windows/chain_policy.h"
#include "windows/environment.h"
#include "windows/paths.h"
#include "windows/update_policy.h"

#include <string.h>

static struct scp_registry *registry(void)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope_update);

    if (r == NULL)
        tap_bail("out of memory");
    return r;
}

static void add(struct scp_registry *r, const char *path, const char *name, uint32_t type, const void *data, size_t n)
{
    struct scp_registry_key *key = NULL;

    if (scp_registry_add_key(r, path, strlen(path), &key, NULL) != 0)
        tap_bail("%s: no key", path);
    if (name != NULL && (key == NULL || scp_registry_add_value(r, key, name, strlen(name), type, data, n, NULL) != 0))
        tap_bail("%s\\%s: not kept", path, name);
}

static void add_number(struct scp_registry *r, const char *path, const char *name, uint8_t value)
{
    const uint8_t bytes[4] = { value, 0, 0, 0 };

    add(r, path, name, SCP_REG_DWORD, bytes, sizeof bytes);
}

static void add_text(struct scp_registry *r, const char *path, const char *name, const char *text)
{
    uint8_t utf16[1200];
    size_t n = 0;

    for (; *text != '\0' && n < sizeof utf16 - 2; text++) {
        utf16[n++] = (uint8_t)*text;
        utf16[n++] = 0;
    }
    utf16[n++] = 0;
    utf16[n++] = 0;
    add(r, path, name, SCP_REG_SZ, utf16, n);
}

/* '-' absent, '0', '1', 't' a text, '?' not covered */
static void add_switch(struct scp_registry *r, const char *name, char how)
{
    if (how == 't')
        add_text(r, SCP_PATH_AUTOUPDATE_POLICY, name, "1");
    else if (how == '0' || how == '1')
        add_number(r, SCP_PATH_AUTOUPDATE_POLICY, name, (uint8_t)(how - '0'));
}

static char letter(enum scp_tri t)
{
    return t == SCP_YES ? 'y' : t == SCP_NO ? 'n' : 'm';
}

/* --- The two switches --- */

struct switches {
    char root, disallowed; /* DisableRootAutoUpdate, EnableDisallowedCertAutoUpdate */
    const char *now;    /* trusted, disallowed (yes, no, maybe), 'i' where inferred; Windows 8.1/2012 R2 and later, and unknown */
    const char *before; /* … and before */
};

static const struct switches SWITCHES[] = {
    { '-', '-', "yy-", "yy-" }, { '-', '0', "yn-", "ym-" }, { '-', '1', "yy-", "yy-" }, { '-', 't', "ym-", "ym-" },
    { '0', '-', "yy-", "yy-" }, { '0', '0', "yn-", "ym-" }, { '0', '1', "yy-", "yy-" }, { '0', 't', "ym-", "ym-" },
    { '1', '-', "nni", "nn-" }, { '1', '0', "nn-", "nn-" }, { '1', '1', "ny-", "nm-" }, { '1', 't', "nm-", "nm-" },
    { 't', '-', "mm-", "mm-" }, { 't', '0', "mn-", "mm-" }, { 't', '1', "my-", "mm-" }, { 't', 't', "mm-", "mm-" },
    { '?', '?', "mm-", "mm-" },
};

static const struct version {
    const char *build; /* NULL: the source does not tell */
    bool before;       /* one switch for both lists */
    bool dates;        /* DisallowedFrom... dates of the list apply */
} VERSIONS[] = {
    { NULL, false, true },    { "6002", true, false },  { "7601", true, false },  { "9200", true, false }, { "9600", false, false },
    { "10240", false, true }, { "17763", false, true }, { "20348", false, true }, { "text", false, true },
};

static void test_switches(const struct switches *s, const struct version *v)
{
    struct scp_registry *r = registry();
    struct scp_update_policy p;
    bool inferred;
    char seen[4] = "";

    if (s->root != '?')
        add(r, SCP_PATH_AUTOUPDATE_POLICY, NULL, 0, NULL, 0);
    add_switch(r, "DisableRootAutoUpdate", s->root);
    add_switch(r, "EnableDisallowedCertAutoUpdate", s->disallowed);
    if (v->build != NULL)
        add_text(r, SCP_PATH_WINDOWS_VERSION, "CurrentBuild", v->build);
    scp_update_policy_read(r, &p);
    seen[0] = letter(scp_update_policy_trusted(&p));
    seen[1] = letter(scp_update_policy_disallowed(&p, &inferred));
    seen[2] = inferred ? 'i' : '-';
    tap_is_text(v->before ? s->before : s->now, seen, "DisableRoot %c, EnableDisallowed %c, build %s", s->root, s->disallowed,
                v->build != NULL ? v->build : "unknown");
    tap_ok(scp_update_policy_one_switch(&p) == v->before, "one switch: %d", v->before);
    tap_ok(scp_update_policy_dates_apply(&p) == v->dates, "dates apply: %d", v->dates);
    scp_registry_free(r);
}

/* --- Where lists come from --- */

static const struct {
    const char *url; /* NULL: absent; "?" not covered */
    enum scp_update_source source;
} SOURCES[] = {
    { NULL, SCP_UPDATE_FROM_MICROSOFT },
    { "?", SCP_UPDATE_FROM_UNKNOWN },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_MICROSOFT },
    { "HTTP://CTLDL.windowsupdate.com/msdownload/update/v3/static/trustedr/en/", SCP_UPDATE_FROM_MICROSOFT },
    { "https://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_MICROSOFT },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/test", SCP_UPDATE_FROM_TEST },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/test/", SCP_UPDATE_FROM_TEST },
    { "http://ctldl.windowsupdate.com:80/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_MICROSOFT },
    { "http://ctldl.windowsupdate.com./msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_MICROSOFT },
    /* Microsoft's own, but not the list in force. */
    { "http://ctldl.windowsupdate.com/msdownload", SCP_UPDATE_FROM_OTHER },
    { "http://ctldl.windowsupdate.com", SCP_UPDATE_FROM_OTHER },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/USPKI", SCP_UPDATE_FROM_OTHER },
    { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/de", SCP_UPDATE_FROM_OTHER },
    { "http://ctldl.windowsupdate.com/msdownload/update/v4/static/trustedr/en", SCP_UPDATE_FROM_OTHER },
    { "http://ctldl.windowsupdate.com:8080/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_OTHER },
    { "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_OTHER },
    { "http://WWW.Download.WindowsUpdate.com/msdownload/update/v3/static/trustedr/en/", SCP_UPDATE_FROM_OTHER },
    { "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/test", SCP_UPDATE_FROM_TEST },
    { "http://download.windowsupdate.microsoft.com/x", SCP_UPDATE_FROM_OTHER },
    { "http://notwindowsupdate.com/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_WEB },
    { "http://ctldl.windowsupdate.com.example/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_WEB },
    { "http://mirror.example/ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en", SCP_UPDATE_FROM_WEB },
    { "http://", SCP_UPDATE_FROM_NOWHERE },
    { "http://mirror.example/ctl", SCP_UPDATE_FROM_WEB },
    { "https://mirror.example/ctl", SCP_UPDATE_FROM_WEB },
    { "http://mirror.example/msdownload/update/v3/static/trustedr/en/test", SCP_UPDATE_FROM_WEB },
    { "file://\\\\server\\share", SCP_UPDATE_FROM_SHARE },
    { "FILE://server/share", SCP_UPDATE_FROM_SHARE },
    { "\\\\server\\share", SCP_UPDATE_FROM_SHARE },
    { "C:\\ctl", SCP_UPDATE_FROM_SHARE },
    { "", SCP_UPDATE_FROM_NOWHERE },
    { "ftp://server/ctl", SCP_UPDATE_FROM_NOWHERE },
    { "server/ctl", SCP_UPDATE_FROM_NOWHERE },
    { "x", SCP_UPDATE_FROM_NOWHERE },
};

static void test_source(const char *url, enum scp_update_source source)
{
    struct scp_registry *r = registry();
    struct scp_update_policy p;

    if (url == NULL)
        add(r, SCP_PATH_AUTOUPDATE, NULL, 0, NULL, 0);
    else if (strcmp(url, "?") != 0)
        add_text(r, SCP_PATH_AUTOUPDATE, "RootDirUrl", url);
    scp_update_policy_read(r, &p);
    tap_is_int(source, scp_update_policy_source(&p), "source: %s", url != NULL ? url : "(absent)");
    scp_registry_free(r);
}

static void test_odd_source(void)
{
    struct scp_registry *r = registry();
    struct scp_update_policy p;
    char url[700] = "http://";

    add_number(r, SCP_PATH_AUTOUPDATE, "RootDirUrl", 1);
    scp_update_policy_read(r, &p);
    tap_is_int(SCP_UPDATE_FROM_NOWHERE, scp_update_policy_source(&p), "source: a number");
    memset(url + 7, 'a', sizeof url - 8);
    add_text(r, SCP_PATH_AUTOUPDATE, "RootDirUrl", url);
    scp_update_policy_read(r, &p);
    tap_is_int(SCP_UPDATE_FROM_NOWHERE, scp_update_policy_source(&p), "source: an address that is too long");
    scp_registry_free(r);
}

static void test_hide(void)
{
    static const struct {
        const char *url, *shown;
    } CASES[] = {
        { "http://user:secret@mirror/ctl", "http://***@mirror/ctl" },
        { "https://user:p@ss@mirror", "https://***@mirror" },
        { "http://u@mirror/", "http://*@mirror/" },
        { "http://@mirror/", "http://@mirror/" },
        { "http://mirror/a@b", "http://mirror/a@b" },
        { "http://mirror?a@b", "http://mirror?a@b" },
        { "http://mirror", "http://mirror" },
        { "user@mirror", "user@mirror" },
        { "http://", "http://" },
        { "", "" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char url[64];

        (void)strncpy(url, CASES[i].url, sizeof url - 1);
        url[sizeof url - 1] = '\0';
        scp_update_source_hide(url);
        tap_is_text(CASES[i].shown, url, "shown: %s", CASES[i].shown);
    }
}

/* --- Disconnected --- */

static const struct {
    char root, disallowed;
    const char *answers; /* with the access open, unknown, blocked */
} DISCONNECTED[] = {
    { '-', '-', "nmy" }, { '1', '-', "yyy" }, { '1', '0', "yyy" }, { '1', '1', "nmy" },
    { '-', '0', "nmy" }, { 't', '0', "mmy" }, { '1', 't', "mmy" }, { '?', '?', "mmy" },
};

static void test_disconnected(char root, char disallowed, const char *answers)
{
    static const enum scp_tri BLOCKED[] = { SCP_NO, SCP_MAYBE, SCP_YES };
    struct scp_registry *r = registry();
    struct scp_update_policy p;

    if (root != '?')
        add(r, SCP_PATH_AUTOUPDATE_POLICY, NULL, 0, NULL, 0);
    add_switch(r, "DisableRootAutoUpdate", root);
    add_switch(r, "EnableDisallowedCertAutoUpdate", disallowed);
    scp_update_policy_read(r, &p);
    for (size_t i = 0; i < 3; i++)
        tap_is_int(answers[i], letter(scp_update_policy_disconnected(&p, BLOCKED[i])), "disconnected: %c%c, blocked %c", root,
                   disallowed, letter(BLOCKED[i]));
    scp_registry_free(r);
}

/* --- Values in the wrong place --- */

static void test_strays(void)
{
    static const struct {
        const char *path, *name;
    } STRAYS[] = {
        { SCP_PATH_AUTOUPDATE, "DisableRootAutoUpdate" },
        { SCP_PATH_AUTOUPDATE_POLICY, "RootDirUrl" },
        { SCP_PATH_AUTOUPDATE_POLICY "\\AutoUpdate", "RootDirUrl" },
        { SCP_PATH_SYSTEM_CERTIFICATES "\\AuthRoot", "EnableDisallowedCertAutoUpdate" },
        { "HKLM\\SOFTWARE\\WOW6432Node\\Policies\\Microsoft\\SystemCertificates\\AuthRoot", "DisableRootAutoUpdate" },
        { "HKEY_USERS\\S-1-5-18\\Software\\Policies\\Microsoft\\SystemCertificates\\AuthRoot", "disablerootautoupdate" },
    };
    struct scp_registry *r = registry();
    struct scp_update_policy p;

    for (size_t i = 0; i < sizeof STRAYS / sizeof STRAYS[0]; i++)
        add_number(r, STRAYS[i].path, STRAYS[i].name, 1);
    scp_update_policy_read(r, &p);
    tap_is_int(6, (long long)p.strays, "six strays");
    tap_is_int('y', letter(scp_update_policy_trusted(&p)), "none of them counts");
    for (size_t i = 0; i < p.strays; i++)
        tap_ok(!p.stray[i].at_home, "%s is not at home", p.stray[i].name);
    add_number(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", 2);
    add_text(r, SCP_PATH_AUTOUPDATE, "RootDirUrl", "http://mirror");
    scp_update_policy_read(r, &p);
    tap_is_int(6, (long long)p.strays, "those at home are none");
    for (size_t i = 0; i < p.strays; i++)
        tap_ok(p.stray[i].at_home == (strcmp(p.stray[i].name, "EnableDisallowedCertAutoUpdate") != 0), "%s: at home",
               p.stray[i].name);
    add_number(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate", 1);
    scp_update_policy_read(r, &p);
    tap_is_int(5, (long long)p.strays, "the same in both views is one value that both show");
    scp_registry_free(r);
}

/* --- The rest of the values --- */

static void test_values(void)
{
    /* 2026-11-23T12:00:00Z, as certutil -setreg chain\ChainCacheResyncFiletime @now writes it */
    static const uint8_t TIME[8] = { 0x00, 0x60, 0x60, 0x2a, 0x42, 0x7b, 0xdd, 0x01 };
    struct scp_registry *r = registry();
    struct scp_update_policy p;

    add_number(r, SCP_PATH_AUTOUPDATE, "SyncDeltaTime", 7);
    add_number(r, SCP_PATH_AUTOUPDATE, "DisallowedCertSyncDeltaTime", 8);
    add_number(r, SCP_PATH_AUTOUPDATE, "PinRulesSyncDeltaTime", 9);
    add_number(r, SCP_PATH_AUTOUPDATE, "Flags", 4);
    add_text(r, SCP_PATH_AUTOUPDATE, "SyncFromDirUrl", "http://other");
    add_number(r, SCP_PATH_OPTIONAL_COMPONENTS, "RootAutoUpdate", 1);
    add_number(r, SCP_PATH_CHAIN_CONFIG, "ChainUrlRetrievalTimeoutMilliseconds", 10);
    add_number(r, SCP_PATH_CHAIN_CONFIG, "ChainRevAccumulativeUrlRetrievalTimeoutMilliseconds", 11);
    add_number(r, SCP_PATH_CHAIN_POLICY, "ChainUrlRetrievalTimeoutMilliseconds", 12);
    add(r, SCP_PATH_CHAIN_CONFIG, "ChainCacheResyncFiletime", SCP_REG_BINARY, TIME, sizeof TIME);
    scp_update_policy_read(r, &p);
    tap_is_int(7, p.sync_delta.value, "SyncDeltaTime");
    tap_is_int(8, p.disallowed_sync_delta.value, "DisallowedCertSyncDeltaTime");
    tap_is_int(9, p.pin_rules_sync_delta.value, "PinRulesSyncDeltaTime");
    tap_is_int(4, p.auto_update_flags.value, "Flags");
    tap_is_text("http://other", p.sync_from_dir_url, "SyncFromDirUrl");
    tap_is_int(1, p.legacy_component.value, "RootAutoUpdate");
    tap_is_int(12, p.url_timeout.value, "the policy's timeout goes before the machine's");
    tap_is_int(11, p.total_timeout.value, "the machine's where there is no policy");
    tap_is_int(1795435200, p.chain_resync.at, "ChainCacheResyncFiletime");
    scp_registry_free(r);
}

/* --- Numbers of the chain engine: group policy, then the machine --- */

static const struct {
    char policy, own; /* '?' the key is not covered, '-' covered and absent, 't' a text, else the digit */
    enum scp_presence presence;
    bool wrong_type;
    unsigned value;
    enum scp_tri fetches; /* by chain_policy.h, where it is DisableAIAUrlRetrieval */
} CHAIN[] = {
    { '5', '7', SCP_PRESENT, false, 5, SCP_NO },           { '5', '-', SCP_PRESENT, false, 5, SCP_NO },
    { '5', '?', SCP_PRESENT, false, 5, SCP_NO },           { '0', '7', SCP_PRESENT, false, 0, SCP_YES },
    { 't', '7', SCP_PRESENT, true, 0, SCP_MAYBE },         { '-', '7', SCP_PRESENT, false, 7, SCP_NO },
    { '-', 't', SCP_PRESENT, true, 0, SCP_MAYBE },         { '-', '-', SCP_ABSENT, false, 0, SCP_YES },
    { '-', '?', SCP_COULD_NOT_TELL, false, 0, SCP_MAYBE }, { '?', '7', SCP_COULD_NOT_TELL, false, 0, SCP_MAYBE },
    { '?', 't', SCP_COULD_NOT_TELL, false, 0, SCP_MAYBE }, { '?', '-', SCP_COULD_NOT_TELL, false, 0, SCP_MAYBE },
    { '?', '?', SCP_COULD_NOT_TELL, false, 0, SCP_MAYBE },
};

static void add_chain(struct scp_registry *r, const char *path, const char *name, char how)
{
    if (how == '?')
        return;
    add(r, path, NULL, 0, NULL, 0);
    if (how == 't')
        add_text(r, path, name, "1");
    else if (how != '-')
        add_number(r, path, name, (uint8_t)(how - '0'));
}

static void test_chain(size_t row)
{
    static const char *const NAMES[] = { "ChainUrlRetrievalTimeoutMilliseconds", "DisableAIAUrlRetrieval" };
    struct scp_registry *r = registry();
    struct scp_update_policy update;
    struct scp_chain_policy chain;

    for (size_t i = 0; i < 2; i++) {
        add_chain(r, SCP_PATH_CHAIN_POLICY, NAMES[i], CHAIN[row].policy);
        add_chain(r, SCP_PATH_CHAIN_CONFIG, NAMES[i], CHAIN[row].own);
    }
    scp_update_policy_read(r, &update);
    scp_chain_policy_read(r, &chain);
    for (size_t i = 0; i < 2; i++) {
        const struct scp_policy_number *n = i == 0 ? &update.url_timeout : &chain.disable_aia;

        tap_is_int(CHAIN[row].presence, n->presence, "policy %c, machine %c: presence of %s", CHAIN[row].policy, CHAIN[row].own,
                   NAMES[i]);
        tap_is_int(CHAIN[row].value, n->value, "policy %c, machine %c: value of %s", CHAIN[row].policy, CHAIN[row].own, NAMES[i]);
        tap_ok(n->wrong_type == CHAIN[row].wrong_type, "policy %c, machine %c: type of %s", CHAIN[row].policy, CHAIN[row].own,
               NAMES[i]);
    }
    tap_is_int(letter(CHAIN[row].fetches), letter(scp_chain_policy_fetches(&chain)), "policy %c, machine %c: fetches",
               CHAIN[row].policy, CHAIN[row].own);
    scp_registry_free(r);
}

/* --- Times: eight bytes of REG_BINARY, and the newest of three --- */

static void test_times(void)
{
    static const char *const NAMES[] = { "LastSyncTime", "DisallowedCertLastSyncTime", "PinRulesLastSyncTime" };
    static const uint8_t EARLY[8] = { 0, 0, 0, 0, 0, 0, 0xDB, 1 }, LATE[9] = { 0, 0, 0, 0, 0, 0, 0xDC, 1, 0 };
    static const struct {
        uint32_t type;
        size_t n;
        bool malformed;
    } FORMS[] = { { SCP_REG_BINARY, 8, false }, { SCP_REG_BINARY, 7, true }, { SCP_REG_BINARY, 9, true },
                  { SCP_REG_BINARY, 0, true },  { SCP_REG_SZ, 8, true },     { SCP_REG_QWORD, 8, true } };

    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        struct scp_registry *r = registry();
        struct scp_update_policy p;

        add(r, SCP_PATH_AUTOUPDATE, NAMES[0], FORMS[i].type, LATE, FORMS[i].n);
        scp_update_policy_read(r, &p);
        tap_ok(p.trusted_sync.presence == SCP_PRESENT && p.trusted_sync.malformed == FORMS[i].malformed, "a time, form %zu", i);
        tap_ok((p.trusted_sync.at == SCP_UTC_UNKNOWN) == FORMS[i].malformed, "a time, form %zu: known or not", i);
        scp_registry_free(r);
    }
    for (size_t late = 0; late < 4; late++) {
        struct scp_registry *r = registry();
        struct scp_environment e;
        struct scp_update_policy p;
        int64_t newest;

        for (size_t i = 0; i < 3; i++)
            add(r, SCP_PATH_AUTOUPDATE, NAMES[i], SCP_REG_BINARY, i == late ? LATE : EARLY, 8);
        scp_update_policy_read(r, &p);
        newest = (late == 1 ? p.disallowed_sync : late == 2 ? p.pin_rules_sync : p.trusted_sync).at;
        scp_environment_read(r, &e);
        tap_ok(e.newest_sync == newest && newest != SCP_UTC_UNKNOWN, "the newest of three times, the late one is %zu", late);
        /* What is malformed is no time. */
        add(r, SCP_PATH_AUTOUPDATE, NAMES[0], SCP_REG_BINARY, LATE, 7);
        scp_environment_read(r, &e);
        tap_ok(e.newest_sync == (late == 0 ? p.disallowed_sync.at : newest) || late == 3, "and of two, the late one was %zu", late);
        scp_registry_free(r);
    }
}

int main(void)
{
    test_times();
    for (size_t s = 0; s < sizeof SWITCHES / sizeof SWITCHES[0]; s++) {
        for (size_t v = 0; v < sizeof VERSIONS / sizeof VERSIONS[0]; v++)
            test_switches(&SWITCHES[s], &VERSIONS[v]);
    }
    for (size_t i = 0; i < sizeof SOURCES / sizeof SOURCES[0]; i++)
        test_source(SOURCES[i].url, SOURCES[i].source);
    test_odd_source();
    test_hide();
    for (size_t i = 0; i < sizeof DISCONNECTED / sizeof DISCONNECTED[0]; i++)
        test_disconnected(DISCONNECTED[i].root, DISCONNECTED[i].disallowed, DISCONNECTED[i].answers);
    test_strays();
    test_values();
    for (size_t i = 0; i < sizeof CHAIN / sizeof CHAIN[0]; i++)
        test_chain(i);
    return tap_done();
}
