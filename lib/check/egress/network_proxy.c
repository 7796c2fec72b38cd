/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/network_internal.h"

#include "base/num.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* --- What names a proxy --- */

static bool begins(const char *s, const char *with)
{
    size_t n = strlen(with);

    return strnlen(s, n) == n && scp_text_caseeq(s, n, with, n);
}

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/* The length of "name" or "[v6]" at p; 0: neither. */
static size_t host_length(const char *p)
{
    unsigned char address[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];
    size_t n = 0;

    if (p[0] == '[') {
        n = strcspn(p, "]");
        if (p[n] == '\0' || n - 1 >= sizeof text)
            return 0;
        memcpy(text, p + 1, n - 1);
        text[n - 1] = '\0';
        return inet_pton(AF_INET6, text, address) == 1 ? n + 1 : 0;
    }
    while (is_host_character(p[n]))
        n++;
    return n;
}

int scp_network_proxy_parse(const char *text, char out[NETWORK_PROXY_MAX], struct scp_err *err)
{
    const char *host = strstr(text, "://");
    uint64_t port = 0;
    size_t n, length;

    if (strchr(text, '@') != NULL) /* without repeating it */
        return scp_err_set(err, SCP_ERR_USAGE, "holds credentials, which belong into --proxy-auth-file");
    if (host != NULL && !begins(text, "http://"))
        return scp_err_set(err, SCP_ERR_USAGE, "'%s': only proxies spoken to in plain HTTP are supported (http://HOST:PORT)", text);
    host = host != NULL ? host + 3 : text;
    length = strlen(host);
    if (length > 0 && host[length - 1] == '/')
        length--;
    n = host_length(host);
    if (n == 0)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not a proxy (http://HOST:PORT)", text);
    if (host[n] != ':')
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' names no port (http://HOST:PORT)", text);
    if (scp_num_u64(host + n + 1, length - n - 1, 65535, &port, NULL) != 0 || port == 0)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s': not a port between 1 and 65535", text);
    if (snprintf(out, NETWORK_PROXY_MAX, "http://%.*s", (int)length, host) >= NETWORK_PROXY_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "the proxy's name is too long");
    return 0;
}

/* --- Exceptions --- */

struct address {
    int family;
    unsigned char bytes[16];
    size_t bits;
};

static bool parse_address(const char *p, size_t n, struct address *out)
{
    char text[INET6_ADDRSTRLEN];

    if (n >= 2 && p[0] == '[' && p[n - 1] == ']') {
        p++;
        n -= 2;
    }
    if (n == 0 || n >= sizeof text)
        return false;
    memcpy(text, p, n);
    text[n] = '\0';
    memset(out, 0, sizeof *out);
    out->family = AF_INET;
    out->bits = 32;
    if (inet_pton(AF_INET, text, out->bytes) == 1)
        return true;
    out->family = AF_INET6;
    out->bits = 128;
    return inet_pton(AF_INET6, text, out->bytes) == 1;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, size_t bits)
{
    size_t whole = bits / 8, rest = bits % 8;

    return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* "10.0.0.0/8", "192.0.2.1", "[2001:db8::]/32" */
static bool covers(const char *p, size_t n, const struct address *host)
{
    const char *slash = memchr(p, '/', n);
    size_t length = slash != NULL ? (size_t)(slash - p) : n;
    struct address network;
    uint64_t bits;

    if (!parse_address(p, length, &network) || network.family != host->family)
        return false;
    bits = network.bits;
    if (slash != NULL && scp_num_u64(slash + 1, n - length - 1, network.bits, &bits, NULL) != 0)
        return false;
    return same_bits(network.bytes, host->bytes, (size_t)bits);
}

/* The domain itself and what is below it; a dot in front does not matter. */
static bool is_below(const char *domain, size_t n, const char *host, size_t host_n)
{
    while (n > 0 && domain[0] == '.') {
        domain++;
        n--;
    }
    if (n > 0 && domain[n - 1] == '.')
        n--;
    if (n == 0 || host_n < n || !scp_text_caseeq(host + host_n - n, n, domain, n))
        return false;
    return host_n == n || host[host_n - n - 1] == '.';
}

bool scp_network_bypasses(const char *list, const char *host)
{
    static const char BETWEEN[] = ", \t";
    size_t host_n = strlen(host);
    struct address address;
    bool numeric = parse_address(host, host_n, &address);

    if (host_n > 1 && host[host_n - 1] == '.')
        host_n--;
    while (*list != '\0') {
        size_t n = strcspn(list, BETWEEN);

        if (n == 1 && list[0] == '*')
            return true;
        if (n > 0 && (numeric ? covers(list, n, &address) : is_below(list, n, host, host_n)))
            return true;
        list += n;
        list += strspn(list, BETWEEN);
    }
    return false;
}

int scp_network_proxy_for(void *context, const char *scheme, const char *host, unsigned port, const char **proxy,
                          struct scp_err *err)
{
    const struct scp_network_rules *rules = context;
    const char *chosen = strcmp(scheme, "https") == 0 ? rules->https : rules->http;

    (void)port;
    (void)err;
    *proxy = chosen[0] != '\0' && !scp_network_bypasses(rules->noproxy, host) ? chosen : NULL;
    return 0;
}
