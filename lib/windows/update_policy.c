/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/update_policy.h"

#include "base/num.h"
#include "base/reader.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

enum { INDEPENDENT_SWITCHES_BUILD = 9600 /* Windows 8.1, 2012 R2 */ };
enum { FLAG_USER_ROOTS_OFF = 0x1, FLAG_AUTHROOT_OFF = 0x8, SERVICE_DISABLED = 4, WINDOWS_10_BUILD = 10240 };

struct scp_policy_number scp_policy_number_read(const struct scp_registry *r, const char *path, const char *name)
{
    struct scp_policy_number n = { SCP_ABSENT, false, 0 };

    n.presence = scp_registry_dword(r, path, name, &n.value, &n.wrong_type);
    if (n.presence != SCP_PRESENT || n.wrong_type)
        n.value = 0;
    return n;
}

struct scp_policy_number scp_policy_number_chain(const struct scp_registry *r, const char *name)
{
    struct scp_policy_number policy = scp_policy_number_read(r, SCP_PATH_CHAIN_POLICY, name);

    return policy.presence == SCP_ABSENT ? scp_policy_number_read(r, SCP_PATH_CHAIN_CONFIG, name) : policy;
}

static struct scp_policy_time filetime_at(const struct scp_registry *r, const char *path, const char *name)
{
    struct scp_policy_time t = { SCP_ABSENT, false, SCP_UTC_UNKNOWN };
    const struct scp_registry_value *v = NULL;

    t.presence = scp_registry_value(r, path, name, &v);
    if (t.presence == SCP_PRESENT)
        t.malformed = v->type != SCP_REG_BINARY || v->len != 8 || !scp_utc_from_filetime(scp_le64(v->data), &t.at);
    return t;
}

static struct scp_policy_time filetime(const struct scp_registry *r, const char *name)
{
    return filetime_at(r, SCP_PATH_AUTOUPDATE, name);
}

static struct scp_policy_list list(const struct scp_registry *r, const char *name)
{
    struct scp_policy_list l = { .presence = SCP_ABSENT };
    const struct scp_registry_value *v = NULL;

    l.presence = scp_registry_value(r, SCP_PATH_AUTOUPDATE, name, &v);
    if (l.presence == SCP_PRESENT) {
        l.wrong_type = v->type != SCP_REG_BINARY;
        l.p = v->data;
        l.n = v->len;
    }
    return l;
}

enum scp_presence scp_policy_text(const struct scp_registry *r, const char *path, const char *name, char *out, size_t size,
                                  bool *malformed)
{
    const struct scp_registry_value *v = NULL;
    enum scp_presence presence = scp_registry_value(r, path, name, &v);
    bool text = presence != SCP_PRESENT;

    out[0] = '\0';
    if (presence == SCP_PRESENT && (v->type == SCP_REG_SZ || v->type == SCP_REG_EXPAND_SZ))
        text = scp_text_utf16le_copy(v->data, v->len, out, size);
    if (malformed != NULL)
        *malformed = !text;
    return presence;
}

static uint32_t build_of(const struct scp_registry *r)
{
    uint64_t build = 0;
    char text[32];

    (void)scp_policy_text(r, SCP_PATH_WINDOWS_VERSION, "CurrentBuild", text, sizeof text, NULL);
    return scp_num_u64(text, strlen(text), UINT32_MAX, &build, NULL) == 0 ? (uint32_t)build : 0;
}

static enum scp_presence address(const struct scp_registry *r, const char *name, char out[SCP_POLICY_URL_MAX], bool *empty)
{
    bool malformed;
    enum scp_presence presence = scp_policy_text(r, SCP_PATH_AUTOUPDATE, name, out, SCP_POLICY_URL_MAX, &malformed);

    *empty = presence == SCP_PRESENT && !malformed && out[0] == '\0';
    scp_update_source_hide(out);
    return presence;
}

/* --- Settings in the wrong place --- */

struct setting {
    const char *name, *home;
};

static const struct setting SETTINGS[] = {
    { "DisableRootAutoUpdate", SCP_PATH_AUTOUPDATE_POLICY },
    { "EnableDisallowedCertAutoUpdate", SCP_PATH_AUTOUPDATE_POLICY },
    { "DisablePinRulesAutoUpdate", SCP_PATH_AUTOUPDATE_POLICY },
    { "RootDirUrl", SCP_PATH_AUTOUPDATE },
    { "SyncFromDirUrl", SCP_PATH_AUTOUPDATE },
};

#define MACHINE "HKLM\\SOFTWARE\\"
#define MACHINE_32 "HKLM\\SOFTWARE\\WOW6432Node\\"
#define OWN "Microsoft\\SystemCertificates\\AuthRoot"
#define POLICY "Policies\\Microsoft\\SystemCertificates\\AuthRoot"

/* Every key that somebody may take for the right one. */
static const char *const PLACES[] = {
    MACHINE POLICY,
    MACHINE POLICY "\\AutoUpdate",
    MACHINE OWN,
    MACHINE OWN "\\AutoUpdate",
    MACHINE_32 POLICY,
    MACHINE_32 POLICY "\\AutoUpdate",
    MACHINE_32 OWN,
    MACHINE_32 OWN "\\AutoUpdate",
    SCP_PATH_USER_SYSTEM "\\Software\\" POLICY,
    SCP_PATH_USER_SYSTEM "\\Software\\" OWN "\\AutoUpdate",
    "HKCU\\Software\\" POLICY,
    "HKCU\\Software\\" OWN "\\AutoUpdate",
};

/* Since Windows 7 both views show the same of these keys: what is the same in both is one value. */
static bool is_shared(const struct scp_registry *r, const char *place, const char *name, const struct scp_registry_value *v)
{
    const struct scp_registry_value *own = NULL;
    char path[256];

    if (strncmp(place, MACHINE_32, strlen(MACHINE_32)) != 0)
        return false;
    (void)snprintf(path, sizeof path, MACHINE "%s", place + strlen(MACHINE_32));
    return scp_registry_value(r, path, name, &own) == SCP_PRESENT && own->type == v->type && own->len == v->len &&
           memcmp(own->data, v->data, v->len) == 0;
}

static void read_strays(const struct scp_registry *r, struct scp_update_policy *out)
{
    for (size_t p = 0; p < sizeof PLACES / sizeof PLACES[0]; p++) {
        const struct scp_registry_key *key = NULL;

        if (scp_registry_find(r, PLACES[p], &key) != SCP_PRESENT)
            continue;
        for (size_t s = 0; s < sizeof SETTINGS / sizeof SETTINGS[0] && out->strays < SCP_POLICY_STRAYS_MAX; s++) {
            const struct scp_registry_value *v = scp_registry_key_value(key, SETTINGS[s].name);

            if (v != NULL && strcmp(PLACES[p], SETTINGS[s].home) != 0 && !is_shared(r, PLACES[p], SETTINGS[s].name, v))
                out->stray[out->strays++] =
                    (struct scp_policy_stray){ SETTINGS[s].name, key, SETTINGS[s].home,
                                               scp_registry_value(r, SETTINGS[s].home, SETTINGS[s].name, &v) == SCP_PRESENT };
        }
    }
}

void scp_update_policy_read(const struct scp_registry *r, struct scp_update_policy *out)
{
    bool empty;

    *out = (struct scp_update_policy){
        .disable_root_auto_update = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate"),
        .enable_disallowed_auto_update = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE_POLICY, "EnableDisallowedCertAutoUpdate"),
        .disable_pin_rules_auto_update = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE_POLICY, "DisablePinRulesAutoUpdate"),
        .auto_update_flags = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE, "Flags"),
        .sync_delta = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE, "SyncDeltaTime"),
        .disallowed_sync_delta = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE, "DisallowedCertSyncDeltaTime"),
        .pin_rules_sync_delta = scp_policy_number_read(r, SCP_PATH_AUTOUPDATE, "PinRulesSyncDeltaTime"),
        .legacy_component = scp_policy_number_read(r, SCP_PATH_OPTIONAL_COMPONENTS, "RootAutoUpdate"),
        .protected_roots = scp_policy_number_read(r, SCP_PATH_PROTECTED_ROOTS, "Flags"),
        .cryptsvc_start = scp_policy_number_read(r, SCP_PATH_CRYPTSVC, "Start"),
        .min_rsa_bits = scp_policy_number_read(r, SCP_PATH_CHAIN_CONFIG, "MinRsaPubKeyBitLength"),
        .url_timeout = scp_policy_number_chain(r, "ChainUrlRetrievalTimeoutMilliseconds"),
        .total_timeout = scp_policy_number_chain(r, "ChainRevAccumulativeUrlRetrievalTimeoutMilliseconds"),
        .crl_extension = scp_policy_number_chain(r, "CRLValidityExtensionPeriod"),
        .chain_resync = filetime_at(r, SCP_PATH_CHAIN_CONFIG, "ChainCacheResyncFiletime"),
        .trusted_sync = filetime(r, "LastSyncTime"),
        .disallowed_sync = filetime(r, "DisallowedCertLastSyncTime"),
        .pin_rules_sync = filetime(r, "PinRulesLastSyncTime"),
        .trusted_list = list(r, "EncodedCtl"),
        .disallowed_list = list(r, "DisallowedCertEncodedCtl"),
        .pin_rules_list = list(r, "PinRulesEncodedCtl"),
        .build = build_of(r),
    };
    out->root_dir_url_presence = address(r, "RootDirUrl", out->root_dir_url, &out->root_dir_url_empty);
    out->sync_from_dir_url_presence = address(r, "SyncFromDirUrl", out->sync_from_dir_url, &empty);
    scp_update_access_read(r, &out->access);
    read_strays(r, out);
}

/* --- What it means together --- */

/* A switch that is off by its value: MAYBE where it is not known, YES where it is absent. */
static enum scp_tri unless(const struct scp_policy_number *off)
{
    if (scp_policy_untold(off))
        return SCP_MAYBE;
    return off->presence == SCP_PRESENT && off->value != 0 ? SCP_NO : SCP_YES;
}

enum scp_tri scp_update_policy_trusted(const struct scp_update_policy *p)
{
    return unless(&p->disable_root_auto_update);
}

bool scp_update_policy_one_switch(const struct scp_update_policy *p)
{
    return p->build != 0 && p->build < INDEPENDENT_SWITCHES_BUILD;
}

enum scp_tri scp_update_policy_disallowed(const struct scp_update_policy *p, bool *inferred)
{
    const struct scp_policy_number *on = &p->enable_disallowed_auto_update;
    enum scp_tri trusted = scp_update_policy_trusted(p), own = on->value != 0 ? SCP_YES : SCP_NO;

    *inferred = false;
    if (scp_policy_untold(on))
        return SCP_MAYBE;
    if (on->presence == SCP_PRESENT)
        return !scp_update_policy_one_switch(p) || own == trusted ? own : SCP_MAYBE;
    *inferred = trusted == SCP_NO && !scp_update_policy_one_switch(p);
    return trusted;
}

static bool begins(const char *s, const char *with)
{
    size_t n = strlen(with);

    return strlen(s) >= n && scp_text_caseeq(s, n, with, n);
}

/* A web address in its parts: the host without port and dot at its end, the path without slashes at its end. */
struct address {
    const char *host, *path;
    size_t host_len, path_len;
    bool usual_port;
};

static void split(const char *url, struct address *out)
{
    const char *host = strstr(url, "://") + 3, *port;
    size_t authority = strcspn(host, "/?#");

    out->host = host;
    out->path = host + authority;
    out->path_len = strlen(out->path);
    while (out->path_len > 0 && out->path[out->path_len - 1] == '/')
        out->path_len--;
    port = memchr(host, ':', authority);
    out->host_len = port != NULL ? (size_t)(port - host) : authority;
    out->usual_port = port == NULL || authority - out->host_len == 1 || begins(port, ":80/") || strcmp(port, ":80") == 0;
    while (out->host_len > 0 && host[out->host_len - 1] == '.')
        out->host_len--;
}

static bool ends(const char *s, size_t n, const char *with)
{
    size_t m = strlen(with);

    return n >= m && scp_text_caseeq(s + n - m, m, with, m);
}

/* Windows Update's hosts, those of before 2012 with them. */
static bool is_microsoft(const struct address *a)
{
    static const char *const DOMAINS[] = { "windowsupdate.com", "windowsupdate.microsoft.com", "update.microsoft.com" };

    for (size_t i = 0; i < sizeof DOMAINS / sizeof DOMAINS[0]; i++) {
        size_t n = strlen(DOMAINS[i]);

        if (ends(a->host, a->host_len, DOMAINS[i]) && (a->host_len == n || a->host[a->host_len - n - 1] == '.'))
            return true;
    }
    return false;
}

static enum scp_update_source web_source(const char *url)
{
    struct address a, home;

    split(url, &a);
    split(SCP_UPDATE_MICROSOFT_URL, &home);
    if (!is_microsoft(&a))
        return SCP_UPDATE_FROM_WEB;
    if (ends(a.path, a.path_len, "/test"))
        return SCP_UPDATE_FROM_TEST;
    return a.usual_port && scp_text_caseeq(a.host, a.host_len, home.host, home.host_len) &&
                   scp_text_caseeq(a.path, a.path_len, home.path, home.path_len)
               ? SCP_UPDATE_FROM_MICROSOFT
               : SCP_UPDATE_FROM_OTHER;
}

enum scp_update_source scp_update_source_of(const char *url)
{
    const char *behind = strchr(url, ':');

    if (begins(url, "http://") || begins(url, "https://"))
        return strchr("/:?#", behind[3]) == NULL ? web_source(url) : SCP_UPDATE_FROM_NOWHERE;
    /* file://\\server\share, \\server\share, C:\folder */
    if (begins(url, "file:") || begins(url, "\\\\") || (url[0] != '\0' && url[1] == ':' && url[2] == '\\')) {
        behind = begins(url, "file:") ? behind + 1 : url;
        return behind[strspn(behind, "/\\")] != '\0' ? SCP_UPDATE_FROM_SHARE : SCP_UPDATE_FROM_NOWHERE;
    }
    return SCP_UPDATE_FROM_NOWHERE;
}

const char *scp_update_source_say(const char *url, char out[SCP_UPDATE_SOURCE_TEXT])
{
    size_t n;

    out[0] = '\0';
    for (; *url != '\0'; url += n) {
        n = strcspn(url, "\\");
        (void)scp_say_more(out, SCP_UPDATE_SOURCE_TEXT, "%.*s", (int)n, url);
        if (url[n] == '\\') {
            (void)scp_say_more(out, SCP_UPDATE_SOURCE_TEXT, "\\");
            n++;
        }
    }
    return out;
}

void scp_update_source_hide(char *url)
{
    static const char MARK[] = "***";
    char *from = strstr(url, "://"), *at, *end;

    if (from == NULL)
        return;
    from += 3;
    end = from + strcspn(from, "/?#");
    for (at = end; at > from && at[-1] != '@'; at--)
        ;
    /* Never longer than before: what is shorter than the mark is cut to its length. */
    if (at == from)
        return;
    at--;
    end = from + ((size_t)(at - from) < sizeof MARK - 1 ? (size_t)(at - from) : sizeof MARK - 1);
    memcpy(from, MARK, (size_t)(end - from));
    memmove(end, at, strlen(at) + 1);
}

enum scp_update_source scp_update_policy_source(const struct scp_update_policy *p)
{
    switch (p->root_dir_url_presence) {
    case SCP_ABSENT: return SCP_UPDATE_FROM_MICROSOFT;
    case SCP_COULD_NOT_TELL: return SCP_UPDATE_FROM_UNKNOWN;
    case SCP_PRESENT: break;
    }
    return scp_update_source_of(p->root_dir_url);
}

bool scp_update_policy_mirrored(const struct scp_update_policy *p)
{
    enum scp_update_source source = scp_update_policy_source(p);

    return source == SCP_UPDATE_FROM_WEB || source == SCP_UPDATE_FROM_SHARE;
}

enum scp_tri scp_update_policy_disconnected(const struct scp_update_policy *p, enum scp_tri blocked)
{
    bool inferred;
    enum scp_tri trusted = scp_update_policy_trusted(p), disallowed = scp_update_policy_disallowed(p, &inferred);

    if (blocked == SCP_YES || (trusted == SCP_NO && disallowed == SCP_NO))
        return SCP_YES;
    return blocked == SCP_NO && (trusted == SCP_YES || disallowed == SCP_YES) ? SCP_NO : SCP_MAYBE;
}

enum scp_tri scp_update_policy_authroot_off(const struct scp_update_policy *p)
{
    const struct scp_policy_number *flags = &p->protected_roots;

    if (scp_policy_untold(flags))
        return SCP_MAYBE;
    return (flags->value & FLAG_AUTHROOT_OFF) != 0 ? SCP_YES : SCP_NO;
}

bool scp_update_policy_user_roots_off(const struct scp_update_policy *p)
{
    return (p->protected_roots.value & FLAG_USER_ROOTS_OFF) != 0;
}

enum scp_update_obstacle scp_update_policy_obstacle(const struct scp_update_policy *p)
{
    if (scp_update_policy_authroot_off(p) == SCP_YES)
        return SCP_UPDATE_NO_AUTHROOT;
    if (p->cryptsvc_start.presence == SCP_PRESENT && p->cryptsvc_start.value == SERVICE_DISABLED)
        return SCP_UPDATE_NO_SERVICE;
    if (scp_update_policy_source(p) == SCP_UPDATE_FROM_NOWHERE && !p->root_dir_url_empty)
        return SCP_UPDATE_NO_SOURCE;
    return p->access.text != NULL ? SCP_UPDATE_NO_ACCESS : SCP_UPDATE_FREE;
}

const char *scp_update_policy_blocked(const struct scp_update_policy *p)
{
    switch (scp_update_policy_obstacle(p)) {
    case SCP_UPDATE_FREE: break;
    case SCP_UPDATE_NO_AUTHROOT: return "ProtectedRoots\\Flags has 0x8, which leaves the AuthRoot store out";
    case SCP_UPDATE_NO_SERVICE: return "the Cryptographic Services (CryptSvc), which download roots, are disabled";
    case SCP_UPDATE_NO_SOURCE: return "RootDirUrl is set to something that is no address";
    case SCP_UPDATE_NO_ACCESS: return p->access.text;
    }
    return NULL;
}

bool scp_update_policy_dates_apply(const struct scp_update_policy *p)
{
    return p->build == 0 || p->build >= WINDOWS_10_BUILD;
}
