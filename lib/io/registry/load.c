/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/internal.h"

#include "base/file.h"
#include "base/text.h"
#include "codec/text/sniff.h"

#include <string.h>

enum { HEAD = 4096 };

static bool scheme(const char *source, const char *name, const char **rest)
{
    size_t n = strlen(name);

    if (strncmp(source, name, n) != 0)
        return false;
    *rest = source + n;
    return true;
}

int scp_registry_wrong_kind(const char *path, const uint8_t *p, size_t n, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "%s: %s, not a registry export or hive", path, scp_sniff_stranger(p, n));
}

/* A bare path: the content decides. */
static int load_by_content(struct scp_registry *r, const char *path, struct scp_err *err)
{
    struct scp_file f;
    uint8_t head[HEAD];
    size_t got = 0;
    enum scp_sniff kind;
    int rc;

    if (strcmp(path, "-") == 0)
        return scp_registry_load_reg(r, path, err);
    if (scp_file_is_folder(path))
        return scp_registry_load_folder(r, path, err);
    if (scp_file_open(path, &f, err) != 0)
        return -1;
    rc = scp_file_read(&f, head, sizeof head, &got, err);
    scp_file_close(&f);
    if (rc != 0)
        return scp_err_prefix(err, "%s", path);
    kind = scp_sniff(head, got);
    if (kind == SCP_SNIFF_HIVE)
        return scp_registry_load_hive(r, path, err);
    if (kind == SCP_SNIFF_REGTEXT)
        return scp_registry_load_reg(r, path, err);
    if (kind == SCP_SNIFF_EMPTY)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "%s: empty", path);
    return scp_registry_wrong_kind(path, head, got, err);
}

int scp_registry_load(struct scp_registry *r, const char *source, struct scp_err *err)
{
    const char *rest;

    if (scheme(source, "reg:", &rest))
        return scp_registry_load_reg(r, rest, err);
    if (scheme(source, "hive:", &rest))
        return scp_registry_load_hive(r, rest, err);
    if (scheme(source, "smb:", &rest))
        return scp_registry_load_smb(r, source, err);
    if (scheme(source, "local:", &rest))
        return scp_registry_load_local(r, source, err);
    return load_by_content(r, source, err);
}
