/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Replays inputs through a fuzz target where there is no libFuzzer.  Arguments
 * are files and folders of files, one test each; without any, the target's own seeds are
 * replayed: fuzz_text takes tests/fuzz/corpus/text below the source tree.
 */
#include "tap.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { PATH_BYTES = 4096, INPUT_MAX = 16 << 20 };

/* From memory of exactly the input's size, so that sanitizers see a read behind it. */
static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    uint8_t *p;
    size_t n;
    int whole;

    if (f == NULL || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > INPUT_MAX) {
        tap_diag("%s: cannot be replayed", path);
        if (f != NULL)
            (void)fclose(f);
        return -1;
    }
    n = (size_t)st.st_size;
    p = malloc(n > 0 ? n : 1);
    if (p == NULL)
        tap_bail("out of memory");
    whole = fread(p, 1, n, f) == n;
    (void)fclose(f);
    tap_diag("%s (%zu bytes)", path, n); /* the last one named is the one that crashed */
    (void)fflush(stdout);
    if (whole)
        (void)LLVMFuzzerTestOneInput(p, n);
    free(p);
    return whole ? 0 : -1;
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* The number of inputs, or -1. */
static int replay_folder(const char *path)
{
    struct dirent **names = NULL;
    int n = scandir(path, &names, is_visible, alphasort), bad = n < 0;

    for (int i = 0; i < n; i++) {
        char full[PATH_BYTES];
        int length = snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);

        bad |= length < 0 || (size_t)length >= sizeof full || replay_file(full) != 0;
        free(names[i]);
    }
    free(names);
    return bad ? -1 : n;
}

static void replay(const char *path)
{
    struct stat st;
    int inputs = -1;

    if (stat(path, &st) == 0)
        inputs = S_ISDIR(st.st_mode) ? replay_folder(path) : replay_file(path) == 0 ? 1 : -1;
    tap_ok(inputs > 0, "%s: %d inputs", path, inputs);
}

static void replay_seeds(const char *program)
{
    const char *top = getenv("top_srcdir");
    const char *name = strrchr(program, '/');
    char path[PATH_BYTES];

    name = name != NULL ? name + 1 : program;
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".", name);
    replay(path);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        replay_seeds(argv[0]);
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    return tap_done();
}
