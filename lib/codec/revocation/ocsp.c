/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/x509/crypto.h"
#include "codec/x509/der.h"
#include "codec/revocation/ocsp_internal.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

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

/* Digests of a CertID; under others a certificate is nobody's. */
static const int HASHES[] = { NID_sha1, NID_sha256, NID_sha384, NID_sha512 };

enum { HASHES_N = sizeof HASHES / sizeof *HASHES };

struct parser {
    const struct scp_ocsp_question *q;
    OCSP_CERTID *own[HASHES_N]; /* the question under each digest that was met */
    OCSP_BASICRESP *basic;
    struct scp_ocsp *out;
    struct scp_err *err;
};

static int malformed(const struct parser *s, const char *what)
{
    return scp_crypto_failed(s->err, SCP_ERR_FORMAT, what);
}

/* With the first of OpenSSL's reasons, which is the cause of the others. */
static int not_decoded(const struct parser *s, const char *what)
{
    const char *why = ERR_reason_error_string(ERR_peek_error());

    if (scp_crypto_end(s->err) != 0)
        return -1;
    return scp_err_set(s->err, SCP_ERR_FORMAT, "%s (RFC 6960 section 4.2.1): %s", what, why != NULL ? why : "malformed");
}

/*
 * The first critical extension that we do not know.  Two may be critical: they add to an answer and take nothing from it.  The
 * nonce is not among them, as we sent none.
 */
static void note_critical(X509_EXTENSION *x, char critical[SCP_OID_TEXT])
{
    const ASN1_OBJECT *oid = X509_EXTENSION_get_object(x);
    int nid = OBJ_obj2nid(oid);

    if (critical[0] == '\0' && X509_EXTENSION_get_critical(x) && nid != NID_id_pkix_OCSP_CrlID &&
        nid != NID_id_pkix_OCSP_archiveCutoff)
        scp_oid_format(OBJ_get0_data(oid), OBJ_length(oid), critical);
}

/* Whole seconds of UTC: OpenSSL takes fractions and zones, too. */
static int read_time(const struct parser *s, const ASN1_GENERALIZEDTIME *t, const char *what, int64_t *out)
{
    const struct scp_der e = { .tag = SCP_DER_GENERALIZED_TIME, .p = ASN1_STRING_get0_data(t), .n = (size_t)ASN1_STRING_length(t) };

    return scp_der_time(&e, out) ? 0 : malformed(s, what);
}

/* --- Whom it is about --- */

/* The digest's place in HASHES; HASHES_N: another. */
static size_t hash_of(const ASN1_OBJECT *algorithm)
{
    size_t i = 0;

    while (i < HASHES_N && HASHES[i] != OBJ_obj2nid(algorithm))
        i++;
    return i;
}

/* What OpenSSL does not show: the parameters of the digest in a CertID are NULL or absent. */
static int check_parameters(const struct parser *s, const OCSP_CERTID *id)
{
    unsigned char *der = NULL;
    int n = i2d_OCSP_CERTID(id, &der);
    struct scp_reader r = scp_reader_over(der, n > 0 ? (size_t)n : 0);
    struct scp_der e, part;
    bool good = scp_der_read(&r, SCP_DER_SEQUENCE, &e);

    r = scp_der_inside(&e);
    good = good && scp_der_read(&r, SCP_DER_SEQUENCE, &e);
    r = scp_der_inside(&e);
    good = good && scp_der_read(&r, SCP_DER_OID, &part) &&
           (scp_reader_left(&r) == 0 || (scp_der_read(&r, SCP_DER_NULL, &part) && part.n == 0 && scp_reader_left(&r) == 0));
    OPENSSL_free(der);
    return good ? 0 : malformed(s, "no hash algorithm in the CertID");
}

/* CertID (section 4.1.1): *hash is that of an answer to our question, NULL for another's. */
static int read_cert_id(struct parser *s, const OCSP_SINGLERESP *single, const char **hash)
{
    OCSP_CERTID *id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single), **own;
    ASN1_INTEGER *serial, *asked;
    ASN1_OBJECT *algorithm;
    size_t i;

    *hash = NULL;
    if (check_parameters(s, id) != 0)
        return -1;
    (void)OCSP_id_get0_info(NULL, &algorithm, NULL, &serial, id);
    i = hash_of(algorithm);
    if (i == HASHES_N)
        return 0;
    own = &s->own[i];
    if (*own == NULL)
        *own = scp_ocsp_id(s->q, EVP_get_digestbynid(HASHES[i]));
    if (*own == NULL)
        return scp_crypto_failed(s->err, SCP_ERR_SYSTEM, "the cryptographic library cannot compute a digest of the CertID");
    (void)OCSP_id_get0_info(NULL, NULL, NULL, &asked, *own);
    if (ASN1_INTEGER_cmp(asked, serial) != 0)
        return 0;
    if (OCSP_id_issuer_cmp(*own, id) == 0)
        *hash = OBJ_nid2sn(HASHES[i]);
    else
        s->out->other_issuer++;
    return 0;
}

/* --- What it says --- */

static int keep(const struct parser *s, const struct scp_ocsp_answer *a)
{
    struct scp_ocsp *out = s->out;

    if (out->answers == SCP_OCSP_ANSWERS_MAX)
        return scp_err_set(s->err, SCP_ERR_LIMIT, "more than %d answers about one certificate", SCP_OCSP_ANSWERS_MAX);
    out->contradicting = out->contradicting || (out->answers > 0 && a->status != out->answer[0].status);
    out->answer[out->answers++] = *a;
    return 0;
}

/* RevokedInfo's reason (section 4.2.1), -1 where none is given: OpenSSL's number cannot tell that from one too large for it. */
static int read_reason(const struct parser *s, const OCSP_SINGLERESP *single, int *reason)
{
    unsigned char *der = NULL;
    int n = i2d_OCSP_SINGLERESP(single, &der);
    struct scp_reader r = scp_reader_over(der, n > 0 ? (size_t)n : 0);
    struct scp_der e, id;
    unsigned code = 0;
    bool good = scp_der_read(&r, SCP_DER_SEQUENCE, &e);

    *reason = -1;
    r = scp_der_inside(&e);
    good = good && scp_der_any(&r, &id) && scp_der_read(&r, SCP_DER_CONSTRUCTED(1), &e);
    r = scp_der_inside(&e);
    good = good && scp_der_any(&r, &id);
    if (good && scp_reader_left(&r) > 0) {
        good = scp_der_read(&r, SCP_DER_CONSTRUCTED(0), &e);
        r = scp_der_inside(&e);
        good = good && scp_der_read(&r, SCP_DER_ENUMERATED, &id) && scp_der_small(&id, &code);
        *reason = (int)code;
    }
    OPENSSL_free(der);
    return good ? 0 : malformed(s, "no revocation reason");
}

static int read_single(struct parser *s, OCSP_SINGLERESP *single)
{
    struct scp_ocsp_answer a = { .revoked_at = SCP_UTC_UNKNOWN, .reason = -1, .next_update = SCP_UTC_UNKNOWN };
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;

    a.status = (enum scp_ocsp_cert_status)OCSP_single_get0_status(single, NULL, &revoked, &from, &to);
    if (read_cert_id(s, single, &a.hash) != 0 || (revoked != NULL && read_reason(s, single, &a.reason) != 0) ||
        (revoked != NULL && read_time(s, revoked, "no revocation time", &a.revoked_at) != 0) ||
        read_time(s, from, "thisUpdate is no time", &a.this_update) != 0 ||
        (to != NULL && read_time(s, to, "nextUpdate is no time", &a.next_update) != 0))
        return -1;
    for (int i = 0; i < OCSP_SINGLERESP_get_ext_count(single); i++)
        note_critical(OCSP_SINGLERESP_get_ext(single, i), a.critical);
    return a.hash != NULL ? keep(s, &a) : 0;
}

/* The octets of names and flags stay as they came where OpenSSL writes data again.  [0] EXPLICIT INTEGER DEFAULT v1, which it
 * neither judges nor shows. */
static int read_version(const struct parser *s, const uint8_t *tbs, size_t n)
{
    static const uint8_t V1[] = { SCP_DER_INTEGER, 1, 0 };
    struct scp_reader r = scp_reader_over(tbs, n), in;
    struct scp_der data, version;

    if (!scp_der_strict(tbs, n) || !scp_der_read(&r, SCP_DER_SEQUENCE, &data))
        return malformed(s, "the response data is not in DER");
    in = scp_der_inside(&data);
    s->out->explicit_version = scp_der_read(&in, SCP_DER_CONSTRUCTED(0), &version);
    return s->out->explicit_version && !scp_der_equals(&version, V1, sizeof V1) ? malformed(s, "not version 1") : 0;
}

static int read_data(struct parser *s)
{
    int singles = OCSP_resp_count(s->basic);

    if (singles > SCP_OCSP_SINGLES_MAX)
        return scp_err_set(s->err, SCP_ERR_LIMIT, "more than %d single responses", SCP_OCSP_SINGLES_MAX);
    s->out->singles = (size_t)singles;
    if (read_time(s, OCSP_resp_get0_produced_at(s->basic), "producedAt is no time", &s->out->produced_at) != 0)
        return -1;
    for (int i = 0; i < singles; i++) {
        if (read_single(s, OCSP_resp_get0(s->basic, i)) != 0)
            return -1;
    }
    for (int i = 0; i < OCSP_BASICRESP_get_ext_count(s->basic); i++)
        note_critical(OCSP_BASICRESP_get_ext(s->basic, i), s->out->critical);
    return 0;
}

static int read_basic(struct parser *s)
{
    unsigned char *tbs = NULL;
    int n = i2d_OCSP_RESPDATA(OCSP_resp_get0_respdata(s->basic), &tbs), rc;

    if (n <= 0)
        return malformed(s, "no response data");
    rc = read_version(s, tbs, (size_t)n) == 0 && read_data(s) == 0
             ? scp_ocsp_check_signature(s->basic, tbs, (size_t)n, s->q, s->out, s->err)
             : -1;
    OPENSSL_free(tbs);
    return rc;
}

/* --- Outer layers --- */

/*
 * There is one way to write a value in DER, so that what differs from it is something else: other lengths, octets behind a part.
 * OpenSSL's decoder takes those, its checks of signatures do not.
 */
static int hold_to_der(const struct parser *s, OCSP_RESPONSE *response, const uint8_t *p, size_t n)
{
    unsigned char *der = NULL;
    int length = response != NULL ? i2d_OCSP_RESPONSE(response, &der) : -1;
    bool same = length >= 0 && (size_t)length == n && memcmp(der, p, n) == 0;

    OPENSSL_free(der);
    return same ? 0 : malformed(s, "the response is not in DER, or has bytes behind a part (RFC 6960 section 4.2.1)");
}

static int read_successful(struct parser *s, OCSP_RESPONSE *response, const uint8_t *p, size_t n)
{
    OCSP_RESPONSE *again;
    int rc;

    s->basic = OCSP_response_get1_basic(response);
    if (s->basic == NULL && ERR_GET_REASON(ERR_peek_error()) == OCSP_R_NOT_BASIC_RESPONSE)
        return scp_crypto_failed(s->err, SCP_ERR_UNSUPPORTED, "a response of another type than basic (RFC 6960 section 4.2.1)");
    if (s->basic == NULL)
        return not_decoded(s, "no basic response");
    again = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, s->basic);
    rc = hold_to_der(s, again, p, n);
    OCSP_RESPONSE_free(again);
    return rc == 0 ? read_basic(s) : -1;
}

/* Does the first header promise more bytes than there are? */
static bool is_cut(const uint8_t *p, size_t n)
{
    struct scp_der_header h;
    enum scp_der_fault fault = scp_der_header(p, n, &h);

    if (n > 0 && p[0] != SCP_DER_SEQUENCE)
        return false;
    return fault == SCP_DER_CUT || (scp_der_known(fault) && n - h.header < h.content);
}

/* What a responder says beside an error is not looked at. */
static int read_response(struct parser *s, const uint8_t *p, size_t n)
{
    const unsigned char *end = p;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &end, (long)n);
    int status = response != NULL ? OCSP_response_status(response) : -1, rc;

    if (response == NULL)
        return not_decoded(s, "no OCSP response");
    s->out->status = (unsigned)status;
    if (end != p + n)
        rc = malformed(s, "bytes behind the response");
    else if (status < 0)
        rc = malformed(s, "no response status (RFC 6960 section 4.2.1)");
    else if (status == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        rc = read_successful(s, response, p, n);
    else
        rc = hold_to_der(s, response, p, n);
    OCSP_RESPONSE_free(response);
    return rc;
}

int scp_ocsp_parse(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, struct scp_ocsp *out, struct scp_err *err)
{
    struct parser s = { .q = q, .out = out, .err = err };
    int rc;

    *out = (struct scp_ocsp){ .produced_at = SCP_UTC_UNKNOWN };
    if (n > SCP_OCSP_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a response of more than %d bytes", SCP_OCSP_MAX);
    if (is_cut(p, n))
        return scp_err_set(err, SCP_ERR_TRUNCATED, "offset %zu: the response ends too early", n);
    if (scp_crypto_begin(err) != 0)
        return -1;
    rc = read_response(&s, p, n);
    OCSP_BASICRESP_free(s.basic);
    for (size_t i = 0; i < HASHES_N; i++)
        OCSP_CERTID_free(s.own[i]);
    return rc == 0 ? scp_crypto_end(err) : rc;
}
