/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * OpenSSL for the conformance corpus, one process for all rows: makes keys, signs bytes, and says what it holds of paths, lists and
 * OCSP answers.  A line in, a line out; bytes are hexadecimal, several are separated by commas, "-" is none.
 *   key NAME                         the public key (SubjectPublicKeyInfo); rsa1024…, p224… and ed25519… say their kind, else P-256
 *   sign NAME DIGEST BYTES           a signature
 *   sha1 BYTES                       a digest
 *   path AT PURPOSE LEAF ROOTS BETWEEN LISTS    "good", or "bad NUMBER TEXT", "unknown NUMBER TEXT" (what the lists leave open)
 *   alone AT LEAF ISSUERS LISTS      the same of lists and one certificate, whose issuers are trusted as they are
 *   ocsp AT LEAF ISSUERS ANSWER      "good", "bad" (revoked), "unknown TEXT"
 * The commands of openssl do the same (verify, ocsp), but read the clock where OCSP answers are judged.
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, KEYS_MAX = 256, SKEW = 300 };

static void die(const char *what)
{
    (void)fprintf(stderr, "oracle: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(3);
}

/* --- Bytes --- */

struct bytes {
    unsigned char *p;
    size_t n;
};

static struct bytes unhex(const char *hex, size_t len)
{
    struct bytes b = { malloc(len / 2 + 1), len / 2 };

    if (b.p == NULL)
        die("out of memory");
    for (size_t i = 0; i < b.n; i++) {
        const char pair[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

        b.p[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    return b;
}

static void print_hex(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)printf("%02x", p[i]);
    (void)printf("\n");
}

/* The next of the objects in `list`, which is moved behind it; false at its end. */
static int next_object(const char **list, struct bytes *out)
{
    size_t n = strcspn(*list, ",");

    if (n == 0 || **list == '-')
        return 0;
    *out = unhex(*list, n);
    *list += (*list)[n] == ',' ? n + 1 : n;
    return 1;
}

/* --- Keys --- */

static struct {
    char name[64];
    EVP_PKEY *key;
} keys[KEYS_MAX];
static size_t key_count;

static EVP_PKEY *new_key(const char *name)
{
    char curve[16];

    if (strncmp(name, "rsa", 3) == 0)
        return EVP_RSA_gen((unsigned)strtoul(name + 3, NULL, 10));
    if (strncmp(name, "ed25519", 7) == 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    (void)snprintf(curve, sizeof curve, "P-%lu",
                   name[0] == 'p' && strtoul(name + 1, NULL, 10) != 0 ? strtoul(name + 1, NULL, 10) : 256);
    return EVP_EC_gen(curve);
}

static EVP_PKEY *key_of(const char *name)
{
    size_t i = 0;

    while (i < key_count && strcmp(keys[i].name, name) != 0)
        i++;
    if (i < key_count)
        return keys[i].key;
    if (key_count == KEYS_MAX || strlen(name) >= sizeof keys[i].name || (keys[i].key = new_key(name)) == NULL)
        die("no more keys");
    (void)strcpy(keys[i].name, name);
    key_count++;
    return keys[i].key;
}

static void show_key(const char *name)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key_of(name), &der);

    if (n <= 0)
        die("a public key");
    print_hex(der, (size_t)n);
    OPENSSL_free(der);
}

static void sign(const char *name, const char *digest, const char *hex)
{
    const struct bytes tbs = unhex(hex, strlen(hex));
    const EVP_MD *md = strcmp(digest, "-") == 0 ? NULL : EVP_get_digestbyname(digest);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char signature[1024];
    size_t n = sizeof signature;

    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, md, NULL, key_of(name)) != 1 ||
        EVP_DigestSign(ctx, signature, &n, tbs.p, tbs.n) != 1)
        die("a signature");
    print_hex(signature, n);
    EVP_MD_CTX_free(ctx);
    free(tbs.p);
}

static void sha1(const char *hex)
{
    const struct bytes b = unhex(hex, strlen(hex));
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (EVP_Digest(b.p, b.n, digest, &n, EVP_sha1(), NULL) != 1)
        die("a digest");
    print_hex(digest, n);
    free(b.p);
}

/* --- Objects --- */

/* A certificate with nothing behind it, or NULL. */
static X509 *certificate(const struct bytes *b)
{
    const unsigned char *p = b->p;
    X509 *x = d2i_X509(NULL, &p, (long)b->n);

    if (x != NULL && p == b->p + b->n)
        return x;
    X509_free(x);
    return NULL;
}

/* What cannot be decoded is as if it were not there. */
static STACK_OF(X509) * certificates(const char *list)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    struct bytes b;

    while (next_object(&list, &b)) {
        X509 *x = certificate(&b);

        if (x != NULL && sk_X509_push(all, x) <= 0)
            die("out of memory");
        free(b.p);
    }
    return all;
}

static STACK_OF(X509_CRL) * lists(const char *list)
{
    STACK_OF(X509_CRL) *all = sk_X509_CRL_new_null();
    struct bytes b;

    while (next_object(&list, &b)) {
        const unsigned char *p = b.p;
        X509_CRL *c = d2i_X509_CRL(NULL, &p, (long)b.n);

        if (c == NULL || p != b.p + b.n)
            X509_CRL_free(c);
        else if (sk_X509_CRL_push(all, c) <= 0)
            die("out of memory");
        free(b.p);
    }
    return all;
}

/* --- Paths --- */

/* A list that is missing or cannot be used leaves the certificate's state open. */
static int leaves_open(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR: return 1;
    default: return 0;
    }
}

/* Nobody revokes an anchor: no list is asked of it. */
static int not_of_anchor(int ok, X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

    if (ok == 0 && chain != NULL && X509_STORE_CTX_get_error_depth(ctx) == sk_X509_num(chain) - 1 && sk_X509_num(chain) > 1 &&
        leaves_open(X509_STORE_CTX_get_error(ctx))) {
        X509_STORE_CTX_set_error(ctx, X509_V_OK);
        return 1;
    }
    return ok;
}

struct question {
    long at;
    const char *purpose;
    X509 *leaf;
    STACK_OF(X509) * roots, *between;
    STACK_OF(X509_CRL) * lists;
    unsigned long flags;
};

static X509_STORE *store_of(const struct question *q)
{
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = store != NULL ? X509_STORE_get0_param(store) : NULL;

    if (param == NULL)
        die("out of memory");
    X509_VERIFY_PARAM_set_time(param, q->at);
    X509_VERIFY_PARAM_set_auth_level(param, 1);
    (void)X509_VERIFY_PARAM_add0_policy(param, OBJ_nid2obj(NID_any_policy));
    (void)X509_VERIFY_PARAM_set_flags(param, q->flags);
    for (int i = 0; i < sk_X509_num(q->roots); i++)
        (void)X509_STORE_add_cert(store, sk_X509_value(q->roots, i));
    return store;
}

static void verify(const struct question *q)
{
    X509_STORE *store = store_of(q);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int error;

    if (ctx == NULL || X509_STORE_CTX_init(ctx, store, q->leaf, q->between) != 1)
        die("out of memory");
    if (strcmp(q->purpose, "serverauth") == 0)
        (void)X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);
    if (sk_X509_CRL_num(q->lists) > 0) {
        X509_STORE_CTX_set0_crls(ctx, q->lists);
        X509_STORE_CTX_set_verify_cb(ctx, not_of_anchor);
    }
    if (X509_verify_cert(ctx) == 1) {
        (void)printf("good\n");
    } else {
        error = X509_STORE_CTX_get_error(ctx);
        (void)printf("%s %d %s\n", leaves_open(error) ? "unknown" : "bad", error, X509_verify_cert_error_string(error));
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
}

static void free_question(const struct question *q)
{
    X509_free(q->leaf);
    sk_X509_pop_free(q->roots, X509_free);
    sk_X509_pop_free(q->between, X509_free);
    sk_X509_CRL_pop_free(q->lists, X509_CRL_free);
}

static void path(const char *at, const char *purpose, const char *leaf, const char *roots, const char *between, const char *crls)
{
    const struct bytes end = unhex(leaf, strlen(leaf));
    struct question q = { .at = strtol(at, NULL, 10),
                          .purpose = purpose,
                          .leaf = certificate(&end),
                          .roots = certificates(roots),
                          .between = certificates(between),
                          .lists = lists(crls),
                          .flags = X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_POLICY_CHECK };

    if (strcmp(crls, "-") != 0)
        q.flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
    if (q.leaf == NULL)
        (void)printf("bad 0 the certificate cannot be decoded\n");
    else
        verify(&q);
    free_question(&q);
    free(end.p);
}

static void alone(const char *at, const char *leaf, const char *issuers, const char *crls)
{
    const struct bytes end = unhex(leaf, strlen(leaf));
    struct question q = { .at = strtol(at, NULL, 10),
                          .purpose = "any",
                          .leaf = certificate(&end),
                          .roots = certificates(issuers),
                          .between = sk_X509_new_null(),
                          .lists = lists(crls),
                          .flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CRL_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT };

    if (q.leaf == NULL)
        (void)printf("unknown 0 the certificate cannot be decoded\n");
    else
        verify(&q);
    free_question(&q);
    free(end.p);
}

/* --- OCSP --- */

/* Does the answer hold at that time?  As OCSP_check_validity(), which knows only today. */
static const char *untimely(const ASN1_GENERALIZEDTIME *this_update, const ASN1_GENERALIZEDTIME *next_update, long at)
{
    if (this_update == NULL || ASN1_GENERALIZEDTIME_check(this_update) != 1)
        return "error in thisUpdate";
    if (ASN1_TIME_cmp_time_t(this_update, at + SKEW) > 0)
        return "not yet valid";
    if (next_update == NULL)
        return NULL;
    if (ASN1_GENERALIZEDTIME_check(next_update) != 1)
        return "error in nextUpdate";
    if (ASN1_TIME_cmp_time_t(next_update, at - SKEW) < 0)
        return "expired";
    return ASN1_TIME_compare(next_update, this_update) < 0 ? "nextUpdate before thisUpdate" : NULL;
}

static int is_signed(OCSP_BASICRESP *basic, const struct question *q)
{
    X509_STORE *store = store_of(q);
    int ok = OCSP_basic_verify(basic, NULL, store, 0) > 0 || OCSP_basic_verify(basic, q->roots, store, OCSP_TRUSTOTHER) > 0;

    X509_STORE_free(store);
    return ok;
}

/* The certificate identifier is of SHA-1, as the plugin asks. */
static void find(OCSP_BASICRESP *basic, const struct question *q)
{
    int found = 0;

    for (int i = 0; i < sk_X509_num(q->roots) && !found; i++) {
        OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), q->leaf, sk_X509_value(q->roots, i));
        ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
        int status = 0;

        found = id != NULL && OCSP_resp_find_status(basic, id, &status, NULL, NULL, &this_update, &next_update) == 1;
        if (found && untimely(this_update, next_update, q->at) != NULL)
            (void)printf("unknown %s\n", untimely(this_update, next_update, q->at));
        else if (found)
            (void)printf("%s\n", status == V_OCSP_CERTSTATUS_GOOD      ? "good"
                                 : status == V_OCSP_CERTSTATUS_REVOKED ? "bad"
                                                                       : "unknown status");
        OCSP_CERTID_free(id);
    }
    if (!found)
        (void)printf("unknown not answered\n");
}

static void judge_answer(const struct bytes *answer, const struct question *q)
{
    const unsigned char *p = answer->p;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, (long)answer->n);
    OCSP_BASICRESP *basic = NULL;

    if (response == NULL || p != answer->p + answer->n)
        (void)printf("unknown no answer\n");
    else if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        (void)printf("unknown %s\n", OCSP_response_status_str(OCSP_response_status(response)));
    else if ((basic = OCSP_response_get1_basic(response)) == NULL)
        (void)printf("unknown not basic\n");
    else if (!is_signed(basic, q))
        (void)printf("unknown %s\n", ERR_reason_error_string(ERR_peek_last_error()) != NULL
                                         ? ERR_reason_error_string(ERR_peek_last_error())
                                         : "not signed");
    else
        find(basic, q);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
}

static void ocsp(const char *at, const char *leaf, const char *issuers, const char *hex)
{
    const struct bytes end = unhex(leaf, strlen(leaf)), answer = unhex(hex, strlen(hex));
    struct question q = {
        .at = strtol(at, NULL, 10), .leaf = certificate(&end), .roots = certificates(issuers), .flags = X509_V_FLAG_PARTIAL_CHAIN
    };

    if (q.leaf == NULL || sk_X509_num(q.roots) == 0)
        (void)printf("unknown the certificates cannot be decoded\n");
    else
        judge_answer(&answer, &q);
    free_question(&q);
    free(end.p);
    free(answer.p);
}

static int split(char *line, char *word[WORDS_MAX])
{
    char *rest = NULL;
    int n = 0;

    for (char *w = strtok_r(line, " \n", &rest); w != NULL && n < WORDS_MAX; w = strtok_r(NULL, " \n", &rest))
        word[n++] = w;
    return n;
}

static void answer(char *word[WORDS_MAX], int n)
{
    if (n == 2 && strcmp(word[0], "key") == 0)
        show_key(word[1]);
    else if (n == 4 && strcmp(word[0], "sign") == 0)
        sign(word[1], word[2], word[3]);
    else if (n == 2 && strcmp(word[0], "sha1") == 0)
        sha1(word[1]);
    else if (n == 7 && strcmp(word[0], "path") == 0)
        path(word[1], word[2], word[3], word[4], word[5], word[6]);
    else if (n == 5 && strcmp(word[0], "alone") == 0)
        alone(word[1], word[2], word[3], word[4]);
    else if (n == 5 && strcmp(word[0], "ocsp") == 0)
        ocsp(word[1], word[2], word[3], word[4]);
    else
        die("not understood");
}

int main(void)
{
    char *line = NULL, *word[WORDS_MAX];
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        answer(word, split(line, word));
        ERR_clear_error();
        (void)fflush(stdout);
    }
    free(line);
    for (size_t i = 0; i < key_count; i++)
        EVP_PKEY_free(keys[i].key);
    return 0;
}
