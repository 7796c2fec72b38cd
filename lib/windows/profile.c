/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/profile.h"

#include "base/array.h"
#include "base/ini.h"
#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"

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
    unsigned depth; /* of includes */
    bool included;  /* what is read comes from an included profile */
};

static int bad(const struct scp_ini_entry *e, struct scp_err *err, const char *what)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: %s: %s", e->line, e->key, what);
}

static int read_text(struct reading *r, const struct scp_ini_entry *e, const char **out, struct scp_err *err)
{
    *out = scp_arena_text(&r->p->arena, e->value, strlen(e->value));
    return *out != NULL ? 0 : scp_err_memory(err);
}

static int read_hash(const struct scp_ini_entry *e, uint8_t *out, size_t n, struct scp_err *err)
{
    if (scp_num_thumbprint(e->value, strlen(e->value), out, n))
        return 0;
    return bad(e, err, n == 20 ? "not a SHA-1 (40 hex digits)" : "not a SHA-256 (64 hex digits)");
}

static int read_word(const struct scp_ini_entry *e, const char *const *words, int *out, struct scp_err *err)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(e->value, words[i]) == 0) {
            *out = i;
            return 0;
        }
    }
    return bad(e, err, "not one of the known words");
}

static int read_level(const struct scp_ini_entry *e, enum scp_level *out, struct scp_err *err)
{
    int i = 0;

    if (read_word(e, LEVELS, &i, err) != 0)
        return -1;
    *out = (enum scp_level)i;
    return 0;
}

static int read_date(const struct scp_ini_entry *e, int64_t *out, struct scp_err *err)
{
    return scp_utc_parse(e->value, out, NULL) == 0 ? 0 : bad(e, err, "not a date");
}

static int read_base64(struct reading *r, const struct scp_ini_entry *e, const uint8_t **out, size_t *out_len, struct scp_err *err)
{
    size_t n = strlen(e->value), room = n;
    uint8_t *p = scp_arena_alloc(&r->p->arena, n + 1);

    if (p == NULL)
        return scp_err_memory(err);
    if (scp_num_base64(e->value, n, p, &room, NULL) != 0 || room == 0)
        return bad(e, err, "not base64");
    *out = p;
    *out_len = room;
    return 0;
}

/* Digits, then K or M. */
static int read_size(const struct scp_ini_entry *e, uint64_t *out, struct scp_err *err)
{
    size_t n = strlen(e->value);
    unsigned shift = n > 0 && e->value[n - 1] == 'K' ? 10 : n > 0 && e->value[n - 1] == 'M' ? 20 : 0;

    if (scp_num_u64(e->value, shift > 0 ? n - 1 : n, 1U << 30, out, NULL) != 0 || *out == 0)
        return bad(e, err, "not a size (digits, then K or M)");
    *out <<= shift;
    return *out <= (uint64_t)1 << 30 ? 0 : bad(e, err, "more than 1024M");
}

static int read_lifetime(const struct scp_ini_entry *e, int64_t *out, struct scp_err *err)
{
    double seconds = 0.0;

    if (scp_num_duration(e->value, strlen(e->value), &seconds, NULL) != 0 || seconds < 1.0 || seconds > 1e11)
        return bad(e, err, "not a duration (10d)");
    *out = (int64_t)seconds;
    return 0;
}

/* --- Sections --- */

static const struct scp_profile_cert *cert_by_alias(const struct scp_profile *p, const char *alias)
{
    for (size_t i = 0; i < p->roots; i++) {
        if (strcmp(p->root[i].alias, alias) == 0)
            return &p->root[i];
    }
    for (size_t i = 0; i < p->cas; i++) {
        if (strcmp(p->ca[i].alias, alias) == 0)
            return &p->ca[i];
    }
    return NULL;
}

static const struct scp_profile_cert *cert_by_sha1(const struct scp_profile *p, const uint8_t sha1[20])
{
    const struct scp_profile_cert *root = scp_profile_root_by_sha1(p, sha1);

    for (size_t i = 0; root == NULL && i < p->cas; i++) {
        if (p->ca[i].has_sha1 && memcmp(p->ca[i].sha1, sha1, 20) == 0)
            return &p->ca[i];
    }
    return root;
}

static int read_cert_entry(struct reading *r, struct scp_profile_cert *c, const struct scp_ini_entry *e, struct scp_err *err)
{
    const struct {
        const char *key;
        const char **to;
    } TEXTS[] = {
        { "name", &c->name }, { "file", &c->file }, { "url", &c->url }, { "source", &c->source }, { "about", &c->about },
    };

    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        if (strcmp(e->key, TEXTS[i].key) == 0)
            return read_text(r, e, TEXTS[i].to, err);
    }
    if (strcmp(e->key, "sha1") == 0) {
        c->has_sha1 = true;
        return read_hash(e, c->sha1, sizeof c->sha1, err);
    }
    if (strcmp(e->key, "sha256") == 0) {
        c->has_sha256 = true;
        return read_hash(e, c->sha256, sizeof c->sha256, err);
    }
    if (strcmp(e->key, "level") == 0)
        return read_level(e, &c->level, err);
    if (strcmp(e->key, "not_after") == 0)
        return read_date(e, &c->not_after, err);
    return bad(e, err, "unknown key");
}

static int read_cert(struct reading *r, const struct scp_ini_section *s, const char *alias, struct scp_profile_cert *c,
                     struct scp_err *err)
{
    /* A namesake of an included certificate changes only what it names. */
    if (c->alias == NULL)
        *c = (struct scp_profile_cert){ .alias = alias, .level = SCP_LEVEL_REQUIRED, .not_after = SCP_UTC_UNKNOWN };
    c->line = s->line;
    for (size_t i = 0; i < s->n; i++) {
        if (read_cert_entry(r, c, &s->v[i], err) != 0)
            return -1;
    }
    if (!c->has_sha1 && !c->has_sha256)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: %s: neither sha1 nor sha256", s->line, alias);
    if (c->name == NULL)
        c->name = alias;
    return 0;
}

/* The next word of a blank-separated list; false at the end. */
static bool next_word(const char **p, const char **word, size_t *n)
{
    while (**p == ' ' || **p == '\t')
        (*p)++;
    *word = *p;
    while (**p != '\0' && **p != ' ' && **p != '\t')
        (*p)++;
    *n = (size_t)(*p - *word);
    return *n > 0;
}

static int read_ref(const struct reading *r, const struct scp_ini_entry *e, const char *word, size_t n, struct scp_profile_ref *ref,
                    struct scp_err *err)
{
    char alias[128];

    *ref = (struct scp_profile_ref){ .cert = NULL };
    if (scp_num_thumbprint(word, n, ref->sha1, sizeof ref->sha1)) {
        ref->cert = cert_by_sha1(r->p, ref->sha1);
        return 0;
    }
    if (n < sizeof alias) {
        memcpy(alias, word, n);
        alias[n] = '\0';
        ref->cert = cert_by_alias(r->p, alias);
    }
    if (ref->cert == NULL || !ref->cert->has_sha1)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: %s: there is no certificate '%.*s'", e->line, e->key,
                           (int)(n > 80 ? 80 : n), word);
    memcpy(ref->sha1, ref->cert->sha1, sizeof ref->sha1);
    return 0;
}

static int read_refs(struct reading *r, const struct scp_ini_entry *e, struct scp_profile_ref **out, size_t *out_n,
                     struct scp_err *err)
{
    const char *p = e->value, *word;
    size_t n;

    *out = scp_arena_alloc(&r->p->arena, LIST_MAX * sizeof **out);
    *out_n = 0;
    if (*out == NULL)
        return scp_err_memory(err);
    while (next_word(&p, &word, &n)) {
        if (*out_n >= LIST_MAX)
            return bad(e, err, "too many certificates");
        if (read_ref(r, e, word, n, &(*out)[*out_n], err) != 0)
            return -1;
        (*out_n)++;
    }
    return *out_n > 0 ? 0 : bad(e, err, "an empty list");
}

static int read_family_entry(struct reading *r, struct scp_profile_family *f, const struct scp_ini_entry *e, struct scp_err *err)
{
    struct scp_profile_ref anchor;

    if (strcmp(e->key, "name") == 0)
        return read_text(r, e, &f->name, err);
    if (strcmp(e->key, "source") == 0)
        return read_text(r, e, &f->source, err);
    if (strcmp(e->key, "about") == 0)
        return read_text(r, e, &f->about, err);
    if (strcmp(e->key, "level") == 0)
        return read_level(e, &f->level, err);
    if (strcmp(e->key, "any_of") == 0)
        return read_refs(r, e, &f->any_of, &f->any_ofs, err);
    if (strcmp(e->key, "via") == 0)
        return read_refs(r, e, &f->via, &f->vias, err);
    if (strcmp(e->key, "anchor") != 0)
        return bad(e, err, "unknown key");
    if (read_ref(r, e, e->value, strlen(e->value), &anchor, err) != 0)
        return -1;
    f->anchor = anchor.cert;
    return f->anchor != NULL ? 0 : bad(e, err, "not a root of the profile");
}

static int read_family(struct reading *r, const struct scp_ini_section *s, const char *alias, struct scp_profile_family *f,
                       struct scp_err *err)
{
    *f = (struct scp_profile_family){ .alias = alias, .name = alias, .level = SCP_LEVEL_REQUIRED, .line = s->line };
    for (size_t i = 0; i < s->n; i++) {
        if (read_family_entry(r, f, &s->v[i], err) != 0)
            return -1;
    }
    if (f->any_ofs == 0 || f->anchor == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: family %s: any_of and anchor are needed", s->line, alias);
    return 0;
}

static int read_signs(const struct scp_ini_entry *e, struct scp_profile_issuer *out, struct scp_err *err)
{
    out->signs_lists = e->value != NULL && strcmp(e->value, "lists") == 0;
    return out->signs_lists ? 0 : bad(e, err, "only lists may stand here");
}

static int read_issuer(struct reading *r, const struct scp_ini_section *s, const char *alias, struct scp_profile_issuer *out,
                       struct scp_err *err)
{
    *out = (struct scp_profile_issuer){ .alias = alias, .line = s->line };
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_ini_entry *e = &s->v[i];
        int rc;

        if (strcmp(e->key, "subject_der") == 0)
            rc = read_base64(r, e, &out->subject_der, &out->subject_der_len, err);
        else if (strcmp(e->key, "spki_der") == 0)
            rc = read_base64(r, e, &out->spki_der, &out->spki_der_len, err);
        else if (strcmp(e->key, "signs") == 0)
            rc = read_signs(e, out, err);
        else
            rc = bad(e, err, "unknown key");
        if (rc != 0)
            return -1;
    }
    if (out->subject_der == NULL || out->spki_der == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: issuer %s: subject_der and spki_der are needed", s->line, alias);
    return 0;
}

static const struct scp_profile_issuer *issuer_by_alias(const struct scp_profile *p, const char *alias)
{
    for (size_t i = 0; i < p->issuers; i++) {
        if (strcmp(p->issuer[i].alias, alias) == 0)
            return &p->issuer[i];
    }
    return NULL;
}

/* 1: a text that was read; 0: another key; -1: out of memory. */
static int read_endpoint_text(struct reading *r, struct scp_profile_endpoint *p, const struct scp_ini_entry *e, struct scp_err *err)
{
    const struct {
        const char *key;
        const char **to;
    } TEXTS[] = {
        { "host", &p->host },   { "url", &p->url },       { "serial", &p->serial }, { "member", &p->member },
        { "group", &p->group }, { "source", &p->source }, { "about", &p->about },
    };

    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        if (strcmp(e->key, TEXTS[i].key) == 0)
            return e->value[0] == '\0' || read_text(r, e, TEXTS[i].to, err) == 0 ? 1 : -1;
    }
    return 0;
}

/* Aliases of [issuer] sections. */
static int read_vouchers(struct reading *r, const struct scp_ini_entry *e, struct scp_profile_endpoint *out, struct scp_err *err)
{
    const char *p = e->value, *word;
    size_t n;

    out->vouchers = 0;
    out->voucher = scp_arena_alloc(&r->p->arena, LIST_MAX * sizeof(const struct scp_profile_issuer *));
    if (out->voucher == NULL)
        return scp_err_memory(err);
    while (next_word(&p, &word, &n)) {
        char alias[128];

        if (out->vouchers >= LIST_MAX)
            return bad(e, err, "too many issuers");
        (void)snprintf(alias, sizeof alias, "%.*s", (int)(n < sizeof alias ? n : sizeof alias - 1), word);
        out->voucher[out->vouchers] = issuer_by_alias(r->p, alias);
        if (out->voucher[out->vouchers++] == NULL)
            return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: %s: there is no issuer '%.80s' above", e->line, e->key, alias);
    }
    return out->vouchers > 0 ? 0 : bad(e, err, "an empty list");
}

static int read_endpoint_entry(struct reading *r, struct scp_profile_endpoint *p, const struct scp_ini_entry *e,
                               struct scp_err *err)
{
    int text = read_endpoint_text(r, p, e, err), kind = 0;

    if (text != 0)
        return text > 0 ? 0 : -1;
    if (strcmp(e->key, "kind") == 0) {
        if (read_word(e, KINDS, &kind, err) != 0)
            return -1;
        p->kind = (enum scp_endpoint_kind)kind;
        return 0;
    }
    if (strcmp(e->key, "issuer") == 0) {
        p->issuer = issuer_by_alias(r->p, e->value);
        return p->issuer != NULL ? 0 : bad(e, err, "there is no such issuer above");
    }
    if (strcmp(e->key, "issuers") == 0)
        return read_vouchers(r, e, p, err);
    if (strcmp(e->key, "sha1") == 0) {
        p->has_sha1 = true;
        return read_hash(e, p->sha1, sizeof p->sha1, err);
    }
    if (strcmp(e->key, "level") == 0)
        return read_level(e, &p->level, err);
    if (strcmp(e->key, "max_size") == 0)
        return read_size(e, &p->max_size, err);
    if (strcmp(e->key, "max_lifetime") == 0)
        return read_lifetime(e, &p->max_lifetime, err);
    return bad(e, err, "unknown key");
}

/* CRLs are read as they come; everything else is kept while it comes, so that many floods at once must stay small. */
static uint64_t default_size(enum scp_endpoint_kind kind)
{
    switch (kind) {
    case SCP_ENDPOINT_CRL: return 4 << 20;
    case SCP_ENDPOINT_CTL: return 1 << 20;
    case SCP_ENDPOINT_OCSP:
    case SCP_ENDPOINT_AIA:
    case SCP_ENDPOINT_HTTP:
    case SCP_ENDPOINT_TLS: break;
    }
    return 64 << 10;
}

static int read_endpoint(struct reading *r, const struct scp_ini_section *s, const char *id, struct scp_profile_endpoint *p,
                         struct scp_err *err)
{
    *p = (struct scp_profile_endpoint){ .id = id, .level = SCP_LEVEL_REQUIRED, .line = s->line };
    for (size_t i = 0; i < s->n; i++) {
        if (read_endpoint_entry(r, p, &s->v[i], err) != 0)
            return -1;
    }
    if (p->kind == SCP_ENDPOINT_TLS && p->host != NULL && p->url == NULL && p->vouchers > 0)
        return 0;
    if (p->kind == SCP_ENDPOINT_TLS || p->vouchers > 0)
        return scp_err_set(err, SCP_ERR_FORMAT,
                           "line %zu: endpoint %s: kind = tls has host and issuers, no url; no other has issuers", s->line, id);
    if (p->url == NULL || p->host == NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: endpoint %s: host and url are needed", s->line, id);
    if (p->max_size == 0)
        p->max_size = default_size(p->kind);
    return 0;
}

/* --- The whole --- */

static int parse_into(struct reading *r, const char *text, size_t n, struct scp_err *err);

static int include(struct reading *r, const struct scp_ini_entry *e, struct scp_err *err)
{
    const struct scp_profile_builtin *b = scp_profile_builtin_find(e->value);
    struct reading inner = { r->p, r->depth + 1, true };

    if (b == NULL)
        return bad(e, err, "there is no such built-in profile");
    if (inner.depth > SCP_PROFILE_INCLUDE_MAX)
        return bad(e, err, "too many includes");
    return parse_into(&inner, b->text, strlen(b->text), err);
}

static int read_profile(struct reading *r, const struct scp_ini_section *s, struct scp_err *err)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct scp_ini_entry *e = &s->v[i];
        int rc;

        if (strcmp(e->key, "name") == 0)
            rc = read_text(r, e, &r->p->name, err);
        else if (strcmp(e->key, "about") == 0)
            rc = read_text(r, e, &r->p->about, err);
        else if (strcmp(e->key, "as_of") == 0)
            rc = read_date(e, &r->p->as_of, err);
        else if (strcmp(e->key, "newest_list") == 0)
            rc = read_date(e, &r->p->newest_list, err);
        else if (strcmp(e->key, "include") == 0)
            rc = include(r, e, err);
        else
            rc = bad(e, err, "unknown key");
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* Where in an array an item goes: onto its namesake from an included profile, or behind the last. */
static int place(const struct scp_ini_section *s, size_t n, size_t twin, bool twin_included, size_t *at, struct scp_err *err)
{
    *at = twin < n ? twin : n;
    if (twin < n && !twin_included)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: [%s] stands here a second time", s->line, s->name);
    if (n >= SCP_PROFILE_ITEMS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "line %zu: more than %d sections", s->line, SCP_PROFILE_ITEMS_MAX);
    return 0;
}

/* Included items carry line 0, so that their namesakes may replace them. */
#define READ_INTO(array, count, name_field, reader)                                                                                \
    do {                                                                                                                           \
        size_t twin = 0, at = 0;                                                                                                   \
        while (twin < p->count && strcmp(p->array[twin].name_field, alias) != 0)                                                   \
            twin++;                                                                                                                \
        if (place(s, p->count, twin, twin < p->count && p->array[twin].line == 0, &at, err) != 0)                                  \
            return -1;                                                                                                             \
        if (at == p->count && (p->array = scp_array_room_in(&p->arena, p->array, p->count, sizeof *p->array)) == NULL)             \
            return scp_err_memory(err);                                                                                            \
        if (reader(r, s, alias, &p->array[at], err) != 0)                                                                          \
            return -1;                                                                                                             \
        if (r->included)                                                                                                           \
            p->array[at].line = 0;                                                                                                 \
        if (at == p->count)                                                                                                        \
            p->count++;                                                                                                            \
        return 0;                                                                                                                  \
    } while (0)

static int read_item(struct reading *r, const struct scp_ini_section *s, const char *kind, size_t kind_n, const char *name,
                     struct scp_err *err)
{
    struct scp_profile *p = r->p;
    const char *alias = scp_arena_text(&p->arena, name, strlen(name));

    if (alias == NULL)
        return scp_err_memory(err);
    if (kind_n == 4 && memcmp(kind, "root", 4) == 0)
        READ_INTO(root, roots, alias, read_cert);
    if (kind_n == 2 && memcmp(kind, "ca", 2) == 0)
        READ_INTO(ca, cas, alias, read_cert);
    if (kind_n == 6 && memcmp(kind, "family", 6) == 0)
        READ_INTO(family, families, alias, read_family);
    if (kind_n == 6 && memcmp(kind, "issuer", 6) == 0)
        READ_INTO(issuer, issuers, alias, read_issuer);
    if (kind_n == 8 && memcmp(kind, "endpoint", 8) == 0)
        READ_INTO(endpoint, endpoints, id, read_endpoint);
    return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: [%s]: unknown section", s->line, s->name);
}

static bool is_kind(const struct scp_ini_section *s, const char *kind)
{
    size_t n = strlen(kind);

    return strncmp(s->name, kind, n) == 0 && (s->name[n] == ' ' || s->name[n] == '\0');
}

static int read_section(struct reading *r, const struct scp_ini_section *s, struct scp_err *err)
{
    const char *blank = strchr(s->name, ' ');
    const char *name = blank != NULL ? blank + strspn(blank, " ") : "";

    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].value == NULL)
            return bad(&s->v[i], err, "a key without '='");
    }
    if (strcmp(s->name, "profile") == 0)
        return read_profile(r, s, err);
    if (blank == NULL || name[0] == '\0')
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: [%s]: unknown section, or one without a name", s->line, s->name);
    return read_item(r, s, s->name, (size_t)(blank - s->name), name, err);
}

/* Certificates before the families that name them and issuers before endpoints, whatever the order in the file. */
static int parse_into(struct reading *r, const char *text, size_t n, struct scp_err *err)
{
    static const char *const ORDER[] = { "profile", "root", "ca", "issuer", NULL };
    struct scp_ini ini;
    int rc = scp_ini_parse(text, n, SCP_INI_REMARKS, &ini, err);

    if (rc != 0)
        return -1;
    for (size_t pass = 0; pass <= 4 && rc == 0; pass++) {
        for (size_t i = 0; i < ini.n && rc == 0; i++) {
            bool early = false;

            for (size_t k = 0; k < 4; k++)
                early = early || is_kind(&ini.v[i], ORDER[k]);
            if (pass < 4 ? is_kind(&ini.v[i], ORDER[pass]) : !early)
                rc = read_section(r, &ini.v[i], err);
        }
    }
    scp_ini_free(&ini);
    return rc;
}

int scp_profile_parse(const char *text, size_t n, struct scp_profile *out, struct scp_err *err)
{
    struct scp_err own = SCP_ERR_INIT;
    struct reading r = { out, 0, false };

    *out = (struct scp_profile){ .as_of = SCP_UTC_UNKNOWN, .newest_list = SCP_UTC_UNKNOWN };
    scp_arena_init(&out->arena, PROFILE_MEMORY_MAX);
    if (parse_into(&r, text, n, &own) == 0 && out->name == NULL)
        (void)scp_err_set(&own, SCP_ERR_FORMAT, "no [profile] section with a name");
    if (own.code == SCP_ERR_NONE)
        return 0;
    scp_profile_free(out);
    if (err != NULL)
        *err = own;
    return -1;
}

void scp_profile_free(struct scp_profile *p)
{
    scp_arena_free(&p->arena);
    *p = (struct scp_profile){ .as_of = SCP_UTC_UNKNOWN, .newest_list = SCP_UTC_UNKNOWN };
}

const struct scp_profile_cert *scp_profile_root_by_sha1(const struct scp_profile *p, const uint8_t sha1[20])
{
    for (size_t i = 0; i < p->roots; i++) {
        if (p->root[i].has_sha1 && memcmp(p->root[i].sha1, sha1, 20) == 0)
            return &p->root[i];
    }
    return NULL;
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

static bool is_same(const struct scp_profile_cert *c, const struct scp_profile_cert *wanted)
{
    if (wanted->has_sha1 && c->has_sha1)
        return memcmp(c->sha1, wanted->sha1, sizeof c->sha1) == 0;
    return wanted->has_sha256 && c->has_sha256 && memcmp(c->sha256, wanted->sha256, sizeof c->sha256) == 0;
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
    copy.level = level;
    return add_root(p, &copy, err);
}

static int require_thumbprint(struct scp_profile *p, const struct scp_profile_cert *wanted, enum scp_level level,
                              struct scp_err *err)
{
    for (size_t i = 0; i < p->roots; i++) {
        if (is_same(&p->root[i], wanted)) {
            p->root[i].level = level;
            return 0;
        }
    }
    for (size_t i = 0; i < p->cas; i++) {
        if (is_same(&p->ca[i], wanted))
            return adopt(p, &p->ca[i], level, err);
    }
    return adopt(p, wanted, level, err);
}

static int require_alias(struct scp_profile *p, const char *alias, enum scp_level level, struct scp_err *err)
{
    int rc = 1;

    for (size_t i = 0; i < p->roots; i++) {
        if (strcmp(p->root[i].alias, alias) == 0) {
            p->root[i].level = level;
            return 0;
        }
    }
    for (const struct scp_profile_builtin *b = scp_profile_builtins; b->name != NULL && rc == 1; b++) {
        const struct scp_profile_cert *found;
        struct scp_profile other;

        if (scp_profile_parse(b->text, strlen(b->text), &other, err) != 0)
            return -1;
        found = cert_by_alias(&other, alias);
        rc = found != NULL ? adopt(p, found, level, err) : 1;
        scp_profile_free(&other);
    }
    return rc == 1 ? scp_err_set(err, SCP_ERR_USAGE, "'%.80s' is neither an alias nor a SHA-1 or SHA-256 thumbprint", alias) : rc;
}

int scp_profile_require(struct scp_profile *p, const char *what, enum scp_level level, struct scp_err *err)
{
    struct scp_profile_cert wanted = { .level = level, .bare = true, .not_after = SCP_UTC_UNKNOWN };
    char print[2 * sizeof wanted.sha256 + 1];
    size_t n = strlen(what);

    wanted.has_sha1 = scp_num_thumbprint(what, n, wanted.sha1, sizeof wanted.sha1);
    wanted.has_sha256 = scp_num_thumbprint(what, n, wanted.sha256, sizeof wanted.sha256);
    if (!wanted.has_sha1 && !wanted.has_sha256)
        return require_alias(p, what, level, err);
    if (wanted.has_sha1)
        scp_num_to_hex(wanted.sha1, sizeof wanted.sha1, print);
    else
        scp_num_to_hex(wanted.sha256, sizeof wanted.sha256, print);
    wanted.alias = wanted.name = print;
    return require_thumbprint(p, &wanted, level, err);
}
