/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include <stdio.h>
#include <windows.h>

curl_socket_t scp_http_socket(const struct curl_sockaddr *address, int *reason)
{
    SOCKET s = WSASocketW(address->family, address->socktype, address->protocol, NULL, 0,
                          WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);

    if (s == INVALID_SOCKET)
        *reason = WSAGetLastError();
    return s;
}

/* WSAEACCES is a rule of the firewall for this very program. */
bool scp_http_socket_own_fault(long reason)
{
    return reason == WSAEMFILE || reason == WSAENOBUFS || reason == WSAEACCES || reason == WSA_NOT_ENOUGH_MEMORY;
}

int scp_http_socket_lack(void)
{
    SOCKET s = WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    int reason = s == INVALID_SOCKET ? WSAGetLastError() : 0;

    if (s != INVALID_SOCKET)
        (void)closesocket(s);
    return scp_http_socket_own_fault(reason) ? reason : 0;
}

/* In the words of every other system, so that the same fault reads the same. */
char *scp_http_socket_reason(long reason, char *out, size_t size)
{
    static const struct {
        long reason;
        const char *words;
    } WORDS[] = {
        { WSAECONNREFUSED, "Connection refused" },
        { WSAECONNRESET, "Connection reset by peer" },
        { WSAECONNABORTED, "Software caused connection abort" },
        { WSAETIMEDOUT, "Connection timed out" },
        { WSAENETUNREACH, "Network is unreachable" },
        { WSAEHOSTUNREACH, "No route to host" },
        { WSAENETDOWN, "Network is down" },
        { WSAEADDRNOTAVAIL, "Cannot assign requested address" },
        { WSAEAFNOSUPPORT, "Address family not supported by protocol" },
        { WSAEACCES, "Permission denied" },
        { WSAEMFILE, "Too many open files" },
        { WSAENOBUFS, "No buffer space available" },
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (WORDS[i].reason == reason) {
            (void)snprintf(out, size, "%s", WORDS[i].words);
            return out;
        }
    }
    (void)snprintf(out, size, "error %ld", reason);
    return out;
}
