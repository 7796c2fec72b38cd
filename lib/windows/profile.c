/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/profile.h"

#include "base/array.h"
#include "base/ini.h"
#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/x509/certificate.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { PROFILE_MEMORY_MAX = 8 << 20, LIST_MAX = 64 };

/* --- Names --- */

static const char *const LEVELS[] = { "required", "recommended", "informational", "legacy", "stale", NULL };
static const char *const KINDS[] = { "crl", "ocsp", "ctl", "aia", "http", "tls", NULL };

const char *scp_level_name(enum scp_level level)
{
    return LEVELS[level];
}

const char *scp_endpoint_kind_name(enum scp_endpoint_kind kind)
{
    return KINDS[kind];
}

const struct scp_profile_builtin *scp_profile_builtin_find(const char *name)
{
    for (const struct scp_profile_builtin *b = scp_profile_builtins; b->name != NULL; b++) {
        if (strcmp(b->name, name) == 0)
            return b;
    }
    return NULL;
}

/* --- Values --- */

struct reading {
    struct scp_profile *p;
    const struct scp_profile_library *library; /* NULL: the built-in ones */
    unsigned depth;                            /* of includes */
    bool included;                             /* what is read comes from an included profile */
    const struct scp_ini_section *s;
    const struct scp_ini_entry *e; /* of s; NULL: the section as a whole */
    void *also; /* a field beside the one that is read: whether it is there, how long it is, how many there are */
    struct scp_err *err;
};

static int bad(const struct reading *r, const char *what)
{
    return scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: %s: %s", r->e->line, r->e->key, what);
}

static struct scp_profile_cert *find_cert(struct scp_profile_cert *v, size_t n, const char *alias, const uint8_t *sha1)
{
    for (size_t i = 0; i < n; i++) {
        if (alias != NULL ? strcmp(v[i].alias, alias) == 0 : scp_profile_cert_has(&v[i], sha1))
            return &v[i];
    }
    return NULL;
}

/* A root or an issuing CA, by its alias, or by its thumbprint where that is NULL. */
static struct scp_profile_cert *find_any_cert(const struct scp_profile *p, const char *alias, const uint8_t *sha1)
{
    struct scp_profile_cert *root = find_cert(p->root, p->roots, alias, sha1);

    return root != NULL ? root : find_cert(p->ca, p->cas, alias, sha1);
}

static const struct scp_profile_issuer *find_issuer(const struct scp_profile *p, const char *alias)
{
    for (size_t i = 0; i < p->issuers; i++) {
        if (strcmp(p->issuer[i].alias, alias) == 0)
            return &p->issuer[i];
    }
    return NULL;
}

/* --- Readers of one value, into the field that the tables below name --- */

static int read_text(struct reading *r, void *to)
{
    const char **text = to;

    *text = scp_arena_text(&r->p->arena, r->e->value, strlen(r->e->value));
    return *text != NULL ? 0 : scp_err_memory(r->err);
}

/* Empty is as if it were not there. */
static int read_optional(struct reading *r, void *to)
{
    return r->e->value[0] == '\0' ? 0 : read_text(r, to);
}

static int read_sha1(struct reading *r, void *to)
{
    *(bool *)r->also = true;
    return scp_num_thumbprint(r->e->value, strlen(r->e->value), to, 20) ? 0 : bad(r, "not a SHA-1 (40 hex digits)");
}

static int read_sha256(struct reading *r, void *to)
{
    *(bool *)r->also = true;
    return scp_num_thumbprint(r->e->value, strlen(r->e->value), to, 32) ? 0 : bad(r, "not a SHA-256 (64 hex digits)");
}

static int read_word(const struct reading *r, const char *const *words, int *out)
{
    for (*out = 0; words[*out] != NULL; (*out)++) {
        if (strcmp(r->e->value, words[*out]) == 0)
            return 0;
    }
    return bad(r, "not one of the known words");
}

static int read_level(struct reading *r, void *to)
{
    int i, rc = read_word(r, LEVELS, &i);

    *(enum scp_level *)to = (enum scp_level)i;
    return rc;
}

static int read_kind(struct reading *r, void *to)
{
    int i, rc = read_word(r, KINDS, &i);

    *(enum scp_endpoint_kind *)to = (enum scp_endpoint_kind)i;
    return rc;
}

static int read_date(struct reading *r, void *to)
{
    return scp_utc_parse(r->e->value, to, NULL) == 0 ? 0 : bad(r, "not a date");
}

static int read_base64(struct reading *r, void *to)
{
    size_t n = strlen(r->e->value), *room = r->also;
    uint8_t *p = scp_arena_alloc(&r->p->arena, n + 1);

    if (p == NULL)
        return scp_err_memory(r->err);
    *room = n;
    *(const uint8_t **)to = p;
    return scp_num_base64(r->e->value, n, p, room, NULL) == 0 && *room > 0 ? 0 : bad(r, "not base64");
}

static int read_signs(struct reading *r, void *to)
{
    *(bool *)to = strcmp(r->e->value, "lists") == 0;
    return *(bool *)to ? 0 : bad(r, "only lists may stand here");
}

/* Digits, then K or M. */
static int read_size(struct reading *r, void *to)
{
    const char *value = r->e->value;
    size_t n = strlen(value);
    unsigned shift = n > 0 && value[n - 1] == 'K' ? 10 : n > 0 && value[n - 1] == 'M' ? 20 : 0;
    uint64_t *out = to;

    if (scp_num_u64(value, shift > 0 ? n - 1 : n, 1U << 30, out, NULL) != 0 || *out == 0)
        return bad(r, "not a size (digits, then K or M)");
    *out <<= shift;
    return *out <= (uint64_t)1 << 30 ? 0 : bad(r, "more than 1024M");
}

static int read_build(struct reading *r, void *to)
{
    const char *value = r->e->value;
    uint64_t *out = to;

    return scp_num_u64(value, strlen(value), 1000000, out, NULL) == 0 && *out > 0 ? 0 : bad(r, "not a number");
}

static int read_lifetime(struct reading *r, void *to)
{
    double seconds = 0.0;

    if (scp_num_duration(r->e->value, strlen(r->e->value), &seconds, NULL) != 0 || seconds < 1.0 || seconds > 1e11)
        return bad(r, "not a duration (10d)");
    *(int64_t *)to = (int64_t)seconds;
    return 0;
}

static int find_ref(const struct reading *r, const char *word, struct scp_profile_ref *ref)
{
    *ref = (struct scp_profile_ref){ .cert = NULL };
    if (scp_num_thumbprint(word, strlen(word), ref->sha1, sizeof ref->sha1)) {
        ref->cert = find_any_cert(r->p, NULL, ref->sha1);
        return 0;
    }
    ref->cert = find_any_cert(r->p, word, NULL);
    if (ref->cert == NULL || !ref->cert->has_sha1)
        return scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: %s: there is no certificate '%.80s'", r->e->line, r->e->key, word);
    memcpy(ref->sha1, ref->cert->sha1, sizeof ref->sha1);
    return 0;
}

static int read_anchor(struct reading *r, void *to)
{
    struct scp_profile_ref ref;

    if (find_ref(r, r->e->value, &ref) != 0)
        return -1;
    *(const struct scp_profile_cert **)to = ref.cert;
    return ref.cert != NULL ? 0 : bad(r, "not a root of the profile");
}

static int read_issuer(struct reading *r, void *to)
{
    const struct scp_profile_issuer *issuer = find_issuer(r->p, r->e->value);

    *(const struct scp_profile_issuer **)to = issuer;
    return issuer != NULL ? 0 : bad(r, "there is no such issuer above");
}

/* The words of a blank-separated list, in the profile's memory. */
static int split(const struct reading *r, const char *word[LIST_MAX], size_t *n, const char *too_many)
{
    const char *p = r->e->value + strspn(r->e->value, " \t");

    for (*n = 0; *p != '\0'; p += strspn(p, " \t")) {
        size_t length = strcspn(p, " \t");

        if (*n >= LIST_MAX)
            return bad(r, too_many);
        word[*n] = scp_arena_text(&r->p->arena, p, length);
        if (word[(*n)++] == NULL)
            return scp_err_memory(r->err);
        p += length;
    }
    return *n > 0 ? 0 : bad(r, "an empty list");
}

static int read_refs(struct reading *r, void *to)
{
    struct scp_profile_ref *v = scp_arena_alloc(&r->p->arena, LIST_MAX * sizeof *v);
    const char *word[LIST_MAX];
    size_t *n = r->also;

    if (v == NULL)
        return scp_err_memory(r->err);
    *(struct scp_profile_ref **)to = v;
    if (split(r, word, n, "too many certificates") != 0)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        if (find_ref(r, word[i], &v[i]) != 0)
            return -1;
    }
    return 0;
}

static int read_issuers(struct reading *r, void *to)
{
    const struct scp_profile_issuer **v = scp_arena_alloc(&r->p->arena, LIST_MAX * sizeof(const struct scp_profile_issuer *));
    const char *word[LIST_MAX];
    size_t *n = r->also;

    if (v == NULL)
        return scp_err_memory(r->err);
    *(const struct scp_profile_issuer ***)to = v;
    if (split(r, word, n, "too many issuers") != 0)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        v[i] = find_issuer(r->p, word[i]);
        if (v[i] == NULL)
            return scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: %s: there is no issuer '%.80s' above", r->e->line, r->e->key,
                               word[i]);
    }
    return 0;
}

static int parse_into(struct reading *r, const char *text, size_t n);

static const char *text_of(const struct reading *r)
{
    const struct scp_profile_builtin *b;

    if (r->library != NULL)
        return r->library->text(r->library->ctx, r->e->value, r->err);
    b = scp_profile_builtin_find(r->e->value);
    return b != NULL ? b->text : NULL;
}

static int read_include(struct reading *r, void *to)
{
    const char *text = text_of(r);
    struct reading inner = { .p = r->p, .library = r->library, .depth = r->depth + 1, .included = true, .err = r->err };

    (void)to;
    if (text == NULL)
        return r->err->code != SCP_ERR_NONE ? -1 : bad(r, "there is no such built-in profile");
    return inner.depth <= SCP_PROFILE_INCLUDE_MAX ? parse_into(&inner, text, strlen(text)) : bad(r, "too many includes");
}

/* --- Sections --- */

static const char *lacks_of_cert(void *item)
{
    struct scp_profile_cert *c = item;

    if (c->name == NULL)
        c->name = c->alias;
    return c->has_sha1 || c->has_sha256 ? NULL : "neither sha1 nor sha256";
}

static const char *lacks_of_family(void *item)
{
    struct scp_profile_family *f = item;

    if (f->name == NULL)
        f->name = f->alias;
    return f->any_ofs > 0 && f->anchor != NULL ? NULL : "any_of and anchor are needed";
}

static const char *lacks_of_issuer(void *item)
{
    const struct scp_profile_issuer *i = item;

    return i->subject_der != NULL && i->spki_der != NULL ? NULL : "subject_der and spki_der are needed";
}

static const char *lacks_of_endpoint(void *item)
{
    struct scp_profile_endpoint *p = item;

    p->declared = p->level;
    /* CRLs are read as they come; everything else is kept while it comes, so that many floods at once must stay small. */
    if (p->max_size == 0 && p->kind != SCP_ENDPOINT_TLS)
        p->max_size = p->kind == SCP_ENDPOINT_CRL ? 4 << 20 : p->kind == SCP_ENDPOINT_CTL ? 1 << 20 : 64 << 10;
    if (p->kind == SCP_ENDPOINT_TLS ? p->host == NULL || p->url != NULL || p->vouchers == 0 : p->vouchers > 0)
        return "kind = tls has host and issuers, no url; no other has issuers";
    return p->host != NULL && (p->url != NULL || p->kind == SCP_ENDPOINT_TLS) ? NULL : "host and url are needed";
}

static const char *lacks_of_product(void *item)
{
    const struct scp_profile_product *p = item;

    return p->build != 0 && p->support_ends != 0 ? NULL : "build and support_ends are needed";
}

/* What may stand in a section: which reader makes which fields of it. */
struct key {
    const char *name;
    int (*read)(struct reading *r, void *to);
    size_t to, also;
};

#define PROFILE(field) offsetof(struct scp_profile, field)
#define CERT(field) offsetof(struct scp_profile_cert, field)
#define FAMILY(field) offsetof(struct scp_profile_family, field)
#define ISSUER(field) offsetof(struct scp_profile_issuer, field)
#define PRODUCT(field) offsetof(struct scp_profile_product, field)
#define ENDPOINT(field) offsetof(struct scp_profile_endpoint, field)

static const struct key PROFILE_KEYS[] = {
    { "name", read_text, PROFILE(name), 0 },   { "about", read_text, PROFILE(about), 0 },
    { "as_of", read_date, PROFILE(as_of), 0 }, { "newest_list", read_date, PROFILE(newest_list), 0 },
    { "include", read_include, 0, 0 },         { NULL, NULL, 0, 0 },
};
static const struct key CERT_KEYS[] = {
    { "name", read_text, CERT(name), 0 },
    { "file", read_text, CERT(file), 0 },
    { "url", read_text, CERT(url), 0 },
    { "source", read_text, CERT(source), 0 },
    { "about", read_text, CERT(about), 0 },
    { "sha1", read_sha1, CERT(sha1), CERT(has_sha1) },
    { "sha256", read_sha256, CERT(sha256), CERT(has_sha256) },
    { "der", read_base64, CERT(der), CERT(der_len) },
    { "level", read_level, CERT(level), 0 },
    { "not_after", read_date, CERT(not_after), 0 },
    { "any_of", read_optional, CERT(any_of), 0 },
    { NULL, NULL, 0, 0 },
};
static const struct key FAMILY_KEYS[] = {
    { "name", read_text, FAMILY(name), 0 },
    { "source", read_text, FAMILY(source), 0 },
    { "about", read_text, FAMILY(about), 0 },
    { "level", read_level, FAMILY(level), 0 },
    { "any_of", read_refs, FAMILY(any_of), FAMILY(any_ofs) },
    { "via", read_refs, FAMILY(via), FAMILY(vias) },
    { "anchor", read_anchor, FAMILY(anchor), 0 },
    { NULL, NULL, 0, 0 },
};
static const struct key ISSUER_KEYS[] = {
    { "subject_der", read_base64, ISSUER(subject_der), ISSUER(subject_der_len) },
    { "spki_der", read_base64, ISSUER(spki_der), ISSUER(spki_der_len) },
    { "signs", read_signs, ISSUER(signs_lists), 0 },
    { NULL, NULL, 0, 0 },
};
static const struct key PRODUCT_KEYS[] = {
    { "build", read_build, PRODUCT(build), 0 },
    { "support_ends", read_date, PRODUCT(support_ends), 0 },
    { "source", read_text, PRODUCT(source), 0 },
    { NULL, NULL, 0, 0 },
};
static const struct key ENDPOINT_KEYS[] = {
    { "host", read_optional, ENDPOINT(host), 0 },
    { "url", read_optional, ENDPOINT(url), 0 },
    { "serial", read_optional, ENDPOINT(serial), 0 },
    { "member", read_optional, ENDPOINT(member), 0 },
    { "group", read_optional, ENDPOINT(group), 0 },
    { "source", read_optional, ENDPOINT(source), 0 },
    { "about", read_optional, ENDPOINT(about), 0 },
    { "kind", read_kind, ENDPOINT(kind), 0 },
    { "issuer", read_issuer, ENDPOINT(issuer), 0 },
    { "issuers", read_issuers, ENDPOINT(voucher), ENDPOINT(vouchers) },
    { "sha1", read_sha1, ENDPOINT(sha1), ENDPOINT(has_sha1) },
    { "level", read_level, ENDPOINT(level), 0 },
    { "max_size", read_size, ENDPOINT(max_size), 0 },
    { "max_lifetime", read_lifetime, ENDPOINT(max_lifetime), 0 },
    { NULL, NULL, 0, 0 },
};

/*
 * The kinds of sections, in the order in which they are read, whatever it is in the file: a section names items of kinds above.
 * Each item begins with its alias; its `line` is 0 where it comes from an included profile.
 */
#define ITEMS(type, array, count)                                                                                                  \
    sizeof(struct type), offsetof(struct type, line), offsetof(struct scp_profile, array), offsetof(struct scp_profile, count)
static const struct kind {
    const char *name, *said; /* said: before the alias in what it lacks */
    const struct key *keys;
    const char *(*lacks)(void *item); /* sets what is not said, too; NULL: nothing */
    size_t size, line, array, count;
} SECTIONS[] = {
    { "profile", NULL, PROFILE_KEYS, NULL, 0, 0, 0, 0 },
    { "root", "", CERT_KEYS, lacks_of_cert, ITEMS(scp_profile_cert, root, roots) },
    { "ca", "", CERT_KEYS, lacks_of_cert, ITEMS(scp_profile_cert, ca, cas) },
    { "issuer", "issuer ", ISSUER_KEYS, lacks_of_issuer, ITEMS(scp_profile_issuer, issuer, issuers) },
    { "family", "family ", FAMILY_KEYS, lacks_of_family, ITEMS(scp_profile_family, family, families) },
    { "endpoint", "endpoint ", ENDPOINT_KEYS, lacks_of_endpoint, ITEMS(scp_profile_endpoint, endpoint, endpoints) },
    { "product", "product ", PRODUCT_KEYS, lacks_of_product, ITEMS(scp_profile_product, product, products) },
};
enum { KINDS_OF_SECTIONS = sizeof SECTIONS / sizeof SECTIONS[0] };

static void *field(void *item, size_t at)
{
    return (char *)item + at;
}

static const char **alias_of(void *item)
{
    return item;
}

/* The last of two values would stand, whichever was meant. */
static bool is_repeated(const struct scp_ini_section *s, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(s->v[i].key, s->v[at].key) == 0)
            return true;
    }
    return false;
}

static int read_keys(struct reading *r, const struct key *keys, void *item)
{
    for (size_t i = 0; i < r->s->n; i++) {
        const struct key *k = keys;

        r->e = &r->s->v[i];
        while (k->name != NULL && strcmp(k->name, r->e->key) != 0)
            k++;
        if (k->name == NULL)
            return bad(r, "unknown key");
        if (k->read != read_include && is_repeated(r->s, i))
            return bad(r, "stands here a second time");
        r->also = field(item, k->also);
        if (k->read(r, field(item, k->to)) != 0)
            return -1;
    }
    return 0;
}

/* Its namesake from an included profile, or a new one behind the last, of zeros. */
static int place(const struct reading *r, const struct kind *k, const char *alias, void **out)
{
    size_t *count = field(r->p, k->count);
    char *v;

    memcpy(&v, field(r->p, k->array), sizeof v);
    for (size_t i = 0; i < *count; i++) {
        *out = v + i * k->size;
        if (strcmp(*alias_of(*out), alias) == 0)
            return *(size_t *)field(*out, k->line) == 0
                       ? 0
                       : scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: [%s] stands here a second time", r->s->line, r->s->name);
    }
    if (*count >= SCP_PROFILE_ITEMS_MAX)
        return scp_err_set(r->err, SCP_ERR_LIMIT, "line %zu: more than %d sections", r->s->line, SCP_PROFILE_ITEMS_MAX);
    v = scp_array_room_in(&r->p->arena, v, *count, k->size);
    if (v == NULL)
        return scp_err_memory(r->err);
    memcpy(field(r->p, k->array), &v, sizeof v);
    *out = v + (*count)++ * k->size;
    return 0;
}

/* What a plan may install has the thumbprints that are said of it. */
static int check_der(const struct reading *r, const struct scp_profile_cert *c)
{
    uint8_t sha1[SCP_SHA1_LEN], sha256[SCP_SHA256_LEN];

    if (c->der == NULL)
        return 0;
    if (scp_certificate_sha1(c->der, c->der_len, sha1, r->err) != 0 ||
        scp_certificate_sha256(c->der, c->der_len, sha256, r->err) != 0)
        return -1;
    if ((c->has_sha1 && memcmp(c->sha1, sha1, sizeof sha1) != 0) ||
        (c->has_sha256 && memcmp(c->sha256, sha256, sizeof sha256) != 0))
        return scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: %s: der is another certificate than its thumbprints say", r->s->line,
                           c->alias);
    return 0;
}

static int read_item(struct reading *r, const struct kind *k, const char *alias)
{
    const char *lacks;
    void *item = NULL;

    if (alias == NULL)
        return scp_err_memory(r->err);
    if (place(r, k, alias, &item) != 0)
        return -1;
    /* A namesake of an included certificate changes only what it names; of other items it replaces all. */
    if (k->keys != CERT_KEYS)
        memset(item, 0, k->size);
    else if (*alias_of(item) == NULL)
        *(struct scp_profile_cert *)item = (struct scp_profile_cert){ .not_after = SCP_UTC_UNKNOWN };
    *alias_of(item) = alias;
    *(size_t *)field(item, k->line) = r->included ? 0 : r->s->line;
    if (read_keys(r, k->keys, item) != 0)
        return -1;
    lacks = k->lacks(item);
    if (lacks == NULL && k->keys == CERT_KEYS)
        return check_der(r, item);
    return lacks == NULL ? 0 : scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: %s%s: %s", r->s->line, k->said, alias, lacks);
}

/* The number of a section's kind; KINDS_OF_SECTIONS for none. */
static size_t kind_of(const struct scp_ini_section *s)
{
    size_t k = 0, n = strcspn(s->name, " ");

    while (k < KINDS_OF_SECTIONS && (strlen(SECTIONS[k].name) != n || memcmp(SECTIONS[k].name, s->name, n) != 0))
        k++;
    return k;
}

static int read_section(struct reading *r, size_t kind)
{
    const char *name = r->s->name + strcspn(r->s->name, " ");

    name += strspn(name, " ");
    for (size_t i = 0; i < r->s->n; i++) {
        r->e = &r->s->v[i];
        if (r->e->value == NULL)
            return bad(r, "a key without '='");
    }
    if (kind == 0 && name[0] == '\0')
        return read_keys(r, PROFILE_KEYS, r->p);
    if (kind > 0 && kind < KINDS_OF_SECTIONS && name[0] != '\0')
        return read_item(r, &SECTIONS[kind], scp_arena_text(&r->p->arena, name, strlen(name)));
    return scp_err_set(r->err, SCP_ERR_FORMAT, "line %zu: [%s]: unknown section%s", r->s->line, r->s->name,
                       name[0] == '\0' ? ", or one without a name" : "");
}

static int parse_into(struct reading *r, const char *text, size_t n)
{
    struct scp_ini ini;
    int rc = scp_ini_parse(text, n, SCP_INI_REMARKS, &ini, r->err);

    if (rc != 0)
        return -1;
    for (size_t kind = 0; kind <= KINDS_OF_SECTIONS && rc == 0; kind++) {
        for (size_t i = 0; i < ini.n && rc == 0; i++) {
            r->s = &ini.v[i];
            if (kind_of(r->s) == kind)
                rc = read_section(r, kind);
        }
    }
    scp_ini_free(&ini);
    return rc;
}

int scp_profile_parse(const char *text, size_t n, struct scp_profile *out, struct scp_err *err)
{
    return scp_profile_parse_with(NULL, text, n, out, err);
}

/* The next alias of a list; NULL at its end.  *p goes on behind it. */
static struct scp_profile_cert *next_root(struct scp_profile *p, const char **list, size_t *length)
{
    const char *word = *list + strspn(*list, " \t");

    *length = strcspn(word, " \t");
    *list = word + *length;
    for (size_t i = 0; i<p->roots && * length> 0; i++) {
        if (strlen(p->root[i].alias) == *length && memcmp(p->root[i].alias, word, *length) == 0)
            return &p->root[i];
    }
    return NULL;
}

/* Once all roots are known. */
static int check_roots(struct scp_profile *p, struct scp_err *err)
{
    for (size_t i = 0; i < p->roots; i++) {
        const char *list = p->root[i].any_of;
        size_t length = 0;

        p->root[i].declared = p->root[i].level;
        while (list != NULL) {
            const struct scp_profile_cert *other = next_root(p, &list, &length);

            if (length == 0)
                break;
            if (other == NULL || other == &p->root[i])
                return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: [root %s]: any_of: not the alias of another root",
                                   p->root[i].line, p->root[i].alias);
        }
    }
    for (size_t i = 0; i < p->cas; i++) {
        if (p->ca[i].any_of != NULL)
            return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: [ca %s]: any_of is for roots", p->ca[i].line, p->ca[i].alias);
    }
    return 0;
}

static void choose(struct scp_profile *p, struct scp_profile_cert *root, const struct scp_profile_serving *s)
{
    struct scp_profile_cert *best = root;
    const char *list = root->any_of;
    enum scp_serving now = s->of(s->ctx, root);
    size_t length = 1;

    while (now != SCP_SERVES && length > 0) {
        struct scp_profile_cert *other = next_root(p, &list, &length);
        enum scp_serving its = other != NULL ? s->of(s->ctx, other) : SCP_SERVES_NOT;

        if (its > now) {
            best = other;
            now = its;
        }
    }
    root->level = SCP_LEVEL_INFORMATIONAL;
    best->level = SCP_LEVEL_REQUIRED;
}

void scp_profile_choose(struct scp_profile *p, const struct scp_profile_serving *serving)
{
    for (size_t i = 0; i < p->roots; i++)
        p->root[i].level = p->root[i].declared;
    for (size_t i = 0; i < p->roots; i++) {
        if (p->root[i].any_of != NULL && p->root[i].declared == SCP_LEVEL_REQUIRED)
            choose(p, &p->root[i], serving);
    }
}

int scp_profile_parse_with(const struct scp_profile_library *library, const char *text, size_t n, struct scp_profile *out,
                           struct scp_err *err)
{
    struct scp_err own = SCP_ERR_INIT;
    struct reading r = { .p = out, .library = library, .err = &own };

    *out = (struct scp_profile){ .as_of = SCP_UTC_UNKNOWN, .newest_list = SCP_UTC_UNKNOWN };
    scp_arena_init(&out->arena, PROFILE_MEMORY_MAX);
    if (parse_into(&r, text, n) == 0 && out->name == NULL)
        (void)scp_err_set(&own, SCP_ERR_FORMAT, "no [profile] section with a name");
    if (own.code == SCP_ERR_NONE)
        (void)check_roots(out, &own);
    if (own.code == SCP_ERR_NONE)
        return 0;
    scp_profile_free(out);
    if (err != NULL)
        *err = own;
    return -1;
}

static void read_head(const struct scp_ini_section *s, struct scp_profile_head *out)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_ini_entry *e = &s->v[i];

        if (e->value != NULL && strcmp(e->key, "name") == 0)
            (void)snprintf(out->name, sizeof out->name, "%s", e->value);
        else if (e->value != NULL && strcmp(e->key, "as_of") == 0 && scp_utc_parse(e->value, &out->as_of, NULL) != 0)
            out->as_of = SCP_UTC_UNKNOWN;
    }
}

int scp_profile_head(const char *text, size_t n, struct scp_profile_head *out, struct scp_err *err)
{
    struct scp_ini ini;

    if (scp_ini_parse(text, n, SCP_INI_REMARKS, &ini, err) != 0)
        return -1;
    for (size_t i = 0; i < ini.n; i++) {
        if (strcmp(ini.v[i].name, "profile") == 0)
            read_head(&ini.v[i], out);
    }
    scp_ini_free(&ini);
    return 0;
}

void scp_profile_free(struct scp_profile *p)
{
    scp_arena_free(&p->arena);
    *p = (struct scp_profile){ .as_of = SCP_UTC_UNKNOWN, .newest_list = SCP_UTC_UNKNOWN };
}

bool scp_profile_cert_has(const struct scp_profile_cert *c, const uint8_t sha1[20])
{
    return c->has_sha1 && memcmp(c->sha1, sha1, sizeof c->sha1) == 0;
}

int scp_profile_cert_is(const struct scp_profile_cert *c, const uint8_t sha1[20], const uint8_t *der, size_t len, bool *forged,
                        struct scp_err *err)
{
    uint8_t sha256[SCP_SHA256_LEN];

    if (c->has_sha1 && !scp_profile_cert_has(c, sha1))
        return 0;
    if (!c->has_sha256)
        return 1;
    if (scp_certificate_sha256(der, len, sha256, err) != 0)
        return -1;
    if (memcmp(sha256, c->sha256, sizeof sha256) == 0)
        return 1;
    *forged = *forged || c->has_sha1;
    return 0;
}

const struct scp_profile_cert *scp_profile_root_by_sha1(const struct scp_profile *p, const uint8_t sha1[20])
{
    return find_cert(p->root, p->roots, NULL, sha1);
}

const struct scp_profile_endpoint *scp_profile_service(const struct scp_profile *p, const char *host)
{
    for (size_t i = 0; i < p->endpoints; i++) {
        const struct scp_profile_endpoint *e = &p->endpoint[i];

        if (e->kind == SCP_ENDPOINT_TLS && scp_text_caseeq(e->host, strlen(e->host), host, strlen(host)))
            return e;
    }
    return NULL;
}

const struct scp_profile_product *scp_profile_product(const struct scp_profile *p, uint64_t build)
{
    const struct scp_profile_product *best = NULL;

    for (size_t i = 0; i < p->products; i++) {
        if (p->product[i].build >= build && (best == NULL || p->product[i].build < best->build))
            best = &p->product[i];
    }
    return best;
}

/* --- --require and --recommend --- */

static int add_root(struct scp_profile *p, const struct scp_profile_cert *c, struct scp_err *err)
{
    if (p->roots >= SCP_PROFILE_ITEMS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d roots", SCP_PROFILE_ITEMS_MAX);
    p->root = scp_array_room_in(&p->arena, p->root, p->roots, sizeof *p->root);
    if (p->root == NULL) {
        p->roots = 0;
        return scp_err_memory(err);
    }
    p->root[p->roots++] = *c;
    return 0;
}

bool scp_profile_cert_wanted(const char *what, enum scp_level level, struct scp_profile_cert *out)
{
    size_t n = strlen(what);

    *out = (struct scp_profile_cert){ .alias = what, .name = what, .level = level, .bare = true, .not_after = SCP_UTC_UNKNOWN };
    out->has_sha1 = scp_num_thumbprint(what, n, out->sha1, sizeof out->sha1);
    out->has_sha256 = scp_num_thumbprint(what, n, out->sha256, sizeof out->sha256);
    return out->has_sha1 || out->has_sha256;
}

/* By thumbprint, else by alias. */
static struct scp_profile_cert *find_wanted(struct scp_profile_cert *v, size_t n, const struct scp_profile_cert *wanted)
{
    if (!wanted->has_sha256)
        return find_cert(v, n, wanted->has_sha1 ? NULL : wanted->alias, wanted->sha1);
    for (size_t i = 0; i < n; i++) {
        if (v[i].has_sha256 && memcmp(v[i].sha256, wanted->sha256, sizeof wanted->sha256) == 0)
            return &v[i];
    }
    return NULL;
}

const struct scp_profile_cert *scp_profile_ca(const struct scp_profile *p, const struct scp_profile_cert *wanted)
{
    return find_wanted(p->ca, p->cas, wanted);
}

/* A copy whose texts belong to p. */
static int adopt(struct scp_profile *p, const struct scp_profile_cert *c, enum scp_level level, struct scp_err *err)
{
    struct scp_profile_cert copy = *c;
    const char **const texts[] = { &copy.alias, &copy.name, &copy.file, &copy.url, &copy.source, &copy.about };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (*texts[i] != NULL && (*texts[i] = scp_arena_text(&p->arena, *texts[i], strlen(*texts[i]))) == NULL)
            return scp_err_memory(err);
    }
    if (c->der != NULL && (copy.der = scp_arena_dup(&p->arena, c->der, c->der_len)) == NULL)
        return scp_err_memory(err);
    copy.level = copy.declared = level;
    copy.any_of = NULL;
    return add_root(p, &copy, err);
}

/* An alias that this profile does not have may be one of another built-in profile. */
static int require_foreign(struct scp_profile *p, const char *alias, enum scp_level level, struct scp_err *err)
{
    int rc = 1;

    for (const struct scp_profile_builtin *b = scp_profile_builtins; b->name != NULL && rc == 1; b++) {
        const struct scp_profile_cert *found;
        struct scp_profile other;

        if (scp_profile_parse(b->text, strlen(b->text), &other, err) != 0)
            return -1;
        found = find_any_cert(&other, alias, NULL);
        rc = found != NULL ? adopt(p, found, level, err) : 1;
        scp_profile_free(&other);
    }
    return rc == 1 ? scp_err_set(err, SCP_ERR_USAGE, "'%.80s' is neither an alias nor a SHA-1 or SHA-256 thumbprint", alias) : rc;
}

int scp_profile_require(struct scp_profile *p, const char *what, enum scp_level level, struct scp_err *err)
{
    struct scp_profile_cert wanted;
    bool thumbprint = scp_profile_cert_wanted(what, level, &wanted);
    struct scp_profile_cert *known = find_wanted(p->root, p->roots, &wanted);
    char print[2 * sizeof wanted.sha256 + 1];

    if (known != NULL) {
        known->level = known->declared = level;
        return 0;
    }
    if (!thumbprint)
        return require_foreign(p, what, level, err);
    known = find_wanted(p->ca, p->cas, &wanted);
    scp_num_to_hex(wanted.has_sha1 ? wanted.sha1 : wanted.sha256, wanted.has_sha1 ? sizeof wanted.sha1 : sizeof wanted.sha256,
                   print);
    wanted.alias = wanted.name = print;
    return adopt(p, known != NULL ? known : &wanted, level, err);
}
