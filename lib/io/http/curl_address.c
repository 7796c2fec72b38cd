/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Where a redirect, or a certificate, may lead.  A gateway inside may answer in a public host's name, so private addresses are
 * asked and told; this machine itself and its own link never are, but where the caller named the host.
 */

/* --- Addresses --- */

struct prefix {
    uint8_t bytes[16];
    unsigned bits;
    const char *what; /* NULL: private, asked */
};

/* IPv4 as mapped addresses. */
#define V4(a, b, c, d)                                                                                                             \
    {                                                                                                                              \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d                                                                       \
    }

static const struct prefix PREFIXES[] = {
    { V4(127, 0, 0, 0), 96 + 8, "a loopback address" },
    { V4(0, 0, 0, 0), 96 + 8, "an unspecified address" },
    { V4(169, 254, 0, 0), 96 + 16, "a link-local address" },
    { V4(10, 0, 0, 0), 96 + 8, NULL },
    { V4(172, 16, 0, 0), 96 + 12, NULL },
    { V4(192, 168, 0, 0), 96 + 16, NULL },
    { V4(100, 64, 0, 0), 96 + 10, NULL },
    { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 128, "a loopback address" },
    { { 0 }, 128, "an unspecified address" },
    { { 0xFE, 0x80 }, 10, "a link-local address" },
    { { 0xFC }, 7, NULL },
};

static bool covers(const struct prefix *p, const uint8_t address[16])
{
    unsigned whole = p->bits / 8, rest = p->bits % 8;

    return memcmp(p->bytes, address, whole) == 0 && (rest == 0 || (p->bytes[whole] ^ address[whole]) >> (8 - rest) == 0);
}

/* NULL: a public one. */
static const struct prefix *prefix_of(const uint8_t address[16])
{
    for (size_t i = 0; i < sizeof PREFIXES / sizeof PREFIXES[0]; i++) {
        if (covers(&PREFIXES[i], address))
            return &PREFIXES[i];
    }
    return NULL;
}

static void map_v4(const void *v4, uint8_t out[16])
{
    static const uint8_t MAPPED[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };

    memcpy(out, MAPPED, sizeof MAPPED);
    memcpy(out + sizeof MAPPED, v4, 4);
}

static bool bytes_of(const struct sockaddr *a, uint8_t out[16])
{
    if (a->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, a, sizeof v4);
        map_v4(&v4.sin_addr, out);
        return true;
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, a, sizeof v6);
        memcpy(out, &v6.sin6_addr, 16);
        return true;
    }
    return false;
}

static bool parse(const char *text, uint8_t out[16])
{
    uint8_t v4[4];

    if (inet_pton(AF_INET, text, v4) == 1) {
        map_v4(v4, out);
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}

/* --- Who named the host --- */

/* "host:port" of a URL. */
static const char *authority(const char *url, size_t *n)
{
    const char *p = url != NULL ? strstr(url, "://") : NULL;

    p = p != NULL ? p + 3 : "";
    *n = strcspn(p, "/?#");
    return p;
}

/* The host in it, brackets included. */
static size_t host_length(const char *p, size_t n)
{
    size_t length = p[0] == '[' ? strcspn(p, "]") + 1 : strcspn(p, ":/?#");

    return length < n ? length : n;
}

static bool same_host(const char *a, const char *b)
{
    size_t a_n, b_n;
    const char *a_p = authority(a, &a_n), *b_p = authority(b, &b_n);

    return scp_text_caseeq(a_p, host_length(a_p, a_n), b_p, host_length(b_p, b_n));
}

/* Whether a --connect-to names the host ("" names all). */
static bool led_away(const struct scp_http_curl *c, const char *url)
{
    size_t n, host_n;
    const char *host = authority(url, &n);

    host_n = host_length(host, n);
    for (const struct curl_slist *l = c->connect_to; l != NULL; l = l->next) {
        size_t from = host_length(l->data, strlen(l->data));

        if (from == 0 || scp_text_caseeq(l->data, from, host, host_n))
            return true;
    }
    return false;
}

void scp_http_curl_name(struct http_slot *s)
{
    const struct scp_http_curl *c = s->owner;

    s->named = led_away(c, s->result->url);
    for (size_t i = 0; i < c->total && !s->named; i++)
        s->named = !c->requests[i].from_certificate && c->requests[i].url != NULL && same_host(c->requests[i].url, s->result->url);
}

/* --- While asking --- */

bool scp_http_curl_refuses(struct http_slot *s, const struct sockaddr *address)
{
    const struct prefix *p;
    char text[INET6_ADDRSTRLEN];
    uint8_t bytes[16];

    if (s->named || s->result->proxy[0] != '\0' || !bytes_of(address, bytes))
        return false;
    p = prefix_of(bytes);
    if (p == NULL || p->what == NULL)
        return false;
    if (memcmp(bytes, PREFIXES[0].bytes, 12) == 0)
        (void)inet_ntop(AF_INET, bytes + 12, text, sizeof text);
    else
        (void)inet_ntop(AF_INET6, bytes, text, sizeof text);
    (void)snprintf(s->refused, sizeof s->refused, "%s is %s, which is not asked", text, p->what);
    return true;
}

void scp_http_curl_note_address(struct http_slot *s)
{
    struct scp_http_result *r = s->result;
    const struct prefix *p;
    char *text = NULL;
    uint8_t bytes[16];

    r->private_address[0] = '\0';
    if (r->proxy[0] != '\0' || scp_curl.easy_getinfo(s->easy, CURLINFO_PRIMARY_IP, &text) != CURLE_OK || text == NULL ||
        !parse(text, bytes))
        return;
    p = prefix_of(bytes);
    if (s->hops == 0 && !s->request->from_certificate)
        r->from_public = p == NULL || led_away(s->owner, r->url); /* the address that it was led to is not the host's own */
    else if (!s->named && p != NULL && p->what == NULL)
        (void)snprintf(r->private_address, sizeof r->private_address, "%.*s", (int)sizeof r->private_address - 1, text);
}

void scp_http_curl_name_redirect(struct http_slot *s)
{
    struct scp_http_result *r = s->result;
    char why[sizeof r->message];
    size_t n;
    const char *to = authority(r->url, &n);

    if (r->redirects == 0 || r->outcome == SCP_HTTP_OK || r->outcome == SCP_HTTP_REFUSED || r->outcome == SCP_HTTP_UNABLE ||
        same_host(s->request->url, r->url))
        return;
    /* The name that does not resolve, or the host that is not there, is the one that was redirected to: the redirect failed. */
    if (r->outcome == SCP_HTTP_DNS || r->outcome == SCP_HTTP_CONNECT)
        r->outcome = SCP_HTTP_STATUS;
    memcpy(why, r->message, sizeof why);
    (void)snprintf(r->message, sizeof r->message, "redirected to %.*s: %.120s", (int)(n < 100 ? n : 100), to, why);
}
