/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * list_minimal LIST SPKI: the least that verifying a trust list can cost with libcrypto - decode, hash, and verify the three
 * signatures of signer, CA and root.  It looks at nothing else.  For make bench.
 */
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <stdio.h>

enum { LIST_MAX = 4 << 20 };

static unsigned char list[LIST_MAX], spki[LIST_MAX];

static long read_whole(const char *path, unsigned char *p)
{
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(p, 1, LIST_MAX, f) : 0;

    if (f != NULL)
        (void)fclose(f);
    return (long)n;
}

int main(int argc, char **argv)
{
    const unsigned char *p = list, *k = spki, *content;
    long n = argc == 3 ? read_whole(argv[1], list) : 0, length;
    PKCS7 *p7 = d2i_PKCS7(NULL, &p, n);
    EVP_PKEY *root = argc == 3 ? d2i_PUBKEY(NULL, &k, read_whole(argv[2], spki)) : NULL;
    const ASN1_STRING *sequence;
    STACK_OF(X509) * certificates;
    BIO *bio;
    int tag, class, good;

    if (p7 == NULL || root == NULL)
        return 2;
    sequence = p7->d.sign->contents->d.other->value.sequence;
    content = ASN1_STRING_get0_data(sequence);
    if ((ASN1_get_object(&content, &length, &tag, &class, ASN1_STRING_length(sequence)) & 0x80) != 0)
        return 2;
    bio = BIO_new_mem_buf(content, (int)length);
    certificates = p7->d.sign->cert;
    good = PKCS7_verify(p7, NULL, NULL, bio, NULL, PKCS7_BINARY | PKCS7_NOVERIFY) == 1 &&
           X509_verify(sk_X509_value(certificates, 0), X509_get0_pubkey(sk_X509_value(certificates, 1))) == 1 &&
           X509_verify(sk_X509_value(certificates, 1), root) == 1;
    BIO_free(bio);
    EVP_PKEY_free(root);
    PKCS7_free(p7);
    return good ? 0 : 1;
}
