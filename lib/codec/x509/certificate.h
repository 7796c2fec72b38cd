/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_X509_CERTIFICATE_H
#define SCP_CODEC_X509_CERTIFICATE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X.509 certificates (RFC 5280) to facts.  Hashing is about a hundred times cheaper than decoding:
 * identify by hash first, decode only what matters.
 */
enum { SCP_SHA1_LEN = 20, SCP_SHA256_LEN = 32, SCP_DIGEST_MAX = 64, SCP_CERTIFICATE_MAX = 64 << 10 };

int scp_certificate_sha1(const uint8_t *der, size_t n, uint8_t out[SCP_SHA1_LEN], struct scp_err *err);
int scp_certificate_sha256(const uint8_t *der, size_t n, uint8_t out[SCP_SHA256_LEN], struct scp_err *err);

/* For many hashes in a row: what a single one costs is mostly looking the algorithm up. */
struct scp_hasher;
struct scp_hasher *scp_hasher_new(void); /* NULL when out of memory, or without SHA-1 */
int scp_hasher_sha1(struct scp_hasher *h, const uint8_t *p, size_t n, uint8_t out[SCP_SHA1_LEN], struct scp_err *err);
void scp_hasher_free(struct scp_hasher *h);

/* Hash of the TBSCertificate part, by "MD5", "SHA1", "SHA256", "SHA384" or "SHA512" (disallowed lists name certificates so). */
int scp_certificate_tbs_hash(const uint8_t *der, size_t n, const char *digest, uint8_t out[SCP_DIGEST_MAX], size_t *out_len,
                             struct scp_err *err);

struct scp_certificate {
    char *subject; /* RFC 2253-like one line, UTF-8, for people; owned */
    char *issuer;
    char *name; /* subject common name, else the last RDN's value, else ""; raw bytes from outside; owned */
    char *issuer_name;
    uint8_t *subject_der; /* the Name's DER; owned */
    size_t subject_der_len;
    uint8_t *issuer_der;
    size_t issuer_der_len;
    char serial[2 * 64 + 2]; /* upper-case hex of the magnitude, '-' in front when negative; "" when longer than 64 bytes */
    int64_t not_before, not_after;
    bool self_issued;     /* issuer and subject are equal as canonical names (RFC 5280 section 7.1) */
    bool is_ca;           /* basicConstraints cA; true for self-issued version 1 certificates */
    int version;          /* 1, 2, 3 */
    const char *key_type; /* "RSA", "EC", "other" (constants) */
    unsigned key_bits;
    bool has_eku;
    bool eku_server_auth; /* extended key usage absent, or holds serverAuth or anyExtendedKeyUsage */
};

/* Trailing bytes, bad times and anything OpenSSL cannot decode are errors (SCP_ERR_FORMAT); SCP_ERR_MEMORY, see crypto.h. */
int scp_certificate_parse(const uint8_t *der, size_t n, struct scp_certificate *out, struct scp_err *err);
void scp_certificate_free(struct scp_certificate *c);

/* As OpenSSL has it, to be freed with X509_free(); NULL with the same errors. */
struct x509_st;
struct x509_st *scp_certificate_decode(const uint8_t *der, size_t n, struct scp_err *err);

/* A time of a certificate.  false: it is none. */
struct asn1_string_st;
bool scp_certificate_time(const struct asn1_string_st *t, int64_t *out);

/*
 * Enhanced-key-usage lists as certificate properties hold them: DER SEQUENCE OF OBJECT IDENTIFIER.
 */
enum scp_eku_answer { SCP_EKU_NO, SCP_EKU_YES, SCP_EKU_MALFORMED };
enum scp_purpose { SCP_PURPOSE_SERVER_AUTH, SCP_PURPOSE_CODE_SIGNING, SCP_PURPOSE_ANY };
/* Does the list hold the purpose's identifier, or anyExtendedKeyUsage (2.5.29.37.0)?  SCP_PURPOSE_ANY: any identifier at all. */
enum scp_eku_answer scp_eku_list_holds(const uint8_t *p, size_t n, enum scp_purpose purpose);

/* What policies about keys look at in a certificate. */
struct scp_key {
    const char *type; /* "RSA", "EC"; anything else is not judged */
    unsigned bits;
    bool self_signed;      /* a root: its own signature is not judged */
    bool sha1;             /* signed with SHA-1 */
    const uint8_t *sha256; /* of the certificate; NULL: not at hand */
};

#endif
