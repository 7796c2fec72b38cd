/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/network_internal.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Proxies by name --- */

static void parses(const char *text, const char *wanted)
{
    char out[NETWORK_PROXY_MAX] = "";
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(0, scp_network_proxy_parse(text, out, &err), "'%s' %s", text, err.message);
    tap_is_text(wanted, out, "its form");
}

static void refuses(const char *text, const char *why)
{
    char out[NETWORK_PROXY_MAX];
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, scp_network_proxy_parse(text, out, &err), "refused: '%s'", text);
    tap_has_text(why, err.message, "and why");
}

static void test_parse(void)
{
    char name[400] = "";

    parses("px:8080", "http://px:8080");
    parses("http://px.example:8080", "http://px.example:8080");
    parses("HTTP://px:8080/", "http://px:8080");
    parses("[::1]:3128", "http://[::1]:3128");
    parses("http://192.0.2.1:65535", "http://192.0.2.1:65535");
    refuses("", "is not a proxy");
    refuses("px", "names no port");
    refuses("http://px/", "names no port");
    refuses("px:", "not a port");
    refuses("px:0", "not a port");
    refuses("px:65536", "not a port");
    refuses("px:80/path", "not a port");
    refuses("px:80x", "not a port");
    refuses("https://px:443", "plain HTTP");
    refuses("socks5h://px:1080", "plain HTTP");
    refuses("http://u:w@px:80", "--proxy-auth-file");
    refuses("[::g]:80", "is not a proxy");
    refuses("[::1", "is not a proxy");
    refuses("[]:80", "is not a proxy");
    refuses("p x:80", "names no port");
    memset(name, 'a', sizeof name - 5);
    memcpy(name + sizeof name - 5, ":80", 4);
    refuses(name, "too long");
}

/* --- Exceptions --- */

static void test_bypass(void)
{
    tap_ok(scp_network_bypasses("*", "a.example"), "* is all");
    tap_ok(!scp_network_bypasses("", "a.example"), "nothing is none");
    tap_ok(scp_network_bypasses("a.example", "a.example"), "a host");
    tap_ok(scp_network_bypasses("other, A.EXAMPLE", "a.example"), "in a list, in any case");
    tap_ok(scp_network_bypasses("other\ta.example", "a.example."), "blanks, a dot behind");
    tap_ok(scp_network_bypasses("example", "a.example"), "a domain");
    tap_ok(scp_network_bypasses(".example", "a.example") && scp_network_bypasses(".example", "example"),
           "with a dot in front, and the domain itself");
    tap_ok(!scp_network_bypasses("xample", "a.example"), "not a part of a label");
    tap_ok(!scp_network_bypasses("a.example", "example"), "not what is above");
    tap_ok(!scp_network_bypasses("*.example", "a.example"), "no patterns, as with curl");
    tap_ok(!scp_network_bypasses(",, .,", "a.example"), "empty entries");
    tap_ok(scp_network_bypasses("192.0.2.1", "192.0.2.1"), "an address");
    tap_ok(!scp_network_bypasses("2.1", "192.0.2.1"), "no end of an address");
    tap_ok(scp_network_bypasses("10.0.0.0/8", "10.255.0.1"), "a network");
    tap_ok(!scp_network_bypasses("10.0.0.0/8", "11.0.0.1"), "not beside it");
    tap_ok(scp_network_bypasses("192.0.2.128/25", "192.0.2.129") && !scp_network_bypasses("192.0.2.128/25", "192.0.2.127"),
           "at its very border");
    tap_ok(scp_network_bypasses("0.0.0.0/0", "192.0.2.1"), "all of IPv4");
    tap_ok(!scp_network_bypasses("0.0.0.0/0", "2001:db8::1") && !scp_network_bypasses("10.0.0.0/33", "10.0.0.0"),
           "not IPv6; no network of 33 bits");
    tap_ok(scp_network_bypasses("2001:db8::/32", "[2001:db8::5]") && scp_network_bypasses("[::1]", "::1"),
           "IPv6, with and without brackets");
    tap_ok(!scp_network_bypasses("10.0.0.0/8", "10.example"), "a name is no address");
}

/* --- Options --- */

static int opens(const struct scp_network *n, struct scp_network_setting *s, struct scp_err *err)
{
    *err = (struct scp_err)SCP_ERR_INIT;
    return scp_network_open(n, s, err);
}

static const char *asks(struct scp_network_setting *s, const char *scheme, const char *host)
{
    const char *proxy = "unset";

    if (s->options.proxy_for == NULL || s->options.proxy_for(s->options.proxy_context, scheme, host, 80, &proxy, NULL) != 0)
        return "error";
    return proxy != NULL ? proxy : "direct";
}

static void clear_environment(void)
{
    static const char *const NAMES[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                         "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        (void)unsetenv(NAMES[i]);
}

static void test_environment(void)
{
    struct scp_network n = { .proxy = NULL };
    struct scp_network_setting s;
    struct scp_err err;

    clear_environment();
    tap_is_int(0, opens(&n, &s, &err), "nothing set");
    tap_is_text("direct", asks(&s, "http", "a"), "direct");
    scp_network_close(&s);
    (void)setenv("all_proxy", "all:1", 1);
    (void)setenv("https_proxy", "http://tls:2/", 1);
    (void)setenv("HTTP_PROXY", "cgi:3", 1);
    (void)setenv("NO_PROXY", "b,c", 1);
    tap_is_int(0, opens(&n, &s, &err), "an environment");
    tap_is_text("http://all:1", asks(&s, "http", "a"), "all_proxy for http; HTTP_PROXY is not looked at");
    tap_is_text("http://tls:2", asks(&s, "https", "a"), "https_proxy for https");
    tap_is_text("direct", asks(&s, "http", "b"), "NO_PROXY");
    scp_network_close(&s);
    n.proxy = "named:4";
    n.noproxy = "";
    tap_is_int(0, opens(&n, &s, &err), "an option");
    tap_is_text("http://named:4", asks(&s, "https", "b"), "wins, an empty --noproxy too");
    scp_network_close(&s);
    n.proxy = "none";
    tap_is_int(0, opens(&n, &s, &err), "none");
    tap_is_text("direct", asks(&s, "http", "a"), "is none");
    scp_network_close(&s);
    n.proxy = "registry";
    tap_is_int(0, opens(&n, &s, &err), "registry");
    tap_ok(s.registry_proxy && s.options.proxy_for == NULL, "is left to the caller");
    scp_network_close(&s);
    clear_environment();
    n.proxy = NULL;
    (void)setenv("http_proxy", "http://mon:s3cret@px:1", 1);
    tap_is_int(-1, opens(&n, &s, &err), "credentials in the environment");
    tap_ok(strstr(err.message, "http_proxy") != NULL && strstr(err.message, "s3cret") == NULL, "refused without repeating them: %s",
           err.message);
    clear_environment();
}

/* The machine that is judged names the proxy: a password is not sent where it says. */
static void test_login_by_registry(void)
{
    struct scp_network n = { .proxy = "registry", .proxy_auth_file = "/nonexistent/login" };
    struct scp_network_setting s;
    struct scp_err err;

    clear_environment();
    tap_is_int(-1, opens(&n, &s, &err), "--proxy-auth-file with --proxy=registry");
    tap_is_int(SCP_ERR_USAGE, err.code, "wrong use");
    tap_has_text("name the proxy", err.message, "and what to do");
}

static void test_connect_to(void)
{
    static const char *const GOOD[] = { "a:80:b:8080", "::127.0.0.1:8080", "a:80::", ":::", "[::1]:80:[::1]:81", "a::b:" };
    static const char *const BAD[] = { "",        "a",           "a:80",        "a:80:b",    "a:x:b:1",  "a:1:b:x",
                                       "a:0:b:1", "a:1:b:65536", "[::1:80:b:1", "a:1:b:1:c", "a\n:1:b:1" };
    const char *one[1];
    struct scp_network n = { .connect_to = { one, 1 } };
    struct scp_network_setting s;
    struct scp_err err;

    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        one[0] = GOOD[i];
        tap_is_int(0, opens(&n, &s, &err), "--connect-to=%s %s", GOOD[i], err.message);
        tap_ok(s.options.connect_to[0] == GOOD[i] && s.options.connect_to[1] == NULL, "handed on");
        scp_network_close(&s);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        one[0] = BAD[i];
        tap_is_int(-1, opens(&n, &s, &err), "refused: case %zu", i);
        tap_is_int(SCP_ERR_USAGE, err.code, "wrong use");
    }
}

/* --- Clocks and places --- */

static void test_clock(void)
{
    struct scp_http_result r[3] = { { .date = SCP_UTC_UNKNOWN, .attempts = 1 },
                                    { .date = 1000, .date_seconds = 2, .attempts = 1 },
                                    { .date = 900, .date_seconds = 1, .attempts = 1 } };
    double seconds = 0;
    struct scp_network_from from;

    tap_ok(!scp_network_clock_skew(r, 1, 1000, &seconds), "no date, no statement");
    tap_ok(scp_network_clock_skew(r, 3, 1000, &seconds), "dates");
    tap_is_double(2, seconds, "the one that says the least");
    tap_ok(scp_network_clock_skew(r, 3, 10, &seconds) && seconds < 0, "a local clock that is behind");
    tap_is_double(-889, seconds, "by so much");
    scp_network_from(r, 3, &from);
    tap_has_text("from ", from.text, "from here");
    tap_is_text("", from.proxy, "by no proxy");
    (void)snprintf(r[2].proxy, sizeof r[2].proxy, "px:8080");
    scp_network_from(r, 3, &from);
    tap_is_text("via proxy px:8080", from.text, "by a proxy");
    tap_is_text("px:8080", from.proxy, "named");
}

int main(void)
{
    test_parse();
    test_bypass();
    test_environment();
    test_login_by_registry();
    test_connect_to();
    test_clock();
    return tap_done();
}
