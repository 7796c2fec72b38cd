/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/proxy.h"

#include "base/reader.h"
#include "base/say.h"
#include "base/text.h"
#include "windows/paths.h"
#include "windows/update_policy.h"

#include <stdio.h>
#include <string.h>

/* Bits of the flags in connection settings, as the dialogues write them. */
enum { FLAG_PROXY = 0x2, FLAG_SCRIPT = 0x4, FLAG_DETECT = 0x8 };

enum { DEFAULT_PORT = 80 };

static void give_up(struct scp_proxy *p, const char *reason)
{
    p->kind = SCP_PROXY_UNKNOWN;
    (void)scp_say(p->reason, sizeof p->reason, SCP_OURS, reason);
}

static void not_covered(struct scp_proxy *p, const char *what)
{
    p->kind = SCP_PROXY_UNKNOWN;
    p->not_covered = true;
    (void)scp_say(p->reason, sizeof p->reason, "the source does not hold " SCP_OURS, what);
}

/* --- Text --- */

/* Bytes of a single-byte code page as UTF-8; what is UTF-8 already stays.  false when it does not fit. */
static bool to_utf8(const uint8_t *bytes, size_t n, char *out, size_t size)
{
    bool valid = scp_text_utf8_valid((const char *)bytes, n);
    size_t used = 0;

    for (size_t i = 0; i < n && bytes[i] != 0; i++) {
        char c[4] = { (char)bytes[i] };
        size_t length = valid ? 1 : scp_text_utf8_put(bytes[i], c);

        if (used + length >= size)
            return false;
        memcpy(out + used, c, length);
        used += length;
    }
    out[used] = '\0';
    return true;
}

static bool is_separator(char c)
{
    return c == ';' || c == ' ' || c == '\t' || c == ',' || c == '\r' || c == '\n';
}

/* "user:word@host" in any entry becomes "host": a setting that is shown holds no secret. */
static bool remove_secrets(char *list)
{
    bool removed = false;
    char *entry = list;

    while (*entry != '\0') {
        size_t n = 0, from = 0, at = 0;

        while (entry[n] != '\0' && !is_separator(entry[n])) {
            if (entry[n] == '=' && at == 0)
                from = n + 1;
            else if (entry[n] == '/' && n > 0 && entry[n - 1] == '/' && at == 0)
                from = n + 1;
            else if (entry[n] == '@')
                at = n + 1;
            n++;
        }
        if (at > from) {
            memmove(entry + from, entry + at, strlen(entry + at) + 1);
            n -= at - from;
            removed = true;
        }
        entry += n;
        while (is_separator(*entry))
            entry++;
    }
    return removed;
}

/* --- Connection settings: WinHttpSettings and DefaultConnectionSettings --- */

static bool take_text(struct scp_reader *r, char *out, size_t size)
{
    const uint8_t *bytes;
    uint32_t n = 0;

    return scp_reader_le32(r, &n) && scp_reader_take(r, n, &bytes) && to_utf8(bytes, n, out, size);
}

/*
 * u32 version, u32 counter, u32 flags, then texts with their length in front: proxy list, bypass list, and in newer
 * ones the address of a script.  What follows is not known and passed over.
 */
static bool read_connection(const struct scp_registry_value *v, struct scp_proxy *p, uint32_t *flags)
{
    struct scp_reader r = scp_reader_over(v->data, v->len);
    uint32_t version = 0, counter = 0;

    if (v->type != SCP_REG_BINARY || !scp_reader_le32(&r, &version) || !scp_reader_le32(&r, &counter) ||
        !scp_reader_le32(&r, flags) || !take_text(&r, p->server, sizeof p->server) || !take_text(&r, p->bypass, sizeof p->bypass))
        return false;
    if (scp_reader_left(&r) >= 4 && !take_text(&r, p->script, sizeof p->script))
        p->script[0] = '\0';
    return true;
}

/* What is set becomes what it means; the kind stays DIRECT where nothing is. */
static void conclude(struct scp_proxy *p, uint32_t flags, enum scp_proxy_origin origin)
{
    if ((flags & FLAG_PROXY) != 0 && p->server[0] != '\0')
        p->kind = SCP_PROXY_NAMED;
    else if (((flags & FLAG_SCRIPT) != 0 && p->script[0] != '\0') || (flags & FLAG_DETECT) != 0)
        p->kind = SCP_PROXY_SCRIPT;
    else
        return;
    p->origin = origin;
    p->auto_detect = (flags & FLAG_DETECT) != 0;
}

static void read_winhttp(const struct scp_registry *r, struct scp_proxy *p)
{
    const struct scp_registry_value *v = NULL;
    uint32_t flags = 0;

    switch (scp_registry_value(r, SCP_PATH_INTERNET_SETTINGS "\\Connections", "WinHttpSettings", &v)) {
    case SCP_ABSENT: return;
    case SCP_COULD_NOT_TELL: not_covered(p, "the WinHTTP proxy (Internet Settings\\Connections)"); return;
    case SCP_PRESENT: break;
    }
    if (read_connection(v, p, &flags)) {
        /* WinHTTP's own detection is the step after the account's settings. */
        conclude(p, flags & ~(uint32_t)FLAG_DETECT, SCP_PROXY_FROM_WINHTTP);
        return;
    }
    give_up(p, "WinHttpSettings is malformed");
    p->server[0] = p->bypass[0] = p->script[0] = '\0';
}

/* --- Internet Settings --- */

/* The binary form, for what the plain values do not tell. */
static uint32_t connection_flags(const struct scp_registry *r, const char *path, struct scp_proxy *p)
{
    struct scp_proxy of_it = { .kind = SCP_PROXY_DIRECT };
    const struct scp_registry_value *v = NULL;
    char connections[300];
    uint32_t flags = 0;

    (void)snprintf(connections, sizeof connections, "%s\\Connections", path);
    if (scp_registry_value(r, connections, "DefaultConnectionSettings", &v) != SCP_PRESENT || !read_connection(v, &of_it, &flags))
        return 0;
    if (p->script[0] == '\0')
        memcpy(p->script, of_it.script, sizeof p->script);
    if (p->server[0] == '\0') {
        memcpy(p->server, of_it.server, sizeof p->server);
        memcpy(p->bypass, of_it.bypass, sizeof p->bypass);
    }
    return flags;
}

static void read_settings(const struct scp_registry *r, const char *path, const char *whose, enum scp_proxy_origin origin,
                          struct scp_proxy *p)
{
    const struct scp_policy_number enable = scp_policy_number_read(r, path, "ProxyEnable");
    bool server, bypass, script; /* malformed */
    uint32_t flags;

    if (enable.presence == SCP_COULD_NOT_TELL) {
        not_covered(p, whose);
        return;
    }
    (void)scp_policy_text(r, path, "ProxyServer", p->server, sizeof p->server, &server);
    (void)scp_policy_text(r, path, "ProxyOverride", p->bypass, sizeof p->bypass, &bypass);
    (void)scp_policy_text(r, path, "AutoConfigURL", p->script, sizeof p->script, &script);
    if (enable.wrong_type || server || bypass || script) {
        give_up(p, enable.wrong_type ? "ProxyEnable is not a REG_DWORD"
                                     : "ProxyServer, ProxyOverride or AutoConfigURL is not readable text");
        return;
    }
    flags = connection_flags(r, path, p);
    /* The plain value decides where it is there. */
    if (enable.presence == SCP_PRESENT)
        flags = (flags & ~(uint32_t)FLAG_PROXY) | (enable.value != 0 ? FLAG_PROXY : 0);
    if (p->script[0] != '\0')
        flags |= FLAG_SCRIPT;
    conclude(p, flags, origin);
}

static void read_account(const struct scp_registry *r, enum scp_proxy_account account, struct scp_proxy *p)
{
    const struct scp_policy_number per_user = scp_policy_number_read(r, SCP_PATH_INTERNET_POLICY, "ProxySettingsPerUser");

    if (per_user.presence == SCP_PRESENT && !per_user.wrong_type && per_user.value == 0)
        read_settings(r, SCP_PATH_INTERNET_SETTINGS, "the machine's Internet Settings", SCP_PROXY_FROM_MACHINE, p);
    else if (account == SCP_PROXY_SYSTEM)
        read_settings(r, SCP_PATH_USER_SYSTEM "\\" SCP_PATH_USER_INTERNET_SETTINGS,
                      "the SYSTEM account's Internet Settings (HKU\\S-1-5-18)", SCP_PROXY_FROM_ACCOUNT, p);
    else
        read_settings(r, SCP_PATH_USER_NETWORK_SERVICE "\\" SCP_PATH_USER_INTERNET_SETTINGS,
                      "the NETWORK SERVICE account's Internet Settings (HKU\\S-1-5-20)", SCP_PROXY_FROM_ACCOUNT, p);
}

void scp_proxy_read(const struct scp_registry *r, enum scp_proxy_account account, struct scp_proxy *out)
{
    *out = (struct scp_proxy){ .kind = SCP_PROXY_DIRECT, .origin = SCP_PROXY_FROM_NOWHERE };
    read_winhttp(r, out);
    if (out->kind == SCP_PROXY_DIRECT) {
        out->server[0] = out->bypass[0] = out->script[0] = '\0';
        read_account(r, account, out);
    }
    if (out->kind == SCP_PROXY_DIRECT || out->kind == SCP_PROXY_UNKNOWN)
        out->server[0] = out->bypass[0] = '\0';
    if (out->kind == SCP_PROXY_SCRIPT)
        out->server[0] = '\0';
    out->secret_removed = remove_secrets(out->server);
    out->secret_removed = remove_secrets(out->script) || out->secret_removed;
    if (out->kind == SCP_PROXY_NAMED && out->server[0] == '\0')
        give_up(out, "the proxy list holds a user and no host");
}

/* --- Asking --- */

struct entry {
    const char *p;
    size_t n;
};

static bool next_entry(const char **list, struct entry *out)
{
    while (is_separator(**list))
        (*list)++;
    out->p = *list;
    while (**list != '\0' && !is_separator(**list))
        (*list)++;
    out->n = (size_t)(*list - out->p);
    return out->n > 0;
}

static void skip(struct entry *e, size_t n)
{
    e->p += n;
    e->n -= n;
}

/* "http://" and the like in front. */
static void skip_scheme(struct entry *e)
{
    for (size_t i = 0; i + 3 <= e->n; i++) {
        if (memcmp(e->p + i, "://", 3) == 0) {
            skip(e, i + 3);
            return;
        }
    }
}

/* A colon and digits at the end; an IPv6 address stands in brackets. */
static bool has_port(const struct entry *e)
{
    size_t i = e->n;

    while (i > 0 && e->p[i - 1] >= '0' && e->p[i - 1] <= '9')
        i--;
    return i > 1 && i < e->n && e->p[i - 1] == ':';
}

/* The entry for the scheme, or one without a scheme; in the first that counts. */
static bool find_server(const struct scp_proxy *p, const char *scheme, struct entry *out)
{
    const char *list = p->server;
    struct entry e;

    while (next_entry(&list, &e)) {
        const char *equals = memchr(e.p, '=', e.n);

        if (equals != NULL) {
            if (!scp_text_caseeq(e.p, (size_t)(equals - e.p), scheme, strlen(scheme)))
                continue;
            skip(&e, (size_t)(equals + 1 - e.p));
        }
        skip_scheme(&e);
        while (e.n > 0 && e.p[e.n - 1] == '/')
            e.n--;
        if (e.n > 0) {
            *out = e;
            return true;
        }
    }
    return false;
}

bool scp_proxy_url(const struct scp_proxy *p, const char *scheme, char *out, size_t size)
{
    struct entry e;
    int n;

    if (p->kind != SCP_PROXY_NAMED || !find_server(p, scheme, &e))
        return false;
    n = snprintf(out, size, has_port(&e) ? "http://%.*s" : "http://%.*s:%d", (int)e.n, e.p, DEFAULT_PORT);
    return n > 0 && (size_t)n < size;
}

/* '*' matches any text, without recursion. */
static bool matches(const char *pattern, size_t pn, const char *text, size_t tn)
{
    size_t p = 0, t = 0, star = pn, back = 0;

    while (t < tn) {
        if (p < pn && pattern[p] == '*') {
            star = p++;
            back = t;
        } else if (p < pn && scp_text_lower(pattern[p]) == scp_text_lower(text[t])) {
            p++;
            t++;
        } else if (star < pn) {
            p = star + 1;
            t = ++back;
        } else {
            return false;
        }
    }
    while (p < pn && pattern[p] == '*')
        p++;
    return p == pn;
}

bool scp_proxy_bypasses(const struct scp_proxy *p, const char *host)
{
    const char *list = p->bypass;
    struct entry e;

    while (next_entry(&list, &e)) {
        if (scp_text_caseeq(e.p, e.n, "<local>", 7)) {
            if (strchr(host, '.') == NULL && strchr(host, ':') == NULL)
                return true;
            continue;
        }
        skip_scheme(&e);
        if (has_port(&e)) {
            while (e.p[e.n - 1] != ':')
                e.n--;
            e.n--;
        }
        if (e.n > 0 && matches(e.p, e.n, host, strlen(host)))
            return true;
    }
    return false;
}

const char *scp_proxy_origin_name(enum scp_proxy_origin origin)
{
    switch (origin) {
    case SCP_PROXY_FROM_WINHTTP: return "WinHTTP";
    case SCP_PROXY_FROM_ACCOUNT: return "Internet Settings of the account";
    case SCP_PROXY_FROM_MACHINE: return "Internet Settings of the machine";
    case SCP_PROXY_FROM_NOWHERE: break;
    }
    return "nothing is set";
}
