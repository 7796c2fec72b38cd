/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/issuer.h"

#include "base/utc.h"
#include "codec/x509/certificate.h"
#include "codec/x509/crypto.h"
#include "codec/x509/name.h"
#include "codec/x509/outline.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static X509 *decode(const uint8_t *der, size_t len)
{
    return len <= SCP_CERTIFICATE_MAX ? scp_crypto_certificate(der, len) : NULL;
}

static bool is_self_issued(X509 *x)
{
    return (X509_get_extension_flags(x) & EXFLAG_SI) != 0;
}

static bool refuse(struct scp_issuer_verdict *v, enum scp_issuer_fault fault, const char *fmt, ...) SCP_PRINTF(3, 4);
static bool refuse(struct scp_issuer_verdict *v, enum scp_issuer_fault fault, const char *fmt, ...)
{
    va_list args;

    v->fault = fault;
    va_start(args, fmt);
    (void)vsnprintf(v->message, sizeof v->message, fmt, args);
    va_end(args);
    return false;
}

/* --- What the certificate allows --- */

static bool is_ca(X509 *x, struct scp_issuer_verdict *v)
{
    bool constraints = (X509_get_extension_flags(x) & EXFLAG_BCONS) != 0;
    int ca = X509_check_ca(x);

    if (ca == 1)
        return true;
    if (ca == 0 || constraints || !is_self_issued(x))
        return refuse(v, SCP_ISSUER_NO_CA, "its issuer's certificate is no CA's: basicConstraints %s (RFC 5280 section 4.2.1.9)",
                      constraints ? "says CA:FALSE" : "is missing");
    (void)snprintf(v->legacy, sizeof v->legacy, "the issuer's certificate has no basicConstraints; as a %s it is taken for a CA's",
                   X509_get_version(x) == 0 ? "version 1 root" : "self-issued one");
    return true;
}

static bool may_sign(X509 *x, enum scp_issuer_role role, struct scp_issuer_verdict *v)
{
    uint32_t usage = X509_get_key_usage(x); /* all bits where there is none */

    if (role != SCP_ISSUER_OF_CRLS_ONLY && (usage & KU_KEY_CERT_SIGN) == 0)
        return refuse(v, SCP_ISSUER_KEY_USAGE, "its issuer's key usage lacks keyCertSign: no CA (RFC 5280 section 4.2.1.3)");
    if (role != SCP_ISSUER_OF_OCSP && (usage & KU_CRL_SIGN) == 0)
        return refuse(v, SCP_ISSUER_KEY_USAGE, "its issuer's key usage lacks cRLSign (RFC 5280 section 6.3.3 f)");
    return true;
}

/* Its key usage names lists: then it may be one that signs nothing else. */
static bool is_for_lists(X509 *x, enum scp_issuer_role role)
{
    return role == SCP_ISSUER_OF_CRLS_ONLY && (X509_get_extension_flags(x) & EXFLAG_KUSAGE) != 0;
}

static enum scp_strength digest_of(X509 *x)
{
    return is_self_issued(x) ? SCP_STRENGTH_GOOD : scp_strength_signature(x);
}

static bool allows(X509 *x, enum scp_issuer_role role, struct scp_issuer_verdict *v)
{
    enum scp_strength digest = digest_of(x);

    if ((X509_get_extension_flags(x) & EXFLAG_INVALID) != 0)
        return refuse(v, SCP_ISSUER_EXTENSION, "its issuer's certificate has malformed extensions (RFC 5280 section 4.2)");
    if ((X509_get_extension_flags(x) & EXFLAG_CRITICAL) != 0)
        return refuse(v, SCP_ISSUER_EXTENSION, "its issuer's certificate has an unknown critical extension (RFC 5280 section 4.2)");
    if (!may_sign(x, role, v) || (!is_for_lists(x, role) && !is_ca(x, v)))
        return false;
    if (digest == SCP_STRENGTH_BROKEN)
        return refuse(v, SCP_ISSUER_DIGEST, "its issuer's certificate is signed with MD5 or an older digest (RFC 6151 section 2)");
    if (digest == SCP_STRENGTH_WEAK)
        (void)snprintf(v->weak, sizeof v->weak, "the issuer's certificate is signed with SHA-1");
    return true;
}

/* --- When it was valid --- */

struct period {
    int64_t from, to;
};

static bool period_of(X509 *x, struct period *out)
{
    return scp_certificate_time(X509_get0_notBefore(x), &out->from) && scp_certificate_time(X509_get0_notAfter(x), &out->to);
}

/* Over all alternatives: was one valid then, is one valid now? */
struct presence {
    bool then, now;
    struct period latest;
};

static void look(const struct period *p, const struct scp_issuer_question *q, struct presence *out)
{
    int64_t tolerance = q->role != SCP_ISSUER_OF_OCSP ? SCP_ISSUER_CRL_TOLERANCE : SCP_UTC_SKEW;

    out->then = out->then || (q->made >= p->from - tolerance && q->made <= p->to);
    out->now = out->now || (q->now >= p->from - SCP_UTC_SKEW && q->now <= p->to);
    if (out->latest.to < p->to || out->latest.to == 0)
        out->latest = *p;
}

static void judge_time(const struct presence *p, const struct scp_issuer_question *q, struct scp_issuer_verdict *v)
{
    char at[SCP_UTC_TEXT], made[SCP_UTC_TEXT];

    scp_utc_format(p->latest.to < q->now ? p->latest.to : p->latest.from, at);
    scp_utc_format(q->made, made);
    if (!p->now)
        (void)refuse(v, SCP_ISSUER_TIME, "its issuer's certificate %s %s (RFC 5280 section 6.1.3 a 2)",
                     p->latest.to < q->now ? "expired on" : "is not valid before", at);
    else if (!p->then)
        (void)refuse(v, SCP_ISSUER_TIME, "its issuer's certificate was not valid when it was made, %s (RFC 5280 section 6.1.3 a 2)",
                     made);
}

/* --- The verdict --- */

static int judge_key(const struct scp_issuer *i, struct scp_issuer_verdict *v, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;
    struct scp_key_strength key;
    size_t used = strlen(v->weak);

    if (scp_strength_key(i->spki_der, i->spki_der_len, &key, &why) != 0) {
        if (why.code == SCP_ERR_MEMORY)
            return scp_err_memory(err);
        (void)refuse(v, SCP_ISSUER_UNREADABLE, "its issuer's key cannot be read: %.120s", why.message);
    } else if (key.strength == SCP_STRENGTH_BROKEN) {
        (void)refuse(v, SCP_ISSUER_KEY, "its issuer has %s, which proves nothing (RFC 5280 section 8)", key.text);
    } else if (key.strength == SCP_STRENGTH_UNKNOWN) {
        (void)refuse(v, SCP_ISSUER_KEY_KIND, "how strong its issuer's key is could not be told: %s", key.text);
    } else if (key.strength == SCP_STRENGTH_WEAK) {
        (void)snprintf(v->weak + used, sizeof v->weak - used, "%sthe issuer has %s", used > 0 ? "; " : "", key.text);
    }
    return 0;
}

/* One of the alternatives: what it allows, and when. */
static bool judge_one(const struct scp_issuer *i, const struct scp_issuer_question *q, struct presence *p,
                      struct scp_issuer_verdict *v)
{
    X509 *x = decode(i->der, i->der_len);
    struct period period;
    bool may;

    *v = (struct scp_issuer_verdict){ .fault = SCP_ISSUER_MAY };
    if (x == NULL || !period_of(x, &period)) {
        X509_free(x);
        return refuse(v, SCP_ISSUER_UNREADABLE, "its issuer's certificate cannot be decoded (RFC 5280 section 4.1)");
    }
    may = allows(x, q->role, v);
    if (may)
        look(&period, q, p);
    X509_free(x);
    return may;
}

/* Of several the first that may; where none may, what is against the first. */
static bool judge_certificates(const struct scp_issuer *const *issuer, size_t n, const struct scp_issuer_question *q,
                               struct scp_issuer_verdict *out)
{
    struct presence p = { .then = false };
    struct scp_issuer_verdict v;
    bool may = false, known = false;

    for (size_t i = 0; i < n; i++) {
        if (issuer[i]->der == NULL)
            continue;
        if (judge_one(issuer[i], q, &p, &v) && !may) {
            may = true;
            *out = v;
        } else if (!may && !known) {
            *out = v;
        }
        known = true;
    }
    if (may)
        judge_time(&p, q, out);
    return out->fault == SCP_ISSUER_MAY;
}

int scp_issuer_judge(const struct scp_issuer *const *issuer, size_t n, const struct scp_issuer_question *q,
                     struct scp_issuer_verdict *out, struct scp_err *err)
{
    *out = (struct scp_issuer_verdict){ .fault = SCP_ISSUER_MAY };
    if (scp_crypto_begin(err) != 0)
        return -1;
    if (n > 0 && judge_certificates(issuer, n, q, out) && judge_key(issuer[0], out, err) != 0)
        return -1;
    return scp_crypto_end(err);
}

bool scp_issuer_of(const uint8_t *der, size_t der_len, struct scp_issuer *out)
{
    struct scp_outline parts;

    if (!scp_outline_read(der, der_len, &parts))
        return false;
    *out = (struct scp_issuer){ .subject_der = parts.subject.p,
                                .subject_der_len = parts.subject.n,
                                .spki_der = parts.spki.p,
                                .spki_der_len = parts.spki.n,
                                .der = der,
                                .der_len = der_len };
    return true;
}

bool scp_issuer_same(const struct scp_issuer *a, const struct scp_issuer *b)
{
    return a->spki_der_len == b->spki_der_len && memcmp(a->spki_der, b->spki_der, a->spki_der_len) == 0 &&
           scp_name_equal(a->subject_der, a->subject_der_len, b->subject_der, b->subject_der_len, NULL);
}

/* --- What OpenSSL says --- */

int scp_issuer_signed(const uint8_t *issuer, size_t issuer_len, const uint8_t *child, size_t child_len, struct scp_err *err)
{
    X509 *i, *c;
    bool is = false;
    int fits;

    if (scp_crypto_begin(err) != 0)
        return -1;
    i = decode(issuer, issuer_len);
    c = decode(child, child_len);
    if (i != NULL && c != NULL) {
        /* A key usage without keyCertSign is the policy's matter. */
        fits = X509_check_issued(i, c);
        is = (fits == X509_V_OK || fits == X509_V_ERR_KEYUSAGE_NO_CERTSIGN) && X509_verify(c, X509_get0_pubkey(i)) == 1;
    }
    X509_free(i);
    X509_free(c);
    return scp_crypto_end(err) == 0 ? is : -1;
}

int scp_issuer_key_signed(const uint8_t *spki, size_t spki_len, const uint8_t *child, size_t child_len, struct scp_err *err)
{
    const unsigned char *p = spki;
    EVP_PKEY *key;
    bool is;
    X509 *c;

    if (scp_crypto_begin(err) != 0)
        return -1;
    key = d2i_PUBKEY(NULL, &p, (long)spki_len);
    c = decode(child, child_len);
    is = key != NULL && c != NULL && X509_verify(c, key) == 1;
    EVP_PKEY_free(key);
    X509_free(c);
    return scp_crypto_end(err) == 0 ? is : -1;
}

/* Anchors that need not be self-signed, and no times. */
static X509_STORE *store_of(X509 *const *anchor, size_t n)
{
    X509_STORE *store = X509_STORE_new();

    for (size_t i = 0; store != NULL && i < n; i++) {
        if (X509_STORE_add_cert(store, anchor[i]) == 1)
            continue;
        X509_STORE_free(store);
        return NULL;
    }
    if (store != NULL)
        (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
    return store;
}

const char *scp_issuer_objection(const uint8_t *issuer, size_t issuer_len, const uint8_t *child, size_t child_len,
                                 struct scp_err *err)
{
    const char *objection = NULL;
    X509_STORE_CTX *ctx;
    X509_STORE *store;
    X509 *i, *c;

    if (scp_crypto_begin(err) != 0)
        return NULL;
    i = decode(issuer, issuer_len);
    c = decode(child, child_len);
    store = i != NULL ? store_of(&i, 1) : NULL;
    ctx = X509_STORE_CTX_new();
    if (c == NULL || store == NULL || ctx == NULL || X509_STORE_CTX_init(ctx, store, c, NULL) != 1)
        objection = "cannot be decoded";
    else if (X509_verify_cert(ctx) != 1)
        objection = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    X509_free(i);
    X509_free(c);
    return scp_crypto_end(err) == 0 ? objection : NULL;
}

enum scp_strength scp_issuer_digest(const uint8_t *der, size_t len)
{
    enum scp_strength strength = SCP_STRENGTH_GOOD;
    X509 *x;

    if (scp_crypto_begin(NULL) != 0)
        return SCP_STRENGTH_GOOD;
    x = decode(der, len);
    if (x != NULL)
        strength = digest_of(x);
    X509_free(x);
    return strength;
}

/* The anchors decoded; their number. */
static size_t decode_all(const struct scp_issuer *issuer, size_t n, X509 *x[SCP_ISSUERS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < n && count < SCP_ISSUERS_MAX; i++) {
        x[count] = issuer[i].der != NULL ? decode(issuer[i].der, issuer[i].der_len) : NULL;
        count += x[count] != NULL;
    }
    return count;
}

static const char *ocsp_verify(OCSP_BASICRESP *basic, X509 *const *x, size_t n)
{
    X509_STORE *store = store_of(x, n);
    STACK_OF(X509) *signers = sk_X509_new_null();
    bool ready = store != NULL && signers != NULL;
    const char *objection = NULL;

    for (size_t i = 0; ready && i < n; i++)
        ready = sk_X509_push(signers, x[i]) > 0;
    if (!ready || OCSP_basic_verify(basic, signers, store, 0) != 1) {
        objection = ERR_reason_error_string(ERR_peek_last_error());
        objection = objection != NULL ? objection : "no reason given";
    }
    sk_X509_free(signers);
    X509_STORE_free(store);
    return objection;
}

const char *scp_issuer_ocsp_objection(const uint8_t *response, size_t response_len, const struct scp_issuer *issuer, size_t n,
                                      struct scp_err *err)
{
    const unsigned char *p = response;
    const char *objection = NULL;
    X509 *x[SCP_ISSUERS_MAX];
    OCSP_RESPONSE *r;
    OCSP_BASICRESP *basic;
    size_t count;

    if (scp_crypto_begin(err) != 0)
        return NULL;
    count = decode_all(issuer, n, x);
    r = d2i_OCSP_RESPONSE(NULL, &p, (long)response_len);
    basic = r != NULL ? OCSP_response_get1_basic(r) : NULL;
    if (basic == NULL)
        objection = "it cannot be decoded";
    else if (count > 0)
        objection = ocsp_verify(basic, x, count);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(r);
    for (size_t i = 0; i < count; i++)
        X509_free(x[i]);
    return scp_crypto_end(err) == 0 ? objection : NULL;
}
