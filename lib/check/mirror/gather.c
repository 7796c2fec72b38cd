/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/mirror/internal.h"

#include "base/num.h"
#include "codec/text/sniff.h"
#include "codec/x509/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_TEXT = 48 };

static const struct {
    const char *name;
    enum scp_ctl_kind kind;
} FILES[SCP_MIRROR_FILES] = {
    { "authrootstl.cab", SCP_CTL_TRUSTED },
    { "disallowedcertstl.cab", SCP_CTL_DISALLOWED },
    { "disallowedcert.sst", SCP_CTL_OTHER },
    { "pinrulesstl.cab", SCP_CTL_PIN_RULES },
};

struct audit {
    const struct scp_mirror_question *q;
    struct scp_mirror_facts *facts;
    struct scp_hasher *hasher;
};

static int fetch(struct audit *a, const char *const *name, size_t n, size_t max, scp_mirror_take *take, bool progress,
                 struct scp_err *err)
{
    const struct scp_mirror_question *q = a->q;
    const struct scp_mirror_options options = { name, n, max, take, a, progress ? q->progress : NULL, &a->facts->from };

    if (scp_update_source_of(q->location) == SCP_UPDATE_FROM_NOWHERE)
        return scp_mirror_read_folder(q->location, &options, q->deadline, err);
    return scp_mirror_read_web(q->location, q->http, &options, q->deadline, err);
}

/* --- Lists --- */

static int take_list(void *context, size_t i, enum scp_mirror_answer answer, const uint8_t *p, size_t n, const char *message,
                     struct scp_err *err)
{
    struct audit *a = context;
    struct scp_list_fact *f = &a->facts->list[i];

    (void)snprintf(f->message, sizeof f->message, "%s", message);
    switch (answer) {
    case SCP_MIRROR_GOT: return scp_list_look_copy(f, p, n, a->q->profile, err);
    case SCP_MIRROR_NONE: f->reading = SCP_LIST_ABSENT; return 0;
    case SCP_MIRROR_FAILED: f->reading = SCP_LIST_UNREACHABLE; return 0;
    case SCP_MIRROR_NOT_TRIED: f->reading = SCP_LIST_NOT_ASKED; return 0;
    }
    return 0;
}

static int ask_lists(struct audit *a, size_t files, struct scp_err *err)
{
    const char *name[SCP_MIRROR_FILES];

    for (size_t i = 0; i < files; i++) {
        char origin[sizeof a->facts->location + NAME_MAX_TEXT];

        name[i] = FILES[i].name;
        (void)snprintf(origin, sizeof origin, "%s/%s", a->q->location, name[i]);
        scp_list_init(&a->facts->list[i], SCP_LIST_SERVED, FILES[i].kind, name[i], origin);
        a->facts->list[i].store = i == SCP_MIRROR_STORE;
    }
    return fetch(a, name, files, SCP_CTL_MAX, take_list, false, err);
}

int scp_mirror_ask_lists(const struct scp_mirror_question *q, size_t files, struct scp_mirror_facts *f, struct scp_err *err)
{
    struct audit a = { q, f, NULL };

    return ask_lists(&a, files, err);
}

/* --- Roots --- */

/* A SHA-1 double of a root of the profile must not pass for it.  1: it is one; 0: it is not; -1: that cannot be told. */
static int is_twin(const struct audit *a, const struct scp_mirror_root *root, const uint8_t *p, size_t n, struct scp_err *err)
{
    const struct scp_profile_cert *want = root->want != SCP_MIRROR_UNWANTED ? &a->q->profile->root[root->want] : NULL;
    uint8_t sha256[SCP_SHA256_LEN];

    if (want == NULL || !want->has_sha256)
        return 0;
    if (scp_certificate_sha256(p, n, sha256, err) != 0)
        return -1;
    return memcmp(sha256, want->sha256, sizeof sha256) != 0;
}

static int check_root(const struct audit *a, struct scp_mirror_root *root, const uint8_t *p, size_t n, struct scp_err *err)
{
    uint8_t sha1[SCP_SHA1_LEN];
    bool named;
    int twin;

    if (scp_hasher_sha1(a->hasher, p, n, sha1, err) != 0)
        return -1;
    named = memcmp(sha1, root->sha1, sizeof sha1) == 0;
    twin = named ? is_twin(a, root, p, n, err) : 0;
    if (twin < 0)
        return -1;
    if (named && twin == 0) {
        root->state = SCP_MIRROR_ROOT_GOOD;
        return root->want == SCP_MIRROR_UNWANTED
                   ? 0
                   : scp_list_show(&a->facts->list[SCP_MIRROR_DISALLOWED], a->q->profile, root->want, p, n, err);
    }
    root->state = SCP_MIRROR_ROOT_CORRUPT;
    (void)snprintf(root->message, sizeof root->message, "%s",
                   n == 0                      ? "empty"
                   : scp_sniff_is_markup(p, n) ? "a page for people (HTML)"
                   : named                     ? "a double: its SHA-256 differs"
                                               : "its SHA-1 is not its name");
    return 0;
}

static int take_root(void *context, size_t i, enum scp_mirror_answer answer, const uint8_t *p, size_t n, const char *message,
                     struct scp_err *err)
{
    struct audit *a = context;
    struct scp_mirror_root *root = &a->facts->root[i];

    (void)snprintf(root->message, sizeof root->message, "%s", message);
    switch (answer) {
    case SCP_MIRROR_GOT: return check_root(a, root, p, n, err);
    case SCP_MIRROR_NONE: root->state = SCP_MIRROR_ROOT_MISSING; break;
    case SCP_MIRROR_FAILED: root->state = SCP_MIRROR_ROOT_UNREACHABLE; break;
    case SCP_MIRROR_NOT_TRIED: root->state = SCP_MIRROR_ROOT_NOT_CHECKED; break;
    }
    return 0;
}

static size_t wanted(const struct scp_profile *profile, const uint8_t sha1[20])
{
    for (size_t i = 0; i < profile->roots; i++) {
        const struct scp_profile_cert *want = &profile->root[i];

        if (want->has_sha1 && want->level <= SCP_LEVEL_RECOMMENDED && memcmp(want->sha1, sha1, 20) == 0)
            return i;
    }
    return SCP_MIRROR_UNWANTED;
}

/* The root with that thumbprint, when it is (not) one that the profile wants. */
static void add_root(const struct audit *a, const uint8_t sha1[20], bool of_profile)
{
    struct scp_mirror_root *root = &a->facts->root[a->facts->roots];
    size_t want = wanted(a->q->profile, sha1);

    if ((want != SCP_MIRROR_UNWANTED) != of_profile)
        return;
    memcpy(root->sha1, sha1, sizeof root->sha1);
    root->want = want;
    a->facts->roots++;
}

/* The profile's roots go first: they are asked for while there is time. */
static void add_listed(const struct audit *a, const struct scp_ctl *list)
{
    for (int of_profile = 1; of_profile >= 0; of_profile--) {
        for (size_t i = 0; i < list->n; i++) {
            if (list->v[i].id_len == SCP_SHA1_LEN)
                add_root(a, list->v[i].id, of_profile == 1);
        }
    }
}

/* What a believed list names; else the profile's own roots. */
static int plan_roots(const struct audit *a, struct scp_err *err)
{
    const struct scp_list_fact *list = &a->facts->list[SCP_MIRROR_TRUSTED];
    const struct scp_profile *profile = a->q->profile;
    size_t most = scp_list_believed(list) ? list->list.ctl.n : profile->roots;

    a->facts->listed = scp_list_believed(list);
    a->facts->root = calloc(most > 0 ? most : 1, sizeof *a->facts->root);
    if (a->facts->root == NULL)
        return scp_err_memory(err);
    if (a->facts->listed)
        add_listed(a, &list->list.ctl);
    for (size_t i = 0; !a->facts->listed && i < profile->roots; i++) {
        if (profile->root[i].has_sha1)
            add_root(a, profile->root[i].sha1, true);
    }
    return 0;
}

static int fetch_roots(struct audit *a, struct scp_err *err)
{
    size_t n = a->facts->roots;
    const char **name = calloc(n > 0 ? n : 1, sizeof *name);
    char *text = calloc(n > 0 ? n : 1, NAME_MAX_TEXT);
    int rc = name == NULL || text == NULL ? scp_err_memory(err) : 0;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *own = text + i * NAME_MAX_TEXT;

        scp_num_to_hex(a->facts->root[i].sha1, SCP_SHA1_LEN, own);
        memcpy(own + strlen(own), ".crt", sizeof ".crt");
        name[i] = own;
    }
    if (rc == 0)
        rc = fetch(a, name, n, SCP_CERTIFICATE_MAX, take_root, true, err);
    free(name);
    free(text);
    return rc;
}

static int ask_roots(struct audit *a, struct scp_err *err)
{
    int rc;

    a->hasher = scp_hasher_new();
    rc = a->hasher != NULL ? fetch_roots(a, err) : scp_err_memory(err);
    scp_hasher_free(a->hasher);
    return rc;
}

int scp_mirror_ask_roots(const struct scp_mirror_question *q, struct scp_mirror_facts *f, struct scp_err *err)
{
    struct audit a = { q, f, NULL };

    return ask_roots(&a, err);
}

static int gather(struct audit *a, struct scp_err *err)
{
    struct scp_err why = SCP_ERR_INIT;

    if (ask_lists(a, SCP_MIRROR_FILES, &why) != 0) {
        if (why.code != SCP_ERR_SYSTEM && why.code != SCP_ERR_LIMIT) {
            *err = why;
            return -1;
        }
        a->facts->unreadable = true;
        (void)snprintf(a->facts->message, sizeof a->facts->message, "%.*s", (int)sizeof a->facts->message - 1, why.message);
        return 0;
    }
    return plan_roots(a, err) == 0 ? ask_roots(a, err) : -1;
}

int scp_mirror_gather(const struct scp_mirror_question *q, struct scp_mirror_facts *out, struct scp_err *err)
{
    struct audit a = { q, out, NULL };
    int rc;

    memset(out, 0, sizeof *out);
    out->asked = true;
    (void)snprintf(out->location, sizeof out->location, "%s", q->location);
    rc = gather(&a, err);
    if (rc != 0)
        scp_mirror_free(out);
    return rc;
}

void scp_mirror_free(struct scp_mirror_facts *f)
{
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++)
        scp_list_free(&f->list[i]);
    free(f->root);
    memset(f, 0, sizeof *f);
}
