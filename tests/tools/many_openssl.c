/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the commands of openssl do that tests call most, with the same arguments, by the library that does it there:
 *   genpkey -algorithm NAME [-pkeyopt NAME:VALUE]...    a private key (PEM)
 *   pkey -in FILE -pubout -outform DER                  its public key
 *   dgst -DIGEST -sign FILE [DATA], dgst -DIGEST -binary    a signature, a digest; without DATA of standard input
 *   req, x509 -req                                      many_x509.c
 */
#include "many.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>

enum { DATA_MAX = 64 << 20, SIGNATURE_MAX = 4096 };

int many_failed(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
    ERR_print_errors_fp(stderr);
    return 1;
}

static int write_out(const unsigned char *p, size_t n)
{
    return fwrite(p, 1, n, stdout) == n ? 0 : many_failed("writing");
}

/* "rsa_keygen_bits:2048" */
static int set(EVP_PKEY_CTX *ctx, const char *option)
{
    char name[64];
    const char *colon = strchr(option, ':');

    if (colon == NULL || (size_t)(colon - option) >= sizeof name)
        return 0;
    (void)snprintf(name, sizeof name, "%.*s", (int)(colon - option), option);
    return EVP_PKEY_CTX_ctrl_str(ctx, name, colon + 1) > 0;
}

static int genpkey(int n, char *const *word)
{
    EVP_PKEY_CTX *ctx = n >= 3 && strcmp(word[1], "-algorithm") == 0 ? EVP_PKEY_CTX_new_from_name(NULL, word[2], NULL) : NULL;
    EVP_PKEY *key = NULL;
    int good = ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0;

    for (int i = 3; good && i < n; i += 2)
        good = i + 1 < n && strcmp(word[i], "-pkeyopt") == 0 && set(ctx, word[i + 1]);
    good = good && EVP_PKEY_keygen(ctx, &key) > 0 && PEM_write_PrivateKey(stdout, key, NULL, NULL, 0, NULL, NULL) == 1;
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    return good ? 0 : many_failed("genpkey");
}

EVP_PKEY *many_key(const char *path)
{
    FILE *f = path != NULL ? fopen(path, "r") : NULL;
    EVP_PKEY *key = f != NULL ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

    if (f != NULL)
        (void)fclose(f);
    return key;
}

static int pkey(int n, char *const *word)
{
    EVP_PKEY *key = n == 6 && strcmp(word[1], "-in") == 0 && strcmp(word[3], "-pubout") == 0 ? many_key(word[2]) : NULL;
    unsigned char *der = NULL;
    int size = key != NULL ? i2d_PUBKEY(key, &der) : -1, rc = size > 0 ? write_out(der, (size_t)size) : many_failed("pkey");

    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return rc;
}

static unsigned char *read_data(const char *path, size_t *n)
{
    FILE *f = path != NULL ? fopen(path, "rb") : stdin;
    unsigned char *data = malloc(DATA_MAX);

    *n = f != NULL && data != NULL ? fread(data, 1, DATA_MAX, f) : DATA_MAX;
    if (f != NULL && f != stdin)
        (void)fclose(f);
    if (*n < DATA_MAX)
        return data;
    free(data);
    return NULL;
}

static int sign(const EVP_MD *md, const char *path, const unsigned char *data, size_t n)
{
    unsigned char signature[SIGNATURE_MAX];
    size_t size = sizeof signature;
    EVP_PKEY *key = many_key(path);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int good = key != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, md, NULL, key) == 1 &&
               EVP_DigestSign(ctx, signature, &size, data, n) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good ? write_out(signature, size) : many_failed(path);
}

static int digest(const EVP_MD *md, const unsigned char *data, size_t n)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    return EVP_Digest(data, n, out, &size, md, NULL) == 1 ? write_out(out, size) : many_failed("dgst");
}

static int dgst(int n, char *const *word)
{
    const EVP_MD *md = n >= 3 && word[1][0] == '-' ? EVP_get_digestbyname(word[1] + 1) : NULL;
    int signs = n >= 4 && strcmp(word[2], "-sign") == 0, rc;
    unsigned char *data;
    size_t size;

    if (md == NULL || (!signs && (n != 3 || strcmp(word[2], "-binary") != 0)) || n > 5)
        return many_failed("dgst");
    if ((data = read_data(signs && n == 5 ? word[4] : NULL, &size)) == NULL)
        return many_failed("no data");
    rc = signs ? sign(md, word[3], data, size) : digest(md, data, size);
    free(data);
    return rc;
}

int many_openssl(int n, char *const *word)
{
    static const struct {
        const char *name;
        int (*does)(int n, char *const *word);
    } COMMANDS[] = { { "genpkey", genpkey }, { "pkey", pkey }, { "dgst", dgst }, { "req", many_req }, { "x509", many_x509 } };

    for (size_t i = 0; n > 1 && i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        if (strcmp(word[0], COMMANDS[i].name) == 0)
            return COMMANDS[i].does(n, word);
    }
    return many_failed("not understood");
}
