/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_PROXY_H
#define SCP_WINDOWS_PROXY_H

#include "io/registry/registry.h"

/*
 * The proxy that Windows itself uses for certificate revocation lists, OCSP and trust lists in the name of a
 * service account (Microsoft KB 2623724): first the machine's static WinHTTP proxy (netsh winhttp), then the Internet
 * Settings of the executing account.  The policy ProxySettingsPerUser = 0 moves the latter to HKLM.
 * What is set in the Configuration Manager console is not used for these.
 */
enum scp_proxy_account { SCP_PROXY_SYSTEM /* S-1-5-18 */, SCP_PROXY_NETWORK_SERVICE /* S-1-5-20: downloads trust lists */ };

enum scp_proxy_kind {
    SCP_PROXY_UNKNOWN, /* could not be told: `reason` says why (not in the source, or malformed) */
    SCP_PROXY_DIRECT,
    SCP_PROXY_NAMED, /* a static proxy: `server` */
    SCP_PROXY_SCRIPT /* only a script (PAC) or automatic detection: which proxy that gives is not known here */
};

enum scp_proxy_origin {
    SCP_PROXY_FROM_NOWHERE, /* neither place sets anything */
    SCP_PROXY_FROM_WINHTTP, /* …\Internet Settings\Connections\WinHttpSettings */
    SCP_PROXY_FROM_ACCOUNT, /* HKU\<account>\…\Internet Settings */
    SCP_PROXY_FROM_MACHINE  /* HKLM\…\Internet Settings, by policy */
};

enum { SCP_PROXY_SERVER_MAX = 1024, SCP_PROXY_BYPASS_MAX = 4096, SCP_PROXY_URL_MAX = 512 };

struct scp_proxy {
    enum scp_proxy_kind kind;
    enum scp_proxy_origin origin;
    bool not_covered;                  /* UNKNOWN only because the source does not hold the keys */
    char server[SCP_PROXY_SERVER_MAX]; /* as set, secrets taken out: "px:8080", "http=px:8080;https=px2:8443" */
    char bypass[SCP_PROXY_BYPASS_MAX]; /* as set: "*.local;10.*;<local>" */
    char script[SCP_PROXY_URL_MAX];    /* AutoConfigURL; "" */
    bool auto_detect;                  /* WPAD is switched on */
    bool secret_removed;               /* the setting held a user name and a password */
    char reason[160];
};

/* Decodes the setting.  Text comes out as UTF-8. */
void scp_proxy_read(const struct scp_registry *r, enum scp_proxy_account account, struct scp_proxy *out);

/* The proxy for URLs of a scheme ("http", "https") as a URL: "http://px:8080".  False where there is none (also
 * where the setting names proxies for other schemes only), or it does not fit. */
bool scp_proxy_url(const struct scp_proxy *p, const char *scheme, char *out, size_t size);

/* Whether the bypass list sends a host past the proxy: entries separated by ';' or blanks, '*' matches any text, "<local>"
 * names without a dot. */
bool scp_proxy_bypasses(const struct scp_proxy *p, const char *host);

/* "WinHTTP", "Internet Settings of the account", … */
const char *scp_proxy_origin_name(enum scp_proxy_origin origin);

#endif
