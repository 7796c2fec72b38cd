/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/crypto.h"

#include "cert_maker.h"
#include "tap.h"

#include <openssl/x509.h>

#include <string.h>

/* More certificates than are kept, of one length: whatever was asked before, what comes is the one that was asked for. */
enum { CERTIFICATES = 9, ROUNDS = 200 };

static struct maker_bytes cert[CERTIFICATES];

static bool is_it(X509 *x, const struct maker_bytes *want)
{
    unsigned char *der = NULL;
    int n = x != NULL ? i2d_X509(x, &der) : -1;
    bool is = n == (int)want->n && memcmp(der, want->p, want->n) == 0;

    OPENSSL_free(der);
    return is;
}

static void asked_in_turn(void)
{
    size_t right = 0, kept = 0, seed = 1;

    for (size_t i = 0; i < ROUNDS; i++) {
        size_t which = i < CERTIFICATES ? i : (seed = seed * 1103515245 + 12345) / 65536 % CERTIFICATES;
        X509 *x = scp_crypto_certificate(cert[which].p, cert[which].n), *again;

        again = scp_crypto_kept_certificate(cert[which].p, cert[which].n);
        right += is_it(x, &cert[which]);
        kept += again == x;
        X509_free(x);
        X509_free(again);
    }
    tap_is_int(ROUNDS, (long long)right, "the one asked for");
    tap_is_int(ROUNDS, (long long)kept, "and it is kept");
}

static void none(void)
{
    X509 *x = scp_crypto_certificate(cert[0].p, cert[0].n);

    tap_ok(x != NULL, "one");
    X509_free(x);
    tap_ok(scp_crypto_kept_certificate(cert[0].p, cert[0].n - 1) == NULL, "its beginning is not kept");
    tap_ok(scp_crypto_certificate(cert[0].p, cert[0].n - 1) == NULL, "nor one");
    tap_ok(scp_crypto_kept_certificate(NULL, 0) == NULL && scp_crypto_certificate(cert[0].p, 0) == NULL, "nothing is none");
}

static void with_a_tail(void)
{
    uint8_t longer[2048];
    size_t n = cert[1].n;

    memcpy(longer, cert[1].p, n);
    longer[n] = 0;
    tap_ok(scp_crypto_certificate(longer, n + 1) == NULL, "a byte behind it");
    tap_ok(scp_crypto_kept_certificate(longer, n + 1) == NULL, "is not kept");
}

int main(void)
{
    if (scp_crypto_begin(NULL) != 0)
        tap_bail("no OpenSSL");
    for (size_t i = 0; i < CERTIFICATES; i++)
        cert[i] = cert_make(&(struct cert_plan){ .serial = maker_raw((const uint8_t[]){ (uint8_t)(i + 1) }, 1) });
    asked_in_turn();
    none();
    with_a_tail();
    tap_ok(scp_crypto_end(NULL) == 0, "and memory sufficed");
    maker_end();
    return tap_done();
}
