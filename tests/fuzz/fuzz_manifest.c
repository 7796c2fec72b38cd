/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The manifest of a snapshot's folder: never a crash, and no file's name leads out of the folder.
 */
#include "fuzz.h"

#include "codec/registry/manifest.h"

#include <string.h>

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_manifest m;
    size_t files = 0;

    if (scp_manifest_parse((const char *)p, n, &m, NULL) == 0) {
        for (size_t i = 0; i < m.n; i++) {
            const struct scp_manifest_entry *e = &m.v[i];

            files += e->file[0] != '\0' && !e->failed;
            fuzz_must(!(strpbrk(e->file, "/\\:") != NULL || e->file[0] == '.' ||
                        (e->file[0] != '\0') != (e->kind < SCP_MANIFEST_ABSENT) ||
                        (e->key_n > 0 && (e->key < (const char *)p || e->key + e->key_n > (const char *)p + n))));
        }
        fuzz_must(!(files != m.files));
    }
    scp_manifest_free(&m);
}
