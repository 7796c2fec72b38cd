/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

enum { CHUNK = 64 << 10 };

int scp_file_slurp(const char *path, struct scp_buf *out, struct scp_err *err)
{
    struct scp_file f;
    size_t got = 1, start = out->n;
    char chunk[CHUNK];
    int rc;

    if (scp_file_open(path, &f, err) != 0)
        return -1;
    while ((rc = scp_file_read(&f, chunk, sizeof chunk, &got, err)) == 0 && got > 0) {
        if (scp_buf_add(out, chunk, got) == 0)
            continue;
        rc = out->starved ? scp_err_memory(err) : scp_err_set(err, SCP_ERR_LIMIT, "more than %zu bytes", out->max);
        break;
    }
    scp_file_close(&f);
    if (rc == 0)
        return 0;
    scp_buf_truncate(out, start);
    return scp_err_prefix(err, "%s", path);
}
