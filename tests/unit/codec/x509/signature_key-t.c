/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys read without OpenSSL's decoder are those that it reads, and none that it does not read. */
#include "codec/x509/signature_internal.h"
#include "tap.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string.h>

enum { ROOM = 2048 };

static const struct {
    const char *name;
    int bits;         /* RSA; 0: the name is a curve's */
    const char *form; /* of the curve's points */
} KEYS[] = {
    { "RSA", 1024, NULL },        { "RSA", 2048, NULL },          { "RSA", 3072, NULL },          { "P-256", 0, "uncompressed" },
    { "P-256", 0, "compressed" }, { "P-384", 0, "uncompressed" }, { "P-521", 0, "uncompressed" }, { "ED25519", 0, NULL },
};

static EVP_PKEY *generate(size_t i)
{
    EVP_PKEY *key = KEYS[i].bits > 0       ? EVP_RSA_gen((unsigned)KEYS[i].bits)
                    : KEYS[i].form != NULL ? EVP_EC_gen(KEYS[i].name)
                                           : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

    if (key == NULL || (KEYS[i].form != NULL && EVP_PKEY_set_utf8_string_param(key, "point-format", KEYS[i].form) != 1))
        tap_bail("no key of type %s", KEYS[i].name);
    return key;
}

static EVP_PKEY *decoded(const uint8_t *p, size_t n)
{
    const unsigned char *at = p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)n);

    if (key != NULL && at == p + n)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* Do both say the same of it? */
static int same(const uint8_t *p, size_t n, int *read)
{
    EVP_PKEY *ours = NULL, *theirs = decoded(p, n);
    int rc = scp_signature_key(p, n, &ours, NULL), equal;

    *read += rc == 0;
    equal = rc == 0 ? theirs != NULL && EVP_PKEY_eq(ours, theirs) == 1 : theirs == NULL;
    EVP_PKEY_free(ours);
    EVP_PKEY_free(theirs);
    return equal;
}

static void test_one(size_t i)
{
    static const uint8_t FLIP[] = { 0x01, 0x80, 0xFF };
    EVP_PKEY *key = generate(i);
    uint8_t spki[ROOM], *p = spki;
    int length = i2d_PUBKEY(key, NULL), differ = 0, read = 0;
    size_t n = (size_t)length;

    if (length <= 0 || n >= ROOM || i2d_PUBKEY(key, &p) != length)
        tap_bail("a key that cannot be written");
    tap_ok(same(spki, n, &read) && read == 1, "%s %d %s: the same key", KEYS[i].name, KEYS[i].bits,
           KEYS[i].form != NULL ? KEYS[i].form : "");
    for (size_t at = 0; at < n; at++) {
        for (size_t k = 0; k < sizeof FLIP; k++) {
            spki[at] ^= FLIP[k];
            differ += !same(spki, n, &read);
            spki[at] ^= FLIP[k];
        }
    }
    tap_is_int(0, differ, "and of each of its neighbours (%d are keys)", read - 1);
    differ = read = 0;
    for (size_t cut = 0; cut < n; cut++)
        differ += !same(spki, cut, &read);
    spki[n] = 0;
    differ += !same(spki, n + 1, &read);
    tap_ok(differ == 0 && read == 0, "cut or with a byte more it is none");
    EVP_PKEY_free(key);
}

int main(void)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        test_one(i);
    return tap_done();
}
