/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is read of a registry, contrib/windows/scp-snapshot.cmd takes along: a key of the scope is one of its lines, or below one.
 */
#include "windows/paths.h"

#include "base/buf.h"
#include "base/file.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPT_MAX = 1 << 20, KEY = 300 };

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* A line `call :key FILE "KEY"` that takes it with all below it. */
static bool takes_tree(const char *script, const char *key)
{
    for (const char *p = script; (p = strstr(p, "\ncall :key ")) != NULL; p++) {
        const char *from = strchr(p, '"'), *to = from != NULL ? strchr(from + 1, '"') : NULL;
        size_t n = to != NULL ? (size_t)(to - from - 1) : 0;

        if (n > 0 && strncmp(key, from + 1, n) == 0 && (key[n] == '\0' || key[n] == '\\'))
            return true;
    }
    return false;
}

/* A line `call :values FILE "KEY" "VALUE"`. */
static bool takes_value(const char *script, const char *key, const char *value)
{
    char line[KEY + 100];

    for (const char *p = script; value != NULL && (p = strstr(p, "\ncall :values ")) != NULL; p++) {
        const char *from = strchr(p, '"');

        (void)snprintf(line, sizeof line, "\"%s\" \"%s\"\r\n", key, value);
        if (from != NULL && begins(from, line))
            return true;
    }
    return false;
}

static void check(const char *script, const char *above, const struct scp_registry_scope *s)
{
    char key[KEY];

    (void)snprintf(key, sizeof key, "%s\\%s", above, s->path);
    tap_ok(takes_tree(script, key) || (!s->tree && takes_value(script, key, s->value)), "%s", key);
}

static void check_row(const char *script, const struct scp_registry_scope *s)
{
    switch (s->root) {
    case SCP_SCOPE_SYSTEM:
    case SCP_SCOPE_BESIDE_SYSTEM:
        /* A living registry has its current control set under that name. */
        if (strcmp(s->path, "Select") != 0)
            check(script, "HKLM\\SYSTEM", s);
        return;
    case SCP_SCOPE_SERVICES: check(script, "HKU\\S-1-5-20", s); /* fall through */
    case SCP_SCOPE_USER: check(script, "HKU\\S-1-5-18", s); return;
    case SCP_SCOPE_SECURITY: return; /* no export has it */
    case SCP_SCOPE_SOFTWARE:
    case SCP_SCOPE_BESIDE:
    default: check(script, "HKLM\\SOFTWARE", s);
    }
}

int main(void)
{
    const char *top = getenv("srcdir");
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf script;
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/" SCP_SNAPSHOT_SCRIPT, top != NULL ? top : ".");
    scp_buf_init(&script, SCRIPT_MAX);
    if (scp_file_slurp(path, &script, &err) != 0)
        tap_bail("%s", err.message);
    for (const struct scp_registry_scope *s = scp_paths_scope_all; s->path != NULL; s++)
        check_row(scp_buf_text(&script), s);
    tap_ok(!takes_tree(scp_buf_text(&script), "HKLM\\SOFTWARE\\Microsoft"), "not all of SOFTWARE");
    scp_buf_free(&script);
    return tap_done();
}
