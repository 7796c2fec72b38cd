/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/network_internal.h"

#include "base/machine.h"
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_control(const char *s)
{
    for (; *s != '\0'; s++) {
        if ((unsigned char)*s < ' ' || *s == '\x7F')
            return true;
    }
    return false;
}

/* --- Proxies --- */

/* As curl reads them; HTTP_PROXY in capitals could come from a request to a CGI program. */
static const char *environment(const char *name, const char *other)
{
    const char *value = getenv(name);

    if ((value == NULL || value[0] == '\0') && other != NULL)
        value = getenv(other);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static int proxy_from(const char *name, const char *other, char out[NETWORK_PROXY_MAX], struct scp_err *err)
{
    const char *value = environment(name, other);

    if (value == NULL || scp_network_proxy_parse(value, out, err) == 0)
        return 0;
    return scp_err_prefix(err, "%s in the environment", name);
}

static int read_environment(struct scp_network_rules *rules, struct scp_err *err)
{
    if (proxy_from("all_proxy", "ALL_PROXY", rules->http, err) != 0)
        return -1;
    memcpy(rules->https, rules->http, sizeof rules->https);
    if (proxy_from("http_proxy", NULL, rules->http, err) != 0)
        return -1;
    return proxy_from("https_proxy", "HTTPS_PROXY", rules->https, err);
}

static int read_noproxy(const struct scp_network *n, struct scp_network_rules *rules, struct scp_err *err)
{
    const char *list = n->noproxy != NULL ? n->noproxy : environment("no_proxy", "NO_PROXY");

    if (list == NULL)
        return 0;
    if (strlen(list) >= sizeof rules->noproxy)
        return scp_err_set(err, SCP_ERR_USAGE, "--noproxy: longer than %zu bytes", sizeof rules->noproxy - 1);
    memcpy(rules->noproxy, list, strlen(list) + 1);
    return 0;
}

static int read_proxy(const struct scp_network *n, struct scp_network_setting *out, struct scp_err *err)
{
    struct scp_network_rules *rules = out->rules;

    if (n->proxy == NULL)
        return read_environment(rules, err);
    if (strcmp(n->proxy, "none") == 0)
        return 0;
    out->registry_proxy = strcmp(n->proxy, "registry") == 0;
    if (out->registry_proxy)
        return 0;
    if (scp_network_proxy_parse(n->proxy, rules->http, err) != 0)
        return scp_err_prefix(err, "--proxy");
    memcpy(rules->https, rules->http, sizeof rules->https);
    return 0;
}

static int read_credentials(const struct scp_network *n, struct scp_network_setting *out, struct scp_err *err)
{
    struct scp_network_rules *rules = out->rules;
    struct scp_credentials *c = &rules->credentials;

    if (n->proxy_auth_file == NULL)
        return 0;
    if (out->registry_proxy)
        return scp_err_set(err, SCP_ERR_USAGE,
                           "--proxy-auth-file: name the proxy (--proxy=URL): the machine that is judged does not choose who gets a "
                           "password");
    if (scp_credentials_read(n->proxy_auth_file, c, err) != 0)
        return scp_err_prefix(err, "--proxy-auth-file");
    if (c->username[0] == '\0')
        return scp_err_set(err, SCP_ERR_USAGE, "--proxy-auth-file: %s: no username=", n->proxy_auth_file);
    out->options.proxy_user = scp_credentials_user(c, rules->user);
    out->options.proxy_password = c->password;
    return 0;
}

/* --- --connect-to --- */

/* The length of the host at p ("" matches any), brackets included. */
static size_t host_part(const char *p)
{
    return p[0] == '[' ? strcspn(p, "]") + (strchr(p, ']') != NULL) : strcspn(p, ":");
}

static bool port_part(const char *p, size_t n)
{
    uint64_t port = 0;

    return n == 0 || (scp_num_u64(p, n, 65535, &port, NULL) == 0 && port > 0);
}

/* HOST1:PORT1:HOST2:PORT2, any of them may be empty. */
static bool is_connect_to(const char *p)
{
    size_t n = host_part(p);

    if (p[n] != ':' || has_control(p))
        return false;
    p += n + 1;
    n = strcspn(p, ":");
    if (p[n] != ':' || !port_part(p, n))
        return false;
    p += n + 1;
    n = host_part(p);
    return p[n] == ':' && port_part(p + n + 1, strlen(p + n + 1));
}

static int read_connect_to(const struct scp_network *n, struct scp_network_setting *out, struct scp_err *err)
{
    const char **v;

    if (n->connect_to.n == 0)
        return 0;
    v = calloc(n->connect_to.n + 1, sizeof *v);
    if (v == NULL)
        return scp_err_memory(err);
    out->rules->connect_to = v;
    out->options.connect_to = v;
    for (size_t i = 0; i < n->connect_to.n; i++) {
        if (!is_connect_to(n->connect_to.v[i]))
            return scp_err_set(err, SCP_ERR_USAGE, "--connect-to: '%s' is not HOST:PORT:HOST:PORT", n->connect_to.v[i]);
        v[i] = n->connect_to.v[i];
    }
    return 0;
}

/* --- All of them --- */

static int read_rest(const struct scp_network *n, struct scp_network_setting *out, struct scp_err *err)
{
    if (n->ipv4 && n->ipv6)
        return scp_err_set(err, SCP_ERR_USAGE, "-4 and -6 exclude each other");
    out->options.family = n->ipv4 ? SCP_HTTP_IPV4 : n->ipv6 ? SCP_HTTP_IPV6 : SCP_HTTP_ANY_FAMILY;
    if (n->user_agent != NULL && has_control(n->user_agent))
        return scp_err_set(err, SCP_ERR_USAGE, "--user-agent: holds control characters");
    out->options.user_agent = n->user_agent;
    out->at_server = n->vantage == SCP_NETWORK_SERVER;
    out->implied_proxy = n->implied;
    return 0;
}

int scp_network_open(const struct scp_network *n, struct scp_network_setting *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    out->rules = calloc(1, sizeof *out->rules);
    if (out->rules == NULL)
        return scp_err_memory(err);
    if (read_rest(n, out, err) != 0 || read_proxy(n, out, err) != 0 || read_noproxy(n, out->rules, err) != 0 ||
        read_connect_to(n, out, err) != 0 || read_credentials(n, out, err) != 0) {
        scp_network_close(out);
        return -1;
    }
    if (!out->registry_proxy) {
        out->options.proxy_for = scp_network_proxy_for;
        out->options.proxy_context = out->rules;
    }
    return 0;
}

void scp_network_close(struct scp_network_setting *s)
{
    if (s->rules != NULL) {
        scp_credentials_wipe(&s->rules->credentials);
        free(s->rules->connect_to);
    }
    free(s->rules);
    memset(s, 0, sizeof *s);
}

/* --- From where --- */

void scp_network_from_proxy(const char *proxy, struct scp_network_from *out)
{
    char host[128];

    (void)snprintf(out->proxy, sizeof out->proxy, "%s", proxy);
    if (proxy[0] != '\0') {
        (void)snprintf(out->text, sizeof out->text, "via proxy %s", out->proxy);
        return;
    }
    scp_machine_name(host, sizeof host);
    (void)snprintf(out->text, sizeof out->text, "from %s", host);
}

void scp_network_from(const struct scp_http_result *results, size_t n, struct scp_network_from *out)
{
    size_t i = 0;

    while (i < n && results[i].proxy[0] == '\0')
        i++;
    scp_network_from_proxy(i < n ? results[i].proxy : "", out);
}

bool scp_network_clock_skew(const struct scp_http_result *results, size_t n, int64_t began, double *seconds)
{
    bool found = false;

    for (size_t i = 0; i < n; i++) {
        double skew;

        if (results[i].date == SCP_UTC_UNKNOWN || results[i].attempts == 0)
            continue;
        skew = (double)began + results[i].date_seconds - (double)results[i].date;
        if (!found || fabs(skew) < fabs(*seconds))
            *seconds = skew;
        found = true;
    }
    return found;
}
