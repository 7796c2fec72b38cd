/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/egress/network.h"

#include <stddef.h>

#define AT(field) offsetof(struct scp_network, field)

const struct scp_option scp_network_options[] = {
    { SCP_GROUP_NETWORK, 'x', "proxy", "URL", SCP_OPTION_TEXT, AT(proxy), NULL,
      "ask through this proxy; \"registry\" is the one of the service connection point's SYSTEM account, \"none\" is none "
      "(default: http_proxy, https_proxy and all_proxy of the environment)" },
    { SCP_GROUP_NETWORK, 0, "noproxy", "LIST", SCP_OPTION_TEXT, AT(noproxy), NULL,
      "hosts, domains and networks to be asked directly, separated by commas; * is all (default: no_proxy of the environment)" },
    { SCP_GROUP_NETWORK, 0, "proxy-auth-file", "FILE", SCP_OPTION_TEXT, AT(proxy_auth_file), NULL,
      "username= and password= for the proxy; the file must not be readable by others; also /dev/fd/N" },
    { SCP_GROUP_NETWORK, '4', "ipv4", NULL, SCP_OPTION_FLAG, AT(ipv4), NULL, "connect over IPv4 only" },
    { SCP_GROUP_NETWORK, '6', "ipv6", NULL, SCP_OPTION_FLAG, AT(ipv6), NULL, "connect over IPv6 only" },
    { SCP_GROUP_NETWORK, 0, "connect-to", "HOST:PORT:HOST:PORT", SCP_OPTION_LIST, AT(connect_to), NULL,
      "connect to the second host and port where the first are asked for; repeatable" },
    { SCP_GROUP_NETWORK, 0, "user-agent", "TEXT", SCP_OPTION_TEXT, AT(user_agent), NULL,
      "what the requests call themselves (default " SCP_HTTP_USER_AGENT ")" },
    { SCP_GROUP_NETWORK, 0, "vantage", "PLACE", SCP_OPTION_CHOICE, AT(vantage), "here|server",
      "where this machine stands: \"server\" is the service connection point itself, or the same way out; \"here\" is another "
      "host, which proves nothing of the server where it reaches no host at all (default here)" },
    SCP_OPTIONS_END,
};
