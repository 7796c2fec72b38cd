/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Writes root.pem, leaf.pem and cas.pem of a shape (tests/unit/chain/shapes.h) into a folder:
 *     shapes star|mesh N FOLDER
 */
#include "../unit/chain/shapes.h"
#include "tap.h"

#include <openssl/pem.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *create(const char *folder, const char *name)
{
    char path[1024];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    f = fopen(path, "w");
    if (f == NULL)
        tap_bail("%s cannot be written", path);
    return f;
}

static void put(FILE *f, const uint8_t *der, size_t len)
{
    if (PEM_write(f, "CERTIFICATE", "", der, (long)len) <= 0)
        tap_bail("not written");
}

int main(int argc, char **argv)
{
    static struct shape s;
    FILE *root, *leaf, *cas;
    unsigned n = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

    if (n == 0 || n >= AUTHORITY_KEYS - 1)
        tap_bail("shapes star|mesh N FOLDER");
    if (strcmp(argv[1], "star") == 0)
        shape_star(&s, n);
    else
        shape_mesh(&s, n > 32 ? 32 : n);
    root = create(argv[3], "root");
    leaf = create(argv[3], "leaf");
    cas = create(argv[3], "cas");
    put(leaf, s.leaf, s.leaf_len);
    for (size_t i = 0; i < s.n; i++)
        put(s.root[i] ? root : cas, s.der[i], s.len[i]);
    if (fclose(root) != 0 || fclose(leaf) != 0 || fclose(cas) != 0)
        tap_bail("not written");
    shape_gone(&s);
    authority_free();
    return 0;
}
