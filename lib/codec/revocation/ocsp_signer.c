/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/name.h"
#include "codec/revocation/ocsp_internal.h"
#include "codec/x509/signature.h"
#include "codec/x509/tbs.h"

#include <stdio.h>
#include <string.h>

/* --- An included certificate (RFC 5280 section 4.1) --- */

struct certificate {
    struct scp_der whole, tbs, algorithm;
    const uint8_t *signature;
    size_t signature_len;
    struct scp_der inner_algorithm, issuer, subject, spki;
    int64_t not_before, not_after;
    struct scp_reader extensions; /* over the SEQUENCE OF's content */
};

static bool read_validity(struct scp_reader *r, struct certificate *c)
{
    struct scp_reader in;
    struct scp_der validity, from, to;

    if (!scp_der_read(r, SCP_DER_SEQUENCE, &validity))
        return false;
    in = scp_der_inside(&validity);
    return scp_der_any(&in, &from) && scp_der_time(&from, &c->not_before) && scp_der_any(&in, &to) &&
           scp_der_time(&to, &c->not_after) && scp_reader_left(&in) == 0;
}

/* Version 3: a delegate must carry an extension. */
static bool read_version(struct scp_reader *r)
{
    struct scp_reader in;
    struct scp_der wrapper, number;
    unsigned version;

    if (!scp_der_read(r, SCP_DER_CONSTRUCTED(0), &wrapper))
        return false;
    in = scp_der_inside(&wrapper);
    return scp_der_read(&in, SCP_DER_INTEGER, &number) && scp_der_small(&number, &version) && version == 2 &&
           scp_reader_left(&in) == 0;
}

static bool read_tbs(struct certificate *c)
{
    struct scp_reader r = scp_der_inside(&c->tbs), in;
    struct scp_der serial, wrapper, list;

    if (!read_version(&r) || !scp_der_read(&r, SCP_DER_INTEGER, &serial) || !scp_der_integer_valid(&serial) ||
        !scp_der_read(&r, SCP_DER_SEQUENCE, &c->inner_algorithm) || !scp_der_read(&r, SCP_DER_SEQUENCE, &c->issuer) ||
        !read_validity(&r, c) || !scp_der_read(&r, SCP_DER_SEQUENCE, &c->subject) || !scp_der_read(&r, SCP_DER_SEQUENCE, &c->spki))
        return false;
    if (!scp_der_read(&r, SCP_DER_CONSTRUCTED(3), &wrapper) || scp_reader_left(&r) > 0)
        return false;
    in = scp_der_inside(&wrapper);
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &list) || scp_reader_left(&in) > 0)
        return false;
    c->extensions = scp_der_inside(&list);
    return true;
}

/* Of a certificate that may have signed the response; unique identifiers (version 2) are not taken. */
static bool read_certificate(const struct scp_der *whole, struct certificate *c)
{
    struct scp_reader r = scp_der_inside(whole);
    struct scp_der signature;

    c->whole = *whole;
    return scp_der_read(&r, SCP_DER_SEQUENCE, &c->tbs) && scp_der_read(&r, SCP_DER_SEQUENCE, &c->algorithm) &&
           scp_der_read(&r, SCP_DER_BIT_STRING, &signature) && scp_der_octets(&signature, &c->signature, &c->signature_len) &&
           scp_reader_left(&r) == 0 && read_tbs(c) && scp_der_equals(&c->inner_algorithm, c->algorithm.p, c->algorithm.n);
}

/* --- What a delegate may do --- */

/* Extended key usage: id-kp-OCSPSigning itself; anyExtendedKeyUsage is not enough (RFC 6960 section 4.2.2.2). */
static bool read_purposes(const struct scp_der *value, struct scp_ocsp_delegate *d)
{
    static const uint8_t OCSP_SIGNING[] = { 0x2B, 6, 1, 5, 5, 7, 3, 9 };
    struct scp_reader r = scp_der_inside(value), in;
    struct scp_der list, oid;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &list) || scp_reader_left(&r) > 0)
        return false;
    for (in = scp_der_inside(&list); scp_reader_left(&in) > 0;) {
        if (!scp_der_read(&in, SCP_DER_OID, &oid))
            return false;
        d->ocsp_signing = d->ocsp_signing || scp_der_equals(&oid, OCSP_SIGNING, sizeof OCSP_SIGNING);
    }
    return true;
}

/* Key usage: digitalSignature (bit 0) or nonRepudiation (bit 1). */
static bool read_usage(const struct scp_der *value, struct scp_ocsp_delegate *d)
{
    struct scp_reader r = scp_der_inside(value);
    struct scp_der bits;

    if (!scp_der_read(&r, SCP_DER_BIT_STRING, &bits) || scp_reader_left(&r) > 0 || bits.n < 1 || bits.p[0] > 7)
        return false;
    d->may_sign = bits.n > 1 && (bits.p[1] & 0xC0) != 0;
    return true;
}

enum known { KNOWN_NOT, KNOWN_USAGE, KNOWN_PURPOSES, KNOWN_NO_CHECK, KNOWN_HARMLESS };

/* Extensions that may be critical, and the one that is never. */
static enum known known(const struct scp_der *oid)
{
    static const uint8_t NO_CHECK[] = { 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 5 };

    if (scp_der_equals(oid, NO_CHECK, sizeof NO_CHECK))
        return KNOWN_NO_CHECK;
    if (oid->n != 3 || oid->p[0] != 0x55 || oid->p[1] != 0x1D)
        return KNOWN_NOT;
    switch (oid->p[2]) {
    case 0x0F: return KNOWN_USAGE;
    case 0x25: return KNOWN_PURPOSES;
    case 0x11: return KNOWN_HARMLESS; /* subjectAltName: nobody is looked up by it */
    case 0x13: return KNOWN_HARMLESS; /* basicConstraints: a delegate issues nothing here */
    case 0x20: return KNOWN_HARMLESS; /* certificatePolicies: none is asked for */
    default: return KNOWN_NOT;
    }
}

static bool seen_before(const struct certificate *c, const struct scp_ocsp_extension *x)
{
    struct scp_reader r = c->extensions;
    struct scp_ocsp_extension other;

    while (scp_ocsp_next_extension(&r, &other) && other.oid.p != x->oid.p) {
        if (scp_der_equals(&other.oid, x->oid.p, x->oid.n))
            return true;
    }
    return false;
}

static bool read_rights(const struct certificate *c, struct scp_ocsp_delegate *d)
{
    enum { EXTENSIONS_MAX = 64 };
    struct scp_reader r = c->extensions;
    struct scp_ocsp_extension x;

    *d = (struct scp_ocsp_delegate){
        .der = c->whole.whole, .der_len = c->whole.whole_n, .not_before = c->not_before, .not_after = c->not_after, .may_sign = true
    };
    for (unsigned n = 0; scp_reader_left(&r) > 0; n++) {
        if (n == EXTENSIONS_MAX || !scp_ocsp_next_extension(&r, &x) || seen_before(c, &x))
            return false;
        enum known k = known(&x.oid);
        if ((k == KNOWN_USAGE && !read_usage(&x.value, d)) || (k == KNOWN_PURPOSES && !read_purposes(&x.value, d)))
            return false;
        d->no_check = d->no_check || k == KNOWN_NO_CHECK;
        if (x.critical && (k == KNOWN_NOT || k == KNOWN_NO_CHECK) && d->critical[0] == '\0')
            scp_oid_format(x.oid.p, x.oid.n, d->critical);
    }
    return true;
}

/* --- Whose key --- */

static bool bears_identifier(const struct scp_ocsp *out, const uint8_t *name, size_t name_len, const uint8_t key_hash[SCP_SHA1_LEN])
{
    if (out->by_key)
        return out->responder_len == SCP_SHA1_LEN && memcmp(out->responder, key_hash, SCP_SHA1_LEN) == 0;
    return scp_name_equal(out->responder, out->responder_len, name, name_len, NULL);
}

/* 1: the certificate bears the responder's identifier; 0: it does not; -1: the hash of its key cannot be computed. */
static int is_candidate(const struct scp_ocsp *out, const struct scp_tbs_names *names)
{
    uint8_t key_hash[SCP_SHA1_LEN] = { 0 };
    const uint8_t *bits;
    size_t bits_len;

    if (out->by_key && !scp_ocsp_key_bits(names->spki, names->spki_len, &bits, &bits_len))
        return 0;
    if (out->by_key && scp_certificate_sha1(bits, bits_len, key_hash, NULL) != 0)
        return -1;
    return bears_identifier(out, names->subject, names->subject_len, key_hash);
}

struct search {
    const struct scp_ocsp_signed *s;
    const struct scp_ocsp_question *q;
    struct scp_ocsp *out;
    struct scp_err *err;
};

static void set_signature(struct scp_ocsp *out, enum scp_ocsp_signature signature, const struct scp_err *reason)
{
    out->signature = signature;
    (void)snprintf(out->signature_message, sizeof out->signature_message, "%.*s", (int)sizeof out->signature_message - 1,
                   reason->message);
}

/* 1: the signature is by this key; 0: it is not, *out says why; -1: out of memory. */
static int try_key(const struct search *f, const uint8_t *spki, size_t spki_len, enum scp_ocsp_signer signer)
{
    const struct scp_ocsp_signed *s = f->s;
    struct scp_err reason = SCP_ERR_INIT;
    int rc = scp_signature_verify(s->algorithm.whole, s->algorithm.whole_n, spki, spki_len, s->tbs.whole, s->tbs.whole_n,
                                  s->signature, s->signature_len, &reason);

    if (rc != 0 && reason.code == SCP_ERR_MEMORY)
        return scp_err_memory(f->err);
    f->out->signer = signer;
    set_signature(f->out,
                  rc == 0                              ? SCP_OCSP_SIGNATURE_GOOD
                  : reason.code == SCP_ERR_UNSUPPORTED ? SCP_OCSP_SIGNATURE_UNSUPPORTED
                                                       : SCP_OCSP_SIGNATURE_BAD,
                  &reason);
    return rc == 0;
}

/* 1: the issuer signed it; 0: it did not, or *out says that this cannot be told; -1: out of memory. */
static int is_delegate(const struct search *f, const struct certificate *c)
{
    const struct scp_ocsp_question *q = f->q;
    struct scp_err reason = SCP_ERR_INIT;

    if (!scp_reader_left(&c->extensions) ||
        !scp_name_equal(c->issuer.whole, c->issuer.whole_n, q->subject_der, q->subject_der_len, NULL))
        return 0;
    if (scp_signature_verify(c->algorithm.whole, c->algorithm.whole_n, q->spki_der, q->spki_der_len, c->tbs.whole, c->tbs.whole_n,
                             c->signature, c->signature_len, &reason) == 0)
        return 1;
    if (reason.code == SCP_ERR_MEMORY)
        return scp_err_memory(f->err);
    if (f->out->signature == SCP_OCSP_SIGNATURE_UNCHECKED)
        set_signature(f->out, reason.code == SCP_ERR_UNSUPPORTED ? SCP_OCSP_SIGNATURE_UNSUPPORTED : SCP_OCSP_SIGNATURE_UNCHECKED,
                      &reason);
    return 0;
}

/* What its key and the signature over its certificate are worth; a key that cannot be read is of an unknown kind. */
static int read_strength(const struct search *f, const struct certificate *c, struct scp_ocsp_delegate *d)
{
    struct scp_err why = SCP_ERR_INIT;

    (void)scp_signature_describe(c->algorithm.whole, c->algorithm.whole_n, &d->algorithm, NULL);
    if (scp_strength_key(c->spki.whole, c->spki.whole_n, &d->key, &why) == 0)
        return 0;
    if (why.code == SCP_ERR_MEMORY)
        return scp_err_memory(f->err);
    d->key = (struct scp_key_strength){ .strength = SCP_STRENGTH_UNKNOWN, .text = "a key that cannot be read" };
    return 0;
}

/* As try_key(), for an included certificate that bears the responder's identifier. */
static int try_certificate(const struct search *f, const struct scp_der *whole)
{
    struct scp_ocsp *out = f->out;
    struct scp_ocsp_delegate delegate;
    struct certificate c;
    bool read = read_certificate(whole, &c) && read_rights(&c, &delegate);
    int signed_by_issuer, rc;

    /* The issuer's own key was tried already. */
    if (read && out->signer == SCP_OCSP_SIGNER_ISSUER && c.spki.whole_n == f->q->spki_der_len &&
        memcmp(c.spki.whole, f->q->spki_der, c.spki.whole_n) == 0)
        return 0;
    signed_by_issuer = read ? is_delegate(f, &c) : 0;

    if (signed_by_issuer < 0)
        return -1;
    if (signed_by_issuer == 0) {
        if (out->signer == SCP_OCSP_SIGNER_NOBODY)
            out->signer = SCP_OCSP_SIGNER_STRANGER;
        return 0;
    }
    if (read_strength(f, &c, &delegate) != 0)
        return -1;
    rc = try_key(f, c.spki.whole, c.spki.whole_n, SCP_OCSP_SIGNER_DELEGATE);
    out->delegate = delegate;
    return rc;
}

static int try_included(const struct search *f, const uint8_t *start)
{
    struct scp_reader list = f->s->certificates;
    struct scp_tbs_names names;
    struct scp_der whole;

    while (scp_reader_left(&list) > 0) {
        size_t at = (size_t)(list.p + list.pos - start);
        int candidate;

        if (f->out->certificates++ == SCP_OCSP_CERTIFICATES_MAX)
            return scp_err_set(f->err, SCP_ERR_LIMIT, "more than %d certificates", SCP_OCSP_CERTIFICATES_MAX);
        if (!scp_der_read(&list, SCP_DER_SEQUENCE, &whole) || !scp_tbs_names(whole.whole, whole.whole_n, &names))
            return scp_err_set(f->err, SCP_ERR_FORMAT, "offset %zu: not a certificate (RFC 5280 section 4.1)", at);
        /* All are read, also when it is settled who signed: a malformed one makes the response malformed. */
        if (f->out->signature == SCP_OCSP_SIGNATURE_GOOD)
            continue;
        candidate = is_candidate(f->out, &names);
        if (candidate < 0)
            return scp_crypto_failed(f->err, SCP_ERR_SYSTEM, "the cryptographic library cannot compute SHA-1");
        if (candidate > 0 && try_certificate(f, &whole) < 0)
            return -1;
    }
    return 0;
}

int scp_ocsp_check_signature(const struct scp_ocsp_signed *s, const uint8_t *start, const struct scp_ocsp_question *q,
                             struct scp_ocsp *out, struct scp_err *err)
{
    const struct search f = { .s = s, .q = q, .out = out, .err = err };

    (void)scp_signature_describe(s->algorithm.whole, s->algorithm.whole_n, &out->algorithm, NULL);
    if (bears_identifier(out, q->subject_der, q->subject_der_len, q->key_hash) &&
        try_key(&f, q->spki_der, q->spki_der_len, SCP_OCSP_SIGNER_ISSUER) < 0)
        return -1;
    return try_included(&f, start);
}
