/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/egress.h"
#include "tap.h"
#include "windows/paths.h"
#include "windows/proxy.h"

#include <string.h>

#define WINHTTP "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections"
#define SYSTEM_SETTINGS "HKU\\S-1-5-18\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define SERVICE_SETTINGS "HKU\\S-1-5-20\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define MACHINE_SETTINGS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define POLICY "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

static struct scp_registry *registry(void)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope_proxy);

    if (r == NULL)
        tap_bail("no memory");
    return r;
}

static void set(struct scp_registry *r, const char *path, const char *name, uint32_t type, const void *data, size_t n)
{
    struct scp_registry_key *k = NULL;

    if (scp_registry_add_key(r, path, strlen(path), &k, NULL) != 0 || k == NULL)
        tap_bail("no key %s", path);
    if (name != NULL && scp_registry_add_value(r, k, name, strlen(name), type, data, n, NULL) != 0)
        tap_bail("no value");
}

static void set_text(struct scp_registry *r, const char *path, const char *name, const char *text)
{
    uint8_t wide[512];
    size_t n = strlen(text);

    for (size_t i = 0; i <= n; i++) {
        wide[2 * i] = (uint8_t)text[i];
        wide[2 * i + 1] = 0;
    }
    set(r, path, name, SCP_REG_SZ, wide, 2 * n + 2);
}

static void set_number(struct scp_registry *r, const char *path, const char *name, uint8_t v)
{
    const uint8_t le[4] = { v, 0, 0, 0 };

    set(r, path, name, SCP_REG_DWORD, le, 4);
}

struct blob {
    uint8_t p[600];
    size_t n;
};

static void put32(struct blob *b, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        b->p[b->n++] = (uint8_t)(v >> 8 * i);
}

static void put_text(struct blob *b, const char *s)
{
    put32(b, (uint32_t)strlen(s));
    memcpy(b->p + b->n, s, strlen(s));
    b->n += strlen(s);
}

/* version, counter, flags, proxy, bypass; newer ones with a script and 32 bytes more */
static struct blob connection(uint32_t version, uint32_t flags, const char *proxy, const char *bypass, const char *script)
{
    struct blob b = { .n = 0 };

    put32(&b, version);
    put32(&b, 7);
    put32(&b, flags);
    put_text(&b, proxy);
    put_text(&b, bypass);
    if (script != NULL) {
        put_text(&b, script);
        memset(b.p + b.n, 0, 32);
        b.n += 32;
    }
    return b;
}

/* A machine whose settings are all there and empty. */
static struct scp_registry *covered(void)
{
    struct scp_registry *r = registry();

    set(r, WINHTTP, NULL, 0, NULL, 0);
    set(r, SYSTEM_SETTINGS, NULL, 0, NULL, 0);
    set(r, SERVICE_SETTINGS, NULL, 0, NULL, 0);
    set(r, POLICY, NULL, 0, NULL, 0);
    return r;
}

static void read_system(struct scp_registry *r, struct scp_proxy *p)
{
    scp_proxy_read(r, SCP_PROXY_SYSTEM, p);
    scp_registry_free(r);
}

static void test_winhttp(void)
{
    static const struct {
        const char *name;
        uint32_t version, flags;
        const char *proxy, *bypass, *script;
        enum scp_proxy_kind kind;
    } CASES[] = {
        { "old, direct", 0x18, 1, "", "", NULL, SCP_PROXY_DIRECT },
        { "old, proxy", 0x18, 3, "px.example:8080", "<local>;*.example", NULL, SCP_PROXY_NAMED },
        { "old, proxy alone", 0x18, 2, "px.example:8080", "", NULL, SCP_PROXY_NAMED },
        { "new, direct", 0x28, 1, "", "", "", SCP_PROXY_DIRECT },
        { "new, proxy", 0x28, 3, "px.example:8080", "<local>", "", SCP_PROXY_NAMED },
        { "new, script", 0x28, 5, "", "", "http://px/p.pac", SCP_PROXY_SCRIPT },
        { "named, but switched off", 0x28, 1, "px.example:8080", "", "", SCP_PROXY_DIRECT },
        { "switched on, but none named", 0x28, 3, "", "", "", SCP_PROXY_DIRECT },
        { "detection only", 0x28, 9, "", "", "", SCP_PROXY_DIRECT },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_registry *r = covered();
        struct blob b = connection(CASES[i].version, CASES[i].flags, CASES[i].proxy, CASES[i].bypass, CASES[i].script);
        struct scp_proxy p;

        set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
        read_system(r, &p);
        tap_is_int(CASES[i].kind, p.kind, "%s", CASES[i].name);
        if (p.kind == SCP_PROXY_NAMED) {
            tap_is_text(CASES[i].proxy, p.server, "its proxy");
            tap_is_text(CASES[i].bypass, p.bypass, "its bypass list");
            tap_is_int(SCP_PROXY_FROM_WINHTTP, p.origin, "from WinHTTP");
        }
    }
    /* Every cut of a good one is malformed, never direct. */
    for (size_t n = 0; n < 12 + 4 + 7 + 4 + 3; n++) {
        struct scp_registry *r = covered();
        struct blob b = connection(0x18, 3, "px:8080", "abc", NULL);
        struct scp_proxy p;

        set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, n);
        read_system(r, &p);
        if (!tap_ok(p.kind == SCP_PROXY_UNKNOWN && !p.not_covered && p.server[0] == '\0', "cut after %zu bytes", n))
            break;
    }
    {
        struct scp_registry *r = covered();
        struct blob b = connection(0x18, 3, "px:8080", "", NULL);
        struct scp_proxy p;

        memset(b.p + 12, 0xFF, 4); /* a length of 4 GiB */
        set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
        read_system(r, &p);
        tap_is_int(SCP_PROXY_UNKNOWN, p.kind, "a length of 4 GiB");
    }
    {
        struct scp_registry *r = covered();
        struct blob b = connection(0x18, 3, "pr\xF6xy:8080", "", NULL);
        struct scp_proxy p;

        set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
        read_system(r, &p);
        tap_is_text("pr\xC3\xB6xy:8080", p.server, "letters of a code page");
    }
}

static void test_account(void)
{
    struct scp_proxy p;
    struct scp_registry *r = covered();
    struct blob b;

    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_DIRECT && p.origin == SCP_PROXY_FROM_NOWHERE, "nothing is set");
    r = covered();
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 1);
    set_text(r, SYSTEM_SETTINGS, "ProxyServer", "http=px:8080;https=px2:8443");
    set_text(r, SYSTEM_SETTINGS, "ProxyOverride", "*.intern;<local>");
    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_NAMED && p.origin == SCP_PROXY_FROM_ACCOUNT, "the account's own");
    tap_is_text("http=px:8080;https=px2:8443", p.server, "its proxy");
    r = covered();
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 0);
    set_text(r, SYSTEM_SETTINGS, "ProxyServer", "px:8080");
    b = connection(0x46, 3, "px:8080", "", "");
    set(r, SYSTEM_SETTINGS "\\Connections", "DefaultConnectionSettings", SCP_REG_BINARY, b.p, b.n);
    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_DIRECT && p.server[0] == '\0', "switched off");
    r = covered();
    b = connection(0x46, 3, "px9:8080", "x", "");
    set(r, SYSTEM_SETTINGS "\\Connections", "DefaultConnectionSettings", SCP_REG_BINARY, b.p, b.n);
    read_system(r, &p);
    tap_is_text("px9:8080", p.server, "only in the binary form");
    r = covered();
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 0);
    set_text(r, SYSTEM_SETTINGS, "AutoConfigURL", "http://wpad/p.pac");
    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_SCRIPT && strcmp(p.script, "http://wpad/p.pac") == 0, "a script alone");
    r = covered();
    b = connection(0x46, 9, "", "", "");
    set(r, SYSTEM_SETTINGS "\\Connections", "DefaultConnectionSettings", SCP_REG_BINARY, b.p, b.n);
    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_SCRIPT && p.auto_detect && p.script[0] == '\0', "detection");
    r = covered();
    set(r, SYSTEM_SETTINGS, "ProxyEnable", SCP_REG_BINARY, "\1", 1);
    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_UNKNOWN && !p.not_covered, "a switch of a wrong type");
    r = covered();
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 1);
    set_number(r, SYSTEM_SETTINGS, "ProxyServer", 1);
    read_system(r, &p);
    tap_is_int(SCP_PROXY_UNKNOWN, p.kind, "a server of a wrong type");
    r = covered();
    set_number(r, POLICY, "ProxySettingsPerUser", 0);
    set_number(r, MACHINE_SETTINGS, "ProxyEnable", 1);
    set_text(r, MACHINE_SETTINGS, "ProxyServer", "mach:3128");
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 1);
    set_text(r, SYSTEM_SETTINGS, "ProxyServer", "user:3128");
    read_system(r, &p);
    tap_ok(p.origin == SCP_PROXY_FROM_MACHINE && strcmp(p.server, "mach:3128") == 0, "the machine's by policy");
    r = covered();
    b = connection(0x18, 3, "first:8080", "", NULL);
    set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 1);
    set_text(r, SYSTEM_SETTINGS, "ProxyServer", "second:8080");
    read_system(r, &p);
    tap_is_text("first:8080", p.server, "WinHTTP comes first");
    r = covered();
    b = connection(0x18, 1, "", "", NULL);
    set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
    set_number(r, SYSTEM_SETTINGS, "ProxyEnable", 1);
    set_text(r, SYSTEM_SETTINGS, "ProxyServer", "second:8080");
    read_system(r, &p);
    tap_is_text("second:8080", p.server, "then the account");
}

static void test_coverage(void)
{
    struct scp_registry *r = registry();
    struct scp_proxy p;
    struct blob b = connection(0x18, 3, "px:8080", "", NULL);

    read_system(r, &p);
    tap_ok(p.kind == SCP_PROXY_UNKNOWN && p.not_covered, "nothing covered");
    r = registry();
    set(r, SYSTEM_SETTINGS, NULL, 0, NULL, 0);
    read_system(r, &p);
    tap_ok(p.not_covered, "WinHTTP not covered");
    r = registry();
    set(r, WINHTTP, NULL, 0, NULL, 0);
    read_system(r, &p);
    tap_ok(p.not_covered && strstr(p.reason, "S-1-5-18") != NULL, "the account not covered");
    r = registry();
    set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
    read_system(r, &p);
    tap_is_int(SCP_PROXY_NAMED, p.kind, "WinHTTP's is enough");
}

static void test_secrets(void)
{
    static const char *const CASES[][2] = {
        { "mon:geheim@px:8080", "px:8080" },
        { "http://mon:geheim@px:8080", "http://px:8080" },
        { "http=mon:ge@heim@px:1;https=a:b@py:2", "http=px:1;https=py:2" },
        { "px:8080 mon:geheim@py:1", "px:8080 py:1" },
        { "@px:1", "px:1" },
        { "mon:geheim@", "" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_registry *r = covered();
        struct blob b = connection(0x18, 3, CASES[i][0], "", NULL);
        struct scp_proxy p;

        set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
        read_system(r, &p);
        tap_is_text(CASES[i][1], p.server, "%s", CASES[i][0]);
        tap_ok(p.secret_removed, "and says so");
        tap_is_int(p.server[0] != '\0' ? SCP_PROXY_NAMED : SCP_PROXY_UNKNOWN, p.kind, "a user alone names no proxy");
    }
}

static void test_url(void)
{
    static const struct {
        const char *server, *scheme, *url;
    } CASES[] = {
        { "px:8080", "http", "http://px:8080" },
        { "px:8080", "https", "http://px:8080" },
        { "px", "http", "http://px:80" },
        { "http=px:1;https=py:2", "https", "http://py:2" },
        { "HTTP=px:1", "http", "http://px:1" },
        { "ftp=px:1", "http", NULL },
        { "http=http://px:1/", "http", "http://px:1" },
        { "http://px:3128", "http", "http://px:3128" },
        { "socks=s:1;px:2", "http", "http://px:2" },
        { "[2001:db8::1]:8080", "http", "http://[2001:db8::1]:8080" },
        { "[2001:db8::1]", "http", "http://[2001:db8::1]:80" },
        { " ; ; px:8", "http", "http://px:8" },
        { "http=", "http", NULL },
    };
    struct scp_proxy p = { .kind = SCP_PROXY_NAMED };
    char url[64], tiny[8];

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        bool found;

        memcpy(p.server, CASES[i].server, strlen(CASES[i].server) + 1);
        found = scp_proxy_url(&p, CASES[i].scheme, url, sizeof url);
        tap_is_int(CASES[i].url != NULL, found, "%s for %s", CASES[i].server, CASES[i].scheme);
        if (found)
            tap_is_text(CASES[i].url, url, "as a URL");
    }
    tap_ok(!scp_proxy_url(&p, "http", tiny, sizeof tiny), "one that does not fit is none");
}

static void test_bypass(void)
{
    static const struct {
        const char *list, *host;
        bool past;
    } CASES[] = {
        { "", "a.b", false },
        { "*.example.com", "www.example.com", true },
        { "*.example.com", "example.com", false },
        { "*.EXAMPLE.com", "www.example.COM", true },
        { "10.*;192.168.*", "192.168.1.1", true },
        { "10.*", "110.1.1.1", false },
        { "<local>", "intranet", true },
        { "<local>", "a.b", false },
        { "<LOCAL> x.y", "x.y", true },
        { "*", "any.thing", true },
        { "http://x.y:80", "x.y", true },
        { "x.y:8080", "x.y", true },
        { "crl*.digicert.com", "crl3.digicert.com", true },
        { "*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
        { "<-loopback>", "x", false },
    };
    struct scp_proxy p = { .kind = SCP_PROXY_NAMED };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        memcpy(p.bypass, CASES[i].list, strlen(CASES[i].list) + 1);
        tap_is_int(CASES[i].past, scp_proxy_bypasses(&p, CASES[i].host), "'%s' and %s", CASES[i].list, CASES[i].host);
    }
}

static void test_requests(void)
{
    struct scp_egress w;
    struct scp_registry *r = covered();
    struct blob b = connection(0x18, 3, "http=px:8080", "*.intern", NULL);
    const char *proxy = NULL;

    set(r, WINHTTP, "WinHttpSettings", SCP_REG_BINARY, b.p, b.n);
    scp_egress_gather(r, &w);
    scp_registry_free(r);
    tap_is_int(0, scp_egress_proxy_for(&w, "http", "crl3.digicert.com", 80, &proxy, NULL), "asked");
    tap_is_text("http://px:8080", proxy != NULL ? proxy : "none", "by the proxy");
    tap_ok(scp_egress_proxy_for(&w, "https", "a.b", 443, &proxy, NULL) == 0 && proxy == NULL, "no proxy for https");
    tap_ok(scp_egress_proxy_for(&w, "http", "x.intern", 80, &proxy, NULL) == 0 && proxy == NULL, "past the proxy");
    r = registry();
    scp_egress_gather(r, &w);
    scp_registry_free(r);
    tap_is_int(-1, scp_egress_proxy_for(&w, "http", "a.b", 80, &proxy, NULL), "what is not known is not guessed");
}

int main(void)
{
    test_winhttp();
    test_account();
    test_coverage();
    test_secrets();
    test_url();
    test_bypass();
    test_requests();
    return tap_done();
}
