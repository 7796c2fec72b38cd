/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/revocation/ocsp_internal.h"

#include <openssl/evp.h>

#include <string.h>

/* --- Names --- */

const char *scp_ocsp_status_name(unsigned status)
{
    switch (status) {
    case SCP_OCSP_SUCCESSFUL: return "successful";
    case SCP_OCSP_MALFORMED_REQUEST: return "malformedRequest";
    case SCP_OCSP_INTERNAL_ERROR: return "internalError";
    case SCP_OCSP_TRY_LATER: return "tryLater";
    case SCP_OCSP_SIG_REQUIRED: return "sigRequired";
    case SCP_OCSP_UNAUTHORIZED: return "unauthorized";
    default: return "an undefined status";
    }
}

const char *scp_ocsp_reason_name(int reason)
{
    static const char *const NAMES[] = { "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
                                         "superseded",    "cessationOfOperation", "certificateHold", NULL,
                                         "removeFromCRL", "privilegeWithdrawn",   "aACompromise" };

    return reason >= 0 && (size_t)reason < sizeof NAMES / sizeof *NAMES ? NAMES[reason] : NULL;
}

/* --- Reading --- */

struct parser {
    const uint8_t *start;
    const struct scp_ocsp_question *q;
    struct scp_ocsp *out;
    struct scp_err *err;
};

/* Position in the whole response, from any reader inside it. */
static int malformed(const struct parser *s, const struct scp_reader *at, const char *what)
{
    return scp_err_set(s->err, SCP_ERR_FORMAT, "offset %zu: %s", (size_t)(at->p + at->pos - s->start), what);
}

static int ended(const struct parser *s, const struct scp_reader *r, const char *what)
{
    return scp_reader_left(r) == 0 ? 0 : malformed(s, r, what);
}

/* Whole numbers in groups of seven bits, none with a superfluous octet in front (X.690 section 8.19). */
static bool is_identifier(const struct scp_der *e)
{
    if (e->n == 0 || (e->p[e->n - 1] & 0x80) != 0)
        return false;
    for (size_t i = 0; i < e->n; i++) {
        if (e->p[i] == 0x80 && (i == 0 || (e->p[i - 1] & 0x80) == 0))
            return false;
    }
    return true;
}

bool scp_ocsp_next_extension(struct scp_reader *list, struct scp_ocsp_extension *x)
{
    struct scp_reader in;
    struct scp_der element, flag;

    x->critical = false;
    if (!scp_der_read(list, SCP_DER_SEQUENCE, &element))
        return false;
    in = scp_der_inside(&element);
    if (!scp_der_read(&in, SCP_DER_OID, &x->oid) || !is_identifier(&x->oid))
        return false;
    if (scp_der_next_is(&in, SCP_DER_BOOLEAN) &&
        (!scp_der_read(&in, SCP_DER_BOOLEAN, &flag) || !scp_der_boolean(&flag, &x->critical)))
        return false;
    return scp_der_read(&in, SCP_DER_OCTET_STRING, &x->value) && scp_reader_left(&in) == 0;
}

/*
 * Two extensions may be critical: they add to an answer and take nothing from it.  The nonce is not among them, as we sent none.
 */
static bool may_be_critical(const struct scp_der *oid)
{
    static const uint8_t CRL_REFERENCE[] = { 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 3 };
    static const uint8_t ARCHIVE_CUTOFF[] = { 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 6 };

    return scp_der_equals(oid, CRL_REFERENCE, sizeof CRL_REFERENCE) || scp_der_equals(oid, ARCHIVE_CUTOFF, sizeof ARCHIVE_CUTOFF);
}

/* [1] EXPLICIT Extensions, when it is next; the first critical one that we do not know is kept. */
static int read_extensions(const struct parser *s, struct scp_reader *r, char critical[SCP_OID_TEXT])
{
    struct scp_reader in, list;
    struct scp_der wrapper, extensions;
    struct scp_ocsp_extension x;

    critical[0] = '\0';
    if (!scp_der_next_is(r, SCP_DER_CONSTRUCTED(1)))
        return 0;
    if (!scp_der_read(r, SCP_DER_CONSTRUCTED(1), &wrapper))
        return malformed(s, r, "extensions cut or malformed");
    in = scp_der_inside(&wrapper);
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &extensions) || scp_reader_left(&in) > 0)
        return malformed(s, &in, "extensions are not one SEQUENCE");
    for (list = scp_der_inside(&extensions); scp_reader_left(&list) > 0;) {
        if (!scp_ocsp_next_extension(&list, &x))
            return malformed(s, &list, "not an extension (RFC 5280 section 4.1)");
        if (x.critical && !may_be_critical(&x.oid) && critical[0] == '\0')
            scp_oid_format(x.oid.p, x.oid.n, critical);
    }
    return 0;
}

/* --- Whom it is about --- */

static const struct hash {
    const char *name;
    uint8_t oid[9];
    size_t oid_n;
    const EVP_MD *(*md)(void); /* NULL: SHA-1, which the question already holds */
} HASHES[] = {
    { "SHA1", { 0x2B, 0x0E, 0x03, 0x02, 0x1A }, 5, NULL },
    { "SHA256", { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1 }, 9, EVP_sha256 },
    { "SHA384", { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2 }, 9, EVP_sha384 },
    { "SHA512", { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3 }, 9, EVP_sha512 },
};

static const struct hash *hash_of(const struct scp_der *oid)
{
    for (size_t i = 0; i < sizeof HASHES / sizeof *HASHES; i++) {
        if (scp_der_equals(oid, HASHES[i].oid, HASHES[i].oid_n))
            return &HASHES[i];
    }
    return NULL;
}

/* 1: the digest is the wanted one; 0: it is not; -1: it cannot be computed. */
static int hashes_to(const struct hash *hash, const uint8_t *p, size_t n, const struct scp_der *wanted)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    if (EVP_Digest(p, n, digest, &length, hash->md(), NULL) != 1)
        return -1;
    return scp_der_equals(wanted, digest, length);
}

/* The same answers. */
static int is_issuer(const struct scp_ocsp_question *q, const struct hash *hash, const struct scp_der *name,
                     const struct scp_der *key)
{
    const uint8_t *bits;
    size_t bits_len;
    int named;

    if (hash->md == NULL)
        return scp_der_equals(name, q->name_hash, sizeof q->name_hash) && scp_der_equals(key, q->key_hash, sizeof q->key_hash);
    if (!scp_ocsp_key_bits(q->spki_der, q->spki_der_len, &bits, &bits_len))
        return 0;
    named = hashes_to(hash, q->subject_der, q->subject_der_len, name);
    return named == 1 ? hashes_to(hash, bits, bits_len, key) : named;
}

/* AlgorithmIdentifier of a hash: its parameters are NULL or absent.  *known is NULL for one that we do not use. */
static bool read_hash(struct scp_reader *r, const struct hash **known)
{
    struct scp_reader in;
    struct scp_der algorithm, oid, parameters;

    if (!scp_der_read(r, SCP_DER_SEQUENCE, &algorithm))
        return false;
    in = scp_der_inside(&algorithm);
    if (!scp_der_read(&in, SCP_DER_OID, &oid) || !is_identifier(&oid))
        return false;
    *known = hash_of(&oid);
    return scp_reader_left(&in) == 0 ||
           (scp_der_read(&in, SCP_DER_NULL, &parameters) && parameters.n == 0 && scp_reader_left(&in) == 0);
}

/* CertID (section 4.1.1): *hash is that of an answer to our question, NULL for another's. */
static int read_cert_id(const struct parser *s, struct scp_reader *r, const char **hash)
{
    struct scp_reader in;
    struct scp_der id, name, key, serial;
    const struct hash *known;
    int answers_us;

    *hash = NULL;
    if (!scp_der_read(r, SCP_DER_SEQUENCE, &id))
        return malformed(s, r, "no CertID (RFC 6960 section 4.1.1)");
    in = scp_der_inside(&id);
    if (!read_hash(&in, &known))
        return malformed(s, &in, "no hash algorithm in the CertID");
    if (!scp_der_read(&in, SCP_DER_OCTET_STRING, &name) || !scp_der_read(&in, SCP_DER_OCTET_STRING, &key))
        return malformed(s, &in, "a hash is missing from the CertID");
    if (!scp_der_read(&in, SCP_DER_INTEGER, &serial) || !scp_der_integer_valid(&serial))
        return malformed(s, &in, "no serial number in the CertID");
    if (ended(s, &in, "bytes behind the serial number") != 0)
        return -1;
    if (known == NULL || !scp_der_equals(&serial, s->q->serial.p, s->q->serial.n))
        return 0;
    answers_us = is_issuer(s->q, known, &name, &key);
    if (answers_us < 0)
        return scp_crypto_failed(s->err, SCP_ERR_SYSTEM, "the cryptographic library cannot compute a digest of the CertID");
    if (answers_us > 0)
        *hash = known->name;
    else
        s->out->other_issuer++;
    return 0;
}

/* --- What it says --- */

static int read_time(const struct parser *s, struct scp_reader *r, const char *what, int64_t *out)
{
    const struct scp_reader at = *r;
    struct scp_der e;

    if (!scp_der_read(r, SCP_DER_GENERALIZED_TIME, &e) || !scp_der_time(&e, out))
        return malformed(s, &at, what);
    return 0;
}

static int read_revocation(const struct parser *s, struct scp_reader *r, struct scp_ocsp_answer *a)
{
    struct scp_reader in, of_reason;
    struct scp_der info, wrapper, reason;
    unsigned number;

    a->status = SCP_OCSP_REVOKED;
    if (!scp_der_read(r, SCP_DER_CONSTRUCTED(1), &info))
        return malformed(s, r, "the revocation is cut or malformed");
    in = scp_der_inside(&info);
    if (read_time(s, &in, "no revocation time", &a->revoked_at) != 0)
        return -1;
    if (!scp_der_next_is(&in, SCP_DER_CONSTRUCTED(0)))
        return ended(s, &in, "bytes behind the revocation time");
    if (!scp_der_read(&in, SCP_DER_CONSTRUCTED(0), &wrapper))
        return malformed(s, &in, "the revocation reason is cut or malformed");
    of_reason = scp_der_inside(&wrapper);
    if (!scp_der_read(&of_reason, SCP_DER_ENUMERATED, &reason) || !scp_der_small(&reason, &number) ||
        scp_reader_left(&of_reason) > 0)
        return malformed(s, &of_reason, "no revocation reason");
    a->reason = (int)number;
    return ended(s, &in, "bytes behind the revocation reason");
}

static int read_cert_status(const struct parser *s, struct scp_reader *r, struct scp_ocsp_answer *a)
{
    struct scp_der e;

    if (scp_der_next_is(r, SCP_DER_CONSTRUCTED(1)))
        return read_revocation(s, r, a);
    a->status = scp_der_next_is(r, SCP_DER_PRIMITIVE(0)) ? SCP_OCSP_GOOD : SCP_OCSP_UNKNOWN;
    if (!scp_der_read(r, SCP_DER_PRIMITIVE(a->status), &e) || e.n != 0)
        return malformed(s, r, "no status of a certificate (RFC 6960 section 4.2.1)");
    return 0;
}

static int read_next_update(const struct parser *s, struct scp_reader *r, struct scp_ocsp_answer *a)
{
    struct scp_reader in;
    struct scp_der wrapper;

    if (!scp_der_next_is(r, SCP_DER_CONSTRUCTED(0)))
        return 0;
    if (!scp_der_read(r, SCP_DER_CONSTRUCTED(0), &wrapper))
        return malformed(s, r, "nextUpdate is cut or malformed");
    in = scp_der_inside(&wrapper);
    if (read_time(s, &in, "nextUpdate is no time", &a->next_update) != 0)
        return -1;
    return ended(s, &in, "bytes behind nextUpdate");
}

static int keep(const struct parser *s, const struct scp_ocsp_answer *a)
{
    struct scp_ocsp *out = s->out;

    if (out->answers == SCP_OCSP_ANSWERS_MAX)
        return scp_err_set(s->err, SCP_ERR_LIMIT, "more than %d answers about one certificate", SCP_OCSP_ANSWERS_MAX);
    out->contradicting = out->contradicting || (out->answers > 0 && a->status != out->answer[0].status);
    out->answer[out->answers++] = *a;
    return 0;
}

static int read_single(const struct parser *s, struct scp_reader *list)
{
    struct scp_ocsp_answer a = { .revoked_at = SCP_UTC_UNKNOWN, .reason = -1, .next_update = SCP_UTC_UNKNOWN };
    struct scp_reader in;
    struct scp_der single;

    if (s->out->singles == SCP_OCSP_SINGLES_MAX)
        return scp_err_set(s->err, SCP_ERR_LIMIT, "more than %d single responses", SCP_OCSP_SINGLES_MAX);
    if (!scp_der_read(list, SCP_DER_SEQUENCE, &single))
        return malformed(s, list, "not a single response (RFC 6960 section 4.2.1)");
    s->out->singles++;
    in = scp_der_inside(&single);
    if (read_cert_id(s, &in, &a.hash) != 0 || read_cert_status(s, &in, &a) != 0 ||
        read_time(s, &in, "thisUpdate is no time", &a.this_update) != 0 || read_next_update(s, &in, &a) != 0 ||
        read_extensions(s, &in, a.critical) != 0 || ended(s, &in, "bytes behind a single response") != 0)
        return -1;
    return a.hash != NULL ? keep(s, &a) : 0;
}

/* --- Who says it --- */

static int read_responder(const struct parser *s, struct scp_reader *r)
{
    struct scp_ocsp *out = s->out;
    struct scp_reader in;
    struct scp_der wrapper, id;

    out->by_key = scp_der_next_is(r, SCP_DER_CONSTRUCTED(2));
    if (!scp_der_read(r, out->by_key ? SCP_DER_CONSTRUCTED(2) : SCP_DER_CONSTRUCTED(1), &wrapper))
        return malformed(s, r, "no responder identifier (RFC 6960 section 4.2.1)");
    in = scp_der_inside(&wrapper);
    if (!scp_der_read(&in, out->by_key ? SCP_DER_OCTET_STRING : SCP_DER_SEQUENCE, &id) || scp_reader_left(&in) > 0)
        return malformed(s, &in, "the responder identifier is malformed");
    out->responder = out->by_key ? id.p : id.whole;
    out->responder_len = out->by_key ? id.n : id.whole_n;
    return 0;
}

/* [0] EXPLICIT INTEGER DEFAULT v1 */
static int read_version(const struct parser *s, struct scp_reader *r)
{
    struct scp_reader in;
    struct scp_der wrapper, number;
    unsigned version;

    s->out->explicit_version = scp_der_next_is(r, SCP_DER_CONSTRUCTED(0));
    if (!s->out->explicit_version)
        return 0;
    if (!scp_der_read(r, SCP_DER_CONSTRUCTED(0), &wrapper))
        return malformed(s, r, "the version is cut or malformed");
    in = scp_der_inside(&wrapper);
    if (!scp_der_read(&in, SCP_DER_INTEGER, &number) || !scp_der_small(&number, &version) || version != 0 ||
        scp_reader_left(&in) > 0)
        return malformed(s, &in, "not version 1");
    return 0;
}

static int read_data(const struct parser *s, const struct scp_der *data)
{
    struct scp_reader in = scp_der_inside(data), list;
    struct scp_der responses;

    if (read_version(s, &in) != 0 || read_responder(s, &in) != 0 ||
        read_time(s, &in, "producedAt is no time", &s->out->produced_at) != 0)
        return -1;
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &responses))
        return malformed(s, &in, "no list of single responses");
    for (list = scp_der_inside(&responses); scp_reader_left(&list) > 0;) {
        if (read_single(s, &list) != 0)
            return -1;
    }
    if (read_extensions(s, &in, s->out->critical) != 0)
        return -1;
    return ended(s, &in, "bytes behind the response data");
}

/* --- Outer layers --- */

static int read_certificates(const struct parser *s, struct scp_reader *r, struct scp_reader *out)
{
    struct scp_reader in;
    struct scp_der wrapper, list;

    *out = scp_reader_over(r->p, 0);
    if (!scp_der_next_is(r, SCP_DER_CONSTRUCTED(0)))
        return 0;
    if (!scp_der_read(r, SCP_DER_CONSTRUCTED(0), &wrapper))
        return malformed(s, r, "the certificates are cut or malformed");
    in = scp_der_inside(&wrapper);
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &list) || scp_reader_left(&in) > 0)
        return malformed(s, &in, "the certificates are not one SEQUENCE");
    *out = scp_der_inside(&list);
    return 0;
}

static int read_basic(const struct parser *s, struct scp_der *octets)
{
    struct scp_reader r = scp_der_inside(octets), in;
    struct scp_ocsp_signed parts = { .signature = NULL };
    struct scp_der basic, signature;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &basic))
        return malformed(s, &r, "no basic response (RFC 6960 section 4.2.1)");
    if (ended(s, &r, "bytes behind the basic response") != 0)
        return -1;
    in = scp_der_inside(&basic);
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &parts.tbs))
        return malformed(s, &in, "no response data");
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &parts.algorithm))
        return malformed(s, &in, "no signature algorithm");
    if (!scp_der_read(&in, SCP_DER_BIT_STRING, &signature) || !scp_der_octets(&signature, &parts.signature, &parts.signature_len))
        return malformed(s, &in, "no signature");
    if (read_certificates(s, &in, &parts.certificates) != 0 || ended(s, &in, "bytes behind the certificates") != 0 ||
        read_data(s, &parts.tbs) != 0)
        return -1;
    return scp_ocsp_check_signature(&parts, s->start, s->q, s->out, s->err);
}

/* ResponseBytes (section 4.2.1) */
static int read_bytes(const struct parser *s, const struct scp_der *wrapper)
{
    static const uint8_t BASIC[] = { 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1 };
    struct scp_reader r = scp_der_inside(wrapper), in;
    struct scp_der bytes, type, response;
    char text[SCP_OID_TEXT];

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &bytes) || scp_reader_left(&r) > 0)
        return malformed(s, &r, "the response bytes are not one SEQUENCE");
    in = scp_der_inside(&bytes);
    if (!scp_der_read(&in, SCP_DER_OID, &type))
        return malformed(s, &in, "no response type");
    if (!scp_der_read(&in, SCP_DER_OCTET_STRING, &response))
        return malformed(s, &in, "no response inside");
    if (ended(s, &in, "bytes behind the inner response") != 0)
        return -1;
    if (scp_der_equals(&type, BASIC, sizeof BASIC))
        return read_basic(s, &response);
    scp_oid_format(type.p, type.n, text);
    return scp_err_set(s->err, SCP_ERR_UNSUPPORTED, "a response of type %s, not basic (RFC 6960 section 4.2.1)", text);
}

/* Does the first header promise more bytes than there are? */
static bool is_cut(const uint8_t *p, size_t n)
{
    size_t octets, length = 0;

    if (n == 0)
        return true;
    if (p[0] != SCP_DER_SEQUENCE)
        return false;
    if (n == 1 || p[1] < 0x80)
        return n == 1 || n - 2 < p[1];
    octets = p[1] & 0x7Fu;
    if (octets < 1 || octets > 4)
        return false;
    for (size_t i = 0; i < octets; i++) {
        if (2 + i == n)
            return true;
        length = length << 8 | p[2 + i];
    }
    return n - 2 - octets < length;
}

int scp_ocsp_parse(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, struct scp_ocsp *out, struct scp_err *err)
{
    struct parser s = { .start = p, .q = q, .out = out, .err = err };
    struct scp_reader r = scp_reader_over(p, n), in;
    struct scp_der response, status, wrapper;

    *out = (struct scp_ocsp){ .produced_at = SCP_UTC_UNKNOWN };
    if (n > SCP_OCSP_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a response of more than %d bytes", SCP_OCSP_MAX);
    if (is_cut(p, n))
        return scp_err_set(err, SCP_ERR_TRUNCATED, "offset %zu: the response ends too early", n);
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &response))
        return malformed(&s, &r, "no OCSP response (RFC 6960 section 4.2.1)");
    if (ended(&s, &r, "bytes behind the response") != 0)
        return -1;
    in = scp_der_inside(&response);
    if (!scp_der_read(&in, SCP_DER_ENUMERATED, &status) || !scp_der_small(&status, &out->status))
        return malformed(&s, &in, "no response status (RFC 6960 section 4.2.1)");
    if (out->status != SCP_OCSP_SUCCESSFUL && scp_reader_left(&in) == 0)
        return 0;
    if (!scp_der_read(&in, SCP_DER_CONSTRUCTED(0), &wrapper))
        return malformed(&s, &in, "no response bytes (RFC 6960 section 4.2.1)");
    if (ended(&s, &in, "bytes behind the response bytes") != 0)
        return -1;
    /* What a responder says beside an error is not looked at. */
    return out->status == SCP_OCSP_SUCCESSFUL ? read_bytes(&s, &wrapper) : 0;
}
