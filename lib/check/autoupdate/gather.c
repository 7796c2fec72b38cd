/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/autoupdate/check.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

enum { LIST_FILE_MAX = 16 << 20 };

/* --- The registry --- */

static int gather_registry(struct scp_autoupdate_facts *f, struct scp_err *err)
{
    for (int i = 0; i < SCP_TRUST_CACHED; i++) {
        if (scp_trust_list(f->trust, (enum scp_trust_cached)i, err) == NULL)
            return -1;
    }
    scp_egress_gather(f->trust->registry, &f->egress);
    return 0;
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
    (void)snprintf(location, SCP_POLICY_URL_MAX, "%s", f->trust->policy.root_dir_url);
    switch (f->trust->policy.root_dir_url_presence) {
    case SCP_ABSENT: return SCP_PLACE_NONE;
    case SCP_COULD_NOT_TELL: return SCP_PLACE_UNKNOWN;
    case SCP_PRESENT: break;
    }
    return place_of(location);
}

static void plan_online(struct scp_autoupdate_facts *f)
{
    f->online = f->trust->registry != NULL ? redirected(f, f->online_location) : SCP_PLACE_NONE;
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
        if (f->trust->registry == NULL)
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
        return scp_list_look(&f->given, (const uint8_t *)scp_buf_text(&f->given.bytes), f->given.bytes.n, f->trust->profile, err);
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
    if (f->trust->registry != NULL && gather_registry(f, err) != 0)
        return -1;
    if (options->list != NULL && (gather_file(options->list, f, err) != 0 || scp_trust_show(f->trust, &f->given, err) != 0 ||
                                  scp_trust_suspect(f->trust, &f->given, err) != 0))
        return -1;
    if (options->online)
        plan_online(f);
    return options->mirror != NULL ? plan_mirror(f, options->mirror, err) : 0;
}

int scp_autoupdate_gather(struct scp_trust *trust, const struct scp_autoupdate_options *options, struct scp_autoupdate_facts *out,
                          struct scp_err *err)
{
    memset(out, 0, sizeof *out);
    out->trust = trust;
    if (gather(options, out, err) == 0)
        return 0;
    scp_autoupdate_free(out);
    return -1;
}

void scp_autoupdate_free(struct scp_autoupdate_facts *f)
{
    scp_list_free(&f->given);
    scp_mirror_free(&f->served);
    scp_mirror_free(&f->mirror);
}
