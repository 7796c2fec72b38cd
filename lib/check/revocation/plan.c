/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "base/file.h"
#include "base/text.h"
#include "chain/issuer.h"
#include "check/source/source.h"
#include "codec/x509/bundle.h"

#include <stdlib.h>
#include <string.h>

enum {
    LABEL_MAX = 40,     /* with "_ttl" behind it well below a label's length */
    CRL_MAX = 64 << 20, /* single-object mode: a CRL is read as a stream */
    OCSP_MAX = SCP_HTTP_OCSP_MAX
};

struct scp_revocation_own {
    struct scp_revocation_target target;
    struct scp_profile_endpoint endpoint;
    struct scp_bundle *file; /* of --issuer */
    size_t files;
    struct scp_issuer issuer[SCP_ISSUERS_MAX]; /* in them; those that signed the certificate first */
    size_t issuers;
    struct scp_bundle subject; /* of --certificate */
    struct scp_revocable certificate;
    struct scp_certificate_facts facts;
    bool has_certificate;
    char serial[SCP_SERIAL_TEXT];
    char host[256];
};

/* --- Endpoints of a profile --- */

static bool names(const struct scp_list *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->v[i], id) == 0)
            return true;
    }
    return false;
}

static const struct scp_profile_endpoint *endpoint_by_id(const struct scp_profile *p, const char *id)
{
    for (size_t i = 0; i < p->endpoints; i++) {
        if (strcmp(p->endpoint[i].id, id) == 0)
            return &p->endpoint[i];
    }
    return NULL;
}

static int check_ids(const struct scp_profile *p, const struct scp_list *ids, const char *option, struct scp_err *err)
{
    for (size_t i = 0; i < ids->n; i++) {
        const struct scp_profile_endpoint *e = endpoint_by_id(p, ids->v[i]);

        if (e != NULL && e->kind == SCP_ENDPOINT_TLS)
            return scp_err_set(err, SCP_ERR_USAGE,
                               "%s: '%s' is a name of the service and serves no lists: "
                               "check_scp_intermediates --connect=%s judges it",
                               option, e->id, e->host);
        if (e == NULL)
            return scp_err_set(err, SCP_ERR_USAGE,
                               "%s: profile %s has no endpoint '%s' (check_scp_revocation --list-endpoints shows them)", option,
                               p->name, ids->v[i]);
    }
    return 0;
}

static int bad_endpoint(const struct scp_profile_endpoint *e, struct scp_err *err, const char *what)
{
    return scp_err_set(err, SCP_ERR_USAGE, "profile: endpoint %s: %s", e->id, what);
}

/* What would make the endpoint impossible to judge is said before anything is asked. */
static int check_endpoint(const struct scp_profile_endpoint *e, struct scp_err *err)
{
    bool http = strncmp(e->url, "http://", 7) == 0 || strncmp(e->url, "https://", 8) == 0;
    struct scp_serial serial;

    if (strlen(e->id) > LABEL_MAX || !scp_perfdata_label_valid(e->id))
        return bad_endpoint(e, err, "an id is up to 40 of a-z, 0-9, '_', '-', '.', a letter first");
    if (!http)
        return bad_endpoint(e, err, "the URL is neither http nor https");
    if ((e->kind == SCP_ENDPOINT_CRL || e->kind == SCP_ENDPOINT_OCSP) && e->issuer == NULL)
        return bad_endpoint(e, err, "a CRL or an OCSP responder needs an issuer to be verified with");
    if (e->kind == SCP_ENDPOINT_OCSP && e->serial == NULL)
        return bad_endpoint(e, err, "an OCSP responder needs the serial number of the certificate to ask about");
    if (e->serial != NULL && scp_serial_parse(e->serial, strlen(e->serial), &serial, NULL) != 0)
        return bad_endpoint(e, err, "the serial number is not hexadecimal");
    if (e->kind == SCP_ENDPOINT_AIA && !e->has_sha1)
        return bad_endpoint(e, err, "a certificate needs its SHA-1");
    return 0;
}

/* The profile may know the certificate's SHA-256, too. */
static void set_hashes(const struct scp_profile *p, struct scp_revocation_target *t)
{
    const struct scp_profile_cert *tables[] = { p->root, p->ca };
    size_t counts[] = { p->roots, p->cas };

    for (size_t k = 0; t->endpoint->has_sha1 && k < 2; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            const struct scp_profile_cert *c = &tables[k][i];

            if (!c->has_sha1 || !c->has_sha256 || memcmp(c->sha1, t->endpoint->sha1, sizeof c->sha1) != 0)
                continue;
            t->has_sha256 = true;
            memcpy(t->sha256, c->sha256, sizeof t->sha256);
            return;
        }
    }
}

static int add_target(const struct scp_profile *profile, const struct scp_profile_endpoint *e, struct scp_revocation_plan *out,
                      struct scp_err *err)
{
    struct scp_revocation_target *t = &out->v[out->n];

    if (check_endpoint(e, err) != 0)
        return -1;
    t->endpoint = e;
    set_hashes(profile, t);
    t->lifetime.most = e->max_lifetime;
    if (e->issuer != NULL) {
        t->named = (struct scp_issuer){ .subject_der = e->issuer->subject_der,
                                        .subject_der_len = e->issuer->subject_der_len,
                                        .spki_der = e->issuer->spki_der,
                                        .spki_der_len = e->issuer->spki_der_len };
        t->issuer = &t->named;
        t->issuers = 1;
    }
    out->n++;
    return 0;
}

static int select_endpoints(const struct scp_profile *profile, const struct scp_list *only, const struct scp_list *skip,
                            struct scp_revocation_plan *out, struct scp_err *err)
{
    if (check_ids(profile, only, "--endpoint", err) != 0 || check_ids(profile, skip, "--skip-endpoint", err) != 0)
        return -1;
    if (profile->endpoints > SCP_REVOCATION_ENDPOINTS_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "profile %s has more than %d endpoints", profile->name,
                           SCP_REVOCATION_ENDPOINTS_MAX);
    out->v = calloc(profile->endpoints > 0 ? profile->endpoints : 1, sizeof *out->v);
    if (out->v == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < profile->endpoints; i++) {
        const struct scp_profile_endpoint *e = &profile->endpoint[i];

        if (e->kind == SCP_ENDPOINT_TLS || (only->n > 0 && !names(only, e->id)) || names(skip, e->id))
            continue;
        if (add_target(profile, e, out, err) != 0)
            return -1;
    }
    if (out->n == 0 && profile->endpoints > 0)
        return scp_err_set(err, SCP_ERR_USAGE, "profile %s: all endpoints are skipped", profile->name);
    return 0;
}

int scp_revocation_plan(const struct scp_profile *profile, const struct scp_list *only, const struct scp_list *skip,
                        struct scp_revocation_plan *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    out->profile = profile;
    if (select_endpoints(profile, only, skip, out, err) == 0)
        return 0;
    scp_revocation_plan_free(out);
    return -1;
}

/* --- One CRL or OCSP answer --- */

bool scp_revocation_single_asked(const struct scp_revocation_single *s)
{
    return s->crl != NULL || s->ocsp != NULL || s->issuer.n > 0 || s->certificate != NULL || s->serial != NULL;
}

static int check_single(const struct scp_revocation_single *s, struct scp_err *err)
{
    if (s->crl == NULL && s->ocsp == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--issuer, --certificate and --serial belong to --crl or --ocsp");
    if (s->crl != NULL && s->ocsp != NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--crl and --ocsp: one of them at a time");
    if (s->issuer.n == 0)
        return scp_err_set(err, SCP_ERR_USAGE,
                           s->crl != NULL ? "--crl needs --issuer=FILE, the certificate of the CA"
                                          : "--ocsp needs --issuer=FILE, the certificate of the CA");
    if (s->certificate != NULL && s->serial != NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--certificate and --serial: one of them at a time");
    if (s->ocsp != NULL && s->certificate == NULL && s->serial == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--ocsp needs the certificate to ask about: --certificate=FILE or --serial=HEX");
    return 0;
}

/* All certificates of a file, in whatever packaging; one that is damaged is an error: it might be the one that matters. */
static int load_certificates(const char *path, struct scp_bundle *out, struct scp_err *err)
{
    struct scp_buf file;
    int rc;

    scp_buf_init(&file, SCP_BUNDLE_FILE_MAX);
    rc = scp_file_slurp(path, &file, err);
    if (rc == 0 && (rc = scp_bundle_read((const uint8_t *)scp_buf_text(&file), file.n, out, err)) != 0)
        (void)scp_err_prefix(err, "%s", path);
    scp_buf_free(&file);
    if (rc == 0 && out->damaged > 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "%s: %s", path, out->damage);
    return rc;
}

static int add_issuers(const char *path, struct scp_revocation_own *own, struct scp_err *err)
{
    struct scp_bundle *b = &own->file[own->files++];

    if (load_certificates(path, b, err) != 0)
        return -1;
    for (size_t i = 0; i < b->n; i++) {
        size_t len;
        const uint8_t *der = scp_bundle_certificate(b, i, &len);

        if (own->issuers == SCP_ISSUERS_MAX)
            return scp_err_set(err, SCP_ERR_LIMIT, "--issuer: more than %d certificates", SCP_ISSUERS_MAX);
        if (!scp_issuer_of(der, len, &own->issuer[own->issuers++]))
            return scp_err_set(err, SCP_ERR_FORMAT, "%s: not a certificate", path);
    }
    return 0;
}

static int load_issuers(const struct scp_list *paths, struct scp_revocation_own *own, struct scp_err *err)
{
    own->file = calloc(paths->n, sizeof *own->file);
    if (own->file == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < paths->n; i++) {
        if (add_issuers(paths->v[i], own, err) != 0)
            return -1;
    }
    return 0;
}

/* Puts those that signed the certificate first; *signers is their number. */
static int sort_issuers(struct scp_revocation_own *own, const uint8_t *der, size_t len, size_t *signers, struct scp_err *err)
{
    *signers = 0;
    for (size_t i = 0; i < own->issuers; i++) {
        struct scp_issuer issuer = own->issuer[i];
        int is = scp_issuer_signed(issuer.der, issuer.der_len, der, len, err);

        if (is < 0)
            return -1;
        if (is == 0)
            continue;
        own->issuer[i] = own->issuer[*signers];
        own->issuer[(*signers)++] = issuer;
    }
    return 0;
}

/* Constraints of one of several certificates with the same key count only where all have them. */
static int ask_openssl(struct scp_revocation_own *own, size_t signers, const uint8_t *der, size_t len, struct scp_err *err)
{
    for (size_t i = 0; i < signers; i++) {
        struct scp_err why = SCP_ERR_INIT;
        const char *objection = scp_issuer_objection(own->issuer[i].der, own->issuer[i].der_len, der, len, &why);

        if (why.code != SCP_ERR_NONE)
            return scp_err_memory(err);
        if (objection == NULL) {
            own->facts.objection = NULL;
            return 0;
        }
        own->facts.objection = objection;
    }
    return 0;
}

static bool is_an_issuer(const struct scp_revocation_own *own, const uint8_t *der, size_t len)
{
    for (size_t i = 0; i < own->issuers; i++) {
        if (own->issuer[i].der_len == len && memcmp(own->issuer[i].der, der, len) == 0)
            return true;
    }
    return false;
}

/*
 * The certificate asked about: of several in the file the one that --issuer has issued; a root at the end of a chain has issued
 * itself.
 */
static int find_subject(const char *path, struct scp_revocation_own *own, size_t *found, size_t *signers, struct scp_err *err)
{
    size_t count = 0;

    for (size_t i = 0; i < own->subject.n; i++) {
        size_t len;
        const uint8_t *der = scp_bundle_certificate(&own->subject, i, &len);

        if (sort_issuers(own, der, len, signers, err) != 0)
            return -1;
        if (*signers == 0 || (own->subject.n > 1 && is_an_issuer(own, der, len)))
            continue;
        *found = i;
        count++;
    }
    if (count == 1)
        return 0;
    if (count > 1)
        return scp_err_set(err, SCP_ERR_USAGE, "%s: %zu certificates in it are issued by --issuer: which one is asked about?", path,
                           count);
    return scp_err_set(err, SCP_ERR_USAGE, "%s: not issued by %s", path,
                       own->issuers == 1 ? "the certificate of --issuer (another name, or another key of the same name)"
                                         : "any of the certificates of --issuer (other names, or other keys of the same name)");
}

static int load_subject(const char *path, struct scp_revocation_own *own, struct scp_err *err)
{
    enum scp_strength digest;
    size_t which = 0, signers = 0, len;
    const uint8_t *der;

    if (load_certificates(path, &own->subject, err) != 0 || find_subject(path, own, &which, &signers, err) != 0)
        return -1;
    der = scp_bundle_certificate(&own->subject, which, &len);
    if ((own->subject.n > 1 && sort_issuers(own, der, len, &signers, err) != 0) || ask_openssl(own, signers, der, len, err) != 0)
        return -1;
    if (scp_revocable_parse(der, len, &own->certificate, err) != 0)
        return scp_err_prefix(err, "%s", path);
    own->has_certificate = true;
    digest = scp_issuer_digest(der, len);
    own->facts.weak = digest == SCP_STRENGTH_WEAK;
    own->facts.known = true;
    own->facts.not_after = own->certificate.not_after;
    if (digest == SCP_STRENGTH_BROKEN)
        return scp_err_set(err, SCP_ERR_USAGE,
                           "%s: signed with MD5 or an older digest: who issued it cannot be told "
                           "(RFC 6151 section 2)",
                           path);
    scp_serial_format(&own->certificate.serial, own->serial);
    return 0;
}

/* An OCSP responder is asked about the certificates of one key. */
static int check_one_key(struct scp_revocation_own *own, struct scp_err *err)
{
    size_t alike = 1;

    while (alike < own->issuers && scp_issuer_same(&own->issuer[0], &own->issuer[alike]))
        alike++;
    if (alike < own->issuers && !own->has_certificate)
        return scp_err_set(err, SCP_ERR_USAGE,
                           "--ocsp with --serial needs one issuer: of several keys or names, only "
                           "--certificate tells which one issued it");
    own->issuers = alike;
    return 0;
}

static int read_serial(const char *hex, struct scp_revocation_own *own, struct scp_err *err)
{
    struct scp_serial serial;

    if (scp_serial_parse(hex, strlen(hex), &serial, err) != 0) {
        err->code = SCP_ERR_USAGE;
        return scp_err_prefix(err, "--serial");
    }
    scp_serial_format(&serial, own->serial);
    return 0;
}

static bool is_url(const char *s)
{
    return scp_text_caseeq(s, strlen(s) < 7 ? strlen(s) : 7, "http://", 7) ||
           scp_text_caseeq(s, strlen(s) < 8 ? strlen(s) : 8, "https://", 8);
}

/*
 * The length of a scheme that is not spoken here ("ldap", "ftp", "file"), 0 for a file.  One letter is a drive, and a word in
 * front of a colon alone may be a file's name, but for those that stand in certificates.
 */
static size_t other_scheme(const char *s)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.";
    static const char *const KNOWN[] = { "ldap", "ldaps", "ftp", "ftps", "file", "http", "https" };
    size_t n = strspn(s, LETTERS);

    if (n < 2 || s[n] != ':' || strchr("0123456789+-.", s[0]) != NULL)
        return 0;
    if (strncmp(s + n, "://", 3) == 0)
        return n;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (scp_text_caseeq(s, n, KNOWN[i], strlen(KNOWN[i])))
            return n;
    }
    return 0;
}

static int check_scheme(const struct scp_revocation_single *s, struct scp_err *err)
{
    const char *from = s->crl != NULL ? s->crl : s->ocsp, *option = s->crl != NULL ? "--crl" : "--ocsp";
    size_t n = is_url(from) ? 0 : other_scheme(from);

    if (n == 0)
        return 0;
    if (scp_text_caseeq(from, n, "http", 4) || scp_text_caseeq(from, n, "https", 5))
        return scp_err_set(err, SCP_ERR_USAGE, "%s: '%s' is no address: give http://HOST/PATH, or a file", option, from);
    return scp_err_set(err, SCP_ERR_USAGE, "%s: %.*s is not spoken: give the http address or a file", option, (int)n, from);
}

/* What stands between "//" and the path, without a port. */
static void host_of(const char *url, char *out, size_t size)
{
    const char *p = strstr(url, "//");
    size_t n;

    p = p != NULL ? p + 2 : url;
    n = p[0] == '[' ? strcspn(p, "]/?#") + (strchr(p, ']') != NULL) : strcspn(p, ":/?#");
    n = n < size ? n : size - 1;
    memcpy(out, p, n);
    out[n] = '\0';
}

static void fill_single(const struct scp_revocation_single *s, struct scp_revocation_own *own)
{
    const char *from = s->crl != NULL ? s->crl : s->ocsp;
    bool file = !is_url(from);

    host_of(from, own->host, sizeof own->host);
    own->endpoint = (struct scp_profile_endpoint){
        .id = s->crl != NULL ? "crl" : "ocsp",
        .host = file ? from : own->host,
        .url = from,
        .kind = s->crl != NULL ? SCP_ENDPOINT_CRL : SCP_ENDPOINT_OCSP,
        .serial = own->serial[0] != '\0' ? own->serial : NULL,
        .level = SCP_LEVEL_REQUIRED,
        .max_size = s->crl != NULL ? CRL_MAX : OCSP_MAX,
    };
    own->target = (struct scp_revocation_target){ .endpoint = &own->endpoint,
                                                  .issuer = own->issuer,
                                                  .issuers = own->issuers,
                                                  .lifetime = { .own = true },
                                                  .is_file = file,
                                                  .subject = own->facts,
                                                  .certificate = own->has_certificate ? &own->certificate : NULL };
}

static int make_single(const struct scp_revocation_single *s, struct scp_revocation_plan *out, struct scp_err *err)
{
    struct scp_revocation_own *own;

    if (check_single(s, err) != 0 || check_scheme(s, err) != 0)
        return -1;
    own = out->own = calloc(1, sizeof *own);
    if (own == NULL)
        return scp_err_memory(err);
    if (load_issuers(&s->issuer, own, err) != 0 || (s->certificate != NULL && load_subject(s->certificate, own, err) != 0) ||
        (s->serial != NULL && read_serial(s->serial, own, err) != 0) || (s->ocsp != NULL && check_one_key(own, err) != 0))
        return -1;
    fill_single(s, own);
    out->v = &own->target;
    out->n = 1;
    return 0;
}

int scp_revocation_plan_single(const struct scp_revocation_single *s, struct scp_revocation_plan *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    if (make_single(s, out, err) == 0)
        return 0;
    scp_revocation_plan_free(out);
    return -1;
}

void scp_revocation_plan_free(struct scp_revocation_plan *plan)
{
    if (plan->own != NULL) {
        for (size_t i = 0; i < plan->own->files; i++)
            scp_bundle_free(&plan->own->file[i]);
        free(plan->own->file);
        scp_bundle_free(&plan->own->subject);
        if (plan->own->has_certificate)
            scp_revocable_free(&plan->own->certificate);
        free(plan->own);
    } else {
        free(plan->v);
    }
    memset(plan, 0, sizeof *plan);
}

bool scp_revocation_plan_network(const struct scp_revocation_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (!plan->v[i].is_file)
            return true;
    }
    return false;
}

/* --- --list-endpoints --- */

static void pad(struct scp_buf *out, const char *text, size_t width)
{
    size_t start = out->n;

    scp_text_clean(out, text, strlen(text), 200);
    do {
        (void)scp_buf_chr(out, ' ');
    } while (!out->failed && out->n - start < width + 2);
}

void scp_revocation_list(const struct scp_revocation_plan *plan, struct scp_buf *out)
{
    size_t id = 2, group = 5;

    for (size_t i = 0; i < plan->n; i++) {
        const struct scp_profile_endpoint *e = plan->v[i].endpoint;

        id = strlen(e->id) > id ? strlen(e->id) : id;
        group = e->group != NULL && strlen(e->group) > group ? strlen(e->group) : group;
    }
    pad(out, "ID", id);
    pad(out, "KIND", 4);
    pad(out, "LEVEL", 11);
    pad(out, "GROUP", group);
    (void)scp_buf_str(out, "URL\n");
    for (size_t i = 0; i < plan->n; i++) {
        const struct scp_profile_endpoint *e = plan->v[i].endpoint;

        pad(out, e->id, id);
        pad(out, scp_endpoint_kind_name(e->kind), 4);
        pad(out, scp_level_name(e->level), 11);
        pad(out, e->group != NULL ? e->group : "-", group);
        scp_text_clean(out, e->url, strlen(e->url), 2000);
        (void)scp_buf_chr(out, '\n');
    }
}
