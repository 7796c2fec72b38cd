/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/service/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the chains that servers sent say that their revocation is published, as endpoints of a plan. */

enum { CERTIFICATES_MAX = SCP_INTERMEDIATES_SERVERS_MAX * SCP_PATH_DEPTH_MAX, CRL_MAX = 64 << 20 };

/* A certificate of a chain, and who issued it there. */
struct scp_service_certificate {
    uint8_t sha1[SCP_SHA1_LEN];
    struct scp_revocable revocable;
    struct scp_certificate_facts facts;
    struct scp_issuer issuer;
    char serial[SCP_SERIAL_TEXT];
};

struct scp_service_address {
    struct scp_profile_endpoint endpoint;
    char id[32], host[256];
};

/* --- Addresses --- */

static bool is_http(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

/* A list is one for all whom it covers; a responder is asked about each certificate. */
static bool is_planned(const struct scp_service_addresses *a, enum scp_endpoint_kind kind, const char *url, const char *serial)
{
    for (size_t i = 0; i < a->plan.n; i++) {
        const struct scp_profile_endpoint *e = &a->address[i].endpoint;

        if (e->kind == kind && strcmp(e->url, url) == 0 && (kind == SCP_ENDPOINT_CRL || strcmp(e->serial, serial) == 0))
            return true;
    }
    return false;
}

static bool is_of_profile(const struct scp_profile *p, const char *url)
{
    for (size_t i = 0; i < p->endpoints; i++) {
        if (p->endpoint[i].kind == SCP_ENDPOINT_CRL && strcmp(p->endpoint[i].url, url) == 0)
            return true;
    }
    return false;
}

static int add_address(struct scp_service_addresses *a, const struct scp_service_certificate *c, enum scp_endpoint_kind kind,
                       const char *url, struct scp_err *err)
{
    struct scp_service_address *x;
    const char *host = strstr(url, "//");

    if (!is_http(url) || is_planned(a, kind, url, c->serial))
        return 0;
    if (a->plan.n >= SCP_REVOCATION_ENDPOINTS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "the chains of the service name more than %d addresses",
                           SCP_REVOCATION_ENDPOINTS_MAX);
    x = &a->address[a->plan.n];
    (void)snprintf(x->id, sizeof x->id, "service_%s%zu", kind == SCP_ENDPOINT_CRL ? "crl" : "ocsp", a->plan.n + 1);
    (void)snprintf(x->host, sizeof x->host, "%.*s", (int)strcspn(host + 2, ":/?#"), host + 2);
    x->endpoint = (struct scp_profile_endpoint){ .id = x->id,
                                                 .host = x->host,
                                                 .url = url,
                                                 .kind = kind,
                                                 .serial = c->serial,
                                                 .level = SCP_LEVEL_RECOMMENDED,
                                                 .declared = SCP_LEVEL_RECOMMENDED,
                                                 .max_size = kind == SCP_ENDPOINT_CRL ? CRL_MAX : SCP_HTTP_OCSP_MAX };
    a->plan.v[a->plan.n++] = (struct scp_revocation_target){ .endpoint = &x->endpoint,
                                                             .issuer = &c->issuer,
                                                             .issuers = 1,
                                                             .lifetime = { .own = true },
                                                             .subject = c->facts,
                                                             .certificate = &c->revocable,
                                                             .from_certificate = true };
    return 0;
}

static int add_addresses(struct scp_service_addresses *a, const struct scp_profile *profile,
                         const struct scp_service_certificate *c, struct scp_err *err)
{
    for (size_t i = 0; i < c->revocable.crls; i++) {
        if (!is_of_profile(profile, c->revocable.crl[i]) && add_address(a, c, SCP_ENDPOINT_CRL, c->revocable.crl[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->revocable.ocsps; i++) {
        if (add_address(a, c, SCP_ENDPOINT_OCSP, c->revocable.ocsp[i], err) != 0)
            return -1;
    }
    return 0;
}

/* --- Chains --- */

static bool is_known(const struct scp_service_addresses *a, const uint8_t sha1[SCP_SHA1_LEN])
{
    for (size_t i = 0; i < a->certificates; i++) {
        if (memcmp(a->certificate[i].sha1, sha1, SCP_SHA1_LEN) == 0)
            return true;
    }
    return false;
}

static int add_certificate(struct scp_service_addresses *a, const struct scp_profile *profile, const struct scp_pool_cert *cert,
                           const struct scp_pool_cert *issuer, struct scp_err *err)
{
    struct scp_service_certificate *c = &a->certificate[a->certificates];

    if (a->certificates >= CERTIFICATES_MAX || is_known(a, cert->sha1) || !scp_issuer_of(issuer->der, issuer->len, &c->issuer))
        return 0;
    if (scp_revocable_parse(cert->der, cert->len, &c->revocable, err) != 0)
        return scp_err_prefix(err, "a certificate of the service");
    a->certificates++;
    memcpy(c->sha1, cert->sha1, SCP_SHA1_LEN);
    scp_serial_format(&c->revocable.serial, c->serial);
    c->facts = (struct scp_certificate_facts){ .known = true,
                                               .not_after = c->revocable.not_after,
                                               .weak = scp_issuer_digest(cert->der, cert->len) == SCP_STRENGTH_WEAK };
    return add_addresses(a, profile, c, err);
}

static int add_chain(struct scp_service_addresses *a, const struct scp_intermediates_facts *f,
                     const struct scp_intermediates_target *t, struct scp_err *err)
{
    const struct scp_path_answer *answer = t->v[0].fetched != NULL ? t->v[0].fetched : t->v[0].path;
    const struct scp_path *p;

    if (answer == NULL || answer->good == 0 || t->server == NULL || t->server->inspected)
        return 0;
    p = scp_path_told(answer);
    for (size_t i = 0; i + 1 < p->n; i++) {
        if (add_certificate(a, f->profile, scp_path_cert(answer, p, i), scp_path_cert(answer, p, i + 1), err) != 0)
            return -1;
    }
    return 0;
}

int scp_service_addresses_plan(const struct scp_intermediates_facts *chains, struct scp_service_addresses *out, struct scp_err *err)
{
    out->certificate = calloc(CERTIFICATES_MAX, sizeof *out->certificate);
    out->address = calloc(SCP_REVOCATION_ENDPOINTS_MAX, sizeof *out->address);
    out->plan.v = calloc(SCP_REVOCATION_ENDPOINTS_MAX, sizeof *out->plan.v);
    if (out->certificate == NULL || out->address == NULL || out->plan.v == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < chains->n; i++) {
        if (add_chain(out, chains, &chains->v[i], err) != 0)
            return -1;
    }
    return 0;
}

void scp_service_addresses_free(struct scp_service_addresses *a)
{
    for (size_t i = 0; i < a->certificates; i++)
        scp_revocable_free(&a->certificate[i].revocable);
    free(a->certificate);
    free(a->address);
    scp_revocation_plan_free(&a->plan);
    memset(a, 0, sizeof *a);
}
