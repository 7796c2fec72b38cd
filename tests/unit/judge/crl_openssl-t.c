/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Differential test: whatever we accept, OpenSSL accepts too, with equal facts and the same verdict on a certificate.  The
 * converse does not hold and is only counted: OpenSSL takes lists without nextUpdate, of version 3, with bytes behind them.
 * One difference is meant: OpenSSL passes over a list whose authority key identifier names, by issuer and serial,
 * a certificate other than the one at hand; for us it is a hint (RFC 5280 section 4.2.1.1), and the signature decides.
 *
 * Lists are taken apart into a tree by code of the test's own, changed in one to three places - an element left out, doubled,
 * exchanged, of another type or content - put together again and mostly signed anew, so that the change is met by the reader and
 * not by the signature.  Fixed seed: every run tests the same lists.
 */
#include "judge/crl.h"
#include "unit/codec/revocation/crlgen.h"
#include "tap.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 8000, CHILDREN_MAX = 64, NODES_MAX = 4096 };

#define URL "http://crl.example/ca.crl"

static uint64_t seed = 20261115;
static EVP_PKEY *key, *leaf_key;
static struct bytes spki, issuer;

static size_t pick(size_t n)
{
    return (size_t)(tap_random(&seed) % n);
}

/* --- A tree of elements --- */

struct node {
    uint8_t tag;
    bool parent; /* has children; else bytes */
    uint8_t *p;
    size_t n;
    struct node *child[CHILDREN_MAX];
    size_t children;
};

static struct node *all[NODES_MAX]; /* of the tree being changed, for picking one */
static size_t all_n;

static struct node *new_node(uint8_t tag)
{
    struct node *e = calloc(1, sizeof *e);

    if (e == NULL)
        tap_bail("out of memory");
    e->tag = tag;
    return e;
}

static void set_bytes(struct node *e, const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n + 1);

    if (copy == NULL)
        tap_bail("out of memory");
    if (n > 0)
        memcpy(copy, p, n);
    free(e->p);
    e->p = copy;
    e->n = n;
}

static void free_node(struct node *e)
{
    for (size_t i = 0; i < e->children; i++)
        free_node(e->child[i]);
    free(e->p);
    free(e);
}

/* Length of the element at p with its content at *content, or 0. */
static size_t element(const uint8_t *p, size_t n, const uint8_t **content, size_t *content_n)
{
    size_t octets, length = 0, head;

    if (n < 2)
        return 0;
    octets = p[1] < 0x80 ? 0 : (size_t)(p[1] & 0x7F);
    if (octets > 3 || n < 2 + octets)
        return 0;
    if (octets == 0)
        length = p[1];
    for (size_t i = 0; i < octets; i++)
        length = length << 8 | p[2 + i];
    head = 2 + octets;
    if (length > n - head)
        return 0;
    *content = p + head;
    *content_n = length;
    return head + length;
}

static bool fills(const uint8_t *p, size_t n)
{
    const uint8_t *content;
    size_t content_n, length;

    while (n > 0) {
        length = element(p, n, &content, &content_n);
        if (length == 0 || (p[0] & 0x1F) == 0x1F || p[0] == 0)
            return false;
        p += length;
        n -= length;
    }
    return true;
}

static void take_apart(struct node *parent, const uint8_t *p, size_t n)
{
    while (n > 0 && parent->children < CHILDREN_MAX) {
        const uint8_t *content;
        size_t content_n, length = element(p, n, &content, &content_n);
        struct node *e = new_node(p[0]);

        /* An OCTET STRING that holds an element is taken apart as well: the values of extensions. */
        e->parent = content_n > 0 && ((p[0] & 0x20) != 0 || p[0] == 0x04) && fills(content, content_n);
        if (e->parent)
            take_apart(e, content, content_n);
        else
            set_bytes(e, content, content_n);
        parent->child[parent->children++] = e;
        p += length;
        n -= length;
    }
}

static void put_together(const struct node *e, struct bytes *out)
{
    size_t from = out->n;

    if (!e->parent) {
        der_put(out, e->tag, e->p, e->n);
        return;
    }
    for (size_t i = 0; i < e->children; i++)
        put_together(e->child[i], out);
    der_wrap(out, from, e->tag);
}

static struct node *copy_node(const struct node *from)
{
    struct node *e = new_node(from->tag);

    e->parent = from->parent;
    if (!from->parent)
        set_bytes(e, from->p, from->n);
    for (size_t i = 0; i < from->children; i++)
        e->child[e->children++] = copy_node(from->child[i]);
    return e;
}

/* --- Changes --- */

static void list_parents(struct node *e)
{
    if (!e->parent || all_n == NODES_MAX)
        return;
    all[all_n++] = e;
    for (size_t i = 0; i < e->children; i++)
        list_parents(e->child[i]);
}

static void insert(struct node *parent, size_t at, struct node *e)
{
    if (parent->children == CHILDREN_MAX) {
        free_node(e);
        return;
    }
    memmove(&parent->child[at + 1], &parent->child[at], (parent->children - at) * sizeof parent->child[0]);
    parent->child[at] = e;
    parent->children++;
}

static void remove_at(struct node *parent, size_t at)
{
    free_node(parent->child[at]);
    parent->children--;
    memmove(&parent->child[at], &parent->child[at + 1], (parent->children - at) * sizeof parent->child[0]);
}

static const struct {
    const char *p;
    size_t n;
} CONTENT[] = {
    { "", 0 },
    { "\x00", 1 },
    { "\x01", 1 },
    { "\x7F", 1 },
    { "\x80", 1 },
    { "\xFF", 1 },
    { "\x00\x80", 2 },
    { "\x00\x7F", 2 },
    { "\xFF\x80", 2 },
    { "\x05", 1 },
    { "\x08", 1 },
    { "261231235959Z", 13 },
    { "20261231235959Z", 15 },
    { "500101000000Z", 13 },
    { "261301000000Z", 13 },
    { "2611010000Z", 11 },
    { "261101000000+0100", 17 },
    { "20611231235959Z", 15 },
    { "261114120000Z", 13 },
    { "\x55\x1D\x14", 3 },
    { "\x55\x1D\x15", 3 },
    { "\x55\x1D\x18", 3 },
    { "\x55\x1D\x1B", 3 },
    { "\x55\x1D\x1C", 3 },
    { "\x55\x1D\x1D", 3 },
    { "\x55\x1D\x23", 3 },
    { "\x55\x1D\x2E", 3 },
    { "\x2A\x80\x03", 3 },
    { "\x2A\x83", 2 },
    { "\x2A\x03", 2 },
    { URL, sizeof URL - 1 },
    { "http://crl.example\0/", 20 },
    { "\xA1", 1 },
    { "\x00\xA1", 2 },
    { "\x12\x34", 2 },
    { "\xC3\x28", 2 },
};
static const uint8_t TAG[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1C, 0x1E,
                               0x30, 0x31, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x88, 0xA0, 0xA1, 0xA4, 0x24, 0x1F };

static void change_leaf(struct node *e)
{
    size_t k;

    switch (pick(4)) {
    case 0:
        if (e->n > 0)
            e->p[pick(e->n)] = (uint8_t)pick(256);
        break;
    case 1:
        if (e->n > 0)
            set_bytes(e, e->p, e->n - 1);
        break;
    case 2: {
        struct bytes longer = { 0 };

        bytes_add(&longer, e->p, e->n);
        bytes_add(&longer, "\0", 1);
        set_bytes(e, longer.p, longer.n);
        bytes_free(&longer);
        break;
    }
    default: k = pick(sizeof CONTENT / sizeof CONTENT[0]); set_bytes(e, (const uint8_t *)CONTENT[k].p, CONTENT[k].n);
    }
}

static void change(struct node *root)
{
    struct node *parent, *other, *e;
    size_t at;

    all_n = 0;
    list_parents(root);
    parent = all[pick(all_n)];
    other = all[pick(all_n)];
    if (parent->children == 0)
        return;
    at = pick(parent->children);
    switch (pick(9)) {
    case 0: remove_at(parent, at); return;
    case 1: insert(parent, at, copy_node(parent->child[at])); return;
    case 2:
        e = parent->child[at];
        parent->child[at] = parent->child[0];
        parent->child[0] = e;
        return;
    case 3: parent->child[at]->tag = TAG[pick(sizeof TAG)]; return;
    case 4:
        if (other->children > 0) {
            e = copy_node(other->child[pick(other->children)]);
            insert(parent, at, e);
        }
        return;
    case 5:
        e = new_node(TAG[pick(sizeof TAG)]);
        change_leaf(e);
        insert(parent, at, e);
        return;
    default:
        if (!parent->child[at]->parent)
            change_leaf(parent->child[at]);
        return;
    }
}

static void change_bytes(struct bytes *b)
{
    static const uint8_t VALUE[] = { 0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0xFF, 0x30, 0x02, 0x17 };
    size_t at = pick(b->n);

    b->p[at] = pick(2) == 0 ? VALUE[pick(sizeof VALUE)] : (uint8_t)(b->p[at] + pick(3) - 1);
}

/* --- Lists to begin with --- */

static void several_entries(struct gen *g)
{
    static uint8_t serials[12][3];

    for (size_t i = 0; i < 12; i++) {
        struct gen_entry *e;

        memcpy(serials[i], (uint8_t[]){ (uint8_t)(i + 1), (uint8_t)(7 * i), (uint8_t)(i * i) }, 3);
        e = gen_add_entry(g, serials[i], 3);
        if (i % 3 == 0)
            put_reason(&e->extensions, (uint8_t)(i % 7));
        if (i % 4 == 0)
            put_extension(&e->extensions, "2.5.29.24", -1,
                          "\x18\x0F"
                          "20260101000000Z",
                          17);
    }
}

static void revoked_leaf(struct gen *g)
{
    put_reason(&gen_add_entry(g, "\x00\xA1", 2)->extensions, 4);
}

static void with_point(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .uri = URL, .user = true });
}

static void with_points(struct gen *g)
{
    several_entries(g);
    put_idp(&g->extensions, &(struct idp){ .uri = "ldap:///cn=x", .second_uri = URL });
}

static void as_microsoft(struct gen *g)
{
    put_extension(&g->extensions, "2.5.29.35", -1, "\x30\x06\x80\x04keyi", 8);
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.1", -1, "\x02\x01\x00", 3);
    put_extension(&g->extensions, "1.3.6.1.4.1.311.21.4", -1,
                  "\x17\x0D"
                  "261130000000Z",
                  15);
    revoked_leaf(g);
}

static void ca_point(struct gen *g)
{
    put_idp(&g->extensions, &(struct idp){ .ca = true });
    revoked_leaf(g);
}

static void version_1(struct gen *g)
{
    g->version = -1;
    g->has_extensions = false;
    (void)gen_add_entry(g, "\x00\xA1", 2);
}

static void plain(struct gen *g)
{
    (void)g;
}

static void (*const BEGIN[])(struct gen *) = { plain,       several_entries, revoked_leaf, with_point,
                                               with_points, as_microsoft,    ca_point,     version_1 };

static void make(struct bytes *list)
{
    struct gen g;
    struct bytes tbs = { 0 }, changed = { 0 };
    struct node root = { .parent = true };
    size_t changes = pick(8) == 0 ? 0 : 1 + pick(3);

    gen_defaults(&g, key);
    BEGIN[pick(sizeof BEGIN / sizeof BEGIN[0])](&g);
    gen_tbs(&g, &tbs);
    take_apart(&root, tbs.p, tbs.n);
    for (size_t i = 0; i < changes; i++)
        change(root.child[0]);
    put_together(root.child[0], &changed);
    if (pick(8) == 0)
        change_bytes(&changed);
    gen_finish(&g, &changed, list);
    if (pick(8) == 0)
        change_bytes(list);
    if (pick(50) == 0)
        bytes_add(list, "\0", 1);
    free_node(root.child[0]);
    bytes_free(&tbs);
    bytes_free(&changed);
    gen_free(&g);
}

/* --- What OpenSSL says --- */

static X509 *decode(const struct bytes *der)
{
    const unsigned char *p = der->p;
    X509 *x = d2i_X509(NULL, &p, (long)der->n);

    if (x == NULL)
        tap_bail("a certificate of our own");
    return x;
}

static X509 *root_certificate, *leaf[3];
static struct scp_revocable revocable[3];

/* X509_V_OK, X509_V_ERR_CERT_REVOKED, or another error. */
static int openssl_verdict(X509_CRL *crl, X509 *certificate)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();
    int rc;

    if (store == NULL || ctx == NULL || crls == NULL || X509_STORE_add_cert(store, root_certificate) != 1 ||
        X509_STORE_CTX_init(ctx, store, certificate, NULL) != 1)
        tap_bail("OpenSSL");
    (void)sk_X509_CRL_push(crls, crl);
    X509_STORE_CTX_set0_crls(ctx, crls);
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)GEN_NOW);
    rc = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_CRL_free(crls);
    return rc;
}

static int64_t seconds(const ASN1_TIME *t)
{
    struct tm tm;
    int64_t out;

    if (t == NULL)
        return SCP_UTC_UNKNOWN;
    if (ASN1_TIME_to_tm(t, &tm) != 1 ||
        !scp_utc_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, &out))
        return -1;
    return out;
}

static int reason_of(const X509_REVOKED *entry)
{
    int critical;
    ASN1_ENUMERATED *e = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &critical, NULL);
    int reason = e != NULL ? (int)ASN1_ENUMERATED_get(e) : SCP_CRL_REASON_NONE;

    ASN1_ENUMERATED_free(e);
    return reason;
}

static bool same_integer(const ASN1_INTEGER *theirs, const uint8_t *ours, size_t n)
{
    struct bytes der = { 0 };
    const unsigned char *p;
    ASN1_INTEGER *decoded;
    bool same;

    der_put(&der, 0x02, ours, n);
    p = der.p;
    decoded = d2i_ASN1_INTEGER(NULL, &p, (long)der.n);
    same = decoded != NULL && ASN1_INTEGER_cmp(decoded, theirs) == 0;
    ASN1_INTEGER_free(decoded);
    bytes_free(&der);
    return same;
}

/* Is the entry of another issuer than the list's own: the one that it names, or that one before it named last? */
static bool is_foreign(X509_REVOKED *entry, X509_CRL *of, bool before)
{
    GENERAL_NAMES *names = X509_REVOKED_get_ext_d2i(entry, NID_certificate_issuer, NULL, NULL);
    bool own = names == NULL && !before;

    for (int i = 0; i < sk_GENERAL_NAME_num(names) && !own; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

        own = name->type == GEN_DIRNAME && X509_NAME_cmp(name->d.directoryName, X509_CRL_get_issuer(of)) == 0;
    }
    GENERAL_NAMES_free(names);
    return !own;
}

/* The first difference in words, or NULL. */
static const char *compare_hits(const struct scp_crl *ours, X509_CRL *theirs, const struct scp_serial *asked, size_t asked_n)
{
    STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(theirs);

    if ((uint64_t)(sk_X509_REVOKED_num(list) > 0 ? sk_X509_REVOKED_num(list) : 0) != ours->entries)
        return "number of entries";
    for (size_t i = 0; i < asked_n; i++) {
        const struct scp_crl_hit *hit = scp_crl_find(ours, i);
        bool found = false, equal = false, foreign = false;

        for (int k = 0; k < sk_X509_REVOKED_num(list); k++) {
            X509_REVOKED *entry = sk_X509_REVOKED_value(list, k);

            foreign = is_foreign(entry, theirs, foreign);
            if (foreign || !same_integer(X509_REVOKED_get0_serialNumber(entry), asked[i].p, asked[i].n))
                continue;
            found = true;
            equal |= hit != NULL && seconds(X509_REVOKED_get0_revocationDate(entry)) == hit->revoked_at &&
                     reason_of(entry) == hit->reason;
        }
        if (found != (hit != NULL) || found != equal)
            return "an entry asked for";
    }
    return NULL;
}

static const char *compare_point(const struct scp_crl_point *ours, X509_CRL *theirs)
{
    int critical = 0;
    ISSUING_DIST_POINT *idp = X509_CRL_get_ext_d2i(theirs, NID_issuing_distribution_point, &critical, NULL);
    const GENERAL_NAMES *names = NULL;
    const char *difference = NULL;
    size_t uris = 0;

    if (idp == NULL)
        return critical == -1 && !ours->present ? NULL : "presence of a distribution point";
    if (!ours->present || (idp->onlyuser > 0) != ours->only_user || (idp->onlyCA > 0) != ours->only_ca ||
        (idp->onlyattr > 0) != ours->only_attribute || (idp->indirectCRL > 0) != ours->indirect ||
        (idp->onlysomereasons != NULL) != ours->only_some_reasons || (idp->distpoint != NULL) != ours->named)
        difference = "the distribution point's flags";
    if (difference == NULL && ours->named && idp->distpoint->type == 0)
        names = idp->distpoint->name.fullname;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        const ASN1_STRING *text = name->type == GEN_URI ? name->d.uniformResourceIdentifier : NULL;

        if (text == NULL)
            continue;
        if (uris >= ours->uris || strlen(ours->uri[uris]) != (size_t)ASN1_STRING_length(text) ||
            memcmp(ours->uri[uris], ASN1_STRING_get0_data(text), strlen(ours->uri[uris])) != 0)
            difference = "the distribution point's address";
        uris++;
    }
    if (difference == NULL && uris != ours->uris)
        difference = "the distribution point's addresses";
    ISSUING_DIST_POINT_free(idp);
    return difference;
}

static const char *compare_number(const struct scp_crl *ours, X509_CRL *theirs)
{
    int critical = 0;
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(theirs, NID_crl_number, &critical, NULL);
    bool same = number == NULL ? critical == -1 && ours->number.n == 0
                               : ours->number.n > 0 && same_integer(number, ours->number.p, ours->number.n);

    ASN1_INTEGER_free(number);
    if (!same)
        return "the CRL number";
    return (X509_CRL_get_ext_by_NID(theirs, NID_delta_crl, -1) >= 0) == ours->delta ? NULL : "delta";
}

static const char *compare_key_id(const struct scp_crl *ours, X509_CRL *theirs)
{
    int critical = 0;
    AUTHORITY_KEYID *id = X509_CRL_get_ext_d2i(theirs, NID_authority_key_identifier, &critical, NULL);
    bool same = id == NULL ? critical == -1 && ours->key_id_len == 0
                           : (id->keyid != NULL ? (size_t)ASN1_STRING_length(id->keyid) == ours->key_id_len &&
                                                      memcmp(ASN1_STRING_get0_data(id->keyid), ours->key_id, ours->key_id_len) == 0
                                                : ours->key_id_len == 0);

    AUTHORITY_KEYID_free(id);
    return same ? NULL : "the authority key identifier";
}

static const char *compare_facts(const struct scp_crl *ours, X509_CRL *theirs, const struct scp_serial *asked, size_t asked_n)
{
    const unsigned char *name;
    size_t name_n;
    const char *difference;

    if (X509_CRL_get_version(theirs) + 1 != ours->version)
        return "version";
    if (X509_NAME_get0_der(X509_CRL_get_issuer(theirs), &name, &name_n) != 1 || name_n != ours->issuer_der_len ||
        memcmp(name, ours->issuer_der, name_n) != 0)
        return "issuer";
    if (seconds(X509_CRL_get0_lastUpdate(theirs)) != ours->this_update ||
        seconds(X509_CRL_get0_nextUpdate(theirs)) != ours->next_update)
        return "times";
    difference = compare_hits(ours, theirs, asked, asked_n);
    if (difference == NULL)
        difference = compare_point(&ours->point, theirs);
    if (difference == NULL)
        difference = compare_number(ours, theirs);
    return difference != NULL ? difference : compare_key_id(ours, theirs);
}

/* --- One list --- */

static size_t read_by_us, accepted, refused_alone, revoked, worse;

static void complain(const struct bytes *list, size_t round, const char *what)
{
    char *hex = malloc(2 * list->n + 1);

    if (hex == NULL)
        tap_bail("out of memory");
    for (size_t i = 0; i < list->n; i++) {
        static const char DIGITS[] = "0123456789ABCDEF";

        hex[2 * i] = DIGITS[list->p[i] >> 4];
        hex[2 * i + 1] = DIGITS[list->p[i] & 15];
    }
    hex[2 * list->n] = '\0';
    if (worse++ < 10)
        tap_diag("list %zu: %s: %s", round, what, hex);
    free(hex);
}

/* Does the authority key identifier hold more than a key identifier? */
static bool names_certificate(X509_CRL *crl)
{
    AUTHORITY_KEYID *id = X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, NULL, NULL);
    bool names = id != NULL && (id->issuer != NULL || id->serial != NULL);

    AUTHORITY_KEYID_free(id);
    return names;
}

static void compare_verdicts(const struct bytes *list, size_t round, X509_CRL *theirs, const struct scp_crl *ours)
{
    for (size_t i = 0; i < 3; i++) {
        const struct scp_issuer expected = {
            .subject_der = issuer.p, .subject_der_len = issuer.n, .spki_der = spki.p, .spki_der_len = spki.n
        };
        struct scp_crl_context c = {
            .now = GEN_NOW, .issuer = &expected, .issuers = 1, .certificate = &revocable[i], .serial_asked = true
        };
        struct scp_judgement j;
        int verdict = openssl_verdict(theirs, leaf[i]);

        if (verdict == X509_V_ERR_UNABLE_TO_GET_CRL && names_certificate(theirs))
            continue;
        scp_crl_judge(ours, &c, &j);
        accepted += scp_judgement_good(&j);
        revoked += j.reason == SCP_REASON_REVOKED;
        refused_alone += !scp_judgement_good(&j) && verdict == X509_V_OK;
        if (scp_judgement_good(&j) && verdict != X509_V_OK)
            complain(list, round, X509_verify_cert_error_string(verdict));
        /* What its issuer lists is revoked, also by a list of another scope, which would not prove "good", and by those that
         * OpenSSL leaves out: a delta by itself, and entries that name issuers in a list not marked indirect. */
        if (j.reason == SCP_REASON_REVOKED && verdict != X509_V_ERR_CERT_REVOKED && verdict != X509_V_ERR_DIFFERENT_CRL_SCOPE &&
            !((ours->delta || ours->entry_issuer) && verdict == X509_V_ERR_UNABLE_TO_GET_CRL))
            complain(list, round, "revoked for us alone");
    }
}

static void compare(const struct bytes *list, size_t round)
{
    enum { ASKED = 4 };
    struct scp_serial asked[ASKED] = { revocable[0].serial, { { 0x12, 0x34 }, 2 }, { { 1 }, 1 }, { { 4, 21, 9 }, 3 } };
    struct scp_crl ours, pieces;
    const unsigned char *p = list->p;
    X509_CRL *theirs = d2i_X509_CRL(NULL, &p, (long)list->n);
    const char *difference;
    struct scp_crl_reader *r;

    if (scp_crl_parse((struct scp_bytes){ list->p, list->n }, (struct scp_bytes){ spki.p, spki.n }, asked, ASKED, &ours, NULL) !=
            0 ||
        ours.signature != SCP_CRL_SIGNATURE_GOOD) {
        refused_alone += theirs != NULL && openssl_verdict(theirs, leaf[0]) == X509_V_OK;
        scp_crl_free(&ours);
        X509_CRL_free(theirs);
        return;
    }
    read_by_us++;
    if (theirs == NULL || p != list->p + list->n || X509_CRL_verify(theirs, key) != 1) {
        complain(list, round, "OpenSSL does not read it");
    } else {
        difference = compare_facts(&ours, theirs, asked, ASKED);
        if (difference != NULL)
            complain(list, round, difference);
        compare_verdicts(list, round, theirs, &ours);
    }
    r = scp_crl_reader_new(spki.p, spki.n, asked, ASKED, NULL);
    for (size_t at = 0, n; at < list->n; at += n) {
        n = 1 + pick(60);
        n = n < list->n - at ? n : list->n - at;
        (void)scp_crl_reader_feed(r, list->p + at, n, NULL);
    }
    if (scp_crl_reader_finish(r, &pieces, NULL) != 0 || pieces.signature != ours.signature || pieces.entries != ours.entries ||
        pieces.hits != ours.hits || memcmp(pieces.hit, ours.hit, sizeof ours.hit) != 0 || pieces.oddities != ours.oddities)
        complain(list, round, "other facts in pieces");
    scp_crl_reader_free(r);
    scp_crl_free(&pieces);
    scp_crl_free(&ours);
    X509_CRL_free(theirs);
}

static void certificates(void)
{
    struct gen_certificate c = {
        .subject = "Test Issuer", .issuer = "Test Issuer", .serial = 1, .ca = true, .key = key, .issuer_key = key
    };
    struct bytes der = { 0 };

    gen_certificate(&c, &der);
    root_certificate = decode(&der);
    for (size_t i = 0; i < 3; i++) {
        c = (struct gen_certificate){ .subject = "Leaf",
                                      .issuer = "Test Issuer",
                                      .serial = 0xA1,
                                      .key = leaf_key,
                                      .issuer_key = key,
                                      .ca = i == 1,
                                      .version1 = i == 2 };
        if (i != 2)
            c.crl[0] = URL;
        der.n = 0;
        gen_certificate(&c, &der);
        leaf[i] = decode(&der);
        if (scp_revocable_parse(der.p, der.n, &revocable[i], NULL) != 0)
            tap_bail("a certificate of our own");
    }
    bytes_free(&der);
}

int main(void)
{
    struct bytes list = { 0 };

    key = gen_key(true);
    leaf_key = gen_key(true);
    gen_spki(&spki, key);
    put_name(&issuer, "Test Issuer");
    certificates();
    for (size_t round = 0; round < ROUNDS; round++) {
        list.n = 0;
        make(&list);
        compare(&list, round);
    }
    tap_is_int(0, (long long)worse, "what we accept of %d lists, OpenSSL accepts with equal facts and verdicts", (int)ROUNDS);
    tap_diag("%zu lists read with a good signature; certificates: %zu good, %zu revoked; refused by us alone: %zu", read_by_us,
             accepted, revoked, refused_alone);
    tap_ok(read_by_us > ROUNDS / 10, "enough of them are read");
    tap_ok(accepted > ROUNDS / 20 && revoked > ROUNDS / 100, "enough are good, enough revoke");
    tap_ok(refused_alone > 0, "and OpenSSL takes some that we refuse");
    for (size_t i = 0; i < 3; i++) {
        X509_free(leaf[i]);
        scp_revocable_free(&revocable[i]);
    }
    X509_free(root_certificate);
    EVP_PKEY_free(key);
    EVP_PKEY_free(leaf_key);
    bytes_free(&spki);
    bytes_free(&issuer);
    bytes_free(&list);
    return tap_done();
}
