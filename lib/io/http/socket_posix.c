/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

curl_socket_t scp_http_socket(const struct curl_sockaddr *address, int *reason)
{
    int fd = socket(address->family, address->socktype, address->protocol);

    if (fd < 0)
        *reason = errno;
    else
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

bool scp_http_socket_own_fault(long reason)
{
    return reason == EMFILE || reason == ENFILE || reason == ENOMEM || reason == ENOBUFS || reason == EPERM;
}

int scp_http_socket_lack(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (fd < 0)
        return scp_http_socket_own_fault(errno) ? errno : 0;
    (void)close(fd);
    return 0;
}

char *scp_http_socket_reason(long reason, char *out, size_t size)
{
    return scp_machine_reason((int)reason, out, size);
}
