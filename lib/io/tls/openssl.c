/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/tls/internal.h"

#include "base/text.h"
#include "codec/x509/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509_vfy.h>

static void note_names(struct scp_tls_watch *watch, const uint8_t *der, size_t n)
{
    struct scp_certificate c;

    if (scp_certificate_parse(der, n, &c, NULL) != 0)
        return;
    (void)snprintf(watch->issuer, sizeof watch->issuer, "%s", c.issuer);
    (void)snprintf(watch->subject, sizeof watch->subject, "%s", c.name);
    scp_certificate_free(&c);
}

static void keep(struct scp_tls_watch *watch, const uint8_t *der, size_t n)
{
    struct scp_tls_chain *chain = watch->chain;
    uint8_t *copy;

    chain->sent++;
    if (chain->n >= SCP_TLS_CHAIN_MAX || n > SCP_TLS_CERTIFICATE_MAX)
        return;
    copy = malloc(n > 0 ? n : 1);
    if (copy == NULL) {
        watch->out_of_memory = true;
        return;
    }
    memcpy(copy, der, n);
    chain->v[chain->n].der = copy;
    chain->v[chain->n].len = n;
    chain->n++;
}

/* The certificates in the order sent; the first is the server's own. */
static void look_at(struct scp_tls_watch *watch, X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(ctx);

    watch->seen = true;
    if (watch->chain != NULL)
        scp_tls_chain_free(watch->chain);
    for (int i = 0; i < sk_X509_num(sent); i++) {
        uint8_t *der = NULL;
        int n = i2d_X509(sk_X509_value(sent, i), &der);

        if (n <= 0) {
            watch->out_of_memory = true;
            continue;
        }
        if (i == 0)
            note_names(watch, der, (size_t)n);
        if (watch->chain != NULL)
            keep(watch, der, (size_t)n);
        OPENSSL_free(der);
        if (watch->chain == NULL)
            break;
    }
}

static bool is_organisation(const ASN1_STRING *value, const char *const *names)
{
    unsigned char *utf8 = NULL;
    int n = ASN1_STRING_to_UTF8(&utf8, value);
    bool found = false;

    for (size_t i = 0; n > 0 && names[i] != NULL; i++)
        found = found || scp_text_caseeq((const char *)utf8, (size_t)n, names[i], strlen(names[i]));
    OPENSSL_free(utf8);
    return found;
}

static bool issued_by_one_of(const X509 *certificate, const char *const *names)
{
    const X509_NAME *issuer = X509_get_issuer_name(certificate);

    for (int i = -1; (i = X509_NAME_get_index_by_NID(issuer, NID_organizationName, i)) >= 0;) {
        if (is_organisation(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(issuer, i)), names))
            return true;
    }
    return false;
}

/* --- Anchors of the caller's --- */

/* Nobody who is trusted here vouches, as against a certificate that is wrong in itself. */
static bool is_untrusted(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED: return true;
    default: return false;
    }
}

/* A store with the anchors alone; NULL when out of memory. */
static X509_STORE *store_of(const struct scp_tls_watch *watch)
{
    X509_STORE *store = X509_STORE_new();

    for (size_t i = 0; store != NULL && i < watch->anchors_n; i++) {
        const uint8_t *p = watch->anchors[i].der;
        X509 *anchor = d2i_X509(NULL, &p, (long)watch->anchors[i].n);

        if (anchor != NULL && X509_STORE_add_cert(store, anchor) != 1) {
            X509_STORE_free(store);
            store = NULL;
        }
        X509_free(anchor);
    }
    return store;
}

/* Verifies once more, by the anchors, with everything else as it was (purpose, time); their CAs need not be roots. */
static int verify_by(struct scp_tls_watch *watch, X509_STORE *store, X509_STORE_CTX *ctx)
{
    X509_STORE_CTX *again = X509_STORE_CTX_new();
    int verified = -1;

    if (again != NULL &&
        X509_STORE_CTX_init(again, store, X509_STORE_CTX_get0_cert(ctx), X509_STORE_CTX_get0_untrusted(ctx)) == 1 &&
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(again), X509_STORE_CTX_get0_param(ctx)) == 1) {
        X509_STORE_CTX_set_flags(again, X509_V_FLAG_PARTIAL_CHAIN);
        verified = X509_verify_cert(again);
        watch->error = X509_STORE_CTX_get_error(again);
    }
    X509_STORE_CTX_free(again);
    return verified;
}

static int verify_by_anchors(struct scp_tls_watch *watch, X509_STORE_CTX *ctx)
{
    X509_STORE *store = store_of(watch);
    int verified = store != NULL ? verify_by(watch, store, ctx) : -1;

    X509_STORE_free(store);
    watch->out_of_memory = watch->out_of_memory || verified < 0;
    watch->by_anchor = verified == 1;
    X509_STORE_CTX_set_error(ctx, verified < 0 ? X509_V_ERR_OUT_OF_MEM : watch->error);
    return verified == 1;
}

/* In place of OpenSSL's own verification, which it calls. */
int scp_tls_on_chain(X509_STORE_CTX *ctx, void *context)
{
    struct scp_tls_watch *watch = context;
    int verified;

    look_at(watch, ctx);
    if (watch->chain != NULL)
        return 1;
    verified = X509_verify_cert(ctx);
    watch->error = X509_STORE_CTX_get_error(ctx);
    if (verified != 1 && watch->anchors != NULL && is_untrusted(watch->error))
        return verify_by_anchors(watch, ctx);
    if (verified == 1 && watch->issuers != NULL && !issued_by_one_of(X509_STORE_CTX_get0_cert(ctx), watch->issuers)) {
        watch->foreign = true;
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }
    return verified;
}

enum scp_http_outcome scp_tls_watch_verdict(const struct scp_tls_watch *watch, char *message, size_t size)
{
    if (!watch->seen || (watch->error == X509_V_OK && !watch->foreign))
        return SCP_HTTP_OK;
    if (watch->foreign) {
        (void)snprintf(message, size, "intercepted: the server's certificate was issued by %s", watch->issuer);
        return SCP_HTTP_INTERCEPTED;
    }
    if (watch->error == X509_V_ERR_OUT_OF_MEM) {
        (void)snprintf(message, size, "out of memory");
        return SCP_HTTP_UNABLE;
    }
    if (is_untrusted(watch->error) && watch->anchors == NULL) {
        (void)snprintf(message, size, "intercepted by %s, which is not trusted here", watch->issuer);
        return SCP_HTTP_INTERCEPTED;
    }
    if (is_untrusted(watch->error))
        (void)snprintf(message, size, "the certificate of %s was issued by %s, which neither the given issuer nor this host trusts",
                       watch->subject, watch->issuer);
    else
        (void)snprintf(message, size, "the certificate of %s, issued by %s: %s", watch->subject, watch->issuer,
                       X509_verify_cert_error_string(watch->error));
    return SCP_HTTP_TLS;
}

void scp_tls_chain_free(struct scp_tls_chain *chain)
{
    for (size_t i = 0; i < chain->n; i++)
        free(chain->v[i].der);
    chain->n = chain->sent = 0;
}
