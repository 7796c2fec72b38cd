/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/internal.h"

#include "base/file.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/text/sniff.h"

#include <stdio.h>
#include <string.h>

enum { PIECE = 64 << 10, FILE_MAX = 64 << 20, HEAD = 4096, LOCATION = 600 };

/* What follows is another export, perhaps of another server: it is not laid over the first unseen. */
static int on_joined(void *ctx, struct scp_err *err)
{
    struct registry_loading *l = ctx;

    if (!l->splits)
        return 0;
    if (++l->exports >= SCP_REGISTRY_SOURCES_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d exports in one file", SCP_REGISTRY_SOURCES_MAX);
    l->r->joined = scp_registry_new(l->r->scope);
    if (l->r->joined == NULL)
        return scp_err_memory(err);
    scp_registry_set_limit(l->r->joined, l->r->arena.max - scp_registry_memory(l->r));
    l->r = l->r->joined;
    l->key = NULL;
    return 0;
}

/* What reg query prints has no header: that another one's text was joined is seen where a key comes again. */
static int begin_another(struct registry_loading *l, const char *path, size_t n, struct scp_err *err)
{
    if (l->key == NULL || l->key->first_value == NULL || scp_regtext_dialect(l->text) != SCP_REGTEXT_QUERY || !l->splits)
        return 0;
    return on_joined(l, err) != 0 ? -1 : scp_registry_add_key(l->r, path, n, &l->key, err);
}

static int on_key(void *ctx, const char *path, size_t n, bool deleted, bool *wanted, struct scp_err *err)
{
    struct registry_loading *l = ctx;

    l->key = NULL;
    *wanted = false;
    if (deleted) {
        l->touched += scp_registry_holds(l->r, path, n);
        return scp_registry_delete_key(l->r, path, n, err);
    }
    if (scp_registry_add_key(l->r, path, n, &l->key, err) != 0 || begin_another(l, path, n, err) != 0)
        return -1;
    *wanted = l->key != NULL && scp_registry_key_wanted(l->key);
    return 0;
}

static int on_value(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err)
{
    struct registry_loading *l = ctx;

    if (l->key == NULL)
        return 0;
    l->touched++;
    return scp_registry_add_value(l->r, l->key, name, n, type, data, len, err);
}

static int on_value_deleted(void *ctx, const char *name, size_t n, struct scp_err *err)
{
    struct registry_loading *l = ctx;

    (void)err;
    if (l->key == NULL)
        return 0;
    l->touched++;
    scp_registry_delete_value(l->r, l->key, name, n);
    return 0;
}

static int on_anomaly(void *ctx, size_t line, bool in_wanted, const char *what, struct scp_err *err)
{
    struct registry_loading *l = ctx;

    if (!in_wanted)
        return 0;
    if (l->r->written_over)
        return scp_err_set(err, SCP_ERR_FORMAT, "line %zu: %s", line, what);
    scp_registry_add_anomaly(l->r, "%s: line %zu: %s", l->path, line, what);
    scp_registry_set_incomplete(l->r);
    return 0;
}

/* The beginning of what was read: what it is when it is no registry text. */
struct head {
    uint8_t p[HEAD];
    size_t n;
};

static void keep_head(struct head *h, const char *p, size_t n)
{
    size_t room = sizeof h->p - h->n, take = n < room ? n : room;

    memcpy(h->p + h->n, p, take);
    h->n += take;
}

static int feed(struct scp_regtext *text, struct scp_file *f, struct head *head, struct scp_err *err)
{
    char piece[PIECE];
    size_t got = 0, all = 0;

    for (;;) {
        if (scp_file_read(f, piece, sizeof piece, &got, err) != 0)
            return -1;
        if (got == 0)
            return 0;
        all += got;
        keep_head(head, piece, got);
        if (all > FILE_MAX)
            return scp_err_set(err, SCP_ERR_LIMIT, "more than %d MiB; export only the keys that are needed", FILE_MAX >> 20);
        if (scp_regtext_feed(text, piece, got, err) != 0)
            return -1;
    }
}

static int describe_one(struct scp_registry *r, const char *location, const struct scp_file *f,
                        const struct scp_regtext_facts *facts, struct scp_err *err)
{
    struct scp_registry_source *s = scp_registry_new_source(r, SCP_REGISTRY_REG, location, err);

    if (s == NULL)
        return -1;
    s->content = facts->dialect == SCP_REGTEXT_QUERY ? "reg query" : "export";
    s->taken = f->modified;
    s->taken_from_file_time = f->modified != SCP_UTC_UNKNOWN;
    /* What it tells of times never makes it younger than its file. */
    s->truncated = facts->truncated && r->joined == NULL;
    if (s->truncated) {
        (void)snprintf(s->detail, sizeof s->detail, "cut in line %zu", facts->truncated_line);
        scp_registry_set_incomplete(r);
    }
    return 0;
}

static int describe(struct scp_registry *first, const char *path, const struct scp_file *f, const struct scp_regtext_facts *facts,
                    struct scp_err *err)
{
    char location[LOCATION];
    size_t n = 1;

    if (describe_one(first, path, f, facts, err) != 0)
        return -1;
    for (struct scp_registry *r = first->joined; r != NULL; r = r->joined) {
        (void)snprintf(location, sizeof location, "%s (export %zu in it)", path, ++n);
        if (describe_one(r, location, f, facts, err) != 0)
            return -1;
        r->source[0].joined = true;
    }
    return 0;
}

struct scp_regtext_sink scp_registry_regtext_sink(struct registry_loading *l)
{
    return (struct scp_regtext_sink){ l, on_key, on_value, on_value_deleted, on_anomaly, on_joined };
}

static bool is_stranger(const struct head *h, const struct scp_err *err)
{
    return h->n > 0 && (err->code == SCP_ERR_FORMAT || err->code == SCP_ERR_TRUNCATED) &&
           scp_sniff(h->p, h->n) != SCP_SNIFF_REGTEXT;
}

static int explain(const struct registry_loading *l, const struct head *head, struct scp_err *err)
{
    if (l->r->written_over && scp_sniff(head->p, head->n) == SCP_SNIFF_HIVE)
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "%s: a registry hive, not a .reg file to import", l->path);
    return is_stranger(head, err) ? scp_registry_wrong_kind(l->path, head->p, head->n, err) : scp_err_prefix(err, "%s", l->path);
}

int scp_registry_read_text(struct registry_loading *l, struct scp_file *f, struct scp_regtext_facts *facts, struct scp_err *err)
{
    const struct scp_regtext_sink sink = scp_registry_regtext_sink(l);
    struct scp_regtext *text = scp_regtext_new(&sink);
    struct head head = { .n = 0 };
    int rc;

    l->text = text;
    rc = text == NULL ? scp_err_memory(err) : feed(text, f, &head, err);

    if (rc == 0)
        rc = scp_regtext_finish(text, facts, err);
    scp_regtext_free(text);
    return rc == 0 ? 0 : explain(l, &head, err);
}

static int check_import(const struct registry_loading *l, const struct scp_regtext_facts *facts, struct scp_err *err)
{
    if (facts->dialect == SCP_REGTEXT_QUERY)
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "what reg query prints, not a .reg file to import");
    if (facts->truncated)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "cut in line %zu", facts->truncated_line);
    if (l->touched == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "it changes nothing that is looked at here");
    return 0;
}

static int load(struct scp_registry *r, const char *path, struct scp_err *err)
{
    struct registry_loading l = { .r = r, .path = path, .splits = !r->written_over };
    struct scp_regtext_facts facts = { 0 };
    struct scp_file f;
    int rc;

    if (scp_file_open(path, &f, err) != 0)
        return -1;
    rc = scp_registry_read_text(&l, &f, &facts, err);
    if (rc == 0 && (r->written_over ? check_import(&l, &facts, err) : describe(r, path, &f, &facts, err)) != 0)
        rc = scp_err_prefix(err, "%s", path);
    scp_file_close(&f);
    return rc;
}

int scp_registry_load_reg(struct scp_registry *r, const char *path, struct scp_err *err)
{
    return load(r, path, err);
}

int scp_registry_import(struct scp_registry *copy, const char *path, struct scp_err *err)
{
    return load(copy, path, err);
}
