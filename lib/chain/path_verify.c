/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain/path_internal.h"

#include "codec/x509/crypto.h"
#include "codec/x509/strength.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>

/* The path that a verification is about, so that OpenSSL takes this one and no other. */
struct wanted {
    X509 *const *x;
    size_t n;
    enum scp_path_extent extent;
};

void scp_path_fail(struct scp_path *path, enum scp_path_fault fault, size_t at, const char *message)
{
    path->fault = fault;
    path->at = at;
    (void)snprintf(path->message, sizeof path->message, "%s", message);
}

/* --- OpenSSL's verdict --- */

/* A certificate's issuer is the next one of the path, and only where OpenSSL agrees. */
static int is_next(X509_STORE_CTX *ctx, X509 *x, X509 *issuer)
{
    const struct wanted *w = X509_STORE_CTX_get_app_data(ctx);

    for (size_t i = 0; i < w->n; i++) {
        const X509 *next = w->x[i + 1 < w->n ? i + 1 : i];

        if (w->x[i] == x && next == issuer)
            return X509_check_issued(issuer, x) == X509_V_OK;
    }
    return 0;
}

static enum scp_path_fault fault_of(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return SCP_PATH_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID: return SCP_PATH_NOT_YET_VALID;
    case X509_V_ERR_INVALID_PURPOSE: return SCP_PATH_PURPOSE;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED: return SCP_PATH_NOT_CA;
    case X509_V_ERR_NO_EXPLICIT_POLICY:
    case X509_V_ERR_INVALID_POLICY_EXTENSION: return SCP_PATH_POLICY;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: return SCP_PATH_SIGNATURE;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return SCP_PATH_NO_ISSUER;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return SCP_PATH_UNTRUSTED_ROOT;
    default: return SCP_PATH_INVALID;
    }
}

/* Does the chain that OpenSSL built consist of the path's certificates, and of no others? */
static bool is_the_path(X509_STORE_CTX *ctx, const struct wanted *w)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

    if (chain == NULL || (size_t)sk_X509_num(chain) != w->n)
        return false;
    for (size_t i = 0; i < w->n; i++) {
        if (sk_X509_value(chain, (int)i) != w->x[i])
            return false;
    }
    return true;
}

/* Why OpenSSL does not take the path's next certificate for the issuer, though name and signature fit. */
static void explain_next(const struct wanted *w, struct scp_path *path)
{
    for (size_t i = 0; i + 1 < w->n; i++) {
        int error = X509_check_issued(w->x[i + 1], w->x[i]);

        if (error == X509_V_OK)
            continue;
        scp_path_fail(path, error == X509_V_ERR_KEYUSAGE_NO_CERTSIGN ? SCP_PATH_NOT_CA : SCP_PATH_INVALID, i + 1,
                      X509_verify_cert_error_string(error));
        return;
    }
}

/* The one nearest to the anchor that demands a policy (the anchor's own demands do not count). */
static size_t demands_policy(const struct wanted *w)
{
    for (size_t i = w->n - 1; i-- > 0;) {
        POLICY_CONSTRAINTS *c = X509_get_ext_d2i(w->x[i], NID_policy_constraints, NULL, NULL);
        bool demands = c != NULL && c->requireExplicitPolicy != NULL;

        POLICY_CONSTRAINTS_free(c);
        if (demands)
            return i;
    }
    return 0;
}

/* OpenSSL does not say where. */
static void explain_policy(const struct wanted *w, int error, struct scp_path *path)
{
    if (error == X509_V_ERR_NO_EXPLICIT_POLICY)
        scp_path_fail(path, SCP_PATH_POLICY, demands_policy(w),
                      "it demands a certificate policy, and none is valid for the whole path (RFC 5280 section 6.1.5 g)");
    else
        scp_path_fail(path, SCP_PATH_POLICY, path->at, "its certificate policies are malformed (RFC 5280 section 4.2.1.4)");
}

static void judge(X509_STORE_CTX *ctx, const struct wanted *w, struct scp_path *path)
{
    int depth;

    if (X509_verify_cert(ctx) == 1) {
        if (!is_the_path(ctx, w))
            scp_path_fail(path, SCP_PATH_INVALID, 0, "OpenSSL built another path");
        return;
    }
    depth = X509_STORE_CTX_get_error_depth(ctx);
    scp_path_fail(path, fault_of(X509_STORE_CTX_get_error(ctx)), depth >= 0 && (size_t)depth < w->n ? (size_t)depth : w->n - 1,
                  X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    if (path->fault == SCP_PATH_NO_ISSUER)
        explain_next(w, path);
    else if (path->fault == SCP_PATH_POLICY)
        explain_policy(w, X509_STORE_CTX_get_error(ctx), path);
}

/* OpenSSL takes a time that is equal for past; a validity holds both its ends (RFC 5280 section 4.1.2.5). */
static bool is_last_second(X509_STORE_CTX *ctx, const ASN1_TIME *end)
{
    return ASN1_TIME_cmp_time_t(end, X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx))) == 0;
}

/* In place of OpenSSL's own checks of signatures and times, where the signatures were verified before. */
static int check_times(X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

    for (int i = 0; i < sk_X509_num(chain); i++) {
        X509 *x = sk_X509_value(chain, i);
        int when = X509_cmp_timeframe(X509_STORE_CTX_get0_param(ctx), X509_get0_notBefore(x), X509_get0_notAfter(x));

        if (when == 0 || (when > 0 && is_last_second(ctx, X509_get0_notAfter(x))))
            continue;
        X509_STORE_CTX_set_error(ctx, when > 0 ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_ERR_CERT_NOT_YET_VALID);
        X509_STORE_CTX_set_error_depth(ctx, i);
        return 0;
    }
    return 1;
}

/* Level 1 refuses it like MD5. */
static bool is_sha1(X509_STORE_CTX *ctx)
{
    int digest = NID_undef;

    return X509_get_signature_info(X509_STORE_CTX_get_current_cert(ctx), &digest, NULL, NULL, NULL) == 1 && digest == NID_sha1;
}

int scp_path_let_through(int ok, X509_STORE_CTX *ctx)
{
    bool lets = false;

    if (ok != 0)
        return ok;
    switch (X509_STORE_CTX_get_error(ctx)) {
    case X509_V_ERR_CA_MD_TOO_WEAK: lets = is_sha1(ctx); break;
    case X509_V_ERR_CERT_HAS_EXPIRED: lets = is_last_second(ctx, X509_get0_notAfter(X509_STORE_CTX_get_current_cert(ctx))); break;
    case X509_V_ERR_CRL_HAS_EXPIRED:
        lets = is_last_second(ctx, X509_CRL_get0_nextUpdate(X509_STORE_CTX_get0_current_crl(ctx)));
        break;
    default: break;
    }
    if (lets)
        X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return lets;
}

bool scp_path_set_policies(X509_VERIFY_PARAM *p)
{
    return X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_POLICY_CHECK) == 1 &&
           X509_VERIFY_PARAM_add0_policy(p, OBJ_nid2obj(NID_any_policy)) == 1;
}

static bool set_parameters(X509_STORE_CTX *ctx, const struct wanted *w, const struct scp_path_query *q)
{
    X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(ctx);
    union {
        const struct wanted *in;
        void *out;
    } data = { .in = w };

    X509_VERIFY_PARAM_set_time(p, (time_t)q->at);
    X509_VERIFY_PARAM_set_auth_level(p, SCP_PATH_SECURITY_LEVEL);
    X509_VERIFY_PARAM_set_depth(p, SCP_PATH_DEPTH_MAX);
    X509_STORE_CTX_set_verify_cb(ctx, scp_path_let_through);
    if (!scp_path_set_policies(p) || X509_STORE_CTX_set_app_data(ctx, data.out) != 1 ||
        X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_CHECK_SS_SIGNATURE |
                                           (w->extent == SCP_PATH_PART ? X509_V_FLAG_PARTIAL_CHAIN : 0)) != 1)
        return false;
    return q->purpose != SCP_PURPOSE_SERVER_AUTH || q->issuing || X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER) == 1;
}

static bool is_verified(const struct wanted *w, const struct scp_path_query *q, struct scp_path *path)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    bool ready = store != NULL && ctx != NULL && between != NULL && X509_STORE_add_cert(store, w->x[w->n - 1]) == 1;

    path->fault = SCP_PATH_GOOD;
    for (size_t i = 1; ready && i + 1 < w->n; i++)
        ready = sk_X509_push(between, w->x[i]) > 0;
    if (ready)
        X509_STORE_set_check_issued(store, is_next);
    if (ready && w->extent != SCP_PATH_WHOLE)
        X509_STORE_set_verify(store, check_times);
    if (ready && X509_STORE_CTX_init(ctx, store, w->x[0], between) == 1 && set_parameters(ctx, w, q))
        judge(ctx, w, path);
    else
        scp_path_fail(path, SCP_PATH_INVALID, 0, "out of memory");
    sk_X509_free(between);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return path->fault == SCP_PATH_GOOD;
}

/* --- What is demanded beyond it --- */

/* Does the certificate allow the purpose?  Without the extension it allows all. */
static bool allows(X509 *x, enum scp_purpose purpose)
{
    uint32_t usage;

    if (purpose == SCP_PURPOSE_ANY || (X509_get_extension_flags(x) & EXFLAG_XKUSAGE) == 0)
        return true;
    usage = X509_get_extended_key_usage(x);
    return (usage & (purpose == SCP_PURPOSE_CODE_SIGNING ? XKU_CODE_SIGN : XKU_SSL_SERVER)) != 0 || (usage & XKU_ANYEKU) != 0;
}

static void check_purpose(const struct wanted *w, const struct scp_path_query *q, struct scp_path *path)
{
    for (size_t i = 0; i < w->n && path->fault == SCP_PATH_GOOD; i++) {
        bool ca = i > 0 || q->issuing;

        if (!allows(w->x[i], q->purpose))
            scp_path_fail(path, SCP_PATH_PURPOSE, i, "the extended key usage does not hold the purpose");
        else if (q->purpose == SCP_PURPOSE_SERVER_AUTH && X509_check_purpose(w->x[i], X509_PURPOSE_SSL_SERVER, ca) != 1)
            scp_path_fail(path, SCP_PATH_PURPOSE, i, X509_verify_cert_error_string(X509_V_ERR_INVALID_PURPOSE));
        else if (q->purpose == SCP_PURPOSE_CODE_SIGNING && !ca && (X509_get_key_usage(w->x[i]) & KU_DIGITAL_SIGNATURE) == 0)
            scp_path_fail(path, SCP_PATH_PURPOSE, i, "the key usage does not allow signatures");
    }
}

/* An issuing CA stands between its end entities and its issuers: it must be a CA, and the path may be so long. */
static void check_issuing(const struct wanted *w, struct scp_path *path)
{
    long below = 0;

    if (X509_check_ca(w->x[0]) != 1) {
        scp_path_fail(path, SCP_PATH_NOT_CA, 0, X509_verify_cert_error_string(X509_V_ERR_INVALID_CA));
        return;
    }
    for (size_t i = 0; i < w->n; i++) {
        long most = X509_get_pathlen(w->x[i]);

        if (most >= 0 && below > most) {
            scp_path_fail(path, SCP_PATH_NOT_CA, i, X509_verify_cert_error_string(X509_V_ERR_PATH_LENGTH_EXCEEDED));
            return;
        }
        below += (X509_get_extension_flags(w->x[i]) & EXFLAG_SI) == 0;
    }
}

static void describe_key(X509 *x, uint8_t sha256[SCP_SHA256_LEN], struct scp_key *out)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE, bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
    int digest = NID_undef;

    *out = (struct scp_key){ .type = type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS ? "RSA"
                                     : type == EVP_PKEY_EC                            ? "EC"
                                                                                      : "other",
                             .bits = bits > 0 ? (unsigned)bits : 0,
                             .self_signed = (X509_get_extension_flags(x) & EXFLAG_SI) != 0 };
    out->sha1 = X509_get_signature_info(x, &digest, NULL, NULL, NULL) == 1 && digest == NID_sha1;
    (void)X509_digest(x, EVP_sha256(), sha256, NULL);
    out->sha256 = sha256;
}

static void check_keys(const struct wanted *w, const struct scp_path_query *q, struct scp_path *path)
{
    for (size_t i = 0; i < w->n; i++) {
        uint8_t sha256[SCP_SHA256_LEN] = { 0 };
        struct scp_key key;
        char reason[96] = "";
        bool refused;

        describe_key(w->x[i], sha256, &key);
        refused = q->refuses(q->context, &key, reason, sizeof reason);
        if (!refused && path->unsure[0] == '\0')
            (void)snprintf(path->unsure, sizeof path->unsure, "%s", reason);
        if (!refused)
            continue;
        scp_path_fail(path, SCP_PATH_SHORT_KEY, i, "");
        (void)snprintf(path->message, sizeof path->message, "its %s key of %u bits is refused: %s", key.type, key.bits, reason);
        return;
    }
}

static void doubt(struct scp_path_doubt *d, size_t at, const char *verb, const char *what)
{
    if (d->found++ > 0)
        return;
    d->at = at;
    (void)snprintf(d->text, sizeof d->text, "%s %s", verb, what);
}

/* OpenSSL's level 1 takes EC keys of 160 bits; such a key proves nothing (codec/strength.h). */
static void check_strength(const struct wanted *w, size_t i, struct scp_path *path)
{
    struct scp_key_strength key;

    scp_strength_pkey(X509_get0_pubkey(w->x[i]), &key);
    if (key.strength == SCP_STRENGTH_BROKEN) {
        scp_path_fail(path, SCP_PATH_INVALID, i, "");
        (void)snprintf(path->message, sizeof path->message, "%s, which proves nothing (RFC 5280 section 8)", key.text);
    } else if (key.strength != SCP_STRENGTH_GOOD) {
        doubt(key.strength == SCP_STRENGTH_WEAK ? &path->weak : &path->undetermined, i, "has", key.text);
    }
}

/* Of every signature but the anchor's. */
static void check_digest(const struct wanted *w, size_t i, struct scp_path *path)
{
    switch (i + 1 < w->n ? scp_strength_signature(w->x[i]) : SCP_STRENGTH_GOOD) {
    case SCP_STRENGTH_GOOD: break;
    case SCP_STRENGTH_WEAK: doubt(&path->weak, i, "is signed with", "SHA-1"); break;
    case SCP_STRENGTH_BROKEN:
        scp_path_fail(path, SCP_PATH_INVALID, i, "signed with MD5 or an older digest (RFC 6151 section 2)");
        break;
    case SCP_STRENGTH_UNKNOWN:
        doubt(&path->undetermined, i, "is signed with", "a digest of another kind than SHA-1 and SHA-2");
        break;
    }
}

static void check_strengths(const struct wanted *w, struct scp_path *path)
{
    for (size_t i = 0; i < w->n && path->fault == SCP_PATH_GOOD; i++) {
        check_strength(w, i, path);
        if (path->fault == SCP_PATH_GOOD)
            check_digest(w, i, path);
    }
    path->legacy = w->n > 1 && X509_check_ca(w->x[w->n - 1]) != 1;
}

void scp_path_verify(X509 *const *x, size_t n, const struct scp_path_query *q, enum scp_path_extent extent, struct scp_path *path)
{
    struct wanted w = { x, n, extent };

    if (!is_verified(&w, q, path))
        return;
    if (q->issuing)
        check_issuing(&w, path);
    if (path->fault == SCP_PATH_GOOD)
        check_purpose(&w, q, path);
    if (path->fault == SCP_PATH_GOOD)
        check_strengths(&w, path);
    if (path->fault == SCP_PATH_GOOD && q->refuses != NULL)
        check_keys(&w, q, path);
}

bool scp_path_narrows(X509 *x)
{
    static const int BY[] = { NID_name_constraints, NID_policy_constraints, NID_policy_mappings, NID_inhibit_any_policy };

    if (X509_check_ca(x) != 1 || X509_get_pathlen(x) >= 0 ||
        (X509_get_extension_flags(x) & (EXFLAG_XKUSAGE | EXFLAG_CRITICAL | EXFLAG_INVALID | EXFLAG_INVALID_POLICY)) != 0)
        return true;
    for (size_t i = 0; i < sizeof BY / sizeof BY[0]; i++) {
        if (X509_get_ext_by_NID(x, BY[i], -1) >= 0)
            return true;
    }
    return (X509_get_key_usage(x) & KU_KEY_CERT_SIGN) == 0;
}

size_t scp_path_check_cost(X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE, bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
    size_t units = bits > 0 ? (size_t)bits : 0;

    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
        return units > 2048 ? units * units / ((size_t)2048 * 2048) : 1;
    return units > 256 ? 10 : 2;
}
