/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/crypto.h"

#include "base/say.h"
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 4 };

static struct {
    atomic_flag watched;
    atomic_bool starved;
    struct {
        uint8_t *der;
        size_t n;
        X509 *x;
    } kept[KEPT];
    size_t next; /* which one gives way */
} process = { .watched = ATOMIC_FLAG_INIT };

/* --- The watch: CRYPTO_set_mem_functions(3); the sizes of zero are as OpenSSL's own functions take them. --- */

static void *note(void *p)
{
    if (p == NULL)
        atomic_store(&process.starved, true);
    return p;
}

static void *allocate(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return n > 0 ? note(malloc(n)) : NULL;
}

static void release(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

static void *reallocate(void *p, size_t n, const char *file, int line)
{
    if (n > 0)
        return note(realloc(p, n));
    release(p, file, line);
    return NULL;
}

/*
 * Refused where somebody used OpenSSL before us; then only its queue of errors tells.  No cipher is ever asked for by its name (TLS
 * fetches those of its suites): that their names are not loaded saves a run three million instructions.
 */
static void watch(void)
{
    if (atomic_flag_test_and_set(&process.watched))
        return;
    (void)CRYPTO_set_mem_functions(allocate, reallocate, release);
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ADD_ALL_CIPHERS, NULL);
}

/* The first error is the cause; those on the way up are put behind it. */
static void empty_queue(void)
{
    unsigned long e;

    while ((e = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
            atomic_store(&process.starved, true);
    }
}

/* --- */

bool scp_crypto_starved(void)
{
    return atomic_load(&process.starved);
}

int scp_crypto_begin(struct scp_err *err)
{
    watch();
    if (scp_crypto_starved() || OSSL_LIB_CTX_get0_global_default() == NULL)
        return scp_err_memory(err);
    ERR_clear_error();
    return 0;
}

int scp_crypto_end(struct scp_err *err)
{
    empty_queue();
    return scp_crypto_starved() ? scp_err_memory(err) : 0;
}

int scp_crypto_failed(struct scp_err *err, enum scp_err_code code, const char *message)
{
    return scp_crypto_end(err) != 0 ? -1 : scp_err_set(err, code, SCP_SAID, message);
}

/* --- Certificates --- */

X509 *scp_crypto_kept_certificate(const uint8_t *der, size_t n)
{
    for (size_t i = 0; i < KEPT; i++) {
        if (process.kept[i].n == n && n > 0 && memcmp(process.kept[i].der, der, n) == 0)
            return X509_up_ref(process.kept[i].x) == 1 ? process.kept[i].x : NULL;
    }
    return NULL;
}

static void keep(const uint8_t *der, size_t n, X509 *x)
{
    uint8_t *copy = OPENSSL_memdup(der, n);
    size_t i = process.next;

    if (copy == NULL || X509_up_ref(x) != 1) {
        OPENSSL_free(copy);
        return;
    }
    OPENSSL_free(process.kept[i].der);
    X509_free(process.kept[i].x);
    process.kept[i].der = copy;
    process.kept[i].n = n;
    process.kept[i].x = x;
    process.next = (i + 1) % KEPT;
}

X509 *scp_crypto_certificate(const uint8_t *der, size_t n)
{
    const unsigned char *p = der;
    X509 *x = scp_crypto_kept_certificate(der, n);

    if (x != NULL)
        return x;
    x = d2i_X509(NULL, &p, (long)n);
    if (x != NULL && p != der + n) {
        X509_free(x);
        return NULL;
    }
    if (x != NULL)
        keep(der, n, x);
    return x;
}
