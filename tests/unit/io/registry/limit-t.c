/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The registry's maximum, reached at every single insertion: it is lowered from what a small export needs to nothing, for each
 * kind of insertion that there is, and for several sources laid over each other.  Each time: an error value that says so, and a
 * tree that can be walked to its last byte.
 */
#include "io/registry/registry.h"
#include "tap.h"
#include "windows/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP = 16, ENOUGH = 48 << 10 /* less than a block of the arena: each piece counts by itself */ };

#define LM "HKEY_LOCAL_MACHINE\\"
#define STORES "SOFTWARE\\Microsoft\\SystemCertificates"
#define HEAD "Windows Registry Editor Version 5.00\n\n"

/* Values, replaced, deleted, malformed; keys, deleted, and made to tell that they are absent; a loaded hive of a user and a control
 * set, which settle moves. */
static const char FIRST[] =
    HEAD "[" LM STORES "]\n[" LM STORES "\\ROOT\\Certificates\\AA]\n\"Blob\"=hex:01,02,03\n\"Blob\"=hex:04,05,06,07\n"
         "\"Gone\"=dword:1\n\"Gone\"=-\n\"Bad\"=hex:zz\n[-" LM STORES "\\CA]\n"
         "[" LM STORES "\\CA\\Certificates\\BB]\n\"Blob\"=hex:01\n[-" LM STORES "\\CA\\Certificates\\BB]\n"
         "[" LM "OFFLINE\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\CC]\n\"Blob\"=hex:05,06\n"
         "[" LM "SYSTEM\\Select]\n\"Current\"=dword:1\n[" LM "SYSTEM\\ControlSet001\\Services\\CryptSvc]\n\"Start\"=dword:2\n";
static const char SECOND[] =
    HEAD "[" LM STORES "]\n[" LM STORES "\\ROOT\\Certificates\\AA]\n\"Blob\"=hex:09,09\n\"More\"=\"text\"\n"
         "[" LM STORES "\\Disallowed\\Certificates\\DD]\n\"Blob\"=hex:01\n[-" LM STORES "\\CA]\n";

static char file[2][64];

static void write_file(int i, const char *text)
{
    int fd;
    FILE *out;

    (void)snprintf(file[i], sizeof file[i], "/tmp/scp-limit-XXXXXX");
    fd = mkstemp(file[i]);
    out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0)
        tap_bail("cannot write %s", file[i]);
}

static struct scp_registry *new_registry(size_t limit)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope);

    if (r == NULL)
        tap_bail("out of memory");
    scp_registry_set_limit(r, limit);
    return r;
}

/* Every byte that the tree tells of is read. */
static unsigned sum_key(const struct scp_registry_key *k)
{
    unsigned sum = (unsigned)strlen(scp_registry_key_name(k));

    for (const struct scp_registry_value *v = scp_registry_first_value(k); v != NULL; v = scp_registry_next_value(v)) {
        sum += (unsigned)strlen(v->name);
        for (size_t i = 0; i < v->len; i++)
            sum = sum * 31 + v->data[i];
    }
    for (k = scp_registry_first_child(k); k != NULL; k = scp_registry_next_sibling(k))
        sum = sum * 31 + sum_key(k);
    return sum;
}

/* Loads and settles both files into one registry, or lays the second over the first. */
static int fill(struct scp_registry *r, int kind, struct scp_registry *const part[2], struct scp_err *err)
{
    for (int i = 0; i < 2; i++) {
        if (kind == 0 && scp_registry_load(r, file[i], err) != 0)
            return -1;
        if (kind == 1 && (scp_registry_adopt(r, part[i], err) != 0 || scp_registry_lay(r, part[i], NULL, NULL, err) != 0))
            return -1;
    }
    return scp_registry_settle(r, err);
}

static struct scp_registry *whole(int i)
{
    struct scp_registry *r = new_registry(SCP_REGISTRY_MEMORY_MAX);
    struct scp_err err = SCP_ERR_INIT;

    if (scp_registry_load(r, file[i], &err) != 0)
        tap_bail("%s", err.message);
    return r;
}

static void test_each(const char *name, int kind)
{
    struct scp_registry *const part[2] = { whole(0), whole(1) };
    size_t refused = 0, told = 0, kept = 0, last = 0;
    unsigned full = 0;

    for (size_t limit = ENOUGH; limit > 0; limit -= STEP) {
        struct scp_registry *r = new_registry(limit);
        struct scp_err err = SCP_ERR_INIT;
        int rc = fill(r, kind, part, &err);
        unsigned sum = sum_key(scp_registry_root(r));

        if (limit == ENOUGH)
            full = sum;
        refused += rc != 0;
        told += rc != 0 && err.code == SCP_ERR_LIMIT && strstr(err.message, "more registry content than") != NULL;
        kept += rc == 0 && sum == full;
        if (rc == 0 && refused > 0)
            last = limit;
        scp_registry_free(r);
    }
    tap_ok(refused > 20 && kept > 20, "%s: the maximum is reached in %zu places", name, refused);
    tap_is_int((intmax_t)refused, (intmax_t)told, "%s: each is an error that says so", name);
    tap_is_int(ENOUGH / STEP, (intmax_t)(refused + kept), "%s: what is no error is whole", name);
    tap_is_int(0, (intmax_t)last, "%s: less is never enough", name);
    scp_registry_free(part[0]);
    scp_registry_free(part[1]);
}

static void test_sources(void)
{
    struct scp_registry *r = new_registry(SCP_REGISTRY_MEMORY_MAX), *view = new_registry(SCP_REGISTRY_MEMORY_MAX);
    struct scp_err err = SCP_ERR_INIT;
    int rc = 0;

    for (int i = 0; i < SCP_REGISTRY_SOURCES_MAX; i++)
        rc = rc != 0 ? rc : scp_registry_load(r, file[1], &err);
    tap_is_int(0, rc, "as many sources as there may be");
    tap_ok(scp_registry_load(r, file[1], &err) == -1 && err.code == SCP_ERR_LIMIT, "one more: %s", err.message);
    tap_is_int(0, scp_registry_adopt(view, r, &err), "adopted");
    tap_ok(scp_registry_adopt(view, r, &err) == -1 && err.code == SCP_ERR_LIMIT, "adopted again: %s", err.message);
    scp_registry_free(r);
    scp_registry_free(view);
}

int main(void)
{
    write_file(0, FIRST);
    write_file(1, SECOND);
    test_each("two files", 0);
    test_each("two registries laid over each other", 1);
    test_sources();
    (void)unlink(file[0]);
    (void)unlink(file[1]);
    return tap_done();
}
