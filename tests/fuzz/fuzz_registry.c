/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Registries: exports, listings of reg query, hives, one or two of them (between a line of "----").  The first byte chooses what is
 * kept and how much.  What lib/windows reads in one does not contradict itself; a registry is as its copy is; a change changes its
 * value and nothing else; of one that is laid over another, what it answers is so, and what it does not answer stays.
 */
#include "fuzz.h"

#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "io/registry/registry.h"
#include "windows/chain_policy.h"
#include "windows/elsewhere.h"
#include "windows/environment.h"
#include "windows/paths.h"
#include "windows/proxy.h"
#include "windows/restriction.h"
#include "windows/site.h"
#include "windows/snapshot.h"
#include "windows/store.h"

#include <stdlib.h>
#include <string.h>

enum { PATH = 2000 };

/* --- Walking --- */

struct walk {
    void (*visit)(struct walk *w, const char *path, const struct scp_registry_value *v);
    const struct scp_registry *a, *b, *laid;
    struct fuzz_seen seen;
};

/* What cannot be asked for by its path is left out: names with a backslash, paths that are too long. */
static void walk(struct walk *w, const struct scp_registry_key *k)
{
    char path[PATH];

    (void)scp_registry_key_path(k, path, sizeof path);
    if (strlen(path) + 1 == sizeof path || strchr(scp_registry_key_name(k), '\\') != NULL)
        return;
    fuzz_mix(&w->seen, path, strlen(path));
    for (const struct scp_registry_value *v = scp_registry_first_value(k); v != NULL; v = scp_registry_next_value(v))
        w->visit(w, path, v);
    for (k = scp_registry_first_child(k); k != NULL; k = scp_registry_next_sibling(k))
        walk(w, k);
}

static bool same_value(const struct scp_registry_value *a, const struct scp_registry_value *b)
{
    return a->type == b->type && a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void digest_value(struct walk *w, const char *path, const struct scp_registry_value *v)
{
    (void)path;
    fuzz_mix(&w->seen, v->name, strlen(v->name));
    fuzz_mix(&w->seen, &v->type, sizeof v->type);
    fuzz_mix(&w->seen, v->data, v->len);
}

static uint64_t digest(const struct scp_registry *r)
{
    struct walk w = { .visit = digest_value };

    walk(&w, scp_registry_root(r));
    return w.seen.hash;
}

/* --- What lib/windows reads --- */

static void updates(const struct scp_registry *r)
{
    struct scp_update_policy p;
    enum scp_tri trusted, disallowed;
    bool inferred;

    scp_update_policy_read(r, &p);
    trusted = scp_update_policy_trusted(&p);
    disallowed = scp_update_policy_disallowed(&p, &inferred);
    fuzz_never(trusted == SCP_YES && (p.disable_root_auto_update.value != 0 || scp_policy_untold(&p.disable_root_auto_update)));
    fuzz_never(disallowed == SCP_YES && scp_policy_untold(&p.enable_disallowed_auto_update));
    fuzz_must(!inferred || (disallowed == SCP_NO && p.enable_disallowed_auto_update.presence == SCP_ABSENT));
    fuzz_must(scp_update_policy_disconnected(&p, SCP_YES) == SCP_YES && scp_update_policy_disconnected(&p, SCP_MAYBE) != SCP_NO);
    fuzz_must(!scp_update_policy_mirrored(&p) || p.root_dir_url[0] != '\0');
    fuzz_must((scp_update_policy_obstacle(&p) == SCP_UPDATE_FREE) == (scp_update_policy_blocked(&p) == NULL));
    fuzz_must((p.access.state == SCP_ACCESS_REFUSED) == (p.access.text != NULL));
    fuzz_never(scp_update_policy_authroot_off(&p) == SCP_NO && scp_policy_untold(&p.protected_roots));
    fuzz_must(!scp_update_policy_one_switch(&p) || !scp_update_policy_dates_apply(&p));
    (void)scp_update_policy_user_roots_off(&p);
    for (size_t i = 0; i < p.strays; i++) {
        const struct scp_registry_value *v = scp_registry_key_value(p.stray[i].key, p.stray[i].name);

        fuzz_must(v != NULL && p.stray[i].home != NULL);
    }
}

/* What refuses a key refuses a shorter one. */
static void keys(const struct scp_registry *r)
{
    static const unsigned BITS[] = { 512, 1022, 1023, 1024, 2048, 4096, 16384 };
    static const uint8_t SHA256[32] = { 0x12, 0x34 };
    struct scp_key_policy p;
    char reason[100] = "";

    scp_key_policy_read(r, &p);
    for (unsigned kind = 0; kind < 12; kind++) {
        enum scp_tri longer = SCP_YES;

        for (size_t i = 0; i < sizeof BITS / sizeof BITS[0]; i++) {
            const struct scp_key key = { kind % 3 == 0   ? "RSA"
                                         : kind % 3 == 1 ? "EC"
                                                         : NULL,
                                         BITS[i], kind / 3 % 2 != 0, kind >= 6, SHA256 };
            enum scp_tri says = scp_key_policy_refuses(&p, &key, reason, sizeof reason);

            fuzz_never(says == SCP_YES && longer == SCP_NO);
            fuzz_must(says == SCP_NO || reason[0] != '\0');
            if (scp_key_policy_is_default(&p))
                fuzz_must(says == (kind % 3 == 0 && BITS[i] < 1023 ? SCP_YES : SCP_NO));
            longer = says;
        }
    }
    fuzz_must(!scp_key_policy_is_default(&p) || !scp_key_policy_wrong_type(&p));
}

static void chains(const struct scp_registry *r)
{
    struct scp_chain_policy p;

    scp_chain_policy_read(r, &p);
    fuzz_must((scp_chain_policy_fetches(&p) == SCP_NO) == (scp_chain_policy_forbids(&p) != NULL));
    fuzz_never(scp_chain_policy_fetches(&p) == SCP_YES && scp_policy_untold(&p.options));
    fuzz_must(p.max_aia.presence == SCP_PRESENT || scp_chain_policy_most(&p) == SCP_CHAIN_POLICY_AIA_COUNT);
}

static void ways(const struct scp_registry *r)
{
    for (int account = SCP_PROXY_SYSTEM; account <= SCP_PROXY_NETWORK_SERVICE; account++) {
        char url[SCP_PROXY_SERVER_MAX];
        struct scp_proxy p;

        scp_proxy_read(r, (enum scp_proxy_account)account, &p);
        fuzz_must((p.kind == SCP_PROXY_NAMED) == (p.server[0] != '\0'));
        fuzz_must((p.kind == SCP_PROXY_UNKNOWN) == (p.reason[0] != '\0'));
        fuzz_must((p.origin != SCP_PROXY_FROM_NOWHERE) == (p.kind == SCP_PROXY_NAMED || p.kind == SCP_PROXY_SCRIPT));
        fuzz_never(strchr(p.server, '@') != NULL || (p.not_covered && p.kind != SCP_PROXY_UNKNOWN));
        if (scp_proxy_url(&p, "http", url, sizeof url))
            fuzz_must(strncmp(url, "http://", 7) == 0 && p.kind == SCP_PROXY_NAMED);
        (void)scp_proxy_bypasses(&p, "host.example.com");
        (void)scp_proxy_origin_name(p.origin);
    }
}

static void sites(const struct scp_registry *r)
{
    struct scp_environment e;
    struct scp_site s;

    scp_site_read(r, &s);
    fuzz_must((s.role != SCP_SITE_ALONE) == (s.servers[0] != '\0'));
    fuzz_never(s.last_synced != SCP_UTC_UNKNOWN && !s.has_downloader);
    fuzz_must(s.build == 0 || s.version[0] != '\0');
    scp_environment_read(r, &e);
}

/* A certificate that its key is named by is found in another store's eyes. */
static void seek(const struct scp_registry *r, const struct scp_store *s, const struct scp_store_cert *c)
{
    const enum scp_store_name other = s->name == SCP_STORE_CA ? SCP_STORE_ROOT : SCP_STORE_CA;
    struct scp_elsewhere e;
    char phrase[SCP_ELSEWHERE_PHRASE];

    if (scp_elsewhere_find(r, c->sha1, other, &e, NULL) != 0) {
        fuzz_must(false);
        return;
    }
    scp_elsewhere_phrase(&e, phrase, sizeof phrase);
    fuzz_must((e.n > 0) == (phrase[0] != '\0'));
    fuzz_never(c->key_matches && e.n == 0);
}

static void restrict_by(const struct scp_store_cert *c)
{
    struct scp_restriction server, any, both;
    struct scp_certblob blob;

    if (scp_certblob_parse(c->blob, c->blob_len, &blob, NULL) != 0)
        return;
    scp_restriction_read(&blob, SCP_PURPOSE_SERVER_AUTH, &server);
    scp_restriction_read(&blob, SCP_PURPOSE_ANY, &any);
    fuzz_never(any.purpose_denied || any.disabled_from != server.disabled_from);
    both = server;
    scp_restriction_merge(&both, &any);
    fuzz_must(both.purpose_denied == server.purpose_denied && both.disabled_from == server.disabled_from);
    scp_restriction_add_list(&both, &server);
    fuzz_must(both.unreadable == (server.unreadable || any.unreadable));
    scp_certblob_free(&blob);
}

static void stores(const struct scp_registry *r)
{
    for (int name = SCP_STORE_ROOT; name <= SCP_STORE_TRUST; name++) {
        struct scp_store s;

        if (scp_store_load(r, (enum scp_store_name)name, &s, NULL) != 0)
            continue;
        fuzz_never(scp_store_covered(&s) && scp_registry_incomplete(r) && s.certs > 0);
        for (size_t i = 0; i < s.certs && i < 8; i++) {
            const struct scp_store_cert *c = &s.cert[i];
            uint8_t sha1[20];
            size_t at = 0;

            fuzz_must(scp_certificate_sha1(c->der, c->der_len, sha1, NULL) == 0 && memcmp(sha1, c->sha1, sizeof sha1) == 0);
            fuzz_must(scp_store_find(&s, c->sha1, &at) != NULL && at <= i + 1);
            (void)scp_store_damaged(&s, c->sha1);
            restrict_by(c);
            seek(r, &s, c);
        }
        scp_store_free(&s);
    }
}

static void ask(const struct scp_registry *r)
{
    updates(r);
    keys(r);
    chains(r);
    ways(r);
    sites(r);
    stores(r);
}

/* --- Copies and changes --- */

static void compare_equal(const struct scp_registry *a, const struct scp_registry *b)
{
    struct scp_snapshot_difference d;
    char why[200];

    scp_snapshot_compare(a, b, &d);
    fuzz_must(d.n == 0 && !d.alone && !scp_snapshot_strangers(a, b, why, sizeof why) && !scp_snapshot_updated(a, b));
}

static void change(const struct scp_registry *r)
{
    static const char *const HOME = SCP_PATH_AUTOUPDATE, *const NAME = "LastSyncTime";
    static const uint8_t DATA[8] = { 0, 0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 1 };
    const struct scp_registry_value *v = NULL;
    const uint64_t before = digest(r);
    struct scp_registry *copy = scp_registry_copy(r, NULL);

    if (copy == NULL)
        return;
    fuzz_must(digest(copy) == before);
    compare_equal(r, copy);
    if (scp_registry_put(copy, HOME, NAME, SCP_REG_BINARY, DATA, sizeof DATA, NULL) == 0) {
        fuzz_must(scp_registry_value(copy, HOME, NAME, &v) == SCP_PRESENT && v->len == sizeof DATA &&
                  memcmp(v->data, DATA, 8) == 0);
        fuzz_must(scp_registry_take(copy, HOME, NAME, NULL) == 0 && scp_registry_value(copy, HOME, NAME, &v) != SCP_PRESENT);
    }
    fuzz_never(digest(r) != before);
    scp_registry_free(copy);
}

/* --- One laid over the other --- */

static void laid_over(struct walk *w, const char *path, const struct scp_registry_value *v)
{
    const struct scp_registry_value *found = NULL;

    fuzz_must(scp_registry_value(w->laid, path, v->name, &found) == SCP_PRESENT && same_value(found, v));
}

static void laid_under(struct walk *w, const char *path, const struct scp_registry_value *v)
{
    const struct scp_registry_value *found = NULL;
    enum scp_presence above = scp_registry_value(w->b, path, v->name, &found),
                      now = scp_registry_value(w->laid, path, v->name, &found);

    if (above == SCP_COULD_NOT_TELL)
        fuzz_must(now == SCP_PRESENT && same_value(found, v));
    else
        fuzz_must(now == above || (above == SCP_ABSENT && now == SCP_COULD_NOT_TELL && scp_registry_incomplete(w->laid)));
}

static void lay(const struct scp_registry *a, const struct scp_registry *b)
{
    struct walk w = { .a = a, .b = b };
    struct scp_registry *laid = scp_registry_copy(a, NULL);
    struct scp_snapshot_difference d;
    char why[200];

    if (laid == NULL)
        return;
    if (scp_registry_lay(laid, b, NULL, NULL, NULL) == 0 && !fuzz_starved()) {
        w.laid = laid;
        w.visit = laid_over;
        walk(&w, scp_registry_root(b));
        w.visit = laid_under;
        walk(&w, scp_registry_root(a));
        ask(laid);
    }
    scp_registry_free(laid);
    scp_snapshot_compare(a, b, &d);
    fuzz_must((d.n > 0) == (d.where[0] != '\0'));
    (void)scp_snapshot_strangers(a, b, why, sizeof why);
}

/* Of a file with several joined exports the first. */
static struct scp_registry *load(unsigned number, struct fuzz_bytes b, const struct scp_registry_scope *scope, bool small)
{
    struct scp_registry *r = scp_registry_new(scope), *next;
    struct scp_err err = SCP_ERR_INIT;

    if (r == NULL) {
        fuzz_told(SCP_ERR_MEMORY);
        return NULL;
    }
    if (small)
        scp_registry_set_limit(r, 4096);
    if (scp_registry_load(r, fuzz_file(number, b.p, b.n), &err) == 0) {
        while ((next = scp_registry_take_joined(r)) != NULL)
            scp_registry_free(next);
        if (scp_registry_settle(r, &err) == 0) {
            fuzz_told(SCP_ERR_NONE);
            return r;
        }
    }
    fuzz_told((int)err.code);
    fuzz_must(err.message[0] != '\0');
    scp_registry_free(r);
    return NULL;
}

void fuzz_target(const uint8_t *p, size_t n)
{
    const struct scp_registry_scope *const SCOPE[] = { scp_paths_scope_all, scp_paths_scope, scp_paths_scope_update,
                                                       scp_paths_scope_environment };
    struct fuzz_bytes b = { p, n }, first, second;
    const unsigned mode = fuzz_byte(&b);
    struct scp_registry *r[2] = { NULL, NULL };

    first = fuzz_part(&b);
    second = fuzz_part(&b);
    r[0] = load(0, first, SCOPE[mode % 4], mode >= 128);
    r[1] = second.n > 0 ? load(1, second, SCOPE[mode % 4], mode >= 128) : NULL;
    for (size_t i = 0; i < 2 && r[i] != NULL; i++) {
        ask(r[i]);
        change(r[i]);
    }
    if (r[0] != NULL && r[1] != NULL)
        lay(r[0], r[1]);
    scp_registry_free(r[0]);
    scp_registry_free(r[1]);
}
