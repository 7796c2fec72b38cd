/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "base/file.h"
#include "base/num.h"

#include <stdio.h>
#include <string.h>

enum { LIST_FILE_MAX = 16 << 20 };

static int pair_error(const char *text, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_USAGE,
                       "--disallowed-age: '%s' is not W,C: two times above 0, the first not larger than the second", text);
}

int scp_autoupdate_limit(const struct scp_autoupdate_options *options, const struct scp_common *common,
                         struct scp_autoupdate_limits *out, struct scp_err *err)
{
    const char *text = options->disallowed_age, *comma = text != NULL ? strchr(text, ',') : NULL;
    double warning, critical;

    *out = scp_autoupdate_limits_default;
    out->expect = options->expect;
    if (common->warning.set)
        out->warning = common->warning.range;
    if (common->critical.set)
        out->critical = common->critical.range;
    if (text == NULL)
        return 0;
    if (comma == NULL || scp_num_duration(text, (size_t)(comma - text), &warning, NULL) != 0 ||
        scp_num_duration(comma + 1, strlen(comma + 1), &critical, NULL) != 0 || warning <= 0 || critical < warning)
        return pair_error(text, err);
    out->disallowed_warning = (struct scp_range){ .end = warning };
    out->disallowed_critical = (struct scp_range){ .end = critical };
    return 0;
}

/* --- The registry --- */

static int look_cached(struct scp_list_fact *f, const struct scp_policy_list *value, enum scp_ctl_kind kind, const char *name,
                       const struct scp_profile *profile, struct scp_err *err)
{
    scp_list_init(f, SCP_LIST_CACHED, kind, name, name);
    switch (value->presence) {
    case SCP_COULD_NOT_TELL: f->reading = SCP_LIST_NOT_COVERED; return 0;
    case SCP_ABSENT: f->reading = SCP_LIST_ABSENT; return 0;
    case SCP_PRESENT: break;
    }
    return scp_list_look(f, value->p, value->n, profile, err);
}

int scp_autoupdate_suspect(struct scp_autoupdate_facts *f, struct scp_err *err)
{
    struct scp_list_fact *all[SCP_AUTOUPDATE_CACHED + SCP_AUTOUPDATE_SERVED + SCP_MIRROR_FILES + 1];
    size_t n = 0;

    for (size_t i = 0; i < SCP_AUTOUPDATE_CACHED; i++)
        all[n++] = &f->cached[i];
    for (size_t i = 0; i < SCP_AUTOUPDATE_SERVED; i++)
        all[n++] = &f->served[i];
    for (size_t i = 0; i < SCP_MIRROR_FILES; i++)
        all[n++] = &f->mirror.list[i];
    all[n++] = &f->given;
    for (size_t i = 0; f->has_stores && i < n; i++) {
        if (scp_list_suspect(all[i], &f->root, &f->disallowed, &f->cached[1], err) != 0)
            return -1;
    }
    return 0;
}

static int load_stores(const struct scp_registry *r, struct scp_autoupdate_facts *f, struct scp_err *err)
{
    f->has_stores = true;
    if (scp_store_load(r, SCP_STORE_ROOT, &f->root, err) != 0)
        return -1;
    return scp_store_load(r, SCP_STORE_DISALLOWED, &f->disallowed, err);
}

static int gather_registry(const struct scp_registry *r, struct scp_autoupdate_facts *f, struct scp_err *err)
{
    const struct scp_update_policy *p = &f->policy;

    scp_update_policy_read(r, &f->policy);
    if (look_cached(&f->cached[0], &p->trusted_list, SCP_CTL_TRUSTED, "EncodedCtl", f->profile, err) != 0 ||
        look_cached(&f->cached[1], &p->disallowed_list, SCP_CTL_DISALLOWED, "DisallowedCertEncodedCtl", f->profile, err) != 0 ||
        look_cached(&f->cached[2], &p->pin_rules_list, SCP_CTL_PIN_RULES, "PinRulesEncodedCtl", f->profile, err) != 0)
        return -1;
    scp_egress_gather(r, &f->egress);
    if (load_stores(r, f, err) != 0)
        return -1;
    return scp_autoupdate_show_roots(f, &f->cached[1], err);
}

/* --- Plans --- */

static enum scp_autoupdate_place place_of(const char *location)
{
    switch (scp_update_source_of(location)) {
    case SCP_UPDATE_FROM_MICROSOFT:
    case SCP_UPDATE_FROM_TEST:
    case SCP_UPDATE_FROM_OTHER:
    case SCP_UPDATE_FROM_WEB: return SCP_PLACE_WEB;
    default: return SCP_PLACE_ELSEWHERE;
    }
}

/* What RootDirUrl names; NONE where it is absent. */
static enum scp_autoupdate_place redirected(const struct scp_autoupdate_facts *f, char location[SCP_POLICY_URL_MAX])
{
    (void)snprintf(location, SCP_POLICY_URL_MAX, "%s", f->policy.root_dir_url);
    switch (f->policy.root_dir_url_presence) {
    case SCP_ABSENT: return SCP_PLACE_NONE;
    case SCP_COULD_NOT_TELL: return SCP_PLACE_UNKNOWN;
    case SCP_PRESENT: break;
    }
    return place_of(location);
}

static void plan_online(struct scp_autoupdate_facts *f)
{
    f->online = f->registry != NULL ? redirected(f, f->online_location) : SCP_PLACE_NONE;
    if (f->online != SCP_PLACE_NONE)
        return;
    f->online = SCP_PLACE_WEB;
    (void)snprintf(f->online_location, sizeof f->online_location, "%s", SCP_UPDATE_MICROSOFT_URL);
}

int scp_autoupdate_options_check(const struct scp_autoupdate_options *w, struct scp_err *err)
{
    if (w->mirror != NULL && (w->mirror[0] == '\0' || strlen(w->mirror) >= SCP_POLICY_URL_MAX))
        return scp_err_set(err, SCP_ERR_USAGE, "--mirror: %s", w->mirror[0] == '\0' ? "empty" : "too long");
    return 0;
}

static int plan_mirror(struct scp_autoupdate_facts *f, const char *mirror, struct scp_err *err)
{
    if (strcmp(mirror, "registry") == 0) {
        if (f->registry == NULL)
            return scp_err_set(err, SCP_ERR_USAGE, "--mirror=registry needs a registry: give --registry=FILE");
        f->mirrored = redirected(f, f->mirror_location);
        return 0;
    }
    (void)snprintf(f->mirror_location, sizeof f->mirror_location, "%s", mirror);
    scp_update_source_hide(f->mirror_location);
    /* On the command line what is no address is a folder here. */
    f->mirrored = scp_update_source_of(mirror) == SCP_UPDATE_FROM_NOWHERE ? SCP_PLACE_FOLDER : place_of(mirror);
    return 0;
}

/* --- A file --- */

static int gather_file(const char *path, struct scp_autoupdate_facts *f, struct scp_err *err)
{
    const char *name = strrchr(path, '/');
    struct scp_err why = SCP_ERR_INIT;
    size_t skip = strlen(path) + 2; /* "PATH: " */

    scp_list_init(&f->given, SCP_LIST_GIVEN, SCP_CTL_OTHER, name != NULL ? name + 1 : path, path);
    scp_buf_init(&f->given.bytes, LIST_FILE_MAX);
    f->has_given = true;
    if (scp_file_slurp(path, &f->given.bytes, &why) == 0)
        return scp_list_look(&f->given, (const uint8_t *)scp_buf_text(&f->given.bytes), f->given.bytes.n, f->profile, err);
    if (why.code == SCP_ERR_MEMORY)
        return scp_err_memory(err);
    f->given.reading = SCP_LIST_UNREADABLE;
    (void)snprintf(f->given.message, sizeof f->given.message, "%.*s", (int)sizeof f->given.message - 1,
                   strncmp(why.message, path, skip - 2) == 0 && strlen(why.message) > skip ? why.message + skip : why.message);
    return 0;
}

static int gather(const struct scp_autoupdate_options *options, struct scp_autoupdate_facts *f, struct scp_err *err)
{
    if (scp_autoupdate_options_check(options, err) != 0)
        return -1;
    if (f->registry != NULL && gather_registry(f->registry, f, err) != 0)
        return -1;
    if (options->list != NULL && gather_file(options->list, f, err) != 0)
        return -1;
    if (options->online)
        plan_online(f);
    if (scp_autoupdate_suspect(f, err) != 0)
        return -1;
    return options->mirror != NULL ? plan_mirror(f, options->mirror, err) : 0;
}

int scp_autoupdate_gather(const struct scp_registry *r, const struct scp_profile *profile,
                          const struct scp_autoupdate_options *options, struct scp_autoupdate_facts *out, struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    out->profile = profile;
    out->registry = r;
    if (gather(options, out, err) == 0)
        return 0;
    scp_autoupdate_free(out);
    return -1;
}

void scp_autoupdate_free(struct scp_autoupdate_facts *f)
{
    for (size_t i = 0; i < SCP_AUTOUPDATE_CACHED; i++)
        scp_list_free(&f->cached[i]);
    for (size_t i = 0; i < SCP_AUTOUPDATE_SERVED; i++)
        scp_list_free(&f->served[i]);
    scp_list_free(&f->given);
    scp_mirror_free(&f->lacking);
    scp_mirror_free(&f->mirror);
    scp_store_free(&f->root);
    scp_store_free(&f->disallowed);
}
