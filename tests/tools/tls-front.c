/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * TLS in front of a server of the tests, so that every fault can be had over https.
 *
 *   tls-front CHAIN.pem KEY.pem PORT [cut] [ask]
 *
 * Listens on 127.0.0.1, prints "port N", hands every connection on to PORT in plain text, and ends when its standard input
 * does.  cut: the end is not announced (no close_notify).  ask: wants a certificate of the client's.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_in loopback(unsigned port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int listen_somewhere(void)
{
    struct sockaddr_in a = loopback(0);
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        fail("listen");
    printf("port %u\n", ntohs(a.sin_port));
    (void)fflush(stdout);
    return fd;
}

static bool send_all(int fd, const char *p, ssize_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, (size_t)n, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        p += sent;
        n -= sent;
    }
    return true;
}

static void relay(SSL *ssl, int plain, bool cut)
{
    struct pollfd p[2] = { { SSL_get_fd(ssl), POLLIN, 0 }, { plain, POLLIN, 0 } };
    char bytes[16384];

    while (SSL_pending(ssl) > 0 || poll(p, 2, -1) > 0) {
        if (SSL_pending(ssl) > 0 || p[0].revents != 0) {
            int n = SSL_read(ssl, bytes, sizeof bytes);

            if (n <= 0 || !send_all(plain, bytes, n))
                return;
        }
        if (p[1].revents != 0) {
            ssize_t n = read(plain, bytes, sizeof bytes);

            if (n <= 0 && !cut)
                (void)SSL_shutdown(ssl);
            if (n <= 0 || SSL_write(ssl, bytes, (int)n) <= 0)
                return;
        }
    }
}

static _Noreturn void serve(SSL_CTX *ctx, int fd, unsigned port, bool cut)
{
    struct sockaddr_in a = loopback(port);
    int plain = socket(AF_INET, SOCK_STREAM, 0);
    SSL *ssl = SSL_new(ctx);

    if (ssl != NULL && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1 && connect(plain, (struct sockaddr *)&a, sizeof a) == 0)
        relay(ssl, plain, cut);
    _exit(0);
}

int main(int argc, char **argv)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    bool cut = false;
    int fd;

    if (argc < 4 || ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, argv[1]) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1) {
        (void)fprintf(stderr, "usage: tls-front CHAIN.pem KEY.pem PORT [cut] [ask]\n");
        return 2;
    }
    for (int i = 4; i < argc; i++) {
        cut = cut || strcmp(argv[i], "cut") == 0;
        if (strcmp(argv[i], "ask") == 0)
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    (void)signal(SIGCHLD, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)setpgid(0, 0);
    fd = listen_somewhere();
    for (;;) {
        struct pollfd p[2] = { { fd, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };
        char ignored[64];
        int connection;

        if (poll(p, 2, -1) <= 0)
            continue;
        if (p[1].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) {
            (void)signal(SIGTERM, SIG_IGN);
            (void)kill(0, SIGTERM);
            return 0;
        }
        if (p[0].revents == 0 || (connection = accept(fd, NULL, NULL)) < 0)
            continue;
        if (fork() == 0)
            serve(ctx, connection, (unsigned)atoi(argv[3]), cut);
        (void)close(connection);
    }
}
