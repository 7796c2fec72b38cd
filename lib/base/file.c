/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

enum { CHUNK = 8 << 10 }; /* on the stack, of which each page costs */

static int slurp(struct scp_file *f, struct scp_buf *out, struct scp_err *err)
{
    size_t got = 1, start = out->n;
    char chunk[CHUNK];
    int rc;

    while ((rc = scp_file_read(f, chunk, sizeof chunk, &got, err)) == 0 && got > 0) {
        if (scp_buf_add(out, chunk, got) == 0)
            continue;
        rc = out->starved ? scp_err_memory(err) : scp_err_set(err, SCP_ERR_LIMIT, "more than %zu bytes", out->max);
        break;
    }
    if (rc != 0)
        scp_buf_truncate(out, start);
    return rc;
}

int scp_file_slurp_guarded(const char *path, struct scp_buf *out, bool *guarded, struct scp_err *err)
{
    struct scp_file f;
    int rc;

    *guarded = true;
    if (scp_file_open(path, &f, err) != 0)
        return -1;
    *guarded = f.guarded;
    rc = slurp(&f, out, err);
    scp_file_close(&f);
    return rc == 0 ? 0 : scp_err_prefix(err, "%s", path);
}

int scp_file_slurp(const char *path, struct scp_buf *out, struct scp_err *err)
{
    bool guarded;

    return scp_file_slurp_guarded(path, out, &guarded, err);
}
