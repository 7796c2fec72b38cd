/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WIN32_ARPA_INET_H
#define SCP_WIN32_ARPA_INET_H

/* What POSIX has under this name, where the build is for Windows. */
#include <winsock2.h>
#include <ws2tcpip.h>

#endif
